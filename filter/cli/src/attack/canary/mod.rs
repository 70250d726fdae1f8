//! Canaries: values that were planted, or are known to be sensitive, hunted in the output in many encodings.
//!
//! Plain in any case, reversed, in base64 and base32 at every alignment, in hex, in lists of byte values; behind escapes of JSON, C,
//! URLs, mail and HTML; split by separators; in gzip members, which may themselves be encoded. Field by field, in names of fields, and in the bytes of the file.

use super::control::{self, Controls, base32, keyed_token};
use super::evidence::{Evidence, FieldId, ValueId};
use super::needles::Needles;
use super::statistics;
use super::verdict::{Finding, Outcome, grouped};
use super::{Attack, Settings};
use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use flate2::read::GzDecoder;
use frostglass_engine::Class;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

pub(super) struct Canary;

const NAME: &str = "canary";

/// Characters of a canary below which it stands somewhere by accident.
pub(super) const SHORTEST: usize = 6;

/// Letters and digits that a canary needs to be looked for in split texts.
const SHORTEST_SPLIT: usize = 8;

/// What is undone, for people.
const ENCODINGS: &str = "in any case, reversed, split by separators, in base64, base32, hex, lists of byte values or gzip, behind escapes";

/// Byte values that make a list, and bytes that stand between two of them at most.
const SHORTEST_LIST: usize = SHORTEST;
const WIDEST_GAP: usize = 4;

/// Encodings inside encodings that are undone.
const DEEPEST: usize = 3;

/// Bytes of one gzip member.
const LARGEST_MEMBER: u64 = 16 << 20;

/// What stands for the bytes of a file outside of its fields.
const IN_THE_FILE: FieldId = FieldId::MAX;

impl Attack for Canary {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sentence(&self) -> &'static str {
        "hunts planted values, encoded or not"
    }

    fn run(&self, evidence: &Evidence, settings: &Settings) -> Vec<Finding> {
        if evidence.canaries.is_empty() {
            return vec![Finding::not_tried(NAME, "needs values to hunt: give --canaries FILE")];
        }
        let hunt = Hunt::new(&evidence.canaries);
        let mut found: BTreeMap<FieldId, BTreeSet<(usize, &'static str)>> = BTreeMap::new();
        let mut fields_of: BTreeMap<ValueId, BTreeSet<FieldId>> = BTreeMap::new();
        for (field, value) in evidence.outputs.iter().flat_map(|view| &view.rows).flat_map(|row| &row.cells) {
            fields_of.entry(*value).or_default().insert(*field);
        }
        for (value, fields) in &fields_of {
            let hits = hunt.search(evidence.text(*value).as_bytes(), true);
            for field in fields {
                found.entry(*field).or_default().extend(&hits);
            }
        }
        for (field, hits) in &mut found {
            hits.extend(hunt.search(evidence.written(*field).as_bytes(), true));
        }
        found.retain(|_, hits| !hits.is_empty());
        let in_fields: BTreeSet<usize> = found.values().flatten().map(|hit| hit.0).collect();
        for view in &evidence.outputs {
            let hits = hunt.search(&view.bytes, false);
            // What a field was found with need not be told again.
            let mut outside = hits.into_iter().filter(|hit| !in_fields.contains(&hit.0)).peekable();
            if outside.peek().is_some() {
                found.entry(IN_THE_FILE).or_default().extend(outside);
            }
        }
        let count = evidence.canaries.len();
        if found.is_empty() {
            let says = format!("none of {} canaries stands in the output {ENCODINGS}", grouped(count as u64));
            return vec![
                Finding::new(NAME, "", Outcome::Held, says)
                    .measured("canaries found", statistics::share(0.0, count))
                    .number("canaries", count as f64),
            ];
        }
        let told = found.into_iter().map(|(field, hits)| {
            let canaries: BTreeSet<usize> = hits.iter().map(|hit| hit.0).collect();
            let ways: BTreeSet<&str> = hits.iter().map(|hit| hit.1).collect();
            let ways: Vec<&str> = ways.into_iter().collect();
            let says = format!(
                "{} of {} canaries: {}",
                grouped(canaries.len() as u64),
                grouped(count as u64),
                ways.join(", ")
            );
            let shown = canaries.iter().filter_map(|at| evidence.canaries.get(*at).cloned());
            let (name, stop) = if field == IN_THE_FILE {
                ("(file)", "default: suppress".to_owned())
            } else {
                let line = super::line(evidence, field, "suppress");
                (evidence.name(field), format!("catalog:\n{line}"))
            };
            Finding::new(NAME, name, Outcome::Succeeded, says)
                .measured("canaries found", statistics::share(canaries.len() as f64, count))
                .number("canaries", count as f64)
                .number("found", canaries.len() as f64)
                .shown(settings.show, shown)
                .stop(stop)
        });
        told.collect()
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        let canaries: Vec<String> =
            (0..50).map(|at| format!("Canary.Bird-{}@example.org", at * 7919)).collect();
        let planted = |ways: &[Way]| {
            let mut evidence = Evidence::default();
            let mut rows = Vec::new();
            for (name, way) in ways {
                let field = evidence.field(&format!("span/{name}"), Some(Class::Content));
                rows.extend(canaries.iter().map(|canary| (None, vec![(field, way(canary))])));
            }
            let view = control::view(&mut evidence, "planted", &rows);
            evidence.outputs.push(view);
            evidence.canaries = canaries.clone();
            evidence
        };
        controls.win("each encoding", planted(WAYS), Settings::default());
        let tokens: &[Way] = &[("token", |canary| keyed_token("", 1, canary))];
        controls.hold("keyed tokens", planted(tokens), Settings::default());
        controls
    }
}

/// Takes care that no name of a field in which a canary stands is told.
pub(super) fn hide_names(evidence: &mut Evidence) {
    let hunt = Hunt::new(&evidence.canaries);
    for field in evidence.fields() {
        if !hunt.search(evidence.written(field).as_bytes(), true).is_empty() {
            evidence.hide_name(field);
        }
    }
}

/// A name for a way to write a value, and how it goes.
type Way = (&'static str, fn(&str) -> String);

/// Encodings of the positive control.
const WAYS: &[Way] = &[
    ("plain", |text| format!("mail to {text}, now")),
    ("upper", |text| text.to_uppercase()),
    ("reversed", |text| text.chars().rev().collect()),
    ("base64-0", |text| in_base64(&format!("{text}~"))),
    ("base64-1", |text| in_base64(&format!(">{text}~"))),
    ("base64-2", |text| in_base64(&format!(">>{text}~~"))),
    ("base64-twice", |text| in_base64(&in_base64(text))),
    ("base32-3", |text| base32(format!("abc{text}").as_bytes())),
    ("hex", |text| hexed(text.as_bytes(), "")),
    ("hex-colons", |text| hexed(text.as_bytes(), ":")),
    ("hex-dashes", |text| hexed(text.as_bytes(), "-")),
    ("hex-spaces", |text| hexed(text.as_bytes(), " ")),
    ("hex-escapes", |text| hexed(text.as_bytes(), "\\x")),
    ("hex-list", |text| format!("[{}]", hexed(text.as_bytes(), ", 0x"))),
    ("octal-escapes", |text| text.bytes().map(|byte| format!("\\{byte:03o}")).collect()),
    ("decimal-list", |text| format!("{:?}", text.as_bytes())),
    ("percent", |text| hexed(text.as_bytes(), "%")),
    ("parameter", |text| format!("/leave?mail={}", text.to_lowercase().replace('@', "%40"))),
    ("quoted-printable", |text| hexed(text.as_bytes(), "=")),
    ("soft-breaks", |text| text.chars().flat_map(|c| [c, '=', '\r', '\n']).collect()),
    ("json-escapes", |text| text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()),
    ("html", |text| text.chars().map(|c| format!("&#{};", u32::from(c))).collect()),
    ("html-names", |text| text.replace('@', "&commat;").replace('.', "&period;")),
    ("split", |text| text.chars().flat_map(|c| [c, ' ']).collect()),
    ("gzip", |text| in_base64_bytes(&zipped(text))),
    ("gzip-hex", |text| hexed(&zipped(text), "")),
];

fn in_base64(text: &str) -> String {
    in_base64_bytes(text.as_bytes())
}

fn in_base64_bytes(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

fn hexed(bytes: &[u8], before: &str) -> String {
    bytes.iter().map(|byte| format!("{before}{byte:02X}")).collect()
}

fn zipped(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::default());
    // Reading from memory does not fail; and if it did, the control would not win.
    let _ = encoder.read_to_end(&mut out);
    out
}

/// What is hunted, prepared.
struct Hunt {
    /// As written: fragments of base64. Each with its canary.
    exact: (Needles, Vec<usize>),
    /// In lower case: plain, reversed, hex, base32.
    lower: (Needles, Vec<(usize, &'static str)>),
    /// Letters and digits alone, in lower case.
    bare: (Needles, Vec<usize>),
}

impl Hunt {
    fn new(canaries: &[String]) -> Self {
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
    fn search(&self, bytes: &[u8], one_value: bool) -> BTreeSet<(usize, &'static str)> {
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

/// The bytes with escapes undone that begin with certain marks, if there are any: `\uXXXX`, `\xXX`, `\OOO`, `\/`, `%XX`, `=XX`,
/// `=` at the end of a line, `&#N;`, `&#xN;`, `&amp;`.
fn unescaped(bytes: &[u8], marks: &[u8]) -> Option<Vec<u8>> {
    if !bytes.iter().any(|byte| marks.contains(byte)) {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let (mut at, mut any) = (0, false);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let marked = rest.first().is_some_and(|first| marks.contains(first));
        let (length, text) = marked.then(|| escape(rest)).flatten().unwrap_or((0, Cow::Borrowed(&[])));
        if length > 0 {
            out.extend_from_slice(&text);
            at += length;
            any = true;
        } else {
            out.extend(rest.first());
            at += 1;
        }
    }
    any.then_some(out)
}

/// The escape at the beginning of some bytes: how long it is, and what it stands for.
fn escape(bytes: &[u8]) -> Option<(usize, Cow<'static, [u8]>)> {
    let hex = |from: usize, to: usize| {
        let digits = std::str::from_utf8(bytes.get(from..to)?).ok()?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    };
    let byte = |number: u32| u8::try_from(number).ok().map(|byte| Cow::Owned(vec![byte]));
    let letter = |number: u32| {
        let letter = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
        Some(Cow::Owned(letter.to_string().into_bytes()))
    };
    let octal = |digit: u8| u32::from(digit - b'0');
    match bytes {
        [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            Some((4, byte(64 * octal(*a) + 8 * octal(*b) + octal(*c))?))
        }
        [b'=', b'\r', b'\n', ..] => Some((3, Cow::Borrowed(&[]))),
        [b'=', b'\n', ..] => Some((2, Cow::Borrowed(&[]))),
        [b'\\', b'u', ..] => Some((6, letter(hex(2, 6)?)?)),
        [b'\\', b'x', ..] => Some((4, byte(hex(2, 4)?)?)),
        [b'\\', other @ (b'/' | b'"' | b'\\'), ..] => Some((2, byte(u32::from(*other))?)),
        [b'%' | b'=', ..] => Some((3, byte(hex(1, 3)?)?)),
        [b'&', b'#', rest @ ..] => {
            let end = rest.iter().take(8).position(|byte| *byte == b';')?;
            let digits = std::str::from_utf8(rest.get(..end)?).ok()?;
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            Some((end + 3, letter(number)?))
        }
        [b'&', rest @ ..] => {
            let (name, letter) = ENTITIES.iter().find(|(name, _)| rest.starts_with(name))?;
            Some((name.len() + 1, Cow::Borrowed(letter)))
        }
        _ => None,
    }
}

/// Names that HTML has for what stands in addresses, numbers and names.
const ENTITIES: &[(&[u8], &[u8])] = &[
    (b"amp;", b"&"),
    (b"lt;", b"<"),
    (b"gt;", b">"),
    (b"quot;", b"\""),
    (b"apos;", b"'"),
    (b"nbsp;", b" "),
    (b"commat;", b"@"),
    (b"period;", b"."),
    (b"plus;", b"+"),
    (b"lowbar;", b"_"),
    (b"hyphen;", b"-"),
    (b"dash;", b"-"),
    (b"colon;", b":"),
    (b"sol;", b"/"),
];

/// What lists of byte values stand for: two hex digits each, with or without `0x`, or decimal numbers, with a little between
/// them. Lists are parted by a zero byte.
fn listed(bytes: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    type Reader = fn(&[u8]) -> Option<u8>;
    let hex: Reader = |word| match word {
        [b'0', b'x' | b'X', digits @ ..] | digits if digits.len() == 2 => number(digits, 16),
        _ => None,
    };
    let decimal: Reader = |word| number(word, 10);
    let mut out = Vec::new();
    for (value, how) in [(hex, "hex"), (decimal, "decimal byte values")] {
        let (mut all, mut list, mut gap) = (Vec::new(), Vec::new(), 0);
        let mut end = |list: &mut Vec<u8>| {
            if list.len() >= SHORTEST_LIST {
                all.extend_from_slice(list);
                all.push(0);
            }
            list.clear();
        };
        for word in bytes.split(|byte| !byte.is_ascii_alphanumeric()) {
            gap += 1;
            if word.is_empty() {
                continue;
            }
            if gap > WIDEST_GAP {
                end(&mut list);
            }
            gap = 0;
            match value(word) {
                Some(byte) => list.push(byte),
                None => end(&mut list),
            }
        }
        end(&mut list);
        if !all.is_empty() {
            out.push((all, how));
        }
    }
    out
}

/// A byte written with at most three digits of a base.
fn number(digits: &[u8], base: u32) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| (1..=3).contains(&text.len()))?;
    u8::from_str_radix(text, base).ok()
}

/// What stands packed in some bytes: gzip members, runs of base64 and of hex. Each with how.
fn packed(bytes: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.windows(3).position(|three| three == GZIP)) {
        at += found;
        let mut plain = Vec::new();
        let mut decoder = GzDecoder::new(bytes.get(at..).unwrap_or_default()).take(LARGEST_MEMBER);
        // A member that breaks off has given what stands before.
        let _ = decoder.read_to_end(&mut plain);
        out.push((plain, "gzip"));
        at += GZIP.len();
    }
    let in_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    for run in bytes.split(|byte| !in_base64(byte)).filter(|run| run.len() >= 16) {
        if run.iter().all(u8::is_ascii_hexdigit) && run.len().is_multiple_of(2) {
            out.extend(HEXLOWER_PERMISSIVE.decode(run).ok().map(|plain| (plain, "hex")));
            continue;
        }
        let Ok(text) = std::str::from_utf8(run) else { continue };
        let text = text.replace('-', "+").replace('_', "/");
        // What is left of a group may be part of a word that stands beside it; then it is cut off.
        let groups = text.get(..text.len() / 4 * 4).unwrap_or_default();
        let whole = BASE64_NOPAD.decode(text.as_bytes()).or_else(|_| BASE64_NOPAD.decode(groups.as_bytes()));
        out.extend(whole.ok().map(|plain| (plain, "base64")));
    }
    out
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
