//! Why a payload could not be walked: what and where, never a value.

use thiserror::Error;

/// A payload, or one record of it, that cannot be read as what it claims to be.
///
/// `format` is the short name of the format (`otlp-proto`, `otlp-json`, `json`, …) and `at` a byte
/// offset into the payload.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The input stops in the middle of a field.
    #[error("{format}: ends inside a field at byte {at}")]
    Truncated {
        /// Format that was read.
        format: &'static str,
        /// Byte offset.
        at: usize,
    },
    /// The bytes break the grammar of the format.
    #[error("{format}: {what} at byte {at}")]
    Malformed {
        /// Format that was read.
        format: &'static str,
        /// What is wrong, in fixed words.
        what: &'static str,
        /// Byte offset.
        at: usize,
    },
    /// Text that is not UTF-8.
    #[error("{format}: text is not UTF-8 at byte {at}")]
    Utf8 {
        /// Format that was read.
        format: &'static str,
        /// Byte offset.
        at: usize,
    },
    /// Messages, objects or arrays nest deeper than [`crate::Limits::depth`].
    #[error("{format}: nests deeper than {limit} at byte {at}")]
    Depth {
        /// Format that was read.
        format: &'static str,
        /// Byte offset.
        at: usize,
        /// The bound.
        limit: usize,
    },
    /// The payload, or what it decompresses to, is larger than [`crate::Limits`] allows.
    #[error("{format}: larger than {limit} bytes")]
    TooLarge {
        /// Format that was read.
        format: &'static str,
        /// The bound in bytes.
        limit: usize,
    },
}

impl FormatError {
    /// The same error of another format that is read by the same walker.
    pub(crate) fn of(mut self, name: &'static str) -> Self {
        match &mut self {
            Self::Truncated { format, .. }
            | Self::Malformed { format, .. }
            | Self::Utf8 { format, .. }
            | Self::Depth { format, .. }
            | Self::TooLarge { format, .. } => *format = name,
        }
        self
    }

    /// Whether a smaller or better-formed payload is what the sender must provide (always true today:
    /// no format error is cured by sending the same bytes again).
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        true
    }

    /// True for size bounds, which a protocol answers with "too large" (HTTP 413).
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self, Self::TooLarge { .. })
    }
}
