//! Reversible tokens: a value that whoever holds the key can read again. A host that makes them can read them, too.
//!
//! AES-SIV (RFC 5297), so equal values have equal tokens and no nonce can go wrong. The format is specified in
//! `docs/reference/tokens.md`. Promises: as for tokens, one text for one token, and nothing without a key.

use crate::derive::{self, Secret};
use crate::recognizer::CheckKey;
use crate::ring::{Binding, Key};
use crate::token::{self, MAX_EPOCH, TokenInfo};
use crate::{Prefix, Rotation, base32};
use aes_siv::KeyInit;
use aes_siv::siv::Aes128Siv;
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;
#[cfg(any(test, feature = "open"))]
use zeroize::Zeroizing;

/// The version that this code writes and reads; pseudonyms have version 1.
const VERSION: u8 = 2;
/// Bytes of version, epoch and key id.
const HEAD: usize = 5;
/// Bytes of the synthetic initialization vector.
const SIV: usize = 16;
const CHECK: usize = 8;
/// Bytes beside those of the padded value.
const AROUND: usize = HEAD + SIV + CHECK;
/// Lengths of padded values: this much more each.
const STEP: usize = 20;
/// What a padded value lacks to a multiple of [`STEP`], so that the whole fills groups of base32.
const SHORT_OF: usize = 4;
/// Characters of the shortest body.
const SHORTEST: usize = (AROUND + STEP - SHORT_OF) / base32::BYTES * base32::CHARS;
/// First byte behind a value, before zeros (ISO/IEC 7816-4).
const END: u8 = 0x80;

/// Makes reversible tokens of values of one class. Resolved once by [`crate::Ring::tokenizer`].
///
/// Must be told the time once a payload, so that a payload falls into exactly one epoch.
pub struct Tokenizer {
    key: Arc<Key>,
    domain: Vec<u8>,
    rotation: Rotation,
    prefix: Prefix,
    check: CheckKey,
    current: Option<Current>,
}

/// The cipher of the present epoch. It keeps the state of a MAC between its steps, so it wants to be borrowed.
struct Current {
    epoch: u32,
    cipher: RefCell<Aes128Siv>,
}

impl Tokenizer {
    pub(crate) fn new(key: Arc<Key>, binding: &Binding<'_>) -> Option<Self> {
        let Binding { domain, rotation, ref prefix, .. } = *binding;
        let check = CheckKey::new(&key, domain)?;
        let domain = bound(binding)?;
        Some(Self { key, domain, rotation, prefix: prefix.clone(), check, current: None })
    }

    /// Takes the time of a payload, in nanoseconds since 1970. Derives a key when the epoch changed, and nothing else. Says whether it did.
    pub fn turn_to(&mut self, unix_nanos: u64) -> bool {
        let epoch = self.key.epoch_at(self.rotation, unix_nanos);
        let before = self.current.as_ref().map(|current| current.epoch);
        if epoch.is_some() && epoch == before {
            return false;
        }
        self.current = epoch.and_then(|epoch| {
            let cipher = cipher(&self.key.epoch_key(epoch)?, &self.domain)?;
            Some(Current { epoch, cipher: RefCell::new(cipher) })
        });
        before != self.current.as_ref().map(|current| current.epoch)
    }

    /// Appends the token of a value; `None`, and nothing is written, when there is no key for the present epoch.
    pub fn tokenize(&self, value: &[u8], out: &mut String) -> Option<()> {
        let current = self.current.as_ref()?;
        let head = head(current.epoch, self.check.id);
        let padded = (value.len() + 1 + SHORT_OF).next_multiple_of(STEP) - SHORT_OF;
        let mut bytes = Vec::with_capacity(AROUND + padded);
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&[0; SIV]);
        bytes.extend_from_slice(value);
        bytes.push(END);
        bytes.resize(HEAD + SIV + padded, 0);
        let text = bytes.get_mut(HEAD + SIV..)?;
        let siv = current
            .cipher
            .borrow_mut()
            .encrypt_inout_detached([&head[..], &self.domain], text.into())
            .ok()?;
        bytes.get_mut(HEAD..HEAD + SIV)?.copy_from_slice(&siv);
        let start = out.len();
        out.push_str(self.prefix.as_str());
        out.push('_');
        let check = self.check.whole(out.get(start..)?, &bytes);
        bytes.extend_from_slice(&check);
        base32::push(&bytes, out);
        Some(())
    }
}

impl fmt::Debug for Tokenizer {
    /// The epoch and the prefix, and nothing derived from a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokenizer")
            .field("prefix", &self.prefix.as_str())
            .field("epoch", &self.current.as_ref().map(|current| current.epoch))
            .finish_non_exhaustive()
    }
}

/// Whether a text has the shape of a reversible token, genuine or not.
#[cfg(any(test, feature = "open"))]
#[must_use]
pub fn is_tokenized(text: &str) -> bool {
    Tokenized::parse(text).is_some()
}

/// The parts of a text that has the shape of a reversible token.
pub(crate) struct Tokenized<'t> {
    /// What stands before the body, `_` included.
    pub(crate) before: &'t str,
    bytes: Vec<u8>,
}

impl<'t> Tokenized<'t> {
    /// A look at the length and some of the first bytes turns away nearly every text.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        if text.len() < SHORTEST + 2 {
            return None;
        }
        let at = text.bytes().take(Prefix::MAX + 1).position(|byte| byte == b'_')?;
        let (before, body) = text.split_at_checked(at + 1)?;
        if !token::is_prefix(before.as_bytes().get(..at)?) {
            return None;
        }
        let bytes = base32::decode(body.as_bytes())?;
        let padded = bytes.len().checked_sub(AROUND)?;
        let shaped = (padded + SHORT_OF).is_multiple_of(STEP) && padded > 0 && bytes.first()? >> 4 == VERSION;
        shaped.then_some(Self { before, bytes })
    }

    pub(crate) fn info(&self) -> TokenInfo<'t> {
        let [a, b, c, d, key_id] = self.bytes.first_chunk().copied().unwrap_or_default();
        let epoch = u32::from_be_bytes([a, b, c, d]) & MAX_EPOCH;
        TokenInfo { prefix: self.before.strip_suffix('_').unwrap_or(self.before), epoch, key_id }
    }

    /// What the check covers beside what stands before, and the check.
    pub(crate) fn checked(&self) -> (&[u8], [u8; CHECK]) {
        let (checked, check) = self.bytes.split_last_chunk().unwrap_or((&[], &[0; CHECK]));
        (checked, *check)
    }

    /// The value, if `key` made the token under this binding.
    #[cfg(any(test, feature = "open"))]
    pub(crate) fn value(&self, key: &Key, binding: &Binding<'_>) -> Option<Zeroizing<Vec<u8>>> {
        let info = self.info();
        let domain = bound(binding)?;
        let (checked, check) = self.checked();
        let key_of_check = CheckKey::new(key, binding.domain)?;
        if key_of_check.id != info.key_id || key_of_check.whole(self.before, checked) != check {
            return None;
        }
        self.opened(&key.epoch_key(info.epoch)?, &domain)
    }

    /// The value, if this is the key of its epoch, whatever the check says: the cipher itself tells.
    #[cfg(any(test, feature = "open"))]
    pub(crate) fn deciphered(&self, epoch_key: &Secret, binding: &Binding<'_>) -> Option<Zeroizing<Vec<u8>>> {
        self.opened(epoch_key, &bound(binding)?)
    }

    #[cfg(any(test, feature = "open"))]
    fn opened(&self, epoch_key: &Secret, domain: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (checked, _) = self.checked();
        let siv = checked.get(HEAD..)?.first_chunk::<SIV>().copied()?;
        let mut value = Zeroizing::new(checked.get(HEAD + SIV..)?.to_vec());
        cipher(epoch_key, domain)?
            .decrypt_inout_detached([checked.get(..HEAD)?, domain], value.as_mut_slice().into(), &siv.into())
            .ok()?;
        let end = value.iter().rposition(|byte| *byte != 0).filter(|at| value.get(*at) == Some(&END))?;
        value.truncate(end);
        Some(value)
    }
}

fn cipher(epoch_key: &Secret, domain: &[u8]) -> Option<Aes128Siv> {
    let key = derive::tokenize_key(epoch_key, domain)?;
    Some(Aes128Siv::new(&(*key).into()))
}

/// Version, epoch and key id.
fn head(epoch: u32, key_id: u8) -> [u8; HEAD] {
    let [a, b, c, d] = ((u32::from(VERSION) << 28) | (epoch & MAX_EPOCH)).to_be_bytes();
    [a, b, c, d, key_id]
}

fn bound(binding: &Binding<'_>) -> Option<Vec<u8>> {
    let Binding { domain, class, canonicalizer, .. } = *binding;
    derive::length_prefixed(&[domain.tenant, domain.recipient, class, canonicalizer])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Domain, Ring};
    use serde_json::Value;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../tests/vectors/tokenized.json")).unwrap()
    }

    fn text<'v>(case: &'v Value, member: &str) -> &'v str {
        case[member].as_str().unwrap()
    }

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    fn ring(case: &Value) -> Ring {
        let mut ring = Ring::default();
        ring.add_unchecked("back", &unhex(text(case, "key")));
        ring
    }

    fn binding(case: &Value) -> Binding<'_> {
        let seconds = case["epoch_seconds"].as_u64().map(|seconds| seconds as u32);
        Binding {
            key: "back",
            domain: Domain { tenant: text(case, "tenant"), recipient: text(case, "recipient") },
            class: text(case, "class"),
            canonicalizer: "exact/1",
            rotation: seconds.map_or(Rotation::Never, |seconds| Rotation::every(seconds).unwrap()),
            prefix: Prefix::parse(case["prefix"].as_str().unwrap_or("t")).unwrap(),
        }
    }

    fn nanos(case: &Value) -> u64 {
        case["epoch"].as_u64().unwrap() * case["epoch_seconds"].as_u64().unwrap_or(0) * 1_000_000_000
    }

    /// Scenario: every reversible token of the file.
    /// Guarantees: the text is the one that the specification gives, it is recognized, and turns back.
    #[test]
    fn tokens_agree_with_the_specification() {
        for case in vectors()["tokens"].as_array().unwrap() {
            let name = text(case, "name");
            let value = match case["hex"].as_str() {
                Some(hex) => unhex(hex),
                None => text(case, "value").repeat(case["times"].as_u64().unwrap_or(1) as usize).into_bytes(),
            };
            let mut tokenizer = ring(case).tokenizer(&binding(case)).unwrap();
            tokenizer.turn_to(nanos(case));
            let mut token = String::new();
            tokenizer.tokenize(&value, &mut token).unwrap();
            assert_eq!(token, text(case, "token"), "{name}");
            assert_eq!(**ring(case).untokenize(&binding(case), &token).unwrap(), value, "{name}");
            let info = ring(case).recognizer(binding(case).domain).recognize(&token).map(|info| info.epoch);
            assert_eq!(info, Some(case["epoch"].as_u64().unwrap() as u32), "{name}");
        }
    }

    /// Scenario: tokens that were changed, of others, or in the shape of another kind.
    /// Guarantees: none turns back, and none is recognized but for those that only the class tells apart.
    #[test]
    fn what_is_not_ours_is_raw() {
        for case in vectors()["bad"].as_array().unwrap() {
            let why = text(case, "why");
            assert_eq!(ring(case).untokenize(&binding(case), text(case, "text")), None, "{why}");
            let recognizer = ring(case).recognizer(binding(case).domain);
            let recognized = recognizer.recognize(text(case, "text")).is_some();
            assert_eq!(recognized, case["recognized"].as_bool().unwrap(), "{why}");
        }
    }

    /// Scenario: the encrypted addresses of the file.
    /// Guarantees: the address is the one that the specification gives, and turns back.
    #[test]
    fn addresses_agree_with_the_specification() {
        for case in vectors()["addresses"].as_array().unwrap() {
            let mut cipher = ring(case).ip_cipher(&binding(case)).unwrap();
            let address = text(case, "address").parse().unwrap();
            assert_eq!(cipher.encrypt(address), None);
            cipher.turn_to(nanos(case));
            let encrypted = cipher.encrypt(address).unwrap();
            assert_eq!(encrypted.to_string(), text(case, "encrypted"));
            let epoch = case["epoch"].as_u64().unwrap() as u32;
            assert_eq!(ring(case).decrypt_ip(&binding(case), epoch, encrypted), Some(address));
        }
    }

    /// Scenario: the key rotates; the clock is beyond all epochs; no key.
    /// Guarantees: another token that turns back too; else nothing is written.
    #[test]
    fn epochs_have_keys_of_their_own() {
        let vectors = vectors();
        let case = &vectors["tokens"][0];
        let binding = Binding { rotation: Rotation::every(60).unwrap(), ..binding(case) };
        let mut tokenizer = ring(case).tokenizer(&binding).unwrap();
        let mut at = |nanos| {
            let mut token = String::new();
            tokenizer.turn_to(nanos);
            let made = tokenizer.tokenize(b"ann", &mut token);
            assert_eq!(made.is_some(), !token.is_empty());
            made.map(|()| token)
        };
        let (first, second) = (at(0).unwrap(), at(60_000_000_000).unwrap());
        assert_ne!(first, second);
        for token in [&first, &second] {
            assert_eq!(**ring(case).untokenize(&binding, token).unwrap(), *b"ann");
        }
        assert_eq!(at(u64::MAX), None);
        assert_eq!(at(0), Some(first));
        assert!(Ring::default().tokenizer(&binding).is_none());
    }

    proptest::proptest! {
        /// Scenario: any value, any text.
        /// Guarantees: what was made turns back; equal values give equal tokens; reading never panics.
        #[test]
        fn what_was_made_turns_back(value: Vec<u8>, text in "\\PC{0,90}|t_[a-z2-7]{72}|t_e[a-z2-7]{71}") {
            let vectors = vectors();
            let case = &vectors["tokens"][0];
            let mut tokenizer = ring(case).tokenizer(&binding(case)).unwrap();
            tokenizer.turn_to(0);
            let (mut one, mut other) = (String::new(), String::new());
            tokenizer.tokenize(&value, &mut one).unwrap();
            tokenizer.tokenize(&value, &mut other).unwrap();
            proptest::prop_assert_eq!(&one, &other);
            proptest::prop_assert_eq!(&*ring(case).untokenize(&binding(case), &one).unwrap(), &value);
            proptest::prop_assert!(ring(case).untokenize(&binding(case), &text).is_none());
        }
    }
}
