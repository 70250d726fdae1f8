//! Holds the settling of metric points against independent readers: what is added up by prost before and after.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed claim")]

use crate::made_up::{Dice, made_up, read, write_message};
use frostglass_formats::otlp::points::{Encoding, Settled, settle};
use frostglass_formats::otlp::{Json, Protobuf, schema};
use frostglass_formats::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Ruling, Scratch, Signal, Splice,
    Value, Verdict,
};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint,
    Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint, metric::Data,
    number_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use std::collections::{BTreeMap, BTreeSet};

// --- treating ---

/// Drops the attributes `user` and `host`, calls zones and metrics by their first letter, keeps the rest.
struct Coarsen;

impl FieldVisitor for Coarsen {
    fn rule(&mut self, name: Name<'_>, _: Option<Ruling>) -> Ruling {
        let verdict = match name.path {
            "user" | "host" => Verdict::Drop,
            "zone" => Verdict::Look,
            "name" if name.level == Level::Metric => Verdict::Look,
            _ => Verdict::Keep,
        };
        Ruling { verdict, look_at_key: false, id: 0 }
    }
    fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
        Edit::Keep
    }
    fn value(&mut self, _: Ruling, value: Value<'_>, out: &mut String) -> Edit {
        let Value::Text(text) = value else { return Edit::Drop };
        out.extend(text.chars().next());
        if out == text { Edit::Keep } else { Edit::Text }
    }
    fn unknown(&mut self, _: Level) -> bool {
        false
    }
    fn unreadable(&mut self, _: Level, _: Defect) {}
    fn record_withheld(&mut self, _: Level, _: u64, _: Defect) -> bool {
        true
    }
}

fn coarsened_pair(pair: &KeyValue) -> Option<KeyValue> {
    match (pair.key.as_str(), pair.value.as_ref().and_then(|value| value.value.as_ref())) {
        ("user" | "host", _) => None,
        ("zone", Some(any_value::Value::StringValue(zone))) => Some(attribute("zone", &zone[..1])),
        _ => Some(pair.clone()),
    }
}

/// What settling leaves of a payload, and what it reports.
fn settled(encoding: Encoding, input: &[u8]) -> Result<(Vec<u8>, Vec<u8>, Settled), FormatError> {
    let limits = Limits::default();
    let mut scratch = Scratch::default();
    match encoding {
        Encoding::Protobuf => Protobuf(Signal::Metrics).walk(input, &limits, &mut Coarsen, &mut scratch)?,
        Encoding::Json => Json(Signal::Metrics).walk(input, &limits, &mut Coarsen, &mut scratch)?,
    }
    let (mut treated, mut output, mut splice) = (Vec::new(), Vec::new(), Splice::default());
    scratch.splice.apply(input, &mut treated);
    let report = settle(encoding, input, &scratch.splice, &treated, &limits, &mut splice)?;
    splice.apply(&treated, &mut output);
    Ok((treated, output, report))
}

fn settled_request(request: &ExportMetricsServiceRequest) -> (ExportMetricsServiceRequest, Settled) {
    let (_, output, report) = settled(Encoding::Protobuf, &request.encode_to_vec()).unwrap();
    (ExportMetricsServiceRequest::decode(&*output).unwrap(), report)
}

// --- payloads ---

fn attribute(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value.to_owned())) };
    KeyValue { key: key.to_owned(), value: Some(value), ..Default::default() }
}

fn user(name: &str) -> Vec<KeyValue> {
    vec![attribute("user", name), attribute("route", "/")]
}

fn request(metrics: Vec<Metric>) -> ExportMetricsServiceRequest {
    resources(vec![(vec![attribute("service.name", "shop")], metrics)])
}

fn resources(parts: Vec<(Vec<KeyValue>, Vec<Metric>)>) -> ExportMetricsServiceRequest {
    let of = |(attributes, metrics)| ResourceMetrics {
        resource: Some(Resource { attributes, ..Default::default() }),
        scope_metrics: vec![ScopeMetrics {
            scope: Some(InstrumentationScope { name: "meter".into(), ..Default::default() }),
            metrics,
            ..Default::default()
        }],
        ..Default::default()
    };
    ExportMetricsServiceRequest { resource_metrics: parts.into_iter().map(of).collect() }
}

fn metric(name: &str, data: Data) -> Metric {
    Metric { name: name.into(), unit: "1".into(), data: Some(data), ..Default::default() }
}

const DELTA: i32 = 1;
const CUMULATIVE: i32 = 2;

fn sum(temporality: i32, data_points: Vec<NumberDataPoint>) -> Data {
    Data::Sum(Sum { data_points, aggregation_temporality: temporality, is_monotonic: true })
}

fn int(attributes: Vec<KeyValue>, window: (u64, u64), value: i64) -> NumberDataPoint {
    NumberDataPoint {
        attributes,
        start_time_unix_nano: window.0,
        time_unix_nano: window.1,
        value: Some(number_data_point::Value::AsInt(value)),
        ..Default::default()
    }
}

fn double(attributes: Vec<KeyValue>, window: (u64, u64), value: f64) -> NumberDataPoint {
    let value = Some(number_data_point::Value::AsDouble(value));
    NumberDataPoint { value, ..int(attributes, window, 0) }
}

fn histogram(
    attributes: Vec<KeyValue>,
    window: (u64, u64),
    bounds: &[f64],
    counts: &[u64],
) -> HistogramDataPoint {
    let count = counts.iter().sum();
    HistogramDataPoint {
        attributes,
        start_time_unix_nano: window.0,
        time_unix_nano: window.1,
        count,
        sum: Some(count as f64 * 2.0),
        bucket_counts: counts.to_vec(),
        explicit_bounds: bounds.to_vec(),
        min: (count > 0).then_some(count as f64),
        max: (count > 0).then_some(count as f64 + 1.0),
        ..Default::default()
    }
}

fn delta_histogram(data_points: Vec<HistogramDataPoint>) -> Data {
    Data::Histogram(Histogram { data_points, aggregation_temporality: DELTA })
}

fn exponential(
    attributes: Vec<KeyValue>,
    window: (u64, u64),
    scale: i32,
    offset: i32,
    counts: &[u64],
) -> ExponentialHistogramDataPoint {
    let count = counts.iter().sum::<u64>() + 1;
    ExponentialHistogramDataPoint {
        attributes,
        start_time_unix_nano: window.0,
        time_unix_nano: window.1,
        count,
        sum: Some(count as f64),
        scale,
        zero_count: 1,
        positive: Some(Buckets { offset, bucket_counts: counts.to_vec() }),
        ..Default::default()
    }
}

/// A payload of few names, labels and times, so that much of it collides, without two points of one series at one time.
fn crowded(dice: &mut Dice) -> ExportMetricsServiceRequest {
    let mut taken = BTreeSet::new();
    let mut parts = Vec::new();
    for _ in 0..1 + dice.roll(3) {
        let host = ["a", "b"][dice.roll(2) as usize];
        let mut metrics = Vec::new();
        for _ in 0..dice.roll(5) {
            let name = ["calls", "cost", "users"][dice.roll(3) as usize];
            let kind = dice.roll(8);
            let temporality = if dice.roll(4) == 0 { CUMULATIVE } else { DELTA };
            // Whole and fractional sums are one kind of point, and so are two rolls of one kind.
            let same = [0, 0, 0, 3, 4, 5, 6, 6][kind as usize];
            let mut slots = Vec::new();
            for _ in 0..dice.roll(7) {
                let zone = ["x1", "x2", "y1"][dice.roll(3) as usize];
                let name_of_user = ["ann", "bob", "cem"][dice.roll(3) as usize];
                let start = dice.roll(3) * 10 + 10;
                if taken.insert((host, name, same, temporality, zone, name_of_user, start)) {
                    let mut labels = vec![attribute("zone", zone), attribute("user", name_of_user)];
                    labels.rotate_left(dice.roll(2) as usize);
                    slots.push((labels, (start, start + 10), dice.roll(100)));
                }
            }
            let data = match kind {
                0..=1 => {
                    sum(temporality, slots.into_iter().map(|(l, w, v)| int(l, w, v as i64 - 50)).collect())
                }
                2 => sum(
                    temporality,
                    slots.into_iter().map(|(l, w, v)| double(l, w, v as f64 / 4.0)).collect(),
                ),
                3 => Data::Gauge(Gauge {
                    data_points: slots.into_iter().map(|(l, w, v)| int(l, w, v as i64)).collect(),
                }),
                4 => Data::Summary(Summary {
                    data_points: slots
                        .into_iter()
                        .map(|(attributes, (_, time_unix_nano), count)| SummaryDataPoint {
                            attributes,
                            time_unix_nano,
                            count,
                            ..Default::default()
                        })
                        .collect(),
                }),
                5 => {
                    let other = dice.roll(4) == 0;
                    let bounds: &[f64] = if other { &[1.0, 3.0] } else { &[1.0, 2.0] };
                    let of = |(l, w, v)| histogram(l, w, bounds, &[v, v % 7, v % 3]);
                    let data_points = slots.into_iter().map(of).collect();
                    Data::Histogram(Histogram { data_points, aggregation_temporality: temporality })
                }
                _ => {
                    let mut of = |(l, w, v): (Vec<KeyValue>, (u64, u64), u64)| {
                        let (scale, offset) = (dice.roll(4) as i32, dice.roll(40) as i32 - 20);
                        exponential(l, w, scale, offset, &[v, v % 5, 0, v % 2])
                    };
                    let data_points = slots.into_iter().map(&mut of).collect();
                    Data::ExponentialHistogram(ExponentialHistogram {
                        data_points,
                        aggregation_temporality: temporality,
                    })
                }
            };
            metrics.push(metric(name, data));
        }
        parts.push((vec![attribute("host", host)], metrics));
    }
    resources(parts)
}

// --- adding up, independently ---

/// One point: its identity after treatment, its identity as it is, its times, and all that it counts.
struct Seen {
    treated: String,
    own: String,
    window: (u64, u64),
    kind: &'static str,
    temporality: i32,
    /// Bounds, so that histograms that differ in them are told apart.
    bounds: String,
    totals: BTreeMap<String, f64>,
}

impl Seen {
    fn adds_up(&self) -> bool {
        self.temporality == DELTA
    }
}

fn sorted(pairs: &[KeyValue]) -> String {
    pairs.iter().map(|pair| format!("{pair:?}")).collect::<BTreeSet<_>>().into_iter().collect()
}

fn points(request: &ExportMetricsServiceRequest) -> Vec<Seen> {
    let coarse = |pairs: &[KeyValue]| sorted(&pairs.iter().filter_map(coarsened_pair).collect::<Vec<_>>());
    let mut seen = Vec::new();
    for resource_metrics in &request.resource_metrics {
        let resource = &resource_metrics.resource.as_ref().unwrap().attributes;
        for metric in resource_metrics.scope_metrics.iter().flat_map(|scope| &scope.metrics) {
            let mut add = |kind,
                           temporality,
                           pairs: &[KeyValue],
                           window,
                           bounds,
                           totals: Vec<(String, f64)>| {
                let own = format!("{kind}{temporality}{}{}{}", sorted(resource), metric.name, sorted(pairs));
                let treated =
                    format!("{kind}{temporality}{}{}{}", coarse(resource), &metric.name[..1], coarse(pairs));
                let totals = totals.into_iter().collect();
                seen.push(Seen { treated, own, window, kind, temporality, bounds, totals });
            };
            let text = str::to_owned;
            match metric.data.as_ref().unwrap() {
                Data::Gauge(gauge) => gauge.data_points.iter().for_each(|point| {
                    let window = (point.start_time_unix_nano, point.time_unix_nano);
                    add("gauge", 0, &point.attributes, window, String::new(), vec![]);
                }),
                Data::Summary(summary) => summary.data_points.iter().for_each(|point| {
                    add("summary", 0, &point.attributes, (0, point.time_unix_nano), String::new(), vec![]);
                }),
                Data::Sum(sum) => sum.data_points.iter().for_each(|point| {
                    let window = (point.start_time_unix_nano, point.time_unix_nano);
                    let value = match point.value.unwrap() {
                        number_data_point::Value::AsInt(int) => int as f64,
                        number_data_point::Value::AsDouble(double) => double,
                    };
                    let totals = vec![(text("value"), value)];
                    add("sum", sum.aggregation_temporality, &point.attributes, window, String::new(), totals);
                }),
                Data::Histogram(histogram) => histogram.data_points.iter().for_each(|point| {
                    let window = (point.start_time_unix_nano, point.time_unix_nano);
                    let mut totals =
                        vec![(text("count"), point.count as f64), (text("sum"), point.sum.unwrap())];
                    for (at, count) in point.bucket_counts.iter().enumerate() {
                        totals.push((format!("bucket {at}"), *count as f64));
                    }
                    let bounds = format!("{:?}", point.explicit_bounds);
                    add(
                        "histogram",
                        histogram.aggregation_temporality,
                        &point.attributes,
                        window,
                        bounds,
                        totals,
                    );
                }),
                Data::ExponentialHistogram(histogram) => histogram.data_points.iter().for_each(|point| {
                    let window = (point.start_time_unix_nano, point.time_unix_nano);
                    let buckets = point.positive.as_ref();
                    let counts = buckets.map_or(&[][..], |buckets| &buckets.bucket_counts);
                    let mut totals = BTreeMap::from([
                        (text("count"), point.count as f64),
                        (text("sum"), point.sum.unwrap()),
                        (text("zeros"), point.zero_count as f64),
                    ]);
                    // At scale 0 all scales of the test meet.
                    for (at, count) in counts.iter().enumerate() {
                        let index = (buckets.unwrap().offset + at as i32) >> point.scale;
                        *totals.entry(format!("bucket {index}")).or_default() += *count as f64;
                    }
                    let temporality = histogram.aggregation_temporality;
                    let totals = totals.into_iter().collect();
                    add("exponential", temporality, &point.attributes, window, String::new(), totals);
                }),
            }
        }
    }
    seen
}

fn totals<'s>(seen: impl IntoIterator<Item = &'s Seen>) -> BTreeMap<(String, u64, String), f64> {
    let mut all = BTreeMap::new();
    for point in seen {
        for (name, value) in &point.totals {
            if *value != 0.0 {
                let key = (point.treated.clone(), point.window.0, name.clone());
                *all.entry(key).or_default() += value;
            }
        }
    }
    all.retain(|_, total| *total != 0.0);
    all
}

fn root() -> MessageDescriptor {
    let pool = DescriptorPool::decode(opentelemetry_proto::DESCRIPTORS).unwrap();
    pool.get_message_by_name(schema::request(Signal::Metrics).name).unwrap()
}

fn json(binary: &[u8], dice: &mut Dice) -> Vec<u8> {
    let message = DynamicMessage::decode(root(), binary).unwrap();
    let mut text = String::new();
    write_message(&message, dice, &mut text);
    text.into_bytes()
}

/// The groups of input points that treatment makes one, with how many points of a group may stay.
fn expected_losses(input: &[Seen]) -> (u64, BTreeSet<(String, u64)>) {
    let mut groups: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
    for point in input {
        groups.entry(&point.treated).or_default().push(point);
    }
    let (mut withheld, mut lost) = (0, BTreeSet::new());
    for (treated, points) in groups {
        let many =
            |points: &[&Seen]| points.iter().map(|point| &point.own).collect::<BTreeSet<_>>().len() > 1;
        if !many(&points) {
            continue;
        }
        let starts: BTreeSet<u64> = points.iter().map(|point| point.window.0).collect();
        for start in starts {
            let slot: Vec<&Seen> = points.iter().copied().filter(|point| point.window.0 == start).collect();
            let bounds: BTreeSet<&str> = slot.iter().map(|point| point.bounds.as_str()).collect();
            if !slot[0].adds_up() || (many(&slot) && bounds.len() > 1) {
                withheld += slot.len() as u64;
                lost.insert((treated.to_owned(), start));
            }
        }
    }
    (withheld, lost)
}

/// Scenario: a thousand crowded payloads of all kinds of metrics lose labels, resource attributes and distinctive names.
/// Guarantees: by an independent reader, no two points of a result have one identity at one time; what is left of delta
/// sums and histograms counts what the input counted; what cannot merge is gone and counted, and nothing else is; both
/// encodings give the same; and settling what is settled changes nothing.
#[test]
fn nothing_collides_and_nothing_is_lost_uncounted() {
    let (mut merged, mut withheld) = (0, 0);
    for seed in 1..=1000 {
        let mut dice = Dice { state: seed * 0x9E37_79B9, keys_first: false };
        let request = crowded(&mut dice);
        let binary = request.encode_to_vec();
        let (_, output, report) = settled(Encoding::Protobuf, &binary).unwrap();
        let result = ExportMetricsServiceRequest::decode(&*output).unwrap();

        let (before, after) = (points(&request), points(&result));
        let (lost_points, lost) = expected_losses(&before);
        assert_eq!(report.withheld, lost_points, "seed {seed}");
        assert_eq!(before.len() as u64, after.len() as u64 + report.merged + report.withheld, "seed {seed}");
        let kept = before.iter().filter(|point| !lost.contains(&(point.treated.clone(), point.window.0)));
        assert_eq!(totals(kept), totals(&after), "seed {seed}");
        let mut places = BTreeSet::new();
        for point in &after {
            assert_eq!(point.own, point.treated, "seed {seed}: treatment is done");
            assert!(
                places.insert((&point.own, point.window)),
                "seed {seed}: two {} points are alike",
                point.kind
            );
        }
        let empty = |request: &ExportMetricsServiceRequest| {
            let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
            scopes.flat_map(|scope| &scope.metrics).filter(|metric| points_of(metric) == 0).count()
        };
        assert_eq!(empty(&result), empty(&request), "seed {seed}: metrics that were emptied go, others stay");

        let text = json(&binary, &mut dice);
        let (_, output_text, report_text) = settled(Encoding::Json, &text).unwrap();
        assert_eq!(report_text, report, "seed {seed}");
        let of_text =
            ExportMetricsServiceRequest::decode(&*read(&root(), &output_text).encode_to_vec()).unwrap();
        assert_eq!(of_text, result, "seed {seed}");

        let (again, twice, report_again) = settled(Encoding::Protobuf, &output).unwrap();
        assert_eq!((&again, &twice), (&output, &output), "seed {seed}");
        assert_eq!(report_again, Settled::default(), "seed {seed}");
        merged += report.merged;
        withheld += report.withheld;
    }
    assert!(merged > 1000 && withheld > 1000, "the payloads are crowded: {merged}, {withheld}");
}

fn points_of(metric: &Metric) -> usize {
    match metric.data.as_ref().unwrap() {
        Data::Gauge(data) => data.data_points.len(),
        Data::Sum(data) => data.data_points.len(),
        Data::Histogram(data) => data.data_points.len(),
        Data::ExponentialHistogram(data) => data.data_points.len(),
        Data::Summary(data) => data.data_points.len(),
    }
}

/// Scenario: two users' delta counts over one time, one of them again later, and exemplars of both.
/// Guarantees: what overlaps becomes one point in the place of the first, with all exemplars; what came later stays, byte
/// for byte.
#[test]
fn delta_sums_merge_over_one_time_only() {
    let exemplar = |value| Exemplar { time_unix_nano: value, ..Default::default() };
    let mut ann = int(user("ann"), (10, 20), 3);
    ann.exemplars.push(exemplar(11));
    let mut bob = int(user("bob"), (12, 22), 4);
    bob.exemplars.push(exemplar(13));
    let later = int(user("ann"), (22, 30), 5);
    let (result, report) =
        settled_request(&request(vec![metric("calls", sum(DELTA, vec![ann, later, bob]))]));
    assert_eq!(report, Settled { merged: 1, withheld: 0 });
    let Some(Data::Sum(sum)) = &result.resource_metrics[0].scope_metrics[0].metrics[0].data else { panic!() };
    let mut whole = int(vec![attribute("route", "/")], (10, 22), 7);
    whole.exemplars = vec![exemplar(11), exemplar(13)];
    assert_eq!(sum.data_points, [whole, int(vec![attribute("route", "/")], (22, 30), 5)]);
}

/// Scenario: counts whose sum no 64-bit number holds, on the way or at the end; whole numbers with fractions; a
/// fractional sum beyond all numbers.
/// Guarantees: only the end counts; what does not fit is withheld, never wrapped.
#[test]
fn sums_overflow_into_nothing_but_the_count_of_the_withheld() {
    let of = |points: Vec<NumberDataPoint>| {
        let (result, report) = settled_request(&request(vec![metric("calls", sum(DELTA, points))]));
        let metrics = &result.resource_metrics[0].scope_metrics[0].metrics;
        let value = metrics.first().map(|metric| match &metric.data {
            Some(Data::Sum(sum)) => sum.data_points[0].value.unwrap(),
            _ => panic!(),
        });
        (value, report.withheld)
    };
    let at = (10, 20);
    let point = |name: &str, value| int(user(name), at, value);
    let fits = of(vec![point("a", i64::MAX), point("b", 1), point("c", -2)]);
    assert_eq!(fits, (Some(number_data_point::Value::AsInt(i64::MAX - 1)), 0));
    assert_eq!(of(vec![point("a", i64::MAX), point("b", 1)]), (None, 2));
    let mixed = of(vec![point("a", 2), double(user("b"), at, 0.5)]);
    assert_eq!(mixed, (Some(number_data_point::Value::AsDouble(2.5)), 0));
    assert_eq!(of(vec![point("a", i64::MAX), double(user("b"), at, 0.5)]), (None, 2));
    assert_eq!(of(vec![double(user("a"), at, f64::MAX), double(user("b"), at, f64::MAX)]), (None, 2));
}

/// Scenario: histograms of several users: same bounds, an empty one, one that says nothing on its edges, other bounds.
/// Guarantees: counts, sums and edges are those of all values; edges that one part does not know are left out; nothing is
/// merged over different bounds, and the emptied metric goes.
#[test]
fn histograms_merge_over_the_same_bounds_only() {
    let at = (10, 20);
    let merged = |points: Vec<HistogramDataPoint>| {
        let (result, report) = settled_request(&request(vec![metric("latency", delta_histogram(points))]));
        let metrics = result.resource_metrics[0].scope_metrics[0].metrics.clone();
        let point = metrics.into_iter().next().map(|metric| match metric.data {
            Some(Data::Histogram(histogram)) => histogram.data_points[0].clone(),
            _ => panic!(),
        });
        (point, report)
    };
    let empty = HistogramDataPoint { sum: None, ..histogram(user("cem"), at, &[1.0], &[0, 0]) };
    let parts =
        vec![histogram(user("ann"), at, &[1.0], &[1, 2]), histogram(user("bob"), at, &[1.0], &[3, 4]), empty];
    let (point, report) = merged(parts.clone());
    let point = point.unwrap();
    assert_eq!(report, Settled { merged: 2, withheld: 0 });
    assert_eq!((point.count, point.sum, &*point.bucket_counts), (10, Some(20.0), &[4, 6][..]));
    assert_eq!((point.min, point.max), (Some(3.0), Some(8.0)));

    let silent = HistogramDataPoint { min: None, ..histogram(user("dora"), at, &[1.0], &[1, 0]) };
    let (point, _) = merged([parts.clone(), vec![silent]].concat());
    let point = point.unwrap();
    assert_eq!((point.count, point.min, point.max), (11, None, Some(8.0)));

    let other = histogram(user("eve"), at, &[2.0], &[1, 0]);
    assert_eq!(merged([parts, vec![other]].concat()), (None, Settled { merged: 0, withheld: 4 }));
}

/// Scenario: gauges and cumulative counts of two users, and a metric of no temporality.
/// Guarantees: all of them are withheld and counted; a lone user's point stays.
#[test]
fn what_has_state_is_withheld() {
    let gauge = |points| Data::Gauge(Gauge { data_points: points });
    let two = |at| vec![int(user("ann"), at, 1), int(user("bob"), at, 2)];
    for data in [sum(CUMULATIVE, two((10, 20))), sum(0, two((10, 20))), gauge(two((0, 20)))] {
        let (result, report) = settled_request(&request(vec![metric("calls", data)]));
        assert_eq!(report, Settled { merged: 0, withheld: 2 });
        assert!(result.resource_metrics[0].scope_metrics[0].metrics.is_empty());
    }
    let alone = sum(CUMULATIVE, vec![int(user("ann"), (10, 20), 1), int(user("ann"), (10, 30), 1)]);
    let (result, report) = settled_request(&request(vec![metric("calls", alone)]));
    assert_eq!((points(&result).len(), report), (2, Settled::default()));
}

/// Scenario: a sender's own duplicates, and a payload in which nothing becomes alike.
/// Guarantees: what was alike before stays as it came.
#[test]
fn what_the_sender_doubled_stays_doubled() {
    let points =
        vec![int(user("ann"), (10, 20), 1), int(user("ann"), (10, 20), 2), int(user("ann"), (10, 20), 2)];
    let input = request(vec![metric("calls", sum(DELTA, points))]).encode_to_vec();
    for (encoding, input) in [
        (Encoding::Protobuf, input.clone()),
        (Encoding::Json, json(&input, &mut Dice { state: 7, keys_first: false })),
    ] {
        let (treated, output, report) = settled(encoding, &input).unwrap();
        assert_ne!(treated, input);
        assert_eq!((output, report), (treated, Settled::default()));
    }
}

/// Scenario: of three users' points two say that no value was recorded; then all do.
/// Guarantees: such markers add nothing to values and are withheld; among themselves they become one.
#[test]
fn markers_of_no_value_never_merge_into_values() {
    let marker = |name| NumberDataPoint { value: None, flags: 1, ..int(user(name), (10, 20), 0) };
    let of = |points| settled_request(&request(vec![metric("calls", sum(DELTA, points))]));
    let (result, report) = of(vec![marker("ann"), int(user("bob"), (10, 20), 5), marker("cem")]);
    assert_eq!(report, Settled { merged: 0, withheld: 2 });
    let [point] = &points(&result)[..] else { panic!() };
    assert_eq!(point.totals["value"], 5.0);
    let (result, report) = of(vec![marker("ann"), marker("cem")]);
    assert_eq!(report, Settled { merged: 1, withheld: 0 });
    let Some(Data::Sum(sum)) = &result.resource_metrics[0].scope_metrics[0].metrics[0].data else { panic!() };
    assert_eq!((sum.data_points.len(), sum.data_points[0].flags, sum.data_points[0].value), (1, 1, None));
}

/// Scenario: resources that differ in what goes, attributes in another order, values that are equal in other words.
/// Guarantees: points of different resources merge; sets have no order, and a number is what it says.
#[test]
fn identity_is_what_the_words_mean() {
    let point = |pairs: Vec<KeyValue>| metric("calls", sum(DELTA, vec![int(pairs, (10, 20), 1)]));
    let (a, b) = (attribute("a", "1"), attribute("b", "2"));
    let parts = vec![
        (vec![attribute("host", "one"), attribute("env", "prod")], vec![point(vec![a.clone(), b.clone()])]),
        (vec![attribute("env", "prod"), attribute("host", "two")], vec![point(vec![b, a])]),
    ];
    let (result, report) = settled_request(&resources(parts));
    assert_eq!((points(&result).len(), report.merged), (1, 1));
    assert_eq!(result.resource_metrics.len(), 2, "containers stay");

    let text = |first: &str, second: &str| {
        let point = |user: &str, value: &str| {
            format!(
                r#"{{"attributes":[{{"key":"user","value":{{"stringValue":"{user}"}}}},{{"key":"n","value":{value}}}],"startTimeUnixNano":"10","timeUnixNano":20,"asInt":"1"}}"#
            )
        };
        format!(
            r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{"name":"calls","sum":{{"aggregationTemporality":1,"dataPoints":[{},{}]}}}}]}}]}}]}}"#,
            point("ann", first),
            point("bob", second)
        )
    };
    for (first, second, alike) in [
        (r#"{"intValue":"7"}"#, r#"{"int_value": 7}"#, true),
        (r#"{"doubleValue":0.5}"#, r#"{"doubleValue":5e-1}"#, true),
        (r#"{"doubleValue":0}"#, r#"{"doubleValue":-0.0}"#, true),
        (r#"{"stringValue":"a"}"#, r#"{"stringValue":"\u0061"}"#, true),
        (r#"{"bytesValue":"+/8="}"#, r#"{"bytesValue":"-_8"}"#, true),
        (
            r#"{"kvlistValue":{"values":[{"key":"x"},{"key":"y","value":{"boolValue":true}}]}}"#,
            r#"{"kvlistValue":{"values":[{"value":{"boolValue":true},"key":"y"},{"key":"x"}]}}"#,
            true,
        ),
        (r#"{"intValue":7}"#, r#"{"doubleValue":7}"#, false),
        (r#"{"intValue":7}"#, r#"{"stringValue":"7"}"#, false),
        (
            r#"{"arrayValue":{"values":[{"intValue":1},{}]}}"#,
            r#"{"arrayValue":{"values":[{},{"intValue":1}]}}"#,
            false,
        ),
    ] {
        let (_, _, report) = settled(Encoding::Json, text(first, second).as_bytes()).unwrap();
        assert_eq!(report.merged, u64::from(alike), "{first} {second}");
    }
}

/// Scenario: ten thousand payloads, crowded or of random content, with bits flipped, ends cut off and pieces swapped, in
/// both encodings.
/// Guarantees: each ends in a result that walks again, or in an error.
#[test]
fn hostile_payloads_end_in_a_result_or_an_error() {
    let root = root();
    let mut results = 0;
    let sound: Vec<(Encoding, Vec<u8>)> = (1..=300)
        .map(|seed| {
            let mut dice = Dice { state: seed * 0x51_7CC1, keys_first: true };
            let binary = if seed % 3 == 0 {
                made_up(&root, 0, &mut dice).encode_to_vec()
            } else {
                crowded(&mut dice).encode_to_vec()
            };
            if seed % 2 == 0 {
                (Encoding::Json, json(&binary, &mut dice))
            } else {
                (Encoding::Protobuf, binary)
            }
        })
        .collect();
    for seed in 1..=10_000_u64 {
        let mut dice = Dice { state: seed * 0x9E37_79B9, keys_first: true };
        let (encoding, mut bytes) = sound[seed as usize % sound.len()].clone();
        for _ in 0..dice.roll(4) {
            let at = dice.roll(bytes.len().max(1) as u64) as usize;
            match dice.roll(4) {
                0 => bytes.truncate(at),
                1 => {
                    let piece = bytes[at..(at + 40).min(bytes.len())].to_vec();
                    let to = dice.roll(bytes.len() as u64 + 1) as usize;
                    bytes.splice(to..to, piece);
                }
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << dice.roll(8);
                    }
                }
            }
        }
        if let Ok((_, output, _)) = settled(encoding, &bytes) {
            results += 1;
            settled(encoding, &output).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        }
    }
    assert!(results > 3000, "{results} results");
}
