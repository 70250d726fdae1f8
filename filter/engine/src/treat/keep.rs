//! Keep: the value stays.

use super::{Apply, Context, Example, Spec, Treated, Treatment};
use frostglass_formats::Value;

pub(super) static SPEC: Spec = Spec {
    name: "keep",
    sentence: "The value stays as it is.",
    keyed: false,
    joins: true,
    once_only: false,
    examples: &[Example::new(r#""keep""#, "ann", "ann")],
};

/// Leaves values as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep;

impl Treatment for Keep {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, _: &Context<'_>) -> Box<dyn Apply> {
        Box::new(*self)
    }
}

impl Apply for Keep {
    fn apply(&self, _: Value<'_>, _: &mut String) -> Treated {
        Treated::Keep
    }
}
