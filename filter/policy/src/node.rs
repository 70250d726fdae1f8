//! A policy text as a tree in which everything knows where it stands.
//!
//! Both readers (JSON, YAML) end here, so what follows cannot tell them apart. Scalars are kept as their source text and
//! are typed later, by the place where they stand ([`crate::scalar`]). Maps keep the order in which they were written and
//! never hold a key twice: the readers refuse that.

use serde::Serialize;

/// Largest policy text that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Deepest nesting of maps and lists that is read.
pub const MAX_DEPTH: usize = 32;

/// Where something stands in a policy text. Both count from one; columns count characters. Zero means unknown (a policy
/// that was not read from text).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// Line, from one.
    pub line: u32,
    /// Column in characters, from one.
    pub column: u32,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Where the value begins.
    pub(crate) at: Place,
    /// The value.
    pub(crate) kind: Kind,
}

/// What a value is before anybody asks for a type.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Source text, escapes resolved.
    Scalar(Scalar),
    /// Items in order.
    List(Vec<Node>),
    /// Members in order, keys unique.
    Map(Vec<(Key, Node)>),
}

/// Source text and how it was written.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    /// The text, without quotes and with escapes resolved.
    pub(crate) text: String,
    /// How it was written.
    pub(crate) form: Form,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// In quotes (or a YAML block): text in every converter.
    Quoted,
    /// YAML without quotes: converters may take it for something else.
    #[cfg_attr(not(feature = "authoring"), allow(dead_code))] // only YAML has it
    Plain,
    /// A JSON number, `true`, `false` or `null`.
    Literal,
}

/// The key of a map's member.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// Where it stands.
    pub(crate) at: Place,
    /// Its text.
    pub(crate) text: String,
}

impl Node {
    /// The value of a member, if this is a map that has it.
    pub(crate) fn member(&self, name: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(members) => members.iter().find(|(key, _)| key.text == name).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The kind in words for an error: never the value.
    pub(crate) fn kind_word(&self) -> &'static str {
        match &self.kind {
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
            Kind::Scalar(scalar) if scalar.form != Form::Quoted && crate::scalar::is_null(&scalar.text) => {
                "nothing"
            }
            Kind::Scalar(_) => "a single value",
        }
    }
}
