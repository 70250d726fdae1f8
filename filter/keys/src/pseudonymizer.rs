//! Makes tokens for the values of one class, under the key of the epoch that a payload falls into.

use crate::derive::{self, Keyed};
use crate::recent::Recent;
use crate::recognizer::CheckKey;
use crate::ring::{Binding, Key};
use crate::token::{BYTES, CHECKED, MAX_EPOCH, MIDDLE, checked_bytes};
use crate::{Prefix, Random, Token};
use hmac::Mac;
use std::cell::RefCell;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

/// How often the key of an epoch gives way to the next, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// One key for good: tokens join for as long as the key lives. The epoch number is 0; of an issued key, how often its
    /// vault replaced it.
    #[default]
    Never,
    /// Epochs of this many seconds, counted from 1970-01-01T00:00:00Z.
    Every(NonZeroU32),
}

impl Rotation {
    /// Shortest epoch. Numbers of shorter ones would not fit into a token for long.
    pub const SHORTEST_SECONDS: u32 = 60;

    /// Epochs of `seconds`; `None` below [`Rotation::SHORTEST_SECONDS`].
    #[must_use]
    pub fn every(seconds: u32) -> Option<Self> {
        NonZeroU32::new(seconds).filter(|seconds| seconds.get() >= Self::SHORTEST_SECONDS).map(Self::Every)
    }

    /// Seconds of an epoch; none for one that lasts for ever.
    #[must_use]
    pub const fn seconds(self) -> Option<u32> {
        match self {
            Self::Never => None,
            Self::Every(seconds) => Some(seconds.get()),
        }
    }

    /// Number of the epoch at a time in nanoseconds since 1970; `None` beyond 28 bits (with the shortest epochs, in the
    /// year 2480).
    #[must_use]
    pub fn epoch(self, unix_nanos: u64) -> Option<u32> {
        match self {
            Self::Never => Some(0),
            Self::Every(seconds) => u32::try_from(unix_nanos / 1_000_000_000 / u64::from(seconds.get()))
                .ok()
                .filter(|epoch| *epoch <= MAX_EPOCH),
        }
    }
}

/// Makes tokens. Resolved once by [`crate::Ring::pseudonymizer`]; a token then costs an HMAC of the value with its key
/// schedule done, and a SipHash of 17 to 32 bytes for the check; a value that came not long ago, a SipHash of the value.
///
/// Must be told the time once a payload, so that a payload falls into exactly one epoch.
pub struct Pseudonymizer {
    key: Arc<Key>,
    /// Tenant, recipient, class and canonicalizer, as the derivation of the domain key takes them.
    domain: Vec<u8>,
    rotation: Rotation,
    prefix: Prefix,
    check: CheckKey,
    current: Option<Current>,
}

/// What the present epoch's key gives.
struct Current {
    epoch: u32,
    keyed: Keyed,
    document_keyed: Keyed,
    recent: RefCell<Recent>,
}

/// What tokens of mode document join inside: a trace id, or random bytes in its stead.
pub type Document = [u8; 16];

impl Pseudonymizer {
    pub(crate) fn new(key: Arc<Key>, binding: &Binding<'_>) -> Option<Self> {
        let Binding { domain, class, canonicalizer, rotation, ref prefix, .. } = *binding;
        let check = CheckKey::new(&key, domain)?;
        let domain = derive::length_prefixed(&[domain.tenant, domain.recipient, class, canonicalizer])?;
        let mut made = Self { key, domain, rotation, prefix: prefix.clone(), check, current: None };
        if rotation == Rotation::Never {
            made.turn_to(0);
        }
        Some(made)
    }

    /// Takes the time of a payload, in nanoseconds since 1970. Derives a key when the epoch changed, and nothing else. Says whether it did.
    pub fn turn_to(&mut self, unix_nanos: u64) -> bool {
        let epoch = self.key.epoch_at(self.rotation, unix_nanos);
        let before = self.current.as_ref().map(|current| current.epoch);
        if epoch.is_some() && epoch == before {
            return false;
        }
        self.current = epoch.and_then(|epoch| {
            let epoch_key = self.key.epoch_key(epoch)?;
            let keyed = derive::keyed(&derive::domain_key(&epoch_key, &self.domain)?)?;
            let document_keyed = derive::keyed(&derive::document_key(&epoch_key, &self.domain)?)?;
            let recent = RefCell::new(Recent::new(derive::recent_key(&epoch_key, &self.domain)?));
            Some(Current { epoch, keyed, document_keyed, recent })
        });
        before != self.current.as_ref().map(|current| current.epoch)
    }

    /// The token of a canonical value; `None` when there is no key for the present epoch (a rotating key that was not
    /// told the time, a clock beyond the last epoch, an epoch that was not issued).
    #[must_use]
    pub fn token(&self, canonical: &[u8]) -> Option<Token<'_>> {
        let current = self.current.as_ref()?;
        let bytes = current.recent.try_borrow_mut().ok()?.token(canonical, || {
            Some(self.checked(current.epoch, *mac(&current.keyed, &[canonical]).first_chunk()?).bytes)
        })?;
        Some(Token { prefix: &self.prefix, bytes })
    }

    /// What stands for a canonical value before it is cut to a token: for results that are not texts of ours, such as ids and
    /// offsets of times. `None` as for [`Pseudonymizer::token`].
    #[must_use]
    pub fn prf(&self, canonical: &[u8]) -> Option<[u8; 32]> {
        Some(mac(&self.current.as_ref()?.keyed, &[canonical]))
    }

    /// The token of a canonical value inside one document. `None` as for [`Pseudonymizer::token`].
    #[must_use]
    pub fn document_token(&self, document: &Document, canonical: &[u8]) -> Option<Token<'_>> {
        let current = self.current.as_ref()?;
        let prf = mac(&current.document_keyed, &[document, canonical]);
        Some(self.checked(current.epoch, *prf.first_chunk()?))
    }

    /// A token that stands for no value: fully randomized, joined by nothing, recognized like any other. `None` as for
    /// [`Pseudonymizer::token`].
    #[must_use]
    pub fn random_token(&self, random: &mut Random) -> Option<Token<'_>> {
        Some(self.checked(self.current.as_ref()?.epoch, random.draw()))
    }

    fn checked(&self, epoch: u32, middle: [u8; MIDDLE]) -> Token<'_> {
        let checked = checked_bytes(epoch, self.check.id, middle);
        let mut bytes = [0; BYTES];
        let (head, tail) = bytes.split_at_mut(CHECKED);
        head.copy_from_slice(&checked);
        tail.copy_from_slice(&self.check.check(self.prefix.as_str(), &checked));
        Token { prefix: &self.prefix, bytes }
    }
}

#[inline(never)] // it is much code, for all that tokens, ids and offsets are made of
fn mac(keyed: &Keyed, message: &[&[u8]]) -> [u8; 32] {
    let mut mac = keyed.clone();
    for part in message {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for Pseudonymizer {
    /// The epoch and the prefix, and nothing derived from a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pseudonymizer")
            .field("prefix", &self.prefix.as_str())
            .field("epoch", &self.current.as_ref().map(|current| current.epoch))
            .finish_non_exhaustive()
    }
}
