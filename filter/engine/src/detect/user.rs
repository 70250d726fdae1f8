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

/// The detectors of a user, compiled.
#[derive(Debug, Default)]
pub(super) struct UserPatterns {
    all: Vec<UserPattern>,
    /// For each first byte the places in `all` of the patterns that begin so, and which second bytes they go on with, as bits: a
    /// candidate costs what the patterns cost that begin like it, however many there are.
    by_first: Vec<Vec<(u16, [u64; 4])>>,
}

impl UserPatterns {
    /// Compiles a pattern and adds it.
    pub(super) fn add(
        &mut self,
        detector: UserDetector,
        index: u16,
        tables: &mut sites::Tables,
    ) -> Result<(), DetectError> {
        let pattern = UserPattern::new(detector, index)?;
        let place = self.all.len() as u16;
        self.by_first.resize_with(256, Vec::new);
        for first in 0..=u8::MAX {
            let state = pattern.next(pattern.start, first);
            let Some(patterns) = self.by_first.get_mut(usize::from(first)) else { continue };
            let mut seconds = [0_u64; 4];
            // Matches are known one byte late, also at the end of the text, which is looked up as a zero byte. Any byte may follow
            // where the first alone may be the whole match.
            let ends = pattern.may_end(state);
            for second in 0..=u8::MAX {
                if !(second == 0 && ends) && pattern.is_dead(pattern.next(state, second)) {
                    continue;
                }
                tables.want_pair(first, second, &pattern.thirds(state, second));
                if let Some(word) = seconds.get_mut(usize::from(second / 64)) {
                    *word |= 1 << (second % 64);
                }
            }
            if seconds != [0; 4] {
                patterns.push((place, seconds));
            }
        }
        self.all.push(pattern);
        Ok(())
    }

    /// Gives what patterns say of a candidate to `sink`, with the index of their detectors.
    pub(super) fn meet(&self, probe: &Probe<'_>, at: usize, mut sink: impl FnMut(u16, Option<Range<usize>>)) {
        let (first, second) = (usize::from(probe.byte(at)), probe.byte(at + 1));
        for (place, seconds) in self.by_first.get(first).map_or(&[][..], Vec::as_slice) {
            probe.count(1);
            let goes_on =
                seconds.get(usize::from(second / 64)).is_some_and(|word| word >> (second % 64) & 1 == 1);
            if goes_on && let Some(pattern) = self.all.get(usize::from(*place)) {
                probe.forget();
                sink(pattern.index, pattern.confirm(probe, at));
            }
        }
    }
}

/// A user's detector, compiled.
#[derive(Debug)]
struct UserPattern {
    automaton: dense::DFA<Vec<u32>>,
    start: StateID,
    near: Vec<String>,
    index: u16,
}

impl UserPattern {
    fn new(detector: UserDetector, index: u16) -> Result<Self, DetectError> {
        let UserDetector { name, pattern, near, class: _ } = detector;
        match compile(&pattern) {
            Ok((automaton, start)) => Ok(Self { automaton, start, near, index }),
            Err(problem) => Err(DetectError::Pattern { name, problem }),
        }
    }

    #[inline(never)] // asked in several places, once a policy
    fn next(&self, state: StateID, byte: u8) -> StateID {
        self.automaton.next_state(state, byte)
    }

    #[inline(never)] // likewise
    fn is_dead(&self, state: StateID) -> bool {
        self.automaton.is_dead_state(state)
    }

    /// The third bytes that may follow a second one behind `state`; none where those are many.
    fn thirds(&self, state: StateID, second: u8) -> Vec<u8> {
        const MANY: usize = 64;
        let state = self.next(state, second);
        // Behind the end of a text nothing is known, and where the first byte may be all, anything may follow the second.
        if second == 0 || self.automaton.is_match_state(state) {
            return Vec::new();
        }
        // Known one byte late, again.
        let ends = self.may_end(state);
        let goes_on = |third: &u8| *third == 0 && ends || !self.is_dead(self.next(state, *third));
        let thirds: Vec<u8> = (0..=u8::MAX).filter(goes_on).take(MANY).collect();
        if thirds.len() < MANY { thirds } else { Vec::new() }
    }

    /// Whether a match may end with the end of a text.
    #[inline(never)] // likewise
    fn may_end(&self, state: StateID) -> bool {
        self.automaton.is_match_state(self.automaton.next_eoi_state(state))
    }

    /// The longest match that begins at a place.
    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
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
        if text.len() <= LONGEST && !self.automaton.is_dead_state(state) && self.may_end(state) {
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
            .map_or("", |line| line.strip_prefix("error: ").unwrap_or(line))
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
