//! Cookies in header lines: what stands behind `Cookie:` and `Set-Cookie:` (RFC 6265, section 4).
//!
//! Which cookie is a session is its server's secret. So all values are found but those that are plainly none: a word or a
//! small number under a name that says nothing of sessions. A server's attributes (`Path`, `Max-Age`) stay.

use super::list::List;
use super::probe::Reach;
use super::{Detector, Probe, Site, Spec, is_listed, is_placeholder, key_value, tokens};
use crate::Class;
use core::ops::Range;

/// How cookies are called that keep somebody logged in: of Laravel, WordPress, Rails.
const REMEMBERED: &[&str] =
    &["remember_web_", "remember_admin_", "wordpress_logged_in_", "wordpress_sec_", "remember_user_token"];

pub(super) struct Cookie;

impl Detector for Cookie {
    fn spec(&self) -> Spec {
        Spec::new("cookie", Class::Credential, "Values of cookies in header lines")
            .finds(&[
                "<x v=\"Cookie: sid=«abc123def456»&quot; n=1\">",
                "Cookie: session=«9f86d081884c7d65»",
                "cookie: theme=dark; sid=«k3X9qW0r»; lang=en",
                "cookie: sid=«k3X9qW0r»; theme=dark; basket=«77aXb1»",
                r#"{"Set-Cookie":"sid=«k3X9qW0r»; Path=/; HttpOnly"}"#,
                "-H 'Cookie: a=«1f»' x",
                r#"map[Authorization:[x] Cookie:[sid=«abc123def456»; theme=dark]] {"Cookie":["sid=«abc123def456»"]}"#,
                "set-cookie remember_web_a04aab51=«k3X9qW0r7MzT2a8Hv5»; path=/; remember_web_0f3a9c61d72b=«k3X9qW0r7MzT2a8Hv5»",
                r#"{"name":"Cookie","value":"sid=«k3X9qW0r»"},{"name":"x","value":"a=k3X9qW0r"}"#,
            ])
            .passes_over(&[
                "cookie: none",
                "set-cookie: [credential]",
                "Cookie: session=***",
                "map[Cookie:[sid=[credential]; theme=dark]] Cookie:[sid=[credential]] Cookie:[]",
                "Cookie: sid=[credential]; uid=[direct-id]; theme=dark",
                "cookies=3",
                "cookie: missing header",
                "Cookie: ARRAffinity=5912ed37f2b8b9a7234592b9929dbc95; AWSALB=k3X9qW0r7MzT",
                "set-cookie consent_banner=accepted-for-all-parts remember_web_guard=session cookie settings_page_v2=on",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Key(&["cookie", "value"]), Site::After(&["cookie"]), Site::Prefix(REMEMBERED)]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.byte(at).is_ascii_alphanumeric() {
            return alone(probe, at);
        }
        // The name of a header may stand in a pair of its own.
        let name = key_value::named_before(probe, at).unwrap_or(at);
        probe.key_ends_with(name, &["cookie"])?;
        let value = key_value::value_start(probe, at);
        // The first of several, as maps of headers print them: `{"Cookie":["a=b"]}`, `Cookie:[a=b; c=d]`.
        let value = match probe.byte(value) {
            b'[' => probe.reach(value + 1, 3, |byte| matches!(byte, b'"' | b'\\')),
            _ => value,
        };
        if probe.is_claimed(Reach::Header, value) {
            return None;
        }
        let quote = probe.before(value);
        let quote = if key_value::is_quote(quote) || quote == b'\'' { quote } else { 0 };
        let pair = probe.reach(value, 64, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$')
        });
        if probe.byte(pair) != b'=' || pair == value {
            return None;
        }
        let from = pair + 1;
        let set = probe.key_ends_with(name, &["setcookie"]).is_some();
        let end = probe.run_end(from, usize::MAX, |byte| {
            byte >= b' '
                && byte != b'"'
                && byte != b'\\'
                && byte != b'\''
                && !is_outside(byte)
                && (quote == 0 || byte != quote)
                && !(set && byte == b';')
        });
        probe.claim(Reach::Header, &(value..end));
        // Where the line goes on with another key, the cookies end.
        let end = unbracketed(probe, value, pairs_end(probe, from, end));
        let found = secret(probe, value, end)?;
        // Attributes follow a cookie that is set.
        if !set {
            probe.note(List::again());
        }
        Some(found)
    }

    fn next(&self, probe: &Probe<'_>, _: List, end: usize) -> Option<Range<usize>> {
        let mut at = end;
        while probe.byte(at) == b';' {
            let name = probe.reach(at + 1, 2, |byte| byte == b' ');
            let part = |byte: u8| byte > b' ' && !b"\"\\';".contains(&byte) && !is_outside(byte);
            at = probe.reach(name, usize::MAX, part);
            let end = unbracketed(probe, name, probe.reach_back(at, 1, |byte| byte == b',').max(name));
            if let Some(value) = secret(probe, name, end) {
                probe.note(List::again());
                return Some(value);
            }
        }
        None
    }
}

/// Ids by which analytics tell browsers apart: `_ga=GA1.2.…`, `_fbp=fb.1.…`. No secrets.
pub(super) struct Visitor;

/// How those begin, of Google and of Meta.
const VISITORS: &[&str] = &["GA1.", "GS1.", "fb.0.", "fb.1.", "fb.2."];

impl Detector for Visitor {
    fn spec(&self) -> Spec {
        Spec::new("visitor-id", Class::OnlineId, "Ids of browsers in cookies of analytics")
            .sure(90)
            .finds(&[
                "Cookie: _ga=«GA1.2.1234567890.1600000000»; theme=dark; _fbp=«fb.1.1596403881668.1116446470»",
                "_gid=«GA1.2.987654321.1600000000», _ga_ABC=«GS1.1.1600000000.3.1.1600000300.0»",
            ])
            .passes_over(&["version GA1.2.3.4", "fb.1.shop.example.org", "GA1.2.12345678901234567890"])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Prefix(VISITORS)]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let end = at + visitor_end(probe.slice(at..(at + 64).min(probe.len())))?;
        let joined = probe.before(at).is_ascii_alphanumeric() || matches!(probe.before(at), b'.' | b'-');
        (!joined).then_some(at..end)
    }
}

/// One past such an id that a text begins with: numbers with dots between, of which two are long.
fn visitor_end(text: &[u8]) -> Option<usize> {
    let head = VISITORS.iter().find(|head| text.starts_with(head.as_bytes()))?.len();
    let number = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    let end = head + text.get(head..)?.iter().take_while(number).count();
    let end = if text.get(end - 1) == Some(&b'.') { end - 1 } else { end };
    let long =
        text.get(head..end)?.split(|byte| *byte == b'.').filter(|number| (8..=13).contains(&number.len()));
    (long.count() >= 2 && !text.get(end).is_some_and(u8::is_ascii_alphanumeric)).then_some(end)
}

/// The value of a cookie that is spoken of without the colon of a header, or whose name tells what it is: `set-cookie remember_web_…=`.
fn alone(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let name = probe.reach(at, 96, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let from = name + 1;
    let end = probe.reach(from, 2048, |byte| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'-' | b'.' | b'%' | b'+' | b'/' | b'=' | b'|' | b'~')
    });
    let value = probe.slice(from..end);
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    (probe.byte(name) == b'='
        && letters > 4
        && value.len() >= 16
        && end < from + 2048
        && tokens::is_random(value))
    .then_some(from..end)
}

/// One past text, less the brackets at its end that close what was opened before it.
fn unbracketed(probe: &Probe<'_>, start: usize, mut end: usize) -> usize {
    let count = |end: usize, mark: u8| probe.slice(start..end).iter().filter(|byte| **byte == mark).count();
    while end > start && probe.before(end) == b']' && count(end, b']') > count(end, b'[') {
        end -= 1;
    }
    end
}

/// What ends cookies wherever they are read, so that a second hop reads as far as the first: what quotes code, or is markup.
const fn is_outside(byte: u8) -> bool {
    matches!(byte, b'|' | b'`' | b'<' | b'>')
}

/// The first value that may be a secret, of the pairs between two places. Others may follow.
fn secret(probe: &Probe<'_>, start: usize, end: usize) -> Option<Range<usize>> {
    let mut at = start;
    while at < end {
        let pair = probe.reach(at, end - at, |byte| byte != b';');
        // Where markup holds it, its quote is escaped.
        let marked = probe.ends_with_any_case(pair, "&quot");
        let last = if marked { pair - "&quot".len() } else { pair };
        let name = probe.reach(at, last.saturating_sub(at), |byte| byte != b'=');
        let value = (name + 1).min(last)..last;
        if !value.is_empty() && !is_plain(probe.slice(at..name), probe.slice(value.clone())) {
            return Some(value);
        }
        if marked {
            return None;
        }
        at = probe.reach(pair + 1, 2, |byte| byte == b' ');
    }
    None
}

/// Whether a cookie is plainly no secret.
fn is_plain(name: &[u8], value: &[u8]) -> bool {
    const SESSIONS: &[&[u8]] =
        &[b"id", b"sess", b"tok", b"auth", b"jwt", b"key", b"csrf", b"xsrf", b"user", b"pass"];
    let named =
        || SESSIONS.iter().any(|word| name.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word)));
    let word = || value.len() <= 16 && value.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-');
    let number = || value.len() <= 4 && value.iter().all(u8::is_ascii_digit);
    // How a page is shown, and which of several servers answers.
    const BALANCED: &str = " tz timezone lang language locale country currency theme sidebar consent region arraffinity arraffinitysamesite awsalb awsalbcors awsalbtg awsalbtgcors gclb serverid ";
    is_placeholder(value)
        || value.len() == 1
        || visitor_end(value).is_some()
        || is_listed(name, BALANCED)
        || (word() || number()) && !named()
}

/// One past the pairs: a space that follows no semicolon ends them.
fn pairs_end(probe: &Probe<'_>, from: usize, end: usize) -> usize {
    let text = probe.slice(from..end);
    probe.count(text.len());
    let space = text.iter().enumerate().position(|(place, byte)| {
        *byte == b' ' && place.checked_sub(1).and_then(|before| text.get(before)) != Some(&b';')
    });
    let end = from + space.unwrap_or(text.len());
    probe.reach_back(end, 2, |byte| matches!(byte, b';' | b',')).max(from)
}
