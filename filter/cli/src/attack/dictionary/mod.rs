//! Dictionary: hashes all that a value may have been, and looks for the result among what looks like digests or tokens.
//!
//! What has no secret key falls to it, whatever the hash: lists that the attacker brings, all IPv4 addresses, phone plans, plain
//! numbers and common e-mail addresses. Promises: lists are tried to their end; the large spaces are sampled evenly for a given
//! time, and the time for all of them is told from the measured rate.

mod digests;
mod guess;
mod spaces;

pub(super) use digests::Targets;
pub(super) use guess::{Method, methods};

use super::control::{Controls, keyed_token};
use super::evidence::{Evidence, FieldId, Row, ValueId, View};
use super::statistics;
use super::verdict::{Finding, Outcome, grouped, lasting};
use super::{Attack, Settings};
use frostglass_engine::Class;
use frostglass_formats::Signal;
use guess::Guesser;
use spaces::Space;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

pub(super) struct Dictionary;

pub(super) const NAME: &str = "dictionary";

/// Distinct values of a field that are tried.
const MOST_VALUES: usize = 100_000;

impl Attack for Dictionary {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sentence(&self) -> &'static str {
        "hashes lists, IPv4, phone plans, numbers and e-mail addresses, and looks for the results among digests and tokens"
    }

    fn run(&self, evidence: &Evidence, settings: &Settings) -> Vec<Finding> {
        let mut values: BTreeMap<FieldId, BTreeSet<ValueId>> = BTreeMap::new();
        for (field, value) in evidence.outputs.iter().flat_map(|view| &view.rows).flat_map(|row| &row.cells) {
            // Ids of traces are no digests of anything.
            if !evidence.is_trace_id(*field) {
                values.entry(*field).or_default().insert(*value);
            }
        }
        let mut targets = Targets::default();
        let mut fields: BTreeMap<FieldId, Vec<ValueId>> = BTreeMap::new();
        for (field, values) in values {
            let hit = values
                .into_iter()
                .take(MOST_VALUES)
                .filter(|value| targets.add(*value, evidence.text(*value)));
            let with_digests: Vec<ValueId> = hit.collect();
            if !with_digests.is_empty() {
                fields.insert(field, with_digests);
            }
        }
        if fields.is_empty() {
            return vec![Finding::not_tried(NAME, "nothing in the output looks like a digest or a token")];
        }
        let mut guesser = Guesser::new(&targets, methods());
        let mut tried = try_lists(&mut guesser, evidence);
        tried.extend(try_spaces(&mut guesser, settings.seconds));
        let fields = fields.into_iter();
        fields
            .map(|(field, values)| finding(&guesser, evidence, field, &values, &tried, settings.show))
            .collect()
    }

    fn controls(&self) -> Controls {
        let addresses: Vec<String> = (0..1000).map(|at| format!("203.0.113.{}", at % 250)).collect();
        let people: Vec<String> = (0..1000).map(|at| format!("person{at}@example.org")).collect();
        let hashed = |method: Method, texts: &[String]| -> Vec<String> {
            texts.iter().map(|text| method.hex(text.as_bytes())).collect()
        };
        // A field for each method; and one for which no list helps, so that the address space alone must do.
        let mut fields: Vec<(String, Vec<String>)> =
            methods().into_iter().map(|method| (method.to_string(), hashed(method, &people))).collect();
        if let Some(method) = methods().into_iter().next() {
            fields.push(("addresses".into(), hashed(method, &addresses)));
        }
        let tokens = people.iter().map(|person| keyed_token("control", 1, person)).collect();
        let settings = Settings { seconds: 0.0, ..Settings::default() };
        let mut controls = Controls::default();
        controls.win("digests without a secret key", columns(&fields, &people), settings.clone());
        controls.hold("keyed tokens", columns(&[("user".into(), tokens)], &people), settings);
        controls
    }
}

/// An output with fields of a value a record, and what the attacker tries.
fn columns(fields: &[(String, Vec<String>)], candidates: &[String]) -> Evidence {
    let mut evidence = Evidence::default();
    let mut rows = Vec::new();
    for (name, values) in fields {
        let field = evidence.field(&format!("span/{name}"), Some(Class::DirectId));
        for value in values {
            let cells = vec![(field, evidence.value(value))];
            rows.push(Row { signal: Signal::Traces, start: None, span: None, cells });
        }
    }
    evidence.outputs.push(View::new("control", rows));
    evidence.candidates = candidates.iter().map(|text| (text.clone(), 1)).collect();
    evidence
}

/// How far a space was tried.
struct Tried {
    what: &'static str,
    tried: u64,
}

fn try_lists(guesser: &mut Guesser<'_>, evidence: &Evidence) -> Vec<Tried> {
    let mut count = 0;
    let known = evidence.telemetry.iter().flat_map(|view| &view.rows).flat_map(|row| &row.cells);
    let known: BTreeSet<ValueId> = known.map(|cell| cell.1).collect();
    let listed = evidence.candidates.iter().map(|candidate| candidate.0.as_str());
    let pairs = evidence.pairs.iter().map(|pair| pair.0.as_str());
    for text in listed.chain(pairs).chain(known.into_iter().map(|value| evidence.text(value))) {
        count += 1;
        for form in forms(text) {
            guesser.guess(form.as_bytes());
        }
    }
    if count == 0 { Vec::new() } else { vec![Tried { what: "values of lists", tried: count }] }
}

/// How a value may have been written before it was hashed: as it is, in lower case, in upper case, and with the line end that
/// `echo` adds.
pub(super) fn forms(text: &str) -> Vec<String> {
    let mut forms = vec![text.to_owned(), text.to_lowercase(), text.to_uppercase(), format!("{text}\n")];
    forms.push(format!("{}\n", text.to_lowercase()));
    forms.dedup();
    forms
}

fn try_spaces(guesser: &mut Guesser<'_>, seconds: f64) -> Vec<Tried> {
    for space in spaces::small() {
        (0..space.size).for_each(|at| guesser.guess(space.text(at).as_bytes()));
    }
    let large = spaces::large();
    let each = Duration::try_from_secs_f64(seconds / large.len().max(1) as f64).unwrap_or_default();
    large.iter().map(|space| Tried { what: space.name, tried: sample(guesser, space, each) }).collect()
}

/// Guesses between two looks at the clock.
const STRIDE: u64 = 4096;

/// Goes through a space in an order that covers it evenly, for a time or to its end.
fn sample(guesser: &mut Guesser<'_>, space: &Space, time: Duration) -> u64 {
    let (step, start) = (space.step(), Instant::now());
    let (mut at, mut tried) = (space.size / 3, 0);
    while tried < space.size && start.elapsed() < time {
        for _ in 0..STRIDE.min(space.size - tried) {
            guesser.guess(space.text(at).as_bytes());
            at = (at + step) % space.size;
            tried += 1;
        }
    }
    tried
}

fn finding(
    guesser: &Guesser<'_>,
    evidence: &Evidence,
    field: FieldId,
    values: &[ValueId],
    tried: &[Tried],
    show: bool,
) -> Finding {
    let found: Vec<(ValueId, &guess::Hit)> =
        values.iter().filter_map(|value| Some((*value, guesser.hit(*value)?))).collect();
    // What short digests give away by chance does not count.
    let by_chance: f64 = values.iter().map(|value| guesser.by_chance(*value)).sum();
    let succeeded = !found.is_empty() && found.len() as f64 > 10.0 * by_chance;
    let outcome = if succeeded { Outcome::Succeeded } else { Outcome::Held };
    // Who knows the method needs to try only that.
    let methods: HashSet<Method> = found.iter().map(|(_, hit)| hit.method).collect();
    let rate = if succeeded { guess::rate_of(&methods) } else { guesser.rate() };
    let lasts = |space: &Space| space.size as f64 / rate.max(1.0);
    let large = spaces::large();
    let addresses = large.first().map_or(f64::INFINITY, lasts);
    let count = format!("of {} distinct values", grouped(values.len() as u64));
    let says = if succeeded {
        let mut how: Vec<String> = methods.iter().map(Method::to_string).collect();
        how.sort();
        let how = how.join(", ");
        format!(
            "{} {count} found, as {how}; at {} guesses a second all IPv4 addresses take {}",
            grouped(found.len() as u64),
            grouped(rate as u64),
            lasting(addresses)
        )
    } else if found.is_empty() {
        format!(
            "none {count} found in {} guesses; at {} a second all IPv4 addresses take {}",
            grouped(guesser.guesses()),
            grouped(rate as u64),
            lasting(addresses)
        )
    } else {
        format!("{} {count} match, which is what chance gives", grouped(found.len() as u64))
    };
    let share = if succeeded { found.len() as f64 } else { 0.0 };
    let recovered = found.iter().map(|(value, hit)| format!("{} is {}", evidence.text(*value), hit.text));
    let mut finding = Finding::new(NAME, evidence.name(field), outcome, says)
        .measured("values found", statistics::share(share, values.len()))
        .number("values", values.len() as f64)
        .number("found", share)
        .number("guesses", guesser.guesses() as f64)
        .number("guesses a second", rate.floor());
    for space in tried {
        finding = finding.number(&format!("tried {}", space.what), space.tried as f64);
    }
    for space in &large {
        finding = finding.number(&format!("seconds for all {}", space.name), lasts(space).ceil());
    }
    finding.shown(show, recovered).stop(super::tokens(evidence, field, ""))
}

/// Values that are found among targets when only these texts are tried, with the text.
pub(super) fn crack<'t>(targets: &Targets, texts: impl Iterator<Item = &'t str>) -> HashMap<ValueId, String> {
    let mut guesser = Guesser::new(targets, methods());
    for text in texts {
        forms(text).iter().for_each(|form| guesser.guess(form.as_bytes()));
    }
    guesser.into_hits()
}
