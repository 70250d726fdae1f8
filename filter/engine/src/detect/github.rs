//! GitHub tokens by their published prefixes ("Behind GitHub's new authentication token formats", 2021).
//!
//! The six last characters of a token are a checksum. It is not asked for: a mistyped token is nearly a secret.

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

pub(super) struct GitHub;

impl Detector for GitHub {
    fn spec(&self) -> Spec {
        Spec::new("github-token", Class::Credential, "GitHub tokens")
            .finds(&[
                "with «ghp_0123456789abcdefghijABCDEFGHIJ012345»;",
                "«gho_0123456789abcdefghijABCDEFGHIJ012345»",
                "«github_pat_11ABCDEFG0abcdefghijkl_0123456789abcdefghijABCDEFGHIJ0123456789abcdefghijABCDEFGHI»",
            ])
            .passes_over(&["ghp_0123456789", "ghx_0123456789abcdefghijABCDEFGHIJ012345", "github_pattern_matcher"])
    }

    fn sites(&self) -> &'static [Site] {
        &[Site::Prefix(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"])]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let fine_grained = probe.starts_with(at, "github_pat_");
        let body = at + if fine_grained { "github_pat_".len() } else { "ghp_".len() };
        // Published lengths are 36 and 82; GitHub says that they may grow to 255.
        let end = probe.run_end(body, 255, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let least = if fine_grained { 40 } else { 30 };
        (end - body >= least).then_some(at..end)
    }
}
