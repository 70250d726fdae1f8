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
/// 16,384 tokens in 512 KiB: the users and addresses that are active on a host for a while.
const SETS: usize = 4096;

/// Fingerprint of a value and the bytes of its token; a fingerprint of zero is no token.
type Slot = (u64, [u8; BYTES]);

pub(crate) struct Recent {
    key: Zeroizing<[u8; 16]>,
    sets: Vec<[Slot; WAYS]>,
}

impl Recent {
    /// Remembers nothing yet.
    pub(crate) fn new(key: Zeroizing<[u8; 16]>) -> Self {
        Self { key, sets: Vec::new() }
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
        if self.sets.is_empty() {
            self.sets.resize(SETS, Default::default());
        }
        let set = self.sets.get_mut(print as usize % SETS)?;
        // A value has a place of its own in its set, and takes the first empty one from there: so mostly one line of a cache is touched.
        let own = (print >> 32) as usize % WAYS;
        let mut place = own;
        for step in 0..WAYS {
            let (known, bytes) = set.get(own ^ step)?;
            if *known == print {
                return Some(*bytes);
            }
            if *known == 0 {
                place = own ^ step;
                break;
            }
        }
        let bytes = make()?;
        // In a full set it takes its own. Were it the one that stood longest, a set into which a round of values does not fit would have
        // forgotten each of them when the next round comes.
        *set.get_mut(place)? = (print, bytes);
        Some(bytes)
    }
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
            assert_eq!(recent.sets.len(), SETS);
        }
    }
}
