//! Alert rules, replayed on the telemetry before and after.
//!
//! A rule asks for a measure over windows of time that lie side by side, of the records that it names. What counts is in which
//! windows it fires, and whether it is the same ones.

use super::pairs::Met;
use super::rows::Row;
use super::rule::{Measure, Rule};
use std::collections::BTreeMap;

/// What happened in a window.
#[derive(Debug, Default)]
struct Bucket {
    records: u64,
    failed: u64,
    sum: f64,
    durations: Vec<u64>,
}

/// Most windows of one rule and side, and most durations of all.
const MOST_WINDOWS: usize = 1 << 16;
const MOST_DURATIONS: usize = 4 << 20;

/// Rules with what happened, before and after.
#[derive(Debug)]
pub(super) struct Replay<'a> {
    rules: &'a [Rule],
    windows: Vec<[BTreeMap<u64, Bucket>; 2]>,
    durations: usize,
    left_out: u64,
}

/// What became of a rule.
#[derive(Debug)]
pub(super) struct AlertFigures {
    pub(super) name: String,
    /// Windows in which it fires before, after, and in both.
    pub(super) before: u64,
    pub(super) after: u64,
    pub(super) both: u64,
}

impl AlertFigures {
    pub(super) fn agrees(&self) -> bool {
        self.before == self.both && self.after == self.both
    }
}

impl<'a> Replay<'a> {
    pub(super) fn new(rules: &'a [Rule]) -> Self {
        let windows = rules.iter().map(|_| Default::default()).collect();
        Self { rules, windows, durations: 0, left_out: 0 }
    }

    pub(super) fn take(&mut self, met: &Met) {
        match met {
            Met::Both(old, new) => {
                self.one(old, 0);
                self.one(new, 1);
            }
            Met::Lost(old) => self.one(old, 0),
            Met::Added(new) => self.one(new, 1),
        }
    }

    fn one(&mut self, row: &Row, side: usize) {
        for place in &row.rules {
            let (Some(rule), Some(sides)) = (self.rules.get(*place), self.windows.get_mut(*place)) else {
                continue;
            };
            let (Some(start), Some(windows)) = (row.start, sides.get_mut(side)) else { continue };
            let at = start / rule.window;
            if windows.len() >= MOST_WINDOWS && !windows.contains_key(&at) {
                self.left_out += 1;
                continue;
            }
            let bucket = windows.entry(at).or_default();
            bucket.records += 1;
            bucket.failed += u64::from(row.failed);
            bucket.sum += row.amount.unwrap_or(0.0);
            if matches!(rule.measure, Measure::Latency(_)) {
                if self.durations >= MOST_DURATIONS {
                    self.left_out += 1;
                } else if let Some(end) = row.end {
                    self.durations += 1;
                    bucket.durations.push(end.saturating_sub(start));
                }
            }
        }
    }

    /// The figures of all rules, and records that were too many.
    pub(super) fn finish(self) -> (Vec<AlertFigures>, u64) {
        let figures = self.rules.iter().zip(self.windows).map(|(rule, sides)| {
            let [before, after] = sides.map(|windows| {
                let fires = windows.into_iter().filter_map(|(at, bucket)| fires(rule, bucket).then_some(at));
                fires.collect::<Vec<_>>()
            });
            let both = before.iter().filter(|at| after.binary_search(at).is_ok()).count() as u64;
            AlertFigures {
                name: rule.name.clone(),
                before: before.len() as u64,
                after: after.len() as u64,
                both,
            }
        });
        (figures.collect(), self.left_out)
    }
}

/// Whether a rule fires in a window.
fn fires(rule: &Rule, mut bucket: Bucket) -> bool {
    if bucket.records < rule.at_least {
        return false;
    }
    let measured = match rule.measure {
        Measure::Count => bucket.records as f64,
        Measure::ErrorRatio => bucket.failed as f64 / bucket.records as f64,
        Measure::Sum => bucket.sum,
        Measure::Latency(hundredths) => {
            bucket.durations.sort_unstable();
            let rank = (bucket.durations.len() as u64 * hundredths).div_ceil(100).max(1);
            bucket.durations.get(rank as usize - 1).copied().unwrap_or(0) as f64 / 1e9
        }
    };
    measured > rule.above
}
