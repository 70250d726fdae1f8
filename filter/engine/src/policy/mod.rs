//! The policy: from what someone wrote to what runs.

mod catalogs;
mod check;
mod compile;
mod de;
mod digest;
#[cfg(feature = "authoring")]
mod document;
mod error;
mod file;
mod json;
mod matcher;
mod node;
mod plan;
mod read;
mod recipient;
mod ring;
mod scalar;
#[cfg(feature = "authoring")]
mod schema;
mod selector;
mod signed;
mod strength;
mod treatment;
mod values;
#[cfg(feature = "authoring")]
mod yaml;

#[cfg(feature = "authoring")]
pub use document::Document;
pub use error::{Finding, PolicyError, quoted, suggest, unknown};
pub use file::{
    BuiltIn, CatalogFile, CatalogLine, ClassRule, Fallback, Given, Key, KeySource, PolicyFile, PolicyTest,
    Recipient, UserDetector,
};
pub use matcher::{Matcher, Matches};
pub use node::{MAX_BYTES, MAX_DEPTH, Place};
pub use plan::{
    ClassId, ClassPlan, Decision, Line, LineId, Origin, Plan, ScannerPlan, TreatmentId, TreatmentPlan, Why,
};
pub use ring::MissingKey;
#[cfg(feature = "authoring")]
pub use schema::schema;
pub use selector::{Levels, Parts, Pattern, Segment, Selector, SelectorError, Suggestion};
pub use strength::{Strength, strictest, strictest_of};
pub use treatment::{
    Canonical, Generalize, IpPrefix, KeyUse, Mask, NumberBucket, OnHit, Prefix, Pseudonymize, Replace, Scan,
    ScanFor, Shift, TokenMode, Tokenize, Treatment, Truncate, WithKey,
};
pub use values::{Entries, Entry, Name, Period, Until, Whole};
