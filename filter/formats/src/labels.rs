//! Reads labels in one text as Prometheus and Loki write them: `{job="shop", path="/a\\"b"}`, texts with the escapes of Go.

/// Reads one list of labels.
#[derive(Debug)]
pub(crate) struct LabelReader<'a> {
    pub(crate) text: &'a str,
    /// Offset of the next byte.
    pub(crate) at: usize,
}

/// Where one label stands in its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LabelAt<'a> {
    pub(crate) name: &'a str,
    /// Where the name begins.
    pub(crate) start: usize,
    /// Where the opening quote stands.
    pub(crate) value_at: usize,
    /// Offset behind the closing quote.
    pub(crate) end: usize,
}

impl<'a> LabelReader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Takes a byte behind white space, if it is this one.
    pub(crate) fn takes(&mut self, byte: u8) -> bool {
        self.blank();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// Whether nothing but white space is left.
    pub(crate) fn ends(&mut self) -> bool {
        self.blank();
        self.at == self.text.len()
    }

    /// Takes one label, and writes its text to `value`.
    pub(crate) fn label(&mut self, value: &mut String) -> Option<LabelAt<'a>> {
        self.blank();
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte)) {
            self.at += 1;
        }
        let name = self.text.get(start..self.at).filter(|name| !name.is_empty())?;
        if !self.takes(b'=') {
            return None;
        }
        self.blank();
        let value_at = self.at;
        self.quoted(value)?;
        Some(LabelAt { name, start, value_at, end: self.at })
    }

    /// Takes a text in quotes: `"` with escapes, or backquotes without.
    fn quoted(&mut self, value: &mut String) -> Option<()> {
        value.clear();
        let mark = self.peek()?;
        self.at += 1;
        let rest = self.text.get(self.at..)?;
        match mark {
            b'`' => {
                let end = memchr::memchr(b'`', rest.as_bytes())?;
                value.push_str(rest.get(..end)?);
                self.at += end + 1;
                return Some(());
            }
            b'"' => {}
            _ => return None,
        }
        // Escapes of bytes may make up one character together.
        let mut bytes = std::mem::take(value).into_bytes();
        loop {
            let rest = self.text.get(self.at..)?;
            let end = memchr::memchr3(b'"', b'\\', b'\n', rest.as_bytes())?;
            bytes.extend_from_slice(rest.get(..end)?.as_bytes());
            self.at += end;
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    *value = String::from_utf8(bytes).ok()?;
                    return Some(());
                }
                b'\\' => self.escape(&mut bytes)?,
                _ => return None,
            }
        }
    }

    /// Takes an escape of Go's interpreted string literals.
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        let kind = *self.text.as_bytes().get(self.at + 1)?;
        self.at += 2;
        bytes.push(match kind {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'\\' | b'"' | b'\'' => kind,
            b'x' => u8::try_from(self.number(2, 16)?).ok()?,
            b'0'..=b'7' => {
                self.at -= 1;
                u8::try_from(self.number(3, 8)?).ok()?
            }
            b'u' | b'U' => {
                let character = char::from_u32(self.number(if kind == b'u' { 4 } else { 8 }, 16)?)?;
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Some(());
            }
            _ => return None,
        });
        Some(())
    }

    fn number(&mut self, digits: usize, radix: u32) -> Option<u32> {
        let text = self.text.get(self.at..self.at + digits)?;
        self.at += digits;
        text.chars()
            .try_fold(0_u32, |number, digit| number.checked_mul(radix)?.checked_add(digit.to_digit(radix)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(String, String)>> {
        let mut reader = LabelReader { text, at: 0 };
        let (mut labels, mut value) = (Vec::new(), String::new());
        if !reader.takes(b'{') {
            return None;
        }
        while !reader.takes(b'}') {
            let label = reader.label(&mut value)?;
            labels.push((label.name.to_owned(), value.clone()));
            if !reader.takes(b',') && reader.peek() != Some(b'}') {
                return None;
            }
        }
        reader.ends().then_some(labels)
    }

    /// Scenario: labels as clients write them, with each escape of Go, and texts that only resemble them.
    /// Guarantees: read as Go reads them; the others not at all.
    #[test]
    fn labels_are_read_as_go_reads_them() {
        let all = read(r#" { a = "x" ,b_c="\"\\\n\t\r\a\b\f\v\'", d="\x41\101\u00e9\U0001d11e\xc3\xa9", e=`\n"`, f="", }"#).unwrap();
        let texts: Vec<_> = all.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["x", "\"\\\n\t\r\x07\x08\x0c\x0b'", "AAé𝄞é", "\\n\"", ""]);
        assert_eq!(read("{}"), Some(Vec::new()));
        for odd in [
            "",
            "{",
            "}",
            "{a}",
            "{a=}",
            "{a=\"}",
            "{a=\"b\"",
            "{a=\"b\"}x",
            "{=\"b\"}",
            "{a=\"b\" c=\"d\"}",
            "{,}",
            "{a='b'}",
            r#"{a="\q"}"#,
            r#"{a="\xff"}"#,
            r#"{a="\777"}"#,
            r#"{a="\ud800"}"#,
            r#"{a="\x4"}"#,
            "{a=\"\n\"}",
            "{\"a\"=\"b\"}",
            "{a=\"b\"}{}",
            "{a=`b}",
            r#"{a="\u00é"}"#,
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
