//! Looks for known values in texts: for one of them sixteen places at a time, for many by how they begin.
//!
//! A searcher that is made for one value (as `memchr::memmem` does, which took a fifth of the time of records with learned
//! values) pays off in longer texts than those of telemetry.

use wide::u8x16;

/// Calls `met` with each place at which a value of at least two bytes stands, until `met` says that it is enough. Tells whether it
/// said so.
///
/// Compares the first and the last byte at sixteen places at a time, as W. Mula's "generic SIMD" search does; of four times as many
/// places it asks at once whether there is any.
pub(super) fn each(text: &[u8], value: &[u8], mut met: impl FnMut(usize) -> bool) -> bool {
    let (Some((first, _)), Some((last, head))) = (value.split_first(), value.split_last()) else {
        return false;
    };
    // Few other bytes are as rare in telemetry as the sign of an address.
    if let Some(sign) = memchr::memchr(b'@', value) {
        return memchr::memchr_iter(b'@', text)
            .filter_map(|place| place.checked_sub(sign))
            .any(|place| text.get(place..).is_some_and(|rest| rest.starts_with(value)) && met(place));
    }
    let (firsts, lasts) = (u8x16::splat(*first), u8x16::splat(*last));
    let both = |begins: &[u8; 16], ends: &[u8; 16]| {
        u8x16::new(*begins).simd_eq(firsts) & u8x16::new(*ends).simd_eq(lasts)
    };
    let mut at = 0;
    let mut is_met =
        |place: usize| text.get(place..).is_some_and(|rest| rest.starts_with(value)) && met(place);
    while let (Some(begins), Some(ends)) = (
        text.get(at..).and_then(|rest| rest.first_chunk::<64>()),
        text.get(at + head.len()..).and_then(|rest| rest.first_chunk::<64>()),
    ) {
        let (begins, ends) = (begins.as_chunks().0, ends.as_chunks().0);
        if let ([a, b, c, d], [e, f, g, h]) = (begins, ends)
            && (both(a, e) | both(b, f) | both(c, g) | both(d, h)).any()
        {
            for (lane, (begins, ends)) in begins.iter().zip(ends).enumerate() {
                let mut places = both(begins, ends).to_bitmask();
                while places != 0 {
                    if is_met(at + 16 * lane + places.trailing_zeros() as usize) {
                        return true;
                    }
                    places &= places - 1;
                }
            }
        }
        at += 64;
    }
    while let (Some(begins), Some(ends)) = (
        text.get(at..).and_then(|rest| rest.first_chunk()),
        text.get(at + head.len()..).and_then(|rest| rest.first_chunk()),
    ) {
        let mut places = both(begins, ends).to_bitmask();
        while places != 0 {
            if is_met(at + places.trailing_zeros() as usize) {
                return true;
            }
            places &= places - 1;
        }
        at += 16;
    }
    let rest = text.get(at..).unwrap_or_default();
    rest.iter()
        .take((rest.len() + 1).saturating_sub(value.len()))
        .enumerate()
        .any(|(place, byte)| byte == first && is_met(at + place))
}

/// The first bytes of values, hashed: a text without any holds none of them.
#[derive(Default)]
pub(super) struct Heads([u64; 16]);

impl Heads {
    /// How many bytes are a head.
    const BYTES: usize = 4;

    pub(super) fn clear(&mut self) {
        self.0 = [0; 16];
    }

    /// Adds a value of at least that many bytes.
    pub(super) fn add(&mut self, value: &[u8]) {
        if let Some(head) = value.first_chunk() {
            let slot = Self::slot(*head);
            if let Some(word) = self.0.get_mut(slot / 64) {
                *word |= 1 << (slot % 64);
            }
        }
    }

    /// Whether a value may begin like this.
    #[inline]
    pub(super) fn has(&self, head: [u8; Self::BYTES]) -> bool {
        let slot = Self::slot(head);
        self.0.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    #[inline]
    fn slot(head: [u8; Self::BYTES]) -> usize {
        (u32::from_le_bytes(head).wrapping_mul(0x9E37_79B1) >> 22) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Scenario: texts and values of few letters, so that values stand in them often, beside and over each other.
        /// Guarantees: each place is told, in order, as comparing at every place does.
        #[test]
        fn every_place_is_told(text in "[ab]{0,300}|[ab@]{0,300}", value in "[ab]{2,12}|[ab@]{2,6}") {
            let mut places = Vec::new();
            let enough = each(text.as_bytes(), value.as_bytes(), |place| {
                places.push(place);
                false
            });
            prop_assert!(!enough);
            let expected: Vec<usize> =
                (0..text.len()).filter(|place| text.as_bytes()[*place..].starts_with(value.as_bytes())).collect();
            prop_assert_eq!(places, expected);
            let found = each(text.as_bytes(), value.as_bytes(), |_| true);
            prop_assert_eq!(found, text.contains(&value));
        }
    }
}
