//! Rewrites payloads under one plan: what hosts call.

use crate::decider::Decider;
use crate::policy::Plan;
use crate::{Host, Outcome, Payload, Reason, Tally, Withheld};
use frostglass_formats::columns::{Columns, Edits};
use frostglass_formats::otlp::points;
use frostglass_formats::prometheus;
use frostglass_formats::{
    Defect, Edit, FieldVisitor, FormatError, Level, Limits, Name, Part, Scratch, Signal, Splice, Value,
    Verdict,
};
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
    pub(crate) decider: Decider,
    scratch: Scratch,
    output: Vec<u8>,
    /// The edits that keep metric points apart, made after the others.
    settling: Splice,
    settled: Vec<u8>,
    /// Names that a host has bound, and which generation of them it is.
    pub(crate) columns: Columns,
    pub(crate) generation: u32,
    pub(crate) edits: Edits,
}

impl Engine {
    /// An engine for one plan.
    #[must_use]
    pub fn new(plan: Arc<Plan>, ring: Ring, options: Options) -> Self {
        Self {
            decider: Decider::new(plan, ring, options),
            scratch: Scratch::default(),
            output: Vec::new(),
            settling: Splice::default(),
            settled: Vec::new(),
            columns: Columns::default(),
            generation: 0,
            edits: Edits::default(),
        }
    }

    /// Begins a payload at a time; names that were bound under rulings which no longer hold are forgotten.
    pub(crate) fn begin(&mut self, host: &dyn Host) {
        if self.decider.begin(host) {
            self.columns.forget();
            self.generation = self.generation.wrapping_add(1);
        }
    }

    /// Refuses what lost records, if the host wants whole payloads or none.
    pub(crate) fn check_records(&self) -> Result<(), Withheld> {
        let tally = &self.decider.tally;
        let count = tally.rejected();
        if count > 0 && self.decider.options().on_withheld == OnWithheld::Reject {
            let reason = tally.records_dropped.iter().next().map(|(reason, _)| *reason);
            return Err(Withheld::Records { count, reason: reason.unwrap_or(Reason::Malformed) });
        }
        Ok(())
    }

    /// The plan in force.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        self.decider.plan()
    }

    /// Treats one payload. The result borrows from the engine's scratch or is the input itself.
    pub fn rewrite(&mut self, payload: &[u8], kind: Payload, host: &dyn Host) -> Outcome<'_> {
        match self.treat(payload, kind, host) {
            Ok(false) => Outcome::Unchanged,
            Ok(true) => Outcome::Rewritten(&self.output),
            Err(withheld) => Outcome::Withheld(withheld),
        }
    }

    /// Treats one header of the telemetry request itself, by the policy's `transport/` lines. `out` is cleared first and
    /// read for [`Edit::Text`]. A value that is no text stays only if nothing is to be done to it.
    pub fn header(&mut self, name: &str, value: &[u8], host: &dyn Host, out: &mut String) -> Edit {
        out.clear();
        self.begin(host);
        let name = name.to_ascii_lowercase();
        let name = Name { level: Level::Transport, part: Part::Header, path: &name, member_at: 0, key_at: 0 };
        let ruling = self.decider.rule(name, None);
        match (ruling.verdict, std::str::from_utf8(value)) {
            (Verdict::Keep, _) => Edit::Keep,
            (Verdict::Drop, _) | (Verdict::Look, Err(_)) => Edit::Drop,
            (Verdict::Look, Ok(text)) => self.decider.value(ruling, Value::Text(text), out),
        }
    }

    /// Counts of the last payload.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.decider.tally
    }

    /// Walks, checks and, if anything is to change, writes. `Ok(true)` when the result stands in `output`.
    fn treat(&mut self, payload: &[u8], kind: Payload, host: &dyn Host) -> Result<bool, Withheld> {
        self.begin(host);
        let limits = self.decider.options().limits;
        self.walk(payload, kind, &limits)?;
        self.check_records()?;
        if self.scratch.splice.is_empty() {
            return Ok(false);
        }
        if self.scratch.splice.output_len(payload.len()) > limits.output {
            return Err(Withheld::Output { limit: limits.output });
        }
        self.scratch.splice.apply(payload, &mut self.output);
        match kind {
            Payload::OtlpProto(Signal::Metrics) => {
                self.settle_points(points::Encoding::Protobuf, payload, &limits)?
            }
            Payload::OtlpJson(Signal::Metrics) => {
                self.settle_points(points::Encoding::Json, payload, &limits)?
            }
            Payload::Prometheus => self.settle_series(payload)?,
            _ => {}
        }
        Ok(true)
    }

    /// Merges metric points that the treatment in `output` made alike, and withholds those that do not merge.
    fn settle_points(
        &mut self,
        encoding: points::Encoding,
        payload: &[u8],
        limits: &Limits,
    ) -> Result<(), Withheld> {
        let edits = &self.scratch.splice;
        let settled = points::settle(encoding, payload, edits, &self.output, limits, &mut self.settling)?;
        self.decider.tally.merged += settled.merged;
        self.take_out(settled.withheld)
    }

    /// Withholds series that the treatment in `output` made alike.
    fn settle_series(&mut self, payload: &[u8]) -> Result<(), Withheld> {
        let edits = &self.scratch.splice;
        let withheld = prometheus::settle(payload, edits, &self.output, &mut self.settling)?;
        self.take_out(withheld)
    }

    /// Makes the edits that keep points apart, of which some take out `count` of them.
    fn take_out(&mut self, count: u64) -> Result<(), Withheld> {
        if count > 0 && !self.decider.record_withheld(Level::Point, count, Defect::Collision) {
            return Err(Withheld::Records { count, reason: Reason::Collision });
        }
        if !self.settling.is_empty() {
            self.settling.apply(&self.output, &mut self.settled);
            std::mem::swap(&mut self.output, &mut self.settled);
        }
        Ok(())
    }

    fn walk(&mut self, payload: &[u8], kind: Payload, limits: &Limits) -> Result<(), FormatError> {
        kind.format().walk(payload, limits, &mut self.decider, &mut self.scratch)
    }
}
