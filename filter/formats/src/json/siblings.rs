//! Which elements of one container stay, and which commas go with the others.

use crate::splice::{Mark, Splice};

/// What became of an element after it was walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It stays, changed or not.
    Kept,
    /// It goes. Cuts inside it may still stand in the splice; [`Siblings::element`] takes them back.
    Dropped,
}

/// The elements of one object or array, as seen so far.
///
/// Neighbors that go become one cut. Behind a kept element a cut takes the comma in front of what goes; before the
/// first kept element it takes the comma behind. So the commas are right whichever elements go. Elements that touch, as lines do, have
/// nothing between them that could go.
#[derive(Debug, Default)]
pub(crate) struct Siblings {
    /// End of the last kept element; none before the first.
    kept_end: Option<usize>,
    /// Start of the first and end of the last element of the run that goes at present.
    going: Option<(usize, usize)>,
}

impl Siblings {
    /// Takes note of the element `start..end`, whose walk began at `mark`.
    #[inline]
    pub(crate) fn element(&mut self, fate: Fate, mark: Mark, start: usize, end: usize, splice: &mut Splice) {
        match fate {
            Fate::Kept => {
                if let Some((first, last)) = self.going.take() {
                    match self.kept_end {
                        Some(kept) => splice.replace_before(mark, kept, last, &[]),
                        None => splice.replace_before(mark, first, start, &[]),
                    }
                }
                self.kept_end = Some(end);
            }
            Fate::Dropped => {
                splice.rewind(mark);
                let first = self.going.map_or(start, |(first, _)| first);
                self.going = Some((first, end));
            }
        }
    }

    /// Ends the container.
    #[inline]
    pub(crate) fn finish(self, splice: &mut Splice) {
        if let Some((first, last)) = self.going {
            splice.replace(self.kept_end.unwrap_or(first), last, &[]);
        }
    }
}
