//! `frostglass keys rotate`: keys ahead of their time, and the end of old ones.

use super::{VaultArgument, period};
use crate::failure::{Done, Failure, wrong};
use crate::screen;
use frostglass_engine::policy::Period;
use std::path::PathBuf;

/// Make the key of the next epoch ahead of its time, or destroy the keys of old epochs.
///
/// A key with epochs rotates by the clock, and needs this for nothing but a vault that is to be put away before its next
/// epoch. A key without epochs is replaced at once: hosts take the new one with the next document that they are issued.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass keys rotate --vault keys.vault --key-file vault.key --key ids
  frostglass keys rotate --vault keys.vault --key-file vault.key --prune 90d --yes")]
pub(super) struct Rotate {
    #[command(flatten)]
    vault: VaultArgument,
    /// Rotate this key; may be given several times.
    #[arg(long = "key", value_name = "NAME", required_unless_present = "prune")]
    names: Vec<String>,
    /// Destroy the keys of epochs that ended longer ago than this.
    #[arg(long, value_name = "TIME", value_parser = period)]
    prune: Option<Period>,
    /// Destroy without being asked: nothing of those epochs opens afterwards.
    #[arg(long)]
    yes: bool,
}

impl Rotate {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let now = self.vault.now();
        let mut vault = self.vault.open_to_change()?;
        for name in &self.names {
            let epoch = vault.rotate(name, now)?;
            screen::say(&format!("{name}: has a key for epoch {epoch}"));
        }
        if let Some(age) = self.prune {
            let pruned = vault.prune(now.saturating_sub(age.seconds()), now);
            if !pruned.is_empty() && !self.yes {
                let file: &PathBuf = &self.vault.vault;
                let count = screen::counted(pruned.len() as u64, "epoch");
                let what = "would be destroyed for good: nothing of them opens afterwards";
                return Err(wrong(format!("{}: {count} {what}; add --yes", file.display())));
            }
            for (name, epoch) in &pruned {
                screen::say(&format!("{name}: epoch {epoch} is destroyed"));
            }
        }
        vault.save()?;
        Ok(Done::Well)
    }
}
