//! A value that is put into a real payload and treated, and what detectors find in it.

use crate::clock::Machine;
use crate::failure::{Failure, wrong};
use crate::field::{Field, Kind};
use crate::input::limits;
use crate::policy::scanner;
use crate::reader::{self, Names};
use crate::sample::{plain, samples};
use frostglass_engine::detect::{FieldContext, Hits};
use frostglass_engine::policy::{Given, Plan};
use frostglass_engine::{Engine, Outcome, Payload};
use frostglass_formats::{Edit, Level, Value};
use std::fmt::Write as _;

/// What a value became.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) became: Became,
    /// Whether a key that the host does not have would have been needed.
    pub(super) no_key: bool,
}

#[derive(Debug, PartialEq)]
pub(super) enum Became {
    Kept,
    Gone,
    Text(String),
    Withheld(String),
}

/// Puts a value into a payload and treats it.
pub(super) fn try_value(
    engine: &mut Engine,
    field: &Field,
    level: Level,
    value: &str,
    now: u64,
) -> Result<Tried, Failure> {
    if field.kind == Kind::Transport {
        let mut out = String::new();
        let became = match engine.header(field.path(), value.as_bytes(), &Machine(now), &mut out) {
            Edit::Keep => Became::Kept,
            Edit::Drop => Became::Gone,
            _ => Became::Text(out),
        };
        return Ok(Tried { became, no_key: lacks_key(engine) });
    }
    let given = typed(field, level, value);
    let (sample, given) = given
        .into_iter()
        .find_map(|given| {
            let mut made = samples(&[(field.clone(), given.clone())], level).ok()?;
            Some((made.pop()?, given))
        })
        .ok_or_else(|| {
            let part = matches!(field.kind, Kind::Part(_));
            let why = if part {
                "stands in no value that this version takes apart"
            } else {
                "does not take that value"
            };
            wrong(format!("{}: {why}; explain it without VALUE", field.text))
        })?;
    let payload = sample.protobuf();
    let kind = Payload::OtlpProto(sample.signal);
    let treated = match engine.rewrite(&payload, kind, &Machine(now)) {
        Outcome::Unchanged => payload.clone(),
        Outcome::Rewritten(bytes) => bytes.to_vec(),
        Outcome::Withheld(withheld) => {
            return Ok(Tried { became: Became::Withheld(withheld.to_string()), no_key: lacks_key(engine) });
        }
    };
    let mut left = None;
    let mut names = Names::default();
    let path = field.names(level).last().map_or_else(String::new, |name| name.path.to_owned());
    let json_member = format!("body.{path}");
    let read = reader::read(&treated, kind, &limits(), &mut names, &mut |names, id, value| {
        let is_it = names.get(id).is_some_and(|seen| {
            let member = matches!(field.kind, Kind::Part(_)) && seen.path == json_member;
            member || seen.level == level && seen.path == path
        });
        if is_it {
            left = Some(shown(value));
        }
    });
    read.map_err(|error| Failure::Stopped(error.to_string()))?;
    let became = match left {
        None => Became::Gone,
        Some(left) if left == plain(&given) => Became::Kept,
        Some(left) => Became::Text(left),
    };
    Ok(Tried { became, no_key: lacks_key(engine) })
}

/// The value in the types that the field may take, the likeliest first.
fn typed(field: &Field, level: Level, value: &str) -> Vec<Given> {
    let text = Given::Text(value.to_owned());
    let (Kind::BuiltIn(_), Some((name, None))) = (field.kind, field.built_in()) else { return vec![text] };
    let structural = frostglass_formats::otlp::schema::built_ins();
    if !structural.iter().any(|leaf| leaf.0 == level && leaf.1 == name && leaf.2) {
        return vec![text];
    }
    let mut given = vec![text];
    given.extend(value.parse().ok().map(Given::Int));
    given.extend(value.parse().ok().map(Given::Double));
    given.extend(value.parse().ok().map(Given::Bool));
    given
}

/// A value as text.
pub(crate) fn shown(value: Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Double(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Bytes(bytes) => bytes.iter().fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        }),
    }
}

fn lacks_key(engine: &Engine) -> bool {
    engine.tally().withheld.get(&frostglass_engine::Reason::NoKey) > 0
}

/// A detector's finding in the value.
pub(super) struct Found {
    pub(super) entity: String,
    pub(super) class: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What the detectors of a policy find in a value.
pub(super) fn findings(plan: &Plan, field: &Field, value: &str) -> Result<Vec<Found>, Failure> {
    let scanner = scanner(plan)?;
    let names: Vec<_> = scanner.detectors().map(|spec| spec.name.to_string()).collect();
    let mut hits = Hits::new();
    scanner.find(value, FieldContext { key: field.path() }, &mut hits);
    let found = hits.iter().map(|hit| Found {
        entity: names.get(usize::from(hit.detector)).cloned().unwrap_or_default(),
        class: hit.class.word().to_owned(),
        start: hit.start,
        end: hit.end,
    });
    Ok(found.collect())
}
