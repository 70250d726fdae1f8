//! Made telemetry: the same again for the same seed, sound as traces, and truly labelled.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::folder::{Folder, ended, frostglass};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fs;

/// A run of `frostglass synth`: the telemetry and its labels.
struct Made {
    telemetry: Vec<u8>,
    labels: Vec<Value>,
}

fn synth(test: &str, arguments: &[&str]) -> Made {
    let folder = Folder::new(&format!("synth/{test}"));
    let mut command = folder.command("synth -q -o out --labels labels");
    command.args(arguments);
    let answer = ended(command);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    Made {
        telemetry: fs::read(folder.join("out")).unwrap(),
        labels: folder.read("labels").lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
    }
}

impl Made {
    /// All records of a signal, in the order of the file: the members under a list of lists.
    fn records(&self, path: [&str; 3]) -> Vec<Value> {
        let mut records = Vec::new();
        for line in self.telemetry.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let request: Value = serde_json::from_slice(line).unwrap();
            for group in request[path[0]].as_array().unwrap() {
                for scoped in group[path[1]].as_array().unwrap() {
                    records.extend(scoped[path[2]].as_array().unwrap().iter().cloned());
                }
            }
        }
        records
    }

    fn spans(&self) -> Vec<Value> {
        self.records(["resourceSpans", "scopeSpans", "spans"])
    }
}

fn time(span: &Value, name: &str) -> u64 {
    span[name].as_str().unwrap().parse().unwrap()
}

/// Scenario: two runs with one seed, one with another, of each signal and in both encodings.
/// Guarantees: the first two are byte for byte the same, labels included; the third is not.
#[test]
fn a_seed_repeats_itself() {
    for signal in ["traces", "logs", "metrics"] {
        for format in ["otlp-json", "otlp-proto"] {
            let run = |name: &str, seed: &str| {
                let arguments =
                    ["-s", signal, "-f", format, "--requests", "120", "--seed", seed, "--canaries", "9"];
                synth(&format!("seed-{signal}-{format}-{name}"), &arguments)
            };
            let (one, same, other) = (run("one", "5"), run("same", "5"), run("other", "6"));
            assert!(one.telemetry == same.telemetry && one.labels == same.labels, "{signal} {format}");
            assert!(one.telemetry != other.telemetry, "{signal} {format}");
        }
    }
}

/// Scenario: one run in batches of 7 requests and one in batches of 50.
/// Guarantees: how requests are batched changes no span.
#[test]
fn batches_do_not_change_spans() {
    let spans = |batch: &str| -> HashMap<String, Value> {
        let made = synth(&format!("batch-{batch}"), &["--requests", "100", "--batch", batch]);
        made.spans().into_iter().map(|span| (span["spanId"].as_str().unwrap().to_owned(), span)).collect()
    };
    assert_eq!(spans("7"), spans("50"));
}

/// Scenario: a thousand traces.
/// Guarantees: span ids are unique; every parent is in its child's trace and holds its times; each trace has one root; some spans
/// failed and tell why.
#[test]
fn traces_are_sound() {
    let spans = synth("sound", &["--requests", "1000"]).spans();
    let by_id: HashMap<&str, &Value> =
        spans.iter().map(|span| (span["spanId"].as_str().unwrap(), span)).collect();
    assert_eq!(by_id.len(), spans.len());
    let mut roots = HashSet::new();
    for span in &spans {
        let Some(parent) = span["parentSpanId"].as_str() else {
            assert!(roots.insert(span["traceId"].as_str().unwrap()));
            continue;
        };
        let parent = by_id[parent];
        assert_eq!(parent["traceId"], span["traceId"]);
        assert!(time(parent, "startTimeUnixNano") <= time(span, "startTimeUnixNano"));
        assert!(time(span, "endTimeUnixNano") <= time(parent, "endTimeUnixNano"));
        assert!(time(span, "startTimeUnixNano") <= time(span, "endTimeUnixNano"));
    }
    assert_eq!(roots.len(), 1000);
    let failed: Vec<_> = spans.iter().filter(|span| span["status"]["code"] == 2).collect();
    assert!(failed.len() > 20 && failed.len() < spans.len() / 10, "{}", failed.len());
    assert!(failed.iter().any(|span| span["events"][0]["name"] == "exception"));
}

/// Scenario: logs and traces of one seed.
/// Guarantees: every log record belongs to a span of the traces and lies within its times.
#[test]
fn logs_belong_to_spans() {
    let spans = synth("logs-traces", &["--requests", "200"]).spans();
    let by_id: HashMap<_, _> = spans.iter().map(|span| (span["spanId"].clone().to_string(), span)).collect();
    let made = synth("logs-logs", &["--requests", "200", "-s", "logs"]);
    let logs = made.records(["resourceLogs", "scopeLogs", "logRecords"]);
    assert!(logs.len() >= 200);
    for log in logs {
        let span = by_id[&log["spanId"].to_string()];
        assert_eq!(log["traceId"], span["traceId"]);
        assert!(time(span, "endTimeUnixNano") >= time(&log, "timeUnixNano"));
    }
}

/// The text of a field of a span, all attributes and events included.
fn text_of(span: &Value, field: &str) -> Vec<String> {
    let (level, key) = field.split_once('/').unwrap();
    let values = |attributes: &Value| -> Vec<String> {
        let pairs = attributes.as_array().cloned().unwrap_or_default();
        let found = pairs.iter().filter(|pair| pair["key"] == key);
        found.map(|pair| pair["value"]["stringValue"].as_str().unwrap().to_owned()).collect()
    };
    match (level, key) {
        ("span", "@status.message") => vec![span["status"]["message"].as_str().unwrap().to_owned()],
        ("span", _) => values(&span["attributes"]),
        _ => {
            span["events"].as_array().unwrap().iter().flat_map(|event| values(&event["attributes"])).collect()
        }
    }
}

/// Scenario: labels of five hundred traces, canaries among them.
/// Guarantees: each label's value stands in the field of the record that it names; canaries come in the number asked for, each in a
/// record of its own, and stand nowhere else.
#[test]
fn labels_tell_the_truth() {
    let made = synth("labels", &["--requests", "500", "--canaries", "40"]);
    let spans = made.spans();
    let mut canaries = HashSet::new();
    for label in &made.labels {
        let span = &spans[usize::try_from(label["record"].as_u64().unwrap()).unwrap()];
        let texts = text_of(span, label["field"].as_str().unwrap());
        let value = label["value"].as_str().unwrap();
        if label["coding"] == "plain" {
            assert!(texts.iter().any(|text| text.contains(value)), "{label}");
        } else {
            assert!(!texts.is_empty(), "{label}");
        }
        if label["canary"] == true {
            assert!(canaries.insert(label["record"].clone()));
        }
    }
    assert_eq!(canaries.len(), 40);
    let whole = String::from_utf8(made.telemetry).unwrap();
    let plain = made.labels.iter().filter(|label| label["canary"] == true && label["coding"] == "plain");
    for label in plain {
        assert_eq!(whole.matches(label["value"].as_str().unwrap()).count(), 1, "{label}");
    }
}

/// Scenario: metrics with canaries.
/// Guarantees: data points are labelled by their place in the file, and canaries are among them.
#[test]
fn points_are_labelled_too() {
    let made = synth("points", &["--requests", "100", "-s", "metrics", "--canaries", "6"]);
    let metrics = made.records(["resourceMetrics", "scopeMetrics", "metrics"]);
    let points: Vec<Value> = metrics
        .iter()
        .flat_map(|metric| {
            ["sum", "gauge", "histogram"]
                .iter()
                .filter_map(|kind| metric[kind]["dataPoints"].as_array().cloned())
        })
        .flatten()
        .collect();
    for label in &made.labels {
        let point = &points[usize::try_from(label["record"].as_u64().unwrap()).unwrap()];
        assert!(point.to_string().contains(label["value"].as_str().unwrap()), "{label}");
    }
    assert_eq!(made.labels.iter().filter(|label| label["canary"] == true).count(), 6);
}

/// Scenario: more canaries than requests, and times beyond what OTLP can say.
/// Guarantees: refused as wrong arguments; nothing is written.
#[test]
fn what_cannot_be_made_is_refused() {
    for arguments in [
        &["--requests", "3", "--canaries", "4"][..],
        &["--start", "9223372036854775807", "--span", "1h"],
        &["--persons", "0"],
    ] {
        let mut command = frostglass();
        command.arg("synth").args(arguments);
        let answer = ended(command);
        assert!(answer.code == 2 && answer.out.is_empty(), "{arguments:?}");
    }
}
