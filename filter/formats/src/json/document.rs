//! Walks one JSON document and shows its members to a visitor.
//!
//! A document is ruled like the body of a log record: the member `email` of the object `user` has the path
//! `body.user.email`. Elements of an array stand under the ruling of the array. `null` holds nothing and stays.

use super::{
    Fate, Quoted, Reader, Siblings,
    reader::unescape,
    write::{quote, write_double, write_int},
};
use crate::field::is_label;
use crate::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Part, Ruling, Scratch, Value,
    Verdict,
};
use std::ops::Range;

const FORMAT: &str = "json";

/// One JSON document, ruled like the body of a log record. A document that goes as a whole becomes `null`.
#[derive(Debug, Clone, Copy)]
pub struct Json;

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
        scratch.splice.clear();
        limits.admit(FORMAT, input)?;
        visitor.enter_record(Level::Log);
        let body = Name::built_in(Level::Log, "body");
        let ruling = visitor.rule(body, None);
        let mut fate = walk_value(input, 0..input.len(), body, ruling, limits, visitor, scratch)?;
        if visitor.leave_record(Level::Log, input) {
            scratch.splice.clear();
            fate = walk_value(input, 0..input.len(), body, ruling, limits, visitor, scratch)?;
            let _ = visitor.leave_record(Level::Log, &[]);
        }
        if fate == Fate::Dropped {
            scratch.splice.clear();
            scratch.splice.replace(0, input.len(), &[b"null"]);
        }
        Ok(())
    }
}

/// Walks the JSON text in `range` of `input` as the value of the field `name`, which has been ruled already.
///
/// When the fate is [`Fate::Dropped`], the caller takes back the cuts inside the text and removes it.
pub(crate) fn walk_value(
    input: &[u8],
    range: Range<usize>,
    name: Name<'_>,
    ruling: Ruling,
    limits: &Limits,
    visitor: &mut dyn FieldVisitor,
    scratch: &mut Scratch,
) -> Result<Fate, FormatError> {
    Walk::over(input, range, name, limits, visitor, scratch)?.whole(ruling)
}

/// As [`walk_value`] for JSON inside a text, where what an earlier hop left of a value stays: to that hop the text may not have been
/// JSON yet.
pub(crate) fn walk_in_text(
    input: &[u8],
    range: Range<usize>,
    name: Name<'_>,
    ruling: Ruling,
    limits: &Limits,
    visitor: &mut dyn FieldVisitor,
    scratch: &mut Scratch,
) -> Result<Fate, FormatError> {
    let mut walk = Walk::over(input, range, name, limits, visitor, scratch)?;
    walk.labels_stay = true;
    walk.whole(ruling)
}

/// One walk under way.
struct Walk<'a, 'w> {
    reader: Reader<'a>,
    level: Level,
    part: Part,
    member_at: usize,
    input_len: usize,
    labels_stay: bool,
    limits: &'w Limits,
    visitor: &'w mut dyn FieldVisitor,
    scratch: &'w mut Scratch,
}

impl<'a, 'w> Walk<'a, 'w> {
    fn over(
        input: &'a [u8],
        range: Range<usize>,
        name: Name<'_>,
        limits: &'w Limits,
        visitor: &'w mut dyn FieldVisitor,
        scratch: &'w mut Scratch,
    ) -> Result<Self, FormatError> {
        scratch.path.clear();
        scratch.path.push_str(name.path);
        Ok(Self {
            reader: Reader::new(input, range, limits.depth, FORMAT)?,
            level: name.level,
            part: name.part,
            member_at: if name.member_at == 0 { name.path.len() + 1 } else { name.member_at },
            input_len: input.len(),
            labels_stay: false,
            limits,
            visitor,
            scratch,
        })
    }

    fn whole(mut self, ruling: Ruling) -> Result<Fate, FormatError> {
        let fate = self.ruled(ruling)?;
        self.reader.end()?;
        Ok(fate)
    }

    /// Goes behind the next value if it is a label that stays.
    fn is_label(&mut self) -> Result<bool, FormatError> {
        if !self.labels_stay || self.reader.token()? != b'"' {
            return Ok(false);
        }
        let (at, depth) = (self.reader.at(), self.reader.depth());
        let token = self.reader.string()?;
        let stays = is_label(self.reader.slice(token.start, token.end)?);
        if !stays {
            self.reader.seek(at, depth);
        }
        Ok(stays)
    }

    /// Walks the next value under its ruling.
    fn ruled(&mut self, ruling: Ruling) -> Result<Fate, FormatError> {
        if self.is_label()? {
            return Ok(Fate::Kept);
        }
        let goes = ruling.verdict == Verdict::Drop;
        if ruling.verdict == Verdict::Keep || goes && !self.visitor.learns(ruling) {
            return self.reader.skip().map(|()| if goes { Fate::Dropped } else { Fate::Kept });
        }
        // Of what goes, whatever is edited in it goes with it.
        let mark = self.scratch.splice.mark();
        let fate = self.looked_at(ruling)?;
        if goes {
            self.scratch.splice.rewind(mark);
            return Ok(Fate::Dropped);
        }
        Ok(fate)
    }

    fn looked_at(&mut self, ruling: Ruling) -> Result<Fate, FormatError> {
        let first = self.reader.token()?;
        let start = self.reader.at();
        let edit = match first {
            b'{' => return self.object(ruling),
            b'[' => return self.array(ruling),
            b'"' => {
                let token = self.reader.string()?;
                let text = self.reader.plain(token, &mut self.scratch.plain)?;
                self.scratch.text.clear();
                self.visitor.value(ruling, Value::Text(text), &mut self.scratch.text)
            }
            b't' | b'f' => {
                self.reader.literal(if first == b't' { "true" } else { "false" })?;
                self.scratch.text.clear();
                self.visitor.value(ruling, Value::Bool(first == b't'), &mut self.scratch.text)
            }
            b'n' => {
                self.reader.literal("null")?;
                return Ok(Fate::Kept);
            }
            _ => {
                let token = self.reader.number()?;
                let value = self.reader.number_value(token)?;
                self.scratch.text.clear();
                self.visitor.value(ruling, value, &mut self.scratch.text)
            }
        };
        self.edited(edit, start)
    }

    /// Records the edit of the leaf that began at `start` and ends here.
    fn edited(&mut self, edit: Edit, start: usize) -> Result<Fate, FormatError> {
        let token = &mut self.scratch.token;
        token.clear();
        match edit {
            Edit::Keep => return Ok(Fate::Kept),
            Edit::Drop => return Ok(Fate::Dropped),
            Edit::Text => quote(&self.scratch.text, token),
            Edit::Int(new) => write_int(new, token),
            Edit::Double(new) if new.is_finite() => write_double(new, token),
            // JSON has no word for infinities and NaN.
            Edit::Double(_) => return Ok(Fate::Dropped),
        }
        self.scratch.splice.replace(start, self.reader.at(), &[token]);
        if self.scratch.splice.output_len(self.input_len) > self.limits.output {
            return Err(FormatError::TooLarge { format: FORMAT, limit: self.limits.output });
        }
        Ok(Fate::Kept)
    }

    fn array(&mut self, ruling: Ruling) -> Result<Fate, FormatError> {
        if !self.reader.open(b']')? {
            return Ok(Fate::Kept);
        }
        let mut siblings = Siblings::default();
        loop {
            self.reader.token()?;
            let (start, mark) = (self.reader.at(), self.scratch.splice.mark());
            let fate = self.looked_at(ruling)?;
            siblings.element(fate, mark, start, self.reader.at(), &mut self.scratch.splice);
            if !self.reader.next(b']')? {
                break;
            }
        }
        siblings.finish(&mut self.scratch.splice);
        Ok(Fate::Kept)
    }

    fn object(&mut self, within: Ruling) -> Result<Fate, FormatError> {
        if !self.reader.open(b'}')? {
            return Ok(Fate::Kept);
        }
        let mut siblings = Siblings::default();
        loop {
            self.reader.token()?;
            let (start, mark) = (self.reader.at(), self.scratch.splice.mark());
            let key = self.reader.key()?;
            let holder = self.scratch.path.len();
            let fate = self.member(key, start, within)?;
            self.scratch.path.truncate(holder);
            siblings.element(fate, mark, start, self.reader.at(), &mut self.scratch.splice);
            if !self.reader.next(b'}')? {
                break;
            }
        }
        siblings.finish(&mut self.scratch.splice);
        Ok(Fate::Kept)
    }

    /// Walks the value behind `key`, whose token began at `start`.
    fn member(&mut self, key: Quoted, start: usize, within: Ruling) -> Result<Fate, FormatError> {
        let source = self.reader.slice(key.start, key.end)?;
        self.scratch.path.push('.');
        let key_at = self.scratch.path.len();
        if key.escaped {
            unescape(source, &mut self.scratch.path);
        } else {
            self.scratch.path.push_str(source);
        }
        if self.scratch.path.len() > self.limits.path {
            self.visitor.unreadable(self.level, Defect::Depth);
            return self.reader.skip().map(|()| Fate::Dropped);
        }
        let name = Name {
            level: self.level,
            part: self.part,
            path: &self.scratch.path,
            member_at: self.member_at,
            key_at,
        };
        let ruling = self.visitor.rule(name, Some(within));
        if ruling.look_at_key && ruling.verdict != Verdict::Drop {
            self.scratch.text.clear();
            match self.visitor.key(ruling, name.key(), &mut self.scratch.text) {
                Edit::Keep => {}
                Edit::Text => {
                    self.scratch.token.clear();
                    quote(&self.scratch.text, &mut self.scratch.token);
                    self.scratch.splice.replace(start, key.end + 1, &[&self.scratch.token]);
                }
                // A key cannot be a number, so whoever asks for one gets nothing.
                Edit::Drop | Edit::Int(_) | Edit::Double(_) => {
                    return self.reader.skip().map(|()| Fate::Dropped);
                }
            }
        }
        self.ruled(ruling)
    }
}
