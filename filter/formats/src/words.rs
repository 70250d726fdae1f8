//! Tells whether a word is one of a list, whatever its case, and where an unquoted value ends.

use wide::u8x16;

/// Whether a word of at most 23 bytes, in any case, is one of a list in lower case with a space around each.
#[inline(never)]
#[must_use]
pub fn is_listed(word: &[u8], list: &str) -> bool {
    debug_assert!(list.starts_with(' ') && list.ends_with(' '), "{list:?}");
    let mut sought = [b' '; 24];
    let Some(to) = sought.get_mut(..word.len()) else { return false };
    to.copy_from_slice(word);
    to.make_ascii_lowercase();
    let (Some(first), Some(sought)) = (word.first(), sought.get(..word.len() + 1)) else { return false };
    let mut spaced = false;
    for (piece, bytes) in list.as_bytes().chunks(64).enumerate() {
        let (mut begins, spaced_next) = begins(bytes, first.to_ascii_lowercase(), spaced);
        spaced = spaced_next;
        while begins != 0 {
            let at = piece * 64 + begins.trailing_zeros() as usize;
            if list.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(sought)) {
                return true;
            }
            begins &= begins - 1;
        }
    }
    false
}

/// Where words that begin with a byte stand in a list that has a space before each: up to 64 bytes, and whether a space stands
/// before them. Gives that for the next, too.
fn begins(list: &[u8], first: u8, spaced: bool) -> (u64, bool) {
    let lanes: [[u8; 16]; 4] = match list.as_chunks().0.first_chunk() {
        Some(lanes) => *lanes,
        None => {
            let mut lanes = [[0; 16]; 4];
            if let Some(to) = lanes.as_flattened_mut().get_mut(..list.len()) {
                to.copy_from_slice(list);
            }
            lanes
        }
    };
    let equals = |byte: u8| {
        let of = |lane: &[u8; 16]| u8x16::new(*lane).simd_eq(u8x16::splat(byte)).to_bitmask();
        lanes.iter().rev().fold(0, |bits: u64, lane| bits << 16 | u64::from(of(lane)))
    };
    let space = equals(b' ');
    (equals(first) & (space << 1 | u64::from(spaced)), space >> 63 == 1)
}

/// Whether an unquoted value goes on at a byte whatever follows: all but blanks, quotes, brackets, separators and escapes.
#[inline]
#[must_use]
pub const fn goes_on(byte: u8) -> bool {
    !matches!(
        byte,
        0..=b' ' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'&' | b',' | b';' | b')' | b']' | b'}' | b'|' | b'\\'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: lists longer than one block, and every word of them: as it is, in capitals, cut short, and with a letter more.
    /// Guarantees: exactly the words are listed, wherever blocks end.
    #[test]
    fn words_are_looked_up_in_lists() {
        let words: Vec<String> =
            (0..120_u32).map(|number| "x".repeat(number as usize % 15) + &format!("{number}")).collect();
        let list = format!(" {} ", words.join(" "));
        for word in &words {
            assert!(
                is_listed(word.as_bytes(), &list) && is_listed(word.to_uppercase().as_bytes(), &list),
                "{word}"
            );
            assert!(!is_listed(format!("{word}y").as_bytes(), &list), "{word}");
            assert!(!is_listed(format!("y{word}").as_bytes(), &list), "{word}");
        }
        assert!(!is_listed(b"", &list) && !is_listed(b"xx", &list) && !is_listed(&[b'x'; 40], &list));
    }
}
