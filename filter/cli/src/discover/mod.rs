//! `frostglass discover`: fields that nobody classed, what they seem to be, and lines for the catalog.
//!
//! Values are looked at and forgotten: what is kept of them is counts and hashes. Keys are shown, for they are what is to
//! be classed; keys in which a detector finds something are counted instead.

mod apply;
mod guess;
mod proposal;
mod report;
mod survey;

use crate::clock::Clock;
use crate::explain::Answer;
use crate::failure::{Done, Failure};
use crate::input::FormatArguments;
use crate::policy;
use frostglass_engine::policy::Plan;
use std::io::Write as _;
use std::path::PathBuf;
use survey::Survey;

/// Find fields that no line of the policy names, guess what they are, and propose lines for them.
///
/// Reads OTLP (protobuf, JSON), JSON and NDJSON, plain, gzip or zstd. Shows keys, types and counts, never a value. A guess says its
/// reason; where in doubt it is the stricter one. Read the lines before you take them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass discover traces.json logs.json
  frostglass discover -f otlp-proto -s traces -p policy.yaml *.pb
  frostglass discover app.ndjson --apply policy.yaml       adds the proposed lines to the policy's catalog")]
pub(crate) struct Discover {
    /// Files to look at, or - for standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    format: FormatArguments,
    /// Policy to compare with, YAML or JSON; without it, that of --apply, else the one that is built in.
    #[arg(short, long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Add the proposed lines to the catalog of this YAML policy; the rest of its text stays as it is.
    #[arg(long, value_name = "POLICY")]
    apply: Option<PathBuf>,
    /// How to say it.
    #[arg(long = "as", value_name = "FORMAT", default_value = "text")]
    answer: Answer,
    #[command(flatten)]
    clock: Clock,
}

impl Discover {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let path = self.policy.as_deref().or(self.apply.as_deref());
        let plan = Plan::compile(path.map_or_else(policy::embedded, policy::read)?)?;
        let mut survey = Survey::new(&plan, self.clock.now())?;
        for path in &self.files {
            survey.look_at(path, &self.format)?;
        }
        let found = survey.finish();
        let out = match self.answer {
            Answer::Text => found.text(&plan),
            Answer::Json => format!("{:#}\n", found.json(&plan)),
        };
        std::io::stdout().lock().write_all(out.as_bytes())?;
        if let Some(path) = &self.apply {
            apply::apply(path, &found.proposals)?;
        }
        Ok(Done::Well)
    }
}
