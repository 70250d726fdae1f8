//! The policy: from what someone wrote to what runs.

mod matcher;
mod selector;
mod strength;

pub use matcher::{Matcher, Matches};
pub use selector::{Levels, Parts, Pattern, Segment, Selector, SelectorError, Suggestion};
pub use strength::{Strength, strictest, strictest_of};

/// A compiled policy.
#[derive(Debug)]
pub struct Plan {}

/// Everything that is wrong with a policy text; `Display` prints one line each, with file, line, path and suggestion.
#[derive(Debug, thiserror::Error)]
#[error("not a policy")]
pub struct PolicyError {}

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
