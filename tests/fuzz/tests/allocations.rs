//! What keeping costs: nothing from the allocator.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use frostglass_engine::{Outcome, Payload};
use frostglass_formats::Signal;
use frostglass_tests_fuzz::corpus;
use frostglass_tests_fuzz::counting::{Counting, cost};
use frostglass_tests_runner::{native, otlp};

#[global_allocator]
static COUNTING: Counting = Counting;

/// A batch of clean log records, with attributes of every type, nested ones included.
fn clean() -> String {
    let record = |number: u64| {
        format!(
            r#"{{"timeUnixNano": "{}", "severityNumber": 9, "severityText": "INFO", "body": {{"stringValue": "order placed in {number} ms with 3 items"}},
               "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174",
               "attributes": [{{"key": "http.request.method", "value": {{"stringValue": "POST"}}}},
                 {{"key": "http.response.status_code", "value": {{"intValue": "200"}}}}, {{"key": "ok", "value": {{"boolValue": true}}}},
                 {{"key": "ratio", "value": {{"doubleValue": 0.25}}}}, {{"key": "large", "value": {{"intValue": "123456789012345"}}}},
                 {{"key": "cart", "value": {{"kvlistValue": {{"values": [{{"key": "tea", "value": {{"arrayValue": {{"values": [{{"stringValue": "green"}}]}}}}}}]}}}}}}]}}"#,
            native::NOW + number
        )
    };
    let records: Vec<_> = (0..100).map(record).collect();
    format!(
        r#"{{"resourceLogs": [{{"resource": {{"attributes": [{{"key": "service.name", "value": {{"stringValue": "checkout"}}}}]}},
            "scopeLogs": [{{"scope": {{"name": "shop"}}, "logRecords": [{}]}}]}}]}}"#,
        records.join(", ")
    )
}

/// Scenario: a clean batch under a policy that scans everything, after one like it.
/// Guarantees: it goes on as it is, and nothing was allocated on the way, in either encoding.
#[test]
fn keeping_allocates_nothing() {
    assert_eq!(cost(|| String::from("counted")).1.allocations, 1, "the allocator does not count");
    let text = clean();
    let proto = otlp::to_protobuf(Signal::Logs, &text).unwrap();
    for (name, bytes, payload) in [
        ("protobuf", proto.as_slice(), Payload::OtlpProto(Signal::Logs)),
        ("JSON", text.as_bytes(), Payload::OtlpJson(Signal::Logs)),
    ] {
        let mut engine = corpus::engines().remove(1);
        assert_eq!(engine.rewrite(bytes, payload, &native::NOW), Outcome::Unchanged, "{name}");
        let (outcome, cost) = cost(|| engine.rewrite(bytes, payload, &native::NOW) == Outcome::Unchanged);
        assert!(outcome, "{name}");
        assert_eq!(cost.allocations, 0, "{name}");
    }
}
