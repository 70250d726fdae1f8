//! Every derivation of `docs/reference/tokens.md`, one function each.
//!
//! All of them are HKDF-SHA256 (RFC 5869). They return an `Option` although the lengths used here always fit: should a
//! dependency change its mind, the answer is "no key", which suppresses, and neither a panic nor a weak key.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Keyed HMAC-SHA256 with its key schedule done: cloning it halves the cost of a short message.
pub(crate) type Keyed = Hmac<Sha256>;

/// Thirty-two secret bytes, wiped on drop.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// The root of a standalone key: concentrates whatever encoding of entropy the operator brought into 32 uniform bytes.
pub(crate) fn standalone_root(key_bytes: &[u8]) -> Secret {
    let (root, _) = Hkdf::<Sha256>::extract(Some(b"frostglass/standalone/v1"), key_bytes);
    Zeroizing::new(root.into())
}

/// The secret from which check keys derive. It is no input of any token's PRF, so that a verifier can hold it alone.
pub(crate) fn check_secret(root: &Secret) -> Option<Secret> {
    expand(root, &[b"frostglass/check-secret/v1"])
}

/// The key of one epoch of a standalone key. (Issued epoch keys are independent random bytes instead: only those can be
/// destroyed one by one.)
pub(crate) fn epoch_key(root: &Secret, epoch: u32) -> Option<Secret> {
    expand(root, &[b"frostglass/epoch/v1", &epoch.to_be_bytes()])
}

/// The PRF key of one domain; `domain` is made by [`length_prefixed`] of tenant, recipient, class and canonicalizer.
pub(crate) fn domain_key(epoch_key: &Secret, domain: &[u8]) -> Option<Secret> {
    expand(epoch_key, &[b"frostglass/domain/v1", domain])
}

/// The PRF key of the same domain where tokens join inside one document alone.
pub(crate) fn document_key(epoch_key: &Secret, domain: &[u8]) -> Option<Secret> {
    expand(epoch_key, &[b"frostglass/document/v1", domain])
}

/// The key of reversible tokens in the same domain: two halves of 128 bits, as RFC 5297 takes them.
pub(crate) fn tokenize_key(epoch_key: &Secret, domain: &[u8]) -> Option<Secret> {
    expand(epoch_key, &[b"frostglass/tokenize/v1", domain])
}

/// The key of encrypted addresses in the same domain, in the 128 bits that AES takes.
pub(crate) fn ip_key(epoch_key: &Secret, domain: &[u8]) -> Option<Zeroizing<[u8; 16]>> {
    expand(epoch_key, &[b"frostglass/ip/v1", domain])
}

/// The key of fingerprints of values in the same domain, which never leave the host's memory.
pub(crate) fn recent_key(epoch_key: &Secret, domain: &[u8]) -> Option<Zeroizing<[u8; 16]>> {
    expand(epoch_key, &[b"frostglass/recent/v1", domain])
}

/// The check key of a pseudonymization domain, in the 128 bits that SipHash takes; `parties` is made by
/// [`length_prefixed`] of tenant and recipient.
pub(crate) fn check_key(check_secret: &Secret, parties: &[u8]) -> Option<Zeroizing<[u8; 16]>> {
    expand(check_secret, &[b"frostglass/check/v1", parties])
}

/// The byte by which consumers tell keys apart; says nothing about the key.
pub(crate) fn key_id(check_secret: &Secret, parties: &[u8]) -> Option<u8> {
    expand(check_secret, &[b"frostglass/key-id/v1", parties]).map(|bytes: Zeroizing<[u8; 1]>| bytes[0])
}

/// What tells the key of an epoch from a wrong one: it covers what the key is for and the check secret that goes with it, so
/// that a document whose parts were mixed up is noticed.
pub(crate) fn check_value(key: &Secret, purpose: &str, epoch: u32, check_secret: &Secret) -> Option<[u8; 4]> {
    let mut mac = keyed(key)?;
    mac.update(b"frostglass/check-value/v1");
    mac.update(&length_prefixed(&[purpose])?);
    mac.update(&epoch.to_be_bytes());
    mac.update(check_secret.as_slice());
    mac.finalize().into_bytes().first_chunk().copied()
}

/// A secret of a vault's own, under a label.
#[cfg(feature = "vault")]
pub(crate) fn labeled(root: &Secret, label: &str) -> Option<Secret> {
    expand(root, &[label.as_bytes()])
}

/// Whether two secrets are one, in constant time.
pub(crate) fn same(one: &Secret, other: &Secret) -> bool {
    one.as_slice().ct_eq(other.as_slice()).into()
}

/// An HMAC state ready to be cloned.
pub(crate) fn keyed(secret: &Secret) -> Option<Keyed> {
    Keyed::new_from_slice(secret.as_slice()).ok()
}

/// Each part behind its length in four big-endian bytes, so that no two lists of parts give the same bytes.
pub(crate) fn length_prefixed(parts: &[&str]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for part in parts {
        out.extend_from_slice(&u32::try_from(part.len()).ok()?.to_be_bytes());
        out.extend_from_slice(part.as_bytes());
    }
    Some(out)
}

fn expand<const N: usize>(key: &Secret, info: &[&[u8]]) -> Option<Zeroizing<[u8; N]>> {
    let mut out = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::from_prk(key.as_slice()).ok()?.expand_multi_info(info, out.as_mut_slice()).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: tenant and recipient whose concatenation is the same text.
    /// Guarantees: their domains are different bytes.
    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(length_prefixed(&["ab", "c"]), length_prefixed(&["a", "bc"]));
        assert_ne!(length_prefixed(&["", "ab"]), length_prefixed(&["ab", ""]));
        assert_eq!(length_prefixed(&["é"]).unwrap(), [0, 0, 0, 2, 0xc3, 0xa9]);
    }
}
