//! `frostglass forget`: what there is to delete of a subject, and what is forgotten by itself when an epoch dies.

use crate::audit::{self, Trail};
use crate::failure::{Done, Failure, wrong};
use crate::files;
use crate::keys::unlock;
use crate::person::Person;
use crate::policy;
use crate::reveal::candidates::{TokenOf, each, lines};
use crate::screen::{self, counted};
use frostglass_audit::{Digest, Event, Word};
use frostglass_engine::policy::Plan;
use frostglass_keys::Domain;
use frostglass_keys::vault::Vault;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Forget an epoch, or write the work-order by which stores forget a subject.
///
/// Both are told in the audit chain first, with who does it and the ticket.
///
/// By epoch (--key and --epoch): the key is destroyed, as by `frostglass keys destroy`. Nothing that was sealed in it opens, and none of
/// its tokens can be computed again.
///
/// By subject (--subject): the vault computes the subject's tokens in every epoch that is still kept, and a deletion work-order
/// in JSON lists them for the stores, beside a tombstone by which later arrivals are known. It names no value. Deterministic tokens of
/// the subject stay computable for whoever holds an epoch's key until that epoch dies: destroy the epoch to end that. Sealed values
/// do not join and cannot be listed; they die with their epoch alone.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("what").required(true).args(["subject", "epochs"]),
    after_help = "\
Examples:
  frostglass forget --vault keys.vault --key-file vault.key --key ids --epoch 20780 --ticket DSR-12 --audit audit.jsonl --yes
  frostglass forget --vault keys.vault --key-file vault.key --subject ann.txt -p policy.yaml --ticket DSR-12 -o order.json"
)]
pub(crate) struct Forget {
    /// Vault that holds the keys.
    #[arg(long, value_name = "FILE")]
    vault: PathBuf,
    /// File with the passphrase of the vault.
    #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
    passphrase_file: Option<PathBuf>,
    /// File with the key of the vault.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Ticket that asks for it.
    #[arg(long, value_name = "TICKET")]
    ticket: String,
    /// Name of the key of which an epoch is forgotten.
    #[arg(long, value_name = "NAME", requires = "epochs")]
    key: Option<String>,
    /// Number of an epoch to forget; may be given several times.
    #[arg(long = "epoch", value_name = "NUMBER", requires = "key")]
    epochs: Vec<u32>,
    /// Values that name the subject, one a line: in a file, since arguments are seen by others.
    #[arg(long, value_name = "FILE", requires = "policy", requires = "output")]
    subject: Option<PathBuf>,
    /// Policy that made the subject's tokens.
    #[arg(short, long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Recipient of the telemetry; may be given several times. Without it, all that the policy has.
    #[arg(long, value_name = "NAME")]
    recipient: Vec<String>,
    /// Tenant of the telemetry.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    tenant: String,
    /// Where to write the work-order.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Destroy the epochs. Nothing brings them back.
    #[arg(long)]
    yes: bool,
    /// Audit file to tell it in, begun by `frostglass audit init`. Where the line cannot be written, nothing is done.
    #[arg(long, value_name = "FILE")]
    audit: PathBuf,
    /// Key that signs checkpoints [default: that of the audit file, if it stands beside it].
    #[arg(long, value_name = "FILE")]
    audit_key: Option<PathBuf>,
}

/// What stores are to delete. It names no value.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct WorkOrder {
    frostglass: &'static str,
    version: u8,
    ticket: String,
    written: frostglass_audit::Time,
    /// Records with any of these are the subject's.
    delete: Vec<Tokens>,
    /// What arrives late under one of these is the subject's too: the newest epoch's tokens.
    tombstone: Vec<String>,
    /// What this order cannot do.
    remains: &'static str,
}

/// Tokens of one key, epoch, class and recipient.
#[derive(Debug, Serialize)]
struct Tokens {
    key: String,
    epoch: u32,
    class: String,
    recipient: String,
    tokens: Vec<String>,
}

/// Said in the order and on the terminal.
const REMAINS: &str = "deterministic tokens stay computable by whoever holds an epoch's key until that epoch is destroyed; \
sealed values cannot be listed and die with their epoch alone; epochs that were destroyed already have no tokens here";

impl Forget {
    /// Whose tokens are listed: of those that were named, or of all that the policy has.
    fn recipients(&self, plan: &Plan, policy: &Path) -> Result<Vec<String>, Failure> {
        for recipient in &self.recipient {
            // Says which there are.
            Plan::compile(policy::read(policy)?)?.for_recipient(recipient)?;
        }
        let all = plan.file().recipients.iter().map(|entry| entry.name.as_str().to_owned());
        Ok(match (&self.recipient, plan.file().recipients.is_empty()) {
            (named, _) if !named.is_empty() => named.clone(),
            (_, true) => vec![String::new()],
            (_, false) => all.collect(),
        })
    }

    pub(crate) fn run(mut self) -> Result<Done, Failure> {
        // One that is named twice is forgotten once.
        self.epochs.sort_unstable();
        self.epochs.dedup();
        let ticket = audit::word("the ticket", &self.ticket)?;
        audit::holds_no_value("the ticket", &self.ticket)?;
        let who = audit::word("your login name", &Person::current()?.login)?;
        let unlock = unlock(self.passphrase_file.as_deref(), self.key_file.as_deref())?;
        let trail = Trail { file: self.audit.clone(), key: self.audit_key.clone() };
        if let Some(key) = &self.key {
            let vault = Vault::open_to_change(&self.vault, &unlock)?;
            return self.epochs(key, vault, &trail, &who, &ticket);
        }
        let (Some(subject), Some(policy), Some(output)) = (&self.subject, &self.policy, &self.output) else {
            return Err(wrong("say --subject, --policy and --output, or --key and --epoch"));
        };
        let vault = Vault::open(&self.vault, &unlock)?;
        let plan = Plan::compile(policy::read(policy)?)?;
        let values = lines(subject)?;
        let values: Vec<&str> = values.lines().collect();
        if values.is_empty() {
            return Err(wrong(format!("{}: names nobody", subject.display())));
        }
        files::is_none_of(output, [subject.as_path(), policy.as_path()])?;
        files::replaceable(output)?;
        let recipients = self.recipients(&plan, policy)?;
        let mut delete: BTreeMap<(String, u32, String, String), Vec<String>> = BTreeMap::new();
        for recipient in &recipients {
            let domain = Domain { tenant: &self.tenant, recipient };
            each(&vault, &plan, None, domain, &values, &mut |_, of| {
                let TokenOf { key, epoch, class, token } = of;
                delete.entry((key, epoch, class, recipient.clone())).or_default().push(token);
            })?;
        }
        let newest =
            delete.keys().fold(BTreeMap::new(), |mut newest: BTreeMap<&str, u32>, (key, epoch, ..)| {
                let known = newest.entry(key).or_default();
                *known = (*known).max(*epoch);
                newest
            });
        let tombstone = delete
            .iter()
            .filter(|((key, epoch, ..), _)| newest.get(key.as_str()) == Some(epoch))
            .flat_map(|(_, tokens)| tokens.clone())
            .collect();
        let count = delete.values().map(|tokens| tokens.len() as u64).sum();
        let order = WorkOrder {
            frostglass: "deletion-work-order",
            version: 1,
            ticket: self.ticket.clone(),
            written: audit::now(),
            delete: delete
                .into_iter()
                .map(|((key, epoch, class, recipient), tokens)| Tokens {
                    key,
                    epoch,
                    class,
                    recipient,
                    tokens,
                })
                .collect(),
            tombstone,
            remains: REMAINS,
        };
        let text = format!("{}\n", serde_json::to_string_pretty(&order).unwrap_or_default());
        trail.tell(&Event::Forget { who, order: Digest::of(&[text.as_bytes()]), tokens: count, ticket })?;
        files::write(output, text.as_bytes())?;
        screen::say(&format!("{}: {} to delete", output.display(), counted(count, "token")));
        screen::notice(REMAINS);
        Ok(Done::Well)
    }

    /// Destroys epochs: told first, then done.
    fn epochs(
        &self,
        key: &str,
        mut vault: Vault,
        trail: &Trail,
        who: &Word,
        ticket: &Word,
    ) -> Result<Done, Failure> {
        for epoch in &self.epochs {
            vault.destroy(key, *epoch, audit::now().seconds())?;
        }
        if !self.yes {
            let count = counted(self.epochs.len() as u64, "epoch");
            return Err(wrong(format!("key `{key}`: {count} would be forgotten for good; add --yes")));
        }
        let name = audit::word("the key's name", key)?;
        // Opened once: either all of it can be told or nothing is destroyed.
        let mut log = trail.open()?;
        for epoch in &self.epochs {
            let event = Event::KeyDestroyed {
                key: name.clone(),
                epoch: (*epoch).into(),
                who: Some(who.clone()),
                ticket: Some(ticket.clone()),
            };
            trail.append(&mut log, &event)?;
        }
        vault.save()?;
        let count = counted(self.epochs.len() as u64, "epoch");
        screen::say(&format!(
            "{key}: {count} destroyed; copies of the vault, shares of persons and hosts that still hold the key are out of reach"
        ));
        Ok(Done::Well)
    }
}
