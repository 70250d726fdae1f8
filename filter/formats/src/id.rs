//! Ids of traces, spans and profiles: bytes in OTLP, hexadecimal digits wherever they are text.

/// Bytes of the longest id.
pub const LONGEST: usize = 16;

/// Reads exactly as many bytes as `out` has from hexadecimal digits of either case. False when the text is anything else;
/// `out` then holds anything.
#[must_use]
#[inline(never)] // every walker reads ids, and none often
pub fn read(text: &str, out: &mut [u8]) -> bool {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |letter: u8| char::from(letter).to_digit(16);
    pairs.len() == out.len()
        && rest.is_empty()
        && out.iter_mut().zip(pairs).all(|(byte, [high, low])| match (digit(*high), digit(*low)) {
            (Some(high), Some(low)) => {
                *byte = (high << 4 | low) as u8;
                true
            }
            _ => false,
        })
}

/// Appends an id in small digits.
pub fn push(id: &[u8], out: &mut String) {
    let nibbles = id.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    out.extend(nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)));
}

/// The id of so many bytes, at most [`LONGEST`], that a text is; none when it is anything else.
#[must_use]
pub fn of_text<'b>(text: &str, length: usize, buffer: &'b mut [u8; LONGEST]) -> Option<&'b [u8]> {
    let id = buffer.get_mut(..length)?;
    read(text, id).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: digits of either case, of other lengths, and what is none.
    /// Guarantees: what is read is written back in small digits; nothing else is read.
    #[test]
    fn ids_are_read_exactly() {
        let mut id = [0; 4];
        for text in ["00ff10ab", "00FF10aB"] {
            assert!(read(text, &mut id), "{text}");
            let mut again = String::new();
            push(&id, &mut again);
            assert_eq!(again, "00ff10ab");
        }
        for text in ["", "00ff10a", "00ff10abc", "00ff10abcd", "+0ff10ab", "00ff10ag", "00ff10\u{e9}"] {
            assert!(!read(text, &mut id), "{text}");
        }
        assert_eq!(of_text("00", 17, &mut [0; LONGEST]), None);
        assert_eq!(of_text("0a", 1, &mut [0; LONGEST]), Some(&[10][..]));
    }
}
