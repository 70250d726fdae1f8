//! `frostglass keys destroy`: an epoch's key is gone, and with it what it could turn back.

use super::{VaultArgument, tell_destroyed};
use crate::audit::TrailArguments;
use crate::failure::{Done, Failure, wrong};
use crate::screen;

/// Destroy the key of an epoch: no value that was sealed in it opens any more, and none of its tokens can be computed again.
///
/// The key's bytes leave the vault's file, and the epoch is never given another. Out of reach are copies of the vault (destroy
/// those too), and hosts that were issued the key and still hold it (the present epoch's, above all).
#[derive(Debug, clap::Args)]
pub(super) struct Destroy {
    #[command(flatten)]
    vault: VaultArgument,
    /// Name of the key.
    #[arg(long, value_name = "NAME")]
    key: String,
    /// Number of the epoch; may be given several times. `frostglass keys status` shows them.
    #[arg(long = "epoch", value_name = "NUMBER", required = true)]
    epochs: Vec<u32>,
    #[command(flatten)]
    trail: TrailArguments,
    /// Do it. Nothing brings the key back.
    #[arg(long)]
    yes: bool,
}

impl Destroy {
    pub(super) fn run(mut self) -> Result<Done, Failure> {
        // One that is named twice is destroyed once.
        self.epochs.sort_unstable();
        self.epochs.dedup();
        let now = self.vault.now();
        let mut vault = self.vault.open_to_change()?;
        for epoch in &self.epochs {
            vault.destroy(&self.key, *epoch, now)?;
        }
        if !self.yes {
            let count = screen::counted(self.epochs.len() as u64, "epoch");
            let what = "would be destroyed for good: nothing of it opens afterwards";
            return Err(wrong(format!("key `{}`: {count} {what}; add --yes", self.key)));
        }
        // Told first: a key that is gone while nobody knows would be worse than the other way round.
        let destroyed: Vec<_> = self.epochs.iter().map(|epoch| (self.key.clone(), *epoch)).collect();
        tell_destroyed(&self.trail, &destroyed)?;
        vault.save()?;
        for epoch in &self.epochs {
            screen::say(&format!("{}: epoch {epoch} is destroyed", self.key));
        }
        Ok(Done::Well)
    }
}
