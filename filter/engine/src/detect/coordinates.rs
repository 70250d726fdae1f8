//! Places on earth: a latitude or longitude behind its name, or both beside each other, as fractions, in degrees and minutes, or as
//! receivers send them.
//!
//! A lone fraction is a measurement like any other. A pair is a place if it says so nearby, or if both numbers are as exact
//! as a position is and nothing goes on around them.

use super::fields::statement_column;
use super::{Detector, Probe, Site, Spec, is_listed, key_value};
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
    "last fix",
    "gps fix",
    "last known",
    "zuletzt gesehen",
    "visto por",
    "spotted at",
    "locatie",
    "localis",
    "localiz",
    "ubicac",
    "emplacement",
    "posisjon",
    "pozycj",
    "położenie",
    "współrz",
    "poloha",
    "sijainti",
    "konum",
    "waypoint",
    "vehicle at",
    "truck at",
    "fahrzeug bei",
    "véhicule à",
    "vehículo en",
    "veículo em",
    "latitude",
    "longitude",
    "координат",
    "Координат",
    "местополож",
    "Местополож",
    "位置",
    "座標",
    "坐标",
    "현재위치",
    "géo",
    "sos.",
    "geopos",
    "fahrzeugpos",
    "gps-",
    "fahrer",
    "kurier",
    "livreur",
    "chauffeur",
    "repartidor",
    "conductor",
    "motorista",
    "entregador",
    "autista",
    "corriere",
    "bezorger",
    "kierowc",
    "водител",
    "курьер",
];
/// Words that two numbers with nothing but a blank between are a place right behind.
const PLACES: &str = " fix gps gnss position pos positie posisjon posicao pozycja pozice coordinates coordinate coords coord location loc \
                      locatie geo latlon latlng lonlat lnglat koordinaten koordinat koordinater standort posicion ubicacion posizione \
                      coordenadas coordonnees coordinate coordinaten wspolrzedne lokalizacja ";
/// Words soon before two exact numbers with nothing but a blank between.
const RECEIVED: &[&str] =
    &["gps", "gnss", "wgs", "lat/l", "geoloc", "位置", "現在地", "座標", "坐标", "координат"];
/// Keys that two numbers with four decimals are a place behind, as maps and routes are asked for.
const ASKED: &str = " q ll sll cbll center centre daddr saddr query destination origin from to start end src dst dest pickup dropoff via \
                     near point points waypoint waypoints route path stops track markers pos loc location position coords coord latlng latlon lonlat lnglat gps geo \
                     origen destino origine ziel nach von ";
/// What makes a place of two numbers in statements and programs.
const MAKERS: &str = " point makepoint st_point st_makepoint setpoint geopoint latlng lnglat latlon lonlat ";
/// Names of latitudes and of longitudes.
const NAMES: [&[&str]; 2] = [
    &[
        "lat",
        "latitude",
        "mlat",
        "latitud",
        "latitudine",
        "breitengrad",
        "breddgrad",
        "breddegrad",
        "breedtegraad",
        "leveysaste",
        "szerokoscgeograficzna",
        "szerokosc_geograficzna",
        "szerokość geograficzna",
        "szerokość_geograficzna",
        "zeměpisná šířka",
        "enlem",
        "lintang",
        "широта",
        "Широта",
        "緯度",
        "纬度",
        "위도",
        "अक्षांश",
        "خط العرض",
        "קו רוחב",
        "γεωγραφικό πλάτος",
        "北緯",
        "南緯",
        "北纬",
        "szer. geogr",
        "szerokość geogr",
        "geogr. breite",
        "geographische breite",
    ],
    &[
        "lon",
        "lng",
        "long",
        "longitude",
        "mlon",
        "longitud",
        "longitudine",
        "längengrad",
        "laengengrad",
        "längdgrad",
        "lengdegrad",
        "længdegrad",
        "lengtegraad",
        "pituusaste",
        "dlugoscgeograficzna",
        "dlugosc_geograficzna",
        "długość geograficzna",
        "długość_geograficzna",
        "zeměpisná délka",
        "boylam",
        "bujur",
        "долгота",
        "Долгота",
        "довгота",
        "Довгота",
        "経度",
        "經度",
        "经度",
        "경도",
        "देशांतर",
        "خط الطول",
        "קו אורך",
        "γεωγραφικό μήκος",
        "東経",
        "西経",
        "东经",
        "dł. geogr",
        "długość geogr",
        "geogr. länge",
        "geographische länge",
    ],
];
/// Parts of paths that routes and places are asked for by.
const ROUTES: &[&str] = &[
    "driving",
    "walking",
    "cycling",
    "route",
    "directions",
    "matrix",
    "nearest",
    "geocod",
    "places",
    "reverse",
    "forecast",
];
/// Names that say so where the other one stands beside: things are broad and long, too.
const BESIDE: [&[&str]; 2] = [
    &[
        "la",
        "breite",
        "breedte",
        "szerokość",
        "szerokosc",
        "szer",
        "latit",
        "šířka",
        "szélesség",
        "leveys",
        "largeur",
        "bredde",
        "πλάτος",
    ],
    &[
        "lo",
        "länge",
        "laenge",
        "lengte",
        "długość",
        "dlugosc",
        "dług",
        "dł",
        "dlug",
        "longit",
        "délka",
        "hosszúság",
        "pituus",
        "longueur",
        "lengde",
        "længde",
        "μήκος",
    ],
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
                "GET /route/v1/driving/«13.388860,52.517037»;«13.397634,52.529407»?steps=true, /places/«119.55201,32.4496».json, last fix «-36.16426 / 157.16973»",
                "?ll=«48.8584,2.2945»&z=14 /maps/@«48.8584,2.2945»,15z",
                "GEO:«48.8566;2.3522», GEO:geo:«37.3861,-122.0839»",
                "ST_DWithin(geom, 'POINT(«151.2093 -33.8688»)', 48), {\"loc\":\"«46.5315, -83.18486»\"}",
                "gps fix «-19.177527 46.4156» hdop=0.3, position: «48.13720 11.57550» alt=520.3, last seen near «16.7508, 38.4591».",
                "position GPS \"«44.642302 ; 4.475178»\", pos=(«61.67463 11.18269») alt=77m, Standort «48.1372 / 11.5755», gps=«48.1372|11.5755»",
                "?from=«16.6193,75.5435»&to=«16.2066,78.7331»&mode=auto, origin=«16.6193%2C75.5435»&x, loc=«16.6193°, 75.5435»°",
                "緯度=«37.8818» 経度=«137.2929», широта: «55.7558», долгота: «37.6173»; latitude：«48.1372»",
                r#"{"t":"loc","la":«15.804223»,"lo":«77.003304»,"acc":16} Breite: «48.13720», Länge: «11.57550» GPSLatitude: «48.1372»"#,
                "ST_SetSRID(ST_MakePoint(«-122.4194155, 37.7749295»),4326), new google.maps.LatLng(«52.5200, 13.4049»), POINT Z («13.404954 52.520008» 34)",
                r#""GEOADD" "users" "«13.404954" "52.520008»" "ann""#,
                "[\"lat\"]=>\n  float(«48.1372») [lng] => «11.5755»",
                r#"<lat>«48.1372»</lat><lon>«11.5755»</lon>, {"location":[«151.2093, -33.8688»], "point":{"x":1}}"#,
                "INSERT INTO stops (id, lat, lng) VALUES (7, «48.1372», «11.5755»)",
                "szerokość=«52.22977» długość=«21.01178», enlem=«41.0082» boylam=«28.9784»",
                "waypoints=«12.9716,77.5946»|«12.9350,77.6240», LINESTRING(«10.74609 59.91273», «10.75001 59.91300»), #map=15/«59.91273/10.74609»",
                "lat «59°54'45.8\"N lon 10°44'46.0\"E», 北緯«35.6812» 東経«139.7671», szer. geogr. «52.22977» dł. geogr. «21.01178»",
                "GPS truck «52.37022 4.89517» speed 80, lat/long «51.50735/-0.12776», 現在地 «35.681236 139.767125»",
                "«48°51'24.1\"N 2°21'3.5\"O», «N 48.8566° E 2.3522°»",
                "iso6709 «+48.8577+002.2950/», «+27.5916+086.5640+8850/»",
                "alert at «35.53657, 139.97947», call owner, Motorista em «41.5410924,1.955478», Géolocalisation : «41.5871, 1.984928»",
                "GEOADD drivers «76.011088 15.644558» driver_7 «76.51108 15.71558» driver_8, szer=«52.01361» dł=«18.99137»",
            ])
            .passes_over(&[
                "POINT(0.1234 0.5678) in the unit square, coordinates [0.5123, 0.2341] of it, makePoint(12.5, 13.5), \"12.3456\" \"45.6789\"",
                "took 12.3456 s, 0.123456", "+48.8577+002.2950 and +98.8577+002.2950/ -1.2345-12.3456/",
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
                "Breite: 48.13720 mm, la=12.34567, mode: 0.12345, Länge=11.57550; took 48.13720 / 11.57550 s, ratio 12.3456|45.6789",
                "from=0.1234,0.5678&to=0.2345,0.9876 range from=12.34,45.67 loss / 1.23456 / 2.34567, FLAT: 12.3456, plat=12.3456",
                "x=12.9716,77.5946|12.9350,77.6240 /map/12.3456/45.6789",
                r#"{"la":15.804223,"mean":77.003304}, INSERT INTO t (mean, dev) VALUES (48.1372, 11.5755)"#,
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Fraction, Site::Degree]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.byte(at) != b'.' {
            return in_minutes(probe, at);
        }
        decimal(probe, at)
            .or_else(|| signed(probe, at))
            .or_else(|| compass(probe, at))
            .or_else(|| sent(probe, at))
    }
}

/// A fraction by its dot: behind a name, or beside another.
fn decimal(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let (first, decimals) = number(probe, at)?;
    let mut named = probe.word_before(first.start, 5);
    // `ST_MakePoint(13.4049, 52.5200)`, `new LatLng(…)`
    let made = probe.before(first.start) == b'(' && is_listed(named, MAKERS);
    if !made && let Some(latitude) = self::named(probe, &first) {
        let within = degrees(probe, &first) <= if latitude { 90 } else { 180 };
        probe.support();
        return within.then_some(first);
    }
    // With a height or measure: `POINT Z (…)`.
    if is_listed(named, " z m zm ") {
        let dimension = probe.reach_back(first.start, 2, |byte| matches!(byte, b' ' | b'('));
        named = probe.word_before(dimension - named.len(), 2);
    }
    let (gap, mark) = between(probe, first.end)?;
    // As cards of people have it.
    let card = mark == b';' && named.eq_ignore_ascii_case(b"geo");
    // The longitude stands first there (OGC 06-103r4).
    // So it does in commands of Redis, behind the name of a set.
    let stored = || probe.has_before(first.start, 96, &["geoadd", "georadius", "fromlonlat"]);
    let point =
        mark == b' ' && (named.eq_ignore_ascii_case(b"point") || is_of_shape(probe, first.start) || stored());
    // The numbers of another pair: `48.1372,11.5755|48.2082,16.3738`.
    let earlier = probe.reach_back(first.start, 1, |byte| byte == b' ');
    let (comma, digit) = (probe.before(earlier), probe.before(earlier.saturating_sub(1)));
    if mark != b',' && mark != b' ' && comma == b',' && digit.is_ascii_digit() {
        return None;
    }
    // And in GeoJSON (RFC 7946): `"coordinates":[-117.79695,40.3931695]`.
    let open = probe.before(first.start) == b'[';
    let list = probe.word_before(first.start - usize::from(open), 5);
    let listed = open && list.eq_ignore_ascii_case(b"coordinates");
    // As receivers and people say it: `gps fix -19.177527 46.4156`.
    let told = !point
        && mark == b' '
        && (is_listed(named, PLACES) || decimals >= 5 && probe.has_before(first.start, 32, RECEIVED));
    if mark == b' ' && !point && !told {
        return None;
    }
    let sign = usize::from(is_sign(probe.byte(gap)));
    let dot = probe.reach(gap + sign, 4, |byte| byte.is_ascii_digit());
    let (second, more) = number(probe, dot)?;
    let span = first.start..second.end;
    let listed = listed || open && probe.byte(second.end) == b']' && is_listed(list, PLACES);
    let far = degrees(probe, &first) > 0 || degrees(probe, &second) > 0;
    let listed = (listed || made && decimals.min(more) >= 4) && far;
    let ordered = mark == b','
        && second.start == gap
        && probe.before(first.start) == b'/'
        && degrees(probe, &second) <= 90;
    // As maps are asked for them: `?q=48.8584,2.2945`, `/@48.8584,2.2945,15z`.
    let asked = match probe.before(first.start) {
        b'=' => is_listed(named, ASKED) && far,
        b'@' => probe.before(first.start - 1) == b'/',
        // Another of several.
        b'|' | b';' => far && is_next(probe, first.start),
        // `#map=15/48.8584/2.2945`, and a part of a path with the longitude first, as routes are asked for.
        b'/' if mark == b'/' => probe.has_before(first.start, "map=15/".len(), &["map="]),
        b'/' => ordered && far && probe.has_before(first.start, 64, ROUTES),
        _ => false,
    } && decimals.min(more) >= 4;
    let most = if point || listed || ordered { 180 } else { 90 };
    let within = second.start == gap && degrees(probe, &first) <= most && degrees(probe, &second) <= 180;
    let list = |byte: u8| matches!(byte, b',' | b'[');
    let earlier = probe.reach_back(first.start, 2, |byte| byte == b' ');
    let alone = decimals.min(more) >= 5
        && mark == b','
        && !list(probe.before(earlier))
        && (probe.byte(second.end) != b',' || is_clause(probe, second.end))
        // In a shape a comma divides pairs.
        && !(earlier < first.start && probe.before(earlier).is_ascii_digit())
        && far;
    // Three numbers are a place of something in a room, and two small ones a share.
    let exact = || {
        decimals.min(more) >= 5
            || probe.before(first.start) == b'('
            || is_listed(named, " coordinates coordinate coords latlon latlng koordinaten coordenadas geo ")
            || probe.has_before(first.start, "gnss fix: ".len(), &["gps", "gnss"])
    };
    let flat = told && far && !(probe.byte(second.end) == b' ' && is_third(probe, second.end + 1)) && exact();
    let near = || far && (named.eq_ignore_ascii_case(b"near") || probe.near(&span, WORDS));
    (within && (flat || !told && (alone || card || point && far || listed || asked || near())))
        .then_some(span)
}

/// A latitude and a longitude with their signs and nothing between (ISO 6709): `+48.8577+002.2950/`.
fn signed(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let start = probe.reach_back(at, 3, |byte| byte.is_ascii_digit()).checked_sub(1)?;
    let end = probe.reach(start, 32, |byte| byte.is_ascii_digit() || is_sign(byte) || byte == b'.');
    let middle = probe.reach(at + 1, 12, |byte| byte.is_ascii_digit());
    let (first, second) = (probe.slice(start..middle), probe.slice(middle..end));
    let signs =
        first.first().is_some_and(|byte| is_sign(*byte)) && second.first().is_some_and(|byte| is_sign(*byte));
    let within = first.get(1..3)? <= b"90" && second.get(1..4)? <= b"180";
    let dots = first.get(3) == Some(&b'.') && second.get(4) == Some(&b'.') && second.len() > 8;
    (signs && within && dots && probe.byte(end) == b'/').then_some(start..end + 1)
}

/// Whether a comma ends a part of a sentence: words follow, and no number.
fn is_clause(probe: &Probe<'_>, comma: usize) -> bool {
    let word = probe.reach(comma + 2, 16, |byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    probe.byte(comma + 1) == b' ' && word > comma + 4 && probe.byte(word) == b' '
}

/// Whether a pair is the next of several behind a key.
fn is_next(probe: &Probe<'_>, at: usize) -> bool {
    let pairs = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b'|' | b';');
    let first = probe.reach_back(at, 128, pairs);
    probe.before(first) == b'/'
        || probe.before(first) == b'=' && is_listed(probe.word_before(first, 2), ASKED)
}

/// Whether a number is the first of a pair in a line or an area (OGC 06-103r4): `LINESTRING(10.74609 59.91273, …`.
fn is_of_shape(probe: &Probe<'_>, at: usize) -> bool {
    let from = probe.reach_back(at, 1, |byte| byte == b' ');
    matches!(probe.before(from), b'(' | b',')
        && probe.has_before(
            from,
            256,
            &["linestring", "polygon", "multipoint", "multilinestring", "multipolygon"],
        )
}

/// What stands between the numbers of a pair, and where the second begins: a comma, as it is or in an address, a semicolon, bar or slash,
/// with blanks or not, or a blank.
fn between(probe: &Probe<'_>, end: usize) -> Option<(usize, u8)> {
    let sign = if probe.starts_with(end, "°") { end + "°".len() } else { end };
    let mark = probe.reach(sign, 1, |byte| byte == b' ');
    match probe.byte(mark) {
        byte @ (b',' | b';' | b'|' | b'/') => Some((probe.reach(mark + 1, 1, |byte| byte == b' '), byte)),
        b'%' if probe.slice(mark..mark + 3).eq_ignore_ascii_case(b"%2c") => Some((mark + 3, b',')),
        // Arguments of a command are quoted apart.
        b'"' if probe.starts_with(mark, "\" \"") => Some((mark + 3, b' ')),
        _ if mark > sign => Some((mark, b' ')),
        _ => None,
    }
}

/// Whether the name of a number, before it or in the column that it stands in, is that of a latitude or (`false`) of a longitude.
fn named(probe: &Probe<'_>, number: &Range<usize>) -> Option<bool> {
    let start = number.start;
    let marks =
        |byte: u8| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\'' | b'(' | b'\\' | b'\t' | b'>' | b'.');
    let mut end = probe.reach_back(start, 6, marks);
    if matches!(probe.before(start), b'(' | b'[' | b' ')
        && let Some(name) = key_value::dumped_name(probe, start)
    {
        end = name;
    }
    if matches!(probe.before(end), b',' | b'(') {
        end = statement_column(probe, start).unwrap_or(end);
    }
    let ends = |end: usize, names: &[&str]| names.iter().any(|name| is_name(probe, end, name));
    let column = probe.column(start);
    let of_column = |names: &[&str]| names.iter().any(|name| column.eq_ignore_ascii_case(name.as_bytes()));
    let [latitudes, longitudes] = NAMES;
    if ends(end, latitudes) || of_column(latitudes) {
        return Some(true);
    }
    if ends(end, longitudes) || of_column(longitudes) {
        // Both names before both numbers: `lat/long 51.50735/-0.12776`.
        let name = probe.reach_back(end, 10, |byte| byte.is_ascii_alphabetic());
        let both = matches!(probe.before(name), b'/' | b',' | b'-' | b'_' | b'&')
            && is_listed(probe.word_before(name - 1, 0), " lat latitude latitud ");
        return (!both).then_some(false);
    }
    // The other one behind or before it, with its name.
    let [broad, long] = BESIDE;
    let divides =
        |byte: u8| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\'' | b'\\' | b',' | b';' | b'&' | b'|');
    if ends(end, broad) {
        let name = probe.reach(number.end, 6, divides);
        let behind = probe.reach(name, 24, |byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
        let value = probe.reach(probe.reach(behind, 4, divides), 1, is_sign);
        let dot = probe.reach(value, 4, |byte| byte.is_ascii_digit());
        return (ends(behind, long) && self::number(probe, dot).is_some()).then_some(true);
    }
    if !ends(end, long) {
        return None;
    }
    let name = probe.reach_back(end, 24, |byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    let last = probe.reach_back(name, 6, divides);
    let dot = probe.reach_back(last, 17, |byte| byte.is_ascii_digit()).checked_sub(1)?;
    let (other, _) = self::number(probe, dot)?;
    ends(probe.reach_back(other.start, 4, marks), broad).then_some(false)
}

/// Whether a name ends at a place, whole or behind a part of its own: `user_lat`, `GPSLatitude`.
fn is_name(probe: &Probe<'_>, end: usize, name: &str) -> bool {
    if !probe.ends_with_any_case(end, name) {
        return false;
    }
    let start = end - name.len();
    let camel = probe.byte(start).is_ascii_uppercase() && probe.byte(start + 1).is_ascii_lowercase();
    let before = probe.before(start);
    // Words of Chinese and Japanese have nothing between them.
    let dense = probe.byte(start) >= 0xe3;
    !(before.is_ascii_alphanumeric() || !before.is_ascii() && !dense) || camel
}

/// A place in degrees and minutes, by the last digit before its first sign for degrees: `36°10'1.9"N 8°57'28.5"E`.
#[inline(never)] // of few
fn in_minutes(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let digits = probe.reach_back(at + 1, 3, |byte| byte.is_ascii_digit());
    let blank = digits - usize::from(probe.before(digits) == b' ');
    let start = if matches!(probe.before(blank), b'N' | b'S') { blank - 1 } else { digits };
    let (end, b'N' | b'S') = minutes(probe, start)? else { return None };
    let divides = |byte: u8| matches!(byte, b',' | b' ' | b';' | b'/' | b':' | b'=');
    let mut next = probe.reach(end, 3, divides);
    // `lat 36°10'1.9"N lon 8°57'28.5"E`
    let word = probe.reach(next, 9, |byte| byte.is_ascii_lowercase());
    if is_listed(probe.slice(next..word), " lon lng long longitude longitud and und et og och i y e ") {
        next = probe.reach(word, 3, divides);
    }
    let (last, b'E' | b'W' | b'O') = minutes(probe, next)? else { return None };
    (!probe.before(start).is_ascii_alphanumeric() && probe.before(start) != b'.').then_some(start..last)
}

/// One past an angle in degrees, minutes and perhaps seconds with a point of the compass before or behind it, and which one.
#[inline(never)] // asked in several places
fn minutes(probe: &Probe<'_>, start: usize) -> Option<(usize, u8)> {
    let side =
        |at: usize| Some(probe.byte(at)).filter(|byte| matches!(byte, b'N' | b'S' | b'E' | b'W' | b'O'));
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
    let blank = digits - usize::from(probe.before(digits) == b' ');
    let start = if matches!(probe.before(blank), b'N' | b'S') { blank - 1 } else { digits };
    let (end, b'N' | b'S') = angle(probe, start)? else { return None };
    let next = probe.reach(end, 3, |byte| matches!(byte, b',' | b' ' | b';' | b'/'));
    let (last, b'E' | b'W' | b'O') = angle(probe, next)? else { return None };
    (next > end && !probe.before(start).is_ascii_alphanumeric() && probe.before(start) != b'.')
        .then_some(start..last)
}

/// One past an angle with a point of the compass before or behind it, and which one: degrees with four decimals or more.
#[inline(never)] // asked in several places
fn angle(probe: &Probe<'_>, start: usize) -> Option<(usize, u8)> {
    let side =
        |at: usize| Some(probe.byte(at)).filter(|byte| matches!(byte, b'N' | b'S' | b'E' | b'W' | b'O'));
    let led = side(start);
    let from = if led.is_some() { probe.reach(start + 1, 1, |byte| byte == b' ') } else { start };
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
    let digits = probe.reach_back(dot, 4, |byte| byte.is_ascii_digit());
    let end = probe.reach(dot + 1, 17, |byte| byte.is_ascii_digit());
    let start = digits - usize::from(is_sign(probe.before(digits)));
    let before = probe.before(start);
    let after = probe.byte(end);
    let whole = (1..=3).contains(&(dot - digits))
        && (5..=17).contains(&(end - dot))
        && (!before.is_ascii_alphanumeric() || is_escaped(probe, start))
        && before != b'.'
        && !after.is_ascii_alphanumeric()
        && !(after == b'.' && probe.byte(end + 1).is_ascii_digit());
    whole.then_some((start..end, end - dot - 1))
}

/// Whether a comma or `=` of an address stands before a place, escaped.
fn is_escaped(probe: &Probe<'_>, at: usize) -> bool {
    at > 2 && matches!(probe.slice(at - 3..at), [b'%', b'2' | b'3', b'C' | b'c' | b'D' | b'd'])
}

/// The whole degrees of a number, without its sign.
fn degrees(probe: &Probe<'_>, number: &Range<usize>) -> u32 {
    let digits = probe.slice(number.clone()).iter().skip_while(|byte| is_sign(**byte));
    digits
        .take_while(|byte| **byte != b'.')
        .fold(0, |sum, byte| sum * 10 + u32::from(byte.wrapping_sub(b'0')))
}
