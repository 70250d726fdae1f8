//! The policy: from what someone wrote (`frostglass-policy`, all of which is here, too) to what runs.

mod compile;
mod matcher;
mod plan;
mod recipient;
mod ring;
mod signed;
mod strength;
mod words;

pub use frostglass_policy::{
    BuiltIn, Canonical, CatalogFile, CatalogLine, ClassId, ClassPlan, ClassRule, Entries, Entry, Fallback,
    Finding, Generalize, Given, IpPrefix, Key, KeySource, KeyUse, Levels, Line, LineId, MAX_BYTES, MAX_DEPTH,
    Mask, Name, NumberBucket, OnHit, Origin, Parts, Pattern, Period, Place, PolicyError, PolicyFile,
    PolicyTest, Prefix, Pseudonymize, Recipient, Replace, Scan, ScanFor, Segment, Selector, SelectorError,
    Shift, Suggestion, TokenMode, Tokenize, Treatment, TreatmentId, Truncate, Until, UserDetector, Whole,
    WithKey, quoted, suggest, unknown,
};
#[cfg(feature = "authoring")]
pub use frostglass_policy::{Document, schema};
pub use matcher::{Matcher, Matches};
pub use plan::{Decision, Plan, ScannerPlan, TreatmentPlan, Why};
pub use ring::MissingKey;
pub use strength::{Strength, strictest, strictest_of};
#[cfg(feature = "authoring")]
pub use words::read_document;
pub use words::{ReadText, judge_words};
