//! SQL: literals go, the statement stays.
//!
//! Strings of every writing (`'…'`, `"…"` where a value stands, `E'…'`, `N'…'`, `q'[…]'`, `$tag$…$tag$`) and numbers become
//! `?`; names, keywords, placeholders and comments stay, and are scanned with the rest. What one dialect reads as a
//! literal and another as the statement cannot be told apart here, since nobody says which dialect it is. Promises:
//! where readings differ in what is inside a literal, nothing of the statement is let through.

use super::Walk;
use crate::order;

/// Why a statement cannot be read.
#[derive(Debug)]
struct Ambiguous;

/// Words that begin a statement, with a word that must follow somewhere for text of which nobody says that it is SQL.
const STATEMENTS: &[(&str, &str)] = &[
    ("select", "from"),
    ("insert", "into"),
    ("update", "set"),
    ("delete", "from"),
    ("with", "select"),
    ("merge", "into"),
    ("replace", "into"),
    ("create", "table"),
    ("alter", "table"),
    ("drop", "table"),
    ("call", "("),
    ("exec", "@"),
    ("execute", "@"),
    ("explain", "select"),
    ("declare", "@"),
    ("grant", "on"),
    ("truncate", "table"),
    ("set", "="),
    ("values", "("),
    ("upsert", "into"),
    ("begin", ";"),
    ("copy", "from"),
];

/// How far the second word of a statement is looked for.
const FAR: usize = 2048;

/// Whether a text clearly begins as SQL: a statement's word in one case, and its second word in the same.
pub(super) fn begins_sql(text: &str) -> bool {
    let text = text.trim_start();
    let word_end = text.bytes().take(10).take_while(u8::is_ascii_alphabetic).count();
    let word = text.get(..word_end).unwrap_or_default();
    let upper = word.bytes().all(|byte| byte.is_ascii_uppercase());
    if !upper && !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return false;
    }
    let Some((_, second)) = STATEMENTS.iter().find(|(first, _)| word.eq_ignore_ascii_case(first)) else {
        return false;
    };
    // Prose begins with these words, too: only a whole word of the same case counts, and lower case needs more.
    let mut head = text.len().min(FAR);
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    let head = text.get(word_end..head).unwrap_or_default();
    let follows = |second: &str| {
        let wanted = if upper { second.to_ascii_uppercase() } else { second.to_owned() };
        head.split(|letter: char| letter.is_whitespace() || letter == '(').any(|word| word == wanted)
    };
    match *second {
        "(" | "@" | "=" | ";" => false,
        second if upper => follows(second),
        second => follows(second) && head.contains(['=', '*', '(', ';', '\'']),
    }
}

/// Whether the text of a field that holds statements begins as one. Others (a command, a document) are read as text.
fn is_statement(text: &str) -> bool {
    let text =
        text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '(' || letter == ';');
    let word_end = text.bytes().take(10).take_while(u8::is_ascii_alphabetic).count();
    let word = text.get(..word_end).unwrap_or_default();
    text.starts_with("--")
        || text.starts_with("/*")
        || word.eq_ignore_ascii_case("set") && text.contains('=')
        || STATEMENTS.iter().any(|(first, _)| *first != "set" && word.eq_ignore_ascii_case(first))
}

impl Walk<'_, '_> {
    /// Walks the text of a field that holds statements.
    pub(super) fn statement(&mut self) {
        if is_statement(self.text) {
            self.sql();
        } else {
            self.anything();
        }
    }

    /// Walks a statement.
    pub(super) fn sql(&mut self) {
        let standard = literals(self.bytes, false);
        let chosen = match standard {
            Ok(standard) if !standard.escapes => Ok(standard),
            // A backslash before a quote: an escape in some dialects, the end of the string in others. The reading that
            // closes its strings is right, unless the statement was cut off: what is inside a string in either goes.
            standard => match (standard, literals(self.bytes, true)) {
                (Ok(Reading { open: true, .. }), Ok(escaped)) if !escaped.open => Ok(escaped),
                (Ok(standard), Ok(escaped)) if escaped.open => Ok(standard.or(escaped)),
                (Ok(standard), Err(Ambiguous)) if !standard.open => Ok(standard),
                (Err(Ambiguous), Ok(escaped)) if !escaped.open && escaped.escapes => Ok(escaped),
                _ => Err(Ambiguous),
            },
        };
        let Ok(Reading { spans, .. }) = chosen else {
            self.overflows = true;
            return;
        };
        self.in_statement = true;
        for (start, end) in spans {
            // Between literals, in comments above all, whatever shows itself is walked as anywhere.
            self.between(start);
            if self.overflows {
                return;
            }
            self.at = end;
            if self.bytes.get(start..end) != Some(b"?") {
                self.scratch.splice.replace(start, end, &[b"?"]);
            }
        }
        self.between(self.bytes.len());
    }

    /// Walks up to a literal, as if the text ended there: no structure reaches into one.
    fn between(&mut self, to: usize) {
        let (text, bytes) = (self.text, self.bytes);
        self.text = text.get(..to).unwrap_or_default();
        self.bytes = bytes.get(..to).unwrap_or_default();
        self.up_to(to);
        (self.text, self.bytes) = (text, bytes);
    }
}

/// One reading of a statement.
#[derive(Debug, Default)]
struct Reading {
    spans: Vec<(usize, usize)>,
    /// Whether a backslash stands before a quote where it may or may not escape it.
    escapes: bool,
    /// Whether the last string is not closed.
    open: bool,
}

impl Reading {
    /// What is a literal in one of two readings.
    fn or(mut self, other: Self) -> Self {
        self.spans.extend(other.spans);
        order::sort_by(&mut self.spans, Ord::cmp);
        self.spans.dedup_by(|next, kept| {
            let overlaps = next.0 < kept.1;
            if overlaps {
                kept.1 = kept.1.max(next.1);
            }
            overlaps
        });
        self
    }
}

fn literals(text: &[u8], backslashes: bool) -> Result<Reading, Ambiguous> {
    let mut reading = Reading::default();
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let mut at = 0;
    // What stands before: decides whether a double-quoted text is a name or a value.
    let mut value_next = false;
    let mut in_list = false;
    while at < text.len() {
        let here = byte(at);
        match here {
            b'\'' => {
                let start = prefix_start(text, at);
                let quoted = text.get(start..at).unwrap_or_default();
                let end = if quoted.eq_ignore_ascii_case(b"q") || quoted.eq_ignore_ascii_case(b"nq") {
                    oracle_end(text, at + 1)?
                } else {
                    let said = quoted.eq_ignore_ascii_case(b"e");
                    let doubtful = reading.escapes;
                    let end = string_end(text, at + 1, b'\'', backslashes || said, &mut reading);
                    // Where the statement says so itself, there is no doubt.
                    reading.escapes = doubtful || reading.escapes && !said;
                    end
                };
                // Words stand apart from strings. Where they do not, what seems to be inside one is outside, and the other
                // way round.
                if !stands_apart(text, start, end) {
                    return Err(Ambiguous);
                }
                reading.spans.push((start, end));
                at = end;
                value_next = false;
            }
            b'"' => {
                let end = string_end(text, at + 1, b'"', backslashes, &mut reading);
                let inside = text.get(at + 1..end.saturating_sub(1)).unwrap_or_default();
                // A name, or a label of ours that an earlier hop left.
                let is_plain = inside.iter().all(|byte| is_name(*byte) || b" $-.[]".contains(byte));
                if value_next || !is_plain || reading.open {
                    reading.spans.push((at, end));
                }
                at = end;
                value_next = false;
            }
            b'`' => {
                let rest = text.get(at + 1..).unwrap_or_default();
                at += 2 + rest.iter().position(|byte| *byte == b'`').ok_or(Ambiguous)?;
                value_next = false;
            }
            b'[' => {
                // A name in brackets, or an index. With a lone quote inside, what comes behind is anybody's guess.
                let inside = text.get(at + 1..).unwrap_or_default();
                let inside =
                    inside.iter().take(128).position(|byte| *byte == b']').and_then(|end| inside.get(..end));
                if inside.is_some_and(|inside| inside.iter().filter(|byte| **byte == b'\'').count() % 2 == 1)
                {
                    return Err(Ambiguous);
                }
                at += 1;
            }
            b'-' if byte(at + 1) == b'-' => {
                let end = line_end(text, at);
                let comment = text.get(at..end).unwrap_or_default();
                let surely = matches!(byte(at + 2), 0 | b' ' | b'\t' | b'\n' | b'-');
                if !surely && has_quote(comment) {
                    return Err(Ambiguous);
                }
                at = end;
            }
            b'#' if has_quote(text.get(at..line_end(text, at)).unwrap_or_default()) => {
                // A comment in one dialect, an operator in others.
                let before = text.get(..at).unwrap_or_default().trim_ascii_end();
                let operator = matches!(byte(at + 1), b'>' | b'-' | b'=') || byte(at.wrapping_sub(1)) == b'#';
                if !operator && !is_name(byte(at + 1)) || before.is_empty() {
                    return Err(Ambiguous);
                }
                if !operator {
                    // `#temp` is a table. A comment without a blank would read alike.
                    if text
                        .get(at..line_end(text, at))
                        .unwrap_or_default()
                        .iter()
                        .filter(|byte| **byte == b'\'')
                        .count()
                        % 2
                        == 1
                    {
                        return Err(Ambiguous);
                    }
                }
                at += 1;
            }
            b'/' if byte(at + 1) == b'*' => {
                let rest = text.get(at + 2..).unwrap_or_default();
                let end = memchr::memmem::find(rest, b"*/").ok_or(Ambiguous)?;
                // Some dialects nest comments.
                if memchr::memmem::find(rest.get(..end).unwrap_or_default(), b"/*").is_some() {
                    return Err(Ambiguous);
                }
                at += end + 4;
            }
            b'$' => {
                let tag = text.get(at + 1..).unwrap_or_default();
                let tag_len = tag.iter().take_while(|byte| is_name(**byte)).count();
                let numbered = tag.first().is_some_and(u8::is_ascii_digit);
                if tag.get(tag_len) == Some(&b'$') && !numbered && !is_name(byte(at.wrapping_sub(1))) {
                    let delimiter = text.get(at..at + tag_len + 2).unwrap_or_default();
                    let body = at + delimiter.len();
                    let found = memchr::memmem::find(text.get(body..).unwrap_or_default(), delimiter)
                        .ok_or(Ambiguous)?;
                    let end = body + found + delimiter.len();
                    reading.spans.push((at, end));
                    at = end;
                } else {
                    at += 1 + tag_len;
                }
                value_next = false;
            }
            b'0'..=b'9' => {
                let number = text.get(at..).unwrap_or_default();
                let len = number
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
                    .count();
                let signed = matches!(number.get(len - 1), Some(b'e' | b'E'))
                    && matches!(number.get(len), Some(b'+' | b'-'))
                    && number.get(len + 1).is_some_and(u8::is_ascii_digit);
                let len = if signed {
                    len + 1 + number.iter().skip(len + 1).take_while(|byte| byte.is_ascii_digit()).count()
                } else {
                    len
                };
                reading.spans.push((at, at + len));
                at += len;
                value_next = false;
            }
            // Placeholders by name or number.
            b':' | b'@' | b'?' if is_name(byte(at + 1)) => {
                at += 1 + text
                    .get(at + 1..)
                    .unwrap_or_default()
                    .iter()
                    .take_while(|byte| is_name(**byte))
                    .count();
                value_next = false;
            }
            _ if is_name(here) => {
                let len = text
                    .get(at..)
                    .unwrap_or_default()
                    .iter()
                    .take_while(|byte| is_name(**byte) || **byte == b'$')
                    .count();
                let word = text.get(at..at + len).unwrap_or_default();
                let is = |known: &str| word.eq_ignore_ascii_case(known.as_bytes());
                value_next = ["like", "ilike", "rlike", "regexp", "between", "then", "else", "against"]
                    .into_iter()
                    .any(is)
                    || value_next && ["and", "not", "binary"].into_iter().any(is);
                in_list = in_list
                    && !["select", "from", "on", "returning", "where", "set"].into_iter().any(is)
                    || ["values", "in", "value"].into_iter().any(is);
                at += len;
            }
            b'=' | b'<' | b'>' | b'!' | b'|' | b'+' | b'*' | b'%' => {
                value_next = true;
                at += 1;
            }
            b'?' => {
                value_next = false;
                at += 1;
            }
            b'(' | b',' => {
                value_next = in_list;
                at += 1;
            }
            b')' => {
                value_next = false;
                at += 1;
            }
            _ => at += 1,
        }
    }
    Ok(reading)
}

/// Whether a string has no word right before or behind it, but for those that say what it is.
fn stands_apart(text: &[u8], start: usize, end: usize) -> bool {
    const TYPES: &[&str] = &["date", "time", "timestamp", "interval"];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let before = text.get(..start).unwrap_or_default();
    let word = before.iter().rev().take(32).take_while(|byte| is_name(byte)).count();
    let word = before.get(before.len() - word..).unwrap_or_default();
    let typed = word.is_empty()
        || word.first() == Some(&b'_')
        || TYPES.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
    typed && !text.get(end).is_some_and(is_name)
}

/// One past a string whose inside begins at `from`; the end of the text when it is not closed, so that all of it goes.
fn string_end(text: &[u8], from: usize, quote: u8, backslashes: bool, reading: &mut Reading) -> usize {
    let mut at = from;
    while let Some(&byte) = text.get(at) {
        if byte == b'\\' {
            reading.escapes |= text.get(at + 1) == Some(&quote);
            at += if backslashes { 2 } else { 1 };
        } else if byte != quote {
            at += 1;
        } else if text.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    reading.open = true;
    text.len()
}

/// One past a string in Oracle's own quotes, whose delimiter is at `from`.
fn oracle_end(text: &[u8], from: usize) -> Result<usize, Ambiguous> {
    let close = match text.get(from).ok_or(Ambiguous)? {
        b'[' => b']',
        b'{' => b'}',
        b'(' => b')',
        b'<' => b'>',
        other => *other,
    };
    let rest = text.get(from + 1..).unwrap_or_default();
    let found = memchr::memmem::find(rest, &[close, b'\'']).ok_or(Ambiguous)?;
    Ok(from + 1 + found + 2)
}

/// Where a string that opens at `quote` begins, with the letters before it that say how it is written.
fn prefix_start(text: &[u8], quote: usize) -> usize {
    let before = text.get(..quote).unwrap_or_default();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    for prefix in [&b"nq"[..], b"u&", b"n", b"e", b"b", b"x", b"q"] {
        let Some(start) = quote.checked_sub(prefix.len()) else { continue };
        let matches = before.get(start..).is_some_and(|tail| tail.eq_ignore_ascii_case(prefix));
        if matches && !start.checked_sub(1).and_then(|at| text.get(at)).is_some_and(is_name) {
            return start;
        }
    }
    quote
}

fn line_end(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

fn has_quote(text: &[u8]) -> bool {
    memchr::memchr2(b'\'', b'"', text).is_some()
}
