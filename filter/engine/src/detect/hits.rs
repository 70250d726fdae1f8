//! What one scan found, resolved so that findings never overlap.
//!
//! Overlapping findings become one that covers them all, with the most severe class and its detector: no confirmed
//! byte is left uncovered, and none is treated more weakly than it would be alone. Findings that only touch stay apart.
//! Findings inside a span of an operational user pattern are exempt and go before that.

use super::Finding;
use super::reading::Reading;
use crate::Class;
use core::ops::{Deref, Range};
use frostglass_formats::order;

/// The findings of one text, in order, not overlapping. Reused between texts, so that scanning does not allocate.
#[derive(Debug, Default)]
pub struct Hits {
    pub(super) found: Vec<Finding>,
    exempt: Vec<Range<usize>>,
    /// What the text reads as.
    pub(super) reading: Reading,
    /// Bytes that recognizers looked at.
    #[cfg(test)]
    pub(super) looked_at: usize,
}

impl Hits {
    /// No findings.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            found: Vec::new(),
            exempt: Vec::new(),
            reading: Reading::new(),
            #[cfg(test)]
            looked_at: 0,
        }
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.found.clear();
        self.exempt.clear();
    }

    pub(super) fn push(&mut self, finding: Finding) {
        // The same value is often met from several of its sites.
        if self.found.last() != Some(&finding) {
            self.found.push(finding);
        }
    }

    pub(super) fn exempt(&mut self, span: Range<usize>) {
        self.exempt.push(span);
    }

    /// Drops exempt findings and merges overlapping ones.
    #[inline]
    pub(super) fn resolve(&mut self) {
        if self.found.len() > 1 || !self.exempt.is_empty() {
            self.resolve_many();
        }
    }

    fn resolve_many(&mut self) {
        if !self.exempt.is_empty() {
            // Sorted by start with the furthest end so far: one binary search a finding.
            order::sort_by_key(&mut self.exempt, |span| (span.start, span.end));
            let mut furthest = 0;
            for span in &mut self.exempt {
                furthest = furthest.max(span.end);
                span.end = furthest;
            }
            let exempt = &self.exempt;
            self.found.retain(|finding| {
                let covering = exempt.partition_point(|span| span.start <= finding.start);
                let last = covering.checked_sub(1).and_then(|last| exempt.get(last));
                // A secret stays one, whatever an exemption calls the text around it.
                finding.class == Class::Credential || last.is_none_or(|span| finding.end > span.end)
            });
        }
        order::sort_by_key(&mut self.found, |finding| {
            (finding.start, core::cmp::Reverse(finding.end), finding.detector)
        });
        self.found.dedup_by(|next, kept| {
            let overlaps = next.start < kept.end;
            if overlaps {
                let next_length = next.end - next.start;
                let kept_length = kept.end - kept.start;
                if (severity(next.class), next_length) > (severity(kept.class), kept_length) {
                    kept.class = next.class;
                    kept.detector = next.detector;
                    kept.confidence = next.confidence;
                }
                kept.end = kept.end.max(next.end);
            }
            overlaps
        });
    }
}

impl Deref for Hits {
    type Target = [Finding];

    fn deref(&self) -> &[Finding] {
        &self.found
    }
}

/// How much worse it is to leak a value of one class than of another; an order for overlaps only.
pub(super) const fn severity(class: Class) -> u8 {
    match class {
        Class::Credential => 12,
        Class::Payment => 11,
        Class::Special => 10,
        Class::Health => 9,
        Class::DirectId => 8,
        Class::OnlineId => 7,
        Class::Location => 6,
        Class::Content => 5,
        Class::Carrier => 4,
        Class::Infra => 3,
        Class::Correlation => 2,
        Class::Structural => 1,
        Class::Operational => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(start: usize, end: usize, detector: u16, class: Class) -> Finding {
        Finding { start, end, detector, class, confidence: 80 }
    }

    /// Scenario: an address overlaps the credential before it, and a card stands further on.
    /// Guarantees: one finding covers both overlapping ones as a credential; the card stays itself.
    #[test]
    fn overlapping_findings_become_the_most_severe_one() {
        let mut hits = Hits::new();
        hits.push(finding(30, 40, 2, Class::Payment));
        hits.push(finding(5, 20, 1, Class::DirectId));
        hits.push(finding(0, 10, 0, Class::Credential));
        hits.resolve();
        assert_eq!(*hits, [finding(0, 20, 0, Class::Credential), finding(30, 40, 2, Class::Payment)]);
    }

    /// Scenario: findings that touch without overlapping.
    /// Guarantees: both stay.
    #[test]
    fn touching_findings_stay_apart() {
        let mut hits = Hits::new();
        hits.push(finding(0, 5, 0, Class::DirectId));
        hits.push(finding(5, 9, 1, Class::OnlineId));
        hits.resolve();
        assert_eq!(hits.len(), 2);
    }

    /// Scenario: an exemption covers one finding and only a part of another.
    /// Guarantees: the first goes, the second stays whole.
    #[test]
    fn an_exemption_takes_whole_findings_only() {
        let mut hits = Hits::new();
        hits.push(finding(4, 8, 0, Class::Payment));
        hits.push(finding(10, 30, 1, Class::Payment));
        hits.exempt(0..8);
        hits.exempt(10..29);
        hits.exempt(2..3);
        hits.resolve();
        assert_eq!(*hits, [finding(10, 30, 1, Class::Payment)]);
    }
}
