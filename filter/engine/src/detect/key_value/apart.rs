//! Names of secrets that stand in a pair or tag of their own, before the `value` that they name or behind it.

use super::extent::{is_quote, value_start};
use super::words::ALL;
use crate::detect::{Probe, is_listed};

/// Where the name ends that a pair of its own gives to the `value` before an operator: before it, or behind if that one is secret.
pub(super) fn named_apart(probe: &Probe<'_>, operator: usize) -> Option<usize> {
    let before = named_before(probe, operator);
    let secret = |name: &usize| probe.key_ends_with(*name, ALL).is_some();
    match before.filter(secret) {
        None => named_behind(probe, operator).filter(secret).or(before),
        before => before,
    }
}

/// Where the name ends that a pair of its own gives to the `value` before an operator: `name: DB_PASSWORD, value: …`. It is the
/// word right before, but for the tag that closes it: `<name>DB_PASSWORD</name><value>…`.
#[inline(never)] // asked in several places
pub(in crate::detect) fn named_before(probe: &Probe<'_>, operator: usize) -> Option<usize> {
    let (_, key) = probe.key_ends_with(operator, &["value", "default"])?;
    let divides = |byte: u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'}' | b']' | b'=');
    let mut end = probe.reach_back(key, 24, divides);
    if probe.byte(end) == b'>' {
        let tag = probe.reach_back(end, 16, |byte| byte.is_ascii_alphabetic());
        end = if probe.before(tag) == b'/' { probe.reach_back(tag, 2, divides) } else { end };
    }
    (end < key || probe.byte(key).is_ascii_uppercase()).then_some(end)
}

/// The same where the name stands behind the value: `{"value": "…", "name": "DB_PASSWORD"}`.
fn named_behind(probe: &Probe<'_>, operator: usize) -> Option<usize> {
    const NAMES: &str = " name key ";
    probe.key_ends_with(operator, &["value"])?;
    let from = value_start(probe, operator);
    let quote = probe.before(from);
    let end = probe.run_end(from, 256, |byte| {
        if is_quote(quote) {
            byte != quote && byte != b'\n'
        } else {
            byte > b' ' && !matches!(byte, b',' | b'}')
        }
    });
    let divides = |byte: u8| matches!(byte, b' ' | b'"' | b'\'' | b',' | b'\n' | b'\r' | b'\\');
    let key = probe.reach(end, 24, divides);
    let key_end = probe.reach(key, 5, |byte| byte.is_ascii_alphabetic());
    let operator = probe.reach(key_end, 4, divides);
    if end == from || key == end || !is_listed(probe.slice(key..key_end), NAMES) {
        return None;
    }
    let name = matches!(probe.byte(operator), b':' | b'=').then(|| value_start(probe, operator))?;
    Some(
        probe.reach(name, 64, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/')
        }),
    )
}
