//! `frostglass keys init`: a vault, or what a vault lacks for a policy.

use super::{VaultArgument, tell_made};
use crate::audit::TrailArguments;
use crate::failure::{Done, Failure, wrong};
use crate::policy;
use crate::screen;
use frostglass_engine::policy::{Key, KeySource, Plan};
use frostglass_keys::Purpose;
use frostglass_keys::vault::{KeySpec, Vault};
use std::path::PathBuf;

/// Make a vault with the keys that a policy asks to be issued, or add those that a vault lacks.
///
/// A key that is there already is left alone. Its use and epochs cannot change: give the policy's key another name then.
#[derive(Debug, clap::Args)]
pub(super) struct Init {
    #[command(flatten)]
    vault: VaultArgument,
    /// Policy whose keys with `from: issued` to make.
    #[arg(short, long, value_name = "FILE")]
    policy: PathBuf,
    #[command(flatten)]
    trail: TrailArguments,
}

impl Init {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let plan = Plan::compile(policy::read(&self.policy)?)?;
        let wanted: Vec<KeySpec> =
            plan.keys_from(KeySource::Issued).map(|(name, key)| spec(name, key)).collect::<Result<_, _>>()?;
        if wanted.is_empty() {
            let file = self.policy.display();
            let standalone: Vec<String> =
                plan.keys_from(KeySource::Standalone).map(|(name, _)| format!("`{name}`")).collect();
            return Err(wrong(match standalone.as_slice() {
                [] => format!("{file}: has no key; add one under `keys` with `from: issued`"),
                names => format!(
                    "{file}: takes {} from the environment, and no vault issues it; write `from: issued` in place of `from: standalone`",
                    names.join(", ")
                ),
            }));
        }
        let unlock = self.vault.unlock()?;
        let mut vault = if self.vault.vault.exists() {
            Vault::open_to_change(&self.vault.vault, &unlock)?
        } else {
            Vault::create(&self.vault.vault, &unlock)?
        };
        let known = vault.status();
        for spec in wanted {
            match known.iter().find(|known| known.spec.name == spec.name) {
                Some(known) if known.spec == spec => screen::say(&format!("{}: is there", spec.name)),
                Some(_) => {
                    let what = "is in the vault with another use, epoch or overlap, which cannot change";
                    return Err(wrong(format!(
                        "key `{}` {what}; give the policy's key another name",
                        spec.name
                    )));
                }
                None => {
                    screen::say(&format!("{}: made, to {}", spec.name, spec.purpose));
                    vault.add(spec)?;
                }
            }
        }
        tell_made(&self.trail, &vault.keep_up(self.vault.now(), None)?)?;
        vault.save()?;
        Ok(Done::Well)
    }
}

fn spec(name: &str, key: &Key) -> Result<KeySpec, Failure> {
    let overlap = key.overlap.map_or(0, |overlap| overlap.seconds());
    let (Some(rotation), Ok(overlap_seconds)) = (key.rotation(), u32::try_from(overlap)) else {
        return Err(wrong(format!("key `{name}` has no length of an epoch or overlap that can be")));
    };
    Ok(KeySpec { name: name.to_owned(), purpose: Purpose::from(key.purpose), rotation, overlap_seconds })
}
