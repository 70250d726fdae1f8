//! The audit chain, roles and access as people run them: arguments in, output, complaints and exit codes out.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used)]

use crate::folder::{self, Answer, DEMO_KEY, ended, fed};
use serde_json::Value;
use std::fs;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// What must never be seen in the audit file or in a complaint.
const CANARY: &str = "canary.bird@example.org";

/// A folder of one test, empty at its start, and the demo key for what is run there.
struct Folder(folder::Folder);

impl Folder {
    fn new(test: &str) -> Self {
        Self(folder::Folder::new(&format!("audit/{test}")))
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = self.0.command(arguments);
        command.env("FROSTGLASS_KEY_IDS", DEMO_KEY);
        command
    }

    /// Runs a command in the folder: exit code, output, complaints.
    fn run(&self, arguments: &str) -> (i32, String, String) {
        let Answer { code, out, complaints } = ended(self.command(arguments));
        (code, out, complaints)
    }

    /// The same for what must succeed.
    fn well(&self, arguments: &str) -> String {
        let (code, out, complaints) = self.run(arguments);
        assert_eq!(code, 0, "{arguments}: {out}{complaints}");
        out
    }
}

impl Deref for Folder {
    type Target = folder::Folder;

    fn deref(&self) -> &folder::Folder {
        &self.0
    }
}

const POLICY: &str = "\
policy: demo
schema: 1
default: scan
keys:
  ids: {use: pseudonymize, from: standalone, epoch: 24h}
classes:
  direct-id: {treat: user-token}
treatments:
  user-token: {pseudonymize: {key: ids, prefix: u}}
catalog:
  order.total: operational
  shop.payer: direct-id
  shop.contact: {class: direct-id, treat: keep}
";

const ROLES: &str = "\
schema: 1
roles:
  incident:
    classes:  [direct-id, online-id]
    purposes: [debug]
    values:   {request: 20, day: 100}
    until:    \"2099-12-31\"
people:
  ann: [incident]
groups:
  oncall: [incident]
two-persons: [online-id]
";

/// Scenario: a chain is begun, continued by two commands, and verified against its first checkpoint.
/// Guarantees: it verifies, tells what was done, holds no value, and its files are their owner's.
#[test]
fn a_chain_tells_what_was_done() {
    let folder = Folder::new("tells");
    folder.file("policy.yaml", POLICY);
    folder.file("in.json", format!(r#"{{"shop":{{"payer":"{CANARY}"}},"note":"mail {CANARY}"}}"#));
    let checkpoint = folder.well("audit init audit.jsonl");
    folder.file("checkpoint.json", &checkpoint);
    assert_eq!(fs::metadata(folder.0.join("audit.jsonl.key")).unwrap().permissions().mode() & 0o777, 0o600);
    folder.well("scrub -p policy.yaml -f json in.json -o out.json --audit audit.jsonl");
    folder.well("render --json policy.yaml -o policy.json --audit audit.jsonl");
    folder.file("policy.yaml", POLICY.replace("order.total", "order.sum"));
    folder.well("render --json policy.yaml -o policy.json --audit audit.jsonl");
    let out = folder.well("audit verify audit.jsonl -k audit.jsonl.pub -c checkpoint.json");
    assert!(out.contains("5 lines, 1 checkpoint") && out.contains("no fault"), "{out}");
    let shown = folder.well("audit show audit.jsonl");
    assert!(shown.contains("treatment") && shown.contains(" -> "), "{shown}");
    let told: Vec<Value> =
        folder.read("audit.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told[2]["entry"]["counts"]["direct-id/pseudonymize"], 2);
    assert_eq!(told[3]["entry"].get("before"), None);
    assert_eq!(told[4]["entry"]["before"], told[3]["entry"]["after"]);
    assert!(!folder.read("audit.jsonl").contains("canary"));
}

/// Scenario: a line is edited; another is deleted; the end is cut off; the file is another chain's.
/// Guarantees: exit code 1 and the line, each time.
#[test]
fn what_was_done_to_a_chain_is_found() {
    let folder = Folder::new("found");
    folder.file("checkpoint.json", folder.well("audit init audit.jsonl"));
    for _ in 0..3 {
        folder.file("later.json", folder.well("audit checkpoint audit.jsonl"));
    }
    let good = folder.read("audit.jsonl");
    let lines: Vec<&str> = good.split_inclusive('\n').collect();
    let verify = |text: String, kept: &str| {
        folder.file("audit.jsonl", text);
        folder.run(&format!("audit verify audit.jsonl -k audit.jsonl.pub -c {kept}"))
    };
    assert_eq!(verify(good.clone(), "later.json").0, 0);
    for (text, told) in [
        (good.replacen("\"every\":64", "\"every\":65", 1), "audit.jsonl:1: was edited"),
        ([lines[0], lines[1], lines[3], lines[4]].concat(), "audit.jsonl:3: entry 3 is missing"),
        ([lines[0], lines[1], lines[4]].concat(), "audit.jsonl:3: entries 3 to 4 are missing"),
        (lines[..4].concat(), "audit.jsonl:4: the file ends here, and the kept checkpoint is entry 5"),
        (lines[..1].concat(), "audit.jsonl:1: the file ends here"),
        (String::new(), "audit.jsonl:0: the file ends here"),
    ] {
        let (code, out, _) = verify(text, "later.json");
        assert!(code == 1 && out.contains(told), "{told}: {out}");
    }
    // A chain in the place of a checkpoint, and a signing key that is not there.
    folder.file("audit.jsonl", &good);
    let (code, _, complaints) = folder.run("audit verify audit.jsonl -k audit.jsonl.pub -c audit.jsonl");
    assert!(code == 2 && complaints.contains("is not the one line of a checkpoint"), "{complaints}");
    let (code, _, complaints) = folder.run("audit checkpoint audit.jsonl --key gone.key");
    assert!(code == 3 && complaints.contains("gone.key: the signing key cannot be read"), "{complaints}");
    folder.well("audit init other.jsonl");
    let (code, out, _) = folder.run("audit verify other.jsonl -k audit.jsonl.pub");
    assert!(code == 1 && out.contains("another public key"), "{out}");
    // A checkpoint of another key is no checkpoint.
    let (code, _, complaints) = folder.run("audit verify other.jsonl -k other.jsonl.pub -c later.json");
    assert!(code == 2 && complaints.contains("does not hold under the given public key"), "{complaints}");
}

/// Scenario: a kind of event that is none, one with a slip, and a kind that the chain does not hold.
/// Guarantees: exit code 2 with a suggestion or the list; a kind that is known is no error.
#[test]
fn unknown_events_are_refused() {
    let folder = Folder::new("kinds");
    folder.well("audit init audit.jsonl");
    for (kind, said) in [("nope", "there are begin, checkpoint"), ("revael", "did you mean reveal?")] {
        let (code, out, complaints) = folder.run(&format!("audit show audit.jsonl -e {kind}"));
        assert!(code == 2 && out.is_empty() && complaints.contains(said), "{kind}: {complaints}");
    }
    assert_eq!(folder.well("audit show audit.jsonl -e reveal"), "");
    assert!(folder.well("audit show audit.jsonl -e begin").contains("public key"));
}

/// Scenario: an edited line, a line that is missing, a chain that somebody wrote anew with a key of their own, and a file with a line that
/// is none; shown whole, by kind, and by their ends.
/// Guarantees: what is wrong stands there whichever lines are shown, with exit code 1; a chain that was written anew is told by the key,
/// and without one it is said that nothing else tells.
#[test]
fn a_forged_chain_is_not_shown_as_a_true_one() {
    let folder = Folder::new("forged");
    folder.well("audit init audit.jsonl");
    for _ in 0..3 {
        folder.well("audit checkpoint audit.jsonl");
    }
    let good = folder.read("audit.jsonl");
    let (code, shown, said) = folder.run("audit show audit.jsonl -k audit.jsonl.pub");
    assert!(code == 0 && !shown.contains("line ") && said.contains("no fault"), "{shown}{said}");
    assert!(!said.contains("the key that the chain itself names"), "{said}");
    let lines: Vec<&str> = good.split_inclusive('\n').collect();
    for (text, told) in [
        (good.replacen("\"every\":64", "\"every\":65", 1), "line 1 was edited"),
        ([lines[0], lines[1], lines[3], lines[4]].concat(), "line 3 entry 3 is missing"),
        (format!("{good}{{}}\n"), "line 6 is not a line of a chain"),
    ] {
        folder.file("audit.jsonl", text);
        for more in ["", "-k audit.jsonl.pub", "-e checkpoint", "-e reveal"] {
            let (code, shown, said) = folder.run(&format!("audit show audit.jsonl {more}"));
            assert!(code == 1 && shown.contains(told), "{more}: {shown}");
            assert!(said.contains(": 1 fault"), "{said}");
        }
        assert_eq!(folder.run("audit show audit.jsonl -n 1").0, 1);
    }
    folder.well("audit init anew.jsonl");
    folder.file("audit.jsonl", folder.read("anew.jsonl"));
    let (code, shown, _) = folder.run("audit show audit.jsonl -k audit.jsonl.pub");
    assert!(code == 1 && shown.contains("line 1 begins a chain of another public key"), "{shown}");
    let (code, _, said) = folder.run("audit show audit.jsonl");
    assert!(code == 0 && said.contains("checked by the key that the chain itself names"), "{said}");
}

/// Scenario: a chain is begun where a signing key or a public one is left of another, and with a key that is there.
/// Guarantees: nothing is overwritten or left behind, and it is said what to do.
#[test]
fn a_chain_is_begun_with_an_own_key() {
    let folder = Folder::new("begun");
    folder.well("audit init audit.jsonl");
    fs::remove_file(folder.0.join("audit.jsonl")).unwrap();
    let key = folder.read("audit.jsonl.key");
    let (code, _, said) = folder.run("audit init audit.jsonl");
    assert!(code == 3 && said.contains("audit.jsonl.key: is there already"), "{said}");
    assert!(said.contains("`--key audit.jsonl.key` signs with it"), "{said}");
    assert!(folder.read("audit.jsonl.key") == key && !folder.0.join("audit.jsonl").exists());
    folder.well("audit init audit.jsonl --key audit.jsonl.key");
    let (code, _, said) = folder.run("audit init other.jsonl --key audit.jsonl.key");
    assert!(code == 0 && said.contains("--audit-key audit.jsonl.key"), "{said}");
    folder.file("third.jsonl.pub", "");
    let (code, _, said) = folder.run("audit init third.jsonl");
    assert!(code == 3 && said.contains("third.jsonl.pub: is there already"), "{said}");
    assert!(!folder.0.join("third.jsonl.key").exists() && !folder.0.join("third.jsonl").exists());
}

/// Scenario: a line of ten megabytes, lines with CRLF, and a last line without a line feed.
/// Guarantees: showing and verifying count the same lines and find the same ones wrong.
#[test]
fn showing_and_verifying_agree_on_lines() {
    let folder = Folder::new("lines");
    folder.well("audit init audit.jsonl");
    folder.well("audit checkpoint audit.jsonl");
    let good = folder.read("audit.jsonl");
    let count = good.lines().count();
    for (text, wrong) in [
        (format!("{good}{}\n", "x".repeat(10 << 20)), vec![count + 1]),
        (good.replace('\n', "\r\n"), (1..=count).collect()),
        (good.trim_end().to_owned(), vec![count]),
    ] {
        folder.file("audit.jsonl", text);
        let (code, shown, _) = folder.run("audit show audit.jsonl");
        let (verified, faults, _) = folder.run("audit verify audit.jsonl -k audit.jsonl.pub");
        assert_eq!((code, verified), (1, 1));
        let told: Vec<&str> = shown.lines().filter(|line| line.starts_with("line ")).collect();
        assert_eq!(told.len(), wrong.len(), "{told:?}");
        for (number, told) in wrong.iter().zip(told) {
            let said = told.strip_prefix(&format!("line {number} ")).unwrap();
            assert!(faults.contains(&format!("audit.jsonl:{number}: {said}\n")), "{told}: {faults}");
        }
    }
}

/// Scenario: commands are told to tell in a file that is missing, no chain, open to others or on a full disk.
/// Guarantees: they say so and do nothing: no output, no new policy.
#[test]
fn what_cannot_be_told_is_not_done() {
    let folder = Folder::new("cannot");
    folder.file("policy.yaml", POLICY);
    folder.file("in.json", r#"{"order":{"total":1}}"#);
    folder.file("no-chain.jsonl", "{}\n");
    folder.well("audit init open.jsonl");
    fs::set_permissions(folder.0.join("open.jsonl"), PermissionsExt::from_mode(0o666)).unwrap();
    for (audit, told) in [
        ("missing.jsonl", "begin one with `frostglass audit init`"),
        ("no-chain.jsonl", "is not a line of a chain"),
        ("open.jsonl", "chmod 600"),
        ("/dev/full", "is not a file"),
    ] {
        let render = folder.run(&format!("render --json policy.yaml -o policy.json --audit {audit}"));
        assert!(render.0 == 3 && render.2.contains(told), "{audit}: {}", render.2);
        let scrub = folder.run(&format!("scrub -p policy.yaml -f json in.json -o out.json --audit {audit}"));
        assert!(scrub.0 == 3 && scrub.2.contains(told), "{audit}: {}", scrub.2);
    }
    assert!(!folder.0.join("policy.json").exists() && !folder.0.join("out.json").exists());
    // Never over a chain that is there.
    let before = folder.read("open.jsonl");
    assert_eq!(folder.run("audit init open.jsonl").0, 3);
    assert_eq!(folder.read("open.jsonl"), before);
}

/// A host's page: so many sealed and withheld values, and for how long it has been running.
fn page(digest: &str, sealed: u64, withheld: u64, uptime: u64) -> String {
    format!(
        "# TYPE otelcol_process_uptime_seconds_total counter
otelcol_process_uptime_seconds_total{{}} {uptime}.5
otelcol_processor_frostglass_fields_treated_total{{class=\"direct-id\",treatment=\"seal\"}} {sealed}
otelcol_processor_frostglass_values_withheld_total{{reason=\"no-key\"}} {withheld}
otelcol_processor_frostglass_policy_age_seconds{{policy=\"demo\",digest=\"{digest}\"}} 3
"
    )
}

/// Scenario: a host is asked three times, nothing having passed before the third; it is started anew, once with fewer and once with more
/// counts than before; another host is asked; one runs a policy that nobody told of; a page holds something else.
/// Guarantees: each line has what was treated since the one before, or since the start; nothing is told of nothing; a foreign policy and
/// a page that is none are said, and the chain verifies.
#[test]
fn hosts_are_told_of() {
    let folder = Folder::new("hosts");
    folder.file("policy.yaml", POLICY);
    folder.well("audit init audit.jsonl");
    folder.well("audit record audit.jsonl --policy policy.yaml");
    let (code, _, told) = folder.run("audit record audit.jsonl --policy policy.yaml");
    assert!(code == 0 && told.contains("is told already"), "{told}");
    let lines = || -> Vec<Value> {
        folder.read("audit.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    assert_eq!(lines().len(), 3);
    let digest = lines()[2]["entry"]["after"].as_str().unwrap()[..16].to_owned();
    let record = |host: &str, page: &str| {
        folder.file("page.txt", page);
        folder.run(&format!("audit record audit.jsonl --metrics page.txt --host {host}"))
    };
    for (host, sealed, withheld, uptime, expected) in [
        ("a", 40, 2, 1000, Some((0, 40, 2))),
        ("a", 100, 3, 1000, Some((4, 60, 1))),
        ("a", 100, 3, 1000, None),
        ("b", 7, 0, 1000, Some((0, 7, 0))),
        ("a", 90, 0, 1000, Some((0, 90, 0))),
    ] {
        let before = lines().len();
        let (code, _, told) = record(host, &page(&digest, sealed, withheld, uptime));
        assert_eq!(code, 0, "{told}");
        let Some((after, count, held)) = expected else {
            assert!(lines().len() == before && told.contains("nothing was treated"), "{told}");
            continue;
        };
        let entry = lines().last().unwrap()["entry"].clone();
        assert_eq!(entry["event"], "host-treatment");
        assert_eq!(
            (&entry["host"], &entry["policies"]["demo"]),
            (&Value::from(host), &Value::from(&*digest))
        );
        let counted = (entry["after"].as_u64(), entry["counts"]["direct-id/seal"].as_u64());
        assert_eq!(
            (counted, entry["withheld"].as_u64()),
            ((Some(after), Some(count)), Some(held)),
            "{entry}"
        );
    }
    // Counts past the old ones, of a host that has not been running for so long.
    std::thread::sleep(std::time::Duration::from_secs(4));
    record("b", &page(&digest, 8, 0, 0));
    assert_eq!(lines().last().unwrap()["entry"]["counts"]["direct-id/seal"], 8);
    let shown = folder.well("audit show -e host-treatment audit.jsonl");
    assert!(shown.contains(&format!("a: 60 values by demo {digest}, 1 withheld, since line 4")), "{shown}");

    // A page without the policy's line.
    let whole = page(&digest, 8, 0, 1000);
    let nameless: Vec<&str> = whole.lines().filter(|line| !line.contains("policy_age")).collect();
    record("c", &format!("{}\n", nameless.join("\n")));
    let shown = folder.well("audit show -e host-treatment audit.jsonl");
    assert!(shown.contains("c: 8 values by a policy that its page did not name, 0 withheld"), "{shown}");

    let before = lines().len();
    let (code, _, told) = record("a", &page("00112233445566aa", 91, 0, 1000));
    assert!(code == 1 && told.contains("which the chain was not told last"), "{told}");
    assert_eq!(lines().len(), before + 1);
    let (code, _, told) = record("a", &page(&digest, 99, 0, 1000).replace("direct-id", CANARY));
    assert!(code == 2 && told.contains("line 3 has a class") && !told.contains("canary"), "{told}");
    let (code, _, told) = record(CANARY, &page(&digest, 99, 0, 1000));
    assert!(code == 2 && told.contains("looks like a value") && !told.contains("canary"), "{told}");
    let (code, _, told) = record("a", "up 1\n");
    assert!(code == 2 && told.contains("holds no counts of Frostglass"), "{told}");
    assert_eq!(lines().len(), before + 1);
    folder.well("audit verify audit.jsonl -k audit.jsonl.pub");
}

/// Scenario: texts are scanned under a policy and a trail; then without a policy, and with a trail that is not there.
/// Guarantees: the chain has the counts and no value; the others are refused before anything is answered.
#[test]
fn scanned_texts_are_told_of() {
    let folder = Folder::new("scanned");
    folder.file("policy.yaml", POLICY);
    folder.well("audit init audit.jsonl");
    let scan = |arguments: &str| {
        let asked = format!("{{\"id\":1,\"text\":\"mail {CANARY}\"}}\n");
        fed(folder.command(&format!("scan {arguments}")), asked.as_bytes())
    };
    let Answer { code, out, complaints } = scan("-p policy.yaml --audit audit.jsonl");
    assert!(code == 0 && out.contains("u_") && !out.contains("canary"), "{out}{complaints}");
    let told = folder.read("audit.jsonl");
    let entry: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(entry["entry"]["counts"]["direct-id/pseudonymize"], 1, "{entry}");
    for arguments in ["--audit audit.jsonl", "--recipient oncall", "-p policy.yaml --audit gone.jsonl"] {
        let Answer { code, out, complaints } = scan(arguments);
        assert!(code >= 2 && out.is_empty() && !complaints.contains("canary"), "{complaints}");
    }
    assert_eq!(folder.read("audit.jsonl"), told);
}

/// Scenario: a policy with recipients is tried out for each of them, for one that it does not have, and for none.
/// Guarantees: `scan`, `test` and `explain` show what that recipient gets; a slip gets its suggestion.
#[test]
fn a_policy_is_tried_for_each_recipient() {
    let folder = Folder::new("recipients");
    folder.file(
        "policy.yaml",
        POLICY.replace(
            "keys:",
            "recipients:\n  oncall: {classes: [operational, direct-id]}\n  vendor: {classes: [operational]}\nkeys:",
        ) + "tests:\n  - name: payer\n    given: {shop.payer: canary}\n    absent: [canary]\n    kept: [u_]\n",
    );
    let scan = |recipient: &str| {
        let asked = format!("{{\"id\":1,\"text\":\"mail {CANARY}\"}}\n");
        let answer = fed(folder.command(&format!("scan -p policy.yaml {recipient}")), asked.as_bytes());
        answer.out + &answer.complaints
    };
    assert!(scan("").contains("u_") && scan("--recipient oncall").contains("u_"));
    assert_ne!(scan(""), scan("--recipient oncall"), "tokens differ between recipients");
    assert!(scan("--recipient vendor").contains("mail [direct-id]"), "{}", scan("--recipient vendor"));
    assert!(scan("--recipient vendr").contains("did you mean `vendor`?"));
    for (recipient, code) in
        [("", 0), ("--recipient oncall", 0), ("--recipient vendor", 1), ("--recipient x", 2)]
    {
        assert_eq!(folder.run(&format!("test policy.yaml {recipient}")).0, code, "{recipient}");
    }
    let explain = |recipient: &str| {
        folder.well(&format!("explain -p policy.yaml shop.contact {CANARY} -f json {recipient}"))
    };
    assert!(explain("--recipient oncall").contains("\"keep\""), "{}", explain("--recipient oncall"));
    let vendor = explain("--recipient vendor");
    assert!(vendor.contains("\"suppress\"") && !vendor.contains("\"keep\""), "{vendor}");
}

/// Scenario: the wrong half of the key pair, and a signing key that everybody may read.
/// Guarantees: refused, and no byte of a key is repeated.
#[test]
fn keys_are_taken_for_what_they_are() {
    let folder = Folder::new("keys");
    folder.well("audit init audit.jsonl");
    let secret = folder.read("audit.jsonl.key");
    let secret = secret.trim().rsplit(':').next().unwrap().to_owned();
    for (arguments, told) in [
        ("audit verify audit.jsonl -k audit.jsonl.key", "is the signing key, where the public key is needed"),
        (
            "audit checkpoint audit.jsonl --key audit.jsonl.pub",
            "is the public key, where the signing key is needed",
        ),
        ("audit verify audit.jsonl -k audit.jsonl", "is not one line of"),
    ] {
        let (code, out, complaints) = folder.run(arguments);
        assert!(code == 2 && complaints.contains(told), "{complaints}");
        assert!(!out.contains(&secret) && !complaints.contains(&secret));
    }
    fs::set_permissions(folder.0.join("audit.jsonl.key"), PermissionsExt::from_mode(0o644)).unwrap();
    let (code, _, complaints) = folder.run("audit checkpoint audit.jsonl");
    assert!(code == 2 && complaints.contains("mode 644"), "{complaints}");
}

/// Scenario: who sees what, by policy and roles, for people and for programs; a class that nobody knows.
/// Guarantees: each class has its views, and what a role may have revealed stands beside it.
#[test]
fn access_shows_views_and_roles() {
    let folder = Folder::new("access");
    folder.file("policy.yaml", POLICY);
    folder.file("roles.yaml", ROLES);
    let out = folder.well("access -p policy.yaml -r roles.yaml -c direct-id");
    let told = out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert!(
        told.ends_with(
            "direct-id\n  \
             raw         every recipient: keep for shop.contact\n  \
             treated     every recipient: user-token (pseudonymize {key: ids, mode: deterministic, prefix: u})\n  \
             reveal      ann, @oncall as incident for debug: 20 values a request, 100 a day, until 2099-12-31"
        ),
        "{told}"
    );
    let json: Value =
        serde_json::from_str(&folder.well("access -p policy.yaml -r roles.yaml -f json")).unwrap();
    let class = |name: &str| {
        json["classes"].as_array().unwrap().iter().find(|class| class["class"] == name).unwrap().clone()
    };
    assert_eq!(class("direct-id")["views"][0]["sees"], "raw");
    assert_eq!(class("online-id")["views"][0]["sees"], "aggregated");
    assert_eq!(class("online-id")["reveal"][0]["two-persons"], true);
    assert_eq!(class("health")["reveal"], Value::Array(Vec::new()));
    let listed = POLICY.replace(
        "keys:",
        "recipients:\n  oncall: {region: eu, classes: [operational, direct-id]}\n  vendor: {classes: [operational]}\nkeys:",
    );
    folder.file("listed.yaml", listed);
    let out = folder.well("access -p listed.yaml -c direct-id");
    assert!(out.contains("raw         oncall: keep for shop.contact\n"), "{out}");
    assert!(out.contains("aggregated  vendor: suppress"), "{out}");
    folder.file(
        "in.json",
        format!(r#"{{"shop":{{"payer":"{CANARY}","contact":"{CANARY}"}},"order":{{"total":7}}}}"#),
    );
    let scrub = "scrub -p listed.yaml -f json -q in.json --recipient";
    assert!(folder.well(&format!("{scrub} oncall")).contains("u_"));
    let vendor = folder.well(&format!("{scrub} vendor"));
    assert!(!vendor.contains("canary") && !vendor.contains("u_") && vendor.contains('7'), "{vendor}");
    for (arguments, told) in [
        (format!("{scrub} vendr"), "unknown recipient `vendr`; did you mean `vendor`?"),
        (scrub.replace(" --recipient", ""), "the host names no recipient"),
        ("render --envoy listed.yaml --recipient other".to_owned(), "unknown recipient `other`"),
    ] {
        let (code, out, complaints) = folder.run(&arguments);
        assert!(code == 2 && out.is_empty() && complaints.contains(told), "{complaints}");
    }
    let (code, _, complaints) = folder.run("access -p policy.yaml -c drect-id");
    assert!(code == 2 && complaints.contains("did you mean `direct-id`?"), "{complaints}");
    folder.file("roles.yaml", ROLES.replace("classes:", "clases:"));
    let (code, _, complaints) = folder.run("access -p policy.yaml -r roles.yaml");
    assert!(
        code == 2 && complaints.contains("roles.yaml:4:5: roles.incident.clases: unknown field"),
        "{complaints}"
    );
}
