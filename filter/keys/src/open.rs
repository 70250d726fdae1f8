//! Opens seals: the private half, which stays off every host. Not part of the module.

use crate::derive::Secret;
use crate::hpke::{self, KEY};
use crate::ring::Domain;
use crate::seal::{self, Sealed};
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// The private half of a sealing key. Wiped when dropped.
#[derive(Clone)]
pub struct OpeningKey {
    private: Secret,
    public: [u8; KEY],
}

/// A seal that did not open. Fixed words: never a byte of the value or of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Not the text of a seal: cut, changed in case, or something else.
    #[error("is not a seal; copy it whole, from `sealed_` to its end")]
    Shape,
    /// Its key id is another one.
    #[error("was sealed to another key; its epoch and key id say to which")]
    OtherKey,
    /// This key did not seal it for this tenant, recipient and class, or it was changed.
    #[error("does not open under this key, tenant, recipient and class, or was changed")]
    Refused,
}

impl OpeningKey {
    /// Takes the 32 bytes of a private key (RFC 7748), as they were drawn.
    #[must_use]
    pub fn new(private: Zeroizing<[u8; KEY]>) -> Self {
        let public = hpke::public_of(&private);
        Self { private, public }
    }

    /// The public half, which hosts are given.
    #[must_use]
    pub fn public(&self) -> [u8; KEY] {
        self.public
    }

    /// The key id that seals to a public half carry.
    #[must_use]
    pub fn id_of(public: &[u8; KEY]) -> u8 {
        seal::key_id(public)
    }

    /// The key id that seals to it carry.
    #[must_use]
    pub fn id(&self) -> u8 {
        seal::key_id(&self.public)
    }

    /// The value of a seal, in the bytes that were sealed (text as UTF-8). All that it was bound to must be said.
    ///
    /// # Errors
    /// It is none, is another key's, or does not open under what was said.
    pub fn open(&self, text: &str, domain: Domain<'_>, class: &str) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let sealed = Sealed::parse(text).ok_or(OpenError::Shape)?;
        if sealed.info().key_id != self.id() {
            return Err(OpenError::OtherKey);
        }
        hpke::decapsulate(&sealed.encapsulated(), &self.private)
            .and_then(|shared| sealed.value(&seal::value_key(&shared)?, domain, class))
            .ok_or(OpenError::Refused)
    }
}

impl fmt::Debug for OpeningKey {
    /// The key id alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpeningKey").field("id", &self.id()).finish_non_exhaustive()
    }
}
