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
const NAMES: &[&str] =
    &["lat", "latitude", "lon", "lng", "long", "longitude", "breitengrad", "latitud", "longitud"];

pub(super) struct Coordinates;

impl Detector for Coordinates {
    fn spec(&self) -> Spec {
        Spec::new("coordinates", Class::Location, "Latitudes and longitudes")
            .finds(&[
                "lat=«52.520008», lon=«13.404954»",
                r#"{"latitude":«-33.8688»,"lng":"«151.2093»"}"#,
                "gps «52.5200, 13.4050»",
                "at «48.858370,2.294481» now",
                "geo:«37.786971,-122.399677»",
                "didUpdateLocations <«+48.72621188,+10.21386568»> +/- 5.00m",
                "at «48°51'24\"N 2°21'03\"E», «48° 51' 24.5\" N, 2° 21' 3\" W»; from «48°51′24″N»",
                "«N48.8566 E2.3522» and «48.8566° N, 2.3522° E» or «48.8566N 2.3522E»",
                "GEO:«48.8566;2.3522», GEO:geo:«37.3861,-122.0839»",
            ])
            .passes_over(&[
                "took 12.3456 s, 0.123456",
                "[0.12345, 0.34567, 0.56789]",
                "flat=52.520008",
                "lat=152.520008",
                "p50 48.858370, p99 92.294481",
                "1.23456,200.12345",
                "turned 48°51'24\" and 12.3456 N of force, at 21°C or 21° E now, 48.8566° and N48.8566 x",
                "12.3456;2.3522 and 95.8566° N, 2.3522° E",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Fraction, Site::Degree]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let digits = probe.reach_back(at, 4, |byte| byte.is_ascii_digit());
        if probe.byte(at) != b'.' {
            return compass(probe, digits);
        }
        self.decimal(probe, at).or_else(|| compass(probe, digits))
    }
}

impl Coordinates {
    /// A fraction by its dot: behind a name, or beside another.
    fn decimal(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let (first, decimals) = number(probe, at)?;
        let named = probe.word_before(first.start, 5);
        if NAMES.iter().any(|name| named.eq_ignore_ascii_case(name.as_bytes())) {
            let latitude = named.first().is_some_and(|first| first.eq_ignore_ascii_case(&b'l'))
                && named.get(1).is_some_and(|second| second.eq_ignore_ascii_case(&b'a'));
            let within = degrees(probe, &first) <= if latitude { 90 } else { 180 };
            probe.support();
            return within.then_some(first);
        }
        // A pair: the other number behind a comma, or as cards of people have it.
        let card = probe.byte(first.end) == b';' && named.eq_ignore_ascii_case(b"geo");
        let gap = probe.run_end(first.end, 2, |byte| matches!(byte, b',' | b' ')) + usize::from(card);
        if probe.byte(first.end) != b',' && !card {
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
        (within && (alone || card || probe.near(&span, WORDS))).then_some(span)
    }
}

/// A place by the points of the compass: `48°51'24"N 2°21'03"E`, `N48.8566 E2.3522`. One angle alone is one if it has minutes.
#[inline(never)] // likewise
fn compass(probe: &Probe<'_>, digits: usize) -> Option<Range<usize>> {
    // With the whole degrees, of which a fraction may stand before the sign.
    let whole = probe.reach_back(digits, 4, |byte| byte.is_ascii_digit() || byte == b'.');
    let start = if digits == whole || probe.byte(digits - 1) != b'.' { digits } else { whole };
    let led = matches!(probe.before(start), b'N' | b'S' | b'E' | b'W');
    let start = start - usize::from(led);
    if probe.before(start).is_ascii_alphanumeric() || probe.before(start) == b'.' {
        return None;
    }
    let (end, side, minutes) = angle(probe, start)?;
    let next = probe.reach(end, 3, |byte| matches!(byte, b',' | b' ' | b';' | b'/'));
    if matches!(side, b'N' | b'S')
        && let Some((last, b'E' | b'W', _)) = angle(probe, next)
    {
        return Some(start..last);
    }
    minutes.then_some(start..end)
}

/// One past an angle with a point of the compass, which one, and whether it has minutes. It is written with signs, or exact.
#[inline(never)] // likewise
fn angle(probe: &Probe<'_>, start: usize) -> Option<(usize, u8, bool)> {
    const DEGREE: [&str; 1] = ["°"];
    const MINUTE: [&str; 3] = ["'", "′", "’"];
    const SECOND: [&str; 5] = ["\\\"", "\"", "″", "”", "''"];
    let side = |at: usize| matches!(probe.byte(at), b'N' | b'S' | b'E' | b'W').then(|| probe.byte(at));
    let blank = |at: usize| at + usize::from(probe.byte(at) == b' ');
    let led = side(start);
    let from = start + usize::from(led.is_some());
    let (end, sign, decimals) = part(probe, from, 180, &DEGREE)?;
    let mut end = sign.unwrap_or(end);
    let mut minutes = false;
    if sign.is_some()
        && let Some((_, Some(minute), _)) = part(probe, blank(end), 60, &MINUTE)
    {
        (end, minutes) = (minute, true);
        if let Some((_, Some(second), _)) = part(probe, blank(end), 60, &SECOND) {
            end = second;
        }
    }
    let (end, side) = match led {
        Some(side) => (end, side),
        None => {
            let at = if sign.is_some() { blank(end) } else { end };
            (at + 1, side(at)?)
        }
    };
    let latitude = matches!(side, b'N' | b'S') && part(probe, from, 90, &[]).is_none();
    let exact = sign.is_some() || decimals >= 5;
    (exact && !latitude && !probe.byte(end).is_ascii_alphanumeric()).then_some((end, side, minutes))
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

/// A number with one of some signs behind it: one past it, one past the sign, and how long its decimals are with their dot.
#[inline(never)] // likewise
fn part(probe: &Probe<'_>, at: usize, most: usize, signs: &[&str]) -> Option<(usize, Option<usize>, usize)> {
    let dot = probe.reach(at, 4, |byte| byte.is_ascii_digit());
    let decimals = probe.reach(dot + 1, 12, |byte| byte.is_ascii_digit());
    let end = if probe.byte(dot) == b'.' && decimals > dot + 1 { decimals } else { dot };
    let number = probe.slice(at..dot).iter().fold(0, |sum, byte| sum * 10 + usize::from(byte - b'0'));
    let sign = signs.iter().find(|sign| probe.starts_with(end, sign)).map(|sign| end + sign.len());
    ((1..=3).contains(&(dot - at)) && number <= most).then_some((end, sign, end - dot))
}
