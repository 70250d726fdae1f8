//! Files between two persons: shares of a key, a request to lend one, and what was lent for it.

use crate::failure::{Failure, wrong};
use crate::screen::counted;
use frostglass_audit::Digest;
use frostglass_keys::vault::{Readers, read_private};
use frostglass_keys::{Lent, Share};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;
use zeroize::Zeroizing;

/// Largest of these files, in bytes.
const MOST: usize = 16 << 20;

/// One person's shares, one for each epoch of a key that was split.
#[derive(Default)]
pub(crate) struct ShareFile {
    shares: Vec<(ShareHead, Share)>,
}

/// What a share is of. Nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareHead {
    frostglass: ShareWord,
    version: u8,
    key: String,
    epoch: u32,
    number: u8,
    of: u8,
    public: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum ShareWord {
    #[serde(rename = "share")]
    Share,
}

impl ShareFile {
    /// Adds a share of an epoch's key.
    pub(crate) fn push(&mut self, key: &str, epoch: u32, of: u8, share: Share) {
        let (number, public) = (share.number(), hex(&share.public()));
        let head = ShareHead {
            frostglass: ShareWord::Share,
            version: 1,
            key: key.to_owned(),
            epoch,
            number,
            of,
            public,
        };
        self.shares.push((head, share));
    }

    /// JSON lines: what a share is of, a blank, the secret in hex.
    pub(crate) fn text(&self) -> Zeroizing<String> {
        // The right size at once: a growing buffer would leave copies behind.
        let mut out = Zeroizing::new(String::with_capacity(self.shares.len() * 1024));
        for (head, share) in &self.shares {
            out.push_str(&serde_json::to_string(head).unwrap_or_default());
            out.push(' ');
            for byte in share.secret().iter() {
                for digit in [byte >> 4, byte & 15] {
                    out.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
                }
            }
            out.push('\n');
        }
        out
    }

    /// Reads a share's file, which its owner alone may read.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = read_private(path, MOST, Readers::Owner)?;
        let mut file = Self::default();
        for (number, line) in
            bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty())
        {
            let read = || {
                let (head, secret) = std::str::from_utf8(line).ok()?.rsplit_once(' ')?;
                let head: ShareHead = serde_json::from_str(head).ok()?;
                let secret = Zeroizing::new(unhex(secret)?);
                let share = Share::of(head.number, unhex(&head.public)?, secret)?;
                (head.version == 1).then_some((head, share))
            };
            let share = read().ok_or_else(|| {
                let what = "is not a share of version 1, as `frostglass keys split` writes them";
                wrong(format!("{}: line {} {what}", path.display(), number + 1))
            })?;
            file.shares.push(share);
        }
        Ok(file)
    }

    /// The share of a key by its public half.
    fn of(&self, public: &str) -> Option<&Share> {
        self.shares.iter().find(|(head, _)| head.public == public).map(|(_, share)| share)
    }

    /// Public halves of the keys whose seals it helps to open, with their epochs.
    pub(crate) fn publics(&self) -> impl Iterator<Item = (u32, [u8; 32])> {
        self.shares.iter().map(|(head, share)| (head.epoch, share.public()))
    }

    /// Lends for each wanted encapsulated key of which there is a share.
    pub(crate) fn lend(&self, wanted: &[Wanted]) -> Vec<Loan> {
        let lend = |wanted: &Wanted| {
            let lent = self.of(&wanted.public)?.lend(&unhex(&wanted.encapsulated)?)?;
            Some(Loan { wanted: wanted.clone(), number: lent.number, point: hex(&lent.point) })
        };
        wanted.iter().filter_map(lend).collect()
    }
}

/// An encapsulated key for which a share is wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Public half of the key, in hex.
    pub(crate) public: String,
    /// In hex.
    pub(crate) encapsulated: String,
}

/// What somebody asks a second person for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) frostglass: RequestWord,
    pub(crate) who: String,
    pub(crate) role: String,
    pub(crate) purpose: String,
    pub(crate) reason: String,
    pub(crate) ticket: String,
    pub(crate) class: String,
    pub(crate) tenant: String,
    pub(crate) recipient: String,
    /// SHA-256 of each sealed text, sorted.
    pub(crate) digests: Vec<Digest>,
    pub(crate) wanted: Vec<Wanted>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RequestWord {
    #[serde(rename = "reveal-request")]
    RevealRequest,
}

impl Request {
    /// As a file holds it.
    pub(crate) fn text(&self) -> String {
        format!("{}\n", serde_json::to_string(self).unwrap_or_default())
    }

    /// Names exactly this request.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(&[b"frostglass-reveal-request/1\n", self.text().as_bytes()])
    }

    /// How many values it asks for.
    ///
    /// # Errors
    /// It wants more encapsulated keys than it names values, or a value twice: more would be lent than is told. Fewer are in
    /// order, since values of one host and minute share one.
    pub(crate) fn values(&self) -> Result<u64, String> {
        let digests: BTreeSet<&Digest> = self.digests.iter().collect();
        // Shares of two keys may fit one seal by their short ids; it is one value all the same.
        let wanted: BTreeSet<&str> = self.wanted.iter().map(|wanted| wanted.encapsulated.as_str()).collect();
        if wanted.len() > digests.len() || digests.len() != self.digests.len() {
            return Err(format!(
                "names {} but wants {} opened, which no request of `frostglass reveal --ask` does; nothing was lent",
                counted(digests.len() as u64, "value"),
                wanted.len()
            ));
        }
        Ok(digests.len() as u64)
    }

    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        read(path, "a request, as `frostglass reveal --ask` writes it")
    }
}

/// What was lent for one encapsulated key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Loan {
    pub(crate) wanted: Wanted,
    number: u8,
    point: String,
}

impl Loan {
    pub(crate) fn lent(&self) -> Option<Lent> {
        Some(Lent { number: self.number, point: unhex(&self.point)? })
    }
}

/// What a second person lent for a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Approved {
    pub(crate) frostglass: ApprovalWord,
    pub(crate) who: String,
    pub(crate) request: Digest,
    pub(crate) loans: Vec<Loan>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ApprovalWord {
    #[serde(rename = "reveal-approval")]
    RevealApproval,
}

impl Approved {
    pub(crate) fn text(&self) -> String {
        format!("{}\n", serde_json::to_string(self).unwrap_or_default())
    }

    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        read(path, "an approval, as `frostglass approve` writes it")
    }
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path, what: &str) -> Result<T, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, "cannot be read", &error))?;
    let read = if bytes.len() > MOST { None } else { serde_json::from_slice(&bytes).ok() };
    read.ok_or_else(|| wrong(format!("{}: is not {what}", path.display())))
}

/// Bytes in lower-case hex. For public things alone.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let mut out = [0; 32];
    for (slot, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *slot = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    digits.then_some(out)
}
