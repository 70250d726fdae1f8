//! Made-up OTLP messages, and a writer and a reader of OTLP/JSON that owe nothing to the walkers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use prost::Message as _;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value as Dynamic,
};
use serde_json::Value as Tree;
use std::fmt::Write as _;

/// Small numbers from a seed, the same each time.
pub(crate) struct Dice {
    pub(crate) state: u64,
    /// Whether the keys of attributes are written before their values.
    pub(crate) keys_first: bool,
}

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) % sides
    }
}

pub(crate) const TEXTS: [&str; 8] =
    ["", "a", "user.email", "ann@example.org", "q\"\\\n\u{1}", "é𝄞/", "key", "3"];

/// A message with random content.
pub(crate) fn made_up(descriptor: &MessageDescriptor, depth: usize, dice: &mut Dice) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields() {
        let into_message = matches!(field.kind(), Kind::Message(_));
        // Indices into dictionaries that only profiles have.
        if field.name().ends_with("_strindex") || dice.roll(4) == 0 || (into_message && depth > 12) {
            continue;
        }
        if field.is_list() {
            let values = (0..dice.roll(4)).map(|_| value(&field, depth, dice)).collect();
            message.set_field(&field, Dynamic::List(values));
        } else {
            message.set_field(&field, value(&field, depth, dice));
        }
    }
    message
}

pub(crate) fn value(field: &FieldDescriptor, depth: usize, dice: &mut Dice) -> Dynamic {
    let small = dice.roll(3) == 0;
    let bits = if small { dice.roll(5) } else { dice.roll(u64::MAX) };
    match field.kind() {
        Kind::String => Dynamic::String(TEXTS[dice.roll(8) as usize].to_owned()),
        Kind::Bytes => {
            let length = match field.name() {
                "trace_id" => 16,
                "span_id" | "parent_span_id" => 8,
                _ => dice.roll(6),
            };
            Dynamic::Bytes((0..length).map(|_| dice.roll(256) as u8).collect::<Vec<_>>().into())
        }
        Kind::Message(inner) => Dynamic::Message(made_up(&inner, depth + 1, dice)),
        Kind::Enum(_) => Dynamic::EnumNumber(dice.roll(3) as i32),
        Kind::Bool => Dynamic::Bool(bits & 1 == 1),
        // Eighths: serde_json reads longer fractions inexactly.
        Kind::Double if bits % 9 == 0 => Dynamic::F64(f64::NEG_INFINITY),
        Kind::Double => Dynamic::F64(f64::from(bits as i32) / 8.0),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Dynamic::I32(bits as i32),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Dynamic::I64(bits as i64),
        Kind::Uint32 | Kind::Fixed32 => Dynamic::U32(bits as u32),
        Kind::Uint64 | Kind::Fixed64 => Dynamic::U64(bits),
        Kind::Float => panic!("OTLP has no floats"),
    }
}

pub(crate) fn is_id(field: &FieldDescriptor) -> bool {
    matches!(field.name(), "trace_id" | "span_id" | "parent_span_id")
}

/// Writes a message as OTLP/JSON: members in any order, under either name, numbers with or without quotes.
pub(crate) fn write_message(message: &DynamicMessage, dice: &mut Dice, out: &mut String) {
    let mut fields: Vec<_> = message.fields().collect();
    // Keys before values: a pair that one half takes along is not shown its other half.
    let keep_order = message.descriptor().name() == "KeyValue" && dice.keys_first;
    for at in (1..fields.len()).rev().filter(|_| !keep_order) {
        fields.swap(at, dice.roll(at as u64 + 1) as usize);
    }
    out.push('{');
    for (index, (field, value)) in fields.into_iter().enumerate() {
        if index > 0 {
            out.push_str([",", " ,\n"][dice.roll(2) as usize]);
        }
        let name = if dice.roll(4) == 0 { field.name() } else { field.json_name() };
        let escaped = format!("\\u{:04x}{}", name.as_bytes()[0], &name[1..]);
        let name = if dice.roll(9) == 0 { &escaped } else { name };
        write!(out, "\"{name}\":").unwrap();
        match value {
            Dynamic::List(values) => {
                out.push('[');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_value(&field, value, dice, out);
                }
                out.push(']');
            }
            value => write_value(&field, value, dice, out),
        }
    }
    out.push('}');
}

pub(crate) fn write_value(field: &FieldDescriptor, value: &Dynamic, dice: &mut Dice, out: &mut String) {
    let number = match value {
        Dynamic::Message(inner) => return write_message(inner, dice, out),
        Dynamic::String(text) => return out.push_str(&Tree::from(text.as_str()).to_string()),
        Dynamic::Bool(truth) => return write!(out, "{truth}").unwrap(),
        Dynamic::Bytes(bytes) if is_id(field) => {
            let hex = bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
            return write!(out, "\"{hex}\"").unwrap();
        }
        Dynamic::Bytes(bytes) => {
            return write!(out, "\"{}\"", base64(bytes, dice.roll(2) == 0, dice.roll(2) == 0)).unwrap();
        }
        Dynamic::EnumNumber(number) => {
            let Kind::Enum(descriptor) = field.kind() else { panic!() };
            if dice.roll(3) == 0 {
                return write!(out, "\"{}\"", descriptor.get_value(*number).unwrap().name()).unwrap();
            }
            return write!(out, "{number}").unwrap();
        }
        Dynamic::F64(double) if double.is_infinite() => return out.push_str("\"-Infinity\""),
        Dynamic::F64(double) => double.to_string(),
        Dynamic::I32(number) => number.to_string(),
        Dynamic::I64(number) => number.to_string(),
        Dynamic::U32(number) => number.to_string(),
        Dynamic::U64(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    if dice.roll(2) == 0 { write!(out, "\"{number}\"").unwrap() } else { out.push_str(&number) }
}

pub(crate) fn base64(bytes: &[u8], url: bool, padded: bool) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(group.get(at).copied().unwrap_or(0)));
        for at in 0..=group.len() {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize] as char;
            out.push(match digit {
                '+' if url => '-',
                '/' if url => '_',
                digit => digit,
            });
        }
        if padded {
            out.push_str(&"="[..].repeat(3 - group.len()));
        }
    }
    out
}

/// Reads OTLP/JSON as an independent receiver would, and forgets what protobuf cannot tell apart (empty and no lists).
pub(crate) fn read(root: &MessageDescriptor, text: &[u8]) -> DynamicMessage {
    let tree = serde_json::from_slice(text)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(text)));
    let binary = read_message(root, &tree).encode_to_vec();
    DynamicMessage::decode(root.clone(), &*binary).unwrap()
}

pub(crate) fn read_message(descriptor: &MessageDescriptor, tree: &Tree) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for (name, tree) in tree.as_object().unwrap() {
        let field =
            descriptor.fields().find(|field| field.json_name() == name || field.name() == name).unwrap();
        let value = match tree {
            Tree::Array(trees) => Dynamic::List(trees.iter().map(|tree| read_value(&field, tree)).collect()),
            tree => read_value(&field, tree),
        };
        message.set_field(&field, value);
    }
    message
}

pub(crate) fn read_value(field: &FieldDescriptor, tree: &Tree) -> Dynamic {
    let text = match tree {
        Tree::String(text) => text.clone(),
        other => other.to_string(),
    };
    match field.kind() {
        Kind::Message(inner) => Dynamic::Message(read_message(&inner, tree)),
        Kind::String => Dynamic::String(tree.as_str().unwrap().to_owned()),
        Kind::Bool => Dynamic::Bool(tree.as_bool().unwrap()),
        Kind::Bytes if is_id(field) => {
            let digits: Vec<_> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
            Dynamic::Bytes(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect::<Vec<_>>().into())
        }
        Kind::Bytes => {
            let mut bits = Vec::new();
            for digit in text.bytes().filter(|digit| *digit != b'=') {
                let digit = match digit {
                    b'-' => b'+',
                    b'_' => b'/',
                    digit => digit,
                };
                let all = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
                let value = all.iter().position(|other| *other == digit).unwrap();
                bits.extend((0..6).rev().map(|at| (value >> at & 1) as u8));
            }
            let bytes = bits.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit));
            Dynamic::Bytes(bytes.collect::<Vec<u8>>().into())
        }
        Kind::Enum(descriptor) => Dynamic::EnumNumber(
            descriptor
                .values()
                .find(|value| value.name() == text)
                .map_or_else(|| text.parse().unwrap(), |value| value.number()),
        ),
        Kind::Double if text == "-Infinity" => Dynamic::F64(f64::NEG_INFINITY),
        Kind::Double => Dynamic::F64(text.parse().unwrap()),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Dynamic::I32(text.parse().unwrap()),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Dynamic::I64(text.parse().unwrap()),
        Kind::Uint32 | Kind::Fixed32 => Dynamic::U32(text.parse().unwrap()),
        Kind::Uint64 | Kind::Fixed64 => Dynamic::U64(text.parse().unwrap()),
        Kind::Float => panic!("OTLP has no floats"),
    }
}
