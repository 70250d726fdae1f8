//! A line that is proposed for the catalog, as it is written there.

use super::guess::{Facts, Key};
use frostglass_engine::Class;
use frostglass_engine::policy::Selector;
use frostglass_formats::Level;
use serde_json::json;

/// A line for the catalog.
pub(super) struct Proposal {
    pub(super) selector: String,
    pub(super) class: Class,
    pub(super) reason: String,
    pub(super) facts: Facts,
}

/// The selector of a field, in the shortest form that reads back as that field.
pub(super) fn selector(key: &Key, facts: &Facts) -> Option<String> {
    let built_ins = crate::field::built_ins();
    let starred = key.path.contains('*');
    let quoted = || key.path.split('.').map(quote_segment).collect::<Vec<_>>().join(".");
    let level = key.level.map(Level::word);
    let candidates = match level {
        Some(level) => vec![format!("{level}/@{}", key.path), format!("{level}/@{}", quoted())],
        None => vec![key.path.clone(), format!("attribute/{}", key.path), format!("attribute/{}", quoted())],
    };
    candidates.into_iter().find(|candidate| {
        Selector::parse(candidate, &built_ins).is_ok_and(|read| {
            let literal = read.pattern().literal();
            let same =
                literal.as_deref() == Some(key.path.as_str()) || starred && read.pattern().matches(&key.path);
            same && facts.levels.iter().all(|level| read.levels().contains(*level))
        })
    })
}

fn quote_segment(segment: &str) -> String {
    if segment == "*" || !segment.contains(['*', '"', '\'', '/']) {
        segment.to_owned()
    } else if segment.contains('"') {
        format!("'{segment}'")
    } else {
        format!("\"{segment}\"")
    }
}

impl Proposal {
    /// The line as it stands in a catalog, without indentation.
    pub(super) fn line(&self) -> String {
        format!("{}: {}", yaml_key(&self.selector), self.class.word())
    }
}

/// A key of a YAML map: plain where that is beyond doubt, in double quotes otherwise.
fn yaml_key(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/@*".contains(&byte))
        && !matches!(text, "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n");
    // JSON's escapes are YAML's.
    if plain { text.to_owned() } else { json!(text).to_string() }
}
