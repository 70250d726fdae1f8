//! How an exporter's telemetry travels: whether anything but loopback sees it in plain text.
//!
//! Looks at every exporter alike, known or not: the words for addresses and for switching TLS off are nearly the same in
//! all of them, and one that nobody has a row for must not pass for that. [`TRANSPORTS`] has those that are plain without
//! saying so. An address is judged by its scheme and host and is never quoted: secrets stand in URLs.

use super::components::{kind, plain_kind};
use super::reference::{self, UNKNOWN};
use super::yaml::{Kind, Node, Spot};
use std::net::{Ipv4Addr, Ipv6Addr};

/// What is wrong with a place in an exporter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Plain text leaves the host.
    Plain(&'static str),
    /// Encrypted, for whoever answers.
    Unverified,
    /// A reference decides.
    Unknown,
    /// Whoever reaches the port reads it without TLS.
    Served,
}

/// A verdict and where it stands: the path below the exporter.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) at: Spot,
    pub(super) path: String,
    pub(super) verdict: Verdict,
}

/// Exporters that are plain without saying so.
enum Transport {
    /// Without a `tls` section nothing is encrypted.
    NeedsTls(&'static str),
    /// The protocol has no encryption.
    AlwaysPlain(&'static str),
    /// Over UDP nothing is encrypted.
    PlainOverUdp(&'static str),
    /// Opens a port instead of calling one.
    Serves,
}

const TRANSPORTS: &[(&str, Transport)] = &[
    ("kafka", Transport::NeedsTls("without `tls`, brokers are spoken to in plain text")),
    ("carbon", Transport::AlwaysPlain("the protocol of Carbon has no encryption")),
    ("syslog", Transport::PlainOverUdp("syslog over UDP has no encryption")),
    ("prometheus", Transport::Serves),
];

/// Exporters that speak to a broker on this host when no address is given.
const LOOPBACK_BY_DEFAULT: &[&str] = &["kafka", "pulsar", "prometheus"];

/// Words that switch the encryption off.
const SWITCHES: &[&str] = &["insecure", "use_insecure", "disable_ssl"];

/// Members under which the transport stands; a reference in their place hides it.
const SECTIONS: &[&str] = &["tls", "protocol", "connection", "http", "grpc", "resolver", "client_config"];

/// Members that hold text of users, whatever its words are.
const TEXTS: &[&str] = &[
    "headers",
    "metadata",
    "labels",
    "external_labels",
    "attributes",
    "resource_attributes",
    "default_labels",
];

/// Schemes that never encrypt.
const PLAIN: &[&str] = &["http", "ws", "udp", "pulsar"];

/// Schemes that encrypt only when something else says so.
const PLAIN_WITHOUT_TLS: &[&str] = &["tcp", "amqp", "redis", "nats", "mqtt", "clickhouse", "mongodb"];

/// What an address says of the way to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Address {
    /// Never leaves the host: loopback or a Unix socket.
    Inside,
    /// A scheme that does not encrypt, to another host.
    Plain,
    /// A scheme that encrypts only beside a `tls` section, to another host.
    PlainWithoutTls,
    /// Elsewhere; the scheme encrypts or says nothing.
    Outside,
    /// A reference decides whether it encrypts.
    Unknown,
    /// It encrypts, or says nothing, and a reference decides where it leads.
    Elsewhere,
}

/// Judges one exporter.
pub(super) fn judge(id: &str, node: &Node) -> Vec<Judged> {
    let mut judged = Vec::new();
    if node.text().is_some_and(reference::refers) {
        judged.push(Judged { at: node.at, path: String::new(), verdict: Verdict::Unknown });
        return judged;
    }
    let mut seen = Seen::default();
    walk(&mut seen, "", "", node);
    // The exporter that spreads load finds its hosts by a resolver; the address in its protocol is a form to fill in.
    if plain_kind(id) == "loadbalancing" {
        seen.addresses.retain(|address| address.path.starts_with("resolver.static."));
    }
    let defaults_inside = seen.addresses.is_empty() && LOOPBACK_BY_DEFAULT.contains(&plain_kind(id).as_str());
    let inside = defaults_inside
        || !seen.addresses.is_empty() && seen.addresses.iter().all(|address| address.said == Address::Inside);
    let unknown = !seen.addresses.is_empty()
        && seen
            .addresses
            .iter()
            .all(|address| matches!(address.said, Address::Inside | Address::Unknown | Address::Elsewhere));
    // Where a reference decides whether plain text leaves the host, so does it here.
    let plain = |why| if unknown { Verdict::Unknown } else { Verdict::Plain(why) };

    for switch in &seen.switches {
        let verdict = match switch.said {
            Switch::SkipVerify => Some(Verdict::Unverified),
            Switch::Unknown => Some(Verdict::Unknown),
            Switch::Off if inside => None,
            Switch::Off => Some(plain("its encryption is switched off")),
        };
        judged.extend(verdict.map(|verdict| Judged { at: switch.at, path: switch.path.clone(), verdict }));
    }
    let row = TRANSPORTS.iter().find(|(kind, _)| *kind == plain_kind(id)).map(|(_, transport)| transport);
    for address in &seen.addresses {
        let verdict = match address.said {
            Address::Plain => Some(Verdict::Plain("its scheme does not encrypt")),
            Address::PlainWithoutTls if !seen.tls => Some(Verdict::Plain("its scheme does not encrypt")),
            Address::Unknown if !matches!(row, Some(Transport::Serves)) => Some(Verdict::Unknown),
            _ => None,
        };
        judged.extend(verdict.map(|verdict| Judged { at: address.at, path: address.path.clone(), verdict }));
    }
    let whole = |verdict| Judged { at: node.at, path: String::new(), verdict };
    match row {
        Some(Transport::NeedsTls(why)) if !seen.tls && !inside => judged.push(whole(plain(why))),
        Some(Transport::AlwaysPlain(why)) if !inside => judged.push(whole(plain(why))),
        Some(Transport::PlainOverUdp(why)) if !inside => {
            let network = node.member("network").and_then(Node::text).map(reference::expand);
            match network.as_deref() {
                Some(network) if network.contains(UNKNOWN) => judged.push(whole(Verdict::Unknown)),
                Some("udp") => judged.push(whole(plain(why))),
                _ => {}
            }
        }
        Some(Transport::Serves) if !seen.tls && !inside => judged.push(whole(Verdict::Served)),
        _ => {}
    }
    for section in seen.hidden {
        judged.push(Judged { at: section.at, path: section.path, verdict: Verdict::Unknown });
    }
    judged
}

/// Judges the Collector's own telemetry: only what is said in so many words.
pub(super) fn judge_own(node: &Node) -> Vec<Judged> {
    judge("own", node).into_iter().filter(|one| matches!(one.verdict, Verdict::Plain(_))).collect()
}

/// What a walk through an exporter has seen.
#[derive(Default)]
struct Seen {
    addresses: Vec<Said<Address>>,
    switches: Vec<Said<Switch>>,
    hidden: Vec<Said<()>>,
    /// Whether a `tls` section stands anywhere and is no empty place.
    tls: bool,
}

struct Said<T> {
    at: Spot,
    path: String,
    said: T,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Switch {
    Off,
    SkipVerify,
    Unknown,
}

fn walk(seen: &mut Seen, path: &str, key: &str, node: &Node) {
    match &node.kind {
        Kind::Map(members) => {
            for (name, member) in members {
                let value = &member.value;
                let inner = super::below(path, name);
                if name == "tls" && !value.is_nothing() {
                    seen.tls = true;
                }
                if SECTIONS.contains(&name.as_str()) && value.text().is_some_and(reference::refers) {
                    seen.hidden.push(Said { at: member.at, path: inner, said: () });
                } else if !TEXTS.contains(&name.as_str()) {
                    walk(seen, &inner, name, value);
                }
            }
        }
        Kind::List(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(seen, &format!("{path}[{index}]"), key, item);
            }
        }
        Kind::Scalar(text) if SWITCHES.contains(&key) || key == "insecure_skip_verify" => {
            let value = reference::expand(text);
            let said = match value.trim() {
                value if value.contains(UNKNOWN) => Switch::Unknown,
                "" | "false" | "False" | "FALSE" => return,
                _ if key == "insecure_skip_verify" => Switch::SkipVerify,
                _ => Switch::Off,
            };
            seen.switches.push(Said { at: node.at, path: path.to_owned(), said });
        }
        Kind::Scalar(text) if names_address(key) => {
            let said = address(&reference::expand(text));
            seen.addresses.push(Said { at: node.at, path: path.to_owned(), said });
        }
        _ => {}
    }
}

/// Whether a member of this name holds addresses. A proxy's is left out: what passes it is encrypted to the end or not.
fn names_address(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let words = ["endpoint", "url", "uri", "address", "addr", "host", "hostname", "broker", "server", "dsn"];
    let singular = key.strip_suffix('s').unwrap_or(&key);
    key != "proxy_url"
        && (words.contains(&singular) || words.contains(&key.as_str()) || {
            let last = singular.rsplit('_').next().unwrap_or_default();
            last != singular && ["endpoint", "url", "uri", "address"].contains(&last)
        })
}

/// What an expanded address says.
fn address(text: &str) -> Address {
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => (String::new(), text),
    };
    if scheme.starts_with("unix") || text.starts_with("unix:") || text.starts_with("unix-abstract:") {
        return Address::Inside;
    }
    if scheme.contains(UNKNOWN) || (scheme.is_empty() && text.starts_with(UNKNOWN)) {
        return Address::Unknown;
    }
    // Names that gRPC resolves: `dns:///host:port`, `dns://server/host:port`.
    let target = match scheme.as_str() {
        "dns" | "passthrough" | "ipv4" | "ipv6" => rest.split_once('/').map_or(rest, |(_, target)| target),
        _ => rest,
    };
    let authority = target.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host(authority.rsplit('@').next().unwrap_or_default());
    if is_loopback(host) {
        return Address::Inside;
    }
    let elsewhere = authority.contains(UNKNOWN);
    let plain = PLAIN.contains(&scheme.as_str());
    let plain_without_tls = PLAIN_WITHOUT_TLS.contains(&scheme.as_str())
        && !["?secure=true", "&secure=true"].iter().any(|said| rest.contains(said));
    match (plain, plain_without_tls, elsewhere) {
        (true, _, true) | (_, true, true) => Address::Unknown,
        (true, _, false) => Address::Plain,
        (_, true, false) => Address::PlainWithoutTls,
        (_, _, true) => Address::Elsewhere,
        _ => Address::Outside,
    }
}

/// The host of `host:port`, without the brackets of an IPv6 address.
fn host(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || host.parse::<Ipv6Addr>().is_ok_and(|address| {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        })
}

/// Whether an exporter has no way out that could be plain.
pub(super) fn stays(id: &str) -> bool {
    matches!(kind(id), "nop" | "debug" | "file")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: addresses in the spellings that exporters take, and hosts that only look like loopback.
    /// Guarantees: loopback and Unix sockets are told by what they are, plain schemes by their name, and what a reference
    /// decides is not guessed.
    #[test]
    fn addresses_are_judged_by_scheme_and_host() {
        for (text, said) in [
            ("http://localhost:4318", Address::Inside),
            ("HTTP://LOCALHOST", Address::Inside),
            ("127.0.0.1:4317", Address::Inside),
            ("http://127.8.9.1/v1", Address::Inside),
            ("http://[::1]:4318", Address::Inside),
            ("[::ffff:127.0.0.1]:1", Address::Inside),
            ("unix:///run/otel.sock", Address::Inside),
            ("unix:relative.sock", Address::Inside),
            ("dns:///localhost:4317", Address::Inside),
            ("http://localhost@evil.example.org", Address::Plain),
            ("http://a:b@collector:4318", Address::Plain),
            ("http://localhost.example.org", Address::Plain),
            ("http://evil.example.org/localhost", Address::Plain),
            ("http://evil.example.org?@localhost", Address::Plain),
            ("http://0.0.0.0:4318", Address::Plain),
            ("hTTp://x", Address::Plain),
            ("tcp://db:9000", Address::PlainWithoutTls),
            ("tcp://db:9440?secure=true", Address::Outside),
            ("tcp://db:9000?insecure=true", Address::PlainWithoutTls),
            ("https://x", Address::Outside),
            ("collector:4317", Address::Outside),
            ("\0", Address::Unknown),
            ("\0:4317", Address::Unknown),
            ("http://\0:4318", Address::Unknown),
            ("https://\0", Address::Elsewhere),
            ("collector:\0", Address::Elsewhere),
        ] {
            assert_eq!(address(text), said, "{text:?}");
        }
    }
}
