//! How strict treatments are, compared: which of several matching lines decides.
//!
//! A partial order, the more of a value it takes away the higher:
//!
//! ```text
//! suppress ─┬─ replace ─ mask ─ generalize ─────────────────────────────────────────┐
//!           ├─ truncate ────────────────────────────────────────────────────────────┤
//!           ├─ summarize ───────────────────────────────────────────────────────────┼─ keep
//!           ├─ seal ─ randomized ─ document ─ deterministic pseudonyms ─ tokenize ──┤
//!           ├─ rekey ───────────────────────────────────────────────────────────────┤
//!           ├─ shift ───────────────────────────────────────────────────────────────┤
//!           └─ scan ────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Replacing by a class label leaves nothing of the value and so stands above a mask, which may leave its end. What
//! truncating leaves (a beginning) and what summarizing leaves (length and shape) are neither more nor less than
//! what a mask or a range leaves: together they would tell more than each alone, so they stand on their own branches.
//!
//! Below suppress each branch is a chain that meets another one only at keep. That is what makes the strictest of
//! several lines independent of the order in which they are asked. Promises: of two that do not compare, suppress.

use std::cmp::Ordering;

/// What a treatment does to a value, as far as strictness goes. Its parameters do not count: see [`strictest_of`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strength {
    /// Nothing is left.
    Suppress,
    /// A constant stands for it.
    Replace,
    /// Characters are covered; how many and sometimes the last ones stay.
    Mask,
    /// A coarser value of the same kind: prefix, bucket, hour.
    Generalize,
    /// A beginning stays.
    Truncate,
    /// Length class and shape stay.
    Summarize,
    /// Reversible off the host only.
    Seal,
    /// A pseudonym that differs each time.
    PseudonymizeRandomized,
    /// A pseudonym that joins inside one document.
    PseudonymizeDocument,
    /// A pseudonym that joins inside one epoch.
    PseudonymizeDeterministic,
    /// A pseudonym that a key holder reverses.
    Tokenize,
    /// Another id stands for an id.
    Rekey,
    /// A time moves by an offset.
    Shift,
    /// Stays but for what detectors find in it.
    Scan,
    /// Stays.
    Keep,
}

impl Strength {
    /// All of them, strictest branch first.
    pub const ALL: [Self; 15] = [
        Self::Suppress,
        Self::Replace,
        Self::Mask,
        Self::Generalize,
        Self::Truncate,
        Self::Summarize,
        Self::Seal,
        Self::PseudonymizeRandomized,
        Self::PseudonymizeDocument,
        Self::PseudonymizeDeterministic,
        Self::Tokenize,
        Self::Rekey,
        Self::Shift,
        Self::Scan,
        Self::Keep,
    ];

    /// Branch and height on it. Suppress is above and keep below every branch.
    const fn stand(self) -> (u8, u8) {
        match self {
            Self::Suppress => (0, u8::MAX),
            Self::Replace => (1, 3),
            Self::Mask => (1, 2),
            Self::Generalize => (1, 1),
            Self::Truncate => (2, 1),
            Self::Summarize => (3, 1),
            Self::Seal => (4, 5),
            Self::PseudonymizeRandomized => (4, 4),
            Self::PseudonymizeDocument => (4, 3),
            Self::PseudonymizeDeterministic => (4, 2),
            Self::Tokenize => (4, 1),
            Self::Rekey => (5, 1),
            Self::Shift => (6, 1),
            Self::Scan => (7, 1),
            Self::Keep => (0, 0),
        }
    }
}

impl PartialOrd for Strength {
    /// Stricter is greater; `None` when the two do not compare.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let ((branch, height), (other_branch, other_height)) = (self.stand(), other.stand());
        // Branch 0 holds the two that compare with every branch.
        (branch == other_branch || branch == 0 || other_branch == 0).then(|| height.cmp(&other_height))
    }
}

/// The stricter of two; suppress when they do not compare.
#[must_use]
pub fn strictest(a: Strength, b: Strength) -> Strength {
    match a.partial_cmp(&b) {
        Some(Ordering::Less) => b,
        Some(Ordering::Equal | Ordering::Greater) => a,
        None => Strength::Suppress,
    }
}

/// The one of several treatments that is at least as strict as every other; `None` means that there is no such one,
/// and the answer is suppress.
///
/// Two treatments of one strength that differ in their parameters (two prefixes, two keys) do not compare; `which` says
/// what they are. The answer does not depend on the order of `all`: a stricter third one settles their quarrel. Of
/// equals the first is returned. Empty input is `None`.
pub fn strictest_of<T: PartialEq>(
    all: impl IntoIterator<Item = (Strength, T)> + Clone,
) -> Option<(Strength, T)> {
    let mut best: Option<(Strength, T)> = None;
    for next in all.clone() {
        if best.as_ref().is_none_or(|best| next.0 > best.0) {
            best = Some(next);
        }
    }
    // What a climb ends on is the strictest one if there is any; whether it is, only a second look at all tells.
    best.filter(|best| all.into_iter().all(|other| best.0 > other.0 || *best == other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Strength::*;

    fn pairs() -> impl Iterator<Item = (Strength, Strength)> {
        Strength::ALL.into_iter().flat_map(|a| Strength::ALL.into_iter().map(move |b| (a, b)))
    }

    fn triples() -> impl Iterator<Item = (Strength, Strength, Strength)> {
        pairs().flat_map(|(a, b)| Strength::ALL.into_iter().map(move |c| (a, b, c)))
    }

    /// Scenario: the order that the design states.
    /// Guarantees: each step of it holds, and what it does not relate does not compare.
    #[test]
    fn order_is_the_stated_one() {
        for chain in [
            &[Suppress, Replace, Mask, Generalize, Keep][..],
            &[
                Suppress,
                Seal,
                PseudonymizeRandomized,
                PseudonymizeDocument,
                PseudonymizeDeterministic,
                Tokenize,
                Keep,
            ],
            &[Suppress, Scan, Keep],
            &[Suppress, Truncate, Keep],
            &[Suppress, Summarize, Keep],
        ] {
            assert!(chain.is_sorted_by(|a, b| a > b), "{chain:?}");
        }
        for (a, b) in
            [(Mask, Seal), (Scan, Generalize), (Tokenize, Scan), (Truncate, Mask), (Summarize, Replace)]
        {
            assert_eq!(a.partial_cmp(&b), None);
            assert_eq!(strictest(a, b), Suppress);
        }
    }

    /// Scenario: all pairs and triples.
    /// Guarantees: a partial order (reflexive, antisymmetric, transitive) with suppress on top and keep at the bottom.
    #[test]
    fn partial_order_laws() {
        for (a, b) in pairs() {
            assert_eq!(a.partial_cmp(&b) == Some(Ordering::Equal), a == b);
            assert_eq!(a.partial_cmp(&b), b.partial_cmp(&a).map(Ordering::reverse));
            assert!(Suppress >= a && a >= Keep);
        }
        for (a, b, c) in triples() {
            assert!(!(a >= b && b >= c) || a >= c, "{a:?} {b:?} {c:?}");
        }
    }

    /// Scenario: all pairs and triples.
    /// Guarantees: the join is an upper bound, and idempotent, commutative and associative.
    #[test]
    fn join_laws() {
        for (a, b) in pairs() {
            let join = strictest(a, b);
            assert!(join >= a && join >= b);
            assert_eq!(join, strictest(b, a));
            assert_eq!(strictest(a, a), a);
        }
        for (a, b, c) in triples() {
            assert_eq!(strictest(strictest(a, b), c), strictest(a, strictest(b, c)), "{a:?} {b:?} {c:?}");
        }
    }

    /// Scenario: lines with treatments of one strength and different parameters, with and without a stricter third.
    /// Guarantees: they do not compare, the third settles it, and order does not matter.
    #[test]
    fn parameters_do_not_compare() {
        let (a, b, mask) = ((Generalize, 1), (Generalize, 2), (Mask, 3));
        assert_eq!(strictest_of([a, b]), None);
        assert_eq!(strictest_of([a, a]), Some(a));
        for lines in [[a, b, mask], [mask, b, a], [a, mask, b]] {
            assert_eq!(strictest_of(lines), Some(mask));
        }
        assert_eq!(strictest_of([a, (Keep, 0), (Scan, 4)]), None);
        assert_eq!(strictest_of::<u8>([]), None);
    }

    proptest::proptest! {
        /// Scenario: any few lines.
        /// Guarantees: the strictest of a set agrees with joining one by one, whenever each strength has one treatment.
        #[test]
        fn set_agrees_with_joins(picks in proptest::collection::vec(0..Strength::ALL.len(), 1..6)) {
            let lines: Vec<_> = picks.iter().map(|pick| Strength::ALL[*pick]).collect();
            let joined = lines.iter().copied().reduce(strictest).unwrap();
            let of_set = strictest_of(lines.iter().map(|line| (*line, ())));
            proptest::prop_assert_eq!(of_set.map_or(Suppress, |(strength, ())| strength), joined);
        }
    }
}
