//! Holds the walkers of Loki's pushes against readers that are not ours: what is shown, what is left after edits.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed claim")]

use crate::lottery::{Lots, Lottery};
use crate::same::{Same, walk};
use frostglass_formats::{Edit, Level, Verdict, loki};
use logproto::{Entry, Label, Push, StreamAdapter, Timestamp};
use proptest::prelude::*;
use prost::Message as _;
use serde_json::{Map, Value as Tree, json};
use std::collections::BTreeMap;

/// As `pkg/push/push.proto` has them.
mod logproto {
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct Push {
        #[prost(message, repeated, tag = "1")]
        pub(crate) streams: Vec<StreamAdapter>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct StreamAdapter {
        #[prost(string, tag = "1")]
        pub(crate) labels: String,
        #[prost(message, repeated, tag = "2")]
        pub(crate) entries: Vec<Entry>,
        #[prost(uint64, tag = "3")]
        pub(crate) hash: u64,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct Entry {
        #[prost(message, tag = "1")]
        pub(crate) timestamp: Option<Timestamp>,
        #[prost(string, tag = "2")]
        pub(crate) line: String,
        #[prost(message, repeated, tag = "3")]
        pub(crate) structured_metadata: Vec<Label>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct Timestamp {
        #[prost(int64, tag = "1")]
        pub(crate) seconds: i64,
        #[prost(int32, tag = "2")]
        pub(crate) nanos: i32,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(crate) struct Label {
        #[prost(string, tag = "1")]
        pub(crate) name: String,
        #[prost(string, tag = "2")]
        pub(crate) value: String,
    }
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

/// What a push becomes by lot. Protobuf does not write an empty text, so that nobody is asked about it.
fn treated(push: &[Stream], lots: Lots, proto: bool) -> Vec<Stream> {
    let attributes = |level, attributes: &BTreeMap<String, String>| -> BTreeMap<String, String> {
        attributes
            .iter()
            .filter_map(|(key, value)| {
                if proto && level == Level::Log && value.is_empty() {
                    return Some((lots.new_key(level, key, key, true)?, String::new()));
                }
                lots.attribute(level, key, value, level == Level::Log)
            })
            .collect()
    };
    let stream = |stream: &Stream| {
        let labels = attributes(Level::Resource, &stream.labels);
        let entry = |(time, line, metadata): &(i64, String, BTreeMap<String, String>)| {
            let asked = !(proto && line.is_empty());
            let line = lots.treat(Level::Log, "body", line).filter(|_| asked).unwrap_or_default();
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

/// Labels as Go's `strconv.Quote` writes their texts, near enough.
fn label_text(labels: &BTreeMap<String, String>, spaced: bool) -> String {
    let quoted = |text: &str| {
        let escape = |letter| match letter {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\u{7f}' => "\\x7f".to_owned(),
            other => other.to_string(),
        };
        text.chars().map(escape).collect::<String>()
    };
    let (between, around) = if spaced { (", ", " ") } else { (",", "") };
    let one = |(name, text): (&String, &String)| format!("{name}{around}={around}\"{}\"", quoted(text));
    format!("{{{}}}", labels.iter().map(one).collect::<Vec<_>>().join(between))
}

/// Reads labels as `label_text` and the walker write them.
fn of_label_text(text: &str) -> BTreeMap<String, String> {
    let mut rest = text.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
    let mut labels = BTreeMap::new();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').unwrap();
        let mut letters = after.trim_start().strip_prefix('"').unwrap().chars();
        let mut value = String::new();
        loop {
            match letters.next().unwrap() {
                '"' => break,
                '\\' => {
                    let hex = |letters: &mut std::str::Chars<'_>, digits| {
                        let text: String = letters.take(digits).collect();
                        char::from_u32(u32::from_str_radix(&text, 16).unwrap()).unwrap()
                    };
                    value.push(match letters.next().unwrap() {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'x' => hex(&mut letters, 2),
                        'u' => hex(&mut letters, 4),
                        other => other,
                    });
                }
                other => value.push(other),
            }
        }
        assert!(labels.insert(name.trim().to_owned(), value).is_none());
        rest = letters.as_str().trim_start();
        rest = if rest.is_empty() { rest } else { rest.strip_prefix(',').unwrap().trim_start() };
    }
    labels
}

fn to_proto(push: &[Stream], spaced: bool) -> Push {
    let pair = |(name, value): (&String, &String)| Label { name: name.clone(), value: value.clone() };
    let entry = |(time, line, metadata): &(i64, String, BTreeMap<String, String>)| Entry {
        timestamp: Some(Timestamp { seconds: time / 1_000_000_000, nanos: (time % 1_000_000_000) as i32 }),
        line: line.clone(),
        structured_metadata: metadata.iter().map(pair).collect(),
    };
    let stream = |stream: &Stream| StreamAdapter {
        labels: label_text(&stream.labels, spaced),
        entries: stream.entries.iter().map(entry).collect(),
        hash: 0,
    };
    Push { streams: push.iter().map(stream).collect() }
}

fn of_proto(push: &Push) -> Vec<Stream> {
    let entry = |entry: &Entry| {
        let time = entry.timestamp.as_ref().unwrap();
        let metadata =
            entry.structured_metadata.iter().map(|label| (label.name.clone(), label.value.clone()));
        (time.seconds * 1_000_000_000 + i64::from(time.nanos), entry.line.clone(), metadata.collect())
    };
    let stream = |stream: &StreamAdapter| Stream {
        labels: of_label_text(&stream.labels),
        entries: stream.entries.iter().map(entry).collect(),
    };
    push.streams.iter().map(stream).collect()
}

proptest! {
    /// Scenario: made-up pushes in protobuf, labels written in two ways, each field decided by lot.
    /// Guarantees: prost and another reader of labels read exactly what the decisions make of the push; nothing decided means no
    /// byte changed.
    #[test]
    fn protobuf_is_treated_as_decided(push in push(), seed: u64, spaced: bool) {
        let input = to_proto(&push, spaced).encode_to_vec();
        let output = walk(&loki::Protobuf, &input, &mut Lottery::new(seed)).unwrap();
        let after = of_proto(&Push::decode(output.as_slice()).unwrap());
        prop_assert_eq!(after, treated(&push, Lots(seed), true));
        let kept = walk(&loki::Protobuf, &input, &mut Same::new(Verdict::Look, Edit::Keep)).unwrap();
        prop_assert_eq!(kept, input);
    }

    /// Scenario: a push in protobuf that is cut, or has a byte changed.
    /// Guarantees: no panic; what is taken can be read again by the same walker.
    #[test]
    fn broken_protobuf_ends_well(push in push(), seed: u64, at: usize, byte: u8) {
        let input = to_proto(&push, false).encode_to_vec();
        prop_assume!(!input.is_empty());
        let at = at % input.len();
        let _ = walk(&loki::Protobuf, &input[..at], &mut Lottery::new(seed));
        let mut broken = input;
        broken[at] = byte;
        let _ = walk(&loki::Protobuf, &broken, &mut Lottery::new(seed));
        if let Ok(output) = walk(&loki::Protobuf, &broken, &mut Same::new(Verdict::Look, Edit::Text)) {
            let mut same = Same::new(Verdict::Look, Edit::Keep);
            prop_assert_eq!(walk(&loki::Protobuf, &output, &mut same).unwrap(), output);
        }
    }

    /// Scenario: made-up pushes in JSON, compact and spaced, each field decided by lot.
    /// Guarantees: serde_json reads exactly what the decisions make of the push; nothing decided means no byte changed.
    #[test]
    fn json_is_treated_as_decided(push in push(), seed: u64, spaced: bool) {
        let tree = to_json(&push);
        let input = if spaced { serde_json::to_vec_pretty(&tree) } else { serde_json::to_vec(&tree) }.unwrap();
        let output = walk(&loki::Json, &input, &mut Lottery::new(seed)).unwrap();
        let after = of_json(&serde_json::from_slice(&output).unwrap());
        prop_assert_eq!(after, treated(&push, Lots(seed), false));
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
    assert_eq!(same.seen.iter().filter(|seen| *seen == "1 log withheld: Malformed").count(), 8);
    assert_eq!(same.seen.iter().filter(|seen| *seen == "Shape resource").count(), 1);
    assert_eq!(same.seen.iter().filter(|seen| *seen == "Shape log").count(), 1);
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
    assert_eq!(same.seen.last().unwrap(), "1 log withheld: Nameless");
    let mut same = Same::new(Verdict::Look, Edit::Int(60));
    same.structure = true;
    let output = walk(&loki::Json, input, &mut same).unwrap();
    assert!(output.ends_with(br#""values":[["60","60",{"user.email":"60"}]]}]}"#));
    same.edit = Edit::Drop;
    assert_eq!(walk(&loki::Json, input, &mut same).unwrap(), br#"{"streams":[]}"#);
}

/// Scenario: one stream in protobuf with a hash of its labels, and times that are ruled.
/// Guarantees: names are those of JSON; the hash goes; an entry goes with its time, a stream with its last label.
#[test]
fn protobuf_has_the_names_of_json() {
    let labels = |labels: &[(&str, &str)]| {
        labels.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    let push = [Stream {
        labels: labels(&[("service_name", "shop")]),
        entries: vec![(1_700_000_000_000_000_007, "line".to_owned(), labels(&[("user.email", "x")]))],
    }];
    let mut proto = to_proto(&push, false);
    proto.streams[0].hash = 7;
    let input = proto.encode_to_vec();
    let mut same = Same::new(Verdict::Look, Edit::Text);
    let output = walk(&loki::Protobuf, &input, &mut same).unwrap();
    assert_eq!(
        same.seen,
        [
            "resource/service_name",
            "Text(\"shop\")",
            "log/@body",
            "Text(\"line\")",
            "log/user.email",
            "Text(\"x\")",
            "Shape resource"
        ]
    );
    let after = Push::decode(output.as_slice()).unwrap();
    assert_eq!(after.streams[0].labels, "{service_name=\"new\"}");
    assert_eq!(after.streams[0].hash, 0);
    let mut same = Same::new(Verdict::Drop, Edit::Keep);
    assert_eq!(walk(&loki::Protobuf, &input, &mut same).unwrap(), b"");
    assert_eq!(same.seen.last().unwrap(), "1 resource withheld: Nameless");
    let mut same = Same::new(Verdict::Look, Edit::Text);
    same.structure = true;
    let after = Push::decode(walk(&loki::Protobuf, &input, &mut same).unwrap().as_slice()).unwrap();
    assert!(after.streams[0].entries.is_empty());
    assert_eq!(same.seen.iter().filter(|seen| *seen == "1 log withheld: Nameless").count(), 1);
    let mut same = Same::new(Verdict::Look, Edit::Keep);
    proto.streams[0].labels = "{service_name=shop}".to_owned();
    let refused = walk(&loki::Protobuf, &proto.encode_to_vec(), &mut same).unwrap_err();
    assert!(refused.to_string().starts_with("loki-proto: malformed labels"));
}
