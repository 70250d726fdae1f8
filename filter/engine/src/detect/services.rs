//! Credentials of services whose beginning says too little for a row of [`tokens`](super::tokens), but whose parts stand where they
//! must: Asana (a number, a colon, 32 hex digits), RapidAPI (`msh`, `p` and `jsn` between hex digits), refresh tokens of Google
//! (`1//0` and what is drawn), secrets of Entra ID and tokens of OpenShift (a `~`). Shapes are those of GitHub's and TruffleHog's lists of secrets that are scanned for.

use super::probe::is_base64url;
use super::{Detector, Probe, Site, Spec, tokens};
use crate::Class;
use core::ops::Range;

pub(super) struct Shaped;

impl Detector for Shaped {
    fn spec(&self) -> Spec {
        Spec::new(
            "service-token",
            Class::Credential,
            "Tokens of Asana, RapidAPI, Google, Entra ID, OpenShift and Fly.io by where their parts stand",
        )
        .sure(90)
        .packs(&["credentials"])
        .finds(&[
            "leaked token «1/1203000571730132:3f0a9c61d72be4853f0a9c61d72be485» found",
            "the token is «fm2_lJPE+P/wADk1ZW88iMUr/MgexdW/6rqnFoCBXfACLntm/gbbt4q4XX58fo==», please",
            "key «3f0a9c61d7msh2be4853f0a9c61dp7b2e48jsn53f0a9c61d72» is gone",
            "token=«1//0gK3x9QwW0r7MzT2a8Hv5-k3X9qW0r7MzT2a8Hv5» ok",
            "secret «abc8Q~k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a8» of an app",
            "oc login with «sha256~k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a8Hv5k3X9qW0».",
            "\"«1//0gK3x9QwW0r7MzT2a8Hv5k3X9qW0r7MzT2a8Hv5»\"",
        ])
        .passes_over(&[
            "part 1/1203000571730132 of 1/1203000571730132:3f0a9c61",
            "3f0a9c61d7msh2be4853f0a9c61dq7b2e48jsn53f0a9c61d72",
            "1//0gK3x9QwW0r7MzT",
            "sha256~k3X9qW0r7MzT, file~1 and abc8Q~k3X9qW0r7MzT a~b abcQQ~k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a8",
        ])
    }

    fn sites(&self) -> &[Site] {
        &[
            Site::LongNumber,
            Site::OpaqueRun,
            Site::Tilde,
            Site::Segment(&[" 1/", "=1/", ":1/", "\"1/", "'1/"]),
        ]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.byte(at) == b'~' {
            return beside_tilde(probe, at);
        }
        // Tokens of Fly.io have a plus or slash early (https://fly.io/docs/security/tokens/).
        if let Some(start) = at
            .checked_sub(4)
            .filter(|start| ["fm2_", "fm1_", "fo1_"].iter().any(|prefix| probe.starts_with(*start, prefix)))
        {
            let end = probe.reach(at, 2048, |byte| is_base64url(byte) || matches!(byte, b'+' | b'/' | b'='));
            return (end < at + 2048 && tokens::is_random(probe.slice(at..end))).then_some(start..end);
        }
        let opaque = |at: usize| probe.reach(at, 64, |byte| byte.is_ascii_alphanumeric());
        let end = opaque(at);
        if probe.byte(end) == b':' && probe.before(at) == b'/' {
            let start = at.checked_sub(2).filter(|start| matches!(probe.byte(*start), b'1' | b'2'))?;
            let last = opaque(end + 1);
            let number =
                (15..=17).contains(&(end - at)) && probe.slice(at..end).iter().all(u8::is_ascii_digit);
            let whole = number && last - end == 33 && is_hex(probe.slice(end + 1..last));
            return (whole && !probe.before(start).is_ascii_alphanumeric()).then_some(start..last);
        }
        let text = probe.slice(at..end);
        if text.len() == 50 {
            let part = |from: usize, to: usize| text.get(from..to).unwrap_or(&[]);
            let named = part(10, 13) == b"msh" && part(28, 29) == b"p" && part(35, 38) == b"jsn";
            return (named && is_hex(part(0, 10)) && is_hex(part(13, 28)) && is_hex(part(38, 50)))
                .then_some(at..end);
        }
        let start = if probe.starts_with(at, "1//0") { at } else { at.checked_sub(3)? };
        if !probe.starts_with(start, "1//0") || probe.before(start).is_ascii_alphanumeric() {
            return None;
        }
        let end = probe.reach(start + 3, 256, is_base64url);
        let token = probe.slice(start + 3..end);
        (token.len() >= 40 && token.len() < 256 && tokens::is_random(token)).then_some(start..end)
    }
}

/// Client secrets of Entra ID (three characters, a digit, `Q~` and 31 to 34 more) and tokens of OpenShift (`sha256~` and a digest in
/// base64url).
fn beside_tilde(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const DIGEST: &[u8] = b"sha256";
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'~' | b'.' | b'-');
    let end = probe.reach(at + 1, 44, belongs);
    let end = probe.reach_back(end, 1, |byte| byte == b'.');
    let length = end - at - 1;
    let openshift = length == 43 && probe.slice(at.saturating_sub(DIGEST.len())..at) == DIGEST;
    let start = at.checked_sub(if openshift { DIGEST.len() } else { 5 })?;
    let entra = (31..=34).contains(&length)
        && probe.byte(start + 3).is_ascii_digit()
        && probe.byte(start + 4) == b'Q'
        && probe.slice(start..at).iter().all(|byte| byte.is_ascii_alphanumeric() || b"_~.".contains(byte));
    let drawn = tokens::is_random(probe.slice(at + 1..end));
    ((openshift || entra) && drawn && !probe.before(start).is_ascii_alphanumeric()).then_some(start..end)
}

#[inline(never)] // asked in several places
fn is_hex(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_hexdigit)
}
