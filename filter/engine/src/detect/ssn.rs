//! US social security numbers: area, group and serial as they are assigned; without dashes only where the text says so.

use super::probe::{Heads, Reach};
use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

const WORDS: &[&str] = &["ssn", "social", "taxpayer", "itin"];

/// Words that mean other things, too; the second is how X12 says what a reference is (REF01).
const CALLED: &[&str] = &["tin.", "sy*"];

/// How both begin.
static HEADS: Heads = Heads::of(&["ssn", "social", "taxpayer", "itin", "tin.", "sy*"]);

pub(super) struct Ssn;

impl Detector for Ssn {
    fn spec(&self) -> Spec {
        Spec::new("ssn", Class::DirectId, "US social security numbers")
            .finds(&[
                "«536-22-1234» filed",
                "ssn «536221234»",
                "social security: «536 22 1234».",
                "REF*SY*«536221234»~DTP*336*D8*20260530~",
                "1 validation error for Employee\nssn\n  String should match pattern [type=x, input_value='«536221234»', input_type=str]",
                "'«536221234»' does not match 'x'\n\nOn instance['person']['ssn']:\n    '«536221234»'",
                r#""ssn" with value "«536221234»" fails, on field 'ssn': rejected value [«536221234»]; [{"path":["ssn"],"received":"«536221234»"}]"#,
                "The value '«536221234»' is not valid for Ssn.",
                "SSN=«219-09-9999», TIN «219-09-9999»; part of it: «219-09-9999»",
            ])
            .passes_over(&[
                "000-12-3456 666-12-3456 900-12-3456",
                "536-00-1234 536-22-0000",
                "536221234",
                "536 22 1234",
                "1536-22-12345",
                "12-536-22-1234",
                "536-22-1234-9",
                "ssn 987654321",
                "cell site 262-01-9318 kpi",
                "part number 536-22-1234, SKU=536-22-1234 and orderId: 536-22-1234",
                r#"{"name":"orders","value":"536221234"}, "count" with value "536221234", {"ssn":true,"value":536221234}"#,
                "'536221234' is not valid for Order, ssn",
                "tin can 536221234",
                "ssn field missing in record 536221234",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::ThreeTwoFour, Site::LongNumber]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if goes_on_before(probe, at) {
            return None;
        }
        let separator = probe.byte(at + 3);
        let separated = !separator.is_ascii_digit();
        let span = at..at + if separated { 11 } else { 9 };
        let number = probe.slice(span.clone());
        let (area, group, serial) = if separated {
            if probe.byte(at + 6) != separator {
                return None;
            }
            (number.get(..3)?, number.get(4..6)?, number.get(7..11)?)
        } else {
            (number.get(..3)?, number.get(3..5)?, number.get(5..9)?)
        };
        probe.count(number.len());
        let digits = [area, group, serial].into_iter().flatten().all(u8::is_ascii_digit);
        let assigned = !matches!(area, b"000" | b"666" | [b'9', ..]) && group != b"00" && serial != b"0000";
        if !digits || !assigned || is_part_of_longer_number(probe, &span) {
            return None;
        }
        // Without separators the word stands right before it: later in a sentence something else is counted.
        let named =
            || if separated { probe.near_one(&span, WORDS, &HEADS) } else { probe.is_called(&span, WORDS) };
        let spoken_of = probe.may_be_near(at, &HEADS) && (named() || probe.is_called(&span, CALLED));
        if !spoken_of && probe.is_of_a_thing(at) {
            return probe.refuse("it is called a number of a thing");
        }
        if separator != b'-' && !spoken_of {
            return probe.refuse("nothing near says what it is");
        }
        probe.claim(Reach::Number, &span);
        Some(span)
    }
}

/// Whether digits, or dashes or dots with letters or digits behind them, go on beside a number.
pub(super) fn is_part_of_longer_number(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    goes_on_before(probe, span.start) || joined(probe.byte(span.end), probe.byte(span.end + 1))
}

/// The same, only before it.
pub(super) fn goes_on_before(probe: &Probe<'_>, start: usize) -> bool {
    joined(probe.before(start), start.checked_sub(1).map_or(0, |at| probe.before(at)))
}

const fn joined(byte: u8, next: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte == b'-' && next.is_ascii_alphanumeric()
        || byte == b'.' && next.is_ascii_digit()
}
