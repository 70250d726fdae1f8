//! Inflates gzip within a bound. Several members in a row are one stream, as RFC 1952 says.
//!
//! Promises: never writes more than the bound, whatever the input promises; checks the check sums; a stream that stops
//! early or has bytes after its end is an error.

use flate2::bufread::MultiGzDecoder;
use std::io::Read;
use thiserror::Error;

/// Why a body was not inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum GzipError {
    /// Not gzip, damaged, or cut short.
    #[error("gzip: damaged or cut short")]
    Damaged,
    /// Inflates to more than the bound.
    #[error("gzip: inflates to more than {limit} bytes")]
    TooLarge {
        /// The bound in bytes.
        limit: usize,
    },
}

/// Inflates `bytes` to the end of `output`, by at most `limit` bytes.
pub(super) fn inflate(bytes: &[u8], limit: usize, output: &mut Vec<u8>) -> Result<(), GzipError> {
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let before = output.len();
    MultiGzDecoder::new(bytes).take(bound).read_to_end(output).map_err(|_| GzipError::Damaged)?;
    if output.len() - before > limit { Err(GzipError::TooLarge { limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Scenario: a stream of two members, then the same cut anywhere, damaged, or followed by other bytes.
    /// Guarantees: only the whole stream inflates.
    #[test]
    fn only_a_whole_stream_inflates() {
        let whole = [deflate(b"frosted "), deflate(b"glass")].concat();
        let mut output = Vec::new();
        assert_eq!(inflate(&whole, 100, &mut output), Ok(()));
        assert_eq!(output, b"frosted glass");
        let first = deflate(b"frosted ").len();
        for cut in (0..whole.len()).filter(|cut| *cut != first) {
            let result = inflate(whole.get(..cut).unwrap(), 100, &mut Vec::new());
            assert_eq!(result, Err(GzipError::Damaged), "cut at {cut}");
        }
        let mut damaged = whole.clone();
        damaged[first - 6] ^= 1;
        assert_eq!(inflate(&damaged, 100, &mut Vec::new()), Err(GzipError::Damaged));
        let tailed = [whole.as_slice(), b"tail"].concat();
        assert_eq!(inflate(&tailed, 100, &mut Vec::new()), Err(GzipError::Damaged));
    }

    /// Scenario: eight megabytes of zeros arrive as eight kilobytes.
    /// Guarantees: inflating stops at the bound; a body of exactly the bound passes.
    #[test]
    fn a_bomb_stops_at_the_bound() {
        let bomb = deflate(&vec![0; 8 << 20]);
        let mut output = Vec::new();
        assert_eq!(inflate(&bomb, 1 << 20, &mut output), Err(GzipError::TooLarge { limit: 1 << 20 }));
        assert_eq!(output.len(), (1 << 20) + 1);
        assert_eq!(inflate(&bomb, 8 << 20, &mut Vec::new()), Ok(()));
    }
}
