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
use crate::named::{Half, is_name, option};
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

    /// Goes behind the next value if it is a label that stays, or a list of them.
    fn is_label(&mut self) -> Result<bool, FormatError> {
        if !self.labels_stay {
            return Ok(false);
        }
        let (at, depth) = (self.reader.at(), self.reader.depth());
        let mut stays = match self.reader.token()? {
            b'"' => true,
            b'[' => self.reader.open(b']')?,
            _ => return Ok(false),
        };
        let listed = self.reader.depth() > depth;
        while stays {
            stays = self.reader.token()? == b'"';
            if stays {
                let token = self.reader.string()?;
                stays = is_label(self.reader.slice(token.start, token.end)?);
            }
            if !stays || !listed || !self.reader.next(b']')? {
                break;
            }
        }
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
        // In a text, what a treatment leaves as it is was treated by an earlier hop, and is not scanned with the whole.
        if edit == Edit::Keep && self.labels_stay && !self.visitor.scans(ruling) {
            let end = self.reader.at();
            let leaf = self.reader.slice(start, end)?;
            self.scratch.splice.replace(start, end, &[leaf.as_bytes()]);
        }
        self.edited(edit, start, self.labels_stay && self.visitor.scans(ruling))
    }

    /// Records the edit of the leaf that began at `start` and ends here. Of one that was `scanned` as a part of a text, only what was
    /// found in it counts as written.
    fn edited(&mut self, edit: Edit, start: usize, scanned: bool) -> Result<Fate, FormatError> {
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
        let end = self.reader.at();
        if scanned {
            self.scratch.splice.replace_difference(start, self.reader.slice(start, end)?.as_bytes(), token);
        } else {
            self.scratch.splice.replace(start, end, &[token]);
        }
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
        let mut name = None;
        loop {
            let first = self.reader.token()?;
            let (start, mark) = (self.reader.at(), self.scratch.splice.mark());
            let fate = match name.take() {
                Some(name) if self.may_be_found()? => self.argument(name, start, ruling)?,
                _ => self.looked_at(ruling)?,
            };
            if first == b'"' {
                name = option(self.reader.slice(start + 1, self.reader.at() - 1)?);
            }
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
        let mut name: Option<&str> = None;
        loop {
            self.reader.token()?;
            let (start, mark) = (self.reader.at(), self.scratch.splice.mark());
            let key = self.reader.key()?;
            let holder = self.scratch.path.len();
            let half = Half::of(self.reader.slice(key.start, key.end)?);
            let called = match half {
                Some(Half::Value) if name.is_none() => self.name_ahead()?,
                Some(Half::Value) => name,
                _ => None,
            };
            let from = self.reader.at();
            let fate = self.member(key, start, within, called)?;
            if half == Some(Half::Name) {
                name = self.text_of(from)?;
            }
            self.scratch.path.truncate(holder);
            siblings.element(fate, mark, start, self.reader.at(), &mut self.scratch.splice);
            if !self.reader.next(b'}')? {
                break;
            }
        }
        siblings.finish(&mut self.scratch.splice);
        Ok(Fate::Kept)
    }

    /// The name that a member's text is, which begins at a place, perhaps behind blanks, and ends here.
    #[inline(never)] // few members are asked
    fn text_of(&self, from: usize) -> Result<Option<&'a str>, FormatError> {
        let text = self.reader.slice(from, self.reader.at())?.trim_ascii_start();
        Ok(text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).filter(|name| is_name(name)))
    }

    /// The name that follows the value which begins here, among the next few members.
    #[inline(never)] // few objects ask
    fn name_ahead(&mut self) -> Result<Option<&'a str>, FormatError> {
        const MOST: usize = 3;
        let (at, depth) = (self.reader.at(), self.reader.depth());
        let mut found = None;
        for _ in 0..MOST {
            // Containers have members of their own.
            if matches!(self.reader.token()?, b'{' | b'[') {
                break;
            }
            self.reader.skip()?;
            if !self.reader.next(b'}')? {
                break;
            }
            let key = self.reader.key()?;
            let is_text = self.reader.token()? == b'"';
            if is_text && Half::of(self.reader.slice(key.start, key.end)?) == Some(Half::Name) {
                let token = self.reader.string()?;
                found = Some(self.reader.slice(token.start, token.end)?).filter(|name| is_name(name));
                break;
            }
        }
        self.reader.seek(at, depth);
        Ok(found)
    }

    /// Rules a value as a member called `name` of the field that the path names.
    #[inline(never)] // few values have such a name
    fn called(&mut self, name: &str, within: Ruling) -> Ruling {
        let key_at = self.scratch.path.len() + 1;
        if key_at + name.len() > self.limits.path {
            return within;
        }
        self.scratch.path.push('.');
        self.scratch.path.push_str(name);
        let (level, part, member_at) = (self.level, self.part, self.member_at);
        self.visitor.rule(Name { level, part, path: &self.scratch.path, member_at, key_at }, Some(within))
    }

    /// Whether the value that begins here is a text, or a number in which something may be found. Counts are no values of their names.
    fn may_be_found(&mut self) -> Result<bool, FormatError> {
        match self.reader.token()? {
            b'"' => return Ok(true),
            b'-' | b'0'..=b'9' => {}
            _ => return Ok(false),
        }
        let (start, depth) = (self.reader.at(), self.reader.depth());
        self.reader.skip()?;
        let number = self.reader.slice(start, self.reader.at())?;
        self.reader.seek(start, depth);
        let size = number.trim_ascii().parse::<f64>().map_or(f64::INFINITY, f64::abs);
        Ok(size >= self.visitor.passing_number() as f64)
    }

    /// Walks an element behind one that is an option called `name`. If it goes, something stays in its place: the next element
    /// would follow the option.
    #[inline(never)] // likewise
    fn argument(&mut self, name: &str, start: usize, within: Ruling) -> Result<Fate, FormatError> {
        let depth = self.reader.depth();
        let is_text = self.reader.token()? == b'"';
        let source = if is_text {
            let token = self.reader.string()?;
            self.reader.slice(token.start, token.end)?
        } else {
            ""
        };
        if is_label(source) {
            return Ok(Fate::Kept);
        }
        self.reader.seek(start, depth);
        if source.starts_with('-') {
            return self.looked_at(within);
        }
        let (holder, mark) = (self.scratch.path.len(), self.scratch.splice.mark());
        let ruling = self.called(name, within);
        self.scratch.path.truncate(holder);
        // A number is no value of its option but where nothing may stay.
        if !is_text && ruling.verdict != Verdict::Drop {
            return self.looked_at(within);
        }
        if self.ruled(ruling)? == Fate::Kept {
            return Ok(Fate::Kept);
        }
        self.scratch.splice.rewind(mark);
        self.scratch.text.clear();
        self.visitor.label(ruling, &mut self.scratch.text);
        self.edited(Edit::Text, start, false)
    }

    /// Walks the value behind `key`, whose token began at `start`, and which a member beside it may give a name.
    fn member(
        &mut self,
        key: Quoted,
        start: usize,
        within: Ruling,
        called: Option<&str>,
    ) -> Result<Fate, FormatError> {
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
        if let Some(name) = called
            && ruling.verdict == Verdict::Look
            && self.may_be_found()?
        {
            let ruling = self.called(name, ruling);
            return self.ruled(ruling);
        }
        self.ruled(ruling)
    }
}
