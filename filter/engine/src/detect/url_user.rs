//! User info of URLs: `user:password` between `://` and `@` (RFC 3986, section 3.2.1).

use super::{Detector, Probe, Site, Spec, is_placeholder};
use crate::Class;
use core::ops::Range;

/// Longest user info that is looked for.
const MOST: usize = 512;

pub(super) struct UrlUser;

impl Detector for UrlUser {
    fn spec(&self) -> Spec {
        Spec::new("url-user", Class::Credential, "User and password in URLs")
            .finds(&[
                "postgres://«app:s3cret»@db.example.org:5432/shop",
                "clone https://«x-access-token:abc123»@example.org/repo.git",
                "redis://«:hunter2»@cache:6379/0",
                "https://«aws:eyJ2k3X9qW0r7MzT/a8Hv5k3X9qW0r7MzT+a8Hv5k3/q=»@shop.d.codeartifact.eu-west-1.amazonaws.com/pypi/x",
                "amqp://«shop:p@ss»@queue/vhost",
                "https://«7d0f9c2a4b1e4f60»@errors.example.org/4",
                "dsn «app:s3cret»@tcp(db:3306)/shop",
                "sqlplus «ann/29T6#oaIG5g#B»@//cache:1521/x, CONNECT «scott/tiger1»@shop",
                "sqlplus -S -L «ann/hunter2»@shop @x.sql",
                "jdbc:oracle:thin:«scott/t1ger»@db:1521:shop",
                "ldap://cn=admin,dc=example,dc=org:«drag0n_9691H»@ldap.example.org:389",
            ])
            .passes_over(&[
                "ssh://git@example.org/repo",
                "postgres://app:***@db/shop",
                "mysql://user:password@localhost/events is only an example, ldap://cn=admin,dc=org:[credential]@ldap.example.org",
                "postgres://[credential]@db/shop",
                "REDACTED https://REDACTED:REDACTED@example.org/",
                "https://example.org/@ann, http://shop:8080/k3X9qW0r7MzT/a8Hv5k3X9qW0r7MzT@x, http://shop/k3X9qW0r7MzT/a8Hv5k3X9qW0r7MzT@x",
                "connect /@shop, connect to ann/b@x, connect ann/eth0@node failed, sqlplus /catalog@x, sqlplus ann/[credential]@shop, sqlplus ann@shop",
                "https://example.org:8080/a?b=c@d",
                "postgres://app:${PASSWORD}@db/shop",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::At]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let Some(start) = user_info_start(probe, at) else {
            return without_scheme(probe, at).or_else(|| with_slashes(probe, at));
        };
        // A raw `@` in the password: the authority ends at a slash, so the last `@` before it ends the user info.
        let authority = probe.reach(at, MOST, |byte| is_user_info_byte(byte) || byte == b'@');
        let last = probe.reach_back(authority, authority - at, |byte| byte != b'@');
        let end = last - 1;
        let user_info = probe.slice(start..end);
        match user_info.iter().position(|byte| *byte == b':') {
            Some(colon) => {
                // The name of an entry of a directory has marks of its own, and is none.
                let entry =
                    user_info.get(..colon).is_some_and(|user| user.contains(&b'=') && user.contains(&b','));
                let from = if entry { start + colon + 1 } else { start };
                let password = user_info.get(colon + 1..).unwrap_or(&[]);
                (!is_placeholder(password) && !is_documented(user_info)).then_some(from..end)
            }
            None => is_key(user_info).then_some(start..end),
        }
    }
}

/// Whether user info without a password is a key. A name alone is no secret, but what no person would choose as one is (as in error
/// trackers' URLs).
fn is_key(user_info: &[u8]) -> bool {
    user_info.len() >= 16
        && user_info.iter().any(u8::is_ascii_digit)
        && user_info.iter().all(u8::is_ascii_alphanumeric)
}

/// What documents write for user and password: `mysql://user:password@localhost/shop`.
fn is_documented(user_info: &[u8]) -> bool {
    super::is_listed(
        user_info,
        " user:password username:password user:pass user:passwd user:pwd username:pass login:password usuario:contraseña \
          benutzer:passwort utilisateur:motdepasse ",
    )
}

/// User and password where no `://` stands before them: `user:password@tcp(host)` of Go, `thin:user/password@` of Oracle.
fn without_scheme(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let go = probe.starts_with(at, "@tcp(") || probe.starts_with(at, "@unix(");
    let start = probe.reach_back(at, MOST, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'@' | b'='));
    // Most that stands before an `@` is the name of somebody.
    if !go && !probe.slice(start..at).contains(&b'/') {
        return None;
    }
    let oracle =
        memchr::memmem::find(probe.slice(start..at), b":thin:").map(|from| start + from + b":thin:".len());
    let start = match oracle {
        Some(from) => from,
        None if is_oracle(probe, start) => start,
        None if go => start,
        None => return None,
    };
    let divider = if go { b':' } else { b'/' };
    let parts = probe.slice(start..at);
    let password = parts.get(parts.iter().position(|byte| *byte == divider)? + 1..)?;
    (!password.is_empty() && !is_placeholder(password)).then_some(start..at)
}

/// User and a password that holds slashes as they are: what was drawn in base64, as of CodeArtifact, `https://aws:…@…`.
#[inline(never)] // of few
fn with_slashes(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 2048;
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_');
    let password = probe.reach_back(at, LONGEST, belongs);
    let user = probe.reach_back(password.checked_sub(1)?, 32, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
    });
    let text = probe.slice(password..at);
    // A port ends at a slash.
    let first = text.split(|byte| *byte == b'/').next().unwrap_or(&[]);
    let drawn = text.len() >= 32 && first.len() > 5 && super::tokens::is_random(text);
    let told = probe.before(password) == b':'
        && user < password - 1
        && probe.slice(user.saturating_sub(3)..user) == b"://";
    (drawn && told).then_some(user..at)
}

/// Whether a word is a program of Oracle's, or a command of one, that is given `user/password@database`. A slash alone is no user.
fn is_oracle(probe: &Probe<'_>, start: usize) -> bool {
    let mut command = start;
    // Options between: `sqlplus -S -L ann/…`.
    for _ in 0..3 {
        let option = probe.reach_back(command.saturating_sub(1), 2, |byte| byte.is_ascii_alphabetic());
        if probe.before(option) != b'-' {
            break;
        }
        command = option - 1;
    }
    let word = probe.word_before(command, 1);
    probe.byte(start) != b'/'
        && (matches!(word, b"CONNECT" | b"CONN")
            || super::is_listed(word, " sqlplus sqlldr sqlcl expdp impdp "))
}

/// Whether the `@` at a place ends a user and password in a URL: then what stands around it is not an e-mail address.
pub(super) fn is_user_info(probe: &Probe<'_>, at: usize) -> bool {
    let told = |user_info: &[u8]| user_info.contains(&b':') || is_key(user_info);
    user_info_start(probe, at).is_some_and(|start| told(probe.slice(start..at)))
        || without_scheme(probe, at).is_some()
}

fn user_info_start(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let start = probe.run_start(at, MOST, is_user_info_byte);
    (start < at && probe.before(start) == b'/' && start >= 3 && probe.slice(start - 3..start) == b"://")
        .then_some(start)
}

const fn is_user_info_byte(byte: u8) -> bool {
    !matches!(byte, b'@' | b'/' | b'?' | b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`' | 0..=b' ' | 0x7f)
}
