//! Attributes: a `KeyValue` and what its value holds.

use super::{Fate, KEY_TAG, VALUE_TAG, Walker};
use crate::otlp::wire::{FIXED64, LEN, Span, VARINT, Wire, put_varint};
use crate::{Defect, Edit, FormatError, Level, Name, Part, Recalled, Ruling, Value, Verdict};

const STRING_TAG: u8 = (1 << 3) | LEN;
const INT_TAG: u8 = 3 << 3;
const DOUBLE_TAG: u8 = (4 << 3) | FIXED64;

/// Where a value stands: the name of the whole, and how much of the path buffer belongs to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) level: Level,
    pub(super) part: Part,
    pub(super) base: &'a str,
    /// Length of the path in the buffer; 0 for the whole value, whose path is `base`.
    pub(super) nested: usize,
}

/// A `KeyValue` of a short key and a short text, encoded as every SDK encodes it.
pub(super) struct PlainPair<'a> {
    key: &'a [u8],
    text: &'a [u8],
}

/// Reads a [`PlainPair`]; `None` for any other shape, however valid.
#[inline]
pub(super) fn plain_pair(bytes: &[u8]) -> Option<PlainPair<'_>> {
    let [KEY_TAG, key_len @ 0..0x80, rest @ ..] = bytes else { return None };
    let (key, rest) = rest.split_at_checked(usize::from(*key_len))?;
    let [VALUE_TAG, any_len @ 0..0x80, any @ ..] = rest else { return None };
    let [STRING_TAG, text_len @ 0..0x80, text @ ..] = any else { return None };
    let exact = any.len() == usize::from(*any_len) && text.len() == usize::from(*text_len);
    exact.then_some(PlainPair { key, text })
}

impl<'a> Walker<'a, '_> {
    /// Decides on an attribute that holds one short text, as nearly all do; false when it takes the long way.
    #[inline]
    pub(super) fn plain_attribute(&mut self, level: Level, wire: Wire, pair: &PlainPair<'a>) -> bool {
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
    pub(super) fn plain_edit(&mut self, ruling: Ruling, text: &str) -> Edit {
        if ruling.verdict == Verdict::Keep {
            return Edit::Keep;
        }
        self.text.clear();
        self.visitor.value(ruling, Value::Text(text), self.text)
    }

    /// Writes an attribute anew: its key, and its text as edited.
    #[inline]
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
    #[inline]
    pub(super) fn key_value(
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

    #[inline]
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
    #[inline]
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
    #[inline]
    pub(super) fn any_value(
        &mut self,
        span: Span,
        ruling: Ruling,
        place: Place<'a>,
    ) -> Result<Fate, FormatError> {
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
    #[inline]
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
