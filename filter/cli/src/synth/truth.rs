//! What is known of the telemetry because it was made: which field holds what of whom.
//!
//! Labels are JSON lines beside the payloads. They hold values, which is their purpose: all of them are invented.

use crate::otlp::Any;
use frostglass_engine::Class;
use frostglass_formats::{Level, Signal};
use serde_json::json;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Email,
    Phone,
    UserId,
    SessionId,
    DeviceId,
    UserAgent,
    Ipv4,
    Ipv6,
    City,
    PostalCode,
    AgeBand,
    Category,
    Canary,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::UserId => "user-id",
            Self::SessionId => "session-id",
            Self::DeviceId => "device-id",
            Self::UserAgent => "user-agent",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::City => "city",
            Self::PostalCode => "postal-code",
            Self::AgeBand => "age-band",
            Self::Category => "category",
            Self::Canary => "canary",
        }
    }

    fn class(self) -> Class {
        match self {
            Self::Name | Self::Email | Self::Phone | Self::UserId | Self::Canary => Class::DirectId,
            Self::SessionId | Self::DeviceId | Self::UserAgent | Self::Ipv4 | Self::Ipv6 | Self::AgeBand => {
                Class::OnlineId
            }
            Self::City | Self::PostalCode => Class::Location,
            Self::Category => Class::Health,
        }
    }
}

/// A value that tells something of a person.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    kind: Kind,
    pub(super) value: String,
}

impl Fact {
    pub(super) fn new(kind: Kind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into() }
    }
}

/// A text, and the facts that stand in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub(super) text: String,
    facts: Vec<(Fact, &'static str)>,
}

impl Said {
    /// Begins with words that tell nothing.
    pub(super) fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), facts: Vec::new() }
    }

    /// Goes on with words that tell nothing.
    pub(super) fn and(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Goes on with a fact.
    pub(super) fn tell(self, fact: &Fact) -> Self {
        let text = fact.value.clone();
        self.tell_as(fact, "plain", &text)
    }

    /// Goes on with a fact that is written otherwise.
    pub(super) fn tell_as(mut self, fact: &Fact, coding: &'static str, written: &str) -> Self {
        self.text.push_str(written);
        self.facts.push((fact.clone(), coding));
        self
    }

    /// Puts one text behind another.
    pub(super) fn then(mut self, other: Self) -> Self {
        self.text.push_str(&other.text);
        self.facts.extend(other.facts);
        self
    }
}

impl From<&Fact> for Said {
    fn from(fact: &Fact) -> Self {
        Self::default().tell(fact)
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self::words(text)
    }
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self::words(text)
    }
}

/// A fact in its place.
#[derive(Debug, Clone)]
pub(super) struct Label {
    field: String,
    fact: Fact,
    coding: &'static str,
}

/// Attributes in the making, and labels of what they tell.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) attributes: Vec<(String, Any)>,
    pub(super) labels: Vec<Label>,
}

impl Told {
    /// Adds an attribute.
    pub(super) fn say(&mut self, level: Level, key: &str, said: impl Into<Said>) {
        let said = said.into();
        self.attributes.push((key.to_owned(), Any::from(said.text.as_str())));
        self.label(format!("{}/{key}", level.word()), said);
    }

    /// Adds an attribute in the place of one that has the key.
    pub(super) fn say_instead(&mut self, level: Level, key: &str, said: impl Into<Said>) {
        self.attributes.retain(|(known, _)| known != key);
        self.forget(&format!("{}/{key}", level.word()));
        self.say(level, key, said);
    }

    /// Forgets the labels of a field whose value goes.
    pub(super) fn forget(&mut self, field: &str) {
        self.labels.retain(|label| label.field != field);
    }

    /// Adds a number, which tells nothing.
    pub(super) fn count(&mut self, key: &str, number: i64) {
        self.attributes.push((key.to_owned(), Any::from(number)));
    }

    /// Labels what a field tells.
    pub(super) fn label(&mut self, field: impl Into<String>, said: Said) {
        let field = field.into();
        let labels =
            said.facts.into_iter().map(|(fact, coding)| Label { field: field.clone(), fact, coding });
        self.labels.extend(labels);
    }

    /// The text of a built-in field, labelled.
    pub(super) fn built_in(&mut self, level: Level, name: &str, said: Said) -> String {
        let text = said.text.clone();
        self.label(format!("{}/@{name}", level.word()), said);
        text
    }
}

/// Whose record it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose {
    pub(super) person: u64,
    pub(super) session: u64,
}

impl Label {
    /// One line of a labels file. Stable: members are added, never renamed.
    pub(super) fn line(&self, signal: Signal, record: u64, whose: Whose) -> String {
        json!({
            "signal": match signal {
                Signal::Logs => "logs",
                Signal::Traces => "traces",
                Signal::Metrics => "metrics",
            },
            "record": record,
            "field": self.field,
            "class": self.fact.kind.class().word(),
            "kind": self.fact.kind.word(),
            "person": whose.person,
            "session": whose.session,
            "value": self.fact.value,
            "coding": self.coding,
            "canary": self.fact.kind == Kind::Canary,
        })
        .to_string()
    }
}
