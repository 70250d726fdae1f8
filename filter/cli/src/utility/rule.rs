//! Alert rules as a file has them: which records, which measure, which window.

use crate::collector::yaml::{self, Node};
use crate::failure::{Failure, wrong};
use crate::observed::Field;
use crate::policy;
use crate::reader::Seen;
use frostglass_engine::policy::{Period, suggest};
use frostglass_formats::Level;
use std::path::Path;

/// A rule as it runs.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: String,
    of: Of,
    /// Fields with the values that they must have.
    conditions: Vec<Condition>,
    pub(super) measure: Measure,
    pub(super) above: f64,
    /// Nanoseconds.
    pub(super) window: u64,
    pub(super) at_least: u64,
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
pub(super) enum Measure {
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
