//! `frostglass synth`: labelled telemetry of an invented shop, to try policies, attacks and floors on.
//!
//! Promises: the same seed and options give the same bytes; memory does not grow with the number of requests; nobody real is
//! in it. Everything is a function of the seed and a number, so the three signals of one seed belong together.

mod batch;
mod canary;
mod chance;
mod draft;
mod people;
mod request;
mod shop;
mod truth;

use crate::clock;
use crate::failure::{Done, Failure, wrong};
use crate::files::NewFile;
use crate::input::SignalWord;
use crate::screen::{self, counted};
use batch::Window;
use chance::{Seed, Subject};
use clap::ValueEnum;
use draft::Trace;
use frostglass_engine::policy::Period;
use frostglass_formats::Signal;
use request::Request;
use std::io::{Write as _, stdout};
use std::path::PathBuf;

/// Make telemetry of invented persons, with labels that say what is in it.
///
/// A shop's services call one another for persons who come back in sessions: traces, logs that belong to them, or metrics with
/// exemplars, as OTLP. With --labels, a second file says which field of which record tells what of whom. Names, mailboxes
/// (example.org, example.net), phone numbers (555-01xx) and addresses (198.18.0.0/15, 2001:db8::/32) are nobody's.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass synth -o traces.json --labels labels.json
  frostglass synth -s logs --requests 100000 --persons 20000 --seed 7 -o logs.json
  frostglass synth -s metrics -f otlp-proto -o metrics.pb
  frostglass synth --canaries 40 | frostglass scrub -p policy.yaml -

A line of labels: {\"record\": 3, \"field\": \"span/user.email\", \"kind\": \"email\", \"class\": \"direct-id\",
\"value\": …, \"coding\": \"plain\", \"person\": 12, \"session\": 4, \"canary\": false, \"signal\": \"traces\"}.
Records (spans, log records, data points) are counted from zero in the order of the file.")]
pub(crate) struct Synth {
    /// What the chances depend on.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Persons in the population; a few of them are most active.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=MOST))]
    persons: u64,
    /// Visits of persons; without it, one for eight requests.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=MOST))]
    sessions: Option<u64>,
    /// Requests that persons make; each is a trace.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=MOST))]
    requests: u64,
    /// Requests that one export request covers.
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    batch: u64,
    /// Which signal of the shop.
    #[arg(short, long, value_name = "SIGNAL", default_value = "traces")]
    signal: SignalWord,
    /// How it is written: export requests in JSON, one a line, or one export request in protobuf.
    #[arg(short, long, value_name = "FORMAT", default_value = "otlp-json")]
    format: Encoding,
    /// When the first request comes: RFC 3339 in UTC, or nanoseconds since 1970.
    #[arg(long, value_name = "TIME", default_value = "2026-01-05T08:00:00Z", value_parser = clock::read)]
    start: u64,
    /// How long requests come.
    #[arg(long, value_name = "PERIOD", default_value = "1h", value_parser = Period::parse)]
    span: Period,
    /// Values that stand nowhere else, to be hunted in what is left: this many, spread over the requests.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    canaries: u64,
    /// Write here what the telemetry holds of whom, as JSON lines.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Write the telemetry here instead of to standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Say nothing but errors.
    #[arg(short, long)]
    quiet: bool,
}

/// Most persons, sessions and requests: numbers beyond it would not fit the ids that are made of them.
const MOST: u64 = 1_000_000_000;

/// How the telemetry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Encoding {
    /// Export requests in JSON, one a line
    OtlpJson,
    /// One export request in protobuf
    OtlpProto,
}

/// Sessions that overlap at any time.
const AT_ONCE: u64 = 8;

/// The part of the time in which payments are broken, in hundredths.
const INCIDENT: std::ops::Range<u64> = 55..65;

impl Synth {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        if self.canaries > self.requests {
            return Err(wrong("--canaries: a request carries one at most; ask for more --requests"));
        }
        let period = u128::from(self.span.seconds()) * 1_000_000_000;
        if u128::from(self.start) + 2 * period > i64::MAX as u128 {
            return Err(wrong("--start and --span: lie too far ahead"));
        }
        let signal = Signal::from(self.signal);
        let mut output = match &self.output {
            Some(path) => Output::File(NewFile::create(path)?),
            None => Output::Stdout(std::io::BufWriter::new(stdout().lock())),
        };
        let mut labels = self.labels.as_deref().map(NewFile::create).transpose()?;
        let (mut records, mut labelled) = (0u64, 0u64);
        let mut first = 0;
        while first < self.requests {
            let last = (first + self.batch).min(self.requests);
            let traces = (first..last).map(|number| self.trace(number)).collect();
            let window = Window { start: self.moment(first), end: self.moment(last) };
            let export = batch::export(signal, traces, window);
            let mut bytes = Vec::new();
            match self.format {
                Encoding::OtlpProto => export.request.write(&mut bytes),
                Encoding::OtlpJson => {
                    bytes = export.request.json().to_string().into_bytes();
                    bytes.push(b'\n');
                }
            }
            output.write(&bytes)?;
            for own in &export.records {
                if let Some(file) = &mut labels {
                    for (whose, label) in own {
                        file.write(label.line(signal, records, *whose).as_bytes())?;
                        file.write(b"\n")?;
                        labelled += 1;
                    }
                }
                records += 1;
            }
            first = last;
        }
        output.finish()?;
        if let Some(file) = labels {
            file.place()?;
        }
        if !self.quiet {
            let what = match signal {
                Signal::Logs => "log record",
                Signal::Traces => "span",
                Signal::Metrics => "data point",
            };
            let labels = if self.labels.is_some() {
                format!(", {}", counted(labelled, "label"))
            } else {
                String::new()
            };
            screen::say(&format!(
                "{}, {}{labels}",
                counted(self.requests, "request"),
                counted(records, what)
            ));
        }
        Ok(Done::Well)
    }

    /// The trace of a request.
    fn trace(&self, number: u64) -> Trace {
        let seed = Seed(self.seed);
        let mut chance = seed.stream(Subject::Moment, number);
        let sessions = self.sessions.unwrap_or((self.requests / 8).max(1));
        // Sessions come one behind the other, a few at once.
        let about = (u128::from(number) * u128::from(sessions) / u128::from(self.requests)) as u64;
        let session = (about + chance.below(AT_ONCE)).saturating_sub(AT_ONCE / 2).min(sessions - 1);
        let (from, to) = (self.moment(number), self.moment(number + 1));
        let start = from + chance.below(to - from);
        let part = u128::from(number) * 100 / u128::from(self.requests);
        let incident = INCIDENT.contains(&(part as u64));
        let request = Request { number, start, session, persons: self.persons, incident };
        request::trace(seed, request, canary::of_request(seed, number, self.canaries, self.requests).as_ref())
    }

    /// When the turn of a request begins, in nanoseconds since 1970.
    fn moment(&self, number: u64) -> u64 {
        let period = u128::from(self.span.seconds()) * 1_000_000_000;
        self.start + (period * u128::from(number) / u128::from(self.requests)) as u64
    }
}

enum Output {
    File(NewFile),
    Stdout(std::io::BufWriter<std::io::StdoutLock<'static>>),
}

impl Output {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Stdout(out) => Ok(out.write_all(bytes)?),
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Self::File(file) => file.place(),
            Self::Stdout(mut out) => Ok(out.flush()?),
        }
    }
}
