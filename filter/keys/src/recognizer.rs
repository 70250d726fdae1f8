//! Tells tokens and seals of ours from everything else, so that a value is treated once on its way through several hosts.

use crate::derive;
use crate::ring::{Domain, Key};
use crate::seal::{PREFIX, Sealed};
use crate::token::{CHECK, CHECKED, TokenInfo, decode};
use crate::tokenize::Tokenized;
use siphasher::sip::SipHasher24;
use std::fmt;
use std::hash::Hasher;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The key under which the tokens of a pseudonymization domain are checked, and the byte that tells it from others.
#[derive(Clone)]
pub(crate) struct CheckKey {
    pub(crate) id: u8,
    key: Zeroizing<[u8; 16]>,
}

impl CheckKey {
    pub(crate) fn new(key: &Key, domain: Domain<'_>) -> Option<Self> {
        let parties = derive::length_prefixed(&[domain.tenant, domain.recipient])?;
        Some(Self {
            id: derive::key_id(&key.check_secret, &parties)?,
            key: derive::check_key(&key.check_secret, &parties)?,
        })
    }

    /// The check of something longer, in all 64 bits.
    pub(crate) fn whole(&self, prefix: &str, checked: &[u8]) -> [u8; 8] {
        let mut state = SipHasher24::new_with_key(&self.key);
        state.write(prefix.as_bytes());
        state.write(checked);
        state.finish().to_le_bytes()
    }

    /// The check of a token. It covers every byte of the text: the prefix as it stands, and the body up to the check.
    ///
    /// Keyed anew each time, which is four exclusive ors: the hasher cannot wipe itself, so none is kept.
    pub(crate) fn check(&self, prefix: &str, checked: &[u8]) -> [u8; CHECK] {
        let mut state = SipHasher24::new_with_key(&self.key);
        state.write(prefix.as_bytes());
        state.write(b"_");
        state.write(checked);
        let [a, b, c, d, e, ..] = state.finish().to_le_bytes();
        [a, b, c, d, e]
    }
}

/// Recognizes the tokens and seals of one tenant and recipient, of any class, prefix and epoch, under any key of a ring.
#[derive(Clone, Default)]
pub struct Recognizer {
    checks: Vec<CheckKey>,
}

impl Recognizer {
    pub(crate) fn new<'k>(keys: impl Iterator<Item = &'k Key>, domain: Domain<'_>) -> Self {
        Self { checks: keys.filter_map(|key| CheckKey::new(key, domain)).collect() }
    }

    /// What the token or seal says if the whole of `text` is a genuine one. Anything else is raw: a look-alike, a token of
    /// another domain or key, a token with so much as one character changed.
    ///
    /// Costs two comparisons for nearly every text, base32 for one that looks like a token, and a SipHash for one
    /// that also bears the id of a known key.
    #[must_use]
    pub fn recognize<'t>(&self, text: &'t str) -> Option<TokenInfo<'t>> {
        if text.starts_with(PREFIX) && text.len() > PREFIX.len() + 32 {
            return self.recognize_seal(text);
        }
        let Some((prefix, bytes)) = decode(text) else { return self.recognize_tokenized(text) };
        let info = TokenInfo::of_bytes(prefix, &bytes);
        let (checked, claimed) = bytes.split_at(CHECKED);
        let genuine = self.checks.iter().filter(|check| check.id == info.key_id).any(|check| {
            // Constant time, so that answers cannot be timed into a forgery byte by byte.
            check.check(prefix, checked).ct_eq(claimed).into()
        });
        genuine.then_some(info)
    }

    /// The same for a reversible token, of which the present hop may lack the epoch's key: its check tells.
    fn recognize_tokenized<'t>(&self, text: &'t str) -> Option<TokenInfo<'t>> {
        let token = Tokenized::parse(text)?;
        let (checked, claimed) = token.checked();
        let info = token.info();
        let mut known = self.checks.iter().filter(|check| check.id == info.key_id);
        known.any(|check| check.whole(token.before, checked).ct_eq(&claimed).into()).then_some(info)
    }

    /// The same for a seal. Its key is public, so what tells it from a look-alike is the check of any key of the ring.
    fn recognize_seal(&self, text: &str) -> Option<TokenInfo<'static>> {
        let sealed = Sealed::parse(text)?;
        let (checked, claimed) = sealed.checked();
        let genuine = self.checks.iter().any(|check| check.whole(PREFIX, checked).ct_eq(&claimed).into());
        genuine.then(|| sealed.token_info())
    }
}

impl fmt::Debug for Recognizer {
    /// How many keys, and nothing derived from one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recognizer").field("keys", &self.checks.len()).finish_non_exhaustive()
    }
}
