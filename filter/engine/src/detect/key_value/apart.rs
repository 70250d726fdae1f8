//! Names of secrets that stand in a pair or tag of their own, before the `value` that they name or behind it.

use super::extent::{is_quote, value_start};
use super::told::for_name;
use super::words::{APART, STRONG, VALUES};
use crate::detect::{Probe, is_listed};
use core::ops::Range;

/// Where the name ends that a pair of its own gives to the `value` before an operator: before it, or behind if that one is secret.
pub(super) fn named_apart(probe: &Probe<'_>, operator: usize) -> Option<usize> {
    let before = named_before(probe, operator);
    let secret =
        |name: &usize| probe.key_ends_with(*name, STRONG).or(probe.key_ends_with(*name, APART)).is_some();
    match before.filter(secret) {
        None => named_beside(probe, operator, &mut |name| secret(name))
            .or_else(|| on_line_before(probe, operator))
            .or(before),
        before => before,
    }
}

/// Where any name ends that another pair of the same object, or the line before, gives to the `value` before an operator.
#[inline(never)] // of few
pub(in crate::detect) fn named_elsewhere(probe: &Probe<'_>, operator: usize) -> Option<usize> {
    on_line_before(probe, operator)
        .or_else(|| named_beside(probe, operator, &mut |_| true))
        .or_else(|| named_before(probe, operator))
}

/// Shows where each name ends that may be the one of the `value` before an operator.
#[inline(never)] // of few
pub(in crate::detect) fn each_name(probe: &Probe<'_>, operator: usize, show: &mut dyn FnMut(usize)) {
    let before = named_before(probe, operator);
    before.into_iter().chain(on_line_before(probe, operator)).for_each(&mut *show);
    named_beside(probe, operator, &mut |name| {
        if before != Some(*name) {
            show(*name);
        }
        false
    });
}

/// Where the name ends that a pair of its own gives to the `value` before an operator: `name: DB_PASSWORD, value: …`. It is the
/// word right before, but for the tag that closes it: `<name>DB_PASSWORD</name><value>…`.
#[inline(never)] // asked in several places
pub(in crate::detect) fn named_before(probe: &Probe<'_>, operator: usize) -> Option<usize> {
    let (_, key) = probe.key_ends_with(operator, VALUES)?;
    let divides = |byte: u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'}' | b']' | b'=');
    let mut end = probe.reach_back(key, 24, divides);
    if probe.byte(end) == b'>' {
        let tag = probe.reach_back(end, 16, |byte| byte.is_ascii_alphabetic());
        end = if probe.before(tag) == b'/' { probe.reach_back(tag, 2, divides) } else { end };
    }
    (end < key || probe.byte(key).is_ascii_uppercase()).then_some(end)
}

/// The same where a validator of Python names a field on one line and says what is wrong with its value on the next.
fn on_line_before(probe: &Probe<'_>, operator: usize) -> Option<usize> {
    if !probe.ends_with_any_case(operator, "input_value") {
        return None;
    }
    let line = probe.reach_back(operator, 160, |byte| byte != b'\n');
    let text = probe.slice(line..operator);
    probe.count(text.len());
    // An escaped break, or one.
    let broken = memchr::memmem::rfind(text, b"\\n").map(|place| line + place);
    broken.or_else(|| line.checked_sub(1).filter(|end| probe.byte(*end) == b'\n'))
}

/// The same where another pair of the same object has the name: `{"value": "…", "type": "x", "name": "DB_PASSWORD"}`, `SET value = '…'
/// WHERE name = 'smtp_password'`, `"path":["password"],"received":"…"`.
#[inline(never)] // few values have no name right before them
fn named_beside(probe: &Probe<'_>, operator: usize, secret: &mut dyn FnMut(&usize) -> bool) -> Option<usize> {
    const FAR: usize = 160;
    let (_, key) = probe.key_ends_with(operator, VALUES)?;
    let inside = |byte: u8| !matches!(byte, b'{' | b'}' | b'<' | b'>' | b'\n');
    let from = value_start(probe, operator);
    let quote = probe.before(from);
    let end = if is_quote(quote) && probe.byte(operator) != b' ' {
        probe.run_end(from, 256, |byte| byte != quote && byte != b'\n')
    } else {
        probe.reach(from, 256, |byte| byte > b' ' && !matches!(byte, b',' | b'}' | b'&'))
    };
    let behind = end..probe.reach(end, FAR, inside);
    let before = probe.reach_back(key, FAR, inside)..key;
    if end == from {
        return None;
    }
    if is_quote(quote)
        && let Some(name) = for_name(probe, end)
    {
        return Some(name);
    }
    [before, behind].into_iter().find_map(|span| name_in(probe, span, &mut *secret))
}

/// Where a name of a secret ends that a pair within a span calls one.
fn name_in(probe: &Probe<'_>, span: Range<usize>, secret: &mut dyn FnMut(&usize) -> bool) -> Option<usize> {
    const NAMES: &str =
        " name key path loc param parameterkey field property label option variable setting type kind ";
    let text = probe.slice(span.clone());
    probe.count(text.len());
    let operators = text.iter().enumerate().filter(|(_, byte)| matches!(byte, b':' | b'='));
    operators.map(|(place, _)| span.start + place).find_map(|operator| {
        let divides = |byte: u8| matches!(byte, b' ' | b'"' | b'\'' | b'\\');
        let key_end = probe.reach_back(operator, 4, divides);
        let key = probe.reach_back(key_end, 16, |byte| byte.is_ascii_alphabetic());
        if !is_listed(probe.slice(key..key_end), NAMES) {
            return None;
        }
        let list = probe.byte(operator + 1) == b'[';
        let name = if list { operator + 2 } else { value_start(probe, operator) };
        let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
        let end = if list {
            // Its last member is what the path leads to.
            let end = probe.reach(name, 64, |byte| byte != b']' && byte != b'\n');
            probe.reach_back(end, 4, divides)
        } else {
            probe.reach(name, 64, part)
        };
        Some(end).filter(|end| *end <= span.end + 1).filter(&mut *secret)
    })
}
