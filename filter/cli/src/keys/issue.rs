//! `frostglass keys issue`: the document that hosts read.

use super::{VaultArgument, period, tell_issued, tell_made, told};
use crate::audit::{TrailArguments, holds_no_value};
use crate::failure::{Done, Failure};
use crate::files;
use crate::screen;
use frostglass_engine::policy::Period;
use frostglass_keys::vault::write_private;
use std::path::PathBuf;

/// Write the keys that hosts need now, and those of the next epoch if it begins soon.
///
/// Run it more often than the lead is long, by a timer: hosts that watch the file then have each epoch's key before the
/// epoch begins. The file is replaced in one step, and its owner alone may read it. The exit code is 1 when a key has nothing to
/// issue, because its present epoch was destroyed: the file is written, and hosts suppress what needs the key.
#[derive(Debug, clap::Args)]
pub(super) struct Issue {
    #[command(flatten)]
    vault: VaultArgument,
    /// File to write.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Issue this key; may be given several times. Without it, all.
    #[arg(long = "key", value_name = "NAME")]
    names: Vec<String>,
    /// How long before an epoch its key is issued. Without it, the key's overlap, or else a tenth of its epoch and at most an
    /// hour.
    #[arg(long, value_name = "TIME", value_parser = period)]
    lead: Option<Period>,
    /// Host that gets the file, as the audit chain is told.
    #[arg(long, value_name = "NAME", default_value = "file", requires = "audit")]
    to: String,
    #[command(flatten)]
    trail: TrailArguments,
}

impl Issue {
    pub(super) fn run(self) -> Result<Done, Failure> {
        holds_no_value("the host's name", &self.to)?;
        // What cannot be written is neither told nor made.
        files::can_be_written(&self.output)?;
        let (now, lead) = (self.vault.now(), self.lead.map(Period::seconds));
        let mut vault = self.vault.open_to_change()?;
        let made = vault.keep_up(now, lead)?;
        tell_made(&self.trail, &made)?;
        if !made.is_empty() {
            // Before anybody has it: a key that was issued and then lost would leave values that nobody can open.
            vault.save()?;
        }
        let issued = vault.issue(now, lead, &self.names)?;
        tell_issued(&self.trail, &issued, &self.to)?;
        write_private(&self.output, issued.text().as_bytes())?;
        told(&issued).iter().for_each(|line| screen::say(line));
        // The file is written all the same: by it, hosts drop a key that was destroyed.
        let without: Vec<String> = issued
            .keys()
            .filter(|(_, _, epochs)| epochs.is_empty())
            .map(|(name, ..)| format!("`{name}`"))
            .collect();
        if without.is_empty() {
            return Ok(Done::Well);
        }
        screen::notice(&format!(
            "{}: no key to issue for {}; `frostglass keys status` shows which epochs were destroyed, and `keys rotate` makes the next one",
            self.output.display(),
            without.join(", ")
        ));
        Ok(Done::Look)
    }
}
