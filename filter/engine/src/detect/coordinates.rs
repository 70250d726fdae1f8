//! Places on earth: a latitude or longitude behind its name, or both beside each other, as fractions, in degrees and minutes, or as
//! receivers send them.
//!
//! A lone fraction is a measurement like any other. A pair is a place if it says so nearby, or if both numbers are as exact
//! as a position is and nothing goes on around them.

use super::{Detector, Probe, Site, Spec, is_listed};
use crate::Class;
use core::ops::Range;

const WORDS: &[&str] = &[
    "lat.",
    "lng.",
    "lon.",
    "latlng",
    "latlon",
    "gps",
    "geo",
    "coord",
    "location",
    "loc.",
    "position",
    "pos.",
    "ubicaci",
    "standort",
    "posici",
    "posiç",
    "located",
    "pickup",
    "pick-up",
    "dropoff",
    "drop-off",
    "destination",
    "courier",
    "rider",
    "geofence",
    "driver",
    "home.",
    "whereabouts",
    "posizion",
    "koordin",
    "lokaliz",
    "last seen",
    "last known",
    "zuletzt gesehen",
    "visto por",
    "spotted at",
];
/// Words that two numbers with nothing but a blank between are a place right behind.
const PLACES: &str = " fix gps gnss position coordinates coordinate coords location geo latlon latlng koordinaten standort posicion \
                      ubicacion posizione coordenadas ";
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
    "mlat",
    "mlon",
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
                "position=«48.19863;16.37164», ?mlat=«48.198634»&mlon=«16.371648»",
                "home at («44.57988, -106.58972») pos=\"«-7.134343, -111.2239»\"",
                "at «36°10'1.9\"N 8°57'28.5\"E», «48° 51' 24\" N, 2° 21' 03\" E» or «N 48° 51.400' E 002° 21.050'»",
                r#"{"place":"«36°10'1.9\"N, 8°57'28.5\"W»"} «48º51′24″N 2º21′3″E»"#,
                "$GPGGA,123519,«4807.0380,N,01131.0000,E»,1,08",
                "?ll=«48.8584,2.2945»&z=14 /maps/@«48.8584,2.2945»,15z",
                "GEO:«48.8566;2.3522», GEO:geo:«37.3861,-122.0839»",
                "ST_DWithin(geom, 'POINT(«151.2093 -33.8688»)', 48), {\"loc\":\"«46.5315, -83.18486»\"}",
                "gps fix «-19.177527 46.4156» hdop=0.3, position: «48.13720 11.57550» alt=520.3, last seen near «16.7508, 38.4591».",
            ])
            .passes_over(&[
                "took 12.3456 s, 0.123456",
                "[0.12345, 0.34567, 0.56789]",
                "loads: [151.26246, 34.1430]",
                "flat=52.520008",
                "lat=152.520008",
                "p50 48.858370, p99 92.294481",
                "1.23456,200.12345",
                "driver 12.34, 34.5678 and home 12.3456",
                "turned 48°51'24\" and 12.3456 N of force, at 21°C or 21° E now, 48.8566° and N48.8566 x",
                "12.3456;2.3522 and 95.8566° N, 2.3522° E",
                "at 21°30' or 21°C, 36°10'1.9\"N alone, 36°71'1.9\"N 8°57'28.5\"E, 98°10'1\"N 8°57'28\"E",
                "f(0.12345, 0.34567) = (12.5, 3.25), 4807.0380,N,1,2",
                "position 1.23456 2.34567 0.98765 of the arm, ratio 1.23456 2.34567",
                "gps drift 0.1234 98.1234", "cursor position 12.3456 45.6789", "loss near 0.1234, 0.5678",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Fraction, Site::Degree]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.byte(at) != b'.' {
            return in_minutes(probe, at);
        }
        decimal(probe, at).or_else(|| compass(probe, at)).or_else(|| sent(probe, at))
    }
}

/// A fraction by its dot: behind a name, or beside another.
fn decimal(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
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
    let semicolon = probe.byte(first.end) == b';';
    let card = semicolon && named.eq_ignore_ascii_case(b"geo");
    // The longitude stands first there (OGC 06-103r4).
    let point = probe.byte(first.end) == b' ' && named.eq_ignore_ascii_case(b"point");
    // And in GeoJSON (RFC 7946): `"coordinates":[-117.79695,40.3931695]`.
    let listed = probe.before(first.start) == b'['
        && probe.word_before(first.start - 1, 5).eq_ignore_ascii_case(b"coordinates");
    // As receivers and people say it: `gps fix -19.177527 46.4156`.
    let told = !point && probe.byte(first.end) == b' ' && is_listed(named, PLACES);
    let gap = probe.run_end(first.end, 2, |byte| matches!(byte, b',' | b' ')) + usize::from(semicolon);
    if probe.byte(first.end) != b',' && !semicolon && !point && !told {
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
    let far = degrees(probe, &first) > 0 || degrees(probe, &second) > 0;
    let list = |byte: u8| matches!(byte, b',' | b'[');
    let earlier = probe.run_start(first.start, 2, |byte| byte == b' ');
    let alone = decimals.min(more) >= 5
        && !semicolon
        && !list(probe.before(earlier))
        && probe.byte(second.end) != b','
        && far;
    // Three numbers are a place of something in a room, and two small ones a share.
    let exact = || {
        decimals.min(more) >= 5
            || is_listed(named, " coordinates coordinate coords latlon latlng koordinaten coordenadas geo ")
            || probe.has_before(first.start, "gnss fix: ".len(), &["gps", "gnss"])
    };
    let flat = told && far && !(probe.byte(second.end) == b' ' && is_third(probe, second.end + 1)) && exact();
    let near = || far && named.eq_ignore_ascii_case(b"near") || probe.near(&span, WORDS);
    (within && (flat || !told && (alone || card || point || listed || asked || near()))).then_some(span)
}

/// A place in degrees and minutes, by the last digit before its first sign for degrees: `36°10'1.9"N 8°57'28.5"E`.
#[inline(never)] // of few
fn in_minutes(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let digits = probe.reach_back(at + 1, 3, |byte| byte.is_ascii_digit());
    let blank = digits - usize::from(probe.before(digits) == b' ');
    let start = if matches!(probe.before(blank), b'N' | b'S') { blank - 1 } else { digits };
    let (end, b'N' | b'S') = minutes(probe, start)? else { return None };
    let next = probe.reach(end, 3, |byte| matches!(byte, b',' | b' ' | b';' | b'/'));
    let (last, b'E' | b'W') = minutes(probe, next)? else { return None };
    (!probe.before(start).is_ascii_alphanumeric() && probe.before(start) != b'.').then_some(start..last)
}

/// One past an angle in degrees, minutes and perhaps seconds with a point of the compass before or behind it, and which one.
#[inline(never)] // asked in several places
fn minutes(probe: &Probe<'_>, start: usize) -> Option<(usize, u8)> {
    let side = |at: usize| Some(probe.byte(at)).filter(|byte| matches!(byte, b'N' | b'S' | b'E' | b'W'));
    let sign = |at: usize, signs: &[&str]| {
        signs.iter().find(|sign| probe.starts_with(at, sign)).map(|sign| at + sign.len())
    };
    let blank = |at: usize| probe.reach(at, 1, |byte| byte == b' ');
    // Whole digits, how large they are, and the end with what decimals follow.
    let number = |at: usize| {
        let end = probe.reach(at, 4, |byte| byte.is_ascii_digit());
        let value = probe.slice(at..end).iter().fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'));
        let part = probe.reach(end + 1, 8, |byte| byte.is_ascii_digit());
        let fraction = matches!(probe.byte(end), b'.' | b',') && part > end + 1;
        (value, end > at, if fraction { part } else { end })
    };
    let led = side(start);
    let (degrees, told, end) = number(if led.is_some() { blank(start + 1) } else { start });
    let from = blank(sign(end, &["°", "º"])?);
    let (minute, counted, end) = number(from);
    let mut end = sign(end, &["'", "′", "’"])?;
    let (second, more, to) = number(blank(end));
    if more {
        end = sign(to, &["\"", "\\\"", "″", "”", "''"])?;
    }
    let (end, side) = match led {
        Some(side) => (end, side),
        None => (blank(end) + 1, side(blank(end))?),
    };
    let most = if matches!(side, b'N' | b'S') { 90 } else { 180 };
    let whole = told && counted && degrees <= most && minute < 60 && second < 60;
    (whole && !probe.byte(end).is_ascii_alphanumeric()).then_some((end, side))
}

/// A place as receivers send it (NMEA 0183), by the dot of its latitude: `4807.0380,N,01131.0000,E`.
#[inline(never)] // of few
fn sent(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let digit = |byte: u8| byte.is_ascii_digit();
    let start = probe.reach_back(at, 5, digit);
    let side = probe.reach(at + 1, 10, digit);
    let dot = probe.reach(side + 3, 6, digit);
    let end = probe.reach(dot + 1, 10, digit);
    let latitude = matches!(probe.slice(side..side + 3), [b',', b'N' | b'S', b',']);
    let longitude = matches!(probe.slice(end..end + 2), [b',', b'E' | b'W']);
    let whole = at - start == 4 && dot - side == 8 && probe.byte(dot) == b'.' && end > dot + 4;
    (latitude && longitude && whole && probe.before(start) == b',').then_some(start..end + 2)
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

/// Whether another fraction with a few decimals begins at a place.
fn is_third(probe: &Probe<'_>, at: usize) -> bool {
    let digits = probe.reach(at, 1, is_sign);
    let dot = probe.reach(digits, 4, |byte| byte.is_ascii_digit());
    probe.byte(dot) == b'.' && probe.reach(dot + 1, 4, |byte| byte.is_ascii_digit()) > dot + 3
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
