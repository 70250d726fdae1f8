//! Notices metric points that edits would make alike, before anything is edited.
//!
//! Compares fingerprints of each point's identity (as [`crate::otlp::points`] defines it) before and after: equal
//! identities have equal fingerprints after, different ones different fingerprints before, but for one chance in about 2^64
//! that nobody can choose, since they are keyed by fresh random bytes. A point that is wrongly called alike costs time,
//! nothing else. Does not merge anything.
//!
//! Fingerprints cost more than all else that is done with a point. So a sum of a few words of each value comes first: where
//! no edited point has the same sum as another one, none can be alike.

use super::binding::{Holds, Known};
use super::edits::{EditKind, Edits};
use super::series::{Candidate, Series};
use super::{Kind, Names, Operation, Operations};
use crate::{FormatError, Level, order};
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
    met: Vec<u64>,
    nests: Vec<Nest>,
    /// Of names in this batch.
    keys: Keys,
    /// Of names for as long as they hold: what sums of points are made with, since those are remembered with points. A sum that
    /// somebody found out could cost time, nothing else.
    sum_keys: Option<Keys>,
}

impl Memory {
    /// Names no longer hold.
    pub(super) fn forget(&mut self) {
        self.sum_keys = None;
    }
}

/// What the level and key of each lasting name add to a value outside arrays and maps.
#[derive(Debug, Default)]
struct Keys {
    /// A hasher that has taken a secret.
    keyed: DefaultHasher,
    /// By the ids of names; 0 where not yet known.
    of: Vec<u64>,
}

impl Keys {
    fn new(secret: [u64; 2]) -> Self {
        let mut keyed = DefaultHasher::new();
        secret.iter().for_each(|word| keyed.write_u64(*word));
        Self { keyed, of: Vec::new() }
    }

    fn of(&mut self, names: &Names, id: u32, known: &Known) -> u64 {
        if let Some(key) = self.of.get(id as usize)
            && *key != 0
        {
            return *key;
        }
        let key = self.hash(0, part(known), names.key(known).as_bytes());
        if names.lasts(id) {
            if self.of.len() <= id as usize {
                self.of.resize(id as usize + 1, 0);
            }
            if let Some(place) = self.of.get_mut(id as usize) {
                *place = key;
            }
        }
        key
    }

    /// Fingerprint of a content of a kind, in its place. Both come before the content and with its length in sixteen bytes,
    /// which the hasher takes without a remainder.
    fn hash(&self, within: u64, kind: u32, content: &[u8]) -> u64 {
        let mut hasher = self.keyed.clone();
        hasher.write_u64(within);
        hasher.write_u64(u64::from(kind) << 32 | content.len() as u64);
        hasher.write(content);
        hasher.finish()
    }
}

/// Level and part of a name, as fingerprints take them.
fn part(known: &Known) -> u32 {
    1 << 16 | (known.level as u32) << 8 | known.part as u32
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
    series: &mut Series,
    memory: &mut Memory,
) -> Result<bool, FormatError> {
    if !may_become_alike(operations.clone(), names, edits, secret, series, memory)? {
        return Ok(false);
    }
    memory.points.clear();
    memory.nests.clear();
    memory.keys = Keys::new(secret);
    let mut survey = Survey {
        names,
        memory,
        levels: [Print::default(); 4],
        in_point: false,
        key_edit: None,
        restyled: false,
    };
    let mut edits = edits.read();
    loop {
        let index = operations.index();
        let Some(operation) = operations.next()? else { break };
        let edit = edits.of(index);
        survey.operation(operation, edit);
    }
    survey.end_point();
    let restyled = survey.restyled;
    let points = &mut memory.points;
    order::sort_by(points, Ord::cmp);
    Ok(restyled
        || points.windows(2).any(|pair| match pair {
            [one, other] => one.after == other.after && one.before != other.before,
            _ => false,
        }))
}

/// Whether an edited point has the same sum as another one. Equal identities have equal sums; what sums do not tell apart
/// (places in arrays, how doubles are written, what stands in the middle of long texts) fingerprints do.
fn may_become_alike(
    mut operations: Operations<'_>,
    names: &Names,
    edits: &Edits,
    secret: [u64; 2],
    series: &mut Series,
    memory: &mut Memory,
) -> Result<bool, FormatError> {
    let Memory { points, met, sum_keys, .. } = memory;
    let keys = sum_keys.get_or_insert_with(|| Keys::new(secret));
    points.clear();
    series.rewind();
    // The edits of a record that goes were taken back.
    let mut record_goes = false;
    // A point that is remembered, of which no sum is known yet.
    let mut unsummed: Option<Candidate> = None;
    let mut edits = edits.read();
    let mut sums = [0u64; 4];
    let mut edited = [false; 4];
    let mut in_point = false;
    // How many arrays and maps are open, and from which of them on everything goes.
    let (mut open, mut gone) = (0usize, usize::MAX);
    loop {
        let index = operations.index();
        let operation = operations.next()?;
        let edit = edits.of(index);
        let kind = operation.and_then(|operation| Kind::of(operation.kind));
        if let Some(candidate) = unsummed.take_if(|candidate| candidate.operations.end == index as usize) {
            series.set_sum(&candidate, sums[3]);
        }
        let level = match kind {
            Some(Kind::Resource) | None => Some(0),
            Some(Kind::Scope) => Some(1),
            Some(Kind::Record) => Some(2),
            Some(Kind::Point) => Some(3),
            _ => None,
        };
        if let Some(level) = level {
            if std::mem::replace(&mut in_point, kind == Some(Kind::Point)) {
                let changed = edited.iter().any(|edited| *edited);
                points.push(Print { after: whole(sums), before: u64::from(changed) });
            }
            for (sum, edited) in sums.iter_mut().zip(&mut edited).skip(level) {
                (*sum, *edited) = (0, false);
            }
        }
        let (Some(operation), Some(kind)) = (operation, kind) else { break };
        match kind {
            Kind::Point => {
                let mut begins = index;
                while !record_goes && let Some(candidate) = series.at(begins as usize) {
                    let Some((sum, changed)) = series.sum(&candidate) else {
                        if begins != index {
                            // Its first operation tells nothing.
                            operations.next()?;
                            in_point = true;
                        }
                        unsummed = Some(candidate);
                        break;
                    };
                    // Nothing behind it, of its exemplars, is of its identity. Points that are known mostly follow each other.
                    let sum = whole([sums[0], sums[1], sums[2], sum]);
                    let changed = changed || edited.iter().any(|edited| *edited);
                    points.push(Print { after: sum, before: u64::from(changed) });
                    in_point = false;
                    (operations.next, operations.at) = (candidate.operations.end, candidate.contents.end);
                    begins = operations.index();
                    edits.skip_to(begins);
                }
                continue;
            }
            Kind::Record => {
                record_goes = edit.is_some();
                continue;
            }
            Kind::Resource | Kind::Scope => continue,
            Kind::Close => {
                open = open.saturating_sub(1);
                if open <= gone {
                    gone = usize::MAX;
                }
                continue;
            }
            Kind::Style => {
                sums[2] = sums[2].wrapping_add(word(u64::from(operation.id), kind as u32, &[]));
                continue;
            }
            _ => {}
        }
        let nests = matches!(kind, Kind::Array | Kind::Map);
        let known = names.get(operation.id).filter(|known| known.identity);
        if let Some(known) = known
            && let Some(level) = level_of(known)
        {
            // Rare, and not worth a second way of telling it.
            let renamed = kind == Kind::Key && edit.is_some();
            if renamed || (edit.is_some() && matches!(known.holds, Holds::Structural { .. })) {
                return Ok(true);
            }
            if let Some(edited) = edited.get_mut(level).filter(|_| edit.is_some()) {
                *edited = true;
            }
            let goes = matches!(edit, Some((EditKind::Drop, _)));
            if kind != Kind::Key && !goes && gone == usize::MAX {
                let key = keys.of(names, operation.id, known);
                let value = match edit {
                    _ if kind == Kind::Double && edit.is_none() => word(key, kind as u32, &[]),
                    Some((EditKind::Double, _)) => word(key, Kind::Double as u32, &[]),
                    Some((kind, content)) => word(key, kind as u32, content),
                    None => word(key, kind as u32, operation.content),
                };
                if let Some(sum) = sums.get_mut(level) {
                    *sum = sum.wrapping_add(value);
                }
            }
            if nests && goes && gone == usize::MAX {
                gone = open;
            }
        }
        open += usize::from(nests);
    }
    Ok(meets_another(points, met))
}

/// The sum of a point, of those over the fields of its resource, scope and metric and its own.
fn whole(sums: [u64; 4]) -> u64 {
    sums.iter().fold(0, |whole, sum| whole.rotate_left(16).wrapping_add(*sum))
}

/// Whether a point whose `before` is not zero has the same sum as another. In a table of the sums, at least half of which
/// stays empty; the last bit of each says whether the point changed, and zero is no sum.
fn meets_another(points: &[Print], met: &mut Vec<u64>) -> bool {
    const CHANGED: u64 = 1;
    let slots = (2 * points.len()).next_power_of_two();
    met.clear();
    met.resize(slots, 0);
    for point in points {
        let sum = (point.after & !CHANGED).max(2) | u64::from(point.before != 0);
        // Sums are mixed already, and keyed by a secret.
        let mut slot = (sum >> 1) as usize & (slots - 1);
        loop {
            match met.get_mut(slot) {
                Some(empty @ 0) => {
                    *empty = sum;
                    break;
                }
                Some(other) if (*other ^ sum) & !CHANGED == 0 => {
                    if (*other | sum) & CHANGED != 0 {
                        return true;
                    }
                    break;
                }
                Some(_) => slot = (slot + 1) & (slots - 1),
                None => return true,
            }
        }
    }
    false
}

/// A few words of a value, mixed: equal for equal values, mostly different for others.
#[inline]
fn word(key: u64, kind: u32, content: &[u8]) -> u64 {
    const ODD: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];
    let (first, last) = match (content.first_chunk::<8>(), content.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (content.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0),
    };
    let mut mixed = (key ^ u64::from(kind) << 32 ^ content.len() as u64).wrapping_mul(ODD[0]);
    mixed = (mixed ^ mixed >> 29 ^ first).wrapping_mul(ODD[1]);
    mixed = (mixed ^ mixed >> 32 ^ last).wrapping_mul(ODD[2]);
    mixed ^ mixed >> 31
}

struct Survey<'n, 'a> {
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
                let print = self.hash(0, kind as u32, &operation.id.to_le_bytes());
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
        let (within, outer_gone) = match self.memory.nests.last_mut() {
            // Nearly every value is an attribute whose key stays.
            None if key_edit.is_none() => {
                let key = self.memory.keys.of(names, operation.id, known);
                (Print { before: key, after: key }, false)
            }
            None => (self.named(Print::default(), known, names.key(known), key_edit), false),
            Some(nest) => {
                let (outer, gone) = (nest.within, nest.gone);
                // An element has its array's name; a member has one of its own.
                if nest.array {
                    let place = nest.place;
                    nest.place.before += 1;
                    nest.place.after += u64::from(!goes);
                    let within = Print {
                        before: outer.before.rotate_left(7) ^ (place.before + 1),
                        after: outer.after.rotate_left(7) ^ (place.after + 1),
                    };
                    (self.named(within, known, "", key_edit), gone)
                } else {
                    (self.named(outer, known, names.key(known), key_edit), gone)
                }
            }
        };
        let gone = outer_gone || goes;
        let before = self.hash(within.before, kind as u32, operation.content);
        let after = match edit {
            _ if gone => 0,
            // What says the same in the same place need not be hashed again. Doubles may be written in two ways.
            None if within.before == within.after && kind != Kind::Double => before,
            Some((kind, content)) => self.after(within.after, kind as u32, content),
            None => self.after(within.after, kind as u32, operation.content),
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
    fn after(&self, within: u64, kind: u32, content: &[u8]) -> u64 {
        let double = content.try_into().map(f64::from_le_bytes).ok().filter(|_| kind == Kind::Double as u32);
        let canonical = match double {
            Some(double) if double.is_nan() => f64::NAN.to_le_bytes(),
            Some(double) => (double + 0.0).to_le_bytes(),
            None => return self.hash(within, kind, content),
        };
        self.hash(within, kind, &canonical)
    }

    /// Adds level and key to what a value stands in.
    fn named(&self, within: Print, known: &Known, key: &str, key_edit: Option<&[u8]>) -> Print {
        let part = part(known);
        let before = self.hash(within.before, part, key.as_bytes());
        let after = match key_edit {
            None if within.before == within.after => before,
            _ => self.hash(within.after, part, key_edit.unwrap_or(key.as_bytes())),
        };
        Print { before, after }
    }

    fn hash(&self, within: u64, kind: u32, content: &[u8]) -> u64 {
        self.memory.keys.hash(within, kind, content)
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
        let before = self.whole(|sum| sum.before);
        let changed = self.levels.iter().any(|sum| sum.after != sum.before);
        let after = if changed { self.whole(|sum| sum.after) } else { before };
        self.memory.points.push(Print { before, after });
    }

    /// Fingerprint of the present point, of which `side` is summed up.
    fn whole(&self, side: impl Fn(&Print) -> u64) -> u64 {
        let mut hasher = self.memory.keys.keyed.clone();
        for sum in &self.levels {
            hasher.write_u64(side(sum));
        }
        hasher.finish()
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
