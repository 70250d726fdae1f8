//! Findings in what the writing of a text hides: components of URLs and forms, strings of JSON, base64.
//!
//! Texts are opened as the engine opens them, and each part is scanned as it reads. A finding covers what it is written with, or
//! the whole part where that cannot be told, as of base64. What the scan of the whole found is left to it: opening only ever adds.

use frostglass_engine::detect::{FieldContext, Finding, Hits, Scanner};
use frostglass_formats::parts::{self, Shape};
use frostglass_formats::{
    Defect, Edit, FieldVisitor, Level, Limits, Name, Part, Ruling, Scratch, Value, Verdict,
};
use std::ops::Range;

/// Text in text in text, as deep as the engine opens it.
const DEEPEST: usize = 4;

/// What stands for a part in which something is found, before its number: it is written the same way in all places.
const MARK: &str = "found-";

/// Adds to the findings of a text those that its writing hides. They stay in order and do not overlap.
pub(crate) fn add(scanner: &Scanner, text: &str, limits: &Limits, found: &mut Vec<Finding>) {
    let hidden = hidden(scanner, text, found, limits, 0);
    if hidden.is_empty() {
        return;
    }
    found.extend(hidden);
    found.sort_by_key(|finding| (finding.start, std::cmp::Reverse(finding.end)));
    found.dedup_by(|next, kept| {
        let overlaps = next.start < kept.end;
        if overlaps {
            kept.end = kept.end.max(next.end);
        }
        overlaps
    });
}

/// What the writing of a text hides in which something was found already, so many texts deep.
fn hidden(scanner: &Scanner, text: &str, known: &[Finding], limits: &Limits, depth: usize) -> Vec<Finding> {
    if depth == DEEPEST || !parts::may_hold(text.as_bytes(), Shape::Text) {
        return Vec::new();
    }
    let mut parts = Parts { scanner, limits, depth, names: vec![String::new()], values: Vec::new() };
    let mut scratch = Scratch::default();
    let holder = Name { level: Level::Log, part: Part::Attribute, path: "", member_at: 0, key_at: 0 };
    parts::walk(text, Shape::Text, holder, ruling(0), limits, &mut parts, &mut scratch);
    let mut found = Vec::new();
    for (span, written) in scratch.splice.cuts() {
        let written = std::str::from_utf8(written).unwrap_or_default();
        let number = written
            .split_once(MARK)
            .and_then(|(_, number)| number.split(|c: char| !c.is_ascii_digit()).next());
        let value = number.and_then(|number| parts.values.get(number.parse::<usize>().ok()?));
        let (Some((plain, hits)), Some(source)) = (value, text.get(span.clone())) else { continue };
        for hit in hits {
            let inside = plain.get(hit.start..hit.end).unwrap_or_default();
            // Without the quotes of a string.
            let quotes = usize::from(source.len() > 1 && source.starts_with('"') && source.ends_with('"'));
            let whole = quotes..source.len() - quotes;
            let stands = || source.find(inside).map(|start| start..start + inside.len());
            let written = place(source, plain, hit.start..hit.end).or_else(stands).unwrap_or(whole);
            let (start, end) = (span.start + written.start, span.start + written.end);
            if source.contains(inside) && known.iter().any(|known| known.start < end && start < known.end) {
                continue;
            }
            found.push(Finding { start, end, ..*hit });
        }
    }
    found
}

/// Where a stretch of what a part reads as is written in its source; none if that is not told byte by byte.
fn place(source: &str, plain: &str, stretch: Range<usize>) -> Option<Range<usize>> {
    let (source, plain) = (source.as_bytes(), plain.as_bytes());
    let quoted = source.first() == Some(&b'"') && plain.first() != Some(&b'"');
    let (mut at, mut start, mut end) = (usize::from(quoted), None, None);
    for (place, byte) in plain.iter().enumerate() {
        if place == stretch.start {
            start = Some(at);
        }
        if place == stretch.end {
            end = Some(at);
        }
        let escape = |from: usize| {
            u8::from_str_radix(std::str::from_utf8(source.get(at + from..at + from + 2)?).ok()?, 16).ok()
        };
        at += match source.get(at)? {
            b'%' if escape(1) == Some(*byte) => 3,
            b'\\' if *byte != b'\\' || source.get(at + 1) == Some(&b'\\') => match source.get(at + 1)? {
                b'u' => return None,
                _ => 2,
            },
            b'+' if *byte == b' ' => 1,
            here if here == byte => 1,
            _ => return None,
        };
    }
    Some(start?..end.unwrap_or(at))
}

/// The parts of a text in which something is found.
struct Parts<'s> {
    scanner: &'s Scanner,
    limits: &'s Limits,
    depth: usize,
    /// What each ruling is on.
    names: Vec<String>,
    values: Vec<(String, Vec<Finding>)>,
}

fn ruling(id: usize) -> Ruling {
    Ruling { verdict: Verdict::Look, look_at_key: false, id: u32::try_from(id).unwrap_or(0) }
}

impl FieldVisitor for Parts<'_> {
    fn rule(&mut self, name: Name<'_>, _within: Option<Ruling>) -> Ruling {
        self.names.push(name.path.get(name.key_at..).unwrap_or_default().to_owned());
        ruling(self.names.len() - 1)
    }

    fn is_alike(&self, _part: Ruling, _whole: Ruling) -> bool {
        true
    }

    fn key(&mut self, _ruling: Ruling, _key: &str, _out: &mut String) -> Edit {
        Edit::Keep
    }

    fn value(&mut self, ruling: Ruling, value: Value<'_>, out: &mut String) -> Edit {
        let Value::Text(text) = value else { return Edit::Keep };
        let key = self.names.get(ruling.id as usize).map_or("", String::as_str);
        let mut hits = Hits::new();
        self.scanner.find(text, FieldContext { key }, &mut hits);
        let mut found = hits.to_vec();
        let inside = hidden(self.scanner, text, &found, self.limits, self.depth + 1);
        found.extend(inside);
        if found.is_empty() {
            return Edit::Keep;
        }
        // What the old and the new text begin and end with alike is not cut: so nothing of the mark may be.
        let unlike = |letter: Option<char>, one, other| if letter == Some(one) { other } else { one };
        out.push(unlike(text.chars().next(), 'x', 'y'));
        out.push_str(MARK);
        out.push_str(&self.values.len().to_string());
        out.push(unlike(text.chars().next_back(), '.', '_'));
        self.values.push((text.to_owned(), found));
        Edit::Text
    }

    fn unknown(&mut self, _level: Level) -> bool {
        true
    }

    fn unreadable(&mut self, _level: Level, _defect: Defect) {}

    fn record_withheld(&mut self, _level: Level, _items: u64, _defect: Defect) -> bool {
        false
    }
}
