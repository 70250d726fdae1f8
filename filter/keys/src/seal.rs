//! Seals: a value that only the holder of a private key can read, and no host holds that.
//!
//! The format is specified in `docs/reference/seals.md`, with vectors in `tests/vectors/seals.json`. One encapsulation
//! (HPKE, RFC 9180) serves a minute; each value carries it along, since batches are split and lost. Promises: without
//! randomness or key nothing is sealed and nothing is written; what was sealed before the present minute opens with
//! nothing that is left in memory, as far as a process can wipe; one text for one sealed value.

use crate::derive::{self, Secret};
use crate::hpke::{self, KEY};
use crate::recognizer::CheckKey;
use crate::ring::Domain;
use crate::token::{MAX_EPOCH, TokenInfo};
use crate::{Random, Rotation, base32};
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
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

/// Public halves of one sealing key, by epoch.
#[derive(Clone, Default)]
pub(crate) struct SealKeys {
    epochs: BTreeMap<u32, Arc<SealKey>>,
}

impl SealKeys {
    pub(crate) fn has(&self, epoch: u32) -> bool {
        self.epochs.contains_key(&epoch)
    }

    /// Adds a public half; false if it is none, or the epoch has one.
    pub(crate) fn add(&mut self, epoch: u32, public: [u8; KEY]) -> bool {
        // Agreement with any private key tells keys of small order.
        if epoch > MAX_EPOCH || hpke::encapsulate(&public, &Zeroizing::new([7; KEY])).is_none() {
            return false;
        }
        let key = SealKey { public, id: key_id(&public), session: Mutex::default() };
        self.epochs.insert(epoch, Arc::new(key)).is_none()
    }
}

/// A public half, and what the present minute's encapsulation to it gave.
struct SealKey {
    public: [u8; KEY],
    id: u8,
    session: Mutex<Option<Session>>,
}

/// One encapsulation.
struct Session {
    minute: u64,
    encapsulated: [u8; KEY],
    key: Secret,
    sealed: u32,
}

impl SealKey {
    /// The session, also if a thread ended while it held it: it is written in one go.
    fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_session(&self, minute: u64, random: &mut Random) -> Option<Session> {
        let ephemeral = Zeroizing::new(random.draw());
        let (encapsulated, shared) = hpke::encapsulate(&self.public, &ephemeral)?;
        Some(Session { minute, encapsulated, key: value_key(&shared)?, sealed: 0 })
    }
}

/// Seals values of one class. Resolved once by [`crate::Ring::sealer`].
///
/// Must be told the time once a payload, so that a payload falls into exactly one epoch and minute.
pub struct Sealer {
    keys: Arc<SealKeys>,
    rotation: Rotation,
    /// Tenant, recipient and class, length-prefixed.
    binding: Vec<u8>,
    check: Option<CheckKey>,
    minute: u64,
    current: Option<Current>,
}

/// The key of the present epoch.
struct Current {
    key: Arc<SealKey>,
    epoch: u32,
    associated: Vec<u8>,
}

impl Sealer {
    pub(crate) fn new(
        keys: Arc<SealKeys>,
        check: Option<CheckKey>,
        binding: &SealBinding<'_>,
    ) -> Option<Self> {
        let SealBinding { domain, class, rotation, .. } = *binding;
        let binding = bound(domain, class)?;
        Some(Self { keys, rotation, binding, check, minute: 0, current: None })
    }

    /// Takes the time of a payload, in nanoseconds since 1970. Wipes what an earlier minute left.
    pub fn turn_to(&mut self, unix_nanos: u64) {
        self.minute = unix_nanos / NANOS_OF_A_MINUTE;
        let epoch = self.rotation.epoch(unix_nanos);
        if epoch.is_none() || epoch != self.current.as_ref().map(|current| current.epoch) {
            let found = epoch.and_then(|epoch| Some((epoch, Arc::clone(self.keys.epochs.get(&epoch)?))));
            self.current = found.map(|(epoch, key)| {
                let associated = [&head(epoch, key.id)[..], &self.binding].concat();
                Current { key, epoch, associated }
            });
        }
        for key in self.keys.epochs.values() {
            let mut session = key.lock();
            if session.as_ref().is_some_and(|session| session.minute != self.minute) {
                *session = None;
            }
        }
    }

    /// Appends the sealed value; `None`, and nothing is written, when there is no key for the present epoch.
    pub fn seal(&self, value: &[u8], random: &mut Random, out: &mut String) -> Option<()> {
        let Current { key, associated, .. } = self.current.as_ref()?;
        let mut session = key.lock();
        if session.as_ref().is_none_or(|session| session.minute != self.minute || session.sealed >= MOST) {
            *session = key.begin_session(self.minute, random);
        }
        let session = session.as_mut()?;
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
        bytes.extend_from_slice(&tag);
        // Without a check key in the ring nobody could tell a seal from a look-alike: it is sealed again at the next hop.
        let check = self.check.as_ref().map_or([0; CHECK], |check| check.whole(PREFIX, &bytes));
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

    /// The keys of a host: the check key, if it has one.
    fn ring(case: &Value) -> Ring {
        let mut ring = Ring::default();
        if let Some(key) = case["check_key"].as_str() {
            ring.add_unchecked("ids", &unhex(key));
        }
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
            let mut ring = ring(case);
            let epoch = case["epoch"].as_u64().unwrap() as u32;
            ring.add_sealing_key("safe", epoch, private(case).public()).unwrap();
            let rotation = if epoch == 0 { Rotation::Never } else { Rotation::every(60).unwrap() };
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
            assert_eq!(known, case["check_key"].is_string().then_some(epoch), "{name}");
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
            let recognizer = ring(case).recognizer(domain(case));
            assert_eq!(recognizer.recognize(text(case, "text")), None, "{}", text(case, "why"));
        }
    }

    /// Scenario: values within a minute and after it; two engines with the same keys.
    /// Guarantees: one encapsulation a minute; no two seals are alike; each opens alone.
    #[test]
    fn an_encapsulation_lasts_a_minute() {
        let key = OpeningKey::new(Zeroizing::new([9; KEY]));
        let mut ring = Ring::default();
        ring.add_sealing_key("safe", 0, key.public()).unwrap();
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
        sealer.turn_to(NANOS_OF_A_MINUTE);
        assert!(sealer.current.as_ref().unwrap().key.lock().is_none());
        assert_ne!(seal(&sealer).0, first.0);
        sealer.turn_to(0);
        assert_ne!(seal(&sealer).0, first.0);
    }

    /// Scenario: sealing keys of two epochs, an epoch without one, a clock beyond all epochs.
    /// Guarantees: each epoch's key opens its seals alone; without a key nothing is written.
    #[test]
    fn epochs_have_keys_of_their_own() {
        let keys = [1, 2].map(|byte| OpeningKey::new(Zeroizing::new([byte; KEY])));
        let mut ring = Ring::default();
        for (epoch, key) in (10..).zip(&keys) {
            ring.add_sealing_key("safe", epoch, key.public()).unwrap();
        }
        let rotation = Rotation::every(3600).unwrap();
        let mut sealer =
            ring.sealer(&SealBinding { rotation, ..binding(Domain::default(), "direct-id") }).unwrap();
        let mut random = Random::seeded([1; 32]);
        let mut at = |hours: u64| {
            let mut sealed = String::new();
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

    /// Scenario: public halves that are none, a name or an epoch given twice, texts that are no key.
    /// Guarantees: refused; what prints shows nothing.
    #[test]
    fn sealing_keys_are_taken_once() {
        let key = OpeningKey::new(Zeroizing::new([9; KEY]));
        let mut ring = Ring::default();
        ring.add_unchecked("ids", &[7; 32]);
        let problem = |result: Result<(), crate::KeyError>| result.map_err(|error| error.problem);
        use crate::KeyProblem::{NotPublic, Twice};
        assert_eq!(problem(ring.add_sealing_key("safe", 0, [0; 32])), Err(NotPublic));
        assert_eq!(problem(ring.add_sealing_key("safe", MAX_EPOCH + 1, key.public())), Err(NotPublic));
        assert_eq!(problem(ring.add_sealing_key("ids", 0, key.public())), Err(Twice));
        assert!(!ring.contains("safe"));
        assert_eq!(problem(ring.add_sealing_key("safe", 0, key.public())), Ok(()));
        assert_eq!(problem(ring.add_sealing_key("safe", 0, key.public())), Err(Twice));
        assert_eq!(problem(ring.add_sealing_key("safe", 1, key.public())), Ok(()));
        for bad in ["", "not a key", "00", &"00".repeat(33)] {
            assert_eq!(problem(ring.add_standalone_sealing("other", bad)), Err(NotPublic), "{bad}");
        }
        let hex: String = key.public().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(problem(ring.add_standalone_sealing("other", &hex)), Ok(()));
        assert_eq!(format!("{ring:?}"), r#"{"ids", "other", "safe"}"#);
        assert_eq!(format!("{key:?}"), format!("OpeningKey {{ id: {}, .. }}", key.id()));
    }

    proptest::proptest! {
        /// Scenario: any value.
        /// Guarantees: it opens as it was, and its length shows in steps of twenty bytes alone.
        #[test]
        fn what_was_sealed_opens(value: Vec<u8>, seed: [u8; 32]) {
            let key = OpeningKey::new(Zeroizing::new([9; KEY]));
            let mut ring = Ring::default();
            ring.add_sealing_key("safe", 0, key.public()).unwrap();
            let mut sealer = ring.sealer(&binding(Domain::default(), "content")).unwrap();
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
