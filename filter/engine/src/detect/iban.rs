//! IBANs: country, its length, remainder 1 modulo 97 (ISO 13616-1, lengths of the SWIFT registry), plain or in fours.

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

pub(super) struct Iban;

impl Detector for Iban {
    fn spec(&self) -> Spec {
        Spec::new("iban", Class::Payment, "International bank account numbers")
            .finds(&[
                "pay «DE89370400440532013000» now, «de89 3704 0044 0532 0130 00»",
                "«GB29 NWBK 6016 1331 9268 19».",
                "iban=«FR1420041010050500013M02606»,",
                "«NO93 8601 1117 947» and more, «DE89-3704-0044-0532-0130-00»",
                "«MT84MALT011000012345MTLCAST001S»",
                r"line\n«DE89 3704 0044 0532 0130 00»\n",
            ])
            .passes_over(&[
                r"name=\x\nADE89370400440532013000 \xDE89370400440532013000",
                "DE89370400440532013001",
                "XX89370400440532013000",
                "DE893704004405320130001",
                "AB12",
                "GB29 NWBK 6016",
                "ADE89370400440532013000",
                "span_id=be82a80960d16782 be71598765432107",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Iban]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.is_joined_before(at) {
            return None;
        }
        account(probe, at)
    }
}

/// The number of an account that begins at a place.
#[inline(never)] // asked for itself, and for what stands behind it
pub(super) fn account(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let country = [probe.byte(at).to_ascii_uppercase(), probe.byte(at + 1).to_ascii_uppercase()];
    let length = length(&country)?;
    let mut end = at;
    let mut head = [0_u8; 4];
    let mut remainder = 0;
    let gap = probe.byte(at + 4);
    for place in 0..length {
        if place > 0 && place % 4 == 0 && matches!(gap, b' ' | b'-') && probe.byte(end) == gap {
            end += 1;
        }
        // Written small by some, but then throughout.
        let small = probe.byte(at).is_ascii_lowercase() && probe.byte(end).is_ascii_lowercase();
        let byte = if small { probe.byte(end).to_ascii_uppercase() } else { probe.byte(end) };
        if !byte.is_ascii_digit() && !byte.is_ascii_uppercase() {
            return None;
        }
        // The first four characters count last.
        match head.get_mut(place) {
            Some(kept) => *kept = byte,
            None => remainder = append(remainder, byte),
        }
        end += 1;
        probe.count(1);
    }
    let remainder = head.into_iter().fold(remainder, append);
    if remainder != 1 || probe.byte(end).is_ascii_alphanumeric() {
        return probe.refuse("its check digits are wrong, or it goes on");
    }
    // Span ids may be spelled like small ones.
    let id = probe.byte(at).is_ascii_lowercase() && end - at == length;
    if id
        && !probe
            .near(&(at..end), &["iban", "account", "konto", "bank", "transfer", "wire", "payment", "sepa"])
    {
        return probe.refuse("in small letters, and nothing near speaks of an account");
    }
    Some(at..end)
}

/// Appends a digit, or a letter as the two digits that stand for it, to a number modulo 97.
fn append(remainder: u32, byte: u8) -> u32 {
    if byte.is_ascii_digit() {
        (remainder * 10 + u32::from(byte - b'0')) % 97
    } else {
        (remainder * 100 + u32::from(byte.wrapping_sub(b'A')) + 10) % 97
    }
}

pub(super) fn length(country: &[u8]) -> Option<usize> {
    let length = match country {
        b"NO" => 15,
        b"BE" => 16,
        b"DK" | b"FI" | b"FO" | b"FK" | b"GL" | b"NL" | b"SD" => 18,
        b"MK" | b"SI" => 19,
        b"AT" | b"BA" | b"EE" | b"KZ" | b"LT" | b"LU" | b"XK" | b"MN" => 20,
        b"CH" | b"CR" | b"HR" | b"LI" | b"LV" => 21,
        b"BG" | b"BH" | b"DE" | b"GB" | b"GE" | b"IE" | b"ME" | b"RS" | b"VA" => 22,
        b"AE" | b"GI" | b"IL" | b"IQ" | b"OM" | b"SO" | b"TL" => 23,
        b"AD" | b"CZ" | b"ES" | b"MD" | b"PK" | b"RO" | b"SA" | b"SE" | b"SK" | b"TN" | b"VG" => 24,
        b"LY" | b"PT" | b"ST" => 25,
        b"IS" | b"TR" => 26,
        b"BI" | b"DJ" | b"FR" | b"GR" | b"IT" | b"MC" | b"MR" | b"SM" => 27,
        b"AL" | b"AZ" | b"BY" | b"CY" | b"DO" | b"GT" | b"HN" | b"HU" | b"LB" | b"NI" | b"PL" | b"SV" => 28,
        b"BR" | b"EG" | b"PS" | b"QA" | b"UA" => 29,
        b"JO" | b"KW" | b"MU" | b"YE" => 30,
        b"MT" | b"SC" => 31,
        b"LC" => 32,
        b"RU" => 33,
        _ => return None,
    };
    Some(length)
}
