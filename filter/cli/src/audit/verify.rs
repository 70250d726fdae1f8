//! `frostglass audit verify`: what was done to a chain, line by line.

use super::public_key;
use crate::failure::{Done, Failure, wrong};
use crate::screen::{self, Paint, counted};
use frostglass_audit::{Kept, Report, Volume, verify};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;

/// Check that no line of a chain was deleted, edited, moved or cut off.
///
/// Faults are printed with their line, and the exit code is 1. An end that was removed can be seen against a kept checkpoint
/// alone: without --checkpoint, it is said how many lines nothing signs.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  frostglass audit verify audit.jsonl --public-key audit.jsonl.pub --checkpoint checkpoint.json")]
pub(super) struct Verify {
    /// The chain's file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Public key of the chain, from a place that whoever writes the chain cannot write.
    #[arg(short = 'k', long, value_name = "FILE")]
    public_key: PathBuf,
    /// The last checkpoint that you kept: all lines up to it must stand as they stood.
    #[arg(short, long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

impl Verify {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let key = public_key(&self.public_key)?;
        let kept = match &self.checkpoint {
            None => None,
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| Failure::file(path, "cannot be read", &error))?;
                let kept = Kept::parse(&text, &key);
                Some(kept.map_err(|error| wrong(format!("{}: {error}", path.display())))?)
            }
        };
        let unreadable = |error| Failure::file(&self.file, "cannot be read", &error);
        let file = File::open(&self.file).map_err(unreadable)?;
        let mut volume = Volume::default();
        let report = verify(BufReader::new(file), &key, kept.as_ref(), |line| volume.see(&line.entry))
            .map_err(unreadable)?;
        let paint = Paint::stdout();
        let mut out = std::io::stdout().lock();
        let name = self.file.display();
        for fault in &report.faults {
            writeln!(out, "{name}:{}: {}", fault.line, paint.red(&fault.problem))?;
        }
        if report.faults_in_all > report.faults.len() as u64 {
            writeln!(out, "… and {} more", report.faults_in_all - report.faults.len() as u64)?;
        }
        writeln!(out, "{}", summary(&report, paint))?;
        for line in report.clock_set_back.iter().take(10) {
            screen::notice(&format!("{name}:{line}: the clock was set back before this line"));
        }
        if kept.is_none() {
            screen::notice(
                "without a kept checkpoint (--checkpoint), an end that was removed cannot be seen",
            );
        }
        let unusual = volume.days().into_iter().filter(|day| day.is_unusual()).count() as u64;
        if unusual > 0 {
            let days = counted(unusual, "unusual day");
            screen::notice(&format!("{days} of reveals; `frostglass audit report {name}` shows them"));
        }
        Ok(if report.faults_in_all > 0 { Done::Look } else { Done::Well })
    }
}

/// Lines, checkpoints and faults of a chain.
pub(super) fn summary(report: &Report, paint: Paint) -> String {
    let last = report
        .last
        .map_or("no checkpoint".to_owned(), |(seq, time)| format!("last checkpoint at line {seq}, {time}"));
    format!(
        "{}, {}, {last}, {} after it: {}",
        counted(report.lines, "line"),
        counted(report.checkpoints, "checkpoint"),
        report.unsigned(),
        match report.faults_in_all {
            0 => paint.green("no fault"),
            faults => paint.red(counted(faults, "fault")),
        }
    )
}
