//! `frostglass scrub`: treats a file as a host would treat what passes through it.

use crate::audit::TrailArguments;
use crate::clock::{Clock, Machine};
use crate::failure::{Done, Failure};
use crate::files::NewFile;
use crate::input::{Cut, FormatArguments, Input, LARGEST, limits, signal_of};
use crate::policy::{KeysArgument, PolicyArgument};
use crate::screen::{self, counted};
use crate::treated::Treated;
use frostglass_engine::{Engine, OnWithheld, Options, Outcome, Payload, Tally};
use frostglass_formats::compression::snap;
use frostglass_formats::lines::split_point;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Treat a file by a policy, as Envoy would treat what passes through it.
///
/// Reads OTLP (protobuf, JSON), JSON, NDJSON or text, plain, gzip or zstd, and writes the same format. A summary of what was
/// done goes to standard error, without a value. What cannot be treated is not written; with -o, either the whole result
/// takes the file's place or nothing does.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass scrub traces.json                             OTLP/JSON says itself what it is
  frostglass scrub -f otlp-proto -s logs batch.pb -o clean.pb
  journalctl -o cat | frostglass scrub -f text -           a stream of lines, treated as it comes
  frostglass scrub -p policy.yaml app.ndjson.gz > clean.ndjson")]
pub(crate) struct Scrub {
    /// File to treat, or - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    format: FormatArguments,
    #[command(flatten)]
    policy: PolicyArgument,
    #[command(flatten)]
    keys: KeysArgument,
    /// Write the result here instead of to standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Who gets the result, as in the configuration of a host: tokens differ between recipients.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    recipient: String,
    /// Whose data it is: tokens differ between tenants.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    tenant: String,
    /// Write nothing when a single record must be withheld, instead of leaving that record out.
    #[arg(long)]
    strict: bool,
    /// Say nothing but errors.
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    trail: TrailArguments,
    #[command(flatten)]
    clock: Clock,
}

/// Bytes of a stream that are treated at once.
const CHUNK: usize = 1 << 20;

/// Longest line of a stream, in bytes.
const LONGEST_LINE: usize = 64 << 20;

impl Scrub {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let plan = Arc::new(self.policy.plan()?.for_recipient(&self.recipient)?);
        // A trail that cannot be continued is known before anything is written.
        self.trail.trail().map(|trail| trail.open()).transpose()?;
        let (ring, missing) = self.keys.ring(&plan)?;
        if !self.quiet {
            missing.iter().for_each(|text| screen::notice(text));
            self.keys.out_of_time(&plan, self.clock.now())?.iter().for_each(|text| screen::notice(text));
        }
        let mut input = Input::open(&self.file)?;
        let cut = input.cut(&self.format)?;
        let on_withheld = if self.strict { OnWithheld::Reject } else { OnWithheld::Drop };
        let options = Options {
            recipient: self.recipient.clone(),
            tenant: self.tenant.clone(),
            limits: limits(),
            on_withheld,
        };
        let mut work = Work {
            engine: Engine::new(plan, ring, options),
            clock: self.clock,
            name: input.name.clone(),
            output: match &self.output {
                Some(path) => Output::File(NewFile::create(path)?),
                None => Output::Stdout,
            },
            snapped: false,
            sum: Sum::default(),
            progress: Progress::new(!self.quiet && input.size.is_none_or(|size| size > 8 << 20), input.size),
        };
        let done = work.run(&mut input, cut);
        work.progress.clear();
        done?;
        self.trail.tell(&work.sum.treated.event(work.engine.plan())?)?;
        if let Output::File(file) = work.output {
            file.place()?;
        }
        if !self.quiet {
            work.sum.tell();
        }
        Ok(if work.sum.treated.tally.rejected() > 0 { Done::Look } else { Done::Well })
    }
}

enum Output {
    File(NewFile),
    Stdout,
}

struct Work {
    engine: Engine,
    clock: Clock,
    name: String,
    output: Output,
    /// Whether what is written is a block of snappy.
    snapped: bool,
    sum: Sum,
    progress: Progress,
}

impl Work {
    fn run(&mut self, input: &mut Input, cut: Cut) -> Result<(), Failure> {
        match cut {
            Cut::Whole(kind) => {
                let all = input.rest()?;
                self.treat(&all, kind, 0)
            }
            Cut::Snapped(kind) => {
                let all = input.unsnapped()?;
                self.snapped = true;
                self.treat(&all, kind, 0)
            }
            Cut::Lines(kind) => self.stream(
                input,
                &|chunk| chunk.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1),
                kind,
                true,
            ),
            Cut::Stream(kind) => self.stream(input, &split_point, kind, false),
        }
    }

    /// Treats pieces that end where `split` says; with `single`, each line of a piece as a payload of its own.
    fn stream(
        &mut self,
        input: &mut Input,
        split: &dyn Fn(&[u8]) -> Option<usize>,
        kind: Payload,
        single: bool,
    ) -> Result<(), Failure> {
        let mut waiting = Vec::new();
        let mut passed = 0;
        let mut wanted = CHUNK;
        loop {
            let goes_on = input.more(&mut waiting, CHUNK)?;
            let end = if !goes_on {
                waiting.len()
            } else if waiting.len() >= wanted {
                match split(&waiting) {
                    Some(end) => end,
                    None if waiting.len() >= LONGEST_LINE => {
                        return Err(Failure::Stopped(format!(
                            "{}: a line at byte {passed} is longer than {LONGEST_LINE} bytes",
                            self.name
                        )));
                    }
                    None => {
                        // Looking again costs the whole piece, so it waits until there is much more of it.
                        wanted = waiting.len().saturating_mul(2);
                        continue;
                    }
                }
            } else {
                continue;
            };
            let piece = waiting.get(..end).unwrap_or_default();
            if single {
                let mut at = passed;
                for line in piece.split_inclusive(|byte| *byte == b'\n') {
                    let text = line.trim_ascii_end();
                    if !text.is_empty() {
                        // A file of a Collector may hold all signals, and profiles, which no walker of files knows.
                        if text.starts_with(b"{\"resourceProfiles\"") {
                            return Err(Failure::Stopped(format!(
                                "{}: profiles in the line at byte {at}: take those lines out, which only the Collector treats",
                                self.name
                            )));
                        }
                        self.treat(text, signal_of(text).map_or(kind, Payload::OtlpJson), at)?;
                    }
                    self.write(line.get(text.len()..).unwrap_or_default())?;
                    at += line.len() as u64;
                }
            } else if !piece.is_empty() {
                self.treat(piece, kind, passed)?;
            }
            passed += end as u64;
            waiting.drain(..end);
            wanted = CHUNK;
            self.progress.at(passed);
            if !goes_on {
                return Ok(());
            }
        }
    }

    fn treat(&mut self, payload: &[u8], kind: Payload, at: u64) -> Result<(), Failure> {
        let now = self.clock.now();
        let treated = match self.engine.rewrite(payload, kind, &Machine(now)) {
            Outcome::Unchanged => payload,
            Outcome::Rewritten(bytes) => bytes,
            Outcome::Withheld(withheld) => {
                let place =
                    if at == 0 { String::new() } else { format!(", in the part that begins at byte {at}") };
                return Err(Failure::Stopped(format!("{}: withheld: {withheld}{place}", self.name)));
            }
        };
        match self.snapped {
            false => write(&mut self.output, treated)?,
            true => {
                let packed =
                    snap(treated).map_err(|error| Failure::Stopped(format!("{}: {error}", self.name)))?;
                write(&mut self.output, &packed)?;
            }
        }
        self.sum.add(payload.len(), treated.len(), self.engine.tally());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        write(&mut self.output, bytes)
    }
}

fn write(output: &mut Output, bytes: &[u8]) -> Result<(), Failure> {
    match output {
        Output::File(file) => file.write(bytes),
        Output::Stdout => Ok(stdout().lock().write_all(bytes)?),
    }
}

/// What was done, in all.
#[derive(Debug, Default)]
struct Sum {
    read: u64,
    written: u64,
    treated: Treated,
}

impl Sum {
    fn add(&mut self, read: usize, written: usize, tally: &Tally) {
        self.read += read as u64;
        self.written += written as u64;
        self.treated.add(tally);
    }

    fn tell(&self) {
        let paint = screen::Paint::stderr();
        let Tally { fields, treated, withheld, records_dropped, merged } = &self.treated.tally;
        screen::say(&format!(
            "{} seen, {} bytes in, {} bytes out",
            counted(*fields, "field"),
            self.read,
            self.written
        ));
        let mut rows: Vec<_> = treated.iter().collect();
        rows.sort_by_key(|(key, count)| (std::cmp::Reverse(*count), **key));
        for ((class, treatment), count) in rows {
            let class = class.map_or("(no class)", |class| class.word());
            screen::say(&format!("  {:>8}  {class:<12} {treatment}", count));
        }
        if *merged > 0 {
            screen::say(&format!("  {merged:>8}  data points merged into others that became alike"));
        }
        for (reason, count) in withheld.iter() {
            screen::say(&paint.yellow(format!("  {count:>8}  withheld: {}", reason.word())));
        }
        for (reason, count) in records_dropped.iter() {
            screen::say(&paint.yellow(format!("  {count:>8}  records left out: {}", reason.word())));
        }
    }
}

/// How far a long run is, on a terminal.
#[derive(Debug)]
struct Progress {
    on: bool,
    size: Option<u64>,
    last: Instant,
    shown: bool,
}

impl Progress {
    fn new(wanted: bool, size: Option<u64>) -> Self {
        Self { on: wanted && stderr().is_terminal(), size, last: Instant::now(), shown: false }
    }

    fn at(&mut self, bytes: u64) {
        if !self.on || self.last.elapsed() < Duration::from_millis(200) {
            return;
        }
        self.last = Instant::now();
        self.shown = true;
        let share = self.size.filter(|size| *size > 0).map_or(String::new(), |size| {
            format!(" of {} MB, {} %", size / 1_000_000, bytes.saturating_mul(100) / size)
        });
        let _ = write!(stderr(), "\r\x1b[K{} MB{share}", bytes / 1_000_000);
    }

    fn clear(&mut self) {
        if self.shown {
            let _ = write!(stderr(), "\r\x1b[K");
            self.shown = false;
        }
    }
}

const _: () = assert!(LONGEST_LINE < LARGEST);
