//! The vocabulary between walkers and whoever decides: where a field stands, what it holds, what becomes of it.
//!
//! A walker calls [`FieldVisitor::rule`] once for a name, then [`FieldVisitor::value`] for each leaf under it that
//! the ruling asks to see. Rulings are opaque to walkers but for their [`Verdict`].

/// The three signals of OTLP/HTTP and OTLP/gRPC that hosts route by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// Log records.
    Logs,
    /// Spans.
    Traces,
    /// Metrics.
    Metrics,
}

/// The level of the telemetry tree that a field stands on.
///
/// Lines of a text file and JSON documents are walked as bodies of log records, so that one policy line rules all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// Resource of a batch.
    Resource,
    /// Instrumentation scope.
    Scope,
    /// Span.
    Span,
    /// Span event.
    Event,
    /// Span link.
    Link,
    /// Log record.
    Log,
    /// Metric (name, unit, description, metadata).
    Metric,
    /// Metric data point.
    Point,
    /// Exemplar.
    Exemplar,
    /// Profile.
    Profile,
    /// Headers of the telemetry request itself.
    Transport,
}

impl Level {
    /// All levels, in the order of their discriminants.
    pub const ALL: [Self; 11] = [
        Self::Resource,
        Self::Scope,
        Self::Span,
        Self::Event,
        Self::Link,
        Self::Log,
        Self::Metric,
        Self::Point,
        Self::Exemplar,
        Self::Profile,
        Self::Transport,
    ];

    /// The word of a selector, as in `span/`.
    #[must_use]
    #[inline]
    pub fn word(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Scope => "scope",
            Self::Span => "span",
            Self::Event => "event",
            Self::Link => "link",
            Self::Log => "log",
            Self::Metric => "metric",
            Self::Point => "point",
            Self::Exemplar => "exemplar",
            Self::Profile => "profile",
            Self::Transport => "transport",
        }
    }
}

/// What kind of name a field has on its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Part {
    /// An attribute key.
    Attribute,
    /// A built-in field of the message, written `@name` in a selector.
    BuiltIn,
    /// A header, by lower-case name.
    Header,
    /// A cookie.
    Cookie,
    /// A query parameter of a URL.
    Query,
    /// A field of a form body.
    Form,
    /// A member of JSON text inside a value.
    Json,
    /// A baggage member.
    Baggage,
}

impl Part {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Attribute,
        Self::BuiltIn,
        Self::Header,
        Self::Cookie,
        Self::Query,
        Self::Form,
        Self::Json,
        Self::Baggage,
    ];
}

/// The name of a field: level, part and dotted path.
///
/// Members of structured values extend the path of what holds them: `payment.card` inside the attribute `order` is
/// `order.payment.card`, inside a log body `body.payment.card`. Array elements add no segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name<'a> {
    /// Level of the telemetry tree.
    pub level: Level,
    /// Kind of name.
    pub part: Part,
    /// Dotted path from the attribute key or built-in name on, without `@`.
    pub path: &'a str,
    /// Byte offset in `path` where the path inside the value starts; 0 when the name is the whole value's.
    pub member_at: usize,
    /// Byte offset in `path` where the last key starts (a key may itself contain dots).
    pub key_at: usize,
}

impl<'a> Name<'a> {
    /// An attribute of `level`.
    #[must_use]
    #[inline]
    pub fn attribute(level: Level, key: &'a str) -> Self {
        Self { level, part: Part::Attribute, path: key, member_at: 0, key_at: 0 }
    }

    /// A built-in field of `level`, such as `body` or `status.message`.
    #[must_use]
    #[inline]
    pub fn built_in(level: Level, path: &'a str) -> Self {
        Self { level, part: Part::BuiltIn, path, member_at: 0, key_at: 0 }
    }

    /// The path inside the structured value that holds this field, if it is a member of one.
    #[must_use]
    #[inline]
    pub fn member(&self) -> Option<&'a str> {
        if self.member_at == 0 { None } else { self.path.get(self.member_at..) }
    }

    /// The last key alone: what hints such as `password` look at.
    #[must_use]
    #[inline]
    pub fn key(&self) -> &'a str {
        self.path.get(self.key_at..).unwrap_or(self.path)
    }
}

/// One leaf value as the format holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Text, unescaped.
    Text(&'a str),
    /// A whole number; times are nanoseconds since the epoch.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// A truth value.
    Bool(bool),
    /// Raw bytes, not known to be text.
    Bytes(&'a [u8]),
}

/// What a ruling means to a walker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The value and everything under it stays; the walker need not look inside.
    Keep,
    /// The field goes, with everything under it.
    Drop,
    /// Each leaf is to be shown to [`FieldVisitor::value`], members to [`FieldVisitor::rule`] first.
    Look,
}

/// The visitor's decision on a name. Walkers act on `verdict` and `look_at_key` and hand the rest back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ruling {
    /// What the walker does.
    pub verdict: Verdict,
    /// Whether the text of the key itself is to be shown to [`FieldVisitor::key`] (keys that no line names literally).
    pub look_at_key: bool,
    /// The visitor's own handle.
    pub id: u32,
}

/// What becomes of one leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Edit {
    /// Stays byte for byte.
    Keep,
    /// Goes. An attribute goes with its key, an array element or map member alone, a built-in field becomes unset.
    Drop,
    /// Becomes the text that the visitor wrote to `out`, whatever its type was. An id becomes the one that the text is in
    /// hexadecimal digits, and goes if it is none of its length.
    Text,
    /// Becomes a whole number of the same kind.
    Int(i64),
    /// Becomes a floating-point number.
    Double(f64),
}

/// Why a walker drops a leaf or a record by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Defect {
    /// Text that is not UTF-8.
    Utf8,
    /// A structural leaf of the wrong shape.
    Shape,
    /// A field given twice where it may stand once.
    Ambiguous,
    /// Nested deeper, or under a longer path, than the bound.
    Depth,
    /// A record that cannot be read.
    Malformed,
    /// A metric whose name was suppressed.
    Nameless,
    /// Metric points that became alike and cannot be merged without state.
    Collision,
}

/// Places in bytes that were marked.
#[derive(Debug, Default)]
pub struct Marks(Vec<u8>);

impl Marks {
    /// Bytes behind the last mark, so that a whole word can be read at any of them.
    const SLACK: usize = 9;

    /// Forgets all marks and makes room for `length` bytes.
    #[inline]
    pub fn clear(&mut self, length: usize) {
        self.0.clear();
        self.0.resize(length / 8 + Self::SLACK, 0);
    }

    /// Marks a byte.
    #[inline]
    pub fn mark(&mut self, at: usize) {
        if let Some(byte) = self.0.get_mut(at / 8) {
            *byte |= 1 << (at % 8);
        }
    }

    /// Marks all bytes.
    #[inline]
    pub fn mark_all(&mut self) {
        self.0.fill(u8::MAX);
    }

    /// The first marked byte at or behind one; none is as far away as can be.
    #[inline]
    pub(crate) fn next(&self, from: usize) -> usize {
        let mut at = from / 8;
        let mut unwanted = from % 8;
        while let Some(word) = self.0.get(at..).and_then(|rest| rest.first_chunk()) {
            let marks = u64::from_le_bytes(*word) >> unwanted << unwanted;
            if marks != 0 {
                return at * 8 + marks.trailing_zeros() as usize;
            }
            (at, unwanted) = (at + 8, 0);
        }
        usize::MAX
    }
}

/// What a visitor knows of an attribute from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recalled {
    /// Nothing: the way is [`FieldVisitor::rule`].
    Unknown,
    /// It stays, key and value, and both are text.
    Stays,
    /// The key is text and has this ruling.
    Ruled(Ruling),
}

/// Decides on the fields that a walker shows.
pub trait FieldVisitor {
    /// Rules on a name. `within` is the ruling of the structured value that holds it, whose strength it inherits.
    fn rule(&mut self, name: Name<'_>, within: Option<Ruling>) -> Ruling;

    /// Rules on a name as [`FieldVisitor::rule`] does, for a walker that remembers rulings by itself and tells each field
    /// under them: by [`FieldVisitor::met`] if its value is not shown.
    #[inline]
    fn bind(&mut self, name: Name<'_>, within: Option<Ruling>) -> Ruling {
        self.rule(name, within)
    }

    /// A field under a remembered ruling, whose value is not shown, was met: to be counted.
    #[inline]
    fn met(&mut self, _ruling: Ruling) {}

    /// Whether a remembered ruling holds for longer than the present payload.
    #[inline]
    fn lasts(&self, _ruling: Ruling) -> bool {
        true
    }

    /// Whether text under a remembered ruling stays if [`FieldVisitor::sift`] marks nothing in it. False is always right.
    #[inline]
    fn sifts(&self, _ruling: Ruling) -> bool {
        false
    }

    /// Goes through texts that stand one behind the other, a zero byte after each, and marks every place for which the text
    /// around it must be shown. What is not ASCII is marked too.
    ///
    /// Places are marked as if the texts began at `_from`.
    #[inline]
    fn sift(&mut self, _texts: &[u8], _from: usize, _marks: &mut Marks) {}

    /// For as long as the first number stays the same, equal fields of a data point have equal outcomes; none while outcomes depend on more
    /// than the fields. The second is that of the present period: what was not met in one is forgotten with the next.
    #[inline]
    fn outcomes_hold(&self) -> Option<(u64, u64)> {
        None
    }

    /// Begins to count apart, for a data point that may be remembered.
    #[inline]
    fn begin_repeatable(&mut self) {}

    /// Ends that, and gives a number for what was counted; none if it is not to be remembered.
    #[inline]
    fn end_repeatable(&mut self) -> Option<u32> {
        None
    }

    /// Counts once more what stands under a number that [`FieldVisitor::end_repeatable`] gave: of a `whole` data point, or of one whose
    /// exemplars are walked.
    #[inline]
    fn repeat(&mut self, _outcome: u32, _whole: bool) {}

    /// Whole numbers of a smaller size than this stay under rulings that [`FieldVisitor::sifts`] says yes to.
    #[inline]
    fn passing_number(&self) -> u64 {
        0
    }

    /// So many texts and numbers were met under such rulings that stay, because nothing in them was marked or they are that small.
    #[inline]
    fn met_sifted(&mut self, _count: u64) {}

    /// What is known of an attribute from its bytes alone, if a ruling was made on exactly this key before. Spares walkers
    /// the check that key and value are text. [`Recalled::Unknown`] is always right.
    #[inline]
    fn recall(&mut self, _level: Level, _key: &[u8], _text: &[u8]) -> Recalled {
        Recalled::Unknown
    }

    /// Decides on the text of a key whose ruling has `look_at_key`. `out` comes empty and is read for [`Edit::Text`];
    /// [`Edit::Drop`] takes the value along.
    fn key(&mut self, ruling: Ruling, key: &str, out: &mut String) -> Edit;

    /// Decides on one leaf under a ruling of [`Verdict::Look`]. `out` comes empty and is read for [`Edit::Text`].
    fn value(&mut self, ruling: Ruling, value: Value<'_>, out: &mut String) -> Edit;

    /// Decides on a text that stands encoded in the one that is shown, so that no search of bytes sees it. As [`FieldVisitor::value`].
    fn decoded(&mut self, ruling: Ruling, text: &str, out: &mut String) -> Edit {
        self.value(ruling, Value::Text(text), out)
    }

    /// Whether any line rules structural leaves (ids, times, enums, counts): if not, walkers only check their shape.
    #[inline]
    fn rules_structure(&self) -> bool {
        false
    }

    /// Whether unknown protobuf fields and JSON members stay everywhere, so that kept values need not be searched for
    /// them. Only a default of `keep` says yes.
    #[inline]
    fn keeps_unknown(&self) -> bool {
        false
    }

    /// Whether this unknown protobuf field or JSON member of `level` stays; called for each, so that it can be counted.
    fn unknown(&mut self, level: Level) -> bool;

    /// Tells that a leaf of `level` was dropped because of a defect of its own.
    fn unreadable(&mut self, level: Level, defect: Defect);

    /// Asks whether a record (span, log record, metric) that cannot be kept goes alone; if not, the payload is refused.
    /// `items` is what the protocol counts: records, or a metric's data points.
    fn record_withheld(&mut self, level: Level, items: u64, defect: Defect) -> bool;

    /// One past what begins in `span` of a text, as far as a scan of the whole text knows: a value behind a name may be of several
    /// words (`authorization=Bearer …`, `phone=+49 170 …`). Never before the end of `span`.
    #[inline]
    fn extent(&mut self, _text: &str, span: core::ops::Range<usize>) -> usize {
        span.end
    }

    /// Whether a value is looked into under a ruling, so that what it keeps may still hold something: `true` is always right.
    #[inline]
    fn scans(&self, _ruling: Ruling) -> bool {
        true
    }

    /// Whether two rulings treat a value alike, so that a part that was scanned with the whole need not be shown again.
    /// `false` is always right.
    #[inline]
    fn is_alike(&self, _part: Ruling, _whole: Ruling) -> bool {
        false
    }

    /// Whether a ruling leaves this value of a pair in a text to the scan of the whole: pairs stand in what programs print, where
    /// a name alone proves little.
    #[inline]
    fn spares(&self, _ruling: Ruling, _value: &str) -> bool {
        false
    }

    /// Whether values of a field that differ still do after their treatment, so that what they name is not taken for one thing.
    #[inline]
    fn keeps_apart(&self, _ruling: Ruling) -> bool {
        true
    }

    /// Writes what stands for a part of a text that goes, where something must stand. `out` comes empty.
    #[inline]
    fn label(&self, _ruling: Ruling, out: &mut String) {
        out.push_str("[withheld]");
    }

    /// Whether the value of a field that goes is to be shown to [`FieldVisitor::value`] all the same: then
    /// whatever the answer, it goes.
    #[inline]
    fn learns(&self, _ruling: Ruling) -> bool {
        false
    }

    /// How many values were learned in the present record.
    #[inline]
    fn learned(&self) -> usize {
        0
    }

    /// Shows a value to learn from that was shown when its data point came before.
    #[inline]
    fn learn_again(&mut self, _ruling: Ruling, _value: Value<'_>) {}

    /// Whether [`FieldVisitor::learns`] may hold of a ruling at some time.
    #[inline]
    fn may_learn(&self, _ruling: Ruling) -> bool {
        false
    }

    /// Tells places of texts where something stands that is hunted in the present record. Called before its second walk, so
    /// that texts without any need not be shown again.
    #[inline]
    fn hunt(&self, _texts: &[u8], _sink: &mut dyn FnMut(usize)) {}

    /// One of several begins: all that shares a resource or a scope, an event, a link, a data point, an exemplar. Told only if
    /// [`FieldVisitor::rules_structure`]: who does not look at structure does not count its pieces.
    #[inline]
    fn enter_item(&mut self, _level: Level) {}

    /// A record (span, log record, data point, profile) begins.
    #[inline]
    fn enter_record(&mut self, _level: Level) {}

    /// Whether [`FieldVisitor::trace`] and [`FieldVisitor::exemplar`] are to be called.
    #[inline]
    fn heeds_traces(&self) -> bool {
        false
    }

    /// The record that has just begun says that it belongs to this trace. Not called for one that says none, or zeros.
    #[inline]
    fn trace(&mut self, _trace_id: [u8; 16]) {}

    /// An exemplar of the present data point begins, with the trace that it says it belongs to; none when it says none, and
    /// when it ends. Called if [`FieldVisitor::heeds_traces`].
    #[inline]
    fn exemplar(&mut self, _trace_id: Option<[u8; 16]>) {}

    /// The record that began last, whose bytes these are, was walked. `true` asks for a second walk of it, before which
    /// the walker takes back its edits; asked again after that, the answer is `false`. Not called for a record that could
    /// not be walked to its end.
    #[inline]
    fn leave_record(&mut self, _level: Level, _bytes: &[u8]) -> bool {
        false
    }
}

/// Whether a value is what an earlier treatment left instead of one ([`FieldVisitor::label`]): a class in brackets, or the word of
/// URLs.
#[inline]
pub(crate) fn is_label(value: &str) -> bool {
    let class = value.strip_prefix('[').and_then(|class| class.strip_suffix(']'));
    value == "REDACTED"
        || class.is_some_and(|class| {
            !class.is_empty() && class.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::Marks;

    /// Scenario: a mark at some place, asked for from every place.
    /// Guarantees: it is the next one for whatever stands before it, and for itself.
    #[test]
    fn a_mark_is_the_next_one_until_it_is_passed() {
        const LENGTH: usize = 200;
        for marked in [0, 1, 7, 8, 56, 57, 63, 64, 120, 199] {
            let mut marks = Marks::default();
            marks.clear(LENGTH);
            marks.mark(marked);
            for start in 0..LENGTH {
                assert_eq!(marks.next(start), if start <= marked { marked } else { usize::MAX }, "{start}");
            }
        }
    }
}
