//! Bytes in, bytes out: walks a payload in place and shows each field to a visitor.
//!
//! Promises: what the visitor keeps leaves byte for byte as it came; lengths and escapes are
//! right after every edit; work and memory are bounded by [`Limits`]; no input panics.
//! Leaves to others: what a field means and what happens to it. Nothing here knows a policy.

pub mod base64;
pub mod bulk;
pub mod columns;
pub mod compression;
mod error;
mod field;
mod format;
pub mod id;
pub mod json;
mod labels;
mod limits;
pub mod lines;
pub mod loki;
mod named;
pub mod order;
pub mod otlp;
pub mod parts;
pub mod prometheus;
mod splice;
pub mod syslog;
pub mod words;

pub use error::FormatError;
pub use field::{
    Defect, Edit, FieldVisitor, Level, Marks, Name, Part, Recalled, Ruling, Signal, Value, Verdict,
};
pub use format::{Format, Scratch};
pub use limits::Limits;
pub use splice::{Moved, Origins, Splice};
