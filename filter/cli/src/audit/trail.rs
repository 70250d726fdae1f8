//! Where commands tell what they do: `--audit FILE`.
//!
//! A command tells first and acts then. Where the line cannot be written, it does not act.

use crate::clock::Clock;
use crate::failure::{Failure, wrong};
use frostglass_audit::{Event, KeyFileError, Log, LogError, Signer, Time, Word, key_beside};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// `--audit` and `--audit-key`, for commands that tell what they do if they are asked to.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct TrailArguments {
    /// Audit file to tell it in, begun by `frostglass audit init`. Where the line cannot be written, nothing is done.
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,
    /// Key that signs checkpoints [default: that of the audit file, if it stands beside it].
    #[arg(long, value_name = "FILE", requires = "audit")]
    pub(crate) audit_key: Option<PathBuf>,
}

impl TrailArguments {
    /// The trail, if there is one.
    pub(crate) fn trail(&self) -> Option<Trail> {
        self.audit.clone().map(|file| Trail { file, key: self.audit_key.clone() })
    }

    /// Tells an event, if there is a trail. When this returns, the line is on the disk.
    pub(crate) fn tell(&self, event: &Event) -> Result<(), Failure> {
        match self.trail() {
            Some(trail) => trail.tell(event),
            None => Ok(()),
        }
    }
}

/// An audit file, and the key that signs its checkpoints.
#[derive(Debug, Clone)]
pub(crate) struct Trail {
    pub(crate) file: PathBuf,
    pub(crate) key: Option<PathBuf>,
}

impl Trail {
    /// Opens the chain and waits for other writers. It is locked as long as the log lives.
    ///
    /// The clock is the system's, whatever else the command is told: what was done has one time.
    pub(crate) fn open(&self) -> Result<Log, Failure> {
        let signer = match &self.key {
            Some(path) => Some(signer(path)?),
            None => {
                let beside = key_beside(&self.file);
                match Signer::read(&beside) {
                    Ok(signer) => Some(signer),
                    // Members of a group may tell and not sign: the owner's next line signs theirs.
                    Err(KeyFileError::Io(error))
                        if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) =>
                    {
                        None
                    }
                    Err(_) => Some(signer(&beside)?),
                }
            }
        };
        Log::open(&self.file, signer, now()).map_err(|error| failed(&self.file, &error))
    }

    /// Tells one event. When this returns, the line is on the disk.
    pub(crate) fn tell(&self, event: &Event) -> Result<(), Failure> {
        self.append(&mut self.open()?, event)
    }

    /// Tells one event in a chain that is open.
    pub(crate) fn append(&self, log: &mut Log, event: &Event) -> Result<(), Failure> {
        log.append(now(), event).map(drop).map_err(|error| failed(&self.file, &error))
    }
}

/// The system's time.
pub(crate) fn now() -> Time {
    time(Clock::default())
}

pub(super) fn time(clock: Clock) -> Time {
    Time::from_seconds(clock.now() / 1_000_000_000)
}

/// A name as an audit line takes it.
pub(crate) fn word(what: &str, text: &str) -> Result<Word, Failure> {
    Word::new(text).map_err(|error| wrong(format!("{what} {error}")))
}

pub(super) fn signer(path: &Path) -> Result<Signer, Failure> {
    Signer::read(path).map_err(|error| {
        let name = path.display();
        match error {
            KeyFileError::Io(error) => Failure::Stopped(format!(
                "{name}: the signing key cannot be read: {error}; `frostglass audit init` made it, and --key says where it is"
            )),
            error => Failure::Wrong(format!("{name}: {error}")),
        }
    })
}

pub(crate) fn failed(path: &Path, error: &LogError) -> Failure {
    Failure::Stopped(format!("{}: {error}", path.display()))
}
