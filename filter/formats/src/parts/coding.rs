//! How a part is written inside the text that holds it, and how a new value is written there again.
//!
//! Promises: what is written reads back as the value in the same place, and never ends the place it stands in. What
//! cannot be decoded is shown as it stands.

/// The writing of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As it stands, up to a delimiter that no value of it contains.
    Raw,
    /// A component of a URL or form: percent-encoded.
    Percent,
    /// Components of a URL with what divides them, already encoded.
    Url,
    /// The host of a URL.
    Host,
    /// Between quotes, with backslashes before quotes and backslashes.
    Quoted,
    /// The value of a cookie.
    Cookie,
    /// Inside a JSON text.
    Json,
    /// Text of HTML, with references to characters.
    Html,
}

impl Coding {
    /// The value behind `source`. `bytes` and `scratch` are memory to decode in.
    pub(super) fn decode<'s>(self, source: &'s str, bytes: &mut Vec<u8>, scratch: &'s mut String) -> &'s str {
        scratch.clear();
        match self {
            Self::Percent if percent(source, spaced(source), bytes, scratch) => scratch,
            Self::Cookie if percent(source, is_form(source), bytes, scratch) => scratch,
            Self::Host => source.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(source),
            Self::Html => {
                dereference(source, scratch);
                scratch
            }
            Self::Quoted if source.contains('\\') => {
                unquote(source, scratch);
                scratch
            }
            _ => source,
        }
    }

    /// Appends `text` as it is written in place of `source`.
    pub fn encode(self, source: &str, text: &str, out: &mut Vec<u8>) {
        match self {
            Self::Raw | Self::Json => out.extend_from_slice(text.as_bytes()),
            Self::Percent => {
                let plus = spaced(source) && source.contains('+');
                for &byte in text.as_bytes() {
                    match byte {
                        b' ' if plus => out.push(b'+'),
                        _ if byte.is_ascii_alphanumeric() || b"-._~:@,*!/".contains(&byte) => out.push(byte),
                        _ => escape(byte, out),
                    }
                }
            }
            Self::Url => {
                for &byte in text.as_bytes() {
                    match byte {
                        _ if byte.is_ascii_alphanumeric() || b"-._~:@,*!/%+$&'()=;?#".contains(&byte) => {
                            out.push(byte)
                        }
                        _ => escape(byte, out),
                    }
                }
            }
            Self::Host => {
                // An address in brackets stays one; anything else becomes a name.
                let bare = text.trim_start_matches('[').trim_end_matches(']');
                if bare.parse::<std::net::Ipv6Addr>().is_ok() {
                    let brackets = source.starts_with('[') || text.starts_with('[');
                    let within: (&[u8], &[u8]) = if brackets { (b"[", b"]") } else { (b"", b"") };
                    out.extend_from_slice(within.0);
                    out.extend_from_slice(bare.as_bytes());
                    out.extend_from_slice(within.1);
                    return;
                }
                let letters = bare.bytes().map(|byte| {
                    if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) { byte } else { b'-' }
                });
                out.extend(letters);
            }
            Self::Quoted => {
                for &byte in text.as_bytes() {
                    match byte {
                        b'"' | b'\'' | b'\\' | b'`' => out.extend_from_slice(&[b'\\', byte]),
                        b'\n' => out.extend_from_slice(b"\\n"),
                        b'\r' => out.extend_from_slice(b"\\r"),
                        b'\t' => out.extend_from_slice(b"\\t"),
                        _ => out.push(byte),
                    }
                }
            }
            Self::Html => {
                let mut rest = text.as_bytes();
                while let Some((&byte, tail)) = rest.split_first() {
                    match byte {
                        b'"' => out.extend_from_slice(b"&quot;"),
                        b'<' => out.extend_from_slice(b"&lt;"),
                        b'>' => out.extend_from_slice(b"&gt;"),
                        b'\'' if !source.contains('\'') => out.extend_from_slice(b"&#39;"),
                        b'&' if reference(rest).is_some() => out.extend_from_slice(b"&amp;"),
                        _ => out.push(byte),
                    }
                    rest = tail;
                }
            }
            Self::Cookie => {
                let encoded = source.contains('%');
                // What divides the parts of addresses and forms stays encoded, or the parts of this value would be those of what is around it.
                const DIVIDES: [u8; 5] = *b"=&?#/";
                let divides = DIVIDES.map(|byte| encoded && !source.as_bytes().contains(&byte));
                for &byte in text.as_bytes() {
                    match byte {
                        _ if DIVIDES.iter().zip(divides).any(|(known, hidden)| hidden && *known == byte) => {
                            escape(byte, out)
                        }
                        0..=b' ' | b'"' | b',' | b';' | b'\\' | 0x7f.. => escape(byte, out),
                        b'%' if encoded => escape(byte, out),
                        _ => out.push(byte),
                    }
                }
            }
        }
    }

    /// What stands for a value that goes, where a class's label would not parse.
    pub(super) const fn blank(self) -> Option<&'static str> {
        match self {
            // The word of OpenTelemetry's conventions for URLs.
            Self::Percent | Self::Url => Some("REDACTED"),
            Self::Host => Some("redacted.invalid"),
            _ => None,
        }
    }
}

/// Whether `+` is a space in a percent-encoded value: not in the address `ann+shop@example.org`, not in `+49 30 1234`.
fn spaced(source: &str) -> bool {
    !source.starts_with('+') && !source.contains('@') && !source.contains("%40")
}

/// Whether `+` is a space in a percent-encoded word because nothing else stands there in JSON: `%7B%22a%22%3A+%22b%22%7D`.
fn is_form(source: &str) -> bool {
    source.contains("%22%3A+") || source.contains("%22%3a+") || source.contains("%22%2C+%22")
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(&[b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
}

/// Decodes percent escapes into `out`, and tells whether the result is text that differs from the source.
pub(super) fn percent(source: &str, plus: bool, bytes: &mut Vec<u8>, out: &mut String) -> bool {
    bytes.clear();
    let mut rest = source.as_bytes();
    let mut changed = false;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let digit = |at: usize| tail.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let decoded = match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                rest = tail.get(2..).unwrap_or_default();
                (high << 4 | low) as u8
            }
            (b'+', ..) if plus => b' ',
            _ => {
                bytes.push(byte);
                continue;
            }
        };
        changed = true;
        bytes.push(decoded);
    }
    match core::str::from_utf8(bytes) {
        Ok(text) if changed => {
            out.push_str(text);
            true
        }
        _ => false,
    }
}

/// The ASCII character that a text begins with a reference to, and how long the reference is. Others hide nothing that detectors or
/// walkers look for (HTML, section 13.1.4).
#[inline(never)] // few texts have any, and many places ask
pub(super) fn reference(text: &[u8]) -> Option<(char, usize)> {
    const NAMES: [(&[u8], char); 7] = [
        (b"quot", '"'),
        (b"amp", '&'),
        (b"lt", '<'),
        (b"gt", '>'),
        (b"apos", '\''),
        (b"commat", '@'),
        (b"period", '.'),
    ];
    let end = text.iter().take(9).position(|byte| *byte == b';')?;
    let letter = match text.get(1..end)? {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        name => NAMES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((letter, end + 1))
}

/// A printable ASCII character by its number.
fn number(digits: &[u8], radix: u32) -> Option<char> {
    let add = |sum: u32, byte: &u8| Some(sum * radix + char::from(*byte).to_digit(radix)?);
    let number = digits.iter().try_fold(0, add)?;
    (b' '..0x7f).contains(&u8::try_from(number).ok()?).then(|| char::from_u32(number))?
}

/// Writes text with the characters that it refers to.
#[inline(never)] // apart from what is decoded often
fn dereference(source: &str, out: &mut String) {
    let mut rest = source;
    while let Some(letter) = rest.chars().next() {
        let referred = if letter == '&' { reference(rest.as_bytes()) } else { None };
        let (letter, length) = referred.unwrap_or((letter, letter.len_utf8()));
        out.push(letter);
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn unquote(source: &str, out: &mut String) {
    let mut escaped = false;
    for letter in source.chars() {
        match letter {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            'n' if escaped => out.push('\n'),
            'r' if escaped => out.push('\r'),
            't' if escaped => out.push('\t'),
            '"' | '\'' | '\\' | '`' => out.push(letter),
            _ => {
                // No escape that anybody writes: the backslash is part of the value (`C:\Users`).
                if escaped {
                    out.push('\\');
                }
                out.push(letter);
            }
        }
        escaped = false;
    }
    if escaped {
        out.push('\\');
    }
}
