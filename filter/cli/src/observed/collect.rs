//! Collects what a walker shows into records.
//!
//! Members of a message may stand in any order, so records wait until all of their resource was seen.

use super::{Each, Field, Observed, Record};
use crate::clock;
use crate::reader::{Names, Seen};
use frostglass_engine::Payload;
use frostglass_formats::{Defect, Edit, FieldVisitor, Level, Name, Part, Ruling, Signal, Value};
use std::rc::Rc;

/// Records of one resource that wait at most; beyond, they go with what is known of the resource.
const MOST_WAITING: usize = 1 << 16;

/// Fields of one record beyond this many are left out.
const MOST_FIELDS: usize = 1 << 16;

pub(super) struct Collector<'a, 'e> {
    names: &'a mut Names,
    positions: &'a mut [u64; 3],
    signal: Signal,
    each: &'a mut Each<'e>,
    goes_on: bool,
    unreadable: u64,
    resource: Vec<Field>,
    /// Fields of the scopes of the present resource.
    scopes: Vec<Vec<Field>>,
    waiting: Vec<Waiting>,
    open: Option<Open>,
    /// Fields of the metric of what belongs to none.
    none: Rc<[Field]>,
}

/// A record that is complete but for what it shares.
struct Waiting {
    record: Record,
    /// Fields of the metric that it shares with other points.
    metric: Rc<[Field]>,
    /// Place of its scope.
    scope: Option<usize>,
}

/// The record that is being walked.
#[derive(Default)]
struct Open {
    level: Option<Level>,
    /// Fields outside data points.
    own: Vec<Field>,
    facts: Facts,
    /// Data points with their exemplars.
    points: Vec<(Vec<Field>, Facts)>,
    /// Events, links and exemplars so far.
    items: u32,
}

/// Times and ids.
#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    start: Option<u64>,
    end: Option<u64>,
    observed: Option<u64>,
    trace: Option<u128>,
    span: Option<u64>,
    parent: Option<u64>,
}

impl<'a, 'e> Collector<'a, 'e> {
    pub(super) fn new(
        names: &'a mut Names,
        positions: &'a mut [u64; 3],
        kind: Payload,
        each: &'a mut Each<'e>,
    ) -> Self {
        let signal = match kind {
            Payload::OtlpProto(signal) | Payload::OtlpJson(signal) => signal,
            Payload::Prometheus => Signal::Metrics,
            _ => Signal::Logs,
        };
        Self {
            names,
            positions,
            signal,
            each,
            goes_on: true,
            unreadable: 0,
            resource: Vec::new(),
            scopes: Vec::new(),
            waiting: Vec::new(),
            open: None,
            none: Rc::from([]),
        }
    }

    /// Hands over what waits, and tells whether reading goes on and how much could not be read.
    pub(super) fn finish(mut self) -> (bool, u64) {
        self.close();
        self.hand_over();
        (self.goes_on, self.unreadable)
    }

    fn hand_over(&mut self) {
        // Records that stand together mostly share everything, so one list serves them all.
        let mut last: Option<(Rc<[Field]>, Option<usize>)> = None;
        let mut shared: Rc<[Field]> = Rc::from([]);
        for Waiting { mut record, metric, scope } in self.waiting.drain(..) {
            if !self.goes_on {
                break;
            }
            let is_alike = last.as_ref().is_some_and(|last| Rc::ptr_eq(&last.0, &metric) && last.1 == scope);
            if !is_alike {
                let scope_fields = scope.and_then(|at| self.scopes.get(at)).into_iter().flatten();
                shared = metric.iter().chain(scope_fields).chain(&self.resource).cloned().collect();
            }
            last = Some((metric, scope));
            record.shared = Rc::clone(&shared);
            self.goes_on = (self.each)(self.names, record);
        }
    }

    /// Puts the open record among those that wait.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let Some(level) = open.level else { return };
        if open.points.is_empty() {
            let none = Rc::clone(&self.none);
            self.wait(level, open.own, open.facts, &none);
            return;
        }
        let metric: Rc<[Field]> = open.own.into();
        for (fields, facts) in open.points {
            self.wait(Level::Point, fields, facts, &metric);
        }
    }

    fn wait(&mut self, level: Level, own: Vec<Field>, facts: Facts, metric: &Rc<[Field]>) {
        let counter = match self.signal {
            Signal::Logs => 0,
            Signal::Traces => 1,
            Signal::Metrics => 2,
        };
        let mut position = 0;
        if let Some(count) = self.positions.get_mut(counter) {
            position = *count;
            *count += 1;
        }
        let record = Record {
            signal: self.signal,
            level,
            position,
            start: facts.start.or(facts.observed),
            end: facts.end,
            trace: facts.trace,
            span: facts.span,
            parent: facts.parent,
            own,
            shared: Rc::from([]),
        };
        let scope = self.scopes.len().checked_sub(1);
        self.waiting.push(Waiting { record, metric: Rc::clone(metric), scope });
        if self.waiting.len() >= MOST_WAITING {
            self.hand_over();
        }
    }
}

impl FieldVisitor for Collector<'_, '_> {
    fn rule(&mut self, name: Name<'_>, within: Option<Ruling>) -> Ruling {
        self.names.look(name, within)
    }

    fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
        Edit::Keep
    }

    fn value(&mut self, ruling: Ruling, value: Value<'_>, _: &mut String) -> Edit {
        let Some(seen) = self.names.get(ruling.id) else { return Edit::Keep };
        let level = seen.level;
        let item = match (&self.open, level) {
            (Some(open), Level::Event | Level::Link | Level::Exemplar) => open.items,
            _ => 0,
        };
        let field = Field { name: ruling.id, item, value: Observed::of(value) };
        match &mut self.open {
            _ if level == Level::Resource => self.resource.push(field),
            _ if level == Level::Scope => match self.scopes.last_mut() {
                Some(scope) => scope.push(field),
                None => self.scopes.push(vec![field]),
            },
            Some(open) => {
                let in_point = matches!(level, Level::Point | Level::Exemplar);
                let (fields, facts) = match open.points.last_mut() {
                    Some((fields, facts)) if in_point => (fields, facts),
                    _ => (&mut open.own, &mut open.facts),
                };
                facts.note(seen, &value);
                if fields.len() < MOST_FIELDS {
                    fields.push(field);
                }
            }
            // The transport and other messages around records.
            None => self.resource.push(field),
        }
        Edit::Keep
    }

    fn rules_structure(&self) -> bool {
        true
    }

    fn unknown(&mut self, _: Level) -> bool {
        self.unreadable += 1;
        true
    }

    fn unreadable(&mut self, _: Level, _: Defect) {
        self.unreadable += 1;
    }

    fn record_withheld(&mut self, _: Level, items: u64, _: Defect) -> bool {
        self.open = None;
        self.unreadable += items;
        true
    }

    fn enter_item(&mut self, level: Level) {
        match level {
            Level::Resource => {
                self.close();
                self.hand_over();
                self.resource.clear();
                self.scopes.clear();
            }
            Level::Scope => {
                self.close();
                self.scopes.push(Vec::new());
            }
            _ => {
                if let Some(open) = &mut self.open {
                    if level == Level::Point {
                        open.points.push((Vec::new(), Facts::default()));
                    } else {
                        open.items += 1;
                    }
                }
            }
        }
    }

    fn enter_record(&mut self, level: Level) {
        // A data point was told as an item, and is a piece of its metric here.
        if level == Level::Point {
            return;
        }
        self.close();
        self.open = Some(Open { level: Some(level), ..Open::default() });
    }
}

impl Facts {
    /// Takes a time or an id from a field that is one.
    fn note(&mut self, seen: &Seen, value: &Value<'_>) {
        if seen.part != Part::BuiltIn {
            return;
        }
        let time = match value {
            Value::Int(nanos) => u64::try_from(*nanos).ok(),
            _ => None,
        };
        match (seen.level, seen.path.as_str()) {
            (Level::Span, "start_time") | (Level::Point | Level::Log, "time") => self.start = time,
            (Level::Span, "end_time") => self.end = time,
            (Level::Log, "observed_time") => self.observed = time,
            (Level::Span | Level::Log, "trace_id") => self.trace = trace_id(value),
            (Level::Span | Level::Log, "span_id") => self.span = span_id(value),
            (Level::Span, "parent_span_id") => self.parent = span_id(value),
            (Level::Log, path) => self.note_member(path, value),
            _ => {}
        }
    }

    /// JSON documents and logs in JSON have no built-in fields; these are the names that they mostly use.
    fn note_member(&mut self, path: &str, value: &Value<'_>) {
        match path.strip_prefix("body.").unwrap_or_default() {
            "time" | "timestamp" | "ts" | "@timestamp" => self.start = self.start.or_else(|| moment(value)),
            "trace_id" | "traceId" | "trace.id" => self.trace = self.trace.or_else(|| trace_id(value)),
            "span_id" | "spanId" | "span.id" => self.span = self.span.or_else(|| span_id(value)),
            "parent_span_id" | "parentSpanId" | "parent.id" => {
                self.parent = self.parent.or_else(|| span_id(value));
            }
            _ => {}
        }
    }
}

/// 16 bytes, or their hex. None for the id of nothing, which is all zero.
fn trace_id(value: &Value<'_>) -> Option<u128> {
    let id = match value {
        Value::Bytes(bytes) => u128::from_be_bytes((*bytes).try_into().ok()?),
        Value::Text(hex) if hex.len() == 32 => u128::from_str_radix(hex, 16).ok()?,
        _ => return None,
    };
    (id != 0).then_some(id)
}

/// 8 bytes, or their hex. None for the id of nothing, which is all zero.
fn span_id(value: &Value<'_>) -> Option<u64> {
    let id = match value {
        Value::Bytes(bytes) => u64::from_be_bytes((*bytes).try_into().ok()?),
        Value::Text(hex) if hex.len() == 16 => u64::from_str_radix(hex, 16).ok()?,
        _ => return None,
    };
    (id != 0).then_some(id)
}

/// A moment in nanoseconds since 1970: RFC 3339 in UTC, or a number of seconds, milliseconds, microseconds or nanoseconds, told by
/// its size.
fn moment(value: &Value<'_>) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok().and_then(scaled),
        Value::Double(number) if *number >= 0.0 && *number < 1e11 => Some((number * 1e9) as u64),
        Value::Text(text) => {
            if let Ok(number) = text.parse() {
                return scaled(number);
            }
            let text = text.strip_suffix("+00:00").or_else(|| text.strip_suffix('Z'))?;
            let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
            let nanos: u64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
            clock::read(&format!("{seconds}Z")).ok().map(|whole| whole + nanos)
        }
        _ => None,
    }
}

fn scaled(number: u64) -> Option<u64> {
    let unit = match number {
        ..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    };
    number.checked_mul(unit)
}
