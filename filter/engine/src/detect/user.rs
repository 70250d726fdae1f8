//! Detectors of a user: a pattern, words that must stand near, a class.
//!
//! A pattern is compiled when the policy is loaded, into one anchored automaton of bounded size: searching takes one
//! table lookup a byte and nothing can backtrack. It is matched as ASCII and case matters unless it says `(?i)`. From
//! each place the longest match counts, of at most [`LONGEST`] bytes. Where it begins with a letter or digit, none may
//! stand before it, and so at its end: word boundaries are implied, and so look-around is refused. Words are looked for
//! as [`Probe::near`] says.
//!
//! A detector of class `operational` is an exemption: findings that lie wholly within its match are dropped.

use super::probe::Probe;
use super::{DetectError, Spec, sites};
use crate::Class;
use core::ops::Range;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::{primitives::StateID, start, syntax};
use regex_automata::{Anchored, MatchKind};
use std::borrow::Cow;

/// Longest match of a user's pattern in bytes.
pub const LONGEST: usize = 256;
/// Largest automaton of one pattern in bytes.
const LARGEST: usize = 64 * 1024;
/// Most work memory while it is compiled, in bytes.
const LARGEST_WORK: usize = 512 * 1024;
/// Most bytes that a pattern may begin with: more than a word character has, fewer than "anything but".
const MOST_FIRST: usize = 64;

/// A detector as a policy describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDetector {
    /// Name, unlike any other detector's.
    pub name: String,
    /// Regular expression.
    pub pattern: String,
    /// Words of which one must stand near, or in the field's name; none asks for nothing. Any case.
    pub near: Vec<String>,
    /// Class of what it finds; `operational` makes it an exemption.
    pub class: Class,
}

impl UserDetector {
    pub(super) fn spec(&self) -> Spec {
        Spec {
            name: Cow::Owned(self.name.clone()),
            class: self.class,
            sentence: Cow::Borrowed("Defined by the policy"),
            confidence: super::USER_CONFIDENCE,
            packs: &[],
            finds: &[],
            passes_over: &[],
        }
    }
}

/// Why a pattern cannot be used, with what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternProblem {
    /// Not a regular expression.
    #[error("not a regular expression: {message}")]
    Syntax {
        /// What the parser said, on one line.
        message: String,
    },
    /// It can match nothing at all.
    #[error("the pattern also matches an empty text; make a part of it required")]
    Empty,
    /// It can begin with nearly anything.
    #[error(
        "the pattern can begin with {count} different bytes; begin it with a literal or a class of at most {MOST_FIRST}, such as `[A-Z]` or `\\d`"
    )]
    Start {
        /// How many.
        count: usize,
    },
    /// It looks around.
    #[error("the pattern uses `^`, `$` or `\\b`; leave them out, word boundaries are implied at both ends")]
    Look,
    /// Its automaton is too large.
    #[error(
        "the pattern needs more than {} KiB; bound its repetitions more tightly or use `+` for large counts, and prefer ASCII classes",
        LARGEST / 1024
    )]
    Size,
}

/// A user's detector, compiled.
#[derive(Debug)]
pub(super) struct UserPattern {
    automaton: dense::DFA<Vec<u32>>,
    start: StateID,
    near: Vec<String>,
    index: u16,
}

impl UserPattern {
    /// Compiles a pattern and adds the bytes that it can begin with to the tables of the pass.
    pub(super) fn new(
        detector: UserDetector,
        index: u16,
        tables: &mut sites::Tables,
    ) -> Result<Self, DetectError> {
        let UserDetector { name, pattern, near, class: _ } = detector;
        match compile(&pattern) {
            Ok((automaton, start)) => {
                let compiled = Self { automaton, start, near, index };
                for (first, second) in compiled.pairs() {
                    tables.want_pair(first, second);
                }
                Ok(compiled)
            }
            Err(problem) => Err(DetectError::Pattern { name, problem }),
        }
    }

    pub(super) const fn index(&self) -> u16 {
        self.index
    }

    /// The first two bytes of texts that may match; any second byte where the first alone may be the whole match.
    fn pairs(&self) -> impl Iterator<Item = (u8, u8)> {
        let next = |state, byte| self.automaton.next_state(state, byte);
        (0..=u8::MAX).flat_map(move |first| {
            let state = next(self.start, first);
            let goes_on = !self.automaton.is_dead_state(state);
            (0..=u8::MAX)
                .filter(move |second| {
                    // Matches are known one byte late, also at the end of the text, which is looked up as a zero byte.
                    goes_on && (!self.automaton.is_dead_state(next(state, *second)) || *second == 0)
                })
                .map(move |second| (first, second))
        })
    }

    /// The longest match that begins at a place.
    pub(super) fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let text = probe.slice(at..probe.len());
        if text.first()?.is_ascii_alphanumeric() && probe.before(at).is_ascii_alphanumeric() {
            return None;
        }
        let mut state = self.start;
        let mut length = 0;
        for (read, byte) in text.iter().take(LONGEST + 1).enumerate() {
            state = self.automaton.next_state(state, *byte);
            if self.automaton.is_special_state(state) {
                if self.automaton.is_match_state(state) {
                    length = read;
                } else if self.automaton.is_dead_state(state) {
                    probe.count(read + 1);
                    break;
                }
            }
        }
        if text.len() <= LONGEST
            && !self.automaton.is_dead_state(state)
            && self.automaton.is_match_state(self.automaton.next_eoi_state(state))
        {
            length = text.len();
        }
        probe.count(length);
        let mut end = at + length;
        // A class such as `[^,]` matches bytes: the rest of a character is taken along.
        while !probe.is_boundary(end) {
            end += 1;
        }
        let word_goes_on =
            probe.before(end).is_ascii_alphanumeric() && probe.byte(end).is_ascii_alphanumeric();
        let span = at..end;
        (length > 0
            && probe.is_boundary(at)
            && !word_goes_on
            && (self.near.is_empty() || probe.near(&span, &self.near)))
        .then_some(span)
    }
}

fn compile(pattern: &str) -> Result<(dense::DFA<Vec<u32>>, StateID), PatternProblem> {
    let syntax = syntax::Config::new().unicode(false).utf8(false).nest_limit(64);
    let parsed = syntax::parse_with(pattern, &syntax).map_err(|error| PatternProblem::Syntax {
        message: error
            .to_string()
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned(),
    })?;
    let properties = parsed.properties();
    if !properties.look_set().is_empty() {
        return Err(PatternProblem::Look);
    }
    if properties.minimum_len().unwrap_or(0) == 0 {
        return Err(PatternProblem::Empty);
    }
    let config = dense::Config::new()
        .start_kind(StartKind::Anchored)
        .match_kind(MatchKind::All)
        .dfa_size_limit(Some(LARGEST))
        .determinize_size_limit(Some(LARGEST_WORK));
    let thompson =
        regex_automata::nfa::thompson::Config::new().utf8(false).nfa_size_limit(Some(LARGEST_WORK));
    let automaton = dense::Builder::new()
        .syntax(syntax)
        .thompson(thompson)
        .configure(config)
        .build(pattern)
        .map_err(|_| PatternProblem::Size)?;
    let start = automaton
        .start_state(&start::Config::new().anchored(Anchored::Yes))
        .map_err(|_| PatternProblem::Look)?;
    let count =
        (0..=u8::MAX).filter(|byte| !automaton.is_dead_state(automaton.next_state(start, *byte))).count();
    if count > MOST_FIRST {
        return Err(PatternProblem::Start { count });
    }
    Ok((automaton, start))
}
