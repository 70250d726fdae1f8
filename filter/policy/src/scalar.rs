//! Types a scalar by where it stands, so that a policy means the same after any converter.
//!
//! The same YAML text becomes different JSON in different tools: `no` is `false` to a YAML 1.1 reader and a word to a
//! YAML 1.2 one; `010` is 8, 10 or text; `1e3` is 1000.0 or text. So the place decides the type, and where text is asked
//! for, an unquoted scalar that some reader would *write back differently* is refused with the advice to quote it.
//! The grammars are those of the YAML 1.1 type repository (yaml.org/type) and of the YAML 1.2 core schema, widened to what
//! common readers add (one-digit months, upper-case `0X`). Reasons and examples: docs/rationale/policy-scalars.md.

use crate::node::{Form, Scalar};

/// What a YAML or JSON reader would take an unquoted scalar for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Text,
    Null,
    Bool,
    /// `stable`: every reader and writer gives back the same digits.
    Number {
        stable: bool,
    },
    Date,
    /// `<<` and `=`, which YAML 1.1 gives meanings of their own.
    Sign,
}

/// Why a scalar cannot stand where it stands: what is wrong, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) what: String,
    pub(crate) hint: String,
}

/// A scalar whose own form decides its type: values in a policy's tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Typed<'a> {
    Text(&'a str),
    Bool(bool),
    Int(i64),
    Double(f64),
}

impl Scalar {
    /// The scalar where text is expected.
    pub(crate) fn text(&self) -> Result<&str, Refusal> {
        match (self.form, reading(&self.text)) {
            (Form::Quoted, _) | (_, Reading::Text | Reading::Number { stable: true }) => Ok(&self.text),
            // JSON keeps its digits: what is written is what is meant.
            (Form::Literal, Reading::Number { .. }) => Ok(&self.text),
            (_, reading) => Err(self.retyped(reading)),
        }
    }

    /// The scalar where a whole number is expected. `30`, `"30"`, `30.0` and `3e1` are all 30, for converters write
    /// whole numbers in all these ways; `030`, `0x1e`, `1_000` and `+30` are refused, for readers differ on them.
    pub(crate) fn whole(&self) -> Result<i64, Refusal> {
        if let Some(number) = whole(&self.text) {
            return Ok(number);
        }
        Err(Refusal {
            what: format!("{} is not a whole number", crate::error::quoted(&self.text)),
            hint: "write decimal digits, like 30".into(),
        })
    }

    /// The scalar where `true` or `false` is expected.
    pub(crate) fn boolean(&self) -> Result<bool, Refusal> {
        match self.text.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(Refusal {
                what: format!("{} is neither `true` nor `false`", crate::error::quoted(other)),
                hint: "write true or false".into(),
            }),
        }
    }

    /// The scalar where any single value may stand.
    pub(crate) fn typed(&self) -> Result<Typed<'_>, Refusal> {
        if self.form == Form::Quoted {
            return Ok(Typed::Text(&self.text));
        }
        match (reading(&self.text), self.text.as_str()) {
            (Reading::Text, text) => Ok(Typed::Text(text)),
            (Reading::Bool, "true") => Ok(Typed::Bool(true)),
            (Reading::Bool, "false") => Ok(Typed::Bool(false)),
            (Reading::Number { stable }, text) if stable || self.form == Form::Literal => match whole(text) {
                Some(number) => Ok(Typed::Int(number)),
                None => match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => Ok(Typed::Double(number)),
                    _ => Err(Refusal {
                        what: format!("{} is out of range for a number", crate::error::quoted(text)),
                        hint: format!("quote it if it is text: {}", in_quotes(text)),
                    }),
                },
            },
            (reading, _) => Err(self.retyped(reading)),
        }
    }

    fn retyped(&self, reading: Reading) -> Refusal {
        let text = &self.text;
        if reading == Reading::Null && (text.is_empty() || self.form == Form::Literal) {
            return Refusal {
                what: "has no value".into(),
                hint: "give it one, or remove the line; empty text is written \"\"".into(),
            };
        }
        let taken_for = match reading {
            Reading::Null => "nothing",
            Reading::Bool => "true or false",
            Reading::Number { .. } => "a number, and write it differently",
            Reading::Date => "a date, and write it differently",
            Reading::Sign | Reading::Text => "something else",
        };
        if self.form == Form::Literal {
            return Refusal {
                what: format!("is {}, which may have been another word before a converter read it", text),
                hint: format!("where text is expected, write it in quotes: {}", in_quotes(text)),
            };
        }
        Refusal {
            what: format!("some YAML tools take {} for {taken_for}", crate::error::quoted(text)),
            hint: format!("write it in quotes: {}", in_quotes(text)),
        }
    }
}

/// Whether a YAML reader takes this unquoted text for null.
pub(crate) fn is_null(plain: &str) -> bool {
    reading(plain) == Reading::Null
}

fn in_quotes(text: &str) -> String {
    let mut out = String::from('"');
    if crate::error::is_plain(text) {
        crate::error::push_printable(&mut out, text);
    } else {
        out.push('…');
    }
    out.push('"');
    out
}

fn reading(plain: &str) -> Reading {
    match plain {
        "" | "~" | "null" | "Null" | "NULL" => return Reading::Null,
        "y" | "Y" | "n" | "N" | "yes" | "Yes" | "YES" | "no" | "No" | "NO" | "true" | "True" | "TRUE"
        | "false" | "False" | "FALSE" | "on" | "On" | "ON" | "off" | "Off" | "OFF" => return Reading::Bool,
        "<<" | "=" => return Reading::Sign,
        _ => {}
    }
    // Everything else that a reader retypes begins with a digit, a sign or a point.
    if !plain.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Reading::Text;
    }
    let bytes = plain.as_bytes();
    if is_number(bytes) {
        Reading::Number { stable: is_stable(bytes) }
    } else if is_date(bytes) {
        Reading::Date
    } else {
        Reading::Text
    }
}

/// Splits a run of bytes that satisfy `is` off the front.
fn run(bytes: &[u8], is: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|&byte| !is(byte)).unwrap_or(bytes.len());
    bytes.split_at_checked(end).unwrap_or((bytes, &[]))
}

fn digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    run(bytes, |byte| byte.is_ascii_digit())
}

/// Digits in which YAML 1.1 allows `_`; empty unless they begin with a digit.
fn loose_digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.first() {
        Some(first) if first.is_ascii_digit() => run(bytes, |byte| byte.is_ascii_digit() || byte == b'_'),
        _ => (&[], bytes),
    }
}

/// Any integer or float of YAML 1.1 or of the 1.2 core schema.
fn is_number(bytes: &[u8]) -> bool {
    let unsigned = match bytes {
        [b'+' | b'-', rest @ ..] => rest,
        _ => bytes,
    };
    match unsigned {
        b".inf" | b".Inf" | b".INF" => return true,
        b".nan" | b".NaN" | b".NAN" => return unsigned.len() == bytes.len(),
        [b'0', b'x' | b'X', rest @ ..] => {
            return !rest.is_empty() && rest.iter().all(|b| b.is_ascii_hexdigit() || *b == b'_');
        }
        [b'0', b'o' | b'O', rest @ ..] => {
            return !rest.is_empty() && rest.iter().all(|b| matches!(b, b'0'..=b'7' | b'_'));
        }
        [b'0', b'b' | b'B', rest @ ..] => {
            return !rest.is_empty() && rest.iter().all(|b| matches!(b, b'0' | b'1' | b'_'));
        }
        _ => {}
    }
    let (whole_part, mut rest) = loose_digits(unsigned);
    if !whole_part.is_empty() && rest.first() == Some(&b':') {
        return is_base_sixty(rest);
    }
    let mut any_digit = !whole_part.is_empty();
    if let [b'.', fraction @ ..] = rest {
        let (fraction, after) = run(fraction, |byte| byte.is_ascii_digit() || byte == b'_');
        any_digit |= fraction.iter().any(u8::is_ascii_digit);
        rest = after;
    }
    if !any_digit {
        return false;
    }
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            !exponent.is_empty() && digits(exponent).1.is_empty()
        }
        _ => false,
    }
}

/// What follows the first part of `190:20:30`, which YAML 1.1 counts in base sixty; `[:][0-5]?[0-9]` repeated, then
/// perhaps a fraction.
fn is_base_sixty(mut rest: &[u8]) -> bool {
    while let [b':', after @ ..] = rest {
        let (part, after) = digits(after);
        if !matches!(part, [_] | [b'0'..=b'5', _]) {
            return false;
        }
        rest = after;
    }
    match rest {
        [] => true,
        [b'.', fraction @ ..] => fraction.iter().all(|byte| byte.is_ascii_digit() || *byte == b'_'),
        _ => false,
    }
}

/// A number that every reader takes for the same number and every writer writes with the same digits: at most fifteen
/// digits, no sign but a minus, no leading zero, no trailing zero after a point, no exponent, not so small that writers
/// switch to one.
fn is_stable(bytes: &[u8]) -> bool {
    let unsigned = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let (whole_part, rest) = digits(unsigned);
    match whole_part {
        [] | [b'0', _, ..] => return false,
        _ => {}
    }
    match rest {
        [] => whole_part.len() <= 15 && bytes != b"-0",
        [b'.', fraction @ ..] => {
            let small = whole_part == b"0" && fraction.starts_with(b"0000");
            fraction.iter().all(u8::is_ascii_digit)
                && matches!(fraction.last(), Some(b'1'..=b'9'))
                && whole_part.len() + fraction.len() <= 15
                && !small
        }
        _ => false,
    }
}

/// A timestamp of YAML 1.1, with the one-digit parts that Go's readers add.
fn is_date(bytes: &[u8]) -> bool {
    fn number(bytes: &[u8], lengths: std::ops::RangeInclusive<usize>) -> Option<&[u8]> {
        let (found, rest) = digits(bytes);
        lengths.contains(&found.len()).then_some(rest)
    }
    fn after(bytes: &[u8], mark: u8, lengths: std::ops::RangeInclusive<usize>) -> Option<&[u8]> {
        number(bytes.strip_prefix(&[mark])?, lengths)
    }
    fn blanks(bytes: &[u8]) -> &[u8] {
        run(bytes, |byte| matches!(byte, b' ' | b'\t')).1
    }
    fn day(bytes: &[u8]) -> Option<&[u8]> {
        let rest = number(bytes, 4..=4)?;
        after(after(rest, b'-', 1..=2)?, b'-', 1..=2)
    }
    fn time(bytes: &[u8]) -> Option<&[u8]> {
        let rest = match bytes {
            [b'T' | b't', rest @ ..] => rest,
            [b' ' | b'\t', ..] => blanks(bytes),
            _ => return None,
        };
        let rest = after(after(number(rest, 1..=2)?, b':', 1..=2)?, b':', 1..=2)?;
        let rest = rest.strip_prefix(b".").map_or(rest, |fraction| digits(fraction).1);
        match blanks(rest) {
            [] => Some(rest),
            [b'Z', rest @ ..] => Some(rest),
            [b'+' | b'-', zone @ ..] => {
                let rest = number(zone, 1..=4)?;
                Some(after(rest, b':', 2..=2).unwrap_or(rest))
            }
            _ => None,
        }
    }
    day(bytes).is_some_and(|rest| rest.is_empty() || time(rest).is_some_and(<[u8]>::is_empty))
}

/// The exact value of a JSON number if it is whole and fits; no floating point is involved.
fn whole(text: &str) -> Option<i64> {
    let (negative, unsigned) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let (whole_part, rest) = digits(unsigned);
    if matches!(whole_part, [] | [b'0', _, ..]) {
        return None;
    }
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => match digits(rest) {
            ([], _) => return None,
            found => found,
        },
        _ => (&[][..], rest),
    };
    let exponent: i64 = match rest {
        [] => 0,
        [b'e' | b'E', exponent @ ..] => {
            let (sign, exponent) = match exponent {
                [b'-', rest @ ..] => (-1, rest),
                [b'+', rest @ ..] => (1, rest),
                rest => (1, rest),
            };
            if exponent.is_empty() || exponent.len() > 6 {
                return None;
            }
            exponent.iter().try_fold(0i64, |sum, byte| {
                byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'))
            })? * sign
        }
        _ => return None,
    };
    // The point may move right into zeros and left over zeros, nothing else.
    let mut shift = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let all = || whole_part.iter().chain(fraction).copied().skip_while(|digit| *digit == b'0');
    let trailing = all().collect::<Vec<u8>>().iter().rev().take_while(|digit| **digit == b'0').count();
    let count = all().count();
    if count == 0 {
        return Some(0);
    }
    let mut keep = count;
    while shift < 0 && keep > count - trailing {
        keep -= 1;
        shift += 1;
    }
    if !(0..=18).contains(&shift) || keep > 19 {
        return None;
    }
    let mut value: i64 = 0;
    let zeros = std::iter::repeat_n(b'0', usize::try_from(shift).ok()?);
    for digit in all().take(keep).chain(zeros) {
        let digit = i64::from(digit - b'0');
        value = value.checked_mul(10)?;
        value = if negative { value.checked_sub(digit)? } else { value.checked_add(digit)? };
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Scalar {
        Scalar { text: text.into(), form: Form::Plain }
    }

    /// Scenario: unquoted scalars that a YAML 1.1 or 1.2 reader takes for a boolean, number, date or null.
    /// Guarantees: where text is expected each is refused, with the advice to quote it.
    #[test]
    fn what_a_converter_rewrites_is_refused_as_text() {
        for text in [
            "no",
            "No",
            "NO",
            "on",
            "off",
            "y",
            "N",
            "true",
            "False",
            "~",
            "null",
            "NULL",
            "1e3",
            "1E3",
            "1.5e+3",
            "010",
            "0x10",
            "0X1F",
            "0o17",
            "0b101",
            "1_000",
            "+1",
            "-0",
            "1.0",
            "3.10",
            ".5",
            "5.",
            ".inf",
            "-.INF",
            ".nan",
            "12:30",
            "190:20:30",
            "1:30.5",
            "2027-03-31",
            "2027-3-1",
            "2001-12-14t21:59:43.10-05:00",
            "2001-12-14 21:59:43.10 -5",
            "2001-12-15 2:59:43.10",
            "2027-03-31T00:00:00Z",
            "1000000000000000",
            "0.00001",
            "<<",
            "=",
        ] {
            assert!(plain(text).text().is_err(), "{text}");
            let quoted = Scalar { text: text.into(), form: Form::Quoted };
            assert_eq!(quoted.text(), Ok(text));
        }
    }

    /// Scenario: words, versions, addresses and numbers that every reader gives back unchanged.
    /// Guarantees: they need no quotes.
    #[test]
    fn what_only_looks_alike_is_text() {
        for text in [
            "none",
            "nope",
            "yesterday",
            "1.2.3",
            "10.0.0.1",
            "24h",
            "1m",
            "30d",
            "2027",
            "-7",
            "0",
            "1.5",
            "-0.25",
            "999999999999999",
            "2027-03",
            "2027-03-31-build",
            "2027-03-31x",
            "1e",
            "e3",
            "-",
            ".",
            "..",
            "+",
            "1.2e",
            "0xg",
            "0x",
            "12:75",
            "a:b",
            "1-2",
            "+49 30 1234",
            "-.5.1",
            "_1",
            "0.0001",
            "2027-03-31 morning",
            "infinity",
            "nan",
            "Null-pointer",
            "v1",
            "1,000",
            "user.id",
            "-x",
            "+.nan",
        ] {
            assert_eq!(plain(text).text(), Ok(text), "{text}");
        }
    }

    /// Scenario: a whole number in the forms in which converters write it, and in forms on which readers differ.
    /// Guarantees: the former are one number, the latter are refused, and nothing overflows.
    #[test]
    fn whole_numbers_are_exact() {
        for (text, number) in [
            ("30", 30),
            ("30.0", 30),
            ("3e1", 30),
            ("3.0E+1", 30),
            ("300e-1", 30),
            ("0", 0),
            ("-0.0", 0),
            ("0e999999", 0),
            ("-12", -12),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("1000000000000000000000e-3", 1_000_000_000_000_000_000),
        ] {
            assert_eq!(whole(text), Some(number), "{text}");
        }
        for text in [
            "",
            "-",
            "030",
            "0x1e",
            "1_000",
            "+30",
            "30.5",
            "3e-1",
            "1.",
            ".5",
            "1e",
            "1e+",
            "1e19",
            "1e999999999999",
            "9223372036854775808",
            "12:30",
            "1e5x",
            "٣",
            "30 ",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
        assert_eq!(whole(&format!("1{}", "0".repeat(100_000))), None);
        assert_eq!(whole(&format!("1{}e-100000", "0".repeat(100_000))), Some(1));
    }

    /// Scenario: values of a policy's tests, whose own form decides.
    /// Guarantees: JSON literals and the YAML that becomes them have the same type; the rest is refused.
    #[test]
    fn typed_values_agree() {
        let literal = |text: &str| Scalar { text: text.into(), form: Form::Literal };
        assert_eq!(plain("200").typed(), Ok(Typed::Int(200)));
        assert_eq!(literal("200.0").typed(), Ok(Typed::Int(200)));
        assert_eq!(plain("1.5").typed(), Ok(Typed::Double(1.5)));
        assert_eq!(plain("true").typed(), Ok(Typed::Bool(true)));
        assert_eq!(literal("1e3").typed(), Ok(Typed::Int(1000)));
        assert_eq!(literal("1e3").text(), Ok("1e3"));
        for text in ["True", "yes", "1e3", "1.0", "~", "2027-03-31"] {
            assert!(plain(text).typed().is_err(), "{text}");
        }
        assert!(literal("1e400").typed().is_err());
        assert!(literal("null").typed().is_err());
        assert!(literal("true").text().is_err());
    }
}
