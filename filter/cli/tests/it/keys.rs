//! Keys as people keep and issue them: a vault, a document for hosts, what either gives away.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::folder::{self, Answer, ended, frostglass};
use serde_json::Value;
use std::fs;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;

const POLICY: &str = "\
policy: shop
schema: 1
default: scan
keys:
  ids:  {use: pseudonymize, from: issued, epoch: 24h, overlap: 2h}
  safe: {use: seal, from: issued}
classes:
  direct-id: {treat: user-token}
treatments:
  user-token: {pseudonymize: {key: ids, prefix: u}}
";

/// Drawn once, for these tests alone.
const KEY: &str = "d3c1f09a5be274168c0f7ae3b9452d6e11c85f70a29b3e6d84f15c07be92a36d";

/// A folder of one test with a policy and a key file.
struct Folder(folder::Folder);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = Self(folder::Folder::new(&format!("keys/{test}")));
        folder.private("vault.key", KEY);
        folder.private("policy.yaml", POLICY);
        folder
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        let mut command = self.command("");
        command.args(arguments);
        ended(command)
    }

    /// `frostglass keys` on the vault of the folder, at a time.
    fn keys(&self, command: &str, now: &str, more: &[&str]) -> Answer {
        let vault = ["keys", command, "--vault", "keys.vault", "--key-file", "vault.key", "--now", now];
        let answer = self.run(&[&vault[..], more].concat());
        self.no_secret_in(&answer);
        answer
    }

    fn issue(&self, now: &str) -> Value {
        let answer = self.keys("issue", now, &["-o", "issued.json"]);
        assert_eq!(answer.code, 0, "{}", answer.complaints);
        serde_json::from_str(&self.read("issued.json")).unwrap()
    }

    /// The token of an address at a time, or what stands in its place.
    fn token(&self, now: &str) -> String {
        self.private("in.txt", "ann@example.org\n");
        let answer = self.run(&[
            "scrub",
            "-q",
            "-f",
            "text",
            "-p",
            "policy.yaml",
            "--keys",
            "issued.json",
            "--now",
            now,
            "in.txt",
        ]);
        assert_eq!(answer.code, 0, "{}", answer.complaints);
        answer.out
    }

    /// Nothing that a command says is a key of the document that hosts get.
    fn no_secret_in(&self, answer: &Answer) {
        let Ok(text) = fs::read_to_string(self.path("issued.json")) else { return };
        for word in text.split('"').filter(|word| word.len() == 64) {
            assert!(!answer.out.contains(word) && !answer.complaints.contains(word));
        }
    }
}

impl Deref for Folder {
    type Target = folder::Folder;

    fn deref(&self) -> &folder::Folder {
        &self.0
    }
}

fn epochs(issued: &Value) -> Vec<u64> {
    issued["keys"][0]["epochs"].as_array().unwrap().iter().map(|one| one["epoch"].as_u64().unwrap()).collect()
}

/// Scenario: a vault is made for a policy, keys are issued before and within the lead, and a host treats with them through the
/// roll-over and past the end of the document.
/// Guarantees: files are private; tokens hold for an epoch, change with it, and end in suppression; status shows no key.
#[test]
fn keys_are_issued_by_epoch() {
    let folder = Folder::new("issued");
    let answer = folder.keys("init", "2026-11-26T08:00:00Z", &["--policy", "policy.yaml"]);
    assert_eq!(
        (answer.code, answer.complaints.as_str()),
        (0, "ids: made, to pseudonymize\nsafe: made, to seal\n")
    );
    assert_eq!(epochs(&folder.issue("2026-11-26T08:00:00Z")), [20_783]);
    let issued = folder.issue("2026-11-26T22:00:00Z");
    assert_eq!(epochs(&issued), [20_783, 20_784]);
    assert!(
        issued["keys"][1]["epochs"][0]["public"].is_string()
            && issued["keys"][1]["epochs"][0]["key"].is_null()
    );
    for file in ["keys.vault", "issued.json"] {
        assert_eq!(fs::metadata(folder.path(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    let first = folder.token("2026-11-26T08:00:01Z");
    assert!(first.starts_with("u_"), "{first}");
    assert_eq!(folder.token("2026-11-26T23:59:59Z"), first);
    let second = folder.token("2026-11-27T00:00:00Z");
    assert!(second.starts_with("u_") && second != first, "{second}");
    for outside in ["2026-11-25T08:00:00Z", "2026-11-28T00:00:00Z"] {
        assert!(!folder.token(outside).contains("u_") && !folder.token(outside).contains("ann"), "{outside}");
    }

    let status = folder.keys("status", "2026-11-26T22:30:00Z", &[]);
    assert_eq!(status.code, 0);
    assert!(status.out.contains("ids: pseudonymize, epochs of 24 hours, overlap 2 hours"), "{}", status.out);
    assert!(status.out.contains("begins in 90 minutes"), "{}", status.out);
    let value = issued["keys"][0]["epochs"][0]["check_value"].as_str().unwrap();
    assert!(status.out.contains(value), "{}", status.out);
    let json: Value =
        serde_json::from_str(&folder.keys("status", "2026-11-26T22:30:00Z", &["-f", "json"]).out).unwrap();
    assert_eq!(json[0]["reidentification_window_seconds"], 81_000);
    // A second run of init changes nothing; a changed epoch is no longer that key.
    assert!(
        folder
            .keys("init", "2026-11-26T22:30:00Z", &["--policy", "policy.yaml"])
            .complaints
            .contains("ids: is there")
    );
    folder.private("other.yaml", POLICY.replace("epoch: 24h", "epoch: 48h"));
    let refused = folder.keys("init", "2026-11-26T22:30:00Z", &["--policy", "other.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.complaints.contains("another name"), "{}", refused.complaints);
}

/// Scenario: an epoch is destroyed, without and with `--yes`; old epochs are pruned.
/// Guarantees: nothing is destroyed unasked; afterwards its token is suppressed on hosts that read the new document.
#[test]
fn what_is_destroyed_is_suppressed() {
    let folder = Folder::new("destroyed");
    folder.keys("init", "2026-11-26T08:00:00Z", &["--policy", "policy.yaml"]);
    folder.issue("2026-11-26T08:00:00Z");
    assert!(folder.token("2026-11-26T09:00:00Z").contains("u_"));
    let asked = folder.keys("destroy", "2026-11-26T09:00:00Z", &["--key", "ids", "--epoch", "20783"]);
    assert_eq!(asked.code, 2);
    assert!(asked.complaints.contains("add --yes"), "{}", asked.complaints);
    assert!(!folder.issue("2026-11-26T09:00:00Z")["keys"][0]["epochs"].as_array().unwrap().is_empty());
    let done = folder.keys("destroy", "2026-11-26T09:00:00Z", &["--key", "ids", "--epoch", "20783", "--yes"]);
    assert_eq!((done.code, done.complaints.as_str()), (0, "ids: epoch 20783 is destroyed\n"));
    assert_eq!(folder.keys("issue", "2026-11-26T09:00:00Z", &["-o", "issued.json"]).code, 1);
    let issued = fs::read_to_string(folder.path("issued.json")).unwrap();
    assert_eq!(epochs(&serde_json::from_str(&issued).unwrap()), Vec::<u64>::new());
    assert!(!folder.token("2026-11-26T09:00:00Z").contains("u_"));
    assert!(
        folder.keys("status", "2026-11-26T09:00:00Z", &[]).out.contains("destroyed on 2026-11-26T09:00:00Z")
    );

    folder.issue("2026-11-28T09:00:00Z");
    assert_eq!(folder.keys("rotate", "2027-01-28T09:00:00Z", &["--prune", "30d"]).code, 2);
    let pruned = folder.keys("rotate", "2027-01-28T09:00:00Z", &["--prune", "30d", "--yes", "--key", "safe"]);
    assert_eq!(pruned.code, 0, "{}", pruned.complaints);
    assert_eq!(pruned.complaints, "safe: has a key for epoch 1\nids: epoch 20785 is destroyed\n");
}

/// Scenario: the present epoch of a key is destroyed, and keys are issued by a timer; then into a folder that is not there.
/// Guarantees: the document is written without the key, so that hosts drop it, and the exit code tells; the other key is there. What
/// cannot be written is said before anything is made or told.
#[test]
fn nothing_to_issue_is_told() {
    let folder = Folder::new("nothing");
    let now = "2026-11-26T08:00:00Z";
    folder.keys("init", now, &["--policy", "policy.yaml"]);
    folder.issue(now);
    folder.keys("destroy", now, &["--key", "ids", "--epoch", "20783", "--yes"]);
    let answer = folder.keys("issue", now, &["-o", "issued.json"]);
    assert_eq!(answer.code, 1, "{}", answer.complaints);
    assert!(answer.complaints.contains("issued.json: no key to issue for `ids`;"), "{}", answer.complaints);
    let issued: Value =
        serde_json::from_str(&fs::read_to_string(folder.path("issued.json")).unwrap()).unwrap();
    assert_eq!(epochs(&issued), Vec::<u64>::new());
    assert_eq!(issued["keys"][1]["epochs"].as_array().unwrap().len(), 1);
    assert_eq!(folder.keys("issue", "2026-11-27T08:00:00Z", &["-o", "issued.json"]).code, 0);
    folder.run(&["audit", "init", "audit.jsonl"]);
    let (chain, vault) =
        (fs::read(folder.path("audit.jsonl")).unwrap(), fs::read(folder.path("keys.vault")).unwrap());
    let answer =
        folder.keys("issue", "2026-11-28T08:00:00Z", &["-o", "gone/issued.json", "--audit", "audit.jsonl"]);
    assert!(
        answer.code == 3 && answer.complaints.contains("there is no folder gone"),
        "{}",
        answer.complaints
    );
    assert_eq!(fs::read(folder.path("audit.jsonl")).unwrap(), chain);
    assert!(fs::read(folder.path("keys.vault")).unwrap() == vault);
}

/// Scenario: a key is rotated twice, twice in one command, in the overlap, under a wrong name, and when its next epoch was destroyed;
/// a key without epochs is replaced in the second in which it was made, and issued; nothing is old enough to be pruned.
/// Guarantees: what was there is not told to be made, neither to people nor to the chain; hosts hold a key at every time; errors name
/// what there is.
#[test]
fn rotating_surprises_nobody() {
    let folder = Folder::new("rotating");
    // Within the overlap of the day before.
    let now = "2026-11-26T01:00:00Z";
    folder.keys("init", now, &["--policy", "policy.yaml"]);
    folder.run(&["audit", "init", "audit.jsonl"]);
    let rotate = |more: &[&str]| folder.keys("rotate", now, &[&["--audit", "audit.jsonl"], more].concat());
    let made = || fs::read_to_string(folder.path("audit.jsonl")).unwrap().matches("key-made").count();
    assert_eq!(rotate(&["--key", "ids"]).complaints, "ids: has a key for epoch 20784\n");
    let again = rotate(&["--key", "ids", "--key", "ids"]);
    assert_eq!(again.code, 0);
    assert_eq!(again.complaints, "ids: has a key for epoch 20784 already; nothing was made\n");
    assert_eq!(made(), 1);
    let wrong = rotate(&["--key", "idz"]);
    assert!(
        wrong.code == 2 && wrong.complaints.contains("no key `idz`; it has `ids`, `safe`"),
        "{}",
        wrong.complaints
    );
    let none = rotate(&["--prune", "30d", "--yes"]);
    assert!(none.code == 0 && none.complaints.contains("nothing is destroyed"), "{}", none.complaints);
    folder.keys("destroy", now, &["--key", "ids", "--epoch", "20784", "--yes"]);
    let gone = rotate(&["--key", "ids"]);
    assert!(
        gone.code == 2 && gone.complaints.contains("epoch 20784 of key `ids` was destroyed"),
        "{}",
        gone.complaints
    );

    assert_eq!(rotate(&["--key", "safe", "--key", "safe"]).complaints, "safe: has a key for epoch 1\n");
    assert_eq!(made(), 2);
    let issued = folder.issue(now);
    let spans: Vec<(u64, u64)> = issued["keys"][1]["epochs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["not_before"].as_u64().unwrap(), one["not_after"].as_u64().unwrap()))
        .collect();
    assert_eq!(spans.len(), 2);
    assert!(spans[0].1 == spans[1].0 && spans[1].1 > spans[0].1 + 1_000_000, "{spans:?}");
}

/// Scenario: a document that everybody may read, a damaged one, a vault that its group may read, a wrong key file, a policy
/// that asks for no key, and a vault without anything that opens it.
/// Guarantees: each is refused with what to do; nothing is treated and nothing written.
#[test]
fn what_cannot_be_trusted_is_refused() {
    let folder = Folder::new("refused");
    let now = "2026-11-26T08:00:00Z";
    folder.keys("init", now, &["--policy", "policy.yaml"]);
    folder.issue(now);
    let scrub = ["scrub", "-q", "-f", "text", "-p", "policy.yaml", "--keys", "issued.json", "policy.yaml"];
    fs::set_permissions(folder.path("issued.json"), fs::Permissions::from_mode(0o644)).unwrap();
    let open = folder.run(&scrub);
    assert_eq!((open.code, open.out.as_str()), (3, ""));
    assert!(open.complaints.contains("chmod 600"), "{}", open.complaints);

    let text = folder.read("issued.json");
    folder.private("issued.json", text.replace("\"epoch\": 20783", "\"epoch\": 20784"));
    let damaged = folder.run(&scrub);
    assert_eq!((damaged.code, damaged.out.as_str()), (3, ""));
    assert!(damaged.complaints.contains("frostglass keys issue"), "{}", damaged.complaints);

    folder.private("vault.key", KEY.replace('d', "e"));
    let wrong = folder.keys("status", now, &[]);
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""));
    assert!(wrong.complaints.contains("does not open this vault"), "{}", wrong.complaints);
    folder.private("vault.key", "hunter2");
    assert_eq!(folder.keys("status", now, &[]).code, 2);
    folder.private("vault.key", KEY);
    fs::set_permissions(folder.path("keys.vault"), fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(folder.keys("status", now, &[]).code, 3);
    folder.private("none.yaml", "policy: p\nschema: 1\n");
    assert_eq!(folder.keys("init", now, &["--policy", "none.yaml"]).code, 2);
    assert_eq!(folder.run(&["keys", "status", "--vault", "keys.vault"]).code, 2);
}

/// Scenario: a vault that is cut off, empty, or something else.
/// Guarantees: the message says to take a copy from the backups, and speaks of no version.
#[test]
fn a_damaged_vault_comes_from_backups() {
    let folder = Folder::new("keys-damaged");
    folder.keys("init", "2026-11-26T08:00:00Z", &["--policy", "policy.yaml"]);
    let whole = folder.read("keys.vault");
    let short = &whole[..whole.len() / 2];
    let no_tags = &whole[..whole.rfind("tags").unwrap()];
    for text in [short, no_tags, "", "\n", "junk\n", &whole.replacen("epoch", "epoxy", 1)] {
        folder.private("keys.vault", text);
        let told = folder.keys("status", "2026-11-26T08:00:00Z", &[]).complaints;
        assert!(told.contains("take a copy from your backups") && !told.contains("version"), "{told}");
    }
}

/// Scenario: issued keys whose epochs are over, and a policy whose epochs have another length than the vault's.
/// Guarantees: the first is told by document, bounds and what to run, by `scrub` and by `explain`, and by neither in time; the
/// second with advice that works when it is followed.
#[test]
fn keys_out_of_time_are_told() {
    let folder = Folder::new("late");
    folder.keys("init", "2026-11-26T08:00:00Z", &["--policy", "policy.yaml"]);
    folder.issue("2026-11-26T08:00:00Z");
    folder.private("in.txt", "ann@example.org\n");
    let at = |now: &'static str| ["-p", "policy.yaml", "--keys", "issued.json", "--now", now];
    let scrub = |now| folder.run(&[&["scrub", "-f", "text", "in.txt"][..], &at(now)].concat());
    let explain = |now| folder.run(&[&["explain", "user.email"][..], &at(now)].concat());
    for (command, text) in
        [("scrub", scrub("2027-11-26T08:00:00Z")), ("explain", explain("2027-11-26T08:00:00Z"))]
    {
        let told = text.complaints;
        assert!(told.contains("issued.json: key `ids` is held from 2026-11-26T"), "{command}: {told}");
        assert!(told.contains("anew with `frostglass keys issue`"), "{command}: {told}");
        assert_eq!(told.matches("is held from").count(), 1, "{command}: {told}");
    }
    for answer in [scrub("2026-11-26T08:00:00Z"), explain("2026-11-26T08:00:00Z")] {
        assert!(!answer.complaints.contains("is held from"), "{}", answer.complaints);
    }
    let other = POLICY.replacen("epoch: 24h", "epoch: 12h", 1);
    folder.private("policy.yaml", &other);
    let told = scrub("2026-11-26T08:00:00Z").complaints;
    let advice =
        "give the key another name in the policy, and run `frostglass keys init` and `frostglass keys issue`";
    assert!(told.contains(advice), "{told}");
    folder.private("policy.yaml", other.replace("ids", "ids-12h"));
    let answer = folder.keys("init", "2026-11-26T08:00:00Z", &["--policy", "policy.yaml"]);
    assert!(answer.complaints.contains("ids-12h: made"), "{}", answer.complaints);
    folder.issue("2026-11-26T08:00:00Z");
    assert!(folder.token("2026-11-26T08:00:00Z").starts_with("u_"));
}

/// Scenario: a policy meets no key, keys of yesterday and of tomorrow, good keys and a clock that is a day ahead or behind, and a document
/// with a wrong check value.
/// Guarantees: the value goes, is counted as `no-key`, and nothing is made of it; the last is refused, and nothing is treated.
#[test]
fn faults_of_keys_suppress_and_count() {
    let folder = Folder::new("keys-faults");
    let (yesterday, today, tomorrow) =
        ("2026-11-25T08:00:00Z", "2026-11-26T08:00:00Z", "2026-11-27T08:00:00Z");
    folder.keys("init", yesterday, &["--policy", "policy.yaml"]);
    folder.private("in.txt", "ann@example.org\n");
    let scrub = |now: &str, more: &[&str]| {
        let usual = ["scrub", "-f", "text", "-p", "policy.yaml", "--now", now, "in.txt"];
        folder.run(&[&usual[..], more].concat())
    };
    let issued = ["--keys", "issued.json"];
    for (what, issued_at, now, keys) in [
        ("no keys", today, today, &[][..]),
        ("keys of yesterday", yesterday, today, &issued[..]),
        ("keys of tomorrow", tomorrow, today, &issued[..]),
        ("a clock a day ahead, behind the overlap", today, "2026-11-27T08:00:00Z", &issued[..]),
        ("a clock a day behind", today, yesterday, &issued[..]),
    ] {
        folder.issue(issued_at);
        let answer = scrub(now, keys);
        assert_eq!((answer.code, answer.out.as_str()), (0, "[direct-id]\n"), "{what}: {}", answer.complaints);
        assert!(answer.complaints.contains("       1  withheld: no-key"), "{what}: {}", answer.complaints);
    }
    folder.issue(today);
    let good = scrub(today, &issued);
    assert!(good.out.starts_with("u_") && !good.complaints.contains("withheld"), "{}", good.complaints);
    let text = folder.read("issued.json");
    let (before, after) = text.split_once("\"check_value\": \"").unwrap();
    let digit = if after.starts_with('0') { "1" } else { "0" };
    folder.private("issued.json", format!("{before}\"check_value\": \"{digit}{}", &after[1..]));
    let wrong = scrub(today, &issued);
    assert_eq!((wrong.code, wrong.out.as_str()), (3, ""));
    assert!(wrong.complaints.contains("does not fit its check value"), "{}", wrong.complaints);
}

/// Scenario: `lint` meets keys: one that is shared, one that is weak, one inside the policy, a long epoch.
/// Guarantees: the first three are errors that name the key and show none of it; the last says its window.
#[test]
fn lint_knows_bad_keys() {
    let folder = Folder::new("lint");
    let policy = "policy: p\nschema: 1\nkeys:\n  one: {use: pseudonymize, from: standalone, epoch: 24h}\n  two: {use: pseudonymize, \
                  from: standalone, epoch: 24h}\n  far: {use: pseudonymize, from: issued, epoch: 90d, overlap: 2d}\ncatalog:\n  \
                  a: {class: content, why: KEYHERE}\n";
    let policy = folder.private("keys.yaml", policy.replace("KEYHERE", KEY));
    let lint = |one: &str, two: &str| {
        let output = frostglass()
            .args(["lint", &policy])
            .envs([("FROSTGLASS_KEY_ONE", one), ("FROSTGLASS_KEY_TWO", two)])
            .output()
            .unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(!said.contains(KEY) && !said.contains("0b0b0b"), "{said}");
        said
    };
    let said = lint(KEY, KEY);
    assert!(
        said.contains(
            "error: keys.two: FROSTGLASS_KEY_TWO is not taken: key `two`: is the same as another key"
        ),
        "{said}"
    );
    assert!(said.contains("error: catalog.a.why: looks like a key"), "{said}");
    assert!(said.contains("can tell whose the tokens of 90d, and 2d of overlap are"), "{said}");
    assert!(lint(KEY, &"0b".repeat(32)).contains("is not random (one byte repeated)"));
}

/// A running `frostglass keys serve`, ended with the test.
struct Serving(std::process::Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Scenario: a host fetches the document over a Unix socket, asks again with its ETag, asks for something else, and as a page in
/// a browser would; an epoch is destroyed meanwhile.
/// Guarantees: the document, 304, refusals; the socket is private; each issue is a line of the log, without a key; what changed in
/// the vault is in the next answer.
#[test]
fn the_endpoint_serves_and_logs() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::os::unix::net::UnixStream;

    let folder = Folder::new("serve");
    let now = "2026-11-26T08:00:00Z";
    folder.keys("init", now, &["--policy", "policy.yaml"]);
    // Short: the name of a socket has at most 107 bytes.
    let socket = std::env::temp_dir().join(format!("frostglass-{}.sock", std::process::id()));
    let listen = format!("unix:{}", socket.display());
    let mut child = frostglass()
        .args([
            "keys",
            "serve",
            "--vault",
            "keys.vault",
            "--key-file",
            "vault.key",
            "--now",
            now,
            "--listen",
            &listen,
        ])
        .current_dir(&folder.0)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stdout.take().unwrap());
    let mut complaints = BufReader::new(child.stderr.take().unwrap());
    let _serving = Serving(child);
    let mut line = String::new();
    complaints.read_line(&mut line).unwrap();
    assert!(line.starts_with("listening on unix:"), "{line}");
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);

    let ask = |request: &str| {
        let mut stream = UnixStream::connect(&socket).unwrap();
        // In two pieces, as networks deliver.
        let (first, second) = request.split_at(request.len() / 2);
        stream.write_all(first.as_bytes()).unwrap();
        // A request that is too long is refused unread: its second half may find nobody, and the connection is reset behind the answer.
        let _ = stream.write_all(second.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    };
    let get = |more: &str| ask(&format!("GET /v1/keys HTTP/1.1\r\nhost: frostglass\r\n{more}\r\n"));
    let (head, body) = get("");
    assert!(head.starts_with("HTTP/1.1 200 OK") && head.contains("cache-control: no-store"), "{head}");
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(epochs(&document), [20_783]);
    line.clear();
    log.read_line(&mut line).unwrap();
    let logged: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&logged["event"], &logged["time"]), (&Value::from("keys-issued"), &Value::from(now)));
    assert_eq!(
        logged["keys"][0]["epochs"][0]["check_value"],
        document["keys"][0]["epochs"][0]["check_value"]
    );
    assert!(logged["peer"].as_str().unwrap().starts_with("uid "), "{line}");
    for word in body.split('"').filter(|word| word.len() == 64) {
        assert!(!line.contains(word));
    }

    let etag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
    let same = get(&format!("if-none-match: {etag}\r\n"));
    assert!(same.0.starts_with("HTTP/1.1 304") && same.1.is_empty(), "{same:?}");
    assert!(get("origin: http://evil.example.org\r\n").0.starts_with("HTTP/1.1 403"));
    assert!(ask("GET /keys HTTP/1.1\r\n\r\n").0.starts_with("HTTP/1.1 404"));
    assert!(ask("POST /v1/keys HTTP/1.1\r\n\r\n").0.starts_with("HTTP/1.1 405"));
    assert!(ask("\0\0\0\0\r\n\r\n").0.starts_with("HTTP/1.1 400"));
    assert!(ask(&format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(9000))).0.starts_with("HTTP/1.1 40"));

    assert_eq!(folder.keys("destroy", now, &["--key", "ids", "--epoch", "20783", "--yes"]).code, 0);
    let (head, body) = get(&format!("if-none-match: {etag}\r\n"));
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(epochs(&serde_json::from_str(&body).unwrap()).is_empty());
    let refused = folder.keys("serve", now, &["--listen", "0.0.0.0:4180"]);
    assert_eq!(refused.code, 2);
    assert!(refused.complaints.contains("mutual TLS"), "{}", refused.complaints);
    let _ = fs::remove_file(&socket);
}

/// Scenario: three hundred connections that ask nothing, one that asks a byte at a time, and a host that wants its keys.
/// Guarantees: the host gets them; the oldest of the idle ones are closed for it, and the slow one when its time is over.
#[test]
fn idle_connections_keep_nobody_out() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::os::unix::net::UnixStream;
    use std::time::{Duration, Instant};

    let folder = Folder::new("idle");
    let now = "2026-11-26T08:00:00Z";
    folder.keys("init", now, &["--policy", "policy.yaml"]);
    let socket = std::env::temp_dir().join(format!("frostglass-idle-{}.sock", std::process::id()));
    let listen = format!("unix:{}", socket.display());
    let served = "keys serve --vault keys.vault --key-file vault.key --listen";
    let mut child = frostglass()
        .args(served.split(' '))
        .args([&listen, "--now", now])
        .current_dir(&folder.0)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut complaints = BufReader::new(child.stderr.take().unwrap());
    let _serving = Serving(child);
    complaints.read_line(&mut String::new()).unwrap();

    let mut idle: Vec<UnixStream> = (0..300).map(|_| UnixStream::connect(&socket).unwrap()).collect();
    let mut host = UnixStream::connect(&socket).unwrap();
    host.write_all(b"GET /v1/keys HTTP/1.1\r\nhost: frostglass\r\n\r\n").unwrap();
    let mut answer = String::new();
    host.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let first = idle.first_mut().unwrap();
    first.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    assert_eq!(first.read(&mut [0; 8]).ok(), Some(0), "the oldest is closed");

    let begun = Instant::now();
    let mut slow = UnixStream::connect(&socket).unwrap();
    while slow.write_all(b"G").is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(10), "a slow one is closed");
        std::thread::sleep(Duration::from_millis(200));
    }
    let _ = fs::remove_file(&socket);
}

/// Scenario: a policy that seals, tokenizes and pseudonymizes with issued keys runs its own tests where no key is.
/// Guarantees: stand-ins serve each use, so that tests show what would happen.
#[test]
fn policies_with_issued_keys_prove_themselves() {
    let folder = Folder::new("test");
    let policy = "\
policy: p
schema: 1
default: keep
keys:
  ids:  {use: pseudonymize, from: issued, epoch: 24h}
  safe: {use: seal, from: issued, epoch: 1h}
  back: {use: tokenize, from: issued}
treatments:
  joined:  {pseudonymize: {key: ids, prefix: u}}
  loose:   {pseudonymize: {key: ids, prefix: r, mode: randomized}}
  sealed:  {seal: {key: safe}}
  turned:  {tokenize: {key: back, prefix: t}}
catalog:
  a: {class: direct-id, treat: joined}
  b: {class: direct-id, treat: sealed}
  c: {class: direct-id, treat: turned}
  d: {class: direct-id, treat: loose}
tests:
  - name: all
    given:  {a: ann.example, b: ben.example, c: cleo.example, d: dora.example}
    # Three letters stand in a random text by chance.
    absent: [ann.example, ben.example, cleo.example, dora.example]
    kept:   [u_, sealed_, t_, r_]
";
    folder.private("policy.yaml", policy);
    let answer = folder.run(&["test", "policy.yaml"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.complaints);
}
