//! What stands between a name and its secret where validators, databases and programs print both: `'password': rejected value […]`,
//! `Key (token)=(…)`, `["password"]=> string(8) "…"`.

use super::extent::{is_quote, quoted_end};
use super::none::is_odd;
use crate::detect::Probe;
use core::ops::Range;

/// The value that is printed behind a name whose operator stands at a place, if something is said of it before.
#[inline(never)] // few values begin so
pub(super) fn printed(probe: &Probe<'_>, operator: usize, from: usize) -> Option<Range<usize>> {
    const REJECTED: &str = "rejected value [";
    const LONGEST: usize = 256;
    match probe.byte(from) {
        // Spring.
        b'r' if probe.starts_with(from, REJECTED) => {
            let from = from + REJECTED.len();
            let end = probe.reach(from, LONGEST, |byte| byte != b'\n' && byte != b']');
            (probe.byte(end) == b']').then_some(from..end)
        }
        // PostgreSQL.
        b'(' if probe.before(operator) == b')' => {
            let open = probe.reach_back(operator - 1, 64, |byte| byte != b'(' && byte != b')');
            let end = probe.reach(from + 1, LONGEST, |byte| byte != b'\n' && byte != b')');
            // Of several columns the last is the one that its name stands at.
            let commas = |span: Range<usize>| probe.slice(span).iter().filter(|byte| **byte == b',').count();
            let columns = commas(open..operator);
            if columns != commas(from + 1..end) {
                return None;
            }
            let last = probe.reach_back(end, if columns > 0 { LONGEST } else { 0 }, |byte| byte != b',');
            let from = if columns > 0 { probe.reach(last, 1, |byte| byte == b' ') } else { from + 1 };
            let key = open.checked_sub(1).is_some_and(|open| probe.ends_with_any_case(open, "key "));
            (key && probe.byte(end) == b')').then_some(from..end)
        }
        // PHP says how long it is.
        b'\n' | b'\\' | b's' => {
            let blank = |byte: u8| matches!(byte, b' ' | b'\n' | b'\\' | b'n');
            let word = probe.reach(from, 24, blank);
            let length = word + "string(".len();
            let close = probe.reach(length, 5, |byte| byte.is_ascii_digit());
            let quote = probe.reach(close + 2, 4, |byte| byte == b'\\');
            let told = probe.starts_with(word, "string(") && probe.starts_with(close, ") ");
            (told && is_quote(probe.byte(quote))).then(|| quote + 1..quoted_end(probe, quote + 1))
        }
        _ => behind_user(probe, operator, from),
    }
}

/// The password of a pair behind the name of its user: `creds: ann / …`.
fn behind_user(probe: &Probe<'_>, operator: usize, from: usize) -> Option<Range<usize>> {
    let user = probe
        .reach(from, 48, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@'));
    if user == from || !probe.starts_with(user, " / ") {
        return None;
    }
    probe.key_ends_with(operator, &["creds", "credentials"])?;
    let from = user + " / ".len();
    let end =
        probe.reach(from, 128, |byte| byte > b' ' && !matches!(byte, b',' | b';' | b'"' | b'\'' | b')'));
    is_odd(probe.slice(from..end)).then_some(from..end)
}

/// The word in base64 that a client of mail answers with, behind the server's question: `334 UGFzc3dvcmQ6`, `C: …`.
#[inline(never)] // once in a while
pub(super) fn answered(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let line = probe.reach(at, 48, |byte| !matches!(byte, b'\n' | b'\\'));
    let next = probe.reach(line, 4, |byte| matches!(byte, b'\r' | b'\n' | b'\\' | b'n'));
    let last = probe.reach(next, 160, |byte| !matches!(byte, b'\n' | b'\r' | b'\\' | b'"'));
    let start = probe
        .reach_back(last, 128, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    let value = probe.slice(start..last);
    (next > line && start >= next && value.len() >= 4 && value.len().is_multiple_of(4)).then_some(start..last)
}

/// What follows in one word behind a line that says so: `use the following password …:`, an empty line, the password.
#[inline(never)] // likewise
pub(super) fn on_next_line(probe: &Probe<'_>, from: usize) -> Option<Range<usize>> {
    let colon = probe.reach(from, 96, |byte| !matches!(byte, b':' | b'\n' | b'\\' | b'.' | b','));
    let mut at = colon + 1;
    let mut lines = 0;
    // A break may be written as an escape.
    loop {
        at = probe.reach(at, 8, |byte| byte == b' ');
        match (probe.byte(at), probe.byte(at + 1)) {
            (b'\n', _) => at += 1,
            (b'\\', b'n' | b'r') => at += 2,
            (b'\r', _) => {
                at += 1;
                continue;
            }
            _ => break,
        }
        lines += 1;
        if lines > 3 {
            return None;
        }
    }
    let end = probe.reach(at, 128, |byte| byte > b' ' && !matches!(byte, b'\\' | b'"'));
    let ends = matches!(probe.byte(end), b'\n' | b'\r' | b'\\' | b'"' | 0);
    (probe.byte(colon) == b':' && lines > 0 && end >= at + 8 && ends).then_some(at..end)
}
