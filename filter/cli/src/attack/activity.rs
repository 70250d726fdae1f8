//! Activity: who calls the same things at the same hours in two groups is the same person, whatever the tokens say.
//!
//! Profiles are what stands beside a pseudonym (routes, services, errors, kinds) and the hours of the day, weighed by how rare they
//! are; the attacker picks the more similar one. Tokens that
//! join for long cannot stop that: shorter epochs, tokens that join within a trace alone, or fewer fields do.

use super::control::{self, Controls, keyed_token};
use super::evidence::{Evidence, FieldId, ValueId};
use super::linking::{Between, FEWEST_PEOPLE, MOST_PEOPLE, Pair, SEED, Side, pairs, players};
use super::statistics::{self, Draw};
use super::verdict::{Finding, Outcome, grouped};
use super::{Attack, Settings};
use frostglass_engine::Class;
use std::collections::{HashMap, HashSet};

pub(super) struct Activity;

const NAME: &str = "activity";

/// Distinct values of a field beyond which it is no habit.
const MOST_HABITS: usize = 500;

const HOUR: u64 = 3_600_000_000_000;

impl Attack for Activity {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sentence(&self) -> &'static str {
        "finds a person again in another epoch or output by what they do and when"
    }

    fn run(&self, evidence: &Evidence, _: &Settings) -> Vec<Finding> {
        if evidence.truth.is_empty() {
            return vec![Finding::not_tried(NAME, "who is who must be known to score it: give --truth")];
        }
        let findings: Vec<Finding> = pairs(evidence)
            .into_iter()
            .filter(|pair| pair.between != Between::Classes && !evidence.name(pair.a.field).contains('@'))
            .filter_map(|pair| profile(evidence, &pair))
            .collect();
        if findings.is_empty() {
            let says =
                format!("no pseudonyms of at least {FEWEST_PEOPLE} people stand in two epochs or outputs");
            return vec![Finding::not_tried(NAME, says)];
        }
        findings
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        let habits = |own: bool| {
            let mut evidence = Evidence::default();
            let user = evidence.field("span/user.id", Some(Class::DirectId));
            let route = evidence.field("span/http.route", Some(Class::Operational));
            for epoch in [1, 2] {
                let mut draw = Draw::new(u64::from(epoch));
                let (mut treated, mut plain) = (Vec::new(), Vec::new());
                for person in 0..800_u64 {
                    let name = format!("person{person}@example.org");
                    let token = keyed_token("", epoch, &name);
                    for visit in 0..6 {
                        // Everybody has a few routes of their own, or draws from all.
                        let at = if own { person * 7 + visit * 131 } else { draw.number() };
                        let path = (route, format!("/page/{}", at % 400));
                        treated.push((None, vec![(user, token.clone()), path.clone()]));
                        plain.push((None, vec![(user, name.clone()), path]));
                    }
                }
                let view = control::view(&mut evidence, "epoch", &treated);
                evidence.outputs.push(view);
                let view = control::view(&mut evidence, "epoch", &plain);
                evidence.truth.push(view);
            }
            evidence
        };
        controls.win("habits of one's own", habits(true), Settings::default());
        controls.hold("habits of everybody", habits(false), Settings::default());
        controls
    }
}

/// What a pseudonym does: weights of features.
type Profile = HashMap<(FieldId, u64), f64>;

fn profile(evidence: &Evidence, pair: &Pair) -> Option<Finding> {
    let mut draw = Draw::new(SEED);
    let players = players(evidence, pair, &mut draw).filter(|people| people.len() >= FEWEST_PEOPLE)?;
    let habits = habits(evidence, pair);
    let wanted = |side: fn(&(ValueId, ValueId)) -> ValueId| players.iter().map(side).collect::<HashSet<_>>();
    let first = profiles(evidence, &pair.a, &wanted(|player| player.0), &habits);
    let second = profiles(evidence, &pair.b, &wanted(|player| player.1), &habits);
    let (mut right, count) = (0.0, players.len());
    let empty = Profile::new();
    for (at, player) in players.iter().enumerate() {
        let other = players.get((at + 1 + draw.below(count - 1)) % count).copied().unwrap_or_default();
        let shown = first.get(&player.0).unwrap_or(&empty);
        let likeness = |value: ValueId| second.get(&value).map_or(0.0, |profile| cosine(shown, profile));
        let (own, foreign) = (likeness(player.1), likeness(other.1));
        right += if (own - foreign).abs() < 1e-9 { 0.5 } else { f64::from(u8::from(own > foreign)) };
    }
    let advantage = statistics::advantage(right, count);
    let outcome = if advantage.is_above_zero() { Outcome::Succeeded } else { Outcome::Held };
    let words = pair.words(evidence);
    let says = format!(
        "{words}: what they do and when gives an advantage of {} over {} people in both",
        advantage.text(),
        grouped(count as u64)
    );
    let name = evidence.name(pair.a.field);
    let stop = super::trace_tokens(evidence, pair.a.field);
    let finding = Finding::new(NAME, name, outcome, says).measured("advantage", advantage);
    Some(finding.number("people", count as f64).stop(stop))
}

/// Fields that may be a habit on both sides: few values, and none that stands for somebody.
fn habits(evidence: &Evidence, pair: &Pair) -> HashSet<FieldId> {
    let of = |side: &Side| -> HashSet<FieldId> {
        let Some(view) = evidence.outputs.get(side.output) else { return HashSet::new() };
        let fields = view.fields().into_iter();
        let usable = fields.filter(|field| {
            let values = view.histogram(*field).len();
            (2..=MOST_HABITS).contains(&values) && !evidence.is_identifier(view, *field)
        });
        usable.collect()
    };
    let (a, b) = (of(&pair.a), of(&pair.b));
    a.intersection(&b).copied().collect()
}

fn profiles(
    evidence: &Evidence,
    side: &Side,
    wanted: &HashSet<ValueId>,
    habits: &HashSet<FieldId>,
) -> HashMap<ValueId, Profile> {
    let mut out: HashMap<ValueId, Profile> = HashMap::new();
    let Some(view) = evidence.outputs.get(side.output) else { return out };
    for row in &view.rows {
        let Some(value) = row.value(side.field).filter(|value| wanted.contains(value)) else { continue };
        let profile = out.entry(value).or_default();
        for (field, value) in row.cells.iter().filter(|cell| habits.contains(&cell.0)) {
            *profile.entry((*field, u64::from(*value))).or_default() += 1.0;
        }
        if let Some(start) = row.start {
            *profile.entry((FieldId::MAX, start / HOUR % 24)).or_default() += 1.0;
        }
    }
    // Rare features tell more, and the tenth visit less than the first.
    let mut spread: HashMap<(FieldId, u64), f64> = HashMap::new();
    out.values().flat_map(HashMap::keys).for_each(|key| *spread.entry(*key).or_default() += 1.0);
    let all = out.len().min(MOST_PEOPLE) as f64;
    for profile in out.values_mut() {
        for (key, weight) in profile.iter_mut() {
            let rare = (all / spread.get(key).copied().unwrap_or(1.0)).ln();
            *weight = weight.ln_1p() * rare;
        }
    }
    out
}

fn cosine(a: &Profile, b: &Profile) -> f64 {
    let (small, large) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    // In a fixed order, so that rounding gives the same in every run.
    let mut keys: Vec<_> = small.iter().collect();
    keys.sort_by_key(|(key, _)| **key);
    let product: f64 = keys.into_iter().filter_map(|(key, weight)| Some(weight * large.get(key)?)).sum();
    let length = |profile: &Profile| {
        let mut squares: Vec<f64> = profile.values().map(|weight| weight * weight).collect();
        squares.sort_by(f64::total_cmp);
        squares.into_iter().sum::<f64>().sqrt()
    };
    let lengths = length(a) * length(b);
    if lengths > 0.0 { product / lengths } else { 0.0 }
}
