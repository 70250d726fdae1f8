//! OTLP export requests: one table of messages, one walker per encoding.

mod base64;
mod json;
pub mod points;
mod protobuf;
pub mod schema;
mod wire;

pub use json::Json;
pub use protobuf::Protobuf;
