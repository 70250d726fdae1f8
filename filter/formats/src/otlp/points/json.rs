//! Points in OTLP/JSON.

use super::exponential::Buckets;
use super::identity::{letter, put_double, put_text, sort_members};
use super::merge::{Digest, Number, Unmergeable};
use super::point::{Data, Point};
use super::source::{Read, Scalar, Source};
use super::{Changes, Fate};
use crate::base64;
use crate::json::{Fate as Stay, Reader, Siblings};
use crate::otlp::json::{
    FORMAT, Half, LEVELS, Variant, double, field_of, half, scalar, whole_number, write_any_double,
    write_quoted,
};
use crate::otlp::schema::{self, Field, Kind, Message, Shape};
use crate::{FormatError, Limits, Signal, Splice, Value};
use std::io::Write as _;
use std::ops::Range;

/// Significant digits that an attribute's double may have: with more, it is compared as text.
const DIGITS: usize = crate::json::FAITHFUL_DIGITS;
/// Significant digits that a double of a point may have, as in the walker.
const STRUCTURAL_DIGITS: usize = crate::otlp::json::STRUCTURAL_DIGITS;

/// A place in a JSON payload: before a value.
pub(super) struct JsonSource<'a> {
    reader: Reader<'a>,
    plain: String,
    bytes: Vec<u8>,
    unknown: usize,
}

impl<'a> JsonSource<'a> {
    fn new(bytes: &'a [u8], range: Range<usize>, limits: &Limits) -> Read<Self> {
        let reader = Reader::new(bytes, range, limits.depth.saturating_mul(LEVELS), FORMAT)?;
        Ok(Self { reader, plain: String::new(), bytes: Vec::new(), unknown: 0 })
    }

    /// Takes an object, member by member; null values are not shown, other values are for `each` to take.
    fn members(&mut self, mut each: impl FnMut(&mut Self, crate::json::Quoted) -> Read) -> Read {
        if self.reader.token()? != b'{' {
            return self.reader.skip();
        }
        if self.reader.open(b'}')? {
            loop {
                let name = self.reader.key()?;
                if self.reader.token()? == b'n' {
                    self.reader.skip()?
                } else {
                    each(self, name)?
                }
                if !self.reader.next(b'}')? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Takes an array, element by element, likewise.
    fn elements(&mut self, mut each: impl FnMut(&mut Self) -> Read) -> Read {
        if self.reader.token()? != b'[' {
            return self.reader.skip();
        }
        if self.reader.open(b']')? {
            loop {
                if self.reader.token()? == b'n' {
                    self.reader.skip()?
                } else {
                    each(self)?
                }
                if !self.reader.next(b']')? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Takes a `KeyValue`. Its members come in any order; of those that stand twice, the last counts.
    fn put_pair(&mut self, out: &mut Vec<u8>) -> Read {
        let (mut key, mut value) = (None, None);
        self.members(|source, name| {
            match half(&source.reader, name, &mut source.plain)? {
                Some(Half::Key) if source.reader.token()? == b'"' => {
                    key = Some(source.reader.string()?);
                    return Ok(());
                }
                Some(Half::Value) => {
                    source.reader.token()?;
                    value = Some((source.reader.at(), source.reader.depth()));
                }
                _ => {}
            }
            source.reader.skip()
        })?;
        let end = (self.reader.at(), self.reader.depth());
        out.push(letter::PAIR);
        match key {
            Some(key) => put_text(out, self.reader.plain(key, &mut self.plain)?.as_bytes()),
            None => put_text(out, b""),
        }
        match value {
            None => out.push(letter::NOTHING),
            Some((at, depth)) => {
                self.reader.seek(at, depth);
                self.put_value(out)?;
            }
        }
        self.reader.seek(end.0, end.1);
        Ok(())
    }

    /// Takes an `AnyValue`. One of another shape is what its text is.
    fn put_value(&mut self, out: &mut Vec<u8>) -> Read {
        self.reader.token()?;
        let (from, start) = (out.len(), self.reader.at());
        let mut read = self.reader.token()? == b'{';
        out.push(letter::NOTHING);
        self.members(|source, name| {
            let Some(variant) = Variant::of(source.reader.plain(name, &mut source.plain)?) else {
                return source.reader.skip();
            };
            // Of several variants the last counts.
            out.truncate(from);
            if !read || !variant.begins_with(source.reader.token()?) {
                read = false;
                return source.reader.skip();
            }
            read = source.put_variant(variant, out)?;
            Ok(())
        })?;
        if !read {
            out.truncate(from);
            out.push(letter::RAW);
            put_text(out, self.reader.slice(start, self.reader.at())?.as_bytes());
        }
        Ok(())
    }

    /// Takes the value of a variant. False when it is none.
    fn put_variant(&mut self, variant: Variant, out: &mut Vec<u8>) -> Read<bool> {
        match variant {
            Variant::Text => {
                out.push(letter::TEXT);
                let token = self.reader.string()?;
                put_text(out, self.reader.plain(token, &mut self.plain)?.as_bytes());
            }
            Variant::Bool => {
                let truth = self.reader.token()? == b't';
                self.reader.skip()?;
                out.extend_from_slice(&[letter::BOOL, u8::from(truth)]);
            }
            Variant::Int => {
                let int = whole_number::<i64>(scalar(&mut self.reader, &mut self.plain)?);
                let Some(int) = int else { return Ok(false) };
                out.push(letter::INT);
                out.extend_from_slice(&int.to_le_bytes());
            }
            Variant::Double => {
                let number = double(scalar(&mut self.reader, &mut self.plain)?, DIGITS);
                let Some(Value::Double(number)) = number else { return Ok(false) };
                out.push(letter::DOUBLE);
                put_double(out, number);
            }
            Variant::Bytes => {
                let token = self.reader.string()?;
                let text = self.reader.plain(token, &mut self.plain)?;
                if !base64::decode(text, &mut self.bytes) {
                    return Ok(false);
                }
                out.push(letter::BYTES);
                put_text(out, &self.bytes);
            }
            Variant::Array => {
                out.push(letter::ARRAY);
                self.values(|source| source.put_value(out))?;
                out.push(letter::END);
            }
            Variant::Members => {
                out.push(letter::MEMBERS);
                let mut members = Vec::new();
                self.values(|source| {
                    let from = out.len();
                    source.put_pair(out)?;
                    members.push((from, out.len()));
                    Ok(())
                })?;
                sort_members(out, &mut members);
                out.push(letter::END);
            }
        }
        Ok(true)
    }

    /// Takes an `ArrayValue` or a `KeyValueList`.
    fn values(&mut self, mut each: impl FnMut(&mut Self) -> Read) -> Read {
        self.members(|source, name| {
            if source.reader.plain(name, &mut source.plain)? == "values" {
                source.elements(&mut each)
            } else {
                source.reader.skip()
            }
        })
    }
}

impl<'a> Source<'a> for JsonSource<'a> {
    const NAME: &'static str = FORMAT;

    fn open(bytes: &'a [u8], limits: &Limits) -> Read<Self> {
        Self::new(bytes, 0..bytes.len(), limits)
    }

    fn at_point(bytes: &'a [u8], span: Range<usize>, limits: &Limits) -> Read<Self> {
        Self::new(bytes, span, limits)
    }

    fn message(
        &mut self,
        message: &'static Message,
        mut each: impl FnMut(&mut Self, &'static Field) -> Read,
    ) -> Read {
        let mut expected = 0;
        self.members(|source, name| {
            let name = source.reader.plain(name, &mut source.plain)?;
            let Some(field) = field_of(message, name, &mut expected) else {
                source.unknown += 1;
                return source.reader.skip();
            };
            if field.repeated && !matches!(field.kind, Kind::Structural(..)) {
                source.elements(|source| each(source, field))
            } else {
                each(source, field)
            }
        })
    }

    fn skip(&mut self) -> Read {
        self.reader.skip()
    }

    fn start(&mut self) -> Read<usize> {
        self.reader.token()?;
        Ok(self.reader.at())
    }

    fn end(&self) -> usize {
        self.reader.at()
    }

    fn unknown(&self) -> usize {
        self.unknown
    }

    fn text(&mut self, out: &mut Vec<u8>) -> Read {
        if self.reader.token()? != b'"' {
            return self.reader.skip();
        }
        let token = self.reader.string()?;
        out.extend_from_slice(self.reader.plain(token, &mut self.plain)?.as_bytes());
        Ok(())
    }

    fn pair(&mut self, out: &mut Vec<u8>) -> Read {
        self.put_pair(out)
    }

    fn scalar(&mut self, shape: Shape) -> Read<Option<Scalar>> {
        let first = self.reader.token()?;
        if let Shape::Bool = shape
            && matches!(first, b't' | b'f')
        {
            self.reader.skip()?;
            return Ok(Some(Scalar::Count(u64::from(first == b't'))));
        }
        if !matches!(first, b'"' | b'-' | b'0'..=b'9') {
            self.reader.skip()?;
            return Ok(None);
        }
        let text = scalar(&mut self.reader, &mut self.plain)?;
        Ok(match shape {
            Shape::Time | Shape::Fixed64 | Shape::Fixed32 | Shape::Uint32 => {
                whole_number(text).map(Scalar::Count)
            }
            Shape::Sfixed64 | Shape::Sint32 => whole_number(text).map(Scalar::Whole),
            Shape::Enum(names) => match names.iter().position(|name| *name == text) {
                Some(place) => Some(Scalar::Count(place as u64)),
                None => whole_number(text).map(Scalar::Count),
            },
            Shape::Double => match double(text, STRUCTURAL_DIGITS) {
                Some(Value::Double(double)) => Some(Scalar::Double(double)),
                _ => None,
            },
            Shape::Bool | Shape::Id(_) | Shape::Fixed64s | Shape::Doubles | Shape::Uint64s => None,
            // No shape of OTLP.
            Shape::Varint | Shape::Ticks(_) | Shape::Timestamp | Shape::Vital(_) => None,
        })
    }

    fn scalars(&mut self, shape: Shape, mut each: impl FnMut(Scalar)) -> Read<bool> {
        let shape = if let Shape::Doubles = shape { Shape::Double } else { Shape::Fixed64 };
        let mut shaped = self.reader.token()? == b'[';
        self.elements(|source| {
            match source.scalar(shape)? {
                Some(scalar) => each(scalar),
                None => shaped = false,
            }
            Ok(())
        })?;
        Ok(shaped)
    }

    fn place(&self) -> usize {
        self.reader.at()
    }

    fn give_up(&mut self, _: usize, reason: FormatError) -> Read {
        // The grammar is broken, or deeper than the walker went: nothing behind it can be found.
        Err(reason)
    }

    fn write(bytes: &[u8], point: &Point, out: &mut Vec<u8>) -> Result<(), Unmergeable> {
        out.push(b'{');
        put_list("attributes", &point.attributes, bytes, out);
        if point.start != 0 {
            put_quoted("startTimeUnixNano", point.start, out);
        }
        put_quoted("timeUnixNano", point.time, out);
        match &point.data {
            _ if point.is_marker() => {}
            Data::Number(total) => match total.number()? {
                Number::Double(double) => put_real("asDouble", Some(double), out),
                Number::Int(int) => put_quoted("asInt", int, out),
            },
            Data::Histogram(histogram) => {
                put_digest(&histogram.digest, out);
                put_numbers("bucketCounts", &histogram.counts, write_quoted, out);
                put_numbers("explicitBounds", &histogram.bounds, write_any_double, out);
            }
            Data::Exponential(histogram) => {
                put_digest(&histogram.digest, out);
                put_plain("scale", histogram.scale.into(), out);
                put_quoted("zeroCount", histogram.zero_count, out);
                if histogram.zero_threshold != 0.0 {
                    put_real("zeroThreshold", Some(histogram.zero_threshold), out);
                }
                put_buckets("positive", &histogram.positive, out);
                put_buckets("negative", &histogram.negative, out);
            }
        }
        if point.flags != 0 {
            put_plain("flags", point.flags.cast_signed(), out);
        }
        put_list("exemplars", &point.exemplars, bytes, out);
        out.push(b'}');
        Ok(())
    }

    fn edit(bytes: &'a [u8], limits: &Limits, changes: &Changes, splice: &mut Splice) -> Read {
        let source = Self::open(bytes, limits)?;
        let mut editor = Editor { source, limits, changes, next: 0, splice, points: 0, gone: 0 };
        editor.source.reader.token()?;
        editor.message(schema::request(Signal::Metrics), bytes.len())
    }
}

// --- writing ---

/// Appends the name of a member, with the comma before it.
fn put_name(name: &str, out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    // Writing to memory cannot fail.
    let _ = write!(out, "\"{name}\":");
}

fn put_quoted(name: &str, number: impl std::fmt::Display, out: &mut Vec<u8>) {
    put_name(name, out);
    write_quoted(number, out);
}

fn put_plain(name: &str, number: i64, out: &mut Vec<u8>) {
    put_name(name, out);
    let _ = write!(out, "{number}");
}

fn put_real(name: &str, number: Option<f64>, out: &mut Vec<u8>) {
    if let Some(number) = number {
        put_name(name, out);
        write_any_double(number, out);
    }
}

fn put_digest(digest: &Digest, out: &mut Vec<u8>) {
    put_quoted("count", digest.count, out);
    put_real("sum", digest.sum, out);
    put_real("min", digest.min, out);
    put_real("max", digest.max, out);
}

fn put_numbers<T: Copy>(name: &str, numbers: &[T], put: impl Fn(T, &mut Vec<u8>), out: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    put_name(name, out);
    for (at, &number) in numbers.iter().enumerate() {
        out.push(if at == 0 { b'[' } else { b',' });
        put(number, out);
    }
    out.push(b']');
}

fn put_buckets(name: &str, buckets: &Buckets, out: &mut Vec<u8>) {
    if !buckets.counts.is_empty() {
        put_name(name, out);
        out.push(b'{');
        put_plain("offset", buckets.offset, out);
        put_numbers("bucketCounts", &buckets.counts, write_quoted, out);
        out.push(b'}');
    }
}

/// Appends a list of elements as they stand in `bytes`.
fn put_list(name: &str, elements: &[Range<usize>], bytes: &[u8], out: &mut Vec<u8>) {
    if elements.is_empty() {
        return;
    }
    put_name(name, out);
    for (at, element) in elements.iter().enumerate() {
        out.push(if at == 0 { b'[' } else { b',' });
        out.extend_from_slice(bytes.get(element.clone()).unwrap_or_default());
    }
    out.push(b']');
}

// --- editing ---

struct Editor<'a, 's> {
    source: JsonSource<'a>,
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
    /// Edits the object that begins here, of a payload of `len` bytes.
    fn message(&mut self, message: &'static Message, len: usize) -> Read {
        let reader = &mut self.source.reader;
        if reader.token()? != b'{' {
            return reader.skip();
        }
        if !reader.open(b'}')? {
            return Ok(());
        }
        let mut expected = 0;
        loop {
            let reader = &mut self.source.reader;
            let name = reader.key()?;
            let name = reader.plain(name, &mut self.source.plain)?;
            let inner = match field_of(message, name, &mut expected) {
                Some(Field { kind: Kind::Message(inner), repeated, .. }) => Some((*inner, *repeated)),
                _ => None,
            };
            match (inner, reader.token()?) {
                (Some((inner, true)), b'[') => self.elements(inner, len)?,
                (Some((inner, false)), b'{') => self.message(inner, len)?,
                _ => reader.skip()?,
            }
            if !self.source.reader.next(b'}')? {
                return Ok(());
            }
        }
    }

    fn elements(&mut self, inner: &'static Message, len: usize) -> Read {
        if !self.source.reader.open(b']')? {
            return Ok(());
        }
        let mut siblings = Siblings::default();
        loop {
            let first = self.source.reader.token()?;
            let (start, mark) = (self.source.reader.at(), self.splice.mark());
            if inner.record {
                (self.points, self.gone) = (0, 0);
            }
            let mut stay = Stay::Kept;
            if first != b'{' {
                self.source.reader.skip()?;
            } else if inner.record_item() {
                stay = self.point(start, len)?;
            } else {
                self.message(inner, len)?;
                if inner.record && self.points > 0 && self.gone == self.points {
                    stay = Stay::Dropped;
                }
            }
            siblings.element(stay, mark, start, self.source.reader.at(), self.splice);
            if !self.source.reader.next(b']')? {
                break;
            }
        }
        siblings.finish(self.splice);
        Ok(())
    }

    fn point(&mut self, start: usize, len: usize) -> Read<Stay> {
        self.points += 1;
        self.source.reader.skip()?;
        let Some((_, fate)) = self.changes.fates.get(self.next).filter(|(at, _)| *at == start) else {
            return Ok(Stay::Kept);
        };
        self.next += 1;
        let Fate::Becomes(range) = fate else {
            self.gone += 1;
            return Ok(Stay::Dropped);
        };
        let written = self.changes.written.get(range.clone()).unwrap_or_default();
        self.splice.replace(start, self.source.reader.at(), &[written]);
        if self.splice.output_len(len) > self.limits.output {
            return Err(FormatError::TooLarge { format: FORMAT, limit: self.limits.output });
        }
        Ok(Stay::Kept)
    }
}
