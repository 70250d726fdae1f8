//! Walks OTLP/JSON in place and shows each field to a visitor.
//!
//! Reads by the same table, asks under the same names and withholds by the same rules as the protobuf walker, so that
//! one policy gives one result in both encodings. Members stand in any order and under either of their names; a member
//! that stands several times is shown each time. Encoding: the proto3 JSON mapping with the exceptions of
//! <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding> (ids in hex, enums as numbers).

use super::schema::{self, Field, Kind, Message, Shape};
use crate::json::{
    FAITHFUL_DIGITS, Fate, Quoted, Reader, Siblings, quote, significant_digits, unescape, write_double,
};
use crate::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Part, Ruling, Scratch, Signal,
    Splice, Value, Verdict,
};
use crate::{base64, id};
use std::io::Write as _;

pub(super) const FORMAT: &str = "otlp-json";

/// JSON levels that one level of messages may take: an element of a list stands in an object, an array and an object.
pub(super) const LEVELS: usize = 2;

/// Significant digits that a structural double may have. Beyond what any double needs, digits carry something else.
pub(super) const STRUCTURAL_DIGITS: usize = 32;

/// An OTLP export request of one signal in JSON.
#[derive(Debug, Clone, Copy)]
pub struct Json(pub Signal);

impl Format for Json {
    fn name(&self) -> &'static str {
        FORMAT
    }

    fn walk(
        &self,
        input: &[u8],
        limits: &Limits,
        visitor: &mut dyn FieldVisitor,
        scratch: &mut Scratch,
    ) -> Result<(), FormatError> {
        let Scratch { splice, text, path, plain, bytes, token, .. } = scratch;
        splice.clear();
        limits.admit(FORMAT, input)?;
        let structure = visitor.rules_structure();
        let keeps_unknown = visitor.keeps_unknown();
        let mut walker = Walker {
            reader: Reader::new(input, 0..input.len(), limits.depth.saturating_mul(LEVELS), FORMAT)?,
            input_len: input.len(),
            limits,
            visitor,
            splice,
            text,
            path,
            plain,
            bytes,
            token,
            structure,
            keeps_unknown,
            depth: 0,
            items: 0,
        };
        if walker.reader.token()? != b'{' {
            return Err(walker.reader.malformed("not an object"));
        }
        walker.message(schema::request(self.0))?;
        walker.reader.end()
    }
}

/// Where a value stands. Its path is the first `len` bytes of the path buffer, of which `base` bytes name the whole
/// value.
#[derive(Debug, Clone, Copy)]
struct Place {
    level: Level,
    part: Part,
    base: usize,
    len: usize,
}

/// The variants of `AnyValue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    Text,
    Bool,
    Int,
    Double,
    Array,
    Members,
    Bytes,
}

impl Variant {
    pub(super) fn of(member: &str) -> Option<Self> {
        Some(match member {
            "stringValue" | "string_value" => Self::Text,
            "boolValue" | "bool_value" => Self::Bool,
            "intValue" | "int_value" => Self::Int,
            "doubleValue" | "double_value" => Self::Double,
            "arrayValue" | "array_value" => Self::Array,
            "kvlistValue" | "kvlist_value" => Self::Members,
            "bytesValue" | "bytes_value" => Self::Bytes,
            _ => return None,
        })
    }

    /// Whether a value that begins with `first` can be one of this variant.
    pub(super) fn begins_with(self, first: u8) -> bool {
        match self {
            Self::Text | Self::Bytes => first == b'"',
            Self::Bool => matches!(first, b't' | b'f'),
            Self::Int | Self::Double => matches!(first, b'"' | b'-' | b'0'..=b'9'),
            Self::Array | Self::Members => first == b'{',
        }
    }
}

/// The members of `KeyValue`.
pub(super) enum Half {
    Key,
    Value,
}

struct Walker<'a, 'w> {
    reader: Reader<'a>,
    input_len: usize,
    limits: &'w Limits,
    visitor: &'w mut dyn FieldVisitor,
    splice: &'w mut Splice,
    text: &'w mut String,
    path: &'w mut String,
    plain: &'w mut String,
    bytes: &'w mut Vec<u8>,
    token: &'w mut Vec<u8>,
    structure: bool,
    keeps_unknown: bool,
    /// Messages that are open, counted as the protobuf walker counts them.
    depth: usize,
    /// Data points seen in the present metric.
    items: u64,
}

impl Walker<'_, '_> {
    // --- reading ---

    fn descend(&mut self) -> Result<(), FormatError> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            let at = self.reader.at();
            return Err(FormatError::Depth { format: FORMAT, at, limit: self.limits.depth });
        }
        Ok(())
    }

    /// Walks the members of the object that begins here; `member` gets each name and stands before its value.
    #[inline]
    fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, Quoted, usize) -> Result<Fate, FormatError>,
    ) -> Result<(), FormatError> {
        if !self.reader.open(b'}')? {
            return Ok(());
        }
        let mut siblings = Siblings::default();
        loop {
            self.reader.token()?;
            let (start, mark) = (self.reader.at(), self.splice.mark());
            let name = self.reader.key()?;
            let fate = member(self, name, start)?;
            siblings.element(fate, mark, start, self.reader.at(), self.splice);
            if !self.reader.next(b'}')? {
                break;
            }
        }
        siblings.finish(self.splice);
        Ok(())
    }

    /// Walks the elements of the array that begins here; nulls hold nothing and stay.
    #[inline]
    fn elements(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<Fate, FormatError>,
    ) -> Result<(), FormatError> {
        if !self.reader.open(b']')? {
            return Ok(());
        }
        let mut siblings = Siblings::default();
        loop {
            let first = self.reader.token()?;
            let (start, mark) = (self.reader.at(), self.splice.mark());
            let fate = if first == b'n' { self.null()? } else { element(self)? };
            siblings.element(fate, mark, start, self.reader.at(), self.splice);
            if !self.reader.next(b']')? {
                break;
            }
        }
        siblings.finish(self.splice);
        Ok(())
    }

    fn null(&mut self) -> Result<Fate, FormatError> {
        self.reader.literal("null")?;
        Ok(Fate::Kept)
    }

    fn skipped(&mut self, fate: Fate) -> Result<Fate, FormatError> {
        self.reader.skip()?;
        Ok(fate)
    }

    fn unknown(&mut self, level: Level) -> Result<Fate, FormatError> {
        let fate = if self.visitor.unknown(level) { Fate::Kept } else { Fate::Dropped };
        self.skipped(fate)
    }

    fn misshapen(&mut self, level: Level) -> Result<Fate, FormatError> {
        self.visitor.unreadable(level, Defect::Shape);
        self.skipped(Fate::Dropped)
    }

    // --- writing ---

    /// Replaces what stands between `start` and here by the token buffer.
    fn replace(&mut self, start: usize) -> Result<Fate, FormatError> {
        self.splice.replace(start, self.reader.at(), &[self.token]);
        if self.splice.output_len(self.input_len) > self.limits.output {
            return Err(FormatError::TooLarge { format: FORMAT, limit: self.limits.output });
        }
        Ok(Fate::Kept)
    }

    // --- walking ---

    /// Walks the object that begins here. It goes when text without which it means nothing goes.
    fn message(&mut self, message: &'static Message) -> Result<Fate, FormatError> {
        self.descend()?;
        let mut whole = Fate::Kept;
        let mut expected = 0;
        self.members(|walker, name, _| {
            let name = walker.reader.plain(name, walker.plain)?;
            let Some(field) = field_of(message, name, &mut expected) else {
                return walker.unknown(message.level);
            };
            let fate = walker.field(message.level, field)?;
            if fate == Fate::Dropped && matches!(field.kind, Kind::VitalText(_)) {
                whole = Fate::Dropped;
            }
            Ok(fate)
        })?;
        self.depth -= 1;
        Ok(whole)
    }

    fn field(&mut self, level: Level, field: &'static Field) -> Result<Fate, FormatError> {
        let first = self.reader.token()?;
        if first == b'n' {
            return self.null();
        }
        if let Kind::Structural(name, shape) = field.kind {
            return self.structural(level, name, shape);
        }
        if !field.repeated {
            return self.one(level, field.kind);
        }
        if first != b'[' {
            return self.misshapen(level);
        }
        self.elements(|walker| {
            if let Kind::Message(inner) = field.kind
                && walker.structure
                && inner.is_item()
            {
                walker.visitor.enter_item(inner.level);
            }
            walker.one(level, field.kind)
        })?;
        Ok(Fate::Kept)
    }

    /// Walks one value of a field.
    fn one(&mut self, level: Level, kind: Kind) -> Result<Fate, FormatError> {
        match kind {
            Kind::Message(inner) => self.inner(level, inner),
            Kind::Attributes => {
                let place = Place { level, part: Part::Attribute, base: 0, len: 0 };
                self.key_value(place, None)
            }
            Kind::AnyValue(name) => {
                let ruling = self.visitor.rule(Name::built_in(level, name), None);
                if ruling.verdict == Verdict::Drop {
                    return self.skipped(Fate::Dropped);
                }
                self.path.clear();
                self.path.push_str(name);
                let place = Place { level, part: Part::BuiltIn, base: name.len(), len: name.len() };
                self.any_value(ruling, place)
            }
            Kind::Text(name) | Kind::VitalText(name) => self.text_leaf(level, name),
            Kind::Structural(name, shape) => self.structural(level, name, shape),
        }
    }

    /// The trace that the record which begins here says it belongs to; of several, the last. Leaves the reader anywhere.
    fn trace_of(&mut self, record: &'static Message) -> Result<Option<[u8; 16]>, FormatError> {
        let mut found = None;
        let Some(field) = record.trace_id() else { return Ok(None) };
        if self.reader.open(b'}')? {
            loop {
                let key = self.reader.key()?;
                let key = self.reader.plain(key, self.plain)?;
                if (key == field.json || key == field.name) && self.reader.token()? == b'"' {
                    let text = self.reader.string()?;
                    found = id_of(self.reader.plain(text, self.plain)?);
                } else {
                    self.reader.skip()?;
                }
                if !self.reader.next(b'}')? {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// As [`Self::trace_of`], and leaves the reader where it was.
    #[inline(never)] // the module, into which it would be inlined twice, is compiled for size
    fn peek_trace(&mut self, message: &'static Message) -> Option<[u8; 16]> {
        let (start, open) = (self.reader.at(), self.reader.depth());
        let found = self.trace_of(message);
        self.reader.seek(start, open);
        found.ok().flatten()
    }

    fn inner(&mut self, level: Level, inner: &'static Message) -> Result<Fate, FormatError> {
        let is_object = self.reader.token()? == b'{';
        let is_point = inner.level == Level::Point && inner.record_item();
        if is_point {
            self.items += 1;
        }
        if !inner.record {
            return match (is_object, is_point) {
                (true, true) => self.learn(inner),
                (true, false) if inner.level == Level::Exemplar && self.visitor.heeds_traces() => {
                    let trace = self.peek_trace(inner);
                    self.visitor.exemplar(trace);
                    let fate = self.message(inner);
                    self.visitor.exemplar(None);
                    fate
                }
                (true, false) => self.message(inner),
                (false, _) => self.misshapen(level),
            };
        }
        let (start, open, depth) = (self.reader.at(), self.reader.depth(), self.depth);
        self.items = 0;
        let outcome = match (is_object, inner.level) {
            (false, _) => Err(self.reader.malformed("a record that is not an object")),
            // What is learned in metrics is learned in a data point.
            (true, Level::Metric) => {
                self.visitor.enter_record(inner.level);
                self.message(inner)
            }
            (true, _) => self.learn(inner),
        };
        let defect = match &outcome {
            Ok(Fate::Kept) => return Ok(Fate::Kept),
            Ok(Fate::Dropped) => Defect::Nameless,
            Err(FormatError::Depth { .. }) => Defect::Depth,
            Err(_) if !is_object => Defect::Malformed,
            // Broken JSON: where the record ends is not known any more.
            Err(_) => return outcome,
        };
        if outcome.is_err() {
            self.depth = depth;
            self.reader.seek(start, open);
            self.reader.skip()?;
        }
        let items = if inner.level == Level::Metric { self.items.max(1) } else { 1 };
        if !self.visitor.record_withheld(inner.level, items, defect) {
            outcome?;
        }
        Ok(Fate::Dropped)
    }

    /// Walks a message whose fields are learned together, twice if the visitor asks for it.
    fn learn(&mut self, inner: &'static Message) -> Result<Fate, FormatError> {
        let (start, open, depth) = (self.reader.at(), self.reader.depth(), self.depth);
        let mark = self.splice.mark();
        self.visitor.enter_record(inner.level);
        if self.visitor.heeds_traces()
            && let Some(trace_id) = self.peek_trace(inner)
        {
            self.visitor.trace(trace_id);
        }
        let fate = self.message(inner)?;
        let record = self.reader.slice(start, self.reader.at()).unwrap_or_default();
        if !self.visitor.leave_record(inner.level, record.as_bytes()) {
            return Ok(fate);
        }
        self.splice.rewind(mark);
        self.depth = depth;
        self.reader.seek(start, open);
        let fate = self.message(inner);
        let _ = self.visitor.leave_record(inner.level, &[]);
        fate
    }

    fn text_leaf(&mut self, level: Level, name: &'static str) -> Result<Fate, FormatError> {
        if self.reader.token()? != b'"' {
            return self.misshapen(level);
        }
        let start = self.reader.at();
        let token = self.reader.string()?;
        let ruling = self.visitor.rule(Name::built_in(level, name), None);
        match ruling.verdict {
            Verdict::Keep => return Ok(Fate::Kept),
            Verdict::Drop => return Ok(Fate::Dropped),
            Verdict::Look => {}
        }
        let text = self.reader.plain(token, self.plain)?;
        self.text.clear();
        self.token.clear();
        match self.visitor.value(ruling, Value::Text(text), self.text) {
            Edit::Keep => return Ok(Fate::Kept),
            Edit::Drop => return Ok(Fate::Dropped),
            Edit::Text => quote(self.text, self.token),
            Edit::Int(new) => write_quoted(new, self.token),
            Edit::Double(new) => write_quoted(new, self.token),
        }
        self.replace(start)
    }

    /// Walks one `KeyValue`. Its key may stand after its value, so the key is looked up first.
    fn key_value(&mut self, place: Place, within: Option<Ruling>) -> Result<Fate, FormatError> {
        let level = place.level;
        if self.reader.token()? != b'{' {
            return self.misshapen(level);
        }
        let key = match self.key_text()? {
            Some(key) => key,
            None => return self.misshapen(level),
        };
        let key_at = if within.is_none() {
            self.path.clear();
            0
        } else {
            self.path.truncate(place.len);
            self.path.push('.');
            self.path.len()
        };
        if let Some(key) = key {
            let source = self.reader.slice(key.start, key.end)?;
            if key.escaped { unescape(source, self.path) } else { self.path.push_str(source) }
        }
        let len = self.path.len();
        let (place, name) = if within.is_none() {
            (Place { base: len, len, ..place }, Name::attribute(level, self.path))
        } else if len > self.limits.path {
            self.visitor.unreadable(level, Defect::Depth);
            return self.skipped(Fate::Dropped);
        } else {
            let member_at = place.base + 1;
            (Place { len, ..place }, Name { level, part: place.part, path: self.path, member_at, key_at })
        };
        let mut ruling = self.visitor.rule(name, within);
        let goes = ruling.verdict == Verdict::Drop;
        if goes && !self.visitor.learns(ruling) {
            return self.skipped(Fate::Dropped);
        }
        if goes {
            ruling = Ruling { verdict: Verdict::Look, look_at_key: false, ..ruling };
        }
        let mut whole = Fate::Kept;
        let mut keys = 0;
        self.members(|walker, name, _| {
            let half = walker.half(name)?;
            let first = walker.reader.token()?;
            if whole == Fate::Dropped {
                return walker.skipped(Fate::Kept);
            }
            match half {
                None => return walker.unknown(level),
                Some(_) if first == b'n' => return walker.null(),
                Some(Half::Key) if first != b'"' => whole = walker.misshapen(level)?,
                Some(Half::Key) if keys > 0 => {
                    walker.visitor.unreadable(level, Defect::Ambiguous);
                    whole = walker.skipped(Fate::Dropped)?;
                }
                Some(Half::Key) => {
                    keys += 1;
                    whole = walker.key(ruling, key_at, len)?;
                }
                Some(Half::Value) => whole = walker.any_value(ruling, place)?,
            }
            Ok(Fate::Kept)
        })?;
        Ok(if goes { Fate::Dropped } else { whole })
    }

    /// Looks ahead for the key of the `KeyValue` that begins here. The outer option is empty when it is no text, the
    /// inner one when there is none.
    fn key_text(&mut self) -> Result<Option<Option<Quoted>>, FormatError> {
        let (start, open) = (self.reader.at(), self.reader.depth());
        let mut key = Some(None);
        if self.reader.open(b'}')? {
            loop {
                let name = self.reader.key()?;
                let first = self.reader.token()?;
                if let Some(Half::Key) = self.half(name)?
                    && first != b'n'
                {
                    key = if first == b'"' { Some(Some(self.reader.string()?)) } else { None };
                    break;
                }
                self.reader.skip()?;
                if !self.reader.next(b'}')? {
                    break;
                }
            }
        }
        self.reader.seek(start, open);
        Ok(key)
    }

    fn half(&mut self, name: Quoted) -> Result<Option<Half>, FormatError> {
        half(&self.reader, name, self.plain)
    }

    /// Takes the text of a key, which stands at `key_at..len` of the path too.
    fn key(&mut self, ruling: Ruling, key_at: usize, len: usize) -> Result<Fate, FormatError> {
        let start = self.reader.at();
        self.reader.string()?;
        if !ruling.look_at_key {
            return Ok(Fate::Kept);
        }
        self.text.clear();
        let key = self.path.get(key_at..len).unwrap_or_default();
        match self.visitor.key(ruling, key, self.text) {
            Edit::Keep => Ok(Fate::Kept),
            Edit::Text => {
                self.token.clear();
                quote(self.text, self.token);
                self.replace(start)
            }
            // A key cannot be a number, so whoever asks for one gets nothing.
            Edit::Drop | Edit::Int(_) | Edit::Double(_) => Ok(Fate::Dropped),
        }
    }

    /// Walks one `AnyValue`. Any part of it that goes takes the whole along. Under a ruling of [`Verdict::Keep`] only
    /// shapes are checked and unknown members asked about.
    fn any_value(&mut self, ruling: Ruling, place: Place) -> Result<Fate, FormatError> {
        let look = ruling.verdict == Verdict::Look;
        if !look && self.keeps_unknown {
            return self.skipped(Fate::Kept);
        }
        if self.reader.token()? != b'{' {
            return self.misshapen(place.level);
        }
        self.descend()?;
        let mut whole = Fate::Kept;
        self.members(|walker, name, start| {
            let name = walker.reader.plain(name, walker.plain)?;
            let Some(variant) = Variant::of(name) else {
                return walker.unknown(place.level);
            };
            let first = walker.reader.token()?;
            if first == b'n' {
                return walker.null();
            }
            let fate = match variant {
                _ if !variant.begins_with(first) => walker.misshapen(place.level)?,
                Variant::Array => walker.list(ruling, place, false)?,
                Variant::Members => walker.list(ruling, place, true)?,
                _ if !look => walker.skipped(Fate::Kept)?,
                _ => walker.leaf(variant, start, ruling, place.level)?,
            };
            if fate == Fate::Dropped {
                whole = Fate::Dropped;
            }
            Ok(fate)
        })?;
        self.depth -= 1;
        Ok(whole)
    }

    /// Walks an `ArrayValue` or a `KeyValueList`: both hold `values`.
    fn list(&mut self, ruling: Ruling, place: Place, members: bool) -> Result<Fate, FormatError> {
        self.descend()?;
        self.members(|walker, name, _| {
            if walker.reader.plain(name, walker.plain)? != "values" {
                return walker.unknown(place.level);
            }
            match walker.reader.token()? {
                b'n' => walker.null(),
                b'[' => {
                    walker.elements(|walker| {
                        if members {
                            walker.key_value(place, Some(ruling))
                        } else {
                            walker.any_value(ruling, place)
                        }
                    })?;
                    Ok(Fate::Kept)
                }
                _ => walker.misshapen(place.level),
            }
        })?;
        self.depth -= 1;
        Ok(Fate::Kept)
    }

    /// Shows a leaf of an `AnyValue`, whose member began at `start`.
    fn leaf(
        &mut self,
        variant: Variant,
        start: usize,
        ruling: Ruling,
        level: Level,
    ) -> Result<Fate, FormatError> {
        let value = match variant {
            Variant::Bool => {
                let truth = self.reader.token()? == b't';
                self.reader.literal(if truth { "true" } else { "false" })?;
                Some(Value::Bool(truth))
            }
            Variant::Int => whole_number(scalar(&mut self.reader, self.plain)?).map(Value::Int),
            Variant::Double => double(scalar(&mut self.reader, self.plain)?, FAITHFUL_DIGITS),
            Variant::Bytes => {
                let token = self.reader.string()?;
                let text = self.reader.plain(token, self.plain)?;
                base64::decode(text, self.bytes).then_some(Value::Bytes(self.bytes))
            }
            _ => {
                let token = self.reader.string()?;
                Some(Value::Text(self.reader.plain(token, self.plain)?))
            }
        };
        let Some(value) = value else {
            self.visitor.unreadable(level, Defect::Shape);
            return Ok(Fate::Dropped);
        };
        self.text.clear();
        self.token.clear();
        match self.visitor.value(ruling, value, self.text) {
            Edit::Keep => return Ok(Fate::Kept),
            Edit::Drop => return Ok(Fate::Dropped),
            Edit::Text => {
                self.token.extend_from_slice(b"\"stringValue\":");
                quote(self.text, self.token);
            }
            Edit::Int(new) => {
                self.token.extend_from_slice(b"\"intValue\":");
                write_quoted(new, self.token);
            }
            Edit::Double(new) => {
                self.token.extend_from_slice(b"\"doubleValue\":");
                write_any_double(new, self.token);
            }
        }
        self.replace(start)
    }

    fn structural(&mut self, level: Level, name: &'static str, shape: Shape) -> Result<Fate, FormatError> {
        let (start, open) = (self.reader.at(), self.reader.depth());
        let Some(value) = self.shaped(shape)? else {
            self.reader.seek(start, open);
            return self.misshapen(level);
        };
        if !self.structure {
            return Ok(Fate::Kept);
        }
        let ruling = self.visitor.rule(Name::built_in(level, name), None);
        match ruling.verdict {
            Verdict::Keep => return Ok(Fate::Kept),
            Verdict::Drop => return Ok(Fate::Dropped),
            Verdict::Look => {}
        }
        let value = match value {
            Leaf::Int(int) => Value::Int(int),
            Leaf::Double(double) => Value::Double(double),
            Leaf::Bool(truth) => Value::Bool(truth),
            Leaf::Id => Value::Bytes(self.bytes),
            // A list of counts or bounds has no single value to transform: it stays or goes.
            Leaf::List => return Ok(Fate::Dropped),
        };
        self.text.clear();
        self.token.clear();
        match (self.visitor.value(ruling, value, self.text), shape) {
            (Edit::Keep, _) => return Ok(Fate::Kept),
            (Edit::Int(new), Shape::Time | Shape::Fixed64) => write_quoted(new.cast_unsigned(), self.token),
            (Edit::Int(new), Shape::Sfixed64) => write_quoted(new, self.token),
            (Edit::Double(new), Shape::Double) => write_any_double(new, self.token),
            (Edit::Text, Shape::Id(length))
                if id::of_text(self.text, length, &mut [0; id::LONGEST]).is_some() =>
            {
                quote(self.text, self.token);
            }
            // Other text, or a number of another kind, has no place in a structural leaf.
            _ => return Ok(Fate::Dropped),
        }
        self.replace(start)
    }

    /// Takes a structural leaf; none when it has another shape (the reader then stands anywhere inside it). The bytes
    /// of an id are left in the byte buffer.
    fn shaped(&mut self, shape: Shape) -> Result<Option<Leaf>, FormatError> {
        let first = self.reader.token()?;
        let number = matches!(first, b'"' | b'-' | b'0'..=b'9');
        Ok(match shape {
            Shape::Time | Shape::Fixed64 if number => whole_number(scalar(&mut self.reader, self.plain)?)
                .map(|int: u64| Leaf::Int(int.cast_signed())),
            Shape::Sfixed64 if number => whole_number(scalar(&mut self.reader, self.plain)?).map(Leaf::Int),
            Shape::Fixed32 | Shape::Uint32 if number => {
                whole_number(scalar(&mut self.reader, self.plain)?).map(|int: u32| Leaf::Int(int.into()))
            }
            Shape::Sint32 if number => {
                whole_number(scalar(&mut self.reader, self.plain)?).map(|int: i32| Leaf::Int(int.into()))
            }
            Shape::Enum(names) if number => {
                let text = scalar(&mut self.reader, self.plain)?;
                let value = match names.iter().position(|name| *name == text) {
                    Some(place) => u32::try_from(place).ok(),
                    None if first == b'"' => None,
                    None => whole_number(text),
                };
                value.map(|int| Leaf::Int(int.into()))
            }
            Shape::Double if number => match double(scalar(&mut self.reader, self.plain)?, STRUCTURAL_DIGITS)
            {
                Some(Value::Double(double)) => Some(Leaf::Double(double)),
                _ => None,
            },
            Shape::Bool if matches!(first, b't' | b'f') => {
                self.reader.literal(if first == b't' { "true" } else { "false" })?;
                Some(Leaf::Bool(first == b't'))
            }
            Shape::Id(length) if first == b'"' => {
                let token = self.reader.string()?;
                let text = self.reader.plain(token, self.plain)?;
                decode_id(text, length, self.bytes).then_some(Leaf::Id)
            }
            Shape::Fixed64s | Shape::Uint64s if first == b'[' => self.shaped_list(Shape::Fixed64)?,
            Shape::Doubles if first == b'[' => self.shaped_list(Shape::Double)?,
            _ => None,
        })
    }

    fn shaped_list(&mut self, shape: Shape) -> Result<Option<Leaf>, FormatError> {
        if self.reader.open(b']')? {
            loop {
                if self.shaped(shape)?.is_none() {
                    return Ok(None);
                }
                if !self.reader.next(b']')? {
                    break;
                }
            }
        }
        Ok(Some(Leaf::List))
    }
}

/// A structural leaf of the right shape.
enum Leaf {
    Int(i64),
    Double(f64),
    Bool(bool),
    /// Its bytes stand in the byte buffer.
    Id,
    List,
}

/// The field of a member name. Members mostly come in the order of the table, so the one after the last is tried first.
#[inline]
pub(super) fn field_of(
    message: &'static Message,
    name: &str,
    expected: &mut usize,
) -> Option<&'static Field> {
    if let Some(field) = message.fields.get(*expected)
        && field.json == name
    {
        *expected += 1;
        return Some(field);
    }
    let place = message.fields.iter().position(|field| field.json == name || field.name == name)?;
    *expected = place + 1;
    message.fields.get(place)
}

/// Which member of `KeyValue` a name is.
pub(super) fn half(
    reader: &Reader<'_>,
    name: Quoted,
    plain: &mut String,
) -> Result<Option<Half>, FormatError> {
    Ok(match reader.plain(name, plain)? {
        "key" => Some(Half::Key),
        "value" => Some(Half::Value),
        _ => None,
    })
}

/// Takes a number, or the text of a string in whose place a number may stand.
pub(super) fn scalar<'a: 's, 's>(
    reader: &mut Reader<'a>,
    plain: &'s mut String,
) -> Result<&'s str, FormatError> {
    if reader.token()? == b'"' {
        let token = reader.string()?;
        return reader.plain(token, plain);
    }
    let token = reader.number()?;
    reader.slice(token.start, token.end)
}

/// A whole number in decimal digits. (`parse` takes a plus sign too, which JSON does not know.)
pub(super) fn whole_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.starts_with('+') { None } else { text.parse().ok() }
}

/// A double: a JSON number of at most `digits` significant digits, or the mapping's words for what JSON cannot write.
/// A number that has more, or that no double reaches, is its text.
pub(super) fn double(text: &str, digits: usize) -> Option<Value<'_>> {
    match text {
        "NaN" => return Some(Value::Double(f64::NAN)),
        "Infinity" => return Some(Value::Double(f64::INFINITY)),
        "-Infinity" => return Some(Value::Double(f64::NEG_INFINITY)),
        _ => {}
    }
    // `parse` takes words as well.
    if !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
        return None;
    }
    let double: f64 = text.parse().ok()?;
    let faithful = double.is_finite() && significant_digits(text) <= digits;
    Some(if faithful { Value::Double(double) } else { Value::Text(text) })
}

/// Decodes an id of `length` bytes, or an empty one, from hex into `out`.
fn decode_id(text: &str, length: usize, out: &mut Vec<u8>) -> bool {
    out.clear();
    out.resize(if text.is_empty() { 0 } else { length }, 0);
    id::read(text, out)
}

/// Appends a number as a string, the way the mapping writes 64-bit integers.
pub(super) fn write_quoted(number: impl std::fmt::Display, out: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = write!(out, "\"{number}\"");
}

/// Appends a double, by the mapping's words where JSON has none.
pub(super) fn write_any_double(number: f64, out: &mut Vec<u8>) {
    if number.is_finite() {
        write_double(number, out);
    } else if number.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else {
        out.extend_from_slice(if number > 0.0 { b"\"Infinity\"" } else { b"\"-Infinity\"" });
    }
}

/// The bytes of a trace id in hexadecimal digits, unless all are zero.
fn id_of(text: &str) -> Option<[u8; 16]> {
    let mut id = [0; 16];
    (id::read(text, &mut id) && id != [0; 16]).then_some(id)
}
