//! The catalogs and the policy that are embedded in every build.
//!
//! Made from `filter/policies/*.yaml` by `make generate`; a test holds each against its source.

use crate::file::CatalogFile;

/// The default policy in the form that hosts read.
pub const DEFAULT_POLICY: &str = include_str!("../../policies/generated/default.json");

/// Names of the built-in catalogs.
pub(crate) const NAMES: &[&str] = &["semconv", "secrets"];

const TEXTS: &[&str] = &[
    include_str!("../../policies/generated/semconv.json"),
    include_str!("../../policies/generated/secrets.json"),
];

/// A built-in catalog by its name; `None` when there is none of that name, or when the build is broken.
pub(crate) fn find(name: &str) -> Option<(&'static str, CatalogFile)> {
    let at = NAMES.iter().position(|known| *known == name)?;
    let (name, text) = (NAMES.get(at).copied()?, TEXTS.get(at)?);
    Some((name, CatalogFile::built_in(text, name).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: a build.
    /// Guarantees: every catalog that `extends` can name is embedded and reads.
    #[test]
    fn every_catalog_reads() {
        for name in NAMES {
            let (_, catalog) = find(name).unwrap();
            assert_eq!(catalog.catalog.as_str(), *name);
            assert!(!catalog.lines.is_empty());
        }
    }
}
