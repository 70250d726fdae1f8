//! Finds sealed texts and tokens in a text, and puts values in their places.

use frostglass_keys::{SealInfo, TokenInfo, is_tokenized};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Where texts stand that a key opens: seals and reversible tokens.
pub(crate) fn openable(text: &str) -> Vec<Range<usize>> {
    runs(text, |text| SealInfo::of_shape(text).is_some() || is_tokenized(text))
}

/// Where texts stand that have the shape of a token.
pub(crate) fn tokens(text: &str) -> Vec<Range<usize>> {
    runs(text, |text| TokenInfo::of_shape(text).is_some())
}

/// Longest runs of the letters of seals and tokens, if they are one, from their beginning or from behind an escape: in
/// `\nsealed_…` and `%20sealed_…`, the escape ends in letters that a seal may have too.
fn runs(text: &str, is_one: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        let inside = matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        match (inside, from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                // What an escape takes is not the token's: `\nu_…` is a line end and `u_…`.
                let starts =
                    (start + 1..at.min(start + LONGEST_ESCAPE)).filter(|&at| ends_in_escape(text, at));
                let mut starts = starts.chain([start]);
                found.extend(
                    starts.find(|&from| text.get(from..at).is_some_and(&is_one)).map(|from| from..at),
                );
                from = None;
            }
            _ => {}
        }
    }
    found
}

/// Bytes of `\u0020`.
const LONGEST_ESCAPE: usize = 6;

/// Whether an escape of JSON or of an address ends at a place.
fn ends_in_escape(text: &str, at: usize) -> bool {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let all_hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match before {
        [.., b'\\', b'n' | b't' | b'r' | b'b' | b'f'] => true,
        [.., b'%', a, b] if all_hex(&[*a, *b]) => true,
        [.., b'\\', b'u', a, b, c, d] => all_hex(&[*a, *b, *c, *d]),
        _ => false,
    }
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

    /// Scenario: something to find behind each kind of escape, in the middle of words, and behind what only looks like one.
    /// Guarantees: found where it begins; what an escape takes is not taken for a part of it.
    #[test]
    fn escapes_end_before_what_follows() {
        let found = |text: &str| {
            let places = runs(text, |text| text.ends_with("_x1") && text.len() < 6);
            places.into_iter().map(|place| text[place].to_owned()).collect::<Vec<_>>()
        };
        for before in [
            "", "\\n", "\\r\\n", "\\t", "\\b", "\\f", "\\u0020", "\\u00E9", "\\u000a", "%20", "%0A", "%a0",
            "%A0", "=", "A",
        ] {
            assert_eq!(found(&format!("\"user:{before}ab_x1\"")), ["ab_x1"], "{before}");
        }
        // Six letters and more are too long for this shape.
        assert_eq!(found("nab_x1 20ab_x1 u0020ab_x1"), Vec::<String>::new());
    }

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
