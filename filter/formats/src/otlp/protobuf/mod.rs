//! Walks OTLP protobuf in place and shows each field to a visitor.
//!
//! Kept fields leave byte for byte as they came, in the order they came. Unknown numbers are asked about too: whether
//! they stay is a decision, not an accident. A singular field that stands several times is shown each time, since
//! readers disagree on which one counts. Encoding: <https://protobuf.dev/programming-guides/encoding/>.
//! Every field passes here, so functions are `#[inline]`: the engine, which calls them, compiles them for speed (docs/rationale/module.md).

mod attributes;
mod labels;

use super::schema::{self, Field, Kind, Message, Shape};
use super::wire::{self, FIXED32, FIXED64, FORMAT, LEN, Span, VARINT, Wire, put_varint};
use crate::format::{Format, Scratch};
use crate::id;
use crate::splice::Mark;
use crate::{
    Defect, Edit, FieldVisitor, FormatError, Level, Limits, Name, Part, Signal, Splice, Value, Verdict,
};
use attributes::{Place, plain_pair};
use labels::names_series;

const KEY_TAG: u8 = (1 << 3) | LEN;
const VALUE_TAG: u8 = (2 << 3) | LEN;
/// Nanoseconds.
const SECOND: i64 = 1_000_000_000;

/// An OTLP export request of one signal in protobuf.
#[derive(Debug, Clone, Copy)]
pub struct Protobuf(pub Signal);

impl Format for Protobuf {
    #[inline]
    fn name(&self) -> &'static str {
        FORMAT
    }

    #[inline]
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
#[inline]
pub(crate) fn walk(
    message: &'static Message,
    input: &[u8],
    limits: &Limits,
    visitor: &mut dyn FieldVisitor,
    scratch: &mut Scratch,
) -> Result<(), FormatError> {
    limits.admit(FORMAT, input)?;
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

    #[inline]
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

    #[inline]
    fn number(&self, wire: Wire) -> u64 {
        wire::number(self.input, wire)
    }

    // --- writing ---

    #[inline]
    fn drop_field(&mut self, wire: Wire) {
        self.splice.replace(wire.start, wire.content.end, &[]);
    }

    #[inline]
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

    #[inline]
    fn descend(&mut self, at: usize) -> Result<(), FormatError> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(FormatError::Depth { format: FORMAT, at, limit: self.limits.depth });
        }
        Ok(())
    }

    #[inline]
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

    #[inline]
    fn unknown(&mut self, level: Level, wire: Wire) {
        if !self.visitor.unknown(level) {
            self.drop_field(wire);
        }
    }

    #[inline]
    fn misshapen(&mut self, level: Level, defect: Defect, wire: Wire) {
        self.visitor.unreadable(level, defect);
        self.drop_field(wire);
    }

    #[inline]
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
    #[inline]
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
    #[inline]
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
    #[inline]
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

    #[inline]
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

    #[inline]
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

    #[inline]
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
    #[inline]
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

    #[inline]
    fn are_varints(&self, span: Span) -> bool {
        let mut at = span.start;
        while at < span.end {
            if self.varint(&mut at, span.end).is_err() {
                return false;
            }
        }
        true
    }
}

impl Message {
    /// Whether the protocol counts this message as a data point (buckets and quantiles share the level).
    #[inline]
    pub(super) fn record_item(&self) -> bool {
        self.name.ends_with("DataPoint")
    }

    /// Whether it is one of several things of its level, and not a piece of one.
    #[inline]
    pub(super) fn is_item(&self) -> bool {
        !self.record && (self.level != Level::Point || self.record_item() || self.is_sample())
    }

    /// Whether it is a point of a series in Prometheus remote write.
    #[inline]
    fn is_sample(&self) -> bool {
        matches!(self.name, "prometheus.Sample" | "prometheus.Histogram")
    }
}

/// The text that an edit puts into a text leaf, whatever kind of edit it is.
#[inline]
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
