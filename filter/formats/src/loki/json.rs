//! Walks a push in JSON: `{"streams": [{"stream": {label: value}, "values": [[time, line, {metadata}]]}]}`.
//!
//! Promises: what leaves is a push again. A line that goes becomes empty, since an entry has a line; a label whose name would
//! change goes, since names follow a grammar; a stream of which no label is left goes, since Loki would refuse the whole push.

use crate::json::{Fate, Quoted, Reader, Siblings, quote, write_double, write_int};
use crate::{Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Scratch, Value, Verdict};

const FORMAT: &str = "loki-json";

/// Digits of a time in nanoseconds that fit 64 bits.
const TIME_DIGITS: usize = 19;

/// A push to Loki in JSON.
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
        let structure = visitor.rules_structure();
        let mut walker = Walker {
            reader: Reader::new(input, 0..input.len(), limits.depth, FORMAT)?,
            input_len: input.len(),
            limits,
            visitor,
            scratch,
            structure,
            entries: 0,
            labels: 0,
        };
        walker.members(Level::Resource, |walker, key| match walker.key_text(key)? {
            "streams" => walker.elements(Self::stream).map(Some),
            _ => Ok(None),
        })?;
        walker.reader.end()
    }
}

impl Json {
    fn stream(walker: &mut Walker<'_, '_>) -> Result<Fate, FormatError> {
        (walker.entries, walker.labels) = (0, 0);
        if walker.structure {
            walker.visitor.enter_item(Level::Resource);
        }
        let mut labeled = false;
        walker.members(Level::Resource, |walker, key| match walker.key_text(key)? {
            "stream" => {
                labeled |= walker.labels(Level::Resource)?;
                Ok(Some(Fate::Kept))
            }
            "values" => walker.elements(Self::entry).map(Some),
            _ => Ok(None),
        })?;
        if labeled && walker.labels == 0 {
            let entries = walker.entries.max(1);
            walker.visitor.record_withheld(Level::Log, entries, Defect::Nameless);
            return Ok(Fate::Dropped);
        }
        Ok(Fate::Kept)
    }

    fn entry(walker: &mut Walker<'_, '_>) -> Result<Fate, FormatError> {
        walker.entries += 1;
        walker.visitor.enter_record(Level::Log);
        let (start, open) = (walker.reader.at(), walker.reader.depth());
        let mark = walker.scratch.splice.mark();
        let mut outcome = walker.entry();
        if outcome.is_ok() {
            let record = walker.reader.slice(start, walker.reader.at()).unwrap_or_default();
            if walker.visitor.leave_record(Level::Log, record.as_bytes()) {
                walker.scratch.splice.rewind(mark);
                walker.reader.seek(start, open);
                outcome = walker.entry();
                let _ = walker.visitor.leave_record(Level::Log, &[]);
            }
        }
        let (defect, error) = match outcome {
            Ok(Fate::Kept) => return Ok(Fate::Kept),
            Ok(Fate::Dropped) => (Defect::Nameless, None),
            Err(error) => (Defect::Malformed, Some(error)),
        };
        // An entry of another shape goes alone; after broken JSON nobody knows where it ends, and this fails.
        walker.reader.seek(start, open);
        walker.reader.skip()?;
        match error {
            Some(error @ FormatError::TooLarge { .. }) => Err(error),
            Some(error) if !walker.visitor.record_withheld(Level::Log, 1, defect) => Err(error),
            Some(_) => Ok(Fate::Dropped),
            None => {
                walker.visitor.record_withheld(Level::Log, 1, defect);
                Ok(Fate::Dropped)
            }
        }
    }
}

struct Walker<'a, 'w> {
    reader: Reader<'a>,
    input_len: usize,
    limits: &'w Limits,
    visitor: &'w mut dyn FieldVisitor,
    scratch: &'w mut Scratch,
    structure: bool,
    /// Entries of the present stream.
    entries: u64,
    /// Labels of the present stream that stay.
    labels: u64,
}

impl Walker<'_, '_> {
    fn key_text(&mut self, key: Quoted) -> Result<&str, FormatError> {
        self.reader.plain(key, &mut self.scratch.plain)
    }

    /// Walks the members of the object that begins here; `None` is said of those that nobody knows.
    fn members(
        &mut self,
        level: Level,
        mut member: impl FnMut(&mut Self, Quoted) -> Result<Option<Fate>, FormatError>,
    ) -> Result<(), FormatError> {
        if self.reader.token()? != b'{' {
            return Err(self.reader.malformed("not an object"));
        }
        if !self.reader.open(b'}')? {
            return Ok(());
        }
        let mut siblings = Siblings::default();
        loop {
            self.reader.token()?;
            let (start, mark) = (self.reader.at(), self.scratch.splice.mark());
            let key = self.reader.key()?;
            let fate = match member(self, key)? {
                Some(fate) => fate,
                None => {
                    let fate = if self.visitor.unknown(level) { Fate::Kept } else { Fate::Dropped };
                    self.reader.skip()?;
                    fate
                }
            };
            siblings.element(fate, mark, start, self.reader.at(), &mut self.scratch.splice);
            if !self.reader.next(b'}')? {
                break;
            }
        }
        siblings.finish(&mut self.scratch.splice);
        Ok(())
    }

    /// Walks the elements of the array that begins here.
    fn elements(&mut self, element: fn(&mut Self) -> Result<Fate, FormatError>) -> Result<Fate, FormatError> {
        if self.reader.token()? != b'[' {
            return Err(self.reader.malformed("not an array"));
        }
        if !self.reader.open(b']')? {
            return Ok(Fate::Kept);
        }
        let mut siblings = Siblings::default();
        loop {
            self.reader.token()?;
            let (start, mark) = (self.reader.at(), self.scratch.splice.mark());
            let fate = element(self)?;
            siblings.element(fate, mark, start, self.reader.at(), &mut self.scratch.splice);
            if !self.reader.next(b']')? {
                break;
            }
        }
        siblings.finish(&mut self.scratch.splice);
        Ok(Fate::Kept)
    }

    /// Walks one entry: time, line and, if they are there, metadata.
    fn entry(&mut self) -> Result<Fate, FormatError> {
        if self.reader.token()? != b'[' || !self.reader.open(b']')? {
            return Err(self.reader.malformed("an entry that is no list of time and line"));
        }
        if self.time()? == Fate::Dropped {
            return Ok(Fate::Dropped);
        }
        if !self.reader.next(b']')? || self.reader.token()? != b'"' {
            return Err(self.reader.malformed("an entry without a line"));
        }
        self.line()?;
        if !self.reader.next(b']')? {
            return Ok(Fate::Kept);
        }
        self.labels(Level::Log)?;
        if self.reader.next(b']')? {
            return Err(self.reader.malformed("an entry with more than time, line and metadata"));
        }
        Ok(Fate::Kept)
    }

    /// Walks the time of an entry, which cannot be without: it goes when its time goes.
    fn time(&mut self) -> Result<Fate, FormatError> {
        let malformed = self.reader.malformed("a time that is not digits in quotes");
        if self.reader.token()? != b'"' {
            return Err(malformed);
        }
        let start = self.reader.at();
        let token = self.reader.string()?;
        let digits = self.reader.slice(token.start, token.end)?;
        if digits.len() > TIME_DIGITS || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(malformed);
        }
        let Ok(time) = digits.parse::<i64>() else { return Err(malformed) };
        if !self.structure {
            return Ok(Fate::Kept);
        }
        let ruling = self.visitor.rule(Name::built_in(Level::Log, "time"), None);
        match ruling.verdict {
            Verdict::Keep => return Ok(Fate::Kept),
            Verdict::Drop => return Ok(Fate::Dropped),
            Verdict::Look => {}
        }
        self.scratch.text.clear();
        match self.visitor.value(ruling, Value::Int(time), &mut self.scratch.text) {
            Edit::Keep => Ok(Fate::Kept),
            edit @ Edit::Int(0..) => self.write(edit, start).map(|()| Fate::Kept),
            _ => Ok(Fate::Dropped),
        }
    }

    /// Walks the line of an entry.
    fn line(&mut self) -> Result<(), FormatError> {
        let start = self.reader.at();
        let token = self.reader.string()?;
        let ruling = self.visitor.rule(Name::built_in(Level::Log, "body"), None);
        self.scratch.text.clear();
        let edit = match ruling.verdict {
            Verdict::Keep => return Ok(()),
            Verdict::Drop => Edit::Drop,
            Verdict::Look => {
                let line = self.reader.plain(token, &mut self.scratch.plain)?;
                self.visitor.value(ruling, Value::Text(line), &mut self.scratch.text)
            }
        };
        if edit == Edit::Drop {
            self.scratch.text.clear();
            return self.write(Edit::Text, start);
        }
        self.write(edit, start)
    }

    /// Walks an object of texts as attributes of `level`. Says whether it had any, and counts those that stay as labels.
    fn labels(&mut self, level: Level) -> Result<bool, FormatError> {
        let mut any = false;
        self.members(level, |walker, key| {
            any = true;
            let fate = walker.label(level, key)?;
            walker.labels += u64::from(fate == Fate::Kept && level == Level::Resource);
            Ok(Some(fate))
        })?;
        Ok(any)
    }

    fn label(&mut self, level: Level, key: Quoted) -> Result<Fate, FormatError> {
        let is_text = self.reader.token()? == b'"';
        let start = self.reader.at();
        self.reader.skip()?;
        let name = self.reader.plain(key, &mut self.scratch.plain)?;
        if name.len() > self.limits.path || !is_text {
            let defect = if is_text { Defect::Depth } else { Defect::Shape };
            self.visitor.unreadable(level, defect);
            return Ok(Fate::Dropped);
        }
        let ruling = self.visitor.rule(Name::attribute(level, name), None);
        if ruling.verdict == Verdict::Drop {
            return Ok(Fate::Dropped);
        }
        if ruling.look_at_key {
            self.scratch.text.clear();
            match self.visitor.key(ruling, name, &mut self.scratch.text) {
                Edit::Keep => {}
                Edit::Text if level == Level::Log => {
                    self.scratch.token.clear();
                    quote(&self.scratch.text, &mut self.scratch.token);
                    self.scratch.splice.replace(key.start - 1, key.end + 1, &[&self.scratch.token]);
                }
                _ => return Ok(Fate::Dropped),
            }
        }
        if ruling.verdict == Verdict::Keep {
            return Ok(Fate::Kept);
        }
        let end = self.reader.at();
        let depth = self.reader.depth();
        self.reader.seek(start, depth);
        let token = self.reader.string()?;
        let value = self.reader.plain(token, &mut self.scratch.plain)?;
        self.scratch.text.clear();
        let edit = self.visitor.value(ruling, Value::Text(value), &mut self.scratch.text);
        debug_assert_eq!(self.reader.at(), end);
        match edit {
            Edit::Drop => Ok(Fate::Dropped),
            edit => self.write(edit, start).map(|()| Fate::Kept),
        }
    }

    /// Puts an edit as a string in the place of what stands between `start` and here.
    fn write(&mut self, edit: Edit, start: usize) -> Result<(), FormatError> {
        let Scratch { text, token, splice, .. } = &mut *self.scratch;
        token.clear();
        match edit {
            Edit::Keep | Edit::Drop => return Ok(()),
            Edit::Text => quote(text, token),
            Edit::Int(new) => {
                token.push(b'"');
                write_int(new, token);
                token.push(b'"');
            }
            Edit::Double(new) => {
                token.push(b'"');
                write_double(new, token);
                token.push(b'"');
            }
        }
        splice.replace(start, self.reader.at(), &[token]);
        if splice.output_len(self.input_len) > self.limits.output {
            return Err(FormatError::TooLarge { format: FORMAT, limit: self.limits.output });
        }
        Ok(())
    }
}
