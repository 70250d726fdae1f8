//! Replace: a fixed text stands for the value, by default the name of its class.

use super::{Apply, Context, Example, Spec, Treated, Treatment, text_or_keep};
use frostglass_formats::Value;

pub(super) static SPEC: Spec = Spec {
    name: "replace",
    sentence: "A fixed text stands for the value: the name of its class in brackets, or your own.",
    keyed: false,
    joins: false,
    once_only: false,
    examples: &[
        Example::new(r#""replace""#, "Ann Miller", "[direct-id]"),
        Example::new(r#"{"replace": {"with": "removed"}}"#, "Ann Miller", "removed"),
    ],
};

/// Puts a fixed text in place of values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replace {
    /// The text. Absent: the name of the class in brackets.
    pub with: Option<Box<str>>,
}

impl Treatment for Replace {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, context: &Context<'_>) -> Box<dyn Apply> {
        let label = || format!("[{}]", context.class_name).into();
        Box::new(Label(self.with.clone().unwrap_or_else(label)))
    }
}

#[derive(Debug)]
struct Label(Box<str>);

impl Apply for Label {
    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        out.push_str(&self.0);
        text_or_keep(value, out)
    }
}
