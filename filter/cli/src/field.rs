//! The name of one field as people write it: a selector without stars.

use frostglass_engine::policy::{Parts, Selector};
use frostglass_formats::otlp::schema;
use frostglass_formats::{Level, Name, Part};

/// One field, on the levels where it can stand.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// As written.
    pub(crate) text: String,
    /// Levels, in the order of the telemetry tree; at least one.
    pub(crate) levels: Vec<Level>,
    /// What it is.
    pub(crate) kind: Kind,
    path: String,
}

/// What a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An attribute.
    Attribute,
    /// A built-in field, or a member of one; the first bytes of the path are the built-in field's own name.
    BuiltIn(usize),
    /// A part of some other value.
    Part(Part),
    /// A header of the telemetry request itself.
    Transport,
}

/// Built-in fields as selectors know them.
pub(crate) fn built_ins() -> Vec<(Level, &'static str)> {
    schema::built_ins().iter().map(|leaf| (leaf.0, leaf.1)).collect()
}

impl Field {
    /// Reads a field. The error is a sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let built_ins = built_ins();
        let selector = Selector::parse(text, &built_ins).map_err(|error| error.to_string())?;
        let path = selector.pattern().literal().ok_or("names many fields; write one, without stars")?;
        let mut levels: Vec<Level> =
            selector.levels().iter().filter(|level| *level != Level::Profile).collect();
        let parts = selector.parts();
        let kind = if levels == [Level::Transport] {
            Kind::Transport
        } else if parts == Parts::only(Part::BuiltIn) {
            let holds = |name: &str| {
                path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            let here = |level: &Level| built_ins.iter().any(|(known, name)| known == level && holds(name));
            levels.retain(here);
            let names = built_ins.iter().filter(|(level, name)| levels.contains(level) && holds(name));
            Kind::BuiltIn(names.map(|(_, name)| name.len()).max().ok_or("names no built-in field")?)
        } else if parts.contains(Part::Attribute) {
            Kind::Attribute
        } else {
            let part = [Part::Header, Part::Cookie, Part::Query, Part::Form, Part::Json, Part::Baggage];
            Kind::Part(part.into_iter().find(|part| parts.contains(*part)).ok_or("names no field")?)
        };
        if levels.is_empty() {
            return Err("names a level without fields".to_owned());
        }
        Ok(Self { text: text.to_owned(), levels, kind, path })
    }

    /// Its dotted path: the attribute's key, or the built-in name and the members below it.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The built-in field's name and the path of the member below it.
    pub(crate) fn built_in(&self) -> Option<(&str, Option<&str>)> {
        let Kind::BuiltIn(end) = self.kind else { return None };
        Some((self.path.get(..end)?, self.path.get(end + 1..)))
    }

    /// Its name on a level, after the names of the values that hold it, outermost first.
    pub(crate) fn names(&self, level: Level) -> Vec<Name<'_>> {
        let whole = |part| Name { level, part, path: &self.path, member_at: 0, key_at: 0 };
        match self.kind {
            Kind::Attribute => vec![Name::attribute(level, &self.path)],
            Kind::Part(part) => vec![whole(part)],
            Kind::Transport => vec![whole(Part::Header)],
            Kind::BuiltIn(end) => {
                let mut names = vec![Name::built_in(level, self.path.get(..end).unwrap_or(&self.path))];
                let mut key_at = end + 1;
                while key_at < self.path.len() {
                    let rest = self.path.get(key_at..).unwrap_or_default();
                    let stop = rest.find('.').map_or(self.path.len(), |dot| key_at + dot);
                    let path = self.path.get(..stop).unwrap_or(&self.path);
                    names.push(Name { level, part: Part::BuiltIn, path, member_at: end + 1, key_at });
                    key_at = stop + 1;
                }
                names
            }
        }
    }
}
