//! `frostglass keys split`: the private half of a sealing key goes out of the vault, in shares for persons.

use super::VaultArgument;
use crate::audit::{TrailArguments, word};
use crate::failure::{Done, Failure, wrong};
use crate::files::{self, NewFiles};
use crate::screen;
use crate::share::ShareFile;
use frostglass_audit::Event;
use frostglass_keys::{MAX_SHARES, NEEDED, Share};
use std::collections::BTreeSet;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Split the private half of a sealing key among persons: any two of them open together, and one alone opens nothing.
///
/// The vault keeps the public half, to which hosts go on sealing, and the private half leaves it. Each share is a file for one
/// person; the key is never put together again (docs/rationale/reveal.md). Copies of the vault that were made before still hold the
/// key: destroy them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  frostglass keys split --vault keys.vault --key-file vault.key --key safe --epoch 20780 ann.share bob.share cleo.share --yes")]
pub(super) struct Split {
    #[command(flatten)]
    vault: VaultArgument,
    /// Name of the key.
    #[arg(long, value_name = "NAME")]
    key: String,
    /// Number of the epoch; may be given several times.
    #[arg(long = "epoch", value_name = "NUMBER", required = true)]
    epochs: Vec<u32>,
    /// A new file for each person, two or more.
    #[arg(value_name = "FILE", required = true, num_args = 2..=MAX_SHARES as usize)]
    shares: Vec<PathBuf>,
    /// Do it. Nothing brings the key back into the vault.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    trail: TrailArguments,
}

impl Split {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let now = self.vault.now();
        let count = u8::try_from(self.shares.len()).map_err(wrong)?;
        each_its_own(&self.shares)?;
        let mut vault = self.vault.open_to_change()?;
        let mut written: Vec<ShareFile> = self.shares.iter().map(|_| ShareFile::default()).collect();
        for epoch in &self.epochs {
            let private = vault.take_private_half(&self.key, *epoch, now)?;
            let mut random = Zeroizing::new([0; 64]);
            getrandom::fill(random.as_mut_slice()).map_err(|_| {
                Failure::Stopped("the system gives no randomness, so no key was split".into())
            })?;
            let shares = Share::split(&private, count, &random)
                .ok_or_else(|| Failure::Stopped("the key could not be split".into()))?;
            for (file, share) in written.iter_mut().zip(shares) {
                file.push(&self.key, *epoch, count, share);
            }
        }
        if !self.yes {
            let count = screen::counted(self.epochs.len() as u64, "epoch");
            let what = "would leave the vault for good, and open for two persons alone";
            return Err(wrong(format!("key `{}`: {count} {what}; add --yes", self.key)));
        }
        // The places are taken before it is told, and filled afterwards: what cannot be written is neither told nor split.
        let places = NewFiles::create(&self.shares)?;
        for epoch in &self.epochs {
            self.trail.tell(&Event::KeySplit {
                key: word("the key's name", &self.key)?,
                epoch: (*epoch).into(),
                shares: count.into(),
                needed: NEEDED.into(),
            })?;
        }
        // The shares first: a key that left the vault before they are on the disk could be lost.
        let texts: Vec<_> = written.iter().map(ShareFile::text).collect();
        places.fill(texts.iter().map(|text| text.as_bytes()))?;
        // From here on the shares stay, whatever happens: the key may have left the vault.
        vault.save().map_err(|error| {
            let what = "the shares are written and stay; does `frostglass keys status` show the epoch as not split, remove them and split again";
            Failure::Stopped(format!("{error}; {what}"))
        })?;
        for path in &self.shares {
            screen::say(&format!("{}: a share; give it to one person, and keep no copy", path.display()));
        }
        Ok(Done::Well)
    }
}

/// Refuses targets that exist or are the same place under two names: the second share would take the first one's place.
fn each_its_own(shares: &[PathBuf]) -> Result<(), Failure> {
    let mut places = BTreeSet::new();
    for share in shares {
        let said = |what| Err(wrong(format!("{}: {what}", share.display())));
        // A link that leads nowhere is there too.
        if share.symlink_metadata().is_ok() {
            return said("is there already; a share is never overwritten");
        }
        let Some(name) = share.file_name() else { return said("names no file") };
        let folder = files::folder(share)
            .canonicalize()
            .map_err(|error| Failure::file(share, "its folder cannot be reached", &error))?;
        if !places.insert(folder.join(name)) {
            return said("is given twice; each person needs a file of their own");
        }
    }
    Ok(())
}
