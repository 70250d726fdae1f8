//! The audit chain: what was done with keys, policies and reveals, so that nobody can undo the telling of it unseen.
//!
//! A chain is a file of lines, each bound to the one before by its hash; now and then one is a signed checkpoint. The format
//! is specified in `docs/reference/audit.md`, and a second implementation of the verifier stands in
//! `tests/vectors/check_audit.py`.
//!
//! Promises: a line is on the disk before what it announces may happen ([`Log::append`] returns after the flush); writers
//! that run at the same time wait for each other; [`verify`] finds any deletion, edit, reordering and truncation up to the last
//! checkpoint that somebody kept. No event has a place for a value of a payload. The one secret here signs and opens nothing.
//! Leaves to others: who may do what, and what words a person may give as a reason.

mod canonical;
mod digest;
mod event;
mod key;
mod line;
mod log;
mod time;
mod verify;
mod volume;

pub use digest::Digest;
pub use event::{Approval, Event, KINDS, Reveal, Text, Word, WordError};
pub use key::{KeyFileError, PublicKey, Signer};
pub use line::{Entry, Line, LineError, MAX_LINE};
pub use log::{Log, LogError, key_beside};
pub use time::Time;
pub use verify::{Fault, Kept, KeptError, MAX_FAULTS, Problem, Report, follow, verify};
pub use volume::{FLOOR, PersonDay, Volume, volume};
