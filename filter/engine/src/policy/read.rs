//! From text to policy: parse it, type it, follow its references; and the faults that both parsers share.

use super::error::{Finding, PolicyError, quoted};
use super::file::{CatalogFile, PolicyFile};
use super::node::{MAX_BYTES, MAX_DEPTH, Node, Place};

impl PolicyFile {
    /// Reads a policy from JSON. `file` names the text in errors.
    ///
    /// # Errors
    /// Everything that was found wrong, by line. A text that is not JSON is reported alone.
    pub fn read_json(text: &str, file: &str) -> Result<Self, PolicyError> {
        typed(super::json::parse(text), file)
    }

    /// Reads a policy from YAML, in the strict subset that means the same in every converter. `file` names the text in
    /// errors.
    ///
    /// # Errors
    /// Everything that was found wrong, by line. A text that is not of that YAML is reported alone.
    #[cfg(feature = "authoring")]
    pub fn read_yaml(text: &str, file: &str) -> Result<Self, PolicyError> {
        typed(super::yaml::parse(text), file)
    }
}

impl CatalogFile {
    /// Reads a built-in catalog from JSON, line by line (`lines`) or in groups of lines that say the same (`groups`).
    ///
    /// # Errors
    /// Everything that was found wrong. Classes, treatments and selectors are not looked up: compiling does.
    pub fn read_json(text: &str, file: &str) -> Result<Self, PolicyError> {
        catalog(super::json::parse(text), file)
    }

    /// Reads a built-in catalog from YAML.
    ///
    /// # Errors
    /// As [`CatalogFile::read_json`].
    #[cfg(feature = "authoring")]
    pub fn read_yaml(text: &str, file: &str) -> Result<Self, PolicyError> {
        catalog(super::yaml::parse(text), file)
    }
}

fn catalog(tree: Result<Node, Vec<Fault>>, file: &str) -> Result<CatalogFile, PolicyError> {
    let (catalog, findings) = super::de::read_catalog(&tree.map_err(|faults| refuse(faults, file))?, file);
    PolicyError::check(findings)?;
    Ok(catalog)
}

fn typed(tree: Result<Node, Vec<Fault>>, file: &str) -> Result<PolicyFile, PolicyError> {
    let root = tree.map_err(|faults| refuse(faults, file))?;
    let (policy, mut findings) = super::de::read(root, file);
    findings.extend(super::check::check(&policy, findings.is_empty()));
    PolicyError::check(findings)?;
    Ok(policy)
}

/// A fault of the text itself.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) what: String,
    pub(super) hint: String,
}

impl Fault {
    pub(super) fn too_large() -> Self {
        Self {
            place: Place::default(),
            what: format!("is larger than {MAX_BYTES} bytes"),
            hint: String::new(),
        }
    }

    pub(super) fn too_deep(place: Place) -> Self {
        Self { place, what: format!("nests deeper than {MAX_DEPTH}"), hint: String::new() }
    }

    pub(super) fn repeated(place: Place, key: &str) -> Self {
        Self {
            place,
            what: format!("{} stands here a second time", quoted(key)),
            hint: "remove one of the two".into(),
        }
    }
}

/// The faults as findings about a file.
pub(super) fn refuse(faults: Vec<Fault>, file: &str) -> PolicyError {
    let finding = |fault: Fault| Finding {
        file: file.to_owned(),
        place: fault.place,
        path: String::new(),
        what: fault.what,
        hint: fault.hint,
    };
    PolicyError::new(faults.into_iter().map(finding).collect())
}
