//! `frostglass lint --collector`, as people run it: configurations that are taken, and those that are refused.
//!
//! Each refused configuration differs from a taken one by what is wrong. No answer may quote a value.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::folder::{Answer, Folder, ended, frostglass};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Stands in values of the configurations and must never be seen in an answer.
const CANARY: &str = "canary-hunter2";

/// A configuration that has nothing to complain of.
const WELL: &str = r#"
receivers:
  otlp: {protocols: {grpc: {endpoint: "0.0.0.0:4317"}}}
processors:
  memory_limiter: {check_interval: 1s, limit_mib: 400}
  resourcedetection: {detectors: [system]}
  frostglass:
    policy_file: /etc/frostglass/policy.yaml
    keys: {ids: "${env:FROSTGLASS_KEY_IDS}"}
exporters:
  otlp/vendor:
    endpoint: https://vendor.example.org:4317
    headers: {x-key: canary-hunter2}
    sending_queue: {storage: file_storage}
extensions:
  file_storage: {directory: /var/lib/otelcol}
service:
  extensions: [file_storage]
  pipelines:
    logs/vendor:
      receivers: [otlp]
      processors: [memory_limiter, resourcedetection, frostglass]
      exporters: [otlp/vendor]
"#;

/// What was found in configurations.
struct Told {
    code: i32,
    found: Vec<Value>,
}

impl Told {
    /// `rule path` of each finding that is at least a warning.
    fn told(&self) -> Vec<String> {
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        let loud = self.found.iter().filter(|one| one["severity"] != "note");
        loud.map(|one| format!("{} {}", text(one, "rule"), text(one, "path"))).collect()
    }
}

/// Runs `lint --format json --collector` on texts that become files.
fn lint(test: &str, texts: &[&str]) -> Told {
    let folder = Folder::new(&format!("collector/{test}"));
    let files = texts.iter().enumerate().map(|(index, text)| folder.file(&format!("{index}.yaml"), text));
    let mut command = frostglass();
    command.args(["lint", "--format", "json", "--collector"]).args(files);
    let answer = ended(command);
    let Answer { out, complaints, .. } = &answer;
    assert!(!out.contains(CANARY) && !complaints.contains(CANARY), "{out}{complaints}");
    Told { code: answer.code, found: answer.json().as_array().unwrap().clone() }
}

/// Pipelines over components that all exist.
fn with_pipelines(pipelines: &str) -> String {
    format!(
        "
receivers: {{otlp: {{}}, filelog: {{}}}}
processors:
  frostglass: {{policy_file: p.yaml}}
  frostglass/vendor: {{policy_file: v.yaml}}
  filter: {{}}
  batch: {{}}
  memory_limiter: {{}}
  k8s_attributes: {{}}
  mystery: {{}}
  remotetap: {{}}
  attributes/literal: {{actions: [{{key: a, value: b, action: insert}}]}}
  attributes/context: {{actions: [{{key: a, from_context: metadata.x, action: upsert}}]}}
  resource/env: {{attributes: [{{key: a, value: '${{env:POD_IP}}', action: upsert}}]}}
  transform/treated: {{log_statements: ['set(attributes[\"a\"], attributes[\"b\"])']}}
  transform/context: {{log_statements: ['set(attributes[\"a\"], otelcol.client.addr)']}}
  metricstransform/rename: {{transforms: [{{include: a, action: update, new_name: b}}]}}
  metricstransform/label: {{transforms: [{{include: a, operations: [{{action: add_label, new_label: x}}]}}]}}
connectors: {{forward: {{}}, routing: {{}}, count: {{}}, riddle: {{}}}}
exporters:
  otlp: {{endpoint: 'x:4317'}}
  debug: {{}}
  file: {{path: /x}}
  nop: {{}}
service:
  pipelines:
{pipelines}"
    )
}

fn told(test: &str, pipelines: &str) -> Vec<String> {
    lint(test, &[&with_pipelines(pipelines)]).told()
}

/// Scenario: an agent whose one pipeline detects, treats and exports by TLS with a queue on the disk.
/// Guarantees: nothing is said, and the exit code is 0.
#[test]
fn a_sound_configuration_passes() {
    let answer = lint("well", &[WELL]);
    assert_eq!((answer.code, answer.found.len()), (0, 0), "{:?}", answer.found);
}

/// Scenario: the processor goes from the pipeline.
/// Guarantees: an error with file, line, path, what and hint; exit code 2.
#[test]
fn an_untreated_pipeline_is_refused() {
    let answer = lint("untreated", &[&WELL.replace(", frostglass]", "]")]);
    assert_eq!(answer.code, 2);
    assert_eq!(answer.told(), ["untreated service.pipelines.logs/vendor.processors"]);
    let found = &answer.found[0];
    assert_eq!(found["line"], 22);
    assert!(found["file"].as_str().unwrap().ends_with("0.yaml"));
    assert_eq!(found["message"], "`otlp/vendor` is reached without frostglass");
    assert!(found["hint"].as_str().unwrap().contains("put a `frostglass` processor"));
}

/// Scenario: pipelines without the processor that end in `debug`, in `file` and in `nop`.
/// Guarantees: what prints and what writes counts as leaving, and says so; what forgets does not.
#[test]
fn printing_and_writing_is_leaving() {
    for (name, refused) in [("debug", true), ("file", true), ("nop", false)] {
        let pipelines = format!("    logs: {{receivers: [otlp], exporters: [{name}]}}");
        let answer = lint(&format!("leaving-{name}"), &[&with_pipelines(&pipelines)]);
        assert_eq!(!answer.found.is_empty(), refused, "{name}");
        if refused {
            assert!(answer.found[0]["hint"].as_str().unwrap().contains("`debug` prints content"));
        }
    }
}

/// Scenario: telemetry goes on through connectors, treated before them, after them, on one of two ways, and in a circle.
/// Guarantees: what was treated counts as treated behind a connector that nothing else feeds; one untreated feeder, near or
/// far, spoils it; treating after the connector is as good.
#[test]
fn connectors_are_followed() {
    let before = "
    traces: {receivers: [otlp], processors: [frostglass], exporters: [forward, count]}
    traces/out: {receivers: [forward], exporters: [otlp]}
    metrics: {receivers: [count], exporters: [otlp]}";
    assert!(told("before", before).is_empty());
    let after = "
    logs: {receivers: [otlp], exporters: [routing]}
    logs/a: {receivers: [routing], processors: [frostglass], exporters: [otlp]}
    logs/b: {receivers: [routing], processors: [frostglass/vendor], exporters: [debug]}";
    assert!(told("after", after).is_empty());
    let one_way = "
    logs: {receivers: [otlp], exporters: [routing]}
    logs/a: {receivers: [routing], processors: [frostglass], exporters: [otlp]}
    logs/b: {receivers: [routing], exporters: [debug]}";
    assert_eq!(told("one-way", one_way), ["untreated service.pipelines.logs/b.processors"]);
    let mixed = "
    logs: {receivers: [otlp], processors: [frostglass], exporters: [forward]}
    logs/raw: {receivers: [filelog], exporters: [forward]}
    logs/out: {receivers: [forward], exporters: [otlp]}";
    assert_eq!(told("mixed", mixed), ["untreated service.pipelines.logs/out.processors"]);
    let beside = "
    logs: {receivers: [otlp], processors: [frostglass], exporters: [forward]}
    logs/out: {receivers: [forward, filelog], exporters: [otlp]}";
    assert_eq!(told("beside", beside), ["untreated service.pipelines.logs/out.processors"]);
    let far = "
    logs: {receivers: [otlp], exporters: [forward]}
    logs/next: {receivers: [forward], processors: [filter], exporters: [count]}
    metrics: {receivers: [count], exporters: [otlp]}";
    assert_eq!(told("far", far), ["untreated service.pipelines.metrics.processors"]);
    let circle = "
    logs: {receivers: [otlp, forward], exporters: [forward, routing]}
    logs/out: {receivers: [routing], exporters: [otlp]}";
    assert_eq!(told("circle", circle), ["untreated service.pipelines.logs/out.processors"]);
}

/// Scenario: processors that add content, may add it, are unknown or harmless stand after the processor, before it, or
/// behind a connector.
/// Guarantees: what adds is an error, what nobody reviewed is a warning, what only moves or writes literals passes; before
/// frostglass, or with another one after it, all pass.
#[test]
fn enriching_after_treatment_is_refused() {
    for (processor, rule) in [
        ("k8s_attributes", "enriched-after "),
        ("attributes/context", "enriched-after "),
        ("resource/env", "enriched-after "),
        ("transform/context", "enriched-after "),
        ("metricstransform/label", "enriched-after "),
        ("mystery", "unknown-after "),
        ("attributes/literal", ""),
        ("transform/treated", ""),
        ("metricstransform/rename", ""),
        ("filter", ""),
    ] {
        let test = format!("after-{}", processor.replace('/', "-"));
        let check = |pipelines: String, path: &str| {
            let expected: Vec<String> = Some(format!("{rule}{path}"))
                .filter(|_| !rule.is_empty() && !path.is_empty())
                .into_iter()
                .collect();
            assert_eq!(told(&test, &pipelines), expected, "{processor}: {pipelines}");
        };
        check(
            format!(
                "    logs: {{receivers: [otlp], processors: [frostglass, {processor}], exporters: [otlp]}}"
            ),
            "service.pipelines.logs.processors[1]",
        );
        check(
            format!(
                "    logs: {{receivers: [otlp], processors: [{processor}, frostglass], exporters: [otlp]}}"
            ),
            "",
        );
        check(
            format!(
                "    logs: {{receivers: [otlp], processors: [frostglass, {processor}, frostglass/vendor], exporters: [otlp]}}"
            ),
            "",
        );
        let connected = |then: &str| {
            format!(
                "
    logs: {{receivers: [otlp], processors: [frostglass], exporters: [forward]}}
    logs/out: {{receivers: [forward], processors: [{processor}{then}], exporters: [otlp]}}"
            )
        };
        check(connected(""), "service.pipelines.logs/out.processors[0]");
        check(connected(", frostglass/vendor"), "");
    }
    let riddle = "
    logs: {receivers: [otlp], processors: [frostglass], exporters: [riddle]}
    logs/out: {receivers: [riddle], exporters: [otlp]}";
    assert_eq!(told("riddle", riddle), ["unknown-after service.pipelines.logs/out.receivers[0]"]);
}

/// Scenario: a processor that shows what passes to whoever connects, before and after treatment.
/// Guarantees: it is an exporter in disguise: refused before, taken after.
#[test]
fn a_processor_with_an_outlet_counts() {
    let before = "    logs: {receivers: [otlp], processors: [remotetap, frostglass], exporters: [otlp]}";
    assert_eq!(told("tap", before), ["untreated service.pipelines.logs.processors[0]"]);
    let after = "    logs: {receivers: [otlp], processors: [frostglass, remotetap], exporters: [otlp]}";
    assert!(told("tap", after).is_empty());
}

/// Scenario: `batch` in a pipeline, `memory_limiter` behind another processor.
/// Guarantees: warnings, which fail nothing without `--strict`.
#[test]
fn order_is_warned_of() {
    let pipelines =
        "    logs: {receivers: [otlp], processors: [frostglass, memory_limiter, batch], exporters: [otlp]}";
    let answer = lint("order", &[&with_pipelines(pipelines)]);
    assert_eq!(answer.code, 0);
    assert_eq!(
        answer.told(),
        [
            "late-limiter service.pipelines.logs.processors[1]",
            "early-acknowledgment service.pipelines.logs.processors[2]",
        ]
    );
}

/// The findings on an exporter with the path below it, `plaintext tls.insecure`.
fn exporter(test: &str, id: &str, body: &str) -> Vec<String> {
    let text = format!(
        "
receivers: {{otlp: {{}}}}
processors: {{frostglass: {{policy_file: p}}}}
exporters:
  {id}: {body}
service: {{pipelines: {{logs: {{receivers: [otlp], processors: [frostglass], exporters: [{id}]}}}}}}
"
    );
    let path = format!("exporters.{id}");
    let told = lint(test, &[&text]).told();
    told.iter().map(|one| one.replace(&format!("{path}."), "").replace(&path, "").trim().to_owned()).collect()
}

/// Scenario: exporters of many kinds, to loopback and elsewhere, with TLS, without it, and without checking it.
/// Guarantees: plain text beyond the host is refused for known and unknown exporters alike; loopback and Unix sockets are
/// taken; hosts that only look like loopback are not.
#[test]
fn plain_text_beyond_the_host_is_refused() {
    for (id, body, expected) in [
        ("otlp", "{endpoint: 'x:4317'}", ""),
        ("otlp", "{endpoint: 'x:4317', tls: {insecure: false}}", ""),
        ("otlp", "{endpoint: 'canary-hunter2:4317', tls: {insecure: true}}", "plaintext tls.insecure"),
        ("otlp_grpc", "{endpoint: 'x:4317', tls: {insecure: yes}}", "plaintext tls.insecure"),
        ("otlp", "{tls: {insecure: true}}", "plaintext tls.insecure"),
        ("otlp", "{endpoint: 'localhost:4317', tls: {insecure: true}}", ""),
        ("otlp", "{endpoint: 'unix:///run/x.sock', tls: {insecure: true}}", ""),
        (
            "otlp",
            "{endpoint: 'x:4317', tls: {insecure_skip_verify: true}}",
            "unverified tls.insecure_skip_verify",
        ),
        ("otlphttp", "{endpoint: 'http://canary-hunter2@x:4318'}", "plaintext endpoint"),
        ("otlp_http/a", "{logs_endpoint: 'http://x:4318'}", "plaintext logs_endpoint"),
        ("otlphttp", "{endpoint: 'http://127.0.0.1:4318'}", ""),
        ("otlphttp", "{endpoint: 'http://[::1]:4318'}", ""),
        ("otlphttp", "{endpoint: 'http://localhost.example.org:4318'}", "plaintext endpoint"),
        ("otlphttp", "{endpoint: 'http://localhost@example.org'}", "plaintext endpoint"),
        ("elasticsearch", "{endpoints: ['https://x', 'http://y']}", "plaintext endpoints[1]"),
        ("loki", "{endpoint: 'http://x'}", "plaintext endpoint"),
        (
            "prometheusremotewrite",
            "{endpoint: 'http://x', external_labels: {url: 'http://y'}}",
            "plaintext endpoint",
        ),
        ("zipkin", "{endpoint: 'http://x'}", "plaintext endpoint"),
        ("kafka", "{brokers: ['x:9092']}", "plaintext"),
        ("kafka", "{brokers: ['x:9092'], tls: {}}", ""),
        ("kafka", "{brokers: ['x:9092'], tls: {insecure: true}}", "plaintext tls.insecure"),
        ("kafka", "{brokers: ['localhost:9092']}", ""),
        ("kafka", "{}", ""),
        ("syslog", "{endpoint: x, network: udp}", "plaintext"),
        ("syslog", "{endpoint: x, tls: {insecure: true}}", "plaintext tls.insecure"),
        ("syslog", "{endpoint: x}", ""),
        ("carbon", "{endpoint: 'x:2003'}", "plaintext"),
        ("clickhouse", "{endpoint: 'tcp://x:9000'}", "plaintext endpoint"),
        ("clickhouse", "{endpoint: 'tcp://x:9440?secure=true'}", ""),
        ("prometheus", "{endpoint: '0.0.0.0:8889'}", "served-plain"),
        ("prometheus", "{endpoint: '127.0.0.1:8889'}", ""),
        (
            "loadbalancing",
            "{protocol: {otlp: {endpoint: localhost, tls: {insecure: true}}}, resolver: {dns: {hostname: x}}}",
            "plaintext protocol.otlp.tls.insecure",
        ),
        (
            "nobodyknows",
            "{target_url: 'http://x', tls: {insecure: true}}",
            "plaintext target_url,plaintext tls.insecure",
        ),
    ] {
        let test = format!("plain-{id}").replace('/', "-");
        assert_eq!(exporter(&test, id, body).join(","), expected, "{id}: {body}");
    }
}

/// Scenario: addresses and switches that are references, with and without a default.
/// Guarantees: a default is judged; without one there is a warning, unless the text beside the reference decides.
#[test]
fn references_are_judged_by_their_default() {
    for (body, expected) in [
        ("{endpoint: '${env:URL}'}", "unjudged endpoint"),
        ("{endpoint: '${file:/x}'}", "unjudged endpoint"),
        ("{endpoint: 'https://${env:HOST}:4318'}", ""),
        ("{endpoint: 'http://${env:HOST}:4318'}", "unjudged endpoint"),
        ("{endpoint: 'http://localhost:${env:PORT}'}", ""),
        ("{endpoint: '${env:URL:-http://canary-hunter2:4318}'}", "plaintext endpoint"),
        ("{endpoint: '${env:URL:-http://localhost:4318}'}", ""),
        (
            "{endpoint: '${env:URL:-https://x}', tls: {insecure_skip_verify: '${env:SKIP}'}}",
            "unjudged tls.insecure_skip_verify",
        ),
        ("{endpoint: 'https://x', tls: '${file:tls.yaml}'}", "unjudged tls"),
        ("'${file:exporter.yaml}'", "unjudged"),
    ] {
        assert_eq!(exporter("references", "otlphttp", body).join(","), expected, "{body}");
    }
}

/// Scenario: the processor's own configuration with one mistake each.
/// Guarantees: each is named by its path; a slip gets its suggestion; no value is quoted.
#[test]
fn mistakes_in_our_own_configuration() {
    let own = |body: &str| {
        let from = WELL.find("    policy_file").unwrap();
        let to = WELL.find("exporters:").unwrap();
        let answer = lint("own", &[&format!("{}    {body}\n{}", &WELL[..from], &WELL[to..])]);
        let notes = answer.found.iter().filter(|one| one["severity"] == "note").count();
        let hint = answer.found.first().map_or(String::new(), |one| one["hint"].as_str().unwrap().to_owned());
        (answer.told().join(",").replace("processors.frostglass.", ""), notes, hint)
    };
    for (body, expected) in [
        ("{policy: {a: b}, policy_file: x}", "frostglass policy_file"),
        ("{policy_file: x, on_witheld: drop}", "frostglass on_witheld"),
        ("{policy_file: x, on_withheld: canary-hunter2}", "frostglass on_withheld"),
        (
            "{policy_file: x, on_withheld: reject, max_batch_bytes: 1048576, instances: 0, policy_poll_interval: 10s}",
            "",
        ),
        ("{policy_file: x, instances: many}", "frostglass instances"),
        ("{policy_file: x, keys: {ids: canary-hunter2}}", "inline-key keys.ids"),
        ("{policy_file: x, keys: {ids: '${env:K:-canary-hunter2}'}}", "inline-key keys.ids"),
        ("{policy_file: x, keys: {ids: '${yaml:canary-hunter2}'}}", "inline-key keys.ids"),
        ("{policy_file: x, keys: {ids: '${file:/run/k}'}, key_files: {b: /run/b}}", ""),
        ("{policy_file: x, module: {path: /m.wasm}}", "unpinned-module module"),
        ("{policy_file: x, module: {path: /m.wasm, sha256: abc}}", "frostglass module.sha256"),
    ] {
        assert_eq!((own(body).0.as_str(), own(body).1), (expected, 0), "{body}");
    }
    assert_eq!(own("{policy_file: x, on_witheld: drop}").2, "did you mean `on_withheld`?");
    assert_eq!((own("{}").0.as_str(), own("{}").1), ("", 1));
}

/// Scenario: recipients with a slip, without one, from a reference; the policy inline as a map, inline as text, in a file that is here,
/// in one that is elsewhere, with and without the policy given as well.
/// Guarantees: what the policy does not have is an error at its place, what nothing tells is a note, and what is right is neither.
#[test]
fn recipients_are_those_of_the_policy() {
    let folder = Folder::new("collector/recipients");
    let policy = "policy: p\nschema: 1\ndefault: keep\nrecipients:\n  oncall: {classes: [content]}\n  vendor: {classes: []}\n";
    let here = folder.file("here.yaml", policy);
    let own = |body: &str, given: bool| {
        let from = WELL.find("    policy_file").unwrap();
        let to = WELL.find("exporters:").unwrap();
        let body = body.replace("HERE", &here);
        let config = folder.file("collector.yaml", format!("{}    {body}\n{}", &WELL[..from], &WELL[to..]));
        let mut command = frostglass();
        command
            .args(["lint", "--format", "json"])
            .args(given.then_some(&here))
            .arg("--collector")
            .arg(&config);
        let found: Vec<Value> = serde_json::from_value(ended(command).json()).unwrap();
        let ours = found.into_iter().filter(|one| one["rule"].as_str().unwrap().contains("recipient"));
        let told = |one: Value| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            format!("{} {} {}", text("severity"), text("path").replace("processors.", ""), text("hint"))
        };
        ours.map(told).collect::<Vec<_>>().join("|")
    };
    let slip = "error frostglass.recipient did you mean `vendor`?";
    let unread = "note frostglass.recipient give the policy as well: `lint POLICY --collector …`";
    for (body, given, expected) in [
        ("{policy_file: HERE, recipient: vendor}", false, ""),
        ("{policy_file: HERE, recipient: vendr}", false, slip),
        ("{policy_file: /gone.yaml, recipient: vendr}", false, unread),
        ("{policy_file: /gone.yaml, recipient: vendr}", true, slip),
        ("{policy_file: /gone.yaml, recipient: vendor}", true, ""),
        ("{policy_file: '${env:POLICY}', recipient: vendr}", true, slip),
        (
            "{policy: {policy: p, schema: 1, recipients: {vendor: {classes: []}}}, recipient: vendr}",
            false,
            slip,
        ),
        (
            "{policy: \"policy: p\\nschema: 1\\nrecipients: {vendor: {classes: []}}\", recipient: vendr}",
            false,
            slip,
        ),
        ("{policy: {policy: p, schema: 1}, recipient: anybody}", false, ""),
        ("{recipient: anybody}", false, ""),
        ("{policy_file: /gone.yaml}", false, ""),
    ] {
        assert_eq!(own(body, given), expected, "{body}");
    }
    assert!(own("{policy_file: HERE}", false).starts_with("error frostglass "));
    assert!(
        own("{policy_file: HERE, recipient: '${env:WHO}'}", false).starts_with("note frostglass.recipient")
    );
}

/// Scenario: names that nobody configured, pipelines without ends, unknown sections, references in the place of lists.
/// Guarantees: each is a plain error rather than passed over.
#[test]
fn what_cannot_be_judged_is_refused() {
    for (pipelines, expected) in [
        (
            "    logs: {receivers: [otlp], processors: [frostglas], exporters: [nop]}",
            "collector service.pipelines.logs.processors[0]",
        ),
        (
            "    logs: {receivers: [otlp], processors: [frostglass], exporters: [canary-hunter2]}",
            "collector service.pipelines.logs.exporters[0]",
        ),
        (
            "    logs: {receivers: [otlp], processors: [frostglass]}",
            "collector service.pipelines.logs.exporters",
        ),
        (
            "    logs: {receivers: [otlp], processors: [frostglass], exporters: []}",
            "collector service.pipelines.logs.exporters",
        ),
        (
            "    logs: {receivers: [], processors: [frostglass], exporters: [otlp]}",
            "collector service.pipelines.logs.receivers",
        ),
        (
            "    logs: {receivers: [otlp], processors: '${env:LIST}', exporters: [nop]}",
            "collector service.pipelines.logs.processors",
        ),
        (
            "    logs: {receivers: [otlp], processors: ['${env:ONE}'], exporters: [nop]}",
            "collector service.pipelines.logs.processors[0]",
        ),
        (
            "    logs: {receivers: [otlp], procesors: [frostglass], exporters: [nop]}",
            "collector service.pipelines.logs.procesors",
        ),
        (
            "    logs: {receivers: [otlp], processors: [frostglass], exporters: [forward]}",
            "collector connectors.forward",
        ),
        ("    logs: '${file:logs.yaml}'", "collector service.pipelines.logs"),
        ("    {}", "collector service.pipelines"),
    ] {
        let answer = lint("unjudgeable", &[&with_pipelines(pipelines)]);
        assert_eq!(answer.code, 2, "{pipelines}");
        assert!(answer.told().contains(&expected.to_owned()), "{pipelines}: {:?}", answer.told());
    }
    for text in ["", "processors: {}", "a: [b", "[list]", "just text", "policy: x", "service: '${file:x}'"] {
        assert_eq!(lint("nothing", &[text]).code, 2, "{text}");
    }
}

/// Scenario: a base file and one of the site that adds a pipeline, replaces a list, or empties a section.
/// Guarantees: maps merge, lists and empty places replace, and a finding names the file that brought it.
#[test]
fn files_merge_as_the_collector_merges_them() {
    let adds = "exporters: {file: {path: /x}}
service: {pipelines: {logs/site: {receivers: [otlp], processors: [frostglass], exporters: [file]}}}";
    assert!(lint("merge-adds", &[WELL, adds]).told().is_empty());
    let replaces = "service: {pipelines: {logs/vendor: {processors: [memory_limiter]}}}";
    let answer = lint("merge-replaces", &[WELL, replaces]);
    assert_eq!(answer.told(), ["untreated service.pipelines.logs/vendor.processors"]);
    assert!(answer.found[0]["file"].as_str().unwrap().ends_with("1.yaml"));
    let insecure = "exporters: {otlp/vendor: {tls: {insecure: true}}}";
    assert_eq!(lint("merge-tls", &[WELL, insecure]).told(), ["plaintext exporters.otlp/vendor.tls.insecure"]);
    assert!(
        lint("merge-order", &[insecure, &WELL.replace("headers:", "tls: {insecure: false}\n    headers:")])
            .told()
            .is_empty()
    );
    assert_eq!(lint("merge-empties", &[WELL, "processors:\n"]).code, 2);
    assert_eq!(lint("merge-broken", &[WELL, "a: [b"]).code, 2);
}

/// Scenario: anchors, aliases, merge keys and block scalars.
/// Guarantees: they are followed as the Collector follows them, what an alias brings is judged, and own members win.
#[test]
fn anchors_and_merge_keys_are_followed() {
    let text = |own: &str| {
        format!(
            "
receivers: {{otlp: {{}}}}
processors:
  frostglass:
    policy: |
      policy: shop
      keys: {{a: b}}
  transform:
    log_statements:
      - >-
        set(attributes[\"a\"],
        attributes[\"b\"])
exporters:
  otlp/a: &plain {{endpoint: 'x:1', tls: {{insecure: true}}}}
  otlp/b:
    <<: *plain
    {own}
service:
  pipelines:
    logs: &way {{receivers: [otlp], processors: &treated [frostglass, transform], exporters: [otlp/b]}}
    traces: {{<<: *way, processors: *treated}}
"
        )
    };
    assert_eq!(lint("anchors", &[&text("x: y")]).told(), ["plaintext exporters.otlp/b.tls.insecure"]);
    assert!(lint("anchors-own", &[&text("tls: {}")]).told().is_empty());
    let lost = text("tls: {}").replace("processors: *treated", "processors: []");
    assert_eq!(lint("anchors-lost", &[&lost]).told(), ["untreated service.pipelines.traces.processors"]);
}

/// Scenario: YAML made to hurt: deep nesting, aliases of aliases, an alias in itself, repeated keys, two documents, tags,
/// hidden line ends, long rows of braces.
/// Guarantees: an error in little time, and never a pass.
#[test]
fn hostile_yaml_is_refused_in_bounded_time() {
    let bomb = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, level| {
        let below = level - 1;
        format!("{text}a{level}: &a{level} [*a{below}, *a{below}]\n")
    });
    let deep_alias = (1..100).fold("a0: &a0 [x]\n".to_owned(), |text, level| {
        format!("{text}a{level}: &a{level} [*a{}]\n", level - 1)
    });
    let chain: String = (0..4000)
        .map(|at| format!("    logs/{at}: {{receivers: [forward/{at}], exporters: [forward/{}]}}\n", at + 1))
        .collect();
    let connectors: String = (0..=4000).map(|at| format!("  forward/{at}: {{}}\n")).collect();
    let started = Instant::now();
    for text in [
        bomb,
        deep_alias,
        format!("{WELL}x: {}{}", "[".repeat(200), "]".repeat(200)),
        format!("{WELL}x: {}1", "- ".repeat(100_000)),
        format!("{WELL}x: {}", "[".repeat(100_000)),
        format!("{WELL}x: &a [*a]"),
        format!("{WELL}x: *nobody"),
        format!("{WELL}service: {{}}"),
        format!("{WELL}---\n{WELL}"),
        format!("{WELL}x: !!binary aGk="),
        format!("{WELL}# \u{2028}x: y"),
        format!("{WELL}? [a]\n: b"),
        format!("{WELL}exporters::otlp: {{}}"),
        format!("{WELL}#{}", "x".repeat(1 << 20)),
        WELL.replace("https://vendor.example.org:4317", &format!("'{}'", "}".repeat(500_000)))
            .replace("[otlp/vendor]", "[nobody]"),
        WELL.replace("https://vendor.example.org:4317", &format!("'{}'", "${a}".repeat(100_000)))
            .replace("[otlp/vendor]", "[otlp/vendor, nobody]"),
        format!("connectors:\n{connectors}service:\n  pipelines:\n{chain}"),
    ] {
        let answer = lint("hostile", &[&text]);
        assert_eq!(answer.code, 2, "{}", text.chars().take(200).collect::<String>());
    }
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

/// Scenario: a policy and a configuration in one run, as text; a policy that cannot be read; a file that is not there;
/// `--strict`.
/// Guarantees: both are told, exit codes are those of lint.
#[test]
fn lint_takes_both_and_keeps_its_exit_codes() {
    let folder = Folder::new("collector/both");
    let run = |arguments: &[&str]| {
        let mut command = frostglass();
        command.arg("lint").args(arguments);
        let Answer { code, out, complaints } = ended(command);
        (code, out, complaints)
    };
    let well = folder.file("well.yaml", WELL);
    let raw = folder.file("raw.yaml", WELL.replace(", frostglass]", "]"));
    let policy = folder.file("policy.yaml", "policy: shop\nschema: 1\ndefault: keep\n");
    let broken = folder.file("broken.yaml", "policy: shop\nschema: 1\ndefualt: keep\n");

    let (code, out, _) = run(&["--collector", &well]);
    assert_eq!((code, out.as_str()), (0, "0 errors, 0 warnings, 0 notes\n"));
    let (code, out, complaints) = run(&[&policy, "--collector", &raw]);
    assert_eq!(code, 2);
    assert!(out.contains("[default-keep]"), "{out}");
    assert!(out.contains(&format!("{raw}:22:7: error: service.pipelines.logs/vendor.processors: ")), "{out}");
    assert!(complaints.contains("1 error in the policy and the configuration"), "{complaints}");
    let (code, out, _) = run(&[&broken, "--collector", &well]);
    assert_eq!(code, 2);
    assert!(out.contains("did you mean `default`?"), "{out}");
    assert_eq!(run(&["--strict", &policy, "--collector", &well]).0, 1);
    assert_eq!(run(&["--collector", &folder.path("missing.yaml")]).0, 3);
}
