//! `frostglass attack`: tries on treated telemetry what an attacker would, and says what worked and which lines stop it.
//!
//! One file an attack, one entry in [`ATTACKS`]. Each attack brings controls: data against which it must win and data against which
//! it must not. What a report holds are names of fields, counts and rates; values only with `--show`.

mod activity;
mod canary;
mod control;
mod dictionary;
mod evidence;
mod frequency;
mod keys;
mod linking;
mod load;
mod membership;
mod needles;
mod prefix;
mod statistics;
mod stolen;
mod timing;
mod uniqueness;
mod verdict;

use crate::explain::Answer;
use crate::failure::{Done, Failure, wrong};
use crate::input::FormatArguments;
use crate::policy::PolicyArgument;
use crate::screen::{self, Paint, counted};
use control::{Checked, Controls};
use evidence::Evidence;
use frostglass_engine::Class;
use load::Loader;
use serde_json::json;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::rc::Rc;
use verdict::{Allowance, Finding, Outcome};

/// One way to attack.
trait Attack: Sync {
    /// A word, as `--only` and `--allow` take it.
    fn name(&self) -> &'static str;
    /// What it does, for people.
    fn sentence(&self) -> &'static str;
    /// Tries it. At least one finding, and if it is that nothing could be tried.
    fn run(&self, evidence: &Evidence, settings: &Settings) -> Vec<Finding>;
    /// What it must win against, and what it must not.
    fn controls(&self) -> Controls;
}

/// All attacks, in the order of a report.
static ATTACKS: &[&dyn Attack] = &[
    &canary::Canary,
    &dictionary::Dictionary,
    &frequency::Frequency,
    &linking::Linking,
    &activity::Activity,
    &timing::Timing,
    &uniqueness::Uniqueness,
    &prefix::Prefix,
    &membership::Membership,
    &keys::Keys,
    &keys::Keyless,
];

/// What attacks are told beside the evidence.
#[derive(Debug, Clone)]
struct Settings {
    /// Field that tells whose record it is.
    subject: Option<String>,
    /// Quasi-identifiers; guessed if there are none.
    quasi: Vec<String>,
    sensitive: Vec<String>,
    /// Members below which a group is small.
    floor: usize,
    /// Seconds for the large spaces of the dictionary.
    seconds: f64,
    /// Whether recovered values are kept.
    show: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let (subject, quasi, sensitive) = (None, Vec::new(), Vec::new());
        Self { subject, quasi, sensitive, floor: 5, seconds: 8.0, show: false }
    }
}

/// Try on treated telemetry what an attacker would.
///
/// Reads what `scrub` reads and says which attacks worked, on what fields and how much, and which lines of a policy would stop
/// them. An attack for which something is missing says what. Two or more outputs (of two recipients, of two days) are tried
/// against each other. The report holds names of fields, counts and rates, and no value unless you ask for it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass attack clean.json
  frostglass attack clean.json --with people.txt           a list that the attacker has, one value a line
  frostglass attack oncall.json vendor.json --truth raw.json
  frostglass attack clean.json --canaries planted.txt --allow uniqueness=0.05 --as json
  frostglass attack clean.json -p policy.yaml --with people.txt --with-keys issued-keys.json --only keys,keyless
  frostglass attack --self-check                           each attack against data on which it must win, and must not

Ends with 1 if an attack succeeded that --allow does not cover, or if nothing could be tried.")]
pub(crate) struct AttackCommand {
    /// Treated telemetry, or - for standard input.
    #[arg(value_name = "OUTPUT", required_unless_present = "self_check")]
    outputs: Vec<PathBuf>,
    /// What the attacker knows: a list of values (.txt, one a line), pairs of a value and what became of it (.csv), or untreated
    /// telemetry from elsewhere. May be given several times.
    #[arg(long, value_name = "FILE")]
    with: Vec<PathBuf>,
    /// The same telemetry before treatment, to score guesses: one for all outputs, or one each. The attacker is not shown it.
    #[arg(long, value_name = "FILE")]
    truth: Vec<PathBuf>,
    /// Values that must not be in the output: one a line, or JSON lines with a member `value`.
    #[arg(long, value_name = "FILE")]
    canaries: Vec<PathBuf>,
    /// Run these attacks alone.
    #[arg(long, value_name = "ATTACK", value_delimiter = ',', value_parser = known)]
    only: Vec<&'static str>,
    /// What may succeed, up to a share or advantage from 0 to 1: `uniqueness=0.05`, `linking:span/client.address`.
    #[arg(long, value_name = "ATTACK[:FIELD][=SHARE]", value_parser = Allowance::parse)]
    allow: Vec<Allowance>,
    /// Field that tells whose record it is; without it, the first that names somebody.
    #[arg(long, value_name = "FIELD")]
    subject: Option<String>,
    /// Fields that together single people out; without them, those of devices and places.
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    quasi: Vec<String>,
    /// Fields that nobody should learn of a person, for l-diversity and t-closeness.
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    sensitive: Vec<String>,
    /// Members that a group of equal quasi-identifiers must have.
    #[arg(long = "least", value_name = "K", default_value_t = 5)]
    floor: usize,
    /// Seconds that the dictionary spends on address and number spaces too large to be tried whole.
    #[arg(long, value_name = "SECONDS", default_value_t = 8.0, value_parser = seconds)]
    seconds: f64,
    /// Records that are read of each file, at most.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000)]
    records: usize,
    /// Show values that were recovered; never those that keys turn back.
    #[arg(long)]
    show: bool,
    /// Run each attack against its controls, and end with 1 if one does not do what it must.
    #[arg(long, conflicts_with_all = ["outputs", "with", "truth", "canaries", "files"])]
    self_check: bool,
    /// How to say it.
    #[arg(long = "as", value_name = "FORMAT", default_value = "text")]
    answer: Answer,
    #[command(flatten)]
    stolen: stolen::StolenArguments,
    #[command(flatten)]
    format: FormatArguments,
    /// Its catalog tells what fields are.
    #[command(flatten)]
    policy: PolicyArgument,
}

/// Names of all attacks and what they do, for the reference.
pub(crate) fn described() -> impl Iterator<Item = (&'static str, &'static str)> {
    ATTACKS.iter().map(|attack| (attack.name(), attack.sentence()))
}

fn known(name: &str) -> Result<&'static str, String> {
    let names: Vec<&'static str> = ATTACKS.iter().map(|attack| attack.name()).collect();
    let found = names.iter().find(|known| **known == name).copied();
    found.ok_or_else(|| format!("no attack has that name; there are {}", names.join(", ")))
}

fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=86_400.0).contains(number));
    number.ok_or_else(|| "write a number of seconds from 0 to 86400".to_owned())
}

impl AttackCommand {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let wanted = |attack: &&&dyn Attack| self.only.is_empty() || self.only.contains(&attack.name());
        let attacks: Vec<&dyn Attack> = ATTACKS.iter().filter(wanted).copied().collect();
        if self.self_check {
            return self_check(&attacks, self.answer);
        }
        let evidence = self.evidence()?;
        let settings = Settings {
            subject: self.subject,
            quasi: self.quasi,
            sensitive: self.sensitive,
            floor: self.floor,
            seconds: self.seconds,
            show: self.show,
        };
        let mut findings: Vec<Finding> =
            attacks.iter().flat_map(|attack| attack.run(&evidence, &settings)).collect();
        findings.iter_mut().for_each(|finding| finding.allow(&self.allow));
        let succeeded = findings.iter().filter(|finding| finding.outcome == Outcome::Succeeded).count();
        let tried = findings.iter().filter(|finding| finding.outcome != Outcome::NotTried).count();
        let out = match self.answer {
            Answer::Text => text(&findings, &evidence),
            Answer::Json => {
                let all: Vec<_> = findings.iter().map(Finding::json).collect();
                let report = json!({"succeeded": succeeded, "tried": tried, "records": records(&evidence), "left_out": evidence.left_out,
                    "unreadable": evidence.unreadable, "attacks": all});
                format!("{report:#}\n")
            }
        };
        std::io::stdout().lock().write_all(out.as_bytes())?;
        let excused = |finding: &Finding| self.allow.iter().any(|allowance| allowance.names(finding));
        if tried == 0 && !findings.iter().all(excused) {
            screen::complain(
                "nothing was tried, which proves nothing; give what the attacks need, or excuse each with --allow ATTACK",
            );
            return Ok(Done::Look);
        }
        Ok(if succeeded > 0 { Done::Look } else { Done::Well })
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        if self.truth.len() > 1 && self.truth.len() != self.outputs.len() {
            return Err(wrong("give --truth once, or once for each OUTPUT in the same order"));
        }
        if !self.canaries.is_empty() && self.outputs.iter().any(|path| path.as_os_str() == "-") {
            return Err(wrong(
                "--canaries looks into the fields and into the bytes: give a file instead of -",
            ));
        }
        let plan = Rc::new(self.policy.plan()?);
        // Before the output is read: whoever may not have the keys waits for nothing.
        let stolen = self.stolen.read(&plan)?;
        let mut loader = Loader::new(&plan, self.format, self.records)?;
        for path in &self.outputs {
            loader.output(path, !self.canaries.is_empty())?;
        }
        if let Some(view) = loader.evidence.outputs.iter().find(|view| view.rows.is_empty()) {
            let said = "holds no record; an attack on nothing proves nothing";
            return Err(Failure::Stopped(format!("{}: {said}", view.name)));
        }
        self.truth.iter().try_for_each(|path| loader.truth(path))?;
        self.with.iter().try_for_each(|path| loader.knowledge(path))?;
        let mut evidence = loader.evidence;
        evidence.stolen = stolen;
        evidence.canaries = canary::read(&self.canaries)?;
        canary::hide_names(&mut evidence);
        for (option, names) in [("--quasi", &self.quasi), ("--sensitive", &self.sensitive)] {
            if let Some(name) = names.iter().find(|name| evidence.named(name).is_empty()) {
                return Err(wrong(format!("{option} {name}: no record has such a field")));
            }
        }
        if let Some(name) = self.subject.as_ref().filter(|name| evidence.named(name).is_empty()) {
            return Err(wrong(format!("--subject {name}: no record has such a field")));
        }
        Ok(evidence)
    }
}

fn records(evidence: &Evidence) -> usize {
    evidence.outputs.iter().map(|view| view.rows.len()).sum()
}

fn text(findings: &[Finding], evidence: &Evidence) -> String {
    let paint = Paint::stdout();
    let mut out = String::new();
    // What needs a look stands at the end, where a terminal shows it.
    let order = [Outcome::NotTried, Outcome::Held, Outcome::Allowed, Outcome::Succeeded];
    for outcome in order {
        findings.iter().filter(|finding| finding.outcome == outcome).for_each(|finding| {
            out.push_str(&finding.text(paint));
        });
    }
    let count = |outcome: Outcome| findings.iter().filter(|finding| finding.outcome == outcome).count();
    if evidence.left_out > 0 {
        let _ = writeln!(out, "{} left out; raise --records", counted(evidence.left_out, "record"));
    }
    if evidence.unreadable > 0 {
        let _ = writeln!(out, "{} could not be read", counted(evidence.unreadable, "value"));
    }
    let _ = writeln!(
        out,
        "{}: {} succeeded, {} allowed, {} held, {} not tried",
        counted(records(evidence) as u64, "record"),
        count(Outcome::Succeeded),
        count(Outcome::Allowed),
        count(Outcome::Held),
        count(Outcome::NotTried)
    );
    out
}

fn self_check(attacks: &[&dyn Attack], answer: Answer) -> Result<Done, Failure> {
    let checked: Vec<Checked> = attacks.iter().flat_map(|attack| control::check(*attack)).collect();
    let defects = checked.iter().filter(|one| !one.as_it_must).count();
    let out = match answer {
        Answer::Json => {
            let all = checked.iter().map(|one| {
                json!({"attack": one.attack, "control": one.label, "must": must(one), "extent": one.extent,
                    "ok": one.as_it_must})
            });
            format!("{:#}\n", json!({"defects": defects, "controls": all.collect::<Vec<_>>()}))
        }
        Answer::Text => {
            let paint = Paint::stdout();
            let mut out = String::new();
            for one in &checked {
                let word = if one.as_it_must { paint.green("ok    ") } else { paint.red("DEFECT") };
                let _ = writeln!(out, "{word}  {:<11} {:<9} {}", one.attack, must(one), one.label);
            }
            let _ = writeln!(
                out,
                "{}, {}",
                counted(checked.len() as u64, "control"),
                counted(defects as u64, "defect")
            );
            out
        }
    };
    std::io::stdout().lock().write_all(out.as_bytes())?;
    if defects > 0 {
        screen::complain(
            "an attack does not do against its controls what it must; its other answers prove nothing",
        );
        return Ok(Done::Look);
    }
    Ok(Done::Well)
}

fn must(one: &Checked) -> &'static str {
    if one.must_win { "must win" } else { "must hold" }
}

/// A field's selector as a policy's catalog takes it: an attribute by its key, anything else with its level; in quotes where YAML
/// or the selector's own grammar ask for them.
fn selector(name: &str) -> String {
    let path = match name.split_once('/') {
        Some((_, path)) if !path.starts_with('@') => path,
        _ => name,
    };
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b'@');
    if path.bytes().all(is_plain) { path.to_owned() } else { serde_json::Value::from(path).to_string() }
}

/// A line of a catalog for a field: its class, or that of direct identifiers if it has none, and a treatment.
fn line(evidence: &Evidence, field: evidence::FieldId, treatment: &str) -> String {
    if evidence.name(field) != evidence.written(field) {
        return "  # a line for the field whose name holds something; `default: suppress` takes out what no line names".to_owned();
    }
    let class = if evidence.is_trace_id(field) { Some(Class::Correlation) } else { evidence.class(field) };
    let class = class.filter(|class| *class != Class::Structural);
    let class = class.unwrap_or(Class::DirectId).word();
    format!("  {}: {{class: {class}, treat: {treatment}}}", selector(evidence.name(field)))
}

/// Lines of a policy that make tokens of a field's values, which join within an epoch if there are any.
fn tokens(evidence: &Evidence, field: evidence::FieldId, epochs: &str) -> String {
    format!(
        "keys:\n  ids: {{use: pseudonymize, from: standalone{epochs}}}\n\
         treatments:\n  user-token: {{pseudonymize: {{key: ids, prefix: u}}}}\n\
         catalog:\n{}",
        line(evidence, field, "user-token")
    )
}

/// Lines of a policy that make tokens which join within a trace alone.
fn trace_tokens(evidence: &Evidence, field: evidence::FieldId) -> String {
    format!(
        "keys:\n  ids: {{use: pseudonymize, from: standalone}}\n\
         treatments:\n  trace-token: {{pseudonymize: {{key: ids, mode: document, prefix: u}}}}\n\
         catalog:\n{}",
        line(evidence, field, "trace-token")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: every attack against its controls, as `--self-check` runs them.
    /// Guarantees: each wins where it must and holds where it must; an attack without either kind proves nothing.
    #[test]
    fn each_attack_does_against_its_controls_what_it_must() {
        for attack in ATTACKS {
            let checked = control::check(*attack);
            for one in &checked {
                let what = format!("{} {} {}: {}", one.attack, must(one), one.label, one.extent);
                assert!(one.as_it_must, "{what}");
            }
            let kinds = |must_win: bool| checked.iter().any(|one| one.must_win == must_win);
            assert!(kinds(true) && kinds(false), "{}", attack.name());
        }
    }

    /// Scenario: every attack with nothing at all in hand.
    /// Guarantees: it says what is missing, and does not claim that anything held.
    #[test]
    fn without_evidence_nothing_is_claimed() {
        for attack in ATTACKS {
            for finding in attack.run(&Evidence::default(), &Settings { seconds: 0.0, ..Settings::default() })
            {
                assert_eq!(finding.outcome, Outcome::NotTried, "{}", attack.name());
            }
        }
    }
}
