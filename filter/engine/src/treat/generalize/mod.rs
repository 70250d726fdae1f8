//! Generalize: the value becomes a coarser one of its kind: a network, the lower end of a range, the beginning of an hour.
//!
//! The result is a valid value of the same kind, so that whatever reads the field still can, and generalizing it again
//! changes nothing. What is no value of the kind is suppressed, never kept: it may be anything.

mod ip;
mod number;
mod time;

use super::{Apply, Context, Example, Spec, Treated, Treatment};
use frostglass_formats::Value;

pub(super) static SPEC: Spec = Spec {
    name: "generalize",
    sentence: "The value becomes a coarser one of its kind: a network, the lower end of a range, a rounded time.",
    keyed: false,
    joins: true,
    once_only: false,
    examples: &[
        Example::new(r#"{"generalize": {"ip": {"v4": 24, "v6": 48}}}"#, "203.0.113.77", "203.0.113.0"),
        Example::new(
            r#"{"generalize": {"ip": {"v4": 24, "v6": 48}}}"#,
            "[2001:db8:1:2::3]:443",
            "2001:db8:1::",
        ),
        Example::new(
            r#"{"generalize": {"ip": {"v4": 24, "v6": 48}}}"#,
            "203.0.113.77, 198.51.100.9",
            "203.0.113.0, 198.51.100.0",
        ),
        Example::withheld(r#"{"generalize": {"ip": {"v4": 24, "v6": 48}}}"#, "anns-laptop.example.org"),
        Example::new(r#"{"generalize": {"number": {"bucket": 10}}}"#, "47", "40"),
        Example::new(r#"{"generalize": {"number": {"bucket": 10}}}"#, "-0.5", "-10"),
        Example::withheld(r#"{"generalize": {"number": {"bucket": 10}}}"#, "forty-seven"),
        Example::new(
            r#"{"generalize": {"time": "1h"}}"#,
            "2026-11-23T07:54:15.25+01:00",
            "2026-11-23T06:00:00Z",
        ),
    ],
};

/// Makes values coarser. Only the constructors make one, so that its numbers are in range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generalize(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ip(ip::Bits),
    Number(number::Bucket),
    Time(time::Step),
}

impl Generalize {
    /// Addresses keep this many leading bits: 0 to 32 of version 4, 0 to 128 of version 6.
    #[must_use]
    pub fn ip(v4: u8, v6: u8) -> Option<Self> {
        ip::Bits::new(v4, v6).map(|bits| Self(Kind::Ip(bits)))
    }

    /// Numbers become the next lower multiple of `bucket`, which is at least 1 and below 10^15.
    #[must_use]
    pub fn number(bucket: u64) -> Option<Self> {
        number::Bucket::new(bucket).map(|bucket| Self(Kind::Number(bucket)))
    }

    /// Times are rounded down to a multiple of `seconds` since 1970, in UTC: at least 1, at most what 64 bits of
    /// nanoseconds hold. Whole numbers are nanoseconds.
    #[must_use]
    pub fn time(seconds: u64) -> Option<Self> {
        time::Step::new(seconds).map(|step| Self(Kind::Time(step)))
    }
}

impl Treatment for Generalize {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, _: &Context<'_>) -> Box<dyn Apply> {
        Box::new(*self)
    }
}

impl Apply for Generalize {
    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        match &self.0 {
            Kind::Ip(bits) => bits.apply(value, out),
            Kind::Number(bucket) => bucket.apply(value, out),
            Kind::Time(step) => step.apply(value, out),
        }
    }
}
