//! The configuration of our own processor: mistakes that are known before it runs.
//!
//! Its policy is not read here: `lint POLICY` does that.

use super::yaml::{Kind, Member, Node};
use super::{Found, below, named, reference};
use frostglass_engine::policy::unknown;

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
