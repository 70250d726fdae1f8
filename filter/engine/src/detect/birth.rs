//! Dates of birth that are not written as numbers alone, or that only their place gives away: with the name of a month where birth is
//! spoken of, beside a person's sex in a segment of HL7 or X12, and beside an address in a row of a table.

use super::{Detector, Probe, Site, Spec, is_listed};
use crate::Class;
use core::ops::Range;

/// Words for birth, in several languages. Dates of digits have a row of [`ids`](super::ids) that asks for them, too.
pub(super) const WORDS: &[&str] = &[
    "birth",
    "bday",
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

/// Words before a day of birth, beside those that stand farther from it: the last of each ends right before the day.
const BEFORE: &[&str] = &[
    "born",
    "born on",
    "birthday",
    "birth date",
    "birthdate",
    "date of birth",
    "dob",
    "d.o.b.",
    "geboren am",
    "geb. am",
    "geboren op",
    "geboren",
    "geb.",
    "né le",
    "née le",
    "nacido el",
    "nacida el",
    "nací el",
    "nato il",
    "nata il",
    "nascido em",
    "nascida em",
    "nascido a",
    "nascida a",
    "nasci em",
    "nasci a",
    "urodzony",
    "urodzona",
    "urodzony dnia",
    "urodzona dnia",
    "född",
    "född den",
    "født",
    "født den",
    "føddes",
    "syntynyt",
];

/// Names of months in the languages of those words, and what English writes before a day.
const MONTHS: &str = " jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september \
                      october november december januar februar märz mai juni juli oktober dezember jänner \
                      janvier février fevrier mars avril juin juillet août aout septembre octobre novembre décembre decembre \
                      enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre \
                      gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre \
                      janeiro fevereiro março marco maio junho julho setembro outubro novembro dezembro \
                      januari februari maart mei augustus augusti februar marts desember \
                      stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia ";
const ENGLISH: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
];

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
            "Ann, born on «12 March 1985», or born «March 12th, 1985»; Bo was born «Mar 2, 1985»",
            "née le «1er mai 1980», né le «14 avril 1957», geboren am «14. April 1957», nacido el «12 de marzo de 1985»",
            "nata il «14 aprile 1957»; nascido em «2 de março de 1985»; geboren op «3 mei 1957»; urodzony «14 kwietnia 1957»",
            "född den «14 april 1957», født «14. mars 1957», Date of birth «14th of April 1957»",
        ])
        .passes_over(&[
            "released 14 April 1957, born in 14 April Street",
            "OBX|1|19970609|final and |19971309|F|",
            "17055,ann@example.org,2026-08-19,gold 17055,ann,1987-08-19,gold",
            "released on 12 March 2024, le 14 avril 1957, March 12th, 1985, born 12 seconds ago, born on 12 nodes",
            "process born 14 April 2026 10:22:01, geboren am 14. Tag 1957, born on 2026-11-02T10:00:00Z",
        ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::HouseNumber, Site::Number, Site::After(BEFORE), Site::After(ENGLISH)]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        match probe.before(at) {
            _ if probe.byte(at) == b' ' => {
                // Most capitals behind a number begin a word in capitals: a level behind a time.
                if probe.byte(at + 2).is_ascii_uppercase() { None } else { in_words(probe, at) }
            }
            b' ' => behind_word(probe, at),
            divider @ (b'|' | b'*') => beside_sex(probe, at, divider),
            divider @ (b',' | b';' | b'\t') => beside_address(probe, at, divider),
            _ => None,
        }
    }
}

/// `14 April 1957`, by the blank before the month.
fn in_words(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let start = probe.reach_back(at, 3, |byte| byte.is_ascii_digit());
    let span = start..date_end(probe, start)?;
    (!probe.before(start).is_ascii_alphanumeric() && probe.near(&span, WORDS)).then_some(span)
}

/// The same by the word before its day; and `March 12th, 1985`.
fn behind_word(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let span = date_end(probe, at).map(|end| at..end).or_else(|| {
        let day = day_end(probe, at)?;
        let gap = probe.reach(day, 2, |byte| matches!(byte, b' ' | b','));
        let end = year_end(probe, gap).filter(|_| gap > day)?;
        let month = probe.reach_back(at - 1, 10, |byte| byte.is_ascii_alphabetic());
        is_listed(probe.slice(month..at - 1), MONTHS).then_some(month..end)
    })?;
    probe.near(&span, WORDS).then_some(span)
}

/// One past a date that begins with its day: `14. April 1957`, `1er mai 1980`, `12 de marzo de 1985`, `14th of April, 1957`.
#[inline(never)] // asked in several places
pub(super) fn date_end(probe: &Probe<'_>, start: usize) -> Option<usize> {
    const OF: [&str; 3] = ["de ", "of ", "del "];
    let of = |at: usize| at + OF.iter().find(|word| probe.starts_with(at, word)).map_or(0, |word| word.len());
    let day = day_end(probe, start)?;
    let month = of(day + 1);
    let month_end = probe.reach(month, 14, |byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    let gap = probe.reach(month_end, 2, |byte| matches!(byte, b' ' | b',' | b'.' | b'-'));
    let divided = matches!(probe.byte(day), b' ' | b'-') && gap > month_end;
    let end = year_end(probe, of(gap))?;
    (divided && is_listed(probe.slice(month..month_end), MONTHS)).then_some(end)
}

/// One past a day of a month, with what languages put behind its number.
#[inline(never)] // likewise
fn day_end(probe: &Probe<'_>, start: usize) -> Option<usize> {
    const ENDINGS: [&str; 8] = [".", "er", "st", "nd", "rd", "th", "º", "°"];
    let end = probe.reach(start, 3, |byte| byte.is_ascii_digit());
    let day = probe.slice(start..end).iter().fold(0_u32, |day, byte| day * 10 + u32::from(byte - b'0'));
    let ending =
        ENDINGS.iter().find(|ending| probe.starts_with(end, ending)).map_or(0, |ending| ending.len());
    (matches!(day, 1..=31) && end - start < 3).then_some(end + ending)
}

/// One past a year of somebody's birth. What a time of day follows is the time of something else.
#[inline(never)] // likewise
fn year_end(probe: &Probe<'_>, start: usize) -> Option<usize> {
    let end = probe.reach(start, 5, |byte| byte.is_ascii_digit());
    let year = matches!(probe.slice(start..start + 2), b"19" | b"20") && end - start == 4;
    let time = probe.byte(end + 1).is_ascii_digit() && matches!(probe.byte(end + 3), b':');
    (year && !probe.byte(end).is_ascii_alphanumeric() && !time).then_some(end)
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
