//! How people read a text: without the colors that a terminal shows it in, and with the blanks, colons, digits and quotes that other keyboards
//! write (full-width forms, no-break spaces, curly quotes) as those of ASCII; a list of pairs, and what PHP
//! keeps, as what it stands for, a name and its value each; quotes in a cell as what they are written twice for; marks as what
//! stands for them by their numbers.
//!
//! Detectors are shown what it reads as; what they find is told in the places of the text itself. Most texts read as they stand and
//! cost one look at each byte. Leaves to others: escapes that a structure around the text demands.

use super::Finding;
use super::block::Look;
use core::ops::Range;

/// What a text reads as, if that is not how it stands. Reused between texts.
#[derive(Debug, Default)]
pub(super) struct Reading {
    text: String,
    /// What reads in another way than it stands, in order.
    read: Vec<Read>,
}

/// A stretch of a text and of what it reads as.
#[derive(Debug)]
struct Read {
    start: usize,
    length: usize,
    as_start: usize,
    as_length: usize,
}

impl Reading {
    /// Of no text yet.
    pub(super) const fn new() -> Self {
        Self { text: String::new(), read: Vec::new() }
    }

    /// What a text reads as, none if that is how it stands. Only of texts that by a [`look`] may.
    pub(super) fn of(&mut self, text: &str) -> Option<&str> {
        let bytes = text.as_bytes();
        if bytes.is_ascii() && !Self::differs(bytes) {
            return None;
        }
        let first = (0..bytes.len())
            .find(|at| unlike(bytes, *at).is_some() || bytes.get(*at..).is_some_and(is_doubled))?;
        self.read(text, first);
        Some(&self.text)
    }

    /// Whether ASCII may read in another way: colors stand in it, or pairs in a list.
    #[inline(never)] // of texts with brackets or escapes
    fn differs(text: &[u8]) -> bool {
        memchr::memchr2_iter(ESCAPE, b'\\', text).any(|at| is_styled(text, at))
            || memchr::memchr3_iter(b'[', b'(', b'{', text).any(|at| opens_list(text, at))
    }

    #[inline(never)] // of few texts
    fn read(&mut self, text: &str, first: usize) {
        let bytes = text.as_bytes();
        let (mut at, mut kept) = (first, 0);
        let doubled =
            bytes.windows(4).any(|cell| matches!(cell, [b'{' | b'[', rest @ ..] if is_doubled(rest)));
        self.text.clear();
        self.read.clear();
        while at < bytes.len() {
            let unlike = match bytes.get(at..at + 2) {
                Some(b"\"\"") if doubled => Some((2, As(b'"', 0))),
                _ => unlike(bytes, at),
            };
            let Some((length, reads)) = unlike else {
                at += 1;
                continue;
            };
            // What escapes an escape belongs to it.
            let escaped = bytes.get(kept..at).unwrap_or(&[]).iter().rev().take_while(|byte| **byte == b'\\');
            let start = at - if bytes.get(at) == Some(&b'\\') { escaped.count() } else { 0 };
            self.text.push_str(text.get(kept..start).unwrap_or(""));
            let as_start = self.text.len();
            self.text.extend(reads.bytes().map(char::from));
            at += length;
            kept = at;
            self.read.push(Read { start, length: at - start, as_start, as_length: reads.bytes().count() });
        }
        self.text.push_str(text.get(kept..).unwrap_or(""));
    }

    /// Where a stretch of what was read stands in the text: all of what reads as any of it, without what reads as nothing at its ends.
    pub(super) fn place(&self, stretch: Range<usize>) -> Range<usize> {
        let place = |at: usize| {
            let next = self.read.partition_point(|read| read.as_start <= at);
            let Some(read) = next.checked_sub(1).and_then(|last| self.read.get(last)) else {
                return at..at + 1;
            };
            let (end, inside) = (read.start + read.length, at - read.as_start);
            match inside.checked_sub(read.as_length) {
                Some(behind) => end + behind..end + behind + 1,
                None => read.start..end,
            }
        };
        let start = place(stretch.start).start;
        if stretch.is_empty() { start..start } else { start..place(stretch.end - 1).end }
    }

    /// The same of what was found in it.
    pub(super) fn move_back(&self, findings: &mut [Finding]) {
        for finding in findings {
            Range { start: finding.start, end: finding.end } = self.place(finding.start..finding.end);
        }
    }
}

/// Looks at a text: whether it may read in another way than it stands, among others. Nearly all do not, and are over with one look at each byte.
#[inline]
pub(super) fn look(text: &[u8]) -> Look {
    Look::at(text, |at| opens_list(text, at))
}

/// Whether pairs of a list, a name in doubled quotes, what programs print or a choice of values begin with the bracket at a place.
#[inline]
fn opens_list(text: &[u8], at: usize) -> bool {
    let inside = text.get(at + 1..).unwrap_or(&[]);
    is_doubled(inside) || opens_at(text, at) || is_pair(inside) || is_choice(text, at)
}

/// What terminals are told by.
const ESCAPE: u8 = 0x1b;

/// What a character reads as: one of ASCII with a blank around it, or nothing.
#[derive(Debug, Clone, Copy)]
struct As(u8, u8);

impl As {
    const NOTHING: Self = Self(0, 0);

    fn bytes(self) -> impl Iterator<Item = u8> + Clone {
        [self.0, self.1].into_iter().filter(|byte| *byte != 0)
    }
}

/// Whether what is read in another way begins at a place of a text by which nothing else asks for it: what a terminal is told, raw or as
/// an escape, or what PHP keeps.
#[inline]
pub(super) fn opens_at(text: &[u8], at: usize) -> bool {
    is_styled(text, at)
        || match text.get(at..) {
            Some([b'{', b's', b':', b'0'..=b'9', ..]) => true,
            Some([b'{', b':', letter, ..]) => letter.is_ascii_alphabetic(),
            Some([b'[', b'1', b']', b' ', b'"' | b'0'..=b'9', ..]) => printed(text, at - at.min(1)).is_some(),
            _ => false,
        }
}

#[inline]
fn is_styled(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or(&[]);
    matches!(rest.first(), Some(&ESCAPE | b'\\')) && (style(rest).is_some() || escaped(rest).is_some())
}

/// The mark that an escape by its number stands for (RFC 8259, section 7; nginx, `log_format`), and a quote that was escaped for HTML
/// behind its backslash. A quote stays an escaped one: it is one in a text in quotes.
#[inline(never)] // of few texts
fn escaped(text: &[u8]) -> Option<(usize, As)> {
    const BY_NUMBER: &[u8] = b"\"'\\@=&";
    let digit = |byte: &u8| (*byte as char).to_digit(16);
    let (length, high, low) = match text {
        [b'\\', b'u' | b'U', b'0', b'0', high, low, ..] => (6, high, low),
        [b'\\', b'x', high, low, ..] => (4, high, low),
        _ => return text.starts_with(b"\\&quot;").then_some((7, As(b'\\', b'"'))),
    };
    let mark = (digit(high)? * 16 + digit(low)?) as u8;
    let known = if length == 6 { mark.is_ascii_punctuation() } else { BY_NUMBER.contains(&mark) };
    known.then_some((length, if mark == b'"' { As(b'\\', b'"') } else { As(mark, 0) }))
}

/// How long what is that a text begins with and tells a terminal (ECMA-48, section 5.4).
#[inline(never)]
fn style(text: &[u8]) -> Option<usize> {
    const ESCAPED: [&[u8]; 6] = [b"\\u001b[", b"\\u001B[", b"\\x1b[", b"\\x1B[", b"\\033[", b"\\e["];
    const LONGEST: usize = 24;
    let open = match text {
        [ESCAPE, b'[', ..] => 2,
        [ESCAPE, b'(', b'B', ..] => return Some(3),
        [ESCAPE, ..] => return None,
        _ => ESCAPED.iter().find(|escaped| text.starts_with(escaped))?.len(),
    };
    let rest = text.get(open..)?;
    let last = rest.iter().take(LONGEST).position(|byte| !matches!(byte, b' '..=b'?'))?;
    rest.get(last).is_some_and(|byte| matches!(byte, b'@'..=b'~')).then_some(open + last + 1)
}

/// Whether a text begins with a name in quotes that are written twice, as JSON is in a cell of a table: `"{""password"":""…""}"`.
fn is_doubled(text: &[u8]) -> bool {
    matches!(text, [b'"', b'"', letter, ..] if letter.is_ascii_alphabetic() || *letter == b'_')
}

/// How long what is at a place of a text that reads in another way than it stands, and how.
#[inline]
fn unlike(text: &[u8], at: usize) -> Option<(usize, As)> {
    match text.get(at)? {
        b',' | b'>' => pair(text, at),
        b';' => serialized(text, at),
        b' ' => match text.get(at + 1)? {
            b'"' => keyword(text, at),
            b'I' | b'i' => choice(text, at),
            _ => told_of(text, at),
        },
        b'\n' if text.get(at + 1) == Some(&b'[') => printed(text, at),
        &ESCAPE | b'\\' => {
            let rest = text.get(at..)?;
            style(rest).map(|length| (length, As::NOTHING)).or_else(|| escaped(rest))
        }
        // `n° 7`, `nº 7`
        0xc2 if at > 0
            && text.get(at - 1).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'n'))
            && matches!(text.get(at + 1..), Some([0xb0 | 0xba, b' ', ..])) =>
        {
            Some((2, As(b'o', 0)))
        }
        0xe2..=0xec if let Some(verb) = copula(text, at) => Some(verb),
        0xc2 | 0xe2 | 0xe3 | 0xef => character(text.get(at..)?),
        _ => None,
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// What stands around strings: quotes, what escapes them or says what they hold.
fn is_mark(byte: &&u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'\\' | b'<' | b'b' | b'u')
}

/// Whether a text begins with a bracket, a name and a comma, as the first pair of a list does.
fn is_pair(text: &[u8]) -> bool {
    let [b'[' | b'(' | b'{', rest @ ..] = text else { return false };
    let marks = rest.iter().take(4).take_while(is_mark).count();
    let name = rest.iter().skip(marks).take(48).take_while(|byte| is_name(**byte)).count();
    let end = rest.iter().skip(marks + name).take(4).position(|byte| *byte == b',');
    name > 0 && end.is_some()
}

/// What divides a name from its value in one of several pairs: `[["password","…"],["user","x"]]`, `[{password,<<"…">>}]`, `{{"password", "…"}}`.
fn pair(text: &[u8], at: usize) -> Option<(usize, As)> {
    const LONGEST_NAME: usize = 48;
    const LONGEST: usize = 256;
    let is_open = |byte: Option<&u8>| matches!(byte, Some(b'[' | b'(' | b'{'));
    let (mark, behind) = match text.get(at..)? {
        [b'>', b'>', b',', ..] => (3, at + 3),
        [b',', b' ', ..] => (2, at + 2),
        [b',', ..] => (1, at + 1),
        _ => return None,
    };
    let named = |byte: &&u8| is_name(**byte) || **byte == b':';
    let back = |to: usize, most: usize, belongs: &dyn Fn(&&u8) -> bool| {
        let head = text.get(..to).unwrap_or(&[]);
        to - head.iter().rev().take(most).take_while(belongs).count()
    };
    let name_end = back(at, 4, &|byte| is_mark(byte) && !named(byte));
    let name = back(name_end, LONGEST_NAME, &named);
    let open = back(name, 5, &is_mark);
    let outer = back(open.checked_sub(1)?, 2, &|byte| matches!(byte, b' ' | b'\n'));
    let listed = outer.checked_sub(1).and_then(|outer| text.get(outer));
    if name == name_end
        || name_end == at && (open < name || text.get(open - 1) != Some(&b'{'))
        || !is_open(text.get(open - 1))
        || !(is_open(listed) || listed == Some(&b','))
    {
        return None;
    }
    // The value stands in quotes, and nothing behind it.
    let rest = text.get(behind..)?;
    let marks = rest.iter().take(5).take_while(is_mark).count();
    let quote = rest.get(marks.checked_sub(1)?).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let value = rest.get(marks..)?;
    let end = value.iter().take(LONGEST).position(|byte| byte == quote)?;
    let close = value.get(end + 1..)?;
    let close = close.strip_prefix(b">>").unwrap_or(close);
    let binary = usize::from(rest.starts_with(b"<<")) * 2;
    matches!(close, [b']' | b')' | b'}', ..]).then_some((mark + binary, As(b':', b' ')))
}

/// What divides a name from its value in what PHP keeps of a map or an object: `a:1:{s:8:"password";s:10:"…";}`.
fn serialized(text: &[u8], at: usize) -> Option<(usize, As)> {
    const FAR: usize = 1024;
    const LONGEST_NAME: usize = 48;
    let digits = |text: &[u8]| text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let unquoted = |text| {
        let text = <[u8]>::strip_suffix(text, b"\"")?;
        let escapes = text.iter().rev().take_while(|byte| **byte == b'\\').count();
        text.get(..text.len() - escapes)
    };
    let name = unquoted(text.get(..at)?)?;
    let length = name.iter().rev().take(LONGEST_NAME).take_while(|byte| is_name(**byte)).count();
    let typed = unquoted(name.get(..name.len() - length)?)?.strip_suffix(b":")?;
    let before = typed.get(..typed.len() - digits(typed))?.strip_suffix(b"s:")?;
    // Names and values take turns, from where an array begins or one inside it ends.
    let items = before.get(before.len().saturating_sub(FAR)..)?;
    let first = items.windows(2).rposition(|pair| matches!(pair, b":{" | b";}" | b"}}"))? + 2;
    let turns = items.get(first..)?.iter().filter(|byte| **byte == b';').count();
    let value = text.get(at + 1..)?;
    let kind = match value {
        [b's', b':', rest @ ..] => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (rest.get(digits) == Some(&b':')).then_some(digits + 3)?
        }
        [b'i' | b'd', b':', ..] => 2,
        _ => return None,
    };
    (length > 0 && turns % 2 == 0).then_some((1 + kind, As(b':', b' ')))
}

/// The blank between a keyword of Clojure and its string: `{:id 7, :card-pin "…"}`.
fn keyword(text: &[u8], at: usize) -> Option<(usize, As)> {
    const LONGEST_NAME: usize = 48;
    let head = text.get(..at).filter(|_| text.get(at + 1) == Some(&b'"'))?;
    let part = |byte: &&u8| is_name(**byte) || !byte.is_ascii();
    let name = head.iter().rev().take(LONGEST_NAME).take_while(part).count();
    let before = head.get(..head.len() - name)?;
    let open = matches!(before, [.., b'{' | b' ' | b',' | b'(' | b'\\', b':']) && name > 0;
    open.then_some((1, As(b'=', 0)))
}

/// Whether values to choose from begin in SQL at a bracket: `WHERE pin IN ('…')`.
fn is_choice(text: &[u8], at: usize) -> bool {
    text.get(at + 1) == Some(&b'\'') && at.checked_sub(4).is_some_and(|from| choice(text, from).is_some())
}

/// What stands between a column and what it may be: `WHERE pin IN ('…', '…')`. The bracket belongs to it, if it is one value alone.
fn choice(text: &[u8], at: usize) -> Option<(usize, As)> {
    const LONGEST: usize = 256;
    let (word, value) = text.get(at..)?.split_at_checked(6)?;
    let quoted = word.get(..4)?.eq_ignore_ascii_case(b" in ") && word.ends_with(b"('");
    let end = value.iter().take(LONGEST).position(|byte| *byte == b'\'').filter(|_| quoted)?;
    Some((4 + usize::from(value.get(end + 1) == Some(&b')')), As(b'=', 0)))
}

/// What R prints between the name of an element and its value: `$api_key`, a line break, `[1] "…"`.
fn printed(text: &[u8], at: usize) -> Option<(usize, As)> {
    const LONGEST_NAME: usize = 48;
    let head = text.get(..at).filter(|_| text.get(at..).is_some_and(|rest| rest.starts_with(b"\n[1] ")))?;
    let name = head.iter().rev().take(LONGEST_NAME).take_while(|byte| is_name(**byte)).count();
    let told = name > 0 && head.get(..head.len() - name)?.ends_with(b"$");
    told.then_some((5, As(b'=', 0)))
}

/// Words for secrets, as they end before what says that they are something, or of what they are.
const SECRETS: &[&str] = &[
    "码",
    "碼",
    "口令",
    "令牌",
    "密钥",
    "密鑰",
    "秘钥",
    "ワード",
    "トークン",
    "キー",
    "証番号",
    "비밀번호",
    "암호",
    "토큰",
    "비밀키",
    "인증키",
    "пароль",
    "Пароль",
    "токен",
    "Токен",
    "ключ",
    "hasło",
    "Hasło",
    "heslo",
    "Heslo",
    "şifresi",
    "Şifresi",
    "contraseña",
    "Contraseña",
    "senha",
    "Senha",
    "lösenord",
    "lösenordet",
    "Lösenord",
    "Lösenordet",
    "passe",
    "κωδικός",
    "jelszó",
    "geslo",
    "lozinka",
    "password",
    "Password",
    "Passwort",
    "Kennwort",
];

/// Whether a text ends in one of them.
#[inline(never)] // of few texts outside ASCII
fn ends_in_secret(text: &[u8]) -> bool {
    SECRETS.iter().any(|word| text.ends_with(word.as_bytes()))
}

/// What says behind a word for secrets that it is what follows: `密码是x`, `パスワードは x`, `비밀번호는 x`, `пароль — x`.
#[inline(never)]
fn copula(text: &[u8], at: usize) -> Option<(usize, As)> {
    const VERBS: [&str; 9] = ["是", "为", "為", "は", "는", "은", "가", "—", "–"];
    let rest = text.get(at..)?;
    let verb = VERBS.iter().find(|verb| rest.starts_with(verb.as_bytes()))?;
    let head = text.get(..at)?;
    let head = head.strip_suffix(b" ").unwrap_or(head);
    let value = rest.get(verb.len()..)?;
    let marks = ["「", "『", "“", "\"", "'", "`", " "].into_iter();
    let value = marks.fold(value, |value, mark| value.strip_prefix(mark.as_bytes()).unwrap_or(value));
    (ends_in_secret(head) && is_odd(value)).then_some((verb.len(), As(b':', b' ')))
}

/// What stands between a word for secrets and its colon, and says whose it is: `пароль от базы: x`, `hasło do serwera: x`. It reads as
/// nothing before what no sentence goes on with.
#[inline(never)]
fn told_of(text: &[u8], at: usize) -> Option<(usize, As)> {
    const FAR: usize = 64;
    const OF: [&str; 24] = [
        " от ", " для ", " к ", " до ", " на ", " за ", " від ", " do ", " od ", " dla ", " k ", " ke ",
        " pro ", " za ", " pre ", " till ", " för ", " til ", " de ", " del ", " para ", " pour ", " für ",
        " zum ",
    ];
    let rest = text.get(at..)?;
    // With nothing but a blank between, what was drawn or chosen with marks: `токен x отклонён`.
    if rest.get(1).is_some_and(u8::is_ascii_graphic)
        && is_drawn(rest.get(1..)?)
        && ends_in_secret(text.get(..at)?)
    {
        return Some((1, As(b':', b' ')));
    }
    if !OF.iter().any(|of| rest.starts_with(of.as_bytes())) || !ends_in_secret(text.get(..at)?) {
        return None;
    }
    let word = |byte: &&u8| !byte.is_ascii() || byte.is_ascii_alphanumeric() || b" -_.@/".contains(byte);
    let length = rest.iter().take(FAR).take_while(word).count();
    let value = rest.get(length..)?.strip_prefix(b": ")?;
    is_odd(value).then_some((length, As::NOTHING))
}

/// Whether a text begins with a word that is no name of anything: letters of both cases and digits, or with marks, or long.
fn is_drawn(text: &[u8]) -> bool {
    let end =
        text.iter().take(64).position(|byte| !(b'!'..=b'~').contains(byte) || matches!(byte, b',' | b'"'));
    let value = text.get(..end.unwrap_or(text.len().min(64))).unwrap_or(&[]);
    let count = |belongs: fn(&u8) -> bool| value.iter().filter(|byte| belongs(byte)).count();
    let (digits, upper, lower) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let marked = value.iter().any(|byte| b"!#$%^&*+?".contains(byte)) && upper + lower > 3 && digits > 0;
    let plain = value.iter().all(|byte| byte.is_ascii_graphic() && !b"(){}[]<>:;=".contains(byte));
    value.len() >= 8
        && plain
        && (digits > 0 && upper > 0 && lower > 0 || marked || value.len() >= 20 && digits > 3)
}

/// Whether a text begins with what no sentence goes on with: letters of ASCII with others between, or a code.
fn is_odd(text: &[u8]) -> bool {
    const LONGEST: usize = 64;
    let ends = |byte: &u8| !(b'!'..=b'~').contains(byte) || matches!(byte, b',' | b'"');
    let end = text.iter().take(LONGEST).position(ends).unwrap_or(text.len().min(LONGEST));
    let value = text.get(..end).unwrap_or(&[]);
    let has = |belongs: fn(&u8) -> bool| value.iter().any(belongs);
    let cased = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && value.len() >= 8;
    value.len() >= 6 && has(u8::is_ascii_alphabetic) && (cased || has(|byte| !byte.is_ascii_alphabetic()))
        || (4..=8).contains(&value.len()) && value.iter().all(u8::is_ascii_digit)
}

/// Blanks, marks, letters and digits outside ASCII that are written for those of ASCII.
#[inline(never)]
fn character(text: &[u8]) -> Option<(usize, As)> {
    let reads = match text {
        [0xc2, 0xa0, ..] => return Some((2, As(b' ', 0))),
        // Those of no width divide words, too.
        [0xe2, 0x80, 0x80..=0x8b | 0xaf, ..] | [0xe3, 0x80, 0x80, ..] | [0xef, 0xbb, 0xbf, ..] => As(b' ', 0),
        [0xe2, 0x80, 0x90 | 0x91, ..] => As(b'-', 0),
        [0xe2, 0x80, 0x9c..=0x9f, ..] | [0xe3, 0x80, 0x8c..=0x8f, ..] => As(b'"', 0),
        [0xe3, 0x80, 0x81, ..] => As(b',', b' '),
        [0xe3, 0x80, 0x82, ..] => As(b'.', b' '),
        // `！` to `＿`, and the rest of those. Behind what ends a part of a sentence stands a blank.
        [0xef, 0xbc, last @ 0x81..=0xbf, ..] => match last - 0x60 {
            mark @ (b':' | b',' | b';' | b'!' | b'?' | b')') => As(mark, b' '),
            b'(' => As(b' ', b'('),
            letter => As(letter, 0),
        },
        [0xef, 0xbd, last @ 0x80..=0x9e, ..] => As(last - 0x20, 0),
        _ => return None,
    };
    Some((3, reads))
}

#[cfg(test)]
mod tests {
    use super::super::{FieldContext, Hits, Scanner, Selection};

    /// Scenario: keys and values with colors between, raw and escaped once or twice; full-width colons, digits and quotes; blanks that
    /// break no line.
    /// Guarantees: what stands there is found as if it were plain, without the colors beside it, and every such text is looked at.
    #[test]
    fn texts_are_read_as_people_read_them() {
        let scanner = Scanner::new(&Selection::All, Vec::new()).unwrap();
        let mut hits = Hits::new();
        for example in [
            "\x1b[36mpassword\x1b[0m=\x1b[33m«hunter2abc»\x1b[0m ok",
            "\x1b[32m\"password\"\x1b[39m: \x1b[33m\"«hunter2abc»\"\x1b[39m",
            "\x1b[36mclient\x1b[0m \x1b[38;5;208m«203.0.113.9»\x1b(B\x1b[m, \x1b[1;36memail=\x1b[0m«ann@example.org»\x1b[K",
            r"\u001b[36mpassword\u001b[0m=\u001b[33m«hunter2abc»\u001b[0m",
            r"\\x1b[36mpassword\\x1b[0m: \\x1b[33m«hunter2abc»\\x1b[0m",
            r"\033[36mphone\033[0m=\033[33m«0170 4711890»\033[0m",
            r"{\x22password\x22:\x22«hunter2abc»\x22,\x22a\x22:\x22\x22} req={\u0022password\u0022:\u0022«Hunter2abc»\u0022,\u0022email\u0022:\u0022«ann@example.org»\u0022}",
            r"to «ann\u0040example.org», q=a\u0026password=«hunter2abc»\u0026b=c",
            r#"<a b="msg=&quot;{\&quot;password\&quot;:\&quot;«hunter2abc»\&quot;}&quot; n=1">"#,
            "password：«hunter2abc»，user：ann",
            "密码：「«hunter2abc»」。电话：«13812345678»",
            "ｐａｓｓｗｏｒｄ＝«ｈｕｎｔｅｒ２ａｂｃ»",
            "mot de passe\u{202f}: «hunter2abc», Passwort:\u{a0}«hunter2abc», IBAN\u{a0}: «FR76\u{a0}3000\u{a0}6000\u{a0}0112\u{a0}3456\u{a0}7890\u{a0}189»",
            "\u{200b}password: «hunter2abc», password: “«hunter 2abc»”",
            r#"[["password","«hunter2abc»"],["user","x"]]"#,
            r#"a:2:{s:4:"type";s:8:"password";s:5:"token";s:18:"«k3X9qW0r7MzT2a8Hv5»";}"#,
            r#"O:8:\"App\\User\":3:{s:8:\"password\";s:10:\"«hunter2abc»\";s:1:\"a\";i:7;s:5:\"email\";s:15:\"«ann@example.org»\";}"#,
            r#"12,"{""password"":""«hunter2abc»"",""a"":"""",""phone"": ""«0170 4711890»""}",ok"#,
            r#"{\"headers\":[[\"x-api-key\", \"«k3X9qW0r7MzT2a8Hv5»\"]]}"#,
            "{{\"password\", \"«hunter2abc»\"}, {\"user\", \"x\"}} [(b'password', b'«hunter2abc»')]",
            "数据库密码是«Falcon2007»，请尽快修改。パスワードは「«hunter2abc»」です。비밀번호는 «hunter2abc» 입니다",
            "Пароль от базы: «hunter2abc», пользователь ann; пароль — «hunter2abc»; Hasło do serwera: «hunter2abc»",
            "пароль «Hunter2abc» отклонён, логин ann, 使用密码 «Hunter2abc» 登录失败；비밀번호 «Hunter2abc» 오류",
            "[{password,<<\"«hunter2abc»\">>},{<<\"email\">>, <<\"«ann@example.org»\">>}]",
            "[[\"first_name\",\"«Anna»\"],[\"dob\",\"«1985-03-12»\"]]",
            "{:id 7, :card-pin \"«4113»\", :dob \"«1985-03-12»\", :title \"4113\"} $api_key\n[1] \"«k3X9qW0r7MzT2a8Hv5»\"",
            "DELETE FROM x WHERE pin IN ('«4113»') AND gaid in ('«2a0c6402-c03b-45c6-9621-c8943b14e6b4»') AND level IN ('4113')",
            r#"[["password","[credential]"],["password","string"],["user","password"]] [["password","token","x1y2z3a4"]] ["password","hunter2abc"]"#,
            "\x1b[36mpassword\x1b[0m=\x1b[33m[credential]\x1b[0m \x1b[31mERROR\x1b[0m password authentication failed",
            "пароль web-03 отклонён, токен обновлён, 密码 web-03-prod-2 错误，密码是空，密码为空，パスワードは必須です，パスワードは8文字以上です，비밀번호는 8자 이상，пароль — обязательное поле,비밀번호는 필수 입니다, пароль от базы: неверный; пароль для входа: ошибка12",
            r"\x16\x03\x40\x22\x01 \u00e9t\u00e9 a\u0040b \x2 \u00",
            "password：必填，密码：不能为空, Passwort:\u{a0}erforderlich \x1b\x1b[ \x1b[12 \\u001b \\x1b[",
        ] {
            let text = example.replace(['«', '»'], "");
            let values = example.split('«').skip(1).map(|part| part.split('»').next().unwrap());
            scanner.find(&text, FieldContext::default(), &mut hits);
            let found: Vec<&str> = hits.iter().map(|hit| &text[hit.start..hit.end]).collect();
            assert_eq!(found, values.collect::<Vec<_>>(), "{example}");
            // What is no JSON and has no operator is looked at only where something else asks for it.
            let listed = text.contains(['[', '{']) && text.is_ascii() && !text.contains(['\x1b', '\\']);
            assert!(listed || found.is_empty() || !scanner.passes_over(text.as_bytes()), "{example}");
            let told = scanner.explain(&text, FieldContext::default());
            for hit in hits.iter() {
                assert!(told.iter().any(|told| (told.start, told.end) == (hit.start, hit.end)), "{example}");
            }
        }
    }

    /// Scenario: a text of nothing but colors.
    /// Guarantees: one that nothing is found in is looked at because of them.
    #[test]
    fn colored_texts_are_never_passed_over() {
        let scanner = Scanner::new(&Selection::All, Vec::new()).unwrap();
        for before in 0..100 {
            let text = format!("{}\x1b[33mx", " ".repeat(before));
            assert!(!scanner.passes_over(text.as_bytes()), "{before}");
            let mut marked = false;
            scanner.sift(format!("{text}\0").as_bytes(), |_| marked = true);
            assert!(marked, "{before}");
        }
    }
}
