//! What a command treated, in all: what its summary says, and what the audit chain is told.

use crate::audit::word;
use crate::failure::Failure;
use frostglass_audit::{Digest, Event};
use frostglass_engine::Tally;
use frostglass_engine::policy::Plan;
use std::collections::BTreeMap;

/// Counts of several payloads.
#[derive(Debug, Default)]
pub(crate) struct Treated {
    pub(crate) tally: Tally,
}

impl Treated {
    /// Adds the counts of one payload.
    pub(crate) fn add(&mut self, tally: &Tally) {
        self.tally.add(tally);
    }

    /// What the audit chain is told: counts, and under which policy.
    pub(crate) fn event(&self, plan: &Plan) -> Result<Event, Failure> {
        let mut counts = BTreeMap::new();
        for ((class, treatment), count) in self.tally.treated.iter() {
            let class = class.map_or("none", |class| class.word());
            counts.insert(word("a count", &format!("{class}/{treatment}"))?, count);
        }
        let withheld = self.tally.withheld.sum() + self.tally.records_dropped.sum();
        let digest = Digest::parse(plan.digest()).unwrap_or_default();
        Ok(Event::Treatment { policy: word("the policy's name", plan.name())?, digest, counts, withheld })
    }
}
