//! OTLP export requests: one table of messages, one walker per encoding.

mod protobuf;
pub mod schema;

pub use protobuf::Protobuf;
