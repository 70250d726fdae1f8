//! The counts of one batch as lines of words and numbers, for a host's metrics. Closed lists only.

use frostglass_engine::{Class, Tally};
use std::io::Write as _;

/// Appends the counts that are not zero, one a line.
pub(super) fn write(tally: &Tally, out: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    if tally.fields > 0 {
        let _ = writeln!(out, "fields {}", tally.fields);
    }
    for ((class, treatment), count) in tally.treated.iter() {
        let _ = writeln!(out, "treated {} {treatment} {count}", class.map_or("unclassified", Class::word));
    }
    for (reason, count) in tally.withheld.iter() {
        let _ = writeln!(out, "withheld {} {count}", reason.word());
    }
    for (reason, count) in tally.records_dropped.iter() {
        let _ = writeln!(out, "dropped {} {count}", reason.word());
    }
    if tally.merged > 0 {
        let _ = writeln!(out, "merged {}", tally.merged);
    }
}
