//! Walks lines of syslog: RFC 5424, and what RFC 3164 describes.
//!
//! Host and application are attributes of the resource under the names of OTLP (`host.name`, `service.name`), process and message
//! id are attributes of the log record, and so are the parameters of structured data under their own names; the message is
//! the body. What leaves is syslog again: a header that goes, or would not fit, becomes `-`, and no edit ends a line. A line that
//! is no syslog is a record to withhold. Does not take the framing by octets of RFC 6587.

use crate::json::{Fate, Siblings};
use crate::lines::{is_blank, lines};
use crate::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Ruling, Scratch, Value, Verdict,
};
use std::fmt::Write as _;

const FORMAT: &str = "syslog";

/// Lines of syslog.
#[derive(Debug, Clone, Copy)]
pub struct Syslog;

impl Format for Syslog {
    fn name(&self) -> &'static str {
        FORMAT
    }

    fn walk(
        &self,
        input: &[u8],
        limits: &Limits,
        visitor: &mut dyn FieldVisitor,
        scratch: &mut Scratch,
    ) -> Result<(), FormatError> {
        scratch.splice.clear();
        limits.admit(FORMAT, input)?;
        let structure = visitor.rules_structure();
        let mut siblings = Siblings::default();
        for line in lines(input) {
            let mark = scratch.splice.mark();
            let content = input.get(line.start..line.content_end).unwrap_or_default();
            let content = content.strip_suffix(b"\r").unwrap_or(content);
            let fate = if is_blank(input, &line) {
                Fate::Kept
            } else {
                visitor.enter_record(Level::Log);
                let walk = |visitor: &mut dyn FieldVisitor, scratch: &mut Scratch| {
                    std::str::from_utf8(content).map_err(|_| Defect::Utf8).and_then(|text| {
                        Walker { text, base: line.start, at: 0, structure, limits, visitor, scratch }.line()
                    })
                };
                let mut walked = walk(visitor, scratch);
                if walked.is_ok() && visitor.leave_record(Level::Log, content) {
                    scratch.splice.rewind(mark);
                    walked = walk(visitor, scratch);
                    let _ = visitor.leave_record(Level::Log, &[]);
                }
                match walked {
                    Ok(()) => Fate::Kept,
                    Err(defect) if visitor.record_withheld(Level::Log, 1, defect) => Fate::Dropped,
                    Err(_) => {
                        let what = "a line that is no syslog";
                        return Err(FormatError::Malformed { format: FORMAT, what, at: line.start });
                    }
                }
            };
            siblings.element(fate, mark, line.start, line.end, &mut scratch.splice);
            if scratch.splice.output_len(input.len()) > limits.output {
                return Err(FormatError::TooLarge { format: FORMAT, limit: limits.output });
            }
        }
        siblings.finish(&mut scratch.splice);
        Ok(())
    }
}

/// Highest priority: facility 23, severity 7.
const PRIORITIES: u16 = 191;

/// What RFC 3164 gives to messages of unknown priority.
const NO_PRIORITY: &[u8] = b"<13>";

/// Letters of a name in structured data.
const SD_NAME: usize = 32;

struct Walker<'a, 'w> {
    text: &'a str,
    /// Offset of the line in the payload.
    base: usize,
    /// Offset in the line of the next byte.
    at: usize,
    structure: bool,
    limits: &'w Limits,
    visitor: &'w mut dyn FieldVisitor,
    scratch: &'w mut Scratch,
}

impl<'a> Walker<'a, '_> {
    fn line(mut self) -> Result<(), Defect> {
        self.priority()?;
        match self.rest().strip_prefix("1 ") {
            Some(_) => {
                self.at += 2;
                self.of_5424()
            }
            None => self.of_3164(),
        }
    }

    // --- reading ---

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn takes(&mut self, text: &str) -> bool {
        let there = self.rest().starts_with(text);
        self.at += if there { text.len() } else { 0 };
        there
    }

    /// Takes what stands before one of the letters, or all that is left.
    fn until(&mut self, ends: &[char]) -> &'a str {
        let rest = self.rest();
        let text = rest.get(..rest.find(ends).unwrap_or(rest.len())).unwrap_or_default();
        self.at += text.len();
        text
    }

    // --- writing ---

    fn put(&mut self, start: usize, end: usize, text: &[u8]) {
        self.scratch.splice.replace(self.base + start, self.base + end, &[text]);
    }

    // --- walking ---

    fn priority(&mut self) -> Result<(), Defect> {
        if !self.takes("<") {
            return Err(Defect::Malformed);
        }
        let digits = self.until(&['>']);
        let fits = (1..=3).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
        if !fits || digits.parse::<u16>().is_ok_and(|number| number > PRIORITIES) || !self.takes(">") {
            return Err(Defect::Malformed);
        }
        if !self.stays("severity_number") {
            self.put(0, self.at, NO_PRIORITY);
        }
        Ok(())
    }

    /// Whether a structural field stays. One that is to be transformed goes, since there is no number to transform.
    fn stays(&mut self, name: &'static str) -> bool {
        !self.structure || self.visitor.rule(Name::built_in(Level::Log, name), None).verdict == Verdict::Keep
    }

    fn of_5424(&mut self) -> Result<(), Defect> {
        let start = self.at;
        let time = self.until(&[' ']);
        if time != "-" && !is_rfc3339(time) {
            return Err(Defect::Malformed);
        }
        if !self.stays("time") {
            self.put(start, self.at, b"-");
        }
        for (level, name, longest) in [
            (Level::Resource, "host.name", 255),
            (Level::Resource, "service.name", 48),
            (Level::Log, "syslog.procid", 128),
            (Level::Log, "syslog.msgid", 32),
        ] {
            if !self.takes(" ") {
                return Err(Defect::Malformed);
            }
            self.header(Name::attribute(level, name), &[' '], longest)?;
        }
        if !self.takes(" ") {
            return Err(Defect::Malformed);
        }
        self.structured_data()?;
        if self.takes(" ") {
            // A byte order mark says that the message is UTF-8.
            self.takes("\u{feff}");
            self.message("");
        }
        if self.rest().is_empty() { Ok(()) } else { Err(Defect::Malformed) }
    }

    fn of_3164(&mut self) -> Result<(), Defect> {
        const TIME: usize = "Jan  1 00:00:00".len();
        if !self.rest().get(..TIME).is_some_and(is_bsd_time) {
            return Err(Defect::Malformed);
        }
        self.at += TIME;
        if !self.stays("time") {
            // There is no word for a time that is not said.
            return Err(Defect::Nameless);
        }
        if !self.takes(" ") {
            return Err(Defect::Malformed);
        }
        let rest = self.rest();
        let first = rest.get(..rest.find(' ').unwrap_or(rest.len())).unwrap_or_default();
        // Local senders leave the host out.
        let host = !first.is_empty() && !first.ends_with(':') && !first.contains('[');
        if host {
            self.header(Name::attribute(Level::Resource, "host.name"), &[' '], 255)?;
            self.takes(" ");
        }
        let tag = tag(self.rest());
        if let Some((tag, process)) = tag {
            self.header(Name::attribute(Level::Resource, "service.name"), &[' ', ':', '['], tag)?;
            if process && self.takes("[") {
                self.header(Name::attribute(Level::Log, "syslog.procid"), &[']'], 128)?;
                self.takes("]");
            }
            self.takes(":");
            self.takes(" ");
        }
        // Where a message alone becomes another one, the next reader must not take its first word for a host.
        self.message(if host || tag.is_some() { "" } else { "- " });
        Ok(())
    }

    /// Walks a header, which ends before one of the letters and has no white space in it.
    fn header(&mut self, name: Name<'_>, ends: &[char], longest: usize) -> Result<(), Defect> {
        let start = self.at;
        let text = self.until(ends);
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Defect::Malformed);
        }
        if text == "-" {
            return Ok(());
        }
        let ruling = self.visitor.rule(name, None);
        if !self.edited(ruling, text) {
            return Ok(());
        }
        let new = &self.scratch.text;
        let fits = !new.is_empty()
            && new.len() <= longest.max(text.len())
            && new.bytes().all(|byte| byte.is_ascii_graphic())
            && !new.contains(ends);
        let new = if fits { std::mem::take(&mut self.scratch.text) } else { "-".to_owned() };
        self.put(start, self.at, new.as_bytes());
        self.scratch.text = new;
        Ok(())
    }

    /// Decides on a text. When it changes, the new one stands in the text buffer: empty, if it goes.
    fn edited(&mut self, ruling: Ruling, text: &str) -> bool {
        let out = &mut self.scratch.text;
        out.clear();
        let edit = match ruling.verdict {
            Verdict::Keep => Edit::Keep,
            Verdict::Drop => Edit::Drop,
            Verdict::Look => self.visitor.value(ruling, Value::Text(text), out),
        };
        match edit {
            Edit::Keep => return false,
            Edit::Text => {}
            Edit::Drop => out.clear(),
            // Writing to memory cannot fail.
            Edit::Int(number) => drop(write!(out, "{number}")),
            Edit::Double(number) => drop(write!(out, "{number}")),
        }
        true
    }

    /// Walks all that is left; `before` is put before a new text.
    fn message(&mut self, before: &str) {
        let start = self.at;
        let text = self.rest();
        self.at = self.text.len();
        if text.is_empty() {
            return;
        }
        let ruling = self.visitor.rule(Name::built_in(Level::Log, "body"), None);
        if self.edited(ruling, text) {
            let new = self.scratch.text.replace(['\n', '\r'], " ");
            let before = if new.is_empty() { "" } else { before };
            self.scratch.splice.replace(
                self.base + start,
                self.base + self.at,
                &[before.as_bytes(), new.as_bytes()],
            );
        }
    }

    fn structured_data(&mut self) -> Result<(), Defect> {
        if self.takes("-") {
            return Ok(());
        }
        let start = self.at;
        let mark = self.scratch.splice.mark();
        let (mut any, mut left) = (false, false);
        while self.rest().starts_with('[') {
            any = true;
            let (start, mark) = (self.at, self.scratch.splice.mark());
            if self.element()? {
                left = true;
            } else {
                self.scratch.splice.rewind(mark);
                self.put(start, self.at, b"");
            }
        }
        if any && !left {
            self.scratch.splice.rewind(mark);
            self.put(start, self.at, b"-");
        }
        if any { Ok(()) } else { Err(Defect::Malformed) }
    }

    /// Walks `[id name="text" …]` and says whether it stays.
    fn element(&mut self) -> Result<bool, Defect> {
        self.at += 1;
        let start = self.at;
        let id = self.sd_name()?;
        let ruling = self.visitor.rule(Name::attribute(Level::Log, "syslog.sdid"), None);
        let mut stays = true;
        if self.edited(ruling, id) {
            let new = std::mem::take(&mut self.scratch.text);
            stays = is_sd_name(&new);
            self.put(start, self.at, new.as_bytes());
            self.scratch.text = new;
        }
        while self.takes(" ") {
            let before = self.at - 1;
            let mark = self.scratch.splice.mark();
            let name = self.sd_name()?;
            if !self.takes("=\"") {
                return Err(Defect::Malformed);
            }
            if !self.parameter(name)? {
                self.scratch.splice.rewind(mark);
                self.put(before, self.at, b"");
            }
        }
        if self.takes("]") { Ok(stays) } else { Err(Defect::Malformed) }
    }

    fn sd_name(&mut self) -> Result<&'a str, Defect> {
        let name = self.until(&['=', ' ', ']', '"']);
        if is_sd_name(name) { Ok(name) } else { Err(Defect::Malformed) }
    }

    /// Walks the text of a parameter up to its closing quote, and says whether the parameter stays.
    fn parameter(&mut self, name: &str) -> Result<bool, Defect> {
        let start = self.at;
        let mut value = std::mem::take(&mut self.scratch.plain);
        value.clear();
        loop {
            value.push_str(self.until(&['"', '\\', ']']));
            if self.takes("\"") {
                break;
            }
            if !self.takes("\\") {
                return Err(Defect::Malformed);
            }
            // A backslash before any other letter stands for itself.
            if !self.rest().starts_with(['"', '\\', ']']) {
                value.push('\\');
                continue;
            }
            value.extend(self.rest().chars().next());
            self.at += 1;
        }
        let end = self.at - 1;
        let stays = self.parameter_stays(name, &value, start, end);
        self.scratch.plain = value;
        Ok(stays)
    }

    fn parameter_stays(&mut self, name: &str, value: &str, start: usize, end: usize) -> bool {
        if name.len() > self.limits.path {
            self.visitor.unreadable(Level::Log, Defect::Depth);
            return false;
        }
        let ruling = self.visitor.rule(Name::attribute(Level::Log, name), None);
        if ruling.verdict == Verdict::Drop {
            return false;
        }
        self.scratch.text.clear();
        if ruling.look_at_key && self.visitor.key(ruling, name, &mut self.scratch.text) != Edit::Keep {
            return false;
        }
        if !self.edited(ruling, value) {
            return true;
        }
        if self.scratch.text.is_empty() {
            return false;
        }
        let mut escaped = String::new();
        for letter in self.scratch.text.chars() {
            match letter {
                '"' | '\\' | ']' => escaped.extend(['\\', letter]),
                '\n' | '\r' => escaped.push(' '),
                other => escaped.push(other),
            }
        }
        self.put(start, end, escaped.as_bytes());
        true
    }
}

fn is_sd_name(name: &str) -> bool {
    (1..=SD_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'=' | b']' | b'"'))
}

/// Whether the pattern has a digit where `0` stands, a letter where `a` stands, a digit or a space where `9` stands, and else is
/// the text.
fn has_shape(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            b'9' => byte.is_ascii_digit() || byte == b' ',
            b'a' => byte.is_ascii_alphabetic(),
            other => byte == other,
        })
}

fn is_rfc3339(text: &str) -> bool {
    const SECONDS: &str = "0000-00-00T00:00:00";
    let Some((time, rest)) = text.split_at_checked(SECONDS.len()) else { return false };
    let zone = rest.trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
    let fraction = rest.len() - zone.len();
    let sound = fraction == 0 || (rest.starts_with('.') && (2..=7).contains(&fraction));
    has_shape(time, SECONDS)
        && sound
        && !rest.get(1..fraction).is_some_and(|digits| digits.contains('.'))
        && (zone == "Z" || has_shape(zone, "+00:00") || has_shape(zone, "-00:00"))
}

fn is_bsd_time(text: &str) -> bool {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    has_shape(text, "aaa 90 00:00:00")
        && text.get(..3).and_then(|month| MONTHS.find(month)).is_some_and(|at| at % 3 == 0)
}

/// The length of a tag that a message begins with, and whether a process id in brackets follows. `None` when it has no tag.
fn tag(text: &str) -> Option<(usize, bool)> {
    const LONGEST: usize = 48;
    let length = text.find([' ', ':', '['])?;
    let (name, rest) = text.split_at_checked(length)?;
    if !(1..=LONGEST).contains(&length) || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    if rest.starts_with(':') {
        return Some((LONGEST, false));
    }
    let (process, rest) = rest.strip_prefix('[')?.split_once(']')?;
    let sound = !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_graphic());
    (sound && rest.starts_with(':')).then_some((LONGEST, true))
}
