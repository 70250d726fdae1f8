//! A push in protobuf: one table that the protobuf walker goes by.
//!
//! Labels stand in one text, which stays one; the rest is as in JSON. What Loki keeps for itself in there (the hash of the labels
//! as they were) goes: no receiver reads it from a sender, and it would tell what was suppressed.
//! Source: `pkg/push/push.proto` of Loki.

use crate::otlp::protobuf;
use crate::otlp::schema::{Kind, Message, Shape, many, one};
use crate::{FieldVisitor, Format, FormatError, Level, Limits, Scratch};
use Kind::{Structural, Text};

const FORMAT: &str = "loki-proto";

/// A `logproto.PushRequest`, without the snappy around it.
#[derive(Debug, Clone, Copy)]
pub struct Protobuf;

impl Format for Protobuf {
    fn name(&self) -> &'static str {
        FORMAT
    }

    fn walk(
        &self,
        input: &[u8],
        limits: &Limits,
        visitor: &mut dyn FieldVisitor,
        scratch: &mut Scratch,
    ) -> Result<(), FormatError> {
        protobuf::walk(&PUSH, input, limits, visitor, scratch).map_err(|error| error.of(FORMAT))
    }
}

static PUSH: Message = Message {
    name: "logproto.PushRequest",
    level: Level::Resource,
    record: false,
    fields: &[many(1, "streams", "streams", Kind::Message(&STREAM))],
};

static STREAM: Message = Message {
    name: "logproto.StreamAdapter",
    level: Level::Resource,
    record: false,
    fields: &[
        one(1, "labels", "labels", Kind::Message(&LABELS)),
        many(2, "entries", "entries", Kind::Message(&ENTRY)),
        // A number, which is no text: always taken out.
        one(3, "hash", "hash", Text("hash")),
    ],
};

static LABELS: Message = Message { name: "string", level: Level::Resource, record: false, fields: &[] };

static ENTRY: Message = Message {
    name: "logproto.EntryAdapter",
    level: Level::Log,
    record: true,
    fields: &[
        one(1, "timestamp", "timestamp", Structural("time", Shape::Vital(&Shape::Timestamp))),
        one(2, "line", "line", Text("body")),
        many(3, "structured_metadata", "structuredMetadata", Kind::Message(&METADATA)),
        many(4, "parsed", "parsed", Kind::Message(&METADATA)),
    ],
};

static METADATA: Message =
    Message { name: "logproto.LabelPairAdapter", level: Level::Log, record: false, fields: &[] };
