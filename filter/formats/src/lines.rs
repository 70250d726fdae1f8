//! Walks text made of lines: NDJSON, one document a line, and plain text.
//!
//! Promises: each NDJSON line is its own record, so that a broken one is withheld alone; plain text is shown in one
//! piece, because keys and stack traces run over lines; text that is not UTF-8 goes line by line, and what is shown is
//! what leaves. Line endings stay as they are.

use crate::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Scratch, Splice, Value, Verdict,
    json::{Fate, Siblings, walk_value, write_double, write_int},
};
use memchr::{memchr, memmem, memrchr};

/// One JSON document a line, each ruled like the body of a log record.
///
/// Blank lines stay. A line that goes, goes with its ending. A line that cannot be read is a record to withhold.
#[derive(Debug, Clone, Copy)]
pub struct Ndjson;

impl Format for Ndjson {
    fn name(&self) -> &'static str {
        "ndjson"
    }

    fn walk(
        &self,
        input: &[u8],
        limits: &Limits,
        visitor: &mut dyn FieldVisitor,
        scratch: &mut Scratch,
    ) -> Result<(), FormatError> {
        scratch.splice.clear();
        limits.admit(self.name(), input)?;
        let mut siblings = Siblings::default();
        for line in lines(input) {
            let mark = scratch.splice.mark();
            let fate = document(input, &line, limits, visitor, scratch)?;
            siblings.element(fate, mark, line.start, line.end, &mut scratch.splice);
        }
        siblings.finish(&mut scratch.splice);
        Ok(())
    }
}

/// Walks one line of NDJSON.
fn document(
    input: &[u8],
    line: &Line,
    limits: &Limits,
    visitor: &mut dyn FieldVisitor,
    scratch: &mut Scratch,
) -> Result<Fate, FormatError> {
    let range = line.start..line.content_end;
    if is_blank(input, line) {
        return Ok(Fate::Kept);
    }
    visitor.enter_record(Level::Log);
    let body = Name::built_in(Level::Log, "body");
    let ruling = visitor.rule(body, None);
    let mark = scratch.splice.mark();
    let mut walked = walk_value(input, range.clone(), body, ruling, limits, visitor, scratch);
    if walked.is_ok() && visitor.leave_record(Level::Log, input.get(range.clone()).unwrap_or_default()) {
        scratch.splice.rewind(mark);
        walked = walk_value(input, range, body, ruling, limits, visitor, scratch);
        let _ = visitor.leave_record(Level::Log, &[]);
    }
    let error = match walked {
        Ok(fate) => return Ok(fate),
        Err(error) => error,
    };
    if matches!(error, FormatError::TooLarge { .. }) {
        return Err(error);
    }
    if visitor.record_withheld(Level::Log, 1, defect_of(&error)) { Ok(Fate::Dropped) } else { Err(error) }
}

/// Whether nothing but white space stands in a line.
pub(crate) fn is_blank(input: &[u8], line: &Line) -> bool {
    input.get(line.start..line.content_end).unwrap_or_default().iter().all(u8::is_ascii_whitespace)
}

/// What is wrong with a line that cannot be read.
pub(crate) fn defect_of(error: &FormatError) -> Defect {
    match error {
        FormatError::Utf8 { .. } => Defect::Utf8,
        FormatError::Depth { .. } => Defect::Depth,
        _ => Defect::Malformed,
    }
}

/// Plain text, ruled like the body of a log record.
///
/// The visitor is shown all lines as one value, without the last line ending. Lines that are not UTF-8 go, and the
/// visitor is told of each: it sees, and decides on, the rest as it would leave.
#[derive(Debug, Clone, Copy)]
pub struct Text;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn walk(
        &self,
        input: &[u8],
        limits: &Limits,
        visitor: &mut dyn FieldVisitor,
        scratch: &mut Scratch,
    ) -> Result<(), FormatError> {
        let Scratch { splice, text: edited, plain: readable, token, .. } = scratch;
        splice.clear();
        limits.admit(self.name(), input)?;
        if input.is_empty() {
            return Ok(());
        }
        visitor.enter_record(Level::Log);
        let ruling = visitor.rule(Name::built_in(Level::Log, "body"), None);
        match ruling.verdict {
            Verdict::Keep => return Ok(()),
            Verdict::Drop => {
                splice.replace(0, input.len(), &[]);
                return Ok(());
            }
            Verdict::Look => {}
        }
        let whole = core::str::from_utf8(input).ok();
        let text = match whole {
            Some(text) => text,
            None => {
                readable.clear();
                for line in lines(input) {
                    match line.text(input) {
                        Some(text) => readable.push_str(text),
                        None if visitor.record_withheld(Level::Log, 1, Defect::Utf8) => {}
                        None => return Err(FormatError::Utf8 { format: "text", at: line.start }),
                    }
                }
                readable
            }
        };
        let shown = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
        let ending = text.get(shown.len()..).unwrap_or_default();
        edited.clear();
        token.clear();
        let new: &[u8] = match visitor.value(ruling, Value::Text(shown), edited) {
            Edit::Keep => {
                if whole.is_none() {
                    drop_unreadable_lines(input, splice);
                }
                return Ok(());
            }
            Edit::Drop => {
                splice.replace(0, input.len(), &[]);
                return Ok(());
            }
            Edit::Text => edited.as_bytes(),
            Edit::Int(number) => {
                write_int(number, token);
                token
            }
            Edit::Double(number) => {
                write_double(number, token);
                token
            }
        };
        splice.replace(0, input.len(), &[new, ending.as_bytes()]);
        if splice.output_len(input.len()) > limits.output {
            return Err(FormatError::TooLarge { format: "text", limit: limits.output });
        }
        Ok(())
    }
}

/// Where to cut a stream of lines so that no line and no PEM block is torn apart: the offset behind the last line
/// ending that stands outside a block. None when `chunk` has no such place, and the reader should read on.
///
/// A `-----BEGIN` that no `-----END` follows within 64 KiB is not taken for a block.
#[must_use]
pub fn split_point(chunk: &[u8]) -> Option<usize> {
    const BLOCK: usize = 64 << 10;
    let find = |needle: &[u8], from: usize| memmem::find(chunk.get(from..)?, needle).map(|at| from + at);
    let last_line_end = |from: usize, to: usize| memrchr(b'\n', chunk.get(from..to)?).map(|at| from + at + 1);

    let mut split = None;
    let mut from = 0;
    // Found once and kept until passed, so that the search stays linear however many blocks begin.
    let mut end = find(b"-----END", 0);
    while let Some(begin) = find(b"-----BEGIN", from) {
        split = last_line_end(from, begin).or(split);
        if end.is_some_and(|end| end < begin) {
            end = find(b"-----END", begin);
        }
        match end {
            Some(end) if end - begin <= BLOCK => from = end,
            None if chunk.len() - begin <= BLOCK => return split,
            _ => from = begin + 1,
        }
    }
    last_line_end(from, chunk.len()).or(split)
}

/// One line: where it starts, where its text ends and where the next one starts.
pub(crate) struct Line {
    pub(crate) start: usize,
    pub(crate) content_end: usize,
    pub(crate) end: usize,
}

impl Line {
    /// The line with its ending; none when it is not UTF-8.
    fn text<'a>(&self, input: &'a [u8]) -> Option<&'a str> {
        core::str::from_utf8(input.get(self.start..self.end)?).ok()
    }
}

pub(crate) fn lines(input: &[u8]) -> impl Iterator<Item = Line> + Clone {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = input.get(start..).filter(|rest| !rest.is_empty())?;
        let line = match memchr(b'\n', rest) {
            Some(at) => Line { start, content_end: start + at, end: start + at + 1 },
            None => Line { start, content_end: input.len(), end: input.len() },
        };
        start = line.end;
        Some(line)
    })
}

fn drop_unreadable_lines(input: &[u8], splice: &mut Splice) {
    let mut siblings = Siblings::default();
    for line in lines(input) {
        let fate = if line.text(input).is_some() { Fate::Kept } else { Fate::Dropped };
        siblings.element(fate, splice.mark(), line.start, line.end, splice);
    }
    siblings.finish(splice);
}
