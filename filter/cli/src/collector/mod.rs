//! `frostglass lint --collector`: what lets telemetry leave an OpenTelemetry Collector untreated, enriched or in plain text.
//!
//! Reads the configuration as the Collector does (several files are one, later ones win), follows telemetry through
//! pipelines and connectors, and says what it finds with file, line and path. What cannot be judged is said, never passed
//! over. A finding names the path of a value, never the value. A rule is one function and one entry in [`RULES`]; what is
//! known of single components stands in [`components`] and [`transport`].

mod components;
mod frostglass;
mod pipelines;
mod reference;
mod transport;
pub(crate) mod yaml;

use crate::complaint::{Complaint, Severity};
use crate::failure::Failure;
use crate::policy;
use frostglass_engine::policy::{Finding, quoted, unknown};
use pipelines::Graph;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use transport::{Judged, Verdict};
use yaml::{Member, Node, Spot};

/// A rule: its name, what it looks for, and the looking.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) severity: Severity,
    pub(crate) sentence: &'static str,
    check: fn(&Book<'_>, &mut dyn FnMut(Found)),
}

/// All rules but `collector`, which stands for what the Collector itself would refuse.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "untreated",
        severity: Severity::Error,
        sentence: "Telemetry reaches an exporter without frostglass, directly or through connectors. Every exporter \
                   counts but `nop`: `debug` prints content and `file` writes it.",
        check: |book, say| book.graph.untreated(say),
    },
    Rule {
        name: "enriched-after",
        severity: Severity::Error,
        sentence: "What a processor adds after frostglass is not treated.",
        check: |book, say| book.graph.enriched(say),
    },
    Rule {
        name: "unknown-after",
        severity: Severity::Warning,
        sentence: "A processor or connector that nobody has reviewed stands after frostglass.",
        check: |book, say| book.graph.unknown(say),
    },
    Rule {
        name: "plaintext",
        severity: Severity::Error,
        sentence: "An exporter sends in plain text to anything but loopback or a Unix socket.",
        check: plaintext,
    },
    Rule {
        name: "unverified",
        severity: Severity::Error,
        sentence: "An exporter encrypts for whoever answers, since it checks no certificate.",
        check: unverified,
    },
    Rule {
        name: "served-plain",
        severity: Severity::Warning,
        sentence: "Whoever reaches the port of an exporter reads it, without TLS.",
        check: served_plain,
    },
    Rule {
        name: "own-plaintext",
        severity: Severity::Warning,
        sentence: "The Collector's own telemetry leaves in plain text.",
        check: own_plaintext,
    },
    Rule {
        name: "unjudged",
        severity: Severity::Warning,
        sentence: "A reference decides where telemetry goes or how; a default would be judged.",
        check: unjudged,
    },
    Rule {
        name: "early-acknowledgment",
        severity: Severity::Warning,
        sentence: "The `batch` processor acknowledges before anything is sent.",
        check: |book, say| book.graph.early(say),
    },
    Rule {
        name: "late-limiter",
        severity: Severity::Warning,
        sentence: "`memory_limiter` does not come first.",
        check: |book, say| book.graph.late_limiter(say),
    },
    Rule {
        name: "frostglass",
        severity: Severity::Error,
        sentence: "The processor's own configuration is wrong.",
        check: |book, say| book.own(|path, member| frostglass::mistakes(path, member, say)),
    },
    Rule {
        name: "inline-key",
        severity: Severity::Error,
        sentence: "A key stands in the configuration instead of a reference to it.",
        check: |book, say| book.own(|path, member| frostglass::inline_keys(path, &member.value, say)),
    },
    Rule {
        name: "unpinned-module",
        severity: Severity::Error,
        sentence: "A module of one's own has no digest beside it: the processor does not start.",
        check: |book, say| book.own(|path, member| frostglass::unpinned(path, &member.value, say)),
    },
    Rule {
        name: "built-in-policy",
        severity: Severity::Note,
        sentence: "The processor has no policy and runs the one that is built in.",
        check: |book, say| book.own(|path, member| frostglass::no_policy(path, member, say)),
    },
];

/// What a rule found, before its file has a name.
struct Found {
    at: Spot,
    path: String,
    what: String,
    hint: String,
}

impl Found {
    fn new(at: Spot, path: &str, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { at, path: path.to_owned(), what: what.into(), hint: hint.into() }
    }
}

/// Sections of a configuration that hold components which pipelines name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Receivers,
    Processors,
    Exporters,
}

type Components<'c> = BTreeMap<String, &'c Member>;

/// What rules look at.
struct Book<'c> {
    root: &'c Node,
    receivers: Components<'c>,
    processors: Components<'c>,
    exporters: Components<'c>,
    connectors: Components<'c>,
    graph: Graph<'c>,
    /// What is to be said of how exporters send, by the path of each.
    transport: Vec<Judged>,
}

/// Everything that is found in the files, taken as one configuration, in their order.
pub(crate) fn findings(files: &[PathBuf]) -> Result<Vec<Complaint>, Failure> {
    let mut root: Option<Rc<Node>> = None;
    let mut complaints = Vec::new();
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let complaint = |severity, rule, found: Found| {
        let file = names.get(found.at.file).cloned().unwrap_or_default();
        let Found { at, path, what, hint } = found;
        (at, Complaint { severity, rule, finding: Finding { file, place: at.place, path, what, hint } })
    };
    for (index, file) in files.iter().enumerate() {
        match yaml::read(&policy::text(file)?, index) {
            Ok(node) => root = Some(root.map_or_else(|| Rc::clone(&node), |root| yaml::merge(&root, &node))),
            Err(fault) => complaints.push(complaint(
                Severity::Error,
                "collector",
                Found::new(fault.at, "", fault.what, fault.hint),
            )),
        }
    }
    // A part of a configuration is another configuration: nothing else is said of it.
    if let (true, Some(root)) = (complaints.is_empty(), &root) {
        let mut wrong = Vec::new();
        let book = Book::new(root, &mut wrong);
        complaints.extend(wrong.into_iter().map(|found| complaint(Severity::Error, "collector", found)));
        for rule in RULES {
            (rule.check)(&book, &mut |found| complaints.push(complaint(rule.severity, rule.name, found)));
        }
    }
    complaints.sort_by_key(|(at, one)| (*at, one.severity));
    Ok(complaints.into_iter().map(|(_, one)| one).collect())
}

impl<'c> Book<'c> {
    fn new(root: &'c Node, wrong: &mut Vec<Found>) -> Self {
        let sections = ["receivers", "processors", "exporters", "connectors"];
        let [receivers, processors, exporters, connectors] =
            sections.map(|name| components(root, name, wrong));
        let graph = Graph::new(Vec::new());
        let mut book =
            Self { root, receivers, processors, exporters, connectors, graph, transport: Vec::new() };
        book.known(
            root,
            "",
            &["receivers", "processors", "exporters", "connectors", "extensions", "service"],
            wrong,
        );
        for id in book.connectors.keys() {
            if let Some(twin) = book.exporters.get(id).or_else(|| book.receivers.get(id)) {
                let what = format!("{} is a connector as well", named(id));
                wrong.push(Found::new(twin.at, id, what, "give one of them another name"));
            }
        }
        book.graph = Graph::new(pipelines::read(&book, wrong));
        // What no pipeline names does not run.
        let mut used: BTreeMap<&str, &Node> = BTreeMap::new();
        for item in book.graph.pipelines.iter().flat_map(|pipeline| &pipeline.exporters) {
            if let (Some(member), false) = (book.exporters.get(&item.id), transport::stays(&item.id)) {
                used.insert(&item.id, &member.value);
            }
        }
        let judged = used.into_iter().flat_map(|(id, node)| {
            let path = below("exporters", id);
            transport::judge(id, node).into_iter().map(move |one| one.under(&path))
        });
        book.transport = judged.collect();
        book
    }

    fn section(&self, section: Section) -> &Components<'c> {
        match section {
            Section::Receivers => &self.receivers,
            Section::Processors => &self.processors,
            Section::Exporters => &self.exporters,
        }
    }

    /// Complains of members that the Collector does not know.
    fn known(&self, node: &Node, path: &str, known: &[&str], wrong: &mut Vec<Found>) {
        let Some(members) = node.members() else {
            if !node.is_nothing() {
                wrong.push(Found::new(node.at, path, "is not a map that could be judged", "write it here"));
            }
            return;
        };
        for (name, member) in members.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            let (what, hint) = unknown("key", name, known);
            wrong.push(Found::new(member.at, &below(path, name), what, hint));
        }
    }

    /// Shows each frostglass processor with its path.
    fn own(&self, mut show: impl FnMut(&str, &Member)) {
        for (id, member) in self.processors.iter().filter(|(id, _)| components::is_frostglass(id)) {
            show(&below("processors", id), member);
        }
    }

    /// Says something of each place where exporters send as `wanted` has it.
    fn sends(&self, say: &mut dyn FnMut(Found), wanted: impl Fn(Verdict) -> Option<(String, &'static str)>) {
        for one in &self.transport {
            if let Some((what, hint)) = wanted(one.verdict) {
                say(Found::new(one.at, &one.path, what, hint));
            }
        }
    }
}

impl Judged {
    fn under(self, path: &str) -> Self {
        let path = if self.path.is_empty() { path.to_owned() } else { format!("{path}.{}", self.path) };
        Self { path, ..self }
    }
}

/// The components of a section, by their names as the Collector compares them.
fn components<'c>(root: &'c Node, section: &str, wrong: &mut Vec<Found>) -> Components<'c> {
    let mut components = Components::new();
    let Some(node) = root.member(section).filter(|node| !node.is_nothing()) else { return components };
    let Some(members) = node.members() else {
        let hint = "write it here, or give the file that has it as well";
        wrong.push(Found::new(node.at, section, "is not a map that could be judged", hint));
        return components;
    };
    for (name, member) in members {
        if components.insert(normal(name), member).is_some() {
            wrong.push(Found::new(member.at, &below(section, name), "the name is taken already", ""));
        }
    }
    components
}

/// A component's name as the Collector compares it: without spaces around its two parts.
fn normal(id: &str) -> String {
    match id.split_once('/') {
        Some((kind, name)) => format!("{}/{}", kind.trim(), name.trim()),
        None => id.trim().to_owned(),
    }
}

/// The path of a member.
fn below(path: &str, name: &str) -> String {
    let name = quoted(name);
    let name = name.trim_matches('`');
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A component's name as it may stand in a sentence.
fn named(id: &str) -> String {
    quoted(id)
}

fn plaintext(book: &Book<'_>, say: &mut dyn FnMut(Found)) {
    book.sends(say, |verdict| match verdict {
        Verdict::Plain(why) => Some((
            format!("telemetry leaves the host in plain text: {why}"),
            "use TLS; plain text is for loopback and Unix sockets",
        )),
        _ => None,
    });
}

fn unverified(book: &Book<'_>, say: &mut dyn FnMut(Found)) {
    book.sends(say, |verdict| {
        (verdict == Verdict::Unverified).then(|| {
            ("whoever answers is believed to be the receiver".into(), "remove it and give `ca_file` instead")
        })
    });
}

fn served_plain(book: &Book<'_>, say: &mut dyn FnMut(Found)) {
    book.sends(say, |verdict| {
        (verdict == Verdict::Served)
            .then(|| ("whoever reaches the port reads it".into(), "add `tls`, or listen on loopback alone"))
    });
}

fn unjudged(book: &Book<'_>, say: &mut dyn FnMut(Found)) {
    book.sends(say, |verdict| {
        (verdict == Verdict::Unknown).then(|| {
            (
                "a reference decides whether telemetry leaves in plain text".into(),
                "write the scheme here, as in `https://${env:HOST}`, or a default that can be judged",
            )
        })
    });
    book.own(|path, member| {
        if member.value.text().is_some_and(reference::refers) {
            let what = "what the reference holds is not judged";
            say(Found::new(member.value.at, path, what, "write the configuration here"));
        }
    });
}

fn own_plaintext(book: &Book<'_>, say: &mut dyn FnMut(Found)) {
    let Some(telemetry) = book.root.member("service").and_then(|service| service.member("telemetry")) else {
        return;
    };
    for one in transport::judge_own(telemetry) {
        let one = one.under("service.telemetry");
        let what = "the Collector's own telemetry leaves the host in plain text";
        say(Found::new(one.at, &one.path, what, "use TLS"));
    }
}
