//! Header maps as proxy-wasm serializes them: a count, the sizes of all names and values, then the bytes, each ended by
//! a zero. All numbers are 32 bits, little endian.
//!
//! Reading never trusts a size; a map that ends early gives the entries that are whole.

/// Name and value of a header, as bytes: neither need be UTF-8.
pub(super) type Entry = (Vec<u8>, Vec<u8>);

/// Reads the entries of a serialized map, in order.
pub(super) fn read(bytes: &[u8]) -> Vec<Entry> {
    let Some(count) = number(bytes, 0) else { return Vec::new() };
    // Eight bytes of sizes an entry: a larger count is not true.
    let count = count.min(bytes.len() / 8);
    let mut at = 4 + count * 8;
    let mut entries = Vec::with_capacity(count);
    for index in 0..count {
        let (Some(name_size), Some(value_size)) =
            (number(bytes, 4 + index * 8), number(bytes, 8 + index * 8))
        else {
            break;
        };
        let Some(name) = piece(bytes, &mut at, name_size) else { break };
        let Some(value) = piece(bytes, &mut at, value_size) else { break };
        entries.push((name, value));
    }
    entries
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_le_bytes(four.try_into().ok()?)).ok()
}

fn piece(bytes: &[u8], at: &mut usize, size: usize) -> Option<Vec<u8>> {
    let end = at.checked_add(size)?;
    let piece = bytes.get(*at..end)?.to_vec();
    *at = end.checked_add(1)?;
    Some(piece)
}

/// Serializes entries.
pub(super) fn write(entries: &[(&str, &str)]) -> Vec<u8> {
    let size = |length: usize| u32::try_from(length).unwrap_or(0).to_le_bytes();
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&size(entries.len()));
    for (name, value) in entries {
        bytes.extend_from_slice(&size(name.len()));
        bytes.extend_from_slice(&size(value.len()));
    }
    for (name, value) in entries {
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(value.as_bytes());
        bytes.push(0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: what we write is read back, also when it was cut short.
    /// Guarantees: order and bytes stay; a cut map gives only whole entries and never panics.
    #[test]
    fn a_map_reads_back_and_a_cut_one_gives_whole_entries() {
        let bytes = write(&[("content-type", "application/json"), ("x", "")]);
        let entries = read(&bytes);
        assert_eq!(
            entries,
            [(b"content-type".to_vec(), b"application/json".to_vec()), (b"x".to_vec(), Vec::new())]
        );
        for cut in 0..bytes.len() {
            let whole = read(bytes.get(..cut).unwrap());
            assert!(entries.starts_with(&whole));
        }
        assert!(read(&[255; 64]).is_empty());
    }
}
