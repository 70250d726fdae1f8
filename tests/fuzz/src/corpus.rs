//! The hostile payloads, and the policies that they meet.

use crate::mutate::{Random, mutate};
use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, Options};
use frostglass_formats::Signal;
use frostglass_tests_runner::{Bytes, Encoding, Request, case, native};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many mutated payloads there are: ten thousand, or as many as `FROSTGLASS_MUTATIONS` says for a longer search. Those of
/// `regressions/` come on top.
fn mutated() -> u64 {
    std::env::var("FROSTGLASS_MUTATIONS").map_or(10_000, |count| count.parse().expect("a number"))
}

/// The policies, with names: each one takes other paths through the walkers.
#[must_use]
pub fn policies() -> Vec<(&'static str, String)> {
    let of = |name: &str| case::Case::read(&case::folder().join(format!("{name}.toml"))).policy_json();
    vec![
        ("suppress", of("default-suppress")),
        ("scan", of("default-scan")),
        ("built-in", of("built-in-log")),
        ("structure", STRUCTURE.into()),
    ]
}

/// Rules structural leaves and parts of bodies, merges points, and keeps the rest.
const STRUCTURE: &str = r#"{"policy": "structure", "schema": 1, "default": "keep",
    "treatments": {"minute": {"generalize": {"time": "1m"}}, "ten": {"generalize": {"number": {"bucket": 10}}}, "start": {"truncate": {"chars": 3}}},
    "catalog": {
        "log/@time": {"class": "operational", "treat": "minute"}, "span/@trace_id": {"class": "correlation", "treat": "suppress"},
        "point/@*": {"class": "operational", "treat": "ten"}, "point/*": {"class": "operational", "treat": "suppress"},
        "log/@body.**": {"class": "content", "treat": "start"}, "field": {"class": "content", "treat": "mask"}}}"#;

/// One hostile payload.
#[derive(Debug, Clone)]
pub struct Hostile {
    /// Its number or its file, for the message of a failed claim.
    pub name: String,
    /// Index into [`policies`].
    pub policy: usize,
    /// What it claims to be.
    pub encoding: Encoding,
    /// Signal, for OTLP.
    pub signal: Signal,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// All payloads, those for one policy next to each other.
#[must_use]
pub fn all() -> Vec<Hostile> {
    let mut sound: Vec<Hostile> = Vec::new();
    for case in case::all() {
        for encoding in case.encodings() {
            let (signal, bytes) = (case.signal.signal(), case.payload(encoding));
            sound.push(Hostile { name: case.name.clone(), policy: 0, encoding, signal, bytes });
        }
    }
    let count = policies().len();
    let mut corpus = Vec::new();
    for number in 0..mutated() {
        let mut random = Random::new(number);
        // Every seed meets every policy; the seeds are far fewer than the payloads.
        let seed = &sound[number as usize % sound.len()];
        let policy = number as usize / sound.len() % count;
        let alike: Vec<&Hostile> = sound.iter().filter(|other| other.encoding == seed.encoding).collect();
        let other = random.pick(&alike);
        let bytes = mutate(
            &mut random,
            &seed.bytes,
            &other.bytes,
            !matches!(seed.encoding, Encoding::OtlpProto | Encoding::Prometheus | Encoding::LokiProto),
        );
        corpus.push(Hostile { name: format!("{number} of {}", seed.name), policy, bytes, ..seed.clone() });
    }
    for (path, encoding, signal) in regressions() {
        let bytes = std::fs::read(&path).unwrap();
        for policy in 0..count {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            corpus.push(Hostile { name, policy, encoding, signal, bytes: bytes.clone() });
        }
    }
    corpus.sort_by_key(|hostile| hostile.policy);
    corpus
}

/// Files of `regressions/`: `what-was-wrong.ENCODING.SIGNAL`, such as `deep-list.otlp-json.logs`.
fn regressions() -> Vec<(PathBuf, Encoding, Signal)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|path| path.extension().is_some_and(|extension| extension != "md"));
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut words = name.rsplit('.');
        let signal = match words.next() {
            Some("logs") => Signal::Logs,
            Some("traces") => Signal::Traces,
            Some("metrics") => Signal::Metrics,
            other => panic!("{name}: signal {other:?}"),
        };
        let word = words.next().unwrap_or_default().to_owned();
        let encoding =
            Encoding::ALL.into_iter().find(|encoding| encoding.word() == word).expect("an encoding");
        (path, encoding, signal)
    };
    files.into_iter().map(read).collect()
}

/// One engine for each policy, with the test key.
#[must_use]
pub fn engines() -> Vec<Engine> {
    let plan =
        |(name, json): (&str, String)| Plan::from_json(&json, name).unwrap_or_else(|error| panic!("{error}"));
    policies().into_iter().map(|policy| native::engine(Arc::new(plan(policy)), Options::default())).collect()
}

/// The payloads as requests to a host. The configuration stands only where it changes.
#[must_use]
pub fn requests(corpus: &[Hostile]) -> Vec<Value> {
    let policies = policies();
    let mut before = usize::MAX;
    let mut requests = Vec::new();
    for (number, hostile) in corpus.iter().enumerate() {
        let (path, content_type) = hostile.encoding.endpoint(hostile.signal);
        let request = Request {
            id: number.to_string(),
            path: path.into(),
            content_type: content_type.into(),
            configuration: String::new(),
            content_encoding: hostile.encoding.content_encoding().into(),
            body: Bytes(hostile.encoding.pack(hostile.bytes.clone())),
        };
        let mut request = serde_json::to_value(request).unwrap();
        request["configuration"] = Value::Null;
        if hostile.policy != before {
            before = hostile.policy;
            let policy: Value = serde_json::from_str(&policies[before].1).unwrap();
            let paths = json!({"/json": "json", "/ndjson": "ndjson", "/text": "text", "/syslog": "syslog"});
            request["configuration"] = json!({"policy": policy, "paths": paths}).to_string().into();
        }
        requests.push(request);
    }
    requests
}
