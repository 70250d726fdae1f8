//! Attacks on made telemetry as people run them: weak treatments fall, the default policy stands, and the report leaks nothing.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::folder::{self, Answer, ended};
use serde_json::{Value, json};
use std::ops::Deref;

/// Drawn once, for these tests alone: the demo key is published, so that attacks may know it.
const KEY: &str = "wvGn0Js+WEYfeuC01VyTKI5mAb36S3wTKdfw6Fo2xLk=";

/// A folder of one test, empty at its start.
struct Folder(folder::Folder);

impl Folder {
    fn new(test: &str) -> Self {
        Self(folder::Folder::new(&format!("attack/{test}")))
    }

    /// Runs a command in it, with its key; it may find something, and does not fail.
    fn run(&self, line: &str) -> (i32, String) {
        let mut command = self.command(line);
        command.env("FROSTGLASS_KEY_IDS", KEY);
        let Answer { code, out, complaints } = ended(command);
        assert!(code < 2, "{line}: {complaints}");
        (code, out)
    }

    /// Telemetry of four hundred persons as `raw.json`, its labels as `labels.json`.
    fn synth(&self, more: &str) {
        self.run(&format!("synth -q --persons 400 --requests 3000 -o raw.json --labels labels.json {more}"));
    }

    /// Runs an attack: its exit code and its report.
    fn attack(&self, line: &str) -> (i32, Report) {
        let (code, out) = self.run(&format!("attack --as json --seconds 0 {line}"));
        let report = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"));
        (code, Report(report))
    }
}

impl Deref for Folder {
    type Target = folder::Folder;

    fn deref(&self) -> &folder::Folder {
        &self.0
    }
}

struct Report(Value);

impl Report {
    /// Findings of an attack on a field (on any for an empty name).
    fn of(&self, attack: &str, field: &str) -> Vec<&Value> {
        let wanted = |one: &&Value| one["attack"] == attack && (field.is_empty() || one["field"] == field);
        self.0["attacks"].as_array().unwrap().iter().filter(wanted).collect()
    }

    fn one(&self, attack: &str, field: &str) -> &Value {
        let found = self.of(attack, field);
        assert_eq!(found.len(), 1, "{attack} {field}: {:#}", self.0);
        found[0]
    }

    fn outcomes(&self, attack: &str, field: &str) -> Vec<&str> {
        self.of(attack, field).iter().map(|one| one["outcome"].as_str().unwrap()).collect()
    }
}

/// One log line for each of so many persons, with what their identifier became.
fn lines(count: usize, becomes: impl Fn(&str) -> String) -> (String, String) {
    let people = (0..count).map(|at| format!("person{at}@example.org"));
    let line = |user: &str| format!("{}\n", json!({"user": {"id": user}, "route": "/cart"}));
    people.fold((String::new(), String::new()), |(raw, treated), person| {
        (raw + &line(&person), treated + &line(&becomes(&person)))
    })
}

/// A list of persons, half of whom are in the data.
fn list(count: usize) -> String {
    (0..count).map(|at| format!("person{at}@example.org\n")).collect()
}

/// SHA-256 in hex, as careless programs take it for a pseudonym.
fn hashed(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Scenario: a thousand persons under an unkeyed hash, and under the tokens of a policy, with the list of all of them.
/// Guarantees: all are found of the hash and none of the tokens, who is a member is told of the hash alone, and the exit code says so.
#[test]
fn a_dictionary_finds_all_hashes_and_no_token() {
    let folder = Folder::new("dictionary");
    let (raw, weak) = lines(1000, hashed);
    folder.file("raw.ndjson", raw);
    folder.file("weak.ndjson", weak);
    folder.file("people.txt", list(2000));
    let (code, report) =
        folder.attack("weak.ndjson --with people.txt --truth raw.ndjson --only dictionary,membership");
    assert_eq!(code, 1);
    let found = report.one("dictionary", "log/@body.user.id");
    assert_eq!((&found["numbers"]["values"], &found["numbers"]["found"]), (&json!(1000), &json!(1000)));
    assert_eq!(report.one("membership", "")["measure"]["value"], 1.0);

    folder.file("policy.yaml", "policy: shop\nschema: 1\ndefault: scan\nkeys:\n  ids: {use: pseudonymize, from: standalone}\n\
        treatments:\n  user-token: {pseudonymize: {key: ids, prefix: u}}\ncatalog:\n  log/@body.user.id: {class: direct-id, treat: user-token}\n");
    folder.run("scrub -q -p policy.yaml raw.ndjson -o clean.ndjson");
    let (code, report) =
        folder.attack("clean.ndjson --with people.txt --truth raw.ndjson --only dictionary,membership");
    assert_eq!(code, 0, "{:#}", report.0);
    let held = report.one("dictionary", "log/@body.user.id");
    assert_eq!((&held["numbers"]["values"], &held["numbers"]["found"]), (&json!(1000), &json!(0)));
    let membership = report.one("membership", "");
    assert_eq!((&membership["outcome"], &membership["measure"]["value"]), (&json!("held"), &json!(0.0)));
}

/// Scenario: two days of the same persons, with and without rotation, and two recipients.
/// Guarantees: tokens link where nothing rotates, with an advantage over 0.95, and not across epochs or recipients.
#[test]
fn tokens_link_only_inside_one_domain() {
    let folder = Folder::new("linking");
    folder.synth("");
    let policy = |epoch: &str| {
        format!(
            "policy: shop\nschema: 1\nextends: [semconv, secrets]\nkeys:\n  ids: {{use: pseudonymize, from: standalone{epoch}}}\n\
         classes:\n  direct-id: {{treat: user-token}}\n  online-id: {{treat: user-token}}\n\
         treatments:\n  user-token: {{pseudonymize: {{key: ids, prefix: u}}}}\n"
        )
    };
    folder.file("rotates.yaml", policy(", epoch: 24h"));
    folder.file("stays.yaml", policy(""));
    let days = ["2026-01-05T12:00:00Z", "2026-01-06T12:00:00Z"];
    for (name, policy) in [("rotates", "rotates.yaml"), ("stays", "stays.yaml")] {
        for (day, now) in days.iter().enumerate() {
            folder.run(&format!("scrub -q -p {policy} --now {now} raw.json -o {name}{day}.json"));
        }
    }
    for recipient in ["oncall", "vendor"] {
        folder.run(&format!("scrub -q -p stays.yaml --recipient {recipient} raw.json -o {recipient}.json"));
    }
    let linking = |a: &str, b: &str| {
        let (_, report) = folder.attack(&format!("{a}.json {b}.json --truth raw.json --only linking"));
        let found = report.one("linking", "span/user.id").clone();
        (
            found["outcome"].clone(),
            found["measure"]["value"].as_f64().unwrap(),
            found["measure"]["low"].as_f64().unwrap(),
        )
    };
    let (outcome, value, _) = linking("stays0", "stays1");
    assert!(outcome == "succeeded" && value > 0.95, "{value}");
    for (a, b) in [("rotates0", "rotates1"), ("oncall", "vendor")] {
        let (outcome, value, low) = linking(a, b);
        assert!(outcome == "held" && value == 0.0 && low < 0.0, "{a} {b}: {outcome} {value} {low}");
    }
    // Both days in one file: the epochs in the tokens tell them apart.
    folder.file("both.json", folder.read("rotates0.json") + &folder.read("rotates1.json"));
    folder.file("raw-both.json", folder.read("raw.json") + &folder.read("raw.json"));
    let (_, report) = folder.attack("both.json --truth raw-both.json --only linking");
    assert_eq!(report.outcomes("linking", "span/user.id"), ["held"], "{:#}", report.0);
}

/// Scenario: persons who stand under the same name in two fields, of two classes and of one.
/// Guarantees: tokens of two classes do not join; those of one class do, with an advantage over 0.95.
#[test]
fn tokens_do_not_link_across_classes() {
    let folder = Folder::new("classes");
    let line = |at| {
        format!(
            "{}\n",
            json!({"user": {"id": format!("person{at}")}, "visit": {"id": format!("person{at}")}})
        )
    };
    folder.file("raw.ndjson", (0..800).map(line).collect::<String>());
    let policy = |class: &str| {
        format!(
            "policy: shop\nschema: 1\ndefault: scan\nkeys:\n  ids: {{use: pseudonymize, from: standalone}}\n\
             treatments:\n  user-token: {{pseudonymize: {{key: ids, prefix: u}}}}\n\
             catalog:\n  log/@body.user.id: {{class: direct-id, treat: user-token}}\n  log/@body.visit.id: {{class: {class}, treat: user-token}}\n"
        )
    };
    folder.file("two.yaml", policy("online-id"));
    folder.file("one.yaml", policy("direct-id"));
    for name in ["one", "two"] {
        folder.run(&format!("scrub -q -p {name}.yaml raw.ndjson -o {name}.ndjson"));
    }
    let linking = |name: &str| {
        let (_, report) =
            folder.attack(&format!("{name}.ndjson -p two.yaml --truth raw.ndjson --only linking"));
        let found = report.one("linking", "").clone();
        (found["outcome"].as_str().unwrap().to_owned(), found["measure"]["value"].as_f64().unwrap())
    };
    assert_eq!(linking("two"), ("held".to_owned(), 0.0));
    assert_eq!(linking("one"), ("succeeded".to_owned(), 1.0));
}

/// Scenario: names of fields that hold a person and a canary.
/// Guarantees: the canary is found, and neither is told.
#[test]
fn a_telling_name_is_not_told() {
    let folder = Folder::new("names");
    folder.file("canaries.txt", "yellow-bird-4711\n");
    let line =
        json!({"ann.lee@example.org": 1, "cage of Yellow-Bird-4711": "u_caaaaaafpuuivrv32sxqj2qvjc5hd7v7"});
    folder.file("names.ndjson", format!("{line}\n{line}\n"));
    let (code, out) = folder.run("attack names.ndjson --seconds 0 --canaries canaries.txt");
    assert!(code == 1 && out.contains("1 of 1 canaries"), "{out}");
    assert!(!out.contains("ann.lee") && !out.to_lowercase().contains("yellow"), "{out}");
}

/// Scenario: one stretch of traffic for two recipients, with clocks as they are and coarsened to the hour.
/// Guarantees: exact clocks join the two whatever the tokens say; coarse ones do not.
#[test]
fn clocks_link_two_recipients_unless_they_are_coarse() {
    let folder = Folder::new("timing");
    folder.synth("--sessions 3000 --span 50m");
    let policy = |times: &str| {
        format!(
            "policy: shop\nschema: 1\nextends: [semconv, secrets]\nkeys:\n  ids: {{use: pseudonymize, from: standalone}}\n\
             classes:\n  direct-id: {{treat: user-token}}\n\
             treatments:\n  user-token: {{pseudonymize: {{key: ids, prefix: u}}}}\n  hour: {{generalize: {{time: 1h}}}}\n\
             catalog:\n  url.path: operational\n{times}"
        )
    };
    let coarse = "  span/@start_time: {class: operational, treat: hour}\n  span/@end_time: {class: operational, treat: hour}\n";
    for (name, times) in [("exact", ""), ("coarse", coarse)] {
        folder.file("policy.yaml", policy(times));
        for recipient in ["oncall", "vendor"] {
            folder.run(&format!(
                "scrub -q -p policy.yaml --recipient {recipient} raw.json -o {name}-{recipient}.json"
            ));
        }
    }
    let timing = |name: &str| {
        let (_, report) =
            folder.attack(&format!("{name}-oncall.json {name}-vendor.json --truth raw.json --only timing"));
        let found = report.one("timing", "").clone();
        (found["outcome"].as_str().unwrap().to_owned(), found["measure"]["value"].as_f64().unwrap(), found)
    };
    let (outcome, value, found) = timing("exact");
    assert!(outcome == "succeeded" && value > 0.95, "{found:#}");
    let (outcome, _, found) = timing("coarse");
    assert_eq!(outcome, "held", "{found:#}");
}

/// Scenario: made telemetry with canaries, as it is and treated by the built-in policy.
/// Guarantees: the hunt finds all in the raw file, in their fields; none is left by the built-in policy.
#[test]
fn canaries_are_found_raw_and_gone_treated() {
    let folder = Folder::new("canary");
    folder.synth("--canaries 60");
    folder.run("scrub -q raw.json -o clean.json");
    let (code, report) = folder.attack("raw.json --canaries labels.json --only canary");
    assert_eq!(code, 1);
    let found: f64 =
        report.of("canary", "").iter().map(|one| one["numbers"]["found"].as_f64().unwrap()).sum();
    assert!(found >= 60.0, "{:#}", report.0);
    let (code, report) = folder.attack("clean.json --canaries labels.json --only canary");
    assert_eq!((code, report.outcomes("canary", "")), (0, vec!["held"]), "{:#}", report.0);
}

/// Scenario: all attacks on raw telemetry with everything that an attacker may have, told in text and in JSON, and once more with --show.
/// Guarantees: no report holds a value of a labelled field unless it was asked to; allowances turn the exit code.
#[test]
fn a_report_holds_no_value() {
    let folder = Folder::new("report");
    folder.synth("--canaries 20");
    let labels = folder.read("labels.json");
    let values: Vec<String> = labels
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["value"].as_str().unwrap().to_owned())
        .filter(|value| value.len() > 5)
        .collect();
    assert!(values.len() > 1000);
    let everything = "raw.json --with raw.json --truth raw.json --canaries labels.json --seconds 0";
    for form in ["text", "json"] {
        let (code, out) = folder.run(&format!("attack --as {form} {everything}"));
        assert_eq!(code, 1);
        let leaked = values.iter().find(|value| out.contains(value.as_str()));
        assert_eq!(leaked, None);
    }
    let (_, shown) = folder.run(&format!("attack {everything} --show --only canary"));
    assert!(values.iter().any(|value| shown.contains(value.as_str())));
    let (code, report) = folder.attack("raw.json --canaries labels.json --only canary --allow canary");
    assert_eq!(code, 0);
    assert!(report.outcomes("canary", "").iter().all(|outcome| *outcome == "allowed"));
}

/// Scenario: weak outputs on which attacks succeed: raw telemetry, and tokens that are always the same.
/// Guarantees: the lines that they propose are a policy that compiles, and what is treated by it holds on the field.
#[test]
fn proposed_lines_stop_the_attack() {
    let folder = Folder::new("stop");
    folder.synth("--canaries 20");
    folder.run("scrub -q raw.json -o tokens.json");
    let mut tried = 0;
    for (output, attack, fields) in [
        ("tokens", "frequency", ["span/user.id", "span/session.id"].as_slice()),
        ("raw", "canary", &["span/user.email", "span/shop.note", "span/error.message"]),
    ] {
        let knows = "--with raw.json --truth raw.json --canaries labels.json --only";
        let (_, report) = folder.attack(&format!("{output}.json {knows} {attack}"));
        for field in fields {
            let stop = report.one(attack, field)["stop"].as_str().unwrap().to_owned();
            folder.file("policy.yaml", format!("policy: shop\nschema: 1\n{stop}\n"));
            folder.run("scrub -q -p policy.yaml raw.json -o stopped.json");
            let (_, after) = folder.attack(&format!("stopped.json {knows} {attack}"));
            assert!(!after.outcomes(attack, field).contains(&"succeeded"), "{attack} {field}\n{:#}", after.0);
            tried += 1;
        }
    }
    assert_eq!(tried, 5);
    let (_, report) =
        folder.attack("raw.json --truth raw.json --only uniqueness,linking,membership --with raw.json");
    let all = report.0["attacks"].as_array().unwrap();
    for stop in all.iter().filter_map(|one| one["stop"].as_str()) {
        folder.file("policy.yaml", format!("policy: shop\nschema: 1\n{stop}\n"));
        let (code, out) = folder.run("lint policy.yaml");
        assert_eq!(code, 0, "{stop}\n{out}");
    }
}

/// Scenario: lists, groups and files that do not fit.
/// Guarantees: exit code 2 or 3 with a sentence that says what to do.
#[test]
fn wrong_arguments_are_refused() {
    let folder = Folder::new("wrong");
    folder.file("a.ndjson", "{\"user\":\"ann\"}\n");
    folder.file("pairs.csv", "no separator here\n");
    folder.file("empty.ndjson", "\n");
    folder.file("short.txt", "yellow-bird-4711\nbird\n4711\n");
    let cases = [
        ("attack", "OUTPUT"),
        ("attack a.ndjson --only guessing", "no attack has that name"),
        ("attack a.ndjson --allow linking=2", "from 0 to 1"),
        ("attack a.ndjson --quasi nothing", "no record has such a field"),
        ("attack a.ndjson --with pairs.csv", "write VALUE"),
        ("attack a.ndjson --truth a.ndjson --truth a.ndjson", "once for each OUTPUT"),
        ("attack a.ndjson --canaries a.ndjson", "no value in it"),
        ("attack a.ndjson --canaries short.txt", "2 of 3 values cannot be hunted"),
        ("attack missing.json", "cannot be read"),
        ("attack empty.ndjson", "proves nothing"),
        ("attack - --canaries a.ndjson", "a file instead of -"),
    ];
    for (line, said) in cases {
        let Answer { code, complaints, .. } = folder.0.run(line);
        assert!(code >= 2 && complaints.contains(said), "{line}: {complaints}");
    }
}

/// Scenario: an attack that lacks what it needs, alone; with another that runs; and excused.
/// Guarantees: nothing tried is exit code 1 with a sentence, and no success of a gate.
#[test]
fn nothing_tried_is_no_success() {
    let folder = Folder::new("nothing");
    folder.file("a.ndjson", "{\"user\":\"ann\"}\n");
    folder.file("canaries.txt", "yellow-bird-4711\n");
    for (line, code) in [
        ("--only canary", 1),
        ("--only canary,dictionary --allow canary", 1),
        ("--only canary --allow canary:span/x", 1),
        ("--only canary --allow canary", 0),
        ("--only canary,membership --canaries canaries.txt", 0),
    ] {
        let answer = folder.0.run(&format!("attack a.ndjson --seconds 0 {line}"));
        let told = answer.complaints.contains("nothing was tried");
        assert_eq!((answer.code, told), (code, code == 1), "{line}");
    }
}

/// Scenario: a canary in a log body in encodings that byte dumps and mail have.
/// Guarantees: each is found.
#[test]
fn canaries_are_found_in_dumps() {
    let folder = Folder::new("dumps");
    let canary = "zoe.quist@example.org";
    folder.file("canaries.txt", format!("{canary}\n"));
    let bytes =
        |between: &str, way: &dyn Fn(u8) -> String| canary.bytes().map(way).collect::<Vec<_>>().join(between);
    let hex = |byte: u8| format!("{byte:02x}");
    for written in [
        bytes(":", &hex),
        bytes("-", &hex),
        bytes(" ", &hex),
        bytes("", &|byte| format!("\\x{byte:02x}")),
        bytes("", &|byte| format!("\\{byte:03o}")),
        bytes(", ", &|byte| byte.to_string()),
        bytes(",", &|byte| format!("0x{byte:02X}")),
        bytes("", &|byte| format!("&#{byte};")),
        bytes("", &|byte| format!("={byte:02X}")),
        canary.replace("quist", "qu=\r\nist"),
        canary.replace('@', "&commat;"),
    ] {
        folder.file("dump.ndjson", format!("{}\n", json!({"dump": format!("got {written} there")})));
        let (code, report) = folder.attack("dump.ndjson --only canary --canaries canaries.txt");
        assert_eq!((code, report.outcomes("canary", "log/@body.dump")), (1, vec!["succeeded"]), "{written}");
    }
}

/// Scenario: the check that users run.
/// Guarantees: every attack wins against its positive controls and holds against the others; exit code 0.
#[test]
fn the_self_check_passes() {
    let folder = Folder::new("self-check");
    let (code, out) = folder.run("attack --self-check");
    assert!(code == 0 && out.contains(" 0 defects") && !out.contains("DEFECT"), "{out}");
}
