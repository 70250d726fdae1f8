//! What an attacker has in hand: the treated output, what is known besides, and, to score guesses, the truth.
//!
//! Promises: fields and values are numbers, so that a value of which there are many copies is held once; records beyond a bound are
//! left out and counted. Does not judge.

use super::Settings;
use super::stolen::Stolen;
use frostglass_engine::Class;
use frostglass_formats::Signal;
use frostglass_keys::TokenInfo;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::rc::Rc;

pub(super) type FieldId = u32;
pub(super) type ValueId = u32;

/// All that an attack is given.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    fields: Vec<FieldFacts>,
    field_numbers: HashMap<String, FieldId>,
    values: Vec<Rc<str>>,
    value_numbers: HashMap<Rc<str>, ValueId>,
    /// The treated outputs, each one recipient's or one period's.
    pub(super) outputs: Vec<View>,
    /// The same before treatment, to score guesses: one for all outputs, or one each.
    pub(super) truth: Vec<View>,
    /// Telemetry that the attacker has from elsewhere.
    pub(super) telemetry: Vec<View>,
    /// Values that the attacker tries, with how often each was met.
    pub(super) candidates: Vec<(String, u64)>,
    /// Values of which the attacker knows what became of them.
    pub(super) pairs: Vec<(String, String)>,
    /// Values that must not be in any output.
    pub(super) canaries: Vec<String>,
    /// Keys that the attacker has.
    pub(super) stolen: Option<Stolen>,
    /// Records beyond the bound.
    pub(super) left_out: u64,
    /// What could not be read.
    pub(super) unreadable: u64,
}

/// A field by its selector.
#[derive(Debug, Clone)]
pub(super) struct FieldFacts {
    /// As `span/user.id`.
    written: String,
    /// As it is told: a name in which something was found is not.
    told: String,
    /// What the policy takes it for.
    pub(super) class: Option<Class>,
}

/// The records of one file.
#[derive(Debug, Default)]
pub(super) struct View {
    pub(super) name: String,
    pub(super) rows: Vec<Row>,
    /// The file's bytes without compression, if canaries are hunted.
    pub(super) bytes: Vec<u8>,
    /// How often each value of each field stands in it, counted when it is asked for first.
    counts: OnceCell<BTreeMap<FieldId, HashMap<ValueId, u64>>>,
}

/// One record.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) signal: Signal,
    /// Nanoseconds since 1970.
    pub(super) start: Option<u64>,
    pub(super) span: Option<u64>,
    pub(super) cells: Vec<(FieldId, ValueId)>,
}

impl Row {
    /// The first value of a field.
    pub(super) fn value(&self, field: FieldId) -> Option<ValueId> {
        self.cells.iter().find(|cell| cell.0 == field).map(|cell| cell.1)
    }
}

impl View {
    pub(super) fn new(name: &str, rows: Vec<Row>) -> Self {
        Self { name: name.to_owned(), rows, ..Self::default() }
    }

    fn counts(&self) -> &BTreeMap<FieldId, HashMap<ValueId, u64>> {
        self.counts.get_or_init(|| {
            let mut counts: BTreeMap<FieldId, HashMap<ValueId, u64>> = BTreeMap::new();
            for (field, value) in self.rows.iter().flat_map(|row| &row.cells) {
                *counts.entry(*field).or_default().entry(*value).or_default() += 1;
            }
            counts
        })
    }

    /// Fields of which it has values.
    pub(super) fn fields(&self) -> Vec<FieldId> {
        self.counts().keys().copied().collect()
    }

    /// How often each value of a field stands in it.
    pub(super) fn histogram(&self, field: FieldId) -> HashMap<ValueId, u64> {
        self.counts().get(&field).cloned().unwrap_or_default()
    }
}

/// What a text looks like from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A token of ours, of an epoch.
    Token(u32),
    /// A digest, a UUID, an e-mail address, an IP address.
    Identifier,
    Other,
}

impl Shape {
    pub(super) fn of(text: &str) -> Self {
        if let Some(token) = TokenInfo::of_shape(text) {
            return Self::Token(token.epoch);
        }
        let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_digest = text.len() >= 16 && hex(text);
        let is_uuid = text.len() == 36 && text.matches('-').count() == 4 && hex(&text.replace('-', ""));
        let is_email = text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
        });
        if is_digest || is_uuid || is_email || text.parse::<IpAddr>().is_ok() {
            Self::Identifier
        } else {
            Self::Other
        }
    }
}

impl Evidence {
    /// The number of a field; its class counts when it is met first.
    pub(super) fn field(&mut self, name: &str, class: Option<Class>) -> FieldId {
        if let Some(known) = self.field_numbers.get(name) {
            return *known;
        }
        let number = u32::try_from(self.fields.len()).unwrap_or(u32::MAX);
        self.fields.push(FieldFacts { written: name.to_owned(), told: name.to_owned(), class });
        self.field_numbers.insert(name.to_owned(), number);
        number
    }

    /// The number of a value.
    pub(super) fn value(&mut self, text: &str) -> ValueId {
        if let Some(known) = self.value_numbers.get(text) {
            return *known;
        }
        let number = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let text: Rc<str> = text.into();
        self.values.push(Rc::clone(&text));
        self.value_numbers.insert(text, number);
        number
    }

    pub(super) fn text(&self, value: ValueId) -> &str {
        self.values.get(value as usize).map_or("", |text| text)
    }

    /// The name of a field, as it may be told.
    pub(super) fn name(&self, field: FieldId) -> &str {
        self.fields.get(field as usize).map_or("", |field| &field.told)
    }

    /// The name of a field as it is written, to be searched and not told.
    pub(super) fn written(&self, field: FieldId) -> &str {
        self.fields.get(field as usize).map_or("", |field| &field.written)
    }

    /// All fields.
    pub(super) fn fields(&self) -> std::ops::Range<FieldId> {
        0..u32::try_from(self.fields.len()).unwrap_or(u32::MAX)
    }

    /// Takes care that the name of a field is not told.
    pub(super) fn hide_name(&mut self, field: FieldId) {
        if let Some(facts) = self.fields.get_mut(field as usize) {
            let level = facts.written.split_once('/').map_or("", |(level, _)| level);
            facts.told = format!("{level}/(name {field}, which holds something)");
        }
    }

    pub(super) fn class(&self, field: FieldId) -> Option<Class> {
        self.fields.get(field as usize).and_then(|field| field.class)
    }

    /// Numbers of the fields that a name means: a selector, or an attribute's key on any level.
    pub(super) fn named(&self, name: &str) -> Vec<FieldId> {
        let is_named =
            |known: &str| known == name || known.split_once('/').is_some_and(|(_, path)| path == name);
        let all = self.fields.iter().enumerate().filter(|(_, field)| is_named(&field.written));
        all.filter_map(|(at, _)| u32::try_from(at).ok()).collect()
    }

    /// Whether values of a field stand for somebody: by its class, or because half of what it holds looks so.
    pub(super) fn is_identifier(&self, view: &View, field: FieldId) -> bool {
        if self.is_trace_id(field) {
            return true;
        }
        match self.class(field) {
            Some(Class::DirectId | Class::OnlineId | Class::Correlation) => true,
            Some(Class::Structural) => false,
            _ => {
                let values = view.histogram(field);
                let like =
                    values.keys().filter(|value| Shape::of(self.text(**value)) != Shape::Other).count();
                values.len() >= 2 && 2 * like >= values.len()
            }
        }
    }

    /// Whether a field is the id of a trace, which is no pseudonym of anybody, but joins all that has it.
    pub(super) fn is_trace_id(&self, field: FieldId) -> bool {
        self.written(field).ends_with("/@trace_id")
    }

    /// Fields that identify somebody, in their order.
    pub(super) fn identifiers(&self, view: &View) -> Vec<FieldId> {
        view.fields().into_iter().filter(|field| self.is_identifier(view, *field)).collect()
    }

    /// The field that tells whose record it is: as said, else the one of direct identifiers, else of online identifiers, with the
    /// most records.
    pub(super) fn subject(&self, view: &View, settings: &Settings) -> Option<FieldId> {
        if let Some(said) = &settings.subject {
            return self.named(said).into_iter().find(|field| !view.histogram(*field).is_empty());
        }
        let rank = |field: &FieldId| match self.class(*field) {
            Some(Class::DirectId) => 0,
            Some(Class::OnlineId) => 1,
            Some(Class::Correlation) => 3,
            _ => 2,
        };
        let all = self.identifiers(view).into_iter().map(|field| (field, view.histogram(field)));
        let several = all.filter(|(field, values)| values.len() >= 2 && rank(field) < 3);
        several
            .min_by_key(|(field, values)| (rank(field), std::cmp::Reverse(values.values().sum::<u64>())))
            .map(|(field, _)| field)
    }

    /// The truth of an output, and for each record of the output its place there.
    pub(super) fn truth_of(&self, output: usize) -> Option<(&View, Vec<Option<usize>>)> {
        let truth = match self.truth.as_slice() {
            [one] => one,
            several => several.get(output)?,
        };
        let treated = self.outputs.get(output)?;
        let places = |view: &View| {
            let mut of: HashMap<Signal, Vec<usize>> = HashMap::new();
            view.rows.iter().enumerate().for_each(|(at, row)| of.entry(row.signal).or_default().push(at));
            of
        };
        let (before, after) = (places(truth), places(treated));
        let mut aligned = vec![None; treated.rows.len()];
        for (signal, rows) in &after {
            let known = before.get(signal).map_or(&[] as &[usize], Vec::as_slice);
            if known.len() == rows.len() {
                // Treatment keeps the order, so equal counts mean the same records.
                for (row, place) in rows.iter().zip(known) {
                    if let Some(slot) = aligned.get_mut(*row) {
                        *slot = Some(*place);
                    }
                }
                continue;
            }
            // Some records went: spans are found by their ids, if those were kept. Logs of one span share its id.
            let mut by_span: HashMap<u64, Option<usize>> = HashMap::new();
            for place in known {
                if let Some(span) = truth.rows.get(*place).and_then(|row| row.span) {
                    by_span.entry(span).and_modify(|known| *known = None).or_insert(Some(*place));
                }
            }
            for row in rows {
                let span = treated.rows.get(*row).and_then(|row| row.span);
                let place = span.and_then(|span| by_span.get(&span).copied().flatten());
                if let Some(slot) = aligned.get_mut(*row) {
                    *slot = place;
                }
            }
        }
        aligned.iter().any(Option::is_some).then_some((truth, aligned))
    }

    /// For each treated value of a field in an output the value before treatment that it mostly stands for.
    pub(super) fn origins(&self, output: usize, field: FieldId) -> Option<HashMap<ValueId, ValueId>> {
        let (truth, aligned) = self.truth_of(output)?;
        let treated = self.outputs.get(output)?;
        let mut counts: HashMap<ValueId, HashMap<ValueId, u64>> = HashMap::new();
        for (row, place) in treated.rows.iter().zip(aligned) {
            let before = place.and_then(|place| truth.rows.get(place)).and_then(|row| row.value(field));
            if let Some((value, before)) = row.value(field).zip(before) {
                *counts.entry(value).or_default().entry(before).or_default() += 1;
            }
        }
        let most = |of: HashMap<ValueId, u64>| of.into_iter().max_by_key(|(value, n)| (*n, *value));
        Some(counts.into_iter().filter_map(|(value, of)| Some((value, most(of)?.0))).collect())
    }
}
