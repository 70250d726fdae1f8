//! Telemetry as rows: of each record its ids and times, and of each of its fields a hash.
//!
//! Values are hashed by a key that dies with the process, and forgotten. Both files are read at once, each by a thread of its own,
//! so that they can be compared as they come.

use super::rule::Rule;
use crate::failure::Failure;
use crate::input::FormatArguments;
use crate::observed::{Field, Observed, Observer, Record};
use crate::reader::{Names, Seen};
use frostglass_engine::detect::{FieldContext, Hits, Scanner};
use frostglass_formats::otlp::schema::{self, Kind, Shape};
use frostglass_formats::{Level, Part};
use siphasher::sip128::{Hasher128, SipHasher24};
use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, PoisonError};

/// A value, as far as it is kept.
pub(super) type Hash = u128;

/// Rows that travel together.
const LOT: usize = 512;

/// A record.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) level: Level,
    /// Its place among the records of the file, from zero.
    pub(super) position: u64,
    /// Nanoseconds since 1970.
    pub(super) start: Option<u64>,
    pub(super) end: Option<u64>,
    pub(super) trace: Option<u128>,
    pub(super) span: Option<u64>,
    pub(super) parent: Option<u64>,
    /// A span of status error, a log record of severity ERROR or above.
    pub(super) failed: bool,
    /// Of spans and metrics.
    pub(super) name: Option<Hash>,
    pub(super) service: Option<Hash>,
    /// All that is said of the resource.
    pub(super) source: Hash,
    /// Leaves in it.
    pub(super) leaves: u64,
    /// Fields and what they hold, by ascending number; several values of one field count as one.
    pub(super) values: Vec<(u32, Hash)>,
    /// Value or sum of a data point.
    pub(super) amount: Option<f64>,
    /// Places of the rules that it matches.
    pub(super) rules: Vec<usize>,
}

/// Numbers of fields for both sides. Bounded, so that keys made of values cannot fill the memory.
#[derive(Debug, Default)]
pub(super) struct Fields {
    numbers: HashMap<String, u32>,
    list: Vec<String>,
    /// Fields that are not told apart.
    pub(super) left_out: bool,
}

/// Most fields that are told apart.
const MOST_FIELDS: usize = 4_096;

impl Fields {
    fn number(&mut self, selector: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(selector) {
            return Some(*number);
        }
        if self.list.len() >= MOST_FIELDS {
            self.left_out = true;
            return None;
        }
        let number = u32::try_from(self.list.len()).ok()?;
        self.list.push(selector.to_owned());
        self.numbers.insert(selector.to_owned(), number);
        Some(number)
    }

    /// Selectors by number.
    pub(super) fn list(&self) -> &[String] {
        &self.list
    }
}

/// What both readers share.
#[derive(Debug)]
pub(super) struct Common<'a> {
    pub(super) fields: Mutex<Fields>,
    pub(super) rules: &'a [Rule],
    key: (u64, u64),
}

impl<'a> Common<'a> {
    pub(super) fn new(rules: &'a [Rule]) -> Self {
        let chance = || RandomState::new().build_hasher().finish();
        Self { fields: Mutex::default(), rules, key: (chance(), chance()) }
    }
}

/// How a reader ended.
#[derive(Debug)]
pub(super) struct Read {
    /// Payloads, records and leaves that could not be read.
    pub(super) unreadable: u64,
}

/// Reads a file and sends its rows.
pub(super) fn read(
    path: &Path,
    format: &FormatArguments,
    common: &Common<'_>,
    rows: &SyncSender<Vec<Row>>,
) -> Result<Read, Failure> {
    let mut observer = Observer::default();
    let mut reader = Reader { common, roles: Vec::new(), numeric: numeric() };
    let mut lot = Vec::with_capacity(LOT);
    let goes_on = observer.read(path, format, &mut |names, record| {
        lot.push(reader.row(names, &record));
        lot.len() < LOT || rows.send(std::mem::replace(&mut lot, Vec::with_capacity(LOT))).is_ok()
    })?;
    if goes_on {
        // Nobody listens any more only if the other file cannot be read, of which is told there.
        let _ = rows.send(lot);
    }
    Ok(Read { unreadable: observer.unreadable })
}

/// What a field is to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A value that is compared.
    Value,
    /// A number: a time, a count, a measurement. Nobody joins by these.
    Number,
    Amount,
    StatusCode,
    Severity,
    Name,
    Service,
}

struct Reader<'a> {
    common: &'a Common<'a>,
    /// By the number of the name.
    roles: Vec<Option<(Role, Option<u32>)>>,
    numeric: HashSet<(Level, &'static str)>,
}

/// Structural leaves that are numbers.
fn numeric() -> HashSet<(Level, &'static str)> {
    let mut found = HashSet::new();
    schema::visit_leaves(&mut |level, kind| {
        if let Kind::Structural(name, shape) = kind
            && !matches!(shape, Shape::Id(_) | Shape::Enum(_) | Shape::Bool)
        {
            found.insert((level, name));
        }
    });
    found
}

impl Reader<'_> {
    fn row(&mut self, names: &Names, record: &Record) -> Row {
        let mut row = Row {
            level: record.level,
            position: record.position,
            start: record.start,
            end: record.end,
            trace: record.trace,
            span: record.span,
            parent: record.parent,
            failed: false,
            name: None,
            service: None,
            source: 0,
            leaves: 0,
            values: Vec::new(),
            amount: None,
            rules: Vec::new(),
        };
        for field in record.fields() {
            let Some(seen) = names.get(field.name) else { continue };
            let (role, number) = self.role(field.name, seen);
            row.leaves += 1;
            match (role, &field.value) {
                (Role::Number, _) => continue,
                (Role::Amount, value) => {
                    row.amount = value.number();
                    continue;
                }
                // STATUS_CODE_ERROR, SEVERITY_NUMBER_ERROR
                (Role::StatusCode, Observed::Int(code)) => row.failed = *code == 2,
                (Role::Severity, Observed::Int(severity)) => row.failed = *severity >= 17,
                _ => {}
            }
            let hash = self.hash(0, &field.value);
            if seen.level == Level::Resource {
                row.source = self.hash(row.source, &field.value);
            }
            match role {
                Role::Name => row.name = Some(hash),
                Role::Service => row.service = Some(hash),
                _ => {}
            }
            let Some(number) = number else { continue };
            match row.values.iter_mut().find(|(known, _)| *known == number) {
                Some((_, whole)) => *whole = self.hash(*whole, &field.value),
                None => row.values.push((number, hash)),
            }
        }
        row.values.sort_unstable_by_key(|(number, _)| *number);
        let fields: Vec<(&Seen, &Field)> = match self.common.rules {
            [] => Vec::new(),
            _ => record.fields().filter_map(|field| Some((names.get(field.name)?, field))).collect(),
        };
        let matching =
            self.common.rules.iter().enumerate().filter(|(_, rule)| rule.matches(record.level, &fields));
        row.rules = matching.map(|(place, _)| place).collect();
        row
    }

    fn role(&mut self, name: u32, seen: &Seen) -> (Role, Option<u32>) {
        let at = name as usize;
        if let Some(Some(known)) = self.roles.get(at) {
            return *known;
        }
        let role = match (seen.level, seen.part, seen.path.as_str()) {
            (Level::Point, Part::BuiltIn, "value" | "sum") => Role::Amount,
            (level, Part::BuiltIn, path) if self.numeric.contains(&(level, path)) => Role::Number,
            (Level::Span, Part::BuiltIn, "status.code") => Role::StatusCode,
            (Level::Log, Part::BuiltIn, "severity_number") => Role::Severity,
            (Level::Span | Level::Metric, Part::BuiltIn, "name") => Role::Name,
            (Level::Resource, Part::Attribute, "service.name") => Role::Service,
            _ => Role::Value,
        };
        let number = match role {
            Role::Amount | Role::Number => None,
            _ => self.common.fields.lock().unwrap_or_else(PoisonError::into_inner).number(&seen.text()),
        };
        // Names beyond the bound of the reader share one number, which is too large for a list.
        if at < 1 << 20 {
            if self.roles.len() <= at {
                self.roles.resize(at + 1, None);
            }
            if let Some(slot) = self.roles.get_mut(at) {
                *slot = Some((role, number));
            }
        }
        (role, number)
    }

    /// The hash of a value behind what was hashed before it. Types count: 1 and "1" are two values.
    fn hash(&self, before: Hash, value: &Observed) -> Hash {
        let mut hasher = SipHasher24::new_with_keys(self.common.key.0, self.common.key.1);
        hasher.write_u128(before);
        match value {
            Observed::Text(text) => {
                hasher.write_u8(1);
                hasher.write(text.as_bytes());
            }
            Observed::Int(number) => {
                hasher.write_u8(2);
                hasher.write_i64(*number);
            }
            Observed::Double(number) => {
                hasher.write_u8(3);
                hasher.write_u64(number.to_bits());
            }
            Observed::Bool(truth) => {
                hasher.write_u8(4);
                hasher.write_u8(u8::from(*truth));
            }
            Observed::Bytes(bytes) => {
                hasher.write_u8(5);
                hasher.write(bytes);
            }
        }
        hasher.finish128().as_u128()
    }
}

/// Selectors as they may be shown: one whose key tells something itself is not.
pub(super) fn shown(selectors: &[String], scanner: &Scanner) -> Vec<String> {
    let mut hits = Hits::new();
    selectors
        .iter()
        .enumerate()
        .map(|(number, selector)| {
            scanner.find(selector, FieldContext { key: "" }, &mut hits);
            if hits.iter().next().is_some() {
                format!("(a key that tells something, {number})")
            } else {
                crate::screen::printable(selector)
            }
        })
        .collect()
}
