//! Remembers what became of data points: a series comes again with every report, under the same labels and another number.
//!
//! Numbers that stay are not shown, so that a point whose series was met before is, to the module, the very same operations once more.
//! Those are compared whole; no hash decides. What they became holds for as long as the visitor says that equal fields have
//! equal outcomes, and ids mean the same names. Promises: bounded memory and bounded work for a point, whatever labels a sender chooses; where
//! few points come again, little is spent on them: one is remembered when it is met for the second time. Exemplars are samples, which
//! hardly come twice: of a point with some, what stands before them is remembered, and what of it is to be hunted in them.

use super::binding::Names;
use super::edits::{Edits, Mark};
use super::{Kind, Operations};
use crate::{Level, order::same};
use std::ops::Range;

/// Points of one table. There are two.
const POINTS: usize = 8192;
/// Bytes of one table.
const BYTES: usize = 2 << 20;
/// Longest point remembered, in bytes of its operations and contents, and of its edits.
const LONGEST: usize = 1024;
/// How many slots a look-up tries.
const PROBES: usize = 8;
/// Points of which nothing but two bits is kept, until they are met again; then all of those are forgotten.
const SEEN: u32 = 2 * POINTS as u32;
/// Words of such bits, of which a quarter is set at most.
const BITS: usize = SEEN as usize * 8 / 64;
/// Most points of a batch that are looked up: what is listed of one is longer than a short one.
const LISTED: usize = 4 * POINTS;

/// A data point of the present batch that may be remembered.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Index of its first operation, [`Kind::Point`], and of the first that is another's.
    pub(super) operations: Range<usize>,
    /// Its contents among those of the batch.
    pub(super) contents: Range<usize>,
    /// Whether that is all of the point. If not, exemplars follow.
    pub(super) whole: bool,
    hash: u64,
    /// Where it is remembered.
    known: Option<Known>,
}

/// What became of a point, besides its edits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome {
    /// The visitor's number for what it counted.
    pub(super) counted: u32,
    /// Whether an edit is of what tells series apart.
    pub(super) identity_changed: bool,
    /// Which operations the visitor learned from, counted from the point's own; zeros behind them.
    pub(super) taught: [u8; TAUGHT],
}

/// Most operations of a point to learn from. With more it is not remembered.
pub(super) const TAUGHT: usize = 4;

/// A number of an entry, and in which table.
#[derive(Debug, Clone, Copy)]
struct Known {
    old: bool,
    number: u32,
}

/// A point that is remembered: `bytes` from `start` on hold its operations, its contents and its edits, one behind the other.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    /// What was asked for after this the last time: most hosts report their series in the same order.
    next: u32,
    hash: u64,
    start: usize,
    operations: u32,
    contents: u32,
    edits: u32,
    outcome: Outcome,
    /// As in [`Candidate::whole`]: what is learned from the end of a point may change its beginning, and is not known where exemplars follow.
    whole: bool,
    /// What identity makes of it.
    sum: Option<u64>,
}

/// Points by their operations and contents.
#[derive(Default)]
struct Table {
    slots: Vec<u32>,
    entries: Vec<Entry>,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for Table {
    /// Without the points.
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Table {
    #[inline]
    fn clear(&mut self) {
        self.entries.clear();
        // Labels are not to stand in memory for longer than they serve.
        self.bytes.fill(0);
        self.bytes.clear();
        self.slots.fill(u32::MAX);
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.entries.len() >= POINTS || self.bytes.len() + 2 * LONGEST > BYTES
    }

    /// The number of an entry, or the slot in which one may be made, if any.
    #[inline]
    fn find(&self, hash: u64, whole: bool, heads: &[u8], texts: &[u8]) -> Result<u32, Option<usize>> {
        let Some(mask) = self.slots.len().checked_sub(1) else { return Err(None) };
        let mut slot = (hash >> 32) as usize & mask;
        for _ in 0..PROBES {
            let number = self.slots.get(slot).copied().unwrap_or(u32::MAX);
            let Some(entry) = self.entries.get(number as usize) else { return Err(Some(slot)) };
            if entry.hash == hash && self.is_of(entry, whole, heads, texts) {
                return Ok(number);
            }
            slot = (slot + 1) & mask;
        }
        Err(None)
    }

    /// Whether an entry is of these operations and contents.
    #[inline]
    fn is_of(&self, entry: &Entry, whole: bool, heads: &[u8], texts: &[u8]) -> bool {
        let (from, to) = (entry.operations as usize, entry.contents as usize);
        let known =
            self.bytes.get(entry.start..).and_then(|bytes| bytes.get(..from + to)?.split_at_checked(from));
        entry.whole == whole
            && from == heads.len()
            && to == texts.len()
            && known.is_some_and(|(operations, contents)| same(operations, heads) && same(contents, texts))
    }

    /// The edits of an entry, as [`Edits::write_relative`] wrote them.
    #[inline]
    fn edits(&self, entry: &Entry) -> Option<&[u8]> {
        let start = entry.start + entry.operations as usize + entry.contents as usize;
        self.bytes.get(start..start + entry.edits as usize)
    }

    /// Adds an entry, unless there is no room or it is there already. `edits` appends them; `entry` says what else there is.
    #[inline]
    fn put(
        &mut self,
        heads: &[u8],
        texts: &[u8],
        entry: Entry,
        edits: impl FnOnce(&mut Vec<u8>),
    ) -> Option<u32> {
        if self.is_full() {
            return None;
        }
        if self.slots.is_empty() {
            self.slots.resize(2 * POINTS, u32::MAX);
        }
        let Err(Some(slot)) = self.find(entry.hash, entry.whole, heads, texts) else { return None };
        let start = self.bytes.len();
        self.bytes.extend_from_slice(heads);
        self.bytes.extend_from_slice(texts);
        let before = self.bytes.len();
        edits(&mut self.bytes);
        let edits = self.bytes.len() - before;
        if edits > LONGEST {
            self.bytes.truncate(start);
            return None;
        }
        let number = self.entries.len() as u32;
        *self.slots.get_mut(slot)? = number;
        let (operations, contents, edits) = (heads.len() as u32, texts.len() as u32, edits as u32);
        self.entries.push(Entry { next: u32::MAX, start, operations, contents, edits, ..entry });
        Some(number)
    }
}

/// What is remembered, and the points of the present batch.
///
/// When the young table is full, or a period is over, it becomes the old one, and what is met there moves: so what no longer comes is
/// forgotten with the period after the one in which it came last.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// What the visitor said when the oldest entry was made.
    stamp: u64,
    period: u64,
    young: Table,
    old: Table,
    /// The entry of the young table that was asked for last.
    last: u32,
    /// Bits of points that were met: a Bloom filter. One that is taken for another is remembered sooner than it should be.
    bits: Vec<u64>,
    seen: u32,
    candidates: Vec<Candidate>,
    /// The next candidate that the walk comes to.
    next: usize,
    /// What of the contents is not of a known point.
    unknown: Vec<Range<usize>>,
}

impl Series {
    /// Forgets all points: ids or outcomes no longer hold.
    #[inline]
    pub(super) fn forget(&mut self) {
        self.last = u32::MAX;
        self.young.clear();
        self.old.clear();
    }

    /// Looks at the points of a batch. `holds` is what the visitor says of outcomes, and the present period; none when they depend on
    /// more than fields.
    #[inline]
    pub(super) fn look_up(&mut self, batch: &Operations<'_>, names: &Names, holds: Option<(u64, u64)>) {
        self.candidates.clear();
        self.unknown.clear();
        self.next = 0;
        if let Some((stamp, period)) = holds {
            if stamp != self.stamp {
                self.forget();
                self.stamp = stamp;
            }
            let since = period.wrapping_sub(std::mem::replace(&mut self.period, period));
            if since > 1 {
                // Nothing came for a whole period.
                self.forget();
            } else if self.young.is_full() || since == 1 {
                std::mem::swap(&mut self.young, &mut self.old);
                self.young.clear();
                self.last = u32::MAX;
            }
            if self.find_candidates(batch, names).is_none() {
                // The walk will say what is wrong with the batch.
                self.candidates.clear();
            }
        }
        let mut from = 0;
        for point in self.candidates.iter().filter(|point| point.known.is_some()) {
            if from < point.contents.start {
                self.unknown.push(from..point.contents.start);
            }
            from = point.contents.end;
        }
        if from < batch.contents.len() {
            self.unknown.push(from..batch.contents.len());
        }
    }

    /// Lists the points of metrics that are short and of lasting names, as far as their first exemplar. None for a batch that is no good.
    #[inline]
    fn find_candidates(&mut self, batch: &Operations<'_>, names: &Names) -> Option<()> {
        let mut at = 0;
        let mut index = 0;
        let mut in_metric = false;
        // Where a point began, and whether it may be remembered.
        let mut open: Option<(usize, usize, bool)> = None;
        loop {
            let head = batch.heads.get(index).map(|head| u64::from_le_bytes(*head));
            let kind = head.map_or(Kind::Record as u8, |word| (word >> 60) as u8);
            if kind >= Kind::Resource as u8 && kind != Kind::Style as u8 {
                if let Some((first, start, true)) = open.take() {
                    self.add(batch, first..index, start..at, true);
                }
                let Some(word) = head else { return Some(()) };
                if kind == Kind::Record as u8 {
                    in_metric = word as u32 == Level::Metric as u32;
                    if !in_metric {
                        return Some(());
                    }
                } else if kind != Kind::Point as u8 {
                    in_metric = false;
                } else if in_metric {
                    let begins = (index, at);
                    if let Some(whole) = self.as_last_time(batch, names, &mut index, &mut at) {
                        open = (!whole).then_some((begins.0, begins.1, false));
                        continue;
                    }
                    open = Some((index, at, true));
                }
            }
            let word = head?;
            if let Some((first, start, good)) = &mut open
                && kind < Kind::Close as u8
                && !names.repeats(word as u32)
            {
                // A key belongs to the value behind it.
                let key = index.checked_sub(1).and_then(|last| batch.heads.get(last));
                let cut = key.is_some_and(|head| head[7] >> 4 != Kind::Key as u8);
                if *good && cut && names.is_of_sample(word as u32) {
                    let (operations, contents) = (*first..index, *start..at);
                    self.add(batch, operations, contents, false);
                }
                *good = false;
            }
            let length = (word >> 32) as usize & 0x0fff_ffff;
            at = at.checked_add(length + usize::from(length > 0)).filter(|at| *at <= batch.contents.len())?;
            index += 1;
        }
    }

    /// Takes the point that begins at an operation for the one that came after the last one before, if it is that, goes behind what is
    /// remembered of it, and says whether that is all. It need not be gone through: its operations are the very same.
    #[inline]
    fn as_last_time(
        &mut self,
        batch: &Operations<'_>,
        names: &Names,
        index: &mut usize,
        at: &mut usize,
    ) -> Option<bool> {
        let guess = self.young.entries.get(self.last as usize)?.next;
        let entry = self.young.entries.get(guess as usize)?;
        let operations = *index..*index + entry.operations as usize / size_of::<u64>();
        let contents = *at..*at + entry.contents as usize;
        // It ends here, or what is sampled begins, as it did when it was gone through.
        let behind = batch.heads.get(operations.end).map(|head| u64::from_le_bytes(*head));
        let kind = behind.map_or(Kind::Record as u8, |word| (word >> 60) as u8);
        let ends = if entry.whole {
            kind >= Kind::Resource as u8 && kind != Kind::Style as u8
        } else {
            kind < Kind::Close as u8
                && behind.is_some_and(|word| !names.repeats(word as u32) && names.is_of_sample(word as u32))
        };
        let (heads, texts) = batch.piece(&operations, &contents)?;
        if !ends || self.candidates.len() >= LISTED || !self.young.is_of(entry, entry.whole, heads, texts) {
            return None;
        }
        (*index, *at) = (operations.end, contents.end);
        let (hash, whole, known) = (entry.hash, entry.whole, Some(Known { old: false, number: guess }));
        self.last = guess;
        self.candidates.push(Candidate { operations, contents, whole, hash, known });
        Some(whole)
    }

    #[inline]
    fn add(&mut self, batch: &Operations<'_>, operations: Range<usize>, contents: Range<usize>, whole: bool) {
        let Some((heads, texts)) = batch.piece(&operations, &contents) else { return };
        if operations.len() < 2 || heads.len() + texts.len() > LONGEST || self.candidates.len() >= LISTED {
            return;
        }
        let guess = self.young.entries.get(self.last as usize).map_or(u32::MAX, |last| last.next);
        let (hash, known) = match self.young.entries.get(guess as usize) {
            Some(entry) if self.young.is_of(entry, whole, heads, texts) => {
                (entry.hash, Some(Known { old: false, number: guess }))
            }
            _ => {
                let hash = hash(whole, heads, texts);
                (hash, self.known(hash, whole, heads, texts))
            }
        };
        if let Some(Known { old: false, number }) = known {
            if let Some(last) = self.young.entries.get_mut(self.last as usize) {
                last.next = number;
            }
            self.last = number;
        }
        if known.is_some() || self.was_seen(hash) {
            self.candidates.push(Candidate { operations, contents, whole, hash, known });
        }
    }

    /// Whether a point of this hash was met not long ago. From now on it was.
    #[inline]
    fn was_seen(&mut self, hash: u64) -> bool {
        if self.seen >= SEEN || self.bits.is_empty() {
            self.bits.clear();
            self.bits.resize(BITS, 0);
            self.seen = 0;
        }
        let mut both = true;
        for bit in [hash as usize, (hash >> 32) as usize] {
            if let Some(word) = self.bits.get_mut(bit / 64 % BITS) {
                both &= *word >> (bit % 64) & 1 == 1;
                *word |= 1 << (bit % 64);
            }
        }
        self.seen += u32::from(!both);
        both
    }

    #[inline]
    fn known(&mut self, hash: u64, whole: bool, heads: &[u8], texts: &[u8]) -> Option<Known> {
        if let Ok(number) = self.young.find(hash, whole, heads, texts) {
            return Some(Known { old: false, number });
        }
        let number = self.old.find(hash, whole, heads, texts).ok()?;
        let entry = *self.old.entries.get(number as usize)?;
        let edits = self.old.edits(&entry)?;
        let moved = self.young.put(heads, texts, entry, |bytes| bytes.extend_from_slice(edits));
        Some(moved.map_or(Known { old: true, number }, |number| Known { old: false, number }))
    }

    /// What of a batch's contents must be gone through.
    #[inline]
    pub(super) fn unknown(&self) -> &[Range<usize>] {
        &self.unknown
    }

    /// The candidate that begins at an operation. They are asked for in ascending order.
    #[inline]
    pub(super) fn at(&mut self, index: usize) -> Option<Candidate> {
        while let Some(candidate) = self.candidates.get(self.next) {
            if candidate.operations.start > index {
                return None;
            }
            self.next += 1;
            if candidate.operations.start == index {
                return Some(candidate.clone());
            }
        }
        None
    }

    /// Writes the edits of the candidate that begins at an operation, if it is remembered whole; gives what else became of it, and the next
    /// operation and its content. Then it counts as asked for.
    #[inline]
    pub(super) fn repeat_whole(
        &mut self,
        index: usize,
        base: u32,
        edits: &mut Edits,
    ) -> Option<(Outcome, usize, usize)> {
        let candidate = self.candidates.get(self.next)?;
        let known = candidate.known.filter(|_| candidate.whole && candidate.operations.start == index)?;
        let table = if known.old { &self.old } else { &self.young };
        let entry = table.entries.get(known.number as usize)?;
        if entry.edits > 0 {
            edits.push_relative(table.edits(entry)?, base);
        }
        self.next += 1;
        Some((entry.outcome, candidate.operations.end, candidate.contents.end))
    }

    /// Of the candidate that was asked for last, what is known does not hold in this batch.
    #[inline]
    pub(super) fn disregard(&mut self) {
        if let Some(last) = self.next.checked_sub(1).and_then(|last| self.candidates.get_mut(last)) {
            last.known = None;
        }
    }

    /// From here on candidates are asked for from the first one again.
    #[inline]
    pub(super) fn rewind(&mut self) {
        self.next = 0;
    }

    #[inline]
    fn entry(&self, candidate: &Candidate) -> Option<&Entry> {
        let known = candidate.known?;
        let table = if known.old { &self.old } else { &self.young };
        table.entries.get(known.number as usize)
    }

    /// What [`Series::set_sum`] said of a candidate, and whether what tells series apart is edited.
    #[inline]
    pub(super) fn sum(&self, candidate: &Candidate) -> Option<(u64, bool)> {
        let entry = self.entry(candidate)?;
        Some((entry.sum?, entry.outcome.identity_changed))
    }

    /// Keeps a number with a candidate that is remembered.
    #[inline]
    pub(super) fn set_sum(&mut self, candidate: &Candidate, sum: u64) {
        if let Some(known) = candidate.known {
            let table = if known.old { &mut self.old } else { &mut self.young };
            if let Some(entry) = table.entries.get_mut(known.number as usize) {
                entry.sum = Some(sum);
            }
        }
    }

    /// Writes the edits of a candidate that is remembered, which begins at the operation `index`, and gives what else became of it.
    #[inline]
    pub(super) fn repeat(&self, candidate: &Candidate, index: u32, edits: &mut Edits) -> Option<Outcome> {
        let known = candidate.known?;
        let table = if known.old { &self.old } else { &self.young };
        let entry = table.entries.get(known.number as usize)?;
        edits.push_relative(table.edits(entry)?, index);
        Some(entry.outcome)
    }

    /// Remembers a candidate, its edits between two places and what else became of it.
    #[inline]
    pub(super) fn put(
        &mut self,
        candidate: &Candidate,
        batch: &Operations<'_>,
        (edits, marks): (&Edits, Range<Mark>),
        outcome: Outcome,
    ) {
        let Some((heads, texts)) = batch.piece(&candidate.operations, &candidate.contents) else { return };
        let base = candidate.operations.start as u32;
        let entry = Entry { hash: candidate.hash, whole: candidate.whole, outcome, ..Entry::default() };
        self.young.put(heads, texts, entry, |bytes| edits.write_relative(marks, base, bytes));
    }
}

/// Multiplies and folds eight bytes at a time. Not keyed: the bound on probes keeps chosen labels cheap. Without folding after each
/// word, labels that differ in their last letters alone share their slots.
#[inline]
fn hash(whole: bool, heads: &[u8], texts: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = (texts.len() as u64) << 1 | u64::from(whole);
    let mut mix = |word: u64| {
        hash = (hash ^ word).wrapping_mul(MULTIPLIER);
        hash ^= hash >> 32;
    };
    for bytes in [heads, texts] {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| mix(u64::from_le_bytes(*word)));
        mix(rest.iter().rev().fold(0, |last, byte| last << 8 | u64::from(*byte)));
    }
    hash.wrapping_mul(MULTIPLIER)
}
