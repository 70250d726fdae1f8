//! Holds the walkers of Loki's pushes against readers that are not ours: what is shown, what is left after edits.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed claim")]

mod lottery;

use frostglass_formats::{Edit, FieldVisitor, Format, FormatError, Level, Limits, Scratch, Verdict, loki};
use lottery::{Lots, Lottery, Same};
use proptest::prelude::*;
use serde_json::{Map, Value as Tree, json};
use std::collections::BTreeMap;

fn walk(format: &dyn Format, input: &[u8], visitor: &mut dyn FieldVisitor) -> Result<Vec<u8>, FormatError> {
    let mut scratch = Scratch::default();
    format.walk(input, &Limits::default(), visitor, &mut scratch)?;
    let mut output = Vec::new();
    scratch.splice.apply(input, &mut output);
    assert_eq!(output.len(), scratch.splice.output_len(input.len()));
    Ok(output)
}

/// A push as everybody understands it.
#[derive(Debug, Clone, PartialEq)]
struct Stream {
    labels: BTreeMap<String, String>,
    entries: Vec<(i64, String, BTreeMap<String, String>)>,
}

fn labels() -> impl Strategy<Value = BTreeMap<String, String>> {
    proptest::collection::btree_map(
        "[a-f_]{1,2}",
        prop_oneof!["\\PC{0,6}", Just("\"\\\n\u{7f}".to_owned())],
        0..4,
    )
}

fn push() -> impl Strategy<Value = Vec<Stream>> {
    let entry = (0..=i64::MAX, prop_oneof!["\\PC{0,12}", Just("\t\"ü\"\\".to_owned())], labels());
    let stream = (labels(), proptest::collection::vec(entry, 0..4))
        .prop_map(|(labels, entries)| Stream { labels, entries });
    proptest::collection::vec(stream, 0..4)
}

/// What a push becomes by lot.
fn treated(push: &[Stream], lots: Lots) -> Vec<Stream> {
    let attributes = |level, attributes: &BTreeMap<String, String>| -> BTreeMap<String, String> {
        attributes
            .iter()
            .filter_map(|(key, value)| lots.attribute(level, key, value, level == Level::Log))
            .collect()
    };
    let stream = |stream: &Stream| {
        let labels = attributes(Level::Resource, &stream.labels);
        let entry = |(time, line, metadata): &(i64, String, BTreeMap<String, String>)| {
            let line = lots.treat(Level::Log, "body", line).unwrap_or_default();
            (*time, line, attributes(Level::Log, metadata))
        };
        (!labels.is_empty() || stream.labels.is_empty())
            .then(|| Stream { labels, entries: stream.entries.iter().map(entry).collect() })
    };
    push.iter().filter_map(stream).collect()
}

fn to_json(push: &[Stream]) -> Tree {
    let object = |map: &BTreeMap<String, String>| {
        Tree::Object(map.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>())
    };
    let entry = |(time, line, metadata): &(i64, String, BTreeMap<String, String>)| {
        if metadata.is_empty() && time % 2 == 0 {
            json!([time.to_string(), line])
        } else {
            json!([time.to_string(), line, object(metadata)])
        }
    };
    let stream = |stream: &Stream| {
        let entries: Vec<Tree> = stream.entries.iter().map(entry).collect();
        json!({"stream": object(&stream.labels), "values": entries})
    };
    json!({"streams": push.iter().map(stream).collect::<Vec<_>>()})
}

fn of_json(tree: &Tree) -> Vec<Stream> {
    let map = |tree: &Tree| -> BTreeMap<String, String> {
        let members = tree.as_object().unwrap().iter();
        members.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect()
    };
    let entry = |entry: &Tree| {
        (
            entry[0].as_str().unwrap().parse().unwrap(),
            entry[1].as_str().unwrap().to_owned(),
            entry.get(2).map(map).unwrap_or_default(),
        )
    };
    let stream = |stream: &Tree| Stream {
        labels: map(&stream["stream"]),
        entries: stream["values"].as_array().unwrap().iter().map(entry).collect(),
    };
    tree["streams"].as_array().unwrap().iter().map(stream).collect()
}

proptest! {
    /// Scenario: made-up pushes in JSON, compact and spaced, each field decided by lot.
    /// Guarantees: serde_json reads exactly what the decisions make of the push; nothing decided means no byte changed.
    #[test]
    fn json_is_treated_as_decided(push in push(), seed: u64, spaced: bool) {
        let tree = to_json(&push);
        let input = if spaced { serde_json::to_vec_pretty(&tree) } else { serde_json::to_vec(&tree) }.unwrap();
        let output = walk(&loki::Json, &input, &mut Lottery::new(seed)).unwrap();
        let after = of_json(&serde_json::from_slice(&output).unwrap());
        prop_assert_eq!(after, treated(&push, Lots(seed)));
        let kept = walk(&loki::Json, &input, &mut Same::new(Verdict::Look, Edit::Keep)).unwrap();
        prop_assert_eq!(kept, input);
    }

    /// Scenario: a push that is cut, or has a byte changed.
    /// Guarantees: no panic; a cut one is refused; what is taken is JSON afterwards if it was before.
    #[test]
    fn broken_json_is_refused(push in push(), seed: u64, at: usize, byte: u8) {
        let input = serde_json::to_vec(&to_json(&push)).unwrap();
        let at = at % input.len();
        prop_assert!(walk(&loki::Json, &input[..at], &mut Lottery::new(seed)).is_err());
        let mut broken = input;
        broken[at] = byte;
        if let Ok(output) = walk(&loki::Json, &broken, &mut Lottery::new(seed)) {
            prop_assert!(serde_json::from_slice::<Tree>(&output).is_ok());
        }
    }
}

/// Scenario: entries of other shapes between sound ones, and members that nobody knows.
/// Guarantees: the entries go alone and are told, unknown members go; or the payload is refused, if the host wants it so.
#[test]
fn an_entry_of_another_shape_goes_alone() {
    let input = br#"{"streams": [{"stream": {"job": "a", "n": 3}, "hash": 7, "values": [
        ["1", "first"], [2, "number"], ["3"], [], ["x4", "text"], ["99999999999999999999", "late"], 5, ["6", "six", {}, 1],
        ["7", "seven", 7], ["8", "last", {"a": null}]]}], "more": [1]}"#;
    let mut same = Same::new(Verdict::Look, Edit::Keep);
    let output = walk(&loki::Json, input, &mut same).unwrap();
    let tree: Tree = serde_json::from_slice(&output).unwrap();
    assert_eq!(
        tree,
        json!({"streams": [{"stream": {"job": "a"}, "values": [["1", "first"], ["8", "last", {}]]}]})
    );
    assert_eq!(same.seen.iter().filter(|seen| *seen == "1 record Malformed").count(), 8);
    assert_eq!(same.seen.iter().filter(|seen| *seen == "leaf Shape").count(), 2);
    assert_eq!(same.seen.iter().filter(|seen| *seen == "unknown resource").count(), 2);
    same.alone = false;
    assert!(walk(&loki::Json, input, &mut same).is_err());
}

/// Scenario: one stream with metadata.
/// Guarantees: labels are asked for as attributes of the resource, metadata as those of the log record, the line as its body.
#[test]
fn names_are_those_of_otlp() {
    let input =
        br#"{"streams":[{"stream":{"service_name":"shop"},"values":[["1","line",{"user.email":"x"}]]}]}"#;
    let names = ["resource/service_name", "Text(\"shop\")", "log/@body", "Text(\"line\")", "log/user.email"];
    let mut same = Same::new(Verdict::Look, Edit::Text);
    let output = walk(&loki::Json, input, &mut same).unwrap();
    assert_eq!(same.seen[..5], names);
    assert_eq!(
        output,
        br#"{"streams":[{"stream":{"service_name":"new"},"values":[["1","new",{"user.email":"new"}]]}]}"#
    );
    let mut same = Same::new(Verdict::Drop, Edit::Keep);
    assert_eq!(walk(&loki::Json, input, &mut same).unwrap(), br#"{"streams":[]}"#);
    assert_eq!(same.seen.last().unwrap(), "1 record Nameless");
    let mut same = Same::new(Verdict::Look, Edit::Int(60));
    same.structure = true;
    let output = walk(&loki::Json, input, &mut same).unwrap();
    assert!(output.ends_with(br#""values":[["60","60",{"user.email":"60"}]]}]}"#));
    same.edit = Edit::Drop;
    assert_eq!(walk(&loki::Json, input, &mut same).unwrap(), br#"{"streams":[]}"#);
}
