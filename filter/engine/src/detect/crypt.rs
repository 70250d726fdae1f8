//! Hashes of passwords as systems keep them (crypt(5), RFC 9106): `$2b$12$…`, `$6$salt$…`, `$argon2id$v=19$m=65536,t=3,p=4$…`.
//!
//! Weak passwords are guessed from them, so that they are credentials.

use super::{Detector, Probe, Site, Spec, tokens};
use crate::Class;
use core::ops::Range;

pub(super) struct Crypt;

impl Detector for Crypt {
    fn spec(&self) -> Spec {
        Spec::new("password-hash", Class::Credential, "Hashes of passwords as systems keep them")
            .sure(95)
            .finds(&[
                "ann:«$2b$12$mk227yLeQ4IsE2NrEkIGMZCBAc4mqil.e/exNnIn97HFXRcnUr5.D»",
                "ann:«$6$k3X9qW0r7MzT$mk227yLeQ4IsE2NrEkIGMZCBAc4mqile/exNnIn97HFXRcnUr5.D»:19000:0:99999",
                "x:«$5$rounds=5000$k3X9qW0r$mk227yLeQ4IsE2NrEkIGMZCBAc4mqile»:1",
                "'«$1$k3X9qW0r$mk227yLeQ4IsE2NrEkIGM0»'",
                "is «$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG»",
            ])
            .passes_over(&[
                "$1 and $2 cost $5$ each, a,1,abcdef $1$a$b",
                "$6$abcdefgh$abcdefghijklmnopqrstuvwxyz",
                "$2b$12$[credential] $6$k3X9qW0r7MzT$[credential]",
                "$2b$1xy$mk227yLeQ4IsE2NrEkIGMZCBAc4mqil.e/exNnIn97HFXRcnUr5.D",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Crypt]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        const LONGEST: usize = 128;
        let kind = probe.reach(at + 1, 3, |byte| byte.is_ascii_alphanumeric());
        if probe.byte(kind) != b'$' {
            return None;
        }
        let mut start = at;
        // The last of the numbers that it is made with: `…,p=4$`.
        if probe.byte(at) == b'=' {
            let part = |from: usize| {
                probe.reach_back(from, 32, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'=' | b','))
            };
            let name = part(part(part(at).checked_sub(1)?).checked_sub(1)?);
            start = name.checked_sub(1)?;
            if !probe.starts_with(start, "$argon2") {
                return None;
            }
        } else if probe.byte(at) != b'$' {
            return None;
        }
        let part = |from: usize| {
            probe.reach(from, LONGEST, |byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'+' | b'=')
            })
        };
        let rounds = probe.starts_with(kind + 1, "rounds=");
        let salt = if rounds { part(kind + 1) + 1 } else { kind + 1 };
        let middle = part(salt);
        let end = part(middle + 1);
        let hash = probe.slice(middle + 1..end);
        // The cost is two digits, and the salt is part of the hash.
        let blowfish = probe.byte(at + 1) == b'2' && kind == at + 3;
        let least = if blowfish { 53 } else { 22 };
        let whole = probe.byte(middle) == b'$' && middle > salt && (!blowfish || middle == salt + 2);
        (whole && (least..LONGEST).contains(&hash.len()) && tokens::is_random(hash)).then_some(start..end)
    }
}
