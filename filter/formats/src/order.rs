//! Puts things in order with one sort for all types, and tells whether texts are equal: what wasm does slowly as the library has it.
//!
//! The standard library's sort is compiled anew for each type and comparison: 5 to 25 kB each, a tenth of the module. Here
//! numbers of places are sorted by a comparison behind a pointer, once. For what is sorted a few times a payload at most.

use std::cmp::Ordering;
use wide::u8x16;

/// Sorts by a comparison. Equal items keep their order.
#[inline]
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let at = |items: &[T], a: u32, b: u32| match (items.get(a as usize), items.get(b as usize)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    };
    if items.len() <= 12 {
        for end in 1..items.len() {
            let mut place = end;
            while place > 0 && at(items, place as u32 - 1, place as u32) == Ordering::Greater {
                items.swap(place - 1, place);
                place -= 1;
            }
        }
        return;
    }
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    sort_places(&mut order, &|a, b| at(items, a, b));
    permute(items, &mut order);
}

/// Sorts by a key.
#[inline]
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts places by a comparison of what stands there; equal ones stay in ascending order.
///
/// Heapsort (Williams, "Algorithm 232", CACM 7, 1964): no input makes it slow, and it is 400 bytes where the standard library's sort
/// is 9 kB.
#[inline]
pub fn sort_places(places: &mut [u32], compare: &dyn Fn(u32, u32) -> Ordering) {
    for root in (0..places.len() / 2).rev() {
        sift_down(places, root, compare);
    }
    for end in (1..places.len()).rev() {
        places.swap(0, end);
        if let Some(heap) = places.get_mut(..end) {
            sift_down(heap, 0, compare);
        }
    }
}

/// Lets the item at a heap's `root` sink until no child comes after it.
#[inline]
fn sift_down(heap: &mut [u32], mut root: usize, compare: &dyn Fn(u32, u32) -> Ordering) {
    let comes_after = |a: u32, b: u32| compare(a, b).then(a.cmp(&b)) == Ordering::Greater;
    while let (Some(&item), Some(&left)) = (heap.get(root), heap.get(2 * root + 1)) {
        let (mut child, mut largest) = (2 * root + 1, left);
        if let Some(&right) = heap.get(child + 1)
            && comes_after(right, left)
        {
            (child, largest) = (child + 1, right);
        }
        if !comes_after(largest, item) {
            return;
        }
        heap.swap(root, child);
        root = child;
    }
}

/// Moves the item at `order[n]` to `n`, one cycle after the other. `order` holds each place once; it is used up.
#[inline]
fn permute<T>(items: &mut [T], order: &mut [u32]) {
    for start in 0..items.len() {
        let mut at = start;
        while let Some(from) = order.get_mut(at).map(|place| std::mem::replace(place, at as u32) as usize)
            && from != start
            && from != at
        {
            items.swap(at, from);
            at = from;
        }
    }
}

/// Whether two texts are equal, 32 bytes at a time: in wasm, comparing slices goes byte by byte.
#[inline]
#[must_use]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    let ((blocks, rest), (other_blocks, other_rest)) = (one.as_chunks::<32>(), other.as_chunks::<32>());
    let ((words, rest), (other_words, other_rest)) = (rest.as_chunks::<8>(), other_rest.as_chunks::<8>());
    one.len() == other.len()
        && blocks.iter().zip(other_blocks).all(|(a, b)| {
            match (a.as_chunks::<16>().0, b.as_chunks::<16>().0) {
                ([a, c], [b, d]) => {
                    (u8x16::new(*a) ^ u8x16::new(*b)) | (u8x16::new(*c) ^ u8x16::new(*d)) == u8x16::splat(0)
                }
                _ => false,
            }
        })
        && words.iter().zip(other_words).all(|(a, b)| u64::from_le_bytes(*a) == u64::from_le_bytes(*b))
        && rest.iter().zip(other_rest).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Scenario: texts of every length around the sizes of blocks and words, equal but for one byte or not at all.
        /// Guarantees: they are called the same where the standard library calls them so.
        #[test]
        fn tells_whether_texts_are_the_same(
            text in proptest::collection::vec(any::<u8>(), 0..140), at in any::<usize>(), by in any::<u8>(), cut in 0_usize..3,
        ) {
            let mut other = text.clone();
            if let Some(place) = at.checked_rem(text.len()).and_then(|at| other.get_mut(at)) {
                *place ^= by;
            }
            other.truncate(text.len().saturating_sub(cut));
            prop_assert_eq!(same(&text, &other), text == other);
            prop_assert!(same(&text, &text.clone()));
        }

        /// Scenario: lists of every short length and longer ones, many of whose items are equal.
        /// Guarantees: they end up as the standard library's stable sort leaves them.
        #[test]
        fn sorts_as_the_standard_library(items in proptest::collection::vec((0_u8..9, any::<u16>()), 0..200)) {
            let (mut here, mut there) = (items.clone(), items);
            sort_by_key(&mut here, |(key, _)| *key);
            there.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(here, there);
        }
    }
}
