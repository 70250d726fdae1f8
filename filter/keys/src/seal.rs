//! Seals: a value that only the holder of a private key can read, and no host holds that.
//!
//! The format is specified in `docs/reference/seals.md`, with vectors in `tests/vectors/seals.json`. One encapsulation
//! (HPKE, RFC 9180) serves a minute; each value carries it along, since batches are split and lost. Promises: without
//! randomness or key nothing is sealed and nothing is written; what was sealed before the present minute opens with
//! nothing that is left in memory, as far as a process can wipe; one text for one sealed value.

use crate::derive::{self, Secret};
use crate::hpke::{self, KEY};
use crate::recognizer::CheckKey;
use crate::ring::{Domain, Key};
use crate::token::{MAX_EPOCH, TokenInfo};
use crate::{Random, Rotation, base32};
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// What the text of a seal begins with.
pub(crate) const PREFIX: &str = "sealed_";
/// The version that this code writes and reads.
const VERSION: u8 = 1;
/// Bytes of version, epoch and key id.
const HEAD: usize = 5;
const NONCE: usize = 12;
const TAG: usize = 16;
const CHECK: usize = 8;
/// Bytes beside those of the padded value.
const AROUND: usize = HEAD + KEY + NONCE + TAG + CHECK;
/// Lengths of padded values: this much more each, which fills groups of base32.
const STEP: usize = 20;
/// What a padded value lacks to a multiple of [`STEP`], so that the whole fills groups of base32.
const SHORT_OF: usize = 3;
/// First byte behind a value, before zeros (ISO/IEC 7816-4).
const END: u8 = 0x80;
/// Values sealed under one encapsulation: with random nonces of 96 bits, two are the same with probability 2^-49.
const MOST: u32 = 1 << 24;
const NANOS_OF_A_MINUTE: u64 = 60_000_000_000;

/// What a seal is bound to besides the value: opened under another name for any of it, it does not open.
#[derive(Debug, Clone, Copy)]
pub struct SealBinding<'a> {
    /// The policy's name for the sealing key. The name itself is not bound.
    pub key: &'a str,
    /// Tenant and recipient.
    pub domain: Domain<'a>,
    /// The class's name.
    pub class: &'a str,
    /// How often the sealing key changes.
    pub rotation: Rotation,
}

/// One encapsulation.
struct Session {
    public: [u8; KEY],
    minute: u64,
    encapsulated: [u8; KEY],
    key: Secret,
    sealed: u32,
}

impl Session {
    fn begin(public: [u8; KEY], minute: u64, random: &mut Random) -> Option<Self> {
        let ephemeral = Zeroizing::new(random.draw());
        let (encapsulated, shared) = hpke::encapsulate(&public, &ephemeral)?;
        Some(Self { public, minute, encapsulated, key: value_key(&shared)?, sealed: 0 })
    }
}

/// The encapsulations of the present minute, one to each public half: all sealers of a ring share them.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<Vec<Session>>);

impl Sessions {
    /// The sessions, also if a thread ended while it held them: each is written in one go.
    fn lock(&self) -> MutexGuard<'_, Vec<Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Seals values of one class. Resolved once by [`crate::Ring::sealer`].
///
/// Must be told the time once a payload, so that a payload falls into exactly one epoch and minute.
pub struct Sealer {
    key: Arc<Key>,
    sessions: Arc<Sessions>,
    rotation: Rotation,
    /// Tenant, recipient and class, length-prefixed.
    binding: Vec<u8>,
    check: CheckKey,
    minute: u64,
    current: Option<Current>,
}

/// The public half of the present epoch.
struct Current {
    epoch: u32,
    public: [u8; KEY],
    associated: Vec<u8>,
}

impl Sealer {
    pub(crate) fn new(key: Arc<Key>, sessions: Arc<Sessions>, binding: &SealBinding<'_>) -> Option<Self> {
        let SealBinding { domain, class, rotation, .. } = *binding;
        let check = CheckKey::new(&key, domain)?;
        let binding = bound(domain, class)?;
        Some(Self { key, sessions, rotation, binding, check, minute: 0, current: None })
    }

    /// Takes the time of a payload, in nanoseconds since 1970. Wipes what an earlier minute left. Says whether the epoch changed.
    pub fn turn_to(&mut self, unix_nanos: u64) -> bool {
        self.minute = unix_nanos / NANOS_OF_A_MINUTE;
        self.sessions.lock().retain(|session| session.minute == self.minute);
        let epoch = self.key.epoch_at(self.rotation, unix_nanos);
        let before = self.current.as_ref().map(|current| current.epoch);
        if epoch.is_some() && epoch == before {
            return false;
        }
        self.current = epoch.and_then(|epoch| {
            let public = *self.key.epoch_key(epoch)?;
            let associated = [&head(epoch, key_id(&public))[..], &self.binding].concat();
            Some(Current { epoch, public, associated })
        });
        before != self.current.as_ref().map(|current| current.epoch)
    }

    /// Appends the sealed value; `None`, and nothing is written, when there is no key for the present epoch.
    pub fn seal(&self, value: &[u8], random: &mut Random, out: &mut String) -> Option<()> {
        let Current { public, associated, .. } = self.current.as_ref()?;
        let mut sessions = self.sessions.lock();
        let serves = |session: &Session| {
            session.public == *public && session.minute == self.minute && session.sealed < MOST
        };
        if !sessions.iter().any(serves) {
            sessions.retain(|session| session.public != *public);
            sessions.push(Session::begin(*public, self.minute, random)?);
        }
        let session = sessions.iter_mut().find(|session| serves(session))?;
        session.sealed += 1;

        let nonce: [u8; NONCE] = random.draw();
        let padded = padded_len(value.len());
        let mut bytes = Vec::with_capacity(AROUND + padded);
        bytes.extend_from_slice(associated.get(..HEAD)?);
        bytes.extend_from_slice(&session.encapsulated);
        bytes.extend_from_slice(&nonce);
        let at = bytes.len();
        bytes.extend_from_slice(value);
        bytes.push(END);
        bytes.resize(at + padded, 0);
        let tag = ChaCha20Poly1305::new(&(*session.key).into())
            .encrypt_inout_detached(&nonce.into(), associated, bytes.get_mut(at..)?.into())
            .ok()?;
        drop(sessions);
        bytes.extend_from_slice(&tag);
        let check = self.check.whole(PREFIX, &bytes);
        bytes.extend_from_slice(&check);
        out.push_str(PREFIX);
        base32::push(&bytes, out);
        Some(())
    }
}

impl fmt::Debug for Sealer {
    /// The epoch, and nothing derived from a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let epoch = self.current.as_ref().map(|current| current.epoch);
        f.debug_struct("Sealer").field("epoch", &epoch).finish_non_exhaustive()
    }
}

/// What a seal says about itself to anybody who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealInfo {
    /// Number of the epoch whose key opens it; 0 for a key without epochs.
    pub epoch: u32,
    /// First byte of a digest of the public half.
    pub key_id: u8,
}

impl SealInfo {
    /// Reads a text that has the shape of a seal, genuine or not.
    #[must_use]
    pub fn of_shape(text: &str) -> Option<Self> {
        Some(Sealed::parse(text)?.info())
    }
}

/// The parts of a text that has the shape of a seal.
pub(crate) struct Sealed {
    bytes: Vec<u8>,
}

impl Sealed {
    /// One comparison turns away nearly every text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = base32::decode(text.strip_prefix(PREFIX)?.as_bytes())?;
        let padded = bytes.len().checked_sub(AROUND)?;
        let shaped = (padded + SHORT_OF).is_multiple_of(STEP) && bytes.first()? >> 4 == VERSION;
        shaped.then_some(Self { bytes })
    }

    pub(crate) fn info(&self) -> SealInfo {
        let [a, b, c, d, key_id] = self.array(0);
        SealInfo { epoch: u32::from_be_bytes([a, b, c, d]) & MAX_EPOCH, key_id }
    }

    pub(crate) fn token_info(&self) -> TokenInfo<'static> {
        let SealInfo { epoch, key_id } = self.info();
        TokenInfo { prefix: "sealed", epoch, key_id }
    }

    /// What the check covers beside the prefix, and the check.
    pub(crate) fn checked(&self) -> (&[u8], [u8; CHECK]) {
        let at = self.bytes.len() - CHECK;
        (self.bytes.get(..at).unwrap_or_default(), self.array(at))
    }

    /// `N` bytes from `at` on.
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        self.bytes.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; N])
    }

    #[cfg(any(test, feature = "open"))]
    pub(crate) fn encapsulated(&self) -> [u8; KEY] {
        self.array(HEAD)
    }

    /// The value, if `key` sealed it for this domain and class.
    #[cfg(any(test, feature = "open"))]
    pub(crate) fn value(&self, key: &Secret, domain: Domain<'_>, class: &str) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; NONCE] = self.array(HEAD + KEY);
        let end = self.bytes.len() - CHECK - TAG;
        let tag: [u8; TAG] = self.array(end);
        let associated = [self.bytes.get(..HEAD)?, &bound(domain, class)?].concat();
        let mut value = Zeroizing::new(self.bytes.get(HEAD + KEY + NONCE..end)?.to_vec());
        ChaCha20Poly1305::new(&(**key).into())
            .decrypt_inout_detached(&nonce.into(), &associated, value.as_mut_slice().into(), &tag.into())
            .ok()?;
        let end = value.iter().rposition(|byte| *byte != 0).filter(|at| value.get(*at) == Some(&END))?;
        value.truncate(end);
        Some(value)
    }
}

/// Version, epoch and key id.
fn head(epoch: u32, key_id: u8) -> [u8; HEAD] {
    let [a, b, c, d] = ((u32::from(VERSION) << 28) | (epoch & MAX_EPOCH)).to_be_bytes();
    [a, b, c, d, key_id]
}

/// The key of the values of one encapsulation.
pub(crate) fn value_key(shared: &Secret) -> Option<Secret> {
    hpke::export(&hpke::exporter_secret(shared, b"frostglass/seal/v1")?, b"value")
}

/// The byte by which people tell public halves apart; nothing depends on its being unique.
pub(crate) fn key_id(public: &[u8; KEY]) -> u8 {
    let digest = Sha256::new().chain_update(b"frostglass/seal-key-id/v1").chain_update(public).finalize();
    digest.first().copied().unwrap_or(0)
}

fn bound(domain: Domain<'_>, class: &str) -> Option<Vec<u8>> {
    derive::length_prefixed(&[domain.tenant, domain.recipient, class])
}

/// Length of a value with its padding: at least one byte more, and three short of a multiple of twenty.
fn padded_len(length: usize) -> usize {
    (length + 1 + SHORT_OF).next_multiple_of(STEP) - SHORT_OF
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OpenError, OpeningKey, Ring};
    use serde_json::Value;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../tests/vectors/seals.json")).unwrap()
    }

    fn text<'v>(case: &'v Value, member: &str) -> &'v str {
        case[member].as_str().unwrap()
    }

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    fn private(case: &Value) -> OpeningKey {
        OpeningKey::new(Zeroizing::new(unhex(text(case, "private")).try_into().unwrap()))
    }

    fn domain(case: &Value) -> Domain<'_> {
        Domain { tenant: text(case, "tenant"), recipient: text(case, "recipient") }
    }

    fn value(case: &Value) -> Vec<u8> {
        match case["hex"].as_str() {
            Some(hex) => unhex(hex),
            None => text(case, "value").repeat(case["times"].as_u64().unwrap_or(1) as usize).into_bytes(),
        }
    }

    /// The keys of a host, each with the check secret of the file.
    fn ring(case: &Value, rotation: Rotation, epoch: u32, public: [u8; KEY]) -> Ring {
        let mut ring = Ring::default();
        if let Some(secret) = case["check_secret"].as_str() {
            let secret = unhex(secret).try_into().unwrap();
            ring.add_sealing_key("safe", rotation, epoch, public, secret).unwrap();
        }
        ring
    }

    /// A host with one sealing key for ever.
    fn host(key: &OpeningKey) -> Ring {
        let mut ring = Ring::default();
        ring.add_sealing_key("safe", Rotation::Never, 0, key.public(), [3; 32]).unwrap();
        ring
    }

    fn binding<'a>(domain: Domain<'a>, class: &'a str) -> SealBinding<'a> {
        SealBinding { key: "safe", domain, class, rotation: Rotation::Never }
    }

    /// Scenario: every seal of the file, made from its ephemeral key and nonce.
    /// Guarantees: the text is the one that the specification gives, it opens, and a host with the check key knows it.
    #[test]
    fn seals_agree_with_the_specification() {
        for case in vectors()["seals"].as_array().unwrap() {
            let name = text(case, "name");
            let epoch = case["epoch"].as_u64().unwrap() as u32;
            let rotation = if epoch == 0 { Rotation::Never } else { Rotation::every(60).unwrap() };
            let ring = ring(case, rotation, epoch, private(case).public());
            let binding = SealBinding { rotation, ..binding(domain(case), text(case, "class")) };
            let mut sealer = ring.sealer(&binding).unwrap();
            sealer.turn_to(u64::from(epoch) * NANOS_OF_A_MINUTE);
            let mut random =
                Random::giving(&[unhex(text(case, "ephemeral")), unhex(text(case, "nonce"))].concat());
            let mut sealed = String::new();
            sealer.seal(&value(case), &mut random, &mut sealed).unwrap();
            assert_eq!(sealed, text(case, "sealed"), "{name}");

            let opened = private(case).open(&sealed, domain(case), text(case, "class")).unwrap();
            assert_eq!(*opened, value(case), "{name}");
            let known = ring.recognizer(domain(case)).recognize(&sealed).map(|info| info.epoch);
            assert_eq!(known, Some(epoch), "{name}");
        }
    }

    /// Scenario: seals that were changed, cut, or are opened under another name.
    /// Guarantees: none opens, and the reason is the one of the file.
    #[test]
    fn what_was_changed_does_not_open() {
        for case in vectors()["bad"].as_array().unwrap() {
            let error =
                private(case).open(text(case, "text"), domain(case), text(case, "class")).unwrap_err();
            let word = match error {
                OpenError::Shape => "shape",
                OpenError::OtherKey => "other-key",
                OpenError::Refused => "refused",
            };
            assert_eq!(word, text(case, "outcome"), "{}", text(case, "why"));
        }
    }

    /// Scenario: look-alikes, seals of others, seals that nobody can check.
    /// Guarantees: raw values all of them.
    #[test]
    fn what_is_not_checked_is_raw() {
        for case in vectors()["raw"].as_array().unwrap() {
            let recognizer = ring(case, Rotation::Never, 0, [9; KEY]).recognizer(domain(case));
            assert_eq!(recognizer.recognize(text(case, "text")), None, "{}", text(case, "why"));
        }
    }

    /// Scenario: values within a minute and after it; two engines with the same keys.
    /// Guarantees: one encapsulation a minute; no two seals are alike; each opens alone.
    #[test]
    fn an_encapsulation_lasts_a_minute() {
        let key = OpeningKey::new(Zeroizing::new([9; KEY]));
        let ring = host(&key);
        let mut sealer = ring.sealer(&binding(Domain::default(), "direct-id")).unwrap();
        let mut random = Random::seeded([1; 32]);
        let mut seal = |sealer: &Sealer| {
            let mut sealed = String::new();
            sealer.seal(b"ann", &mut random, &mut sealed).unwrap();
            assert_eq!(**key.open(&sealed, Domain::default(), "direct-id").unwrap(), *b"ann");
            (Sealed::parse(&sealed).unwrap().encapsulated(), sealed)
        };
        sealer.turn_to(1);
        let (first, second) = (seal(&sealer), seal(&sealer));
        sealer.turn_to(NANOS_OF_A_MINUTE - 1);
        let third = seal(&sealer);
        assert!(first.0 == second.0 && second.0 == third.0);
        assert!(first.1 != second.1 && second.1 != third.1);
        // Sealers of other classes share the encapsulation; what they seal is bound to theirs.
        let mut other = ring.sealer(&binding(Domain::default(), "online-id")).unwrap();
        other.turn_to(1);
        let mut sealed = String::new();
        other.seal(b"ann", &mut Random::seeded([2; 32]), &mut sealed).unwrap();
        assert_eq!(Sealed::parse(&sealed).unwrap().encapsulated(), first.0);
        assert_eq!(key.open(&sealed, Domain::default(), "direct-id"), Err(OpenError::Refused));
        sealer.turn_to(NANOS_OF_A_MINUTE);
        assert!(sealer.sessions.lock().is_empty());
        assert_ne!(seal(&sealer).0, first.0);
        sealer.turn_to(0);
        assert_ne!(seal(&sealer).0, first.0);
    }

    /// Scenario: hosts with sealing keys of two epochs, an epoch without one, a clock beyond all epochs.
    /// Guarantees: each epoch's key opens its seals alone; without a key nothing is written.
    #[test]
    fn epochs_have_keys_of_their_own() {
        let keys = [1, 2].map(|byte| OpeningKey::new(Zeroizing::new([byte; KEY])));
        let rotation = Rotation::every(3600).unwrap();
        let mut sealers = (10..).zip(&keys).map(|(epoch, key)| {
            let mut ring = Ring::default();
            ring.add_sealing_key("safe", rotation, epoch, key.public(), [3; 32]).unwrap();
            ring.sealer(&SealBinding { rotation, ..binding(Domain::default(), "direct-id") }).unwrap()
        });
        let mut sealers = [sealers.next().unwrap(), sealers.next().unwrap()];
        let mut random = Random::seeded([1; 32]);
        let mut at = |hours: u64| {
            let mut sealed = String::new();
            let sealer = &mut sealers[usize::from(hours == 11)];
            sealer.turn_to(hours.saturating_mul(3_600_000_000_000));
            let done = sealer.seal(b"ann", &mut random, &mut sealed);
            assert_eq!(done.is_some(), !sealed.is_empty());
            done.map(|()| sealed)
        };
        for (hours, opens) in [(10, 0), (11, 1), (10, 0)] {
            let sealed = at(hours).unwrap();
            assert_eq!(SealInfo::of_shape(&sealed).unwrap().epoch, hours as u32);
            for (index, key) in keys.iter().enumerate() {
                let opened = key.open(&sealed, Domain::default(), "direct-id");
                assert_eq!(opened.is_ok(), index == opens);
            }
        }
        assert_eq!(at(9), None);
        assert_eq!(at(u64::MAX), None);
    }

    /// Scenario: a public half with which every private key agrees on zeros; a key for tokens under the policy's name.
    /// Guarantees: nothing is sealed, and nothing is written.
    #[test]
    fn what_is_no_sealing_key_seals_nothing() {
        let mut ring = Ring::default();
        ring.add_sealing_key("safe", Rotation::Never, 0, [0; KEY], [3; 32]).unwrap();
        let mut sealer = ring.sealer(&binding(Domain::default(), "direct-id")).unwrap();
        sealer.turn_to(0);
        let mut sealed = String::new();
        assert_eq!(sealer.seal(b"ann", &mut Random::seeded([1; 32]), &mut sealed), None);
        assert_eq!(sealed, "");
        let mut tokens = Ring::default();
        tokens.add_unchecked("safe", &[7; 32]);
        assert!(tokens.sealer(&binding(Domain::default(), "direct-id")).is_none());
        assert!(Ring::default().sealer(&binding(Domain::default(), "direct-id")).is_none());
        let key = OpeningKey::new(Zeroizing::new([9; KEY]));
        assert_eq!(format!("{key:?}"), format!("OpeningKey {{ id: {}, .. }}", key.id()));
    }

    proptest::proptest! {
        /// Scenario: any value.
        /// Guarantees: it opens as it was, and its length shows in steps of twenty bytes alone.
        #[test]
        fn what_was_sealed_opens(value: Vec<u8>, seed: [u8; 32]) {
            let key = OpeningKey::new(Zeroizing::new([9; KEY]));
            let mut sealer = host(&key).sealer(&binding(Domain::default(), "content")).unwrap();
            sealer.turn_to(0);
            let mut sealed = String::new();
            sealer.seal(&value, &mut Random::seeded(seed), &mut sealed).unwrap();
            proptest::prop_assert_eq!(sealed.len(), PREFIX.len() + 112 + 32 * (value.len() + 4).div_ceil(20));
            proptest::prop_assert_eq!(&*key.open(&sealed, Domain::default(), "content").unwrap(), &value);
        }

        /// Scenario: any text, seals' own alphabet included.
        /// Guarantees: reading never panics.
        #[test]
        fn reading_is_strict(text in "\\PC{0,50}|sealed_[a-z2-7]{140,180}|sealed_c[a-z2-7]{143}") {
            let key = OpeningKey::new(Zeroizing::new([9; KEY]));
            let _ = SealInfo::of_shape(&text);
            proptest::prop_assert!(key.open(&text, Domain::default(), "content").is_err());
        }
    }
}
