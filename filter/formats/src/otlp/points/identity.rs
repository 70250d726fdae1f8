//! Which points are alike: the identity of each point of a payload, compared in full.
//!
//! Identity is the resource (attributes, schema URL), the scope (name, version, attributes, schema URL), the metric (name,
//! unit, kind, temporality, monotonic) and the point's attributes. Attributes are sets; values are compared decoded. Each
//! level is written once in a canonical form and numbered, and names its parent by number, so that a long resource costs
//! its points nothing. Numbering sorts and compares whole forms: nothing rests on a hash.

use super::source::{Read, Scalar, Source};
use crate::order;
use crate::otlp::schema::{self, Kind, Message};
use crate::{FormatError, Limits, Signal};
use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hasher as _};
use std::ops::Range;

/// Bytes that a message with an identity takes at least, on average. A point without so much as a time takes two, and
/// millions of those would cost far more memory than their payload.
const LEAST: usize = 8;
/// Messages that any payload may have, however short.
const SLACK: usize = 64;

/// What kind of points a metric holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PointKind {
    Gauge,
    Sum,
    Histogram,
    Exponential,
    Summary,
}

impl PointKind {
    /// The kind that a field of `Metric` holds.
    pub(super) fn of(field: &str) -> Option<Self> {
        Some(match field {
            "gauge" => Self::Gauge,
            "sum" => Self::Sum,
            "histogram" => Self::Histogram,
            "exponential_histogram" => Self::Exponential,
            "summary" => Self::Summary,
            _ => return None,
        })
    }
}

/// How the points of a metric add up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) kind: PointKind,
    temporality: u64,
    monotonic: u64,
    /// The metric holds points of several kinds, of which readers see one.
    ambiguous: bool,
}

impl Style {
    /// Number of `AGGREGATION_TEMPORALITY_DELTA`.
    const DELTA: u64 = 1;

    fn new(kind: PointKind) -> Self {
        Self { kind, temporality: 0, monotonic: 0, ambiguous: false }
    }

    /// Whether points merge without knowing what came before.
    pub(super) fn adds_up(self) -> bool {
        let mergeable = matches!(self.kind, PointKind::Sum | PointKind::Histogram | PointKind::Exponential);
        mergeable && self.temporality == Self::DELTA && !self.ambiguous
    }
}

/// One message with an identity: whose part it is, and its canonical form.
#[derive(Debug, Clone, Copy, Default)]
struct Key {
    parent: u32,
    from: u32,
    to: u32,
    /// Of the canonical form; only to compare faster.
    hash: u32,
}

/// All identities of a payload, in the order of its bytes.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Canonical forms.
    forms: Vec<u8>,
    resources: Vec<Key>,
    scopes: Vec<Key>,
    series: Vec<Key>,
    styles: Vec<Style>,
    points: Vec<Key>,
    spans: Vec<(u32, u32)>,
    /// How many more messages the payload may have.
    room: usize,
    /// Whether an unreadable metric is an error, or as good as not there.
    strict: bool,
    /// Memory for the attributes of the present point.
    attributes: Attributes,
}

impl Survey {
    /// Surveys a payload that was treated: everything in it must be readable.
    pub(super) fn of_treated<'a, E: Source<'a>>(bytes: &'a [u8], limits: &Limits) -> Read<Self> {
        Self::of::<E>(bytes, limits, true)
    }

    /// Surveys a payload as it came, in which metrics may be unreadable (treatment has withheld them).
    pub(super) fn of_input<'a, E: Source<'a>>(bytes: &'a [u8], limits: &Limits) -> Read<Self> {
        Self::of::<E>(bytes, limits, false)
    }

    fn of<'a, E: Source<'a>>(bytes: &'a [u8], limits: &Limits, strict: bool) -> Read<Self> {
        let mut survey = Self { room: bytes.len() / LEAST + SLACK, strict, ..Self::default() };
        E::open(bytes, limits)?.message(schema::request(Signal::Metrics), |source, field| {
            match field.kind {
                Kind::Message(inner) => survey.resource_metrics(source, inner),
                _ => source.skip(),
            }
        })?;
        Ok(survey)
    }

    /// Where each point begins.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> + '_ {
        self.spans.iter().map(|&(start, _)| start as usize)
    }

    /// The point that begins at `start`.
    pub(super) fn starting_at(&self, start: usize) -> Option<u32> {
        let index = self.spans.binary_search_by_key(&start, |&(start, _)| start as usize).ok()?;
        u32::try_from(index).ok()
    }

    pub(super) fn span(&self, point: u32) -> Option<Range<usize>> {
        let &(start, end) = self.spans.get(point as usize)?;
        Some(start as usize..end as usize)
    }

    pub(super) fn style(&self, point: u32) -> Option<Style> {
        let key = self.points.get(point as usize)?;
        self.styles.get(key.parent as usize).copied()
    }

    /// Numbers the points by identity.
    pub(super) fn identities(&self) -> Identities {
        let (resources, _) = number(&self.resources, &[0], &self.forms);
        let (scopes, _) = number(&self.scopes, &resources, &self.forms);
        let (series, _) = number(&self.series, &scopes, &self.forms);
        let (numbers, order) = number(&self.points, &series, &self.forms);
        Identities { numbers, order }
    }

    fn resource_metrics<'a, E: Source<'a>>(&mut self, source: &mut E, message: &'static Message) -> Read {
        let index = self.reserve::<E>(|survey| &mut survey.resources, 0)?;
        let (mut attributes, mut schema_url) = (Attributes::default(), Vec::new());
        source.message(message, |source, field| match (field.name, field.kind) {
            ("resource", Kind::Message(inner)) => source.message(inner, |source, field| match field.name {
                "attributes" => attributes.take(source),
                _ => source.skip(),
            }),
            ("scope_metrics", Kind::Message(inner)) => self.scope_metrics(source, inner, index),
            ("schema_url", _) => replace_text(source, &mut schema_url),
            _ => source.skip(),
        })?;
        let from = self.forms.len();
        put_text(&mut self.forms, &schema_url);
        attributes.put(&mut self.forms);
        let sealed = sealed::<E>(&self.forms, from)?;
        seal(&mut self.resources, index, sealed);
        Ok(())
    }

    fn scope_metrics<'a, E: Source<'a>>(
        &mut self,
        source: &mut E,
        message: &'static Message,
        resource: u32,
    ) -> Read {
        let index = self.reserve::<E>(|survey| &mut survey.scopes, resource)?;
        let (mut attributes, mut schema_url) = (Attributes::default(), Vec::new());
        let (mut name, mut version) = (Vec::new(), Vec::new());
        source.message(message, |source, field| match (field.name, field.kind) {
            ("scope", Kind::Message(inner)) => source.message(inner, |source, field| match field.name {
                "name" => replace_text(source, &mut name),
                "version" => replace_text(source, &mut version),
                "attributes" => attributes.take(source),
                _ => source.skip(),
            }),
            ("metrics", Kind::Message(inner)) => {
                let (place, mark) = (source.place(), self.mark());
                match self.metric(source, inner, index) {
                    Err(reason) if !self.strict => {
                        self.rewind(mark);
                        source.give_up(place, reason)
                    }
                    outcome => outcome,
                }
            }
            ("schema_url", _) => replace_text(source, &mut schema_url),
            _ => source.skip(),
        })?;
        let from = self.forms.len();
        for text in [&name, &version, &schema_url] {
            put_text(&mut self.forms, text);
        }
        attributes.put(&mut self.forms);
        let sealed = sealed::<E>(&self.forms, from)?;
        seal(&mut self.scopes, index, sealed);
        Ok(())
    }

    fn metric<'a, E: Source<'a>>(&mut self, source: &mut E, message: &'static Message, scope: u32) -> Read {
        let first = self.series.len();
        let (mut name, mut unit) = (Vec::new(), Vec::new());
        source.message(message, |source, field| match (field.name, field.kind) {
            ("name", _) => replace_text(source, &mut name),
            ("unit", _) => replace_text(source, &mut unit),
            (field, Kind::Message(inner)) => match PointKind::of(field) {
                Some(kind) => self.data(source, inner, kind, first, scope),
                None => source.skip(),
            },
            _ => source.skip(),
        })?;
        let ambiguous = self.series.len() - first > 1;
        for index in first..self.series.len() {
            let Some(style) = self.styles.get_mut(index) else { break };
            style.ambiguous = ambiguous;
            let style = *style;
            let from = self.forms.len();
            put_text(&mut self.forms, &name);
            put_text(&mut self.forms, &unit);
            self.forms.push(style.kind as u8);
            self.forms.extend_from_slice(&style.temporality.to_le_bytes());
            self.forms.extend_from_slice(&style.monotonic.to_le_bytes());
            let sealed = sealed::<E>(&self.forms, from)?;
            seal(&mut self.series, index as u32, sealed);
        }
        Ok(())
    }

    /// Takes a `Sum`, `Gauge`, … of the metric whose series begin at `first`.
    fn data<'a, E: Source<'a>>(
        &mut self,
        source: &mut E,
        message: &'static Message,
        kind: PointKind,
        first: usize,
        scope: u32,
    ) -> Read {
        let known = self.styles.iter().skip(first).position(|style| style.kind == kind);
        let index = match known {
            Some(offset) => (first + offset) as u32,
            None => {
                self.styles.push(Style::new(kind));
                self.reserve::<E>(|survey| &mut survey.series, scope)?
            }
        };
        source.message(message, |source, field| match (field.name, field.kind) {
            ("data_points", Kind::Message(inner)) => self.point(source, inner, index),
            (name, Kind::Structural(_, shape)) => {
                let scalar = source.scalar(shape)?;
                if let (Some(Scalar::Count(number)), Some(style)) =
                    (scalar, self.styles.get_mut(index as usize))
                {
                    match name {
                        "aggregation_temporality" => style.temporality = number,
                        "is_monotonic" => style.monotonic = number,
                        _ => {}
                    }
                }
                Ok(())
            }
            _ => source.skip(),
        })
    }

    fn point<'a, E: Source<'a>>(&mut self, source: &mut E, message: &'static Message, series: u32) -> Read {
        let index = self.reserve::<E>(|survey| &mut survey.points, series)?;
        let start = source.start()?;
        let mut attributes = std::mem::take(&mut self.attributes);
        attributes.clear();
        source.message(message, |source, field| match field.kind {
            Kind::Attributes => attributes.take(source),
            _ => source.skip(),
        })?;
        let from = self.forms.len();
        attributes.put(&mut self.forms);
        self.attributes = attributes;
        let sealed = sealed::<E>(&self.forms, from)?;
        seal(&mut self.points, index, sealed);
        self.spans.push((offset::<E>(start)?, offset::<E>(source.end())?));
        Ok(())
    }

    /// Makes room for a message whose form is not known yet.
    fn reserve<'a, E: Source<'a>>(
        &mut self,
        keys: impl Fn(&mut Self) -> &mut Vec<Key>,
        parent: u32,
    ) -> Read<u32> {
        self.room = self.room.checked_sub(1).ok_or(FormatError::Malformed {
            format: E::NAME,
            what: "mostly empty messages",
            at: 0,
        })?;
        let keys = keys(self);
        let index = offset::<E>(keys.len())?;
        keys.push(Key { parent, ..Key::default() });
        Ok(index)
    }

    fn mark(&self) -> [usize; 4] {
        [self.series.len(), self.styles.len(), self.points.len(), self.spans.len()]
    }

    fn rewind(&mut self, [series, styles, points, spans]: [usize; 4]) {
        self.series.truncate(series);
        self.styles.truncate(styles);
        self.points.truncate(points);
        self.spans.truncate(spans);
    }
}

/// Points by identity: equal numbers, equal identities.
#[derive(Debug)]
pub(super) struct Identities {
    numbers: Vec<u32>,
    /// Points so that alike ones are neighbors.
    order: Vec<u32>,
}

impl Identities {
    pub(super) fn of(&self, point: u32) -> Option<u32> {
        self.numbers.get(point as usize).copied()
    }

    /// Whether any two points are alike.
    pub(super) fn any_alike(&self) -> bool {
        self.alike().next().is_some()
    }

    /// Groups of two or more points that are alike.
    pub(super) fn alike(&self) -> impl Iterator<Item = &[u32]> {
        self.order.chunk_by(|&a, &b| self.of(a) == self.of(b)).filter(|group| group.len() > 1)
    }
}

/// Numbers keys so that two have the same number when their parents' numbers and their forms are the same. Returns the
/// numbers, and the keys so that equal ones are neighbors.
fn number(keys: &[Key], parents: &[u32], forms: &[u8]) -> (Vec<u32>, Vec<u32>) {
    let compare = |&a: &u32, &b: &u32| -> Ordering {
        let (Some(a), Some(b)) = (keys.get(a as usize), keys.get(b as usize)) else { return Ordering::Equal };
        let parent = |key: &Key| parents.get(key.parent as usize);
        let form = |key: &Key| forms.get(key.from as usize..key.to as usize);
        parent(a).cmp(&parent(b)).then(a.hash.cmp(&b.hash)).then_with(|| form(a).cmp(&form(b)))
    };
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    order::sort_places(&mut order, &|a, b| compare(&a, &b));
    let mut numbers = vec![0; keys.len()];
    for alike in order.chunk_by(|a, b| compare(a, b) == Ordering::Equal) {
        for &index in alike {
            if let (Some(number), Some(&first)) = (numbers.get_mut(index as usize), alike.first()) {
                *number = first;
            }
        }
    }
    (numbers, order)
}

fn offset<'a, E: Source<'a>>(at: usize) -> Read<u32> {
    u32::try_from(at).map_err(|_| FormatError::TooLarge { format: E::NAME, limit: u32::MAX as usize })
}

/// The form from `from` on, as a key without a parent.
fn sealed<'a, E: Source<'a>>(forms: &[u8], from: usize) -> Read<Key> {
    let mut hasher = DefaultHasher::new();
    hasher.write(forms.get(from..).unwrap_or_default());
    let hash = hasher.finish() as u32;
    Ok(Key { parent: 0, from: offset::<E>(from)?, to: offset::<E>(forms.len())?, hash })
}

fn seal(keys: &mut [Key], index: u32, form: Key) {
    if let Some(key) = keys.get_mut(index as usize) {
        *key = Key { parent: key.parent, ..form };
    }
}

/// Of text that stands several times, the last counts.
fn replace_text<'a, E: Source<'a>>(source: &mut E, text: &mut Vec<u8>) -> Read {
    text.clear();
    source.text(text)
}

/// Appends text so that it says itself where it ends.
pub(super) fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text);
}

/// Appends a floating-point number so that equal numbers have equal forms.
pub(super) fn put_double(out: &mut Vec<u8>, double: f64) {
    let canonical = if double == 0.0 {
        0.0
    } else if double.is_nan() {
        f64::NAN
    } else {
        double
    };
    out.extend_from_slice(&canonical.to_le_bytes());
}

/// The letters that forms of values begin with.
pub(super) mod letter {
    pub(in super::super) const PAIR: u8 = b'k';
    pub(in super::super) const TEXT: u8 = b's';
    pub(in super::super) const BOOL: u8 = b'b';
    pub(in super::super) const INT: u8 = b'i';
    pub(in super::super) const DOUBLE: u8 = b'd';
    pub(in super::super) const BYTES: u8 = b'y';
    pub(in super::super) const ARRAY: u8 = b'a';
    pub(in super::super) const MEMBERS: u8 = b'm';
    pub(in super::super) const NOTHING: u8 = b'n';
    /// A value that cannot be read: it is what its bytes are.
    pub(in super::super) const RAW: u8 = b'r';
    /// Ends an array or members.
    pub(in super::super) const END: u8 = b'e';
}

/// The attributes of one message.
#[derive(Debug, Default)]
struct Attributes {
    forms: Vec<u8>,
    pairs: Vec<(usize, usize)>,
}

impl Attributes {
    fn clear(&mut self) {
        self.forms.clear();
        self.pairs.clear();
    }

    fn take<'a, E: Source<'a>>(&mut self, source: &mut E) -> Read {
        let start = self.forms.len();
        source.pair(&mut self.forms)?;
        self.pairs.push((start, self.forms.len()));
        Ok(())
    }

    /// Appends the pairs in the order of their forms.
    fn put(&mut self, out: &mut Vec<u8>) {
        let forms = &self.forms;
        let form = |pair: &(usize, usize)| forms.get(pair.0..pair.1).unwrap_or_default();
        order::sort_by(&mut self.pairs, |a, b| form(a).cmp(form(b)));
        for pair in &self.pairs {
            out.extend_from_slice(form(pair));
        }
    }
}

/// Puts members, which take the end of `out` without gaps, into the order of their forms.
pub(super) fn sort_members(out: &mut Vec<u8>, members: &mut [(usize, usize)]) {
    let Some(&(start, _)) = members.first() else { return };
    let tail = out.split_off(start);
    let form = |&(from, to): &(usize, usize)| tail.get(from - start..to - start).unwrap_or_default();
    order::sort_by(members, |a, b| form(a).cmp(form(b)));
    for member in members.iter() {
        out.extend_from_slice(form(member));
    }
}
