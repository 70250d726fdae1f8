//! Private keys in PEM (RFC 7468) and OpenPGP armor: the whole block, line breaks raw or escaped.
//!
//! A block without its end, as a cut log line leaves it, reaches to the end of the text. A block in base64 (RFC 4648), as secrets of
//! clusters hold it, is told by what its head decodes to.

use super::jwt::decode_base64;
use super::probe::Reach;
use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

/// `-----BEGIN ` in base64.
const ENCODED: &str = "LS0tLS1CRUdJTi";

pub(super) struct PrivateKey;

impl Detector for PrivateKey {
    fn spec(&self) -> Spec {
        Spec::new("private-key", Class::Credential, "Private keys in PEM or OpenPGP armor")
            .finds(&[
                "key: «-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----» loaded",
                "«-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0F3A\n\nMIIEow",
                r"«-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----»\n",
                "«-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA",
                "«-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOY\n-----END PGP PRIVATE KEY BLOCK-----»",
                "tls.key: «LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UUlCQURBTkJnCg==»\n",
            ])
            .passes_over(&[
                "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----",
                "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
                "-----BEGIN of the PRIVATE KEY chapter",
                "-----BEGIN RSA PRIVATE KEY----- (contents removed)",
                "-----BEGIN PRIVATE KEY----- marker expected in Shop.pem",
                "no -----BEGIN RSA PRIVATE KEY----- or -----END RSA PRIVATE KEY----- in it",
                "expected \"-----BEGIN PRIVATE KEY-----\"",
                "tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUMK",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Armor, Site::Prefix(&[ENCODED])]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.is_claimed(Reach::Armor, at) {
            return None;
        }
        if probe.byte(at) != b'-' {
            return encoded(probe, at);
        }
        if !probe.starts_with(at, "-----BEGIN ") {
            return None;
        }
        let label = at + "-----BEGIN ".len();
        let label_end = probe.reach(label, 64, is_label);
        let label = probe.slice(label..label_end);
        let private = label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK");
        if !private || !probe.starts_with(label_end, "-----") {
            return None;
        }
        let body = label_end + 5;
        // What a text says of a key instead of its body.
        if probe.starts_with(body, " (") || probe.starts_with(body, " [") {
            return None;
        }
        // What is said of a mark is none: `no -----BEGIN PRIVATE KEY----- found`.
        let near = probe.slice(body..(body + NEAR).min(probe.len()));
        probe.count(2 * NEAR);
        if !holds_key(near, memchr::memmem::find(near, b"-----END ").is_some()) && !is_prefixed(near) {
            return None;
        }
        // A line that begins like a footer and goes on otherwise is none, and another key has its own.
        let dashes = |footer: usize| probe.run_end(footer + "-----END ".len(), 64, is_label);
        let footer = probe.next_armor(body).filter(|mark| probe.starts_with(*mark, "-----END ")).map(dashes);
        let footer = footer.filter(|dashes| probe.byte(*dashes) == b'-' && dashes - body < LONGEST);
        let end = match footer {
            Some(dashes) => probe.run_end(dashes, 5, |byte| byte == b'-'),
            None => torn_end(probe, body),
        };
        probe.claim(Reach::Armor, &(at..end));
        Some(at..end)
    }
}

/// How far behind a mark its end may be, in bytes: keys of OpenPGP hold many, and loggers write something before each line.
const LONGEST: usize = 256 << 10;

/// How long a key without an end may be where something stands before each of its lines, in bytes: of RSA one of 16,384 bits takes 12.5 KiB.
const TORN: usize = 16 << 10;

/// How long the line may be on which it ends.
const LINE: usize = 1024;

/// How far behind a mark its key must begin.
const NEAR: usize = 256;

/// What may stand in a key behind its mark, line by line, before the key itself.
const HEADERS: [&[u8]; 4] = [b"Proc-Type", b"DEK-Info", b"Version", b"Comment"];

const fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Whether the lines behind a mark are those of a key, with something before each of them, as loggers and tools write it.
fn is_prefixed(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').skip(1).take(3).any(|line| {
        let line = line.trim_ascii_end();
        let word = line.iter().rev().take_while(|byte| is_part(**byte)).count();
        word >= LEAST && word < line.len()
    })
}

/// Where a key ends that was torn off: behind its last line, for what follows in a file is no key.
fn torn_end(probe: &Probe<'_>, body: usize) -> usize {
    let mut from = body;
    while let header = probe.reach(from, GAP, |byte| matches!(byte, b'\n' | b'\r'))
        && let rest = probe.slice(header..(header + 16).min(probe.len()))
        && HEADERS.iter().any(|known| rest.starts_with(known))
    {
        from = probe.reach(header, LINE, |byte| byte != b'\n');
    }
    let line = probe.reach(from, GAP, |byte| matches!(byte, b'\n' | b'\r'));
    let end = rest_of_key(probe, probe.reach(line, LINE, |byte| byte != b'\n'));
    let behind = probe.slice(end..(end + NEAR).min(probe.len()));
    if line > from && !is_prefixed(behind) && !is_prefixed(probe.slice(body..(body + NEAR).min(probe.len())))
    {
        return end;
    }
    // With something before each line, or without breaks: to the end of the line in which it must have ended.
    let line = probe.reach((body + TORN).min(probe.len()), LINE, |byte| byte != b'\n');
    rest_of_key(probe, line)
}

/// Lines of keys are longer than words: armor has 64 or 76 letters on one, OpenSSH 70.
const LEAST: usize = 40;
/// Breaks between two lines, escaped perhaps, and quotes where each is a string of a program.
const GAP: usize = 16;

/// Where a key ends of which the beginning reaches to a place: behind its last line of base64, or behind its footer.
fn rest_of_key(probe: &Probe<'_>, from: usize) -> usize {
    let mut end = probe.reach(from, usize::MAX, is_part);
    // Behind a short line stands the checksum or the footer, or it is of something else.
    let (mut at, mut short) = (end, false);
    loop {
        let gap = probe.slice(at..(at + GAP).min(probe.len()));
        probe.count(GAP);
        let mut rest = gap;
        while let [b'\\', b'n' | b'r', tail @ ..]
        | [b'\n' | b'\r' | b' ' | b'\t' | b'"' | b'\'' | b',', tail @ ..] = rest
        {
            rest = tail;
        }
        let line = at + gap.len() - rest.len();
        if probe.starts_with(line, "-----END ") {
            let dashes = probe.reach(line + "-----END ".len(), 64, is_label);
            let footer = probe.byte(dashes) == b'-';
            return if footer { probe.reach(dashes, 5, |byte| byte == b'-') } else { end };
        }
        at = probe.reach(line, usize::MAX, is_part);
        let word = probe.slice(line..at);
        let checksum = word.len() == 5 && word.starts_with(b"=");
        if short && !checksum || word.is_empty() {
            return end;
        }
        short = word.len() < LEAST;
        let ends_line = matches!(probe.byte(at), 0 | b'\n' | b'\r' | b'\\');
        // Or was cut: no word of a language has these in it.
        let cut = word.iter().any(u8::is_ascii_uppercase)
            && word.iter().any(u8::is_ascii_lowercase)
            && word.iter().any(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'/'));
        let padded = word.ends_with(b"=") && word.len().is_multiple_of(4);
        if !short || checksum || ends_line && (padded || cut) {
            end = at;
        }
    }
}

/// Whether what stands behind a mark is a key, or the lines before one: the first word is drawn at random; where the end is near any.
fn holds_key(text: &[u8], ended: bool) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte);
    let mut rest = text;
    loop {
        // Breaks may be escapes, and lines strings of a program.
        rest = match rest {
            [b'\\', b'n' | b'r', tail @ ..] => tail,
            [first, tail @ ..] if !part(first) || *first == b'+' => tail,
            [] => return false,
            _ => {
                let word = rest.iter().take_while(|byte| part(byte)).count();
                let (word, tail) = rest.split_at_checked(word).unwrap_or((rest, &[]));
                let capital = |byte: &u8| byte.is_ascii_uppercase();
                let drawn = word.len() > 3
                    && word.iter().skip(1).any(capital)
                    && word.iter().any(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
                if drawn || HEADERS.contains(&word) {
                    return true;
                }
                if !ended || word.starts_with(b"-----END") {
                    return false;
                }
                tail
            }
        };
    }
}

/// The base64 that begins at a place, if its head is that of a private key.
fn encoded(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    // `-----BEGIN ENCRYPTED PRIVATE KEY` and a few bytes more.
    let mut head = [0; 48];
    let length = decode_base64(probe.slice(at..(at + 64).min(probe.len())), &mut head);
    memchr::memmem::find(head.get(..length)?, b"PRIVATE KEY")?;
    let end = probe.reach(at, usize::MAX, |byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte));
    probe.claim(Reach::Armor, &(at..end));
    Some(at..end)
}

const fn is_label(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' '
}
