//! What an attack found: whether it succeeded, on which field, how much, and which lines of a policy would stop it.
//!
//! Content-free: names of fields, counts and rates. Values that an attack recovered are kept only if the user asked for them.

use super::statistics::Measured;
use crate::screen::{Paint, printable};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// How an attack ended on one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The attacker learned something.
    Succeeded,
    /// The attacker learned something, and `--allow` says that it may be so.
    Allowed,
    /// The attacker learned nothing beyond chance.
    Held,
    /// There was nothing to try it on, or something that it needs is missing.
    NotTried,
}

impl Outcome {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Allowed => "allowed",
            Self::Held => "held",
            Self::NotTried => "not-tried",
        }
    }
}

/// What one attack found on one field, or on all of the data.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) attack: &'static str,
    /// Selector of the field; empty for the data as a whole.
    pub(super) field: String,
    pub(super) outcome: Outcome,
    /// How much, from 0 to 1 (an advantage may be below 0), with its interval where it was measured on a sample.
    pub(super) measured: Option<(&'static str, Measured)>,
    /// Counts and rates, by name.
    pub(super) numbers: Vec<(String, f64)>,
    /// One sentence for people.
    pub(super) says: String,
    /// Lines of a policy that would stop it.
    pub(super) stop: Option<String>,
    /// What was recovered; empty unless the user asked for it.
    pub(super) shown: Vec<String>,
}

/// Recovered values that are shown at most, for each finding.
const MOST_SHOWN: usize = 20;

impl Finding {
    pub(super) fn new(attack: &'static str, field: &str, outcome: Outcome, says: String) -> Self {
        Self {
            attack,
            field: field.to_owned(),
            outcome,
            measured: None,
            numbers: Vec::new(),
            says,
            stop: None,
            shown: Vec::new(),
        }
    }

    /// Nothing was tried, and why.
    pub(super) fn not_tried(attack: &'static str, says: impl Into<String>) -> Self {
        Self::new(attack, "", Outcome::NotTried, says.into())
    }

    pub(super) fn measured(mut self, what: &'static str, measured: Measured) -> Self {
        self.measured = Some((what, measured));
        self
    }

    pub(super) fn number(mut self, what: &str, number: f64) -> Self {
        self.numbers.push((what.to_owned(), number));
        self
    }

    /// Lines that would stop it; said only where it succeeded.
    pub(super) fn stop(mut self, lines: impl Into<String>) -> Self {
        if self.outcome == Outcome::Succeeded {
            self.stop = Some(lines.into());
        }
        self
    }

    /// Keeps recovered values, if they are to be shown.
    pub(super) fn shown(mut self, show: bool, values: impl IntoIterator<Item = String>) -> Self {
        if show {
            self.shown = values.into_iter().take(MOST_SHOWN).collect();
        }
        self
    }

    /// How much; what was not measured and succeeded counts as all.
    pub(super) fn extent(&self) -> f64 {
        self.measured.map_or(1.0, |(_, measured)| measured.value)
    }

    /// Sets a success aside that the user allows.
    pub(super) fn allow(&mut self, allowances: &[Allowance]) {
        if self.outcome == Outcome::Succeeded && allowances.iter().any(|allowance| allowance.covers(self)) {
            self.outcome = Outcome::Allowed;
            self.stop = None;
        }
    }

    pub(super) fn json(&self) -> Value {
        let mut out = Map::new();
        out.insert("attack".into(), json!(self.attack));
        out.insert("outcome".into(), json!(self.outcome.word()));
        if !self.field.is_empty() {
            out.insert("field".into(), json!(self.field));
        }
        if let Some((what, Measured { value, low, high })) = self.measured {
            out.insert("measure".into(), json!({"what": what, "value": value, "low": low, "high": high}));
        }
        let numbers: Map<String, Value> =
            self.numbers.iter().map(|(what, number)| (what.clone(), whole(*number))).collect();
        if !numbers.is_empty() {
            out.insert("numbers".into(), Value::Object(numbers));
        }
        out.insert("says".into(), json!(self.says));
        if let Some(stop) = &self.stop {
            out.insert("stop".into(), json!(stop));
        }
        if !self.shown.is_empty() {
            out.insert("recovered".into(), json!(self.shown));
        }
        Value::Object(out)
    }

    pub(super) fn text(&self, paint: Paint) -> String {
        let word = if self.field.is_empty() {
            self.outcome.word().to_owned()
        } else {
            format!("{:<9}", self.outcome.word())
        };
        let word = match self.outcome {
            Outcome::Succeeded => paint.red(word),
            Outcome::Allowed => paint.yellow(word),
            Outcome::Held => paint.green(word),
            Outcome::NotTried => paint.dim(word),
        };
        let mut out = format!("{:<11} {word}", self.attack);
        if !self.field.is_empty() {
            let _ = write!(out, "  {}", paint.bold(printable(&self.field)));
        }
        let _ = writeln!(out, "\n    {}", self.says);
        if let Some(stop) = &self.stop {
            let _ = writeln!(out, "    these lines of a policy stop it:");
            stop.lines().for_each(|line| {
                let _ = writeln!(out, "      {line}");
            });
        }
        for value in &self.shown {
            let _ = writeln!(out, "    recovered: {}", printable(value));
        }
        out
    }
}

/// A whole number as JSON writes one.
fn whole(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

/// `--allow ATTACK[:FIELD][=SHARE]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Allowance {
    attack: String,
    field: Option<String>,
    share: f64,
}

impl Allowance {
    /// Reads one. The error is a sentence.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (what, share) = match text.rsplit_once('=') {
            Some((what, share)) => (what, Some(share)),
            None => (text, None),
        };
        let share = share.map_or(Ok(1.0), |share| {
            let number = share.parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
            number.ok_or_else(|| "the share is a number from 0 to 1".to_owned())
        })?;
        let (attack, field) = match what.split_once(':') {
            Some((attack, field)) => (attack, Some(field.to_owned())),
            None => (what, None),
        };
        if !super::ATTACKS.iter().any(|known| known.name() == attack) {
            let names: Vec<&str> = super::ATTACKS.iter().map(|known| known.name()).collect();
            return Err(format!("no attack has that name; there are {}", names.join(", ")));
        }
        Ok(Self { attack: attack.to_owned(), field, share })
    }

    /// Whether it is about the attack as a whole.
    pub(super) fn names(&self, finding: &Finding) -> bool {
        self.attack == finding.attack && self.field.is_none()
    }

    fn covers(&self, finding: &Finding) -> bool {
        self.attack == finding.attack
            && self.field.as_ref().is_none_or(|field| *field == finding.field)
            && finding.extent() <= self.share
    }
}

/// A number with commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A duration of so many seconds, in the largest unit that makes sense.
pub(super) fn lasting(seconds: f64) -> String {
    let units = [(31_557_600.0, "years"), (86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes")];
    match units.into_iter().find(|(size, _)| seconds >= 2.0 * size) {
        Some((size, unit)) if seconds / size >= 1e6 => format!("{:.0e} {unit}", seconds / size),
        Some((size, unit)) => format!("{:.0} {unit}", seconds / size),
        None if seconds < 1.0 => "less than a second".to_owned(),
        None => format!("{seconds:.0} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::statistics;
    use super::*;

    /// Scenario: allowances for an attack, one field of it, a share of it; and broken ones.
    /// Guarantees: each covers what it says and no more.
    #[test]
    fn an_allowance_covers_what_it_names() {
        let found = |share: f64| {
            Finding::new("uniqueness", "span/geo", Outcome::Succeeded, String::new())
                .measured("unique", statistics::share(share * 100.0, 100))
        };
        let outcome = |allowance: &str, mut finding: Finding| {
            finding.allow(&[Allowance::parse(allowance).unwrap()]);
            finding.outcome
        };
        assert_eq!(outcome("uniqueness", found(1.0)), Outcome::Allowed);
        assert_eq!(outcome("uniqueness=0.1", found(0.1)), Outcome::Allowed);
        assert_eq!(outcome("uniqueness=0.1", found(0.11)), Outcome::Succeeded);
        assert_eq!(outcome("uniqueness:span/geo=0.5", found(0.3)), Outcome::Allowed);
        assert_eq!(outcome("uniqueness:span/other", found(0.3)), Outcome::Succeeded);
        assert_eq!(outcome("linking", found(0.3)), Outcome::Succeeded);
        for bad in ["guessing", "uniqueness=2", "uniqueness=much"] {
            assert!(Allowance::parse(bad).is_err(), "{bad}");
        }
    }

    /// Scenario: durations from nothing to beyond the age of the universe.
    /// Guarantees: readable ones.
    #[test]
    fn durations_are_readable() {
        let cases = [(0.2, "less than a second"), (90.0, "90 seconds"), (300.0, "5 minutes")];
        let more = [(7_200.0, "2 hours"), (1e6, "12 days"), (1e10, "317 years"), (1e20, "3e12 years")];
        for (seconds, text) in cases.into_iter().chain(more) {
            assert_eq!(lasting(seconds), text);
        }
        assert_eq!(grouped(4_294_967_296), "4,294,967,296");
    }
}
