//! Private members of JSON Web Keys: what stands behind `"d"`, `"p"` or `"k"` of an object that has a `"kty"` (RFC 7517, RFC 7518).

use super::key_value::{is_quote, quoted_end};
use super::list::List;
use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

/// How far the members of a key may stand from its type: an RSA key of 4096 bits has 683 letters in each of two members.
const FAR: usize = 2048;

pub(super) struct Jwk;

impl Detector for Jwk {
    fn spec(&self) -> Spec {
        Spec::new("jwk-private", Class::Credential, "Private members of JSON Web Keys")
            .sure(95)
            .finds(&[
                r#"{"kty":"EC","crv":"P-256","x":"Ab3dEf6hIj9kLm2nOp5qRs","d":"«k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a»"}"#,
                r#"{"k":"«k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a»","kty":"oct","alg":"HS256"}"#,
                r#"{"p":"«k3X9qW0r7MzT2a8Hv5k3X9qW»","kty": "RSA","q": "«k3X9qW0r7MzT2a8Hv5k3X9qX»","e":"AQAB","qi":"«k3X9qW0r7MzT2a8Hv5k3X9qY»"}"#,
                r#"jwk {\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"«k3X9qW0r7MzT2a8Hv5k3X9qW»\"}"#,
            ])
            .passes_over(&[
                r#"{"kty":"RSA","n":"k3X9qW0r7MzT2a8Hv5k3X9qW","e":"AQAB","kid":"k3X9qW0r7MzT2a8Hv5k3X9qW"}"#,
                r#"{"kty":"EC","d":"[credential]"},{"d":"k3X9qW0r7MzT2a8Hv5k3X9qW"}"#,
                r#"{"d":"k3X9qW0r7MzT2a8Hv5k3X9qW","p":"x"} kty: RSA"#,
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Key(&["kty"])]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if !is_quote(probe.before(at)) {
            return None;
        }
        let start = probe.reach_back(at, FAR, |byte| !matches!(byte, b'{' | b'}' | b'\n'));
        member(probe, start)
    }

    fn next(&self, probe: &Probe<'_>, _list: List, end: usize) -> Option<Range<usize>> {
        member(probe, end + 1)
    }
}

/// The first private member of an object behind a place in it.
fn member(probe: &Probe<'_>, start: usize) -> Option<Range<usize>> {
    const MEMBERS: [&[u8]; 8] = [b"d", b"p", b"q", b"dp", b"dq", b"qi", b"k", b"t"];
    let end = probe.reach(start, 2 * FAR, |byte| byte != b'}' && byte != b'\n');
    let text = probe.slice(start..end);
    for colon in memchr::memchr_iter(b':', text).map(|place| start + place) {
        let quote = probe.reach_back(colon, 3, |byte| is_quote(byte) || matches!(byte, b'\\' | b' '));
        let name = probe.reach_back(quote, 3, |byte| byte.is_ascii_lowercase());
        if quote == colon || !is_quote(probe.before(name)) || !MEMBERS.contains(&probe.slice(name..quote)) {
            continue;
        }
        let from = super::key_value::value_start(probe, colon);
        if !is_quote(probe.before(from)) {
            continue;
        }
        let to = quoted_end(probe, from);
        let value = probe.slice(from..to);
        let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
        if value.len() >= 16 && value.iter().all(base64) {
            probe.note(List::again());
            return Some(from..to);
        }
    }
    None
}
