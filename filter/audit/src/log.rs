//! Writes a chain: one line at a time, under a lock, flushed to the disk before anybody goes on.

use crate::digest::{Digest, hex};
use crate::event::{Event, Word, WordError};
use crate::key::Signer;
use crate::line::{Line, LineError, MAX_LINE};
use crate::time::Time;
use crate::verify::{Report, verify};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a chain cannot be continued. Whatever was to be announced must not happen.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LogError {
    /// The file cannot be opened, locked, read, written or flushed.
    #[error("the audit file cannot be {what}: {error}")]
    Io {
        /// What failed.
        what: &'static str,
        /// Why.
        error: io::Error,
    },
    /// There is no file. A missing chain is never begun silently: it may have been removed.
    #[error("the audit file is missing; begin one with `frostglass audit init`, or find out who removed it")]
    Missing,
    /// Everybody may write it.
    #[error("the audit file can be written by everybody (mode {mode:o}); `chmod 600` it, or 660 for a group")]
    Open {
        /// Permissions of the file.
        mode: u32,
    },
    /// Another file took its name while we waited for the lock.
    #[error("the audit file was replaced by another one meanwhile; try again")]
    Moved,
    /// The last line is none, or was edited.
    #[error("the last line of the audit file {0}; `frostglass audit verify` says more")]
    Last(LineError),
    /// The hash of the last line is wrong.
    #[error("the last line of the audit file was edited; `frostglass audit verify` says more")]
    Edited,
    /// The file holds no line.
    #[error("the audit file is empty; `frostglass audit init` begins one")]
    Empty,
    /// The chain has faults.
    #[error("the audit file does not verify: {0}; `frostglass audit verify` says more")]
    Faulty(String),
    /// The signing key is not the one that the chain was begun with.
    #[error("the signing key does not belong to this audit file")]
    OtherKey,
    /// No signing key where one is needed.
    #[error("a checkpoint needs the signing key of the audit file")]
    NoKey,
    /// The event is longer than a line.
    #[error("what is to be told is longer than a line of the audit file may be")]
    Long,
    /// A word of the chain's beginning is not one. Cannot happen with words of this crate.
    #[error("{0}")]
    Word(#[from] WordError),
}

impl LogError {
    fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { what, error }
    }
}

/// An open chain. It is locked until it is dropped: what is read from it still holds when the next line is appended.
#[derive(Debug)]
pub struct Log {
    file: File,
    signer: Option<Signer>,
    last: Line,
    every: u64,
    /// Bytes of the file, all of them complete lines.
    length: u64,
}

impl Log {
    /// Begins a chain in a new file that its owner alone may read: its first line, and a checkpoint. `every` is the number of
    /// lines after which a checkpoint is due, from 1.
    ///
    /// # Errors
    /// The file exists or cannot be written, or the random source fails.
    pub fn create(path: &Path, signer: Signer, every: u64, now: Time) -> Result<Self, LogError> {
        let mut id = [0; 16];
        let random = getrandom::fill(&mut id).map_err(|error| io::Error::other(error.to_string()));
        random.map_err(LogError::io("begun"))?;
        let begin = Event::Begin {
            chain: Word::new(hex(&id))?,
            public: Word::new(signer.public().to_string())?,
            every: every.max(1),
        };
        let file = File::options()
            .read(true)
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(LogError::io("begun"))?;
        file.lock().map_err(LogError::io("locked"))?;
        let last = Line::new(1, now, Digest::default(), 0, &begin, None);
        let mut log = Self { file, signer: Some(signer), last, every: every.max(1), length: 0 };
        let first = log.last.clone();
        log.write(&first)?;
        log.checkpoint(now)?;
        // The name of the file must outlive a crash as its lines do.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(LogError::io("flushed"))?;
        Ok(log)
    }

    /// Opens a chain to continue it, and waits for other writers. Without a signer, no checkpoints are written.
    ///
    /// A torn last line is removed: its writer never heard that it was written, so nothing happened that it would have
    /// announced. The removal is told in the chain.
    ///
    /// # Errors
    /// The file is missing, open to others, or its last line does not hold; or the signer belongs to another chain.
    pub fn open(path: &Path, signer: Option<Signer>, now: Time) -> Result<Self, LogError> {
        let file =
            File::options().read(true).append(true).open(path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => LogError::Missing,
                _ => LogError::Io { what: "opened", error },
            })?;
        file.lock().map_err(LogError::io("locked"))?;
        let ours = file.metadata().map_err(LogError::io("read"))?;
        let named = fs::metadata(path).map_err(LogError::io("read"))?;
        if (ours.dev(), ours.ino()) != (named.dev(), named.ino()) {
            return Err(LogError::Moved);
        }
        if !ours.is_file() {
            let error = io::Error::other("is not a file");
            return Err(LogError::Io { what: "opened", error });
        }
        let mode = ours.mode() & 0o777;
        // A group may be let in, so that each of its members tells under an own name; everybody never.
        if mode & 0o002 != 0 {
            return Err(LogError::Open { mode });
        }
        let (tail, torn, length) = tail(&file, ours.len())?;
        let last = Line::parse(&tail).map_err(LogError::Last)?;
        if !last.hash_holds {
            return Err(LogError::Edited);
        }
        let every = begun(&file, signer.as_ref())?;
        let mut log = Self { file, signer, last, every, length };
        if !torn.is_empty() {
            log.file.set_len(length).map_err(LogError::io("mended"))?;
            let digest = Digest::of(&[&torn]);
            log.append(now, &Event::Torn { bytes: torn.len() as u64, digest })?;
        }
        Ok(log)
    }

    /// Appends an event, and a checkpoint where one is due. When this returns, the line is on the disk. Gives the line's
    /// number.
    ///
    /// # Errors
    /// The line cannot be written or flushed. Then it must be taken as not told.
    pub fn append(&mut self, now: Time, event: &Event) -> Result<u64, LogError> {
        let line = self.next(now, event, false);
        self.write(&line)?;
        let seq = line.entry.seq;
        self.last = line;
        if self.signer.is_some() && seq - self.last_checkpoint() >= self.every {
            self.checkpoint(now)?;
        }
        Ok(seq)
    }

    /// Appends a signed checkpoint and gives its line, which is worth keeping elsewhere.
    ///
    /// # Errors
    /// There is no signing key, or the line cannot be written or flushed.
    pub fn checkpoint(&mut self, now: Time) -> Result<String, LogError> {
        if self.signer.is_none() {
            return Err(LogError::NoKey);
        }
        let line = self.next(now, &Event::Checkpoint {}, true);
        self.write(&line)?;
        let text = line.to_string();
        self.last = line;
        Ok(text)
    }

    /// Shows every line of the chain, and refuses a chain with faults: what is counted in it must be all there.
    ///
    /// # Errors
    /// The chain cannot be read or has faults.
    pub fn read(&self, see: impl FnMut(&Line)) -> Result<Report, LogError> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).map_err(LogError::io("read"))?;
        let key = public(&self.file)?;
        file.seek(SeekFrom::Start(0)).map_err(LogError::io("read"))?;
        let report = verify(BufReader::new(file), &key, None, see).map_err(LogError::io("read"))?;
        match report.faults.first() {
            None => Ok(report),
            Some(fault) => Err(LogError::Faulty(fault.to_string())),
        }
    }

    /// The last line: after [`Log::create`], the first checkpoint.
    #[must_use]
    pub fn last_line(&self) -> String {
        self.last.to_string()
    }

    fn last_checkpoint(&self) -> u64 {
        let entry = &self.last.entry;
        if entry.name == "checkpoint" { entry.seq } else { entry.checkpoint }
    }

    fn next(&self, now: Time, event: &Event, signed: bool) -> Line {
        let signer = self.signer.as_ref().filter(|_| signed);
        Line::new(self.last.entry.seq + 1, now, self.last.hash, self.last_checkpoint(), event, signer)
    }

    fn write(&mut self, line: &Line) -> Result<(), LogError> {
        let bytes = format!("{line}\n").into_bytes();
        if bytes.len() > MAX_LINE {
            return Err(LogError::Long);
        }
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // Half a line would stand there until the next writer. Where this fails too, that one mends it.
            let _ = self.file.set_len(self.length);
            return Err(LogError::Io { what: "written", error });
        }
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// The last complete line, what follows it, and the length of the file up to there.
fn tail(mut file: &File, length: u64) -> Result<(Vec<u8>, Vec<u8>, u64), LogError> {
    // Two lines, so that one is complete whatever follows it.
    let from = length.saturating_sub(2 * MAX_LINE as u64);
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))
        .and_then(|_| file.take(length - from).read_to_end(&mut bytes))
        .map_err(LogError::io("read"))?;
    let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
        return Err(if length == 0 { LogError::Empty } else { LogError::Last(LineError::Form) });
    };
    let torn = bytes.split_off(end + 1);
    bytes.truncate(end);
    let begin = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    Ok((bytes.split_off(begin), torn.clone(), length - torn.len() as u64))
}

/// After how many lines a checkpoint is due, by the first line; refuses the signer of another chain.
fn begun(file: &File, signer: Option<&Signer>) -> Result<u64, LogError> {
    match first(file)? {
        Event::Begin { public, .. }
            if signer.is_some_and(|signer| signer.public().to_string() != public.as_str()) =>
        {
            Err(LogError::OtherKey)
        }
        Event::Begin { every, .. } => Ok(every.max(1)),
        _ => Err(LogError::Faulty("line 1: does not begin a chain".to_owned())),
    }
}

fn public(file: &File) -> Result<crate::PublicKey, LogError> {
    let known = match first(file)? {
        Event::Begin { public, .. } => crate::PublicKey::parse(public.as_str()),
        _ => None,
    };
    known.ok_or_else(|| LogError::Faulty("line 1: does not begin a chain".to_owned()))
}

fn first(mut file: &File) -> Result<Event, LogError> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.take(4096).read_to_end(&mut head))
        .map_err(LogError::io("read"))?;
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = Line::parse(line).map_err(|error| LogError::Faulty(format!("line 1: {error}")))?;
    line.entry.event.ok_or_else(|| LogError::Faulty("line 1: does not begin a chain".to_owned()))
}

/// Where the signing key of an audit file stands, if nobody says otherwise: beside it, with `.key` at its end.
#[must_use]
pub fn key_beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".key");
    name.into()
}
