//! Where values behind names of secrets begin and end: in quotes, blocks, elements, phrases, or up to what no secret has.

use super::none::{is_odd, is_prose};
use super::said;
use crate::detect::{Probe, is_listed, is_placeholder};
use core::ops::Range;
use frostglass_formats::words;

/// The text of an element whose tag ends in a name or is called by one: `<password>…</password>`, `<property name="password">…`. Of
/// one whose tag says more behind its name the tag that closes it tells the name: `<password type="plain">…</password>`.
#[inline(never)] // asked in several places
pub(in crate::detect) fn element_text(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 512;
    const RAW: &str = "<![CDATA[";
    let tag = probe.reach_back(at, 64, |byte| !matches!(byte, b'<' | b'>' | b'\n'));
    if probe.before(tag) != b'<' {
        return None;
    }
    let mut from = at + 1;
    if probe.byte(tag) == b'/' {
        // Its name, in the tag that the text before it begins behind.
        let name = probe.slice(tag + 1..at);
        from = probe.reach_back(tag - 1, LONGEST, |byte| byte != b'>');
        if probe.slice(from.saturating_sub(3)..from) == b"]]>" {
            from = probe.reach_back(from - 1, LONGEST, |byte| byte != b'>');
        }
        let opening = probe.reach_back(from.checked_sub(1)?, LONGEST, |byte| byte != b'<' && byte != b'>');
        let called = probe.slice(opening..opening + name.len()) == name;
        if probe.before(from) != b'>'
            || probe.before(opening) != b'<'
            || !called
            || !probe.byte(opening + name.len()).is_ascii_whitespace()
        {
            return None;
        }
    } else if !probe.byte(tag).is_ascii_alphabetic() {
        return None;
    }
    let blank = |byte: u8| byte.is_ascii_whitespace();
    from = probe.reach(from, 32, blank);
    if probe.starts_with(from, RAW) {
        from += RAW.len();
        let rest = probe.slice(from..(from + LONGEST).min(probe.len()));
        probe.count(LONGEST);
        return memchr::memmem::find(rest, b"]]>").map(|length| from..from + length);
    }
    let end = probe.reach(from, LONGEST, |byte| byte != b'<' && byte != b'\n');
    let tag = probe.reach(end, 32, blank);
    let end = probe.reach_back(end, end - from, blank);
    probe.starts_with(tag, "</").then_some(from..end)
}

/// A block of YAML behind its mark: the lines behind that are set in.
pub(super) fn block(probe: &Probe<'_>, operator: usize, from: usize, strong: bool) -> Option<Range<usize>> {
    let mark = probe.reach(from, 3, |byte| matches!(byte, b'|' | b'>' | b'-' | b'+'));
    let line = probe.reach(mark, 1, |byte| byte == b'\r');
    if probe.byte(operator) != b':' || probe.byte(line) != b'\n' || mark == from && !strong {
        return None;
    }
    let blank = |byte: u8| byte == b' ';
    let start = probe.reach(line + 1, 64, blank);
    let indent = start - line - 1;
    let mut end = start;
    if indent == 0 {
        return None;
    }
    // Without a mark one word of its own: `password:`, a line break, `  hunter2`.
    if mark == from {
        let end = probe.reach(start, 128, |byte| byte > b' ');
        let value = probe.slice(start..end);
        let alone = matches!(probe.byte(end), 0 | b'\r' | b'\n') && !value.ends_with(b":");
        return (alone && is_odd(value) && !is_quote(probe.byte(start))).then_some(start..end);
    }
    loop {
        end = probe.reach(end, usize::MAX, |byte| byte != b'\n');
        let next = probe.reach(end + 1, indent, blank);
        if next - end - 1 < indent || next >= probe.len() {
            break;
        }
        end = next;
    }
    (end > start).then_some(start..end)
}

/// Where the string begins that follows, in a list, the one that ends at a place: `"--api-key", "…"`.
#[inline(never)] // asked in several places
pub(in crate::detect) fn next_string(probe: &Probe<'_>, end: usize) -> Option<usize> {
    let quote = probe.reach(end, 4, |byte| byte == b'\\');
    let next = probe.reach(quote + 1, 24, |byte| matches!(byte, b',' | b' ' | b'\n' | b'\r' | b'\t' | b'\\'));
    let follows = is_quote(probe.byte(quote)) && next > quote + 1 && probe.byte(next) == probe.byte(quote);
    follows.then_some(next + 1)
}

/// Where the value begins on the next line of a list of YAML, behind an option that stands on one (`- --api-key`, `- …`), or behind the
/// comma of a list without quotes, as Java and Go print them: `[serve, --api-key, …]`.
#[inline(never)] // few options stand so
pub(super) fn next_line(probe: &Probe<'_>, option: usize, end: usize) -> Option<usize> {
    let printed = probe.before(option) == b'[' || probe.ends_with_any_case(option, ", ");
    if printed && probe.starts_with(end, ", ") {
        return (probe.byte(end + 2) != b'-').then_some(end + 2);
    }
    let first = option - usize::from(is_quote(probe.before(option)));
    let behind = end + usize::from(is_quote(probe.byte(end)));
    let line = probe.reach(behind, 2, |byte| matches!(byte, b'\n' | b'\r'));
    let dash = probe.reach(line, 64, |byte| byte == b' ');
    let follows = line > behind
        && probe.starts_with(dash, "- ")
        && probe.slice(first.saturating_sub(2)..first) == b"- ";
    follows.then(|| dash + 2 + usize::from(is_quote(probe.byte(dash + 2))))
}

/// One past the inside of a string whose closing quote stands at `end`, or of the one that a plan of changes puts in its place:
/// `"old" -> "new"`, `"old" => "new"`. Both are one finding: what is between them is no secret, but nothing without them.
pub(super) fn changed(probe: &Probe<'_>, from: usize, end: usize) -> Range<usize> {
    let quote = probe.reach(end, 4, |byte| byte == b'\\');
    let next = probe.reach(quote + 5, 4, |byte| byte == b'\\');
    let changed = [" -> ", " => "].into_iter().any(|arrow| probe.starts_with(quote + 1, arrow))
        && probe.byte(next) == probe.byte(quote);
    // Of what was nothing before only what it is now.
    let start = if changed && from == end { next + 1 } else { from };
    start..if changed { quoted_end(probe, next + 1) } else { end }
}

/// The inside of a string that begins at a place, if it is no placeholder.
#[inline(never)] // asked in several places
pub(super) fn string_at(probe: &Probe<'_>, from: usize) -> Option<Range<usize>> {
    let end = quoted_end(probe, from);
    (!is_placeholder(probe.slice(from..end))).then_some(from..end)
}

/// A quote where text was made HTML.
pub(super) const HTML_QUOTE: &str = "&quot;";

/// How many words a wallet is restored from at least (BIP 39).
pub(super) const SEED: usize = 12;

/// One past a phrase of words without quotes: so many small ones at least, up to the end or a mark. One word is a word.
#[inline(never)] // asked in several places
pub(super) fn phrase_end(probe: &Probe<'_>, from: usize, least: usize) -> Option<usize> {
    const MOST: usize = 24;
    let mut end = from;
    for count in 0..MOST {
        let word = if count == 0 { from } else { end + 1 };
        let next = probe.reach(word, 16, |byte| byte.is_ascii_lowercase());
        // The words of that list have three to eight letters.
        let listed = least < SEED || (3..=8).contains(&(next - word));
        if next < word + 2
            || !listed
            || count > 0 && probe.byte(end) != b' '
            || matches!(probe.byte(next), b'=' | b':')
        {
            break;
        }
        end = next;
    }
    let words = probe.slice(from..end).iter().filter(|byte| **byte == b' ').count() + 1;
    let whole = !probe.byte(end).is_ascii_alphanumeric();
    let first = probe.slice(from..end).split(|byte| *byte == b' ').next().unwrap_or(&[]);
    (words >= least && whole && (least == SEED || !is_prose(first, true, false))).then_some(end)
}

/// Where the value after an operator begins: behind `=`, `:`, `=>`, `:=` and blanks; a quote is not skipped unless the
/// value is quoted: then the byte before the result is that quote.
pub(in crate::detect) fn value_start(probe: &Probe<'_>, operator: usize) -> usize {
    let from = probe.run_end(operator, 3, |byte| matches!(byte, b'=' | b':' | b'>'));
    // Settings are printed in columns, too.
    let blanks = |from: usize| probe.run_end(from, 16, |byte| byte == b' ' || byte == b'\t');
    let mut from = said::dumped(probe, operator, blanks(from));
    // What may be missing, as Rust, Haskell and Swift print it.
    if matches!(probe.byte(from), b'S' | b'J' | b'O')
        && let Some(maker) =
            ["Some(", "Just ", "Str(", "Optional("].into_iter().find(|maker| probe.starts_with(from, maker))
    {
        from += maker.len();
    }
    // What is made of it in the statement, or what prints it: `password = MD5('x')`, `String("x")`.
    let mut made = from;
    for _ in 0..2 {
        let open = probe.reach(made, 12, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if probe.byte(open) != b'(' || !is_listed(probe.slice(made..open), MAKERS) {
            break;
        }
        made = open + 1;
        if is_quote(probe.byte(made)) {
            from = made;
            break;
        }
    }
    // A string of Erlang.
    if probe.byte(from) == b'<' && probe.starts_with(from, "<<\"") {
        from += 2;
    }
    // Its type: `{"S": "x"}` (DynamoDB), `{"stringValue": "x"}` (OTLP), `{"string": "x"}` (Avro), or how it is compared: `{"query": "x"}`, `{$eq: "x"}`.
    if probe.byte(from) == b'{' {
        from = of_type(probe, from).map_or(from, blanks);
    }
    // A tag of YAML before the value: `password: !!str x`. A secret may begin with one mark, hardly with two and a word.
    if probe.starts_with(from, "!!") {
        let tag = probe.run_end(from + 2, 12, |byte| byte.is_ascii_lowercase());
        if blanks(tag) > tag {
            from = blanks(tag);
        }
    }
    // A letter that says what kind of string follows: `u'x'`, `b"x"`, `N'x'`.
    if matches!(probe.byte(from) | 0x20, b'u' | b'b' | b'r' | b'f' | b'n') && is_quote(probe.byte(from + 1)) {
        from += 1;
    }
    // An opening quote, with as many backslashes as the text is escaped.
    let quote = probe.run_end(from, 8, |byte| byte == b'\\');
    // A quote that a shell is shown in the middle of a string (`'\''`), and one that a statement inside a string has twice.
    if probe.byte(from) == b'\'' {
        let shown =
            if probe.starts_with(from, "'\\''") { 3 } else { usize::from(probe.byte(from + 1) == b'\'') };
        if shown > 0 && probe.byte(from + shown + 1).is_ascii_alphanumeric() {
            return from + shown + 1;
        }
    }
    if is_quote(probe.byte(quote)) { quote + 1 } else { from }
}

/// Functions of databases that are given one in quotes, and types that are printed around one.
pub(in crate::detect) const MAKERS: &str = " md5 sha sha1 sha2 sha224 sha256 sha384 sha512 upper lower hex unhex encrypt crypt digest trim password old_password \
                      to_base64 encode concat string secret str some secretstr secretstring ";

/// One past the colon behind the type of a value, in an object whose bracket opens at a place.
#[inline(never)] // of few
fn of_type(probe: &Probe<'_>, open: usize) -> Option<usize> {
    let quotes = |byte: u8| matches!(byte, b'"' | b'\\' | b'\'' | b' ' | b'$');
    let word = probe.reach(open + 1, 5, quotes);
    let end = probe.reach(word, 12, |byte| byte.is_ascii_alphabetic());
    let colon = probe.reach(end, 5, quotes);
    let typed = is_listed(probe.slice(word..end), " s n string stringvalue query value eq ");
    (typed && probe.byte(colon) == b':').then_some(colon + 1)
}

pub(in crate::detect) const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// One past a value whose opening quote stands before `from`: the next such quote with as few backslashes before it,
/// or the end of the line if the text was cut off.
#[inline(never)] // long, and asked in several places
pub(in crate::detect) fn quoted_end(probe: &Probe<'_>, from: usize) -> usize {
    let quote = probe.before(from);
    let escapes = |at: usize| at - probe.run_start(at, 16, |byte| byte == b'\\');
    let level = escapes(from - 1);
    let mut at = from;
    loop {
        at = probe.run_end(at, usize::MAX, |byte| byte != quote && byte != b'\n');
        if probe.byte(at) != quote {
            return at;
        }
        let here = escapes(at).min(at - from);
        if here <= level {
            return at - here;
        }
        at += 1;
    }
}

/// One past an unquoted value. Separators end it only where something begins behind them that is not the value.
#[inline(never)] // asked in several places
pub(super) fn unquoted_end(probe: &Probe<'_>, from: usize) -> usize {
    let mut at = from;
    let mut bracketed = None;
    loop {
        at = probe.run_end(at, usize::MAX, words::goes_on);
        let next = probe.byte(at + 1);
        match probe.byte(at) {
            // The end of an address in brackets: `<https://example.org/?sig=…>`.
            b'>' => {
                if *bracketed.get_or_insert_with(|| is_bracketed(probe, from)) {
                    return at;
                }
            }
            b'&' | b',' | b';' | b'|' => {
                let key = probe.run_end(at + 1, 24, |byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
                });
                let another = key > at + 1 && matches!(probe.byte(key), b'=' | b':');
                if another || next <= b' ' || matches!(next, b'"' | b'\'') {
                    return at;
                }
            }
            b')' | b']' | b'}' if at > from => {
                if !next.is_ascii_alphanumeric() && !is_inside(probe, from, at) {
                    return at;
                }
            }
            b'\\' => {
                if matches!(next, b'n' | b'r' | b't' | b'"' | b'\'') {
                    return at;
                }
            }
            b')' | b']' | b'}' => {}
            // One that nothing opened before, and no string that a program takes something by.
            b'\'' => {
                let line = probe.reach_back(from, 128, |byte| byte != b'\'' && byte != b'\n');
                let head = probe.slice(from..at);
                let whole = head.len() > 1 && !head.iter().any(|byte| matches!(byte, b'(' | b'[' | b'{'));
                if !next.is_ascii_alphanumeric() || !whole || probe.before(line) == b'\'' {
                    return at;
                }
            }
            _ => return at,
        }
        at += 1;
    }
}

/// Whether a bracket stands inside a value that was drawn from marks, too: another mark follows that begins no sentence's next part,
/// and something behind it, and another bracket or several marks stand before it.
#[inline(never)] // of few brackets
pub(super) fn is_inside(probe: &Probe<'_>, from: usize, bracket: usize) -> bool {
    let head = probe.slice(from.max(bracket.saturating_sub(64))..bracket);
    let marks = head.iter().filter(|byte| b"^%$#@!*&+=(-_".contains(byte)).count();
    let (mark, next) = (probe.byte(bracket + 1), probe.byte(bracket + 2));
    (marks > 2 || head.contains(&b'('))
        && (mark.is_ascii_alphanumeric() || b"-+^$#@!".contains(&mark))
        && (next.is_ascii_alphanumeric() || b"+^%$#@!(=&*_".contains(&next))
}

/// Whether a value stands in an address in brackets.
#[inline(never)] // asked in several places, and of few
fn is_bracketed(probe: &Probe<'_>, from: usize) -> bool {
    let start = probe.reach_back(from, 256, |byte| byte > b' ' && !matches!(byte, b'<' | b'>' | b'"'));
    probe.before(start) == b'<' && probe.slice(start..from).windows(3).any(|mark| mark == b"://")
}

/// Where the string begins that a typed name is given: `password: str = "…"`.
#[inline(never)] // asked in several places, and of few
pub(super) fn typed(probe: &Probe<'_>, operator: usize, from: usize) -> Option<usize> {
    let end = probe.reach(from, 32, |byte| byte.is_ascii_alphabetic() || b"[]|?_.&".contains(&byte));
    let typed = probe.byte(operator) == b':' && end > from && probe.starts_with(end, " = ");
    (typed && is_quote(probe.byte(end + 3))).then_some(end + 4)
}
