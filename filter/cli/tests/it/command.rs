//! The command as people run it: arguments in, output, complaints and exit codes out.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::folder::{Answer, DEMO_KEY, Folder, fed, frostglass};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::Path;

/// What must never be seen in an answer that is not the user's own value.
const CANARY: &str = "canary.bird@example.org";

const POLICY: &str = "\
# What the shop lets out.
policy: demo
schema: 1
extends: [semconv, secrets]
keys:
  ids: {use: pseudonymize, from: standalone, epoch: 24h}
classes:
  direct-id: {treat: user-token}
treatments:
  user-token: {pseudonymize: {key: ids, prefix: u}}
catalog:
  shop.order: operational   # the number on the receipt

  # who pays
  shop.payer: direct-id
tests:
  - name: payers become tokens
    given:  {shop.payer: canary.bird@example.org, shop.order: 'A-17'}
    absent: [canary.bird@example.org]
    kept:   [A-17]
";

fn run(arguments: &[&str]) -> Answer {
    run_with(arguments, b"", &[("FROSTGLASS_KEY_IDS", DEMO_KEY)])
}

fn run_with(arguments: &[&str], input: &[u8], environment: &[(&str, &str)]) -> Answer {
    let mut command = frostglass();
    command.args(arguments).envs(environment.iter().copied());
    fed(command, input)
}

fn logs(body: &str, attributes: &[(&str, Value)]) -> String {
    let attributes: Vec<_> =
        attributes.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    let record = json!({
        "timeUnixNano": "1700000000000000000", "severityNumber": 9, "body": {"stringValue": body},
        "attributes": attributes,
    });
    json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).to_string()
}

fn text(value: &str) -> Value {
    json!({"stringValue": value})
}

/// Scenario: a log record with a person in its body and in an attribute, under a policy with a key.
/// Guarantees: the format is guessed, the person is nowhere in output or summary, the signal stays, and treating the
/// result once more changes nothing.
#[test]
fn scrub_treats_a_payload_once() {
    let folder = Folder::new("command/scrub");
    let policy = folder.file("policy.yaml", POLICY);
    let payload = logs(
        &format!("no mailbox for {CANARY}"),
        &[("shop.payer", text(CANARY)), ("shop.note", text(CANARY))],
    );
    let input = folder.file("logs.json", &payload);
    let first = run(&["scrub", &input, "-p", &policy]);
    assert_eq!(first.code, 0, "{}", first.complaints);
    assert!(!first.out.contains(CANARY) && !first.complaints.contains(CANARY));
    assert!(first.out.contains("no mailbox for u_") && first.out.contains("1700000000000000000"));
    assert!(first.complaints.contains("direct-id") && first.complaints.contains("pseudonymize"));
    let again = folder.file("again.json", &first.out);
    let again = run(&["scrub", "-q", &again, "-p", &policy]);
    assert_eq!((again.out, again.complaints), (first.out, String::new()));
}

/// Scenario: a file as the Collector's file exporter writes it, with a request of each signal on a line of its own; then one of profiles.
/// Guarantees: each line is treated as what it says that it is, in either order; profiles are refused in words, and nothing is lost.
#[test]
fn scrub_takes_lines_of_several_signals() {
    let folder = Folder::new("command/signals");
    let log = logs("order shipped to canary.bird@example.org", &[]);
    let span = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","name":"GET /orders"}]}]}]}"#;
    for lines in [[&log[..], span], [span, &log]] {
        let input = folder.file("mixed.json", lines.join("\n") + "\n");
        let answer = run(&["scrub", "-q", &input]);
        assert_eq!(answer.code, 0, "{}", answer.complaints);
        assert!(answer.out.contains("4bf92f3577b34da6a3ce929d0e0e4736"), "{}", answer.out);
        assert!(answer.out.contains("order shipped to [direct-id]") && !answer.out.contains(CANARY));
    }
    let profiles = r#"{"resourceProfiles":[]}"#;
    let input = folder.file("profiles.json", [span, profiles].join("\n") + "\n");
    let answer = run(&["scrub", "-q", &input]);
    assert_eq!(answer.code, 3);
    assert!(answer.complaints.contains("profiles"), "{}", answer.complaints);
}

/// Scenario: the same without a key in the environment, and with the demo's key under another policy's name.
/// Guarantees: what needs the key goes, and the reason is said; the key's text is not.
#[test]
fn without_a_key_values_go() {
    let folder = Folder::new("command/no-key");
    let policy = folder.file("policy.yaml", POLICY);
    let input = folder.file("logs.json", logs("fine", &[("shop.payer", text(CANARY))]));
    let answer = run_with(&["scrub", &input, "-p", &policy], b"", &[]);
    assert_eq!(answer.code, 0);
    assert!(!answer.out.contains("shop.payer"));
    assert!(
        answer.complaints.contains("FROSTGLASS_KEY_IDS is not set")
            && answer.complaints.contains("withheld: no-key")
    );
    let other = folder.file("other.yaml", POLICY.replace("policy: demo", "policy: shop"));
    let answer = run(&["scrub", &input, "-p", &other]);
    assert!(answer.complaints.contains("published demo key") && !answer.complaints.contains(DEMO_KEY));
    assert!(!answer.out.contains("shop.payer"));
}

/// Scenario: a payload that breaks off behind a value, with an output file that exists.
/// Guarantees: exit code 3, the file keeps its text, nothing lies beside it, and no complaint holds the value.
#[test]
fn what_cannot_be_treated_is_not_written() {
    let folder = Folder::new("command/broken");
    let payload = logs(CANARY, &[]);
    let input = folder.file("logs.json", &payload[..payload.find(CANARY).unwrap() + CANARY.len()]);
    let output = folder.file("out.json", "as it was");
    let answer = run(&["scrub", "-f", "otlp-json", &input, "-o", &output]);
    assert_eq!(answer.code, 3);
    assert!(answer.complaints.contains("withheld") && !answer.complaints.contains(CANARY));
    assert_eq!(fs::read_to_string(&output).unwrap(), "as it was");
    assert_eq!(folder.names(), ["logs.json", "out.json"]);
}

/// Scenario: three megabytes of lines on standard input, with a person at the seams of the pieces and a key block.
/// Guarantees: every line arrives in order, no person and no key does, wherever a piece ends.
#[test]
fn a_stream_is_cut_between_lines() {
    let mut input = String::new();
    for line in 0..60_000 {
        input.push_str(&format!("{line} mail to {CANARY}, all well\n"));
    }
    input.push_str(
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAvJ8=\n-----END RSA PRIVATE KEY-----\nlast",
    );
    let answer = run_with(&["scrub", "-q", "-f", "text", "-"], input.as_bytes(), &[]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    assert!(!answer.out.contains(CANARY) && !answer.out.contains("MIIEow"));
    let lines: Vec<&str> = answer.out.lines().collect();
    for (number, line) in lines.iter().take(60_000).enumerate() {
        assert_eq!(*line, format!("{number} mail to [direct-id], all well"));
    }
    assert_eq!(lines.last(), Some(&"last"));
}

/// Scenario: the Collector's file exporter: one OTLP/JSON request a line, compressed.
/// Guarantees: each line is treated as a payload of its own, and lines stay lines.
#[test]
fn lines_of_otlp_json_and_gzip_are_read() {
    let folder = Folder::new("command/lines");
    let lines = format!("{}\n{}\n", logs(CANARY, &[]), logs("second", &[]));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(lines.as_bytes()).unwrap();
    let input = folder.file("export.json.gz", packed.finish().unwrap());
    let answer = run(&["scrub", "-q", &input]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    assert_eq!(answer.out.lines().count(), 2);
    assert!(!answer.out.contains(CANARY) && answer.out.contains("second"));
    for line in answer.out.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
}

/// Scenario: JSON lines compressed by libzstd.
/// Guarantees: recognized by the first bytes, and treated line by line.
#[test]
fn zstd_is_read() {
    let folder = Folder::new("command/zstd");
    let packed = include_bytes!("../../../formats/tests/data/sixty-lines.zst");
    let input = folder.file("export.ndjson.zst", packed);
    let answer = run(&["scrub", "-q", &input]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    assert_eq!(answer.out.lines().count(), 60);
    assert!(!answer.out.contains("ann@example.org") && answer.out.contains("the quick brown fox 3481"));
}

/// Scenario: an export with a byte order mark before it, as Windows writes files.
/// Guarantees: recognized and treated; JSON comes out.
#[test]
fn a_byte_order_mark_is_passed_over() {
    let folder = Folder::new("command/mark");
    let input = folder.file("export.json", format!("\u{feff}{}", logs(CANARY, &[])));
    let answer = run(&["scrub", "-q", &input]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    assert!(!answer.out.contains(CANARY));
    serde_json::from_str::<Value>(&answer.out).unwrap();
}

/// Scenario: a request of remote write as Prometheus sends it, with a user among its labels.
/// Guarantees: written as a block of snappy again; something else under this format is not written at all.
#[test]
fn remote_write_stays_snappy() {
    let folder = Folder::new("command/snappy");
    let name = b"\x0a\x0e\x0a\x08__name__\x12\x02up";
    let user = b"\x0a\x17\x0a\x04user\x12\x0fann@example.org";
    let series = [&[0x0a, (name.len() + user.len()) as u8][..], name, user].concat();
    let input = folder.file("write.pb", frostglass_formats::compression::snap(&series).unwrap());
    let output = folder.join("clean.pb");
    let output = output.to_str().unwrap();
    let answer = run(&["scrub", "-q", "-f", "prometheus", &input, "-o", output]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    let mut plain = Vec::new();
    let limits = frostglass_formats::Limits::default();
    let packed = std::fs::read(output).unwrap();
    frostglass_formats::compression::Compression::Snappy.undo(&packed, &limits, &mut plain).unwrap();
    assert!(plain.windows(name.len()).any(|window| window == name));
    assert!(!plain.windows(3).any(|window| window == b"ann"));
    let input = folder.file("plain.pb", series);
    assert_eq!(run(&["scrub", "-q", "-f", "prometheus", &input]).code, 3);
}

/// Scenario: an input that could be anything, and protobuf of an unknown signal.
/// Guarantees: the command asks instead of guessing.
#[test]
fn doubtful_input_is_asked_about() {
    let folder = Folder::new("command/doubt");
    let input = folder.file("data", "a,b\n1,2\n");
    let answer = run(&["scrub", &input]);
    assert_eq!(answer.code, 2);
    assert!(answer.complaints.contains("--format"));
    let input = folder.file("data.pb", [0x0a, 0x00]);
    let answer = run(&["scrub", &input]);
    assert_eq!(answer.code, 2);
    assert!(answer.complaints.contains("--signal"));
    assert_eq!(run(&["scrub", "/nowhere/at/all.json"]).code, 3);
}

/// Scenario: a policy with a misspelled class; one that is weak; one that is fine.
/// Guarantees: 2, 1 under --strict, 0; every finding has its line, a sentence and what to do.
#[test]
fn lint_says_where_and_what() {
    let folder = Folder::new("command/lint");
    let broken =
        folder.file("broken.yaml", POLICY.replace("shop.order: operational", "shop.order: operatonal"));
    let answer = run(&["lint", &broken]);
    assert_eq!(answer.code, 2);
    assert!(answer.complaints.contains("broken.yaml:12:15: catalog.shop.order"), "{}", answer.complaints);
    assert!(answer.complaints.contains("did you mean `operational`?"));
    let json = run(&["lint", "--format", "json", &broken]);
    assert_eq!((json.code, json.json()[0]["line"].as_u64()), (2, Some(12)));

    let weak = POLICY.replace("schema: 1\n", "schema: 1\ndefault: keep\n").replace(
        "  shop.payer: direct-id\n",
        "  shop.payer: {class: direct-id, treat: keep}\n  shop.**: {class: content, treat: mask}\n",
    );
    let weak = folder.file("weak.yaml", weak);
    let answer = run(&["lint", "--format", "json", &weak]);
    assert_eq!(answer.code, 0);
    let rules: Vec<String> = answer
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["rule"].as_str().unwrap().to_owned())
        .collect();
    for rule in ["default-keep", "weak-keep", "dead-line", "conflict"] {
        assert!(rules.iter().any(|known| known == rule), "{rule} is not among {rules:?}");
    }
    assert_eq!(run(&["lint", "--strict", &weak]).code, 1);

    let fine = folder.file("fine.yaml", POLICY);
    let answer = run(&["lint", "--strict", &fine]);
    // What is left to say of it is that its key is a standalone one.
    assert_eq!(answer.code, 0);
    assert!(answer.out.contains("note: keys.ids.from: whoever gets a host's key"), "{}", answer.out);
    assert!(answer.out.ends_with("0 errors, 0 warnings, 1 note\n"), "{}", answer.out);
    assert_eq!(run_with(&["lint", "--strict"], b"", &[]).code, 0);
    // The demo key in the environment of a policy that is no demo.
    assert_eq!(run(&["lint"]).code, 2);
}

/// Scenario: the policy that is built in, one whose claims hold, and one that lets out what it claims to hide.
/// Guarantees: 0, 0 and 1, without any key in the environment; a failure names test, field and encoding.
#[test]
fn policies_prove_themselves() {
    let folder = Folder::new("command/test");
    let built_in = run_with(&["test"], b"", &[]);
    assert_eq!(built_in.code, 0, "{}", built_in.out);
    let policy = folder.file("policy.yaml", POLICY);
    let answer = run_with(&["test", &policy], b"", &[]);
    assert_eq!(answer.code, 0, "{}", answer.out);
    let leaky = folder.file(
        "leaky.yaml",
        POLICY.replace("shop.payer: direct-id", "shop.payer: {class: direct-id, treat: keep}"),
    );
    let answer = run_with(&["test", &leaky], b"", &[]);
    assert_eq!(answer.code, 1);
    assert!(
        answer.out.contains("payers become tokens")
            && answer.out.contains("is left in log/shop.payer (protobuf)")
    );
    assert!(answer.out.contains("(JSON)"), "{}", answer.out);
}

/// Scenario: fields on every level, in bodies, of the request itself and of every type of value.
/// Guarantees: tests place them in payloads that both encodings agree on.
#[test]
fn tests_place_fields_of_all_kinds() {
    let folder = Folder::new("command/places");
    let tests = r#"
  - name: everywhere
    given:
      resource/a: r1
      scope/a: s1
      span/@name: s2
      span/@status.message: s3
      span/@kind: 2
      span/@start_time: "2026-01-31T18:00:00Z"
      event/@name: e1
      event/a: 17
      link/@trace_state: l1
      link/a: true
      log/@body.payment.card: b1
      log/@severity_text: b2
      metric/@name: m1
      metric/@unit: m2
      point/a: 1.5
      exemplar/a: x1
      transport/authorization: Bearer t1
    kept: [r1, s1]
  - name: values of points and ids
    given: {point/@value: 3, span/@trace_id: 0123456789abcdef0123456789abcdef}
    absent: [nowhere]
"#;
    let policy = format!("policy: all\nschema: 1\ndefault: keep\ntests:{tests}");
    let answer = run(&["test", &folder.file("policy.yaml", policy)]);
    assert_eq!(answer.code, 0, "{}", answer.out);
}

/// Scenario: a field that a line of the policy rules, one that nobody classed, and one inside a body.
/// Guarantees: the answer names the line that won and those that lost, and what a value becomes; members are stable.
#[test]
fn explain_names_the_lines() {
    let folder = Folder::new("command/explain");
    let policy = folder
        .file("policy.yaml", POLICY.replace("tests:", "  shop.*: {class: content, treat: scan}\ntests:"));
    let answer = run(&["explain", "shop.order", "A-17", "-p", &policy]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    let answer = run(&["explain", "user.email", CANARY, "-p", &policy, "--format", "json"]).json();
    let decision = &answer["decisions"][0];
    assert_eq!(decision["class"], "direct-id");
    assert_eq!(decision["does"], "pseudonymize");
    assert_eq!(decision["why"], "line");
    assert!(decision["won"]["place"].as_str().unwrap().starts_with("built-in semconv.yaml:"));
    assert_eq!(decision["result"]["outcome"], "changed");
    assert!(decision["result"]["value"].as_str().unwrap().starts_with("u_"));
    assert_eq!(answer["findings"][0]["entity"], "email");

    let lost = run(&["explain", "shop.payer", "-p", &policy]).out;
    assert!(lost.contains("do not compare") && lost.contains("policy.yaml:16"), "{lost}");
    let nobody = run(&["explain", "span/shop.cart", "-p", &policy.replace("policy.yaml", "nowhere.yaml")]);
    assert_eq!(nobody.code, 3);
    let nobody = run(&["explain", "span/cart.items"]).out;
    assert!(nobody.contains("no line names it; the policy says `default: suppress`"), "{nobody}");
    let inside = run(&["explain", "log/@body.note"]).out;
    assert!(inside.contains("it is part of log/@body"), "{inside}");
    let without = run_with(&["explain", "user.email", CANARY, "-p", &policy], b"", &[]).out;
    assert!(
        without.contains("gone: its treatment needs a key")
            && without.contains("FROSTGLASS_KEY_IDS is not set")
    );
    let misspelled = run(&["explain", "spam/@name"]);
    assert_eq!(misspelled.code, 2);
    assert!(misspelled.complaints.contains("span"), "{}", misspelled.complaints);
}

/// Scenario: texts with ids of all types, characters of several bytes, an empty text, and lines that are no questions.
/// Guarantees: one answer a line, offsets in bytes, ids as they came; bad lines are numbered and stop nothing.
#[test]
fn scan_answers_every_line() {
    let input = format!(
        "{}\n{}\n\nnot json {CANARY}\n{}\n{}\n{}\n",
        json!({"id": 1, "text": format!("an Ü {CANARY}!")}),
        json!({"id": null, "text": ""}),
        json!({"id": {"a": 1}, "text": "x"}),
        json!({"id": "x", "text": 5}),
        json!({"id": "last", "text": "nothing"}),
    );
    let answer = run_with(&["scan"], input.as_bytes(), &[]);
    assert_eq!(answer.code, 1);
    let lines: Vec<Value> = answer.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let start = "an Ü ".len();
    assert_eq!(
        lines[0],
        json!({"id": 1, "findings": [{"entity": "email", "start": start, "end": start + CANARY.len()}], "output": "an Ü [email]!"})
    );
    assert_eq!(lines[1], json!({"id": null, "findings": [], "output": ""}));
    let refused: Vec<_> = lines[2..5].iter().map(|line| line["line"].as_u64()).collect();
    assert_eq!(refused, [Some(4), Some(5), Some(6)]);
    assert_eq!(lines[5]["output"], "nothing");
    assert!(!answer.out.contains(CANARY) && !answer.complaints.contains(CANARY));

    let folder = Folder::new("command/scan");
    let policy = folder.file("policy.yaml", POLICY);
    let question = json!({"id": 1, "text": format!("to {CANARY}")}).to_string();
    let answer = run_with(&["scan", "-p", &policy], question.as_bytes(), &[("FROSTGLASS_KEY_IDS", DEMO_KEY)]);
    assert!(answer.json()["output"].as_str().unwrap().starts_with("to u_"), "{}", answer.out);
}

/// Scenario: an address in a form, in base64 and in JSON that stands in a string of JSON, a card with signs for blanks, and texts that are
/// written in the same ways and hold nothing.
/// Guarantees: what the writing hides is found where it stands, and once; scanning the output again finds nothing.
#[test]
fn scan_opens_what_the_writing_hides() {
    let hidden = [
        ("email=ann%2Bx%40example.org&plan=pro", &["ann%2Bx%40example.org"][..]),
        ("GET /cart?e=ann%40example.org HTTP/1.1", &["ann%40example.org"]),
        ("GET /cart?e=fiona.x%40example.org HTTP/1.1", &["fiona.x%40example.org"]),
        ("card_number=4111+1111+1111+1111&n=12%2F29", &["4111+1111+1111+1111"]),
        ("payload=eyJlbWFpbCI6ICJhbm5AZXhhbXBsZS5vcmcifQ==", &["eyJlbWFpbCI6ICJhbm5AZXhhbXBsZS5vcmcifQ"]),
        (r#"{"a":"{\"to\":\"ann\\u0040example.org\"}"}"#, &[r"ann\\u0040example.org"]),
        ("q=password%3Dhunter2abc&plan=pro", &["hunter2abc"]),
        ("{&quot;password&quot;:&quot;hunter2abc&quot;,&quot;a&quot;:1}", &["hunter2abc"]),
        ("payload=%7B%22password%22%3A+%22hunter2abc%22%7D&a=1", &["hunter2abc"]),
        ("path=%2Fsrv%2Fshop&plan=pro, cGxhbiBpcyBwcm8gYW5kIG5vdGhpbmc=", &[]),
    ];
    for (text, expected) in hidden {
        let scan = |text: &str| {
            run_with(&["scan"], json!({"id": 1, "text": text}).to_string().as_bytes(), &[]).json()
        };
        let answer = scan(text);
        let at = |finding: &Value, key: &str| usize::try_from(finding[key].as_u64().unwrap()).unwrap();
        let found = answer["findings"].as_array().unwrap().iter();
        let found: Vec<_> = found.map(|finding| &text[at(finding, "start")..at(finding, "end")]).collect();
        assert!(
            found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| f.contains(e)),
            "{text}: {found:?}"
        );
        assert_eq!(scan(answer["output"].as_str().unwrap())["findings"], json!([]), "{text}");
    }
}

/// Scenario: a policy is rendered, then a broken one over it, then another with what stands in the file.
/// Guarantees: the resource carries the canonical policy and its digest; a broken policy names its line and changes no
/// byte; what was set for the host before stays.
#[test]
fn render_replaces_the_file_or_leaves_it() {
    let folder = Folder::new("command/render");
    let policy = folder.file("policy.yaml", POLICY);
    let resource = folder.path("frostglass.json");
    let answer = run(&[
        "render",
        "--envoy",
        &policy,
        "-o",
        &resource,
        "--wasm",
        "/opt/f.wasm",
        "--recipient",
        "oncall",
    ]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    let written = fs::read_to_string(&resource).unwrap();
    let read: Value = serde_json::from_str(&written).unwrap();
    let config = &read["resources"][0]["typed_config"]["config"];
    assert_eq!(config["vm_config"]["code"]["local"]["filename"], "/opt/f.wasm");
    assert_eq!(config["vm_config"]["environment_variables"]["host_env_keys"], json!(["FROSTGLASS_KEY_IDS"]));
    let settings: Value = serde_json::from_str(config["configuration"]["value"].as_str().unwrap()).unwrap();
    assert_eq!((&settings["recipient"], &settings["policy"]["policy"]), (&json!("oncall"), &json!("demo")));
    let canonical = run(&["render", "--json", &policy]).out;
    assert!(config["configuration"]["value"].as_str().unwrap().contains(canonical.trim_end()));
    let explained = run(&["explain", "x", "-p", &policy, "--format", "json"]).json();
    assert_eq!(explained["policy"]["digest"], read["version_info"]);

    let broken = folder.file("broken.yaml", POLICY.replace("treat: user-token", "treat: user-tokn"));
    let answer = run(&["render", "--envoy", &broken, "-o", &resource]);
    assert_eq!(answer.code, 2);
    assert!(answer.complaints.contains("broken.yaml:8:"), "{}", answer.complaints);
    assert_eq!(fs::read_to_string(&resource).unwrap(), written);
    assert_eq!(folder.names(), ["broken.yaml", "frostglass.json", "policy.yaml"]);

    let changed =
        folder.file("policy.yaml", POLICY.replace("shop.order: operational", "shop.order: content"));
    assert_eq!(run(&["render", "--envoy", &changed, "-o", &resource, "--on-withheld", "reject"]).code, 0);
    let read: Value = serde_json::from_str(&fs::read_to_string(&resource).unwrap()).unwrap();
    let config = &read["resources"][0]["typed_config"]["config"];
    assert_eq!(config["vm_config"]["code"]["local"]["filename"], "/opt/f.wasm");
    let settings: Value = serde_json::from_str(config["configuration"]["value"].as_str().unwrap()).unwrap();
    assert_eq!((&settings["recipient"], &settings["on_withheld"]), (&json!("oncall"), &json!("reject")));
}

/// Scenario: telemetry with fields that nobody classed, one whose key is a person's address, one that holds members.
/// Guarantees: lines are proposed with reasons and no value; --apply adds them and nothing else, once, and then they rule.
#[test]
fn discover_proposes_lines_that_work() {
    let folder = Folder::new("command/discover");
    let policy = folder.file("policy.yaml", POLICY);
    let members = json!({"kvlistValue": {"values": [{"key": "size", "value": {"intValue": "3"}}]}});
    let payload = logs(
        "fine",
        &[
            ("shop.gift.to", text(CANARY)),
            ("shop.open", json!({"boolValue": true})),
            ("shop.secret_token", text("hush.hush")),
            ("orders.4711.state", text("paid")),
            (CANARY, text("hush.hush")),
            ("shop.box", members),
            ("parentSpanId", text("00f067aa0ba902b7")),
        ],
    );
    let input = folder.file("logs.json", &payload);
    let answer = run(&["discover", &input, "--apply", &policy]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    for line in [
        "shop.gift.to: direct-id",
        "shop.open: operational",
        "shop.secret_token: credential",
        "orders.*.state: content",
        "shop.box: content",
        "shop.box.size: operational",
        "parentSpanId: correlation",
    ] {
        assert!(answer.out.contains(line), "{line} is not in {}", answer.out);
    }
    for value in [CANARY, "hush.hush", "paid", "4711"] {
        assert!(!answer.out.contains(value) && !answer.complaints.contains(value), "{value} is shown");
    }
    let new = fs::read_to_string(&policy).unwrap();
    let (before, after) = POLICY.split_at(POLICY.find("tests:").unwrap());
    assert!(new.starts_with(before) && new.ends_with(after), "{new}");
    assert_eq!(run(&["lint", &policy]).code, 0);
    let scrubbed = run(&["scrub", "-q", &input, "-p", &policy]).out;
    assert!(
        scrubbed.contains("shop.open") && scrubbed.contains("paid") && scrubbed.contains("\"size\""),
        "{scrubbed}"
    );
    assert!(!scrubbed.contains(CANARY) && !scrubbed.contains("hush.hush"));
    let again = run(&["discover", &input, "--apply", &policy]);
    assert!(again.complaints.contains("nothing to add"), "{}", again.complaints);
    assert_eq!(fs::read_to_string(&policy).unwrap(), new);
    let json = run(&["discover", &input, "--as", "json"]).json();
    assert!(json["fields"].as_array().unwrap().iter().any(|field| field["selector"] == "shop.open"));
}

/// Scenario: policies without a catalog, with one in flow form, with Windows line ends, without a line end.
/// Guarantees: lines go where they belong, or the command says that it cannot and changes nothing.
#[test]
fn apply_keeps_what_it_does_not_understand() {
    let folder = Folder::new("command/apply");
    let input = folder.file("logs.json", logs("fine", &[("shop.open", json!({"boolValue": true}))]));
    let apply = |text: &str| {
        let policy = folder.file("policy.yaml", text);
        let answer = run(&["discover", &input, "--apply", &policy]);
        (answer.code, fs::read_to_string(&policy).unwrap())
    };
    let (code, new) = apply("policy: p\nschema: 1\ntests: []\n");
    assert_eq!(code, 0);
    assert!(new.contains("catalog:\n") && new.find("catalog:") < new.find("tests:"), "{new}");
    let flow = "policy: p\nschema: 1\ncatalog: {a: content}\n";
    assert_eq!(apply(flow), (2, flow.to_owned()));
    let (code, new) = apply("policy: p\r\nschema: 1\r\ncatalog:\r\n    a: content");
    assert_eq!(code, 0);
    assert!(
        new.contains("\r\n    shop.open: operational") && new.starts_with("policy: p\r\nschema: 1\r\n"),
        "{new}"
    );
}

/// Scenario: the source tree.
/// Guarantees: what is generated is what the sources give.
#[test]
fn generated_files_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let answer = run(&["generate", "--check", "--root", &root.display().to_string()]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
}

/// Scenario: a tree of which nothing was generated yet, then one whose policy for Envoy changed, then broke.
/// Guarantees: --check names the stale file and writes nothing; a broken policy ends with 2 and changes nothing.
#[test]
fn generate_notices_what_is_stale() {
    let folder = Folder::new("command/generate");
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for made in ["filter/policies/generated", "docs/reference", "envoy/egress/ecds"] {
        fs::create_dir_all(folder.join(made)).unwrap();
    }
    for source in ["filter/policies/default.yaml", "filter/policies/secrets.yaml", "envoy/egress/policy.yaml"]
    {
        fs::copy(tree.join(source), folder.join(source)).unwrap();
    }
    let root = folder.display().to_string();
    let generate = || run(&["generate", "--root", &root]);
    let check = || run(&["generate", "--root", &root, "--check"]);
    let made = "envoy/egress/ecds/frostglass.json";
    assert_eq!(check().code, 1);
    assert!(!folder.join(made).exists());
    assert_eq!(generate().code, 0);
    assert_eq!(check().code, 0);
    let fresh = fs::read_to_string(folder.join(made)).unwrap();

    let policy = fs::read_to_string(folder.join("envoy/egress/policy.yaml")).unwrap();
    folder.file("envoy/egress/policy.yaml", policy.replace("prefix: u", "prefix: v"));
    let answer = check();
    assert_eq!(answer.code, 1);
    assert!(answer.complaints.contains(made), "{}", answer.complaints);
    folder.file("envoy/egress/policy.yaml", policy.replace("{scan: all", "{scna: all"));
    assert_eq!((check().code, generate().code), (2, 2));
    assert_eq!(fs::read_to_string(folder.join(made)).unwrap(), fresh);
}

/// Scenario: a policy of two keys.
/// Guarantees: Envoy hands in both and nothing else of its environment, and lets the module call only what it needs.
#[test]
fn render_asks_for_every_key_and_no_more() {
    let folder = Folder::new("command/render-keys");
    let two = POLICY
        .replace("\nclasses:", "\n  order-ids: {use: pseudonymize, from: standalone, epoch: 24h}\nclasses:")
        .replace("\ncatalog:", "\n  order-token: {pseudonymize: {key: order-ids, prefix: o}}\ncatalog:")
        .replace("shop.order: operational", "shop.order: {class: operational, treat: order-token}");
    let read = run(&["render", "--envoy", &folder.file("policy.yaml", two)]).json();
    let config = &read["resources"][0]["typed_config"]["config"];
    let mut keys: Vec<&str> = config["vm_config"]["environment_variables"]["host_env_keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_str().unwrap())
        .collect();
    keys.sort_unstable();
    assert_eq!(keys, ["FROSTGLASS_KEY_IDS", "FROSTGLASS_KEY_ORDER_IDS"]);
    let allowed = &config["capability_restriction_config"]["allowed_capabilities"];
    assert!(allowed["random_get"].is_object() && allowed["proxy_http_call"].is_null(), "{allowed}");
    assert_eq!(
        (&config["failure_policy"], &config["allow_on_headers_stop_iteration"]),
        (&json!("FAIL_RELOAD"), &json!(true))
    );
}

/// Scenario: a policy tokenizes, encrypts addresses, randomizes a label of points, and seals under a key for ever.
/// Guarantees: lint says who can read it back, what is for one hop only, what makes series of points, and what a key for ever
/// means; of the others it says nothing.
#[test]
fn lint_knows_who_reads_back() {
    let folder = Folder::new("command/reads-back");
    let policy = "policy: p\nschema: 1\nkeys:\n  back: {use: tokenize, from: standalone, epoch: 24h}\n  \
                  ids: {use: pseudonymize, from: standalone, epoch: 24h}\n  safe: {use: seal, from: issued}\n\
                  treatments:\n  token: {tokenize: {key: back, prefix: t}}\n  address: {encrypt-ip: {key: back}}\n  \
                  fresh: {pseudonymize: {key: ids, prefix: u, mode: randomized}}\n  sealed: {seal: {key: safe}}\n\
                  catalog:\n  user.id: {class: direct-id, treat: token}\n  peer: {class: online-id, treat: address}\n  \
                  point/user: {class: direct-id, treat: fresh}\n  note: {class: content, treat: sealed}\n";
    let complaints = run(&["lint", "--format", "json", &folder.file("policy.yaml", policy)]).json();
    let mut said: Vec<(&str, &str)> = complaints
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["rule"].as_str().unwrap(), one["path"].as_str().unwrap()))
        .filter(|(rule, _)| ["host-can-read", "once-only", "fresh-labels", "no-epoch"].contains(rule))
        .collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            ("fresh-labels", "catalog.point/user"),
            ("host-can-read", "treatments.address"),
            ("host-can-read", "treatments.token"),
            ("no-epoch", "keys.safe"),
            ("once-only", "treatments.address"),
        ]
    );
}

/// Scenario: a policy re-keys the ids of spans and forgets those of logs, moves times by two keys and those of points by one that
/// changes, and treats what is neither an id nor a time; another one treats all ids and times alike.
/// Guarantees: lint says of each what it tears, which fields are missing, and of the treatments that they are for one hop; of the
/// other policy, the last alone.
#[test]
fn lint_knows_what_holds_traces_together() {
    let folder = Folder::new("command/lint-traces");
    let head = "policy: p\nschema: 1\nkeys:\n  ids: {use: pseudonymize, from: standalone, epoch: 24h}\n  \
                more: {use: pseudonymize, from: standalone, epoch: 24h}\ntreatments:\n  other: {rekey: {key: ids}}\n  \
                moved: {shift: {key: ids, within: 1h}}\n  again: {shift: {key: more, within: 1h}}\ncatalog:\n";
    let said = |name: &str, lines: &str| {
        let policy = folder.file(name, format!("{head}{lines}"));
        let complaints = run(&["lint", "--format", "json", &policy]).json();
        let rules = ["once-only", "torn-trace", "unsuited", "jumping-points"];
        let mut said: Vec<(String, String, String)> = complaints
            .as_array()
            .unwrap()
            .iter()
            .map(|one| ["rule", "path", "message"].map(|member| one[member].as_str().unwrap().to_owned()))
            .filter(|[rule, ..]| rules.contains(&rule.as_str()))
            .map(|[rule, path, message]| (rule, path, message))
            .collect();
        said.sort_unstable();
        said
    };
    let line = |field: &str, class: &str, treatment: &str| {
        format!("  \"{field}\": {{class: {class}, treat: {treatment}}}\n")
    };
    let torn = [
        line("span/@trace_id", "correlation", "other"),
        line("span/@span_id", "correlation", "other"),
        line("span/@parent_span_id", "correlation", "other"),
        line("link/@trace_id", "correlation", "other"),
        line("link/@span_id", "correlation", "suppress"),
        line("exemplar/@trace_id", "correlation", "other"),
        line("exemplar/@span_id", "correlation", "other"),
        line("profile/@trace_id", "correlation", "other"),
        line("profile/@span_id", "correlation", "other"),
        line("@start_time", "operational", "moved"),
        line("@end_time", "operational", "moved"),
        line("event/@time", "operational", "again"),
        line("log/@time", "operational", "moved"),
        line("log/@observed_time", "operational", "moved"),
        line("exemplar/@time", "operational", "moved"),
        line("span/@kind", "operational", "moved"),
    ];
    let once = |name: &str, message: &str| {
        ("once-only".to_owned(), format!("treatments.{name}"), message.to_owned())
    };
    let once = [
        once("again", "a second hop takes a shifted time for a time and moves it once more"),
        once("moved", "a second hop takes a shifted time for a time and moves it once more"),
        once("other", "a second hop takes a re-keyed id for an id and makes another one of it"),
    ];
    let mut expected = once.to_vec();
    let mut say = |rule: &str, path: &str, message: &str| {
        expected.push((rule.to_owned(), path.to_owned(), message.to_owned()));
    };
    say(
        "jumping-points",
        "catalog.@start_time",
        "each 24h the points of a metric move by another offset, up to 1h forward or back",
    );
    say("torn-trace", "catalog.event/@time", "times of log/@time and event/@time no longer fit together");
    say(
        "torn-trace",
        "catalog.exemplar/@trace_id",
        "ids are treated here, and stay in log/@trace_id, log/@span_id",
    );
    say("unsuited", "catalog.span/@kind", "span/@kind is no time");
    expected.sort_unstable();
    let mut found = said("torn.yaml", &torn.concat());
    // Which of the treated fields is shown first is no promise.
    for (_, path, _) in found.iter_mut().filter(|(_, _, message)| message.starts_with("ids are treated")) {
        "catalog.exemplar/@trace_id".clone_into(path);
    }
    assert_eq!(found, expected);
    let whole: Vec<String> = ["@trace_id", "@span_id", "@parent_span_id"]
        .into_iter()
        .map(|field| line(field, "correlation", "other"))
        .chain(
            ["span/@start_time", "@end_time", "event/@time", "log/@time", "@observed_time", "exemplar/@time"]
                .into_iter()
                .map(|field| line(field, "operational", "moved")),
        )
        .collect();
    assert_eq!(said("whole.yaml", &whole.concat()), once);
}

/// Scenario: `rekey` and `shift` for text, for the body of a log, for attributes of the conventions and own ones, and for classes of
/// people; beside ids and times; and a trace state that stays while ids are re-keyed, or is scanned, or suppressed.
/// Guarantees: lint says of each what it is instead, by the types of OTLP and of the conventions; an attribute that may hold an id is left
/// alone, and the trace state is told unless nothing of it stays.
#[test]
fn lint_knows_what_is_no_id_and_no_time() {
    let folder = Folder::new("lint-unsuited");
    let head = "policy: p\nschema: 1\nkeys:\n  ids: {use: pseudonymize, from: standalone, epoch: 24h}\n\
                treatments:\n  other: {rekey: {key: ids}}\n  moved: {shift: {key: ids, within: 1h}}\n";
    let said = |rule: &str, text: &str| -> Vec<(String, String)> {
        let policy = folder.file("policy.yaml", format!("{head}{text}"));
        let complaints = run(&["lint", "--format", "json", &policy]).json();
        let all = complaints.as_array().unwrap().iter().filter(|one| one["rule"] == rule);
        all.map(|one| ["path", "message"].map(|member| one[member].as_str().unwrap().to_owned()))
            .map(|[path, message]| (path, message))
            .collect()
    };
    let pair = |path: &str, message: &str| (path.to_owned(), message.to_owned());
    let line = |field: &str, class: &str, treatment: &str| {
        format!("  \"{field}\": {{class: {class}, treat: {treatment}}}\n")
    };
    let lines = [
        line("log/@body", "content", "moved"),
        line("span/@name", "content", "other"),
        line("span/@start_time", "operational", "moved"),
        line("http.response.status_code", "operational", "other"),
        line("process.creation.time", "operational", "moved"),
        line("shop.opened", "operational", "moved"),
        line("shop.trace", "correlation", "other"),
        line("app.build_id", "operational", "other"),
    ];
    let people =
        "classes:\n  online-id: {treat: moved}\n  direct-id: {treat: other}\n  correlation: {treat: other}\n";
    assert_eq!(
        said("unsuited", &format!("{people}catalog:\n{}", lines.concat())),
        [
            pair("classes.online-id.treat", "what is found of online-id in text is no times"),
            pair("classes.direct-id.treat", "what is found of direct-id in text is no ids"),
            pair("catalog.log/@body", "log/@body is no time"),
            pair("catalog.span/@name", "span/@name is no id"),
            pair("catalog.http.response.status_code", "http.response.status_code (int) is no id"),
            pair(
                "catalog.process.creation.time",
                "process.creation.time (string) is no whole number of nanoseconds since 1970"
            ),
            pair("catalog.shop.opened", "only a whole number of nanoseconds since 1970 is a time here"),
        ]
    );
    let ids = ["@trace_id", "@span_id", "@parent_span_id"]
        .map(|field| line(field, "correlation", "other"))
        .concat();
    let torn = |default: &str, state: &str| {
        let text = format!("default: {default}\ncatalog:\n{ids}{state}");
        said("torn-trace", &text).into_iter().map(|(_, message)| message).collect::<Vec<_>>()
    };
    let kept = "ids are treated here, and stay in span/@trace_state, link/@trace_state";
    assert_eq!(torn("suppress", ""), Vec::<String>::new());
    assert_eq!(torn("keep", ""), [kept]);
    assert_eq!(torn("scan", ""), [kept]);
    assert_eq!(torn("keep", &line("@trace_state", "correlation", "suppress")), Vec::<String>::new());
}

/// Scenario: a file of nothing, under names that say what it would hold and one that does not; an output into a folder that is not there.
/// Guarantees: each is said as what it is.
#[test]
fn nothing_is_called_nothing() {
    let folder = Folder::new("nothing");
    for (name, code, told) in [
        ("none", 2, "none: is empty; say --format"),
        ("none.json", 3, "none.json: is empty"),
        ("none.log", 0, ""),
    ] {
        let answer = run(&["scrub", "-q", &folder.file(name, "")]);
        assert!(answer.code == code && answer.complaints.contains(told), "{}", answer.complaints);
    }
    let policy = folder.file("policy.yaml", "policy: p\nschema: 1\ndefault: scan\n");
    let answer = run(&["render", "--json", &policy, "-o", &policy.replace("policy.yaml", "gone/p.json")]);
    assert!(answer.code == 3 && answer.complaints.contains("there is no folder"), "{}", answer.complaints);
}

/// Scenario: somebody asks for help, or gives a wrong word.
/// Guarantees: each command says what it does and what its exit codes mean; a wrong word ends with 2; no color codes.
#[test]
fn help_is_for_people() {
    for command in ["scrub", "scan", "lint", "test", "explain", "discover", "render"] {
        let help = run(&[command, "--help"]);
        assert_eq!(help.code, 0);
        assert!(help.out.contains("Exit codes:") && help.out.contains("Example"), "{command}");
        assert!(!help.out.contains('\x1b'));
    }
    let wrong = run(&["scurb"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.complaints.contains("scrub"), "{}", wrong.complaints);
}

/// Scenario: two export requests of OTLP/JSON, one a line, the first of which is longer than what a guess looks at.
/// Guarantees: both are read as requests of their own.
#[test]
fn long_lines_of_requests_are_lines_all_the_same() {
    let folder = Folder::new("command/long-lines");
    let request = |length: usize| {
        json!({"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "n".repeat(length)}]}]}]}).to_string()
    };
    let path = folder.file("long.json", format!("{}\n{}\n", request(300_000), request(3)));
    let policy = folder.file("policy.yaml", "policy: keep-all\nschema: 1\ndefault: keep\n");
    let answer = run(&["scrub", "-q", "-p", &policy, &path]);
    assert_eq!((answer.code, answer.out.lines().count()), (0, 2), "{}", answer.complaints);
}
