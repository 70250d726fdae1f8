//! Rewrites payloads under one plan: what hosts call.

use crate::{Host, Outcome, Payload, Tally, policy::Plan};
use frostglass_formats::{Edit, Limits};
use frostglass_keys::Ring;
use std::sync::Arc;

/// What becomes of a payload in which single records must be withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnWithheld {
    /// Records are dropped and counted, the rest goes on (`partial_success`).
    #[default]
    Drop,
    /// The whole payload is refused.
    Reject,
}

/// How a host wants its engine, beside the plan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Recipient that the host's configuration names; empty for none.
    pub recipient: String,
    /// Tenant; empty for none.
    pub tenant: String,
    /// Bounds on payloads.
    pub limits: Limits,
    /// What becomes of payloads with withheld records.
    pub on_withheld: OnWithheld,
}

/// Rewrites payloads under one plan. Keeps its scratch memory between payloads; not shared between threads.
#[derive(Debug)]
pub struct Engine {
    plan: Arc<Plan>,
    ring: Ring,
    options: Options,
    tally: Tally,
}

impl Engine {
    /// An engine for one plan.
    #[must_use]
    pub fn new(plan: Arc<Plan>, ring: Ring, options: Options) -> Self {
        Self { plan, ring, options, tally: Tally::default() }
    }

    /// The plan in force.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Treats one payload. The result borrows from the engine's scratch or is the input itself.
    pub fn rewrite<'a>(&'a mut self, _payload: &'a [u8], _kind: Payload, _host: &dyn Host) -> Outcome<'a> {
        let _ = (&self.ring, &self.options);
        Outcome::Unchanged
    }

    /// Treats one header of the telemetry request itself, by the policy's `transport/` lines. `out` is cleared first and
    /// read for [`Edit::Text`].
    pub fn header(&mut self, _name: &str, _value: &[u8], _host: &dyn Host, out: &mut String) -> Edit {
        out.clear();
        Edit::Keep
    }

    /// Counts of the last payload.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}
