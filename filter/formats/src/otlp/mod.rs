//! OTLP export requests: one table of messages, one walker per encoding.

mod base64;
mod json;
mod protobuf;
pub mod schema;

pub use json::Json;
pub use protobuf::Protobuf;
