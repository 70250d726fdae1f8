//! Places on earth: a latitude or longitude behind its name, or both beside each other.
//!
//! A lone fraction is a measurement like any other. A pair is a place if it says so nearby, or if both numbers are as exact
//! as a position is and nothing goes on around them.

use super::{Detector, Probe, Site, Spec, is_listed};
use crate::Class;
use core::ops::Range;

const WORDS: &[&str] = &[
    "lat.", "lng.", "lon.", "latlng", "latlon", "gps", "geo", "coord", "location", "loc.", "position",
    "ubicaci", "standort",
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
                "«N48.8566 E2.3522» and «48.8566° N, 2.3522° E» or «48.8566N 2.3522E»",
                r#"coordinates: [«151.26246, -34.1430»], {"coordinates":[«-117.79695,40.3931695»]}"#,
                "?ll=«48.8584,2.2945»&z=14 /maps/@«48.8584,2.2945»,15z",
                "GEO:«48.8566;2.3522», GEO:geo:«37.3861,-122.0839»",
                "ST_DWithin(geom, 'POINT(«151.2093 -33.8688»)', 48), {\"loc\":\"«46.5315, -83.18486»\"}",
            ])
            .passes_over(&[
                "took 12.3456 s, 0.123456",
                "[0.12345, 0.34567, 0.56789]",
                "loads: [151.26246, 34.1430]",
                "flat=52.520008",
                "lat=152.520008",
                "p50 48.858370, p99 92.294481",
                "1.23456,200.12345",
                "turned 48°51'24\" and 12.3456 N of force, at 21°C or 21° E now, 48.8566° and N48.8566 x",
                "12.3456;2.3522 and 95.8566° N, 2.3522° E",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Fraction]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        self.decimal(probe, at).or_else(|| compass(probe, at))
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
        // The longitude stands first there (OGC 06-103r4).
        let point = probe.byte(first.end) == b' ' && named.eq_ignore_ascii_case(b"point");
        // And in GeoJSON (RFC 7946): `"coordinates":[-117.79695,40.3931695]`.
        let listed = probe.before(first.start) == b'['
            && probe.word_before(first.start - 1, 5).eq_ignore_ascii_case(b"coordinates");
        let gap = probe.run_end(first.end, 2, |byte| matches!(byte, b',' | b' ')) + usize::from(card);
        if probe.byte(first.end) != b',' && !card && !point {
            return None;
        }
        let sign = usize::from(is_sign(probe.byte(gap)));
        let dot = probe.run_end(gap + sign, 4, |byte| byte.is_ascii_digit());
        let (second, more) = number(probe, dot)?;
        let span = first.start..second.end;
        // As maps are asked for them: `?q=48.8584,2.2945`, `/@48.8584,2.2945,15z`.
        let asked = match probe.before(first.start) {
            b'=' => is_listed(named, " q ll sll cbll center daddr saddr query destination origin "),
            b'@' => probe.before(first.start - 1) == b'/',
            _ => false,
        } && decimals.min(more) >= 4;
        let most = if point || listed { 180 } else { 90 };
        let within = second.start == gap && degrees(probe, &first) <= most && degrees(probe, &second) <= 180;
        let list = |byte: u8| matches!(byte, b',' | b'[');
        let earlier = probe.run_start(first.start, 2, |byte| byte == b' ');
        let alone = decimals.min(more) >= 5
            && !list(probe.before(earlier))
            && probe.byte(second.end) != b','
            && (degrees(probe, &first) > 0 || degrees(probe, &second) > 0);
        (within && (alone || card || point || listed || asked || probe.near(&span, WORDS))).then_some(span)
    }
}

/// A place by the points of the compass, by the dot of its latitude: `N48.8566 E2.3522`, `48.8566° N, 2.3522° E`.
fn compass(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let digits = probe.reach_back(at, 3, |byte| byte.is_ascii_digit());
    let start = digits - usize::from(matches!(probe.before(digits), b'N' | b'S'));
    let (end, b'N' | b'S') = angle(probe, start)? else { return None };
    let next = probe.reach(end, 3, |byte| matches!(byte, b',' | b' ' | b';' | b'/'));
    let (last, b'E' | b'W') = angle(probe, next)? else { return None };
    (next > end && !probe.before(start).is_ascii_alphanumeric() && probe.before(start) != b'.')
        .then_some(start..last)
}

/// One past an angle with a point of the compass before or behind it, and which one: degrees with four decimals or more.
#[inline(never)] // asked in several places
fn angle(probe: &Probe<'_>, start: usize) -> Option<(usize, u8)> {
    let side = |at: usize| Some(probe.byte(at)).filter(|byte| matches!(byte, b'N' | b'S' | b'E' | b'W'));
    let led = side(start);
    let from = start + usize::from(led.is_some());
    let dot = probe.reach(from, 4, |byte| byte.is_ascii_digit());
    let end = probe.reach(dot + 1, 12, |byte| byte.is_ascii_digit());
    let sign = if probe.starts_with(end, "°") { end + "°".len() } else { end };
    let degrees = probe.slice(from..dot).iter().fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'));
    let (end, side) = match led {
        Some(side) => (sign, side),
        None => {
            let at = probe.reach(sign, 1, |byte| byte == b' ');
            (at + 1, side(at)?)
        }
    };
    let most = if matches!(side, b'N' | b'S') { 90 } else { 180 };
    let whole =
        probe.byte(dot) == b'.' && end > dot + 4 && (1..=3).contains(&(dot - from)) && degrees <= most;
    (whole && !probe.byte(end).is_ascii_alphanumeric()).then_some((end, side))
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
