//! Where the lines of the built-in catalogs stand, for explanations: the catalogs as written are part of the command.

use frostglass_engine::policy::Selector;

const CATALOGS: &[(&str, &str, &str)] = &[
    ("semconv", "semconv.yaml", include_str!("../../policies/semconv.yaml")),
    ("secrets", "secrets.yaml", include_str!("../../policies/secrets.yaml")),
];

/// The text of a built-in catalog as written.
pub(crate) fn text(catalog: &str) -> Option<&'static str> {
    CATALOGS.iter().find(|known| known.0 == catalog).map(|known| known.2)
}

/// File and line of a selector in a built-in catalog, as `semconv.yaml:17`, and why it says so, if it does.
pub(crate) fn place(catalog: &str, selector: &Selector) -> Option<(String, Option<String>)> {
    let (_, file, text) = CATALOGS.iter().find(|known| known.0 == catalog)?;
    let wanted = selector.to_string();
    let (at, rest) = text.lines().enumerate().find_map(|(at, line)| {
        let line = line.strip_prefix("  ")?;
        let rest = line
            .strip_prefix(&wanted)
            .or_else(|| line.strip_prefix('"')?.strip_prefix(&wanted)?.strip_prefix('"'))?
            .strip_prefix(": ")?;
        Some((at, rest))
    })?;
    let why =
        rest.split_once("why: ").and_then(|(_, why)| serde_json::from_str(why.trim_end_matches('}')).ok());
    Some((format!("{file}:{}", at + 1), why))
}
