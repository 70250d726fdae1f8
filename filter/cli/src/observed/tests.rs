use super::*;
use serde_json::json;

fn text(value: &str) -> serde_json::Value {
    json!({"stringValue": value})
}

/// Reads a payload, each record as its selectors and texts.
fn read(payload: &[u8], kind: Payload) -> (Vec<Record>, Vec<Vec<(String, String)>>) {
    let mut observer = Observer::default();
    let (mut records, mut told) = (Vec::new(), Vec::new());
    let mut each = |names: &Names, record: Record| {
        let name = |field: &Field| names.get(field.name).unwrap().text();
        told.push(record.fields().map(|field| (name(field), field.value.text().into_owned())).collect());
        records.push(record);
        true
    };
    assert!(observer.payload(payload, kind, &mut each).unwrap());
    assert_eq!(observer.unreadable, 0);
    (records, told)
}

fn has(fields: &[(String, String)], name: &str, value: &str) -> bool {
    fields.iter().any(|(known, text)| known == name && text == value)
}

/// Scenario: two resources with a span each, whose resource stands behind its spans, with two events.
/// Guarantees: each span has its own resource and times and ids; events are told apart.
#[test]
fn spans_have_what_they_share_wherever_it_stands() {
    let span = |id: &str| {
        json!({"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": id, "parentSpanId": "",
            "startTimeUnixNano": "1000", "endTimeUnixNano": "3000",
            "attributes": [{"key": "http.route", "value": text("/cart")}],
            "events": [{"timeUnixNano": "2000", "name": "a"}, {"timeUnixNano": "2500", "name": "b"}]})
    };
    let group = |service: &str, id: &str| {
        json!({"scopeSpans": [{"spans": [span(id)], "scope": {"name": "lib"}}],
            "resource": {"attributes": [{"key": "service.name", "value": text(service)}]}})
    };
    let payload =
        json!({"resourceSpans": [group("shop", "0000000000000001"), group("bank", "0000000000000002")]});
    let (records, told) = read(payload.to_string().as_bytes(), Payload::OtlpJson(Signal::Traces));
    assert_eq!(records.len(), 2);
    for ((record, fields), (service, id)) in records.iter().zip(&told).zip([("shop", 1), ("bank", 2)]) {
        assert_eq!((record.start, record.end, record.span), (Some(1000), Some(3000), Some(id)));
        assert_eq!((record.trace.unwrap() >> 120, record.parent, record.position), (1, None, id - 1));
        assert!(has(fields, "resource/service.name", service) && has(fields, "scope/@name", "lib"));
        assert!(has(fields, "span/http.route", "/cart"));
        assert_eq!(fields.iter().filter(|field| field.0 == "resource/service.name").count(), 1);
        let items: Vec<u32> = record.own.iter().map(|field| field.item).filter(|item| *item > 0).collect();
        assert_eq!(items, [1, 1, 2, 2]);
    }
}

/// Scenario: the same spans in protobuf, made by the published messages' encoder by hand: one span with one attribute.
/// Guarantees: the same record as from JSON.
#[test]
fn protobuf_gives_the_same_records() {
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, u8::try_from(content.len()).unwrap()];
        out.extend_from_slice(content);
        out
    }
    let value = field(1, b"/cart");
    let attribute = [field(1, b"http.route"), field(2, &value)].concat();
    let mut span = field(1, &[7; 16]);
    span.extend(field(2, &[1; 8]));
    span.push(7 << 3 | 1);
    span.extend(1000_u64.to_le_bytes());
    span.extend(field(9, &attribute));
    let scoped = field(2, &span);
    let group = field(2, &scoped);
    let payload = field(1, &group);
    let (records, told) = read(&payload, Payload::OtlpProto(Signal::Traces));
    assert_eq!((records.len(), records[0].start), (1, Some(1000)));
    assert_eq!(records[0].trace, Some(u128::from_be_bytes([7; 16])));
    assert!(has(&told[0], "span/http.route", "/cart"));
}

/// Scenario: a metric with two points, one of which has an exemplar.
/// Guarantees: two records with the metric's name in both, the points' own labels apart.
#[test]
fn each_point_is_a_record() {
    let point = |user: &str| json!({"timeUnixNano": "5", "asInt": "1", "attributes": [{"key": "user", "value": text(user)}]});
    let payload = json!({"resourceMetrics": [{"scopeMetrics": [{"metrics": [
        {"sum": {"dataPoints": [point("a"), point("b")]}, "name": "requests"}]}]}]});
    let (records, told) = read(payload.to_string().as_bytes(), Payload::OtlpJson(Signal::Metrics));
    assert_eq!(records.len(), 2);
    for (fields, user) in told.iter().zip(["a", "b"]) {
        assert!(has(fields, "metric/@name", "requests") && has(fields, "point/user", user));
        assert_eq!(fields.iter().filter(|field| field.0 == "point/user").count(), 1);
    }
    assert_eq!(records[1].start, Some(5));
}

/// Scenario: JSON lines with the usual names for time and ids.
/// Guarantees: they are taken; a fraction of a second counts.
#[test]
fn json_lines_have_times_and_ids() {
    let line =
        r#"{"ts":"2026-01-02T03:04:05.5Z","trace_id":"0102030405060708090a0b0c0d0e0f10","user":"ann"}"#;
    let (records, told) = read(format!("{line}\n{line}\n").as_bytes(), Payload::Ndjson);
    assert_eq!(records.len(), 2);
    assert_eq!(records[1].start.map(|nanos| nanos % 1_000_000_000), Some(500_000_000));
    assert!(records[1].trace.is_some() && has(&told[1], "log/@body.user", "ann"));
}
