//! What the host hands over once: policy, keys, bounds. Wiped where it held keys.

use frostglass_engine::policy::{MissingKey, Plan};
use frostglass_engine::{Engine, OnWithheld, Options};
use frostglass_formats::Limits;
use frostglass_keys::{Issued, Purpose};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use zeroize::Zeroize;

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
    /// Text of the document of issued keys; none where there is none.
    #[serde(default)]
    issued: Option<String>,
}

impl Drop for Configuration {
    fn drop(&mut self) {
        self.keys.values_mut().chain(&mut self.issued).for_each(Zeroize::zeroize);
    }
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
    /// What the document of issued keys holds, without the keys.
    pub(super) issued: Vec<IssuedKey>,
    /// Whether records are to come with their trace ids.
    pub(super) traces: bool,
    /// Why the document was not taken. The host then keeps what it had: this instance has no issued keys.
    pub(super) issued_problem: Option<String>,
}

/// An issued key as a log may tell it.
#[derive(Debug, Serialize)]
pub(super) struct IssuedKey {
    key: String,
    r#use: &'static str,
    epochs: Vec<IssuedEpoch>,
}

#[derive(Debug, Serialize)]
struct IssuedEpoch {
    epoch: u32,
    not_before: u64,
    not_after: u64,
    check_value: String,
}

impl IssuedKey {
    fn of((name, purpose, epochs): (&str, Purpose, Vec<frostglass_keys::IssuedEpoch>)) -> Self {
        let epoch = |epoch| {
            let frostglass_keys::IssuedEpoch { epoch, not_before, not_after, check_value } = epoch;
            IssuedEpoch { epoch, not_before, not_after, check_value }
        };
        Self { key: name.to_owned(), r#use: purpose.word(), epochs: epochs.into_iter().map(epoch).collect() }
    }
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
        .and_then(|plan| plan.for_recipient(&self.recipient))
        .map_err(|error| error.to_string())?;
        let issued = self.issued.as_deref().map(|text| Issued::parse(text.as_bytes()));
        let (issued, issued_problem) = match issued {
            None => (None, None),
            Some(Ok(issued)) => (Some(issued), None),
            Some(Err(error)) => (None, Some(error.to_string())),
        };
        let given = |name: &str| self.keys.get(name).cloned().ok_or_else(|| "is not given".to_owned());
        let (ring, missing) = plan.ring(issued.as_ref(), &mut { given });
        let told = missing
            .iter()
            .map(|MissingKey { name, why }| format!("key {name} {why}; what needs it is suppressed"));
        let key_problems = told.collect();
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
        let loaded = Loaded {
            policy: plan.name().to_owned(),
            digest: plan.digest().to_owned(),
            key_problems,
            issued: issued.iter().flat_map(Issued::keys).map(IssuedKey::of).collect(),
            traces: plan.heeds_traces(),
            issued_problem,
        };
        Ok((Engine::new(Arc::new(plan), ring, options), loaded))
    }

    /// Bytes of the largest batch.
    pub(super) fn most(&self) -> usize {
        self.max_batch_bytes as usize
    }
}
