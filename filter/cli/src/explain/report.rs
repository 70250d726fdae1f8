//! What is said of a field, for people and for programs.

use super::ruling::{Ruling, Stand};
use super::tried::{Became, Found};
use crate::field::{Field, Kind};
use crate::policy::described;
use crate::screen::{Paint, printable};
use frostglass_engine::policy::{Decision, Fallback, Plan, Why};
use serde_json::json;
use std::fmt::Write as _;

/// All that is said of a field.
pub(super) struct Report<'r> {
    pub(super) plan: &'r Plan,
    pub(super) field: &'r Field,
    pub(super) value: Option<&'r str>,
    pub(super) rulings: Vec<Ruling>,
    pub(super) findings: Option<Vec<Found>>,
    pub(super) missing: Vec<&'r String>,
}

impl Report<'_> {
    pub(super) fn text(&self) -> String {
        let paint = Paint::stdout();
        let mut out = String::new();
        let alone = self.rulings.len() == 1;
        for ruling in &self.rulings {
            let levels: Vec<&str> = ruling.levels.iter().map(|level| level.word()).collect();
            let on = if alone { String::new() } else { format!(" on {}", levels.join(", ")) };
            let _ = writeln!(out, "{}{on}", paint.bold(printable(&self.field.text)));
            let class = self.class(&ruling.decision).unwrap_or_else(|| "none: nobody classed it".to_owned());
            let _ = writeln!(out, "  class      {class}");
            let _ = writeln!(out, "  treatment  {}", self.treatment(&ruling.decision));
            let _ = writeln!(out, "  because    {}", self.because(ruling));
            for stand in ruling.lines.iter().filter(|stand| !stand.won) {
                let line = format!(
                    "  lost       {}: {}: {} -> {}; {}",
                    stand.place, stand.selector, stand.class, stand.treatment, stand.reason
                );
                let _ = writeln!(out, "{}", paint.dim(line));
            }
            if let Some(result) = &ruling.result {
                let became = match &result.became {
                    Became::Kept => paint.green("stays as it is"),
                    Became::Gone if result.no_key => paint.yellow("gone: its treatment needs a key"),
                    Became::Gone => paint.red("gone"),
                    Became::Text(text) => paint.green(printable(text)),
                    Became::Withheld(why) => paint.red(format!("withheld: {why}")),
                };
                let _ = writeln!(out, "  becomes    {became}");
            }
        }
        match &self.findings {
            Some(findings) if findings.is_empty() => {
                let _ = writeln!(out, "  found      nothing by any detector in the value");
            }
            Some(findings) => {
                for Found { entity, class, start, end } in findings {
                    let _ = writeln!(out, "  found      {entity} ({class}) at bytes {start} to {end}");
                }
            }
            None => {}
        }
        for missing in &self.missing {
            let _ = writeln!(out, "  key        {missing}");
        }
        out
    }

    fn class(&self, decision: &Decision) -> Option<String> {
        let class = self.plan.class(decision.class?)?;
        let word = class.class.word();
        Some(if class.name == word { word.to_owned() } else { format!("{} (is {word})", class.name) })
    }

    fn treatment(&self, decision: &Decision) -> String {
        let treatment = self.plan.treatment(decision.treatment);
        treatment.map_or_else(|| "suppress".to_owned(), |plan| described(&plan.name, &plan.options))
    }

    fn because(&self, ruling: &Ruling) -> String {
        let winner = ruling.lines.iter().find(|stand| stand.won).map(|stand| {
            let why = stand.why.as_deref().map_or_else(String::new, |why| format!(" ({})", printable(why)));
            format!("{}: {}{why}", stand.place, stand.selector)
        });
        let winner = winner.unwrap_or_default();
        match ruling.decision.why {
            Why::Line(_) => winner,
            Why::Expired(_) => format!("{winner}, whose time is over"),
            Why::Conflict => "several lines name it that do not compare; then nothing is left".to_owned(),
            Why::Container => {
                let (holder, why) = ruling.container.clone().unwrap_or((String::new(), Why::Default));
                let whose = match why {
                    Why::Default => ", which nobody classed".to_owned(),
                    Why::Hint(word) => format!(", for the word `{word}` in its key"),
                    _ => String::new(),
                };
                format!("it is part of {holder}{whose}")
            }
            Why::Hint(word) => format!("no line names it, but its key ends in `{word}`"),
            Why::Structure => "it is structure: it stays unless a line rules it".to_owned(),
            Why::Default if self.field.kind == Kind::Transport => {
                "headers of the telemetry request itself stay unless a line rules them".to_owned()
            }
            Why::Default => {
                format!(
                    "no line names it; the policy says `default: {}`",
                    fallback(self.plan.default_treatment())
                )
            }
        }
    }

    /// Stable: members are added, never renamed.
    pub(super) fn json(&self) -> serde_json::Value {
        let decisions: Vec<_> = self.rulings.iter().map(|ruling| self.decision_json(ruling)).collect();
        let findings = self.findings.as_ref().map(|findings| {
            let one = |found: &Found| {
                json!({"entity": found.entity, "class": found.class, "start": found.start, "end": found.end})
            };
            findings.iter().map(one).collect::<Vec<_>>()
        });
        json!({
            "field": self.field.text,
            "policy": {
                "name": self.plan.name(),
                "file": self.plan.file().file(),
                "digest": self.plan.digest(),
                "default": fallback(self.plan.default_treatment()),
            },
            "value": self.value,
            "decisions": decisions,
            "findings": findings,
            "missing_keys": self.missing,
        })
    }

    fn decision_json(&self, ruling: &Ruling) -> serde_json::Value {
        let decision = &ruling.decision;
        let class = decision.class.and_then(|id| self.plan.class(id));
        let treatment = self.plan.treatment(decision.treatment);
        let why = match decision.why {
            Why::Line(_) => "line",
            Why::Conflict => "conflict",
            Why::Expired(_) => "expired",
            Why::Container => "container",
            Why::Hint(_) => "hint",
            Why::Structure => "structure",
            Why::Default => "default",
        };
        let line = |stand: &Stand| {
            json!({
                "place": stand.place, "line": stand.line, "selector": stand.selector, "class": stand.class,
                "treatment": stand.treatment, "why": stand.why, "reason": stand.reason,
            })
        };
        let result = ruling.result.as_ref().map(|result| {
            let (outcome, text) = match &result.became {
                Became::Kept => ("kept", self.value),
                Became::Gone => ("gone", None),
                Became::Text(text) => ("changed", Some(text.as_str())),
                Became::Withheld(why) => ("withheld", Some(why.as_str())),
            };
            json!({"outcome": outcome, "value": text, "no_key": result.no_key})
        });
        json!({
            "levels": ruling.levels.iter().map(|level| level.word()).collect::<Vec<_>>(),
            "class": class.map(|class| &class.name),
            "is": class.map(|class| class.class.word()),
            "treatment": treatment.map(|treatment| &treatment.name),
            "does": treatment.map_or("suppress", |treatment| treatment.options.word()),
            "why": why,
            "because": self.because(ruling),
            "container": ruling.container.as_ref().map(|container| &container.0),
            "won": ruling.lines.iter().find(|stand| stand.won).map(line),
            "lost": ruling.lines.iter().filter(|stand| !stand.won).map(line).collect::<Vec<_>>(),
            "result": result,
        })
    }
}

fn fallback(default: Fallback) -> &'static str {
    match default {
        Fallback::Suppress => "suppress",
        Fallback::Scan => "scan",
        Fallback::Keep => "keep",
    }
}
