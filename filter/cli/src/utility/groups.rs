//! Errors per service and latencies per span name, before and after.
//!
//! A group before is compared with the group after into which most of its records went: that is the one at which somebody looks who
//! looks for it.

use super::joins::{Groups, Images, count, mostly};
use super::pairs::Met;
use super::rows::{Hash, Row};
use frostglass_formats::Level;
use std::collections::HashMap;

/// Most groups that are told apart, of each side.
const MOST_GROUPS: usize = 1 << 16;

/// Most durations that are kept, of each side.
const MOST_DURATIONS: usize = 8 << 20;

/// Records and failed ones of a group.
#[derive(Debug, Default, Clone, Copy)]
struct Failures {
    records: u64,
    failed: u64,
}

impl Failures {
    fn ratio(self) -> f64 {
        self.failed as f64 / self.records.max(1) as f64
    }
}

/// Failures per service, of one signal.
#[derive(Debug, Default)]
pub(super) struct Errors {
    before: HashMap<Hash, Failures>,
    after: HashMap<Hash, Failures>,
    images: Images,
    left_out: u64,
}

/// What became of the error ratios.
#[derive(Debug, Default)]
pub(super) struct ErrorFigures {
    pub(super) services: u64,
    /// Services without a counterpart.
    pub(super) lost: u64,
    /// Largest difference of the ratio of a service; 1 for one that is lost. None without services.
    pub(super) worst: Option<f64>,
    /// Ratio of all records, before and after.
    pub(super) ratio_before: Option<f64>,
    pub(super) ratio_after: Option<f64>,
    pub(super) left_out: u64,
}

impl Errors {
    pub(super) fn take(&mut self, met: &Met) {
        let can_fail = |row: &&Row| matches!(row.level, Level::Span | Level::Log);
        let (old, new) = sides(met);
        let (old, new) = (old.filter(can_fail), new.filter(can_fail));
        for (row, groups) in [(old, &mut self.before), (new, &mut self.after)] {
            let Some((row, service)) = row.and_then(|row| Some((row, row.service?))) else { continue };
            if groups.len() >= MOST_GROUPS && !groups.contains_key(&service) {
                self.left_out += 1;
                continue;
            }
            let group = groups.entry(service).or_default();
            group.records += 1;
            group.failed += u64::from(row.failed);
        }
        if let Some((before, after, position)) = services(old, new)
            && self.images.len() < MOST_GROUPS * 4
        {
            count(&mut self.images, (before, after), position);
        }
    }

    pub(super) fn finish(&self) -> ErrorFigures {
        let image = mostly(&self.images);
        let all = |groups: &HashMap<Hash, Failures>| {
            let sum = groups.values().fold(Failures::default(), |sum, group| Failures {
                records: sum.records + group.records,
                failed: sum.failed + group.failed,
            });
            (sum.records > 0).then(|| sum.ratio())
        };
        let mut figures = ErrorFigures {
            services: self.before.len() as u64,
            ratio_before: all(&self.before),
            ratio_after: all(&self.after),
            left_out: self.left_out,
            ..ErrorFigures::default()
        };
        for (service, before) in &self.before {
            let after = image.get(service).and_then(|after| self.after.get(after));
            figures.lost += u64::from(after.is_none());
            let off = after.map_or(1.0, |after| (after.ratio() - before.ratio()).abs());
            figures.worst = Some(figures.worst.unwrap_or(0.0).max(off));
        }
        figures
    }
}

fn sides(met: &Met) -> (Option<&Row>, Option<&Row>) {
    match met {
        Met::Both(old, new) => (Some(old), Some(new)),
        Met::Lost(old) => (Some(old), None),
        Met::Added(new) => (None, Some(new)),
    }
}

fn services(old: Option<&Row>, new: Option<&Row>) -> Option<(Hash, Hash, u64)> {
    let (old, new) = old.zip(new)?;
    Some((old.service?, new.service?, new.position))
}

/// Durations of spans per name.
#[derive(Debug, Default)]
pub(super) struct Latencies {
    before: HashMap<Hash, Vec<u64>>,
    after: HashMap<Hash, Vec<u64>>,
    groups: Groups,
    images: Images,
    kept: [usize; 2],
    left_out: u64,
}

/// The quantiles that are compared.
pub(super) const QUANTILES: [(&str, u64); 3] = [("p50", 50), ("p90", 90), ("p99", 99)];

/// What became of the latencies of one span name.
#[derive(Debug)]
pub(super) struct NameFigures {
    pub(super) spans: u64,
    /// Nanoseconds, at each of [`QUANTILES`].
    pub(super) before: [u64; 3],
    /// None for a name that is lost.
    pub(super) after: Option<[u64; 3]>,
}

/// What became of the latencies.
#[derive(Debug, Default)]
pub(super) struct LatencyFigures {
    /// Most frequent names first.
    pub(super) names: Vec<NameFigures>,
    pub(super) left_out: u64,
}

impl NameFigures {
    /// How far a quantile is off, as a part of what it was; 1 for a name that is lost.
    pub(super) fn error(&self, at: usize) -> f64 {
        let Some(after) = self.after else { return 1.0 };
        let (before, after) =
            (self.before.get(at).copied().unwrap_or(0), after.get(at).copied().unwrap_or(0));
        before.abs_diff(after) as f64 / before.max(1) as f64
    }
}

impl LatencyFigures {
    /// The largest error of a quantile over all names.
    pub(super) fn worst(&self, at: usize) -> Option<f64> {
        self.names.iter().map(|name| name.error(at)).reduce(f64::max)
    }
}

impl Latencies {
    pub(super) fn take(&mut self, met: &Met) {
        let is_span = |row: &&Row| row.level == Level::Span;
        let (old, new) = sides(met);
        let (old, new) = (old.filter(is_span), new.filter(is_span));
        for (at, (row, groups)) in [(old, &mut self.before), (new, &mut self.after)].into_iter().enumerate() {
            let Some((row, name)) = row.and_then(|row| Some((row, row.name?))) else { continue };
            let Some((start, end)) = row.start.zip(row.end) else { continue };
            let full = groups.len() >= MOST_GROUPS && !groups.contains_key(&name);
            match self.kept.get_mut(at) {
                Some(kept) if *kept < MOST_DURATIONS && !full => *kept += 1,
                _ => {
                    self.left_out += 1;
                    continue;
                }
            }
            groups.entry(name).or_default().push(end.saturating_sub(start));
            if at == 0 {
                count(&mut self.groups, name, row.position);
            }
        }
        if let Some((old, new)) = old.zip(new)
            && let Some((before, after)) = old.name.zip(new.name)
            && self.images.len() < MOST_GROUPS * 4
        {
            count(&mut self.images, (before, after), new.position);
        }
    }

    pub(super) fn finish(mut self) -> LatencyFigures {
        let image = mostly(&self.images);
        let after: HashMap<Hash, [u64; 3]> =
            self.after.iter_mut().map(|(name, durations)| (*name, quantiles(durations))).collect();
        let mut order: Vec<_> = self
            .groups
            .iter()
            .map(|(name, group)| (std::cmp::Reverse(group.count), group.first, *name))
            .collect();
        order.sort_unstable();
        let names = order.into_iter().filter_map(|(_, _, name)| {
            let durations = self.before.get_mut(&name)?;
            Some(NameFigures {
                spans: durations.len() as u64,
                before: quantiles(durations),
                after: image.get(&name).and_then(|after_name| after.get(after_name)).copied(),
            })
        });
        LatencyFigures { names: names.collect(), left_out: self.left_out }
    }
}

/// Quantiles by nearest rank: the smallest duration that so many hundredths of all do not exceed.
fn quantiles(durations: &mut [u64]) -> [u64; 3] {
    durations.sort_unstable();
    QUANTILES.map(|(_, hundredths)| {
        let rank = (durations.len() as u64 * hundredths).div_ceil(100).max(1);
        durations.get(rank as usize - 1).copied().unwrap_or(0)
    })
}
