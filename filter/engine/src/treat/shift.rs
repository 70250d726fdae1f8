//! Shift: times move back by a keyed offset, the same for all of one trace.
//!
//! Order, containment and durations inside a trace stay exact, and so they do among everything that belongs to no trace, for
//! all of that has one offset. The offset is specified in `docs/reference/tokens.md`. Zero, which means "not set", stays.
//! Times move back only, since receivers refuse what comes from the future. What is no time in nanoseconds, lies less than the
//! offset behind 1970, or lacks the key, is suppressed. Nothing in a time can tell that it was shifted.

use super::{Apply, Beginning, Context, Example, Spec, Surroundings, Treated, Treatment};
use crate::Reason;
use frostglass_formats::Value;
use frostglass_keys::{Pseudonymizer, Rotation};

pub(super) static SPEC: Spec = Spec {
    name: "shift",
    sentence: "A time moves back by a keyed offset of at most `within`: all times of one trace by the same, so that order, containment and durations inside it stay, and all that belongs to no trace by one other.",
    keyed: true,
    joins: false,
    once_only: true,
    examples: &[Example::withheld(r#"{"shift": {"key": "ids", "within": "1h"}}"#, "2026-11-23T07:54:15Z")],
};

/// Moves times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The policy's name for the key.
    pub key: Box<str>,
    /// How often the key changes.
    pub rotation: Rotation,
    /// The largest offset in nanoseconds; at least 1.
    pub within_nanos: u64,
}

impl Treatment for Shift {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, context: &Context<'_>) -> Box<dyn Apply> {
        Box::new(Offsets {
            pseudonymizer: context.pseudonymizer_of_structure(&self.key, self.rotation, "shift/1"),
            within_nanos: self.within_nanos,
            offset: None,
        })
    }

    fn heeds_traces(&self) -> bool {
        true
    }
}

#[derive(Debug)]
struct Offsets {
    pseudonymizer: Option<Pseudonymizer>,
    within_nanos: u64,
    /// The present offset in nanoseconds, with the trace that it is of.
    offset: Option<(Option<[u8; 16]>, u64)>,
}

impl Apply for Offsets {
    fn begin(&mut self, beginning: Beginning<'_>) -> bool {
        self.offset = None;
        self.pseudonymizer
            .as_mut()
            .is_some_and(|pseudonymizer| pseudonymizer.turn_to(beginning.now_unix_nanos))
    }

    fn enter(&mut self, around: Surroundings) {
        if self.offset.is_some_and(|(trace, _)| trace == around.trace) {
            return;
        }
        let message = around.trace.as_ref().map_or(&[][..], |trace| trace);
        self.offset = self.pseudonymizer.as_ref().and_then(|pseudonymizer| {
            let fraction = u64::from_be_bytes(*pseudonymizer.prf(message)?.first_chunk()?);
            let below = (u128::from(fraction) * u128::from(self.within_nanos)) >> 64;
            Some((around.trace, below as u64 + 1))
        });
    }

    fn apply(&self, value: Value<'_>, _: &mut String) -> Treated {
        let Value::Int(nanos) = value else { return Treated::UNSUITED };
        if nanos == 0 {
            return Treated::Keep;
        }
        let Some((_, offset)) = self.offset else { return Treated::Suppress(Some(Reason::NoKey)) };
        // OTLP's times have no sign; walkers show all their bits.
        match nanos.cast_unsigned().checked_sub(offset) {
            None | Some(0) => Treated::UNSUITED,
            Some(shifted) => Treated::Int(shifted.cast_signed()),
        }
    }
}
