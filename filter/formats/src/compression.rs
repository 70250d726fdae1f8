//! Undoes the compression of a payload (gzip, RFC 1952; zstd, RFC 8878; blocks of snappy), within bounds.
//!
//! Promises: never yields more than [`Limits::payload`] bytes nor more than [`RATIO`] times the input, checks every
//! checksum that is there, and takes what does not end as an error, never as a short payload.
//! Writes snappy alone: protocols that are defined on it take nothing else, while gzip and zstd are a sender's choice.

use crate::{FormatError, Limits};
use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{ErrorKind, Read};

/// How many times its size an input may grow to once it passes [`RATIO_FROM`]. Deflate ends at 1032; batches of
/// equal log lines were seen at 100 to 300.
pub const RATIO: usize = 512;

/// How a payload is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Members of gzip.
    Gzip,
    /// Frames of zstd, without a dictionary.
    Zstd,
    /// One block of snappy, without the framing format around it.
    Snappy,
}

impl Compression {
    /// Decompresses `input` into `out`, which is cleared first and keeps its allocation.
    ///
    /// # Errors
    /// [`FormatError::Truncated`] or [`FormatError::Malformed`] for a broken or unfinished stream and for a bomb,
    /// [`FormatError::TooLarge`] beyond [`Limits::payload`]. `out` is then empty.
    pub fn undo(self, input: &[u8], limits: &Limits, out: &mut Vec<u8>) -> Result<(), FormatError> {
        out.clear();
        let result = match self {
            Self::Gzip => inflate(input, limits, out),
            Self::Zstd => unzstd(input, limits, out),
            Self::Snappy => unsnap(input, limits, out),
        };
        if result.is_err() {
            // Half a payload must not be taken for one.
            out.clear();
        }
        result
    }
}

/// Output size in bytes up to which the ratio is not looked at: small inputs of blanks are harmless.
pub const RATIO_FROM: usize = 64 << 10;

/// Bytes asked of the decoder at once.
const STEP: u64 = 64 << 10;

const GZIP: &str = "gzip";

/// The larger of these and [`Limits::payload`] bounds the window that a zstd frame may ask for: what RFC 8878 wants every
/// decoder to have, and what exporters in Go ask for however little they send.
const WINDOW: usize = 8 << 20;

/// Frames of zstd in one payload: parallel writers make a few, and each costs a fixed price.
const FRAMES: usize = 1024;

/// Times its size that a snappy input can grow to: three bytes copy 64 at most.
const SNAPPY_RATIO: usize = 22;

const ZSTD: &str = "zstd";

const SNAPPY: &str = "snappy";

/// Writes `input` as one block of snappy.
///
/// # Errors
/// [`FormatError::TooLarge`] for what no block can hold (4 GiB).
pub fn snap(input: &[u8]) -> Result<Vec<u8>, FormatError> {
    let too_large = |_| FormatError::TooLarge { format: SNAPPY, limit: u32::MAX as usize };
    snap::raw::Encoder::new().compress_vec(input).map_err(too_large)
}

fn unsnap(input: &[u8], limits: &Limits, out: &mut Vec<u8>) -> Result<(), FormatError> {
    let malformed = |what| FormatError::Malformed { format: SNAPPY, what, at: 0 };
    let length = snap::raw::decompress_len(input).map_err(|_| malformed("no length"))?;
    if length > limits.payload {
        return Err(FormatError::TooLarge { format: SNAPPY, limit: limits.payload });
    }
    // Whoever announces more than there can be gets no memory for it.
    if length > input.len().saturating_mul(SNAPPY_RATIO) {
        return Err(malformed("announces more than it can hold"));
    }
    out.resize(length, 0);
    let written = snap::raw::Decoder::new().decompress(input, out).map_err(|_| malformed("broken block"))?;
    if written != length { Err(malformed("broken block")) } else { Ok(()) }
}

fn unzstd(input: &[u8], limits: &Limits, out: &mut Vec<u8>) -> Result<(), FormatError> {
    let bound = input.len().saturating_mul(RATIO).max(RATIO_FROM);
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(limits.payload.max(WINDOW) as u64);
    let mut rest = input;
    for _ in 0..FRAMES {
        let malformed =
            |what, rest: &[u8]| FormatError::Malformed { format: ZSTD, what, at: input.len() - rest.len() };
        let broken = |rest: &[u8]| malformed("broken or cut stream, or a window that is too large", rest);
        match decoder.reset(&mut rest) {
            Ok(()) => {}
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                rest = usize::try_from(length)
                    .ok()
                    .and_then(|length| rest.get(length..))
                    .ok_or(FormatError::Truncated { format: ZSTD, at: input.len() })?;
                if rest.is_empty() {
                    return Ok(());
                }
                continue;
            }
            Err(_) => return Err(broken(rest)),
        }
        let begin = out.len();
        while !decoder.is_finished() {
            decoder
                .decode_blocks(&mut rest, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(|_| broken(rest))?;
            let ready = decoder.can_collect();
            let start = out.len();
            if start + ready > limits.payload {
                return Err(FormatError::TooLarge { format: ZSTD, limit: limits.payload });
            }
            if start + ready > bound {
                return Err(malformed("expands like a bomb", rest));
            }
            out.resize(start + ready, 0);
            decoder.read_exact(out.get_mut(start..).unwrap_or_default()).map_err(|_| broken(rest))?;
        }
        let size = decoder.content_size();
        if size != 0 && size != (out.len() - begin) as u64 {
            return Err(malformed("another length than announced", rest));
        }
        let announced = decoder.get_checksum_from_data();
        if announced.is_some() && announced != decoder.get_calculated_checksum() {
            return Err(malformed("wrong checksum", rest));
        }
        if rest.is_empty() {
            return Ok(());
        }
    }
    Err(FormatError::Malformed { format: ZSTD, what: "too many frames", at: input.len() })
}

fn inflate(input: &[u8], limits: &Limits, out: &mut Vec<u8>) -> Result<(), FormatError> {
    let ratio_bound = input.len().saturating_mul(RATIO).max(RATIO_FROM);
    let mut decoder = MultiGzDecoder::new(input);
    loop {
        let read = decoder.by_ref().take(STEP).read_to_end(out).map_err(|error| {
            let at = input.len() - decoder.get_ref().len();
            match error.kind() {
                ErrorKind::UnexpectedEof => FormatError::Truncated { format: GZIP, at },
                _ => FormatError::Malformed { format: GZIP, what: "broken stream or checksum", at },
            }
        })?;
        if read == 0 {
            return Ok(());
        }
        if out.len() > limits.payload {
            return Err(FormatError::TooLarge { format: GZIP, limit: limits.payload });
        }
        if out.len() > ratio_bound {
            let at = input.len() - decoder.get_ref().len();
            return Err(FormatError::Malformed { format: GZIP, what: "expands like a bomb", at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn gunzip(input: &[u8], limits: &Limits, out: &mut Vec<u8>) -> Result<(), FormatError> {
        Compression::Gzip.undo(input, limits, out)
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

    /// Written by the reference implementation (libzstd): in one go with its length, and as a stream that asks for a window of
    /// 8 MiB, as exporters in Go do. Both with a checksum.
    const ZSTD_WRITTEN: [&[u8]; 2] = [
        include_bytes!("../tests/data/sixty-lines.zst"),
        include_bytes!("../tests/data/sixty-lines-streamed.zst"),
    ];

    fn sixty_lines() -> Vec<u8> {
        let line = |at| {
            format!(
                "{{\"line\":{at},\"who\":\"ann@example.org\",\"text\":\"the quick brown fox {}\"}}\n",
                at * at
            )
        };
        (0..60).map(line).collect::<String>().into_bytes()
    }

    /// Scenario: zstd as libzstd writes it, several frames in a row, and frames to skip between them.
    /// Guarantees: the one payload that they hold, and the buffer of the payload before is reused.
    #[test]
    fn zstd_of_the_reference_is_read() {
        let mut out = b"old".to_vec();
        for written in ZSTD_WRITTEN {
            Compression::Zstd.undo(written, &Limits::default(), &mut out).unwrap();
            assert!(out == sixty_lines());
        }
        let skipped = [0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, b'a', b'b', b'c'];
        let [one, two] = ZSTD_WRITTEN;
        let input = [one, &skipped, two, &skipped].concat();
        Compression::Zstd.undo(&input, &Limits::default(), &mut out).unwrap();
        assert!(out == [sixty_lines(), sixty_lines()].concat());
        let noise = noise(300_000);
        let input =
            ruzstd::encoding::compress_to_vec(noise.as_slice(), ruzstd::encoding::CompressionLevel::Fastest);
        Compression::Zstd.undo(&input, &Limits::default(), &mut out).unwrap();
        assert!(out == noise);
    }

    /// Scenario: zstd and snappy that are cut or have a byte flipped anywhere, and bytes that are neither.
    /// Guarantees: no panic; cut zstd is refused, flipped zstd too, or it is the same payload; snappy has no checksum, but never
    /// yields another length than it announces.
    #[test]
    fn broken_zstd_and_snappy_are_refused() {
        let limits = Limits::default();
        let mut out = Vec::new();
        for written in ZSTD_WRITTEN {
            for end in 0..written.len() {
                assert!(Compression::Zstd.undo(&written[..end], &limits, &mut out).is_err(), "{end}");
                assert!(out.is_empty());
            }
            for bit in 0..written.len() * 8 {
                let mut flipped = written.to_vec();
                flipped[bit / 8] ^= 1 << (bit % 8);
                if Compression::Zstd.undo(&flipped, &limits, &mut out).is_ok() {
                    assert!(out == sixty_lines(), "{bit}");
                }
            }
            let trailing = [written, b"GET / HTTP/1.1"].concat();
            assert!(Compression::Zstd.undo(&trailing, &limits, &mut out).is_err());
        }
        let snapped = snap(&sixty_lines()).unwrap();
        for end in 0..snapped.len() {
            assert!(Compression::Snappy.undo(&snapped[..end], &limits, &mut out).is_err(), "{end}");
            assert!(out.is_empty());
        }
        for at in 2..snapped.len() {
            for bit in 0..8 {
                let mut flipped = snapped.clone();
                flipped[at] ^= 1 << bit;
                if Compression::Snappy.undo(&flipped, &limits, &mut out).is_ok() {
                    assert_eq!(out.len(), sixty_lines().len());
                }
            }
        }
        let mut state = noise(64);
        for at in 0..2000 {
            state.rotate_left(1);
            state[at % 64] ^= at as u8;
            for kind in [Compression::Gzip, Compression::Zstd, Compression::Snappy] {
                let _ = kind.undo(&state, &limits, &mut out);
            }
        }
    }

    /// Scenario: a few hundred bytes that unpack to megabytes, that ask for a huge window, that announce gigabytes, or that are
    /// a million frames.
    /// Guarantees: refused, and no more memory than a window beside the payload bound is ever taken.
    #[test]
    fn bombs_of_zstd_and_snappy_are_refused() {
        let bomb: &[u8] = include_bytes!("../tests/data/seven-mebibytes-of-zeros.zst");
        let mut out = Vec::new();
        let limits = Limits::default();
        let refused = Compression::Zstd.undo(bomb, &limits, &mut out).unwrap_err();
        assert!(refused.to_string().starts_with("zstd: expands like a bomb"));
        assert!(out.capacity() < 16 << 20);
        let small = Limits { payload: 4000, ..limits };
        for written in ZSTD_WRITTEN {
            assert!(Compression::Zstd.undo(written, &small, &mut out).unwrap_err().is_too_large());
        }
        let window: &[u8] = include_bytes!("../tests/data/window-of-128-mebibytes.zst");
        assert!(Compression::Zstd.undo(window, &limits, &mut out).is_err());
        let [one, _] = ZSTD_WRITTEN;
        let frames = one.repeat(FRAMES + 1);
        assert!(Compression::Zstd.undo(&frames, &limits, &mut out).is_err());

        let liar = [0xff, 0xff, 0xff, 0x04, 0x00, b'x'];
        let refused = Compression::Snappy.undo(&liar, &limits, &mut out).unwrap_err();
        assert!(refused.is_too_large());
        let liar = [0xff, 0xff, 0x3f, 0x00, b'x'];
        let refused = Compression::Snappy.undo(&liar, &limits, &mut out).unwrap_err();
        assert_eq!(refused.to_string(), "snappy: announces more than it can hold at byte 0");
        assert!(out.capacity() < 16 << 20);
        let snapped = snap(&sixty_lines()).unwrap();
        assert!(Compression::Snappy.undo(&snapped, &small, &mut out).unwrap_err().is_too_large());
        let zeros = snap(&vec![0; 1 << 20]).unwrap();
        Compression::Snappy.undo(&zeros, &limits, &mut out).unwrap();
    }

    /// Reads a block of snappy by its description (format_description.txt of google/snappy), byte by byte.
    fn unsnap_slowly(block: &[u8]) -> Vec<u8> {
        let mut at = block.iter().position(|byte| *byte < 0x80).unwrap() + 1;
        let mut out = Vec::new();
        while at < block.len() {
            let tag = usize::from(block[at]);
            at += 1;
            let little = |from: usize, count: usize| {
                block[from..from + count]
                    .iter()
                    .rev()
                    .fold(0, |number, byte| number << 8 | usize::from(*byte))
            };
            let (length, offset, used) = match tag & 3 {
                0 => {
                    let more = (tag >> 2).saturating_sub(59);
                    let length = if more == 0 { tag >> 2 } else { little(at, more) } + 1;
                    out.extend_from_slice(&block[at + more..at + more + length]);
                    at += more + length;
                    continue;
                }
                1 => ((tag >> 2 & 7) + 4, tag >> 5 << 8 | little(at, 1), 1),
                2 => ((tag >> 2) + 1, little(at, 2), 2),
                _ => ((tag >> 2) + 1, little(at, 4), 4),
            };
            at += used;
            for _ in 0..length {
                out.push(out[out.len() - offset]);
            }
        }
        out
    }

    /// Scenario: texts, noise and nothing at all, written as snappy.
    /// Guarantees: a reader made from the description of the format gets them back, and so do we.
    #[test]
    fn snappy_is_read_by_another_reader() {
        for plain in [Vec::new(), sixty_lines(), noise(100_000), vec![7; 70_000]] {
            let snapped = snap(&plain).unwrap();
            assert!(unsnap_slowly(&snapped) == plain);
            let mut out = Vec::new();
            Compression::Snappy.undo(&snapped, &Limits::default(), &mut out).unwrap();
            assert!(out == plain);
        }
    }
}
