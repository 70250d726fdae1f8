//! Claims about treatments whose results are fresh or bound to a trace, and about seals: through a whole engine.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, Host, Options, Outcome, Payload, Reason};
use frostglass_formats::Signal;
use frostglass_keys::{DEMO_KEY, Domain, OpeningKey, Ring, Rotation};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

const POLICY: &str = r#"{
    "policy": "p", "schema": 1, "default": "keep",
    "keys": {"ids": {"use": "pseudonymize", "from": "standalone"}, "safe": {"use": "seal", "from": "issued"}},
    "treatments": {
        "always": {"pseudonymize": {"key": "ids", "prefix": "a"}},
        "never": {"pseudonymize": {"key": "ids", "prefix": "n", "mode": "randomized"}},
        "trace": {"pseudonymize": {"key": "ids", "prefix": "d", "mode": "document"}},
        "sealed": {"seal": {"key": "safe"}}},
    "catalog": {
        "always": {"class": "direct-id", "treat": "always"}, "never": {"class": "direct-id", "treat": "never"},
        "trace": {"class": "direct-id", "treat": "trace"}, "sealed": {"class": "direct-id", "treat": "sealed"}}}"#;

/// A source of randomness that counts what it is asked for, and gives these bytes.
struct Source {
    next: Box<dyn Fn(u8) -> Option<[u8; 32]>>,
    asked: Cell<u8>,
}

impl Source {
    fn new(next: impl Fn(u8) -> Option<[u8; 32]> + 'static) -> Self {
        Self { next: Box::new(next), asked: Cell::new(0) }
    }

    /// Other bytes each time.
    fn fresh() -> Self {
        Self::new(|count| Some([count; 32]))
    }
}

impl Host for Source {
    fn now_unix_nanos(&self) -> u64 {
        1_795_420_800_000_000_000
    }

    fn random(&self) -> Option<[u8; 32]> {
        self.asked.set(self.asked.get() + 1);
        (self.next)(self.asked.get())
    }
}

fn opening_key() -> OpeningKey {
    OpeningKey::new([9; 32].into())
}

fn ring() -> Ring {
    let mut ring = Ring::default();
    ring.add_standalone("ids", DEMO_KEY, true).unwrap();
    ring.add_sealing_key("safe", Rotation::Never, 0, opening_key().public(), [3; 32]).unwrap();
    ring
}

fn engine(policy: &str) -> Engine {
    Engine::new(Arc::new(Plan::from_json(policy, "p").unwrap()), ring(), Options::default())
}

/// A request of log records: trace ids (empty for none) with attributes of these names, whose value is `ann`.
fn logs(records: &[(&str, &[&str])]) -> String {
    let records: Vec<String> = records
        .iter()
        .map(|(trace, names)| {
            let attributes: Vec<String> = names
                .iter()
                .map(|name| format!(r#"{{"key": "{name}", "value": {{"stringValue": "ann miller"}}}}"#))
                .collect();
            format!(r#"{{"traceId": "{trace}", "attributes": [{}]}}"#, attributes.join(", "))
        })
        .collect();
    format!(r#"{{"resourceLogs": [{{"scopeLogs": [{{"logRecords": [{}]}}]}}]}}"#, records.join(", "))
}

fn treat(engine: &mut Engine, payload: &str, host: &dyn Host) -> String {
    match engine.rewrite(payload.as_bytes(), Payload::OtlpJson(Signal::Logs), host) {
        Outcome::Rewritten(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        Outcome::Unchanged => payload.to_owned(),
        Outcome::Withheld(why) => panic!("{why}"),
    }
}

/// The values of a treated request, in order.
fn values(text: &str) -> Vec<&str> {
    text.split(r#""stringValue":"#).skip(1).filter_map(|rest| rest.split('"').nth(1)).collect()
}

const ONE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const OTHER: &str = "4bf92f3577b34da6a3ce929d0e0e4737";

/// Scenario: one value again and again in one payload, under each mode and sealed.
/// Guarantees: what joins joins, and what must not is never remembered: not in a record, not across records.
#[test]
fn only_what_joins_is_remembered() {
    let mut engine = engine(POLICY);
    let count = |engine: &mut Engine, name, host: &Source| {
        let names = [name, name];
        let treated = treat(engine, &logs(&[(ONE, &names), (ONE, &names), (OTHER, &names)]), host);
        assert!(!treated.contains("ann miller"));
        values(&treated).into_iter().map(str::to_owned).collect::<BTreeSet<_>>().len()
    };
    let host = Source::fresh();
    for (name, different) in [("always", 1), ("trace", 2), ("never", 6), ("sealed", 6)] {
        assert_eq!(count(&mut engine, name, &host), different, "{name}");
    }
    assert_eq!(host.asked.get(), 4, "asked once a payload");
}

/// Scenario: records with traces, without, with zeros for a trace; the same trace in another payload; protobuf's view is in
/// the vectors of the engine's other tests.
/// Guarantees: equal values join inside one trace, over payloads too; a record without a trace joins with nothing else.
#[test]
fn documents_are_traces_or_records() {
    let mut engine = engine(POLICY);
    let host = Source::fresh();
    let zeros = "0".repeat(32);
    let payload = logs(&[
        (ONE, &["trace"]),
        ("", &["trace", "trace"]),
        (OTHER, &["trace"]),
        (ONE, &["trace"]),
        (&zeros, &["trace"]),
        ("not a trace", &["trace"]),
    ]);
    let first = treat(&mut engine, &payload, &host);
    let made = values(&first);
    assert_eq!(made[0], made[4]);
    assert_eq!(made[1], made[2]);
    let different: BTreeSet<_> = [0, 1, 3, 5, 6].map(|at| made[at]).into();
    assert_eq!(different.len(), 5);
    let again = treat(&mut engine, &payload, &host);
    let later = values(&again);
    assert_eq!((later[0], later[3]), (made[0], made[3]));
    assert!([1, 5, 6].iter().all(|at| later[*at] != made[*at]));
}

/// Scenario: the source fails, gives zeros, repeats itself, and is well again.
/// Guarantees: suppressed and counted for that reason, tokens that need none go on, and nothing is raw.
#[test]
fn broken_sources_suppress() {
    let mut engine = engine(POLICY);
    let host = Source::new(|count| match count {
        1 => None,
        2 => Some([0; 32]),
        3 | 4 => Some([7; 32]),
        _ => Some([count; 32]),
    });
    let payload = logs(&[("", &["always", "never", "trace", "sealed"])]);
    for well in [false, false, true, false, true] {
        let treated = treat(&mut engine, &payload, &host);
        assert!(!treated.contains("ann miller"));
        assert_eq!(values(&treated).len(), if well { 4 } else { 1 });
        let withheld = engine.tally().withheld.get(&Reason::NoRandom).copied();
        assert_eq!(withheld, (!well).then_some(3));
    }
}

/// Scenario: a policy that randomizes nothing.
/// Guarantees: the host is never asked for randomness.
#[test]
fn who_randomizes_nothing_asks_for_nothing() {
    let policy = POLICY.replace("randomized", "deterministic").replace("document", "deterministic");
    let (without, _) = policy.split_once(r#""sealed": {"seal""#).unwrap();
    let policy = format!(
        r#"{}}}, "catalog": {{"always": {{"class": "direct-id", "treat": "always"}}}}}}"#,
        without.trim_end().trim_end_matches(',')
    );
    let host = Source::fresh();
    treat(&mut engine(&policy), &logs(&[(ONE, &["always"])]), &host);
    assert_eq!(host.asked.get(), 0);
}

/// Scenario: what one hop made comes to the next, with the same keys and with none of them in common.
/// Guarantees: left alone in its domain; treated again, and never raw, elsewhere. A seal opens with the private half alone,
/// also where it was sealed twice.
#[test]
fn what_was_made_stays_at_the_next_hop() {
    let host = Source::fresh();
    let payload = logs(&[(ONE, &["never", "trace", "sealed"])]);
    let treated = treat(&mut engine(POLICY), &payload, &host);
    assert_eq!(treat(&mut engine(POLICY), &treated, &host), treated);

    let mut stranger = Ring::default();
    stranger
        .add_standalone("ids", "c2f1a7d09b3e58461f7ae0b4d55c93288e6601bdfa4b7c1329d7f0e85a36c4b9", false)
        .unwrap();
    stranger.add_sealing_key("safe", Rotation::Never, 0, opening_key().public(), [4; 32]).unwrap();
    let plan = Arc::new(Plan::from_json(POLICY, "p").unwrap());
    let twice = treat(&mut Engine::new(plan, stranger, Options::default()), &treated, &host);
    let (once, again) = (values(&treated), values(&twice));
    assert!(once.iter().zip(&again).all(|(once, again)| once != again));
    let open = |text: &str| {
        let opened = opening_key().open(text, Domain::default(), "direct-id").unwrap();
        String::from_utf8(opened.to_vec()).unwrap()
    };
    assert_eq!(open(once[2]), "ann miller");
    assert_eq!(open(&open(again[2])), "ann miller");
}

/// Scenario: whoever has every key of a host and all its output tries to open a seal: with each 32 bytes of key material that
/// the host was given as private half.
/// Guarantees: nothing opens.
#[test]
fn a_host_opens_nothing() {
    let treated = treat(&mut engine(POLICY), &logs(&[(ONE, &["sealed"])]), &Source::fresh());
    let sealed = values(&treated)[0];
    let public = opening_key().public();
    let host_has = [public, [3; 32], *b"frostglass demo key: published, "];
    for bytes in host_has {
        assert!(OpeningKey::new(bytes.into()).open(sealed, Domain::default(), "direct-id").is_err());
    }
    assert!(opening_key().open(sealed, Domain::default(), "direct-id").is_ok());
}

/// Scenario: what an earlier hop sealed, tokenized and randomized stands in text that is scanned, under names that are nobody's.
/// Guarantees: nothing of it is taken for a finding.
#[test]
fn what_was_made_stays_inside_scanned_text() {
    let host = Source::fresh();
    let treated = treat(&mut engine(POLICY), &logs(&[(ONE, &["never", "trace", "sealed"])]), &host);
    let policy = r#"{"policy": "p", "schema": 1, "default": "scan", "extends": ["semconv", "secrets"],
        "keys": {"ids": {"use": "pseudonymize", "from": "standalone"}, "safe": {"use": "seal", "from": "issued"}}}"#;
    let mut engine = engine(policy);
    for made in values(&treated) {
        for text in [
            made.to_owned(),
            format!("user {made} failed"),
            format!("order={made} status=500"),
            format!("key {made} was not found, see secret {made}"),
            format!("https://shop.example.org/a?order={made}&b=1"),
            format!(r#"{{\"order\": \"{made}\"}}"#),
        ] {
            let line = format!(
                r#"{{"resourceLogs": [{{"scopeLogs": [{{"logRecords": [{{"body": {{"stringValue": "{text}"}}}}]}}]}}]}}"#
            );
            assert_eq!(treat(&mut engine, &line, &host), line, "{text}");
        }
    }
}
