//! Addresses of houses in free text: a number and a street with its kind of word, where an address is spoken of or a place and its
//! postal code follow; or a postal code and a place, with a street and a number before them, as most of Europe writes.

use super::{Detector, Probe, Site, Spec, is_listed};
use crate::Class;
use core::ops::Range;

const WORDS: &[&str] = &[
    "address",
    "addr",
    "ship",
    "deliver",
    "live",
    "resid",
    "home",
    "bill",
    "mail",
    "located",
    "street",
    "moved",
    "direcci",
    "adress",
    "anschrift",
    "domicil",
    "indirizzo",
    "wohn",
    "customer",
    "patient",
    "order",
    "pick up",
    "pickup",
    "sent to",
    "visit",
];
const STREETS: &[&str] = &[
    "street",
    "st",
    "avenue",
    "ave",
    "road",
    "rd",
    "lane",
    "ln",
    "drive",
    "dr",
    "boulevard",
    "blvd",
    "way",
    "court",
    "ct",
    "place",
    "pl",
    "terrace",
    "square",
    "highway",
    "hwy",
    "parkway",
    "pkwy",
    "circle",
    "close",
    "crescent",
    "row",
];

/// Words that say that an address follows, whatever the street is called.
const SAYS_SO: &[&str] = &[
    "address",
    "addr",
    "live",
    "living",
    "resid",
    "street",
    "ship to",
    "deliver to",
    "delivered to",
    "moved",
    "located at",
    "sent to",
    "direcci",
    "adress",
    "anschrift",
    "billing",
    "shipping",
];
/// What streets are called seldom, and other things often (USPS Publication 28, appendix C1).
const SELDOM: &str = " alley branch bridge brook brooks burg burgs bypass camp canyon cape causeway center centers circles cliff cliffs \
                      club common corner corners course courts cove coves creek crest crossing crossroad curve dale dam divide drives \
                      estate estates expressway extension extensions fall falls ferry field fields flat flats ford fords forest forge \
                      forges fork forks fort freeway garden gardens gateway glen glens green greens grove groves harbor harbors haven \
                      heights hill hills hollow inlet island islands isle junction junctions key keys knoll knolls lake lakes land \
                      landing light lights loaf lock locks lodge loop mall manor manors meadow meadows mews mill mills mission \
                      motorway mount mountain mountains neck orchard oval overpass park parks parkways pass passage path pike pine \
                      pines plain plains plaza point points port ports prairie radial ramp ranch rapid rapids rest ridge ridges river \
                      roads route rue run shoal shoals shore shores skyway spring springs spur spurs squares station stravenue stream \
                      streets summit throughway trace track trafficway trail tunnel turnpike underpass union unions valley valleys \
                      via viaduct view views village villages ville vista walk walks wall ways well wells ";

/// Words that streets begin with, in French, Italian, Spanish, Portuguese, Polish and German.
const BEGINS: &str = " rue avenue av av. boulevard bd bd. place chemin impasse allée allées quai route cours square passage via viale corso \
                      piazza piazzale largo vicolo strada contrada calle c/ c/. avenida avda avda. paseo plaza camino carrera ronda travesía rua r. \
                      praça travessa estrada alameda rodovia ul ul. al. os. pl. aleja aleje plac osiedle ulica am an auf im zum zur unter ";

/// Those of them that hardly mean anything else.
const SURE: &str = " rue avenue av. boulevard bd bd. chemin impasse allée allées viale corso piazza piazzale vicolo contrada avenida avda avda. \
                    rua praça travessa estrada alameda rodovia ul ul. al. os. aleja aleje osiedle via calle c/ ";

/// Likewise of what streets end in.
const SURE_ENDS: &[&str] = &[
    "straße", "strasse", "str.", "gasse", "allee", "chaussee", "straat", "laan", "gracht", "steenweg",
    "dreef", "gatan", "vägen", "gränd", "stigen", "torget", "gaten", "veien",
];

/// What streets end in, in German, Dutch, Swedish, Danish and Norwegian.
const ENDS: &[&str] = &[
    "straße", "strasse", "str.", "gasse", "weg", "platz", "allee", "-ring", "damm", "ufer", "steig", "markt",
    "chaussee", "straat", "laan", "plein", "gracht", "dijk", "singel", "steenweg", "dreef", "hof", "gatan",
    "gata", "vägen", "väg", "gränd", "stigen", "torget", "torg", "gade", "vej", "allé", "gaten", "veien",
    "vei",
];

/// What may stand between a street and its place: a flat.
const FLATS: [&str; 8] = ["Apt. ", "Apt ", "Suite ", "Unit ", "Flat ", "Ste ", "Ste. ", "#"];

/// What makes a drive, a lane or a row one of a computer.
const HARDWARE: &str = " hard high disk flash tape solid usb pen thumb data memory dark dead light fast slow full closed same max free bus pci \
                        optical floppy external internal boot ";

pub(super) struct Street;

impl Detector for Street {
    fn spec(&self) -> Spec {
        Spec::new("street-address", Class::Location, "Addresses of houses where one is spoken of")
            .finds(&[
                "ship to «742 Example Terrace», Springfield",
                "lives at «12 Old Mill Rd» now",
                "address «1600 Example Ave NW, Springfield, IL 62704».",
                "I live at «4804 Example Overpass Apt. 328»",
                "ship to «65328 Example Locks Suite 12, Springfield, IL 62704»",
                "geocoding \"«5449 Example Road, Apt 42, Springfield, IL 62704»\" took 3 ms",
                "12 Items; «12 High Street, Oxford OX1 4AA», seen at «105 Example Road, Springfield PL20 4ED» and «12 Example Way, Ottawa, ON K1A 0B1».",
                "an «Mozartgasse 6, 8004 Zürich», Anschrift «Am Markt 92a, 50667 Köln», «Lange Straße 5, 60311 Frankfurt am Main».",
                "Kunde: Ann Example, «Corso Matteotti 19, 24121 Bergamo». Livrer au «28 rue de la République, 69003 Lyon». Adres: «ul. Polna 22/55, 61-701 Poznań».",
                "är «Storgatan 48 A, 582 22 Linköping». op «Dorpsweg 381-2, 8185 RD Amsterdam»",
                "é «Avenida da Liberdade 290, 3526-789 Braga», es «Calle de Alcalá 171, bajo A, 29005 Málaga», Abito in «Via Roma 1, 00185 Roma»",
                "em «Rua Augusta 1500, São Paulo, SP 01305-100»",
                "A minha morada é «Rua XV de Novembro, 541, São Paulo - SP, 14482-655».",
                "LOCATION:«Storgatan 52 B\\, 113 29 Stockholm»",
                "PID|1||||^^||19970609|F|||«8690 Example Lane^^Dayton^OH^45483»||",
            ])
            .passes_over(&[
                "742 Example Terrace",
                "Livrer au 28 rue Example, 69003 Lyon4111",
                "order 12 Items shipped",
                "deliver 404 Not Found",
                "ship 3 Big Boxes",
                "moved 5 Hard Drive units to address 4 Memory Lane",
                "order 12 Big Keys for home",
                "Speicherplatz 512, 10240 Übertragungen, rue 12, 12345 états",
                "Im Schnitt 12, 34567 Treffer; Am Ende 5, 12345 Zeilen",
                "Speicherplatz 512, 10240 Zeilen frei, Umweg 3, 12345 Meter; Cours 12, 75002 Actions",
                "Batch 6, 8004 Rows and node 12, 80331 Items; Ring 5, 12345 Keys, String 5, 12345 Rows, 80331 München",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::HouseNumber, Site::Number]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.byte(at) != b' ' {
            return stated(probe, at);
        }
        if !probe.byte(at + 1).is_ascii_uppercase() {
            return None;
        }
        // Most capitals behind a number begin a word in capitals: a level behind a time.
        let shouted = probe.byte(at + 2).is_ascii_uppercase() && probe.byte(at + 3) != b' ';
        numbered(probe, at).or_else(|| if shouted { None } else { coded(probe, at) })
    }
}

/// `742 Example Terrace`, by the blank behind the number.
fn numbered(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let start = probe.run_start(at, 6, |byte| byte.is_ascii_digit());
    let before = probe.before(start);
    if at - start > 5
        || !matches!(
            before,
            b' ' | b'"' | b'\'' | b':' | b'=' | b'(' | b'|' | b'>' | b',' | b'\n' | b'\t' | 0
        )
    {
        return None;
    }
    let mut end = at;
    let mut found = None;
    for _ in 0..5 {
        let word = end + 1;
        let next = probe.run_end(word, 20, |byte| byte.is_ascii_alphabetic());
        if probe.byte(end) != b' ' || !probe.byte(word).is_ascii_uppercase() {
            break;
        }
        let text = probe.slice(word..next);
        let usual = STREETS.iter().any(|street| text.eq_ignore_ascii_case(street.as_bytes()));
        if end > at && (usual || is_listed(text, SELDOM)) {
            found = Some((next, usual));
        }
        end = next;
    }
    let (end, usual) = found?;
    // Every town of Britain has a High Street, and none a high drive.
    let mut words = probe.slice(at + 1..end).rsplit(|byte| *byte == b' ');
    let plain = words.next().is_some_and(|word| is_listed(word, " street road "));
    if !plain && words.any(|word| is_listed(word, HARDWARE)) {
        return None;
    }
    let (end, whole) = rest(probe, end);
    let span = start..end;
    (whole || probe.near(&span, if usual { WORDS } else { SAYS_SO })).then_some(span)
}

/// `Mozartgasse 6, 8004 Zürich`, by the blank behind the postal code: five digits or four, those of Sweden, Poland, Portugal and the
/// Netherlands.
#[inline(never)]
fn coded(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let digit = |byte: u8| byte.is_ascii_digit();
    let last = probe.reach_back(at, 6, digit);
    let first = probe.reach_back(last.saturating_sub(1), 5, digit);
    let code = match (at - last, probe.before(last), last.saturating_sub(first + 1)) {
        (4 | 5, byte, _) if !byte.is_ascii_alphanumeric() => last,
        (3, b'-', 2 | 4) | (2, b' ', 3) => first,
        _ => return None,
    };
    // Two letters of the code, as in `8185 RD Amsterdam`.
    let lettered = at - last == 4
        && probe.slice(at + 1..at + 3).iter().all(u8::is_ascii_uppercase)
        && probe.byte(at + 3) == b' ';
    let end = town(probe, if lettered { at + 4 } else { at + 1 })?;
    // A calendar's comma is escaped (RFC 5545, section 3.3.11).
    let street = probe.reach_back(code, 3, |byte| matches!(byte, b',' | b' ' | b'\\'));
    if street == code || probe.before(code) != b' ' {
        return None;
    }
    let span = street_before(probe, street, 3)?..end;
    // `Im Schnitt 12, 34567 Treffer`, `Speicherplatz 512, 10240 Blöcke`: what begins or ends so is a street where one is spoken of.
    // The letters of a Dutch code say as much.
    let sure = |word: &[u8]| is_listed(word, SURE) || SURE_ENDS.iter().any(|end| ends_with(word, end));
    let street = probe.slice(span.start..street);
    (lettered || street.split(|byte| matches!(byte, b' ' | b',')).any(sure) || probe.near(&span, WORDS))
        .then_some(span)
}

/// `Rua Augusta, 175, São Paulo - SP, 01305-000`: the postal code of Brazil stands behind the state.
fn stated(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let end = at + 9;
    let shaped = |(place, byte): (usize, &u8)| if place == 5 { *byte == b'-' } else { byte.is_ascii_digit() };
    let code = probe.byte(at + 5) == b'-' && probe.slice(at..end).iter().enumerate().all(shaped);
    let street = probe.reach_back(at, 2, |byte| matches!(byte, b',' | b' '));
    let state = probe.reach_back(street, 3, |byte| byte.is_ascii_uppercase());
    if !code || at == street || street - state != 2 || probe.byte(end).is_ascii_alphanumeric() {
        return None;
    }
    street_before(probe, street, 8).map(|start| start..end)
}

/// Where a street begins with its number before a place, with so many words between at most.
#[inline(never)]
fn street_before(probe: &Probe<'_>, street: usize, most: usize) -> Option<usize> {
    const LONGEST: usize = 72;
    let from = probe.reach_back(street, LONGEST, |byte| !matches!(byte, b'\n' | b'\r' | b'\t' | 0x21..=0x22 | b'('..=b'*' | b':'..=b'@' | b'['..=b']' | b'_' | b'{'..=b'}'));
    probe.count(2 * LONGEST);
    // Words from the last that a street begins or ends with to its number, or from the number before it; a flat may follow.
    let (mut start, mut kept) = (None, None);
    let (mut before, mut earlier, mut behind) = (None, None, None);
    let mut at = from;
    for word in probe.slice(from..street).split(|byte| matches!(byte, b' ' | b',')) {
        let place = at;
        at += word.len() + 1;
        // The first may be the rest of one.
        if word.is_empty() || place == from && probe.before(from) != 0 && street - from >= LONGEST {
            continue;
        }
        if is_house_number(word) {
            (before, behind) = (Some(place), start.map(|_| 0));
            continue;
        }
        if word.len() > 4 && word.iter().all(u8::is_ascii_digit) {
            // A code: another address ended here.
            (start, kept, behind) = (None, None, None);
        }
        behind = behind.map(|words| words + 1);
        let capital = word.first().is_some_and(|first| first.is_ascii_uppercase() || !first.is_ascii());
        let begins = (capital || before.is_some() || word.contains(&b'.') || word.contains(&b'/'))
            && is_listed(word, BEGINS);
        let ends = ENDS.iter().find(|end| capital && ends_with(word, end));
        if (begins || ends.is_some()) && (start.is_none() || behind.is_some()) {
            kept = start.filter(|_| behind.is_some());
            // `Lange Straße`: what it is called stands before it.
            let called = earlier.filter(|_| ends.is_some_and(|end| end.len() == word.len()));
            start = before.filter(|_| begins).or(called).or(Some(place));
            behind = before.filter(|_| begins).map(|_| 0);
        }
        earlier = capital.then_some(place);
        if !matches!(word, b"bis" | b"ter") {
            before = None;
        }
    }
    let words = if behind.is_some() { behind } else { kept.map(|_| 0) };
    let start = if behind.is_some() { start } else { kept };
    let whole = words.is_some_and(|words| words <= most) || number_first(probe, start);
    start.filter(|_| whole)
}

/// Whether a street was called by its number first: any words may follow.
fn number_first(probe: &Probe<'_>, start: Option<usize>) -> bool {
    start.is_some_and(|start| probe.byte(start).is_ascii_digit())
}

/// One past the name of a place: a word with a capital, and a second one behind a short first one or a word like `am`.
fn town(probe: &Probe<'_>, from: usize) -> Option<usize> {
    const JOINS: &str = " am an der im in sur sous de del do den ob la ";
    let letters = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || matches!(byte, b'-' | b'\'');
    let named = |from: usize| {
        let end = probe.reach(from, 32, letters);
        let word = probe.slice(from..end);
        let small = word.get(1..).is_some_and(|rest| rest.iter().any(|byte| byte.is_ascii_lowercase()));
        let capital = probe.byte(from).is_ascii_uppercase() || !probe.byte(from).is_ascii();
        (small && capital && (2..32).contains(&(end - from))).then_some(end)
    };
    let mut end = named(from)?;
    let mut short = end - from <= 3;
    if probe.byte(end) == b'.' && short {
        end += 1;
    }
    let join = probe.reach(end + 1, 5, letters);
    let mut next = end + 1;
    if probe.byte(end) == b' ' && is_listed(probe.slice(next..join), JOINS) {
        next = join + 1;
        short = true;
    }
    let second = if short && probe.before(next) == b' ' { named(next) } else { None };
    // A number right behind it would be read as one of its own once the address is gone, and may be what a mask or a label left.
    Some(second.unwrap_or(end))
        .filter(|end| !probe.byte(*end).is_ascii_alphanumeric() && !matches!(probe.byte(*end), b'*' | b'['))
}

/// `6`, `92a`, `22/55`, `381-2`.
fn is_house_number(word: &[u8]) -> bool {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = word.get(digits..).unwrap_or(&[]);
    (1..=4).contains(&digits)
        && match rest {
            [] => true,
            [letter] => letter.is_ascii_alphabetic(),
            [b'/' | b'-', flat @ ..] => flat.len() <= 4 && flat.iter().all(u8::is_ascii_alphanumeric),
            _ => false,
        }
}

fn ends_with(word: &[u8], end: &str) -> bool {
    word.len()
        .checked_sub(end.len())
        .and_then(|from| word.get(from..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
}

/// Takes along a quarter, a flat, a place and its code behind a street, and says whether it came to the code:
/// `NW, Springfield, IL 62704`.
fn rest(probe: &Probe<'_>, end: usize) -> (usize, bool) {
    let quarter = probe.reach(end + 1, 3, |byte| byte.is_ascii_uppercase());
    let short =
        (1..=2).contains(&quarter.saturating_sub(end + 1)) && !probe.byte(quarter).is_ascii_alphabetic();
    let end = if probe.byte(end) == b' ' && short { quarter } else { end };
    let flat = probe.reach(end, 2, |byte| matches!(byte, b',' | b' '));
    let end = FLATS
        .iter()
        .find(|word| probe.starts_with(flat, word))
        .map(|word| probe.reach(flat + word.len(), 6, |byte| byte.is_ascii_alphanumeric()))
        .unwrap_or(end);
    // The components of an address in HL7.
    if probe.byte(end) == b'^' {
        const LONGEST: usize = 64;
        let to = probe.reach(end, LONGEST, |byte| {
            byte.is_ascii_alphanumeric()
                || !byte.is_ascii()
                || matches!(byte, b'^' | b' ' | b'-' | b'.' | b'\'')
        });
        if to - end < LONGEST {
            return (probe.reach_back(to, LONGEST, |byte| byte == b'^'), true);
        }
    }
    place(probe, end).map_or((end, false), |end| (end, true))
}

/// One past the code of a place behind a comma: `, Springfield, IL 62704`, `, Springfield PL20 4ED`, `, Sydney NSW 2000`.
fn place(probe: &Probe<'_>, end: usize) -> Option<usize> {
    const MOST: usize = 6;
    if probe.byte(end) != b',' {
        return None;
    }
    let (mut at, mut state) = (end, false);
    for _ in 0..MOST {
        let from = probe.reach(at, 2, |byte| matches!(byte, b',' | b' '));
        let to =
            probe.reach(from, 20, |byte| byte.is_ascii_alphanumeric() || !byte.is_ascii() || byte == b'-');
        let word = probe.slice(from..to);
        let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
        let capital = word.first().is_some_and(u8::is_ascii_uppercase);
        if from == at || word.is_empty() || !capital && digits == 0 {
            return None;
        }
        if digits > 0 {
            let second = probe.slice(to + 1..to + 4);
            let halves = matches!(second, [a, b, c] if a.is_ascii_digit() && b.is_ascii_uppercase() && (c.is_ascii_digit() || c.is_ascii_uppercase()));
            if capital && word.len() <= 4 && probe.byte(to) == b' ' && halves {
                return (!probe.byte(to + 4).is_ascii_alphanumeric()).then_some(to + 4);
            }
            return (state && !capital && matches!(digits, 4 | 5 | 9)).then_some(to);
        }
        state = matches!(word.len(), 2 | 3) && word.iter().all(u8::is_ascii_uppercase);
        at = to;
    }
    None
}
