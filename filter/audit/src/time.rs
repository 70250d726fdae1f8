//! Times of entries: seconds in UTC, written as RFC 3339 (`2026-12-01T18:00:00Z`).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z, up to the end of the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(u64);

/// Seconds of a day.
const DAY: u64 = 86_400;

/// 9999-12-31T23:59:59Z.
const LAST: u64 = 253_402_300_799;

impl Time {
    /// A time from its seconds; what lies beyond the year 9999 is its end.
    #[must_use]
    pub fn from_seconds(seconds: u64) -> Self {
        Self(seconds.min(LAST))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// The number of the day in UTC, from 1970-01-01 as 0.
    #[must_use]
    pub fn day(self) -> u64 {
        self.0 / DAY
    }

    /// The beginning of a day by its number.
    #[must_use]
    pub fn of_day(day: u64) -> Self {
        Self::from_seconds(day.saturating_mul(DAY))
    }

    /// Reads what [`fmt::Display`] writes, and nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| -> Option<u64> {
            let digits = text.get(from..to)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
        };
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        // `days_from_civil` of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"; years begin in March.
        let (shifted, month_from_march) =
            if month > 2 { (year, month.checked_sub(3)?) } else { (year.checked_sub(1)?, month + 9) };
        let (era, year_of_era) = (shifted / 400, shifted % 400);
        let day_of_year = (153 * month_from_march + 2) / 5 + day.checked_sub(1)?;
        let days = (era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year)
            .checked_sub(719_468)?;
        let time = Self(days * DAY + hour * 3600 + minute * 60 + second);
        // Whatever is out of range or stands at a wrong place is written differently.
        (time.0 <= LAST && time.to_string() == text).then_some(time)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `civil_from_days`, of the same source.
        let days = self.day() + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        let (hour, minute, second) = (self.0 % DAY / 3600, self.0 % 3600 / 60, self.0 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?)
            .ok_or_else(|| D::Error::custom("is not a time like 2026-12-01T18:00:00Z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: known instants, and texts that look like some.
    /// Guarantees: one text a second, and no other text is taken.
    #[test]
    fn times_are_what_calendars_say() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:34:56Z", 951_827_696),
            ("2026-12-01T18:00:00Z", 1_796_148_000),
            ("9999-12-31T23:59:59Z", LAST),
        ] {
            assert_eq!(Time(seconds).to_string(), text);
            assert_eq!(Time::parse(text), Some(Time(seconds)));
        }
        for wrong in [
            "",
            "2026-12-01",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-12-01T24:00:00Z",
            "2026-12-01 18:00:00Z",
            "2026-12-01T18:00:00+00:00",
            "1969-12-31T23:59:59Z",
            "2026-12-01T18:00:00Zx",
            "+026-12-01T18:00:00Z",
        ] {
            assert_eq!(Time::parse(wrong), None, "{wrong}");
        }
    }

    proptest::proptest! {
        /// Scenario: any second of eight thousand years.
        /// Guarantees: reading undoes writing.
        #[test]
        fn reading_undoes_writing(seconds in 0..=LAST) {
            proptest::prop_assert_eq!(Time::parse(&Time(seconds).to_string()), Some(Time(seconds)));
        }
    }
}
