//! Cards of people (vCard, RFC 6350): all that a card says is of a person. Of an address that stands alone, what its property says.

use super::{Detector, Probe, Site, Spec, is_placeholder, probe::Reach};
use crate::Class;
use core::ops::Range;

/// A card between its first and last line.
pub(super) struct Card;

impl Detector for Card {
    fn spec(&self) -> Spec {
        Spec::new("vcard", Class::DirectId, "Cards of people (vCard)")
            .sure(95)
            .finds(&[
                "BEGIN:VCARD\r\n«VERSION:3.0\r\nFN:Ann Example\r\nBDAY:19570414»\r\nEND:VCARD\r\n",
                r"BEGIN:VCARD\n«VERSION:4.0\nN:Example;Ann;;;\nTEL:x»\nEND:VCARD",
                "BEGIN:VCARD\n«FN:Ann Example»",
            ])
            .passes_over(&[
                "expected BEGIN:VCARD but found nothing",
                "BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT",
                "BEGIN:VCARD\n[direct-id]\nEND:VCARD",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Key(&["begin"])]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        const LINE: &str = ":VCARD";
        let behind = at + LINE.len();
        // As it is, or as strings of programs write it.
        let breaks = |byte: u8| matches!(byte, b'\r' | b'\n' | b'\\');
        if !probe.starts_with(at, LINE) || !breaks(probe.byte(behind)) || probe.is_claimed(Reach::Card, at) {
            return None;
        }
        let mut from = behind;
        while breaks(probe.byte(from)) {
            let escaped = probe.byte(from) == b'\\';
            from += 1 + usize::from(escaped && matches!(probe.byte(from + 1), b'r' | b'n'));
        }
        let mut end = probe.find(from, b"END:VCARD").unwrap_or(probe.len());
        probe.claim(Reach::Card, &(at..end));
        loop {
            end = probe.reach_back(end, end - from, |byte| matches!(byte, b'\r' | b'\n' | b'\\'));
            match probe.slice(end.saturating_sub(2)..end) {
                [b'\\', b'n' | b'r'] if end >= from + 2 => end -= 2,
                _ => break,
            }
        }
        (end > from && !is_placeholder(probe.slice(from..end))).then_some(from..end)
    }
}

/// An address: `ADR;TYPE=home:;;Street;City;Region;Code;Country`.
pub(super) struct Address;

impl Detector for Address {
    fn spec(&self) -> Spec {
        Spec::new("vcard-address", Class::Location, "Addresses as cards of people have them")
            .sure(90)
            .finds(&[
                "ADR;TYPE=home:«;;12 Example Street;Springfield;OR;97477;USA»",
                "ADR:«;;Musterstraße 12;Musterstadt;;10115;Deutschland»\r\n",
                "line item1.ADR;TYPE=WORK:«;;12 Example Street;Springfield;;;»",
            ])
            .passes_over(&[
                "ADR;TYPE=home:;;;;;;",
                "ADR:x",
                "HOME:a;b;c;d;e;f",
                "XADR;TYPE=home:;;a b;c;d;e;f",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Key(&["adr", "home", "work", "pref"])]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.byte(at) != b':' {
            return None;
        }
        let property =
            probe.reach_back(at, 48, |byte| byte.is_ascii_alphanumeric() || b";=,\"-".contains(&byte));
        let name = probe.slice(property..at);
        if !matches!(name, [b'A', b'D', b'R'] | [b'A', b'D', b'R', b';', ..]) {
            return None;
        }
        let from = at + 1;
        if probe.byte(from) == b' ' {
            return None;
        }
        let end = probe.reach(from, 256, |byte| !matches!(byte, b'\n' | b'\r' | b'"'));
        let end = from + memchr::memmem::find(probe.slice(from..end), b"\\n").unwrap_or(end - from);
        let value = probe.slice(from..end);
        let parts = value.iter().filter(|byte| **byte == b';').count();
        let spoken = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
        (parts >= 5 && spoken >= 3 && probe.is_boundary(end)).then_some(from..end)
    }
}
