//! What became of a payload, and the counts that hosts publish. Content-free by construction: fixed words and numbers.

use crate::Class;
use frostglass_formats::{
    Defect, Format, FormatError, Signal, bulk, json, lines, loki, otlp, prometheus, syslog,
};

/// What a payload claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payload {
    /// OTLP export request in protobuf.
    OtlpProto(Signal),
    /// OTLP export request in JSON.
    OtlpJson(Signal),
    /// One JSON document, ruled like the body of a log record.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// Lines of text, each ruled like the body of a log record.
    Text,
    /// A push to Loki in JSON.
    LokiJson,
    /// A push to Loki in protobuf, without the snappy around it.
    LokiProto,
    /// A request to the bulk API of Elasticsearch or OpenSearch.
    Bulk,
    /// Lines of syslog.
    Syslog,
    /// A write request of Prometheus remote write 1.0, without the snappy around it.
    Prometheus,
}

impl Payload {
    /// The walker that reads it.
    #[must_use]
    pub fn format(self) -> &'static dyn Format {
        use Signal::{Logs, Metrics, Traces};
        match self {
            Self::OtlpProto(Logs) => &otlp::Protobuf(Logs),
            Self::OtlpProto(Traces) => &otlp::Protobuf(Traces),
            Self::OtlpProto(Metrics) => &otlp::Protobuf(Metrics),
            Self::OtlpJson(Logs) => &otlp::Json(Logs),
            Self::OtlpJson(Traces) => &otlp::Json(Traces),
            Self::OtlpJson(Metrics) => &otlp::Json(Metrics),
            Self::Json => &json::Json,
            Self::Ndjson => &lines::Ndjson,
            Self::Text => &lines::Text,
            Self::LokiJson => &loki::Json,
            Self::LokiProto => &loki::Protobuf,
            Self::Bulk => &bulk::Bulk,
            Self::Syslog => &syslog::Syslog,
            Self::Prometheus => &prometheus::WriteRequest,
        }
    }
}

/// What became of a payload.
#[derive(Debug, PartialEq)]
pub enum Outcome<'a> {
    /// Nothing was to change: forward the input itself.
    Unchanged,
    /// Forward these bytes instead.
    Rewritten(&'a [u8]),
    /// Forward nothing.
    Withheld(Withheld),
}

/// Why a whole payload was withheld.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Withheld {
    /// It cannot be read as what it claims to be.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// Records cannot be kept, and the host wants whole payloads or none.
    #[error("{count} records cannot be kept, the first for being {}", reason.word())]
    Records {
        /// How many records, or data points.
        count: u64,
        /// Why, for one of them.
        reason: Reason,
    },
    /// The result would be larger than the bound.
    #[error("the treated payload would exceed {limit} bytes")]
    Output {
        /// The bound in bytes.
        limit: usize,
    },
}

/// Why a value or a record was withheld or lost its treatment. A closed list of fixed words: these are metric labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// A treatment needs a key that the host was not given.
    NoKey,
    /// A treatment needs fresh randomness, and the host's source failed or repeated itself.
    NoRandom,
    /// Text that is not UTF-8.
    Utf8,
    /// A structural leaf of the wrong shape.
    Shape,
    /// A field given twice where it may stand once.
    Ambiguous,
    /// Nested deeper than the bound.
    Depth,
    /// Bytes that cannot be inspected as text.
    Opaque,
    /// A value of a type that its treatment cannot transform.
    Unsuited,
    /// An unknown protobuf field or JSON member.
    Unknown,
    /// Metric points that became alike and cannot be merged without state.
    Collision,
    /// A record that cannot be read.
    Malformed,
    /// A metric whose name was suppressed.
    Nameless,
}

impl Reason {
    /// The word of a metric label.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoKey => "no-key",
            Self::NoRandom => "no-random",
            Self::Utf8 => "utf8",
            Self::Shape => "shape",
            Self::Ambiguous => "ambiguous",
            Self::Depth => "depth",
            Self::Opaque => "opaque",
            Self::Unsuited => "unsuited",
            Self::Unknown => "unknown",
            Self::Collision => "collision",
            Self::Malformed => "malformed",
            Self::Nameless => "nameless",
        }
    }
}

/// Numbers by label, in the order of the labels. A payload has a dozen: looking through them costs less than a tree of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts<K>(Vec<(K, u64)>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord> Counts<K> {
    /// Adds to the number of a label.
    pub fn add(&mut self, label: K, number: u64) {
        match self.0.iter_mut().find(|(known, _)| *known == label) {
            Some((_, count)) => *count += number,
            None => {
                let at = self.0.partition_point(|(known, _)| *known < label);
                self.0.insert(at, (label, number));
            }
        }
    }

    /// The number of a label; zero if it was never counted.
    #[must_use]
    pub fn get(&self, label: &K) -> u64 {
        self.iter().find(|(known, _)| *known == label).map_or(0, |(_, count)| count)
    }

    /// Labels and numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&K, u64)> {
        self.0.iter().map(|(label, count)| (label, *count))
    }

    /// All numbers together.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.iter().map(|(_, count)| count).sum()
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Counts<(Option<Class>, &'static str)> {
    /// As [`Counts::add`], one more. The same word mostly stands at the same place: then its letters need not be compared.
    #[inline(never)]
    pub(crate) fn count(&mut self, class: Option<Class>, word: &'static str) {
        let same = |(known, there): &(Option<Class>, &str)| *known == class && std::ptr::eq(*there, word);
        match self.0.iter_mut().find(|(label, _)| same(label)) {
            Some((_, count)) => *count += 1,
            None => self.add((class, word), 1),
        }
    }
}

impl<K: Ord> FromIterator<(K, u64)> for Counts<K> {
    fn from_iter<I: IntoIterator<Item = (K, u64)>>(numbers: I) -> Self {
        let mut counts = Self::default();
        numbers.into_iter().for_each(|(label, number)| counts.add(label, number));
        counts
    }
}

/// Counts of one payload, to be added to a host's metrics.
///
/// Labels are closed lists: built-in classes, names of treatments, reasons. Keys and values of payloads never appear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Fields that were ruled, kept ones included.
    pub fields: u64,
    /// Fields by class (none for what nobody classified) and by the kind of treatment that they got; what was kept is
    /// not listed.
    pub treated: Counts<(Option<Class>, &'static str)>,
    /// Values that were withheld, by reason.
    pub withheld: Counts<Reason>,
    /// Whole records dropped (spans, log records, data points), by reason.
    pub records_dropped: Counts<Reason>,
    /// Data points merged into another, because treatment made them alike.
    pub merged: u64,
}

impl Tally {
    /// Becomes equal to another, in the memory that it has.
    pub(crate) fn become_equal(&mut self, other: &Self) {
        self.fields = other.fields;
        self.treated.0.clone_from(&other.treated.0);
        self.withheld.0.clone_from(&other.withheld.0);
        self.records_dropped.0.clone_from(&other.records_dropped.0);
        self.merged = other.merged;
    }

    /// Adds the counts of another.
    pub fn add(&mut self, other: &Self) {
        self.add_times(other, 1);
    }

    /// The same so many times.
    pub(crate) fn add_times(&mut self, other: &Self, times: u64) {
        self.fields += other.fields * times;
        other.treated.iter().for_each(|(label, number)| self.treated.add(*label, number * times));
        other.withheld.iter().for_each(|(reason, number)| self.withheld.add(*reason, number * times));
        other
            .records_dropped
            .iter()
            .for_each(|(reason, number)| self.records_dropped.add(*reason, number * times));
        self.merged += other.merged * times;
    }

    /// Records that were dropped because they could not be kept: what `partial_success` reports. Metrics that the policy
    /// itself removes (their name is suppressed) are not among them: nothing went wrong there.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.records_dropped.sum() - self.records_dropped.get(&Reason::Nameless)
    }
}

impl From<Defect> for Reason {
    fn from(defect: Defect) -> Self {
        match defect {
            Defect::Utf8 => Self::Utf8,
            Defect::Shape => Self::Shape,
            Defect::Ambiguous => Self::Ambiguous,
            Defect::Depth => Self::Depth,
            Defect::Malformed => Self::Malformed,
            Defect::Nameless => Self::Nameless,
            Defect::Collision => Self::Collision,
        }
    }
}
