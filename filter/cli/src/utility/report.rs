//! The answer, for people and for programs.

use super::{Figures, Floor, MEASURES, QUANTILES};
use crate::screen::{Paint, counted};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Span names that people are shown; programs get all.
const MOST_NAMES: usize = 12;

impl Figures {
    /// For people.
    pub(super) fn text(&self) -> String {
        let paint = Paint::stdout();
        let mut out = String::new();
        let records = &self.records;
        let _ = writeln!(
            out,
            "{}  {} before, {} after; {} lost, {} new, paired by {}",
            paint.bold("records"),
            records.both + records.lost,
            records.both + records.added,
            records.lost,
            records.added,
            self.by.word()
        );
        let _ = writeln!(
            out,
            "{}   {} values before, {} after",
            paint.bold("fields"),
            records.leaves_before,
            records.leaves_after
        );
        self.fields_text(&mut out, paint);
        let traces = &self.traces;
        if traces.traces > 0 {
            let _ = writeln!(
                out,
                "\n{}   {} of {} intact; parents {} of {}, times within the parent's {} of {}",
                paint.bold("traces"),
                traces.intact,
                traces.traces,
                traces.parents_kept,
                traces.spans,
                traces.contained_after,
                traces.contained
            );
        }
        let errors = &self.errors;
        if let (Some(worst), Some(before)) = (errors.worst, errors.ratio_before) {
            let _ = writeln!(
                out,
                "{}   {:.4} of the records before, {}; {}, {} lost, largest difference {worst:.4}",
                paint.bold("errors"),
                before,
                errors
                    .ratio_after
                    .map_or_else(|| "none left after".to_owned(), |ratio| format!("{ratio:.4} after")),
                counted(errors.services, "service"),
                errors.lost
            );
        }
        self.latency_text(&mut out, paint);
        for rule in &self.alerts {
            let verdict = if rule.agrees() { paint.green("same") } else { paint.yellow("differs") };
            let _ = writeln!(
                out,
                "{}    {}: fires in {} before, in {} after, in {} of both: {verdict}",
                paint.bold("alert"),
                crate::screen::printable(&rule.name),
                counted(rule.before, "window"),
                counted(rule.after, "window"),
                rule.both
            );
        }
        out.push('\n');
        for measure in &MEASURES {
            if let Some(figure) = (measure.of)(self) {
                let better = if measure.is_share { "kept" } else { "off" };
                let _ = writeln!(out, "{:<12} {figure:.4} {}", measure.name, paint.dim(better));
            }
        }
        for what in self.left_out() {
            let _ = writeln!(out, "{}", paint.yellow(format!("left out: {what}")));
        }
        out
    }

    fn fields_text(&self, out: &mut String, paint: Paint) {
        let width = self.fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).clamp(5, 60);
        let _ = writeln!(
            out,
            "\n{}",
            paint.dim(format!(
                "{:<width$}  {:>9} {:>9}  {:>9} {:>9}  {:>9} {:>12}  {:>6}",
                "field", "records", "left", "values", "left", "joins", "false joins", "top"
            ))
        );
        for (name, field) in &self.fields {
            let _ = write!(out, "{name:<width$}  {:>9} {:>9}", field.had, field.has);
            let Some(counts) = &field.counts else {
                let _ = writeln!(out, "  {}", paint.yellow("too many values to be counted"));
                continue;
            };
            let share = counts.share().map_or_else(|| "-".to_owned(), |share| format!("{share:.4}"));
            let _ = writeln!(
                out,
                "  {:>9} {:>9}  {share:>9} {:>12}  {:>6}",
                counts.values_before,
                counts.values_after,
                counts.wrong,
                format!("{}/{}", counts.top_kept, counts.top)
            );
        }
    }

    fn latency_text(&self, out: &mut String, paint: Paint) {
        let names = &self.latencies.names;
        if names.is_empty() {
            return;
        }
        let _ = writeln!(
            out,
            "{}  of {}, the most frequent first; in ms",
            paint.bold("latency"),
            counted(names.len() as u64, "span name")
        );
        let ms = |nanos: u64| format!("{:.3}", nanos as f64 / 1e6);
        for name in names.iter().take(MOST_NAMES) {
            let _ = write!(out, "  {:>9}", counted(name.spans, "span"));
            for (at, (quantile, _)) in QUANTILES.iter().enumerate() {
                let before = name.before.get(at).map_or_else(String::new, |nanos| ms(*nanos));
                let after = name.after.and_then(|after| after.get(at).map(|nanos| ms(*nanos)));
                let _ = write!(out, "  {quantile} {before} -> {}", after.as_deref().unwrap_or("lost"));
            }
            out.push('\n');
        }
        if names.len() > MOST_NAMES {
            let _ = writeln!(out, "  and {} more", names.len() - MOST_NAMES);
        }
    }

    /// What the figures do not cover.
    fn left_out(&self) -> Vec<String> {
        let mut out = Vec::new();
        let crowded = self.fields.iter().filter(|(_, field)| field.counts.is_none()).count() as u64;
        for (count, what) in [
            (crowded, "joins and cardinality of fields with too many values to be counted"),
            (self.traces.left_out, "spans of traces beyond the bound of traces"),
            (self.errors.left_out, "records of services beyond the bound of services"),
            (self.latencies.left_out, "durations beyond the bound of latencies"),
            (self.alerts_left_out, "records beyond the bound of alert windows"),
            (self.unreadable.0, "payloads, records and values before that cannot be read"),
            (self.unreadable.1, "payloads, records and values after that cannot be read"),
        ] {
            if count > 0 {
                out.push(format!("{count} {what}"));
            }
        }
        if self.fields_left_out {
            out.push("fields beyond the bound of fields".to_owned());
        }
        if self.by == super::By::Position && self.records.lost + self.records.added > 0 {
            out.push(
                "which record is which: neither ids nor times tell, so they were paired by position, and numbers differ"
                    .to_owned(),
            );
        }
        out
    }

    /// For programs. Stable: members are added, never renamed.
    pub(super) fn json(&self, floors: &[Floor]) -> Value {
        let number = |count: u128| {
            u64::try_from(count).map_or_else(|_| json!(count.to_string()), |count| json!(count))
        };
        let fields = self.fields.iter().map(|(name, field)| {
            json!({
                "field": name,
                "records_before": field.had,
                "records_after": field.has,
                "changed": field.changed,
                "counted": field.counts.as_ref().map(|counts| json!({
                    "pairs": number(counts.pairs),
                    "kept": number(counts.kept),
                    "wrong": number(counts.wrong),
                    "values_before": counts.values_before,
                    "values_after": counts.values_after,
                    "top": counts.top,
                    "top_kept": counts.top_kept,
                })),
            })
        });
        let latency = self
            .latencies
            .names
            .iter()
            .map(|name| json!({"spans": name.spans, "before_ns": name.before, "after_ns": name.after}));
        let alerts = self.alerts.iter().map(
            |rule| json!({"name": rule.name, "before": rule.before, "after": rule.after, "both": rule.both}),
        );
        let floors = floors.iter().map(|floor| {
            json!({
                "name": floor.name,
                "bound": floor.bound,
                "figure": self.measure(&floor.name).0,
                "holds": floor.holds(self),
            })
        });
        let figures = MEASURES.iter().map(|measure| (measure.name.to_owned(), json!((measure.of)(self))));
        json!({
            "paired_by": self.by.word(),
            "records": {
                "before": self.records.both + self.records.lost,
                "after": self.records.both + self.records.added,
                "lost": self.records.lost,
                "new": self.records.added,
                "values_before": self.records.leaves_before,
                "values_after": self.records.leaves_after,
            },
            "fields": fields.collect::<Vec<_>>(),
            "traces": {
                "traces": self.traces.traces,
                "intact": self.traces.intact,
                "spans": self.traces.spans,
                "parents_kept": self.traces.parents_kept,
                "contained_before": self.traces.contained,
                "contained_after": self.traces.contained_after,
            },
            "errors": {
                "services": self.errors.services,
                "lost": self.errors.lost,
                "worst": self.errors.worst,
                "ratio_before": self.errors.ratio_before,
                "ratio_after": self.errors.ratio_after,
            },
            "latency": latency.collect::<Vec<_>>(),
            "alerts": alerts.collect::<Vec<_>>(),
            "figures": figures.collect::<serde_json::Map<_, _>>(),
            "floors": floors.collect::<Vec<_>>(),
            "left_out": self.left_out(),
        })
    }
}
