//! Remote write 1.0 of Prometheus: one table that the protobuf walker goes by, and what keeps series apart.
//!
//! Labels of a series are attributes of a point, `__name__` is the name of the metric, samples are values of points: named as
//! OTLP names them. Labels stay sorted, since none changes its name; one whose text becomes empty goes, since readers take it
//! for absent. Series that treatment made alike are withheld, all of them: which one would stay is an accident, and cumulative
//! values do not add up without knowing the past (see `docs/rationale/metric-points.md`).
//! Format: <https://prometheus.io/docs/specs/prw/remote_write_spec/>, `prompb/types.proto`.

use crate::order;
use crate::otlp::protobuf;
use crate::otlp::schema::{Kind, Message, Shape, many, one};
use crate::otlp::wire::{self, LEN, Span, Wire};
use crate::{FieldVisitor, Format, FormatError, Level, Limits, Scratch, Splice};
use Kind::{Structural, Text, VitalText};
use std::ops::Range;

const FORMAT: &str = "prometheus";

/// A `prometheus.WriteRequest`, without the snappy around it.
#[derive(Debug, Clone, Copy)]
pub struct WriteRequest;

impl Format for WriteRequest {
    fn name(&self) -> &'static str {
        FORMAT
    }

    fn walk(
        &self,
        input: &[u8],
        limits: &Limits,
        visitor: &mut dyn FieldVisitor,
        scratch: &mut Scratch,
    ) -> Result<(), FormatError> {
        protobuf::walk(&REQUEST, input, limits, visitor, scratch).map_err(|error| error.of(FORMAT))
    }
}

const SERIES: u32 = 1;
const LABELS: u32 = 1;

static REQUEST: Message = Message {
    name: "prometheus.WriteRequest",
    level: Level::Metric,
    record: false,
    fields: &[
        many(SERIES, "timeseries", "timeseries", Kind::Message(&TIME_SERIES)),
        many(3, "metadata", "metadata", Kind::Message(&METADATA)),
    ],
};

static TIME_SERIES: Message = Message {
    name: "prometheus.TimeSeries",
    level: Level::Point,
    record: true,
    fields: &[
        many(LABELS, "labels", "labels", Kind::Message(&LABEL)),
        many(2, "samples", "samples", Kind::Message(&SAMPLE)),
        many(3, "exemplars", "exemplars", Kind::Message(&EXEMPLAR)),
        many(4, "histograms", "histograms", Kind::Message(&HISTOGRAM)),
    ],
};

static LABEL: Message = Message { name: "prometheus.Label", level: Level::Point, record: false, fields: &[] };

static EXEMPLAR_LABEL: Message =
    Message { name: "prometheus.Label", level: Level::Exemplar, record: false, fields: &[] };

static SAMPLE: Message = Message {
    name: "prometheus.Sample",
    level: Level::Point,
    record: false,
    fields: &[
        one(1, "value", "value", Structural("value", Shape::Vital(&Shape::Double))),
        one(2, "timestamp", "timestamp", Structural("time", MILLIS)),
    ],
};

static EXEMPLAR: Message = Message {
    name: "prometheus.Exemplar",
    level: Level::Exemplar,
    record: false,
    fields: &[
        many(1, "labels", "labels", Kind::Message(&EXEMPLAR_LABEL)),
        one(2, "value", "value", Structural("value", Shape::Vital(&Shape::Double))),
        one(3, "timestamp", "timestamp", Structural("time", MILLIS)),
    ],
};

static HISTOGRAM: Message = Message {
    name: "prometheus.Histogram",
    level: Level::Point,
    record: false,
    fields: &[
        one(1, "count_int", "countInt", Structural("count", Shape::Vital(&Shape::Varint))),
        one(2, "count_float", "countFloat", Structural("count", Shape::Vital(&Shape::Double))),
        one(3, "sum", "sum", Structural("sum", Shape::Vital(&Shape::Double))),
        one(4, "schema", "schema", Structural("scale", Shape::Vital(&Shape::Sint32))),
        one(5, "zero_threshold", "zeroThreshold", Structural("zero_threshold", Shape::Vital(&Shape::Double))),
        one(6, "zero_count_int", "zeroCountInt", Structural("zero_count", Shape::Vital(&Shape::Varint))),
        one(7, "zero_count_float", "zeroCountFloat", Structural("zero_count", Shape::Vital(&Shape::Double))),
        many(8, "negative_spans", "negativeSpans", Kind::Message(&SPAN)),
        many(9, "negative_deltas", "negativeDeltas", BUCKET_DELTAS),
        many(10, "negative_counts", "negativeCounts", BUCKET_COUNTS),
        many(11, "positive_spans", "positiveSpans", Kind::Message(&SPAN)),
        many(12, "positive_deltas", "positiveDeltas", BUCKET_DELTAS),
        many(13, "positive_counts", "positiveCounts", BUCKET_COUNTS),
        one(14, "reset_hint", "resetHint", Structural("flags", Shape::Vital(&Shape::Uint32))),
        one(15, "timestamp", "timestamp", Structural("time", MILLIS)),
        many(
            16,
            "custom_values",
            "customValues",
            Structural("explicit_bounds", Shape::Vital(&Shape::Doubles)),
        ),
    ],
};

const MILLIS: Shape = Shape::Vital(&Shape::Ticks(1_000_000));
const BUCKET_DELTAS: Kind = Structural("buckets.bucket_counts", Shape::Vital(&Shape::Uint64s));
const BUCKET_COUNTS: Kind = Structural("buckets.bucket_counts", Shape::Vital(&Shape::Doubles));

static SPAN: Message = Message {
    name: "prometheus.BucketSpan",
    level: Level::Point,
    record: false,
    fields: &[
        one(1, "offset", "offset", Structural("buckets.offset", Shape::Sint32)),
        one(2, "length", "length", Structural("buckets.offset", Shape::Uint32)),
    ],
};

static METADATA: Message = Message {
    name: "prometheus.MetricMetadata",
    level: Level::Metric,
    record: true,
    fields: &[
        one(1, "type", "type", Structural("type", Shape::Uint32)),
        one(2, "metric_family_name", "metricFamilyName", VitalText("name")),
        one(4, "help", "help", Text("description")),
        one(5, "unit", "unit", Text("unit")),
    ],
};

/// Where one series stands, and its labels.
struct Series {
    wire: Wire,
    labels: Range<usize>,
}

/// The series of a request; a label is a name and a text.
#[derive(Default)]
struct Survey<'a> {
    series: Vec<Series>,
    labels: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Survey<'a> {
    /// Reads all series of a request.
    fn of(payload: &'a [u8]) -> Result<Self, FormatError> {
        let mut survey = Self::default();
        let mut at = 0;
        while at < payload.len() {
            survey.series_at(payload, &mut at)?;
        }
        Ok(survey)
    }

    /// Reads the field that begins at `at`, which may be a series.
    fn series_at(&mut self, payload: &'a [u8], at: &mut usize) -> Result<(), FormatError> {
        let wire = wire::next(payload, at, payload.len())?;
        if (wire.number, wire.kind) != (SERIES, LEN) {
            return Ok(());
        }
        let first = self.labels.len();
        let mut at = wire.content.start;
        while at < wire.content.end {
            let field = wire::next(payload, &mut at, wire.content.end)?;
            if (field.number, field.kind) == (LABELS, LEN) {
                let label = label(payload, field.content)?;
                // A label without a text is none.
                if !label.1.is_empty() {
                    self.labels.push(label);
                }
            }
        }
        order::sort_by(self.labels.get_mut(first..).unwrap_or_default(), Ord::cmp);
        self.series.push(Series { wire, labels: first..self.labels.len() });
        Ok(())
    }

    fn labels(&self, index: usize) -> &[(&'a [u8], &'a [u8])] {
        let range = self.series.get(index).map_or(0..0, |series| series.labels.clone());
        self.labels.get(range).unwrap_or_default()
    }
}

fn label(payload: &[u8], span: Span) -> Result<(&[u8], &[u8]), FormatError> {
    let (mut name, mut text): (&[u8], &[u8]) = (&[], &[]);
    let mut at = span.start;
    while at < span.end {
        let field = wire::next(payload, &mut at, span.end)?;
        let content = payload.get(field.content.start..field.content.end).unwrap_or_default();
        match (field.number, field.kind) {
            (1, LEN) => name = content,
            (2, LEN) => text = content,
            _ => {}
        }
    }
    Ok((name, text))
}

/// Takes out the series of `treated` that are alike and were not alike in `input`, and says how many.
///
/// `treated` is what `edits` made of `input`. The edits that are still to be made to `treated` are left in `splice`, which is
/// cleared first. Series that were alike before are the sender's own and stay.
///
/// # Errors
/// [`FormatError`] when the treated payload cannot be read.
pub fn settle(input: &[u8], edits: &Splice, treated: &[u8], splice: &mut Splice) -> Result<u64, FormatError> {
    splice.clear();
    let after = Survey::of(treated).map_err(|error| error.of(FORMAT))?;
    let mut order: Vec<usize> = (0..after.series.len()).collect();
    order::sort_by(&mut order, |left, right| after.labels(*left).cmp(after.labels(*right)));
    let alike = |left: &usize, right: &usize| after.labels(*left) == after.labels(*right);
    if order.chunk_by(alike).all(|group| group.len() < 2) {
        return Ok(0);
    }
    // What each series was before. The tag of a series is never written anew, so its first byte is known to the splice.
    let mut before = Survey::default();
    let mut origins = edits.origins();
    let mut past = Vec::with_capacity(after.series.len());
    for series in &after.series {
        let index = before.series.len();
        if let Some(mut from) = origins.of(series.wire.start) {
            before.series_at(input, &mut from).map_err(|error| error.of(FORMAT))?;
        }
        past.push((before.series.len() > index).then_some(index));
    }
    let mut goes = Vec::new();
    for group in order.chunk_by(alike) {
        let labels = |index: &usize| past.get(*index).copied().flatten().map(|index| before.labels(index));
        let first = group.first().and_then(labels);
        // One whose past is not known is alike to none.
        if group.len() > 1 && (first.is_none() || group.iter().any(|index| labels(index) != first)) {
            goes.extend_from_slice(group);
        }
    }
    order::sort_by(&mut goes, Ord::cmp);
    for series in goes.iter().filter_map(|index| after.series.get(*index)) {
        splice.replace(series.wire.start, series.wire.content.end, &[]);
    }
    Ok(goes.len() as u64)
}
