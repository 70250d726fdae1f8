//! Suppress: the value goes, and with an attribute its key.

use super::{Apply, Context, Example, Spec, Treated, Treatment};
use frostglass_formats::Value;

pub(super) static SPEC: Spec = Spec {
    name: "suppress",
    sentence: "The value goes.",
    keyed: false,
    joins: false,
    once_only: false,
    examples: &[Example::withheld(r#""suppress""#, "ann")],
};

/// Takes values away. No reason is counted: this is what the policy wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suppress;

impl Treatment for Suppress {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, _: &Context<'_>) -> Box<dyn Apply> {
        Box::new(*self)
    }
}

impl Apply for Suppress {
    fn apply(&self, _: Value<'_>, _: &mut String) -> Treated {
        Treated::Suppress(None)
    }
}
