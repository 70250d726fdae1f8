//! What a million distinct values leave behind: nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, Host, Options, Outcome, Payload};
use frostglass_keys::{DEMO_KEY, OpeningKey, Ring, Rotation};
use frostglass_tests_fuzz::counting::{Counting, cost};
use std::fmt::Write as _;
use std::sync::Arc;

#[global_allocator]
static COUNTING: Counting = Counting;

/// A clock that goes on by a second with each batch, so that sealing begins anew every sixty, and fresh randomness.
struct Ticking(u64);

impl Host for Ticking {
    fn now_unix_nanos(&self) -> u64 {
        (1_795_420_800 + self.0) * 1_000_000_000
    }

    fn random(&self) -> Option<[u8; 32]> {
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&self.0.to_le_bytes());
        Some(seed)
    }
}

fn engine() -> Engine {
    let policy = r#"{"policy": "demo", "schema": 1, "default": "keep",
        "keys": {"ids": {"use": "pseudonymize", "from": "standalone", "epoch": "1m"}, "safe": {"use": "seal", "from": "issued"}},
        "treatments": {"token": {"pseudonymize": {"key": "ids", "prefix": "u"}}, "sealed": {"seal": {"key": "safe"}}},
        "catalog": {"log/@body.user": {"class": "direct-id", "treat": "token"}, "log/@body.note": {"class": "content", "treat": "sealed"}}}"#;
    let mut ring = Ring::default();
    ring.add_standalone("ids", DEMO_KEY, true).unwrap();
    let public = OpeningKey::new([9; 32].into()).public();
    ring.add_sealing_key("safe", Rotation::Never, 0, public, [3; 32]).unwrap();
    Engine::new(Arc::new(Plan::from_json(policy, "demo").unwrap()), ring, Options::default())
}

/// Records of a batch, each with two values that stand nowhere else.
const RECORDS: u64 = 1000;
const BATCHES: u64 = 500;

/// Bytes that a batch may take beyond what the engine held before it: the batch itself (some 80 kB) and what it became.
const MOST: usize = 1 << 20;

/// Scenario: a million distinct values in 500 batches, half of them made tokens and half sealed, over nine minutes and as many epochs.
/// Guarantees: from the twentieth batch on, the engine never holds more than a batch takes; what it knew of the values before is gone.
#[test]
fn a_million_values_leave_nothing() {
    assert_eq!(cost(|| String::from("counted")).1.allocations, 1, "the allocator does not count");
    let mut engine = engine();
    let mut run = |batches: std::ops::Range<u64>| {
        for batch in batches {
            let mut payload = String::with_capacity(100 << 10);
            for at in batch * RECORDS..(batch + 1) * RECORDS {
                let _ = writeln!(payload, r#"{{"user":"person{at}@example.org","note":"call person{at}"}}"#);
            }
            let outcome = engine.rewrite(payload.as_bytes(), Payload::Ndjson, &Ticking(batch));
            let Outcome::Rewritten(treated) = outcome else { panic!("{outcome:?}") };
            assert!(!treated.windows(6).any(|part| part == b"person"));
            assert_eq!(engine.tally().treated.sum(), 2 * RECORDS);
        }
    };
    run(0..20);
    let ((), rest) = cost(|| run(20..BATCHES));
    assert!(rest.peak <= MOST, "{} bytes", rest.peak);
}
