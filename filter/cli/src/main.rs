//! `frostglass`, the native command: writes, checks, explains and runs policies on files.
//!
//! One file a subcommand. The command knows files, terminals, the environment and the clock, and leaves every decision
//! to the engine. Promises: what cannot be treated is not written; no message carries a value of a payload.

mod access;
mod attack;
mod audit;
mod builtin;
mod clock;
mod collector;
mod complaint;
mod discover;
mod envoy;
mod explain;
mod failure;
mod field;
mod files;
mod forget;
mod generate;
mod input;
mod keys;
mod lint;
mod observed;
mod opened;
mod otlp;
mod person;
mod policy;
mod reader;
mod render;
mod reveal;
mod roles;
mod sample;
mod scan;
mod screen;
mod scrub;
mod share;
mod synth;
mod test;
mod treated;
mod utility;

use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::process::ExitCode;

/// What stands below every `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  done, with something to look at: failed tests, bad lines of input, warnings under --strict
  2  the policy or the arguments are wrong; nothing was written
  3  a file cannot be read, written or treated; nothing untreated was written

Keys come from the environment, as FROSTGLASS_KEY_<NAME>: the policy's name of the key in capitals, _ for -.
Make one with: openssl rand -base64 32. Issued keys come from a file: --keys, or FROSTGLASS_KEYS_FILE. Colors appear on a terminal only, and never when NO_COLOR is set.";

/// One privacy filter for telemetry: treats sensitive values by one policy, keeps the signal.
#[derive(Debug, Parser)]
#[command(name = "frostglass", version, max_term_width = 110, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scrub(scrub::Scrub),
    Scan(scan::Scan),
    Lint(lint::Lint),
    Test(test::Test),
    Explain(explain::Explain),
    Discover(discover::Discover),
    Attack(attack::AttackCommand),
    Render(render::Render),
    Access(access::Access),
    Audit(audit::Audit),
    Synth(synth::Synth),
    Utility(utility::Utility),
    Keys(keys::Keys),
    Reveal(Box<reveal::Reveal>),
    Approve(reveal::Approve),
    Forget(Box<forget::Forget>),
    #[command(hide = true)]
    Generate(generate::Generate),
}

fn main() -> ExitCode {
    // A period among the arguments may be wrong before any policy is read.
    frostglass_engine::policy::judge_words();
    let color = if screen::colors_wanted() { ColorChoice::Auto } else { ColorChoice::Never };
    let arguments = arguments().color(color).get_matches();
    let done = Arguments::from_arg_matches(&arguments).map_err(|error| error.exit()).and_then(|arguments| {
        match arguments.command {
            Command::Scrub(command) => command.run(),
            Command::Scan(command) => command.run(),
            Command::Lint(command) => command.run(),
            Command::Test(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::Discover(command) => command.run(),
            Command::Attack(command) => command.run(),
            Command::Render(command) => command.run(),
            Command::Access(command) => command.run(),
            Command::Audit(command) => command.run(),
            Command::Synth(command) => command.run(),
            Command::Utility(command) => command.run(),
            Command::Keys(command) => command.run(),
            Command::Reveal(command) => command.run(),
            Command::Approve(command) => command.run(),
            Command::Forget(command) => command.run(),
            Command::Generate(command) => command.run(),
        }
    });
    match done {
        Ok(code) => code.into(),
        Err(failure) => failure.tell(),
    }
}

/// The whole command line, exit codes below each subcommand's help.
fn arguments() -> clap::Command {
    let names: Vec<String> =
        Arguments::command().get_subcommands().map(|one| one.get_name().to_owned()).collect();
    names.iter().fold(Arguments::command(), |command, name| {
        command.mut_subcommand(name, |one| {
            let own = one.get_after_help().map(|own| format!("{own}\n\n")).unwrap_or_default();
            one.after_help(format!("{own}{EXIT_CODES}"))
        })
    })
}
