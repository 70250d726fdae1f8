//! Base32 (RFC 4648, section 6) in lower case and without padding: of whole groups alone, so that one text stands for one
//! list of bytes.

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
///
/// All eight letters at a time, each in a byte of one word.
#[inline]
pub(crate) fn written(group: [u8; BYTES]) -> [u8; CHARS] {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let [a, b, c, d, e] = group;
    let bits = u64::from_be_bytes([0, 0, 0, a, b, c, d, e]);
    // Forty bits become two halves of twenty, four of ten and eight of five.
    let halves = bits & 0xf_ffff | (bits >> 20) << 32;
    let quarters = halves & 0x3ff_0000_03ff | (halves & 0xf_fc00_000f_fc00) << 6;
    let digits = quarters & 0x1f_001f_001f_001f | (quarters & 0x3e0_03e0_03e0_03e0) << 3;
    // The high bit of each byte of 26 and above.
    let above = (digits + EACH * (128 - 26)) >> 7 & EACH;
    let letters = digits + EACH * u64::from(b'a') - above * u64::from(b'a' + 26 - b'2');
    letters.to_be_bytes()
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

    /// Scenario: every digit in every place, among nothing but the first digit and nothing but the last.
    /// Guarantees: it is written as its letter of the alphabet, and changes none beside it.
    #[test]
    fn every_digit_has_its_letter() {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        for place in 0..CHARS {
            for digit in 0..32_u64 {
                for others in [0, 31] {
                    let digits: [u64; CHARS] =
                        std::array::from_fn(|at| if at == place { digit } else { others });
                    let bits = digits.iter().fold(0, |bits, digit| bits << 5 | digit);
                    let [_, _, _, group @ ..] = bits.to_be_bytes();
                    let letters = digits.map(|digit| ALPHABET[digit as usize]);
                    assert_eq!(written(group), letters);
                    assert_eq!(read(letters), Some(group));
                }
            }
        }
    }
}
