//! Makes small OTLP payloads that hold given fields, in protobuf and in JSON, by the table that the walkers walk by.
//!
//! What a policy's tests and explanations are run on: real payloads, so that what is claimed is what a host does. Each
//! payload has one resource, scope and record; fields of several signals make several payloads.

use crate::field::{Field, Kind as FieldKind};
use frostglass_engine::policy::Given;
use frostglass_formats::otlp::schema::{self, Kind, Message, Shape};
use frostglass_formats::{Level, Part, Signal};
use serde_json::{Map, Value, json};

/// A payload in the making.
#[derive(Debug)]
pub(crate) struct Sample {
    /// Its signal.
    pub(crate) signal: Signal,
    root: Node,
}

/// A message.
#[derive(Debug)]
struct Node {
    message: &'static Message,
    parts: Vec<(&'static schema::Field, Content)>,
}

/// What a field of a message holds.
#[derive(Debug)]
enum Content {
    Message(Node),
    Attributes(Vec<(String, Any)>),
    Any(Any),
    Text(String),
    Leaf(Leaf),
}

/// An `AnyValue`.
#[derive(Debug, Clone, PartialEq)]
enum Any {
    One(Given),
    Map(Vec<(String, Any)>),
}

/// A structural leaf in the shape that its field asks for.
#[derive(Debug)]
enum Leaf {
    Fixed64(u64),
    Fixed32(u32),
    Varint(u64),
    /// A signed number and its zigzag form.
    Zigzag(i32),
    Double(f64),
    Truth(bool),
    Bytes(Vec<u8>),
    Packed(Vec<u64>, bool),
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
        Shape::Varint | Shape::Ticks(_) | Shape::Vital(_) => return None,
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

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::One(Given::Text(text)) => length_delimited(1, text.as_bytes(), out),
            Self::One(Given::Bool(truth)) => {
                tag(2, 0, out);
                varint(u64::from(*truth), out);
            }
            Self::One(Given::Int(number)) => {
                tag(3, 0, out);
                varint(number.cast_unsigned(), out);
            }
            Self::One(Given::Double(number)) => {
                tag(4, 1, out);
                out.extend(number.to_le_bytes());
            }
            Self::Map(pairs) => {
                let mut list = Vec::new();
                write_pairs(1, pairs, &mut list);
                length_delimited(6, &list, out);
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::One(Given::Text(text)) => json!({"stringValue": text}),
            Self::One(Given::Bool(truth)) => json!({"boolValue": truth}),
            Self::One(Given::Int(number)) => json!({"intValue": number.to_string()}),
            Self::One(Given::Double(number)) => json!({"doubleValue": number}),
            Self::Map(pairs) => json!({"kvlistValue": {"values": json_pairs(pairs)}}),
        }
    }
}

fn write_pairs(number: u32, pairs: &[(String, Any)], out: &mut Vec<u8>) {
    for (key, any) in pairs {
        let (mut pair, mut value) = (Vec::new(), Vec::new());
        length_delimited(1, key.as_bytes(), &mut pair);
        any.write(&mut value);
        length_delimited(2, &value, &mut pair);
        length_delimited(number, &pair, out);
    }
}

fn json_pairs(pairs: &[(String, Any)]) -> Vec<Value> {
    pairs.iter().map(|(key, any)| json!({"key": key, "value": any.json()})).collect()
}

impl Node {
    fn new(message: &'static Message) -> Self {
        Self { message, parts: Vec::new() }
    }

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

    fn write(&self, out: &mut Vec<u8>) {
        for (field, content) in &self.parts {
            let number = field.number;
            match content {
                Content::Message(node) => {
                    let mut inner = Vec::new();
                    node.write(&mut inner);
                    length_delimited(number, &inner, out);
                }
                Content::Attributes(pairs) => write_pairs(number, pairs, out),
                Content::Any(any) => {
                    let mut inner = Vec::new();
                    any.write(&mut inner);
                    length_delimited(number, &inner, out);
                }
                Content::Text(text) => length_delimited(number, text.as_bytes(), out),
                Content::Leaf(leaf) => leaf.write(number, out),
            }
        }
    }

    fn json(&self) -> Value {
        let members = self.parts.iter().map(|(field, content)| {
            let value = match content {
                Content::Message(node) => node.json(),
                Content::Attributes(pairs) => Value::Array(json_pairs(pairs)),
                Content::Any(any) => any.json(),
                Content::Text(text) => json!(text),
                Content::Leaf(leaf) => leaf.json(field),
            };
            let is_list = matches!(content, Content::Attributes(_))
                || matches!(content, Content::Leaf(Leaf::Packed(..)));
            let value = if field.repeated && !is_list { json!([value]) } else { value };
            (field.json.to_owned(), value)
        });
        Value::Object(members.collect::<Map<_, _>>())
    }
}

impl Leaf {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        match self {
            Self::Fixed64(bits) => {
                tag(number, 1, out);
                out.extend(bits.to_le_bytes());
            }
            Self::Fixed32(bits) => {
                tag(number, 5, out);
                out.extend(bits.to_le_bytes());
            }
            Self::Varint(value) => {
                tag(number, 0, out);
                varint(*value, out);
            }
            Self::Zigzag(value) => {
                tag(number, 0, out);
                varint(u64::from(((value << 1) ^ (value >> 31)).cast_unsigned()), out);
            }
            Self::Double(value) => {
                tag(number, 1, out);
                out.extend(value.to_le_bytes());
            }
            Self::Truth(truth) => {
                tag(number, 0, out);
                varint(u64::from(*truth), out);
            }
            Self::Bytes(bytes) => length_delimited(number, bytes, out),
            Self::Packed(values, fixed) => {
                let mut packed = Vec::new();
                for value in values {
                    if *fixed {
                        packed.extend(value.to_le_bytes());
                    } else {
                        varint(*value, &mut packed);
                    }
                }
                length_delimited(number, &packed, out);
            }
        }
    }

    fn json(&self, field: &schema::Field) -> Value {
        let shape = match field.kind {
            Kind::Structural(_, shape) => Some(shape),
            _ => None,
        };
        match self {
            Self::Fixed64(bits) if matches!(shape, Some(Shape::Sfixed64)) => {
                json!(bits.cast_signed().to_string())
            }
            Self::Fixed64(bits) => json!(bits.to_string()),
            Self::Fixed32(value) => json!(value),
            Self::Varint(value) => json!(value),
            Self::Zigzag(value) => json!(value),
            Self::Double(value) => json!(value),
            Self::Truth(truth) => json!(truth),
            Self::Bytes(bytes) => json!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
            Self::Packed(values, _) => match shape {
                Some(Shape::Doubles) => {
                    json!(values.iter().map(|bits| f64::from_bits(*bits)).collect::<Vec<_>>())
                }
                _ => json!(values.iter().map(u64::to_string).collect::<Vec<_>>()),
            },
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

fn tag(number: u32, wire: u32, out: &mut Vec<u8>) {
    varint(u64::from(number << 3 | wire), out);
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn length_delimited(number: u32, bytes: &[u8], out: &mut Vec<u8>) {
    tag(number, 2, out);
    varint(bytes.len() as u64, out);
    out.extend(bytes);
}
