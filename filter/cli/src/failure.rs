//! How a command ends: its exit code, and what it says when it cannot do its work.

use frostglass_engine::policy::PolicyError;
use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// What a command ends with when nothing stopped it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// Nothing to say.
    Well,
    /// Something to look at.
    Look,
}

impl From<Done> for ExitCode {
    fn from(done: Done) -> Self {
        Self::from(match done {
            Done::Well => 0,
            Done::Look => 1,
        })
    }
}

/// Why a command stopped. The text is for people and carries no value of a payload.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The policy or the arguments are wrong.
    Wrong(String),
    /// A file cannot be read, written or treated.
    Stopped(String),
    /// Whoever read our output has gone away, and nobody is there to be told.
    NobodyReads,
}

impl Failure {
    /// A failure about a file.
    pub(crate) fn file(path: &Path, what: &str, error: &io::Error) -> Self {
        Self::Stopped(format!("{}: {what}: {error}", path.display()))
    }

    /// Says what went wrong and gives the exit code.
    pub(crate) fn tell(&self) -> ExitCode {
        let (code, text) = match self {
            Self::Wrong(text) => (2, text),
            Self::Stopped(text) => (3, text),
            Self::NobodyReads => return ExitCode::SUCCESS,
        };
        crate::screen::complain(text);
        ExitCode::from(code)
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        Self::Wrong(error.to_string())
    }
}

/// Errors of writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::NobodyReads
        } else {
            Self::Stopped(format!("standard output: {error}"))
        }
    }
}

/// The wrong arguments, said in one sentence.
pub(crate) fn wrong(what: impl Display) -> Failure {
    Failure::Wrong(what.to_string())
}
