//! The population: invented persons, each made from the seed and a number alone.
//!
//! Nobody real is in it. Names are put together from syllables, mailboxes are at `example.org` and `example.net`, addresses are of
//! the ranges for benchmarks and documentation (RFC 2544, RFC 3849), phone numbers of those that are kept for fiction.

use super::chance::{Chance, Seed, Subject};
use super::truth::{Fact, Kind};

/// A person of the population.
#[derive(Debug)]
pub(super) struct Person {
    /// From zero; small numbers are active most.
    pub(super) number: u64,
    pub(super) name: Fact,
    pub(super) email: Fact,
    pub(super) phone: Fact,
    pub(super) user_id: Fact,
    pub(super) age_band: Fact,
    pub(super) city: Fact,
    pub(super) postal_code: Fact,
    /// ISO 3166-1, of countries that user-assigned codes stand for.
    pub(super) country: &'static str,
    /// What is bought most; one of these tells something about health.
    pub(super) category: &'static str,
    pub(super) devices: [Device; 2],
    seed: Seed,
}

/// What a person holds in the hand.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) id: Fact,
    pub(super) agent: Fact,
}

const GIVEN: ([&str; 14], [&str; 12]) = (
    ["Al", "Be", "Ca", "De", "El", "Fi", "Ga", "Ha", "Jo", "Ka", "Lo", "Mi", "No", "Ta"],
    ["dra", "len", "mo", "nia", "ric", "sa", "tin", "vo", "wen", "lia", "bert", "ra"],
);
const FAMILY: ([&str; 14], [&str; 12]) = (
    [
        "Alder", "Birch", "Clay", "Dale", "Elm", "Fern", "Glen", "Heath", "Lark", "Moss", "Oak", "Reed",
        "Thorn", "Wind",
    ],
    ["berg", "brook", "by", "croft", "field", "ford", "ham", "ley", "mere", "stead", "well", "wick"],
);
const AGE_BANDS: [(&str, u64); 7] =
    [("18-24", 14), ("25-34", 25), ("35-44", 22), ("45-54", 17), ("55-64", 12), ("65-74", 7), ("75+", 3)];
/// Invented towns: name, country, inhabitants in thousands.
const CITIES: [(&str, &str, u64); 20] = [
    ("Nordhaven", "XA", 900),
    ("Altmark", "XA", 420),
    ("Weserfurt", "XA", 260),
    ("Seebruck", "XA", 120),
    ("Grunwald", "XA", 60),
    ("Kaltenau", "XA", 22),
    ("Port Ellery", "XB", 750),
    ("Marlow Bay", "XB", 310),
    ("Ashcombe", "XB", 150),
    ("Tarnside", "XB", 70),
    ("Little Wickham", "XB", 9),
    ("Valmora", "XC", 640),
    ("San Perico", "XC", 280),
    ("Rio Claro Alto", "XC", 90),
    ("Puerto Lindo", "XC", 30),
    ("Brumeville", "XD", 480),
    ("Saint-Orlan", "XD", 190),
    ("Clairbois", "XD", 75),
    ("Les Hautes-Rives", "XD", 18),
    ("Montfaron", "XD", 5),
];
const CATEGORIES: [(&str, u64); 8] = [
    ("books", 24),
    ("garden", 16),
    ("kitchen", 18),
    ("music", 12),
    ("toys", 12),
    ("tools", 10),
    ("pharmacy", 6),
    ("hearing-aids", 2),
];
/// The category that says something about health.
pub(super) const HEALTH: [&str; 2] = ["pharmacy", "hearing-aids"];
const SYSTEMS: [(&str, u64); 6] = [
    ("Android 14; Mobile", 30),
    ("Android 15; Mobile", 22),
    ("iOS 18.1; Phone", 26),
    ("iPadOS 18.1; Tablet", 8),
    ("Linux x86_64; Desktop", 4),
    ("Windows 11; Desktop", 10),
];

/// Area codes that NANP may assign: 200 to 999 without those that end in 11.
const AREAS: u64 = 8 * OF_A_HUNDRED;
const OF_A_HUNDRED: u64 = 99;
/// Numbers 555-0100 to 555-0199 of each area are for fiction.
const FICTIONAL: u64 = 100;

/// The person of a number.
pub(super) fn person(seed: Seed, number: u64) -> Person {
    let mut chance = seed.stream(Subject::Person, number);
    let given = format!("{}{}", chance.pick(&GIVEN.0), chance.pick(&GIVEN.1));
    let family = format!("{}{}", chance.pick(&FAMILY.0), chance.pick(&FAMILY.1));
    let domain = chance.pick(&["example.org", "example.net", "mail.example.org", "post.example.net"]);
    // The number keeps mailboxes apart: there are more persons than names.
    let email = format!("{}.{}{number}@{domain}", given.to_lowercase(), family.to_lowercase());
    // Beyond 79,200 persons, some share a number as families do.
    let (area, last) = (number / FICTIONAL % AREAS, number % FICTIONAL);
    let (hundred, rest) = (area / OF_A_HUNDRED, area % OF_A_HUNDRED);
    let area = 200 + hundred * 100 + rest + u64::from(rest >= 11);
    let phone = format!("+1 {area} 555 01{last:02}");
    let (city, country, _) =
        chance.weighted(&CITIES, |city| city.2).copied().unwrap_or(("Nordhaven", "XA", 0));
    let district = chance.below(12);
    let age_band = chance.weighted(&AGE_BANDS, |band| band.1).map_or("18-24", |band| band.0);
    let category = chance.weighted(&CATEGORIES, |category| category.1).map_or("books", |category| category.0);
    let devices = [device(&mut chance), device(&mut chance)];
    Person {
        number,
        name: Fact::new(Kind::Name, format!("{given} {family}")),
        email: Fact::new(Kind::Email, email),
        phone: Fact::new(Kind::Phone, phone),
        user_id: Fact::new(Kind::UserId, format!("cust-{:07}", 1_000_000 + number)),
        age_band: Fact::new(Kind::AgeBand, age_band),
        city: Fact::new(Kind::City, city),
        postal_code: Fact::new(Kind::PostalCode, postal_code(city, district)),
        country,
        category,
        devices,
        seed,
    }
}

/// Codes of one town lie next to one another.
fn postal_code(city: &str, district: u64) -> String {
    let town = CITIES.iter().position(|row| row.0 == city).unwrap_or(0);
    format!("{:05}", (10 + town as u64) * 1000 + district * 10)
}

fn device(chance: &mut Chance) -> Device {
    let bytes = chance.bytes::<16>();
    let id = uuid(bytes);
    let system = chance.weighted(&SYSTEMS, |system| system.1).map_or("", |system| system.0);
    let agent = format!("ShopApp/{}.{} ({system})", 4 + chance.below(3), chance.below(10));
    Device { id: Fact::new(Kind::DeviceId, id), agent: Fact::new(Kind::UserAgent, agent) }
}

/// Random bytes as a UUID of version 4 (RFC 9562, section 5.4).
pub(super) fn uuid(bytes: [u8; 16]) -> String {
    let bits = u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

impl Person {
    /// One of the addresses from which the person comes: at home over IPv4 and IPv6, at work, on the way.
    pub(super) fn address(&self, which: u64) -> Fact {
        let mut chance = self.seed.stream(Subject::Address, self.number * ADDRESSES + which % ADDRESSES);
        if which % ADDRESSES == 1 {
            // 2001:db8::/32: a /64 of the home, and within it an interface.
            let (net, host) = (chance.below(1 << 32), chance.below(u64::MAX));
            let address = (0x2001_0db8_u128 << 96) | (u128::from(net) << 64) | u128::from(host);
            return Fact::new(Kind::Ipv6, std::net::Ipv6Addr::from_bits(address).to_string());
        }
        // 198.18.0.0/15
        let address = 0xc612_0000 + chance.below(1 << 17) as u32;
        Fact::new(Kind::Ipv4, std::net::Ipv4Addr::from_bits(address).to_string())
    }
}

/// Addresses of a person.
pub(super) const ADDRESSES: u64 = 4;
