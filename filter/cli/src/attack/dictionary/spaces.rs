//! Spaces of values that anybody can list: IPv4, phone plans, plain numbers, common e-mail addresses.

/// A list that is too long to be written down, by number.
pub(super) struct Space {
    pub(super) name: &'static str,
    pub(super) size: u64,
    make: fn(u64) -> String,
}

impl Space {
    /// The value of a number below the size.
    pub(super) fn text(&self, at: u64) -> String {
        (self.make)(at)
    }

    /// A step that shares no divisor with the size and lies near its golden section: going by it meets every value once, and any
    /// stretch of the way is spread evenly over the space.
    pub(super) fn step(&self) -> u64 {
        fn divisor(a: u64, b: u64) -> u64 {
            if b == 0 { a } else { divisor(b, a % b) }
        }
        let near = (self.size as f64 * 0.618_033_988_749_895) as u64;
        (near.max(1)..).find(|step| divisor(*step, self.size) == 1).unwrap_or(1)
    }
}

/// Those that are worth going through at once.
pub(super) fn small() -> Vec<Space> {
    vec![
        Space { name: "plain numbers", size: 100_000, make: |at| at.to_string() },
        Space { name: "private addresses", size: 1 << 16, make: |at| dotted(0xc0a8_0000 + at) },
        Space { name: "documentation addresses", size: 3 * 256, make: documentation },
        Space { name: "e-mail addresses", size: EMAILS, make: email },
    ]
}

/// Those that are sampled.
pub(super) fn large() -> Vec<Space> {
    vec![
        Space { name: "IPv4 addresses", size: 1 << 32, make: dotted },
        Space { name: "phone numbers of North America", size: 2 * NANP, make: north_american },
        Space {
            name: "mobile numbers of Germany, France and Britain",
            size: 3 * 1_000_000_000,
            make: european,
        },
        Space { name: "numbers of up to ten digits", size: 10_000_000_000, make: |at| at.to_string() },
    ]
}

fn dotted(at: u64) -> String {
    let [.., a, b, c, d] = at.to_be_bytes();
    format!("{a}.{b}.{c}.{d}")
}

/// RFC 5737: what examples and tests use.
fn documentation(at: u64) -> String {
    let base = [0xc000_0200, 0xc633_6400, 0xcb00_7100].get((at / 256) as usize).copied().unwrap_or_default();
    dotted(base + at % 256)
}

/// Numbers of the North American plan: area code and exchange begin with 2 to 9.
const NANP: u64 = 800 * 800 * 10_000;

/// As `+12015550123` and as `2015550123`.
fn north_american(at: u64) -> String {
    let (number, plus) = (at / 2, if at.is_multiple_of(2) { "+1" } else { "" });
    let (area, exchange, line) = (200 + number / 8_000_000, 200 + number / 10_000 % 800, number % 10_000);
    format!("{plus}{area:03}{exchange:03}{line:04}")
}

/// A milliard each: German numbers of 01xx and nine more digits of which the first is taken as given by the networks, French ones
/// of 6 and 7, British ones of 7.
fn european(at: u64) -> String {
    let (country, number) = (at % 3, at / 3);
    match country {
        0 => format!("+491{number:09}"),
        1 => format!("+33{}{:08}", 6 + number / 100_000_000 % 2, number % 100_000_000),
        _ => format!("+447{number:09}"),
    }
}

/// Common given names, family names and providers.
const GIVEN: [&str; 24] = [
    "anna", "maria", "john", "james", "mary", "robert", "michael", "linda", "david", "sarah", "thomas",
    "peter", "paul", "laura", "julia", "daniel", "martin", "ana", "jose", "mohamed", "li", "wei", "ivan",
    "olga",
];
const FAMILY: [&str; 24] = [
    "smith",
    "johnson",
    "williams",
    "brown",
    "jones",
    "miller",
    "davis",
    "garcia",
    "martin",
    "lee",
    "wilson",
    "mueller",
    "schmidt",
    "schneider",
    "fischer",
    "weber",
    "meyer",
    "wagner",
    "becker",
    "rossi",
    "silva",
    "kim",
    "wang",
    "ivanov",
];
const HOSTS: [&str; 6] =
    ["gmail.com", "example.org", "example.com", "outlook.com", "yahoo.com", "hotmail.com"];
const EMAILS: u64 = 4 * 24 * 24 * 6;

fn email(at: u64) -> String {
    let pick = |list: &[&'static str], at: u64| list.get(at as usize % list.len()).copied().unwrap_or("x");
    let (given, family) = (pick(&GIVEN, at / 4), pick(&FAMILY, at / 96));
    let user = match at % 4 {
        0 => format!("{given}.{family}"),
        1 => format!("{given}{family}"),
        2 => format!("{}{family}", given.get(..1).unwrap_or(given)),
        _ => given.to_owned(),
    };
    format!("{user}@{}", pick(&HOSTS, at / 2304))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Scenario: the ends of each space, and a way through a small one by its step.
    /// Guarantees: values have the form that they should, and the way meets every value once.
    #[test]
    fn spaces_are_what_they_say() {
        let large = large();
        assert_eq!(
            (large[0].text(0), large[0].text((1 << 32) - 1)),
            ("0.0.0.0".into(), "255.255.255.255".into())
        );
        assert_eq!(
            (large[1].text(0), large[1].text(2 * NANP - 1)),
            ("+12002000000".into(), "9999999999".into())
        );
        assert_eq!((large[2].text(0), large[2].text(1)), ("+491000000000".into(), "+33600000000".into()));
        assert_eq!(documentation(3 * 256 - 1), "203.0.113.255");
        for space in small() {
            let (step, mut at, mut met) = (space.step(), space.size / 3, HashSet::new());
            for _ in 0..space.size {
                met.insert(at);
                at = (at + step) % space.size;
            }
            assert_eq!(met.len() as u64, space.size, "{}", space.name);
        }
    }
}
