//! What equal values before are to one another after, field by field, counted exactly over groups of equal values.
//!
//! Of `n` records with one value, `n (n - 1) / 2` pairs can be joined. A pair is kept if both records still have a value and it
//! is still the same; it is wrong if it is the same after and was not before.

use super::pairs::Met;
use super::rows::{Hash, Row};
use std::collections::HashMap;

/// Records of one value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) count: u64,
    /// Place of the first of them. Breaks ties.
    pub(super) first: u64,
}

/// Groups of equal values.
pub(super) type Groups = HashMap<Hash, Group>;

/// Values before with what became of them.
pub(super) type Images = HashMap<(Hash, Hash), Group>;

/// Counts a record into a group.
pub(super) fn count<K: std::hash::Hash + Eq>(groups: &mut HashMap<K, Group>, key: K, position: u64) -> bool {
    let mut new = false;
    let group = groups.entry(key).or_insert_with(|| {
        new = true;
        Group { count: 0, first: position }
    });
    group.count += 1;
    group.first = group.first.min(position);
    new
}

/// What each value mostly became: the image of most records, of equally many the one that comes first.
pub(super) fn mostly(images: &Images) -> HashMap<Hash, Hash> {
    let mut best: HashMap<Hash, (Hash, Group)> = HashMap::new();
    for ((before, after), group) in images {
        best.entry(*before)
            .and_modify(|known| {
                if (group.count, std::cmp::Reverse(group.first))
                    > (known.1.count, std::cmp::Reverse(known.1.first))
                {
                    *known = (*after, *group);
                }
            })
            .or_insert((*after, *group));
    }
    best.into_iter().map(|(before, (after, _))| (before, after)).collect()
}

/// A field, before and after.
#[derive(Debug, Default)]
struct Column {
    before: Groups,
    after: Groups,
    images: Images,
    /// Records that had it and have it, and records in which it is another value.
    had: u64,
    has: u64,
    changed: u64,
    /// Whether it has too many values to be counted.
    left_out: bool,
}

/// Most values of one field that are told apart, of each side.
const MOST_VALUES: usize = 1 << 20;

/// Most groups in all.
const MOST_GROUPS: usize = 6 << 20;

/// All fields.
#[derive(Debug, Default)]
pub(super) struct Joins {
    columns: Vec<Column>,
    groups: usize,
}

/// What became of a field.
#[derive(Debug)]
pub(super) struct FieldJoins {
    /// Number of the field.
    pub(super) field: u32,
    pub(super) had: u64,
    pub(super) has: u64,
    pub(super) changed: u64,
    /// None if it has too many values to be counted.
    pub(super) counts: Option<Counts>,
}

/// Pairs and values of a field.
#[derive(Debug)]
pub(super) struct Counts {
    /// Pairs of records that could be joined before, those that still can, and those that can and should not.
    pub(super) pairs: u128,
    pub(super) kept: u128,
    pub(super) wrong: u128,
    /// Distinct values.
    pub(super) values_before: u64,
    pub(super) values_after: u64,
    /// The most frequent values before, and how many of them are among the most frequent ones after.
    pub(super) top: u64,
    pub(super) top_kept: u64,
}

impl Counts {
    /// Share of the pairs that are kept, if there were any.
    pub(super) fn share(&self) -> Option<f64> {
        (self.pairs > 0).then(|| self.kept as f64 / self.pairs as f64)
    }

    /// How near the number of distinct values is to what it was, from 0 to 1.
    pub(super) fn cardinality(&self) -> Option<f64> {
        let (low, high) =
            (self.values_before.min(self.values_after), self.values_before.max(self.values_after));
        (high > 0).then(|| low as f64 / high as f64)
    }
}

impl Joins {
    /// Takes in what became of a record.
    pub(super) fn take(&mut self, met: &Met) {
        match met {
            Met::Both(old, new) => self.both(old, new),
            Met::Lost(old) => {
                for (field, value) in &old.values {
                    self.one(*field, Some((*value, old.position)), None);
                }
            }
            Met::Added(new) => {
                for (field, value) in &new.values {
                    self.one(*field, None, Some((*value, new.position)));
                }
            }
        }
    }

    /// Walks both lists, which are in order.
    fn both(&mut self, old: &Row, new: &Row) {
        let (mut olds, mut news) = (old.values.iter().peekable(), new.values.iter().peekable());
        loop {
            let field = match (olds.peek(), news.peek()) {
                (Some(a), Some(b)) => a.0.min(b.0),
                (Some(one), None) | (None, Some(one)) => one.0,
                (None, None) => return,
            };
            let before = olds.next_if(|value| value.0 == field).map(|value| (value.1, old.position));
            let after = news.next_if(|value| value.0 == field).map(|value| (value.1, new.position));
            self.one(field, before, after);
        }
    }

    fn one(&mut self, field: u32, before: Option<(Hash, u64)>, after: Option<(Hash, u64)>) {
        let at = field as usize;
        if self.columns.len() <= at {
            self.columns.resize_with(at + 1, Column::default);
        }
        let Some(column) = self.columns.get_mut(at) else { return };
        column.had += u64::from(before.is_some());
        column.has += u64::from(after.is_some());
        if let (Some(before), Some(after)) = (before, after) {
            column.changed += u64::from(before.0 != after.0);
        }
        if column.left_out {
            return;
        }
        let mut new = 0;
        if let Some((value, position)) = before {
            new += usize::from(count(&mut column.before, value, position));
        }
        if let Some((value, position)) = after {
            new += usize::from(count(&mut column.after, value, position));
        }
        if let (Some((before, _)), Some((after, position))) = (before, after) {
            new += usize::from(count(&mut column.images, (before, after), position));
        }
        self.groups += new;
        let full = column.before.len().max(column.after.len()) > MOST_VALUES || self.groups > MOST_GROUPS;
        if new > 0 && full {
            self.groups -= column.before.len() + column.after.len() + column.images.len();
            (column.before, column.after, column.images) = Default::default();
            column.left_out = true;
        }
    }

    /// The figures of all fields.
    pub(super) fn finish(self, top: usize) -> Vec<FieldJoins> {
        let fields = self.columns.into_iter().enumerate().filter(|(_, column)| column.had + column.has > 0);
        fields
            .map(|(field, column)| FieldJoins {
                field: u32::try_from(field).unwrap_or(u32::MAX),
                had: column.had,
                has: column.has,
                changed: column.changed,
                counts: (!column.left_out).then(|| column.counts(top)),
            })
            .collect()
    }
}

fn pairs<'a>(groups: impl Iterator<Item = &'a Group>) -> u128 {
    groups.map(|group| u128::from(group.count) * u128::from(group.count.saturating_sub(1)) / 2).sum()
}

/// The most frequent values; of equally frequent ones those that come first.
fn frequent(groups: &Groups, top: usize) -> Vec<Hash> {
    let mut all: Vec<_> =
        groups.iter().map(|(value, group)| (std::cmp::Reverse(group.count), group.first, *value)).collect();
    all.sort_unstable();
    all.into_iter().take(top).map(|(_, _, value)| value).collect()
}

impl Column {
    fn counts(&self, top: usize) -> Counts {
        let kept = pairs(self.images.values());
        let (before, after) = (frequent(&self.before, top), frequent(&self.after, top));
        let image = mostly(&self.images);
        let stays = |value: &&Hash| image.get(*value).is_some_and(|image| after.contains(image));
        Counts {
            pairs: pairs(self.before.values()),
            kept,
            wrong: pairs(self.after.values()).saturating_sub(kept),
            values_before: self.before.len() as u64,
            values_after: self.after.len() as u64,
            top: before.len() as u64,
            top_kept: before.iter().filter(stays).count() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frostglass_formats::Level;
    use proptest::prelude::*;

    fn row(position: u64, value: Option<Hash>) -> Box<Row> {
        Box::new(Row {
            level: Level::Log,
            position,
            start: None,
            end: None,
            trace: None,
            span: None,
            parent: None,
            failed: false,
            name: None,
            service: None,
            source: 0,
            leaves: 1,
            values: value.map(|value| (0, value)).into_iter().collect(),
            amount: None,
            rules: Vec::new(),
        })
    }

    fn counted(column: &[(Option<Hash>, Option<Hash>)]) -> Option<Counts> {
        let mut joins = Joins::default();
        for (position, (before, after)) in (0..).zip(column) {
            joins.take(&Met::Both(row(position, *before), row(position, *after)));
        }
        joins.finish(3).pop()?.counts
    }

    proptest! {
        /// Scenario: columns of few values, changed, missing and made equal at random.
        /// Guarantees: the count over groups is the count over all pairs of records, one by one.
        #[test]
        fn groups_count_what_pairs_count(
            column in prop::collection::vec((prop::option::of(0..4_u128), prop::option::of(0..4_u128)), 1..60)
        ) {
            let (mut pairs, mut kept, mut wrong) = (0, 0, 0);
            for (at, one) in column.iter().enumerate() {
                for other in &column[at + 1..] {
                    let before = one.0.is_some() && one.0 == other.0;
                    let after = one.1.is_some() && one.1 == other.1;
                    pairs += u128::from(before);
                    kept += u128::from(before && after);
                    wrong += u128::from(after && !before);
                }
            }
            if let Some(counts) = counted(&column) {
                prop_assert_eq!((counts.pairs, counts.kept, counts.wrong), (pairs, kept, wrong));
                prop_assert!(counts.top_kept <= counts.top && counts.top <= 3);
            }
        }

        /// Scenario: every value replaced by another, equal ones by equal ones and different ones by different ones.
        /// Guarantees: nothing is lost: joins, cardinality and the most frequent values are what they were.
        #[test]
        fn other_names_for_the_same_are_no_loss(column in prop::collection::vec(0..9_u128, 1..60)) {
            let renamed: Vec<_> = column.iter().map(|value| (Some(*value), Some(1_000 - value))).collect();
            let counts = counted(&renamed).unwrap();
            prop_assert_eq!((counts.kept, counts.wrong), (counts.pairs, 0));
            prop_assert_eq!((counts.cardinality(), counts.top_kept), (Some(1.0), counts.top));
        }
    }

    /// Scenario: a field with a value more than are told apart, beside one with a single value.
    /// Guarantees: the first is left out and forgotten, records of it are still counted, the second is not touched.
    #[test]
    fn too_many_values_are_left_out() {
        let mut joins = Joins::default();
        for position in 0..=MOST_VALUES as u64 {
            let mut old = row(position, Some(u128::from(position)));
            old.values.push((1, 7));
            joins.take(&Met::Lost(old));
        }
        assert!(joins.groups < 4, "{}", joins.groups);
        let fields = joins.finish(10);
        assert!(fields[0].counts.is_none() && fields[0].had == MOST_VALUES as u64 + 1);
        let counts = fields[1].counts.as_ref().unwrap();
        assert_eq!((counts.values_before, counts.values_after, counts.kept), (1, 0, 0));
    }
}
