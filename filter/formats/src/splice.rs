//! An edit list over a payload: cuts in ascending order, replacement bytes in one reused arena.
//!
//! Walkers record cuts while they read and never copy what stays. A message whose content changed gets its length
//! prefix as a cut inserted before the cuts of its content, so each cut is moved at most once per nesting level. Cuts that overlap would be
//! a defect of a walker: they are refused, and then no length is small enough, so that the payload is withheld. Nothing here panics.

use std::fmt;

/// Cuts over one payload, kept between payloads for its allocations.
#[derive(Default)]
pub struct Splice {
    cuts: Vec<Cut>,
    arena: Vec<u8>,
    /// Bytes that the result is longer (or, negative, shorter) than the input, so far.
    growth: i64,
    /// Whether a cut was refused because it overlapped another.
    disordered: bool,
}

impl fmt::Debug for Splice {
    /// Without the arena: it holds what visitors wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splice").field("cuts", &self.cuts.len()).field("growth", &self.growth).finish()
    }
}

#[derive(Debug, Clone, Copy)]
struct Cut {
    start: usize,
    end: usize,
    from: usize,
    to: usize,
}

impl Cut {
    fn growth(self) -> i64 {
        (self.to - self.from) as i64 - (self.end - self.start) as i64
    }
}

/// A place in the list to come back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    cuts: usize,
    growth: i64,
}

impl Splice {
    /// Forgets all cuts and keeps the allocations.
    pub fn clear(&mut self) {
        self.cuts.clear();
        self.arena.clear();
        self.growth = 0;
        self.disordered = false;
    }

    /// True when nothing is to change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cuts.is_empty() && !self.disordered
    }

    /// The present end of the list.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { cuts: self.cuts.len(), growth: self.growth }
    }

    /// Bytes grown since `mark`.
    #[must_use]
    pub fn growth_since(&self, mark: Mark) -> i64 {
        self.growth - mark.growth
    }

    /// Whether any cut was made since `mark`.
    #[must_use]
    pub fn changed_since(&self, mark: Mark) -> bool {
        self.cuts.len() > mark.cuts
    }

    /// Takes back all cuts since `mark` (their bytes stay in the arena until [`Splice::clear`]).
    pub fn rewind(&mut self, mark: Mark) {
        self.cuts.truncate(mark.cuts);
        self.growth = mark.growth;
    }

    /// Replaces `start..end` of the input by `bytes`. Cuts come in ascending order and do not overlap: one that does is not
    /// taken, and nothing of the result may be used any more ([`Splice::output_len`]).
    pub fn replace(&mut self, start: usize, end: usize, bytes: &[&[u8]]) {
        self.insert(self.cuts.len(), start, end, bytes);
    }

    /// Replaces `start..end` by `bytes`, where the range lies before every cut made since `mark` (a length prefix whose
    /// content has changed).
    pub fn replace_before(&mut self, mark: Mark, start: usize, end: usize, bytes: &[u8]) {
        self.insert(mark.cuts, start, end, &[bytes]);
    }

    fn insert(&mut self, at: usize, start: usize, end: usize, bytes: &[&[u8]]) {
        let before = at.checked_sub(1).and_then(|at| self.cuts.get(at));
        let fits = start <= end
            && at <= self.cuts.len()
            && before.is_none_or(|cut| cut.end <= start)
            && self.cuts.get(at).is_none_or(|cut| end <= cut.start);
        if !fits {
            self.disordered = true;
            return;
        }
        let cut = self.store(start, end, bytes);
        self.cuts.insert(at, cut);
    }

    /// As [`Self::replace`], but only of what differs: between the bytes that the old and the new text begin and end with alike. For what
    /// was scanned, where the rest was not written by anybody.
    pub fn replace_difference(&mut self, start: usize, old: &[u8], new: &[u8]) {
        let alike = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let (old, new) = (old.get(alike..).unwrap_or_default(), new.get(alike..).unwrap_or_default());
        let ends = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
        let new = new.get(..new.len() - ends).unwrap_or_default();
        self.replace(start + alike, start + alike + old.len() - ends, &[new]);
    }

    fn store(&mut self, start: usize, end: usize, bytes: &[&[u8]]) -> Cut {
        let from = self.arena.len();
        for piece in bytes {
            self.arena.extend_from_slice(piece);
        }
        let cut = Cut { start, end, from, to: self.arena.len() };
        self.growth += cut.growth();
        cut
    }

    /// Length of the result for an input of `input_len` bytes. No length that any limit allows if cuts overlapped, which would be
    /// a defect of a walker: so nothing of the payload goes on.
    #[must_use]
    pub fn output_len(&self, input_len: usize) -> usize {
        if self.disordered {
            return usize::MAX;
        }
        usize::try_from(input_len as i64 + self.growth).unwrap_or(0)
    }

    /// Writes the result into `output`, which is cleared first. Nothing, if cuts overlapped.
    pub fn apply(&self, input: &[u8], output: &mut Vec<u8>) {
        output.clear();
        if self.disordered {
            return;
        }
        output.reserve(self.output_len(input.len()));
        let mut at = 0;
        for cut in &self.cuts {
            output.extend_from_slice(input.get(at..cut.start).unwrap_or_default());
            output.extend_from_slice(self.arena.get(cut.from..cut.to).unwrap_or_default());
            at = cut.end;
        }
        output.extend_from_slice(input.get(at..).unwrap_or_default());
    }

    /// Tells where places of the input are in the result.
    #[must_use]
    pub fn moved(&self) -> Moved<'_> {
        Moved { cuts: &self.cuts, growth: 0 }
    }

    /// The ranges of the result that were written by cuts, in order.
    pub fn written(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let mut growth = 0;
        self.cuts.iter().map(move |cut| {
            let start = usize::try_from(cut.start as i64 + growth).unwrap_or(0);
            growth += cut.growth();
            start..start + (cut.to - cut.from)
        })
    }

    /// The ranges of the input that are replaced, in order, each with what stands for it.
    pub fn cuts(&self) -> impl Iterator<Item = (std::ops::Range<usize>, &[u8])> {
        self.cuts.iter().map(|cut| (cut.start..cut.end, self.arena.get(cut.from..cut.to).unwrap_or_default()))
    }

    /// Tells where in the input the bytes of the result came from.
    #[must_use]
    pub fn origins(&self) -> Origins<'_> {
        Origins { cuts: &self.cuts, input: 0, output: 0 }
    }
}

/// Maps offsets of the input to the result, in ascending order.
#[derive(Debug, Clone)]
pub struct Moved<'a> {
    /// Cuts that still lie ahead.
    cuts: &'a [Cut],
    growth: i64,
}

impl Moved<'_> {
    /// Offset in the result of the byte at `input`; inside a cut, of what the cut wrote. Offsets are asked for in
    /// ascending order.
    pub fn to(&mut self, input: usize) -> usize {
        while let Some((cut, rest)) = self.cuts.split_first()
            && cut.end <= input
            && cut.start < input
        {
            self.growth += cut.growth();
            self.cuts = rest;
        }
        let input = self.cuts.first().map_or(input, |cut| input.min(cut.start));
        usize::try_from(input as i64 + self.growth).unwrap_or(0)
    }
}

/// Maps offsets of a result back to the input, in ascending order.
#[derive(Debug, Clone)]
pub struct Origins<'a> {
    /// Cuts that still lie ahead.
    cuts: &'a [Cut],
    /// Where the present stretch of kept bytes begins in the input, and where in the result.
    input: usize,
    output: usize,
}

impl Origins<'_> {
    /// Offset in the input of the byte at `output` of the result; none when that byte was written by a cut. Offsets are
    /// asked for in ascending order.
    pub fn of(&mut self, output: usize) -> Option<usize> {
        while let Some((cut, rest)) = self.cuts.split_first() {
            let kept = cut.start.saturating_sub(self.input);
            let written = cut.to - cut.from;
            if output < self.output + kept {
                break;
            }
            if output < self.output + kept + written {
                return None;
            }
            (self.input, self.output, self.cuts) = (cut.end, self.output + kept + written, rest);
        }
        Some(self.input + output.checked_sub(self.output)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: a value inside a length-prefixed message shrinks.
    /// Guarantees: the prefix, recorded afterwards, lands before the value's own cut.
    #[test]
    fn a_length_prefix_goes_before_the_cuts_of_its_content() {
        let mut splice = Splice::default();
        let mark = splice.mark();
        splice.replace(3, 6, &[b"x"]);
        assert_eq!(splice.growth_since(mark), -2);
        splice.replace_before(mark, 1, 2, b"L");
        let mut out = Vec::new();
        splice.apply(b"t5abcdef", &mut out);
        assert_eq!(out, b"tLaxef");
        assert_eq!(splice.output_len(8), out.len());
    }

    /// Scenario: bytes are cut out, replaced and put in.
    /// Guarantees: each kept byte of the result is traced to its place in the input, each written one to none.
    #[test]
    fn kept_bytes_know_where_they_came_from() {
        let mut splice = Splice::default();
        splice.replace(1, 3, &[b"XYZ"]);
        splice.replace(4, 4, &[b"-"]);
        splice.replace(6, 8, &[]);
        let input = b"abcdefghij";
        let mut out = Vec::new();
        splice.apply(input, &mut out);
        assert_eq!(out, b"aXYZd-efij");
        let mut origins = splice.origins();
        for (at, &byte) in out.iter().enumerate() {
            match origins.of(at) {
                Some(from) => assert_eq!(input[from], byte),
                None => assert!(b"XYZ-".contains(&byte)),
            }
        }
    }

    /// Scenario: a message is dropped after some of its fields were edited.
    /// Guarantees: the edits vanish with it.
    #[test]
    fn rewinding_takes_back_the_cuts_of_a_dropped_message() {
        let mut splice = Splice::default();
        let mark = splice.mark();
        splice.replace(2, 3, &[b"long"]);
        splice.rewind(mark);
        assert!(splice.is_empty());
        splice.replace(0, 4, &[]);
        let mut out = Vec::new();
        splice.apply(b"abcdef", &mut out);
        assert_eq!(out, b"ef");
    }

    /// Scenario: a cut that overlaps the last one, and a prefix that reaches into what it stands before.
    /// Guarantees: neither is taken, no limit allows the result, and what is written is nothing of the payload.
    #[test]
    fn overlapping_cuts_withhold_the_payload() {
        let mut out = Vec::new();
        for prefix in [false, true] {
            let mut splice = Splice::default();
            let mark = splice.mark();
            splice.replace(2, 4, &[b"x"]);
            match prefix {
                true => splice.replace_before(mark, 1, 3, b"y"),
                false => splice.replace(3, 5, &[b"y"]),
            }
            assert!(!splice.is_empty());
            assert_eq!(splice.output_len(6), usize::MAX);
            splice.apply(b"abcdef", &mut out);
            assert_eq!(out, b"");
            splice.clear();
            splice.replace(3, 5, &[b"y"]);
            splice.apply(b"abcdef", &mut out);
            assert_eq!(out, b"abcyf");
        }
    }
}
