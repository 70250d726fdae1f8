//! Files beside a policy that people write in its language: the same strict YAML, the same errors with places.

use crate::de;
use crate::error::{Finding, HoldsValue, PolicyError, joined, judge_words};
use crate::file::Source;
use crate::node::Place;
use serde::de::DeserializeOwned;

/// A text as typed, and where its parts stand.
#[derive(Debug, Clone)]
pub struct Document<T> {
    /// What it says.
    pub value: T,
    source: Source,
}

impl<T: DeserializeOwned> Document<T> {
    /// Reads a document from YAML, in the strict subset of policies. `file` names the text in errors.
    ///
    /// # Errors
    /// Everything that was found wrong, by line: unknown fields, wrong types, missing parts. What refers to another part is
    /// for the caller to follow.
    pub fn from_yaml(text: &str, file: &str, holds_value: HoldsValue) -> Result<Self, PolicyError> {
        judge_words(holds_value);
        let root = crate::yaml::parse(text).map_err(|faults| crate::read::refuse(faults, file))?;
        let (value, findings) = de::read_document(&root, file);
        PolicyError::check(findings)?;
        let source = Source { file: file.to_owned(), root: Some(root) };
        match value {
            Some(value) => Ok(Self { value, source }),
            // What cannot be read has a finding, so this text has one.
            None => Err(PolicyError::new(Vec::new())),
        }
    }
}

impl<T> Document<T> {
    /// Where a part stands, as `["roles", "incident", "until"]`; items of lists by their number from zero.
    #[must_use]
    pub fn place(&self, path: &[&str]) -> Place {
        self.source.place(path)
    }

    /// A finding about a part.
    #[must_use]
    pub fn finding(&self, path: &[&str], what: impl Into<String>, hint: impl Into<String>) -> Finding {
        Finding {
            file: self.source.file.clone(),
            place: self.place(path),
            path: joined(path.iter().copied()),
            what: what.into(),
            hint: hint.into(),
        }
    }
}
