//! Walks requests to the bulk API of Elasticsearch and OpenSearch: lines of actions, most with a line of source behind them.
//!
//! What an action says of its document (`_index`, `_id`, `routing`, …) is shown as attributes of the log record, the source
//! as its body, like a line of NDJSON; so are `doc` and `upsert` of an update. Action and source stay or go together, because a
//! source without its action would be taken for one. An action without what makes it one (an index, the id of what is updated
//! or deleted) goes, since the API would refuse the whole request. An id that a treatment makes the same as others' goes, so that
//! no document takes another's place. After an action that cannot be read nobody knows
//! whether a source follows, so the payload is refused.
//! Format: <https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk>.

use crate::json::{Fate, Quoted, Reader, Siblings, unescape, walk_value};
use crate::lines::{Line, defect_of, is_blank, lines};
use crate::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Part, Ruling, Scratch, Verdict,
};
use std::borrow::Cow;
use std::ops::Range;

const FORMAT: &str = "elasticsearch";

/// A request to the bulk API.
#[derive(Debug, Clone, Copy)]
pub struct Bulk;

impl Format for Bulk {
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
        let mut walker = Walker { input, limits, visitor, scratch };
        let mut siblings = Siblings::default();
        let mut lines = lines(input);
        while let Some(line) = lines.next() {
            let mark = walker.scratch.splice.mark();
            let (fate, end) = if is_blank(input, &line) {
                (Fate::Kept, line.end)
            } else {
                let behind = lines.clone();
                walker.visitor.enter_record(Level::Log);
                let (mut fate, end) = walker.request(&line, &mut lines)?;
                if walker.visitor.leave_record(Level::Log, input.get(line.start..end).unwrap_or_default()) {
                    walker.scratch.splice.rewind(mark);
                    lines = behind;
                    (fate, _) = walker.request(&line, &mut lines)?;
                    let _ = walker.visitor.leave_record(Level::Log, &[]);
                }
                (fate, end)
            };
            siblings.element(fate, mark, line.start, end, &mut walker.scratch.splice);
        }
        siblings.finish(&mut walker.scratch.splice);
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// `index` and `create`: a document follows.
    Write,
    /// A change of a document follows.
    Update,
    /// Nothing follows.
    Delete,
}

struct Walker<'a, 'w> {
    input: &'a [u8],
    limits: &'w Limits,
    visitor: &'w mut dyn FieldVisitor,
    scratch: &'w mut Scratch,
}

impl<'a> Walker<'a, '_> {
    /// Walks an action and the document that follows it; gives where they end.
    fn request(
        &mut self,
        line: &Line,
        lines: &mut impl Iterator<Item = Line>,
    ) -> Result<(Fate, usize), FormatError> {
        let (action, fate) = self.action(line)?;
        if action == Action::Delete {
            return Ok((fate, line.end));
        }
        let Some(source) = lines.next() else {
            return Err(FormatError::Truncated { format: FORMAT, at: self.input.len() });
        };
        let fate = match fate {
            Fate::Kept => self.source(action, &source)?,
            Fate::Dropped => Fate::Dropped,
        };
        Ok((fate, source.end))
    }

    /// Walks `{"index": {"_index": …}}`.
    fn action(&mut self, line: &Line) -> Result<(Action, Fate), FormatError> {
        let mut reader = self.reader(line.start..line.content_end)?;
        if reader.token()? != b'{' || !reader.open(b'}')? {
            return Err(reader.malformed("not an action"));
        }
        let word = reader.key()?;
        let action = match reader.slice(word.start, word.end)? {
            "index" | "create" => Action::Write,
            "update" => Action::Update,
            "delete" => Action::Delete,
            _ => return Err(reader.malformed("not an action")),
        };
        let mut fate = Fate::Kept;
        self.members(&mut reader, |walker, key, value| {
            let name = Name::attribute(Level::Log, key);
            let of_member = walker.member(name, None, value)?;
            let vital = match key {
                "_index" => true,
                "_id" => action != Action::Write,
                _ => false,
            };
            if of_member == Fate::Dropped && vital {
                fate = Fate::Dropped;
            }
            Ok(of_member)
        })?;
        if reader.next(b'}')? {
            return Err(reader.malformed("more than one action in a line"));
        }
        reader.end()?;
        if fate == Fate::Dropped {
            self.visitor.record_withheld(Level::Log, 1, Defect::Nameless);
        }
        Ok((action, fate))
    }

    /// Walks the line behind an action.
    fn source(&mut self, action: Action, line: &Line) -> Result<Fate, FormatError> {
        let range = line.start..line.content_end;
        let ruling = self.visitor.rule(BODY, None);
        let outcome = match (action, ruling.verdict) {
            (Action::Update, Verdict::Look) => self.change(range, ruling),
            _ => walk_value(self.input, range, BODY, ruling, self.limits, self.visitor, self.scratch),
        };
        match outcome {
            Ok(fate) => Ok(fate),
            Err(error @ FormatError::TooLarge { .. }) => Err(error),
            Err(error) if self.visitor.record_withheld(Level::Log, 1, defect_of(&error)) => Ok(Fate::Dropped),
            Err(error) => Err(error),
        }
    }

    /// Walks `{"doc": {…}, "upsert": {…}, "script": {…}}`.
    fn change(&mut self, range: Range<usize>, body: Ruling) -> Result<Fate, FormatError> {
        let mut reader = self.reader(range)?;
        let (mut any, mut left) = (false, false);
        self.members(&mut reader, |walker, key, value| {
            let whole = matches!(key, "doc" | "upsert");
            let fate = if whole {
                walk_value(walker.input, value, BODY, body, walker.limits, walker.visitor, walker.scratch)?
            } else {
                let path = format!("{}.{key}", BODY.path);
                let at = BODY.path.len() + 1;
                let name = Name { path: &path, member_at: at, key_at: at, ..BODY };
                walker.member(name, Some(body), value)?
            };
            any |= whole || key == "script";
            left |= (whole || key == "script") && fate == Fate::Kept;
            Ok(fate)
        })?;
        reader.end()?;
        if any && !left {
            self.visitor.record_withheld(Level::Log, 1, Defect::Nameless);
            return Ok(Fate::Dropped);
        }
        Ok(Fate::Kept)
    }

    /// Walks the value of a name that follows a vocabulary: where the name itself would have to change, all goes.
    fn member(
        &mut self,
        name: Name<'_>,
        within: Option<Ruling>,
        value: Range<usize>,
    ) -> Result<Fate, FormatError> {
        if name.path.len() > self.limits.path {
            self.visitor.unreadable(Level::Log, Defect::Depth);
            return Ok(Fate::Dropped);
        }
        let ruling = self.visitor.rule(name, within);
        if ruling.look_at_key && ruling.verdict != Verdict::Drop {
            self.scratch.text.clear();
            if self.visitor.key(ruling, name.key(), &mut self.scratch.text) != Edit::Keep {
                return Ok(Fate::Dropped);
            }
        }
        let mark = self.scratch.splice.mark();
        let fate = walk_value(self.input, value, name, ruling, self.limits, self.visitor, self.scratch)?;
        let is_other_id = name.path == "_id" && self.scratch.splice.mark() != mark;
        if is_other_id && !self.visitor.keeps_apart(ruling) {
            self.scratch.splice.rewind(mark);
            return Ok(Fate::Dropped);
        }
        Ok(fate)
    }

    fn reader(&self, range: Range<usize>) -> Result<Reader<'a>, FormatError> {
        Reader::new(self.input, range, self.limits.depth, FORMAT)
    }

    /// Walks the members of the object that begins here; `member` gets each name and where its value stands.
    fn members(
        &mut self,
        reader: &mut Reader<'a>,
        mut member: impl FnMut(&mut Self, &str, Range<usize>) -> Result<Fate, FormatError>,
    ) -> Result<(), FormatError> {
        if reader.token()? != b'{' {
            return Err(reader.malformed("not an object"));
        }
        if !reader.open(b'}')? {
            return Ok(());
        }
        let mut siblings = Siblings::default();
        loop {
            reader.token()?;
            let (start, mark) = (reader.at(), self.scratch.splice.mark());
            let key = reader.key()?;
            let key = key_text(reader, key)?;
            reader.token()?;
            let value = reader.at();
            reader.skip()?;
            let fate = member(self, &key, value..reader.at())?;
            siblings.element(fate, mark, start, reader.at(), &mut self.scratch.splice);
            if !reader.next(b'}')? {
                break;
            }
        }
        siblings.finish(&mut self.scratch.splice);
        Ok(())
    }
}

const BODY: Name<'static> =
    Name { level: Level::Log, part: Part::BuiltIn, path: "body", member_at: 0, key_at: 0 };

fn key_text<'a>(reader: &Reader<'a>, key: Quoted) -> Result<Cow<'a, str>, FormatError> {
    let source = reader.slice(key.start, key.end)?;
    if !key.escaped {
        return Ok(Cow::Borrowed(source));
    }
    let mut text = String::new();
    unescape(source, &mut text);
    Ok(Cow::Owned(text))
}
