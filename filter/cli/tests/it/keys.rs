//! Keys as people keep and issue them: a vault, a document for hosts, what either gives away.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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

struct Folder(PathBuf);

struct Answer {
    code: i32,
    out: String,
    complaints: String,
}

impl Folder {
    /// With a policy and a key file.
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys").join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        folder.private("vault.key", KEY);
        folder.private("policy.yaml", POLICY);
        folder
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn private(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_frostglass"))
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("FROSTGLASS_KEYS_FILE")
            .output()
            .unwrap();
        let Output { status, stdout, stderr } = output;
        Answer {
            code: status.code().unwrap(),
            out: String::from_utf8(stdout).unwrap(),
            complaints: String::from_utf8(stderr).unwrap(),
        }
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
        serde_json::from_str(&fs::read_to_string(self.path("issued.json")).unwrap()).unwrap()
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
    folder.private("other.yaml", &POLICY.replace("epoch: 24h", "epoch: 48h"));
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
    assert!(folder.issue("2026-11-26T09:00:00Z")["keys"][0]["epochs"].as_array().unwrap().is_empty());
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

    let text = fs::read_to_string(folder.path("issued.json")).unwrap();
    folder.private("issued.json", &text.replace("\"epoch\": 20783", "\"epoch\": 20784"));
    let damaged = folder.run(&scrub);
    assert_eq!((damaged.code, damaged.out.as_str()), (3, ""));
    assert!(damaged.complaints.contains("frostglass keys issue"), "{}", damaged.complaints);

    folder.private("vault.key", &KEY.replace('d', "e"));
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

/// Scenario: issued keys whose epochs are over.
/// Guarantees: told by document, bounds and what to run, by `scrub` and by `explain`, and by neither in time.
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
}

/// Scenario: `lint` meets keys: one that is shared, one that is weak, one inside the policy, a long epoch.
/// Guarantees: the first three are errors that name the key and show none of it; the last says its window.
#[test]
fn lint_knows_bad_keys() {
    let folder = Folder::new("lint");
    let policy = "policy: p\nschema: 1\nkeys:\n  one: {use: pseudonymize, from: standalone, epoch: 24h}\n  two: {use: pseudonymize, \
                  from: standalone, epoch: 24h}\n  far: {use: pseudonymize, from: issued, epoch: 90d, overlap: 2d}\ncatalog:\n  \
                  a: {class: content, why: KEYHERE}\n";
    let policy = folder.private("keys.yaml", &policy.replace("KEYHERE", KEY));
    let lint = |one: &str, two: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_frostglass"))
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
    let mut child = Command::new(env!("CARGO_BIN_EXE_frostglass"))
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
    let mut child = Command::new(env!("CARGO_BIN_EXE_frostglass"))
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
    given:  {a: ann, b: ben, c: cleo, d: dora}
    absent: [ann, ben, cleo, dora]
    kept:   [u_, sealed_, t_, r_]
";
    folder.private("policy.yaml", policy);
    let answer = folder.run(&["test", "policy.yaml"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.complaints);
}
