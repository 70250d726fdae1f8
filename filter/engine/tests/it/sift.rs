//! Holds going once through many texts against going through each of them.

#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed claim")]

use frostglass_engine::Class;
use frostglass_engine::detect::{FieldContext, Hits, Scanner, Selection, UserDetector};
use proptest::prelude::*;

fn scanner() -> Scanner {
    let own = UserDetector {
        name: "order-no".into(),
        pattern: r"ORD-\d{8}".into(),
        near: Vec::new(),
        class: Class::Operational,
    };
    Scanner::new(&Selection::All, vec![own]).unwrap()
}

/// Pieces that sites are made of, so that texts come close to one, and close to each other.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "4111",
            " ",
            "-",
            ".",
            "@",
            "+",
            "1",
            "203",
            ":",
            "=",
            "password",
            "ghp_",
            "ORD-",
            "00000000",
            "ann",
            "example",
            "org",
            "eyJ",
            "AKIA",
            "--",
            "----",
            "bearer",
            "abcdef",
            "0123456789",
            "é",
            "ann@example.org",
            "4111 1111 1111 1111",
            "203.0.113.7",
            "password=Winter-2026!",
            "078-05-1120",
            "ORD-12345678",
            "\u{0}",
            "/",
            "DE89",
            "(",
        ])
        .prop_map(str::to_owned),
        "[a-z0-9]{0,40}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Scenario: texts that hold parts of sensitive values, one behind the other.
    /// Guarantees: a text without a mark is one in which nothing is found; neighbors hide nothing.
    #[test]
    fn what_is_not_marked_holds_nothing(texts in prop::collection::vec(text(), 1..12)) {
        let scanner = scanner();
        let mut hits = Hits::new();
        let mut joined = Vec::new();
        let mut spans = Vec::new();
        for text in &texts {
            let start = joined.len();
            joined.extend_from_slice(text.as_bytes());
            spans.push(start..joined.len());
            joined.push(0);
        }
        let mut marked = vec![false; joined.len()];
        scanner.sift(&joined, |at| marked[at] = true);
        for (text, span) in texts.iter().zip(spans) {
            let clean = !marked[span].iter().any(|mark| *mark);
            scanner.find(text, FieldContext::default(), &mut hits);
            prop_assert!(!clean || (text.is_ascii() && hits.is_empty()), "{text:?}");
        }
    }
}
