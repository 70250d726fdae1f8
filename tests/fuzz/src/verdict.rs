//! What may become of a hostile payload: a valid output, or a refusal without a value in it.

use crate::corpus::Hostile;
use frostglass_engine::{Engine, Outcome};
use frostglass_tests_runner::{Encoding, claims, native, otlp};
use serde_json::Value;

/// What an engine made of a payload: the output, or the word of the refusal.
///
/// # Errors
/// The text of a refusal that quotes the payload.
pub fn treat(engine: &mut Engine, hostile: &Hostile) -> Result<Result<Vec<u8>, &'static str>, String> {
    let payload = native::payload(hostile.encoding, hostile.signal);
    match engine.rewrite(&hostile.bytes, payload, &native::NOW) {
        Outcome::Unchanged => Ok(Ok(hostile.bytes.clone())),
        Outcome::Rewritten(bytes) => Ok(Ok(bytes.to_vec())),
        Outcome::Withheld(withheld) => {
            let text = format!("{withheld} {withheld:?}");
            if text.contains("ann") || text.contains("example.org") {
                return Err(format!("a refusal quotes the payload: {text}"));
            }
            Ok(Err(native::word(&withheld)))
        }
    }
}

/// Reads an output with readers that are not ours.
///
/// What readers of OTLP/JSON take for OTLP (`null` in a list, for one) they do not agree on: it must be JSON, and OTLP again if
/// it was. Values that a policy keeps go on as they came, so under one that keeps by default (`keeping`) what was no valid
/// protobuf inside a value need not become it.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read(hostile: &Hostile, keeping: bool, output: &[u8]) -> Result<Value, String> {
    // The reader takes no number that a double cannot hold, such as `1e999`; JSON has them all.
    let document =
        |text: &[u8]| match serde_json::from_slice::<Value>(text).map_err(|error| error.to_string()) {
            Err(error) if error.starts_with("number out of range") => Ok(Value::Null),
            read => read,
        };
    match hostile.encoding {
        Encoding::OtlpProto => match otlp::decode_protobuf(hostile.signal, output) {
            Err(_) if keeping && otlp::decode_protobuf(hostile.signal, &hostile.bytes).is_err() => {
                Ok(Value::Null)
            }
            decoded => decoded,
        },
        Encoding::Prometheus | Encoding::LokiProto => match claims::read_messages(hostile.encoding, output) {
            Err(_) if keeping && claims::read_messages(hostile.encoding, &hostile.bytes).is_err() => {
                Ok(Value::Null)
            }
            decoded => decoded,
        },
        Encoding::OtlpJson => match otlp::decode_json(hostile.signal, output) {
            Err(_) if otlp::decode_json(hostile.signal, &hostile.bytes).is_err() => document(output),
            decoded => decoded,
        },
        Encoding::Json | Encoding::LokiJson => document(output),
        Encoding::Ndjson | Encoding::Elasticsearch => output
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.trim_ascii().is_empty())
            .map(document)
            .collect::<Result<_, _>>()
            .map(Value::Array),
        Encoding::Text | Encoding::Syslog => {
            String::from_utf8(output.to_vec()).map(Value::String).map_err(|error| error.to_string())
        }
    }
}

/// The first text in a decoded OTLP message that is neither a number nor an id: under a policy that suppresses everything
/// there is none.
#[must_use]
pub fn first_text(tree: &Value) -> Option<&str> {
    match tree {
        Value::String(text) => {
            let number = !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_hexdigit() || b"-+.e".contains(&byte));
            let named = ["NaN", "Infinity", "-Infinity", ""].contains(&text.as_str());
            if number || named { None } else { Some(text) }
        }
        Value::Array(items) => items.iter().find_map(first_text),
        Value::Object(members) => members.values().find_map(first_text),
        _ => None,
    }
}
