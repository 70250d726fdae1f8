//! `frostglass access`: who sees what, from policy and roles alone.

use crate::failure::{Done, Failure};
use crate::policy::{PolicyArgument, described};
use crate::roles::{Role, Roles};
use crate::screen::{Paint, counted, printable};
use clap::ValueEnum;
use frostglass_engine::policy::{ClassId, Plan, PolicyFile, Strength, TreatmentId};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

/// Show who sees raw values, treated ones and aggregates alone, for each class and recipient.
///
/// *Raw* is the value as it is, because a line or the class keeps it. *Treated* is what stands in its place: a token, a coarser
/// value, a seal. *Aggregated* is what is left of a class that is suppressed: counts, durations and metrics of the records that held
/// it. *Reveal* is who can turn a sealed value or a token back, by the roles file: with the key, and told in the audit chain
/// first.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass access -p policy.yaml
  frostglass access -p policy.yaml --roles roles.yaml --class direct-id")]
pub(crate) struct Access {
    #[command(flatten)]
    policy: PolicyArgument,
    /// Who may have what revealed.
    #[arg(short, long, value_name = "FILE")]
    roles: Option<PathBuf>,
    /// Show this class alone.
    #[arg(short, long, value_name = "CLASS")]
    class: Option<String>,
    /// Show it for people or for programs.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: AccessFormat,
}

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AccessFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Everything that is shown.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    policy: &'a str,
    digest: &'a str,
    classes: Vec<ClassAccess<'a>>,
}

/// Who sees what of a class.
#[derive(Debug, Serialize)]
struct ClassAccess<'a> {
    class: &'a str,
    views: Vec<View>,
    reveal: Vec<Reveals<'a>>,
}

/// What a recipient sees of a class.
#[derive(Debug, Serialize)]
struct View {
    /// Whose view it is.
    recipient: String,
    /// The most that is seen: `raw`, `scanned`, `treated` or `aggregated`.
    sees: Sees,
    /// What happens to its fields, and how many lines say so beside the class itself.
    treatments: Vec<Treated>,
}

#[derive(Debug, Clone, Serialize)]
struct Treated {
    sees: Sees,
    treatment: String,
    /// Selectors of lines that say so; empty for the class's own treatment.
    fields: Vec<String>,
}

/// How much of a value somebody sees, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Sees {
    Raw,
    Scanned,
    Treated,
    Aggregated,
}

impl Sees {
    const ALL: [Self; 4] = [Self::Raw, Self::Scanned, Self::Treated, Self::Aggregated];

    fn of(strength: Strength) -> Self {
        match strength {
            Strength::Keep => Self::Raw,
            Strength::Scan => Self::Scanned,
            Strength::Suppress => Self::Aggregated,
            _ => Self::Treated,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Scanned => "scanned",
            Self::Treated => "treated",
            Self::Aggregated => "aggregated",
        }
    }
}

/// A role that may have values of a class revealed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Reveals<'a> {
    role: &'a str,
    holders: Vec<String>,
    purposes: Vec<&'a str>,
    values_a_request: u64,
    values_a_day: u64,
    until: &'a str,
    two_persons: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

impl Access {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let plan = self.policy.plan()?;
        let seen_by = recipients(plan.file())?;
        let roles = self.roles.as_deref().map(Roles::read).transpose()?;
        let wanted = |name: &str| self.class.as_deref().is_none_or(|class| class == name);
        let mut classes = Vec::new();
        for id in 0..ClassId::MAX {
            let Some(class) = plan.class(id) else { break };
            if wanted(&class.name) {
                let reveal = roles.as_ref().map(|roles| reveals(roles, &class.name)).unwrap_or_default();
                let views = seen_by.iter().map(|(recipient, plan)| view(plan, id, recipient)).collect();
                classes.push(ClassAccess { class: &class.name, views, reveal });
            }
        }
        if let (true, Some(class)) = (classes.is_empty(), &self.class) {
            let known: Vec<&str> =
                (0..ClassId::MAX).map_while(|id| plan.class(id)).map(|class| class.name.as_str()).collect();
            let (what, hint) = frostglass_engine::policy::unknown("class", class, &known);
            return Err(Failure::Wrong(format!("{what}; {hint}")));
        }
        let shown = Shown { policy: plan.name(), digest: plan.digest(), classes };
        let mut out = std::io::stdout().lock();
        match self.format {
            AccessFormat::Json => {
                serde_json::to_writer(&mut out, &shown).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
            AccessFormat::Text => shown.tell(&mut out)?,
        }
        Ok(Done::Well)
    }
}

/// Who gets telemetry where the policy names no recipients: all get the same.
const EVERYBODY: &str = "every recipient";

/// The plan of each recipient.
fn recipients(file: &PolicyFile) -> Result<Vec<(String, Plan)>, Failure> {
    let plan = || Plan::compile(file.clone());
    if file.recipients.is_empty() {
        return Ok(vec![(EVERYBODY.to_owned(), plan()?)]);
    }
    let narrowed = |name: &String| Ok((name.clone(), plan()?.for_recipient(name)?));
    file.recipients.iter().map(|entry| narrowed(&entry.name)).collect()
}

fn view(plan: &Plan, class: ClassId, recipient: &str) -> View {
    let own = plan.class(class).map(|class| class.treatment);
    let mut fields: BTreeMap<TreatmentId, Vec<String>> = BTreeMap::new();
    for line in plan.lines().iter().filter(|line| line.class == class) {
        fields.entry(line.treatment).or_default().push(line.selector.to_string());
    }
    let of = |id: TreatmentId, fields: Vec<String>| {
        plan.treatment(id).map(|treatment| Treated {
            sees: Sees::of(treatment.strength),
            treatment: described(&treatment.name, &treatment.options),
            fields,
        })
    };
    let mut treatments: Vec<Treated> = own.and_then(|id| of(id, Vec::new())).into_iter().collect();
    treatments.extend(
        fields.into_iter().filter(|(id, _)| Some(*id) != own).filter_map(|(id, fields)| of(id, fields)),
    );
    treatments.sort_by_key(|treated| treated.sees);
    let sees = treatments.first().map_or(Sees::Aggregated, |treated| treated.sees);
    View { recipient: recipient.to_owned(), sees, treatments }
}

fn reveals<'a>(roles: &'a Roles, class: &str) -> Vec<Reveals<'a>> {
    let covers = |role: &&Role| role.classes.iter().any(|name| **name == *class);
    roles
        .all()
        .filter(|(_, role)| covers(role))
        .map(|(name, role)| Reveals {
            role: name,
            holders: roles.holders(name),
            purposes: role.purposes.iter().map(|purpose| purpose.as_str()).collect(),
            values_a_request: role.values.request.get(),
            values_a_day: role.values.day.get(),
            until: role.until.as_str(),
            two_persons: roles.needs_two(class),
            why: role.why.as_deref(),
        })
        .collect()
}

/// Selectors that a line of text names; more are counted.
const FEW: usize = 4;

impl Shown<'_> {
    fn tell(&self, out: &mut impl Write) -> std::io::Result<()> {
        let paint = Paint::stdout();
        writeln!(out, "policy {} {}", self.policy, self.digest.get(..16).unwrap_or_default())?;
        for class in &self.classes {
            writeln!(out, "\n{}", paint.bold(class.class))?;
            for view in &class.views {
                for sees in Sees::ALL {
                    let told: Vec<String> =
                        view.treatments.iter().filter(|treated| treated.sees == sees).map(told).collect();
                    if !told.is_empty() {
                        writeln!(out, "  {:<11} {}: {}", sees.word(), view.recipient, told.join("; "))?;
                    }
                }
            }
            for reveal in &class.reveal {
                writeln!(out, "  {:<11} {}", "reveal", reveal.told())?;
            }
        }
        Ok(())
    }
}

fn told(treated: &Treated) -> String {
    let Treated { treatment, fields, .. } = treated;
    if fields.is_empty() {
        return treatment.clone();
    }
    let few: Vec<String> = fields.iter().take(FEW).map(|field| printable(field)).collect();
    let more = match fields.len().saturating_sub(FEW) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{treatment} for {}{more}", few.join(", "))
}

impl Reveals<'_> {
    fn told(&self) -> String {
        let holders = if self.holders.is_empty() { "nobody".to_owned() } else { self.holders.join(", ") };
        let two = if self.two_persons { ", two persons together" } else { "" };
        format!(
            "{holders} as {} for {}: {} a request, {} a day, until {}{two}",
            self.role,
            self.purposes.join(", "),
            counted(self.values_a_request, "value"),
            self.values_a_day,
            self.until
        )
    }
}
