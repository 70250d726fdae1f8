//! `frostglass lint`: everything that is wrong, weak or without effect in a policy, with its place and what to do. What is
//! said of a Collector's configuration comes from [`collector`].

mod cover;
mod rules;

pub(crate) use rules::{RULES, findings};

use crate::clock::Clock;
use crate::collector;
use crate::complaint::{Complaint, Severity};
use crate::explain::Answer;
use crate::failure::{Done, Failure};
use crate::policy;
use crate::screen::{Paint, counted};
use frostglass_engine::policy::{Finding, Plan, PolicyError};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// Check a policy: errors, lines without effect, weak treatments. Or how a Collector uses it.
///
/// Each finding has its file, line and column, a sentence and what to do. Errors are what no host would load; warnings
/// are what you would want to know before it runs; notes are choices worth a second look.
///
/// With --collector, the configuration of an OpenTelemetry Collector is checked: errors are exporters that telemetry
/// reaches without a `frostglass` processor (connectors are followed; `debug` and `file` count, for they print and write
/// content), processors after it that add content, plain text that leaves the host, mistakes in the processor's own
/// configuration, and what the Collector would not start with. What a reference such as ${env:NAME} holds is not known
/// here and is a warning; of ${env:NAME:-default} the default is judged.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass lint policy.yaml
  frostglass lint --strict policy.yaml      for a build: warnings fail it
  frostglass lint --format json             the policy that is built in, for programs
  frostglass lint --collector base.yaml site.yaml
                                            a Collector's configuration, merged as by --config
  frostglass lint policy.yaml --collector collector.yaml
                                            both")]
pub(crate) struct Lint {
    /// Policy to check, YAML or JSON; without it and --collector, the one that is built in.
    #[arg(value_name = "POLICY")]
    policy: Option<PathBuf>,
    /// Configuration of a Collector to check; several files are merged, later ones win.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    collector: Vec<PathBuf>,
    /// End with 1 when there are warnings.
    #[arg(long)]
    strict: bool,
    /// How to say it.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Answer,
    #[command(flatten)]
    clock: Clock,
}

/// When a policy turned out to be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Reading,
    Compiling,
}

impl Lint {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let mut complaints = Vec::new();
        if self.policy.is_some() || self.collector.is_empty() {
            match self.read()? {
                Ok(plan) => complaints = findings(&plan, self.clock.seconds()),
                // A policy that cannot be read is said as a failure, unless more is to be said.
                Err((error, Stage::Reading)) if self.format == Answer::Text && self.collector.is_empty() => {
                    return Err(error.into());
                }
                // The reader's findings are part of the answer, not a reason to stop.
                Err((error, _)) => complaints = errors(&error),
            }
        }
        if !self.collector.is_empty() {
            complaints.extend(collector::findings(&self.collector)?);
        }
        self.answer(&complaints)
    }

    /// The policy as it runs, or what is wrong with it and when that was seen.
    fn read(&self) -> Result<Result<Plan, (PolicyError, Stage)>, Failure> {
        let file = match self.policy.as_deref() {
            None => policy::embedded()?,
            Some(path) => match policy::parsed(&policy::text(path)?, path) {
                Ok(file) => file,
                Err(error) => return Ok(Err((error, Stage::Reading))),
            },
        };
        Ok(Plan::compile(file).map_err(|error| (error, Stage::Compiling)))
    }

    fn answer(&self, complaints: &[Complaint]) -> Result<Done, Failure> {
        let count = |severity| complaints.iter().filter(|one| one.severity == severity).count() as u64;
        let mut out = std::io::stdout().lock();
        match self.format {
            Answer::Json => {
                let one = |one: &Complaint| {
                    let Finding { file, place, path, what, hint } = &one.finding;
                    json!({
                        "file": file, "line": place.line, "column": place.column, "path": path,
                        "severity": one.severity.word(), "rule": one.rule, "message": what, "hint": hint,
                    })
                };
                writeln!(out, "{:#}", json!(complaints.iter().map(one).collect::<Vec<_>>()))?;
            }
            Answer::Text => {
                let paint = Paint::stdout();
                for Complaint { severity, rule, finding } in complaints {
                    let word = match severity {
                        Severity::Error => paint.red(severity.word()),
                        Severity::Warning => paint.yellow(severity.word()),
                        Severity::Note => paint.bold(severity.word()),
                    };
                    let Finding { file, place, path, what, hint } = finding;
                    let at = if place.line > 0 {
                        format!(":{}:{}", place.line, place.column)
                    } else {
                        String::new()
                    };
                    let path = if path.is_empty() { String::new() } else { format!("{path}: ") };
                    writeln!(out, "{file}{at}: {word}: {path}{what} {}", paint.dim(format!("[{rule}]")))?;
                    if !hint.is_empty() {
                        writeln!(out, "    {hint}")?;
                    }
                }
                let summary =
                    [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
                        .map(|(severity, word)| counted(count(severity), word))
                        .join(", ");
                writeln!(out, "{summary}")?;
            }
        }
        if count(Severity::Error) > 0 {
            let place = match (self.policy.is_some(), self.collector.is_empty()) {
                (_, true) => "the policy",
                (false, false) => "the configuration",
                (true, false) => "the policy and the configuration",
            };
            let errors = counted(count(Severity::Error), "error");
            return Err(Failure::Wrong(format!("{errors} in {place}")));
        }
        Ok(if self.strict && count(Severity::Warning) > 0 { Done::Look } else { Done::Well })
    }
}

/// What reading and compiling found.
fn errors(error: &PolicyError) -> Vec<Complaint> {
    let one =
        |finding: &Finding| Complaint { severity: Severity::Error, rule: "policy", finding: finding.clone() };
    error.findings().iter().map(one).collect()
}
