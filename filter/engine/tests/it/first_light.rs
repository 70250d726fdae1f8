//! Whole payloads through whole policies: what leaves, what stays, what is counted.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, OnWithheld, Options, Outcome, Payload, Reason};
use frostglass_formats::Signal;
use frostglass_keys::{DEMO_KEY, Ring};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message as _;
use std::sync::Arc;

const NOW: u64 = 1_700_000_000_000_000_000;

fn plan(rest: &str) -> Arc<Plan> {
    let text = format!(r#"{{"policy": "test", "schema": 1{rest}}}"#);
    Arc::new(Plan::from_json(&text, "test.json").unwrap_or_else(|error| panic!("{error}")))
}

fn engine(plan: &Arc<Plan>) -> Engine {
    let mut ring = Ring::default();
    for name in plan.key_names() {
        ring.add_standalone(name, DEMO_KEY, true).unwrap();
    }
    Engine::new(Arc::clone(plan), ring, Options::default())
}

fn text(value: &str) -> AnyValue {
    AnyValue { value: Some(any_value::Value::StringValue(value.to_owned())) }
}

fn attribute(key: &str, value: AnyValue) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(value), ..Default::default() }
}

fn logs(body: AnyValue, attributes: Vec<KeyValue>) -> Vec<u8> {
    let record = LogRecord {
        time_unix_nano: NOW,
        severity_number: 9,
        severity_text: "INFO".into(),
        body: Some(body),
        attributes,
        trace_id: vec![1; 16],
        ..Default::default()
    };
    let request = ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            resource: Some(Resource {
                attributes: vec![attribute("service.name", text("checkout"))],
                ..Default::default()
            }),
            scope_logs: vec![ScopeLogs {
                scope: Some(InstrumentationScope { name: "shop".into(), ..Default::default() }),
                log_records: vec![record],
                ..Default::default()
            }],
            ..Default::default()
        }],
    };
    request.encode_to_vec()
}

fn treated(engine: &mut Engine, payload: &[u8]) -> ExportLogsServiceRequest {
    let bytes = match engine.rewrite(payload, Payload::OtlpProto(Signal::Logs), &NOW) {
        Outcome::Unchanged => payload.to_vec(),
        Outcome::Rewritten(bytes) => bytes.to_vec(),
        Outcome::Withheld(withheld) => panic!("{withheld}"),
    };
    ExportLogsServiceRequest::decode(bytes.as_slice()).unwrap()
}

fn record(request: &ExportLogsServiceRequest) -> &LogRecord {
    &request.resource_logs[0].scope_logs[0].log_records[0]
}

fn value<'a>(record: &'a LogRecord, key: &str) -> Option<&'a str> {
    record.attributes.iter().find(|attribute| attribute.key == key).map(|attribute| {
        match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
            Some(any_value::Value::StringValue(text)) => text.as_str(),
            other => panic!("{other:?}"),
        }
    })
}

/// Scenario: a log record of a shop under the embedded policy.
/// Guarantees: who it was becomes a token that joins, secrets go, what nobody classified goes, the signal stays.
#[test]
fn the_default_policy_hides_the_face_and_lets_the_light_through() {
    let plan = Arc::new(Plan::embedded().unwrap_or_else(|error| panic!("{error}")));
    let mut engine = engine(&plan);
    let payload = logs(
        text("payment by ann@example.org failed, password=hunter22x"),
        vec![
            attribute("user.id", text("ann")),
            attribute("client.address", text("203.0.113.77")),
            attribute("http.request.method", text("POST")),
            attribute("shop.note", text("behind the door")),
            attribute("error.type", text("ann@example.org")),
        ],
    );
    let request = treated(&mut engine, &payload);
    let first = record(&request);
    assert!(value(first, "user.id").unwrap().starts_with("u_"), "{first:?}");
    assert_eq!(value(first, "client.address"), Some("203.0.113.0"));
    assert_eq!(value(first, "http.request.method"), Some("POST"));
    assert_eq!(value(first, "shop.note"), None);
    assert!(value(first, "error.type").unwrap().starts_with("u_"), "a misused attribute is still caught");
    let body = format!("{:?}", first.body);
    assert!(body.contains("payment by u_") && body.contains("password=[credential]"), "{body}");
    assert_eq!(first.severity_text, "INFO");
    assert_eq!(first.trace_id, vec![1; 16]);
    assert_eq!(request.resource_logs[0].resource.as_ref().unwrap().attributes.len(), 1);

    // Treated once: the next hop under the same policy changes nothing.
    let again = request.encode_to_vec();
    assert_eq!(engine.rewrite(&again, Payload::OtlpProto(Signal::Logs), &NOW), Outcome::Unchanged);
}

/// Scenario: the same policy on a host that was given no key.
/// Guarantees: what needs the key is suppressed and counted with the reason; the core of the record arrives.
#[test]
fn without_a_key_pseudonyms_become_nothing() {
    let plan = Arc::new(Plan::embedded().unwrap());
    let mut engine = Engine::new(plan, Ring::default(), Options::default());
    let payload = logs(text("hello ann@example.org"), vec![attribute("user.id", text("ann"))]);
    let request = treated(&mut engine, &payload);
    assert_eq!(value(record(&request), "user.id"), None);
    assert!(format!("{:?}", record(&request).body).contains("hello [direct-id]"));
    assert_eq!(record(&request).time_unix_nano, NOW);
    assert_eq!(engine.tally().withheld.get(&Reason::NoKey), Some(&2));
}

/// Scenario: `default: keep` without catalogs.
/// Guarantees: the payload itself is the result.
#[test]
fn keeping_is_the_identity() {
    let mut engine = engine(&plan(r#", "default": "keep""#));
    let payload = logs(text("ann@example.org"), vec![attribute("user.password", text("x"))]);
    assert_eq!(engine.rewrite(&payload, Payload::OtlpProto(Signal::Logs), &NOW), Outcome::Unchanged);
}

/// Scenario: user lines that match one field.
/// Guarantees: the strictest wins; of two that do not compare nothing is left; a forced built-in line cannot be replaced.
#[test]
fn the_strictest_line_decides() {
    let plan = plan(
        r#", "default": "keep", "extends": ["secrets"], "treatments": {"start": {"truncate": {"chars": 2}}}, "catalog": {
            "a.x": {"class": "operational", "treat": "keep"}, "a.*": {"class": "content", "treat": "mask"},
            "b.x": {"class": "operational", "treat": "start"}, "b.*": {"class": "content", "treat": "mask"},
            "**.password": {"class": "operational", "treat": "keep"}}"#,
    );
    let payload = logs(
        text("x"),
        vec![
            attribute("a.x", text("one")),
            attribute("b.x", text("two")),
            attribute("c.x", text("three")),
            attribute("user.password", text("four")),
        ],
    );
    let request = treated(&mut engine(&plan), &payload);
    let first = record(&request);
    assert_eq!(value(first, "a.x"), Some("***"));
    assert_eq!(value(first, "b.x"), None);
    assert_eq!(value(first, "c.x"), Some("three"));
    assert_eq!(value(first, "user.password"), None);
}

/// Scenario: one policy with its classes in two orders; an own class says what it is and has no treatment.
/// Guarantees: one digest, and it is treated as what it is in both. (Hosts get the classes sorted, the command as written.)
#[test]
fn the_order_of_classes_says_nothing() {
    let (own, built_in) = (r#""badge": {"is": "location"}"#, r#""location": {"treat": "mask"}"#);
    let plans = [[own, built_in], [built_in, own]].map(|classes| {
        plan(&format!(r#", "classes": {{{}}}, "catalog": {{"office.badge": "badge"}}"#, classes.join(", ")))
    });
    assert_eq!(plans[0].digest(), plans[1].digest());
    for plan in &plans {
        let payload = logs(text("x"), vec![attribute("office.badge", text("HQ-17"))]);
        let request = treated(&mut engine(plan), &payload);
        assert_eq!(value(record(&request), "office.badge"), Some("***"));
    }
}

/// Scenario: a structured body with parts that have lines of their own, and one whose key gives it away.
/// Guarantees: parts are fields: their lines hold, and the rest is treated like the body.
#[test]
fn parts_of_a_body_are_fields() {
    let plan = plan(
        r#", "default": "suppress", "keys": {"ids": {"use": "pseudonymize", "from": "standalone"}},
            "treatments": {"token": {"pseudonymize": {"key": "ids", "prefix": "u"}}},
            "classes": {"direct-id": {"treat": "token"}},
            "catalog": {"log/@body": "content", "log/@body.payment.**": {"class": "payment", "treat": "suppress"}, "user.id": "direct-id"}"#,
    );
    let map = |pairs: Vec<KeyValue>| AnyValue {
        value: Some(any_value::Value::KvlistValue(opentelemetry_proto::tonic::common::v1::KeyValueList {
            values: pairs,
        })),
    };
    let body = map(vec![
        attribute("message", text("sent to ann@example.org")),
        attribute("user", map(vec![attribute("id", text("ann"))])),
        attribute("payment", map(vec![attribute("amount", text("12.50"))])),
        attribute("db_password", text("plain words")),
    ]);
    let request = treated(&mut engine(&plan), &logs(body, vec![]));
    let body = format!("{:?}", record(&request).body);
    assert!(!body.contains("ann") && !body.contains("12.50") && !body.contains("plain words"), "{body}");
    assert!(body.contains("sent to u_") && body.contains("\"id\""), "{body}");
}

/// Scenario: records that cannot be read inside a payload that can.
/// Guarantees: they go alone and are counted, or the payload is refused, as the host wants.
#[test]
fn broken_records_go_alone_or_not_at_all() {
    let good = logs(text("fine"), vec![]);
    let mut request = ExportLogsServiceRequest::decode(good.as_slice()).unwrap();
    let second = request.resource_logs[0].scope_logs[0].log_records[0].clone();
    request.resource_logs[0].scope_logs[0].log_records.push(second);
    let mut bytes = request.encode_to_vec();
    // The last record's first field becomes a group, which no reader of OTLP takes.
    let at = bytes.len() - second_len(&request);
    bytes[at] = 0x0b;
    let plan = plan(r#", "default": "keep""#);
    let mut dropping = engine(&plan);
    assert_eq!(treated(&mut dropping, &bytes).resource_logs[0].scope_logs[0].log_records.len(), 1);
    assert_eq!(dropping.tally().rejected(), 1);
    let options = Options { on_withheld: OnWithheld::Reject, ..Options::default() };
    let mut refusing = Engine::new(plan, Ring::default(), options);
    assert!(matches!(refusing.rewrite(&bytes, Payload::OtlpProto(Signal::Logs), &NOW), Outcome::Withheld(_)));
}

fn second_len(request: &ExportLogsServiceRequest) -> usize {
    request.resource_logs[0].scope_logs[0].log_records[1].encoded_len()
}
