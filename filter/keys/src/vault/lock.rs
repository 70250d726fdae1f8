//! What a vault is locked with: a wrapping key from a passphrase or from a key file, and the tags that only its holder can make.

use super::{Entry, VaultError, Wrapped, fill_random};
use crate::derive::{self, Secret};
use crate::issued::{Hex, push_hex};
use crate::key_text::{self, KeyProblem};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::Mac;
use serde::Deserialize;
use sha2::Sha256;
use std::fmt::{self, Write as _};
use thiserror::Error;
use zeroize::Zeroizing;

/// Argon2id as RFC 9106 section 4 recommends it where memory is short: 64 MiB, three passes, four lanes.
const MEMORY_KIB: u32 = 1 << 16;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// What a vault's header may ask for: a changed header must not make anybody's machine swap for an hour.
const MOST_MEMORY_KIB: u32 = 1 << 21;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;

/// Bytes that a passphrase must have: five random words have more.
const MIN_PASSPHRASE: usize = 16;

/// What opens a vault.
#[derive(Clone)]
pub enum Unlock {
    /// A passphrase that people remember.
    Passphrase(Zeroizing<Vec<u8>>),
    /// At least 32 random bytes.
    KeyFile(Zeroizing<Vec<u8>>),
}

/// What is wrong with a passphrase or a key file. Never a byte of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnlockError {
    /// A passphrase that is soon guessed.
    #[error("the passphrase has fewer than {MIN_PASSPHRASE} bytes; take five words or more, at random")]
    Short,
    /// Not a key.
    #[error("the key file {0}")]
    KeyFile(KeyProblem),
    /// The vault is locked with a passphrase.
    #[error("the vault is locked with a passphrase; give --passphrase-file")]
    NeedsPassphrase,
    /// The vault is locked with a key file.
    #[error("the vault is locked with a key file; give --key-file")]
    NeedsKeyFile,
    /// The wrong one, or another vault's header.
    #[error("the passphrase or key file does not open this vault")]
    Wrong,
}

impl Unlock {
    /// A passphrase, from the text of its file: line ends around it do not count.
    ///
    /// # Errors
    /// It is short.
    pub fn passphrase(text: &[u8]) -> Result<Self, UnlockError> {
        let end = text.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
        let text = text.get(..end).unwrap_or_default();
        if text.len() < MIN_PASSPHRASE {
            return Err(UnlockError::Short);
        }
        Ok(Self::Passphrase(Zeroizing::new(text.to_vec())))
    }

    /// A key, from the text of its file: hex or base64 of at least 32 random bytes.
    ///
    /// # Errors
    /// It does not decode, is short, or is not random.
    pub fn key_file(text: &[u8]) -> Result<Self, UnlockError> {
        let text = std::str::from_utf8(text).map_err(|_| UnlockError::KeyFile(KeyProblem::Encoding))?;
        key_text::read(text, false).map(Self::KeyFile).map_err(UnlockError::KeyFile)
    }
}

impl fmt::Debug for Unlock {
    /// Which of the two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passphrase(_) => "Passphrase",
            Self::KeyFile(_) => "KeyFile",
        })
    }
}

/// The header of a vault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    frostglass: Kind,
    version: u32,
    id: Hex<16>,
    salt: Hex<16>,
    lock: Kdf,
}

#[derive(Deserialize)]
enum Kind {
    #[serde(rename = "vault")]
    Vault,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Kdf {
    Argon2id { memory_kib: u32, passes: u32, lanes: u32 },
    KeyFile {},
}

/// A vault's lock with its keys at hand.
pub(super) struct Lock {
    /// The vault's first line, which says how its wrapping key is made.
    pub(super) header: String,
    id: [u8; 16],
    wrapping: Secret,
    tagging: Secret,
}

impl Lock {
    /// The lock of a new vault.
    pub(super) fn new(unlock: &Unlock) -> Result<Self, VaultError> {
        let (mut id, mut salt) = ([0; 16], [0; 16]);
        fill_random(&mut id)?;
        fill_random(&mut salt)?;
        let mut header = String::from(r#"{"frostglass": "vault", "version": 1, "id": ""#);
        push_hex(&id, &mut header);
        header.push_str(r#"", "salt": ""#);
        push_hex(&salt, &mut header);
        header.push_str(r#"", "lock": "#);
        match unlock {
            Unlock::Passphrase(_) => {
                let _ = write!(
                    header,
                    r#"{{"argon2id": {{"memory_kib": {MEMORY_KIB}, "passes": {PASSES}, "lanes": {LANES}}}}}"#
                );
            }
            Unlock::KeyFile(_) => header.push_str(r#"{"key-file": {}}"#),
        }
        header.push('}');
        Self::of(&header, unlock)?.ok_or(VaultError::Cryptography)
    }

    /// The lock that a header describes; none if it is no header.
    pub(super) fn of(header: &str, unlock: &Unlock) -> Result<Option<Self>, VaultError> {
        let Ok(read) = serde_json::from_str::<Header>(header) else { return Ok(None) };
        let Header { frostglass: Kind::Vault, version: 1, id, salt, lock } = read else { return Ok(None) };
        let mut root = Zeroizing::new([0; 32]);
        match (lock, unlock) {
            (Kdf::Argon2id { memory_kib, passes, lanes }, Unlock::Passphrase(passphrase)) => {
                if memory_kib > MOST_MEMORY_KIB || passes > MOST_PASSES || lanes > MOST_LANES {
                    return Ok(None);
                }
                let Ok(params) = Params::new(memory_kib, passes, lanes, Some(32)) else { return Ok(None) };
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(passphrase, salt.0.as_slice(), root.as_mut_slice())
                    .map_err(|_| VaultError::Cryptography)?;
            }
            (Kdf::KeyFile {}, Unlock::KeyFile(key)) => {
                let (extracted, _) = Hkdf::<Sha256>::extract(Some(salt.0.as_slice()), key);
                root = Zeroizing::new(extracted.into());
            }
            (Kdf::Argon2id { .. }, Unlock::KeyFile(_)) => return Err(UnlockError::NeedsPassphrase.into()),
            (Kdf::KeyFile {}, Unlock::Passphrase(_)) => return Err(UnlockError::NeedsKeyFile.into()),
        }
        let expand = |label| derive::labeled(&root, label).ok_or(VaultError::Cryptography);
        Ok(Some(Self {
            header: header.to_owned(),
            id: *id.0,
            wrapping: expand("frostglass/vault-wrapping/v1")?,
            tagging: expand("frostglass/vault-tag/v1")?,
        }))
    }

    /// The tag over a text, which none makes without the wrapping key. `what` keeps the tags of different parts apart.
    pub(super) fn tag(&self, what: &str, text: &str) -> Result<[u8; 32], VaultError> {
        let mut mac = derive::keyed(&self.tagging).ok_or(VaultError::Cryptography)?;
        mac.update(what.as_bytes());
        mac.update(text.as_bytes());
        Ok(mac.finalize().into_bytes().into())
    }

    pub(super) fn wrap(&self, secret: &Secret, entry: &Entry) -> Result<Wrapped, VaultError> {
        let mut nonce = [0; 24];
        fill_random(&mut nonce)?;
        let mut sealed = [0; 48];
        let (text, tag) = sealed.split_at_mut(32);
        text.copy_from_slice(secret.as_slice());
        let made = self.cipher().zip(self.bound(entry)).and_then(|(cipher, bound)| {
            cipher.encrypt_inout_detached(&XNonce::from(nonce), &bound, (&mut *text).into()).ok()
        });
        let Some(made) = made else {
            zeroize::Zeroize::zeroize(text);
            return Err(VaultError::Cryptography);
        };
        tag.copy_from_slice(&made);
        Ok(Wrapped { nonce, sealed })
    }

    /// The secret; none when the entry is not the one that was wrapped.
    pub(super) fn unwrap(&self, wrapped: &Wrapped, entry: &Entry) -> Option<Secret> {
        let (text, tag) = wrapped.sealed.split_first_chunk::<32>()?;
        let tag = Tag::from(*tag.first_chunk::<16>()?);
        let mut secret = Zeroizing::new(*text);
        let opened = self.cipher()?.decrypt_inout_detached(
            &XNonce::from(wrapped.nonce),
            &self.bound(entry)?,
            secret.as_mut_slice().into(),
            &tag,
        );
        opened.ok().map(|()| secret)
    }

    fn cipher(&self) -> Option<XChaCha20Poly1305> {
        XChaCha20Poly1305::new_from_slice(self.wrapping.as_slice()).ok()
    }

    /// Entries are bound to their vault, too.
    fn bound(&self, entry: &Entry) -> Option<Vec<u8>> {
        Some([entry.0.as_deref()?, &self.id].concat())
    }
}
