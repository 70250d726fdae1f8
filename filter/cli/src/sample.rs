//! Makes small OTLP payloads that hold given fields, in protobuf and in JSON, by the table that the walkers walk by.
//!
//! What a policy's tests and explanations are run on: real payloads, so that what is claimed is what a host does. Each
//! payload has one resource, scope and record; fields of several signals make several payloads.

use crate::field::{Field, Kind as FieldKind};
use crate::otlp::{Any, Content, Leaf, Node};
use frostglass_engine::policy::Given;
use frostglass_formats::otlp::schema::{self, Kind, Message, Shape};
use frostglass_formats::{Level, Part, Signal};

/// A payload in the making.
#[derive(Debug)]
pub(crate) struct Sample {
    /// Its signal.
    pub(crate) signal: Signal,
    root: Node,
}

/// Payloads that hold all these fields.
///
/// A field that stands on several levels is placed on `bare`, or on its first level if it cannot stand there.
pub(crate) fn samples(given: &[(Field, Given)], bare: Level) -> Result<Vec<Sample>, String> {
    let mut samples: Vec<Sample> = Vec::new();
    let mut shared = Vec::new();
    for (field, value) in given {
        let level =
            if field.levels.contains(&bare) { bare } else { field.levels.first().copied().unwrap_or(bare) };
        match signal_of(level) {
            Some(signal) => {
                if !samples.iter().any(|sample| sample.signal == signal) {
                    samples.push(Sample::new(signal));
                }
                let sample = samples.iter_mut().find(|sample| sample.signal == signal);
                sample.map_or(Ok(()), |sample| sample.place(field, level, value))?;
            }
            None => shared.push((field, level, value)),
        }
    }
    if samples.is_empty() {
        samples.push(Sample::new(Signal::Logs));
    }
    for sample in &mut samples {
        for (field, level, value) in &shared {
            sample.place(field, *level, value)?;
        }
        sample.complete();
    }
    Ok(samples)
}

/// The signal whose payloads alone have a level.
fn signal_of(level: Level) -> Option<Signal> {
    match level {
        Level::Span | Level::Event | Level::Link => Some(Signal::Traces),
        Level::Log => Some(Signal::Logs),
        Level::Metric | Level::Point | Level::Exemplar => Some(Signal::Metrics),
        Level::Resource | Level::Scope | Level::Profile | Level::Transport => None,
    }
}

impl Sample {
    fn new(signal: Signal) -> Self {
        Self { signal, root: Node::new(schema::request(signal)) }
    }

    /// The payload in protobuf.
    pub(crate) fn protobuf(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.root.write(&mut out);
        out
    }

    /// The payload in JSON.
    pub(crate) fn json(&self) -> Vec<u8> {
        self.root.json().to_string().into_bytes()
    }

    fn place(&mut self, field: &Field, level: Level, value: &Given) -> Result<(), String> {
        match field.kind {
            FieldKind::Attribute => {
                let any = Any::One(value.clone());
                self.root.add(level, &|kind| matches!(kind, Kind::Attributes), &mut |_, content| {
                    if let Content::Attributes(pairs) = content {
                        pairs.push((field.path().to_owned(), any.clone()));
                    }
                    Ok(())
                })
            }
            FieldKind::Part(Part::Json) => {
                let steps: Vec<&str> = field.path().split('.').collect();
                self.body(Level::Log, "body", &steps, value)
            }
            FieldKind::BuiltIn(_) => {
                let (name, member) = field.built_in().ok_or("names no built-in field")?;
                match member {
                    Some(member) => self.body(level, name, &member.split('.').collect::<Vec<_>>(), value),
                    None => self.built_in(level, name, value),
                }
            }
            FieldKind::Part(_) => Err("stands in no value that this version takes apart".to_owned()),
            FieldKind::Transport => Err("is no field of a payload".to_owned()),
        }
    }

    fn built_in(&mut self, level: Level, name: &str, value: &Given) -> Result<(), String> {
        let suits = |kind: Kind| match kind {
            Kind::AnyValue(known) | Kind::Text(known) | Kind::VitalText(known) => known == name,
            Kind::Structural(known, shape) => known == name && leaf(shape, value).is_some(),
            Kind::Message(_) | Kind::Attributes => false,
        };
        self.root.add(level, &suits, &mut |field, content| {
            let new = match field.kind {
                Kind::AnyValue(_) => Content::Any(Any::One(value.clone())),
                Kind::Structural(_, shape) => {
                    Content::Leaf(leaf(shape, value).ok_or("does not take a value of this type")?)
                }
                _ => Content::Text(plain(value)),
            };
            *content = new;
            Ok(())
        })
    }

    /// A member inside a structured built-in field.
    fn body(&mut self, level: Level, name: &str, steps: &[&str], value: &Given) -> Result<(), String> {
        self.root.add(
            level,
            &|kind| matches!(kind, Kind::AnyValue(known) if known == name),
            &mut |_, content| match content {
                Content::Any(any) => any.insert(steps, value),
                _ => Err("holds no members".to_owned()),
            },
        )
    }

    /// Adds what a record cannot do without.
    fn complete(&mut self) {
        if self.signal == Signal::Metrics {
            let named = |kind: Kind| matches!(kind, Kind::VitalText(_));
            let fill = &mut |_: &'static schema::Field, content: &mut Content| -> Result<(), String> {
                if let Content::Text(text) = content
                    && text.is_empty()
                {
                    "sample".clone_into(text);
                }
                Ok(())
            };
            // A metric always has a place for its name.
            let _ = self.root.add(Level::Metric, &named, fill);
        }
    }
}

/// A given value as text.
pub(crate) fn plain(value: &Given) -> String {
    match value {
        Given::Text(text) => text.clone(),
        Given::Bool(truth) => truth.to_string(),
        Given::Int(number) => number.to_string(),
        Given::Double(number) => number.to_string(),
    }
}

fn leaf(shape: Shape, value: &Given) -> Option<Leaf> {
    let whole = match value {
        Given::Int(number) => Some(*number),
        _ => None,
    };
    let natural = whole.and_then(|number| u64::try_from(number).ok());
    let narrow = natural.and_then(|number| u32::try_from(number).ok());
    Some(match shape {
        Shape::Time => Leaf::Fixed64(match value {
            Given::Text(text) => crate::clock::read(text).ok()?,
            _ => natural?,
        }),
        Shape::Fixed64 => Leaf::Fixed64(natural?),
        Shape::Sfixed64 => Leaf::Fixed64(whole?.cast_unsigned()),
        Shape::Fixed32 => Leaf::Fixed32(narrow?),
        Shape::Uint32 => Leaf::Varint(u64::from(narrow?)),
        Shape::Sint32 => Leaf::Zigzag(i32::try_from(whole?).ok()?),
        Shape::Bool => match value {
            Given::Bool(truth) => Leaf::Truth(*truth),
            _ => return None,
        },
        Shape::Double => match value {
            Given::Double(number) => Leaf::Double(*number),
            _ => return None,
        },
        Shape::Enum(names) => Leaf::Varint(match value {
            Given::Text(text) => u64::try_from(names.iter().position(|name| name == text)?).ok()?,
            _ => {
                natural.filter(|number| usize::try_from(*number).is_ok_and(|number| number < names.len()))?
            }
        }),
        Shape::Id(bytes) => match value {
            Given::Text(text) => Leaf::Bytes(unhex(text).filter(|read| read.len() == bytes)?),
            _ => return None,
        },
        Shape::Fixed64s => Leaf::Packed(vec![natural?], true),
        Shape::Uint64s => Leaf::Packed(vec![natural?], false),
        Shape::Doubles => match value {
            Given::Double(number) => Leaf::Packed(vec![number.to_bits()], true),
            _ => return None,
        },
        // No shape of OTLP, which samples are.
        Shape::Varint | Shape::Ticks(_) | Shape::Timestamp | Shape::Vital(_) => return None,
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    digits
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}

impl Any {
    fn insert(&mut self, steps: &[&str], value: &Given) -> Result<(), String> {
        let Self::Map(pairs) = self else {
            return Err("is given both as a whole and by its members".to_owned());
        };
        let [step, rest @ ..] = steps else {
            return Err("is given both as a whole and by its members".to_owned());
        };
        if !pairs.iter().any(|(key, _)| key == step) {
            let new = if rest.is_empty() { Self::One(value.clone()) } else { Self::Map(Vec::new()) };
            pairs.push(((*step).to_owned(), new));
            if rest.is_empty() {
                return Ok(());
            }
        }
        match pairs.iter_mut().find(|(key, _)| key == step) {
            Some((_, inner)) => inner.insert(rest, value),
            None => Ok(()),
        }
    }
}

impl Node {
    /// Finds or makes the place of a field that suits on a level, and fills it.
    fn add(
        &mut self,
        level: Level,
        suits: &dyn Fn(Kind) -> bool,
        fill: &mut dyn FnMut(&'static schema::Field, &mut Content) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut path = Vec::new();
        if !find(self.message, level, suits, &mut path) {
            return Err("does not take a value of this type".to_owned());
        }
        let Some((last, steps)) = path.split_last() else { return Ok(()) };
        let mut node = self;
        for step in steps {
            node = node.child(step)?;
        }
        let at = match node.parts.iter().position(|(field, _)| field.number == last.number) {
            Some(at) => at,
            None => {
                let empty = match last.kind {
                    Kind::Attributes => Content::Attributes(Vec::new()),
                    Kind::AnyValue(_) => Content::Any(Any::Map(Vec::new())),
                    _ => Content::Text(String::new()),
                };
                node.parts.push((last, empty));
                node.parts.sort_by_key(|(field, _)| field.number);
                node.parts.iter().position(|(field, _)| field.number == last.number).unwrap_or(0)
            }
        };
        match node.parts.get_mut(at) {
            Some((_, content)) => fill(last, content),
            None => Ok(()),
        }
    }

    fn child(&mut self, field: &'static schema::Field) -> Result<&mut Self, String> {
        let Kind::Message(inner) = field.kind else { return Err("names no message".to_owned()) };
        // The data of a metric is one of five; a second would take the first one's place at the reader's.
        let is_data = |message: &Message| message.record && message.level == Level::Metric;
        let rival = is_data(self.message)
            && self.parts.iter().any(|(known, content)| {
                known.number != field.number && matches!(content, Content::Message(_))
            });
        if rival {
            return Err("belongs to another type of metric than the fields before it".to_owned());
        }
        if !self.parts.iter().any(|(known, _)| known.number == field.number) {
            self.parts.push((field, Content::Message(Self::new(inner))));
            self.parts.sort_by_key(|(field, _)| field.number);
        }
        let found = self.parts.iter_mut().find(|(known, _)| known.number == field.number);
        match found {
            Some((_, Content::Message(node))) => Ok(node),
            _ => Err("stands where something else stands".to_owned()),
        }
    }
}

/// The fields to descend by to the first one on a level that suits, depth first.
fn find(
    message: &'static Message,
    level: Level,
    suits: &dyn Fn(Kind) -> bool,
    path: &mut Vec<&'static schema::Field>,
) -> bool {
    // What stands in the message itself comes before what stands below it.
    if message.level == level
        && let Some(field) = message.fields.iter().find(|field| suits(field.kind))
    {
        path.push(field);
        return true;
    }
    for field in message.fields {
        if let Kind::Message(inner) = field.kind {
            path.push(field);
            if find(inner, level, suits, path) {
                return true;
            }
            path.pop();
        }
    }
    false
}
