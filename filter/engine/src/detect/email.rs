//! E-mail addresses: `local@domain` with at least one dot in the domain and a last label of letters.
//!
//! The local part is what RFC 5321 calls an atom, less the bytes that join a name to a value in telemetry
//! (`to=ann@example.org`) and those that divide fields in messages of X12 and HL7 (`*EM*ann@example.org`, `^NET^ann@example.org`), or a quoted string; letters of other scripts are welcome on both sides (RFC 6531, RFC 5891).

use super::{Detector, Probe, Site, Spec, url_user};
use crate::Class;
use core::ops::Range;

pub(super) struct Email;

impl Detector for Email {
    fn spec(&self) -> Spec {
        Spec::new(
            "email",
            Class::DirectId,
            "E-mail addresses, with internationalized local parts and domains",
        )
        .finds(&[
            "no mailbox for «ann@example.org»",
            "mailto:«ann.b+shop@mail.example.co.uk»?subject=x",
            "From: Ann <«ann@example.org»>, to=«bob_7@example.com»;",
            r#"{"user":"«o'neil@example.org»"}"#,
            "'«ann@example.org»' bounced. «müller@bücher.example» too, and «用户@例子.广告».",
            "«ann@xn--bcher-kva.example».",
            "«deploy@build.example.org»:/srv/app",
            "收件人 «ann@example.org»，4938 封",
            "by «ann@example.org»-----BEGIN, «bo@example.org»--, «cleo@xn--bcher.xn--kva-a»-",
            "https://«ann@example.org»/inbox",
            r"line\n«ann@example.org»\n",
            "VALUES (N'«ann@example.org»', b'«o'neil@example.org»'), «o'neil@example.org»",
            "DMG*D8*19690426~PER*IC**TE*1*EM*«ann@example.org»~, ^NET^Internet^«ann@example.org»",
            r#"to «"ann smith"@example.org», "«"o b"@example.org»", «"a\"b"@example.org»"#,
            r#"{"to":"Ann <«\"ann smith\"@example.org»>"}"#,
        ])
        .passes_over(&[
            "user@host",
            "git@github.com:org/repo.git",
            "react@18.2.0",
            "ssh://git@example.org/repo",
            "postgres://app:***@db.example.org/shop",
            "logo@2x.png",
            "user@1000.service",
            "@decorator.method",
            "ann@ example.org",
            "java.lang.Object@1b6d3586",
            "someone@example.o",
            r#"""@example.org, "cut"#,
            r#"["a", "@example.org"]"#,
            r#"ann"@example.org"#,
            r#"at="x" level=debug msg="@Microsoft.KeyVault(x)"#,
            "Message-ID: <k3X9qW0r@mail.example.org>, message-id=<20261123.k3x9@example.org>",
            "[celery@app39.prod.example.org] Connected",
        ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::At]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        // Neighboring `@` bound both runs, so that all addresses of a text together cost one look at each byte.
        let start = match probe.before(at) {
            b'"' => quoted_start(probe, at)?,
            _ => local_start(probe, at),
        };
        let end = domain_end(probe, at + 1)?;
        // A letter before the quotes says what kind of string they hold: `N'…'`.
        let marked = probe.byte(start + 1) == b'\'' && probe.byte(end) == b'\'' && start + 2 < at;
        let start = if marked { start + 2 } else { start };
        let local = probe.slice(start..at);
        let domain = probe.slice(at + 1..end);
        if local.is_empty()
            || is_of_a_message(probe, start)
            || url_user::is_user_info(probe, at)
            || is_account(local, domain)
        {
            return None;
        }
        Some(start..end)
    }
}

/// Where a quoted local part begins whose closing quote stands before the `@` at `at`. It has at most 64 bytes (RFC 5321, section
/// 4.5.3.1.1), and as many again where the text around it is escaped.
fn quoted_start(probe: &Probe<'_>, at: usize) -> Option<usize> {
    const LONGEST: usize = 128;
    let escapes = |quote: usize| quote - probe.run_start(quote, 8, |byte| byte == b'\\');
    let close = at - 1;
    let level = escapes(close);
    let inside = close - level;
    let mut quote = inside;
    loop {
        quote = probe.run_start(quote, LONGEST, |byte| byte != b'"' && byte != b'\n').checked_sub(1)?;
        if probe.byte(quote) != b'"' || inside - quote > LONGEST {
            return None;
        }
        if escapes(quote) <= level {
            // Between two strings of a list there are no letters: `"a", "@b.example"`.
            let local = probe.slice(quote..inside);
            // Nor does the end of one pair and the begin of another hold one: `a="b" msg="@c.example"`.
            let named = local.iter().any(u8::is_ascii_alphanumeric)
                && !local.starts_with(b"\" ")
                && !local.ends_with(b"=");
            return named.then(|| quote - escapes(quote));
        }
    }
}

fn local_start(probe: &Probe<'_>, at: usize) -> usize {
    let first = probe.run_start(at, usize::MAX, |byte| {
        byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"._%+-~!#$'".contains(&byte)
    });
    // Quotes and dots before the address are punctuation of the text around it.
    let first = probe.run_end(first, at - first, |byte| {
        !byte.is_ascii_alphanumeric() && byte.is_ascii() && byte != b'_' && byte != b'+'
    });
    // In text that is itself escaped, the letter of `\n` is not part of the name.
    if probe.before(first) == b'\\' && matches!(probe.byte(first), b'n' | b'r' | b't') && first + 1 < at {
        return first + 1;
    }
    first
}

fn domain_end(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let label = |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || byte == b'-';
    let mut end = from;
    let mut top = 0..0;
    let mut labels = 0;
    loop {
        let next = probe.run_end(end, usize::MAX, label);
        if next == end {
            break;
        }
        top = end..next;
        labels += 1;
        end = next;
        if probe.byte(next) != b'.' || !label(probe.byte(next + 1)) {
            break;
        }
        end += 1;
    }
    if labels < 2 || probe.byte(from) == b'-' {
        return None;
    }
    // No top-level domain has a dash but an encoded one, so a dash begins what goes on behind the address; anything else that is
    // not a letter makes this no top-level domain.
    let whole = probe.slice(top.clone());
    let encoded = whole.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"xn--"));
    let dash = if encoded {
        whole.len() - whole.iter().rev().take_while(|byte| **byte == b'-').count()
    } else {
        whole.iter().position(|byte| *byte == b'-').unwrap_or(whole.len())
    };
    let last = whole.get(..dash).unwrap_or_default();
    let letters = last.iter().all(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    // Full-width punctuation after an address is not ASCII and so looks like part of it: taken along, never split, unless a number
    // follows: no top-level domain begins in ASCII and ends in another script and digits.
    // Behind a name in another script stands the rest of what an earlier hop left.
    if probe.byte(end) == b'_' && !whole.is_ascii() {
        return None;
    }
    if !letters && !encoded {
        let ascii = last.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let goes_on = last.get(ascii).is_some_and(|byte| !byte.is_ascii());
        return (ascii >= 2 && goes_on).then_some(top.start + ascii);
    }
    (last.len() >= 2).then_some(top.start + dash)
}

/// Whether what begins at a place is the id of a message (RFC 5322, section 3.6.4): `Message-ID: <k3x9@mail.example.org>`.
fn is_of_a_message(probe: &Probe<'_>, start: usize) -> bool {
    const NAMES: [&str; 2] = ["message-id", "in-reply-to"];
    if probe.before(start) != b'<' {
        return false;
    }
    let key = start.saturating_sub(1);
    let name = probe.reach_back(key, 4, |byte| matches!(byte, b' ' | b':' | b'=' | b'"'));
    NAMES.iter().any(|known| probe.ends_with_any_case(name, known))
}

/// Accounts of software and names of files and units that merely look like addresses.
fn is_account(local: &[u8], domain: &[u8]) -> bool {
    const TOPS: &[&str] = &[
        "service", "socket", "timer", "mount", "slice", "target", "scope", "png", "jpg", "jpeg", "gif",
        "webp", "svg",
    ];
    let top = domain.rsplit(|byte| *byte == b'.').next().unwrap_or(&[]);
    matches!(local, b"git" | b"hg" | b"svn" | b"celery") || TOPS.iter().any(|word| top == word.as_bytes())
}
