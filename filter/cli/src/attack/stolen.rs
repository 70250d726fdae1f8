//! Keys that an attacker has: what a host was issued, a vault, the text of a standalone key.

use crate::failure::{Failure, wrong};
use crate::keys::unlock;
use frostglass_engine::policy::Plan;
use frostglass_keys::vault::{Readers, Unlock, Vault, read_private};
use frostglass_keys::{Domain, Issued, Spoils};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Keys that the attacker has, and what is needed to use them.
#[derive(Debug)]
pub(super) struct Stolen {
    pub(super) spoils: Spoils,
    /// The policy, for the names of its classes.
    pub(super) plan: Rc<Plan>,
    /// Tenants and recipients that are tried.
    pub(super) domains: Vec<(String, String)>,
}

impl Stolen {
    /// The domains that are tried.
    pub(super) fn domains(&self) -> impl Iterator<Item = Domain<'_>> {
        self.domains.iter().map(|(tenant, recipient)| Domain { tenant, recipient })
    }
}

/// Where the attacker has keys from.
#[derive(Debug, clap::Args)]
pub(super) struct StolenArguments {
    /// Keys that the attacker has: what a host was issued, a vault (with --key-file or --passphrase-file), or the text of a
    /// standalone key. May be given several times.
    #[arg(long = "with-keys", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// File with the key of the vault.
    #[arg(long, value_name = "FILE", requires = "files", conflicts_with = "passphrase_file")]
    key_file: Option<PathBuf>,
    /// File with the passphrase of the vault.
    #[arg(long, value_name = "FILE", requires = "files")]
    passphrase_file: Option<PathBuf>,
    /// Recipient of the output, as the host's configuration named it; without it, those of the policy and none.
    #[arg(long, value_name = "NAME", requires = "files")]
    recipient: Vec<String>,
    /// Tenant of the output, as the host's configuration named it.
    #[arg(long, value_name = "NAME", requires = "files")]
    tenant: Vec<String>,
}

/// Largest file with keys, in bytes.
const MOST_BYTES: usize = 64 << 20;

impl StolenArguments {
    /// Reads the keys; none if no file was named.
    pub(super) fn read(&self, plan: &Rc<Plan>) -> Result<Option<Stolen>, Failure> {
        if self.files.is_empty() {
            return Ok(None);
        }
        let mut spoils = Spoils::default();
        self.files.iter().try_for_each(|path| self.take(path, &mut spoils))?;
        let mut recipients = self.recipient.clone();
        if recipients.is_empty() {
            let known = plan.file().recipients.iter().map(|entry| entry.name.as_str().to_owned());
            recipients.extend(known.chain([String::new()]));
        }
        let tenants = if self.tenant.is_empty() { vec![String::new()] } else { self.tenant.clone() };
        let pairs = tenants.iter().flat_map(|tenant| recipients.iter().map(move |to| (tenant, to)));
        let domains = pairs.map(|(tenant, recipient)| (tenant.clone(), recipient.clone())).collect();
        Ok(Some(Stolen { spoils, plan: Rc::clone(plan), domains }))
    }

    fn take(&self, path: &Path, spoils: &mut Spoils) -> Result<(), Failure> {
        let said = |error: String| Failure::Stopped(format!("{}: {error}", path.display()));
        let bytes = read_private(path, MOST_BYTES, Readers::Group)?;
        let text =
            std::str::from_utf8(&bytes).map_err(|_| said("holds no keys that this command knows".into()))?;
        if !text.trim_start().starts_with('{') {
            return spoils.take_standalone(text).map_err(|error| said(error.problem.to_string()));
        }
        if !text.lines().next().unwrap_or_default().contains("\"vault\"") {
            let issued = Issued::parse(&bytes).map_err(|error| said(error.to_string()))?;
            spoils.take_issued(&issued);
            return Ok(());
        }
        if self.key_file.is_none() && self.passphrase_file.is_none() {
            return Err(wrong(format!(
                "{}: is a vault; give --key-file or --passphrase-file",
                path.display()
            )));
        }
        let unlock = unlock(self.passphrase_file.as_deref(), self.key_file.as_deref())?;
        spoils.take_vault(&Vault::open(path, &unlock)?)?;
        if let Unlock::KeyFile(key) = &unlock
            && let Some(piece) = key.first_chunk()
        {
            spoils.take_piece(*piece);
        }
        Ok(())
    }
}
