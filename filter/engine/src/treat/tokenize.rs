//! Tokenize: a token stands for the value, and whoever holds the key turns it back, the host that made it included.
//!
//! Equal values have equal tokens inside one tenant, epoch, recipient and class. A token that this domain made stays, at any
//! hop. The format is specified in `docs/reference/tokens.md`. Without the key, values are suppressed.

use super::{Apply, Beginning, Context, Example, Spec, Treated, Treatment, render};
use crate::Reason;
use frostglass_formats::Value;
use frostglass_keys::{Binding, Domain, Prefix, Recognizer, Rotation, Tokenizer};

pub(super) static SPEC: Spec = Spec {
    name: "tokenize",
    sentence: "A token stands for the value, and whoever holds the key turns it back: the host that made it can, too.",
    keyed: true,
    joins: true,
    once_only: false,
    examples: &[
        Example::new(
            r#"{"tokenize": {"key": "ids", "prefix": "t"}}"#,
            "ann@example.org",
            "t_eaaaaabwa7ywhhwd6z42ififmvy3tpbnturzhb2x2orn3bmyffkodhwh4kq336onmqajxdqv",
        ),
        Example::withheld(r#"{"tokenize": {"key": "a-key-that-nobody-gave", "prefix": "t"}}"#, "ann"),
    ],
};

/// Puts reversible tokens in place of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokenize {
    /// The policy's name for the key.
    pub key: Box<str>,
    /// How often the key changes.
    pub rotation: Rotation,
    /// What tokens begin with.
    pub prefix: Prefix,
}

impl Treatment for Tokenize {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, context: &Context<'_>) -> Box<dyn Apply> {
        let domain = Domain { tenant: context.tenant, recipient: context.recipient };
        let binding = Binding {
            key: &self.key,
            domain,
            class: context.class_name,
            // What is turned back must come out as it went in.
            canonicalizer: "exact/1",
            rotation: self.rotation,
            prefix: self.prefix.clone(),
        };
        Box::new(Tokens {
            tokenizer: context.ring.tokenizer(&binding),
            recognizer: context.ring.recognizer(domain),
        })
    }
}

#[derive(Debug)]
struct Tokens {
    tokenizer: Option<Tokenizer>,
    recognizer: Recognizer,
}

impl Apply for Tokens {
    fn begin(&mut self, beginning: Beginning<'_>) -> bool {
        self.tokenizer.as_mut().is_some_and(|tokenizer| tokenizer.turn_to(beginning.now_unix_nanos))
    }

    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        if let Value::Text(text) = value
            && self.recognizer.recognize(text).is_some()
        {
            return Treated::Keep;
        }
        let mut scratch = String::new();
        let bytes = render::bytes(value, &mut scratch);
        match self.tokenizer.as_ref().and_then(|tokenizer| tokenizer.tokenize(bytes, out)) {
            Some(()) => Treated::Text,
            None => Treated::Suppress(Some(Reason::NoKey)),
        }
    }
}
