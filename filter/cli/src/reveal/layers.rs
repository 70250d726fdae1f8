//! In how many strings of JSON a place of a text stands, one inside the other: a value that is put there must be escaped so often.
//!
//! JSON is what a parser of JSON reads: the whole text (one document or several, as in NDJSON), or a part of it that begins with
//! a brace or a bracket, as in a line of a log. `[2026-12-01] …` begins with one and is none. What is cut off is JSON as far as it
//! goes. The work is linear in the text; strings that hold JSON are looked into again, and each time they are shorter.

use serde::de::IgnoredAny;
use serde_json::Deserializer;
use std::ops::Range;

/// The number for each place, 0 where it stands in no string of JSON. Places are in order and do not overlap.
pub(super) fn depths(text: &str, places: &[Range<usize>]) -> Vec<u32> {
    let mut depths = vec![0; places.len()];
    mark(text, places.iter().map(|place| place.start).zip(&mut depths).collect());
    depths
}

/// Adds one to each number whose place stands in a string, and looks into what the string holds.
fn mark(text: &str, places: Vec<(usize, &mut u32)>) {
    let mut places = places.into_iter().peekable();
    for string in documents(text).into_iter().flat_map(|document| strings(text, document)) {
        while places.next_if(|(start, _)| *start < string.start).is_some() {}
        let (mut inner, mut inside) = (Some(String::new()), Vec::new());
        let mut at = string.start;
        while let Some((start, depth)) = places.next_if(|(start, _)| *start < string.end) {
            *depth += 1;
            inner = inner.and_then(|inner| read(inner, text.get(at..start)?));
            inside.push((inner.as_ref().map_or(0, String::len), depth));
            at = start;
        }
        if inside.is_empty() {
            continue;
        }
        if let Some(inner) = inner.and_then(|inner| read(inner, text.get(at..string.end)?)) {
            mark(&inner, inside);
        }
    }
}

/// Appends what a piece of a string says.
fn read(mut inner: String, escaped: &str) -> Option<String> {
    inner.push_str(&serde_json::from_str::<String>(&format!("\"{escaped}\"")).ok()?);
    Some(inner)
}

/// Where JSON stands.
fn documents(text: &str) -> Vec<Range<usize>> {
    let every = |text: &str| Deserializer::from_str(text).into_iter::<IgnoredAny>().all(|one| one.is_ok());
    if every(text) {
        return vec![Range { start: 0, end: text.len() }];
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find(['{', '['])) {
        let start = at + next;
        let rest = text.get(start..).unwrap_or_default();
        let mut reader = Deserializer::from_str(rest).into_iter::<IgnoredAny>();
        let length = match reader.next() {
            Some(Ok(_)) => reader.byte_offset(),
            Some(Err(error)) if !error.is_eof() => place(rest, error.line(), error.column()),
            _ => rest.len(),
        };
        // What a parser gave up on may begin something of its own.
        at = start + length.max(1);
        found.push(start..at);
    }
    found
}

/// The first byte that a parser could not take, by its line and column, both counted from one.
fn place(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// The insides of the strings of JSON; the last one may lack its end.
fn strings(text: &str, document: Range<usize>) -> Vec<Range<usize>> {
    let (mut found, mut from, mut escaped) = (Vec::new(), None, false);
    let bytes = text.as_bytes().get(document.clone()).unwrap_or_default();
    for (at, byte) in (document.start..).zip(bytes) {
        match (from, byte) {
            _ if escaped => escaped = false,
            (None, b'"') => from = Some(at + 1),
            (Some(_), b'\\') => escaped = true,
            (Some(start), b'"') => {
                found.push(start..at);
                from = None;
            }
            _ => {}
        }
    }
    found.extend(from.map(|start| start..document.end));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: a word in JSON, in JSON inside JSON, in lines of logs that hold JSON or only look as if, cut off or broken.
    /// Guarantees: each stands as deep as whoever reads the text back has to unescape.
    #[test]
    fn places_stand_as_deep_as_they_are_quoted() {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let inner = r#"{"user":"abc"}"#;
        let twice = format!(r#"{{"body":{}}}"#, quoted(inner));
        let thrice = format!(r#"[1,{},"abc"]"#, quoted(&twice));
        for (text, expected) in [
            ("abc", vec![0]),
            ("[2026-12-01 10:00] user abc", vec![0]),
            ("[abc] {abc} [\"", vec![0, 0]),
            ("\"abc\"", vec![1]),
            (inner, vec![1]),
            ("{\"a\":\"\\\"abc\\\\\"}\n\n{\"b\":[\"abc\"]}\n", vec![1, 1]),
            ("{\n  \"abc\": {\n    \"b\": \"abc\"\n  }\n}\n", vec![1, 1]),
            (&twice, vec![2]),
            (&thrice, vec![3, 1]),
            (&format!("[info] at abc: got {twice} from abc"), vec![0, 2, 0]),
            (&format!("answer:\n{{\n\"a\":\n{}}}\nabc", quoted(inner)), vec![2, 0]),
            (&quoted(&format!("payload={inner} abc")), vec![2, 1]),
            // A broken line does not take JSON from the others.
            (&format!("{twice}\n{{broken abc\n{twice}\n"), vec![2, 0, 2]),
            (&format!("[info {twice}"), vec![2]),
            // Cut off.
            (r#"{"a":"abc","b":"abc "#, vec![1, 1]),
            (r#"[[["abc" {"a":"abc"}"#, vec![1, 1]),
            // Half a pair: a string, which nothing can be read from.
            (r#"{"a":"\ud83d abc {\"b\":\"abc\"}"}"#, vec![1, 1]),
        ] {
            let places: Vec<_> = text.match_indices("abc").map(|(at, word)| at..at + word.len()).collect();
            assert_eq!(depths(text, &places), expected, "{text}");
        }
    }

    /// Scenario: a megabyte of opening brackets and of braces that a parser gives up on late.
    /// Guarantees: done in the time of one reading, not of one reading each.
    #[test]
    fn hostile_texts_are_read_once() {
        for part in ["[", "{\"a\":", "{\"a\":[{},", "\"{", "[\"\\"] {
            let text = part.repeat((1 << 20) / part.len());
            let begun = std::time::Instant::now();
            for end in ["", " x abc", "\" abc"] {
                let text = format!("{text}{end}");
                let at = text.len().saturating_sub(3);
                depths(&text, std::slice::from_ref(&(at..text.len())));
            }
            assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{part}");
        }
    }
}
