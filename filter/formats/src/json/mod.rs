//! JSON in place: a strict tokenizer, and a walker that rules a whole document.
//!
//! Promises: accepts exactly RFC 8259 within [`crate::Limits`] (escapes, literals, number grammar and UTF-8 are
//! checked, lone surrogates and trailing bytes refused); compares keys after unescaping; shows every one of duplicate
//! members; leaves valid JSON behind whatever is dropped or replaced; allocates nothing for what is kept.
//! Leaves to others: what a member means.

mod document;
mod reader;
mod siblings;
mod write;

pub use document::Json;
pub(crate) use document::{walk_in_text, walk_value};
pub(crate) use reader::{FAITHFUL_DIGITS, Quoted, Reader, significant_digits, unescape};
pub(crate) use siblings::{Fate, Siblings};
pub(crate) use write::{quote, write_double, write_int};
