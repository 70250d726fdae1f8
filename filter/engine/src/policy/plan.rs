//! What runs: a policy compiled to lines, treatments and one question, "what happens to this name?".
//!
//! Only [`super::compile`] makes a [`Plan`], so that every word in it is known to exist. Immutable and shared; what an
//! engine learns while it runs stays with the engine.

use super::signed;
use super::{Matcher, Matches, Strength};
use crate::detect::Scanner;
use crate::treat::{Apply, Context, Treatment};
use crate::{Class, hint};
use frostglass_formats::parts::Shape;
use frostglass_formats::{Level, Name, Part, Ruling, Verdict};
use frostglass_policy::{
    self as written, ClassId, ClassPlan, Fallback, KeySource, Line, LineId, OnHit, PolicyFile, Resolved,
    TreatmentId,
};
use std::borrow::Cow;

/// A compiled policy.
#[derive(Debug)]
pub struct Plan {
    pub(super) file: PolicyFile,
    pub(super) digest: String,
    pub(super) default: Fallback,
    pub(super) lines: Vec<Line>,
    pub(super) matcher: Matcher<LineId>,
    pub(crate) classes: Vec<ClassPlan>,
    pub(crate) treatments: Vec<TreatmentPlan>,
    pub(crate) scanners: Vec<ScannerPlan>,
    /// Structural leaves, which stay unless a line rules them.
    pub(super) structural: Vec<(Level, &'static str)>,
    /// Whether any line rules a structural leaf.
    pub(super) rules_structure: bool,
    /// Whether any line rules a header of the request.
    pub(super) rules_transport: bool,
    /// Whether any treatment's results depend on the trace that a value stands in.
    pub(super) heeds_traces: bool,
    /// Whether any treatment needs randomness.
    pub(crate) draws: bool,
    /// When lines end, in seconds since 1970.
    pub(super) ends: Vec<i64>,
}

/// A treatment in force.
#[derive(Debug)]
pub struct TreatmentPlan {
    /// Name in `treatments`, or the bare word.
    pub name: String,
    /// How strict it is.
    pub strength: Strength,
    /// What it does, as written.
    pub options: written::Treatment,
    /// The treatment itself, without keys.
    pub(crate) treat: Box<dyn Treatment>,
    /// Whether results are remembered for a payload.
    pub(crate) remembers: bool,
    /// For `scan`: which scanner runs and what becomes of hits.
    pub scan: Option<(usize, OnHit)>,
}

impl TreatmentPlan {
    /// Binds the treatment to a class, keys and a domain, as an engine does.
    #[must_use]
    pub fn resolve(&self, context: &Context<'_>) -> Box<dyn Apply> {
        self.treat.resolve(context)
    }
}

/// A scanner in force.
#[derive(Debug)]
pub struct ScannerPlan {
    pub(crate) scanner: Scanner,
    /// Class of each of its detectors.
    pub(crate) classes: Vec<ClassId>,
}

/// What happens to a field, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Its class, if any line or hint gives one.
    pub class: Option<ClassId>,
    /// What happens to it.
    pub treatment: TreatmentId,
    /// What decided.
    pub why: Why,
    /// What a walker does.
    pub verdict: Verdict,
    /// Whether the key's own text is looked at.
    pub look_at_key: bool,
    /// Number of the scanner that runs, if scanning is all that happens.
    pub scanner: Option<u16>,
    /// What its key says of the text that it holds.
    pub shape: Shape,
    /// Where in its path the name begins that says what it is, if detectors know values by such a name.
    pub told_from: Option<u16>,
}

/// What decided on a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// This line, the strictest of those that matched.
    Line(LineId),
    /// Matching lines that do not compare: suppressed.
    Conflict,
    /// A line whose time is over: suppressed.
    Expired(LineId),
    /// The value that holds it.
    Container,
    /// The words of its key.
    Hint(&'static str),
    /// A structural leaf that no line rules.
    Structure,
    /// The policy's default.
    Default,
}

impl Decision {
    /// What is said of a name that there is no decision on.
    pub const WITHHOLD: Self = Self {
        class: None,
        treatment: Plan::SUPPRESS,
        why: Why::Default,
        verdict: Verdict::Drop,
        look_at_key: false,
        scanner: None,
        shape: Shape::Text,
        told_from: None,
    };

    /// The decision as a walker sees it.
    pub(crate) fn ruling(self, id: u32) -> Ruling {
        Ruling { verdict: self.verdict, look_at_key: self.look_at_key, id }
    }
}

/// The header that an attribute is, by the conventions' names for recorded headers: it is ruled by its `header/` lines,
/// too, which are in lower case. How a sender writes it does not count (RFC 9110, 5.1).
fn header<'n>(name: &Name<'n>) -> Option<Cow<'n, str>> {
    const RECORDED: &[&str] = &[
        "http.request.header.",
        "http.response.header.",
        "rpc.request.metadata.",
        "rpc.response.metadata.",
        "rpc.grpc.request.metadata.",
        "rpc.grpc.response.metadata.",
    ];
    let path = RECORDED.iter().find_map(|place| name.path.strip_prefix(place))?;
    if name.part != Part::Attribute || name.member().is_some() {
        return None;
    }
    let large = path.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(if large { Cow::Owned(path.to_ascii_lowercase()) } else { Cow::Borrowed(path) })
}

impl Plan {
    pub(crate) const SUPPRESS: TreatmentId = Resolved::SUPPRESS;
    pub(crate) const KEEP: TreatmentId = Resolved::KEEP;
    pub(crate) const SCAN: TreatmentId = Resolved::SCAN;

    /// The policy's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.file.policy.as_str()
    }

    /// SHA-256 of the canonical form, in lower-case hex: the policy's version.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The policy as written.
    #[must_use]
    pub fn file(&self) -> &PolicyFile {
        &self.file
    }

    /// Names of the keys that the policy asks its host for.
    pub fn key_names(&self) -> impl Iterator<Item = &str> {
        self.file.keys.iter().map(|entry| entry.name.as_str())
    }

    /// The keys that the policy asks its host for and that come from `source`, with their names.
    pub fn keys_from(&self, source: KeySource) -> impl Iterator<Item = (&str, &written::Key)> {
        let keys = self.file.keys.iter().filter(move |entry| entry.value.from == source);
        keys.map(|entry| (entry.name.as_str(), &entry.value))
    }

    /// A line by its number.
    #[must_use]
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.get(id as usize)
    }

    /// All lines in force, built-in ones that the policy replaced left out.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// A class by its number.
    #[must_use]
    pub fn class(&self, id: ClassId) -> Option<&ClassPlan> {
        self.classes.get(usize::from(id))
    }

    /// A treatment by its number.
    #[must_use]
    pub fn treatment(&self, id: TreatmentId) -> Option<&TreatmentPlan> {
        self.treatments.get(usize::from(id))
    }

    /// What happens to fields that nobody classified.
    #[must_use]
    pub fn default_treatment(&self) -> Fallback {
        self.default
    }

    /// Whether any line rules structural leaves.
    #[must_use]
    pub fn rules_structure(&self) -> bool {
        self.rules_structure
    }

    /// Whether any line rules headers of the telemetry request itself.
    #[must_use]
    pub fn rules_transport(&self) -> bool {
        self.rules_transport
    }

    /// Whether anything depends on the trace that a record belongs to: hosts that show columns must then tell it.
    #[must_use]
    pub fn heeds_traces(&self) -> bool {
        self.heeds_traces
    }

    /// Whether unknown protobuf fields and JSON members stay.
    #[must_use]
    pub fn keeps_unknown(&self) -> bool {
        self.default == Fallback::Keep
    }

    /// Whether some line ends between two times, so that decisions made at the first do not hold at the second.
    #[must_use]
    pub(crate) fn expires_between(&self, a_unix_nanos: u64, b_unix_nanos: u64) -> bool {
        let seconds = |nanos: u64| i64::try_from(nanos / 1_000_000_000).unwrap_or(i64::MAX);
        let (a, b) = (seconds(a_unix_nanos), seconds(b_unix_nanos));
        self.ends.iter().any(|end| (*end <= a) != (*end <= b))
    }

    /// Decides on a name at a time. `within` is the decision on the value that holds it.
    #[must_use]
    pub fn decide(
        &self,
        name: &Name<'_>,
        within: Option<Decision>,
        now_unix_nanos: u64,
        matches: &mut Matches<LineId>,
    ) -> Decision {
        self.match_lines(name, matches);
        let literal = matches.is_literal();
        let (class, treatment, why) = self.strictest(name, within, now_unix_nanos, matches.ids());
        let verdict = match self.strength(treatment) {
            Strength::Suppress => Verdict::Drop,
            Strength::Keep if !self.matcher.reaches_below(name, matches) => Verdict::Keep,
            _ => Verdict::Look,
        };
        let named = literal || name.part == Part::BuiltIn && name.member().is_none();
        let kept = treatment == Self::KEEP && within.is_none_or(|within| within.treatment == Self::KEEP);
        let look_at_key = !named && !kept && verdict != Verdict::Drop;
        let scanner =
            self.treatment(treatment).and_then(|plan| plan.scan).and_then(|(at, _)| u16::try_from(at).ok());
        Decision {
            class,
            treatment,
            why,
            verdict,
            look_at_key,
            scanner,
            shape: Shape::of(name.path),
            told_from: None,
        }
    }

    /// The lines that name a field, each with its strength, in no promised order: what `explain` shows.
    pub fn matching<'p>(
        &'p self,
        name: &Name<'_>,
        matches: &'p mut Matches<LineId>,
    ) -> impl Iterator<Item = (LineId, &'p Line, Strength)> {
        self.match_lines(name, matches);
        matches
            .ids()
            .iter()
            .filter_map(|id| self.line(*id).map(|line| (*id, line, self.strength(line.treatment))))
    }

    fn match_lines(&self, name: &Name<'_>, matches: &mut Matches<LineId>) {
        self.matcher.matches(name, matches);
        if let Some(header) = header(name) {
            let header = Name { part: Part::Header, path: &header, key_at: 0, ..*name };
            self.matcher.matches_also(&header, matches);
        }
    }

    fn strength(&self, id: TreatmentId) -> Strength {
        self.treatment(id).map_or(Strength::Suppress, |treatment| treatment.strength)
    }

    fn strictest(
        &self,
        name: &Name<'_>,
        within: Option<Decision>,
        now_unix_nanos: u64,
        lines: &[LineId],
    ) -> (Option<ClassId>, TreatmentId, Why) {
        let seconds = i64::try_from(now_unix_nanos / 1_000_000_000).unwrap_or(i64::MAX);
        let ruling = lines.iter().filter_map(|id| self.line(*id).map(|line| (*id, line)));
        if let Some((id, line)) =
            ruling.clone().find(|(_, line)| line.until_unix_seconds.is_some_and(|until| until <= seconds))
        {
            return (Some(line.class), Self::SUPPRESS, Why::Expired(id));
        }
        let own = ruling.clone().map(|(_, line)| (self.strength(line.treatment), line.treatment));
        let mut decided = match super::strictest_of(own) {
            Some((_, treatment)) => {
                // Of lines that do the same, the one of the most severe class speaks: what a field is counted as.
                let line = ruling
                    .clone()
                    .filter(|(_, line)| line.treatment == treatment)
                    .min_by_key(|(_, line)| self.class(line.class).map(|class| class.class));
                line.map(|(id, line)| (Some(line.class), treatment, Why::Line(id)))
            }
            None => ruling.clone().next().map(|(_, line)| (Some(line.class), Self::SUPPRESS, Why::Conflict)),
        };
        if let Some(within) = within {
            let outer = self.strength(within.treatment);
            let inherited = (within.class, within.treatment, Why::Container);
            decided = match decided {
                None => match self.hint(name).filter(|_| outer == Strength::Scan) {
                    Some(hinted) => Some(hinted),
                    None => Some(inherited),
                },
                Some(own) => match self.strength(own.1).partial_cmp(&outer) {
                    Some(std::cmp::Ordering::Less) => Some(inherited),
                    Some(_) => Some(own),
                    // Scanning is what a container does to the parts that nobody names. A part that has its own line is
                    // treated whole by it, which leaves nothing to scan.
                    None if outer == Strength::Scan => Some(own),
                    None => Some((own.0, Self::SUPPRESS, Why::Conflict)),
                },
            };
        }
        decided.unwrap_or_else(|| self.fallback(name))
    }

    fn fallback(&self, name: &Name<'_>) -> (Option<ClassId>, TreatmentId, Why) {
        if name.level == Level::Transport {
            return (None, Self::KEEP, Why::Default);
        }
        if name.part == Part::BuiltIn
            && name.member().is_none()
            && self.structural.contains(&(name.level, name.path))
        {
            return (Some(Class::Structural as ClassId), Self::KEEP, Why::Structure);
        }
        match self.default {
            Fallback::Keep => (None, Self::KEEP, Why::Default),
            Fallback::Suppress => (None, Self::SUPPRESS, Why::Default),
            Fallback::Scan => self.hint(name).unwrap_or((None, Self::SCAN, Why::Default)),
        }
    }

    fn hint(&self, name: &Name<'_>) -> Option<(Option<ClassId>, TreatmentId, Why)> {
        if name.part == Part::BuiltIn && name.member().is_none() {
            return None;
        }
        let (class, word) = match name.part {
            Part::Query => signed::class_of_parameter(name.key()),
            _ => None,
        }
        .or_else(|| hint::class_of_key(name.key()))?;
        // A guess never weakens: where the policy keeps the class, what stands there is scanned as everything else is.
        let plan =
            self.class(class as ClassId).filter(|plan| self.strength(plan.treatment) != Strength::Keep)?;
        Some((Some(class as ClassId), plan.treatment, Why::Hint(word)))
    }
}
