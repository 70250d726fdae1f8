//! A policy as somebody wrote it: reads it, checks it, follows its names, describes it.
//!
//! A [`PolicyFile`] is what stands in the text, every part with its place; [`Resolved`] is what it says once built-in catalogs
//! are joined in. Promises: what is not understood is an error with file, line and suggestion, never a default; an error
//! repeats no word that looks like a value; one policy has one canonical form and one digest. Does not know what runs: the
//! engine makes a plan of it, and brings what tells words from values ([`HoldsValue`]).
//!
//! A crate of its own because it runs once a policy, not once a payload: in the module it is compiled to be small.

mod catalogs;
mod check;
mod class;
mod de;
mod digest;
#[cfg(feature = "authoring")]
mod document;
mod error;
mod file;
mod json;
mod node;
mod read;
mod resolve;
mod scalar;
#[cfg(feature = "authoring")]
mod schema;
mod selector;
mod treatment;
mod values;
#[cfg(feature = "authoring")]
mod yaml;

pub use catalogs::DEFAULT_POLICY;
pub use class::Class;
#[cfg(feature = "authoring")]
pub use document::Document;
pub use error::{Finding, HoldsValue, PolicyError, judge_words, quoted, suggest, unknown};
pub use file::{
    BuiltIn, CatalogFile, CatalogLine, ClassRule, Fallback, Given, Key, KeySource, PolicyFile, PolicyTest,
    Recipient, UserDetector,
};
pub use node::{MAX_BYTES, MAX_DEPTH, Place};
pub use resolve::{ClassId, ClassPlan, Line, LineId, Origin, Resolved, TreatmentId};
#[cfg(feature = "authoring")]
pub use schema::schema;
pub use selector::{Levels, Parts, Pattern, Segment, Selector, SelectorError, Suggestion, glob_matches};
pub use treatment::{
    Canonical, Generalize, IpPrefix, KeyUse, Mask, NumberBucket, OnHit, Prefix, Pseudonymize, Replace, Scan,
    ScanFor, Shift, TokenMode, Tokenize, Treatment, Truncate, WithKey,
};
pub use values::{Entries, Entry, Name, Period, Until, Whole};
