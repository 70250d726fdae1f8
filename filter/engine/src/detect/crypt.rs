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
                "'«$1$k3X9qW0r$mk227yLeQ4IsE2NrEkIGM0»'",
                "is «$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG»",
            ])
            .passes_over(&[
                "$1 and $2 cost $5$ each, a,1,abcdef $1$a$b",
                "$6$abcdefgh$abcdefghijklmnopqrstuvwxyz",
                "$2b$12$[credential] $6$k3X9qW0r7MzT$[credential]",
                "$2b$1x$mk227yLeQ4IsE2NrEkIGMZCBAc4mqil.e/exNnIn97HFXRcnUr5.D",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Crypt]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        const LONGEST: usize = 256;
        let kind = probe.reach(at + 1, 3, |byte| byte.is_ascii_alphanumeric());
        if probe.byte(kind) != b'$' {
            return None;
        }
        let mut start = at;
        // The last of the numbers that it is made with: `…,p=4$`.
        if probe.byte(at) == b'=' {
            let made = probe.reach_back(at, 40, |byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'=' | b',')
            });
            let name = memchr::memmem::find(probe.slice(made..at), b"$argon2")?;
            start = made + name;
        } else if probe.byte(at) != b'$' {
            return None;
        }
        let end = probe.reach(kind, LONGEST, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'.' | b'/' | b'+' | b'=')
        });
        // A dot at the end of a sentence may be one of the hash's.
        let mut parts = probe.slice(kind + 1..end).split(|byte| *byte == b'$');
        let (salt, hash) = (parts.next()?, parts.next()?);
        let cost = salt.len() == 2 && salt.iter().all(u8::is_ascii_digit);
        let blowfish = probe.byte(at + 1) == b'2' && kind == at + 3;
        let whole = if blowfish { cost && hash.len() >= 53 } else { !salt.is_empty() && hash.len() >= 22 };
        (whole && end - kind < LONGEST && tokens::is_random(hash)).then_some(start..end)
    }
}
