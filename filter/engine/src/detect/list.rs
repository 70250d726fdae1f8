//! Lists behind a key: `["a", "b"]`, `(a b)`, `[]string{"a", "b"}`, lines of YAML that begin with a dash.
//!
//! Finds its way from element to element and knows no more of them: what an element must look like is said by who asks. Elements
//! are what stands in quotes, or what has none of the marks that maps and programs are written with.

use super::is_placeholder;
use super::key_value::{is_quote, quoted_end, value_start};
use super::probe::Probe;
use core::ops::Range;

/// A list that is gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct List {
    form: Form,
    /// What is known of its key, for who asks.
    pub(super) key: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Quoted,
    /// Up to where its bracket closes.
    Bare(usize),
    /// Each on a line set in so far.
    Lines(usize),
    /// A password and the same once more.
    Again,
}

/// What stands before the bracket of a list in programs.
const MAKERS: [&str; 6] = ["[]string", "vec!", "List.of", "Set.of", "Arrays.asList", "listOf"];
/// How far the bracket of a list without quotes may be.
const LONGEST: usize = 512;
/// How far a line may be set in.
const INDENT: usize = 64;

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

impl List {
    /// Whether a list may begin at a place where a value does.
    pub(super) const fn may_open(byte: u8) -> bool {
        matches!(byte, b'[' | b'(' | b'{' | b'\n' | b'\r' | b'v' | b'L' | b'S' | b'A' | b'l')
    }

    /// The list behind an operator whose value begins at a place, and its first element. Lines are of YAML, which has colons.
    #[inline(never)] // asked in several places
    pub(super) fn behind(probe: &Probe<'_>, operator: usize, from: usize) -> Option<(Self, Range<usize>)> {
        let first = probe.byte(from);
        let told = Self::may_open(first) && !(first < b' ' && probe.byte(operator) != b':');
        if told { Self::open(probe, from) } else { None }
    }

    /// A password that may be confirmed in the pair behind its own: `"password": "…", "password_confirmation": "…"`.
    pub(super) const fn again() -> Self {
        Self { form: Form::Again, key: 0 }
    }

    pub(super) const fn is_again(self) -> bool {
        matches!(self.form, Form::Again)
    }

    /// Whether its elements stand in quotes, or on lines of their own.
    pub(super) const fn is_quoted(self) -> bool {
        !matches!(self.form, Form::Bare(_))
    }

    /// The list that begins at a place where a value does, and its first element.
    fn open(probe: &Probe<'_>, from: usize) -> Option<(Self, Range<usize>)> {
        let list = |form| Self { form, key: 0 };
        if matches!(probe.byte(from), b'\n' | b'\r') {
            let line = probe.reach(from, 2, |byte| matches!(byte, b'\n' | b'\r'));
            let dash = probe.reach(line, INDENT, |byte| byte == b' ');
            return line_of(probe, dash).map(|element| (list(Form::Lines(dash - line)), element));
        }
        let maker = MAKERS.iter().find(|maker| probe.starts_with(from, maker)).map_or(0, |maker| maker.len());
        let open = from + maker;
        let close = match probe.byte(open) {
            b'[' => b']',
            b'(' => b')',
            b'{' => b'}',
            _ => return None,
        };
        let inside = probe.reach(open + 1, INDENT, is_blank);
        if let Some(start) = string(probe, inside) {
            return Some((list(Form::Quoted), start..quoted_end(probe, start)));
        }
        if close == b'}' || maker > 0 {
            return None;
        }
        // Up to its bracket nothing stands that a map or a program has; what an earlier hop left may.
        let most = open + LONGEST;
        let mut end = inside;
        loop {
            end = probe.reach(end, most.saturating_sub(end), |byte| {
                byte >= b' '
                    && !matches!(byte, b'"' | b'\'' | b'`' | b'=' | b':' | b'{' | b'[' | b'(' | b']' | b')')
            });
            let label =
                probe.reach(end + 1, 32, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            match probe.byte(end) {
                byte if byte == close => break,
                b'[' if probe.byte(label) == b']' => end = label + 1,
                _ => return None,
            }
        }
        bare(probe, inside, end).map(|element| (list(Form::Bare(end)), element))
    }

    /// The element behind the one that ends at a place.
    #[inline(never)] // likewise
    pub(super) fn next(self, probe: &Probe<'_>, end: usize) -> Option<Range<usize>> {
        match self.form {
            Form::Quoted => {
                let quote = probe.reach(end, 8, |byte| byte == b'\\');
                let comma = probe.reach(quote + 1, INDENT, is_blank);
                let next = probe.reach(comma, 1, |byte| byte == b',');
                let start = string(probe, probe.reach(next, INDENT, is_blank))?;
                let follows = is_quote(probe.byte(quote)) && (next > comma || comma > quote + 1);
                follows.then(|| start..quoted_end(probe, start))
            }
            Form::Again => {
                const NAMES: [&str; 3] = ["password_confirm", "passwordConfirm", "password_again"];
                let divides = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b',' | b' ' | b':');
                let name = probe.reach(end, 8, divides);
                let behind = probe.reach(name, 24, |byte| byte.is_ascii_alphabetic() || byte == b'_');
                let operator = probe.reach(behind, 6, |byte| is_quote(byte) || byte == b'\\');
                let named = NAMES.iter().any(|known| probe.starts_with(name, known));
                let start = value_start(probe, operator);
                (named && start > operator && is_quote(probe.before(start)))
                    .then(|| start..quoted_end(probe, start))
            }
            Form::Bare(close) => {
                let start = probe.reach(end, INDENT, |byte| matches!(byte, b' ' | b','));
                (start > end).then(|| bare(probe, start, close))?
            }
            Form::Lines(indent) => {
                let last = probe.reach(end, LONGEST, |byte| byte != b'\n');
                let dash = probe.reach(last + 1, INDENT, |byte| byte == b' ');
                let follows = probe.byte(last) == b'\n' && dash - last - 1 == indent;
                follows.then(|| line_of(probe, dash))?
            }
        }
    }
}

/// Where the inside of a string begins whose quote, or the letter before it, stands at a place.
#[inline(never)] // asked in several places
fn string(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let at = at + usize::from(matches!(probe.byte(at), b'u' | b'b') && is_quote(probe.byte(at + 1)));
    let quote = probe.reach(at, 8, |byte| byte == b'\\');
    is_quote(probe.byte(quote)).then_some(quote + 1)
}

/// An element without quotes, or a label in its place.
#[inline(never)] // likewise
fn bare(probe: &Probe<'_>, start: usize, close: usize) -> Option<Range<usize>> {
    let end = probe.reach(start, close.saturating_sub(start), |byte| !matches!(byte, b' ' | b',' | b'\t'));
    (end > start).then_some(start..end)
}

/// The element of a line that begins with a dash. What has members or a list of its own ends the list, so that no line is gone
/// through for one key after the other.
#[inline(never)] // likewise
fn line_of(probe: &Probe<'_>, dash: usize) -> Option<Range<usize>> {
    if !probe.starts_with(dash, "- ") {
        return None;
    }
    let start = dash + 2;
    if is_quote(probe.byte(start)) {
        return Some(start + 1..quoted_end(probe, start + 1));
    }
    let end = probe.reach(start, LONGEST, |byte| !matches!(byte, b'\n' | b'\r'));
    let text = probe.slice(start..end);
    let holds = !is_placeholder(text)
        && (text.last() == Some(&b':')
            || text.iter().any(|byte| matches!(byte, b'[' | b'(' | b'{'))
            || text.windows(2).any(|pair| matches!(pair, [b':', b' ' | b'\t'])));
    (end > start && end < start + LONGEST && !holds).then_some(start..end)
}
