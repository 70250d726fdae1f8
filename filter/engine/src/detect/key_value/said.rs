//! What stands between a name and its secret where validators, databases and programs print both: `'password': rejected value […]`,
//! `Key (token)=(…)`, `["password"]=> string(8) "…"`, `[password:protected] => …`.

use super::none::is_odd;
use crate::detect::Probe;
use core::ops::Range;

/// The value that is printed behind a name whose operator stands at a place, if something is said of it before.
#[inline(never)] // few values begin so
pub(super) fn printed(probe: &Probe<'_>, operator: usize, from: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 256;
    match probe.byte(from) {
        _ if probe.before(from) == b'[' && probe.ends_with_any_case(from, REJECTED) => {
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
        _ => behind_user(probe, operator, from),
    }
}

/// What Spring says before a value.
const REJECTED: &str = "rejected value [";

/// What PHP prints before a value, but its quote.
const TYPES: [&str; 3] = ["string(", "int(", "float("];

fn is_blank_in_dump(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r')
}

/// Where a value begins, or its quote, behind what PHP prints of it: `"App\User":private]=>`, a line break, `string(8) `.
#[inline(never)] // few values begin so
pub(super) fn dumped(probe: &Probe<'_>, operator: usize, from: usize) -> usize {
    let mut arrow = operator;
    if probe.byte(from) == b'r' && probe.starts_with(from, REJECTED) {
        return from + REJECTED.len();
    }
    if probe.byte(operator) == b':' {
        let class = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\' | b'"');
        let close = probe.reach(from, 64, class);
        let close = probe.reach(close, 1, |byte| byte == b':');
        let close = probe.reach(close, 9, |byte| byte.is_ascii_lowercase());
        let seen = ["private", "protected"].iter().any(|seen| probe.ends_with_any_case(close, seen));
        arrow = probe.reach(close + 1, 1, |byte| byte == b' ');
        if !seen || probe.byte(close) != b']' {
            return from;
        }
    }
    if !probe.starts_with(arrow, "=>") {
        return from;
    }
    let word = probe.reach(arrow + 2, 24, is_blank_in_dump);
    // In text that is escaped so are breaks.
    let word =
        if probe.starts_with(word, "\\n") { probe.reach(word + 2, 24, is_blank_in_dump) } else { word };
    // Of a list the first.
    let list = ["Array", "array("].iter().any(|list| probe.starts_with(word, list));
    let index = if list { probe.reach(word, 24, |byte| byte != b'[') } else { word };
    let listed = list && probe.starts_with(index, "[0]");
    let mark = |byte: u8| is_blank_in_dump(byte) || matches!(byte, b'=' | b'>');
    let word = if listed { probe.reach(index + "[0]".len(), 24, mark) } else { word };
    match TYPES.iter().find(|kind| probe.starts_with(word, kind)) {
        Some(&"string(") => probe.reach(word, 16, |byte| byte != b' ' && byte != b'"') + 1,
        Some(kind) => word + kind.len(),
        None if listed || arrow > operator => word,
        None => from,
    }
}

/// Where the name ends of a value that PHP prints at a place, or of one that was rejected.
#[inline(never)] // of few
pub(in crate::detect) fn dumped_name(probe: &Probe<'_>, at: usize) -> Option<usize> {
    if probe.ends_with_any_case(at, REJECTED) {
        return Some(
            probe.reach_back(at - REJECTED.len(), 4, |byte| matches!(byte, b' ' | b':' | b'\'' | b'"')),
        );
    }
    let marks = |byte: u8| matches!(byte, b'"' | b'\\' | b' ' | b')');
    let length = probe.reach_back(at, 5, marks);
    let digits = if length < at { probe.reach_back(length, 5, |byte| byte.is_ascii_digit()) } else { at };
    let kind = TYPES.iter().find(|kind| probe.ends_with_any_case(digits, kind));
    let typed = kind.map_or(at, |kind| digits - kind.len());
    let arrow = probe.reach_back(typed, 24, is_blank_in_dump);
    let close = probe.reach_back(arrow.checked_sub(2)?, 1, |byte| byte == b' ');
    if !probe.ends_with_any_case(arrow, "=>") || probe.before(close) != b']' {
        return None;
    }
    let mut end = close - 1;
    if let Some(seen) = [":private", ":protected"].iter().find(|seen| probe.ends_with_any_case(end, seen)) {
        end -= seen.len();
        let class = probe
            .reach_back(end, 64, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\' | b'"'));
        end = if probe.before(class) == b':' { class - 1 } else { end };
    }
    Some(probe.reach_back(end, 4, |byte| matches!(byte, b'"' | b'\\')))
}

/// The password of a pair behind the name of its user: `creds: ann / …`.
fn behind_user(probe: &Probe<'_>, operator: usize, from: usize) -> Option<Range<usize>> {
    let user = probe
        .reach(from, 48, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@'));
    if user == from || !probe.starts_with(user, " / ") {
        return None;
    }
    const PAIRS: &[&str] = &[
        "creds",
        "credentials",
        "zugangsdaten",
        "credenciales",
        "credenziali",
        "credenciais",
        "identifiants",
    ];
    probe.key_ends_with(operator, PAIRS)?;
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
