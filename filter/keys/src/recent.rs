//! Tokens made not long ago: the same people and machines come again in batch after batch, and then cost no HMAC.
//!
//! Of a value nothing is remembered but a keyed fingerprint of 64 bits, under a key of its own that lives as long as the
//! epoch. Two values with one fingerprint would share a token; whoever wants that needs the key, and by accident one in
//! 2^64 comparisons does. Promises: bounded memory, taken when the first token is made; everything goes with the epoch.

use crate::token::BYTES;
use siphasher::sip::SipHasher24;
use std::hash::Hasher;
use zeroize::Zeroizing;

/// Tokens are sought in sets of this many, a power of two.
const WAYS: usize = 4;
/// As many sets at first, powers of two: what few values come again for lies close together.
const FEWEST: usize = 128;
/// 16,384 tokens in 512 KiB: the users and addresses that are active on a host for a while.
const MOST: usize = 4096;

/// Fingerprint of a value and the bytes of its token; a fingerprint of zero is no token.
type Slot = (u64, [u8; BYTES]);

pub(crate) struct Recent {
    key: Zeroizing<[u8; 16]>,
    sets: Vec<[Slot; WAYS]>,
    /// Tokens that are remembered.
    count: usize,
}

impl Recent {
    /// Remembers nothing yet.
    pub(crate) fn new(key: Zeroizing<[u8; 16]>) -> Self {
        Self { key, sets: Vec::new(), count: 0 }
    }

    /// The token of a value, made anew if it is not remembered.
    pub(crate) fn token(
        &mut self,
        canonical: &[u8],
        make: impl FnOnce() -> Option<[u8; BYTES]>,
    ) -> Option<[u8; BYTES]> {
        let mut state = SipHasher24::new_with_key(&self.key);
        state.write(canonical);
        let print = state.finish().max(1);
        // Half of the room: there is mostly one in a value's own place.
        if self.count * 2 >= self.sets.len() * WAYS && self.sets.len() < MOST {
            self.grow();
        }
        let count = self.sets.len();
        let (place, known) = sought(self.sets.get_mut(print as usize & count.wrapping_sub(1))?, print)?;
        if known {
            return Some(place.1);
        }
        let bytes = make()?;
        // In a full set it takes its own. Were it the one that stood longest, a set into which a round of values does not fit would have
        // forgotten each of them when the next round comes.
        self.count += usize::from(place.0 == 0);
        *place = (print, bytes);
        Some(bytes)
    }

    /// Doubles the room.
    #[cold]
    fn grow(&mut self) {
        let count = (self.sets.len() * 2).max(FEWEST);
        let old = std::mem::replace(&mut self.sets, vec![Default::default(); count]);
        self.count = 0;
        for slot in old.into_iter().flatten().filter(|slot| slot.0 != 0) {
            let set = self.sets.get_mut(slot.0 as usize & (count - 1));
            if let Some((place, false)) = set.and_then(|set| sought(set, slot.0)) {
                self.count += usize::from(place.0 == 0);
                *place = slot;
            }
        }
    }
}

/// Where a fingerprint stands in its set, or is to stand; whether it is there.
///
/// A value has a place of its own in its set, and takes the first empty one from there: so mostly one line of a cache is touched.
fn sought(set: &mut [Slot; WAYS], print: u64) -> Option<(&mut Slot, bool)> {
    let own = (print >> 32) as usize % WAYS;
    let place = (0..WAYS)
        .map(|step| own ^ step)
        .find(|place| set.get(*place).is_none_or(|(known, _)| *known == print || *known == 0));
    let slot = set.get_mut(place.unwrap_or(own))?;
    let known = slot.0 == print;
    Some((slot, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: u32) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        bytes
    }

    /// Scenario: a few thousand values come again and again, among many that come once.
    /// Guarantees: each gets its own token each time; those that come again are mostly not made anew.
    #[test]
    fn what_comes_again_is_not_made_again() {
        let mut recent = Recent::new(Zeroizing::new([7; 16]));
        let mut made = 0;
        for round in 0..10 {
            for value in (0..2000).chain(10_000 + 500 * round..10_000 + 500 * (round + 1)) {
                let token = recent.token(&value.to_string().into_bytes(), || {
                    made += 1;
                    Some(number(value))
                });
                assert_eq!(token, Some(number(value)));
            }
        }
        assert!((7000..10_000).contains(&made), "{made} of 25,000");
    }

    /// Scenario: a hundred thousand values.
    /// Guarantees: no more memory than for the first.
    #[test]
    fn memory_is_bounded() {
        let mut recent = Recent::new(Zeroizing::new([7; 16]));
        for value in 0..100_000u32 {
            assert_eq!(recent.token(&value.to_le_bytes(), || Some(number(value))), Some(number(value)));
            assert!(recent.sets.len() <= MOST);
        }
    }
}
