//! Addresses of houses in free text: a number and a street with its kind of word, where an address is spoken of or a place and its
//! postal code follow; or a postal code and a place, with a street and a number before them, as most of Europe writes.

use super::names::speaks_of_software;
use super::people::begins_large;
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
    "tenant",
    "lease",
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
                      praça travessa estrada alameda rodovia ul ul. al. os. pl. aleja aleje plac osiedle ulica am an auf im zum zur unter \
                      bulevardul strada calea șoseaua intrarea aleea postfach postbus ";

/// Those of them that hardly mean anything else.
const SURE: &str = " rue avenue av. boulevard bd bd. chemin impasse allée allées viale corso piazza piazzale vicolo contrada avenida avda avda. \
                    rua praça travessa estrada alameda rodovia ul ul. al. os. aleja aleje osiedle paseo travesía via calle c/ bulevardul strada șoseaua \
                    intrarea aleea postfach postbus utca körút krt. caddesi cad. sokak sokağı sok. bulvarı ";

/// Likewise of what streets end in.
const SURE_ENDS: &[&str] = &[
    "straße", "strasse", "str.", "gasse", "allee", "chaussee", "straat", "laan", "gracht", "steenweg",
    "dreef", "gatan", "vägen", "gränd", "stigen", "torget", "gaten", "veien", "vegen", "gata", "vej", "gade",
    "allé", "katu", "tie", "kuja", "polku", "plein", "dijk", "weg", "damm",
];

/// Words that stand alone behind what a street is called, in Hungarian and Turkish.
const KINDS: &str = " utca út útja tér tere körút krt. sor köz caddesi cad. sokak sokağı sok. bulvarı bulvar mahallesi mah. cd. gate gata vei veg vej gade straat laan weg katu ";

/// Words for a flat or a piece of land in one, and those that mean so beside another.
const FLAT: &str = " flat apt apt. apartment plot h.no h.no. villa ";
const PART: &str = " sector phase block unit house floor bldg building tower wing street road nagar colony lane layout cross main ";

/// Towns of India, behind which the six digits of a code stand.
const TOWNS: &[&str] = &[
    "mumbai",
    "delhi",
    "bengaluru",
    "bangalore",
    "hyderabad",
    "chennai",
    "kolkata",
    "pune",
    "ahmedabad",
    "jaipur",
    "lucknow",
    "kanpur",
    "nagpur",
    "indore",
    "bhopal",
    "patna",
    "vadodara",
    "ghaziabad",
    "noida",
    "gurgaon",
    "gurugram",
    "kochi",
    "coimbatore",
    "surat",
    "chandigarh",
    "mysuru",
    "nashik",
    "faridabad",
    "guwahati",
];

/// Large towns, in front of which a postal code stands.
const CITIES: &str = " berlin hamburg münchen köln frankfurt stuttgart düsseldorf leipzig dortmund essen bremen dresden hannover nürnberg \
                      duisburg bochum wuppertal bielefeld bonn münster mannheim karlsruhe augsburg wiesbaden mönchengladbach gelsenkirchen \
                      aachen braunschweig chemnitz kiel halle magdeburg freiburg krefeld mainz lübeck erfurt oberhausen rostock kassel \
                      potsdam saarbrücken heidelberg darmstadt regensburg würzburg göttingen ulm heilbronn ingolstadt \
                      wien graz linz salzburg innsbruck klagenfurt zürich genf genève basel bern lausanne winterthur luzern \
                      paris marseille lyon toulouse nice nantes montpellier strasbourg bordeaux lille rennes reims toulon grenoble dijon \
                      angers nîmes villeurbanne brest tours amiens limoges annecy metz besançon orléans rouen mulhouse caen nancy avignon \
                      madrid barcelona valencia sevilla zaragoza málaga murcia palma bilbao alicante córdoba valladolid vigo gijón granada \
                      vitoria oviedo pamplona almería donostia santander burgos salamanca logroño badajoz cádiz huelva lleida tarragona \
                      roma milano napoli torino palermo genova bologna firenze bari catania venezia verona messina padova trieste brescia \
                      parma modena reggio perugia livorno cagliari foggia rimini salerno ferrara bergamo trento vicenza udine \
                      amsterdam rotterdam utrecht eindhoven groningen tilburg almere breda nijmegen arnhem haarlem enschede maastricht leiden \
                      zwolle delft leeuwarden brussel bruxelles antwerpen gent charleroi liège brugge namur leuven mechelen \
                      warszawa kraków wrocław poznań gdańsk szczecin bydgoszcz lublin białystok katowice gdynia częstochowa radom toruń \
                      kielce gliwice zabrze olsztyn rzeszów opole stockholm göteborg malmö uppsala västerås linköping norrköping helsingborg \
                      umeå gävle lund oslo bergen trondheim stavanger tromsø drammen københavn aarhus odense aalborg helsinki espoo tampere \
                      vantaa oulu turku lisboa porto braga coimbra faro aveiro funchal praha brno ostrava plzeň bratislava košice budapest \
                      debrecen szeged pécs győr bucurești cluj timișoara iași ljubljana maribor zagreb rijeka beograd sofia athen ";

/// Streets that are hardly anything else: behind them a place and its code are told without a state.
const PLAIN: &str = " street st avenue ave road rd lane ln boulevard blvd ";

/// What streets end in, in German, Dutch, Swedish, Danish and Norwegian.
const ENDS: &[&str] = &[
    "straße", "strasse", "str.", "gasse", "weg", "platz", "allee", "-ring", "damm", "ufer", "steig", "markt",
    "chaussee", "straat", "laan", "plein", "gracht", "dijk", "singel", "steeg", "kade", "steenweg", "dreef",
    "hof", "gatan", "gata", "vägen", "väg", "gränd", "stigen", "torget", "torg", "gade", "vej", "allé",
    "gaten", "veien", "vei", "vegen", "katu", "tie", "kuja", "polku",
];

/// What may stand between a street and its place: a flat.
const FLATS: [&str; 12] = [
    "Apt. ",
    "Apt ",
    "Suite ",
    "Unit ",
    "Flat ",
    "Ste ",
    "Ste. ",
    "Apartment ",
    "Floor ",
    "Room ",
    "Lot ",
    "#",
];

/// The same before it, in front of a comma.
const UNITS: &str = " apt apt. suite unit flat ste ste. apartment floor level lot shop room ";

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
                "label «8096 W 84th St, Springfield, WI 53762», then «Unit 5, 12 Example St., Sydney NSW 2000» or «12/45 Example Street, Richmond VIC 3121».",
                "«221B Example Street, London NW1 6XE», «3 Example Street, Dublin 2, D02 X285», «12 Rue Sainte-Exemple O, Montréal, QC H3B 1A7».",
                "«Gartenweg 12, 12345 Musterstadt», «Karl Exempels gate 22, 0159 Oslo», «PO Box 4512, Wellington 6140»",
                "«14 Example Street, Galway, H91 X5F2»; «123 Example Ave 3 #05-12, Singapore 560123»; «12 MG Road, Bengaluru 560001»",
                "spedizione: «Atatürk Caddesi 195, 35685 İzmir», «Petőfi Sándor utca 5, 1051 Budapest», «Bulevardul Unirii 12, 030167 București».",
                "«Vestergade 12, 2. tv, 8000 Aarhus C», «Mannerheimintie 12 A 5, 00100 Helsinki», «Postfach 10 12 34, 60311 Frankfurt am Main»",
                "letter to Ann Example, «Flat 749, Example Nagar, Pune 411164»",
                "«H.No. 12-3-456, Block B, Hyderabad 500034» is theirs",
                "msg='lives at «329 Example Lane»' status=4",
                "by «2 Kingsway, Sheffield S9 9GX», by «64 bis place de la République, 75011 Paris», by «Plaza de España 63, 28013 Madrid».",
                "['«Avda. de la Constitución 71, 1º Izq., 41001 Sevilla»'] «Am Mühlbach 101, 01099 Dresden», «Lange Reihe 5, 20099 Hamburg»",
                "I live at «Feira de Exemplo, 434, Maria Goretti, 06545589 Mendes / AP»", "to «Lago Exemplo, 32, Vera Cruz, 57175-735 Correia/SE»",
                "to customer Ann Example at «Daniquesteeg 54, 8653 ZJ, Nijeberkoop»",
                "em «Rua Sete de Setembro, 882, bloco B - Copacabana, Rio de Janeiro - RJ, 59289-858».",
                "delivery to «3-23-7 Sakura-dori, Osaka 530-7027» (leave), ship to «PO Box 1234, Springfield, IL 62704»",
                "発送先 «〒060-0042 北海道札幌市中央区大通西9-10-10» 宛名",
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
                "version 1-2-3 Call Support, Line 555-0132; 3-2-1 Go; PO Box full, at 12 o Clock 3rd Try",
                "Tie 12, 8000 Games in 12 Main Queue, Batch 123456; 5 Green Lights, Group 12345",
                "took 5s Main Street View, Retry 12; Airport Gate 12, 4000 Rows; 12 Avenue Model, Type 12; Umweg 3, 12345 Meter",
                "route via Pune 411164, from Delhi 110001 km, Zone 3, Mumbai 12345; Brigade 7, 8000 Rows",
                "Gleis 12, 50667 Köln Hbf", "Server 5, 20099 Hamburg, Node 12, 80331 München, 12 Items, Batch AB1 2CD; took 12, 10115 Berlin, Batch 5 20099 Hamburg",
                "took 12, 57175-735 Rows / SE", "Batch 5, 12, 06545589 Rows / min, 06545589 Mendes", "Zone 5, 8653 OK, Done", "060-0042 北海道9 と 郵便 060-0042 設定 完了",
                "Batch 6, 8004 Rows and node 12, 80331 Items; Ring 5, 12345 Keys, String 5, 12345 Rows, 80331 München",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::HouseNumber, Site::Number, Site::After(&["po box", "p.o. box"]), Site::After(TOWNS)]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.byte(at) != b' ' {
            return stated(probe, at).or_else(|| boxed(probe, at)).or_else(|| of_parts(probe, at));
        }
        if !begins_large(probe.slice(at + 1..at + 3)) {
            return None;
        }
        if probe.byte(at + 1) >= 0xe3 {
            return behind_post_mark(probe, at);
        }
        // Most capitals behind a number begin a word in capitals: a level behind a time.
        let shouted = probe.byte(at + 2).is_ascii_uppercase() && !matches!(probe.byte(at + 3), b' ' | b',');
        numbered(probe, at).or_else(|| {
            if shouted {
                None
            } else {
                coded(probe, at).or_else(|| federal(probe, at)).or_else(|| in_blocks(probe, at))
            }
        })
    }
}

/// An address of Japan with its postal code, by the blank behind it: `〒060-0042 北海道札幌市中央区大通西9-10-10`.
#[inline(never)] // of few
fn behind_post_mark(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const MARK: &str = "〒";
    let from = at + 1;
    let end = probe.reach(from, 128, |byte| !byte.is_ascii() || byte.is_ascii_digit() || byte == b'-');
    let text = probe.text(from..end);
    // Brackets and marks of a sentence are none of it.
    let marks = |letter| matches!(letter, '、' | '。' | '）' | '」' | '　' | '（' | '「');
    let address = text.split(marks).next().unwrap_or(text);
    let start = at.checked_sub(MARK.len() + "060-0042".len())?;
    let whole = probe.starts_with(start, MARK)
        && !address.is_ascii()
        && address.bytes().any(|byte| byte.is_ascii_digit());
    whole.then_some(start..from + address.len())
}

/// Whether a cell of a row is a street with its number, or a flat: what surely is none may hold the same words.
pub(super) fn is_street(text: &[u8]) -> bool {
    let shaped = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || !byte.is_ascii()
            || matches!(byte, b' ' | b',' | b'.' | b'/' | b'#' | b'-' | b'\'')
    };
    if !(7..=64).contains(&text.len()) || !text.iter().all(shaped) || !text.iter().any(u8::is_ascii_digit) {
        return false;
    }
    let words = || text.split(|byte| matches!(byte, b' ' | b',')).filter(|word| !word.is_empty());
    let count = words().count();
    let numbers = words().filter(|word| is_house_number(word)).count();
    if !(1..=3).contains(&numbers) || !(2..=8).contains(&count) {
        return false;
    }
    let flats = words().filter(|word| is_listed(word, FLAT)).count();
    let parts = words().filter(|word| is_listed(word, PART)).count();
    // `12 Example Lane`, `Rua Augusta 1500`, `Voorbeeldstraat 81`.
    let first = words().next().is_some_and(is_house_number);
    // Behind the street stand a quarter or a flat.
    let street = |word: &&[u8]| STREETS.iter().any(|street| word.eq_ignore_ascii_case(street.as_bytes()));
    let behind = |word: &&[u8]| {
        is_house_number(word)
            || is_listed(word, UNITS)
            || word.starts_with(b"#")
            || word.len() < 3 && word.iter().all(u8::is_ascii_uppercase)
    };
    let called = words().enumerate().filter(|(_, word)| !behind(word) || street(word)).last();
    let called = called.map_or(0, |(place, _)| place + 1);
    let usual = words().nth(called.saturating_sub(1)).is_some_and(|word| street(&word));
    let hard = words().any(|word| is_listed(word, HARDWARE));
    // `65 rue des Lilas`
    let begins = words().nth(usize::from(first)).is_some_and(|word| is_listed(word, SURE))
        && count > 2 - usize::from(!first);
    let ends = words().any(|word| {
        word.first().is_some_and(|first| first.is_ascii_uppercase() || !first.is_ascii())
            && (ends_surely(word) && word.len() > 5 || is_listed(word, KINDS) && word.len() > 3)
    });
    first && usual && (3..=6).contains(&called) && !hard
        || begins
        || !first && ends
        || count > 2 && (flats > 0 || parts > 1 && numbers > 1)
}

/// Whether a street surely ends in a word like this one.
fn ends_surely(word: &[u8]) -> bool {
    /// What other words end in, too, if they are short.
    const SHORT: &str = " tie plein dijk vej gade gata katu kuja polku weg damm ";
    SURE_ENDS
        .iter()
        .any(|end| ends_with(word, end) && (word.len() > end.len() + 3 || !is_listed(end.as_bytes(), SHORT)))
}

/// Whether a cell of a row may be a postal code, where another is a street.
pub(super) fn is_code(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let divided = text.iter().filter(|byte| matches!(byte, b' ' | b'-')).count();
    let letters = text.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    digits + divided + letters == text.len()
        && match letters {
            0 if divided == 0 => matches!(digits, 5 | 6),
            0 => divided == 1 && matches!(digits, 5..=9) && text.first().is_some_and(u8::is_ascii_digit),
            _ => {
                (6..=8).contains(&text.len())
                    && divided == 1
                    && digits >= 2
                    && letters <= 4
                    && text.contains(&b' ')
            }
        }
}

/// `Flat 749, Nehru Nagar, Pune 411164`, by its code: parts with commas between, from that of the house to the town.
#[inline(never)]
fn of_parts(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const PARTS: usize = 4;
    const LONGEST: usize = 40;
    if probe.before(at) != b' ' {
        return None;
    }
    let end = probe.reach(at, 7, |byte| byte.is_ascii_digit());
    let town = probe.reach_back(at - 1, 24, |byte| byte.is_ascii_alphabetic());
    if end - at != 6
        || probe.byte(end).is_ascii_alphanumeric()
        || !TOWNS.iter().any(|name| probe.slice(town..at - 1).eq_ignore_ascii_case(name.as_bytes()))
    {
        return None;
    }
    let (mut from, mut found) = (town, None);
    for _ in 0..PARTS {
        if probe.before(from) != b' ' || probe.before(from - 1) != b',' {
            break;
        }
        let comma = from - 2;
        let start = probe.reach_back(comma, LONGEST, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.' | b'/' | b'-' | b'#')
        });
        // From the word for it, or from the number that it begins with; words before it are of the sentence.
        let mut word = start;
        for text in probe.slice(start..comma).split(|byte| *byte == b' ') {
            let house = is_house_number(text) && word + text.len() == comma;
            if is_listed(text, FLAT)
                || is_listed(text, PART)
                || house
                || word == start && is_house_number(text)
            {
                found = Some(word);
                break;
            }
            word += text.len() + 1;
        }
        from = start + usize::from(probe.byte(start) == b' ');
        // Behind words of the sentence it begins.
        if found.is_some_and(|found| found > from && found < comma) && probe.byte(from).is_ascii_lowercase() {
            break;
        }
    }
    found.filter(|start| probe.slice(*start..town).iter().any(u8::is_ascii_digit)).map(|start| start..end)
}

/// `PO Box 1234, Springfield, IL 62704`, by its number.
#[inline(never)]
fn boxed(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let end = probe.reach(at, 7, |byte| byte.is_ascii_digit());
    let named = ["P.O. Box ", "PO Box "].iter().find(|name| probe.ends_with_any_case(at, name))?;
    let start = at - named.len();
    let whole = !probe.byte(end).is_ascii_alphanumeric() && !probe.before(start).is_ascii_alphanumeric();
    (whole && end > at + 2).then(|| start..place(probe, end, true).unwrap_or(end))
}

/// `3-23-7 Sakura-dori, Osaka 530-7027`, by the blank behind the number: blocks and houses are numbered in Japan.
#[inline(never)]
fn in_blocks(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    /// What parts of towns end in, and towns themselves.
    const ENDINGS: &[&str] =
        &["-dori", "-ku", "-cho", "-shi", "-machi", "-chome", "-mura", "-gun", "-fu", "-ken", "-to"];
    const TOWNS: &str =
        " tokyo osaka kyoto yokohama nagoya sapporo kobe fukuoka sendai hiroshima chiba saitama kawasaki ";
    const MOST: usize = 6;
    let start = probe.reach_back(at, 12, |byte| byte.is_ascii_digit() || byte == b'-');
    let number = probe.slice(start..at);
    let parts = number.split(|byte| *byte == b'-').filter(|part| (1..=3).contains(&part.len())).count();
    let dashes = number.iter().filter(|byte| **byte == b'-').count();
    if !(2..=4).contains(&parts) || dashes + 1 != parts || probe.before(start).is_ascii_alphanumeric() {
        return None;
    }
    let (mut from, mut told) = (at + 1, false);
    for _ in 0..MOST {
        let end = probe.reach(from, 24, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let word = probe.slice(from..end);
        if let [a, b, c, b'-', d, e, f, g] = word
            && told
            && [a, b, c, d, e, f, g].iter().all(|byte| byte.is_ascii_digit())
        {
            return (!probe.byte(end).is_ascii_alphanumeric()).then_some(start..end);
        }
        if !word.first().is_some_and(u8::is_ascii_uppercase) {
            return None;
        }
        told |= is_listed(word, TOWNS) || ENDINGS.iter().any(|ending| ends_with(word, ending));
        let next = probe.reach(end, 2, |byte| matches!(byte, b',' | b' '));
        if next == end {
            return None;
        }
        from = next;
    }
    None
}

/// `742 Example Terrace`, by the blank behind the number.
fn numbered(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    // The letter of `221B`.
    let number = at - usize::from(probe.before(at).is_ascii_alphabetic());
    let start = probe.reach_back(number, 6, |byte| byte.is_ascii_digit());
    let before = probe.before(start);
    if at - start > 5
        || !matches!(
            before,
            b' ' | b'"' | b'\'' | b':' | b'=' | b'(' | b'|' | b'>' | b',' | b';' | b'/' | b'\n' | b'\t' | 0
        )
    {
        return None;
    }
    // `12/45 Example Street`: the flat stands before it.
    let flat =
        if before == b'/' { probe.reach_back(start - 1, 4, |byte| byte.is_ascii_digit()) } else { start };
    if before == b'/'
        && (flat + 1 == start || !matches!(probe.before(flat), b' ' | b'"' | b'\'' | b',' | b'\n' | 0))
    {
        return None;
    }
    let start = flat;
    let mut end = at;
    let mut found = None;
    let mut begins = false;
    for _ in 0..5 {
        let word = end + 1;
        let next = probe.reach(word, 20, |byte| {
            byte.is_ascii_alphabetic() || matches!(byte, b'\'' | b'-' | 0xc3..=0xc5 | 0x80..=0xbf)
        });
        // The quote around the text.
        let next = probe.reach_back(next, 1, |byte| byte == b'\'').max(word);
        let ordinal = ordinal_end(probe, word);
        let next = ordinal.unwrap_or(next);
        if probe.byte(end) != b' ' || ordinal.is_none() && !probe.byte(word).is_ascii_uppercase() {
            break;
        }
        let text = probe.slice(word..next);
        let usual = STREETS.iter().any(|street| text.eq_ignore_ascii_case(street.as_bytes()));
        if end > at && (usual || is_listed(text, SELDOM)) {
            found = Some((next, usual));
        }
        begins |= end == at && is_listed(text, " rue avenue boulevard chemin via calle ");
        end = next;
    }
    // `1234 Rue Example, Montréal, QC H3B 1A7`
    let called = (begins && found.is_none() && end > at).then_some((end, false));
    // `2 Kingsway, Sheffield S9 9GX`: whatever it is called, where a code with letters stands behind the town.
    let lettered = || {
        let code = place(probe, end, false)?;
        let none = end == at || speaks_of_software(probe.slice(at + 1..code));
        (!none && probe.before(code).is_ascii_uppercase()).then_some((end, false))
    };
    let (mut end, usual) = found.or(called).or_else(lettered)?;
    // Every town of Britain has a High Street, and none a high drive.
    let mut words = probe.slice(at + 1..end).rsplit(|byte| *byte == b' ');
    let plain = words.next().is_some_and(|word| is_listed(word, " street road "));
    if !plain && words.any(|word| is_listed(word, HARDWARE)) {
        return None;
    }
    // The dot of `St.`, and the number of `Ave 3`.
    if matches!(probe.slice(end..end + 3), [b'.', b',', b' ']) {
        end += 1;
    }
    let number = probe.reach(end + 1, 3, |byte| byte.is_ascii_digit());
    let behind = probe.byte(number);
    if usual
        && probe.byte(end) == b' '
        && number > end + 1
        && (behind == b',' || behind == b' ' && probe.byte(number + 1) == b'#')
    {
        end = number;
    }
    let word =
        probe.slice(probe.reach_back(end, 10, |byte| byte.is_ascii_alphanumeric() || byte == b'.')..end);
    let plain = is_listed(word.strip_suffix(b".").unwrap_or(word), PLAIN) || end == number;
    let (end, whole) = rest(probe, end, plain);
    let span = unit_before(probe, start)..end;
    (whole || probe.near(&span, if usual { WORDS } else { SAYS_SO })).then_some(span)
}

/// One past a street that is counted: `84th`.
fn ordinal_end(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let digits = probe.reach(at, 4, |byte| byte.is_ascii_digit());
    let end = digits + 2;
    let counted = digits > at && is_listed(probe.slice(digits..end), " st nd rd th ");
    (counted && !probe.byte(end).is_ascii_alphanumeric()).then_some(end)
}

/// Where an address begins whose number begins at a place: with a flat before it, `Unit 5, 12 Example St`.
fn unit_before(probe: &Probe<'_>, start: usize) -> usize {
    let number = probe.reach_back(start, 2, |byte| matches!(byte, b',' | b' '));
    let unit = probe.reach_back(number, 5, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let from = unit.saturating_sub(1);
    let word = probe.reach_back(from, 12, |byte| byte.is_ascii_alphabetic() || byte == b'.');
    let told = probe.before(start) == b' '
        && probe.byte(number) == b','
        && unit < number
        && probe.byte(from) == b' '
        && is_listed(probe.slice(word..from), UNITS)
        && !probe.before(word).is_ascii_alphanumeric();
    if told { word } else { start }
}

/// `Mozartgasse 6, 8004 Zürich`, by the blank behind the postal code: five digits, four or six, those of Sweden, Poland, Portugal and the
/// Netherlands.
#[inline(never)]
fn coded(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let digit = |byte: u8| byte.is_ascii_digit();
    let last = probe.reach_back(at, 7, digit);
    let first = probe.reach_back(last.saturating_sub(1), 5, digit);
    let code = match (at - last, probe.before(last), last.saturating_sub(first + 1)) {
        (4..=6, byte, _) if !byte.is_ascii_alphanumeric() => last,
        (3, b'-', 2 | 4) | (2, b' ', 3) => first,
        _ => return None,
    };
    // Two letters of the code, as in `8185 RD Amsterdam`.
    let lettered = at - last == 4
        && probe.slice(at + 1..at + 3).iter().all(u8::is_ascii_uppercase)
        && matches!(probe.byte(at + 3), b' ' | b',');
    let name = at + 1 + if lettered { 3 + usize::from(probe.byte(at + 3) == b',') } else { 0 };
    let end = town(probe, name)?;
    // A calendar's comma is escaped (RFC 5545, section 3.3.11).
    let street = probe.reach_back(code, 3, |byte| matches!(byte, b',' | b' ' | b'\\'));
    if street == code || probe.before(code) != b' ' {
        return None;
    }
    let city =
        probe.slice(name..end).split(|byte| matches!(byte, b' ' | b'-')).any(|word| is_listed(word, CITIES));
    // In a town that is known the street may be called anything: `Lange Reihe 5, 20099 Hamburg`.
    let start = street_before(probe, street, 3);
    let start = if start.is_none() && (city || lettered && probe.byte(at + 3) == b' ') {
        capitals_before(probe, street)
    } else {
        start
    };
    let span = start?..end;
    // `Im Schnitt 12, 34567 Treffer`, `Speicherplatz 512, 10240 Blöcke`: what begins or ends so is a street where one is spoken of.
    // The letters of a Dutch code say as much.
    let sure = |word: &[u8]| {
        is_listed(word, SURE)
            || ends_surely(word)
            // Written small behind a name it is no gate of an airport.
            || word.first().is_some_and(u8::is_ascii_lowercase) && is_listed(word, KINDS)
    };
    // `Mr. Krüger of Am Stadtpark 40a, 50542 Köln`
    let word = probe.word_before(span.start, 1);
    let told = span.start.saturating_sub(2 + word.len());
    let name =
        probe.slice(probe.reach_back(told, 24, |byte| byte.is_ascii_alphabetic() || !byte.is_ascii())..told);
    let of = begins_large(name)
        && name.iter().skip(1).any(|byte| !byte.is_ascii_uppercase())
        && is_listed(word, " of at from aus von bei wohnhaft ");
    // `64 bis place de la République`, `Plaza de España 63`
    let first = number_first(probe, Some(span.start));
    let mut begins = false;
    let street = probe.slice(span.start..street);
    let joined = street.split(|byte| matches!(byte, b' ' | b',')).any(|word| {
        const OF: &str = " de del della dei degli des du da do das dos la ";
        let joined = begins && is_listed(word, OF);
        begins = word.len() > 2 && is_listed(word, BEGINS);
        joined
    });
    (lettered
        || of
        || city
        || first
        || joined
        || street.split(|byte| matches!(byte, b' ' | b',')).any(sure)
        || probe.near(&span, WORDS))
    .then_some(span)
}

/// Where words with capitals begin that end in a house number before a place, behind which a comma stands.
#[inline(never)] // few towns stand behind anything else
fn capitals_before(probe: &Probe<'_>, street: usize) -> Option<usize> {
    const MOST: usize = 4;
    const JOINS: &str = " am an der den dem de la le des du del di da auf im in zum zur van ";
    let letters =
        |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || matches!(byte, b'-' | b'\'' | b'.');
    let number =
        probe.reach_back(street, 8, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-'));
    // A flat behind it, as in Belgium: `Meir 126 bus 2`.
    let flat = [" bus ", " bte ", " boîte "].into_iter().find(|flat| probe.ends_with_any_case(number, flat));
    let (number, street_end) = flat.map_or((number, street), |flat| {
        let end = number - flat.len();
        (probe.reach_back(end, 6, |byte| byte.is_ascii_alphanumeric()), end)
    });
    let (mut at, mut start) = (number, None);
    for _ in 0..MOST {
        let Some(end) = at.checked_sub(1) else { break };
        let word = probe.reach_back(end, 32, letters);
        let text = probe.slice(word..end);
        let named = begins_large(text) && text.len() > 2;
        if probe.byte(end) != b' ' || !(named || is_listed(text, JOINS)) {
            break;
        }
        start = if named { Some(word) } else { start };
        at = word;
    }
    let start = start?;
    const OTHERS: &str = " gleis bus linie line tram track platform gate halle tor raum zimmer zug train zone ring etage ebene binario quai \
                          perron peron wagen saal halte voie andén spoor bahnsteig terminal step row page level block ";
    let first = probe.slice(start..probe.reach(start, 24, letters));
    let told = probe.byte(street) == b','
        && !is_listed(first, OTHERS)
        && is_house_number(probe.slice(number..street_end))
        && !probe.is_joined_before(start)
        && !speaks_of_software(probe.slice(start..number));
    told.then_some(start)
}

/// `Lago Exemplo, 32, Vera Cruz, 57175-735 Correia / SE`, by the blank behind the code: the state of Brazil behind the town says that it
/// is one, and the street may be called anything.
#[inline(never)] // few numbers have as many digits
fn federal(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 96;
    const STATES: &str = " ac al ap am ba ce df es go ma mt ms mg pa pb pr pe pi rj rn rs ro rr sc sp se to ";
    let last = probe.reach_back(at, 9, |byte| byte.is_ascii_digit());
    let first = probe.reach_back(last.saturating_sub(1), 6, |byte| byte.is_ascii_digit());
    let code = match at - last {
        8 => last,
        3 if probe.before(last) == b'-' && last - first == 6 => first,
        _ => return None,
    };
    let named = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || matches!(byte, b' ' | b'\'');
    let town = probe.reach(at + 1, 40, named);
    let state = probe.reach(town, 3, |byte| matches!(byte, b'/' | b'-' | b' '));
    let end = state + 2;
    let told = matches!(probe.byte(town), b'/' | b'-')
        && is_listed(probe.slice(state..end), STATES)
        && probe.slice(state..end).iter().all(u8::is_ascii_uppercase)
        && !probe.byte(end).is_ascii_alphanumeric()
        && probe.ends_with_any_case(code, ", ");
    if !told {
        return None;
    }
    let from = probe
        .reach_back(code, LONGEST, |byte| !matches!(byte, b'\n' | b':' | b'"' | b'(' | b'=' | b';' | b'>'));
    // The part before the number of the house, or the first.
    let parts = || probe.slice(from..code).split(|byte| *byte == b',');
    let numbered = parts().position(|part| is_house_number(part.trim_ascii())).unwrap_or(1);
    let street = parts().take(numbered).map(|part| part.len() + 1).sum::<usize>() + from;
    let mut start = street.checked_sub(1).filter(|street| *street > from)?;
    for word in probe.slice(from..start).rsplit(|byte| *byte == b' ') {
        if !begins_large(word) && !super::people::is_particle(word) {
            break;
        }
        start = start.checked_sub(word.len() + 1).filter(|start| *start >= from).unwrap_or(from);
    }
    let start = probe.reach(start, 2, |byte| byte == b' ');
    begins_large(probe.slice(start..start + 2)).then_some(start..end)
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
    street_before(probe, street, 12).map(|start| start..end)
}

/// Where a street begins with its number before a place, with so many words between at most.
#[inline(never)]
fn street_before(probe: &Probe<'_>, street: usize, most: usize) -> Option<usize> {
    const LONGEST: usize = 96;
    let from = probe.reach_back(street, LONGEST, |byte| !matches!(byte, b'\n' | b'\r' | b'\t' | 0x21..=0x22 | b'('..=b'*' | b':'..=b'@' | b'['..=b']' | b'_' | b'{'..=b'}'));
    probe.count(2 * LONGEST);
    // What a quote opens begins behind it.
    let opens =
        |pair: &[u8]| matches!(pair, [before, b'\''] if !before.is_ascii_alphanumeric() && before.is_ascii());
    let quote = probe.slice(from..street).windows(2).rposition(opens).map(|at| at + 2);
    let from = from + quote.unwrap_or(usize::from(probe.byte(from) == b'\''));
    // Words from the last that a street begins or ends with to its number, or from the number before it; a flat may follow.
    let (mut start, mut kept) = (None, None);
    let (mut before, mut earlier, mut behind) = (None, None, None);
    // Where words with capitals began that go on.
    let mut capitals = None;
    let mut at = from;
    for word in probe.slice(from..street).split(|byte| matches!(byte, b' ' | b',')) {
        let place = at;
        at += word.len() + 1;
        if word.is_empty() {
            capitals = None;
        }
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
        let kind = is_listed(word, KINDS) && capitals.is_some();
        capitals = if capital { capitals.or(Some(place)) } else { capitals.filter(|_| kind) };
        if (begins || ends.is_some() || kind) && (start.is_none() || behind.is_some()) {
            kept = start.filter(|_| behind.is_some());
            // `Lange Straße`: what it is called stands before it.
            let called = earlier.filter(|_| ends.is_some_and(|end| end.len() == word.len()));
            let called = called.or(capitals.filter(|_| kind));
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
        let end = probe.reach_back(end, 1, |byte| byte == b'\'').max(from);
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
    // A quarter: `8000 Aarhus C`.
    let quarter = probe.byte(end) == b' '
        && matches!(probe.slice(end + 1..end + 3), [b'A'..=b'Z', next, ..] if !next.is_ascii_alphanumeric() && *next != b'.')
        || probe.byte(end) == b' ' && end + 2 == probe.len() && probe.byte(end + 1).is_ascii_uppercase();
    let second = second.or((quarter && second.is_none()).then_some(end + 2));
    // A number right behind it would be read as one of its own once the address is gone, and may be what a mask or a label left.
    Some(second.unwrap_or(end))
        .filter(|end| !probe.byte(*end).is_ascii_alphanumeric() && !matches!(probe.byte(*end), b'*' | b'['))
}

/// `6`, `92a`, `22/55`, `381-2`, `12/1/27`.
fn is_house_number(word: &[u8]) -> bool {
    // Of a block: `B-204`.
    let word = match word {
        [b'A'..=b'Z', b'-', number @ ..] => number,
        word => word,
    };
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = word.get(digits..).unwrap_or(&[]);
    (1..=4).contains(&digits)
        && match rest {
            [] => true,
            [letter] => letter.is_ascii_alphabetic(),
            // With a staircase and a door, in Austria: `12/1/27`.
            [b'/' | b'-', flat @ ..] => {
                let parts = flat.split(|byte| *byte == b'/');
                parts.clone().count() <= 2
                    && parts.clone().all(|part| part.len() <= 4 && part.iter().all(u8::is_ascii_alphanumeric))
            }
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
fn rest(probe: &Probe<'_>, end: usize, plain: bool) -> (usize, bool) {
    let quarter = probe.reach(end + 1, 3, |byte| byte.is_ascii_uppercase());
    let short =
        (1..=2).contains(&quarter.saturating_sub(end + 1)) && !probe.byte(quarter).is_ascii_alphabetic();
    let end = if probe.byte(end) == b' ' && short { quarter } else { end };
    let flat = probe.reach(end, 2, |byte| matches!(byte, b',' | b' '));
    let end = FLATS
        .iter()
        .find(|word| probe.starts_with(flat, word))
        .map(|word| probe.reach(flat + word.len(), 8, |byte| byte.is_ascii_alphanumeric() || byte == b'-'))
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
    place(probe, end, plain).map_or((end, false), |end| (end, true))
}

/// One past the code of a place behind a comma: `, Springfield, IL 62704`, `, Springfield PL20 4ED`, `, Sydney NSW 2000`; behind a `plain`
/// street a place alone may have one, `, Bengaluru 560001`.
fn place(probe: &Probe<'_>, end: usize, plain: bool) -> Option<usize> {
    const MOST: usize = 6;
    if probe.byte(end) != b',' {
        return None;
    }
    let (mut at, mut state, mut town) = (end, false, false);
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
            if capital
                && word.len() <= 4
                && probe.byte(to) == b' '
                && halves
                && !probe.byte(to + 4).is_ascii_alphanumeric()
            {
                return Some(to + 4);
            }
            // Those of Ireland.
            let key = probe.slice(to + 1..to + 5);
            let keyed =
                key.len() == 4 && key.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            if capital && word.len() == 3 && digits == 2 && probe.byte(to) == b' ' && keyed {
                return (!probe.byte(to + 5).is_ascii_alphanumeric()).then_some(to + 5);
            }
            // The district of a town: `Dublin 2`.
            if town && digits <= 2 && digits == word.len() {
                at = to;
                continue;
            }
            let year = word.len() == 4 && (word.starts_with(b"19") || word.starts_with(b"20"));
            let told =
                state && matches!(digits, 4 | 5 | 9) || town && plain && matches!(digits, 4..=6) && !year;
            return (told && !capital && digits >= word.len() - 1).then_some(to);
        }
        town |= word.len() > 3 && word.iter().skip(1).any(u8::is_ascii_lowercase);
        state = matches!(word.len(), 2 | 3) && word.iter().all(u8::is_ascii_uppercase);
        at = to;
    }
    None
}
