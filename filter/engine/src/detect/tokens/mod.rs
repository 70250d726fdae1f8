//! Credentials of services by their published shapes: one row each, and nothing else to add.
//!
//! A row says how such a credential begins, what it is made of, how long it is, and where that is written down. A prefix
//! costs a bit in the bitmap of the pass, so rows are free until a word begins like one of them. Check sums that some of
//! them carry are not asked for: a mistyped token is nearly a secret. What begins like a credential and goes on in
//! ordinary words is none; where the beginning says little, the rest must look drawn at random. Credentials without a
//! shape of their own are found by the name before them ([`key_value`](super::key_value)). Which services there are stands in
//! [`table`].

mod table;

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;
use std::borrow::Cow;
pub(super) use table::TOKENS;

/// What a credential is made of, behind its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Hex digits.
    Hex,
    /// Digits, letters of one case.
    Lower,
    Upper,
    /// Letters and digits.
    Alnum,
    /// And `-`.
    Dash,
    /// And `_`.
    Word,
    /// And `-`, `_`, `=` (base64url).
    Url,
    /// And `-`, `_`, `=`, `.`.
    Dotted,
    /// And `+`, `/`, `=`, `-`, `_`.
    Base64,
    /// And all that [`Self::Base64`] and [`Self::Dotted`] hold.
    Authress,
    /// And `-`, `%`.
    Percent,
    /// And `$`, `_`.
    Dollar,
    /// And `-`, `_`, `:`.
    Fcm,
    /// And `!`, `-`, `.`, `_`.
    Bang,
    /// Eight, four, four, four, twelve letters and digits with dashes.
    Uuid,
    /// The rest of a path.
    Path,
    /// The rest of a path and its query.
    Query,
}

impl Body {
    const fn holds(self, byte: u8) -> bool {
        let more: &[u8] = match self {
            Self::Hex => return byte.is_ascii_hexdigit(),
            Self::Lower => return byte.is_ascii_digit() || byte.is_ascii_lowercase(),
            Self::Upper => return byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            Self::Uuid => b"-",
            Self::Alnum => b"",
            Self::Dash => b"-",
            Self::Word => b"_",
            // Published patterns count padding in, and it stands inside where parts are joined.
            Self::Url => b"-_=",
            Self::Dotted => b"-_.=",
            Self::Base64 => b"+/=-_",
            Self::Authress => b"+/=-_.",
            Self::Percent => b"-%",
            Self::Dollar => b"$_",
            Self::Fcm => b"-_:",
            Self::Bang => b"!-._",
            Self::Path => b"-_./@~%",
            Self::Query => b"-_./@~%?=&",
        };
        let mut at = 0;
        while at < more.len() {
            if more[at] == byte {
                return true;
            }
            at += 1;
        }
        byte.is_ascii_alphanumeric()
    }

    /// For people: the class as a pattern has it.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Hex => "[0-9a-f]",
            Self::Lower => "[0-9a-z]",
            Self::Upper => "[0-9A-Z]",
            Self::Alnum => "[0-9A-Za-z]",
            Self::Dash => "[0-9A-Za-z-]",
            Self::Word => "[0-9A-Za-z_]",
            Self::Url => "[0-9A-Za-z_=-]",
            Self::Dotted => "[0-9A-Za-z_.=-]",
            Self::Base64 => "[0-9A-Za-z+/=_-]",
            Self::Authress => "[0-9A-Za-z+/=_.-]",
            Self::Percent => "[0-9A-Za-z%-]",
            Self::Dollar => "[0-9A-Za-z$_]",
            Self::Fcm => "[0-9A-Za-z_:-]",
            Self::Bang => "[0-9A-Za-z!._-]",
            Self::Uuid => "[0-9A-Za-z-]",
            Self::Path => "[0-9A-Za-z_./@~%-]",
            Self::Query => "[0-9A-Za-z_./@~%?=&-]",
        }
    }
}

/// One kind of credential: a row of [`TOKENS`].
#[derive(Debug)]
pub(super) struct Token {
    pub(super) name: &'static str,
    pub(super) service: &'static str,
    /// Where the shape is published.
    pub(super) source: &'static str,
    sites: [Site; 1],
    pub(super) body: Body,
    least: u16,
    most: u16,
    /// The body holds digits and looks drawn at random: its prefix says little.
    random: bool,
    /// How many dots the body has, if it has a fixed number.
    dots: Option<u8>,
    /// The body holds a colon.
    colon: bool,
    /// How many letters and digits, and then a dot, stand before the prefix.
    lead: u8,
    /// Eight to ten digits and a colon stand before the prefix.
    numbered: bool,
    /// Only what is behind the prefix is secret: the prefix is an address.
    behind: bool,
    /// One of these stands in the body.
    marks: &'static [&'static str],
    /// One of these words stands near.
    near: &'static [&'static str],
}

const fn token(
    name: &'static str,
    service: &'static str,
    prefixes: &'static [&'static str],
    body: Body,
    least: u16,
    most: u16,
    source: &'static str,
) -> Token {
    Token {
        name,
        service,
        source,
        sites: [if prefixes.is_empty() { Site::OpaqueRun } else { Site::Prefix(prefixes) }],
        body,
        least,
        most,
        random: false,
        dots: None,
        colon: false,
        lead: 0,
        numbered: false,
        behind: false,
        marks: &[],
        near: &[],
    }
}

impl Token {
    const fn digits(mut self) -> Self {
        self.random = true;
        self
    }

    const fn dots(mut self, dots: u8) -> Self {
        self.dots = Some(dots);
        self
    }

    const fn colon(mut self) -> Self {
        self.colon = true;
        self
    }

    const fn lead(mut self, letters: u8) -> Self {
        self.lead = letters;
        self
    }

    const fn bot(mut self) -> Self {
        self.numbered = true;
        self
    }

    const fn behind(mut self) -> Self {
        self.behind = true;
        self
    }

    const fn marked(mut self, marks: &'static [&'static str]) -> Self {
        self.marks = marks;
        self
    }

    const fn near(mut self, words: &'static [&'static str]) -> Self {
        self.near = words;
        self
    }

    fn prefixes(&self) -> &'static [&'static str] {
        match self.sites {
            [Site::Prefix(prefixes)] => prefixes,
            _ => &[],
        }
    }

    /// For people: prefixes, what follows them, how long it is.
    pub(super) fn shape(&self) -> String {
        let prefixes = self.prefixes();
        let mut shape = match prefixes {
            [] => String::new(),
            [first] => format!("{first} + "),
            [first, .., last] if prefixes.len() > 12 => format!("{first} to {last} + "),
            _ => format!("({}) + ", prefixes.join(" ")),
        };
        if self.lead > 0 {
            shape = format!("{} letters and digits, {shape}", self.lead);
        }
        if self.numbered {
            shape = format!("a number, : and {shape}");
        }
        let length = if self.least == self.most {
            self.least.to_string()
        } else {
            format!("{} to {}", self.least, self.most)
        };
        shape.push_str(&format!("{length} {}", self.body.words()));
        match self.dots {
            Some(1) => shape.push_str(", one dot"),
            Some(dots) => shape.push_str(&format!(", {dots} dots")),
            None => {}
        }
        if !self.marks.is_empty() {
            shape.push_str(&format!(" with {}", self.marks.join(" or ")));
        }
        if !self.near.is_empty() {
            shape.push_str(&format!(" near {}", self.near.join(", ")));
        }
        shape
    }
}

impl Detector for Token {
    fn spec(&self) -> Spec {
        Spec {
            name: Cow::Borrowed(self.name),
            class: Class::Credential,
            sentence: Cow::Borrowed(self.service),
            confidence: if self.near.is_empty() && !self.random { 95 } else { 85 },
            packs: &["credentials"],
            finds: &[],
            passes_over: &[],
        }
    }

    fn sites(&self) -> &[Site] {
        &self.sites
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let prefixes = self.prefixes();
        let mut body = at;
        if !prefixes.is_empty() {
            body += prefixes.iter().find(|prefix| probe.starts_with(at, prefix))?.len();
        }
        let most = usize::from(self.most);
        let end = probe.run_end(body, most + 1, |byte| self.body.holds(byte));
        // Punctuation of the sentence around, but for what the credential is too short without.
        let sentence = end - trailing(probe.slice(body..end));
        let end = sentence.max((body + usize::from(self.least)).min(end));
        let length = end - body;
        if length < usize::from(self.least) || length > most || probe.byte(end).is_ascii_alphanumeric() {
            return None;
        }
        let text = probe.slice(body..end);
        let count = |wanted: u8| text.iter().filter(|byte| **byte == wanted).count();
        let looks = match self.body {
            // Behind a prefix its groups tell it, whatever letters they are drawn from.
            Body::Uuid => is_grouped(text, u8::is_ascii_alphanumeric) && is_opaque(text),
            // One word is seldom of just that length behind just that beginning.
            Body::Hex | Body::Lower | Body::Upper | Body::Alnum
                if self.least == self.most && self.least >= 16 && !self.random =>
            {
                true
            }
            _ if self.random => is_random(text),
            _ => is_opaque(text),
        };
        // A placeholder: `AKIAXXXXXXXXXXXXXXXX`.
        if text.windows(2).all(|pair| matches!(pair, [a, b] if a == b)) {
            return probe.refuse("one letter again and again stands for a credential");
        }
        let marked = |mark: &&str| text.windows(mark.len()).any(|window| window == mark.as_bytes());
        if !looks
            || self.dots.is_some_and(|dots| count(b'.') != usize::from(dots))
            || self.colon && count(b':') == 0
            || !self.marks.is_empty() && !self.marks.iter().any(marked)
        {
            return probe.refuse("made of ordinary words, or not of the parts that such a credential has");
        }
        let mut start = if self.behind { body } else { at };
        // The number of an account, before what nobody else knows.
        let number = probe.reach(start, 20, |byte| byte.is_ascii_digit());
        if self.behind && number > start && number + 6 < end && probe.byte(number) == b'/' {
            start = number + 1;
        }
        if self.lead > 0 {
            let first = probe.run_start(at.checked_sub(1)?, usize::from(self.lead) + 1, |byte| {
                byte.is_ascii_alphanumeric()
            });
            if probe.before(at) != b'.' || at - 1 - first != usize::from(self.lead) {
                return None;
            }
            start = first;
        }
        if self.numbered {
            let first = probe.run_start(at.checked_sub(1)?, 11, |byte| byte.is_ascii_digit());
            if probe.before(at) != b':' || !(8..=10).contains(&(at - 1 - first)) {
                return None;
            }
            start = first;
        }
        if !self.near.is_empty() && !probe.near(&(start..end), self.near) {
            return probe.refuse("nothing near names the service");
        }
        Some(start..end)
    }
}

/// How many bytes at the end are punctuation.
fn trailing(text: &[u8]) -> usize {
    text.iter()
        .rev()
        .take_while(|byte| matches!(byte, b'.' | b'-' | b'_' | b':' | b'/' | b'&' | b'?'))
        .count()
}

/// Whether text is neither made of words nor filled in: a digit, or letters of both cases.
fn is_opaque(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
        || text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase)
}

/// Whether text changes between capitals, small letters and digits as often as drawn letters do and words do not.
pub(super) fn is_random(text: &[u8]) -> bool {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        _ => 3,
    };
    let changes = text.windows(2).filter(|pair| matches!(pair, [a, b] if kind(*a) != kind(*b))).count();
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let mixed = text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase);
    let share = if mixed { 3 } else { 7 };
    // Without digits only letters of both cases tell, if there are enough of them.
    (digits >= 2 || mixed && text.len() >= 16) && digits < text.len() && changes * share >= text.len()
}

/// Whether text is a UUID.
pub(super) fn is_uuid(text: &[u8]) -> bool {
    is_grouped(text, u8::is_ascii_hexdigit)
}

/// Whether text is grouped like a UUID.
fn is_grouped(text: &[u8], belongs: impl Fn(&u8) -> bool) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => belongs(byte),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{FieldContext, Hits, Scanner};

    /// Letters and digits that look drawn, of the alphabet of a body.
    fn drawn(body: Body, length: usize) -> String {
        let letters: &[u8] = match body {
            Body::Hex => b"3f0a9c61d72be485",
            Body::Lower => b"k3x9q0w7mz2r8t5a",
            Body::Upper => b"K3X9Q0W7MZ2R8T5A",
            _ => b"k3X9qW0r7MzT2a8Hv5",
        };
        (0..length).map(|at| char::from(letters[(at * 7 + at / 11) % letters.len()])).collect()
    }

    /// A credential as a row describes it.
    fn example(token: &Token, prefix: &str, length: usize) -> String {
        let mut body = match token.body {
            Body::Uuid => "3f0a9c61-d72b-4e85-9b1c-0a7e5d2f8c46".to_owned(),
            body => drawn(body, length),
        };
        if let Some(mark) = token.marks.first() {
            body.replace_range(20..20 + mark.len(), mark);
        }
        for dot in 0..token.dots.unwrap_or(0) {
            let place = 14 + usize::from(dot) * 9;
            body.replace_range(place..=place, ".");
        }
        if token.colon {
            body.replace_range(11..12, ":");
        }
        let lead = drawn(Body::Alnum, usize::from(token.lead));
        let lead = if lead.is_empty() { lead } else { format!("{lead}.") };
        let number = if token.numbered { "123456789:" } else { "" };
        format!("{number}{lead}{prefix}{body}")
    }

    /// Scenario: for each row and each of its prefixes, the shortest and the longest credential, in different company; one that
    /// is too short; and the prefix before ordinary words.
    /// Guarantees: exactly the first are found, whole; where the prefix is an address, what is behind it.
    #[test]
    fn rows_tell_the_truth() {
        for token in TOKENS {
            let scanner = Scanner::with(vec![token]).unwrap();
            let find = |text: &str| {
                let mut hits = Hits::new();
                scanner.find(text, FieldContext::default(), &mut hits);
                hits.iter().map(|hit| text[hit.start..hit.end].to_owned()).collect::<Vec<_>>()
            };
            let address = if token.behind { "https://" } else { "(" };
            let near = token.near.first().copied().unwrap_or("use");
            let prefixes = token.prefixes();
            for prefix in if prefixes.is_empty() { &[""] } else { prefixes } {
                for length in [token.least, token.most] {
                    let secret = example(token, prefix, usize::from(length));
                    let expected = if token.behind { &secret[prefix.len()..] } else { &secret[..] };
                    for (before, after) in [("", ""), (" ", "."), ("=", "\n"), ("\"", "\","), (address, ")")]
                    {
                        let text = format!(
                            "{near}{}{before}{secret}{after}",
                            if before.is_empty() { " " } else { "" }
                        );
                        assert_eq!(find(&text), [expected], "{}: {text}", token.name);
                    }
                }
                let short = example(token, prefix, 64.max(usize::from(token.least)));
                let cut = short.len() - (64.max(usize::from(token.least)) - usize::from(token.least)) - 1;
                assert_eq!(find(&format!("{near} {}", &short[..cut])), [""; 0], "{}", token.name);
                let words = format!("{near} {prefix}{} ", "configuration_of_the_handler_".repeat(3));
                assert_eq!(find(&words), [""; 0], "{}: {words}", token.name);
            }
        }
    }

    /// Scenario: the table as a whole.
    /// Guarantees: at least 150 services, each with a source; no name stands twice.
    #[test]
    fn the_table_is_broad_and_sourced() {
        let services: std::collections::HashSet<&str> = TOKENS.iter().map(|token| token.service).collect();
        assert!(services.len() >= 150, "{}", services.len());
        let names: std::collections::HashSet<&str> = TOKENS.iter().map(|token| token.name).collect();
        assert_eq!(names.len(), TOKENS.len());
        assert!(TOKENS.iter().all(|token| token.source.starts_with("https://")));
    }
}
