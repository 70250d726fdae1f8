//! Base64 (RFC 4648, sections 4 and 5) in either alphabet, for all who meet it: values of the proto3 JSON mapping, text in text,
//! tokens. Who reads a text that may be cut off, or only begins as base64, asks for the value of each digit.

/// Decodes `text` into `out`, which is cleared first. False when it is not base64.
pub(crate) fn decode(text: &str, out: &mut Vec<u8>) -> bool {
    out.clear();
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    // One digit alone holds no byte; padding, where it stands, fills up four.
    if digits.len() % 4 == 1 || (padding > 0 && (padding > 2 || !text.len().is_multiple_of(4))) {
        return false;
    }
    out.reserve(digits.len() / 4 * 3 + 2);
    for group in digits.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for &digit in group {
            let Some(value) = digit_value(digit) else { return false };
            bits = bits << 6 | value;
        }
        bits <<= 6 * (4 - group.len());
        let [_, bytes @ ..] = bits.to_be_bytes();
        out.extend(bytes.iter().take(group.len() - 1));
    }
    true
}

/// The six bits that a digit stands for.
#[inline]
#[must_use]
pub fn digit_value(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the test vectors of RFC 4648, section 10, padded and not, and both alphabets.
    /// Guarantees: each decodes; what is not base64 does not.
    #[test]
    fn decodes_the_vectors_of_the_rfc() {
        let mut out = Vec::new();
        for (text, plain) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zg", "f"),
            ("Zm8=", "fo"),
            ("Zm8", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert!(decode(text, &mut out) && out == plain.as_bytes(), "{text}");
        }
        assert!(decode("-_-_", &mut out) && out == [0xfb, 0xff, 0xbf]);
        assert!(decode("+/+/", &mut out) && out == [0xfb, 0xff, 0xbf]);
        for text in ["Z", "Zg=", "Zg===", "====", "Zm9v=", "Zm9v Yg==", "Z.9v", "=Zm9"] {
            assert!(!decode(text, &mut out), "{text}");
        }
    }
}
