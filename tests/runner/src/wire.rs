//! What goes to a host and what comes back: JSON lines, so that hosts in other languages need no library.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// One exchange to carry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// `case/encoding`.
    pub id: String,
    /// Path of the request.
    pub path: String,
    /// Content type of the request.
    pub content_type: String,
    /// Content encoding of the request; empty for none.
    pub content_encoding: String,
    /// Plugin configuration of the host.
    pub configuration: String,
    /// Payload.
    pub body: Bytes,
}

/// What became of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It went on, as `body` of the reply.
    Forwarded,
    /// The sender was told no.
    Refused,
}

/// What a host made of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// That of the request.
    pub id: String,
    /// What became of it.
    pub status: Status,
    /// The word of a refusal, where the host tells.
    #[serde(default)]
    pub reason: Option<String>,
    /// What was forwarded.
    #[serde(default)]
    pub body: Bytes,
    /// Whether the host decoded the payload and wrote it anew, as protobuf: only decoded values can be compared.
    #[serde(default)]
    pub written_anew: bool,
    /// What the host counted as withheld, values and records, by reason; where it tells.
    #[serde(default)]
    pub withheld: Option<BTreeMap<String, u64>>,
    /// All that the host said meanwhile: log, metrics, answers.
    #[serde(default)]
    pub said: String,
    /// Memory of the module in pages of 64 KiB, where the host tells.
    #[serde(default)]
    pub pages: u64,
}

/// Bytes, as base64 in JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// Reads standard base64 with padding; white space is passed over.
    ///
    /// # Panics
    /// On anything else.
    #[must_use]
    pub fn from_base64(text: &str) -> Self {
        let mut bytes = Vec::new();
        let (mut bits, mut held) = (0u32, 0);
        for letter in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
            let value = ALPHABET.iter().position(|known| *known == letter).expect("base64");
            bits = bits << 6 | value as u32;
            held += 6;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held) as u8);
                bits &= (1 << held) - 1;
            }
        }
        Self(bytes)
    }

    /// Standard base64 with padding.
    #[must_use]
    pub fn to_base64(&self) -> String {
        let mut text = String::with_capacity(self.0.len().div_ceil(3) * 4);
        for chunk in self.0.chunks(3) {
            let bits =
                chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            for place in 0..4 {
                let value = (bits >> (18 - 6 * place) & 63) as usize;
                text.push(if place <= chunk.len() { char::from(ALPHABET[value]) } else { '=' });
            }
        }
        text
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_base64())
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_base64(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: lengths of every remainder, with the examples of RFC 4648 section 10.
    /// Guarantees: known answers, both ways.
    #[test]
    fn base64_has_known_answers() {
        for (plain, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(Bytes(plain.into()).to_base64(), text);
            assert_eq!(Bytes::from_base64(text).0, plain.as_bytes());
        }
    }
}
