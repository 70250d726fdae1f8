//! A policy as somebody wrote it: the types of its sections, and nothing about how it runs.
//!
//! Wrong states cannot be written: names, periods and ranges are checked when they are read, and options of a treatment
//! that exclude each other are alternatives. What refers to another part of the same text (classes, treatments, keys) is
//! checked once all is read ([`super::check`]); selectors, patterns and built-in names are left to compiling. Sections
//! and words of later versions are refused by name, never swallowed.

use super::error::{Finding, is_plain, quoted, unknown};
use super::node::{Node, Place};
use crate::Class;
use frostglass_formats::order;
use frostglass_keys::Rotation;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

#[cfg(feature = "authoring")]
use schemars::JsonSchema;

/// A policy as written.
///
/// Two policies are equal when they say the same; where they say it does not count.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "policy", rename_all = "kebab-case", deny_unknown_fields)]
pub struct PolicyFile {
    /// The policy's name.
    pub policy: Name,
    /// Version of the policy language. Always 1.
    pub schema: Whole<1, 1>,
    /// What happens to fields that no catalog line names.
    #[serde(default)]
    pub default: Fallback,
    /// Built-in catalogs to start from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extends: Vec<Name>,
    /// Who gets telemetry, and which classes each may see: a host's configuration names its recipient. Absent: all get the same.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub recipients: Entries<Recipient>,
    /// Keys by the name that treatments use.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub keys: Entries<Key>,
    /// What happens to each class, and own classes.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub classes: Entries<ClassRule>,
    /// Configured treatments by name.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub treatments: Entries<Treatment>,
    /// The data dictionary: selector to class, in the order written.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    #[cfg_attr(feature = "authoring", schemars(schema_with = "super::schema::catalog"))]
    pub catalog: Entries<CatalogLine>,
    /// Own detectors by name.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub detectors: Entries<UserDetector>,
    /// What the policy must do, as examples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<PolicyTest>,
    /// Where everything stands.
    #[serde(skip)]
    pub(super) source: Source,
}

impl PolicyFile {
    /// An empty policy of this name: everything falls to the default, `suppress`.
    #[must_use]
    pub fn new(policy: Name) -> Self {
        Self {
            policy,
            schema: Whole(1),
            default: Fallback::default(),
            extends: Vec::new(),
            recipients: Entries::default(),
            keys: Entries::default(),
            classes: Entries::default(),
            treatments: Entries::default(),
            catalog: Entries::default(),
            detectors: Entries::default(),
            tests: Vec::new(),
            source: Source::default(),
        }
    }

    /// Name of the text that this was read from; empty for none.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.source.file
    }

    /// Where a part of the policy stands, as `["catalog", "user.id", "class"]`; items of lists by their number from
    /// zero. Goes as deep as the text does: the class of a short form stands where its line's value stands.
    #[must_use]
    pub fn place(&self, path: &[&str]) -> Place {
        self.source.place(path)
    }

    /// What a section names, parts that could not be read included, sorted.
    pub(super) fn names(&self, section: &str) -> Vec<&str> {
        let mut names: Vec<&str> = match section {
            "keys" => self.keys.iter().map(|entry| entry.name.as_str()).collect(),
            "classes" => self.classes.iter().map(|entry| entry.name.as_str()).collect(),
            "treatments" => self.treatments.iter().map(|entry| entry.name.as_str()).collect(),
            _ => Vec::new(),
        };
        let written =
            match self.source.root.as_ref().and_then(|root| root.member(section)).map(|node| &node.kind) {
                Some(super::node::Kind::Map(members)) => members.as_slice(),
                _ => &[],
            };
        names.extend(written.iter().map(|(key, _)| key.text.as_str()));
        order::sort_by(&mut names, Ord::cmp);
        names.dedup();
        names
    }

    /// A finding about a part of the policy, for checks that need more than the text.
    #[must_use]
    pub fn finding(&self, path: &[&str], what: impl Into<String>, hint: impl Into<String>) -> Finding {
        Finding {
            file: self.source.file.clone(),
            place: self.place(path),
            path: super::de::joined(path.iter().copied()),
            what: what.into(),
            hint: hint.into(),
        }
    }
}

/// The text behind a policy. All sources are equal: where a policy stands is no part of what it says.
#[derive(Clone, Default)]
pub(super) struct Source {
    pub(super) file: String,
    pub(super) root: Option<Node>,
}

// The whole text would bury the policy.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.file).finish()
    }
}

impl PartialEq for Source {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Source {
    pub(super) fn place(&self, path: &[&str]) -> Place {
        let Some(mut node) = self.root.as_ref() else { return Place::default() };
        for step in path {
            let next = match &node.kind {
                super::node::Kind::List(items) => {
                    step.parse::<usize>().ok().and_then(|index| items.get(index))
                }
                _ => node.member(step),
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node.at
    }
}

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
    pub(super) const PATTERN: &str = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";
    /// Most characters of a name.
    pub const MAX: usize = 63;

    /// Stands in for a name that could not be read, until the policy is refused for it.
    pub(super) fn unnamed() -> Self {
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

pub(super) fn not_a_name(text: &str) -> String {
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
pub struct Whole<const MIN: u64, const MAX: u64>(u64);

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
    pub(super) const PATTERN: &str = "^[1-9][0-9]{0,8}[smhd]$";

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
    pub(super) const PATTERN: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$";

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

/// What happens to fields that no catalog line names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "default", rename_all = "kebab-case")]
pub enum Fallback {
    /// They go.
    #[default]
    Suppress,
    /// They stay, but for what detectors find in them.
    Scan,
    /// They stay.
    Keep,
}

/// Who gets telemetry. Tokens differ between recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "recipient", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Recipient {
    /// Where it is. For people; it decides nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Name>,
    /// Classes that it may see, as the policy treats them: built-in or own ones. An own class goes with the class that it is. All
    /// others are suppressed for it, but for `structural`, which payloads need to stand.
    pub classes: Vec<Name>,
}

/// A key that the host is asked for. Its bytes never stand in a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "key", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Key {
    /// What it may be used for.
    #[serde(rename = "use")]
    pub purpose: KeyUse,
    /// Where it comes from.
    pub from: KeySource,
    /// How long one epoch lasts: equal values have equal tokens within one, and what is destroyed is an epoch. Absent: one
    /// epoch for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Period>,
    /// How long hosts also hold the key of the epoch before, for what comes late; shorter than the epoch. Issued keys alone
    /// have it. Absent: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<Period>,
}

impl Key {
    /// How often the key changes; none for a length of epochs that tokens cannot number, which checking refuses.
    #[must_use]
    pub fn rotation(&self) -> Option<Rotation> {
        let Some(epoch) = self.epoch else { return Some(Rotation::Never) };
        u32::try_from(epoch.seconds()).ok().and_then(Rotation::every)
    }
}

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "use", rename_all = "kebab-case")]
pub enum KeyUse {
    /// Tokens that nobody turns back.
    Pseudonymize,
    /// Encryption that hosts cannot undo: they hold the public half alone.
    Seal,
    /// Tokens that whoever holds the key can turn back.
    Tokenize,
}

impl KeyUse {
    /// The word of a policy.
    #[must_use]
    pub fn word(self) -> &'static str {
        frostglass_keys::Purpose::from(self).word()
    }
}

/// Where a key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "source", rename_all = "kebab-case")]
pub enum KeySource {
    /// One key in the host's environment: whoever has it has all its epochs. Not for sealing keys.
    Standalone,
    /// A key for each epoch, from a vault: a host holds the present one alone.
    Issued,
}

/// What happens to a class; own classes also say what they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "class", rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClassRule {
    /// The built-in class that an own class is a kind of. Own classes alone have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<BuiltIn>,
    /// The treatment: a name of `treatments` or a built-in word. An own class without one is treated as what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treat: Option<Name>,
    /// Built-in catalog lines of this class cannot be replaced by own lines.
    #[serde(default, skip_serializing_if = "is_false")]
    pub force: bool,
    /// How sure findings of this class in scanned text must be, in percent; what is less sure stays. Built-in classes alone have
    /// it. `docs/reference/detectors.md` says how sure each detector is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sure: Option<Whole<1, 100>>,
}

/// A built-in class by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn(pub Class);

impl BuiltIn {
    pub(super) fn words() -> [&'static str; Class::ALL.len()] {
        Class::ALL.map(Class::word)
    }
}

impl Serialize for BuiltIn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de> Deserialize<'de> for BuiltIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Class::parse(&word).map(Self).ok_or_else(|| {
            let (what, hint) = unknown("class", &word, &Self::words());
            D::Error::custom(if hint.is_empty() { what } else { format!("{what}; {hint}") })
        })
    }
}

/// One line of the data dictionary. A bare class name is short for a line with nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema), schemars(rename = "line"))]
#[serde(remote = "Self", rename = "line", rename_all = "kebab-case", deny_unknown_fields)]
pub struct CatalogLine {
    /// What the value is: a built-in or an own class.
    pub class: Name,
    /// A treatment for this field alone, instead of its class's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treat: Option<Name>,
    /// What the field is collected for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Name>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Why it is collected, or why it is treated so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How long it is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retain: Option<Period>,
    /// Until when the line holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Until>,
}

impl CatalogLine {
    /// Name under which readers know that a bare value stands for the first member.
    pub(super) const SHORT_FORM: &str = "line";

    /// A line that says nothing but the class.
    #[must_use]
    pub fn of(class: Name) -> Self {
        Self { class, treat: None, purpose: None, owner: None, why: None, retain: None, until: None }
    }
}

// The derived bodies are the long form (`remote = "Self"`); the reader expands the short one before it gets here.
impl<'de> Deserialize<'de> for CatalogLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

impl Serialize for CatalogLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Self::of(self.class.clone()) {
            self.class.serialize(serializer)
        } else {
            Self::serialize(self, serializer)
        }
    }
}

/// A built-in catalog: lines that policies start from by `extends`, and the treatments that they name.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogFile {
    /// The name that `extends` uses.
    pub catalog: Name,
    /// Treatments by name, apart from those of policies.
    pub treatments: Entries<Treatment>,
    /// The lines in the order written. A line of a group stands where the groups begin.
    pub lines: Entries<CatalogLine>,
}

/// Lines of a built-in catalog that say the same, in the compact form that is embedded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename = "group", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct CatalogGroup {
    pub(super) class: Name,
    #[serde(default)]
    pub(super) treat: Option<Name>,
    pub(super) fields: Vec<String>,
}

/// A detector of this policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "detector", rename_all = "kebab-case", deny_unknown_fields)]
pub struct UserDetector {
    /// Regular expression that the whole finding matches.
    pub pattern: String,
    /// Words of which one must stand near the finding. Empty: none needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<String>,
    /// What its findings are: a built-in or an own class.
    pub class: Name,
    /// Why it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// An example of what the policy must do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "test", rename_all = "kebab-case", deny_unknown_fields)]
pub struct PolicyTest {
    /// What it claims.
    pub name: String,
    /// Fields of one record: selector to value.
    pub given: Entries<Given>,
    /// Texts that must not be left anywhere in the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// Texts that must be left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
}

/// A field's value in a test. A number without a fraction is whole, however it is written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "value", untagged)]
pub enum Given {
    /// Text.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that is not whole; finite.
    Double(f64),
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyScalar;

        impl serde::de::Visitor<'_> for AnyScalar {
            type Value = Given;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a single value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Given, E> {
                Ok(Given::Text(text.into()))
            }

            fn visit_bool<E>(self, truth: bool) -> Result<Given, E> {
                Ok(Given::Bool(truth))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Given, E> {
                Ok(Given::Int(number))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Given, E> {
                Ok(Given::Double(number))
            }
        }

        deserializer.deserialize_any(AnyScalar)
    }
}

/// What is done to a value. Exactly one word; a word without options may stand bare.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename = "treatment", rename_all = "kebab-case")]
pub enum Treatment {
    /// It stays.
    Keep,
    /// It goes.
    Suppress,
    /// Its characters are hidden.
    Mask(Mask),
    /// A fixed text stands in its place.
    Replace(Replace),
    /// A token stands in its place.
    Pseudonymize(Pseudonymize),
    /// It is encrypted to a key that no host holds.
    Seal(WithKey),
    /// A token stands in its place that a key holder turns back.
    Tokenize(Tokenize),
    /// Another address stands in the place of an IP address; a key holder turns it back.
    EncryptIp(WithKey),
    /// Another id stands in the place of the id of a trace, span or profile.
    Rekey(WithKey),
    /// A time moves back, by one offset for all of a trace.
    Shift(Shift),
    /// It becomes coarser.
    Generalize(Generalize),
    /// Its end goes.
    Truncate(Truncate),
    /// Its length class and shape stand in its place.
    Summarize,
    /// Detectors run on it; the rest stays.
    Scan(Scan),
}

impl Treatment {
    /// All words, in the order of the variants.
    pub const WORDS: [&str; 14] = [
        "keep",
        "suppress",
        "mask",
        "replace",
        "pseudonymize",
        "seal",
        "tokenize",
        "encrypt-ip",
        "rekey",
        "shift",
        "generalize",
        "truncate",
        "summarize",
        "scan",
    ];

    /// Words that may be used as a treatment without an entry in `treatments`.
    pub const BARE: [&str; 6] = ["keep", "suppress", "mask", "replace", "scan", "summarize"];

    /// The word of the policy.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Suppress => "suppress",
            Self::Mask(_) => "mask",
            Self::Replace(_) => "replace",
            Self::Pseudonymize(_) => "pseudonymize",
            Self::Seal(_) => "seal",
            Self::Tokenize(_) => "tokenize",
            Self::EncryptIp(_) => "encrypt-ip",
            Self::Rekey(_) => "rekey",
            Self::Shift(_) => "shift",
            Self::Generalize(_) => "generalize",
            Self::Truncate(_) => "truncate",
            Self::Summarize => "summarize",
            Self::Scan(_) => "scan",
        }
    }

    /// The key that it names, and what that must be for.
    #[must_use]
    pub fn key(&self) -> Option<(&Name, KeyUse)> {
        match self {
            Self::Pseudonymize(options) => Some((&options.key, KeyUse::Pseudonymize)),
            Self::Seal(options) => Some((&options.key, KeyUse::Seal)),
            Self::Tokenize(options) => Some((&options.key, KeyUse::Tokenize)),
            Self::EncryptIp(options) => Some((&options.key, KeyUse::Tokenize)),
            Self::Rekey(options) => Some((&options.key, KeyUse::Pseudonymize)),
            Self::Shift(options) => Some((&options.key, KeyUse::Pseudonymize)),
            _ => None,
        }
    }

    /// The treatment that a bare word means.
    #[must_use]
    pub fn bare(word: &str) -> Option<Self> {
        match word {
            "keep" => Some(Self::Keep),
            "suppress" => Some(Self::Suppress),
            "mask" => Some(Self::Mask(Mask::default())),
            "replace" => Some(Self::Replace(Replace::default())),
            "summarize" => Some(Self::Summarize),
            "scan" => Some(Self::Scan(Scan::default())),
            _ => None,
        }
    }
}

impl Serialize for Treatment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        if Self::bare(self.word()).is_some_and(|bare| bare == *self) {
            return serializer.serialize_str(self.word());
        }
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::Keep | Self::Suppress | Self::Summarize => {}
            Self::Mask(options) => map.serialize_entry("mask", options)?,
            Self::Replace(options) => map.serialize_entry("replace", options)?,
            Self::Pseudonymize(options) => map.serialize_entry("pseudonymize", options)?,
            Self::Seal(options) => map.serialize_entry("seal", options)?,
            Self::Tokenize(options) => map.serialize_entry("tokenize", options)?,
            Self::EncryptIp(options) => map.serialize_entry("encrypt-ip", options)?,
            Self::Rekey(options) => map.serialize_entry("rekey", options)?,
            Self::Shift(options) => map.serialize_entry("shift", options)?,
            Self::Generalize(options) => map.serialize_entry("generalize", options)?,
            Self::Truncate(options) => map.serialize_entry("truncate", options)?,
            Self::Scan(options) => {
                map.serialize_entry("scan", &options.scan)?;
                map.serialize_entry("on-hit", &options.on_hit)?;
            }
        }
        map.end()
    }
}

/// How much a mask leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "MaskOptions", into = "MaskOptions")]
pub enum Mask {
    /// Nothing.
    #[default]
    Full,
    /// The last characters.
    KeepLast(Whole<1, 64>),
    /// The domain of an address.
    KeepDomain,
}

/// How much a mask leaves: nothing, the last characters, or the domain of an address.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "mask", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct MaskOptions {
    /// How many characters at the end stay. Not together with `keep`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keep_last: Option<Whole<1, 64>>,
    /// Which part stays. Not together with `keep-last`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keep: Option<MaskKeep>,
}

/// A part that a mask leaves.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "part", rename_all = "kebab-case")]
enum MaskKeep {
    /// What follows the last `@` of an address.
    Domain,
}

impl TryFrom<MaskOptions> for Mask {
    type Error = &'static str;

    fn try_from(options: MaskOptions) -> Result<Self, &'static str> {
        match (options.keep_last, options.keep) {
            (None, None) => Ok(Self::Full),
            (Some(count), None) => Ok(Self::KeepLast(count)),
            (None, Some(MaskKeep::Domain)) => Ok(Self::KeepDomain),
            (Some(_), Some(_)) => Err("`keep-last` and `keep` exclude each other; keep one of them"),
        }
    }
}

impl From<Mask> for MaskOptions {
    fn from(mask: Mask) -> Self {
        match mask {
            Mask::Full => Self { keep_last: None, keep: None },
            Mask::KeepLast(count) => Self { keep_last: Some(count), keep: None },
            Mask::KeepDomain => Self { keep_last: None, keep: Some(MaskKeep::Domain) },
        }
    }
}

/// What stands in a value's place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "replace", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Replace {
    /// The text. Absent: the name of the class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
}

/// How tokens are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "pseudonymize", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pseudonymize {
    /// A name of `keys`.
    pub key: Name,
    /// When equal values have equal tokens.
    #[serde(default)]
    pub mode: TokenMode,
    /// What tokens begin with.
    pub prefix: Prefix,
    /// What counts as equal. Absent: exactly the same text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical: Option<Canonical>,
}

/// How reversible tokens are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "tokenize", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tokenize {
    /// A name of `keys` with `use: tokenize`.
    pub key: Name,
    /// What tokens begin with.
    pub prefix: Prefix,
}

/// With which key. One type for all treatments that ask for nothing else: each would be code in the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "with-key", rename_all = "kebab-case", deny_unknown_fields)]
pub struct WithKey {
    /// A name of `keys`: for `seal` with `use: seal`, for `encrypt-ip` with `use: tokenize`, for `rekey` with `use: pseudonymize`.
    pub key: Name,
}

/// How times move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "shift", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Shift {
    /// A name of `keys` with `use: pseudonymize`.
    pub key: Name,
    /// The largest offset.
    pub within: Period,
}

/// When equal values have equal tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "mode", rename_all = "kebab-case")]
pub enum TokenMode {
    /// Always, within one tenant, epoch, recipient and class.
    #[default]
    Deterministic,
    /// Inside one trace; a record without a trace id is a document of its own.
    Document,
    /// Never: each value gets a fresh token, which nothing joins.
    Randomized,
}

/// What counts as an equal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "canonical", rename_all = "kebab-case")]
pub enum Canonical {
    /// The same text.
    Exact,
    /// The same mailbox.
    Email,
    /// The same text but for upper and lower case.
    Lowercase,
    /// The same telephone number.
    Phone,
    /// The same IP address.
    Ip,
}

/// What a token begins with: a small letter, then up to seven small letters or digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Prefix(String);

impl Prefix {
    /// Pattern in the JSON Schema.
    #[cfg(feature = "authoring")]
    pub(super) const PATTERN: &str = "^[a-z][a-z0-9]{0,7}$";

    /// The prefix as text, without the `_` that follows it in a token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Prefix {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // Seals begin so, and are told from tokens by it.
        if text == "sealed" {
            return Err("`sealed` is what seals begin with; choose another prefix".into());
        }
        if text.len() <= 8 && !text.contains('-') && Name::allows(&text) {
            Ok(Self(text))
        } else {
            Err(format!(
                "{} is not a prefix; use one to eight small letters or digits, a letter first",
                quoted(&text)
            ))
        }
    }
}

/// How a value becomes coarser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "generalization", rename_all = "kebab-case")]
pub enum Generalize {
    /// An address becomes its network.
    Ip(IpPrefix),
    /// A number becomes the lower end of its bucket.
    Number(NumberBucket),
    /// A time is rounded down to a multiple of this.
    Time(Period),
}

/// How many leading bits of an address stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "ip", rename_all = "kebab-case", deny_unknown_fields)]
pub struct IpPrefix {
    /// Of an IPv4 address.
    #[serde(default = "v4_bits")]
    pub v4: Whole<1, 31>,
    /// Of an IPv6 address.
    #[serde(default = "v6_bits")]
    pub v6: Whole<1, 127>,
}

fn v4_bits() -> Whole<1, 31> {
    Whole(24)
}

fn v6_bits() -> Whole<1, 127> {
    Whole(48)
}

/// How wide a bucket of numbers is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "number", rename_all = "kebab-case", deny_unknown_fields)]
pub struct NumberBucket {
    /// Width, in the unit of the value.
    pub bucket: Whole<1, 999_999_999_999_999>,
}

/// How much of a text stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "truncate", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Truncate {
    /// Characters from the beginning.
    pub chars: Whole<1, 1_000_000>,
}

/// Which detectors run and what becomes of what they find.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "scan", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scan {
    /// Which detectors run.
    #[serde(default)]
    pub scan: ScanFor,
    /// What becomes of what they find.
    #[serde(default)]
    pub on_hit: OnHit,
}

/// Which detectors run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ScanFor {
    /// All, written `all`.
    #[default]
    All,
    /// These, by name; at least one.
    Only(Vec<Name>),
}

impl Serialize for ScanFor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Only(names) => names.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ScanFor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AllOrNames;

        impl<'de> serde::de::Visitor<'de> for AllOrNames {
            type Value = ScanFor;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`all` or a list of detectors")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<ScanFor, E> {
                match word {
                    "all" => Ok(ScanFor::All),
                    other => {
                        let single =
                            if is_plain(other) { format!("as [{other}]") } else { "in brackets".into() };
                        Err(E::custom(format!(
                            "{} is neither `all` nor a list of detectors; write a single one {single}",
                            quoted(other)
                        )))
                    }
                }
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<ScanFor, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = items.next_element()? {
                    names.push(name);
                }
                if names.is_empty() {
                    return Err(A::Error::custom("names no detector; write `all` or a list of detectors"));
                }
                Ok(ScanFor::Only(names))
            }
        }

        deserializer.deserialize_any(AllOrNames)
    }
}

/// What becomes of what a detector finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "action", rename_all = "kebab-case")]
pub enum OnHit {
    /// The treatment of its own class.
    #[default]
    ByClass,
    /// It is masked.
    Mask,
    /// It goes, and the rest of the text stays.
    Suppress,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
fn is_false(truth: &bool) -> bool {
    !truth
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
