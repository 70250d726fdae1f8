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
            let key = made.key(entry).map_err(|problem| KeyError { name: name.clone(), problem })?;
            made.keys.push((name, Arc::new(key)));
        }
        Ok(made)
    }

    fn key(&self, entry: KeyEntry) -> Result<Key, KeyProblem> {
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
        if let Some(how) = secrets.iter().find_map(|secret| key_text::weakness(secret.as_slice())) {
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
