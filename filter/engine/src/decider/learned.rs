//! Values that a record gives away itself: what a line classes as a direct identifier in one field is hunted in the
//! scanned fields of the same record, and treated alike.
//!
//! Fields come in any order. So the first walk over a record learns, and only if the record may hold a learned value once
//! more, the walker walks it a second time ([`FieldVisitor::leave_record`](frostglass_formats::FieldVisitor::leave_record))
//! and hunts. So the result does not depend on the order. The scope is the record and nothing else, so it does not depend on
//! batches either. Promises: what is counted is what the last walk did; a record without such a field pays a copy of a dozen
//! counts; what is remembered is bounded, and forgotten with the record.

use super::{Decider, search};
use crate::Class;
use crate::outcome::Tally;
use crate::policy::{ClassId, Decision, TreatmentId, Why};
use crate::treat::Treated;
use frostglass_formats::Value;
use frostglass_formats::order;
use std::fmt::Write as _;
use std::ops::Range;

/// Shorter values are words that stand anywhere.
const SHORTEST: usize = 6;
/// Longer values are texts.
const LONGEST: usize = 256;
/// Most values of one record.
const MOST: usize = 32;
/// So many values are looked for one by one; more by their heads, all at once.
const FEW: usize = 4;

/// What stands for nobody.
const NOBODY: &[&str] = &[
    "anonymous",
    "unknown",
    "undefined",
    "default",
    "system",
    "nobody",
    "public",
    "service",
    "internal",
    "(null)",
    "redacted",
    "REDACTED",
];

/// What was learned of the present record.
#[derive(Default)]
pub(super) struct Learned {
    in_record: bool,
    /// Whether the record is walked for the second time.
    again: bool,
    values: Vec<Known>,
    text: String,
    /// How the values begin.
    heads: search::Heads,
    /// Whether text was met that no search of the record's bytes sees into.
    decoded: bool,
    /// The counts before the record: what the first walk counted is taken back where there is a second.
    before: Tally,
}

impl std::fmt::Debug for Learned {
    /// Without the values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Learned").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

/// A value, with what its line does to it.
#[derive(Debug, Clone, Copy)]
struct Known {
    start: usize,
    end: usize,
    class: ClassId,
    treatment: TreatmentId,
}

/// A stretch of a text to be treated: as a finding of its class, or as a learned value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) class: ClassId,
    pub(super) learned: Option<usize>,
}

impl Learned {
    /// Whether values are hunted: on the second walk over a record that may hold one once more.
    #[inline]
    pub(super) fn hunts(&self) -> bool {
        self.again
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Text that was decoded is shown.
    pub(super) fn meet_decoded(&mut self) {
        self.decoded = true;
    }

    /// While a record is walked, counts of what stands before it were set apart, and come back.
    pub(super) fn put_back(&mut self, payload: &Tally) {
        if self.in_record {
            self.before.add(payload);
        }
    }

    fn forget(&mut self) {
        self.again = false;
        self.decoded = false;
        self.values.clear();
        self.text.clear();
        self.heads.clear();
    }

    fn value(&self, at: usize) -> Option<(&str, Known)> {
        let known = *self.values.get(at)?;
        Some((self.text.get(known.start..known.end)?, known))
    }

    /// Calls `met` with the number of a value and each place where it stands in a text, until `met` says that it is enough.
    /// Tells whether it said so.
    fn search(&self, text: &[u8], mut met: impl FnMut(usize, usize) -> bool) -> bool {
        let values = (0..self.values.len()).filter_map(|at| Some((at, self.value(at)?.0.as_bytes())));
        if self.values.len() <= FEW {
            return values.into_iter().any(|(at, value)| search::each(text, value, |place| met(at, place)));
        }
        text.array_windows().enumerate().any(|(place, head)| {
            self.heads.has(*head)
                && values.clone().any(|(at, value)| {
                    text.get(place..).is_some_and(|rest| rest.starts_with(value)) && met(at, place)
                })
        })
    }

    /// Whether a text holds any of the values.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        self.search(text, |_, _| true)
    }

    /// Calls `sink` with each place of a text at which one of the values begins.
    pub(super) fn places(&self, text: &[u8], sink: &mut dyn FnMut(usize)) {
        self.search(text, |_, place| {
            sink(place);
            false
        });
    }

    /// Adds where the values stand in a text, at the boundaries of tokens.
    pub(super) fn hunt(&self, text: &str, stretches: &mut Vec<Stretch>) {
        let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        self.search(text.as_bytes(), |at, start| {
            let Some((value, known)) = self.value(at) else { return false };
            let end = start + value.len();
            if let (Some(before), Some(behind)) = (text.get(..start), text.get(end..))
                && !is_word(before.chars().next_back())
                && !is_word(behind.chars().next())
            {
                stretches.push(Stretch { start, end, class: known.class, learned: Some(at) });
            }
            false
        });
    }
}

/// Puts stretches in order. Where two overlap, one covers them both: as the learned value where that is the longer one,
/// and as a secret where either is one.
pub(super) fn settle(stretches: &mut Vec<Stretch>, is_secret: impl Fn(ClassId) -> bool) {
    order::sort_by_key(stretches, |stretch| {
        (stretch.start, std::cmp::Reverse(stretch.end), stretch.learned.is_none())
    });
    stretches.dedup_by(|next, kept| {
        let overlaps = next.start < kept.end;
        if overlaps {
            let secret = next.learned.is_none() && is_secret(next.class);
            if secret || next.end > kept.end {
                kept.learned = None;
            }
            if secret {
                kept.class = next.class;
            }
            kept.end = kept.end.max(next.end);
        }
        overlaps
    });
}

impl Decider {
    /// Whether a field's values are learned.
    pub(super) fn learns_from(&self, decision: Decision) -> bool {
        self.learned.in_record && !self.learned.again && self.is_learned(decision) && !self.rooms.is_open()
    }

    /// Whether a field's values are learned in records.
    pub(super) fn is_learned(&self, decision: Decision) -> bool {
        matches!(decision.why, Why::Line(_))
            && decision.scanner.is_none()
            && decision
                .class
                .and_then(|id| self.plan.class(id))
                .is_some_and(|class| class.class == Class::DirectId)
    }

    /// Remembers a value of a field that is learned from.
    pub(super) fn learn(&mut self, decision: Decision, value: Value<'_>) {
        let digits;
        let text = match value {
            Value::Text(text) => text,
            Value::Int(number) => {
                digits = number.to_string();
                &digits
            }
            _ => return,
        };
        let text = text.trim();
        let Some(class) = decision.class else { return };
        let is_new = !(0..self.learned.values.len())
            .any(|at| self.learned.value(at).is_some_and(|(known, _)| known == text));
        if !(SHORTEST..=LONGEST).contains(&text.len())
            || text.len() < 4 * SHORTEST && text.chars().count() < SHORTEST
            || self.learned.values.len() >= MOST
            || !is_new
            || NOBODY.contains(&text)
            || text.starts_with(['[', '*'])
            || self.recognizer.recognize(text).is_some()
        {
            return;
        }
        let start = self.learned.text.len();
        self.learned.text.push_str(text);
        self.learned.heads.add(text.as_bytes());
        let end = self.learned.text.len();
        self.learned.values.push(Known { start, end, class, treatment: decision.treatment });
    }

    /// Writes what stands for a learned value.
    pub(super) fn treat_learned(&mut self, at: usize, out: &mut String) {
        let Some((text, known)) = self.learned.value(at) else { return };
        let text = text.to_owned();
        let mut piece = String::new();
        let word = match self.apply(known.treatment, Some(known.class), Value::Text(&text), &mut piece) {
            Treated::Text => {
                out.push_str(&piece);
                self.plan.treatment(known.treatment).map_or("suppress", |plan| plan.options.word())
            }
            Treated::Int(number) => {
                let _ = write!(out, "{number}");
                "generalize"
            }
            Treated::Double(number) => {
                let _ = write!(out, "{number}");
                "generalize"
            }
            Treated::Keep => {
                out.push_str(&text);
                return;
            }
            Treated::Suppress(_) => {
                let _ = write!(
                    out,
                    "[{}]",
                    self.plan.class(known.class).map_or("withheld", |class| class.name.as_str())
                );
                "suppress"
            }
        };
        self.count(Some(known.class), word);
    }

    pub(super) fn begin_record(&mut self) {
        self.learned.forget();
        self.arguments.forget();
        self.learned.in_record = true;
        self.learned.before.become_equal(&self.tally);
    }

    /// Ends a walk over a record, and tells whether it must be walked once more.
    pub(super) fn end_record(&mut self, bytes: &[u8]) -> bool {
        self.arguments.forget();
        if !self.learned.again && !self.learned.values.is_empty() && self.may_stand_again(bytes) {
            self.learned.again = true;
            self.tally.become_equal(&self.learned.before);
            return true;
        }
        self.forget_record();
        false
    }

    /// Forgets what a record that is over, or was given up, had left.
    pub(super) fn forget_record(&mut self) {
        self.arguments.forget();
        self.learned.forget();
        self.learned.in_record = false;
    }

    /// Whether the bytes of a record may hold a learned value elsewhere. As it is, it then stands there more often than in
    /// itself; where anything is escaped, that is asked of its longest word, which escapes leave alone.
    fn may_stand_again(&self, bytes: &[u8]) -> bool {
        let escaped = memchr::memchr3(b'\\', b'%', b'&', bytes).is_some();
        if self.learned.decoded || escaped && memchr::memmem::find(bytes, b"\\u00").is_some() {
            return true;
        }
        let mut met = [false; MOST];
        self.learned.search(bytes, |at, _| met.get_mut(at).is_none_or(|met| std::mem::replace(met, true)))
            || (0..self.learned.values.len()).filter_map(|at| self.learned.value(at)).any(|(value, _)| {
                // A number is written in many ways that no search for its digits finds; only long ones are looked at.
                let digits = value.strip_prefix('-').unwrap_or(value);
                if digits.len() >= 12 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return true;
                }
                if !escaped {
                    return false;
                }
                let word = longest_word(value);
                let count = |text: &[u8]| memchr::memmem::find_iter(text, word.as_bytes()).count();
                word.len() < 3 || count(bytes) > count(value.as_bytes())
            })
    }
}

/// The longest word of a value, but not of an address's domain: that others share.
fn longest_word(text: &str) -> &str {
    let longest = |text: &'_ str| -> Range<usize> {
        let mut best = 0..0;
        let mut from = 0;
        for word in text.split(|letter: char| !letter.is_ascii_alphanumeric()) {
            if word.len() > best.len() {
                best = from..from + word.len();
            }
            // What divides words may be longer than a byte.
            from += word.len()
                + text
                    .get(from + word.len()..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(0, char::len_utf8);
        }
        best
    };
    let own = text.split_once('@').map_or(text, |(own, _)| own);
    match longest(own) {
        word if word.len() >= 4 => own.get(word),
        _ => text.get(longest(text)),
    }
    .unwrap_or("")
}

/// The place of a stretch.
impl Stretch {
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}
