//! One case as a person wrote it, and the requests that it stands for.

use crate::wire::{Bytes, Request};
use crate::{messages, otlp};
use frostglass_engine::policy::{Plan, PolicyFile, ReadText};
use frostglass_engine::{OnWithheld, Options};
use frostglass_formats::Signal;
use prost::Message as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A case file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Name, which is also the file's.
    pub name: String,
    /// What makes this worth a case.
    pub why: String,
    /// Name of a file in `policies/`, or several lines of YAML, before which `policy:` and `schema:` are put.
    pub policy: String,
    /// `otlp` stands for both encodings of OTLP.
    pub format: String,
    /// Signal, for OTLP. Default `logs`.
    #[serde(default)]
    pub signal: SignalWord,
    /// The payload: OTLP/JSON, or the document itself.
    #[serde(default)]
    pub input: String,
    /// The payload as base64, for bytes that no text can hold. Instead of `input`.
    #[serde(default)]
    pub input_base64: String,
    /// Values that must be nowhere: not in the output, not in logs, metrics and answers, in no encoding.
    #[serde(default)]
    pub absent: Vec<String>,
    /// Texts that must be in the decoded output.
    #[serde(default)]
    pub kept: Vec<String>,
    /// The whole decoded output: OTLP/JSON or the document.
    #[serde(default)]
    pub expect: Option<String>,
    /// Attribute keys that must be in the output.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Attribute keys that must not be.
    #[serde(default)]
    pub no_keys: Vec<String>,
    /// `rewritten`, `unchanged` or `refused: reason`.
    #[serde(default)]
    pub outcome: Option<String>,
    /// What must be counted as withheld, by reason (where a host tells it of one payload: the engine and the Collector).
    #[serde(default)]
    pub withheld: BTreeMap<String, u64>,
    /// `drop` or `reject`: what becomes of payloads in which records are withheld.
    #[serde(default)]
    pub on_withheld: Option<String>,
    /// Recipient of the host's configuration.
    #[serde(default)]
    pub recipient: String,
    /// Why a second hop changes the output again. Without this, it must not.
    #[serde(default)]
    pub once: Option<String>,
    /// Hosts that do not run this, with the reason.
    #[serde(default)]
    pub skip: BTreeMap<String, String>,
    /// Folder of the file.
    #[serde(skip)]
    folder: PathBuf,
}

/// A signal as a case writes it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignalWord {
    /// Log records.
    #[default]
    Logs,
    /// Spans.
    Traces,
    /// Metrics.
    Metrics,
}

impl SignalWord {
    /// The engine's word.
    #[must_use]
    pub fn signal(self) -> Signal {
        match self {
            Self::Logs => Signal::Logs,
            Self::Traces => Signal::Traces,
            Self::Metrics => Signal::Metrics,
        }
    }
}

/// What bytes a payload is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// OTLP in protobuf.
    OtlpProto,
    /// OTLP in JSON.
    OtlpJson,
    /// One JSON document.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// Text.
    Text,
    /// A push to Loki in JSON.
    LokiJson,
    /// A push to Loki in protobuf; in a case, the same in JSON.
    LokiProto,
    /// A request to Elasticsearch's bulk API.
    Elasticsearch,
    /// Lines of syslog.
    Syslog,
    /// Remote write of Prometheus; in a case, the same in JSON.
    Prometheus,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::OtlpProto,
        Self::OtlpJson,
        Self::Json,
        Self::Ndjson,
        Self::Text,
        Self::LokiJson,
        Self::LokiProto,
        Self::Elasticsearch,
        Self::Syslog,
        Self::Prometheus,
    ];

    /// The word of a case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::OtlpProto => "otlp-proto",
            Self::OtlpJson => "otlp-json",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Text => "text",
            Self::LokiJson => "loki-json",
            Self::LokiProto => "loki-proto",
            Self::Elasticsearch => "elasticsearch",
            Self::Syslog => "syslog",
            Self::Prometheus => "prometheus",
        }
    }

    /// Path and content type of requests that carry it.
    #[must_use]
    pub fn endpoint(self, signal: Signal) -> (&'static str, &'static str) {
        let path = match (self, signal) {
            (Self::Json, _) => "/json",
            (Self::Ndjson, _) => "/ndjson",
            (Self::Text, _) => "/text",
            (Self::LokiJson | Self::LokiProto, _) => "/loki/api/v1/push",
            (Self::Elasticsearch, _) => "/_bulk",
            (Self::Syslog, _) => "/syslog",
            (Self::Prometheus, _) => "/api/v1/write",
            (_, Signal::Logs) => "/v1/logs",
            (_, Signal::Traces) => "/v1/traces",
            (_, Signal::Metrics) => "/v1/metrics",
        };
        (path, self.content_type())
    }

    /// How a request carries it.
    #[must_use]
    pub fn content_encoding(self) -> &'static str {
        match self {
            Self::Prometheus | Self::LokiProto => "snappy",
            _ => "",
        }
    }

    /// The payload as a request carries it.
    ///
    /// # Panics
    /// If it is larger than snappy can hold.
    #[must_use]
    pub fn pack(self, payload: Vec<u8>) -> Vec<u8> {
        match self.content_encoding() {
            "snappy" => snap::raw::Encoder::new().compress_vec(&payload).unwrap(),
            _ => payload,
        }
    }

    /// What a host forwarded, without what carries it.
    ///
    /// # Panics
    /// If the host forwarded something else.
    #[must_use]
    pub fn unpack(self, body: Vec<u8>) -> Vec<u8> {
        match self.content_encoding() {
            "snappy" => snap::raw::Decoder::new().decompress_vec(&body).unwrap(),
            _ => body,
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::OtlpProto | Self::Prometheus | Self::LokiProto => "application/x-protobuf",
            Self::OtlpJson | Self::Json | Self::LokiJson => "application/json",
            Self::Ndjson | Self::Elasticsearch => "application/x-ndjson",
            Self::Text | Self::Syslog => "text/plain",
        }
    }
}

/// The folder of the cases.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases")
}

/// All cases, by file name.
///
/// # Panics
/// On a file that is no case.
#[must_use]
pub fn all() -> Vec<Case> {
    let mut files: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files.iter().map(|path| Case::read(path)).collect()
}

impl Case {
    /// Reads a case file.
    ///
    /// # Panics
    /// If it is no case.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let mut case: Self =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(
            path.file_stem().unwrap().to_str().unwrap(),
            case.name,
            "{}: the name is the file's",
            path.display()
        );
        assert!(case.input.is_empty() != case.input_base64.is_empty(), "{}: one input", case.name);
        for host in case.skip.keys() {
            assert!(
                ["native", "wasm", "envoy", "collector"].contains(&host.as_str()),
                "{}: unknown host {host}",
                case.name
            );
        }
        case.folder = path.parent().unwrap().to_owned();
        case
    }

    /// The encodings that the case runs in.
    #[must_use]
    pub fn encodings(&self) -> Vec<Encoding> {
        match self.format.as_str() {
            "otlp" => vec![Encoding::OtlpProto, Encoding::OtlpJson],
            "loki" => vec![Encoding::LokiProto, Encoding::LokiJson],
            word => {
                let encoding = Encoding::ALL.into_iter().find(|encoding| encoding.word() == word);
                vec![encoding.unwrap_or_else(|| panic!("{}: unknown format {word}", self.name))]
            }
        }
    }

    /// The policy as hosts read it.
    #[must_use]
    pub fn policy_json(&self) -> String {
        let (text, file) = if self.policy.contains('\n') {
            let head = format!("policy: {}\nschema: 1\n", self.name);
            (head + self.policy.trim_start(), format!("{}.toml", self.name))
        } else {
            let path = self.folder.join("policies").join(format!("{}.yaml", self.policy));
            let text = std::fs::read_to_string(&path);
            (text.unwrap_or_else(|error| panic!("{}: {error}", path.display())), path.display().to_string())
        };
        let policy =
            PolicyFile::read_yaml(&text, &file).unwrap_or_else(|error| panic!("{}:\n{error}", self.name));
        policy.to_json()
    }

    /// The policy as it runs.
    #[must_use]
    pub fn plan(&self) -> Plan {
        Plan::from_json(&self.policy_json(), &self.name)
            .and_then(|plan| plan.for_recipient(&self.recipient))
            .unwrap_or_else(|error| panic!("{}:\n{error}", self.name))
    }

    /// How a host wants its engine.
    #[must_use]
    pub fn options(&self) -> Options {
        let on_withheld = match self.on_withheld.as_deref() {
            None | Some("drop") => OnWithheld::Drop,
            Some("reject") => OnWithheld::Reject,
            Some(other) => panic!("{}: unknown on_withheld {other}", self.name),
        };
        Options { recipient: self.recipient.clone(), on_withheld, ..Options::default() }
    }

    /// The payload in an encoding.
    #[must_use]
    pub fn payload(&self, encoding: Encoding) -> Vec<u8> {
        if !self.input_base64.is_empty() {
            return Bytes::from_base64(&self.input_base64).0;
        }
        let input = self.input.trim();
        match encoding {
            Encoding::OtlpProto => otlp::to_protobuf(self.signal.signal(), input)
                .unwrap_or_else(|error| panic!("{}: input: {error}", self.name)),
            Encoding::LokiProto => messages::push_of_json(input.as_bytes())
                .unwrap_or_else(|error| panic!("{}: input: {error}", self.name))
                .encode_to_vec(),
            Encoding::Prometheus => messages::of_json::<messages::WriteRequest>(input.as_bytes())
                .unwrap_or_else(|error| panic!("{}: input: {error}", self.name))
                .encode_to_vec(),
            Encoding::Ndjson | Encoding::Elasticsearch => [input.as_bytes(), b"\n"].concat(),
            _ => input.as_bytes().to_vec(),
        }
    }

    /// The request that stands for this case in an encoding.
    #[must_use]
    pub fn request(&self, encoding: Encoding) -> Request {
        let policy: Value = serde_json::from_str(&self.policy_json()).unwrap();
        let mut configuration = Map::new();
        configuration.insert("policy".into(), policy);
        configuration.insert(
            "paths".into(),
            json!({"/json": "json", "/ndjson": "ndjson", "/text": "text", "/syslog": "syslog"}),
        );
        if let Some(on_withheld) = &self.on_withheld {
            configuration.insert("on_withheld".into(), json!(on_withheld));
        }
        if !self.recipient.is_empty() {
            configuration.insert("recipient".into(), json!(self.recipient));
        }
        let (path, content_type) = encoding.endpoint(self.signal.signal());
        Request {
            id: format!("{}/{}", self.name, encoding.word()),
            path: path.into(),
            content_type: content_type.into(),
            configuration: Value::Object(configuration).to_string(),
            content_encoding: encoding.content_encoding().into(),
            body: Bytes(encoding.pack(self.payload(encoding))),
        }
    }
}
