//! `frostglass reveal`: turns sealed values and tokens back, for a role, with a reason, told in the audit chain first.
//!
//! Order is everything here: who may do what is decided before anything secret is read; the audit line is on the disk before
//! anything is shown; where it cannot be written, nothing is.

mod addresses;
mod approve;
pub(crate) mod candidates;
pub(crate) mod find;
mod layers;

pub(crate) use approve::Approve;

use crate::audit::{self, Trail};
use crate::failure::{Done, Failure, wrong};
use crate::files;
use crate::input::Input;
use crate::keys::unlock;
use crate::person::Person;
use crate::roles::{Role, Roles, Wish};
use crate::screen::{self, counted};
use crate::share::{self, Approved, Request, RequestWord, ShareFile, Wanted, hex};
use addresses::Addresses;
use candidates::Candidates;
use frostglass_audit::{Digest, Event, Log, Text, Word};
use frostglass_keys::vault::{Vault, VaultError, write_private};
use frostglass_keys::{
    Binding, Domain, OpenError, OpeningKey, Prefix, Purpose, SealInfo, encapsulated, open_lent,
};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Turn sealed values, reversible tokens and encrypted addresses back, or pseudonyms into the candidates that they stand for.
///
/// Who asks is the user that runs the command. A role of the roles file must cover the class, the purpose, the number of values
/// and the time. Who, why and how much is written to the audit chain that the roles file names, and flushed, before a value is shown;
/// where that fails, nothing is shown. The output is the input with values in the places of seals, and every other byte as it was: JSON stays JSON,
/// also inside strings of JSON.
///
/// Values of a class under `two-persons` open for two persons together: --ask writes a request, a second person lends a share
/// for it with `frostglass approve`, and --share with --approval opens. One share alone opens nothing (docs/rationale/reveal.md).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass reveal sealed.ndjson --class direct-id --role incident --purpose debug --ticket OPS-4711 \\
      --reason 'checkout fails for one customer' --roles roles.yaml \\
      --vault keys.vault --key-file vault.key
  frostglass reveal tokens.ndjson … --policy policy.yaml --candidates customers.txt
  frostglass reveal flows.ndjson … --addresses
  frostglass reveal sealed.ndjson … --ask request.json
  frostglass reveal sealed.ndjson … --share ann.share --approval approval.json")]
pub(crate) struct Reveal {
    /// Text or JSON with sealed values or reversible tokens, or - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Class of the values to reveal; values of others stay sealed.
    #[arg(short, long, value_name = "CLASS")]
    class: String,
    /// Role under which you ask.
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// Purpose, one of the role's.
    #[arg(long, value_name = "PURPOSE")]
    purpose: String,
    /// Why, in a sentence for who reads the audit chain. It may not hold a value.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Ticket that asks for it.
    #[arg(long, value_name = "TICKET")]
    ticket: String,
    /// Who may have what revealed, and the audit file in which it is told and counted.
    #[arg(long, value_name = "FILE")]
    roles: PathBuf,
    /// Audit file; it must be the one that the roles file names.
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Key that signs checkpoints [default: that of the audit file, if it stands beside it].
    #[arg(long, value_name = "FILE")]
    audit_key: Option<PathBuf>,
    /// Vault that holds the keys.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["share", "ask"])]
    vault: Option<PathBuf>,
    /// File with the passphrase of the vault.
    #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
    passphrase_file: Option<PathBuf>,
    /// File with the key of the vault.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Recipient of the telemetry, as the host's configuration named it.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    recipient: String,
    /// Tenant of the telemetry, as the host's configuration named it.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    tenant: String,
    /// Turn pseudonyms back instead: values that they may stand for, one a line.
    #[arg(long, value_name = "FILE", requires = "policy", requires = "vault", conflicts_with = "share")]
    candidates: Option<PathBuf>,
    /// Policy that made the tokens.
    #[arg(short, long, value_name = "FILE", requires = "candidates")]
    policy: Option<PathBuf>,
    /// Turn encrypted addresses back instead. What comes out as an address of IPv4 was made under that key and class; nothing tells
    /// that of others, which stay without --epoch.
    #[arg(long, requires = "vault", conflicts_with_all = ["share", "candidates"])]
    addresses: bool,
    /// With --addresses: the key's epoch of the telemetry. Addresses of IPv6 are turned back, too; what was never encrypted may then
    /// come out as another address.
    #[arg(long, value_name = "EPOCH", requires = "addresses")]
    epoch: Option<u32>,
    /// Write a request for a second person instead of revealing anything.
    #[arg(long, value_name = "FILE", requires = "share")]
    ask: Option<PathBuf>,
    /// Your share of the key.
    #[arg(long, value_name = "FILE")]
    share: Option<PathBuf>,
    /// What a second person lent for your request.
    #[arg(long, value_name = "FILE", requires = "share", conflicts_with = "ask")]
    approval: Option<PathBuf>,
    /// Write the result here, to a file that its owner alone may read, instead of to standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Seconds in which a role's values of a day are counted.
const DAY: u64 = 86_400;

impl Reveal {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let told = self.told()?;
        let (roles, person) = (Roles::read(&self.roles)?, Person::current()?);
        // Before the input is opened, as far as that goes: one value at least is asked for.
        self.allowed(&roles, &person, 1)?;
        if roles.needs_two(&self.class) && self.share.is_none() {
            return Err(wrong(format!(
                "values of class `{}` open for two persons together: ask a second one with --share and --ask",
                self.class
            )));
        }
        let text = self.text()?;
        let (places, none, one) = if self.candidates.is_some() {
            (find::tokens(&text), "token", "token")
        } else if self.addresses {
            (find::addresses(&text), "address that could be an encrypted one", "address")
        } else {
            (find::openable(&text), "sealed value or reversible token", "value")
        };
        let found = find::distinct(&text, &places);
        if found.is_empty() {
            return Err(wrong(format!("{}: holds no {none}", self.file.display())));
        }
        let role = self.allowed(&roles, &person, found.len() as u64)?;
        let opener = self.opener(&roles, &person, &found)?;
        let opener = match opener {
            Ready::Asked(request, path) => {
                files::write(&path, request.text().as_bytes())?;
                let values = counted(found.len() as u64, "value");
                screen::say(&format!("{}: a request for {values}; nothing was revealed", path.display()));
                return Ok(Done::Well);
            }
            Ready::Opens(opener) => opener,
        };
        // What fails is not told, and takes nothing of the day's number.
        self.output.as_deref().map_or(Ok(()), files::can_be_written)?;
        if let Some(output) = &self.output {
            let others = [&self.candidates, &self.policy].into_iter().flatten().map(PathBuf::as_path);
            files::is_none_of(output, [self.file.as_path(), &self.roles].into_iter().chain(others))?;
        }
        let trail = Trail { file: roles.audit(self.audit.as_deref())?, key: self.audit_key.clone() };
        self.within_a_day(&trail.open()?, &trail, role, &person, found.len() as u64)?;
        // In memory alone, so that the line can tell how many opened. The day's number was held against all that are asked for:
        // a refusal tells nothing of whether they open.
        let (opened, refusals) = opener.open(&self, &found)?;
        let mut log = trail.open()?;
        // Somebody may have been faster.
        self.within_a_day(&log, &trail, role, &person, found.len() as u64)?;
        let event = self.event(told, &roles, &person, &opener, &found, &opened)?;
        trail.append(&mut log, &event)?;
        drop(log);
        // From here on, it is told: values may be shown.
        let shown = find::filled(&text, &places, &values(&opened));
        match &self.output {
            Some(path) => write_private(path, shown.as_bytes())?,
            None => std::io::stdout().lock().write_all(shown.as_bytes())?,
        }
        screen::say(&format!("{} of {} opened", opened.len(), counted(found.len() as u64, one)));
        for (why, count) in &refusals {
            screen::say(&format!("  {count:>8}  {why}"));
        }
        if refusals.is_empty() {
            return Ok(Done::Well);
        }
        opener.tried(&self).iter().for_each(|tried| screen::say(tried));
        Ok(Done::Look)
    }

    /// What the audit chain is told.
    fn event(
        &self,
        (reason, ticket): (Text, Word),
        roles: &Roles,
        person: &Person,
        opener: &Opener,
        found: &BTreeSet<&str>,
        opened: &Opens<'_>,
    ) -> Result<Event, Failure> {
        let (approved_by, request) = match opener {
            Opener::Shares { approved, .. } => {
                (vec![audit::word("the second person's name", &approved.who)?], Some(approved.request))
            }
            _ => (Vec::new(), None),
        };
        // A token stands for one value, whatever stands before it.
        let shown: BTreeSet<&str> = opened.values().map(|opened| opened.text).collect();
        let texts = found.iter().map(|text| opened.get(text).map_or(*text, |opened| opened.text)).collect();
        Ok(Event::Reveal(frostglass_audit::Reveal {
            who: audit::word("your login name", &person.login)?,
            role: audit::word("the role", &self.role)?,
            purpose: audit::word("the purpose", &self.purpose)?,
            reason,
            ticket,
            classes: BTreeMap::from([(audit::word("the class", &self.class)?, found.len() as u64)]),
            values: found.len() as u64,
            opened: Some(shown.len() as u64),
            digests: digests(&texts),
            roles: Some(roles.digest()),
            request,
            approved_by,
        }))
    }

    /// Reason and ticket, as the audit chain takes them.
    fn told(&self) -> Result<(Text, Word), Failure> {
        let reason = Text::new(&self.reason).map_err(|error| wrong(format!("the reason {error}")))?;
        let ticket = audit::word("the ticket", &self.ticket)?;
        if reason.as_str().chars().count() < 8 {
            return Err(wrong("the reason says too little; write a sentence for who reads the audit chain"));
        }
        audit::holds_no_value("the reason", reason.as_str())?;
        audit::holds_no_value("the ticket", ticket.as_str())?;
        Ok((reason, ticket))
    }

    fn allowed<'r>(&self, roles: &'r Roles, person: &Person, values: u64) -> Result<&'r Role, Failure> {
        let classes = BTreeMap::from([(self.class.clone(), values)]);
        let now = i64::try_from(audit::now().seconds()).unwrap_or(i64::MAX);
        let wish = Wish { role: &self.role, purpose: &self.purpose, classes: &classes, now };
        roles.allow(person, &wish).map_err(|why| wrong(format!("nothing was revealed: {why}")))
    }

    /// Counts what the person was shown under the role in the last 24 hours, the chain being locked.
    fn within_a_day(
        &self,
        log: &Log,
        trail: &Trail,
        role: &Role,
        person: &Person,
        values: u64,
    ) -> Result<(), Failure> {
        let since = audit::now().seconds().saturating_sub(DAY);
        let mut shown = 0_u64;
        let counted = log.read(|line| {
            if let Some(Event::Reveal(reveal)) = &line.entry.event
                && reveal.who.as_str() == person.login
                && reveal.role.as_str() == self.role
                && line.entry.time.seconds() > since
            {
                shown = shown.saturating_add(reveal.seen());
            }
        });
        counted.map_err(|error| audit::failed(&trail.file, &error))?;
        let most = role.values.day.get();
        if shown.saturating_add(values) > most {
            return Err(wrong(format!(
                "nothing was revealed: the role `{}` has {most} values a day, {shown} were revealed in the last 24 hours, and {values} are asked for",
                self.role
            )));
        }
        Ok(())
    }

    fn text(&self) -> Result<Zeroizing<String>, Failure> {
        let mut input = Input::open(&self.file)?;
        let bytes = input.rest()?;
        let text = String::from_utf8(bytes)
            .map(Zeroizing::new)
            .map_err(|_| wrong(format!("{}: is not UTF-8", self.file.display())))?;
        if text.trim().is_empty() {
            return Err(wrong(format!("{}: is empty", input.name)));
        }
        Ok(text)
    }

    fn domain(&self) -> Domain<'_> {
        Domain { tenant: &self.tenant, recipient: &self.recipient }
    }

    /// What will open the values, ready but for opening; or the request that asks a second person.
    fn opener(&self, roles: &Roles, person: &Person, found: &BTreeSet<&str>) -> Result<Ready, Failure> {
        if let Some(path) = &self.share {
            let shares = ShareFile::read(path)?;
            let request = self.request(person, &shares, found);
            if request.wanted.is_empty() {
                return Err(wrong(format!("{}: is a share of none of these values' keys", path.display())));
            }
            if let Some(ask) = &self.ask {
                return Ok(Ready::Asked(Box::new(request), ask.clone()));
            }
            let path = self.approval.as_deref().ok_or_else(|| {
                wrong("one share alone opens nothing: ask a second person with --ask, then give --approval")
            })?;
            let approved = Approved::read(path)?;
            if approved.request != request.digest() {
                let what = "is an approval of another request: same input, reason and role must be given";
                return Err(wrong(format!("{}: {what}", path.display())));
            }
            if approved.who == person.login {
                return Err(wrong("the second person must be another one than you"));
            }
            // An approval is a file that says a name: it must at least be that of somebody who may approve.
            let now = i64::try_from(audit::now().seconds()).unwrap_or(i64::MAX);
            if !roles.covers(&Person::named(&approved.who), &self.class, &self.purpose, now) {
                return Err(wrong(format!(
                    "nothing was revealed: the second person, {}, has no role that covers the class `{}` for {}",
                    screen::printable(&approved.who),
                    self.class,
                    self.purpose
                )));
            }
            let own = shares.lend(&request.wanted);
            return Ok(Ready::Opens(Box::new(Opener::Shares { shares, own, approved })));
        }
        let path = self.vault.as_deref().ok_or_else(|| wrong("say --vault"))?;
        let vault = Vault::open(path, &unlock(self.passphrase_file.as_deref(), self.key_file.as_deref())?)?;
        if let (Some(list), Some(policy)) = (&self.candidates, &self.policy) {
            let candidates = Box::new(Candidates::read(policy, list)?);
            return Ok(Ready::Opens(Box::new(Opener::Candidates { vault, candidates })));
        }
        if self.addresses {
            return Ok(Ready::Opens(Box::new(Opener::Addresses(Addresses::of(&vault, self.epoch)?))));
        }
        Ok(Ready::Opens(Box::new(Opener::Vault(vault))))
    }

    fn request(&self, person: &Person, shares: &ShareFile, found: &BTreeSet<&str>) -> Request {
        let mut wanted: Vec<Wanted> = Vec::new();
        for text in found {
            let (Some(info), Some(encapsulated)) = (SealInfo::of_shape(text), encapsulated(text)) else {
                continue;
            };
            for (epoch, public) in shares.publics() {
                if epoch == info.epoch && OpeningKey::id_of(&public) == info.key_id {
                    wanted.push(Wanted { public: hex(&public), encapsulated: hex(&encapsulated) });
                }
            }
        }
        wanted.sort();
        wanted.dedup();
        let own = |text: &String| text.clone();
        Request {
            frostglass: RequestWord::RevealRequest,
            who: person.login.clone(),
            role: own(&self.role),
            purpose: own(&self.purpose),
            reason: own(&self.reason),
            ticket: own(&self.ticket),
            class: own(&self.class),
            tenant: own(&self.tenant),
            recipient: own(&self.recipient),
            digests: digests(found),
            wanted,
        }
    }
}

/// SHA-256 of each text, sorted.
fn digests(found: &BTreeSet<&str>) -> Vec<Digest> {
    let mut digests: Vec<Digest> = found.iter().map(|text| Digest::of(&[text.as_bytes()])).collect();
    digests.sort_unstable();
    digests
}

/// What a command line comes to.
enum Ready {
    /// A request, and where to write it.
    Asked(Box<Request>, PathBuf),
    Opens(Box<Opener>),
}

/// What opens values.
enum Opener {
    /// The vault, which holds whole keys.
    Vault(Vault),
    /// The vault, and values of which it computes the tokens.
    Candidates { vault: Vault, candidates: Box<Candidates> },
    /// Keys of the vault that encrypt addresses.
    Addresses(Addresses),
    /// One's own share, and what a second person lent.
    Shares { shares: ShareFile, own: Vec<share::Loan>, approved: Approved },
}

/// What opened.
struct Opened<'t> {
    /// The seal or token itself: a text may be found with what stands before it.
    text: &'t str,
    value: Zeroizing<String>,
}

/// What opened, by the text that was found.
type Opens<'t> = BTreeMap<&'t str, Opened<'t>>;

/// Why texts did not open, and how many for each reason.
type Refusals = BTreeMap<String, u64>;

/// What stands in the place of each text that was found: the value, behind what stood before the token.
fn values<'t>(opened: &Opens<'t>) -> BTreeMap<&'t str, Zeroizing<String>> {
    let value = |(found, opened): (&&'t str, &Opened<'t>)| {
        let before = found.strip_suffix(opened.text).unwrap_or_default();
        // The right size at once: a growing buffer would leave copies behind.
        let mut value = Zeroizing::new(String::with_capacity(before.len() + opened.value.len()));
        value.push_str(before);
        value.push_str(&opened.value);
        (*found, value)
    };
    opened.iter().map(value).collect()
}

impl Opener {
    fn open<'t>(&self, reveal: &Reveal, found: &BTreeSet<&'t str>) -> Result<(Opens<'t>, Refusals), Failure> {
        let (mut opens, mut refusals) = (Opens::new(), Refusals::new());
        if let Self::Candidates { vault, candidates } = self {
            let known = candidates.tokens(vault, &reveal.class, reveal.domain(), found)?;
            let others = found.iter().filter(|text| !known.contains_key(*text)).copied();
            let refusals = candidates.refusals(vault, &reveal.class, reveal.domain(), others)?;
            return Ok((known, refusals));
        }
        for found in found {
            let mut why = None;
            let opened = find::readings(found).find_map(|text| match self.open_one(reveal, text) {
                Ok(value) => {
                    let value = Zeroizing::new(String::from_utf8_lossy(&value).into_owned());
                    Some(Opened { text, value })
                }
                Err(refusal) => {
                    why.get_or_insert(refusal);
                    None
                }
            });
            match opened {
                Some(opened) => drop(opens.insert(*found, opened)),
                None => *refusals.entry(why.unwrap_or_default()).or_default() += 1,
            }
        }
        Ok((opens, refusals))
    }

    fn open_one(&self, reveal: &Reveal, text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        let (domain, class) = (reveal.domain(), reveal.class.as_str());
        match self {
            Self::Vault(vault) | Self::Candidates { vault, .. } => with_vault(vault, text, domain, class),
            Self::Addresses(keys) => keys.turned_back(text, domain, class),
            Self::Shares { shares, own, approved } => with_shares(shares, own, approved, text, domain, class),
        }
    }

    /// What was tried, where that says more than why each text did not open.
    fn tried(&self, reveal: &Reveal) -> Vec<String> {
        match self {
            Self::Candidates { vault, candidates } => candidates.tried(vault, &reveal.class, reveal.domain()),
            _ => Vec::new(),
        }
    }
}

/// Tries the sealing keys of the vault that have the seal's epoch.
fn with_vault(
    vault: &Vault,
    text: &str,
    domain: Domain<'_>,
    class: &str,
) -> Result<Zeroizing<Vec<u8>>, String> {
    let Some(info) = SealInfo::of_shape(text) else { return turned_back(vault, text, domain, class) };
    let mut why = OpenError::OtherKey.to_string();
    for key in vault.status().iter().filter(|key| key.spec.purpose == Purpose::Seal) {
        let private = match vault.private_half(&key.spec.name, info.epoch) {
            Ok(private) => private,
            Err(VaultError::NoEpoch { .. }) => continue,
            Err(error) => {
                why = error.to_string();
                continue;
            }
        };
        match OpeningKey::new(private).open(text, domain, class) {
            Ok(value) => return Ok(value),
            Err(OpenError::OtherKey) => {}
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}

/// Tries the vault's keys for reversible tokens. A token says itself of which epoch it is.
fn turned_back(
    vault: &Vault,
    text: &str,
    domain: Domain<'_>,
    class: &str,
) -> Result<Zeroizing<Vec<u8>>, String> {
    for key in vault.status().iter().filter(|key| key.spec.purpose == Purpose::Tokenize) {
        let ring = vault.ring(&key.spec.name).map_err(|error| error.to_string())?;
        let binding = Binding {
            key: &key.spec.name,
            domain,
            class,
            // As the treatment has it: what is turned back must come out as it went in.
            canonicalizer: "exact/1",
            rotation: key.spec.rotation,
            prefix: Prefix::default(),
        };
        if let Some(value) = ring.untokenize(&binding, text) {
            return Ok(value);
        }
    }
    Err("no key of the vault turns it back under this tenant, recipient and class, or its epoch was destroyed"
        .to_owned())
}

/// Joins one's own part and the lent one, for the seal's encapsulated key.
fn with_shares(
    shares: &ShareFile,
    own: &[share::Loan],
    approved: &Approved,
    text: &str,
    domain: Domain<'_>,
    class: &str,
) -> Result<Zeroizing<Vec<u8>>, String> {
    let encapsulated = encapsulated(text).map(|key| hex(&key)).ok_or_else(|| OpenError::Shape.to_string())?;
    let mut why = OpenError::OtherKey.to_string();
    for (_, public) in shares.publics() {
        let wanted = Wanted { public: hex(&public), encapsulated: encapsulated.clone() };
        let of = |loans: &[share::Loan]| loans.iter().find(|loan| loan.wanted == wanted)?.lent();
        let (Some(own), Some(other)) = (of(own), of(&approved.loans)) else { continue };
        match open_lent(&public, [&own, &other], text, domain, class) {
            Ok(value) => return Ok(value),
            Err(OpenError::OtherKey) => {}
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}
