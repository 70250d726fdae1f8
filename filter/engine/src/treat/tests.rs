//! Claims about all treatments: their examples, treating twice, odd input, bounds, missing keys.

use super::*;
use frostglass_keys::{DEMO_KEY, Prefix, Ring, Rotation};
use serde_json::Value as Json;

fn ring() -> Ring {
    let mut ring = Ring::default();
    ring.add_standalone("ids", DEMO_KEY, true).unwrap();
    // Any 32 bytes that are no point of small order are the public half of some key.
    ring.add_sealing_key("safe", Rotation::Never, 0, [9; 32], [3; 32]).unwrap();
    ring
}

fn resolve(treatment: &dyn Treatment, ring: &Ring) -> Box<dyn Apply> {
    let mut apply = treatment.resolve(&Context {
        class: Class::DirectId,
        class_name: "direct-id",
        ring,
        recipient: "",
        tenant: "",
    });
    apply.begin(Beginning {
        now_unix_nanos: 1_795_420_800_000_000_000,
        random: Some(&mut Random::seeded([1; 32])),
    });
    apply.enter(Surroundings { document: Some([2; 16]), trace: Some([2; 16]) });
    apply
}

/// An hour in nanoseconds.
const HOUR: u64 = 3_600_000_000_000;

/// The treatment that an example's policy text means.
fn written(policy: &str) -> Box<dyn Treatment> {
    let policy: Json = serde_json::from_str(policy).unwrap();
    let word = policy.as_str().or_else(|| policy.as_object()?.keys().next().map(String::as_str)).unwrap();
    let options = &policy[word];
    let number = |name: &str| options[name].as_u64().unwrap();
    match word {
        "keep" => Box::new(Keep),
        "suppress" => Box::new(Suppress),
        "summarize" => Box::new(Summarize),
        "replace" => Box::new(Replace { with: options["with"].as_str().map(Into::into) }),
        "truncate" => Box::new(Truncate { chars: number("chars") as usize }),
        "mask" if options["keep"] == "domain" => Box::new(Mask::KeepDomain),
        "mask" if options["keep-last"].is_u64() => Box::new(Mask::KeepLast(number("keep-last") as u8)),
        "mask" => Box::new(Mask::Full),
        "pseudonymize" => Box::new(Pseudonymize {
            key: options["key"].as_str().unwrap().into(),
            mode: match options["mode"].as_str() {
                Some("randomized") => Mode::Randomized,
                Some("document") => Mode::Document,
                _ => Mode::Deterministic,
            },
            rotation: Rotation::Never,
            prefix: Prefix::parse(options["prefix"].as_str().unwrap()).unwrap(),
            canonicalizer: match options["canonical"].as_str() {
                Some("email") => Canonicalizer::Email,
                Some("lowercase") => Canonicalizer::Lowercase,
                Some("phone") => Canonicalizer::Phone,
                Some("ip") => Canonicalizer::Ip,
                _ => Canonicalizer::Exact,
            },
        }),
        "seal" => Box::new(Seal { key: options["key"].as_str().unwrap().into(), rotation: Rotation::Never }),
        "tokenize" => Box::new(Tokenize {
            key: options["key"].as_str().unwrap().into(),
            rotation: Rotation::Never,
            prefix: Prefix::parse(options["prefix"].as_str().unwrap()).unwrap(),
        }),
        "encrypt-ip" => {
            Box::new(EncryptIp { key: options["key"].as_str().unwrap().into(), rotation: Rotation::Never })
        }
        "rekey" => {
            Box::new(Rekey { key: options["key"].as_str().unwrap().into(), rotation: Rotation::Never })
        }
        "shift" if options["within"] == "1h" => Box::new(Shift {
            key: options["key"].as_str().unwrap().into(),
            rotation: Rotation::Never,
            within_nanos: HOUR,
        }),
        "generalize" if options["time"] == "1h" => Box::new(Generalize::time(3600).unwrap()),
        "generalize" if options["number"].is_object() => {
            Box::new(Generalize::number(options["number"]["bucket"].as_u64().unwrap()).unwrap())
        }
        "generalize" => {
            let bits = |name: &str| options["ip"][name].as_u64().unwrap() as u8;
            Box::new(Generalize::ip(bits("v4"), bits("v6")).unwrap())
        }
        other => panic!("no treatment is called {other}"),
    }
}

/// Treatments whose results are never the same twice, so that no example can show one.
const FRESH: &[&str] = &[
    r#"{"seal": {"key": "safe"}}"#,
    r#"{"pseudonymize": {"key": "ids", "prefix": "u", "mode": "randomized"}}"#,
    r#"{"pseudonymize": {"key": "ids", "prefix": "u", "mode": "document"}}"#,
];

/// Every treatment that may be met twice, with every kind of option that its examples show.
fn all() -> impl Iterator<Item = (&'static str, Box<dyn Treatment>)> {
    let shown = SPECS.iter().flat_map(|spec| spec.examples).map(|example| example.policy);
    let written = shown.chain(FRESH.iter().copied()).map(|policy| (policy, written(policy)));
    written.filter(|(_, treatment)| !treatment.spec().once_only)
}

/// The value and text of what a treatment made; `None` when it is withheld.
fn result<'a>(treated: Treated, value: Value<'a>, out: &'a str) -> Option<Value<'a>> {
    match treated {
        Treated::Keep => Some(value),
        Treated::Suppress(_) => None,
        Treated::Text => Some(Value::Text(out)),
        Treated::Int(number) => Some(Value::Int(number)),
        Treated::Double(number) => Some(Value::Double(number)),
    }
}

/// Treats, treats the result again, and says what is wrong with that if anything is.
fn check(apply: &dyn Apply, value: Value<'_>) -> Result<(), String> {
    let (mut out, mut again) = (String::new(), String::new());
    let treated = apply.apply(value, &mut out);
    let Some(once) = result(treated, value, &out) else { return Ok(()) };
    match apply.apply(once, &mut again) {
        Treated::Keep => {}
        // What has no text of its own is treated as what it became.
        Treated::Text if once == Value::Text(&again) => {}
        twice => return Err(format!("{value:?} became {once:?}, then {twice:?} {again:?}")),
    }
    match (value, once) {
        // Base32 around a value and what a seal carries.
        (Value::Text(before), Value::Text(after)) if after.len() > before.len() * 8 / 5 + 160 => {
            Err(format!("grew from {} to {} bytes", before.len(), after.len()))
        }
        _ => Ok(()),
    }
}

/// Scenario: the examples of every treatment.
/// Guarantees: they hold, and every treatment has some.
#[test]
fn examples_hold() {
    let ring = ring();
    for spec in SPECS {
        assert!(!spec.examples.is_empty(), "{}", spec.name);
        for example in spec.examples {
            let treatment = written(example.policy);
            assert_eq!(treatment.spec(), *spec);
            let mut out = String::new();
            let value = Value::Text(example.before);
            let treated = resolve(&*treatment, &ring).apply(value, &mut out);
            assert_eq!(result(treated, value, &out), example.after.map(Value::Text), "{example:?}");
        }
    }
}

/// Scenario: values at the edges of every type.
/// Guarantees: no panic, and twice is once.
#[test]
fn odd_values_are_treated_once() {
    let ring = ring();
    let huge = "x\u{301}".repeat(1_000_000);
    let odd = [
        Value::Text(""),
        Value::Text(" "),
        Value::Text("\0"),
        Value::Text("e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}"),
        Value::Text("👩🏽‍🔬👩🏽‍🔬👩🏽‍🔬👩🏽‍🔬"),
        Value::Text("***"),
        Value::Text("***1234"),
        Value::Text("***@example.org"),
        Value::Text("@"),
        Value::Text("a@b@example.org"),
        Value::Text("İİİİİİİİİİİİİİİİ"),
        Value::Text("text(18446744073709551615-18446744073709551616):A"),
        Value::Text("text(18446744073709551615)"),
        Value::Text(&huge),
        Value::Int(i64::MIN),
        Value::Int(i64::MAX),
        Value::Int(0),
        Value::Double(f64::NAN),
        Value::Double(f64::NEG_INFINITY),
        Value::Double(-0.0),
        Value::Double(f64::MIN_POSITIVE),
        Value::Double(f64::MAX),
        Value::Bool(true),
        Value::Bool(false),
        Value::Bytes(b""),
        Value::Bytes(b"ann"),
        Value::Bytes(b"\xff\xfe"),
    ];
    for (policy, treatment) in all() {
        let apply = resolve(&*treatment, &ring);
        for value in odd {
            // NaN is kept as NaN, which is not equal to itself.
            if !matches!(value, Value::Double(number) if number.is_nan()) {
                check(&*apply, value).unwrap_or_else(|wrong| panic!("{policy}: {wrong}"));
            }
        }
    }
}

/// Scenario: a mask that keeps an end, over values of all lengths and over forged stars.
/// Guarantees: never more than a quarter, never more than four characters, none of a short value.
#[test]
fn masks_leave_little() {
    let ring = ring();
    for wanted in 0..=9 {
        let apply = resolve(&Mask::KeepLast(wanted), &ring);
        for length in 0..40 {
            let value: String = ('ä'..).take(length).collect();
            let mut out = String::new();
            assert_eq!(apply.apply(Value::Text(&value), &mut out), Treated::Text);
            let tail = out.strip_prefix("***").unwrap();
            let most = if length < 8 { 0 } else { (length / 4).min(4).min(usize::from(wanted)) };
            assert_eq!(tail.chars().count(), most);
            assert!(value.ends_with(tail));
        }
    }
    let mut out = String::new();
    let forged = Value::Text("***hunter22hunter22");
    assert_eq!(resolve(&Mask::KeepLast(4), &ring).apply(forged, &mut out), Treated::Text);
    assert_eq!(out, "***er22");
    out.clear();
    assert_eq!(
        resolve(&Mask::KeepLast(4), &ring).apply(Value::Int(4_111_111_111_111_234), &mut out),
        Treated::Text
    );
    assert_eq!(out, "***1234");
}

/// Scenario: what stands around an `@` and is no plain address.
/// Guarantees: hidden whole.
#[test]
fn only_plain_addresses_keep_a_domain() {
    let ring = ring();
    let apply = resolve(&Mask::KeepDomain, &ring);
    for value in [
        "@example.org",
        "ann@",
        "ann@localhost",
        "ann@.org",
        "ann@example..org",
        "ann@example.org ann",
        "Ann Miller <ann@example.org>",
        "postgres://ann:hunter2@db.example.org",
        "ann@example.org/secret",
        "a@b@example.org",
        "ann@münchen.example",
        "ann@203.0.113.7",
    ] {
        let mut out = String::new();
        assert_eq!(apply.apply(Value::Text(value), &mut out), Treated::Text);
        assert_eq!(out, "***", "{value}");
    }
}

/// Scenario: no key, the key of another name, a rotating key before the first payload.
/// Guarantees: suppressed with the reason, whatever the value is; nothing of it in `out`.
#[test]
fn without_a_key_there_is_no_token() {
    let tokens = |rotation| Pseudonymize {
        key: "ids".into(),
        mode: Mode::Deterministic,
        rotation,
        prefix: Prefix::default(),
        canonicalizer: Canonicalizer::Exact,
    };
    let mut other = Ring::default();
    other.add_standalone("other", DEMO_KEY, true).unwrap();
    let no_key = Treated::Suppress(Some(Reason::NoKey));
    for ring in [&Ring::default(), &other] {
        let apply = resolve(&tokens(Rotation::Never), ring);
        for value in
            [Value::Text("ann"), Value::Text(""), Value::Int(1), Value::Bool(true), Value::Bytes(b"\xff")]
        {
            let mut out = String::new();
            assert_eq!(apply.apply(value, &mut out), no_key);
        }
    }
    let ring = ring();
    let context =
        Context { class: Class::DirectId, class_name: "direct-id", ring: &ring, recipient: "", tenant: "" };
    let mut rotating = tokens(Rotation::every(3600).unwrap()).resolve(&context);
    assert_eq!(rotating.apply(Value::Text("ann"), &mut String::new()), no_key);
    rotating.begin(Beginning { now_unix_nanos: 0, random: None });
    assert_eq!(rotating.apply(Value::Text("ann"), &mut String::new()), Treated::Text);
}

/// Scenario: values of all kinds that are sealed, randomized or bound to a trace, without randomness and with it.
/// Guarantees: without, suppressed for that reason and nothing in `out`; with it, a fresh result each time, or in one trace
/// the same.
#[test]
fn without_randomness_nothing_fresh_is_made() {
    let ring = ring();
    let context =
        Context { class: Class::DirectId, class_name: "direct-id", ring: &ring, recipient: "", tenant: "" };
    for policy in FRESH {
        let mut apply = written(policy).resolve(&context);
        assert!(written(policy).draws() && !written(policy).is_remembered());
        let made = |apply: &dyn Apply, value| {
            let mut out = String::new();
            let treated = apply.apply(value, &mut out);
            (treated, out)
        };
        apply.begin(Beginning { now_unix_nanos: 0, random: None });
        for value in [Value::Text("ann"), Value::Int(1), Value::Bool(true), Value::Bytes(b"\xff")] {
            let (treated, out) = made(&*apply, value);
            assert_eq!((treated, out.as_str()), (Treated::Suppress(Some(Reason::NoRandom)), ""), "{policy}");
        }
        apply.begin(Beginning { now_unix_nanos: 0, random: Some(&mut Random::seeded([1; 32])) });
        apply.enter(Surroundings { document: Some([2; 16]), trace: Some([2; 16]) });
        let (one, other) = (made(&*apply, Value::Text("ann")), made(&*apply, Value::Text("ann")));
        assert_eq!((one.0, other.0), (Treated::Text, Treated::Text), "{policy}");
        assert_eq!(one.1 == other.1, policy.contains("document"), "{policy}");
        apply.enter(Surroundings { document: Some([3; 16]), trace: None });
        assert_ne!(made(&*apply, Value::Text("ann")).1, one.1, "{policy}");
        // A source that fails later on takes the randomness back.
        apply.begin(Beginning { now_unix_nanos: 0, random: None });
        apply.enter(Surroundings::default());
        assert_eq!(
            made(&*apply, Value::Text("ann")).0,
            Treated::Suppress(Some(Reason::NoRandom)),
            "{policy}"
        );
    }
}

/// Scenario: a token comes to the next hop: same domain in a later epoch and another class; another recipient; forged.
/// Guarantees: left alone in its domain, a raw value elsewhere.
#[test]
fn tokens_are_treated_once_in_their_domain() {
    let ring = ring();
    let tokens = Pseudonymize {
        key: "ids".into(),
        mode: Mode::Deterministic,
        rotation: Rotation::every(86_400).unwrap(),
        prefix: Prefix::parse("u").unwrap(),
        canonicalizer: Canonicalizer::Lowercase,
    };
    let at = |class_name, recipient, now| {
        let class = Class::DirectId;
        let mut apply = tokens.resolve(&Context { class, class_name, ring: &ring, recipient, tenant: "" });
        apply.begin(Beginning { now_unix_nanos: now, random: None });
        apply
    };
    let (today, tomorrow) = (1_795_420_800_000_000_000, 1_795_507_200_000_000_000);
    let mut token = String::new();
    assert_eq!(at("direct-id", "oncall", today).apply(Value::Text("ann"), &mut token), Treated::Text);
    let value = Value::Text(&token);
    assert_eq!(at("direct-id", "oncall", tomorrow).apply(value, &mut String::new()), Treated::Keep);
    assert_eq!(at("loyalty", "oncall", tomorrow).apply(value, &mut String::new()), Treated::Keep);
    assert_eq!(at("direct-id", "vendor", today).apply(value, &mut String::new()), Treated::Text);
    let forged = format!("v{}", &token[1..]);
    assert_eq!(
        at("direct-id", "oncall", today).apply(Value::Text(&forged), &mut String::new()),
        Treated::Text
    );
}

proptest::proptest! {
    /// Scenario: any text, number or bytes under every treatment.
    /// Guarantees: no panic; twice is once; no result is much longer than the value.
    #[test]
    fn treating_twice_is_treating_once(
        text in "\\PC{0,40}|[-+.:,/a-f0-9\\[\\]%]{0,24}|(text|int|double|bytes)\\([0-9]{1,3}(-[0-9]{1,3})?\\)(:[Aa9x_?-]{0,4})?|.{0,8}@[a-z.]{0,9}",
        whole: i64,
        double: f64,
        bytes: Vec<u8>,
    ) {
        let ring = ring();
        for (policy, treatment) in all() {
            let apply = resolve(&*treatment, &ring);
            let values =
                [Value::Text(&text), Value::Int(whole), Value::Double(double), Value::Bytes(&bytes), Value::Bool(whole > 0)];
            for value in values {
                if let Err(wrong) = check(&*apply, value) {
                    return Err(proptest::test_runner::TestCaseError::fail(format!("{policy}: {wrong}")));
                }
            }
        }
    }
}

/// The context of a case of the published vectors, and what treats by it.
fn of_case(case: &Json, ring: &Ring, make: impl Fn(Rotation) -> Box<dyn Treatment>) -> Box<dyn Apply> {
    let seconds = case["epoch_seconds"].as_u64().map(|seconds| u32::try_from(seconds).unwrap());
    let rotation = seconds.map_or(Rotation::Never, |seconds| Rotation::every(seconds).unwrap());
    let mut apply = make(rotation).resolve(&Context {
        class: Class::Correlation,
        class_name: "correlation",
        ring,
        recipient: case["recipient"].as_str().unwrap(),
        tenant: case["tenant"].as_str().unwrap(),
    });
    let now_unix_nanos = case["unix_seconds"].as_u64().unwrap() * 1_000_000_000;
    apply.begin(Beginning { now_unix_nanos, random: None });
    apply
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Scenario: the published vectors of ids and times, which `tests/vectors/check_structure.py` computes from the specification
/// alone; without the key, too.
/// Guarantees: ids become the ids of the file, as bytes and as text, times the times; what has no key is suppressed, and no id
/// and no time stay none.
#[test]
fn ids_and_times_agree_with_the_specification() {
    let vectors: Json =
        serde_json::from_str(include_str!("../../../../tests/vectors/structure.json")).unwrap();
    let mut ring = Ring::default();
    ring.add_standalone("demo", DEMO_KEY, true).unwrap();
    ring.add_standalone("other", vectors["keys"]["other"].as_str().unwrap(), false).unwrap();
    for case in vectors["ids"].as_array().unwrap() {
        let name = &case["name"];
        let key: Box<str> = case["key"].as_str().unwrap().into();
        let make = |rotation| Box::new(Rekey { key: key.clone(), rotation }) as Box<dyn Treatment>;
        let (text, becomes) = (case["id"].as_str().unwrap(), case["becomes"].as_str().unwrap());
        let bytes = unhex(text);
        for value in [Value::Bytes(&bytes), Value::Text(text)] {
            let mut out = String::new();
            match of_case(case, &ring, make).apply(value, &mut out) {
                Treated::Keep => assert_eq!(text, becomes, "{name}"),
                treated => assert_eq!((treated, out.as_str()), (Treated::Text, becomes), "{name}"),
            }
            let keyless = of_case(case, &Ring::default(), make).apply(value, &mut String::new());
            let none = text.bytes().all(|digit| digit == b'0');
            let expected = if none { Treated::Keep } else { Treated::Suppress(Some(Reason::NoKey)) };
            assert_eq!(keyless, expected, "{name}");
        }
    }
    for case in vectors["times"].as_array().unwrap() {
        let name = &case["name"];
        let key: Box<str> = case["key"].as_str().unwrap().into();
        let within_nanos = case["within_seconds"].as_u64().unwrap() * 1_000_000_000;
        let make =
            |rotation| Box::new(Shift { key: key.clone(), rotation, within_nanos }) as Box<dyn Treatment>;
        let trace = case["trace_id"].as_str().map(|id| unhex(id).try_into().unwrap());
        let around = Surroundings { document: None, trace };
        let (mut apply, mut keyless) = (of_case(case, &ring, make), of_case(case, &Ring::default(), make));
        // What another trace left behind must not count.
        apply.enter(Surroundings { document: None, trace: Some([9; 16]) });
        apply.enter(around);
        keyless.enter(around);
        let times = case["unix_nanos"].as_array().unwrap().iter().zip(case["become"].as_array().unwrap());
        for (nanos, becomes) in times {
            let value = Value::Int(nanos.as_u64().unwrap().cast_signed());
            let expected = match becomes.as_u64() {
                None => Treated::UNSUITED,
                Some(0) => Treated::Keep,
                Some(shifted) => Treated::Int(shifted.cast_signed()),
            };
            assert_eq!(apply.apply(value, &mut String::new()), expected, "{name}");
            let expected = if nanos == 0 { Treated::Keep } else { Treated::Suppress(Some(Reason::NoKey)) };
            assert_eq!(keyless.apply(value, &mut String::new()), expected, "{name}");
        }
    }
}

/// Scenario: ids in texts that are none, in texts of another form, of other lengths; times of other types.
/// Guarantees: suppressed, none let through.
#[test]
fn what_is_no_id_and_no_time_is_suppressed() {
    let ring = ring();
    let rekey = resolve(&Rekey { key: "ids".into(), rotation: Rotation::Never }, &ring);
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    for text in [
        "ann",
        "00-01",
        "-",
        &format!("{id} "),
        &format!("{id}-"),
        &format!("{id}-ann"),
        &format!("{id}-xy"),
        &format!("trace {id}"),
        &id[1..],
        "4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
    ] {
        assert_eq!(rekey.apply(Value::Text(text), &mut String::new()), Treated::UNSUITED, "{text}");
    }
    for value in [Value::Bytes(b"ann"), Value::Bytes(&[7; 17]), Value::Int(7), Value::Bool(true)] {
        assert_eq!(rekey.apply(value, &mut String::new()), Treated::UNSUITED, "{value:?}");
    }
    assert_eq!(rekey.apply(Value::Text(""), &mut String::new()), Treated::Keep);
    assert_eq!(rekey.apply(Value::Bytes(b""), &mut String::new()), Treated::Keep);

    let shift = Shift { key: "ids".into(), rotation: Rotation::Never, within_nanos: HOUR };
    let shift = resolve(&shift, &ring);
    for value in
        [Value::Text("1795420755123456789"), Value::Double(1e18), Value::Bool(true), Value::Bytes(b"7")]
    {
        assert_eq!(shift.apply(value, &mut String::new()), Treated::UNSUITED, "{value:?}");
    }
}
