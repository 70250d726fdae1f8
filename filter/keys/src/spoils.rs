//! Key material as an intruder finds it, put to every use that it could have. Not part of the module.
//!
//! What a key was issued for is a promise of ours and none of the intruder's. So every 32 bytes are tried as all that 32 bytes
//! can be: the key of an epoch, a root from which keys of epochs derive, the private half of a sealing key. Promises: tells
//! whether something opens and never what it held; what holds key bytes is wiped when it goes. Leaves to others: what
//! values are worth trying, and what is made of the answer.

use crate::derive::{self, Secret};
use crate::issued::{EpochKey, Issued};
use crate::key_text::{self, KeyError};
use crate::ring::{Binding, Domain, Key, Source};
use crate::seal::SealInfo;
use crate::token::{self, MIDDLE};
use crate::tokenize::Tokenized;
use crate::{OpeningKey, Purpose, Recognizer, Ring, Rotation};
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Key material from one or several places.
#[derive(Default)]
pub struct Spoils {
    /// Keys with what is known of them.
    keys: Vec<Arc<Key>>,
    /// Private halves, by epoch.
    private: Vec<(u32, OpeningKey)>,
    /// All of it once more, 32 bytes each, without what is known of them.
    pieces: Vec<Secret>,
}

impl Spoils {
    /// Takes what a host was issued.
    pub fn take_issued(&mut self, issued: &Issued) {
        for (_, key) in &issued.keys {
            self.take_key(key);
        }
    }

    /// Takes a standalone key as a host's environment has it. Every epoch derives from it.
    ///
    /// # Errors
    /// A host would not take it either.
    pub fn take_standalone(&mut self, text: &str) -> Result<(), KeyError> {
        let mut ring = Ring::default();
        ring.add_standalone("standalone", text, true)?;
        let bytes = key_text::read(text, true);
        ring.key("standalone", Purpose::Pseudonymize).into_iter().for_each(|key| self.take_key(key));
        if let Some(piece) = bytes.ok().as_ref().and_then(|bytes| bytes.first_chunk()) {
            self.take_piece(*piece);
        }
        Ok(())
    }

    /// Takes all that is left in a vault: the keys of every epoch that was not destroyed, private halves included.
    ///
    /// # Errors
    /// An entry does not unwrap.
    #[cfg(feature = "vault")]
    pub fn take_vault(&mut self, vault: &crate::vault::Vault) -> Result<(), crate::vault::VaultError> {
        for status in vault.status() {
            let name = &status.spec.name;
            if status.spec.purpose != Purpose::Seal {
                let ring = vault.ring(name)?;
                ring.key(name, status.spec.purpose).into_iter().for_each(|key| self.take_key(key));
                continue;
            }
            self.take_piece(*vault.check_secret(name)?);
            for epoch in status.epochs.iter().filter(|epoch| epoch.destroyed.is_none()) {
                self.take_piece(vault.public_half(name, epoch.epoch)?);
                if epoch.split.is_none() {
                    self.take_private_half(epoch.epoch, vault.private_half(name, epoch.epoch)?);
                }
            }
        }
        Ok(())
    }

    /// Takes the private half of an epoch's sealing key.
    pub fn take_private_half(&mut self, epoch: u32, private: Zeroizing<[u8; 32]>) {
        self.take_piece(*private);
        self.private.push((epoch, OpeningKey::new(private)));
    }

    /// Takes 32 bytes of which nothing is known.
    pub fn take_piece(&mut self, bytes: [u8; 32]) {
        let piece = Zeroizing::new(bytes);
        if !self.pieces.iter().any(|known| derive::same(known, &piece)) {
            self.pieces.push(piece);
        }
    }

    fn take_key(&mut self, key: &Arc<Key>) {
        if let Source::Standalone(root) = &key.source {
            self.take_piece(**root);
        }
        key.secrets().into_iter().for_each(|secret| self.take_piece(**secret));
        self.keys.push(Arc::clone(key));
    }

    /// How many different 32 bytes there are to try.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// Whether the very key is here that a token was made under, or the private half for a seal, as far as the text says. Of what
    /// is no token or seal of these keys and this domain, it is not.
    #[must_use]
    pub fn has_key_of(&self, text: &str, domain: Domain<'_>) -> bool {
        if let Some(info) = SealInfo::of_shape(text) {
            let is_it = |(epoch, key): &(u32, OpeningKey)| *epoch == info.epoch && key.id() == info.key_id;
            return self.private.iter().any(is_it);
        }
        self.keys.iter().filter(|key| key.purpose != Purpose::Seal).any(|key| {
            let info = Recognizer::new(std::iter::once(&**key), domain).recognize(text);
            info.is_some_and(|info| key.epoch_key(info.epoch).is_some())
        })
    }

    /// What may be the key of an epoch: with `known`, the keys that were made for an epoch of this number, else each piece as it is and
    /// what derives from it as from a root.
    #[must_use]
    pub fn guesses(&self, epoch: u32, known: bool) -> Guesses {
        let mut keys = Vec::new();
        if known {
            let made_for = self.keys.iter().filter(|key| key.purpose != Purpose::Seal);
            keys.extend(made_for.filter_map(|key| key.epoch_key(epoch)));
            let halves = self.private.iter().filter(|(of, _)| *of == epoch);
            let opening = halves.map(|(_, key)| key.clone()).collect();
            return Guesses { epoch, keys, opening };
        }
        for piece in &self.pieces {
            let roots = [piece.clone(), derive::standalone_root(piece.as_slice())];
            keys.extend(roots.iter().filter_map(|root| derive::epoch_key(root, epoch)));
            keys.push(piece.clone());
        }
        let opening = keys.iter().cloned().map(OpeningKey::new).collect();
        Guesses { epoch, keys, opening }
    }
}

/// What may be the key of one epoch.
pub struct Guesses {
    epoch: u32,
    keys: Vec<Secret>,
    opening: Vec<OpeningKey>,
}

impl Guesses {
    /// Rings that have a guess each, as a key without epochs of this name. The tokens that they make are right, if the guess is, but
    /// for key id and check.
    pub fn rings(&self, name: &str) -> impl Iterator<Item = Ring> {
        self.keys.iter().filter_map(move |secret| {
            let epochs =
                vec![EpochKey { epoch: self.epoch, not_before: 0, not_after: u64::MAX, key: secret.clone() }];
            let key = Key {
                purpose: Purpose::Pseudonymize,
                source: Source::Issued { rotation: Rotation::Never, epochs },
                check_secret: Zeroizing::new([0; 32]),
            };
            let mut ring = Ring::default();
            ring.add(name, Arc::new(key), true).ok().map(|()| ring)
        })
    }

    /// Whether a seal or a reversible token opens under one of them and one of these bindings.
    #[must_use]
    pub fn opens(&self, text: &str, bindings: &[Binding<'_>]) -> bool {
        if SealInfo::of_shape(text).is_some() {
            let opens = |key: &OpeningKey| {
                bindings.iter().any(|binding| key.open(text, binding.domain, binding.class).is_ok())
            };
            return self.opening.iter().any(opens);
        }
        Tokenized::parse(text).is_some_and(|token| {
            let opens = |key| bindings.iter().any(|binding| token.deciphered(key, binding).is_some());
            self.keys.iter().any(opens)
        })
    }
}

impl fmt::Debug for Guesses {
    /// How many there are, and of which epoch.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Guesses");
        shown.field("epoch", &self.epoch).field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Spoils {
    /// How much there is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spoils").field("pieces", &self.pieces.len()).finish_non_exhaustive()
    }
}

/// The epoch that a token, a reversible token or a seal says that it is of; genuine or not. None of any other text.
#[must_use]
pub fn epoch_of(text: &str) -> Option<u32> {
    let token = || token::TokenInfo::of_shape(text).map(|info| info.epoch);
    let reversible = || Tokenized::parse(text).map(|token| token.info().epoch);
    SealInfo::of_shape(text).map(|info| info.epoch).or_else(token).or_else(reversible)
}

/// The epoch of a token and the bytes that stand for its value: what a computed token is compared by when key id and check are
/// not known. None of a text that has not the shape of a token.
#[must_use]
pub fn stands_for(text: &str) -> Option<(u32, [u8; MIDDLE])> {
    let (prefix, bytes) = token::decode(text)?;
    let middle = bytes.get(token::CHECKED - MIDDLE..)?.first_chunk()?;
    Some((token::TokenInfo::of_bytes(prefix, &bytes).epoch, *middle))
}
