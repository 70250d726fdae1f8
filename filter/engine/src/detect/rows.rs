//! Rows of cells in lines, and what their cells say of a value in another: an account, an address, a name.
//!
//! A row is what stands between line breaks or brackets and has one mark between its cells. Looks at a bounded part of the text.

use super::key_value::is_quote;
use super::names::is_given;
use super::probe::divided;
use super::{Probe, is_listed};
use core::ops::Range;

/// How far a row is looked at before and behind a cell.
const FAR: usize = 128;

/// The row of a cell.
pub(super) struct Row {
    divider: u8,
    span: Range<usize>,
}

/// The row that a value is a whole cell of, in quotes or not; the row may be quoted as a whole.
#[inline(never)] // asked in several places
pub(super) fn row_of(probe: &Probe<'_>, cell: &Range<usize>) -> Option<Row> {
    let before = probe.before(cell.start);
    // Most values stand behind a blank or an operator.
    if !matches!(before, b',' | b';' | b'\t' | b'|' | b'"' | b'\'' | b' ') {
        return None;
    }
    // The last cell of a row in quotes.
    let last = matches!(probe.byte(cell.end), b'"' | b'\'' | b'\\');
    let divider = divider_of_cell(probe, cell)
        .or_else(|| (last && matches!(before, b';' | b'|' | b'\t')).then_some(before))?;
    let inside = |byte: u8| byte != b'\n';
    Some(Row { divider, span: probe.reach_back(cell.start, FAR, inside)..probe.reach(cell.end, FAR, inside) })
}

/// What divides the cells of the row that a value is a whole cell of, in quotes or not: of a table or of values in brackets. Blanks stand
/// beside a bar, or before what is in quotes; of commas in a sentence there is nothing else.
#[inline(never)] // asked in several places
pub(super) fn divider_of_cell(probe: &Probe<'_>, span: &Range<usize>) -> Option<u8> {
    let quote = probe.before(span.start);
    let quoted = usize::from(matches!(quote, b'"' | b'\''));
    let open = probe.reach_back(span.start - quoted, 2, |byte| byte == b' ');
    let divider = probe.before(open);
    let close = span.end + quoted;
    let next = probe.reach(close, 2, |byte| byte == b' ');
    let blanks = open < span.start - quoted || next > close;
    let follows = probe.byte(next);
    let whole = (quoted == 0 || probe.byte(span.end) == quote)
        && (follows == divider || matches!(follows, 0 | b'\n' | b'\r' | b')'))
        && (divider == b'|' || !blanks || quoted == 1 || divider == b',' && probe.is_refused(open));
    (whole && matches!(divider, b',' | b';' | b'\t' | b'|')).then_some(divider)
}

impl Row {
    /// Its cells, without their quotes.
    pub(super) fn cells<'t>(&self, probe: &Probe<'t>) -> impl Iterator<Item = &'t [u8]> {
        let divider = self.divider;
        let cells = probe.slice(self.span.clone()).split(move |byte| *byte == divider);
        cells.map(|cell| {
            let marks = |byte: &u8| matches!(byte, b' ' | b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'\r');
            let to = cell.iter().rposition(|byte| !marks(byte)).map_or(0, |last| last + 1);
            let cell = cell.get(..to).unwrap_or(&[]);
            // What the row is called stands before its first cell.
            let named = cell.iter().rposition(|byte| matches!(byte, b'=' | b':' | b'"'));
            let cell = cell.get(named.map_or(0, |mark| mark + 1)..).unwrap_or(&[]);
            let from = cell.iter().position(|byte| !marks(byte)).unwrap_or(cell.len());
            cell.get(from..).unwrap_or(&[])
        })
    }

    /// Whether a name and an e-mail address are among its cells.
    #[inline(never)] // of few
    pub(super) fn names_somebody(&self, probe: &Probe<'_>) -> bool {
        self.cells(probe).any(|cell| cell.contains(&b'@')) && self.cells(probe).any(is_full_name)
    }

    /// Whether it is somebody's: one of its cells is an address, an account, a telephone number with its country, or a name.
    #[inline(never)] // likewise
    pub(super) fn is_of_person(&self, probe: &Probe<'_>) -> bool {
        self.cells(probe).any(|cell| {
            let address = cell.iter().position(|byte| *byte == b'@');
            let address = address.is_some_and(|at| at > 0 && !cell.contains(&b' ') && cell.contains(&b'.'));
            let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
            let phone = cell.first() == Some(&b'+') && digits > 7 && cell.len() < 20;
            address || phone || is_account(cell) || is_full_name(cell)
        })
    }
}

/// A cell without its quotes and what fills it up.
pub(super) fn inside(probe: &Probe<'_>, cell: &Range<usize>) -> Range<usize> {
    /// How wide columns are drawn.
    const WIDEST: usize = 64;
    let from = probe.reach(cell.start, WIDEST.min(cell.len()), |byte| byte == b' ');
    let from = from + usize::from(from < cell.end && is_quote(probe.byte(from)));
    let to = probe.reach_back(cell.end, (cell.end - from).min(WIDEST), |byte| {
        matches!(byte, b'"' | b'\'' | b'\r' | b' ')
    });
    from..to
}

/// Rows of which each is a setting: `smtp_password,…,2026-06-22`, below a header that says so or alone.
pub(super) struct Settings {
    divider: u8,
    name: usize,
    value: usize,
    /// Where the first row begins, and where the last one ends.
    pub(super) first: usize,
    last: usize,
    headed: bool,
}

impl Settings {
    /// Those of a text, if it may be a table of some.
    pub(super) fn of(probe: &Probe<'_>) -> Option<Self> {
        const NAMES: &str = " key name setting option variable parameter param property config field option_name setting_name config_key ";
        const VALUES: &str = " value val option_value setting_value config_value current_value content ";
        if let Some(header) = probe.header() {
            let column = |words: &str| {
                let names = probe.slice(header.start..header.end);
                divided(names, header.divider).position(|name| {
                    let name = inside(probe, &(header.start + name.start..header.start + name.end));
                    is_listed(probe.slice(name), words)
                })
            };
            let (name, value) = (column(NAMES)?, column(VALUES)?);
            let (first, last) = (header.end + 1, header.last);
            return Some(Self { divider: header.divider, name, value, first, last, headed: true });
        }
        let start = probe.reach(0, 3, |byte| matches!(byte, b'|' | b' ' | b'"'));
        let end =
            probe.reach(start, 48, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        let behind = probe.reach(end, 32, |byte| matches!(byte, b'"' | b' '));
        let divider = probe.byte(behind);
        let first = usize::from(probe.byte(0) == b'|');
        (end > start && matches!(divider, b',' | b';' | b'\t' | b'|')).then_some(Self {
            divider,
            name: first,
            value: first + 1,
            first: 0,
            last: probe.len(),
            headed: false,
        })
    }

    /// Where the name ends and the value stands of the row at a place, and where the next row begins. Of rows without a header only
    /// those of a secret that no word is.
    pub(super) fn at(&self, probe: &Probe<'_>, row: usize) -> Option<(usize, Range<usize>, usize)> {
        if row >= self.last {
            return None;
        }
        let end = probe.reach(row, usize::MAX, |byte| byte != b'\n');
        let cell = |column| {
            let cell = divided(probe.slice(row..end), self.divider).nth(column)?;
            Some(inside(probe, &(row + cell.start..row + cell.end)))
        };
        let (name, mut value) = cell(self.name).zip(cell(self.value))?;
        let text = probe.slice(value.clone());
        let any = |belongs: fn(&u8) -> bool| text.iter().any(belongs);
        let drawn = text.len() >= 8
            && any(u8::is_ascii_digit)
            && any(u8::is_ascii_alphabetic)
            && !any(|byte| matches!(byte, b'_' | b'-' | b' ' | b'('));
        if !self.headed && !drawn {
            value.end = value.start;
        }
        Some((name.end, value, end + 1))
    }
}

/// Whether a cell is the number of an account with its country (ISO 13616).
pub(super) fn is_account(cell: &[u8]) -> bool {
    matches!(cell, [a, b, c, d, ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit())
        && (15..=42).contains(&cell.len())
        && cell.iter().filter(|byte| byte.is_ascii_digit()).count() > 7
        && cell.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ')
}

/// Whether a cell is two words or more with capitals, the first or what stands behind a comma a given name.
fn is_full_name(cell: &[u8]) -> bool {
    let letter = |byte: &u8| {
        byte.is_ascii_alphabetic() || !byte.is_ascii() || matches!(byte, b' ' | b',' | b'-' | b'\'' | b'.')
    };
    let first =
        |part: &[u8]| is_given(part.split(|byte| *byte == b' ').find(|word| !word.is_empty()).unwrap_or(&[]));
    let begun = cell.first().is_some_and(|byte| byte.is_ascii_uppercase() || !byte.is_ascii());
    let mut parts = cell.split(|byte| *byte == b',');
    begun
        && (5..=48).contains(&cell.len())
        && cell.contains(&b' ')
        && cell.iter().all(letter)
        && (parts.next().is_some_and(first) || parts.next().is_some_and(first))
}
