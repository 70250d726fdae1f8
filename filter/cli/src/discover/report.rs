//! What was found, for people and for programs.

use super::proposal::Proposal;
use crate::screen::{Paint, counted, printable};
use frostglass_engine::policy::Plan;
use serde_json::json;
use std::fmt::Write as _;

/// All that was found.
pub(super) struct Found {
    pub(super) proposals: Vec<Proposal>,
    pub(super) telling_keys: u64,
    pub(super) classed: u64,
    pub(super) payloads: u64,
    pub(super) unknown: u64,
    pub(super) unreadable: u64,
}

impl Found {
    pub(super) fn text(&self, plan: &Plan) -> String {
        let paint = Paint::stdout();
        let mut out = String::new();
        let _ = writeln!(
            out,
            "# {} in {} had a class under policy {}.",
            counted(self.classed, "value"),
            counted(self.payloads, "payload"),
            plan.name()
        );
        if self.proposals.is_empty() {
            let _ = writeln!(out, "# No field without a class.");
        } else {
            let _ = writeln!(
                out,
                "# {} without a class. Read before you take:",
                counted(self.proposals.len() as u64, "field")
            );
            let _ = writeln!(out, "catalog:");
            let lines: Vec<String> = self.proposals.iter().map(Proposal::line).collect();
            let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0).min(56);
            for (proposal, line) in self.proposals.iter().zip(&lines) {
                let levels: Vec<&str> = proposal.facts.levels.iter().map(|level| level.word()).collect();
                let types = match proposal.facts.types.keys().copied().collect::<Vec<_>>() {
                    none if none.is_empty() => "map".to_owned(),
                    types => types.join(", "),
                };
                let count = proposal.facts.count.max(proposal.facts.members);
                let note = format!("# {} x on {} ({}): {}", count, levels.join(", "), types, proposal.reason);
                let _ = writeln!(
                    out,
                    "  {}  {}",
                    paint.bold(format!("{:<width$}", printable(line))),
                    paint.dim(note)
                );
            }
        }
        for (count, what) in [
            (self.telling_keys, "whose key itself tells something sensitive; not shown"),
            (self.unknown, "unknown to the protocol; a line cannot name them"),
            (self.unreadable, "that cannot be read"),
        ] {
            if count > 0 {
                let _ = writeln!(out, "# {} {what}.", counted(count, "field"));
            }
        }
        out
    }

    /// Stable: members are added, never renamed.
    pub(super) fn json(&self, plan: &Plan) -> serde_json::Value {
        let one = |proposal: &Proposal| {
            json!({
                "selector": proposal.selector,
                "class": proposal.class.word(),
                "reason": proposal.reason,
                "count": proposal.facts.count,
                "levels": proposal.facts.levels.iter().map(|level| level.word()).collect::<Vec<_>>(),
                "types": proposal.facts.types,
                "line": proposal.line(),
            })
        };
        json!({
            "policy": {"name": plan.name(), "file": plan.file().file(), "digest": plan.digest()},
            "fields": self.proposals.iter().map(one).collect::<Vec<_>>(),
            "classed_values": self.classed,
            "payloads": self.payloads,
            "keys_not_shown": self.telling_keys,
            "unknown_to_protocol": self.unknown,
            "unreadable": self.unreadable,
        })
    }
}
