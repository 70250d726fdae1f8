//! JSON web tokens (RFC 7515, 7516, 7519): base64url segments with dots, the first of which is a header with `alg`.

use super::probe::{Reach, is_base64url};
use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;
use frostglass_formats::base64;

/// How much of a header is decoded to look for `alg`.
const HEADER: usize = 256;

pub(super) struct Jwt;

impl Detector for Jwt {
    fn spec(&self) -> Spec {
        Spec::new("jwt", Class::Credential, "JSON web tokens, signed, unsigned or encrypted")
            .finds(&[
                "got «eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm4ifQ.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U».",
                "«eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.»",
                "?t=«eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ»&u=1",
            ])
            .passes_over(&[
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
                "eyJzdWIiOiJhbm4ifQ.eyJzdWIiOiJhbm4ifQ.abc",
                "eyJ.eyJ.eyJ",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Prefix(&["eyJ"])]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.is_claimed(Reach::Token, at) || !has_algorithm(probe, at) {
            return None;
        }
        let mut end = probe.base64url_end(at);
        let mut segments = 1;
        // Three segments when signed, five when encrypted; a log may have cut the last.
        while segments < 5 && probe.byte(end) == b'.' {
            let next = probe.run_end(end + 1, usize::MAX, is_base64url);
            // A dot behind claims is the empty signature of an unsigned token, further ones end a sentence.
            if next == end + 1 && segments != 2 {
                break;
            }
            end = next;
            segments += 1;
        }
        if segments < 2 {
            return None;
        }
        probe.claim(Reach::Token, &(at..end));
        Some(at..end)
    }
}

/// Whether what begins here decodes to text that names an algorithm, as every header does.
fn has_algorithm(probe: &Probe<'_>, at: usize) -> bool {
    let end = probe.run_end(at, HEADER, is_base64url);
    let mut header = [0_u8; HEADER / 4 * 3];
    let length = decode_base64(probe.slice(at..end), &mut header);
    let header = header.get(..length).unwrap_or(&[]);
    header.windows(5).any(|window| window == b"\"alg\"")
}

/// Decodes base64 or base64url without padding into `out`; stops at the first byte of neither, or when `out` is full.
pub(super) fn decode_base64(text: &[u8], out: &mut [u8]) -> usize {
    let mut bits = 0_u32;
    let mut held = 0;
    let mut length = 0;
    for byte in text {
        let Some(value) = base64::digit_value(*byte) else { break };
        bits = bits << 6 | value;
        held += 6;
        if held >= 8 {
            held -= 8;
            let Some(to) = out.get_mut(length) else { break };
            *to = (bits >> held) as u8;
            length += 1;
        }
    }
    length
}
