//! Summarize: the type, a length class and the kinds of characters stand for the value, as in `text(9-16):a9-`.
//!
//! Enough to see that a field was empty, cut off or of an unusual shape, and nothing of what it said. Its own output is
//! known by its grammar and stays. A raw value that happens to read like a summary stays too; there are a few thousand
//! summaries in all, so it says no more than one.

use super::{Apply, Context, Example, Spec, Treated, Treatment, render};
use frostglass_formats::Value;
use std::fmt::Write;

pub(super) static SPEC: Spec = Spec {
    name: "summarize",
    sentence: "Type, length class and kinds of characters stand for the value: A, a letters, 9 digits, x letters and digits \
               beyond ASCII, _ space, - signs, ? control characters.",
    keyed: false,
    joins: false,
    once_only: false,
    examples: &[
        Example::new(r#""summarize""#, "Ann Miller", "text(9-16):Aa_"),
        Example::new(r#""summarize""#, "order-4711", "text(9-16):a9-"),
        Example::new(r#""summarize""#, "Zoë", "text(3-4):Aax"),
        Example::new(r#""summarize""#, "", "text(0)"),
        Example::new(r#""summarize""#, "text(0)", "text(0)"),
    ],
};

/// Kinds of characters in the order in which they are written.
const KINDS: [char; 7] = ['A', 'a', '9', 'x', '_', '-', '?'];

/// Puts a summary in place of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summarize;

impl Treatment for Summarize {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, _: &Context<'_>) -> Box<dyn Apply> {
        Box::new(*self)
    }
}

impl Apply for Summarize {
    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        match value {
            Value::Text(text) if is_summary(text) => return Treated::Keep,
            Value::Text(text) => describe("text", text, out),
            Value::Int(_) | Value::Double(_) => {
                let mut digits = String::new();
                render::push(value, &mut digits);
                describe(if matches!(value, Value::Int(_)) { "int" } else { "double" }, &digits, out);
            }
            // The length would tell which of the two it is.
            Value::Bool(_) => out.push_str("bool"),
            Value::Bytes(bytes) => push_length("bytes", bytes.len(), out),
        }
        Treated::Text
    }
}

fn describe(kind: &str, text: &str, out: &mut String) {
    let (mut length, mut seen) = (0, [false; KINDS.len()]);
    for c in text.chars() {
        length += 1;
        let index = match c {
            'A'..='Z' => 0,
            'a'..='z' => 1,
            '0'..='9' => 2,
            _ if c.is_alphanumeric() => 3,
            _ if c.is_whitespace() => 4,
            _ if c.is_control() => 6,
            _ => 5,
        };
        if let Some(slot) = seen.get_mut(index) {
            *slot = true;
        }
    }
    push_length(kind, length, out);
    if length > 0 {
        out.push(':');
        out.extend(KINDS.iter().zip(seen).filter(|(_, seen)| *seen).map(|(kind, _)| kind));
    }
}

/// Appends `kind(9-16)`: lengths between two powers of two are one class.
fn push_length(kind: &str, length: usize, out: &mut String) {
    // Writing to a `String` cannot fail.
    let _ = match length.checked_next_power_of_two() {
        Some(high) if length > 2 => write!(out, "{kind}({}-{high})", high / 2 + 1),
        Some(_) => write!(out, "{kind}({length})"),
        None => write!(out, "{kind}({}+)", usize::MAX / 2 + 1),
    };
}

fn is_summary(text: &str) -> bool {
    let Some((kind, rest)) = text.split_once('(') else { return text == "bool" };
    let Some((lengths, kinds)) = rest.split_once(')') else { return false };
    let shape_is_known = match (kind, kinds.strip_prefix(':')) {
        ("bytes", None) => kinds.is_empty(),
        ("text", None) => kinds.is_empty() && lengths == "0",
        ("text" | "int" | "double", Some(kinds)) => lengths != "0" && are_kinds(kinds),
        _ => false,
    };
    // Written again and compared, so that made-up classes and leading zeros are no summaries.
    let longest = lengths.rsplit_once('-').map_or(lengths, |(_, high)| high);
    shape_is_known
        && longest.parse().is_ok_and(|length| {
            let mut again = String::new();
            push_length(kind, length, &mut again);
            again.strip_prefix(kind).and_then(|again| again.strip_prefix('(')) == rest.get(..=lengths.len())
        })
}

/// Some kinds, each once and in order.
fn are_kinds(kinds: &str) -> bool {
    let mut order = KINDS.iter();
    !kinds.is_empty() && kinds.chars().all(|c| order.any(|known| *known == c))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: raw values dressed up as summaries.
    /// Guarantees: only what this treatment writes is taken for its output.
    #[test]
    fn only_summaries_read_as_such() {
        for summary in
            ["bool", "bytes(0)", "bytes(17-32)", "text(0)", "text(1):A", "text(2):A9", "int(3-4):9-"]
        {
            assert!(is_summary(summary), "{summary}");
        }
        for raw in [
            "",
            "text",
            "text(",
            "text(5-8)",
            "text(5-8):",
            "text(5-7):a",
            "text(05-8):a",
            "text(5-8):aA",
            "text(5-8):ann",
            "text(3):a",
            "text(0):a",
            "text(1)",
            "bytes(1):a",
            "bytes(3-4) ",
            "ann(1):a",
            "text(+1):a",
            "text(-1):a",
        ] {
            assert!(!is_summary(raw), "{raw}");
        }
    }
}
