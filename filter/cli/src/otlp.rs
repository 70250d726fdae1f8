//! OTLP messages in the making, written in protobuf and in JSON by the table that the walkers walk by.
//!
//! Promises: fields stand in the order in which they were put in; both encodings hold the same values. What makes sense in
//! which field is for the maker to know.

use frostglass_engine::policy::Given;
use frostglass_formats::Signal;
use frostglass_formats::otlp::schema::{self, Kind, Message, Shape};
use serde_json::{Map, Value, json};

/// A message.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) message: &'static Message,
    pub(crate) parts: Vec<(&'static schema::Field, Content)>,
}

/// What a field of a message holds.
#[derive(Debug)]
pub(crate) enum Content {
    Message(Node),
    Attributes(Vec<(String, Any)>),
    Any(Any),
    Text(String),
    Leaf(Leaf),
}

/// An `AnyValue`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Any {
    One(Given),
    Map(Vec<(String, Any)>),
}

/// A structural leaf in the shape that its field asks for.
#[derive(Debug)]
pub(crate) enum Leaf {
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

impl Any {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
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

    pub(crate) fn json(&self) -> Value {
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
    pub(crate) fn new(message: &'static Message) -> Self {
        Self { message, parts: Vec::new() }
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
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

    /// The message of a field below the request of a signal. A name that stands nowhere is a mistake of the maker, which any test
    /// that writes one meets.
    pub(crate) fn below(signal: Signal, path: &[&str]) -> Self {
        Self::new(path.iter().fold(schema::request(signal), |message, name| {
            match message.fields.iter().find(|field| field.name == *name).map(|field| field.kind) {
                Some(Kind::Message(inner)) => inner,
                _ => {
                    debug_assert!(false, "{}: no message {name}", message.name);
                    message
                }
            }
        }))
    }

    /// Puts a field in, by its name in the .proto file.
    pub(crate) fn put(&mut self, name: &str, content: impl Into<Content>) {
        let field = self.message.fields.iter().find(|field| field.name == name);
        debug_assert!(field.is_some(), "{}: no field {name}", self.message.name);
        if let Some(field) = field {
            self.parts.push((field, content.into()));
        }
    }

    /// The same in a chain.
    pub(crate) fn with(mut self, name: &str, content: impl Into<Content>) -> Self {
        self.put(name, content);
        self
    }

    pub(crate) fn json(&self) -> Value {
        let mut members = Map::new();
        for (field, content) in &self.parts {
            let value = match content {
                Content::Message(node) => node.json(),
                Content::Attributes(pairs) => Value::Array(json_pairs(pairs)),
                Content::Any(any) => any.json(),
                Content::Text(text) => json!(text),
                Content::Leaf(leaf) => leaf.json(field),
            };
            let is_list = matches!(content, Content::Attributes(_))
                || matches!(content, Content::Leaf(Leaf::Packed(..)));
            match members.get_mut(field.json) {
                Some(Value::Array(list)) => list.push(value),
                _ if field.repeated && !is_list => {
                    members.insert(field.json.to_owned(), json!([value]));
                }
                _ => {
                    members.insert(field.json.to_owned(), value);
                }
            }
        }
        Value::Object(members)
    }
}

impl From<Node> for Content {
    fn from(node: Node) -> Self {
        Self::Message(node)
    }
}

impl From<Vec<(String, Any)>> for Content {
    fn from(pairs: Vec<(String, Any)>) -> Self {
        Self::Attributes(pairs)
    }
}

impl From<Any> for Content {
    fn from(any: Any) -> Self {
        Self::Any(any)
    }
}

impl From<Leaf> for Content {
    fn from(leaf: Leaf) -> Self {
        Self::Leaf(leaf)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&str> for Any {
    fn from(text: &str) -> Self {
        Self::One(Given::Text(text.to_owned()))
    }
}

impl From<i64> for Any {
    fn from(number: i64) -> Self {
        Self::One(Given::Int(number))
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
