//! Names by number: ruled once, remembered for as long as rulings hold.

use super::{Columns, FORMAT};
use crate::otlp::schema::{self, Kind, Shape};
use crate::{Defect, FieldVisitor, FormatError, Level, Limits, Name, Part, Ruling, Verdict};
use std::fmt::Write as _;

/// Ids of names that hold for one batch begin here.
const PASSING: u32 = 1 << 31;
/// Names remembered for longer than a batch. Rulings are bounded by the visitor; this bounds hosts that bind a name twice.
const LASTING: usize = 16_384;

/// What is said of structural leaves when no line rules any.
const UNRULED: Ruling = Ruling { verdict: Verdict::Keep, look_at_key: false, id: u32::MAX };

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An attribute of a level.
    Attribute(Level),
    /// A built-in field of a level, by its name without `@`.
    BuiltIn(Level),
    /// A member of the map whose name has this id.
    Member(u32),
}

/// What a host does with the values under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Show {
    /// They stay, whatever they hold: they need not be sent.
    Skip = 0,
    /// They stay where they are numbers, truth values or text in UTF-8; anything else is sent.
    SkipPlain = 1,
    /// They are sent.
    Send = 2,
    /// They go: only the name is sent ([`super::Kind::Name`]), but for what tells metric points apart. That is sent whole, or
    /// points that differ in nothing else would become alike unnoticed.
    Gone = 3,
}

/// A name as the host knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Its number in operations.
    pub id: u32,
    /// What to do with its values.
    pub show: Show,
    /// Whether the key's own text goes before each value.
    pub look_at_key: bool,
    /// Whether the id holds until names are forgotten; if not, it holds for this batch.
    pub lasting: bool,
}

/// What a field of a name may hold, as far as edits differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Any value: an attribute, a member, a log body.
    Any,
    /// Text.
    Text,
    /// Text without which the record means nothing.
    Vital,
    /// A structural leaf; whether a number may become another number.
    Structural {
        /// Times, wide counts and doubles.
        wide: bool,
    },
    /// An id of so many bytes.
    Id(usize),
}

/// A bound name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// The defect for which there is none: a path too long to rule on, a key that is not UTF-8.
    pub(super) ruling: Result<Ruling, Defect>,
    pub(super) level: Level,
    pub(super) holds: Holds,
    /// Whether the field tells metric series apart.
    pub(super) identity: bool,
    pub(super) part: Part,
    /// Range of its path in [`Names::paths`].
    path: (u32, u32),
    /// Where the path inside the value starts; 0 for the whole value's name.
    member_at: u32,
    /// Where the last key starts.
    key_at: u32,
}

/// All bound names.
#[derive(Debug, Default)]
pub(super) struct Names {
    lasting: Vec<Known>,
    /// Of each lasting name, whether its texts stay when sifting marks nothing in them. Apart, since it is all that most
    /// operations need.
    sifted: Vec<bool>,
    passing: Vec<Known>,
    paths: String,
    /// Length of `paths` that belongs to lasting names.
    lasting_paths: usize,
    path: String,
}

impl Names {
    #[inline]
    pub(super) fn get(&self, id: u32) -> Option<&Known> {
        match id.checked_sub(PASSING) {
            None => self.lasting.get(id as usize),
            Some(at) => self.passing.get(at as usize),
        }
    }

    /// Whether an id holds for longer than a batch.
    #[inline]
    pub(super) fn lasts(&self, id: u32) -> bool {
        (id as usize) < self.lasting.len()
    }

    /// Whether texts under a name stay when sifting marks nothing in them.
    #[inline]
    pub(super) fn sifted(&self, id: u32) -> bool {
        self.sifted.get(id as usize).copied().unwrap_or(false)
    }

    /// Whether values under a name may come again batch after batch: those of labels.
    #[inline]
    pub(super) fn repeats(&self, id: u32) -> bool {
        self.lasting.get(id as usize).is_some_and(|known| known.level == Level::Point)
    }

    /// Whether a name is one of samples.
    #[inline]
    pub(super) fn is_of_sample(&self, id: u32) -> bool {
        self.get(id).is_some_and(|known| known.level == Level::Exemplar)
    }

    /// The text of the last key of a name.
    #[inline]
    pub(super) fn key(&self, known: &Known) -> &str {
        self.path(known).get(known.key_at as usize..).unwrap_or("")
    }

    /// The path of a name.
    #[inline]
    pub(super) fn path(&self, known: &Known) -> &str {
        self.paths.get(known.path.0 as usize..known.path.1 as usize).unwrap_or("")
    }
}

impl Columns {
    /// Forgets all names: rulings no longer hold.
    #[inline]
    pub fn forget(&mut self) {
        self.names.lasting.clear();
        self.names.sifted.clear();
        self.names.lasting_paths = 0;
        self.series.forget();
        self.walk.forget();
        self.begin();
    }

    /// Forgets the names that held for one batch.
    #[inline]
    pub fn begin(&mut self) {
        self.names.passing.clear();
        // What belongs to passing names stands behind what lasts, since no lasting name is bound once one passed by.
        self.names.paths.truncate(self.names.lasting_paths);
    }

    /// Rules on a name and gives its number.
    ///
    /// # Errors
    /// [`FormatError::Malformed`] when there is no such built-in field or parent.
    #[inline]
    pub fn bind(
        &mut self,
        place: Place,
        key: &[u8],
        limits: &Limits,
        visitor: &mut dyn FieldVisitor,
    ) -> Result<Bound, FormatError> {
        let malformed = |what| FormatError::Malformed { format: FORMAT, what, at: 0 };
        let names = &mut self.names;
        names.path.clear();
        let text = std::str::from_utf8(key).map_err(|_| Defect::Utf8);
        let known = match place {
            Place::Attribute(level) => {
                let ruling = text.map(|key| {
                    names.path.push_str(key);
                    visitor.bind(Name::attribute(level, key), None)
                });
                let identity = matches!(level, Level::Resource | Level::Scope | Level::Point);
                Known { identity, ..Known::new(level, Part::Attribute, ruling) }
            }
            Place::BuiltIn(level) => {
                let key = text.unwrap_or("");
                let holds = holds(level, key).ok_or(malformed("unknown built-in field"))?;
                names.path.push_str(key);
                let ruling = match holds {
                    Holds::Structural { .. } | Holds::Id(_) if !visitor.rules_structure() => UNRULED,
                    _ => visitor.bind(Name::built_in(level, key), None),
                };
                let identity = matches!(
                    (level, key),
                    (Level::Resource, "schema_url")
                        | (Level::Scope, "name" | "version" | "schema_url")
                        | (Level::Metric, "name" | "unit" | "aggregation_temporality" | "is_monotonic")
                );
                Known { holds, identity, ..Known::new(level, Part::BuiltIn, Ok(ruling)) }
            }
            Place::Member(parent) => {
                let parent = *names.get(parent).ok_or(malformed("unknown parent of a member"))?;
                let within = names.paths.get(parent.path.0 as usize..parent.path.1 as usize);
                names.path.push_str(within.unwrap_or(""));
                let member_at =
                    if parent.member_at == 0 { names.path.len() + 1 } else { parent.member_at as usize };
                names.path.push('.');
                let key_at = names.path.len();
                let fits = |key: &'_ str| key_at + key.len() <= limits.path;
                let ruling = match text {
                    Ok(key) if !fits(key) => Err(Defect::Depth),
                    Ok(key) => {
                        names.path.push_str(key);
                        let (level, part, path) = (parent.level, parent.part, names.path.as_str());
                        Ok(visitor.bind(Name { level, part, path, member_at, key_at }, parent.ruling.ok()))
                    }
                    Err(defect) => Err(defect),
                };
                Known {
                    ruling,
                    holds: Holds::Any,
                    path: (0, 0),
                    member_at: member_at as u32,
                    key_at: key_at as u32,
                    ..parent
                }
            }
        };
        Ok(self.remember(known, key, visitor))
    }

    #[inline]
    fn remember(&mut self, mut known: Known, key: &[u8], visitor: &dyn FieldVisitor) -> Bound {
        let names = &mut self.names;
        if known.ruling.is_err() {
            // What cannot be ruled goes, but must tell metric points apart until then: its path is its key in hex digits, behind
            // a byte with which no key of another begins.
            names.path.clear();
            names.path.push('\0');
            for byte in key {
                // Writing to memory cannot fail.
                let _ = write!(names.path, "{byte:02x}");
            }
            known.key_at = 0;
        }
        let lasting = known.ruling.is_ok_and(|ruling| ruling == UNRULED || visitor.lasts(ruling))
            && names.passing.is_empty()
            && names.lasting.len() < LASTING;
        let start = names.paths.len() as u32;
        names.paths.push_str(&names.path);
        known.path = (start, names.paths.len() as u32);
        let structural = matches!(known.holds, Holds::Structural { .. } | Holds::Id(_));
        let sifted = !structural
            && known.ruling.is_ok_and(|ruling| ruling.verdict != Verdict::Drop && visitor.sifts(ruling));
        // What a record alone is about is hunted in that record alone.
        let learned =
            |ruling| !matches!(known.level, Level::Resource | Level::Scope) && visitor.may_learn(ruling);
        let show = match known.ruling {
            Err(_) => Show::Gone,
            Ok(ruling) => match (ruling.verdict, known.holds) {
                (Verdict::Drop, _) if learned(ruling) => Show::Send,
                (Verdict::Drop, _) => Show::Gone,
                (Verdict::Look, _) => Show::Send,
                (Verdict::Keep, _) if ruling.look_at_key => Show::Send,
                (Verdict::Keep, Holds::Any) if !visitor.keeps_unknown() => Show::SkipPlain,
                (Verdict::Keep, _) => Show::Skip,
            },
        };
        let look_at_key =
            known.ruling.is_ok_and(|ruling| ruling.look_at_key && ruling.verdict != Verdict::Drop);
        let id = if lasting {
            names.lasting.push(known);
            names.sifted.push(sifted);
            names.lasting_paths = names.paths.len();
            names.lasting.len() as u32 - 1
        } else {
            names.passing.push(known);
            PASSING | (names.passing.len() as u32 - 1)
        };
        Bound { id, show, look_at_key, lasting }
    }
}

impl Known {
    #[inline]
    fn new(level: Level, part: Part, ruling: Result<Ruling, Defect>) -> Self {
        Self {
            ruling,
            level,
            holds: Holds::Any,
            identity: false,
            part,
            path: (0, 0),
            member_at: 0,
            key_at: 0,
        }
    }
}

/// What the built-in field of this name holds; none if there is no such field.
#[inline]
fn holds(level: Level, name: &str) -> Option<Holds> {
    let mut found = None;
    schema::visit_leaves(&mut |leaf_level, kind| {
        let (leaf, holds) = match kind {
            Kind::AnyValue(leaf) => (leaf, Holds::Any),
            Kind::Text(leaf) => (leaf, Holds::Text),
            Kind::VitalText(leaf) => (leaf, Holds::Vital),
            Kind::Structural(leaf, Shape::Id(length)) => (leaf, Holds::Id(length)),
            Kind::Structural(leaf, shape) => {
                let wide = matches!(shape, Shape::Time | Shape::Fixed64 | Shape::Sfixed64 | Shape::Double);
                (leaf, Holds::Structural { wide })
            }
            Kind::Message(_) | Kind::Attributes => return,
        };
        if leaf_level == level && leaf == name {
            found = Some(holds);
        }
    });
    found
}
