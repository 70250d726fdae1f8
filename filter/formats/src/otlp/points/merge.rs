//! Adds up sums and histograms of explicit bounds.
//!
//! Counts and whole numbers add up exactly or not at all. Floating-point sums are added in the order of the payload,
//! with the rounding of one addition each, as the sender would have done.

use super::source::Scalar;

/// The points cannot become one without loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unmergeable;

/// Whole numbers up to here are exact as floating-point numbers.
const EXACT: i128 = 1 << 53;

/// The value of a number point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Double(f64),
}

/// A sum of number points.
#[derive(Debug, Default)]
pub(super) struct Total {
    /// Sum of the whole numbers. Wider than any count of them can overflow.
    whole: Option<i128>,
    /// Sum of the floating-point numbers.
    real: Option<f64>,
}

impl Total {
    /// False when there was a value already, of which readers see one or the other.
    pub(super) fn set(&mut self, scalar: Scalar) -> bool {
        let first = !self.has_value();
        match scalar {
            Scalar::Whole(int) => self.whole = Some(int.into()),
            Scalar::Double(double) => self.real = Some(double),
            Scalar::Count(_) => return false,
        }
        first
    }

    pub(super) fn has_value(&self) -> bool {
        self.whole.is_some() || self.real.is_some()
    }

    pub(super) fn absorb(&mut self, other: Self) -> Result<(), Unmergeable> {
        self.whole = match (self.whole, other.whole) {
            (Some(a), Some(b)) => Some(a.checked_add(b).ok_or(Unmergeable)?),
            (a, b) => a.or(b),
        };
        self.real = match (self.real, other.real) {
            (Some(a), Some(b)) => Some(add(a, b)?),
            (a, b) => a.or(b),
        };
        Ok(())
    }

    /// The sum, or none when no number of the wire holds it.
    pub(super) fn number(&self) -> Result<Number, Unmergeable> {
        match (self.whole, self.real) {
            (Some(whole), None) => i64::try_from(whole).map(Number::Int).map_err(|_| Unmergeable),
            (None, Some(real)) => Ok(Number::Double(real)),
            // A series may mix both; the sum is exact as long as its whole part is.
            (Some(whole), Some(real)) if (-EXACT..=EXACT).contains(&whole) => {
                add(real, whole as f64).map(Number::Double)
            }
            _ => Err(Unmergeable),
        }
    }
}

/// Adds two numbers, unless finite ones have no finite sum.
fn add(a: f64, b: f64) -> Result<f64, Unmergeable> {
    let sum = a + b;
    if a.is_finite() && b.is_finite() && !sum.is_finite() { Err(Unmergeable) } else { Ok(sum) }
}

/// What both kinds of histogram tell about all of their values.
#[derive(Debug, Default)]
pub(super) struct Digest {
    pub(super) count: u64,
    pub(super) sum: Option<f64>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
}

impl Digest {
    /// False when the leaf has no place here.
    pub(super) fn set(&mut self, field: &str, scalar: Scalar) -> bool {
        match (field, scalar) {
            ("count", Scalar::Count(count)) => self.count = count,
            ("sum", Scalar::Double(sum)) => self.sum = Some(sum),
            ("min", Scalar::Double(min)) => self.min = Some(min),
            ("max", Scalar::Double(max)) => self.max = Some(max),
            _ => return false,
        }
        true
    }

    pub(super) fn absorb(&mut self, other: &Self) -> Result<(), Unmergeable> {
        if [self.min, self.max, other.min, other.max].iter().flatten().any(|edge| edge.is_nan()) {
            return Err(Unmergeable);
        }
        // A histogram of no values has nothing to say on sum and edges; of others, one that is silent silences all.
        let (empty, other_empty) = (self.count == 0, other.count == 0);
        let both = |mine: Option<f64>, others: Option<f64>, add: fn(f64, f64) -> Result<f64, Unmergeable>| {
            Ok(match (mine, others) {
                (Some(a), Some(b)) => Some(add(a, b)?),
                (None, b) if empty => b,
                (a, None) if other_empty => a,
                _ => None,
            })
        };
        self.sum = both(self.sum, other.sum, add)?;
        self.min = if other_empty {
            self.min
        } else if empty {
            other.min
        } else {
            both(self.min, other.min, |a, b| Ok(a.min(b)))?
        };
        self.max = if other_empty {
            self.max
        } else if empty {
            other.max
        } else {
            both(self.max, other.max, |a, b| Ok(a.max(b)))?
        };
        self.count = self.count.checked_add(other.count).ok_or(Unmergeable)?;
        Ok(())
    }
}

/// A histogram of explicit bounds.
#[derive(Debug, Default)]
pub(super) struct Histogram {
    pub(super) digest: Digest,
    pub(super) counts: Vec<u64>,
    pub(super) bounds: Vec<f64>,
}

impl Histogram {
    pub(super) fn set(&mut self, field: &str, scalar: Scalar) -> bool {
        self.digest.set(field, scalar)
    }

    /// Whether there is a bucket on either side of each bound, or neither buckets nor bounds.
    pub(super) fn is_sound(&self) -> bool {
        self.counts.len() == self.bounds.len() + 1 || (self.counts.is_empty() && self.bounds.is_empty())
    }

    pub(super) fn absorb(&mut self, other: Self) -> Result<(), Unmergeable> {
        // NaN differs from itself, so nothing is merged over such a bound.
        if self.bounds != other.bounds || self.counts.len() != other.counts.len() {
            return Err(Unmergeable);
        }
        self.digest.absorb(&other.digest)?;
        for (count, other) in self.counts.iter_mut().zip(other.counts) {
            *count = count.checked_add(other).ok_or(Unmergeable)?;
        }
        Ok(())
    }
}
