//! IPv4 addresses: four numbers up to 255, not a version, not loopback, unspecified, multicast or a mask.
//!
//! A port, prefix length or bracket beside the address is not part of the finding. Versions are known by their
//! surroundings in the same text (`v1.2.3.4`, `Chrome/120.0.0.0`, `1.2.3.4-beta`, `app-1.2.3.4.jar`).

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

pub(super) struct Ipv4;

impl Detector for Ipv4 {
    fn spec(&self) -> Spec {
        Spec::new("ipv4", Class::OnlineId, "IPv4 addresses")
            .finds(&[
                "from «203.0.113.7»:443, «198.51.100.0»/24",
                "rhost=«218.188.2.4» user=root",
                "dest: /«10.251.43.21»:50010",
                "worker-01/«10.0.0.5»",
                "[«10.0.0.1»]:22 («192.0.2.1»).",
                "«10.0.0.1»-«10.0.0.9»",
                "IP «10.0.0.1».51234 > x",
                "地址«10.1.2.3»",
                "4.113.0.203.in-addr.arpa is «203.0.113.4».",
            ])
            .passes_over(&[
                "127.0.0.1 0.0.0.0 255.255.255.0 224.0.0.1",
                "v1.2.3.4",
                "version 1.2.3.4",
                r#"{"version":"1.2.3.4"}"#,
                "Chrome/120.0.0.0 Safari/537.36",
                "1.2.3.4-beta",
                "app-1.2.3.4.jar",
                "1.3.6.1.4.1.311",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "2026.11.23.07",
                "1.2.3.4-1",
                "package~amd64~~6.1.1.2 foo_1.2.3.4_amd64.deb",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::DottedQuad]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let start = probe.run_start(at, 4, |byte| byte.is_ascii_digit());
        let mut octets = [0_u16; 4];
        let mut end = start;
        for (place, octet) in octets.iter_mut().enumerate() {
            if place > 0 {
                if probe.byte(end) != b'.' {
                    return None;
                }
                end += 1;
            }
            let next = probe.run_end(end, 4, |byte| byte.is_ascii_digit());
            if !(1..=3).contains(&(next - end)) {
                return None;
            }
            *octet = probe.slice(end..next).iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
            end = next;
        }
        let [first, second, third, fourth] = octets;
        let assignable = first != 0 && first != 127 && first < 224;
        if !assignable || octets.iter().any(|octet| *octet > 255) || is_joined(probe, start, end) {
            return probe
                .refuse("part of something longer, or an address of nobody (loopback, multicast, a mask)");
        }
        if is_version(probe, start, [second, third, fourth] == [0, 0, 0]) {
            return probe.refuse("what stands before it makes it a version");
        }
        Some(start..end)
    }
}

/// Whether the four numbers are part of something longer: more numbers, a file name, a release name.
fn is_joined(probe: &Probe<'_>, start: usize, end: usize) -> bool {
    let earlier = start.checked_sub(1).map_or(0, |at| probe.before(at));
    let joined_before = match probe.before(start) {
        b'.' => earlier.is_ascii_alphanumeric(),
        b'-' => earlier.is_ascii_alphabetic(),
        // Between underscores stands the version of a file's name; before one may stand a name for the address.
        b'_' => earlier.is_ascii_alphanumeric() && probe.byte(end) == b'_',
        byte => byte.is_ascii_alphanumeric() || byte == b'~',
    };
    let next = probe.byte(end + 1);
    let joined_after = match probe.byte(end) {
        // A fifth number is an object id or a version, unless it can only be a port, as packet dumps write it.
        b'.' if next.is_ascii_digit() => {
            probe.run_end(end + 1, 5, |byte| byte.is_ascii_digit()) - end - 1 < 4
        }
        b'.' => {
            next.is_ascii_lowercase() || next.is_ascii_uppercase() && probe.byte(end + 2).is_ascii_uppercase()
        }
        b'-' if next.is_ascii_digit() => {
            let octet = probe.run_end(end + 1, 4, |byte| byte.is_ascii_digit());
            probe.byte(octet) != b'.' || !probe.byte(octet + 1).is_ascii_digit()
        }
        b'-' => next.is_ascii_alphabetic(),
        byte => byte.is_ascii_alphanumeric(),
    };
    joined_before || joined_after
}

fn is_version(probe: &Probe<'_>, start: usize, zeros: bool) -> bool {
    const WORDS: &[&str] = &["v", "ver", "version", "release", "revision", "build", "firmware"];
    const PRODUCTS: &[&str] = &[
        "chrome",
        "chromium",
        "firefox",
        "safari",
        "edg",
        "edge",
        "opr",
        "opera",
        "version",
        "mozilla",
        "curl",
        "applewebkit",
        "headlesschrome",
        "yabrowser",
        "vivaldi",
        "samsungbrowser",
        "electron",
        "webview",
        "crios",
    ];
    let is_one_of =
        |word: &[u8], list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
    if probe.before(start) == b'/' {
        let name = probe.run_start(start - 1, 16, |byte| byte.is_ascii_alphabetic());
        let name = probe.slice(name..start - 1);
        // Hosts are written `name/address` too, so that only known products or a network address are versions.
        return is_one_of(name, PRODUCTS) || zeros && !name.is_empty();
    }
    is_one_of(probe.word_before(start, 4), WORDS)
}
