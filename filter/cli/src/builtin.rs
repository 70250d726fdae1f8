//! Where the lines of the built-in catalogs stand, for explanations: the catalogs as written are part of the command.

use frostglass_engine::policy::{CatalogFile, ReadText, Selector};
use std::sync::OnceLock;

const CATALOGS: [(&str, &str, &str); 2] = [
    ("semconv", "semconv.yaml", include_str!("../../policies/semconv.yaml")),
    ("secrets", "secrets.yaml", include_str!("../../policies/secrets.yaml")),
];

static READ: [OnceLock<Option<CatalogFile>>; 2] = [const { OnceLock::new() }; 2];

/// File and line of a selector in a built-in catalog, as `semconv.yaml:17`, and why it says so, if it does.
pub(crate) fn place(catalog: &str, selector: &Selector) -> Option<(String, Option<String>)> {
    let at = CATALOGS.iter().position(|known| known.0 == catalog)?;
    let (_, file, text) = CATALOGS.get(at)?;
    let read = READ.get(at)?.get_or_init(|| CatalogFile::read_yaml(text, file).ok()).as_ref()?;
    let wanted = selector.to_string();
    let line = read.lines.iter().find(|line| line.name == wanted)?;
    Some((format!("{file}:{}", line.at.line), line.value.why.clone()))
}
