//! Secrets that are several behind one name: which lists are of secrets, and which of their elements are one. How a list is gone through
//! stands in [`List`].

use super::extent::{is_quote, value_start};
use super::is_label_key;
use super::none::{is_none, is_prose};
use super::words::{STRONG, WEAK};
use crate::detect::list::List;
use crate::detect::{Probe, sites, tokens};
use core::ops::Range;

/// What is known of the key of a list: its name means a secret whatever it looks like, and several of them.
const STRONG_LIST: u8 = 1;
const PLURAL_LIST: u8 = 2;

/// The list behind a name of secrets, and its first element.
#[inline(never)] // few values begin so
pub(super) fn list(probe: &Probe<'_>, operator: usize) -> Option<(List, Range<usize>)> {
    let from = value_start(probe, operator);
    if !List::may_open(probe.byte(from)) || is_quote(probe.before(from)) {
        return None;
    }
    let named = |end: usize| match probe.key_ends_with(end, STRONG) {
        Some((_, name)) => Some((STRONG_LIST, name)),
        None => probe.key_ends_with(end, WEAK).map(|(_, name)| (0, name)),
    };
    let end = probe.reach_back(operator, 4, sites::between_key_and_operator);
    let several = || {
        let one = end.checked_sub(1).filter(|_| matches!(probe.before(end), b's' | b'S'))?;
        named(one).map(|(key, name)| (key | PLURAL_LIST, name))
    };
    let (key, name) = named(operator).or_else(several)?;
    let inside = probe.before(name).is_ascii_lowercase() && !probe.byte(name).is_ascii_uppercase();
    if inside && key & STRONG_LIST == 0 || is_label_key(probe, name, operator) {
        return None;
    }
    let (mut list, first) = List::behind(probe, operator, from)?;
    list.key = key;
    Some((list, first))
}

/// Whether an element of a list behind a name of secrets is one. Lists hold what is said of a secret as well (`"password": ["is too
/// short"]`, `"tokens": ["the", "end"]`), so that it must look like one: where several are spoken of, by having no blank; else by
/// letters with digits or marks; behind a name that means other things, too, as drawn at random.
#[inline(never)] // asked in several places
pub(super) fn is_element(probe: &Probe<'_>, list: List, element: &Range<usize>) -> bool {
    let value = probe.slice(element.clone());
    let any = |belongs: fn(&u8) -> bool| value.iter().any(belongs);
    let strong = list.key & STRONG_LIST != 0;
    // A rule of a form (`min:8`), a place in memory, a name with a number, a call or a type.
    let digits = value.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (head, _) = value.split_at(value.len() - digits);
    let numbered = digits > 0 && head.iter().all(|byte| byte.is_ascii_alphabetic() || b"-_.:".contains(byte));
    let odd = |byte: &u8| byte.is_ascii_digit() || b"!@#$%^&*+?".contains(byte);
    let plain = value.len() < 4
        || any(|byte| *byte <= b' ' || b"(){}<>[]|;".contains(byte))
        || value.starts_with(b"0x")
        || is_none(value, strong)
        || is_prose(value, strong, false);
    let several = list.key & PLURAL_LIST != 0 && list.is_quoted();
    let drawn = || {
        let divided = any(|byte| b"-_./:".contains(byte));
        tokens::is_random(value)
            && if divided { value.len() >= 20 && !tokens::is_uuid(value) } else { value.len() >= 6 }
    };
    let told = if !strong {
        !numbered && drawn()
    } else if several {
        any(u8::is_ascii_alphabetic) || value.len() >= 6
    } else {
        any(u8::is_ascii_alphabetic) && value.iter().any(odd) && !(numbered && head.ends_with(b":"))
    };
    !plain && told
}
