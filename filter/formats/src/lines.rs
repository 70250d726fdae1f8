//! Walks text made of lines: NDJSON, one document a line, and plain text.
//!
//! Promises: each NDJSON line is its own record, so that a broken one is withheld alone; plain text is shown in one
//! piece, because keys and stack traces run over lines; text that is not UTF-8 goes line by line, and what is shown is
//! what leaves. Line endings stay as they are.

use crate::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Scratch, Splice, Value, Verdict,
    json::{Fate, walk_value, write_double, write_int},
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
        check_size(self.name(), input, limits)?;
        // Neighbors that go become one cut, recorded once a line stays.
        let mut going: Option<usize> = None;
        for line in lines(input) {
            let mark = scratch.splice.mark();
            match document(input, &line, limits, visitor, scratch)? {
                Fate::Kept => {
                    if let Some(first) = going.take() {
                        scratch.splice.replace_before(mark, first, line.start, &[]);
                    }
                }
                Fate::Dropped => {
                    scratch.splice.rewind(mark);
                    going.get_or_insert(line.start);
                }
            }
        }
        if let Some(first) = going {
            scratch.splice.replace(first, input.len(), &[]);
        }
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
        check_size(self.name(), input, limits)?;
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
                        None => visitor.unreadable(Level::Log, Defect::Utf8),
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
    let mut going: Option<usize> = None;
    for line in lines(input) {
        if line.text(input).is_none() {
            going.get_or_insert(line.start);
        } else if let Some(first) = going.take() {
            splice.replace(first, line.start, &[]);
        }
    }
    if let Some(first) = going {
        splice.replace(first, input.len(), &[]);
    }
}

pub(crate) fn check_size(format: &'static str, input: &[u8], limits: &Limits) -> Result<(), FormatError> {
    if input.len() > limits.payload {
        return Err(FormatError::TooLarge { format, limit: limits.payload });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ruling;

    /// Keeps or replaces what it is shown, and writes down what happened.
    struct Script {
        verdict: Verdict,
        edit: Edit,
        alone: bool,
        seen: Vec<String>,
    }

    impl Script {
        fn new(verdict: Verdict, edit: Edit) -> Self {
            Self { verdict, edit, alone: true, seen: Vec::new() }
        }
    }

    impl FieldVisitor for Script {
        fn rule(&mut self, name: Name<'_>, _: Option<Ruling>) -> Ruling {
            assert!(name.level == Level::Log && name.path.starts_with("body"));
            Ruling { verdict: self.verdict, look_at_key: false, id: 0 }
        }
        fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
            Edit::Keep
        }
        fn value(&mut self, _: Ruling, value: Value<'_>, out: &mut String) -> Edit {
            self.seen.push(format!("{value:?}"));
            out.push_str("new");
            self.edit
        }
        fn unknown(&mut self, _: Level) -> bool {
            false
        }
        fn unreadable(&mut self, _: Level, defect: Defect) {
            self.seen.push(format!("leaf {defect:?}"));
        }
        fn record_withheld(&mut self, _: Level, items: u64, defect: Defect) -> bool {
            self.seen.push(format!("{items} record {defect:?}"));
            self.alone
        }
    }

    fn walk(format: &dyn Format, input: &[u8], script: &mut Script) -> Result<Vec<u8>, FormatError> {
        let mut scratch = Scratch::default();
        format.walk(input, &Limits::default(), script, &mut scratch)?;
        let mut output = Vec::new();
        scratch.splice.apply(input, &mut output);
        Ok(output)
    }

    /// Scenario: good, blank and broken lines, with both kinds of line endings.
    /// Guarantees: broken lines go alone, with their endings, and are told by what is wrong; the rest stays byte for byte.
    #[test]
    fn a_broken_line_is_withheld_alone() {
        let deep = "[".repeat(65);
        let input = [b"{broken}\n{\"a\": 1}\r\n \r\n\"\xff\"\n".as_slice(), deep.as_bytes(), b"\n[2]\n\"cut"]
            .concat();
        let mut script = Script::new(Verdict::Look, Edit::Keep);
        assert_eq!(walk(&Ndjson, &input, &mut script).unwrap(), b"{\"a\": 1}\r\n \r\n[2]\n");
        assert_eq!(
            script.seen,
            [
                "1 record Malformed",
                "Int(1)",
                "1 record Utf8",
                "1 record Depth",
                "Int(2)",
                "1 record Malformed"
            ]
        );
        script.alone = false;
        assert!(matches!(walk(&Ndjson, &input, &mut script), Err(FormatError::Malformed { at: 1, .. })));
    }

    /// Scenario: every line is ruled out, or every leaf dropped or replaced.
    /// Guarantees: no line is left, or every line is still one document.
    #[test]
    fn lines_follow_the_ruling_of_a_body() {
        let input = b"{\"a\":1}\n[2]\n3\n";
        assert_eq!(walk(&Ndjson, input, &mut Script::new(Verdict::Drop, Edit::Keep)).unwrap(), b"");
        assert_eq!(walk(&Ndjson, input, &mut Script::new(Verdict::Keep, Edit::Drop)).unwrap(), input);
        assert_eq!(walk(&Ndjson, input, &mut Script::new(Verdict::Look, Edit::Drop)).unwrap(), b"{}\n[]\n");
        assert_eq!(
            walk(&Ndjson, input, &mut Script::new(Verdict::Look, Edit::Text)).unwrap(),
            b"{\"a\":\"new\"}\n[\"new\"]\n\"new\"\n"
        );
    }

    /// Scenario: text of several lines, one of which is not UTF-8.
    /// Guarantees: the visitor sees the other lines as they would leave, in one piece; the bad line is told and gone.
    #[test]
    fn text_is_shown_in_one_piece_without_unreadable_lines() {
        let input = b"-----BEGIN KEY-----\r\n\xff\xff\nMIIB\n\xfe\nend\r\n";
        let mut script = Script::new(Verdict::Look, Edit::Keep);
        assert_eq!(walk(&Text, input, &mut script).unwrap(), b"-----BEGIN KEY-----\r\nMIIB\nend\r\n");
        assert_eq!(script.seen, ["leaf Utf8", "leaf Utf8", r#"Text("-----BEGIN KEY-----\r\nMIIB\nend")"#]);
        assert_eq!(walk(&Text, input, &mut Script::new(Verdict::Look, Edit::Text)).unwrap(), b"new\r\n");
        assert_eq!(walk(&Text, b"a\nb", &mut Script::new(Verdict::Look, Edit::Text)).unwrap(), b"new");
        assert_eq!(walk(&Text, b"a\nb", &mut Script::new(Verdict::Look, Edit::Int(-7))).unwrap(), b"-7");
        assert_eq!(walk(&Text, input, &mut Script::new(Verdict::Look, Edit::Drop)).unwrap(), b"");
        assert_eq!(walk(&Text, input, &mut Script::new(Verdict::Drop, Edit::Keep)).unwrap(), b"");
        assert_eq!(walk(&Text, input, &mut Script::new(Verdict::Keep, Edit::Drop)).unwrap(), input);
    }

    /// Scenario: a long log is read in chunks, and private keys stand in it.
    /// Guarantees: chunks end behind lines, never inside a key; a mark that nothing closes does not hold up the rest.
    #[test]
    fn chunks_split_between_lines_and_outside_pem_blocks() {
        assert_eq!(split_point(b""), None);
        assert_eq!(split_point(b"half a line"), None);
        assert_eq!(split_point(b"one\ntwo\nthr"), Some(8));
        let open = b"one\n-----BEGIN PRIVATE KEY-----\nMII\nAB\n";
        assert_eq!(split_point(open), Some(4));
        assert_eq!(split_point(&open[4..]), None);
        let closed = [open.as_slice(), b"-----END PRIVATE KEY-----"].concat();
        assert_eq!(split_point(&closed), Some(4));
        let after = [closed.as_slice(), b"\nnext\nopen -----BEGIN"].concat();
        assert_eq!(split_point(&after), Some(closed.len() + 6));
        let unclosed = [b"-----BEGIN \n".repeat(20_000).as_slice(), b"tail"].concat();
        assert_eq!(split_point(&unclosed), Some(unclosed.len() - 4 - (64 << 10) / 12 * 12));
    }
}
