//! `frostglass audit show`: a chain for people, one line an entry.

use crate::failure::{Done, Failure, wrong};
use crate::screen::{Paint, counted, printable};
use frostglass_audit::{Entry, Event, KINDS, next_line};
use frostglass_engine::policy::suggest;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;

/// Show what a chain tells, without verifying it.
///
/// Lines that cannot be read are said to be so, and the exit code is 1.
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The chain's file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Show events of this kind alone, such as reveal or key-issued.
    #[arg(short, long, value_name = "EVENT")]
    event: Option<String>,
    /// Show the last N entries alone.
    #[arg(short = 'n', long, value_name = "N")]
    last: Option<usize>,
}

impl Show {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let unreadable = |error| Failure::file(&self.file, "cannot be read", &error);
        let mut source = BufReader::new(File::open(&self.file).map_err(unreadable)?);
        let (mut out, paint) = (std::io::stdout().lock(), Paint::stdout());
        let (mut number, mut done, mut buffer) = (0_u64, Done::Well, Vec::new());
        let (mut kept, mut any) = (VecDeque::new(), false);
        while let Some(line) = next_line(&mut source, &mut buffer).map_err(unreadable)? {
            number += 1;
            let told = match line {
                Ok(line) if self.event.as_ref().is_some_and(|event| *event != line.entry.name) => continue,
                Ok(line) => {
                    any = true;
                    let Entry { seq, time, name, event, .. } = &line.entry;
                    let told = event.as_ref().map_or_else(
                        || "(of a later version)".to_owned(),
                        |event| printable(&sentence(event)),
                    );
                    format!("{} {seq:>6}  {:<14} {told}", paint.dim(time), printable(name))
                }
                Err(error) => {
                    done = Done::Look;
                    paint.red(format!("line {number} {error}"))
                }
            };
            match self.last {
                None => writeln!(out, "{told}")?,
                Some(most) => {
                    kept.push_back(told);
                    if kept.len() > most {
                        kept.pop_front();
                    }
                }
            }
        }
        for told in kept {
            writeln!(out, "{told}")?;
        }
        // A later version may have told of events that this one does not know; then they are there.
        if let Some(event) = self.event.filter(|event| !any && !KINDS.contains(&event.as_str())) {
            let known = || format!("there are {}", KINDS.join(", "));
            let meant = suggest(&event, &KINDS).map_or_else(known, |near| format!("did you mean {near}?"));
            return Err(wrong(format!("--event: no kind of event has that name; {meant}")));
        }
        Ok(done)
    }
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
        Event::KeyDestroyed { key, epoch: number } => epoch(key, *number),
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
            format!(
                "{} as {} for {}: {} ({}){approved}, {}: {}",
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
            let since = if *after == 0 { "its start".to_owned() } else { format!("line {after}") };
            format!("{host}: {values} by {}, {withheld} withheld, since {since}", policies.join(", "))
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
