//! The key pair that signs checkpoints (Ed25519, RFC 8032), in a file each.
//!
//! A file holds one line: what it is, a colon, and 32 bytes in hex. Whoever has the signing key can begin and continue
//! chains that verify; nothing can be opened with it.

use crate::digest::{hex, unhex};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use thiserror::Error;
use zeroize::Zeroizing;

/// What the file of a signing key begins with.
const SIGNING: &str = "frostglass-audit-signing-key:";

/// What the file of a public key begins with.
const PUBLIC: &str = "frostglass-audit-public-key:";

/// Why a file of a key is not taken. No byte of a key is in it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It holds something else.
    #[error("is not one line of `{expected}` and 64 lower-case hex digits")]
    Form {
        /// What it should begin with.
        expected: &'static str,
    },
    /// The file of the other half.
    #[error("is the {found} key, where the {expected} key is needed")]
    OtherHalf {
        /// `signing` or `public`.
        found: &'static str,
        /// `public` or `signing`.
        expected: &'static str,
    },
    /// Others than its owner may read a signing key.
    #[error(
        "can be read by others than its owner (mode {mode:o}); `chmod 600` it, or make a new key if somebody did"
    )]
    Open {
        /// Permissions of the file.
        mode: u32,
    },
    /// 32 bytes that are no point of the curve, or one of the few under which anybody can sign.
    #[error("is not a public key of Ed25519")]
    Weak,
}

/// Signs checkpoints.
pub struct Signer(SigningKey);

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.public()).finish()
    }
}

impl Signer {
    /// A new key from the system's random source.
    ///
    /// # Errors
    /// The random source fails.
    pub fn random() -> io::Result<Self> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// A key from its seed, for vectors.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Reads the file of a signing key.
    ///
    /// # Errors
    /// The file cannot be read, holds something else, or can be read by others.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let mut file = File::open(path)?;
        let mode = file.metadata()?.mode() & 0o777;
        let seed = Zeroizing::new(one_line(&mut file, SIGNING)?);
        // After its form: that the public key was given by mistake says more than its mode.
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Open { mode });
        }
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// Writes a new file that its owner alone may read. A file that is there already stays.
    ///
    /// # Errors
    /// The file exists or cannot be written.
    pub fn write_new(&self, path: &Path) -> io::Result<()> {
        let text = Zeroizing::new(format!("{SIGNING}{}\n", *Zeroizing::new(hex(self.0.as_bytes()))));
        write_new(path, text.as_bytes(), 0o600)
    }

    /// The half that verifies.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// Verifies checkpoints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads the file of a public key.
    ///
    /// # Errors
    /// The file cannot be read, holds something else, or no key of Ed25519.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let bytes = one_line(&mut File::open(path)?, PUBLIC)?;
        Self::from_bytes(&bytes).ok_or(KeyFileError::Weak)
    }

    /// Reads 64 lower-case hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(&unhex(text)?)
    }

    fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        VerifyingKey::from_bytes(bytes).ok().filter(|key| !key.is_weak()).map(Self)
    }

    /// Writes a new file. A file that is there already stays.
    ///
    /// # Errors
    /// The file exists or cannot be written.
    pub fn write_new(&self, path: &Path) -> io::Result<()> {
        write_new(path, format!("{PUBLIC}{self}\n").as_bytes(), 0o644)
    }

    /// Strict: one signature for a message, and no others that an attacker could make of it (RFC 8032 section 8.4).
    pub(crate) fn holds(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(self.0.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn one_line(file: &mut File, expected: &'static str) -> Result<[u8; 32], KeyFileError> {
    // A little more than a line, so that a longer file is seen to be one.
    let mut text = Zeroizing::new(String::with_capacity(256));
    let form = KeyFileError::Form { expected };
    if file.take(256).read_to_string(&mut text).is_err() {
        return Err(form);
    }
    let line = text.strip_suffix('\n').unwrap_or(&text);
    for (mark, found, wanted) in [(SIGNING, "signing", "public"), (PUBLIC, "public", "signing")] {
        if mark != expected && line.starts_with(mark) {
            return Err(KeyFileError::OtherHalf { found, expected: wanted });
        }
    }
    line.strip_prefix(expected).and_then(unhex).ok_or(form)
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
