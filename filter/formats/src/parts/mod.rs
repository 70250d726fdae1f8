//! Opens text that holds fields: JSON in a string, URLs, forms, pairs.
//!
//! Promises: what the visitor keeps stays byte for byte; what it replaces is written as the place demands, so that
//! the text parses as before; time is linear in the text and nothing recurses here (a visitor that opens a part's
//! own text counts its levels itself); text without parts allocates nothing. What cannot be read as a structure is no
//! structure, and stays text that is scanned like any other. Leaves to others: what a part means.

mod coding;
mod encoded;
mod json;
mod marks;
mod pairs;
mod sql;
mod url;

pub use coding::Coding;
pub use json::{JsonToken, JsonTokens};

use crate::field::is_label;
use crate::{Edit, FieldVisitor, Limits, Name, Part, Ruling, Scratch, Splice, Value, Verdict};
use marks::Mark;

/// What a text is known to be from the name of its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
#[repr(u8)]
pub enum Shape {
    /// Nothing: it is looked for whatever shows itself.
    #[default]
    Text,
    /// A path with parameters, or parameters alone.
    Query,
    /// Cookies as a client sends them.
    Cookie,
    /// A cookie as a server sets it.
    SetCookie,
    /// Baggage of W3C.
    Baggage,
    /// A command with its options.
    Command,
    /// A word of a command: an element of the array of its arguments.
    Argument,
    /// A statement of a database.
    Sql,
    /// A path of a request, in which `/home/x` is no directory.
    Path,
}

impl Shape {
    /// What the key of a field says of its value.
    #[must_use]
    pub fn of(key: &str) -> Self {
        let ends = |words: &[&str]| words.iter().any(|word| key == *word || key.ends_with(word));
        if ends(&["url.query", ".query_string", "query_string"]) {
            Self::Query
        } else if ends(&["set-cookie", "set_cookie"]) {
            Self::SetCookie
        } else if ends(&[".cookie", "cookie"]) {
            Self::Cookie
        } else if ends(&[".baggage", "baggage"]) {
            Self::Baggage
        } else if ends(&["process.command_line", "process.command", ".cmdline"]) {
            Self::Command
        } else if ends(&["command_args", "process.args", ".argv", "argv"]) {
            Self::Argument
        } else if ends(&["db.query.text", "db.statement", ".sql", "sql.query"]) {
            Self::Sql
        } else if ends(&["url.path", "http.target", "http.route", "url.template"]) {
            Self::Path
        } else {
            Self::Text
        }
    }
}

/// A stretch of a text in which findings must be written in a certain way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// How values are written there.
    pub coding: Coding,
}

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// Nothing is to change.
    Kept,
    /// The edits stand in the scratch's splice.
    Edited,
    /// It cannot be treated within the bounds, and must not stay.
    Withheld,
}

/// Whether a text may hold fields. Asked of every text that is scanned, so it costs next to nothing.
#[inline]
#[must_use]
pub fn may_hold(text: &[u8], shape: Shape) -> bool {
    may_begin(text, shape) || marks::any(text)
}

/// Whether [`may_hold`] says so because of how a text begins or what it is known to be. What else makes it say so,
/// [`opens_at`] tells by place.
#[inline(always)] // asked of every value; nearly all are over with one or two look-ups
#[must_use]
pub fn may_begin(text: &[u8], shape: Shape) -> bool {
    let (Shape::Text | Shape::Path) = shape else { return !text.is_empty() && may_begin_so(text, shape) };
    // Shorter texts begin nothing.
    let possible = match (text.first_chunk(), text.first_chunk()) {
        (Some(head), _) => begins_like_one(head),
        (None, Some([first, second, third])) => begins_like_one(&[*first, *second, *third, 0, 0, 0, 0, 0, 0]),
        (None, None) => false,
    };
    possible && may_begin_so(text, shape)
}

#[inline(never)]
fn may_begin_so(text: &[u8], shape: Shape) -> bool {
    begins_json(text)
        || !matches!(shape, Shape::Text | Shape::Path)
        || encoded::may_be_base64(text)
        || text.first_chunk().is_some_and(|[first, second, third]| {
            STATEMENTS.contains(&&[first | 0x20, second | 0x20, third | 0x20])
                && first.is_ascii_uppercase() == second.is_ascii_uppercase()
                && core::str::from_utf8(text).is_ok_and(sql::begins_sql)
        })
}

/// Whether a structure may begin at a place of a text: asked of the bytes `=`, `?`, `{`, `%`, `&`, `\\`, of a `:` before a blank and a
/// letter, and of a `/` that stands behind a colon or five or six bytes before another, it tells all that [`may_hold`] sees but beginnings. Texts may stand one behind the other
/// with a zero byte after each.
#[inline]
#[must_use]
pub fn opens_at(texts: &[u8], at: usize) -> bool {
    marks::mark_at(texts, at).is_some()
}

/// Whether a text that begins with a bracket or quote may be JSON. Braces are looked for everywhere.
fn begins_json(text: &[u8]) -> bool {
    match text {
        [b'"', b'{' | b'[', .., b'"'] => true,
        [b'[', rest @ .., b']'] => rest
            .iter()
            .take(8)
            .find(|byte| !byte.is_ascii_whitespace())
            .is_some_and(|first| matches!(first, b'"' | b'{' | b'[')),
        _ => false,
    }
}

/// Whether a text of no known shape that begins with these bytes may be one of those of which [`may_begin`] says so. What stands behind
/// the end of a shorter text does not make it say no.
///
/// Words begin in all ways, so each question is answered in full: a branch for each letter would be guessed wrong.
#[inline(always)]
pub(crate) fn begins_like_one([first, second, third, _, fifth, _, _, _, ninth]: &[u8; 9]) -> bool {
    let begins = FIRSTS[usize::from(*first)];
    let whole = begins & SECONDS[usize::from(second & 31)] & THIRDS[usize::from(third & 31)];
    let group = begins & FIRSTS[usize::from(*fifth)] & FIRSTS[usize::from(*ninth)];
    (whole | group & GROUP) != 0
}

/// First three letters of statements.
const STATEMENTS: [&[u8; 3]; 11] =
    [b"sel", b"ins", b"upd", b"del", b"wit", b"mer", b"rep", b"cre", b"alt", b"dro", b"exp"];

/// Bit of what begins JSON by its first byte alone, next to a bit for each statement.
const JSON: u16 = 1 << STATEMENTS.len();
/// Bit of a group of base64 of ASCII.
const GROUP: u16 = JSON << 1;

/// What each byte may be the first of.
const FIRSTS: [u16; 256] = {
    let mut firsts = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut at = 0;
        while at < STATEMENTS.len() {
            if STATEMENTS[at][0] == byte as u8 | 0x20 {
                firsts[byte] |= 1 << at;
            }
            at += 1;
        }
        if matches!(byte as u8, b'[' | b'"') {
            firsts[byte] |= JSON;
        }
        if encoded::BEGINS_GROUP[byte] {
            firsts[byte] |= GROUP;
        }
        byte += 1;
    }
    firsts
};

/// What each byte may be the second of, by its low five bits: in letters the others say the case.
const SECONDS: [u16; 32] = behind(1);
/// What each byte may be the third of.
const THIRDS: [u16; 32] = behind(2);

const fn behind(place: usize) -> [u16; 32] {
    let mut bytes = [JSON; 32];
    let mut at = 0;
    while at < STATEMENTS.len() {
        bytes[STATEMENTS[at][place] as usize & 31] |= 1 << at;
        at += 1;
    }
    bytes
}

/// Walks a text of the field `holder`, which has been ruled `within`, and shows its parts.
///
/// Edits stand in `scratch.splice`, which is cleared first. [`regions`] tells afterwards where the structures lie.
pub fn walk(
    text: &str,
    shape: Shape,
    holder: Name<'_>,
    within: Ruling,
    limits: &Limits,
    visitor: &mut dyn FieldVisitor,
    scratch: &mut Scratch,
) -> Opened {
    scratch.splice.clear();
    scratch.regions.clear();
    let mut walk = Walk {
        text,
        bytes: text.as_bytes(),
        at: 0,
        no_json_before: 0,
        no_form_before: 0,
        no_map_before: 0,
        overflows: false,
        in_statement: false,
        shape,
        holder,
        within,
        limits,
        visitor,
        scratch,
    };
    let end = text.len();
    match shape {
        Shape::Query => walk.query(),
        Shape::Cookie => walk.list(0, end, b';', Part::Cookie, false),
        Shape::SetCookie => walk.list(0, end, b';', Part::Cookie, true),
        Shape::Baggage => walk.list(0, end, b',', Part::Baggage, false),
        Shape::Command => walk.command(),
        Shape::Sql => walk.statement(),
        Shape::Text | Shape::Argument | Shape::Path => walk.anything(),
    }
    if walk.overflows || scratch.splice.output_len(end) > limits.output {
        Opened::Withheld
    } else if scratch.splice.is_empty() {
        Opened::Kept
    } else {
        Opened::Edited
    }
}

/// Writes the edited text to `output` and moves the regions to where they are in it. Gives false when the result is no
/// text, which would be a defect.
pub fn finish(text: &str, scratch: &mut Scratch, output: &mut String) -> bool {
    let mut bytes = std::mem::take(output).into_bytes();
    scratch.splice.apply(text.as_bytes(), &mut bytes);
    let splice: &Splice = &scratch.splice;
    let mut moved = splice.moved();
    for region in &mut scratch.regions {
        (region.start, region.end) = (moved.to(region.start), moved.to(region.end));
    }
    match String::from_utf8(bytes) {
        Ok(text) => {
            *output = text;
            true
        }
        Err(_) => false,
    }
}

/// Where the structures of the text that was last walked lie, in order.
#[must_use]
pub fn regions(scratch: &Scratch) -> &[Region] {
    &scratch.regions
}

/// What a part is called.
#[derive(Debug, Clone, Copy)]
enum Named<'k> {
    /// A part with a selector of its own.
    Part(Part, &'k str),
    /// Nothing: it stands under the ruling of what holds it.
    Nothing,
}

/// One walk under way.
struct Walk<'t, 'w> {
    text: &'t str,
    bytes: &'t [u8],
    /// What was walked already.
    at: usize,
    no_json_before: usize,
    no_form_before: usize,
    no_map_before: usize,
    /// It cannot be treated within the bounds.
    overflows: bool,
    in_statement: bool,
    shape: Shape,
    holder: Name<'w>,
    within: Ruling,
    limits: &'w Limits,
    visitor: &'w mut dyn FieldVisitor,
    scratch: &'w mut Scratch,
}

impl Walk<'_, '_> {
    /// Walks whatever shows itself.
    fn anything(&mut self) {
        if self.shape == Shape::Text && sql::begins_sql(self.text) {
            self.sql(0);
            return;
        }
        if begins_json(self.bytes) {
            self.at = self.json(0);
        } else if encoded::may_be_base64(self.bytes) && self.base64(0, self.bytes.len()) {
            return;
        }
        self.up_to(self.bytes.len());
    }

    /// Walks whatever shows itself from where the walk is to `to`.
    fn up_to(&mut self, to: usize) {
        let text = self.bytes.get(..to).unwrap_or(self.bytes);
        while let Some((at, mark)) = marks::next(text, self.at) {
            let end = match mark {
                // A comparison is no pair.
                Mark::Pair | Mark::Padding | Mark::Json | Mark::Query | Mark::Statement
                    if self.in_statement =>
                {
                    at + 1
                }
                Mark::Url => self.url(at),
                Mark::Query => self.request_target(at),
                Mark::Json => match self.json(at) {
                    end if end > at + 1 => end,
                    _ if at < self.no_map_before => at + 1,
                    _ => {
                        self.at = at + 1;
                        // Maps inside this one are gone through with it.
                        self.no_map_before = usize::MAX;
                        let end = self.loose(at);
                        self.no_map_before = end;
                        end
                    }
                },
                Mark::Pair => self.pair(at),
                Mark::Padding => self.padded(at),
                Mark::Percent => self.percent_word(at),
                Mark::Reference => self.references(at),
                Mark::Home if self.shape == Shape::Path => at + 1,
                Mark::Home => self.home(at),
                Mark::Statement => self.told(at),
            };
            self.at = self.at.max(end).max(at + 1);
            if self.overflows {
                return;
            }
        }
        self.at = self.at.max(to);
    }

    /// Walks parameters, with or without a path before them.
    fn query(&mut self) {
        let (text, end) = (self.bytes, self.bytes.len());
        match text {
            [b'/', ..] => self.target(0, end),
            [b'?', ..] => self.target(0, end),
            _ if self.text.contains("://") => self.anything(),
            _ => {
                self.parameters(0, end, Part::Query);
                self.region(0, end, Coding::Url);
            }
        }
    }

    /// Shows the part in `from..to` to the visitor and records what becomes of it.
    fn show(&mut self, named: Named<'_>, from: usize, to: usize, coding: Coding) {
        if from >= to {
            return;
        }
        let ruling = match named {
            Named::Nothing => self.within,
            Named::Part(part, key) => {
                // Nobody writes a line for a longer name; what stands under it is scanned.
                let name = Name { level: self.holder.level, part, path: key, member_at: 0, key_at: 0 };
                match key.len() <= self.limits.path {
                    true => self.visitor.rule(name, Some(self.within)),
                    false => self.within,
                }
            }
        };
        self.show_ruled(ruling, from, to, coding);
    }

    /// Rules on a member of the text's own field.
    fn rule_member(&mut self, key: &str) -> Ruling {
        let path = &mut self.scratch.path;
        path.clear();
        path.push_str(self.holder.path);
        path.push('.');
        let member_at = path.len();
        path.push_str(key);
        if path.len() > self.limits.path {
            return self.within;
        }
        let name =
            Name { level: self.holder.level, part: self.holder.part, path, member_at, key_at: member_at };
        self.visitor.rule(name, Some(self.within))
    }

    /// Shows a part that has been ruled.
    fn show_ruled(&mut self, ruling: Ruling, from: usize, to: usize, coding: Coding) {
        let Some(source) = self.text.get(from..to).filter(|source| !source.is_empty() && !is_label(source))
        else {
            return;
        };
        match ruling.verdict {
            Verdict::Keep => {}
            Verdict::Drop => self.blank(ruling, from, to, coding),
            Verdict::Look => {
                let Scratch { text, plain, bytes, .. } = &mut *self.scratch;
                let value = coding.decode(source, bytes, plain);
                // As it stands, and under the ruling of the whole, it is scanned with the whole.
                let same = value.len() == source.len() && value == source;
                if same && !may_hold_inside(value) && self.visitor.is_alike(ruling, self.within) {
                    self.region(from, to, coding);
                    return;
                }
                text.clear();
                let edit = self.visitor.value(ruling, Value::Text(value), text);
                // What a treatment leaves as it is was treated by an earlier hop, and is not scanned with the whole.
                if edit == Edit::Keep && !self.visitor.scans(ruling) {
                    self.scratch.splice.replace(from, to, &[source.as_bytes()]);
                }
                self.edited(edit, ruling, from, to, coding);
            }
        }
    }

    fn edited(&mut self, edit: Edit, ruling: Ruling, from: usize, to: usize, coding: Coding) {
        use std::fmt::Write as _;
        let text = &mut self.scratch.text;
        // Writing to memory cannot fail.
        match edit {
            Edit::Keep => return self.region(from, to, coding),
            Edit::Drop => return self.blank(ruling, from, to, coding),
            Edit::Text => {}
            Edit::Int(number) => {
                text.clear();
                let _ = write!(text, "{number}");
            }
            Edit::Double(number) => {
                text.clear();
                let _ = write!(text, "{number}");
            }
        }
        self.write(from, to, coding, self.visitor.scans(ruling));
    }

    /// Writes what stands for a part that goes.
    fn blank(&mut self, ruling: Ruling, from: usize, to: usize, coding: Coding) {
        self.scratch.text.clear();
        match coding.blank() {
            Some(word) => self.scratch.text.push_str(word),
            None => self.visitor.label(ruling, &mut self.scratch.text),
        }
        self.write(from, to, coding, false);
    }

    /// Replaces a part by the scratch's text. Of one that was `scanned`, only what was found in it counts as written: the rest may hold
    /// what shows in the whole alone.
    fn write(&mut self, from: usize, to: usize, coding: Coding, scanned: bool) {
        let Scratch { splice, text, token, .. } = &mut *self.scratch;
        let Some(source) = self.text.get(from..to) else { return };
        token.clear();
        coding.encode(source, text, token);
        if token != source.as_bytes() {
            if scanned {
                splice.replace_difference(from, source.as_bytes(), token);
            } else {
                splice.replace(from, to, &[token]);
            }
            self.overflows |= splice.output_len(self.bytes.len()) > self.limits.output;
        }
        self.region(from, to, coding);
    }

    /// Notes how what is found in `from..to` is to be written.
    fn region(&mut self, from: usize, to: usize, coding: Coding) {
        // Whoever walks percent-encoded parts notes the whole of them.
        if from >= to || matches!(coding, Coding::Raw | Coding::Percent) {
            return;
        }
        self.scratch.regions.push(Region { start: from, end: to, coding });
    }

    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// One past the last byte of `from..to` in a row that `belongs` accepts.
    #[inline]
    fn run(&self, from: usize, to: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let to = to.min(self.bytes.len());
        let text = self.bytes.get(from..to).unwrap_or_default();
        from + text.iter().take_while(|byte| belongs(**byte)).count()
    }

    /// The first of at most `most` bytes before `to` in a row that `belongs` accepts and no walk has passed.
    #[inline]
    fn run_back(&self, to: usize, most: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let from = self.at.max(to.saturating_sub(most));
        let text = self.bytes.get(from..to).unwrap_or_default();
        to - text.iter().rev().take_while(|byte| belongs(**byte)).count()
    }
}

/// Whether the text of a part holds parts that show only when it is looked at alone.
fn may_hold_inside(text: &str) -> bool {
    may_hold(text.as_bytes(), Shape::Text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Scenario: beginnings of statements, brackets, quotes and groups of base64, whole and torn, short and long.
        /// Guarantees: asking of the first nine bytes alone passes over nothing that begins a structure, whatever stands behind it.
        #[test]
        fn the_first_bytes_tell_of_every_beginning(
            text in "(sel|SELECT a FROM b|Update|with|w|[a-zI-Z]{0,3}|\\[|\"|\\{)?([a-fI-Z][a-z0-9]{3}){0,6}([ -~]{0,9}|[\\[{\"\\]]{0,4})=?",
            behind in "[ -~]{8}",
        ) {
            let begins = may_begin_so(text.as_bytes(), Shape::Text);
            prop_assert_eq!(may_begin(text.as_bytes(), Shape::Text), begins);
            let both = text.clone() + "\0" + &behind;
            prop_assert!(!begins || both.as_bytes().first_chunk().is_some_and(begins_like_one));
        }
    }
}
