//! The policy: from what someone wrote to what runs.

mod check;
mod de;
mod digest;
mod error;
mod file;
mod json;
mod matcher;
mod node;
mod read;
mod scalar;
#[cfg(feature = "authoring")]
mod schema;
mod selector;
mod strength;
#[cfg(feature = "authoring")]
mod yaml;

pub use error::{Finding, PolicyError, quoted, suggest, unknown};
pub use file::{
    BuiltIn, Canonical, CatalogFile, CatalogLine, ClassRule, Entries, Entry, Fallback, Generalize, Given,
    IpPrefix, Key, KeySource, KeyUse, Mask, Name, NumberBucket, OnHit, Period, PolicyFile, PolicyTest,
    Prefix, Pseudonymize, Replace, Scan, ScanFor, TokenMode, Treatment, Truncate, Until, UserDetector, Whole,
};
pub use matcher::{Matcher, Matches};
pub use node::{MAX_BYTES, MAX_DEPTH, Place};
#[cfg(feature = "authoring")]
pub use schema::schema;
pub use selector::{Levels, Parts, Pattern, Segment, Selector, SelectorError, Suggestion};
pub use strength::{Strength, strictest, strictest_of};

/// A compiled policy.
#[derive(Debug)]
pub struct Plan {}

impl Plan {
    /// The policy embedded in this build (`filter/policies/default.yaml`).
    pub fn embedded() -> Result<Self, PolicyError> {
        Ok(Self {})
    }

    /// Compiles a policy from its JSON form. `file` names it in errors.
    pub fn from_json(_text: &str, _file: &str) -> Result<Self, PolicyError> {
        Ok(Self {})
    }

    /// The policy's name.
    #[must_use]
    pub fn name(&self) -> &str {
        ""
    }

    /// SHA-256 of the canonical form, in lower-case hex: the policy's version.
    #[must_use]
    pub fn digest(&self) -> &str {
        ""
    }

    /// Names of the keys that the policy asks its host for.
    pub fn key_names(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }
}
