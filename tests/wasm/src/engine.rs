//! Policy to payload: the whole core.

use frostglass_engine::{Engine, Options, Outcome, Payload, policy::Plan};
use frostglass_keys::{DEMO_KEY, Ring};
#[cfg(not(target_family = "wasm"))]
use std::prelude::v1::test as here;
use std::sync::Arc;
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::wasm_bindgen_test as here;

const POLICY: &str = r#"{
    "policy": "demo", "schema": 1, "default": "suppress", "extends": ["semconv", "secrets"],
    "keys": {"ids": {"use": "pseudonymize", "from": "standalone"}},
    "classes": {"direct-id": {"treat": "token"}, "content": {"treat": "scan-text"}},
    "treatments": {
        "token": {"pseudonymize": {"key": "ids", "prefix": "u"}},
        "scan-text": {"scan": "all", "on-hit": "by-class"}
    },
    "catalog": {"log/@body": "content"}
}"#;
const NOW: u64 = 1_700_000_000_000_000_000;

fn treated(payload: &[u8], kind: Payload) -> String {
    let plan = Arc::new(Plan::from_json(POLICY, "policy.json").unwrap());
    let mut ring = Ring::default();
    ring.add_standalone("ids", DEMO_KEY, true).unwrap();
    let mut engine = Engine::new(plan, ring, Options::default());
    match engine.rewrite(payload, kind, &NOW) {
        Outcome::Rewritten(output) => String::from_utf8(output.to_vec()).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Scenario: a line of text with an address and a password, where no clock, file or randomness is.
/// Guarantees: the address becomes the token that every host makes, the password goes, the rest stays.
#[here]
fn a_line_is_treated_as_everywhere() {
    let output = treated(b"login of ann@example.org failed: password=Winter-2026!\n", Payload::Text);
    assert!(output.starts_with("login of u_caaaaabwtl5u5uqc36rex5phthttbepa failed: password="), "{output}");
    assert!(!output.contains("Winter"), "{output}");
}

/// Scenario: bad policies.
/// Guarantees: an error that names the word, not a plan.
#[here]
fn a_bad_policy_is_refused() {
    let error = Plan::from_json(&POLICY.replace("direct-id", "direkt-id"), "policy.json").unwrap_err();
    assert!(error.to_string().contains("direkt-id"), "{error}");
}
