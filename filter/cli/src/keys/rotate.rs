//! `frostglass keys rotate`: keys ahead of their time, and the end of old ones.

use super::{VaultArgument, period, tell_destroyed, tell_made};
use crate::audit::TrailArguments;
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
    #[command(flatten)]
    trail: TrailArguments,
}

impl Rotate {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let now = self.vault.now();
        let mut vault = self.vault.open_to_change()?;
        let mut rotated: Vec<(String, u32, bool)> = Vec::new();
        for name in &self.names {
            // Named twice is rotated once.
            if !rotated.iter().any(|(known, ..)| known == name) {
                let (epoch, is_new) = vault.rotate(name, now)?;
                rotated.push((name.clone(), epoch, is_new));
            }
        }
        let made: Vec<(String, u32)> = rotated
            .iter()
            .filter(|(.., is_new)| *is_new)
            .map(|(name, epoch, _)| (name.clone(), *epoch))
            .collect();
        let mut pruned = Vec::new();
        if let Some(age) = self.prune {
            pruned = vault.prune(now.saturating_sub(age.seconds()), now);
            if !pruned.is_empty() && !self.yes {
                let file: &PathBuf = &self.vault.vault;
                let count = screen::counted(pruned.len() as u64, "epoch");
                let what = "would be destroyed for good: nothing of them opens afterwards";
                return Err(wrong(format!("{}: {count} {what}; add --yes", file.display())));
            }
        }
        tell_made(&self.trail, &made)?;
        tell_destroyed(&self.trail, &pruned)?;
        vault.save()?;
        for (name, epoch, is_new) in &rotated {
            screen::say(&match is_new {
                true => format!("{name}: has a key for epoch {epoch}"),
                false => format!("{name}: has a key for epoch {epoch} already; nothing was made"),
            });
        }
        for (name, epoch) in &pruned {
            screen::say(&format!("{name}: epoch {epoch} is destroyed"));
        }
        if self.prune.is_some() && pruned.is_empty() {
            screen::say("no epoch ended so long ago: nothing is destroyed");
        }
        Ok(Done::Well)
    }
}
