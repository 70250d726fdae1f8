//! Measures what keeping metric points apart costs: `cargo run --release -p frostglass-formats --example settle_speed`.
//!
//! Each line is a payload after a label went: one in which nothing meets, one in which series meet by tens, and ones made
//! to be dear. Best of several rounds, in megabytes of treated payload a second.

#![allow(clippy::print_stdout, reason = "the measurement is the output")]

use frostglass_formats::otlp::Protobuf;
use frostglass_formats::otlp::points::{Encoding, settle};
use frostglass_formats::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Ruling, Scratch, Signal, Splice,
    Value, Verdict,
};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::{
    ExponentialHistogram, ExponentialHistogramDataPoint, Histogram, HistogramDataPoint, Metric,
    NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, metric::Data,
};
use prost::Message as _;
use std::time::{Duration, Instant};

const DELTA: i32 = 1;

/// Drops the label `client`.
struct Without;

impl FieldVisitor for Without {
    fn rule(&mut self, name: Name<'_>, _: Option<Ruling>) -> Ruling {
        let verdict = if name.path == "client" { Verdict::Drop } else { Verdict::Keep };
        Ruling { verdict, look_at_key: false, id: 0 }
    }
    fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
        Edit::Keep
    }
    fn value(&mut self, _: Ruling, _: Value<'_>, _: &mut String) -> Edit {
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

fn label(key: &str, value: String) -> KeyValue {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value)) };
    KeyValue { key: key.to_owned(), value: Some(value), ..Default::default() }
}

fn payload(data: Data) -> Vec<u8> {
    let metrics =
        vec![Metric { name: "http.server.request.duration".into(), data: Some(data), ..Default::default() }];
    let scope_metrics = vec![ScopeMetrics { metrics, ..Default::default() }];
    let resource_metrics = vec![ResourceMetrics { scope_metrics, ..Default::default() }];
    ExportMetricsServiceRequest { resource_metrics }.encode_to_vec()
}

fn durations(points: usize, alike: usize) -> Vec<u8> {
    let point = |number: usize| HistogramDataPoint {
        attributes: vec![
            label("http.request.method", "GET".into()),
            label("http.route", format!("/shop/{}", number / alike)),
            label("client", format!("client-{number}")),
        ],
        start_time_unix_nano: 10,
        time_unix_nano: 20,
        count: 11,
        sum: Some(4.5),
        bucket_counts: vec![1; 11],
        explicit_bounds: (1_u8..=10).map(f64::from).collect(),
        ..Default::default()
    };
    let data_points = (0..points).map(point).collect();
    payload(Data::Histogram(Histogram { data_points, aggregation_temporality: DELTA }))
}

fn tiny_sums(points: usize) -> Vec<u8> {
    let mut data_points = vec![NumberDataPoint { time_unix_nano: 1, ..Default::default() }; points];
    data_points[0].attributes = vec![label("client", "one".into())];
    payload(Data::Sum(Sum { data_points, aggregation_temporality: DELTA, is_monotonic: true }))
}

/// One long histogram, then many short ones ever further away.
fn far_apart(points: usize) -> Vec<u8> {
    let point = |number: usize| ExponentialHistogramDataPoint {
        attributes: vec![label("client", format!("{}", number % 2))],
        time_unix_nano: 1,
        scale: 20,
        positive: Some(Buckets {
            offset: if number.is_multiple_of(2) { number as i32 } else { -(number as i32) },
            bucket_counts: vec![1; if number == 0 { 1_000_000 } else { 1 }],
        }),
        ..Default::default()
    };
    let data_points = (0..points).map(point).collect();
    payload(Data::ExponentialHistogram(ExponentialHistogram { data_points, aggregation_temporality: DELTA }))
}

fn measure(name: &str, input: &[u8]) -> Result<(), FormatError> {
    let limits = Limits { payload: usize::MAX, ..Limits::default() };
    let mut scratch = Scratch::default();
    Protobuf(Signal::Metrics).walk(input, &limits, &mut Without, &mut scratch)?;
    let (mut treated, mut splice) = (Vec::new(), Splice::default());
    scratch.splice.apply(input, &mut treated);
    let mut best = Duration::MAX;
    let mut merged = 0;
    for _ in 0..5 {
        let start = Instant::now();
        merged = settle(Encoding::Protobuf, input, &scratch.splice, &treated, &limits, &mut splice)?.merged;
        best = best.min(start.elapsed());
    }
    let rate = treated.len() as f64 / best.as_secs_f64() / 1e6;
    println!("{name:28} {:9} bytes {merged:7} merged {best:12.1?} {rate:6.0} MB/s", treated.len());
    Ok(())
}

fn main() -> Result<(), FormatError> {
    for points in [500, 5_000, 50_000] {
        measure("nothing meets", &durations(points, 1))?;
        measure("tens meet", &durations(points, 10))?;
        measure("all meet", &durations(points, points))?;
    }
    for points in [100_000, 700_000] {
        measure("hostile: tiny points", &tiny_sums(points))?;
    }
    for points in [20_000, 200_000] {
        measure("hostile: buckets far apart", &far_apart(points))?;
    }
    Ok(())
}
