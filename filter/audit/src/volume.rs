//! Unusual numbers of revealed values: each person and day against what was usual before.
//!
//! The baseline is robust, so that one excess does not excuse the next: the median of the values a day over the 30 days before
//! (days with reveals alone), plus six median absolute deviations, and at least three medians. A person with fewer than five such days is
//! measured by everybody's; with fewer than five in all there is nothing to compare with, and more than [`FLOOR`] values
//! are unusual. No more than [`FLOOR`] values a day are never unusual.

use crate::event::{Event, Reveal, Word};
use crate::line::Entry;
use crate::time::Time;
use std::collections::BTreeMap;

/// Values a day that nobody needs to look at.
pub const FLOOR: u64 = 10;

/// Days before that count.
const DAYS: u64 = 30;

/// Days with reveals that make a baseline.
const ENOUGH: usize = 5;

/// Median absolute deviations above the median. Of a normal distribution, six of them are four standard deviations.
const DEVIATIONS: u64 = 6;

/// Medians: where all days are alike, their deviation is zero, and one value more is no news.
const MEDIANS: u64 = 3;

/// What one person had revealed on one day, in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonDay {
    /// The person.
    pub who: Word,
    /// The day, by its beginning.
    pub day: Time,
    /// How many requests.
    pub requests: u64,
    /// How many values.
    pub values: u64,
    /// Most values that are usual.
    pub usual: u64,
    /// Days that the baseline is made of; 0 when there was nothing to compare with.
    pub compared: u64,
}

impl PersonDay {
    /// Whether somebody should look at it.
    #[must_use]
    pub fn is_unusual(&self) -> bool {
        self.values > self.usual
    }
}

/// Counts reveals while a chain is read.
#[derive(Debug, Clone, Default)]
pub struct Volume {
    days: BTreeMap<(u64, Word), (u64, u64)>,
}

impl Volume {
    /// Takes an entry into account.
    pub fn see(&mut self, entry: &Entry) {
        if let Some(Event::Reveal(Reveal { who, values, .. })) = &entry.event {
            let (requests, sum) = self.days.entry((entry.time.day(), who.clone())).or_default();
            *requests += 1;
            *sum = sum.saturating_add(*values);
        }
    }

    /// Each person and day, in order of time, beside what was usual before.
    #[must_use]
    pub fn days(&self) -> Vec<PersonDay> {
        let mut found = Vec::with_capacity(self.days.len());
        for ((day, who), &(requests, values)) in &self.days {
            let before = self.days.range((day.saturating_sub(DAYS), Word::FIRST)..(*day, Word::FIRST));
            let all: Vec<(&Word, u64)> = before.map(|((_, other), (_, values))| (other, *values)).collect();
            let own = all.iter().filter(|(other, _)| *other == who).map(|(_, values)| *values);
            let mut base: Vec<u64> = own.collect();
            if base.len() < ENOUGH {
                base = all.iter().map(|(_, values)| *values).collect();
            }
            let (usual, compared) =
                if base.len() < ENOUGH { (FLOOR, 0) } else { (usual(&mut base), base.len() as u64) };
            found.push(PersonDay {
                who: who.clone(),
                day: Time::of_day(*day),
                requests,
                values,
                usual,
                compared,
            });
        }
        found
    }
}

/// Counts the reveals of entries.
#[must_use]
pub fn volume<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<PersonDay> {
    let mut volume = Volume::default();
    entries.into_iter().for_each(|entry| volume.see(entry));
    volume.days()
}

fn usual(base: &mut [u64]) -> u64 {
    let middle = median(base);
    let mut deviations: Vec<u64> = base.iter().map(|values| values.abs_diff(middle)).collect();
    let spread = median(&mut deviations);
    let by_spread = middle.saturating_add(spread.saturating_mul(DEVIATIONS));
    by_spread.max(middle.saturating_mul(MEDIANS)).max(FLOOR)
}

/// The upper one of two in the middle.
fn median(numbers: &mut [u64]) -> u64 {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied().unwrap_or(0)
}
