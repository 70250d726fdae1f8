//! Small tables that remember answers: rulings by name for the life of a plan, tokens by value for one payload.
//!
//! Bounded by construction: a table that is full, or whose probe would run long (an attacker may choose the names),
//! simply does not remember, and the answer is worked out again. Nothing is evicted while a payload is walked, so an
//! answer that a walker holds stays good.

use frostglass_formats::order::same;

/// How many slots a lookup tries. Honest names need one or two.
const PROBES: usize = 12;

/// Remembers answers of type `T` by a fixed-size tag and a text.
#[derive(Debug)]
pub(crate) struct Memo<T> {
    slots: Vec<u32>,
    entries: Vec<Entry<T>>,
    text: Vec<u8>,
    most_entries: usize,
    most_text: usize,
    /// The answer given last by [`Memo::recall`].
    last: u32,
}

#[derive(Debug)]
struct Entry<T> {
    /// What was asked for after this the last time: telemetry repeats its names in the same order.
    next: u32,
    hash: u64,
    tag: u64,
    start: usize,
    end: usize,
    answer: T,
}

/// Where an answer that was not found may be put.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vacancy {
    hash: u64,
    slot: Option<usize>,
}

impl<T: Copy> Memo<T> {
    /// A table of at most `most_entries` answers (a power of two) under at most `most_text` bytes of text.
    pub(crate) fn new(most_entries: usize, most_text: usize) -> Self {
        let slots = vec![u32::MAX; (most_entries * 2).next_power_of_two()];
        Self {
            slots,
            entries: Vec::with_capacity(most_entries),
            text: Vec::new(),
            most_entries,
            most_text,
            last: u32::MAX,
        }
    }

    /// Forgets everything and keeps the allocations.
    pub(crate) fn clear(&mut self) {
        if !self.entries.is_empty() {
            self.slots.fill(u32::MAX);
            self.entries.clear();
            self.text.clear();
        }
    }

    /// Whether half of the room is used: time to [`Memo::clear`] between payloads.
    pub(crate) fn is_crowded(&self) -> bool {
        self.entries.len() * 2 > self.most_entries || self.text.len() * 2 > self.most_text
    }

    /// Number of the remembered answer, or where to put one.
    #[inline]
    pub(crate) fn find(&self, tag: u64, text: &[u8]) -> Result<u32, Vacancy> {
        let hash = hash(tag, text);
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> 32) as usize & mask;
        for _ in 0..PROBES {
            let index = self.slots.get(slot).copied().unwrap_or(u32::MAX);
            let Some(entry) = self.entries.get(index as usize) else {
                return Err(Vacancy { hash, slot: Some(slot) });
            };
            if entry.hash == hash
                && entry.tag == tag
                && self.text.get(entry.start..entry.end).is_some_and(|known| same(known, text))
            {
                return Ok(index);
            }
            slot = (slot + 1) & mask;
        }
        Err(Vacancy { hash, slot: None })
    }

    /// As [`Memo::find`], but tries first what followed upon the last answer before, which costs no hashing.
    #[inline]
    pub(crate) fn recall(&mut self, tag: u64, text: &[u8]) -> Result<u32, Vacancy> {
        let guess = self.entries.get(self.last as usize).map_or(u32::MAX, |last| last.next);
        if let Some(entry) = self.entries.get(guess as usize)
            && entry.tag == tag
            && self.text.get(entry.start..entry.end).is_some_and(|known| same(known, text))
        {
            self.last = guess;
            return Ok(guess);
        }
        let found = self.find(tag, text)?;
        if let Some(last) = self.entries.get_mut(self.last as usize) {
            last.next = found;
        }
        self.last = found;
        Ok(found)
    }

    /// The answer of a number.
    #[inline]
    pub(crate) fn answer(&self, index: u32) -> Option<&T> {
        self.entries.get(index as usize).map(|entry| &entry.answer)
    }

    /// The answer of a number, with the text that it stands under.
    #[inline]
    pub(crate) fn get(&self, index: u32) -> Option<(T, &[u8])> {
        let entry = self.entries.get(index as usize)?;
        Some((entry.answer, self.text.get(entry.start..entry.end).unwrap_or(&[])))
    }

    /// The tag and the text that a number's answer stands under.
    pub(crate) fn question(&self, index: u32) -> Option<(u64, &[u8])> {
        let entry = self.entries.get(index as usize)?;
        Some((entry.tag, self.text.get(entry.start..entry.end).unwrap_or(&[])))
    }

    /// Remembers an answer where [`Memo::find`] found none, and gives its number; `None` when there is no room.
    pub(crate) fn put(&mut self, vacancy: Vacancy, tag: u64, text: &[u8], answer: T) -> Option<u32> {
        if self.entries.len() >= self.most_entries || self.text.len() + text.len() > self.most_text {
            return None;
        }
        let place = self.slots.get_mut(vacancy.slot?)?;
        let index = self.entries.len() as u32;
        *place = index;
        let start = self.text.len();
        self.text.extend_from_slice(text);
        self.entries.push(Entry {
            next: u32::MAX,
            hash: vacancy.hash,
            tag,
            start,
            end: self.text.len(),
            answer,
        });
        Some(index)
    }
}

/// Multiply-rotate over eight bytes at a time (the construction of rustc's FxHash) with a final mix. Not keyed: the
/// bound on probes, not the hash, is what keeps chosen names cheap.
#[inline]
fn hash(tag: u64, bytes: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;
    let mut hash = tag.wrapping_mul(MULTIPLIER) ^ bytes.len() as u64;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(MULTIPLIER);
    }
    let mut last = [0u8; 8];
    last[..rest.len()].copy_from_slice(rest);
    hash = (hash.rotate_left(5) ^ u64::from_le_bytes(last)).wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remember(memo: &mut Memo<u32>, tag: u64, text: &str, answer: u32) {
        if let Err(vacancy) = memo.find(tag, text.as_bytes()) {
            memo.put(vacancy, tag, text.as_bytes(), answer);
        }
    }

    fn recall<'a>(memo: &'a Memo<u32>, tag: u64, text: &str) -> Option<(u32, &'a [u8])> {
        memo.find(tag, text.as_bytes()).ok().and_then(|index| memo.get(index))
    }

    /// Scenario: the same text under two tags.
    /// Guarantees: answers do not mix.
    #[test]
    fn answers_belong_to_tag_and_text() {
        let mut memo = Memo::new(8, 100);
        remember(&mut memo, 1, "user.id", 10);
        remember(&mut memo, 2, "user.id", 20);
        assert_eq!(recall(&memo, 1, "user.id"), Some((10, &b"user.id"[..])));
        assert_eq!(recall(&memo, 2, "user.id"), Some((20, &b"user.id"[..])));
        assert!(memo.find(3, b"user.id").is_err());
        memo.clear();
        assert!(memo.find(1, b"user.id").is_err());
    }

    /// Scenario: names in a changing order.
    /// Guarantees: what is tried first never gives another name's answer.
    #[test]
    fn recalling_gives_what_finding_gives() {
        let mut memo = Memo::new(16, 1000);
        let names = ["a", "b", "a.b", "c"];
        for (answer, name) in (0..).zip(names) {
            remember(&mut memo, 7, name, answer);
        }
        for round in 0..200usize {
            let name = names[(round * round + round / 7) % names.len()];
            assert_eq!(memo.recall(7, name.as_bytes()).ok(), memo.find(7, name.as_bytes()).ok());
            assert!(memo.recall(8, name.as_bytes()).is_err());
        }
    }

    /// Scenario: more names than there is room for, some of them long.
    /// Guarantees: the table stops remembering, keeps what it has and never grows past its bounds.
    #[test]
    fn a_full_table_stops_remembering() {
        let mut memo = Memo::new(64, 1000);
        for index in 0..10_000u32 {
            remember(&mut memo, 0, &format!("attribute.{index}"), index);
        }
        assert!(memo.entries.len() <= 64 && memo.text.len() <= 1000);
        assert_eq!(recall(&memo, 0, "attribute.0"), Some((0, &b"attribute.0"[..])));
        assert!(memo.is_crowded());
    }
}
