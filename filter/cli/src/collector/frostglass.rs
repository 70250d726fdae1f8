//! The configuration of our own processor: mistakes that are known before it runs.
//!
//! Of its policy, the names of recipients are read, and nothing else: `lint POLICY` does that.

use super::yaml::{Kind, Member, Node};
use super::{Found, below, named, reference};
use crate::policy;
use frostglass_engine::policy::{PolicyFile, unknown};
use std::path::Path;

const KEYS: &[&str] = &[
    "policy",
    "policy_file",
    "recipient",
    "tenant",
    "keys",
    "key_files",
    "keys_file",
    "module",
    "on_withheld",
    "max_batch_bytes",
    "instances",
    "policy_poll_interval",
];

/// What the processor does not start with.
pub(super) fn mistakes(path: &str, member: &Member, say: &mut dyn FnMut(Found)) {
    let node = member.value.as_ref();
    let refers = |node: &Node| node.text().is_some_and(reference::refers);
    let Some(members) = node.members() else {
        if !node.is_nothing() && !refers(node) {
            say(Found::new(node.at, path, "is not a map", "write its keys here"));
        }
        return;
    };
    unknown_keys(path, node, KEYS, say);
    let given = |name: &str| members.get(name).filter(|member| !member.value.is_nothing());
    if let (Some(_), Some(second)) = (given("policy"), given("policy_file")) {
        let what = "both `policy` and `policy_file` are given";
        say(Found::new(second.at, &below(path, "policy_file"), what, "remove one"));
    }
    let mut check = |name: &str, holds: &dyn Fn(&str) -> bool, what: &str| {
        let Some(member) = given(name).filter(|member| !refers(&member.value)) else { return };
        if !member.value.text().is_some_and(|text| holds(text.trim())) {
            say(Found::new(member.at, &below(path, name), what, ""));
        }
    };
    check("on_withheld", &|text| matches!(text, "drop" | "reject"), "is neither `drop` nor `reject`");
    let number = |text: &str| text.parse::<u64>().is_ok();
    check("max_batch_bytes", &number, "is no whole number");
    check("instances", &number, "is no whole number");
    let period =
        |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(['s', 'm', 'h']);
    check("policy_poll_interval", &period, "is no period such as `30s`");
    for name in ["policy_file", "keys_file", "recipient", "tenant"] {
        check(name, &|_| true, "is not a single value");
    }
    if let Some(module) = given("module").filter(|module| !refers(&module.value)) {
        let module_path = below(path, "module");
        unknown_keys(&module_path, &module.value, &["path", "sha256"], say);
        let digest =
            module.value.member("sha256").and_then(Node::text).filter(|text| !reference::refers(text));
        let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if digest.is_some_and(|text| !is_digest(text)) {
            let what = "is no SHA-256: 64 hexadecimal digits";
            say(Found::new(module.at, &below(&module_path, "sha256"), what, "take it from `sha256sum`"));
        }
    }
}

fn unknown_keys(path: &str, node: &Node, known: &[&str], say: &mut dyn FnMut(Found)) {
    for (name, member) in node.members().into_iter().flatten() {
        if !known.contains(&name.as_str()) {
            let (what, hint) = unknown("key", name, known);
            say(Found::new(member.at, &below(path, name), what, hint));
        }
    }
}

/// Keys that stand in the configuration themselves.
pub(super) fn inline_keys(path: &str, node: &Node, say: &mut dyn FnMut(Found)) {
    let Some(keys) = node.member("keys").filter(|keys| !keys.is_nothing()) else { return };
    let path = below(path, "keys");
    let mut check = |path: &str, node: &Node| {
        if !node.text().is_some_and(reference::is_reference) {
            let what = "a key stands in the configuration, where whoever reads it has it";
            let hint = "write `${env:NAME}` or `${file:path}` without a default, or use `key_files`";
            say(Found::new(node.at, path, what, hint));
        }
    };
    match &keys.kind {
        Kind::Map(members) => {
            for (name, member) in members {
                check(&below(&path, name), &member.value);
            }
        }
        _ => check(&path, keys),
    }
}

/// Whom the policy of a processor knows.
enum Recipients {
    /// These; none when it treats all alike.
    Known(Vec<String>),
    /// The policy is not here.
    Elsewhere,
}

/// Names of the recipients of a policy.
pub(super) fn recipients_of(file: &PolicyFile) -> Vec<String> {
    file.recipients.iter().map(|entry| entry.name.clone()).collect()
}

/// The recipients by the policy that the processor names, by `given` where that is not here.
fn recipients(node: &Node, given: Option<&[String]>) -> Recipients {
    let elsewhere = || given.map_or(Recipients::Elsewhere, |given| Recipients::Known(given.to_vec()));
    let read = |text: &str, path: &str| match policy::parsed(text, Path::new(path)) {
        Ok(file) => Recipients::Known(recipients_of(&file)),
        Err(_) => elsewhere(),
    };
    if let Some(written) = node.member("policy").filter(|node| !node.is_nothing()) {
        return match (written.members(), written.text()) {
            (Some(members), _) => {
                let listed = members.get("recipients").and_then(|member| member.value.members());
                Recipients::Known(listed.into_iter().flat_map(|names| names.keys().cloned()).collect())
            }
            (None, Some(text)) if !reference::refers(text) => read(text, "policy"),
            _ => elsewhere(),
        };
    }
    match node.member("policy_file").filter(|node| !node.is_nothing()).map(|node| node.text()) {
        // The one that is built in has none.
        None => Recipients::Known(Vec::new()),
        Some(Some(path)) if !reference::refers(path) => match policy::text(Path::new(path.trim())) {
            Ok(text) => read(&text, path.trim()),
            Err(_) => elsewhere(),
        },
        Some(_) => elsewhere(),
    }
}

/// A recipient that the policy does not have: the processor does not start.
pub(super) fn unknown_recipient(
    path: &str,
    member: &Member,
    given: Option<&[String]>,
    say: &mut dyn FnMut(Found),
) {
    let node = member.value.as_ref();
    let Recipients::Known(known) = recipients(node, given) else { return };
    let named = node.member("recipient").filter(|node| !node.is_nothing());
    let name = named.map_or(Some(""), Node::text);
    let Some(name) = name.filter(|name| !reference::refers(name)) else { return };
    if known.is_empty() || known.iter().any(|known| known == name) {
        return;
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let (what, hint) = unknown("recipient", name, &known);
    match named {
        Some(node) => say(Found::new(node.at, &below(path, "recipient"), what, hint)),
        None => {
            let what = "names no recipient, and the policy has some: the processor does not start";
            say(Found::new(member.at, path, what, hint));
        }
    }
}

/// A recipient of which nobody can tell here whether the policy has it.
pub(super) fn unread_recipient(
    path: &str,
    node: &Node,
    given: Option<&[String]>,
    say: &mut dyn FnMut(Found),
) {
    let Some(named) = node.member("recipient").filter(|node| !node.is_nothing()) else { return };
    let path = below(path, "recipient");
    let refers = named.text().is_some_and(reference::refers);
    match recipients(node, given) {
        Recipients::Elsewhere => {
            let what = "the policy is not here, so nothing tells whether it has this recipient";
            say(Found::new(named.at, &path, what, "give the policy as well: `lint POLICY --collector …`"));
        }
        Recipients::Known(known) if refers && !known.is_empty() => {
            let what = "a reference decides which recipient of the policy it is";
            say(Found::new(named.at, &path, what, "write the name here to have it checked"));
        }
        Recipients::Known(_) => {}
    }
}

/// The policy that is built in, where none is given.
pub(super) fn no_policy(path: &str, member: &Member, say: &mut dyn FnMut(Found)) {
    let given = |name: &str| member.value.member(name).is_some_and(|node| !node.is_nothing());
    if member.value.text().is_none() && !given("policy") && !given("policy_file") {
        let what = format!("{} has no policy of yours and runs the one that is built in", named(path));
        say(Found::new(member.at, path, what, "give `policy_file`, or `policy`"));
    }
}

/// A module that could be any.
pub(super) fn unpinned(path: &str, node: &Node, say: &mut dyn FnMut(Found)) {
    let Some(module) = node.member("module") else { return };
    let given = |name: &str| module.member(name).is_some_and(|node| !node.is_nothing());
    if given("path") && !given("sha256") {
        let what = "a module of one's own without its digest: the processor does not start";
        say(Found::new(module.at, &below(path, "module"), what, "add its `sha256`"));
    }
}
