//! Texts that hold fields, made up by the thousand: what leaves parses, a second hop changes nothing, time is linear.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, Options, Outcome, Payload};
use frostglass_keys::{DEMO_KEY, Ring};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

const NOW: u64 = 1_700_000_000_000_000_000;

const POLICY: &str = r#"{"policy": "parts", "schema": 1, "default": "scan", "extends": ["secrets"],
    "keys": {"ids": {"use": "pseudonymize", "from": "standalone"}},
    "classes": {"direct-id": {"treat": "token"}, "online-id": {"treat": "prefix"}, "payment": {"treat": "last"}},
    "treatments": {"token": {"pseudonymize": {"key": "ids", "prefix": "u"}},
        "prefix": {"generalize": {"ip": {"v4": 24, "v6": 48}}}, "last": {"mask": {"keep-last": 4}}},
    "catalog": {"query/email": "direct-id", "staff": "direct-id", "json/coupon.code": "payment", "cookie/uid": "direct-id",
        "form/email": "direct-id"}}"#;

fn engine() -> Engine {
    let plan = Arc::new(Plan::from_json(POLICY, "parts.json").unwrap_or_else(|error| panic!("{error}")));
    let mut ring = Ring::default();
    for name in plan.key_names() {
        ring.add_standalone(name, DEMO_KEY, true).unwrap();
    }
    Engine::new(plan, ring, Options::default())
}

fn treat(engine: &mut Engine, text: &str) -> String {
    match engine.rewrite(text.as_bytes(), Payload::Text, &NOW) {
        Outcome::Unchanged => text.to_owned(),
        Outcome::Rewritten(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        Outcome::Withheld(withheld) => panic!("withheld: {withheld}"),
    }
}

/// What must not leave, wherever it stands.
const SECRETS: &[&str] = &["ann@example.org", "203.0.113.77", "4111 1111 1111 1111", "AKIAABCDEFGHIJKLMNOP"];

fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(SECRETS).prop_map(str::to_owned),
        prop::sample::select(&["ok", "x y", "17", "a\"b\\c", "ünï", "", "{}", "it's", "50%"][..])
            .prop_map(str::to_owned),
    ]
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["note", "email", "staff", "password", "q", "sig", "user.name", "n", "uid"][..])
}

/// One piece of text that holds a value, with the value.
fn piece() -> impl Strategy<Value = String> {
    (name(), secret(), 0..14_u8).prop_map(|(name, value, form)| match form {
        0 => serde_json::json!({name: value}).to_string(),
        1 => serde_json::json!({"a": [{name: value, "z": 1}], "deep": serde_json::json!({name: value}).to_string()})
            .to_string(),
        2 => format!("https://shop.example.org/a/{}/b?{name}={}&z=1#f={}", percent(&value), percent(&value), percent(&value)),
        3 => format!("{name}={}&b=2&staff={}", percent(&value), percent(&value)),
        4 => format!("{name}=\"{}\" level=info", value.replace('\\', "\\\\").replace('"', "\\\"")),
        5 => format!("Cookie: uid={}; {name}={}", percent(&value), percent(&value)),
        6 => format!("SELECT a FROM t WHERE {name} = '{}' AND b IN (1, 2)", value.replace('\'', "''").replace('\\', "")),
        7 => format!("{{'{name}': '{}', 'n': 4}}", value.replace(['\\', '\''], "")),
        8 => format!("http://user:{}@db.example.org:5432/x", percent(&value)),
        9 => format!("go to {} now", percent(&value)),
        10 => format!("http://203.0.113.77:8080/x?{name}"),
        11 => format!("GET /x?{name}={} HTTP/1.1", percent(&value)),
        12 => format!("File \"/home/annlee/app.py\", line 3: {value}"),
        _ => format!("tool --{name} {}", value.replace(['"', '\\', '\''], "")),
    })
}

fn text() -> impl Strategy<Value = String> {
    (prop::collection::vec(piece(), 1..4), prop::sample::select(&[" ", "\n", ", ", " and then "][..]))
        .prop_map(|(pieces, glue)| {
            // What begins as a statement is one.
            let statement = pieces.iter().find(|piece| piece.starts_with("SELECT"));
            statement.map_or_else(|| pieces.join(glue), String::clone)
        })
}

/// Bytes that structures are made of, in no order.
fn noise() -> impl Strategy<Value = String> {
    let bits = prop::sample::select(
        &[
            "{",
            "}",
            "[",
            "]",
            "\"",
            "'",
            "\\",
            ":",
            "/",
            "//",
            "://",
            "?",
            "=",
            "&",
            ";",
            "%",
            "%4",
            "%22",
            "#",
            "@",
            " ",
            "a",
            "sig",
            "staff",
            "email",
            "http",
            "$$",
            "--",
            "/*",
            "\n",
            "/home/",
            "ü",
            "{\"a\":",
            "=\"",
            "--x ",
            "==",
            "c3RhZmY9am9obm55Jm49MQ",
            "null",
            ",",
            "{\"staff\":\"joe\"}",
            "staff=joe",
            "?email=x",
        ][..],
    );
    prop::collection::vec(bits, 0..40).prop_map(|bits| bits.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Scenario: texts of one to three structures that hold values.
    /// Guarantees: no value that detectors know leaves, in any writing; a second hop changes nothing.
    #[test]
    fn values_in_structures_go_once(text in text()) {
        let mut engine = engine();
        let once = treat(&mut engine, &text);
        for secret in SECRETS {
            for form in [(*secret).to_owned(), percent(secret), percent(secret).replace("%2E", ".")] {
                prop_assert!(!once.contains(&form), "{form} in {once:?} of {text:?}");
            }
        }
        let twice = treat(&mut engine, &once);
        prop_assert_eq!(&once, &twice, "of {:?}", text);
    }

    /// Scenario: one JSON document, or one URL, with values anywhere in it.
    /// Guarantees: what leaves is JSON, is a URL.
    #[test]
    fn structures_parse_afterwards(name in name(), value in secret(), other in secret()) {
        let mut engine = engine();
        let json = serde_json::json!({
            "a": {name: value, "passwort": other, "list": [value, {name: other}], "n": 4_111_111_111_111_111_u64},
            "text": format!("{name}={value} x"), "deep": serde_json::json!({name: value}).to_string(),
        });
        let treated = treat(&mut engine, &json.to_string());
        let parsed: serde_json::Value = serde_json::from_str(&treated).map_err(|error| TestCaseError::fail(format!("{error}: {treated}")))?;
        if let Some(deep) = parsed["deep"].as_str() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(deep).is_ok(), "{deep}");
        }
        let url = format!("https://{}:{}@203.0.113.77:8080/{}/x;{name}={}?{name}={}&b#{}", percent(&value), percent(&other), percent(&value), percent(&value), percent(&other), percent(&value));
        let treated = treat(&mut engine, &url);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte);
        prop_assert!(treated.bytes().all(allowed), "{treated}");
        prop_assert!(treated.starts_with("https://") && treated.contains("@203.0.113.0:8080/"), "{treated}");
    }

    /// Scenario: bytes that structures are made of, in no order.
    /// Guarantees: no panic and no refusal, and JSON stays JSON.
    #[test]
    fn noise_is_survived(text in noise()) {
        let mut engine = engine();
        treat(&mut engine, &text);
        let json = serde_json::json!({"a": text, "b": [text]}).to_string();
        let treated = treat(&mut engine, &json);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&treated).is_ok(), "{treated}");
    }
}

/// Scenario: a form behind an option for a password, whose first pair is taken for it.
/// Guarantees: the label in the form is no password to the next hop.
#[test]
fn labels_in_forms_stay_as_they_are() {
    let mut engine = engine();
    let once = treat(&mut engine, "tool --password  note=ann%40example%2Eorg&b=2&staff=ann%40example%2Eorg");
    assert!(!once.contains("ann"), "{once}");
    assert_eq!(treat(&mut engine, &once), once);
}

/// Scenario: texts that make each walker begin again and again.
/// Guarantees: twice the text costs about twice, not four times.
#[test]
fn time_is_linear() {
    let mut engine = engine();
    for bit in [
        "{\"",
        "{'a':",
        "a=",
        "a?b=",
        "/?a",
        "://",
        "%41",
        "a=b&",
        "x://a?b=c&",
        "cookie: a=",
        "{\"a\":{",
        "[\"",
        "'",
        "=\"",
        "/home/a/",
        "aaaaaaaaaaaaaaaaaaaa==",
        "\\Users\\",
        "))))))",
        "a://))))",
        "{\"a\":\"\\\"",
        "a=(",
        "--a ",
    ] {
        let time = |engine: &mut Engine, count: usize| {
            let text = bit.repeat(count);
            (0..9)
                .map(|_| {
                    let start = std::time::Instant::now();
                    treat(engine, &text);
                    start.elapsed()
                })
                .min()
                .unwrap()
        };
        let bytes = 30_000;
        // What else runs on the machine slows now one, now the other: once is enough.
        let mut tries = (0..4).map(|_| {
            let small = time(&mut engine, bytes / bit.len());
            (small, time(&mut engine, 4 * bytes / bit.len()))
        });
        let linear =
            |(small, large): (Duration, Duration)| large.as_secs_f64() < 9.0 * small.as_secs_f64() + 0.02;
        assert!(tries.any(linear), "{bit:?}");
    }
}

/// Scenario: a quoted value that reaches over the next name of what looks like a map, and over the next words of a command.
/// Guarantees: nothing is walked twice, so nothing has to be withheld, and what the lines name goes.
#[test]
fn values_that_reach_over_names_are_walked_once() {
    let mut engine = engine();
    for text in [
        "{staff='bo lee \"note\": \"cy di' }, \"staff\": 'ed fox', end",
        "{'a': 1, staff=\"bo lee 'staff': 'cy di\" }, end",
        "{\"staff='bo lee \"staff\": \"cy di' }, end",
    ] {
        let treated = treat(&mut engine, text);
        assert!(!treated.contains("bo lee") && treated.ends_with(", end"), "{treated}");
    }
}

/// Scenario: a member that a line keeps holds findings among letters of many bytes and beside escapes, and what stands for the
/// first is longer than it.
/// Guarantees: all go, and the result is JSON.
#[test]
fn findings_in_a_kept_member_go_one_by_one() {
    let policy = r#"{"policy": "kept", "schema": 1, "default": "scan", "extends": ["secrets"],
        "classes": {"direct-id": {"treat": "wide"}}, "treatments": {"wide": {"replace": {"with": "ééééé"}}},
        "catalog": {"json/m": {"class": "operational", "treat": "keep"}}}"#;
    let plan = Arc::new(Plan::from_json(policy, "kept.json").unwrap_or_else(|error| panic!("{error}")));
    let mut engine = Engine::new(plan, Ring::default(), Options::default());
    for lead in ["", "é", "éé ", "x"] {
        for second in
            [r"\u0041nn@example.org", r"\u00e9nn@example.org \u0041nn@example.org", r"bo@example.org\u0041"]
        {
            let text = format!(r#"{{"m": "{lead}bob@example.org é {second} é", "n": 1}}"#);
            let treated = treat(&mut engine, &text);
            assert!(!treated.contains("bob@") && !treated.contains("nn@example"), "{treated}");
            assert!(serde_json::from_str::<serde_json::Value>(&treated).is_ok(), "{treated}");
        }
    }
}
