//! MAC addresses: six pairs of hex digits with colons or dashes (IEEE 802), or three quads with dots as Cisco writes them, or the
//! fourteen pairs that netfilter logs behind `MAC=`.

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

pub(super) struct Mac;

impl Detector for Mac {
    fn spec(&self) -> Spec {
        Spec::new("mac", Class::OnlineId, "MAC addresses")
            .finds(&[
                "dev «00:1a:2b:3c:4d:5e» up",
                "«00-1A-2B-3C-4D-5E»",
                "«001a.2b3c.4d5e»,",
                "Calling-Station-Id = \"«00-11-22-33-44-55»\"",
                "MAC:«00:1a:2b:3c:4d:5e»",
                "MAC=«00:16:3e:5e:6c:00:52:54:00:12:34:56:08:00» SRC=",
            ])
            .passes_over(&[
                "key MD5:00:16:3e:5e:6c:00:52:54:00:12:34:56:08:00:11:22",
                "ff:ff:ff:ff:ff:ff 00:00:00:00:00:00",
                "12:30:45",
                "26-11-23-07-54-21",
                "ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89",
                "1234.5678.9012",
                "a00:1a:2b:3c:4d:5e",
                "00:1a-2b:3c:4d:5e",
                "550e8400-e29b-41d4-a716-446655440000",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::ColonChain, Site::DashPairs, Site::DotQuads]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let separator = probe.byte(at);
        let (digits, groups) = if separator == b'.' { (4, 3) } else { (2, 6) };
        let start = at.checked_sub(digits)?;
        let end = start + groups * (digits + 1) - 1;
        if separator == b':' && probe.byte(end) == b':' {
            return frame(probe, start);
        }
        let address = probe.slice(start..end);
        probe.count(address.len());
        let shaped = !address.is_empty()
            && address.iter().enumerate().all(|(place, byte)| {
                if place % (digits + 1) == digits { *byte == separator } else { byte.is_ascii_hexdigit() }
            });
        if !shaped {
            return None;
        }
        let joined = |byte: u8, next: u8| {
            byte.is_ascii_alphanumeric() || byte == b'_' || byte == separator && next.is_ascii_alphanumeric()
        };
        let joined_before = match probe.before(start) {
            // `mac:00:…` is a name; a pair of hex digits before a colon is a longer fingerprint.
            b':' if separator == b':' => {
                let name = start - 1;
                let hex = name - probe.run_start(name, 3, |byte| byte.is_ascii_hexdigit());
                hex == 2 && !probe.before(name - 2).is_ascii_alphanumeric()
            }
            byte => joined(byte, start.checked_sub(1).map_or(0, |at| probe.before(at))),
        };
        let letters = address.iter().any(u8::is_ascii_alphabetic);
        // Dates and amounts come with dashes and dots, times with colons never in sixes.
        let number = separator != b':'
            && !letters
            && !(separator == b'-'
                && probe.has_before(start, 24, &["mac.", "station id", "bssid", "hwaddr"]));
        let digits_of = || address.iter().filter(|byte| **byte != separator);
        let nobody =
            digits_of().all(|byte| *byte == b'0') || digits_of().all(|byte| byte.eq_ignore_ascii_case(&b'f'));
        let joined_after = joined(probe.byte(end), probe.byte(end + 1));
        (!joined_before && !joined_after && !number && !nobody).then_some(start..end)
    }
}

/// Both addresses and the type of an Ethernet frame, as netfilter logs them behind `MAC=`: fourteen pairs.
fn frame(probe: &Probe<'_>, start: usize) -> Option<Range<usize>> {
    let end = start + 14 * 3 - 1;
    let pairs = probe.slice(start..end).iter().enumerate();
    probe.count(end - start);
    let shaped = probe.slice(start..end).len() == end - start
        && pairs
            .clone()
            .all(|(place, byte)| if place % 3 == 2 { *byte == b':' } else { byte.is_ascii_hexdigit() });
    (shaped
        && !matches!(probe.byte(end), b':' | b'0'..=b'9' | b'a'..=b'f')
        && probe.starts_with(start.saturating_sub(4), "MAC="))
    .then_some(start..end)
}
