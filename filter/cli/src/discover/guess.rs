//! What a field seems to be, from what was met of it.

use crate::screen::counted;
use frostglass_engine::{Class, hint};
use frostglass_formats::Level;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Fields that nobody classed, as they were met.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) count: u64,
    pub(super) levels: BTreeSet<Level>,
    pub(super) types: BTreeMap<&'static str, u64>,
    /// Hashes of values, by a key that dies with this process.
    pub(super) distinct: HashSet<u64>,
    pub(super) uuids: u64,
    pub(super) numbers: u64,
    pub(super) spaced: u64,
    pub(super) longest: usize,
    /// Values of members, if it holds any.
    pub(super) members: u64,
    /// Whether another line rules it for being part of a value that is scanned.
    pub(super) covered: bool,
    /// Values that are nothing but one finding, and values with findings in them, by detector.
    pub(super) whole: BTreeMap<(Class, String), u64>,
    pub(super) within: BTreeMap<(Class, String), u64>,
}

/// A field as it is proposed: attributes of all levels together, built-in fields by level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) level: Option<Level>,
    pub(super) path: String,
    pub(super) key_at: usize,
}

/// Fewest values from which their number tells anything.
const ENOUGH: u64 = 8;

/// What a field seems to be, and why. Where in doubt, the stricter guess: the line is read before it is taken, and a field
/// that nobody thinks about again should not leak.
pub(super) fn guess(key: &Key, facts: &Facts) -> (Class, String) {
    let last = key.path.get(key.key_at..).unwrap_or(&key.path);
    if facts.members > 0 {
        return (Class::Content, "holds members; without a line they go with it".to_owned());
    }
    if let Some((class, word)) = hint::class_of_key(last) {
        return (class, format!("its key ends in `{word}`"));
    }
    let share = |count: u64| format!("{} of {}", count, counted(facts.count, "value"));
    if let Some(((class, entity), count)) = facts.whole.iter().max_by_key(|(_, count)| **count) {
        return (*class, format!("detector `{entity}` takes {} whole", share(*count)));
    }
    if let Some(((_, entity), count)) = facts.within.iter().max_by_key(|(_, count)| **count) {
        return (Class::Content, format!("detector `{entity}` finds something in {}", share(*count)));
    }
    let only = |kind: &str| facts.types.len() == 1 && facts.types.contains_key(kind);
    if only("bool") {
        return (Class::Operational, "truth values".to_owned());
    }
    if only("double") {
        return (Class::Operational, "measured numbers".to_owned());
    }
    if only("bytes") {
        return (Class::Content, "raw bytes".to_owned());
    }
    if is_of_trace(last) {
        return (Class::Correlation, "its key says that it joins traces, as their own ids do".to_owned());
    }
    let distinct = facts.distinct.len() as u64;
    let few = facts.count >= ENOUGH && distinct.saturating_mul(3) <= facts.count && distinct <= 64;
    if facts.uuids > 0 {
        return (
            Class::OnlineId,
            format!("UUIDs in {}: an identifier may single out a person", share(facts.uuids)),
        );
    }
    if is_identifier(last) {
        let word = if few { "few different ones were seen" } else { "it may single out a person" };
        return (Class::OnlineId, format!("its key says that it is an identifier; {word}"));
    }
    if only("int") {
        return (Class::Operational, "whole numbers that no detector takes".to_owned());
    }
    if facts.spaced > 0 {
        return (Class::Content, format!("text with spaces in {}", share(facts.spaced)));
    }
    if few && facts.longest <= 64 {
        return (
            Class::Operational,
            format!("{} in all {}", counted(distinct, "different value"), facts.count),
        );
    }
    if facts.count >= ENOUGH && distinct.saturating_mul(2) > facts.count && facts.longest <= 64 {
        let what = if facts.numbers == facts.count { "numbers" } else { "words" };
        return (
            Class::OnlineId,
            format!("nearly as many different {what} as values: it looks like an identifier"),
        );
    }
    (Class::Content, "text; too few values to tell more".to_owned())
}

/// Whether a key names the trace or span that a record belongs to: `traceId`, `otel.span_id`, `parent-span-id`.
fn is_of_trace(key: &str) -> bool {
    let letters: String =
        key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    ["traceid", "spanid"].iter().any(|end| letters.ends_with(end))
}

fn is_identifier(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    lower == "id"
        || lower.ends_with("uuid")
        || lower.ends_with("guid")
        || [".id", "_id", "-id"].iter().any(|end| lower.ends_with(end))
        || key.ends_with("Id")
        || key.ends_with("ID")
}
