//! Holds the JSON walker against serde_json: what is accepted, what is shown, what is left after edits.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed claim")]

use crate::same::{self, Same};
use frostglass_formats::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Ruling, Scratch, Value, Verdict,
    json::Json,
};
use proptest::prelude::*;
use serde_json::{Map, Value as Tree, json};
use std::hash::{DefaultHasher, Hash, Hasher};

fn walk(input: &[u8], visitor: &mut dyn FieldVisitor) -> Result<Vec<u8>, FormatError> {
    same::walk(&Json, input, visitor)
}

/// Looks at everything, keeps it and writes it down.
#[derive(Default)]
struct Witness {
    name: String,
    seen: Vec<(String, String)>,
}

impl FieldVisitor for Witness {
    fn rule(&mut self, name: Name<'_>, _: Option<Ruling>) -> Ruling {
        self.name = name.path.to_owned();
        self.seen.push((self.name.clone(), format!("{:?}/{}", name.member(), name.key())));
        Ruling { verdict: Verdict::Look, look_at_key: false, id: 0 }
    }
    fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
        Edit::Keep
    }
    fn value(&mut self, _: Ruling, value: Value<'_>, _: &mut String) -> Edit {
        self.seen.push((self.name.clone(), format!("{value:?}")));
        Edit::Keep
    }
    fn unknown(&mut self, _: Level) -> bool {
        false
    }
    fn unreadable(&mut self, _: Level, defect: Defect) {
        self.seen.push((self.name.clone(), format!("{defect:?}")));
    }
    fn record_withheld(&mut self, _: Level, _: u64, _: Defect) -> bool {
        true
    }
}

/// Decides by a hash of path and value, so that the expected result can be computed apart.
struct Lottery {
    seed: u64,
    verdicts: Vec<Verdict>,
    paths: Vec<String>,
}

fn draw(seed: u64, subject: impl Hash, sides: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, subject).hash(&mut hasher);
    hasher.finish() % sides
}

const REPLACEMENT: &str = "it's \"new\"\n\\ \u{1} ü";

fn verdict(seed: u64, path: &str) -> Verdict {
    match draw(seed, path, 5) {
        0 => Verdict::Keep,
        1 => Verdict::Drop,
        _ => Verdict::Look,
    }
}

fn edit(seed: u64, path: &str, value: &str) -> Edit {
    match draw(seed, (path, value), 7) {
        0 | 1 => Edit::Drop,
        2 => Edit::Text,
        3 => Edit::Int(-5),
        4 => Edit::Double(2.5e20),
        _ => Edit::Keep,
    }
}

fn key_edit(seed: u64, path: &str) -> Edit {
    match draw(seed, (path, "key"), 5) {
        0 => Edit::Drop,
        1 => Edit::Text,
        _ => Edit::Keep,
    }
}

/// The text by which both sides know a leaf.
fn leaf(value: &Tree) -> String {
    match value {
        Tree::String(text) => format!("t{text}"),
        Tree::Bool(truth) => format!("b{truth}"),
        Tree::Number(number) => match number.as_i64() {
            Some(int) => format!("i{int}"),
            None => format!("d{:?}", number.as_f64()),
        },
        other => panic!("not a shown leaf: {other}"),
    }
}

impl FieldVisitor for Lottery {
    fn rule(&mut self, name: Name<'_>, within: Option<Ruling>) -> Ruling {
        let verdict = if within.is_none() { Verdict::Look } else { verdict(self.seed, name.path) };
        self.verdicts.push(verdict);
        self.paths.push(name.path.to_owned());
        let id = u32::try_from(self.paths.len() - 1).unwrap();
        Ruling { verdict, look_at_key: within.is_some(), id }
    }
    fn key(&mut self, ruling: Ruling, key: &str, out: &mut String) -> Edit {
        let path = &self.paths[ruling.id as usize];
        assert!(path.ends_with(key));
        out.push_str(key);
        out.push('\'');
        key_edit(self.seed, path)
    }
    fn value(&mut self, ruling: Ruling, value: Value<'_>, out: &mut String) -> Edit {
        let shown = match value {
            Value::Text(text) => format!("t{text}"),
            Value::Bool(truth) => format!("b{truth}"),
            Value::Int(int) => format!("i{int}"),
            Value::Double(double) => format!("d{:?}", Some(double)),
            Value::Bytes(_) => panic!("JSON has no bytes"),
        };
        out.push_str(REPLACEMENT);
        edit(self.seed, &self.paths[ruling.id as usize], &shown)
    }
    fn unknown(&mut self, _: Level) -> bool {
        panic!("JSON has no unknown members")
    }
    fn unreadable(&mut self, _: Level, defect: Defect) {
        panic!("readable JSON was called {defect:?}")
    }
    fn record_withheld(&mut self, _: Level, _: u64, _: Defect) -> bool {
        true
    }
}

/// What a lottery leaves of `value`.
fn expected(seed: u64, path: &str, value: &Tree) -> Option<Tree> {
    match value {
        Tree::Null => Some(Tree::Null),
        Tree::Array(elements) => {
            Some(Tree::Array(elements.iter().filter_map(|element| expected(seed, path, element)).collect()))
        }
        Tree::Object(members) => {
            let mut left = Map::new();
            for (key, value) in members {
                let path = format!("{path}.{key}");
                let verdict = verdict(seed, &path);
                if verdict == Verdict::Drop {
                    continue;
                }
                let key = match key_edit(seed, &path) {
                    Edit::Drop => continue,
                    Edit::Text => format!("{key}'"),
                    _ => key.clone(),
                };
                let value = match verdict {
                    Verdict::Look => expected(seed, &path, value),
                    _ => Some(value.clone()),
                };
                if let Some(value) = value {
                    left.insert(key, value);
                }
            }
            Some(Tree::Object(left))
        }
        shown => match edit(seed, path, &leaf(shown)) {
            Edit::Keep => Some(shown.clone()),
            Edit::Drop => None,
            Edit::Text => Some(json!(REPLACEMENT)),
            Edit::Int(int) => Some(json!(int)),
            Edit::Double(double) => Some(json!(double)),
        },
    }
}

/// Writes a tree as JSON with white space and escapes that vary with `seed`.
fn render(tree: &Tree, seed: &mut u64, out: &mut String) {
    fn turn(seed: &mut u64, sides: u64) -> u64 {
        *seed = draw(*seed, "turn", u64::MAX);
        *seed % sides
    }
    fn blank(seed: &mut u64, out: &mut String) {
        out.push_str(["", "", "", " ", "\n", "\t \r\n"][turn(seed, 6) as usize]);
    }
    fn text(text: &str, seed: &mut u64, out: &mut String) {
        out.push('"');
        for character in text.chars() {
            let must = matches!(character, '"' | '\\') || character < ' ';
            if !must && turn(seed, 8) > 0 {
                out.push(character);
            } else if character == '"' && turn(seed, 2) == 0 {
                out.push_str("\\\"");
            } else if character == '/' || character == '\\' {
                out.push('\\');
                out.push(character);
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04X}"));
                }
            }
        }
        out.push('"');
    }
    blank(seed, out);
    match tree {
        Tree::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                render(element, seed, out);
            }
            blank(seed, out);
            out.push(']');
        }
        Tree::Object(members) => {
            out.push('{');
            for (index, (key, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                blank(seed, out);
                text(key, seed, out);
                blank(seed, out);
                out.push(':');
                render(value, seed, out);
            }
            blank(seed, out);
            out.push('}');
        }
        Tree::String(string) => text(string, seed, out),
        other => out.push_str(&other.to_string()),
    }
    blank(seed, out);
}

fn trees() -> impl Strategy<Value = Tree> {
    let text = prop_oneof!["[a-e]{0,3}", "[ -&(-~]{0,12}", "\\PC{0,6}", "[\u{0}-\u{20}\"\\\\/𝄞é]{0,5}"]
        // In an array that would be an option, which names the next element.
        .prop_filter("an option", |text| !text.starts_with('-'));
    let leaf = prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::from),
        any::<i64>().prop_map(Tree::from),
        any::<i8>().prop_map(Tree::from),
        // Eighths: serde_json reads longer fractions inexactly.
        any::<i32>().prop_map(|eighths| json!(f64::from(eighths) / 8.0)),
        text.clone().prop_map(Tree::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::from),
            prop::collection::btree_map("[a-e.]{0,2}|[ -&(-~]{1,4}|é𝄞|\"\\\\", inner, 0..6)
                .prop_map(|members| Tree::Object(members.into_iter().collect())),
        ]
    })
}

/// Whether serde_json reads the bytes as one value. A number beyond doubles is valid JSON (RFC 8259, section 6) which
/// serde_json cannot hold.
fn oracle(input: &[u8]) -> Option<bool> {
    match serde_json::from_slice::<Tree>(input) {
        Ok(_) => Some(true),
        Err(error) if error.to_string().contains("number out of range") => None,
        Err(_) => Some(false),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Scenario: valid documents with arbitrary white space and escapes.
    /// Guarantees: keeping everything is the identity, and every leaf is shown as serde_json decodes it.
    #[test]
    fn what_is_shown_is_what_serde_json_reads(tree in trees(), seed: u64) {
        fn flatten(path: &str, tree: &Tree, out: &mut Vec<String>) {
            match tree {
                Tree::Null => {}
                Tree::Array(elements) => elements.iter().for_each(|element| flatten(path, element, out)),
                Tree::Object(members) => {
                    members.iter().for_each(|(key, value)| flatten(&format!("{path}.{key}"), value, out));
                }
                Tree::String(text) => out.push(format!("{path}={:?}", Value::Text(text))),
                Tree::Bool(truth) => out.push(format!("{path}={:?}", Value::Bool(*truth))),
                Tree::Number(number) => out.push(match number.as_i64() {
                    Some(int) => format!("{path}={:?}", Value::Int(int)),
                    None => format!("{path}={:?}", Value::Double(number.as_f64().unwrap())),
                }),
            }
        }
        struct Leaves(Vec<String>, Vec<String>);
        impl FieldVisitor for Leaves {
            fn rule(&mut self, name: Name<'_>, _: Option<Ruling>) -> Ruling {
                self.0.push(name.path.to_owned());
                let id = u32::try_from(self.0.len() - 1).unwrap();
                Ruling { verdict: Verdict::Look, look_at_key: false, id }
            }
            fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
                Edit::Keep
            }
            fn value(&mut self, ruling: Ruling, value: Value<'_>, _: &mut String) -> Edit {
                self.1.push(format!("{}={value:?}", self.0[ruling.id as usize]));
                Edit::Keep
            }
            fn unknown(&mut self, _: Level) -> bool {
                false
            }
            fn unreadable(&mut self, _: Level, _: Defect) {}
            fn record_withheld(&mut self, _: Level, _: u64, _: Defect) -> bool {
                true
            }
        }
        let mut text = String::new();
        render(&tree, &mut seed.clone(), &mut text);
        let tree: Tree = serde_json::from_str(&text).unwrap();
        let mut leaves = Leaves(Vec::new(), Vec::new());
        let output = walk(text.as_bytes(), &mut leaves).unwrap();
        prop_assert_eq!(output, text.as_bytes());
        let mut flat = Vec::new();
        flatten("body", &tree, &mut flat);
        prop_assert_eq!(leaves.1, flat);
    }

    /// Scenario: members, elements and keys are dropped and replaced at random, at every place of every container.
    /// Guarantees: the result is JSON and holds exactly what should be left.
    #[test]
    fn random_edits_leave_exactly_the_expected_document(tree in trees(), seed: u64) {
        let mut text = String::new();
        render(&tree, &mut seed.clone(), &mut text);
        let mut lottery = Lottery { seed, verdicts: Vec::new(), paths: Vec::new() };
        let output = walk(text.as_bytes(), &mut lottery).unwrap();
        let left: Tree = serde_json::from_slice(&output)
            .unwrap_or_else(|error| panic!("{error}\n{text}\n{}", String::from_utf8_lossy(&output)));
        prop_assert_eq!(left, expected(seed, "body", &tree).unwrap_or(Tree::Null));
    }

    /// Scenario: bytes that look like JSON, and documents with bytes cut out, added or flipped.
    /// Guarantees: accepted exactly when serde_json accepts, whether members are looked at or skipped.
    #[test]
    fn accepts_what_serde_json_accepts(
        tree in trees(),
        seed: u64,
        at: prop::sample::Index,
        splinter in "[-+0-9.eEtrufalsn\\[\\]{}:,\"\\\\ \u{0}\u{7f}é]{0,4}|\\\\u[dD][89c-fC-F][0-9]{2}|\"\\\\u0041",
        cut in 0..3_usize,
        bit in prop::option::of(0..8_u8),
    ) {
        let mut text = String::new();
        render(&tree, &mut seed.clone(), &mut text);
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len() + 1);
        bytes.splice(at..(at + cut).min(bytes.len()), splinter.bytes());
        if let (Some(bit), Some(byte)) = (bit, bytes.get_mut(at)) {
            *byte ^= 1 << bit;
        }
        if let Some(valid) = oracle(&bytes) {
            let looked = walk(&bytes, &mut Witness::default()).is_ok();
            prop_assert_eq!(looked, valid, "{}", String::from_utf8_lossy(&bytes));
            let mut kept = Same::new(Verdict::Keep, Edit::Text);
            prop_assert_eq!(walk(&bytes, &mut kept).is_ok(), valid);
        }
    }

    /// Scenario: short texts of JSON's own characters, mostly wrong.
    /// Guarantees: accepted exactly when serde_json accepts.
    #[test]
    fn accepts_no_other_grammar(text in "[-+0-9.eE \\[\\]{}:,\"a\\\\]{0,8}|-?[0-9.]{1,4}([eE][-+]?[0-9]{0,2})?|\"[\\\\u0-9a-fD8cC\"nt/]{0,14}\"") {
        if let Some(valid) = oracle(text.as_bytes()) {
            prop_assert_eq!(walk(text.as_bytes(), &mut Witness::default()).is_ok(), valid, "{}", text);
        }
    }
}

/// Scenario: a document with nested objects, arrays and a key that is escaped.
/// Guarantees: names are `body` and the dotted path of unescaped keys; elements add no segment; duplicates are all shown.
#[test]
fn names_are_dotted_paths_under_the_body() {
    let input = br#"{"user":{"\u0065mail":"a","email":"b"},"list":[1,{"k.x":true}],"none":null}"#;
    let mut witness = Witness::default();
    walk(input, &mut witness).unwrap();
    let seen: Vec<_> = witness.seen.iter().map(|(path, what)| format!("{path} {what}")).collect();
    assert_eq!(
        seen,
        [
            "body None/body",
            "body.user Some(\"user\")/user",
            "body.user.email Some(\"user.email\")/email",
            "body.user.email Text(\"a\")",
            "body.user.email Some(\"user.email\")/email",
            "body.user.email Text(\"b\")",
            "body.list Some(\"list\")/list",
            "body.list Int(1)",
            "body.list.k.x Some(\"list.k.x\")/k.x",
            "body.list.k.x Bool(true)",
            "body.none Some(\"none\")/none",
        ]
    );
}

/// Scenario: numbers that no 64-bit type holds exactly.
/// Guarantees: they are shown as the digits of the source, so that a card number cannot hide behind rounding, and kept as
/// they came.
#[test]
fn numbers_that_would_be_rounded_are_shown_as_digits() {
    for (input, shown) in [
        ("-0", "Int(0)"),
        ("9223372036854775807", "Int(9223372036854775807)"),
        ("9223372036854775808", "Text(\"9223372036854775808\")"),
        ("4111111111111111.00", "Text(\"4111111111111111.00\")"),
        ("1.5e0", "Double(1.5)"),
        ("0.30000000000000004", "Double(0.30000000000000004)"),
        ("1e999", "Text(\"1e999\")"),
    ] {
        let mut witness = Witness::default();
        assert_eq!(walk(input.as_bytes(), &mut witness).unwrap(), input.as_bytes());
        assert_eq!(witness.seen[1].1, shown);
    }
}

/// Scenario: the whole document is ruled out.
/// Guarantees: valid JSON remains, and a broken document is refused even then.
#[test]
fn a_dropped_document_is_null() {
    assert_eq!(walk(b" {\"a\": [1]} ", &mut Same::new(Verdict::Drop, Edit::Text)).unwrap(), b"null");
    assert!(walk(b" {\"a\": [1]} x", &mut Same::new(Verdict::Drop, Edit::Text)).is_err());
}

/// Scenario: a sender nests a hundred thousand arrays, or sends keys that make paths long.
/// Guarantees: refused, or the member withheld, after bounded work; no recursion without end.
#[test]
fn depth_and_paths_are_bounded() {
    for close in [false, true] {
        let mut deep = "[".repeat(100_000);
        if close {
            deep.push_str(&"]".repeat(100_000));
        }
        for verdict in [Verdict::Keep, Verdict::Look] {
            let refused = walk(deep.as_bytes(), &mut Same::new(verdict, Edit::Text)).unwrap_err();
            assert_eq!(refused, FormatError::Depth { format: "json", at: 64, limit: 64 });
        }
    }
    let input = format!("{{\"{}\":{{\"k\":1}},\"b\":null}}", "l".repeat(507));
    let mut witness = Witness::default();
    let left = walk(input.as_bytes(), &mut witness).unwrap();
    assert_eq!(left, format!("{{\"{}\":{{}},\"b\":null}}", "l".repeat(507)).as_bytes());
    assert!(witness.seen.iter().any(|(_, what)| what == "Depth"));
}

/// Scenario: millions of one-byte values, each replaced by five bytes.
/// Guarantees: the walk stops at the bound on output.
#[test]
fn growth_is_bounded() {
    let input = format!("[{}1]", "1,".repeat(100_000));
    let limits = Limits { output: 1 << 18, ..Limits::default() };
    let mut scratch = Scratch::default();
    let refused =
        Json.walk(input.as_bytes(), &limits, &mut Same::new(Verdict::Look, Edit::Text), &mut scratch);
    assert_eq!(refused, Err(FormatError::TooLarge { format: "json", limit: 1 << 18 }));
    let limits = Limits { payload: 10, ..Limits::default() };
    let refused =
        Json.walk(input.as_bytes(), &limits, &mut Same::new(Verdict::Keep, Edit::Text), &mut scratch);
    assert_eq!(refused, Err(FormatError::TooLarge { format: "json", limit: 10 }));
}

/// Scenario: a document is cut at every byte, and every bit of it is flipped.
/// Guarantees: no panic, and what is accepted stays as it is.
#[test]
fn truncations_and_flips_never_panic() {
    let input =
        "{\"a\": [\"\\ud83d\\ude00\\n\", -1.5e-3, true, false, null, {\"\": \"é\"}], \"b\": 12}".as_bytes();
    assert!(walk(input, &mut Witness::default()).is_ok());
    for end in 0..input.len() {
        assert!(walk(&input[..end], &mut Witness::default()).is_err());
    }
    for bit in 0..input.len() * 8 {
        let mut flipped = input.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(output) = walk(&flipped, &mut Witness::default()) {
            assert_eq!(output, flipped);
        }
    }
}

/// Scenario: an error about a document that holds a secret.
/// Guarantees: it says where, never what; nor does the debug text of the scratch memory.
#[test]
fn errors_and_debug_text_carry_no_value() {
    let mut scratch = Scratch::default();
    let input = b"{\"canary\": \"canary\\n\", \"canary\": canary}";
    let error = Json
        .walk(input, &Limits::default(), &mut Same::new(Verdict::Look, Edit::Text), &mut scratch)
        .unwrap_err();
    assert_eq!(error.to_string(), "json: not a value at byte 33");
    for text in [format!("{error:?}"), format!("{scratch:?}")] {
        assert!(!text.contains("canary") && !text.contains("0123"), "{text}");
    }
}
