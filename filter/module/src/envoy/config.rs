//! The plugin configuration: what a user writes beside the policy.
//!
//! Reads JSON (Envoy hands a `Struct` over as JSON and a `StringValue` as its text). Unknown and repeated words are errors
//! with the nearest known word; nothing is guessed. Keys never stand here, since Envoy shows configurations in its admin dump.

use super::keys::Source;
use frostglass_engine::policy::Period;
use frostglass_engine::{OnWithheld, Options};
use frostglass_formats::Limits;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use thiserror::Error;

/// How the text form of documents outside OTLP is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Document {
    /// One JSON document.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// Lines of text.
    Text,
    /// Pushes to Loki.
    Loki,
    /// Bulk requests to Elasticsearch or OpenSearch.
    Bulk,
    /// Remote write of Prometheus.
    Prometheus,
    /// Lines of syslog.
    Syslog,
}

impl Document {
    const WORDS: [(&'static str, Self); 7] = [
        ("json", Self::Json),
        ("ndjson", Self::Ndjson),
        ("text", Self::Text),
        ("loki", Self::Loki),
        ("elasticsearch", Self::Bulk),
        ("prometheus", Self::Prometheus),
        ("syslog", Self::Syslog),
    ];
}

/// A plugin configuration as read.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// JSON text of the policy, on the lines where it stood; none for the embedded policy.
    pub(super) policy: Option<String>,
    /// Recipient, tenant, bounds and what becomes of payloads with withheld records.
    pub(super) options: Options,
    /// Paths beside OTLP's own, and what their bodies are.
    pub(super) paths: Vec<(String, Document)>,
    /// Content types, in lower case, that are text on the paths of text, beside its own.
    pub(super) text_types: Vec<String>,
    /// Path that answers `GET` without an upstream; empty for none.
    pub(super) health: String,
    /// Where issued keys are fetched; nowhere if they are not.
    pub(super) keys: Option<Source>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            policy: None,
            options: Options::default(),
            paths: Vec::new(),
            text_types: Vec::new(),
            health: "/healthz".to_owned(),
            keys: None,
        }
    }
}

/// What is wrong with a plugin configuration.
#[derive(Debug, PartialEq, Eq, Error)]
pub(super) enum ConfigError {
    /// Not UTF-8.
    #[error("plugin configuration: not UTF-8")]
    Utf8,
    /// Not a JSON object.
    #[error("plugin configuration: {0}")]
    Json(String),
    /// A word that means nothing here.
    #[error("plugin configuration: unknown word `{word}` in {place}{}", suggestion(.nearest))]
    Unknown {
        /// The word.
        word: String,
        /// Where it stands.
        place: &'static str,
        /// The known word that it resembles.
        nearest: Option<&'static str>,
    },
    /// A word given twice.
    #[error("plugin configuration: `{0}` stands twice")]
    Twice(String),
    /// A value that its word does not take.
    #[error("plugin configuration: `{word}` {wants}")]
    Value {
        /// The word.
        word: String,
        /// What it takes.
        wants: &'static str,
    },
}

fn suggestion(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |word| format!("; did you mean `{word}`?"))
}

const WORDS: [&str; 11] = [
    "policy",
    "recipient",
    "tenant",
    "on_withheld",
    "max_payload_bytes",
    "max_output_bytes",
    "max_depth",
    "paths",
    "text_types",
    "health_path",
    "keys",
];

/// The largest bound on a payload that fits several copies into a VM's memory (1 GiB) with room to spare.
const PAYLOAD_CEILING: u64 = 64 << 20;

/// Deepest nesting that can be asked for: walkers recurse, and a wasm stack is small.
const DEPTH_CEILING: u64 = 256;

impl Settings {
    /// Reads a plugin configuration. No bytes at all mean defaults throughout.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ConfigError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ConfigError::Utf8)?;
        let mut settings = Self::default();
        if text.trim().is_empty() {
            return Ok(settings);
        }
        let members: Members<'_> =
            serde_json::from_str(text).map_err(|error| ConfigError::Json(error.to_string()))?;
        for (word, value) in members.unique()? {
            settings.set(&word, value, text)?;
        }
        Ok(settings)
    }

    fn set(&mut self, word: &str, value: &RawValue, text: &str) -> Result<(), ConfigError> {
        match word {
            "policy" => {
                if value.get() != "null" {
                    self.policy = Some(on_its_lines(value.get(), text));
                }
            }
            "recipient" => self.options.recipient = string(word, value)?,
            "tenant" => self.options.tenant = string(word, value)?,
            "on_withheld" => {
                self.options.on_withheld = choice(
                    &string(word, value)?,
                    "on_withheld",
                    &[("drop", OnWithheld::Drop), ("reject", OnWithheld::Reject)],
                )?;
            }
            "max_payload_bytes" => {
                self.options.limits.payload =
                    number(word, value, PAYLOAD_CEILING, "takes a whole number from 1 to 67108864")?;
            }
            "max_output_bytes" => {
                self.options.limits.output =
                    number(word, value, 4 * PAYLOAD_CEILING, "takes a whole number from 1 to 268435456")?;
            }
            "max_depth" => {
                self.options.limits.depth =
                    number(word, value, DEPTH_CEILING, "takes a whole number from 1 to 256")?;
            }
            "paths" => {
                let members: Members<'_> = serde_json::from_str(value.get()).map_err(|_| {
                    ConfigError::Value { word: word.to_owned(), wants: "takes an object of paths" }
                })?;
                for (path, kind) in members.unique()? {
                    self.paths
                        .push((absolute(path)?, choice(&string("paths", kind)?, "paths", &Document::WORDS)?));
                }
            }
            "text_types" => {
                let types: Vec<String> = serde_json::from_str(value.get()).map_err(|_| {
                    ConfigError::Value { word: word.to_owned(), wants: "takes a list of content types" }
                })?;
                self.text_types = types.into_iter().map(|name| name.to_ascii_lowercase()).collect();
            }
            "health_path" => {
                let path = string(word, value)?;
                self.health = if path.is_empty() { path } else { absolute(path)? };
            }
            "keys" => self.keys = Some(source(word, value)?),
            _ => {
                return Err(ConfigError::Unknown {
                    word: word.to_owned(),
                    place: "the top level",
                    nearest: nearest(word, WORDS.into_iter()),
                });
            }
        }
        Ok(())
    }

    /// The bounds on payloads.
    pub(super) fn limits(&self) -> Limits {
        self.options.limits
    }
}

/// Members of an object in their order, values as they were written, so that repeated words can be seen.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    fn unique(self) -> Result<Vec<(String, &'a RawValue)>, ConfigError> {
        for (index, (word, _)) in self.0.iter().enumerate() {
            if self.0.iter().take(index).any(|(earlier, _)| earlier == word) {
                return Err(ConfigError::Twice(word.clone()));
            }
        }
        Ok(self.0)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<String, &'de RawValue>()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// The policy's text after as many line ends as stand before it, so that its errors name lines of the configuration.
fn on_its_lines(policy: &str, text: &str) -> String {
    let before = (policy.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    let lines = text.get(..before).map_or(0, |before| before.matches('\n').count());
    let mut placed = "\n".repeat(lines);
    placed.push_str(policy);
    placed
}

/// `keys: {cluster: …, path: …, every: …}`.
fn source(word: &str, value: &RawValue) -> Result<Source, ConfigError> {
    const PARTS: [&str; 3] = ["cluster", "path", "every"];
    let wrong = |wants| ConfigError::Value { word: word.to_owned(), wants };
    let members: Members<'_> =
        serde_json::from_str(value.get()).map_err(|_| wrong("takes an object with the name of a cluster"))?;
    let mut source = Source { cluster: String::new(), path: "/v1/keys".to_owned(), every_millis: 60_000 };
    for (part, value) in members.unique()? {
        match part.as_str() {
            "cluster" => source.cluster = string("keys.cluster", value)?,
            "path" => source.path = absolute(string("keys.path", value)?)?,
            "every" => {
                let period = Period::parse(&string("keys.every", value)?).ok().map(Period::seconds);
                let millis = period
                    .filter(|seconds| *seconds <= 86_400)
                    .and_then(|seconds| u32::try_from(seconds * 1000).ok());
                source.every_millis = millis.ok_or_else(|| ConfigError::Value {
                    word: "keys.every".to_owned(),
                    wants: "takes a length of time from 1s to 1d, like `60s`",
                })?;
            }
            _ => {
                return Err(ConfigError::Unknown {
                    word: part.clone(),
                    place: "keys",
                    nearest: nearest(&part, PARTS.into_iter()),
                });
            }
        }
    }
    if source.cluster.is_empty() {
        return Err(wrong("needs `cluster`, the name of an Envoy cluster"));
    }
    Ok(source)
}

fn string(word: &str, value: &RawValue) -> Result<String, ConfigError> {
    serde_json::from_str(value.get())
        .map_err(|_| ConfigError::Value { word: word.to_owned(), wants: "takes a string" })
}

/// A whole number from 1 to `ceiling`. Numbers of a `Struct` are doubles and may arrive as `8388608.0`.
fn number(word: &str, value: &RawValue, ceiling: u64, wants: &'static str) -> Result<usize, ConfigError> {
    let digits = value.get();
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    match digits.parse::<u64>() {
        Ok(number) if (1..=ceiling).contains(&number) => Ok(usize::try_from(number).unwrap_or(usize::MAX)),
        _ => Err(ConfigError::Value { word: word.to_owned(), wants }),
    }
}

fn absolute(path: String) -> Result<String, ConfigError> {
    if path.starts_with('/') && !path.contains(['?', '#']) {
        Ok(path)
    } else {
        Err(ConfigError::Value { word: path, wants: "is not an absolute path without a query" })
    }
}

fn choice<T: Copy>(word: &str, place: &'static str, choices: &[(&'static str, T)]) -> Result<T, ConfigError> {
    choices.iter().find(|(known, _)| *known == word).map(|(_, choice)| *choice).ok_or_else(|| {
        ConfigError::Unknown {
            word: word.to_owned(),
            place,
            nearest: nearest(word, choices.iter().map(|(known, _)| *known)),
        }
    })
}

/// The known word at the least edit distance, if it is close enough to be a slip.
fn nearest(word: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    known
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in bytes, over at most 64 bytes of `left`.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.bytes().take(64).enumerate() {
        let mut diagonal = line;
        let mut last = line + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(right.bytes()) {
            let cost = diagonal + usize::from(a != b);
            diagonal = *cell;
            last = cost.min(last + 1).min(diagonal + 1);
            *cell = last;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Settings::parse(text.as_bytes()).unwrap_err().to_string()
    }

    /// Scenario: no configuration, an empty object, and one with every word.
    /// Guarantees: absent words mean the documented defaults, present ones arrive.
    #[test]
    fn absent_words_mean_defaults() {
        for text in ["", " \n", "{}"] {
            let settings = Settings::parse(text.as_bytes()).unwrap();
            assert!(settings.policy.is_none());
            assert_eq!(settings.limits().payload, 8 << 20);
            assert_eq!(settings.health, "/healthz");
            assert!(settings.paths.is_empty());
        }
        let settings = Settings::parse(
            br#"{"recipient": "oncall", "tenant": "t", "on_withheld": "reject", "max_payload_bytes": 1024.0,
                "max_output_bytes": 4096, "max_depth": 8, "paths": {"/ingest": "ndjson"}, "text_types": ["a/B"], "health_path": ""}"#,
        )
        .unwrap();
        assert_eq!(settings.options.recipient, "oncall");
        assert_eq!(settings.options.tenant, "t");
        assert_eq!(settings.options.on_withheld, OnWithheld::Reject);
        assert_eq!(settings.limits(), Limits { payload: 1024, depth: 8, output: 4096, ..Limits::default() });
        assert_eq!(settings.paths, [("/ingest".to_owned(), Document::Ndjson)]);
        assert_eq!(settings.text_types, ["a/b"]);
        assert_eq!(settings.health, "");
    }

    /// Scenario: misspelled, repeated and unsuited words.
    /// Guarantees: each is refused, and the text says what was meant.
    #[test]
    fn unknown_words_are_errors_with_a_suggestion() {
        assert_eq!(
            error(r#"{"polcy": {}}"#),
            "plugin configuration: unknown word `polcy` in the top level; did you mean `policy`?"
        );
        assert_eq!(
            error(r#"{"on_withheld": "rejct"}"#),
            "plugin configuration: unknown word `rejct` in on_withheld; did you mean `reject`?"
        );
        assert_eq!(
            error(r#"{"something_else": 1}"#),
            "plugin configuration: unknown word `something_else` in the top level"
        );
        assert_eq!(error(r#"{"tenant": "a", "tenant": "b"}"#), "plugin configuration: `tenant` stands twice");
        assert_eq!(
            error(r#"{"max_payload_bytes": 0}"#),
            "plugin configuration: `max_payload_bytes` takes a whole number from 1 to 67108864"
        );
        assert_eq!(
            error(r#"{"paths": {"ingest": "json"}}"#),
            "plugin configuration: `ingest` is not an absolute path without a query"
        );
        assert!(error("[]").starts_with("plugin configuration: invalid type"));
        assert!(error("{").starts_with("plugin configuration: EOF"));
        assert_eq!(Settings::parse(b"\xff").unwrap_err(), ConfigError::Utf8);
    }

    /// Scenario: where issued keys are fetched, in short and in full, and with mistakes.
    /// Guarantees: read with the documented defaults; mistakes are refused with what was meant.
    #[test]
    fn keys_are_fetched_from_a_cluster() {
        let keys = |text: &str| {
            Settings::parse(format!(r#"{{"keys": {text}}}"#).as_bytes())
                .map(|settings| settings.keys.unwrap())
        };
        let short = keys(r#"{"cluster": "keys"}"#).unwrap();
        assert_eq!(
            (short.cluster.as_str(), short.path.as_str(), short.every_millis),
            ("keys", "/v1/keys", 60_000)
        );
        let full = keys(r#"{"cluster": "k", "path": "/keys", "every": "5m"}"#).unwrap();
        assert_eq!((full.path.as_str(), full.every_millis), ("/keys", 300_000));
        let said = |text: &str| keys(text).unwrap_err().to_string();
        assert_eq!(said("{}"), "plugin configuration: `keys` needs `cluster`, the name of an Envoy cluster");
        assert_eq!(
            said(r#"{"clutser": "k"}"#),
            "plugin configuration: unknown word `clutser` in keys; did you mean `cluster`?"
        );
        assert_eq!(
            said(r#"{"cluster": "k", "every": "0s"}"#),
            "plugin configuration: `keys.every` takes a length of time from 1s to 1d, like `60s`"
        );
        assert_eq!(
            said(r#""keys""#),
            "plugin configuration: `keys` takes an object with the name of a cluster"
        );
    }

    /// Scenario: the policy starts on the third line of the configuration.
    /// Guarantees: its text keeps that line, and keeps repeated keys for the policy's own reader to refuse.
    #[test]
    fn a_policy_keeps_its_lines_and_its_text() {
        let text = "{\n\"tenant\": \"t\",\n\"policy\": {\"a\": 1,\n \"a\": 2}}";
        let settings = Settings::parse(text.as_bytes()).unwrap();
        assert_eq!(settings.policy.as_deref(), Some("\n\n{\"a\": 1,\n \"a\": 2}"));
    }
}
