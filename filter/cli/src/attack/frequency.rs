//! Frequency: the commonest token is the commonest value. Ranks what stands in a field, ranks what the attacker knows of it, and
//! pairs the two.

use super::control::{self, Controls, keyed_token};
use super::evidence::{Evidence, FieldId, ValueId};
use super::statistics;
use super::verdict::{Finding, Outcome, grouped};
use super::{Attack, Settings};
use frostglass_engine::Class;
use std::collections::{HashMap, HashSet};

pub(super) struct Frequency;

const NAME: &str = "frequency";

/// Ranks that are guessed: far down, counts are all alike.
const MOST_RANKS: usize = 1000;

/// Distinct values below which there is nothing to guess.
const FEWEST_VALUES: usize = 3;

impl Attack for Frequency {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sentence(&self) -> &'static str {
        "pairs tokens with known values by how often each stands in its field"
    }

    fn run(&self, evidence: &Evidence, settings: &Settings) -> Vec<Finding> {
        if evidence.telemetry.is_empty() {
            let says = "the attacker needs untreated telemetry of the same kind: give --with FILE";
            return vec![Finding::not_tried(NAME, says)];
        }
        let mut findings = Vec::new();
        for (output, view) in evidence.outputs.iter().enumerate() {
            for field in view.fields() {
                findings.extend(rank(evidence, output, field, settings));
            }
        }
        if findings.is_empty() {
            findings
                .push(Finding::not_tried(NAME, "no treated field has its values in what was given --with"));
        }
        findings
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        // How often the person of a number comes: far apart, or all alike.
        let shop = |visits: fn(u64) -> u64| {
            let mut evidence = Evidence::default();
            let user = evidence.field("span/user.id", Some(Class::DirectId));
            let people = (0..60_u64).map(|at| (format!("person{at}@example.org"), visits(at)));
            let rows = |token: &dyn Fn(&str) -> String| -> Vec<_> {
                let visits =
                    people.clone().flat_map(|(person, visits)| (0..visits).map(move |_| person.clone()));
                visits.map(|person| (None, vec![(user, token(&person))])).collect()
            };
            let (treated, plain) = (rows(&|person| keyed_token("", 1, person)), rows(&str::to_owned));
            let view = control::view(&mut evidence, "shop", &treated);
            evidence.outputs.push(view);
            let view = control::view(&mut evidence, "shop", &plain);
            evidence.truth.push(view);
            let view = control::view(&mut evidence, "yesterday", &plain);
            evidence.telemetry.push(view);
            evidence
        };
        controls.win("one token a person, unequal visits", shop(|at| 3 * at + 3), Settings::default());
        controls.hold("one token a person, equal visits", shop(|_| 5), Settings::default());
        controls
    }
}

fn rank(evidence: &Evidence, output: usize, field: FieldId, settings: &Settings) -> Option<Finding> {
    let view = evidence.outputs.get(output)?;
    let mut treated = view.histogram(field);
    let mut known: HashMap<ValueId, u64> = HashMap::new();
    for telemetry in &evidence.telemetry {
        telemetry.histogram(field).into_iter().for_each(|(value, n)| *known.entry(value).or_default() += n);
    }
    // What stands there as it was needs no guess; and another hunt looks for it.
    let plain: Vec<ValueId> = treated.keys().filter(|value| known.contains_key(value)).copied().collect();
    if 2 * plain.len() > treated.len() {
        return None;
    }
    for value in plain {
        treated.remove(&value);
        known.remove(&value);
    }
    if treated.len() < FEWEST_VALUES || known.len() < FEWEST_VALUES {
        return None;
    }
    let (first, second) = (ranked(evidence, &treated), ranked(evidence, &known));
    let pairs: Vec<(ValueId, ValueId)> = first.into_iter().zip(second).take(MOST_RANKS).collect();
    let name = evidence.name(field);
    let Some(origins) = evidence.origins(output, field) else {
        let says = format!(
            "{}: {} treated values could be paired with {} known ones; give --truth to score the guesses",
            name,
            grouped(treated.len() as u64),
            grouped(known.len() as u64)
        );
        return Some(Finding::new(NAME, name, Outcome::NotTried, says));
    };
    let right: HashSet<ValueId> =
        pairs.iter().filter(|(token, guess)| origins.get(token) == Some(guess)).map(|pair| pair.0).collect();
    let share = statistics::share(right.len() as f64, pairs.len());
    let chance = 1.0 / known.len() as f64;
    let rows: u64 = treated.iter().filter(|(value, _)| right.contains(value)).map(|(_, n)| n).sum();
    let all: u64 = treated.values().sum();
    let succeeded = share.low > chance && right.len() >= 2;
    let outcome = if succeeded { Outcome::Succeeded } else { Outcome::Held };
    let says = format!(
        "{} of {} guesses by rank are right, chance gives {:.1}; they stand in {} of {} records",
        right.len(),
        pairs.len(),
        chance * pairs.len() as f64,
        grouped(rows),
        grouped(all)
    );
    let shown = pairs.iter().filter(|(token, _)| right.contains(token));
    let shown = shown.map(|(token, guess)| format!("{} is {}", evidence.text(*token), evidence.text(*guess)));
    let finding = Finding::new(NAME, name, outcome, says)
        .measured("guesses right", share)
        .number("guesses", pairs.len() as f64)
        .number("right", right.len() as f64)
        .shown(settings.show, shown);
    Some(finding.stop(super::trace_tokens(evidence, field)))
}

/// Values, the commonest first; those that stand equally often in an order that says nothing.
fn ranked(evidence: &Evidence, counts: &HashMap<ValueId, u64>) -> Vec<ValueId> {
    let mut values: Vec<(u64, u64, ValueId)> =
        counts.iter().map(|(value, n)| (u64::MAX - n, scattered(evidence.text(*value)), *value)).collect();
    values.sort_unstable();
    values.into_iter().map(|value| value.2).collect()
}

/// FNV-1a: an order that has nothing to do with how a value came into the file.
fn scattered(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
