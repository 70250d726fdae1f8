//! What a request leaves behind, before it is written in the words of a format.

use super::truth::{Fact, Told, Whose};
use crate::otlp::Any;

/// A span that is made.
#[derive(Debug)]
pub(super) struct SpanDraft {
    /// Place in [`SERVICES`](super::shop::SERVICES), and instance.
    pub(super) source: (usize, u64),
    pub(super) id: [u8; 8],
    pub(super) parent: Option<[u8; 8]>,
    pub(super) name: String,
    /// Value of `SpanKind`.
    pub(super) kind: u64,
    /// Nanoseconds since 1970.
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) told: Told,
    pub(super) event: Option<EventDraft>,
    /// Message of a status of error.
    pub(super) failed: Option<String>,
    /// Method, route and status of an answer.
    pub(super) answer: Option<(&'static str, &'static str, i64)>,
}

/// An event of a span.
#[derive(Debug)]
pub(super) struct EventDraft {
    pub(super) time: u64,
    pub(super) attributes: Vec<(String, Any)>,
}

/// A log record that is made.
#[derive(Debug)]
pub(super) struct LogDraft {
    pub(super) source: (usize, u64),
    pub(super) span: [u8; 8],
    pub(super) time: u64,
    /// Severity: number and text.
    pub(super) severity: (u64, &'static str),
    pub(super) body: Any,
    pub(super) told: Told,
}

/// All that one request left behind.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) id: [u8; 16],
    pub(super) whose: Whose,
    pub(super) user_id: Fact,
    pub(super) country: &'static str,
    /// The canary that it carries, for metrics.
    pub(super) canary: Option<Fact>,
    pub(super) spans: Vec<SpanDraft>,
    pub(super) logs: Vec<LogDraft>,
}
