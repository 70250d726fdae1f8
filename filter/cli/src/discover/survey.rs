//! Walks payloads and counts what nobody classed.

use super::guess::{Facts, Key, guess};
use super::proposal::{Proposal, selector};
use super::report::Found;
use crate::failure::{Failure, wrong};
use crate::input::{Cut, FormatArguments, Input, limits};
use crate::policy::scanner;
use crate::reader::{self, Names, Seen};
use frostglass_engine::detect::{FieldContext, Hits, Scanner};
use frostglass_engine::policy::{Decision, LineId, Matches, Plan, Strength, Why};
use frostglass_engine::{Class, Payload};
use frostglass_formats::{Level, Part, Value};
use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// Distinct values that are told apart for one field.
const MOST_DISTINCT: usize = 512;

/// The key under which a name is counted.
#[derive(Debug, Clone)]
struct Counted {
    key: Key,
    covered: bool,
}

pub(super) struct Survey<'p> {
    plan: &'p Plan,
    scanner: Scanner,
    entities: Vec<String>,
    hits: Hits,
    matches: Matches<LineId>,
    now: u64,
    names: Names,
    /// What was decided on each name, and under which key it is counted if nobody classed it.
    decided: Vec<(Decision, Option<Counted>)>,
    facts: BTreeMap<Key, Facts>,
    hashes: RandomState,
    telling_keys: u64,
    classed: u64,
    payloads: u64,
    unknown: u64,
    unreadable: u64,
}

/// Fields beyond this many are not told apart.
const MOST_FIELDS: usize = 10_000;

impl<'p> Survey<'p> {
    pub(super) fn new(plan: &'p Plan, now: u64) -> Result<Self, Failure> {
        let scanner = scanner(plan)?;
        let entities = scanner.detectors().map(|spec| spec.name.to_string()).collect();
        Ok(Self {
            plan,
            scanner,
            entities,
            hits: Hits::new(),
            matches: Matches::default(),
            now,
            names: Names::default(),
            decided: Vec::new(),
            facts: BTreeMap::new(),
            hashes: RandomState::new(),
            telling_keys: 0,
            classed: 0,
            payloads: 0,
            unknown: 0,
            unreadable: 0,
        })
    }

    pub(super) fn look_at(
        &mut self,
        path: &std::path::Path,
        format: &FormatArguments,
    ) -> Result<(), Failure> {
        let mut input = Input::open(path)?;
        let cut = input.cut(format)?;
        if cut == Cut::Stream(Payload::Text) {
            return Err(wrong(format!(
                "{}: lines of text have no fields; `frostglass scan` looks into text",
                input.name
            )));
        }
        let all = if let Cut::Snapped(_) = cut { input.unsnapped()? } else { input.rest()? };
        match cut {
            Cut::Whole(kind) | Cut::Snapped(kind) | Cut::Stream(kind) => {
                self.payload(&all, kind, &input.name)
            }
            Cut::Lines(kind) => all
                .split(|byte| *byte == b'\n')
                .map(<[u8]>::trim_ascii)
                .filter(|line| !line.is_empty())
                .try_for_each(|line| self.payload(line, kind, &input.name)),
        }
    }

    fn payload(&mut self, payload: &[u8], kind: Payload, file: &str) -> Result<(), Failure> {
        self.payloads += 1;
        let mut names = std::mem::take(&mut self.names);
        let read = reader::read(payload, kind, &limits(), &mut names, &mut |names, id, value| {
            self.value(names, id, value);
        });
        self.names = names;
        let oddities = read.map_err(|error| Failure::Stopped(format!("{file}: {error}")))?;
        self.unknown += oddities.unknown;
        self.unreadable += oddities.unreadable;
        Ok(())
    }

    fn value(&mut self, names: &Names, id: u32, value: Value<'_>) {
        let Some((_, key)) = self.decision(names, id) else { return };
        let Some(key) = key else {
            self.classed += 1;
            return;
        };
        let Some(seen) = names.get(id) else { return };
        if !self.facts.contains_key(&key.key) && self.facts.len() >= MOST_FIELDS {
            return;
        }
        self.count_holders(names, seen);
        let facts = self.facts.entry(key.key).or_default();
        facts.covered |= key.covered;
        facts.count += 1;
        facts.levels.insert(seen.level);
        let (kind, text) = match value {
            Value::Text(text) => ("text", Some(text)),
            Value::Int(_) => ("int", None),
            Value::Double(_) => ("double", None),
            Value::Bool(_) => ("bool", None),
            Value::Bytes(bytes) => ("bytes", std::str::from_utf8(bytes).ok()),
        };
        *facts.types.entry(kind).or_default() += 1;
        let written;
        let text = match (text, value) {
            (Some(text), _) => text,
            // Card numbers come as whole numbers too.
            (None, Value::Int(number)) => {
                written = number.to_string();
                &written
            }
            _ => return,
        };
        if facts.distinct.len() < MOST_DISTINCT {
            facts.distinct.insert(self.hashes.hash_one(text));
        }
        facts.uuids += u64::from(is_uuid(text));
        facts.numbers +=
            u64::from(!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
        facts.spaced += u64::from(text.trim().contains(' '));
        facts.longest = facts.longest.max(text.len());
        self.scanner.find(text, FieldContext { key: &seen.path }, &mut self.hits);
        for hit in self.hits.iter() {
            let entity = self.entities.get(usize::from(hit.detector)).cloned().unwrap_or_default();
            let whole = hit.start == 0 && hit.end == text.len();
            let counts = if whole { &mut facts.whole } else { &mut facts.within };
            *counts.entry((hit.class, entity)).or_default() += 1;
        }
    }

    /// Counts a member for every value without a class that holds it: without a line of their own, those go as a whole.
    fn count_holders(&mut self, names: &Names, seen: &Seen) {
        let mut holder = seen.within;
        while let Some(id) = holder {
            let Some(seen) = names.get(id) else { return };
            if let Some((_, Some(key))) =
                self.decided.get(id as usize).filter(|_| self.facts.len() < MOST_FIELDS)
                && !key.covered
            {
                let facts = self.facts.entry(key.key.clone()).or_default();
                facts.members += 1;
                facts.levels.insert(seen.level);
            }
            holder = seen.within;
        }
    }

    /// What was decided on a name, and the key to count it under if nobody classed it.
    fn decision(&mut self, names: &Names, id: u32) -> Option<(Decision, Option<Counted>)> {
        // Names are numbered as they are met, and whatever holds a name is met before it.
        while self.decided.len() <= id as usize {
            let seen = names.get(u32::try_from(self.decided.len()).ok()?)?;
            let within = seen.within.and_then(|within| self.decided.get(within as usize)).cloned();
            let holder = within.as_ref().map(|within| within.0);
            let decision = self.plan.decide(&seen.name(), holder, self.now, &mut self.matches);
            let scanned =
                self.plan.treatment(decision.treatment).is_some_and(|plan| plan.strength == Strength::Scan);
            // None for what some line rules.
            let covered = match decision.why {
                Why::Default => (seen.level != Level::Transport).then_some(false),
                Why::Hint(_) => Some(false),
                Why::Container => match within {
                    Some((_, Some(holder))) => Some(holder.covered),
                    _ => scanned.then_some(true),
                },
                _ => None,
            };
            let key = covered.and_then(|covered| Some(Counted { key: self.key(seen)?, covered }));
            self.decided.push((decision, key));
        }
        self.decided.get(id as usize).cloned()
    }

    /// The key under which a name is counted. None if the name itself tells something that should not be shown.
    fn key(&mut self, seen: &Seen) -> Option<Key> {
        self.scanner.find(&seen.path, FieldContext::default(), &mut self.hits);
        if !self.hits.is_empty() {
            self.telling_keys += 1;
            return None;
        }
        let level = (seen.part == Part::BuiltIn).then_some(seen.level);
        let segments = seen.path.split('.').map(|segment| if is_id(segment) { "*" } else { segment });
        let path = segments.collect::<Vec<_>>().join(".");
        let key_at = if path == seen.path { seen.key_at } else { path.rfind('.').map_or(0, |dot| dot + 1) };
        Some(Key { level, path, key_at })
    }

    pub(super) fn finish(self) -> Found {
        let mut proposals = Vec::new();
        let mut classed = self.classed;
        for (key, facts) in self.facts {
            let (class, mut reason) = guess(&key, &facts);
            if facts.covered {
                // What a scan does to it is what the line would do.
                if matches!(class, Class::Content | Class::Operational) {
                    classed += facts.count;
                    continue;
                }
                reason.push_str("; so far it is scanned with what holds it");
            }
            if let Some(selector) = selector(&key, &facts) {
                proposals.push(Proposal { selector, class, reason, facts });
            }
        }
        Found {
            proposals,
            telling_keys: self.telling_keys,
            classed,
            payloads: self.payloads,
            unknown: self.unknown,
            unreadable: self.unreadable,
        }
    }
}

/// A segment of a key that names one thing, not a kind: `orders.4711.state`.
fn is_id(segment: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let hex = segment.len() >= 8
        && segment.bytes().all(|byte| byte.is_ascii_hexdigit())
        && segment.bytes().any(|byte| byte.is_ascii_digit());
    !segment.is_empty() && digits(segment) || hex || is_uuid(segment)
}

/// RFC 9562, section 4: 8-4-4-4-12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
