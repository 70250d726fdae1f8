//! Mailchimp keys: 32 hex digits and the data center behind a dash, so that they begin like any digest.

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

pub(super) struct Mailchimp;

impl Detector for Mailchimp {
    fn spec(&self) -> Spec {
        Spec::new("mailchimp-key", Class::Credential, "Mailchimp keys")
            .sure(90)
            .finds(&["key «0f3a9c61d72be4850f3a9c61d72be485-us14»."])
            .passes_over(&[
                "0f3a9c61d72be4850f3a9c61d72be48-us14",
                "0f3a9c61d72be4850f3a9c61d72be485-rc1",
                "app-us1",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::HexTail]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if !probe.starts_with(at, "-us") {
            return None;
        }
        let start = probe.reach_back(at, 33, |byte| byte.is_ascii_hexdigit());
        let end = probe.reach(at + 3, 3, |byte| byte.is_ascii_digit());
        let whole = at - start == 32
            && !probe.before(start).is_ascii_alphanumeric()
            && !probe.byte(end).is_ascii_alphanumeric();
        (whole && end - at < 6).then_some(start..end)
    }
}
