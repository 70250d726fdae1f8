//! The pipelines of a configuration as one graph: what passes frostglass on its way, and what does not.
//!
//! Pipelines and connectors are its nodes. Untreated telemetry starts at receivers and flows until a pipeline with
//! frostglass; so a pipeline is treated only if nothing else feeds it. Linear in the configuration, cycles included.
//! Decides nothing about single components: that is the tables' part.

use super::components::{self, After, is_frostglass, lets_out};
use super::yaml::{Kind, Node, Spot};
use super::{Book, Found, Section, below, named};
use frostglass_engine::policy::suggest;
use std::collections::{BTreeMap, BTreeSet};

/// One pipeline. Its lists name components that are configured.
pub(super) struct Pipeline<'c> {
    path: String,
    at: Spot,
    /// Where `processors` stand, if they do.
    processors_at: Option<Spot>,
    receivers: Vec<Item<'c>>,
    processors: Vec<Item<'c>>,
    pub(super) exporters: Vec<Item<'c>>,
}

/// A component in a list of a pipeline.
pub(super) struct Item<'c> {
    pub(super) id: String,
    at: Spot,
    path: String,
    /// Its configuration, if it has any.
    pub(super) node: Option<&'c Node>,
    /// Whether it is a connector.
    connects: bool,
}

/// Everything that flows.
pub(super) struct Graph<'c> {
    pub(super) pipelines: Vec<Pipeline<'c>>,
    /// Whether untreated telemetry comes in.
    untreated_in: Vec<bool>,
    /// Whether treated telemetry comes in, perhaps beside other.
    treated_in: Vec<bool>,
    /// Whether what goes out leaves the process without another frostglass.
    leaves: Vec<bool>,
}

const LISTS: [(&str, Section); 3] = [
    ("receivers", Section::Receivers),
    ("processors", Section::Processors),
    ("exporters", Section::Exporters),
];

/// Reads the pipelines; what names nothing or hides behind a reference is found and left out.
pub(super) fn read<'c>(book: &Book<'c>, found: &mut Vec<Found>) -> Vec<Pipeline<'c>> {
    let mut pipelines = Vec::new();
    let Some(service) = book.root.members().and_then(|members| members.get("service")) else {
        let hint = "give the file that has it as well";
        found.push(Found::new(book.root.at, "service", "there is no service, so nothing runs", hint));
        return pipelines;
    };
    book.known(&service.value, "service", &["telemetry", "extensions", "pipelines"], found);
    let (at, members) = match service.value.members().and_then(|members| members.get("pipelines")) {
        Some(member) => (member.at, member.value.members()),
        None => (service.at, None),
    };
    let Some(members) = members.filter(|members| !members.is_empty()) else {
        let (what, hint) = ("there are no pipelines that could be judged", "write them as a map, here");
        found.push(Found::new(at, "service.pipelines", what, hint));
        return pipelines;
    };
    for (name, member) in members {
        let path = below("service.pipelines", name);
        book.known(&member.value, &path, &["receivers", "processors", "exporters"], found);
        let mut list = |name: &str, section| list(book, &member.value, &path, name, section, found);
        let [receivers, processors, exporters] = LISTS.map(|(name, section)| list(name, section));
        for (items, what) in [(&receivers, "receivers"), (&exporters, "exporters")] {
            if items.is_none() {
                let sentence = format!("the pipeline has no {what}");
                found.push(Found::new(member.at, &below(&path, what), sentence, "add them, or remove it"));
            }
        }
        let processors_at =
            member.value.members().and_then(|members| members.get("processors")).map(|member| member.at);
        pipelines.push(Pipeline {
            path,
            at: member.at,
            processors_at,
            receivers: receivers.unwrap_or_default(),
            processors: processors.unwrap_or_default(),
            exporters: exporters.unwrap_or_default(),
        });
    }
    let connectors = |list: for<'p> fn(&'p Pipeline<'c>) -> &'p [Item<'c>]| -> BTreeSet<&str> {
        let items = pipelines.iter().flat_map(list).filter(|item| item.connects);
        items.map(|item| item.id.as_str()).collect()
    };
    let ends = (connectors(|one| &one.exporters), connectors(|one| &one.receivers));
    for (id, connector) in &book.connectors {
        let (out, into) = (ends.0.contains(id.as_str()), ends.1.contains(id.as_str()));
        if out != into {
            let side = if out { "a receiver" } else { "an exporter" };
            let what = format!("the connector is {side} of no pipeline, so the Collector does not start");
            let hint = "a connector is an exporter of one pipeline and a receiver of another";
            found.push(Found::new(connector.at, &below("connectors", id), what, hint));
        }
    }
    pipelines
}

/// A list of a pipeline. `None` if nothing is in it.
fn list<'c>(
    book: &Book<'c>,
    pipeline: &'c Node,
    path: &str,
    name: &str,
    section: Section,
    found: &mut Vec<Found>,
) -> Option<Vec<Item<'c>>> {
    let node = pipeline.member(name).filter(|node| !node.is_nothing())?;
    let path = below(path, name);
    let Kind::List(written) = &node.kind else {
        let (what, hint) = ("is not a list, so what runs is not known", "write the names here");
        found.push(Found::new(node.at, &path, what, hint));
        return Some(Vec::new());
    };
    if written.is_empty() {
        return None;
    }
    let own = book.section(section);
    let connects = section != Section::Processors;
    let mut items = Vec::new();
    for (index, item) in written.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let id = item.text().map(super::normal);
        let known = id.as_ref().and_then(|id| {
            let connector = book.connectors.get(id).filter(|_| connects).map(|node| (node, true));
            own.get(id).map(|node| (node, false)).or(connector)
        });
        match (id, known) {
            (Some(id), Some((entry, connects))) => {
                items.push(Item { id, at: item.at, path, node: Some(&entry.value), connects })
            }
            // The name is a value, and may be no name at all.
            (id, _) => {
                let what = format!("names none of the {name} that are configured");
                let names: Vec<&str> = own
                    .keys()
                    .chain(book.connectors.keys().filter(|_| connects))
                    .map(String::as_str)
                    .collect();
                let near = id.as_deref().and_then(|id| suggest(id, &names));
                let hint = match near {
                    Some(near) => format!("did you mean {}?", named(near)),
                    None if item.text().is_some_and(super::reference::refers) => {
                        "a reference cannot be judged: write the name".into()
                    }
                    None => format!("configure it under `{name}`, or remove it here"),
                };
                found.push(Found::new(item.at, &path, what, hint));
            }
        }
    }
    Some(items)
}

impl Pipeline<'_> {
    fn last_glass(&self) -> Option<usize> {
        self.processors.iter().rposition(|item| is_frostglass(&item.id))
    }

    fn first_glass(&self) -> Option<usize> {
        self.processors.iter().position(|item| is_frostglass(&item.id))
    }

    fn has_glass(&self) -> bool {
        self.last_glass().is_some()
    }

    fn lets_out(&self) -> bool {
        self.exporters.iter().any(|item| !item.connects && lets_out(&item.id))
    }
}

impl<'c> Graph<'c> {
    /// What flows where.
    pub(super) fn new(pipelines: Vec<Pipeline<'c>>) -> Self {
        let mut feeders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut fed: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, pipeline) in pipelines.iter().enumerate() {
            for item in pipeline.exporters.iter().filter(|item| item.connects) {
                feeders.entry(&item.id).or_default().push(index);
            }
            for item in pipeline.receivers.iter().filter(|item| item.connects) {
                fed.entry(&item.id).or_default().push(index);
            }
        }
        let indexes = |holds: &dyn Fn(&Pipeline<'c>) -> bool| -> Vec<usize> {
            pipelines.iter().enumerate().filter(|(_, one)| holds(one)).map(|(index, _)| index).collect()
        };
        let has_glass = |index: usize| pipelines.get(index).is_some_and(Pipeline::has_glass);
        let down =
            |index: usize| pipelines.get(index).map(|one| one.exporters.as_slice()).unwrap_or_default();
        let up = |index: usize| pipelines.get(index).map(|one| one.receivers.as_slice()).unwrap_or_default();

        // Inputs that untreated telemetry reaches: from receivers on, through pipelines without frostglass.
        let sources = indexes(&|one| one.receivers.iter().any(|item| !item.connects));
        let untreated_in =
            flow(pipelines.len(), sources, &fed, |at| if has_glass(at) { &[] } else { down(at) });
        // Inputs that treated telemetry reaches: the outputs of every pipeline with frostglass, and on from there.
        let glazed = indexes(&Pipeline::has_glass);
        let mut behind = BTreeSet::new();
        for item in glazed.iter().flat_map(|at| down(*at)).filter(|item| item.connects) {
            behind.insert(item.id.as_str());
        }
        let next: Vec<usize> = behind.iter().filter_map(|id| fed.get(id)).flatten().copied().collect();
        let treated_in = flow(pipelines.len(), next, &fed, down);
        // Outputs from which something leaves: back from the exporters, through pipelines without frostglass.
        let ends = indexes(&Pipeline::lets_out);
        let leaves = flow(pipelines.len(), ends, &feeders, |at| if has_glass(at) { &[] } else { up(at) });
        Self { untreated_in, treated_in, leaves, pipelines }
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_, 'c>> {
        self.pipelines.iter().enumerate().map(|(index, pipeline)| {
            let is = |facts: &[bool]| facts.get(index) == Some(&true);
            Row {
                pipeline,
                untreated_in: is(&self.untreated_in),
                treated_in: is(&self.treated_in),
                leaves: is(&self.leaves),
            }
        })
    }

    /// Exporters, and processors with an outlet of their own, that untreated telemetry reaches.
    pub(super) fn untreated(&self, say: &mut dyn FnMut(Found)) {
        for row in self.rows().filter(|row| row.untreated_in) {
            let pipeline = row.pipeline;
            for (index, item) in pipeline.processors.iter().enumerate() {
                let sends = components::processor(&item.id)
                    .filter(|known| matches!(known.after, After::SendsOut))
                    .filter(|_| pipeline.first_glass().is_none_or(|glass| index < glass));
                if let Some(known) = sends {
                    let what = format!("{} {}, untreated", named(&item.id), known.why);
                    say(Found::new(item.at, &item.path, what, "put a `frostglass` processor before it"));
                }
            }
            let out: Vec<&Item<'_>> = pipeline
                .exporters
                .iter()
                .filter(|item| !item.connects && lets_out(&item.id) && !pipeline.has_glass())
                .collect();
            if out.is_empty() {
                continue;
            }
            let what = format!("{} reached without frostglass", listed(&out));
            let mut hint = String::from("put a `frostglass` processor into the pipeline");
            if pipeline.receivers.iter().all(|item| item.connects) {
                hint.push_str(", or into every pipeline that feeds it");
            } else if row.treated_in {
                hint.push_str("; not all that feeds it is treated");
            }
            if out.iter().any(|item| matches!(components::kind(&item.id), "debug" | "file")) {
                hint.push_str("; `debug` prints content and `file` writes it, so both count");
            }
            let at = pipeline.processors_at.unwrap_or(pipeline.at);
            say(Found::new(at, &below(&pipeline.path, "processors"), what, hint));
        }
    }

    /// Processors after frostglass, with nothing of ours between them and the way out.
    fn after(&self) -> impl Iterator<Item = &Item<'c>> {
        self.rows().filter(|row| row.leaves).flat_map(|row| {
            let glass = row.pipeline.last_glass();
            let first = match glass {
                Some(glass) => glass + 1,
                None if row.treated_in => 0,
                None => row.pipeline.processors.len(),
            };
            row.pipeline.processors.iter().skip(first)
        })
    }

    /// Connectors through which treated telemetry leaves without another frostglass.
    fn connectors_after(&self) -> impl Iterator<Item = &Item<'c>> {
        // A connector is judged where it is a receiver: from there on all can leave.
        self.rows()
            .filter(|row| row.treated_in && row.leaves && !row.pipeline.has_glass())
            .flat_map(|row| row.pipeline.receivers.iter().filter(|item| item.connects))
    }

    /// What adds content after frostglass.
    pub(super) fn enriched(&self, say: &mut dyn FnMut(Found)) {
        let rows = self
            .after()
            .map(|item| (item, components::processor(&item.id)))
            .chain(self.connectors_after().map(|item| (item, components::connector(&item.id))));
        for (item, known) in rows {
            let Some(known) = known else { continue };
            let adds = match known.after {
                After::Adds => true,
                After::AddsIf(adds) => item.node.is_some_and(adds),
                After::Leaves | After::SendsOut => false,
            };
            if adds {
                let what = format!(
                    "{} stands after frostglass and {}, which is not treated",
                    named(&item.id),
                    known.why
                );
                say(Found::new(item.at, &item.path, what, "put it before frostglass"));
            }
        }
    }

    /// What nobody has reviewed after frostglass.
    pub(super) fn unknown(&self, say: &mut dyn FnMut(Found)) {
        let rows = self
            .after()
            .map(|item| (item, components::processor(&item.id).is_some()))
            .chain(self.connectors_after().map(|item| (item, components::connector(&item.id).is_some())));
        for (item, known) in rows {
            if !known && !is_frostglass(&item.id) {
                let what = format!(
                    "nobody has reviewed whether {} adds content, and it stands after frostglass",
                    named(&item.id)
                );
                say(Found::new(item.at, &item.path, what, "put it before frostglass if it can stand there"));
            }
        }
    }

    /// `batch`, which says that all is well before anything is sent.
    pub(super) fn early(&self, say: &mut dyn FnMut(Found)) {
        for item in self.processors().filter(|(_, item)| components::kind(&item.id) == "batch") {
            let item = item.1;
            let what =
                "`batch` acknowledges before anything is sent: what it holds is lost when the process ends";
            let hint = "remove it and give exporters a `sending_queue` with `batch`";
            say(Found::new(item.at, &item.path, what, hint));
        }
    }

    /// `memory_limiter` behind other processors.
    pub(super) fn late_limiter(&self, say: &mut dyn FnMut(Found)) {
        let late =
            |(index, item): &(usize, &Item<'c>)| *index > 0 && components::kind(&item.id) == "memory_limiter";
        for (_, item) in self.processors().filter(late) {
            let what = "`memory_limiter` refuses only after other processors have worked";
            say(Found::new(item.at, &item.path, what, "put it first"));
        }
    }

    fn processors(&self) -> impl Iterator<Item = (usize, &Item<'c>)> {
        self.pipelines.iter().flat_map(|pipeline| pipeline.processors.iter().enumerate())
    }
}

/// A pipeline and what flows through it.
struct Row<'g, 'c> {
    pipeline: &'g Pipeline<'c>,
    untreated_in: bool,
    treated_in: bool,
    leaves: bool,
}

/// Which pipelines are reached from `starts`: over the connectors among a pipeline's `ways`, to the pipelines at their other
/// `ends`. Each connector is followed once.
fn flow<'a, 'c: 'a>(
    count: usize,
    starts: Vec<usize>,
    ends: &BTreeMap<&str, Vec<usize>>,
    ways: impl Fn(usize) -> &'a [Item<'c>],
) -> Vec<bool> {
    let mut reached = vec![false; count];
    let mut followed = BTreeSet::new();
    let mut waiting = starts;
    while let Some(at) = waiting.pop() {
        match reached.get_mut(at) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        for item in ways(at).iter().filter(|item| item.connects) {
            if followed.insert(item.id.as_str()) {
                waiting.extend(ends.get(item.id.as_str()).into_iter().flatten());
            }
        }
    }
    reached
}

/// `otlp` is, `otlp` and `debug` are: at most three by name.
fn listed(items: &[&Item<'_>]) -> String {
    let names: Vec<String> = items.iter().take(3).map(|item| named(&item.id)).collect();
    let more = items.len().saturating_sub(names.len());
    let verb = if items.len() == 1 { "is" } else { "are" };
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest} {verb}", names.join(", "))
}
