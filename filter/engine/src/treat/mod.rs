//! Treatments: value in, value out. A treatment is one file and one entry in [`SPECS`].
//!
//! A [`Treatment`] is what a policy configured; it is part of the plan, shared and without keys. An engine resolves it
//! once into an [`Apply`], bound to class, keys and domain, so that treating a value looks nothing up and derives
//! nothing. Promises: pure (no clock and no randomness but what it is told, no state that a value could leave behind),
//! never a panic, never more of a value than the treatment says. What cannot be treated is suppressed with a reason;
//! nothing is passed through because it is odd.

mod address;
mod encrypt_ip;
mod generalize;
mod keep;
mod mask;
mod pseudonymize;
mod rekey;
mod render;
mod replace;
mod seal;
mod shift;
mod summarize;
mod suppress;
mod tokenize;
mod truncate;

pub use encrypt_ip::EncryptIp;
pub use generalize::Generalize;
pub use keep::Keep;
pub use mask::Mask;
pub use pseudonymize::{Canonicalizer, Mode, Pseudonymize};
pub use rekey::Rekey;
pub use replace::Replace;
pub use seal::Seal;
pub use shift::Shift;
pub use summarize::Summarize;
pub use suppress::Suppress;
pub use tokenize::Tokenize;
pub use truncate::Truncate;

use crate::{Class, Reason};
use frostglass_formats::Value;
use frostglass_keys::{Binding, Document, Domain, Prefix, Pseudonymizer, Random, Rotation};
use std::fmt::Debug;

/// Every treatment, strictest branch first.
pub static SPECS: &[&Spec] = &[
    &suppress::SPEC,
    &replace::SPEC,
    &mask::SPEC,
    &generalize::SPEC,
    &truncate::SPEC,
    &summarize::SPEC,
    &seal::SPEC,
    &pseudonymize::SPEC,
    &tokenize::SPEC,
    &encrypt_ip::SPEC,
    &rekey::SPEC,
    &shift::SPEC,
    &keep::SPEC,
];

/// What a treatment is, as facts that lint, explain and the reference read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Word of a policy: `mask`, `pseudonymize`.
    pub name: &'static str,
    /// One sentence for people.
    pub sentence: &'static str,
    /// Needs a key.
    pub keyed: bool,
    /// Equal values give equal results (within a pseudonymization domain, if keyed), unless its options say otherwise.
    pub joins: bool,
    /// Treating twice would differ from treating once and nothing in the output can tell: allowed at one hop only.
    pub once_only: bool,
    /// What it makes of texts, by its options. One test runs them all.
    pub examples: &'static [Example],
}

/// A text before and after a treatment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The treatment as a policy writes it, in JSON.
    pub policy: &'static str,
    /// A text of class `direct-id`.
    pub before: &'static str,
    /// What it becomes under the demo key; `None` when it is withheld.
    pub after: Option<&'static str>,
}

impl Example {
    const fn new(policy: &'static str, before: &'static str, after: &'static str) -> Self {
        Self { policy, before, after: Some(after) }
    }

    const fn withheld(policy: &'static str, before: &'static str) -> Self {
        Self { policy, before, after: None }
    }
}

/// What a treatment made of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Treated {
    /// Stays as it is (already coarse enough, or a token of ours).
    Keep,
    /// Goes, for a reason worth counting or because that is the treatment.
    Suppress(Option<Reason>),
    /// Became the text in `out`.
    Text,
    /// Became a whole number.
    Int(i64),
    /// Became a floating-point number.
    Double(f64),
}

impl Treated {
    /// For a value that the treatment cannot transform.
    const UNSUITED: Self = Self::Suppress(Some(Reason::Unsuited));
}

/// What a treatment is bound to when an engine resolves it.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Class of the value.
    pub class: Class,
    /// The class's name as the policy knows it (own classes included): tokens bind it.
    pub class_name: &'a str,
    /// Keys that the host was given.
    pub ring: &'a frostglass_keys::Ring,
    /// Recipient that the host's configuration names; empty for none.
    pub recipient: &'a str,
    /// Tenant; empty for none.
    pub tenant: &'a str,
}

impl Context<'_> {
    /// What treats times and ids. It is bound to no class: those of one trace stand on many levels and belong together,
    /// whatever classes their lines give them.
    #[inline(never)] // the module, into which it would be inlined thrice, is compiled for size
    fn pseudonymizer_of_structure(
        &self,
        key: &str,
        rotation: Rotation,
        canonicalizer: &str,
    ) -> Option<Pseudonymizer> {
        let domain = Domain { tenant: self.tenant, recipient: self.recipient };
        let prefix = Prefix::default();
        self.ring.pseudonymizer(&Binding { key, domain, class: "", canonicalizer, rotation, prefix })
    }
}

/// A treatment as a policy configured it.
pub trait Treatment: Debug + Send + Sync {
    /// What it is.
    fn spec(&self) -> &'static Spec;

    /// Binds it to a class, keys and a domain: once for each class that uses it, when an engine is made. A key that the
    /// host was not given is no error here; what needs it is suppressed.
    fn resolve(&self, context: &Context<'_>) -> Box<dyn Apply>;

    /// Whether results are to be remembered for a payload: equal values have equal results all through it, with these options,
    /// which are dear, and which it does not remember itself.
    fn is_remembered(&self) -> bool {
        self.spec().keyed && self.spec().joins
    }

    /// Whether it needs randomness.
    fn draws(&self) -> bool {
        false
    }

    /// Whether its results depend on what a value stands in: see [`Apply::enter`].
    fn heeds_traces(&self) -> bool {
        false
    }
}

/// What a treatment is told when a payload begins.
#[derive(Debug)]
pub struct Beginning<'a> {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub now_unix_nanos: u64,
    /// Fresh randomness, to be forked from; `None` when there is none, and what needs it must be suppressed.
    pub random: Option<&'a mut Random>,
}

/// What values stand in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// What pseudonyms of mode document join inside: the trace of the record, or random bytes in its stead; `None` when there is
    /// no randomness for that.
    pub document: Option<Document>,
    /// The trace of the record, or of the exemplar; `None` when it says none.
    pub trace: Option<[u8; 16]>,
}

/// A treatment that is ready for values.
pub trait Apply: Debug + Send {
    /// Tells that a payload begins. Engines call it before the first value of each payload, so that all its values fall
    /// into one epoch. Says whether equal values have other results than in the payload before.
    fn begin(&mut self, _beginning: Beginning<'_>) -> bool {
        false
    }

    /// Tells what the values that follow stand in. Called before each of them if [`Treatment::heeds_traces`].
    fn enter(&mut self, _around: Surroundings) {}

    /// Transforms one value. `out` comes empty, is read for [`Treated::Text`] alone, and holds anything otherwise.
    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated;
}

/// Ends a treatment whose result is in `out`: a result that equals the value is no change.
fn text_or_keep(value: Value<'_>, out: &str) -> Treated {
    if value == Value::Text(out) { Treated::Keep } else { Treated::Text }
}

#[cfg(test)]
mod tests;
