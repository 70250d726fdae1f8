//! Classifies text sixteen bytes at a time into bit masks.
//!
//! One load feeds every class: a further class costs a few instructions per sixteen bytes, a further detector none. What most
//! text is made of is asked of all bytes, the rest only where something else stands. Knows bytes, not detectors.

use wide::u8x16;

/// How many classes most text is made of.
pub(super) const COMMON: usize = 8;

/// One mask per class, bit n for byte n: digit, alphanumeric, dash, dot, space, slash, underscore, control (up to 0x1a, which leaves out the escape of terminals).
pub(super) type Common = [u64; COMMON];

/// Classifies up to four times sixteen bytes into what most text is made of. What is left over is for [`rare`].
#[inline(always)]
pub(super) fn common<const LANES: usize>(bytes: &[[u8; 16]; LANES]) -> Common {
    let text = bytes.map(u8x16::new);
    // Letters in lower case; other bytes may change too, but never into letters.
    let folded = text.map(|text| text | u8x16::splat(0x20));
    let equals = |byte: u8| bits(text.map(|text| text.simd_eq(u8x16::splat(byte))));
    let digit = text.map(|text| within(text, b'0', b'9'));
    let alphanumeric = either(digit, folded.map(|text| within(text, b'a', b'z')));
    let last_control = u8x16::splat(0x1a);
    [
        bits(digit),
        bits(alphanumeric),
        equals(b'-'),
        equals(b'.'),
        equals(b' '),
        equals(b'/'),
        equals(b'_'),
        bits(text.map(|text| text.max(last_control).simd_eq(last_control))),
    ]
}

/// How many classes of rare bytes there are.
pub(super) const RARE: usize = 5;

/// One mask per class: mark (`@`, `(`, `~`), plus, operator (`:`, `=`, `>`), opening, outside ASCII. [`rare`] says what each holds.
pub(super) type Rare = [u64; RARE];

/// Classifies rare bytes, none of which is of a [`common`] class. The last two classes are empty unless `OPENING` asks for them.
#[inline(always)]
pub(super) fn rare<const LANES: usize, const OPENING: bool>(bytes: &[[u8; 16]; LANES]) -> Rare {
    let text = bytes.map(u8x16::new);
    let equals = |byte: u8| text.map(|text| text.simd_eq(u8x16::splat(byte)));
    [
        // Bytes that begin or divide a value; which one it is, is asked when one is there.
        bits(either(equals(b'~'), either(equals(b'@'), equals(b'(')))),
        bits(equals(b'+')),
        // `:` and `>` differ in one bit.
        bits(either(text.map(|text| (text | u8x16::splat(4)).simd_eq(u8x16::splat(b'>'))), equals(b'='))),
        // What no structure in a text does without, but for the slashes of addresses: `=` and `?` differ in one bit.
        if OPENING {
            let pair = text.map(|text| (text | u8x16::splat(2)).simd_eq(u8x16::splat(b'?')));
            let escape = either(equals(b'&'), either(equals(b'%'), equals(b'\\')));
            // And what colors begin with.
            let style = equals(0x1b);
            bits(either(either(either(pair, equals(b'{')), style), escape))
        } else {
            0
        },
        // The sign of each byte.
        if OPENING { bits(text) } else { 0 },
    ]
}

/// Which bytes are hex digits.
#[inline(always)]
pub(super) fn hex<const LANES: usize>(bytes: &[[u8; 16]; LANES]) -> u64 {
    let text = bytes.map(u8x16::new);
    let digit = text.map(|text| within(text, b'0', b'9'));
    bits(either(digit, text.map(|text| within(text | u8x16::splat(0x20), b'a', b'f'))))
}

/// Which bytes are letters or digits.
#[inline(always)]
pub(super) fn alphanumeric<const LANES: usize>(bytes: &[[u8; 16]; LANES]) -> u64 {
    let text = bytes.map(u8x16::new);
    let digit = text.map(|text| within(text, b'0', b'9'));
    bits(either(digit, text.map(|text| within(text | u8x16::splat(0x20), b'a', b'z'))))
}

/// What one look at each byte of a text tells. Asked of every text that is searched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Whether it has bytes outside ASCII, escapes (ESC, `\\`), or a bracket (`[`, `{`, `(`) at whose place something opens.
    pub(super) otherwise: bool,
    /// Whether it may have capitals, or letters outside ASCII.
    pub(super) large: bool,
    /// Whether it may have several lines.
    pub(super) lines: bool,
}

impl Look {
    /// At a text of which nothing is known.
    pub(super) const UNKNOWN: Self = Self { otherwise: true, large: true, lines: true };

    /// Looks at a text. `opens` says whether something opens at a bracket; then the rest is not looked at.
    #[inline]
    pub(super) fn at(text: &[u8], opens: impl Fn(usize) -> bool) -> Self {
        let none = u8x16::splat(0);
        let (mut otherwise, mut large, mut lines) = (none, none, none);
        let mut any_opens = |lane: [u8; 16], from: usize| {
            let lane = u8x16::new(lane);
            let equals = |byte: u8| lane.simd_eq(u8x16::splat(byte));
            // Of a byte outside ASCII the sign is all that counts.
            otherwise |= lane | equals(b'\\') | equals(0x1b);
            large |= within(lane, b'A', b'Z');
            lines |= equals(b'\n');
            // `[` and `{` differ in one bit.
            let bracket = (lane | u8x16::splat(0x20)).simd_eq(u8x16::splat(b'{')) | equals(b'(');
            let mut places = bracket.to_bitmask();
            while places != 0 {
                if opens(from + places.trailing_zeros() as usize) {
                    return true;
                }
                places &= places - 1;
            }
            false
        };
        let (lanes, rest) = text.as_chunks::<16>();
        let mut from = 0;
        for lane in lanes {
            if any_opens(*lane, from) {
                return Self::UNKNOWN;
            }
            from += 16;
        }
        if any_opens(super::sites::padded(rest), from) || otherwise.to_bitmask() != 0 {
            return Self::UNKNOWN;
        }
        Self { otherwise: false, large: large.to_bitmask() != 0, lines: lines.to_bitmask() != 0 }
    }
}

/// A set of bytes as a few patterns of bits, of which each byte of the set fits one. Others may, too, but few letters and digits.
#[derive(Debug, Clone)]
pub(super) struct Cover(Vec<Fit>);

/// What fits: a byte is `value` where `mask` has a bit. Laid out as they are compared.
#[derive(Debug, Clone, Copy)]
struct Fit {
    mask: u8x16,
    value: u8x16,
}

impl Fit {
    fn new(mask: u8, value: u8) -> Self {
        Self { mask: u8x16::splat(mask), value: u8x16::splat(value & mask) }
    }

    const fn parts(self) -> (u8, u8) {
        (self.mask.to_array()[0], self.value.to_array()[0])
    }

    fn has(self, byte: u8) -> bool {
        let (mask, value) = self.parts();
        byte & mask == value
    }

    /// The narrowest that covers two, and how many letters and digits it covers that neither does.
    fn joined(self, other: Self) -> (Self, usize) {
        let ((mask, value), (other_mask, other_value)) = (self.parts(), other.parts());
        let joined = Self::new(mask & other_mask & !(value ^ other_value), value);
        let more = |byte: &u8| joined.has(*byte) && !self.has(*byte) && !other.has(*byte);
        (joined, (0..=u8::MAX).filter(u8::is_ascii_alphanumeric).filter(more).count())
    }
}

impl Cover {
    /// Each costs three instructions per sixteen bytes.
    const MOST: usize = 4;
    /// As many letters and digits more are cheaper than a further pattern.
    const CHEAP: usize = 2;

    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Of all bytes.
    pub(super) fn all() -> Self {
        Self(vec![Fit::new(0, 0)])
    }

    /// Adds a byte. Patterns that lose little by it become one, and where there are too many those that lose the least.
    #[inline(never)] // once a pattern of a user, and asked in three places
    pub(super) fn add(&mut self, byte: u8) {
        if self.0.iter().any(|fit| fit.has(byte)) {
            return;
        }
        self.0.push(Fit::new(!0, byte));
        loop {
            let pairs = self
                .0
                .iter()
                .enumerate()
                .flat_map(|(at, one)| self.0.iter().skip(at + 1).map(|other| one.joined(*other)));
            match pairs.min_by_key(|(_, lost)| *lost) {
                Some((joined, lost)) if lost <= Self::CHEAP || self.0.len() > Self::MOST => {
                    // It takes the place of all that it covers: those two, and perhaps more.
                    self.0.retain(|fit| fit.joined(joined).0.parts() != joined.parts());
                    self.0.push(joined);
                }
                _ => return,
            }
        }
    }

    #[inline(always)]
    fn holds<const LANES: usize>(&self, text: [u8x16; LANES]) -> [u8x16; LANES] {
        let fits = |fit: &Fit| text.map(|text| (text & fit.mask).simd_eq(fit.value));
        let Some((first, others)) = self.0.split_first() else { return [u8x16::splat(0); LANES] };
        others.iter().fold(fits(first), |found, fit| either(found, fits(fit)))
    }
}

/// Where a byte of the first set stands before one of the second and so on, given the bytes, those that follow each, and so on.
#[inline(always)]
pub(super) fn run_of<const LANES: usize, const LONG: usize>(
    covers: &[Cover; LONG],
    bytes: [&[[u8; 16]; LANES]; LONG],
) -> u64 {
    let mut found = [u8x16::splat(0xff); LANES];
    for (cover, bytes) in covers.iter().zip(bytes) {
        for (found, held) in found.iter_mut().zip(cover.holds(bytes.map(u8x16::new))) {
            *found &= held;
        }
    }
    bits(found)
}

/// Where words begin in up to 64 bytes, as bits: at a letter behind neither letter nor digit, at a capital inside a camel-case name,
/// at any byte outside ASCII. Small letters behind a digit are part of an id, as of a token. The byte before the first is neither.
pub(super) fn word_starts(text: &[u8]) -> u64 {
    let mut bytes = [0; 64];
    for (to, from) in bytes.iter_mut().zip(text) {
        *to = *from;
    }
    let (lanes, _) = bytes.as_chunks::<16>();
    let lanes: [u8x16; 4] =
        std::array::from_fn(|lane| u8x16::new(lanes.get(lane).copied().unwrap_or([0; 16])));
    let capital = bits(lanes.map(|lane| within(lane, b'A', b'Z')));
    let small = bits(lanes.map(|lane| within(lane, b'a', b'z')));
    let other = bits(lanes.map(|lane| within(lane, 0x80, 0xff)));
    let digit = bits(lanes.map(|lane| within(lane, b'0', b'9')));
    let letter = capital | small;
    letter & !((letter | digit) << 1) | capital & (small | digit) << 1 | other
}

/// Where names may begin, as bits of 64 bytes.
pub(super) struct Capitals {
    /// A capital or a byte outside ASCII behind no letter.
    pub(super) words: u64,
    /// One behind a letter and a blank; a comma or dot before the blank does as well.
    pub(super) seconds: u64,
    /// A byte that Chinese or Korean characters begin with.
    pub(super) wide: bool,
}

/// Where names may begin in up to 64 bytes, `words` if `all` are asked for. Nothing is known of what stands before the first two.
#[inline(never)] // of texts alone that hold a value of a person
pub(super) fn names(text: &[u8], all: bool) -> Capitals {
    let lanes = match text.as_chunks().0.first_chunk() {
        Some(lanes) => *lanes,
        None => {
            let mut lanes = [[0; 16]; 4];
            if let Some(to) = lanes.as_flattened_mut().get_mut(..text.len()) {
                to.copy_from_slice(text);
            }
            lanes
        }
    };
    let lanes = lanes.map(u8x16::new);
    let equals = |byte: u8| bits(lanes.map(|lane| lane.simd_eq(u8x16::splat(byte))));
    // The sign of each byte.
    let other = bits(lanes);
    let begin = bits(lanes.map(|lane| within(lane, b'A', b'Z'))) | other;
    let marked = begin & equals(b' ') << 1;
    // Few texts have any.
    if marked == 0 && !all {
        return Capitals { words: 0, seconds: 0, wide: other != 0 && has_wide(lanes) };
    }
    let letter = bits(lanes.map(|lane| within(lane | u8x16::splat(0x20), b'a', b'z'))) | other;
    let seconds = if marked == 0 { 0 } else { marked & (letter | equals(b',') | equals(b'.')) << 2 };
    Capitals { words: begin & !(letter << 1), seconds, wide: other != 0 && has_wide(lanes) }
}

/// Whether a byte is among some that Chinese and Korean characters begin with.
#[inline(never)]
fn has_wide(lanes: [u8x16; 4]) -> bool {
    bits(lanes.map(|lane| within(lane, 0xe4, 0xed))) != 0
}

/// Lanes within a range of bytes, both ends included.
#[inline]
fn within(text: u8x16, low: u8, high: u8) -> u8x16 {
    (text - u8x16::splat(low)).simd_lt(u8x16::splat(high - low + 1))
}

#[inline]
fn either<const LANES: usize>(mut one: [u8x16; LANES], other: [u8x16; LANES]) -> [u8x16; LANES] {
    for (one, other) in one.iter_mut().zip(other) {
        *one |= other;
    }
    one
}

/// One bit per byte.
#[inline]
fn bits<const LANES: usize>(class: [u8x16; LANES]) -> u64 {
    class.iter().rev().fold(0, |bits, lane| bits << 16 | u64::from(lane.to_bitmask()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: sets of first bytes as users' patterns have them, added in either order: few, a class, bytes of all kinds.
    /// Guarantees: every byte of a set is found before every byte of the other, and of the other letters and digits few.
    #[test]
    fn covers_hold_their_bytes() {
        let digits: Vec<u8> = (b'0'..=b'9').collect();
        let capitals: Vec<u8> = (b'A'..=b'N').collect();
        let all: Vec<u8> = (0..=255).collect();
        let words: Vec<u8> = all.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
        for (set, most) in [
            (&b"Q"[..], 1),
            (b"EMO#", 6),
            (&digits, 10),
            (&capitals, 16),
            (&words, 62),
            (&all, 62),
            (b"\0\xff5aZ-#", 62),
        ] {
            let (mut cover, mut reversed) = (Cover::new(), Cover::new());
            set.iter().for_each(|byte| cover.add(*byte));
            set.iter().rev().for_each(|byte| reversed.add(*byte));
            for cover in [cover, reversed] {
                assert!(cover.0.len() <= Cover::MOST);
                let covers = [cover.clone(), cover.clone(), Cover::all()];
                let held =
                    |byte: u8| run_of(&covers, [&[[byte; 16]; 4], &[[set[0]; 16]; 4], &[[byte; 16]; 4]]);
                assert!(set.iter().all(|byte| held(*byte) == !0), "{set:?}");
                let letters =
                    all.iter().filter(|byte| byte.is_ascii_alphanumeric() && held(**byte) != 0).count();
                assert!(letters <= most, "{letters} for {set:?}");
            }
        }
    }

    /// Scenario: every byte value in every lane, beside every kind of neighbor.
    /// Guarantees: the masks are what the standard library says of each byte.
    #[test]
    fn classes_are_as_defined() {
        for byte in 0..=255_u8 {
            for lane in 0..48 {
                for other in [0, b'a', b'0', b'Z', 0x7f, 0x80, 0xff] {
                    let mut text = [other; 48];
                    text[lane] = byte;
                    let mask = |belongs: &dyn Fn(u8) -> bool| {
                        text.iter().rev().fold(0_u64, |mask, byte| mask << 1 | u64::from(belongs(*byte)))
                    };
                    let (lanes, _) = text.as_chunks::<16>();
                    let lanes = lanes.try_into().unwrap();
                    let place = format!("{byte:#x} in lane {lane}, beside {other:#x}");
                    let common_classes = [
                        mask(&|byte| byte.is_ascii_digit()),
                        mask(&|byte| byte.is_ascii_alphanumeric()),
                        mask(&|byte| byte == b'-'),
                        mask(&|byte| byte == b'.'),
                        mask(&|byte| byte == b' '),
                        mask(&|byte| byte == b'/'),
                        mask(&|byte| byte == b'_'),
                        mask(&|byte| byte < 0x1b),
                    ];
                    assert_eq!(common::<3>(lanes), common_classes, "{place}");
                    let rare_classes = [
                        mask(&|byte| b"@(~".contains(&byte)),
                        mask(&|byte| byte == b'+'),
                        mask(&|byte| b":=>".contains(&byte)),
                        mask(&|byte| b"=?{%&\\\x1b".contains(&byte)),
                        mask(&|byte| !byte.is_ascii()),
                    ];
                    assert_eq!(rare::<3, true>(lanes), rare_classes, "{place}");
                    let both = common_classes.iter().fold(0, |all, class| all | class);
                    assert_eq!(both & rare_classes.iter().fold(0, |all, class| all | class), 0, "{place}");
                    assert_eq!(hex::<3>(lanes), mask(&|byte| byte.is_ascii_hexdigit()), "{place}");
                }
            }
        }
    }
}
