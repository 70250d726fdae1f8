//! Rekey: another id of the same length stands for the id of a trace, span or profile.
//!
//! Equal ids stay equal inside one tenant, recipient and epoch, whatever the classes of their fields, in every payload and on
//! every host, so that trees and links stand. Specified in `docs/reference/tokens.md`. No id and zeros stay what they are: they
//! mean that there is none. In text, ids are hexadecimal digits, alone or joined by dashes as in a `traceparent`. What holds
//! anything else, or lacks the key, is suppressed. Nothing in an id can tell that it was made here.

use super::{Apply, Beginning, Context, Example, Spec, Treated, Treatment, text_or_keep};
use crate::Reason;
use frostglass_formats::{Value, id};
use frostglass_keys::{Pseudonymizer, Rotation};

pub(super) static SPEC: Spec = Spec {
    name: "rekey",
    sentence: "Another id of the same length stands for the id of a trace, span or profile; equal ids stay equal in one tenant, epoch and recipient, so that trees and links stand.",
    keyed: true,
    joins: true,
    once_only: true,
    examples: &[
        Example::new(
            r#"{"rekey": {"key": "ids"}}"#,
            "4bf92f3577b34da6a3ce929d0e0e4736",
            "90713c5f55ef19327bc60ebfd3f80087",
        ),
        Example::new(
            r#"{"rekey": {"key": "ids"}}"#,
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-90713c5f55ef19327bc60ebfd3f80087-e5bc00f30d520f63-01",
        ),
        Example::withheld(r#"{"rekey": {"key": "ids"}}"#, "order 4711"),
        Example::withheld(
            r#"{"rekey": {"key": "a-key-that-nobody-gave"}}"#,
            "4bf92f3577b34da6a3ce929d0e0e4736",
        ),
    ],
};

/// Puts other ids in place of ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekey {
    /// The policy's name for the key.
    pub key: Box<str>,
    /// How often the key changes.
    pub rotation: Rotation,
}

impl Treatment for Rekey {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, context: &Context<'_>) -> Box<dyn Apply> {
        let of = |canonicalizer| context.pseudonymizer_of_structure(&self.key, self.rotation, canonicalizer);
        Box::new(Ids { long: of("trace-id/1"), short: of("span-id/1") })
    }
}

/// Makes ids of 16 bytes, and of 8.
#[derive(Debug)]
struct Ids {
    long: Option<Pseudonymizer>,
    short: Option<Pseudonymizer>,
}

impl Ids {
    fn push(&self, known: &[u8], out: &mut String) -> Result<(), Treated> {
        if known.iter().all(|byte| *byte == 0) {
            id::push(known, out);
            return Ok(());
        }
        let pseudonymizer = match known.len() {
            16 => &self.long,
            8 => &self.short,
            _ => return Err(Treated::UNSUITED),
        };
        let mut prf = pseudonymizer
            .as_ref()
            .and_then(|pseudonymizer| pseudonymizer.prf(known))
            .ok_or(Treated::Suppress(Some(Reason::NoKey)))?;
        let Some(made) = prf.get_mut(..known.len()) else { return Err(Treated::UNSUITED) };
        // Zeros would say that there is no id.
        if made.iter().all(|byte| *byte == 0)
            && let Some(last) = made.last_mut()
        {
            *last = 1;
        }
        id::push(made, out);
        Ok(())
    }

    /// Writes the ids of a text: hexadecimal digits, joined by dashes with flags and versions of one or two digits.
    fn push_text(&self, text: &str, out: &mut String) -> Result<(), Treated> {
        let mut met = false;
        for (index, part) in text.split('-').enumerate() {
            if index > 0 {
                out.push('-');
            }
            let length = part.len() / 2;
            match part.len() {
                16 | 32 if let Some(known) = id::of_text(part, length, &mut [0; id::LONGEST]) => {
                    met = true;
                    self.push(known, out)?;
                }
                1 | 2 if part.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                    out.push_str(part);
                }
                _ => return Err(Treated::UNSUITED),
            }
        }
        if met { Ok(()) } else { Err(Treated::UNSUITED) }
    }
}

impl Apply for Ids {
    fn begin(&mut self, beginning: Beginning<'_>) -> bool {
        let mut changed = false;
        for pseudonymizer in [&mut self.long, &mut self.short].into_iter().flatten() {
            changed |= pseudonymizer.turn_to(beginning.now_unix_nanos);
        }
        changed
    }

    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        let made = match value {
            Value::Bytes(id) if id.iter().all(|byte| *byte == 0) => return Treated::Keep,
            Value::Bytes(id) => self.push(id, out),
            Value::Text("") => return Treated::Keep,
            Value::Text(text) => self.push_text(text, out),
            _ => return Treated::UNSUITED,
        };
        made.map_or_else(|treated| treated, |()| text_or_keep(value, out))
    }
}
