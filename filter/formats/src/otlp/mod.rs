//! OTLP export requests: one table of messages, one walker per encoding.

mod json;
pub mod points;
pub(crate) mod protobuf;
pub mod schema;
pub(crate) mod wire;

pub use json::Json;
pub use protobuf::Protobuf;
