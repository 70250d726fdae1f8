//! `frostglass explain`: what a policy does with a field, which line says so, and which lines lost.

use crate::builtin;
use crate::clock::{Clock, Machine};
use crate::failure::{Done, Failure, wrong};
use crate::field::{Field, Kind};
use crate::input::limits;
use crate::policy::{KeysArgument, PolicyArgument, RecipientArgument, described};
use crate::reader::{self, Names};
use crate::sample::{plain, samples};
use crate::screen::{self, Paint, printable};
use frostglass_engine::detect::{FieldContext, Hits, Scanner, Selection, UserDetector};
use frostglass_engine::policy::{
    Decision, Fallback, Given, Line, LineId, Matches, Origin, Plan, PolicyFile, Strength, TreatmentId, Why,
};
use frostglass_engine::{Class, Engine, Options, Outcome, Payload};
use frostglass_formats::{Edit, Level, Name, Value, Verdict};
use serde_json::json;
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

/// Say what happens to a field, which line decides, which lines lost and why.
///
/// FIELD is written like a line of the catalog, without stars: an attribute key, a built-in field behind `@`, or a part
/// of a value. With VALUE, the field is put into a real payload and treated; nothing is sent anywhere.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass explain user.email ann@example.org
  frostglass explain span/@name
  frostglass explain log/@body.payment.card -p policy.yaml
  frostglass explain transport/authorization --format json")]
pub(crate) struct Explain {
    /// The field.
    #[arg(value_name = "FIELD")]
    field: String,
    /// A value to try.
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: Option<String>,
    #[command(flatten)]
    policy: PolicyArgument,
    #[command(flatten)]
    keys: KeysArgument,
    #[command(flatten)]
    recipient: RecipientArgument,
    /// How to say it.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Answer,
    #[command(flatten)]
    clock: Clock,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Answer {
    /// For people
    Text,
    /// For programs
    Json,
}

impl Explain {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let field = Field::parse(&self.field)
            .map_err(|error| wrong(format!("`{}` {error}", printable(&self.field))))?;
        let file = self.policy.file()?;
        let plan = Arc::new(self.recipient.narrowed(Plan::compile(file.clone())?)?);
        let (ring, missing) = self.keys.ring(&plan)?;
        self.keys.out_of_time(&plan, self.clock.now())?.iter().for_each(|text| screen::notice(text));
        let mut book = Book {
            plan: &plan,
            bare: without_catalog(&file),
            now: self.clock.now(),
            matches: Matches::default(),
        };
        let mut rulings = book.rulings(&field);
        let mut tried = None;
        if let Some(value) = &self.value {
            for ruling in &mut rulings {
                let level = ruling.levels.first().copied().unwrap_or(Level::Log);
                let recipient = self.recipient.name().to_owned();
                let options = Options { limits: limits(), recipient, ..Options::default() };
                let mut engine = Engine::new(Arc::clone(&plan), ring.clone(), options);
                ruling.result = Some(try_value(&mut engine, &field, level, value, self.clock.now())?);
            }
            tried = Some(findings(&plan, &field, value)?);
        }
        let needs_key =
            rulings.iter().any(|ruling| ruling.result.as_ref().is_some_and(|result| result.no_key));
        let missing: Vec<&String> = if needs_key { missing.iter().collect() } else { Vec::new() };
        let report = Report {
            plan: &plan,
            field: &field,
            value: self.value.as_deref(),
            rulings,
            findings: tried,
            missing,
        };
        let out = match self.format {
            Answer::Text => report.text(),
            Answer::Json => format!("{:#}\n", report.json()),
        };
        std::io::stdout().lock().write_all(out.as_bytes())?;
        Ok(Done::Well)
    }
}

/// What happens to a field on some levels.
struct Ruling {
    levels: Vec<Level>,
    decision: Decision,
    /// The value that holds the field and decides for it.
    container: Option<(String, Why)>,
    lines: Vec<Stand>,
    result: Option<Tried>,
}

/// How a line stands with a field.
#[derive(Debug, Clone, PartialEq)]
struct Stand {
    /// `policy.yaml:12`.
    place: String,
    line: Option<u32>,
    selector: String,
    class: String,
    treatment: String,
    won: bool,
    /// Why it lost; empty for the line that won.
    reason: String,
    why: Option<String>,
}

/// What a value became.
#[derive(Debug)]
struct Tried {
    became: Became,
    /// Whether a key that the host does not have would have been needed.
    no_key: bool,
}

#[derive(Debug, PartialEq)]
enum Became {
    Kept,
    Gone,
    Text(String),
    Withheld(String),
}

/// The policy without a catalog of its own: the lines of the built-in catalogs as they would stand.
pub(crate) fn without_catalog(file: &PolicyFile) -> Option<Plan> {
    let mut bare = file.clone();
    bare.catalog.0.clear();
    Plan::compile(bare).ok()
}

struct Book<'p> {
    plan: &'p Plan,
    bare: Option<Plan>,
    now: u64,
    matches: Matches<LineId>,
}

impl Book<'_> {
    /// The decisions on all levels of a field; levels of which the same is to be said stand together.
    fn rulings(&mut self, field: &Field) -> Vec<Ruling> {
        let mut rulings: Vec<Ruling> = Vec::new();
        for level in &field.levels {
            let ruling = self.ruling(field, *level);
            let same = rulings.iter_mut().find(|known| {
                known.decision == ruling.decision
                    && known.lines == ruling.lines
                    && known.container == ruling.container
            });
            match same {
                Some(known) => known.levels.push(*level),
                None => rulings.push(ruling),
            }
        }
        rulings
    }

    fn ruling(&mut self, field: &Field, level: Level) -> Ruling {
        let names = field.names(level);
        let mut within: Option<(Decision, String)> = None;
        let mut container = None;
        for name in &names {
            if let Some((holder, text)) = &within
                && holder.verdict != Verdict::Look
            {
                // Walkers do not look inside what stays or goes as a whole.
                return Ruling {
                    levels: vec![level],
                    decision: Decision { why: Why::Container, ..*holder },
                    container: Some((text.clone(), holder.why)),
                    lines: Vec::new(),
                    result: None,
                };
            }
            let decision =
                self.plan.decide(name, within.as_ref().map(|within| within.0), self.now, &mut self.matches);
            container = match (decision.why, &within, container) {
                (Why::Container, Some(_), Some(known)) => Some(known),
                (Why::Container, Some((holder, text)), None) => Some((text.clone(), holder.why)),
                _ => None,
            };
            let text = format!("{}/@{}", level.word(), name.path);
            within = Some((decision, text));
        }
        let decision = within.map_or(Decision::WITHHOLD, |within| within.0);
        let lines = names.last().map(|name| self.stands(name, &decision)).unwrap_or_default();
        Ruling { levels: vec![level], decision, container, lines, result: None }
    }

    /// How each line that names the field stands, the deciding one first.
    fn stands(&mut self, name: &Name<'_>, decision: &Decision) -> Vec<Stand> {
        let plan = self.plan;
        let decided = plan.treatment(decision.treatment).map_or(Strength::Suppress, |plan| plan.strength);
        let winner = match decision.why {
            Why::Line(id) | Why::Expired(id) => Some(id),
            _ => None,
        };
        let mut stands = Vec::new();
        for (id, line, strength) in plan.matching(name, &mut self.matches) {
            let won = Some(id) == winner;
            let reason = match decision.why {
                _ if won => String::new(),
                Why::Conflict => "does not compare with the others, so the field is suppressed".to_owned(),
                Why::Expired(_) => "a line whose time is over suppresses the field".to_owned(),
                Why::Container => "the value that holds the field is treated more strictly".to_owned(),
                _ => match strength.partial_cmp(&decided) {
                    Some(Ordering::Equal) if line.treatment == decision.treatment => {
                        "says the same".to_owned()
                    }
                    _ => format!("is weaker than {}", word(plan, decision.treatment)),
                },
            };
            stands.push(stand(plan, line, won, reason));
        }
        let Some(bare) = &self.bare else { return stands };
        for (_, built_in, _) in bare.matching(name, &mut self.matches) {
            let same = || plan.lines().iter().filter(|line| line.selector == built_in.selector);
            let in_force = same().any(|line| matches!(line.origin, Origin::BuiltIn(_)));
            let replaced = same().find(|line| matches!(line.origin, Origin::User(_)));
            if let (Some(by), false) = (replaced, in_force) {
                let reason = format!("is replaced by {}", place(plan, by).0);
                stands.push(stand(bare, built_in, false, reason));
            }
        }
        stands.sort_by(|a, b| (!a.won, &a.place, a.line).cmp(&(!b.won, &b.place, b.line)));
        stands
    }
}

fn stand(plan: &Plan, line: &Line, won: bool, reason: String) -> Stand {
    let (place, number, why) = place(plan, line);
    Stand {
        place,
        line: number,
        selector: line.selector.to_string(),
        class: plan.class(line.class).map_or_else(String::new, |class| class.name.clone()),
        treatment: plan
            .treatment(line.treatment)
            .map_or_else(String::new, |treatment| described(&treatment.name, &treatment.options)),
        won,
        reason,
        why: line.why.clone().or(why),
    }
}

/// File and line of a line, and why it says so.
pub(crate) fn place(plan: &Plan, line: &Line) -> (String, Option<u32>, Option<String>) {
    match &line.origin {
        Origin::User(place) => {
            (format!("{}:{}", plan.file().file(), place.line), Some(place.line), line.why.clone())
        }
        Origin::BuiltIn(catalog) => match builtin::place(catalog, &line.selector) {
            Some((place, why)) => {
                let number = place.rsplit_once(':').and_then(|(_, line)| line.parse().ok());
                (format!("built-in {place}"), number, why)
            }
            None => (format!("built-in {catalog}"), None, None),
        },
    }
}

fn word(plan: &Plan, id: TreatmentId) -> String {
    plan.treatment(id).map_or("suppress", |treatment| treatment.options.word()).to_owned()
}

/// Puts a value into a payload and treats it.
fn try_value(
    engine: &mut Engine,
    field: &Field,
    level: Level,
    value: &str,
    now: u64,
) -> Result<Tried, Failure> {
    if field.kind == Kind::Transport {
        let mut out = String::new();
        let became = match engine.header(field.path(), value.as_bytes(), &Machine(now), &mut out) {
            Edit::Keep => Became::Kept,
            Edit::Drop => Became::Gone,
            _ => Became::Text(out),
        };
        return Ok(Tried { became, no_key: lacks_key(engine) });
    }
    let given = typed(field, level, value);
    let (sample, given) = given
        .into_iter()
        .find_map(|given| {
            let mut made = samples(&[(field.clone(), given.clone())], level).ok()?;
            Some((made.pop()?, given))
        })
        .ok_or_else(|| {
            let part = matches!(field.kind, Kind::Part(_));
            let why = if part {
                "stands in no value that this version takes apart"
            } else {
                "does not take that value"
            };
            wrong(format!("{}: {why}; explain it without VALUE", field.text))
        })?;
    let payload = sample.protobuf();
    let kind = Payload::OtlpProto(sample.signal);
    let treated = match engine.rewrite(&payload, kind, &Machine(now)) {
        Outcome::Unchanged => payload.clone(),
        Outcome::Rewritten(bytes) => bytes.to_vec(),
        Outcome::Withheld(withheld) => {
            return Ok(Tried { became: Became::Withheld(withheld.to_string()), no_key: lacks_key(engine) });
        }
    };
    let mut left = None;
    let mut names = Names::default();
    let path = field.names(level).last().map_or_else(String::new, |name| name.path.to_owned());
    let json_member = format!("body.{path}");
    let read = reader::read(&treated, kind, &limits(), &mut names, &mut |names, id, value| {
        let is_it = names.get(id).is_some_and(|seen| {
            let member = matches!(field.kind, Kind::Part(_)) && seen.path == json_member;
            member || seen.level == level && seen.path == path
        });
        if is_it {
            left = Some(shown(value));
        }
    });
    read.map_err(|error| Failure::Stopped(error.to_string()))?;
    let became = match left {
        None => Became::Gone,
        Some(left) if left == plain(&given) => Became::Kept,
        Some(left) => Became::Text(left),
    };
    Ok(Tried { became, no_key: lacks_key(engine) })
}

/// The value in the types that the field may take, the likeliest first.
fn typed(field: &Field, level: Level, value: &str) -> Vec<Given> {
    let text = Given::Text(value.to_owned());
    let (Kind::BuiltIn(_), Some((name, None))) = (field.kind, field.built_in()) else { return vec![text] };
    let structural = frostglass_formats::otlp::schema::built_ins();
    if !structural.iter().any(|leaf| leaf.0 == level && leaf.1 == name && leaf.2) {
        return vec![text];
    }
    let mut given = vec![text];
    given.extend(value.parse().ok().map(Given::Int));
    given.extend(value.parse().ok().map(Given::Double));
    given.extend(value.parse().ok().map(Given::Bool));
    given
}

/// A value as text.
pub(crate) fn shown(value: Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Double(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Bytes(bytes) => bytes.iter().fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        }),
    }
}

fn lacks_key(engine: &Engine) -> bool {
    engine.tally().withheld.get(&frostglass_engine::Reason::NoKey) > 0
}

/// A detector's finding in the value.
struct Found {
    entity: String,
    class: String,
    start: usize,
    end: usize,
}

/// The detectors of a policy: all built-in ones, and its own.
pub(crate) fn scanner(plan: &Plan) -> Result<Scanner, Failure> {
    let class_of = |name: &str| {
        let ids = (0..).map_while(|id| plan.class(id));
        ids.into_iter().find(|class| class.name == name).map_or(Class::Credential, |class| class.class)
    };
    let own = plan.file().detectors.iter().map(|entry| UserDetector {
        name: entry.name.clone(),
        pattern: entry.value.pattern.clone(),
        near: entry.value.near.clone(),
        class: class_of(entry.value.class.as_str()),
    });
    Scanner::new(&Selection::All, own.collect()).map_err(wrong)
}

fn findings(plan: &Plan, field: &Field, value: &str) -> Result<Vec<Found>, Failure> {
    let scanner = scanner(plan)?;
    let names: Vec<_> = scanner.detectors().map(|spec| spec.name.to_string()).collect();
    let mut hits = Hits::new();
    scanner.find(value, FieldContext { key: field.path() }, &mut hits);
    let found = hits.iter().map(|hit| Found {
        entity: names.get(usize::from(hit.detector)).cloned().unwrap_or_default(),
        class: hit.class.word().to_owned(),
        start: hit.start,
        end: hit.end,
    });
    Ok(found.collect())
}

struct Report<'r> {
    plan: &'r Plan,
    field: &'r Field,
    value: Option<&'r str>,
    rulings: Vec<Ruling>,
    findings: Option<Vec<Found>>,
    missing: Vec<&'r String>,
}

impl Report<'_> {
    fn text(&self) -> String {
        let paint = Paint::stdout();
        let mut out = String::new();
        let alone = self.rulings.len() == 1;
        for ruling in &self.rulings {
            let levels: Vec<&str> = ruling.levels.iter().map(|level| level.word()).collect();
            let on = if alone { String::new() } else { format!(" on {}", levels.join(", ")) };
            let _ = writeln!(out, "{}{on}", paint.bold(printable(&self.field.text)));
            let class = self.class(&ruling.decision).unwrap_or_else(|| "none: nobody classed it".to_owned());
            let _ = writeln!(out, "  class      {class}");
            let _ = writeln!(out, "  treatment  {}", self.treatment(&ruling.decision));
            let _ = writeln!(out, "  because    {}", self.because(ruling));
            for stand in ruling.lines.iter().filter(|stand| !stand.won) {
                let line = format!(
                    "  lost       {}: {}: {} -> {}; {}",
                    stand.place, stand.selector, stand.class, stand.treatment, stand.reason
                );
                let _ = writeln!(out, "{}", paint.dim(line));
            }
            if let Some(result) = &ruling.result {
                let became = match &result.became {
                    Became::Kept => paint.green("stays as it is"),
                    Became::Gone if result.no_key => paint.yellow("gone: its treatment needs a key"),
                    Became::Gone => paint.red("gone"),
                    Became::Text(text) => paint.green(printable(text)),
                    Became::Withheld(why) => paint.red(format!("withheld: {why}")),
                };
                let _ = writeln!(out, "  becomes    {became}");
            }
        }
        match &self.findings {
            Some(findings) if findings.is_empty() => {
                let _ = writeln!(out, "  found      nothing by any detector in the value");
            }
            Some(findings) => {
                for Found { entity, class, start, end } in findings {
                    let _ = writeln!(out, "  found      {entity} ({class}) at bytes {start} to {end}");
                }
            }
            None => {}
        }
        for missing in &self.missing {
            let _ = writeln!(out, "  key        {missing}");
        }
        out
    }

    fn class(&self, decision: &Decision) -> Option<String> {
        let class = self.plan.class(decision.class?)?;
        let word = class.class.word();
        Some(if class.name == word { word.to_owned() } else { format!("{} (is {word})", class.name) })
    }

    fn treatment(&self, decision: &Decision) -> String {
        let treatment = self.plan.treatment(decision.treatment);
        treatment.map_or_else(|| "suppress".to_owned(), |plan| described(&plan.name, &plan.options))
    }

    fn because(&self, ruling: &Ruling) -> String {
        let winner = ruling.lines.iter().find(|stand| stand.won).map(|stand| {
            let why = stand.why.as_deref().map_or_else(String::new, |why| format!(" ({})", printable(why)));
            format!("{}: {}{why}", stand.place, stand.selector)
        });
        let winner = winner.unwrap_or_default();
        match ruling.decision.why {
            Why::Line(_) => winner,
            Why::Expired(_) => format!("{winner}, whose time is over"),
            Why::Conflict => "several lines name it that do not compare; then nothing is left".to_owned(),
            Why::Container => {
                let (holder, why) = ruling.container.clone().unwrap_or((String::new(), Why::Default));
                let whose = match why {
                    Why::Default => ", which nobody classed".to_owned(),
                    Why::Hint(word) => format!(", for the word `{word}` in its key"),
                    _ => String::new(),
                };
                format!("it is part of {holder}{whose}")
            }
            Why::Hint(word) => format!("no line names it, but its key ends in `{word}`"),
            Why::Structure => "it is structure: it stays unless a line rules it".to_owned(),
            Why::Default if self.field.kind == Kind::Transport => {
                "headers of the telemetry request itself stay unless a line rules them".to_owned()
            }
            Why::Default => {
                format!(
                    "no line names it; the policy says `default: {}`",
                    fallback(self.plan.default_treatment())
                )
            }
        }
    }

    /// Stable: members are added, never renamed.
    fn json(&self) -> serde_json::Value {
        let decisions: Vec<_> = self.rulings.iter().map(|ruling| self.decision_json(ruling)).collect();
        let findings = self.findings.as_ref().map(|findings| {
            let one = |found: &Found| {
                json!({"entity": found.entity, "class": found.class, "start": found.start, "end": found.end})
            };
            findings.iter().map(one).collect::<Vec<_>>()
        });
        json!({
            "field": self.field.text,
            "policy": {
                "name": self.plan.name(),
                "file": self.plan.file().file(),
                "digest": self.plan.digest(),
                "default": fallback(self.plan.default_treatment()),
            },
            "value": self.value,
            "decisions": decisions,
            "findings": findings,
            "missing_keys": self.missing,
        })
    }

    fn decision_json(&self, ruling: &Ruling) -> serde_json::Value {
        let decision = &ruling.decision;
        let class = decision.class.and_then(|id| self.plan.class(id));
        let treatment = self.plan.treatment(decision.treatment);
        let why = match decision.why {
            Why::Line(_) => "line",
            Why::Conflict => "conflict",
            Why::Expired(_) => "expired",
            Why::Container => "container",
            Why::Hint(_) => "hint",
            Why::Structure => "structure",
            Why::Default => "default",
        };
        let line = |stand: &Stand| {
            json!({
                "place": stand.place, "line": stand.line, "selector": stand.selector, "class": stand.class,
                "treatment": stand.treatment, "why": stand.why, "reason": stand.reason,
            })
        };
        let result = ruling.result.as_ref().map(|result| {
            let (outcome, text) = match &result.became {
                Became::Kept => ("kept", self.value),
                Became::Gone => ("gone", None),
                Became::Text(text) => ("changed", Some(text.as_str())),
                Became::Withheld(why) => ("withheld", Some(why.as_str())),
            };
            json!({"outcome": outcome, "value": text, "no_key": result.no_key})
        });
        json!({
            "levels": ruling.levels.iter().map(|level| level.word()).collect::<Vec<_>>(),
            "class": class.map(|class| &class.name),
            "is": class.map(|class| class.class.word()),
            "treatment": treatment.map(|treatment| &treatment.name),
            "does": treatment.map_or("suppress", |treatment| treatment.options.word()),
            "why": why,
            "because": self.because(ruling),
            "container": ruling.container.as_ref().map(|container| &container.0),
            "won": ruling.lines.iter().find(|stand| stand.won).map(line),
            "lost": ruling.lines.iter().filter(|stand| !stand.won).map(line).collect::<Vec<_>>(),
            "result": result,
        })
    }
}

fn fallback(default: Fallback) -> &'static str {
    match default {
        Fallback::Suppress => "suppress",
        Fallback::Scan => "scan",
        Fallback::Keep => "keep",
    }
}
