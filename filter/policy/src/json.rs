//! Reads JSON (RFC 8259, strictly) into the located tree: what hosts read.
//!
//! Keeps what a general reader loses: the line of everything, numbers as they were written, and repeated keys, which are
//! refused. Bounded in size and depth; never panics.

use crate::error::printable;
use crate::node::{Form, Key, Kind, MAX_BYTES, MAX_DEPTH, Node, Place, Scalar};
use crate::read::Fault;

/// Reads one JSON document. Repeated keys are reported all together, a broken text at its first fault.
pub(crate) fn parse(text: &str) -> Result<Node, Vec<Fault>> {
    if text.len() > MAX_BYTES {
        return Err(vec![Fault::too_large()]);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { text, at: 0, seen: 0, place: Place { line: 1, column: 1 }, faults: Vec::new() };
    match reader.document() {
        Ok(root) if reader.faults.is_empty() => Ok(root),
        Ok(_) => Err(reader.faults),
        Err(fault) => {
            reader.faults.push(fault);
            Err(reader.faults)
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Byte offset of what is read next.
    at: usize,
    /// Byte offset up to which `place` has counted, so that counting is linear in all.
    seen: usize,
    place: Place,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Node, Fault> {
        self.blank();
        let root = self.value(0)?;
        self.blank();
        if self.peek().is_some() { Err(self.broken("text after the end of the document")) } else { Ok(root) }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        let at = self.here();
        let kind = match self.peek() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => return Err(Fault::too_deep(at)),
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::Scalar(Scalar { text: self.string()?, form: Form::Quoted }),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true")?,
            Some(b'f') => self.word("false")?,
            Some(b'n') => self.word("null")?,
            Some(_) => return Err(self.broken("expected a value")),
            None => return Err(self.broken("the text ends where a value should stand")),
        };
        Ok(Node { at, kind })
    }

    fn object(&mut self, depth: usize) -> Result<Kind, Fault> {
        self.at += 1;
        let mut members: Vec<(Key, Node)> = Vec::new();
        let mut names = std::collections::BTreeSet::new();
        self.blank();
        if self.take(b'}') {
            return Ok(Kind::Map(members));
        }
        loop {
            self.blank();
            let at = self.here();
            if self.peek() != Some(b'"') {
                return Err(self.broken("expected a name in double quotes"));
            }
            let text = self.string()?;
            self.blank();
            if !self.take(b':') {
                return Err(self.broken("expected `:`"));
            }
            self.blank();
            let node = self.value(depth + 1)?;
            if names.insert(text.clone()) {
                members.push((Key { at, text }, node));
            } else {
                self.faults.push(Fault::repeated(at, &text));
            }
            self.blank();
            if self.take(b'}') {
                return Ok(Kind::Map(members));
            }
            if !self.take(b',') {
                return Err(self.broken("expected `,` or `}`"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Kind, Fault> {
        self.at += 1;
        let mut items = Vec::new();
        self.blank();
        if self.take(b']') {
            return Ok(Kind::List(items));
        }
        loop {
            self.blank();
            items.push(self.value(depth + 1)?);
            self.blank();
            if self.take(b']') {
                return Ok(Kind::List(items));
            }
            if !self.take(b',') {
                return Err(self.broken("expected `,` or `]`"));
            }
        }
    }

    fn word(&mut self, word: &str) -> Result<Kind, Fault> {
        if !self.rest().starts_with(word) {
            return Err(self.broken("expected a value"));
        }
        self.at += word.len();
        Ok(Kind::Scalar(Scalar { text: word.into(), form: Form::Literal }))
    }

    fn number(&mut self) -> Result<Kind, Fault> {
        let start = self.at;
        self.take(b'-');
        let whole = self.digits();
        let leading_zero = whole > 1 && self.text.as_bytes().get(self.at - whole) == Some(&b'0');
        if whole == 0 || leading_zero {
            return Err(self.broken("not a JSON number"));
        }
        if self.take(b'.') && self.digits() == 0 {
            return Err(self.broken("not a JSON number"));
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            if self.digits() == 0 {
                return Err(self.broken("not a JSON number"));
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default().to_owned();
        Ok(Kind::Scalar(Scalar { text, form: Form::Literal }))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    /// A string, with the reader on its opening quote.
    fn string(&mut self) -> Result<String, Fault> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let plain =
                rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len());
            out.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                Some(_) => return Err(self.broken("a control character inside a string")),
                None => return Err(self.broken("the text ends inside a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let letter = self.peek();
        let c = match letter {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.broken("unknown escape in a string")),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode(&mut self) -> Result<char, Fault> {
        let first = self.hex4()?;
        let code = match first {
            0xd800..=0xdbff => {
                if !(self.take(b'\\') && self.take(b'u')) {
                    return Err(self.broken("half of a surrogate pair in a string"));
                }
                match self.hex4()? {
                    second @ 0xdc00..=0xdfff => 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                    _ => return Err(self.broken("half of a surrogate pair in a string")),
                }
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.broken("half of a surrogate pair in a string"))
    }

    fn hex4(&mut self) -> Result<u32, Fault> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).unwrap_or_default();
        let mut code = 0;
        for digit in digits {
            let Some(value) = char::from(*digit).to_digit(16) else {
                return Err(self.broken("four hexadecimal digits must follow `\\u`"));
            };
            code = code * 16 + value;
        }
        if digits.len() < 4 {
            return Err(self.broken("four hexadecimal digits must follow `\\u`"));
        }
        self.at += 4;
        Ok(code)
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The place of what is read next.
    fn here(&mut self) -> Place {
        for c in self.text.get(self.seen..self.at).unwrap_or_default().chars() {
            if c == '\n' {
                self.place = Place { line: self.place.line + 1, column: 1 };
            } else {
                self.place.column += 1;
            }
        }
        self.seen = self.at;
        self.place
    }

    fn broken(&mut self, what: &str) -> Fault {
        let found = match self.rest().chars().next() {
            Some(c) if c.is_ascii_graphic() => format!(" at {}", printable(c.encode_utf8(&mut [0; 4]))),
            _ => String::new(),
        };
        Fault { place: self.here(), what: format!("not JSON: {what}{found}"), hint: String::new() }
    }
}
