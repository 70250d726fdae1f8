//! The published vectors, read by the code that makes tokens. The same file is read by
//! `tests/vectors/check_tokens.py`, which was written from the specification alone.

use crate::recognizer::CheckKey;
use crate::ring::Key;
use crate::{Binding, Domain, Prefix, Random, Ring, Rotation, derive, token};
use serde_json::Value;
use siphasher::sip::SipHasher24;
use std::hash::Hasher;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../tests/vectors/tokens.json")).unwrap()
}

fn ring(vectors: &Value, only: &str) -> Ring {
    let mut ring = Ring::default();
    ring.add_unchecked(only, &unhex(vectors["keys"][only].as_str().unwrap()));
    ring
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text<'v>(case: &'v Value, member: &str) -> &'v str {
    case[member].as_str().unwrap()
}

fn domain(case: &Value) -> Domain<'_> {
    Domain { tenant: text(case, "tenant"), recipient: text(case, "recipient") }
}

/// The canonical bytes of a case, where the file shows them or canonicalizing changes nothing.
fn canonical(case: &Value) -> Vec<u8> {
    match (case["canonical"].as_str(), text(case, "kind")) {
        (Some(canonical), _) => canonical.as_bytes().to_vec(),
        (None, "bytes") => unhex(text(case, "value")),
        (None, _) => text(case, "value").repeat(case["times"].as_u64().unwrap_or(1) as usize).into_bytes(),
    }
}

/// Scenario: every vector of the file.
/// Guarantees: the token is the one that the specification gives, the epoch too, and this domain recognizes it.
#[test]
fn tokens_agree_with_the_specification() {
    let vectors = vectors();
    for case in vectors["tokens"].as_array().unwrap() {
        let name = text(case, "name");
        let ring = ring(&vectors, text(case, "key"));
        let epoch_seconds = case["epoch_seconds"].as_u64().map(|seconds| seconds as u32);
        let binding = Binding {
            key: text(case, "key"),
            domain: domain(case),
            class: text(case, "class"),
            canonicalizer: text(case, "canonicalizer"),
            rotation: epoch_seconds.map_or(Rotation::Never, |seconds| Rotation::every(seconds).unwrap()),
            prefix: Prefix::parse(text(case, "prefix")).unwrap(),
        };
        let mut pseudonymizer = ring.pseudonymizer(&binding).unwrap();
        pseudonymizer.turn_to(case["unix_seconds"].as_u64().unwrap() * 1_000_000_000);
        let made = match case["mode"].as_str() {
            None => pseudonymizer.token(&canonical(case)),
            Some("document") => {
                let document = unhex(text(case, "document")).try_into().unwrap();
                pseudonymizer.document_token(&document, &canonical(case))
            }
            Some(_) => pseudonymizer.random_token(&mut Random::giving(&unhex(text(case, "random")))),
        };
        let token = made.unwrap().to_string();
        assert_eq!(token, text(case, "token"), "{name}");

        let info =
            ring.recognizer(domain(case)).recognize(&token).map(|info| (info.prefix.to_owned(), info.epoch));
        let epoch = case["epoch"].as_u64().unwrap() as u32;
        assert_eq!(info, Some((text(case, "prefix").to_owned(), epoch)), "{name}");
    }
}

/// Scenario: look-alikes, damaged tokens and tokens of others.
/// Guarantees: none is recognized.
#[test]
fn what_is_not_ours_is_raw() {
    let vectors = vectors();
    for case in vectors["not_ours"].as_array().unwrap() {
        let recognizer = ring(&vectors, text(case, "key")).recognizer(domain(case));
        assert_eq!(recognizer.recognize(text(case, "text")), None, "{}", text(case, "why"));
    }
}

/// Scenario: the worked derivation of the file.
/// Guarantees: every step agrees, so that another implementation finds its first wrong one.
#[test]
fn derivations_agree_step_by_step() {
    let vectors = vectors();
    let case = &vectors["derivation"];
    let parties = derive::length_prefixed(&[text(case, "tenant"), text(case, "recipient")]).unwrap();
    let all = ["tenant", "recipient", "class", "canonicalizer"].map(|member| text(case, member));
    let root = derive::standalone_root(&unhex(text(&vectors["keys"], text(case, "key"))));
    let check_secret = derive::check_secret(&root).unwrap();
    let epoch_key = derive::epoch_key(&root, case["epoch"].as_u64().unwrap() as u32).unwrap();
    let domain_key = derive::domain_key(&epoch_key, &derive::length_prefixed(&all).unwrap()).unwrap();
    assert_eq!(hex(root.as_slice()), text(case, "root"));
    assert_eq!(hex(check_secret.as_slice()), text(case, "check_secret"));
    assert_eq!(hex(epoch_key.as_slice()), text(case, "epoch_key"));
    assert_eq!(hex(domain_key.as_slice()), text(case, "domain_key"));
    assert_eq!(hex(derive::check_key(&check_secret, &parties).unwrap().as_slice()), text(case, "check_key"));
    assert_eq!(hex(&[derive::key_id(&check_secret, &parties).unwrap()]), text(case, "key_id"));

    let message = unhex(text(case, "message"));
    let prefix = text(case, "prefix");
    let key = Key::standalone(&unhex(text(&vectors["keys"], text(case, "key")))).unwrap();
    let check = hex(&CheckKey::new(&key, domain(case)).unwrap().check(prefix, &message[prefix.len() + 1..]));
    assert_eq!(check, text(case, "check"));
    assert!(text(case, "siphash").starts_with(&check));
}

/// Scenario: the vectors that the authors of SipHash-2-4 published, in one piece and in two.
/// Guarantees: the hasher under the check is that function, and pieces make no difference.
#[test]
fn the_check_is_siphash_as_published() {
    for case in vectors()["siphash"].as_array().unwrap() {
        let key = unhex(text(case, "key")).try_into().unwrap();
        let message = unhex(text(case, "message"));
        for at in 0..=message.len() {
            let mut state = SipHasher24::new_with_key(&key);
            state.write(&message[..at]);
            state.write(&message[at..]);
            let output = hex(&state.finish().to_le_bytes());
            assert_eq!(output, text(case, "output"), "{} bytes in two at {at}", message.len());
        }
    }
}

/// Scenario: the keys of the published vectors are given to a host.
/// Guarantees: refused.
#[test]
fn published_keys_are_refused_by_hosts() {
    for key in vectors()["keys"].as_object().unwrap().values() {
        assert!(Ring::default().add_standalone("ids", key.as_str().unwrap(), true).is_err());
    }
}

/// Scenario: a payload comes before the host ever told the time, after midnight, and with a clock gone mad.
/// Guarantees: a token of the right epoch or none, never one of a made-up epoch.
#[test]
fn a_rotating_key_follows_the_clock_or_gives_nothing() {
    let vectors = vectors();
    let ring = ring(&vectors, "a");
    let binding = Binding {
        key: "a",
        domain: Domain::default(),
        class: "direct-id",
        canonicalizer: "exact/1",
        rotation: Rotation::every(60).unwrap(),
        prefix: Prefix::default(),
    };
    let mut pseudonymizer = ring.pseudonymizer(&binding).unwrap();
    assert!(pseudonymizer.token(b"ann").is_none());
    pseudonymizer.turn_to(59_999_999_999);
    let first = pseudonymizer.token(b"ann").unwrap().to_string();
    pseudonymizer.turn_to(60_000_000_000);
    let second = pseudonymizer.token(b"ann").unwrap().to_string();
    assert_ne!(first, second);
    let recognizer = ring.recognizer(Domain::default());
    assert_eq!(recognizer.recognize(&first).map(|info| info.epoch), Some(0));
    assert_eq!(recognizer.recognize(&second).map(|info| info.epoch), Some(1));
    pseudonymizer.turn_to(u64::MAX);
    assert!(pseudonymizer.token(b"ann").is_none());
    pseudonymizer.turn_to(0);
    assert_eq!(pseudonymizer.token(b"ann").unwrap().to_string(), first);
    assert_eq!(token::MAX_EPOCH, 268_435_455);
}

/// Scenario: a policy names a key that the host was not given, or the class changes.
/// Guarantees: no pseudonymizer without the key; another class, another token.
#[test]
fn no_key_no_token() {
    let vectors = vectors();
    let binding = |key| Binding {
        key,
        domain: Domain::default(),
        class: "direct-id",
        canonicalizer: "exact/1",
        rotation: Rotation::Never,
        prefix: Prefix::default(),
    };
    assert!(Ring::default().pseudonymizer(&binding("a")).is_none());
    assert!(ring(&vectors, "a").pseudonymizer(&binding("b")).is_none());
    let made = ring(&vectors, "a").pseudonymizer(&binding("a")).unwrap();
    assert_eq!(format!("{made:?}"), r#"Pseudonymizer { prefix: "t", epoch: Some(0), .. }"#);
    assert_eq!(
        Ring::default().recognizer(Domain::default()).recognize("t_caaaaaaq4lwoywe4w7oaammnmppchsiu"),
        None
    );
}
