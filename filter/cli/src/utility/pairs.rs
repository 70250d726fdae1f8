//! Finds for each record of the treated telemetry the one that it was before.
//!
//! Treatments keep the order of records, leave some out and may change any field, ids and times included. So records are paired
//! by what most of the first ones still share: ids, else times, names and resource, else times and names, else, of spans whose times
//! moved, names, resource and durations, else their place. A record whose partner is not among the next [`AHEAD`] ones has none.

use super::rows::Row;
use frostglass_formats::Level;
use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::Receiver;

/// Records that are looked at ahead.
const AHEAD: usize = 20_000;

/// Treated records that a key is tried on, against [`AHEAD`] records before: one in twenty may be all that sampling left.
const TRIED: usize = 1_000;

/// Share of them that must find a partner for a key to be taken.
const ENOUGH: f64 = 0.9;

/// By what records are paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// Trace and span, of log records with their time.
    Ids,
    /// Times, name of the span or metric, and resource.
    Series,
    /// Times, and name of the span or metric.
    Times,
    /// How long a span took, its name, and resource.
    Durations,
    /// Place in the file.
    Position,
}

impl By {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ids => "ids",
            Self::Series => "times and resource",
            Self::Times => "times",
            Self::Durations => "durations",
            Self::Position => "position",
        }
    }

    fn key(self, row: &Row) -> Option<Key> {
        let name = row.name.unwrap_or(0);
        match (self, row.level) {
            (Self::Ids, Level::Span) => Some((row.trace?, 0, row.span?, 0)),
            (Self::Ids, _) => Some((row.trace?, 0, row.span.unwrap_or(0), row.start?)),
            (Self::Series, _) => Some((name, row.source, row.start?, row.end.unwrap_or(0))),
            (Self::Times, _) => Some((name, 0, row.start?, row.end.unwrap_or(0))),
            (Self::Durations, Level::Span) => Some((name, row.source, row.end?.checked_sub(row.start?)?, 0)),
            (Self::Durations | Self::Position, _) => None,
        }
    }
}

type Key = (u128, u128, u64, u64);

/// What becomes of the records, one by one.
pub(super) enum Met {
    /// Before and after.
    Both(Box<Row>, Box<Row>),
    /// It is not there any more.
    Lost(Box<Row>),
    /// It was not there before.
    Added(Box<Row>),
}

/// The rows of one side, as they come.
struct Side {
    rows: Receiver<Vec<Row>>,
    waiting: VecDeque<Row>,
}

impl Side {
    fn new(rows: Receiver<Vec<Row>>) -> Self {
        Self { rows, waiting: VecDeque::new() }
    }

    /// Waits for rows until so many are there, or no more come.
    fn fill(&mut self, wanted: usize) {
        while self.waiting.len() < wanted {
            match self.rows.recv() {
                Ok(lot) => self.waiting.extend(lot),
                Err(_) => return,
            }
        }
    }

    fn next(&mut self) -> Option<Row> {
        self.fill(1);
        self.waiting.pop_front()
    }
}

/// Pairs all rows of two sides and shows what becomes of each.
pub(super) fn pair(before: Receiver<Vec<Row>>, after: Receiver<Vec<Row>>, each: &mut dyn FnMut(Met)) -> By {
    let (mut before, mut after) = (Side::new(before), Side::new(after));
    before.fill(AHEAD);
    after.fill(TRIED);
    let by = [By::Ids, By::Series, By::Times, By::Durations]
        .into_iter()
        .find(|by| suits(*by, &before, &after))
        .unwrap_or(By::Position);
    if by == By::Position {
        in_step(&mut before, &mut after, each);
    } else {
        by_key(by, &mut before, &mut after, each);
    }
    by
}

fn suits(by: By, before: &Side, after: &Side) -> bool {
    let mut keys: HashMap<Key, u64> = HashMap::new();
    for key in before.waiting.iter().filter_map(|row| by.key(row)) {
        *keys.entry(key).or_default() += 1;
    }
    let tried = after.waiting.len().min(TRIED);
    let partners = after.waiting.iter().take(tried).filter_map(|row| by.key(row)).filter(|key| {
        keys.get_mut(key).is_some_and(|left| {
            let found = *left > 0;
            *left = left.saturating_sub(1);
            found
        })
    });
    let found = partners.count();
    found > 0 && found as f64 >= ENOUGH * tried as f64
}

fn in_step(before: &mut Side, after: &mut Side, each: &mut dyn FnMut(Met)) {
    loop {
        each(match (before.next(), after.next()) {
            (Some(old), Some(new)) => Met::Both(Box::new(old), Box::new(new)),
            (Some(old), None) => Met::Lost(Box::new(old)),
            (None, Some(new)) => Met::Added(Box::new(new)),
            (None, None) => return,
        });
    }
}

fn by_key(by: By, before: &mut Side, after: &mut Side, each: &mut dyn FnMut(Met)) {
    // Rows that wait for a partner by their key, and their keys in the order in which they came.
    let mut waiting: HashMap<Key, VecDeque<Row>> = HashMap::new();
    let mut order: VecDeque<(Key, u64)> = VecDeque::new();
    let mut count = 0_usize;
    let take = |waiting: &mut HashMap<Key, VecDeque<Row>>, key: &Key| {
        let rows = waiting.get_mut(key)?;
        let row = rows.pop_front();
        if rows.is_empty() {
            waiting.remove(key);
        }
        row
    };
    let mut exhausted = false;
    while let Some(new) = after.next() {
        while count < 2 * AHEAD && !exhausted {
            match before.next() {
                Some(old) => match by.key(&old) {
                    Some(key) => {
                        order.push_back((key, old.position));
                        waiting.entry(key).or_default().push_back(old);
                        count += 1;
                    }
                    None => each(Met::Lost(Box::new(old))),
                },
                None => exhausted = true,
            }
        }
        match by.key(&new).and_then(|key| take(&mut waiting, &key)) {
            Some(old) => {
                count -= 1;
                let position = old.position;
                each(Met::Both(Box::new(old), Box::new(new)));
                // Whoever waits for longer than that is lost.
                while let Some((key, at)) = order.front().copied()
                    && at + (AHEAD as u64) < position
                {
                    order.pop_front();
                    let is_waiting =
                        waiting.get(&key).and_then(VecDeque::front).is_some_and(|row| row.position == at);
                    if is_waiting && let Some(old) = take(&mut waiting, &key) {
                        count -= 1;
                        each(Met::Lost(Box::new(old)));
                    }
                }
            }
            None => each(Met::Added(Box::new(new))),
        }
    }
    let mut left: Vec<Row> = waiting.into_values().flatten().collect();
    left.sort_by_key(|row| row.position);
    left.into_iter().for_each(|row| each(Met::Lost(Box::new(row))));
    while let Some(old) = before.next() {
        each(Met::Lost(Box::new(old)));
    }
}
