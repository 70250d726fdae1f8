//! `frostglass discover`: fields that nobody classed, what they seem to be, and lines for the catalog.
//!
//! Values are looked at and forgotten: what is kept of them is counts and hashes. Keys are shown, for they are what is to
//! be classed; keys in which a detector finds something are counted instead.

use crate::clock::Clock;
use crate::explain::Answer;
use crate::failure::{Done, Failure, wrong};
use crate::files;
use crate::input::{Cut, FormatArguments, Input, limits};
use crate::policy;
use crate::reader::{self, Names, Seen};
use crate::screen::{self, Paint, counted, printable};
use frostglass_engine::detect::{FieldContext, Hits, Scanner};
use frostglass_engine::policy::{
    CatalogLine, Decision, LineId, Matches, Name as PolicyName, Plan, PolicyFile, Selector, Strength, Why,
};
use frostglass_engine::{Class, Payload, hint};
use frostglass_formats::{Level, Part, Value};
use serde_json::json;
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;
use std::hash::BuildHasher;
use std::io::Write as _;
use std::path::PathBuf;

/// Find fields that no line of the policy names, guess what they are, and propose lines for them.
///
/// Reads OTLP (protobuf, JSON), JSON and NDJSON, plain, gzip or zstd. Shows keys, types and counts, never a value. A guess says its
/// reason; where in doubt it is the stricter one. Read the lines before you take them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass discover traces.json logs.json
  frostglass discover -f otlp-proto -s traces -p policy.yaml *.pb
  frostglass discover app.ndjson --apply policy.yaml       adds the proposed lines to the policy's catalog")]
pub(crate) struct Discover {
    /// Files to look at, or - for standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    format: FormatArguments,
    /// Policy to compare with, YAML or JSON; without it, that of --apply, else the one that is built in.
    #[arg(short, long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Add the proposed lines to the catalog of this YAML policy; the rest of its text stays as it is.
    #[arg(long, value_name = "POLICY")]
    apply: Option<PathBuf>,
    /// How to say it.
    #[arg(long = "as", value_name = "FORMAT", default_value = "text")]
    answer: Answer,
    #[command(flatten)]
    clock: Clock,
}

impl Discover {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let path = self.policy.as_deref().or(self.apply.as_deref());
        let plan = Plan::compile(path.map_or_else(policy::embedded, policy::read)?)?;
        let mut survey = Survey::new(&plan, self.clock.now())?;
        for path in &self.files {
            survey.look_at(path, &self.format)?;
        }
        let found = survey.finish();
        let out = match self.answer {
            Answer::Text => found.text(&plan),
            Answer::Json => format!("{:#}\n", found.json(&plan)),
        };
        std::io::stdout().lock().write_all(out.as_bytes())?;
        if let Some(path) = &self.apply {
            apply(path, &found.proposals)?;
        }
        Ok(Done::Well)
    }
}

/// Distinct values that are told apart for one field.
const MOST_DISTINCT: usize = 512;

/// Fields that nobody classed, as they were met.
#[derive(Debug, Default)]
struct Facts {
    count: u64,
    levels: BTreeSet<Level>,
    types: BTreeMap<&'static str, u64>,
    /// Hashes of values, by a key that dies with this process.
    distinct: HashSet<u64>,
    uuids: u64,
    numbers: u64,
    spaced: u64,
    longest: usize,
    /// Values of members, if it holds any.
    members: u64,
    /// Whether another line rules it for being part of a value that is scanned.
    covered: bool,
    /// Values that are nothing but one finding, and values with findings in them, by detector.
    whole: BTreeMap<(Class, String), u64>,
    within: BTreeMap<(Class, String), u64>,
}

/// A field as it is proposed: attributes of all levels together, built-in fields by level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    level: Option<Level>,
    path: String,
    key_at: usize,
}

/// The key under which a name is counted.
#[derive(Debug, Clone)]
struct Counted {
    key: Key,
    covered: bool,
}

struct Survey<'p> {
    plan: &'p Plan,
    scanner: Scanner,
    entities: Vec<String>,
    hits: Hits,
    matches: Matches<LineId>,
    now: u64,
    names: Names,
    /// What was decided on each name, and under which key it is counted if nobody classed it.
    decided: Vec<(Decision, Option<Counted>)>,
    facts: BTreeMap<Key, Facts>,
    hashes: RandomState,
    telling_keys: u64,
    classed: u64,
    payloads: u64,
    unknown: u64,
    unreadable: u64,
}

/// Fields beyond this many are not told apart.
const MOST_FIELDS: usize = 10_000;

impl<'p> Survey<'p> {
    fn new(plan: &'p Plan, now: u64) -> Result<Self, Failure> {
        let scanner = crate::explain::scanner(plan)?;
        let entities = scanner.detectors().map(|spec| spec.name.to_string()).collect();
        Ok(Self {
            plan,
            scanner,
            entities,
            hits: Hits::new(),
            matches: Matches::default(),
            now,
            names: Names::default(),
            decided: Vec::new(),
            facts: BTreeMap::new(),
            hashes: RandomState::new(),
            telling_keys: 0,
            classed: 0,
            payloads: 0,
            unknown: 0,
            unreadable: 0,
        })
    }

    fn look_at(&mut self, path: &std::path::Path, format: &FormatArguments) -> Result<(), Failure> {
        let mut input = Input::open(path)?;
        let cut = input.cut(format)?;
        if cut == Cut::Stream(Payload::Text) {
            return Err(wrong(format!(
                "{}: lines of text have no fields; `frostglass scan` looks into text",
                input.name
            )));
        }
        let all = if let Cut::Snapped(_) = cut { input.unsnapped()? } else { input.rest()? };
        match cut {
            Cut::Whole(kind) | Cut::Snapped(kind) | Cut::Stream(kind) => {
                self.payload(&all, kind, &input.name)
            }
            Cut::Lines(kind) => all
                .split(|byte| *byte == b'\n')
                .map(<[u8]>::trim_ascii)
                .filter(|line| !line.is_empty())
                .try_for_each(|line| self.payload(line, kind, &input.name)),
        }
    }

    fn payload(&mut self, payload: &[u8], kind: Payload, file: &str) -> Result<(), Failure> {
        self.payloads += 1;
        let mut names = std::mem::take(&mut self.names);
        let read = reader::read(payload, kind, &limits(), &mut names, &mut |names, id, value| {
            self.value(names, id, value);
        });
        self.names = names;
        let oddities = read.map_err(|error| Failure::Stopped(format!("{file}: {error}")))?;
        self.unknown += oddities.unknown;
        self.unreadable += oddities.unreadable;
        Ok(())
    }

    fn value(&mut self, names: &Names, id: u32, value: Value<'_>) {
        let Some((_, key)) = self.decision(names, id) else { return };
        let Some(key) = key else {
            self.classed += 1;
            return;
        };
        let Some(seen) = names.get(id) else { return };
        if !self.facts.contains_key(&key.key) && self.facts.len() >= MOST_FIELDS {
            return;
        }
        self.count_holders(names, seen);
        let facts = self.facts.entry(key.key).or_default();
        facts.covered |= key.covered;
        facts.count += 1;
        facts.levels.insert(seen.level);
        let (kind, text) = match value {
            Value::Text(text) => ("text", Some(text)),
            Value::Int(_) => ("int", None),
            Value::Double(_) => ("double", None),
            Value::Bool(_) => ("bool", None),
            Value::Bytes(bytes) => ("bytes", std::str::from_utf8(bytes).ok()),
        };
        *facts.types.entry(kind).or_default() += 1;
        let written;
        let text = match (text, value) {
            (Some(text), _) => text,
            // Card numbers come as whole numbers too.
            (None, Value::Int(number)) => {
                written = number.to_string();
                &written
            }
            _ => return,
        };
        if facts.distinct.len() < MOST_DISTINCT {
            facts.distinct.insert(self.hashes.hash_one(text));
        }
        facts.uuids += u64::from(is_uuid(text));
        facts.numbers +=
            u64::from(!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
        facts.spaced += u64::from(text.trim().contains(' '));
        facts.longest = facts.longest.max(text.len());
        self.scanner.find(text, FieldContext { key: &seen.path }, &mut self.hits);
        for hit in self.hits.iter() {
            let entity = self.entities.get(usize::from(hit.detector)).cloned().unwrap_or_default();
            let whole = hit.start == 0 && hit.end == text.len();
            let counts = if whole { &mut facts.whole } else { &mut facts.within };
            *counts.entry((hit.class, entity)).or_default() += 1;
        }
    }

    /// Counts a member for every value without a class that holds it: without a line of their own, those go as a whole.
    fn count_holders(&mut self, names: &Names, seen: &Seen) {
        let mut holder = seen.within;
        while let Some(id) = holder {
            let Some(seen) = names.get(id) else { return };
            if let Some((_, Some(key))) =
                self.decided.get(id as usize).filter(|_| self.facts.len() < MOST_FIELDS)
                && !key.covered
            {
                let facts = self.facts.entry(key.key.clone()).or_default();
                facts.members += 1;
                facts.levels.insert(seen.level);
            }
            holder = seen.within;
        }
    }

    /// What was decided on a name, and the key to count it under if nobody classed it.
    fn decision(&mut self, names: &Names, id: u32) -> Option<(Decision, Option<Counted>)> {
        // Names are numbered as they are met, and whatever holds a name is met before it.
        while self.decided.len() <= id as usize {
            let seen = names.get(u32::try_from(self.decided.len()).ok()?)?;
            let within = seen.within.and_then(|within| self.decided.get(within as usize)).cloned();
            let holder = within.as_ref().map(|within| within.0);
            let decision = self.plan.decide(&seen.name(), holder, self.now, &mut self.matches);
            let scanned =
                self.plan.treatment(decision.treatment).is_some_and(|plan| plan.strength == Strength::Scan);
            // None for what some line rules.
            let covered = match decision.why {
                Why::Default => (seen.level != Level::Transport).then_some(false),
                Why::Hint(_) => Some(false),
                Why::Container => match within {
                    Some((_, Some(holder))) => Some(holder.covered),
                    _ => scanned.then_some(true),
                },
                _ => None,
            };
            let key = covered.and_then(|covered| Some(Counted { key: self.key(seen)?, covered }));
            self.decided.push((decision, key));
        }
        self.decided.get(id as usize).cloned()
    }

    /// The key under which a name is counted. None if the name itself tells something that should not be shown.
    fn key(&mut self, seen: &Seen) -> Option<Key> {
        self.scanner.find(&seen.path, FieldContext::default(), &mut self.hits);
        if !self.hits.is_empty() {
            self.telling_keys += 1;
            return None;
        }
        let level = (seen.part == Part::BuiltIn).then_some(seen.level);
        let segments = seen.path.split('.').map(|segment| if is_id(segment) { "*" } else { segment });
        let path = segments.collect::<Vec<_>>().join(".");
        let key_at = if path == seen.path { seen.key_at } else { path.rfind('.').map_or(0, |dot| dot + 1) };
        Some(Key { level, path, key_at })
    }

    fn finish(self) -> Found {
        let mut proposals = Vec::new();
        let mut classed = self.classed;
        for (key, facts) in self.facts {
            let (class, mut reason) = guess(&key, &facts);
            if facts.covered {
                // What a scan does to it is what the line would do.
                if matches!(class, Class::Content | Class::Operational) {
                    classed += facts.count;
                    continue;
                }
                reason.push_str("; so far it is scanned with what holds it");
            }
            if let Some(selector) = selector(&key, &facts) {
                proposals.push(Proposal { selector, class, reason, facts });
            }
        }
        Found {
            proposals,
            telling_keys: self.telling_keys,
            classed,
            payloads: self.payloads,
            unknown: self.unknown,
            unreadable: self.unreadable,
        }
    }
}

/// A line for the catalog.
struct Proposal {
    selector: String,
    class: Class,
    reason: String,
    facts: Facts,
}

/// The selector of a field, in the shortest form that reads back as that field.
fn selector(key: &Key, facts: &Facts) -> Option<String> {
    let built_ins = crate::field::built_ins();
    let starred = key.path.contains('*');
    let quoted = || key.path.split('.').map(quote_segment).collect::<Vec<_>>().join(".");
    let level = key.level.map(Level::word);
    let candidates = match level {
        Some(level) => vec![format!("{level}/@{}", key.path), format!("{level}/@{}", quoted())],
        None => vec![key.path.clone(), format!("attribute/{}", key.path), format!("attribute/{}", quoted())],
    };
    candidates.into_iter().find(|candidate| {
        Selector::parse(candidate, &built_ins).is_ok_and(|read| {
            let literal = read.pattern().literal();
            let same =
                literal.as_deref() == Some(key.path.as_str()) || starred && read.pattern().matches(&key.path);
            same && facts.levels.iter().all(|level| read.levels().contains(*level))
        })
    })
}

fn quote_segment(segment: &str) -> String {
    if segment == "*" || !segment.contains(['*', '"', '\'', '/']) {
        segment.to_owned()
    } else if segment.contains('"') {
        format!("'{segment}'")
    } else {
        format!("\"{segment}\"")
    }
}

/// Fewest values from which their number tells anything.
const ENOUGH: u64 = 8;

/// What a field seems to be, and why. Where in doubt, the stricter guess: the line is read before it is taken, and a field
/// that nobody thinks about again should not leak.
fn guess(key: &Key, facts: &Facts) -> (Class, String) {
    let last = key.path.get(key.key_at..).unwrap_or(&key.path);
    if facts.members > 0 {
        return (Class::Content, "holds members; without a line they go with it".to_owned());
    }
    if let Some((class, word)) = hint::class_of_key(last) {
        return (class, format!("its key ends in `{word}`"));
    }
    let share = |count: u64| format!("{} of {}", count, counted(facts.count, "value"));
    if let Some(((class, entity), count)) = facts.whole.iter().max_by_key(|(_, count)| **count) {
        return (*class, format!("detector `{entity}` takes {} whole", share(*count)));
    }
    if let Some(((_, entity), count)) = facts.within.iter().max_by_key(|(_, count)| **count) {
        return (Class::Content, format!("detector `{entity}` finds something in {}", share(*count)));
    }
    let only = |kind: &str| facts.types.len() == 1 && facts.types.contains_key(kind);
    if only("bool") {
        return (Class::Operational, "truth values".to_owned());
    }
    if only("double") {
        return (Class::Operational, "measured numbers".to_owned());
    }
    if only("bytes") {
        return (Class::Content, "raw bytes".to_owned());
    }
    let distinct = facts.distinct.len() as u64;
    let few = facts.count >= ENOUGH && distinct.saturating_mul(3) <= facts.count && distinct <= 64;
    if facts.uuids > 0 {
        return (
            Class::OnlineId,
            format!("UUIDs in {}: an identifier may single out a person", share(facts.uuids)),
        );
    }
    if is_identifier(last) {
        let word = if few { "few different ones were seen" } else { "it may single out a person" };
        return (Class::OnlineId, format!("its key says that it is an identifier; {word}"));
    }
    if only("int") {
        return (Class::Operational, "whole numbers that no detector takes".to_owned());
    }
    if facts.spaced > 0 {
        return (Class::Content, format!("text with spaces in {}", share(facts.spaced)));
    }
    if few && facts.longest <= 64 {
        return (
            Class::Operational,
            format!("{} in all {}", counted(distinct, "different value"), facts.count),
        );
    }
    if facts.count >= ENOUGH && distinct.saturating_mul(2) > facts.count && facts.longest <= 64 {
        let what = if facts.numbers == facts.count { "numbers" } else { "words" };
        return (
            Class::OnlineId,
            format!("nearly as many different {what} as values: it looks like an identifier"),
        );
    }
    (Class::Content, "text; too few values to tell more".to_owned())
}

fn is_identifier(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    lower == "id"
        || lower.ends_with("uuid")
        || lower.ends_with("guid")
        || [".id", "_id", "-id"].iter().any(|end| lower.ends_with(end))
        || key.ends_with("Id")
        || key.ends_with("ID")
}

/// A segment of a key that names one thing, not a kind: `orders.4711.state`.
fn is_id(segment: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let hex = segment.len() >= 8
        && segment.bytes().all(|byte| byte.is_ascii_hexdigit())
        && segment.bytes().any(|byte| byte.is_ascii_digit());
    !segment.is_empty() && digits(segment) || hex || is_uuid(segment)
}

/// RFC 9562, section 4: 8-4-4-4-12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

impl Proposal {
    /// The line as it stands in a catalog, without indentation.
    fn line(&self) -> String {
        format!("{}: {}", yaml_key(&self.selector), self.class.word())
    }
}

/// A key of a YAML map: plain where that is beyond doubt, in double quotes otherwise.
fn yaml_key(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/@*".contains(&byte))
        && !matches!(text, "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n");
    // JSON's escapes are YAML's.
    if plain { text.to_owned() } else { json!(text).to_string() }
}

/// All that was found.
struct Found {
    proposals: Vec<Proposal>,
    telling_keys: u64,
    classed: u64,
    payloads: u64,
    unknown: u64,
    unreadable: u64,
}

impl Found {
    fn text(&self, plan: &Plan) -> String {
        let paint = Paint::stdout();
        let mut out = String::new();
        let _ = writeln!(
            out,
            "# {} in {} had a class under policy {}.",
            counted(self.classed, "value"),
            counted(self.payloads, "payload"),
            plan.name()
        );
        if self.proposals.is_empty() {
            let _ = writeln!(out, "# No field without a class.");
        } else {
            let _ = writeln!(
                out,
                "# {} without a class. Read before you take:",
                counted(self.proposals.len() as u64, "field")
            );
            let _ = writeln!(out, "catalog:");
            let lines: Vec<String> = self.proposals.iter().map(Proposal::line).collect();
            let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0).min(56);
            for (proposal, line) in self.proposals.iter().zip(&lines) {
                let levels: Vec<&str> = proposal.facts.levels.iter().map(|level| level.word()).collect();
                let types = match proposal.facts.types.keys().copied().collect::<Vec<_>>() {
                    none if none.is_empty() => "map".to_owned(),
                    types => types.join(", "),
                };
                let count = proposal.facts.count.max(proposal.facts.members);
                let note = format!("# {} x on {} ({}): {}", count, levels.join(", "), types, proposal.reason);
                let _ = writeln!(
                    out,
                    "  {}  {}",
                    paint.bold(format!("{:<width$}", printable(line))),
                    paint.dim(note)
                );
            }
        }
        for (count, what) in [
            (self.telling_keys, "whose key itself tells something sensitive; not shown"),
            (self.unknown, "unknown to the protocol; a line cannot name them"),
            (self.unreadable, "that cannot be read"),
        ] {
            if count > 0 {
                let _ = writeln!(out, "# {} {what}.", counted(count, "field"));
            }
        }
        out
    }

    /// Stable: members are added, never renamed.
    fn json(&self, plan: &Plan) -> serde_json::Value {
        let one = |proposal: &Proposal| {
            json!({
                "selector": proposal.selector,
                "class": proposal.class.word(),
                "reason": proposal.reason,
                "count": proposal.facts.count,
                "levels": proposal.facts.levels.iter().map(|level| level.word()).collect::<Vec<_>>(),
                "types": proposal.facts.types,
                "line": proposal.line(),
            })
        };
        json!({
            "policy": {"name": plan.name(), "file": plan.file().file(), "digest": plan.digest()},
            "fields": self.proposals.iter().map(one).collect::<Vec<_>>(),
            "classed_values": self.classed,
            "payloads": self.payloads,
            "keys_not_shown": self.telling_keys,
            "unknown_to_protocol": self.unknown,
            "unreadable": self.unreadable,
        })
    }
}

/// Adds lines to the catalog of a policy's file, and nothing else.
fn apply(path: &std::path::Path, proposals: &[Proposal]) -> Result<(), Failure> {
    let text = policy::text(path)?;
    let old = policy::parse(&text, path)?;
    let wanted: Vec<&Proposal> =
        proposals.iter().filter(|proposal| old.catalog.find(&proposal.selector).is_none()).collect();
    if wanted.is_empty() {
        screen::say(&format!("{}: nothing to add", path.display()));
        return Ok(());
    }
    let new = with_lines(&text, &wanted).ok_or_else(|| {
        wrong(format!("{}: has no catalog in block form to add to; add the lines by hand", path.display()))
    })?;
    let read = policy::parse(&new, path)?;
    Plan::compile(read.clone())?;
    // What was meant to be added, and only that.
    if !is_extension(&old, &read, &wanted) {
        return Err(wrong(format!("{}: cannot be extended safely; add the lines by hand", path.display())));
    }
    files::write(path, new.as_bytes())?;
    screen::say(&format!(
        "{}: added {} to the catalog",
        path.display(),
        counted(wanted.len() as u64, "line")
    ));
    Ok(())
}

fn is_extension(old: &PolicyFile, new: &PolicyFile, wanted: &[&Proposal]) -> bool {
    let mut expected = old.clone();
    for proposal in wanted {
        let Ok(class) = PolicyName::try_from(proposal.class.word().to_owned()) else { return false };
        expected.catalog.push(proposal.selector.clone(), CatalogLine::of(class));
    }
    expected == *new
}

/// The text with lines at the end of its catalog. None if the catalog is not in block form.
fn with_lines(text: &str, proposals: &[&Proposal]) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let section = lines.iter().position(|line| line.starts_with("catalog:"));
    let (at, indent, heading) = match section {
        Some(section) => {
            let rest = lines.get(section)?.strip_prefix("catalog:")?.trim();
            if !(rest.is_empty() || rest.starts_with('#')) {
                return None;
            }
            let inside = |line: &&str| is_blank(line) || line.starts_with(' ');
            let body = lines.get(section + 1..)?;
            let length = body.iter().position(|line| !inside(line)).unwrap_or(body.len());
            let body = body.get(..length)?;
            let last = body.iter().rposition(|line| !is_blank(line));
            let first = body.iter().find(|line| !is_blank(line));
            let indent = first.map_or(2, |line| line.len() - line.trim_start().len());
            (section + 1 + last.map_or(0, |last| last + 1), indent, false)
        }
        // Before the tests, where the catalog belongs when one reads from top to bottom.
        None => (lines.iter().position(|line| line.starts_with("tests:")).unwrap_or(lines.len()), 2, true),
    };
    let mut out = lines.get(..at)?.concat();
    if !out.is_empty() && !out.ends_with('\n') {
        out.push_str(ending);
    }
    if heading {
        out.push_str("catalog:");
        out.push_str(ending);
    }
    for proposal in proposals {
        let _ = write!(out, "{:indent$}{}   # {}{ending}", "", proposal.line(), proposal.reason);
    }
    if heading && at < lines.len() {
        out.push_str(ending);
    }
    out.push_str(&lines.get(at..)?.concat());
    Some(out)
}
