//! Finds what was done to a chain: each fault with its line.
//!
//! Reads bytes that an attacker may have written. Memory is bounded by the longest line. After a fault it goes on from what the
//! faulty line claims, so that one deletion is one fault.

use crate::digest::Digest;
use crate::event::Event;
use crate::key::PublicKey;
use crate::line::{Line, LineError, MAX_LINE};
use crate::time::Time;
use std::fmt;
use std::io::{self, BufRead, Read};
use thiserror::Error;

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// The bytes are no line.
    #[error("{0}")]
    Line(#[from] LineError),
    /// Longer than a line may be.
    #[error("is longer than a line may be")]
    Long,
    /// No line feed at its end.
    #[error("stops in the middle: its writer was cut off, or its end was removed")]
    Torn,
    /// The hash is not that of the entry.
    #[error("was edited: its hash is not that of its entry")]
    Edited,
    /// Numbers are left out.
    #[error("{} missing before it", entries(*from, *to))]
    Missing {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// A number that was there already.
    #[error("is entry {found} where {expected} belongs: copied or moved")]
    Order {
        /// The number that stands there.
        found: u64,
        /// The number that belongs there.
        expected: u64,
    },
    /// The hash of the line before is another.
    #[error("does not continue the line before it: one of the two was replaced")]
    Replaced,
    /// The first line begins no chain.
    #[error("does not begin a chain: what stood before it is missing")]
    NoBegin,
    /// Another line than the first begins a chain.
    #[error("begins another chain")]
    SecondBegin,
    /// The chain was begun for another key.
    #[error("begins a chain of another public key than the one given")]
    ForeignKey,
    /// A checkpoint without a signature.
    #[error("is a checkpoint whose signature was removed")]
    Unsigned,
    /// A checkpoint whose signature does not hold.
    #[error("is a checkpoint whose signature does not hold under the given public key")]
    Signature,
    /// A signature on a line that is none.
    #[error("carries a signature and is no checkpoint")]
    Stray,
    /// The number of the last checkpoint is wrong.
    #[error("says that the last checkpoint is entry {found}, which is entry {expected}")]
    Checkpoint {
        /// What it says.
        found: u64,
        /// What is so.
        expected: u64,
    },
    /// The kept checkpoint is not reached.
    #[error("the file ends here, and the kept checkpoint is entry {kept}: the end was removed")]
    Truncated {
        /// Number of the kept checkpoint.
        kept: u64,
    },
    /// Another line stands where the kept checkpoint was.
    #[error("is not the checkpoint that was kept: the chain was rewritten")]
    NotKept,
    /// No line at all.
    #[error("the file is empty")]
    Empty,
}

fn entries(from: u64, to: u64) -> String {
    if from == to { format!("entry {from} is") } else { format!("entries {from} to {to} are") }
}

/// A fault and its line, counted from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line.
    pub line: u64,
    /// What is wrong with it.
    pub problem: Problem,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

/// A checkpoint that somebody kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept(Line);

/// Why a text is no checkpoint to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeptError {
    /// No line of a chain.
    #[error("is not the one line of a checkpoint, as `frostglass audit checkpoint` prints it: {0}")]
    Line(#[from] LineError),
    /// Not a checkpoint.
    #[error("is a line of a chain, but no checkpoint")]
    NotOne,
    /// Edited, or of another chain.
    #[error("is a checkpoint whose hash or signature does not hold under the given public key")]
    Signature,
}

impl Kept {
    /// Reads a checkpoint's line, as `frostglass audit checkpoint` prints it.
    ///
    /// # Errors
    /// The text is no signed checkpoint of this key.
    pub fn parse(text: &str, key: &PublicKey) -> Result<Self, KeptError> {
        let line = Line::parse(text.trim_end_matches(['\r', '\n']).as_bytes())?;
        if line.entry.event != Some(Event::Checkpoint {}) {
            Err(KeptError::NotOne)
        } else if !line.hash_holds || !line.is_signed_by(key) {
            Err(KeptError::Signature)
        } else {
            Ok(Self(line))
        }
    }

    /// Its number in the chain.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.0.entry.seq
    }
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many lines the file has.
    pub lines: u64,
    /// How many of them are checkpoints whose signature holds.
    pub checkpoints: u64,
    /// Number of the last of these, and its time.
    pub last: Option<(u64, Time)>,
    /// Faults in the order of the lines: at most [`MAX_FAULTS`] of them.
    pub faults: Vec<Fault>,
    /// How many faults there are.
    pub faults_in_all: u64,
    /// Lines whose time is before that of the line before: a clock was set back.
    pub clock_set_back: Vec<u64>,
}

/// Most faults that are listed; further ones are counted.
pub const MAX_FAULTS: usize = 100;

impl Report {
    /// Lines after the last checkpoint: nothing is signed that would tell whether more stood there.
    #[must_use]
    pub fn unsigned(&self) -> u64 {
        self.lines.saturating_sub(self.last.map_or(0, |last| last.0))
    }

    fn say(&mut self, line: u64, problem: Problem) {
        self.faults_in_all += 1;
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { line, problem });
        }
    }
}

/// The next line of a chain, if there is one, or what is wrong with it by itself. A line ends with a line feed and nothing else,
/// however long it is; one that is too long is passed by.
fn next_line(source: &mut impl BufRead, buffer: &mut Vec<u8>) -> io::Result<Option<Result<Line, Problem>>> {
    buffer.clear();
    let longest = MAX_LINE as u64 + 1;
    if source.by_ref().take(longest).read_until(b'\n', buffer)? == 0 {
        return Ok(None);
    }
    Ok(Some(match buffer.strip_suffix(b"\n") {
        Some(bytes) => Line::parse(bytes).map_err(Problem::from),
        None if buffer.len() as u64 == longest => {
            source.skip_until(b'\n')?;
            Err(Problem::Long)
        }
        None => Err(Problem::Torn),
    }))
}

/// Verifies a chain from its first line to its end, and against a kept checkpoint, if there is one. `see` is shown every line
/// whose hash holds.
///
/// # Errors
/// Reading fails. What is wrong with the chain is in the report.
pub fn verify(
    source: impl BufRead,
    key: &PublicKey,
    kept: Option<&Kept>,
    mut see: impl FnMut(&Line),
) -> io::Result<Report> {
    follow(source, Some(key), kept, |_, line, _| {
        if let Some(line) = line.filter(|line| line.hash_holds) {
            see(line);
        }
    })
}

/// Verifies a chain as [`verify`] does, and shows every line as it is met: its number from 1, what it says unless it cannot be
/// read, and what is wrong with it.
///
/// Without a key, checkpoints are held against the one that the first line names. Whoever writes a whole chain anew chooses that
/// one, so nothing but a key from elsewhere tells such a chain from the true one.
///
/// # Errors
/// Reading fails. What is wrong with the chain is in the report.
pub fn follow(
    mut source: impl BufRead,
    key: Option<&PublicKey>,
    kept: Option<&Kept>,
    mut see: impl FnMut(u64, Option<&Line>, &[Problem]),
) -> io::Result<Report> {
    let mut report = Report::default();
    let mut before = Before { key: key.copied(), ..Before::default() };
    let mut buffer = Vec::new();
    let mut met_kept = false;
    while let Some(line) = next_line(&mut source, &mut buffer)? {
        report.lines += 1;
        let number = report.lines;
        let mut problems = Vec::new();
        let line = match line {
            Ok(line) => {
                before.check(&line, number, &mut report, &mut problems);
                if let Some(kept) = kept
                    && kept.seq() == line.entry.seq
                    && !met_kept
                {
                    met_kept = true;
                    if kept.0 != line {
                        problems.push(Problem::NotKept);
                    }
                }
                Some(line)
            }
            Err(problem) => {
                before.follows = None;
                before.seq += u64::from(matches!(problem, Problem::Line(_)));
                problems.push(problem);
                None
            }
        };
        see(number, line.as_ref(), &problems);
        problems.into_iter().for_each(|problem| report.say(number, problem));
    }
    match kept {
        Some(kept) if !met_kept => report.say(report.lines, Problem::Truncated { kept: kept.seq() }),
        None if report.lines == 0 => report.say(0, Problem::Empty),
        _ => {}
    }
    Ok(report)
}

/// What the next line must continue.
#[derive(Default)]
struct Before {
    /// The key of the checkpoints, once it is known.
    key: Option<PublicKey>,
    seq: u64,
    /// Hash of the line before; `None` after a line that could not be read, whose fault is said already.
    follows: Option<Digest>,
    checkpoint: u64,
    time: Time,
}

impl Before {
    fn check(&mut self, line: &Line, number: u64, report: &mut Report, problems: &mut Vec<Problem>) {
        let entry = &line.entry;
        let expected = self.seq + 1;
        let first = number == 1;
        let begins = matches!(entry.event, Some(Event::Begin { .. }));
        if !line.hash_holds {
            problems.push(Problem::Edited);
        }
        if first && !begins {
            problems.push(Problem::NoBegin);
        } else if !first && begins {
            problems.push(Problem::SecondBegin);
        } else if entry.seq > expected {
            problems.push(Problem::Missing { from: expected, to: entry.seq - 1 });
        } else if entry.seq < expected {
            problems.push(Problem::Order { found: entry.seq, expected });
        } else if first && entry.prev != Digest::default() {
            problems.push(Problem::NoBegin);
        } else if self.follows.is_some_and(|hash| hash != entry.prev) {
            problems.push(Problem::Replaced);
        } else if entry.checkpoint != self.checkpoint {
            let (found, expected) = (entry.checkpoint, self.checkpoint);
            problems.push(Problem::Checkpoint { found, expected });
        }
        if let Some(Event::Begin { public, .. }) = &entry.event {
            let named = PublicKey::parse(public.as_str());
            if first && self.key.is_none() {
                self.key = named;
            }
            if named.is_none() || named != self.key {
                problems.push(Problem::ForeignKey);
            }
        }
        // By the word: a checkpoint of a later version with members of its own is signed too.
        match (entry.name == "checkpoint", line.is_signed()) {
            (true, true) if self.key.is_some_and(|key| line.is_signed_by(&key)) => {
                report.checkpoints += 1;
                report.last = Some((number, entry.time));
            }
            (true, true) => problems.push(Problem::Signature),
            (true, false) => problems.push(Problem::Unsigned),
            (false, true) => problems.push(Problem::Stray),
            (false, false) => {}
        }
        if entry.time < self.time {
            report.clock_set_back.push(number);
        }
        self.seq = entry.seq;
        self.follows = Some(line.hash);
        self.checkpoint = if entry.name == "checkpoint" { entry.seq } else { entry.checkpoint };
        self.time = entry.time;
    }
}
