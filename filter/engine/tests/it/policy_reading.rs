//! Reading policies as a stranger would: texts in, policies or errors out.
//!
//! Texts of errors are compared whole: people read them at night.
#![cfg(feature = "authoring")]

use frostglass_engine::policy::{
    CatalogFile, Given, KeySource, KeyUse, Mask, Plan, PolicyFile, ReadText, Treatment, schema,
};
use frostglass_keys::Rotation;
use proptest::prelude::*;
use serde_json::{Value, json};

const SHOP: &str = r#"# Everything that this version knows.
policy: checkout
schema: 1
default: scan
extends: [semconv, secrets]
keys:
  ids: {use: pseudonymize, from: standalone, epoch: 24h}
classes:
  credential: {treat: suppress, force: true}
  direct-id:  {treat: user-token}
  online-id:  {treat: ip-prefix}
  content:    {treat: scan-text}
  loyalty:    {is: direct-id, treat: last-four}
treatments:
  user-token: {pseudonymize: {key: ids, mode: deterministic, prefix: u, canonical: email}}
  ip-prefix:  {generalize: {ip: {v4: 24, v6: 48}}}
  scan-text:  {scan: all, on-hit: by-class}
  some:       {scan: [email, order-no], on-hit: mask}
  last-four:  {mask: {keep-last: 4}}
  domain:     {mask: {keep: domain}}
  hidden:     mask
  label:      replace
  gone:       {replace: {with: "[gone]"}}
  tens:       {generalize: {number: {bucket: 10}}}
  minute:     {generalize: {time: 1m}}
  short:      {truncate: {chars: 64}}
  shape:      {summarize: {}}
catalog:
  user.id: {class: direct-id, purpose: debug, owner: payments, why: join errors to a user, retain: 30d}
  loyalty.card: loyalty
  log/@body.payment.**: {class: content, purpose: debug, until: "2027-03-31"}
  cookie/session: credential
  "*.password": credential
  log/@time: {class: operational, treat: minute}
detectors:
  order-no: {pattern: 'ORD-\d{8}', near: [order], class: operational, why: orders are signal}
tests:
  - name: email in an exception never leaves, the type does
    given:
      event/exception.message: 'no mailbox for ann@example.org'
      event/exception.type: LookupError
      http.response.status_code: 500
      retry: true
      ratio: 0.25
    absent: ['ann@example.org']
    kept: [LookupError]
"#;

fn errors(text: &str) -> String {
    match PolicyFile::read_yaml(text, "policy.yaml") {
        Ok(_) => "accepted".into(),
        Err(error) => error.to_string(),
    }
}

/// Scenario: a policy that uses every section, every treatment and every short form.
/// Guarantees: it is read as written, each part knows its line, and its JSON reads as the same policy with the same digest.
#[test]
fn a_whole_policy_is_read() {
    let policy = PolicyFile::read_yaml(SHOP, "shop.yaml").unwrap();
    assert_eq!(policy.policy.as_str(), "checkout");
    assert_eq!(policy.treatments.find("last-four").map(Treatment::word), Some("mask"));
    assert_eq!(policy.treatments.find("hidden"), Some(&Treatment::Mask(Mask::Full)));
    assert_eq!(policy.treatments.find("shape"), Some(&Treatment::Summarize));
    assert_eq!(policy.catalog.find("user.id").unwrap().retain.unwrap().seconds(), 30 * 86_400);
    let lines: Vec<(&str, u32)> =
        policy.catalog.iter().map(|line| (line.name.as_str(), line.at.line)).collect();
    assert_eq!(lines[..3], [("user.id", 29), ("loyalty.card", 30), ("log/@body.payment.**", 31)]);
    assert_eq!(policy.place(&["catalog", "user.id", "retain"]).column, 100);
    assert_eq!(policy.place(&["catalog", "loyalty.card", "class"]).column, 17);
    let given = &policy.tests[0].given;
    assert_eq!(given.find("http.response.status_code"), Some(&Given::Int(500)));
    assert_eq!(given.find("retry"), Some(&Given::Bool(true)));
    assert_eq!(given.find("ratio"), Some(&Given::Double(0.25)));
    assert_eq!(given.iter().next().unwrap().at.line, 40);

    let json = policy.to_json();
    let again = PolicyFile::read_json(&json, "shop.json").unwrap();
    assert_eq!(again.to_json(), json);
    assert_eq!(again.digest(), policy.digest());
    assert_eq!(policy.digest().len(), 64);
    // The digest is SHA-256 of the canonical bytes, and the canonical form does not change unnoticed.
    assert_eq!(policy.digest(), "f874636658d0bf69cc7be8517d784b204838006b34e1ecbdd879b6695e035d0c");
}

/// Scenario: keys of each use and source, with and without epochs.
/// Guarantees: read as written, and from JSON as from YAML; each kind of source gives its own keys.
#[test]
fn keys_say_their_use_and_where_they_come_from() {
    let text = "policy: p\nschema: 1\nkeys:\n  ids: {use: pseudonymize, from: standalone, epoch: 24h}\n  joins: {use: \
                pseudonymize, from: issued, epoch: 30d, overlap: 2h}\n  safe: {use: seal, from: issued, epoch: 1h}\n  \
                back: {use: tokenize, from: issued}\n";
    let policy = PolicyFile::read_yaml(text, "p").unwrap();
    let again = PolicyFile::read_json(&policy.to_json(), "p").unwrap();
    assert_eq!(policy, again);
    let joins = again.keys.find("joins").unwrap();
    assert_eq!((joins.purpose, joins.from), (KeyUse::Pseudonymize, KeySource::Issued));
    assert_eq!(joins.overlap.unwrap().seconds(), 7200);
    assert_eq!(joins.rotation(), Rotation::every(30 * 86_400));
    assert_eq!(again.keys.find("back").unwrap().rotation(), Some(Rotation::Never));
    let plan = Plan::compile(again).unwrap();
    let names = |source| plan.keys_from(source).map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(names(KeySource::Standalone), ["ids"]);
    assert_eq!(names(KeySource::Issued), ["back", "joins", "safe"], "JSON is canonical, so in order");
}

/// Scenario: one policy in two orders, with and without comments, quotes, long forms and spelled-out defaults.
/// Guarantees: one digest. A changed word: another.
#[test]
fn a_digest_is_about_what_is_said() {
    let one = "policy: p\nschema: 1\ncatalog: {a: content, b: {class: infra}}\ntreatments: {m: mask, s: {scan: all}}\n";
    let two = "# c\n\"treatments\": {s: {on-hit: by-class, scan: all}, m: {mask: {}}}\ndefault: suppress\n\
               catalog: {b: infra, 'a': {class: \"content\"}}\nschema: '1'\npolicy: p\n";
    let digest = |text: &str| PolicyFile::read_yaml(text, "p").unwrap().digest();
    assert_eq!(digest(one), digest(two));
    assert_ne!(digest(one), digest(&one.replace("infra", "content")));
    assert_ne!(digest(one), digest(&format!("{one}default: keep\n")));
}

/// Scenario: mistakes that people make, one at a time.
/// Guarantees: each error says where, what, and what to do.
#[test]
fn errors_are_for_people() {
    let base = "policy: p\nschema: 1\n";
    let table: &[(&str, &str)] = &[
        (
            "catalog:\n  user.id:\n    class: drect-id\n",
            "policy.yaml:5:12: catalog.user.id.class: unknown class `drect-id`; did you mean `direct-id`?",
        ),
        (
            "catalog: {user.id: drect-id}",
            "policy.yaml:3:20: catalog.user.id.class: unknown class `drect-id`; did you mean `direct-id`?",
        ),
        (
            "catalog: {user.id: {clas: direct-id}}",
            "policy.yaml:3:21: catalog.user.id.clas: unknown field `clas`; did you mean `class`?",
        ),
        ("catalog: {user.id: {owner: pay}}", "policy.yaml:3:20: catalog.user.id: needs `class`"),
        ("catalogue: {}", "policy.yaml:3:1: catalogue: unknown section `catalogue`; did you mean `catalog`?"),
        (
            "default: supress",
            "policy.yaml:3:10: default: unknown default `supress`; did you mean `suppress`?",
        ),
        (
            "default: drop",
            "policy.yaml:3:10: default: unknown default `drop`; known: `suppress`, `scan`, `keep`",
        ),
        (
            "default: no",
            "policy.yaml:3:10: default: some YAML tools take `no` for true or false; write it in quotes: \"no\"",
        ),
        (
            "catalog: {a: {class: content, owner: 1e3}}",
            "policy.yaml:3:38: catalog.a.owner: some YAML tools take `1e3` for a number, and write it differently; \
             write it in quotes: \"1e3\"",
        ),
        (
            "catalog: {a: {class: content, until: 2027-03-31}}",
            "policy.yaml:3:38: catalog.a.until: some YAML tools take `2027-03-31` for a date, and write it differently; \
             write it in quotes: \"2027-03-31\"",
        ),
        (
            "catalog: {a: {class: content, until: \"2027-02-30\"}}",
            "policy.yaml:3:38: catalog.a.until: `2027-02-30` is neither a day nor an instant; \
             write \"2027-03-31\" or \"2027-03-31T18:00:00Z\"",
        ),
        (
            "catalog: {on: content}",
            "policy.yaml:3:11: as a key, some YAML tools take `on` for true or false; write it in quotes: \"on\"",
        ),
        (
            "catalog: {a: {class: content, retain: 30days}}",
            "policy.yaml:3:39: catalog.a.retain: unknown unit `days`; did you mean `d`?",
        ),
        (
            "catalog: {a: {class: content, treat: pseudonymize}}",
            "policy.yaml:3:38: catalog.a.treat: `pseudonymize` needs options; \
             give it a name in `treatments` and use that name here",
        ),
        (
            "catalog: {a: {class: content, treat: maks}}",
            "policy.yaml:3:38: catalog.a.treat: unknown treatment `maks`; did you mean `mask`?",
        ),
        ("catalog:", "policy.yaml:3:8: catalog: expected a map, found nothing; fill it in or remove it"),
        ("catalog: [a]", "policy.yaml:3:10: catalog: expected a map, found a list"),
        (
            "catalog: {\" a\": content}",
            "policy.yaml:3:11: catalog. a: ` a` has blanks around it or control characters in it; remove them",
        ),
        (
            "classes: {loyalty: {treat: mask}}",
            "policy.yaml:3:20: classes.loyalty: `loyalty` is an own class and needs `is`; say what it is, like `is: direct-id`",
        ),
        (
            "classes: {direct-ids: {treat: mask}}",
            "policy.yaml:3:23: classes.direct-ids: `direct-ids` is an own class and needs `is`; did you mean `direct-id`?",
        ),
        (
            "classes: {loyalty: {is: direct_id}}",
            "policy.yaml:3:25: classes.loyalty.is: unknown class `direct_id`; did you mean `direct-id`?",
        ),
        (
            "classes: {content: {is: infra, treat: mask}}",
            "policy.yaml:3:25: classes.content.is: a built-in class is what it is; remove `is`",
        ),
        (
            "classes: {content: {}}",
            "policy.yaml:3:20: classes.content: says nothing; add `treat` or remove the entry",
        ),
        (
            "classes: {content: {treat: mask, force: yes}}",
            "policy.yaml:3:41: classes.content.force: `yes` is neither `true` nor `false`; write true or false",
        ),
        (
            "classes: {Loyalty: {is: infra}}",
            "policy.yaml:3:11: classes.Loyalty: `Loyalty` is not a name; use small letters, digits and single dashes, a letter first",
        ),
        (
            "treatments: {t: {pseudonimize: {key: k}}}",
            "policy.yaml:3:18: treatments.t: unknown treatment `pseudonimize`; did you mean `pseudonymize`?",
        ),
        (
            "treatments: {t: {pseudonymize: {key: ids, prefix: u}}}",
            "policy.yaml:3:38: treatments.t.pseudonymize.key: unknown key `ids`; add `ids: {use: pseudonymize, from: standalone}` to `keys`",
        ),
        ("treatments: {t: pseudonymize}", "policy.yaml:3:17: treatments.t: needs `key`"),
        (
            "keys: {ids: {use: pseudonymize, from: standalone}}\ntreatments: {t: {pseudonymize: {key: ids, prefix: User}}}",
            "policy.yaml:4:51: treatments.t.pseudonymize.prefix: `User` is not a prefix; use one to eight small letters or digits, a letter first",
        ),
        (
            "treatments: {t: {mask: {}, replace: {}}}",
            "policy.yaml:3:28: treatments.t: names two, `mask` and `replace`; keep one of them",
        ),
        (
            "treatments: {t: {mask: {}, on-hit: mask}}",
            "policy.yaml:3:28: treatments.t: `on-hit` may not stand beside `mask`; options stand under it: `mask: {…}`",
        ),
        (
            "treatments: {t: {mask: {keep-last: 4, keep: domain}}}",
            "policy.yaml:3:24: treatments.t.mask: `keep-last` and `keep` exclude each other; keep one of them",
        ),
        (
            "treatments: {t: {mask: {keep-last: 010}}}",
            "policy.yaml:3:36: treatments.t.mask.keep-last: `010` is not a whole number; write decimal digits, like 30",
        ),
        (
            "treatments: {t: {mask: {keep-last: 0}}}",
            "policy.yaml:3:36: treatments.t.mask.keep-last: 0 is out of range; it must be from 1 to 64",
        ),
        (
            "treatments: {t: {}}",
            "policy.yaml:3:17: treatments.t: names no treatment; write one of `keep`, `suppress`, `mask`, `replace`, `pseudonymize`, `seal`, `tokenize`, `encrypt-ip`, `rekey`, `shift`, `generalize`, `truncate`, `summarize`, `scan`",
        ),
        (
            "treatments: {t: {keep: {x: 1}}}",
            "policy.yaml:3:24: treatments.t.keep: takes no options; write the word alone",
        ),
        (
            "treatments: {t: {scan: all, on-hit: by-clas}}",
            "policy.yaml:3:37: treatments.t.on-hit: unknown action `by-clas`; did you mean `by-class`?",
        ),
        (
            "treatments: {t: {scan: email}}",
            "policy.yaml:3:24: treatments.t.scan: `email` is neither `all` nor a list of detectors; write a single one as [email]",
        ),
        (
            "treatments: {t: {scan: []}}",
            "policy.yaml:3:24: treatments.t.scan: names no detector; write `all` or a list of detectors",
        ),
        (
            "treatments: {t: {generalize: {ip: {v4: 33}}}}",
            "policy.yaml:3:40: treatments.t.generalize.ip.v4: 33 is out of range; it must be from 1 to 31",
        ),
        (
            "treatments: {t: {generalize: {tine: 1m}}}",
            "policy.yaml:3:31: treatments.t.generalize: unknown generalization `tine`; did you mean `time`?",
        ),
        (
            "treatments: {mask: {mask: {}}}",
            "policy.yaml:3:14: treatments.mask: `mask` is a built-in word and cannot be given a new meaning; choose another name",
        ),
        (
            "detectors: {d: {pattern: x, class: conten}}",
            "policy.yaml:3:36: detectors.d.class: unknown class `conten`; did you mean `content`?",
        ),
        (
            "detectors: {d: {pattern: x, class: content, near: x}}",
            "policy.yaml:3:51: detectors.d.near: expected a list, found a single value",
        ),
        (
            "tests: [{name: t, given: {a: 1}}]",
            "policy.yaml:3:9: tests[0]: claims nothing; add `absent` or `kept`",
        ),
        (
            "tests: [{name: t, given: {a: 1}, kept: [true]}]",
            "policy.yaml:3:41: tests[0].kept[0]: some YAML tools take `true` for true or false; write it in quotes: \"true\"",
        ),
        (
            "tests: [{name: t, given: {a: 1.0}, kept: [x]}]",
            "policy.yaml:3:30: tests[0].given.a: some YAML tools take `1.0` for a number, and write it differently; write it in quotes: \"1.0\"",
        ),
        (
            "tests: [{name: t, given: {a: [1]}, kept: [x]}]",
            "policy.yaml:3:30: tests[0].given.a: expected a single value, found a list",
        ),
        ("tests: {a: b}", "policy.yaml:3:8: tests: expected a list, found a map"),
        // Keys.
        (
            "keys: {k: {use: sael, from: issued}}",
            "policy.yaml:3:17: keys.k.use: unknown use `sael`; did you mean `seal`?",
        ),
        (
            "keys: {k: {use: pseudonymize, from: isued}}",
            "policy.yaml:3:37: keys.k.from: unknown source `isued`; did you mean `issued`?",
        ),
        (
            "keys: {k: {use: pseudonymize, from: issued, overlp: 2h}}",
            "policy.yaml:3:45: keys.k.overlp: unknown field `overlp`; did you mean `overlap`?",
        ),
        (
            "keys: {k: {use: pseudonymize, from: c2f1a7d09b3e58461f7ae0b4d55c93288e6601bdfa4b7c1329d7f0e85a36c4b9}}",
            "policy.yaml:3:37: keys.k.from: a key stands in the policy; remove it, and take a new one: the host reads keys from its environment or from a file",
        ),
        (
            "keys: {k: {use: seal, from: standalone}}",
            "policy.yaml:3:29: keys.k.from: a sealing key is issued: a vault keeps what opens, and hosts get the public half; write `from: issued`",
        ),
        (
            "keys: {k: {use: tokenize, from: issued, epoch: 59s}}",
            "policy.yaml:3:48: keys.k.epoch: is no length of an epoch; write one from `60s` to `49000d`",
        ),
        (
            "keys: {k: {use: pseudonymize, from: issued, overlap: 2h}}",
            "policy.yaml:3:54: keys.k.overlap: says nothing without `epoch`; add `epoch`, or remove `overlap`",
        ),
        (
            "keys: {k: {use: pseudonymize, from: issued, epoch: 2h, overlap: 120m}}",
            "policy.yaml:3:65: keys.k.overlap: is not shorter than the epoch; make it shorter, or the epoch longer",
        ),
        (
            "keys: {k: {use: pseudonymize, from: standalone, epoch: 24h, overlap: 2h}}",
            "policy.yaml:3:70: keys.k.overlap: says nothing of a standalone key, which holds all its epochs; remove it, or write `from: issued`",
        ),
        (
            "keys: {k: {use: seal, from: issued}}\ntreatments: {t: {pseudonymize: {key: k, prefix: u}}}",
            "policy.yaml:4:38: treatments.t.pseudonymize.key: `k` is a key for `seal`; name a key with `use: pseudonymize`: one key serves one use",
        ),
        // Words of later versions.
        (
            "profiles: {eu: {}}",
            "policy.yaml:3:1: profiles: `profiles` is not known to this version yet; remove it or use a later version",
        ),
        (
            "profiles: {}",
            "policy.yaml:3:1: profiles: `profiles` is not known to this version yet; remove it or use a later version",
        ),
        (
            "consent: {}",
            "policy.yaml:3:1: consent: `consent` is not known to this version yet; remove it or use a later version",
        ),
        (
            "treatments: {t: {randomize: {key: k}}}",
            "policy.yaml:3:18: treatments.t: `randomize` is not known to this version yet; remove it or use a later version",
        ),
        (
            "catalog: {a: {class: content, treat: randomize}}",
            "policy.yaml:3:38: catalog.a.treat: `randomize` is not known to this version yet; remove it or use a later version",
        ),
        // Treatments with keys of their own uses.
        (
            "treatments: {t: {seal: {key: k}}}",
            "policy.yaml:3:30: treatments.t.seal.key: unknown key `k`; add `k: {use: seal, from: issued}` to `keys`",
        ),
        (
            "keys: {k: {use: seal, from: issued}}\ntreatments: {t: {tokenize: {key: k, prefix: t}}}",
            "policy.yaml:4:34: treatments.t.tokenize.key: `k` is a key for `seal`; name a key with `use: tokenize`: one key serves one use",
        ),
        (
            "keys: {k: {use: pseudonymize, from: standalone}}\ntreatments: {t: {encrypt-ip: {key: k}}}",
            "policy.yaml:4:36: treatments.t.encrypt-ip.key: `k` is a key for `pseudonymize`; name a key with `use: tokenize`: one key serves one use",
        ),
        (
            "keys: {k: {use: tokenize, from: issued}}\ntreatments: {t: {tokenize: {key: k, prefix: sealed}}}",
            "policy.yaml:4:45: treatments.t.tokenize.prefix: `sealed` is what seals begin with; choose another prefix",
        ),
        (
            "keys: {k: {use: tokenize, from: standalone}}\ntreatments: {t: {rekey: {key: k}}}",
            "policy.yaml:4:31: treatments.t.rekey.key: `k` is a key for `tokenize`; name a key with `use: pseudonymize`: one key serves one use",
        ),
        (
            "keys: {k: {use: seal, from: issued}}\ntreatments: {t: {shift: {key: k, within: 1h}}}",
            "policy.yaml:4:31: treatments.t.shift.key: `k` is a key for `seal`; name a key with `use: pseudonymize`: one key serves one use",
        ),
        (
            "keys: {k: {use: pseudonymize, from: standalone}}\ntreatments: {t: {shift: {key: k}}}",
            "policy.yaml:4:25: treatments.t.shift: needs `within`",
        ),
        (
            "keys: {k: {use: pseudonymize, from: standalone}}\ntreatments: {t: {shift: {key: k, within: 1w}}}",
            "policy.yaml:4:42: treatments.t.shift.within: unknown unit `w`; known: `s`, `m`, `h`, `d`",
        ),
        (
            "keys: {k: {use: pseudonymize, from: standalone}}\ntreatments: {t: {rekey: {key: k, within: 1h}}}",
            "policy.yaml:4:34: treatments.t.rekey.within: unknown field `within`; known: `key`",
        ),
        ("treatments: {t: tokenize}", "policy.yaml:3:17: treatments.t: needs `key`"),
        (
            "catalog: {a: {class: content, treat: seal}}",
            "policy.yaml:3:38: catalog.a.treat: `seal` needs options; give it a name in `treatments` and use that name here",
        ),
        // The strict subset of YAML.
        (
            "catalog: &x {a: content}",
            "policy.yaml:3:10: an anchor (`&`) is not allowed; write the value where it is needed",
        ),
        (
            "catalog: {a: !!str content}",
            "policy.yaml:3:14: a tag (`!`) is not allowed; quote the value if it begins with `!`",
        ),
        (
            "catalog: {<<: {a: content}}",
            "policy.yaml:3:11: a merge key (`<<`) is not allowed; write the members where they are needed",
        ),
        (
            "catalog: {a: content, \"a\": infra}",
            "policy.yaml:3:23: `a` stands here a second time; remove one of the two",
        ),
        ("catalog: {[a]: content}", "policy.yaml:3:11: a key must be a single value"),
        (
            "---\npolicy: q\n",
            "policy.yaml:3:1: a second document begins here; a policy is one document: remove the `---`",
        ),
        (
            "catalog: {a: \"x\u{2028}y\"}",
            "policy.yaml:3:16: not YAML: the character U+2028 may not stand here; write it as an escape in double quotes",
        ),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let found = errors(&format!("{base}{text}"));
        if found != *expected {
            wrong.push(format!("{text}\n  found    {found}\n  expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(errors(""), "policy.yaml:1:1: is empty; a policy begins with `policy:` and its name");
    assert_eq!(errors("x"), "policy.yaml:1:1: is not a policy; a policy begins with `policy:` and its name");
    assert_eq!(
        errors("default: keep"),
        "policy.yaml:1:1: needs `policy`; add `policy:` and a name at the top\npolicy.yaml:1:1: needs `schema`; add `schema: 1`"
    );
    assert_eq!(
        errors("policy: p\nschema: 2"),
        "policy.yaml:2:9: schema: 2 is not known to this version; it must be 1"
    );
    assert_eq!(
        errors("%YAML 1.1\n---\npolicy: p\nschema: 1"),
        "policy.yaml:1:1: a directive (`%`) is not allowed; remove the line"
    );
}

/// Scenario: a policy with a mistake in every section.
/// Guarantees: all are reported at once, in the order of the text, and what could not be read is not called unknown.
#[test]
fn mistakes_are_collected() {
    let text = "policy: My Policy\nschema: 1\nclasses:\n  mine: {is: infra, treet: mask, forse: true}\n\
                treatments:\n  t: {truncate: {chars: many}}\ncatalog:\n  a: {class: mine, treat: t}\n  b: yours\n";
    assert_eq!(
        errors(text),
        "policy.yaml:1:9: policy: `My Policy` is not a name; use small letters, digits and single dashes, a letter first\n\
         policy.yaml:4:21: classes.mine.treet: unknown field `treet`; did you mean `treat`?\n\
         policy.yaml:4:34: classes.mine.forse: unknown field `forse`; did you mean `force`?\n\
         policy.yaml:6:25: treatments.t.truncate.chars: `many` is not a whole number; write decimal digits, like 30\n\
         policy.yaml:9:6: catalog.b.class: unknown class `yours`; known: `credential`, `direct-id`, `online-id`, \
         `location`, `payment`, `health`, `special`, `content`, `carrier`, `infra`, `operational`, `correlation`, \
         `structural`, `mine`"
    );
}

/// Scenario: texts that are not JSON, in every way a reader may be lenient about.
/// Guarantees: each is refused with its place.
#[test]
fn json_is_strict() {
    let errors = |text: &str| PolicyFile::read_json(text, "p.json").unwrap_err().to_string();
    for (text, expected) in [
        ("", "p.json:1:1: not JSON: the text ends where a value should stand"),
        ("{\"policy\":\n \"p\",}", "p.json:2:6: not JSON: expected a name in double quotes at `}`"),
        ("{\"a\" 1}", "p.json:1:6: not JSON: expected `:` at `1`"),
        ("{'a': 1}", "p.json:1:2: not JSON: expected a name in double quotes at `'`"),
        ("[01]", "p.json:1:4: not JSON: not a JSON number at `]`"),
        ("[1.]", "p.json:1:4: not JSON: not a JSON number at `]`"),
        ("[NaN]", "p.json:1:2: not JSON: expected a value at `N`"),
        ("[\"\\ud800\"]", "p.json:1:9: not JSON: half of a surrogate pair in a string at `\"`"),
        ("[\"\\udc00\"]", "p.json:1:9: not JSON: half of a surrogate pair in a string at `\"`"),
        ("[\"\\ud800\\u0041\"]", "p.json:1:15: not JSON: half of a surrogate pair in a string at `\"`"),
        ("[\"\\u12\"]", "p.json:1:5: not JSON: four hexadecimal digits must follow `\\u` at `1`"),
        ("[\"\\x\"]", "p.json:1:4: not JSON: unknown escape in a string at `x`"),
        ("[\"a\tb\"]", "p.json:1:4: not JSON: a control character inside a string"),
        ("[\"a", "p.json:1:4: not JSON: the text ends inside a string"),
        ("{} {}", "p.json:1:4: not JSON: text after the end of the document at `{`"),
        ("{\"é\":1,\"é\":2}", "p.json:1:8: `é` stands here a second time; remove one of the two"),
        (
            "{\"policy\":\"p\",\"schema\":1,\"default\":null}",
            "p.json:1:36: default: has no value; give it one, or remove the line; empty text is written \"\"",
        ),
        (
            "{\"policy\":true,\"schema\":1}",
            "p.json:1:11: policy: is true, which may have been another word before a converter read it; where text is expected, write it in quotes: \"true\"",
        ),
    ] {
        assert_eq!(errors(text), expected, "{text}");
    }
}

/// Scenario: depth bombs, huge texts, huge numbers, broken escapes, thousands of errors, for both readers.
/// Guarantees: an error, in time and without a panic; the depth and size bounds are named.
#[test]
fn hostile_texts_are_refused() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let mut texts = vec![
        deep("[", "]"),
        deep("{\"a\":", "}"),
        deep("- ", ""),
        deep("? ", ""),
        deep("a: {", "}"),
        "x".repeat((1 << 20) + 1),
        format!("policy: p\nschema: 1{}", "0".repeat(100_000)),
        format!("{{\"policy\":\"p\",\"schema\":1e{}}}", "9".repeat(100_000)),
        "\u{0}".into(),
        "policy: \"\\ud83d\"".into(),
        "policy: \"\\U00110000\"".into(),
        "a: *a".into(),
        "a: &a [*a, *a]".into(),
        "\u{feff}\u{feff}{}".into(),
    ];
    texts.push((0..20_000).map(|n| format!("no{n}: x\n")).collect());
    texts.push(format!("{{{}}}", (0..20_000).map(|n| format!("\"k{n}\":{n},")).collect::<String>()));
    for text in &texts {
        for error in
            [PolicyFile::read_json(text, "p").unwrap_err(), PolicyFile::read_yaml(text, "p").unwrap_err()]
        {
            assert!(error.to_string().len() < 100_000);
        }
    }
    let json = |text: &str| PolicyFile::read_json(text, "p").unwrap_err().to_string();
    assert_eq!(json(&deep("[", "]")), "p:1:33: nests deeper than 32");
    assert_eq!(json(&"x".repeat((1 << 20) + 1)), "p: is larger than 1048576 bytes");
}

/// Scenario: a JSON policy as converters write it: numbers as floats or in quotes, words that look like numbers in quotes.
/// Guarantees: it reads as the YAML that it came from.
#[test]
fn converters_may_write_numbers_as_they_like() {
    let yaml = "policy: p\nschema: 1\ntreatments: {a: {truncate: {chars: 30}}}\ncatalog: {x: {class: content, owner: \"1e3\"}}\n";
    let yaml = PolicyFile::read_yaml(yaml, "p").unwrap();
    for number in ["30", "\"30\"", "30.0", "3e1", "3.0E+1"] {
        for owner in ["\"1e3\"", "1e3"] {
            let json = format!(
                r#"{{"policy":"p","schema":1.0,"treatments":{{"a":{{"truncate":{{"chars":{number}}}}}}},"catalog":{{"x":{{"class":"content","owner":{owner}}}}}}}"#
            );
            assert_eq!(PolicyFile::read_json(&json, "p").unwrap(), yaml, "{json}");
        }
    }
}

/// Scenario: unquoted scalars that five converters were given, with what each of them made of it, wherever a policy has text,
/// a number, a truth value or a test's value.
/// Guarantees: what is accepted in YAML reads the same after each converter (one that makes it `null` is refused); words,
/// versions, addresses and plain numbers are accepted as they are.
#[test]
fn real_converters_change_nothing() {
    let table: Value = serde_json::from_str(include_str!("../data/converters.json")).unwrap();
    let spots = [
        "{\"policy\": \"p\", \"schema\": 1, \"catalog\": {\"x\": {\"class\": \"infra\", \"owner\": HERE}}}",
        "{\"policy\": \"p\", \"schema\": 1, \"treatments\": {\"t\": {\"truncate\": {\"chars\": HERE}}}}",
        "{\"policy\": \"p\", \"schema\": 1, \"classes\": {\"infra\": {\"treat\": \"keep\", \"force\": HERE}}}",
        "{\"policy\": \"p\", \"schema\": 1, \"tests\": [{\"name\": \"t\", \"kept\": [\"x\"], \"given\": {\"x\": HERE}}]}",
    ];
    let mut accepted = Vec::new();
    for row in table["scalars"].as_array().unwrap() {
        let plain = row[0].as_str().unwrap();
        for spot in spots {
            let Ok(yaml) = PolicyFile::read_yaml(&spot.replace("HERE", plain), "p") else { continue };
            accepted.push((spot, plain));
            for converted in row[1].as_array().unwrap() {
                let converted = converted.as_str().unwrap();
                let json = PolicyFile::read_json(&spot.replace("HERE", converted), "p");
                if converted == "null" {
                    assert!(json.is_err(), "{plain} -> null");
                } else {
                    assert_eq!(json.as_ref(), Ok(&yaml), "{plain} -> {converted}");
                }
            }
        }
    }
    for (spot, plain) in [
        (0, "1.2.3"),
        (0, "24h"),
        (0, "10.0.0.1"),
        (0, "None"),
        (0, "-7"),
        (0, "1.5"),
        (0, "2027-03-31-build"),
        (0, "v1"),
        (1, "2027"),
        (1, "1e3"),
        (1, "1.0"),
        (2, "true"),
        (3, "true"),
        (3, "-0.25"),
        (3, "user.id"),
    ] {
        assert!(accepted.contains(&(spots[spot], plain)), "{plain}");
    }
}

/// Scenario: the policy and the catalogs that come with the program.
/// Guarantees: they are read; the compact form of a catalog has the lines of the long one.
#[test]
fn what_is_built_in_is_read() {
    let policy =
        PolicyFile::read_yaml(include_str!("../../../policies/default.yaml"), "default.yaml").unwrap();
    assert_eq!(PolicyFile::read_json(&policy.to_json(), "default.json").unwrap(), policy);
    let secrets =
        CatalogFile::read_yaml(include_str!("../../../policies/secrets.yaml"), "secrets.yaml").unwrap();
    assert!(secrets.lines.len() > 100);
    let long =
        CatalogFile::read_yaml(include_str!("../../../policies/semconv.yaml"), "semconv.yaml").unwrap();
    let compact =
        CatalogFile::read_json(include_str!("../../../policies/generated/semconv.json"), "semconv.json")
            .unwrap();
    let said = |catalog: &CatalogFile| {
        let mut lines: Vec<_> = catalog
            .lines
            .iter()
            .map(|line| (line.name.clone(), line.value.class.clone(), line.value.treat.clone()))
            .collect();
        lines.sort();
        (catalog.catalog.clone(), lines)
    };
    assert_eq!(said(&long), said(&compact));
    assert_eq!(long.treatments, compact.treatments);
    let wrong = CatalogFile::read_json("{\"catalog\": \"x\", \"lins\": {}}", "x").unwrap_err().to_string();
    assert_eq!(wrong, "x:1:1: needs `schema`\nx:1:18: lins: unknown section `lins`; did you mean `lines`?");
}

/// Scenario: a policy of a megabyte in which every line is wrong.
/// Guarantees: the answer comes soon and is short.
#[test]
fn many_mistakes_end_soon() {
    let lines: String = (0..60_000).map(|n| format!("k{n}: y{n}\n  ")).collect();
    let start = std::time::Instant::now();
    let error = PolicyFile::read_yaml(&format!("policy: p\nschema: 1\ncatalog:\n  {lines}"), "p")
        .unwrap_err()
        .to_string();
    assert_eq!(error.lines().count(), 101);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

/// Scenario: the generated JSON Schema.
/// Guarantees: it knows every section, forbids others, and its patterns stand where names stand.
#[test]
fn the_schema_describes_every_section() {
    let schema = schema();
    assert_eq!(schema["additionalProperties"], json!(false));
    assert_eq!(schema["required"], json!(["policy", "schema"]));
    let sections: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "policy",
        "recipients",
        "schema",
        "default",
        "extends",
        "keys",
        "classes",
        "treatments",
        "catalog",
        "detectors",
        "tests",
    ];
    expected.sort_unstable();
    assert_eq!(sections, expected);
    assert!(schema["properties"]["catalog"]["propertyNames"]["pattern"].is_string());
    assert!(schema["properties"]["treatments"]["propertyNames"]["pattern"].is_string());
    assert!(!schema.to_string().contains("null"));
    assert_eq!(schema["$defs"]["built-in-class"]["enum"].as_array().unwrap().len(), 13);
}

/// Writes a value as YAML in styles that `dice` chooses: block and flow, plain where the subset allows it, quoted.
fn yaml(value: &Value, indent: usize, dice: &mut dyn FnMut() -> bool, out: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() && dice() => {
            for (name, value) in members {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                scalar(&json!(name), dice, out);
                out.push_str(": ");
                yaml(value, indent + 2, dice, out);
            }
        }
        Value::Array(items) if !items.is_empty() && dice() => {
            for value in items {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                out.push_str("- ");
                if value.is_object() || value.is_array() {
                    out.push_str(&flow(value));
                } else {
                    scalar(value, dice, out);
                }
            }
        }
        Value::Object(_) | Value::Array(_) => out.push_str(&flow(value)),
        leaf => scalar(leaf, dice, out),
    }
}

/// JSON that is YAML as well: characters on which versions of YAML differ are escaped.
fn flow(value: &Value) -> String {
    let escape = |c: char| if foreign(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    value.to_string().chars().map(escape).collect()
}

fn foreign(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn scalar(value: &Value, dice: &mut dyn FnMut() -> bool, out: &mut String) {
    match value {
        Value::String(text) => {
            let plain = text.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')
                && text.trim() == text
                && text.len() > 5;
            if plain && dice() {
                out.push_str(text);
            } else if !text.chars().any(foreign) && dice() {
                out.push_str(&format!("'{}'", text.replace('\'', "''")));
            } else {
                out.push_str(&flow(value));
            }
        }
        other => out.push_str(&other.to_string()),
    }
}

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4}){0,2}".prop_filter("built-in words", |name| {
        !["keep", "mask", "scan", "seal", "all", "infra", "health", "special", "content"]
            .contains(&name.as_str())
    })
}

/// Texts that readers of YAML and JSON like to mistake, among ordinary and odd ones.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "no",
            "1e3",
            "010",
            "0x10",
            "2027-03-31",
            "~",
            "null",
            "on",
            "1.0",
            "12:30",
            "true",
            "",
            " x ",
            "#",
            "- a",
            "a: b",
            "*x",
            "&y",
            "!z",
            "<<",
            "\n\n",
            "tab\there",
            "é",
            "🔑",
            "\u{2028}",
            "\u{85}",
            "\u{feff}x",
            "'",
            "\"",
            "\\",
            "%",
            "@",
        ])
        .prop_map(String::from),
        "[ -~]{0,20}",
        any::<String>().prop_map(|text| text.chars().take(12).collect()),
    ]
}

fn treatment() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec!["keep", "suppress", "mask", "replace", "scan", "summarize"])
            .prop_map(|word| json!(word)),
        (1u64..65).prop_map(|n| json!({"mask": {"keep-last": n}})),
        Just(json!({"mask": {"keep": "domain"}})),
        text().prop_map(|with| json!({"replace": {"with": with}})),
        (1u64..32, 1u64..128).prop_map(|(v4, v6)| json!({"generalize": {"ip": {"v4": v4, "v6": v6}}})),
        (1u64..1_000_000_000_000_000).prop_map(|n| json!({"generalize": {"number": {"bucket": n}}})),
        (1u32..1000, "[smhd]").prop_map(|(n, unit)| json!({"generalize": {"time": format!("{n}{unit}")}})),
        (1u64..1_000_000).prop_map(|n| json!({"truncate": {"chars": n}})),
        (prop::collection::vec(name(), 1..3)).prop_map(|names| json!({"scan": names, "on-hit": "suppress"})),
        "[a-z][a-z0-9]{0,7}".prop_map(
            |prefix| json!({"pseudonymize": {"key": "ids", "prefix": prefix, "mode": "deterministic"}})
        ),
    ]
}

fn selector() -> impl Strategy<Value = String> {
    text().prop_filter("selectors", |text| {
        !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control) && text != "<<"
    })
}

fn given() -> impl Strategy<Value = Value> {
    // Never whole: `5.0` loses its point in some converters, and YAML refuses it.
    let number = (-9_999_999i32..9_999_999, 1i32..100)
        .prop_map(|(n, cents)| json!(f64::from(n) + f64::from(cents) / 100.0));
    prop_oneof![
        text().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        number
    ]
}

fn policy() -> impl Strategy<Value = Value> {
    let line = prop_oneof![
        Just(json!("direct-id")),
        (text(), text()).prop_map(
            |(owner, why)| json!({"class": "content", "owner": owner, "why": why, "treat": "mask"})
        ),
        Just(json!({"class": "infra", "retain": "30d", "until": "2027-03-31"})),
    ];
    let test = (
        text(),
        prop::collection::btree_map(selector(), given(), 1..4),
        prop::collection::vec("[ -~]{1,9}", 1..3),
    )
        .prop_map(|(name, given, absent)| json!({"name": name, "given": given, "absent": absent}));
    let detector = (".{1,8}", prop::collection::vec(text(), 0..3))
        .prop_map(|(pattern, near)| json!({"pattern": pattern, "near": near, "class": "payment"}));
    (
        name(),
        prop::sample::select(vec!["suppress", "scan", "keep"]),
        prop::collection::btree_map(name().prop_map(|name| format!("own-{name}")), treatment(), 0..5),
        prop::collection::btree_map(selector(), line, 0..6),
        prop::collection::btree_map(name().prop_map(|name| format!("own-{name}")), detector, 0..3),
        prop::collection::vec(test, 0..3),
    )
        .prop_map(|(name, default, treatments, catalog, detectors, tests)| {
            json!({
                "policy": name, "schema": 1, "default": default, "treatments": treatments, "catalog": catalog,
                "detectors": detectors, "tests": tests, "keys": {"ids": {"use": "pseudonymize", "from": "standalone"}},
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Scenario: made-up policies, full of texts that look like something else, written as JSON and as YAML in any style.
    /// Guarantees: both read as the same policy with the same digest, and its canonical JSON reads as itself.
    #[test]
    fn yaml_and_json_agree(value in policy(), dice in prop::collection::vec(any::<bool>(), 64)) {
        let json = PolicyFile::read_json(&value.to_string(), "p").map_err(|e| TestCaseError::fail(e.to_string()))?;
        let mut throws = dice.iter().cycle().copied();
        let mut written = String::new();
        yaml(&value, 0, &mut || throws.next().unwrap_or(true), &mut written);
        let from_yaml = PolicyFile::read_yaml(&written, "p").map_err(|e| TestCaseError::fail(format!("{e}\n{written}")))?;
        prop_assert_eq!(&from_yaml, &json);
        prop_assert_eq!(from_yaml.digest(), json.digest());
        let canonical = PolicyFile::read_json(&json.to_json(), "p").map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(canonical.to_json(), json.to_json());
    }

    /// Scenario: any text at all, and real policies with bytes cut out and put in.
    /// Guarantees: a policy or an error; never a panic.
    #[test]
    fn no_text_panics(noise in any::<String>(), at in 0usize..2000, cut in 0usize..40) {
        let mut mutant: Vec<char> = SHOP.chars().collect();
        let start = at.min(mutant.len());
        let end = (start + cut).min(mutant.len());
        mutant.splice(start..end, noise.chars().take(8));
        let mutant: String = mutant.into_iter().collect();
        for text in [&noise, &mutant] {
            let _ = PolicyFile::read_json(text, "p").map_err(|error| error.to_string());
            let _ = PolicyFile::read_yaml(text, "p").map_err(|error| error.to_string());
        }
    }
}

/// Scenario: recipients that see few classes, their misspellings, and hosts that name one, none, or another.
/// Guarantees: a class that a recipient may not see is suppressed for it, in lines, by its hints and as what is found in text; own
/// classes go with what they are; what is structural stays; a host that names none of them gets no plan.
#[test]
fn recipients_see_their_classes() {
    let text = "\
policy: shop
schema: 1
recipients:
  oncall: {region: eu, classes: [operational, direct-id]}
  vendor: {classes: [operational]}
classes:
  direct-id: {treat: mask}
  loyalty:   {is: direct-id, treat: mask}
catalog:
  user.id: direct-id
  card: loyalty
  order.total: {class: operational, treat: keep}
  span/@name: {class: content, treat: keep}
";
    let plan = || Plan::compile(PolicyFile::read_yaml(text, "policy.yaml").unwrap()).unwrap();
    let seen = |recipient: &str| {
        let plan = plan().for_recipient(recipient).unwrap();
        let mut lines: Vec<String> = plan
            .lines()
            .iter()
            .map(|line| format!("{} {}", line.selector, plan.treatment(line.treatment).unwrap().name))
            .collect();
        lines.sort();
        let class = |name: &str| {
            let class = (0..).map_while(|id| plan.class(id)).find(|class| class.name == name).unwrap();
            plan.treatment(class.treatment).unwrap().name.clone()
        };
        (lines.join(", "), ["direct-id", "loyalty", "content", "structural"].map(class).join(" "))
    };
    let (lines, classes) = seen("oncall");
    assert_eq!(lines, "card mask, order.total keep, span/@name suppress, user.id mask");
    assert_eq!(classes, "mask mask suppress keep");
    let (lines, classes) = seen("vendor");
    assert_eq!(lines, "card suppress, order.total keep, span/@name suppress, user.id suppress");
    assert_eq!(classes, "suppress suppress suppress keep");
    for (recipient, told) in [
        ("vendr", "policy.yaml:4:3: recipients: unknown recipient `vendr`; did you mean `vendor`?"),
        ("", "recipients: the host names no recipient; known: `oncall`, `vendor`"),
    ] {
        let error = plan().for_recipient(recipient).map(drop).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    let wrong = text.replace("[operational]", "[operatonal]");
    let error = PolicyFile::read_yaml(&wrong, "policy.yaml").unwrap_err().to_string();
    assert!(
        error.contains("5:22: recipients.vendor.classes[0]: unknown class `operatonal`; did you mean"),
        "{error}"
    );
    // A policy without recipients serves anybody.
    let open = "policy: shop\nschema: 1\n";
    let plan = Plan::compile(PolicyFile::read_yaml(open, "policy.yaml").unwrap()).unwrap();
    assert!(plan.for_recipient("anybody").is_ok());
}
