//! `frostglass audit report`: who had how much revealed, and what of it is unusual.

use crate::failure::{Done, Failure};
use crate::screen::{Paint, counted};
use frostglass_audit::{Digest, Entry, Event, Volume, Word, verify};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;

/// Show who asked for how many values on which day, and flag what is unusual.
///
/// A reveal that names a second person is flagged where no line of this chain tells that this person lent for its request.
///
/// A day of a person is unusual when it has more than 10 values and more than the median of that person's days with reveals in
/// the 30 days before, plus six median absolute deviations, and more than three medians. A person with fewer than five such
/// days is measured by everybody's; with fewer than five in all, more than 10 values are unusual. The exit code is 1 when
/// something is.
#[derive(Debug, clap::Args)]
pub(super) struct Report {
    /// The chain's file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Public key of the chain.
    #[arg(short = 'k', long, value_name = "FILE")]
    public_key: PathBuf,
    /// Show unusual days alone.
    #[arg(short, long)]
    unusual: bool,
}

impl Report {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let mut volume = Volume::default();
        let key = super::public_key(&self.public_key)?;
        let unreadable = |error| Failure::file(&self.file, "cannot be read", &error);
        let file = File::open(&self.file).map_err(unreadable)?;
        let mut lent = Lent::default();
        let checked = verify(BufReader::new(file), &key, None, |line| {
            volume.see(&line.entry);
            lent.see(&line.entry);
        });
        if let Some(fault) = checked.map_err(unreadable)?.faults.first() {
            let name = self.file.display();
            return Err(Failure::Stopped(format!("{name}: does not verify: {fault}; nothing is counted")));
        }
        let (paint, mut out) = (Paint::stdout(), std::io::stdout().lock());
        let mut done = Done::Well;
        for day in volume.days() {
            if self.unusual && !day.is_unusual() {
                continue;
            }
            let date = day.day.to_string();
            let date = date.split('T').next().unwrap_or_default();
            let (requests, values) = (counted(day.requests, "request"), counted(day.values, "value"));
            let told = format!("{date}  {:<16} {requests:>12} {values:>12}", day.who);
            if day.is_unusual() {
                done = Done::Look;
                let compared = match day.compared {
                    0 => "nothing to compare with yet".to_owned(),
                    days => format!("by {} before", counted(days, "day")),
                };
                let flag = format!("unusual: more than {} ({compared})", day.usual);
                writeln!(out, "{told}  {}", paint.yellow(flag))?;
            } else {
                writeln!(out, "{told}")?;
            }
        }
        for (seq, who) in &lent.untold {
            done = Done::Look;
            let flag = paint.yellow(format!("names {who} as the second person"));
            writeln!(out, "entry {seq} {flag}, and no line before it tells that {who} lent for its request")?;
        }
        Ok(done)
    }
}

/// Which second persons lent for which requests, and which reveals name one that did not.
#[derive(Default)]
struct Lent {
    told: BTreeSet<(Digest, Word)>,
    untold: Vec<(u64, Word)>,
}

impl Lent {
    fn see(&mut self, entry: &Entry) {
        match &entry.event {
            Some(Event::Approval(approval)) => {
                self.told.insert((approval.request, approval.who.clone()));
            }
            Some(Event::Reveal(reveal)) => {
                // Lines of earlier versions have no request: nothing tells.
                let Some(request) = reveal.request else { return };
                let untold =
                    reveal.approved_by.iter().filter(|who| !self.told.contains(&(request, (*who).clone())));
                self.untold.extend(untold.map(|who| (entry.seq, who.clone())));
            }
            _ => {}
        }
    }
}
