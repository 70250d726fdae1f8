//! URLs, anywhere in text: user info, host, path, parameters, fragment.
//!
//! A parameter is a field named `query/NAME`, in the query, the fragment and behind `;` in the path alike. Path
//! segments, and what no `=` names, stand under the ruling of the text that holds the URL. User info is the
//! detectors' business, who know it without a walk. Promises: what a URL holds is still a URL afterwards.

use super::{Coding, Named, Walk};
use crate::Part;

/// Longest scheme that is looked for before `://`.
const SCHEME: usize = 24;

impl Walk<'_, '_> {
    /// Walks the URL around the `://` at `colon` and gives the place behind it.
    pub(super) fn url(&mut self, colon: usize) -> usize {
        let scheme =
            self.run_back(colon, SCHEME, |byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
        let from = colon + 3;
        if scheme == colon {
            return from;
        }
        let end = self.url_end(from);
        let authority = self.run(from, end, |byte| !matches!(byte, b'/' | b'?' | b'#'));
        self.authority(from, authority);
        // The path of a file is one as any other, which may lie in a home directory.
        if self.bytes.get(scheme..colon).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"file")) {
            return authority;
        }
        self.target(authority, end);
        end
    }

    /// Walks the request target whose `?` is at `query`, if it is one, and gives the place behind what was walked.
    pub(super) fn request_target(&mut self, query: usize) -> usize {
        const LONGEST: usize = 1024;
        const NAME: usize = 128;
        let start = self.run_back(query, LONGEST, |byte| !ends_url(byte) && byte != b'=' && byte != b'(');
        let named = self
            .run(query + 1, query + NAME, |byte| byte.is_ascii_alphanumeric() || b"_.-[]%+".contains(&byte));
        if self.byte(start) != b'/' || self.byte(named) != b'=' {
            return query + 1;
        }
        let end = self.url_end(named);
        self.target(start, end);
        end
    }

    fn authority(&mut self, from: usize, to: usize) {
        let text = self.bytes.get(from..to).unwrap_or_default();
        let host = text.iter().rposition(|byte| *byte == b'@').map_or(from, |at| from + at + 1);
        if self.byte(host) == b'[' {
            let end = self.run(host, to, |byte| byte != b']') + 1;
            self.region(from, host, Coding::Host);
            self.show(Named::Nothing, host, end.min(to), Coding::Host);
            return;
        }
        // With the user info: what is found around the `@` must leave an authority behind, too.
        self.region(from, self.run(host, to, |byte| byte != b':'), Coding::Host);
    }

    /// Walks path, parameters and fragment.
    pub(super) fn target(&mut self, from: usize, to: usize) {
        let path = self.run(from, to, |byte| !matches!(byte, b'?' | b'#'));
        self.path(from, path);
        let mut at = path;
        if self.byte(at) == b'?' && at < to {
            let end = self.run(at + 1, to, |byte| byte != b'#');
            self.parameters(at + 1, end, Part::Query);
            at = end;
        }
        if at < to {
            self.parameters(at + 1, to, Part::Query);
        }
        self.region(from, to, Coding::Url);
    }

    fn path(&mut self, from: usize, to: usize) {
        let text = self.bytes.get(from..to).unwrap_or_default();
        if !text.iter().any(|byte| matches!(byte, b'%' | b';')) {
            return;
        }
        let mut at = from;
        while at < to {
            let end = self.run(at, to, |byte| !matches!(byte, b'/' | b';'));
            let equals = self.run(at, end, |byte| byte != b'=');
            if at > from && self.byte(at - 1) == b';' && equals < end {
                self.named_parameter(at, equals, end, Part::Query);
            } else {
                self.component(at, end);
            }
            at = end + 1;
        }
    }

    /// Walks parameters between `&` or `;`.
    pub(super) fn parameters(&mut self, from: usize, to: usize, part: Part) {
        let mut at = from;
        while at < to {
            let end = self.run(at, to, |byte| !matches!(byte, b'&' | b';'));
            let equals = self.run(at, end, |byte| byte != b'=');
            if equals < end {
                self.named_parameter(at, equals, end, part);
            } else {
                self.component(at, end);
            }
            at = end + 1;
        }
    }

    fn named_parameter(&mut self, name: usize, equals: usize, end: usize, part: Part) {
        let Some(key) = self.text.get(name..equals) else { return };
        let mut decoded = String::new();
        let key = if key.contains(['%', '+'])
            && super::coding::percent(key, true, &mut self.scratch.bytes, &mut decoded)
        {
            decoded.as_str()
        } else {
            key
        };
        self.show(Named::Part(part, key), equals + 1, end, Coding::Percent);
    }

    /// Shows what has no name, if it is not read as it stands anyway.
    fn component(&mut self, from: usize, to: usize) {
        self.show(Named::Nothing, from, to, Coding::Percent);
    }

    /// One past the last byte of a URL that goes on at `from`: without the punctuation of the sentence around it.
    fn url_end(&self, from: usize) -> usize {
        // More punctuation than this is no sentence.
        const TRIMMED: usize = 8;
        let mut end = self.run(from, self.bytes.len(), |byte| !ends_url(byte));
        for _ in 0..TRIMMED.min(end - from) {
            let last = self.byte(end - 1);
            let open = match last {
                b'.' | b',' | b';' | b':' | b'!' | b'?' | b'*' => 0,
                b')' => b'(',
                b']' => b'[',
                b'}' => b'{',
                _ => break,
            };
            let url = self.bytes.get(from..end - 1).unwrap_or_default();
            if open != 0 && url.contains(&open) {
                break;
            }
            end -= 1;
        }
        end
    }
}

/// Bytes that no URL contains and text around it often does.
const fn ends_url(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`' | b'|' | 0x7f)
}
