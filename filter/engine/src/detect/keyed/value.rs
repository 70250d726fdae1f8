//! What values look like that stand behind keys: where one ends, and whether it is one.

use crate::detect::{Probe, birth, is_listed, tokens};
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
    /// A number and words with capitals.
    Address,
    /// So many digits at least, with letters, dots, dashes and slashes.
    Number(usize),
    /// Between so many digits, and nothing else.
    Digits(usize, usize),
    /// Hex digits and dashes, as devices are told apart.
    Device,
    /// Letters and digits of a postal code.
    Postcode,
    /// A bank's code (ISO 9362).
    Bank,
    /// A date with the name of a month.
    Date,
    /// Nine or ten digits and capitals, as documents are numbered.
    Document,
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
pub(super) fn bounded_quote_end(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let quote = probe.before(from);
    let end = probe.run_end(from, LONGEST, |byte| byte != quote && byte != b'\n' && byte != b'\\');
    (end - from < LONGEST).then_some(end)
}

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii() || matches!(byte, b'-' | b'\'' | b'.')
}

impl Value {
    /// One past an unquoted value.
    pub(super) fn end(self, probe: &Probe<'_>, from: usize) -> usize {
        match self {
            Self::Name | Self::FullName | Self::GivenName => words_end(probe, from, 5, is_name_byte),
            Self::Address => {
                // To the end of the sentence, or to the next key.
                let mut end = from;
                loop {
                    end = probe.run_end(end, LONGEST - (end - from), |byte| {
                        !matches!(byte, b';' | b'|' | b'"' | b'\n' | b'\r' | b'\\' | b' ' | b'}' | b']')
                    });
                    let word = probe.run_end(end + 1, 24, |byte| {
                        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
                    });
                    let lower =
                        probe.byte(end + 1).is_ascii_lowercase() && is_address(probe.slice(from..end));
                    if lower
                        || probe.byte(end) != b' '
                        || end - from >= LONGEST
                        || matches!(probe.byte(word), b'=' | b':')
                        || word == end + 1
                    {
                        break;
                    }
                    end += 1;
                }
                probe.run_start(end, 2, |byte| matches!(byte, b',' | b'.')).max(from)
            }
            // Of more words where a language has them: `12 de marzo de 1985`.
            Self::Date => birth::date_end(probe, from).unwrap_or_else(|| {
                words_end(probe, from, 3, |byte| {
                    is_name_byte(byte) || byte.is_ascii_digit() || matches!(byte, b',' | b'/')
                })
            }),
            Self::Postcode => {
                let first = probe.run_end(from, 10, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
                let second =
                    probe.run_end(first + 1, 4, |byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
                let halves = probe.byte(first) == b' '
                    && second - first == 4
                    && probe.byte(first + 1).is_ascii_digit()
                    && !probe.byte(second).is_ascii_alphanumeric();
                if halves && !probe.before(first).is_ascii_lowercase() { second } else { first }
            }
            Self::Phone => {
                let end = probe.run_end(from, 24, |byte| {
                    byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'+' | b'/')
                });
                probe.run_start(end, end - from, |byte| !byte.is_ascii_digit())
            }
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
                        || !is_groups(probe.slice(next..last))
                    {
                        break;
                    }
                    end = last;
                }
                end
            }
            Self::Path => probe
                .run_end(from, LONGEST, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')),
            _ => {
                let end = probe.run_end(from, LONGEST, |byte| {
                    byte.is_ascii_alphanumeric()
                        || matches!(byte, b'-' | b'.' | b'/' | b'_' | b'%' | b'+' | b':')
                });
                probe.run_start(end, end - from, |byte| matches!(byte, b'.' | b':' | b'-'))
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
            Self::GivenName if !begins_with_given_name(text) => false,
            Self::FullName | Self::GivenName => {
                let last = text.rsplit(|byte| *byte == b' ').next().unwrap_or(&[]);
                let next = probe.byte(span.end);
                is_name(text, 2)
                    && !is_particle(last)
                    && !speaks_of_software(text)
                    && !matches!(next, b'(' | b'_' | b'/' | b':' | b'=' | b'0'..=b'9')
            }
            Self::Address => is_address(text),
            Self::Number(least) => {
                digits >= least
                    && text.len() <= 24
                    && all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'/' | b' '))
            }
            Self::Digits(least, most) => {
                (least..=most).contains(&digits) && all(|byte| byte.is_ascii_digit() || *byte == b'-')
            }
            Self::Device => {
                (14..=64).contains(&text.len())
                    && digits >= 2
                    && all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
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
            Self::Date => {
                (3..=6).contains(&digits)
                    && (has_month(text) || birth::date_end(probe, span.start) == Some(span.end))
            }
            Self::Phone => {
                ((7..=15).contains(&digits) && !text.contains(&b'.') || (9..=15).contains(&digits))
                    // The phone has a number of its own.
                    && !(digits > 13 && probe.has_before(span.start, 48, &["imei", "imsi", "iccid", "serial"]))
            }
            Self::Session => text.len() >= 16 && (digits >= 2 || tokens::is_random(text)),
            Self::Path => {
                let mixed =
                    text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase);
                text.len() >= 32 && digits > 0 && all(u8::is_ascii_hexdigit)
                    || text.len() >= 20 && mixed && digits > 1 && tokens::is_random(text)
            }
            Self::Cookie => {
                text.len() >= 16
                    && tokens::is_random(text)
                    // Or in a dictionary of cookies.
                    && (probe.near(span, &["cookie"]) || probe.has_before(span.start, 48, &["cookie"]))
            }
            Self::Groups => {
                text.split(|byte| matches!(byte, b' ' | b',')).all(|part| part.is_empty() || is_groups(part))
            }
        }
    }
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

/// One past at most so many words with single spaces between them.
fn words_end(probe: &Probe<'_>, from: usize, most: usize, belongs: fn(u8) -> bool) -> usize {
    let mut end = from;
    for word in 0..most {
        let start = if word == 0 { from } else { end + 1 };
        let next = probe.run_end(start, 40, belongs);
        let key = matches!(probe.byte(next), b'=' | b':' | b'_' | b'/');
        let starts = probe.byte(start);
        let lower = starts.is_ascii_lowercase() && word > 0 && !is_particle(probe.slice(start..next));
        if next == start
            || key
            || word > 0
                && (probe.byte(end) != b' '
                    || lower && belongs(b'0') && !has_month(probe.slice(start..next))
                    || lower && !belongs(b'0'))
        {
            break;
        }
        end = next;
    }
    // Particles and punctuation at the end belong to what follows.
    probe.run_start(end, 2, |byte| matches!(byte, b'.' | b',' | b'-' | b'\'')).max(from)
}

fn is_particle(word: &[u8]) -> bool {
    [&b"de"[..], b"da", b"van", b"von", b"der", b"den", b"la", b"del", b"di", b"bin", b"al", b"ter", b"zu"]
        .contains(&word)
}

/// Whether text is that many words at least, all with a capital or a letter outside ASCII, but for particles.
fn is_name(text: &[u8], least: usize) -> bool {
    let mut count = 0;
    for word in text.split(|byte| *byte == b' ') {
        let shaped = word.iter().all(|byte| is_name_byte(*byte)) && word.len() <= 40;
        // `à` to `ÿ` are small.
        let capital = match word {
            [0xc3, 0xa0..=0xbf, ..] => false,
            [first, ..] => first.is_ascii_uppercase() || !first.is_ascii(),
            [] => false,
        };
        let shouted = word.len() > 3 && word.iter().all(u8::is_ascii_uppercase);
        let camel = word
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
            && word.len() > 12;
        if !shaped
            || !(capital || count > 0 && is_particle(word))
            || shouted && least > 1
            || camel
            || word.is_empty()
        {
            return false;
        }
        count += 1;
    }
    (least..=5).contains(&count) && text.len() >= 2
}

/// Whether one of the words is one that names of services, events and products are made of.
fn speaks_of_software(text: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "service",
        "server",
        "system",
        "manager",
        "handler",
        "worker",
        "client",
        "controller",
        "api",
        "job",
        "task",
        "event",
        "created",
        "updated",
        "deleted",
        "failed",
        "error",
        "test",
        "queue",
        "database",
        "cache",
        "cluster",
        "node",
        "pool",
        "request",
        "response",
        "order",
        "payment",
        "checkout",
        "gateway",
        "process",
        "thread",
        "agent",
        "engine",
        "module",
        "plugin",
        "app",
        "application",
        "web",
        "windows",
        "linux",
        "microsoft",
        "google",
        "amazon",
        "apache",
        "default",
        "main",
        "new",
        "old",
        "all",
        "not",
        "the",
        "is",
        "user",
        "admin",
        "root",
        "group",
        "team",
        "store",
        "shop",
        "data",
        "report",
        "monitor",
        "metrics",
        "log",
        "file",
        "network",
        "device",
        "update",
        "daily",
        "weekly",
        "batch",
        "sync",
        "premium",
        "basic",
        "plan",
        "account",
        "settings",
        "profile",
        "home",
        "page",
        "search",
        "product",
        "catalog",
        "inventory",
        "shipping",
        "email",
        "message",
        "session",
        "token",
        "key",
        "secret",
        "north",
        "south",
        "east",
        "west",
        "us",
        "eu",
        "support",
        "sales",
        "unknown",
        "invalid",
        "bluetooth",
        "audio",
        "input",
        "output",
        "internal",
        "external",
        "remote",
        "local",
        "health",
        "check",
        "status",
        "http",
        "get",
        "post",
        "no",
        "has",
        "found",
        "object",
        "class",
        "type",
        "policy",
        "rule",
        "heap",
        "sweep",
        "period",
        "gold",
        "size",
        "count",
        "connections",
        "retry",
        "retries",
        "limit",
        "length",
        "timeout",
        "time",
        "memory",
        "threads",
        "value",
        "rate",
        "hub",
        "gem",
        "complete",
        "speed",
        "age",
        "depth",
        "power",
        "total",
        "bytes",
        "read",
        "write",
        "nr",
        "number",
        "nummer",
    ];
    text.split(|byte| matches!(byte, b' ' | b'-' | b'.'))
        .any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes())))
}

/// Whether the first word is a given name that many people have, in some country.
fn begins_with_given_name(text: &[u8]) -> bool {
    const NAMES: &str = " adam ángel álvaro ahmed aisha akira alan alejandro alex alexander alice amit amy ana andrea andreas andrew andré andrés anita ann         anna anne antonio arjun barbara ben bob brian bruno carla carlos carol charles charlotte chen chloe chloé chris christian claire         clara daniel david deepak diana diego elena élodie elias elizabeth emil emily emma eric erik eva fatima felix fernando francesca         francisco frank gabriel george giulia giuseppe grace hana hans hannah helen henry hugo ibrahim igor ines inés ingrid isabella ivan         jack jacob james jan jane jean jennifer jessica joan joao joão john jonas jorge jose josé joseph juan julia julie karen karl kate         kenji kim kumar lars laura lea lena leo li liam lisa louis lucas lucia lucía luis luisa luca maja marco marek maria marie mario mark         marta martin mary mateo matthew max mei mia michael miguel mohamed mohammed monika natalia nicolas nina noah nora olga oliver         olivia omar oscar pablo patricia patrick paul paula pedro peter petra philip piotr priya rachel rafael raj ravi rebecca         ricardo richard robert rosa ruth sakura samuel sandra sara sarah sebastian sergei simon sofia sofía sophie stefan stephen steven         susan sven tanaka thomas tim tom tomas valentina victor victoria wang wei william yuki yusuf zhang zoe ";
    is_listed(text.split(|byte| *byte == b' ').next().unwrap_or(&[]), NAMES)
}

/// A house number, and a word of three letters or more with a capital.
fn is_address(text: &[u8]) -> bool {
    let mut number = false;
    let mut word = false;
    for part in text.split(|byte| matches!(byte, b' ' | b',')) {
        let digits = part.iter().take_while(|byte| byte.is_ascii_digit()).count();
        number |= (1..=5).contains(&digits) && part.len() <= digits + 1;
        word |= part.len() >= 4
            && part.first().is_some_and(|first| first.is_ascii_uppercase() || !first.is_ascii())
            && part.iter().all(|byte| is_name_byte(*byte));
    }
    number
        && word
        && text.len() >= 8
        && text.contains(&b' ')
        && !text.iter().any(|byte| matches!(byte, b'=' | b'{' | b'<' | b'_' | b':'))
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
