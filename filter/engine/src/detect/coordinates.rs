//! Places on earth: a latitude or longitude behind its name, or both beside each other.
//!
//! A lone fraction is a measurement like any other. A pair is a place if it says so nearby, or if both numbers are as exact
//! as a position is and nothing goes on around them.

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

const WORDS: &[&str] = &[
    "lat.", "lng.", "lon.", "latlng", "latlon", "gps", "geo", "coord", "location", "position", "ubicaci",
    "standort",
];
/// Of `Längengrad` and `längdgrad` what stands behind the letter that is not ASCII.
const NAMES: &[&str] = &[
    "lat",
    "latitude",
    "lon",
    "lng",
    "long",
    "longitude",
    "breitengrad",
    "latitud",
    "longitud",
    "ngengrad",
    "breddgrad",
    "ngdgrad",
];

pub(super) struct Coordinates;

impl Detector for Coordinates {
    fn spec(&self) -> Spec {
        Spec::new("coordinates", Class::Location, "Latitudes and longitudes")
            .finds(&[
                "lat=«52.520008», lon=«13.404954»",
                r#"{"latitude":«-33.8688»,"lng":"«151.2093»"}"#,
                "gps «52.5200, 13.4050»",
                "Breitengrad=«39.78793» Längengrad=«-1.8016»",
                "at «48.858370,2.294481» now",
                "geo:«37.786971,-122.399677»",
                "didUpdateLocations <«+48.72621188,+10.21386568»> +/- 5.00m",
            ])
            .passes_over(&[
                "took 12.3456 s, 0.123456",
                "[0.12345, 0.34567, 0.56789]",
                "flat=52.520008",
                "lat=152.520008",
                "p50 48.858370, p99 92.294481",
                "1.23456,200.12345",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Fraction]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let (first, decimals) = number(probe, at)?;
        let named = probe.word_before(first.start, 5);
        if NAMES.iter().any(|name| named.eq_ignore_ascii_case(name.as_bytes())) {
            let latitude = named.first().is_some_and(|first| first.eq_ignore_ascii_case(&b'l'))
                && named.get(1).is_some_and(|second| second.eq_ignore_ascii_case(&b'a'));
            let within = degrees(probe, &first) <= if latitude { 90 } else { 180 };
            probe.support();
            return within.then_some(first);
        }
        // A pair: the other number behind a comma.
        let gap = probe.run_end(first.end, 2, |byte| matches!(byte, b',' | b' '));
        if probe.byte(first.end) != b',' {
            return None;
        }
        let sign = usize::from(is_sign(probe.byte(gap)));
        let dot = probe.run_end(gap + sign, 4, |byte| byte.is_ascii_digit());
        let (second, more) = number(probe, dot)?;
        let span = first.start..second.end;
        let within = second.start == gap && degrees(probe, &first) <= 90 && degrees(probe, &second) <= 180;
        let list = |byte: u8| matches!(byte, b',' | b'[');
        let earlier = probe.run_start(first.start, 2, |byte| byte == b' ');
        let alone = decimals.min(more) >= 5
            && !list(probe.before(earlier))
            && probe.byte(second.end) != b','
            && (degrees(probe, &first) > 0 || degrees(probe, &second) > 0);
        (within && (alone || probe.near(&span, WORDS))).then_some(span)
    }
}

const fn is_sign(byte: u8) -> bool {
    matches!(byte, b'-' | b'+')
}

/// The number around its dot, with its sign, and how many decimals it has.
fn number(probe: &Probe<'_>, dot: usize) -> Option<(Range<usize>, usize)> {
    if probe.byte(dot) != b'.' {
        return None;
    }
    let digits = probe.run_start(dot, 4, |byte| byte.is_ascii_digit());
    let end = probe.run_end(dot + 1, 17, |byte| byte.is_ascii_digit());
    let start = digits - usize::from(is_sign(probe.before(digits)));
    let before = probe.before(start);
    let after = probe.byte(end);
    let whole = (1..=3).contains(&(dot - digits))
        && (5..=17).contains(&(end - dot))
        && !before.is_ascii_alphanumeric()
        && before != b'.'
        && !after.is_ascii_alphanumeric()
        && !(after == b'.' && probe.byte(end + 1).is_ascii_digit());
    whole.then_some((start..end, end - dot - 1))
}

/// The whole degrees of a number, without its sign.
fn degrees(probe: &Probe<'_>, number: &Range<usize>) -> u32 {
    let digits = probe.slice(number.clone()).iter().skip_while(|byte| is_sign(**byte));
    digits
        .take_while(|byte| **byte != b'.')
        .fold(0, |sum, byte| sum * 10 + u32::from(byte.wrapping_sub(b'0')))
}
