//! Metrics through whole policies: points that lose what told them apart merge, or are withheld and counted.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed claim")]

use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, OnWithheld, Options, Outcome, Payload, Reason, Withheld};
use frostglass_formats::Signal;
use frostglass_keys::Ring;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::{
    Histogram, HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, metric::Data,
    number_data_point,
};
use prost::Message as _;
use std::sync::Arc;

const NOW: u64 = 1_700_000_000_000_000_000;
const DELTA: i32 = 1;
const CUMULATIVE: i32 = 2;

fn engine(catalog: &str, on_withheld: OnWithheld) -> Engine {
    let text = format!(r#"{{"policy": "test", "schema": 1, "default": "keep", "catalog": {{{catalog}}}}}"#);
    let plan = Plan::from_json(&text, "test.json").unwrap_or_else(|error| panic!("{error}"));
    Engine::new(Arc::new(plan), Ring::default(), Options { on_withheld, ..Options::default() })
}

fn attribute(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value.to_owned())) };
    KeyValue { key: key.to_owned(), value: Some(value), ..Default::default() }
}

fn payload(metrics: Vec<Metric>) -> Vec<u8> {
    let scope_metrics = vec![ScopeMetrics { metrics, ..Default::default() }];
    let resource_metrics = vec![ResourceMetrics { scope_metrics, ..Default::default() }];
    ExportMetricsServiceRequest { resource_metrics }.encode_to_vec()
}

fn metric(name: &str, data: Data) -> Metric {
    Metric { name: name.into(), data: Some(data), ..Default::default() }
}

fn duration(client: &str, counts: [u64; 3], sum: f64) -> HistogramDataPoint {
    HistogramDataPoint {
        attributes: vec![attribute("client.address", client), attribute("http.route", "/pay")],
        start_time_unix_nano: NOW - 60,
        time_unix_nano: NOW,
        count: counts.iter().sum(),
        sum: Some(sum),
        bucket_counts: counts.to_vec(),
        explicit_bounds: vec![0.1, 1.0],
        ..Default::default()
    }
}

fn logins(users: &[(&str, i64)]) -> Metric {
    let point = |&(user, count): &(&str, i64)| NumberDataPoint {
        attributes: vec![attribute("user.id", user)],
        start_time_unix_nano: NOW - 60,
        time_unix_nano: NOW,
        value: Some(number_data_point::Value::AsInt(count)),
        ..Default::default()
    };
    let data_points = users.iter().map(point).collect();
    metric("logins", Data::Sum(Sum { data_points, aggregation_temporality: CUMULATIVE, is_monotonic: true }))
}

fn metrics(bytes: &[u8]) -> Vec<Metric> {
    let request = ExportMetricsServiceRequest::decode(bytes).unwrap();
    request.resource_metrics.into_iter().flat_map(|rm| rm.scope_metrics).flat_map(|sm| sm.metrics).collect()
}

/// Scenario: `client.address` is suppressed on the request durations of three clients, measured as deltas.
/// Guarantees: one point is left, which holds what all three measured; the merging is counted and nothing is withheld.
#[test]
fn durations_of_all_clients_become_one_histogram() {
    let points = vec![
        duration("203.0.113.7", [1, 2, 3], 4.5),
        duration("203.0.113.8", [10, 0, 0], 0.5),
        duration("203.0.113.9", [0, 0, 1], 2.0),
    ];
    let data = Data::Histogram(Histogram { data_points: points, aggregation_temporality: DELTA });
    let mut engine =
        engine(r#""client.address": {"class": "online-id", "treat": "suppress"}"#, OnWithheld::Reject);
    let payload = payload(vec![metric("http.server.request.duration", data)]);
    let Outcome::Rewritten(bytes) = engine.rewrite(&payload, Payload::OtlpProto(Signal::Metrics), &NOW)
    else {
        panic!("not rewritten");
    };
    let metrics = metrics(bytes);
    let Some(Data::Histogram(histogram)) = &metrics[0].data else { panic!("{metrics:?}") };
    let [point] = &histogram.data_points[..] else { panic!("{histogram:?}") };
    assert_eq!((point.count, point.sum, &point.bucket_counts[..]), (17, Some(7.0), &[11, 2, 4][..]));
    assert_eq!(point.attributes, [attribute("http.route", "/pay")]);
    assert_eq!(engine.tally().merged, 2);
    assert!(engine.tally().records_dropped.is_empty());
}

/// Scenario: `user.id` is suppressed on a cumulative counter: of two users, then of one.
/// Guarantees: two users' counts cannot be added without state: they go, with their metric, and are counted, or the
/// payload is refused, as the host wants; metrics beside them and a lone user's count stay.
#[test]
fn cumulative_counts_of_several_users_are_withheld() {
    let line = r#""user.id": {"class": "direct-id", "treat": "suppress"}"#;
    let beside = metric("up", Data::Sum(Sum::default()));
    let two = payload(vec![logins(&[("ann", 3), ("bob", 4)]), beside.clone()]);
    let mut dropping = engine(line, OnWithheld::Drop);
    let Outcome::Rewritten(bytes) = dropping.rewrite(&two, Payload::OtlpProto(Signal::Metrics), &NOW) else {
        panic!("not rewritten");
    };
    assert_eq!(metrics(bytes), [beside]);
    assert_eq!(dropping.tally().records_dropped.get(&Reason::Collision), Some(&2));
    assert_eq!((dropping.tally().rejected(), dropping.tally().merged), (2, 0));

    let mut refusing = engine(line, OnWithheld::Reject);
    let refused = Withheld::Records { count: 2, reason: Reason::Collision };
    let outcome = refusing.rewrite(&two, Payload::OtlpProto(Signal::Metrics), &NOW);
    assert_eq!(outcome, Outcome::Withheld(refused));

    let one = payload(vec![logins(&[("ann", 3)])]);
    let Outcome::Rewritten(bytes) = dropping.rewrite(&one, Payload::OtlpProto(Signal::Metrics), &NOW) else {
        panic!("not rewritten");
    };
    let mut left = logins(&[("ann", 3)]);
    let Some(Data::Sum(sum)) = &mut left.data else { panic!() };
    sum.data_points[0].attributes.clear();
    assert_eq!(metrics(bytes), [left]);
    assert!(dropping.tally().records_dropped.is_empty());
}

/// Scenario: delta counts of two users in OTLP/JSON.
/// Guarantees: they become one point of their sum, in JSON.
#[test]
fn json_points_merge_too() {
    let mut engine = engine(r#""user.id": {"class": "direct-id", "treat": "suppress"}"#, OnWithheld::Reject);
    let point = |user: &str, count: u64| {
        format!(
            r#"{{"attributes":[{{"key":"user.id","value":{{"stringValue":"{user}"}}}}],"timeUnixNano":"9","asInt":"{count}"}}"#
        )
    };
    let payload = |points: &str| {
        format!(
            r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{"name":"logins","sum":{{"aggregationTemporality":1,"dataPoints":[{points}]}}}}]}}]}}]}}"#
        )
    };
    let two = payload(&format!("{},{}", point("ann", 3), point("bob", 4)));
    let merged = payload(r#"{"timeUnixNano":"9","asInt":"7"}"#);
    let outcome = engine.rewrite(two.as_bytes(), Payload::OtlpJson(Signal::Metrics), &NOW);
    assert_eq!(outcome, Outcome::Rewritten(merged.as_bytes()));
    assert_eq!(engine.tally().merged, 1);
}
