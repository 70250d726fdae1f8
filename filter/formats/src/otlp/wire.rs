//! Reads the protobuf wire format, one field at a time and without copying.
//!
//! Encoding: <https://protobuf.dev/programming-guides/encoding/>. Groups, which OTLP never had, are refused.

use crate::FormatError;

/// The name of the format in errors.
pub(crate) const FORMAT: &str = "otlp-proto";

pub(crate) const VARINT: u8 = 0;
pub(crate) const FIXED64: u8 = 1;
pub(crate) const LEN: u8 = 2;
pub(crate) const FIXED32: u8 = 5;

/// A half-open range of the input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// One field as it stands on the wire: `start..content.start` is tag and length, `length_at` where the length begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wire {
    pub(crate) number: u32,
    pub(crate) kind: u8,
    pub(crate) start: usize,
    pub(crate) length_at: usize,
    pub(crate) content: Span,
}

/// Reads a varint that ends before `end`.
#[inline]
pub(crate) fn varint(input: &[u8], at: &mut usize, end: usize) -> Result<u64, FormatError> {
    let start = *at;
    let mut value = 0u64;
    for index in 0..10 {
        let Some(byte) = input.get(start + index).filter(|_| start + index < end) else {
            return Err(FormatError::Truncated { format: FORMAT, at: start });
        };
        // The tenth byte carries one bit (64 = 9 * 7 + 1).
        if index == 9 && *byte > 1 {
            break;
        }
        value |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            *at = start + index + 1;
            return Ok(value);
        }
    }
    Err(FormatError::Malformed { format: FORMAT, what: "varint longer than 64 bits", at: start })
}

/// Reads the field that begins at `at` and ends before `end`. Walkers spend most of their time in here, and a call costs
/// them nearly half of their speed.
#[inline(always)]
pub(crate) fn next(input: &[u8], at: &mut usize, end: usize) -> Result<Wire, FormatError> {
    let start = *at;
    // Tags of all but a few fields are one byte.
    let tag = match input.get(start) {
        Some(byte) if *byte < 0x80 && start < end => {
            *at += 1;
            u64::from(*byte)
        }
        _ => varint(input, at, end)?,
    };
    let kind = (tag & 7) as u8;
    let number = u32::try_from(tag >> 3)
        .ok()
        .filter(|number| (1..=0x1fff_ffff).contains(number))
        .ok_or(FormatError::Malformed { format: FORMAT, what: "field number out of range", at: start })?;
    let length_at = *at;
    let length = match kind {
        VARINT => {
            varint(input, at, end)?;
            let content = Span { start: length_at, end: *at };
            return Ok(Wire { number, kind, start, length_at, content });
        }
        FIXED64 => 8,
        FIXED32 => 4,
        LEN => match input.get(length_at) {
            Some(byte) if *byte < 0x80 && length_at < end => {
                *at += 1;
                u64::from(*byte)
            }
            _ => varint(input, at, end)?,
        },
        _ => {
            return Err(FormatError::Malformed {
                format: FORMAT,
                what: "group or unknown wire type",
                at: start,
            });
        }
    };
    let content_start = *at;
    if length > (end - content_start) as u64 {
        return Err(FormatError::Truncated { format: FORMAT, at: start });
    }
    *at = content_start + length as usize;
    Ok(Wire { number, kind, start, length_at, content: Span { start: content_start, end: *at } })
}

/// The bits of a numeric field: the varint, or the little-endian bytes.
#[inline]
pub(crate) fn number(input: &[u8], wire: Wire) -> u64 {
    match wire.kind {
        VARINT => varint(input, &mut wire.content.start.clone(), wire.content.end).unwrap_or(0),
        _ => {
            let mut buffer = [0u8; 8];
            let bytes = input.get(wire.content.start..wire.content.end).unwrap_or(&[]);
            let n = bytes.len().min(8);
            buffer[..n].copy_from_slice(&bytes[..n]);
            u64::from_le_bytes(buffer)
        }
    }
}

/// The number that zigzag encoding stands for.
#[inline]
pub(crate) fn zigzag(raw: u32) -> i32 {
    (raw >> 1) as i32 ^ -((raw & 1) as i32)
}

/// Writes a varint into `buffer` and returns the bytes that it took.
#[inline]
pub(crate) fn put_varint(mut value: u64, buffer: &mut [u8; 10]) -> &[u8] {
    let mut length = 0;
    for slot in buffer.iter_mut() {
        length += 1;
        if value < 0x80 {
            *slot = value as u8;
            break;
        }
        *slot = (value as u8) | 0x80;
        value >>= 7;
    }
    &buffer[..length]
}
