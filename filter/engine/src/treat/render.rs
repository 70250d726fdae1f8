//! Values as text, in one form on every host: what tokens are made of and masks look at.

use frostglass_formats::Value;
use std::fmt::Write;

/// Appends the text of a value: numbers as RFC 8785 and ECMAScript's `Number::toString` write them, so that 42, 42.0 and
/// "42" are one text. False for bytes that are not UTF-8, which have none.
pub(super) fn push(value: Value<'_>, out: &mut String) -> bool {
    // Writing to a `String` cannot fail.
    let _ = match value {
        Value::Text(text) => out.write_str(text),
        Value::Int(number) => write!(out, "{number}"),
        Value::Double(number) => push_double(number, out),
        Value::Bool(truth) => write!(out, "{truth}"),
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => out.write_str(text),
            Err(_) => return false,
        },
    };
    true
}

/// The bytes of a value: its text, worked out in `scratch` where that is needed, or its bytes where it has none.
pub(super) fn bytes<'a>(value: Value<'a>, scratch: &'a mut String) -> &'a [u8] {
    match value {
        Value::Text(text) => text.as_bytes(),
        Value::Bytes(bytes) => bytes,
        _ => {
            push(value, scratch);
            scratch.as_bytes()
        }
    }
}

/// Rust and ECMAScript agree on the shortest digits and differ in where an exponent begins and how it looks.
fn push_double(number: f64, out: &mut String) -> std::fmt::Result {
    match number.abs() {
        0.0 => out.write_str("0"),
        f64::INFINITY => out.write_str(if number > 0.0 { "Infinity" } else { "-Infinity" }),
        1e-6..1e21 => write!(out, "{number}"),
        1e21.. => {
            let start = out.len();
            write!(out, "{number:e}")?;
            if let Some(exponent) = out.get(start..).and_then(|text| text.find('e')) {
                out.insert(start + exponent + 1, '+');
            }
            Ok(())
        }
        size if size.is_nan() => out.write_str("NaN"),
        _ => write!(out, "{number:e}"),
    }
}
