//! Base32 (RFC 4648, section 6) in lower case and without padding: of whole groups alone, so that one text stands for one
//! list of bytes.

pub(crate) const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Bytes of a group.
pub(crate) const BYTES: usize = 5;
/// Characters of a group.
pub(crate) const CHARS: usize = 8;

/// Appends the text of whole groups; what is left over behind them is not written.
pub(crate) fn push(bytes: &[u8], out: &mut String) {
    let (groups, _) = bytes.as_chunks::<BYTES>();
    out.reserve(groups.len() * CHARS);
    for group in groups {
        let text = written(*group);
        // The alphabet is ASCII.
        out.push_str(std::str::from_utf8(&text).unwrap_or(""));
    }
}

/// The bytes of a text, if it has whole groups of the alphabet alone.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let (groups, rest) = text.as_chunks::<CHARS>();
    if !rest.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(groups.len() * BYTES);
    for group in groups {
        out.extend_from_slice(&read(*group)?);
    }
    Some(out)
}

/// The text of one group.
#[inline]
pub(crate) fn written(group: [u8; BYTES]) -> [u8; CHARS] {
    let bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let mut text = [0; CHARS];
    for (place, letter) in text.iter_mut().rev().enumerate() {
        *letter = ALPHABET.get((bits >> (place * 5)) as usize & 31).copied().unwrap_or(b'a');
    }
    text
}

/// The bytes of one group of text.
#[inline]
pub(crate) fn read(text: [u8; CHARS]) -> Option<[u8; BYTES]> {
    let mut bits = 0_u64;
    for letter in text {
        let digit = match letter {
            b'a'..=b'z' => letter - b'a',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u64::from(digit);
    }
    let [_, _, _, bytes @ ..] = bits.to_be_bytes();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the test vectors of RFC 4648, section 10, that fill their groups; other letters; a group cut short.
    /// Guarantees: read and written as published; refused otherwise.
    #[test]
    fn agrees_with_the_rfc() {
        let mut text = String::new();
        push(b"fooba", &mut text);
        assert_eq!(text, "mzxw6ytb");
        assert_eq!(decode(b"mzxw6ytbmzxw6ytb").as_deref(), Some(&b"foobafooba"[..]));
        for bad in [&b"MZXW6YTB"[..], b"mzxw6yt", b"mzxw6yt1", b"mzxw6yt="] {
            assert_eq!(decode(bad), None);
        }
    }
}
