//! What cards of people say (vCard, RFC 6350) that is told by its property alone: names and addresses. Telephone numbers, e-mail
//! addresses and birth dates have detectors of their own.

use super::{Detector, Probe, Site, Spec, is_placeholder};
use crate::Class;
use core::ops::Range;

/// The names that a card begins with, from the first to the last.
pub(super) struct Name;

impl Detector for Name {
    fn spec(&self) -> Spec {
        Spec::new("contact-name", Class::DirectId, "Names on cards of people (vCard)")
            .sure(95)
            .finds(&[
                "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:«Ann Example»\r\nORG:Shop\r\nEND:VCARD\r\n",
                r"BEGIN:VCARD\nVERSION:4.0\nN:«Example;Ann;;;\nFN;CHARSET=UTF-8:Ann Example»\nTEL:x\nEND:VCARD",
                "BEGIN:VCARD\nFN:«Ann Example»",
                r#"said \"BEGIN:VCARD\nFN:«Ann Example»\" twice"#,
            ])
            .passes_over(&[
                "expected BEGIN:VCARD but found nothing",
                "BEGIN:VEVENT\nFN:x\nEND:VEVENT",
                "BEGIN:VCARD\nFN:[direct-id]\nEND:VCARD",
                "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\nFN:x",
                "BEGIN:VCARD\nFNord of a card whose line has no colon near, only words that go on and on",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Key(&["begin"])]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        /// Lines that may stand before the names.
        const LEADING: usize = 6;
        const CARD: &str = ":VCARD";
        if !probe.starts_with(at, CARD) {
            return None;
        }
        let mut names: Option<Range<usize>> = None;
        let mut end = at + CARD.len();
        for _ in 0..LEADING {
            let Some(line) = next_line(probe, end) else { break };
            end = line_end(probe, line);
            // Of a longer line not all would be taken, and the rest would be a name for the next hop.
            if end - line >= LONGEST_LINE {
                break;
            }
            let parameters = probe.reach(line, 64, |byte| !matches!(byte, b':' | b'\n'));
            let property = probe.reach(line, 3, |byte| byte.is_ascii_uppercase());
            let is_name = matches!(probe.slice(line..property), b"FN" | b"N")
                && matches!(probe.byte(property), b':' | b';')
                && probe.byte(parameters) == b':';
            if !is_name {
                if names.is_some() || probe.starts_with(line, "END") {
                    break;
                }
                continue;
            }
            names = Some(names.map_or(parameters + 1, |names| names.start)..end);
        }
        names.filter(|names| names.start < names.end && !is_placeholder(probe.slice(names.clone())))
    }
}

/// Where the line behind an end of one begins, as it is or as strings of programs write it.
fn next_line(probe: &Probe<'_>, end: usize) -> Option<usize> {
    let mut at = end;
    for (escape, plain) in [("\\r", "\r"), ("\\n", "\n")] {
        at += [escape, plain]
            .iter()
            .find(|ending| probe.starts_with(at, ending))
            .map_or(0, |ending| ending.len());
    }
    (at > end).then_some(at)
}

/// How far lines of cards are read.
const LONGEST_LINE: usize = 256;

/// Where a line ends, as far as lines of cards go.
fn line_end(probe: &Probe<'_>, at: usize) -> usize {
    let end = probe.reach(at, LONGEST_LINE, |byte| !matches!(byte, b'\n' | b'\r' | b'"'));
    // What escapes the quote, or the ending itself once more, is no part of the line.
    let unescaped = |end: usize| probe.reach_back(end, end - at, |byte| byte == b'\\');
    let line = probe.slice(at..unescaped(end));
    let escaped = |letters: &[u8]| memchr::memmem::find(line, letters).unwrap_or(line.len());
    unescaped(at + escaped(b"\\n").min(escaped(b"\\r")))
}

/// An address: `ADR;TYPE=home:;;Street;City;Region;Code;Country`.
pub(super) struct Address;

impl Detector for Address {
    fn spec(&self) -> Spec {
        Spec::new("contact-address", Class::Location, "Addresses as cards of people have them")
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
        let end = line_end(probe, from);
        let value = probe.slice(from..end);
        let parts = value.iter().filter(|byte| **byte == b';').count();
        let spoken = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
        (parts >= 5 && spoken >= 3 && probe.is_boundary(end)).then_some(from..end)
    }
}
