//! From the located tree to a [`PolicyFile`]: a serde deserializer that knows where it is.
//!
//! The derived types decide what may stand where; this file gives every error its place, path and suggestion, and goes on
//! after one, so that a person sees most of what is wrong at once: all unknown words, and the first wrong value of each
//! named part. One concrete deserializer and one concrete error keep the code small: it runs in the module.

use crate::error::{Finding, quoted, unknown, word_path};
use crate::file::{CatalogFile, CatalogGroup, CatalogLine, PolicyFile, PolicyTest, Source};
use crate::node::{Key, Kind, Node, Place, Scalar};
use crate::scalar::{Refusal, Typed};
use crate::values::{Entries, Entry, Name, Whole, not_a_name};
use frostglass_keys::looks_like_key;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Unexpected, Visitor};
use std::cell::RefCell;
use std::fmt::{self, Display};

/// Sections of a policy, in the order in which people write them.
const SECTIONS: [&str; 11] = [
    "policy",
    "schema",
    "default",
    "extends",
    "recipients",
    "keys",
    "classes",
    "treatments",
    "catalog",
    "detectors",
    "tests",
];

/// Words of later versions by the section in which they will stand (empty: they are sections).
const LATER: [(&str, &str); 3] = [("", "profiles"), ("", "consent"), ("treatments", "randomize")];

/// Longest selector, in bytes.
const MAX_SELECTOR: usize = 1024;

/// Reads the tree of one text. Everything that is wrong is collected; references between parts are not followed here.
pub(crate) fn read(root: Node, file: &str) -> (PolicyFile, Vec<Finding>) {
    let log = Log { file, findings: RefCell::new(Vec::new()) };
    let mut policy = sections(&root, &log);
    let findings = log.findings.into_inner();
    policy.source = Source { file: file.to_owned(), root: Some(root) };
    (policy, findings)
}

/// Reads a text of another kind than a policy, written in the same language.
#[cfg(feature = "authoring")]
pub(crate) fn read_document<T: DeserializeOwned>(root: &Node, file: &str) -> (Option<T>, Vec<Finding>) {
    let log = Log { file, findings: RefCell::new(Vec::new()) };
    let path = Path { up: None, step: Step::Key("") };
    let read = Here { node: Some(root), at: root.at, path: &path, log: &log }.read();
    (read, log.findings.into_inner())
}

/// Reads the sections. A wrong or missing one is in the log and stands at its default.
fn sections(root: &Node, log: &Log<'_>) -> PolicyFile {
    let mut policy = PolicyFile::new(Name::unnamed());
    let Kind::Map(members) = &root.kind else {
        log.say(
            root.at,
            String::new(),
            "is not a policy".into(),
            "a policy begins with `policy:` and its name".into(),
        );
        return policy;
    };
    for (key, node) in members {
        let path = Path { up: None, step: Step::Key(&key.text) };
        let here = Here { node: Some(node), at: node.at, path: &path, log };
        match key.text.as_str() {
            "policy" => policy.policy = here.read().unwrap_or(policy.policy),
            "schema" => policy.schema = here.read().unwrap_or(policy.schema),
            "default" => policy.default = here.read().unwrap_or_default(),
            "extends" => policy.extends = here.read().unwrap_or_default(),
            "recipients" => policy.recipients = entries(here, wrong_name),
            "keys" => policy.keys = entries(here, wrong_name),
            "classes" => policy.classes = entries(here, wrong_name),
            "treatments" => policy.treatments = entries(here, wrong_name),
            "catalog" => policy.catalog = entries(here, wrong_selector),
            "detectors" => policy.detectors = entries(here, wrong_name),
            "tests" => policy.tests = tests(here),
            word => {
                let (what, hint) = unknown_word("section", word, &SECTIONS, "");
                log.say(key.at, path.to_string(), what, hint);
            }
        }
    }
    for (section, hint) in [("policy", "add `policy:` and a name at the top"), ("schema", "add `schema: 1`")]
    {
        if root.member(section).is_none() {
            log.say(root.at, String::new(), format!("needs `{section}`"), hint.into());
        }
    }
    policy
}

/// Sections of a built-in catalog.
const CATALOG_SECTIONS: [&str; 5] = ["catalog", "schema", "treatments", "lines", "groups"];

/// Reads the tree of a built-in catalog; its text comes with the program, so references are left to compiling.
pub(crate) fn read_catalog(root: &Node, file: &str) -> (CatalogFile, Vec<Finding>) {
    let log = Log { file, findings: RefCell::new(Vec::new()) };
    let mut catalog =
        CatalogFile { catalog: Name::unnamed(), treatments: Entries::default(), lines: Entries::default() };
    let path = Path { up: None, step: Step::Key("catalog") };
    let members = Here { node: Some(root), at: root.at, path: &path, log: &log }.members();
    for (key, node) in members {
        let path = Path { up: None, step: Step::Key(&key.text) };
        let here = Here { node: Some(node), at: node.at, path: &path, log: &log };
        match key.text.as_str() {
            "catalog" => catalog.catalog = here.read().unwrap_or(catalog.catalog),
            "schema" => _ = here.read::<Whole<1, 1>>(),
            "treatments" => catalog.treatments = entries(here, wrong_name),
            "lines" => catalog.lines.0.extend(entries(here, wrong_selector).0),
            "groups" => {
                for group in here.read::<Vec<CatalogGroup>>().unwrap_or_default() {
                    for name in group.fields {
                        let line = CatalogLine {
                            treat: group.treat.clone(),
                            ..CatalogLine::of(group.class.clone())
                        };
                        catalog.lines.0.push(Entry { name, at: node.at, value: line });
                    }
                }
            }
            word => {
                let (what, hint) = unknown("section", word, &CATALOG_SECTIONS);
                log.say(key.at, path.to_string(), what, hint);
            }
        }
    }
    for section in ["catalog", "schema"] {
        if root.member(section).is_none() {
            log.say(root.at, String::new(), format!("needs `{section}`"), String::new());
        }
    }
    (catalog, log.findings.into_inner())
}

/// Reads a section of named parts, each on its own, so that a wrong one does not hide the next.
fn entries<T: DeserializeOwned>(here: Here<'_>, wrong: fn(&str) -> Option<String>) -> Entries<T> {
    let mut entries = Entries::default();
    for (key, part) in here.members() {
        let path = Path { up: Some(here.path), step: Step::Key(&key.text) };
        if let Some(what) = wrong(&key.text) {
            here.log.say(key.at, path.to_string(), what, String::new());
        }
        if let Some(value) = here.under(part, &path).read() {
            entries.0.push(Entry { name: key.text.clone(), at: key.at, value });
        }
    }
    entries
}

fn tests(here: Here<'_>) -> Vec<PolicyTest> {
    let mut tests = Vec::new();
    for (index, node) in here.items().iter().enumerate() {
        let path = Path { up: Some(here.path), step: Step::Index(index) };
        let Some(mut test) = here.under(node, &path).read::<PolicyTest>() else { continue };
        // The given fields were read through serde, which knows no places; the tree does, in the same order.
        if let Some(Node { kind: Kind::Map(given), .. }) = node.member("given") {
            for (entry, (key, _)) in test.given.0.iter_mut().zip(given) {
                entry.at = key.at;
                if let Some(what) = wrong_selector(&key.text) {
                    let given = Path { up: Some(&path), step: Step::Key("given") };
                    let path = Path { up: Some(&given), step: Step::Key(&key.text) };
                    here.log.say(key.at, path.to_string(), what, String::new());
                }
            }
        }
        tests.push(test);
    }
    tests
}

fn wrong_name(text: &str) -> Option<String> {
    (!Name::allows(text)).then(|| not_a_name(text))
}

fn wrong_selector(text: &str) -> Option<String> {
    if text.is_empty() {
        Some("a selector is empty; name a field".into())
    } else if text.len() > MAX_SELECTOR {
        Some(format!("a selector is longer than {MAX_SELECTOR} bytes"))
    } else if text.chars().any(char::is_control) || text.trim() != text {
        Some(format!("{} has blanks around it or control characters in it; remove them", quoted(text)))
    } else {
        None
    }
}

/// Complaint about a word that a policy of this version does not know, or not yet.
fn unknown_word(noun: &str, word: &str, known: &[&str], section: &str) -> (String, String) {
    if section == "keys" && looks_like_key(word) {
        // Not quoted: the error may go into a log that more people read than the policy.
        return (
            "a key stands in the policy".into(),
            "remove it, and take a new one: the host reads keys from its environment or from a file".into(),
        );
    }
    if LATER.contains(&(section, word)) {
        return (
            format!("{} is not known to this version yet", quoted(word)),
            "remove it or use a later version".into(),
        );
    }
    unknown(noun, word, known)
}

/// What is wrong so far.
struct Log<'a> {
    file: &'a str,
    findings: RefCell<Vec<Finding>>,
}

impl Log<'_> {
    fn say(&self, place: Place, path: String, what: String, hint: String) {
        self.findings.borrow_mut().push(Finding { file: self.file.to_owned(), place, path, what, hint });
    }

    /// `Said` is there already, and `seed` has placed the others.
    fn say_flaw(&self, flaw: Flaw) {
        if let Flaw::Placed(flaw) = flaw {
            let (place, path, what, hint) = *flaw;
            self.say(place, path, what, hint);
        }
    }
}

/// The way from the root to where we are; lives on the stack.
struct Path<'a> {
    up: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl Path<'_> {
    /// The whole of a text that has no sections of its own.
    fn is_nameless(&self) -> bool {
        self.up.is_none() && matches!(self.step, Step::Key(""))
    }

    /// The section that we are in.
    fn section(&self) -> &str {
        match (self.up, self.step) {
            (Some(up), _) => up.section(),
            (None, Step::Key(section)) => section,
            (None, Step::Index(_)) => "",
        }
    }
}

impl Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(up) = self.up {
            Display::fmt(up, f)?;
        }
        match self.step {
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Key(key) => {
                f.write_str(if self.up.is_some_and(|up| !up.is_nameless()) { "." } else { "" })?;
                f.write_str(&word_path(key))
            }
        }
    }
}

/// What went wrong while a part was read.
#[derive(Debug)]
enum Flaw {
    /// From a derived type, which knows no places; the nearest [`Here`] gives it one.
    Unplaced(String),
    /// With place, path, complaint and hint; boxed to keep results small.
    Placed(Box<(Place, String, String, String)>),
    /// A member is missing.
    Missing(&'static str),
    /// Already in the log.
    Said,
}

impl Flaw {
    fn at(place: Place, path: &Path<'_>, what: String, hint: String) -> Self {
        Self::Placed(Box::new((place, path.to_string(), what, hint)))
    }
}

impl Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unplaced(what) => f.write_str(what),
            Self::Placed(flaw) => f.write_str(&flaw.2),
            Self::Missing(field) => write!(f, "needs `{field}`"),
            Self::Said => f.write_str("is wrong"),
        }
    }
}

impl std::error::Error for Flaw {}

impl de::Error for Flaw {
    fn custom<T: Display>(what: T) -> Self {
        Self::Unplaced(what.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let found = match found {
            Unexpected::Map => "a map",
            Unexpected::Seq => "a list",
            Unexpected::Bool(_) => "true or false",
            Unexpected::Signed(_) | Unexpected::Unsigned(_) | Unexpected::Float(_) => "a number",
            _ => "text",
        };
        Self::Unplaced(format!("expected {expected}, found {found}"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

/// A node, or nothing (the options of a bare word), and where we are.
#[derive(Clone, Copy)]
struct Here<'a> {
    node: Option<&'a Node>,
    at: Place,
    path: &'a Path<'a>,
    log: &'a Log<'a>,
}

// Serde makes a copy of the deserializer for every type that is read. What does not depend on the type stays out of the
// copies (`inline(never)`): it halves the code in the module, and reading a policy is not a hot path.
impl<'a> Here<'a> {
    /// Reads a part and puts what is wrong with it into the log.
    fn read<T: DeserializeOwned>(self) -> Option<T> {
        self.seed(std::marker::PhantomData).map_err(|flaw| self.log.say_flaw(flaw)).ok()
    }

    /// Reads a part; an error without a place gets this one.
    fn seed<'de, T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Flaw> {
        seed.deserialize(self).map_err(|flaw| self.placed(flaw))
    }

    #[inline(never)]
    fn placed(&self, flaw: Flaw) -> Flaw {
        match flaw {
            Flaw::Unplaced(what) => self.flaw(what, String::new()),
            Flaw::Missing(field) => self.flaw(format!("needs `{field}`"), String::new()),
            placed => placed,
        }
    }

    fn under<'b>(&self, node: &'b Node, path: &'b Path<'b>) -> Here<'b>
    where
        'a: 'b,
    {
        Here { node: Some(node), at: node.at, path, log: self.log }
    }

    #[inline(never)]
    fn flaw(&self, what: String, hint: String) -> Flaw {
        Flaw::at(self.at, self.path, what, hint)
    }

    #[inline(never)]
    fn refused(&self, refusal: Refusal) -> Flaw {
        self.flaw(refusal.what, refusal.hint)
    }

    #[inline(never)]
    fn expected(&self, what: &str) -> Flaw {
        match self.node.map_or("nothing", Node::kind_word) {
            "nothing" => {
                self.flaw(format!("expected {what}, found nothing"), "fill it in or remove it".into())
            }
            found => self.flaw(format!("expected {what}, found {found}"), String::new()),
        }
    }

    fn scalar(&self, expected: &str) -> Result<&'a Scalar, Flaw> {
        match self.node {
            Some(Node { kind: Kind::Scalar(scalar), .. }) => Ok(scalar),
            _ => Err(self.expected(expected)),
        }
    }

    #[inline(never)]
    fn text(&self) -> Result<&'a str, Flaw> {
        self.scalar("text")?.text().map_err(|refusal| self.refused(refusal))
    }

    #[inline(never)]
    fn whole(&self) -> Result<i64, Flaw> {
        self.scalar("a whole number")?.whole().map_err(|refusal| self.refused(refusal))
    }

    #[inline(never)]
    fn boolean(&self) -> Result<bool, Flaw> {
        self.scalar("true or false")?.boolean().map_err(|refusal| self.refused(refusal))
    }

    /// Members of a section; anything else is put into the log and read as empty.
    #[inline(never)]
    fn members(&self) -> &'a [(Key, Node)] {
        match self.node {
            Some(Node { kind: Kind::Map(members), .. }) => members,
            _ => {
                self.log.say_flaw(self.expected("a map"));
                &[]
            }
        }
    }

    /// Items of a section; anything else is put into the log and read as empty.
    #[inline(never)]
    fn items(&self) -> &'a [Node] {
        match self.node {
            Some(Node { kind: Kind::List(items), .. }) => items,
            _ => {
                self.log.say_flaw(self.expected("a list"));
                &[]
            }
        }
    }

    #[inline(never)]
    fn unknown(&self, at: Place, noun: &str, word: &str, known: &[&str]) -> Flaw {
        let (what, hint) = unknown_word(noun, word, known, self.path.section());
        Flaw::at(at, self.path, what, hint)
    }

    /// The members of a struct, and whether there are others. Those are all named, then passed over, so that they do not
    /// hide what else is wrong.
    #[inline(never)]
    fn fields(&self, name: &str, fields: &'static [&'static str]) -> Result<(Members<'a>, bool), Flaw> {
        let mut members =
            Members { of: *self, members: [].iter(), fields: Some(fields), short: None, value: None };
        match self.node {
            None => return Ok((members, false)),
            Some(Node { kind: Kind::Map(written), .. }) => members.members = written.iter(),
            Some(Node { kind: Kind::Scalar(_), .. }) if name == CatalogLine::SHORT_FORM => {
                members.short = fields.first().copied();
                return Ok((members, false));
            }
            Some(_) => return Err(self.expected("a map")),
        }
        let mut strangers = false;
        for (key, _) in members.members.clone().filter(|(key, _)| !fields.contains(&key.text.as_str())) {
            strangers = true;
            let (what, hint) = unknown_word("field", &key.text, fields, self.path.section());
            let path = Path { up: Some(self.path), step: Step::Key(&key.text) };
            self.log.say(key.at, path.to_string(), what, hint);
        }
        Ok((members, strangers))
    }

    /// The word of a choice, bare or as the one key of a map, and its options.
    #[inline(never)]
    fn choice(&self, noun: &str, known: &'static [&'static str]) -> Result<Chosen<'a>, Flaw> {
        let members = match self.node.map(|node| &node.kind) {
            Some(Kind::Scalar(_)) => {
                let word = self.text()?;
                if !known.contains(&word) {
                    return Err(self.unknown(self.at, noun, word, known));
                }
                return Ok(Chosen { word, options: None, under: false });
            }
            Some(Kind::Map(members)) => members,
            _ => return Err(self.expected(&format!("a {noun}"))),
        };
        let mut words = members.iter().filter(|(key, _)| known.contains(&key.text.as_str()));
        let Some((word, options)) = words.next() else {
            let Some((first, _)) = members.first() else {
                let list: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
                return Err(
                    self.flaw(format!("names no {noun}"), format!("write one of {}", list.join(", ")))
                );
            };
            return Err(self.unknown(first.at, noun, &first.text, known));
        };
        if let Some((second, _)) = words.next() {
            let what = format!("names two, {} and {}", quoted(&word.text), quoted(&second.text));
            return Err(Flaw::at(second.at, self.path, what, "keep one of them".into()));
        }
        if (noun, word.text.as_str()) == INLINE {
            return Ok(Chosen { word: &word.text, options: self.node, under: false });
        }
        if let Some((other, _)) = members.iter().find(|(other, _)| other.text != word.text) {
            let what = format!("{} may not stand beside {}", quoted(&other.text), quoted(&word.text));
            let hint = format!("options stand under it: `{}: {{…}}`", word.text);
            return Err(Flaw::at(other.at, self.path, what, hint));
        }
        Ok(Chosen { word: &word.text, options: Some(options), under: true })
    }
}

/// A choice that was made: its word, its options if any stand there, and whether they stand under the word.
struct Chosen<'a> {
    word: &'a str,
    options: Option<&'a Node>,
    under: bool,
}

/// The one choice whose options stand beside its word instead of under it: `{scan: all, on-hit: by-class}`.
const INLINE: (&str, &str) = ("treatment", "scan");

impl<'de> de::Deserializer<'de> for Here<'_> {
    type Error = Flaw;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.node.map(|node| &node.kind) {
            Some(Kind::List(_)) => self.deserialize_seq(visitor),
            Some(Kind::Map(_)) => self.deserialize_map(visitor),
            Some(Kind::Scalar(scalar)) => match scalar.typed().map_err(|refusal| self.refused(refusal))? {
                Typed::Text(text) => visitor.visit_str(text),
                Typed::Bool(truth) => visitor.visit_bool(truth),
                Typed::Int(number) => visitor.visit_i64(number),
                Typed::Double(number) => visitor.visit_f64(number),
            },
            None => Err(self.expected("a value")),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_bool(self.boolean()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_i64(self.whole()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        let Some(Node { kind: Kind::List(items), .. }) = self.node else {
            return Err(self.expected("a list"));
        };
        visitor.visit_seq(Items { of: self, items: items.iter().enumerate() })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        let Some(Node { kind: Kind::Map(members), .. }) = self.node else {
            return Err(self.expected("a map"));
        };
        visitor.visit_map(Members {
            of: self,
            members: members.iter(),
            fields: None,
            short: None,
            value: None,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        let (members, strangers) = self.fields(name, fields)?;
        visitor.visit_map(members).map_err(|flaw| match flaw {
            // Most likely the stranger was meant.
            Flaw::Missing(_) if strangers => Flaw::Said,
            flaw => flaw,
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        let chosen = self.choice(name, variants)?;
        let under = Path { up: Some(self.path), step: Step::Key(chosen.word) };
        let path = if chosen.under { &under } else { self.path };
        let at = chosen.options.map_or(self.at, |node| node.at);
        let options = Here { node: chosen.options, at, path, log: self.log };
        visitor.visit_enum(Choice { word: chosen.word, options })
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
        ignored_any
    }
}

/// The items of a list.
struct Items<'a> {
    of: Here<'a>,
    items: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
}

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = Flaw;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Flaw> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        let path = Path { up: Some(self.of.path), step: Step::Index(index) };
        self.of.under(node, &path).seed(seed).map(Some)
    }
}

/// The members of a map; of a struct, only those that it knows.
struct Members<'a> {
    of: Here<'a>,
    members: std::slice::Iter<'a, (Key, Node)>,
    fields: Option<&'static [&'static str]>,
    /// The field for which the single value stands that was written instead of a map.
    short: Option<&'static str>,
    value: Option<&'a (Key, Node)>,
}

impl<'a> Members<'a> {
    #[inline(never)]
    fn next_key(&mut self) -> Option<&'a str> {
        if let Some(field) = self.short.take() {
            return Some(field);
        }
        let fields = self.fields;
        let known = |key: &Key| fields.is_none_or(|fields| fields.contains(&key.text.as_str()));
        self.value = self.members.find(|(key, _)| known(key));
        self.value.map(|(key, _)| key.text.as_str())
    }
}

impl<'de> de::MapAccess<'de> for Members<'_> {
    type Error = Flaw;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Flaw> {
        match self.next_key() {
            Some(key) => seed.deserialize(Word(key)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Flaw> {
        // Nothing was taken from the members when the node itself is the value.
        let Some((key, node)) = self.value.take() else { return self.of.seed(seed) };
        let path = Path { up: Some(self.of.path), step: Step::Key(&key.text) };
        self.of.under(node, &path).seed(seed)
    }
}

/// The word of a choice and its options.
struct Choice<'a> {
    word: &'a str,
    options: Here<'a>,
}

impl<'de, 'a> de::EnumAccess<'de> for Choice<'a> {
    type Error = Flaw;
    type Variant = Here<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Here<'a>), Flaw> {
        Ok((seed.deserialize(Word(self.word))?, self.options))
    }
}

impl<'de> de::VariantAccess<'de> for Here<'_> {
    type Error = Flaw;

    fn unit_variant(self) -> Result<(), Flaw> {
        match self.node {
            None => Ok(()),
            Some(Node { kind: Kind::Map(members), .. }) if members.is_empty() => Ok(()),
            Some(_) => Err(self.flaw("takes no options".into(), "write the word alone".into())),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Flaw> {
        self.seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Flaw> {
        Err(self.expected("a map"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        de::Deserializer::deserialize_struct(self, "", fields, visitor)
    }
}

/// A key of a map or the word of a choice: text already.
struct Word<'a>(&'a str);

impl<'de> de::Deserializer<'de> for Word<'_> {
    type Error = Flaw;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_str(self.0)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
