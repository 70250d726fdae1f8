//! Cookies in header lines: what stands behind `Cookie:` and `Set-Cookie:` (RFC 6265, section 4).
//!
//! Of one pair the value is found, of several all from the first value on: which cookie is a session is its server's
//! secret. A server's attributes (`Path`, `Max-Age`) stay.

use super::probe::Reach;
use super::{Detector, Probe, Site, Spec, is_placeholder, key_value};
use crate::Class;
use core::ops::Range;

pub(super) struct Cookie;

impl Detector for Cookie {
    fn spec(&self) -> Spec {
        Spec::new("cookie", Class::Credential, "Values of cookies in header lines")
            .finds(&[
                "Cookie: session=«9f86d081884c7d65»",
                "cookie: theme=«dark; sid=k3X9qW0r»",
                r#"{"Set-Cookie":"sid=«k3X9qW0r»; Path=/; HttpOnly"}"#,
                "-H 'Cookie: a=«1»' x",
            ])
            .passes_over(&[
                "cookie: none",
                "set-cookie: [credential]",
                "Cookie: session=***",
                "cookies=3",
                "cookie: missing header",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Key(&["cookie"])]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        probe.key_ends_with(at, &["cookie"])?;
        let value = key_value::value_start(probe, at);
        if probe.is_claimed(Reach::Header, value) {
            return None;
        }
        let quote = probe.before(value);
        let quote = if key_value::is_quote(quote) || quote == b'\'' { quote } else { 0 };
        let name = probe.run_end(value, 64, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$')
        });
        if probe.byte(name) != b'=' || name == value {
            return None;
        }
        let from = name + 1;
        let set = probe.key_ends_with(at, &["setcookie"]).is_some();
        let end = probe.run_end(from, usize::MAX, |byte| {
            byte >= b' '
                && byte != b'"'
                && byte != b'\\'
                && byte != b'\''
                && byte != b'|'
                && (quote == 0 || byte != quote)
                && !(set && byte == b';')
        });
        probe.claim(Reach::Header, &(value..end));
        // Where the line goes on with another key, the cookies end.
        let end = pairs_end(probe, from, end);
        (!is_placeholder(probe.slice(from..end)) && from < end).then_some(from..end)
    }
}

/// One past the pairs: a space that follows no semicolon ends them.
fn pairs_end(probe: &Probe<'_>, from: usize, end: usize) -> usize {
    let text = probe.slice(from..end);
    probe.count(text.len());
    let space = text.iter().enumerate().position(|(place, byte)| {
        *byte == b' ' && place.checked_sub(1).and_then(|before| text.get(before)) != Some(&b';')
    });
    let end = from + space.unwrap_or(text.len());
    probe.run_start(end, 2, |byte| matches!(byte, b';' | b',')).max(from)
}
