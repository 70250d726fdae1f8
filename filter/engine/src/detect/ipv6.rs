//! IPv6 addresses in every text form (RFC 4291, section 2.2), also mapped IPv4, in brackets or with a zone.
//!
//! The zone, port or prefix length beside the address is not part of the finding. Unspecified, loopback and multicast
//! addresses are passed over, and so are the `::` of programming languages.

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::net::Ipv6Addr;
use core::ops::Range;

/// The longest text form: six groups of four and a dotted quad.
const MOST: usize = 45;

pub(super) struct Ipv6;

impl Detector for Ipv6 {
    fn spec(&self) -> Spec {
        Spec::new("ipv6", Class::OnlineId, "IPv6 addresses")
            .finds(&[
                "peer [«2001:db8::8a2e:370:7334»]:443",
                "«2001:0db8:85a3:0000:0000:8a2e:0370:7334»/64",
                "«fe80::1ff:fe23:4567:890a»%eth0 up",
                "«::ffff:203.0.113.7»",
                "src:«2001:db8::1» ip:«2001:db8:1:2:3:4:5:6»",
                "addr «2001:db8::1».",
                "«2001:db8::1»: unreachable",
                "«2001:db::aa:bb:1:2:3:4» has a group too many",
                "from /«2001:db8:0:0:0:0:0:1»:54321, QuorumPeer[/«2001:db8:0:0:0:0:0:2»:2181:FastLeaderElection@774]",
                "from /«2001:db8:0:0:0:0:0:1»:54321ann",
                "IP6 «2001:db8::1».443 > «2001:db8:0:1:2:3:4:5».51234: Flags [S]",
                "remote_addr=«2001:db8:ce02::d1a5»:34836 open",
                "v6(en0:«2001:db8:6000:8:c6b3:1ff:fecd:467f»:2181)",
            ])
            .passes_over(&[
                ":: ::1 ff02::1",
                "connect ECONNREFUSED ::1:5823",
                "std::vector<int>",
                "Foo::a::b cafe::Add",
                "12:30:45 at 2026-11-23T12:30:45.123Z",
                "[23/Nov/2026:07:54:21 +0000]",
                "00:1a:2b:3c:4d:5e",
                "SHA256 ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89",
                "::ffff:127.0.0.1",
                "a::b::c1, serial 0f:af:4b:93:fb:7e:38:4b:89",
                "79:a4:01:08:ae:9e:95:46:d9",
                "serial FC:5F:D1:85:B1:B5:B6:35:90",
                "[/0:0:0:0:0:0:0:0:2181:QuorumPeer@670] [/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] /0:0:0:0:0:0:0:1:54321",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::ColonChain, Site::DoubleColon]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.';
        let mut start = probe.run_start(at, MOST, part);
        let mut end = probe.run_end(at, MOST, part);
        if end - start > MOST + 5 {
            return None;
        }
        // Punctuation of the text around: a colon or dot that no address ends or begins with.
        let double = |at: usize| probe.byte(at) == b':' && probe.byte(at + 1) == b':';
        while start < end && (probe.byte(start) == b'.' || probe.byte(start) == b':' && !double(start)) {
            start += 1;
        }
        while start < end
            && (probe.before(end) == b'.'
                || probe.before(end) == b':' && probe.byte(end.saturating_sub(2)) != b':')
        {
            end -= 1;
        }
        // The hex letters at the beginning of a name behind a colon: `1:2181:FastLeader`.
        if is_wordlike(probe.byte(end)) {
            let word = probe.run_start(end, MOST, |byte| byte.is_ascii_hexdigit());
            if word > start && probe.before(word) == b':' && !double(word.saturating_sub(2)) {
                end = word - 1;
            }
        }
        // Behind a label, which was a word before.
        if double(start) && probe.before(start) == b']' {
            return None;
        }
        let mut address = parse(probe, start..end);
        // A port, as packet dumps write it.
        let dot = probe.run_start(end, 5, |byte| byte.is_ascii_digit());
        if address.is_none() && dot < end && dot > start && probe.before(dot) == b'.' {
            (address, end) = (parse(probe, start..dot - 1), dot - 1);
        }
        if address.is_none()
            && let Some(port) = port_at(probe, start..end)
        {
            (address, end) = (parse(probe, start..port), port);
        }
        if address.is_none() || is_wordlike(probe.before(start)) {
            // The hex letters at the end of a name before a colon: `src:2001:db8::1`.
            let word = probe.run_end(start, 5, |byte| byte.is_ascii_hexdigit());
            if probe.byte(word) != b':' || double(word) || word >= at {
                return None;
            }
            address = parse(probe, word + 1..end);
            if let Some(port) = port_at(probe, word + 1..end) {
                (address, end) = (parse(probe, word + 1..port), port);
            }
            // Digits there belong to what was meant as one address: what is left of it would be read as one again.
            let named =
                is_wordlike(probe.before(start)) || !probe.slice(start..word).iter().any(u8::is_ascii_digit);
            let pairs =
                || probe.slice(start..end).chunks(3).all(|pair| matches!(pair, [_, _, b':'] | [_, _]));
            // Nine bytes in a row are a serial number, however the first is written.
            if pairs() && word == start + 2 {
                return probe.refuse("the end of a digest");
            }
            if named {
                start = word + 1;
            }
        }
        let address = address?;
        // The loopback and a port, as some print it.
        let port = probe.slice(start..end).strip_prefix(b"::1:").unwrap_or(&[]);
        if port.len() > 1 && port.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mapped = address.to_ipv4_mapped();
        let nobody = address.is_unspecified()
            || address.is_loopback()
            || address.is_multicast()
            || mapped.is_some_and(|mapped| mapped.is_loopback() || mapped.is_unspecified());
        // Paths of programs may be all hex letters; addresses without a digit are too rare to tell apart.
        let digit = probe.slice(start..end).iter().any(u8::is_ascii_digit);
        (digit && !nobody && !is_wordlike(probe.byte(end))).then_some(start..end)
    }
}

/// Where the colon of a port stands behind eight groups written in full, as Java prints an address without brackets.
fn port_at(probe: &Probe<'_>, span: Range<usize>) -> Option<usize> {
    let groups = probe.slice(span.clone()).split(|byte| *byte == b':');
    // Bytes in a row are a serial number.
    let bytes = groups.clone().all(|group| group.len() == 2);
    let in_full = !bytes && groups.clone().all(|group| !group.is_empty()) && groups.clone().count() == 9;
    let port = probe.run_start(span.end, 5, |byte| byte.is_ascii_digit());
    // No group has five digits.
    let glued = span.end - port == 5
        && groups.filter(|group| !group.is_empty()).count() > 3
        && port > span.start
        && parse(probe, span.start..port - 1).is_some();
    ((in_full || glued) && port > span.start && port < span.end && probe.before(port) == b':')
        .then(|| port - 1)
}

fn parse(probe: &Probe<'_>, span: Range<usize>) -> Option<Ipv6Addr> {
    probe.count(span.end.saturating_sub(span.start));
    probe.text(span).parse().ok()
}

const fn is_wordlike(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
