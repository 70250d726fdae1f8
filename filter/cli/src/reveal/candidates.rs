//! The tokens that values have: to turn tokens back with a list of candidates, and to list the tokens of a subject.
//!
//! A token is computed as a host computes it, by the policy's own treatments under the vault's key of each epoch that is still
//! kept. Pseudonyms of another mode than `deterministic` cannot be computed again.

use crate::failure::{Failure, wrong};
use crate::policy;
use frostglass_engine::policy::{Line, Plan, TokenMode, Treatment};
use frostglass_engine::treat::{Beginning, Context, Treated};
use frostglass_formats::Value;
use frostglass_keys::Domain;
use frostglass_keys::vault::Vault;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use zeroize::Zeroizing;

/// Longest list of candidates, in bytes.
const MOST: u64 = 256 << 20;

/// A token of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TokenOf {
    pub(crate) key: String,
    pub(crate) epoch: u32,
    pub(crate) class: String,
    pub(crate) token: String,
}

/// Values of a file, one a line.
pub(crate) fn lines(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |error| Failure::file(path, "cannot be read", &error);
    if std::fs::metadata(path).map_err(unreadable)?.len() > MOST {
        return Err(wrong(format!("{}: is larger than {MOST} bytes", path.display())));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    Ok(Zeroizing::new(text))
}

/// Values that tokens may stand for, and the policy that made the tokens.
pub(super) struct Candidates {
    plan: Plan,
    list: Zeroizing<String>,
}

impl Candidates {
    pub(super) fn read(policy: &Path, list: &Path) -> Result<Self, Failure> {
        Ok(Self { plan: Plan::compile(policy::read(policy)?)?, list: lines(list)? })
    }

    /// The candidates behind those of the `found` tokens that they have.
    pub(super) fn tokens<'t>(
        &self,
        vault: &Vault,
        class: &str,
        domain: Domain<'_>,
        found: &BTreeSet<&'t str>,
    ) -> Result<BTreeMap<&'t str, Zeroizing<String>>, Failure> {
        let mut known = BTreeMap::new();
        let values: Vec<&str> = self.list.lines().filter(|line| !line.is_empty()).collect();
        each(vault, &self.plan, Some(class), domain, &values, &mut |value, token| {
            if let Some(text) = found.get(token.token.as_str()) {
                known.insert(*text, Zeroizing::new(value.to_owned()));
            }
        })?;
        Ok(known)
    }
}

/// Shows each token of each value: for every class (or one), every treatment of it that makes tokens and every epoch that is
/// kept.
pub(crate) fn each(
    vault: &Vault,
    plan: &Plan,
    class: Option<&str>,
    domain: Domain<'_>,
    values: &[&str],
    see: &mut dyn FnMut(&str, TokenOf),
) -> Result<(), Failure> {
    let classes: Vec<_> = (0..u16::MAX)
        .map_while(|id| Some((id, plan.class(id)?)))
        .filter(|(_, known)| class.is_none_or(|class| class == known.name))
        .collect();
    let status = vault.status();
    let mut done = BTreeSet::new();
    for id in 0..u16::MAX {
        let Some(treatment) = plan.treatment(id) else { break };
        let name = match &treatment.options {
            Treatment::Pseudonymize(options) if options.mode == TokenMode::Deterministic => &options.key,
            Treatment::Tokenize(options) => &options.key,
            Treatment::EncryptIp(options) => &options.key,
            _ => continue,
        };
        let Some(key) = status.iter().find(|key| key.spec.name == name.as_str()) else { continue };
        let ring = vault.ring(&key.spec.name)?;
        for (class_id, class) in &classes {
            // Fields by their lines, and findings in text by their class: no other pair is ever made.
            let by_line = |line: &Line| line.class == *class_id && line.treatment == id;
            if class.treatment != id && !plan.lines().iter().any(by_line) {
                continue;
            }
            let context = Context {
                class: class.class,
                class_name: &class.name,
                ring: &ring,
                recipient: domain.recipient,
                tenant: domain.tenant,
            };
            let mut apply = treatment.resolve(&context);
            for epoch in key.epochs.iter().filter(|epoch| epoch.destroyed.is_none()) {
                apply.begin(Beginning {
                    now_unix_nanos: epoch.not_before.saturating_mul(1_000_000_000),
                    random: None,
                });
                for value in values {
                    let mut token = String::new();
                    if apply.apply(Value::Text(value), &mut token) != Treated::Text {
                        continue;
                    }
                    let of = TokenOf {
                        key: key.spec.name.clone(),
                        epoch: epoch.epoch,
                        class: class.name.clone(),
                        token,
                    };
                    if done.insert((of.token.clone(), of.class.clone())) {
                        see(value, of);
                    }
                }
            }
        }
    }
    Ok(())
}
