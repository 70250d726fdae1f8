//! Which line decides on a field, and how the others stand.

use super::tried::Tried;
use crate::builtin;
use crate::field::Field;
use crate::policy::described;
use frostglass_engine::policy::{
    Decision, Line, LineId, Matches, Origin, Plan, PolicyFile, Strength, TreatmentId, Why,
};
use frostglass_formats::{Level, Name, Verdict};
use std::cmp::Ordering;

/// What happens to a field on some levels.
pub(super) struct Ruling {
    pub(super) levels: Vec<Level>,
    pub(super) decision: Decision,
    /// The value that holds the field and decides for it.
    pub(super) container: Option<(String, Why)>,
    pub(super) lines: Vec<Stand>,
    pub(super) result: Option<Tried>,
}

/// How a line stands with a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stand {
    /// `policy.yaml:12`.
    pub(super) place: String,
    pub(super) line: Option<u32>,
    pub(super) selector: String,
    pub(super) class: String,
    pub(super) treatment: String,
    pub(super) won: bool,
    /// Why it lost; empty for the line that won.
    pub(super) reason: String,
    pub(super) why: Option<String>,
}

/// The policy without a catalog of its own: the lines of the built-in catalogs as they would stand.
pub(crate) fn without_catalog(file: &PolicyFile) -> Option<Plan> {
    let mut bare = file.clone();
    bare.catalog.0.clear();
    Plan::compile(bare).ok()
}

pub(super) struct Book<'p> {
    pub(super) plan: &'p Plan,
    pub(super) bare: Option<Plan>,
    pub(super) now: u64,
    pub(super) matches: Matches<LineId>,
}

impl Book<'_> {
    /// The decisions on all levels of a field; levels of which the same is to be said stand together.
    pub(super) fn rulings(&mut self, field: &Field) -> Vec<Ruling> {
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
