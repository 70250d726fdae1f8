//! Dates of birth that are not written as numbers alone, or that only their place gives away: with the name of a month where birth is
//! spoken of, beside a person's sex in a segment of HL7 or X12, and beside an address in a row of a table.

use super::{Detector, Probe, Site, Spec, is_listed};
use crate::Class;
use core::ops::Range;

/// Words for birth, in several languages. Dates of digits have a row of [`ids`](super::ids) that asks for them, too.
pub(super) const WORDS: &[&str] = &[
    "birth",
    "dob",
    "d.o.b",
    "born",
    "geburt",
    "geboren",
    "geboorte",
    "geb.",
    "naissance",
    "née",
    "NÉE",
    "né le",
    "NÉ LE",
    "nacimiento",
    "nacido",
    "nacida",
    "nací",
    "NACÍ",
    "nascita",
    "nascimento",
    "nascid",
    "nasci.",
    "nato il",
    "nata il",
    "sono nat",
    "urodz",
    "födelse",
    "FÖDELSE",
    "född",
    "FÖDD",
    "født",
    "FØDT",
    "syntym",
    "рожд",
    "Рожд",
    "РОЖД",
    "生年月日",
    "出生",
    "생년월일",
];

/// Names of months that begin with a capital: English and German.
const MONTHS: &str = " jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september \
                      october november december januar februar märz mai juni juli oktober dezember ";

pub(super) struct Birth;

impl Detector for Birth {
    fn spec(&self) -> Spec {
        Spec::new(
            "birth-date-told",
            Class::DirectId,
            "Dates of birth with the name of a month, beside a sex, or beside an address in a row",
        )
        .finds(&[
            "ann was born «14 April 1957», birth date «02 December 1992» refused",
            "PID|1||||^^||«19970609»|F|||8690 Example Lane",
            "DMG*D8*«19690426»*M~",
            "17055,ann@example.org,«1987-08-19»,gold",
        ])
        .passes_over(&[
            "released 14 April 1957, born in 14 April Street",
            "OBX|1|19970609|final and |19971309|F|",
            "17055,ann@example.org,2026-08-19,gold 17055,ann,1987-08-19,gold",
        ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::HouseNumber, Site::Number]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        match probe.before(at) {
            _ if probe.byte(at) == b' ' => {
                // Most capitals behind a number begin a word in capitals: a level behind a time.
                if probe.byte(at + 2).is_ascii_uppercase() { None } else { in_words(probe, at) }
            }
            divider @ (b'|' | b'*') => beside_sex(probe, at, divider),
            divider @ (b',' | b';' | b'\t') => beside_address(probe, at, divider),
            _ => None,
        }
    }
}

/// `14 April 1957`, by the blank before the month.
fn in_words(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let start = probe.reach_back(at, 3, |byte| byte.is_ascii_digit());
    let month = at + 1..probe.reach(at + 1, 10, |byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    let gap = probe.reach(month.end, 2, |byte| matches!(byte, b' ' | b',' | b'.'));
    let end = probe.reach(gap, 5, |byte| byte.is_ascii_digit());
    let span = start..end;
    let shaped = (1..=2).contains(&(at - start))
        && !probe.before(start).is_ascii_alphanumeric()
        && gap > month.end
        && end - gap == 4
        && !probe.byte(end).is_ascii_alphanumeric()
        && matches!(probe.slice(gap..gap + 2), b"19" | b"20")
        && is_listed(probe.slice(month), MONTHS);
    (shaped && probe.near(&span, WORDS)).then_some(span)
}

/// Eight digits before one letter for a sex, in fields of their own (HL7 v2, PID-7 and PID-8; X12, DMG02 and DMG03).
fn beside_sex(probe: &Probe<'_>, at: usize, divider: u8) -> Option<Range<usize>> {
    let end = at + 8;
    let sex = probe.byte(end) == divider
        && matches!(probe.byte(end + 1), b'F' | b'M' | b'O' | b'U' | b'A' | b'N')
        && !probe.byte(end + 2).is_ascii_alphanumeric();
    (sex && super::ids::is_birth_date(probe.slice(at..end))).then_some(at..end)
}

/// A date of long ago in the column behind an e-mail address: people register with both.
fn beside_address(probe: &Probe<'_>, at: usize, divider: u8) -> Option<Range<usize>> {
    let end = at + 10;
    let date = probe.slice(at..end);
    let [a, b, c, d, b'-', e, f, b'-', g, h] = date else { return None };
    let old = matches!(date.get(..4), Some([b'1', b'9', b'3'..=b'9', _] | [b'2', b'0', b'0', _]));
    let apart = probe.byte(end) == divider || matches!(probe.byte(end), 0 | b'\n' | b'\r');
    if !old
        || !apart
        || !super::ids::is_birth_date(&[*a, *b, *c, *d, *e, *f, *g, *h])
        || date == b"1970-01-01"
    {
        return None;
    }
    let cell = probe.reach_back(at - 1, 64, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'-' | b'_' | b'+' | b'"')
    });
    (probe.before(cell) == divider && probe.slice(cell..at).contains(&b'@')).then_some(at..end)
}
