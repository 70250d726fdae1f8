//! What keys give to whoever has them: those of a host, and what is left in a vault after an epoch was destroyed.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::folder::{self, ended, me};
use serde_json::{Value, json};
use std::fs;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;

const POLICY: &str = "\
policy: shop
schema: 1
default: scan
keys:
  ids:  {use: pseudonymize, from: issued, epoch: 24h}
  safe: {use: seal, from: issued, epoch: 24h}
  back: {use: tokenize, from: issued, epoch: 24h}
treatments:
  joined: {pseudonymize: {key: ids, prefix: u, canonical: email}}
  sealed: {seal: {key: safe}}
  turned: {tokenize: {key: back, prefix: t}}
catalog:
  shop.payer:  {class: direct-id, treat: joined}
  shop.note:   {class: content, treat: sealed}
  shop.device: {class: online-id, treat: turned}
";

/// Drawn once, for these tests alone.
const VAULT_KEY: &str = "5e0cb8a3f17d426990e4ab12dc73f85a6b3e91c70df842a59d16e0c47b8f2a3d";

/// Numbers of the two epochs, and a time in each.
const EPOCHS: [u32; 2] = [20_783, 20_784];
const DAYS: [&str; 2] = ["2026-11-26T08:00:00Z", "2026-11-27T08:00:00Z"];

/// People in each day's output: all of them, with other devices and notes.
const PEOPLE: u64 = 120;

/// A folder of one test: a vault, what a host was issued on either day, and what it let out.
struct Folder(folder::Folder);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = Self(folder::Folder::new(&format!("stolen/{test}")));
        folder.private("policy.yaml", POLICY);
        folder.private("vault.key", VAULT_KEY);
        folder.private("people.txt", (0..PEOPLE).map(|at| person(at) + "\n").collect::<String>());
        folder
    }

    /// The same, with two days behind it.
    fn of_two_days(test: &str) -> Self {
        let folder = Self::new(test);
        folder.keys("init", DAYS[0], "--policy policy.yaml");
        for (day, now) in DAYS.iter().enumerate() {
            let day = day + 1;
            folder.keys("issue", now, &format!("-o issued{day}.json"));
            let line = |at| {
                format!(
                    "{}\n",
                    json!({"shop": {"payer": person(at), "device": format!("phone {day} of {}", person(at)),
                        "note": format!("call {} on day {day}", person(at))}})
                )
            };
            folder.private(&format!("raw{day}.ndjson"), (0..PEOPLE).map(line).collect::<String>());
            folder.well(&format!(
                "scrub -q -p policy.yaml --keys issued{day}.json --now {now} raw{day}.ndjson -o day{day}.ndjson"
            ));
            let treated = folder.read(&format!("day{day}.ndjson"));
            assert!(treated.contains("\"u_") && treated.contains("\"sealed_") && treated.contains("\"t_"));
            assert!(!treated.contains("person"), "{treated}");
        }
        folder
    }

    fn keys(&self, command: &str, now: &str, more: &str) {
        self.well(&format!("keys {command} --vault keys.vault --key-file vault.key --now {now} {more}"));
    }

    /// What the attacks with these keys find on both days' output: by attack and field, how many of how many.
    fn attack(&self, keys: &str) -> Vec<(String, String, u64, u64)> {
        let line = format!(
            "attack day1.ndjson day2.ndjson -p policy.yaml --with people.txt {keys} --only keys,keyless --show"
        );
        let shown = self.run(&line);
        assert!(!shown.out.contains("person"), "{}", shown.out);
        let answer = self.run(&format!("{line} --as json"));
        assert!(answer.code < 2, "{}", answer.complaints);
        assert!(!answer.out.contains("person"), "{}", answer.out);
        let report: Value = serde_json::from_str(&answer.out).unwrap();
        let findings = report["attacks"].as_array().unwrap();
        let tried = findings.iter().filter(|one| one["outcome"] != "not-tried");
        tried
            .map(|one| {
                let number = |name: &str| one["numbers"][name].as_u64().unwrap();
                let (found, values) = (number("found"), number("values"));
                assert_eq!(one["outcome"], if found > 0 { "succeeded" } else { "held" });
                let text = |name: &str| one[name].as_str().unwrap().to_owned();
                (text("attack"), text("field").replace("log/@body.shop.", ""), found, values)
            })
            .collect()
    }

    /// How many of how many values of a class `reveal` opens of a file with the vault.
    fn revealed(&self, file: &str, class: &str, more: &str) -> String {
        let answer = self.run(&format!(
            "reveal {file} --class {class} --role incident --purpose debug --ticket OPS-4711 \
             --reason 'prove what is gone' --roles roles.yaml --audit audit.jsonl \
             --vault keys.vault --key-file vault.key -o revealed.ndjson {more}"
        ));
        assert!(answer.code < 2, "{}", answer.complaints);
        let told = answer.complaints.lines().find(|line| line.ends_with(" opened")).unwrap();
        let opened = !told.starts_with("0 ");
        assert_eq!(self.read("revealed.ndjson").contains("person"), opened, "{told}");
        told.to_owned()
    }
}

impl Deref for Folder {
    type Target = folder::Folder;

    fn deref(&self) -> &folder::Folder {
        &self.0
    }
}

fn person(at: u64) -> String {
    format!("person{at}@example.org")
}

/// A row of a report: attack, field, found, values.
fn row(attack: &str, field: &str, found: u64, values: u64) -> (String, String, u64, u64) {
    (attack.to_owned(), field.to_owned(), found, values)
}

/// Scenario: a host is seized on its second day: all its output, and every byte of key material that it was issued. The attacker
/// has a list of all people and the policy.
/// Guarantees: tokens and reversible tokens of the second day fall, so the attack is not blind; of the first day none does, and
/// nothing that was sealed opens, of either day. No report holds a value, `--show` or not.
#[test]
fn the_keys_of_a_host_give_its_present_epoch_and_no_more() {
    let folder = Folder::of_two_days("host");
    assert_eq!(
        folder.attack("--with-keys issued2.json"),
        [
            row("keys", "device", PEOPLE, PEOPLE),
            row("keys", "payer", PEOPLE, PEOPLE),
            row("keyless", "device", 0, PEOPLE),
            row("keyless", "note", 0, 2 * PEOPLE),
            row("keyless", "payer", 0, PEOPLE),
        ]
    );
}

/// Scenario: the vault with all keys; then the first day's epoch of each key is destroyed; the attacker and an auditor try with all that
/// is left. At last what the host was issued on that day turns up again.
/// Guarantees: before, attack and reveal turn all values back; after, none of that day, by either, and still all of the other; a copy of a
/// destroyed key on a host is told to count.
#[test]
fn what_was_destroyed_is_turned_back_by_nothing() {
    let folder = Folder::of_two_days("destroyed");
    folder.private(
        "roles.yaml",
        format!(
            "schema: 1\naudit: audit.jsonl\nroles:\n  incident:\n    classes:  [direct-id, online-id, content]\n    purposes: [debug]\n    \
             values:   {{request: 1000, day: 10000}}\n    until:    \"2099-12-31\"\npeople:\n  {}: [incident]\n",
            me()
        ),
    );
    folder.well("audit init audit.jsonl");
    let vault = "--with-keys keys.vault --key-file vault.key";
    let all = ["device", "note", "payer"];
    assert_eq!(folder.attack(vault), all.map(|field| row("keys", field, 2 * PEOPLE, 2 * PEOPLE)));
    let candidates = "--policy policy.yaml --candidates people.txt";
    let reveal = |day: &str| {
        [("content", ""), ("online-id", ""), ("direct-id", candidates)]
            .map(|(class, more)| folder.revealed(day, class, more))
    };
    // Seals and reversible tokens are of two classes, of which each call opens one.
    let opened =
        [format!("{PEOPLE} of {} values opened", 2 * PEOPLE), format!("{PEOPLE} of {PEOPLE} tokens opened")];
    let whole = [opened[0].clone(), opened[0].clone(), opened[1].clone()];
    assert_eq!((reveal("day1.ndjson"), reveal("day2.ndjson")), (whole.clone(), whole.clone()));

    for key in ["ids", "safe", "back"] {
        folder.keys("destroy", DAYS[1], &format!("--key {key} --epoch {} --yes", EPOCHS[0]));
    }
    let left = [
        all.map(|field| row("keys", field, PEOPLE, PEOPLE)),
        all.map(|field| row("keyless", field, 0, PEOPLE)),
    ];
    assert_eq!(folder.attack(vault), left.concat());
    assert_eq!(folder.attack(&format!("{vault} --with-keys issued2.json")), left.concat());
    let none = opened.clone().map(|told| told.replacen(&PEOPLE.to_string(), "0", 1));
    assert_eq!(reveal("day1.ndjson"), [none[0].clone(), none[0].clone(), none[1].clone()]);
    assert_eq!(reveal("day2.ndjson"), whole);

    let returned = folder.attack(&format!("{vault} --with-keys issued1.json"));
    assert_eq!(returned[2], row("keys", "payer", 2 * PEOPLE, 2 * PEOPLE));
    assert_eq!(returned[3..], [row("keyless", "note", 0, PEOPLE)]);
}

/// Scenario: a standalone key, from which every epoch derives, is what the attacker has; and then keys that have nothing to do with it.
/// Guarantees: tokens of both days fall to the first and none to the others.
#[test]
fn a_standalone_key_gives_every_epoch() {
    let folder = Folder::of_two_days("standalone");
    let (key, other) = (VAULT_KEY.replace("5e0c", "91b7"), VAULT_KEY.replace("5e0c", "ce50"));
    folder.private("key.txt", &key);
    folder.private("other.txt", &other);
    folder.private(
        "policy.yaml",
        "policy: shop\nschema: 1\ndefault: scan\nkeys:\n  ids: {use: pseudonymize, from: standalone, epoch: 24h}\n\
         treatments:\n  joined: {pseudonymize: {key: ids, prefix: u}}\ncatalog:\n  shop.payer: {class: direct-id, treat: joined}\n  \
         shop.note: credential\n  shop.device: credential\n",
    );
    for (day, now) in DAYS.iter().enumerate() {
        let day = day + 1;
        let line = format!("scrub -q -p policy.yaml --now {now} raw{day}.ndjson -o day{day}.ndjson");
        let mut scrub = folder.command(&line);
        scrub.env("FROSTGLASS_KEY_IDS", &key);
        assert_eq!(ended(scrub).code, 0);
    }
    assert_eq!(folder.attack("--with-keys key.txt"), [row("keys", "payer", 2 * PEOPLE, 2 * PEOPLE)]);
    let others = "--with-keys other.txt --with-keys issued1.json --with-keys issued2.json";
    assert_eq!(folder.attack(others), [row("keyless", "payer", 0, 2 * PEOPLE)]);
}

/// Scenario: keys without a list, without the policy that made the tokens, of another recipient; files that are no keys, and a vault
/// that nothing opens.
/// Guarantees: what was not tried is not said to hold, and the policy is not needed; what cannot be read is refused with what to do.
#[test]
fn what_is_missing_is_told() {
    let folder = Folder::of_two_days("missing");
    let attack = |more: &str| {
        let answer =
            folder.run(&format!("attack day2.ndjson --only keys,keyless --with-keys issued2.json {more}"));
        (answer.code, answer.out + &answer.complaints)
    };
    let (code, told) = attack("-p policy.yaml --only keys --allow keys");
    assert!(code == 0 && told.contains("1 allowed") && !told.contains("payer"), "{told}");
    let (code, told) = attack("--with people.txt --only keys");
    assert!(code == 1 && told.contains("120 of 120") && told.contains("payer"), "without the policy: {told}");
    let (_, told) = attack("-p policy.yaml --with people.txt --recipient vendor");
    assert!(!told.contains("succeeded  log"), "{told}");
    folder
        .private("issued2.json", folder.read("issued2.json").replace("\"epoch\": 20784", "\"epoch\": 20785"));
    let (code, told) = attack("-p policy.yaml");
    assert!(code == 3 && told.contains("frostglass keys issue"), "{told}");
    folder.private("issued2.json", "hunter2");
    let (code, told) = attack("-p policy.yaml");
    assert!(code == 3 && told.contains("neither hex nor base64") && !told.contains("hunter2"), "{told}");
    fs::set_permissions(folder.0.join("issued1.json"), PermissionsExt::from_mode(0o644)).unwrap();
    for (keys, said) in [("issued1.json", "chmod 600"), ("keys.vault", "is a vault; give --key-file")] {
        let answer = folder.run(&format!("attack day2.ndjson --with-keys {keys}"));
        assert!(answer.code >= 2 && answer.complaints.contains(said), "{}", answer.complaints);
    }
}
