//! Tells tokens of ours from everything else, so that a value is treated once on its way through several hosts.

use crate::derive::{self, Keyed};
use crate::ring::{Domain, Key};
use crate::token::{CHECKED, TokenInfo, decode};
use hmac::Mac;
use std::fmt;
use subtle::ConstantTimeEq;

/// The key under which the tokens of a pseudonymization domain are checked, and the byte that tells it from others.
#[derive(Clone)]
pub(crate) struct CheckKey {
    pub(crate) id: u8,
    pub(crate) state: Keyed,
}

impl CheckKey {
    pub(crate) fn new(key: &Key, domain: Domain<'_>) -> Option<Self> {
        let parties = derive::length_prefixed(&[domain.tenant, domain.recipient])?;
        Some(Self {
            id: derive::key_id(&key.check_secret, &parties)?,
            state: derive::keyed(&derive::check_key(&key.check_secret, &parties)?)?,
        })
    }
}

/// Recognizes the tokens of one tenant and recipient, of any class, prefix and epoch, under any key of a ring.
#[derive(Clone, Default)]
pub struct Recognizer {
    checks: Vec<CheckKey>,
}

impl Recognizer {
    pub(crate) fn new<'k>(keys: impl Iterator<Item = &'k Key>, domain: Domain<'_>) -> Self {
        Self { checks: keys.filter_map(|key| CheckKey::new(key, domain)).collect() }
    }

    /// What the token says if the whole of `text` is a genuine one. Anything else is raw: a look-alike, a token of
    /// another domain or key, a token with so much as one character changed.
    ///
    /// Costs two comparisons for nearly every text, base32 for one that looks like a token, and an HMAC for one that
    /// also bears the id of a known key.
    #[must_use]
    pub fn recognize<'t>(&self, text: &'t str) -> Option<TokenInfo<'t>> {
        let (prefix, bytes) = decode(text)?;
        let info = TokenInfo::of_bytes(prefix, &bytes);
        let (checked, claimed) = bytes.split_at(CHECKED);
        let genuine = self.checks.iter().filter(|check| check.id == info.key_id).any(|check| {
            let mut state = check.state.clone();
            state.update(prefix.as_bytes());
            state.update(b"_");
            state.update(checked);
            let expected = state.finalize().into_bytes();
            // Constant time, so that answers cannot be timed into a forgery byte by byte.
            expected.get(..claimed.len()).is_some_and(|expected| expected.ct_eq(claimed).into())
        });
        genuine.then_some(info)
    }
}

impl fmt::Debug for Recognizer {
    /// How many keys, and nothing derived from one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recognizer").field("keys", &self.checks.len()).finish_non_exhaustive()
    }
}
