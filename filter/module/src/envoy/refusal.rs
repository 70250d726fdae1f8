//! Says no in the protocol's own words.
//!
//! OTLP/HTTP errors are a `google.rpc.Status` in the request's own encoding; OTLP/gRPC errors a gRPC status. Only what may
//! succeed when sent again unchanged is retryable (HTTP 503, gRPC `UNAVAILABLE`): a sender drops the rest, so that a
//! poisoned batch does not come back for ever. Texts are fixed words and numbers, never values.

use super::request::Dialect;
use frostglass_engine::Withheld;
use frostglass_formats::FormatError;
use std::fmt::Write;
use thiserror::Error;

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    /// Not a path or method of OTLP, nor of anything else that is known.
    #[error("not an OTLP endpoint")]
    NotFound,
    /// The path is known, the HTTP method is not.
    #[error("method not allowed")]
    Method {
        /// The methods that are.
        allow: &'static str,
    },
    /// A content type that cannot be treated.
    #[error("unsupported content type for this path")]
    ContentType,
    /// Remote write of a version that is not known.
    #[error("remote write 1.0 only: content type application/x-protobuf;proto=prometheus.WriteRequest")]
    RemoteWrite,
    /// A content encoding that cannot be undone.
    #[error("unsupported content encoding; supported: identity, gzip, zstd, snappy")]
    ContentEncoding,
    /// A message encoding that cannot be undone.
    #[error("unsupported message encoding; supported: identity, gzip, zstd")]
    MessageEncoding,
    /// Larger than the bound, as it came or inflated.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The bound in bytes.
        limit: usize,
    },
    /// A body that does not decompress.
    #[error(transparent)]
    Compression(FormatError),
    /// Bytes that are not whole gRPC messages.
    #[error("grpc: {0}")]
    Framing(&'static str),
    /// The engine cannot read the payload as what it claims to be.
    #[error("{0}")]
    Malformed(String),
    /// Records would be withheld, and the configuration says to refuse the whole then.
    #[error("{0}")]
    Records(String),
    /// There is no policy in force.
    #[error("no policy in force")]
    NoPolicy,
    /// The host did not do what it was asked for.
    #[error("briefly unable to treat")]
    Host,
}

impl From<Withheld> for Refusal {
    fn from(withheld: Withheld) -> Self {
        match withheld {
            Withheld::Output { limit } => Self::TooLarge { limit },
            Withheld::Records { .. } => Self::Records(withheld.to_string()),
            Withheld::Format(error) if error.is_too_large() => match error {
                FormatError::TooLarge { limit, .. } => Self::TooLarge { limit },
                other => Self::Malformed(other.to_string()),
            },
            other => Self::Malformed(other.to_string()),
        }
    }
}

/// Codes of `google.rpc.Code`, which gRPC shares.
mod code {
    pub(super) const INVALID_ARGUMENT: u8 = 3;
    pub(super) const NOT_FOUND: u8 = 5;
    pub(super) const RESOURCE_EXHAUSTED: u8 = 8;
    pub(super) const UNIMPLEMENTED: u8 = 12;
    pub(super) const INTERNAL: u8 = 13;
    pub(super) const UNAVAILABLE: u8 = 14;
}

/// A refusal as it goes out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// HTTP status.
    pub(super) status: u32,
    /// gRPC status, for requests that are gRPC.
    pub(super) grpc_status: i32,
    /// Headers beside `:status`.
    pub(super) headers: Vec<(&'static str, &'static str)>,
    /// Body; for gRPC the text of `grpc-message`.
    pub(super) body: Vec<u8>,
}

impl Refusal {
    /// One of a closed list of words: a metric label, and the detail in access logs.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Method { .. } => "method",
            Self::ContentType | Self::RemoteWrite => "content-type",
            Self::ContentEncoding | Self::MessageEncoding => "encoding",
            Self::TooLarge { .. } => "too-large",
            Self::Compression(_) => "compression",
            Self::Framing(_) => "framing",
            Self::Malformed(_) => "malformed",
            Self::Records(_) => "records",
            Self::NoPolicy => "no-policy",
            Self::Host => "host",
        }
    }

    fn status(&self) -> u32 {
        match self {
            Self::NotFound => 404,
            Self::Method { .. } => 405,
            Self::ContentType | Self::RemoteWrite | Self::ContentEncoding | Self::MessageEncoding => 415,
            Self::TooLarge { .. } => 413,
            Self::Compression(_) | Self::Framing(_) | Self::Malformed(_) | Self::Records(_) => 400,
            Self::NoPolicy | Self::Host => 503,
        }
    }

    /// The code for HTTP bodies and for gRPC. OTLP senders retry `RESOURCE_EXHAUSTED` only with a `RetryInfo`, which we
    /// never attach.
    fn code(&self, grpc: bool) -> u8 {
        match self {
            // gRPC knows no such service or method.
            Self::NotFound if grpc => code::UNIMPLEMENTED,
            Self::NotFound => code::NOT_FOUND,
            Self::Method { .. } | Self::ContentType | Self::RemoteWrite | Self::MessageEncoding => {
                code::UNIMPLEMENTED
            }
            Self::ContentEncoding if grpc => code::INTERNAL,
            Self::ContentEncoding => code::UNIMPLEMENTED,
            Self::TooLarge { .. } => code::RESOURCE_EXHAUSTED,
            Self::Compression(_) | Self::Framing(_) | Self::Malformed(_) | Self::Records(_) => {
                code::INVALID_ARGUMENT
            }
            Self::NoPolicy | Self::Host => code::UNAVAILABLE,
        }
    }

    /// The answer to send.
    pub(super) fn answer(&self, dialect: Dialect) -> Answer {
        let message = format!("frostglass: {self}");
        let code = self.code(dialect == Dialect::Grpc);
        let mut headers = Vec::new();
        match self {
            Self::Method { allow } => headers.push(("allow", *allow)),
            Self::ContentEncoding if dialect != Dialect::Grpc => {
                headers.push(("accept-encoding", "gzip, zstd, snappy, identity"))
            }
            Self::MessageEncoding => headers.push(("grpc-accept-encoding", "identity,gzip,zstd")),
            Self::NoPolicy | Self::Host if dialect != Dialect::Grpc => headers.push(("retry-after", "5")),
            _ => {}
        }
        let body = match dialect {
            Dialect::Proto => {
                headers.push(("content-type", "application/x-protobuf"));
                status_proto(code, &message)
            }
            Dialect::Json => {
                headers.push(("content-type", "application/json"));
                status_json(code, &message)
            }
            Dialect::Text => {
                headers.push(("content-type", "text/plain; charset=utf-8"));
                let mut line = message.into_bytes();
                line.push(b'\n');
                line
            }
            Dialect::Grpc => message.into_bytes(),
        };
        Answer { status: self.status(), grpc_status: i32::from(code), headers, body }
    }
}

/// `google.rpc.Status`: `int32 code = 1; string message = 2;`.
fn status_proto(code: u8, message: &str) -> Vec<u8> {
    let mut bytes = vec![0x08, code, 0x12];
    super::partial::put_varint(message.len() as u64, &mut bytes);
    bytes.extend_from_slice(message.as_bytes());
    bytes
}

fn status_json(code: u8, message: &str) -> Vec<u8> {
    let mut text = String::new();
    let quoted = serde_json::Value::from(message);
    // Writing to a string does not fail.
    let _ = writeln!(text, "{{\"code\":{code},\"message\":{quoted}}}");
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the same malformed payload arrives as protobuf, JSON and gRPC.
    /// Guarantees: a `Status` in the request's encoding with its content type, and the same code each time.
    #[test]
    fn an_error_speaks_the_requests_encoding() {
        let refusal = Refusal::from(Withheld::from(FormatError::Truncated { format: "otlp-proto", at: 7 }));
        let message = "frostglass: otlp-proto: ends inside a field at byte 7";
        let proto = refusal.answer(Dialect::Proto);
        assert_eq!((proto.status, proto.grpc_status), (400, 3));
        assert_eq!(proto.headers, [("content-type", "application/x-protobuf")]);
        assert_eq!(proto.body, [&[8, 3, 0x12, message.len() as u8], message.as_bytes()].concat());
        let json = refusal.answer(Dialect::Json);
        let value: serde_json::Value = serde_json::from_slice(&json.body).unwrap();
        assert_eq!(value, serde_json::json!({"code": 3, "message": message}));
        assert_eq!(refusal.answer(Dialect::Grpc).body, message.as_bytes());
    }

    /// Scenario: each refusal over HTTP and gRPC.
    /// Guarantees: only what may pass unchanged later is retryable, as the OTLP specification lists retryable codes.
    #[test]
    fn only_brief_inability_is_retryable() {
        let refusals = [
            (Refusal::NotFound, 404, 12),
            (Refusal::Method { allow: "POST" }, 405, 12),
            (Refusal::ContentType, 415, 12),
            (Refusal::RemoteWrite, 415, 12),
            (Refusal::ContentEncoding, 415, 13),
            (Refusal::MessageEncoding, 415, 12),
            (Refusal::TooLarge { limit: 1 }, 413, 8),
            (Refusal::Compression(FormatError::Truncated { format: "gzip", at: 0 }), 400, 3),
            (Refusal::Framing("x"), 400, 3),
            (Refusal::Malformed(String::new()), 400, 3),
            (Refusal::Records(String::new()), 400, 3),
            (Refusal::NoPolicy, 503, 14),
            (Refusal::Host, 503, 14),
        ];
        for (refusal, status, grpc_status) in refusals {
            let answer = refusal.answer(Dialect::Grpc);
            assert_eq!((answer.status, answer.grpc_status), (status, grpc_status), "{refusal:?}");
            let retryable = matches!(refusal, Refusal::NoPolicy | Refusal::Host);
            assert_eq!([429, 502, 503, 504].contains(&answer.status), retryable);
            assert_eq!([1, 4, 10, 11, 14, 15].contains(&answer.grpc_status), retryable);
        }
    }
}
