//! What a request asks for, read from its first headers: which payload comes, in what wrapping, or why it is refused.
//!
//! Follows the OTLP specification 1.x ("OTLP/HTTP Request", "OTLP/gRPC"): `POST` on the three default paths, protobuf or
//! JSON, gzip, zstd, snappy or nothing around it. Other protocols are known by their paths, the default ones and those that
//! the settings name. Whatever is not known to be treatable is refused, never passed on.

use super::config::{Document, Settings};
use super::refusal::Refusal;
use frostglass_engine::Payload;
use frostglass_formats::Signal;
use frostglass_formats::compression::Compression;

/// The headers that decide, as bytes: any of them may be hostile.
#[derive(Debug, Default, Clone)]
pub(super) struct Head {
    /// `:method`.
    pub(super) method: Vec<u8>,
    /// `:path` with its query.
    pub(super) path: Vec<u8>,
    /// `content-type`.
    pub(super) content_type: Vec<u8>,
    /// `content-encoding`; empty if absent.
    pub(super) content_encoding: Vec<u8>,
    /// `grpc-encoding`; empty if absent.
    pub(super) grpc_encoding: Vec<u8>,
}

/// How a refusal or a note to the sender is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `google.rpc.Status` in protobuf.
    Proto,
    /// `google.rpc.Status` in JSON.
    Json,
    /// A line of text, for senders that named no type that we know.
    Text,
    /// A gRPC status.
    Grpc,
}

/// What a body is wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// The body is the payload.
    Plain,
    /// The body is the payload, compressed by the sender's choice: it goes on plain.
    Compressed(Compression),
    /// The body is one block of snappy, as the protocol demands: it goes on as one.
    Snapped,
    /// The body is gRPC messages, and how those of them are compressed that say that they are.
    Messages(Option<Compression>),
}

/// A request whose body is to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Request {
    /// What the payload claims to be.
    pub(super) payload: Payload,
    /// What it is wrapped in.
    pub(super) wrapping: Wrapping,
    /// How to talk back.
    pub(super) dialect: Dialect,
}

impl Request {
    /// The signal as a metric label.
    pub(super) fn label(&self) -> &'static str {
        match self.payload {
            Payload::OtlpProto(Signal::Logs) | Payload::OtlpJson(Signal::Logs) => "logs",
            Payload::OtlpProto(Signal::Traces) | Payload::OtlpJson(Signal::Traces) => "traces",
            Payload::OtlpProto(Signal::Metrics) | Payload::OtlpJson(Signal::Metrics) => "metrics",
            Payload::Json => "json",
            Payload::Ndjson => "ndjson",
            Payload::Text => "text",
            Payload::LokiJson | Payload::LokiProto => "loki",
            Payload::Bulk => "elasticsearch",
            Payload::Syslog => "syslog",
            Payload::Prometheus => "prometheus",
        }
    }

    /// Whether the protocol has `partial_success`, and how dropped records of this signal are called.
    pub(super) fn records(&self) -> Option<Signal> {
        match self.payload {
            Payload::OtlpProto(signal) | Payload::OtlpJson(signal) => Some(signal),
            _ => None,
        }
    }
}

/// What to do with a request.
#[derive(Debug, PartialEq)]
pub(super) enum Asked {
    /// Treat its body and pass it on.
    Treat(Request),
    /// Answer that all is well.
    Health,
    /// Refuse it, in this dialect.
    Refuse(Refusal, Dialect),
}

/// Reads what a request asks for.
pub(super) fn read(head: &Head, settings: &Settings) -> Asked {
    let path = head.path.split(|byte| matches!(byte, b'?' | b'#')).next().unwrap_or_default();
    let media_type = media_type(&head.content_type);
    if is_grpc(&media_type) {
        return read_grpc(head, path, &media_type);
    }
    let document = settings.paths.iter().find(|(known, _)| known.as_bytes() == path).map(|(_, kind)| *kind);
    let document = document.or_else(|| default_document(path));
    let dialect = match (document, media_type.as_slice()) {
        // Their senders show people what stands in the answer.
        (Some(Document::Loki | Document::Prometheus), _) => Dialect::Text,
        (_, b"application/x-protobuf") => Dialect::Proto,
        (_, b"application/json") => Dialect::Json,
        _ => Dialect::Text,
    };
    let refuse = |refusal| Asked::Refuse(refusal, dialect);
    if !settings.health.is_empty() && path == settings.health.as_bytes() {
        return match head.method.as_slice() {
            b"GET" | b"HEAD" => Asked::Health,
            _ => refuse(Refusal::Method { allow: "GET, HEAD" }),
        };
    }
    let signal = match path {
        b"/v1/logs" => Some(Signal::Logs),
        b"/v1/traces" => Some(Signal::Traces),
        b"/v1/metrics" => Some(Signal::Metrics),
        _ => None,
    };
    if signal.is_none() && document.is_none() {
        return refuse(Refusal::NotFound);
    }
    let bulk = document == Some(Document::Bulk);
    if head.method != b"POST" && !(bulk && head.method == b"PUT") {
        return refuse(Refusal::Method { allow: if bulk { "POST, PUT" } else { "POST" } });
    }
    let payload = match (document, signal, dialect) {
        (Some(document), _, _) => document_payload(document, &media_type, settings),
        (None, Some(signal), Dialect::Proto) => Some(Payload::OtlpProto(signal)),
        (None, Some(signal), Dialect::Json) => Some(Payload::OtlpJson(signal)),
        _ => None,
    };
    let Some(payload) = payload else { return refuse(Refusal::ContentType) };
    if payload == Payload::Prometheus && !is_remote_write_1(&head.content_type) {
        return refuse(Refusal::RemoteWrite);
    }
    let snapped = matches!(payload, Payload::Prometheus | Payload::LokiProto);
    let wrapping = match token(&head.content_encoding).as_slice() {
        // Clients of these protocols do not always say what is always so.
        b"" | b"snappy" if snapped => Wrapping::Snapped,
        _ if snapped => return refuse(Refusal::ContentEncoding),
        b"" | b"identity" => Wrapping::Plain,
        b"gzip" | b"x-gzip" => Wrapping::Compressed(Compression::Gzip),
        b"zstd" => Wrapping::Compressed(Compression::Zstd),
        b"snappy" => Wrapping::Compressed(Compression::Snappy),
        _ => return refuse(Refusal::ContentEncoding),
    };
    Asked::Treat(Request { payload, wrapping, dialect })
}

fn read_grpc(head: &Head, path: &[u8], media_type: &[u8]) -> Asked {
    let refuse = |refusal| Asked::Refuse(refusal, Dialect::Grpc);
    let signal = match path {
        b"/opentelemetry.proto.collector.logs.v1.LogsService/Export" => Signal::Logs,
        b"/opentelemetry.proto.collector.trace.v1.TraceService/Export" => Signal::Traces,
        b"/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => Signal::Metrics,
        _ => return refuse(Refusal::NotFound),
    };
    if head.method != b"POST" {
        return refuse(Refusal::Method { allow: "POST" });
    }
    if !matches!(media_type, b"application/grpc" | b"application/grpc+proto") {
        return refuse(Refusal::ContentType);
    }
    // gRPC compresses messages; a compressed body as well is not gRPC, and would hide the messages from us.
    if !matches!(token(&head.content_encoding).as_slice(), b"" | b"identity") {
        return refuse(Refusal::ContentEncoding);
    }
    // gRPC's snappy is the framing format, which is not the block of HTTP.
    let compression = match token(&head.grpc_encoding).as_slice() {
        b"" | b"identity" => None,
        b"gzip" => Some(Compression::Gzip),
        b"zstd" => Some(Compression::Zstd),
        _ => return refuse(Refusal::MessageEncoding),
    };
    Asked::Treat(Request {
        payload: Payload::OtlpProto(signal),
        wrapping: Wrapping::Messages(compression),
        dialect: Dialect::Grpc,
    })
}

/// Whether a media type is gRPC proper (gRPC-Web frames its trailers into the body and is another protocol).
fn is_grpc(media_type: &[u8]) -> bool {
    media_type == b"application/grpc" || media_type.starts_with(b"application/grpc+")
}

/// What comes on the default paths of protocols beside OTLP.
fn default_document(path: &[u8]) -> Option<Document> {
    match path {
        b"/loki/api/v1/push" => Some(Document::Loki),
        b"/api/v1/write" => Some(Document::Prometheus),
        _ => {
            // `/_bulk`, or that of one index.
            let index = path.strip_suffix(b"/_bulk")?;
            let one =
                index.strip_prefix(b"/").is_none_or(|index| !index.is_empty() && !index.contains(&b'/'));
            one.then_some(Document::Bulk)
        }
    }
}

/// What a document path takes: its own type, or plain text and JSON lines where those can be told from nothing else. A type
/// that nobody knows is text where the settings say so, and only there.
fn document_payload(document: Document, media_type: &[u8], settings: &Settings) -> Option<Payload> {
    match (document, media_type) {
        (Document::Json, b"application/json" | b"") => Some(Payload::Json),
        (Document::Ndjson, b"application/x-ndjson" | b"application/jsonl" | b"application/json" | b"") => {
            Some(Payload::Ndjson)
        }
        (Document::Text, b"text/plain" | b"") => Some(Payload::Text),
        (Document::Text, named) if settings.text_types.iter().any(|known| known.as_bytes() == named) => {
            Some(Payload::Text)
        }
        (Document::Syslog, b"text/plain" | b"") => Some(Payload::Syslog),
        (Document::Loki, b"application/json") => Some(Payload::LokiJson),
        (Document::Loki, b"application/x-protobuf") => Some(Payload::LokiProto),
        (Document::Prometheus, b"application/x-protobuf") => Some(Payload::Prometheus),
        (
            Document::Bulk,
            b"application/x-ndjson"
            | b"application/json"
            | b"application/vnd.elasticsearch+x-ndjson"
            | b"application/vnd.elasticsearch+json",
        ) => Some(Payload::Bulk),
        _ => None,
    }
}

/// Whether a content type is that of remote write 1.0: without a word about the message, or with the right one. 2.0 always
/// names another, and may be told to fall back.
fn is_remote_write_1(content_type: &[u8]) -> bool {
    content_type.split(|byte| *byte == b';').skip(1).all(|parameter| {
        let parameter = token(parameter);
        parameter.strip_prefix(b"proto=").is_none_or(|name| name == b"prometheus.writerequest")
    })
}

/// The media type without parameters, in lower case.
fn media_type(content_type: &[u8]) -> Vec<u8> {
    token(content_type.split(|byte| *byte == b';').next().unwrap_or_default())
}

fn token(bytes: &[u8]) -> Vec<u8> {
    bytes.trim_ascii().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(method: &str, path: &str, content_type: &str, encoding: &str) -> Head {
        Head {
            method: method.into(),
            path: path.into(),
            content_type: content_type.into(),
            content_encoding: encoding.into(),
            grpc_encoding: Vec::new(),
        }
    }

    fn asked(method: &str, path: &str, content_type: &str, encoding: &str) -> Asked {
        read(&head(method, path, content_type, encoding), &Settings::default())
    }

    /// Scenario: OTLP/HTTP as exporters send it, with parameters, upper case and a query.
    /// Guarantees: each is recognized with its signal, encoding and dialect.
    #[test]
    fn exporters_requests_are_recognized() {
        let treat = |payload, wrapping, dialect| Asked::Treat(Request { payload, wrapping, dialect });
        assert_eq!(
            asked("POST", "/v1/logs", "application/x-protobuf", ""),
            treat(Payload::OtlpProto(Signal::Logs), Wrapping::Plain, Dialect::Proto)
        );
        assert_eq!(
            asked("POST", "/v1/traces?k=v", "Application/JSON; charset=utf-8", "GZIP"),
            treat(Payload::OtlpJson(Signal::Traces), Wrapping::Compressed(Compression::Gzip), Dialect::Json)
        );
        for (encoding, compression) in [("zstd", Compression::Zstd), ("snappy", Compression::Snappy)] {
            assert_eq!(
                asked("POST", "/v1/logs", "application/x-protobuf", encoding),
                treat(Payload::OtlpProto(Signal::Logs), Wrapping::Compressed(compression), Dialect::Proto)
            );
        }
        let export = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
        assert_eq!(
            asked("POST", export, "application/grpc+proto", ""),
            treat(Payload::OtlpProto(Signal::Metrics), Wrapping::Messages(None), Dialect::Grpc)
        );
        let mut gzip = head("POST", export, "application/grpc", "");
        gzip.grpc_encoding = b"gzip".to_vec();
        assert_eq!(
            read(&gzip, &Settings::default()),
            treat(
                Payload::OtlpProto(Signal::Metrics),
                Wrapping::Messages(Some(Compression::Gzip)),
                Dialect::Grpc
            )
        );
    }

    /// Scenario: requests that are not OTLP, or OTLP that cannot be read here.
    /// Guarantees: each is refused with its own reason and in the dialect of the request.
    #[test]
    fn what_cannot_be_treated_is_refused() {
        let refuse = |refusal, dialect| Asked::Refuse(refusal, dialect);
        assert_eq!(
            asked("POST", "/v1/profiles", "application/json", ""),
            refuse(Refusal::NotFound, Dialect::Json)
        );
        assert_eq!(asked("POST", "/v1/logs/", "text/plain", ""), refuse(Refusal::NotFound, Dialect::Text));
        assert_eq!(
            asked("GET", "/v1/logs", "", ""),
            refuse(Refusal::Method { allow: "POST" }, Dialect::Text)
        );
        assert_eq!(asked("POST", "/v1/logs", "text/plain", ""), refuse(Refusal::ContentType, Dialect::Text));
        assert_eq!(
            asked("POST", "/v1/logs", "application/grpc-web", ""),
            refuse(Refusal::ContentType, Dialect::Text)
        );
        for encoding in ["x-snappy-framed", "br", "gzip, gzip", "\u{0}"] {
            assert_eq!(
                asked("POST", "/v1/logs", "application/x-protobuf", encoding),
                refuse(Refusal::ContentEncoding, Dialect::Proto)
            );
        }
        assert_eq!(
            asked("POST", "/other/Export", "application/grpc", ""),
            refuse(Refusal::NotFound, Dialect::Grpc)
        );
        let export = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
        assert_eq!(
            asked("POST", export, "application/grpc+json", ""),
            refuse(Refusal::ContentType, Dialect::Grpc)
        );
        assert_eq!(
            asked("POST", export, "application/grpc", "gzip"),
            refuse(Refusal::ContentEncoding, Dialect::Grpc)
        );
        let mut snappy = head("POST", export, "application/grpc", "");
        snappy.grpc_encoding = b"snappy".to_vec();
        assert_eq!(read(&snappy, &Settings::default()), refuse(Refusal::MessageEncoding, Dialect::Grpc));
    }

    /// Scenario: pushes to Loki on its own path and on one that the settings name.
    /// Guarantees: JSON is taken, gzipped too, and protobuf in snappy, whether it says so or not; other types and methods are refused in words that people read.
    #[test]
    fn pushes_to_loki_are_recognized() {
        let settings = Settings::parse(br#"{"paths": {"/tenant/push": "loki"}}"#).unwrap();
        for path in ["/loki/api/v1/push", "/tenant/push"] {
            let ask =
                |method, content_type, encoding| read(&head(method, path, content_type, encoding), &settings);
            let treat =
                |payload, wrapping| Asked::Treat(Request { payload, wrapping, dialect: Dialect::Text });
            assert_eq!(ask("POST", "application/json", ""), treat(Payload::LokiJson, Wrapping::Plain));
            assert_eq!(
                ask("POST", "application/json", "gzip"),
                treat(Payload::LokiJson, Wrapping::Compressed(Compression::Gzip))
            );
            for encoding in ["", "snappy"] {
                let proto = treat(Payload::LokiProto, Wrapping::Snapped);
                assert_eq!(ask("POST", "application/x-protobuf", encoding), proto);
            }
            let refuse = |refusal| Asked::Refuse(refusal, Dialect::Text);
            let gzip = ask("POST", "application/x-protobuf", "gzip");
            assert_eq!(gzip, refuse(Refusal::ContentEncoding));
            assert_eq!(ask("POST", "text/plain", ""), refuse(Refusal::ContentType));
            assert_eq!(ask("GET", "application/json", ""), refuse(Refusal::Method { allow: "POST" }));
        }
    }

    /// Scenario: bulk requests to all indices and to one, and paths that only look like it.
    /// Guarantees: taken by both methods and with all types that clients send; the rest is refused.
    #[test]
    fn bulk_requests_are_recognized() {
        for path in ["/_bulk", "/logs-shop/_bulk?refresh=true"] {
            for (method, content_type) in [
                ("POST", "application/x-ndjson"),
                ("PUT", "application/json"),
                ("POST", "application/vnd.elasticsearch+x-ndjson; compatible-with=8"),
            ] {
                let Asked::Treat(request) = asked(method, path, content_type, "gzip") else {
                    panic!("{method} {path} {content_type}")
                };
                assert_eq!(request.payload, Payload::Bulk);
            }
            let refused = asked("POST", path, "application/cbor", "");
            assert_eq!(refused, Asked::Refuse(Refusal::ContentType, Dialect::Text));
            let refused = asked("DELETE", path, "", "");
            assert_eq!(refused, Asked::Refuse(Refusal::Method { allow: "POST, PUT" }, Dialect::Text));
        }
        for path in ["//_bulk", "/a/b/_bulk", "_bulk", "/x_bulk", "/_bulk/", "/a/_search"] {
            let refused = asked("POST", path, "application/x-ndjson", "");
            assert_eq!(refused, Asked::Refuse(Refusal::NotFound, Dialect::Text), "{path}");
        }
    }

    /// Scenario: remote write in both versions, on the path of Prometheus and on that of Mimir, as configured.
    /// Guarantees: 1.0 is taken as snappy, said or not; 2.0 is refused with 415 and what it may fall back to.
    #[test]
    fn remote_write_is_recognized() {
        let settings = Settings::parse(br#"{"paths": {"/api/v1/push": "prometheus"}}"#).unwrap();
        for path in ["/api/v1/write", "/api/v1/push"] {
            let ask = |content_type, encoding| read(&head("POST", path, content_type, encoding), &settings);
            let taken = Asked::Treat(Request {
                payload: Payload::Prometheus,
                wrapping: Wrapping::Snapped,
                dialect: Dialect::Text,
            });
            let named = "application/x-protobuf;proto=prometheus.WriteRequest";
            for content_type in ["application/x-protobuf", named] {
                for encoding in ["snappy", ""] {
                    assert_eq!(ask(content_type, encoding), taken);
                }
            }
            let second = "application/x-protobuf; proto=io.prometheus.write.v2.Request";
            assert_eq!(ask(second, "snappy"), Asked::Refuse(Refusal::RemoteWrite, Dialect::Text));
            let zstd = ask("application/x-protobuf", "zstd");
            assert_eq!(zstd, Asked::Refuse(Refusal::ContentEncoding, Dialect::Text));
            assert_eq!(ask("text/plain", ""), Asked::Refuse(Refusal::ContentType, Dialect::Text));
        }
    }

    /// Scenario: a path for documents and the health path, as configured.
    /// Guarantees: documents are taken with their own types only; health answers reading methods only.
    #[test]
    fn configured_paths_answer() {
        let settings = Settings::parse(br#"{"paths": {"/ingest": "ndjson"}}"#).unwrap();
        let ask = |method, path, content_type| read(&head(method, path, content_type, ""), &settings);
        assert_eq!(
            ask("POST", "/ingest", "application/x-ndjson"),
            Asked::Treat(Request {
                payload: Payload::Ndjson,
                wrapping: Wrapping::Plain,
                dialect: Dialect::Text
            })
        );
        assert_eq!(ask("POST", "/ingest", "text/plain"), Asked::Refuse(Refusal::ContentType, Dialect::Text));
        assert_eq!(ask("GET", "/healthz", ""), Asked::Health);
        let lines = Settings::parse(br#"{"paths": {"/lines": "syslog"}}"#).unwrap();
        let asked = read(&head("POST", "/lines", "text/plain", ""), &lines);
        let dialect = Dialect::Text;
        let syslog = Request { payload: Payload::Syslog, wrapping: Wrapping::Plain, dialect };
        assert_eq!(asked, Asked::Treat(syslog));
        let settings = Settings::parse(
            br#"{"paths": {"/a": "text", "/b": "json"}, "text_types": ["Application/X-Log"]}"#,
        )
        .unwrap();
        let typed = |path, content_type| read(&head("POST", path, content_type, ""), &settings);
        let text = Request { payload: Payload::Text, wrapping: Wrapping::Plain, dialect: Dialect::Text };
        assert_eq!(typed("/a", "application/x-log; charset=utf-8"), Asked::Treat(text));
        assert_eq!(typed("/a", "application/x-other"), Asked::Refuse(Refusal::ContentType, Dialect::Text));
        assert_eq!(typed("/b", "application/x-log"), Asked::Refuse(Refusal::ContentType, Dialect::Text));
        assert_eq!(
            typed("/v1/logs", "application/x-log"),
            Asked::Refuse(Refusal::ContentType, Dialect::Text)
        );
        assert_eq!(
            ask("POST", "/healthz", ""),
            Asked::Refuse(Refusal::Method { allow: "GET, HEAD" }, Dialect::Text)
        );
    }
}
