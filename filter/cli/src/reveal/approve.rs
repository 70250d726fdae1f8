//! `frostglass approve`: a second person lends a share of a key for one request.

use crate::audit::{self, Trail};
use crate::failure::{Done, Failure, wrong};
use crate::files;
use crate::person::Person;
use crate::roles::{Roles, Wish};
use crate::screen::{self, counted, printable};
use crate::share::{ApprovalWord, Approved, Request, ShareFile};
use frostglass_audit::{Approval, Event};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Lend a share of a key for a request to reveal values of a class that opens for two persons together.
///
/// Shows who asks for what and why. With --yes, it is told in the audit chain, and what is lent is written: it opens the values of
/// this request, and what the same hosts sealed in the same minutes, together with the share of who asked. The share itself stays here.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  frostglass approve request.json --share bob.share --role incident --roles roles.yaml --audit audit.jsonl -o approval.json --yes")]
pub(crate) struct Approve {
    /// The request, as `frostglass reveal --ask` wrote it.
    #[arg(value_name = "FILE")]
    request: PathBuf,
    /// Your share of the key.
    #[arg(long, value_name = "FILE")]
    share: PathBuf,
    /// Role under which you approve: it must cover the request.
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// Who may have what revealed.
    #[arg(long, value_name = "FILE")]
    roles: PathBuf,
    /// Audit file to tell it in [default: the one that the roles file names].
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Key that signs checkpoints [default: that of the audit file, if it stands beside it].
    #[arg(long, value_name = "FILE")]
    audit_key: Option<PathBuf>,
    /// File to write for who asked.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Do it.
    #[arg(long)]
    yes: bool,
}

impl Approve {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let request = Request::read(&self.request)?;
        let (roles, person) = (Roles::read(&self.roles)?, Person::current()?);
        let values = request.values().map_err(|what| wrong(format!("{}: {what}", self.request.display())))?;
        let classes = BTreeMap::from([(request.class.clone(), values)]);
        let now = i64::try_from(audit::now().seconds()).unwrap_or(i64::MAX);
        let wish = Wish { role: &self.role, purpose: &request.purpose, classes: &classes, now };
        roles.allow(&person, &wish).map_err(|why| wrong(format!("nothing was lent: {why}")))?;
        if person.login == request.who {
            return Err(wrong("nothing was lent: the second person must be another one than who asked"));
        }
        let file = self.audit.map_or_else(|| roles.audit(None), Ok)?;
        screen::say(&format!(
            "{} asks as {} for {}: {} of class {} ({}): {}",
            printable(&request.who),
            printable(&request.role),
            printable(&request.purpose),
            counted(values, "value"),
            printable(&request.class),
            printable(&request.ticket),
            printable(&request.reason)
        ));
        let loans = ShareFile::read(&self.share)?.lend(&request.wanted);
        if loans.is_empty() {
            return Err(wrong(format!(
                "{}: is a share of none of the keys that are asked for",
                self.share.display()
            )));
        }
        screen::say(&format!(
            "{} to lend; each opens, with the share of who asked, what one host sealed in one minute",
            counted(loans.len() as u64, "point")
        ));
        if !self.yes {
            return Err(wrong("nothing was lent; add --yes"));
        }
        let trail = Trail { file, key: self.audit_key };
        trail.tell(&Event::Approval(Approval {
            who: audit::word("your login name", &person.login)?,
            asked_by: audit::word("the name of who asked", &request.who)?,
            role: audit::word("the role", &self.role)?,
            request: request.digest(),
            ticket: audit::word("the ticket", &request.ticket)?,
            values,
        }))?;
        let approved = Approved {
            frostglass: ApprovalWord::RevealApproval,
            who: person.login,
            request: request.digest(),
            loans,
        };
        files::write(&self.output, approved.text().as_bytes())?;
        screen::say(&format!("{}: for {}", self.output.display(), printable(&request.who)));
        Ok(Done::Well)
    }
}
