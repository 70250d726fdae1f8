//! Cells of rows: where the one before or behind a value stands, by commas, semicolons, bars and tabs, in quotes or not. Says nothing of
//! what is in them, and looks at a bounded part of a row.

use crate::detect::Probe;
use core::ops::Range;

pub(super) const fn is_quote_or_blank(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b' ')
}

pub(super) const fn divides_cells(byte: u8) -> bool {
    matches!(byte, b',' | b';' | b'|' | b'\t')
}

/// Where the cell before one ends that begins at a place.
pub(super) fn gap_before(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let divider = probe.reach_back(at, 2, is_quote_or_blank);
    let escaped = probe.before(divider) == b't' && probe.ends_with_any_case(divider, "\\t");
    let gap = if escaped { divider - 2 } else { divider.checked_sub(1)? };
    (escaped || divides_cells(probe.byte(gap))).then(|| probe.reach_back(gap, 2, is_quote_or_blank))
}

/// Where the cell behind one begins that ends at a place.
pub(super) fn gap_behind(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let divider = probe.reach(at, 2, is_quote_or_blank);
    let escaped = probe.starts_with(divider, "\\t");
    let gap = divider + 1 + usize::from(escaped);
    (escaped || divides_cells(probe.byte(divider))).then(|| probe.reach(gap, 2, is_quote_or_blank))
}

/// How long cells may be that are gone through.
const LONGEST_CELL: usize = 64;

/// The cell that ends at a place; in quotes it may hold what divides others.
pub(super) fn cell_before(probe: &Probe<'_>, end: usize) -> Option<Range<usize>> {
    let start = match probe.byte(end) {
        b'"' => probe.reach_back(end, LONGEST_CELL, |byte| !matches!(byte, b'"' | b'\n')),
        b'\'' => probe.reach_back(end, LONGEST_CELL, |byte| !matches!(byte, b'\'' | b'\n')),
        _ => {
            let start = probe.reach_back(end, LONGEST_CELL, is_of_cell);
            // The letter of an escaped tab or line break.
            let escaped = probe.before(start) == b'\\' && matches!(probe.byte(start), b't' | b'n' | b'r');
            let start = start + usize::from(escaped);
            start + usize::from(probe.byte(start) == b' ' && start < end)
        }
    };
    (end - start < LONGEST_CELL).then_some(start..end)
}

/// The cell that begins at a place, likewise.
pub(super) fn cell_behind(probe: &Probe<'_>, start: usize) -> Option<Range<usize>> {
    let end = match probe.before(start) {
        b'"' => probe.reach(start, LONGEST_CELL, |byte| !matches!(byte, b'"' | b'\n')),
        b'\'' => probe.reach(start, LONGEST_CELL, |byte| !matches!(byte, b'\'' | b'\n')),
        _ => probe.reach(start, LONGEST_CELL, is_of_cell),
    };
    (end - start < LONGEST_CELL).then_some(start..end)
}

const fn is_of_cell(byte: u8) -> bool {
    !divides_cells(byte)
        && !matches!(byte, b'\n' | b'\r' | b'"' | b'\\' | b'(' | b')' | b'[' | b']' | b'{' | b'}')
}
