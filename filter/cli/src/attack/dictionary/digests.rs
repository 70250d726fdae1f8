//! What looks like a digest or a token inside of texts: hex, base64 and base32 of random-looking bytes, UUIDs, tokens of ours.

use super::super::evidence::ValueId;
use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use std::collections::HashMap;

/// Bytes of a digest below which nothing can be told: chance finds it.
const SHORTEST: usize = 5;

/// Bytes of the longest digest, SHA-512.
const LONGEST: usize = 64;

/// Digests to look for, by their first bytes.
#[derive(Debug, Default)]
pub(in super::super) struct Targets {
    by_start: HashMap<u64, Vec<Target>>,
    /// A bit for each of the first 20 bits of a target, so that nearly all guesses end here.
    starts: Vec<u64>,
    lengths: HashMap<ValueId, usize>,
}

#[derive(Debug)]
struct Target {
    value: ValueId,
    bytes: Vec<u8>,
    /// A UUID of version 3 or 5 has six bits of its own.
    masked: bool,
}

impl Targets {
    /// Adds what looks like a digest in a text; false if nothing does.
    pub(in super::super) fn add(&mut self, value: ValueId, text: &str) -> bool {
        let mut any = false;
        for (bytes, masked) in digests(text) {
            let Some(start) = start_of(&bytes) else { continue };
            any = true;
            if self.starts.is_empty() {
                self.starts = vec![0; 1 << 14];
            }
            let (word, bit) = place(start);
            if let Some(word) = self.starts.get_mut(word) {
                *word |= bit;
            }
            let shortest = self.lengths.entry(value).or_insert(bytes.len());
            *shortest = bytes.len().min(*shortest);
            self.by_start.entry(start).or_default().push(Target { value, bytes, masked });
        }
        any
    }

    /// Values whose digest this is, or begins.
    #[inline]
    pub(super) fn matching<'t>(&'t self, digest: &'t [u8]) -> impl Iterator<Item = ValueId> + 't {
        let start = start_of(digest).filter(|start| {
            let (word, bit) = place(*start);
            self.starts.get(word).is_some_and(|word| word & bit != 0)
        });
        let here = start.and_then(|start| self.by_start.get(&start));
        here.into_iter().flatten().filter(|target| target.is(digest)).map(|target| target.value)
    }

    /// Bits of the shortest digest of a value.
    pub(super) fn bits(&self, value: ValueId) -> f64 {
        self.lengths.get(&value).map_or(f64::INFINITY, |bytes| *bytes as f64 * 8.0)
    }
}

impl Target {
    fn is(&self, digest: &[u8]) -> bool {
        let Some(digest) = digest.get(..self.bytes.len()) else { return false };
        if !self.masked {
            return digest == self.bytes;
        }
        let mask = |at: usize| match at {
            6 => 0x0f,
            8 => 0x3f,
            _ => 0xff,
        };
        digest.iter().zip(&self.bytes).enumerate().all(|(at, (a, b))| (a ^ b) & mask(at) == 0)
    }
}

/// The first five bytes as a number.
#[inline]
fn start_of(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk::<SHORTEST>().map(|[a, b, c, d, e]| u64::from_be_bytes([0, 0, 0, *a, *b, *c, *d, *e]))
}

#[inline]
fn place(start: u64) -> (usize, u64) {
    let twenty = start >> 20;
    ((twenty >> 6) as usize, 1 << (twenty & 63))
}

/// Bytes of all digests that a text may hold, each with whether it is a UUID with bits of its own.
fn digests(text: &str) -> Vec<(Vec<u8>, bool)> {
    let mut out: Vec<(Vec<u8>, bool)> = Vec::new();
    let mut add = |bytes: Option<Vec<u8>>, masked: bool| {
        let fits = |bytes: &Vec<u8>| (SHORTEST..=LONGEST).contains(&bytes.len());
        if let Some(bytes) = bytes.filter(fits)
            && !out.iter().any(|known| known.0 == bytes)
        {
            out.push((bytes, masked));
        }
    };
    for run in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
        let plain = run.replace('-', "");
        if run.len() == 36 && run.matches('-').count() == 4 {
            let version = run.as_bytes().get(14);
            add(unhex(&plain), matches!(version, Some(b'3' | b'5')));
        }
    }
    for run in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let has_digit = run.bytes().any(|byte| byte.is_ascii_digit());
        let has_letter = run.bytes().any(|byte| byte.is_ascii_alphabetic());
        if run.len() >= 2 * SHORTEST && (has_digit && has_letter || run.len() >= 32) {
            add(unhex(run), false);
        }
        // Base32 of 10 to 64 bytes, as a whole or, in a token of ours, its PRF output.
        if run.len() >= 16 && has_digit && has_letter || run.len() >= 26 {
            let bytes = unbase32(run);
            add(bytes.as_ref().and_then(|bytes| bytes.get(5..15)).map(<[u8]>::to_vec), false);
            add(bytes, false);
        }
    }
    let in_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    for run in text.split(|c: char| !in_base64(c)) {
        let kinds = [u8::is_ascii_digit, u8::is_ascii_lowercase, u8::is_ascii_uppercase];
        if run.len() >= 11 && kinds.iter().all(|kind| run.bytes().any(|byte| kind(&byte))) {
            add(unbase64(run), false);
        }
    }
    out
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()
}

/// In either case, without padding.
fn unbase32(text: &str) -> Option<Vec<u8>> {
    BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()
}

/// In either alphabet, without padding.
fn unbase64(text: &str) -> Option<Vec<u8>> {
    let url = text.bytes().any(|byte| matches!(byte, b'-' | b'_'));
    let alphabet = if url { BASE64URL_NOPAD } else { BASE64_NOPAD };
    alphabet.decode(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the SHA-256 of nothing in all forms that programs print, inside of other text.
    /// Guarantees: each is seen, and the digest or its beginning is found again; words and numbers are no digests.
    #[test]
    fn digests_are_seen_in_every_form() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let digest = unhex(hex).unwrap();
        let forms = [
            hex.to_owned(),
            hex.to_uppercase(),
            format!("sha256:{hex}"),
            format!("user={} at noon", &hex[..16]),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned(),
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU".to_owned(),
            "4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ".to_owned(),
            "e3b0c442-98fc-1c14-9afb-f4c8996fb924".to_owned(),
            "e3b0c442-98fc-5c14-9afb-f4c8996fb924".to_owned(),
        ];
        for form in forms {
            let mut targets = Targets::default();
            assert!(targets.add(7, &form), "{form}");
            assert_eq!(targets.matching(&digest).collect::<Vec<_>>(), [7], "{form}");
        }
        for plain in ["internationalization", "4111111111111111", "checkout-service", "/cart/12345"] {
            assert!(!Targets::default().add(1, plain), "{plain}");
        }
    }
}
