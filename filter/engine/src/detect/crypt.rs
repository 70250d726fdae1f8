//! Hashes of passwords as systems keep them (crypt(5), RFC 9106): `$2b$12$…`, `$6$salt$…`, `$argon2id$v=19$m=65536,t=3,p=4$…`.
//!
//! Weak passwords are guessed from them, so that they are credentials.

use super::{Detector, Probe, Site, Spec, is_listed, tokens};
use crate::Class;
use core::ops::Range;

/// How hashes begin that a library writes: of Django and Werkzeug, PostgreSQL (RFC 5803), ASP.NET Core.
const BEGINNINGS: &[&str] = &[
    "pbkdf2_sha256$",
    "pbkdf2_sha1$",
    "bcrypt_sha256$",
    "pbkdf2:sha256:",
    "scrypt:32768:",
    "SCRAM-SHA-256$",
    "AQAAAA",
];

pub(super) struct Crypt;

impl Detector for Crypt {
    fn spec(&self) -> Spec {
        Spec::new("password-hash", Class::Credential, "Hashes of passwords as systems keep them")
            .sure(95)
            .finds(&[
                "ann:«$2b$12$mk227yLeQ4IsE2NrEkIG.ZCBAc4mqilxe/exNnIn97HFXRcnUr5.D»",
                "ann:«$6$k3X9qW0r7MzT$mk227yLeQ4IsE2NrEkIGMZCBAc4mqile/exNnIn97HFXRcnUr5.D»:19000:0:99999",
                "x:«$5$rounds=5000$k3X9qW0r$mk227yLeQ4IsE2NrEkIGMZCBAc4mqile»:1",
                "is «$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG»",
                "userPassword: «{SSHA}/e4k+ZGK5RWY4A9p6AFsX98N6G0LaMy/P2I5vQ==»",
                "wp_users: ann «$P$BmK7qW0r7MzT2a8Hv5k3X9qW0r7MzT1»",
                "old «pbkdf2_sha256$600000$k3X9qW0r7MzT$Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z7A0=» gone",
                "@p1='«AQAAAAEatXnMKCADSkxlRfjBJjiaeWypb6apAK850NqqgemP6vjPW6I8fFhYTh7yxoyHQxBrbnuCSHNyTwo==»'",
                "role ann «SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0$Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z7A0=:Xy4z7A0Ab3dEf6hIj9kLm2nOp5qRs8tUv1w=»",
                "admin:«$2a$12$5ucToZYtF/.wFWBRrpy2f8Q5L.YyJfQsqD3Ezy6OQP20Th0MR4DKn»",
                "ann:500:«aad3b435b51404eeaad3b435b51404ee:01e5fb54a3700503a514efd74abb76b0»:::",
            ])
            .passes_over(&[
                "$1 and $2 cost $5$ each, a,1,abcdef $1$a$b",
                "$6$abcdefgh$abcdefghijklmnopqrstuvwxyz",
                "$2b$12$[credential] $6$k3X9qW0r7MzT$[credential]",
                "$k3$1xy$mk227yLeQ4IsE2NrEkIG.ZCBAc4mqilxe/exNnIn97HFXRcnUr5.D",
                "pbkdf2_sha256$ is set, SCRAM-SHA-256 authentication, AQAAAAEAAAA= and AQAAAA-BBBB",
                "a::: 01e5fb54a3700503a514efd74abb76b0::: [credential]:::",
                "x {\"id\"}/e4kZZGK5RWY4A9p6AFsX98N6G0LaMyzP2I5vQ",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::OpaqueRun, Site::Prefix(BEGINNINGS), Site::DoubleColon]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        const LONGEST: usize = 128;
        /// How they were made.
        const KINDS: &str = " 1 5 6 2a 2b 2x 2y y p h s 7 sha1 apr1 pbkdf2 pbkdf2-sha256 pbkdf2-sha512 bcrypt-sha256 argon2i argon2d argon2id scrypt ";
        if probe.byte(at) == b':' {
            return of_windows(probe, at);
        }
        if let Some(begun) = BEGINNINGS.iter().find(|begun| probe.starts_with(at, begun)) {
            return whole(probe, at, begun);
        }
        if probe.before(at) == b'}' {
            return schemed(probe, at);
        }
        /// Most parts before the hash itself.
        const PARTS: usize = 5;
        let belongs = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'+');
        let setting = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'+' | b'=' | b',' | b'-' | b'_')
        };
        let hash = probe.reach_back(at, LONGEST, belongs);
        let end = probe.reach(at, LONGEST, belongs);
        let mut part = hash;
        for _ in 0..PARTS {
            if probe.before(part) != b'$' {
                return None;
            }
            let kind = probe.reach_back(part - 1, 64, setting);
            if probe.before(kind) == b'$' && is_listed(probe.slice(kind..part - 1), KINDS) {
                return tokens::is_random(probe.slice(hash..end)).then_some(kind - 1..end);
            }
            part = kind;
        }
        None
    }
}

/// A hash that begins as one of a library.
fn whole(probe: &Probe<'_>, at: usize, begun: &str) -> Option<Range<usize>> {
    const LONGEST: usize = 256;
    let body = at + begun.len();
    let end = probe.reach(body, LONGEST, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'+' | b'=' | b'$' | b':' | b'-' | b'_')
    });
    let end = probe.reach_back(end, 1, |byte| matches!(byte, b'.' | b':')).max(body);
    let least = if begun.len() > "AQAAAA".len() { 40 } else { 56 };
    let hash = probe.slice(body..end);
    (hash.len() >= least && tokens::is_random(hash)).then_some(at..end)
}

/// A hash behind its scheme in braces, as directories keep it (RFC 2307).
fn schemed(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const SCHEMES: &str = " sha ssha sha256 ssha256 sha512 ssha512 md5 smd5 crypt bcrypt pbkdf2 argon2 ";
    let close = at - 1;
    let scheme = probe.reach_back(close, 12, |byte| byte.is_ascii_alphanumeric());
    let end = probe.reach(at, 256, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let end = probe.reach(end, 2, |byte| byte == b'=');
    let told = probe.before(scheme) == b'{' && is_listed(probe.slice(scheme..close), SCHEMES);
    told.then(|| scheme - 1..end)
}

/// The two hashes of a line that tools dump from Windows: `ann:500:…:…:::`.
fn of_windows(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const HASH: usize = 32;
    let hash = |end: usize| {
        let start = probe.reach_back(end, HASH, |byte| byte.is_ascii_hexdigit());
        Some(start).filter(|start| end - start == HASH && probe.before(*start) == b':')
    };
    if !probe.starts_with(at, ":::") {
        return None;
    }
    let second = hash(at)?;
    Some(hash(second - 1)?..at)
}
