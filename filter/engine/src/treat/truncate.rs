//! Truncate: a text keeps its beginning.

use super::{Apply, Context, Example, Spec, Treated, Treatment, render};
use frostglass_formats::Value;

pub(super) static SPEC: Spec = Spec {
    name: "truncate",
    sentence: "The first characters stay, the rest goes without a mark.",
    keyed: false,
    joins: true,
    once_only: false,
    examples: &[
        Example::new(r#"{"truncate": {"chars": 6}}"#, "LookupError: no such user", "Lookup"),
        Example::new(r#"{"truncate": {"chars": 3}}"#, "Zoë", "Zoë"),
    ],
};

/// Keeps this many characters (Unicode scalar values, so that no encoding breaks) from the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truncate {
    /// Characters that stay.
    pub chars: usize,
}

impl Treatment for Truncate {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, _: &Context<'_>) -> Box<dyn Apply> {
        Box::new(*self)
    }
}

impl Apply for Truncate {
    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        match value {
            // A character has at least one byte.
            Value::Text(text) if text.len() <= self.chars => Treated::Keep,
            Value::Text(text) => {
                match text.char_indices().nth(self.chars).and_then(|(end, _)| text.get(..end)) {
                    Some(beginning) => {
                        out.push_str(beginning);
                        Treated::Text
                    }
                    None => Treated::Keep,
                }
            }
            // The beginning of a number is another number: it stays whole or goes.
            Value::Int(_) | Value::Double(_) | Value::Bool(_) => {
                render::push(value, out);
                if out.len() <= self.chars { Treated::Keep } else { Treated::UNSUITED }
            }
            Value::Bytes(_) => Treated::UNSUITED,
        }
    }
}
