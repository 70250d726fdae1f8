//! Intervals for what attacks measure, and draws that are the same in every run.

/// Normal quantile of a two-sided interval of 99 %: several fields are looked at, and one in twenty would be a false alarm of 95 %.
const Z: f64 = 2.575_829_303_548_901;

/// A measured share or advantage with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Measured {
    /// Whether it is above zero beyond chance.
    pub(super) fn is_above_zero(self) -> bool {
        self.low > 0.0
    }

    /// As `0.12 (0.03 to 0.21)`.
    pub(super) fn text(self) -> String {
        // No sign before a zero.
        let round = |number: f64| (number * 100.0).round() / 100.0 + 0.0;
        format!("{:.2} ({:.2} to {:.2})", round(self.value), round(self.low), round(self.high))
    }
}

/// A share of `count`, with the interval of Wilson (1927) at 99 %. `hits` may be a half where an attack could not decide.
/// Without a trial, everything is possible.
pub(super) fn share(hits: f64, count: usize) -> Measured {
    if count == 0 {
        return Measured { value: 0.0, low: 0.0, high: 1.0 };
    }
    let n = count as f64;
    let p = (hits / n).clamp(0.0, 1.0);
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // The ends are exact where nothing or everything was hit; rounding errors must not put zero outside.
    let low = if p == 0.0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if p == 1.0 { 1.0 } else { (middle + half).min(1.0) };
    Measured { value: p, low, high }
}

/// The advantage 2·P - 1 of choosing rightly between two, of which P is the share of right choices.
pub(super) fn advantage(right: f64, count: usize) -> Measured {
    let share = share(right, count);
    let doubled = |p: f64| 2.0 * p - 1.0;
    Measured { value: doubled(share.value), low: doubled(share.low), high: doubled(share.high) }
}

/// The difference of two shares, with the hybrid score interval of Newcombe (1998, method 10) at 99 %.
pub(super) fn difference(first: (f64, usize), second: (f64, usize)) -> Measured {
    let (a, b) = (share(first.0, first.1), share(second.0, second.1));
    let value = a.value - b.value;
    let low = value - ((a.value - a.low).powi(2) + (b.high - b.value).powi(2)).sqrt();
    let high = value + ((a.high - a.value).powi(2) + (b.value - b.low).powi(2)).sqrt();
    Measured { value, low: low.max(-1.0), high: high.min(1.0) }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): draws for samples and decoys, from a seed so that a report can be repeated.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is small beside 2^64; 0 for a bound of 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.number() % (bound.max(1) as u64)) as usize
    }

    /// Up to `count` of the items, each as likely as any other.
    pub(super) fn sample<T>(&mut self, mut items: Vec<T>, count: usize) -> Vec<T> {
        let count = count.min(items.len());
        for at in 0..count {
            let other = at + self.below(items.len() - at);
            items.swap(at, other);
        }
        items.truncate(count);
        items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: shares for which the interval of Wilson is printed or easily computed by hand.
    /// Guarantees: the formula.
    #[test]
    fn intervals_of_wilson_are_right() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-4, "{a} {b}");
        // z^2 / (n + z^2) above none of n, the same below all of n.
        let none = share(0.0, 100);
        close(none.high, 6.6349 / 106.6349);
        close(share(100.0, 100).low, 1.0 - 6.6349 / 106.6349);
        let half = share(50.0, 100);
        close(half.value, 0.5);
        close(half.low + half.high, 1.0);
        close(half.low, 0.3753);
        assert_eq!(share(0.0, 0), Measured { value: 0.0, low: 0.0, high: 1.0 });
    }

    /// Scenario: an attack that guesses, one that is always right, one with two groups alike.
    /// Guarantees: zero is inside for the guesses, outside for the winner.
    #[test]
    fn advantages_tell_guessing_from_knowing() {
        let guess = advantage(200.0, 400);
        assert!(guess.low < 0.0 && guess.high > 0.0 && guess.value == 0.0);
        let knows = advantage(400.0, 400);
        assert!(knows.low > 0.95 && knows.is_above_zero());
        assert!(!difference((30.0, 100), (30.0, 100)).is_above_zero());
        assert!(difference((100.0, 100), (0.0, 100)).low > 0.85);
    }

    proptest::proptest! {
        /// Scenario: any count and any part of it.
        /// Guarantees: the interval holds the value and lies between 0 and 1.
        #[test]
        fn an_interval_holds_its_value(count in 1_usize..10_000, part in 0.0..=1.0_f64) {
            let measured = share((part * count as f64).floor(), count);
            proptest::prop_assert!(measured.low <= measured.value && measured.value <= measured.high);
            proptest::prop_assert!(measured.low >= 0.0 && measured.high <= 1.0);
        }
    }
}
