//! Numbers: the next lower multiple of a bucket's width.

use crate::treat::{Treated, render};
use frostglass_formats::Value;

/// Width of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bucket(i64);

/// Multiples beyond which doubles are spaced so widely that rounding is no longer exact.
const MOST_BUCKETS: f64 = (1_u64 << 51) as f64;

impl Bucket {
    pub(super) fn new(width: u64) -> Option<Self> {
        // Below 2^50, a double holds the width exactly.
        i64::try_from(width).ok().filter(|width| (1..1_000_000_000_000_000).contains(width)).map(Self)
    }

    pub(super) fn apply(self, value: Value<'_>, out: &mut String) -> Treated {
        match value {
            Value::Int(number) => self.whole(number),
            Value::Double(number) => self.double(number),
            Value::Text(text) => {
                let treated = match text.parse() {
                    Ok(number) => self.whole(number),
                    Err(_) => text.parse().map_or(Treated::UNSUITED, |number| self.double(number)),
                };
                let coarse = match treated {
                    Treated::Int(number) => Value::Int(number),
                    Treated::Double(number) => Value::Double(number),
                    other => return other,
                };
                render::push(coarse, out);
                Treated::Text
            }
            Value::Bool(_) | Value::Bytes(_) => Treated::UNSUITED,
        }
    }

    fn whole(self, number: i64) -> Treated {
        // The lowest bucket is cut off where 64 bits end.
        match number.div_euclid(self.0).checked_mul(self.0).unwrap_or(i64::MIN) {
            coarse if coarse == number => Treated::Keep,
            coarse => Treated::Int(coarse),
        }
    }

    fn double(self, number: f64) -> Treated {
        let width = self.0 as f64;
        let buckets = number / width;
        // Not a number is not within the range either.
        if !(-MOST_BUCKETS..=MOST_BUCKETS).contains(&buckets) {
            return Treated::UNSUITED;
        }
        // A multiple stays one, also where dividing it again would end just below.
        if buckets.round() * width == number {
            Treated::Keep
        } else {
            Treated::Double(buckets.floor() * width)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(width: u64, value: Value<'_>) -> (Treated, String) {
        let mut out = String::new();
        let treated = Bucket::new(width).unwrap().apply(value, &mut out);
        (treated, out)
    }

    /// Scenario: numbers of each type at and between multiples, at the ends of their range.
    /// Guarantees: rounded toward minus infinity; multiples stay.
    #[test]
    fn numbers_fall_to_the_lower_end() {
        for (number, coarse) in [
            (Value::Int(47), Treated::Int(40)),
            (Value::Int(40), Treated::Keep),
            (Value::Int(-1), Treated::Int(-10)),
            (Value::Int(i64::MIN), Treated::Keep),
            (Value::Int(i64::MIN + 1), Treated::Int(i64::MIN)),
            (Value::Int(i64::MAX), Treated::Int(i64::MAX - 7)),
            (Value::Double(47.11), Treated::Double(40.0)),
            (Value::Double(-0.1), Treated::Double(-10.0)),
            (Value::Double(50.0), Treated::Keep),
            (Value::Double(0.0), Treated::Keep),
            (Value::Double(f64::NAN), Treated::UNSUITED),
            (Value::Double(f64::INFINITY), Treated::UNSUITED),
            (Value::Double(1e300), Treated::UNSUITED),
            (Value::Bool(true), Treated::UNSUITED),
            (Value::Bytes(b"47"), Treated::UNSUITED),
        ] {
            assert_eq!(apply(10, number).0, coarse, "{number:?}");
        }
        for (text, coarse) in [("47", "40"), ("+47", "40"), ("47.9", "40"), ("4.79e1", "40"), ("-5", "-10")] {
            assert_eq!(apply(10, Value::Text(text)), (Treated::Text, coarse.to_owned()), "{text}");
        }
        for text in ["", "ann", "NaN", "inf", "1e400", "47 ms", "0x2f", "47,11"] {
            assert_eq!(apply(10, Value::Text(text)).0, Treated::UNSUITED, "{text}");
        }
        assert_eq!(Bucket::new(0), None);
        assert_eq!(Bucket::new(u64::MAX), None);
    }

    proptest::proptest! {
        /// Scenario: any number, any bucket.
        /// Guarantees: twice is once, for every type.
        #[test]
        fn generalizing_is_idempotent(width in 1..999_999_999_999_999_u64, whole: i64, double: f64, small in -1e6..1e6) {
            if let (Treated::Int(coarse), _) = apply(width, Value::Int(whole)) {
                proptest::prop_assert!(coarse <= whole);
                proptest::prop_assert_eq!(apply(width, Value::Int(coarse)).0, Treated::Keep);
            }
            for (number, width) in [(double, width), (small, width % 1000 + 1)] {
                if let (Treated::Double(coarse), _) = apply(width, Value::Double(number)) {
                    proptest::prop_assert_eq!(apply(width, Value::Double(coarse)).0, Treated::Keep);
                }
                if let (Treated::Text, coarse) = apply(width, Value::Text(&number.to_string())) {
                    proptest::prop_assert_eq!(apply(width, Value::Text(&coarse)).0, Treated::Keep);
                }
            }
        }
    }
}
