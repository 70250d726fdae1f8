//! Notices metric points that edits would make alike, before anything is edited.
//!
//! Compares fingerprints of each point's identity (as [`crate::otlp::points`] defines it) before and after: equal
//! identities have equal fingerprints after, different ones different fingerprints before, but for one chance in about 2^64
//! that nobody can choose, since they are keyed by fresh random bytes. A point that is wrongly called alike costs time,
//! nothing else. Does not merge anything.

use super::binding::{Holds, Known};
use super::edits::{EditKind, Edits};
use super::{Kind, Names, Operation, Operations};
use crate::{FormatError, Level};
use std::hash::{DefaultHasher, Hasher};

/// A fingerprint before and after the edits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Print {
    after: u64,
    before: u64,
}

/// Memory kept between batches.
#[derive(Debug, Default)]
pub(super) struct Memory {
    points: Vec<Print>,
    nests: Vec<Nest>,
}

/// An open array or map: its elements are told apart by place, its members are not.
#[derive(Debug, Clone, Copy)]
struct Nest {
    array: bool,
    /// Number of the next element, before and after.
    place: Print,
    /// What the place of the whole among its siblings adds to each part.
    within: Print,
    /// Whether the whole is gone afterwards.
    gone: bool,
}

/// Whether two points that differ now would be alike.
pub(super) fn becomes_alike(
    mut operations: Operations<'_>,
    names: &Names,
    edits: &Edits,
    secret: [u64; 2],
    memory: &mut Memory,
) -> Result<bool, FormatError> {
    memory.points.clear();
    memory.nests.clear();
    let mut keyed = DefaultHasher::new();
    keyed.write_u64(secret[0]);
    keyed.write_u64(secret[1]);
    let mut edits = edits.read();
    let mut survey = Survey {
        keyed,
        names,
        memory,
        levels: [Print::default(); 4],
        in_point: false,
        key_edit: None,
        restyled: false,
    };
    loop {
        let index = operations.index();
        let Some(operation) = operations.next()? else { break };
        let edit = edits.of(index);
        survey.operation(operation, edit);
    }
    survey.end_point();
    let restyled = survey.restyled;
    let points = &mut memory.points;
    points.sort_unstable();
    Ok(restyled
        || points.windows(2).any(|pair| match pair {
            [one, other] => one.after == other.after && one.before != other.before,
            _ => false,
        }))
}

struct Survey<'n, 'a> {
    /// A hasher that has taken the secret.
    keyed: DefaultHasher,
    names: &'n Names,
    memory: &'n mut Memory,
    /// Sums over the fields of the present resource, scope, metric and point.
    levels: [Print; 4],
    in_point: bool,
    /// The edit of the key of the next value.
    key_edit: Option<&'a [u8]>,
    /// A structural leaf of identity changes, which [`Kind::Style`] says in its own way: not worth telling apart.
    restyled: bool,
}

impl<'a> Survey<'_, 'a> {
    fn operation(&mut self, operation: Operation<'a>, edit: Option<(EditKind, &'a [u8])>) {
        let Some(kind) = Kind::of(operation.kind) else { return };
        match kind {
            Kind::Resource => self.begin(0),
            Kind::Scope => self.begin(1),
            Kind::Record => self.begin(2),
            Kind::Point => {
                self.begin(3);
                self.in_point = true;
            }
            Kind::Style => {
                let print = self.hash(&[&[kind as u8], &operation.id.to_le_bytes()]);
                self.add(2, Print { before: print, after: print });
            }
            Kind::Key => self.key_edit = edit.map(|(_, text)| text),
            Kind::Close => {
                self.memory.nests.pop();
            }
            Kind::Text
            | Kind::Bytes
            | Kind::Int
            | Kind::Double
            | Kind::Bool
            | Kind::Name
            | Kind::Array
            | Kind::Map => {
                let key_edit = self.key_edit.take();
                self.value(kind, operation, key_edit, edit);
            }
        }
    }

    fn value(
        &mut self,
        kind: Kind,
        operation: Operation<'a>,
        key_edit: Option<&[u8]>,
        edit: Option<(EditKind, &'a [u8])>,
    ) {
        let names = self.names;
        let Some(known) = names.get(operation.id).filter(|known| known.identity) else {
            // Nests of fields without identity are followed all the same, so that ends match.
            if matches!(kind, Kind::Array | Kind::Map) {
                let nothing = Print::default();
                self.memory.nests.push(Nest { array: false, place: nothing, within: nothing, gone: true });
            }
            return;
        };
        let goes = matches!(edit, Some((EditKind::Drop, _)));
        self.restyled |= edit.is_some() && matches!(known.holds, Holds::Structural { .. });
        let outer = self.memory.nests.last_mut();
        let (mut within, outer_gone, in_array) = match outer {
            None => (Print::default(), false, false),
            Some(nest) => {
                let within = if nest.array {
                    let place = nest.place;
                    nest.place.before += 1;
                    nest.place.after += u64::from(!goes);
                    Print {
                        before: nest.within.before.rotate_left(7) ^ (place.before + 1),
                        after: nest.within.after.rotate_left(7) ^ (place.after + 1),
                    }
                } else {
                    nest.within
                };
                (within, nest.gone, nest.array)
            }
        };
        // An element has its array's name; a member or attribute has one of its own.
        let key = if in_array { "" } else { names.key(known) };
        let level_and_key = |key: &[u8]| self.hash(&[&[known.level as u8, known.part as u8], key]);
        let key_before = level_and_key(key.as_bytes());
        let key_after = key_edit.map_or(key_before, level_and_key);
        within.before = self.hash(&[&within.before.to_le_bytes(), &key_before.to_le_bytes()]);
        within.after = self.hash(&[&within.after.to_le_bytes(), &key_after.to_le_bytes()]);
        let gone = outer_gone || goes;
        let before = self.hash(&[&within.before.to_le_bytes(), &[kind as u8], operation.content]);
        let after = match edit {
            _ if gone => 0,
            Some((kind, content)) => self.after(within.after, kind as u8, content),
            None => self.after(within.after, kind as u8, operation.content),
        };
        if let Some(place) = level_of(known) {
            self.add(place, Print { before, after });
        }
        if matches!(kind, Kind::Array | Kind::Map) {
            let array = kind == Kind::Array;
            self.memory.nests.push(Nest { array, place: Print::default(), within, gone });
        }
    }

    /// Doubles that readers take for equal are equal afterwards.
    fn after(&self, within: u64, kind: u8, content: &[u8]) -> u64 {
        let double = content.try_into().map(f64::from_le_bytes).ok().filter(|_| kind == Kind::Double as u8);
        let canonical = match double {
            Some(double) if double.is_nan() => f64::NAN.to_le_bytes(),
            Some(double) => (double + 0.0).to_le_bytes(),
            None => return self.hash(&[&within.to_le_bytes(), &[kind], content]),
        };
        self.hash(&[&within.to_le_bytes(), &[kind], &canonical])
    }

    fn hash(&self, parts: &[&[u8]]) -> u64 {
        let mut hasher = self.keyed.clone();
        for part in parts {
            hasher.write_usize(part.len());
            hasher.write(part);
        }
        hasher.finish()
    }

    fn add(&mut self, level: usize, print: Print) {
        if let Some(sum) = self.levels.get_mut(level) {
            sum.before = sum.before.wrapping_add(print.before);
            sum.after = sum.after.wrapping_add(print.after);
        }
    }

    fn begin(&mut self, level: usize) {
        self.end_point();
        for sum in self.levels.iter_mut().skip(level) {
            *sum = Print::default();
        }
    }

    fn end_point(&mut self) {
        if !std::mem::take(&mut self.in_point) {
            return;
        }
        let (mut before, mut after) = (self.keyed.clone(), self.keyed.clone());
        for sum in &self.levels {
            before.write_u64(sum.before);
            after.write_u64(sum.after);
        }
        self.memory.points.push(Print { before: before.finish(), after: after.finish() });
    }
}

/// Where a field's fingerprint is summed up.
fn level_of(known: &Known) -> Option<usize> {
    match known.level {
        Level::Resource => Some(0),
        Level::Scope => Some(1),
        Level::Metric => Some(2),
        Level::Point => Some(3),
        _ => None,
    }
}
