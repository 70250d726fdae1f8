//! Randomness of one payload: a generator seeded by the host, and the check that seeds are worth the name.
//!
//! Fast key erasure (Bernstein, "Fast-key-erasure random-number generators", 2017) over ChaCha20 (RFC 8439): what was drawn
//! cannot be worked out again from what the generator holds, so memory that is seized later tells nothing about
//! ephemeral keys drawn earlier.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of the key.
const KEY: usize = 32;
/// Bytes made at once: four blocks of ChaCha20.
const MADE: usize = 256;

/// A generator of random bytes.
pub struct Random {
    key: Zeroizing<[u8; KEY]>,
    made: Zeroizing<[u8; MADE - KEY]>,
    /// How many of `made` were drawn; those are wiped.
    drawn: usize,
}

impl Random {
    /// A generator for which `seed` is all that decides. Hosts go through [`Seeding`]; this is for known answers.
    #[must_use]
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self { key: Zeroizing::new(seed), made: Zeroizing::new([0; MADE - KEY]), drawn: MADE - KEY }
    }

    /// A generator that gives these bytes first, at most 224.
    #[cfg(test)]
    pub(crate) fn giving(bytes: &[u8]) -> Self {
        let mut random = Self::seeded([0; 32]);
        random.drawn = random.made.len() - bytes.len();
        random.made[MADE - KEY - bytes.len()..].copy_from_slice(bytes);
        random
    }

    /// Fresh bytes.
    #[must_use]
    pub fn draw<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        for byte in &mut out {
            if self.drawn >= self.made.len() {
                self.make();
            }
            if let Some(next) = self.made.get_mut(self.drawn) {
                *byte = *next;
                *next = 0;
            }
            self.drawn += 1;
        }
        out
    }

    /// A generator of its own: neither tells anything about the other.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self::seeded(self.draw())
    }

    /// Key and bytes from the key, which is gone then. The nonce may be zero since no key is used twice.
    fn make(&mut self) {
        let mut stream = Zeroizing::new([0; MADE]);
        ChaCha20::new(&(*self.key).into(), &[0; 12].into()).apply_keystream(stream.as_mut_slice());
        let (key, made) = stream.split_at(KEY);
        self.key.copy_from_slice(key);
        self.made.copy_from_slice(made);
        self.drawn = 0;
    }
}

impl fmt::Debug for Random {
    /// Nothing of the state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Random").finish_non_exhaustive()
    }
}

/// Takes the seeds that a host gives, one a payload, and refuses what a broken source gives.
#[derive(Default)]
pub struct Seeding {
    /// What the generator of the last seed gave first. Not the seed: whoever has that has all that was drawn.
    last: Option<[u8; 16]>,
}

impl Seeding {
    /// A generator for the next payload; `None` when there is no seed, when it is zeros alone (memory that nobody filled),
    /// or when it is the one of the payload before.
    #[must_use]
    pub fn take(&mut self, seed: Option<[u8; 32]>) -> Option<Random> {
        let mut seed = seed.filter(|seed| seed.iter().any(|byte| *byte != 0))?;
        let mut random = Random::seeded(seed);
        seed.zeroize();
        let first = Some(random.draw());
        if first == self.last {
            return None;
        }
        self.last = first;
        Some(random)
    }
}

impl fmt::Debug for Seeding {
    /// Whether there was a seed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seeding").field("seeded", &self.last.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: no source, a source that fills nothing, one that repeats itself, one that is well again.
    /// Guarantees: randomness only from seeds that may be fresh.
    #[test]
    fn broken_sources_give_no_randomness() {
        let mut seeding = Seeding::default();
        assert!(seeding.take(None).is_none());
        assert!(seeding.take(Some([0; 32])).is_none());
        assert!(seeding.take(Some([7; 32])).is_some());
        assert!(seeding.take(Some([7; 32])).is_none());
        assert!(seeding.take(None).is_none());
        assert!(seeding.take(Some([7; 32])).is_none());
        assert!(seeding.take(Some([8; 32])).is_some());
        assert!(seeding.take(Some([7; 32])).is_some());
    }

    /// Scenario: a generator is drawn from beyond what it makes at once, and forked.
    /// Guarantees: no bytes come twice, the same seed gives the same, and the first bytes are the ChaCha20 stream behind the
    /// part that becomes the next key.
    #[test]
    fn bytes_are_drawn_once() {
        let (mut one, mut other) = (Random::seeded([9; 32]), Random::seeded([9; 32]));
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..100 {
            let drawn: [u8; 16] = one.draw();
            assert_eq!(drawn, other.draw());
            assert!(seen.insert(drawn));
        }
        let mut forked = one.fork();
        assert!(seen.insert(forked.draw()) && seen.insert(one.draw()));

        let mut stream = [0; 64];
        ChaCha20::new(&[9; 32].into(), &[0; 12].into()).apply_keystream(&mut stream);
        assert_eq!(Random::seeded([9; 32]).draw::<32>(), stream[32..]);
    }

    /// Scenario: the state of a generator is looked at after bytes were drawn.
    /// Guarantees: they are not in it.
    #[test]
    fn drawn_bytes_are_wiped() {
        let mut random = Random::seeded([9; 32]);
        let drawn: [u8; 40] = random.draw();
        assert!(random.made.iter().take(40).all(|byte| *byte == 0));
        assert!(!random.made.windows(8).any(|window| window == &drawn[..8]));
        assert_eq!(format!("{random:?}"), "Random { .. }");
    }
}
