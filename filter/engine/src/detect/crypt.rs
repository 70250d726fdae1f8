//! Hashes of passwords as systems keep them (crypt(5), RFC 9106): `$2b$12$…`, `$6$salt$…`, `$argon2id$v=19$m=65536,t=3,p=4$…`.
//!
//! Weak passwords are guessed from them, so that they are credentials.

use super::{Detector, Probe, Site, Spec, is_listed, tokens};
use crate::Class;
use core::ops::Range;

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
            ])
            .passes_over(&[
                "$1 and $2 cost $5$ each, a,1,abcdef $1$a$b",
                "$6$abcdefgh$abcdefghijklmnopqrstuvwxyz",
                "$2b$12$[credential] $6$k3X9qW0r7MzT$[credential]",
                "$k3$1xy$mk227yLeQ4IsE2NrEkIG.ZCBAc4mqilxe/exNnIn97HFXRcnUr5.D",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::OpaqueRun]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        const LONGEST: usize = 128;
        /// How they were made.
        const KINDS: &str = " 1 5 6 2a 2b 2x 2y y apr1 argon2i argon2d argon2id scrypt ";
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
