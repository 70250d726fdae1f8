//! Undoes the compression of a payload (gzip, RFC 1952), within bounds.
//!
//! Promises: never yields more than [`Limits::payload`] bytes nor more than [`RATIO`] times the input, checks every
//! member's checksum and length, and takes what does not end as an error, never as a short payload.

use crate::{FormatError, Limits};
use flate2::bufread::MultiGzDecoder;
use std::io::{ErrorKind, Read};

/// How many times its size a gzip input may grow to once it passes [`RATIO_FROM`]. Deflate ends at 1032; batches of
/// equal log lines were seen at 100 to 300.
pub const RATIO: usize = 512;

/// Output size in bytes up to which the ratio is not looked at: small inputs of blanks are harmless.
pub const RATIO_FROM: usize = 64 << 10;

/// Bytes asked of the decoder at once.
const STEP: u64 = 64 << 10;

const FORMAT: &str = "gzip";

/// Decompresses `input`, one or more gzip members, into `out`, which is cleared first and keeps its allocation.
///
/// # Errors
/// [`FormatError::Truncated`] when a member does not end, [`FormatError::Malformed`] for a broken header, stream or
/// checksum, for bytes behind the last member and for a bomb, [`FormatError::TooLarge`] beyond [`Limits::payload`].
/// `out` is then empty.
pub fn gunzip(input: &[u8], limits: &Limits, out: &mut Vec<u8>) -> Result<(), FormatError> {
    out.clear();
    let result = inflate(input, limits, out);
    if result.is_err() {
        // Half a payload must not be taken for one.
        out.clear();
    }
    result
}

fn inflate(input: &[u8], limits: &Limits, out: &mut Vec<u8>) -> Result<(), FormatError> {
    let ratio_bound = input.len().saturating_mul(RATIO).max(RATIO_FROM);
    let mut decoder = MultiGzDecoder::new(input);
    loop {
        let read = decoder.by_ref().take(STEP).read_to_end(out).map_err(|error| {
            let at = input.len() - decoder.get_ref().len();
            match error.kind() {
                ErrorKind::UnexpectedEof => FormatError::Truncated { format: FORMAT, at },
                _ => FormatError::Malformed { format: FORMAT, what: "broken stream or checksum", at },
            }
        })?;
        if read == 0 {
            return Ok(());
        }
        if out.len() > limits.payload {
            return Err(FormatError::TooLarge { format: FORMAT, limit: limits.payload });
        }
        if out.len() > ratio_bound {
            let at = input.len() - decoder.get_ref().len();
            return Err(FormatError::Malformed { format: FORMAT, what: "expands like a bomb", at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    /// Bytes that do not compress, always the same.
    fn noise(len: usize) -> Vec<u8> {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let step = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        (0..len).map(step).collect()
    }

    /// Scenario: a client compresses with a parallel gzip that writes several members.
    /// Guarantees: all members arrive as one payload, and the buffer of the payload before is reused.
    #[test]
    fn several_members_are_one_payload() {
        let mut input = gzip(b"one ");
        input.extend(gzip(&noise(200_000)));
        input.extend(gzip(b" three"));
        let mut out = b"old".to_vec();
        gunzip(&input, &Limits::default(), &mut out).unwrap();
        let expected = [b"one ".as_slice(), &noise(200_000), b" three"].concat();
        assert!(out == expected);
    }

    /// Scenario: a connection breaks, or a byte flips, inside a compressed payload.
    /// Guarantees: no cut and no flip in stream or checksum yields a payload other than the right one.
    #[test]
    fn what_is_cut_or_broken_is_refused() {
        let plain = noise(300);
        let input = gzip(&plain);
        let mut out = Vec::new();
        for end in 0..input.len() {
            let cut = gunzip(&input[..end], &Limits::default(), &mut out);
            assert!(matches!(cut, Err(FormatError::Truncated { .. })), "{end}");
            assert!(out.is_empty());
        }
        for bit in 0..input.len() * 8 {
            let mut flipped = input.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if gunzip(&flipped, &Limits::default(), &mut out).is_ok() {
                assert!(out == plain, "{bit}");
            }
        }
        let trailing = [input.as_slice(), b"GET / HTTP/1.1"].concat();
        assert!(gunzip(&trailing, &Limits::default(), &mut out).is_err());
    }

    /// Scenario: a few kilobytes that unpack to gigabytes.
    /// Guarantees: refused after a bounded amount of output, by the size bound or by the ratio.
    #[test]
    fn a_bomb_is_refused_early() {
        let bomb = gzip(&vec![0; 7 << 20]);
        let mut out = Vec::new();
        let refused = gunzip(&bomb, &Limits::default(), &mut out).unwrap_err();
        assert!(refused.to_string().starts_with("gzip: expands like a bomb"));
        assert!(out.capacity() < 8 << 20);
        let limits = Limits { payload: 100_000, ..Limits::default() };
        let refused = gunzip(&gzip(&noise(300_000)), &limits, &mut out).unwrap_err();
        assert!(refused.is_too_large());
        let full = Limits { payload: 100_000, ..Limits::default() };
        gunzip(&gzip(&noise(100_000)), &full, &mut out).unwrap();
        assert_eq!(out.len(), 100_000);
    }
}
