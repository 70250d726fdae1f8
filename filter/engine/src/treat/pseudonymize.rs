//! Pseudonymize: a token stands for the value. By its mode equal values join inside one tenant, epoch, recipient and class
//! (deterministic), inside one trace (document), or nowhere (randomized).
//!
//! The format and what makes values equal are specified in `docs/reference/tokens.md`. A token that this domain made
//! stays, at any hop; a look-alike is a value like any other. Without the key, values are suppressed: an unkeyed hash
//! does not exist.

use super::{Apply, Beginning, Context, Example, Spec, Surroundings, Treated, Treatment, address, render};
use crate::Reason;
use frostglass_formats::Value;
use frostglass_keys::{Binding, Document, Domain, Prefix, Pseudonymizer, Random, Recognizer, Rotation};
use std::cell::RefCell;

pub(super) static SPEC: Spec = Spec {
    name: "pseudonymize",
    sentence: "A keyed token stands for the value; equal values have equal tokens in one tenant, epoch, recipient and class (mode `deterministic`), inside one trace (`document`), or never (`randomized`).",
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
    /// The same telephone number: how its digits are grouped does not count, nor `00` for `+`.
    Phone,
    /// The same IP address: its text form does not count, nor a port or zone beside it.
    Ip,
}

/// When equal values have equal tokens, by the names of ENISA ("Pseudonymisation techniques and best practices", 2019).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Within one tenant, epoch, recipient and class.
    #[default]
    Deterministic,
    /// The same inside one trace; a record without a trace is a document of its own.
    Document,
    /// Never: each token is fresh.
    Randomized,
}

/// Puts tokens in place of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pseudonymize {
    /// The policy's name for the key.
    pub key: Box<str>,
    /// When equal values have equal tokens.
    pub mode: Mode,
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
            mode: self.mode,
            document: None,
            random: RefCell::new(None),
            pseudonymizer: context.ring.pseudonymizer(&binding),
            recognizer: context.ring.recognizer(domain),
            canonicalizer: self.canonicalizer,
        })
    }

    fn is_remembered(&self) -> bool {
        false // tokens that join are remembered beside their keys, for longer than a payload; the others differ
    }

    fn draws(&self) -> bool {
        self.mode != Mode::Deterministic
    }

    fn heeds_traces(&self) -> bool {
        self.mode == Mode::Document
    }
}

#[derive(Debug)]
struct Tokens {
    mode: Mode,
    /// What the present values join inside, in mode document.
    document: Option<Document>,
    /// Randomness of the present payload.
    random: RefCell<Option<Random>>,
    pseudonymizer: Option<Pseudonymizer>,
    recognizer: Recognizer,
    canonicalizer: Canonicalizer,
}

impl Apply for Tokens {
    fn begin(&mut self, beginning: Beginning<'_>) -> bool {
        let changed = self
            .pseudonymizer
            .as_mut()
            .is_some_and(|pseudonymizer| pseudonymizer.turn_to(beginning.now_unix_nanos));
        if self.mode == Mode::Randomized {
            *self.random.get_mut() = beginning.random.map(Random::fork);
        }
        changed
    }

    fn enter(&mut self, around: Surroundings) {
        self.document = around.document;
    }

    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        if let Value::Text(text) = value
            && self.recognizer.recognize(text).is_some()
        {
            return Treated::Keep;
        }
        let Some(pseudonymizer) = &self.pseudonymizer else {
            return Treated::Suppress(Some(Reason::NoKey));
        };
        let token = match self.mode {
            Mode::Deterministic => pseudonymizer.token(self.canonicalizer.canonical(value, out)),
            Mode::Document => {
                let Some(document) = &self.document else {
                    return Treated::Suppress(Some(Reason::NoRandom));
                };
                pseudonymizer.document_token(document, self.canonicalizer.canonical(value, out))
            }
            Mode::Randomized => {
                let mut random = self.random.borrow_mut();
                let Some(random) = random.as_mut() else {
                    return Treated::Suppress(Some(Reason::NoRandom));
                };
                pseudonymizer.random_token(random)
            }
        };
        let Some(token) = token else {
            return Treated::Suppress(Some(Reason::NoKey));
        };
        out.clear();
        token.push_to(out);
        Treated::Text
    }
}

impl Canonicalizer {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Exact, Self::Lowercase, Self::Email, Self::Phone, Self::Ip];

    /// Name and version, which tokens bind: whoever changes what a canonicalizer does raises its version.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Exact => "exact/1",
            Self::Lowercase => "lowercase/1",
            Self::Email => "email/1",
            Self::Phone => "phone/1",
            Self::Ip => "ip/1",
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
            Self::Phone => {
                if let Some(number) = phone_number(scratch) {
                    *scratch = number;
                }
            }
            Self::Ip => {
                // A network is no address, and would join the first of its addresses.
                let address = address::parse(trim(scratch)).filter(|_| !scratch.contains('/'));
                if let Some(address) = address {
                    *scratch = address.to_canonical().to_string();
                }
            }
        }
        scratch.as_bytes()
    }
}

/// The digits of a telephone number, behind `+` if it is an international one; none if there is anything but digits and what
/// people group them with.
fn phone_number(text: &str) -> Option<String> {
    let mut number = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '0'..='9' => number.push(letter),
            '+' if number.is_empty() => number.push('+'),
            ' ' | '\t' | '.' | '-' | '(' | ')' => {}
            _ => return None,
        }
    }
    if let Some(international) = number.strip_prefix("00") {
        number = format!("+{international}");
    }
    number.bytes().any(|byte| byte.is_ascii_digit()).then_some(number)
}

fn trim(text: &str) -> &str {
    // Hardly any value has blanks around it.
    let bare = |byte: Option<&u8>| byte.is_some_and(|byte| *byte > b' ');
    if bare(text.as_bytes().first()) && bare(text.as_bytes().last()) {
        return text;
    }
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
            let canonicalizer = Canonicalizer::ALL
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
