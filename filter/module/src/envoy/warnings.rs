//! Says that something was refused without flooding the log: the first of a kind at once, then a count a minute.

/// Nanoseconds between two lines of one kind.
const PAUSE: u64 = 60_000_000_000;

/// What was said, by kind. Kinds are fixed words, so this stays small.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<Kind>);

#[derive(Debug)]
struct Kind {
    word: &'static str,
    said_at: u64,
    unsaid: u64,
}

impl Warnings {
    /// Counts one more of `kind`. Returns how many there were since the last line if a line is due now.
    pub(super) fn due(&mut self, kind: &'static str, now_unix_nanos: u64) -> Option<u64> {
        match self.0.iter_mut().find(|known| known.word == kind) {
            None => {
                self.0.push(Kind { word: kind, said_at: now_unix_nanos, unsaid: 0 });
                Some(1)
            }
            Some(known) => {
                known.unsaid = known.unsaid.saturating_add(1);
                if now_unix_nanos.saturating_sub(known.said_at) < PAUSE {
                    return None;
                }
                known.said_at = now_unix_nanos;
                Some(std::mem::take(&mut known.unsaid))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: a thousand refusals of one kind within a minute, one of another, one more later.
    /// Guarantees: three lines, and the last one counts those that were passed over.
    #[test]
    fn the_first_is_said_and_the_rest_is_counted() {
        let mut warnings = Warnings::default();
        let lines: Vec<u64> = (0..1000).filter_map(|at| warnings.due("malformed", at)).collect();
        assert_eq!(lines, [1]);
        assert_eq!(warnings.due("too-large", 5), Some(1));
        assert_eq!(warnings.due("malformed", PAUSE), Some(1000));
    }
}
