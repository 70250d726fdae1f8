//! The text of a token: prefix, fields, base32. Specified in `docs/reference/tokens.md`.
//!
//! Promises: one text for one token. Upper case, padding, spaces and unused bits do not exist, so a token cannot be
//! varied to carry something. Knows no key: whether a text that looks like a token is one is the recognizer's to say.

use crate::base32;
use std::fmt;
use thiserror::Error;

/// Bytes of a token behind its prefix: 32 characters of base32, with no partial group.
pub(crate) const BYTES: usize = 20;
/// Bytes under the check.
pub(crate) const CHECKED: usize = 15;
/// Bytes that stand for the value: PRF output, or random ones.
pub(crate) const MIDDLE: usize = 10;
/// Bytes of the check.
pub(crate) const CHECK: usize = BYTES - CHECKED;
/// Characters behind the `_`.
const CHARS: usize = 32;
/// The version that this code writes and reads.
pub(crate) const VERSION: u8 = 1;
/// Largest epoch number: 28 bits.
pub(crate) const MAX_EPOCH: u32 = (1 << 28) - 1;

/// What stands before the `_` of a token, chosen in a policy so that people see what they look at (`u` for users).
///
/// 1 to 16 characters: a lower-case letter, then lower-case letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Prefix(Box<str>);

/// A text that cannot be a token's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a token prefix is 1 to 16 characters: a lower-case letter, then lower-case letters, digits and `-`")]
pub struct PrefixError;

impl Prefix {
    /// Bytes that a prefix may have.
    pub const MAX: usize = 16;

    /// Takes a prefix from a policy.
    pub fn parse(text: &str) -> Result<Self, PrefixError> {
        if is_prefix(text.as_bytes()) { Ok(Self(text.into())) } else { Err(PrefixError) }
    }

    /// The text, without the `_`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Prefix {
    /// `t`, for policies that name none.
    fn default() -> Self {
        Self("t".into())
    }
}

pub(crate) fn is_prefix(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else { return false };
    first.is_ascii_lowercase()
        && rest.len() < Prefix::MAX
        && rest.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// A token, ready to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub(crate) prefix: &'a Prefix,
    pub(crate) bytes: [u8; BYTES],
}

impl Token<'_> {
    /// Appends the text of the token.
    pub fn push_to(&self, out: &mut String) {
        out.reserve(self.prefix.0.len() + 1 + CHARS);
        out.push_str(&self.prefix.0);
        out.push('_');
        let mut text = [0; CHARS];
        for (group, letters) in self.bytes.as_chunks().0.iter().zip(text.chunks_exact_mut(base32::CHARS)) {
            letters.copy_from_slice(&base32::written(*group));
        }
        // The alphabet is ASCII.
        out.push_str(std::str::from_utf8(&text).unwrap_or(""));
    }
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push_to(&mut text);
        f.write_str(&text)
    }
}

/// What a token says about itself to anybody who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenInfo<'a> {
    /// What stands before the `_`.
    pub prefix: &'a str,
    /// Number of the epoch under whose key it was made; 0 for a key without epochs.
    pub epoch: u32,
    /// Tells keys and pseudonymization domains apart. Tokens that differ here or in the epoch do not join.
    pub key_id: u8,
}

impl<'a> TokenInfo<'a> {
    /// Reads a text that has the shape of a token, genuine or not: only a [`crate::Recognizer`] can tell.
    #[must_use]
    pub fn of_shape(text: &'a str) -> Option<Self> {
        let (prefix, bytes) = decode(text)?;
        Some(Self::of_bytes(prefix, &bytes))
    }

    pub(crate) fn of_bytes(prefix: &'a str, bytes: &[u8; BYTES]) -> Self {
        let [a, b, c, d, key_id, ..] = *bytes;
        Self { prefix, epoch: u32::from_be_bytes([a, b, c, d]) & MAX_EPOCH, key_id }
    }
}

/// The bytes under the check: version and epoch, key id, PRF output or random bytes.
pub(crate) fn checked_bytes(epoch: u32, key_id: u8, middle: [u8; MIDDLE]) -> [u8; CHECKED] {
    let mut out = [0; CHECKED];
    let (head, tail) = out.split_at_mut(5);
    if let [first, rest @ .., last] = head {
        let [a, b, c, d] = ((u32::from(VERSION) << 28) | (epoch & MAX_EPOCH)).to_be_bytes();
        (*first, *last) = (a, key_id);
        rest.copy_from_slice(&[b, c, d]);
    }
    tail.copy_from_slice(&middle);
    out
}

/// Splits a text into prefix and bytes if it has the shape of a token of this version. Two comparisons turn away
/// nearly everything else.
pub(crate) fn decode(text: &str) -> Option<(&str, [u8; BYTES])> {
    let at = text.len().checked_sub(CHARS + 1)?;
    let (prefix, rest) = text.as_bytes().split_at_checked(at)?;
    let (b'_', digits) = rest.split_first().map(|(first, rest)| (*first, rest))? else { return None };
    if !is_prefix(prefix) {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (group, chars) in bytes.chunks_exact_mut(5).zip(digits.chunks_exact(8)) {
        group.copy_from_slice(&base32::read(*chars.first_chunk()?)?);
    }
    (bytes.first()? >> 4 == VERSION).then_some((text.get(..at)?, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Scenario: any field contents under any prefix.
        /// Guarantees: what is written is read back, and says what went in.
        #[test]
        fn written_tokens_are_read_back(
            prefix in "[a-z][a-z0-9-]{0,15}",
            epoch in 0..=MAX_EPOCH,
            key_id: u8,
            prf: [u8; 10],
            check: [u8; 5],
        ) {
            let mut bytes = [0; BYTES];
            bytes[..CHECKED].copy_from_slice(&checked_bytes(epoch, key_id, prf));
            bytes[CHECKED..].copy_from_slice(&check);
            let prefix = Prefix::parse(&prefix).unwrap();
            let text = Token { prefix: &prefix, bytes }.to_string();
            proptest::prop_assert_eq!(text.len(), prefix.as_str().len() + 33);
            proptest::prop_assert_eq!(decode(&text), Some((prefix.as_str(), bytes)));
            let info = TokenInfo { prefix: prefix.as_str(), epoch, key_id };
            proptest::prop_assert_eq!(TokenInfo::of_shape(&text), Some(info));
        }

        /// Scenario: any text, tokens' own alphabet included.
        /// Guarantees: reading never panics, and accepts only what would be written the same way.
        #[test]
        fn reading_is_strict(text in "\\PC{0,50}|[a-z]{1,3}_c[a-z2-7]{31}|.{33,50}") {
            if let Some((prefix, bytes)) = decode(&text) {
                let prefix = Prefix::parse(prefix).unwrap();
                proptest::prop_assert_eq!(Token { prefix: &prefix, bytes }.to_string(), text);
            }
        }
    }

    /// Scenario: prefixes that would be ambiguous, invisible or a place to hide something.
    /// Guarantees: refused, at both ends of the allowed length.
    #[test]
    fn prefixes_are_plain() {
        for good in ["u", "user", "a-b", "x9", "abcdefghijklmnop"] {
            assert!(Prefix::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "U", "9a", "-a", "a_b", "a b", "ä", "a\n", "abcdefghijklmnopq"] {
            assert_eq!(Prefix::parse(bad), Err(PrefixError), "{bad:?}");
        }
    }
}
