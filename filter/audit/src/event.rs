//! What is told: each event and its members. Names, numbers, digests and a person's reason; no member holds a value.

use crate::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// Words of all events of this version, as they stand in lines.
pub const KINDS: [&str; 13] = [
    "begin",
    "checkpoint",
    "torn",
    "policy",
    "key-made",
    "key-issued",
    "key-destroyed",
    "key-split",
    "approval",
    "reveal",
    "treatment",
    "host-treatment",
    "forget",
];

/// Something that was done, or is about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// The first line of a chain.
    Begin {
        /// 16 random bytes in hex: two chains never share a line.
        chain: Word,
        /// The public key that verifies the checkpoints, in hex.
        public: Word,
        /// A checkpoint is due after this many lines.
        every: u64,
    },
    /// The lines before are signed.
    Checkpoint {},
    /// A writer was cut off in the middle of a line; what was announced there did not happen, and the piece was removed.
    Torn {
        /// How many bytes were removed.
        bytes: u64,
        /// Their SHA-256.
        digest: Digest,
    },
    /// Another policy is in force.
    Policy {
        /// Its name.
        policy: Word,
        /// Digest of the policy before; absent for the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Digest>,
        /// Digest of the policy from now on.
        after: Digest,
    },
    /// An epoch of a key was drawn.
    KeyMade {
        /// The policy's name for the key.
        key: Word,
        /// The epoch's number.
        epoch: u64,
    },
    /// An epoch of a key was handed to a host.
    KeyIssued {
        /// The policy's name for the key.
        key: Word,
        /// The epoch's number.
        epoch: u64,
        /// Key check value of what was handed out.
        check: Word,
        /// To whom, as the issuer knows the host.
        to: Word,
    },
    /// An epoch of a key is about to be destroyed: nothing of it opens afterwards.
    KeyDestroyed {
        /// The policy's name for the key.
        key: Word,
        /// The epoch's number.
        epoch: u64,
        /// Who had it forgotten, by login name; absent where nobody was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        who: Option<Word>,
        /// The ticket that asked for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<Word>,
    },
    /// The private half of an epoch's sealing key was split among persons.
    KeySplit {
        /// The policy's name for the key.
        key: Word,
        /// The epoch's number.
        epoch: u64,
        /// How many shares there are.
        shares: u64,
        /// How many of them open together.
        needed: u64,
    },
    /// Somebody lent a share of a key for one request of somebody else.
    Approval(Approval),
    /// Values are about to be shown.
    Reveal(Reveal),
    /// Payloads were treated.
    Treatment {
        /// Name of the policy.
        policy: Word,
        /// Its digest.
        digest: Digest,
        /// How many values by `class/treatment`.
        counts: BTreeMap<Word, u64>,
        /// How many payloads or records were withheld.
        withheld: u64,
    },
    /// What a running host treated, as the page of its metrics said.
    HostTreatment {
        /// The host, as whoever records it calls it.
        host: Word,
        /// Policies in force, by name: the first 16 digits of their digests.
        policies: BTreeMap<Word, Word>,
        /// Number of the line of this host after which the counts begin; 0 when they begin with the host's own start.
        after: u64,
        /// How many values by `class/treatment`, since then.
        counts: BTreeMap<Word, u64>,
        /// How many values and records were withheld since then.
        withheld: u64,
        /// How many values by `class/treatment` since the host's start: what the next line is counted from.
        counts_in_all: BTreeMap<Word, u64>,
        /// How many values and records were withheld since the host's start.
        withheld_in_all: u64,
    },
    /// A subject is to be forgotten: a deletion work-order was written.
    Forget {
        /// Who wrote it.
        who: Word,
        /// SHA-256 of the work-order.
        order: Digest,
        /// How many tokens stand in it.
        tokens: u64,
        /// The ticket.
        ticket: Word,
    },
}

/// Who is about to see what, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reveal {
    /// The person, by login name.
    pub who: Word,
    /// The role that allows it.
    pub role: Word,
    /// The purpose, one of the role's.
    pub purpose: Word,
    /// The person's reason.
    pub reason: Text,
    /// The ticket that asks for it.
    pub ticket: Word,
    /// How many values of each class.
    pub classes: BTreeMap<Word, u64>,
    /// How many values in all were asked for.
    pub values: u64,
    /// How many of them opened and are about to be shown; absent in lines of earlier versions, which told before they knew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<u64>,
    /// SHA-256 of each sealed text or token.
    pub digests: Vec<Digest>,
    /// SHA-256 of the roles file that allowed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Digest>,
    /// SHA-256 of the request for which a second person lent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Digest>,
    /// Persons who lent a share of the key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved_by: Vec<Word>,
}

impl Reveal {
    /// How many values somebody saw by it, as far as the line tells.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.opened.unwrap_or(self.values)
    }
}

/// Who lends a share for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Approval {
    /// The person who lends, by login name.
    pub who: Word,
    /// The person who asked.
    pub asked_by: Word,
    /// The role of the person who lends.
    pub role: Word,
    /// SHA-256 of the request.
    pub request: Digest,
    /// The ticket of the request.
    pub ticket: Word,
    /// How many values the request asks for.
    pub values: u64,
}

/// A text that may not stand in an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WordError {
    /// Nothing but blanks.
    #[error("is empty")]
    Empty,
    /// Longer than an entry takes.
    #[error("is longer than {most} characters")]
    Long {
        /// How many it may have.
        most: usize,
    },
    /// Characters that could break a line or draw on a terminal.
    #[error("holds characters that may not stand there: {allowed}")]
    Characters {
        /// Which may.
        allowed: &'static str,
    },
}

/// A name, an id, a count's label: at most 128 printable ASCII characters without blanks and quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Word(String);

impl Word {
    /// Before all words.
    pub(crate) const FIRST: Self = Self(String::new());

    /// A word.
    ///
    /// # Errors
    /// The text is empty, longer than 128 characters or holds other characters.
    pub fn new(text: impl Into<String>) -> Result<Self, WordError> {
        let text = text.into();
        if text.is_empty() {
            return Err(WordError::Empty);
        }
        if text.len() > 128 {
            return Err(WordError::Long { most: 128 });
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')) {
            let allowed = "ASCII letters, digits and signs, without blanks and quotes";
            return Err(WordError::Characters { allowed });
        }
        Ok(Self(text))
    }
}

/// A sentence of a person: at most 300 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Text(String);

impl Text {
    /// A sentence, blanks around it removed.
    ///
    /// # Errors
    /// The text is empty, longer than 300 characters, or holds control characters or invisible marks.
    pub fn new(text: &str) -> Result<Self, WordError> {
        let text = text.trim();
        let unseen = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        if text.is_empty() {
            Err(WordError::Empty)
        } else if text.chars().count() > 300 {
            Err(WordError::Long { most: 300 })
        } else if text.chars().any(unseen) {
            Err(WordError::Characters { allowed: "one line of visible characters" })
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

macro_rules! text {
    ($($type:ty),*) => {$(
        impl $type {
            /// As text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text!(Word, Text);

impl TryFrom<String> for Word {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        Self::new(text)
    }
}

impl TryFrom<String> for Text {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        let read = Self::new(&text)?;
        if read.0 == text { Ok(read) } else { Err(WordError::Characters { allowed: "no blanks around it" }) }
    }
}
