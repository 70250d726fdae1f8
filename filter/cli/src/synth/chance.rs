//! Randomness that a seed repeats: every subject (a person, a session, a request) has a stream of its own.
//!
//! So any of them can be made at any time, in any order and without memory of the others, and the same seed gives the same
//! bytes on every machine: the distributions compute by `libm`, not by the system's functions.

use rand::RngExt;
use rand_distr::{Distribution, LogNormal, Zipf};
use rand_pcg::Pcg64;
use siphasher::sip128::{Hasher128, SipHasher24};
use std::hash::Hasher;

/// What a stream belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Subject {
    Person = 1,
    Address,
    Session,
    Request,
    Canary,
    Moment,
}

/// The seed of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed(pub(super) u64);

impl Seed {
    /// The stream of one subject.
    pub(super) fn stream(self, subject: Subject, number: u64) -> Chance {
        let mut hasher = SipHasher24::new_with_keys(self.0, subject as u64);
        hasher.write_u64(number);
        let state = hasher.finish128().as_u128();
        Chance(Pcg64::new(state, subject as u128))
    }
}

/// A stream of chance.
#[derive(Debug)]
pub(super) struct Chance(Pcg64);

impl Chance {
    /// A number below `end`, which is at least one.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0.random_range(0..end.max(1))
    }

    /// Whether what happens so often happens now.
    pub(super) fn happens(&mut self, share: f64) -> bool {
        self.0.random_bool(share.clamp(0.0, 1.0))
    }

    /// One of a list.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, list: &[T; N]) -> T {
        list[self.0.random_range(0..N)]
    }

    /// One of a list whose rows say how often each comes.
    pub(super) fn weighted<'a, T>(&mut self, list: &'a [T], weight: impl Fn(&T) -> u64) -> Option<&'a T> {
        let mut left = self.below(list.iter().map(&weight).sum());
        list.iter().find(|one| {
            let own = weight(one);
            let found = left < own;
            left = left.saturating_sub(own);
            found
        })
    }

    /// Random bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }

    /// A rank from 1 to `count`: the second comes about half as often as the first, the third a third, and so on.
    pub(super) fn rank(&mut self, count: u64) -> u64 {
        // The only errors are a count below one and an exponent that is no number.
        Zipf::new(count.max(1) as f64, 1.05)
            .map_or(1, |zipf| zipf.sample(&mut self.0) as u64)
            .clamp(1, count.max(1))
    }

    /// A duration around a median, with the long tail that durations have.
    pub(super) fn around(&mut self, median: u64, spread: f64) -> u64 {
        // The only error is a spread that is no number.
        LogNormal::new(0.0, spread)
            .map_or(median, |factor| (median as f64 * factor.sample(&mut self.0)) as u64)
    }
}
