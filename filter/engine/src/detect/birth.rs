//! Dates of birth that are not written as numbers alone, or that only their place gives away: with the name of a month where birth is
//! spoken of, beside a person's sex in a segment of HL7 or X12, and beside an address in a row of a table.

use super::names::{is_given, speaks_of_software};
use super::people::begins_large;
use super::{Detector, Probe, Site, Spec, is_listed, rows};
use crate::Class;
use core::ops::Range;

/// Words for birth, in several languages. Dates of digits have a row of [`ids`](super::ids) that asks for them, too.
pub(super) const WORDS: &[&str] = &[
    "birth",
    "bday",
    "dob.",
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
    "nato/a",
    "nata il",
    "nato a.",
    "nato/",
    "nata/",
    "nacido/",
    "né/",
    "ur. ",
    "nata a.",
    "né(e",
    "sono nat",
    "urodz",
    "födelse",
    "FÖDELSE",
    "född",
    "FÖDD",
    "født",
    "FØDT",
    "fødsel",
    "FØDSEL",
    "syntym",
    "gimimo",
    "dzimšanas",
    "sünni",
    "nașter",
    "naster",
    "народж",
    "Народж",
    "לידה",
    "الميلاد",
    "ميلاد",
    "जन्म",
    "วันเกิด",
    "lahir",
    "de nac.",
    "fec nac",
    "fecha_nac",
    "fec_nac",
    "dt_nasc",
    "data nasc",
    "dt nasc",
    "nasc.",
    "fecha nac",
    "f.nac",
    "date naiss",
    "dt naiss",
    "ddn.",
    "data ur.",
    "dt ur.",
    "data uro",
    "fodsel",
    "fodselsdato",
    "foedsel",
    "fodelse",
    "foedelse",
    "fodt.",
    "geb datum",
    "geb am",
    "datum geb",
    "gebdag",
    "datum nar",
    "dat nar",
    "szül",
    "szul dat",
    "szuletes",
    "dogum",
    "rodjen",
    "datum rod",
    "dzimsanas",
    "tgl lahir",
    "ngay sinh",
    "gebdat",
    "geb_dat",
    "f nac",
    "doğum",
    "DOĞUM",
    "narozen",
    "narodenia",
    "születé",
    "SZÜLETÉ",
    "rođen",
    "γέννησ",
    "ngày sinh",
    "рожд",
    "Рожд",
    "РОЖД",
    "生年月日",
    "出生",
    "생년월일",
];

/// Names of months in the languages of those words.
pub(super) const MONTHS: &str = " jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september \
                      october november december januar februar märz mai juni juli oktober dezember jänner \
                      janvier février fevrier mars avril juin juillet août aout septembre octobre novembre décembre decembre \
                      enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre \
                      gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre \
                      janeiro fevereiro março marco maio junho julho setembro outubro novembro dezembro \
                      januari februari maart mei augustus augusti februar marts desember \
                      stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia ";
/// Those that stand before a day, in America.
const FIRST_MONTHS: &[&str] = &[
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
            "3492;Voorbeeld;Ann;«22.01.1997»;DE89370400440532013000;2313.59",
            "\"Example\",\"Ann\",\"«1984-03-12»\",\"ann@example.org\"",
            "7;Example, Ann;«08.06.1944»;x;y", "7|Ann Example|«03/12/1985»|x", "x;«29.05.1994»;030 53273576", "[\"7\",\"Example\",\"Ann\",\"«1980-03-03»\",\"x\"]",
            "7|«03/12/1985»|+4915112345678",
            "7 | ann@example.org | «1985-03-12» | F",
            "VALUES (7, 'ann@example.org', '«1985-03-12»')", "row 12: Ann Example,«25/08/1990»,x", "l.7: \"Exemple\";\"Jean-Luc\";\"«09/12/1988»\";x",
            "nacido el «12 de marzo de 1985»",
            "né le «12 mars 1985», Geburtsdatum «12. März 1985», urodzony «12 marca 1985»",
            "born on «August 19, 2000» and, birthday «Mar 9, 1971»",
            "pt «19820418» F, room 19, DOB as given",
            "Text '«25.01.2003»' could not be parsed at index 0 (field dateOfBirth)",
        ])
        .passes_over(&[
            "released 14 April 1957, born in 14 April Street",
            "sold le 12 mars 1985 à 10 h; geboren im Jahr 12. Sie, born 12 may 99",
            "OBX|1|19970609|final and |19971309|F|",
            "released August 19, 2000 and Text '25.01.2003' could not be parsed at index 0, run 19820418 F done",
            "born in room 19, 2000 and August 19, 2000 10:22",
            "17055,ann@example.org,2026-08-19,gold", "17055,ann,1987-08-19,gold",
            "3;Monday;Backup;1999-05-29;x", "[\"Status\",\"Done\",\"1999-05-29\",\"x\"]",
            "Job Runner;08.06.1994;x;0302024", "Ann's Backup;29.05.1994;0012345678",
            "sent to ann@example.org, 1999-12-31, late",
            "7;Acme;22.01.1997;AB12;2313.59 and ann@example.org,1970-01-01,1984-13-12,x",
            "released on 12 March 2024, born 12 seconds ago, born on 12 Nodes",
            "process born 14 April 2026 10:22:01, geboren am 14. Tag 1957, born on 2026-11-02T10:00:00Z",
        ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::HouseNumber, Site::Number, Site::After(FIRST_MONTHS)]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        match probe.before(at) {
            _ if probe.byte(at) == b' ' => {
                // Most capitals behind a number begin a word in capitals: a level behind a time.
                if probe.byte(at + 2).is_ascii_uppercase() { None } else { in_words(probe, at) }
            }
            divider @ (b'|' | b'*') => beside_sex(probe, at, divider).or_else(|| in_row(probe, at)),
            b',' | b';' | b'\t' | b'"' => in_row(probe, at),
            b' ' if at > 1 && probe.before(at - 1) == b'|' => in_row(probe, at),
            b' ' if probe.byte(at + 1) == b',' || probe.byte(at + 2) == b',' => month_first(probe, at),
            b' ' if probe.byte(at + 8) == b' ' => noted(probe, at),
            b'\'' => refused(probe, at).or_else(|| in_row(probe, at)),
            _ => None,
        }
    }
}

/// `14 April 1957`, by the blank before the month.
fn in_words(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let end = at - usize::from(probe.before(at) == b'.');
    let start = probe.reach_back(end, 3, |byte| byte.is_ascii_digit());
    let span = start..date_end(probe, start)?;
    // What follows a date of digits reads as its time; with this one gone that one would be the date.
    let goes_on = probe.before(start) == b' ' && probe.before(start.saturating_sub(1)).is_ascii_digit();
    let alone = !goes_on && !probe.before(start).is_ascii_alphanumeric();
    (alone && probe.near(&span, WORDS)).then_some(span)
}

/// `August 19, 2000`, by its day.
fn month_first(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let day = probe.reach(at, 3, |byte| byte.is_ascii_digit());
    if day > at + 2 || !probe.starts_with(day, ", ") {
        return None;
    }
    let month = probe.reach_back(at - 1, 10, |byte| byte.is_ascii_alphabetic());
    day_end(probe, at)?;
    let span = month..year_end(probe, day + 2)?;
    let named =
        FIRST_MONTHS.iter().any(|name| probe.slice(month..at - 1).eq_ignore_ascii_case(name.as_bytes()));
    (named && probe.near(&span, WORDS)).then_some(span)
}

/// Eight digits before a letter for a sex in a note: `pt 19820418 F`.
fn noted(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let end = at + 8;
    let sex = probe.byte(end) == b' '
        && matches!(probe.byte(end + 1), b'F' | b'M')
        && !probe.byte(end + 2).is_ascii_alphanumeric();
    let spoken = || is_listed(probe.word_before(at, 2), " pt pat patient ") || is_spoken_behind(probe, end);
    (sex && super::ids::is_birth_date(probe.slice(at..end)) && spoken()).then_some(at..end)
}

/// A date that a program could not read, which says of which field it was: `Text '25.01.2003' could not be parsed … (field dateOfBirth)`.
fn refused(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let end = at + 10;
    let digits = probe.slice(at..end).iter().filter(|byte| byte.is_ascii_digit()).count();
    let told = probe.ends_with_any_case(at, "text '") && probe.byte(end) == b'\'';
    (told && digits == 8 && is_spoken_behind(probe, end)).then_some(at..end)
}

/// Whether birth is spoken of behind a place, further on than words mostly stand.
#[inline(never)] // asked in several places
fn is_spoken_behind(probe: &Probe<'_>, end: usize) -> bool {
    const FAR: usize = 72;
    let line = probe.reach(end, FAR, |byte| byte != b'\n');
    probe.has_before(line, line - end, WORDS)
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

/// A date of long ago in a row that holds what only people have: an e-mail address, a telephone number with its country, an account.
#[inline(never)] // of few
fn in_row(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const FAR: usize = 96;
    let end = at + 10;
    let divider = rows::divider_of_cell(probe, &(at..end))?;
    let date = probe.slice(at..end);
    let (digits, year) = match date {
        [a, b, c, d, b'-' | b'/', e, f, b'-' | b'/', g, h] => {
            ([*a, *b, *c, *d, *e, *f, *g, *h], [*a, *b, *c])
        }
        [a, b, b'.' | b'/' | b'-', c, d, b'.' | b'/' | b'-', e, f, g, h] => {
            ([*a, *b, *c, *d, *e, *f, *g, *h], [*e, *f, *g])
        }
        _ => return None,
    };
    let old = matches!(year, [b'1', b'9', b'3'..=b'9'] | [b'2', b'0', b'0']);
    if !old || !super::ids::is_birth_date(&digits) || date == b"1970-01-01" {
        return None;
    }
    let from = probe.reach_back(at, FAR, |byte| byte != b'\n');
    let to = probe.reach(end, FAR, |byte| byte != b'\n');
    // A given name and a family name in cells of their own.
    let mut last: &[u8] = &[];
    // What the row is called stands before its first cell: `line 12: Ann Example,…`.
    let called = |cell: &'_ [u8]| cell.iter().rposition(|byte| *byte == b':').map_or(0, |mark| mark + 1);
    let cells = probe.slice(from..to).split(|byte| *byte == divider);
    let mut cells = cells.map(|cell| bare(cell.get(called(cell)..).unwrap_or(&[])));
    let told = cells.any(|cell| {
        let pair = is_pair(last, cell);
        last = cell;
        pair || is_of_person(cell)
    });
    told.then_some(at..end)
}

/// A cell without its quotes and brackets.
fn bare(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii();
    let marks = |byte: &u8| !matches!(byte, b'"' | b'\'' | b'(' | b')' | b'[' | b']');
    let from = cell.iter().position(marks).unwrap_or(0);
    cell.get(from..=cell.iter().rposition(marks).unwrap_or(0)).unwrap_or(&[])
}

/// Whether of two cells one is a given name, and the other a word with a capital.
fn is_pair(one: &[u8], other: &[u8]) -> bool {
    let word = |cell: &[u8]| {
        (2..24).contains(&cell.len())
            && begins_large(cell)
            && cell
                .split(|byte| *byte == b'-')
                .all(|part| part.iter().skip(1).all(|byte| byte.is_ascii_lowercase() || !byte.is_ascii()))
            && !speaks_of_software(cell)
    };
    word(one) && word(other) && (is_given(one) || is_given(other))
}

/// Whether a cell of a row is an e-mail address, a telephone number with its country, or the number of an account.
fn is_of_person(cell: &[u8]) -> bool {
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let address = cell.iter().position(|byte| *byte == b'@').is_some_and(|at| {
        at > 0 && cell.get(at..).is_some_and(|host| host.contains(&b'.')) && !cell.contains(&b' ')
    });
    let phone = cell.first() == Some(&b'+') && digits > 7 && cell.len() < 20;
    let account = matches!(cell, [a, b, c, d, ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase()
        && c.is_ascii_digit() && d.is_ascii_digit())
        && (15..=34).contains(&cell.len())
        && digits > 7
        && cell.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    // `030 53273576`, `0151/89123707`
    let written = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'/' | b'-' | b'(' | b')');
    let national = cell.first() == Some(&b'0')
        && (9..=13).contains(&digits)
        && cell.iter().all(written)
        && digits < cell.len();
    address || phone || account || national || is_full_name(cell)
}

/// Whether a cell is a name of two or three words with capitals, one of them a given name: `Ann Example`, `Example, Ann`.
fn is_full_name(cell: &[u8]) -> bool {
    let mut words = cell.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (first, second) = (words.next().unwrap_or(&[]), words.next().unwrap_or(&[]));
    let given = if first.ends_with(b",") { second } else { first };
    let named =
        |word: &[u8]| begins_large(word) && word.iter().skip(1).any(|byte| !byte.is_ascii_uppercase());
    named(first) && named(second) && words.count() < 2 && is_given(given) && !speaks_of_software(cell)
}
