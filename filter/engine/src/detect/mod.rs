//! Detectors: find values in text by what they are.
//!
//! One pass ([`sites`]) finds candidate sites for all detectors together; each candidate meets its detector's anchored
//! recognizer and validators. A detector is one file and one entry in the list below, or a row of a table ([`tokens`], [`ids`],
//! [`keyed`]); its [`Spec`] feeds tests, lint, explain and docs. Promises: findings lie on character boundaries, in order, without overlap; an unconfirmed
//! candidate never hides one that overlaps it; time is linear in the text whatever it holds; a text without findings
//! costs no allocation. What becomes of a finding is not decided here.

mod authorization;
mod aws;
mod bic;
mod birth;
mod block;
mod card;
mod command;
mod contact;
mod cookie;
mod coordinates;
mod crypt;
mod crypto;
mod email;
mod fields;
mod hits;
mod iban;
mod ids;
mod ipv4;
mod ipv6;
mod jwk;
mod jwt;
mod key_value;
mod keyed;
mod list;
mod mac;
mod mailchimp;
mod mrz;
mod names;
mod people;
mod phone;
mod private_key;
mod probe;
mod reading;
mod rows;
mod services;
mod sites;
mod ssn;
mod street;
#[cfg(test)]
mod tests;
mod tokens;
mod told;
mod track;
mod upi;
mod url_user;
mod user;

pub use hits::Hits;
pub use told::Told;
pub use user::{LONGEST, PatternProblem, UserDetector};

use crate::Class;
use block::Look;
use core::ops::Range;
use frostglass_formats::words::is_listed;
use frostglass_formats::{order, parts};
use list::List;
use probe::{Probe, Reach};
use reading::Reading;
use sites::Site;
use std::borrow::Cow;
use user::UserPatterns;

/// The built-in detectors that are not rows of a table.
static SINGLE: &[&dyn Detector] = &[
    &email::Email,
    &card::Card,
    &iban::Iban,
    &phone::Phone,
    &ssn::Ssn,
    &ipv4::Ipv4,
    &ipv6::Ipv6,
    &mac::Mac,
    &key_value::KeyValue,
    &private_key::PrivateKey,
    &authorization::Authorization,
    &url_user::UrlUser,
    &jwt::Jwt,
    &jwk::Jwk,
    &aws::SecretKey,
    &command::ShortOption,
    &cookie::Cookie,
    &cookie::Visitor,
    &mailchimp::Mailchimp,
    &crypt::Crypt,
    &crypto::Wallet,
    &crypto::Restore,
    &services::Shaped,
    &street::Street,
    &coordinates::Coordinates,
    &bic::Behind,
    &birth::Birth,
    &mrz::Zone,
    &upi::Upi,
    &contact::Name,
    &contact::Address,
    &people::Beside,
    &people::Message,
    &people::AddressBeside,
    &people::NumberBeside,
    &track::Name,
    &track::Card,
];

/// The built-in detectors: single ones and the rows of the tables.
#[inline(never)] // as an iterator it would be laid out wherever one goes through them, for 20 kB
fn built_in() -> Vec<&'static dyn Detector> {
    let credentials = tokens::TOKENS.iter().map(|row| row as &dyn Detector);
    let numbers = ids::IDS.iter().map(|row| row as &dyn Detector);
    let named = keyed::KEYED.iter().map(|row| row as &dyn Detector);
    let mut all = SINGLE.to_vec();
    all.extend(credentials);
    all.extend(numbers);
    all.extend(named);
    all
}

/// Recognizes one kind of value at candidate sites.
trait Detector: Sync {
    /// What it is and what it claims.
    fn spec(&self) -> Spec;

    /// The shapes that every value of this kind has at least one of. None, if its values are told by what stands beside them.
    fn sites(&self) -> &[Site] {
        &[]
    }

    /// The row of the table of numbers that it is, if it is one: those are looked up by how candidates begin.
    fn id(&'static self) -> Option<&'static ids::Id> {
        None
    }

    /// The value that the site belongs to, if there is one. Looks at a bounded part of the text, or claims
    /// what it went through ([`Probe::claim`]), so that all sites together cost linear time.
    fn confirm(&self, _probe: &Probe<'_>, _at: usize) -> Option<Range<usize>> {
        None
    }

    /// The value that stands in a list behind the one that was found last and ends at a place.
    fn next(&self, _probe: &Probe<'_>, _list: List, _end: usize) -> Option<Range<usize>> {
        None
    }

    /// Whether its values are told by what other detectors found beside them ([`people`]).
    fn is_beside(&self) -> bool {
        false
    }

    /// Whether it knows any values by the key that ends at a place, of those that end in one of its words.
    fn is_named(&self, _probe: &Probe<'_>, _name: usize) -> bool {
        true
    }

    /// Whether a cell of a table is one, by the name of its column that ends at `name`. For those that know values by keys alone.
    fn is_cell(&self, _probe: &Probe<'_>, _name: usize, _cell: &Range<usize>) -> bool {
        false
    }
}

/// What a detector is and what it claims.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Short name, as in `detectors:` and in findings (`email`, `card`).
    pub name: Cow<'static, str>,
    /// Class of what it finds.
    pub class: Class,
    /// One sentence for people.
    pub sentence: Cow<'static, str>,
    /// How sure its findings are, in percent, where nothing around speaks for them. Shape and check digits make it.
    pub confidence: u8,
    /// Names of the packs that it belongs to, beside that of its class.
    pub packs: &'static [&'static str],
    /// Texts in which it finds something, with `«` and `»` around what it finds.
    pub finds: &'static [&'static str],
    /// Texts in which it finds nothing.
    pub passes_over: &'static [&'static str],
}

impl Spec {
    /// A spec without examples.
    #[must_use]
    pub const fn new(name: &'static str, class: Class, sentence: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            class,
            sentence: Cow::Borrowed(sentence),
            confidence: 80,
            packs: &[],
            finds: &[],
            passes_over: &[],
        }
    }

    /// Whether a name of a policy means it: its own, its class's or that of a pack.
    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.class.word() == name || self.packs.contains(&name)
    }

    /// Says how sure its findings are, in percent.
    #[must_use]
    pub const fn sure(mut self, confidence: u8) -> Self {
        self.confidence = confidence;
        self
    }

    /// Adds it to packs.
    #[must_use]
    pub const fn packs(mut self, packs: &'static [&'static str]) -> Self {
        self.packs = packs;
        self
    }

    /// Adds texts in which it finds something, with `«` and `»` around what it finds.
    #[must_use]
    pub const fn finds(mut self, examples: &'static [&'static str]) -> Self {
        self.finds = examples;
        self
    }

    /// Adds texts in which it finds nothing.
    #[must_use]
    pub const fn passes_over(mut self, examples: &'static [&'static str]) -> Self {
        self.passes_over = examples;
        self
    }
}

/// A span of text that a detector claims. Byte offsets on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Index into [`Scanner::detectors`].
    pub detector: u16,
    /// Class of the finding.
    pub class: Class,
    /// How sure it is, in percent: shape and check digits, and more where words around or the field's name speak for it.
    pub confidence: u8,
}

/// What is known of the field that a text is the value of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FieldContext<'a> {
    /// Name of the field, empty if it has none. Counts as context words of what stands in it; it never makes a
    /// detector pass something over.
    pub key: &'a str,
}

/// Which built-in detectors run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// All.
    #[default]
    All,
    /// Those named, by their own names or those of packs: a class (`credential`), a country (`de`), `eu`.
    Named(Vec<String>),
}

/// Why no scanner can be made from a selection and users' patterns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DetectError {
    /// No detector has this name.
    #[error("no detector is called `{name}`")]
    Unknown {
        /// The name as written.
        name: String,
    },
    /// Two detectors have the same name.
    #[error("the detector `{name}` exists already")]
    Duplicate {
        /// The name as written.
        name: String,
    },
    /// A user's pattern cannot be used.
    #[error("detector `{name}`: {problem}")]
    Pattern {
        /// Name of the detector.
        name: String,
        /// What is wrong with its pattern, and what to do.
        problem: PatternProblem,
    },
    /// More detectors than findings can number.
    #[error("more than {} detectors", u16::MAX)]
    TooMany,
}

/// A word that keys end in, or that stands before a value, and a detector that wants them.
#[derive(Debug)]
struct KeyWord {
    /// Its last three bytes, as [`sites::key_ending`] gives them.
    ending: u32,
    index: u16,
    /// Its last eight letters without what divides them, and which bytes of a word they are.
    tail: u64,
    mask: u64,
}

impl KeyWord {
    /// How many buckets they are kept in.
    const BUCKETS: usize = 256;

    fn new(word: &str, index: u16) -> Option<Self> {
        // As `sites::key_tail` reads the text.
        let (mut tail, mut mask, mut shift) = (0, 0, u64::BITS);
        for byte in word.bytes().rev() {
            if byte.is_ascii_alphanumeric() || !byte.is_ascii() {
                shift -= 8;
                tail |= u64::from(byte) << shift;
                mask |= 0xff << shift;
            }
            if shift == 0 || byte.is_ascii_punctuation() && !matches!(byte, b'_' | b'-' | b'.') {
                break;
            }
        }
        Some(Self { ending: sites::ending(word)?, index, tail, mask })
    }

    /// The detectors, each once, that want a word which ends so, of words that are sorted by their endings from that one on.
    #[inline]
    fn called(words: &[Self], ending: u32, tail: u64) -> impl Iterator<Item = u16> {
        let mut last = None;
        let alike = words.iter().take_while(move |word| word.ending == ending);
        let called = alike.filter(move |word| tail & word.mask == word.tail).map(|word| word.index);
        called.filter(move |index| last.replace(*index) != Some(*index))
    }

    const fn bucket(ending: u32) -> usize {
        (ending.wrapping_mul(0x9E37_79B1) >> 24) as usize
    }
}

/// Finds values in text. Made once a policy, shared by all that scan under it.
pub struct Scanner {
    specs: Vec<Spec>,
    detectors: Vec<&'static dyn Detector>,
    /// Indexes of the detectors that want each kind of site whose places are not looked up by text.
    by_kind: [Vec<u16>; Site::KINDS],
    /// Prefixes with the detector that wants each, sorted.
    prefixes: Vec<(&'static [u8], u16)>,
    /// Words before a value with the detectors that want each, sorted by how they end: of the many few end alike.
    afters: Vec<KeyWord>,
    /// Words that keys end in with the detectors that want each, sorted.
    keys: Vec<KeyWord>,
    /// Where each bucket of keys begins.
    key_buckets: Vec<u16>,
    ids: ids::Ids,
    people: people::People,
    users: UserPatterns,
    tables: sites::Tables,
    /// How sure findings of each class must be.
    floors: [u8; Class::ALL.len()],
}

impl core::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.specs.iter().map(|spec| &spec.name)).finish()
    }
}

impl Scanner {
    /// A scanner with some built-in detectors and those of a user.
    pub fn new(selection: &Selection, user: Vec<UserDetector>) -> Result<Self, DetectError> {
        let mut chosen = built_in();
        if let Selection::Named(names) = selection {
            let unknown = names.iter().find(|name| !chosen.iter().any(|known| known.spec().is_called(name)));
            if let Some(name) = unknown {
                return Err(DetectError::Unknown { name: name.clone() });
            }
            chosen.retain(|known| names.iter().any(|name| known.spec().is_called(name)));
        }
        let mut scanner = Self::with(chosen)?;
        for detector in user {
            if built_in().iter().any(|known| known.spec().is_called(&detector.name))
                || scanner.specs.iter().any(|known| known.name == detector.name)
            {
                return Err(DetectError::Duplicate { name: detector.name });
            }
            let index = u16::try_from(scanner.specs.len()).map_err(|_| DetectError::TooMany)?;
            scanner.specs.push(detector.spec());
            scanner.users.add(detector, index, &mut scanner.tables)?;
        }
        Ok(scanner)
    }

    fn with(detectors: Vec<&'static dyn Detector>) -> Result<Self, DetectError> {
        let mut by_kind = [const { Vec::new() }; Site::KINDS];
        let mut prefixes = Vec::new();
        let mut afters = Vec::new();
        let mut keys = Vec::new();
        let mut ids = ids::Ids::default();
        let mut people = people::People::default();
        let mut tables = sites::Tables::new();
        Self::want_fields(&mut tables);
        for (index, detector) in detectors.iter().enumerate() {
            let index = u16::try_from(index).map_err(|_| DetectError::TooMany)?;
            people.choose(index, *detector);
            if let Some(id) = detector.id() {
                ids.choose(id, index, &mut tables);
                continue;
            }
            for site in detector.sites() {
                tables.want(*site);
                match site {
                    Site::After(words) | Site::Segment(words) => {
                        afters.extend(words.iter().filter_map(|word| KeyWord::new(word, index)));
                    }
                    Site::Prefix(texts) => prefixes.extend(texts.iter().map(|text| (text.as_bytes(), index))),
                    Site::Key(words) => {
                        keys.extend(words.iter().filter_map(|word| KeyWord::new(word, index)));
                    }
                    _ => {
                        if let Some(wanting) = by_kind.get_mut(site.kind()) {
                            wanting.push(index);
                        }
                    }
                }
            }
        }
        order::sort_by(&mut prefixes, Ord::cmp);
        order::sort_by_key(&mut afters, |word: &KeyWord| (word.ending, word.index));
        order::sort_by_key(&mut keys, |key: &KeyWord| (KeyWord::bucket(key.ending), key.ending, key.index));
        let begins = |bucket| keys.partition_point(|key| KeyWord::bucket(key.ending) < bucket) as u16;
        let key_buckets = (0..=KeyWord::BUCKETS).map(begins).collect();
        let specs = detectors.iter().map(|detector| detector.spec()).collect();
        Ok(Self {
            specs,
            detectors,
            by_kind,
            prefixes,
            afters,
            keys,
            key_buckets,
            ids,
            people,
            users: UserPatterns::default(),
            tables,
            floors: [0; Class::ALL.len()],
        })
    }

    /// What runs: built-in detectors, then those of the user. [`Finding::detector`] is an index into this.
    pub fn detectors(&self) -> impl ExactSizeIterator<Item = &Spec> {
        self.specs.iter()
    }

    /// The detectors that exist, chosen or not.
    pub fn built_in() -> impl Iterator<Item = Spec> {
        built_in().into_iter().map(|detector| detector.spec())
    }

    /// The credentials of services that are known: name, service, shape and where it is published.
    pub fn credentials() -> impl Iterator<Item = (&'static str, &'static str, String, &'static str)> {
        tokens::TOKENS.iter().map(|row| (row.name, row.service, row.shape(), row.source))
    }

    /// Finds what the detectors claim in a text. `hits` is cleared first.
    pub fn find(&self, text: &str, context: FieldContext<'_>, hits: &mut Hits) {
        hits.clear();
        let look = reading::look(text.as_bytes());
        if !look.otherwise {
            return self.find_as(text, context, Whose::All, look, hits);
        }
        let mut reading = std::mem::take(&mut hits.reading);
        let look = Look { otherwise: !text.is_ascii(), ..look };
        match reading.of(text) {
            None => self.find_as(text, context, Whose::All, look, hits),
            Some(read) => {
                self.find_as(read, context, Whose::BuiltIn, look, hits);
                reading.move_back(&mut hits.found);
                // Users' patterns say what stands there.
                if self.specs.len() > self.detectors.len() {
                    self.find_as(text, context, Whose::Users, look, hits);
                }
            }
        }
        hits.reading = reading;
    }

    /// Adds what detectors claim in a text as it stands. The look at it says whether the text itself is not ASCII, whatever it reads as.
    #[inline(never)] // the pass is laid out in it
    fn find_as(&self, text: &str, context: FieldContext<'_>, whose: Whose, look: Look, hits: &mut Hits) {
        let probe = Probe::new(text, context);
        if !look.lines {
            probe.is_no_table();
        }
        let mut met = false;
        if whose != Whose::BuiltIn {
            sites::walk_users(text.as_bytes(), &self.tables, &mut |kind, at| {
                met = true;
                self.meet(kind, at, &probe, hits);
            });
        }
        if whose == Whose::Users {
            return hits.resolve();
        }
        sites::walk(text.as_bytes(), &self.tables, |kind, at| {
            met = true;
            self.meet(kind, at, &probe, hits);
        });
        if met {
            self.meet_cells(&probe, &mut |index, span| {
                if let Some(span) = span {
                    self.found(index, span, &probe, hits);
                }
            });
        }
        // Names begin large.
        let names = (met || look.otherwise) && look.large;
        if names && let Some((index, name)) = self.written(&probe, context.key) {
            self.keep(index, name, &probe, hits);
        }
        hits.resolve();
        if !hits.is_empty() && self.meet_people(&probe, look, hits) {
            hits.resolve();
        }
        if names && self.meet_spoken(&probe, hits) {
            hits.resolve();
        }
        #[cfg(test)]
        {
            hits.looked_at = probe.looked_at.get();
        }
    }

    /// Whether a text is plain ASCII without a single candidate site, and without a byte with which a structure inside it may
    /// begin: then [`Scanner::find`] finds nothing in it, and it holds no parts but those that its beginning tells.
    #[inline]
    pub fn passes_over(&self, text: &[u8]) -> bool {
        let mut clean = true;
        sites::walk_users(text, &self.tables, &mut |_, _| clean = false);
        sites::walk_opening(text, &self.tables, |kind, at| {
            clean &= kind == sites::OPEN && !opens_at(text, at);
        });
        clean
    }

    /// Goes once through texts that stand one behind the other, a zero byte after each, and calls `mark` with places such
    /// that a text without one is ASCII, [`Scanner::find`] finds nothing in it, and it holds no parts but those that its
    /// beginning tells. Much faster than asking text by text.
    pub fn sift(&self, texts: &[u8], mut mark: impl FnMut(usize)) {
        // A zero byte belongs to no class, as what is behind the end of a text does.
        sites::walk_all(texts, &self.tables, |kind, at| {
            if kind != sites::OPEN || opens_at(texts, at) {
                mark(at);
            }
        });
    }

    /// Shows a candidate site to the detectors that want it and keeps what they find.
    #[inline(never)]
    fn meet(&self, kind: usize, at: usize, probe: &Probe<'_>, hits: &mut Hits) {
        self.ask(kind, at, probe, |index, span| {
            if let Some(span) = span {
                self.found(index, span, probe, hits);
            }
        });
    }

    /// Asks the detectors that want a candidate site, and gives what each says of it to `sink`.
    #[inline]
    fn ask(
        &self,
        kind: usize,
        at: usize,
        probe: &Probe<'_>,
        mut sink: impl FnMut(u16, Option<Range<usize>>),
    ) {
        let mut confirm = |index: u16| {
            if let Some(detector) = self.detectors.get(usize::from(index)) {
                probe.forget();
                sink(index, detector.confirm(probe, at));
            }
        };
        if kind == sites::PREFIX {
            let rest = probe.slice(at..probe.len());
            let head = rest.get(..3).unwrap_or(rest);
            let from = self.prefixes.partition_point(|(prefix, _)| prefix.get(..3).unwrap_or(prefix) < head);
            for (prefix, index) in self.prefixes.get(from..).unwrap_or(&[]) {
                probe.count(prefix.len());
                if !prefix.starts_with(head) {
                    break;
                }
                if rest.starts_with(prefix) {
                    confirm(*index);
                }
            }
            self.meet_fields(kind, at, probe, &mut sink);
        } else if kind == sites::KEY {
            self.keys_at(probe, at).for_each(confirm);
            self.meet_fields(kind, at, probe, &mut sink);
        } else if kind == sites::AFTER {
            let (ending, tail) = sites::word_before(probe.slice(0..probe.len()), at);
            let from = self.afters.partition_point(|word| word.ending < ending);
            let alike = self.afters.get(from..).unwrap_or(&[]);
            KeyWord::called(alike, ending, tail).for_each(confirm);
            self.meet_fields(kind, at, probe, &mut sink);
        } else if kind == sites::USER {
            self.users.meet(probe, at, sink);
        } else if matches!(kind, sites::NUMBER | sites::ID) && probe.is_claimed(Reach::Number, at) {
            // Cards, addresses and the like are told before all other numbers of a window.
        } else {
            for index in self.by_kind.get(kind).map_or(&[][..], Vec::as_slice) {
                confirm(*index);
            }
            if kind == sites::NUMBER || kind == sites::ID {
                self.ids.meet(probe, at, sink);
            } else if kind == sites::TUPLE || kind == sites::FLAG {
                self.meet_fields(kind, at, probe, &mut sink);
            }
        }
    }

    /// The detectors that want the key that ends at a place.
    fn keys_at(&self, probe: &Probe<'_>, at: usize) -> impl Iterator<Item = u16> {
        let ending = sites::key_ending(probe.slice(0..probe.len()), at);
        let bucket = KeyWord::bucket(ending);
        let from = self.key_buckets.get(bucket).copied().unwrap_or(0);
        let to = self.key_buckets.get(bucket + 1).copied().unwrap_or(0);
        let rows = self.keys.get(usize::from(from)..usize::from(to)).unwrap_or(&[]);
        let other = rows.iter().take_while(|word| word.ending != ending).count();
        KeyWord::called(rows.get(other..).unwrap_or(&[]), ending, probe.key_tail(at))
    }

    /// Shows the cells of a table to the detectors that know values by keys, the names of its columns as these. Only of texts in which
    /// something was a candidate, so that what has no site needs no second look.
    #[inline(never)]
    fn meet_cells(&self, probe: &Probe<'_>, sink: &mut dyn FnMut(u16, Option<Range<usize>>)) {
        const MOST: usize = 48;
        /// How wide columns are drawn.
        const WIDEST: usize = 64;
        self.meet_settings(probe, sink);
        let Some(header) = probe.header() else { return };
        // Column, detector, and where the name of the column ends.
        let mut wanted = [(usize::MAX, 0, 0); MOST];
        let mut places = wanted.iter_mut();
        let names = probe.slice(header.start..header.end);
        for (column, name) in probe::divided(names, header.divider).enumerate() {
            let end = probe.reach_back(header.start + name.end, WIDEST, |byte| matches!(byte, b'\r' | b' '));
            for index in self.keys_at(probe, end) {
                if let Some(place) = places.next() {
                    *place = (column, index, end);
                }
            }
        }
        let left = places.len();
        let wanted = wanted.get(..MOST - left).unwrap_or(&[]);
        let mut row = header.end + 1;
        while row < header.last && !wanted.is_empty() {
            let end = probe.reach(row, usize::MAX, |byte| byte != b'\n');
            for (column, cell) in probe::divided(probe.slice(row..end), header.divider).enumerate() {
                for (_, index, name) in wanted.iter().filter(|(wanted, ..)| *wanted == column) {
                    let Some(detector) = self.detectors.get(usize::from(*index)) else { continue };
                    let Range { start: from, end: to } =
                        rows::inside(probe, &(row + cell.start..row + cell.end));
                    probe.forget();
                    if detector.is_cell(probe, *name, &(from..to)) {
                        sink(*index, Some(from..to));
                    }
                }
            }
            row = end + 1;
        }
    }

    /// Shows the cells of rows that are settings, a name and its value each, to the detectors that know values by keys.
    fn meet_settings(&self, probe: &Probe<'_>, sink: &mut dyn FnMut(u16, Option<Range<usize>>)) {
        let Some(settings) = rows::Settings::of(probe) else { return };
        let mut row = settings.first;
        while let Some((name, value, next)) = settings.at(probe, row) {
            self.show(probe, name, &value, false, sink);
            row = next;
        }
    }

    fn found(&self, index: u16, span: Range<usize>, probe: &Probe<'_>, hits: &mut Hits) {
        let end = span.end;
        self.keep(index, span, probe, hits);
        if let Some(list) = probe.listed() {
            self.follow(index, list, end, probe, hits);
        }
    }

    fn keep(&self, index: u16, span: Range<usize>, probe: &Probe<'_>, hits: &mut Hits) {
        let Some(spec) = self.specs.get(usize::from(index)) else { return };
        if span.start >= span.end {
            return;
        }
        // Of class operational are only patterns of users, which exempt.
        if spec.class == Class::Operational {
            hits.exempt(span);
            return;
        }
        let confidence = probe.confidence(spec.confidence);
        if confidence >= self.floors.get(spec.class as usize).copied().unwrap_or(0) {
            hits.push(Finding {
                start: span.start,
                end: span.end,
                detector: index,
                class: spec.class,
                confidence,
            });
        }
    }

    /// Keeps what stands in a list behind the element that ends at a place.
    #[inline(never)] // few findings stand in lists
    fn follow(&self, index: u16, mut list: List, mut end: usize, probe: &Probe<'_>, hits: &mut Hits) {
        let Some(detector) = self.detectors.get(usize::from(index)) else { return };
        while let Some(next) = detector.next(probe, list, end) {
            end = next.end;
            list = probe.listed().unwrap_or(list);
            self.keep(index, next, probe, hits);
        }
    }

    /// Drops findings of a class that are less sure than so many percent.
    pub fn set_floor(&mut self, class: Class, confidence: u8) {
        if let Some(floor) = self.floors.get_mut(class as usize) {
            *floor = confidence;
        }
    }

    /// Says of each candidate in a text what became of it, for people who ask. Finds what [`Self::find`] finds; of candidates
    /// that were none, those with a reason are told.
    #[must_use]
    pub fn explain(&self, text: &str, context: FieldContext<'_>) -> Vec<Explanation> {
        let mut reading = Reading::default();
        let Some(read) = reading.of(text) else {
            return self.explain_at(text, context, &Probe::new(text, context));
        };
        let mut told = self.explain_at(read, context, &Probe::new(read, context));
        for told in &mut told {
            Range { start: told.start, end: told.end } = reading.place(told.start..told.end);
        }
        told
    }

    fn explain_at(&self, text: &str, context: FieldContext<'_>, probe: &Probe<'_>) -> Vec<Explanation> {
        let mut hits = Hits::new();
        self.find_as(
            text,
            context,
            Whose::All,
            Look { otherwise: !text.is_ascii(), ..Look::UNKNOWN },
            &mut hits,
        );
        probe.explain();
        let mut told: Vec<Explanation> = Vec::new();
        {
            let mut tell = |at: usize, index: u16, span: Option<Range<usize>>| {
                let Some(spec) = self.specs.get(usize::from(index)) else { return };
                let confidence = probe.confidence(spec.confidence);
                let because = match &span {
                    None => probe.reason(),
                    Some(_) if spec.class == Class::Operational => {
                        "exempts what lies within it, but no credential"
                    }
                    Some(span) => {
                        // Hits are in order and do not overlap: one alone can hold the span.
                        let before = hits.partition_point(|hit| {
                            probe.count(1);
                            hit.start <= span.start
                        });
                        let last = before.checked_sub(1).and_then(|last| hits.get(last));
                        match last.filter(|hit| span.end <= hit.end) {
                            Some(hit) if hit.detector == index => "found",
                            Some(_) => "found, inside what another detector found",
                            None if confidence
                                < self.floors.get(spec.class as usize).copied().unwrap_or(0) =>
                            {
                                "not as sure as the policy asks for this class"
                            }
                            None => "exempt by a detector of the policy",
                        }
                    }
                };
                let (start, end) = span.map_or((at, at), |span| (span.start, span.end));
                let explanation = Explanation { detector: index, start, end, confidence, because };
                if !because.is_empty() {
                    told.push(explanation);
                }
            };
            let mut met = false;
            let mut ask = |kind: usize, at: usize| {
                met = true;
                self.ask(kind, at, probe, |index, mut span| {
                    let detector = self.detectors.get(usize::from(index));
                    while let Some((list, end)) = probe.listed().zip(span.as_ref().map(|span| span.end)) {
                        tell(at, index, span.take());
                        span = detector.and_then(|detector| detector.next(probe, list, end));
                    }
                    tell(at, index, span);
                });
            };
            sites::walk_users(text.as_bytes(), &self.tables, &mut ask);
            sites::walk(text.as_bytes(), &self.tables, ask);
            if met {
                self.meet_cells(probe, &mut |index, span| tell(0, index, span));
                if let Some((index, name)) = self.written(probe, context.key) {
                    tell(0, index, Some(name));
                }
            }
            for hit in hits.iter().filter(|hit| self.people.is_own(hit)) {
                probe.forget();
                tell(hit.start, hit.detector, Some(hit.start..hit.end));
            }
        }
        order::sort_by_key(&mut told, |told| (told.start, told.end));
        // The same value is often met from several of its sites. Of one span there are no more different explanations than
        // detectors, whatever the text holds.
        let mut once: Vec<Explanation> = Vec::with_capacity(told.len());
        for explanation in told {
            let mut same = once.iter().rev().take_while(|kept| {
                probe.count(1);
                (kept.start, kept.end) == (explanation.start, explanation.end)
            });
            if !same.any(|kept| *kept == explanation) {
                once.push(explanation);
            }
        }
        once
    }
}

/// Which detectors are asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    All,
    BuiltIn,
    Users,
}

/// Whether a structure may begin at a place, or what is read in another way.
#[inline]
fn opens_at(texts: &[u8], at: usize) -> bool {
    parts::opens_at(texts, at) || reading::opens_at(texts, at)
}

/// What became of one candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Index into [`Scanner::detectors`].
    pub detector: u16,
    /// First byte; of a candidate that was none, the place where the detector looked.
    pub start: usize,
    /// One past the last byte; the same as `start` if nothing was found.
    pub end: usize,
    /// How sure the detector is, in percent.
    pub confidence: u8,
    /// What became of it, in words.
    pub because: &'static str,
}

/// How sure findings of users' patterns are: their author says so.
const USER_CONFIDENCE: u8 = 100;

/// Whether a value behind a name in a text is plainly no value of a person: a placeholder, what a program prints of an object of its
/// own or looks up elsewhere, a short word. Detectors may know better of the name.
#[must_use]
pub fn says_nothing(value: &str) -> bool {
    let value = value.as_bytes();
    let word = value.len() <= 8 && value.iter().all(u8::is_ascii_lowercase);
    let short = value.len() <= 5 && value.iter().any(u8::is_ascii_alphabetic);
    // What a mask left of it.
    let masked = value.starts_with(b"***");
    word || short
        || masked
        || is_placeholder(value)
        || key_value::is_object(value)
        || key_value::is_code(value)
}

/// Whether a value behind a name for secrets in a text is plainly none, whatever the name.
#[must_use]
pub fn names_no_secret(value: &str) -> bool {
    key_value::names_no_secret(value.as_bytes())
}

/// What documents say instead of a value: `YOUR_API_KEY_HERE`, `your-password`, `<insert token>`.
fn is_invitation(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"__").and_then(|text| text.strip_suffix(b"__")).unwrap_or(text);
    let begins = |word: &[u8]| {
        text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
            && matches!(text.get(word.len()), Some(b'_' | b'-' | b' '))
    };
    (begins(b"your")
        || begins(b"changeme")
        || begins(b"change") && text.get(7..9).is_some_and(|me| me.eq_ignore_ascii_case(b"me"))
        || begins(b"my") && text.ends_with(b"_HERE")
        || begins(b"insert")
        || begins(b"replace"))
        && text.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b' '))
}

/// Whether a text is one of our own labels or what people write instead of a value: `[credential]`, `***`, `<redacted>`.
/// Apart from runs of filler, placeholders are short, so that a text cannot be made of nested ones.
fn is_placeholder(text: &[u8]) -> bool {
    const LONGEST: usize = 64;
    const WORDS: &[&str] = &[
        "null",
        "nil",
        "none",
        "true",
        "false",
        "undefined",
        "empty",
        "redacted",
        "filtered",
        "hidden",
        "masked",
        "removed",
        "unset",
        "n/a",
        "yes",
        "no",
        "key",
    ];
    let filler = |byte: &u8| matches!(byte, b'*' | b'.' | b'-' | b'x' | b'X' | b'#' | b'_');
    // Bullets and circles.
    let dot = |letter: &[u8]| matches!(letter, [0xe2, 0x80, 0xa2] | [0xe2, 0x97, 0x8f]);
    if text.len() > 2 && (text.iter().all(filler) || text.chunks(3).all(dot)) {
        return true;
    }
    if text.len() > LONGEST {
        return false;
    }
    let variable = |name: &[u8]| {
        !name.is_empty()
            && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
    };
    match text {
        [] => true,
        _ if text.len() < 4 && text.iter().all(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric()) => {
            true
        }
        [b'$', name @ ..] | [b'%', name @ .., b'%'] if variable(name) => true,
        _ if is_invitation(text) => true,
        [b'%', b's' | b'd' | b'v'] => true,
        // The beginning of one that was cut: `eyJ...`.
        [head @ .., b'.', b'.', b'.'] if head.len() < 5 => true,
        [b'$', b'{' | b'(', ..] | [b'{', .., b'}'] | [b'%', b'(', ..] | [b'<', .., b'>'] => true,
        // A label, or one in a form; its bracket may have ended the value.
        [b'[', label @ ..] | [b'%', b'5', b'B', label @ ..] => {
            let label = label.strip_suffix(b"]").or(label.strip_suffix(b"%5D")).unwrap_or(label);
            label
                .iter()
                .all(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii() || matches!(byte, b'-' | b' '))
        }
        _ => WORDS.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes())),
    }
}
