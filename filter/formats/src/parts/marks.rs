//! Where a text may hold fields: the few bytes that no structure does without.
//!
//! One pass of sixteen bytes at a time, so that text without parts costs next to nothing. A mark is a necessary
//! condition: what stands there is found out by the walkers. Allocates nothing.

use wide::u8x16;

/// What may stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// `at` is the colon of `://`.
    Url,
    /// `at` is the `?` between a path and its parameters.
    Query,
    /// `at` is the `=` between a name and a value.
    Pair,
    /// `at` is the first `=` behind at least sixteen bytes that may be base64.
    Padding,
    /// `at` is a `{` or `[` that may begin JSON.
    Json,
    /// `at` is a `%` before two hex digits.
    Percent,
    /// `at` is the `&` of a character reference of HTML.
    Reference,
    /// `at` is the separator before the word that home directories stand in.
    Home,
    /// `at` is the colon of `: ` before a word that statements of SQL begin with.
    Statement,
}

/// Whether a text has any mark. Asked of every value, most of which are short and have none: no branch but the last
/// depends on what a text holds.
#[inline]
pub(super) fn any(text: &[u8]) -> bool {
    let mut found = u8x16::splat(0);
    match text.last_chunk::<17>() {
        Some(last) => {
            let mut rest = text;
            while let Some(window) = rest.first_chunk::<17>() {
                found |= pairs(window);
                rest = rest.get(16..).unwrap_or_default();
            }
            // The last bytes again, instead of a few one by one. The very last one is no pair, but may be padding.
            found |= pairs(last);
            if last[16] == b'=' {
                found |= u8x16::splat(u8::MAX);
            }
        }
        None => {
            let word = short(text);
            found |= sieve(u8x16::new(word.to_le_bytes()), u8x16::new((word >> 8).to_le_bytes()));
        }
    }
    found.to_bitmask() != 0 && next(text, 0).is_some()
}

#[inline(always)]
fn pairs(window: &[u8; 17]) -> u8x16 {
    let (mut these, mut those) = ([0; 16], [0; 16]);
    these.copy_from_slice(&window[..16]);
    those.copy_from_slice(&window[1..]);
    sieve(u8x16::new(these), u8x16::new(those))
}

/// Bytes that may be marks, with those that follow them.
#[inline(always)]
fn sieve(text: u8x16, following: u8x16) -> u8x16 {
    let is = |text: u8x16, byte: u8| text.simd_eq(u8x16::splat(byte));
    let url = is(text, b':') & is(following, b'/');
    let home = is(text, b'/') & (is(following, b'h') | is(following, b'U'));
    let told = is(text, b':') & is(following, b' ');
    but_slashes(text) | url | home | told
}

/// Fewer than sixteen bytes and zeros, without a loop over them.
#[inline(always)]
fn short(text: &[u8]) -> u128 {
    let wide = |bytes: &[u8; 8]| u128::from(u64::from_le_bytes(*bytes));
    let half = |bytes: &[u8; 4]| u128::from(u32::from_le_bytes(*bytes));
    let shift = |behind: usize| 8 * (text.len() - behind) as u32;
    match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => wide(first) | wide(last) << shift(8),
        _ => match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            (Some(first), Some(last)) => half(first) | half(last) << shift(4),
            _ => text.iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte)),
        },
    }
}

/// The first mark at or behind `from`, and where it is.
#[inline]
pub(super) fn next(text: &[u8], mut from: usize) -> Option<(usize, Mark)> {
    loop {
        let rest = text.get(from..).filter(|rest| !rest.is_empty())?;
        if let Some(chunk) = rest.first_chunk::<64>() {
            let (lanes, _) = chunk.as_chunks::<16>();
            let mut any = u8x16::splat(0);
            let mut found = [u8x16::splat(0); 4];
            for (found, lane) in found.iter_mut().zip(lanes) {
                *found = candidates(*lane);
                any |= *found;
            }
            if any.to_bitmask() != 0 {
                let bits = found.iter().rev().fold(0, |bits, lane| bits << 16 | u64::from(lane.to_bitmask()));
                if let Some(mark) = first(text, from, bits) {
                    return Some(mark);
                }
            }
            from += 64;
        } else {
            let (chunk, step) = match rest.first_chunk::<16>() {
                Some(chunk) => (*chunk, 16),
                None => {
                    let mut padded = [0; 16];
                    padded[..rest.len()].copy_from_slice(rest);
                    (padded, rest.len())
                }
            };
            let bits = u64::from(candidates(chunk).to_bitmask());
            if bits != 0
                && let Some(mark) = first(text, from, bits)
            {
                return Some(mark);
            }
            from += step;
        }
    }
}

#[inline(always)]
fn candidates(chunk: [u8; 16]) -> u8x16 {
    let text = u8x16::new(chunk);
    but_slashes(text) | text.simd_eq(u8x16::splat(b'/')) | text.simd_eq(u8x16::splat(b':'))
}

#[inline(always)]
fn but_slashes(text: u8x16) -> u8x16 {
    let is = |byte: u8| text.simd_eq(u8x16::splat(byte));
    // `=` and `?` differ in one bit.
    let equals = (text | u8x16::splat(2)).simd_eq(u8x16::splat(b'?'));
    equals | is(b'{') | is(b'%') | is(b'&') | is(b'\\')
}

#[inline]
fn first(text: &[u8], from: usize, mut bits: u64) -> Option<(usize, Mark)> {
    while bits != 0 {
        let at = from + bits.trailing_zeros() as usize;
        bits &= bits - 1;
        if let Some(mark) = mark_at(text, at) {
            return Some(mark);
        }
    }
    None
}

#[inline]
pub(super) fn mark_at(text: &[u8], at: usize) -> Option<(usize, Mark)> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let before = at.checked_sub(1).map_or(0, byte);
    let after = byte(at + 1);
    match byte(at) {
        b'/' if before == b':' && after == b'/' => Some((at - 1, Mark::Url)),
        b'/' => {
            let rest = text.get(at + 1..)?;
            (rest.starts_with(b"home/") || rest.starts_with(b"Users/")).then_some((at, Mark::Home))
        }
        b'\\' => {
            let rest = text.get(at + 1..)?;
            let rest = rest.strip_prefix(b"\\").unwrap_or(rest);
            // Windows asks for no case.
            let users = matches!(rest, [b'U' | b'u', rest @ ..] if rest.starts_with(b"sers\\"));
            users.then_some((at, Mark::Home))
        }
        b'{' => {
            let inside =
                text.get(at + 1..)?.iter().copied().take(64).find(|byte| !byte.is_ascii_whitespace())?;
            matches!(inside, b'"' | b'\'' | b'\\').then_some((at, Mark::Json))
        }
        b'%' => {
            (after.is_ascii_hexdigit() && byte(at + 2).is_ascii_hexdigit()).then_some((at, Mark::Percent))
        }
        b'&' => super::coding::reference(text.get(at..)?).map(|_| (at, Mark::Reference)),
        b'?' => (after > b' ' && before > b' ' && !matches!(after, b'?' | b'"' | b'\''))
            .then_some((at, Mark::Query)),
        // Databases write one blank or two.
        b':' if after == b' ' => {
            let rest = text.get(at + 2..)?;
            let rest = rest.strip_prefix(b" ").unwrap_or(rest);
            super::sql::begins_with_word(rest).then_some((at, Mark::Statement))
        }
        b'=' if after <= b' ' || matches!(after, b'=' | b'"' | b'\'') && is_padding(text, at) => {
            is_padding(text, at).then_some((at, Mark::Padding))
        }
        b'=' if matches!(after, b'=' | b'>' | b'~') => None,
        b'=' => (before.is_ascii_alphanumeric()
            || matches!(before, b'_' | b'-' | b'.' | b'"' | b'\'' | b']'))
        .then_some((at, Mark::Pair)),
        _ => None,
    }
}

/// Whether what stands before an `=` is long enough, and looks enough like base64, to be padded by it.
#[inline]
fn is_padding(text: &[u8], at: usize) -> bool {
    const LEAST: usize = 16;
    at >= LEAST
        && text
            .get(at - LEAST..at)
            .is_some_and(|run| run.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(usize, Mark)> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some((at, mark)) = next(text.as_bytes(), from) {
            found.push((at, mark));
            from = from.max(at) + 2;
        }
        found
    }

    /// Scenario: ordinary log lines.
    /// Guarantees: none has a mark, so none is walked.
    #[test]
    fn plain_text_has_no_marks() {
        for text in [
            "",
            "user session cache miss in worker/queue-17 after 20 ms, retry 3/5",
            "2024-05-06T07:08:09.123Z [main] INFO o.e.Shop - what? Nothing; 50% done == ok => x",
            "error: insufficient funds: Selected: SELECT; state: updated. with: a",
            "a/b/c \\d+ {} {0} {name} %s %d 100% home/ann & b && c &d e &nbsp; &#; &#x; &#0;",
            &"long and plain ".repeat(50),
        ] {
            assert_eq!(all(text), [], "{text}");
        }
    }

    /// Scenario: each mark, at every distance from the start.
    /// Guarantees: it is found where it is.
    #[test]
    fn marks_are_found_at_every_place() {
        for (text, shift, mark) in [
            ("://", 0, Mark::Url),
            ("a?b", 1, Mark::Query),
            ("a=b", 1, Mark::Pair),
            ("{\"a\"", 0, Mark::Json),
            ("{ \"", 0, Mark::Json),
            ("%40", 0, Mark::Percent),
            ("&#64;", 0, Mark::Reference),
            ("&quot;", 0, Mark::Reference),
            ("/home/ann", 0, Mark::Home),
            ("\\Users\\ann", 0, Mark::Home),
            ("\\users\\ann", 0, Mark::Home),
            (":/Users/ann", 1, Mark::Home),
            ("YW5uQGV4YW1wbGUub3Jn_w== ", 22, Mark::Padding),
            ("statement: SELECT 1", 9, Mark::Statement),
            (": delete from a", 0, Mark::Statement),
            ("STATEMENT:  WITH a", 9, Mark::Statement),
        ] {
            for pad in 0..150 {
                let text = format!("{}{text}", "x ".repeat(pad / 2) + if pad % 2 == 1 { " " } else { "" });
                assert_eq!(next(text.as_bytes(), 0), Some((pad + shift, mark)), "{text}");
            }
        }
    }
}
