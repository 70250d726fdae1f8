//! Follows references inside one policy text: classes, treatments, keys that lines name but nobody wrote.
//!
//! What needs more than the text (selectors, patterns, built-in catalogs and detectors) is checked by compiling.

use crate::Class;
use crate::error::{Finding, quoted, unknown};
use crate::file::{BuiltIn, KeySource, PolicyFile};
use crate::node::Place;
use crate::treatment::{KeyUse, Treatment};
use crate::values::Name;

/// Everything in the policy that refers to nothing, contradicts itself or says nothing. `complete` is false when parts
/// could not be read: they are known by name then, and lists may have gaps.
pub(crate) fn check(policy: &PolicyFile, complete: bool) -> Vec<Finding> {
    let mut checker = Checker {
        policy,
        keys: policy.names("keys"),
        classes: policy.names("classes"),
        treatments: policy.names("treatments"),
        findings: Vec::new(),
    };
    checker.keys();
    checker.recipients();
    checker.classes();
    checker.treatments();
    checker.catalog();
    checker.detectors();
    if complete {
        checker.tests();
    }
    checker.findings
}

/// Words of treatments that are options of no entry here but may not name one either, so that later versions can use them.
const LATER: [&str; 1] = ["randomize"];

/// More findings than anybody reads. Each costs a walk through the text, so their number is bounded.
const MAX_FINDINGS: usize = 200;

struct Checker<'a> {
    policy: &'a PolicyFile,
    /// What the text names, read or not (what is wrong is said once), sorted.
    keys: Vec<&'a str>,
    classes: Vec<&'a str>,
    treatments: Vec<&'a str>,
    findings: Vec<Finding>,
}

impl<'a> Checker<'a> {
    fn keys(&mut self) {
        for entry in &self.policy.keys {
            let (name, key) = (entry.name.as_str(), &entry.value);
            let say = |checker: &mut Self, member: &str, what: &str, hint: &str| {
                checker.say(&["keys", name, member], what.into(), hint.into());
            };
            if let (KeyUse::Seal, KeySource::Standalone) = (key.purpose, key.from) {
                let what = "a sealing key is issued: a vault keeps what opens, and hosts get the public half";
                say(self, "from", what, "write `from: issued`");
            }
            if key.rotation().is_none() {
                say(self, "epoch", "is no length of an epoch", "write one from `60s` to `49000d`");
            }
            let Some(overlap) = key.overlap else { continue };
            let problem = match (key.epoch, key.from) {
                (None, _) => Some(("says nothing without `epoch`", "add `epoch`, or remove `overlap`")),
                (_, KeySource::Standalone) => Some((
                    "says nothing of a standalone key, which holds all its epochs",
                    "remove it, or write `from: issued`",
                )),
                (Some(epoch), _) if overlap.seconds() >= epoch.seconds() => {
                    Some(("is not shorter than the epoch", "make it shorter, or the epoch longer"))
                }
                _ => None,
            };
            if let Some((what, hint)) = problem {
                say(self, "overlap", what, hint);
            }
        }
    }

    fn recipients(&mut self) {
        for entry in &self.policy.recipients {
            for (index, class) in entry.value.classes.iter().enumerate() {
                self.class(&["recipients", &entry.name, "classes", &index.to_string()], class);
            }
        }
    }

    fn classes(&mut self) {
        for entry in &self.policy.classes {
            let (name, rule) = (entry.name.as_str(), &entry.value);
            match (Class::parse(name), rule.is) {
                (Some(_), Some(_)) => {
                    self.say(
                        &["classes", name, "is"],
                        "a built-in class is what it is".into(),
                        "remove `is`".into(),
                    );
                }
                (None, None) => {
                    let (_, near) = unknown("class", name, &BuiltIn::words());
                    let near = if near.starts_with("did") { near } else { String::new() };
                    let what = format!("{} is an own class and needs `is`", quoted(name));
                    let hint =
                        if near.is_empty() { "say what it is, like `is: direct-id`".into() } else { near };
                    self.say(&["classes", name], what, hint);
                }
                (Some(_), None) if rule.treat.is_none() && !rule.force && rule.sure.is_none() => {
                    self.say(
                        &["classes", name],
                        "says nothing".into(),
                        "add `treat` or remove the entry".into(),
                    );
                }
                _ => {}
            }
            self.treat(&["classes", name, "treat"], rule.treat.as_ref());
        }
    }

    fn treatments(&mut self) {
        for entry in &self.policy.treatments {
            let name = entry.name.as_str();
            if Treatment::WORDS.contains(&name) || LATER.contains(&name) {
                let what = format!("{} is a built-in word and cannot be given a new meaning", quoted(name));
                self.say_at(Some(entry.at), &["treatments", name], what, "choose another name".into());
            }
            if let Some((key, wanted)) = entry.value.key() {
                self.key(&["treatments", name, entry.value.word(), "key"], key, wanted);
            }
        }
    }

    /// A key that a treatment names: it must be there, and be for this use.
    fn key(&mut self, path: &[&str], name: &Name, wanted: KeyUse) {
        let word = wanted.word();
        if self.keys.binary_search(&name.as_str()).is_err() {
            let (what, near) = unknown("key", name, &self.keys);
            let from = if wanted == KeyUse::Seal { "issued" } else { "standalone" };
            let add = || format!("add `{name}: {{use: {word}, from: {from}}}` to `keys`");
            let hint = if near.is_empty() { add() } else { near };
            self.say(path, what, hint);
        } else if let Some(key) = self.policy.keys.find(name).filter(|key| key.purpose != wanted) {
            let what = format!("{} is a key for `{}`", quoted(name), key.purpose.word());
            self.say(path, what, format!("name a key with `use: {word}`: one key serves one use"));
        }
    }

    fn catalog(&mut self) {
        for entry in &self.policy.catalog {
            if self.full() {
                return; // before the search for near words
            }
            let path = ["catalog", entry.name.as_str()];
            self.class(&[path[0], path[1], "class"], &entry.value.class);
            self.treat(&[path[0], path[1], "treat"], entry.value.treat.as_ref());
        }
    }

    fn detectors(&mut self) {
        for entry in &self.policy.detectors {
            let name = entry.name.as_str();
            if name == "all" {
                let what = "`all` means every detector and cannot name one".into();
                self.say_at(Some(entry.at), &["detectors", name], what, "choose another name".into());
            }
            if entry.value.pattern.is_empty() {
                self.say(
                    &["detectors", name, "pattern"],
                    "is empty".into(),
                    "write a regular expression".into(),
                );
            }
            self.class(&["detectors", name, "class"], &entry.value.class);
        }
    }

    fn tests(&mut self) {
        for (index, test) in self.policy.tests.iter().enumerate() {
            let index = index.to_string();
            if test.absent.is_empty() && test.kept.is_empty() {
                let hint = "add `absent` or `kept`".into();
                self.say(&["tests", &index], "claims nothing".into(), hint);
            }
            if test.given.is_empty() {
                self.say(
                    &["tests", &index, "given"],
                    "gives no field".into(),
                    "add a selector and a value".into(),
                );
            }
            for (claim, texts) in [("absent", &test.absent), ("kept", &test.kept)] {
                for (item, _) in texts.iter().enumerate().filter(|(_, text)| text.is_empty()) {
                    let item = item.to_string();
                    let what = "is empty, and empty text is everywhere".into();
                    self.say(&["tests", &index, claim, &item], what, "write the text to look for".into());
                }
            }
        }
    }

    fn class(&mut self, path: &[&str], name: &Name) {
        if Class::parse(name).is_some() || self.classes.binary_search(&name.as_str()).is_ok() {
            return;
        }
        let known: Vec<&str> = BuiltIn::words().into_iter().chain(self.classes.iter().copied()).collect();
        let (what, hint) = unknown("class", name, &known);
        self.say(path, what, hint);
    }

    fn treat(&mut self, path: &[&str], name: Option<&Name>) {
        let Some(name) = name else { return };
        if Treatment::bare(name).is_some() || self.treatments.binary_search(&name.as_str()).is_ok() {
            return;
        }
        if Treatment::WORDS.contains(&name.as_str()) {
            let what = format!("{} needs options", quoted(name));
            self.say(path, what, "give it a name in `treatments` and use that name here".into());
            return;
        }
        if LATER.contains(&name.as_str()) {
            let what = format!("{} is not known to this version yet", quoted(name));
            self.say(path, what, "remove it or use a later version".into());
            return;
        }
        let known: Vec<&str> = self.treatments.iter().copied().chain(Treatment::BARE).collect();
        let (what, hint) = unknown("treatment", name, &known);
        self.say(path, what, hint);
    }

    fn say(&mut self, path: &[&str], what: String, hint: String) {
        self.say_at(None, path, what, hint);
    }

    /// With a place for what is wrong with a name, not with what it names.
    fn say_at(&mut self, place: Option<Place>, path: &[&str], what: String, hint: String) {
        if self.findings.len() < MAX_FINDINGS {
            let finding = self.policy.finding(path, what, hint);
            self.findings.push(Finding { place: place.unwrap_or(finding.place), ..finding });
        }
    }

    fn full(&self) -> bool {
        self.findings.len() >= MAX_FINDINGS
    }
}
