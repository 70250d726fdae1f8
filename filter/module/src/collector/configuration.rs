//! What the host hands over once: policy, keys, bounds. Wiped where it held keys.

use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, OnWithheld, Options};
use frostglass_formats::Limits;
use frostglass_keys::Ring;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A configuration as the host writes it. The host has checked its own user's words; this checks the host.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Configuration {
    /// JSON text of the policy, on the lines where it stood; none for the embedded policy.
    policy: Option<String>,
    /// What to call the policy in errors.
    source: String,
    #[serde(default)]
    recipient: String,
    #[serde(default)]
    tenant: String,
    on_withheld: Word,
    /// Bytes of one batch, from 1 to 2^28 - 1.
    max_batch_bytes: u32,
    /// Standalone keys by the policy's name for them, in hex or base64.
    #[serde(default)]
    keys: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Drop,
    Reject,
}

/// What was loaded: for the host's log and metrics.
#[derive(Debug, Serialize)]
pub(super) struct Loaded {
    /// The policy's name.
    pub(super) policy: String,
    /// Its digest in hex.
    pub(super) digest: String,
    /// Keys that the policy names and that are missing or unsuited, and why. What needs them is suppressed.
    pub(super) key_problems: Vec<String>,
}

/// Most bytes of a batch that the ABI can tell the length of.
const MOST: u32 = (1 << 28) - 1;

impl Configuration {
    /// Reads a configuration.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        // The error's own text could quote a key: line and column say enough to whoever wrote the host.
        let parsed: Self = serde_json::from_slice(bytes).map_err(|error| {
            format!("configuration: not as the ABI says at line {}, column {}", error.line(), error.column())
        })?;
        if parsed.max_batch_bytes == 0 || parsed.max_batch_bytes > MOST {
            return Err(format!("configuration: max_batch_bytes is not from 1 to {MOST}"));
        }
        Ok(parsed)
    }

    /// Compiles the policy and takes the keys that it names.
    pub(super) fn load(&self) -> Result<(Engine, Loaded), String> {
        let plan = match &self.policy {
            Some(text) => Plan::from_json(text, &self.source),
            None => Plan::embedded(),
        }
        .map_err(|error| error.to_string())?;
        let mut ring = Ring::default();
        let mut key_problems = Vec::new();
        let allow_demo = plan.name() == "demo";
        for name in plan.key_names() {
            let problem = match self.keys.get(name) {
                None => Some("is not given".to_owned()),
                Some(text) => ring
                    .add_standalone(name, text, allow_demo)
                    .err()
                    .map(|error| format!("is not taken: {error}")),
            };
            if let Some(problem) = problem {
                key_problems.push(format!("key {name} {problem}; what needs it is suppressed"));
            }
        }
        let batch = self.max_batch_bytes as usize;
        let options = Options {
            recipient: self.recipient.clone(),
            tenant: self.tenant.clone(),
            limits: Limits { payload: batch, output: batch.saturating_mul(4), ..Limits::default() },
            on_withheld: match self.on_withheld {
                Word::Drop => OnWithheld::Drop,
                Word::Reject => OnWithheld::Reject,
            },
        };
        let loaded =
            Loaded { policy: plan.name().to_owned(), digest: plan.digest().to_owned(), key_problems };
        Ok((Engine::new(Arc::new(plan), ring, options), loaded))
    }

    /// Bytes of the largest batch.
    pub(super) fn most(&self) -> usize {
        self.max_batch_bytes as usize
    }
}
