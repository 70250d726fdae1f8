//! Timing: two outputs of the same traffic are joined by their clocks, whatever the tokens say.
//!
//! A session is what one pseudonym did, or a record where nobody is told. The attacker is shown a session of one output and, of the
//! other, its counterpart and the session that began nearest to it, and picks the one of which more moments are equal. Clocks
//! that are coarsened make the two alike; where sessions are few or long, they do not: how many begin together is told.

use super::control::{self, Controls, keyed_token};
use super::evidence::{Evidence, FieldId, ValueId};
use super::linking::{FEWEST_PEOPLE, MOST_PEOPLE, SEED};
use super::statistics::{self, Draw};
use super::verdict::{Finding, Outcome, grouped};
use super::{Attack, Settings};
use frostglass_engine::Class;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(super) struct Timing;

const NAME: &str = "timing";

/// Sessions beside a session among which the nearest is looked for.
const NEIGHBORS: usize = 8;

/// Nanoseconds.
const MINUTE: u64 = 60_000_000_000;

impl Attack for Timing {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sentence(&self) -> &'static str {
        "joins sessions of two outputs by their times"
    }

    fn run(&self, evidence: &Evidence, settings: &Settings) -> Vec<Finding> {
        if evidence.outputs.len() < 2 {
            return vec![Finding::not_tried(NAME, "needs two outputs of the same traffic")];
        }
        let mut findings = Vec::new();
        for first in 0..evidence.outputs.len() {
            for second in first + 1..evidence.outputs.len() {
                findings.extend(join(evidence, first, second, settings));
            }
        }
        if findings.is_empty() {
            let says = format!("no two outputs have {FEWEST_PEOPLE} sessions of the same traffic with times");
            findings.push(Finding::not_tried(NAME, says));
        }
        findings
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        let traffic = |unit: u64, within: u64, with_truth: bool| {
            let mut evidence = Evidence::default();
            let user = evidence.field("span/user.id", Some(Class::DirectId));
            let mut draw = Draw::new(7);
            // A minute of eight hundred sessions of one record each, after another such minute.
            let visits: Vec<(u64, String)> = (0..1600)
                .map(|at| {
                    let minute = 1_700_000_040 + 60 * (at / 800);
                    let nanos = minute * 1_000_000_000 + draw.number() % MINUTE;
                    (nanos, format!("person{at}@example.org"))
                })
                .collect();
            for recipient in ["oncall", "vendor"] {
                let treated: Vec<_> = visits
                    .iter()
                    .map(|(nanos, person)| {
                        let moved = nanos - draw.number() % within;
                        (Some(moved / unit * unit), vec![(user, keyed_token(recipient, 1, person))])
                    })
                    .collect();
                let view = control::view(&mut evidence, recipient, &treated);
                evidence.outputs.push(view);
            }
            if with_truth {
                let plain: Vec<_> = visits
                    .iter()
                    .map(|(nanos, person)| (Some(*nanos), vec![(user, person.clone())]))
                    .collect();
                let view = control::view(&mut evidence, "traffic", &plain);
                evidence.truth.push(view);
            }
            evidence
        };
        controls.win("clocks to the nanosecond", traffic(1, 1, true), Settings::default());
        controls.win(
            "clocks to the nanosecond, without the truth",
            traffic(1, 1, false),
            Settings::default(),
        );
        controls.hold("clocks to the minute", traffic(MINUTE, 1, true), Settings::default());
        controls.hold(
            "clocks to the minute, without the truth",
            traffic(MINUTE, 1, false),
            Settings::default(),
        );
        let hour = 60 * MINUTE;
        controls.hold("times moved by up to an hour", traffic(1, hour, true), Settings::default());
        controls.hold(
            "times moved by up to an hour, without the truth",
            traffic(1, hour, false),
            Settings::default(),
        );
        controls
    }
}

/// Moments of a session in ascending order, in nanoseconds since 1970.
type Moments = Vec<u64>;

fn join(evidence: &Evidence, first: usize, second: usize, settings: &Settings) -> Option<Finding> {
    match played(evidence, first, second, settings) {
        Some(finding) => Some(finding),
        None => counted(evidence, first, second),
    }
}

/// The game: whose counterpart is known from the truth.
fn played(evidence: &Evidence, first: usize, second: usize, settings: &Settings) -> Option<Finding> {
    let (view, other) = (evidence.outputs.get(first)?, evidence.outputs.get(second)?);
    let field = evidence.subject(view, settings)?;
    let (a, b) = (sessions(evidence, first, field)?, sessions(evidence, second, field)?);
    let both: Vec<ValueId> = a.keys().filter(|person| b.contains_key(person)).copied().collect();
    let mut draw = Draw::new(SEED);
    let players = draw.sample(both, MOST_PEOPLE);
    let count = players.len();
    if count < FEWEST_PEOPLE {
        return None;
    }
    // Sessions of the second output in the order in which they began, those of one moment in an order that says nothing.
    let mut begun: Vec<(u64, u64, ValueId)> = Vec::new();
    for (person, moments) in &b {
        begun.extend(moments.first().map(|start| (*start, draw.number(), *person)));
    }
    begun.sort_unstable();
    let place: HashMap<ValueId, usize> = begun.iter().enumerate().map(|(at, one)| (one.2, at)).collect();
    let unit = granularity(a.values()).max(granularity(b.values()));
    let starts: HashMap<u64, usize> = begun.iter().fold(HashMap::new(), |mut counts, one| {
        *counts.entry(one.0 / unit).or_default() += 1;
        counts
    });
    let (mut right, mut crowds) = (0.0, Vec::new());
    for person in &players {
        let (Some(shown), Some(own), Some(at)) = (a.get(person), b.get(person), place.get(person)) else {
            continue;
        };
        let start = own.first().copied().unwrap_or_default();
        crowds.push(starts.get(&(start / unit)).copied().unwrap_or(1));
        let low = at.saturating_sub(NEIGHBORS);
        let near =
            begun.iter().enumerate().skip(low).take(2 * NEIGHBORS + 1).filter(|(place, _)| place != at);
        let nearest = near.min_by_key(|(_, one)| (one.0.abs_diff(start), one.1)).map(|(_, one)| one.2);
        let decoy = nearest.and_then(|decoy| b.get(&decoy))?;
        let (own, foreign) = (common(shown, own, unit), common(shown, decoy, unit));
        right += if (own - foreign).abs() < 1e-9 { 0.5 } else { f64::from(u8::from(own > foreign)) };
    }
    crowds.sort_unstable();
    let crowd = crowds.get(crowds.len() / 2).copied().unwrap_or(1);
    let advantage = statistics::advantage(right, count);
    let outcome = if advantage.is_above_zero() { Outcome::Succeeded } else { Outcome::Held };
    let says = format!(
        "between {} and {}: times give an advantage of {} over {} sessions; clocks tick by {}, and {} begin together in the middle",
        view.name,
        other.name,
        advantage.text(),
        grouped(count as u64),
        ticks(unit),
        grouped(crowd as u64)
    );
    let finding = Finding::new(NAME, evidence.name(field), outcome, says)
        .measured("advantage", advantage)
        .number("sessions", count as f64)
        .number("begin together", crowd as f64)
        .number("tick in nanoseconds", unit as f64);
    Some(finding.stop(stop(evidence, first)))
}

/// Without the truth: records whose moment stands once in each output.
fn counted(evidence: &Evidence, first: usize, second: usize) -> Option<Finding> {
    let (view, other) = (evidence.outputs.get(first)?, evidence.outputs.get(second)?);
    let moments = |view: &super::evidence::View| {
        let mut counts: HashMap<u64, u64> = HashMap::new();
        view.rows.iter().filter_map(|row| row.start).for_each(|at| *counts.entry(at).or_default() += 1);
        counts
    };
    let (a, b) = (moments(view), moments(other));
    let records: u64 = a.values().sum();
    if records < FEWEST_PEOPLE as u64 || b.is_empty() {
        return None;
    }
    let alone = a.iter().filter(|(at, n)| **n == 1 && b.get(at) == Some(&1)).count();
    let share = statistics::share(alone as f64, usize::try_from(records).unwrap_or(usize::MAX));
    // A few moments are equal by chance, above all where clocks tick by seconds.
    let outcome = if share.low > 0.01 { Outcome::Succeeded } else { Outcome::Held };
    let says = format!(
        "between {} and {}: {} of {} records have a moment of their own that stands once in both; give --truth for an advantage",
        view.name,
        other.name,
        grouped(alone as u64),
        grouped(records)
    );
    let finding = Finding::new(NAME, "", outcome, says).measured("moments of their own", share);
    Some(finding.number("records", records as f64).stop(stop(evidence, first)))
}

/// Moments of each person of an output; people are values before treatment.
fn sessions(evidence: &Evidence, output: usize, field: FieldId) -> Option<BTreeMap<ValueId, Moments>> {
    let (truth, aligned) = evidence.truth_of(output)?;
    let view = evidence.outputs.get(output)?;
    let mut out: BTreeMap<ValueId, Moments> = BTreeMap::new();
    for (row, place) in view.rows.iter().zip(aligned) {
        let person = place.and_then(|place| truth.rows.get(place)).and_then(|row| row.value(field));
        if let Some((person, start)) = person.zip(row.start) {
            out.entry(person).or_default().push(start);
        }
    }
    out.values_mut().for_each(|moments| moments.sort_unstable());
    Some(out)
}

/// The largest of the usual units of which all moments are multiples, in nanoseconds.
fn granularity<'m>(sessions: impl Iterator<Item = &'m Moments>) -> u64 {
    const SECOND: u64 = 1_000_000_000;
    let units =
        [86_400 * SECOND, 3_600 * SECOND, 900 * SECOND, 600 * SECOND, 300 * SECOND, 60 * SECOND, 10 * SECOND];
    let units = units.into_iter().chain([SECOND, 100_000_000, 1_000_000, 1_000]);
    let moments: Vec<u64> = sessions.flatten().copied().collect();
    let fits = |unit: &u64| moments.iter().all(|moment| moment.is_multiple_of(*unit));
    units.into_iter().find(fits).unwrap_or(1)
}

fn ticks(unit: u64) -> String {
    match unit {
        1 => "nanoseconds".to_owned(),
        1_000 => "microseconds".to_owned(),
        1_000_000 => "milliseconds".to_owned(),
        unit if unit < 1_000_000_000 => "fractions of a second".to_owned(),
        1_000_000_000 => "a second".to_owned(),
        unit => format!("{} seconds", grouped(unit / 1_000_000_000)),
    }
}

/// Share of ticks of the clock in which both have a moment, of those in which either has. How many moments a tick has is no matter
/// of time.
fn common(a: &Moments, b: &Moments, unit: u64) -> f64 {
    let ticks = |moments: &Moments| moments.iter().map(|moment| moment / unit).collect::<BTreeSet<u64>>();
    let (a, b) = (ticks(a), ticks(b));
    a.intersection(&b).count() as f64 / a.union(&b).count().max(1) as f64
}

fn stop(evidence: &Evidence, output: usize) -> String {
    use frostglass_formats::Signal;
    let rows = evidence.outputs.get(output).map_or(&[] as &[_], |view| view.rows.as_slice());
    let has = |signal: Signal| rows.iter().any(|row| row.signal == signal);
    let mut lines = String::from("treatments:\n  minute: {generalize: {time: 1m}}\ncatalog:");
    let fields: [(Signal, &[&str]); 3] = [
        (Signal::Traces, &["span/@start_time", "span/@end_time", "event/@time"]),
        (Signal::Logs, &["log/@time", "log/@observed_time"]),
        (Signal::Metrics, &["point/@time"]),
    ];
    for field in fields.into_iter().filter(|(signal, _)| has(*signal)).flat_map(|(_, fields)| fields) {
        lines.push_str(&format!("\n  {field}: {{class: operational, treat: minute}}"));
    }
    lines
}
