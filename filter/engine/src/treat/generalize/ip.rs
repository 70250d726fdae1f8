//! IP addresses: the leading bits stay, the rest becomes zero.
//!
//! The result is written as an address, without its prefix length: fields, indexes and lookups that take an address take
//! it. Ports, zones, brackets and prefix lengths go, lists as in `x-forwarded-for` stay lists.

use crate::treat::address::parse;
use crate::treat::{Treated, text_or_keep};
use frostglass_formats::Value;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How many leading bits stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bits {
    v4: u8,
    v6: u8,
}

impl Bits {
    pub(super) fn new(v4: u8, v6: u8) -> Option<Self> {
        (v4 <= 32 && v6 <= 128).then_some(Self { v4, v6 })
    }

    pub(super) fn apply(self, value: Value<'_>, out: &mut String) -> Treated {
        let Value::Text(text) = value else { return Treated::UNSUITED };
        for (index, part) in text.split(',').enumerate() {
            let Some(address) = parse(part.trim_ascii()) else { return Treated::UNSUITED };
            if index > 0 {
                out.push_str(", ");
            }
            // Writing to a `String` cannot fail.
            let _ = match address {
                IpAddr::V4(address) => write!(out, "{}", self.v4(address)),
                IpAddr::V6(address) => match address.to_ipv4_mapped() {
                    Some(address) => write!(out, "{}", self.v4(address)),
                    None => write!(out, "{}", self.v6(address)),
                },
            };
        }
        text_or_keep(value, out)
    }

    fn v4(self, address: Ipv4Addr) -> Ipv4Addr {
        let zeros = 32 - u32::from(self.v4);
        Ipv4Addr::from_bits(u32::MAX.checked_shl(zeros).unwrap_or(0) & address.to_bits())
    }

    fn v6(self, address: Ipv6Addr) -> Ipv6Addr {
        // Addresses that hold an IPv4 address keep no more of it than an IPv4 address would: 6to4 (RFC 3056) has it
        // within the first 48 bits, NAT64 (RFC 6052) and the old compatible form at the end.
        let holds_v4_at = match address.segments() {
            [0x2002, ..] => 16,
            [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0, 0, ..] => 96,
            _ => 128,
        };
        let kept = u32::from(self.v6).min(holds_v4_at + u32::from(self.v4));
        let zeros = 128_u32.saturating_sub(kept);
        Ipv6Addr::from_bits(u128::MAX.checked_shl(zeros).unwrap_or(0) & address.to_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn treat(bits: Bits, text: &str) -> Option<String> {
        let mut out = String::new();
        match bits.apply(Value::Text(text), &mut out) {
            Treated::Keep => Some(text.to_owned()),
            Treated::Text => Some(out),
            _ => None,
        }
    }

    /// Scenario: addresses in the ways in which telemetry has them.
    /// Guarantees: the network as a plain address.
    #[test]
    fn networks_are_plain_addresses() {
        let bits = Bits::new(24, 48).unwrap();
        for (raw, coarse) in [
            ("203.0.113.77", "203.0.113.0"),
            ("203.0.113.0", "203.0.113.0"),
            ("203.0.113.77:443", "203.0.113.0"),
            ("203.0.113.77/32", "203.0.113.0"),
            (" 203.0.113.77", "203.0.113.0"),
            ("::ffff:203.0.113.77", "203.0.113.0"),
            ("::ffff:cb00:714d", "203.0.113.0"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
            ("2001:DB8:1::", "2001:db8:1::"),
            ("[2001:db8:1::9]", "2001:db8:1::"),
            ("fe80::1%eth0", "fe80::"),
            ("2002:cb00:714d::1", "2002:cb00:7100::"),
            ("64:ff9b::203.0.113.77", "64:ff9b::"),
            ("::1", "::"),
        ] {
            assert_eq!(treat(bits, raw).as_deref(), Some(coarse), "{raw}");
        }
    }

    /// Scenario: long prefixes for IPv6, which reach the embedded IPv4 address; none and all bits kept.
    /// Guarantees: the IPv4 address is cut as one.
    #[test]
    fn embedded_addresses_are_cut_as_such() {
        let long = Bits::new(24, 128).unwrap();
        for (raw, coarse) in [
            ("64:ff9b::203.0.113.77", "64:ff9b::cb00:7100"),
            ("2002:cb00:714d::1", "2002:cb00:7100::"),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(treat(long, raw).as_deref(), Some(coarse), "{raw}");
        }
        assert_eq!(
            treat(Bits::new(0, 0).unwrap(), "203.0.113.77,2001:db8::1").as_deref(),
            Some("0.0.0.0, ::")
        );
        assert_eq!(Bits::new(33, 0), None);
        assert_eq!(Bits::new(0, 129), None);
    }

    /// Scenario: what stands in address fields and is no address.
    /// Guarantees: withheld.
    #[test]
    fn what_is_no_address_is_withheld() {
        let bits = Bits::new(24, 48).unwrap();
        for raw in [
            "",
            ",",
            "unknown",
            "anns-laptop",
            "203.0.113",
            "203.0.113.256",
            "0203.0.113.7",
            "203.0.113.7, ann",
            "[203.0.113.7]",
            "[::1",
            "::1]:1",
            "203.0.113.7:ann",
            "203.0.113.7/ann",
            "1.2.3.4.5",
        ] {
            assert_eq!(treat(bits, raw), None, "{raw}");
        }
        assert_eq!(bits.apply(Value::Int(3_405_803_853), &mut String::new()), Treated::UNSUITED);
    }

    proptest::proptest! {
        /// Scenario: any address, any prefix lengths.
        /// Guarantees: twice is once, and addresses of one network become one.
        #[test]
        fn generalizing_is_idempotent(v4 in 0..=32_u8, v6 in 0..=128_u8, low: u32, high: u128, embed in 0..4_u8) {
            let bits = Bits::new(v4, v6).unwrap();
            let address = match embed {
                0 => IpAddr::V4(low.into()),
                1 => IpAddr::V6(Ipv6Addr::from_bits(0x2002 << 112 | u128::from(low) << 80)),
                2 => IpAddr::V6(Ipv6Addr::from_bits(u128::from(low))),
                _ => IpAddr::V6(high.into()),
            };
            let once = treat(bits, &address.to_string()).unwrap();
            proptest::prop_assert_eq!(treat(bits, &once), Some(once));
        }
    }
}
