//! Linking: equal strings where they should differ, between epochs, between outputs for two recipients, and between classes.
//!
//! With the truth it is a game: of a person in both groups the attacker is shown the value in one, and in the other that of the
//! person and that of somebody else, and picks. Without, values that identify somebody and stand in both groups are counted: that
//! they are equal is proof enough.

use super::control::{self, Controls, keyed_token};
use super::evidence::{Evidence, FieldId, Shape, ValueId, View};
use super::statistics::{self, Draw};
use super::verdict::{Finding, Outcome, grouped};
use super::{Attack, Settings};
use frostglass_engine::Class;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(super) struct Linking;

const NAME: &str = "linking";

/// People of a game, at most; fewer than the other number tell nothing.
pub(super) const MOST_PEOPLE: usize = 2000;
pub(super) const FEWEST_PEOPLE: usize = 20;

/// Pairs of groups that are compared, at most.
const MOST_PAIRS: usize = 16;

/// Seed of the games.
pub(super) const SEED: u64 = 0x6672_6f73_7467_6c61;

impl Attack for Linking {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sentence(&self) -> &'static str {
        "looks for equal strings of one person between epochs, outputs for two recipients, and classes"
    }

    fn run(&self, evidence: &Evidence, settings: &Settings) -> Vec<Finding> {
        let mut findings = Vec::new();
        for pair in pairs(evidence) {
            findings.extend(link(evidence, &pair, settings));
        }
        if findings.is_empty() {
            let says =
                "no field that identifies somebody stands in two outputs, in two epochs, or in two classes";
            findings.push(Finding::not_tried(NAME, says));
        }
        findings
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        let people: Vec<String> = (0..800).map(|at| format!("person{at}@example.org")).collect();
        type Domain = (&'static str, u32);
        let two = |first: Domain, second: Domain, with_truth: bool| {
            let mut evidence = Evidence::default();
            let field = evidence.field("span/user.id", Some(Class::DirectId));
            for (name, (domain, epoch)) in [("a", first), ("b", second)] {
                let rows = |token: &dyn Fn(&str) -> String| -> Vec<_> {
                    people.iter().map(|person| (None, vec![(field, token(person))])).collect()
                };
                let treated = rows(&|person| keyed_token(domain, epoch, person));
                let view = control::view(&mut evidence, name, &treated);
                evidence.outputs.push(view);
                if with_truth {
                    let plain = rows(&str::to_owned);
                    let view = control::view(&mut evidence, name, &plain);
                    evidence.truth.push(view);
                }
            }
            evidence
        };
        let plain = Settings::default;
        controls.win("two days under one key", two(("", 1), ("", 1), true), plain());
        controls.win(
            "two recipients in one domain, without the truth",
            two(("", 1), ("", 1), false),
            plain(),
        );
        controls.hold("two epochs", two(("", 1), ("", 2), true), plain());
        controls.hold("two recipients", two(("oncall", 1), ("vendor", 1), true), plain());
        let classes = |first: &str, second: &str| {
            let mut evidence = Evidence::default();
            let direct = evidence.field("span/user.id", Some(Class::DirectId));
            let online = evidence.field("span/session.id", Some(Class::OnlineId));
            let treated: Vec<_> = people
                .iter()
                .map(|person| {
                    let cells = [(direct, first), (online, second)];
                    let token = |domain: &str| keyed_token(domain, 1, person);
                    (None, cells.map(|(field, domain)| (field, token(domain))).to_vec())
                })
                .collect();
            let plain: Vec<_> = people
                .iter()
                .map(|person| (None, vec![(direct, person.clone()), (online, person.clone())]))
                .collect();
            let view = control::view(&mut evidence, "classes", &treated);
            evidence.outputs.push(view);
            let view = control::view(&mut evidence, "classes", &plain);
            evidence.truth.push(view);
            evidence
        };
        controls.win("two classes in one domain", classes("same", "same"), plain());
        controls.hold("two classes", classes("direct-id", "online-id"), plain());
        controls
    }
}

/// One side of a comparison: values of a field in some records of an output.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Side {
    pub(super) output: usize,
    pub(super) field: FieldId,
    pub(super) epoch: Option<u32>,
}

/// Two sides that should not join, and what tells them apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    pub(super) between: Between,
    pub(super) a: Side,
    pub(super) b: Side,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    Epochs,
    Outputs,
    Classes,
}

/// All pairs that are worth comparing.
pub(super) fn pairs(evidence: &Evidence) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let identifiers: Vec<Vec<FieldId>> =
        evidence.outputs.iter().map(|view| evidence.identifiers(view)).collect();
    for (output, fields) in identifiers.iter().enumerate() {
        let Some(view) = evidence.outputs.get(output) else { continue };
        for field in fields {
            let epochs = epochs(evidence, view, *field);
            let neighbors = epochs.iter().zip(epochs.iter().skip(1));
            pairs.extend(neighbors.take(MOST_PAIRS).map(|(a, b)| {
                let side = |epoch: u32| Side { output, field: *field, epoch: Some(epoch) };
                Pair { between: Between::Epochs, a: side(*a), b: side(*b) }
            }));
        }
        for (at, first) in fields.iter().enumerate() {
            for second in fields.iter().skip(at + 1) {
                if apart(evidence, *first, *second) {
                    let side = |field: FieldId| Side { output, field, epoch: None };
                    pairs.push(Pair { between: Between::Classes, a: side(*first), b: side(*second) });
                }
            }
        }
        for (other, there) in identifiers.iter().enumerate().skip(output + 1).take(MOST_PAIRS) {
            pairs.extend(fields.iter().filter(|field| there.contains(field)).map(|field| {
                let side = |output: usize| Side { output, field: *field, epoch: None };
                Pair { between: Between::Outputs, a: side(output), b: side(other) }
            }));
        }
    }
    pairs
}

/// Whether two fields are of classes whose tokens should not join. Ids of traces join all that there is, and are meant to.
fn apart(evidence: &Evidence, a: FieldId, b: FieldId) -> bool {
    let (a, b) = (evidence.class(a), evidence.class(b));
    let keyed = |class: Option<Class>| matches!(class, Some(Class::DirectId | Class::OnlineId));
    keyed(a) && keyed(b) && a != b
}

/// Epochs of the tokens of a field.
fn epochs(evidence: &Evidence, view: &View, field: FieldId) -> Vec<u32> {
    let of = |value: ValueId| match Shape::of(evidence.text(value)) {
        Shape::Token(epoch) => Some(epoch),
        _ => None,
    };
    view.histogram(field).into_keys().filter_map(of).collect::<BTreeSet<u32>>().into_iter().collect()
}

impl Side {
    /// Whether a value belongs to it.
    fn holds(&self, evidence: &Evidence, value: ValueId) -> bool {
        self.epoch.is_none_or(|epoch| Shape::of(evidence.text(value)) == Shape::Token(epoch))
    }

    /// Its values with how often they stand there.
    pub(super) fn values(&self, evidence: &Evidence) -> BTreeMap<ValueId, u64> {
        let Some(view) = evidence.outputs.get(self.output) else { return BTreeMap::new() };
        let all = view.histogram(self.field).into_iter();
        all.filter(|(value, _)| self.holds(evidence, *value)).collect()
    }

    /// For each person the value that mostly stands for them; people are values before treatment.
    pub(super) fn people(&self, evidence: &Evidence) -> Option<BTreeMap<ValueId, ValueId>> {
        let (truth, aligned) = evidence.truth_of(self.output)?;
        let view = evidence.outputs.get(self.output)?;
        let mut counts: BTreeMap<ValueId, HashMap<ValueId, u64>> = BTreeMap::new();
        for (row, place) in view.rows.iter().zip(aligned) {
            let before = place.and_then(|place| truth.rows.get(place)).and_then(|row| row.value(self.field));
            if let Some((person, value)) = before.zip(row.value(self.field))
                && self.holds(evidence, value)
            {
                *counts.entry(person).or_default().entry(value).or_default() += 1;
            }
        }
        let most = |of: HashMap<ValueId, u64>| of.into_iter().max_by_key(|(value, n)| (*n, *value));
        Some(counts.into_iter().filter_map(|(person, of)| Some((person, most(of)?.0))).collect())
    }
}

impl Pair {
    /// In words: what was compared.
    pub(super) fn words(&self, evidence: &Evidence) -> String {
        let output = |side: &Side| evidence.outputs.get(side.output).map_or("", |view| view.name.as_str());
        match self.between {
            Between::Epochs => {
                let epoch = |side: &Side| side.epoch.unwrap_or_default();
                format!("between epochs {} and {}", epoch(&self.a), epoch(&self.b))
            }
            Between::Outputs => format!("between {} and {}", output(&self.a), output(&self.b)),
            Between::Classes => format!("with {}, which is of another class", evidence.name(self.b.field)),
        }
    }
}

/// People who stand on both sides, and the value of each there: a sample, in an order that says nothing.
pub(super) fn players(evidence: &Evidence, pair: &Pair, draw: &mut Draw) -> Option<Vec<(ValueId, ValueId)>> {
    let (a, b) = (pair.a.people(evidence)?, pair.b.people(evidence)?);
    let both = a.iter().filter_map(|(person, value)| Some((*value, *b.get(person)?)));
    Some(draw.sample(both.collect(), MOST_PEOPLE))
}

fn link(evidence: &Evidence, pair: &Pair, settings: &Settings) -> Option<Finding> {
    let name = evidence.name(pair.a.field);
    let (first, second) = (pair.a.values(evidence), pair.b.values(evidence));
    if first.len() < 2 || second.len() < 2 {
        return None;
    }
    let words = pair.words(evidence);
    let mut draw = Draw::new(SEED);
    if let Some(players) = players(evidence, pair, &mut draw).filter(|people| people.len() >= FEWEST_PEOPLE) {
        let count = players.len();
        let right: f64 = (0..count)
            .map(|at| {
                // Somebody else, who may share the value: then nobody can tell.
                let other = (at + 1 + draw.below(count - 1)) % count;
                let shown = players.get(at).copied().unwrap_or_default();
                let decoy = players.get(other).copied().unwrap_or_default();
                match (shown.0 == shown.1, shown.0 == decoy.1) {
                    (true, false) => 1.0,
                    (false, true) => 0.0,
                    _ => 0.5,
                }
            })
            .sum();
        let advantage = statistics::advantage(right, count);
        let succeeded = advantage.is_above_zero();
        let outcome = if succeeded { Outcome::Succeeded } else { Outcome::Held };
        let says = format!(
            "{words}: equal strings give an advantage of {} over {} people in both",
            advantage.text(),
            grouped(count as u64)
        );
        let finding = Finding::new(NAME, name, outcome, says).measured("advantage", advantage);
        return Some(finding.number("people", count as f64).stop(stop(evidence, pair)));
    }
    // The truth says that nobody, or hardly anybody, stands under one value in both classes.
    if pair.between == Between::Classes && !evidence.truth.is_empty() {
        return None;
    }
    // Without the truth: what is equal and unlikely to be equal by chance.
    let telling = |value: &ValueId| Shape::of(evidence.text(*value)) != Shape::Other;
    let equal: Vec<ValueId> = first.keys().filter(|value| second.contains_key(value)).copied().collect();
    let telling: Vec<ValueId> = equal.into_iter().filter(telling).collect();
    let count = first.keys().filter(|value| Shape::of(evidence.text(**value)) != Shape::Other).count();
    if count == 0 {
        return None;
    }
    let succeeded = !telling.is_empty();
    let outcome = if succeeded { Outcome::Succeeded } else { Outcome::Held };
    let says = format!(
        "{words}: {} of {} values that look like identifiers stand in both{}",
        grouped(telling.len() as u64),
        grouped(count as u64),
        if evidence.truth.is_empty() { "; give --truth for an advantage" } else { "" }
    );
    let shown = telling.iter().map(|value| evidence.text(*value).to_owned());
    let finding = Finding::new(NAME, name, outcome, says)
        .measured("values in both", statistics::share(telling.len() as f64, count))
        .number("values", count as f64)
        .number("in both", telling.len() as f64)
        .shown(settings.show, shown);
    Some(finding.stop(stop(evidence, pair)))
}

/// Lines that would keep the sides apart.
fn stop(evidence: &Evidence, pair: &Pair) -> String {
    let field = pair.a.field;
    if evidence.class(field) == Some(Class::Correlation) || evidence.is_trace_id(field) {
        return format!("catalog:\n{}", super::line(evidence, field, "suppress"));
    }
    match pair.between {
        Between::Epochs => super::tokens(evidence, field, ", epoch: 24h"),
        Between::Outputs => {
            let lines = super::tokens(evidence, field, "");
            format!("# and name each host's own `recipient` in its configuration\n{lines}")
        }
        Between::Classes => super::tokens(evidence, field, ""),
    }
}
