//! Times: rounded down to a multiple of a step since 1970, in UTC.
//!
//! Whole numbers are nanoseconds since 1970. Texts are RFC 3339 with an offset; the result is in UTC, since an offset says
//! where somebody is.

use crate::treat::{Treated, text_or_keep};
use frostglass_formats::Value;
use std::fmt::Write;

const NANOS: i64 = 1_000_000_000;
const DAY: i64 = 86_400;

/// Seconds to round to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step(i64);

impl Step {
    pub(super) fn new(seconds: u64) -> Option<Self> {
        i64::try_from(seconds).ok().filter(|seconds| (1..=i64::MAX / NANOS).contains(seconds)).map(Self)
    }

    pub(super) fn apply(self, value: Value<'_>, out: &mut String) -> Treated {
        match value {
            Value::Int(nanos) => {
                let step = self.0 * NANOS;
                // The lowest step is cut off where 64 bits end.
                match nanos.div_euclid(step).checked_mul(step).unwrap_or(i64::MIN) {
                    coarse if coarse == nanos => Treated::Keep,
                    coarse => Treated::Int(coarse),
                }
            }
            Value::Text(text) => match parse(text).and_then(|seconds| {
                // Steps count from 1970, so the day has to be divided with its date.
                push(seconds.div_euclid(self.0) * self.0, out)
            }) {
                Some(()) => text_or_keep(value, out),
                None => Treated::UNSUITED,
            },
            Value::Double(_) | Value::Bool(_) | Value::Bytes(_) => Treated::UNSUITED,
        }
    }
}

/// Seconds since 1970 of an RFC 3339 text; the fraction is checked and dropped. A leap second counts as the one before.
fn parse(text: &str) -> Option<i64> {
    let (date_time, rest) = text.as_bytes().split_at_checked(19)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't' | b' ', h1, h2, b':', n1, n2, b':', s1, s2] =
        date_time
    else {
        return None;
    };
    let year = number(&[y1, y2, y3, y4])?;
    let (month, day) = (within(&[m1, m2], 1, 12)?, within(&[d1, d2], 1, 31)?);
    let (hour, minute, second) =
        (within(&[h1, h2], 0, 23)?, within(&[n1, n2], 0, 59)?, within(&[s1, s2], 0, 60)?);
    let days = days_from_civil(year, month, day);
    // A day that its month does not have comes back as another one.
    if civil_from_days(days) != (year, month, day) {
        return None;
    }
    let offset = match fraction(rest)? {
        b"Z" | b"z" => 0,
        &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let seconds = within(&[h1, h2], 0, 23)? * 3600 + within(&[m1, m2], 0, 59)? * 60;
            if sign == b'+' { seconds } else { -seconds }
        }
        _ => return None,
    };
    Some(days * DAY + hour * 3600 + minute * 60 + second.min(59) - offset)
}

/// What follows a fraction, if there is one.
fn fraction(rest: &[u8]) -> Option<&[u8]> {
    let Some(digits) = rest.strip_prefix(b".") else { return Some(rest) };
    match digits.iter().position(|byte| !byte.is_ascii_digit())? {
        0 => None,
        end => digits.get(end..),
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits
        .iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

fn within(digits: &[u8], low: i64, high: i64) -> Option<i64> {
    number(digits).filter(|number| (low..=high).contains(number))
}

/// Appends seconds since 1970 as RFC 3339; `None` outside of the years that have four digits.
fn push(seconds: i64, out: &mut String) -> Option<()> {
    let (year, month, day) = civil_from_days(seconds.div_euclid(DAY));
    let (hour, minute, second) =
        (seconds.rem_euclid(DAY) / 3600, seconds.rem_euclid(3600) / 60, seconds.rem_euclid(60));
    if !(0..=9999).contains(&year) {
        return None;
    }
    write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z").ok()
}

/// Days since 1970-01-01 of a date of the Gregorian calendar. Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The reverse, by the same author: year, month, day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn treat(step: u64, text: &str) -> Option<String> {
        let mut out = String::new();
        match Step::new(step).unwrap().apply(Value::Text(text), &mut out) {
            Treated::Keep => Some(text.to_owned()),
            Treated::Text => Some(out),
            _ => None,
        }
    }

    /// Scenario: times as they are written, on leap days, before 1970, across midnight by their offset.
    /// Guarantees: the step's beginning in UTC.
    #[test]
    fn times_fall_to_the_step() {
        for (step, raw, coarse) in [
            (3600, "2026-11-23T07:54:15Z", "2026-11-23T07:00:00Z"),
            (60, "2026-11-23t07:54:15.123456789123z", "2026-11-23T07:54:00Z"),
            (60, "2026-11-23 07:54:15+00:00", "2026-11-23T07:54:00Z"),
            (86_400, "2024-03-01T00:30:00+01:00", "2024-02-29T00:00:00Z"),
            (86_400, "2026-12-31T23:30:00-05:30", "2027-01-01T00:00:00Z"),
            (1, "2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59Z"),
            (3600, "1969-12-31T23:59:59Z", "1969-12-31T23:00:00Z"),
            (86_400, "2000-02-29T12:00:00Z", "2000-02-29T00:00:00Z"),
            (604_800, "2026-11-23T07:54:15Z", "2026-11-19T00:00:00Z"),
            (i64::MAX as u64 / 1_000_000_000, "2026-11-23T07:54:15Z", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(treat(step, raw).as_deref(), Some(coarse), "{raw}");
        }
        for raw in [
            "",
            "now",
            "2026-11-23",
            "2026-11-23T07:54:15",
            "2026-13-01T00:00:00Z",
            "2025-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T07:54:15.Z",
            "2026-11-23T07:54:15.5",
            "2026-11-23T07:54:15+1:00",
            "2026-11-23T07:54:15Z ",
            "9999-12-31T23:59:59-01:00",
            "１026-11-23T07:54:15Z",
            "1795420800",
        ] {
            assert_eq!(treat(60, raw), None, "{raw}");
        }
        assert_eq!(treat(86_400, "0000-01-01T00:00:00+00:01"), None);
    }

    /// Scenario: nanoseconds at and around a step, at the ends of 64 bits.
    /// Guarantees: rounded down, no overflow.
    #[test]
    fn nanoseconds_fall_to_the_step() {
        let minute = Step::new(60).unwrap();
        for (nanos, coarse) in [
            (0, Treated::Keep),
            (59_999_999_999, Treated::Int(0)),
            (60_000_000_000, Treated::Keep),
            (-1, Treated::Int(-60_000_000_000)),
            (i64::MIN, Treated::Keep),
            (i64::MIN + 1, Treated::Int(i64::MIN)),
        ] {
            assert_eq!(minute.apply(Value::Int(nanos), &mut String::new()), coarse, "{nanos}");
        }
        assert_eq!(minute.apply(Value::Double(1.0), &mut String::new()), Treated::UNSUITED);
        assert_eq!(Step::new(0), None);
        assert_eq!(Step::new(u64::MAX), None);
    }

    proptest::proptest! {
        /// Scenario: any time in four-digit years, any step.
        /// Guarantees: the calendar goes there and back, and twice is once.
        #[test]
        fn generalizing_is_idempotent(seconds in -60_000_000_000..250_000_000_000_i64, step in 1..100_000_000_u64) {
            let mut text = String::new();
            push(seconds, &mut text).unwrap();
            proptest::prop_assert_eq!(parse(&text), Some(seconds));
            if let Some(once) = treat(step, &text) {
                proptest::prop_assert_eq!(treat(step, &once), Some(once));
            }
        }
    }
}
