//! SQL: literals go, the statement stays.
//!
//! Strings of every writing (`'…'`, `"…"` where a value stands, `E'…'`, `N'…'`, `q'[…]'`, `$tag$…$tag$`) and numbers become
//! `?`; names, keywords, placeholders and comments stay, and are scanned with the rest. What one dialect reads as a
//! literal and another as the statement cannot be told apart here, since nobody says which dialect it is. Promises:
//! where readings differ in what is inside a literal, nothing of the statement is let through. In a text of which nobody says
//! that it is a statement, one ends with its line unless it goes on, and prose that begins like one is none.

use super::{Coding, Walk};
use crate::order;
use crate::words::is_listed;

/// Why a statement cannot be read.
#[derive(Debug)]
struct Ambiguous;

/// Words that begin a statement, in a field that holds statements.
const STATEMENTS: &str = " select insert update delete with merge replace create alter drop call exec execute explain declare grant \
                          truncate values upsert begin copy ";

/// Words that begin one in any text, if what follows is built like one.
const BEGINNINGS: &str = " select insert update delete with merge replace create alter drop upsert ";

/// Words that a statement goes on with in another line, and that a line ends in behind which it goes on.
const GOES_ON: &str = " select insert update delete with from where and or not set values value into join inner left right full outer cross \
                       natural lateral on using group order by having limit offset fetch union except intersect all distinct as case \
                       when then else end returning output for window qualify partition over in between like is exists conflict do \
                       nothing duplicate key ";

/// Words that no table or column is called by, and that prose has there: `select a plan from the list`.
const PROSE: &str = " the your this that these our my their its an any ";

/// How far the beginning of a statement is looked at.
const FAR: usize = 2048;

/// How many blanks are passed over between lines.
const BLANKS: usize = 64;

/// Whether a text clearly begins as SQL: a statement's word in one case, and behind it what this statement is built of, its words
/// in the same case. Prose begins with these words, too.
pub(super) fn begins_sql(text: &str) -> bool {
    begins(text.as_bytes())
}

/// Whether a text begins with a word that statements begin with, in one case, and a blank.
#[inline(never)]
pub(super) fn begins_with_word(text: &[u8]) -> bool {
    const LONGEST: usize = 8;
    let length = text.iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, rest) = text.split_at_checked(length).unwrap_or_default();
    let upper = |byte: &u8| byte.is_ascii_uppercase();
    rest.first().is_some_and(u8::is_ascii_whitespace)
        && is_listed(word, BEGINNINGS)
        && word.first().is_some_and(upper) == word.last().is_some_and(upper)
}

#[inline(never)]
fn begins(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let mut beginning =
        Beginning { text: text.get(..FAR).unwrap_or(text), start: 0, at: 0, kind: END, upper: false };
    if beginning.next() != WORD {
        return false;
    }
    let word = beginning.word();
    beginning.upper = word.iter().all(u8::is_ascii_uppercase);
    (beginning.upper || word.iter().all(u8::is_ascii_lowercase)) && beginning.is_statement()
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// What the beginning of a statement is made of, beside marks, which stand for themselves: a word without quotes or dots.
const WORD: u8 = b'w';
/// A name in quotes or of several parts.
const NAME: u8 = b'n';
/// A literal, or what stands for one.
const VALUE: u8 = b'v';
/// A quote beside a word, as in prose.
const TORN: u8 = b't';
const END: u8 = 0;

/// The beginning of what may be a statement, read token by token. Few texts are met by it, so that size counts more than speed here:
/// nothing of it is written out twice.
#[derive(Debug)]
struct Beginning<'t> {
    text: &'t [u8],
    /// Where the last token begins, and what it is.
    start: usize,
    kind: u8,
    /// One past it.
    at: usize,
    /// Whether the words of the statement are written in capitals.
    upper: bool,
}

impl<'t> Beginning<'t> {
    #[inline(never)]
    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    #[inline(never)]
    fn run(&self, from: usize, belongs: fn(u8) -> bool) -> usize {
        from + self.text.get(from..).unwrap_or_default().iter().take_while(|byte| belongs(**byte)).count()
    }

    /// The last token.
    fn word(&self) -> &'t [u8] {
        self.text.get(self.start..self.at).unwrap_or_default()
    }

    /// Passes over what begins at `from` up to a quote.
    #[inline(never)]
    fn close(&mut self, from: usize, quote: u8) {
        let mut ignored = Reading::default();
        self.at = string_end(self.text, from, quote, true, &mut ignored);
    }

    /// Reads the next token, and tells what it is.
    #[inline(never)]
    fn next(&mut self) -> u8 {
        self.kind = loop {
            let from = self.run(self.at, |byte| byte.is_ascii_whitespace());
            let blanks = self.text.get(self.at..from).unwrap_or_default();
            if let Some(line) = memchr::memchr(b'\n', blanks)
                && !continues(self.text, self.at + line)
            {
                break END;
            }
            let rest = self.text.get(from..).unwrap_or_default();
            self.at = match rest {
                [b'-', b'-', ..] => line_end(self.text, from),
                [b'/', b'*', ..] => {
                    from + memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2)
                }
                _ => {
                    (self.start, self.at) = (from, from);
                    break self.token();
                }
            }
        };
        self.kind
    }

    fn token(&mut self) -> u8 {
        let from = self.start;
        match self.byte(from) {
            END => END,
            b'0'..=b'9' => {
                self.at = self.run(from, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
                VALUE
            }
            b'\'' => {
                self.close(from + 1, b'\'');
                if is_name(self.byte(self.at)) { TORN } else { VALUE }
            }
            mark @ (b':' | b'@' | b'$' | b'%' | b'?') => {
                self.at = self.run(from + 1, is_name);
                if self.at > from + 1 || mark == b'?' { VALUE } else { mark }
            }
            b'"' | b'`' | b'[' | b'#' => self.name(),
            here if is_name(here) => self.name(),
            mark => {
                self.at = from + 1;
                mark
            }
        }
    }

    /// A name, with all of its parts.
    #[inline(never)]
    fn name(&mut self) -> u8 {
        let mut kind = WORD;
        loop {
            match self.byte(self.at) {
                quote @ (b'"' | b'`') => {
                    self.close(self.at + 1, quote);
                    kind = NAME;
                }
                b'[' => {
                    self.at = self.run(self.at, |byte| byte != b']') + 1;
                    kind = NAME;
                }
                _ => self.at = self.run(self.at, |byte| is_name(byte) || matches!(byte, b'$' | b'#')),
            }
            if self.byte(self.at) != b'.' {
                break;
            }
            self.at += 1;
            kind = NAME;
        }
        if self.byte(self.at) != b'\'' {
            return kind;
        }
        let quote = self.at;
        self.close(quote + 1, b'\'');
        if stands_apart(self.text, prefix_start(self.text, quote), self.at) { VALUE } else { TORN }
    }

    /// Whether the last token is one of a statement's words.
    #[inline(never)]
    fn is(&self, list: &str) -> bool {
        self.kind == WORD
            && self.byte(self.start).is_ascii_uppercase() == self.upper
            && is_listed(self.word(), list)
    }

    /// The next token that is none of these words; of a few, prose has many.
    #[inline(never)]
    fn behind(&mut self, list: &str) -> u8 {
        const MOST: usize = 6;
        for _ in 0..MOST {
            self.next();
            if !self.is(list) {
                return self.kind;
            }
        }
        self.kind = END;
        END
    }

    /// Whether the last token names a table.
    #[inline(never)]
    fn names(&self) -> bool {
        match self.kind {
            NAME => true,
            WORD => !is_listed(self.word(), PROSE),
            VALUE => self.upper,
            _ => false,
        }
    }

    /// What stands behind a table's name and another name for it; what stands there instead of a name if there is none and it is a
    /// bracket.
    #[inline(never)]
    fn behind_table(&mut self, words: &str) -> u8 {
        self.behind(" only lateral if not exists or ignore replace low_priority abort rollback fail ");
        if !self.names() {
            return if self.kind == b'(' { self.kind } else { TORN };
        }
        self.behind(" as ");
        if matches!(self.kind, WORD | NAME) && !self.is(words) {
            self.next();
        }
        self.kind
    }

    /// Whether one of these words is among the next tokens.
    #[inline(never)]
    fn finds(&mut self, words: &str, most: usize) -> bool {
        for _ in 0..most {
            if matches!(self.next(), END | TORN) {
                return false;
            }
            if self.is(words) {
                return true;
            }
        }
        false
    }

    fn is_statement(&mut self) -> bool {
        if self.is(" explain ") && !self.finds(BEGINNINGS, 8) || !self.is(BEGINNINGS) {
            return false;
        }
        match self.word() {
            [b'S' | b's', ..] => self.selects(),
            [b'D' | b'd', b'E' | b'e', ..] => {
                // Of several tables, the ones to delete from stand before.
                self.next();
                (self.is(" from ") || self.names() && self.finds(" from ", 8)) && self.reads_from()
            }
            [b'U' | b'u', b'P' | b'p', b'D' | b'd', ..] => self.sets(),
            [b'W' | b'w', ..] => {
                self.behind(" recursive ");
                let named = self.names();
                if self.next() == b'(' {
                    self.at = self.run(self.at, |byte| byte != b')') + 1;
                    self.next();
                }
                named && self.is(" as ") && self.behind(" not materialized ") == b'('
            }
            [b'I' | b'i' | b'M' | b'm' | b'R' | b'r' | b'U' | b'u', ..] => {
                self.behind(
                    " or ignore replace low_priority high_priority delayed overwrite abort rollback fail ",
                );
                self.is(" into ") && self.fills()
            }
            _ => {
                const DOES: &str = " add drop alter modify change rename set as like using cascade restrict ";
                self.behind(
                    " or replace global local temp temporary unlogged external transient foreign virtual ",
                );
                self.is(" table ")
                    && match self.behind_table(DOES) {
                        TORN => false,
                        b'(' => self.next() != TORN,
                        _ => self.upper || self.is(DOES),
                    }
            }
        }
    }

    /// Columns up to where they come from.
    #[inline(never)]
    fn selects(&mut self) -> bool {
        const JOINS: &str = " as case when then else end and or not distinct all top is null in like between over order by interval at \
                             time zone sql_calc_found_rows ";
        // Names in a row: a column and what it is to be called; prose has more.
        const MOST: usize = 3;
        let (mut depth, mut names, mut before) = (0_usize, 0, END);
        loop {
            match self.next() {
                END | TORN => return false,
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                _ if self.is(" from into ") => return self.reads_from(),
                WORD | NAME if !self.is(JOINS) => {
                    names += 1;
                    if names > MOST || self.kind == WORD && (!self.names() || before == VALUE && !self.upper)
                    {
                        return false;
                    }
                }
                _ => names = 0,
            }
            before = self.kind;
        }
    }

    /// Tables, up to what is asked of them.
    #[inline(never)]
    fn reads_from(&mut self) -> bool {
        const ASKS: &str = " where join inner left right full outer cross natural on using group order having limit offset fetch union \
                            except intersect returning output for window qualify with from partition tablesample ";
        loop {
            match self.behind_table(ASKS) {
                b',' => {}
                END | b';' | b')' | b'(' | b':' | b'@' => break,
                _ if self.is(" where ") && !self.upper => return self.compares(),
                _ if self.is(ASKS) => break,
                _ => return false,
            }
        }
        // In small letters a statement without any mark is prose as often, and has no literals.
        self.upper || self.text.iter().any(|byte| matches!(byte, b'=' | b'*' | b'(' | b';'))
    }

    /// Whether something is compared: `where it is free` is prose.
    #[inline(never)]
    fn compares(&mut self) -> bool {
        match self.behind(" not ") {
            b'(' => return true,
            WORD if self.is(" exists ") => return true,
            WORD | NAME | VALUE => {}
            _ => return false,
        }
        let mark = self.next();
        if self.is(" is ") {
            self.next();
            return self.is(" not null true false ");
        }
        b"=<>!(+-*/|&~%:".contains(&mark) || self.is(" in like ilike between not regexp rlike similar ")
    }

    /// A table and what is put into it.
    #[inline(never)]
    fn fills(&mut self) -> bool {
        const FILLS: &str =
            " values value select set default with overriding partition exec execute table using output on ";
        if self.behind_table(FILLS) == b'(' {
            if self.upper {
                return true;
            }
            // Columns.
            self.at = self.run(self.at, |byte| byte != b')' && byte != b'\'') + 1;
            self.next();
        }
        if !self.is(" values value ") {
            // `insert into carts failed with code 5`
            return self.is(FILLS) && (self.upper || !self.is(" with "));
        }
        matches!(self.next(), b'(' | VALUE | END) || self.is(" row ")
    }

    /// A table and what is set in it.
    #[inline(never)]
    fn sets(&mut self) -> bool {
        const AFTER: &str = " set join inner left right cross with ";
        let token = self.behind_table(AFTER);
        let set = self.is(" set ") || (token == b',' || self.is(AFTER)) && self.finds(" set ", 64);
        set && match self.next() {
            b'(' | END => true,
            WORD | NAME => matches!(self.next(), b'=' | b'+' | b'-' | b'*' | b':' | END),
            _ => false,
        }
    }
}

/// Whether the text of a field that holds statements begins as one. Others (a command, a document) are read as text.
fn is_statement(text: &str) -> bool {
    let text =
        text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '(' || letter == ';');
    let word_end = text.bytes().take(10).take_while(u8::is_ascii_alphabetic).count();
    let word = text.get(..word_end).unwrap_or_default();
    text.starts_with("--")
        || text.starts_with("/*")
        || word.eq_ignore_ascii_case("set") && text.contains('=')
        || is_listed(word.as_bytes(), STATEMENTS)
}

impl Walk<'_, '_> {
    /// Walks the text of a field that holds statements.
    pub(super) fn statement(&mut self) {
        if is_statement(self.text) {
            self.sql(0);
        } else {
            self.anything();
        }
    }

    /// Walks the statement that may stand behind a colon (`statement: SELECT …`, `[SQL: …]`), and gives the place to go on.
    #[inline(never)]
    pub(super) fn told(&mut self, colon: usize) -> usize {
        let from = colon + 1;
        if !begins(self.bytes.get(from..).unwrap_or_default()) {
            return from;
        }
        // What stands in brackets ends with them: `[SQL: …]`.
        let (text, bytes) = (self.text, self.bytes);
        let head = bytes.get(colon.saturating_sub(16)..colon).unwrap_or_default();
        let word = head.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let opened = head.len().checked_sub(word + 1).and_then(|at| head.get(at)) == Some(&b'[');
        let line = text.get(from..line_end(bytes, from)).unwrap_or_default();
        if opened && let Some(close) = line.rfind(']') {
            self.text = text.get(..from + close).unwrap_or_default();
            self.bytes = bytes.get(..from + close).unwrap_or_default();
        }
        self.sql(from);
        (self.text, self.bytes) = (text, bytes);
        self.at
    }

    /// Walks the statement that begins at `from`: all of the text where the field says so, otherwise up to the end of the line that it
    /// ends in, and, if the text begins with it, what stands behind it as any text.
    #[inline(never)]
    pub(super) fn sql(&mut self, from: usize) {
        let all = self.shape == super::Shape::Sql && from == 0;
        let bytes = self.bytes;
        let mut statement = bytes.get(from..).unwrap_or_default();
        // In the middle of a text many may begin, and none is read further than it can go.
        let mut read = if from == 0 { reading(statement, !all) } else { Err(Ambiguous) };
        if !all && !matches!(read, Ok(Reading { open: false, .. })) {
            // A string that is cut off, or read wrongly, does not reach over what is surely no part of the statement.
            let end = surely_ended(statement, from > 0);
            if end < statement.len() || from > 0 {
                statement = statement.get(..end).unwrap_or_default();
                read = reading(statement, false);
                if read.is_err() {
                    self.up_to(from);
                    self.blank(self.within, from, from + end, Coding::Raw);
                    self.at = from + end;
                    if from == 0 {
                        self.up_to(bytes.len());
                    }
                    return;
                }
            }
        }
        let Ok(Reading { spans, end, .. }) = read else {
            self.overflows = true;
            return;
        };
        self.in_statement = true;
        for (start, end) in spans {
            // Between literals, in comments above all, whatever shows itself is walked as anywhere.
            self.between(from + start);
            if self.overflows {
                return;
            }
            self.at = from + end;
            if statement.get(start..end) != Some(b"?") {
                self.scratch.splice.replace(from + start, from + end, &[b"?"]);
            }
        }
        self.between(from + end);
        self.in_statement = false;
        if !self.overflows && from == 0 {
            self.up_to(bytes.len());
        }
    }

    /// Walks up to a literal, as if the text ended there: no structure reaches into one.
    #[inline(never)]
    fn between(&mut self, to: usize) {
        let (text, bytes) = (self.text, self.bytes);
        self.text = text.get(..to).unwrap_or_default();
        self.bytes = bytes.get(..to).unwrap_or_default();
        self.up_to(to);
        (self.text, self.bytes) = (text, bytes);
    }
}

/// Where a statement ends at the latest whose strings cannot be read: before a line that begins as those of logs do, or
/// where its quotes are even and nothing goes on. One that was `told` in the middle of a text is a line of a log, and is taken for cut off
/// where that is not found soon.
#[inline(never)]
fn surely_ended(text: &[u8], told: bool) -> usize {
    /// How many lines of a log a string reaches over.
    const MOST: usize = 64;
    let mut at = 0;
    // The end of the line in which a string begins that is open, and how many lines it has.
    let mut open: Option<(usize, usize)> = None;
    while at < text.len() {
        let end = line_end(text, at);
        let line = text.get(at..end).unwrap_or_default();
        let odd = line.iter().filter(|byte| **byte == b'\'').count() % 2 == 1;
        open = match open {
            None => odd.then_some((end, 1)),
            Some(_) if odd => None,
            Some((first, lines)) => Some((first, lines + 1)),
        };
        if let Some((first, lines)) = open
            && told
            && (lines > MOST || end >= text.len())
        {
            return first;
        }
        let next = text.get(end + 1..).unwrap_or_default();
        if begins_log(next) || open.is_none() && !goes_on(text, end) {
            return end;
        }
        at = end + 1;
    }
    text.len()
}

/// Whether a line begins as those of logs do: with a date, a bracket, a level, or a name and its value.
fn begins_log(line: &[u8]) -> bool {
    const LEVELS: &str = " trace debug info notice warn warning error err fatal critical panic severe ";
    let digits = line.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let dated = digits > 1 && matches!(line.get(digits), Some(b'-' | b'/' | b':' | b'.'));
    let word = line.iter().take(32).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let behind = line.get(word).copied().unwrap_or(0);
    let pair = behind == b'=' && line.get(word + 1).is_some_and(|next| !b" ='".contains(next));
    let level = matches!(behind, b' ' | b':' | b'\t' | b',')
        && is_listed(line.get(..word).unwrap_or_default(), LEVELS);
    dated || word > 0 && (pair || level) || matches!(line.first(), Some(b'[' | b'{' | b'<'))
}

/// Whether a statement, or another one, goes on behind the line that ends at `end`.
fn goes_on(text: &[u8], end: usize) -> bool {
    continues(text, end) || begins(behind_blanks(text, end))
}

/// What stands behind an end of a line and blanks.
#[inline(never)]
fn behind_blanks(text: &[u8], end: usize) -> &[u8] {
    let rest = text.get(end..).unwrap_or_default();
    let blanks = rest.iter().take(BLANKS).take_while(|byte| byte.is_ascii_whitespace()).count();
    rest.get(blanks..).unwrap_or_default()
}

/// Whether the same statement goes on behind the line that ends at `end`.
#[inline(never)]
fn continues(text: &[u8], end: usize) -> bool {
    /// What traces begin with that are set in below what failed.
    const TRACES: &str = " at file caused more ";
    let before = text.get(end.saturating_sub(BLANKS)..end).unwrap_or_default().trim_ascii_end();
    let word = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if before.last().is_some_and(|last| b",(=<>+-*/|&".contains(last))
        || is_listed(before.get(before.len() - word..).unwrap_or_default(), GOES_ON)
    {
        return true;
    }
    let next = behind_blanks(text, end);
    let word = next.iter().take(16).take_while(|byte| is_name(**byte)).count();
    let word = next.get(..word).unwrap_or_default();
    let last_blank = text.len().saturating_sub(next.len() + 1);
    match next {
        [b')' | b'(' | b',' | b'\'' | b'?' | b';' | b'|', ..] | [b'-', b'-', ..] | [b'/', b'*', ..] => true,
        [] => false,
        _ if matches!(text.get(last_blank), Some(b' ' | b'\t')) => {
            !word.is_empty() && !is_listed(word, TRACES)
        }
        _ => {
            // Prose begins with these words as well, but hardly in this case.
            let first = text.iter().take(BLANKS).find(|byte| !byte.is_ascii_whitespace());
            let upper = first.is_some_and(u8::is_ascii_uppercase);
            word.first().is_some_and(u8::is_ascii_uppercase) == upper && is_listed(word, GOES_ON)
        }
    }
}

/// How a statement is read whose dialect nobody says.
#[inline(never)]
fn reading(text: &[u8], lines: bool) -> Result<Reading, Ambiguous> {
    match literals(text, false, lines) {
        Ok(standard) if !standard.escapes => Ok(standard),
        // A backslash before a quote: an escape in some dialects, the end of the string in others. The reading that
        // closes its strings is right, unless the statement was cut off: what is inside a string in either goes.
        standard => match (standard, literals(text, true, lines)) {
            (Ok(Reading { open: true, .. }), Ok(escaped)) if !escaped.open => Ok(escaped),
            (Ok(standard), Ok(escaped)) if escaped.open => Ok(standard.or(escaped)),
            (Ok(standard), Err(Ambiguous)) if !standard.open => Ok(standard),
            (Err(Ambiguous), Ok(escaped)) if !escaped.open && escaped.escapes => Ok(escaped),
            _ => Err(Ambiguous),
        },
    }
}

/// One reading of a statement.
#[derive(Debug, Default)]
struct Reading {
    spans: Vec<(usize, usize)>,
    /// Whether a backslash stands before a quote where it may or may not escape it.
    escapes: bool,
    /// Whether the last string is not closed.
    open: bool,
    /// One past the statement.
    end: usize,
}

impl Reading {
    /// What is a literal in one of two readings.
    fn or(mut self, other: Self) -> Self {
        self.open |= other.open;
        self.end = self.end.max(other.end);
        self.spans.extend(other.spans);
        order::sort_by(&mut self.spans, Ord::cmp);
        self.spans.dedup_by(|next, kept| {
            let overlaps = next.0 < kept.1;
            if overlaps {
                kept.1 = kept.1.max(next.1);
            }
            overlaps
        });
        self
    }
}

/// The literals of a statement: of the whole text, or up to the end of a line behind which it does not go on.
#[inline(never)]
fn literals(text: &[u8], backslashes: bool, lines: bool) -> Result<Reading, Ambiguous> {
    let mut reading = Reading::default();
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let mut at = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    // What stands before: decides whether a double-quoted text is a name or a value.
    let mut value_next = false;
    let mut in_list = false;
    while at < text.len() {
        let here = byte(at);
        match here {
            b'\'' => {
                let start = prefix_start(text, at);
                let quoted = text.get(start..at).unwrap_or_default();
                let end = if quoted.eq_ignore_ascii_case(b"q") || quoted.eq_ignore_ascii_case(b"nq") {
                    oracle_end(text, at + 1)?
                } else {
                    let said = quoted.eq_ignore_ascii_case(b"e");
                    let doubtful = reading.escapes;
                    let end = string_end(text, at + 1, b'\'', backslashes || said, &mut reading);
                    // Where the statement says so itself, there is no doubt.
                    reading.escapes = doubtful || reading.escapes && !said;
                    end
                };
                // Words stand apart from strings. Where they do not, what seems to be inside one is outside, and the other
                // way round.
                if !stands_apart(text, start, end) {
                    return Err(Ambiguous);
                }
                reading.spans.push((start, end));
                at = end;
                value_next = false;
            }
            b'"' => {
                let end = string_end(text, at + 1, b'"', backslashes, &mut reading);
                let inside = text.get(at + 1..end.saturating_sub(1)).unwrap_or_default();
                // A name, or a label of ours that an earlier hop left.
                let is_plain = inside.iter().all(|byte| is_name(*byte) || b" $-.[]".contains(byte));
                if value_next || !is_plain || reading.open {
                    reading.spans.push((at, end));
                }
                at = end;
                value_next = false;
            }
            b'`' => {
                let rest = text.get(at + 1..).unwrap_or_default();
                at += 2 + rest.iter().position(|byte| *byte == b'`').ok_or(Ambiguous)?;
                value_next = false;
            }
            b'[' => {
                // A name in brackets, or an index. With a lone quote inside, what comes behind is anybody's guess.
                let inside = text.get(at + 1..).unwrap_or_default();
                let inside =
                    inside.iter().take(128).position(|byte| *byte == b']').and_then(|end| inside.get(..end));
                if inside.is_some_and(|inside| inside.iter().filter(|byte| **byte == b'\'').count() % 2 == 1)
                {
                    return Err(Ambiguous);
                }
                at += 1;
            }
            b'-' if byte(at + 1) == b'-' => {
                let end = line_end(text, at);
                let comment = text.get(at..end).unwrap_or_default();
                let surely = matches!(byte(at + 2), 0 | b' ' | b'\t' | b'\n' | b'-');
                if !surely && has_quote(comment) {
                    return Err(Ambiguous);
                }
                at = end;
            }
            b'#' if has_quote(text.get(at..line_end(text, at)).unwrap_or_default()) => {
                // A comment in one dialect, an operator in others.
                let before = text.get(..at).unwrap_or_default().trim_ascii_end();
                let operator = matches!(byte(at + 1), b'>' | b'-' | b'=') || byte(at.wrapping_sub(1)) == b'#';
                if !operator && !is_name(byte(at + 1)) || before.is_empty() {
                    return Err(Ambiguous);
                }
                if !operator {
                    // `#temp` is a table. A comment without a blank would read alike.
                    if text
                        .get(at..line_end(text, at))
                        .unwrap_or_default()
                        .iter()
                        .filter(|byte| **byte == b'\'')
                        .count()
                        % 2
                        == 1
                    {
                        return Err(Ambiguous);
                    }
                }
                at += 1;
            }
            b'/' if byte(at + 1) == b'*' => {
                let rest = text.get(at + 2..).unwrap_or_default();
                let end = memchr::memmem::find(rest, b"*/").ok_or(Ambiguous)?;
                // Some dialects nest comments.
                if memchr::memmem::find(rest.get(..end).unwrap_or_default(), b"/*").is_some() {
                    return Err(Ambiguous);
                }
                at += end + 4;
            }
            b'$' => {
                let tag = text.get(at + 1..).unwrap_or_default();
                let tag_len = tag.iter().take_while(|byte| is_name(**byte)).count();
                let numbered = tag.first().is_some_and(u8::is_ascii_digit);
                if tag.get(tag_len) == Some(&b'$') && !numbered && !is_name(byte(at.wrapping_sub(1))) {
                    let delimiter = text.get(at..at + tag_len + 2).unwrap_or_default();
                    let body = at + delimiter.len();
                    let found = memchr::memmem::find(text.get(body..).unwrap_or_default(), delimiter)
                        .ok_or(Ambiguous)?;
                    let end = body + found + delimiter.len();
                    reading.spans.push((at, end));
                    at = end;
                } else {
                    at += 1 + tag_len;
                }
                value_next = false;
            }
            b'0'..=b'9' => {
                let number = text.get(at..).unwrap_or_default();
                let len = number
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
                    .count();
                let signed = matches!(number.get(len - 1), Some(b'e' | b'E'))
                    && matches!(number.get(len), Some(b'+' | b'-'))
                    && number.get(len + 1).is_some_and(u8::is_ascii_digit);
                let len = if signed {
                    len + 1 + number.iter().skip(len + 1).take_while(|byte| byte.is_ascii_digit()).count()
                } else {
                    len
                };
                reading.spans.push((at, at + len));
                at += len;
                value_next = false;
            }
            // Placeholders by name or number.
            b':' | b'@' | b'?' if is_name(byte(at + 1)) => {
                at += 1 + text
                    .get(at + 1..)
                    .unwrap_or_default()
                    .iter()
                    .take_while(|byte| is_name(**byte))
                    .count();
                value_next = false;
            }
            _ if is_name(here) => {
                let len = text
                    .get(at..)
                    .unwrap_or_default()
                    .iter()
                    .take_while(|byte| is_name(**byte) || **byte == b'$')
                    .count();
                let word = text.get(at..at + len).unwrap_or_default();
                let is = |known: &str| word.eq_ignore_ascii_case(known.as_bytes());
                value_next = ["like", "ilike", "rlike", "regexp", "between", "then", "else", "against"]
                    .into_iter()
                    .any(is)
                    || value_next && ["and", "not", "binary"].into_iter().any(is);
                in_list = in_list
                    && !["select", "from", "on", "returning", "where", "set"].into_iter().any(is)
                    || ["values", "in", "value"].into_iter().any(is);
                at += len;
            }
            // A label that an earlier hop left in an address: `%5Bcredential%5D`.
            b'%' if text.get(at..at + 3) == Some(b"%5B")
                && text.get(at + 3).is_some_and(u8::is_ascii_lowercase) =>
            {
                at += 3;
            }
            b'%' if text.get(at..at + 3) == Some(b"%5D") => at += 3,
            b'=' | b'<' | b'>' | b'!' | b'|' | b'+' | b'*' | b'%' => {
                value_next = true;
                at += 1;
            }
            b'?' => {
                value_next = false;
                at += 1;
            }
            b'(' | b',' => {
                value_next = in_list;
                at += 1;
            }
            b')' => {
                value_next = false;
                at += 1;
            }
            b'\n' if lines && !goes_on(text, at) => break,
            _ => at += 1,
        }
    }
    reading.end = at.min(text.len());
    Ok(reading)
}

/// Whether a string has no word right before or behind it, but for those that say what it is.
#[inline(never)]
fn stands_apart(text: &[u8], start: usize, end: usize) -> bool {
    const TYPES: &[&str] = &["date", "time", "timestamp", "interval"];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let before = text.get(..start).unwrap_or_default();
    let word = before.iter().rev().take(32).take_while(|byte| is_name(byte)).count();
    let word = before.get(before.len() - word..).unwrap_or_default();
    let typed = word.is_empty()
        || word.first() == Some(&b'_')
        || TYPES.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
    typed && !text.get(end).is_some_and(is_name)
}

/// One past a string whose inside begins at `from`; the end of the text when it is not closed, so that all of it goes.
#[inline(never)]
fn string_end(text: &[u8], from: usize, quote: u8, backslashes: bool, reading: &mut Reading) -> usize {
    let mut at = from;
    while let Some(&byte) = text.get(at) {
        if byte == b'\\' {
            reading.escapes |= text.get(at + 1) == Some(&quote);
            at += if backslashes { 2 } else { 1 };
        } else if byte != quote {
            at += 1;
        } else if text.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    reading.open = true;
    text.len()
}

/// One past a string in Oracle's own quotes, whose delimiter is at `from`.
fn oracle_end(text: &[u8], from: usize) -> Result<usize, Ambiguous> {
    let close = match text.get(from).ok_or(Ambiguous)? {
        b'[' => b']',
        b'{' => b'}',
        b'(' => b')',
        b'<' => b'>',
        other => *other,
    };
    let rest = text.get(from + 1..).unwrap_or_default();
    let found = memchr::memmem::find(rest, &[close, b'\'']).ok_or(Ambiguous)?;
    Ok(from + 1 + found + 2)
}

/// Where a string that opens at `quote` begins, with the letters before it that say how it is written.
#[inline(never)]
fn prefix_start(text: &[u8], quote: usize) -> usize {
    let before = text.get(..quote).unwrap_or_default();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    for prefix in [&b"nq"[..], b"u&", b"n", b"e", b"b", b"x", b"q"] {
        let Some(start) = quote.checked_sub(prefix.len()) else { continue };
        let matches = before.get(start..).is_some_and(|tail| tail.eq_ignore_ascii_case(prefix));
        if matches && !start.checked_sub(1).and_then(|at| text.get(at)).is_some_and(is_name) {
            return start;
        }
    }
    quote
}

#[inline(never)]
fn line_end(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

fn has_quote(text: &[u8]) -> bool {
    memchr::memchr2(b'\'', b'"', text).is_some()
}
