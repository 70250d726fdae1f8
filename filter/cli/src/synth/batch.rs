//! Export requests: what a batch of traces is to each of the three signals.

use super::draft::{LogDraft, SpanDraft, Trace};
use super::shop::{INSTANCES, SERVICES};
use super::truth::{Label, Said, Told, Whose};
use crate::otlp::{Any, Leaf, Node};
use frostglass_formats::{Level, Signal};
use std::collections::BTreeMap;

/// An export request, and what its records (spans, log records, data points) hold of whom, in their order.
#[derive(Debug)]
pub(super) struct Export {
    pub(super) request: Node,
    pub(super) records: Vec<Labels>,
}

/// When a batch began and ended, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) start: u64,
    pub(super) end: u64,
}

type Source = (usize, u64);
type Attributes = Vec<(String, Any)>;
type Labels = Vec<(Whose, Label)>;

/// Makes the export request of a signal.
pub(super) fn export(signal: Signal, traces: Vec<Trace>, window: Window) -> Export {
    let mut export = Export { request: Node::below(signal, &[]), records: Vec::new() };
    match signal {
        Signal::Traces => spans(traces, &mut export),
        Signal::Logs => logs(traces, &mut export),
        Signal::Metrics => metrics(&traces, window, &mut export),
    }
    export
}

fn attribute(key: &str, value: &str) -> (String, Any) {
    (key.to_owned(), Any::from(value))
}

/// The resource of an instance of a service.
fn resource(signal: Signal, list: &str, (service, instance): Source) -> Node {
    let name = SERVICES.get(service).copied().unwrap_or_default();
    Node::below(signal, &[list, "resource"]).with(
        "attributes",
        vec![
            attribute("service.name", name),
            attribute("service.version", "2.14.1"),
            attribute("service.instance.id", &format!("{name}-{instance}")),
            attribute("host.name", &format!("node-{}", (service as u64 * INSTANCES + instance) % 5)),
            attribute("deployment.environment.name", "production"),
            attribute("cloud.region", "eu-north-7"),
        ],
    )
}

fn scope(signal: Signal, list: &str, inner: &str, name: &str) -> Node {
    Node::below(signal, &[list, inner, "scope"]).with("name", name).with("version", "1.4.0")
}

fn labelled(whose: Whose, told: Told) -> (Attributes, Labels) {
    (told.attributes, told.labels.into_iter().map(|label| (whose, label)).collect())
}

fn spans(traces: Vec<Trace>, export: &mut Export) {
    let mut sources: BTreeMap<Source, Vec<([u8; 16], Whose, SpanDraft)>> = BTreeMap::new();
    for trace in traces {
        for span in trace.spans {
            sources.entry(span.source).or_default().push((trace.id, trace.whose, span));
        }
    }
    for (source, spans) in sources {
        let mut group = Node::below(Signal::Traces, &["resource_spans", "scope_spans"])
            .with("scope", scope(Signal::Traces, "resource_spans", "scope_spans", "shop.http"));
        for (trace, whose, span) in spans {
            let (node, labels) = span_node(trace, whose, span);
            group.put("spans", node);
            export.records.push(labels);
        }
        let whole = Node::below(Signal::Traces, &["resource_spans"])
            .with("resource", resource(Signal::Traces, "resource_spans", source))
            .with("scope_spans", group);
        export.request.put("resource_spans", whole);
    }
}

fn span_node(trace: [u8; 16], whose: Whose, span: SpanDraft) -> (Node, Labels) {
    let path = ["resource_spans", "scope_spans", "spans"];
    let (attributes, labels) = labelled(whose, span.told);
    let mut node = Node::below(Signal::Traces, &path)
        .with("trace_id", Leaf::Bytes(trace.to_vec()))
        .with("span_id", Leaf::Bytes(span.id.to_vec()));
    if let Some(parent) = span.parent {
        node.put("parent_span_id", Leaf::Bytes(parent.to_vec()));
    }
    node.put("name", span.name.as_str());
    node.put("kind", Leaf::Varint(span.kind));
    node.put("start_time_unix_nano", Leaf::Fixed64(span.start));
    node.put("end_time_unix_nano", Leaf::Fixed64(span.end));
    node.put("attributes", attributes);
    if let Some(event) = span.event {
        let event = Node::below(Signal::Traces, &["resource_spans", "scope_spans", "spans", "events"])
            .with("time_unix_nano", Leaf::Fixed64(event.time))
            .with("name", "exception")
            .with("attributes", event.attributes);
        node.put("events", event);
    }
    if let Some(message) = span.failed {
        let mut status = Node::below(Signal::Traces, &["resource_spans", "scope_spans", "spans", "status"]);
        if !message.is_empty() {
            status.put("message", message.as_str());
        }
        // STATUS_CODE_ERROR
        status.put("code", Leaf::Varint(2));
        node.put("status", status);
    }
    (node, labels)
}

fn logs(traces: Vec<Trace>, export: &mut Export) {
    let mut sources: BTreeMap<Source, Vec<([u8; 16], Whose, LogDraft)>> = BTreeMap::new();
    for trace in traces {
        for log in trace.logs {
            sources.entry(log.source).or_default().push((trace.id, trace.whose, log));
        }
    }
    for (source, logs) in sources {
        let mut group = Node::below(Signal::Logs, &["resource_logs", "scope_logs"])
            .with("scope", scope(Signal::Logs, "resource_logs", "scope_logs", "shop.log"));
        for (trace, whose, log) in logs {
            let (attributes, labels) = labelled(whose, log.told);
            let node = Node::below(Signal::Logs, &["resource_logs", "scope_logs", "log_records"])
                .with("time_unix_nano", Leaf::Fixed64(log.time))
                .with("severity_number", Leaf::Varint(log.severity.0))
                .with("severity_text", log.severity.1)
                .with("body", log.body)
                .with("attributes", attributes)
                .with("flags", Leaf::Fixed32(1))
                .with("trace_id", Leaf::Bytes(trace.to_vec()))
                .with("span_id", Leaf::Bytes(log.span.to_vec()))
                .with("observed_time_unix_nano", Leaf::Fixed64(log.time + 1_000_000));
            group.put("log_records", node);
            export.records.push(labels);
        }
        let whole = Node::below(Signal::Logs, &["resource_logs"])
            .with("resource", resource(Signal::Logs, "resource_logs", source))
            .with("scope_logs", group);
        export.request.put("resource_logs", whole);
    }
}

/// Upper bounds of the buckets of durations, in seconds: those that the semantic conventions advise.
const BOUNDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// Exemplars of one point.
const EXEMPLARS: usize = 2;

/// Durations of one series.
#[derive(Debug, Default)]
struct Durations {
    sum: f64,
    least: f64,
    most: f64,
    buckets: [u64; BOUNDS.len() + 1],
    count: u64,
    exemplars: Vec<Node>,
    labels: Labels,
}

const POINTS: [&str; 5] = ["resource_metrics", "scope_metrics", "metrics", "histogram", "data_points"];
const NUMBERS: [&str; 5] = ["resource_metrics", "scope_metrics", "metrics", "sum", "data_points"];

fn metrics(traces: &[Trace], window: Window, export: &mut Export) {
    let mut sources: BTreeMap<Source, Vec<(&Trace, &SpanDraft)>> = BTreeMap::new();
    for trace in traces {
        for span in trace.spans.iter().filter(|span| span.answer.is_some()) {
            sources.entry(span.source).or_default().push((trace, span));
        }
    }
    for (source, spans) in sources {
        let mut group = Node::below(Signal::Metrics, &["resource_metrics", "scope_metrics"])
            .with("scope", scope(Signal::Metrics, "resource_metrics", "scope_metrics", "shop.meter"));
        let (durations, labels) = durations(&spans, window);
        group.put("metrics", durations);
        export.records.extend(labels);
        // Only the first service knows who asks. A label a person is what one should not do, and what people do.
        if spans.iter().any(|(_, span)| span.parent.is_none()) {
            let mut persons: BTreeMap<&str, (Whose, &Trace, i64)> = BTreeMap::new();
            let mut countries: BTreeMap<&str, i64> = BTreeMap::new();
            for (trace, span) in &spans {
                if span.parent.is_none() {
                    persons.entry(&trace.user_id.value).or_insert((trace.whose, trace, 0)).2 += 1;
                    *countries.entry(trace.country).or_default() += 1;
                }
            }
            let mut points = Vec::new();
            for (whose, trace, count) in persons.into_values() {
                let mut told = Told::default();
                told.say(Level::Point, "user.id", Said::from(&trace.user_id));
                let (attributes, labels) = labelled(whose, told);
                export.records.push(labels);
                points.push(point(&NUMBERS, window, attributes, count));
            }
            for (trace, canary) in spans.iter().filter_map(|(trace, span)| {
                Some((trace, trace.canary.as_ref().filter(|_| span.parent.is_none())?))
            }) {
                let mut told = Told::default();
                told.say(Level::Point, "user.email", Said::from(canary));
                let (attributes, labels) = labelled(trace.whose, told);
                export.records.push(labels);
                points.push(point(&NUMBERS, window, attributes, 1));
            }
            group.put("metrics", counter("shop.user.requests", points));
            let points = countries.into_iter().map(|(country, count)| {
                export.records.push(Vec::new());
                point(&NUMBERS, window, vec![attribute("geo.country.iso_code", country)], count)
            });
            group.put("metrics", counter("shop.requests", points.collect()));
        }
        let memory = 180_000_000 + (window.end / 1_000_000_000 % 977) as i64 * 40_000;
        let place = ["resource_metrics", "scope_metrics", "metrics", "gauge", "data_points"];
        let gauge = Node::below(Signal::Metrics, &["resource_metrics", "scope_metrics", "metrics", "gauge"])
            .with("data_points", point(&place, window, Vec::new(), memory));
        group.put(
            "metrics",
            Node::below(Signal::Metrics, &["resource_metrics", "scope_metrics", "metrics"])
                .with("name", "process.memory.usage")
                .with("unit", "By")
                .with("gauge", gauge),
        );
        export.records.push(Vec::new());
        let whole = Node::below(Signal::Metrics, &["resource_metrics"])
            .with("resource", resource(Signal::Metrics, "resource_metrics", source))
            .with("scope_metrics", group);
        export.request.put("resource_metrics", whole);
    }
}

fn point(path: &[&str], window: Window, attributes: Attributes, value: i64) -> Node {
    Node::below(Signal::Metrics, path)
        .with("start_time_unix_nano", Leaf::Fixed64(window.start))
        .with("time_unix_nano", Leaf::Fixed64(window.end))
        .with("as_int", Leaf::Fixed64(value.cast_unsigned()))
        .with("attributes", attributes)
}

/// A sum that counts what happened since the last one.
fn counter(name: &str, points: Vec<Node>) -> Node {
    let mut sum = Node::below(Signal::Metrics, &["resource_metrics", "scope_metrics", "metrics", "sum"]);
    for point in points {
        sum.put("data_points", point);
    }
    // AGGREGATION_TEMPORALITY_DELTA
    sum.put("aggregation_temporality", Leaf::Varint(1));
    sum.put("is_monotonic", Leaf::Truth(true));
    Node::below(Signal::Metrics, &["resource_metrics", "scope_metrics", "metrics"])
        .with("name", name)
        .with("unit", "{request}")
        .with("sum", sum)
}

/// Durations of answers by method, route and status, with exemplars that lead to traces.
fn durations(spans: &[(&Trace, &SpanDraft)], window: Window) -> (Node, Vec<Labels>) {
    let mut series: BTreeMap<(&str, &str, i64), Durations> = BTreeMap::new();
    for (trace, span) in spans {
        let Some(answer) = span.answer else { continue };
        let seconds = (span.end - span.start) as f64 / 1e9;
        let own = series.entry(answer).or_default();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        own.buckets[bucket] += 1;
        own.sum += seconds;
        own.least = if own.count == 0 { seconds } else { own.least.min(seconds) };
        own.most = own.most.max(seconds);
        own.count += 1;
        if own.exemplars.len() < EXEMPLARS {
            let mut told = Told::default();
            told.say(Level::Exemplar, "user.id", Said::from(&trace.user_id));
            let (attributes, found) = labelled(trace.whose, told);
            own.labels.extend(found);
            let mut path = POINTS.to_vec();
            path.push("exemplars");
            own.exemplars.push(
                Node::below(Signal::Metrics, &path)
                    .with("time_unix_nano", Leaf::Fixed64(span.end))
                    .with("as_double", Leaf::Double(seconds))
                    .with("span_id", Leaf::Bytes(span.id.to_vec()))
                    .with("trace_id", Leaf::Bytes(trace.id.to_vec()))
                    .with("filtered_attributes", attributes),
            );
        }
    }
    let mut histogram =
        Node::below(Signal::Metrics, &["resource_metrics", "scope_metrics", "metrics", "histogram"]);
    let mut labels = Vec::new();
    for ((method, route, status), own) in series {
        let mut point = Node::below(Signal::Metrics, &POINTS)
            .with("start_time_unix_nano", Leaf::Fixed64(window.start))
            .with("time_unix_nano", Leaf::Fixed64(window.end))
            .with("count", Leaf::Fixed64(own.count))
            .with("sum", Leaf::Double(own.sum))
            .with("bucket_counts", Leaf::Packed(own.buckets.to_vec(), true))
            .with(
                "explicit_bounds",
                Leaf::Packed(BOUNDS.iter().map(|bound| bound.to_bits()).collect(), true),
            );
        for exemplar in own.exemplars {
            point.put("exemplars", exemplar);
        }
        point.put(
            "attributes",
            vec![
                attribute("http.request.method", method),
                attribute("http.route", route),
                ("http.response.status_code".to_owned(), Any::from(status)),
            ],
        );
        point.put("min", Leaf::Double(own.least));
        point.put("max", Leaf::Double(own.most));
        histogram.put("data_points", point);
        labels.push(own.labels);
    }
    // AGGREGATION_TEMPORALITY_DELTA
    histogram.put("aggregation_temporality", Leaf::Varint(1));
    let metric = Node::below(Signal::Metrics, &["resource_metrics", "scope_metrics", "metrics"])
        .with("name", "http.server.request.duration")
        .with("unit", "s")
        .with("histogram", histogram);
    (metric, labels)
}
