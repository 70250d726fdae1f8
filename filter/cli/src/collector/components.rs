//! What is known of the Collector's components: one reviewed table a kind.
//!
//! A row says what a type does to what has been treated, and why we say so. Types are compared without underscores, for
//! the Collector spells some both ways (`otlphttp`, `otlp_http`). A type without a row is unknown, never harmless.

use super::reference;
use super::yaml::{Kind, Node};

/// What a processor or a connector does after frostglass.
#[derive(Clone, Copy)]
pub(super) enum After {
    /// Drops, moves, counts or renames what is there; what it adds says nothing about people.
    Leaves,
    /// Adds content of its own.
    Adds,
    /// Adds content of its own if its configuration says so.
    AddsIf(fn(&Node) -> bool),
    /// Sends out what passes, wherever it stands.
    SendsOut,
}

/// A type, what it does, and the reason for the row.
pub(super) struct Row {
    kind: &'static str,
    pub(super) after: After,
    pub(super) why: &'static str,
}

const fn row(kind: &'static str, after: After, why: &'static str) -> Row {
    Row { kind, after, why }
}

const PROCESSORS: &[Row] = &[
    // Of the Collector itself.
    row("batch", After::Leaves, "gathers records"),
    row("memorylimiter", After::Leaves, "refuses records"),
    // They drop, move or count.
    row("filter", After::Leaves, "drops records"),
    row("probabilisticsampler", After::Leaves, "drops records and writes the share that it kept"),
    row("tailsampling", After::Leaves, "drops traces and writes the name of the rule"),
    row("groupbyattrs", After::Leaves, "moves attributes to the resource"),
    row("groupbytrace", After::Leaves, "gathers the spans of a trace"),
    row("redaction", After::Leaves, "masks and removes; its summary names keys that are there"),
    row("span", After::Leaves, "makes names and attributes of each other"),
    row("logdedup", After::Leaves, "counts equal records"),
    row("cumulativetodelta", After::Leaves, "computes numbers"),
    row("deltatocumulative", After::Leaves, "computes numbers"),
    row("deltatorate", After::Leaves, "computes numbers"),
    row("interval", After::Leaves, "gathers points"),
    row("metricstarttime", After::Leaves, "writes start times"),
    row("metricsgeneration", After::Leaves, "computes numbers"),
    row("experimentalmetricsgeneration", After::Leaves, "computes numbers"),
    row("schema", After::Leaves, "renames"),
    row("unroll", After::Leaves, "takes lists apart"),
    // They look up what the treated record does not hold.
    row("resourcedetection", After::Adds, "writes names, addresses and accounts of the host"),
    row("k8sattributes", After::Adds, "writes names, labels and annotations of pods"),
    row("geoip", After::Adds, "writes where an address is"),
    row("lookup", After::Adds, "writes what it looks up"),
    row("dnslookup", After::Adds, "writes names and addresses"),
    row("logstransform", After::Adds, "runs operators that add and parse"),
    row("sumologic", After::Adds, "writes attributes of the cloud"),
    // Their rules decide.
    row("attributes", After::AddsIf(from_context), "writes values of the request or the environment"),
    row("resource", After::AddsIf(from_context), "writes values of the request or the environment"),
    row("transform", After::AddsIf(statements_read), "sets values of the request or the environment"),
    row("metricstransform", After::AddsIf(adds_labels), "adds labels"),
    // They have an outlet of their own.
    row("remotetap", After::SendsOut, "shows what passes to whoever connects"),
    row("routing", After::SendsOut, "exports by itself"),
];

const CONNECTORS: &[Row] = &[
    row("forward", After::Leaves, "hands on"),
    row("routing", After::Leaves, "hands on to some"),
    row("failover", After::Leaves, "hands on to one"),
    row("roundrobin", After::Leaves, "hands on to one"),
    row("count", After::Leaves, "counts"),
    row("sum", After::Leaves, "adds up"),
    row("spanmetrics", After::Leaves, "counts and measures spans"),
    row("servicegraph", After::Leaves, "counts and measures spans"),
    row("exceptions", After::Leaves, "makes records of exceptions"),
    row("signaltometrics", After::Leaves, "counts"),
    row("metricsaslogs", After::Leaves, "makes records of points"),
    row("grafanacloud", After::Leaves, "counts hosts"),
    row("datadog", After::Leaves, "counts and measures spans"),
    row("slowsql", After::Leaves, "makes records of spans"),
    row("otlpjson", After::Adds, "makes telemetry of what a body holds as text"),
];

/// What is known of a processor's type.
pub(super) fn processor(id: &str) -> Option<&'static Row> {
    find(PROCESSORS, id)
}

/// What is known of a connector's type.
pub(super) fn connector(id: &str) -> Option<&'static Row> {
    find(CONNECTORS, id)
}

fn find(table: &'static [Row], id: &str) -> Option<&'static Row> {
    let kind = plain_kind(id);
    table.iter().find(|row| row.kind == kind)
}

/// The type of a component: what stands before the `/`.
pub(super) fn kind(id: &str) -> &str {
    id.split_once('/').map_or(id, |(kind, _)| kind)
}

/// The type without underscores, as the tables have it.
pub(super) fn plain_kind(id: &str) -> String {
    kind(id).replace('_', "")
}

/// Whether a component is ours.
pub(super) fn is_frostglass(id: &str) -> bool {
    kind(id) == "frostglass"
}

/// Whether an exporter lets anything out: all but the one that forgets everything. `debug` prints content and `file` writes
/// it, so both do.
pub(super) fn lets_out(id: &str) -> bool {
    kind(id) != "nop"
}

/// Whether anything in a value holds, aliases written out.
fn any(node: &Node, holds: &dyn Fn(Option<&str>, &Node) -> bool) -> bool {
    fn walk(key: Option<&str>, node: &Node, holds: &dyn Fn(Option<&str>, &Node) -> bool) -> bool {
        holds(key, node)
            || match &node.kind {
                Kind::List(items) => items.iter().any(|item| walk(None, item, holds)),
                Kind::Map(members) => {
                    members.iter().any(|(key, member)| walk(Some(key), &member.value, holds))
                }
                _ => false,
            }
    }
    walk(None, node, holds)
}

/// A literal that the configuration writes is the operator's own word; what it refers to is not.
fn refers(node: &Node) -> bool {
    any(node, &|_, node| node.text().is_some_and(reference::refers))
}

fn from_context(node: &Node) -> bool {
    refers(node) || any(node, &|key, _| key == Some("from_context"))
}

/// Statements reach the request that brought a record by `otelcol.client` and the like.
fn statements_read(node: &Node) -> bool {
    refers(node) || any(node, &|_, node| node.text().is_some_and(|text| text.contains("otelcol.")))
}

fn adds_labels(node: &Node) -> bool {
    refers(node) || any(node, &|key, node| key == Some("action") && node.text() == Some("add_label"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Scenario: the tables as they stand.
    /// Guarantees: no type has two rows, none is spelled so that it is never found, and each has its reason.
    #[test]
    fn every_row_can_be_found() {
        for table in [PROCESSORS, CONNECTORS] {
            let kinds: BTreeSet<_> = table.iter().map(|row| row.kind).collect();
            assert_eq!(kinds.len(), table.len());
            for row in table {
                assert!(!row.kind.contains(['_', '/']) && !row.why.is_empty(), "{}", row.kind);
            }
        }
        assert!(processor("k8s_attributes/a").is_some() && processor("mystery").is_none());
        assert!(is_frostglass("frostglass/vendor") && !is_frostglass("frostglass2"));
    }
}
