//! Claims about what is worked out and what is remembered, counted where it happens.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::VALUES;
use crate::policy::Plan;
use crate::treat::{Apply, Beginning, Context, Spec, Surroundings, Treated, Treatment};
use crate::{Engine, Options, Outcome, Payload};
use frostglass_formats::Value;
use frostglass_keys::{DEMO_KEY, Ring};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A treatment that counts how often it is applied: of tokens, each time is an HMAC.
#[derive(Debug)]
struct Counted(Box<dyn Treatment>, Arc<AtomicUsize>);

#[derive(Debug)]
struct Applied(Box<dyn Apply>, Arc<AtomicUsize>);

impl Treatment for Counted {
    fn spec(&self) -> &'static Spec {
        self.0.spec()
    }

    fn resolve(&self, context: &Context<'_>) -> Box<dyn Apply> {
        Box::new(Applied(self.0.resolve(context), Arc::clone(&self.1)))
    }
}

impl Apply for Applied {
    fn begin(&mut self, beginning: Beginning<'_>) -> bool {
        self.0.begin(beginning)
    }

    fn enter(&mut self, around: Surroundings) {
        self.0.enter(around);
    }

    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.apply(value, out)
    }
}

/// Tokens that can be turned back: dear, and remembered by none but the engine.
const REVERSIBLE: &str = r#"{"tokenize": {"key": "ids", "prefix": "t"}}"#;
/// Tokens that remember themselves.
const DETERMINISTIC: &str = r#"{"pseudonymize": {"key": "ids", "prefix": "u"}}"#;
/// Tokens that join nothing.
const RANDOMIZED: &str = r#"{"pseudonymize": {"key": "ids", "prefix": "u", "mode": "randomized"}}"#;

/// An engine that makes tokens of `user.id`, and how often it is asked for one.
fn engine(treatment: &str) -> (Engine, Arc<AtomicUsize>) {
    let purpose = if treatment == REVERSIBLE { "tokenize" } else { "pseudonymize" };
    let policy = format!(
        r#"{{"policy": "demo", "schema": 1, "default": "keep", "keys": {{"ids": {{"use": "{purpose}", "from": "standalone"}}}},
            "treatments": {{"token": {treatment}}},
            "catalog": {{"log/@body.user.id": {{"class": "direct-id", "treat": "token"}}}}}}"#
    );
    let mut plan = Plan::from_json(&policy, "demo").unwrap();
    let applied = Arc::new(AtomicUsize::new(0));
    let token = plan.treatments.iter_mut().find(|treatment| treatment.name == "token").unwrap();
    let keep: Box<dyn Treatment> = Box::new(crate::treat::Keep);
    let treat = std::mem::replace(&mut token.treat, keep);
    token.treat = Box::new(Counted(treat, Arc::clone(&applied)));
    let mut ring = Ring::default();
    ring.add_standalone("ids", DEMO_KEY, true).unwrap();
    (Engine::new(Arc::new(plan), ring, Options::default()), applied)
}

/// So many records of so many people, one after the other.
fn records(count: usize, people: usize) -> String {
    let line = |at: usize| format!("{{\"user\":{{\"id\":\"person{}@example.org\"}}}}\n", at % people);
    (0..count).map(line).collect()
}

/// A host with a clock and randomness.
struct Host;

impl crate::Host for Host {
    fn now_unix_nanos(&self) -> u64 {
        1_795_420_800_000_000_000
    }

    fn random(&self) -> Option<[u8; 32]> {
        Some([7; 32])
    }
}

/// How many values of a payload became tokens.
fn treat(engine: &mut Engine, payload: &str) -> u64 {
    match engine.rewrite(payload.as_bytes(), Payload::Ndjson, &Host) {
        Outcome::Rewritten(treated) => assert!(!String::from_utf8_lossy(treated).contains("person")),
        other => panic!("{other:?}"),
    }
    engine.tally().treated.sum()
}

/// Scenario: a batch of a thousand records of ten people, twice, under tokens that can be turned back; and the same under tokens that
/// remember themselves, and such that join nothing.
/// Guarantees: a token that can be turned back is made once for each person and batch; the others are asked for one each time.
#[test]
fn what_joins_is_made_once_a_value() {
    let payload = records(1000, 10);
    let (mut joining, applied) = engine(REVERSIBLE);
    for batch in 1..=2 {
        assert_eq!(treat(&mut joining, &payload), 1000);
        assert_eq!(applied.load(Ordering::Relaxed), 10 * batch);
    }
    for treatment in [DETERMINISTIC, RANDOMIZED] {
        let (mut loose, applied) = engine(treatment);
        assert_eq!(treat(&mut loose, &payload), 1000);
        assert_eq!(applied.load(Ordering::Relaxed), 1000);
    }
}

/// Scenario: one batch with more people than are remembered, each of them twice.
/// Guarantees: all become tokens, and what is kept of them is no more than there is room for.
#[test]
fn a_batch_of_many_values_keeps_few() {
    let people = 5 * VALUES;
    let (mut engine, applied) = engine(REVERSIBLE);
    assert_eq!(treat(&mut engine, &records(2 * people, people)), 2 * people as u64);
    let applied = applied.load(Ordering::Relaxed);
    assert!((people..2 * people).contains(&applied), "{applied}");
    let token = 2 * "person20479@example.org".len() + 64;
    assert!(engine.decider.tokens.len() <= VALUES * token, "{}", engine.decider.tokens.len());
}
