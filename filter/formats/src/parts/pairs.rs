//! Pairs of a name and a value: key=value and logfmt, forms, cookies, baggage, options of commands, loose maps.
//!
//! A pair in a form, a cookie or baggage is a field named `form/NAME`, `cookie/NAME`, `baggage/NAME`; any other pair is
//! a member of the text's own field, as in a log body that is a map. What nothing but the whole rules is scanned with
//! the whole, which sees the name before it.

use super::{Coding, Named, Walk};
use crate::field::is_label;
use crate::{Part, Ruling, words};

/// Longest name of a pair.
const NAME: usize = 64;

/// Attributes of a `set-cookie` header, which are no cookies.
const COOKIE_ATTRIBUTES: &[&str] =
    &["path", "domain", "expires", "max-age", "samesite", "priority", "version", "comment"];

impl Walk<'_, '_> {
    /// Walks the pair whose `=` is at `equals`, and gives the place to go on.
    pub(super) fn pair(&mut self, equals: usize) -> usize {
        let next = equals + 1;
        let name =
            self.run_back(equals, NAME + 1, |byte| byte.is_ascii_alphanumeric() || b"_.-[]".contains(&byte));
        let name = self.run(name, equals, |byte| matches!(byte, b'-' | b'.' | b'['));
        let Some(key) = self.text.get(name..equals) else { return next };
        if !key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') || key.len() > NAME {
            return next;
        }
        // What stands in brackets of its own is a label, not a name.
        if key.ends_with(']') && !key.contains('[') {
            return next;
        }
        if let Some(end) = self.cookies(name, equals).or_else(|| self.form(name, next)) {
            return end;
        }
        // A quoted value of HTML has blanks, and its name is read with it.
        if super::coding::reference(self.bytes.get(next..).unwrap_or_default()).is_some() {
            return self.references(next);
        }
        // Cookies behind an equals sign: the next one is the first of theirs.
        let named = key.len().checked_sub(6).and_then(|at| key.get(at..));
        if named.is_some_and(|tail| tail.eq_ignore_ascii_case("cookie")) {
            let first = self.name_end(next);
            if first > next && self.byte(first) == b'=' {
                return next;
            }
        }
        // A shell's working directory is no password.
        if matches!(key, "PWD" | "OLDPWD") {
            return next;
        }
        self.valued(key, next)
    }

    /// Walks the value at `from` of a pair, and gives the place to go on: behind it, or in it, if it is ruled as the whole
    /// and reads as it stands.
    fn valued(&mut self, key: &str, from: usize) -> usize {
        let ruling = self.rule_member(key);
        let is_alike = self.visitor.is_alike(ruling, self.within);
        // What only the whole rules is scanned with the whole, wrapper and all.
        let string = if is_alike { from } else { self.wrapped(from) };
        let quote = self.byte(string);
        if matches!(quote, b'"' | b'\'' | b'`') {
            let end = self.quoted_end(string + 1, quote);
            return if self.member(ruling, string + 1, end, Coding::Quoted) { end + 1 } else { string + 1 };
        }
        if is_alike {
            // Looked at no further than needed: names may follow each other without end.
            let end = self.run(from, self.bytes.len(), super::encoded::is_base64);
            let is_base64 = super::encoded::may_be_base64(self.bytes.get(from..end).unwrap_or_default());
            return if is_base64 && self.base64(from, end) { end } else { from };
        }
        let mut end = self.unquoted_end(from);
        // A call goes as far as what it is given: its name alone would be no value.
        let quote = self.byte(end);
        if end > from && self.byte(end - 1) == b'(' && matches!(quote, b'"' | b'\'') {
            end = self.quoted_end(end + 1, quote);
            // Where the line ends first, there is none of them.
            end += usize::from(self.byte(end) == quote);
            end += usize::from(self.byte(end) == b')');
        } else if end > from && !self.is_all(end) {
            end = self.visitor.extent(self.text, from..end);
            // What goes on without a blank would be read with what stands for the value. No further than needed, as above.
            if self.byte(end).is_ascii_alphanumeric() {
                end = self.run(end, end + 4 * NAME, words::goes_on);
            }
        }
        let coding = match self.bytes.get(from..end) {
            Some(value) if value.contains(&b'%') => Coding::Cookie,
            _ => Coding::Raw,
        };
        if self.member(ruling, from, end, coding) { end } else { from }
    }

    /// Where the string begins that is all of a value but for what it is wrapped in: the letter of a kind of string (`b'…'`), a type
    /// (`Some("…")`, `SecretStr('…')`), the bracket of a tuple. Functions are no types: they make a value of what they are given.
    fn wrapped(&self, from: usize) -> usize {
        let quote = |at: usize| matches!(self.byte(at), b'"' | b'\'');
        let letters = self.run(from, from + 2, |byte| b"bBrRuUfF".contains(&byte));
        if quote(letters) {
            return letters;
        }
        let word = self.run(from, from + NAME, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.')
        });
        let kind = self.bytes.get(from..word).unwrap_or_default();
        let kind = kind.rsplit(|byte| matches!(byte, b':' | b'.')).next().unwrap_or_default();
        let is_type = kind.first().is_none_or(u8::is_ascii_uppercase);
        if is_type && self.byte(word) == b'(' && quote(word + 1) { word + 1 } else { from }
    }

    /// Shows a member, unless it is ruled as the whole and reads as it stands. Tells whether it was shown.
    fn member(&mut self, ruling: Ruling, from: usize, to: usize, coding: Coding) -> bool {
        let Some(value) = self.text.get(from..to).filter(|value| !is_blank(value)) else { return false };
        if self.visitor.spares(ruling, value) {
            return false;
        }
        if self.visitor.is_alike(ruling, self.within) {
            if super::encoded::may_be_base64(value.as_bytes()) {
                return self.base64(from, to);
            }
            if coding != Coding::Quoted || !value.contains('\\') && !super::sql::begins_sql(value) {
                return false;
            }
        }
        self.show_ruled(ruling, from, to, coding);
        true
    }

    /// Walks a form: at least two pairs with `&` between them, and no blank.
    fn form(&mut self, name: usize, value: usize) -> Option<usize> {
        // What was found to be no form is not gone through again from each of its pairs.
        if value < self.no_form_before {
            return None;
        }
        let end = self.run(value, self.bytes.len(), |byte| {
            byte > b' '
                && !matches!(
                    byte,
                    b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`' | b'|' | b'{' | b'}' | b'(' | b')'
                )
        });
        let text = self.bytes.get(value..end)?;
        let is_form = text.split(|byte| *byte == b'&').skip(1).all(|pair| pair.contains(&b'='));
        // A label is what an earlier hop wrote that saw no form; in a form it would have been another word.
        let labels = |pair: &[u8]| {
            let value = pair.rsplit(|byte| *byte == b'=').next().unwrap_or_default();
            value.starts_with(b"[") && core::str::from_utf8(value).is_ok_and(is_label)
        };
        if !is_form
            || text.split(|byte| *byte == b'&').any(labels)
            || !text.contains(&b'&')
            || text.starts_with(b"=")
        {
            self.no_form_before = end;
            return None;
        }
        let part = if name > 0 && self.byte(name - 1) == b'?' { Part::Query } else { Part::Form };
        self.parameters(name, end, part);
        self.region(name, end, Coding::Url);
        Some(end)
    }

    /// Walks cookies, if the pair is the first one behind the name of their header.
    fn cookies(&mut self, name: usize, equals: usize) -> Option<usize> {
        let before = self.bytes.get(..name)?.trim_ascii_end();
        let before = before.strip_suffix(b"\"").unwrap_or(before).trim_ascii_end();
        let before = before.strip_suffix(b":").or_else(|| before.strip_suffix(b"="))?.trim_ascii_end();
        let before = before.strip_suffix(b"\"").unwrap_or(before);
        let ends = |word: &[u8]| {
            before
                .len()
                .checked_sub(word.len())
                .is_some_and(|at| before.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(word)))
        };
        if !ends(b"cookie") {
            return None;
        }
        let sets = ends(b"set-cookie") || ends(b"set_cookie");
        let end = self.run(equals, self.bytes.len(), |byte| {
            byte >= b' ' && !matches!(byte, b'"' | b'\'' | b'\\' | b'`' | b'<' | b'>')
        });
        self.list(name, end, b';', Part::Cookie, sets);
        Some(end)
    }

    /// Walks pairs between separators. Only the first of a `set-cookie` header is a cookie; its attributes stay.
    pub(super) fn list(&mut self, from: usize, to: usize, separator: u8, part: Part, sets: bool) {
        let mut at = from;
        while at < to {
            let start = self.run(at, to, |byte| byte == b' ');
            let end = self.run(start, to, |byte| byte != separator);
            // Properties of a baggage member follow its value.
            let stop = if part == Part::Baggage { self.run(start, end, |byte| byte != b';') } else { end };
            let equals = self.run(start, stop, |byte| byte != b'=');
            if let Some(name) = self.text.get(start..equals).map(str::trim_end)
                && equals < stop
                && !(sets && COOKIE_ATTRIBUTES.iter().any(|known| name.eq_ignore_ascii_case(known)))
            {
                let text = self.bytes.get(equals + 1..stop).unwrap_or_default();
                let last = stop - text.iter().rev().take_while(|byte| **byte == b' ').count();
                // What an earlier hop left of a value that ended before a blank.
                let labelled = self.text.get(equals + 1..last).and_then(|value| value.split_once(' '));
                if labelled.is_some_and(|(value, _)| is_label(value)) {
                    at = end + 1;
                    continue;
                }
                self.show(Named::Part(part, name), equals + 1, last, Coding::Cookie);
            }
            at = end + 1;
        }
    }

    /// Walks a command line: options with their values, and whatever else shows itself.
    pub(super) fn command(&mut self) {
        let end = self.bytes.len();
        let mut at = 0;
        let mut option: Option<(usize, usize)> = None;
        while at < end && !self.overflows {
            // A value in a word before may reach over this one.
            let start = self.run(at.max(self.at), end, |byte| byte.is_ascii_whitespace());
            let quote = self.byte(start);
            let (from, to) = if matches!(quote, b'"' | b'\'') {
                (start + 1, self.quoted_end(start + 1, quote))
            } else {
                (start, self.run(start, end, |byte| !byte.is_ascii_whitespace()))
            };
            let word = self.text.get(from..to).unwrap_or_default();
            self.at = self.at.max(start);
            if let Some((name, to_name)) = option.take()
                && !word.starts_with('-')
                && let Some(name) = self.text.get(name..to_name)
                && self.option(name, from, to, quote != self.byte(from))
            {
                self.at = to;
            } else if let Some(name) = word.strip_prefix('-') {
                let name = name.strip_prefix('-').unwrap_or(name);
                if !name.is_empty() && !name.contains('=') {
                    option = Some((to - name.len(), to));
                } else {
                    self.up_to(to);
                }
            } else {
                self.up_to(to);
            }
            at = to.max(start) + 1;
        }
    }

    /// Shows the value of an option that stands behind it. Tells whether that is done with.
    fn option(&mut self, name: &str, from: usize, to: usize, quoted: bool) -> bool {
        let coding = if quoted { Coding::Quoted } else { Coding::Raw };
        let name = match name {
            // What these letters mean to nearly every client of a database or server.
            "p" | "P" => "password",
            "u" if self.text.get(from..to).is_some_and(|value| value.contains(':')) => "password",
            name => name,
        };
        let digits = self.bytes.get(from..to).is_some_and(|value| value.iter().all(u8::is_ascii_digit));
        if digits && name == "password" {
            return false;
        }
        let ruling = self.rule_member(name);
        self.member(ruling, from, to, coding)
    }

    /// Walks what looks like a map and is no JSON: another language's, or cut off. Gives the place behind it.
    pub(super) fn loose(&mut self, start: usize) -> usize {
        let mut at = start + 1;
        let mut depth = 1;
        while depth > 0 && !self.overflows {
            at = self.run(at, self.bytes.len(), |byte| !matches!(byte, b'"' | b'\'' | b'{' | b'}'));
            let quote = self.byte(at);
            match quote {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'"' | b'\'' => {
                    let end = self.run(at + 1, at + 1 + NAME, |byte| byte != quote && byte > 0x1f);
                    let colon = self.run(end + 1, end + 4, |byte| byte == b' ');
                    if self.byte(end) == quote && self.byte(colon) == b':' {
                        self.up_to(at);
                        let value = self.run(colon + 1, colon + 8, |byte| byte.is_ascii_whitespace());
                        // A value before this name may reach over it.
                        if self.at > value {
                            at = self.at;
                            continue;
                        }
                        self.at = value;
                        let key = self.text.get(at + 1..end).unwrap_or_default();
                        at = if matches!(self.byte(value), b'{' | b'[') {
                            value
                        } else {
                            let next = self.valued(key, value);
                            self.at = self.at.max(next);
                            // A string that is ruled with the whole is passed over whole.
                            let inside = self.byte(value);
                            if next == value + 1 && matches!(inside, b'"' | b'\'') {
                                self.quoted_end(next, inside) + 1
                            } else {
                                next.max(value)
                            }
                        };
                        continue;
                    }
                }
                _ => break,
            }
            at += 1;
        }
        self.up_to(at);
        self.at.max(start + 1)
    }

    /// One past the inside of a quoted value: at its closing quote, or where the line ends.
    fn quoted_end(&self, from: usize, quote: u8) -> usize {
        let mut at = from;
        loop {
            at = self.run(at, self.bytes.len(), |byte| byte != quote && byte != b'\\' && byte != b'\n');
            match self.byte(at) {
                b'\\' => at = (at + 2).min(self.bytes.len()),
                _ => return at,
            }
        }
    }

    /// One past the name of a pair that may begin at a place.
    fn name_end(&self, from: usize) -> usize {
        self.run(from, from + NAME, |byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    }

    /// Whether what ends at a place is all of a value: the text ends there, or the line, or another pair follows a blank.
    fn is_all(&self, end: usize) -> bool {
        if end >= self.bytes.len() || matches!(self.byte(end), b'\n' | b'\r') {
            return true;
        }
        let next = end + 1;
        let key = self.name_end(next);
        // What base64 ends in is no operator.
        self.byte(end) == b' '
            && key > next
            && self.byte(key) == b'='
            && !matches!(self.byte(key + 1), 0..=b' ' | b'=')
    }

    /// One past an unquoted value. Separators end it only where something begins behind them that is not the value.
    fn unquoted_end(&self, from: usize) -> usize {
        let mut at = from;
        loop {
            at = self.run(at, self.bytes.len(), words::goes_on);
            let next = self.byte(at + 1);
            let ends = match self.byte(at) {
                b'&' | b',' | b';' | b'|' => {
                    let key = self
                        .run(at + 1, at + 25, |byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
                    key > at + 1 && matches!(self.byte(key), b'=' | b':')
                        || next <= b' '
                        || matches!(next, b'"' | b'\'')
                }
                b')' | b']' | b'}' => !next.is_ascii_alphanumeric(),
                b'\\' => matches!(next, b'n' | b'r' | b't' | b'"' | b'\''),
                _ => true,
            };
            if ends || at >= self.bytes.len() {
                return at.min(self.bytes.len());
            }
            at += 1;
        }
    }
}

/// Whether a value says that there is none, or where it would come from, or is a label.
fn is_blank(value: &str) -> bool {
    const WORDS: &[&str] = &["null", "nil", "none", "true", "false", "undefined", "redacted", "?", "n/a"];
    let marks = |text: &str| text.bytes().all(|byte| b"*.-xX#".contains(&byte));
    match value.as_bytes() {
        [] => true,
        [b'$', b'{' | b'(', inside @ ..]
        | [b'{', inside @ .., b'}']
        | [b'<', inside @ .., b'>']
        | [b'[', inside @ .., b']'] => {
            value.len() <= NAME
                && !inside.iter().any(|byte| matches!(byte, b'"' | b'\'' | b':' | b'=' | b'@' | b','))
        }
        [b'[' | b'{' | b'<', rest @ ..] => {
            rest.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-')
        }
        [b'$' | b'%', rest @ ..] => {
            rest.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_' || *byte == b'%')
                || rest.len() == 1
        }
        _ => value.len() > 2 && marks(value) || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word)),
    }
}
