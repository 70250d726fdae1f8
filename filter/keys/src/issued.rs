//! The document by which a vault hands keys to hosts: for each key the epochs that a host may need now, and no others.
//!
//! The format is specified in `docs/reference/keys.md`. Reading checks everything that a host relies on (names, lengths and
//! bounds of epochs, check values), so that a document is taken whole or not at all. Promises: no error carries a byte of
//! the document beyond names of keys; what holds keys is wiped when it goes.

use crate::derive::{self, Secret};
use crate::key_text::{self, KeyError, KeyProblem};
use crate::ring::{Key, Ring, Source};
use crate::token::MAX_EPOCH;
use crate::{Purpose, Rotation};
use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

/// Largest document, in bytes: some hundreds of keys.
pub const MAX_ISSUED_BYTES: usize = 1 << 20;

/// Most epochs of one key: a host needs the previous one, the present one and the next.
const MAX_EPOCHS: usize = 3;

/// The version that this code writes and reads.
const VERSION: u32 = 1;

/// Keys as a vault issued them. Cloning shares them.
#[derive(Clone)]
pub struct Issued {
    issued: u64,
    pub(crate) keys: Vec<(String, Arc<Key>)>,
}

/// What one key of one epoch is called where it must not be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedEpoch {
    /// Number of the epoch.
    pub epoch: u32,
    /// First second, since 1970 in UTC, at which it is in use.
    pub not_before: u64,
    /// First second at which it is not held any more.
    pub not_after: u64,
    /// Eight hexadecimal digits that tell the key from a wrong one.
    pub check_value: String,
}

/// The key of one epoch; of a sealing key, its public half.
pub(crate) struct EpochKey {
    pub(crate) epoch: u32,
    pub(crate) not_before: u64,
    pub(crate) not_after: u64,
    pub(crate) key: Secret,
}

impl EpochKey {
    /// Whether a host holds it at this second.
    pub(crate) fn holds(&self, unix_seconds: u64) -> bool {
        (self.not_before..self.not_after).contains(&unix_seconds)
    }
}

/// A document that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IssuedError {
    /// More bytes than any document has.
    #[error(
        "issued keys: larger than {MAX_ISSUED_BYTES} bytes; is it the document that `frostglass keys issue` wrote?"
    )]
    Large,
    /// Not the JSON that the format asks for.
    #[error(
        "issued keys: not as docs/reference/keys.md says at line {line}, column {column}; write it anew with `frostglass keys issue`"
    )]
    Format {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A later format.
    #[error("issued keys: version {0} is not known to this build, which reads version 1")]
    Version(u32),
    /// A name that no policy can have.
    #[error("issued keys: entry {0} has no name as policies write them")]
    Name(usize),
    /// Something about one key.
    #[error("issued keys: {0}")]
    Key(#[from] KeyError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    frostglass: Kind,
    version: u32,
    issued: u64,
    keys: Vec<KeyEntry>,
}

#[derive(Deserialize)]
enum Kind {
    #[serde(rename = "issued-keys")]
    IssuedKeys,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    name: String,
    #[serde(rename = "use")]
    purpose: Purpose,
    #[serde(default)]
    epoch_seconds: Option<u32>,
    #[serde(default)]
    overlap_seconds: u32,
    check_secret: Hex<32>,
    epochs: Vec<EpochEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EpochEntry {
    epoch: u32,
    not_before: u64,
    not_after: u64,
    #[serde(default)]
    key: Option<Hex<32>>,
    #[serde(default)]
    public: Option<Hex<32>>,
    check_value: Hex<4>,
}

/// The version alone, of a document that this version cannot read.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl Issued {
    /// Reads and checks a document.
    ///
    /// # Errors
    /// It is not as the format says, of another version, or a key in it is wrong: its check value, its bounds, its bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, IssuedError> {
        Self::read(bytes, key_text::weakness)
    }

    /// `weakness` tells keys that are not random; published vectors use such keys.
    fn read(bytes: &[u8], weakness: fn(&[u8]) -> Option<&'static str>) -> Result<Self, IssuedError> {
        if bytes.len() > MAX_ISSUED_BYTES {
            return Err(IssuedError::Large);
        }
        // The error's own text could quote a key that stands in the wrong place: line and column say enough.
        let document: Document =
            serde_json::from_slice(bytes).map_err(|error| match serde_json::from_slice::<Head>(bytes) {
                Ok(Head { version }) if version != VERSION => IssuedError::Version(version),
                _ => IssuedError::Format { line: error.line(), column: error.column() },
            })?;
        if document.version != VERSION {
            return Err(IssuedError::Version(document.version));
        }
        let Kind::IssuedKeys = document.frostglass;
        let mut made = Self { issued: document.issued, keys: Vec::new() };
        for (at, entry) in document.keys.into_iter().enumerate() {
            if !is_name(&entry.name) {
                return Err(IssuedError::Name(at + 1));
            }
            let name = entry.name.clone();
            let key =
                made.key(entry, weakness).map_err(|problem| KeyError { name: name.clone(), problem })?;
            made.keys.push((name, Arc::new(key)));
        }
        Ok(made)
    }

    fn key(&self, entry: KeyEntry, weakness: fn(&[u8]) -> Option<&'static str>) -> Result<Key, KeyProblem> {
        if self.keys.iter().any(|(name, _)| *name == entry.name) {
            return Err(KeyProblem::Twice);
        }
        let rotation = match entry.epoch_seconds {
            None => Rotation::Never,
            Some(seconds) => Rotation::every(seconds).ok_or(KeyProblem::Bounds)?,
        };
        if entry.epochs.len() > MAX_EPOCHS || entry.overlap_seconds >= rotation.seconds().unwrap_or(1) {
            return Err(KeyProblem::Bounds);
        }
        let check_secret = entry.check_secret.0;
        let mut secrets = vec![check_secret.clone()];
        let mut epochs: Vec<EpochKey> = Vec::new();
        for given in entry.epochs {
            // A host that could open what it seals would break the promise of the word, so it is given no such half.
            let key = match (entry.purpose, given.key, given.public) {
                (Purpose::Seal, None, Some(key)) => key.0,
                (Purpose::Pseudonymize | Purpose::Tokenize, Some(key), None) => key.0,
                _ => return Err(KeyProblem::Halves),
            };
            let epoch = EpochKey {
                epoch: given.epoch,
                not_before: given.not_before,
                not_after: given.not_after,
                key,
            };
            if !epoch.is_bounded(rotation)
                || epochs.last().is_some_and(|last| !last.comes_before(&epoch, rotation))
            {
                return Err(KeyProblem::Bounds);
            }
            let value = derive::check_value(&epoch.key, entry.purpose.word(), epoch.epoch, &check_secret);
            if !value.is_some_and(|value| bool::from(value.ct_eq(given.check_value.0.as_slice()))) {
                return Err(KeyProblem::CheckValue);
            }
            secrets.push(epoch.key.clone());
            epochs.push(epoch);
        }
        if let Some(how) = secrets.iter().find_map(|secret| weakness(secret.as_slice())) {
            return Err(KeyProblem::Weak { how });
        }
        let key = Key { purpose: entry.purpose, source: Source::Issued { rotation, epochs }, check_secret };
        let others = self.keys.iter().flat_map(|(_, other)| other.secrets());
        let again = |secret: &Secret, rest: &[Secret]| rest.iter().any(|one| derive::same(one, secret));
        let twice = secrets
            .iter()
            .enumerate()
            .any(|(at, secret)| again(secret, secrets.get(at + 1..).unwrap_or(&[])));
        if twice || others.into_iter().any(|other| secrets.iter().any(|secret| derive::same(secret, other))) {
            return Err(KeyProblem::Shared);
        }
        Ok(key)
    }

    /// When it was issued, in seconds since 1970.
    #[must_use]
    pub fn issued_unix_seconds(&self) -> u64 {
        self.issued
    }

    /// Names of the keys, in the order written, with their use and epochs; no key.
    pub fn keys(&self) -> impl Iterator<Item = (&str, Purpose, Vec<IssuedEpoch>)> {
        self.keys.iter().map(|(name, key)| (name.as_str(), key.purpose, key.epochs()))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Key>> {
        self.keys.iter().find(|(known, _)| known == name).map(|(_, key)| key)
    }
}

impl fmt::Debug for Issued {
    /// Names only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.iter().map(|(name, _)| name)).finish()
    }
}

impl EpochKey {
    /// Whether the number and the bounds are those that a key which changes so has.
    fn is_bounded(&self, rotation: Rotation) -> bool {
        let Some(seconds) = rotation.seconds().map(u64::from) else {
            return self.epoch <= MAX_EPOCH && self.not_before < self.not_after;
        };
        let start = u64::from(self.epoch) * seconds;
        // Held a little longer for what comes late, and never into the epoch after the next.
        self.epoch <= MAX_EPOCH
            && self.not_before == start
            && (start + seconds..start + 2 * seconds).contains(&self.not_after)
    }

    /// Whether `next` may follow. Keys without epochs follow one another without a gap that two could fill.
    fn comes_before(&self, next: &Self, rotation: Rotation) -> bool {
        self.epoch < next.epoch && (rotation != Rotation::Never || self.not_after <= next.not_before)
    }
}

impl Ring {
    /// Adds a key that was issued, if it is what the policy asks for: its use, and how often it changes.
    ///
    /// # Errors
    /// The document has no such key, the key has another use or other epochs, the name is taken, or the ring has the same
    /// key under another name.
    pub fn add_issued(
        &mut self,
        issued: &Issued,
        name: &str,
        purpose: Purpose,
        rotation: Rotation,
    ) -> Result<(), KeyError> {
        let refused = |problem| KeyError { name: name.to_owned(), problem };
        let key = issued.find(name).ok_or_else(|| refused(KeyProblem::NotIssued))?;
        if key.purpose != purpose {
            return Err(refused(KeyProblem::OtherUse { purpose: key.purpose }));
        }
        if !matches!(&key.source, Source::Issued { rotation: issued, .. } if *issued == rotation) {
            return Err(refused(KeyProblem::OtherEpochs));
        }
        self.add(name, Arc::clone(key), false).map_err(refused)
    }

    /// The public half for values that are sealed at a time in nanoseconds since 1970, with the number of its epoch; none when
    /// there is no such key or none for that time.
    #[must_use]
    pub fn sealing_key(&self, name: &str, unix_nanos: u64) -> Option<(u32, [u8; 32])> {
        let key = self.key(name, Purpose::Seal)?;
        let Source::Issued { rotation, .. } = &key.source else { return None };
        let epoch = key.epoch_at(*rotation, unix_nanos)?;
        Some((epoch, *key.epoch_key(epoch)?))
    }
}

/// As policies write names: `frostglass_engine::policy::Name` has the same rule.
pub(crate) fn is_name(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.len() <= 63 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('-').all(part)
}

/// Bytes in lower-case hexadecimal digits: one text for one key. Decoded as it is read, so that no text of a key is left.
pub(crate) struct Hex<const N: usize>(pub(crate) Zeroizing<[u8; N]>);

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits<const N: usize>;

        impl<const N: usize> Visitor<'_> for Digits<N> {
            type Value = Hex<N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} hexadecimal digits in lower case", 2 * N)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let mut out = Zeroizing::new([0; N]);
                read_hex(text, out.as_mut_slice())
                    .map(|()| Hex(out))
                    .ok_or_else(|| E::custom("not hexadecimal digits"))
            }
        }

        deserializer.deserialize_str(Digits)
    }
}

impl<'de> Deserialize<'de> for Purpose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word).ok_or_else(|| D::Error::custom("no use of a key"))
    }
}

/// Fills `out` from lower-case digits; none if they are others, or more or fewer.
pub(crate) fn read_hex(text: &str, out: &mut [u8]) -> Option<()> {
    if text.len() != 2 * out.len() {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let &[high, low] = pair else { return None };
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(())
}

/// Appends bytes as lower-case digits.
pub(crate) fn push_hex(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            out.push(char::from(DIGITS.get(usize::from(half)).copied().unwrap_or(b'0')));
        }
    }
}

#[cfg(any(test, feature = "vault"))]
impl Issued {
    pub(crate) fn new(issued: u64, keys: Vec<(String, Arc<Key>)>) -> Self {
        Self { issued, keys }
    }

    /// The document's text, a line for each key and epoch. It holds keys.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        use std::fmt::Write as _;
        // Room for all of it at once: a growing text would leave copies of keys behind.
        let epochs: usize = self.keys.iter().map(|(_, key)| key.epochs().len()).sum();
        let mut out = Zeroizing::new(String::with_capacity(256 + 512 * self.keys.len() + 256 * epochs));
        let _ = write!(
            out,
            r#"{{"frostglass": "issued-keys", "version": {VERSION}, "issued": {}, "keys": ["#,
            self.issued
        );
        for (at, (name, key)) in self.keys.iter().enumerate() {
            let Source::Issued { rotation, epochs } = &key.source else { continue };
            let _ = write!(
                out,
                "{}\n  {{\"name\": \"{name}\", \"use\": \"{}\", ",
                if at > 0 { "," } else { "" },
                key.purpose.word()
            );
            if let Some(seconds) = rotation.seconds() {
                let _ = write!(out, r#""epoch_seconds": {seconds}, "#);
            }
            let overlap = epochs.first().zip(rotation.seconds()).map_or(0, |(first, seconds)| {
                first.not_after.saturating_sub(first.not_before).saturating_sub(u64::from(seconds))
            });
            if overlap > 0 {
                let _ = write!(out, r#""overlap_seconds": {overlap}, "#);
            }
            out.push_str(r#""check_secret": ""#);
            push_hex(key.check_secret.as_slice(), &mut out);
            out.push_str("\", \"epochs\": [");
            let word = if key.purpose == Purpose::Seal { "public" } else { "key" };
            for (at, (epoch, shown)) in epochs.iter().zip(key.epochs()).enumerate() {
                let _ = write!(
                    out,
                    "{}\n    {{\"epoch\": {}, \"not_before\": {}, \"not_after\": {}, \"check_value\": \"{}\", \"{word}\": \"",
                    if at > 0 { "," } else { "" },
                    epoch.epoch,
                    epoch.not_before,
                    epoch.not_after,
                    shown.check_value,
                );
                push_hex(epoch.key.as_slice(), &mut out);
                out.push_str("\"}");
            }
            out.push_str("]}");
        }
        out.push_str("]}\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binding, DEMO_KEY, Domain, Prefix};
    use serde_json::Value;

    const DAY: u64 = 86_400;

    fn vectors() -> Value {
        let all: Value = serde_json::from_str(include_str!("../../../tests/vectors/tokens.json")).unwrap();
        all["issued"].clone()
    }

    fn published(document: &Value) -> Result<Issued, IssuedError> {
        Issued::read(document.to_string().as_bytes(), |_| None)
    }

    fn secret(seed: u8) -> Secret {
        let root = Zeroizing::new([seed; 32]);
        derive::epoch_key(&root, 0).unwrap()
    }

    /// Two days of `ids` from `first` on, with an overlap of two hours, and a sealing key.
    fn document(first: u32) -> Issued {
        let rotation = Rotation::every(DAY as u32).unwrap();
        let epoch = |number: u32, seed, overlap| EpochKey {
            epoch: number,
            not_before: u64::from(number) * DAY,
            not_after: u64::from(number + 1) * DAY + overlap,
            key: secret(seed),
        };
        let ids = Key {
            purpose: Purpose::Pseudonymize,
            source: Source::Issued {
                rotation,
                epochs: vec![epoch(first, 1, 7200), epoch(first + 1, 2, 7200)],
            },
            check_secret: secret(3),
        };
        let safe = Key {
            purpose: Purpose::Seal,
            source: Source::Issued { rotation, epochs: vec![epoch(first, 4, 0)] },
            check_secret: secret(5),
        };
        Issued::new(0, vec![("ids".to_owned(), Arc::new(ids)), ("safe".to_owned(), Arc::new(safe))])
    }

    fn ring(issued: &Issued) -> Ring {
        let mut ring = Ring::default();
        ring.add_issued(issued, "ids", Purpose::Pseudonymize, Rotation::every(DAY as u32).unwrap()).unwrap();
        ring
    }

    fn binding(rotation: Rotation) -> Binding<'static> {
        Binding {
            key: "ids",
            domain: Domain::default(),
            class: "direct-id",
            canonicalizer: "exact/1",
            rotation,
            prefix: Prefix::default(),
        }
    }

    fn token_at(ring: &Ring, unix_seconds: u64) -> Option<String> {
        let mut pseudonymizer = ring.pseudonymizer(&binding(Rotation::every(DAY as u32).unwrap())).unwrap();
        pseudonymizer.turn_to(unix_seconds * 1_000_000_000);
        pseudonymizer.token(b"ann").map(|token| token.to_string())
    }

    /// Scenario: the published document, its tokens, and tokens of epochs that are long gone.
    /// Guarantees: each is what the specification gives, and none where it gives none.
    #[test]
    fn issued_keys_agree_with_the_specification() {
        let vectors = vectors();
        let issued = published(&vectors["document"]).unwrap();
        let text = |case: &Value, member: &str| case[member].as_str().unwrap().to_owned();
        for case in vectors["tokens"].as_array().unwrap() {
            let name = text(case, "key");
            let (_, key) = issued.keys.iter().find(|(known, _)| *known == name).unwrap();
            let Source::Issued { rotation, .. } = key.source else { unreachable!() };
            let mut ring = Ring::default();
            ring.add_issued(&issued, &name, key.purpose, rotation).unwrap();
            let (tenant, recipient, class) =
                (text(case, "tenant"), text(case, "recipient"), text(case, "class"));
            let binding = Binding {
                key: &name,
                domain: Domain { tenant: &tenant, recipient: &recipient },
                class: &class,
                prefix: Prefix::parse(vectors["prefix"].as_str().unwrap()).unwrap(),
                ..binding(rotation)
            };
            let nanos = case["unix_seconds"].as_u64().unwrap() * 1_000_000_000;
            let token = ring.pseudonymizer(&binding).and_then(|mut pseudonymizer| {
                pseudonymizer.turn_to(nanos);
                pseudonymizer.token(text(case, "value").as_bytes()).map(|token| token.to_string())
            });
            assert_eq!(token.as_deref(), case["token"].as_str(), "{}", case["name"]);
            let epoch = key.epoch_at(rotation, nanos);
            assert_eq!(epoch.map(u64::from), case["epoch"].as_u64(), "{}", case["name"]);
        }
        for case in vectors["genuine"].as_array().unwrap() {
            let mut ring = Ring::default();
            let rotation = Rotation::every(DAY as u32).unwrap();
            ring.add_issued(&issued, &text(case, "key"), Purpose::Pseudonymize, rotation).unwrap();
            let (tenant, recipient) = (text(case, "tenant"), text(case, "recipient"));
            let recognizer = ring.recognizer(Domain { tenant: &tenant, recipient: &recipient });
            assert!(recognizer.recognize(&text(case, "text")).is_some(), "{}", case["name"]);
        }
    }

    /// Scenario: the published document with one thing wrong with it, each in turn; and as it is, to a host.
    /// Guarantees: refused whole, without a byte of a key in the reason.
    #[test]
    fn wrong_documents_are_refused_whole() {
        let vectors = vectors();
        for case in vectors["refused"].as_array().unwrap() {
            let mut document = vectors["document"].clone();
            let path: Vec<String> =
                case["at"].as_array().unwrap().iter().map(|step| step.to_string().replace('"', "")).collect();
            let (last, path) = path.split_last().unwrap();
            let place = document
                .pointer_mut(&path.iter().map(|step| format!("/{step}")).collect::<String>())
                .unwrap();
            match (place, &case["becomes"]) {
                (Value::Object(members), Value::Null) => drop(members.remove(last)),
                (Value::Object(members), becomes) => drop(members.insert(last.clone(), becomes.clone())),
                (Value::Array(items), becomes) => items[last.parse::<usize>().unwrap()] = becomes.clone(),
                _ => unreachable!(),
            }
            let error = published(&document).expect_err(case["why"].as_str().unwrap());
            let told = format!("{error} {error:?}");
            assert!(!told.contains("303132") && !told.contains("404142"), "{told}");
        }
        let error = Issued::parse(vectors["document"].to_string().as_bytes()).unwrap_err();
        assert!(error.to_string().contains("is not random (a sequence)"), "{error}");
    }

    /// Scenario: what people read when a document is wrong.
    /// Guarantees: what is wrong, and what to do; the version before the format.
    #[test]
    fn refusals_are_for_people() {
        let mut document = vectors()["document"].clone();
        document["version"] = 2.into();
        document["new"] = 1.into();
        assert_eq!(
            published(&document).unwrap_err().to_string(),
            "issued keys: version 2 is not known to this build, which reads version 1"
        );
        assert_eq!(
            Issued::parse(b"{\n\"secret\": 1}").unwrap_err().to_string(),
            "issued keys: not as docs/reference/keys.md says at line 2, column 8; write it anew with `frostglass keys issue`"
        );
        let mut document = vectors()["document"].clone();
        document["keys"][0]["epochs"][1]["check_value"] = "00000000".into();
        assert_eq!(
            published(&document).unwrap_err().to_string(),
            "issued keys: key `ids`: does not fit its check value: the document was damaged or put together; issue it anew \
             with `frostglass keys issue`"
        );
        assert_eq!(Issued::parse(&vec![b' '; MAX_ISSUED_BYTES + 1]).unwrap_err(), IssuedError::Large);
    }

    /// Scenario: the clock walks through the epochs that were issued, out of them, jumps a day back and ahead, and goes mad.
    /// Guarantees: the key of the payload's own epoch, or nothing; never another epoch's.
    #[test]
    fn an_epoch_that_was_not_issued_gives_nothing() {
        let first = 20_783;
        let start = u64::from(first) * DAY;
        let ring = ring(&document(first));
        let (one, two) = (token_at(&ring, start).unwrap(), token_at(&ring, start + DAY).unwrap());
        assert_ne!(one, two);
        assert_eq!(token_at(&ring, start + DAY - 1), Some(one));
        assert_eq!(token_at(&ring, start + 2 * DAY - 1), Some(two));
        for outside in [start - 1, start - DAY, start + 2 * DAY, start + 3 * DAY, 0, u64::MAX / 1_000_000_000]
        {
            assert_eq!(token_at(&ring, outside), None, "{outside}");
        }
        // One pseudonymizer that lives through it all.
        let mut living = ring.pseudonymizer(&binding(Rotation::every(DAY as u32).unwrap())).unwrap();
        for (time, there) in
            [(start, true), (start + 2 * DAY, false), (start + DAY, true), (start - DAY, false)]
        {
            living.turn_to(time * 1_000_000_000);
            assert_eq!(living.token(b"ann").is_some(), there, "{time}");
        }
    }

    /// Scenario: a host asks for a key that was issued for another use, for other epochs, under another name, or twice; and for
    /// one that it has as a standalone key too.
    /// Guarantees: refused with the reason, and nothing is made of it; a sealing key is no key of tokens.
    #[test]
    fn a_key_serves_what_it_was_issued_for() {
        let issued = document(20_783);
        let day = Rotation::every(DAY as u32).unwrap();
        let mut ring = Ring::default();
        let mut problem = |name: &str, purpose, rotation| {
            ring.add_issued(&issued, name, purpose, rotation).map_err(|e| e.problem)
        };
        assert_eq!(
            problem("ids", Purpose::Tokenize, day),
            Err(KeyProblem::OtherUse { purpose: Purpose::Pseudonymize })
        );
        assert_eq!(problem("ids", Purpose::Pseudonymize, Rotation::Never), Err(KeyProblem::OtherEpochs));
        assert_eq!(problem("idx", Purpose::Pseudonymize, day), Err(KeyProblem::NotIssued));
        assert_eq!(problem("safe", Purpose::Seal, day), Ok(()));
        assert_eq!(problem("safe", Purpose::Seal, day), Err(KeyProblem::Twice));
        assert!(ring.pseudonymizer(&Binding { key: "safe", ..binding(day) }).is_none());
        assert!(ring.sealing_key("safe", 20_783 * DAY * 1_000_000_000).is_some());
        assert!(ring.sealing_key("safe", 20_784 * DAY * 1_000_000_000).is_none());
        assert!(ring.sealing_key("ids", 20_783 * DAY * 1_000_000_000).is_none());
        assert_eq!(format!("{issued:?} {ring:?}"), r#"{"ids", "safe"} {"safe"}"#);
    }

    /// Scenario: one standalone key under two names; the demo key under two names, as the demo has it.
    /// Guarantees: the first is refused, for what one use reveals would be true of the other; the second protects nothing anyhow.
    #[test]
    fn keys_are_not_shared() {
        let key = "c2f1a7d09b3e58461f7ae0b4d55c93288e6601bdfa4b7c1329d7f0e85a36c4b9";
        let mut ring = Ring::default();
        ring.add_standalone("ids", key, false).unwrap();
        assert_eq!(ring.add_standalone("orders", key, false).unwrap_err().problem, KeyProblem::Shared);
        ring.add_standalone("one", DEMO_KEY, true).unwrap();
        ring.add_standalone("two", DEMO_KEY, true).unwrap();
    }

    proptest::proptest! {
        /// Scenario: any text, and a good document with any bytes changed.
        /// Guarantees: no panic; what is taken reads back as it is written, so that a changed byte is noticed or changes nothing.
        #[test]
        fn no_text_breaks_reading(text in "\\PC{0,80}", at in 0_usize..4000, byte: u8) {
            let _ = Issued::parse(text.as_bytes());
            let good = document(20_783).text();
            let mut bytes = good.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(read) = Issued::parse(&bytes) {
                let names: Vec<_> = read.keys().map(|(name, ..)| name.to_owned()).collect();
                let again = Issued::parse(read.text().as_bytes()).unwrap();
                proptest::prop_assert_eq!(&*again.text(), &*read.text());
                // A check value covers all of a key but its name; spaces and the time of issuing say nothing.
                let epochs: Vec<_> = read.keys().map(|(_, _, epochs)| epochs).collect();
                let document = document(20_783);
                let known: Vec<_> = document.keys().map(|(_, _, epochs)| epochs).collect();
                proptest::prop_assert!(epochs.iter().zip(&known).all(|(read, known)| {
                    read.iter().zip(known).all(|(read, known)| read.check_value == known.check_value)
                }), "{names:?}");
            }
        }

        /// Scenario: any time at all, and keys with any bounds that a document can have.
        /// Guarantees: a key serves its own epoch alone.
        #[test]
        fn a_key_serves_its_own_epoch_alone(first in 0_u32..200_000_000, offset in 0_u64..400_000) {
            let ring = ring(&document(first));
            let time = (u64::from(first) * DAY + offset).saturating_sub(DAY);
            let Some(nanos) = time.checked_mul(1_000_000_000) else { return Ok(()) };
            let rotation = Rotation::every(DAY as u32).unwrap();
            let key = ring.key("ids", Purpose::Pseudonymize).unwrap();
            let epoch = key.epoch_at(rotation, nanos);
            if let Some(epoch) = epoch {
                proptest::prop_assert_eq!(Some(epoch), rotation.epoch(nanos));
                proptest::prop_assert!(epoch == first || epoch == first + 1);
            }
        }
    }
}
