//! Adds up exponential histograms: brings both to one scale, one zero bucket and one range, then adds.
//!
//! Bucket `i` of scale `s` holds values in (b^i, b^(i+1)] with b = 2^(2^-s), so that two neighbors of one scale are
//! exactly one bucket of the scale below it: coarser is exact, finer is never tried.
//! <https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram>

use super::merge::{Digest, Unmergeable};
use super::source::{Read, Scalar, Source};
use crate::otlp::schema::{Kind, Message};

/// Buckets that a merged range may have when no part had more: the most that an SDK keeps by default, which would have
/// gone to a coarser scale too, had it measured without the label.
/// <https://opentelemetry.io/docs/specs/otel/metrics/sdk/#base2-exponential-bucket-histogram-aggregation>
const MOST_BUCKETS: i64 = 160;

/// Scales at which bounds of buckets are computed; the specification expects -10 to 20.
const SCALES: std::ops::RangeInclusive<i32> = -11..=40;

/// Relative error far above that of `exp2`: bounds are told from a threshold only beyond it.
const DOUBT: f64 = 1e-12;

/// A histogram of exponential buckets.
#[derive(Debug, Default)]
pub(super) struct Exponential {
    pub(super) digest: Digest,
    pub(super) scale: i32,
    pub(super) zero_count: u64,
    pub(super) zero_threshold: f64,
    pub(super) positive: Buckets,
    pub(super) negative: Buckets,
}

/// Counts of neighboring buckets, the first and last of which are populated.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Buckets {
    /// Index of the first.
    pub(super) offset: i64,
    pub(super) counts: Vec<u64>,
}

impl Exponential {
    /// False when the leaf has no place here.
    pub(super) fn set(&mut self, field: &str, scalar: Scalar) -> bool {
        match (field, scalar) {
            ("scale", Scalar::Whole(scale)) => match i32::try_from(scale) {
                Ok(scale) => self.scale = scale,
                Err(_) => return false,
            },
            ("zero_count", Scalar::Count(count)) => self.zero_count = count,
            ("zero_threshold", Scalar::Double(threshold)) => self.zero_threshold = threshold,
            (field, scalar) => return self.digest.set(field, scalar),
        }
        true
    }

    /// Takes the buckets of one side. False when they cannot be read without doubt.
    pub(super) fn read_buckets<'a, E: Source<'a>>(
        &mut self,
        source: &mut E,
        field: &str,
        message: &'static Message,
    ) -> Read<bool> {
        let mut buckets = Buckets::default();
        let mut plain = true;
        let mut offsets = 0;
        source.message(message, |source, field| {
            let Kind::Structural(_, shape) = field.kind else { return source.skip() };
            if field.repeated {
                plain &= source.scalars(shape, |scalar| {
                    if let Scalar::Count(count) = scalar {
                        buckets.counts.push(count);
                    }
                })?;
                return Ok(());
            }
            offsets += 1;
            match source.scalar(shape)? {
                Some(Scalar::Whole(offset)) if offsets == 1 => buckets.offset = offset,
                _ => plain = false,
            }
            Ok(())
        })?;
        buckets.trim();
        match field {
            "positive" => self.positive = buckets,
            "negative" => self.negative = buckets,
            _ => plain = false,
        }
        Ok(plain)
    }

    pub(super) fn absorb(&mut self, mut other: Self) -> Result<(), Unmergeable> {
        if self.zero_threshold != other.zero_threshold {
            let threshold = self.zero_threshold.max(other.zero_threshold);
            self.raise_zero(threshold)?;
            other.raise_zero(threshold)?;
        }
        self.digest.absorb(&other.digest)?;
        self.zero_count = self.zero_count.checked_add(other.zero_count).ok_or(Unmergeable)?;
        let scale = self.common_scale(&other)?;
        self.downscale(scale)?;
        other.downscale(scale)?;
        self.positive.absorb(other.positive)?;
        self.negative.absorb(other.negative)
    }

    /// The finest scale at which both have buckets of and their ranges together are not too long.
    fn common_scale(&self, other: &Self) -> Result<i32, Unmergeable> {
        let mut scale = self.scale.min(other.scale);
        // At 64 halvings every index is 0 or -1.
        for _ in 0..=64 {
            let fits = |mine: &Buckets, others: &Buckets| {
                let mine = mine.range(shift(self.scale, scale));
                let others = others.range(shift(other.scale, scale));
                let length = |range: Option<(i64, i64)>| range.map_or(0, |(first, last)| last - first + 1);
                let most = MOST_BUCKETS.max(length(mine)).max(length(others));
                let both = match (mine, others) {
                    (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                    (a, b) => a.or(b),
                };
                let in_range = both
                    .is_none_or(|(first, last)| first >= i64::from(i32::MIN) && last <= i64::from(i32::MAX));
                length(both) <= most && in_range
            };
            if fits(&self.positive, &other.positive) && fits(&self.negative, &other.negative) {
                return Ok(scale);
            }
            scale = scale.checked_sub(1).ok_or(Unmergeable)?;
        }
        Err(Unmergeable)
    }

    fn downscale(&mut self, scale: i32) -> Result<(), Unmergeable> {
        let by = shift(self.scale, scale);
        self.positive.downscale(by)?;
        self.negative.downscale(by)?;
        self.scale = scale;
        Ok(())
    }

    /// Moves the buckets within a larger zero threshold into the zero bucket. A bucket that holds values on either side
    /// of the threshold cannot be split.
    fn raise_zero(&mut self, threshold: f64) -> Result<(), Unmergeable> {
        if self.zero_threshold == threshold {
            return Ok(());
        }
        // Thresholds that are no magnitudes, NaN among them, do not compare.
        if !(self.zero_threshold >= 0.0 && threshold > self.zero_threshold && threshold.is_finite()) {
            return Err(Unmergeable);
        }
        let (scale, mut zeros) = (self.scale, self.zero_count);
        for buckets in [&mut self.positive, &mut self.negative] {
            if !buckets.counts.is_empty() && !SCALES.contains(&scale) {
                return Err(Unmergeable);
            }
            for (at, count) in buckets.counts.iter_mut().enumerate() {
                let index = buckets.offset + at as i64;
                if *count > 0 {
                    if reaches(index, scale, threshold)? {
                        break;
                    }
                    if reaches(index + 1, scale, threshold)? && !is_bound(index + 1, scale, threshold) {
                        return Err(Unmergeable);
                    }
                    zeros = zeros.checked_add(*count).ok_or(Unmergeable)?;
                    *count = 0;
                }
            }
            buckets.trim();
        }
        (self.zero_count, self.zero_threshold) = (zeros, threshold);
        Ok(())
    }
}

/// How far indexes are shifted to go from one scale to a coarser one. 63 is as good as more.
fn shift(from: i32, to: i32) -> u32 {
    u32::try_from(i64::from(from) - i64::from(to)).unwrap_or(0).min(63)
}

/// The power of two that is the lower bound of a bucket, when its exponent is a whole number: then it is exact.
fn whole_bound(index: i64, scale: i32) -> Option<f64> {
    let exponent = match u32::try_from(scale) {
        Ok(scale) => (index % (1_i64 << scale) == 0).then(|| index >> scale)?,
        Err(_) => index.checked_mul(1_i64 << scale.unsigned_abs())?,
    };
    Some(match exponent {
        ..=-1075 => 0.0,
        -1074..=-1023 => f64::from_bits(1 << (exponent + 1074)),
        -1022..=1023 => f64::from_bits(((exponent + 1023) as u64) << 52),
        1024.. => f64::INFINITY,
    })
}

fn is_bound(index: i64, scale: i32, threshold: f64) -> bool {
    whole_bound(index, scale) == Some(threshold)
}

/// Whether the lower bound of a bucket is at or above the threshold. Unknown when it is too close to tell.
fn reaches(index: i64, scale: i32, threshold: f64) -> Result<bool, Unmergeable> {
    if let Some(bound) = whole_bound(index, scale) {
        return Ok(bound >= threshold);
    }
    let bound = (index as f64 * f64::from(-scale).exp2()).exp2();
    if (bound - threshold).abs() <= DOUBT * threshold { Err(Unmergeable) } else { Ok(bound > threshold) }
}

impl Buckets {
    /// Forgets empty buckets at either end.
    fn trim(&mut self) {
        let empty = self.counts.iter().take_while(|&&count| count == 0).count();
        let last = self.counts.iter().rposition(|&count| count != 0).map_or(0, |last| last + 1);
        self.counts.truncate(last);
        if self.counts.is_empty() {
            self.offset = 0;
            return;
        }
        self.counts.drain(..empty);
        self.offset += empty as i64;
    }

    /// First and last index after a shift.
    fn range(&self, by: u32) -> Option<(i64, i64)> {
        let last = self.offset + i64::try_from(self.counts.len().checked_sub(1)?).ok()?;
        Some((self.offset >> by, last >> by))
    }

    fn downscale(&mut self, by: u32) -> Result<(), Unmergeable> {
        let Some((first, last)) = self.range(by).filter(|_| by > 0) else { return Ok(()) };
        // Each target lies at or before its source, so that one pass in place does.
        for at in 0..self.counts.len() {
            let target =
                usize::try_from(((self.offset + at as i64) >> by) - first).map_err(|_| Unmergeable)?;
            let count = self.counts.get_mut(at).map(std::mem::take).unwrap_or(0);
            let target = self.counts.get_mut(target).ok_or(Unmergeable)?;
            *target = target.checked_add(count).ok_or(Unmergeable)?;
        }
        self.counts.truncate((last - first + 1) as usize);
        self.offset = first;
        Ok(())
    }

    /// Adds buckets of the same scale.
    fn absorb(&mut self, mut other: Self) -> Result<(), Unmergeable> {
        if other.counts.len() > self.counts.len() {
            std::mem::swap(self, &mut other);
        }
        let Some((first, last)) = other.range(0) else { return Ok(()) };
        if first < self.offset {
            let ahead = usize::try_from(self.offset - first).map_err(|_| Unmergeable)?;
            self.counts.splice(0..0, std::iter::repeat_n(0, ahead));
            self.offset = first;
        }
        let length = usize::try_from(last - self.offset + 1).map_err(|_| Unmergeable)?;
        if length > self.counts.len() {
            self.counts.resize(length, 0);
        }
        let from = usize::try_from(first - self.offset).map_err(|_| Unmergeable)?;
        for (count, other) in self.counts.iter_mut().skip(from).zip(other.counts) {
            *count = count.checked_add(other).ok_or(Unmergeable)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(offset: i64, counts: &[u64]) -> Buckets {
        Buckets { offset, counts: counts.to_vec() }
    }

    fn histogram(scale: i32, positive: Buckets) -> Exponential {
        let count = positive.counts.iter().sum();
        let digest = Digest { count, ..Digest::default() };
        Exponential { digest, scale, positive, ..Exponential::default() }
    }

    /// Scenario: a histogram of scale 1 and one of scale 0, at even and odd offsets below and above zero.
    /// Guarantees: neighbors are paired by where their bounds lie, not by where the list begins.
    #[test]
    fn the_coarser_scale_wins_and_pairs_by_bounds() {
        let mut whole = histogram(1, buckets(-3, &[1, 2, 4, 8, 16]));
        whole.absorb(histogram(0, buckets(1, &[100]))).unwrap();
        assert_eq!(whole.scale, 0);
        // Indexes -3 | -2 -1 | 0 1 become -2, -1, 0.
        assert_eq!(whole.positive, buckets(-2, &[1, 6, 24, 100]));
        assert_eq!(whole.digest.count, 131);
    }

    /// Scenario: two histograms whose values lie far apart, and offsets at the ends of their type.
    /// Guarantees: the scale gets coarser until an SDK's number of buckets suffices; nothing overflows, nothing is lost.
    #[test]
    fn far_apart_becomes_coarser_not_longer() {
        let mut whole = histogram(3, buckets(0, &[5]));
        whole.absorb(histogram(3, buckets(500, &[7]))).unwrap();
        assert_eq!((whole.scale, whole.positive.counts.len()), (1, 126));
        assert_eq!(whole.positive.counts.iter().sum::<u64>(), 12);

        let mut whole = histogram(20, buckets(i64::from(i32::MIN), &[1, 1]));
        whole.absorb(histogram(20, buckets(i64::from(i32::MAX), &[1, 1]))).unwrap();
        assert_eq!(whole.positive.counts.iter().sum::<u64>(), 4);
        assert!(whole.positive.counts.len() <= MOST_BUCKETS as usize);

        let mut lowest = histogram(i32::MIN, buckets(i64::from(i32::MIN), &[1]));
        assert!(lowest.absorb(histogram(i32::MAX, buckets(i64::from(i32::MAX), &[1]))).is_err());
    }

    /// Scenario: zero thresholds differ; buckets lie below, at and across the larger one.
    /// Guarantees: what lies within it becomes zeros, what lies beyond stays, what lies across is not merged.
    #[test]
    fn a_larger_zero_takes_whole_buckets_only() {
        let zero = |threshold: f64| Exponential { zero_threshold: threshold, ..Exponential::default() };
        // At scale 0: (1/4, 1/2], (1/2, 1], (1, 2].
        let mut whole = histogram(0, buckets(-2, &[1, 2, 4]));
        whole.absorb(zero(1.0)).unwrap();
        assert_eq!((whole.zero_count, whole.zero_threshold), (3, 1.0));
        assert_eq!(whole.positive, buckets(0, &[4]));
        assert!(histogram(0, buckets(-2, &[1, 2, 4])).absorb(zero(0.7)).is_err());
        assert!(histogram(0, buckets(-2, &[1, 0, 4])).absorb(zero(0.7)).is_ok(), "nothing lies across");
        assert!(histogram(0, buckets(-2, &[1])).absorb(zero(f64::NAN)).is_err());
        // At scale 1 the bound between 1 and 2 is the square root of 2, which no threshold equals for sure.
        assert!(histogram(1, buckets(0, &[1, 1])).absorb(zero(2f64.sqrt())).is_err());
        let mut whole = histogram(1, buckets(0, &[1, 1]));
        whole.absorb(zero(2.0)).unwrap();
        assert_eq!((whole.zero_count, whole.positive), (2, Buckets::default()));
    }
}
