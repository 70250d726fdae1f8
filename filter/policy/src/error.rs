//! What is wrong with a policy text, for the person who wrote it.
//!
//! One line a finding: file, line, column, path, what is wrong, what to do. Words of the policy appear in it, for a policy
//! is no payload, but none that looks like a value that somebody pasted. Places are shortened and stripped of control characters,
//! so that a line stays a line. Which words look so the detectors know, and they are the engine's: it hands a function over.

use crate::node::Place;
use frostglass_formats::order;
use std::fmt;
use std::sync::OnceLock;

/// One thing that is wrong with a policy text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Name of the text: usually its file.
    pub file: String,
    /// Where in the text.
    pub place: Place,
    /// Where in the policy: `catalog.user.id.class`. Empty for the text as a whole.
    pub path: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it. Empty if `what` says it all.
    pub hint: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.place.line > 0 {
            write!(f, ":{}:{}", self.place.line, self.place.column)?;
        }
        f.write_str(": ")?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.what)?;
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        Ok(())
    }
}

/// Everything that was found wrong with a policy text. `Display` prints one line each, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    findings: Vec<Finding>,
}

/// Findings beyond this number are counted, not listed.
const MAX_FINDINGS: usize = 100;

impl PolicyError {
    /// An error from its findings, sorted by place.
    #[must_use]
    pub fn new(mut findings: Vec<Finding>) -> Self {
        order::sort_by(&mut findings, |a, b| {
            (&a.file, a.place, &a.path, &a.what).cmp(&(&b.file, b.place, &b.path, &b.what))
        });
        Self { findings }
    }

    /// `Ok` when there is nothing to complain about.
    pub fn check(findings: Vec<Finding>) -> Result<(), Self> {
        if findings.is_empty() { Ok(()) } else { Err(Self::new(findings)) }
    }

    /// The findings in the order of the text.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().take(MAX_FINDINGS).enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        match self.findings.len().checked_sub(MAX_FINDINGS) {
            Some(more) if more > 0 => write!(f, "\n… and {more} more"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for PolicyError {}

/// Whether a text holds a value that an error must not repeat.
pub type HoldsValue = fn(&str) -> bool;

/// For all of a program, because the types of a policy complain from inside serde, which passes nothing along.
static HOLDS_VALUE: OnceLock<HoldsValue> = OnceLock::new();

/// Says what tells a word from a value that somebody pasted. Until then errors repeat no word; the first answer stays, for a
/// program has one set of detectors. Reading a text does it, too.
pub fn judge_words(holds_value: HoldsValue) {
    let _ = HOLDS_VALUE.set(holds_value); // refused when it is set already
}

/// Bytes of the longest word that an error repeats.
const LONGEST_QUOTED: usize = 24;

/// A word of the policy as it may stand in an error: in backticks if it looks like a word, and else with its length alone, for
/// people paste keys and passwords where a word belongs, and errors go into logs that more people read than the policy.
#[must_use]
pub fn quoted(word: &str) -> String {
    if is_plain(word) { printable(word) } else { format!("this word ({} bytes)", word.len()) }
}

/// Whether an error may repeat a word.
pub(crate) fn is_plain(word: &str) -> bool {
    let in_words = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/' | '@' | '*');
    word.len() <= LONGEST_QUOTED
        && word.chars().all(in_words)
        && HOLDS_VALUE.get().is_some_and(|holds_value| !holds_value(word))
}

/// What is no word of the policy, or names a place in it: in backticks, shortened, without control characters.
pub(crate) fn printable(word: &str) -> String {
    let mut out = String::from('`');
    push_printable(&mut out, word);
    out.push('`');
    out
}

/// Appends at most sixty characters of `word`, control characters and invisible marks as escapes.
pub(crate) fn push_printable(out: &mut String, word: &str) {
    const MAX_CHARS: usize = 60;
    for (index, c) in word.chars().enumerate() {
        if index == MAX_CHARS {
            out.push('…');
            return;
        }
        // Bidirectional marks could make a line on a terminal read as another one.
        let invisible = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || invisible {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
}

/// What to say about a word that is not among the known ones: the complaint, and a near word or the list.
///
/// `noun` says what was expected (`class`). The list is given only while it is short.
#[must_use]
pub fn unknown(noun: &str, word: &str, known: &[&str]) -> (String, String) {
    let hint = match suggest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() || known.len() > 16 => String::new(),
        None => {
            let list: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
            format!("known: {}", list.join(", "))
        }
    };
    let colon = if is_plain(word) { "" } else { ":" };
    (format!("unknown {noun}{colon} {}", quoted(word)), hint)
}

/// The known word that a misspelled one most likely means, if any is near.
#[must_use]
pub fn suggest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    // A third of the word may be wrong; a word this long was never a slip of the finger.
    let length = word.chars().count();
    if length > 64 {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let bound = (length / 3).clamp(1, 3);
    known
        .iter()
        .map(|known| (distance(&lower, known), *known))
        .filter(|(distance, known)| *distance <= bound && *distance < known.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Edits between two words: insertion, removal, replacement, exchange of neighbors (optimal string alignment distance;
/// Damerau 1964).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let width = b.len() + 1;
    let mut before_last: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    let mut previous = None;
    for (row, ca) in a.chars().enumerate() {
        let mut current = Vec::with_capacity(width);
        current.push(row + 1);
        for (column, cb) in b.iter().enumerate() {
            let cell = |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = cell(&last, column) + usize::from(ca != *cb);
            best = best.min(cell(&last, column + 1) + 1).min(cell(&current, column) + 1);
            let crossed =
                column.checked_sub(1).filter(|&left| previous == Some(*cb) && b.get(left) == Some(&ca));
            if let Some(left) = crossed {
                best = best.min(cell(&before_last, left) + 1);
            }
            current.push(best);
        }
        previous = Some(ca);
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

pub(crate) fn word_path(word: &str) -> String {
    printable(word).trim_matches('`').to_owned()
}

/// A path as errors print it, from its steps; steps of digits are numbers of list items.
pub(crate) fn joined<'a>(steps: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for step in steps {
        // A selector may consist of digits, but then it stands in `catalog`, which is no list.
        if !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) && !out.starts_with("catalog") {
            out.push('[');
            out.push_str(step);
            out.push(']');
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(&word_path(step));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: words with one slip, with a wrong case, and words that are simply others.
    /// Guarantees: a slip finds its word; another word finds none.
    #[test]
    fn suggestions_are_near() {
        let known = ["direct-id", "online-id", "suppress", "mask", "keep"];
        assert_eq!(suggest("drect-id", &known), Some("direct-id"));
        assert_eq!(suggest("dierct-id", &known), Some("direct-id"));
        assert_eq!(suggest("Supress", &known), Some("suppress"));
        assert_eq!(suggest("maks", &known), Some("mask"));
        assert_eq!(suggest("payment", &known), None);
        assert_eq!(suggest("x", &known), None);
        assert_eq!(suggest(&"a".repeat(5000), &known), None);
    }

    /// Scenario: a policy word holds a line break, an escape sequence and more text than a line takes.
    /// Guarantees: an error stays one short printable line.
    #[test]
    fn words_cannot_break_a_line() {
        let word = printable("a\nb\u{1b}[2J\u{202e}c");
        assert_eq!(word, "`a\\u{a}b\\u{1b}[2J\\u{202e}c`");
        assert_eq!(printable(&"x".repeat(200)).chars().count(), 63);
    }
}
