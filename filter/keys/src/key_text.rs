//! Reads the text of a standalone key, and refuses keys that would only look like protection.
//!
//! Refusals name the key and what is wrong with it; no error holds a byte of the key.

use crate::Purpose;
use thiserror::Error;
use zeroize::Zeroizing;

/// The demo's key, in base64. Published with the source: it protects nothing and is taken only where a host says so.
pub const DEMO_KEY: &str = "ZnJvc3RnbGFzcyBkZW1vIGtleTogcHVibGlzaGVkLCBwcm90ZWN0cyBub3RoaW5n";

/// Bytes that a key must have: as many as the PRF's output, so that guessing the key is no easier than guessing it.
const MIN_BYTES: usize = 32;

/// Bytes that a key may have; more is a file given by mistake.
const MAX_BYTES: usize = 1024;

/// Distinct byte values below which 32 or more bytes are not random. Random ones have about 30, and fewer than 16 once
/// in some 10^11 keys.
const MIN_DISTINCT: usize = 16;

/// First 16 bytes, in hex, of 256-bit keys printed in standards: they are copied from there into production. (Most
/// printed keys are sequences or patterns, which [`weakness`] sees.)
const SAMPLES: &[&str] = &[
    "603deb1015ca71be2b73aef0857d7781", // NIST SP 800-38A, AES-256
    "77076d0a7318a57d3c16c17251b26645", // RFC 7748 section 6.1, first party
    "5dab087e624a8a4b79e17f8b83800ee6", // RFC 7748 section 6.1, second party
    "9d61b19deffd5a60ba844af492ec2cc4", // RFC 8032 section 7.1, test 1
    "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0", // RFC 5297 appendix A
];

/// A key that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("key `{name}`: {problem}")]
pub struct KeyError {
    /// The policy's name for the key.
    pub name: String,
    /// What is wrong with it.
    pub problem: KeyProblem,
}

/// What is wrong with a key. Fixed words and lengths: never a byte of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyProblem {
    /// Neither hex nor base64.
    #[error("is neither hex nor base64; make one with `openssl rand -base64 32`")]
    Encoding,
    /// Too few bytes.
    #[error("has {bytes} bytes and needs at least 32; make one with `openssl rand -base64 32`")]
    Short {
        /// Bytes after decoding.
        bytes: usize,
    },
    /// Too many bytes.
    #[error(
        "has more than 1024 bytes, which is a file given by mistake; make a key with `openssl rand -base64 32`"
    )]
    Long,
    /// Not random bytes.
    #[error("is not random ({how}); make one with `openssl rand -base64 32`")]
    Weak {
        /// What gives it away, in fixed words.
        how: &'static str,
    },
    /// A key that standards or tutorials print.
    #[error("is a sample key that anybody can look up; make one with `openssl rand -base64 32`")]
    Sample,
    /// The published demo key, outside the demo.
    #[error("is the published demo key, which protects nothing; make one with `openssl rand -base64 32`")]
    Demo,
    /// The ring holds a key of this name already.
    #[error("is given twice")]
    Twice,
    /// The ring holds the same key under another name.
    #[error("is the same as another key; one key serves one name")]
    Shared,
    /// Not in the document of issued keys.
    #[error("is not among the issued keys; issue it with `frostglass keys issue`")]
    NotIssued,
    /// Issued for another use.
    #[error("was issued to `{purpose}`, and the policy asks for another use")]
    OtherUse {
        /// What it was issued for.
        purpose: Purpose,
    },
    /// Issued for epochs of another length.
    #[error(
        "was issued for epochs of another length than the policy's; give the key another name in the policy, and run `frostglass keys init` and `frostglass keys issue`"
    )]
    OtherEpochs,
    /// Epochs of an issued key that contradict one another.
    #[error("has epochs whose numbers or bounds cannot be; issue it anew with `frostglass keys issue`")]
    Bounds,
    /// A private half where hosts take a public one, or the other way round.
    #[error("has the wrong half of a key for its use; issue it anew with `frostglass keys issue`")]
    Halves,
    /// The check value does not fit.
    #[error(
        "does not fit its check value: the document was damaged or put together; issue it anew with `frostglass keys issue`"
    )]
    CheckValue,
    /// The key derivation failed.
    #[error("cannot be used by this build's key derivation")]
    Derivation,
}

/// Decodes the text of a key and checks it. Space around the text is ignored: files and environments add line ends.
pub(crate) fn read(text: &str, allow_demo: bool) -> Result<Zeroizing<Vec<u8>>, KeyProblem> {
    let text = text.trim_ascii();
    // Before decoding: no buffer grows with what a file given by mistake holds.
    if text.len() > 2 * MAX_BYTES {
        return Err(KeyProblem::Long);
    }
    // Hex first: random base64 of 32 bytes has an odd number of digits or a `=`, and longer base64 is made of hex
    // digits alone with a chance below 10^-26.
    let key = hex(text).or_else(|| base64(text)).ok_or(KeyProblem::Encoding)?;
    if is_demo(&key) {
        return if allow_demo { Ok(key) } else { Err(KeyProblem::Demo) };
    }
    match key.len() {
        bytes @ ..MIN_BYTES => return Err(KeyProblem::Short { bytes }),
        MIN_BYTES..=MAX_BYTES => {}
        _ => return Err(KeyProblem::Long),
    }
    if SAMPLES.iter().any(|sample| hex(sample).is_some_and(|sample| key.starts_with(&sample))) {
        return Err(KeyProblem::Sample);
    }
    match weakness(&key) {
        Some(how) => Err(KeyProblem::Weak { how }),
        None => Ok(key),
    }
}

/// Whether a text could be a key that somebody wrote where none belongs: hex or base64 of 16 bytes or more that are no readable
/// text, with letters and digits. Long words of one alphabet are not meant.
#[must_use]
pub fn looks_like_key(text: &str) -> bool {
    let text = text.trim_ascii();
    let mixed =
        text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_alphabetic());
    if text.len() < 32 || text.len() > 2 * MAX_BYTES || !mixed {
        return false;
    }
    hex(text).or_else(|| base64(text)).is_some_and(|key| {
        key.len() >= 16 && (is_demo(&key) || !key.iter().all(|byte| matches!(byte, b' '..=b'~')))
    })
}

/// Whether these are the bytes of the published demo key.
pub(crate) fn is_demo(key: &[u8]) -> bool {
    base64(DEMO_KEY).is_some_and(|demo| *demo == *key)
}

/// What gives away that `key` was not drawn at random, if anything does. Each rule refuses a random key with a chance
/// below 10^-10.
pub(crate) fn weakness(key: &[u8]) -> Option<&'static str> {
    let step = |pair: &[u8]| match pair {
        [a, b] => b.wrapping_sub(*a),
        _ => 0,
    };
    let mut steps = key.windows(2).map(step);
    let first = steps.next().unwrap_or(0);
    if steps.all(|next| next == first) {
        return Some(if first == 0 { "one byte repeated" } else { "a sequence" });
    }
    if (1..=key.len() / 2).any(|period| key.iter().zip(key.iter().skip(period)).all(|(a, b)| a == b)) {
        return Some("a repeated pattern");
    }
    // A passphrase, or a key that was encoded twice: the second would be fine, but cannot be told from the first.
    if key.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Some("it decodes to readable text");
    }
    let mut seen = [false; 256];
    for byte in key {
        if let Some(slot) = seen.get_mut(usize::from(*byte)) {
            *slot = true;
        }
    }
    if seen.iter().filter(|seen| **seen).count() < MIN_DISTINCT {
        return Some("too few different bytes");
    }
    None
}

fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    // The right size at once: a growing buffer would leave copies of the key behind.
    let mut out = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    let mut pairs = text.as_bytes().chunks_exact(2);
    for pair in &mut pairs {
        let &[high, low] = pair else { return None };
        out.push(digit(high)? << 4 | digit(low)?);
    }
    pairs.remainder().is_empty().then_some(out)
}

/// Standard or URL alphabet, padded or not. A mix of both alphabets, wrong padding or left-over bits are refused: they
/// are signs of a damaged copy.
fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    let standard = body.bytes().any(|byte| matches!(byte, b'+' | b'/'));
    let url = body.bytes().any(|byte| matches!(byte, b'-' | b'_'));
    if (standard && url) || (padding > 0 && (padding > 2 || !text.len().is_multiple_of(4))) {
        return None;
    }
    let mut out = Zeroizing::new(Vec::with_capacity(body.len() / 4 * 3 + 2));
    let (mut bits, mut held) = (0_u32, 0);
    for byte in body.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held).to_be_bytes()[3]);
            bits &= (1 << held) - 1;
        }
    }
    (held < 6 && bits == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drawn once, for these tests alone.
    const GOOD_HEX: &str = "c2f1a7d09b3e58461f7ae0b4d55c93288e6601bdfa4b7c1329d7f0e85a36c4b9";
    const GOOD_BASE64: &str = "wvGn0Js+WEYfeuC01VyTKI5mAb36S3wTKdfw6Fo2xLk=";

    /// Scenario: one key in each of the encodings that tools print.
    /// Guarantees: all are the same bytes.
    #[test]
    fn hex_and_all_base64_forms_are_read() {
        let expected = read(GOOD_HEX, false).unwrap();
        let url = GOOD_BASE64.replace('+', "-").replace('/', "_");
        let forms = [
            GOOD_HEX.to_uppercase(),
            GOOD_BASE64.to_owned(),
            GOOD_BASE64.trim_end_matches('=').to_owned(),
            url.trim_end_matches('=').to_owned(),
            url,
            format!("  {GOOD_BASE64}\n"),
        ];
        for form in forms {
            assert_eq!(*read(&form, false).unwrap(), *expected, "{form}");
        }
    }

    /// Scenario: keys that are short, damaged, made up or printed somewhere.
    /// Guarantees: each is refused for its reason.
    #[test]
    fn weak_keys_are_refused() {
        let weak = |how| KeyProblem::Weak { how };
        let cases = [
            ("", KeyProblem::Short { bytes: 0 }),
            ("not a key", KeyProblem::Encoding),
            ("päßwort", KeyProblem::Encoding),
            ("hunter2", KeyProblem::Encoding),
            (&GOOD_HEX[..62], KeyProblem::Short { bytes: 31 }),
            (&GOOD_BASE64[..20], KeyProblem::Short { bytes: 15 }),
            (&GOOD_BASE64[..41], KeyProblem::Encoding),
            ("wvGn0Js+WEYfeuC01VyTKI5mAb36S3wTKdfw6Fo2xL_=", KeyProblem::Encoding),
            ("wvGn0Js+WEYfeuC01VyTKI5mAb36S3wTKdfw6Fo2xLl=", KeyProblem::Encoding),
            (&"0b".repeat(32), weak("one byte repeated")),
            (&"A".repeat(43), weak("one byte repeated")),
            ("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", weak("a sequence")),
            (&GOOD_HEX[..32].repeat(2), weak("a repeated pattern")),
            (&format!("{}{}", "00".repeat(20), &GOOD_HEX[..24]), weak("too few different bytes")),
            ("Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZSBmb3IgZXZlcg==", weak("it decodes to readable text")),
            ("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", KeyProblem::Sample),
            (DEMO_KEY, KeyProblem::Demo),
            (&"ab".repeat(3000), KeyProblem::Long),
        ];
        for (text, problem) in cases {
            assert_eq!(read(text, false).unwrap_err(), problem);
        }
    }

    /// Scenario: a host that serves the demo's policy.
    /// Guarantees: the demo key is taken, and nothing else that is weak.
    #[test]
    fn the_demo_key_serves_the_demo_alone() {
        assert_eq!(*read(DEMO_KEY, true).unwrap(), b"frostglass demo key: published, protects nothing");
        assert!(read(&"0b".repeat(32), true).is_err());
    }

    /// Scenario: texts that stand in policies: keys, and what is none.
    /// Guarantees: keys are told.
    #[test]
    fn keys_are_told_from_words() {
        for key in [GOOD_HEX, GOOD_BASE64, &GOOD_HEX[..32], DEMO_KEY] {
            assert!(looks_like_key(key), "{key}");
        }
        for word in [
            "",
            "pseudonymize",
            "join errors to a user",
            "payments-team-of-the-shop-in-europe-2",
            "checkout-outage-4711",
        ] {
            assert!(!looks_like_key(word), "{word}");
        }
    }

    proptest::proptest! {
        /// Scenario: any text at all as a key.
        /// Guarantees: no panic, and no refusal repeats the text.
        #[test]
        fn no_text_breaks_reading(text in "\\PC{0,80}|[A-Za-z0-9+/=_-]{0,90}|[0-9a-f]{0,90}") {
            if let Err(problem) = read(&text, false) && text.len() > 12 {
                let told = format!("{problem} {problem:?}");
                proptest::prop_assert!(!told.contains(&text));
            }
        }
    }
}
