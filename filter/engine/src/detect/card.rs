//! Payment cards: 13 to 19 digits, spaced, dashed or dotted as printed, of an issuer's range, Luhn-checked (ISO/IEC 7812-1).
//! In other groups, as people type them, where a word for cards stands near: one number in ten has a sound check digit.

use super::probe::Reach;
use super::{Detector, Probe, Site, Spec, is_listed};
use crate::Class;
use core::ops::Range;

const WORDS: &[&str] = &[
    "card",
    "cc",
    "pan",
    "credit",
    "debit",
    "visa",
    "amex",
    "mastercard",
    "karte",
    "kart ",
    "carte",
    "tarjeta",
    "carta",
    "cartão",
    "karta",
    "karty",
    "kort",
    "kaart",
    "kredit",
    "maestro",
    "rupay",
    "verve",
];

/// What is done with cards: said near numbers in groups.
const PAYING: &[&str] = &["paid", "pay", "charge"];

pub(super) struct Card;

impl Detector for Card {
    fn spec(&self) -> Spec {
        Spec::new("card", Class::Payment, "Payment card numbers")
            .finds(&[
                "«4111 1111 1111 1111»",
                "pan=«4111111111111111» declined",
                "«5555-5555-5555-4444», «3782 822463 10005», «378282246310005»",
                "«2223003122003222» «6011111111111117» «3530111333300000»",
                "diners «30569309025904» and «3056 930902 5904»",
                "«6200000000000005»",
                "order 12 «4111 1111 1111 1111» 12/29",
                "track2=«4111111111111111»D2812101123, ;«4111111111111111=2812101»?",
                "«4111.1111.1111.1111», «3782.822463.10005»; «4111/1111/1111/1111»",
                "card «4111 11111111 1111», paid with «411111-1111111111»",
                "Visa «41111111 11111111».",
                "card_«4222222222222»",
                "«3590447469080611» and «213141119196918»",
                "chargeback on «2200000000000004», cartão «6070 0000 0000 0002», card «5060000000000006»",
                r#""card":"«4111111111111111»", "card":{"number":"«5060000000000006»","brand":"elo"}, «5066 9927 8269 7682»"#,
                "«4111_1111_1111_1111», card «4111  1111  1111  1111»; paid with «3782 - 822463 - 10005»",
                "«4111\u{2011}1111\u{2011}1111\u{2011}1111», «4111\u{a0}1111\u{a0}1111\u{a0}1111»",
            ])
            .passes_over(&[
                "4111 1111 1111 1112",
                "build 2024-01-02",
                "1732348461123456",
                "1732348461123456789",
                "41111111111111111111111",
                "0.4111111111111111",
                "4111111111111111abcdef",
                "a4111111111111111",
                "4111111111111111D28121",
                "11111111-4111-4111-8111-111111111111",
                "id 4222222222222",
                "0000 0000 0000 0000",
                "4111 11111111 1111 and 411111-1111111111 of nothing",
                "4111.1111.1111.1112 4111.11.111111.1111",
                "at 1732348461.123456 card 4.111111111111111",
                "4111  1111  1111  1111",
                "4111_1111_1111_1112 4111_11111111_1111 4111, 1111, 1111, 1111",
                "counts 4625 72228 525 2751",
                "5060000000000006 and 2205000000000009",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::DigitGroups]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.is_claimed(Reach::Number, at) || is_part_of_something_longer(probe, at) {
            return None;
        }
        let mut digits = [0_u8; 19];
        let mut count = 0;
        let mut groups = 0;
        let mut printed = true;
        let mut separator: &[u8] = b"";
        let mut last = 4;
        let mut end = at;
        let mut best = None;
        loop {
            let next = probe.run_end(end, 20, |byte| byte.is_ascii_digit());
            let group = probe.slice(end..next);
            if count + group.len() > digits.len() {
                break;
            }
            // Printed numbers begin with four digits and keep one separator. Other separators stand in other numbers, too.
            let dotted = !matches!(separator, b" " | b"-" | b"");
            let whole = groups == 0 && group.len() >= 13;
            let least = if groups == 0 || dotted { 4 } else { 1 };
            let most = if groups == 0 { 4 } else { 6 };
            printed &= whole || (least..=most).contains(&group.len());
            // Behind the first group fours follow, or one of six (American Express, Diners Club); what is left ends it.
            printed &= match group.len() {
                6 => groups == 1,
                5 => last == 6,
                _ => last == 4 || last == 6,
            } || whole;
            last = group.len();
            if dotted && !printed {
                break;
            }
            for (to, from) in digits.iter_mut().skip(count).zip(group) {
                *to = from - b'0';
            }
            count += group.len();
            groups += 1;
            end = next;
            let after = probe.byte(end);
            let next = probe.byte(end + 1);
            let gap = gap(probe, end);
            // The second track as terminals send it: a `D`, then its year, month and service.
            let service = || probe.reach(end + 1, 7, |byte| byte.is_ascii_digit()) == end + 8;
            let joined = after.is_ascii_alphanumeric() && !(whole && after == b'D' && service())
                || after == b'.' && next.is_ascii_digit()
                || after == b'-' && next.is_ascii_alphanumeric();
            if !joined && (13..=19).contains(&count) && (printed || best.is_none()) {
                let number = digits.get(..count).unwrap_or(&[]);
                let span = at..end;
                let likely = printed && groups > 1
                    || luhn(number)
                        && (probe.near(&span, WORDS)
                            || is_member(probe, at)
                            || groups > 1 && probe.near(&span, PAYING));
                // Tables have columns so.
                let wide = matches!(separator, b"  " | b" - ");
                let likely = likely && (!wide || probe.near(&span, WORDS) || probe.near(&span, PAYING));
                let called = || probe.near(&(at..end), WORDS) || is_member(probe, at);
                let issued = |likely| is_issued(number, likely, called);
                if (printed && !wide || likely) && luhn(number) && issued(likely) {
                    // What the second track says of it goes with it, to its end.
                    let track = probe.reach(end + 1, 24, |byte| byte.is_ascii_digit());
                    let whole = whole && after == b'=' && track >= end + 8;
                    best = Some(if whole { at..track } else { span });
                } else {
                    probe.refuse::<()>("its check digit is wrong, or no issuer has such numbers");
                }
            }
            if gap.is_empty() || whole || groups > 1 && gap != separator {
                break;
            }
            separator = gap;
            end += gap.len();
        }
        if let Some(span) = &best {
            probe.claim(Reach::Number, span);
        }
        best
    }
}

/// Whether a number is that of an object that is called like a card: `"card":{"number":"…"`.
#[inline(never)] // of few
fn is_member(probe: &Probe<'_>, at: usize) -> bool {
    let marks = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b':' | b'=' | b' ' | b'>');
    let key = probe.reach_back(at, 6, marks);
    let word = probe.reach_back(key, 8, |byte| byte.is_ascii_alphabetic());
    is_listed(probe.slice(word..key), " number num no nr numero nummer value ")
        && word < key
        && key < at
        && probe.has_before(word, 40, WORDS)
}

/// What stands between the digit before a place and the next one: a blank or mark, two blanks, a dash between blanks, a blank or dash
/// that breaks no line. Empty if it is anything else.
fn gap<'t>(probe: &Probe<'t>, at: usize) -> &'t [u8] {
    let length = probe.reach(at, 3, |byte| !byte.is_ascii_alphanumeric()) - at;
    let gap = probe.slice(at..at + length);
    let known = match gap {
        [byte] => b" -./_".contains(byte),
        [first, second] => [[b' ', b' '], [0xc2, 0xa0]].contains(&[*first, *second]),
        b" - " => true,
        // Dashes from the hyphen to the em dash, narrow blanks.
        [0xe2, 0x80, last] => matches!(last, 0x89 | 0x90..=0x94 | 0xaf),
        _ => false,
    };
    if known && probe.byte(at + length).is_ascii_digit() { gap } else { b"" }
}

/// A fraction, or the tail of a UUID or another dashed id.
fn is_part_of_something_longer(probe: &Probe<'_>, at: usize) -> bool {
    let earlier = at.checked_sub(1).map_or(0, |at| probe.before(at));
    match probe.before(at) {
        b'.' => earlier.is_ascii_digit(),
        b'-' => {
            let hex = probe.run_start(at - 1, 9, |byte| byte.is_ascii_hexdigit());
            at - 1 - hex >= 4
        }
        _ => false,
    }
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether an issuer uses numbers that begin like this in this length. `likely` (printed in groups, or called a card
/// nearby) admits lengths that are so rare that they would mostly be ids. `called` says whether a word for cards stands nearby: it
/// admits ranges that are shared by small schemes.
fn is_issued(digits: &[u8], likely: bool, called: impl FnOnce() -> bool) -> bool {
    let head = digits.iter().take(4).fold(0_u32, |head, digit| head * 10 + u32::from(*digit));
    match (head, digits.len()) {
        // Visa
        (4000..=4999, 16) => true,
        (4000..=4999, 13 | 19) => likely,
        // Mastercard
        (5100..=5599 | 2221..=2720, 16) => true,
        // American Express
        (3400..=3499 | 3700..=3799, 15) => true,
        // Discover
        (6011 | 6440..=6599, 16) => true,
        (6011 | 6440..=6599, 17..=19) => likely,
        // JCB
        (3500..=3599, 16) => true,
        (2131 | 1800, 15) => true,
        (3528..=3589, 17..=19) => likely,
        // Diners Club
        (3000..=3059 | 3095 | 3600..=3699 | 3800..=3999, 14) => true,
        (3000..=3059 | 3095 | 3600..=3699 | 3800..=3999, 16) => true,
        // UnionPay
        (6200..=6299 | 8100..=8171, 16 | 19) => true,
        (6200..=6299 | 8100..=8171, 17 | 18) => likely,
        // Maestro
        (5018 | 5020 | 5038 | 5893 | 6304 | 6390 | 6759 | 6761..=6763, 16) => true,
        (5018 | 5020 | 5038 | 5893 | 6304 | 6390 | 6759 | 6761..=6763, 13..=15 | 17..=19) => likely,
        // Mir
        (2200..=2204, 16) => true,
        (2200..=2204, 17..=19) => likely,
        // RuPay
        (6069..=6085 | 8172..=8201, 16) => true,
        // Elo, Verve, Dankort, Hipercard, Troy, Humo, Uzcard, Meeza: as they are printed
        (
            5066
            | 5067
            | 5090..=5099
            | 5041
            | 6362
            | 6363
            | 5060
            | 5061
            | 5019
            | 6062
            | 6370
            | 6375
            | 9792
            | 9860
            | 8600
            | 5078,
            16,
        ) if likely => true,
        // Verve, Troy, BC, Elo, Hipercard, Dinacard; Maestro in all that it was given (ISO/IEC 7812-1, 50, 56 to 58, 6)
        (5000..=5099 | 5600..=5899 | 6000..=6999 | 8172..=8299 | 9792 | 9860 | 9891, 13..=19) => called(),
        _ => false,
    }
}
