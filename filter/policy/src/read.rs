//! From text to policy: parse it, type it, follow its references; and the faults that both parsers share.
//!
//! Whoever reads brings what tells words from values ([`HoldsValue`]), so that nobody forgets it.

use crate::error::{Finding, HoldsValue, PolicyError, judge_words, quoted};
use crate::file::{CatalogFile, PolicyFile};
use crate::node::{MAX_BYTES, MAX_DEPTH, Node, Place};

impl PolicyFile {
    /// Reads a policy from JSON. `file` names the text in errors.
    ///
    /// # Errors
    /// Everything that was found wrong, by line. A text that is not JSON is reported alone.
    pub fn from_json(text: &str, file: &str, holds_value: HoldsValue) -> Result<Self, PolicyError> {
        judge_words(holds_value);
        typed(crate::json::parse(text), file)
    }

    /// Reads a policy from YAML, in the strict subset that means the same in every converter. `file` names the text in
    /// errors.
    ///
    /// # Errors
    /// Everything that was found wrong, by line. A text that is not of that YAML is reported alone.
    #[cfg(feature = "authoring")]
    pub fn from_yaml(text: &str, file: &str, holds_value: HoldsValue) -> Result<Self, PolicyError> {
        judge_words(holds_value);
        typed(crate::yaml::parse(text), file)
    }
}

impl CatalogFile {
    /// Reads a built-in catalog from JSON, line by line (`lines`) or in groups of lines that say the same (`groups`).
    ///
    /// # Errors
    /// Everything that was found wrong. Classes, treatments and selectors are not looked up: compiling does.
    pub fn from_json(text: &str, file: &str, holds_value: HoldsValue) -> Result<Self, PolicyError> {
        judge_words(holds_value);
        catalog(crate::json::parse(text), file)
    }

    /// Reads a catalog that comes with the program, words of which are nobody's.
    pub(crate) fn built_in(text: &str, file: &str) -> Result<Self, PolicyError> {
        catalog(crate::json::parse(text), file)
    }

    /// Reads a built-in catalog from YAML.
    ///
    /// # Errors
    /// As [`CatalogFile::from_json`].
    #[cfg(feature = "authoring")]
    pub fn from_yaml(text: &str, file: &str, holds_value: HoldsValue) -> Result<Self, PolicyError> {
        judge_words(holds_value);
        catalog(crate::yaml::parse(text), file)
    }
}

fn catalog(tree: Result<Node, Vec<Fault>>, file: &str) -> Result<CatalogFile, PolicyError> {
    let (catalog, findings) = crate::de::read_catalog(&tree.map_err(|faults| refuse(faults, file))?, file);
    PolicyError::check(findings)?;
    Ok(catalog)
}

fn typed(tree: Result<Node, Vec<Fault>>, file: &str) -> Result<PolicyFile, PolicyError> {
    let root = tree.map_err(|faults| refuse(faults, file))?;
    let (policy, mut findings) = crate::de::read(root, file);
    findings.extend(crate::check::check(&policy, findings.is_empty()));
    PolicyError::check(findings)?;
    Ok(policy)
}

/// A fault of the text itself.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) place: Place,
    pub(crate) what: String,
    pub(crate) hint: String,
}

impl Fault {
    pub(crate) fn too_large() -> Self {
        Self {
            place: Place::default(),
            what: format!("is larger than {MAX_BYTES} bytes"),
            hint: String::new(),
        }
    }

    pub(crate) fn too_deep(place: Place) -> Self {
        Self { place, what: format!("nests deeper than {MAX_DEPTH}"), hint: String::new() }
    }

    pub(crate) fn repeated(place: Place, key: &str) -> Self {
        Self {
            place,
            what: format!("{} stands here a second time", quoted(key)),
            hint: "remove one of the two".into(),
        }
    }
}

/// The faults as findings about a file.
pub(crate) fn refuse(faults: Vec<Fault>, file: &str) -> PolicyError {
    let finding = |fault: Fault| Finding {
        file: file.to_owned(),
        place: fault.place,
        path: String::new(),
        what: fault.what,
        hint: fault.hint,
    };
    PolicyError::new(faults.into_iter().map(finding).collect())
}
