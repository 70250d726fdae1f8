//! Membership: whether somebody is in the data at all, which may be all that matters (a clinic's logs, a party's shop).
//!
//! For each person of a list the attacker looks for their identifier in the open, in any case, and for its unkeyed hashes. With the truth,
//! the list is told apart into members and others, and the advantage is the share of members called so less that of others.

use super::control::{self, Controls, keyed_token};
use super::dictionary::{self, Targets};
use super::evidence::{Evidence, ValueId};
use super::statistics;
use super::verdict::{Finding, Outcome, grouped};
use super::{Attack, Settings};
use frostglass_engine::Class;
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub(super) struct Membership;

const NAME: &str = "membership";

impl Attack for Membership {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sentence(&self) -> &'static str {
        "tells of each person on a list whether they are in the data"
    }

    fn run(&self, evidence: &Evidence, settings: &Settings) -> Vec<Finding> {
        if evidence.candidates.is_empty() {
            return vec![Finding::not_tried(
                NAME,
                "needs people to ask for: give --with LIST.txt, one a line",
            )];
        }
        let people: BTreeSet<String> =
            evidence.candidates.iter().map(|candidate| candidate.0.to_lowercase()).collect();
        let called = called(evidence, &people);
        let members = members(evidence, &people);
        let fields: BTreeMap<&str, usize> = called.iter().fold(BTreeMap::new(), |mut fields, (_, field)| {
            *fields.entry(field.as_str()).or_default() += 1;
            fields
        });
        let found: BTreeSet<&String> = called.iter().map(|(person, _)| person).collect();
        let most = fields.iter().max_by_key(|field| (*field.1, *field.0)).map_or("", |field| *field.0);
        let shown: Vec<String> = found.iter().map(|person| (*person).clone()).collect();
        let (outcome, says, measured);
        if let Some(members) = members.filter(|members| !members.is_empty() && members.len() < people.len()) {
            let others = people.len() - members.len();
            let hits = found.iter().filter(|person| members.contains(**person)).count();
            let misses = found.len() - hits;
            let advantage = statistics::difference((hits as f64, members.len()), (misses as f64, others));
            outcome = if advantage.is_above_zero() { Outcome::Succeeded } else { Outcome::Held };
            says = format!(
                "{} of {} people who are in the data are called so, {} of {} who are not: an advantage of {}",
                grouped(hits as u64),
                grouped(members.len() as u64),
                grouped(misses as u64),
                grouped(others as u64),
                advantage.text()
            );
            measured = ("advantage", advantage);
        } else {
            outcome = if found.is_empty() { Outcome::Held } else { Outcome::Succeeded };
            says = format!(
                "{} of {} people on the list are seen in the data",
                grouped(found.len() as u64),
                grouped(people.len() as u64)
            );
            measured = ("people seen", statistics::share(found.len() as f64, people.len()));
        }
        let finding = Finding::new(NAME, most, outcome, says)
            .measured(measured.0, measured.1)
            .number("people", people.len() as f64)
            .number("seen", found.len() as f64)
            .shown(settings.show, shown);
        let lines = evidence.named(most).into_iter().next().map(|field| super::tokens(evidence, field, ""));
        vec![finding.stop(lines.unwrap_or_else(|| "default: suppress".to_owned()))]
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        let clinic = |treat: fn(&str) -> String| {
            let mut evidence = Evidence::default();
            let user = evidence.field("span/user.id", Some(Class::DirectId));
            let people: Vec<String> = (0..2000).map(|at| format!("person{at}@example.org")).collect();
            let members = people.iter().step_by(2);
            let rows = |of: fn(&str) -> String| -> Vec<_> {
                members.clone().map(|person| (None, vec![(user, of(person))])).collect()
            };
            let (treated, plain) = (rows(treat), rows(str::to_owned));
            let view = control::view(&mut evidence, "clinic", &treated);
            evidence.outputs.push(view);
            let view = control::view(&mut evidence, "clinic", &plain);
            evidence.truth.push(view);
            evidence.candidates = people.into_iter().map(|person| (person, 1)).collect();
            evidence
        };
        controls.win(
            "in the open",
            clinic(|person| format!("<{}>", person.to_uppercase())),
            Settings::default(),
        );
        controls.win("unkeyed hashes", clinic(unkeyed), Settings::default());
        controls.hold("keyed tokens", clinic(|person| keyed_token("", 1, person)), Settings::default());
        controls
    }
}

fn unkeyed(person: &str) -> String {
    dictionary::methods().first().map_or_else(String::new, |method| method.hex(person.as_bytes()))
}

/// People whom the attacker calls members, each with the field that says so.
fn called(evidence: &Evidence, people: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut field_of: BTreeMap<ValueId, &str> = BTreeMap::new();
    for (field, value) in evidence.outputs.iter().flat_map(|view| &view.rows).flat_map(|row| &row.cells) {
        field_of.entry(*value).or_insert_with(|| evidence.name(*field));
    }
    let mut out = Vec::new();
    let mut targets = Targets::default();
    let search = super::needles::Needles::new(people.iter().map(String::as_str));
    for (value, field) in &field_of {
        let text = evidence.text(*value);
        targets.add(*value, text);
        for person in search.whole_words(&text.to_lowercase()) {
            out.push((person.to_owned(), (*field).to_owned()));
        }
    }
    for (value, person) in dictionary::crack(&targets, people.iter().map(String::as_str)) {
        let field = field_of.get(&value).copied().unwrap_or_default();
        out.push((person.trim().to_lowercase(), field.to_owned()));
    }
    out
}

/// People of a list who are in the data before treatment.
fn members(evidence: &Evidence, people: &BTreeSet<String>) -> Option<HashSet<String>> {
    let cells = evidence.truth.iter().flat_map(|view| &view.rows).flat_map(|row| &row.cells);
    let values: BTreeSet<ValueId> = cells.map(|cell| cell.1).collect();
    let texts = values.into_iter().map(|value| evidence.text(value).to_lowercase());
    let members = texts.filter(|text| people.contains(text)).collect();
    (!evidence.truth.is_empty()).then_some(members)
}
