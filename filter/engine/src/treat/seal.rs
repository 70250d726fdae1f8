//! Seal: the value is encrypted to a public key, and no host holds the private half.
//!
//! Each seal is fresh, so equal values do not join, and a seal that this domain made stays at any hop. The format is
//! specified in `docs/reference/seals.md`. Without the key or without randomness, values are suppressed.

use super::{Apply, Beginning, Context, Example, Spec, Treated, Treatment, render};
use crate::Reason;
use frostglass_formats::Value;
use frostglass_keys::{Domain, Random, Recognizer, Rotation, SealBinding, Sealer};
use std::cell::RefCell;

pub(super) static SPEC: Spec = Spec {
    name: "seal",
    sentence: "The value is encrypted to a public key; only the private half opens it, and no host holds that. Equal values do not join.",
    keyed: true,
    joins: false,
    once_only: false,
    // A seal is never the same twice: examples stand in `docs/reference/seals.md`.
    examples: &[Example::withheld(r#"{"seal": {"key": "a-key-that-nobody-gave"}}"#, "ann")],
};

/// Puts seals in place of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The policy's name for the sealing key.
    pub key: Box<str>,
    /// How often the key changes.
    pub rotation: Rotation,
}

impl Treatment for Seal {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, context: &Context<'_>) -> Box<dyn Apply> {
        let domain = Domain { tenant: context.tenant, recipient: context.recipient };
        let binding =
            SealBinding { key: &self.key, domain, class: context.class_name, rotation: self.rotation };
        Box::new(Seals {
            sealer: context.ring.sealer(&binding),
            recognizer: context.ring.recognizer(domain),
            random: RefCell::new(None),
        })
    }

    fn draws(&self) -> bool {
        true
    }
}

#[derive(Debug)]
struct Seals {
    sealer: Option<Sealer>,
    recognizer: Recognizer,
    /// Randomness of the present payload.
    random: RefCell<Option<Random>>,
}

impl Apply for Seals {
    fn begin(&mut self, beginning: Beginning<'_>) -> bool {
        let changed = self.sealer.as_mut().is_some_and(|sealer| sealer.turn_to(beginning.now_unix_nanos));
        *self.random.get_mut() = beginning.random.map(Random::fork);
        changed
    }

    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        if let Value::Text(text) = value
            && self.recognizer.recognize(text).is_some()
        {
            return Treated::Keep;
        }
        let Some(sealer) = &self.sealer else {
            return Treated::Suppress(Some(Reason::NoKey));
        };
        let mut random = self.random.borrow_mut();
        let Some(random) = random.as_mut() else {
            return Treated::Suppress(Some(Reason::NoRandom));
        };
        let mut scratch = String::new();
        match sealer.seal(render::bytes(value, &mut scratch), random, out) {
            Some(()) => Treated::Text,
            None => Treated::Suppress(Some(Reason::NoKey)),
        }
    }
}
