//! Finds sealed texts and tokens in a text, and puts values in their places.

use super::layers;
use frostglass_keys::{Prefix, SealInfo, TokenInfo, is_tokenized};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv6Addr;
use std::ops::Range;
use zeroize::Zeroizing;

/// Where texts stand that a key opens: seals and reversible tokens.
///
/// A prefix may have a `-`, and a `-` may stand before a token: of `order-u_…`, nothing but a key tells which it is. The place is
/// the longest text that could be one; [`readings`] has the others.
pub(crate) fn openable(text: &str) -> Vec<Range<usize>> {
    with_prefixes(text, |text| SealInfo::of_shape(text).is_some() || is_tokenized(text))
}

/// Where texts stand that have the shape of a token; see [`openable`] on prefixes.
pub(crate) fn tokens(text: &str) -> Vec<Range<usize>> {
    with_prefixes(text, |text| TokenInfo::of_shape(text).is_some())
}

/// What a text at a place may be: itself, and what follows each `-` of its prefix.
pub(crate) fn readings(text: &str) -> impl Iterator<Item = &str> {
    let prefix = text.split('_').next().unwrap_or_default();
    let behind = prefix.match_indices('-').filter_map(|(at, _)| text.get(at + 1..));
    std::iter::once(text).chain(behind)
}

fn with_prefixes(text: &str, is_one: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    runs(text, is_letter, |run| {
        let is_one = |from: &usize| text.get(*from..run.end).is_some_and(&is_one);
        let behind_escape = starts(text, &run).filter(|from| *from > run.start).find(is_one);
        behind_escape.or_else(|| prefix_starts(text, run.start).find(is_one)).map(|from| from..run.end)
    })
}

/// Where a token may begin whose last letters begin at `from`: there, and where words between dashes begin before it; the first ones
/// first. An escape ends what can belong to it, and so does the length of a prefix.
fn prefix_starts(text: &str, from: usize) -> impl Iterator<Item = usize> {
    let letter = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let before = text.as_bytes().get(..from).unwrap_or_default();
    let length = before.iter().rev().take_while(|byte| letter(byte)).take(Prefix::MAX + 1).count();
    let first = from - length;
    let first = (first..=from).rev().find(|at| ends_in_escape(text, *at)).unwrap_or(first);
    let begins = move |at: &usize| {
        let before = text.as_bytes().get(..*at).and_then(<[u8]>::last);
        *at == from || before.is_none_or(|byte| *byte == b'-' || !letter(byte)) || ends_in_escape(text, *at)
    };
    (first..=from).filter(begins)
}

/// Where addresses stand as `encrypt-ip` writes them: of IPv6, in the shortest form. Two groups of zeros and more are left out in
/// one of half a billion, three in one of 2^46, and then it looks like a word of a program, such as `a::b`.
pub(super) fn addresses(text: &str) -> Vec<Range<usize>> {
    let digit = |byte| matches!(byte, b'a'..=b'f' | b'0'..=b'9' | b':');
    runs(text, digit, |run| {
        starts(text, &run).find_map(|from| {
            let found = text.get(from..run.end).and_then(without_colons)?;
            Some(from + found.start..from + found.end)
        })
    })
}

/// The address, without a colon of the sentence around it.
fn without_colons(text: &str) -> Option<Range<usize>> {
    let (first, last) = (usize::from(text.starts_with(':')), text.len() - usize::from(text.ends_with(':')));
    [0..text.len(), first..text.len(), 0..last, first..last].into_iter().find(|part| {
        let part = text.get(part.clone()).unwrap_or_default();
        part.bytes().filter(|byte| *byte == b':').count() >= 6
            && part.parse::<Ipv6Addr>().is_ok_and(|address| address.to_string() == part)
    })
}

/// Letters of seals and tokens.
fn is_letter(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')
}

/// The place in each longest run of letters, if there is one.
fn runs(
    text: &str,
    is_letter: impl Fn(u8) -> bool,
    place: impl Fn(Range<usize>) -> Option<Range<usize>>,
) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        match (is_letter(byte), from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                found.extend(place(start..at));
                from = None;
            }
            _ => {}
        }
    }
    found
}

/// Where something may begin in a run of letters: behind an escape, whose last letters are not its own (`\nu_…` is a line end and
/// `u_…`, `%20sealed_…` a blank and a seal), or else where the run begins.
fn starts(text: &str, run: &Range<usize>) -> impl Iterator<Item = usize> {
    let start = run.start;
    let escapes = start + 1..run.end.min(start + LONGEST_ESCAPE);
    escapes.filter(|at| ends_in_escape(text, *at)).chain([start])
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

/// The text with values in the places of what was opened; every other byte stays. In JSON, a value is escaped as often as its place is
/// quoted; elsewhere it cannot end a line or draw on a terminal.
pub(super) fn filled(
    text: &str,
    places: &[Range<usize>],
    values: &BTreeMap<&str, Zeroizing<String>>,
) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut at = 0;
    for (place, depth) in places.iter().zip(layers::depths(text, places)) {
        let Some(value) = text.get(place.clone()).and_then(|found| values.get(found)) else { continue };
        out.push_str(text.get(at..place.start).unwrap_or_default());
        if depth == 0 {
            out.push_str(&Zeroizing::new(crate::screen::printable(value)));
        } else {
            let mut value = value.clone();
            for _ in 0..depth {
                let quoted = Zeroizing::new(serde_json::to_string(value.as_str()).unwrap_or_default());
                // The quotes are there.
                value = Zeroizing::new(
                    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned(),
                );
            }
            out.push_str(&value);
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
            let places = with_prefixes(text, |text| text.ends_with("_x1") && text.len() < 6);
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

    /// Scenario: tokens under prefixes with dashes, at the beginning, behind words, dashes and escapes, and before dashes.
    /// Guarantees: the longest text that could be the token is found, and the token is among its readings; what an escape takes and
    /// what is longer than a prefix stays outside.
    #[test]
    fn prefixes_may_have_dashes() {
        let body = "caaaaaaq4lwoywe4w7oaammnmppchsiu";
        for (before, prefix, after, longest) in [
            ("", "us-er", "", "us-er"),
            ("id=", "us-er", "&x", "us-er"),
            ("order-", "u", "-7", "order-u"),
            ("order-", "us-er", "-7", "order-us-er"),
            ("x-", "a-9", "", "x-a-9"),
            ("\\n", "us-er", "", "us-er"),
            ("\\nx-", "u", "", "x-u"),
            ("%20", "a-b", "", "a-b"),
            ("%2d", "u", "", "u"),
            ("a_", "b-c", "", "b-c"),
            ("a-long-beginning-", "u", "", "long-beginning-u"),
            ("a-longer-beginning-", "u", "", "beginning-u"),
            ("ÄB-", "u", "", "u"),
            ("--", "u", "", "u"),
            ("", "u-", ".", "u-"),
        ] {
            let text = format!("{before}{prefix}_{body}{after}");
            let found: Vec<&str> = tokens(&text).into_iter().map(|place| &text[place]).collect();
            assert_eq!(found, [format!("{longest}_{body}")], "{text}");
            assert!(readings(found[0]).any(|reading| reading == format!("{prefix}_{body}")), "{text}");
        }
    }

    /// Scenario: values with quotes and line ends, put into JSON, into JSON inside JSON, and into lines of text that begin as JSON does.
    /// Guarantees: JSON stays JSON with the very value, at any depth; a line of text stays a line; every other byte stays, escapes of
    /// other writers included.
    #[test]
    fn values_fit_where_they_stand() {
        let value = "say \"hi\"\nann\\";
        let values = BTreeMap::from([("abc", Zeroizing::new(value.to_owned()))]);
        let fill = |text: &str| {
            let places: Vec<_> = text.match_indices("abc").map(|(at, word)| at..at + word.len()).collect();
            filled(text, &places, &values).to_string()
        };
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let json = r#"{"who":"abc","other":"abd"}"#;
        assert_eq!(read(&fill(json)), serde_json::json!({"who": value, "other": "abd"}));
        let nested = serde_json::json!({"body": format!("got {}", serde_json::json!({"body": json}))});
        let nested = fill(&nested.to_string());
        let body = read(&nested)["body"].as_str().unwrap().to_owned();
        let inner = read(&body["got ".len()..])["body"].as_str().unwrap().to_owned();
        assert_eq!(read(&inner)["who"], value);
        let other = r#"{ "\u0061\/" : "\u00e9 abc" ,"n":1.0e+2 }"#;
        let quoted = serde_json::to_string(value).unwrap();
        assert_eq!(fill(other), other.replace("abc", quoted.trim_matches('"')));
        for line in ["user abc failed", "[2026-12-01 10:00] user abc {failed}", "{abc}"] {
            assert_eq!(fill(line), line.replace("abc", "say \"hi\"\\nann\\"), "{line}");
        }
    }

    /// Scenario: addresses in sentences, in JSON behind escapes, in brackets, and what only looks like one.
    /// Guarantees: found without what is around them.
    #[test]
    fn addresses_are_found_in_sentences() {
        let one = "d525:5657:e029:cae8:4695:ff78:c5e2:e6dd";
        for text in [
            one,
            &format!("from {one}: refused"),
            &format!("ip:{one},"),
            &format!("[{one}]:443"),
            &format!(r#""\b{one}""#),
            &format!("{one}/64"),
        ] {
            let found: Vec<&str> = addresses(text).into_iter().map(|place| &text[place]).collect();
            assert_eq!(found, [one], "{text}");
        }
        for text in [
            "10:15:00",
            "aa:bb:cc:dd:ee:ff",
            "a::b",
            "std::dead::beef",
            "2001:DB8::1",
            "dead",
            "00:11::",
            "203.0.113.77",
        ] {
            assert!(addresses(text).is_empty(), "{text}");
        }
    }
}
