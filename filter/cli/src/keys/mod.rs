//! `frostglass keys`: the vault, and what hosts get of it. One file a subcommand.
//!
//! Promises: no key is printed, and none leaves the vault but into a file that its owner alone may read, or to a caller of `serve`; what was issued is in the vault before it is anywhere else; what cannot be taken back asks for `--yes`.

mod destroy;
mod init;
mod issue;
mod rotate;
mod serve;
mod split;
mod status;

use crate::audit::{TrailArguments, word};
use crate::clock::{self, Clock};
use crate::failure::{Done, Failure, wrong};
use frostglass_audit::Event;
use frostglass_engine::policy::Period;
use frostglass_keys::vault::{FileError, Readers, Unlock, Vault, VaultError, read_private};
use frostglass_keys::{Issued, IssuedEpoch};
use std::path::{Path, PathBuf};

/// Keep keys in a vault and issue them to hosts, an epoch at a time.
///
/// A vault is one file that holds an own random key for each epoch of each key, wrapped under a passphrase or a key file. Hosts
/// get the key of the present epoch (the next one shortly before it begins, the previous one while `overlap` lasts) and of
/// sealing keys the public half. What a host holds leads to no earlier epoch, and an epoch that is destroyed is gone.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass keys init --vault keys.vault --key-file vault.key --policy policy.yaml
  frostglass keys issue --vault keys.vault --key-file vault.key -o issued-keys.json
  frostglass scrub --keys issued-keys.json -p policy.yaml logs.json
  frostglass keys destroy --vault keys.vault --key-file vault.key --key ids --epoch 20780 --yes
  openssl rand -base64 32 > vault.key && chmod 600 vault.key     a key file; keep it apart from the vault")]
pub(crate) struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Init(init::Init),
    Issue(issue::Issue),
    Rotate(rotate::Rotate),
    Split(split::Split),
    Destroy(destroy::Destroy),
    Status(status::Status),
    Serve(serve::Serve),
}

impl Keys {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        match self.command {
            Command::Init(command) => command.run(),
            Command::Issue(command) => command.run(),
            Command::Rotate(command) => command.run(),
            Command::Split(command) => command.run(),
            Command::Destroy(command) => command.run(),
            Command::Status(command) => command.run(),
            Command::Serve(command) => command.run(),
        }
    }
}

/// Which vault, and what opens it.
#[derive(Debug, clap::Args)]
struct VaultArgument {
    /// The vault's file.
    #[arg(long, value_name = "FILE")]
    vault: PathBuf,
    #[command(flatten)]
    unlock: UnlockArgument,
    #[command(flatten)]
    clock: Clock,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct UnlockArgument {
    /// File with the passphrase of the vault, which its owner alone may read.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// File with 32 random bytes in base64 or hex that open the vault, which its owner alone may read.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// Largest passphrase or key file.
const MOST_UNLOCK: usize = 4096;

impl VaultArgument {
    fn unlock(&self) -> Result<Unlock, Failure> {
        unlock(self.unlock.passphrase_file.as_deref(), self.unlock.key_file.as_deref())
    }

    fn open(&self) -> Result<Vault, Failure> {
        Ok(Vault::open(&self.vault, &self.unlock()?)?)
    }

    fn open_to_change(&self) -> Result<Vault, Failure> {
        Ok(Vault::open_to_change(&self.vault, &self.unlock()?)?)
    }

    /// Seconds since 1970.
    fn now(&self) -> u64 {
        self.clock.now() / 1_000_000_000
    }
}

/// What opens a vault, from a file with a passphrase or with a key.
pub(crate) fn unlock(passphrase: Option<&Path>, key: Option<&Path>) -> Result<Unlock, Failure> {
    let said = |path: &Path, error| wrong(format!("{}: {error}", path.display()));
    match (passphrase, key) {
        (Some(path), _) => Unlock::passphrase(&read_private(path, MOST_UNLOCK, Readers::Owner)?)
            .map_err(|error| said(path, error)),
        (None, Some(path)) => Unlock::key_file(&read_private(path, MOST_UNLOCK, Readers::Owner)?)
            .map_err(|error| said(path, error)),
        (None, None) => Err(wrong("give --passphrase-file or --key-file")),
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Stopped(error.to_string())
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::File(error) => error.into(),
            VaultError::Format { .. }
            | VaultError::Changed(_)
            | VaultError::Unwrap { .. }
            | VaultError::Random => Self::Stopped(error.to_string()),
            error => Self::Wrong(error.to_string()),
        }
    }
}

/// A length of time as the policy writes it.
fn period(text: &str) -> Result<Period, String> {
    Period::parse(text)
}

/// Tells the audit chain, if there is one, which epochs' keys are about to be kept.
fn tell_made(trail: &TrailArguments, made: &[(String, u32)]) -> Result<(), Failure> {
    for (key, epoch) in made {
        trail.tell(&Event::KeyMade { key: word("the key's name", key)?, epoch: (*epoch).into() })?;
    }
    Ok(())
}

/// Tells it which epochs' keys are about to be destroyed.
fn tell_destroyed(trail: &TrailArguments, destroyed: &[(String, u32)]) -> Result<(), Failure> {
    for (key, epoch) in destroyed {
        let key = word("the key's name", key)?;
        trail.tell(&Event::KeyDestroyed { key, epoch: (*epoch).into(), who: None, ticket: None })?;
    }
    Ok(())
}

/// Tells the audit chain, if there is one, what is about to be handed to a host: a line for each key and epoch.
pub(crate) fn tell_issued(trail: &TrailArguments, issued: &Issued, to: &str) -> Result<(), Failure> {
    let Some(trail) = trail.trail() else { return Ok(()) };
    // Opened once: either all of it is told or the host gets nothing.
    let mut log = trail.open()?;
    for (name, _, epochs) in issued.keys() {
        for epoch in epochs {
            let event = Event::KeyIssued {
                key: word("the key's name", name)?,
                epoch: epoch.epoch.into(),
                check: word("the check value", &epoch.check_value)?,
                to: word("the host's name", to)?,
            };
            trail.append(&mut log, &event)?;
        }
    }
    Ok(())
}

/// What a document holds, a line a key and epoch, without the keys.
fn told(issued: &Issued) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, purpose, epochs) in issued.keys() {
        if epochs.is_empty() {
            lines.push(format!("{name}: {purpose}, no epoch: what needs it is suppressed"));
        }
        for IssuedEpoch { epoch, not_before, not_after, check_value } in epochs {
            let from = clock::written(not_before);
            // Without epochs, a key is held until another document comes.
            let to = if not_after - not_before > 200 * 366 * 86_400 {
                "further notice".to_owned()
            } else {
                clock::written(not_after)
            };
            lines.push(format!(
                "{name}: {purpose}, epoch {epoch}, held from {from} to {to}, check value {check_value}"
            ));
        }
    }
    lines
}
