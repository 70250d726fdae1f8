//! `frostglass audit`: begins, checks and shows the chain in which commands tell what they do with keys, policies and
//! sealed values.

mod page;
mod record;
mod report;
mod screened;
mod show;
mod trail;
mod verify;

pub(crate) use screened::holds_no_value;
pub(crate) use trail::{Trail, TrailArguments, failed, now, word};

use crate::clock::Clock;
use crate::failure::{Done, Failure, wrong};
use crate::screen;
use clap::Subcommand;
use frostglass_audit::{Log, Signer, key_beside};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Keep and check the audit chain: what was done with keys, policies and sealed values.
///
/// Each line of the chain is bound to the one before by its hash, and signed checkpoints stand between them, so that nobody
/// can delete, edit, reorder or cut off lines unseen. No line holds a value of a payload. The format is specified in
/// docs/reference/audit.md.
#[derive(Debug, clap::Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Init(Init),
    Checkpoint(Checkpoint),
    Verify(verify::Verify),
    Show(show::Show),
    Report(report::Report),
    Record(record::Record),
}

impl Audit {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        match self.command {
            What::Init(command) => command.run(),
            What::Checkpoint(command) => command.run(),
            What::Verify(command) => command.run(),
            What::Show(command) => command.run(),
            What::Report(command) => command.run(),
            What::Record(command) => command.run(),
        }
    }
}

/// Begin a chain: a new file, a new signing key, and the first checkpoint.
///
/// The signing key is written to FILE.key, the public key to FILE.pub. Copy the public key and the checkpoint, which goes to
/// standard output, to where whoever can write FILE cannot: with them, everything up to the checkpoint can be verified.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  frostglass audit init /var/lib/frostglass/audit.jsonl > checkpoint.json")]
struct Init {
    /// The chain's file; it must not exist.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Sign with this key, which exists, instead of a new one.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// After how many lines a checkpoint is due.
    #[arg(long, value_name = "LINES", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    every: u64,
    #[command(flatten)]
    clock: Clock,
}

impl Init {
    fn run(self) -> Result<Done, Failure> {
        // Before any key is made: a refused command leaves nothing behind.
        if self.file.exists() {
            return Err(Failure::Stopped(format!(
                "{}: exists already; a chain is never begun over another one",
                self.file.display()
            )));
        }
        let public = with_end(&self.file, ".pub");
        let signer = match &self.key {
            Some(path) => {
                let signer = trail::signer(path)?;
                if *path != key_beside(&self.file) {
                    let key = path.display();
                    screen::say(&format!(
                        "{key}: signs; say --audit-key {key} to commands that tell in this chain"
                    ));
                }
                signer
            }
            None => {
                let path = key_beside(&self.file);
                // A key that is there may have signed another chain, and is the only one that goes on signing it.
                if path.symlink_metadata().is_ok() {
                    let key = path.display();
                    return Err(Failure::Stopped(format!(
                        "{key}: is there already, and no key is overwritten; `--key {key}` signs with it, and another FILE gets a new one"
                    )));
                }
                if public.symlink_metadata().is_ok() {
                    let public = public.display();
                    return Err(Failure::Stopped(format!(
                        "{public}: is there already, and no key is overwritten; move it away, or choose another FILE"
                    )));
                }
                let made = |error: std::io::Error| Failure::file(&path, "cannot be made", &error);
                let signer = Signer::random().map_err(made)?;
                signer.write_new(&path).map_err(made)?;
                signer
                    .public()
                    .write_new(&public)
                    .map_err(|error| Failure::file(&public, "cannot be made", &error))?;
                screen::say(&format!("{}: the signing key; keep it here", path.display()));
                screen::say(&format!("{}: the public key; keep a copy elsewhere", public.display()));
                signer
            }
        };
        let now = trail::time(self.clock);
        let failed = |error| trail::failed(&self.file, &error);
        let checkpoint = Log::create(&self.file, signer, self.every, now).map_err(failed)?.last_line();
        screen::say(&format!(
            "{}: begun; keep the checkpoint on standard output elsewhere",
            self.file.display()
        ));
        writeln!(std::io::stdout().lock(), "{checkpoint}")?;
        Ok(Done::Well)
    }
}

/// Sign the chain as it stands, and print the checkpoint.
///
/// What verifies against a kept checkpoint holds every line that stood before it. Keep the newest one where whoever can write
/// the chain cannot.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  frostglass audit checkpoint audit.jsonl > checkpoint.json")]
struct Checkpoint {
    /// The chain's file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The signing key [default: FILE.key].
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    clock: Clock,
}

impl Checkpoint {
    fn run(self) -> Result<Done, Failure> {
        let signer = trail::signer(&self.key.unwrap_or_else(|| key_beside(&self.file)))?;
        let now = trail::time(self.clock);
        let failed = |error| trail::failed(&self.file, &error);
        let mut log = Log::open(&self.file, Some(signer), now).map_err(failed)?;
        // A signature under lines that do not hold would make them look as if they did.
        log.read(|_| {}).map_err(failed)?;
        let checkpoint = log.checkpoint(now).map_err(failed)?;
        writeln!(std::io::stdout().lock(), "{checkpoint}")?;
        Ok(Done::Well)
    }
}

/// A path with an ending behind its own.
fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The public key in a file.
fn public_key(path: &Path) -> Result<frostglass_audit::PublicKey, Failure> {
    frostglass_audit::PublicKey::read(path).map_err(|error| wrong(format!("{}: {error}", path.display())))
}
