//! Undoes what is written around a value: escapes, lists of byte values, base64, hex and gzip.

use data_encoding::{BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use flate2::read::GzDecoder;
use std::borrow::Cow;
use std::io::Read as _;

/// Byte values that make a list, no fewer than a canary has characters, and bytes that stand between two of them at most.
const SHORTEST_LIST: usize = 6;
const WIDEST_GAP: usize = 4;

/// Bytes of one gzip member.
const LARGEST_MEMBER: u64 = 16 << 20;

/// The bytes with escapes undone that begin with certain marks, if there are any: `\uXXXX`, `\xXX`, `\OOO`, `\/`, `%XX`, `=XX`,
/// `=` at the end of a line, `&#N;`, `&#xN;`, `&amp;`.
pub(super) fn unescaped(bytes: &[u8], marks: &[u8]) -> Option<Vec<u8>> {
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
pub(super) fn listed(bytes: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
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
pub(super) fn packed(bytes: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
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
