//! Revealing, approving and forgetting as people run them: who gets what, and what stands in the audit chain by then.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::folder::{self, Answer, ended, me};
use frostglass_keys::{Binding, Domain, Issued, Prefix, Purpose, Random, Ring, Rotation, SealBinding};
use serde_json::Value;
use std::fs;
use std::ops::Deref;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// What must be seen where it was revealed, and nowhere else.
const CANARY: &str = "canary.bird@example.org";

/// Opens the vaults of these tests. Drawn once, for them alone.
const VAULT_KEY: &str = "wvGn0Js+WEYfeuC01VyTKI5mAb36S3wTKdfw6Fo2xLk=";

const POLICY: &str = "\
policy: shop
schema: 1
default: scan
keys:
  ids:  {use: pseudonymize, from: issued, epoch: 24h}
  safe: {use: seal, from: issued}
  back: {use: tokenize, from: issued, epoch: 24h}
classes:
  direct-id: {treat: user-token}
  online-id: {treat: turned}
  content:   {treat: sealed}
treatments:
  user-token: {pseudonymize: {key: ids, prefix: u, canonical: email}}
  turned: {tokenize: {key: back, prefix: t}}
  sealed: {seal: {key: safe}}
  address: {encrypt-ip: {key: back}}
catalog:
  shop.payer: direct-id
  shop.client: {class: online-id, treat: address}
  shop.device: online-id
  shop.note: {class: content, treat: sealed}
";

/// A folder of one test with a vault, an audit chain and roles for whoever runs the test.
struct Folder(folder::Folder);

impl Folder {
    /// Its policy for two recipients, and a raw record of a person.
    fn for_two_recipients(&self) {
        let recipients = "recipients:\n  oncall: {classes: [direct-id, content]}\n  vendor: {classes: [direct-id]}\nclasses:";
        self.file("policy.yaml", POLICY.replacen("classes:", recipients, 1));
        self.file("raw.json", format!(r#"{{"shop":{{"payer":"{CANARY}"}}}}"#));
    }

    fn new(test: &str) -> Self {
        let folder = Self(folder::Folder::new(&format!("reveal/{test}")));
        folder.file("policy.yaml", POLICY);
        folder.private("vault.key", VAULT_KEY);
        folder.roles("");
        folder.well("audit init audit.jsonl");
        folder.well("keys init --vault keys.vault --key-file vault.key --policy policy.yaml");
        folder.issue();
        folder
    }

    /// Roles for whoever runs the test and for `nobody`.
    fn roles(&self, more: &str) {
        self.file(
            "roles.yaml",
            format!(
                "schema: 1
roles:
  incident:
    classes:  [direct-id, online-id, content, health]
    purposes: [debug]
    values:   {{request: 20, day: 30}}
    until:    \"2099-12-31\"
  former:
    classes:  [direct-id]
    purposes: [debug]
    values:   {{request: 20, day: 30}}
    until:    \"2020-12-31\"
  bulk:
    classes:  [direct-id]
    purposes: [debug]
    values:   {{request: 2000, day: 2000}}
    until:    \"2099-12-31\"
people:
  {}: [incident, former, bulk]
  nobody: [incident]
two-persons: [health]
audit: audit.jsonl
{more}",
                me()
            ),
        );
    }

    fn issue(&self) {
        self.well("keys issue --vault keys.vault --key-file vault.key -o issued.json");
    }

    /// Values sealed as a host seals them, with the public half that it was issued.
    fn sealed(&self, class: &str, values: &[&str]) -> Vec<String> {
        let issued: Value = serde_json::from_str(&self.read("issued.json")).unwrap();
        let keys = issued["keys"].as_array().unwrap();
        let safe = keys.iter().find(|key| key["name"] == "safe").unwrap();
        let public = safe["epochs"][0]["public"].as_str().unwrap();
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&public[2 * at..2 * at + 2], 16).unwrap();
        }
        let mut ring = Ring::default();
        ring.add_sealing_key("safe", Rotation::Never, 0, bytes, [3; 32]).unwrap();
        let binding =
            SealBinding { key: "safe", domain: Domain::default(), class, rotation: Rotation::Never };
        let mut sealer = ring.sealer(&binding).unwrap();
        sealer.turn_to(0);
        let mut random = Random::seeded([7; 32]);
        let seal = |value: &&str| {
            let mut out = String::new();
            sealer.seal(value.as_bytes(), &mut random, &mut out).unwrap();
            out
        };
        values.iter().map(seal).collect()
    }

    /// The whole of a usual command, but for what `change` replaces in it.
    fn reveal(&self, change: &[(&str, &str)]) -> Answer {
        let usual = "reveal in.json --class direct-id --role incident --purpose debug --ticket OPS-4711 \
             --reason 'checkout fails for one customer' --roles roles.yaml --audit audit.jsonl \
             --vault keys.vault --key-file vault.key";
        let command = change.iter().fold(usual.to_owned(), |command, (from, to)| {
            assert!(command.contains(from), "{from}");
            command.replacen(from, to, 1)
        });
        self.run(&command)
    }

    fn told(&self) -> Vec<Value> {
        self.read("audit.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Deref for Folder {
    type Target = folder::Folder;

    fn deref(&self) -> &folder::Folder {
        &self.0
    }
}

/// Scenario: a sealed value in JSON, and who has a role, a purpose, a reason and a ticket.
/// Guarantees: the value stands in its place, the audit chain tells who and why before, holds no value, and verifies.
#[test]
fn a_sealed_value_is_revealed_and_told() {
    let folder = Folder::new("told");
    let sealed = folder.sealed("direct-id", &[CANARY, "say \"hi\""]);
    folder.file("in.json", format!(r#"{{"a":"{}","b":["{}"],"c":"{}"}}"#, sealed[0], sealed[1], sealed[0]));
    let answer = folder.reveal(&[]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    let read: Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(read, serde_json::json!({"a": CANARY, "b": ["say \"hi\""], "c": CANARY}));
    assert!(answer.complaints.contains("2 of 2 values opened"), "{}", answer.complaints);
    let told = folder.told();
    let entry = &told.last().unwrap()["entry"];
    assert_eq!(entry["event"], "reveal");
    assert_eq!((entry["values"].as_u64(), entry["classes"]["direct-id"].as_u64()), (Some(2), Some(2)));
    assert_eq!((entry["role"].as_str(), entry["ticket"].as_str()), (Some("incident"), Some("OPS-4711")));
    assert!(!folder.read("audit.jsonl").contains("canary"));
    folder.well("audit verify audit.jsonl -k audit.jsonl.pub");
}

/// Scenario: each thing that a role does not cover, and each word that is missing.
/// Guarantees: refused for its reason; no value is shown, none stands in a complaint, and no line says that one was.
#[test]
fn what_no_role_covers_stays_sealed() {
    let folder = Folder::new("refused");
    let values: Vec<String> = (0..21).map(|number| format!("{number}.{CANARY}")).collect();
    let sealed = folder.sealed("direct-id", &values.iter().map(String::as_str).collect::<Vec<_>>());
    folder.file("in.json", format!(r#"["{}"]"#, sealed[0]));
    folder.file("many.json", format!("{sealed:?}"));
    folder.file("none.json", "{}");
    folder.file("empty.json", "\n");
    folder.well("audit init other.jsonl");
    fs::copy(folder.0.join("audit.jsonl"), folder.0.join("copy.jsonl")).unwrap();
    folder.file("unaudited.yaml", folder.read("roles.yaml").replace("audit: audit.jsonl\n", ""));
    folder.private("other.key", "xvGn0Js+WEYfeuC01VyTKI5mAb36S3wTKdfw6Fo2xLk=");
    let with_value = format!("'look up {CANARY}'");
    let before = folder.told().len();
    for (change, told) in [
        (("--role incident", "--role admin"), "unknown role `admin`"),
        (("--role incident", "--role former"), "the role `former` ended (2020-12-31)"),
        (("--purpose debug", "--purpose marketing"), "unknown purpose `marketing`"),
        (("--class direct-id", "--class payment"), "does not cover the class `payment`"),
        (("in.json", "many.json"), "21 values are asked for, and the role `incident` has 20"),
        (("in.json", "none.json"), "holds no sealed value"),
        (("'checkout fails for one customer'", "' '"), "the reason is empty"),
        (("'checkout fails for one customer'", "'why'"), "says too little"),
        (("'checkout fails for one customer'", with_value.as_str()), "holds what looks like a value (email)"),
        (("--ticket OPS-4711", "--ticket ''"), "the ticket is empty"),
        (("--reason 'checkout fails for one customer'", ""), "--reason"),
        (
            ("--audit audit.jsonl", "--audit gone.jsonl"),
            "is not the audit file that roles.yaml names (audit.jsonl)",
        ),
        (
            ("--audit audit.jsonl", "--audit other.jsonl"),
            "is not the audit file that roles.yaml names (audit.jsonl)",
        ),
        (
            ("--audit audit.jsonl", "--audit copy.jsonl"),
            "is not the audit file that roles.yaml names (audit.jsonl)",
        ),
        (("--roles roles.yaml", "--roles unaudited.yaml"), "names no audit file"),
        (("in.json", "empty.json"), "empty.json: is empty"),
        (("vault.key", "other.key"), "does not open this vault"),
        (("--class direct-id", "--class health"), "open for two persons together"),
    ] {
        let answer = folder.reveal(&[change]);
        assert!(answer.code == 2 && answer.complaints.contains(told), "{told}: {}", answer.complaints);
        assert!(answer.out.is_empty() && !answer.complaints.contains("canary"), "{}", answer.complaints);
    }
    assert_eq!(folder.told().len(), before);
    // Of another class, tenant or recipient: told, since it was tried, and nothing opens.
    for change in [("--class direct-id", "--class online-id"), ("in.json", "in.json --recipient vendor")] {
        let answer = folder.reveal(&[change]);
        assert!(
            answer.code == 1 && answer.complaints.contains("0 of 1 value opened"),
            "{}",
            answer.complaints
        );
        assert!(!answer.out.contains("canary"));
    }
    assert!(!folder.read("audit.jsonl").contains("canary"));
}

/// Scenario: the audit file is missing, broken, or on a disk that is full when its line is written.
/// Guarantees: no value is shown, and after the full disk the chain still verifies.
#[test]
fn a_value_is_never_shown_untold() {
    let folder = Folder::new("untold");
    folder.file("in.json", format!(r#"["{}"]"#, folder.sealed("direct-id", &[CANARY])[0]));
    let good = folder.read("audit.jsonl");
    for (text, told) in [
        (None, "begin one with `frostglass audit init`"),
        (Some(good.replacen("\"seq\":1", "\"seq\":3", 1)), "line 1: was edited"),
        (Some(good.replacen("\"seq\":2", "\"seq\":3", 1)), "the last line of the audit file was edited"),
    ] {
        match text {
            None => fs::remove_file(folder.0.join("audit.jsonl")).unwrap(),
            Some(text) => drop(folder.file("audit.jsonl", text)),
        }
        let answer = folder.reveal(&[]);
        assert!(answer.code == 3 && answer.complaints.contains(told), "{}", answer.complaints);
        assert!(answer.out.is_empty() && !answer.complaints.contains("canary"));
    }
    folder.private("audit.jsonl", &good);
    // A limit on the size of files is what a full disk looks like: the write fails, half of it may be done.
    for blocks in [0, 1] {
        let inner = folder.command(
            "reveal in.json --class direct-id --role incident --purpose debug --ticket OPS-4711 --reason \
             'checkout fails for one customer' --roles roles.yaml --audit audit.jsonl --vault keys.vault \
             --key-file vault.key",
        );
        let mut full = Command::new("sh");
        full.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
        full.arg(inner.get_program()).args(inner.get_args()).current_dir(&folder.0);
        let answer = ended(full);
        assert_eq!(answer.code, 3, "{}", answer.complaints);
        assert!(answer.complaints.contains("cannot be written"), "{}", answer.complaints);
        assert!(answer.out.is_empty() && !answer.complaints.contains("canary"));
        assert_eq!(folder.read("audit.jsonl"), good);
    }
    let answer = folder.reveal(&[]);
    assert!(answer.code == 0 && answer.out.contains(CANARY));
}

/// Scenario: twenty values, then ten more, then one more, in one day.
/// Guarantees: the day's number is counted from the chain, and the last one stays sealed.
#[test]
fn a_day_has_so_many_values() {
    let folder = Folder::new("day");
    let values: Vec<String> = (0..20).map(|number| format!("{number}.{CANARY}")).collect();
    let sealed = folder.sealed("direct-id", &values.iter().map(String::as_str).collect::<Vec<_>>());
    for (count, code) in [(20, 0), (10, 0), (1, 2)] {
        folder.file("in.json", format!("{:?}", &sealed[..count]));
        let answer = folder.reveal(&[]);
        assert_eq!(answer.code, code, "{}", answer.complaints);
        if code != 0 {
            let told = "30 values a day, 30 were revealed in the last 24 hours, and 1 are asked for";
            assert!(answer.complaints.contains(told) && answer.out.is_empty(), "{}", answer.complaints);
        }
    }
    let report = folder.run("audit report audit.jsonl -k audit.jsonl.pub");
    assert!(report.code == 1 && report.out.contains("unusual: more than 10"), "{}", report.out);
}

/// Scenario: requests of which nothing opens, or a part; then as many values as a day has, under no `--audit` at all; and eight commands
/// at once for what is left.
/// Guarantees: each is told with what opened; the day's number counts what was seen, and no two commands take the last of it.
#[test]
fn a_day_counts_what_was_seen() {
    let folder = Folder::new("seen");
    let values: Vec<String> = (0..20).map(|number| format!("{number}.{CANARY}")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let (sealed, foreign) = (folder.sealed("direct-id", &values), folder.sealed("content", &values));
    let unsaid = ("--audit audit.jsonl", "");
    let opened = || folder.told().last().unwrap()["entry"]["opened"].as_u64().unwrap();
    for _ in 0..3 {
        folder.file("in.json", format!("{foreign:?}"));
        assert!(folder.reveal(&[unsaid]).complaints.contains("0 of 20 values opened"));
        assert_eq!(opened(), 0);
    }
    folder.file("in.json", format!("{:?}", [&sealed[..5], &foreign[..5]].concat()));
    assert!(folder.reveal(&[unsaid]).complaints.contains("5 of 10 values opened"));
    assert_eq!(opened(), 5);
    folder.file("in.json", format!("{sealed:?}"));
    assert_eq!(folder.reveal(&[unsaid]).code, 0);
    // Five are left.
    folder.file("in.json", format!("{:?}", &sealed[..3]));
    let command = "reveal in.json --class direct-id --role incident --purpose debug --ticket OPS-4711 --reason \
        'checkout fails for one customer' --roles roles.yaml --vault keys.vault --key-file vault.key";
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| folder.run(command))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.out.contains("canary")).count(), 1);
    let refused = answers.iter().filter(|answer| answer.code == 2 && answer.out.is_empty());
    assert_eq!(refused.count(), 7);
    let shown = folder.well("audit show audit.jsonl -e reveal -k audit.jsonl.pub");
    assert!(shown.contains("20 values (direct-id 20), none opened, OPS-4711"), "{shown}");
    assert!(shown.contains("10 values (direct-id 10), 5 opened, OPS-4711"), "{shown}");
}

/// Scenario: the roles file is changed between two requests.
/// Guarantees: each line tells by which text of it somebody was allowed.
#[test]
fn a_line_names_its_roles() {
    let folder = Folder::new("names-roles");
    folder.file("in.json", format!("{:?}", folder.sealed("direct-id", &[CANARY])));
    let roles = |text: String| {
        folder.file("roles.yaml", text);
        assert_eq!(folder.reveal(&[]).code, 0);
        folder.told().last().unwrap()["entry"]["roles"].as_str().unwrap().to_owned()
    };
    let text = folder.read("roles.yaml");
    let first = roles(text.clone());
    assert_ne!(roles(text.replace("day: 30", "day: 31")), first);
    assert_eq!(roles(text), first);
    let sum = Command::new("sha256sum").arg(folder.0.join("roles.yaml")).output().unwrap().stdout;
    assert!(String::from_utf8(sum).unwrap().starts_with(&first));
}

/// Scenario: epochs are forgotten without an audit file, with one that is not there, and with one.
/// Guarantees: nothing is destroyed untold; the line has who did it and the ticket.
#[test]
fn nothing_is_forgotten_untold() {
    let folder = Folder::new("forget-untold");
    let forget = "forget --vault keys.vault --key-file vault.key --key safe --epoch 0 --ticket DSR-12 --yes";
    let vault = folder.read("keys.vault");
    for (more, code, told) in [("", 2, "--audit"), ("--audit gone.jsonl", 3, "is missing")] {
        let answer = folder.run(&format!("{forget} {more}"));
        assert!(answer.code == code && answer.complaints.contains(told), "{}", answer.complaints);
        assert!(folder.read("keys.vault") == vault, "{more}");
    }
    folder.file("subject.txt", CANARY);
    let order = "forget --vault keys.vault --key-file vault.key --subject subject.txt -p policy.yaml --ticket DSR-12 -o order.json";
    assert_eq!(folder.run(order).code, 2);
    assert!(!folder.0.join("order.json").exists());
    folder.well(&format!("{forget} --audit audit.jsonl"));
    let told = folder.told().last().unwrap()["entry"].clone();
    let me = Command::new("id").arg("-un").output().unwrap().stdout;
    assert_eq!(told["who"].as_str().unwrap(), String::from_utf8(me).unwrap().trim());
    let shown = folder.well("audit show audit.jsonl -e key-destroyed");
    assert!(shown.contains("safe, epoch 0, by ") && shown.contains("(DSR-12)"), "{shown}");
}

/// Scenario: a thousand sealed values, whose epoch is forgotten.
/// Guarantees: before, all open; afterwards none, with everything that is left.
#[test]
fn nothing_opens_of_a_forgotten_epoch() {
    let folder = Folder::new("forgotten");
    let values: Vec<String> = (0..1000).map(|number| format!("{number}.{CANARY}")).collect();
    let sealed = folder.sealed("direct-id", &values.iter().map(String::as_str).collect::<Vec<_>>());
    folder.file("in.json", format!("{sealed:?}"));
    let bulk = ("--role incident", "--role bulk");
    let answer = folder.reveal(&[bulk]);
    assert!(answer.complaints.contains("1000 of 1000 values opened"), "{}", answer.complaints);
    let forget = "forget --vault keys.vault --key-file vault.key --key safe --epoch 0 --ticket DSR-12 --audit audit.jsonl";
    assert_eq!(folder.run(forget).code, 2, "not without --yes");
    // Named twice, forgotten once.
    let before = folder.told().len();
    folder.well(&format!("{forget} --epoch 0 --yes"));
    assert_eq!(folder.told().len(), before + 1);
    let told = folder.told().last().unwrap()["entry"].clone();
    assert_eq!((&told["event"], &told["ticket"]), (&"key-destroyed".into(), &"DSR-12".into()));
    let answer = folder.reveal(&[bulk]);
    assert!(answer.complaints.contains("0 of 1000 values opened"), "{}", answer.complaints);
    assert!(answer.complaints.contains("was destroyed: nothing of it opens any more"));
    assert!(!answer.out.contains("canary"));
}

/// Scenario: a key is split among three; one person asks, and approves alone, with another request's approval, or not at all;
/// then a second person lends.
/// Guarantees: only the last opens; the vault has nothing to open with any more; both are told.
#[test]
fn two_persons_open_together() {
    let folder = Folder::new("two");
    let health = folder.sealed("health", &[CANARY, "other"]);
    folder.file("in.json", format!("[{:?}]", health[0]));
    let split = "keys split --vault keys.vault --key-file vault.key --key safe --epoch 0 a.share b.share c.share --audit audit.jsonl";
    assert_eq!(folder.run(split).code, 2, "not without --yes");
    assert!(!folder.0.join("a.share").exists());
    folder.well(&format!("{split} --yes"));
    assert_eq!(fs::metadata(folder.0.join("a.share")).unwrap().permissions().mode() & 0o777, 0o600);
    let status = folder.well("keys status --vault keys.vault --key-file vault.key");
    let safe = status.split("safe: ").nth(1).unwrap();
    assert!(
        safe.contains("the vault turns nothing back") && safe.contains("split among persons"),
        "{status}"
    );
    // Hosts go on sealing to the public half.
    let before = folder.read("issued.json");
    folder.issue();
    let public = |text: &str| text.split("\"public\"").nth(1).map(|rest| rest[..70].to_owned());
    assert!(public(&before).is_some() && public(&before) == public(&folder.read("issued.json")));
    // Not even a class that needs no second person opens by the vault alone.
    folder.file("direct.json", format!("{:?}", folder.sealed("direct-id", &[CANARY])));
    let answer = folder.reveal(&[("in.json", "direct.json")]);
    assert!(answer.complaints.contains("was split among persons") && !answer.out.contains("canary"));

    let asked = ("--class direct-id", "--class health");
    let shares = |more: &'static str| ("--vault keys.vault --key-file vault.key", more);
    let alone = folder.reveal(&[asked, shares("--share a.share")]);
    assert!(alone.complaints.contains("one share alone opens nothing"), "{}", alone.complaints);
    let ask = folder.reveal(&[asked, shares("--share a.share --ask request.json")]);
    assert!(ask.code == 0 && ask.out.is_empty(), "{}", ask.complaints);
    let approve = "approve request.json --share b.share --role incident --roles roles.yaml --audit audit.jsonl -o approval.json --yes";
    let own = folder.run(approve);
    assert!(own.code == 2 && own.complaints.contains("must be another one"), "{}", own.complaints);

    // Another person, where the test may run a command as one.
    if folder.command("--version").uid(65534).gid(65534).output().is_err() {
        return;
    }
    let nobody = |arguments: &str| {
        let mut command = folder.command(arguments);
        command.uid(65534).gid(65534);
        ended(command)
    };
    chown(folder.0.join("b.share"), Some(65534), None).unwrap();
    chown(folder.0.join("audit.jsonl"), None, Some(65534)).unwrap();
    fs::set_permissions(folder.0.join("audit.jsonl"), PermissionsExt::from_mode(0o660)).unwrap();
    let place = folder.0.join("lent");
    fs::create_dir(&place).unwrap();
    chown(&place, Some(65534), None).unwrap();
    let approve = approve.replace("approval.json", "lent/approval.json");
    let lent = nobody(&approve);
    assert_eq!(lent.code, 0, "{}", lent.complaints);
    assert!(
        lent.complaints.contains("1 value of class health (OPS-4711): checkout fails"),
        "{}",
        lent.complaints
    );
    let with = |approval: &'static str| shares(approval);
    let answer = folder.reveal(&[asked, with("--share a.share --approval lent/approval.json")]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    assert_eq!(answer.out, format!("[{CANARY:?}]"));
    let told = folder.told();
    let last = &told.last().unwrap()["entry"];
    assert_eq!((last["event"].as_str(), last["approved-by"][0].as_str()), (Some("reveal"), Some("nobody")));
    let approval = told.iter().find(|line| line["entry"]["event"] == "approval").unwrap()["entry"].clone();
    assert_eq!((&approval["who"], &approval["request"]), (&"nobody".into(), &last["request"]));
    assert!(!folder.read("audit.jsonl").contains("canary"));
    let report = "audit report audit.jsonl -k audit.jsonl.pub";
    assert!(!folder.run(report).out.contains("second person"));
    // An approval in the name of somebody who may not approve.
    let forged = folder.read("lent/approval.json").replace("\"nobody\"", "\"stranger\"");
    folder.file("forged.json", forged);
    let answer = folder.reveal(&[asked, with("--share a.share --approval forged.json")]);
    assert!(
        answer.code == 2
            && answer.complaints.contains("stranger, has no role that covers the class `health`"),
        "{}",
        answer.complaints
    );
    // In the name of somebody who may, and did not: the report tells.
    let roles = folder.read("roles.yaml");
    folder.file(
        "roles.yaml",
        roles.replace("  nobody: [incident]", "  nobody: [incident]\n  stranger: [incident]"),
    );
    let answer = folder.reveal(&[asked, with("--share a.share --approval forged.json")]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    let report = folder.run(report);
    let flag = format!("entry {} names stranger as the second person", folder.told().len());
    assert!(report.code == 1 && report.out.contains(&flag), "{}", report.out);
    folder.file("roles.yaml", roles);
    // The approval is for these values and this reason alone.
    let other = ("one customer", "another customer");
    let answer = folder.reveal(&[asked, other, with("--share a.share --approval lent/approval.json")]);
    assert!(
        answer.code == 2 && answer.complaints.contains("approval of another request"),
        "{}",
        answer.complaints
    );
    folder.file("in.json", format!("[{:?}]", health[1]));
    let answer = folder.reveal(&[asked, with("--share a.share --approval lent/approval.json")]);
    assert!(
        answer.code == 2 && answer.complaints.contains("approval of another request"),
        "{}",
        answer.complaints
    );
}

/// Scenario: a key is split for two persons who are given one place by two names, a place that is taken, and one that cannot be
/// written; then for two with a place each.
/// Guarantees: refused before anything is told or written, and the vault still opens; the last leaves two shares.
#[test]
fn each_share_has_its_own_place() {
    let folder = Folder::new("places");
    fs::create_dir(folder.0.join("sub")).unwrap();
    folder.file("taken", "here");
    std::os::unix::fs::symlink("nowhere", folder.0.join("link")).unwrap();
    let long = "n".repeat(300);
    folder.file("in.json", format!("{:?}", folder.sealed("direct-id", &[CANARY])));
    let (vault, told) = (folder.read("keys.vault"), folder.told().len());
    let split = |targets: &str| {
        folder.run(&format!(
            "keys split --vault keys.vault --key-file vault.key --key safe --epoch 0 {targets} --audit audit.jsonl --yes"
        ))
    };
    for (targets, why) in [
        ("a a", "is given twice"),
        ("a ./a", "is given twice"),
        ("a sub/../a", "is given twice"),
        ("a taken", "is there already"),
        ("a link", "is there already"),
        ("a gone/b", "its folder cannot be reached"),
        (&format!("a {long}"), "cannot be written"),
    ] {
        let answer = split(targets);
        assert!(answer.code != 0 && answer.complaints.contains(why), "{targets}: {}", answer.complaints);
        assert!(!folder.0.join("a").exists(), "{targets}");
        assert!(folder.read("keys.vault") == vault && folder.told().len() == told, "{targets}");
    }
    assert_eq!(folder.read("taken"), "here");
    assert!(folder.reveal(&[]).out.contains(CANARY));
    assert_eq!(split("a sub/a").code, 0);
    assert_eq!((folder.read("a").lines().count(), folder.read("sub/a").lines().count()), (1, 1));
    assert_ne!(folder.read("a"), folder.read("sub/a"));
}

/// Scenario: a request that tells of one value and wants the keys of three, and one that names a value twice.
/// Guarantees: nothing is lent and nothing is told; the honest one is shown with what is lent.
#[test]
fn no_more_is_lent_than_is_told() {
    let folder = Folder::new("lent");
    folder.file("in.json", format!("[{:?}]", folder.sealed("health", &[CANARY])[0]));
    folder.well(
        "keys split --vault keys.vault --key-file vault.key --key safe --epoch 0 a.share b.share --yes",
    );
    let ask = ("--vault keys.vault --key-file vault.key", "--share a.share --ask request.json");
    assert_eq!(folder.reveal(&[("--class direct-id", "--class health"), ask]).code, 0);
    let mut request: Value = serde_json::from_str(&folder.read("request.json")).unwrap();
    request["who"] = "another".into();
    let wanted = request["wanted"][0].clone();
    let told = folder.told().len();
    let approve = |request: &Value| {
        folder.file("request.json", request.to_string());
        folder.run("approve request.json --share b.share --role incident --roles roles.yaml --audit audit.jsonl -o approval.json")
    };
    let honest = approve(&request);
    assert!(honest.complaints.contains("1 value of class health"), "{}", honest.complaints);
    assert!(honest.complaints.contains("1 point to lend"), "{}", honest.complaints);
    let mut greedy = request.clone();
    for last in ["1", "2"] {
        let mut more = wanted.clone();
        more["encapsulated"] = format!("{}{last}", &wanted["encapsulated"].as_str().unwrap()[..63]).into();
        greedy["wanted"].as_array_mut().unwrap().push(more);
    }
    let mut twice = request.clone();
    let digest = twice["digests"][0].clone();
    twice["digests"].as_array_mut().unwrap().push(digest);
    for (forged, why) in [(greedy, "names 1 value but wants 3 opened"), (twice, "names 1 value")] {
        let answer = approve(&forged);
        assert!(answer.code == 2 && answer.complaints.contains(why), "{}", answer.complaints);
        assert!(!answer.complaints.contains("to lend"), "{}", answer.complaints);
    }
    assert_eq!(folder.told().len(), told);
}

/// Scenario: sealed values behind escapes of JSON and of addresses.
/// Guarantees: each is revealed where it stands.
#[test]
fn values_behind_escapes_are_revealed() {
    let folder = Folder::new("escapes");
    let sealed = &folder.sealed("direct-id", &[CANARY])[0];
    folder.file(
        "in.json",
        format!(r#"["user:\n{sealed}","\u00e9{sealed}","/a%20{sealed}"]"#).replace("\\\\", "\\"),
    );
    let answer = folder.reveal(&[]);
    let read: Value = serde_json::from_str(&answer.out).unwrap();
    let wanted = [format!("user:\n{CANARY}"), format!("\u{e9}{CANARY}"), format!("/a%20{CANARY}")];
    assert_eq!(read, serde_json::json!(wanted));
}

/// Scenario: a sealed value in JSON that is a string of JSON, in lines of a log that begin as JSON does, and in JSON that such a line
/// quotes; the value has quotes and a backslash.
/// Guarantees: what was JSON is JSON and holds the very value; lines stay lines; no other byte changes.
#[test]
fn values_are_escaped_as_deep_as_they_stand() {
    let folder = Folder::new("depth");
    let value = r#"{"name":"C:\canary"}"#;
    let sealed = &folder.sealed("direct-id", &[value])[0];
    let inner = serde_json::json!({"user": sealed, "path": "a/b"}).to_string();
    let nested = serde_json::json!({ "body": inner, "user": sealed }).to_string();
    let text = format!("{nested}\n[2026-12-01] failed for {sealed} {{\n[2026-12-01] got {nested}\n");
    folder.file("in.json", &text);
    let answer = folder.reveal(&[]);
    assert_eq!(answer.code, 0, "{}", answer.complaints);
    let lines: Vec<&str> = answer.out.lines().collect();
    for json in [lines[0], lines[2].strip_prefix("[2026-12-01] got ").unwrap()] {
        let read: Value = serde_json::from_str(json).unwrap();
        assert_eq!(read["user"], value);
        let inner: Value = serde_json::from_str(read["body"].as_str().unwrap()).unwrap();
        assert_eq!((&inner["user"], &inner["path"]), (&Value::from(value), &Value::from("a/b")));
    }
    assert_eq!(lines[1], format!("[2026-12-01] failed for {value} {{"));
}

/// Scenario: addresses of both families that a policy encrypted, beside one that nobody encrypted; with and without the epoch, under
/// another class, without a role, and after the epoch was destroyed.
/// Guarantees: those of IPv4 come back for sure, those of IPv6 with their epoch alone; it is told before, without an address; nobody
/// gets more, and nothing comes back of a destroyed epoch.
#[test]
fn encrypted_addresses_come_back() {
    let folder = Folder::new("addresses");
    let (four, six, plain) = ("203.0.113.77", "2001:db8::77", "fd00:1:2:3:4:5:6:7");
    for (name, address) in [("four.json", four), ("six.json", six)] {
        folder.file("raw.json", format!(r#"{{"shop":{{"client":"{address}"}}}}"#));
        folder.well(&format!("scrub -p policy.yaml --keys issued.json -f json --quiet raw.json -o {name}"));
    }
    let encrypted = |name: &str| {
        let read: Value = serde_json::from_str(&folder.read(name)).unwrap();
        read["shop"]["client"].as_str().unwrap().to_owned()
    };
    let text = format!("from {} to {}, by {plain}\n", encrypted("four.json"), encrypted("six.json"));
    assert!(!text.contains(four) && !text.contains(six), "{text}");
    folder.file("in.json", &text);
    let status: Value = serde_json::from_str(
        &folder.well("keys status --vault keys.vault --key-file vault.key --format json"),
    )
    .unwrap();
    let back = status.as_array().unwrap().iter().find(|key| key["key"] == "back").unwrap();
    let epoch = back["epochs"][0]["epoch"].as_u64().unwrap();
    let (online, known) =
        ("--class online-id --addresses", format!("--class online-id --addresses --epoch {epoch}"));

    let sure = folder.reveal(&[("--class direct-id", online)]);
    assert!(sure.complaints.contains("1 of 3 addresses opened"), "{}", sure.complaints);
    assert!(sure.complaints.contains("say its --epoch"), "{}", sure.complaints);
    assert_eq!(sure.out, text.replace(&encrypted("four.json"), four));
    let entry = folder.told().last().unwrap()["entry"].clone();
    assert_eq!((&entry["event"], &entry["values"]), (&Value::from("reveal"), &Value::from(3)));
    assert!(!folder.read("audit.jsonl").contains(four));
    let both = folder.reveal(&[("--class direct-id", &known)]);
    assert!(both.out.starts_with(&format!("from {four} to {six}, by ")), "{}{}", both.out, both.complaints);
    let other = folder.reveal(&[("--class direct-id", "--class content --addresses")]);
    assert!(other.complaints.contains("0 of 3") && other.out == text, "{}", other.complaints);
    for (change, why) in [
        ("--class health --addresses", "two persons"),
        ("--class payment --addresses", "does not cover"),
        ("--class online-id --addresses --epoch 7", "no key that encrypts addresses of epoch 7"),
    ] {
        let refused = folder.reveal(&[("--class direct-id", change)]);
        assert!(refused.code == 2 && refused.complaints.contains(why), "{}", refused.complaints);
        assert_eq!(refused.out, "");
    }

    folder.file("subject.txt", four);
    folder.well(
        "forget --vault keys.vault --key-file vault.key --subject subject.txt -p policy.yaml --ticket DSR-12 -o order.json --audit audit.jsonl",
    );
    assert!(folder.read("order.json").contains(&encrypted("four.json")));
    folder.well(&format!(
        "forget --vault keys.vault --key-file vault.key --key back --epoch {epoch} --ticket DSR-12 --audit audit.jsonl --yes"
    ));
    let gone = folder.reveal(&[("--class direct-id", online)]);
    assert!(gone.code != 0 && !gone.out.contains(four), "{}", gone.out);
}

/// Scenario: values as the ticket of an order and as the name of a host, plain and encoded.
/// Guarantees: refused without repeating them, and neither the chain nor an order has them.
#[test]
fn tickets_and_hosts_hold_no_value() {
    let folder = Folder::new("words");
    folder.file("subject.txt", CANARY);
    for value in [CANARY, "canary.bird%40example.org", "198.51.100.23"] {
        for command in [
            "forget --vault keys.vault --key-file vault.key --subject subject.txt -p policy.yaml -o order.json --ticket",
            "forget --vault keys.vault --key-file vault.key --key ids --epoch 1 --ticket",
            "keys issue --vault keys.vault --key-file vault.key -o issued.json --to",
        ] {
            let answer = folder.run(&format!("{command} {value} --audit audit.jsonl"));
            assert!(
                answer.code == 2 && answer.complaints.contains("looks like a value"),
                "{}",
                answer.complaints
            );
            assert!(!answer.complaints.contains(value) && !folder.read("audit.jsonl").contains(value));
        }
    }
    assert!(!folder.0.join("order.json").exists());
}

/// Scenario: a list of candidates that is not there, and results that cannot be written.
/// Guarantees: refused before it is told, so that nothing of the day's number is used up.
#[test]
fn what_fails_takes_nothing_of_the_day() {
    let folder = Folder::new("fails");
    folder.file("in.json", format!("{:?}", folder.sealed("direct-id", &[CANARY])));
    folder.file("raw.json", format!(r#"{{"shop":{{"payer":"{CANARY}"}}}}"#));
    folder.well("scrub -p policy.yaml --keys issued.json -f json --quiet raw.json -o tokens.json");
    let told = folder.told().len();
    for input in
        ["tokens.json --policy policy.yaml --candidates gone.txt", "in.json -o gone/out.json", "in.json -o ."]
    {
        let answer = folder.reveal(&[("in.json", input)]);
        assert!(answer.code != 0 && answer.out.is_empty(), "{input}: {}", answer.complaints);
        assert_eq!(folder.told().len(), told, "{input}");
    }
}

/// Scenario: tokens of persons, a list of candidates, and a subject who asks to be forgotten.
/// Guarantees: tokens of candidates are turned back and others are not; the work-order lists the subject's tokens and no value;
/// afterwards it says what stays.
#[test]
fn tokens_are_turned_back_and_listed() {
    let folder = Folder::new("tokens");
    folder.file("raw.json", format!(r#"{{"shop":{{"payer":"{CANARY}"}}}}"#));
    folder.file("other.json", r#"{"shop":{"payer":"stranger@example.org"}}"#);
    let scrub = "scrub -p policy.yaml --keys issued.json -f json --quiet";
    let token = folder.well(&format!("{scrub} raw.json"));
    let stranger = folder.well(&format!("{scrub} other.json"));
    assert!(token.contains("u_") && token != stranger);
    folder.file("in.json", format!("{token}\n{stranger}\n"));
    // A list as editors leave it: with a mark at its beginning, blanks and empty lines.
    folder.file("candidates.txt", "\u{feff}\n \n");
    let answer = folder.reveal(&[("in.json", "in.json --policy policy.yaml --candidates candidates.txt")]);
    assert!(answer.code == 2 && answer.complaints.contains("holds no candidate"), "{}", answer.complaints);
    folder.file("candidates.txt", format!("\u{feff} {} \n\nsomeone@example.org", CANARY.to_uppercase()));
    let answer = folder.reveal(&[("in.json", "in.json --policy policy.yaml --candidates candidates.txt")]);
    assert_eq!(answer.code, 1, "{}", answer.complaints);
    assert!(
        answer.out.contains(&CANARY.to_uppercase()) && answer.out.contains(stranger.trim()),
        "{}",
        answer.out
    );
    assert!(answer.complaints.contains("1 of 2 tokens opened"), "{}", answer.complaints);
    assert!(answer.complaints.contains("no candidate has it: tried as class `direct-id` under key `ids`"));
    assert!(answer.complaints.contains("\ntried as class `direct-id` under key `ids`, epochs "));

    folder.file("subject.txt", CANARY);
    let forget = "forget --vault keys.vault --key-file vault.key --subject subject.txt -p policy.yaml --ticket DSR-12 -o order.json --audit audit.jsonl";
    let answer = folder.run(forget);
    assert!(answer.code == 0 && answer.complaints.contains("stay computable"), "{}", answer.complaints);
    let order: Value = serde_json::from_str(&folder.read("order.json")).unwrap();
    let listed = order["delete"].as_array().unwrap();
    let of_class = listed.iter().find(|tokens| tokens["class"] == "direct-id").unwrap();
    assert!(token.contains(of_class["tokens"][0].as_str().unwrap()), "{order}");
    assert!(order["tombstone"].as_array().unwrap().contains(&of_class["tokens"][0]));
    assert!(!folder.read("order.json").contains("canary") && !folder.read("audit.jsonl").contains("canary"));
    // When the epoch is gone, its tokens can be listed by nobody; those of another key can.
    let epoch = of_class["epoch"].to_string();
    folder.well(&format!(
        "forget --vault keys.vault --key-file vault.key --key ids --epoch {epoch} --ticket DSR-12 --audit audit.jsonl --yes"
    ));
    folder.run(forget);
    let order: Value = serde_json::from_str(&folder.read("order.json")).unwrap();
    let left = order["delete"].as_array().unwrap();
    assert!(left.iter().all(|tokens| tokens["key"] == "back"), "{order}");
}

/// Scenario: a policy with two recipients, for one of whom telemetry was treated; a subject asks, and nobody says for whom.
/// Guarantees: the work-order lists the subject's tokens of every recipient; a recipient that the policy does not have is told.
#[test]
fn a_subject_is_forgotten_for_every_recipient() {
    let folder = Folder::new("recipients");
    folder.for_two_recipients();
    folder.file("subject.txt", CANARY);
    let scrub = "scrub -p policy.yaml --keys issued.json -f json --quiet --recipient vendor raw.json";
    let treated = folder.well(scrub);
    let forget = "forget --vault keys.vault --key-file vault.key --subject subject.txt -p policy.yaml --ticket DSR-12 -o order.json --audit audit.jsonl";
    folder.well(forget);
    let order: Value = serde_json::from_str(&folder.read("order.json")).unwrap();
    let listed = order["delete"].as_array().unwrap();
    let listed = listed.iter().flat_map(|of| of["tokens"].as_array().unwrap()).filter_map(Value::as_str);
    assert!(listed.clone().any(|token| treated.contains(token)), "{order}");
    let answer = folder.run(&format!("{forget} --recipient nobody"));
    assert!(answer.code != 0 && answer.complaints.contains("`oncall`, `vendor`"), "{}", answer.complaints);
}

/// Scenario: tokens for two recipients, of an epoch that is destroyed then, and of another vault; candidates are tried for one of
/// the recipients.
/// Guarantees: of each token it is said for whom it was made, or that its epoch is gone, or that no key made it; and what was tried.
#[test]
fn it_is_told_why_no_candidate_fits() {
    let folder = Folder::new("why");
    folder.for_two_recipients();
    folder.file("list.txt", CANARY);
    let scrub = "scrub -p policy.yaml --keys issued.json -f json --quiet raw.json --recipient";
    let (oncall, vendor) = (folder.well(&format!("{scrub} oncall")), folder.well(&format!("{scrub} vendor")));
    let strange = oncall.replace("u_", "v_");
    folder.file("in.json", format!("{oncall}{vendor}{strange}"));
    let answer = || {
        let more = "in.json --recipient oncall --policy policy.yaml --candidates list.txt";
        folder.reveal(&[("in.json", more)])
    };
    let first = answer();
    assert!(first.complaints.contains("1 of 3 tokens opened"), "{}", first.complaints);
    assert!(first.complaints.contains("       1  made for the recipient `vendor`: say --recipient vendor"));
    assert!(first.complaints.contains("       1  no key of the vault made it"), "{}", first.complaints);
    assert!(first.complaints.contains("for the recipient `oncall` under key `ids`, epochs "));
    let status: Value = serde_json::from_str(
        &folder.well("keys status --vault keys.vault --key-file vault.key --format json"),
    )
    .unwrap();
    let ids = status.as_array().unwrap().iter().find(|key| key["key"] == "ids").unwrap();
    for epoch in ids["epochs"].as_array().unwrap() {
        let epoch = &epoch["epoch"];
        folder.well(&format!(
            "forget --vault keys.vault --key-file vault.key --key ids --epoch {epoch} --ticket DSR-12 --audit audit.jsonl --yes"
        ));
    }
    let gone = answer();
    assert!(gone.complaints.contains("0 of 3 tokens opened"), "{}", gone.complaints);
    assert!(gone.complaints.contains("of key `ids` was destroyed, so no candidate could be tried"));
    assert!(gone.complaints.contains("tried nothing under key `ids`: no epoch of it is left; destroyed: "));
}

/// Scenario: a reversible token under a prefix with dashes, in JSON, in lines of text, behind words and dashes; a token and a seal without
/// one behind a dash.
/// Guarantees: each comes back in its place, under its prefix alone; other bytes stay, and the chain has the digest of the token itself.
#[test]
fn prefixes_may_have_dashes() {
    let folder = Folder::new("dashes");
    let issued = Issued::parse(folder.read("issued.json").as_bytes()).unwrap();
    let mut ring = Ring::default();
    ring.add_issued(&issued, "back", Purpose::Tokenize, Rotation::every(86_400).unwrap()).unwrap();
    let binding = Binding {
        key: "back",
        domain: Domain::default(),
        class: "online-id",
        canonicalizer: "exact/1",
        rotation: Rotation::every(86_400).unwrap(),
        prefix: Prefix::parse("de-vi-ce").unwrap(),
    };
    let mut tokenizer = ring.tokenizer(&binding).unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    tokenizer.turn_to(u64::try_from(now).unwrap());
    let mut token = String::new();
    tokenizer.tokenize(b"phone", &mut token).unwrap();
    let text = |device: &str| format!("{{\"a\":\"\\n{device}\"}}\nby {device}-7, old-{device}: x\n");
    folder.file("in.json", text(&token));
    let answer = folder.reveal(&[("--class direct-id", "--class online-id")]);
    assert_eq!(answer.out, text("phone"), "{}", answer.complaints);

    folder.file("raw.json", format!(r#"{{"shop":{{"payer":"{CANARY}"}}}}"#));
    let treated = folder.well("scrub -p policy.yaml --keys issued.json -f json --quiet raw.json");
    let treated: Value = serde_json::from_str(&treated).unwrap();
    let payer = treated["shop"]["payer"].as_str().unwrap();
    folder.file("in.json", format!("see old-{payer}-x, {payer}"));
    folder.file("list.txt", CANARY);
    let answer = folder.reveal(&[("in.json", "in.json --policy policy.yaml --candidates list.txt")]);
    assert_eq!(answer.out, format!("see old-{CANARY}-x, {CANARY}"), "{}", answer.complaints);
    assert_eq!(folder.told().last().unwrap()["entry"]["opened"], 1);

    let sealed = folder.sealed("direct-id", &[CANARY]);
    folder.file("in.json", format!("see old-{}-x", sealed[0]));
    assert_eq!(folder.reveal(&[]).out, format!("see old-{CANARY}-x"));
    let told = folder.told().last().unwrap()["entry"]["digests"][0].clone();
    let sum = Command::new("sh").args(["-c", "printf %s \"$0\" | sha256sum", &sealed[0]]).output().unwrap();
    assert!(String::from_utf8(sum.stdout).unwrap().starts_with(told.as_str().unwrap()));
}

/// Scenario: outputs named like the vault, its key, the audit chain and the roles file; links and pipes in the place of an output or a vault.
/// Guarantees: refused before anything is told, and what was there is as it was.
#[test]
fn no_output_replaces_what_cannot_be_made_again() {
    let folder = Folder::new("outputs");
    folder.file("raw.json", r#"{"a":1}"#);
    let sealed = folder.sealed("direct-id", &[CANARY]).join("\n");
    folder.file("in.json", sealed);
    assert_eq!(folder.reveal(&[]).code, 0);
    for place in ["keys.vault", "vault.key", "audit.jsonl", "audit.jsonl.key"] {
        let before = folder.read(place);
        let told = folder.told().len();
        let answer = folder.reveal(&[("in.json", &format!("in.json -o {place}"))]);
        assert!(answer.code != 0 && answer.out.is_empty() && folder.told().len() == told, "{place}");
        for command in [
            "keys issue --vault keys.vault --key-file vault.key -o".to_owned(),
            "scrub -p policy.yaml --keys issued.json -f json --quiet raw.json -o".to_owned(),
            "synth -o".to_owned(),
        ] {
            let answer = folder.run(&format!("{command} {place}"));
            let told = answer.complaints.contains("is there already") && answer.code != 0;
            assert!(told, "{command} {place}: {}", answer.complaints);
        }
        assert!(folder.read(place) == before, "{place}");
    }
    let roles = folder.read("roles.yaml");
    let answer = folder.reveal(&[("in.json", "in.json -o ./roles.yaml")]);
    assert!(
        answer.code == 2 && answer.complaints.contains("is a file that this command reads"),
        "{}",
        answer.complaints
    );
    assert!(folder.read("roles.yaml") == roles && answer.out.is_empty());
    // Neither links, which may lead anywhere, nor pipes, whose place a file would take.
    std::os::unix::fs::symlink("elsewhere", folder.0.join("link")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.0.join("pipe")).status().unwrap().success());
    let told = folder.told().len();
    for place in ["link", "pipe"] {
        let kind = fs::symlink_metadata(folder.0.join(place)).unwrap().file_type();
        for command in [
            "scrub -p policy.yaml --keys issued.json -f json --quiet raw.json -o",
            "keys issue --vault keys.vault --key-file vault.key -o",
        ] {
            let answer = folder.run(&format!("{command} {place}"));
            assert!(
                answer.code == 3 && answer.complaints.contains("cannot be written"),
                "{}",
                answer.complaints
            );
        }
        let answer = folder.reveal(&[("in.json", &format!("in.json -o {place}"))]);
        assert!(answer.code == 3 && answer.out.is_empty(), "{}", answer.complaints);
        assert_eq!(fs::symlink_metadata(folder.0.join(place)).unwrap().file_type(), kind);
    }
    assert!(!folder.0.join("elsewhere").exists() && folder.told().len() == told);
    // What cannot be saved is not told.
    fs::rename(folder.0.join("keys.vault"), folder.0.join("moved.vault")).unwrap();
    std::os::unix::fs::symlink("moved.vault", folder.0.join("keys.vault")).unwrap();
    let answer = folder.run(
        "keys destroy --vault keys.vault --key-file vault.key --key safe --epoch 0 --yes --audit audit.jsonl",
    );
    assert!(answer.code == 3 && answer.complaints.contains("is not a file, but"), "{}", answer.complaints);
    assert_eq!(folder.told().len(), told);
}

/// Scenario: a policy seals one field and tokenizes another, as a host does under issued keys; both are revealed, each by its class;
/// then the epoch of the tokens is destroyed.
/// Guarantees: each class opens its own values alone, as they went in, and nothing turns back what was forgotten.
#[test]
fn what_a_policy_sealed_and_tokenized_comes_back() {
    let folder = Folder::new("policy");
    let device = "Phone of Canary";
    folder.file("raw.json", format!(r#"{{"shop":{{"device":"{device}","note":"for {CANARY}"}}}}"#));
    folder.well("scrub -p policy.yaml --keys issued.json -f json --quiet raw.json -o in.json");
    let treated = folder.read("in.json");
    assert!(treated.contains("\"sealed_") && treated.contains("\"t_"), "{treated}");
    assert!(!treated.to_lowercase().contains("canary"), "{treated}");
    let note = folder.reveal(&[("--class direct-id", "--class content")]);
    assert!(note.out.contains(&format!("for {CANARY}")) && note.out.contains("\"t_"), "{}", note.complaints);
    assert!(note.complaints.contains("1 of 2 values opened"), "{}", note.complaints);
    let online = ("--class direct-id", "--class online-id");
    let back = folder.reveal(&[online]);
    assert!(back.out.contains(device) && back.out.contains("\"sealed_"), "{}{}", back.out, back.complaints);
    let status: Value = serde_json::from_str(
        &folder.well("keys status --vault keys.vault --key-file vault.key --format json"),
    )
    .unwrap();
    let keys = status.as_array().unwrap();
    let epochs = keys.iter().find(|key| key["key"] == "back").unwrap()["epochs"].as_array().unwrap().clone();
    for epoch in epochs {
        folder.well(&format!(
            "forget --vault keys.vault --key-file vault.key --key back --epoch {} --ticket DSR-12 --audit audit.jsonl --yes",
            epoch["epoch"]
        ));
    }
    let gone = folder.reveal(&[online]);
    assert!(gone.code == 1 && gone.complaints.contains("0 of 2 values opened"), "{}", gone.complaints);
    assert!(!gone.out.contains(device));
}

/// Scenario: a host fetches its keys from the endpoint; then the audit file is taken away, and it asks again.
/// Guarantees: what was issued stands in the audit chain with the key's check value and to whom, and no key; what cannot be told
/// is not issued.
#[test]
fn keys_are_served_when_it_is_told() {
    let folder = Folder::new("serve");
    let socket = folder.0.join("s");
    // Paths of sockets are short; this one is reached from the folder.
    let mut serve = folder
        .command("keys serve --vault keys.vault --key-file vault.key --listen unix:s --audit audit.jsonl")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let ask = || {
        let fetch = "import http.client, socket, sys
connection = http.client.HTTPConnection('frostglass')
connection.sock = socket.socket(socket.AF_UNIX)
connection.sock.connect('s')
connection.request('GET', '/v1/keys')
answer = connection.getresponse()
print(answer.status, len(answer.read()))";
        let done = Command::new("python3").args(["-c", fetch]).current_dir(&folder.0).output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    for _ in 0..100 {
        if socket.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let before = folder.told().len();
    let first = ask();
    let told = folder.told();
    fs::rename(folder.0.join("audit.jsonl"), folder.0.join("away.jsonl")).unwrap();
    let second = ask();
    serve.kill().unwrap();
    serve.wait().unwrap();
    assert!(first.starts_with("200 "), "{first}");
    assert_eq!(second.trim(), "503 0");
    let issued: Vec<&Value> = told[before..]
        .iter()
        .map(|line| &line["entry"])
        .filter(|entry| entry["event"] == "key-issued")
        .collect();
    assert!(issued.len() >= 3 && issued.iter().all(|entry| entry["check"].as_str().unwrap().len() == 8));
    assert!(issued[0]["to"].as_str().unwrap().starts_with("uid-"), "{}", issued[0]);
    let keys: Value = serde_json::from_str(&folder.read("issued.json")).unwrap();
    let secret = keys["keys"][0]["epochs"][0]["key"].as_str().unwrap();
    assert!(!folder.read("away.jsonl").contains(secret));
}
