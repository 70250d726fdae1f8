//! Words that hide their text: percent escapes, references of HTML and base64, in free text; and the names in home directories.
//!
//! A word is decoded and shown under the ruling of the whole, text with references from the first to the last of them. Both and
//! percent-encoded words are written again; base64 is replaced whole when anything in it is to change. What decodes to no
//! text is no text.

use super::{Coding, Walk};
use crate::Edit;
use crate::base64;
use crate::words::is_listed;

/// Longest word that is decoded.
const LONGEST: usize = 8192;
/// Shortest base64 that can hold anything worth finding.
const SHORTEST: usize = 16;

/// Directories of no person.
const NOBODY: &[&str] = &[
    "app",
    "apps",
    "node",
    "runner",
    "ubuntu",
    "debian",
    "ec2-user",
    "vagrant",
    "jenkins",
    "git",
    "linuxbrew",
    "nonroot",
    "user",
    "users",
    "Shared",
    "Public",
    "Default",
    "Default User",
    "All Users",
    "runneradmin",
    "ContainerAdministrator",
];

/// Words right before a directory that end no route of a site: `permission denied: /home/ann`.
const BEFORE_DIRECTORIES: &str =
    " in from into dir directory folder home cwd mkdir rmdir chdir denied ls rm ";

impl Walk<'_, '_> {
    /// Walks the word around the `%` at `at`, and gives the place behind it.
    pub(super) fn percent_word(&mut self, at: usize) -> usize {
        let ends = |byte: u8| byte <= b' ' || b"\"'<>(){}[],;=&|\\`".contains(&byte);
        let start = self.run_back(at, LONGEST, |byte| !ends(byte));
        let end = self.run(at, at + LONGEST, |byte| !ends(byte));
        self.show(super::Named::Nothing, start, end, Coding::Cookie);
        end
    }

    /// Walks the text around the reference at `at` and those behind it, and gives the place behind the last.
    pub(super) fn references(&mut self, at: usize) -> usize {
        let ends = |byte: u8| byte <= b' ' || matches!(byte, b'"' | b'<' | b'>' | b'\\');
        let start = self.run_back(at, LONGEST, |byte| !ends(byte));
        let to = self.run(at, at + LONGEST, |byte| !matches!(byte, b'"' | b'<' | b'>' | b'\\'));
        // Words behind the last reference are read as they stand.
        let text = self.bytes.get(at..to).unwrap_or_default();
        let is_one = |last: &usize| {
            text.get(*last) == Some(&b'&')
                && text.get(*last..).is_some_and(|rest| super::coding::reference(rest).is_some())
        };
        let last = (0..text.len()).rev().find(is_one);
        let end = self.run(at + last.unwrap_or(0), to, |byte| !ends(byte));
        self.show(super::Named::Nothing, start, end, Coding::Html);
        end
    }

    /// Walks the base64 before the `=` at `at`, and gives the place behind it.
    pub(super) fn padded(&mut self, at: usize) -> usize {
        let start = self.run_back(at, LONGEST, is_base64);
        let end = self.run(at, at + 2, |byte| byte == b'=');
        self.base64(start, end);
        end
    }

    /// Walks `from..to` if it is base64 of text, and tells whether it was.
    pub(super) fn base64(&mut self, from: usize, to: usize) -> bool {
        let Some(source) = self.text.get(from..to) else { return false };
        let mut bytes = std::mem::take(&mut self.scratch.bytes);
        let text = decode(source.as_bytes(), &mut bytes);
        let text = text.filter(|text| text.len() >= 6);
        let edit = text.map(|text| {
            self.scratch.text.clear();
            self.visitor.decoded(self.within, text, &mut self.scratch.text)
        });
        self.scratch.bytes = bytes;
        match edit {
            None => return false,
            Some(Edit::Keep) => {}
            Some(Edit::Text) => {
                let treated = &mut self.scratch.text;
                // A value that was found whole leaves what stands for it; of a longer text only the label stays.
                if treated.len() > 64
                    || treated.contains(|letter: char| letter.is_whitespace())
                    || !is_label_or_word(treated)
                {
                    let label = label_in(treated).unwrap_or("[withheld]").to_owned();
                    *treated = label;
                }
                self.write(from, to, Coding::Raw, false);
            }
            Some(_) => self.blank(self.within, from, to, Coding::Raw),
        }
        true
    }

    /// Shows the owner of the home directory whose separator is at `at`, and gives the place behind the name.
    #[inline(never)] // of few
    pub(super) fn home(&mut self, at: usize) -> usize {
        // As often as a text is escaped, the backslashes double.
        const ESCAPED: usize = 8;
        let separator = self.byte(at);
        let separates = |byte: u8| byte == separator;
        let word = self.run(at, at + ESCAPED, separates);
        let word_end = self.run(word, word + 8, |byte| !separates(byte));
        let name = self.run(word_end, word_end + ESCAPED, separates);
        let belongs = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte) || !byte.is_ascii();
        let mut end = self.run(name, name + 64, belongs);
        // Of a longer run a part would be taken, and the next hop would take another.
        if end == name + 64 && belongs(self.byte(end)) {
            return word_end;
        }
        // A site may have a page under `/home`, but hardly under `/Users`, unless it is numbered.
        let users = matches!(self.byte(word), b'U' | b'u');
        if users {
            // How Windows shortens a name, and a name with blanks, if it is one that the path goes on behind.
            if self.byte(end) == b'~' {
                end = self.run(end + 1, name + 64, belongs);
            }
            let capital = |byte: u8| byte.is_ascii_uppercase() || !byte.is_ascii();
            let mut last = end;
            for _ in 0..3 {
                let next = last + 1;
                if self.byte(last) != b' ' || !capital(self.byte(name)) || !capital(self.byte(next)) {
                    break;
                }
                last = self.run(next, name + 64, belongs);
                if separates(self.byte(last)) || matches!(self.byte(last), b'"' | b'\'') {
                    end = last;
                }
            }
        }
        let Some(owner) = self.text.get(name..end) else { return word_end };
        let before = self.bytes.get(..at).unwrap_or_default();
        let method = [&b"GET "[..], b"POST ", b"PUT ", b"PATCH ", b"DELETE ", b"HEAD ", b"OPTIONS "];
        let users = users && !owner.bytes().all(|byte| byte.is_ascii_digit());
        let is_path = separates(self.byte(end))
            || users
            || self.byte(end) == b':' && self.byte(end + 1) == b' '
            || before.ends_with(b"cd ")
            || before.ends_with(b"=")
            || before.ends_with(b"~")
            || self.is_directory(at);
        // Behind another directory it is one of an application, but for those that home directories are mounted in, and what a
        // text without line ends has instead.
        let mounted = match before {
            [.., b'\\', b'n' | b'r' | b't'] => true,
            [.., b'/', drive] if drive.is_ascii_alphabetic() => users,
            _ => before.ends_with(b"/var") || before.ends_with(b"/export"),
        };
        let inside = separator == b'/' && before.last().is_some_and(u8::is_ascii_alphanumeric) && !mounted;
        if owner.is_empty()
            || !is_path
            || inside
            || method.iter().any(|method| before.ends_with(method))
            || NOBODY.contains(&owner)
        {
            return word_end;
        }
        let ruling = self.rule_member("username");
        if !self.visitor.is_alike(ruling, self.within) {
            self.show_ruled(ruling, name, end, Coding::Raw);
        }
        end
    }

    /// Whether the text or field before a place speaks of directories.
    #[inline(never)] // of few
    fn is_directory(&self, at: usize) -> bool {
        let marks = self.run_back(at, 4, |byte| matches!(byte, b' ' | b':' | b'"' | b'\'' | b'`'));
        let text =
            if at == 0 { self.holder.path.as_bytes() } else { self.bytes.get(..marks).unwrap_or_default() };
        let word = text.iter().rev().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
        is_listed(text.get(text.len() - word..).unwrap_or_default(), BEFORE_DIRECTORIES)
    }
}

/// Whether a whole text may be base64 without padding, of ASCII text. A byte of ASCII printed as base64 begins each
/// group of four with one of 24 letters, which words and ids seldom do five times in a row.
pub(super) fn may_be_base64(text: &[u8]) -> bool {
    text.len() % 4 != 1
        && [0, 4, 8, 12, 16]
            .into_iter()
            .all(|at| text.get(at).is_some_and(|byte| BEGINS_GROUP[usize::from(*byte)]))
        && text.len() <= LONGEST
        && text.iter().all(|byte| is_base64(*byte) || *byte == b'=')
}

pub(super) const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Which bytes groups of base64 of ASCII begin with: those that stand for six bits of which the first is zero.
pub(super) const BEGINS_GROUP: [bool; 256] = {
    let mut begins = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        begins[byte] = matches!(byte as u8, b'I'..=b'Z' | b'a'..=b'f');
        byte += 1;
    }
    begins
};

/// Decodes base64 of either alphabet, padded or not, to text.
fn decode<'b>(source: &[u8], bytes: &'b mut Vec<u8>) -> Option<&'b str> {
    bytes.clear();
    let digits = source.strip_suffix(b"==").or_else(|| source.strip_suffix(b"=")).unwrap_or(source);
    if digits.len() < SHORTEST || digits.len() % 4 == 1 {
        return None;
    }
    let (mut word, mut bits) = (0_u32, 0);
    for &digit in digits {
        word = word << 6 | base64::digit_value(digit)?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            let byte = (word >> bits) as u8;
            // Text has no control characters but those that lay it out.
            if byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t') || byte == 0x7f {
                return None;
            }
            bytes.push(byte);
        }
    }
    core::str::from_utf8(bytes).ok()
}

fn is_label_or_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"[]_-.*".contains(&byte))
}

/// The first `[label]` of a treated text.
fn label_in(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        rest = rest.get(at..)?;
        let end = rest.find(']')?;
        let label = rest.get(..=end)?;
        if label.len() > 3 && label.get(1..end)?.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        {
            return Some(label);
        }
        rest = rest.get(1..)?;
    }
    None
}
