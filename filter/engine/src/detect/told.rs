//! Fields whose own names say what they are: each is read as the pair that it would be in a text, so that the same bytes get the same
//! wherever they stand.
//!
//! Whether a name is one by which any detector knows values is found out once a name; fields with other names cost nothing. Who
//! decides on the value is who decides on it in a text: a name that means several things (`name`, `zip`, `key`) is no proof.

use super::{FieldContext, Finding, Hits, Probe, Scanner};
use core::ops::Range;

/// Longer names are nobody's, and longer values are no values of their names.
const LONGEST: (usize, usize) = (128, 1024);

/// Room for what a field reads as. Reused between fields.
#[derive(Default)]
pub struct Told {
    pair: String,
    hits: Hits,
}

impl core::fmt::Debug for Told {
    /// Without the pair.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Told").finish_non_exhaustive()
    }
}

impl Told {
    /// Writes a pair of a name and its value, and gives where the value stands in it. None if no quotes hold it.
    fn write(&mut self, name: &str, value: &str) -> Option<Range<usize>> {
        let quote = ["\"", "'"].into_iter().find(|quote| !value.contains(*quote))?;
        self.pair.clear();
        for piece in ["{\"", name, "\":", quote] {
            self.pair.push_str(piece);
        }
        let from = self.pair.len();
        for piece in [value, quote, "}"] {
            self.pair.push_str(piece);
        }
        Some(from..from + value.len())
    }
}

impl Scanner {
    /// Whether a name ends in a word by which some detector knows values.
    pub(crate) fn tells(&self, name: &str) -> bool {
        if name.len() > LONGEST.0 {
            return false;
        }
        let pair = ["\"", name, "\":"].concat();
        let (probe, end) = (Probe::new(&pair, FieldContext::default()), pair.len() - 2);
        let detector = |index: u16| self.detectors.get(usize::from(index));
        self.keys_at(&probe, end).filter_map(detector).any(|detector| detector.is_named(&probe, end))
    }

    /// Adds to what was found in a value what its name says of it.
    #[inline(never)] // few names say anything
    pub(crate) fn find_told(&self, name: &str, value: &str, told: &mut Told, hits: &mut Hits) {
        let whole = |hit: &Finding| hit.start == 0 && hit.end == value.len();
        if value.is_empty() || value.len() > LONGEST.1 || value.ends_with('\\') || hits.iter().any(whole) {
            return;
        }
        let Some(place) = told.write(name, value) else { return };
        self.find(&told.pair, FieldContext::default(), &mut told.hits);
        for hit in told.hits.iter().filter(|hit| hit.end > place.start && hit.start < place.end) {
            let start = hit.start.max(place.start) - place.start;
            let end = hit.end.min(place.end) - place.start;
            hits.push(Finding { start, end, ..*hit });
        }
        hits.resolve();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Selection;

    /// Scenario: names of fields that say what they are, and names that ordinary telemetry has.
    /// Guarantees: only the first are read as pairs, so that the others cost nothing; who decides on the value is who does in a text.
    #[test]
    fn names_tell_what_they_tell_in_a_text() {
        let scanner = Scanner::new(&Selection::All, Vec::new()).unwrap();
        for name in [
            "pass",
            "shop.Passwort",
            "customer_name",
            "name",
            "zip",
            "lat",
            "user.passport_no",
            "encryption.key",
        ] {
            assert!(scanner.tells(name), "{name}");
        }
        for name in [
            "service.name",
            "k8s.pod.name",
            "thread.name",
            "http.route",
            "url.path",
            "code.function",
            "state",
            "id",
            "",
        ] {
            assert!(!scanner.tells(name), "{name}");
        }
        let (mut told, mut hits) = (Told::default(), Hits::new());
        for (name, value, found) in [
            ("pass", "hunter2hunter", true),
            ("pass", "hun\"ter2hunter", true),
            ("name", "Ann Example", true),
            ("name", "Checkout Service", false),
            ("zip", "export.zip", false),
            ("pass", "[credential]", false),
            ("pass", "", false),
        ] {
            hits.clear();
            scanner.find_told(name, value, &mut told, &mut hits);
            assert_eq!(
                hits.first().map(|hit| (hit.start, hit.end)),
                found.then_some((0, value.len())),
                "{name}: {value}"
            );
        }
    }
}
