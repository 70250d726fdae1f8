//! Reads a strict subset of YAML into the located tree: what people write.
//!
//! Works on the parser's events, never on its values, so that every scalar arrives as its source text. Refused, because
//! converters disagree about them or because they hide what a policy says: anchors, aliases, merge keys, tags,
//! directives, repeated keys, keys that are not single values, several documents, and the line separators that only
//! YAML 1.1 knows. Bounded in size and depth.

use crate::error::printable;
use crate::node::{Form, Key, Kind, MAX_BYTES, MAX_DEPTH, Node, Place, Scalar};
use crate::read::Fault;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};

/// Reads one YAML document. Faults that leave the structure standing are reported all together.
pub(crate) fn parse(text: &str) -> Result<Node, Vec<Fault>> {
    if text.len() > MAX_BYTES {
        return Err(vec![Fault::too_large()]);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(fault) = foreign_character(text) {
        return Err(vec![fault]);
    }
    let mut reader = Reader { events: Parser::new_from_str(text), text, faults: Vec::new() };
    match reader.document() {
        Ok(root) if reader.faults.is_empty() => Ok(root),
        Ok(_) => Err(reader.faults),
        Err(fault) => {
            reader.faults.push(fault);
            Err(reader.faults)
        }
    }
}

/// Characters that end a line in one version of YAML and not in the other, or that no version allows.
fn foreign_character(text: &str) -> Option<Fault> {
    for (index, line) in text.split('\n').enumerate() {
        let foreign = |c: char| {
            (c.is_control() && !matches!(c, '\t' | '\r')) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
        };
        if let Some((column, c)) = line.chars().enumerate().find(|(_, c)| foreign(*c)) {
            return Some(Fault {
                place: place(index + 1, column),
                what: format!("not YAML: the character U+{:04X} may not stand here", u32::from(c)),
                hint: "write it as an escape in double quotes".into(),
            });
        }
    }
    None
}

fn place(line: usize, column_from_zero: usize) -> Place {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place { line: number(line), column: number(column_from_zero.saturating_add(1)) }
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    text: &'a str,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Node, Fault> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    let second = Fault {
                        place: start(span),
                        what: "a second document begins here".into(),
                        hint: "a policy is one document: remove the `---`".into(),
                    };
                    return Err(second);
                }
                Event::DocumentStart(_) => {
                    self.refuse_directives(span);
                    let first = self.next()?;
                    root = Some(self.node(first, 0)?);
                }
                _ => {}
            }
        }
        root.ok_or_else(|| Fault {
            place: place(1, 0),
            what: "is empty".into(),
            hint: "a policy begins with `policy:` and its name".into(),
        })
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Fault> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(not_yaml(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, (event, span): (Event<'a>, Span), depth: usize) -> Result<Node, Fault> {
        let at = start(span);
        let (anchor, tag) = match &event {
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag.is_some()),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => (*anchor, tag.is_some()),
            _ => (0, false),
        };
        if anchor != 0 {
            self.refuse(at, "an anchor (`&`) is not allowed", "write the value where it is needed");
        }
        if tag {
            self.refuse(at, "a tag (`!`) is not allowed", "quote the value if it begins with `!`");
        }
        let kind = match event {
            Event::Scalar(text, style, ..) => {
                Kind::Scalar(Scalar { text: text.into_owned(), form: form(style) })
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if depth >= MAX_DEPTH => {
                return Err(Fault::too_deep(at));
            }
            Event::SequenceStart(..) => self.list(depth)?,
            Event::MappingStart(..) => self.map(depth)?,
            Event::Alias(_) => {
                self.refuse(
                    at,
                    "an alias (`*`) is not allowed",
                    "write the value, or quote it if it begins with `*`",
                );
                Kind::List(Vec::new())
            }
            _ => {
                return Err(Fault {
                    place: at,
                    what: "not YAML: expected a value".into(),
                    hint: String::new(),
                });
            }
        };
        Ok(Node { at, kind })
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
        let mut members: Vec<(Key, Node)> = Vec::new();
        let mut names = std::collections::BTreeSet::new();
        loop {
            let event = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Kind::Map(members)),
                event => event,
            };
            let key = self.node(event, depth + 1)?;
            let value = self.next()?;
            let value = self.node(value, depth + 1)?;
            let Some(text) = self.key(&key) else { continue };
            if names.insert(text.clone()) {
                members.push((Key { at: key.at, text }, value));
            } else {
                self.faults.push(Fault::repeated(key.at, &text));
            }
        }
    }

    /// The text of a key, if it is one that every converter writes as it stands.
    fn key(&mut self, key: &Node) -> Option<String> {
        let Kind::Scalar(scalar) = &key.kind else {
            self.refuse(key.at, "a key must be a single value", "");
            return None;
        };
        if scalar.text == "<<" {
            self.refuse(
                key.at,
                "a merge key (`<<`) is not allowed",
                "write the members where they are needed",
            );
            return None;
        }
        match scalar.text() {
            Ok(text) => Some(text.to_owned()),
            Err(refusal) => {
                self.faults.push(Fault {
                    place: key.at,
                    what: format!("as a key, {}", refusal.what),
                    hint: refusal.hint,
                });
                None
            }
        }
    }

    /// `%YAML 1.1` would change what some readers make of the text, and `%TAG` serves tags alone.
    fn refuse_directives(&mut self, document: Span) {
        let before = self.text.split('\n').take(document.start.line().saturating_sub(1));
        if let Some(index) = before.into_iter().position(|line| line.starts_with('%')) {
            self.refuse(place(index + 1, 0), "a directive (`%`) is not allowed", "remove the line");
        }
    }

    fn refuse(&mut self, place: Place, what: &str, hint: &str) {
        self.faults.push(Fault { place, what: what.into(), hint: hint.into() });
    }
}

fn form(style: ScalarStyle) -> Form {
    if style == ScalarStyle::Plain { Form::Plain } else { Form::Quoted }
}

fn start(span: Span) -> Place {
    place(span.start.line(), span.start.col())
}

fn not_yaml(error: &ScanError) -> Fault {
    let mark = error.marker();
    let hint =
        if error.info().contains('\t') || error.info().contains("tab") { "indent with spaces" } else { "" };
    Fault {
        place: place(mark.line(), mark.col()),
        what: format!("not YAML: {}", printable(error.info()).trim_matches('`')),
        hint: hint.into(),
    }
}
