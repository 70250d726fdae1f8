//! Treatments: value in, value out. A treatment is one file and one entry in the list below.

use crate::{Class, Reason};
use frostglass_formats::Value;

/// What a treatment is, as facts that lint, explain and the reference read.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Word of a policy: `mask`, `pseudonymize`.
    pub name: &'static str,
    /// One sentence for people.
    pub sentence: &'static str,
    /// Needs a key.
    pub keyed: bool,
    /// Equal values give equal results (within a pseudonymization domain, if keyed).
    pub joins: bool,
    /// Treating twice would differ from treating once and nothing in the output can tell: allowed at one hop only.
    pub once_only: bool,
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

/// What a treatment may know besides the value.
#[derive(Debug)]
pub struct Context<'a> {
    /// Class of the value.
    pub class: Class,
    /// The class's name as the policy knows it (own classes included): tokens bind it.
    pub class_name: &'a str,
    /// Time of the payload in nanoseconds since the epoch.
    pub now_unix_nanos: u64,
    /// Keys that the host was given.
    pub ring: &'a frostglass_keys::Ring,
    /// Recipient that the host's configuration names; empty for none.
    pub recipient: &'a str,
    /// Tenant; empty for none.
    pub tenant: &'a str,
}

/// A configured treatment.
pub trait Apply: std::fmt::Debug + Send + Sync {
    /// Transforms one value. `out` comes empty and is read for [`Treated::Text`].
    fn apply(&self, value: Value<'_>, context: &Context<'_>, out: &mut String) -> Treated;
}
