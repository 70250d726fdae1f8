//! JSON in text: a string that is JSON, and JSON behind a prefix.
//!
//! Its members are fields with their path inside the value, as members of a log body are. JSON that does not parse is
//! not JSON: it stays text, and is read as such.

use super::{Coding, Region, Walk};
use crate::json::{Fate, Reader, quote, unescape, walk_in_text};
use std::ops::Range;

/// Levels of one JSON text inside another value. Readers of several may stand on the stack together.
const DEEPEST: usize = 24;

impl Walk<'_, '_> {
    /// Walks the JSON that begins at `start`, if some does, and gives the place behind it.
    pub(super) fn json(&mut self, start: usize) -> usize {
        // What an attempt has gone through without finding JSON is not tried again, so that all attempts are linear.
        if start < self.no_json_before {
            return start + 1;
        }
        let depth = self.limits.depth.min(DEEPEST);
        let mut reader = Reader::over(self.text, start, depth);
        if reader.skip().is_err() {
            self.no_json_before = reader.at().max(start + 1);
            return start + 1;
        }
        let end = reader.at();
        let mark = self.scratch.splice.mark();
        let limits = crate::Limits { depth, ..*self.limits };
        let walked = walk_in_text(
            self.bytes,
            start..end,
            self.holder,
            self.within,
            &limits,
            &mut *self.visitor,
            &mut *self.scratch,
        );
        match walked {
            Ok(Fate::Kept) => self.region(start, end, Coding::Json),
            Ok(Fate::Dropped) => {
                self.scratch.splice.rewind(mark);
                self.scratch.splice.replace(start, end, &[b"null"]);
            }
            // Too long a result: nothing of the text is left.
            Err(_) => self.overflows = true,
        }
        end
    }
}

/// The leaves and keys of a JSON text, in order: the inside of strings, and whole numbers and words.
#[derive(Debug, Clone)]
pub struct JsonTokens<'t> {
    bytes: &'t [u8],
    at: usize,
}

/// A leaf or key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonToken {
    /// Where it stands, without quotes.
    pub span: Range<usize>,
    /// Whether it stands between quotes.
    pub is_string: bool,
}

impl<'t> JsonTokens<'t> {
    /// Those of a region that holds JSON.
    #[must_use]
    pub fn of(text: &'t str, region: &Region) -> Self {
        Self { bytes: text.as_bytes().get(..region.end).unwrap_or_default(), at: region.start }
    }
}

impl Iterator for JsonTokens<'_> {
    type Item = JsonToken;

    fn next(&mut self) -> Option<JsonToken> {
        let divides = |byte: &u8| byte.is_ascii_whitespace() || b"{}[],:".contains(byte);
        let rest = self.bytes.get(self.at..)?;
        let start = self.at + rest.iter().position(|byte| !divides(byte))?;
        if self.bytes.get(start) != Some(&b'"') {
            let rest = self.bytes.get(start..)?;
            self.at =
                start + rest.iter().position(|byte| divides(byte) || *byte == b'"').unwrap_or(rest.len());
            return Some(JsonToken { span: start..self.at, is_string: false });
        }
        let mut end = start + 1;
        while let Some(byte) = self.bytes.get(end).filter(|byte| **byte != b'"') {
            end += if *byte == b'\\' { 2 } else { 1 };
        }
        let end = end.min(self.bytes.len());
        self.at = end + 1;
        Some(JsonToken { span: start + 1..end, is_string: true })
    }
}

impl JsonToken {
    /// The text of a stretch of the token, unescaped into `out`. False when the stretch is not within the token, or
    /// would tear an escape apart.
    #[must_use]
    pub fn piece(&self, text: &str, span: &Range<usize>, out: &mut String) -> bool {
        if !self.is_string || span.start < self.span.start || span.end > self.span.end {
            return false;
        }
        let (Some(before), Some(piece)) = (text.get(self.span.start..span.start), text.get(span.clone()))
        else {
            return false;
        };
        let quoted = format!("\"{piece}\"");
        let mut reader = Reader::over(&quoted, 0, 1);
        if ends_inside_escape(before.as_bytes())
            || reader.string_token().is_err()
            || reader.at() != quoted.len()
        {
            return false;
        }
        unescape(piece, out);
        true
    }

    /// Writes `text` as it stands inside a string.
    pub fn escape(text: &str, out: &mut String) {
        let mut token = Vec::with_capacity(text.len() + 2);
        quote(text, &mut token);
        let inside = token.get(1..token.len() - 1).unwrap_or_default();
        out.push_str(core::str::from_utf8(inside).unwrap_or_default());
    }
}

/// Whether the inside of a string breaks off in an escape: behind a backslash that is none itself, or among the digits of `\u`.
fn ends_inside_escape(text: &[u8]) -> bool {
    const LONGEST: usize = "\\u0000".len();
    (1..LONGEST).filter_map(|back| text.len().checked_sub(back)).any(|at| {
        let escapes =
            text.get(..=at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
        escapes % 2 == 1 && matches!(text.get(at + 1), None | Some(b'u'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the inside of a string, broken off at each of its bytes.
    /// Guarantees: it is inside an escape where the escape does not end before it.
    #[test]
    fn escapes_are_not_torn() {
        let text = br"ab\\u1\u0041c\n\\";
        let inside = [3, 7, 8, 9, 10, 11, 14, 16];
        for end in 0..=text.len() {
            assert_eq!(ends_inside_escape(&text[..end]), inside.contains(&end), "{end}");
        }
    }
}
