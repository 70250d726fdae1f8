//! The only crate that sees raw key bytes: ring, pseudonymization domains, tokens.

/// Keys that a host was given, by the name that the policy uses.
#[derive(Debug, Default)]
pub struct Ring {}

/// Why a key was not taken.
#[derive(Debug, thiserror::Error)]
#[error("key refused")]
pub struct KeyError {}

impl Ring {
    /// Adds a standalone key under the policy's name for it. `text` is what the environment variable
    /// `FROSTGLASS_KEY_<NAME>` holds: base64 or hex of at least 32 bytes. The published demo key is refused unless
    /// `allow_demo` (hosts pass it for a policy named `demo`).
    pub fn add_standalone(&mut self, _name: &str, _text: &str, _allow_demo: bool) -> Result<(), KeyError> {
        Ok(())
    }
}
