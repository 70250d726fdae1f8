//! Tells a sender about dropped records: `partial_success` in the upstream's answer.
//!
//! OTLP answers a request of which a part was taken with success and a count of rejected records (`ExportLogsPartialSuccess`
//! and its siblings: `int64 rejected_* = 1; string error_message = 2;` as field 1 of the response). What the upstream
//! itself rejected is added up, and everything else in its answer stays. An answer that cannot be read stays as it came.

use super::body::Dropped;
use frostglass_formats::Signal;
use serde_json::{Map, Value};

/// What is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    rejected: i64,
    message: String,
    json_name: &'static str,
}

impl Notice {
    /// A notice about dropped records; none if there were none.
    pub(super) fn new(signal: Signal, dropped: &Dropped) -> Option<Self> {
        let rejected = i64::try_from(dropped.total()).unwrap_or(i64::MAX);
        let (records, json_name) = match signal {
            Signal::Logs => ("log records", "rejectedLogRecords"),
            Signal::Traces => ("spans", "rejectedSpans"),
            Signal::Metrics => ("data points", "rejectedDataPoints"),
        };
        (rejected > 0).then(|| Self {
            rejected,
            message: format!("frostglass withheld {records}: {dropped}"),
            json_name,
        })
    }

    fn message_after(&self, upstream: &str) -> String {
        if upstream.is_empty() { self.message.clone() } else { format!("{upstream}; {}", self.message) }
    }

    /// The upstream's protobuf response with this notice in it.
    pub(super) fn in_proto(&self, response: &[u8]) -> Option<Vec<u8>> {
        let mut rejected = 0i64;
        let mut text = String::new();
        let mut inner_rest = Vec::new();
        let mut rest = Vec::new();
        for field in Fields(response) {
            let field = field?;
            let (1, Content::Bytes(partial)) = (field.number, field.content) else {
                rest.extend_from_slice(field.raw);
                continue;
            };
            for field in Fields(partial) {
                let field = field?;
                match (field.number, field.content) {
                    (1, Content::Varint(count)) => rejected = count as i64,
                    (2, Content::Bytes(bytes)) => text = std::str::from_utf8(bytes).ok()?.to_owned(),
                    _ => inner_rest.extend_from_slice(field.raw),
                }
            }
        }
        let message = self.message_after(&text);
        let mut partial = vec![0x08];
        put_varint(rejected.max(0).saturating_add(self.rejected) as u64, &mut partial);
        partial.push(0x12);
        put_varint(message.len() as u64, &mut partial);
        partial.extend_from_slice(message.as_bytes());
        partial.extend_from_slice(&inner_rest);
        let mut output = vec![0x0a];
        put_varint(partial.len() as u64, &mut output);
        output.extend_from_slice(&partial);
        output.extend_from_slice(&rest);
        Some(output)
    }

    /// The upstream's JSON response with this notice in it.
    pub(super) fn in_json(&self, response: &[u8]) -> Option<Vec<u8>> {
        let mut whole: Map<String, Value> = if response.trim_ascii().is_empty() {
            Map::new()
        } else {
            serde_json::from_slice(response).ok()?
        };
        let partial = whole.entry("partialSuccess").or_insert(Value::Null);
        if partial.is_null() {
            *partial = Value::Object(Map::new());
        }
        let partial = partial.as_object_mut()?;
        // Protobuf's JSON writes 64-bit numbers as strings, and readers take both.
        let rejected = match partial.get(self.json_name) {
            None | Some(Value::Null) => 0,
            Some(Value::String(text)) => text.parse().ok()?,
            Some(other) => other.as_i64()?,
        };
        let text = match partial.get("errorMessage") {
            None | Some(Value::Null) => "",
            Some(other) => other.as_str()?,
        };
        let message = self.message_after(text);
        let total = rejected.max(0).saturating_add(self.rejected);
        partial.insert(self.json_name.to_owned(), Value::from(total.to_string()));
        partial.insert("errorMessage".to_owned(), Value::from(message));
        serde_json::to_vec(&whole).ok()
    }

    /// The upstream's unary gRPC response (one uncompressed message) with this notice in it.
    pub(super) fn in_grpc(&self, response: &[u8]) -> Option<Vec<u8>> {
        let (prefix, message) = response.split_first_chunk::<5>()?;
        let [0, length @ ..] = *prefix else { return None };
        if usize::try_from(u32::from_be_bytes(length)) != Ok(message.len()) {
            return None;
        }
        let message = self.in_proto(message)?;
        let mut output = vec![0];
        output.extend_from_slice(&u32::try_from(message.len()).ok()?.to_be_bytes());
        output.extend_from_slice(&message);
        Some(output)
    }
}

/// Writes a base-128 number.
pub(super) fn put_varint(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[derive(Clone, Copy)]
enum Content<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    Fixed,
}

#[derive(Clone, Copy)]
struct Field<'a> {
    number: u64,
    content: Content<'a>,
    raw: &'a [u8],
}

/// The fields of one message; a broken one comes as `None` and ends the walk.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<Field<'a>> {
        let start = self.0;
        let tag = self.varint()?;
        let content = match tag & 7 {
            0 => Content::Varint(self.varint()?),
            1 => self.skip(8)?,
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                let (bytes, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Content::Bytes(bytes)
            }
            5 => self.skip(4)?,
            _ => return None,
        };
        let raw = start.get(..start.len() - self.0.len())?;
        Some(Field { number: tag >> 3, content, raw })
    }

    fn skip(&mut self, bytes: usize) -> Option<Content<'a>> {
        self.0 = self.0.get(bytes..)?;
        Some(Content::Fixed)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for index in 0..10 {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Option<Field<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(rejected: i64) -> Notice {
        Notice { rejected, message: "m".to_owned(), json_name: "rejectedSpans" }
    }

    /// Scenario: the upstream answers with nothing, with an empty partial success, or with its own rejections and a field
    /// that we do not know.
    /// Guarantees: counts add up, texts follow each other, unknown fields stay.
    #[test]
    fn rejections_of_both_add_up() {
        let alone = [0x0a, 5, 0x08, 3, 0x12, 1, b'm'];
        assert_eq!(notice(3).in_proto(b"").unwrap(), alone);
        assert_eq!(notice(3).in_proto(&[0x0a, 0]).unwrap(), alone);
        let upstream = [0x0a, 7, 0x08, 2, 0x12, 1, b'u', 0x18, 9, 0x55, 1, 2, 3, 4];
        let merged = notice(3).in_proto(&upstream).unwrap();
        assert_eq!(merged, [0x0a, 10, 0x08, 5, 0x12, 4, b'u', b';', b' ', b'm', 0x18, 9, 0x55, 1, 2, 3, 4]);
        let json =
            |text: &[u8]| -> Value { serde_json::from_slice(&notice(3).in_json(text).unwrap()).unwrap() };
        let alone = serde_json::json!({"partialSuccess": {"rejectedSpans": "3", "errorMessage": "m"}});
        assert_eq!(json(b""), alone);
        assert_eq!(json(b"{\"partialSuccess\":null}"), alone);
        assert_eq!(
            json(b"{\"x\":1,\"partialSuccess\":{\"rejectedSpans\":\"2\",\"errorMessage\":\"u\"}}"),
            serde_json::json!({"x": 1, "partialSuccess": {"rejectedSpans": "5", "errorMessage": "u; m"}})
        );
        assert_eq!(
            notice(3).in_grpc(&[0, 0, 0, 0, 0]).unwrap(),
            [0, 0, 0, 0, 7, 0x0a, 5, 0x08, 3, 0x12, 1, b'm']
        );
    }

    /// Scenario: answers that are not what they should be.
    /// Guarantees: they are left alone.
    #[test]
    fn an_unreadable_answer_is_left_alone() {
        for response in [&[0x0a][..], &[0x0a, 9, 1], &[0x0b], &[0xff; 12], &[0x0a, 1, 0x08]] {
            assert_eq!(notice(1).in_proto(response), None);
        }
        for response in [&b"[]"[..], b"{", b"{\"partialSuccess\":7}"] {
            assert_eq!(notice(1).in_json(response), None);
        }
        for response in [&b""[..], &[1, 0, 0, 0, 0], &[0, 0, 0, 0, 1], &[0, 0, 0, 0, 0, 0]] {
            assert_eq!(notice(1).in_grpc(response), None);
        }
    }
}
