//! Holds the walker of remote write against messages that prost encodes and decodes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed claim")]

use crate::lottery::{Lots, Lottery};
use crate::same::Same;
use frostglass_formats::prometheus::{WriteRequest, settle};
use frostglass_formats::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Ruling, Scratch, Splice, Value,
    Verdict,
};
use prompb::{BucketSpan, Exemplar, Histogram, Label, MetricMetadata, Request, Sample, TimeSeries};
use proptest::prelude::*;
use prost::Message as _;
use std::collections::BTreeMap;

/// As `prompb/types.proto` and `prompb/remote.proto` have them.
mod prompb {
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct Request {
        #[prost(message, repeated, tag = "1")]
        pub(crate) timeseries: Vec<TimeSeries>,
        #[prost(message, repeated, tag = "3")]
        pub(crate) metadata: Vec<MetricMetadata>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct TimeSeries {
        #[prost(message, repeated, tag = "1")]
        pub(crate) labels: Vec<Label>,
        #[prost(message, repeated, tag = "2")]
        pub(crate) samples: Vec<Sample>,
        #[prost(message, repeated, tag = "3")]
        pub(crate) exemplars: Vec<Exemplar>,
        #[prost(message, repeated, tag = "4")]
        pub(crate) histograms: Vec<Histogram>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct Label {
        #[prost(string, tag = "1")]
        pub(crate) name: String,
        #[prost(string, tag = "2")]
        pub(crate) value: String,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct Sample {
        #[prost(double, tag = "1")]
        pub(crate) value: f64,
        #[prost(int64, tag = "2")]
        pub(crate) timestamp: i64,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct Exemplar {
        #[prost(message, repeated, tag = "1")]
        pub(crate) labels: Vec<Label>,
        #[prost(double, tag = "2")]
        pub(crate) value: f64,
        #[prost(int64, tag = "3")]
        pub(crate) timestamp: i64,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct Histogram {
        #[prost(uint64, tag = "1")]
        pub(crate) count_int: u64,
        #[prost(double, tag = "3")]
        pub(crate) sum: f64,
        #[prost(sint32, tag = "4")]
        pub(crate) schema: i32,
        #[prost(double, tag = "5")]
        pub(crate) zero_threshold: f64,
        #[prost(uint64, tag = "6")]
        pub(crate) zero_count_int: u64,
        #[prost(message, repeated, tag = "11")]
        pub(crate) positive_spans: Vec<BucketSpan>,
        #[prost(sint64, repeated, tag = "12")]
        pub(crate) positive_deltas: Vec<i64>,
        #[prost(double, repeated, tag = "13")]
        pub(crate) positive_counts: Vec<f64>,
        #[prost(int32, tag = "14")]
        pub(crate) reset_hint: i32,
        #[prost(int64, tag = "15")]
        pub(crate) timestamp: i64,
        #[prost(double, repeated, tag = "16")]
        pub(crate) custom_values: Vec<f64>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct BucketSpan {
        #[prost(sint32, tag = "1")]
        pub(crate) offset: i32,
        #[prost(uint32, tag = "2")]
        pub(crate) length: u32,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct MetricMetadata {
        #[prost(int32, tag = "1")]
        pub(crate) kind: i32,
        #[prost(string, tag = "2")]
        pub(crate) metric_family_name: String,
        #[prost(string, tag = "4")]
        pub(crate) help: String,
        #[prost(string, tag = "5")]
        pub(crate) unit: String,
    }
}

/// Walks, writes and settles; gives the result and how many series collided.
fn walk(input: &[u8], visitor: &mut dyn FieldVisitor) -> Result<(Vec<u8>, u64), FormatError> {
    let mut scratch = Scratch::default();
    WriteRequest.walk(input, &Limits::default(), visitor, &mut scratch)?;
    let mut treated = Vec::new();
    scratch.splice.apply(input, &mut treated);
    if scratch.splice.is_empty() {
        return Ok((treated, 0));
    }
    let mut settling = Splice::default();
    let collided = settle(input, &scratch.splice, &treated, &mut settling)?;
    let mut output = Vec::new();
    settling.apply(&treated, &mut output);
    Ok((output, collided))
}

fn labels(name: &'static str) -> impl Strategy<Value = Vec<Label>> {
    let name = proptest::option::weighted(0.9, name);
    let others = proptest::collection::btree_map("[a-c]{1,2}", prop_oneof!["[a-c]", "\\PC{0,3}"], 0..3);
    (name, others).prop_map(|(name, others)| {
        let name = name.map(|name| ("__name__".to_owned(), name));
        name.into_iter().chain(others).map(|(name, value)| Label { name, value }).collect()
    })
}

fn request() -> impl Strategy<Value = Request> {
    let sample =
        (any::<i32>(), any::<i64>()).prop_map(|(value, timestamp)| Sample { value: value.into(), timestamp });
    let exemplar = labels("trace_id").prop_map(|labels| Exemplar { labels, value: 0.5, timestamp: -7 });
    let histogram =
        any::<(u64, i32, u32, Vec<i64>)>().prop_map(|(count_int, offset, length, deltas)| Histogram {
            count_int,
            sum: 1.5,
            schema: -3,
            zero_threshold: 1e-9,
            zero_count_int: 3,
            positive_spans: vec![BucketSpan { offset, length }],
            positive_deltas: deltas,
            positive_counts: vec![1.0, 2.0],
            reset_hint: 2,
            timestamp: 1_700_000_000_000,
            custom_values: vec![0.5],
        });
    let series = (
        labels("[a-c:]{1,2}"),
        proptest::collection::vec(sample, 0..3),
        proptest::collection::vec(exemplar, 0..2),
        proptest::collection::vec(histogram, 0..2),
    )
        .prop_map(|(labels, samples, exemplars, histograms)| TimeSeries {
            labels,
            samples,
            exemplars,
            histograms,
        });
    let metadata = ("[a-c]{0,2}", "\\PC{0,5}", "[a-z]{0,2}").prop_map(|(metric_family_name, help, unit)| {
        MetricMetadata { kind: 1, metric_family_name, help, unit }
    });
    (proptest::collection::vec(series, 0..6), proptest::collection::vec(metadata, 0..3))
        .prop_map(|(timeseries, metadata)| Request { timeseries, metadata })
}

fn treated_labels(lots: Lots, level: Level, labels: &[Label]) -> Option<Vec<Label>> {
    let mut left = Vec::new();
    for Label { name, value } in labels {
        let new = if level == Level::Point && name == "__name__" {
            let new = lots.treat(Level::Metric, "name", value)?;
            let fits = new.starts_with(|first: char| first.is_ascii_alphabetic() || "_:".contains(first))
                && new.chars().all(|letter| letter.is_ascii_alphanumeric() || "_:".contains(letter));
            Some(new).filter(|_| fits)?
        } else if value.is_empty() {
            // Not written, so not shown.
            match lots.new_key(level, name, name, false) {
                Some(_) => String::new(),
                None => continue,
            }
        } else {
            match lots.attribute(level, name, value, false) {
                Some((_, new)) if !new.is_empty() => new,
                _ => continue,
            }
        };
        left.push(Label { name: name.clone(), value: new });
    }
    (level == Level::Exemplar || labels.is_empty() || !left.is_empty()).then_some(left)
}

fn treated(request: &Request, lots: Lots) -> Request {
    let set = |labels: &[Label]| -> BTreeMap<String, String> {
        let real = labels.iter().filter(|label| !label.value.is_empty());
        real.map(|label| (label.name.clone(), label.value.clone())).collect()
    };
    let mut series: Vec<(TimeSeries, BTreeMap<String, String>)> = Vec::new();
    for one in &request.timeseries {
        let Some(labels) = treated_labels(lots, Level::Point, &one.labels) else { continue };
        let exemplars = one.exemplars.iter().map(|exemplar| Exemplar {
            labels: treated_labels(lots, Level::Exemplar, &exemplar.labels).unwrap(),
            ..exemplar.clone()
        });
        series.push((TimeSeries { labels, exemplars: exemplars.collect(), ..one.clone() }, set(&one.labels)));
    }
    let changed = series.len() < request.timeseries.len()
        || series.iter().zip(&request.timeseries).any(|((new, _), old)| new != old);
    let collides = |(one, before): &(TimeSeries, BTreeMap<String, String>)| {
        series.iter().any(|(other, past)| set(&one.labels) == set(&other.labels) && before != past)
    };
    let timeseries = series.iter().filter(|one| !changed || !collides(one)).map(|(one, _)| one.clone());
    let treat = |path: &str, text: &str| {
        if text.is_empty() { Some(String::new()) } else { lots.treat(Level::Metric, path, text) }
    };
    let metadata = request.metadata.iter().filter_map(|one| {
        Some(MetricMetadata {
            kind: one.kind,
            metric_family_name: treat("name", &one.metric_family_name)?,
            help: treat("description", &one.help).unwrap_or_default(),
            unit: treat("unit", &one.unit).unwrap_or_default(),
        })
    });
    Request { timeseries: timeseries.collect(), metadata: metadata.collect() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]
    /// Scenario: made-up requests, each field decided by lot, which makes some series alike.
    /// Guarantees: prost reads exactly what the decisions make of it; labels stay sorted; no two series are alike that were not.
    #[test]
    fn a_request_is_treated_as_decided(request in request(), seed: u64) {
        let input = request.encode_to_vec();
        let (output, _) = walk(&input, &mut Lottery::new(seed)).unwrap();
        let after = Request::decode(output.as_slice()).unwrap();
        for series in &after.timeseries {
            prop_assert!(series.labels.is_sorted_by(|left, right| left.name < right.name));
        }
        prop_assert_eq!(after, treated(&request, Lots(seed)));
        let mut same = Same::new(Verdict::Look, Edit::Keep);
        prop_assert_eq!(walk(&input, &mut same).unwrap().0, input);
        prop_assert!(!same.seen.iter().any(|seen| seen.starts_with("unknown") || seen.starts_with("leaf")));
    }

    /// Scenario: a request that is cut, or has a byte changed.
    /// Guarantees: no panic; what is taken can be read again by the same walker.
    #[test]
    fn broken_requests_end_well(request in request(), seed: u64, at: usize, byte: u8) {
        let input = request.encode_to_vec();
        prop_assume!(!input.is_empty());
        let at = at % input.len();
        let _ = walk(&input[..at], &mut Lottery::new(seed));
        let mut broken = input;
        broken[at] = byte;
        let _ = walk(&broken, &mut Lottery::new(seed));
        if let Ok((output, _)) = walk(&broken, &mut Same::new(Verdict::Look, Edit::Text)) {
            let mut same = Same::new(Verdict::Look, Edit::Keep);
            prop_assert_eq!(walk(&output, &mut same).unwrap().0, output);
        }
    }
}

fn label(name: &str, value: &str) -> Label {
    Label { name: name.into(), value: value.into() }
}

fn series(labels: Vec<Label>) -> TimeSeries {
    let samples = vec![Sample { value: 2.0, timestamp: 1_700_000_000_000 }];
    TimeSeries { labels, samples, ..TimeSeries::default() }
}

/// Scenario: one series with everything that is ruled.
/// Guarantees: names and times are those of OTLP; a time that is coarser comes back in milliseconds; a sample without its value goes.
#[test]
fn names_are_those_of_otlp() {
    let mut one = series(vec![label("__name__", "up"), label("job", "shop")]);
    one.exemplars =
        vec![Exemplar { labels: vec![label("trace_id", "ab")], value: 1.0, timestamp: 1_700_000_000_001 }];
    let request = Request { timeseries: vec![one.clone()], metadata: Vec::new() };
    let mut only = Only { path: "time", verdict: Verdict::Look };
    let (output, _) = walk(&request.encode_to_vec(), &mut only).unwrap();
    one.samples[0].timestamp = 1_600_000_000_000;
    one.exemplars[0].timestamp = 1_600_000_000_000;
    assert_eq!(Request::decode(output.as_slice()).unwrap().timeseries, [one]);
    let mut only = Only { path: "value", verdict: Verdict::Drop };
    let (output, _) = walk(&request.encode_to_vec(), &mut only).unwrap();
    let left = &Request::decode(output.as_slice()).unwrap().timeseries[0];
    assert!(left.samples.is_empty() && left.exemplars.is_empty());

    let mut same = Same::new(Verdict::Keep, Edit::Keep);
    same.structure = true;
    walk(&request.encode_to_vec(), &mut same).unwrap();
    assert_eq!(
        same.seen,
        [
            "metric/@name",
            "point/job",
            "point/@value",
            "point/@time",
            "exemplar/trace_id",
            "exemplar/@value",
            "exemplar/@time"
        ]
    );
}

/// Rules one name and keeps the others.
struct Only {
    path: &'static str,
    verdict: Verdict,
}

impl FieldVisitor for Only {
    fn rule(&mut self, name: Name<'_>, _: Option<Ruling>) -> Ruling {
        let verdict = if name.path == self.path { self.verdict } else { Verdict::Keep };
        Ruling { verdict, look_at_key: false, id: 0 }
    }
    fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
        Edit::Keep
    }
    fn value(&mut self, _: Ruling, value: Value<'_>, _: &mut String) -> Edit {
        let Value::Int(time) = value else { panic!("{value:?}") };
        assert!((1_700_000_000_000_000_000..=1_700_000_000_001_000_000).contains(&time));
        Edit::Int(1_600_000_000_000_999_999)
    }
    fn rules_structure(&self) -> bool {
        true
    }
    fn unknown(&mut self, _: Level) -> bool {
        false
    }
    fn unreadable(&mut self, _: Level, _: Defect) {}
    fn record_withheld(&mut self, _: Level, _: u64, _: Defect) -> bool {
        true
    }
}

/// Scenario: two series that become alike, beside two that were alike before and one that stays alone.
/// Guarantees: the two that collided go, both, and are counted; the others stay byte for byte.
#[test]
fn series_that_become_alike_are_withheld() {
    let of = |name: &str, user: &str| series(vec![label("__name__", name), label("user", user)]);
    let request = Request {
        timeseries: vec![of("a", "ann"), of("b", "ann"), of("a", "bob"), of("c", "ann"), of("c", "ann")],
        metadata: Vec::new(),
    };
    let mut only = Only { path: "user", verdict: Verdict::Drop };
    let (output, collided) = walk(&request.encode_to_vec(), &mut only).unwrap();
    let left = |name: &str| series(vec![label("__name__", name)]);
    assert_eq!(collided, 2);
    assert_eq!(Request::decode(output.as_slice()).unwrap().timeseries, [left("b"), left("c"), left("c")]);
}

/// Scenario: labels with two names, without a name, with text that is no text, and fields that nobody knows.
/// Guarantees: the series goes, since its name may have been in there; unknown fields go or, if the policy keeps them, stay.
#[test]
fn odd_labels_take_their_series_along() {
    let good = [0x0a, 4, 0x0a, 2, b'u', b'p'];
    for odd in [
        &[0x0a, 6, 0x0a, 1, b'a', 0x0a, 1, b'b'][..],
        &[0x0a, 3, 0x12, 1, b'x'],
        &[0x0a, 3, 0x0a, 1, 0xff],
        &[0x0a, 2, 0x08, 1],
        &[0x0a, 6, 0x0a, 1, b'a', 0x1a, 1, b'x'],
        &[0x08, 7],
    ] {
        let content = [&good[..], odd].concat();
        let input = [&[0x0a, content.len() as u8][..], &content].concat();
        let mut same = Same::new(Verdict::Look, Edit::Keep);
        let (output, _) = walk(&input, &mut same).unwrap();
        assert!(output.is_empty(), "{odd:?}");
        assert!(same.seen.contains(&"1 point withheld: Nameless".to_owned()));
    }
    let input = [&[0x0a, 9][..], &good, &[0x2a, 1, b'x'], &[0x12, 1, b'y']].concat();
    let mut same = Same::new(Verdict::Look, Edit::Keep);
    let (output, _) = walk(&input, &mut same).unwrap();
    assert_eq!(output, [&[0x0a, 6][..], &good].concat());
    let mut lottery = Lottery::new(0);
    lottery.keeps_unknown = true;
    let _ = walk(&input, &mut lottery).unwrap();
}
