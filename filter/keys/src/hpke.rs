//! As much of HPKE (RFC 9180) as seals need: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, and of
//! its context only `Export`.
//!
//! Why not a crate for all of it stands in `docs/rationale/seals.md`. The tests are the RFC's own vectors. As in `derive`,
//! an `Option` that is none means "no key", never a weaker one.

use crate::derive::Secret;
use hkdf::Hkdf;
use sha2::Sha256;
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};
use zeroize::Zeroizing;

/// Bytes of public keys, private keys and encapsulated keys.
pub(crate) const KEY: usize = 32;

/// `KEM`, then DHKEM(X25519, HKDF-SHA256).
const KEM_SUITE: &[u8] = b"KEM\x00\x20";
/// `HPKE`, then the same with HKDF-SHA256 and ChaCha20Poly1305.
const SUITE: &[u8] = b"HPKE\x00\x20\x00\x01\x00\x03";
/// Base mode: no pre-shared key and no authentication of the sender.
const MODE_BASE: u8 = 0;

/// The public half of a private key.
pub(crate) fn public_of(private: &Secret) -> [u8; KEY] {
    x25519(**private, X25519_BASEPOINT_BYTES)
}

/// `Encap` with the ephemeral key given: the encapsulated key and the shared secret. None for a public key that has no secret
/// in common with anybody (one of small order).
pub(crate) fn encapsulate(public: &[u8; KEY], ephemeral: &Secret) -> Option<([u8; KEY], Secret)> {
    let encapsulated = public_of(ephemeral);
    let agreed = agree(ephemeral, public)?;
    Some((encapsulated, shared_secret(&agreed, &encapsulated, public)?))
}

/// `Decap`.
#[cfg(any(test, feature = "open"))]
pub(crate) fn decapsulate(encapsulated: &[u8; KEY], private: &Secret) -> Option<Secret> {
    let agreed = agree(private, encapsulated)?;
    shared_secret(&agreed, encapsulated, &public_of(private))
}

/// X25519, refusing what RFC 7748 (section 6.1) and RFC 9180 (section 7.1.4) refuse.
fn agree(private: &Secret, public: &[u8; KEY]) -> Option<Secret> {
    let agreed = Zeroizing::new(x25519(**private, *public));
    let any = agreed.iter().fold(0, |any, byte| any | byte);
    (any != 0).then_some(agreed)
}

/// `ExtractAndExpand`.
fn shared_secret(agreed: &Secret, encapsulated: &[u8; KEY], public: &[u8; KEY]) -> Option<Secret> {
    let prk = labeled_extract(KEM_SUITE, &[], b"eae_prk", agreed.as_slice());
    labeled_expand(KEM_SUITE, &prk, b"shared_secret", &[encapsulated, public])
}

/// `KeySchedule`, of which only the exporter's secret is kept.
pub(crate) fn exporter_secret(shared: &Secret, info: &[u8]) -> Option<Secret> {
    let psk_id_hash = labeled_extract(SUITE, &[], b"psk_id_hash", &[]);
    let info_hash = labeled_extract(SUITE, &[], b"info_hash", info);
    let secret = labeled_extract(SUITE, shared.as_slice(), b"secret", &[]);
    labeled_expand(SUITE, &secret, b"exp", &[&[MODE_BASE], psk_id_hash.as_slice(), info_hash.as_slice()])
}

/// `Context.Export` of 32 bytes.
pub(crate) fn export(exporter_secret: &Secret, context: &[u8]) -> Option<Secret> {
    labeled_expand(SUITE, exporter_secret, b"sec", &[context])
}

fn labeled_extract(suite: &[u8], salt: &[u8], label: &[u8], key: &[u8]) -> Secret {
    let labeled = Zeroizing::new([b"HPKE-v1", suite, label, key].concat());
    Zeroizing::new(Hkdf::<Sha256>::extract(Some(salt), &labeled).0.into())
}

fn labeled_expand(suite: &[u8], key: &Secret, label: &[u8], info: &[&[u8]]) -> Option<Secret> {
    let mut out = Zeroizing::new([0; 32]);
    let mut labeled: Vec<&[u8]> = vec![b"\x00\x20", b"HPKE-v1", suite, label];
    labeled.extend_from_slice(info);
    Hkdf::<Sha256>::from_prk(key.as_slice()).ok()?.expand_multi_info(&labeled, out.as_mut_slice()).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn bytes(case: &Value, member: &str) -> Vec<u8> {
        let text = case[member].as_str().unwrap();
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    fn secret(case: &Value, member: &str) -> Secret {
        Zeroizing::new(bytes(case, member).try_into().unwrap())
    }

    /// Scenario: RFC 9180, appendix A.2.1, for this suite in base mode.
    /// Guarantees: both sides come to every published value.
    #[test]
    fn agrees_with_the_rfc() {
        let vectors: Value = serde_json::from_str(include_str!("../../../tests/vectors/seals.json")).unwrap();
        let case = &vectors["hpke"];
        let public = bytes(case, "public").try_into().unwrap();
        let (encapsulated, shared) = encapsulate(&public, &secret(case, "ephemeral")).unwrap();
        assert_eq!(public_of(&secret(case, "private")), public);
        assert_eq!(encapsulated.as_slice(), bytes(case, "enc"));
        assert_eq!(shared.as_slice(), bytes(case, "shared_secret"));
        assert_eq!(decapsulate(&encapsulated, &secret(case, "private")).unwrap(), shared);
        let exporter = exporter_secret(&shared, &bytes(case, "info")).unwrap();
        assert_eq!(exporter.as_slice(), bytes(case, "exporter_secret"));
        for export_case in case["exports"].as_array().unwrap() {
            let exported = export(&exporter, &bytes(export_case, "context")).unwrap();
            assert_eq!(exported.as_slice(), bytes(export_case, "value"));
        }
    }

    /// Scenario: public keys of small order, with which every private key agrees on zeros.
    /// Guarantees: nothing is encapsulated to them.
    #[test]
    fn keys_of_small_order_are_refused() {
        let ephemeral = Zeroizing::new([7; KEY]);
        let mut one = [0; KEY];
        one[0] = 1;
        assert!(encapsulate(&[0; KEY], &ephemeral).is_none());
        assert!(encapsulate(&one, &ephemeral).is_none());
    }
}
