//! Decides on the fields that walkers show, and applies: the visitor between a plan and a payload.
//!
//! Remembers rulings by name for as long as the plan lives, and dear results by value for one payload, so that what stays
//! costs a look-up and what joins is worked out once a value. Allocates nothing to keep a field.

mod arguments;
mod learned;
mod parts;
mod repeated;
mod search;
#[cfg(test)]
mod tests;

use crate::Class;
use crate::Host;
use crate::detect::{FieldContext, Hits, Told, names_no_secret, says_nothing};
use crate::memo::Memo;
use crate::outcome::{Reason, Tally};
use crate::policy::{ClassId, Decision, LineId, Matches, OnHit, Origin, Plan, TreatmentId, Why};
use crate::rewrite::{OnWithheld, Options};
use crate::treat::{Apply, Beginning, Context, Surroundings, Treated};
use frostglass_formats::parts::{Shape, may_begin, may_hold};
use frostglass_formats::{
    Defect, Edit, FieldVisitor, Level, Marks, Name, Part, Recalled, Ruling, Value, Verdict,
};
use frostglass_keys::{Document, Domain, Random, Recognizer, Ring, Seeding};
use learned::Stretch;
use std::fmt::Write as _;
use std::sync::Arc;

/// Names remembered for a plan. Telemetry of one host has a few hundred.
const NAMES: usize = 4096;
/// Values remembered for a payload.
const VALUES: usize = 4096;
/// Data points that come again are remembered for two of these at most after they came last, in nanoseconds: ten minutes. Reports are
/// seldom more than a few minutes apart.
const PERIOD: u64 = 600_000_000_000;
/// Numbers below this have too few digits to be a card or an account.
const FEWEST_DIGITS: i64 = 100_000_000_000;

/// The visitor of an engine.
#[derive(Debug)]
pub(crate) struct Decider {
    plan: Arc<Plan>,
    ring: Ring,
    recognizer: Recognizer,
    options: Options,
    now: u64,
    seeding: Seeding,
    /// Randomness of the present payload, if the plan needs any and the host gave some.
    random: Option<Random>,
    /// The documents of the payload, for what stands in no record, and of the present record.
    documents: [Option<Document>; 2],
    /// The trace of the present record or exemplar, as far as it says one.
    trace: Option<[u8; 16]>,
    /// Decisions by name; a ruling's id is a number in here, or in `spare` from `SPARE` on.
    rulings: Memo<Decision>,
    /// Decisions on names that found no room: few distinct ones, since keys are not told apart.
    spare: Vec<Decision>,
    matches: Matches<LineId>,
    /// Configured treatments by treatment and class, made when first needed.
    appliers: Vec<Option<Box<dyn Apply>>>,
    hits: Hits,
    told: Told,
    /// Results of treatments that are to be remembered, by value, as ranges of `tokens`.
    values: Memo<(usize, usize)>,
    tokens: String,
    piece: String,
    digits: String,
    rooms: parts::Rooms,
    learned: learned::Learned,
    arguments: arguments::Arguments,
    stretches: Vec<Stretch>,
    repeated: repeated::Repeated,
    pub(crate) tally: Tally,
}

/// Ids of rulings in [`Decider::spare`] begin here.
const SPARE: u32 = 1 << 31;
/// Keys are scanned by all detectors: the scanner of treatment [`Plan::SCAN`], which is made first.
const KEY_SCANNER: usize = 0;

impl Decider {
    pub(crate) fn new(plan: Arc<Plan>, ring: Ring, options: Options) -> Self {
        let recognizer = ring.recognizer(Domain { tenant: &options.tenant, recipient: &options.recipient });
        let appliers = (0..plan.treatments.len() * (plan.classes.len() + 1)).map(|_| None).collect();
        Self {
            plan,
            ring,
            recognizer,
            options,
            now: 0,
            seeding: Seeding::default(),
            random: None,
            documents: [None; 2],
            trace: None,
            rulings: Memo::new(NAMES, NAMES * 64),
            spare: Vec::new(),
            matches: Matches::default(),
            appliers,
            hits: Hits::new(),
            told: Told::default(),
            values: Memo::new(VALUES, VALUES * 64),
            tokens: String::new(),
            piece: String::new(),
            digits: String::new(),
            rooms: parts::Rooms::default(),
            learned: learned::Learned::default(),
            arguments: arguments::Arguments::default(),
            stretches: Vec::new(),
            repeated: repeated::Repeated::default(),
            tally: Tally::default(),
        }
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Begins a payload at a time. Says whether rulings made before no longer hold.
    pub(crate) fn begin(&mut self, host: &dyn Host) -> bool {
        let now_unix_nanos = host.now_unix_nanos();
        self.forget_record();
        self.tally = Tally::default();
        self.values.clear();
        self.tokens.clear();
        self.spare.clear();
        // A line may end between two payloads; what was decided before no longer holds then.
        let over = self.plan.expires_between(self.now, now_unix_nanos) || self.rulings.is_crowded();
        if over {
            self.rulings.clear();
        }
        self.now = now_unix_nanos;
        if self.plan.draws {
            self.random = self.seeding.take(host.random());
            self.documents = [self.random.as_mut().map(Random::draw); 2];
        }
        self.trace = None;
        let mut changed = over;
        for applier in self.appliers.iter_mut().flatten() {
            changed |= applier.begin(Beginning { now_unix_nanos, random: self.random.as_mut() });
        }
        self.repeated.begin(changed);
        over
    }

    #[inline]
    fn decision(&self, id: u32) -> Decision {
        let known = match id.checked_sub(SPARE) {
            Some(at) => self.spare.get(at as usize),
            None => self.rulings.answer(id),
        };
        known.copied().unwrap_or(Decision::WITHHOLD)
    }

    fn withhold(&mut self, reason: Reason) {
        self.tally.withheld.add(reason, 1);
    }

    fn count(&mut self, class: Option<ClassId>, treatment: &'static str) {
        let class = class.and_then(|id| self.plan.class(id)).map(|class| class.class);
        self.tally.treated.count(class, treatment);
    }

    /// Applies the treatment of a class to one value. `out` comes empty.
    fn apply(
        &mut self,
        treatment: TreatmentId,
        class: Option<ClassId>,
        value: Value<'_>,
        out: &mut String,
    ) -> Treated {
        let Some(plan) = self.plan.treatments.get(usize::from(treatment)) else {
            return Treated::Suppress(None);
        };
        let classes = self.plan.classes.len() + 1;
        let index = usize::from(treatment) * classes + class.map_or(classes - 1, usize::from);
        let Some(slot) = self.appliers.get_mut(index) else { return Treated::Suppress(None) };
        if slot.is_none() {
            let class = class.and_then(|id| self.plan.classes.get(usize::from(id)));
            let mut made = plan.treat.resolve(&Context {
                class: class.map_or(Class::Content, |class| class.class),
                class_name: class.map_or("", |class| class.name.as_str()),
                ring: &self.ring,
                recipient: &self.options.recipient,
                tenant: &self.options.tenant,
            });
            made.begin(Beginning { now_unix_nanos: self.now, random: self.random.as_mut() });
            *slot = Some(made);
        }
        let Some(applier) = slot.as_deref_mut() else { return Treated::Suppress(None) };
        if self.plan.heeds_traces() {
            applier.enter(Surroundings { document: self.documents[1], trace: self.trace });
        }
        // The same bytes may be treated in another way where they are text.
        let (tag, bytes) = match value {
            _ if !plan.remembers => return applier.apply(value, out),
            Value::Text(text) => (index as u64, text.as_bytes()),
            Value::Bytes(bytes) => (!(index as u64), bytes),
            _ => return applier.apply(value, out),
        };
        match self.values.find(tag, bytes) {
            Ok(found) => {
                let range = self.values.get(found).map_or((0, 0), |(range, _)| range);
                out.push_str(self.tokens.get(range.0..range.1).unwrap_or(""));
                Treated::Text
            }
            Err(vacancy) => {
                let treated = applier.apply(value, out);
                if treated == Treated::Text {
                    let range = (self.tokens.len(), self.tokens.len() + out.len());
                    // A payload of a million values has room for some of them.
                    if self.values.put(vacancy, tag, bytes, range).is_some() {
                        self.tokens.push_str(out);
                    }
                }
                treated
            }
        }
    }

    /// Scans text and treats what is found. `out` comes empty.
    #[inline]
    fn scan(&mut self, text: &str, scanner: usize, on_hit: OnHit, id: u32, out: &mut String) -> Edit {
        if scanner >= self.plan.scanners.len() {
            return Edit::Drop;
        }
        self.scan_in(text, None, (scanner, on_hit), id, out)
    }

    /// Scans text, whose structures are known, and treats what is found.
    #[inline]
    fn scan_in(
        &mut self,
        text: &str,
        structure: Option<parts::Structure<'_>>,
        (scanner, on_hit): (usize, OnHit),
        id: u32,
        out: &mut String,
    ) -> Edit {
        self.find(text, scanner, id);
        if self.hits.is_empty() && (!self.learned.hunts() || !self.learned.is_in(text.as_bytes())) {
            return Edit::Keep;
        }
        self.treat_hits(text, structure, scanner, on_hit, out)
    }

    /// Leaves in `hits` what a scanner finds in a text of a field.
    #[inline]
    fn find(&mut self, text: &str, scanner: usize, id: u32) {
        let (rulings, hits) = (&self.rulings, &mut self.hits);
        let whole = self.rooms.is_whole(id);
        let known = rulings.get(id);
        let key = known.map_or("", |(_, path)| std::str::from_utf8(path).unwrap_or(""));
        if let Some(plan) = self.plan.scanners.get(scanner) {
            plan.scanner.find(text, FieldContext { key }, hits);
            if let Some(name) =
                known.filter(|_| whole).and_then(|(decision, _)| key.get(usize::from(decision.told_from?)..))
            {
                plan.scanner.find_told(name, text, &mut self.told, hits);
            }
        }
    }

    /// Scans text, and the parts that it holds.
    #[inline]
    fn scan_text(
        &mut self,
        text: &str,
        decision: Decision,
        scan: (usize, OnHit),
        id: u32,
        out: &mut String,
    ) -> Edit {
        if decision.shape == Shape::Argument {
            return self.scan_argument(text, decision, scan, id, out);
        }
        if may_hold(text.as_bytes(), decision.shape) && self.rooms.has_room() {
            return self.open(text, decision, scan, id, out);
        }
        self.scan(text, scan.0, scan.1, id, out)
    }

    #[inline(never)]
    fn treat_hits(
        &mut self,
        text: &str,
        mut structure: Option<parts::Structure<'_>>,
        scanner: usize,
        on_hit: OnHit,
        out: &mut String,
    ) -> Edit {
        let plan = Arc::clone(&self.plan);
        let classes = plan.scanners.get(scanner).map_or(&[][..], |scanner| &scanner.classes);
        let mut stretches = std::mem::take(&mut self.stretches);
        stretches.clear();
        stretches.extend(self.hits.iter().map(|hit| Stretch {
            start: hit.start,
            end: hit.end,
            class: classes.get(usize::from(hit.detector)).copied().unwrap_or(hit.class as ClassId),
            learned: None,
        }));
        if self.learned.hunts() {
            self.learned.hunt(text, &mut stretches);
            learned::settle(&mut stretches, |class| is_secret(&plan, class));
        }
        let mut at = 0;
        let mut changed = false;
        let mut whole = true;
        for hit in &stretches {
            // What a structure demanded to be covered with the finding before may reach into this one.
            let start = hit.start.max(at);
            if start >= hit.end {
                continue;
            }
            let (Some(before), Some(found)) = (text.get(at..start), text.get(start..hit.end)) else {
                whole = false;
                break;
            };
            out.push_str(before);
            let hit = Stretch { start, ..*hit };
            let inside = match &mut structure {
                Some(structure) => {
                    let treated = structure.is_treated(&hit.span()) && !is_secret(&plan, hit.class);
                    if treated {
                        out.push_str(found);
                        Some(false)
                    } else {
                        self.treat_hit_inside(structure, hit, on_hit, text, out)
                    }
                }
                None => None,
            };
            changed |= match inside {
                Some(changed) => changed,
                None => self.treat_stretch(hit, on_hit, found, out),
            };
            at = hit.end.max(structure.as_ref().map_or(0, |structure| structure.covered));
        }
        self.stretches = stretches;
        match (whole, changed) {
            // A finding outside its text would be a defect of a detector: nothing of the text is let through.
            (false, _) => Edit::Drop,
            (true, false) => Edit::Keep,
            (true, true) => {
                out.push_str(text.get(at..).unwrap_or(""));
                Edit::Text
            }
        }
    }

    /// Writes what stands for a stretch to the end of `out`, and tells whether that differs from it.
    fn treat_stretch(&mut self, stretch: Stretch, on_hit: OnHit, found: &str, out: &mut String) -> bool {
        let Some(learned) = stretch.learned else { return self.treat_hit(stretch.class, on_hit, found, out) };
        let from = out.len();
        self.treat_learned(learned, out);
        out.get(from..) != Some(found)
    }

    /// Writes what stands for a finding to the end of `out`, and tells whether that differs from the finding.
    fn treat_hit(&mut self, class: ClassId, on_hit: OnHit, found: &str, out: &mut String) -> bool {
        // What an earlier hop made is no secret any more, whatever stands before it.
        if self.recognizer.recognize(found).is_some() {
            out.push_str(found);
            return false;
        }
        let plan = Arc::clone(&self.plan);
        let treatment = plan.class(class).map_or(Plan::SUPPRESS, |class| class.treatment);
        let word = match on_hit {
            OnHit::ByClass => {
                plan.treatment(treatment).map_or("suppress", |treatment| treatment.options.word())
            }
            OnHit::Mask => "mask",
            OnHit::Suppress => "suppress",
        };
        match (on_hit, word) {
            (OnHit::ByClass, "keep") => {
                out.push_str(found);
                return false;
            }
            (OnHit::Mask, _) => {
                out.push_str("***");
                self.count(Some(class), word);
                return true;
            }
            (OnHit::ByClass, treated) if treated != "suppress" && treated != "scan" => {
                let mut piece = std::mem::take(&mut self.piece);
                piece.clear();
                let result = self.apply(treatment, Some(class), Value::Text(found), &mut piece);
                let written = match result {
                    Treated::Text => {
                        out.push_str(&piece);
                        true
                    }
                    Treated::Int(number) => write!(out, "{number}").is_ok(),
                    Treated::Double(number) => write!(out, "{number}").is_ok(),
                    Treated::Keep | Treated::Suppress(_) => false,
                };
                self.piece = piece;
                if written {
                    self.count(Some(class), word);
                    return true;
                }
                if result == Treated::Keep {
                    out.push_str(found);
                    return false;
                }
                if let Treated::Suppress(Some(reason)) = result {
                    self.withhold(reason);
                }
            }
            _ => {}
        }
        // Within text a finding leaves its class behind, so that a reader knows what stood there.
        let _ = write!(out, "[{}]", plan.class(class).map_or("withheld", |class| class.name.as_str()));
        self.count(Some(class), "suppress");
        true
    }

    /// Scans a number, which may be a card or an account, or what its name says. What is found in it is the whole of it.
    fn scan_number(
        &mut self,
        number: impl std::fmt::Display,
        (scanner, on_hit): (usize, OnHit),
        id: u32,
        out: &mut String,
    ) -> Edit {
        let mut digits = std::mem::take(&mut self.digits);
        digits.clear();
        let _ = write!(digits, "{number}");
        let edit = self.scan(&digits, scanner, on_hit, id, out);
        self.digits = digits;
        edit
    }

    fn treat_value(&mut self, decision: Decision, value: Value<'_>, out: &mut String) -> Edit {
        match self.apply(decision.treatment, decision.class, value, out) {
            Treated::Keep => Edit::Keep,
            Treated::Suppress(reason) => {
                if let Some(reason) = reason {
                    self.withhold(reason);
                }
                self.count(decision.class, "suppress");
                Edit::Drop
            }
            treated => {
                let word =
                    self.plan.treatment(decision.treatment).map_or("suppress", |plan| plan.options.word());
                self.count(decision.class, word);
                match treated {
                    Treated::Int(number) => Edit::Int(number),
                    Treated::Double(number) => Edit::Double(number),
                    _ => Edit::Text,
                }
            }
        }
    }
}

impl FieldVisitor for Decider {
    fn rule(&mut self, name: Name<'_>, within: Option<Ruling>) -> Ruling {
        let ruling = self.bind(name, within);
        self.count_ruling(ruling)
    }

    fn bind(&mut self, name: Name<'_>, within: Option<Ruling>) -> Ruling {
        let tag = tag(&name, within);
        match self.rulings.find(tag, name.path.as_bytes()) {
            Ok(id) => self.decision(id).ruling(id),
            Err(vacancy) => self.rule_anew(name, within, tag, vacancy),
        }
    }

    fn met(&mut self, ruling: Ruling) {
        self.count_ruling(ruling);
    }

    fn lasts(&self, ruling: Ruling) -> bool {
        ruling.id < SPARE
    }

    fn sifts(&self, ruling: Ruling) -> bool {
        !ruling.look_at_key
            && self.rulings.answer(ruling.id).is_some_and(|decision| {
                decision.scanner.is_some()
                    && decision.told_from.is_none()
                    && matches!(decision.shape, Shape::Text | Shape::Path)
            })
    }

    fn sift(&mut self, texts: &[u8], from: usize, marks: &mut Marks) {
        // The scanner that keys are scanned with has every detector that any other has.
        match self.plan.scanners.get(KEY_SCANNER) {
            Some(plan) => plan.scanner.sift(texts, |at| marks.mark(from + at)),
            None => marks.mark_all(),
        }
    }

    fn outcomes_hold(&self) -> Option<(u64, u64)> {
        let holds = !self.plan.draws && !self.plan.heeds_traces();
        holds.then(|| (self.repeated.stamp(), self.now / PERIOD))
    }

    fn begin_repeatable(&mut self) {
        self.repeated.set_apart(&mut self.tally);
    }

    fn end_repeatable(&mut self) -> Option<u32> {
        let learned = &mut self.learned;
        self.repeated.put_back(&mut self.tally, |payload| learned.put_back(payload))
    }

    fn repeat(&mut self, outcome: u32, whole: bool) {
        if whole {
            self.repeated.note(outcome);
        } else {
            self.repeated.count_again(outcome, &mut self.tally);
        }
    }

    fn passing_number(&self) -> u64 {
        FEWEST_DIGITS.unsigned_abs() + 1
    }

    fn met_sifted(&mut self, count: u64) {
        self.tally.fields += count;
    }

    #[inline]
    fn recall(&mut self, level: Level, key: &[u8], text: &[u8]) -> Recalled {
        let Ok(id) = self.rulings.recall(tag(&Name::attribute(level, ""), None), key) else {
            return Recalled::Unknown;
        };
        let Some(decision) = self.rulings.answer(id) else { return Recalled::Unknown };
        let ruling = decision.ruling(id);
        let stays = !ruling.look_at_key
            && decision.told_from.is_none()
            && match decision.scanner.and_then(|at| self.plan.scanners.get(usize::from(at))) {
                Some(plan) => {
                    plan.scanner.passes_over(text)
                        && !may_begin(text, decision.shape)
                        && (!self.learned.hunts() || !self.learned.is_in(text))
                }
                None => ruling.verdict == Verdict::Keep && self.plan.keeps_unknown(),
            };
        if stays {
            self.tally.fields += 1;
            return Recalled::Stays;
        }
        Recalled::Ruled(self.count_ruling(ruling))
    }

    fn key(&mut self, ruling: Ruling, key: &str, out: &mut String) -> Edit {
        // A field that stays whatever it holds has a key that does, too; rulings do not ask for it then.
        let _ = ruling;
        self.scan(key, KEY_SCANNER, OnHit::ByClass, u32::MAX, out)
    }

    fn value(&mut self, ruling: Ruling, value: Value<'_>, out: &mut String) -> Edit {
        self.tally.fields += 1;
        let decision = self.decision(ruling.id);
        if decision.treatment == Plan::KEEP {
            return Edit::Keep;
        }
        if self.learns_from(decision) {
            self.learn(decision, value);
            if decision.verdict == Verdict::Drop {
                self.tally.fields -= 1;
                return Edit::Drop;
            }
        }
        let Some(scan) = self.plan.treatment(decision.treatment).map(|treatment| treatment.scan) else {
            return Edit::Drop;
        };
        let Some((scanner, on_hit)) = scan else {
            return self.treat_value(decision, value, out);
        };
        let id = ruling.id;
        match value {
            Value::Text(text) => self.scan_text(text, decision, (scanner, on_hit), id, out),
            Value::Int(number) if !(-FEWEST_DIGITS..=FEWEST_DIGITS).contains(&number) => {
                self.scan_number(number, (scanner, on_hit), id, out)
            }
            Value::Double(number)
                if number.fract() == 0.0 && number.abs() > FEWEST_DIGITS as f64 && number.abs() < 1e19 =>
            {
                self.scan_number(number as i64, (scanner, on_hit), id, out)
            }
            Value::Int(number) if decision.told_from.is_some() => {
                self.scan_number(number, (scanner, on_hit), id, out)
            }
            Value::Double(number) if decision.told_from.is_some() => {
                self.scan_number(number, (scanner, on_hit), id, out)
            }
            Value::Int(_) | Value::Double(_) | Value::Bool(_) => Edit::Keep,
            Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => self.scan_text(text, decision, (scanner, on_hit), id, out),
                Err(_) => {
                    self.withhold(Reason::Opaque);
                    self.count(decision.class, "suppress");
                    Edit::Drop
                }
            },
        }
    }

    fn decoded(&mut self, ruling: Ruling, text: &str, out: &mut String) -> Edit {
        self.learned.meet_decoded();
        self.value(ruling, Value::Text(text), out)
    }

    fn extent(&mut self, text: &str, span: core::ops::Range<usize>) -> usize {
        self.extent_of(text, &span)
    }

    fn scans(&self, ruling: Ruling) -> bool {
        let treatment = self.decision(ruling.id).treatment;
        treatment == Plan::KEEP || self.plan.treatment(treatment).is_none_or(|plan| plan.scan.is_some())
    }

    fn is_alike(&self, part: Ruling, whole: Ruling) -> bool {
        let (part, whole) = (self.decision(part.id), self.decision(whole.id));
        part.treatment == whole.treatment && part.class == whole.class
    }

    fn spares(&self, ruling: Ruling, value: &str) -> bool {
        let decision = self.decision(ruling.id);
        // A device of a bus, a channel: its number tells nobody from others.
        let online = decision
            .class
            .and_then(|id| self.plan.class(id))
            .is_some_and(|plan| plan.class == Class::OnlineId);
        let counted = || online && value.len() <= 3 && value.bytes().all(|byte| byte.is_ascii_digit());
        match decision.why {
            Why::Hint(_) => says_nothing(value) || counted(),
            // A user's own line means what it says; of a built-in one the detectors know better.
            Why::Line(line) => {
                let built_in =
                    self.plan.line(line).is_some_and(|line| matches!(line.origin, Origin::BuiltIn(_)));
                built_in && decision.class == Some(Class::Credential as ClassId) && names_no_secret(value)
            }
            _ => false,
        }
    }

    fn keeps_apart(&self, ruling: Ruling) -> bool {
        let treatment = self.plan.treatment(self.decision(ruling.id).treatment);
        treatment.is_some_and(|treatment| {
            ["keep", "pseudonymize", "tokenize", "seal", "encrypt-ip"].contains(&treatment.options.word())
        })
    }

    fn label(&self, ruling: Ruling, out: &mut String) {
        let class = self.decision(ruling.id).class.and_then(|id| self.plan.class(id));
        out.push('[');
        out.push_str(class.map_or("withheld", |class| class.name.as_str()));
        out.push(']');
    }

    fn learns(&self, ruling: Ruling) -> bool {
        self.learns_from(self.decision(ruling.id))
    }

    fn learned(&self) -> usize {
        self.learned.len()
    }

    fn learn_again(&mut self, ruling: Ruling, value: Value<'_>) {
        let decision = self.decision(ruling.id);
        if self.learns_from(decision) {
            self.learn(decision, value);
        }
    }

    fn may_learn(&self, ruling: Ruling) -> bool {
        self.is_learned(self.decision(ruling.id))
    }

    fn hunt(&self, texts: &[u8], sink: &mut dyn FnMut(usize)) {
        self.learned.places(texts, sink);
    }

    fn enter_record(&mut self, level: Level) {
        // Metrics are not left: what is learned in them is learned in their data points.
        if level == Level::Metric {
            self.forget_record();
        } else {
            self.begin_record();
        }
        if self.plan.heeds_traces() {
            self.documents[1] = self.random.as_mut().map(Random::draw);
            self.trace = None;
        }
    }

    fn leave_record(&mut self, _: Level, bytes: &[u8]) -> bool {
        let again = self.end_record(bytes);
        if !again {
            self.leave_trace();
        }
        again
    }

    fn heeds_traces(&self) -> bool {
        self.plan.heeds_traces()
    }

    fn trace(&mut self, trace_id: [u8; 16]) {
        self.documents[1] = Some(trace_id);
        self.trace = Some(trace_id);
    }

    fn exemplar(&mut self, trace_id: Option<[u8; 16]>) {
        self.trace = trace_id;
    }

    fn rules_structure(&self) -> bool {
        self.plan.rules_structure()
    }

    fn keeps_unknown(&self) -> bool {
        self.plan.keeps_unknown()
    }

    fn unknown(&mut self, _: Level) -> bool {
        let keeps = self.plan.keeps_unknown();
        if !keeps {
            self.withhold(Reason::Unknown);
        }
        keeps
    }

    fn unreadable(&mut self, _: Level, defect: Defect) {
        self.withhold(defect.into());
    }

    fn record_withheld(&mut self, _: Level, items: u64, defect: Defect) -> bool {
        self.tally.records_dropped.add(defect.into(), items);
        self.leave_trace();
        // A metric without its name goes because the policy says so; that is no reason to refuse anything.
        if defect == Defect::Nameless {
            return true;
        }
        self.options.on_withheld == OnWithheld::Drop
    }
}

impl Decider {
    /// Ends a payload: what was noted alone is counted.
    pub(crate) fn end(&mut self) {
        self.repeated.count_noted(&mut self.tally);
    }

    /// What follows stands in no record.
    fn leave_trace(&mut self) {
        self.documents[1] = self.documents[0];
        self.trace = None;
    }

    /// Counts what is over with its ruling; what is looked into is counted by value.
    #[inline]
    fn count_ruling(&mut self, ruling: Ruling) -> Ruling {
        match ruling.verdict {
            Verdict::Keep => self.tally.fields += 1,
            Verdict::Look => {}
            Verdict::Drop => {
                self.tally.fields += 1;
                self.count(self.decision(ruling.id).class, "suppress");
            }
        }
        ruling
    }

    #[inline(never)]
    fn rule_anew(
        &mut self,
        name: Name<'_>,
        within: Option<Ruling>,
        tag: u64,
        vacancy: crate::memo::Vacancy,
    ) -> Ruling {
        let within = within.map(|within| self.decision(within.id));
        let mut decision = self.plan.decide(&name, within, self.now, &mut self.matches);
        // The key is part of the name, so what its text holds is found out once for all its values.
        if decision.look_at_key
            && let Some(plan) = self.plan.scanners.get(KEY_SCANNER)
        {
            plan.scanner.find(name.key(), FieldContext::default(), &mut self.hits);
            decision.look_at_key = !self.hits.is_empty();
        }
        // So is whether it is a name by which detectors know values. What stands in a text is scanned with it.
        // Where a line says what it is, nothing is guessed.
        let unnamed = matches!(decision.why, Why::Default | Why::Container);
        let own =
            matches!(name.part, Part::Attribute) || name.part == Part::BuiltIn && name.member().is_some();
        if unnamed
            && own
            && let Some(plan) = decision.scanner.and_then(|at| self.plan.scanners.get(usize::from(at)))
            && plan.scanner.tells(name.key())
        {
            let from = if name.part == Part::BuiltIn { name.member_at } else { 0 };
            decision.told_from = u16::try_from(from).ok();
        }
        if let Some(id) = self.rulings.put(vacancy, tag, name.path.as_bytes(), decision) {
            return decision.ruling(id);
        }
        // Without the reason there are few distinct ones, however many names there are.
        let decision = Decision { why: Why::Default, told_from: None, ..decision };
        let known = self.spare.iter().position(|spare| *spare == decision);
        let at = known.unwrap_or_else(|| {
            self.spare.push(decision);
            self.spare.len() - 1
        });
        decision.ruling(SPARE | at as u32)
    }
}

/// Whether a class is one of secrets.
fn is_secret(plan: &Plan, class: ClassId) -> bool {
    plan.class(class).is_none_or(|class| class.class == Class::Credential)
}

/// What tells names of one path apart, packed for the table of rulings.
#[inline]
fn tag(name: &Name<'_>, within: Option<Ruling>) -> u64 {
    // Offsets are at most `Limits::path`, far below twelve bits; longer ones would only cost the memory.
    let within = within.map_or(u32::MAX, |within| within.id);
    (u64::from(within) << 32)
        | ((name.level as u64 & 0xf) << 28)
        | ((name.part as u64 & 0xf) << 24)
        | ((name.member_at as u64 & 0xfff) << 12)
        | (name.key_at as u64 & 0xfff)
}
