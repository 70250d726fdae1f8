//! The vault: the one file in which keys of all epochs are kept, wrapped, and from which hosts are issued theirs.
//!
//! Every epoch of a key has an own random key (of a sealing key: an own key pair), wrapped on its own, so that destroying
//! one is deleting its bytes and nothing else can bring it back. The format is specified in `docs/reference/keys.md`.
//!
//! Promises: a vault that was changed by anybody without its wrapping key does not open; an entry that was swapped or renamed
//! does not unwrap; a writer that stops anywhere leaves the old file or the new one; no error carries a byte of a key. Leaves to
//! others: who may use it, what is logged, when to issue.

mod lock;
mod private_file;
mod text;

pub use lock::{Unlock, UnlockError};
pub use private_file::{FileError, Readers};

use crate::derive::{self, Secret};
use crate::issued::{EpochKey, Issued, is_name, push_hex};
use crate::key_text;
use crate::ring::{Key, Source};
use crate::token::MAX_EPOCH;
use crate::{Purpose, Rotation};
use lock::Lock;
use private_file::Folder;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};
use zeroize::Zeroizing;

/// Reads a file that holds secrets; see [`Readers`] for who else may.
pub use private_file::read as read_private;
/// Writes a file that its owner alone may read, in one step.
pub use private_file::write as write_private;

/// Seconds for which a key without epochs is issued: longer than anybody plans.
const FOR_EVER: u64 = 1 << 40;

/// A key to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySpec {
    /// The policy's name for it.
    pub name: String,
    /// What it serves.
    pub purpose: Purpose,
    /// How often it changes.
    pub rotation: Rotation,
    /// Seconds for which hosts also hold the previous epoch's key.
    pub overlap_seconds: u32,
}

/// What is known of a key without opening anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStatus {
    /// What was asked for.
    pub spec: KeySpec,
    /// Its epochs, oldest first.
    pub epochs: Vec<EpochStatus>,
}

/// What is known of an epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochStatus {
    /// Its number.
    pub epoch: u32,
    /// First second of it, since 1970 in UTC.
    pub not_before: u64,
    /// First second after it and after the time for which hosts still hold its key.
    pub not_after: u64,
    /// Eight hexadecimal digits that tell its key from a wrong one.
    pub check_value: String,
    /// When it was destroyed, in seconds since 1970. Nothing of it opens any more.
    pub destroyed: Option<u64>,
    /// When its private half was split among persons, in seconds since 1970. It opens for two of them together.
    pub split: Option<u64>,
}

/// Why a vault did not do what it was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The passphrase or the key file.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// There is a file already.
    #[error("{}: is there already; a vault is never overwritten", .0.display())]
    There(PathBuf),
    /// Not a vault, or not a whole one.
    #[error("{}: is damaged or no vault (line {line}); take a copy from your backups", .file.display())]
    Format {
        /// The vault's file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
    },
    /// The tag over the whole does not fit.
    #[error("{}: was changed or damaged since it was written; take a copy from your backups", .0.display())]
    Changed(PathBuf),
    /// An entry does not unwrap.
    #[error("key `{name}`, epoch {epoch}: does not unwrap; take a copy of the vault from your backups")]
    Unwrap {
        /// Name of the key.
        name: String,
        /// Number of the epoch.
        epoch: u32,
    },
    /// No such key.
    #[error("the vault has no key `{name}`; it has {known}")]
    NoKey {
        /// The name that was asked for.
        name: String,
        /// Names that there are, for people.
        known: String,
    },
    /// No such epoch.
    #[error("key `{name}` has no epoch {epoch} in this vault")]
    NoEpoch {
        /// Name of the key.
        name: String,
        /// Number of the epoch.
        epoch: u32,
    },
    /// An epoch that is gone.
    #[error("epoch {epoch} of key `{name}` was destroyed: nothing of it opens any more")]
    Destroyed {
        /// Name of the key.
        name: String,
        /// Number of the epoch.
        epoch: u32,
    },
    /// An epoch that was split.
    #[error("epoch {epoch} of key `{name}` was split among persons: two of them open it together")]
    Split {
        /// Name of the key.
        name: String,
        /// Number of the epoch.
        epoch: u32,
    },
    /// A name twice, or one that no policy has.
    #[error("key `{0}`: is no name for a new key: taken, or not as policies write names")]
    Name(String),
    /// A length of epochs or of the overlap that cannot be.
    #[error(
        "key `{0}`: its epochs or overlap cannot be: the overlap is shorter than the epoch, which has at least 60 seconds"
    )]
    Bounds(String),
    /// A key of another use.
    #[error("key `{name}` is for `{purpose}`")]
    OtherUse {
        /// Name of the key.
        name: String,
        /// What it serves.
        purpose: Purpose,
    },
    /// A time that no epoch has.
    #[error("key `{0}`: no epoch of it holds this time; is the clock right?")]
    Time(String),
    /// The system's randomness.
    #[error("the system gives no randomness, so no key was made")]
    Random,
    /// A cryptographic function refused.
    #[error("this build's cryptography refused its input")]
    Cryptography,
    /// A vault that was opened to be read.
    #[error("the vault was opened for reading alone")]
    ReadOnly,
}

/// An open vault.
pub struct Vault {
    path: PathBuf,
    lock: Lock,
    keys: Vec<VaultKey>,
    /// Held while the vault may be changed, so that two commands never write over each other.
    folder: Option<Folder>,
}

struct VaultKey {
    spec: KeySpec,
    check_secret: Wrapped,
    epochs: Vec<VaultEpoch>,
}

struct VaultEpoch {
    epoch: u32,
    not_before: u64,
    not_after: u64,
    check_value: [u8; 4],
    state: State,
}

enum State {
    /// The wrapped key, or the private half; of a sealing key, the public one beside it.
    Kept { wrapped: Wrapped, public: Option<[u8; 32]> },
    /// The private half of a sealing key was split among persons, since then; hosts still seal to the public one.
    Split { public: [u8; 32], at: u64 },
    /// Gone since then. The number stays, so that it is never made again.
    Destroyed(u64),
}

/// 32 secret bytes under the wrapping key.
#[derive(Clone)]
struct Wrapped {
    nonce: [u8; 24],
    sealed: [u8; 48],
}

impl Vault {
    /// Makes an empty vault and keeps it locked for this process. Nothing is on disk until [`Vault::save`].
    ///
    /// # Errors
    /// A file of that name is there, the folder cannot be locked, the passphrase is short, or there is no randomness.
    pub fn create(path: &Path, unlock: &Unlock) -> Result<Self, VaultError> {
        let folder = Folder::lock(path)?;
        if path.symlink_metadata().is_ok() {
            return Err(VaultError::There(path.to_owned()));
        }
        let lock = Lock::new(unlock)?;
        Ok(Self { path: path.to_owned(), lock, keys: Vec::new(), folder: Some(folder) })
    }

    /// Opens a vault to read from it.
    ///
    /// # Errors
    /// Others may read the file, the passphrase is wrong, the file was changed, or it is no vault.
    pub fn open(path: &Path, unlock: &Unlock) -> Result<Self, VaultError> {
        let bytes = private_file::read(path, text::MAX_BYTES, Readers::Owner)?;
        text::read(path, &bytes, unlock)
    }

    /// Opens a vault to change it. Waits while another process has it open so.
    ///
    /// # Errors
    /// Those of [`Vault::open`], and a folder that cannot be locked.
    pub fn open_to_change(path: &Path, unlock: &Unlock) -> Result<Self, VaultError> {
        // Known before anything is told: it could not be saved.
        private_file::is_a_place(path)?;
        let folder = Folder::lock(path)?;
        Ok(Self { folder: Some(folder), ..Self::open(path, unlock)? })
    }

    /// Writes the vault: to a temporary file that takes the old one's place in one step. The old file's bytes are overwritten
    /// afterwards, as far as the file system lets one, so that what was destroyed is gone.
    ///
    /// # Errors
    /// The vault was opened for reading alone, or the file cannot be written.
    pub fn save(&self) -> Result<(), VaultError> {
        if self.folder.is_none() {
            return Err(VaultError::ReadOnly);
        }
        let written = text::write(&self.lock, &self.keys)?;
        Ok(private_file::replace(&self.path, written.as_bytes())?)
    }

    /// Adds a key, without epochs yet.
    ///
    /// # Errors
    /// The name is taken or none, the bounds cannot be, or there is no randomness.
    pub fn add(&mut self, spec: KeySpec) -> Result<(), VaultError> {
        if !is_name(&spec.name) || self.keys.iter().any(|key| key.spec.name == spec.name) {
            return Err(VaultError::Name(spec.name));
        }
        if spec.overlap_seconds >= spec.rotation.seconds().unwrap_or(1) {
            return Err(VaultError::Bounds(spec.name));
        }
        let secret = random_secret()?;
        let check_secret = self.lock.wrap(&secret, &Entry::check_secret(&spec))?;
        self.keys.push(VaultKey { spec, check_secret, epochs: Vec::new() });
        Ok(())
    }

    /// Whether a key is missing for a time in seconds since 1970: of the present epoch, or of the next one where it begins within
    /// `lead` seconds ([`KeySpec::lead`] without one).
    ///
    /// # Errors
    /// The time has no epoch.
    pub fn lacks(&self, now: u64, lead: Option<u64>) -> Result<bool, VaultError> {
        for key in &self.keys {
            if key.wanted(now, lead)?.into_iter().any(|epoch| !key.knows(epoch)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes the keys that [`Vault::lacks`]. Tells which.
    ///
    /// # Errors
    /// The time has no epoch, or there is no randomness.
    pub fn keep_up(&mut self, now: u64, lead: Option<u64>) -> Result<Vec<(String, u32)>, VaultError> {
        let mut made = Vec::new();
        for at in 0..self.keys.len() {
            let Some(key) = self.keys.get(at) else { continue };
            let (name, wanted) = (key.spec.name.clone(), key.wanted(now, lead)?);
            for epoch in wanted {
                if self.make(at, epoch, now)? {
                    made.push((name.clone(), epoch));
                }
            }
        }
        Ok(made)
    }

    /// Lets others change the vault; this one is open for reading alone from now on.
    pub fn end_changes(&mut self) {
        self.folder = None;
    }

    /// Makes the key of the next epoch ahead of its time; of a key without epochs, begins the next one now. Gives its number, and
    /// whether it was made now or was there.
    ///
    /// # Errors
    /// No such key, no such time, no randomness, or the next epoch was destroyed already.
    pub fn rotate(&mut self, name: &str, now: u64) -> Result<(u32, bool), VaultError> {
        let at = self.position(name)?;
        let Some(key) = self.keys.get_mut(at) else { return Err(self.no_key(name)) };
        let epoch = match key.spec.rotation {
            Rotation::Never => {
                // Hosts hold one key of it at a time: the old one ends where the new one begins.
                let Some(last) = key.epochs.last_mut() else { return Ok((0, self.make(at, 0, now)?)) };
                let begins = now.max(last.not_before + 1);
                last.not_after = last.not_after.min(begins);
                let next = last.epoch + 1;
                return Ok((next, self.make(at, next, begins)?));
            }
            rotation => {
                let epoch = now.checked_mul(1_000_000_000).and_then(|nanos| rotation.epoch(nanos));
                epoch.ok_or_else(|| VaultError::Time(name.to_owned()))? + 1
            }
        };
        if key.epochs.iter().any(|known| known.epoch == epoch && matches!(known.state, State::Destroyed(_))) {
            return Err(VaultError::Destroyed { name: name.to_owned(), epoch });
        }
        Ok((epoch, self.make(at, epoch, now)?))
    }

    /// Destroys the key of an epoch: its bytes leave the vault with the next [`Vault::save`]. Copies of the vault that were made
    /// before still hold it, and hosts hold what they were issued.
    ///
    /// # Errors
    /// No such key or epoch, or it is destroyed already.
    pub fn destroy(&mut self, name: &str, epoch: u32, now: u64) -> Result<(), VaultError> {
        let at = self.position(name)?;
        let found =
            self.keys.get_mut(at).and_then(|key| key.epochs.iter_mut().find(|known| known.epoch == epoch));
        match found {
            None => Err(VaultError::NoEpoch { name: name.to_owned(), epoch }),
            Some(VaultEpoch { state: State::Destroyed(_), .. }) => {
                Err(VaultError::Destroyed { name: name.to_owned(), epoch })
            }
            Some(found) => {
                found.state = State::Destroyed(now);
                Ok(())
            }
        }
    }

    /// Destroys every epoch that ended, overlap included, at or before a time. Tells which.
    pub fn prune(&mut self, ended: u64, now: u64) -> Vec<(String, u32)> {
        let mut pruned = Vec::new();
        for key in &mut self.keys {
            for epoch in &mut key.epochs {
                if epoch.not_after <= ended && !matches!(epoch.state, State::Destroyed(_)) {
                    epoch.state = State::Destroyed(now);
                    pruned.push((key.spec.name.clone(), epoch.epoch));
                }
            }
        }
        pruned
    }

    /// The document for hosts at a time in seconds since 1970: of each key (of those named, if any are) what is in use now, what
    /// follows within the lead, and what hosts still hold of before. Earlier epochs are not in it, and nothing in it leads
    /// to them.
    ///
    /// # Errors
    /// No such key, or an entry that does not unwrap.
    pub fn issue(&self, now: u64, lead: Option<u64>, names: &[String]) -> Result<Issued, VaultError> {
        if let Some(unknown) = names.iter().find(|name| self.position(name).is_err()) {
            return Err(self.no_key(unknown));
        }
        let mut keys = Vec::new();
        for key in self.keys.iter().filter(|key| names.is_empty() || names.contains(&key.spec.name)) {
            // The one after the next is nobody's yet, however long the lead.
            let longest = key.spec.rotation.seconds().map_or(u64::MAX, u64::from);
            let until = now.saturating_add(lead.unwrap_or_else(|| key.spec.lead()).min(longest));
            let mut epochs = Vec::new();
            for epoch in key.epochs.iter().filter(|epoch| epoch.not_before <= until && now < epoch.not_after)
            {
                let held = match &epoch.state {
                    State::Destroyed(_) => continue,
                    State::Kept { public: Some(public), .. } | State::Split { public, .. } => {
                        Zeroizing::new(*public)
                    }
                    State::Kept { wrapped, public: None } => {
                        self.unwrap(&key.spec, epoch.epoch, wrapped, &Entry::epoch(&key.spec, epoch.epoch))?
                    }
                };
                let (epoch, not_before, not_after) = (epoch.epoch, epoch.not_before, epoch.not_after);
                epochs.push(EpochKey { epoch, not_before, not_after, key: held });
            }
            let check_secret =
                self.unwrap(&key.spec, 0, &key.check_secret, &Entry::check_secret(&key.spec))?;
            let source = Source::Issued { rotation: key.spec.rotation, epochs };
            let made = Key { purpose: key.spec.purpose, source, check_secret };
            keys.push((key.spec.name.clone(), Arc::new(made)));
        }
        Ok(Issued::new(now, keys))
    }

    /// What is in the vault, in the order of adding; no key.
    #[must_use]
    pub fn status(&self) -> Vec<KeyStatus> {
        let epoch = |epoch: &VaultEpoch| {
            let mut check_value = String::new();
            push_hex(&epoch.check_value, &mut check_value);
            let (destroyed, split) = match epoch.state {
                State::Kept { .. } => (None, None),
                State::Split { at, .. } => (None, Some(at)),
                State::Destroyed(at) => (Some(at), None),
            };
            let VaultEpoch { epoch, not_before, not_after, .. } = *epoch;
            EpochStatus { epoch, not_before, not_after, check_value, destroyed, split }
        };
        let one = |key: &VaultKey| KeyStatus {
            spec: key.spec.clone(),
            epochs: key.epochs.iter().map(epoch).collect(),
        };
        self.keys.iter().map(one).collect()
    }

    /// The key of an epoch, for tokens: to compute what a value's token was, or to turn one back.
    ///
    /// # Errors
    /// No such key or epoch, one that was destroyed, or a sealing key.
    pub fn epoch_key(&self, name: &str, epoch: u32) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let (key, secret) = self.secret(name, epoch)?;
        if key.spec.purpose == Purpose::Seal {
            return Err(VaultError::OtherUse { name: name.to_owned(), purpose: Purpose::Seal });
        }
        Ok(secret)
    }

    /// The private half of an epoch's sealing key (X25519, RFC 7748): what opens values that were sealed in it.
    ///
    /// # Errors
    /// No such key or epoch, one that was destroyed, or a key of another use.
    pub fn private_half(&self, name: &str, epoch: u32) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let (key, secret) = self.secret(name, epoch)?;
        if key.spec.purpose != Purpose::Seal {
            return Err(VaultError::OtherUse { name: name.to_owned(), purpose: key.spec.purpose });
        }
        // What hosts were given must be its other half.
        let public = x25519(*secret, X25519_BASEPOINT_BYTES);
        let same = key.epochs.iter().any(|known| {
            known.epoch == epoch
                && matches!(known.state, State::Kept { public: Some(kept), .. } if kept == public)
        });
        if same { Ok(secret) } else { Err(VaultError::Unwrap { name: name.to_owned(), epoch }) }
    }

    /// The public half of an epoch's sealing key, which is kept when the private one is split.
    ///
    /// # Errors
    /// No such key or epoch, one that was destroyed, or a key of another use.
    pub fn public_half(&self, name: &str, epoch: u32) -> Result<[u8; 32], VaultError> {
        let key = self.find(name)?;
        let known = key.epochs.iter().find(|known| known.epoch == epoch);
        match known.map(|known| &known.state) {
            None => Err(VaultError::NoEpoch { name: name.to_owned(), epoch }),
            Some(State::Destroyed(_)) => Err(VaultError::Destroyed { name: name.to_owned(), epoch }),
            Some(State::Split { public, .. } | State::Kept { public: Some(public), .. }) => Ok(*public),
            Some(State::Kept { public: None, .. }) => {
                Err(VaultError::OtherUse { name: name.to_owned(), purpose: key.spec.purpose })
            }
        }
    }

    /// Takes the private half of an epoch's sealing key out of the vault, to be split among persons: with the next
    /// [`Vault::save`] its bytes are gone from the file. Copies of the vault that were made before still hold it.
    ///
    /// # Errors
    /// Those of [`Vault::private_half`].
    pub fn take_private_half(
        &mut self,
        name: &str,
        epoch: u32,
        now: u64,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let (private, public) = (self.private_half(name, epoch)?, self.public_half(name, epoch)?);
        let at = self.position(name)?;
        let known =
            self.keys.get_mut(at).and_then(|key| key.epochs.iter_mut().find(|known| known.epoch == epoch));
        if let Some(known) = known {
            known.state = State::Split { public, at: now };
        }
        Ok(private)
    }

    /// Everything that makes and tells the tokens of a key in all its epochs that are still kept: to turn tokens back, and to
    /// list those of a subject. No host is ever given that much.
    ///
    /// # Errors
    /// No such key, a sealing key, or an entry that does not unwrap.
    pub fn ring(&self, name: &str) -> Result<crate::Ring, VaultError> {
        let key = self.find(name)?;
        if key.spec.purpose == Purpose::Seal {
            return Err(VaultError::OtherUse { name: name.to_owned(), purpose: Purpose::Seal });
        }
        let mut epochs = Vec::new();
        for known in key.epochs.iter().filter(|known| matches!(known.state, State::Kept { .. })) {
            let VaultEpoch { epoch, not_before, not_after, .. } = *known;
            let (_, secret) = self.secret(name, epoch)?;
            epochs.push(EpochKey { epoch, not_before, not_after, key: secret });
        }
        let check_secret = self.check_secret(name)?;
        let source = Source::Issued { rotation: key.spec.rotation, epochs };
        let mut ring = crate::Ring::default();
        let made = Arc::new(Key { purpose: key.spec.purpose, source, check_secret });
        ring.add(name, made, false).map_err(|_| VaultError::Cryptography)?;
        Ok(ring)
    }

    /// The secret from which the checks of a key's tokens derive; the same for all its epochs.
    ///
    /// # Errors
    /// No such key, or an entry that does not unwrap.
    pub fn check_secret(&self, name: &str) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let key = self.find(name)?;
        self.unwrap(&key.spec, 0, &key.check_secret, &Entry::check_secret(&key.spec))
    }

    fn secret(&self, name: &str, epoch: u32) -> Result<(&VaultKey, Secret), VaultError> {
        let key = self.find(name)?;
        let known = key.epochs.iter().find(|known| known.epoch == epoch);
        let known = known.ok_or_else(|| VaultError::NoEpoch { name: name.to_owned(), epoch })?;
        match &known.state {
            State::Destroyed(_) => Err(VaultError::Destroyed { name: name.to_owned(), epoch }),
            State::Split { .. } => Err(VaultError::Split { name: name.to_owned(), epoch }),
            State::Kept { wrapped, .. } => {
                Ok((key, self.unwrap(&key.spec, epoch, wrapped, &Entry::epoch(&key.spec, epoch))?))
            }
        }
    }

    fn find(&self, name: &str) -> Result<&VaultKey, VaultError> {
        self.keys.iter().find(|key| key.spec.name == name).ok_or_else(|| self.no_key(name))
    }

    fn position(&self, name: &str) -> Result<usize, VaultError> {
        let at = self.keys.iter().position(|key| key.spec.name == name);
        at.ok_or_else(|| self.no_key(name))
    }

    fn no_key(&self, name: &str) -> VaultError {
        let known: Vec<String> = self.keys.iter().map(|key| format!("`{}`", key.spec.name)).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        VaultError::NoKey { name: name.to_owned(), known }
    }

    fn unwrap(
        &self,
        spec: &KeySpec,
        epoch: u32,
        wrapped: &Wrapped,
        entry: &Entry,
    ) -> Result<Secret, VaultError> {
        self.lock.unwrap(wrapped, entry).ok_or_else(|| VaultError::Unwrap { name: spec.name.clone(), epoch })
    }

    /// Makes the key of an epoch unless it is or was there. Destroyed is destroyed: it is never made again.
    fn make(&mut self, at: usize, epoch: u32, now: u64) -> Result<bool, VaultError> {
        let Some(key) = self.keys.get(at) else { return Ok(false) };
        if key.knows(epoch) {
            return Ok(false);
        }
        if epoch > MAX_EPOCH {
            return Err(VaultError::Time(key.spec.name.clone()));
        }
        let (not_before, not_after) = match key.spec.rotation.seconds().map(u64::from) {
            None => (now, now.saturating_add(FOR_EVER)),
            Some(seconds) => {
                let start = u64::from(epoch) * seconds;
                (start, start + seconds + u64::from(key.spec.overlap_seconds))
            }
        };
        let secret = random_secret()?;
        let public = (key.spec.purpose == Purpose::Seal).then(|| x25519(*secret, X25519_BASEPOINT_BYTES));
        let check_secret = self.unwrap(&key.spec, 0, &key.check_secret, &Entry::check_secret(&key.spec))?;
        let shown = public.map_or_else(|| secret.clone(), Zeroizing::new);
        let check_value = derive::check_value(&shown, key.spec.purpose.word(), epoch, &check_secret);
        let check_value = check_value.ok_or(VaultError::Cryptography)?;
        let entry = Entry::epoch(&key.spec, epoch);
        let state = State::Kept { wrapped: self.lock.wrap(&secret, &entry)?, public };
        if let Some(key) = self.keys.get_mut(at) {
            key.epochs.push(VaultEpoch { epoch, not_before, not_after, check_value, state });
            key.epochs.sort_by_key(|known| known.epoch);
        }
        Ok(true)
    }
}

impl VaultKey {
    /// Numbers of the epochs that hosts need at a time.
    fn wanted(&self, now: u64, lead: Option<u64>) -> Result<Vec<u32>, VaultError> {
        let rotation = self.spec.rotation;
        if rotation == Rotation::Never {
            return Ok(if self.epochs.is_empty() { vec![0] } else { Vec::new() });
        }
        let epoch = |time: u64| time.checked_mul(1_000_000_000).and_then(|nanos| rotation.epoch(nanos));
        let present = epoch(now).ok_or_else(|| VaultError::Time(self.spec.name.clone()))?;
        let soon = epoch(now.saturating_add(lead.unwrap_or_else(|| self.spec.lead())));
        let mut wanted = vec![present];
        wanted.extend(soon.map(|soon| soon.min(present + 1)).filter(|soon| *soon != present));
        Ok(wanted)
    }

    /// Whether the epoch has a key, or had one.
    fn knows(&self, epoch: u32) -> bool {
        self.epochs.iter().any(|known| known.epoch == epoch)
    }
}

impl KeySpec {
    /// Seconds before an epoch at which its key is made and issued, unless somebody says otherwise: the overlap, or else a tenth
    /// of the epoch and at most an hour.
    #[must_use]
    pub fn lead(&self) -> u64 {
        // A key that is replaced in the second in which it began gives way a second later: hosts get both.
        let Some(epoch) = self.rotation.seconds().map(u64::from) else { return 5 };
        if self.overlap_seconds > 0 { u64::from(self.overlap_seconds) } else { (epoch / 10).min(3600) }
    }
}

/// What a wrapped key is bound to: an entry that was moved, renamed or relabeled does not unwrap.
struct Entry(Option<Vec<u8>>);

impl Entry {
    fn check_secret(spec: &KeySpec) -> Self {
        Self::bound(spec, "check-secret", &[])
    }

    fn epoch(spec: &KeySpec, epoch: u32) -> Self {
        Self::bound(spec, "epoch", &epoch.to_be_bytes())
    }

    fn bound(spec: &KeySpec, what: &str, number: &[u8]) -> Self {
        let mut bytes = b"frostglass/vault-entry/v1".to_vec();
        let parts = derive::length_prefixed(&[&spec.name, spec.purpose.word(), what]);
        Self(parts.map(|parts| {
            bytes.extend(parts);
            bytes.extend(number);
            bytes
        }))
    }
}

/// 32 fresh random bytes.
fn random_secret() -> Result<Secret, VaultError> {
    secret_of(&mut fill_random)
}

/// 32 bytes of a source, drawn twice so that one that fails, repeats or counts gives none.
fn secret_of(fill: &mut dyn FnMut(&mut [u8]) -> Result<(), VaultError>) -> Result<Secret, VaultError> {
    let mut pair = [Zeroizing::new([0; 32]), Zeroizing::new([0; 32])];
    for secret in &mut pair {
        fill(secret.as_mut_slice())?;
    }
    let [secret, other] = pair;
    if derive::same(&secret, &other) || key_text::weakness(secret.as_slice()).is_some() {
        return Err(VaultError::Random);
    }
    Ok(secret)
}

fn fill_random(bytes: &mut [u8]) -> Result<(), VaultError> {
    getrandom::fill(bytes).map_err(|_| VaultError::Random)
}

impl fmt::Debug for Vault {
    /// The file and the names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.keys.iter().map(|key| key.spec.name.as_str()).collect();
        f.debug_struct("Vault").field("path", &self.path).field("keys", &names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
