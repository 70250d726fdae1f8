//! The pass that finds candidate sites for all detectors together.
//!
//! Text is read through a window of 64 bytes that moves by 48: [`block`](super::block) turns it into one 64-bit mask
//! per byte class, and shifting masks against each other asks a question of all 48 places at once ("three digits, a
//! dash, two digits, a dash, four digits" is eight instructions). The remaining 16 bytes are the look-ahead, so no
//! question may reach further than that. What is left over are few places, and only those meet a recognizer.
//!
//! Each filter is a *necessary* condition of the detectors behind it: it may let too much through, never too little.
//! A property test holds every detector against itself run at every byte. Knows shapes, not what they mean.

use super::block::{COMMON, Common, Cover, RARE, Rare, alphanumeric, common, hex, rare, run_of};
use super::{birth, ids};

/// A shape that may begin something worth recognizing. `at` below is the place that a recognizer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// `at` is an `@`.
    At,
    /// At least 13 bytes of digits with single spaces, dashes, dots and slashes between them begin at `at`; or four digits and four or
    /// more behind an underscore, two blanks, a dash between blanks, or one or two bytes more of no class. The first 13 may stand behind a
    /// letter and a byte of no class.
    DigitGroups,
    /// At least 9 digits in a row begin at `at`.
    LongNumber,
    /// `ddd-dd-dddd` begins at `at`; spaces instead of dashes allowed.
    ThreeTwoFour,
    /// Something that may be a number of a person or thing begins at `at`: eight bytes of digits with single spaces, dashes,
    /// dots and slashes between them, but not the date of a time; or one to five letters and four digits, six letters and two
    /// digits, two letters and two pairs of digits, a letter, three digits and a dash, a letter, a dash and six digits; or six digits, a letter and three
    /// digits; or seven or eight digits and a letter (a dash before it allowed); or what alternates like a Medicare number.
    Number,
    /// `at` is the dot of a fraction with at least four digits behind it.
    Fraction,
    /// `at` is a digit before two bytes of no class, behind which, or a space there, another digit stands: `36°10`.
    Degree,
    /// `at` is a `~` between two letters or digits.
    Tilde,
    /// `at` is the first of at least five `<` behind a letter or digit.
    Filler,
    /// `at` is a space between a digit, or one and a letter, and a capital, or a letter outside ASCII, of East Asia behind a postal mark.
    HouseNumber,
    /// `at` is a dash after a hex digit, before two characters and a digit, the first of them no hex digit.
    HexTail,
    /// `at` is a space before `is`, `es` or `as` (any case), or before `é`, `è` or `är`, and a space.
    Is,
    /// `at` is a dash between a space and a letter or digit, or between a quote and a letter.
    ShortFlag,
    /// `at` is a `+` or `(` before a digit.
    PhoneLead,
    /// `at` is the first of three dots between digits, two to four bytes apart.
    DottedQuad,
    /// `at` is the first of four colons (or `=`, `>`) two to five bytes apart, the first three between hex digits.
    ColonChain,
    /// `at` is the first of two colons (or `=`, `>`) next to a hex digit.
    DoubleColon,
    /// `at` is the first of three dashes between hex digits, three bytes apart.
    DashPairs,
    /// `at` is the first of two dots between hex digits, five bytes apart.
    DotQuads,
    /// Two letters and two digits begin at `at`, behind no letter or digit or behind one that may be that of an escape.
    Iban,
    /// Five dashes before a letter or digit begin at `at`.
    Armor,
    /// Two dashes before a letter or digit begin at `at`, and nothing word-like before them.
    Flag,
    /// At least 32 letters, digits, `+` or `/`, behind a `$`, or a dot and soon before it a `$`, 16, begin at `at`, the first 16 not all hex digits.
    OpaqueRun,
    /// One of these texts, of at least three bytes, begins at `at`, as part of at least 11 letters, digits, `_`, `-`, `.`.
    Prefix(&'static [&'static str]),
    /// `at` begins at least 11 letters, digits, `_`, `-`, `.`, after one of these lower-case words (any case) and a space; or
    /// three digits, a quote, a backslash, a `$`, a `#`, an opening bracket, a letter outside ASCII or four bytes and a dash, after such a word and a space; or
    /// a quote, after such a word, a quote and a space; or eight letters and digits, a digit among the first ten bytes, after such a word, which
    /// may end in a dot, and a space; or a letter and six letters, digits, `_`, `-`, `.`, a digit among the last three of them, or seven, a digit among the
    /// fifth to tenth, after such a word and a space; or eight bytes without a blank, a letter first and soon a mark with a letter
    /// or digit behind, after such a word and a space; or a mark, a digit and a mark after such a word that ends in a digit and a space.
    After(&'static [&'static str]),
    /// `at` begins twenty letters, digits, `_`, `-` behind one of these lower-case words (any case) and a slash. Of the kind of
    /// [`Site::After`], but looked up apart: paths have more words than sentences have values.
    Segment(&'static [&'static str]),
    /// `at` is a `(` before a quote.
    Tuple,
    /// `at` is the `=`, `:` or `>` after a key that ends in one of these lower-case endings (any case), or the space between one and
    /// `is`, `es`, `as` or `to` (any case), or `é`, `è` or `är`. Endings have at least three letters, or are `pw` or `cn`.
    Key(&'static [&'static str]),
}

impl Site {
    /// How many kinds there are.
    pub(super) const KINDS: usize = 27;

    /// The kind as an index.
    pub(super) const fn kind(self) -> usize {
        match self {
            Self::At => 0,
            Self::DigitGroups => 1,
            Self::LongNumber => 2,
            Self::ThreeTwoFour => 3,
            Self::PhoneLead => 5,
            Self::DottedQuad => 6,
            Self::ColonChain => 7,
            Self::DoubleColon => 8,
            Self::DashPairs => 9,
            Self::DotQuads => 10,
            Self::Iban => 11,
            Self::Armor => 12,
            Self::Flag => 13,
            Self::OpaqueRun => 14,
            Self::Prefix(_) => 15,
            Self::After(_) | Self::Segment(_) => 16,
            Self::Key(_) => 17,
            Self::Number => 18,
            Self::Fraction => 19,
            Self::HouseNumber => 20,
            Self::HexTail => 21,
            Self::ShortFlag => 22,
            Self::Filler => 23,
            Self::Tilde => 24,
            Self::Is => 4,
            Self::Tuple => 25,
            Self::Degree => 26,
        }
    }
}

/// Kinds whose places are looked up, not told by shape alone.
const AT: usize = Site::At.kind();
const TILDE: usize = Site::Tilde.kind();
const FILLER: usize = Site::Filler.kind();
const PHONE_LEAD: usize = Site::PhoneLead.kind();
const OPAQUE_RUN: usize = Site::OpaqueRun.kind();
const HOUSE_NUMBER: usize = Site::HouseNumber.kind();
pub(super) const PREFIX: usize = Site::Prefix(&[]).kind();
pub(super) const AFTER: usize = Site::After(&[]).kind();
pub(super) const KEY: usize = Site::Key(&[]).kind();
const IS: usize = Site::Is.kind();
const DOT_QUADS: usize = Site::DotQuads.kind();
const DASH_PAIRS: usize = Site::DashPairs.kind();
const HEX_TAIL: usize = Site::HexTail.kind();
pub(super) const NUMBER: usize = Site::Number.kind();
/// A place where a user's pattern may begin: its own kind, reported apart.
pub(super) const USER: usize = Site::KINDS;
/// The first of some bytes outside ASCII.
pub(super) const ODD: usize = Site::KINDS + 1;
/// A byte with which a structure inside the text may begin.
pub(super) const OPEN: usize = Site::KINDS + 2;
/// A [`Site::Number`] that only rows of numbers may know.
pub(super) const ID: usize = Site::KINDS + 3;
/// A tuple of a name and its value may begin there, which is shown to who knows the name.
pub(super) const TUPLE: usize = Site::Tuple.kind();
/// An option may begin there, which is shown likewise with what follows.
pub(super) const FLAG: usize = Site::Flag.kind();

/// What the pass must know of the chosen detectors.
#[derive(Debug, Clone)]
pub(super) struct Tables {
    /// Bit n: somebody wants kind n.
    wanted: u32,
    /// First three bytes of prefixes, hashed.
    prefixes: Bitmap<256>,
    /// Those of prefixes of three bytes, and the first four of those of four, hashed.
    short_prefixes: Bitmap<256>,
    /// First five bytes of those shorter than eight bytes, hashed.
    middle_prefixes: Bitmap<256>,
    /// First eight bytes of the others, hashed.
    long_prefixes: Bitmap<256>,
    /// Last three bytes of words before a space, hashed, in lower case.
    afters: Bitmap<256>,
    /// Those of such words whose last four are not all letters.
    short_afters: Bitmap<64>,
    /// The last four of the others, hashed.
    long_afters: Bitmap<256>,
    /// Last five letters of words before a slash, hashed, in lower case; of shorter words the last three.
    segments: Bitmap<256>,
    /// Last three bytes of keys, hashed, in lower case.
    keys: Bitmap<256>,
    /// Those of keys of fewer than five bytes.
    short_keys: Bitmap<256>,
    /// Last five bytes of the others, hashed.
    long_keys: Bitmap<256>,
    users: Option<Box<Users>>,
    /// For each way in which numbers of people and things begin, with which counts of digits they go on.
    numbers: [u16; ids::BEGINNINGS],
}

/// How users' patterns begin.
#[derive(Debug, Clone)]
struct Users {
    /// Cover their first, second and third bytes, and mostly little more: asked of 64 bytes at once, so that what begins otherwise
    /// costs next to nothing.
    covers: [Cover; 3],
    /// First two bytes behind which any may stand, exact.
    pairs: [u64; 1024],
    /// First three bytes of the others, hashed.
    triples: Bitmap<1024>,
}

impl Users {
    /// Gives places where a pattern may begin to `sink`. A pass of its own: so scanners without users' patterns carry nothing of it.
    #[inline(never)]
    fn walk(&self, text: &[u8], sink: &mut dyn FnMut(usize, usize)) {
        for (piece, bytes) in text.chunks(64).enumerate() {
            let from = piece * 64;
            let behind = |far: usize| text.get(from + far..).unwrap_or(&[]);
            let end;
            let lanes = behind(2).as_chunks().0.first_chunk().and_then(|third| {
                Some([bytes.as_chunks().0.first_chunk()?, behind(1).as_chunks().0.first_chunk()?, third])
            });
            let lanes = match lanes {
                Some(lanes) => lanes,
                None => {
                    end = [filled(bytes), filled(behind(1)), filled(behind(2))];
                    end.each_ref()
                }
            };
            let mut places = run_of(&self.covers, lanes);
            let [lanes, ..] = lanes;
            if places == 0 {
                continue;
            }
            // A letter or digit behind another begins no word.
            let alnum = alphanumeric(lanes);
            let before = from.checked_sub(1).and_then(|at| text.get(at));
            let after = alnum << 1 | u64::from(before.is_some_and(u8::is_ascii_alphanumeric));
            places &= !(alnum & after);
            for bit in Bits(places) {
                if bit < bytes.len() && self.may_begin(text.get(from + bit..).unwrap_or(&[])) {
                    sink(USER, from + bit);
                }
            }
        }
    }

    /// Whether a text may begin like a pattern. Zeros stand for what is behind its end.
    fn may_begin(&self, text: &[u8]) -> bool {
        let byte = |at: usize| text.get(at).copied().unwrap_or(0);
        let pair = usize::from(byte(0)) << 8 | usize::from(byte(1));
        self.pairs.get(pair / 64).is_some_and(|word| word >> (pair % 64) & 1 == 1)
            || self.triples.has(three([byte(0), byte(1), byte(2)]))
    }
}

/// Up to 64 bytes, and zeros behind them.
fn filled(bytes: &[u8]) -> [[u8; 16]; 4] {
    let mut lanes = [[0; 16]; 4];
    for (to, from) in lanes.as_flattened_mut().iter_mut().zip(bytes) {
        *to = *from;
    }
    lanes
}

impl Tables {
    pub(super) const fn new() -> Self {
        Self {
            wanted: 0,
            prefixes: Bitmap::new(),
            short_prefixes: Bitmap::new(),
            middle_prefixes: Bitmap::new(),
            long_prefixes: Bitmap::new(),
            afters: Bitmap::new(),
            short_afters: Bitmap::new(),
            long_afters: Bitmap::new(),
            segments: Bitmap::new(),
            keys: Bitmap::new(),
            short_keys: Bitmap::new(),
            long_keys: Bitmap::new(),
            users: None,
            numbers: [0; ids::BEGINNINGS],
        }
    }

    /// Adds what one detector wants to see. Texts shorter than three bytes are not found.
    pub(super) fn want(&mut self, site: Site) {
        self.wanted |= 1 << site.kind();
        match site {
            Site::Prefix(texts) => {
                for text in texts {
                    if let Some(head) = text.as_bytes().first_chunk() {
                        self.prefixes.insert(three(*head));
                        match (text.as_bytes().first_chunk(), text.as_bytes().first_chunk()) {
                            (Some(head), _) => self.long_prefixes.insert(eight(*head)),
                            (_, Some(head)) => self.middle_prefixes.insert(five(*head)),
                            _ => self.short_prefixes.insert(match text.as_bytes().first_chunk() {
                                Some(head) => four(*head),
                                None => again(three(*head)),
                            }),
                        }
                    }
                }
            }
            Site::After(words) => {
                for word in words {
                    let Some(ending) = ending(word) else { continue };
                    self.afters.insert(ending);
                    match word.as_bytes().last_chunk::<4>() {
                        Some(tail) if tail.iter().all(u8::is_ascii_lowercase) => {
                            self.long_afters.insert(four(*tail))
                        }
                        _ => self.short_afters.insert(again(ending)),
                    }
                }
            }
            Site::Segment(words) => {
                for word in words {
                    match word.as_bytes().last_chunk() {
                        Some(tail) => self.segments.insert(five(tail.map(|byte| byte | 0x20))),
                        None => {
                            ending(word).into_iter().for_each(|ending| self.segments.insert(again(ending)))
                        }
                    }
                }
            }
            Site::Key(words) => {
                for word in words {
                    let Some(ending) = ending(word) else { continue };
                    self.keys.insert(ending);
                    match word.as_bytes().last_chunk() {
                        Some(tail) => self.long_keys.insert(five(tail.map(|byte| byte | 0x20))),
                        None => self.short_keys.insert(again(ending)),
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds a way in which a number of a person or thing may begin, and the counts of digits that it may go on with.
    pub(super) fn want_number(&mut self, beginning: usize, seconds: u16) {
        if let Some(known) = self.numbers.get_mut(beginning) {
            *known |= seconds;
        }
        self.wanted |= 1 << ID;
    }

    /// Adds the first two bytes of a user's pattern and the third ones that may follow, none for any; a zero stands for the end of
    /// the text too.
    pub(super) fn want_pair(&mut self, first: u8, second: u8, thirds: &[u8]) {
        let nobody = || {
            let covers = [const { Cover::new() }; 3];
            Box::new(Users { covers, pairs: [0; 1024], triples: Bitmap::new() })
        };
        let users = self.users.get_or_insert_with(nobody);
        let [firsts, seconds, thirds_of_all] = &mut users.covers;
        firsts.add(first);
        seconds.add(second);
        thirds.iter().for_each(|third| thirds_of_all.add(*third));
        if thirds.is_empty() {
            *thirds_of_all = Cover::all();
        }
        thirds.iter().for_each(|third| users.triples.insert(three([first, second, *third])));
        let pair = usize::from(first) << 8 | usize::from(second);
        if thirds.is_empty()
            && let Some(word) = users.pairs.get_mut(pair / 64)
        {
            *word |= 1 << (pair % 64);
        }
        self.wanted |= 1 << USER;
    }

    /// Whether a word of those looked for before a value may end one byte before a place, where a word or a quote begins.
    #[inline(never)] // apart, like the next: asked of few places, and the pass is laid out several times
    fn is_after(&self, text: &[u8], place: usize) -> bool {
        let begins = |byte: &u8| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'(' | b'$' | b'#' | 0xc3..=0xe9)
        };
        if !text.get(place).is_some_and(begins) {
            return false;
        }
        let head = word_head(text, place);
        let ending = ending_of_word(head);
        let long = || {
            head.last_chunk()
                .is_some_and(|tail: &[u8; 4]| self.long_afters.has(four(tail.map(|byte| byte | 0x20))))
        };
        self.afters.has(ending) && (self.short_afters.has(again(ending)) || long())
    }

    /// Whether a word of those looked for before a part of a path may end one byte before a place.
    #[inline(never)]
    fn is_segment(&self, text: &[u8], place: usize) -> bool {
        let head = place.checked_sub(1).and_then(|end| text.get(..end)).unwrap_or(&[]);
        let long = head.last_chunk().map(|tail: &[u8; 5]| five(tail.map(|byte| byte | 0x20)));
        let named = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        (self.segments.has(again(word_ending(text, place)))
            || long.is_some_and(|tail| self.segments.has(tail)))
            && text.get(place..place + 20).is_some_and(|part| part.iter().all(named))
    }

    /// Whether a key may end before the operator at a place, or before a space.
    #[inline(never)]
    fn is_behind_key(&self, text: &[u8], place: usize) -> bool {
        let raw = key_bytes(text, place);
        let ending = ending_of(raw);
        self.keys.has(ending) && (self.short_keys.has(again(ending)) || self.ends_like_one(text, place, raw))
    }

    /// Whether the word behind the space at a place tells that something is something, and whether a key before it is told so: that
    /// word may be `to`, too.
    #[inline(never)]
    fn meets_verb(&self, text: &[u8], place: usize) -> [bool; 2] {
        let word = text.get(place + 1..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; 3]);
        let is = matches!(
            word,
            [b'a' | b'A' | b'e' | b'E' | b'i' | b'I', b's', b' ']
                | [0xc3, 0xa8 | 0xa9, b' ']
                | [0xc3, 0xa4, b'r']
        );
        [
            is && self.wants(IS),
            (is || matches!(word, [b't' | b'T', b'o', b' '])) && self.is_behind_key(text, place),
        ]
    }

    /// What is rarely asked: many keys end like others in their last three letters.
    #[inline(never)]
    fn ends_like_one(&self, text: &[u8], operator: usize, raw: u64) -> bool {
        let last = raw >> 24;
        // Bytes below the digits, or underscores: perhaps more than is divided, never less.
        let low = last.wrapping_sub(0x30_3030_3030) & !last;
        let underscore = last ^ 0x5f_5f5f_5f5f;
        let underscore = underscore.wrapping_sub(0x01_0101_0101) & !underscore;
        let divided = (low | underscore) & 0x80_8080_8080 != 0;
        let last = if divided { key_tail::<5>(text, operator) >> 24 } else { last };
        let [tail @ .., _, _, _] = (last | 0x20_2020_2020).to_le_bytes();
        self.long_keys.has(five(tail))
    }

    /// Whether a text of at least four bytes may begin like a prefix.
    #[inline]
    fn has_prefix(&self, text: &[u8]) -> bool {
        // One load of four bytes is cheaper than two that make three.
        let begins = |head: &[u8; 4]| self.prefixes.has(u32::from_le_bytes(*head) & 0x00ff_ffff);
        text.first_chunk().is_some_and(begins) && self.begins_like_one(text)
    }

    /// What is rarely asked: words begin like words, and prefixes too.
    #[inline(never)]
    fn begins_like_one(&self, text: &[u8]) -> bool {
        text.first_chunk().is_some_and(|head| self.short_prefixes.has(again(three(*head))))
            || text.first_chunk().is_some_and(|head| self.short_prefixes.has(four(*head)))
            || text.first_chunk().is_some_and(|head| self.middle_prefixes.has(five(*head)))
            || text.first_chunk().is_some_and(|head| self.long_prefixes.has(eight(*head)))
    }

    #[inline]
    fn wants(&self, kind: usize) -> bool {
        self.wanted >> kind & 1 == 1
    }
}

/// A set of hashed three-byte texts. No false negatives; false positives cost a comparison.
#[derive(Debug, Clone)]
struct Bitmap<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Bitmap<WORDS> {
    const fn new() -> Self {
        Self([0; WORDS])
    }

    #[inline]
    const fn slot(text: u32) -> usize {
        (text.wrapping_mul(0x9E37_79B1) >> 12) as usize & (WORDS * 64 - 1)
    }

    fn insert(&mut self, text: u32) {
        let slot = Self::slot(text);
        if let Some(word) = self.0.get_mut(slot / 64) {
            *word |= 1 << (slot % 64);
        }
    }

    #[inline]
    fn has(&self, text: u32) -> bool {
        let slot = Self::slot(text);
        self.0.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }
}

#[inline]
const fn three(bytes: [u8; 3]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
}

/// Three bytes for a second look-up: what shares a slot in the first seldom shares one in this.
#[inline]
const fn again(text: u32) -> u32 {
    text.rotate_left(11) ^ text
}

/// Four bytes, for a look-up among threes.
#[inline]
const fn four(bytes: [u8; 4]) -> u32 {
    let word = u32::from_le_bytes(bytes);
    word ^ word >> 13
}

/// Five bytes, mixed into four.
#[inline]
const fn five(bytes: [u8; 5]) -> u32 {
    let [a, b, c, d, e] = bytes;
    four([a, b, c, d]) ^ (e as u32).wrapping_mul(0x0001_0401)
}

/// Eight bytes, mixed into 26 bits: of more [`Bitmap::slot`] takes no notice, and the last byte is to count.
#[inline]
const fn eight(bytes: [u8; 8]) -> u32 {
    (u64::from_le_bytes(bytes).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 38) as u32
}

#[inline]
const fn folded(text: u32) -> u32 {
    text | 0x0020_2020
}

/// The last three bytes of a word as words are looked up by them.
pub(super) fn ending(word: &str) -> Option<u32> {
    match word.as_bytes() {
        [first, second] => Some(three([b' ', *first, *second])),
        word => word.last_chunk().map(|tail| alone(folded(three(*tail)))),
    }
}

/// The ending of keys that `pw` or `cn` is the end of: the words of two letters that are looked up. What stands before it, a blank or
/// the beginning of the text mostly, does not count.
#[inline]
const fn alone(ending: u32) -> u32 {
    const PW: u32 = three(*b" pw");
    const CN: u32 = three(*b" cn");
    match ending >> 8 {
        last if last == PW >> 8 => PW,
        last if last == CN >> 8 => CN,
        _ => ending,
    }
}

/// How far a window moves; the rest of its 64 bytes is the byte before and look-ahead.
const STEP: usize = 48;

/// The bit of a window at which new bytes begin.
const FIRST: usize = 64 - STEP;

/// Bits of a window that are its own: behind the byte before, before the look-ahead.
const OWN: u64 = ((1 << STEP) - 1) << 1;

/// Gives each place at which a pattern of a user may begin.
#[inline]
pub(super) fn walk_users(text: &[u8], tables: &Tables, sink: &mut impl FnMut(usize, usize)) {
    if let Some(users) = &tables.users {
        users.walk(text, sink);
    }
}

/// Gives each place of a wanted kind but [`USER`] to `sink`, ordered by place within a kind and window.
#[inline]
pub(super) fn walk(text: &[u8], tables: &Tables, sink: impl FnMut(usize, usize)) {
    windows::<false>(text, tables, sink);
}

/// The same with places of [`ODD`] and [`OPEN`], for texts of which most hold nothing and are short.
#[inline]
pub(super) fn walk_opening(text: &[u8], tables: &Tables, mut sink: impl FnMut(usize, usize)) {
    // The first window begins with sixteen bytes of nothing, so that a text of up to 48 bytes takes one. Most texts are
    // values of attributes and fit into two lanes.
    if text.len() <= 32 {
        let masks = short(text, |lane| common(&[lane])).map(|mask| mask << FIRST);
        let mut rares = [0; RARE];
        if leaves_some(&masks, ((1 << text.len()) - 1) << FIRST) {
            rares = short(text, |lane| rare::<1, true>(&[lane])).map(|mask| mask << FIRST);
        }
        report::<true>(text, tables, &masks, &rares, 0, !1, &mut sink);
        return;
    }
    windows::<true>(text, tables, sink);
}

/// Walks many texts that stand one behind the other with a zero byte after each, as if they were one.
#[inline]
pub(super) fn walk_all(texts: &[u8], tables: &Tables, mut sink: impl FnMut(usize, usize)) {
    walk_users(texts, tables, &mut sink);
    windows::<true>(texts, tables, sink);
}

/// Walks a text window by window. `OPENING` adds places of [`ODD`] and [`OPEN`].
#[inline(always)]
fn windows<const OPENING: bool>(text: &[u8], tables: &Tables, mut sink: impl FnMut(usize, usize)) {
    let (mut masks, mut rares) = ([0; COMMON], [0; RARE]);
    let mut shift = 0;
    let mut rest = text;
    loop {
        let next;
        let mut next_rare = [0; RARE];
        let mut own = !1;
        let more = match rest.split_first_chunk::<STEP>() {
            Some((block, after)) if !after.is_empty() => {
                let (lanes, _) = block.as_chunks();
                let Some(lanes) = lanes.first_chunk::<3>() else { return };
                next = common::<3>(lanes);
                if leaves_some(&next, (1 << STEP) - 1) {
                    next_rare = rare::<3, OPENING>(lanes);
                }
                own = OWN;
                rest = after;
                true
            }
            _ => {
                next = last(text, rest, |lane| common(&[lane]));
                if leaves_some(&next, (1 << rest.len()) - 1) {
                    next_rare = last(text, rest, |lane| rare::<1, OPENING>(&[lane]));
                }
                false
            }
        };
        for (mask, new) in masks.iter_mut().zip(next) {
            *mask = *mask >> STEP | new << FIRST;
        }
        for (mask, new) in rares.iter_mut().zip(next_rare) {
            *mask = *mask >> STEP | new << FIRST;
        }
        report::<OPENING>(text, tables, &masks, &rares, shift, own, &mut sink);
        if !more {
            return;
        }
        shift += STEP;
    }
}

/// Whether some of these bytes are of no common class.
#[inline(always)]
fn leaves_some(masks: &Common, bytes: u64) -> bool {
    // What is a digit is alphanumeric.
    let [_, alnum, dash, dot, space, slash, underscore, control] = *masks;
    bytes & !(alnum | dash | dot | space | slash | underscore | control) != 0
}

/// Classifies a text of at most 32 bytes in one go. Missing bytes are zero.
#[inline(always)] // with `report`: in registers the masks cost a tenth less than through memory
fn short<const N: usize>(text: &[u8], classify: impl Fn([u8; 16]) -> [u64; N]) -> [u64; N] {
    let (Some(first), Some(last)) = (text.first_chunk::<16>(), text.last_chunk::<16>()) else {
        return classify(padded(text));
    };
    // The lanes overlap: what both have seen is the same in both.
    let shift = text.len() - 16;
    let (first, last) = (classify(*first), classify(*last));
    std::array::from_fn(|class| first[class] | last[class] << shift)
}

/// Classifies the end of a text, of at most [`STEP`] bytes. Missing bytes are zero or of no class.
#[inline]
fn last<const N: usize>(text: &[u8], rest: &[u8], classify: impl Fn([u8; 16]) -> [u64; N]) -> [u64; N] {
    let mut masks = [0; N];
    let (lanes, last) = rest.as_chunks::<16>();
    let mut shift = 0;
    for lane in lanes {
        for (mask, bits) in masks.iter_mut().zip(classify(*lane)) {
            *mask |= bits << shift;
        }
        shift += 16;
    }
    if last.is_empty() {
        return masks;
    }
    // The last sixteen bytes instead of a copy: what was already seen is shifted out.
    let (lane, seen) = match text.last_chunk() {
        Some(lane) => (*lane, 16 - last.len()),
        None => (padded(last), 0),
    };
    for (mask, bits) in masks.iter_mut().zip(classify(lane)) {
        *mask |= bits >> seen << shift;
    }
    masks
}

/// At most fifteen bytes, and zeros behind them.
#[inline]
pub(super) fn padded(bytes: &[u8]) -> [u8; 16] {
    // Two overlapping words at most: agreeing bytes may be joined.
    let word = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            u128::from(u64::from_le_bytes(*first))
                | u128::from(u64::from_le_bytes(*last)) << (8 * (bytes.len() - 8))
        }
        _ => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                let shift = 8 * (bytes.len() - 4);
                u128::from(u32::from_le_bytes(*first)) | u128::from(u32::from_le_bytes(*last)) << shift
            }
            _ => bytes.iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte)),
        },
    };
    word.to_le_bytes()
}

/// Asks every question of one window about its `own` places. Bit n is the byte `shift + n - 16`; bit 0 is there to be
/// looked back at.
#[inline(always)]
fn report<const OPENING: bool>(
    text: &[u8],
    tables: &Tables,
    masks: &Common,
    rares: &Rare,
    shift: usize,
    own: u64,
    sink: &mut impl FnMut(usize, usize),
) {
    let [digit, alnum, dash, dot, space, slash, underscore, _] = *masks;
    let [mark, plus, operator, opening, odd] = *rares;
    let place_of = move |bit: usize| (shift + bit).wrapping_sub(FIRST);
    // Shifting left brings the byte before, shifting right the byte after.
    let after_digit = digit << 1;
    let after_alnum = alnum << 1;
    let word_start = alnum & !after_alnum & own;
    let letter = alnum & !digit;

    if mark | plus | operator | opening | odd != 0 {
        // A bracket before a letter begins nothing; few lines of programs have others.
        let begins = |place: &usize| {
            text.get(*place) != Some(&b'(') || !text.get(place + 1).is_some_and(u8::is_ascii_alphabetic)
        };
        if Bits((mark | plus) & own).map(place_of).any(|place| begins(&place)) {
            marked(text, tables, [(mark | plus) & own, digit >> 1], shift, &mut |kind, at| sink(kind, at));
        }
        if OPENING {
            Bits(odd & !(odd << 1) & own).for_each(|bit| sink(ODD, place_of(bit)));
            let told = operator & space >> 1 & (letter >> 2 | space >> 2 & letter >> 3);
            Bits((opening | slash & operator << 1 | told) & own).for_each(|bit| sink(OPEN, place_of(bit)));
        }
        let chain = operator & after_alnum & alnum >> 1;
        let next = |to: u64, chain: u64| chain & (to >> 2 | to >> 3 | to >> 4 | to >> 5);
        let chained = next(next(next(operator, chain), chain), chain) & own;
        let twice = operator & operator >> 1 & (after_alnum | alnum >> 2) & own;
        if chained | twice != 0 {
            let hex = hex_digits(text, shift);
            let chain = operator & hex << 1 & hex >> 1;
            let mut each = |kind: Site, places: u64| report_each(kind, places, tables, place_of, sink);
            each(Site::ColonChain, next(next(next(operator, chain), chain), chain) & own);
            each(Site::DoubleColon, twice & (hex << 1 | hex >> 2));
        }
        // Times have an operator behind two digits, keys behind one at most: `cvv2=`.
        for bit in Bits(operator & !(after_digit & !(letter << 2)) & own) {
            let place = place_of(bit);
            if tables.is_behind_key(text, place) {
                sink(KEY, place);
            }
        }
    }
    if OPENING {
        // As far apart as the slashes of `/home/` and `/Users/`.
        Bits(slash & (slash >> 5 | slash >> 6) & own).for_each(|bit| sink(OPEN, place_of(bit)));
    }

    if digit != 0 {
        // What every question about numbers but one has in it: digits beside letters, or on both sides of something, or
        // six in a row.
        let two = digit & digit >> 1;
        let divider = space | dash | dot | slash;
        let one = letter & two >> 1;
        let second = letter & one >> 1;
        let third = letter & second >> 1;
        let fourth = letter & third >> 1;
        let fifth = letter & fourth >> 1;
        let word_start = alnum & !after_alnum;
        let lettered = word_start & (one | second | third | fourth | fifth | letter & fifth >> 1);
        let row = two & two >> 2 & two >> 4;
        let behind = word_start & digit & letter >> 1;
        let pairs = word_start & letter & letter >> 1 & divider >> 2 & two >> 3 & divider >> 5;
        // Seven bytes are what the shortest of four numbers with dots have. Few lines are without a time, and its date is none.
        let part = digit | (divider | underscore) & after_digit & digit >> 1;
        let parts = part & part >> 1 & part >> 2;
        let parts = parts & parts >> 3 & part >> 6;
        let time = date_of_time(masks, two) & !(digit >> 10);
        let date = time | time << 1 | time << 2;
        let parts = parts & !(date | date << 3 | time << 6);
        let four = two & two >> 2;
        let fraction = dot & after_digit & four >> 1;
        let apart = four & (four >> 6 | four >> 7) & !(alnum >> 4);
        if lettered | parts | row | behind | pairs | fraction | apart != 0 {
            // One place later than the others, so that the two bytes before each are known, too: no question about numbers
            // needs all of the look-ahead.
            let late = own << 1;
            // A copy: what is lent would have to lie in memory for every window, and there is little else that costs as much in wasm.
            let masks = [digit, alnum, dash, dot, space, slash, underscore, 0];
            numbers(text, tables, &masks, shift, late, &mut |kind, at| sink(kind, at));
        }
    }

    // Rare shapes. Hex digits are told from other letters only where one may stand.
    let between = after_alnum & alnum >> 1;
    let tail = dash & between & !(digit >> 1) & alnum >> 2 & digit >> 3;
    let dashed = dash & between;
    let dashed = dashed & dashed >> 3 & dashed >> 6;
    let quads = dot & between;
    let quads = quads & quads >> 5;
    if (tail | dashed | quads) & own != 0 {
        hex_shapes(text, tables, shift, [tail & own, dashed & own, quads & own], &mut |kind, at| {
            sink(kind, at)
        });
    }
    let flag = dash & space << 1 & alnum >> 1;
    let dashes = dash & dash >> 1;
    let divides = !(alnum | space | dash | dot | slash | underscore);
    let argument = dash & divides << 1 & letter >> 1;
    if (flag | dashes | argument) & own != 0 {
        // An argument of a list stands in quotes.
        let quoted = |bit: &usize| {
            let before = place_of(*bit).checked_sub(1).and_then(|before| text.get(before));
            matches!(before, Some(b'"' | b'\''))
        };
        let quoted = Bits(argument & own).filter(quoted).fold(0, |places, bit| places | 1 << bit);
        let mut each = |kind: Site, places: u64| report_each(kind, places, tables, place_of, sink);
        each(Site::ShortFlag, flag & own | quoted);
        each(Site::Flag, dashes & alnum >> 2 & !after_alnum & !(dash << 1) & own);
        each(Site::Armor, dashes & dashes >> 2 & dash >> 4 & alnum >> 5 & own);
    }

    let base64 = alnum | slash | plus;
    let opaque = base64 & base64 >> 1;
    let opaque = opaque & opaque >> 2;
    let eight = opaque & opaque >> 4;
    let opaque = eight & eight >> 8 & !(base64 << 1) & own;
    if opaque != 0 && tables.wants(OPAQUE_RUN) {
        for bit in Bits(opaque) {
            // Long enough, and not the id that hex digits are.
            let length = (!(base64 >> bit)).trailing_zeros() as usize;
            let place = place_of(bit);
            if (length >= 32
                || bit + length >= 64 && goes_on_opaque(text, place, length)
                || match place.checked_sub(1).and_then(|before| text.get(before)) {
                    Some(b'$') => true,
                    // Dots stand inside of what bcrypt makes.
                    Some(b'.') => {
                        text.get(place.saturating_sub(40)..place).is_some_and(|head| head.contains(&b'$'))
                    }
                    _ => false,
                })
                && !begins_with_hex(text, place)
            {
                sink(OPAQUE_RUN, place);
            }
        }
    }

    let degree = digit & divides >> 1 & divides >> 2 & (digit >> 3 | space >> 3 & digit >> 4) & own;
    report_each(Site::Degree, degree, tables, place_of, sink);
    let filled = divides & divides >> 1;
    let filled = filled & filled >> 2 & divides >> 4 & after_alnum & own;
    if filled != 0 {
        fillers(text, tables, filled, shift, &mut |kind, at| sink(kind, at));
    }
    // What credentials of services are made of.
    let token = alnum | underscore | dash | dot;
    let long = token & token >> 1;
    let run_of_tokens = long & long >> 2;
    let long = word_start & run_of_tokens & run_of_tokens >> 4 & run_of_tokens >> 7;
    for bit in Bits(long) {
        let place = place_of(bit);
        if text.get(place..).is_some_and(|rest| tables.has_prefix(rest)) {
            sink(PREFIX, place);
        }
    }
    // Words of paths mostly end sooner, or are of several parts.
    let mut part = long & slash << 1;
    if part != 0 {
        // Twenty in a row, as far as the window shows.
        let other = !(alnum | underscore | dash);
        let other = other | other >> 1;
        let other = other | other >> 2;
        part &= !(other | other >> 4 | other >> 8 | other >> 12 | other >> 16);
        for bit in Bits(part) {
            let place = place_of(bit);
            if tables.is_segment(text, place) {
                sink(AFTER, place);
            }
        }
    }
    // All else stands behind blanks, which few values of attributes have.
    if space == 0 {
        return;
    }
    if tables.wants(HOUSE_NUMBER) {
        let numbered = after_digit | letter << 1 & digit << 2;
        for bit in Bits(space & numbered & (letter | divides) >> 1 & own) {
            let place = place_of(bit);
            let Some(head) = text.get(place + 1..).and_then(|rest| rest.first_chunk::<3>()) else { continue };
            let [first, ..] = *head;
            // Behind a postal code of Japan, whose mark is three bytes: `〒060-0042 北…`.
            let posted = || {
                first >= 0xe3
                    && text
                        .get(place.saturating_sub(11)..)
                        .is_some_and(|head| head.starts_with("〒".as_bytes()))
            };
            let accented = matches!(first, 0xc3..=0xc5) || posted();
            if first.is_ascii_uppercase() && !is_level(text, place + 1)
                || accented
                || first.is_ascii_lowercase() && begins_month(*head)
                || head == b"de "
            {
                sink(HOUSE_NUMBER, place);
            }
        }
    }
    // Of two letters, or one outside ASCII, and perhaps one more.
    let led = divides & space << 1;
    let (mut verbs, mut quoted) = (space & space >> 3 & alnum >> 1 & alnum >> 2, 0);
    if led != 0 {
        verbs |= (led & divides >> 1) >> 1 & (space >> 3 | letter >> 3 & space >> 4);
        quoted = led & divides << 2 & letter << 3 & own << 1;
    }
    for bit in Bits(verbs & own) {
        let place = place_of(bit);
        let second = text.get(place + 2).copied().unwrap_or(0);
        if matches!(second, b's' | b'o' | 0xa4 | 0xa8 | 0xa9) {
            let [is, key] = tables.meets_verb(text, place);
            if is {
                sink(IS, place);
            }
            if key {
                sink(KEY, place);
            }
        }
    }

    // What is told with a word before it: that, a short number, or something in quotes.
    let told = space & letter << 1 & own;
    let short = digit & digit >> 1 & digit >> 2;
    let told = told << 1;
    let mut grouped = told & dash >> 4;
    if grouped != 0 {
        grouped &= alnum & alnum >> 3 & alnum >> 5;
    }
    // A postal code of Poland.
    let parted = told & digit & digit >> 1;
    if parted != 0 {
        grouped |= parted & dash >> 2 & digit >> 3 & digit >> 4;
    }
    // Documents and banks are numbered by eight letters and digits or more, behind a word or what one is abbreviated to.
    let mut numbered = (told | (space & dot << 1 & own) << 1) & eight & alnum;
    if numbered != 0 {
        let run = alnum & alnum >> 1;
        let run = run & run >> 2;
        let some = digit | digit >> 1;
        let some = some | some >> 2;
        let some = some | some >> 4;
        numbered &= run & run >> 4 & (some | some >> 2);
    }
    // What somebody chose for a password begins with a letter and has a digit soon.
    let mut chosen = told & letter & run_of_tokens & run_of_tokens >> 3;
    if chosen != 0 {
        let some = digit >> 4 | digit >> 5;
        chosen &= some | digit >> 6 | run_of_tokens >> 4 & (some >> 2 | some >> 4);
    }
    // Or a mark soon, with a letter or digit behind it, and no blank.
    let hard = divides & !operator & alnum >> 1;
    let mut marked = told & letter & !chosen;
    if marked != 0 && hard != 0 {
        let some = hard | hard >> 1;
        let some = some | some >> 2;
        let solid = !space & !(space >> 1);
        let solid = solid & solid >> 2;
        marked &= (some | some >> 4) >> 1 & solid & solid >> 4;
    } else {
        marked = 0;
    }
    // How a hash is kept begins with a number, and stands behind that of its kind: `secret 5 $1$…`.
    let hashed = (space & digit << 1 & own) << 1 & divides & digit >> 1 & divides >> 2;
    // The day and year of a date: `19, 2000`.
    let mut dated = told & digit;
    if dated != 0 {
        // And the blank before the month of another: `12. March`.
        let ended = dot & space >> 1 & letter >> 2;
        if tables.wants(HOUSE_NUMBER) {
            for bit in Bits(dated & (ended >> 1 | digit >> 1 & ended >> 2)) {
                sink(HOUSE_NUMBER, place_of(bit + if digit >> (bit + 1) & 1 == 1 { 3 } else { 2 }));
            }
        }
        let year = short & digit >> 3;
        dated &= !alnum >> 1 & space >> 2 & year >> 3 | digit >> 1 & !alnum >> 2 & space >> 3 & year >> 4;
    }
    for bit in Bits(
        long & space << 1
            | told & (short | divides)
            | marked
            | dated
            | grouped
            | quoted
            | numbered
            | chosen
            | hashed,
    ) {
        let place = place_of(bit);
        if tables.is_after(text, place) {
            sink(AFTER, place);
        }
    }
}

/// Tells apart what may begin at an `@`, `(`, `~` or plus. `digits` are where digits stand behind.
#[inline(never)]
fn marked(
    text: &[u8],
    tables: &Tables,
    [places, digits]: [u64; 2],
    shift: usize,
    sink: &mut dyn FnMut(usize, usize),
) {
    for bit in Bits(places) {
        let place = (shift + bit).wrapping_sub(FIRST);
        let kind = match text.get(place..).unwrap_or(&[]) {
            [b'@', ..] if tables.wants(AT) => AT,
            [b'(', b'\'' | b'"', ..] => TUPLE,
            [b'~', next, ..] if next.is_ascii_alphanumeric() => {
                let before = place.checked_sub(1).and_then(|before| text.get(before));
                match before {
                    Some(before) if before.is_ascii_alphanumeric() && tables.wants(TILDE) => TILDE,
                    _ => continue,
                }
            }
            // No country has a code that begins with a zero; offsets of time zones have, and areas in brackets.
            [b'@' | b'~', ..] | [b'+', b'0', ..] => continue,
            _ if digits >> bit & 1 == 1 && tables.wants(PHONE_LEAD) => PHONE_LEAD,
            _ => continue,
        };
        sink(kind, place);
    }
}

/// Tells hex digits from other letters around three shapes of which few windows hold one.
#[inline(never)]
fn hex_shapes(
    text: &[u8],
    tables: &Tables,
    shift: usize,
    [tail, dashed, quads]: [u64; 3],
    sink: &mut dyn FnMut(usize, usize),
) {
    let is_hex = |place: usize| text.get(place).is_some_and(u8::is_ascii_hexdigit);
    let between = |place: usize| is_hex(place + 1) && is_hex(place.wrapping_sub(1));
    let places = |places: u64| Bits(places).map(|bit| (shift + bit).wrapping_sub(FIRST));
    for place in places(quads) {
        if between(place) && between(place + 5) && tables.wants(DOT_QUADS) {
            sink(DOT_QUADS, place);
        }
    }
    for place in places(dashed) {
        if between(place) && between(place + 3) && between(place + 6) && tables.wants(DASH_PAIRS) {
            sink(DASH_PAIRS, place);
        }
    }
    for place in places(tail) {
        if is_hex(place.wrapping_sub(1)) && !is_hex(place + 1) && tables.wants(HEX_TAIL) {
            sink(HEX_TAIL, place);
        }
    }
}

/// Tells fillers of zones that machines read from other bytes that stand so.
#[inline(never)]
fn fillers(text: &[u8], tables: &Tables, places: u64, shift: usize, sink: &mut dyn FnMut(usize, usize)) {
    for bit in Bits(places) {
        let place = (shift + bit).wrapping_sub(FIRST);
        if tables.wants(FILLER) && text.get(place..).is_some_and(|rest| rest.starts_with(b"<<<<<")) {
            sink(FILLER, place);
        }
    }
}

/// Gives the places of a kind, if anybody wants it.
#[inline(always)]
fn report_each(
    kind: Site,
    places: u64,
    tables: &Tables,
    place_of: impl Fn(usize) -> usize,
    sink: &mut impl FnMut(usize, usize),
) {
    let kind = kind.kind();
    if places != 0 && tables.wants(kind) {
        for place in Bits(places) {
            sink(kind, place_of(place));
        }
    }
}

/// Whether a run of letters, digits, `+` and `/` goes on behind the window, from so many bytes to 32.
#[inline(never)]
fn goes_on_opaque(text: &[u8], place: usize, seen: usize) -> bool {
    let opaque = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.get(place + seen..place + 32).is_some_and(|rest| rest.iter().all(opaque))
}

/// Whether sixteen hex digits begin at a place.
#[inline(never)]
fn begins_with_hex(text: &[u8], place: usize) -> bool {
    let lane = text.get(place..).and_then(|rest| rest.first_chunk());
    lane.is_some_and(|lane| hex::<1>(&[*lane]) == 0xffff)
}

/// The hex digits of the window at `shift`, bit for bit as its other masks.
#[inline(never)] // few windows ask
fn hex_digits(text: &[u8], shift: usize) -> u64 {
    let (lanes, first) = window(text, shift);
    hex(&lanes) << first
}

/// The bytes of the window at `shift`, and the bit of the first. Missing bytes are zero.
#[inline(always)]
fn window(text: &[u8], shift: usize) -> ([[u8; 16]; 4], usize) {
    let (start, first) = match shift.checked_sub(FIRST) {
        Some(start) => (start, 0),
        None => (0, FIRST - shift),
    };
    let rest = text.get(start..).unwrap_or(&[]);
    (rest.as_chunks().0.first_chunk().map_or_else(|| filled(rest), |lanes| *lanes), first)
}

/// Asks the questions about numbers of one window.
#[inline(never)] // apart, so that windows without numbers keep their masks in registers
fn numbers(
    text: &[u8],
    tables: &Tables,
    masks: &Common,
    shift: usize,
    own: u64,
    sink: &mut dyn FnMut(usize, usize),
) {
    let place_of = move |bit: usize| (shift + bit).wrapping_sub(FIRST);
    let [digit, alnum, dash, dot, space, slash, underscore, _] = *masks;
    let after_digit = digit << 1;
    let after_alnum = alnum << 1;
    let word_start = alnum & !after_alnum & own;
    let mut each = |kind: Site, places: u64| {
        let kind = kind.kind();
        if places != 0 && tables.wants(kind) {
            Bits(places).for_each(|bit| sink(kind, place_of(bit)));
        }
    };
    let two = digit & digit >> 1;
    let triple = two & digit >> 2;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    let space_dash = space | dash;
    let between = space_dash | dot;
    // What goes on behind the dot of a fraction or a dash is part of something longer, and every recognizer refuses it; but before
    // the dash of a telephone number may stand that of its country.
    let fraction = dot << 1 & after_digit << 1;
    let dashed = dash << 1 & after_alnum << 1;
    let phone = triple & between >> 3 & triple >> 4 & between >> 7 & four >> 8;
    let begins = word_start & !fraction & !(dashed & !(phone & after_digit << 1));
    let begins_number = word_start & digit & !fraction;
    let number = begins & digit;
    each(Site::LongNumber, number & !dashed & eight & digit >> 8);
    each(
        Site::ThreeTwoFour,
        number & !dashed & triple & space_dash >> 3 & two >> 4 & space_dash >> 6 & four >> 7,
    );

    let dotted = dot & after_digit & digit >> 1;
    let second = dotted & (dotted >> 2 | dotted >> 3 | dotted >> 4);
    each(Site::DottedQuad, dotted & (second >> 2 | second >> 3 | second >> 4) & own);

    let letter = alnum & !digit;
    // The letter of an escaped line break is no part of the word behind it.
    let escape = !(alnum | dash | dot | space | slash | underscore) << 2 & letter << 1;
    let account = letter & letter >> 1 & two >> 2;
    each(Site::Iban, account & (word_start | escape & own));

    let part = digit | (between | slash) & after_digit & digit >> 1;
    let parts = part & part >> 1;
    let parts = parts & parts >> 2;
    let parts = parts & parts >> 4;
    // Groups of a card with something else between them than single marks.
    let blanks = space >> 4 & (space >> 5 & four >> 6 | dash >> 5 & space >> 6 & four >> 7);
    let common = alnum | dash | dot | space | slash | underscore;
    let odd = !(common >> 4) & (four >> 6 | four >> 7);
    let apart = four & (underscore >> 4 & four >> 5 | blanks | odd);
    each(Site::DigitGroups, begins_number & (parts & parts >> 5 | apart));
    let parts = number & parts;
    // The date of a time is what most lines begin with.
    let time = date_of_time(masks, two);
    let one = letter & four >> 1;
    let second = letter & one >> 1;
    let third = letter & second >> 1;
    let fourth = letter & third >> 1;
    let lettered = one | second | third | fourth | letter & fourth >> 1;
    let pair = letter & letter >> 1;
    let pairs = pair & (space | dash) >> 2 & two >> 3 & (space | dash) >> 5 & two >> 6;
    let six_letters = pair & pair >> 2 & pair >> 4 & two >> 6;
    let six = four & two >> 4;
    let license = letter & (triple >> 1 & dash >> 4 | dash >> 1 & six >> 2);
    let counted = number
        & six
        & (letter >> 6 & triple >> 7
            | digit >> 6
                & (letter >> 7
                    | dash >> 7 & letter >> 8
                    | digit >> 7 & (letter >> 8 | dash >> 8 & letter >> 9)));
    let medicare = number
        & letter >> 1
        & digit >> 3
        & (letter >> 4 & digit >> 6 & pair >> 7 | dash >> 4 & letter >> 5 & digit >> 7);
    each(Site::Fraction, dot & after_digit & four >> 1 & own);
    let phones = if tables.wants(NUMBER) { parts & !time } else { 0 };
    let numbers = parts & !time | begins & (lettered | pairs | six_letters | license) | counted | medicare;
    for bit in Bits(numbers) {
        let place = place_of(bit);
        let Some(begin) = text.get(place) else { continue };
        let shape = Shape::at(text, place, masks, bit);
        if phones >> bit & 1 == 1 && shape.may_be_phone(*begin, text.get(place + 1).copied().unwrap_or(0)) {
            sink(NUMBER, place);
        } else if shape.may_be_one_of(*begin, &tables.numbers) {
            sink(ID, place);
        }
    }
}

/// Whether the level of a line begins at a place, as most capitals behind a number do: behind the time.
#[inline(always)]
fn is_level(text: &[u8], place: usize) -> bool {
    let head = text.get(place..).and_then(|rest| rest.first_chunk::<4>());
    head.is_some_and(|head| matches!(head, b"INFO" | b"WARN" | b"ERRO" | b"DEBU" | b"TRAC" | b"FATA"))
}

/// Which second letters names of months have behind each first one, both by their low five bits.
static MONTHS: [u32; 32] = behind_in_months(0);

const fn behind_in_months(place: usize) -> [u32; 32] {
    let (names, mut months, mut at) = (birth::MONTHS.as_bytes(), [0; 32], 1);
    while at + place + 1 < names.len() {
        if names[at - 1] == b' ' && names[at] != b' ' {
            months[(names[at + place] & 31) as usize] |= 1 << (names[at + place + 1] & 31);
        }
        at += 1;
    }
    months
}

/// Which letters stand behind each second one in them.
static IN_MONTHS: [u32; 32] = behind_in_months(1);

/// Whether the name of a month may begin with three small letters: most words behind a number have others.
#[inline(always)]
fn begins_month([first, second, third]: [u8; 3]) -> bool {
    let [first, second, third] = [first, second, third].map(|byte| usize::from(byte & 31));
    (MONTHS[first] >> second) & (IN_MONTHS[second] >> third) & 1 == 1
}

/// Where the dates of times begin, `dddd-dd-dd` and two digits and no third behind a letter or space. `two` is where two digits are.
#[inline(always)]
const fn date_of_time(masks: &Common, two: u64) -> u64 {
    let [digit, alnum, dash, _, space, ..] = *masks;
    let hour = (alnum | space) >> 10 & two >> 11 & !(digit >> 13);
    two & two >> 2 & dash >> 4 & two >> 5 & dash >> 7 & two >> 8 & hour
}

/// How a number begins, told mostly from the masks: most candidates are none of those that a recognizer knows.
struct Shape {
    /// How many digits or letters it begins with, and the byte behind them.
    first: usize,
    behind: u8,
    /// How many digits stand behind that, if it divides, and whether all of them are seen.
    second: usize,
    seen: bool,
    /// Whether more digits may follow.
    goes_on: bool,
}

impl Shape {
    #[inline]
    fn at(text: &[u8], place: usize, masks: &Common, bit: usize) -> Self {
        let [digit, alnum, dash, dot, space, slash, ..] = *masks;
        let at = |mask: u64, bit: usize| mask.checked_shr(bit as u32).unwrap_or(0);
        let row = |mask: u64, bit: usize| (!at(mask, bit)).trailing_zeros() as usize;
        let has = |mask: u64, bit: usize| at(mask, bit) & 1 == 1;
        let first = row(if has(digit, bit) { digit } else { alnum & !digit }, bit);
        let divided = space | dash | dot | slash;
        let from = bit + first + usize::from(has(divided, bit + first));
        let second = row(digit, from);
        let end = from + second;
        let seen = end < 63;
        Self {
            first,
            behind: text.get(place + first).copied().unwrap_or(0),
            second,
            seen,
            goes_on: !seen || has(divided, end) && has(digit, end + 1),
        }
    }

    /// Whether telephone numbers of a national plan, or what other detectors than rows of numbers know, may begin so: eight digits and no letter behind them, in groups of two to four
    /// unless they begin with a zero.
    fn may_be_phone(&self, begin: u8, next: u8) -> bool {
        // Those of Italian mobiles begin with a three that no status of HTTP does, and go on in one.
        let whole = begin == b'0' || begin == b'3' && next > b'1' && self.first == 3;
        // Five digits have the second groups of Brazil, and both of India.
        let five = self.first == 2 && self.goes_on || self.first == 5 && self.second == 5 && begin > b'5';
        let group = |length: usize| length >= 2 && (whole || length <= 4 || five && length == 5);
        // A postal code of Brazil, behind which an address ends.
        if self.first == 5 && self.second == 3 && self.behind == b'-' {
            return true;
        }
        if self.first >= 8 {
            return self.first < 15 && !self.behind.is_ascii_alphabetic();
        }
        // What comes behind `00` and a country: `0031 6 57471126`.
        let abroad = begin == b'0' && next == b'0' && self.first == 4 && self.second == 1;
        abroad
            || group(self.first)
                && (group(self.second) || !self.seen)
                && (self.goes_on || self.first + self.second >= 8)
    }

    /// Whether a number may begin so that goes on as `numbers` says for each beginning. `begin` is its first byte.
    fn may_be_one_of(&self, begin: u8, numbers: &[u16; ids::BEGINNINGS]) -> bool {
        let seconds = numbers.get(ids::beginning(begin, self.first, self.behind)).copied().unwrap_or(0);
        if self.seen { seconds >> self.second.min(ids::MOST) & 1 == 1 } else { seconds != 0 }
    }
}

/// The text up to the end of the word one byte before a place; a quote behind it is left out.
#[inline]
fn word_head(text: &[u8], place: usize) -> &[u8] {
    match place.checked_sub(1).and_then(|end| text.get(..end)).unwrap_or(&[]) {
        [head @ .., b'"' | b'\''] => head,
        head => head,
    }
}

/// The last three letters of a text that ends in a word, in lower case.
#[inline]
fn ending_of_word(head: &[u8]) -> u32 {
    head.last_chunk().map_or(0, |tail| alone(folded(three(*tail))))
}

/// The last three letters of the word one byte before a place.
#[inline]
fn word_ending(text: &[u8], place: usize) -> u32 {
    ending_of_word(word_head(text, place))
}

/// How the word ends one byte before a place: its last three letters, and its last eight as [`key_tail`] gives them.
pub(super) fn word_before(text: &[u8], place: usize) -> (u32, u64) {
    (word_ending(text, place), key_tail::<8>(text, place.saturating_sub(1)))
}

/// The last three letters of the key before an `=` or `:`, in lower case; quotes and the like between are left out.
pub(super) fn key_ending(text: &[u8], operator: usize) -> u32 {
    ending_of(key_bytes(text, operator))
}

/// The last bytes before an operator, without quotes and the like: at least four, the last one highest.
#[inline]
fn key_bytes(text: &[u8], operator: usize) -> u64 {
    let Some(head) = text.get(..operator) else { return 0 };
    let mut tail = match head.last_chunk() {
        Some(tail) => u64::from_le_bytes(*tail),
        None => head.iter().fold(0, |tail, byte| tail >> 8 | u64::from(*byte) << 56),
    };
    for _ in 0..KEY_GAP {
        if !between_key_and_operator((tail >> 56) as u8) {
            break;
        }
        tail <<= 8;
    }
    tail
}

#[inline]
const fn ending_of(tail: u64) -> u32 {
    // What divides a short last word from the one before it is left out: `device_id`.
    let last = match (tail >> 40) as u8 {
        b'_' | b'-' | b'.' | b' ' => tail >> 48 << 8 | tail >> 32 & 0xff,
        _ => tail >> 40,
    };
    alone(folded(last as u32))
}

/// The last letters of the key before an operator, eight or the `MOST` that are asked for, in lower case and without what divides
/// them, the last one highest.
#[inline]
pub(super) fn key_tail<const MOST: usize>(text: &[u8], operator: usize) -> u64 {
    let head = text.get(..operator).unwrap_or(&[]);
    let gap = head.iter().rev().take(KEY_GAP).take_while(|byte| between_key_and_operator(**byte)).count();
    let (mut tail, mut shift) = (0, 64);
    for byte in head.iter().rev().skip(gap).take(12) {
        if byte.is_ascii_alphanumeric() || !byte.is_ascii() {
            shift -= 8;
            tail |= u64::from(byte.to_ascii_lowercase()) << shift;
            if shift == 64 - 8 * MOST {
                break;
            }
        } else if !matches!(byte, b'_' | b'-' | b'.' | b' ') {
            break;
        }
    }
    tail
}

/// How many bytes may stand between a key and its `=` or `:`.
pub(super) const KEY_GAP: usize = 4;

/// What may stand between a key and its `=` or `:`: quotes, escapes, a space, the colon of `:=`, what else stands before an
/// equals sign (`+=`, `?=`), brackets (`password[] =`), the dash of an arrow.
#[inline]
pub(super) const fn between_key_and_operator(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b'`' | b':' | b'[' | b']' | b')' | b'-' | b'+' | b'?')
}

/// The set bits of a mask, lowest first.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let place = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(place)
    }
}
