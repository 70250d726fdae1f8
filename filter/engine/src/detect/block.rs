//! Classifies text sixteen bytes at a time into bit masks.
//!
//! One load feeds every class, so that a further class costs two or three instructions per sixteen bytes and a further
//! detector none. Knows bytes, not detectors.

use wide::u8x16;

/// How many classes there are.
pub(super) const CLASSES: usize = 13;

/// One mask per class, bit n for byte n: digit, alphanumeric, token, hex, upper, at, colon, equals, dot, dash, lead,
/// space, base64. [`classify`] says what each holds.
pub(super) type Classes = [u64; CLASSES];

/// Classifies sixteen bytes. Bytes outside ASCII belong to no class.
#[inline]
pub(super) fn classify(bytes: &[u8; 16]) -> Classes {
    let text = u8x16::new(*bytes);
    // Letters in lower case; other bytes may change too, but never into letters.
    let folded = text | u8x16::splat(0x20);
    let equals = |byte: u8| text.simd_eq(u8x16::splat(byte));
    let digit = within(text, b'0', b'9');
    let alphanumeric = digit | within(folded, b'a', b'z');
    let dash = equals(b'-');
    let dot = equals(b'.');
    let plus = equals(b'+');
    [
        digit,
        alphanumeric,
        // What credentials of services are made of.
        alphanumeric | equals(b'_') | dash | dot,
        digit | within(folded, b'a', b'f'),
        within(text, b'A', b'Z'),
        equals(b'@'),
        equals(b':'),
        equals(b'='),
        dot,
        dash,
        // What stands before a telephone number.
        plus | equals(b'('),
        equals(b' '),
        alphanumeric | plus | equals(b'/'),
    ]
    .map(|class| u64::from(class.to_bitmask()))
}

/// Lanes within a range of bytes, both ends included.
#[inline]
fn within(text: u8x16, low: u8, high: u8) -> u8x16 {
    (text - u8x16::splat(low)).simd_lt(u8x16::splat(high - low + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: every byte value in every lane, beside every kind of neighbor.
    /// Guarantees: the masks are what the standard library says of each byte.
    #[test]
    fn classes_are_as_defined() {
        for byte in 0..=255_u8 {
            for lane in 0..16 {
                for other in [0, b'a', b'0', b'Z', 0x7f, 0x80, 0xff] {
                    let mut text = [other; 16];
                    text[lane] = byte;
                    let mask = |belongs: &dyn Fn(u8) -> bool| {
                        text.iter().rev().fold(0_u64, |mask, byte| mask << 1 | u64::from(belongs(*byte)))
                    };
                    let expected = [
                        mask(&|byte| byte.is_ascii_digit()),
                        mask(&|byte| byte.is_ascii_alphanumeric()),
                        mask(&|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)),
                        mask(&|byte| byte.is_ascii_hexdigit()),
                        mask(&|byte| byte.is_ascii_uppercase()),
                        mask(&|byte| byte == b'@'),
                        mask(&|byte| byte == b':'),
                        mask(&|byte| byte == b'='),
                        mask(&|byte| byte == b'.'),
                        mask(&|byte| byte == b'-'),
                        mask(&|byte| b"+(".contains(&byte)),
                        mask(&|byte| byte == b' '),
                        mask(&|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte)),
                    ];
                    assert_eq!(classify(&text), expected, "{byte:#x} in lane {lane}, beside {other:#x}");
                }
            }
        }
    }
}
