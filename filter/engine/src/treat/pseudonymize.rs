//! Pseudonymize: a keyed token stands for the value; equal values join inside one tenant, epoch, recipient and class.
//!
//! The format and what makes values equal are specified in `docs/reference/tokens.md`. A token that this domain made
//! stays, at any hop; a look-alike is a value like any other. Without the key, values are suppressed: an unkeyed hash
//! does not exist.

use super::{Apply, Context, Example, Spec, Treated, Treatment, render};
use crate::Reason;
use frostglass_formats::Value;
use frostglass_keys::{Binding, Domain, Prefix, Pseudonymizer, Recognizer, Rotation};

pub(super) static SPEC: Spec = Spec {
    name: "pseudonymize",
    sentence: "A keyed token stands for the value; equal values have equal tokens in one tenant, epoch, recipient and class.",
    keyed: true,
    joins: true,
    once_only: false,
    examples: &[
        Example::new(
            r#"{"pseudonymize": {"key": "ids", "prefix": "u", "canonical": "email"}}"#,
            "Ann@Example.org",
            "u_caaaaabwbcqcpl4yq56n2lsxmroerpbj",
        ),
        Example::new(
            r#"{"pseudonymize": {"key": "ids", "prefix": "u", "canonical": "email"}}"#,
            "u_caaaaabwbcqcpl4yq56n2lsxmroerpbj",
            "u_caaaaabwbcqcpl4yq56n2lsxmroerpbj",
        ),
        Example::withheld(r#"{"pseudonymize": {"key": "a-key-that-nobody-gave", "prefix": "u"}}"#, "ann"),
    ],
};

/// What counts as an equal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Canonicalizer {
    /// The same bytes.
    #[default]
    Exact,
    /// The same text but for upper and lower case.
    Lowercase,
    /// The same mailbox: space around it and the case of ASCII letters do not count.
    Email,
}

/// Puts tokens in place of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pseudonymize {
    /// The policy's name for the key.
    pub key: Box<str>,
    /// How often the key changes.
    pub rotation: Rotation,
    /// What tokens begin with.
    pub prefix: Prefix,
    /// What counts as an equal value.
    pub canonicalizer: Canonicalizer,
}

impl Treatment for Pseudonymize {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, context: &Context<'_>) -> Box<dyn Apply> {
        let domain = Domain { tenant: context.tenant, recipient: context.recipient };
        let binding = Binding {
            key: &self.key,
            domain,
            class: context.class_name,
            canonicalizer: self.canonicalizer.id(),
            rotation: self.rotation,
            prefix: self.prefix.clone(),
        };
        Box::new(Tokens {
            pseudonymizer: context.ring.pseudonymizer(&binding),
            recognizer: context.ring.recognizer(domain),
            canonicalizer: self.canonicalizer,
        })
    }
}

#[derive(Debug)]
struct Tokens {
    pseudonymizer: Option<Pseudonymizer>,
    recognizer: Recognizer,
    canonicalizer: Canonicalizer,
}

impl Apply for Tokens {
    fn begin(&mut self, now_unix_nanos: u64) {
        if let Some(pseudonymizer) = &mut self.pseudonymizer {
            pseudonymizer.turn_to(now_unix_nanos);
        }
    }

    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        if let Value::Text(text) = value
            && self.recognizer.recognize(text).is_some()
        {
            return Treated::Keep;
        }
        let Some(token) = self
            .pseudonymizer
            .as_ref()
            .and_then(|pseudonymizer| pseudonymizer.token(self.canonicalizer.canonical(value, out)))
        else {
            return Treated::Suppress(Some(Reason::NoKey));
        };
        out.clear();
        token.push_to(out);
        Treated::Text
    }
}

impl Canonicalizer {
    /// Name and version, which tokens bind: whoever changes what a canonicalizer does raises its version.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Exact => "exact/1",
            Self::Lowercase => "lowercase/1",
            Self::Email => "email/1",
        }
    }

    /// The canonical bytes of a value, worked out in `scratch` where that is needed. Bytes that are no text stay.
    fn canonical<'a>(self, value: Value<'a>, scratch: &'a mut String) -> &'a [u8] {
        match (self, value) {
            (Self::Exact, Value::Text(text)) => return text.as_bytes(),
            (Self::Exact, Value::Bytes(bytes)) => return bytes,
            (Self::Email, Value::Text(text)) => scratch.push_str(trim(text)),
            _ => {
                if !render::push(value, scratch) {
                    return if let Value::Bytes(bytes) = value { bytes } else { &[] };
                }
            }
        }
        match self {
            Self::Exact => {}
            Self::Lowercase if !scratch.is_ascii() => {
                // Character by character: the context rule for a final sigma would let one word have two forms.
                *scratch = scratch.chars().flat_map(char::to_lowercase).collect();
            }
            Self::Lowercase => scratch.make_ascii_lowercase(),
            Self::Email => {
                scratch.make_ascii_lowercase();
                return trim(scratch).as_bytes();
            }
        }
        scratch.as_bytes()
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r', '\x0c'])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the published vectors that show a canonical value.
    /// Guarantees: rendering and canonicalizing give it.
    #[test]
    fn canonical_values_agree_with_the_specification() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/vectors/tokens.json")).unwrap();
        let cases = vectors["tokens"].as_array().unwrap();
        let mut checked = 0;
        for case in cases.iter().filter(|case| case["canonical"].is_string()) {
            let canonicalizer = [Canonicalizer::Exact, Canonicalizer::Lowercase, Canonicalizer::Email]
                .into_iter()
                .find(|canonicalizer| case["canonicalizer"] == canonicalizer.id())
                .unwrap();
            let written = &case["value"];
            let text = written.as_str().unwrap_or_default();
            let bytes: Vec<u8>;
            let value = match case["kind"].as_str().unwrap() {
                "text" => Value::Text(text),
                "int" => Value::Int(written.as_i64().unwrap_or_else(|| text.parse().unwrap())),
                "double" => Value::Double(text.parse().unwrap()),
                "bool" => Value::Bool(written.as_bool().unwrap()),
                _ => {
                    let pair = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
                    bytes = (0..text.len()).step_by(2).map(pair).collect();
                    Value::Bytes(&bytes)
                }
            };
            let mut scratch = String::new();
            let canonical = canonicalizer.canonical(value, &mut scratch);
            assert_eq!(canonical, case["canonical"].as_str().unwrap().as_bytes(), "{}", case["name"]);
            checked += 1;
        }
        assert!(checked > 20);
    }
}
