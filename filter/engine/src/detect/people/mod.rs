//! Names of people beside other values of theirs: in the record of an e-mail address, a telephone number, a card.
//!
//! No site tells a name in free text; two words with capitals are a service or a title as often. So what speaks for one is what was
//! found already: around each value of a person the text is gone through once more. A name is told there by its given name, by the
//! word before it (`holder`, `Herr`, `mein Name ist`, the name of a column), or by the address itself, which is often made of it. Each byte is looked at a
//! bounded number of times, of texts that hold such a value alone. In a row of cells what stands beside a value is told by the cells,
//! and in a segment of HL7 by their order.

mod cells;
mod labels;
mod messages;

use super::block::{self, Look};
use super::names::{Folded, is_eastern, is_eastern_letter, is_given, speaks_of_software};
use super::{Detector, Finding, Hits, Probe, Scanner, Spec, is_listed, street};
use crate::Class;
use cells::{cell_before, cell_behind, gap_before, gap_behind};
use core::ops::Range;
use labels::{FORMAL, GREETINGS, HONORIFICS, Label, PHRASES, TITLE_HEADS, TITLES};
pub(super) use messages::Message;

/// How far before a value of a person a name may begin, and how far behind it.
const BEFORE: usize = 160;
const BEHIND: usize = 128;
/// How far segments of an interchange around a value are looked for.
const INTERCHANGE: usize = 128;

pub(super) struct Beside;

impl Detector for Beside {
    fn spec(&self) -> Spec {
        Spec::new("nearby-name", Class::DirectId, "Names of people beside other values of theirs")
            .sure(75)
            .packs(&["person-name"])
            .finds(&[
                "Entry(id=17, label='«Anouschka Voorbeeld»', email='a.voorbeeld@example.org')",
                r#"{"iban":"DE89370400440532013000","holder_of":"«Otávio Exemplo»"}"#,
                "Customer «Quillon Example» called from +1 415 555 0132",
                "requester «Curtiss Example» <cexample@example.org>",
                "row (17, «Priscilla», «Langford», langford.priscilla@example.org)",
                "[Rohan] - [«Chaturvedi»] - [r.chaturvedi@example.org]",
                "Herr «Weißgerber» (Tel. +49 176 31525195) wartet",
                "Call me: +49 176 31525195. Kind regards\n«Quillon Muster»",
                "card 4111111111111111 holder «WESLEY EXAMPLE»",
                "t.n.v. «A. Voorbeeld», IBAN NL91ABNA0417164300, op naam van «Sander Voorbeeld», IBAN NL91ABNA0417164300",
                "payment by rider «石桂香» card 4111111111111111",
                "联系人 «欧阳志强» 邮箱 ouyang@example.org",
                "меня зовут «Марина Примерова», e-mail mp@example.org",
                "passenger «Example, Solène» paid with 4111111111111111",
                "Pedido de «João Exemplo», Rua Augusta 1500, São Paulo, SP 01305-100",
                r"MSH|^~\&|ADT\rPID|1||2378105^^^HOSP^MR||«Example»^«Kevin»||19620316|F",
                "parcel for «Sander Voorbeeld», Stationsweg 67, 5617 EG Eindhoven",
                "Steuer-ID des Mitarbeiters «Quillon Muster» geändert, DE89370400440532013000 ok",
                "M. «Éxyle Exemple», domicilié 169 bis rue des Lilas, 75018 Paris",
                "patient «Quillon O'Exemple» DOB 1980-02-03, Sig.ra «Esempio» tel +39 347 1234567, Anrufer Hr. «Muster-Beispiel», Tel. +49 176 31525195",
                "5512\t«Sean»\t«O'Exemple»\tsean@example.org",
                "To: \"«Quillon Exemplar»\" <quillon1993@example.org>",
                "3492;«van Voorbeeld»;«Femke»;22.01.1997;DE89370400440532013000",
                "73085,«Priya»,«Example»,pexample@example.org,x",
                "7\t«Femke»\t«Voorbeeld»\tDE89370400440532013000",
                "PID|1||2378105^^^HOSP^MR||«Example»^«Kevin»||19620316|F",
                "NAD+CN+++«Sjoerd Voorbeeld»+Voorbeeldlaan 11A'COM+ann@example.org:EM'",
                "NM1*IL*1*«EXAMPLE»*«ANN»****MI*X1~N3*12 EXAMPLE ST~DMG*D8*19690426*F~",
                "['«Ejemplo Molina»', '«Nuria»', 'ann@example.org', 7]",
                "WHERE nom = ? AND naissance = ? [\"«Exemple»\",\"1943-01-19\"]",
                "trabajador «Ejemplo Gil, Ignacio» cuenta DE89370400440532013000",
                "氏名「«鈴木 健太»」様 090-1234-5678", "«田中太郎»さん ann@example.org, «김민수»님 ann@example.org",
            ])
            .passes_over(&[
                "name=Ann Example",
                r#"{"name":"Checkout Service","owner":"team@example.org"}"#,
                r#"{"name":"Acme Widgets","mail":"sales@example.org"}"#,
                "Support Team <support@example.org>, Acme Widgets <acme@example.org>",
                "Mozilla like Gecko ann@example.org",
                "service name Blue Lagoon, ann@example.org",
                "com.example.Ann Example.java ann@example.org",
                "Holder: [direct-id], mail [direct-id], ann@example.org",
                "Ann Example [direct-id]",
                "1,Checkout,Service,team@example.org",
                "3;Monday;Backup;DE89370400440532013000",
                "Acme,Widgets,acme@example.org",
                "state|1||Ready^Set||19620316|F",
                "NAD+CN+++Acme Logistics BV+x'COM+ann@example.org:EM'",
                "[\"Backup Server\",\"ann@example.org\"] [\"Monday\",7,\"ann@example.org\"]",
                "お客様 ann@example.org, 皆さん ann@example.org, 任务先生成 ann@example.org",
            ])
    }

    fn is_beside(&self) -> bool {
        true
    }
}

/// Given names that are places as well, by which a city and its country would be one.
const PLACES: &str = " florence georgia charlotte chelsea virginia carolina alexandria valencia sofia santiago lorraine sienna asia \
                      brooklyn jordan jackson lincoln madison austin dallas sydney victoria vienna ";

/// Streets and flats in rows of cells.
pub(super) struct AddressBeside;

impl Detector for AddressBeside {
    fn spec(&self) -> Spec {
        Spec::new(
            "nearby-address",
            Class::Location,
            "Streets and flats in rows that hold other values of a person",
        )
        .sure(75)
        .finds(&[
            r#""11720","Ann Example","«Flat 283, Sector 14»","«560990»","ann@example.org""#,
            "7;ann@example.org;«Voorbeeldstraat 81»;Utrecht",
            "ann@example.org,«12 Example Lane»,Springfield",
            r#"{"31667","Ann Example","«1768 Example Blvd, Unit 3»","«97278»","ann@example.org"}"#,
        ])
        .passes_over(&[
            "ann@example.org,12 Items,3 Rows",
            "ann@example.org;Phase 2 Trial;Block 12",
            "Flat 283, Sector 14",
            "ann@example.org,500 Way Too Long Lane Keeping Warnings,x",
        ])
    }

    fn is_beside(&self) -> bool {
        true
    }
}

/// Numbers of patients in their segments of HL7.
pub(super) struct NumberBeside;

impl Detector for NumberBeside {
    fn spec(&self) -> Spec {
        Spec::new("patient-number", Class::Health, "Numbers of patients in segments of HL7")
            .sure(85)
            .finds(&[
                "PID|1||«2378105»^^^HOSP^MR||Example^Kevin||19620316|F",
                "PID|1|«P-88123»|||Example^Kevin||19620316|F",
            ])
            .passes_over(&[
                "PID|1||[health]^^^HOSP^MR||x||19620316|F",
                "RID|1||2378105^^^HOSP^MR||x||19620316|F",
            ])
    }

    fn is_beside(&self) -> bool {
        true
    }
}

/// Which detectors of a scanner have to do with names beside values.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The one that tells them, if it was chosen.
    own: Option<u16>,
    /// Those that tell addresses and numbers of patients, likewise.
    places: Option<u16>,
    numbers: Option<u16>,
    /// The one that tells them in messages.
    messages: Option<u16>,
    /// What findings of each detector say of a name nearby.
    speaks: Vec<Speaks>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaks {
    No,
    /// A firm may have one, too.
    Perhaps,
    /// It is somebody's.
    Person,
    /// The same, and may be made of the name.
    Address,
}

impl People {
    pub(super) fn choose(&mut self, index: u16, detector: &dyn Detector) {
        let spec = detector.spec();
        if detector.is_beside() {
            match spec.class {
                Class::DirectId => self.own = Some(index),
                Class::Location => self.places = Some(index),
                _ => self.numbers = Some(index),
            }
        }
        if spec.name == messages::NAME {
            self.messages = Some(index);
        }
        self.speaks.push(match (spec.class, spec.name.as_ref()) {
            (_, "email") => Speaks::Address,
            (_, "phone" | "phone-number" | "iban" | "bic" | "bic-behind" | "crypto-address") => {
                Speaks::Perhaps
            }
            (Class::Location, "street-address" | "postal-address" | "contact-address" | "coordinates")
            | (_, "ipv4" | "ipv6") => Speaks::Perhaps,
            (Class::DirectId | Class::Payment | Class::Health | Class::Special, _) => Speaks::Person,
            _ => Speaks::No,
        });
    }

    /// Whether a finding is a name that was told so.
    pub(super) fn is_own(&self, finding: &Finding) -> bool {
        [self.own, self.places, self.numbers].contains(&Some(finding.detector))
    }

    fn of(&self, finding: &Finding) -> Speaks {
        self.speaks.get(usize::from(finding.detector)).copied().unwrap_or(Speaks::No)
    }
}

impl Scanner {
    /// A name in a text whose field is called like what people write: inside a larger text its key would tell it.
    pub(super) fn written(&self, probe: &Probe<'_>, key: &str) -> Option<(u16, Range<usize>)> {
        let index = self.people.messages?;
        // So does what it begins with.
        let letter = begins_large(probe.slice(0..probe.len()))
            && is_listed(probe.slice(0..probe.reach(0, 12, is_letter)), GREETINGS);
        let name = (letter || messages::is_written(key)).then(|| messages::in_text(probe, 0))??;
        Some((index, name))
    }

    /// Adds names that words for people, titles and greetings tell, or what somebody did, whatever else is in a text. Findings must be
    /// resolved; those that are added are not. Only of texts in which something was a candidate, or that are not ASCII: others
    /// are not looked at twice.
    #[inline(never)]
    pub(super) fn meet_spoken(&self, probe: &Probe<'_>, hits: &mut Hits) -> bool {
        const MOST: usize = 512;
        let Some(index) = self.people.messages else { return false };
        let count = hits.len();
        let near = Near { probe, hits, count, people: &self.people };
        let to = probe.len().min(MOST);
        let mut names = Names::default();
        if memchr::memchr(b'^', probe.slice(0..to)).is_some()
            && let Some(at) = probe.find(0, b"PID|")
        {
            let start = at + "PID|".len();
            let here = Finding { start, end: start, detector: 0, class: Class::Content, confidence: 0 };
            near.segment(&here, &mut names, &mut Names::default());
        }
        let (mut from, mut done, mut last) = (0, 0, 0);
        while from + 2 < to {
            let mut seconds = block::names(probe.slice(from..(from + 64).min(to)), false).seconds;
            probe.count(64);
            while seconds != 0 {
                let at = from + seconds.trailing_zeros() as usize;
                seconds &= seconds - 1;
                // Most words with capitals are no names, and what stands before them no title.
                let before = probe.reach_back(at - 1, 16, is_name_byte);
                if at < done || !(near.may_be_named(at) || near.may_be_named(before)) {
                    continue;
                }
                let run = near.run(near.run_start(at));
                done = run.end().max(at + 1);
                if let Some(name) = near.spoken(&run, last) {
                    last = name.end;
                    names.extend(Some(name));
                }
            }
            from += 62;
        }
        for name in names.found() {
            probe.forget();
            self.keep(index, name.clone(), probe, hits);
        }
        hits.len() > count
    }

    /// Adds names beside what was found. Findings must be resolved; those that are added are not.
    #[inline(never)]
    pub(super) fn meet_people(&self, probe: &Probe<'_>, look: Look, hits: &mut Hits) -> bool {
        let People { own, places, numbers, .. } = self.people;
        if own.is_none() && places.is_none() && numbers.is_none() {
            return false;
        }
        let count = hits.len();
        // Where the cells end that were gone through.
        let mut cells = 0;
        // Likewise segments of messages.
        let mut segments = 0;
        let mut done = 0;
        // Where the address before the last one ends.
        let mut addresses = [0; 2];
        for index in 0..count {
            let Some(hit) = hits.get(index).copied() else { break };
            let speaks = self.people.of(&hit);
            if speaks == Speaks::No {
                continue;
            }
            let near = Near { probe, hits, count, people: &self.people };
            let to = (hit.end + BEHIND).min(probe.len());
            let from = hit.start.saturating_sub(BEFORE);
            let pairs = from.max(done)..to;
            done = done.max(to);
            let mut parts = 0..0;
            if speaks == Speaks::Address {
                let next = (index + 1..count)
                    .filter_map(|next| near.hits.get(next))
                    .take_while(|next| next.start < to)
                    .find(|next| self.people.of(next) == Speaks::Address);
                parts = from.max(addresses[0])..next.map_or(to, |next| next.start);
                addresses = [addresses[1], hit.end];
            }
            let mut names = Names::default();
            let (mut streets, mut patients) = (Names::default(), Names::default());
            if look.large {
                near.around(&pairs, &parts, &hit, &mut names);
            }
            cells = near.row(&hit, cells, &mut names, &mut streets);
            near.segment(&hit, &mut names, &mut patients);
            if matches!(probe.before(hit.start), b'+' | b'*' | b':') {
                let around = hit.start.saturating_sub(INTERCHANGE).max(segments)..hit.end + INTERCHANGE;
                segments = around.end;
                near.interchange(&around, &mut names, &mut streets);
            }
            for (index, found) in [(own, &names), (places, &streets), (numbers, &patients)] {
                for span in found.found() {
                    let Some(index) = index else { break };
                    probe.forget();
                    self.keep(index, span.clone(), probe, hits);
                }
            }
        }
        hits.len() > count
    }
}

/// Names that one value speaks for.
#[derive(Default)]
struct Names {
    found: [Range<usize>; Self::MOST],
    count: usize,
}

impl Names {
    const MOST: usize = 8;

    fn extend(&mut self, name: Option<Range<usize>>) {
        if let Some(name) = name
            && let Some(place) = self.found.get_mut(self.count)
        {
            *place = name;
            self.count += 1;
        }
    }

    fn found(&self) -> &[Range<usize>] {
        self.found.get(..self.count).unwrap_or(&[])
    }
}

/// Looks for names around values that were found.
struct Near<'n, 't> {
    probe: &'n Probe<'t>,
    hits: &'n Hits,
    /// How many of the findings are no names of this kind.
    count: usize,
    people: &'n People,
}

/// Longest local part of an address (RFC 5321, section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// Most words that one name is looked for in.
const WORDS: usize = 6;

/// Which two letters stand one behind the other in the local part of an address: most words are told from its parts by how they begin.
struct Letters([u32; 32]);

impl Letters {
    fn of(local: &[u8]) -> Self {
        let mut pairs = [0; 32];
        for pair in local.windows(2) {
            if let [first, second] = pair
                && first.is_ascii_alphabetic()
                && let Some(seconds) = pairs.get_mut(usize::from(first & 0x1f))
            {
                *seconds |= 1 << (second & 0x1f);
            }
        }
        Self(pairs)
    }

    fn have(&self, first: u8, second: u8) -> bool {
        let seconds = self.0.get(usize::from(first & 0x1f)).copied().unwrap_or(0);
        seconds >> (second & 0x1f) & 1 == 1 || !first.is_ascii() || !second.is_ascii()
    }
}

/// The local part of an address, empty if it is no usual one.
fn local_of(address: &[u8]) -> &[u8] {
    let local = address.split(|byte| *byte == b'@').next().unwrap_or(&[]);
    if local.len() > LONGEST_LOCAL { &[] } else { local }
}

/// Words with capitals one behind the other.
#[derive(Default)]
struct Run {
    words: [Range<usize>; WORDS],
    count: usize,
}

impl Run {
    fn words(&self) -> &[Range<usize>] {
        self.words.get(..self.count).unwrap_or(&[])
    }

    fn end(&self) -> usize {
        self.words().last().map_or(0, |word| word.end)
    }
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

const fn is_name_byte(byte: u8) -> bool {
    is_letter(byte) || matches!(byte, b'-' | b'\'' | b'.')
}

/// Whether a letter of East Asia begins with a byte.
const fn is_wide(byte: u8) -> bool {
    matches!(byte, 0xe3..=0xed)
}

/// Whether a word stands before a name, as a greeting, a title or a word for people.
pub(super) fn leads_to_name(word: &[u8]) -> bool {
    matches!(Label::of(word), Label::Person | Label::Title)
}

/// Words between the parts of a family name, or before them.
pub(super) fn is_particle(word: &[u8]) -> bool {
    const PARTICLES: &str = " de da dos du van von der den la le del della di bin ibn al el ter ten zu zum ";
    word.len() < 4 && is_listed(word, PARTICLES)
}

/// Whether a word begins with a capital, or with a letter of a script that has none.
pub(super) fn begins_large(word: &[u8]) -> bool {
    let (Some(first), second) = (word.first().copied(), word.get(1).copied().unwrap_or(0)) else {
        return false;
    };
    match (first, second) {
        (0..0x80, _) => first.is_ascii_uppercase(),
        // Dashes and other marks.
        (0xc2 | 0xe2 | 0xef, _) | (0xe3, 0x80) => false,
        // Small letters of Latin, Greek and Cyrillic.
        (0xc3, 0x9f..) | (0xce, 0xac..) | (0xcf | 0xd1, _) | (0xd0, 0xb0..) => false,
        // Of most pairs the first is large, of others the second.
        (0xc4, 0xb9..) | (0xc5, 0x80..=0x88 | 0xb9..) => second & 1 == 1,
        (0xc4 | 0xc5, _) => second & 1 == 0,
        _ => true,
    }
}

impl Near<'_, '_> {
    /// Whether what was found covers a part of a span.
    fn is_found(&self, span: &Range<usize>) -> bool {
        let hits = self.hits.get(..self.count).unwrap_or(&[]);
        let before = hits.partition_point(|hit| hit.end <= span.start);
        self.probe.count(8);
        hits.get(before).is_some_and(|hit| hit.start < span.end)
    }

    /// Whether one of the values next to a span is surely of a person.
    fn is_beside_person(&self, span: &Range<usize>) -> bool {
        let hits = self.hits.get(..self.count).unwrap_or(&[]);
        let before = hits.partition_point(|hit| hit.end <= span.start);
        let near = |hit: &&Finding| hit.start <= span.end + BEFORE && hit.end + BEHIND >= span.start;
        let around = hits.get(before.saturating_sub(3)..(before + 3).min(hits.len())).unwrap_or(&[]);
        around.iter().filter(near).any(|hit| self.people.of(hit) == Speaks::Person)
    }

    /// Names in the text around a value: those whose second word, or the one behind a word before it, begins in the first span, and
    /// those that the value, an address, is made of, in the second.
    #[inline(never)]
    fn around(&self, pairs: &Range<usize>, parts: &Range<usize>, hit: &Finding, names: &mut Names) {
        let probe = self.probe;
        let local = if parts.is_empty() { &[] } else { local_of(probe.slice(hit.start..hit.end)) };
        let letters = if local.is_empty() { None } else { Some(Letters::of(local)) };
        let (mut pair_end, mut part_end) = (pairs.start, parts.start);
        let (first, last) = if parts.is_empty() {
            (pairs.start, pairs.end)
        } else {
            (parts.start.min(pairs.start), parts.end.max(pairs.end))
        };
        let mut from = first.saturating_sub(2);
        while from + 2 < last {
            let piece = from..(from + 64).min(last);
            let capitals = block::names(probe.slice(piece.clone()), !local.is_empty());
            probe.count(64);
            // What is known of two bytes before, or of none.
            let known = if from == 0 { !0 } else { !0 << 2 };
            let mut seconds = capitals.seconds;
            while seconds != 0 {
                let at = from + seconds.trailing_zeros() as usize;
                seconds &= seconds - 1;
                if at >= pair_end && at < pairs.end {
                    let run = self.run(self.run_start(at));
                    pair_end = run.end().max(at + 1);
                    names.extend(self.name(&run));
                }
            }
            let mut words = if local.is_empty() { 0 } else { capitals.words & known };
            while words != 0 {
                let at = from + words.trailing_zeros() as usize;
                words &= words - 1;
                if at < part_end
                    || at >= parts.end
                    || !letters
                        .as_ref()
                        .is_some_and(|letters| letters.have(probe.byte(at), probe.byte(at + 1)))
                {
                    continue;
                }
                let end = probe.reach(at, 24, is_name_byte);
                probe.count(local.len());
                if is_part(local, probe.slice(at..end)) {
                    let run = self.run(self.run_start(at));
                    part_end = run.end().max(end);
                    names.extend(self.part_of_address(&run, local));
                }
            }
            if capitals.wide {
                self.eastern(piece, names);
            }
            from += 62;
        }
    }

    /// What stands in cells of the row that a value fills one of, on both sides of it: two cells of one word each that are a name, and
    /// streets. Cells that end before `seen` are known already. Gives where the last cell ends.
    #[inline(never)]
    fn row(&self, hit: &Finding, seen: usize, names: &mut Names, places: &mut Names) -> usize {
        const MOST: usize = 8;
        let probe = self.probe;
        let local = match self.people.of(hit) {
            Speaks::Address => local_of(probe.slice(hit.start..hit.end)),
            _ => &[],
        };
        // What stands in quotes right before the date of a birth is whose it is: `["Example","1943-01-19"]`.
        let date = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'/');
        let dated = hit.end - hit.start == 10
            && self.people.of(hit) == Speaks::Person
            && probe.slice(hit.start..hit.end).iter().all(date);
        // Which cell holds a street, and which one a postal code, by their order.
        let (mut street, mut code) = (None, None);
        let mut look = |order: usize, cell: &Range<usize>, beside: &Range<usize>| {
            if self.is_found(cell) {
                return;
            }
            if self.is_pair(cell, beside, local) {
                names.extend(Some(cell.clone()));
                names.extend(Some(beside.clone()));
            } else if dated
                && *beside == (hit.start..hit.end)
                && order + 1 == MOST
                && self.is_quoted_name(cell)
            {
                names.extend(Some(cell.clone()));
            } else if street::is_street(probe.slice(cell.clone())) {
                places.extend(Some(cell.clone()));
                street = Some(order);
            } else if street::is_code(probe.slice(cell.clone())) {
                code = Some((order, cell.clone()));
            }
            // Between them stand a town and its region at most.
            if let (Some(street), Some((order, cell))) = (street, &code)
                && (1..=3).contains(&order.saturating_sub(street))
            {
                places.extend(Some(cell.clone()));
                code = None;
            }
        };
        let mut cell = hit.start..hit.end;
        for order in (0..MOST).rev() {
            let Some(end) = gap_before(probe, cell.start).filter(|end| *end > seen) else { break };
            let Some(next) = cell_before(probe, end) else { break };
            look(order, &next, &cell);
            cell = next;
        }
        cell = hit.start..hit.end;
        for order in MOST..2 * MOST {
            let Some(start) = gap_behind(probe, cell.end) else { break };
            let Some(next) = cell_behind(probe, start) else { break };
            look(order, &next, &cell);
            cell = next;
        }
        cell.end
    }

    /// Whether two cells are the given name and the family name of somebody: a word each, and one of them a given name, or the one a part of
    /// the address beside them and the other begun by its initial.
    fn is_pair(&self, one: &Range<usize>, other: &Range<usize>, local: &[u8]) -> bool {
        let word = |span: &Range<usize>| {
            let mut text = self.probe.slice(span.clone());
            // A family name may begin with particles: `van Dijk`.
            while let Some((particle, [b' ', rest @ ..])) =
                text.iter().position(|byte| *byte == b' ').and_then(|at| text.split_at_checked(at))
                && is_particle(particle)
            {
                text = rest;
            }
            // Of two words are family names in Spain and Portugal.
            let shaped = |word: &[u8]| {
                word.len() > 1
                    && word.iter().all(|byte| is_letter(*byte) || matches!(byte, b'-' | b'\''))
                    && begins_large(word)
            };
            let named = (2..=24).contains(&text.len())
                && text.split(|byte| *byte == b' ').all(shaped)
                && text.split(|byte| *byte == b' ').count() <= 2
                && text.iter().skip(1).any(|byte| byte.is_ascii_lowercase() || !byte.is_ascii())
                && !text.windows(2).any(|pair| {
                    matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase())
                        && text.len() > 12
                })
                && !speaks_of_software(text)
                && !self.is_found(span);
            named.then_some(text)
        };
        let (Some(one), Some(other)) = (word(one), word(other)) else { return false };
        let given = |word: &[u8]| is_given(word) && !is_listed(word, PLACES);
        let made = |family: &[u8], given: &[u8]| {
            let initial = given.first().map(u8::to_ascii_lowercase);
            let rest = local.len().checked_sub(1).and_then(|last| local.get(last));
            is_part(local, family)
                && initial.is_some()
                && (initial.as_ref() == local.first() || initial.as_ref() == rest)
        };
        given(one) || given(other) || !local.is_empty() && (made(one, other) || made(other, one))
    }

    /// Whether a cell in quotes is a word or two with capitals, none of software.
    fn is_quoted_name(&self, cell: &Range<usize>) -> bool {
        let probe = self.probe;
        let text = probe.slice(cell.clone());
        let word = |word: &[u8]| {
            word.len() > 2
                && begins_large(word)
                && word.iter().all(|byte| is_letter(*byte) || matches!(byte, b'-' | b'\''))
                && word.iter().skip(1).any(|byte| byte.is_ascii_lowercase() || !byte.is_ascii())
        };
        matches!(probe.before(cell.start), b'"' | b'\'')
            && text.split(|byte| *byte == b' ').all(word)
            && text.split(|byte| *byte == b' ').count() <= 3
            && !speaks_of_software(text)
            && !is_listed(text, PLACES)
    }

    /// Names and streets in segments of EDIFACT (`NAD+CN+++Ann Example+Example Street 12'`) and X12 (`NM1*IL*1*EXAMPLE*ANN~N3*…`)
    /// around a value.
    #[inline(never)]
    fn interchange(&self, span: &Range<usize>, names: &mut Names, streets: &mut Names) {
        const MOST: usize = 8;
        const FAR: usize = 48;
        let probe = self.probe;
        let (from, to) = (span.start, span.end.min(probe.len()).max(span.start));
        for (segment, name, street) in [("NAD+", 4, 5), ("NM1*", 3, 9), ("N3*", 9, 1)] {
            let divider = segment.as_bytes().last().copied().unwrap_or(b'+');
            let begins = memchr::memmem::find_iter(probe.slice(from..to), segment.as_bytes());
            probe.count(to - from);
            for begin in begins.take(4).map(|at| from + at).filter(|at| !probe.is_joined_before(*at)) {
                let mut at = begin;
                for field in 0..=MOST {
                    let end = probe.run_end(at, FAR, |byte| {
                        byte != divider && !matches!(byte, b'~' | b'\'' | b'\n' | b'"')
                    });
                    let cell = at..probe.reach_back(end, 1, |byte| byte == b'?');
                    let text = probe.slice(cell.clone());
                    let spoken = text.len() > 1
                        && begins_large(text)
                        && text.iter().all(|byte| is_name_byte(*byte) || *byte == b' ');
                    // Of a person the parts of a name stand apart in X12, where a firm has but one.
                    let whole = divider == b'+' && field == name && text.contains(&b' ');
                    let part = divider == b'*'
                        && (name..name + 3).contains(&field)
                        && probe.starts_with(begin + 6, "*1*");
                    if spoken && (whole || part) && !speaks_of_software(text) && !self.is_found(&cell) {
                        names.extend(Some(cell));
                    } else if field == street && street::is_street(text) {
                        streets.extend(Some(cell));
                    }
                    if probe.byte(end) != divider {
                        break;
                    }
                    at = end + 1;
                }
            }
        }
    }

    /// Names and numbers of somebody in a segment of HL7 (version 2, chapter 3) that a value stands in.
    #[inline(never)]
    fn segment(&self, hit: &Finding, names: &mut Names, patients: &mut Names) {
        /// Names of segments, and in which of their fields a name stands.
        const SEGMENTS: [(&str, usize); 3] = [("PID|", 5), ("NK1|", 2), ("GT1|", 3)];
        const LONGEST: usize = 256;
        let probe = self.probe;
        if !matches!(probe.before(hit.start), b'|' | b'^') {
            return;
        }
        let from = probe.reach_back(hit.start, LONGEST, |byte| !matches!(byte, b'\r' | b'\n' | b'"'));
        let head = probe.slice(from..hit.start);
        probe.count(4 * head.len());
        let found = SEGMENTS.iter().filter_map(|(name, field)| {
            memchr::memmem::rfind(head, name.as_bytes()).map(|at| (from + at, *field))
        });
        let Some((start, name)) = found.max() else { return };
        if probe.is_joined_before(start) {
            return;
        }
        let mut at = start;
        for field in 0..=name {
            let end = probe.reach(at, LONGEST, |byte| !matches!(byte, b'|' | b'\r' | b'\n' | b'"'));
            if probe.byte(end) != b'|' {
                return;
            }
            let mut part = at;
            for component in 0..3 {
                let last = probe.reach(part, 48, |byte| !matches!(byte, b'|' | b'^' | b'~' | b'&'));
                let text = probe.slice(part..last);
                let spoken = text.iter().all(|byte| is_name_byte(*byte) || *byte == b' ');
                if field == name && spoken && text.len() > 1 && begins_large(text) {
                    names.extend(Some(part..last));
                } else if component == 0
                    && name == 5
                    && (2..=4).contains(&field)
                    && text.len() > 3
                    && text.iter().any(u8::is_ascii_digit)
                    && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
                {
                    patients.extend(Some(part..last));
                }
                if probe.byte(last) != b'^' {
                    break;
                }
                part = last + 1;
            }
            at = end + 1;
        }
    }

    /// Where words with capitals begin that go on at a place behind a blank.
    fn run_start(&self, at: usize) -> usize {
        let probe = self.probe;
        let mut start = at;
        for _ in 0..WORDS - 1 {
            let behind = probe.before(start);
            // A family name before a given one that ends the name.
            let comma =
                behind == b' ' && probe.before(start - 1) == b',' && start == at && self.is_last_given(at);
            let end = start.saturating_sub(1 + usize::from(comma));
            let word = probe.reach_back(end, 40, is_name_byte);
            let escape = probe.before(word) == b'\\' && matches!(probe.byte(word), b'n' | b'r' | b't');
            let word = word + usize::from(escape && word + 1 < end);
            // A quote before the first word.
            let word = probe.reach(word, 2, |byte| matches!(byte, b'\'' | b'-' | b'.'));
            let text = probe.slice(word..end);
            // `Sig.ra Rossi`: what has a dot inside stands before a name at most.
            let dotted = text.iter().rev().skip(1).any(|byte| *byte == b'.');
            // Nor is the end of a number one: `RO58RNCBEC3HL4VGCU8CVL5L ANN EXAMPLE`.
            let tail = probe.before(word).is_ascii_digit();
            if behind != b' ' || tail || word >= end || dotted || !(begins_large(text) || is_particle(text)) {
                break;
            }
            start = word;
            if comma {
                break;
            }
        }
        // A word that a lower-case one begins is no name's.
        let first = probe.reach(start, 40, is_name_byte);
        if start < at && !begins_large(probe.slice(start..first)) && !is_particle(probe.slice(start..first)) {
            return at;
        }
        start
    }

    /// Whether a given name begins at a place, and no word with a capital behind it.
    #[inline(never)]
    fn is_last_given(&self, at: usize) -> bool {
        let probe = self.probe;
        let end = probe.reach(at, 24, is_name_byte);
        let next = probe.slice(end..end + 3);
        let ends = !matches!(next, [b' ', rest @ ..] if begins_large(rest))
            && !matches!(next, [b'=' | b':' | b'_' | b'(', ..]);
        ends && is_given(probe.slice(at..end))
    }

    /// The words with capitals that begin at a place.
    fn run(&self, start: usize) -> Run {
        let probe = self.probe;
        let mut run = Run::default();
        let mut at = start;
        while let Some(place) = run.words.get_mut(run.count) {
            let end = probe.reach(at, 40, is_name_byte);
            let word = probe.slice(at..end);
            // A dot ends an abbreviation, or the sentence.
            let dot = word.iter().position(|byte| *byte == b'.');
            let titled = word.len() == 5 && is_listed(word, FORMAL);
            let last = end - usize::from(word.ends_with(b".") && word.len() > 4 && !titled);
            let last = probe.reach_back(last, 2, |byte| matches!(byte, b'-' | b'\'')).max(at);
            if end == at
                || !(begins_large(word) || is_particle(word))
                || dot.is_some_and(|dot| dot + 1 < word.len())
            {
                break;
            }
            *place = at..last;
            run.count += 1;
            // Names of East Asia have two words at most.
            if run.count == 2 && is_wide(probe.byte(run.words().first().map_or(at, |word| word.start))) {
                break;
            }
            // In Spain two family names may stand before the comma.
            let comma = run.count <= 2 && probe.byte(end) == b',' && probe.byte(end + 1) == b' ';
            let next = end + 1 + usize::from(comma);
            if last < end && word.ends_with(b".")
                || probe.byte(end) != b' ' && !comma
                || comma && !self.is_last_given(next)
            {
                break;
            }
            at = next;
        }
        // Keys and calls are no names.
        let next = probe.byte(run.end());
        if matches!(next, b'(' | b'_' | b'/' | b'=' | b'@' | b'0'..=b'9') {
            run.count = run.count.saturating_sub(1);
        }
        while run.words().last().is_some_and(|word| is_particle(probe.slice(word.clone()))) {
            run.count -= 1;
        }
        run
    }

    /// The name that words with capitals are or end in.
    fn name(&self, run: &Run) -> Option<Range<usize>> {
        let probe = self.probe;
        let words = run.words();
        let start = words.first()?.start;
        if is_inside(probe, start) {
            return None;
        }
        // Titles, greetings and words for people before the name belong to the run where they are written large.
        let titled = self.titled(words);
        // Names of East Asia are often written as one word.
        let eastern = words.len() == 1
            && is_wide(probe.byte(start))
            && words.first().is_some_and(|word| is_eastern(probe.text(word.clone())));
        let label = match titled.checked_sub(1).and_then(|last| words.get(last)) {
            Some(word) => Label::of(probe.slice(word.clone())),
            None if words.len() == 1 && !eastern => match self.title(start) {
                Label::No if is_given(probe.slice(words.first()?.clone())) => self.label(start),
                label => label,
            },
            None => self.label(start),
        };
        if label == Label::No && words.len() == 1 {
            return None;
        }
        let name = words.get(titled..)?;
        // `a nombre de Ann Example`, `Refund Ann Example`: what stands before a given name is no part of it.
        let word = |at: usize| name.get(at).map_or(&[][..], |word| probe.slice(word.clone()));
        let leads = |count: &usize| {
            name.len() > count + 1
                && is_given(word(*count))
                && (0..*count).all(|at| !is_given(word(at)))
                && (!begins_large(word(0)) || begins_sentence(probe, start))
        };
        let leads =
            (1..=2).find(leads).filter(|count| *count == 1 && !begins_large(word(0)) || name.len() > 2);
        let name = name.get(leads.unwrap_or(0)..)?;
        let shouts = |word: &Range<usize>| {
            let word = probe.slice(word.clone());
            word.len() > 2
                && word.iter().all(|byte| !byte.is_ascii_lowercase())
                && word.iter().any(u8::is_ascii_uppercase)
        };
        // The key of what follows: `Ann Example DOB 1980-02-03`.
        let key = name.len() > 2 && name.last().is_some_and(shouts) && !name.first().is_some_and(shouts);
        let name = name.get(..name.len() - usize::from(key))?;
        let first = name.first()?;
        let last = name.last()?;
        let span = first.start..last.end;
        let text = probe.slice(span.clone());
        let loud = name.iter().filter(|word| shouts(word)).count();
        let particles = name.iter().filter(|word| is_particle(probe.slice((*word).clone()))).count();
        let behind_comma =
            name.windows(2).find(|pair| matches!(pair, [one, next] if next.start > one.end + 1));
        let given = is_given(probe.slice(first.clone()))
            || matches!(behind_comma, Some([_, next]) if is_given(probe.slice(next.clone())));
        let whole = name.len() - particles;
        if self.is_found(&span) || loud != 0 && loud + particles < name.len() || speaks_of_software(text) {
            return None;
        }
        // `Dear Ann,`
        let greeted = || {
            let word = match titled.checked_sub(1).and_then(|last| words.get(last)) {
                Some(word) => word.clone(),
                None => probe.reach_back(start - 1, 12, is_letter)..start - 1,
            };
            given
                && is_listed(probe.slice(word), GREETINGS)
                && matches!(probe.byte(span.end), b',' | b'!' | b':')
        };
        // `Mr. Robot service`
        let thing = || {
            let next = probe.reach(span.end + 1, 16, |byte| byte.is_ascii_lowercase());
            probe.byte(span.end) == b' ' && speaks_of_software(probe.slice(span.end + 1..next))
        };
        let told = match label {
            // A street's, a place's.
            Label::Other => false,
            Label::Title => whole > 1 || !thing(),
            Label::Person => whole > 1 || eastern || (start > 0 || titled > 0) && greeted(),
            Label::Name => whole > 1 && (given || self.is_beside_person(&span)),
            Label::No => whole > 1 && given && titled == 0,
        };
        // One word in capitals is a word of a program.
        (told && whole <= 4 && !(loud > 0 && whole < 2)).then_some(span)
    }

    /// Whether a given name or a title before a name begins at a place.
    #[inline]
    fn may_be_named(&self, at: usize) -> bool {
        let word = self.probe.slice(at..self.probe.reach(at, 24, is_name_byte));
        match word {
            [first, second, ..] if !second.is_ascii_uppercase() && begins_large(word) => {
                let title = TITLE_HEADS.contains(&[first | 0x20, second | 0x20]) && is_listed(word, FORMAL);
                title || is_given(word)
            }
            _ => false,
        }
    }

    /// The name among words with capitals, if what stands right before or behind it tells that it is somebody's. `last` is where the one
    /// before it ends.
    fn spoken(&self, run: &Run, last: usize) -> Option<Range<usize>> {
        const DONE: &str = " joined commented pasted replied wrote posted reacted complained uploaded signed called mentioned shared ";
        const JOINED: [&str; 6] = [" and ", " & ", " und ", " et ", " y ", " e "];
        const GREETED: &[&str] = &[
            "bonjour",
            "sehr geehrte",
            "hola",
            "gentile",
            "prezad",
            "estimad",
            "dear",
            "hello",
            "cher",
            "beste",
            "geachte",
            "szanown",
            "querid",
            "caro",
            "cara",
            "guten tag",
            "buongiorno",
            "hallo",
            "olá",
            "egregi",
            "distinguid",
            "kära",
            "vážen",
        ];
        let probe = self.probe;
        let name = self.name(run)?;
        let text = probe.slice(name.clone());
        let behind = probe.reach(name.end + 1, 16, |byte| byte.is_ascii_lowercase());
        let place = text.split(|byte| matches!(byte, b' ' | b',')).any(|word| is_listed(word, PLACES));
        let did = !place && text.contains(&b' ') && is_listed(probe.slice(name.end + 1..behind), DONE);
        let listed = probe.byte(name.end) == b'"' && probe.before(name.start) == b'"' && text.contains(&b',');
        let joined =
            last > 0 && JOINED.iter().any(|joined| probe.slice(last..name.start) == joined.as_bytes());
        let known = text.split(|byte| matches!(byte, b' ' | b',')).any(is_given);
        let told = match self.title(name.start) {
            Label::No => known && (did || listed || joined || self.label(name.start) == Label::Person),
            _ => known && text.contains(&b' ') || probe.has_before(name.start, 40, GREETED),
        };
        told.then_some(name)
    }

    /// How many of some words are titles, greetings and the like before a name.
    fn titled(&self, words: &[Range<usize>]) -> usize {
        // One alone is none.
        let last = words.len() - usize::from(words.len() == 1);
        let words = words.get(..last).unwrap_or(&[]);
        let text = |word: &Range<usize>| self.probe.slice(word.clone());
        let titled = words.iter().take_while(|word| Label::of(text(word)) != Label::No).count();
        // Other words of a greeting may stand before a title, but no name.
        let formal = words.iter().rposition(|word| is_listed(text(word), FORMAL)).map_or(0, |last| last + 1);
        if words.first().is_some_and(|first| is_given(text(first))) { titled } else { titled.max(formal) }
    }

    /// Whether the word right before a place is one behind which a family name stands alone.
    fn title(&self, start: usize) -> Label {
        let probe = self.probe;
        let end = probe.reach_back(start, 2, |byte| byte == b' ');
        let word = probe.reach_back(end, 12, |byte| is_letter(byte) || matches!(byte, b'.' | b'/'));
        let word = probe.slice(word..end);
        // Most words are none by how they begin.
        let may_be = match word {
            [first, second, ..] if first.is_ascii() => TITLE_HEADS.contains(&[first | 0x20, second | 0x20]),
            _ => !word.is_empty(),
        };
        if may_be && is_listed(word, TITLES) { Label::Title } else { Label::No }
    }

    /// What the words before a place say of what stands there.
    fn label(&self, start: usize) -> Label {
        let probe = self.probe;
        let column = probe.column(start);
        if !column.is_empty() {
            return Label::of(column.trim_ascii());
        }
        let end = probe.reach_back(start, 10, |byte| {
            matches!(
                byte,
                b' ' | b':' | b'=' | b'"' | b'\'' | b'\\' | b'>' | b'\r' | b'\n' | b'n' | b',' | b'('
            )
        });
        // The `n` of an escaped line break, none of a word's.
        let end = probe.reach(end, 10, |byte| byte == b'n');
        let said = |phrase: &&str| {
            probe.ends_with_any_case(end, phrase) && !is_letter(probe.before(end - phrase.len()))
        };
        if PHRASES.iter().any(said) {
            return Label::Person;
        }
        let word = probe.reach_back(end, 24, |byte| is_letter(byte) || matches!(byte, b'_' | b'-' | b'.'));
        let label = Label::of(probe.slice(word..end));
        // The name of something else: `service name X`.
        let alone = probe.slice(end..start) == b" ";
        const OF_IT: &str = " by with for from new the a my his her their your whose der den dem le la el il o de den under als in ";
        let before = probe.reach_back(word.saturating_sub(1), 8, is_letter);
        let other = label == Label::Name
            && alone
            && probe.before(word) == b' '
            && is_letter(probe.before(word - 1))
            && !is_listed(probe.slice(before..word - 1), OF_IT)
            // The end of an address is none.
            && !self.is_found(&(before..word - 1));
        if other { Label::Other } else { label }
    }

    /// The name in words with capitals of which one is a part of an address.
    fn part_of_address(&self, run: &Run, local: &[u8]) -> Option<Range<usize>> {
        let probe = self.probe;
        let words = run.words();
        let titled = self.titled(words);
        let name = words.get(titled..)?;
        let span = name.first()?.start..name.last()?.end;
        let text = probe.slice(span.clone());
        if self.is_found(&span)
            || is_inside(probe, words.first()?.start)
            || name.len() > 5
            || speaks_of_software(text)
            || !name.iter().any(|word| is_part(local, probe.slice(word.clone())))
        {
            return None;
        }
        // An address of a firm is made of the firm's name alone: `acme@example.org`.
        let letters = local.iter().filter(|byte| is_letter(**byte)).count();
        // One of a person is numbered where the name was taken: `ann1993@example.org`.
        let shorter =
            |word: &Range<usize>| Folded::of(probe.slice(word.clone()), false).letters().len() < letters;
        let more = name.iter().all(shorter)
            || name.len() > 1 && local.last().is_some_and(u8::is_ascii_digit)
            || is_given(probe.slice(name.first()?.clone()));
        // A word alone is one where it fills a value, and the address has more of the name, or begins with it.
        let alone = name.len() == 1;
        let filled = alone && titled == 0 && {
            let before = probe.before(span.start);
            let behind = probe.byte(span.end);
            let opens =
                matches!(before, b'"' | b'\'' | b'[' | b'=' | b'>' | b',' | b'|' | b';' | b'\t' | b'+')
                    || before == b' ' && matches!(probe.before(span.start - 1), b',' | b':' | b'|');
            let closes = matches!(
                behind,
                b'"' | b'\'' | b']' | b'<' | b',' | b'|' | b';' | b'\t' | b'&' | b'+' | b'\\'
            ) || behind == b' ' && probe.byte(span.end + 1) == b'|';
            opens && closes && text.len() >= 3
        };
        (more && (!alone || filled)).then_some(span)
    }

    /// Names of East Asia behind a word that says so, or before one that honors them.
    #[inline(never)]
    fn eastern(&self, span: Range<usize>, names: &mut Names) {
        let probe = self.probe;
        // With what begins in it and ends behind it.
        let text = probe.slice(span.start..(span.end + 9).min(probe.len()));
        for label in labels::EASTERN {
            let Some(found) = memchr::memmem::find(text, label.as_bytes()) else { continue };
            let mut start = span.start + found + label.len();
            while let Some(mark) =
                ["：", ":", " ", "是", "「"].iter().find(|mark| probe.starts_with(start, mark))
            {
                start += mark.len();
            }
            let name = start..eastern_end(probe, start);
            if !name.is_empty() && !self.is_found(&name) {
                names.extend(Some(name));
            }
        }
        for honorific in HONORIFICS {
            let Some(found) = memchr::memmem::find(text, honorific.as_bytes()) else { continue };
            let end = span.start + found;
            let from = probe.reach_back(end, 24, |byte| byte > 0x7f || byte == b' ');
            // Letters begin with other bytes than they go on with.
            let mut starts = (from..end).filter(|at| !matches!(probe.byte(*at), b' ' | 0x80..=0xbf));
            let name = starts.find(|at| is_eastern(probe.text(*at..end))).map(|start| start..end);
            // A word may go on behind what honors: `任务先生成`.
            let whole = !matches!(probe.byte(end + honorific.len()), 0xe4..=0xe9);
            names.extend(name.filter(|name| whole && !self.is_found(name)));
        }
    }
}

/// One past a name of East Asia that begins at a place, or that place.
fn eastern_end(probe: &Probe<'_>, from: usize) -> usize {
    const LONGEST: usize = 18;
    let word = |from: usize| {
        let end = probe.reach(from, LONGEST, |byte| byte > 0x7f);
        let text = probe.text(from..end - (end - from) % 3);
        let letters = text.chars().take_while(|letter| is_eastern_letter(*letter));
        from + letters.map(char::len_utf8).sum::<usize>()
    };
    let first = word(from);
    let second = if probe.byte(first) == b' ' { word(first + 1) } else { first };
    let bare = |end: usize| {
        let name = probe.text(from..end);
        let honored = HONORIFICS.iter().find_map(|honorific| name.strip_suffix(honorific));
        from + honored.unwrap_or(name).len()
    };
    // A family name of Japan may be read as a whole name of China.
    let family = is_given(probe.slice(from..first));
    let ends = if family { [bare(second), bare(first)] } else { [bare(first), bare(second)] };
    ends.into_iter().find(|end| is_eastern(probe.text(from..*end))).unwrap_or(from)
}

/// Whether a sentence, a line or a value begins at a place.
fn begins_sentence(probe: &Probe<'_>, at: usize) -> bool {
    match probe.before(at) {
        0 | b'\n' | b'"' => true,
        b' ' => matches!(probe.before(at - 1), 0 | b' ' | b'.' | b':' | b'!' | b'?' | b'\n' | b']'),
        _ => false,
    }
}

/// Whether a place is inside a word, a path or a name of a program.
fn is_inside(probe: &Probe<'_>, at: usize) -> bool {
    let before = probe.before(at);
    probe.is_joined_before(at)
        || !before.is_ascii()
        || matches!(before, b'.' | b'/' | b'_' | b'@' | b'%' | b'$' | b'#' | b'-')
}

/// Whether the local part of an address has a word as one of its parts, as it is or with an initial before or behind it.
fn is_part(local: &[u8], word: &[u8]) -> bool {
    [false, true].into_iter().any(|spelled| {
        let folded = Folded::of(word, spelled);
        let word = folded.letters();
        word.len() > 2
            && local.split(|byte| !byte.is_ascii_alphabetic()).any(|part| {
                let Some(rest) = part.len().checked_sub(word.len()) else { return false };
                let head = part.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
                let tail = part.get(rest..).is_some_and(|tail| tail.eq_ignore_ascii_case(word));
                (head || tail) && (word.len() > 3 || rest < 3)
            })
    })
}
