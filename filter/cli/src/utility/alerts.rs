//! Alert rules, replayed on the telemetry before and after.
//!
//! A rule asks for a measure over windows of time that lie side by side, of the records that it names. What counts is in which
//! windows it fires, and whether it is the same ones.

use super::pairs::Met;
use super::rows::Row;
use crate::collector::yaml::{self, Node};
use crate::failure::{Failure, wrong};
use crate::observed::Field;
use crate::policy;
use crate::reader::Seen;
use frostglass_engine::policy::{Period, suggest};
use frostglass_formats::Level;
use std::collections::BTreeMap;
use std::path::Path;

/// A rule as it runs.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: String,
    of: Of,
    /// Fields with the values that they must have.
    conditions: Vec<Condition>,
    measure: Measure,
    above: f64,
    /// Nanoseconds.
    window: u64,
    at_least: u64,
}

#[derive(Debug)]
struct Condition {
    field: String,
    value: String,
}

/// Which records a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Spans,
    Logs,
    Points,
}

const OF: [(&str, Of); 3] = [("spans", Of::Spans), ("logs", Of::Logs), ("points", Of::Points)];

/// What a rule measures in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// Records.
    Count,
    /// Share of records that failed.
    ErrorRatio,
    /// Sum of the values of data points.
    Sum,
    /// Quantile of the durations of spans, in hundredths; in seconds.
    Latency(u64),
}

const MEASURES: [(&str, Measure); 6] = [
    ("count", Measure::Count),
    ("error-ratio", Measure::ErrorRatio),
    ("sum", Measure::Sum),
    ("latency-p50", Measure::Latency(50)),
    ("latency-p90", Measure::Latency(90)),
    ("latency-p99", Measure::Latency(99)),
];

impl Rule {
    /// Whether a record is one that the rule is about.
    pub(super) fn matches(&self, level: Level, fields: &[(&Seen, &Field)]) -> bool {
        let of = match level {
            Level::Span => Of::Spans,
            Level::Log => Of::Logs,
            _ => Of::Points,
        };
        of == self.of
            && self.conditions.iter().all(|condition| {
                fields.iter().any(|(seen, field)| {
                    let selector = seen.text();
                    let bare = selector.split_once('/').map_or("", |(_, key)| key);
                    (condition.field == selector || condition.field == bare)
                        && field.value.text() == condition.value
                })
            })
    }
}

/// Reads rules from a file. Every mistake is an error that says where.
pub(super) fn read(path: &Path) -> Result<Vec<Rule>, Failure> {
    let text = policy::text(path)?;
    let name = path.display();
    let tree = yaml::read(&text, 0).map_err(|fault| {
        let hint = if fault.hint.is_empty() { String::new() } else { format!("; {}", fault.hint) };
        wrong(format!("{name}:{}:{}: {}{hint}", fault.at.place.line, fault.at.place.column, fault.what))
    })?;
    let refuse = |node: &Node, what: String| {
        wrong(format!("{name}:{}:{}: {what}", node.at.place.line, node.at.place.column))
    };
    let list = tree.member("alerts").and_then(Node::items);
    let list = list.ok_or_else(|| refuse(&tree, "has no list `alerts`".to_owned()))?;
    list.iter().map(|node| rule(node).map_err(|(at, what)| refuse(at, what))).collect()
}

const MEMBERS: [&str; 7] = ["name", "of", "where", "measure", "above", "window", "at-least"];

fn rule(node: &Node) -> Result<Rule, (&Node, String)> {
    let members = node.members().ok_or((node, "a rule is a map".to_owned()))?;
    if let Some((key, member)) = members.iter().find(|(key, _)| !MEMBERS.contains(&key.as_str())) {
        let meant =
            suggest(key, &MEMBERS).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
        return Err((&member.value, format!("unknown member `{key}`{meant}")));
    }
    let text = |name: &str| {
        let value = node.member(name).ok_or((node, format!("a rule needs `{name}`")))?;
        value.text().map(|text| (value, text)).ok_or((value, format!("`{name}` is a single value")))
    };
    let one_of = |name: &str, known: &[&str]| {
        let (at, word) = text(name)?;
        let place = known.iter().position(|known| *known == word);
        place.ok_or((at, format!("`{name}` is one of {}", known.join(", "))))
    };
    let number = |name: &str| {
        let (at, word) = text(name)?;
        let number = word.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or((at, format!("`{name}` is a number")))
    };
    let conditions = match node.member("where") {
        None => Vec::new(),
        Some(conditions) => {
            let members = conditions.members().ok_or((conditions, "`where` is a map".to_owned()))?;
            let condition = |(field, member): (&String, &yaml::Member)| {
                let value = member.value.text()?.to_owned();
                Some(Condition { field: field.clone(), value })
            };
            let read: Option<Vec<_>> = members.iter().map(condition).collect();
            read.ok_or((conditions, "`where` holds fields and single values".to_owned()))?
        }
    };
    let (at, period) = text("window")?;
    let window = Period::parse(period).map_err(|error| (at, format!("`window`: {error}")))?;
    Ok(Rule {
        name: text("name")?.1.to_owned(),
        of: OF.get(one_of("of", &OF.map(|row| row.0))?).map_or(Of::Spans, |row| row.1),
        conditions,
        measure: MEASURES
            .get(one_of("measure", &MEASURES.map(|row| row.0))?)
            .map_or(Measure::Count, |row| row.1),
        above: number("above")?,
        window: window.seconds() * 1_000_000_000,
        at_least: if node.member("at-least").is_some() { number("at-least")?.max(1.0) as u64 } else { 1 },
    })
}

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
                let fires = windows.into_iter().filter_map(|(at, bucket)| rule.fires(bucket).then_some(at));
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

impl Rule {
    fn fires(&self, mut bucket: Bucket) -> bool {
        if bucket.records < self.at_least {
            return false;
        }
        let measured = match self.measure {
            Measure::Count => bucket.records as f64,
            Measure::ErrorRatio => bucket.failed as f64 / bucket.records as f64,
            Measure::Sum => bucket.sum,
            Measure::Latency(hundredths) => {
                bucket.durations.sort_unstable();
                let rank = (bucket.durations.len() as u64 * hundredths).div_ceil(100).max(1);
                bucket.durations.get(rank as usize - 1).copied().unwrap_or(0) as f64 / 1e9
            }
        };
        measured > self.above
    }
}
