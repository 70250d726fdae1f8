//! What is counted when a data point comes again: the same as the first time.

use crate::outcome::Tally;

/// Different counts that are remembered. Points of one host have a few.
const MOST: usize = 256;

/// Counts of points that came before, and those of the payload while a point is counted apart.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    stamp: u64,
    outcomes: Vec<Tally>,
    /// How often each came again in the payload, as far as that is noted and not counted yet: most points of a payload have one of a few.
    noted: Vec<u64>,
    payload: Option<Tally>,
}

impl Repeated {
    /// Begins a payload. `changed` says that equal values have other results from now on.
    pub(super) fn begin(&mut self, changed: bool) {
        self.payload = None;
        self.noted.fill(0);
        // Where all are taken, whoever sent them would keep the others from being remembered.
        if changed || self.outcomes.len() >= MOST {
            self.stamp += 1;
            self.outcomes.clear();
            self.noted.clear();
        }
    }

    /// The same number for as long as equal values have equal results.
    pub(super) fn stamp(&self) -> u64 {
        self.stamp
    }

    /// From now on `tally` counts a point alone.
    pub(super) fn set_apart(&mut self, tally: &mut Tally) {
        self.payload = Some(std::mem::take(tally));
    }

    /// Ends that, and gives a number for what was counted; none where something was withheld, which may be for want of a key that
    /// comes later, or where too many different counts are known. `sink` is given what was counted before.
    pub(super) fn put_back(&mut self, tally: &mut Tally, sink: impl FnOnce(&Tally)) -> Option<u32> {
        let point = std::mem::replace(tally, self.payload.take()?);
        sink(tally);
        tally.add(&point);
        if !point.withheld.is_empty() || !point.records_dropped.is_empty() || point.merged > 0 {
            return None;
        }
        let at = self.outcomes.iter().position(|known| *known == point);
        let at = at.or_else(|| {
            (self.outcomes.len() < MOST).then(|| {
                self.outcomes.push(point);
                self.noted.push(0);
                self.outcomes.len() - 1
            })
        });
        at.map(|at| at as u32)
    }

    /// Adds what stands under a number.
    pub(super) fn count_again(&self, outcome: u32, tally: &mut Tally) {
        if let Some(point) = self.outcomes.get(outcome as usize) {
            tally.add(point);
        }
    }

    /// Notes that a whole point came again; [`Self::count_noted`] counts it.
    #[inline]
    pub(super) fn note(&mut self, outcome: u32) {
        if let Some(noted) = self.noted.get_mut(outcome as usize) {
            *noted += 1;
        }
    }

    /// Counts what was noted.
    pub(super) fn count_noted(&mut self, tally: &mut Tally) {
        for (point, noted) in self.outcomes.iter().zip(&mut self.noted) {
            if *noted > 0 {
                tally.add_times(point, std::mem::take(noted));
            }
        }
    }
}
