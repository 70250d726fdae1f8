//! Private members of JSON Web Keys: what stands behind `"d"`, `"p"` or `"k"` of an object that has a `"kty"` (RFC 7517, RFC 7518).

use super::key_value::{is_quote, quoted_end};
use super::list::List;
use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

/// How far the members of a key may stand from its type: an RSA key of 4096 bits has 683 letters in each of two members.
const FAR: usize = 2048;

/// The member that every key has.
const TYPE: &[u8] = b"kty";

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
        // From where the object begins, or from behind the type of another.
        let name = at.saturating_sub(TYPE.len() + 1);
        let head = probe.slice(name.saturating_sub(FAR)..name);
        let object = memchr::memrchr3(b'{', b'}', b'\n', head).map_or(0, |place| place + 1);
        let other = memchr::memmem::rfind(head, TYPE).unwrap_or(0);
        let before = head.len() - object.max(other);
        probe.count(before);
        member(probe, name - before, false)
    }

    fn next(&self, probe: &Probe<'_>, list: List, end: usize) -> Option<Range<usize>> {
        member(probe, end + 1, list.key > 0)
    }
}

/// The first private member of an object behind a place in it. Whether its type stands before that place is noted for the next.
fn member(probe: &Probe<'_>, start: usize, typed: bool) -> Option<Range<usize>> {
    const MEMBERS: [&[u8]; 8] = [b"d", b"p", b"q", b"dp", b"dq", b"qi", b"k", b"t"];
    // Up to where the object ends, or to the type of another: one type stands among its members.
    let text = probe.slice(start..(start + 2 * FAR).min(probe.len()));
    let other = memchr::memmem::find_iter(text, TYPE).nth(usize::from(!typed)).unwrap_or(text.len());
    let text = text.get(..other).unwrap_or(&[]);
    let object = memchr::memchr2(b'}', b'\n', text).unwrap_or(text.len());
    let text = text.get(..object).unwrap_or(&[]);
    probe.count(text.len());
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
            let mut list = List::again();
            list.key = u8::from(typed || memchr::memmem::find(probe.slice(start..from), TYPE).is_some());
            probe.note(list);
            return Some(from..to);
        }
    }
    None
}
