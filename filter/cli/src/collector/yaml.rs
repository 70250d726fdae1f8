//! Reads a Collector's configuration into a tree in which everything knows its file and line.
//!
//! The Collector's YAML is wider than a policy's: anchors, aliases and merge keys are followed here as the Collector
//! follows them. What it reads differently or not at all (several documents, tags of applications, keys that are no
//! names, `::` inside keys) is refused rather than guessed. Bounded: an alias shares its value, and what the tree would
//! hold if every alias were written out is counted before anybody walks it. No message carries a value. Knows nothing
//! of what a key means.

use frostglass_engine::policy::{MAX_BYTES, Place};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Deepest nesting that is read, aliases followed.
const MAX_DEPTH: usize = 64;

/// Most values that a file may hold, aliases written out.
const MAX_VALUES: usize = 200_000;

/// Where something stands: which of the files, and where in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub(crate) file: usize,
    pub(crate) place: Place,
}

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) at: Spot,
    pub(crate) kind: Kind,
    /// Values in it, itself counted, aliases written out.
    size: usize,
    /// Levels of maps and lists in it.
    depth: usize,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Text, escapes resolved.
    Scalar(String),
    /// No value at all: `null`, `~` or an empty place.
    Nothing,
    List(Vec<Rc<Node>>),
    Map(BTreeMap<String, Member>),
}

/// A member of a map: where its key stands, and its value.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) at: Spot,
    pub(crate) value: Rc<Node>,
}

/// Why a file cannot be judged.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) at: Spot,
    pub(crate) what: String,
    pub(crate) hint: &'static str,
}

impl Node {
    fn new(at: Spot, kind: Kind) -> Self {
        let (mut size, mut depth) = (1_usize, 0_usize);
        let mut count = |inner: &Self| {
            size = size.saturating_add(inner.size);
            depth = depth.max(inner.depth + 1);
        };
        match &kind {
            Kind::Scalar(_) | Kind::Nothing => {}
            Kind::List(items) => items.iter().for_each(|item| count(item)),
            Kind::Map(members) => members.values().for_each(|member| count(&member.value)),
        }
        Self { at, kind, size, depth }
    }

    /// The members, if this is a map.
    pub(crate) fn members(&self) -> Option<&BTreeMap<String, Member>> {
        match &self.kind {
            Kind::Map(members) => Some(members),
            _ => None,
        }
    }

    /// The value of a member, if this is a map that has it.
    pub(crate) fn member(&self, name: &str) -> Option<&Node> {
        self.members()?.get(name).map(|member| member.value.as_ref())
    }

    /// The items, if this is a list.
    pub(crate) fn items(&self) -> Option<&[Rc<Node>]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if this is a single value.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.kind, Kind::Nothing)
    }
}

/// An empty map, which later files fill.
pub(crate) fn empty(file: usize) -> Rc<Node> {
    let at = Spot { file, place: place(1, 0) };
    Rc::new(Node::new(at, Kind::Map(BTreeMap::new())))
}

/// Two configurations as one, as the Collector makes it of several `--config`: maps merge, of anything else the later one
/// stays, a list or nothing at all included.
pub(crate) fn merge(before: &Rc<Node>, after: &Rc<Node>) -> Rc<Node> {
    let (Kind::Map(old), Kind::Map(new)) = (&before.kind, &after.kind) else { return Rc::clone(after) };
    let mut members = old.clone();
    for (name, member) in new {
        let value = old
            .get(name)
            .map_or_else(|| Rc::clone(&member.value), |known| merge(&known.value, &member.value));
        members.insert(name.clone(), Member { at: member.at, value });
    }
    Rc::new(Node::new(after.at, Kind::Map(members)))
}

/// Reads one file.
pub(crate) fn read(text: &str, file: usize) -> Result<Rc<Node>, Fault> {
    let fault = |line, column, what: &str, hint| {
        Err(Fault { at: Spot { file, place: place(line, column) }, what: what.into(), hint })
    };
    if text.len() > MAX_BYTES {
        return fault(1, 0, "is larger than is read (1 MiB)", "");
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.split('\n').enumerate() {
        // Characters that end a line for one reader and not for the next could hide a line from one of them.
        let foreign = |c: char| {
            (c.is_control() && !matches!(c, '\t' | '\r')) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
        };
        if let Some(column) = line.chars().position(foreign) {
            return fault(
                index + 1,
                column,
                "not YAML: a character that may not stand here",
                "write it as an escape in double quotes",
            );
        }
    }
    let mut reader = Reader { events: Parser::new_from_str(text), file, anchors: HashMap::new() };
    reader.document()
}

fn place(line: usize, column_from_zero: usize) -> Place {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place { line: number(line), column: number(column_from_zero.saturating_add(1)) }
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    file: usize,
    /// Values with an anchor, once they are complete.
    anchors: HashMap<usize, Rc<Node>>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Rc<Node>, Fault> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    return self.refuse(
                        span,
                        "a second document begins here, which the Collector does not read",
                        "make it a file of its own",
                    );
                }
                Event::DocumentStart(_) => {
                    let first = self.next()?;
                    root = Some(self.node(first, 0)?);
                }
                _ => {}
            }
        }
        let root = root.unwrap_or_else(|| empty(self.file));
        match root.kind {
            Kind::Map(_) => Ok(root),
            Kind::Nothing => Ok(empty(self.file)),
            _ => Err(Fault { at: root.at, what: "is not a map of sections".into(), hint: "" }),
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Fault> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.not_yaml(&error)),
            None => Err(Fault { at: self.spot(1, 0), what: "not YAML: ends too early".into(), hint: "" }),
        }
    }

    fn node(&mut self, (event, span): (Event<'a>, Span), depth: usize) -> Result<Rc<Node>, Fault> {
        if depth > MAX_DEPTH {
            return self.refuse(span, "is nested too deeply", "");
        }
        let (anchor, kind) = match event {
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).map(Rc::clone) else {
                    return self.refuse(span, "an alias (`*`) stands inside its own value", "");
                };
                self.bounded(&node, depth, span)?;
                return Ok(node);
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.known(tag.as_deref(), span)?;
                // `!!str` makes text even of what looks like nothing.
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let nothing = plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                (anchor, if nothing { Kind::Nothing } else { Kind::Scalar(text.into_owned()) })
            }
            Event::SequenceStart(anchor, tag) => {
                self.known(tag.as_deref(), span)?;
                (anchor, self.list(depth)?)
            }
            Event::MappingStart(anchor, tag) => {
                self.known(tag.as_deref(), span)?;
                (anchor, self.map(depth)?)
            }
            _ => return self.refuse(span, "not YAML: expected a value", ""),
        };
        let node = Rc::new(Node::new(self.spot(span.start.line(), span.start.col()), kind));
        self.bounded(&node, depth, span)?;
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        Ok(node)
    }

    fn bounded(&self, node: &Node, depth: usize, span: Span) -> Result<(), Fault> {
        if node.size > MAX_VALUES {
            return self.refuse(span, "holds too many values once its aliases are written out", "");
        }
        if depth + node.depth > MAX_DEPTH {
            return self.refuse(span, "is nested too deeply", "");
        }
        Ok(())
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Fault> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Kind::List(items)),
                item => items.push(self.node(item, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Kind, Fault> {
        let mut own: BTreeMap<String, Member> = BTreeMap::new();
        let mut merged: Vec<Rc<Node>> = Vec::new();
        loop {
            let (event, span) = match self.next()? {
                (Event::MappingEnd, _) => break,
                key => key,
            };
            let is_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = self.node((event, span), depth + 1)?;
            let value = self.next()?;
            let value_span = value.1;
            let value = self.node(value, depth + 1)?;
            if is_merge {
                match &value.kind {
                    Kind::Map(_) => merged.push(value),
                    Kind::List(items) if items.iter().all(|item| item.members().is_some()) => {
                        merged.extend(items.iter().map(Rc::clone));
                    }
                    _ => return self.refuse(value_span, "a merge key (`<<`) takes maps alone", ""),
                }
                continue;
            }
            let Some(name) = key.text() else {
                return self.refuse(span, "a key must be a name", "");
            };
            if name.contains("::") {
                let hint = "write maps inside maps";
                return self.refuse(span, "a key with `::` stands for nested maps", hint);
            }
            if own.insert(name.to_owned(), Member { at: key.at, value }).is_some() {
                return self.refuse(span, "the key stands here for the second time", "");
            }
        }
        // Own members win over merged ones, and earlier merged ones over later ones.
        for node in merged {
            for (name, member) in node.members().into_iter().flatten() {
                own.entry(name.clone()).or_insert_with(|| member.clone());
            }
        }
        Ok(Kind::Map(own))
    }

    /// Tags of the core schema change nothing that is judged here; others make a reader build what we do not see.
    fn known(&self, tag: Option<&Tag>, span: Span) -> Result<(), Fault> {
        let core = |tag: &Tag| {
            tag.is_yaml_core_schema()
                && matches!(tag.suffix.as_str(), "str" | "int" | "bool" | "float" | "null" | "map" | "seq")
        };
        if tag.is_none_or(core) {
            Ok(())
        } else {
            self.refuse(span, "a tag (`!`) is not judged", "remove it")
        }
    }

    fn spot(&self, line: usize, column: usize) -> Spot {
        Spot { file: self.file, place: place(line, column) }
    }

    fn refuse<T>(&self, span: Span, what: &str, hint: &'static str) -> Result<T, Fault> {
        Err(Fault { at: self.spot(span.start.line(), span.start.col()), what: what.into(), hint })
    }

    fn not_yaml(&self, error: &ScanError) -> Fault {
        let mark = error.marker();
        let hint = if error.info().contains("tab") { "indent with spaces" } else { "" };
        // The parser's sentences are fixed but for one that names a character.
        let what = format!("not YAML: {}", crate::screen::printable(error.info()));
        Fault { at: self.spot(mark.line(), mark.col()), what, hint }
    }
}
