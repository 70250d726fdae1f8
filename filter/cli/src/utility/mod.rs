//! `frostglass utility`: how much of what people debug with is still there after a treatment.
//!
//! Promises: figures are exact as far as they go, and where a bound is reached the answer says what was left out; no value of the
//! telemetry is kept but as a keyed hash, and none is shown. Does not know what was done to it: any two files will do.

mod alerts;
mod groups;
mod joins;
mod pairs;
mod report;
mod rows;
mod rule;
mod traces;

use crate::explain::Answer;
use crate::failure::{Done, Failure, wrong};
use crate::input::FormatArguments;
use crate::policy::scanner;
use crate::{policy, screen};
use alerts::{AlertFigures, Replay};
use frostglass_engine::policy::{Plan, suggest};
use groups::{ErrorFigures, Errors, Latencies, LatencyFigures, QUANTILES};
use joins::{FieldJoins, Joins};
use pairs::{By, Met};
use rows::{Common, Read};
use rule::Rule;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::PoisonError;
use std::sync::mpsc::sync_channel;
use traces::{TraceFigures, Traces};

/// Say how much debugging value a treatment kept: joins, traces, error rates, latencies, cardinality, alerts.
///
/// Reads the telemetry before and after, in any format that scrub reads, and compares it record by record. Shows names of
/// fields, counts and quantiles, never a value. With --floor, it ends with 1 when a figure is worse than that.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass utility traces.json treated.json
  frostglass utility traces.json treated.json --floor joins=0.95 --floor latency-p99=0.05
  frostglass utility traces.json treated.json --floor joins/span/user.id=1 --rules alerts.yaml --as json

Floors, as shares that must at least be kept: records, fields, joins (mean of all fields), joins/FIELD, top-k, cardinality,
traces, parents, containment, alerts. As errors that may at most be made: false-joins, errors (difference of a
service's error ratio), latency-p50, latency-p90, latency-p99 (as a part of what it was).")]
pub(crate) struct Utility {
    /// Telemetry before the treatment.
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The same telemetry after it.
    #[arg(value_name = "AFTER")]
    after: PathBuf,
    #[command(flatten)]
    format: FormatArguments,
    /// Alert rules to replay on both, in YAML.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// A figure and the least (of errors, the most) that it may be.
    #[arg(long, value_name = "NAME=NUMBER", value_parser = Floor::parse)]
    floor: Vec<Floor>,
    /// Most frequent values of a field that are compared.
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    top: usize,
    /// How to say it.
    #[arg(long = "as", value_name = "FORMAT", default_value = "text")]
    answer: Answer,
}

/// Lots of rows that a reader may be ahead of the comparison.
const AHEAD: usize = 8;

impl Utility {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let rules = self.rules.as_deref().map(rule::read).transpose()?.unwrap_or_default();
        let figures = self.figures(&rules)?;
        for floor in &self.floor {
            if let Some(field) = floor.name.strip_prefix(FIELD_JOINS)
                && !figures.fields.iter().any(|known| known.0 == field)
            {
                return Err(wrong(format!(
                    "--floor {}: no record has this field",
                    screen::printable(&floor.name)
                )));
            }
        }
        let below: Vec<&Floor> = self.floor.iter().filter(|floor| !floor.holds(&figures)).collect();
        let out = match self.answer {
            Answer::Text => figures.text(),
            Answer::Json => format!("{:#}\n", figures.json(&self.floor)),
        };
        std::io::stdout().lock().write_all(out.as_bytes())?;
        for floor in &below {
            screen::complain(&floor.complaint(&figures));
        }
        Ok(if below.is_empty() { Done::Well } else { Done::Look })
    }

    fn figures(&self, rules: &[Rule]) -> Result<Figures, Failure> {
        let common = Common::new(rules);
        let mut work = Work {
            records: Records::default(),
            joins: Joins::default(),
            traces: Traces::default(),
            errors: Errors::default(),
            latencies: Latencies::default(),
            replay: Replay::new(rules),
        };
        let (by, before, after) = std::thread::scope(|scope| {
            let (send_before, rows_before) = sync_channel(AHEAD);
            let (send_after, rows_after) = sync_channel(AHEAD);
            let common = &common;
            let before = scope.spawn(move || rows::read(&self.before, &self.format, common, &send_before));
            let after = scope.spawn(move || rows::read(&self.after, &self.format, common, &send_after));
            let by = pairs::pair(rows_before, rows_after, &mut |met| work.take(&met));
            (by, before.join(), after.join())
        });
        let ended = |read: std::thread::Result<Result<Read, Failure>>| {
            read.unwrap_or_else(|_| Err(Failure::Stopped("reading ended early; please report it".to_owned())))
        };
        let (before, after) = (ended(before)?, ended(after)?);
        let fields = common.fields.into_inner().unwrap_or_else(PoisonError::into_inner);
        let plan = Plan::compile(policy::embedded()?)?;
        let names = rows::shown(fields.list(), &scanner(&plan)?);
        let mut joins: Vec<(String, FieldJoins)> = work
            .joins
            .finish(self.top)
            .into_iter()
            .map(|joins| (names.get(joins.field as usize).cloned().unwrap_or_default(), joins))
            .collect();
        joins.sort_by(|one, other| one.0.cmp(&other.0));
        let (alerts, alerts_left_out) = work.replay.finish();
        Ok(Figures {
            by,
            records: work.records,
            fields: joins,
            fields_left_out: fields.left_out,
            traces: work.traces.finish(),
            errors: work.errors.finish(),
            latencies: work.latencies.finish(),
            alerts,
            alerts_left_out,
            unreadable: (before.unreadable, after.unreadable),
        })
    }
}

/// All that is counted while records come.
struct Work<'a> {
    records: Records,
    joins: Joins,
    traces: Traces,
    errors: Errors,
    latencies: Latencies,
    replay: Replay<'a>,
}

impl Work<'_> {
    fn take(&mut self, met: &Met) {
        self.records.take(met);
        self.joins.take(met);
        self.traces.take(met);
        self.errors.take(met);
        self.latencies.take(met);
        self.replay.take(met);
    }
}

/// Records (spans, log records, data points) and the leaves in them.
#[derive(Debug, Default)]
struct Records {
    both: u64,
    lost: u64,
    added: u64,
    leaves_before: u64,
    leaves_after: u64,
}

impl Records {
    fn take(&mut self, met: &Met) {
        match met {
            Met::Both(old, new) => {
                self.both += 1;
                self.leaves_before += old.leaves;
                self.leaves_after += new.leaves;
            }
            Met::Lost(old) => {
                self.lost += 1;
                self.leaves_before += old.leaves;
            }
            Met::Added(new) => {
                self.added += 1;
                self.leaves_after += new.leaves;
            }
        }
    }
}

/// All that is known in the end.
#[derive(Debug)]
struct Figures {
    by: By,
    records: Records,
    /// With their selectors, in order.
    fields: Vec<(String, FieldJoins)>,
    fields_left_out: bool,
    traces: TraceFigures,
    errors: ErrorFigures,
    latencies: LatencyFigures,
    alerts: Vec<AlertFigures>,
    alerts_left_out: u64,
    unreadable: (u64, u64),
}

/// A figure that a floor can be set for.
struct Measure {
    name: &'static str,
    /// Whether more is better.
    is_share: bool,
    of: fn(&Figures) -> Option<f64>,
}

const fn share(name: &'static str, of: fn(&Figures) -> Option<f64>) -> Measure {
    Measure { name, is_share: true, of }
}

const fn error(name: &'static str, of: fn(&Figures) -> Option<f64>) -> Measure {
    Measure { name, is_share: false, of }
}

/// All of them.
static MEASURES: [Measure; 14] = [
    share("records", |all| part(all.records.both, all.records.both + all.records.lost)),
    share("fields", |all| part(all.records.leaves_after, all.records.leaves_before)),
    share("joins", |all| all.mean(|field| field.counts.as_ref()?.share())),
    error("false-joins", Figures::false_joins),
    share("top-k", |all| {
        all.mean(|field| field.counts.as_ref().and_then(|counts| part(counts.top_kept, counts.top)))
    }),
    share("cardinality", |all| all.mean(|field| field.counts.as_ref()?.cardinality())),
    share("traces", |all| part(all.traces.intact, all.traces.traces)),
    share("parents", |all| part(all.traces.parents_kept, all.traces.spans)),
    share("containment", |all| part(all.traces.contained_after, all.traces.contained)),
    error("errors", |all| all.errors.worst),
    error("latency-p50", |all| all.latencies.worst(0)),
    error("latency-p90", |all| all.latencies.worst(1)),
    error("latency-p99", |all| all.latencies.worst(2)),
    share("alerts", Figures::alerts),
];

fn part(some: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| some as f64 / all as f64)
}

impl Figures {
    /// The mean over the fields that have a figure.
    fn mean(&self, of: impl Fn(&FieldJoins) -> Option<f64>) -> Option<f64> {
        let (sum, count) = self
            .fields
            .iter()
            .filter_map(|(_, field)| of(field))
            .fold((0.0, 0_u32), |(sum, count), figure| (sum + figure, count + 1));
        (count > 0).then(|| sum / f64::from(count))
    }

    /// Share of the pairs after that should not be one, over all fields.
    fn false_joins(&self) -> Option<f64> {
        let counts = || self.fields.iter().filter_map(|(_, field)| field.counts.as_ref());
        let wrong: u128 = counts().map(|counts| counts.wrong).sum();
        let all: u128 = counts().map(|counts| counts.kept + counts.wrong).sum();
        match all {
            0 if self.fields.is_empty() => None,
            0 => Some(0.0),
            all => Some(wrong as f64 / all as f64),
        }
    }

    /// Of the windows in which an alert fires before or after, those in which it fires in both.
    fn alerts(&self) -> Option<f64> {
        let any: u64 = self.alerts.iter().map(|rule| rule.before + rule.after - rule.both).sum();
        let both: u64 = self.alerts.iter().map(|rule| rule.both).sum();
        if self.alerts.is_empty() { None } else { Some(part(both, any).unwrap_or(1.0)) }
    }

    /// What a floor is compared with, and whether more is better.
    fn measure(&self, name: &str) -> (Option<f64>, bool) {
        if let Some(field) = name.strip_prefix(FIELD_JOINS) {
            let joins = self.fields.iter().find(|known| known.0 == field);
            return (joins.and_then(|joins| joins.1.counts.as_ref()?.share()), true);
        }
        MEASURES
            .iter()
            .find(|measure| measure.name == name)
            .map_or((None, true), |measure| ((measure.of)(self), measure.is_share))
    }
}

/// What the name of a floor for one field begins with.
const FIELD_JOINS: &str = "joins/";

/// `--floor`.
#[derive(Debug, Clone)]
struct Floor {
    name: String,
    bound: f64,
}

impl Floor {
    fn parse(text: &str) -> Result<Self, String> {
        let (name, bound) = text.rsplit_once('=').ok_or_else(|| "is written joins=0.95".to_owned())?;
        let bound = bound
            .parse::<f64>()
            .ok()
            .filter(|bound| (0.0..=1e9).contains(bound))
            .ok_or_else(|| "the number is one from 0 on, such as 0.95".to_owned())?;
        let names = MEASURES.each_ref().map(|measure| measure.name);
        if !names.contains(&name) && !name.starts_with(FIELD_JOINS) {
            let meant = suggest(name, &names).map_or_else(
                || format!("the names are {} and joins/FIELD", names.join(", ")),
                |known| format!("did you mean `{known}`?"),
            );
            return Err(format!("there is no such figure; {meant}"));
        }
        Ok(Self { name: name.to_owned(), bound })
    }

    /// Whether it holds. What cannot be measured does not.
    fn holds(&self, figures: &Figures) -> bool {
        match figures.measure(&self.name) {
            (Some(figure), true) => figure >= self.bound,
            (Some(figure), false) => figure <= self.bound,
            (None, _) => false,
        }
    }

    fn complaint(&self, figures: &Figures) -> String {
        let name = screen::printable(&self.name);
        let bound = self.bound;
        match figures.measure(&self.name) {
            (Some(figure), true) => format!("floor: {name} is {figure:.4}, and should be at least {bound}"),
            (Some(figure), false) => format!("floor: {name} is {figure:.4}, and should be at most {bound}"),
            (None, _) => format!("floor: {name} cannot be measured on this telemetry"),
        }
    }
}
