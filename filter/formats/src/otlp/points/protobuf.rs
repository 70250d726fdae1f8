//! Points in OTLP protobuf.

use super::exponential::Buckets;
use super::identity::{letter, put_double, put_text, sort_members};
use super::merge::{Digest, Number, Unmergeable};
use super::point::{Data, Point};
use super::source::{Read, Scalar, Source};
use super::{Changes, Fate};
use crate::otlp::schema::{self, Field, Kind, Message, Shape};
use crate::otlp::wire::{self, FIXED32, FIXED64, FORMAT, LEN, Span, VARINT, Wire, put_varint};
use crate::{FormatError, Limits, Signal, Splice};
use std::ops::Range;

/// A place in a protobuf payload: before the field `here`.
pub(super) struct ProtobufSource<'a> {
    input: &'a [u8],
    here: Wire,
    unknown: usize,
    depth: usize,
}

impl<'a> Source<'a> for ProtobufSource<'a> {
    const NAME: &'static str = FORMAT;

    fn open(bytes: &'a [u8], limits: &Limits) -> Read<Self> {
        let content = Span { start: 0, end: bytes.len() };
        let here = Wire { number: 0, kind: LEN, start: 0, length_at: 0, content };
        Ok(Self { input: bytes, here, unknown: 0, depth: limits.depth })
    }

    fn at_point(bytes: &'a [u8], span: Range<usize>, limits: &Limits) -> Read<Self> {
        let here = next(bytes, &mut span.start.clone(), span.end)?;
        Ok(Self { input: bytes, here, unknown: 0, depth: limits.depth })
    }

    fn message(
        &mut self,
        message: &'static Message,
        mut each: impl FnMut(&mut Self, &'static Field) -> Read,
    ) -> Read {
        let whole = self.here;
        let mut at = whole.content.start;
        while whole.kind == LEN && at < whole.content.end {
            let field = next(self.input, &mut at, whole.content.end)?;
            self.here = field;
            match message.field(field.number) {
                Some(known) if matches!(known.kind, Kind::Structural(..)) || field.kind == LEN => {
                    each(self, known)?;
                }
                _ => self.unknown += 1,
            }
        }
        self.here = whole;
        Ok(())
    }

    fn skip(&mut self) -> Read {
        Ok(())
    }

    fn start(&mut self) -> Read<usize> {
        Ok(self.here.start)
    }

    fn end(&self) -> usize {
        self.here.content.end
    }

    fn unknown(&self) -> usize {
        self.unknown
    }

    fn text(&mut self, out: &mut Vec<u8>) -> Read {
        out.extend_from_slice(bytes(self.input, self.here.content));
        Ok(())
    }

    fn pair(&mut self, out: &mut Vec<u8>) -> Read {
        let start = out.len();
        if put_pair(self.input, self.here.content, self.depth, out).is_err() {
            out.truncate(start);
            out.push(letter::RAW);
            put_text(out, bytes(self.input, self.here.content));
        }
        Ok(())
    }

    fn scalar(&mut self, shape: Shape) -> Read<Option<Scalar>> {
        let expected = match shape {
            Shape::Time | Shape::Fixed64 | Shape::Sfixed64 | Shape::Double => FIXED64,
            Shape::Fixed32 => FIXED32,
            Shape::Uint32 | Shape::Sint32 | Shape::Enum(_) | Shape::Bool => VARINT,
            Shape::Id(_) | Shape::Fixed64s | Shape::Doubles | Shape::Uint64s => return Ok(None),
            // No shape of OTLP.
            Shape::Varint | Shape::Ticks(_) | Shape::Timestamp | Shape::Vital(_) => return Ok(None),
        };
        let raw = wire::number(self.input, self.here);
        Ok((self.here.kind == expected).then(|| scalar(shape, raw)))
    }

    fn scalars(&mut self, shape: Shape, mut each: impl FnMut(Scalar)) -> Read<bool> {
        let Span { start, end } = self.here.content;
        match (shape, self.here.kind) {
            (Shape::Fixed64s | Shape::Doubles, FIXED64) | (Shape::Uint64s, VARINT) => {
                each(scalar(shape, wire::number(self.input, self.here)));
            }
            (Shape::Fixed64s | Shape::Doubles, LEN) => {
                let (chunks, rest) = bytes(self.input, self.here.content).as_chunks::<8>();
                chunks.iter().for_each(|chunk| each(scalar(shape, u64::from_le_bytes(*chunk))));
                return Ok(rest.is_empty());
            }
            (Shape::Uint64s, LEN) => {
                let mut at = start;
                while at < end {
                    each(Scalar::Count(wire::varint(self.input, &mut at, end)?));
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn place(&self) -> usize {
        self.here.start
    }

    fn give_up(&mut self, place: usize, reason: FormatError) -> Read {
        // The message around it goes on behind it by itself; only what it is called matters to `end`.
        self.here = next(self.input, &mut place.clone(), self.input.len()).map_err(|_| reason)?;
        Ok(())
    }

    fn write(bytes: &[u8], point: &Point, out: &mut Vec<u8>) -> Result<(), Unmergeable> {
        for range in &point.attributes {
            out.extend_from_slice(bytes.get(range.clone()).unwrap_or_default());
        }
        if point.start != 0 {
            put_fixed(2, point.start, out);
        }
        put_fixed(3, point.time, out);
        match &point.data {
            _ if point.is_marker() => {}
            Data::Number(total) => match total.number()? {
                Number::Double(double) => put_fixed(4, double.to_bits(), out),
                Number::Int(int) => put_fixed(6, int.cast_unsigned(), out),
            },
            Data::Histogram(histogram) => {
                put_digest(&histogram.digest, 11, 12, out);
                put_packed(6, histogram.counts.iter().copied(), out);
                put_packed(7, histogram.bounds.iter().map(|bound| bound.to_bits()), out);
            }
            Data::Exponential(histogram) => {
                put_digest(&histogram.digest, 12, 13, out);
                put_number(6, zigzagged(histogram.scale), out);
                if histogram.zero_count != 0 {
                    put_fixed(7, histogram.zero_count, out);
                }
                if histogram.zero_threshold != 0.0 {
                    put_fixed(14, histogram.zero_threshold.to_bits(), out);
                }
                put_buckets(8, &histogram.positive, out)?;
                put_buckets(9, &histogram.negative, out)?;
            }
        }
        if point.flags != 0 {
            put_number(if matches!(point.data, Data::Number(_)) { 8 } else { 10 }, point.flags, out);
        }
        for range in &point.exemplars {
            out.extend_from_slice(bytes.get(range.clone()).unwrap_or_default());
        }
        Ok(())
    }

    fn edit(bytes: &'a [u8], limits: &Limits, changes: &Changes, splice: &mut Splice) -> Read {
        let mut editor = Editor { input: bytes, limits, changes, next: 0, splice, points: 0, gone: 0 };
        editor.message(schema::request(Signal::Metrics), Span { start: 0, end: bytes.len() })
    }
}

/// Reads a field. Not on the path of what is kept, so that once in the code is enough.
fn next(input: &[u8], at: &mut usize, end: usize) -> Read<Wire> {
    wire::next(input, at, end)
}

fn bytes(input: &[u8], span: Span) -> &[u8] {
    input.get(span.start..span.end).unwrap_or_default()
}

fn scalar(shape: Shape, raw: u64) -> Scalar {
    match shape {
        Shape::Sfixed64 => Scalar::Whole(raw.cast_signed()),
        Shape::Sint32 => Scalar::Whole(wire::zigzag(raw as u32).into()),
        Shape::Double | Shape::Doubles => Scalar::Double(f64::from_bits(raw)),
        _ => Scalar::Count(raw),
    }
}

// --- identity ---

/// Appends a `KeyValue`. A value that cannot be read, or is too deep, is what its bytes are.
fn put_pair(input: &[u8], span: Span, depth: usize, out: &mut Vec<u8>) -> Read {
    let (mut key, mut value) = (Span { start: 0, end: 0 }, None);
    let mut more = Vec::new();
    let mut at = span.start;
    while at < span.end {
        let field = next(input, &mut at, span.end)?;
        match (field.number, field.kind) {
            (1, LEN) => key = field.content,
            (2, LEN) if value.is_none() => value = Some(field.content),
            (2, LEN) => more.push(field.content),
            _ => {}
        }
    }
    out.push(letter::PAIR);
    put_text(out, bytes(input, key));
    // A value in several pieces is one value to readers.
    let start = out.len();
    let pieces = value.into_iter().chain(more);
    if put_value(input, pieces.clone(), depth, out).is_err() {
        out.truncate(start);
        for piece in pieces {
            out.push(letter::RAW);
            put_text(out, bytes(input, piece));
        }
    }
    Ok(())
}

/// Appends an `AnyValue`, which may stand in several pieces. Of several variants the last counts.
fn put_value(input: &[u8], pieces: impl Iterator<Item = Span>, depth: usize, out: &mut Vec<u8>) -> Read {
    const ARRAY: u32 = 5;
    const MEMBERS: u32 = 6;
    let depth = depth.checked_sub(1).ok_or(FormatError::Depth { format: FORMAT, at: 0, limit: 0 })?;
    let start = out.len();
    let mut variant = 0;
    let mut members = Vec::new();
    for piece in pieces {
        let mut at = piece.start;
        while at < piece.end {
            let field = next(input, &mut at, piece.end)?;
            let raw = || wire::number(input, field);
            if !matches!((field.number, field.kind), (1 | 5 | 6 | 7, LEN) | (2 | 3, VARINT) | (4, FIXED64)) {
                continue;
            }
            if field.number != variant || !matches!(variant, ARRAY | MEMBERS) {
                out.truncate(start);
                members.clear();
                variant = field.number;
                out.push(match variant {
                    1 => letter::TEXT,
                    2 => letter::BOOL,
                    3 => letter::INT,
                    4 => letter::DOUBLE,
                    ARRAY => letter::ARRAY,
                    MEMBERS => letter::MEMBERS,
                    _ => letter::BYTES,
                });
            }
            match variant {
                2 => out.push(u8::from(raw() != 0)),
                3 => out.extend_from_slice(&raw().to_le_bytes()),
                4 => put_double(out, f64::from_bits(raw())),
                ARRAY | MEMBERS => {
                    let mut at = field.content.start;
                    while at < field.content.end {
                        let element = next(input, &mut at, field.content.end)?;
                        if (element.number, element.kind) != (1, LEN) {
                            continue;
                        }
                        let from = out.len();
                        if variant == ARRAY {
                            put_value(input, std::iter::once(element.content), depth, out)?;
                        } else {
                            put_member(input, element.content, depth, out)?;
                            members.push((from, out.len()));
                        }
                    }
                }
                _ => put_text(out, bytes(input, field.content)),
            }
        }
    }
    match variant {
        0 => out.push(letter::NOTHING),
        ARRAY => out.push(letter::END),
        MEMBERS => {
            sort_members(out, &mut members);
            out.push(letter::END);
        }
        _ => {}
    }
    Ok(())
}

/// Appends a member, on the depth of the value that holds it.
fn put_member(input: &[u8], span: Span, depth: usize, out: &mut Vec<u8>) -> Read {
    let depth =
        depth.checked_sub(1).ok_or(FormatError::Depth { format: FORMAT, at: span.start, limit: 0 })?;
    put_pair(input, span, depth, out)
}

// --- writing ---

fn put_tag(number: u32, kind: u8, out: &mut Vec<u8>) {
    put_raw(u64::from(number) << 3 | u64::from(kind), out);
}

fn put_raw(value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(put_varint(value, &mut [0; 10]));
}

fn put_fixed(number: u32, bits: u64, out: &mut Vec<u8>) {
    put_tag(number, FIXED64, out);
    out.extend_from_slice(&bits.to_le_bytes());
}

fn put_number(number: u32, value: u64, out: &mut Vec<u8>) {
    if value != 0 {
        put_tag(number, VARINT, out);
        put_raw(value, out);
    }
}

fn zigzagged(value: i32) -> u64 {
    u64::from((value << 1 ^ value >> 31).cast_unsigned())
}

fn put_packed(number: u32, values: impl ExactSizeIterator<Item = u64>, out: &mut Vec<u8>) {
    if values.len() > 0 {
        put_tag(number, LEN, out);
        put_raw(values.len() as u64 * 8, out);
        values.for_each(|value| out.extend_from_slice(&value.to_le_bytes()));
    }
}

fn put_digest(digest: &Digest, min: u32, max: u32, out: &mut Vec<u8>) {
    put_fixed(4, digest.count, out);
    for (number, value) in [(5, digest.sum), (min, digest.min), (max, digest.max)] {
        if let Some(value) = value {
            put_fixed(number, value.to_bits(), out);
        }
    }
}

fn put_buckets(number: u32, buckets: &Buckets, out: &mut Vec<u8>) -> Result<(), Unmergeable> {
    if buckets.counts.is_empty() {
        return Ok(());
    }
    let offset = i32::try_from(buckets.offset).map_err(|_| Unmergeable)?;
    let mut counts = Vec::with_capacity(buckets.counts.len());
    buckets.counts.iter().for_each(|&count| put_raw(count, &mut counts));
    let mut content = Vec::with_capacity(counts.len() + 16);
    put_number(1, zigzagged(offset), &mut content);
    put_tag(2, LEN, &mut content);
    put_raw(counts.len() as u64, &mut content);
    content.append(&mut counts);
    put_tag(number, LEN, out);
    put_raw(content.len() as u64, out);
    out.append(&mut content);
    Ok(())
}

// --- editing ---

struct Editor<'a, 's> {
    input: &'a [u8],
    limits: &'s Limits,
    changes: &'s Changes,
    /// Number of the next change.
    next: usize,
    splice: &'s mut Splice,
    /// Points of the present metric, and how many of them went.
    points: usize,
    gone: usize,
}

impl Editor<'_, '_> {
    fn message(&mut self, message: &'static Message, span: Span) -> Read {
        let mut at = span.start;
        while at < span.end {
            let field = next(self.input, &mut at, span.end)?;
            let Some(Kind::Message(inner)) = message.field(field.number).map(|known| known.kind) else {
                continue;
            };
            if field.kind != LEN {
                continue;
            }
            if inner.record_item() {
                self.point(field)?;
                continue;
            }
            if inner.record {
                (self.points, self.gone) = (0, 0);
            }
            let mark = self.splice.mark();
            self.message(inner, field.content)?;
            if inner.record && self.points > 0 && self.gone == self.points {
                self.splice.rewind(mark);
                self.splice.replace(field.start, field.content.end, &[]);
                continue;
            }
            let growth = self.splice.growth_since(mark);
            if growth != 0 {
                let length = (field.content.end - field.content.start) as i64 + growth;
                let mut prefix = [0; 10];
                let prefix = put_varint(length.cast_unsigned(), &mut prefix);
                self.splice.replace_before(mark, field.length_at, field.content.start, prefix);
            }
        }
        Ok(())
    }

    fn point(&mut self, field: Wire) -> Read {
        self.points += 1;
        let Some((_, fate)) = self.changes.fates.get(self.next).filter(|(start, _)| *start == field.start)
        else {
            return Ok(());
        };
        self.next += 1;
        match fate {
            Fate::Goes => {
                self.gone += 1;
                self.splice.replace(field.start, field.content.end, &[]);
            }
            Fate::Becomes(range) => {
                let content = self.changes.written.get(range.clone()).unwrap_or_default();
                let mut prefix = [0; 10];
                let prefix = put_varint(content.len() as u64, &mut prefix);
                self.splice.replace(field.length_at, field.content.end, &[prefix, content]);
            }
        }
        if self.splice.output_len(self.input.len()) > self.limits.output {
            return Err(FormatError::TooLarge { format: FORMAT, limit: self.limits.output });
        }
        Ok(())
    }
}
