//! One line: an entry, its hash and, on a checkpoint, its signature.
//!
//! `{"entry":E,"hash":"H"}` or `{"entry":E,"hash":"H","signature":"S"}`, where E is canonical JSON. Hash and signature cover
//! E's bytes, and E holds the hash of the line before. What a line looks like is decided to the byte, so that no two readers
//! see different things in one.

use crate::canonical;
use crate::digest::{Digest, hex, unhex};
use crate::event::Event;
use crate::key::{PublicKey, Signer};
use crate::time::Time;
use serde_json::{Map, Value, json};
use thiserror::Error;

/// Longest line in bytes, its line feed included: a reveal of ten thousand values fits.
pub const MAX_LINE: usize = 1 << 20;

/// What stands before an entry where its hash is computed.
const HASHED: &[u8] = b"frostglass-audit-line/1\n";

/// What stands before an entry where it is signed.
const SIGNED: &[u8] = b"frostglass-audit-checkpoint/1\n";

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the chain, from 1.
    pub seq: u64,
    /// When it was written, by the writer's clock.
    pub time: Time,
    /// Hash of the line before; zeros in the first.
    pub prev: Digest,
    /// Number of the last checkpoint before; 0 for none.
    pub checkpoint: u64,
    /// What is told. `None` for events of later versions: the chain holds without knowing them.
    pub event: Option<Event>,
    /// The event's word.
    pub name: String,
}

/// A line of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub entry: Entry,
    /// The hash that it claims.
    pub hash: Digest,
    /// Whether the hash is that of its entry.
    pub hash_holds: bool,
    /// The signature that it claims.
    signature: Option<[u8; 64]>,
    /// The entry to the byte.
    text: String,
}

/// Why bytes are no line of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LineError {
    /// Other than `{"entry":…,"hash":"…"}`.
    #[error("is not a line of a chain")]
    Form,
    /// The entry is not canonical JSON.
    #[error("holds an entry that is not canonical JSON")]
    Canonical,
    /// The entry lacks a member, or one is of another type.
    #[error("holds an entry without `{0}`")]
    Member(&'static str),
}

impl Line {
    /// A line of an entry, signed if there is a signer.
    pub(crate) fn new(
        seq: u64,
        time: Time,
        prev: Digest,
        checkpoint: u64,
        event: &Event,
        signer: Option<&Signer>,
    ) -> Self {
        // An event has text keys, texts and whole numbers: it always has a value.
        let mut value = serde_json::to_value(event).unwrap_or_default();
        let name = value.get("event").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(members) = value.as_object_mut() {
            members.insert("seq".into(), json!(seq));
            members.insert("time".into(), json!(time));
            members.insert("prev".into(), json!(prev));
            members.insert("checkpoint".into(), json!(checkpoint));
        }
        let text = canonical::text(&value);
        let hash = Digest::of(&[HASHED, text.as_bytes()]);
        let signature = signer.map(|signer| signer.sign(&[SIGNED, text.as_bytes()].concat()));
        let entry = Entry { seq, time, prev, checkpoint, event: Some(event.clone()), name };
        Self { entry, hash, hash_holds: true, signature, text }
    }

    /// Reads a line without its line feed. Hash and signature are read, not believed.
    ///
    /// # Errors
    /// The bytes are not exactly of the form that [`std::fmt::Display`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, LineError> {
        let line = std::str::from_utf8(bytes).map_err(|_| LineError::Form)?;
        let form = || {
            let rest = line.strip_prefix("{\"entry\":")?.strip_suffix("\"}")?;
            // From the end: both tails have a fixed length, and the entry may hold anything.
            let signed = rest.len().checked_sub(128 + SIGNATURE.len()).and_then(|at| {
                let (before, tail) = rest.split_at_checked(at)?;
                Some((before, unhex(tail.strip_prefix(SIGNATURE)?)?))
            });
            let (rest, signature) = match signed {
                Some((before, signature)) => (before, Some(signature)),
                None => (rest, None),
            };
            let (text, hash) = rest.split_at_checked(rest.len().checked_sub(64 + HASH.len())?)?;
            Some((text, Digest::parse(hash.strip_prefix(HASH)?)?, signature))
        };
        let (text, hash, signature) = form().ok_or(LineError::Form)?;
        let value: Value = serde_json::from_str(text).map_err(|_| LineError::Canonical)?;
        if !canonical::has_whole_numbers(&value) || canonical::text(&value) != text {
            return Err(LineError::Canonical);
        }
        let entry = entry(value)?;
        let hash_holds = Digest::of(&[HASHED, text.as_bytes()]) == hash;
        Ok(Self { entry, hash, hash_holds, signature, text: text.to_owned() })
    }

    /// Whether a signature stands on the line.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.signature.is_some()
    }

    /// Whether the line is signed by a key.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.signature
            .is_some_and(|signature| key.holds(&[SIGNED, self.text.as_bytes()].concat(), &signature))
    }

    /// The entry as JSON.
    #[must_use]
    pub fn entry_text(&self) -> &str {
        &self.text
    }
}

/// What stands between an entry and its hash.
const HASH: &str = ",\"hash\":\"";

/// What stands between a hash and its signature.
const SIGNATURE: &str = "\",\"signature\":\"";

/// The line without its line feed.
impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{{\"entry\":{}{HASH}{}", self.text, self.hash)?;
        if let Some(signature) = &self.signature {
            write!(f, "{SIGNATURE}{}", hex(signature))?;
        }
        f.write_str("\"}")
    }
}

fn entry(value: Value) -> Result<Entry, LineError> {
    let Value::Object(mut members) = value else { return Err(LineError::Canonical) };
    let number = |members: &mut Map<String, Value>, name: &'static str| {
        members.remove(name).and_then(|value| value.as_u64()).ok_or(LineError::Member(name))
    };
    let (seq, checkpoint) = (number(&mut members, "seq")?, number(&mut members, "checkpoint")?);
    let mut text = |name: &'static str| match members.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(LineError::Member(name)),
    };
    let time = Time::parse(&text("time")?).ok_or(LineError::Member("time"))?;
    let prev = Digest::parse(&text("prev")?).ok_or(LineError::Member("prev"))?;
    let name = members.get("event").and_then(Value::as_str).ok_or(LineError::Member("event"))?.to_owned();
    let event = serde_json::from_value(Value::Object(members)).ok();
    Ok(Entry { seq, time, prev, checkpoint, event, name })
}
