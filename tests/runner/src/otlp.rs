//! The one converter between OTLP/JSON that people read and protobuf, through the published descriptors.
//!
//! OTLP/JSON is the proto3 JSON mapping but for ids, which are hex instead of base64; that difference is bridged here.

use crate::wire::Bytes;
use frostglass_formats::Signal;
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions,
};
use serde_json::Value;
use std::sync::LazyLock;

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(opentelemetry_proto::DESCRIPTORS).unwrap());

/// Descriptor of a signal's export request.
#[must_use]
pub fn request(signal: Signal) -> MessageDescriptor {
    let name = frostglass_formats::otlp::schema::request(signal).name;
    POOL.get_message_by_name(name).unwrap()
}

/// OTLP/JSON to protobuf.
///
/// # Errors
/// What is wrong with the text, in words.
pub fn to_protobuf(signal: Signal, text: &str) -> Result<Vec<u8>, String> {
    Ok(read_json(signal, text.as_bytes())?.encode_to_vec())
}

/// Reads protobuf and gives it as OTLP/JSON, in one way of writing it.
///
/// # Errors
/// What is wrong with the bytes, in words.
pub fn decode_protobuf(signal: Signal, bytes: &[u8]) -> Result<Value, String> {
    let message = DynamicMessage::decode(request(signal), bytes).map_err(|error| error.to_string())?;
    write_json(&message)
}

/// Reads OTLP/JSON and gives it in one way of writing it.
///
/// # Errors
/// What is wrong with the bytes, in words.
pub fn decode_json(signal: Signal, bytes: &[u8]) -> Result<Value, String> {
    write_json(&read_json(signal, bytes)?)
}

fn read_json(signal: Signal, bytes: &[u8]) -> Result<DynamicMessage, String> {
    let mut tree: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    each_id(&mut tree, &|text| {
        (0..text.len())
            .step_by(2)
            .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect::<Option<Vec<u8>>>()
            .map(|bytes| Bytes(bytes).to_base64())
            .ok_or("an id is not hex")
    })?;
    // Unknown members are for the search through the raw bytes; a reader of OTLP passes over them.
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    DynamicMessage::deserialize_with_options(request(signal), &tree, &options)
        .map_err(|error| error.to_string())
}

fn write_json(message: &DynamicMessage) -> Result<Value, String> {
    // Bare numbers, so that a case need not tell 3 from "3"; all of a case's numbers are exact in both.
    let options = SerializeOptions::new().use_enum_numbers(true);
    let mut tree = message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .map_err(|error| error.to_string())?;
    each_id(&mut tree, &|text| {
        Ok(Bytes::from_base64(text).0.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    })?;
    sort_attributes(&mut tree);
    Ok(tree)
}

fn each_id(tree: &mut Value, change: &dyn Fn(&str) -> Result<String, &'static str>) -> Result<(), String> {
    match tree {
        Value::Array(items) => items.iter_mut().try_for_each(|item| each_id(item, change)),
        Value::Object(members) => members.iter_mut().try_for_each(|(name, value)| match value {
            Value::String(text)
                if matches!(
                    name.as_str(),
                    "traceId" | "spanId" | "parentSpanId" | "trace_id" | "span_id" | "parent_span_id"
                ) =>
            {
                *text = change(text)?;
                Ok(())
            }
            other => each_id(other, change),
        }),
        _ => Ok(()),
    }
}

/// Sorts lists of attributes by key: their order means nothing.
fn sort_attributes(tree: &mut Value) {
    match tree {
        Value::Array(items) => {
            items.iter_mut().for_each(sort_attributes);
            if !items.is_empty()
                && items.iter().all(|item| item.get("value").is_some() || item.get("key").is_some())
            {
                items.sort_by_key(ToString::to_string);
            }
        }
        Value::Object(members) => members.values_mut().for_each(sort_attributes),
        _ => {}
    }
}
