//! Mutations of payloads, by a generator with a fixed seed.
//!
//! Some are blind to what the bytes mean, and mostly end at the first length or bracket that is wrong. Most change one place of
//! the tree and put the lengths around it right, so that they get past the framing to the code behind it.

use serde_json::{Map, Value};

/// A small generator (SplitMix64, Steele et al. 2014): the same numbers for the same seed, everywhere and for ever.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// A mutation of a sound payload. `other` is one of the same encoding to splice from.
pub(crate) fn mutate(random: &mut Random, seed: &[u8], other: &[u8], text: bool) -> Vec<u8> {
    if random.below(4) == 0 {
        return blindly(random, seed, other, text);
    }
    let mut body = seed.to_vec();
    if text {
        // Several documents (lines) or none: then there is no tree.
        let Ok(mut tree) = serde_json::from_slice::<Value>(seed) else {
            return blindly(random, seed, other, text);
        };
        for _ in 0..1 + random.below(3) {
            in_tree(random, &mut tree, 0);
        }
        body = tree.to_string().into_bytes();
        if random.below(3) == 0 {
            double_member(random, &mut body);
        }
    } else {
        for _ in 0..1 + random.below(3) {
            body = in_message(random, &body, other, 0).unwrap_or(body);
        }
    }
    if random.below(8) == 0 && !body.is_empty() {
        let at = random.below(body.len());
        body[at] ^= 1 << random.below(8);
    }
    body
}

/// A field of a message: number, wire type, and what stands after the tag (without the length).
type Field<'a> = (u64, u8, &'a [u8]);

/// The fields of a message, if it is one.
fn fields(bytes: &[u8]) -> Option<Vec<Field<'_>>> {
    let mut fields = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let tag = read_varint(&mut rest)?;
        let before = rest;
        let length = match tag & 7 {
            0 => {
                read_varint(&mut rest)?;
                before.len() - rest.len()
            }
            1 => 8,
            2 => {
                let length = usize::try_from(read_varint(&mut rest)?).ok()?;
                fields.push((tag >> 3, 2, rest.get(..length)?));
                rest = &rest[length..];
                continue;
            }
            5 => 4,
            _ => return None,
        };
        fields.push((tag >> 3, (tag & 7) as u8, before.get(..length)?));
        rest = &before[length..];
    }
    Some(fields)
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn put_field(field: Field<'_>, out: &mut Vec<u8>) {
    varint(field.0 << 3 | u64::from(field.1), out);
    if field.1 == 2 {
        varint(field.2.len() as u64, out);
    }
    out.extend_from_slice(field.2);
}

/// The message with one place of its tree changed, and all lengths right.
fn in_message(random: &mut Random, bytes: &[u8], other: &[u8], depth: usize) -> Option<Vec<u8>> {
    let fields = fields(bytes)?;
    let chosen = random.below(fields.len());
    let (number, kind, content) = *fields.get(chosen)?;
    let mut changed = Vec::new();
    let mut inner = None;
    if kind == 2 && depth < 24 && random.below(8) > 0 {
        inner = in_message(random, content, other, depth + 1);
    }
    match inner {
        Some(inner) => put_field((number, kind, &inner), &mut changed),
        None => change_field(random, (number, kind, content), other, &mut changed),
    }
    let mut out = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        if index == chosen {
            out.extend_from_slice(&changed);
        } else {
            put_field(*field, &mut out);
        }
    }
    Some(out)
}

fn change_field(random: &mut Random, field: Field<'_>, other: &[u8], out: &mut Vec<u8>) {
    let (number, kind, content) = field;
    let mut content = content.to_vec();
    match random.below(10) {
        0 | 1 if !content.is_empty() => {
            let at = random.below(content.len());
            content[at] ^= 1 << random.below(8);
            put_field((number, kind, &content), out);
        }
        // Twice, or not at all.
        2 => {
            put_field(field, out);
            put_field(field, out);
        }
        3 => {}
        4 => put_field((1 + random.below(20) as u64, kind, &content), out),
        5 => put_field((1 + random.below(20) as u64, 2, &content), out),
        6 => {
            put_field(field, out);
            let odd: &[u8] =
                random.pick(&[&b""[..], b"ann@example.org", b"\xff\xfe", b"\x0a\x04done", b"\x00"]);
            put_field((1 + random.below(1000) as u64, 2, odd), out);
        }
        7 => {
            put_field(field, out);
            let value = (random.next() >> random.below(64)) as i64;
            let mut bytes = Vec::new();
            match random.below(3) {
                0 => {
                    varint(value as u64, &mut bytes);
                    put_field((1 + random.below(16) as u64, 0, &bytes), out);
                }
                1 => put_field((1 + random.below(16) as u64, 1, &value.to_le_bytes()), out),
                _ => put_field((1 + random.below(16) as u64, 5, &(value as i32).to_le_bytes()), out),
            }
        }
        8 => {
            let nest = deep_message(random);
            put_field(field, out);
            out.extend_from_slice(&nest);
        }
        _ if kind == 2 => {
            let start = random.below(other.len());
            let piece = &other[start..(start + random.below(40)).min(other.len())];
            let at = random.below(content.len() + 1);
            insert(&mut content, at, piece);
            put_field((number, kind, &content), out);
        }
        _ => put_field((number, kind, &content), out),
    }
}

/// Changes one place of a JSON tree.
fn in_tree(random: &mut Random, tree: &mut Value, depth: usize) {
    if depth < 24 && random.below(8) > 0 {
        let inner = match tree {
            Value::Array(items) if !items.is_empty() => {
                let at = random.below(items.len());
                items.get_mut(at)
            }
            Value::Object(members) if !members.is_empty() => {
                let at = random.below(members.len());
                members.values_mut().nth(at)
            }
            _ => None,
        };
        if let Some(inner) = inner {
            return in_tree(random, inner, depth + 1);
        }
    }
    let whole = tree.clone();
    match (random.below(8), &mut *tree) {
        (0 | 1, Value::String(text)) => {
            let odd = random.pick(&[
                "\u{0}",
                "\"",
                "\\",
                "ann@example.org",
                "\u{10ffff}",
                "\u{202e}",
                "4111111111111111",
                "",
            ]);
            text.push_str(odd);
        }
        (0 | 1, Value::Array(items)) if !items.is_empty() => {
            let item = items[random.below(items.len())].clone();
            items.push(item);
        }
        (0 | 1, Value::Object(members)) => {
            let name = random.pick(&[
                "key",
                "value",
                "stringValue",
                "intValue",
                "traceId",
                "body",
                "asInt",
                "new",
                "\u{0}",
            ]);
            members.insert(name.to_owned(), Value::from(random.next()));
        }
        (2, Value::Object(members)) => {
            let name = members.keys().nth(random.below(members.len())).cloned();
            if let Some(value) = name.as_ref().and_then(|name| members.remove(name)) {
                let other = random.pick(&[
                    "arrayValue",
                    "kvlistValue",
                    "bytesValue",
                    "doubleValue",
                    "time_unix_nano",
                    "x",
                ]);
                members.insert(other.to_owned(), value);
            }
        }
        (3, _) => *tree = Value::Null,
        (4, _) => *tree = Value::Array(vec![whole]),
        (5, _) => *tree = Value::Object(Map::from_iter([("stringValue".to_owned(), whole)])),
        (6, _) => {
            let odd = random.pick(&[
                "NaN",
                "-1",
                "18446744073709551616",
                "5b8efff798038103d269b633813fc60c",
                "%%%",
                "1e400",
            ]);
            *tree = Value::String(odd.to_owned());
        }
        _ => {
            *tree = match random.below(5) {
                0 => Value::Bool(true),
                1 => Value::from(-1.5e300),
                2 => Value::from(random.next()),
                3 => Value::from(4_111_111_111_111_111_u64),
                _ => Value::Object(Map::new()),
            };
        }
    }
}

/// Puts a member of an object a second time, with another value, before or after the first.
fn double_member(random: &mut Random, body: &mut Vec<u8>) {
    let places: Vec<usize> = (0..body.len()).filter(|at| matches!(body[*at], b'{' | b',')).collect();
    if places.is_empty() {
        return;
    }
    let at = places[random.below(places.len())] + 1;
    let odd: &[u8] = random.pick(&[
        &b"\"key\":\"ann@example.org\","[..],
        b"\"value\":{\"stringValue\":\"ann@example.org\"},",
        b"\"stringValue\":\"ann@example.org\",",
        b"\"body\":{},",
        b"\"attributes\":[],",
        b"\"time_unix_nano\":\"1\",",
    ]);
    insert(body, at, odd);
}

/// One to five mutations that know nothing of the format.
fn blindly(random: &mut Random, seed: &[u8], other: &[u8], text: bool) -> Vec<u8> {
    let mut body = seed.to_vec();
    for _ in 0..1 + random.below(5) {
        let at = random.below(body.len() + 1);
        match random.below(9) {
            0 | 1 if !body.is_empty() => {
                let at = at % body.len();
                body[at] ^= 1 << random.below(8);
            }
            2 => body.truncate(at),
            3 => {
                let start = random.below(other.len());
                let end = (start + random.below(96)).min(other.len());
                insert(&mut body, at, &other[start..end]);
            }
            4 => {
                let end = (at + random.below(24)).min(body.len());
                body.drain(at..end);
            }
            5 => {
                // A piece of it a second time: duplicated fields and members.
                let end = (at + random.below(64)).min(body.len());
                let piece = body[at..end].to_vec();
                let to = random.below(body.len() + 1);
                insert(&mut body, to, &piece);
            }
            6 => {
                let run = vec![random.next() as u8; random.below(200)];
                insert(&mut body, at, &run);
            }
            7 => {
                let nest = if text { deep_text(random) } else { deep_message(random) };
                insert(&mut body, at, &nest);
            }
            _ if text => {
                let odd: &[u8] = random.pick(&[
                    &b"1e999"[..],
                    b"-0",
                    b"0x10",
                    b"184467440737095516160",
                    b"\"\\ud800\"",
                    b"\\u0000",
                    b"\xff\xfe",
                    b"\"key\":\"key\",",
                    b"{\"stringValue\":\"a\",\"intValue\":\"1\"}",
                    b"null",
                    b"[]",
                    b",",
                    b"}",
                    b"]",
                    b"\"",
                    b"NaN",
                    b"\xef\xbb\xbf",
                    b"\\",
                    b"1.0",
                    b"\"Infinity\"",
                    b"\"value\":",
                ]);
                insert(&mut body, at, odd);
            }
            _ => {
                // Overlong and overflowing numbers where a tag or a length may stand.
                let odd: &[u8] = random.pick(&[
                    &b"\xff\xff\xff\xff\x0f"[..],
                    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
                    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
                    b"\x80\x00",
                    b"\x0b",
                    b"\x0c",
                    b"\x00",
                    b"\x07",
                    b"\xfa\xff\xff\xff\x0f",
                    b"\xff\xff\xff\xff\x07",
                ]);
                let end = (at + random.below(2)).min(body.len());
                body.splice(at..end, odd.iter().copied());
            }
        }
    }
    body
}

fn insert(body: &mut Vec<u8>, at: usize, piece: &[u8]) {
    body.splice(at..at, piece.iter().copied());
}

/// A value in lists in lists, or in maps in maps: a field `value` or `body` of that depth.
fn deep_message(random: &mut Random) -> Vec<u8> {
    let mut nest = b"\x0a\x0fann@example.org".to_vec();
    let outer = [0x12, 0x2a][random.below(2)];
    for level in 0..2 + random.below(200) {
        let tag = match (level % 2, outer) {
            (0, _) => 0x0a,
            (_, 0x12) => 0x2a,
            _ => 0x32,
        };
        let mut next = vec![tag];
        varint(nest.len() as u64, &mut next);
        next.extend_from_slice(&nest);
        nest = next;
    }
    let mut field = vec![outer];
    varint(nest.len() as u64, &mut field);
    field.extend_from_slice(&nest);
    field
}

fn deep_text(random: &mut Random) -> Vec<u8> {
    let depth = 2 + random.below(300);
    let (open, close): (&[u8], &[u8]) = match random.below(3) {
        0 => (b"[", b"]"),
        1 => (b"{\"a\":", b"}"),
        _ => (b"{\"arrayValue\":{\"values\":[", b"]}}"),
    };
    let mut text = open.repeat(depth);
    text.extend_from_slice(b"\"ann@example.org\"");
    // One in four stays open.
    if random.below(4) > 0 {
        text.extend_from_slice(&close.repeat(depth));
    }
    text
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
