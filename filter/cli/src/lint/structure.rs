//! What lint says of treated ids and times: they hold traces together, so they are treated all alike or not at all. And of what is
//! treated as one of them and is none.

use super::rules::Book;
use frostglass_engine::Class;
use frostglass_engine::policy::{Decision, Finding, LineId, Matches, Origin, Treatment, Why};
use frostglass_formats::otlp::schema::{self, Kind, Shape};
use frostglass_formats::{Level, Name, Part};

/// Attributes of the semantic conventions with their types, as the registry has them: lines of name, type and state.
const ATTRIBUTES: &str = include_str!("../../../policies/sources/semconv-attributes.tsv");

/// A built-in field with what its policy does to it.
struct Leaf<'p> {
    level: Level,
    name: &'static str,
    /// None for text, and for what may be anything.
    shape: Option<Shape>,
    /// None where it is suppressed by more than one line.
    treatment: Option<&'p Treatment>,
    /// Name of the policy's own line that decides.
    line: Option<&'p str>,
}

impl Leaf<'_> {
    fn text(&self) -> String {
        format!("{}/@{}", self.level.word(), self.name)
    }

    fn stays(&self) -> bool {
        matches!(self.treatment, Some(Treatment::Keep))
    }

    /// What scanning leaves as it is stays too.
    fn shows_ids(&self) -> bool {
        self.stays() || matches!(self.treatment, Some(Treatment::Scan(_)))
    }
}

/// All built-in fields of OTLP, each once.
fn leaves<'p>(book: &Book<'p>) -> Vec<Leaf<'p>> {
    let mut leaves: Vec<Leaf<'p>> = Vec::new();
    let mut matches = Matches::default();
    let now = u64::try_from(book.now).unwrap_or(0).saturating_mul(1_000_000_000);
    schema::visit_leaves(&mut |level, kind| {
        let (name, shape) = match kind {
            Kind::Structural(name, shape) => (name, Some(shape)),
            Kind::Text(name) | Kind::VitalText(name) | Kind::AnyValue(name) => (name, None),
            Kind::Message(_) | Kind::Attributes => return,
        };
        if leaves.iter().any(|leaf| (leaf.level, leaf.name) == (level, name)) {
            return;
        }
        let decision = book.plan.decide(&Name::built_in(level, name), None, now, &mut matches);
        let treatment = book.plan.treatment(decision.treatment).map(|plan| &plan.options);
        leaves.push(Leaf { level, name, shape, treatment, line: own_line(book, decision) });
    });
    leaves
}

/// The policy's own line that decided, by its name in the catalog.
fn own_line<'p>(book: &Book<'p>, decision: Decision) -> Option<&'p str> {
    let id: LineId = match decision.why {
        Why::Line(id) => id,
        _ => return None,
    };
    let origin = &book.plan.line(id)?.origin;
    let entry = book.file.catalog.iter().find(|entry| *origin == Origin::User(entry.at))?;
    Some(entry.name.as_str())
}

/// Whether a leaf is an id that says where something stands in a trace.
fn places(leaf: &Leaf<'_>) -> bool {
    matches!(leaf.shape, Some(Shape::Id(_))) && leaf.name != "profile_id"
}

/// Whether a leaf is a time of something that may stand in a trace.
fn is_moment(leaf: &Leaf<'_>) -> bool {
    matches!(leaf.shape, Some(Shape::Time)) && !matches!(leaf.level, Level::Point | Level::Profile)
}

/// Of ids and of times: some are treated, and others stay or are treated otherwise.
pub(super) fn torn_traces(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    let leaves = leaves(book);
    let mut look = |belongs: fn(&Leaf<'_>) -> bool, wanted: fn(&Treatment) -> bool, what: &str| {
        let kin = || leaves.iter().filter(|leaf| belongs(leaf));
        let Some(first) = kin().find(|leaf| leaf.treatment.is_some_and(wanted)) else { return };
        let Some(line) = first.line else { return };
        let is_stale = |leaf: &&Leaf<'_>| belongs(leaf) && leaf.stays();
        // Vendors put ids of spans there, in forms of their own: no treatment of ids reaches them.
        let holds = |leaf: &&Leaf<'_>| what == "ids" && leaf.name == "trace_state" && leaf.shows_ids();
        let missing: Vec<String> =
            leaves.iter().filter(|leaf| is_stale(leaf) || holds(leaf)).map(Leaf::text).collect();
        if !missing.is_empty() {
            let what = format!("{what} are treated here, and stay in {}", missing.join(", "));
            let hint =
                "give them a line with the same treatment, or suppress what the recipient does not get";
            say(book.file.finding(&["catalog", line], what, hint));
        }
        let others = kin().filter(|leaf| leaf.treatment != first.treatment);
        for other in others.filter(|leaf| leaf.treatment.is_some_and(wanted)) {
            let what = format!("{what} of {} and {} no longer fit together", first.text(), other.text());
            let hint = "give them one treatment: one key, one range";
            say(book.file.finding(&["catalog", other.line.unwrap_or(line)], what, hint));
        }
    };
    look(places, |treatment| matches!(treatment, Treatment::Rekey(_)), "ids");
    look(is_moment, |treatment| matches!(treatment, Treatment::Shift(_)), "times");
}

/// Fields under a treatment that is made for ids or for times, which are neither.
pub(super) fn unsuited(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    let hint = "everything else is suppressed by it; use another treatment";
    for leaf in leaves(book) {
        let (suits, holds) = match leaf.treatment {
            Some(Treatment::Rekey(_)) => (matches!(leaf.shape, Some(Shape::Id(_))), "no id"),
            Some(Treatment::Shift(_)) => (matches!(leaf.shape, Some(Shape::Time)), "no time"),
            _ => continue,
        };
        if let (false, Some(line)) = (suits, leaf.line) {
            say(book.file.finding(&["catalog", line], format!("{} is {holds}", leaf.text()), hint));
        }
    }
    for (name, line) in book.own_lines().filter(|(_, line)| !line.selector.parts().contains(Part::BuiltIn)) {
        let known = line.selector.pattern().literal();
        let kind = known.as_deref().and_then(type_of).unwrap_or_default();
        let what = match book.plan.treatment(line.treatment).map(|plan| &plan.options) {
            Some(Treatment::Shift(_)) if kind.is_empty() => {
                "only a whole number of nanoseconds since 1970 is a time here".to_owned()
            }
            // No attribute of the registry is one.
            Some(Treatment::Shift(_)) => {
                format!("{name} ({kind}) is no whole number of nanoseconds since 1970")
            }
            Some(Treatment::Rekey(_)) if !kind.is_empty() && !kind.contains("string") && kind != "any" => {
                format!("{name} ({kind}) is no id")
            }
            _ => continue,
        };
        say(book.file.finding(&["catalog", name], what, hint));
    }
    for (path, class, treatment) in book.uses() {
        let holds = match treatment.options {
            Treatment::Rekey(_) => "no ids",
            Treatment::Shift(_) => "no times",
            _ => continue,
        };
        // The classes of structural fields, which detectors find nothing of.
        let structural = matches!(class, Class::Operational | Class::Correlation | Class::Structural);
        if path.first() == Some(&"classes") && !structural {
            let what = format!("what is found of {} in text is {holds}", class.word());
            say(book.file.finding(&path, what, hint));
        }
    }
}

/// The type of an attribute of the semantic conventions.
fn type_of(attribute: &str) -> Option<&'static str> {
    let mut lines = ATTRIBUTES.lines().map(|line| line.split('\t'));
    lines.find_map(|mut parts| (parts.next()? == attribute).then(|| parts.next())?)
}

/// Times of points that move by another offset in each epoch.
pub(super) fn jumping_points(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for leaf in leaves(book).iter().filter(|leaf| leaf.level == Level::Point) {
        let (Some(Treatment::Shift(shift)), Some(line)) = (leaf.treatment, leaf.line) else { continue };
        if let Some(epoch) = book.file.keys.find(shift.key.as_str()).and_then(|key| key.epoch) {
            let what = format!(
                "each {epoch} the points of a metric move by another offset, up to {} forward or back",
                shift.within
            );
            let hint =
                "use `generalize`, or a key without `epoch`: databases of metrics refuse what goes back";
            say(book.file.finding(&["catalog", line], what, hint));
            return;
        }
    }
}
