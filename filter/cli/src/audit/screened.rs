//! What people type and the audit chain keeps: it may hold no value, neither plain nor in an encoding that anybody undoes.

use crate::failure::{Failure, wrong};
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
use frostglass_engine::detect::{FieldContext, Hits, Scanner, Selection};

/// Shortest word that is tried as base64, in letters: shorter ones hold no value.
const SHORTEST: usize = 8;

/// Refuses a text in which, or in a decoded form of which, a detector finds something.
pub(crate) fn holds_no_value(what: &str, text: &str) -> Result<(), Failure> {
    let scanner = Scanner::new(&Selection::All, Vec::new()).map_err(wrong)?;
    let mut hits = Hits::new();
    for form in forms(text) {
        scanner.find(&form, FieldContext::default(), &mut hits);
        if let Some(hit) = hits.iter().next() {
            let entity = scanner.detectors().nth(usize::from(hit.detector));
            let entity = entity.map_or_else(|| "a value".to_owned(), |spec| spec.name.to_string());
            return Err(wrong(format!(
                "{what} holds what looks like a value ({entity}), and the audit chain holds none: say it without"
            )));
        }
    }
    Ok(())
}

/// The text itself, without percent escapes, and the words that are text in base64.
fn forms(text: &str) -> Vec<String> {
    let mut forms = vec![text.to_owned()];
    let plain = unescaped(text);
    if plain != text {
        forms.push(plain.clone());
    }
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    for word in plain.split(|c| !letter(c)).filter(|word| word.len() >= SHORTEST) {
        let decoded =
            BASE64_NOPAD.decode(word.as_bytes()).or_else(|_| BASE64URL_NOPAD.decode(word.as_bytes()));
        forms.extend(decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok()));
    }
    forms
}

/// `%40` as `@`; what is no escape stays.
fn unescaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        // A sign in front would be read as part of the number.
        let pair = pair.filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if *first == b'%' => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: an address plain, in percent escapes and in base64, beside usual tickets and reasons.
    /// Guarantees: each form of the address is refused by its name and not repeated; what people usually write passes.
    #[test]
    fn values_are_refused_in_each_form() {
        for text in [
            "canary.bird@example.org",
            "see canary.bird%40example.org",
            "see Y2FuYXJ5LmJpcmRAZXhhbXBsZS5vcmc=",
            "OPS/Y2FuYXJ5LmJpcmRAZXhhbXBsZS5vcmc".get(4..).unwrap(),
        ] {
            let Err(Failure::Wrong(told)) = holds_no_value("the ticket", text) else { panic!("{text}") };
            assert!(told.contains("looks like a value (email)") && !told.contains("canary"), "{told}");
        }
        for text in
            ["OPS-4711", "DSR-12", "checkout fails for one customer", "100% of gateway-eu-west-1", "file"]
        {
            assert!(holds_no_value("the ticket", text).is_ok(), "{text}");
        }
    }
}
