//! References in a Collector's configuration: `${env:NAME}`, `${env:NAME:-default}`, `${file:path}`.
//!
//! What they hold is known on the host alone. A default stands for its reference; any other reference becomes
//! [`UNKNOWN`], which no file can hold itself, so that a rule sees which part of a text it cannot judge.

/// Stands in an expanded text for what is not known here.
pub(super) const UNKNOWN: char = '\0';

/// References in one text that are followed; the Collector has a bound as well.
const MAX_REFERENCES: usize = 100;

/// Whether a text refers to anything outside of the file.
pub(super) fn refers(text: &str) -> bool {
    innermost(text).is_some()
}

/// Whether a text is one reference without a default and nothing else, so that nothing of the value stands in the file.
/// `${yaml:…}` refers to what stands in its own braces.
pub(super) fn is_reference(text: &str) -> bool {
    refers(text) && !text.contains("${yaml:") && expand(text) == UNKNOWN.to_string()
}

/// A text with its defaults put in. Innermost first, as the Collector does it.
pub(super) fn expand(text: &str) -> String {
    let mut out = text.to_owned();
    for _ in 0..MAX_REFERENCES {
        let Some((open, close)) = innermost(&out) else { return out.replace("$$", "$") };
        let inner = out.get(open + 2..close).unwrap_or_default();
        let default = inner.strip_prefix("env:").and_then(|rest| rest.split_once(":-")).map(|(_, text)| text);
        let value = default.map_or_else(|| UNKNOWN.to_string(), str::to_owned);
        out.replace_range(open..=close, &value);
    }
    UNKNOWN.to_string()
}

/// Where the first reference without another one inside begins, and where its brace closes. One pass over the text.
fn innermost(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let close = rest.find('}')?;
        let open = rest.get(..close).and_then(|before| before.rfind("${"));
        // `$${` is a dollar and a brace.
        let dollars = |open: usize| rest.bytes().take(open).rev().take_while(|byte| *byte == b'$').count();
        match open {
            Some(open) if dollars(open) % 2 == 0 => return Some((from + open, from + close)),
            _ => from += close + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: references alone, with defaults, nested, escaped and in the middle of text.
    /// Guarantees: defaults are put in, everything else is unknown, and an escape is text.
    #[test]
    fn defaults_are_judged_and_the_rest_is_unknown() {
        for (text, expanded) in [
            ("https://a", "https://a"),
            ("${env:X}", "\0"),
            ("${X}", "\0"),
            ("${file:/etc/x}", "\0"),
            ("${env:X:-http://a:1}", "http://a:1"),
            ("https://${env:H:-a}:${env:P}", "https://a:\0"),
            ("${env:X:-${env:Y:-b}}", "b"),
            ("${env:X:-${env:Y}}", "\0"),
            ("$${env:X}", "${env:X}"),
            ("a}b${env:X}", "a}b\0"),
            ("${env:X", "${env:X"),
        ] {
            assert_eq!(expand(text), expanded, "{text}");
        }
        assert!(is_reference("${env:X}") && !is_reference("a${env:X}") && !is_reference("${env:X:-a}"));
        assert!(!is_reference("${yaml:plain}"));
        assert!(!is_reference("plain") && !refers("$${env:X}"));
    }
}
