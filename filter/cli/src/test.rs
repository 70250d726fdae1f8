//! `frostglass test`: the policy's own tests, on real payloads.
//!
//! Each test's fields become OTLP records in protobuf and in JSON, go through the engine that hosts run, and both results
//! are read back. They must agree; `absent` is searched for in all bytes, plain and encoded, `kept` in what was read.

use crate::clock::{Clock, Machine};
use crate::explain::{Answer, shown};
use crate::failure::{Done, Failure, wrong};
use crate::field::{Field, Kind};
use crate::input::limits;
use crate::policy::{self, KeysArgument, RecipientArgument};
use crate::reader::{self, Names};
use crate::sample::{Sample, plain, samples};
use crate::screen::{Paint, counted, printable};
use frostglass_engine::policy::{Given, KeyUse, Plan, PolicyTest, TokenMode, Treatment};
use frostglass_engine::{Engine, Options, Outcome, Payload};
use frostglass_formats::{Edit, Level};
use frostglass_keys::{DEMO_KEY, Ring, TokenInfo};
use serde_json::json;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// Run a policy's own tests.
///
/// A test gives fields of one record, by selector; a bare name stands on a log record. Texts under `absent` must be nowhere
/// in what leaves, neither plain nor percent-encoded, base64, hex or JSON-escaped; texts under `kept` must be there. Where
/// no key is given, a published one stands in: tokens then show what would happen, and protect nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass test policy.yaml
  frostglass test                   the policy that is built in")]
pub(crate) struct Test {
    /// Policy whose tests to run, YAML or JSON; without it, the one that is built in.
    #[arg(value_name = "POLICY")]
    policy: Option<PathBuf>,
    /// How to say it.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Answer,
    #[command(flatten)]
    keys: KeysArgument,
    #[command(flatten)]
    recipient: RecipientArgument,
    #[command(flatten)]
    clock: Clock,
}

impl Test {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let file = self.policy.as_deref().map_or_else(policy::embedded, policy::read)?;
        let plan = Arc::new(self.recipient.narrowed(Plan::compile(file)?)?);
        let bench = Bench {
            ring: stand_in_keys(&plan, &self.keys, self.clock.now())?,
            plan: Arc::clone(&plan),
            recipient: self.recipient.name().to_owned(),
            now: self.clock.now(),
        };
        let results: Vec<Verdict> =
            plan.file().tests.iter().enumerate().map(|(at, test)| bench.test(at, test)).collect();
        let failed = results.iter().filter(|result| !result.problems.is_empty()).count();
        let out = match self.format {
            Answer::Text => text(&plan, &results, failed),
            Answer::Json => {
                let one = |result: &Verdict| {
                    json!({
                        "name": result.name, "file": plan.file().file(), "line": result.line,
                        "passed": result.problems.is_empty(), "problems": result.problems,
                        "fields": result.fields.iter().map(|(field, before, after)| {
                            json!({"field": field, "before": before, "after": after})
                        }).collect::<Vec<_>>(),
                    })
                };
                format!("{:#}\n", json!(results.iter().map(one).collect::<Vec<_>>()))
            }
        };
        std::io::stdout().lock().write_all(out.as_bytes())?;
        Ok(if failed == 0 { Done::Well } else { Done::Look })
    }
}

/// The keys that were given, and the published one in the place of each that is missing.
fn stand_in_keys(plan: &Plan, keys: &KeysArgument, now: u64) -> Result<Ring, Failure> {
    let (mut ring, _) = keys.ring(plan)?;
    for entry in plan.file().keys.iter().filter(|entry| !ring.contains(&entry.name)).collect::<Vec<_>>() {
        let name = entry.name.as_str();
        let added = match (entry.value.purpose, entry.value.rotation()) {
            (KeyUse::Seal, Some(rotation)) => {
                let epoch = rotation.epoch(now).unwrap_or(0);
                ring.add_sealing_key(name, rotation, epoch, *DEMO_PUBLIC, *DEMO_CHECK)
            }
            _ => ring.add_standalone(name, DEMO_KEY, true),
        };
        added.map_err(wrong)?;
    }
    Ok(ring)
}

/// In the place of a sealing key and its check secret. Nobody has the other half, and nobody needs it.
const DEMO_PUBLIC: &[u8; 32] = b"frostglass demo: published half.";
const DEMO_CHECK: &[u8; 32] = b"frostglass demo: published check";

/// What became of one test.
struct Verdict {
    name: String,
    line: u32,
    problems: Vec<String>,
    /// What was given, by field, before and after.
    fields: Vec<(String, String, Option<String>)>,
}

/// A value that was read back, with its field as a selector writes it.
type Read = Vec<(String, String)>;

/// What left, in one encoding.
struct Left {
    encoding: &'static str,
    bytes: Vec<u8>,
    read: Read,
}

struct Bench {
    plan: Arc<Plan>,
    recipient: String,
    ring: Ring,
    now: u64,
}

impl Bench {
    fn test(&self, at: usize, test: &PolicyTest) -> Verdict {
        let at = at.to_string();
        let line = self.plan.file().place(&["tests", &at]).line;
        let mut verdict = Verdict { name: test.name.clone(), line, problems: Vec::new(), fields: Vec::new() };
        if let Err(problem) = self.run(test, &mut verdict) {
            verdict.problems.push(problem);
        }
        verdict
    }

    fn run(&self, test: &PolicyTest, verdict: &mut Verdict) -> Result<(), String> {
        let mut given: Vec<(Field, Given)> = Vec::new();
        let mut headers: Vec<(Field, String)> = Vec::new();
        for entry in &test.given {
            let field = Field::parse(&entry.name).map_err(|error| format!("`{}` {error}", entry.name))?;
            if field.kind == Kind::Transport {
                headers.push((field, plain(&entry.value)));
            } else {
                given.push((field, entry.value.clone()));
            }
        }
        let mut left = Vec::new();
        if !given.is_empty() {
            for sample in samples(&given, Level::Log).map_err(|error| format!("a given field {error}"))? {
                left.extend(self.treat(&sample, verdict)?);
            }
        }
        if !headers.is_empty() {
            left.push(self.headers(&headers));
        }
        for (field, value) in given
            .iter()
            .map(|(field, value)| (field, plain(value)))
            .chain(headers.iter().map(|(field, value)| (field, value.clone())))
        {
            let after = left.iter().flat_map(|left| &left.read).find(|(name, _)| names(field, name));
            verdict.fields.push((field.text.clone(), value, after.map(|(_, value)| value.clone())));
        }
        for text in &test.absent {
            verdict.problems.extend(search(text, &left));
        }
        for text in &test.kept {
            for encoding in ["protobuf", "JSON", "headers"] {
                let mut of = left.iter().filter(|left| left.encoding == encoding).peekable();
                let kept = |left: &Left| {
                    left.read.iter().any(|(name, value)| value.contains(text) || name.contains(text))
                };
                if of.peek().is_some() && !of.any(kept) && (encoding != "headers" || left.len() == 1) {
                    verdict.problems.push(format!("{text:?} is not kept ({encoding})"));
                }
            }
        }
        Ok(())
    }

    /// Treats a sample in both encodings and reads what left.
    fn treat(&self, sample: &Sample, verdict: &mut Verdict) -> Result<[Left; 2], String> {
        let left = [
            self.rewrite("protobuf", sample.protobuf(), Payload::OtlpProto(sample.signal))?,
            self.rewrite("JSON", sample.json(), Payload::OtlpJson(sample.signal))?,
        ];
        let [protobuf, json] = &left;
        let drawn = self.plan.file().treatments.iter().any(|entry| {
            matches!(&entry.value, Treatment::Pseudonymize(tokens) if tokens.mode != TokenMode::Deterministic)
        });
        let sorted = |read: &Read| {
            let mut read: Read =
                read.iter().map(|(field, value)| (field.clone(), comparable(value, drawn))).collect();
            read.sort();
            read
        };
        if sorted(&protobuf.read) != sorted(&json.read) {
            verdict
                .problems
                .push("protobuf and JSON were treated differently, which is a fault of Frostglass".into());
        }
        Ok(left)
    }

    fn engine(&self) -> Engine {
        let options = Options { limits: limits(), recipient: self.recipient.clone(), ..Options::default() };
        Engine::new(Arc::clone(&self.plan), self.ring.clone(), options)
    }

    fn rewrite(&self, encoding: &'static str, payload: Vec<u8>, kind: Payload) -> Result<Left, String> {
        let mut engine = self.engine();
        let bytes = match engine.rewrite(&payload, kind, &Machine(self.now)) {
            Outcome::Unchanged => payload,
            Outcome::Rewritten(bytes) => bytes.to_vec(),
            Outcome::Withheld(withheld) => return Err(format!("the whole payload was withheld: {withheld}")),
        };
        let mut read = Vec::new();
        let mut names = Names::default();
        reader::read(&bytes, kind, &limits(), &mut names, &mut |names, id, value| {
            if let Some(seen) = names.get(id) {
                read.push((seen.text(), shown(value)));
            }
        })
        .map_err(|error| error.to_string())?;
        Ok(Left { encoding, bytes, read })
    }

    fn headers(&self, headers: &[(Field, String)]) -> Left {
        let mut engine = self.engine();
        let mut left = Left { encoding: "headers", bytes: Vec::new(), read: Vec::new() };
        for (field, value) in headers {
            let mut out = String::new();
            let value = match engine.header(field.path(), value.as_bytes(), &Machine(self.now), &mut out) {
                Edit::Keep => value.clone(),
                Edit::Drop => continue,
                _ => out,
            };
            left.bytes.extend_from_slice(format!("{}: {value}\r\n", field.path()).as_bytes());
            left.read.push((format!("transport/{}", field.path()), value));
        }
        left
    }
}

/// A value without what is drawn anew for each payload, and so differs between two encodings: the insides of seals, and of
/// tokens where the policy has some that are `drawn`.
fn comparable(value: &str, drawn: bool) -> String {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(next) = rest.chars().next() {
        let end = rest.find(|c| inside(c) != inside(next)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.push_str(match word.split_once('_') {
            Some(("sealed", _)) => "sealed_",
            Some((prefix, _)) if drawn && TokenInfo::of_shape(word).is_some() => prefix,
            _ => word,
        });
        rest = after;
    }
    out
}

/// Whether a name that was read back is that of a given field.
fn names(field: &Field, read: &str) -> bool {
    let path = match field.kind {
        Kind::BuiltIn(_) => format!("/@{}", field.path()),
        Kind::Part(_) => format!("/@body.{}", field.path()),
        Kind::Attribute | Kind::Transport => format!("/{}", field.path()),
    };
    read.split_once('/').is_some_and(|(level, _)| {
        read.strip_prefix(level) == Some(&path) && field.levels.iter().any(|known| known.word() == level)
    })
}

/// Where a text that must be absent is left, in any form.
fn search(text: &str, left: &[Left]) -> Vec<String> {
    let mut problems = Vec::new();
    for Left { encoding, bytes, read } in left {
        let values = read.iter().find(|(name, value)| value.contains(text) || name.contains(text));
        if let Some((name, _)) = values {
            problems.push(format!("{text:?} is left in {name} ({encoding})"));
            continue;
        }
        let found = forms(text).into_iter().find(|(_, form)| contains(bytes, form));
        if let Some((how, _)) = found {
            problems.push(format!("{text:?} is left, {how} ({encoding})"));
        }
    }
    problems
}

/// The forms that a text is searched for in.
fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = text.as_bytes();
    let mut forms = vec![("plain", bytes.to_vec())];
    let escaped = json!(text).to_string();
    forms.push(("JSON-escaped", escaped.trim_matches('"').as_bytes().to_vec()));
    // Encoded, fewer bytes than these are found by accident.
    if bytes.len() >= 4 {
        let percent = |upper: bool, plus: bool| {
            bytes.iter().fold(String::new(), |mut out, byte| {
                let _ = match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                        write!(out, "{}", char::from(*byte))
                    }
                    b' ' if plus => write!(out, "+"),
                    byte if upper => write!(out, "%{byte:02X}"),
                    byte => write!(out, "%{byte:02x}"),
                };
                out
            })
        };
        for (upper, plus) in [(true, false), (false, false), (true, true), (false, true)] {
            forms.push(("percent-encoded", percent(upper, plus).into_bytes()));
        }
        let hex = bytes.iter().fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        });
        forms.push(("in hex", hex.to_ascii_uppercase().into_bytes()));
        forms.push(("in hex", hex.into_bytes()));
        for shift in 0..3 {
            for alphabet in [b"+/", b"-_"] {
                forms.push(("in base64", base64(bytes, shift, *alphabet)));
            }
        }
    }
    forms
}

/// The characters of base64 that depend on these bytes alone when `shift` other bytes stand before them (RFC 4648).
fn base64(bytes: &[u8], shift: usize, last: [u8; 2]) -> Vec<u8> {
    const DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let bits = |at: usize| -> usize {
        let byte = at / 8;
        let byte = byte.checked_sub(shift).and_then(|at| bytes.get(at)).copied().unwrap_or(0);
        usize::from(byte >> (7 - at % 8) & 1)
    };
    // From the first digit that begins inside the bytes to the last one that ends inside them.
    let (first, end) = ((shift * 8).div_ceil(6), (shift + bytes.len()) * 8 / 6);
    (first..end)
        .map(|digit| (0..6).fold(0, |value, bit| value << 1 | bits(digit * 6 + bit)))
        .map(|value| DIGITS.get(value).or_else(|| last.get(value.wrapping_sub(62))).copied().unwrap_or(b'='))
        .collect()
}

fn contains(bytes: &[u8], form: &[u8]) -> bool {
    form.is_empty() || bytes.windows(form.len()).any(|window| window == form)
}

fn text(plan: &Plan, results: &[Verdict], failed: usize) -> String {
    let paint = Paint::stdout();
    let mut out = String::new();
    for result in results {
        if result.problems.is_empty() {
            let _ = writeln!(out, "{}      {}", paint.green("ok"), printable(&result.name));
            continue;
        }
        let place = format!("{}:{}", plan.file().file(), result.line);
        let _ = writeln!(out, "{}  {}  {}", paint.red("FAILED"), printable(&result.name), paint.dim(place));
        for problem in &result.problems {
            let _ = writeln!(out, "    {}", paint.red(printable(problem)));
        }
        for (field, before, after) in &result.fields {
            let _ = writeln!(out, "      {}", printable(field));
            let _ = writeln!(out, "        {} {}", paint.red("-"), printable(before));
            let after = after.as_deref().map_or_else(|| "(gone)".to_owned(), printable);
            let _ = writeln!(out, "        {} {after}", paint.green("+"));
        }
    }
    if results.is_empty() {
        let _ = writeln!(out, "{} has no tests", plan.file().file());
    } else {
        let _ = writeln!(out, "{}, {failed} failed", counted(results.len() as u64, "test"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: base64 of a text with none, one and two bytes before it.
    /// Guarantees: the form for that shift is part of it.
    #[test]
    fn base64_is_found_at_any_shift() {
        // `openssl base64` of "ann@example.org", "xann@example.org" and "xyann@example.org".
        for (shift, encoded) in
            [(0, "YW5uQGV4YW1wbGUub3Jn"), (1, "eGFubkBleGFtcGxlLm9yZw=="), (2, "eHlhbm5AZXhhbXBsZS5vcmc=")]
        {
            let form = base64(b"ann@example.org", shift, *b"+/");
            assert!(form.len() >= 19 && contains(encoded.as_bytes(), &form), "{shift}");
        }
    }
}
