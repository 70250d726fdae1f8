//! Walks OTLP protobuf in place and shows each field to a visitor.
//!
//! Kept fields leave byte for byte as they came, in the order they came. Unknown numbers are asked about too: whether
//! they stay is a decision, not an accident. A singular field that stands several times is shown each time, since
//! readers disagree on which one counts. Encoding: <https://protobuf.dev/programming-guides/encoding/>.

use super::schema::{self, Field, Kind, Message, Shape};
use super::wire::{self, FIXED32, FIXED64, FORMAT, LEN, Span, VARINT, Wire, put_varint};
use crate::format::{Format, Scratch};
use crate::id;
use crate::json::{Fate as Listed, Siblings, quote};
use crate::labels::{LabelAt, LabelReader};
use crate::splice::Mark;
use crate::{
    Defect, Edit, FieldVisitor, FormatError, Level, Limits, Name, Part, Recalled, Ruling, Signal, Splice,
    Value, Verdict,
};

const KEY_TAG: u8 = (1 << 3) | LEN;
const VALUE_TAG: u8 = (2 << 3) | LEN;
const STRING_TAG: u8 = (1 << 3) | LEN;
const INT_TAG: u8 = 3 << 3;
/// Nanoseconds.
const SECOND: i64 = 1_000_000_000;
const DOUBLE_TAG: u8 = (4 << 3) | FIXED64;

/// An OTLP export request of one signal in protobuf.
#[derive(Debug, Clone, Copy)]
pub struct Protobuf(pub Signal);

impl Format for Protobuf {
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
        walk(schema::request(self.0), input, limits, visitor, scratch)
    }
}

/// Walks a payload that is one message of a table.
pub(crate) fn walk(
    message: &'static Message,
    input: &[u8],
    limits: &Limits,
    visitor: &mut dyn FieldVisitor,
    scratch: &mut Scratch,
) -> Result<(), FormatError> {
    if input.len() > limits.payload {
        return Err(FormatError::TooLarge { format: FORMAT, limit: limits.payload });
    }
    let Scratch { splice, text, path, .. } = scratch;
    splice.clear();
    let structure = visitor.rules_structure();
    let keeps_unknown = visitor.keeps_unknown();
    let mut walker = Walker {
        input,
        limits,
        visitor,
        splice,
        text,
        path,
        structure,
        keeps_unknown,
        depth: 0,
        items: 0,
        labels: Count::default(),
        records: 0,
    };
    walker.message(message, Span { start: 0, end: input.len() })?;
    Ok(())
}

/// Labels of a series.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    seen: u64,
    left: u64,
}

/// Whether the message that was walked stays in its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Goes,
}

/// Where a value stands: the name of the whole, and how much of the path buffer belongs to it.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    level: Level,
    part: Part,
    base: &'a str,
    /// Length of the path in the buffer; 0 for the whole value, whose path is `base`.
    nested: usize,
}

/// The label that names a Prometheus series.
const METRIC_NAME: &str = "__name__";

/// Whether labels of this level are what a series is called: `__name__` is the name of its metric, without which it goes, as it
/// does without any label.
fn names_series(level: Level) -> bool {
    level == Level::Point
}

/// Whether text is a name of a metric as every version of Prometheus takes it.
fn is_metric_name(text: &str) -> bool {
    let first = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':');
    text.as_bytes().first().is_some_and(first)
        && text.bytes().all(|byte| first(&byte) || byte.is_ascii_digit())
}

/// A field of text.
#[derive(Debug, Clone, Copy)]
struct TextLeaf<'a> {
    wire: Wire,
    text: &'a str,
}

/// A `KeyValue` of a short key and a short text, encoded as every SDK encodes it.
struct PlainPair<'a> {
    key: &'a [u8],
    text: &'a [u8],
}

/// Reads a [`PlainPair`]; `None` for any other shape, however valid.
#[inline]
fn plain_pair(bytes: &[u8]) -> Option<PlainPair<'_>> {
    let [KEY_TAG, key_len @ 0..0x80, rest @ ..] = bytes else { return None };
    let (key, rest) = rest.split_at_checked(usize::from(*key_len))?;
    let [VALUE_TAG, any_len @ 0..0x80, any @ ..] = rest else { return None };
    let [STRING_TAG, text_len @ 0..0x80, text @ ..] = any else { return None };
    let exact = any.len() == usize::from(*any_len) && text.len() == usize::from(*text_len);
    exact.then_some(PlainPair { key, text })
}

struct Walker<'a, 'w> {
    input: &'a [u8],
    limits: &'w Limits,
    visitor: &'w mut dyn FieldVisitor,
    splice: &'w mut Splice,
    text: &'w mut String,
    path: &'w mut String,
    structure: bool,
    keeps_unknown: bool,
    depth: usize,
    /// Data points seen in the present metric.
    items: u64,
    /// Labels of the present series.
    labels: Count,
    /// Records seen so far.
    records: u64,
}

impl<'a> Walker<'a, '_> {
    // --- reading ---

    fn varint(&self, at: &mut usize, end: usize) -> Result<u64, FormatError> {
        wire::varint(self.input, at, end)
    }

    #[inline(always)]
    fn next(&self, at: &mut usize, end: usize) -> Result<Wire, FormatError> {
        wire::next(self.input, at, end)
    }

    #[inline]
    fn bytes(&self, span: Span) -> &'a [u8] {
        self.input.get(span.start..span.end).unwrap_or(&[])
    }

    #[inline]
    fn utf8(&self, span: Span) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(span)).ok()
    }

    fn number(&self, wire: Wire) -> u64 {
        wire::number(self.input, wire)
    }

    // --- writing ---

    #[inline]
    fn drop_field(&mut self, wire: Wire) {
        self.splice.replace(wire.start, wire.content.end, &[]);
    }

    fn replace_content(&mut self, wire: Wire, content: &[u8]) {
        let mut prefix = [0u8; 10];
        let prefix = put_varint(content.len() as u64, &mut prefix);
        self.splice.replace(wire.length_at, wire.content.end, &[prefix, content]);
    }

    /// Puts the new length before a message whose content has changed since `mark`, or takes the message out.
    #[inline]
    fn settle(&mut self, wire: Wire, mark: Mark, fate: Fate) {
        match fate {
            Fate::Goes => {
                self.splice.rewind(mark);
                self.drop_field(wire);
            }
            Fate::Stays => {
                let growth = self.splice.growth_since(mark);
                if growth != 0 {
                    let length = (wire.content.end - wire.content.start) as i64 + growth;
                    let mut prefix = [0u8; 10];
                    let prefix = put_varint(length as u64, &mut prefix);
                    self.splice.replace_before(mark, wire.length_at, wire.content.start, prefix);
                }
            }
        }
    }

    // --- walking ---

    fn descend(&mut self, at: usize) -> Result<(), FormatError> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(FormatError::Depth { format: FORMAT, at, limit: self.limits.depth });
        }
        Ok(())
    }

    fn message(&mut self, message: &'static Message, span: Span) -> Result<Fate, FormatError> {
        self.descend(span.start)?;
        let mut fate = Fate::Stays;
        let mut at = span.start;
        let mut last: Option<&'static Field> = None;
        while at < span.end {
            let wire = self.next(&mut at, span.end)?;
            // Most fields are attributes behind attributes: the one before is the one to try first.
            if last.is_none_or(|field| field.number != wire.number) {
                last = message.field(wire.number);
            }
            match last {
                Some(field) => {
                    if self.field(message, field, wire)? == Fate::Goes {
                        fate = Fate::Goes;
                    }
                }
                None => self.unknown(message.level, wire),
            }
        }
        self.depth -= 1;
        Ok(fate)
    }

    fn unknown(&mut self, level: Level, wire: Wire) {
        if !self.visitor.unknown(level) {
            self.drop_field(wire);
        }
    }

    fn misshapen(&mut self, level: Level, defect: Defect, wire: Wire) {
        self.visitor.unreadable(level, defect);
        self.drop_field(wire);
    }

    fn field(
        &mut self,
        message: &'static Message,
        field: &'static Field,
        wire: Wire,
    ) -> Result<Fate, FormatError> {
        let level = message.level;
        if let Kind::Structural(name, shape) = field.kind {
            return Ok(match shape {
                Shape::Vital(shape) => self.structural(level, name, *shape, wire),
                shape => {
                    self.structural(level, name, shape, wire);
                    Fate::Stays
                }
            });
        }
        if wire.kind != LEN {
            self.misshapen(level, Defect::Shape, wire);
            let vital = match field.kind {
                Kind::VitalText(_) => true,
                // It may have been the label that names a series.
                Kind::Message(inner) => inner.is_label() && names_series(inner.level),
                _ => false,
            };
            return Ok(if vital { Fate::Goes } else { Fate::Stays });
        }
        match field.kind {
            Kind::Message(inner) if inner.is_label() => return self.label(inner.level, wire),
            Kind::Message(inner) => return self.inner(inner, field.repeated, wire),
            Kind::Attributes => {
                if let Some(pair) = plain_pair(self.bytes(wire.content))
                    && self.plain_attribute(level, wire, &pair)
                {
                    return Ok(Fate::Stays);
                }
                let mark = self.splice.mark();
                let place = Place { level, part: Part::Attribute, base: "", nested: 0 };
                let fate = self.key_value(wire.content, place, None)?;
                self.settle(wire, mark, fate);
            }
            Kind::AnyValue(name) => {
                let ruling = self.visitor.rule(Name::built_in(level, name), None);
                let mark = self.splice.mark();
                let fate = match ruling.verdict {
                    Verdict::Drop => Fate::Goes,
                    Verdict::Keep | Verdict::Look => {
                        let place = Place { level, part: Part::BuiltIn, base: name, nested: 0 };
                        self.any_value(wire.content, ruling, place)?
                    }
                };
                self.settle(wire, mark, fate);
            }
            Kind::Text(name) => {
                self.text(level, name, wire);
            }
            Kind::VitalText(name) => return Ok(self.text(level, name, wire)),
            Kind::Structural(..) => {}
        }
        Ok(Fate::Stays)
    }

    /// The trace that a record says it belongs to. As readers of protobuf do, the last word counts.
    #[inline(never)] // the module, into which it would be inlined twice, is compiled for size
    fn trace_of(&self, record: &'static Message, content: Span) -> Option<[u8; 16]> {
        let number = record.trace_id()?.number;
        let (mut at, mut found) = (content.start, None);
        while at < content.end {
            let wire = wire::next(self.input, &mut at, content.end).ok()?;
            if (wire.number, wire.kind) == (number, wire::LEN) {
                found = self.bytes(wire.content).try_into().ok();
            }
        }
        found.filter(|trace_id| *trace_id != [0; 16])
    }

    /// Walks a message inside another. One that goes goes alone where there may be several; else its holder goes, too.
    fn inner(&mut self, inner: &'static Message, alone: bool, wire: Wire) -> Result<Fate, FormatError> {
        let mark = self.splice.mark();
        let is_point = inner.level == Level::Point && inner.record_item();
        if is_point {
            self.items += 1;
        }
        if self.structure && alone && inner.is_item() {
            self.visitor.enter_item(inner.level);
        }
        if !inner.record {
            let before = self.records;
            let exemplar = inner.level == Level::Exemplar && self.visitor.heeds_traces();
            if exemplar {
                let trace_id = self.trace_of(inner, wire.content);
                self.visitor.exemplar(trace_id);
            }
            let fate =
                if is_point { self.learn(inner, wire, mark)? } else { self.message(inner, wire.content)? };
            if exemplar {
                self.visitor.exemplar(None);
            }
            self.settle(wire, mark, fate);
            if fate == Fate::Goes && alone {
                let records = (self.records - before).max(1);
                self.visitor.record_withheld(inner.level, records, Defect::Nameless);
                return Ok(Fate::Stays);
            }
            return Ok(fate);
        }
        let depth = self.depth;
        self.records += 1;
        self.items = 0;
        self.labels = Count::default();
        // What is learned in metrics is learned in a data point.
        let outcome = if inner.level == Level::Metric {
            self.visitor.enter_record(inner.level);
            self.message(inner, wire.content)
        } else {
            self.learn(inner, wire, mark)
        };
        self.depth = depth;
        let items = if inner.level == Level::Metric { self.items.max(1) } else { 1 };
        let defect = match &outcome {
            Ok(Fate::Stays) if self.labels.seen == 0 || self.labels.left > 0 => None,
            Ok(_) => Some(Defect::Nameless),
            Err(FormatError::Depth { .. }) => Some(Defect::Depth),
            Err(_) => Some(Defect::Malformed),
        };
        match defect {
            None => self.settle(wire, mark, Fate::Stays),
            Some(defect) if self.visitor.record_withheld(inner.level, items, defect) => {
                self.settle(wire, mark, Fate::Goes);
            }
            Some(_) => {
                outcome?;
                self.settle(wire, mark, Fate::Goes);
            }
        }
        Ok(Fate::Stays)
    }

    /// Walks a message whose fields are learned together, twice if the visitor asks for it.
    fn learn(&mut self, inner: &'static Message, wire: Wire, mark: Mark) -> Result<Fate, FormatError> {
        let (depth, labels) = (self.depth, self.labels);
        self.visitor.enter_record(inner.level);
        if self.visitor.heeds_traces()
            && let Some(trace_id) = self.trace_of(inner, wire.content)
        {
            self.visitor.trace(trace_id);
        }
        let fate = self.message(inner, wire.content)?;
        if !self.visitor.leave_record(inner.level, self.bytes(wire.content)) {
            return Ok(fate);
        }
        self.splice.rewind(mark);
        (self.depth, self.labels) = (depth, labels);
        let fate = self.message(inner, wire.content);
        let _ = self.visitor.leave_record(inner.level, &[]);
        fate
    }

    fn text(&mut self, level: Level, name: &'static str, wire: Wire) -> Fate {
        let ruling = self.visitor.rule(Name::built_in(level, name), None);
        match ruling.verdict {
            Verdict::Keep => return Fate::Stays,
            Verdict::Drop => {
                self.drop_field(wire);
                return Fate::Goes;
            }
            Verdict::Look => {}
        }
        let Some(value) = self.utf8(wire.content) else {
            self.misshapen(level, Defect::Utf8, wire);
            return Fate::Goes;
        };
        self.text.clear();
        match self.visitor.value(ruling, Value::Text(value), self.text) {
            Edit::Keep => {}
            Edit::Drop => {
                self.drop_field(wire);
                return Fate::Goes;
            }
            edit => {
                let text = std::mem::take(self.text);
                self.replace_content(wire, edit_text(edit, &text, &mut String::new()).as_bytes());
                *self.text = text;
            }
        }
        Fate::Stays
    }

    fn structural(&mut self, level: Level, name: &'static str, shape: Shape, wire: Wire) -> Fate {
        if !self.has_shape(shape, wire) {
            self.misshapen(level, Defect::Shape, wire);
            return Fate::Goes;
        }
        if !self.structure {
            return Fate::Stays;
        }
        let ruling = self.visitor.rule(Name::built_in(level, name), None);
        match ruling.verdict {
            Verdict::Keep => return Fate::Stays,
            Verdict::Drop => {
                self.drop_field(wire);
                return Fate::Goes;
            }
            Verdict::Look => {}
        }
        let value = match shape {
            Shape::Id(_) => Value::Bytes(self.bytes(wire.content)),
            Shape::Double => Value::Double(f64::from_bits(self.number(wire))),
            Shape::Fixed64s | Shape::Doubles | Shape::Uint64s => {
                // A list of counts or bounds has no single value to transform: it stays or goes.
                self.drop_field(wire);
                return Fate::Goes;
            }
            Shape::Bool => Value::Bool(self.number(wire) != 0),
            Shape::Sint32 => Value::Int(i64::from(wire::zigzag(self.number(wire) as u32))),
            Shape::Timestamp => Value::Int(self.timestamp(wire.content).unwrap_or(0)),
            Shape::Ticks(nanos) => Value::Int((self.number(wire) as i64).saturating_mul(nanos)),
            _ => Value::Int(self.number(wire) as i64),
        };
        self.text.clear();
        match (self.visitor.value(ruling, value, self.text), shape) {
            (Edit::Keep, _) => {}
            (Edit::Int(new @ 0..), Shape::Timestamp) => {
                let mut buffers = [[0; 10]; 2];
                let [seconds, nanos] = &mut buffers;
                let seconds = put_varint((new / SECOND) as u64, seconds);
                let nanos = put_varint((new % SECOND) as u64, nanos);
                self.replace_content(wire, &[&[1 << 3], seconds, &[2 << 3], nanos].concat());
            }
            (Edit::Int(new), Shape::Ticks(nanos)) => {
                let mut buffer = [0u8; 10];
                let bytes = put_varint(new.div_euclid(nanos) as u64, &mut buffer);
                self.splice.replace(wire.content.start, wire.content.end, &[bytes]);
            }
            (Edit::Int(new), Shape::Time | Shape::Fixed64 | Shape::Sfixed64) => {
                self.splice.replace(wire.content.start, wire.content.end, &[&new.to_le_bytes()]);
            }
            (Edit::Double(new), Shape::Double) => {
                self.splice.replace(wire.content.start, wire.content.end, &[&new.to_le_bytes()]);
            }
            (Edit::Text, Shape::Id(length))
                if let Some(id) = id::of_text(self.text, length, &mut [0; id::LONGEST]) =>
            {
                self.replace_content(wire, id);
            }
            // Other text, or a number of another kind, has no place in a structural leaf.
            _ => {
                self.drop_field(wire);
                return Fate::Goes;
            }
        }
        Fate::Stays
    }

    fn has_shape(&self, shape: Shape, wire: Wire) -> bool {
        let length = wire.content.end - wire.content.start;
        match shape {
            Shape::Time | Shape::Fixed64 | Shape::Sfixed64 | Shape::Double => wire.kind == FIXED64,
            Shape::Fixed32 => wire.kind == FIXED32,
            Shape::Uint32 | Shape::Sint32 | Shape::Enum(_) => {
                wire.kind == VARINT && u32::try_from(self.number(wire)).is_ok()
            }
            Shape::Bool => wire.kind == VARINT && self.number(wire) <= 1,
            Shape::Vital(shape) => self.has_shape(*shape, wire),
            Shape::Varint | Shape::Ticks(_) => wire.kind == VARINT,
            Shape::Timestamp => wire.kind == LEN && self.timestamp(wire.content).is_some(),
            Shape::Id(bytes) => wire.kind == LEN && (length == bytes || length == 0),
            Shape::Fixed64s | Shape::Doubles => {
                wire.kind == FIXED64 || (wire.kind == LEN && length.is_multiple_of(8))
            }
            Shape::Uint64s => wire.kind == VARINT || (wire.kind == LEN && self.are_varints(wire.content)),
        }
    }

    /// Nanoseconds since the epoch, from whole seconds and nanoseconds; none before it, behind 2262, and of anything else.
    fn timestamp(&self, span: Span) -> Option<i64> {
        let (mut at, mut halves) = (span.start, [0; 2]);
        while at < span.end {
            let wire = self.next(&mut at, span.end).ok()?;
            let half = halves.get_mut((wire.number as usize).checked_sub(1)?)?;
            *half = i64::try_from(self.number(wire)).ok().filter(|_| wire.kind == VARINT)?;
        }
        let [seconds, nanos] = halves;
        if nanos < SECOND { seconds.checked_mul(SECOND)?.checked_add(nanos) } else { None }
    }

    fn are_varints(&self, span: Span) -> bool {
        let mut at = span.start;
        while at < span.end {
            if self.varint(&mut at, span.end).is_err() {
                return false;
            }
        }
        true
    }

    /// Decides on one label. Says whether the message that holds it stays.
    fn label(&mut self, level: Level, wire: Wire) -> Result<Fate, FormatError> {
        if level == Level::Resource {
            return self.label_text(level, wire);
        }
        let series = names_series(level);
        self.labels.seen += u64::from(series);
        let Some((name, value)) = self.pair(level, wire)? else {
            self.drop_field(wire);
            // What it was called is not known, so it may have been what the series was called.
            return Ok(if series { Fate::Goes } else { Fate::Stays });
        };
        let text = value.map_or("", |value| value.text);
        let vital = series && name.text == METRIC_NAME;
        let ruling = match self.visitor.recall(level, name.text.as_bytes(), text.as_bytes()) {
            _ if vital => self.visitor.rule(Name::built_in(Level::Metric, "name"), None),
            Recalled::Stays => {
                self.labels.left += u64::from(series);
                return Ok(Fate::Stays);
            }
            Recalled::Ruled(ruling) => ruling,
            Recalled::Unknown => self.visitor.rule(Name::attribute(level, name.text), None),
        };
        // Names follow a grammar everywhere but in structured metadata, and an empty text is a label nowhere else.
        let free = level == Level::Log;
        if self.edited_label(wire, name.text, value, ruling, vital, free) == Fate::Goes {
            self.drop_field(wire);
            return Ok(if vital { Fate::Goes } else { Fate::Stays });
        }
        self.labels.left += u64::from(series);
        Ok(Fate::Stays)
    }

    /// Makes the edits of one label, unless it goes.
    fn edited_label(
        &mut self,
        wire: Wire,
        name: &str,
        value: Option<TextLeaf<'a>>,
        ruling: Ruling,
        vital: bool,
        free: bool,
    ) -> Fate {
        if ruling.verdict == Verdict::Drop {
            return Fate::Goes;
        }
        let mut new_name = None;
        if ruling.look_at_key && !vital {
            self.text.clear();
            match self.visitor.key(ruling, name, self.text) {
                Edit::Keep => {}
                Edit::Text if free => new_name = Some(std::mem::take(self.text)),
                _ => return Fate::Goes,
            }
        }
        let old = value.map_or("", |value| value.text);
        let edit = if value.is_some() { self.plain_edit(ruling, old) } else { Edit::Keep };
        let written = std::mem::take(self.text);
        let mut buffer = String::new();
        let new = match edit {
            Edit::Drop => return Fate::Goes,
            Edit::Keep => old,
            edit => edit_text(edit, &written, &mut buffer),
        };
        if edit != Edit::Keep
            && ((new.is_empty() && !free) || (vital && is_metric_name(old) && !is_metric_name(new)))
        {
            return Fate::Goes;
        }
        match (new_name, value) {
            (None, Some(value)) if edit != Edit::Keep => {
                let mark = self.splice.mark();
                self.replace_content(value.wire, new.as_bytes());
                self.settle(wire, mark, Fate::Stays);
            }
            (None, _) => {}
            (Some(name), _) => {
                let mut lengths = [[0u8; 10]; 2];
                let [name_len, text_len] = &mut lengths;
                let name_len = put_varint(name.len() as u64, name_len);
                let text_len = put_varint(new.len() as u64, text_len);
                let pair = [&[KEY_TAG], name_len, name.as_bytes(), &[VALUE_TAG], text_len, new.as_bytes()];
                self.replace_content(wire, &pair.concat());
            }
        }
        *self.text = written;
        Fate::Stays
    }

    /// Walks all labels of a stream in one text, `{a="b", c="d"}`. The stream goes when none of them is left.
    fn label_text(&mut self, level: Level, wire: Wire) -> Result<Fate, FormatError> {
        let Some(text) = self.utf8(wire.content) else {
            return Err(FormatError::Utf8 { format: FORMAT, at: wire.content.start });
        };
        let mut labels = LabelReader { text, at: 0 };
        let malformed = |labels: &LabelReader<'_>| FormatError::Malformed {
            format: FORMAT,
            what: "malformed labels",
            at: wire.content.start + labels.at,
        };
        let outer = self.splice.mark();
        let mut siblings = Siblings::default();
        let (mut seen, mut left) = (false, false);
        let mut value = std::mem::take(self.path);
        if !labels.takes(b'{') {
            return Err(malformed(&labels));
        }
        while !labels.takes(b'}') {
            seen = true;
            let Some(label) = labels.label(&mut value) else { return Err(malformed(&labels)) };
            let mark = self.splice.mark();
            let fate = self.label_in_text(level, &label, &value, wire.content.start);
            left |= fate == Listed::Kept;
            let (start, end) = (wire.content.start + label.start, wire.content.start + label.end);
            siblings.element(fate, mark, start, end, self.splice);
            if !labels.takes(b',') {
                if labels.takes(b'}') {
                    break;
                }
                return Err(malformed(&labels));
            }
        }
        if !labels.ends() {
            return Err(malformed(&labels));
        }
        *self.path = value;
        if seen && !left {
            self.splice.rewind(outer);
            return Ok(Fate::Goes);
        }
        siblings.finish(self.splice);
        self.settle(wire, outer, Fate::Stays);
        Ok(Fate::Stays)
    }

    fn label_in_text(&mut self, level: Level, label: &LabelAt<'_>, value: &str, base: usize) -> Listed {
        if label.name.len() > self.limits.path {
            self.visitor.unreadable(level, Defect::Depth);
            return Listed::Dropped;
        }
        let ruling = self.visitor.rule(Name::attribute(level, label.name), None);
        if ruling.verdict == Verdict::Drop {
            return Listed::Dropped;
        }
        self.text.clear();
        if ruling.look_at_key && self.visitor.key(ruling, label.name, self.text) != Edit::Keep {
            return Listed::Dropped;
        }
        let edit = self.plain_edit(ruling, value);
        let mut buffer = String::new();
        let new = match edit {
            Edit::Keep => return Listed::Kept,
            Edit::Drop => return Listed::Dropped,
            edit => edit_text(edit, self.text, &mut buffer),
        };
        if new.is_empty() {
            return Listed::Dropped;
        }
        let mut token = Vec::new();
        quote(new, &mut token);
        self.splice.replace(base + label.value_at, base + label.end, &[&token]);
        Listed::Kept
    }

    /// Reads a pair of name and text. `None` when it is none, of which the visitor is told.
    fn pair(
        &mut self,
        level: Level,
        wire: Wire,
    ) -> Result<Option<(TextLeaf<'a>, Option<TextLeaf<'a>>)>, FormatError> {
        let (mut name, mut value) = (None, None);
        let mut defect = None;
        let mut at = wire.content.start;
        while at < wire.content.end {
            let field = self.next(&mut at, wire.content.end)?;
            let slot = match (field.number, field.kind) {
                (1, LEN) => &mut name,
                (2, LEN) => &mut value,
                (1 | 2, _) => {
                    defect = Some(Defect::Shape);
                    continue;
                }
                // A pair is small: what nobody knows of it takes it along.
                _ if self.visitor.unknown(level) => continue,
                _ => return Ok(None),
            };
            match self.utf8(field.content) {
                Some(text) if slot.is_none() => *slot = Some(TextLeaf { wire: field, text }),
                Some(_) => defect = Some(Defect::Ambiguous),
                None => defect = Some(Defect::Utf8),
            }
        }
        let name = match (name, defect) {
            (Some(name), None) => name,
            (_, defect) => {
                self.visitor.unreadable(level, defect.unwrap_or(Defect::Shape));
                return Ok(None);
            }
        };
        if name.text.len() > self.limits.path {
            self.visitor.unreadable(level, Defect::Depth);
            return Ok(None);
        }
        Ok(Some((name, value)))
    }

    /// Decides on an attribute that holds one short text, as nearly all do; false when it takes the long way.
    #[inline]
    fn plain_attribute(&mut self, level: Level, wire: Wire, pair: &PlainPair<'a>) -> bool {
        let ruling = match self.visitor.recall(level, pair.key, pair.text) {
            Recalled::Stays => return true,
            Recalled::Ruled(ruling) => ruling,
            Recalled::Unknown => match std::str::from_utf8(pair.key) {
                Ok(key) => self.visitor.rule(Name::attribute(level, key), None),
                Err(_) => return false,
            },
        };
        if ruling.verdict == Verdict::Drop {
            if let Ok(text) = std::str::from_utf8(pair.text)
                && self.visitor.learns(ruling)
            {
                self.text.clear();
                let _ = self.visitor.value(ruling, Value::Text(text), self.text);
            }
            self.drop_field(wire);
            return true;
        }
        let Ok(text) = std::str::from_utf8(pair.text) else {
            self.misshapen(level, Defect::Utf8, wire);
            return true;
        };
        let edit = match ruling.look_at_key {
            true => {
                // Rulings are made on text alone.
                let key = std::str::from_utf8(pair.key).unwrap_or("");
                self.text.clear();
                match self.visitor.key(ruling, key, self.text) {
                    Edit::Keep => self.plain_edit(ruling, text),
                    Edit::Text => {
                        // Both halves may change: rebuilt whole, which is rare enough.
                        let key = std::mem::take(self.text);
                        let edit = self.plain_edit(ruling, text);
                        self.rebuild(wire, key.as_bytes(), text, edit);
                        return true;
                    }
                    _ => Edit::Drop,
                }
            }
            false => self.plain_edit(ruling, text),
        };
        match edit {
            Edit::Keep => {}
            Edit::Drop => self.drop_field(wire),
            edit => self.rebuild(wire, pair.key, text, edit),
        }
        true
    }

    #[inline]
    fn plain_edit(&mut self, ruling: Ruling, text: &str) -> Edit {
        if ruling.verdict == Verdict::Keep {
            return Edit::Keep;
        }
        self.text.clear();
        self.visitor.value(ruling, Value::Text(text), self.text)
    }

    /// Writes an attribute anew: its key, and its text as edited.
    fn rebuild(&mut self, wire: Wire, key: &[u8], text: &str, edit: Edit) {
        let mut number = [0u8; 10];
        let double;
        let (tag, value): (u8, &[u8]) = match edit {
            Edit::Drop => return self.drop_field(wire),
            Edit::Keep => (STRING_TAG, text.as_bytes()),
            Edit::Text => (STRING_TAG, self.text.as_bytes()),
            Edit::Int(new) => (INT_TAG, put_varint(new as u64, &mut number)),
            Edit::Double(new) => {
                double = new.to_le_bytes();
                (DOUBLE_TAG, &double)
            }
        };
        let mut prefixes = [[0u8; 10]; 4];
        let [value_len, any_len, key_len, pair_len] = &mut prefixes;
        let value_len = if tag == STRING_TAG { put_varint(value.len() as u64, value_len) } else { &[] };
        let any = 1 + value_len.len() + value.len();
        let any_len = put_varint(any as u64, any_len);
        let key_len = put_varint(key.len() as u64, key_len);
        let pair = 1 + key_len.len() + key.len() + 1 + any_len.len() + any;
        let pair_len = put_varint(pair as u64, pair_len);
        let pieces: [&[u8]; 9] =
            [pair_len, &[KEY_TAG], key_len, key, &[VALUE_TAG], any_len, &[tag], value_len, value];
        self.splice.replace(wire.length_at, wire.content.end, &pieces);
    }

    /// Walks one `KeyValue`. Its key may stand after its value, so it is read through once before anything is decided.
    fn key_value(
        &mut self,
        span: Span,
        place: Place<'a>,
        within: Option<Ruling>,
    ) -> Result<Fate, FormatError> {
        let mut key: Option<Wire> = None;
        let mut value: Option<Wire> = None;
        let mut plain = true;
        let mut at = span.start;
        while at < span.end {
            let wire = self.next(&mut at, span.end)?;
            match (wire.number, wire.kind) {
                (1, LEN) => {
                    if key.replace(wire).is_some() {
                        self.visitor.unreadable(place.level, Defect::Ambiguous);
                        return Ok(Fate::Goes);
                    }
                    plain &= value.is_none();
                }
                (2, LEN) => plain &= value.replace(wire).is_none(),
                _ => plain = false,
            }
        }
        let Some(key_text) = key.map_or(Some(""), |wire| self.utf8(wire.content)) else {
            self.visitor.unreadable(place.level, Defect::Utf8);
            return Ok(Fate::Goes);
        };
        let (place, ruling) = if place.part == Part::Attribute && place.base.is_empty() && within.is_none() {
            (
                Place { base: key_text, ..place },
                self.visitor.rule(Name::attribute(place.level, key_text), None),
            )
        } else {
            match self.member(place, key_text, within) {
                Some(member) => member,
                None => {
                    self.visitor.unreadable(place.level, Defect::Depth);
                    return Ok(Fate::Goes);
                }
            }
        };
        if ruling.verdict == Verdict::Drop {
            if let Some(value) = value.filter(|_| self.visitor.learns(ruling)) {
                let mark = self.splice.mark();
                let looked_at = Ruling { verdict: Verdict::Look, ..ruling };
                self.any_value(value.content, looked_at, place)?;
                self.splice.rewind(mark);
            }
            return Ok(Fate::Goes);
        }
        if ruling.verdict == Verdict::Keep && !ruling.look_at_key && self.keeps_unknown {
            return Ok(Fate::Stays);
        }
        if plain {
            if let Some(wire) = key.filter(|_| ruling.look_at_key)
                && self.key(wire, ruling, key_text) == Fate::Goes
            {
                return Ok(Fate::Goes);
            }
            return value.map_or(Ok(Fate::Stays), |wire| self.pair_value(wire, ruling, place));
        }
        let mut at = span.start;
        while at < span.end {
            let wire = self.next(&mut at, span.end)?;
            let fate = match (wire.number, wire.kind) {
                (1, LEN) if ruling.look_at_key => self.key(wire, ruling, key_text),
                (1, LEN) => Fate::Stays,
                (2, LEN) => self.pair_value(wire, ruling, place)?,
                _ => {
                    self.unknown(place.level, wire);
                    Fate::Stays
                }
            };
            if fate == Fate::Goes {
                return Ok(Fate::Goes);
            }
        }
        Ok(Fate::Stays)
    }

    fn key(&mut self, wire: Wire, ruling: Ruling, key_text: &str) -> Fate {
        self.text.clear();
        match self.visitor.key(ruling, key_text, self.text) {
            Edit::Keep => Fate::Stays,
            Edit::Text => {
                let text = std::mem::take(self.text);
                self.replace_content(wire, text.as_bytes());
                *self.text = text;
                Fate::Stays
            }
            _ => Fate::Goes,
        }
    }

    #[inline]
    fn pair_value(&mut self, wire: Wire, ruling: Ruling, place: Place<'a>) -> Result<Fate, FormatError> {
        let mark = self.splice.mark();
        let fate = self.any_value(wire.content, ruling, place)?;
        if fate == Fate::Stays {
            self.settle(wire, mark, fate);
        }
        Ok(fate)
    }

    /// Rules on a member of a structured value; `None` when its path is too long to rule on.
    fn member(&mut self, place: Place<'a>, key: &str, within: Option<Ruling>) -> Option<(Place<'a>, Ruling)> {
        if place.nested == 0 {
            self.path.clear();
            self.path.push_str(place.base);
        } else {
            self.path.truncate(place.nested);
        }
        let member_at = place.base.len() + 1;
        self.path.push('.');
        let key_at = self.path.len();
        if key_at + key.len() > self.limits.path {
            return None;
        }
        self.path.push_str(key);
        let name = Name { level: place.level, part: place.part, path: self.path, member_at, key_at };
        let ruling = self.visitor.rule(name, within);
        Some((Place { nested: self.path.len(), ..place }, ruling))
    }

    /// Walks one `AnyValue`. Any part of it that goes takes the whole along. Under a ruling of [`Verdict::Keep`] only
    /// unknown fields are asked about.
    fn any_value(&mut self, span: Span, ruling: Ruling, place: Place<'a>) -> Result<Fate, FormatError> {
        let look = ruling.verdict == Verdict::Look;
        if !look && self.keeps_unknown {
            return Ok(Fate::Stays);
        }
        self.descend(span.start)?;
        let mut fate = Fate::Stays;
        let mut at = span.start;
        while at < span.end {
            let wire = self.next(&mut at, span.end)?;
            let value = match (wire.number, wire.kind) {
                (7, LEN) | (2 | 3, VARINT) | (4, FIXED64) if !look => continue,
                (1, LEN) => match self.utf8(wire.content) {
                    Some(_) if !look => continue,
                    Some(text) => Value::Text(text),
                    None => {
                        self.visitor.unreadable(place.level, Defect::Utf8);
                        fate = Fate::Goes;
                        continue;
                    }
                },
                (2, VARINT) => Value::Bool(self.number(wire) != 0),
                (3, VARINT) => Value::Int(self.number(wire) as i64),
                (4, FIXED64) => Value::Double(f64::from_bits(self.number(wire))),
                (7, LEN) => Value::Bytes(self.bytes(wire.content)),
                (5, LEN) => {
                    self.elements(wire, ruling, place, false)?;
                    continue;
                }
                (6, LEN) => {
                    self.elements(wire, ruling, place, true)?;
                    continue;
                }
                (1..=7, _) => {
                    self.visitor.unreadable(place.level, Defect::Shape);
                    fate = Fate::Goes;
                    continue;
                }
                _ => {
                    self.unknown(place.level, wire);
                    continue;
                }
            };
            self.text.clear();
            match self.visitor.value(ruling, value, self.text) {
                Edit::Keep => {}
                Edit::Drop => fate = Fate::Goes,
                Edit::Text => {
                    let mut prefix = [0u8; 10];
                    let prefix = put_varint(self.text.len() as u64, &mut prefix);
                    let bytes = [&[STRING_TAG][..], prefix, self.text.as_bytes()];
                    self.splice.replace(wire.start, wire.content.end, &bytes);
                }
                Edit::Int(new) => {
                    let mut buffer = [0u8; 10];
                    let bytes = put_varint(new as u64, &mut buffer);
                    self.splice.replace(wire.start, wire.content.end, &[&[INT_TAG], bytes]);
                }
                Edit::Double(new) => {
                    self.splice.replace(wire.start, wire.content.end, &[&[DOUBLE_TAG], &new.to_le_bytes()]);
                }
            }
        }
        self.depth -= 1;
        Ok(fate)
    }

    /// Walks an `ArrayValue` or a `KeyValueList`: both hold `values = 1`.
    fn elements(
        &mut self,
        wire: Wire,
        ruling: Ruling,
        place: Place<'a>,
        members: bool,
    ) -> Result<(), FormatError> {
        self.descend(wire.start)?;
        let outer = self.splice.mark();
        let mut at = wire.content.start;
        while at < wire.content.end {
            let element = self.next(&mut at, wire.content.end)?;
            if element.number != 1 {
                self.unknown(place.level, element);
                continue;
            }
            if element.kind != LEN {
                self.misshapen(place.level, Defect::Shape, element);
                continue;
            }
            let mark = self.splice.mark();
            let fate = if members {
                self.key_value(element.content, place, Some(ruling))?
            } else {
                self.any_value(element.content, ruling, place)?
            };
            self.settle(element, mark, fate);
        }
        self.settle(wire, outer, Fate::Stays);
        self.depth -= 1;
        Ok(())
    }
}

impl Message {
    /// Whether the protocol counts this message as a data point (buckets and quantiles share the level).
    pub(super) fn record_item(&self) -> bool {
        self.name.ends_with("DataPoint")
    }

    /// Whether it is one of several things of its level, and not a piece of one.
    pub(super) fn is_item(&self) -> bool {
        !self.record && (self.level != Level::Point || self.record_item() || self.is_sample())
    }

    /// Whether it is a point of a series in Prometheus remote write.
    fn is_sample(&self) -> bool {
        matches!(self.name, "prometheus.Sample" | "prometheus.Histogram")
    }
}

/// The text that an edit puts into a text leaf, whatever kind of edit it is.
fn edit_text<'t>(edit: Edit, text: &'t str, buffer: &'t mut String) -> &'t str {
    use std::fmt::Write as _;
    match edit {
        Edit::Int(value) => {
            let _ = write!(buffer, "{value}");
            buffer
        }
        Edit::Double(value) => {
            let _ = write!(buffer, "{value}");
            buffer
        }
        Edit::Keep | Edit::Drop | Edit::Text => text,
    }
}
