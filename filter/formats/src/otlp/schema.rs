//! The messages of OTLP as one table that both encodings walk by.
//!
//! Every field of every message reachable from the three export requests stands here once, as a message to descend
//! into, a list of attributes, a value, a text leaf that the policy rules, or a *structural* leaf: ids, times, enums,
//! counts, flags, bounds and point values, which keep their place while their shape is right and no line rules them.
//! A test holds the table against the published descriptors, so a field that nobody thought of fails the build.
//! Source: opentelemetry-proto 1.x, `opentelemetry/proto/**/*.proto`.

use crate::{Level, Signal};

/// A message of OTLP.
#[derive(Debug)]
pub struct Message {
    /// Full protobuf name.
    pub name: &'static str,
    /// Level that its fields are ruled on.
    pub level: Level,
    /// Whether it is the unit that may be withheld alone: span, log record, metric.
    pub record: bool,
    /// Fields by ascending number; none for labels, which are walked as attributes are.
    pub fields: &'static [Field],
}

impl Message {
    /// The field of a number.
    #[must_use]
    #[inline]
    pub fn field(&self, number: u32) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// Whether it is what protocols beside OTLP have for attributes: a pair of a name and a text, or, on the level of the resource,
    /// all labels of a stream in one text.
    #[must_use]
    #[inline]
    pub fn is_label(&self) -> bool {
        self.fields.is_empty()
    }

    /// The field that says which trace a record belongs to.
    #[must_use]
    pub fn trace_id(&self) -> Option<&'static Field> {
        self.fields.iter().find(|field| matches!(field.kind, Kind::Structural("trace_id", _)))
    }

    /// The field of a JSON member name: lowerCamelCase or the original name, as the proto3 JSON mapping allows.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.json == name || field.name == name)
    }
}

/// A field of a message.
#[derive(Debug)]
pub struct Field {
    /// Field number.
    pub number: u32,
    /// Name in the .proto file.
    pub name: &'static str,
    /// Name in JSON.
    pub json: &'static str,
    /// May stand more than once.
    pub repeated: bool,
    /// What it holds.
    pub kind: Kind,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A message of the table.
    Message(&'static Message),
    /// `KeyValue`s: attributes of the message's level.
    Attributes,
    /// An `AnyValue` under this built-in name.
    AnyValue(&'static str),
    /// Text under this built-in name.
    Text(&'static str),
    /// Text without which the record means nothing (a metric's name): when it goes, the record goes.
    VitalText(&'static str),
    /// A structural leaf under this built-in name.
    Structural(&'static str, Shape),
}

/// The shape that a structural leaf must have; anything else in its place is withheld.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// `fixed64` nanoseconds since the epoch.
    Time,
    /// `fixed64` count.
    Fixed64,
    /// `sfixed64` value.
    Sfixed64,
    /// `fixed32` flags.
    Fixed32,
    /// `uint32` count or flags.
    Uint32,
    /// `sint32`, zigzag.
    Sint32,
    /// `bool`.
    Bool,
    /// `double` value.
    Double,
    /// An enum with its names; the value of a name is its place.
    Enum(&'static [&'static str]),
    /// `bytes` of exactly this many bytes, or none.
    Id(usize),
    /// `repeated fixed64`.
    Fixed64s,
    /// `repeated double`.
    Doubles,
    /// `repeated uint64`.
    Uint64s,
    /// `int64` or `uint64`.
    Varint,
    /// A varint of time since the epoch, of so many nanoseconds each.
    Ticks(i64),
    /// A `google.protobuf.Timestamp`: whole seconds since the epoch, and nanoseconds.
    Timestamp,
    /// A leaf without which its message means another thing: when it goes, the message goes.
    Vital(&'static Shape),
}

/// The export request of a signal.
#[must_use]
pub fn request(signal: Signal) -> &'static Message {
    match signal {
        Signal::Logs => &LOGS_REQUEST,
        Signal::Traces => &TRACE_REQUEST,
        Signal::Metrics => &METRICS_REQUEST,
    }
}

/// Shows every leaf of the table but attributes with its level: those of the three requests, then those of profiles.
pub fn visit_leaves(show: &mut dyn FnMut(Level, Kind)) {
    fn visit(message: &'static Message, show: &mut dyn FnMut(Level, Kind)) {
        for field in message.fields {
            match field.kind {
                Kind::Message(inner) => visit(inner, show),
                Kind::Attributes => {}
                leaf => show(message.level, leaf),
            }
        }
    }
    for signal in [Signal::Logs, Signal::Traces, Signal::Metrics] {
        visit(request(signal), show);
    }
    for leaf in PROFILE {
        show(Level::Profile, *leaf);
    }
}

/// Every built-in field that a selector can name: its level, its name without `@`, and whether it is structural.
#[must_use]
pub fn built_ins() -> Vec<(Level, &'static str, bool)> {
    let mut out = Vec::new();
    visit_leaves(&mut |level, kind| {
        let leaf = match kind {
            Kind::Message(_) | Kind::Attributes => return,
            Kind::AnyValue(name) | Kind::Text(name) | Kind::VitalText(name) => (level, name, false),
            Kind::Structural(name, _) => (level, name, true),
        };
        if !out.contains(&leaf) {
            out.push(leaf);
        }
    });
    out
}

/// Leaves of profiles, which no walker reads as bytes yet: the Collector shows them as columns. Their text stands in a table
/// of strings that everything else points into, so a field is named by what points there. What is left out are numbers:
/// places in tables, addresses, lines and measurements, of which nothing identifies anyone.
/// Source: opentelemetry-proto 1.x, `opentelemetry/proto/profiles/v1development/profiles.proto`.
static PROFILE: &[Kind] = &[
    Text("function.name"),
    Text("function.filename"),
    Text("mapping.filename"),
    Text("value_type"),
    Text("attribute_unit"),
    Text("string"),
    Text("original_payload_format"),
    AnyValue("original_payload"),
    Structural("profile_id", Id(16)),
    Structural("trace_id", Id(16)),
    Structural("span_id", Id(8)),
    Structural("time", Time),
    Structural("duration", Fixed64),
    Structural("sample_timestamps", Fixed64s),
];

pub(crate) const fn one(number: u32, name: &'static str, json: &'static str, kind: Kind) -> Field {
    Field { number, name, json, repeated: false, kind }
}

pub(crate) const fn many(number: u32, name: &'static str, json: &'static str, kind: Kind) -> Field {
    Field { number, name, json, repeated: true, kind }
}

use Kind::{AnyValue, Attributes, Structural, Text, VitalText};
use Shape::{
    Bool, Double, Doubles, Enum, Fixed32, Fixed64, Fixed64s, Id, Sfixed64, Sint32, Time, Uint32, Uint64s,
};

const DROPPED_ATTRIBUTES: Kind = Structural("dropped_attributes_count", Uint32);

static LOGS_REQUEST: Message = Message {
    name: "opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest",
    level: Level::Resource,
    record: false,
    fields: &[many(1, "resource_logs", "resourceLogs", Kind::Message(&RESOURCE_LOGS))],
};

static TRACE_REQUEST: Message = Message {
    name: "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest",
    level: Level::Resource,
    record: false,
    fields: &[many(1, "resource_spans", "resourceSpans", Kind::Message(&RESOURCE_SPANS))],
};

static METRICS_REQUEST: Message = Message {
    name: "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest",
    level: Level::Resource,
    record: false,
    fields: &[many(1, "resource_metrics", "resourceMetrics", Kind::Message(&RESOURCE_METRICS))],
};

static RESOURCE: Message = Message {
    name: "opentelemetry.proto.resource.v1.Resource",
    level: Level::Resource,
    record: false,
    fields: &[
        many(1, "attributes", "attributes", Attributes),
        one(2, "dropped_attributes_count", "droppedAttributesCount", DROPPED_ATTRIBUTES),
        many(3, "entity_refs", "entityRefs", Kind::Message(&ENTITY_REF)),
    ],
};

static ENTITY_REF: Message = Message {
    name: "opentelemetry.proto.common.v1.EntityRef",
    level: Level::Resource,
    record: false,
    fields: &[
        one(1, "schema_url", "schemaUrl", Text("entity_refs.schema_url")),
        one(2, "type", "type", Text("entity_refs.type")),
        many(3, "id_keys", "idKeys", Text("entity_refs.id_keys")),
        many(4, "description_keys", "descriptionKeys", Text("entity_refs.description_keys")),
    ],
};

static SCOPE: Message = Message {
    name: "opentelemetry.proto.common.v1.InstrumentationScope",
    level: Level::Scope,
    record: false,
    fields: &[
        one(1, "name", "name", Text("name")),
        one(2, "version", "version", Text("version")),
        many(3, "attributes", "attributes", Attributes),
        one(4, "dropped_attributes_count", "droppedAttributesCount", DROPPED_ATTRIBUTES),
    ],
};

static RESOURCE_LOGS: Message = Message {
    name: "opentelemetry.proto.logs.v1.ResourceLogs",
    level: Level::Resource,
    record: false,
    fields: &[
        one(1, "resource", "resource", Kind::Message(&RESOURCE)),
        many(2, "scope_logs", "scopeLogs", Kind::Message(&SCOPE_LOGS)),
        one(3, "schema_url", "schemaUrl", Text("schema_url")),
    ],
};

static SCOPE_LOGS: Message = Message {
    name: "opentelemetry.proto.logs.v1.ScopeLogs",
    level: Level::Scope,
    record: false,
    fields: &[
        one(1, "scope", "scope", Kind::Message(&SCOPE)),
        many(2, "log_records", "logRecords", Kind::Message(&LOG_RECORD)),
        one(3, "schema_url", "schemaUrl", Text("schema_url")),
    ],
};

static LOG_RECORD: Message = Message {
    name: "opentelemetry.proto.logs.v1.LogRecord",
    level: Level::Log,
    record: true,
    fields: &[
        one(1, "time_unix_nano", "timeUnixNano", Structural("time", Time)),
        one(2, "severity_number", "severityNumber", Structural("severity_number", Enum(SEVERITIES))),
        one(3, "severity_text", "severityText", Text("severity_text")),
        one(5, "body", "body", AnyValue("body")),
        many(6, "attributes", "attributes", Attributes),
        one(7, "dropped_attributes_count", "droppedAttributesCount", DROPPED_ATTRIBUTES),
        one(8, "flags", "flags", Structural("flags", Fixed32)),
        one(9, "trace_id", "traceId", Structural("trace_id", Id(16))),
        one(10, "span_id", "spanId", Structural("span_id", Id(8))),
        one(11, "observed_time_unix_nano", "observedTimeUnixNano", Structural("observed_time", Time)),
        one(12, "event_name", "eventName", Text("event_name")),
    ],
};

static RESOURCE_SPANS: Message = Message {
    name: "opentelemetry.proto.trace.v1.ResourceSpans",
    level: Level::Resource,
    record: false,
    fields: &[
        one(1, "resource", "resource", Kind::Message(&RESOURCE)),
        many(2, "scope_spans", "scopeSpans", Kind::Message(&SCOPE_SPANS)),
        one(3, "schema_url", "schemaUrl", Text("schema_url")),
    ],
};

static SCOPE_SPANS: Message = Message {
    name: "opentelemetry.proto.trace.v1.ScopeSpans",
    level: Level::Scope,
    record: false,
    fields: &[
        one(1, "scope", "scope", Kind::Message(&SCOPE)),
        many(2, "spans", "spans", Kind::Message(&SPAN)),
        one(3, "schema_url", "schemaUrl", Text("schema_url")),
    ],
};

static SPAN: Message = Message {
    name: "opentelemetry.proto.trace.v1.Span",
    level: Level::Span,
    record: true,
    fields: &[
        one(1, "trace_id", "traceId", Structural("trace_id", Id(16))),
        one(2, "span_id", "spanId", Structural("span_id", Id(8))),
        one(3, "trace_state", "traceState", Text("trace_state")),
        one(4, "parent_span_id", "parentSpanId", Structural("parent_span_id", Id(8))),
        one(5, "name", "name", Text("name")),
        one(6, "kind", "kind", Structural("kind", Enum(SPAN_KINDS))),
        one(7, "start_time_unix_nano", "startTimeUnixNano", Structural("start_time", Time)),
        one(8, "end_time_unix_nano", "endTimeUnixNano", Structural("end_time", Time)),
        many(9, "attributes", "attributes", Attributes),
        one(10, "dropped_attributes_count", "droppedAttributesCount", DROPPED_ATTRIBUTES),
        many(11, "events", "events", Kind::Message(&EVENT)),
        one(12, "dropped_events_count", "droppedEventsCount", Structural("dropped_events_count", Uint32)),
        many(13, "links", "links", Kind::Message(&LINK)),
        one(14, "dropped_links_count", "droppedLinksCount", Structural("dropped_links_count", Uint32)),
        one(15, "status", "status", Kind::Message(&STATUS)),
        one(16, "flags", "flags", Structural("flags", Fixed32)),
    ],
};

static EVENT: Message = Message {
    name: "opentelemetry.proto.trace.v1.Span.Event",
    level: Level::Event,
    record: false,
    fields: &[
        one(1, "time_unix_nano", "timeUnixNano", Structural("time", Time)),
        one(2, "name", "name", Text("name")),
        many(3, "attributes", "attributes", Attributes),
        one(4, "dropped_attributes_count", "droppedAttributesCount", DROPPED_ATTRIBUTES),
    ],
};

static LINK: Message = Message {
    name: "opentelemetry.proto.trace.v1.Span.Link",
    level: Level::Link,
    record: false,
    fields: &[
        one(1, "trace_id", "traceId", Structural("trace_id", Id(16))),
        one(2, "span_id", "spanId", Structural("span_id", Id(8))),
        one(3, "trace_state", "traceState", Text("trace_state")),
        many(4, "attributes", "attributes", Attributes),
        one(5, "dropped_attributes_count", "droppedAttributesCount", DROPPED_ATTRIBUTES),
        one(6, "flags", "flags", Structural("flags", Fixed32)),
    ],
};

static STATUS: Message = Message {
    name: "opentelemetry.proto.trace.v1.Status",
    level: Level::Span,
    record: false,
    fields: &[
        one(2, "message", "message", Text("status.message")),
        one(3, "code", "code", Structural("status.code", Enum(STATUS_CODES))),
    ],
};

static RESOURCE_METRICS: Message = Message {
    name: "opentelemetry.proto.metrics.v1.ResourceMetrics",
    level: Level::Resource,
    record: false,
    fields: &[
        one(1, "resource", "resource", Kind::Message(&RESOURCE)),
        many(2, "scope_metrics", "scopeMetrics", Kind::Message(&SCOPE_METRICS)),
        one(3, "schema_url", "schemaUrl", Text("schema_url")),
    ],
};

static SCOPE_METRICS: Message = Message {
    name: "opentelemetry.proto.metrics.v1.ScopeMetrics",
    level: Level::Scope,
    record: false,
    fields: &[
        one(1, "scope", "scope", Kind::Message(&SCOPE)),
        many(2, "metrics", "metrics", Kind::Message(&METRIC)),
        one(3, "schema_url", "schemaUrl", Text("schema_url")),
    ],
};

static METRIC: Message = Message {
    name: "opentelemetry.proto.metrics.v1.Metric",
    level: Level::Metric,
    record: true,
    fields: &[
        one(1, "name", "name", VitalText("name")),
        one(2, "description", "description", Text("description")),
        one(3, "unit", "unit", Text("unit")),
        one(5, "gauge", "gauge", Kind::Message(&GAUGE)),
        one(7, "sum", "sum", Kind::Message(&SUM)),
        one(9, "histogram", "histogram", Kind::Message(&HISTOGRAM)),
        one(10, "exponential_histogram", "exponentialHistogram", Kind::Message(&EXPONENTIAL_HISTOGRAM)),
        one(11, "summary", "summary", Kind::Message(&SUMMARY)),
        many(12, "metadata", "metadata", Attributes),
    ],
};

static GAUGE: Message = Message {
    name: "opentelemetry.proto.metrics.v1.Gauge",
    level: Level::Metric,
    record: false,
    fields: &[many(1, "data_points", "dataPoints", Kind::Message(&NUMBER_POINT))],
};

static SUM: Message = Message {
    name: "opentelemetry.proto.metrics.v1.Sum",
    level: Level::Metric,
    record: false,
    fields: &[
        many(1, "data_points", "dataPoints", Kind::Message(&NUMBER_POINT)),
        one(2, "aggregation_temporality", "aggregationTemporality", TEMPORALITY),
        one(3, "is_monotonic", "isMonotonic", Structural("is_monotonic", Bool)),
    ],
};

static HISTOGRAM: Message = Message {
    name: "opentelemetry.proto.metrics.v1.Histogram",
    level: Level::Metric,
    record: false,
    fields: &[
        many(1, "data_points", "dataPoints", Kind::Message(&HISTOGRAM_POINT)),
        one(2, "aggregation_temporality", "aggregationTemporality", TEMPORALITY),
    ],
};

static EXPONENTIAL_HISTOGRAM: Message = Message {
    name: "opentelemetry.proto.metrics.v1.ExponentialHistogram",
    level: Level::Metric,
    record: false,
    fields: &[
        many(1, "data_points", "dataPoints", Kind::Message(&EXPONENTIAL_POINT)),
        one(2, "aggregation_temporality", "aggregationTemporality", TEMPORALITY),
    ],
};

static SUMMARY: Message = Message {
    name: "opentelemetry.proto.metrics.v1.Summary",
    level: Level::Metric,
    record: false,
    fields: &[many(1, "data_points", "dataPoints", Kind::Message(&SUMMARY_POINT))],
};

const TEMPORALITY: Kind = Structural("aggregation_temporality", Enum(TEMPORALITIES));
const POINT_START: Kind = Structural("start_time", Time);
const POINT_TIME: Kind = Structural("time", Time);
const POINT_FLAGS: Kind = Structural("flags", Uint32);

static NUMBER_POINT: Message = Message {
    name: "opentelemetry.proto.metrics.v1.NumberDataPoint",
    level: Level::Point,
    record: false,
    fields: &[
        one(2, "start_time_unix_nano", "startTimeUnixNano", POINT_START),
        one(3, "time_unix_nano", "timeUnixNano", POINT_TIME),
        one(4, "as_double", "asDouble", Structural("value", Double)),
        many(5, "exemplars", "exemplars", Kind::Message(&EXEMPLAR)),
        one(6, "as_int", "asInt", Structural("value", Sfixed64)),
        many(7, "attributes", "attributes", Attributes),
        one(8, "flags", "flags", POINT_FLAGS),
    ],
};

static HISTOGRAM_POINT: Message = Message {
    name: "opentelemetry.proto.metrics.v1.HistogramDataPoint",
    level: Level::Point,
    record: false,
    fields: &[
        one(2, "start_time_unix_nano", "startTimeUnixNano", POINT_START),
        one(3, "time_unix_nano", "timeUnixNano", POINT_TIME),
        one(4, "count", "count", Structural("count", Fixed64)),
        one(5, "sum", "sum", Structural("sum", Double)),
        many(6, "bucket_counts", "bucketCounts", Structural("bucket_counts", Fixed64s)),
        many(7, "explicit_bounds", "explicitBounds", Structural("explicit_bounds", Doubles)),
        many(8, "exemplars", "exemplars", Kind::Message(&EXEMPLAR)),
        many(9, "attributes", "attributes", Attributes),
        one(10, "flags", "flags", POINT_FLAGS),
        one(11, "min", "min", Structural("min", Double)),
        one(12, "max", "max", Structural("max", Double)),
    ],
};

static EXPONENTIAL_POINT: Message = Message {
    name: "opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint",
    level: Level::Point,
    record: false,
    fields: &[
        many(1, "attributes", "attributes", Attributes),
        one(2, "start_time_unix_nano", "startTimeUnixNano", POINT_START),
        one(3, "time_unix_nano", "timeUnixNano", POINT_TIME),
        one(4, "count", "count", Structural("count", Fixed64)),
        one(5, "sum", "sum", Structural("sum", Double)),
        one(6, "scale", "scale", Structural("scale", Sint32)),
        one(7, "zero_count", "zeroCount", Structural("zero_count", Fixed64)),
        one(8, "positive", "positive", Kind::Message(&BUCKETS)),
        one(9, "negative", "negative", Kind::Message(&BUCKETS)),
        one(10, "flags", "flags", POINT_FLAGS),
        many(11, "exemplars", "exemplars", Kind::Message(&EXEMPLAR)),
        one(12, "min", "min", Structural("min", Double)),
        one(13, "max", "max", Structural("max", Double)),
        one(14, "zero_threshold", "zeroThreshold", Structural("zero_threshold", Double)),
    ],
};

static BUCKETS: Message = Message {
    name: "opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets",
    level: Level::Point,
    record: false,
    fields: &[
        one(1, "offset", "offset", Structural("buckets.offset", Sint32)),
        many(2, "bucket_counts", "bucketCounts", Structural("buckets.bucket_counts", Uint64s)),
    ],
};

static SUMMARY_POINT: Message = Message {
    name: "opentelemetry.proto.metrics.v1.SummaryDataPoint",
    level: Level::Point,
    record: false,
    fields: &[
        one(2, "start_time_unix_nano", "startTimeUnixNano", POINT_START),
        one(3, "time_unix_nano", "timeUnixNano", POINT_TIME),
        one(4, "count", "count", Structural("count", Fixed64)),
        one(5, "sum", "sum", Structural("sum", Double)),
        many(6, "quantile_values", "quantileValues", Kind::Message(&QUANTILE)),
        many(7, "attributes", "attributes", Attributes),
        one(8, "flags", "flags", POINT_FLAGS),
    ],
};

static QUANTILE: Message = Message {
    name: "opentelemetry.proto.metrics.v1.SummaryDataPoint.ValueAtQuantile",
    level: Level::Point,
    record: false,
    fields: &[
        one(1, "quantile", "quantile", Structural("quantile_values.quantile", Double)),
        one(2, "value", "value", Structural("quantile_values.value", Double)),
    ],
};

static EXEMPLAR: Message = Message {
    name: "opentelemetry.proto.metrics.v1.Exemplar",
    level: Level::Exemplar,
    record: false,
    fields: &[
        one(2, "time_unix_nano", "timeUnixNano", Structural("time", Time)),
        one(3, "as_double", "asDouble", Structural("value", Double)),
        one(4, "span_id", "spanId", Structural("span_id", Id(8))),
        one(5, "trace_id", "traceId", Structural("trace_id", Id(16))),
        one(6, "as_int", "asInt", Structural("value", Sfixed64)),
        many(7, "filtered_attributes", "filteredAttributes", Attributes),
    ],
};

static SEVERITIES: &[&str] = &[
    "SEVERITY_NUMBER_UNSPECIFIED",
    "SEVERITY_NUMBER_TRACE",
    "SEVERITY_NUMBER_TRACE2",
    "SEVERITY_NUMBER_TRACE3",
    "SEVERITY_NUMBER_TRACE4",
    "SEVERITY_NUMBER_DEBUG",
    "SEVERITY_NUMBER_DEBUG2",
    "SEVERITY_NUMBER_DEBUG3",
    "SEVERITY_NUMBER_DEBUG4",
    "SEVERITY_NUMBER_INFO",
    "SEVERITY_NUMBER_INFO2",
    "SEVERITY_NUMBER_INFO3",
    "SEVERITY_NUMBER_INFO4",
    "SEVERITY_NUMBER_WARN",
    "SEVERITY_NUMBER_WARN2",
    "SEVERITY_NUMBER_WARN3",
    "SEVERITY_NUMBER_WARN4",
    "SEVERITY_NUMBER_ERROR",
    "SEVERITY_NUMBER_ERROR2",
    "SEVERITY_NUMBER_ERROR3",
    "SEVERITY_NUMBER_ERROR4",
    "SEVERITY_NUMBER_FATAL",
    "SEVERITY_NUMBER_FATAL2",
    "SEVERITY_NUMBER_FATAL3",
    "SEVERITY_NUMBER_FATAL4",
];

static SPAN_KINDS: &[&str] = &[
    "SPAN_KIND_UNSPECIFIED",
    "SPAN_KIND_INTERNAL",
    "SPAN_KIND_SERVER",
    "SPAN_KIND_CLIENT",
    "SPAN_KIND_PRODUCER",
    "SPAN_KIND_CONSUMER",
];

static STATUS_CODES: &[&str] = &["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

static TEMPORALITIES: &[&str] = &[
    "AGGREGATION_TEMPORALITY_UNSPECIFIED",
    "AGGREGATION_TEMPORALITY_DELTA",
    "AGGREGATION_TEMPORALITY_CUMULATIVE",
];
