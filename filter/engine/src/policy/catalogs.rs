//! The catalogs and the policy that are embedded in every build.
//!
//! Made from `filter/policies/*.yaml` by `make generate`; a test holds each against its source.

use super::file::{Entries, Name, PolicyFile, Treatment};
use serde::Deserialize;

/// The default policy in the form that hosts read.
pub(super) const DEFAULT_POLICY: &str = include_str!("../../../policies/generated/default.json");

/// Names of the built-in catalogs.
pub(super) const NAMES: &[&str] = &["semconv", "secrets"];

const TEXTS: &[&str] = &[
    include_str!("../../../policies/generated/semconv.json"),
    include_str!("../../../policies/generated/secrets.json"),
];

/// A built-in catalog: lines grouped by what happens to them, so that the module reads little.
#[derive(Debug)]
pub(super) struct Catalog {
    /// Its name, as in `extends`.
    pub(super) name: &'static str,
    /// Treatments that its lines name; a policy's own treatment of the same name stands before it.
    pub(super) treatments: Entries<Treatment>,
    /// The lines.
    pub(super) groups: Vec<Group>,
}

/// [`Catalog`] as it is embedded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    catalog: String,
    #[serde(rename = "schema")]
    _schema: serde_json::Value,
    #[serde(default)]
    treatments: serde_json::Value,
    groups: Vec<Group>,
}

/// Lines of one class and treatment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    /// Class of the fields.
    pub(super) class: Name,
    /// What happens to them, where it is not what happens to their class.
    #[serde(default)]
    pub(super) treat: Option<Name>,
    /// Selectors.
    pub(super) fields: Vec<String>,
}

/// A built-in catalog by its name; `None` when there is none of that name, or when the build is broken.
#[must_use]
pub(super) fn find(name: &str) -> Option<Catalog> {
    let at = NAMES.iter().position(|known| *known == name)?;
    let (name, text) = (NAMES.get(at).copied()?, TEXTS.get(at)?);
    let text: Text = serde_json::from_str(text).ok().filter(|text: &Text| text.catalog == name)?;
    let treatments = match text.treatments {
        serde_json::Value::Null => Entries::default(),
        // Treatments are read as those of a policy are, by the one reader that knows their words.
        treatments => {
            let policy = serde_json::json!({"policy": name, "schema": 1, "treatments": treatments});
            PolicyFile::read_json(&policy.to_string(), name).ok()?.treatments
        }
    };
    Some(Catalog { name, treatments, groups: text.groups })
}
