//! Addresses of houses in free text: a number and a street with its kind of word, where an address is spoken of.

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
            ])
            .passes_over(&[
                "742 Example Terrace",
                "order 12 Items shipped",
                "deliver 404 Not Found",
                "ship 3 Big Boxes",
                "moved 5 Hard Drive units to address 4 Memory Lane",
                "order 12 Big Keys for home",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::HouseNumber]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if !probe.byte(at + 1).is_ascii_uppercase() {
            return None;
        }
        let start = probe.run_start(at, 6, |byte| byte.is_ascii_digit());
        if at - start > 5 || !matches!(probe.before(start), b' ' | b'"' | b'\'' | b':' | b'=' | b'(' | 0) {
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
        if probe.slice(at + 1..end).split(|byte| *byte == b' ').any(|word| is_listed(word, HARDWARE)) {
            return None;
        }
        let span = start..rest(probe, end);
        probe.near(&span, if usual { WORDS } else { SAYS_SO }).then_some(span)
    }
}

/// Takes along a quarter, a place, a state and its code behind a street: `NW, Springfield, IL 62704`.
fn rest(probe: &Probe<'_>, end: usize) -> usize {
    let code = |from: usize, upper: bool| {
        let to = probe
            .run_end(from, 6, |byte| if upper { byte.is_ascii_uppercase() } else { byte.is_ascii_digit() });
        (to - from, to)
    };
    let (length, quarter) = code(end + 1, true);
    let end =
        if probe.byte(end) == b' ' && (1..=2).contains(&length) && !probe.byte(quarter).is_ascii_alphabetic()
        {
            quarter
        } else {
            end
        };
    let end = ["Apt. ", "Apt ", "Suite ", "Unit ", "#"]
        .iter()
        .find(|word| probe.starts_with(end + 1, word))
        .map(|word| probe.run_end(end + 1 + word.len(), 6, |byte| byte.is_ascii_alphanumeric()))
        .unwrap_or(end);
    let place = probe.run_end(end + 2, 24, |byte| byte.is_ascii_alphabetic() || byte == b' ');
    if !probe.starts_with(end, ", ") || probe.byte(place) != b',' || !probe.byte(end + 2).is_ascii_uppercase()
    {
        return end;
    }
    let (length, state) = code(place + 2, true);
    let (digits, zip) = code(state + 1, false);
    if length == 2 && digits == 5 && probe.byte(place + 1) == b' ' && probe.byte(state) == b' ' {
        zip
    } else {
        end
    }
}
