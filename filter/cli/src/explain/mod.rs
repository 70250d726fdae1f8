//! `frostglass explain`: what a policy does with a field, which line says so, and which lines lost.

mod report;
mod ruling;
mod tried;

pub(crate) use ruling::{place, without_catalog};
pub(crate) use tried::shown;

use crate::clock::Clock;
use crate::failure::{Done, Failure, wrong};
use crate::field::Field;
use crate::input::limits;
use crate::policy::{KeysArgument, PolicyArgument, RecipientArgument};
use crate::screen::{self, printable};
use frostglass_engine::policy::{Matches, Plan};
use frostglass_engine::{Engine, Options};
use frostglass_formats::Level;
use report::Report;
use ruling::Book;
use std::io::Write as _;
use std::sync::Arc;
use tried::{findings, try_value};

/// Say what happens to a field, which line decides, which lines lost and why.
///
/// FIELD is written like a line of the catalog, without stars: an attribute key, a built-in field behind `@`, or a part
/// of a value. With VALUE, the field is put into a real payload and treated; nothing is sent anywhere.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass explain user.email ann@example.org
  frostglass explain span/@name
  frostglass explain log/@body.payment.card -p policy.yaml
  frostglass explain transport/authorization --format json")]
pub(crate) struct Explain {
    /// The field.
    #[arg(value_name = "FIELD")]
    field: String,
    /// A value to try.
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: Option<String>,
    #[command(flatten)]
    policy: PolicyArgument,
    #[command(flatten)]
    keys: KeysArgument,
    #[command(flatten)]
    recipient: RecipientArgument,
    /// How to say it.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Answer,
    #[command(flatten)]
    clock: Clock,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Answer {
    /// For people
    Text,
    /// For programs
    Json,
}

impl Explain {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let field = Field::parse(&self.field)
            .map_err(|error| wrong(format!("`{}` {error}", printable(&self.field))))?;
        let file = self.policy.file()?;
        let plan = Arc::new(self.recipient.narrowed(Plan::compile(file.clone())?)?);
        let (ring, missing) = self.keys.ring(&plan)?;
        self.keys.out_of_time(&plan, self.clock.now())?.iter().for_each(|text| screen::notice(text));
        let mut book = Book {
            plan: &plan,
            bare: without_catalog(&file),
            now: self.clock.now(),
            matches: Matches::default(),
        };
        let mut rulings = book.rulings(&field);
        let mut tried = None;
        if let Some(value) = &self.value {
            for ruling in &mut rulings {
                let level = ruling.levels.first().copied().unwrap_or(Level::Log);
                let recipient = self.recipient.name().to_owned();
                let options = Options { limits: limits(), recipient, ..Options::default() };
                let mut engine = Engine::new(Arc::clone(&plan), ring.clone(), options);
                ruling.result = Some(try_value(&mut engine, &field, level, value, self.clock.now())?);
            }
            tried = Some(findings(&plan, &field, value)?);
        }
        let needs_key =
            rulings.iter().any(|ruling| ruling.result.as_ref().is_some_and(|result| result.no_key));
        let missing: Vec<&String> = if needs_key { missing.iter().collect() } else { Vec::new() };
        let report = Report {
            plan: &plan,
            field: &field,
            value: self.value.as_deref(),
            rulings,
            findings: tried,
            missing,
        };
        let out = match self.format {
            Answer::Text => report.text(),
            Answer::Json => format!("{:#}\n", report.json()),
        };
        std::io::stdout().lock().write_all(out.as_bytes())?;
        Ok(Done::Well)
    }
}
