//! Machine readable zones of passports, visas and identity cards (ICAO 9303): lines of 30, 36 or 44 capitals, digits and `<`.
//!
//! A line with numbers is told by its check digits, one with names by what it is filled with. Each line is one finding.

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

pub(super) struct Zone;

impl Detector for Zone {
    fn spec(&self) -> Spec {
        Spec::new("machine-readable-zone", Class::DirectId, "Lines that machines read of passports and identity cards")
            .sure(95)
            .finds(&[
                "mrz=«P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<»\n«L898902C36UTO7408122F1204159ZE184226B<<<<<10»",
                "\"«L898902C36UTO7408122F1204159ZE184226B<<<<<10»\"",
                "«I<UTOD231458907<<<<<<<<<<<<<<<»\\n«7408122F1204159UTO<<<<<<<<<<<6»\\n«ERIKSSON<<ANNA<MARIA<<<<<<<<<<»",
                "«I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<» «D231458907UTO7408122F1204159<<<<<<<6»",
                "«L898902C<3UTO6908061F9406236ZE184226B<<<<<14»",
            ])
            .passes_over(&[
                "L898902C36UTO7408122F1204158ZE184226B<<<<<10",
                "<<<<<<< HEAD and A<<<<<<<<<<<<<<<<<<<<<<<<<<<<< and X<<<<<Y",
                "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<",
                "UTOD231458907AB<<<<<<<<<<<<<<<",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Filler, Site::OpaqueRun]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        const LONGEST: usize = 44;
        let belongs = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<';
        let start = probe.reach_back(at, LONGEST, belongs);
        let end = probe.reach(at, LONGEST + 1, belongs);
        // Behind a line break as strings of programs write it stands its letter.
        let before = probe.before(start);
        let broken = before == b'n' && probe.before(start - 1) == b'\\';
        let line = probe.slice(start..end);
        // Glued to it may stand what an earlier hop left of something that the run went on with.
        let whole = (broken || !before.is_ascii_alphanumeric() && before != b']')
            && !probe.byte(end).is_ascii_alphanumeric()
            && !matches!(probe.byte(end), b'*' | b'[');
        (whole && (is_numbered(line) || is_named(line))).then_some(start..end)
    }
}

/// Whether a line holds numbers and dates, with their check digits.
fn is_numbered(line: &[u8]) -> bool {
    let sound = |from: usize, to: usize| is_sound(line, from, to);
    let letters = |from: usize, to: usize| {
        line.get(from..to).is_some_and(|part| part.iter().all(|byte| !byte.is_ascii_digit()))
    };
    match line.len() {
        // A document's number, a birth date and a last day; their composite is left out, since three of ten leave little to chance.
        36 | 44 => sound(0, 9) && letters(10, 13) && sound(13, 19) && letters(20, 21) && sound(21, 27),
        30 => {
            let dates = sound(0, 6) && letters(7, 8) && sound(8, 14) && letters(15, 18);
            let document = matches!(line.first(), Some(b'I' | b'A' | b'C')) && letters(0, 5) && sound(5, 14);
            dates || document
        }
        _ => false,
    }
}

/// Whether the digit behind a part of a line checks it.
#[inline(never)] // asked in several places
fn is_sound(line: &[u8], from: usize, to: usize) -> bool {
    const WEIGHTS: [u32; 3] = [7, 3, 1];
    let (mut sum, mut at) = (0, 0);
    for byte in line.get(from..to).unwrap_or(&[]) {
        sum += value(*byte) * WEIGHTS.get(at).copied().unwrap_or(0);
        at = if at == 2 { 0 } else { at + 1 };
    }
    line.get(to).is_some_and(|check| value(*check) == sum % 10 && *check <= b'9')
}

/// Whether a line holds a name: letters alone, two fillers between, and filled up.
fn is_named(line: &[u8]) -> bool {
    let name = line.iter().rposition(|byte| *byte != b'<').map_or(0, |last| last + 1);
    let (name, filled) = line.split_at_checked(name).unwrap_or((line, &[]));
    matches!(line.len(), 30 | 36 | 44)
        && !filled.is_empty()
        && name.first().is_some_and(u8::is_ascii_uppercase)
        && !line.iter().any(u8::is_ascii_digit)
        && name.windows(3).any(|part| matches!(part, [b'<', b'<', byte] if *byte != b'<'))
}

/// What a character counts.
const fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => (byte - b'0') as u32,
        b'A'..=b'Z' => (byte - b'A') as u32 + 10,
        _ => 0,
    }
}
