//! Holds what a host made of a case against what the case says.

use crate::wire::Bytes;
use crate::{Case, Encoding, Reply, Status, messages, otlp};
use prost::Message as _;
use serde_json::Value;

/// Everything that is wrong with a reply, in words; empty if the case holds. `native` is what the engine itself made of
/// the case, with which every host must agree.
#[must_use]
pub fn check(case: &Case, encoding: Encoding, reply: &Reply, native: Option<&Reply>) -> Vec<String> {
    let mut faults = Vec::new();
    let input = case.payload(encoding);
    for value in &case.absent {
        for (form, needle) in forms(value) {
            if contains(&reply.body.0, &needle) || contains(reply.said.as_bytes(), &needle) {
                faults.push(format!("{value:?} is there, {form}"));
            }
        }
    }
    outcome(case, encoding, &input, reply, &mut faults);
    if reply.status == Status::Refused {
        if case.outcome.as_deref().is_none_or(|outcome| !outcome.starts_with("refused")) {
            faults.push(format!("was refused: {}", reply.reason.as_deref().unwrap_or("no reason")));
        }
        return faults;
    }
    if let Some(counted) = &reply.withheld {
        for (reason, count) in &case.withheld {
            // What nobody knows is gone before the filter sees the payload.
            if reply.written_anew && reason == "unknown" {
                continue;
            }
            let counted = counted.get(reason).copied().unwrap_or_default();
            if counted != *count {
                faults.push(format!("{counted} withheld as {reason}, not {count}"));
            }
        }
    }
    let output = match decode(case, written_in(encoding, reply), &reply.body.0) {
        Ok(output) => output,
        Err(error) => {
            faults.push(format!("the output cannot be read: {error}"));
            return faults;
        }
    };
    let mut texts = Vec::new();
    let mut keys = Vec::new();
    gather(&output, &mut texts, &mut keys);
    for value in &case.absent {
        for text in &texts {
            for (form, needle) in forms(value) {
                if contains(text.as_bytes(), &needle) {
                    faults.push(format!("{value:?} is in the decoded output, {form}"));
                }
            }
        }
    }
    for value in &case.kept {
        if !texts.iter().any(|text| text.contains(value)) {
            faults.push(format!("{value:?} is not kept"));
        }
    }
    for key in &case.keys {
        if !keys.contains(&key.as_str()) {
            faults.push(format!("the key {key:?} is gone"));
        }
    }
    for key in &case.no_keys {
        if keys.contains(&key.as_str()) {
            faults.push(format!("the key {key:?} is there"));
        }
    }
    if let Some(expect) = &case.expect {
        match expected(case, encoding, expect) {
            Ok(expected) if alike(reply, &expected, &output) => {}
            Ok(_) => faults.push("is not what is expected".into()),
            Err(error) => faults.push(format!("`expect` cannot be read: {error}")),
        }
    }
    if let Some(native) = native {
        match decode(case, encoding, &native.body.0) {
            Ok(other) if native.status == Status::Forwarded && alike(reply, &other, &output) => {}
            Ok(other) => faults.push(format!("the engine itself made another thing of it: {other}")),
            Err(error) => faults.push(format!("what the engine itself made of it cannot be read: {error}")),
        }
    }
    if !faults.is_empty() {
        faults.push(format!("output: {output}"));
    }
    faults
}

/// What a host's output is written in.
fn written_in(encoding: Encoding, reply: &Reply) -> Encoding {
    if reply.written_anew { Encoding::OtlpProto } else { encoding }
}

/// Whether two decoded payloads say the same. A host that writes payloads anew writes empty messages where there were none,
/// and forwards nothing when no record is left.
fn alike(reply: &Reply, expected: &Value, output: &Value) -> bool {
    if !reply.written_anew {
        return expected == output;
    }
    let bare = |tree: &Value| {
        let mut tree = tree.clone();
        let records = without_empty_messages(&mut tree);
        if records { tree } else { Value::Null }
    };
    bare(expected) == bare(output)
}

/// Takes out messages that say nothing, and tells whether the payload holds any record.
fn without_empty_messages(tree: &mut Value) -> bool {
    match tree {
        Value::Array(items) => {
            let mut any = false;
            for item in items {
                any |= without_empty_messages(item);
            }
            any
        }
        Value::Object(members) => {
            let mut any = false;
            for (name, value) in members.iter_mut() {
                any |= without_empty_messages(value);
                any |= matches!(name.as_str(), "logRecords" | "spans" | "metrics")
                    && value.as_array().is_some_and(|records| !records.is_empty());
            }
            members.retain(|name, value| {
                !(matches!(name.as_str(), "resource" | "scope" | "status" | "body" | "value")
                    && value.as_object().is_some_and(serde_json::Map::is_empty))
            });
            any
        }
        _ => false,
    }
}

fn outcome(case: &Case, encoding: Encoding, input: &[u8], reply: &Reply, faults: &mut Vec<String>) {
    let Some(expected) = &case.outcome else { return };
    let same = || {
        if !reply.written_anew {
            return reply.body.0 == input;
        }
        let before = decode(case, encoding, input);
        let after = decode(case, Encoding::OtlpProto, &reply.body.0);
        matches!((before, after), (Ok(before), Ok(after)) if alike(reply, &before, &after))
    };
    let actual = match reply.status {
        Status::Forwarded if same() => "unchanged".to_owned(),
        Status::Forwarded => "rewritten".to_owned(),
        Status::Refused => match (&reply.reason, expected.split_once(": ")) {
            (Some(reason), _) => format!("refused: {reason}"),
            // The host does not say why.
            (None, Some(("refused", _))) => expected.clone(),
            _ => "refused".to_owned(),
        },
    };
    if *expected != actual {
        faults.push(format!("is {actual}, not {expected}"));
    }
}

/// The output as it is compared: attributes sorted by key, one way of writing numbers, lines as a list.
///
/// # Errors
/// What is wrong with the bytes, in words.
pub fn decode(case: &Case, encoding: Encoding, bytes: &[u8]) -> Result<Value, String> {
    let text = || std::str::from_utf8(bytes).map_err(|error| error.to_string());
    match encoding {
        Encoding::OtlpProto => otlp::decode_protobuf(case.signal.signal(), bytes),
        Encoding::OtlpJson => otlp::decode_json(case.signal.signal(), bytes),
        Encoding::Prometheus | Encoding::LokiProto => read_messages(encoding, bytes),
        Encoding::LokiJson => messages::push_in_json(bytes),
        Encoding::Json => serde_json::from_slice(bytes).map_err(|error| error.to_string()),
        Encoding::Ndjson | Encoding::Elasticsearch => text()?
            .lines()
            .map(|line| serde_json::from_str(line).map_err(|error| error.to_string()))
            .collect::<Result<Vec<Value>, _>>()
            .map(Value::Array),
        Encoding::Text | Encoding::Syslog => Ok(Value::String(text()?.to_owned())),
    }
}

/// A payload of a protocol that has messages of its own.
///
/// # Errors
/// What is wrong with the bytes, in words.
pub fn read_messages(encoding: Encoding, bytes: &[u8]) -> Result<Value, String> {
    match encoding {
        Encoding::Prometheus => messages::to_json::<messages::WriteRequest>(bytes),
        Encoding::LokiProto => messages::push_to_json(bytes),
        _ => Err("no messages".into()),
    }
}

/// All texts of a payload as a reader of its encoding sees them; none if it cannot be read.
#[must_use]
pub fn texts(case: &Case, encoding: Encoding, bytes: &[u8]) -> Vec<String> {
    let (mut texts, mut keys) = (Vec::new(), Vec::new());
    if let Ok(tree) = decode(case, encoding, bytes) {
        gather(&tree, &mut texts, &mut keys);
    }
    texts
}

fn expected(case: &Case, encoding: Encoding, expect: &str) -> Result<Value, String> {
    match encoding {
        Encoding::OtlpProto | Encoding::OtlpJson => {
            decode(case, Encoding::OtlpJson, expect.trim().as_bytes())
        }
        Encoding::LokiProto => messages::push_in_json(expect.as_bytes()),
        // Through the message, so that what is not said is what it is by default.
        Encoding::Prometheus => messages::to_json::<messages::WriteRequest>(
            &messages::of_json::<messages::WriteRequest>(expect.as_bytes())?.encode_to_vec(),
        ),
        _ => decode(case, encoding, expect.trim().as_bytes()),
    }
}

/// All texts of a decoded output (values, member names, and what bytes hold, if text) and all attribute keys.
fn gather<'a>(output: &'a Value, texts: &mut Vec<String>, keys: &mut Vec<&'a str>) {
    match output {
        Value::String(text) => texts.push(text.clone()),
        Value::Number(number) => texts.push(number.to_string()),
        Value::Bool(truth) => texts.push(truth.to_string()),
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| gather(item, texts, keys)),
        Value::Object(members) => {
            for (name, value) in members {
                texts.push(name.clone());
                match (name.as_str(), value) {
                    ("key" | "name", Value::String(key)) => keys.push(key),
                    ("bytesValue", Value::String(text)) => {
                        texts.push(String::from_utf8_lossy(&Bytes::from_base64(text).0).into_owned());
                    }
                    _ => {}
                }
                gather(value, texts, keys);
            }
        }
    }
}

/// A value in the encodings under which it could leave.
#[must_use]
pub fn forms(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = value.as_bytes();
    let hex = |upper: bool| -> String {
        bytes.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect()
    };
    let percent = |all: bool, upper: bool| -> String {
        bytes
            .iter()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' if !all => {
                    char::from(*byte).to_string()
                }
                _ if upper => format!("%{byte:02X}"),
                _ => format!("%{byte:02x}"),
            })
            .collect()
    };
    let units = |upper: bool| -> String {
        value
            .encode_utf16()
            .map(|unit| if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") })
            .collect()
    };
    let escaped = Value::String(value.to_owned()).to_string();
    let mut forms = vec![
        ("plain", bytes.to_vec()),
        ("in hex", hex(false).into_bytes()),
        ("in hex", hex(true).into_bytes()),
        ("percent-encoded", percent(false, true).into_bytes()),
        ("percent-encoded", percent(false, false).into_bytes()),
        ("percent-encoded", percent(true, true).into_bytes()),
        ("percent-encoded", percent(true, false).into_bytes()),
        ("JSON-escaped", escaped.trim_matches('"').as_bytes().to_vec()),
        ("JSON-escaped", escaped.trim_matches('"').replace('/', "\\/").into_bytes()),
        ("JSON-escaped", units(false).into_bytes()),
        ("JSON-escaped", units(true).into_bytes()),
    ];
    // In base64 the letters depend on where the value starts in its group of three; the letters at its borders also hold
    // bits of the neighbors, so they are left out.
    for before in 0..3 {
        let mut padded = vec![0; before];
        padded.extend_from_slice(bytes);
        let whole = padded.len() / 3 * 4;
        let text = Bytes(padded).to_base64();
        let inner = text.get((before * 8).div_ceil(6)..whole).unwrap_or("");
        // Less than this says nothing about the value.
        if inner.len() >= 8 {
            forms.push(("in base64", inner.as_bytes().to_vec()));
            forms.push(("in base64", inner.replace('+', "-").replace('/', "_").into_bytes()));
        }
    }
    forms
}

/// Whether `needle` is somewhere in `text`.
#[must_use]
pub fn contains(text: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && text.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: a value inside base64 of a longer text, at each of the three places of a group, and inside hex, a URL and JSON.
    /// Guarantees: the search finds it, so that a case that passes says something.
    #[test]
    fn hidden_values_are_found() {
        let value = "ann@example.org";
        let found = |text: &[u8]| forms(value).iter().any(|(_, needle)| contains(text, needle));
        for before in ["", "x", "xy", "xyz"] {
            let text = format!("{before}{value}, and more");
            assert!(found(Bytes(text.into_bytes()).to_base64().as_bytes()), "{before}");
        }
        assert!(found(b"q=ann%40example.org&x"));
        assert!(found(b"616e6e406578616d706c652e6f7267"));
        assert!(found(br#""\u0061\u006e\u006e\u0040\u0065\u0078\u0061\u006d\u0070\u006c\u0065\u002e\u006f\u0072\u0067""#));
        assert!(!found(b"ann at example.org"));
    }
}
