//! Pushes to Grafana Loki: streams of log lines under labels.
//!
//! The labels of a stream are attributes of the resource, as Loki itself maps them to and from OTLP. A line is the body of a log
//! record, and its structured metadata are the record's attributes, so that one policy line rules OTLP and Loki.
//! Format: <https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs>.

mod json;
mod protobuf;

pub use json::Json;
pub use protobuf::Protobuf;
