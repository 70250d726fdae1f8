//! What an attacker has in hand: the treated output, what is known besides, and, to score guesses, the truth.
//!
//! Promises: fields and values are numbers, so that a value of which there are many copies is held once; records beyond a bound are
//! left out and counted. Does not judge.

use super::Settings;
use super::keys::Stolen;
use crate::failure::{Failure, wrong};
use crate::input::{Cut, FormatArguments, Input};
use crate::observed::{Observer, Record};
use crate::reader::{Names, Seen};
use frostglass_engine::detect::{FieldContext, Hits, Scanner};
use frostglass_engine::policy::{Matches, Plan};
use frostglass_engine::{Class, Payload};
use frostglass_formats::otlp::schema;
use frostglass_formats::{Level, Part, Signal};
use frostglass_keys::TokenInfo;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
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

/// Reads files into evidence.
pub(super) struct Loader<'p> {
    pub(super) evidence: Evidence,
    observer: Observer,
    plan: &'p Plan,
    matches: Matches<frostglass_engine::policy::LineId>,
    /// Field of each name of the observer, none for what is left out.
    known: Vec<Option<FieldId>>,
    structural: HashSet<(Level, &'static str)>,
    /// Looks into names of fields.
    scanner: Scanner,
    hits: Hits,
    format: FormatArguments,
    most_records: usize,
}

/// Structural fields that tell something about who it was or what was done; the others are times, counts and values.
const TELLING: [&str; 4] = ["trace_id", "kind", "severity_number", "status.code"];

/// Bytes of a list of candidates.
const LARGEST_LIST: u64 = 256 << 20;

impl<'p> Loader<'p> {
    pub(super) fn new(plan: &'p Plan, format: FormatArguments, most_records: usize) -> Result<Self, Failure> {
        let structural = schema::built_ins().into_iter().filter(|leaf| leaf.2).map(|leaf| (leaf.0, leaf.1));
        Ok(Self {
            evidence: Evidence::default(),
            observer: Observer::default(),
            plan,
            matches: Matches::default(),
            known: Vec::new(),
            structural: structural.collect(),
            scanner: crate::explain::scanner(plan)?,
            hits: Hits::new(),
            format,
            most_records,
        })
    }

    pub(super) fn output(&mut self, path: &Path, with_bytes: bool) -> Result<(), Failure> {
        let mut view = self.view(path)?;
        if with_bytes {
            view.bytes = Input::open(path)?.rest()?;
        }
        self.evidence.outputs.push(view);
        Ok(())
    }

    pub(super) fn truth(&mut self, path: &Path) -> Result<(), Failure> {
        let view = self.view(path)?;
        self.evidence.truth.push(view);
        Ok(())
    }

    /// Takes what the attacker knows: pairs from `.csv`, telemetry, or a list of values, one a line.
    pub(super) fn knowledge(&mut self, path: &Path) -> Result<(), Failure> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if matches!(extension, "csv" | "tsv") {
            let separator = if extension == "csv" { ',' } else { '\t' };
            for (at, line) in list(path)?.iter().enumerate() {
                let pair = line.split_once(separator).map(|(raw, treated)| (raw.trim(), treated.trim()));
                let (raw, treated) = pair.ok_or_else(|| {
                    wrong(format!("{}:{}: write VALUE{separator}WHAT BECAME OF IT", path.display(), at + 1))
                })?;
                self.evidence.pairs.push((raw.to_owned(), treated.to_owned()));
            }
            return Ok(());
        }
        let cut = Input::open(path)?.cut(&FormatArguments { format: None, signal: self.format.signal });
        if matches!(extension, "txt" | "list") || !matches!(cut, Ok(cut) if cut != Cut::Stream(Payload::Text))
        {
            let mut counts: HashMap<String, u64> = HashMap::new();
            list(path)?.into_iter().for_each(|line| *counts.entry(line).or_default() += 1);
            self.evidence.candidates.extend(counts);
            self.evidence.candidates.sort();
            return Ok(());
        }
        let view = self.view(path)?;
        self.evidence.telemetry.push(view);
        Ok(())
    }

    fn view(&mut self, path: &Path) -> Result<View, Failure> {
        let mut rows = Vec::new();
        let mut left_out = 0;
        let most = self.most_records;
        let mut observer = std::mem::take(&mut self.observer);
        let format = self.format;
        let read = observer.read(path, &format, &mut |names, record| {
            if rows.len() >= most {
                left_out += 1;
            } else {
                rows.push(self.row(names, &record));
            }
            true
        });
        self.observer = observer;
        read?;
        self.evidence.left_out += left_out;
        self.evidence.unreadable = self.observer.unreadable;
        Ok(View::new(&path.display().to_string(), rows))
    }

    fn row(&mut self, names: &Names, record: &Record) -> Row {
        let mut cells: Vec<(FieldId, ValueId)> = Vec::new();
        for field in record.fields() {
            let Some(number) = self.known(names, field.name) else { continue };
            let cell = (number, self.evidence.value(&field.value.text()));
            if !cells.contains(&cell) {
                cells.push(cell);
            }
        }
        Row { signal: record.signal, start: record.start, span: record.span, cells }
    }

    /// The field of a name, unless it is one that tells nothing.
    fn known(&mut self, names: &Names, name: u32) -> Option<FieldId> {
        while self.known.len() <= name as usize {
            let seen = names.get(u32::try_from(self.known.len()).ok()?)?;
            let field = self.is_telling(seen).then(|| {
                let decided = self.plan.decide(&seen.name(), None, u64::MAX, &mut self.matches);
                let class = decided.class.and_then(|class| self.plan.class(class)).map(|class| class.class);
                let field = self.evidence.field(&seen.text(), class);
                self.scanner.find(&seen.path, FieldContext::default(), &mut self.hits);
                if !self.hits.is_empty() {
                    self.evidence.hide_name(field);
                }
                field
            });
            self.known.push(field);
        }
        self.known.get(name as usize).copied().flatten()
    }

    fn is_telling(&self, seen: &Seen) -> bool {
        let is_structural = seen.part == Part::BuiltIn
            && self.structural.iter().any(|(level, path)| *level == seen.level && *path == seen.path);
        !is_structural || TELLING.contains(&seen.path.as_str())
    }
}

/// Lines of a file that are not empty, without the space around them.
pub(super) fn list(path: &Path) -> Result<Vec<String>, Failure> {
    let mut input = Input::open(path)?;
    if input.size.is_some_and(|size| size > LARGEST_LIST) {
        return Err(wrong(format!("{}: larger than {LARGEST_LIST} bytes", path.display())));
    }
    let text = String::from_utf8(input.rest()?)
        .map_err(|_| wrong(format!("{}: is neither telemetry nor a list in UTF-8", path.display())))?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Values that must not be in any output: lines of a list; of JSON lines the member `value`, and where they say so in a member
/// `canary`, as the labels of `frostglass synth` do, only those that are canaries.
pub(super) fn canaries(paths: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let mut out = Vec::new();
    for path in paths {
        for line in list(path)? {
            match serde_json::from_str::<serde_json::Value>(&line) {
                Ok(document) if document.is_object() => {
                    let is_canary =
                        document.get("canary").and_then(serde_json::Value::as_bool) != Some(false);
                    let value = document.get("value").and_then(serde_json::Value::as_str);
                    out.extend(value.filter(|_| is_canary).map(str::to_owned));
                }
                _ => out.push(line),
            }
        }
    }
    out.sort();
    out.dedup();
    if out.is_empty() && !paths.is_empty() {
        return Err(wrong(
            "--canaries: no value in it; write one a line, or JSON lines with a member `value`",
        ));
    }
    // Left out in silence, they would be said to stand nowhere.
    let least = super::canary::SHORTEST;
    let short = out.iter().filter(|value| value.chars().count() < least).count();
    if short > 0 {
        return Err(wrong(format!(
            "--canaries: {short} of {} values cannot be hunted: with fewer than {least} characters, they stand somewhere by \
             accident; plant longer ones, or take them out",
            out.len()
        )));
    }
    Ok(out)
}
