//! Numbers that states, banks, networks and health systems give to people and things: one row each.
//!
//! A row says how such a number is written, what checks it, which words stand near it in the languages of its country, and
//! whether a way of writing it is enough without them. Digits alone are never enough unless their check leaves almost
//! nothing to chance. Candidates are told apart by how many digits or letters they begin with, so that one more row
//! costs nothing until a number of its own length appears. Which numbers exist stands in [`table`], arithmetic in
//! [`check`].

mod check;
mod table;

use super::probe::Heads;
use super::sites::Tables;
use super::{Detector, Probe, Site, Spec, is_listed};
use super::{birth, rows};
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
    /// Words of which one stands near, in lower case. Those behind an empty one mean other things, too, and call the number so right
    /// before or behind it ([`Probe::is_called`]).
    near: &'static [&'static str],
    finds: &'static [&'static str],
    passes_over: &'static [&'static str],
}

/// Whether eight digits are a date on which somebody who lives may be born.
pub(super) fn is_birth_date(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_digit) && check::birth_date(digits)
}

/// Longest number without separators.
pub(super) const LONGEST: usize = 26;

/// How far from the number of a document a birth is spoken of.
const BESIDE: usize = 64;
/// Most digits or letters at the beginning that are told apart.
pub(super) const MOST: usize = 15;
/// How many kinds of bytes behind them are told apart.
const NEXT: usize = 7;
/// How many ways to begin there are: digits, letters from a small one on or letters from a capital on, so many in a row, and what
/// stands behind them.
pub(super) const BEGINNINGS: usize = 3 * (MOST + 1) * NEXT;

/// What stands behind the digits or letters at the beginning.
const fn next(byte: u8) -> usize {
    match byte {
        b' ' => 1,
        b'-' => 2,
        b'.' => 3,
        b'/' => 4,
        b'a'..=b'z' => 5,
        b'A'..=b'Z' => 6,
        _ => 0,
    }
}

/// How a number begins: its first byte, how many digits or letters like it stand in a row, and the byte behind them.
pub(super) const fn beginning(first: u8, length: usize, behind: u8) -> usize {
    let kind = match first {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        _ => 2,
    };
    // Of longer runs only the beginning is known, and no pattern ends so soon.
    let (length, next) = if length < MOST { (length, next(behind)) } else { (MOST, 0) };
    (kind * (MOST + 1) + length) * NEXT + next
}

/// Whether a pattern stands without words near it, and the pattern.
const fn parts(pattern: &str) -> (bool, &[u8]) {
    match pattern.as_bytes() {
        [b'!', pattern @ ..] => (true, pattern),
        pattern => (false, pattern),
    }
}

/// The ways in which what a pattern matches may begin.
fn beginnings(pattern: &str) -> impl Iterator<Item = usize> {
    let (_, pattern) = parts(pattern);
    let run = |belongs: &[u8]| pattern.iter().take_while(|byte| belongs.contains(byte)).count();
    let (kinds, length) = match pattern.first() {
        Some(b'9') => (0..1, run(b"9")),
        // A capital is a letter, too.
        Some(b'a') => (1..3, run(b"Aa")),
        _ => (2..3, run(b"Aa")),
    };
    let behind = pattern.get(length).copied();
    // Letters are told apart by their count alone.
    let any = kinds.end > 1 || length >= MOST;
    let goes_on = move |next: &usize| match behind {
        _ if any => true,
        // Where the whole number ends, anything but a letter may follow.
        None => *next < 5,
        Some(b'a') => *next >= 5,
        Some(byte) => *next == self::next(byte),
    };
    kinds.flat_map(move |kind| {
        let first = (kind * (MOST + 1) + length.min(MOST)) * NEXT;
        (0..NEXT).filter(goes_on).map(move |next| first + next)
    })
}

/// Which counts of digits a pattern may go on with, behind its beginning and what divides them, as bits: [`MOST`] stands for all
/// that are larger.
fn seconds(pattern: &str) -> u16 {
    const ANY: u16 = !0;
    let (_, pattern) = parts(pattern);
    let first = pattern.first().copied().unwrap_or(0);
    let alike = |byte: &&u8| if first == b'9' { **byte == b'9' } else { matches!(**byte, b'A' | b'a') };
    let length = pattern.iter().take_while(alike).count();
    let rest = pattern.get(length..).unwrap_or(&[]);
    let rest = match rest {
        [] => return ANY,
        [b' ' | b'-' | b'.' | b'/', rest @ ..] => rest,
        rest => rest,
    };
    let digits = rest.iter().take_while(|byte| **byte == b'9').count();
    match rest.get(digits) {
        _ if length >= MOST || digits >= MOST => ANY,
        // A digit may stand there, too.
        Some(b'*' | b'0'..=b'8') => ANY << digits,
        // No digit follows, at the end of a number neither.
        _ => 1 << digits,
    }
}

/// The beginning of what stands at a place.
fn beginning_at(probe: &Probe<'_>, at: usize) -> usize {
    let first = probe.byte(at);
    let end = if first.is_ascii_digit() {
        probe.run_end(at, MOST, |byte| byte.is_ascii_digit())
    } else {
        probe.run_end(at, MOST, |byte| byte.is_ascii_alphabetic())
    };
    beginning(first, end - at, probe.byte(end))
}

/// A chosen row, ready to be looked up.
#[derive(Debug)]
struct Chosen {
    /// Index of the detector.
    index: u16,
    row: &'static Id,
    /// How its words begin.
    heads: Heads,
}

/// The chosen rows.
#[derive(Debug, Default)]
pub(super) struct Ids {
    rows: Vec<Chosen>,
    /// For each beginning, places in `rows` and which of the row's patterns begin so.
    by_beginning: Vec<Vec<(u16, u32)>>,
}

impl Ids {
    /// Adds a row, by the index of its detector, and how its numbers look to the tables of the pass.
    pub(super) fn choose(&mut self, row: &'static Id, index: u16, tables: &mut Tables) {
        let place = self.rows.len() as u16;
        self.by_beginning.resize_with(BEGINNINGS, Vec::new);
        for (bit, pattern) in row.patterns.iter().enumerate() {
            let seconds = seconds(pattern);
            for beginning in beginnings(pattern) {
                tables.want_number(beginning, seconds);
                let Some(rows) = self.by_beginning.get_mut(beginning) else { continue };
                if rows.last().is_none_or(|(last, _)| *last != place) {
                    rows.push((place, 0));
                }
                if let Some((_, patterns)) = rows.last_mut() {
                    *patterns |= 1 << bit;
                }
            }
        }
        self.rows.push(Chosen { index, row, heads: Heads::of(row.near) });
    }

    /// Gives what rows say of a candidate to `sink`, with the index of their detectors and what they do without words.
    pub(super) fn meet(&self, probe: &Probe<'_>, at: usize, mut sink: impl FnMut(u16, Option<Range<usize>>)) {
        if continues(probe, at) {
            return;
        }
        for (place, patterns) in self.by_beginning.get(beginning_at(probe, at)).map_or(&[][..], Vec::as_slice)
        {
            if let Some(chosen) = self.rows.get(usize::from(*place)) {
                probe.forget();
                let found = chosen.row.look(probe, at, *patterns, &chosen.heads);
                if found.is_some() || !probe.reason().is_empty() {
                    sink(chosen.index, found);
                }
            }
        }
    }
}

impl core::fmt::Debug for Id {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name)
    }
}

impl Id {
    /// Whether digits and capitals without separators pass its check.
    pub(super) fn is_possible(&self, number: &[u8]) -> bool {
        (self.check)(number)
    }

    /// A number in each of its patterns, for tests: places filled by numbers from 0 to 35, taken for digits or letters.
    #[cfg(test)]
    pub(super) fn shaped(&self, filling: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        let digit = |number: u8| b'0' + number % 10;
        let letter = |number: u8| b'A' + number % 26;
        let fill = move |(wanted, number): (&u8, &u8)| match wanted {
            b'9' => digit(*number),
            b'A' | b'a' => letter(*number),
            b'*' if *number < 10 => digit(*number),
            b'*' => letter(*number),
            literal => literal.to_ascii_uppercase(),
        };
        let filling = filling.to_vec();
        self.patterns.iter().map(move |pattern| {
            let (_, pattern) = parts(pattern);
            pattern.iter().zip(filling.iter().cycle()).map(fill).filter(u8::is_ascii_alphanumeric).collect()
        })
    }

    /// Whether a number is a citizen's by its check, in a row with an account of a bank of the same country: who is paid has both.
    fn is_of_holder(&self, probe: &Probe<'_>, span: &Range<usize>, number: &[u8]) -> bool {
        let Some(country) = self.packs.first() else { return false };
        let digits = matches!(self.class, Class::DirectId) && number.iter().all(u8::is_ascii_digit);
        let Some(row) = rows::row_of(probe, span).filter(|_| digits && self.is_possible(number)) else {
            return false;
        };
        // With another last digit it would be none.
        let mut other = [0; LONGEST];
        for (to, from) in other.iter_mut().zip(number) {
            *to = *from;
        }
        if let Some(last) = other.get_mut(number.len().saturating_sub(1)) {
            *last = b'0' + (*last - b'0' + 1) % 10;
        }
        // Those that hold a birth date pass seldom by chance: any row of somebody's will do.
        const DATED: &str = " pl-pesel ee-isikukood lt-asmens-kodas ro-cnp bg-egn jmbg za-id lv-personas-kods be-national-number gr-amka ";
        !self.is_possible(other.get(..number.len()).unwrap_or(&[]))
            && (row.cells(probe).any(|cell| {
                let code = cell.get(..2).unwrap_or(&[]);
                code.eq_ignore_ascii_case(country.as_bytes()) && rows::is_account(cell)
            }) || is_listed(self.name.as_bytes(), DATED) && row.is_of_person(probe))
    }

    /// What the row says of a candidate, by those of its patterns that begin like it. `heads` are those of its words.
    fn look(&self, probe: &Probe<'_>, at: usize, mut patterns: u32, heads: &Heads) -> Option<Range<usize>> {
        while patterns != 0 {
            let pattern = self.patterns.get(patterns.trailing_zeros() as usize)?;
            patterns &= patterns - 1;
            let (alone, pattern) = parts(pattern);
            let Some((end, number, length)) = matched(probe, at, pattern) else { continue };
            let span = at..end;
            if is_joined(probe, end) {
                continue;
            }
            let alone = alone && !goes_on(probe, &span);
            let possible = probe.may_be_near(at, heads) && !probe.is_measure(end);
            let plain = number.get(..length).unwrap_or(&[]);
            if !alone && self.is_of_holder(probe, &span, plain) {
                return Some(span);
            }
            if !alone && !possible && !probe.is_explaining() {
                continue;
            }
            let calls = self.near.iter().position(|word| word.is_empty()).unwrap_or(self.near.len());
            let (near, calls) = self.near.split_at_checked(calls).unwrap_or((self.near, &[]));
            let calls = calls.split_first().map_or(calls, |(_, calls)| calls);
            let spoken_of = || {
                possible
                    && (probe.near_one(&span, near, heads)
                        || !calls.is_empty() && probe.is_called(&span, calls))
            };
            if !self.is_possible(number.get(..length).unwrap_or(&[])) {
                if spoken_of() {
                    probe.refuse::<()>("its check digits or parts are impossible");
                }
                continue;
            }
            // An account's number has no check digits: what else is numbered beside it says so.
            if self.name == "bank-account" && probe.is_of_a_thing(at) {
                continue;
            }
            // What is called an id is somebody's where his birth is spoken of.
            let to = (end + BESIDE).min(probe.len());
            if self.name == "document-beside-birth" && !probe.has_before(to, to - at + BESIDE, birth::WORDS) {
                continue;
            }
            if spoken_of() || alone && !probe.is_of_a_thing(at) {
                return Some(span);
            }
            probe.refuse::<()>("nothing near says what it is");
        }
        None
    }
}

/// Matches a pattern that begins like the candidate; gives one past the end, the characters that count, how many they are.
fn matched(probe: &Probe<'_>, at: usize, pattern: &[u8]) -> Option<(usize, [u8; LONGEST], usize)> {
    let fits = |wanted: u8, byte: u8| match wanted {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        b'a' => byte.is_ascii_alphabetic(),
        b'*' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        literal => byte == literal,
    };
    let text = probe.slice(at..at + pattern.len());
    // From the end: candidates begin alike.
    if text.is_empty() || !text.iter().zip(pattern).rev().all(|(byte, wanted)| fits(*wanted, *byte)) {
        return None;
    }
    probe.count(pattern.len());
    let mut number = [0; LONGEST];
    let mut length = 0;
    for byte in text.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
        *number.get_mut(length)? = byte.to_ascii_uppercase();
        length += 1;
    }
    Some((at + pattern.len(), number, length))
}

/// Whether a candidate goes on what stands before it. A name may be joined to its number, as in `nhs_9434765919`; a fraction
/// or another part of a number may not.
fn continues(probe: &Probe<'_>, at: usize) -> bool {
    let earlier = at.checked_sub(1).map_or(0, |at| probe.before(at));
    match probe.before(at) {
        b'-' => earlier.is_ascii_alphanumeric(),
        b'.' | b'/' => earlier.is_ascii_digit(),
        byte => byte.is_ascii_alphanumeric(),
    }
}

/// Whether a number goes on behind a place.
fn is_joined(probe: &Probe<'_>, end: usize) -> bool {
    let beyond = probe.byte(end + 1);
    match probe.byte(end) {
        b'-' | b'_' => beyond.is_ascii_alphanumeric(),
        b'.' | b'/' => beyond.is_ascii_digit(),
        byte => byte.is_ascii_alphanumeric(),
    }
}

/// Whether another group of digits stands beside it, so that its own groups may belong to something longer. What begins or ends
/// with a letter is none of such groups on that side.
fn goes_on(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    let earlier = span.start.checked_sub(1).map_or(0, |at| probe.before(at));
    let [first, last] = [probe.byte(span.start), probe.before(span.end)].map(|byte| byte.is_ascii_digit());
    last && probe.byte(span.end) == b' ' && probe.byte(span.end + 1).is_ascii_digit()
        || first && probe.before(span.start) == b' ' && earlier.is_ascii_digit()
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
        if continues(probe, at) {
            return None;
        }
        let begun = beginning_at(probe, at);
        let begins_so = |pattern: &str| beginnings(pattern).any(|beginning| beginning == begun);
        let bit = |(bit, pattern): (usize, &&str)| u32::from(begins_so(pattern)) << bit;
        self.look(probe, at, self.patterns.iter().enumerate().map(bit).sum(), &Heads::of(self.near))
    }
}
