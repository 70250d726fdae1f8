//! Keys and tokens.

use frostglass_keys::{Binding, DEMO_KEY, Domain, Prefix, Ring, Rotation};
#[cfg(not(target_family = "wasm"))]
use std::prelude::v1::test as here;
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::wasm_bindgen_test as here;

/// What the demo key makes of a value, in the form that every host must agree on.
const TOKEN_OF_ANN: &str = "u_caaaaabwtl5u5uqc36rex5phthttbepa";

/// Scenario: a host without clock, files or randomness makes a token.
/// Guarantees: the very token that every other host makes, and it is recognized.
#[here]
fn tokens_are_the_same_everywhere() {
    let mut ring = Ring::default();
    ring.add_standalone("ids", DEMO_KEY, true).unwrap();
    let domain = Domain { tenant: "", recipient: "" };
    let binding = Binding {
        key: "ids",
        domain,
        class: "direct-id",
        canonicalizer: "exact/1",
        rotation: Rotation::Never,
        prefix: Prefix::parse("u").unwrap(),
    };
    let pseudonymizer = ring.pseudonymizer(&binding).unwrap();
    let mut token = String::new();
    pseudonymizer.token(b"ann@example.org").unwrap().push_to(&mut token);
    assert_eq!(token, TOKEN_OF_ANN);
    assert!(ring.recognizer(domain).recognize(&token).is_some());
}
