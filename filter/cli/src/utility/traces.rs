//! Whether traces stand: the same spans under the same parents, and children within their parents' times.
//!
//! Ids may have been changed; what counts is that they still say the same. A trace is intact if none of its spans is lost or
//! new, all of them are in one trace that holds no others, every parent is the one that it was, and what lay within its parent's times
//! still does.

use super::pairs::Met;
use super::rows::Row;
use frostglass_formats::Level;
use std::collections::{HashMap, HashSet};

/// Most spans that are compared. Traces that begin after that are left out.
const MOST_SPANS: usize = 2 << 20;

/// Where a span stands.
#[derive(Debug, Clone, Copy)]
struct Standing {
    trace: u128,
    id: u64,
    parent: Option<u64>,
    start: u64,
    end: u64,
}

impl Standing {
    fn of(row: &Row) -> Option<Self> {
        Some(Self {
            trace: row.trace?,
            id: row.span?,
            parent: row.parent,
            start: row.start.unwrap_or(0),
            end: row.end.unwrap_or(0),
        })
    }

    fn holds(&self, child: &Self) -> bool {
        self.start <= child.start && child.end <= self.end
    }
}

/// All spans, before and after.
#[derive(Debug, Default)]
pub(super) struct Traces {
    spans: Vec<(Standing, Option<Standing>)>,
    known: HashSet<u128>,
    /// Spans after that were not there before, by trace.
    added: HashSet<u128>,
    left_out: u64,
}

/// What became of the traces.
#[derive(Debug, Default)]
pub(super) struct TraceFigures {
    pub(super) traces: u64,
    pub(super) intact: u64,
    pub(super) spans: u64,
    /// Spans whose parent is the one that it was; of roots, that there is none.
    pub(super) parents_kept: u64,
    /// Children within the times of their parents, and those of them that still are.
    pub(super) contained: u64,
    pub(super) contained_after: u64,
    /// Spans of traces that were too many to be compared.
    pub(super) left_out: u64,
}

impl Traces {
    /// Takes in what became of a record.
    pub(super) fn take(&mut self, met: &Met) {
        let (old, new) = match met {
            Met::Both(old, new) => (old, Some(new)),
            Met::Lost(old) => (old, None),
            Met::Added(new) => {
                if new.level == Level::Span
                    && self.added.len() < MOST_SPANS
                    && let Some(trace) = new.trace
                {
                    self.added.insert(trace);
                }
                return;
            }
        };
        if old.level != Level::Span {
            return;
        }
        let Some(before) = Standing::of(old) else { return };
        if self.spans.len() >= MOST_SPANS && !self.known.contains(&before.trace) {
            self.left_out += 1;
            return;
        }
        self.known.insert(before.trace);
        self.spans.push((before, new.and_then(|new| Standing::of(new))));
    }

    /// The figures of all traces.
    pub(super) fn finish(mut self) -> TraceFigures {
        let mut figures = TraceFigures { left_out: self.left_out, ..TraceFigures::default() };
        self.spans.sort_by_key(|(before, _)| before.trace);
        let mut held: HashMap<u128, u64> = HashMap::new();
        let groups = || self.spans.chunk_by(|one, other| one.0.trace == other.0.trace);
        for group in groups() {
            let traces: HashSet<u128> = group.iter().filter_map(|(_, after)| Some((*after)?.trace)).collect();
            for trace in traces {
                *held.entry(trace).or_default() += 1;
            }
        }
        for group in groups() {
            let after = group.first().and_then(|(_, after)| after.map(|after| after.trace));
            let stays = |trace: u128| held.get(&trace) == Some(&1) && !self.added.contains(&trace);
            let is_intact = Self::compare(group, &mut figures) && after.is_some_and(stays);
            figures.traces += 1;
            figures.intact += u64::from(is_intact);
        }
        figures
    }

    /// Compares the spans of one trace; whether they stand as they stood, in one trace.
    fn compare(group: &[(Standing, Option<Standing>)], figures: &mut TraceFigures) -> bool {
        let by_id: HashMap<u64, &(Standing, Option<Standing>)> =
            group.iter().map(|span| (span.0.id, span)).collect();
        let trace = group.first().and_then(|(_, after)| after.map(|after| after.trace));
        let mut intact = true;
        for (before, after) in group {
            figures.spans += 1;
            let parent = before.parent.and_then(|parent| by_id.get(&parent));
            let has_parent = after.is_some_and(|after| match (before.parent, parent) {
                (None, _) => after.parent.is_none(),
                // A parent that is not in the telemetry: that there is one is all that can be known.
                (Some(_), None) => after.parent.is_some(),
                (Some(_), Some((_, parent))) => parent
                    .is_some_and(|parent| after.parent == Some(parent.id) && after.trace == parent.trace),
            });
            figures.parents_kept += u64::from(has_parent);
            intact &= has_parent && after.map(|after| after.trace) == trace;
            let Some((parent, parent_after)) = parent.filter(|parent| parent.0.holds(before)) else {
                continue;
            };
            let _ = parent;
            figures.contained += 1;
            let still = parent_after.zip(*after).is_some_and(|(parent, after)| parent.holds(&after));
            figures.contained_after += u64::from(still);
            intact &= still;
        }
        intact
    }
}
