//! Values whose names stand elsewhere than before an operator: parts of a form (RFC 7578), tuples of two strings, values of a statement
//! by the names of their columns, attributes of OTLP inside a text, elements behind those that name them.
//!
//! None is a detector of its own: each finds a name and what belongs to it, and shows both to the detectors that know values by keys,
//! as cells of a table are. Looks at a bounded part of the text, or at a string once.

use super::{Probe, Scanner, is_listed, key_value, sites};
use core::ops::Range;

/// The header that says how a part is called, as it is and behind an escaped line break.
const HEADERS: &[&str] =
    &["Content-Disposition", "content-disposition", "nContent-Disposition", "ncontent-disposition"];

impl Scanner {
    /// What the pass must look for besides what detectors want.
    pub(super) fn want_fields(tables: &mut sites::Tables) {
        tables.want(sites::Site::Prefix(HEADERS));
        tables.want(sites::Site::After(&[
            "values",
            "duplicate entry",
            "new value",
            "like",
            "actual value was",
        ]));
        tables.want(sites::Site::Key(APART));
        tables.want(sites::Site::Key(ANEW));
        tables.want(sites::Site::Key(TAGS));
        tables.want(sites::Site::Flag);
    }

    /// Shows what stands at a site to the detectors that know it by its name, and gives what each says to `sink`.
    #[inline(never)] // of few sites, and asked in several places
    pub(super) fn meet_fields(
        &self,
        kind: usize,
        at: usize,
        probe: &Probe<'_>,
        sink: &mut dyn FnMut(u16, Option<Range<usize>>),
    ) {
        let flag = kind == sites::FLAG;
        // What a password is made of says nothing in a number.
        let mut show = |name: usize, value: Range<usize>| {
            let number = kind == sites::AFTER && probe.slice(value.clone()).iter().all(u8::is_ascii_digit);
            self.show(probe, name, &value, flag || number && probe.before(value.start) != b'\'', sink);
        };
        match kind {
            sites::PREFIX => part(probe, at, &mut show),
            sites::AFTER if probe.byte(at) == b'(' => row(probe, at, &mut show),
            sites::AFTER => refused(probe, at, &mut show),
            sites::TUPLE => tuple(probe, at, &mut show),
            sites::FLAG => option(probe, at, &mut show),
            sites::KEY if probe.byte(at) == b'>' => elements(probe, at, &mut show),
            // Who knows secrets knows more of some of these.
            sites::KEY => {
                let mut show = |name, value, known| self.show(probe, name, &value, known, sink);
                if probe.byte(at) == b' ' { anew(probe, at, &mut show) } else { apart(probe, at, &mut show) }
            }
            _ => None,
        };
    }

    /// Shows a value to the detectors that know it by the name that ends at a place.
    #[inline(never)]
    pub(super) fn show(
        &self,
        probe: &Probe<'_>,
        name: usize,
        value: &Range<usize>,
        flag: bool,
        sink: &mut dyn FnMut(u16, Option<Range<usize>>),
    ) {
        for index in self.keys_at(probe, name) {
            let Some(detector) = self.detectors.get(usize::from(index)) else { continue };
            probe.forget();
            // Some know more of options.
            if flag && detector.sites().contains(&sites::Site::Flag) {
                continue;
            }
            if detector.is_cell(probe, name, value) {
                sink(index, Some(value.clone()));
            }
        }
    }
}

/// Who is shown where a name ends and the value that belongs to it.
type Show<'s> = &'s mut dyn FnMut(usize, Range<usize>);

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']')
}

/// A part of a form: the value is the line behind the blank one that ends the part's headers, line breaks raw or escaped.
#[inline(never)]
fn part(probe: &Probe<'_>, at: usize, show: Show<'_>) -> Option<()> {
    const LINES: usize = 3;
    const LONGEST: usize = 512;
    let operator = probe.reach(at, 64, |byte| byte != b'=');
    if !probe.ends_with_any_case(operator, "-disposition: form-data; name") {
        return None;
    }
    let name = key_value::value_start(probe, operator);
    let name_end = probe.reach(name, 64, is_name);
    let quote = probe.reach(name_end, 8, |byte| byte == b'\\');
    if name_end == name || !key_value::is_quote(probe.byte(quote)) {
        return None;
    }
    let line = |at: usize| probe.reach(at, LONGEST, |byte| !matches!(byte, b'\r' | b'\n' | b'\\'));
    let mut at = line(quote + 1);
    for _ in 0..LINES {
        let next = line_break(probe, at)?;
        match line_break(probe, next) {
            Some(value) => {
                let mut end = line(value);
                // A backslash alone is one of the value's bytes.
                while probe.byte(end) == b'\\' && line_break(probe, end).is_none() && end - value < LONGEST {
                    end = line(end + 1);
                }
                if end > value {
                    show(name_end, value..end);
                }
                return Some(());
            }
            None => at = line(next),
        }
    }
    None
}

/// One past a line break, raw or escaped.
fn line_break(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let one = |at: usize, raw: u8, escaped: u8| {
        let letter = probe.reach(at, 4, |byte| byte == b'\\');
        if probe.byte(at) == raw {
            at + 1
        } else if letter > at && probe.byte(letter) == escaped {
            letter + 1
        } else {
            at
        }
    };
    let feed = one(at, b'\r', b'r');
    let end = one(feed, b'\n', b'n');
    (end > feed).then_some(end)
}

/// An option and its value, in quotes or not, or as arguments of a list: `--idfa '…'`, `"--first-name", "…"`.
#[inline(never)] // of few
fn option(probe: &Probe<'_>, at: usize, show: Show<'_>) -> Option<()> {
    const LONGEST: usize = 128;
    let name = probe.reach(at + 2, 32, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let from = match probe.byte(name) {
        b' ' => name + 1,
        _ => key_value::next_string(probe, name)? - 1,
    };
    let quoted = key_value::is_quote(probe.byte(from));
    let from = from + usize::from(quoted);
    let end = if quoted {
        key_value::quoted_end(probe, from)
    } else {
        probe.reach(from, LONGEST, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b',' | b';' | b'`'))
    };
    if end > from && end - from < LONGEST && probe.byte(from) != b'-' {
        show(name, from..end);
    }
    Some(())
}

/// A tuple of a name and its value: `('password', '…')`. Behind a name it holds the arguments of a call, which may be anything.
#[inline(never)]
fn tuple(probe: &Probe<'_>, at: usize, show: Show<'_>) -> Option<()> {
    // A statement may have no blank before its values.
    if probe.ends_with_any_case(at, "values") {
        return row(probe, at, show);
    }
    let called = probe.before(at);
    let name = probe.reach(at + 2, 48, is_name);
    // Who sets something is called like it: `CALL set_pin('…')`.
    let setter = probe.reach_back(at, 48, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if probe.slice(setter..setter + 3).eq_ignore_ascii_case(b"set") && setter + 6 < at {
        show(at, at + 2..key_value::quoted_end(probe, at + 2));
        return Some(());
    }
    if called.is_ascii_alphanumeric()
        || matches!(called, b'_' | b'!')
        || probe.byte(name) != probe.byte(at + 1)
    {
        return None;
    }
    let value = key_value::next_string(probe, name)?;
    let end = key_value::quoted_end(probe, value);
    let close = probe.reach(end, 8, |byte| byte == b'\\') + 1;
    if probe.byte(close) == b')' {
        show(name, value..end);
    }
    Some(())
}

/// Where the name ends of the column that a value stands in, in a row of a statement that names its columns before.
#[inline(never)] // of few
pub(super) fn statement_column(probe: &Probe<'_>, at: usize) -> Option<usize> {
    const MOST: usize = 256;
    let open = probe.reach_back(at, MOST, |byte| byte != b'(');
    let commas = |span: Range<usize>| {
        let mut quoted = false;
        probe.count(span.len());
        let bytes = probe.slice(span).iter();
        bytes
            .filter(|byte| {
                quoted ^= **byte == b'\'';
                **byte == b',' && !quoted
            })
            .count()
    };
    let column = commas(open..at);
    let blank = |byte: u8| matches!(byte, b' ' | b'\n');
    let word = probe.reach_back(open.checked_sub(1)?, 2, blank);
    if !probe.ends_with_any_case(word, "values") {
        return None;
    }
    let close = probe.reach_back(word - "values".len(), 4, blank).checked_sub(1)?;
    let mut name = probe.reach_back(close, MOST, |byte| byte != b'(');
    for _ in 0..column {
        name = probe.reach(name, MOST, |byte| byte != b',' && byte != b')') + 1;
    }
    let end = probe.reach(name, MOST, |byte| byte != b',' && byte != b')');
    (probe.byte(close) == b')' && end <= close)
        .then(|| probe.reach_back(end, 3, |byte| matches!(byte, b' ' | b'"' | b'`' | b']')))
}

/// Keys whose names stand elsewhere: in a pair of their own, before a type, in brackets of a form, in the label of CEF.
#[rustfmt::skip] // A list of words reads as one.
const APART: &[&str] = &[
    "stringvalue", "keyword", "%5d", "string", "cs1", "cs2", "cs3", "cs4", "cs5", "cs6", "value", "default", "received", "input",
];

/// What is said of a name before what it is now: `Date Of Birth updated to …`.
const ANEW: &[&str] = &["changed", "updated", "replaced", "set"];

/// Likewise, and whether secrets are told there by those who know more of it.
type Told<'s> = &'s mut dyn FnMut(usize, Range<usize>, bool);

/// What a name was set to: `Phone updated to … by ann`, `set my zip code to …`.
#[inline(never)] // of few
fn anew(probe: &Probe<'_>, at: usize, show: Told<'_>) -> Option<()> {
    const LONGEST: usize = 128;
    const ENDS: [&[u8]; 8] = [b" by ", b" for ", b" from ", b" on ", b" at ", b" and ", b" please", b" ("];
    const ASKED: &[&str] = &["set my", "set the", "change my", "change the", "update my", "update the"];
    let marks = |byte: u8| matches!(byte, b' ' | b'`' | b'"' | b'\'');
    if !probe.starts_with(at, " to ") {
        return None;
    }
    let from = probe.reach(at + " to ".len(), 1, marks);
    let quoted = probe.before(from) != b' ';
    let mut end = probe.reach(from, LONGEST, |byte| !matches!(byte, b'\n' | b';' | b'"' | b'|' | b'`'));
    if quoted {
        end = key_value::quoted_end(probe, from);
    } else {
        let text = probe.slice(from..end);
        let told = ENDS.iter().filter_map(|word| memchr::memmem::find(text, word)).min();
        end =
            probe.reach_back(from + told.unwrap_or(text.len()), 2, |byte| matches!(byte, b'.' | b',' | b' '));
    }
    let (name, known) = match probe.key_ends_with(at, ANEW) {
        Some((_, verb)) => {
            let name = probe.reach_back(verb, 4, marks);
            let is = probe.ends_with_any_case(name, " is") || probe.ends_with_any_case(name, "`is");
            (if is { probe.reach_back(name - "is".len(), 4, marks) } else { name }, !is)
        }
        None if probe.has_before(at, 48, ASKED) => {
            (at, !probe.slice(from..end).iter().any(u8::is_ascii_digit))
        }
        None => return None,
    };
    (end > from && end - from < LONGEST).then(|| show(name, from..end, known))
}

/// What a database refuses twice or compares, what .NET does not take, and what audits note: `Duplicate entry '…' for key 'users.dob'`,
/// `dob LIKE '…'`, `(Parameter 'dob', Actual value was …)`, `dob changed, new value …`.
#[inline(never)] // of few
fn refused(probe: &Probe<'_>, at: usize, show: Show<'_>) -> Option<()> {
    const SAID: [&str; 4] = [" like ", " ilike ", "', actual value was ", " changed, new value "];
    let value = if probe.byte(at) == b'\'' { at + 1 } else { at };
    if let Some(said) = SAID.iter().find(|said| probe.ends_with_any_case(at, said)) {
        show(at - said.len(), value..end_of(probe, value));
        return Some(());
    }
    if !probe.ends_with_any_case(at, "entry ") {
        return None;
    }
    let end = end_of(probe, value);
    let name = end + "' for key '".len();
    probe
        .starts_with(end, "' for key '")
        .then(|| show(probe.reach(name, 64, |byte| byte != b'\'' && byte != b'\n'), value..end))
}

/// One past a value that begins at a place, in quotes or without blanks.
fn end_of(probe: &Probe<'_>, from: usize) -> usize {
    if key_value::is_quote(probe.before(from)) {
        return key_value::quoted_end(probe, from);
    }
    probe.reach(from, 256, |byte| {
        byte > b' ' && !matches!(byte, b',' | b'}' | b'&' | b'<' | b'"' | b')' | b']')
    })
}

/// A value behind an operator whose name does not stand right before it.
#[inline(never)] // of few
fn apart(probe: &Probe<'_>, at: usize, show: Told<'_>) -> Option<()> {
    const FAR: usize = 256;
    // A statement whose values stand behind it, by their numbers or in order: `WHERE pin = $1 … ['4113']`.
    let first = probe.reach(at + 1, 1, |byte| byte == b' ');
    if matches!(probe.byte(first), b'$' | b'?' | b'%') && probe.byte(at) == b'=' {
        return parameter(probe, at, first, show);
    }
    // PostgreSQL: `Key (dob)=(…) already exists`.
    if probe.before(at) == b')' && probe.byte(at + 1) == b'(' {
        let end = probe.reach(at + 2, FAR, |byte| byte != b')' && byte != b'\n');
        let columns = probe.reach_back(at - 1, 64, |byte| byte != b'(' && byte != b',');
        return (probe.before(columns) == b'(').then(|| show(at - 1, at + 2..end, true));
    }
    // `user%5Bdevice_id%5D=…`
    if probe.ends_with_any_case(at, "%5d") {
        show(at - 3, at + 1..end_of(probe, at + 1), false);
        return None;
    }
    let (word, start) = probe.key_ends_with(at, APART)?;
    let from = key_value::value_start(probe, at);
    let value = from..end_of(probe, from);
    let joined = probe.before(start);
    match word {
        _ if value.is_empty() => return None,
        "stringvalue" => return attribute(probe, at, show),
        // A field of Elasticsearch that is not taken apart: `"email.keyword":"…"`.
        "keyword" if joined == b'.' => show(start - 1, value, false),
        // `param pin string = '…'`, `const pin string = "…"`
        "string" if joined == b' ' && probe.byte(at) == b'=' => show(start - 1, value, false),
        "keyword" | "string" => {}
        // `cs1Label=pin cs1=…`
        label if label.starts_with("cs") => {
            let near = at.saturating_sub(FAR)..(at + FAR).min(probe.len());
            let text = probe.slice(near.clone());
            probe.count(text.len());
            let mut named = memchr::memmem::find_iter(text, b"Label=").map(|place| near.start + place);
            let name = named.find(|place| probe.ends_with_any_case(*place, label))? + "Label=".len();
            show(probe.reach(name, 48, |byte| byte.is_ascii_alphanumeric() || byte == b'_'), value, false);
        }
        _ => key_value::each_name(probe, at, &mut |name| show(name, value.clone(), true)),
    }
    Some(())
}

/// The value of a statement that stands behind it, by its number, or by how many stand before it: `dob = $1 … $1 = '…'`, `dob = ? …
/// params: ['…', 7]`.
#[inline(never)] // of few
fn parameter(probe: &Probe<'_>, at: usize, from: usize, show: Told<'_>) -> Option<()> {
    const FAR: usize = 160;
    const SAID: [&[u8]; 4] = [b"param", b"bind", b"args", b"["];
    let end = probe.reach(from + 1, 2, |byte| byte.is_ascii_digit());
    let number = probe.text(from + 1..end).parse().ok();
    if number.is_none() && (probe.byte(from) == b'$' || probe.byte(from + 1).is_ascii_alphanumeric()) {
        return None;
    }
    let text = probe.slice(from..(from + FAR).min(probe.len()));
    probe.count(text.len());
    let number = number.unwrap_or_else(|| {
        probe.count(FAR);
        probe.slice(at.saturating_sub(FAR)..at).iter().filter(|byte| **byte == b'?').count() + 1
    });
    let said = SAID.iter().find_map(|said| memchr::memmem::find(text, said))?;
    let given = probe.slice(from..end);
    let own = |at: &usize| end > from + 1 && probe.slice(*at..*at + given.len()) == given;
    if let Some(own) = (from + said..from + text.len()).find(own) {
        let value = key_value::value_start(probe, probe.reach(own + given.len(), 1, |byte| byte == b' '));
        show(at, value..end_of(probe, value), false);
        return None;
    }
    let mut value = probe.reach(from + said, 24, |byte| !matches!(byte, b'[' | b':' | b'('));
    for order in 1..=number {
        value = probe.reach(value, 8, |byte| matches!(byte, b' ' | b'[' | b'(' | b':' | b','));
        value += usize::from(key_value::is_quote(probe.byte(value)));
        let end = end_of(probe, value);
        if order == number && end > value {
            show(at, value..end, false);
        }
        value = probe.reach(end, 1, |byte| matches!(byte, b'\'' | b'"'));
    }
    Some(())
}

/// An attribute as OTLP writes it in JSON: `{"key":"password","value":{"stringValue":"…"}}`.
fn attribute(probe: &Probe<'_>, at: usize, show: Told<'_>) -> Option<()> {
    let mark = |byte: u8| matches!(byte, b'"' | b'\\' | b':' | b' ' | b'{' | b',');
    let name = probe.reach_back(at, 4, mark);
    if !probe.ends_with_any_case(name, "stringvalue") {
        return None;
    }
    let word = probe.reach_back(name - "stringvalue".len(), 12, mark);
    if !probe.ends_with_any_case(word, "value") {
        return None;
    }
    let name = probe.reach_back(word - "value".len(), 12, mark);
    let value = key_value::value_start(probe, at);
    if key_value::is_quote(probe.before(value)) {
        show(name, value..key_value::quoted_end(probe, value), false);
    }
    Some(())
}

/// How elements of names end, behind which those of their values stand, in property lists, calls over XML and tables of pages.
const TAGS: &[&str] = &["/key", "name", "/th", "/td", "/dt"];

/// The text of an element behind one that names it: `<key>password</key><string>…</string>`, `<th>Password</th><td>…</td>`.
#[inline(never)] // of few
fn elements(probe: &Probe<'_>, at: usize, show: Show<'_>) -> Option<()> {
    const LONGEST: usize = 256;
    // `<property name="pin"><value>…</value>`
    if probe.ends_with_any_case(at, "<value") {
        let name = probe.reach_back(at - "<value".len(), 24, |byte| !byte.is_ascii_alphanumeric());
        if let Some(text) =
            key_value::element_text(probe, at).filter(|_| key_value::is_quote(probe.byte(name)))
        {
            show(name, text);
            return Some(());
        }
    }
    let tag = TAGS.iter().find(|tag| probe.ends_with_any_case(at, tag))?;
    let tag = tag.trim_start_matches('/');
    let name = at.checked_sub(tag.len() + 2).filter(|name| probe.starts_with(*name, "</"))?;
    let name_end = probe.reach_back(name, 8, |byte| matches!(byte, b' ' | b':' | b'\n'));
    let mut from = at + 1;
    // Of calls over XML the value has an element for its type.
    for nested in 0..2 {
        let open = probe.reach(from, 32, |byte| byte.is_ascii_whitespace());
        let close = probe.reach(open + 1, 64, |byte| byte != b'>' && byte != b'<' && byte != b'/');
        if probe.byte(open) != b'<' || probe.byte(close) != b'>' {
            if nested == 0 {
                return None;
            }
            break;
        }
        from = close + 1;
    }
    let end = probe.reach(from, LONGEST, |byte| byte != b'<' && byte != b'\n');
    // Two cells are a name and its value if the row has no more; two names are none.
    let behind = probe.reach(end + 2, 8, |byte| byte.is_ascii_alphabetic());
    let alike = probe.ends_with_any_case(behind, tag);
    let row = probe.reach(behind + 1, 32, |byte| byte.is_ascii_whitespace());
    if end > from && probe.starts_with(end, "</") && (!alike || probe.starts_with(row, "</tr")) {
        show(name_end, from..end);
    }
    Some(())
}

/// The strings and numbers of a row in a statement that names its columns before: `(id, secret) VALUES (7, '…')`, with a blank
/// before the bracket or none.
#[inline(never)]
fn row(probe: &Probe<'_>, at: usize, show: Show<'_>) -> Option<()> {
    const MOST: usize = 256;
    let blank = |byte: u8| matches!(byte, b' ' | b'\n');
    let word = [at, at.saturating_sub(1)].into_iter().find(|end| probe.ends_with_any_case(*end, "values"))?;
    let close = probe.reach_back(word - "values".len(), 4, blank);
    let open = probe.reach_back(close.checked_sub(1)?, MOST, |byte| byte != b'(');
    if probe.before(close) != b')' {
        return None;
    }
    let (mut name, mut value) = (open, at + 1);
    while value < at + 2 * MOST {
        let name_end = probe.reach(name, MOST, |byte| !matches!(byte, b',' | b')'));
        value = probe.reach(value, 4, blank);
        // As Transact-SQL marks Unicode, and PostgreSQL escapes.
        value += usize::from(matches!(probe.byte(value), b'N' | b'E') && probe.byte(value + 1) == b'\'');
        // What is made of it: `SHA2('x', 256)`.
        let call = probe.reach(value, 12, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let made = probe.starts_with(call, "('") && is_listed(probe.slice(value..call), key_value::MAKERS);
        value = if made { call + 1 } else { value };
        let string = probe.byte(value) == b'\'';
        let from = value + usize::from(string);
        let end = if string {
            let mut end = probe.reach(from, MOST, |byte| byte != b'\'');
            // A quote is written twice.
            while probe.starts_with(end, "''") && end - from < MOST {
                end = probe.reach(end + 2, MOST, |byte| byte != b'\'');
            }
            end
        } else {
            probe.reach(from, MOST, |byte| !matches!(byte, b',' | b')'))
        };
        let number = || probe.slice(from..end).iter().all(u8::is_ascii_digit);
        if end > from && (string || number()) {
            show(name_end, from..end);
        }
        let closed = end + usize::from(string);
        let closed = if made { probe.reach(closed, 32, |byte| byte != b')') + 1 } else { closed };
        let behind = probe.reach(closed, 4, blank);
        (name, value) = (name_end + 1, behind + 1);
        // With the last column a row ends; another may follow.
        if name >= close {
            let comma = probe.reach(value, 4, blank);
            let next = probe.reach(comma + 1, 4, blank);
            if probe.byte(behind) != b')' || probe.byte(comma) != b',' || probe.byte(next) != b'(' {
                break;
            }
            (name, value) = (open, next + 1);
        }
    }
    Some(())
}
