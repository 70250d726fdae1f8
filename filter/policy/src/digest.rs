//! The canonical form of a policy and its digest: the policy's version.
//!
//! The canonical form is compact JSON of the policy as typed: members sorted by the bytes of their names, lists in their
//! order, text as it is with only the escapes that JSON demands, short forms wherever the language has one, defaults of
//! `default` and of options spelled out, absent parts left out. It holds everything that the policy says, its tests and
//! reasons included, and nothing about how it was written: not its file, order of members, comments or quotes. It is also
//! what hosts read, so a digest can be checked with any SHA-256 tool.

use crate::file::PolicyFile;
use frostglass_formats::order;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;

impl PolicyFile {
    /// The canonical form: JSON for hosts. Reading it gives this policy again.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        // A policy has text keys and finite numbers only, so it always has a value.
        write_sorted(&serde_json::to_value(self).unwrap_or_default(), &mut out);
        out
    }

    /// SHA-256 of the canonical form in lower-case hex.
    #[must_use]
    pub fn digest(&self) -> String {
        Sha256::digest(self.to_json().as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}"); // writing to a string cannot fail
            hex
        })
    }
}

/// Sorts by itself: whether `serde_json`'s own maps are sorted depends on a feature that any crate may switch.
fn write_sorted(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
            order::sort_by(&mut names, Ord::cmp);
            out.push('{');
            for (index, name) in names.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(name, out);
                out.push(':');
                write_sorted(members.get(name).unwrap_or(&Value::Null), out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, value) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_sorted(value, out);
            }
            out.push(']');
        }
        Value::String(text) => write_text(text, out),
        Value::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Null => out.push_str("null"),
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
