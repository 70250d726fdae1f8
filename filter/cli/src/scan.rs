//! `frostglass scan`: detectors on texts from standard input, one JSON line a text.

use crate::audit::TrailArguments;
use crate::clock::{Clock, Machine};
use crate::failure::{Done, Failure, wrong};
use crate::input::limits;
use crate::opened;
use crate::policy::scanner;
use crate::policy::{self, KeysArgument, RecipientArgument};
use crate::screen;
use crate::treated::Treated;
use frostglass_engine::detect::{Explanation, FieldContext, Hits, Scanner, Selection};
use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, Options, Outcome, Payload};
use frostglass_formats::Limits;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::{BufRead, BufReader, BufWriter, Read, Write, stdin, stdout};
use std::path::PathBuf;
use std::sync::Arc;

/// Find sensitive values in texts: JSON lines in, JSON lines out.
///
/// What stands behind percent escapes, in strings of JSON and in base64 is found, too.
///
/// Each line of standard input is {"id": …, "text": "…"}; the id may be any single JSON value and is handed back. Each line of
/// output is {"id", "findings": [{"entity", "start", "end"}], "output"}, with byte offsets into the text as UTF-8.
///
/// Without --policy, all built-in detectors run, and in the output `[entity]` stands for each finding, as in
/// `mail to [email]`. With --policy, the policy's own detectors run too, and the output is the text as the policy would
/// let it out as the body of a log record; it is null when nothing of it would be left.
///
/// With --explain, each answer also has "explanation": what became of each candidate, and why what looked like a value was
/// not taken for one, with the place where a detector looked. Places without a candidate were looked at by none.
///
/// A line that cannot be read is answered by {"error", "line"}, and the rest goes on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ echo '{\"id\": 1, \"text\": \"mail to ann@example.org\"}' | frostglass scan
  {\"id\":1,\"findings\":[{\"entity\":\"email\",\"start\":8,\"end\":23}],\"output\":\"mail to [email]\"}")]
pub(crate) struct Scan {
    /// Policy whose detectors and treatments are used, YAML or JSON.
    #[arg(short, long, value_name = "FILE")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    keys: KeysArgument,
    #[command(flatten)]
    recipient: RecipientArgument,
    /// Say why something was found or not.
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    trail: TrailArguments,
    #[command(flatten)]
    clock: Clock,
}

/// Longest line that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// What a line is not, and where what it may be instead is read.
const NO_JSON: &str = "not JSON: each line is {\"id\": 1, \"text\": \"…\"}; lines of logs are what `frostglass scrub --format text` reads";

#[derive(Deserialize)]
struct Question<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    text: Cow<'a, str>,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a RawValue,
    findings: &'a [Entity<'a>],
    output: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Vec<Told<'a>>>,
}

#[derive(Serialize)]
struct Told<'a> {
    entity: &'a str,
    start: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<u8>,
    because: &'static str,
}

#[derive(Serialize)]
struct Entity<'a> {
    entity: &'a str,
    start: usize,
    end: usize,
}

#[derive(Serialize)]
struct Refusal {
    error: &'static str,
    line: u64,
}

impl Scan {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        if self.policy.is_none() && !self.recipient.name().is_empty() {
            return Err(wrong("--recipient is one of a policy's: say --policy"));
        }
        if self.policy.is_none() && self.trail.audit.is_some() {
            return Err(wrong("--audit tells what a policy treated: say --policy"));
        }
        // A trail that cannot be continued is known before anything is written.
        self.trail.trail().map(|trail| trail.open()).transpose()?;
        let mut treating = None;
        let scanner = match &self.policy {
            None => Scanner::new(&Selection::All, Vec::new()).map_err(wrong)?,
            Some(path) => {
                let plan = Arc::new(self.recipient.narrowed(Plan::compile(policy::read(path)?)?)?);
                let scanner = scanner(&plan)?;
                let (ring, missing) = self.keys.ring(&plan)?;
                missing.iter().for_each(|text| screen::notice(text));
                let recipient = self.recipient.name().to_owned();
                let options = Options { limits: limits(), recipient, ..Options::default() };
                treating = Some(Engine::new(plan, ring, options));
                scanner
            }
        };
        let entities: Vec<String> = scanner.detectors().map(|spec| spec.name.to_string()).collect();
        let mut work = Work {
            scanner,
            entities,
            treating,
            treated: Treated::default(),
            explain: self.explain,
            now: self.clock.now(),
            limits: limits(),
            hits: Hits::new(),
            output: String::new(),
        };
        let mut out = BufWriter::with_capacity(1 << 16, stdout().lock());
        let done = work.run(&mut BufReader::with_capacity(1 << 16, stdin()), &mut out)?;
        if let Some(engine) = &work.treating {
            self.trail.tell(&work.treated.event(engine.plan())?)?;
        }
        Ok(done)
    }
}

struct Work {
    scanner: Scanner,
    entities: Vec<String>,
    treating: Option<Engine>,
    /// What was treated so far.
    treated: Treated,
    explain: bool,
    now: u64,
    limits: Limits,
    hits: Hits,
    output: String,
}

impl Work {
    fn run(&mut self, input: &mut BufReader<impl Read>, out: &mut impl Write) -> Result<Done, Failure> {
        let failed =
            |error: std::io::Error| Failure::Stopped(format!("standard input: cannot be read: {error}"));
        let mut line = Vec::new();
        let mut number = 0;
        let mut done = Done::Well;
        loop {
            line.clear();
            // Before waiting for more input, what is known goes out: a program may wait for its answer.
            if input.buffer().is_empty() {
                out.flush()?;
            }
            if input.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(failed)? == 0 {
                out.flush()?;
                return Ok(done);
            }
            number += 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            if line.len() as u64 == LONGEST && line.last() != Some(&b'\n') {
                skip_line(input).map_err(failed)?;
                refuse("longer than 64 MiB", number, out)?;
                done = Done::Look;
                continue;
            }
            if let Err(error) = self.answer(&line, out)? {
                refuse(error, number, out)?;
                done = Done::Look;
            }
        }
    }

    fn answer(&mut self, line: &[u8], out: &mut dyn Write) -> Result<Result<(), &'static str>, Failure> {
        let Ok(line) = std::str::from_utf8(line) else { return Ok(Err("not UTF-8")) };
        let question: Question<'_> = match serde_json::from_str(line) {
            Ok(question) => question,
            // The parser's own words may quote the line.
            Err(_) if serde_json::from_str::<serde::de::IgnoredAny>(line).is_err() => {
                return Ok(Err(NO_JSON));
            }
            Err(_) => return Ok(Err("not an object with `id` and a string `text`")),
        };
        if question.id.get().starts_with(['{', '[']) {
            return Ok(Err("`id` is not a single value"));
        }
        let text = &*question.text;
        self.scanner.find(text, FieldContext::default(), &mut self.hits);
        let mut found = self.hits.to_vec();
        opened::add(&self.scanner, text, &self.limits, &mut found);
        let mut findings = Vec::new();
        let mut at = 0;
        self.output.clear();
        for hit in &found {
            let entity = self.entities.get(usize::from(hit.detector)).map_or("finding", String::as_str);
            findings.push(Entity { entity, start: hit.start, end: hit.end });
            self.output.push_str(text.get(at..hit.start).unwrap_or_default());
            self.output.push('[');
            self.output.push_str(entity);
            self.output.push(']');
            at = hit.end;
        }
        self.output.push_str(text.get(at..).unwrap_or_default());
        let output = match &mut self.treating {
            None => Some(self.output.as_str()),
            Some(engine) => {
                let left = match engine.rewrite(text.as_bytes(), Payload::Text, &Machine(self.now)) {
                    Outcome::Unchanged => Some(text),
                    Outcome::Rewritten([]) if !text.is_empty() => None,
                    Outcome::Rewritten(bytes) => {
                        self.output.clear();
                        self.output.push_str(std::str::from_utf8(bytes).unwrap_or_default());
                        Some(self.output.as_str())
                    }
                    Outcome::Withheld(_) => None,
                };
                self.treated.add(engine.tally());
                left
            }
        };
        let entities = &self.entities;
        let told = |told: Explanation| Told {
            entity: entities.get(usize::from(told.detector)).map_or("finding", String::as_str),
            start: told.start,
            end: (told.end > told.start).then_some(told.end),
            confidence: (told.end > told.start).then_some(told.confidence),
            because: told.because,
        };
        let explanation = self
            .explain
            .then(|| self.scanner.explain(text, FieldContext::default()).into_iter().map(told).collect());
        let answer = Answer { id: question.id, findings: &findings, output, explanation };
        serde_json::to_writer(&mut *out, &answer).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        Ok(Ok(()))
    }
}

fn refuse(error: &'static str, line: u64, out: &mut dyn Write) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, &Refusal { error, line }).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Passes the rest of a line by.
fn skip_line(input: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}
