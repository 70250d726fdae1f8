//! AWS secret access keys: 40 base64 characters where the text speaks of them. Their ids are a row of [`tokens`](super::tokens).

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

const WORDS: &[&str] =
    &["aws", "secret", "amazon", "accesskey", "access_key", "access-key", "akia", "asia", "minio"];

pub(super) struct SecretKey;

impl Detector for SecretKey {
    fn spec(&self) -> Spec {
        Spec::new("aws-secret-key", Class::Credential, "AWS secret access keys")
            .finds(&[
                "aws key «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
                "AKIAIOSFODNN7EXAMPLE:«wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY», AKIAIOSFODNN7EXAMPLE,«wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
                "AKIAIOSFODNN7EXAMPLE, secret «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
            ])
            .passes_over(&[
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "aws sha da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "aws wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEYS",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::OpaqueRun]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let end = probe.run_end(at, 41, |byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/');
        if end - at != 40 || matches!(probe.byte(end), b'=' | b'_' | b'-') {
            return None;
        }
        let key = probe.slice(at..end);
        let mixed = key.iter().any(u8::is_ascii_uppercase)
            && key.iter().any(u8::is_ascii_lowercase)
            && key.iter().any(u8::is_ascii_digit);
        (mixed && probe.near(&(at..end), WORDS)).then_some(at..end)
    }
}
