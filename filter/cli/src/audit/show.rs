//! `frostglass audit show`: a chain for people, one line an entry, verified as it is shown.

use super::{public_key, verify::summary};
use crate::failure::{Done, Failure, wrong};
use crate::screen::{self, Paint, counted, printable};
use frostglass_audit::{Entry, Event, KINDS, Line, follow};
use frostglass_engine::policy::suggest;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;

/// Show what a chain tells, and verify it on the way.
///
/// What is wrong with a line stands below it, whichever events are shown, and the exit code is 1 then. Without --public-key,
/// checkpoints are held against the key that the chain itself names: that finds changes, and not a chain that was written
/// anew from its beginning. `frostglass audit verify` also finds an end that was removed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  frostglass audit show audit.jsonl --public-key audit.jsonl.pub --event reveal")]
pub(super) struct Show {
    /// The chain's file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Public key of the chain, from a place that whoever writes the chain cannot write.
    #[arg(short = 'k', long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// Show events of this kind alone, such as reveal or key-issued.
    #[arg(short, long, value_name = "EVENT")]
    event: Option<String>,
    /// Show the last N entries alone.
    #[arg(short = 'n', long, value_name = "N")]
    last: Option<usize>,
}

impl Show {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let key = self.public_key.as_deref().map(public_key).transpose()?;
        let unreadable = |error| Failure::file(&self.file, "cannot be read", &error);
        let source = BufReader::new(File::open(&self.file).map_err(unreadable)?);
        let (mut out, paint) = (std::io::stdout().lock(), Paint::stdout());
        let (mut kept, mut any, mut written) = (VecDeque::new(), false, Ok(()));
        let report = follow(source, key.as_ref(), None, |number, line, problems| {
            let wanted = |line: &&Line| self.event.as_ref().is_none_or(|event| *event == line.entry.name);
            let told = line.filter(wanted).map(|line| {
                any = true;
                told(line, paint)
            });
            let wrong = problems.iter().map(|problem| paint.red(format!("line {number} {problem}")));
            for told in told.into_iter().chain(wrong) {
                match self.last {
                    _ if written.is_err() => {}
                    None => written = writeln!(out, "{told}"),
                    Some(most) => {
                        kept.push_back(told);
                        if kept.len() > most {
                            kept.pop_front();
                        }
                    }
                }
            }
        });
        let report = report.map_err(unreadable)?;
        written?;
        for told in kept {
            writeln!(out, "{told}")?;
        }
        // A later version may have told of events that this one does not know; then they are there.
        if let Some(event) = self.event.filter(|event| !any && !KINDS.contains(&event.as_str())) {
            let known = || format!("there are {}", KINDS.join(", "));
            let meant = suggest(&event, &KINDS).map_or_else(known, |near| format!("did you mean {near}?"));
            return Err(wrong(format!("--event: no kind of event has that name; {meant}")));
        }
        screen::say(&summary(&report, Paint::stderr()));
        if key.is_none() {
            screen::notice(
                "checked by the key that the chain itself names: a chain that was written anew names another (--public-key)",
            );
        }
        Ok(if report.faults_in_all > 0 { Done::Look } else { Done::Well })
    }
}

/// An entry on one line.
fn told(line: &Line, paint: Paint) -> String {
    let Entry { seq, time, name, event, .. } = &line.entry;
    let told =
        event.as_ref().map_or_else(|| "(of a later version)".to_owned(), |event| printable(&sentence(event)));
    format!("{} {seq:>6}  {:<14} {told}", paint.dim(time), printable(name))
}

fn sentence(event: &Event) -> String {
    let epoch = |key: &dyn std::fmt::Display, epoch: u64| format!("{key}, epoch {epoch}");
    match event {
        Event::Begin { public, every, .. } => {
            format!("public key {public}, a checkpoint every {every} lines")
        }
        Event::Checkpoint {} => "signed".to_owned(),
        Event::Torn { bytes, .. } => format!("{bytes} bytes of an unfinished line removed"),
        Event::Policy { policy, before, after } => match before {
            Some(before) => format!("{policy} {} -> {}", short(before), short(after)),
            None => format!("{policy} {}", short(after)),
        },
        Event::KeyMade { key, epoch: number } => epoch(key, *number),
        Event::KeyIssued { key, epoch: number, check, to } => {
            format!("{} (check {check}) to {to}", epoch(key, *number))
        }
        Event::KeyDestroyed { key, epoch: number, who, ticket } => {
            let by = who.as_ref().map(|who| format!(", by {who}")).unwrap_or_default();
            let ticket = ticket.as_ref().map(|ticket| format!(" ({ticket})")).unwrap_or_default();
            format!("{}{by}{ticket}", epoch(key, *number))
        }
        Event::KeySplit { key, epoch: number, shares, needed } => {
            format!("{}: {needed} of {shares} shares open", epoch(key, *number))
        }
        Event::Approval(approval) => format!(
            "{} as {} for {}: {} ({})",
            approval.who,
            approval.role,
            approval.asked_by,
            counted(approval.values, "value"),
            approval.ticket
        ),
        Event::Reveal(reveal) => {
            let classes: Vec<String> =
                reveal.classes.iter().map(|(class, values)| format!("{class} {values}")).collect();
            let approved: Vec<&str> = reveal.approved_by.iter().map(|who| who.as_str()).collect();
            let approved =
                if approved.is_empty() { String::new() } else { format!(", with {}", approved.join(", ")) };
            let opened = match reveal.opened {
                Some(0) => ", none opened".to_owned(),
                Some(opened) if opened < reveal.values => format!(", {opened} opened"),
                _ => String::new(),
            };
            format!(
                "{} as {} for {}: {} ({}){opened}{approved}, {}: {}",
                reveal.who,
                reveal.role,
                reveal.purpose,
                counted(reveal.values, "value"),
                classes.join(", "),
                reveal.ticket,
                reveal.reason
            )
        }
        Event::Treatment { policy, digest, counts, withheld } => {
            let values = counted(counts.values().sum(), "value");
            format!("{values} by {policy} {}, {withheld} withheld", short(digest))
        }
        Event::HostTreatment { host, policies, after, counts, withheld, .. } => {
            let values = counted(counts.values().sum(), "value");
            let policies: Vec<String> =
                policies.iter().map(|(policy, digest)| format!("{policy} {digest}")).collect();
            let by = match policies.as_slice() {
                [] => "a policy that its page did not name".to_owned(),
                policies => policies.join(", "),
            };
            let since = if *after == 0 { "its start".to_owned() } else { format!("line {after}") };
            format!("{host}: {values} by {by}, {withheld} withheld, since {since}")
        }
        Event::Forget { who, tokens, ticket, .. } => {
            format!("{who}: work-order of {} ({ticket})", counted(*tokens, "token"))
        }
        _ => String::new(),
    }
}

fn short(digest: &frostglass_audit::Digest) -> String {
    digest.to_string().get(..16).unwrap_or_default().to_owned()
}
