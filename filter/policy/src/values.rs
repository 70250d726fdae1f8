//! The small words that a policy is made of: names and what stands under them, whole numbers, periods, ends.
//!
//! Each is checked when it is read, so that no wrong one exists.

use crate::error::{quoted, unknown};
use crate::node::Place;
use frostglass_formats::order;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Named parts of a section, in the order written. The order says nothing: it does not count when two are compared.
#[derive(Debug, Clone)]
pub struct Entries<T>(pub Vec<Entry<T>>);

/// One named part of a section.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// Its name: a selector in `catalog` and in a test's `given`.
    pub name: String,
    /// Where the name stands.
    pub at: Place,
    /// What it names.
    pub value: T,
}

impl<T: PartialEq> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

impl<T: PartialEq> PartialEq for Entries<T> {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |entries: &'_ Self| {
            let mut places: Vec<u32> = (0..entries.len() as u32).collect();
            let name = |place: u32| entries.name_at(place as usize);
            order::sort_places(&mut places, &|a, b| name(a).cmp(&name(b)));
            places
        };
        let pairs = || sorted(self).into_iter().zip(sorted(other));
        self.len() == other.len() && pairs().all(|(a, b)| self.0.get(a as usize) == other.0.get(b as usize))
    }
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Entries<T> {
    /// True for a section that is not there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many parts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The parts in the order written.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry<T>> {
        self.0.iter()
    }

    fn name_at(&self, index: usize) -> Option<&str> {
        self.0.get(index).map(|entry| entry.name.as_str())
    }

    /// A part by its name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|entry| entry.name == name).map(|entry| &entry.value)
    }

    /// Adds a part that stands in no text. The caller sees to it that names stay unique.
    pub fn push(&mut self, name: impl Into<String>, value: T) {
        self.0.push(Entry { name: name.into(), at: Place::default(), value });
    }
}

impl<'a, T> IntoIterator for &'a Entries<T> {
    type Item = &'a Entry<T>;
    type IntoIter = std::slice::Iter<'a, Entry<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Serialize> Serialize for Entries<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|entry| (&entry.name, &entry.value)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Members<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
                let mut entries = Entries::default();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    entries.push(name, value);
                }
                Ok(entries)
            }
        }

        deserializer.deserialize_map(Members(std::marker::PhantomData))
    }
}

/// A name that the policy gives: small letters, digits and single dashes, beginning with a letter, at most 63 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(String);

impl Name {
    /// Pattern of a name in the JSON Schema.
    #[cfg(feature = "authoring")]
    pub(crate) const PATTERN: &str = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";
    /// Most characters of a name.
    pub const MAX: usize = 63;

    /// Stands in for a name that could not be read, until the policy is refused for it.
    pub(crate) fn unnamed() -> Self {
        Self("unnamed".into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is a name.
    #[must_use]
    pub fn allows(text: &str) -> bool {
        let part = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        text.len() <= Self::MAX
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.split('-').all(part)
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if Self::allows(&text) { Ok(Self(text)) } else { Err(not_a_name(&text)) }
    }
}

pub(crate) fn not_a_name(text: &str) -> String {
    format!("{} is not a name; use small letters, digits and single dashes, a letter first", quoted(text))
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Whole<const MIN: u64, const MAX: u64>(pub(crate) u64);

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    /// The number, if it is in range.
    #[must_use]
    pub fn new(number: u64) -> Option<Self> {
        (MIN..=MAX).contains(&number).then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        u64::try_from(number).ok().and_then(Self::new).ok_or_else(|| {
            D::Error::custom(if MIN == MAX {
                format!("{number} is not known to this version; it must be {MIN}")
            } else {
                format!("{number} is out of range; it must be from {MIN} to {MAX}")
            })
        })
    }
}

/// A length of time as written: `90s`, `1m`, `24h`, `30d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    count: u32,
    unit: PeriodUnit,
}

/// The unit of a [`Period`]. A day is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PeriodUnit {
    Second,
    Minute,
    Hour,
    Day,
}

impl PeriodUnit {
    const ALL: [(Self, &'static str, u64); 4] =
        [(Self::Second, "s", 1), (Self::Minute, "m", 60), (Self::Hour, "h", 3600), (Self::Day, "d", 86_400)];

    fn row(self) -> (&'static str, u64) {
        let (_, word, seconds) = Self::ALL.into_iter().find(|row| row.0 == self).unwrap_or(Self::ALL[0]);
        (word, seconds)
    }
}

impl Period {
    /// Pattern of a period in the JSON Schema.
    #[cfg(feature = "authoring")]
    pub(crate) const PATTERN: &str = "^[1-9][0-9]{0,8}[smhd]$";

    /// The period in seconds; at least one.
    #[must_use]
    pub fn seconds(self) -> u64 {
        u64::from(self.count) * self.unit.row().1
    }

    /// Reads `24h`. The error says what is wrong and what to do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (count, unit) = text.split_at_checked(split).unwrap_or((text, ""));
        let known = PeriodUnit::ALL.map(|row| row.1);
        let wrong = || {
            format!(
                "{} is not a length of time; write a number and a unit, like `90s`, `5m`, `24h`, `30d`",
                quoted(text)
            )
        };
        if count.is_empty() || count.len() > 9 || count.starts_with('0') {
            return Err(wrong());
        }
        let count = count.parse().map_err(|_| wrong())?;
        match PeriodUnit::ALL.into_iter().find(|row| row.1 == unit) {
            Some((unit, ..)) => Ok(Self { count, unit }),
            None if unit.is_empty() => Err(wrong()),
            None => {
                let near =
                    unit.chars().next().map(|c| c.to_ascii_lowercase().to_string()).unwrap_or_default();
                let (what, list) = unknown("unit", unit, &known);
                Err(match known.iter().find(|word| **word == near) {
                    Some(near) => format!("{what}; did you mean `{near}`?"),
                    None => format!("{what}; {list}"),
                })
            }
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.row().0)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A day (`2027-03-31`) or an instant in UTC (`2026-12-01T18:00:00Z`) until which something holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Until(String);

impl Until {
    /// Pattern in the JSON Schema.
    #[cfg(feature = "authoring")]
    pub(crate) const PATTERN: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$";

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first second, since 1970-01-01T00:00:00Z, at which it no longer holds: a day counts to its end.
    #[must_use]
    pub fn ends_unix_seconds(&self) -> i64 {
        unix_seconds(&self.0).unwrap_or(i64::MIN)
    }
}

impl TryFrom<String> for Until {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match unix_seconds(&text) {
            Some(_) => Ok(Self(text)),
            None => Err(format!(
                "{} is neither a day nor an instant; write \"2027-03-31\" or \"2027-03-31T18:00:00Z\"",
                quoted(&text)
            )),
        }
    }
}

/// Days are counted by the algorithm `days_from_civil` (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn unix_seconds(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        bytes
            .get(from..to)?
            .iter()
            .try_fold(0i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    };
    let mark = |at: usize, byte: u8| (bytes.get(at) == Some(&byte)).then_some(());
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    mark(4, b'-')?;
    mark(7, b'-')?;
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days_in_month = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(1..=days_in_month).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days =
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    match bytes.len() {
        10 => Some((days + 1) * 86_400),
        20 => {
            let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
            mark(10, b'T')?;
            mark(13, b':')?;
            mark(16, b':')?;
            mark(19, b'Z')?;
            (hour < 24 && minute < 60 && second < 60)
                .then_some(days * 86_400 + hour * 3600 + minute * 60 + second)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: days and instants around leap years and the epoch, and dates that do not exist.
    /// Guarantees: a day holds to its end; what does not exist is refused.
    #[test]
    fn until_counts_to_the_end_of_the_day() {
        let ends = |text: &str| Until::try_from(text.to_owned()).map(|until| until.ends_unix_seconds());
        assert_eq!(ends("1970-01-01"), Ok(86_400));
        assert_eq!(ends("1970-01-01T00:00:00Z"), Ok(0));
        assert_eq!(ends("2026-12-01T18:00:00Z"), Ok(1_796_148_000));
        assert_eq!(ends("2000-02-29T00:00:00Z"), Ok(951_782_400));
        for text in [
            "2027-02-29",
            "2027-13-01",
            "2027-00-01",
            "2027-04-31",
            "2027-3-1",
            "27-03-31",
            "2027-03-31 ",
            "",
        ] {
            assert!(ends(text).is_err(), "{text}");
        }
        assert!(ends("2027-03-31T24:00:00Z").is_err());
        assert!(ends("2027-03-31T10:00:00+01:00").is_err());
    }

    /// Scenario: periods with right and wrong units.
    /// Guarantees: what is read is written back the same; a wrong unit is named with its neighbor.
    #[test]
    fn periods_have_one_unit() {
        crate::judge_words(|_| false);
        for (text, seconds) in [("90s", 90), ("1m", 60), ("24h", 86_400), ("30d", 2_592_000)] {
            let period = Period::parse(text).unwrap();
            assert_eq!((period.seconds(), period.to_string()), (seconds, text.to_owned()));
        }
        assert_eq!(Period::parse("5min").unwrap_err(), "unknown unit `min`; did you mean `m`?");
        assert_eq!(Period::parse("5w").unwrap_err(), "unknown unit `w`; known: `s`, `m`, `h`, `d`");
        for text in ["", "5", "h", "0s", "007h", "-5m", "1.5h", "9999999999s", "5 m", "１h"] {
            assert!(Period::parse(text).is_err(), "{text}");
        }
    }
}
