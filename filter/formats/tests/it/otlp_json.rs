//! Holds the OTLP/JSON walker against the protobuf walker, on made-up payloads and on hostile ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed claim")]

use crate::made_up::{Dice, made_up, read, write_message};
use crate::same::{Same, walk};
use frostglass_formats::otlp::{Json, Protobuf, schema};
use frostglass_formats::{
    Defect, Edit, FieldVisitor, FormatError, Level, Name, Ruling, Signal, Value, Verdict,
};
use proptest::prelude::*;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use serde_json::Value as Tree;
use std::hash::{DefaultHasher, Hash, Hasher};

const SIGNALS: [Signal; 3] = [Signal::Logs, Signal::Traces, Signal::Metrics];

fn root(signal: Signal) -> MessageDescriptor {
    let pool = DescriptorPool::decode(opentelemetry_proto::DESCRIPTORS).unwrap();
    pool.get_message_by_name(schema::request(signal).name).unwrap()
}

/// Decides by a hash of name and value, and writes down what it is shown.
struct Script {
    seed: u64,
    structure: bool,
    keeps_unknown: bool,
    names: Vec<String>,
    seen: Vec<String>,
}

impl Script {
    fn new(seed: u64, structure: bool, keeps_unknown: bool) -> Self {
        Self { seed, structure, keeps_unknown, names: Vec::new(), seen: Vec::new() }
    }

    fn draw(&self, subject: impl Hash, sides: u64) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, subject).hash(&mut hasher);
        hasher.finish() % sides
    }
}

impl FieldVisitor for Script {
    fn rule(&mut self, name: Name<'_>, within: Option<Ruling>) -> Ruling {
        let holder = within.map_or("", |ruling| &self.names[ruling.id as usize]);
        let name = format!("{name:?}/{:?}/{} in ({holder})", name.member(), name.key());
        let verdict = match self.draw(&name, 6) {
            0 => Verdict::Keep,
            1 => Verdict::Drop,
            _ => Verdict::Look,
        };
        self.seen.push(name.clone());
        let look_at_key = self.draw((&name, "key"), 2) == 0;
        self.names.push(name);
        Ruling { verdict, look_at_key, id: u32::try_from(self.names.len() - 1).unwrap() }
    }
    fn key(&mut self, ruling: Ruling, key: &str, out: &mut String) -> Edit {
        let shown = format!("key {key} of {}", self.names[ruling.id as usize]);
        out.push_str("new \"key\"");
        let edit = [Edit::Keep, Edit::Text, Edit::Drop, Edit::Keep][self.draw(&shown, 4) as usize];
        self.seen.push(shown);
        edit
    }
    fn value(&mut self, ruling: Ruling, value: Value<'_>, out: &mut String) -> Edit {
        let shown = format!("{value:?} of {}", self.names[ruling.id as usize]);
        out.push_str("new \"text\"\n");
        let edits = [Edit::Keep, Edit::Keep, Edit::Text, Edit::Drop, Edit::Int(-42), Edit::Double(2.5)];
        let edit = edits[self.draw(&shown, 6) as usize];
        self.seen.push(shown);
        edit
    }
    fn rules_structure(&self) -> bool {
        self.structure
    }
    fn keeps_unknown(&self) -> bool {
        self.keeps_unknown
    }
    fn unknown(&mut self, level: Level) -> bool {
        self.seen.push(format!("unknown {level:?}"));
        self.keeps_unknown
    }
    fn unreadable(&mut self, level: Level, defect: Defect) {
        self.seen.push(format!("{defect:?} {level:?}"));
    }
    fn record_withheld(&mut self, level: Level, items: u64, defect: Defect) -> bool {
        self.seen.push(format!("{items} {level:?} withheld: {defect:?}"));
        true
    }
    fn enter_record(&mut self, level: Level) {
        self.seen.push(format!("a {level:?}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Scenario: one made-up payload in both encodings, JSON members in any order under either name, one scripted visitor.
    /// Guarantees: both walkers show the same names and values, and the results decode to the same message.
    #[test]
    fn both_encodings_are_shown_and_treated_alike(
        seed in 1..u64::MAX,
        script: u64,
        structure: bool,
        keeps_unknown: bool,
        keys_first: bool,
        signal in prop::sample::select(SIGNALS.to_vec()),
    ) {
        let root = root(signal);
        let mut dice = Dice { state: seed, keys_first };
        let message = made_up(&root, 0, &mut dice);
        let (binary, mut text) = (message.encode_to_vec(), String::new());
        write_message(&message, &mut dice, &mut text);
        prop_assert_eq!(read(&root, text.as_bytes()), DynamicMessage::decode(root.clone(), &*binary).unwrap());

        let mut by_binary = Script::new(script, structure, keeps_unknown);
        let binary = walk(&Protobuf(signal), &binary, &mut by_binary).unwrap();
        let mut by_text = Script::new(script, structure, keeps_unknown);
        let text = walk(&Json(signal), text.as_bytes(), &mut by_text).unwrap();

        if keys_first {
            by_binary.seen.sort();
            by_text.seen.sort();
            prop_assert_eq!(&by_binary.seen, &by_text.seen);
        }

        let binary = DynamicMessage::decode(root.clone(), &*binary).unwrap();
        prop_assert_eq!(read(&root, &text), binary);
    }

    /// Scenario: made-up payloads, broken by a flipped bit, a cut, or a splinter of JSON.
    /// Guarantees: refused, or the result is JSON; never a panic.
    #[test]
    fn broken_payloads_are_refused_or_stay_json(
        seed in 1..u64::MAX,
        script: u64,
        structure: bool,
        keys_first: bool,
        at: prop::sample::Index,
        cut in 0..4_usize,
        splinter in "[\\[\\]{}:,\"0-9ntf-]{0,3}|null|\"[a-z]*\":|\\{\\}",
        signal in prop::sample::select(SIGNALS.to_vec()),
    ) {
        let mut dice = Dice { state: seed, keys_first };
        let mut text = String::new();
        write_message(&made_up(&root(signal), 0, &mut dice), &mut dice, &mut text);
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes.splice(at..(at + cut).min(bytes.len()), splinter.bytes());
        let valid = serde_json::from_slice::<Tree>(&bytes).is_ok_and(|tree| tree.is_object());
        match walk(&Json(signal), &bytes, &mut Script::new(script, structure, false)) {
            Ok(output) => {
                prop_assert!(valid);
                prop_assert!(serde_json::from_slice::<Tree>(&output).is_ok(), "{}", String::from_utf8_lossy(&output));
            }
            Err(_) => prop_assert!(!valid, "{}", String::from_utf8_lossy(&bytes)),
        }
    }
}

// --- single claims ---

/// Walks one log record given by its members.
fn log(members: &str, visitor: &mut Same) -> String {
    let (head, tail) = (r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":["#, "]}]}]}");
    let input = format!("{head}{{{members}}}{tail}");
    let output = String::from_utf8(walk(&Json(Signal::Logs), input.as_bytes(), visitor).unwrap()).unwrap();
    let left = output.strip_prefix(head).unwrap().strip_suffix(tail).unwrap();
    left.strip_prefix('{').map_or(left, |left| left.strip_suffix('}').unwrap()).to_owned()
}

/// Scenario: a value stands before its key, names are escaped or in snake case, a value has several variants.
/// Guarantees: everything is shown under the right name.
#[test]
fn members_are_found_in_any_order_and_spelling() {
    let members = concat!(
        r#""attributes":[{"value":{"\u0073tring_value":"a","intValue":"7"},"k\u0065y":"user\u002eemail"}],"#,
        r#""body":{"kvlistValue":{"values":[{"value":{"arrayValue":{"values":[{"bytesValue":"_-8"},null]}},"key":"b"}]}},"#,
        r#""body":{"stringValue":"again"},"severity_text":"x\/y""#
    );
    let mut visitor = Same::new(Verdict::Look, Edit::Keep);
    assert_eq!(log(members, &mut visitor), members);
    assert_eq!(
        visitor.seen,
        [
            "log/user.email",
            "Text(\"a\")",
            "Int(7)",
            "log/@body",
            "log/@body.b",
            "Bytes([255, 239])",
            "log/@body",
            "Text(\"again\")",
            "log/@severity_text",
            "Text(\"x/y\")",
        ]
    );
}

/// Scenario: an attribute with two keys, of which readers would each pick their own.
/// Guarantees: it goes alone, wherever the second key stands.
#[test]
fn an_attribute_with_two_keys_is_ambiguous() {
    for twice in [
        r#"{"key":"a","value":{"stringValue":"x"},"key":"b"}"#,
        r#"{"key":"a","key":"a","value":{"stringValue":"x"}}"#,
    ] {
        for verdict in [Verdict::Look, Verdict::Keep] {
            let mut visitor = Same::new(verdict, Edit::Keep);
            let members = format!(r#""attributes":[{twice},{{"key":"c"}}]"#);
            assert_eq!(log(&members, &mut visitor), r#""attributes":[{"key":"c"}]"#);
            assert!(visitor.seen.contains(&"Ambiguous log".to_owned()));
        }
    }
}

/// Scenario: structural leaves and values of every wrong type and range.
/// Guarantees: each goes alone and is told, and nothing of the wrong shape survives even where everything is kept.
#[test]
fn what_has_the_wrong_shape_goes_alone() {
    let id = "0af7651916cd43dd8448eb211c80319c";
    let wrong = [
        r#""timeUnixNano":"ann@example.org""#.to_owned(),
        r#""timeUnixNano":-1"#.to_owned(),
        r#""timeUnixNano":1.5"#.to_owned(),
        r#""timeUnixNano":"18446744073709551616""#.to_owned(),
        r#""timeUnixNano":"+1""#.to_owned(),
        r#""timeUnixNano":{"a":[1]}"#.to_owned(),
        r#""traceId":"0af7651916cd43dd""#.to_owned(),
        format!(r#""spanId":"{id}""#),
        r#""traceId":"ann@example.org-ann@example.org-""#.to_owned(),
        r#""traceId":12"#.to_owned(),
        r#""flags":4294967296"#.to_owned(),
        r#""severityNumber":"SEVERITY_NUMBER_ANN""#.to_owned(),
        r#""severityNumber":"9""#.to_owned(),
        r#""severityText":5"#.to_owned(),
        r#""body":"text""#.to_owned(),
        r#""body":{"stringValue":5}"#.to_owned(),
        r#""body":{"stringValue":{"secret":"x"}}"#.to_owned(),
        r#""body":{"boolValue":"true"}"#.to_owned(),
        r#""body":{"arrayValue":[]}"#.to_owned(),
        r#""body":{"kvlistValue":"x"}"#.to_owned(),
        r#""attributes":{"key":"a"}"#.to_owned(),
    ];
    for member in &wrong {
        for verdict in [Verdict::Look, Verdict::Keep] {
            let mut visitor = Same::new(verdict, Edit::Keep);
            let members = format!(r#"{member},"eventName":"e""#);
            assert_eq!(log(&members, &mut visitor), r#""eventName":"e""#, "{member}");
            assert_eq!(visitor.seen.iter().filter(|seen| *seen == "Shape log").count(), 1, "{member}");
        }
    }
    for member in
        [r#""body":{"intValue":"1.5"}"#, r#""body":{"doubleValue":"inf"}"#, r#""body":{"bytesValue":"?"}"#]
    {
        assert_eq!(log(member, &mut Same::new(Verdict::Look, Edit::Keep)), "", "{member}");
    }
    let right = [
        r#""timeUnixNano":"1700000000000000000","observedTimeUnixNano":18446744073709551615"#.to_owned(),
        format!(r#""traceId":"{id}","spanId":"""#),
        r#""flags":"4294967295","severityNumber":"SEVERITY_NUMBER_INFO","droppedAttributesCount":null"#
            .to_owned(),
        r#""severity_number":99,"body":{"doubleValue":"NaN"},"attributes":null"#.to_owned(),
    ];
    for members in &right {
        assert_eq!(log(members, &mut Same::new(Verdict::Look, Edit::Keep)), *members);
    }
}

/// Scenario: a point value of two hundred digits, which no double has.
/// Guarantees: it goes: a structural leaf is no place to carry text in digits. In an attribute it is shown as digits.
#[test]
fn digits_beyond_any_double_are_not_structure() {
    let payload = |value: &str| {
        format!(
            r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{"name":"m","gauge":{{"dataPoints":[{{{value}}}]}}}}]}}]}}]}}"#
        )
    };
    let input = payload(&format!(r#""asDouble":1.{}"#, "41".repeat(100)));
    let mut visitor = Same::new(Verdict::Look, Edit::Keep);
    let output = walk(&Json(Signal::Metrics), input.as_bytes(), &mut visitor).unwrap();
    assert_eq!(String::from_utf8(output).unwrap(), payload(""));
    assert!(visitor.seen.contains(&"Shape point".to_owned()));
    let mut visitor = Same::new(Verdict::Look, Edit::Text);
    let left = log(r#""body":{"doubleValue":41111111111111111111}"#, &mut visitor);
    assert_eq!(left, r#""body":{"stringValue":"new"}"#);
    assert!(visitor.seen.contains(&r#"Text("41111111111111111111")"#.to_owned()));
}

/// Scenario: every object of a payload has a member that nobody knows.
/// Guarantees: all are gone when unknown members go, kept values included; all stay, byte for byte, when they stay.
#[test]
fn unknown_members_follow_the_visitor() {
    let sneaky = r#""sneaky":{"a":["b"]}"#;
    let plain = concat!(
        r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":{"kvlistValue":{"values":["#,
        r#"{"key":"l","value":{"arrayValue":{"values":[{"stringValue":"s"}]}}}]}}}]},"#,
        r#""scopeSpans":[{"scope":{"name":"n"},"spans":[{"status":{"code":1},"events":[{"name":"e"}]}]}]}]}"#
    );
    let front = plain.replace('{', &format!("{{{sneaky},"));
    let back = plain.replace('}', &format!(",{sneaky}}}"));
    for input in [front, back] {
        for verdict in [Verdict::Look, Verdict::Keep] {
            let output =
                walk(&Json(Signal::Traces), input.as_bytes(), &mut Same::new(verdict, Edit::Keep)).unwrap();
            assert_eq!(String::from_utf8(output).unwrap(), plain);
            let mut keeping = Same { keeps_unknown: true, ..Same::new(verdict, Edit::Keep) };
            let output = walk(&Json(Signal::Traces), input.as_bytes(), &mut keeping).unwrap();
            assert_eq!(String::from_utf8(output).unwrap(), input);
        }
    }
}

/// Scenario: records that are not objects, or nest beyond the bound, among good ones.
/// Guarantees: they are withheld alone, or the payload is refused, as the visitor says.
#[test]
fn a_bad_record_is_withheld_alone() {
    let mut nested = r#"{"stringValue":"deep"}"#.to_owned();
    for _ in 0..30 {
        nested = format!(r#"{{"arrayValue":{{"values":[{nested}]}}}}"#);
    }
    let payload =
        |records: &str| format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{records}]}}]}}]}}"#);
    let input = payload(&format!(r#"5,{{"flags":1}},{{"body":{nested}}},{{"flags":2}}"#));
    let mut visitor = Same::new(Verdict::Look, Edit::Keep);
    let output = walk(&Json(Signal::Logs), input.as_bytes(), &mut visitor).unwrap();
    assert_eq!(String::from_utf8(output).unwrap(), payload(r#"{"flags":1},{"flags":2}"#));
    assert_eq!(visitor.seen, ["1 log withheld: Malformed", "log/@body", "1 log withheld: Depth"]);
    visitor.alone = false;
    assert!(matches!(
        walk(&Json(Signal::Logs), input.as_bytes(), &mut visitor),
        Err(FormatError::Malformed { .. })
    ));
    let bottomless = payload(&format!("{{\"body\":{}", "{\"arrayValue\":{\"values\":[".repeat(50_000)));
    for verdict in [Verdict::Look, Verdict::Keep] {
        let mut visitor = Same::new(verdict, Edit::Keep);
        let refused = walk(&Json(Signal::Logs), bottomless.as_bytes(), &mut visitor);
        assert!(matches!(refused, Err(FormatError::Depth { .. })));
    }
}

/// Scenario: the name of a metric goes.
/// Guarantees: the metric goes with it, and its points are counted.
#[test]
fn a_metric_without_a_name_is_withheld() {
    let metric = |name: &str| {
        format!(
            r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{{name}"gauge":{{"dataPoints":[{{"asInt":1}},{{"asInt":"2"}}]}}}}]}}]}}]}}"#
        )
    };
    for name in [r#""name":"m","#, r#""name":7,"#] {
        let mut visitor = Same::new(Verdict::Drop, Edit::Keep);
        let output = walk(&Json(Signal::Metrics), metric(name).as_bytes(), &mut visitor).unwrap();
        assert_eq!(output, br#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[]}]}]}"#);
        assert!(visitor.seen.contains(&"2 metric withheld: Nameless".to_owned()));
    }
}

/// Scenario: a sender writes key after value on every level of a deep value, so that keys must be looked up ahead.
/// Guarantees: the work stays bounded by depth times size: two megabytes end well within a test's patience.
#[test]
fn looking_ahead_for_keys_stays_bounded() {
    let mut nested = format!(r#"{{"stringValue":"{}"}}"#, "x".repeat(2 << 20));
    for _ in 0..25 {
        nested = format!(r#"{{"kvlistValue":{{"values":[{{"value":{nested},"key":"k"}}]}}}}"#);
    }
    let members = format!(r#""body":{nested}"#);
    let before = std::time::Instant::now();
    assert_eq!(log(&members, &mut Same::new(Verdict::Look, Edit::Keep)), members);
    assert!(before.elapsed().as_secs() < 5);
}

/// Scenario: a payload is cut at every byte, and every bit of it is flipped.
/// Guarantees: no panic; what is accepted leaves as JSON.
#[test]
fn truncations_and_flips_never_panic() {
    let input = concat!(
        r#"{"resourceMetrics":[{"resource":{"attributes":[{"key":"a.b","value":{"stringValue":"\u00e9"}}]},"#,
        r#""scopeMetrics":[{"metrics":[{"name":"m","sum":{"aggregationTemporality":2,"isMonotonic":true,"#,
        r#""dataPoints":[{"asInt":"5","exemplars":[{"asDouble":0.5,"traceId":"0af7651916cd43dd8448eb211c80319c"}]}]}},"#,
        r#"{"name":"h","histogram":{"dataPoints":[{"bucketCounts":["1",2],"explicitBounds":[1e3,"Infinity"]}]}}]}]}]}"#
    );
    let visitor = || Same::new(Verdict::Look, Edit::Text);
    assert!(walk(&Json(Signal::Metrics), input.as_bytes(), &mut visitor()).is_ok());
    for end in 0..input.len() {
        assert!(walk(&Json(Signal::Metrics), &input.as_bytes()[..end], &mut visitor()).is_err());
    }
    for bit in 0..input.len() * 8 {
        let mut flipped = input.as_bytes().to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(output) = walk(&Json(Signal::Metrics), &flipped, &mut visitor()) {
            assert!(serde_json::from_slice::<Tree>(&output).is_ok());
        }
    }
    for other in ["", "null", "[]", "1", "{}x", "\u{feff}{}"] {
        assert!(walk(&Json(Signal::Logs), other.as_bytes(), &mut visitor()).is_err(), "{other}");
    }
}
