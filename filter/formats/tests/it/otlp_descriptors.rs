//! Holds the OTLP table and its protobuf walker against the published descriptors: a field that nobody thought of fails here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use crate::same;
use frostglass_formats::otlp::{Protobuf, schema};
use frostglass_formats::{Defect, Edit, FieldVisitor, Level, Name, Ruling, Signal, Value, Verdict};
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _,
    Value as Dynamic,
};
use std::collections::BTreeSet;

const SIGNALS: [Signal; 3] = [Signal::Logs, Signal::Traces, Signal::Metrics];

/// Fields that only profiles use: an index into a dictionary that these requests do not have. Treated as unknown.
const PROFILES_ONLY: [&str; 2] = [
    "opentelemetry.proto.common.v1.KeyValue.key_strindex",
    "opentelemetry.proto.common.v1.AnyValue.string_value_strindex",
];

fn pool() -> DescriptorPool {
    DescriptorPool::decode(opentelemetry_proto::DESCRIPTORS).unwrap()
}

fn walk(signal: Signal, input: &[u8], visitor: &mut dyn FieldVisitor) -> Vec<u8> {
    same::walk(&Protobuf(signal), input, visitor).unwrap()
}

/// Gives every name and every leaf the same answer.
struct Same {
    verdict: Verdict,
    edit: Edit,
    keep_unknown: bool,
    seen: Vec<String>,
}

impl Same {
    fn new(verdict: Verdict, edit: Edit, keep_unknown: bool) -> Self {
        Self { verdict, edit, keep_unknown, seen: Vec::new() }
    }
}

impl FieldVisitor for Same {
    fn rule(&mut self, _: Name<'_>, _: Option<Ruling>) -> Ruling {
        Ruling { verdict: self.verdict, look_at_key: self.verdict == Verdict::Look, id: 0 }
    }
    fn key(&mut self, _: Ruling, key: &str, out: &mut String) -> Edit {
        self.seen.push(key.to_owned());
        out.push_str("treated");
        self.edit
    }
    fn value(&mut self, _: Ruling, value: Value<'_>, out: &mut String) -> Edit {
        self.seen.push(match value {
            Value::Text(text) => text.to_owned(),
            Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Value::Int(n) => n.to_string(),
            other => format!("{other:?}"),
        });
        out.push_str("treated");
        self.edit
    }
    fn keeps_unknown(&self) -> bool {
        self.keep_unknown
    }
    fn unknown(&mut self, _: Level) -> bool {
        self.keep_unknown
    }
    fn unreadable(&mut self, _: Level, defect: Defect) {
        panic!("a well-formed payload was called {defect:?}");
    }
    fn record_withheld(&mut self, _: Level, _: u64, _: Defect) -> bool {
        true
    }
}

/// A message with every field filled, text and bytes by numbered canaries; `leaves` gets the name of each canary.
fn filled(
    descriptor: &MessageDescriptor,
    depth: usize,
    leaves: &mut Vec<(String, String)>,
) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields() {
        if PROFILES_ONLY.contains(&field.full_name()) {
            continue;
        }
        // One variant of a oneof survives in one message; the others come in further occurrences (see `variants`).
        if field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic()) {
            continue;
        }
        if let Some(value) = leaf_or_message(&field, depth, leaves) {
            message.set_field(&field, if field.is_list() { Dynamic::List(vec![value]) } else { value });
        }
    }
    message
}

fn leaf_or_message(
    field: &FieldDescriptor,
    depth: usize,
    leaves: &mut Vec<(String, String)>,
) -> Option<Dynamic> {
    let mut canary = || {
        let canary = format!("canary{:05}x", leaves.len());
        leaves.push((canary.clone(), field.full_name().to_owned()));
        canary
    };
    Some(match field.kind() {
        Kind::String => Dynamic::String(canary()),
        Kind::Bytes => match field.name() {
            "trace_id" => Dynamic::Bytes(vec![7; 16].into()),
            "span_id" | "parent_span_id" => Dynamic::Bytes(vec![8; 8].into()),
            _ => Dynamic::Bytes(canary().into_bytes().into()),
        },
        Kind::Message(inner) if depth > 12 => {
            let _ = inner;
            return None;
        }
        Kind::Message(inner) => Dynamic::Message(filled(&inner, depth + 1, leaves)),
        Kind::Enum(_) => Dynamic::EnumNumber(1),
        Kind::Bool => Dynamic::Bool(true),
        Kind::Double => Dynamic::F64(1.5),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Dynamic::I32(3),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Dynamic::I64(3),
        Kind::Uint32 | Kind::Fixed32 => Dynamic::U32(3),
        Kind::Uint64 | Kind::Fixed64 => Dynamic::U64(3),
        Kind::Float => return None,
    })
}

/// A payload, and the canaries in it with the field that holds each.
type Planted = (Vec<u8>, Vec<(String, String)>);

/// One payload for each variant of each oneof, at its first reachable place, plus the plain one.
fn payloads(signal: Signal) -> Vec<Planted> {
    let pool = pool();
    let root = pool.get_message_by_name(schema::request(signal).name).unwrap();
    let mut variants = BTreeSet::new();
    collect_variants(&root, &mut BTreeSet::new(), &mut variants);
    let mut out = Vec::new();
    for variant in std::iter::once(None).chain(variants.iter().map(Some)) {
        let mut leaves = Vec::new();
        let mut message = filled(&root, 0, &mut leaves);
        if let Some(variant) = variant {
            set_variant(&mut message, variant, 0, &mut leaves);
        }
        let bytes = message.encode_to_vec();
        leaves.retain(|(canary, _)| memchr::memmem::find(&bytes, canary.as_bytes()).is_some());
        out.push((bytes, leaves));
    }
    out
}

fn collect_variants(message: &MessageDescriptor, seen: &mut BTreeSet<String>, out: &mut BTreeSet<String>) {
    if !seen.insert(message.full_name().to_owned()) {
        return;
    }
    for field in message.fields() {
        let in_oneof = field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic());
        if in_oneof && !PROFILES_ONLY.contains(&field.full_name()) {
            out.insert(field.full_name().to_owned());
        }
        if let Kind::Message(inner) = field.kind() {
            collect_variants(&inner, seen, out);
        }
    }
}

/// Sets `variant` in every message of its type, and some variant in every other oneof so that all messages are reached.
fn set_variant(
    message: &mut DynamicMessage,
    variant: &str,
    depth: usize,
    leaves: &mut Vec<(String, String)>,
) {
    if depth > 12 {
        return;
    }
    let descriptor = message.descriptor();
    for oneof in descriptor.oneofs().filter(|oneof| !oneof.is_synthetic()) {
        let fields: Vec<_> = oneof.fields().collect();
        let preferred = fields.iter().find(|field| field.full_name() == variant);
        // Elsewhere: a metric needs points to reach exemplars, a value needs text.
        let field = preferred.unwrap_or_else(|| {
            let owner = variant.rsplit_once('.').map_or("", |(owner, _)| owner);
            fields
                .iter()
                .find(|field| {
                    matches!(field.kind(), Kind::Message(ref inner) if reaches(inner, owner, 0)) && depth < 8
                })
                .unwrap_or(&fields[0])
        });
        if let Some(value) = leaf_or_message(field, depth, leaves) {
            message.set_field(field, value);
        }
    }
    for field in descriptor.fields() {
        if !matches!(field.kind(), Kind::Message(_)) || !message.has_field(&field) {
            continue;
        }
        match message.get_field_mut(&field) {
            Dynamic::Message(inner) => set_variant(inner, variant, depth + 1, leaves),
            Dynamic::List(items) => {
                for item in items {
                    if let Dynamic::Message(inner) = item {
                        set_variant(inner, variant, depth + 1, leaves);
                    }
                }
            }
            _ => {}
        }
    }
}

fn reaches(message: &MessageDescriptor, owner: &str, depth: usize) -> bool {
    message.full_name() == owner && owner != "opentelemetry.proto.common.v1.AnyValue"
        || depth < 4
            && message.fields().any(
                |field| matches!(field.kind(), Kind::Message(ref inner) if reaches(inner, owner, depth + 1)),
            )
}

/// Scenario: OTLP gains, renames or retypes a field.
/// Guarantees: the table names every field of every message reachable from the export requests, as published.
#[test]
fn the_table_is_the_published_protocol() {
    let pool = pool();
    let mut seen = BTreeSet::new();
    fn compare(pool: &DescriptorPool, message: &'static schema::Message, seen: &mut BTreeSet<&'static str>) {
        if !seen.insert(message.name) {
            return;
        }
        let published = pool.get_message_by_name(message.name).unwrap();
        let ours: BTreeSet<_> = message
            .fields
            .iter()
            .map(|f| (f.number, f.name.to_owned(), f.json.to_owned(), f.repeated))
            .collect();
        let theirs: BTreeSet<_> = published
            .fields()
            .map(|f| (f.number(), f.name().to_owned(), f.json_name().to_owned(), f.is_list()))
            .collect();
        assert_eq!(ours, theirs, "{}", message.name);
        for field in message.fields {
            let kind = published.get_field(field.number).unwrap().kind();
            let right = match (field.kind, &kind) {
                (schema::Kind::Message(inner), Kind::Message(theirs)) => {
                    compare(pool, inner, seen);
                    inner.name == theirs.full_name()
                }
                (schema::Kind::Attributes, Kind::Message(theirs)) => {
                    theirs.full_name() == "opentelemetry.proto.common.v1.KeyValue"
                }
                (schema::Kind::AnyValue(_), Kind::Message(theirs)) => {
                    theirs.full_name() == "opentelemetry.proto.common.v1.AnyValue"
                }
                (schema::Kind::Text(_) | schema::Kind::VitalText(_), Kind::String) => true,
                (schema::Kind::Structural(_, shape), kind) => match (shape, kind) {
                    (schema::Shape::Enum(names), Kind::Enum(theirs)) => {
                        theirs.values().all(|value| names.get(value.number() as usize) == Some(&value.name()))
                    }
                    (schema::Shape::Id(_), Kind::Bytes)
                    | (
                        schema::Shape::Time | schema::Shape::Fixed64 | schema::Shape::Fixed64s,
                        Kind::Fixed64,
                    )
                    | (schema::Shape::Sfixed64, Kind::Sfixed64)
                    | (schema::Shape::Fixed32, Kind::Fixed32)
                    | (schema::Shape::Uint32, Kind::Uint32)
                    | (schema::Shape::Sint32, Kind::Sint32)
                    | (schema::Shape::Bool, Kind::Bool)
                    | (schema::Shape::Double | schema::Shape::Doubles, Kind::Double)
                    | (schema::Shape::Uint64s, Kind::Uint64) => true,
                    _ => false,
                },
                _ => false,
            };
            assert!(right, "{}.{} is {kind:?} in the protocol", message.name, field.name);
        }
    }
    for signal in SIGNALS {
        compare(&pool, schema::request(signal), &mut seen);
    }
    let values = ["AnyValue", "ArrayValue", "KeyValue", "KeyValueList"];
    let mut published = BTreeSet::new();
    for signal in SIGNALS {
        let root = pool.get_message_by_name(schema::request(signal).name).unwrap();
        collect_messages(&root, &mut published);
    }
    for name in published {
        let ours =
            seen.contains(name.as_str()) || values.iter().any(|value| name.ends_with(&format!(".{value}")));
        assert!(ours, "{name} is not in the table");
    }
}

fn collect_messages(message: &MessageDescriptor, out: &mut BTreeSet<String>) {
    if out.insert(message.full_name().to_owned()) {
        for field in message.fields() {
            if let Kind::Message(inner) = field.kind() {
                collect_messages(&inner, out);
            }
        }
    }
}

/// Scenario: every text and bytes field of every message holds a canary.
/// Guarantees: each canary is shown to the visitor, and none survives a visitor that drops what it is shown.
#[test]
fn every_leaf_is_shown_and_can_be_dropped() {
    let mut total = BTreeSet::new();
    for signal in SIGNALS {
        for (input, leaves) in payloads(signal) {
            let mut visitor = Same::new(Verdict::Look, Edit::Keep, false);
            assert_eq!(walk(signal, &input, &mut visitor), input, "keeping is the identity");
            for (canary, field) in &leaves {
                assert!(visitor.seen.iter().any(|seen| seen == canary), "{field} was not shown");
                total.insert(field.clone());
            }
            for verdict in [Verdict::Look, Verdict::Drop] {
                let output = walk(signal, &input, &mut Same::new(verdict, Edit::Drop, false));
                for (canary, field) in &leaves {
                    assert!(
                        memchr::memmem::find(&output, canary.as_bytes()).is_none(),
                        "{field} survived {verdict:?}"
                    );
                }
                decode(signal, &output);
            }
        }
    }
    let mut messages = BTreeSet::new();
    for signal in SIGNALS {
        collect_messages(&pool().get_message_by_name(schema::request(signal).name).unwrap(), &mut messages);
    }
    let published: BTreeSet<_> = messages
        .iter()
        .flat_map(|name| pool().get_message_by_name(name).unwrap().fields().collect::<Vec<_>>())
        .filter(|field| matches!(field.kind(), Kind::String | Kind::Bytes) && !field.name().ends_with("_id"))
        .map(|field| field.full_name().to_owned())
        .collect();
    assert_eq!(total, published, "the canaries reach every text and bytes field but ids");
}

/// Scenario: every leaf is replaced by other text.
/// Guarantees: lengths are right at every level: an independent reader decodes the result, and finds no canary.
#[test]
fn replacing_every_leaf_leaves_a_valid_message() {
    for signal in SIGNALS {
        for (input, leaves) in payloads(signal) {
            let output = walk(signal, &input, &mut Same::new(Verdict::Look, Edit::Text, false));
            decode(signal, &output);
            for (canary, field) in &leaves {
                assert!(memchr::memmem::find(&output, canary.as_bytes()).is_none(), "{field} survived");
            }
        }
    }
}

/// Scenario: a sender of a newer protocol adds fields to every message.
/// Guarantees: they stay byte for byte when unknown fields are kept, and are gone everywhere when not, kept values
/// included.
#[test]
fn unknown_fields_follow_the_visitor() {
    for signal in SIGNALS {
        for (input, _) in payloads(signal) {
            let root = pool().get_message_by_name(schema::request(signal).name).unwrap();
            let input = with_unknown(&root, &input);
            assert!(memchr::memmem::find(&input, b"sneaky").is_some());
            assert_eq!(walk(signal, &input, &mut Same::new(Verdict::Keep, Edit::Keep, true)), input);
            for verdict in [Verdict::Keep, Verdict::Look] {
                let output = walk(signal, &input, &mut Same::new(verdict, Edit::Keep, false));
                assert!(memchr::memmem::find(&output, b"sneaky").is_none(), "{verdict:?}");
                decode(signal, &output);
            }
        }
    }
}

/// Adds field 1000 = "sneaky" to every message of a payload.
fn with_unknown(descriptor: &MessageDescriptor, bytes: &[u8]) -> Vec<u8> {
    fn add(message: &mut DynamicMessage) {
        for field in message.descriptor().fields().collect::<Vec<_>>() {
            if !matches!(field.kind(), Kind::Message(_)) || !message.has_field(&field) {
                continue;
            }
            match message.get_field_mut(&field) {
                Dynamic::Message(inner) => add(inner),
                Dynamic::List(items) => {
                    for item in items {
                        if let Dynamic::Message(inner) = item {
                            add(inner);
                        }
                    }
                }
                _ => {}
            }
        }
        // Decoding keeps unknown fields, so merging their encoding adds them.
        let unknown: &[u8] = b"\xc2\x3e\x06sneaky";
        message.merge(unknown).unwrap();
    }
    let mut message = DynamicMessage::decode(descriptor.clone(), bytes).unwrap();
    add(&mut message);
    message.encode_to_vec()
}

fn decode(signal: Signal, bytes: &[u8]) -> DynamicMessage {
    let root = pool().get_message_by_name(schema::request(signal).name).unwrap();
    DynamicMessage::decode(root, bytes).unwrap()
}
