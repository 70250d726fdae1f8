//! The walkers.

use frostglass_formats::otlp::Protobuf;
use frostglass_formats::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Ruling, Scratch, Signal, Value,
    Verdict,
};
#[cfg(not(target_family = "wasm"))]
use std::prelude::v1::test as here;
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::wasm_bindgen_test as here;

/// An export request with one log record whose body is `ann`.
const LOGS: &[u8] = &[0x0a, 0x0b, 0x12, 0x09, 0x12, 0x07, 0x2a, 0x05, 0x0a, 0x03, b'a', b'n', b'n'];
/// The same with `someone` in its place: four more bytes, in every length around it.
const TREATED: &[u8] =
    &[0x0a, 0x0f, 0x12, 0x0d, 0x12, 0x0b, 0x2a, 0x09, 0x0a, 0x07, b's', b'o', b'm', b'e', b'o', b'n', b'e'];

/// Replaces every text, or keeps it.
struct Replace(bool);

impl FieldVisitor for Replace {
    fn rule(&mut self, _: Name<'_>, _: Option<Ruling>) -> Ruling {
        Ruling { verdict: Verdict::Look, look_at_key: false, id: 0 }
    }
    fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
        Edit::Keep
    }
    fn value(&mut self, _: Ruling, value: Value<'_>, out: &mut String) -> Edit {
        if self.0 && matches!(value, Value::Text(_)) {
            out.push_str("someone");
            return Edit::Text;
        }
        Edit::Keep
    }
    fn keeps_unknown(&self) -> bool {
        false
    }
    fn unknown(&mut self, _: Level) -> bool {
        false
    }
    fn unreadable(&mut self, _: Level, _: Defect) {}
    fn record_withheld(&mut self, _: Level, _: u64, _: Defect) -> bool {
        true
    }
}

fn walk(input: &[u8], replace: bool) -> Result<Vec<u8>, FormatError> {
    let mut scratch = Scratch::default();
    Protobuf(Signal::Logs).walk(input, &Limits::default(), &mut Replace(replace), &mut scratch)?;
    let mut output = Vec::new();
    scratch.splice.apply(input, &mut output);
    Ok(output)
}

/// Scenario: a log body is replaced by a longer text.
/// Guarantees: the lengths of every message around it are right.
#[here]
fn a_longer_value_moves_every_length() {
    assert_eq!(walk(LOGS, true).unwrap(), TREATED);
}

/// Scenario: everything is kept.
/// Guarantees: the same bytes.
#[here]
fn what_is_kept_leaves_byte_for_byte() {
    assert_eq!(walk(LOGS, false).unwrap(), LOGS);
}

/// Scenario: a payload cut off at each of its bytes.
/// Guarantees: an error or an output, never a trap.
#[here]
fn no_truncation_traps() {
    for end in 0..LOGS.len() {
        let _ = walk(&LOGS[..end], true);
    }
}
