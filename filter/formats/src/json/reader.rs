//! The tokenizer: RFC 8259 read strictly, one token at a time, without copying.
//!
//! Positions are byte offsets into the payload. Nothing is stored: whoever reads keeps what it wants, and
//! [`Reader::skip`] checks a value that nobody wants to see.

use crate::{FormatError, Value};
use std::ops::Range;

/// Most levels that any reader goes down, whatever [`crate::Limits::depth`] says: reading recurses, and the stack of a
/// wasm module is small.
pub(crate) const DEEPEST: usize = 128;

/// Significant decimal digits that every double keeps; a longer literal is shown as its digits instead.
pub(crate) const FAITHFUL_DIGITS: usize = 17;

/// A string token: the range between its quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quoted {
    /// Offset behind the opening quote.
    pub(crate) start: usize,
    /// Offset of the closing quote.
    pub(crate) end: usize,
    /// Whether any escape stands inside.
    pub(crate) escaped: bool,
}

/// A number token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number {
    /// Offset of the first byte.
    pub(crate) start: usize,
    /// Offset behind the last byte.
    pub(crate) end: usize,
    /// True without fraction and exponent.
    pub(crate) whole: bool,
}

/// Reads one JSON text.
pub(crate) struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    limit: usize,
    base: usize,
    format: &'static str,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `range` of `payload`, which goes down `depth` levels and calls itself `format` in errors.
    pub(crate) fn new(
        payload: &'a [u8],
        range: Range<usize>,
        depth: usize,
        format: &'static str,
    ) -> Result<Self, FormatError> {
        let base = range.start;
        // One pass over everything: afterwards each token is text already, and the pass is far faster than
        // checking token by token.
        let text = core::str::from_utf8(payload.get(range.clone()).unwrap_or_default())
            .map_err(|error| FormatError::Utf8 { format, at: base + error.valid_up_to() })?;
        let bytes = payload.get(..range.end).unwrap_or_default();
        Ok(Self { text, bytes, at: base, depth: 0, limit: depth.min(DEEPEST), base, format })
    }

    /// A reader at `at` of a text, which goes down `depth` levels.
    pub(crate) fn over(text: &'a str, at: usize, depth: usize) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at,
            depth: 0,
            limit: depth.min(DEEPEST),
            base: 0,
            format: "json",
        }
    }

    /// Offset of the next byte.
    #[inline]
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Containers that are open.
    #[inline]
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Goes back (or forward) to a position where `depth` containers were open.
    #[inline]
    pub(crate) fn seek(&mut self, at: usize, depth: usize) {
        self.at = at;
        self.depth = depth;
    }

    /// Passes over white space and returns the byte that begins the next token, without taking it.
    #[inline]
    pub(crate) fn token(&mut self) -> Result<u8, FormatError> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                Some(&byte) => return Ok(byte),
                None => return Err(self.truncated()),
            }
        }
    }

    /// Takes `{` or `[`, which [`Reader::token`] has just seen. False when the container is empty, which is then
    /// closed already.
    #[inline]
    pub(crate) fn open(&mut self, close: u8) -> Result<bool, FormatError> {
        if self.depth >= self.limit {
            return Err(self.too_deep());
        }
        self.at += 1;
        if self.token()? == close {
            self.at += 1;
            return Ok(false);
        }
        self.depth += 1;
        Ok(true)
    }

    /// Takes the comma between two elements (true) or the end of the container (false).
    #[inline]
    pub(crate) fn next(&mut self, close: u8) -> Result<bool, FormatError> {
        let byte = self.token()?;
        if byte == b',' {
            self.at += 1;
            return Ok(true);
        }
        if byte == close {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        Err(self.malformed("neither comma nor end of the container"))
    }

    /// Takes the key of a member with its colon.
    #[inline]
    pub(crate) fn key(&mut self) -> Result<Quoted, FormatError> {
        if self.token()? != b'"' {
            return Err(self.malformed("a member without a quoted key"));
        }
        let key = self.string()?;
        if self.token()? != b':' {
            return Err(self.malformed("no colon behind a key"));
        }
        self.at += 1;
        Ok(key)
    }

    /// Takes a string whose opening quote [`Reader::token`] has just seen.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Quoted, FormatError> {
        let start = self.at + 1;
        let mut escaped = false;
        let mut at = start;
        loop {
            at = plain_end(self.bytes, at);
            match self.bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(Quoted { start, end: at, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    at = self.escape(at)?;
                }
                Some(_) => {
                    self.at = at;
                    return Err(self.malformed("a control character inside a string"));
                }
                None => {
                    self.at = at;
                    return Err(self.truncated());
                }
            }
        }
    }

    /// Takes a string, quotes and all.
    pub(crate) fn string_token(&mut self) -> Result<Quoted, FormatError> {
        match self.token()? {
            b'"' => self.string(),
            _ => Err(self.malformed("not a string")),
        }
    }

    /// Checks the escape at `at` and returns the offset behind it.
    fn escape(&mut self, at: usize) -> Result<usize, FormatError> {
        self.at = at;
        match self.bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => {
                let unit = hex4(self.bytes, at + 2)
                    .ok_or_else(|| self.malformed("an escape without four hex digits"))?;
                match unit {
                    0xD800..=0xDBFF => {
                        let follows = self.bytes.get(at + 6..at + 8) == Some(b"\\u");
                        match hex4(self.bytes, at + 8) {
                            Some(0xDC00..=0xDFFF) if follows => Ok(at + 12),
                            _ => Err(self.malformed("half of a surrogate pair")),
                        }
                    }
                    0xDC00..=0xDFFF => Err(self.malformed("half of a surrogate pair")),
                    _ => Ok(at + 6),
                }
            }
            Some(_) => Err(self.malformed("an unknown escape")),
            None => Err(self.truncated()),
        }
    }

    /// Takes a number whose first byte [`Reader::token`] has just seen.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<Number, FormatError> {
        let start = self.at;
        let mut whole = true;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        match self.bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            Some(_) => return Err(self.malformed("not a value")),
            None => return Err(self.truncated()),
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            whole = false;
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            whole = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Ok(Number { start, end: self.at, whole })
    }

    #[inline]
    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<(), FormatError> {
        match self.bytes.get(self.at) {
            Some(b'0'..=b'9') => {
                self.digits();
                Ok(())
            }
            Some(_) => Err(self.malformed("a number without digits where some must stand")),
            None => Err(self.truncated()),
        }
    }

    /// Takes `true`, `false` or `null`.
    #[inline]
    pub(crate) fn literal(&mut self, word: &'static str) -> Result<(), FormatError> {
        match self.bytes.get(self.at..self.at + word.len()) {
            Some(found) if found == word.as_bytes() => {
                self.at += word.len();
                Ok(())
            }
            Some(_) => Err(self.malformed("not a value")),
            None => Err(self.truncated()),
        }
    }

    /// Takes a whole value and checks its grammar.
    pub(crate) fn skip(&mut self) -> Result<(), FormatError> {
        match self.token()? {
            b'"' => self.string().map(drop),
            b'{' => {
                if self.open(b'}')? {
                    loop {
                        self.key()?;
                        self.skip()?;
                        if !self.next(b'}')? {
                            break;
                        }
                    }
                }
                Ok(())
            }
            b'[' => {
                if self.open(b']')? {
                    loop {
                        self.skip()?;
                        if !self.next(b']')? {
                            break;
                        }
                    }
                }
                Ok(())
            }
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            _ => self.number().map(drop),
        }
    }

    /// Checks that only white space is left.
    pub(crate) fn end(&mut self) -> Result<(), FormatError> {
        match self.token() {
            Err(_) => Ok(()),
            Ok(_) => Err(self.malformed("more than one value")),
        }
    }

    /// The source text of a range that begins and ends at tokens.
    #[inline]
    pub(crate) fn slice(&self, start: usize, end: usize) -> Result<&'a str, FormatError> {
        self.text.get(start - self.base..end - self.base).ok_or_else(|| self.malformed("not a token"))
    }

    /// The text of a string token: its source, or, if it has escapes, `scratch` after unescaping into it.
    #[inline]
    pub(crate) fn plain<'s>(&self, token: Quoted, scratch: &'s mut String) -> Result<&'s str, FormatError>
    where
        'a: 's,
    {
        let source = self.slice(token.start, token.end)?;
        if !token.escaped {
            return Ok(source);
        }
        scratch.clear();
        unescape(source, scratch);
        Ok(scratch)
    }

    /// A number as a visitor is shown it: exactly, else as the digits of the source.
    ///
    /// A literal that a double would round is text, so that nothing in its digits escapes inspection.
    pub(crate) fn number_value(&self, token: Number) -> Result<Value<'a>, FormatError> {
        let source = self.slice(token.start, token.end)?;
        if token.whole {
            return Ok(source.parse().map_or(Value::Text(source), Value::Int));
        }
        match source.parse::<f64>() {
            Ok(number) if number.is_finite() && significant_digits(source) <= FAITHFUL_DIGITS => {
                Ok(Value::Double(number))
            }
            _ => Ok(Value::Text(source)),
        }
    }

    /// The error of broken grammar at the present position.
    #[cold]
    pub(crate) fn malformed(&self, what: &'static str) -> FormatError {
        FormatError::Malformed { format: self.format, what, at: self.at }
    }

    #[cold]
    fn truncated(&self) -> FormatError {
        FormatError::Truncated { format: self.format, at: self.at }
    }

    #[cold]
    fn too_deep(&self) -> FormatError {
        FormatError::Depth { format: self.format, at: self.at, limit: self.limit }
    }
}

/// Digits of a number literal without leading zeros and without its exponent.
pub(crate) fn significant_digits(source: &str) -> usize {
    let mantissa = source.split(['e', 'E']).next().unwrap_or(source);
    mantissa.bytes().filter(u8::is_ascii_digit).skip_while(|&digit| digit == b'0').count()
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Offset of the first quote, backslash or control character from `at` on, or the length.
///
/// Eight bytes at a time in one register (Mycroft's zero-byte test): keys and values are too short for wider vectors to
/// pay. Borrows can mark bytes above a hit falsely, never below, so the lowest mark is right.
#[inline]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        let hits = (quote.wrapping_sub(ONES) & !quote
            | backslash.wrapping_sub(ONES) & !backslash
            | word.wrapping_sub(ONES * 0x20) & !word)
            & HIGHS;
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' || byte == b'\\' || byte < 0x20 {
            break;
        }
        at += 1;
    }
    at
}

/// The UTF-16 unit of four hex digits at `at`.
fn hex4(bytes: &[u8], at: usize) -> Option<u16> {
    let digits: &[u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    digits.iter().try_fold(0_u16, |unit, &digit| {
        let digit = (digit as char).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

/// Appends the text that `source`, the inside of a checked string token, stands for.
pub(crate) fn unescape(source: &str, out: &mut String) {
    let mut rest = source;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        let escape = rest.as_bytes();
        let (character, len) = match escape.get(at + 1) {
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => {
                let first = hex4(escape, at + 2).unwrap_or_default();
                let second = hex4(escape, at + 8).unwrap_or_default();
                if (0xD800..=0xDBFF).contains(&first) {
                    let pair = char::decode_utf16([first, second]).next().and_then(Result::ok);
                    (pair.unwrap_or(char::REPLACEMENT_CHARACTER), 12)
                } else {
                    (char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
                }
            }
            Some(&other) => (other as char, 2),
            None => return,
        };
        out.push(character);
        rest = rest.get(at + len..).unwrap_or_default();
    }
    out.push_str(rest);
}
