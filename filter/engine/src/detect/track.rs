//! The first track of a magnetic stripe (ISO/IEC 7813): `%B`, the number of a card, its holder's name, and what the card may do.
//!
//! Both are told by how they stand, not by what they are: a name of capitals alone is a word of a program elsewhere.

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

/// The name on a track.
pub(super) struct Name;

/// The number on a track.
pub(super) struct Card;

impl Detector for Name {
    fn spec(&self) -> Spec {
        Spec::new("track-name", Class::DirectId, "Names of holders on the tracks of cards")
            .sure(95)
            .finds(&[
                "%B4111111111111111^«EXAMPLE/ANN M»^2812101181364?",
                "track1=B4111111111111111^«MÜSTER/P.»^29121010000000000000",
            ])
            .passes_over(&[
                "%B4111^EXAMPLE/ANN^2812101181364?",
                "B4111111111111111^example^2812101181364",
                "a^B^2812101181364",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::LongNumber]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        parts(probe, at).map(|[_, name]| name)
    }
}

impl Detector for Card {
    fn spec(&self) -> Spec {
        Spec::new("track-card", Class::Payment, "Numbers on the tracks of cards")
            .sure(95)
            .finds(&[
                "«%B4111111111111111»^EXAMPLE/ANN M^2812101181364?",
                "B«4111111111111111»^EXAMPLE/ANN M^2812101181364?",
            ])
            .passes_over(&["%B4111^EXAMPLE/ANN^2812101181364?", "%B****1111^[direct-id]^2812101181364?"])
    }

    fn sites(&self) -> &[Site] {
        &[Site::LongNumber]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        parts(probe, at).map(|[card, _]| card)
    }
}

/// The number and the name before the last day of a card.
#[inline(never)]
fn parts(probe: &Probe<'_>, at: usize) -> Option<[Range<usize>; 2]> {
    /// Longest name.
    const LONGEST: usize = 26;
    if probe.before(at) != b'^' {
        return None;
    }
    let end = at - 1;
    let belongs = |byte: u8| {
        byte.is_ascii_uppercase() || !byte.is_ascii() || matches!(byte, b' ' | b'/' | b'.' | b'-' | b'\'')
    };
    let start = probe.reach_back(end, LONGEST, belongs);
    let number = start.checked_sub(1).filter(|_| probe.before(start) == b'^')?;
    let first = probe.reach_back(number, 20, |byte| byte.is_ascii_digit());
    let sound = (12..=19).contains(&(number - first)) && probe.before(first) == b'B' && end > start + 1;
    // `%B4` would be a letter of a form, of which a part alone must not go.
    let card = first - if probe.ends_with_any_case(first, "%B") { 2 } else { 0 };
    (sound && probe.is_boundary(start)).then_some([card..number, start..end])
}
