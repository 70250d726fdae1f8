//! Looks for canaries in bytes, as they are and behind what can be undone.

use super::super::control::base32;
use super::super::needles::Needles;
use super::undo::{listed, packed, unescaped};
use data_encoding::BASE64;
use std::collections::BTreeSet;

/// Characters of a canary below which it stands somewhere by accident.
pub(super) const SHORTEST: usize = 6;

/// Letters and digits that a canary needs to be looked for in split texts.
const SHORTEST_SPLIT: usize = 8;

/// Encodings inside encodings that are undone.
const DEEPEST: usize = 3;

/// What is hunted, prepared.
pub(super) struct Hunt {
    /// As written: fragments of base64. Each with its canary.
    exact: (Needles, Vec<usize>),
    /// In lower case: plain, reversed, hex, base32.
    lower: (Needles, Vec<(usize, &'static str)>),
    /// Letters and digits alone, in lower case.
    bare: (Needles, Vec<usize>),
}

impl Hunt {
    pub(super) fn new(canaries: &[String]) -> Self {
        let (mut exact, mut lower, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for (number, canary) in canaries.iter().enumerate() {
            let small = canary.to_lowercase();
            lower.push((small.clone().into_bytes(), (number, "plain")));
            lower.push((small.chars().rev().collect::<String>().into_bytes(), (number, "reversed")));
            for written in BTreeSet::from([canary.as_str(), small.as_str()]) {
                lower.push((hexed(written.as_bytes(), "").to_lowercase().into_bytes(), (number, "hex")));
                for shift in 0..3 {
                    let standard = fragment(written.as_bytes(), shift, 3, 6, &in_base64_bytes);
                    let url = standard.replace('+', "-").replace('/', "_");
                    exact.extend(BTreeSet::from([standard, url]).into_iter().map(|text| (text, number)));
                }
                for shift in 0..5 {
                    let text = fragment(written.as_bytes(), shift, 5, 5, &base32);
                    lower.push((text.into_bytes(), (number, "base32")));
                }
            }
            let letters: String = small.chars().filter(|c| c.is_alphanumeric()).collect();
            if letters.len() >= SHORTEST_SPLIT {
                bare.push((letters, number));
            }
        }
        // Short canaries leave short fragments, which stand anywhere.
        exact.retain(|(text, _)| text.len() >= SHORTEST);
        lower.retain(|(text, _)| text.len() >= SHORTEST);
        let (exact, of_exact): (Vec<_>, Vec<_>) = exact.into_iter().unzip();
        let (lower, of_lower): (Vec<_>, Vec<_>) = lower.into_iter().unzip();
        let (bare, of_bare): (Vec<_>, Vec<_>) = bare.into_iter().unzip();
        Self {
            exact: (Needles::new(exact), of_exact),
            lower: (Needles::new(lower), of_lower),
            bare: (Needles::new(bare), of_bare),
        }
    }

    /// Canaries in some bytes, with how they were written. Separators are taken out only of the values of single fields: out of a
    /// file they would join what never stood together.
    pub(super) fn search(&self, bytes: &[u8], one_value: bool) -> BTreeSet<(usize, &'static str)> {
        let mut found = BTreeSet::new();
        self.search_deep(bytes, one_value, None, DEEPEST, &mut found);
        found
    }

    fn search_deep(
        &self,
        bytes: &[u8],
        one_value: bool,
        way: Option<&'static str>,
        depth: usize,
        found: &mut BTreeSet<(usize, &'static str)>,
    ) {
        if bytes.len() < SHORTEST {
            return;
        }
        let lower = lower(bytes);
        for at in self.lower.0.inside(&lower) {
            let (canary, own) = self.lower.1.get(at).copied().unwrap_or_default();
            found.insert((canary, if own == "plain" { way.unwrap_or(own) } else { own }));
        }
        for at in self.exact.0.inside(bytes) {
            found.insert((self.exact.1.get(at).copied().unwrap_or_default(), way.unwrap_or("base64")));
        }
        if one_value {
            let bare: String =
                String::from_utf8_lossy(&lower).chars().filter(|c| c.is_alphanumeric()).collect();
            for at in self.bare.0.inside(bare.as_bytes()) {
                let canary = self.bare.1.get(at).copied().unwrap_or_default();
                // Plain text is its own splitting.
                if !found.iter().any(|hit| hit.0 == canary) {
                    found.insert((canary, way.unwrap_or("split by separators")));
                }
            }
        }
        let Some(depth) = depth.checked_sub(1) else { return };
        // In a URL, what stands behind `=` is no escape.
        for marks in [br"\%&".as_slice(), b"="] {
            if let Some(plain) = unescaped(bytes, marks) {
                self.search_deep(&plain, one_value, way.or(Some("escapes")), depth, found);
            }
        }
        for (packed, how) in packed(bytes).into_iter().chain(listed(bytes)) {
            self.search_deep(&packed, one_value, way.or(Some(how)), depth, found);
        }
    }
}

fn lower(bytes: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_ascii() => text.to_lowercase().into_bytes(),
        _ => bytes.to_ascii_lowercase(),
    }
}

/// What of an encoding does not depend on what stands before and behind: `group` bytes become some digits of `bits` bits each, and
/// `shift` bytes stand before.
fn fragment(
    text: &[u8],
    shift: usize,
    group: usize,
    bits: usize,
    encode: &dyn Fn(&[u8]) -> String,
) -> String {
    let mut padded = vec![0; shift];
    padded.extend_from_slice(text);
    let whole = encode(&padded);
    debug_assert!(shift < group);
    let from = (8 * shift).div_ceil(bits);
    let to = 8 * (shift + text.len()) / bits;
    whole.get(from..to).unwrap_or_default().to_owned()
}

pub(super) fn in_base64_bytes(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

pub(super) fn hexed(bytes: &[u8], before: &str) -> String {
    bytes.iter().map(|byte| format!("{before}{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Scenario: a canary between any other bytes, all of it in base64 or base32.
        /// Guarantees: the fragment of one alignment stands in it.
        #[test]
        fn a_fragment_stands_at_every_alignment(
            before in proptest::collection::vec(0_u8.., 0..20),
            after in proptest::collection::vec(0_u8.., 0..20),
        ) {
            let canary = "canary.bird-4711@example.org";
            let hunt = Hunt::new(&[canary.to_owned()]);
            let all = [&before[..], canary.as_bytes(), &after].concat();
            for text in [in_base64_bytes(&all), base32(&all)] {
                proptest::prop_assert!(!hunt.search(text.as_bytes(), true).is_empty(), "{}", text);
            }
        }
    }
}
