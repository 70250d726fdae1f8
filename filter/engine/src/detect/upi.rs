//! Addresses of payments in India (UPI): `ann@okaxis`. They have no domain, so that a list of who gives them out tells them.

use super::{Detector, Probe, Site, Spec, is_listed};
use crate::Class;
use core::ops::Range;

/// Handles as NPCI lists them, the common ones: https://www.npci.org.in/what-we-do/upi/3rd-party-apps
const HANDLES: &str = " okhdfcbank okicici oksbi okaxis ybl ibl axl paytm ptyes ptaxis pthdfc ptsbi upi apl yapl rapl waicici wahdfcbank waaxis wasbi \
                       hdfcbank icici sbi axisbank axisb kotak idfcbank airtel freecharge jupiteraxis yesbank barodampay pnb \
                       cnrb unionbank fbl superyes naviaxis ikwik ";

pub(super) struct Upi;

impl Detector for Upi {
    fn spec(&self) -> Spec {
        Spec::new("upi-address", Class::Payment, "Addresses of payments in India (UPI)")
            .finds(&[
                "VPA «ann.example@okhdfcbank» collect",
                "upi://pay?pa=«9876543210@ybl»&pn=x",
                "UPI id «ann@paytm».",
            ])
            .passes_over(&["ann@host", "git@ybl.example", "deploy@upi-gateway", "image@sbi:1 @paytm"])
    }

    fn sites(&self) -> &[Site] {
        &[Site::At]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let end = probe.reach(at + 1, 16, |byte| byte.is_ascii_alphabetic());
        let next = probe.byte(end + 1);
        let goes_on = match probe.byte(end) {
            b'.' | b'-' => next.is_ascii_alphanumeric(),
            byte => byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'/' | b':' | b'_'),
        };
        if goes_on || !is_listed(probe.slice(at + 1..end), HANDLES) {
            return None;
        }
        let start = probe
            .reach_back(at, 64, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        (at - start > 1).then_some(start..end)
    }
}
