//! The keys that a host was given, by the name that the policy uses.

use crate::derive::{self, Secret};
use crate::issued::{EpochKey, IssuedEpoch, push_hex};
use crate::key_text::{self, KeyError, KeyProblem};
use crate::seal::Sessions;
use crate::{IpCipher, Prefix, Pseudonymizer, Purpose, Recognizer, Rotation, SealBinding, Sealer, Tokenizer};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Keys that a host was given. Cloning shares them; the bytes are wiped when the last clone and everything resolved from
/// it is gone.
#[derive(Clone, Default)]
pub struct Ring {
    keys: BTreeMap<String, Arc<Key>>,
    /// What the present minute is sealed with.
    sessions: Arc<Sessions>,
}

/// What a key is made of. The check secret stands beside the source of epoch keys because tokens must be recognized when
/// their epoch's key is long gone.
pub(crate) struct Key {
    /// What it serves. A standalone key is whatever the policy uses it for, but never a sealing key.
    pub(crate) purpose: Purpose,
    pub(crate) source: Source,
    pub(crate) check_secret: Secret,
}

/// Where the keys of epochs come from.
pub(crate) enum Source {
    /// They derive from this root, all of them.
    Standalone(Secret),
    /// They are independent of one another, and these are all that there are. Of sealing keys, public halves.
    Issued {
        /// How often they change.
        rotation: Rotation,
        /// In ascending order.
        epochs: Vec<EpochKey>,
    },
}

impl Key {
    pub(crate) fn standalone(key_bytes: &[u8]) -> Option<Self> {
        let root = derive::standalone_root(key_bytes);
        let check_secret = derive::check_secret(&root)?;
        Some(Self { purpose: Purpose::Pseudonymize, source: Source::Standalone(root), check_secret })
    }

    /// Number of the epoch whose key serves a payload of this time; none when there is no such key. An older or a newer one
    /// never stands in.
    pub(crate) fn epoch_at(&self, rotation: Rotation, unix_nanos: u64) -> Option<u32> {
        let epoch = rotation.epoch(unix_nanos)?;
        match &self.source {
            Source::Standalone(_) => Some(epoch),
            Source::Issued { rotation: issued, .. } if *issued != rotation => None,
            Source::Issued { epochs, .. } => {
                let serves = |key: &&EpochKey| {
                    key.holds(unix_nanos / 1_000_000_000)
                        && (rotation == Rotation::Never || key.epoch == epoch)
                };
                epochs.iter().find(serves).map(|key| key.epoch)
            }
        }
    }

    /// The key of an epoch by its number; none of an epoch that was not issued.
    pub(crate) fn epoch_key(&self, epoch: u32) -> Option<Secret> {
        match &self.source {
            Source::Standalone(root) => derive::epoch_key(root, epoch),
            Source::Issued { epochs, .. } => {
                epochs.iter().find(|key| key.epoch == epoch).map(|key| key.key.clone())
            }
        }
    }

    /// What is known of the epochs of an issued key, without the keys.
    pub(crate) fn epochs(&self) -> Vec<IssuedEpoch> {
        let Source::Issued { epochs, .. } = &self.source else { return Vec::new() };
        let told = epochs.iter().map(|key| {
            let value = derive::check_value(&key.key, self.purpose.word(), key.epoch, &self.check_secret);
            let mut check_value = String::new();
            push_hex(&value.unwrap_or_default(), &mut check_value);
            IssuedEpoch {
                epoch: key.epoch,
                not_before: key.not_before,
                not_after: key.not_after,
                check_value,
            }
        });
        told.collect()
    }

    /// All secrets that it holds as they were given, so that no two keys share one.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        let epochs: &[EpochKey] = match &self.source {
            Source::Standalone(_) => &[],
            Source::Issued { epochs, .. } => epochs,
        };
        std::iter::once(&self.check_secret).chain(epochs.iter().map(|key| &key.key)).collect()
    }
}

/// A pseudonymization domain as far as recognition goes: tokens of one are never taken for tokens of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Domain<'a> {
    /// Tenant; empty for none.
    pub tenant: &'a str,
    /// Recipient; empty for none.
    pub recipient: &'a str,
}

/// Everything that a token is bound to besides the value and the time. Equal values give equal tokens where all of it
/// but the prefix is equal, and unlinkable ones elsewhere.
#[derive(Debug, Clone)]
pub struct Binding<'a> {
    /// The policy's name for the key. The name itself is not bound: hops may call one key differently.
    pub key: &'a str,
    /// Tenant and recipient.
    pub domain: Domain<'a>,
    /// The class's name, so that one number used as a card and as an order id cannot be joined.
    pub class: &'a str,
    /// Name and version of the rule that made the value canonical, such as `email/1`: a new version gives new tokens
    /// instead of wrong joins.
    pub canonicalizer: &'a str,
    /// How often the key changes.
    pub rotation: Rotation,
    /// What stands before the `_`.
    pub prefix: Prefix,
}

impl Ring {
    /// Adds a standalone key under the policy's name for it.
    ///
    /// `text` is what the environment variable `FROSTGLASS_KEY_<NAME>` holds: hex or base64 (standard or URL alphabet,
    /// padded or not) of at least 32 random bytes. [`crate::DEMO_KEY`] is refused unless `allow_demo`, which hosts pass
    /// for a policy named `demo`.
    ///
    /// # Errors
    /// The text does not decode, is short or not random, is a published key, the name is taken, or another name has the same
    /// key.
    pub fn add_standalone(&mut self, name: &str, text: &str, allow_demo: bool) -> Result<(), KeyError> {
        let refused = |problem| KeyError { name: name.to_owned(), problem };
        let bytes = key_text::read(text, allow_demo).map_err(refused)?;
        let key = Key::standalone(&bytes).ok_or_else(|| refused(KeyProblem::Derivation))?;
        // The demo's policy may have several keys, and there is one demo key.
        let may_share = allow_demo && key_text::is_demo(&bytes);
        self.add(name, Arc::new(key), may_share).map_err(refused)
    }

    pub(crate) fn add(&mut self, name: &str, key: Arc<Key>, may_share: bool) -> Result<(), KeyProblem> {
        if self.contains(name) {
            return Err(KeyProblem::Twice);
        }
        let known: Vec<&Secret> = self.keys.values().flat_map(|key| key.secrets()).collect();
        if !may_share && key.secrets().iter().any(|new| known.iter().any(|old| derive::same(new, old))) {
            return Err(KeyProblem::Shared);
        }
        self.keys.insert(name.to_owned(), key);
        Ok(())
    }

    /// A key for one use; none under that name, or one that serves another.
    pub(crate) fn key(&self, name: &str, purpose: Purpose) -> Option<&Arc<Key>> {
        let serves = |key: &&Arc<Key>| match key.source {
            Source::Standalone(_) => purpose != Purpose::Seal,
            Source::Issued { .. } => key.purpose == purpose,
        };
        self.keys.get(name).filter(serves)
    }

    /// Whether the host was given a key of this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.keys.contains_key(name)
    }

    /// Names of the keys, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// Adds the public half of a sealing key for one epoch, with the check secret that goes with it: what tests have in the
    /// place of a vault.
    #[cfg(any(test, feature = "open"))]
    pub fn add_sealing_key(
        &mut self,
        name: &str,
        rotation: Rotation,
        epoch: u32,
        public: [u8; 32],
        check_secret: [u8; 32],
    ) -> Result<(), KeyError> {
        let length = u64::from(rotation.seconds().unwrap_or(0));
        let key = EpochKey {
            epoch,
            not_before: u64::from(epoch) * length,
            not_after: rotation.seconds().map_or(u64::MAX, |_| u64::from(epoch + 1) * length),
            key: zeroize::Zeroizing::new(public),
        };
        let key = Key {
            purpose: Purpose::Seal,
            source: Source::Issued { rotation, epochs: vec![key] },
            check_secret: zeroize::Zeroizing::new(check_secret),
        };
        self.add(name, Arc::new(key), true).map_err(|problem| KeyError { name: name.to_owned(), problem })
    }

    /// Resolves what seals values of a class; `None` when the host was not given the key.
    #[must_use]
    pub fn sealer(&self, binding: &SealBinding<'_>) -> Option<Sealer> {
        let key = self.key(binding.key, Purpose::Seal)?;
        Sealer::new(Arc::clone(key), Arc::clone(&self.sessions), binding)
    }

    /// Resolves what makes tokens, once for all values of a class; `None` when the host was not given the key.
    #[must_use]
    pub fn pseudonymizer(&self, binding: &Binding<'_>) -> Option<Pseudonymizer> {
        Pseudonymizer::new(Arc::clone(self.key(binding.key, Purpose::Pseudonymize)?), binding)
    }

    /// Resolves what makes reversible tokens, once for all values of a class; `None` when the host was not given the key.
    #[must_use]
    pub fn tokenizer(&self, binding: &Binding<'_>) -> Option<Tokenizer> {
        Tokenizer::new(Arc::clone(self.key(binding.key, Purpose::Tokenize)?), binding)
    }

    /// Resolves what encrypts addresses, once for all values of a class; `None` when the host was not given the key.
    #[must_use]
    pub fn ip_cipher(&self, binding: &Binding<'_>) -> Option<IpCipher> {
        IpCipher::new(Arc::clone(self.key(binding.key, Purpose::Tokenize)?), binding)
    }

    /// The value that a reversible token stands for; `None` if it was not made under this key and binding, or its epoch's
    /// key is gone.
    #[cfg(any(test, feature = "open"))]
    #[must_use]
    pub fn untokenize(&self, binding: &Binding<'_>, text: &str) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        crate::tokenize::Tokenized::parse(text)?.value(self.key(binding.key, Purpose::Tokenize)?, binding)
    }

    /// The address that an encrypted one of an epoch stands for. Any address stands for one: nothing tells whether it was
    /// made under this key and binding.
    #[cfg(any(test, feature = "open"))]
    #[must_use]
    pub fn decrypt_ip(
        &self,
        binding: &Binding<'_>,
        epoch: u32,
        encrypted: std::net::IpAddr,
    ) -> Option<std::net::IpAddr> {
        crate::ip::decrypt(self.key(binding.key, Purpose::Tokenize)?, binding, epoch, encrypted)
    }

    /// Resolves what recognizes tokens of a domain, made under any key of this ring.
    #[must_use]
    pub fn recognizer(&self, domain: Domain<'_>) -> Recognizer {
        Recognizer::new(self.keys.values().map(Arc::as_ref), domain)
    }

    /// Adds a key without looking at its quality: published vectors use keys that a host must refuse.
    #[cfg(test)]
    pub(crate) fn add_unchecked(&mut self, name: &str, bytes: &[u8]) {
        self.keys.insert(name.to_owned(), Arc::new(Key::standalone(bytes).unwrap()));
    }
}

impl fmt::Debug for Ring {
    /// Names only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEMO_KEY;

    /// Scenario: somebody prints a ring in a log line at night.
    /// Guarantees: names, and nothing that was derived from a key or is one.
    #[test]
    fn printing_a_ring_shows_names_only() {
        let mut ring = Ring::default();
        ring.add_standalone("ids", DEMO_KEY, true).unwrap();
        assert_eq!(format!("{ring:?}"), r#"{"ids"}"#);
    }

    /// Scenario: a host reads one name from two places.
    /// Guarantees: refused, instead of one key silently winning.
    #[test]
    fn a_name_is_taken_once() {
        let mut ring = Ring::default();
        ring.add_standalone("ids", DEMO_KEY, true).unwrap();
        let error = ring.add_standalone("ids", DEMO_KEY, true).unwrap_err();
        assert_eq!(error.to_string(), "key `ids`: is given twice");
    }
}
