//! What values look like that stand behind keys: where one ends, and whether it is one.

use crate::detect::names::{is_eastern, is_eastern_letter, is_given, speaks_of_software};
use crate::detect::people::{begins_large, is_particle};
use crate::detect::{Probe, birth, is_listed, key_value, phone, tokens};
use core::ops::Range;

/// What a value behind a key must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// One to five words with capitals.
    Name,
    /// Two to four words with capitals, none of them a word of software.
    FullName,
    /// The same, and the first word is a common given name.
    GivenName,
    /// A part of a name, beside the other part in its record (FHIR, HumanName).
    Part,
    /// Either of both; of words in capitals alone the first is a common given name.
    Person,
    /// A number and words with capitals.
    Address,
    /// So many digits at least, with letters, dots, dashes and slashes.
    Number(usize),
    /// Between so many digits, and nothing else.
    Digits(usize, usize),
    /// Hex digits and dashes, as devices are told apart.
    Device,
    /// Twelve hex digits, of which some are not zero; in the middle a dash may stand.
    Plain,
    /// Seven to twenty capitals and digits, of which one is no hex digit; behind two letters a dash may stand.
    Serial,
    /// Seventeen capitals and digits, as vehicles are numbered (ISO 3779).
    Vehicle,
    /// Capitals and digits in groups, as on number plates.
    Plate,
    /// Eight to sixteen capitals and digits, of which five are digits.
    License,
    /// A place of so many letters before and behind a plus (Open Location Code), or of seven to twelve (geohash).
    PlusCode,
    /// Degrees with four decimals or more, or ten millionths of them.
    Degrees,
    /// A zone, a square and as many digits to the east as to the north.
    Grid,
    /// Three small words with dots between, slashes before them or none.
    Words,
    /// Letters and digits of a postal code.
    Postcode,
    /// A bank's code (ISO 9362).
    Bank,
    /// A date with the name of a month.
    Date,
    /// Nine or ten digits and capitals, as documents are numbered.
    Document,
    /// Seven to ten digits and capitals, where a passport or somebody's birth is spoken of in other fields beside it.
    OfPerson,
    /// Six to seventeen digits, where a bank is numbered before them.
    Beside,
    /// Digits as telephone numbers are written.
    Phone,
    /// At least sixteen bytes drawn at random.
    Session,
    /// The same, and a cookie is spoken of.
    Cookie,
    /// Groups of capitals or small letters and digits with dashes between, one or several with a blank between.
    Groups,
    /// A segment of a path: 32 hex digits or more, or as many as twenty letters of both cases and digits that are drawn at random.
    Path,
}

/// Longest value that is looked at.
const LONGEST: usize = 128;

/// One past a quoted value, if it is short enough.
pub(super) fn bounded_quote_end(probe: &Probe<'_>, from: usize, longest: usize) -> Option<usize> {
    let quote = probe.before(from);
    let end = probe.run_end(from, longest, |byte| byte != quote && byte != b'\n' && byte != b'\\');
    (end - from < longest).then_some(end)
}

/// Where so many words begin before a place. A window of words, unlike one of bytes, stays what it was when something in it is treated.
fn words_before(probe: &Probe<'_>, at: usize, words: usize) -> usize {
    (0..words).fold(at, |at, _| {
        let end = probe.reach_back(at, 4, |byte| byte.is_ascii_whitespace());
        probe.reach_back(end, 40, |byte| !byte.is_ascii_whitespace())
    })
}

const fn is_capital_or_digit(byte: &u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii() || matches!(byte, b'-' | b'\'' | b'.')
}

impl Value {
    /// Longest value in quotes. A session may hold all that is known of it.
    pub(super) const fn longest(self) -> usize {
        if matches!(self, Self::Session | Self::Cookie) { 1024 } else { LONGEST }
    }

    /// Whether it is the name of somebody.
    pub(super) const fn is_person(self) -> bool {
        matches!(self, Self::GivenName | Self::Person)
    }

    /// Whether its keys mean the same behind words like `new` and `user`.
    pub(super) const fn is_prefixed(self) -> bool {
        self.is_person() || matches!(self, Self::Name | Self::FullName | Self::Postcode)
    }

    /// Whether it is told by what stands in quotes behind a word for it.
    pub(super) const fn is_quoted(self) -> bool {
        self.is_person() || matches!(self, Self::Address)
    }

    /// One past an unquoted value.
    pub(super) fn end(self, probe: &Probe<'_>, from: usize) -> usize {
        match self {
            Self::Name | Self::FullName | Self::GivenName | Self::Person | Self::Part => {
                name_end(probe, from)
            }
            Self::Address => {
                // To the end of the sentence, or to the next key.
                let mut end = from;
                loop {
                    end = probe.reach(end, LONGEST - (end - from), |byte| {
                        !matches!(
                            byte,
                            b';' | b'|' | b'"' | b'\n' | b'\r' | b'\\' | b' ' | b'}' | b']' | b')' | b'<'
                        )
                    });
                    let word = probe.reach(end + 1, 24, |byte| {
                        byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b'_' | b'-' | b'.')
                    });
                    let lower =
                        probe.byte(end + 1).is_ascii_lowercase() && is_address(probe.slice(from..end));
                    // Another sentence: `1070 Wien. Viele Grüße`.
                    let sentence = probe.before(end) == b'.'
                        && probe.byte(end + 1).is_ascii_uppercase()
                        && ends_sentence(probe.slice(from..end - 1));
                    if lower
                        || sentence
                        || probe.byte(end) != b' '
                        || end - from >= LONGEST
                        || matches!(probe.byte(word), b'=' | b':')
                        || word == end + 1 && !matches!(probe.slice(word..word + 2), b", " | b"/ ")
                    {
                        break;
                    }
                    end += 1;
                }
                // The next field of a form.
                let field = probe.slice(from..end).iter().position(|byte| *byte == b'&');
                let form = field.filter(|field| probe.before(from + field) != b' ');
                let end = form.map_or(end, |field| from + field);
                probe.reach_back(end, 2, |byte| matches!(byte, b',' | b'.')).max(from)
            }
            Self::Date if probe.byte(from + 10) == b'T' => probe.reach(from, 35, |byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'.' | b'+')
            }),
            Self::Date if eastern_date_end(probe, from) > from => eastern_date_end(probe, from),
            // Of more words where a language has them: `12 de marzo de 1985`.
            Self::Date => birth::date_end(probe, from).unwrap_or_else(|| {
                words_end(probe, from, 3, |byte| {
                    is_name_byte(byte) || byte.is_ascii_digit() || matches!(byte, b',' | b'/')
                })
            }),
            Self::Postcode => {
                let first = probe.reach(from, 10, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
                let second =
                    probe.reach(first + 1, 4, |byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
                let halves = probe.byte(first) == b' '
                    && second - first == 4
                    && probe.byte(first + 1).is_ascii_digit()
                    && !probe.byte(second).is_ascii_alphanumeric();
                // Those of Sweden: `413 43`.
                let swedish = probe.byte(first) == b' '
                    && (first - from, second - first) == (3, 3)
                    && probe.slice(from..first).iter().all(u8::is_ascii_digit)
                    && matches!(probe.byte(second), 0 | b';' | b',' | b'\n' | b'"' | b'|');
                if swedish {
                    return second;
                }
                if halves && !probe.before(first).is_ascii_lowercase() { second } else { first }
            }
            Self::Phone => {
                let end = probe.reach(from, 24, |byte| {
                    byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'+' | b'/')
                });
                probe.reach_back(end, end - from, |byte| !byte.is_ascii_digit())
            }
            Self::Degrees => {
                probe.reach(from, 16, |byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.'))
            }
            // In two halves, as they are shown: `482 913`.
            Self::Digits(4, _) if is_halved(probe, from) => from + 7,
            Self::Groups => {
                let belongs = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
                let mut end = probe.reach(from, LONGEST, belongs);
                let length = end - from;
                loop {
                    let next = probe.reach(end, 2, |byte| matches!(byte, b' ' | b','));
                    let last = probe.reach(next, length + 1, belongs);
                    if next == end
                        || last - next != length
                        || last - from > LONGEST
                        || !(is_groups(probe.slice(next..last)) || is_listed_code(probe.slice(next..last)))
                    {
                        break;
                    }
                    end = last;
                }
                end
            }
            Self::Plate => {
                // Groups of four at most follow, of letters alone behind a short one: `AB12 CDE`, `M-AB 1234`.
                let belongs = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
                let mut end = probe.reach(from, 11, belongs);
                let mut last = end - from;
                for _ in 0..3 {
                    let next = probe.reach(end + 1, 5, belongs);
                    let group = probe.slice(end + 1..next);
                    let letters = group.iter().all(u8::is_ascii_uppercase);
                    if probe.byte(end) != b' '
                        || !(1..=4).contains(&group.len())
                        || letters && last > 4
                        || probe.byte(next).is_ascii_alphanumeric()
                    {
                        break;
                    }
                    (end, last) = (next, group.len());
                }
                end
            }
            Self::Words => probe.reach(from, LONGEST, |byte| {
                byte.is_ascii_lowercase() || !byte.is_ascii() || matches!(byte, b'.' | b'/')
            }),
            Self::Path => {
                probe.reach(from, LONGEST, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            }
            _ => {
                let end = probe.reach(from, LONGEST, |byte| {
                    byte.is_ascii_alphanumeric()
                        || matches!(byte, b'-' | b'.' | b'/' | b'_' | b'%' | b'+' | b':')
                });
                probe.reach_back(end, end - from, |byte| matches!(byte, b'.' | b':' | b'-'))
            }
        }
    }

    #[inline(never)] // of a value behind its key, and of a cell
    pub(super) fn fits(self, probe: &Probe<'_>, span: &Range<usize>) -> bool {
        let text = probe.slice(span.clone());
        let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
        let all = |belongs: fn(&u8) -> bool| text.iter().all(belongs);
        match self {
            Self::Name => {
                is_name(text, 1) && !matches!(probe.byte(span.end), b'(' | b'_' | b'/' | b':' | b'=')
            }
            Self::Part => {
                let to = (span.end + 48).min(probe.len());
                let from = span.start.saturating_sub(64);
                let record = probe.slice(from..to);
                probe.count(2 * record.len());
                let value = |key: &[u8]| {
                    let at = memchr::memmem::find(record, key)? + key.len();
                    let marks = |byte: u8| matches!(byte, b'"' | b'\\' | b':' | b' ' | b'=' | b'\'');
                    Some(probe.reach(from + at, 8, marks))
                };
                let has = |key: &[u8]| memchr::memmem::find(record, key).is_some();
                // Of typefaces there are families, too, and of pages a first and a last one.
                let given = |at: usize| {
                    probe.byte(at) == b'['
                        || key_value::is_quote(probe.before(at))
                        || probe.before(at) == b'=' && begins_large(probe.slice(at..at + 2))
                };
                let first = |at: usize| is_given(probe.slice(at..probe.reach(at, 24, is_name_byte)));
                is_name(text, 1)
                    && (has(b"family") && value(b"given").is_some_and(given)
                        || has(b"last") && value(b"first").is_some_and(first))
            }
            Self::GivenName | Self::Person if text.contains(&b'/') => {
                let given = text.rsplit(|byte| *byte == b'/').next().is_some_and(is_given);
                is_of_ticket(probe, span) && (given || self == Self::Person)
            }
            // Behind a word for somebody in a language of East Asia any name may stand, and behind others one that many have.
            Self::GivenName | Self::Person if text.first().is_some_and(|byte| *byte >= 0xe3) => {
                let name = probe.text(span.clone());
                let of_east =
                    !probe.before(probe.reach_back(span.start, 3, |byte| byte.is_ascii())).is_ascii();
                is_eastern(name) || self == Self::Person && of_east && is_eastern_word(name)
            }
            Self::FullName | Self::GivenName | Self::Person => {
                if !is_name(text, 1) {
                    return false;
                }
                let last = text.rsplit(|byte| is_blank(*byte)).next().unwrap_or(&[]);
                let next = probe.byte(span.end);
                let beside = self == Self::GivenName && is_beside_part(probe, span);
                // An initial before a family name says as much: `Q. van Voorbeeld`.
                let initial = matches!(text, [b'A'..=b'Z', b'.', b' ', ..]) && text.len() > 6;
                let given = self != Self::FullName && (is_given(given_of(text)) || initial);
                let known = given
                    || beside
                    || self != Self::GivenName
                    || is_member_of_person(probe, span.start)
                    || is_in_directory(probe, span.end);
                known
                    && (beside || text.iter().any(|byte| is_blank(*byte)))
                    && (given || is_name(text, if beside { 1 } else { 2 }))
                    && !is_particle(last)
                    && !is_greeting(text)
                    && !speaks_of_software(text)
                    && !matches!(next, b'(' | b'_' | b'/' | b':' | b'=' | b'0'..=b'9')
            }
            Self::Address => is_address(text) || !text.is_ascii() && is_eastern_address(probe, span),
            Self::Number(least) => {
                // A day is none.
                let day = matches!(text, [_, _, _, _, b'-', _, _, b'-', _, _]);
                digits >= least
                    && text.len() <= 24
                    && !day
                    && all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'/' | b' '))
            }
            Self::Digits(least, most) => {
                (least..=most).contains(&digits)
                    && (all(|byte| byte.is_ascii_digit() || *byte == b'-') || is_halved(probe, span.start))
            }
            Self::Device => {
                // What is all zeros was switched off by somebody.
                // In groups, as labels have them.
                let grouped = (14..=20).contains(&digits)
                    && all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'));
                (14..=64).contains(&text.len())
                    && digits >= 2
                    && text.iter().any(|byte| !matches!(byte, b'0' | b'-'))
                    && (grouped || all(|byte| byte.is_ascii_hexdigit() || *byte == b'-'))
            }
            Self::Plain => {
                let whole = text.len() == 12 || text.len() == 13 && text.get(6) == Some(&b'-');
                let hex = text.iter().filter(|byte| byte.is_ascii_hexdigit()).count();
                whole && hex == 12 && text.iter().any(|byte| !matches!(byte, b'0' | b'-'))
            }
            Self::Serial => {
                // Of some makers behind the letters of a series: `PF-2K4XQW`.
                let series = text.get(2) == Some(&b'-') && text.iter().skip(3).all(is_capital_or_digit);
                (7..=20).contains(&text.len())
                    && digits > 0
                    && (all(is_capital_or_digit) || series && text.len() < 14)
                    && text.iter().any(|byte| *byte > b'F')
            }
            Self::Vehicle => {
                text.len() == 17
                    && (4..17).contains(&digits)
                    && all(|byte| is_capital_or_digit(byte) && !matches!(byte, b'I' | b'O' | b'Q'))
            }
            Self::Plate => {
                (5..=13).contains(&text.len())
                    && (1..=6).contains(&digits)
                    && all(|byte| is_capital_or_digit(byte) || matches!(byte, b' ' | b'-'))
                    && text.iter().any(u8::is_ascii_uppercase)
            }
            // Of Italy's some have more letters.
            Self::License => {
                let italian = text.starts_with(b"U1") && text.len() == 10;
                (8..=16).contains(&text.len()) && (digits > 4 || italian) && all(is_capital_or_digit)
            }
            Self::PlusCode => {
                const LETTERS: &[u8] = b"23456789CFGHJMPQRVWX";
                // A geohash has no plus.
                const HASH: &[u8] = b"0123456789bcdefghjkmnpqrstuvwxyz";
                if (7..=12).contains(&text.len()) && digits > 1 && text.iter().all(|byte| HASH.contains(byte))
                {
                    return true;
                }
                let plus = text.iter().position(|byte| *byte == b'+').unwrap_or(0);
                matches!(plus, 4 | 6 | 8)
                    && matches!(text.len() - plus, 3 | 4)
                    && text.iter().all(|byte| LETTERS.contains(byte) || *byte == b'+')
            }
            Self::Degrees => {
                let number = probe.text(span.clone()).trim_start_matches(['-', '+']);
                let (whole, part) = number.split_once('.').unwrap_or((number, ""));
                let size: u64 = whole.parse().unwrap_or(u64::MAX);
                size <= 180 && part.len() > 3 && part.bytes().all(|byte| byte.is_ascii_digit())
                    || number == whole
                        && size <= 1_800_000_000
                        && whole.len() > 6
                        && probe.has_before(span.start, 8, &["e7"])
            }
            Self::Grid => {
                let zone = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let square = text.get(zone..zone + 3).unwrap_or(&[]);
                (1..=2).contains(&zone)
                    && square.len() == 3
                    && square.iter().all(|byte| byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'O'))
                    && digits + 3 == text.len()
                    && matches!(digits - zone, 2 | 4 | 6 | 8 | 10)
            }
            Self::Words => {
                let words = text.strip_prefix(b"///").unwrap_or(text);
                let word = |word: &[u8]| {
                    word.len() > 2 && word.iter().all(|byte| byte.is_ascii_lowercase() || !byte.is_ascii())
                };
                words.split(|byte| *byte == b'.').filter(|part| word(part)).count() == 3
                    && words.iter().filter(|byte| **byte == b'.').count() == 2
            }
            Self::Postcode => {
                digits >= 2
                    && (4..=10).contains(&text.len())
                    && all(|byte| {
                        byte.is_ascii_digit() || byte.is_ascii_uppercase() || matches!(byte, b' ' | b'-')
                    })
            }
            Self::Bank => {
                matches!(text.len(), 8 | 11)
                    && all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                    && text.iter().take(6).all(u8::is_ascii_uppercase)
            }
            Self::Document => {
                (9..=10).contains(&text.len())
                    && digits > 0
                    && all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
            }
            Self::OfPerson => {
                const FAR: usize = 40;
                let to = (span.end + FAR).min(probe.len());
                // What a document is stands in a member of its own: `type=DRIVERS number=…`.
                let of_kind = || {
                    (6..=18).contains(&text.len())
                        && digits > 4
                        && probe.has_before(
                            span.start,
                            FAR,
                            &["type", "tipo", "kind", "doc", "soort", "rodzaj"],
                        )
                        && probe.has_before(
                            span.start,
                            FAR,
                            &[
                                "drivers",
                                "driver's",
                                "driver lic",
                                "driving",
                                "licence",
                                "license",
                                "national id",
                                "identity",
                                "id card",
                                "idcard",
                                "residence",
                                "passport",
                                "permis",
                                "rijbewijs",
                                "führerschein",
                                "personalausweis",
                            ],
                        )
                };
                let written = all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
                written && of_kind()
                    || (7..=10).contains(&text.len())
                        && digits > 1
                        && written
                        && (probe.has_before(
                            span.start,
                            FAR,
                            &[
                                "passport",
                                "passeport",
                                "reisepass",
                                "id card",
                                "dob.",
                                "birth",
                                "apis.",
                                "doctype",
                            ],
                        ) || probe.has_before(to, to - span.end, &["dob.", "birth"]))
            }
            Self::Beside => {
                (6..=17).contains(&digits)
                    && digits == text.len()
                    && probe.has_before(
                        span.start,
                        span.start - words_before(probe, span.start, 6),
                        &[
                            "routing",
                            "aba.",
                            "bsb.",
                            "transit",
                            "ach.",
                            "bacs",
                            "sort code",
                            "blz.",
                            "debit acc",
                            "credit acc",
                            "savings acc",
                            "checking acc",
                            "banco",
                            "banca.",
                            "banque",
                            "bankcode",
                            "bank code",
                            "bankleitzahl",
                            "agência",
                            "agencia",
                            "guichet",
                            "sucursal",
                            "clearing",
                            "abi.",
                        ],
                    )
                    || (6..=17).contains(&digits)
                        && digits == text.len()
                        && probe.has_before(
                            (span.end + 16).min(probe.len()),
                            16,
                            &["agência", "agencia", "ag.", "blz.", "bsb.", "sort code"],
                        )
            }
            // The time of a day that somebody was born on.
            Self::Date if text.get(10) == Some(&b'T') => text.get(..10).is_some_and(super::is_date),
            Self::Date if eastern_date_end(probe, span.start) == span.end => true,
            Self::Date => {
                (3..=6).contains(&digits)
                    && (has_month(text) || birth::date_end(probe, span.start) == Some(span.end))
            }
            Self::Phone => {
                // Four numbers with dots are an address of a network.
                !(text.iter().filter(|byte| **byte == b'.').count() == 3 && phone::are_bytes(text)) && ((7..=15).contains(&digits) && !text.contains(&b'.') || (9..=15).contains(&digits))
                    // The phone has a number of its own.
                    && !(digits > 13 && probe.has_before(span.start, 48, &["imei", "imsi", "iccid", "serial"]))
            }
            Self::Session => {
                text.len() >= 16
                    && (digits >= 2 || tokens::is_random(text)
                        // Small letters with nothing between them are no words where they are so many.
                        || digits == 1 && text.len() >= 24 && all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
            }
            Self::Path => {
                let mixed =
                    text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase);
                let drawn = text.len() >= 20 && tokens::is_random(text);
                text.len() >= 32 && digits > 0 && all(u8::is_ascii_hexdigit)
                    || drawn && mixed && (digits > 0 || changes_often(text))
                    || drawn && text.len() >= 24 && digits > 3 && all(u8::is_ascii_alphanumeric)
                    || tokens::is_uuid(text)
                        && probe.has_before(span.start, 16, &["reset", "magic", "unsubscribe"])
            }
            Self::Cookie => {
                // Ids of traces and builds are hex, and those of messages hex behind two capitals.
                let drawn = text.len() >= 20
                    && digits > 2
                    && all(u8::is_ascii_alphanumeric)
                    && text
                        .iter()
                        .skip(2)
                        .any(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit());
                // A ULID is told from others by when it was made.
                let ulid =
                    text.len() == 26 && text.starts_with(b"01") && !text.iter().any(u8::is_ascii_lowercase);
                // Of a server of Node.js with its signature.
                let signed = text.len() > 40 && (text.starts_with(b"s%3A") || text.starts_with(b"s:"));
                const OPENED: &[&str] = &[
                    "login",
                    "logon",
                    "logged in",
                    "signed in",
                    "sign-in",
                    "auth",
                    "session started",
                    "session created",
                    "new session",
                ];
                let before = |words: &[&str]| probe.has_before(span.start, 64, words);
                // Of hex digits those that a session begins with.
                let opened = || {
                    drawn && (before(OPENED) || probe.near(span, OPENED))
                        || text.len() >= 32
                            && all(u8::is_ascii_hexdigit)
                            && before(&["session start", "session creat", "session open", "new session"])
                };
                // Or in a dictionary of cookies.
                let kept = || probe.near(span, &["cookie"]) || probe.has_before(span.start, 48, &["cookie"]);
                // A header of cookies goes on with the name of one.
                let pair = probe.byte(span.end) == b'='
                    || text.iter().any(|byte| matches!(byte, b'=' | b';' | b' '));
                let drawn = text.len() >= 16 && tokens::is_random(text);
                !pair && (signed || drawn && (kept() || !ulid && opened()) || is_session(text))
            }
            Self::Groups => {
                let parts = || text.split(|byte| matches!(byte, b' ' | b',')).filter(|part| !part.is_empty());
                // Several are no words that stand so by chance.
                let code = |part: &[u8]| part.contains(&b'-') && is_listed_code(part);
                parts().all(is_groups) || digits > 2 && parts().nth(1).is_some() && parts().all(code)
            }
        }
    }
}

/// Whether text is drawn as servers draw the ids of sessions and as nothing else is: 26 small letters and digits (PHP), 32 hex digits with
/// capitals (Tomcat), 32 letters of both cases, digits, `-` and `_`.
fn is_session(text: &[u8]) -> bool {
    let count = |belongs: fn(&u8) -> bool| text.iter().filter(|byte| belongs(byte)).count();
    let (digits, small) = (count(u8::is_ascii_digit), count(u8::is_ascii_lowercase));
    let (large, marks) = (count(u8::is_ascii_uppercase), count(|byte| matches!(byte, b'-' | b'_')));
    // Of letters that are no hex digits only.
    let others = count(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit());
    match (text.len(), large, small) {
        (26, 0, _) => digits > 2 && digits + small == 26 && others > 0,
        (32, _, 0) => digits > 5 && large > 2 && others + marks == 0 && digits + large == 32,
        // Behind two capitals hex digits are an id of something (`SM9f86…`).
        (32..=64, 3.., 1..) => {
            digits > 2
                && others > 2
                && digits + small + large + marks == text.len()
                && tokens::is_random(text)
        }
        _ => false,
    }
}

/// Whether two groups of three digits with a blank between stand at a place, and nothing more of them.
fn is_halved(probe: &Probe<'_>, from: usize) -> bool {
    let digits = |from: usize| probe.reach(from, 4, |byte| byte.is_ascii_digit()) == from + 3;
    digits(from)
        && probe.byte(from + 3) == b' '
        && digits(from + 4)
        && !matches!(probe.byte(from + 7), b' ' | b'.' | b',' if probe.byte(from + 8).is_ascii_digit())
        && !probe.byte(from + 7).is_ascii_alphanumeric()
}

/// Whether letters change their case so often that no names are joined in them.
fn changes_often(text: &[u8]) -> bool {
    let mixed = |pair: &[u8]| matches!(pair, [a, b] if a.is_ascii_uppercase() != b.is_ascii_uppercase());
    text.windows(2).filter(|pair| mixed(pair)).count() * 2 >= text.len()
}

/// Whether text is one of several codes that let somebody in again, in a list of them.
pub(super) fn is_listed_code(text: &[u8]) -> bool {
    let part = |part: &[u8]| part.len() >= 3 && part.iter().all(u8::is_ascii_alphanumeric);
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let mut parts = text.split(|byte| matches!(byte, b'-' | b' '));
    let first = parts.next().unwrap_or(&[]).len();
    let even = text.len() > first && parts.all(|part| part.len() == first) && first > 3;
    let written = even || digits > 0 && text.iter().all(u8::is_ascii_alphanumeric);
    (6..=32).contains(&text.len()) && text.split(|byte| matches!(byte, b'-' | b' ')).all(part) && written
}

/// Whether text is two to six groups of as many letters of one case and digits each: capitals with a digit in them or none of the
/// letters that words are spoken by, small letters with two digits.
fn is_groups(text: &[u8]) -> bool {
    let (mut length, mut groups, mut group, mut digits) = (0, 0, 0, 0);
    let (mut capitals, mut small, mut spoken) = (false, false, false);
    for byte in text.iter().chain(b"-") {
        group += 1;
        match byte {
            b'-' => {
                length = if groups == 0 { group } else { length };
                if group != length {
                    return false;
                }
                (groups, group) = (groups + 1, 0);
            }
            b'0'..=b'9' => digits += 1,
            b'A'..=b'Z' => {
                capitals = true;
                spoken |= matches!(byte, b'A' | b'E' | b'I' | b'O' | b'U');
            }
            b'a'..=b'z' => small = true,
            _ => return false,
        }
    }
    // With the dash behind each.
    let grouped = (2..=6).contains(&groups) && (5..=7).contains(&length);
    grouped && (capitals && !small && (digits > 0 || !spoken) || small && !capitals && digits > 1)
}

/// Of a word in capitals; what accents stand on is no small letter there.
const fn is_of_capitals(byte: u8) -> bool {
    byte.is_ascii_uppercase() || !byte.is_ascii()
}

/// Most escapes in a name of a form.
const MOST_ESCAPES: usize = 8;

/// What stands between words, as it is, in a form and in a record of DICOM or HL7: `Example^Ann`.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'+' | b'^')
}

/// One past a name, the given one behind a comma as well: `Moreau, Quentin`.
#[inline(never)]
fn name_end(probe: &Probe<'_>, from: usize) -> usize {
    if probe.byte(from) >= 0xe3
        && let Some(end) = eastern_name_end(probe, from)
    {
        return end;
    }
    // `EXAMPLE/ANN MR`, as tickets have it.
    let family = probe.reach(from, 30, |byte| is_of_capitals(byte) || byte == b' ');
    if probe.byte(family) == b'/' && family > from {
        return probe.reach(family + 1, 30, is_of_capitals);
    }
    let mut end = words_end(probe, from, 5, is_name_byte);
    // Letters of a form: `Pe%C3%B1alver`.
    for _ in 0..MOST_ESCAPES {
        let escape = probe.slice(end..end + 3);
        if !matches!(escape, [b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit()) {
            break;
        }
        end = probe.reach(end + 3, 40, |byte| is_name_byte(byte) || byte == b'+');
    }
    let given = end + 2;
    if end > from
        && probe.slice(end..given) == b", "
        && is_given(probe.slice(given..probe.reach(given, 24, is_name_byte)))
    {
        // A key of its own is none.
        return match words_end(probe, given, 2, is_name_byte) {
            next if next > given => next,
            _ => end,
        };
    }
    end
}

/// One past a date as East Asia writes it, or its beginning: `1969年1月13日`, `1985년 3월 12일`.
#[inline(never)] // asked twice
fn eastern_date_end(probe: &Probe<'_>, from: usize) -> usize {
    const ERAS: [&str; 5] = ["昭和", "平成", "大正", "明治", "令和"];
    let era = ERAS.iter().find(|era| probe.starts_with(from, era)).map_or(0, |era| era.len());
    let mut at = from + era;
    for (most, units) in [(4, ["年", "년"]), (2, ["月", "월"]), (2, ["日", "일"])] {
        let end = probe.reach(at, most, |byte| byte.is_ascii_digit());
        let unit = units.iter().find(|unit| probe.starts_with(end, unit));
        let whole = end > at && (most < 4 || end == at + if era > 0 { 2 } else { 4 });
        let (true, Some(unit)) = (whole, unit) else { return from };
        at = end + unit.len();
        at += usize::from(most == 4 || *unit == "월") * usize::from(probe.byte(at) == b' ');
    }
    at
}

/// One past a name of East Asia of one word or two, if letters of such a script stand at a place. What honors somebody is no part of it.
fn eastern_name_end(probe: &Probe<'_>, from: usize) -> Option<usize> {
    const LONGEST: usize = 24;
    const HONORIFICS: [&str; 5] = ["さん", "様", "님", "先生", "女士"];
    let word = |from: usize| {
        let end = probe.reach(from, LONGEST, |byte| byte > 0x7f);
        let text = probe.text(
            from..(end - 3.min(end - from)..=end).rev().find(|at| probe.is_boundary(*at)).unwrap_or(from),
        );
        let letters = text.chars().take_while(|letter| is_eastern_letter(*letter) || *letter == '　');
        from + letters.map(char::len_utf8).sum::<usize>()
    };
    let first = word(from);
    // A family name has three letters at most; a word behind a longer one is another.
    let family = is_given(probe.slice(from..first)) || !is_eastern(probe.text(from..first));
    let short = first - from <= 9 && family;
    let second = if short && probe.byte(first) == b' ' { word(first + 1) } else { first };
    // What a colon or `=` follows is the next key.
    let key = matches!(probe.byte(second), b':' | b'=') || probe.starts_with(second, "：");
    let end = if second == first + 1 || key && second > first { first } else { second };
    let name = probe.text(from..end);
    let honored = HONORIFICS.iter().find_map(|honorific| name.strip_suffix(honorific));
    (first > from).then(|| from + honored.unwrap_or(name).len())
}

/// Whether text may be a name in letters of East Asia: a family name that many have, or two to four letters that are none of the words
/// that forms hold instead.
fn is_eastern_word(text: &str) -> bool {
    const WORDS: [&str; 39] = [
        "本社", "本店", "支店", "入力", "設定", "登録", "未定", "不明", "匿名", "無し", "有り", "確認",
        "完了", "失敗", "成功", "削除", "新規", "更新", "未知", "失败", "系统", "管理", "必須", "変更",
        "追加", "情報", "番号", "会社", "法人", "不能", "错误", "信息", "없음", "입력", "등록", "있음",
        "완료", "실패", "관리",
    ];
    let letters = text.chars().filter(|letter| !matches!(letter, ' ' | '　'));
    let spoken =
        letters.clone().all(|letter| matches!(letter, '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'));
    let other = WORDS.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some());
    is_given(text.as_bytes()) || spoken && (2..=4).contains(&letters.count()) && !other
}

/// Whether text is a name as tickets have it (IATA Resolution 722): a given name behind the slash, or a title behind that.
#[inline(never)]
fn is_of_ticket(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    const TITLES: &str = " mr mrs ms miss mstr dr chd inf ";
    let mut parts = probe.slice(span.clone()).split(|byte| *byte == b'/');
    let (Some(family), Some(given), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    let title = probe.slice(span.end + 1..probe.reach(span.end + 1, 5, is_name_byte));
    let joined = || {
        [2, 3].into_iter().any(|title| {
            given
                .len()
                .checked_sub(title)
                .and_then(|at| given.split_at_checked(at))
                .is_some_and(|(name, title)| is_listed(title, TITLES) && is_given(name))
        })
    };
    let capitals =
        |part: &[u8]| part.len() > 1 && part.iter().all(|byte| is_of_capitals(*byte) || *byte == b' ');
    let titled = probe.byte(span.end) == b' ' && is_listed(title, TITLES);
    capitals(family) && capitals(given) && (titled || is_given(given) || joined())
}

/// The given name in a name.
fn given_of(text: &[u8]) -> &[u8] {
    let comma = text.windows(2).position(|pair| pair == b", ");
    let name = comma.and_then(|at| text.get(at + 2..)).unwrap_or(text);
    name.split(|byte| is_blank(*byte)).next().unwrap_or(&[])
}

/// Whether a key for a part of a person's name stands beside a value: `nombre=Esteban apellido=Ejemplo`.
#[inline(never)]
fn is_beside_part(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    const PARTS: &[&str] = &[
        "surname",
        "last name",
        "lastname",
        "cognome",
        "apellido",
        "prenom",
        "prénom",
        "sobrenome",
        "nachname",
        "vorname",
        "achternaam",
        "voornaam",
        "nazwisko",
        "efternamn",
        "family name",
        "familyname",
        "dob.",
        "date of birth",
        "date_of_birth",
        "geburtsdatum",
        "passport",
    ];
    let to = (span.end + 32).min(probe.len());
    probe.has_before(to, to - span.start.saturating_sub(48), PARTS)
}

/// Whether the directory that a name stands in is one of people: `CN=…,OU=People`.
#[inline(never)]
fn is_in_directory(probe: &Probe<'_>, end: usize) -> bool {
    const UNITS: &str = " people users employees staff personnel members students teachers faculty ";
    let unit = end + ",OU=".len();
    let last = probe.reach(unit, 16, |byte| byte.is_ascii_alphabetic());
    matches!(probe.slice(end..unit), [b',', b'O' | b'o', b'U' | b'u', b'='])
        && is_listed(probe.slice(unit..last), UNITS)
}

/// Whether the part of a key that ends at a place is a word for a person: `billing.name`, `signer_name`.
#[inline(never)]
pub(super) fn is_of_person(probe: &Probe<'_>, end: usize, surely: bool) -> bool {
    let end = probe.reach_back(end, 1, |byte| matches!(byte, b'.' | b'_' | b'-' | b' '));
    let start = probe.reach_back(end, 24, |byte| byte.is_ascii_alphanumeric());
    let word = probe.slice(start..end);
    // What has a driver or a manager may be a machine: there a given name must speak for it.
    is_listed(word, OBJECTS)
        || !surely
            && is_listed(
                word,
                " billing shipping driver manager profile actor creator agent reviewer approver to from emp pt pat staff rider \
                  receiver provider attending crew team family household board ",
            )
}

/// Whether the part of a key that ends at a place is a word for an address: `address.zip`, `delivery_zip`.
#[inline(never)]
pub(super) fn is_of_address(probe: &Probe<'_>, end: usize) -> bool {
    let end = probe.reach_back(end, 1, |byte| matches!(byte, b'.' | b'_' | b'-' | b' '));
    let start = probe.reach_back(end, 24, |byte| byte.is_ascii_alphanumeric());
    is_listed(probe.slice(start..end), " address addr delivery destination home mailing residential ")
}

/// Words for people, as objects and parts of keys are called.
const OBJECTS: &str = " customer user patient employee guest passenger owner client contact holder cardholder card_holder recipient sender payer \
                       payee beneficiary person member subscriber buyer seller debtor creditor applicant requester assignee author \
                       billing_details billingdetails billing_address shipping_address account_holder accountholder student tenant \
                       signer insured nominee reporter reviewer approver attendee borrower traveler traveller doctor \
                       physician teacher candidate claimant visitor caller cust billto shipto bill_to ship_to billingaddress shippingaddress \
                       spouse emergency_contact emergencycontact next_of_kin primary_contact resident voter donor courier \
                       kunde cliente customer_details payer_info buyer_info shipping_details userinfo user_info ";

/// Whether the key before a value is a member of an object that is called like a person: `"customer":{"id":7,"name":"…"`.
#[inline(never)]
fn is_member_of_person(probe: &Probe<'_>, value: usize) -> bool {
    /// How far before a member its object may begin.
    const FARTHEST: usize = 192;
    let mark =
        |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b':' | b'=' | b'>' | b' ' | b'\n' | b'%' | b'#');
    let name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let last = probe.reach_back(value, 8, mark);
    let key = probe.reach_back(last, 24, name);
    // The part of the key before its last word.
    let word = probe.reach_back(last, 24, |byte| byte.is_ascii_lowercase());
    let word = word - usize::from(probe.before(word).is_ascii_uppercase());
    if is_of_person(probe, word, true) {
        return true;
    }
    let mut open = probe.reach_back(key, 16, mark);
    // Members before it, of the same object.
    if probe.before(open) == b',' {
        let from = probe.reach_back(open, FARTHEST, |byte| byte != b'\n');
        probe.count(FARTHEST);
        let mut depth = 0;
        for (place, byte) in probe.slice(from..open).iter().enumerate().rev() {
            match byte {
                b'}' | b']' | b')' => depth += 1,
                b'{' | b'[' | b'(' if depth == 0 => {
                    open = from + place + 1;
                    break;
                }
                b'{' | b'[' | b'(' => depth -= 1,
                _ => {}
            }
        }
    }
    if !matches!(probe.before(open), b'{' | b'(' | b'[') {
        return false;
    }
    let end = probe.reach_back(open - 1, 8, mark);
    is_listed(probe.slice(probe.reach_back(end, 24, name)..end), OBJECTS)
}

/// One past at most so many words with single spaces between them.
fn words_end(probe: &Probe<'_>, from: usize, most: usize, belongs: fn(u8) -> bool) -> usize {
    let mut end = from;
    for word in 0..most {
        let start = if word == 0 { from } else { end + 1 };
        let next = probe.reach(start, 40, belongs);
        let key = matches!(probe.byte(next), b'=' | b':' | b'_' | b'/')
            || word > 0 && matches!(probe.slice(next..next + 2), b" :" | b" =");
        let starts = probe.byte(start);
        let lower = starts.is_ascii_lowercase() && word > 0 && !is_particle(probe.slice(start..next));
        if next == start
            || key
            || word > 0
                // Dashes and other marks outside ASCII.
                && (matches!(starts, 0xc2 | 0xe2 | 0xef)
                    || !is_blank(probe.byte(end))
                    || lower && belongs(b'0') && !has_month(probe.slice(start..next))
                    || lower && !belongs(b'0'))
        {
            break;
        }
        end = next;
    }
    // Particles and punctuation at the end belong to what follows.
    probe.reach_back(end, 2, |byte| matches!(byte, b'.' | b',' | b'-' | b'\'')).max(from)
}

/// Whether text is that many words at least, all with a capital or a letter of a script without, but for particles. Behind a family name
/// a comma may stand.
#[inline(never)] // asked in several places
fn is_name(text: &[u8], least: usize) -> bool {
    let (mut count, mut comma, mut particle) = (0, false, false);
    for word in text.split(|byte| is_blank(*byte)) {
        let word = match word {
            [word @ .., b','] if !comma && count < 2 => {
                comma = true;
                word
            }
            word => word,
        };
        let escaped = word.contains(&b'%');
        let belongs = |byte: &u8| is_name_byte(*byte) || escaped && (byte.is_ascii_digit() || *byte == b'%');
        let shaped = word.iter().all(belongs) && word.len() <= 40;
        let capital = begins_large(word) || matches!(word, [b'%', b'C' | b'D', b'0'..=b'9', b'%', ..]);
        particle = !capital && is_particle(word);
        let shouted = word.len() > 3 && word.iter().all(u8::is_ascii_uppercase);
        let camel = word
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
            && word.len() > 12;
        if !shaped || !(capital || particle) || shouted && least > 1 || camel || word.is_empty() {
            return false;
        }
        count += 1;
    }
    // A family name may begin with a particle, and ends with none.
    (least..=5).contains(&count) && text.len() >= 2 && !(particle && least > 1) && (count > 1 || !particle)
}

/// Whether text is what people say first, not who they are: `Kunde: Guten Tag`.
fn is_greeting(text: &[u8]) -> bool {
    const WORDS: &str = " guten gute hallo hello hi hey dear good buenos buenas bonjour bonsoir bom boa buongiorno buonasera ciao \
                         goedemorgen goedemiddag goedendag god hej hola olá dzień thank thanks danke ";
    is_listed(text.split(|byte| *byte == b' ').next().unwrap_or(&[]), WORDS)
}

/// Whether an address may end with a sentence behind its last word, which is none that streets and flats are abbreviated to.
fn ends_sentence(text: &[u8]) -> bool {
    const SHORT: &str = " blvd hwy pkwy bldg apto dept piso prof cond ";
    let word = text.rsplit(|byte| matches!(byte, b' ' | b',')).next().unwrap_or(&[]);
    word.len() > 3 && !word.ends_with(b"str") && !is_listed(word, SHORT) && is_address(text)
}

/// A house number, and a word of three letters or more with a capital.
fn is_address(text: &[u8]) -> bool {
    let mut number = false;
    let mut word = false;
    for part in text.split(|byte| matches!(byte, b' ' | b',' | b'+' | b'%')) {
        // A flat of a block stands before it, or a floor behind: `B-204, …`, `… 27-II`.
        let part = match part {
            [b'A'..=b'Z', b'-', number @ ..] => number,
            part => part,
        };
        let digits = part.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let floor = matches!(part.get(digits..), Some([b'-' | b'/', floor @ ..])
            if (1..=4).contains(&floor.len()) && floor.iter().all(is_capital_or_digit));
        // Of blocks and houses: `6-25-15 Sakura-dori`.
        let blocks = part.len() <= 11 && part.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
        number |= (1..=5).contains(&digits) && (part.len() <= digits + 1 || blocks || floor);
        // `84th St`.
        word |= digits > 0
            && part.len() == digits + 2
            && is_listed(part.get(digits..).unwrap_or(&[]), " st nd rd th ")
            || part.len() >= 4
                && part.first().is_some_and(|first| first.is_ascii_uppercase() || !first.is_ascii())
                && part.iter().all(|byte| is_name_byte(*byte));
    }
    number
        && word
        && text.len() >= 8
        && (text.iter().any(|byte| is_blank(*byte)) || text.windows(3).any(|three| three == b"%20"))
        && !text.iter().any(|byte| matches!(byte, b'=' | b'{' | b'<' | b'_' | b':'))
}

/// Whether text is an address of Japan, China or Korea: it begins with a part of the country, another part follows and a number.
fn is_eastern_address(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    const COUNTRY: [char; 9] = ['都', '道', '府', '県', '省', '市', '区', '시', '도'];
    const TOWN: [&str; 17] = [
        "市", "区", "町", "村", "郡", "丁目", "县", "路", "街", "镇", "區", "縣", "시 ", "구 ", "동 ", "로 ",
        "길 ",
    ];
    let text = probe.text(span.clone());
    let code = |letter: char| matches!(letter, '〒' | ' ' | '-') || letter.is_ascii_digit();
    let address = text.trim_start_matches(code);
    let part = address.char_indices().take(6).find(|(at, letter)| *at > 0 && COUNTRY.contains(letter));
    let Some((head, rest)) = part.and_then(|(at, letter)| address.split_at_checked(at + letter.len_utf8()))
    else {
        return false;
    };
    let spoken = |letter: char| matches!(letter, '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    head.chars().all(spoken)
        && TOWN.iter().any(|part| memchr::memmem::find(rest.as_bytes(), part.as_bytes()).is_some())
        && rest.bytes().any(|byte| byte.is_ascii_digit())
}

fn has_month(text: &[u8]) -> bool {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär", "mai",
        "okt", "dez", "ene", "abr", "ago", "dic", "fév", "avr", "juin", "jui", "aoû", "déc", "gen", "mag",
        "giu", "lug", "set", "ott",
    ];
    text.split(|byte| matches!(byte, b' ' | b'-' | b'.' | b',' | b'/')).any(|word| {
        MONTHS.iter().any(|month| {
            word.get(..month.len()).is_some_and(|head| head.eq_ignore_ascii_case(month.as_bytes()))
        })
    })
}
