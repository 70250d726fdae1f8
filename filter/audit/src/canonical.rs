//! One way to write a JSON value, so that equal entries are equal bytes in every implementation.
//!
//! Compact, members sorted by the bytes of their names, text as UTF-8 with only the escapes that JSON demands, whole
//! numbers from 0 to 2^64 - 1 alone.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A value whose maps are sorted. Whether those of `serde_json` are depends on a feature that any crate may switch.
#[derive(Serialize)]
#[serde(untagged)]
enum Sorted<'a> {
    Map(BTreeMap<&'a str, Self>),
    List(Vec<Self>),
    Leaf(&'a Value),
}

impl<'a> From<&'a Value> for Sorted<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Object(members) => {
                Self::Map(members.iter().map(|(name, value)| (name.as_str(), value.into())).collect())
            }
            Value::Array(items) => Self::List(items.iter().map(Into::into).collect()),
            leaf => Self::Leaf(leaf),
        }
    }
}

/// Whether all numbers in a value are whole and in range: others have several texts.
pub(crate) fn has_whole_numbers(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.values().all(has_whole_numbers),
        Value::Array(items) => items.iter().all(has_whole_numbers),
        Value::Number(number) => number.is_u64(),
        _ => true,
    }
}

/// The canonical text of a value.
pub(crate) fn text(value: &Value) -> String {
    // Text keys and finite numbers alone: there is always a text.
    serde_json::to_string(&Sorted::from(value)).unwrap_or_default()
}
