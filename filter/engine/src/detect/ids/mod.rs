//! Numbers that states, banks, networks and health systems give to people and things: one row each.
//!
//! A row says how such a number is written, what checks it, which words stand near it in the languages of its country, and
//! whether a way of writing it is enough without them. Digits alone are never enough unless their check leaves almost
//! nothing to chance. Candidates are told apart by how many digits or letters they begin with, so that one more row
//! costs nothing until a number of its own length appears. Which numbers exist stands in [`table`], arithmetic in
//! [`check`].

mod check;
mod table;

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;
use std::borrow::Cow;
pub(super) use table::IDS;

/// A kind of number: a row of [`IDS`].
pub(super) struct Id {
    name: &'static str,
    class: Class,
    /// Countries and regions, as packs.
    packs: &'static [&'static str],
    sentence: &'static str,
    /// How it is written: `9` a digit, `A` a capital, `a` a letter, `*` a digit or capital, the rest literal. Behind a `!`
    /// stands one that needs no words near it.
    patterns: &'static [&'static str],
    /// Whether it can be one. Sees digits and capitals, without separators.
    check: fn(&[u8]) -> bool,
    /// Words of which one stands near, in lower case.
    near: &'static [&'static str],
    finds: &'static [&'static str],
    passes_over: &'static [&'static str],
}

/// Longest number without separators.
const LONGEST: usize = 24;

/// How a candidate begins: that many digits or letters in a row. Rows are looked up by it.
pub(super) const BEGINNINGS: usize = 32;

/// The beginning of a pattern, as an index.
fn beginning(pattern: &str) -> usize {
    let pattern = pattern.trim_start_matches('!').as_bytes();
    let run = |belongs: &[u8]| pattern.iter().take_while(|byte| belongs.contains(byte)).count();
    match pattern.first() {
        Some(b'9') => run(b"9").min(BEGINNINGS / 2 - 1),
        _ => BEGINNINGS / 2 + run(b"Aa").min(BEGINNINGS / 2 - 1),
    }
}

/// The beginnings that may be meant at a place: digits in a row count as they stand, letters too.
pub(super) fn beginning_at(probe: &Probe<'_>, at: usize) -> usize {
    const MOST: usize = BEGINNINGS / 2 - 1;
    if probe.byte(at).is_ascii_digit() {
        probe.run_end(at, 24, |byte| byte.is_ascii_digit()).min(at + MOST) - at
    } else {
        BEGINNINGS / 2 + (probe.run_end(at, MOST, |byte| byte.is_ascii_alphabetic()) - at)
    }
}

impl Id {
    /// Indexes of the beginnings that it is written with.
    pub(super) fn beginnings(&self) -> impl Iterator<Item = usize> {
        self.patterns.iter().map(|pattern| beginning(pattern))
    }

    /// What the row says of a candidate that begins in a way of its patterns.
    fn look(&self, probe: &Probe<'_>, at: usize, begins: usize) -> Option<Range<usize>> {
        let mut found = None;
        for pattern in self.patterns {
            if beginning(pattern) != begins {
                continue;
            }
            let Some((end, number, length)) = matched(probe, at, pattern.trim_start_matches('!').as_bytes())
            else {
                continue;
            };
            let span = at..end;
            if is_joined(probe, &span) || !(self.check)(number.get(..length).unwrap_or(&[])) {
                if found.is_none() {
                    probe.refuse::<()>("its check digits or parts are impossible, or it goes on");
                }
                continue;
            }
            let alone = pattern.starts_with('!') && !goes_on(probe, &span);
            if probe.near(&span, self.near) || alone {
                found = Some(span);
                break;
            }
            probe.refuse::<()>("nothing near says what it is");
        }
        found
    }
}

/// Matches a pattern; gives one past the end, the characters that count, and how many they are.
fn matched(probe: &Probe<'_>, at: usize, pattern: &[u8]) -> Option<(usize, [u8; LONGEST], usize)> {
    let mut number = [0; LONGEST];
    let mut length = 0;
    for (place, wanted) in pattern.iter().enumerate() {
        let byte = probe.byte(at + place);
        let fits = match wanted {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            b'a' => byte.is_ascii_alphabetic(),
            b'*' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            literal => byte == *literal,
        };
        if !fits {
            probe.count(place + 1);
            return None;
        }
        if byte.is_ascii_alphanumeric() {
            *number.get_mut(length)? = byte.to_ascii_uppercase();
            length += 1;
        }
    }
    probe.count(pattern.len());
    Some((at + pattern.len(), number, length))
}

/// Whether a number goes on beside the span, so that the span is a part of another one.
fn is_joined(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    let joint = |byte: u8, beyond: u8| match byte {
        b'-' | b'_' => beyond.is_ascii_alphanumeric(),
        b'.' | b'/' | b',' | b':' => beyond.is_ascii_digit(),
        b'%' | b'+' => false,
        _ => byte.is_ascii_alphanumeric(),
    };
    let earlier = span.start.checked_sub(1).map_or(0, |at| probe.before(at));
    // A name may be joined to its number, as in `nhs_9434765919`; a fraction or another part of a number may not.
    let before = match probe.before(span.start) {
        b'_' | b':' | b',' => false,
        b'-' => earlier.is_ascii_digit() || earlier.is_ascii_alphabetic(),
        byte => joint(byte, earlier),
    };
    let after = match probe.byte(span.end) {
        b',' | b':' => false,
        byte => joint(byte, probe.byte(span.end + 1)),
    };
    before || after
}

/// Whether another group of digits stands beside it, so that its own groups may belong to something longer.
fn goes_on(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    let earlier = span.start.checked_sub(1).map_or(0, |at| probe.before(at));
    probe.byte(span.end) == b' ' && probe.byte(span.end + 1).is_ascii_digit()
        || probe.before(span.start) == b' ' && earlier.is_ascii_digit()
}

impl Detector for Id {
    fn spec(&self) -> Spec {
        let alone = self.patterns.iter().any(|pattern| pattern.starts_with('!'));
        Spec {
            name: Cow::Borrowed(self.name),
            class: self.class,
            sentence: Cow::Borrowed(self.sentence),
            confidence: if alone { 75 } else { 50 },
            packs: self.packs,
            finds: self.finds,
            passes_over: self.passes_over,
        }
    }

    fn sites(&self) -> &[Site] {
        &[Site::Number]
    }

    fn id(&'static self) -> Option<&'static Id> {
        Some(self)
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        self.look(probe, at, beginning_at(probe, at))
    }
}
