//! A policy as somebody wrote it: the types of its sections, and nothing about how it runs.
//!
//! Wrong states cannot be written: names, periods and ranges are checked when they are read, and options of a treatment
//! that exclude each other are alternatives. What refers to another part of the same text (classes, treatments, keys) is
//! checked once all is read ([`crate::check`]); selectors, patterns and built-in names are left to compiling. Sections
//! and words of later versions are refused by name, never swallowed.

use crate::Class;
use crate::error::{Finding, joined, unknown};
use crate::node::{Node, Place};
use crate::treatment::{KeyUse, Treatment};
use crate::values::{Entries, Name, Period, Until, Whole};
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
    #[cfg_attr(feature = "authoring", schemars(schema_with = "crate::schema::catalog"))]
    pub catalog: Entries<CatalogLine>,
    /// Own detectors by name.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub detectors: Entries<UserDetector>,
    /// What the policy must do, as examples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<PolicyTest>,
    /// Where everything stands.
    #[serde(skip)]
    pub(crate) source: Source,
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
    pub(crate) fn names(&self, section: &str) -> Vec<&str> {
        let mut names: Vec<&str> = match section {
            "keys" => self.keys.iter().map(|entry| entry.name.as_str()).collect(),
            "classes" => self.classes.iter().map(|entry| entry.name.as_str()).collect(),
            "treatments" => self.treatments.iter().map(|entry| entry.name.as_str()).collect(),
            _ => Vec::new(),
        };
        let written =
            match self.source.root.as_ref().and_then(|root| root.member(section)).map(|node| &node.kind) {
                Some(crate::node::Kind::Map(members)) => members.as_slice(),
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
            path: joined(path.iter().copied()),
            what: what.into(),
            hint: hint.into(),
        }
    }
}

/// The text behind a policy. All sources are equal: where a policy stands is no part of what it says.
#[derive(Clone, Default)]
pub(crate) struct Source {
    pub(crate) file: String,
    pub(crate) root: Option<Node>,
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
    pub(crate) fn place(&self, path: &[&str]) -> Place {
        let Some(mut node) = self.root.as_ref() else { return Place::default() };
        for step in path {
            let next = match &node.kind {
                crate::node::Kind::List(items) => {
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
    pub(crate) fn words() -> [&'static str; Class::ALL.len()] {
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
    pub(crate) const SHORT_FORM: &str = "line";

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
pub(crate) struct CatalogGroup {
    pub(crate) class: Name,
    #[serde(default)]
    pub(crate) treat: Option<Name>,
    pub(crate) fields: Vec<String>,
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

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
fn is_false(truth: &bool) -> bool {
    !truth
}
