//! What telemetry shows to whoever reads it: flat records, one a span, a log record or a data point, in any format.
//!
//! Promises: records come one at a time, in the order of the file, each with the fields of its resource, scope and metric; what is
//! held at once is one payload and the records of one resource, of lines one mebibyte. Where several payloads stand in one file,
//! one that cannot be read is counted and the rest goes on. Changes nothing and leaves to others what a field means. Texts are
//! not opened: what stands inside a URL is part of its text.

mod collect;

use crate::failure::Failure;
use crate::input::{Cut, FormatArguments, Input, limits};
use crate::reader::Names;
use frostglass_engine::Payload;
use frostglass_formats::{FormatError, Level, Scratch, Signal, Value};
use std::borrow::Cow;
use std::path::Path;
use std::rc::Rc;

/// One span, log record or data point, with all that is said of it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) signal: Signal,
    /// Span, log, point; metric for a metric without points.
    pub(crate) level: Level,
    /// Its place among the records of its signal, over all that the observer has read, from 0.
    pub(crate) position: u64,
    /// When it began or happened, in nanoseconds since 1970; of logs the time, else the time of observation.
    pub(crate) start: Option<u64>,
    /// When it ended, of spans.
    pub(crate) end: Option<u64>,
    pub(crate) trace: Option<TraceId>,
    pub(crate) span: Option<SpanId>,
    pub(crate) parent: Option<SpanId>,
    /// Its own fields, those of its events, links and exemplars among them, in their order.
    pub(crate) own: Vec<Field>,
    /// Fields of the metric that a point belongs to, of the scope and of the resource.
    pub(crate) shared: Rc<[Field]>,
}

/// 16 bytes, big-endian.
pub(crate) type TraceId = u128;

/// 8 bytes, big-endian.
pub(crate) type SpanId = u64;

impl Record {
    /// All its fields: its own ones first.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.own.iter().chain(self.shared.iter())
    }
}

/// A field of a record. A name may stand several times: in elements of arrays, in several events.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    /// Number of its name in the observer's [`Names`], whose [`crate::reader::Seen::text`] is its selector.
    pub(crate) name: u32,
    /// Which event, link or exemplar of its record it belongs to, from 1; 0 for fields of the record itself.
    pub(crate) item: u32,
    pub(crate) value: Observed,
}

/// A value of its own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Observed {
    Text(Rc<str>),
    Int(i64),
    Double(f64),
    Bool(bool),
    Bytes(Rc<[u8]>),
}

impl Observed {
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Text(text) => Self::Text(text.into()),
            Value::Int(number) => Self::Int(number),
            Value::Double(number) => Self::Double(number),
            Value::Bool(truth) => Self::Bool(truth),
            Value::Bytes(bytes) => Self::Bytes(bytes.into()),
        }
    }

    /// As text: numbers in decimal, bytes in hex.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Int(number) => number.to_string().into(),
            Self::Double(number) => number.to_string().into(),
            Self::Bool(truth) => truth.to_string().into(),
            Self::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
        }
    }

    /// As a number, if it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Double(number) => Some(*number),
            _ => None,
        }
    }
}

/// Reads files into records; names keep their numbers over all of them.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    pub(crate) names: Names,
    /// Records so far, by signal: logs, spans, points.
    positions: [u64; 3],
    /// Payloads of one file that could not be read, and leaves and records in others.
    pub(crate) unreadable: u64,
}

/// What gets each record. False ends the reading of the file.
pub(crate) type Each<'a> = dyn FnMut(&Names, Record) -> bool + 'a;

/// Bytes of lines that are read at once.
const CHUNK: usize = 1 << 20;

impl Observer {
    /// Shows each record of a file. False if `each` ended it.
    pub(crate) fn read(
        &mut self,
        path: &Path,
        format: &FormatArguments,
        each: &mut Each<'_>,
    ) -> Result<bool, Failure> {
        let mut input = Input::open(path)?;
        match input.cut(format)? {
            Cut::Whole(kind) => self.whole(&input.rest()?, kind, &input.name, each),
            Cut::Snapped(kind) => self.whole(&input.unsnapped()?, kind, &input.name, each),
            Cut::Lines(kind) | Cut::Stream(kind) => self.lines(&mut input, kind, each),
        }
    }

    fn whole(
        &mut self,
        payload: &[u8],
        kind: Payload,
        file: &str,
        each: &mut Each<'_>,
    ) -> Result<bool, Failure> {
        self.payload(payload, kind, each).map_err(|error| Failure::Stopped(format!("{file}: {error}")))
    }

    /// Reads a payload a line.
    fn lines(&mut self, input: &mut Input, kind: Payload, each: &mut Each<'_>) -> Result<bool, Failure> {
        let (mut waiting, mut readable) = (Vec::new(), false);
        loop {
            let goes_on = input.more(&mut waiting, CHUNK)?;
            let end = match waiting.iter().rposition(|byte| *byte == b'\n') {
                _ if !goes_on => waiting.len(),
                Some(last) => last + 1,
                None => continue,
            };
            let lines = waiting.get(..end).unwrap_or_default().split(|byte| *byte == b'\n');
            for line in lines.map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
                match self.payload(line, kind, each) {
                    Ok(true) => readable = true,
                    Ok(false) => return Ok(false),
                    Err(_) => self.unreadable += 1,
                }
            }
            waiting.drain(..end);
            if !goes_on {
                let nothing = !readable && self.unreadable > 0;
                let said = || format!("{}: no line of it can be read as what it is said to be", input.name);
                return if nothing { Err(Failure::Stopped(said())) } else { Ok(true) };
            }
        }
    }

    /// Shows each record of one payload.
    pub(crate) fn payload(
        &mut self,
        payload: &[u8],
        kind: Payload,
        each: &mut Each<'_>,
    ) -> Result<bool, FormatError> {
        let mut collector = collect::Collector::new(&mut self.names, &mut self.positions, kind, each);
        kind.format().walk(payload, &limits(), &mut collector, &mut Scratch::default())?;
        let (goes_on, unreadable) = collector.finish();
        self.unreadable += unreadable;
        Ok(goes_on)
    }
}

#[cfg(test)]
mod tests;
