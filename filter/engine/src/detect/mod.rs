//! Detectors: find values in text by what they are.
//!
//! One pass finds candidate sites for all detectors together; each candidate meets its detector's anchored recognizer and
//! validators. A detector is one file and one entry in the list below; its [`Spec`] feeds tests, lint, explain and docs.

use crate::Class;

/// What a detector is and what it claims.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Short name, as in `detectors:` and in findings (`email`, `card`).
    pub name: &'static str,
    /// Class of what it finds.
    pub class: Class,
    /// One sentence for people.
    pub sentence: &'static str,
    /// Texts in which it finds something.
    pub finds: &'static [&'static str],
    /// Texts in which it finds nothing.
    pub passes_over: &'static [&'static str],
}

impl Spec {
    /// A spec without examples.
    #[must_use]
    pub const fn new(name: &'static str, class: Class, sentence: &'static str) -> Self {
        Self { name, class, sentence, finds: &[], passes_over: &[] }
    }

    /// Adds texts in which it finds something.
    #[must_use]
    pub const fn finds(mut self, examples: &'static [&'static str]) -> Self {
        self.finds = examples;
        self
    }

    /// Adds texts in which it finds nothing.
    #[must_use]
    pub const fn passes_over(mut self, examples: &'static [&'static str]) -> Self {
        self.passes_over = examples;
        self
    }
}

/// A span of text that a detector claims. Byte offsets on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Index into [`Scanner::detectors`].
    pub detector: u16,
    /// Class of the finding.
    pub class: Class,
}
