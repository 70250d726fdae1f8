//! Reads policies with the detectors' eye on their words: what a detector finds something in is repeated by no error.

use crate::detect::{FieldContext, Hits, Scanner, Selection};
#[cfg(feature = "authoring")]
use frostglass_policy::Document;
use frostglass_policy::{CatalogFile, PolicyError, PolicyFile};
use std::sync::LazyLock;

/// Reads a text in the language of policies.
pub trait ReadText: Sized {
    /// Reads JSON. `file` names the text in errors.
    ///
    /// # Errors
    /// Everything that was found wrong, by line. A text that is not JSON is reported alone.
    fn read_json(text: &str, file: &str) -> Result<Self, PolicyError>;

    /// Reads YAML, in the strict subset that means the same in every converter.
    ///
    /// # Errors
    /// As [`ReadText::read_json`].
    #[cfg(feature = "authoring")]
    fn read_yaml(text: &str, file: &str) -> Result<Self, PolicyError>;
}

impl ReadText for PolicyFile {
    fn read_json(text: &str, file: &str) -> Result<Self, PolicyError> {
        Self::from_json(text, file, holds_value)
    }

    #[cfg(feature = "authoring")]
    fn read_yaml(text: &str, file: &str) -> Result<Self, PolicyError> {
        Self::from_yaml(text, file, holds_value)
    }
}

impl ReadText for CatalogFile {
    fn read_json(text: &str, file: &str) -> Result<Self, PolicyError> {
        Self::from_json(text, file, holds_value)
    }

    #[cfg(feature = "authoring")]
    fn read_yaml(text: &str, file: &str) -> Result<Self, PolicyError> {
        Self::from_yaml(text, file, holds_value)
    }
}

/// Reads what people write beside a policy in its language, from YAML.
///
/// # Errors
/// Everything that was found wrong, by line.
#[cfg(feature = "authoring")]
pub fn read_document<T: serde::de::DeserializeOwned>(
    text: &str,
    file: &str,
) -> Result<Document<T>, PolicyError> {
    Document::from_yaml(text, file, holds_value)
}

/// Lets the detectors judge words from here on: for a program that reads a single word, such as a period among its arguments,
/// before any policy. Reading and compiling do it themselves.
pub fn judge_words() {
    frostglass_policy::judge_words(holds_value);
}

/// Whether a detector finds anything. Without detectors everything may be a value.
fn holds_value(text: &str) -> bool {
    static SCANNER: LazyLock<Option<Scanner>> =
        LazyLock::new(|| Scanner::new(&Selection::All, Vec::new()).ok());
    SCANNER.as_ref().is_none_or(|scanner| {
        let mut hits = Hits::new();
        scanner.find(text, FieldContext::default(), &mut hits);
        !hits.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use frostglass_policy::{quoted, unknown};

    /// Scenario: a key, a password, an address and a token where a word belongs, and ordinary words.
    /// Guarantees: errors repeat the words and of the others the length alone.
    #[test]
    fn what_was_pasted_is_not_repeated() {
        judge_words();
        for word in ["drect-id", "span/user.id", "a.*", "24hours", "@body", "My Policy"] {
            assert_eq!(quoted(word), format!("`{word}`"));
        }
        let key = "ZnJvc3RnbGFzcyBkZW1vIGtleTogcHVibGlzaGVk";
        for word in [key, "password=hunter2", "ann@example.org", "a=b", "10.20.30.40", "a\u{1b}[2J"] {
            let said = format!("this word ({} bytes)", word.len());
            assert_eq!(quoted(word), said);
            assert_eq!(unknown("source", word, &[]).0, format!("unknown source: {said}"));
        }
    }
}
