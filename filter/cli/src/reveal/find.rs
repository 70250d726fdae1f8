//! Finds sealed texts and tokens in a text, and puts values in their places.

use frostglass_keys::{SealInfo, TokenInfo, is_tokenized};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Where texts stand that a key opens: seals and reversible tokens.
pub(super) fn openable(text: &str) -> Vec<Range<usize>> {
    runs(text, |text| SealInfo::of_shape(text).is_some() || is_tokenized(text))
}

/// Where texts stand that have the shape of a token.
pub(super) fn tokens(text: &str) -> Vec<Range<usize>> {
    runs(text, |text| TokenInfo::of_shape(text).is_some())
}

/// Longest runs of the letters of seals and tokens, if they are one.
fn runs(text: &str, is_one: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        let inside = matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        match (inside, from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                if text.get(start..at).is_some_and(&is_one) {
                    found.push(start..at);
                }
                from = None;
            }
            _ => {}
        }
    }
    found
}

/// The distinct texts at places.
pub(super) fn distinct<'t>(text: &'t str, places: &[Range<usize>]) -> BTreeSet<&'t str> {
    places.iter().filter_map(|place| text.get(place.clone())).collect()
}

/// The text with values in the places of what was opened; what was not stays.
pub(super) fn filled(
    text: &str,
    places: &[Range<usize>],
    values: &BTreeMap<&str, zeroize::Zeroizing<String>>,
) -> zeroize::Zeroizing<String> {
    let json = text.trim_start().starts_with(['{', '[']);
    let mut out = zeroize::Zeroizing::new(String::with_capacity(text.len()));
    let mut at = 0;
    for place in places {
        let Some(value) = text.get(place.clone()).and_then(|found| values.get(found)) else { continue };
        out.push_str(text.get(at..place.start).unwrap_or_default());
        if json {
            let quoted = zeroize::Zeroizing::new(serde_json::to_string(value.as_str()).unwrap_or_default());
            // A seal stands inside a string, whose quotes are there.
            out.push_str(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default());
        } else {
            // A value cannot end a line or draw on a terminal.
            out.push_str(&crate::screen::printable(value));
        }
        at = place.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: values with quotes and line ends, put into JSON and into plain text.
    /// Guarantees: JSON stays JSON with the very value; a line of text stays a line; what was not opened stays.
    #[test]
    fn values_fit_where_they_stand() {
        let value = "say \"hi\"\nann";
        let values = BTreeMap::from([("abc", zeroize::Zeroizing::new(value.to_owned()))]);
        let place = |text: &str| text.find("abc").map(|at| at..at + 3).into_iter().collect::<Vec<_>>();
        let json = r#"{"who":"abc","other":"abd"}"#;
        let read: serde_json::Value = serde_json::from_str(&filled(json, &place(json), &values)).unwrap();
        assert_eq!(read, serde_json::json!({"who": value, "other": "abd"}));
        let line = "user abc failed";
        assert_eq!(*filled(line, &place(line), &values), "user say \"hi\"\\nann failed");
    }
}
