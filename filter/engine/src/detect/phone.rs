//! Telephone numbers: international with a plus and an assigned country code (ITU-T E.164), North American in their
//! usual spellings; ten bare digits only where the text calls them a telephone number.

use super::ssn::is_part_of_longer_number;
use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

const WORDS: &[&str] = &[
    "phone",
    "tel",
    "mobile",
    "cell",
    "fax",
    "call",
    "sms",
    "whatsapp",
    "msisdn",
    "handy",
    "rufnummer",
    "movil",
    "contact",
];

pub(super) struct Phone;

impl Detector for Phone {
    fn spec(&self) -> Spec {
        Spec::new("phone", Class::DirectId, "Telephone numbers")
            .finds(&[
                "call «+1 415 555 0132» or «+14155550132»",
                "«+49 30 901820», «+44 (0)20 7946 0958»",
                "tel:«+33-1-99-00-12-34».",
                "«(415) 555-0132»; «415-555-0132», «415.555.0132»",
                "«1-415-555-0132»",
                "«+1 (415) 555-0132»",
                "mobile=«4155550132»",
            ])
            .passes_over(&[
                "id 4155550132",
                "2026-11-23T07:54:21+00:00 +0530 +1000",
                "+0123456789",
                "1732348461",
                "offset +1234567890123",
                "115-555-0132 415-155-0132",
                "x+4915112345678",
                "415-555-0132-7",
                "12.415.555.0132",
                "+12.5 (3) +1",
                "415 555-0132",
                "@@ -1,5 +10,6 @@",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::PhoneLead, Site::ThreeThreeFour, Site::LongNumber]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        match probe.byte(at) {
            b'+' => international(probe, at),
            b'(' => parenthesized(probe, at),
            _ => north_american(probe, at),
        }
    }
}

/// `+`, country code, then digits with single separators: 8 to 15 digits, in North America 11 of the right form.
fn international(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let before = probe.before(at);
    if before.is_ascii_alphanumeric() || matches!(before, b'+' | b'.' | b'_') {
        return None;
    }
    let mut digits = [0_u8; 15];
    let mut count = 0;
    let mut end = at + 1;
    let mut next = end;
    loop {
        let byte = probe.byte(next);
        probe.count(1);
        if byte.is_ascii_digit() {
            *digits.get_mut(count)? = byte;
            count += 1;
            next += 1;
            end = next;
            continue;
        }
        // At most a separator and a bracket between two digits.
        let gap = probe.run_end(next, 3, |byte| matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/'));
        if gap == next || gap - next > 2 || !probe.byte(gap).is_ascii_digit() || count < 1 {
            break;
        }
        next = gap;
    }
    let number = digits.get(..count)?;
    let assigned = match number {
        [b'1', national @ ..] => is_north_american(national),
        _ => (8..=15).contains(&count) && is_country_code(number),
    };
    let (after, next) = (probe.byte(end), probe.byte(end + 1));
    let goes_on = after.is_ascii_alphanumeric() || matches!(after, b'.' | b'-') && next.is_ascii_digit();
    (assigned && !goes_on).then_some(at..end)
}

fn parenthesized(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let area = probe.slice(at + 1..at + 4);
    if probe.byte(at + 4) != b')' || probe.before(at).is_ascii_alphanumeric() {
        return None;
    }
    let exchange = if probe.byte(at + 5) == b' ' { at + 6 } else { at + 5 };
    let line = exchange + 4;
    let end = line + 4;
    probe.count(end - at);
    if !matches!(probe.byte(exchange + 3), b'-' | b' ' | b'.') || probe.byte(end).is_ascii_alphanumeric() {
        return None;
    }
    let number = joined([area, probe.slice(exchange..exchange + 3), probe.slice(line..end)])?;
    is_north_american(&number).then(|| with_country(probe, at)..end)
}

/// `ddd-ddd-dddd`, or ten digits that the text calls a telephone number.
fn north_american(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let separator = probe.byte(at + 3);
    let separated = !separator.is_ascii_digit();
    let gap = usize::from(separated);
    let end = at + 10 + 2 * gap;
    probe.count(end - at);
    if separated && probe.byte(at + 7) != separator {
        return None;
    }
    let number = joined([
        probe.slice(at..at + 3),
        probe.slice(at + 3 + gap..at + 6 + gap),
        probe.slice(at + 6 + 2 * gap..end),
    ])?;
    let start = if separated { with_country(probe, at) } else { at };
    let span = start..end;
    if !is_north_american(&number) || is_part_of_longer_number(probe, &span) {
        return None;
    }
    let certain = matches!(separator, b'-' | b'.');
    (certain || probe.near(&span, WORDS)).then_some(span)
}

/// The place where `1-` or `1 ` before a number begins, else the number's own.
fn with_country(probe: &Probe<'_>, at: usize) -> usize {
    let Some(start) = at.checked_sub(2) else { return at };
    let country = probe.byte(start) == b'1' && matches!(probe.byte(start + 1), b'-' | b' ' | b'.');
    if country && !probe.before(start).is_ascii_alphanumeric() && !matches!(probe.before(start), b'.' | b'-')
    {
        start
    } else {
        at
    }
}

fn joined(parts: [&[u8]; 3]) -> Option<[u8; 10]> {
    let mut number = [0; 10];
    let mut digits = parts.into_iter().flatten();
    for to in &mut number {
        *to = *digits.next().filter(|byte| byte.is_ascii_digit())?;
    }
    digits.next().is_none().then_some(number)
}

/// Ten digits of the North American plan: area and exchange begin with 2 to 9 and are not services like 911.
fn is_north_american(number: &[u8]) -> bool {
    let [a, b, c, d, e, f, _, _, _, _] = number else { return false };
    let code = |first: &u8, second: &u8, third: &u8| {
        matches!(first, b'2'..=b'9') && !(*second == b'1' && *third == b'1')
    };
    code(a, b, c) && code(d, e, f)
}

/// Whether a number begins with a country code that ITU-T E.164 has assigned or reserved for a use.
fn is_country_code(number: &[u8]) -> bool {
    match number {
        [b'2', b'8', ..] | [b'8', b'3' | b'9', ..] => false,
        [first, ..] => matches!(first, b'2'..=b'9'),
        [] => false,
    }
}
