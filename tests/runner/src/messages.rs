//! Messages of protocols beside OTLP, for prost and for people: the same in JSON, by the names of the .proto files.
//! A push to Loki has a JSON of its own, which is what it is compared in.
//! Sources: `prompb/types.proto` and `prompb/remote.proto` of Prometheus, `pkg/push/push.proto` of Loki.

#![allow(missing_docs, reason = "the .proto files say what they are")]

use prost::Message;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// Reads a message as people write it.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn of_json<M: DeserializeOwned>(text: &[u8]) -> Result<M, String> {
    serde_json::from_slice(text).map_err(|error| error.to_string())
}

/// A message as it is compared.
///
/// # Errors
/// What is wrong with the bytes, in words.
pub(crate) fn to_json<M: Message + Default + Serialize>(bytes: &[u8]) -> Result<Value, String> {
    let message = M::decode(bytes).map_err(|error| error.to_string())?;
    serde_json::to_value(message).map_err(|error| error.to_string())
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WriteRequest {
    #[prost(message, repeated, tag = "1")]
    pub(crate) timeseries: Vec<TimeSeries>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) metadata: Vec<MetricMetadata>,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TimeSeries {
    #[prost(message, repeated, tag = "1")]
    pub(crate) labels: Vec<Label>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) samples: Vec<Sample>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) exemplars: Vec<Exemplar>,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Label {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) value: String,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sample {
    #[prost(double, tag = "1")]
    pub(crate) value: f64,
    #[prost(int64, tag = "2")]
    pub(crate) timestamp: i64,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Exemplar {
    #[prost(message, repeated, tag = "1")]
    pub(crate) labels: Vec<Label>,
    #[prost(double, tag = "2")]
    pub(crate) value: f64,
    #[prost(int64, tag = "3")]
    pub(crate) timestamp: i64,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MetricMetadata {
    #[prost(int32, tag = "1")]
    pub(crate) r#type: i32,
    #[prost(string, tag = "2")]
    pub(crate) metric_family_name: String,
    #[prost(string, tag = "4")]
    pub(crate) help: String,
    #[prost(string, tag = "5")]
    pub(crate) unit: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Push {
    #[prost(message, repeated, tag = "1")]
    pub(crate) streams: Vec<Stream>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Stream {
    #[prost(string, tag = "1")]
    pub(crate) labels: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Entry {
    #[prost(message, tag = "1")]
    pub(crate) timestamp: Option<Timestamp>,
    #[prost(string, tag = "2")]
    pub(crate) line: String,
    #[prost(message, repeated, tag = "3")]
    pub(crate) structured_metadata: Vec<Label>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Timestamp {
    #[prost(int64, tag = "1")]
    pub(crate) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(crate) nanos: i32,
}

const SECOND: i64 = 1_000_000_000;

/// A push in Loki's JSON as a message.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn push_of_json(text: &[u8]) -> Result<Push, String> {
    let tree: Value = of_json(text)?;
    let list = |tree: &Value| tree.as_array().cloned().unwrap_or_default();
    let texts = |tree: &Value| -> Result<Vec<(String, String)>, String> {
        let members = tree.as_object().into_iter().flatten();
        let text = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
        members.map(text).collect::<Option<_>>().ok_or_else(|| "a label is no text".to_owned())
    };
    let mut push = Push::default();
    for stream in list(&tree["streams"]) {
        // The escapes of JSON are escapes of Go, too.
        let labels = texts(&stream["stream"])?;
        let labels: Vec<_> =
            labels.iter().map(|(name, text)| format!("{name}={}", Value::from(text.as_str()))).collect();
        let mut entries = Vec::new();
        for entry in list(&stream["values"]) {
            let time: i64 = entry[0].as_str().and_then(|time| time.parse().ok()).ok_or("no time")?;
            let metadata = texts(entry.get(2).unwrap_or(&Value::Null))?;
            entries.push(Entry {
                timestamp: Some(Timestamp { seconds: time / SECOND, nanos: (time % SECOND) as i32 }),
                line: entry[1].as_str().ok_or("no line")?.to_owned(),
                structured_metadata: metadata
                    .into_iter()
                    .map(|(name, value)| Label { name, value })
                    .collect(),
            });
        }
        push.streams.push(Stream { labels: format!("{{{}}}", labels.join(", ")), entries });
    }
    Ok(push)
}

/// A push in protobuf as Loki's JSON.
///
/// # Errors
/// What is wrong with the bytes, in words.
pub(crate) fn push_to_json(bytes: &[u8]) -> Result<Value, String> {
    let push = Push::decode(bytes).map_err(|error| error.to_string())?;
    let stream = |stream: &Stream| -> Result<Value, String> {
        let entry = |entry: &Entry| {
            let Timestamp { seconds, nanos } = entry.timestamp.clone().unwrap_or_default();
            let time = i128::from(seconds) * i128::from(SECOND) + i128::from(nanos);
            let metadata: Map<String, Value> = entry
                .structured_metadata
                .iter()
                .map(|label| (label.name.clone(), label.value.as_str().into()))
                .collect();
            json!([time.to_string(), entry.line, metadata])
        };
        let entries: Vec<Value> = stream.entries.iter().map(entry).collect();
        Ok(json!({"stream": labels(&stream.labels)?, "values": entries}))
    };
    let streams: Vec<Value> = push.streams.iter().map(stream).collect::<Result<_, _>>()?;
    push_in_json(json!({"streams": streams}).to_string().as_bytes())
}

/// A push in JSON, in one way of writing it: metadata only where there are any.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn push_in_json(text: &[u8]) -> Result<Value, String> {
    let mut tree: Value = of_json(text)?;
    for stream in tree["streams"].as_array_mut().into_iter().flatten() {
        for entry in stream.get_mut("values").and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(parts) = entry.as_array_mut() else { continue };
            parts.retain(|part| part.as_object().is_none_or(|members| !members.is_empty()));
        }
    }
    Ok(tree)
}

/// Labels of one text. A reader of serde's finds where each value ends; escapes that are Go's alone are not among those of cases.
fn labels(text: &str) -> Result<Map<String, Value>, String> {
    // As a field that is not there is read.
    if text.is_empty() {
        return Ok(Map::new());
    }
    let inside = text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}')).ok_or("no labels")?;
    let mut rest = inside.trim().to_owned();
    let mut labels = Map::new();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or("a label without a value")?;
        // Go takes control characters as they are.
        let escape = |letter: char| {
            if letter.is_ascii_control() { format!("\\u{:04x}", u32::from(letter)) } else { letter.into() }
        };
        let after: String = after.chars().map(escape).collect();
        let mut values = serde_json::Deserializer::from_str(&after).into_iter::<String>();
        let value = values.next().and_then(Result::ok).ok_or("a label that is no text")?;
        labels.insert(name.trim().to_owned(), value.into());
        let left = after.get(values.byte_offset()..).unwrap_or_default().trim_start();
        rest = left.strip_prefix(',').unwrap_or(left).trim_start().to_owned();
    }
    Ok(labels)
}
