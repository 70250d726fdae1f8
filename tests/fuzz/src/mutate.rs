//! Mutations of payloads, by a generator with a fixed seed.

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

/// One to five mutations. `other` is a sound payload of the same encoding to splice from.
pub(crate) fn mutate(random: &mut Random, seed: &[u8], other: &[u8], text: bool) -> Vec<u8> {
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
