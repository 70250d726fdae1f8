//! What a recognizer sees: the text around one candidate site, read through bounded helpers.
//!
//! Every helper has a limit and adds what it looked at to a counter, so that a test can hold the whole scan to a
//! number of bytes looked at per byte of text. Reading outside the text gives a zero byte, never a panic.

use super::FieldContext;
use super::block::word_starts;
use super::key_value;
use super::list::List;
use super::sites::{KEY_GAP, between_key_and_operator, key_tail};
use crate::Class;
use core::cell::Cell;
use core::ops::Range;

/// How far before a candidate its context words may begin.
pub(super) const NEAR_BEFORE: usize = 48;
/// How far behind a candidate its context words may end.
pub(super) const NEAR_AFTER: usize = 32;

/// The text around a candidate site.
#[derive(Debug)]
pub(super) struct Probe<'t> {
    text: &'t str,
    bytes: &'t [u8],
    context: FieldContext<'t>,
    claimed: [Cell<(usize, usize)>; Reach::COUNT],
    run: Cell<(usize, usize)>,
    /// The list that the last finding is an element of.
    list: Cell<Option<List>>,
    supported: Cell<bool>,
    reason: Cell<&'static str>,
    explaining: Cell<bool>,
    /// Which words begin around the place that [`Self::may_be_near`] was last asked of, one past it.
    around: [Cell<u64>; Head::WORDS],
    around_of: Cell<usize>,
    /// The header of the table that the text is, once it was asked for.
    header: Cell<Option<Option<Header>>>,
    /// The place that [`Self::column`] was last asked of, one past it, and where the name of its column stands.
    column_of: Cell<(usize, usize, usize)>,
    /// Where a row begins that a database refused, once it was asked for.
    refused: Cell<Option<Option<usize>>>,
    /// Likewise of [`Self::asked`].
    asked_of: Cell<(usize, usize, usize)>,
    /// From where the next marks of armor that begin and end were looked for, and where they stand.
    armor: [Cell<(usize, usize)>; 2],
    #[cfg(test)]
    pub(super) looked_at: Cell<usize>,
}

impl<'t> Probe<'t> {
    pub(super) fn new(text: &'t str, context: FieldContext<'t>) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            context,
            claimed: [const { Cell::new((0, 0)) }; Reach::COUNT],
            run: Cell::new((0, 0)),
            list: Cell::new(None),
            supported: Cell::new(false),
            reason: Cell::new(""),
            explaining: Cell::new(false),
            around: [const { Cell::new(0) }; Head::WORDS],
            around_of: Cell::new(0),
            header: Cell::new(None),
            column_of: Cell::new((0, 0, 0)),
            refused: Cell::new(None),
            asked_of: Cell::new((0, 0, 0)),
            armor: [const { Cell::new((1, 0)) }; 2],
            #[cfg(test)]
            looked_at: Cell::new(0),
        }
    }

    #[inline]
    pub(super) fn count(&self, bytes: usize) {
        #[cfg(test)]
        self.looked_at.set(self.looked_at.get() + bytes);
        #[cfg(not(test))]
        let _ = bytes;
    }

    /// Forgets what was noted about the candidate before.
    #[inline]
    pub(super) fn forget(&self) {
        self.supported.set(false);
        self.list.set(None);
        self.reason.set("");
    }

    /// Notes why a candidate that was nearly one is none, for people who ask; gives `None` for it.
    #[inline]
    pub(super) fn refuse<T>(&self, reason: &'static str) -> Option<T> {
        self.reason.set(reason);
        None
    }

    /// Why the last candidate was refused, empty if its shape was wrong already.
    pub(super) fn reason(&self) -> &'static str {
        self.reason.get()
    }

    /// Says that somebody asks why, so that reasons may cost something.
    pub(super) fn explain(&self) {
        self.explaining.set(true);
    }

    /// Whether somebody asks why.
    pub(super) fn is_explaining(&self) -> bool {
        self.explaining.get()
    }

    /// Goes through a list from one of its elements on to the next that `belongs`, and notes that more may follow.
    #[inline(never)] // asked in several places
    pub(super) fn seek(
        &self,
        list: List,
        mut element: Range<usize>,
        belongs: &dyn Fn(&Range<usize>) -> bool,
    ) -> Option<Range<usize>> {
        while !belongs(&element) {
            element = list.next(self, element.end)?;
        }
        self.list.set(Some(list));
        Some(element)
    }

    /// Notes that more may follow what is found.
    pub(super) fn note(&self, list: List) {
        self.list.set(Some(list));
    }

    /// The list that the last finding is an element of, if it is one.
    pub(super) fn listed(&self) -> Option<List> {
        self.list.take()
    }

    /// Notes that a key or word around speaks for the candidate.
    #[inline]
    pub(super) fn support(&self) {
        self.supported.set(true);
    }

    /// How sure a finding is that its shape alone makes `alone` sure: words around halve the doubt.
    pub(super) fn confidence(&self, alone: u8) -> u8 {
        if self.supported.get() { alone + (100_u8.saturating_sub(alone)) / 2 } else { alone }
    }

    /// Length of the text in bytes.
    pub(super) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The byte at a place, zero outside the text.
    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The byte before a place, zero at the beginning.
    #[inline]
    pub(super) fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(0, |at| self.byte(at))
    }

    /// Whether a word goes on at a place, before which a letter or digit stands that is not the letter of an escape (`\\n`).
    #[inline]
    pub(super) fn is_joined_before(&self, at: usize) -> bool {
        self.before(at).is_ascii_alphanumeric()
            && !matches!(self.slice(at.saturating_sub(2)..at), [b'\\', b'n' | b'r' | b't'])
            && !matches!(self.slice(at.saturating_sub(3)..at), [b'%', b'2' | b'3' | b'5' | b'7', _])
    }

    /// The bytes of a span, empty if it is not within the text.
    pub(super) fn slice(&self, span: Range<usize>) -> &'t [u8] {
        self.bytes.get(span).unwrap_or(&[])
    }

    /// The text of a span, empty if it is not within the text or splits a character.
    pub(super) fn text(&self, span: Range<usize>) -> &'t str {
        self.text.get(span).unwrap_or("")
    }

    /// Whether a place is between two characters.
    pub(super) fn is_boundary(&self, at: usize) -> bool {
        self.text.is_char_boundary(at)
    }

    /// One past the last of at most `most` bytes from `from` on that `belongs` accepts.
    #[inline]
    pub(super) fn run_end(&self, from: usize, most: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(from..).unwrap_or(&[]);
        let run = rest.iter().take(most).take_while(|byte| belongs(**byte)).count();
        self.count(run + 1);
        from + run
    }

    /// The first of at most `most` bytes before `to` that `belongs` accepts.
    #[inline]
    pub(super) fn run_start(&self, to: usize, most: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let head = self.bytes.get(..to).unwrap_or(&[]);
        let run = head.iter().rev().take(most).take_while(|byte| belongs(**byte)).count();
        self.count(run + 1);
        to - run
    }

    /// As [`Self::run_end`], one copy for all: for code that few candidates reach, where size counts more than speed.
    #[inline(never)]
    pub(super) fn reach(&self, from: usize, most: usize, belongs: fn(u8) -> bool) -> usize {
        self.run_end(from, most, belongs)
    }

    /// As [`Self::run_start`], likewise.
    #[inline(never)]
    pub(super) fn reach_back(&self, to: usize, most: usize, belongs: fn(u8) -> bool) -> usize {
        self.run_start(to, most, belongs)
    }

    /// Where the next mark of armor stands, at or behind a place: one that begins or one that ends. Each stretch is searched once.
    #[inline(never)] // of few
    pub(super) fn next_armor(&self, from: usize) -> Option<usize> {
        let next = |mark: &[u8], known: &Cell<(usize, usize)>| {
            let (searched, found) = known.get();
            if (searched..=found).contains(&from) {
                return found;
            }
            let rest = self.bytes.get(from..).unwrap_or(&[]);
            let found = from + memchr::memmem::find(rest, mark).unwrap_or(rest.len());
            self.count(found - from);
            known.set((from, found));
            found
        };
        let [begin, end] = &self.armor;
        let mark = next(b"-----BEGIN ", begin).min(next(b"-----END ", end));
        (mark < self.len()).then_some(mark)
    }

    /// Whether the text goes on with `literal` at a place.
    #[inline(never)] // likewise
    pub(super) fn starts_with(&self, at: usize, literal: &str) -> bool {
        self.count(literal.len());
        self.bytes.get(at..).is_some_and(|rest| rest.starts_with(literal.as_bytes()))
    }

    /// Where `needle` next begins at or behind a place.
    #[inline(never)]
    pub(super) fn find(&self, from: usize, needle: &[u8]) -> Option<usize> {
        let rest = self.bytes.get(from..)?;
        let found = memchr::memmem::find(rest, needle);
        self.count(found.unwrap_or(rest.len()));
        Some(from + found?)
    }

    /// Whether `literal` stands just before a place, in any case.
    #[inline(never)] // asked in many places
    pub(super) fn ends_with_any_case(&self, at: usize, literal: &str) -> bool {
        // Of many literals most differ in their last byte.
        let (last, before) = (literal.as_bytes().last(), self.before(at));
        self.count(1);
        if last.is_some_and(|last| !last.eq_ignore_ascii_case(&before)) {
            return false;
        }
        self.count(literal.len());
        at.checked_sub(literal.len())
            .and_then(|from| self.bytes.get(from..at))
            .is_some_and(|tail| tail.eq_ignore_ascii_case(literal.as_bytes()))
    }

    /// Whether words stand just before a place, in any case. A space in them stands for what joins words in names, too.
    pub(super) fn ends_with_words(&self, at: usize, words: &str) -> bool {
        self.count(words.len());
        let tail = at.checked_sub(words.len()).and_then(|from| self.bytes.get(from..at));
        tail.is_some_and(|tail| is_same(tail, words.as_bytes()))
    }

    /// The ASCII letters just before a place, with at most `gap` bytes of ` =:"'(/\` and tabs between.
    #[inline(never)] // asked in several places, and of few candidates
    pub(super) fn word_before(&self, at: usize, gap: usize) -> &'t [u8] {
        let end = self.run_start(at, gap, |byte| {
            matches!(byte, b' ' | b'=' | b':' | b'"' | b'\'' | b'(' | b'\\' | b'\t')
        });
        let start = self.run_start(end, 16, |byte| byte.is_ascii_alphabetic());
        self.slice(start..end)
    }

    /// Whether one of these lower-case words begins within the stated window before a span, within the one behind it, in the
    /// same clause,
    /// or in the field's own name or that of its column. Any case; a word also begins at a capital inside a camel-case name; its end is free
    /// unless the word ends in a dot: then no letter follows.
    pub(super) fn near(&self, span: &Range<usize>, words: &[impl AsRef<str>]) -> bool {
        self.near_one(span, words, &Heads::once(words))
    }

    /// The name of the field that a value is all of, empty otherwise.
    pub(super) fn field_of(&self, value: &Range<usize>) -> &'t str {
        if value.start == 0 && value.end == self.len() { self.context.key } else { "" }
    }

    /// As [`Self::near`], for words whose heads are known: much cheaper where there are many.
    pub(super) fn near_one(&self, span: &Range<usize>, words: &[impl AsRef<str>], heads: &Heads) -> bool {
        let from = self.clause_start(span.start);
        let to = self
            .run_end(span.end, NEAR_AFTER, |byte| !matches!(byte, b'|' | b';' | b',' | b'=' | b'"' | b'\n'));
        self.count(NEAR_BEFORE);
        // What another sentence speaks of is something else.
        let behind = self.slice(span.end..to);
        let sentence = behind.windows(2).position(|pair| pair == b". ").unwrap_or(behind.len());
        let near = has_word(self.slice(from..span.start), words, heads)
            || has_word(behind.get(..sentence).unwrap_or(&[]), words, heads)
            || has_word(self.context.key.as_bytes(), words, heads)
            || has_word(self.column(span.start), words, heads)
            || has_word(self.asked(span.start), words, heads);
        if near {
            self.support();
        }
        near
    }

    /// The question in the line before, if a value is what somebody answers: `Your phone number?` and `customer: …`.
    #[inline(never)] // asked in several places
    fn asked(&self, at: usize) -> &'t [u8] {
        // Most values are no answer, and tell by the two bytes before them.
        let quoted = match self.before(at) {
            b'\n' => false,
            b' ' if matches!(self.before(at - 1), b':' | b'>') => false,
            b'\'' | b'"' | b'[' => true,
            _ => return &[],
        };
        let (asked, start, end) = self.asked_of.get();
        if asked == at + 1 {
            return self.slice(start..end);
        }
        if quoted {
            let end = self.named_apart(at).unwrap_or(0);
            let start = self.reach_back(end, NEAR_BEFORE, |byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
            });
            // The letter of an escaped break belongs to no name.
            let start = start + usize::from(self.before(start) == b'\\');
            self.asked_of.set((at + 1, start, end));
            return self.slice(start..end);
        }
        let line = self.reach_back(at, NEAR_BEFORE, |byte| byte != b'\n');
        let question = line.saturating_sub(1);
        let question = question - usize::from(self.before(question) == b'\r');
        let said = matches!(self.slice(line..at), [] | [.., b':' | b'>', b' ']);
        let mut start = question;
        if self.before(line) == b'\n' && said {
            let from = self.reach_back(question, NEAR_BEFORE, |byte| byte != b'\n');
            // What a modem is asked for is a question, too (3GPP TS 27.007): `AT+CGSN`.
            if self.before(question) == b'?' || self.starts_with(from, "AT+") {
                start = from;
            }
        }
        self.asked_of.set((at + 1, start, question));
        self.slice(start..question)
    }

    /// Where the name ends that a validator gives a value in quotes apart from it: `input_value='…'` behind a line of its own, `"path":["ssn"],
    /// "received":"…"`, `'…' does not match … On instance['ssn']:`, `"ssn" with value "…"`, `on field 'ssn': rejected value […]`.
    #[inline(never)] // of few
    fn named_apart(&self, at: usize) -> Option<usize> {
        const FAR: usize = 200;
        const SAID: [&str; 3] = [" with value ", " rejected value ", " attempted value "];
        const REFUSED: [&str; 3] = ["' does not ", "' is not ", "' is too "];
        let quotes = |byte: u8| matches!(byte, b' ' | b'"' | b'\'' | b'\\' | b'\n');
        if let Some(said) = SAID.iter().find(|said| self.ends_with_any_case(at - 1, said)) {
            return Some(self.reach_back(at - 1 - said.len(), 4, |byte| !byte.is_ascii_alphanumeric()));
        }
        let end = self.reach(at, LONGEST_NUMBER, |byte| byte != b'\'' && byte != b'\n');
        if REFUSED.iter().any(|refused| self.starts_with(end, refused)) {
            let told = self.slice(end..(end + FAR).min(self.len()));
            self.count(told.len());
            let last = |text: &[u8]| memchr::memmem::find(told, text).map(|place| end + place + text.len());
            if let Some(path) = last(b"On instance[") {
                let close = self.reach(path, 80, |byte| byte != b':' && byte != b'\n');
                return Some(self.reach_back(close, 3, |byte| matches!(byte, b']' | b'\'' | b'"')));
            }
            return Some(self.reach(last(b" valid for ")?, 32, |byte| byte.is_ascii_alphanumeric()));
        }
        if self.before(at) == b'\''
            && matches!(self.before(at - 1), b' ' | b',' | b'(')
            && let Some(column) = super::fields::statement_column(self, at)
        {
            return Some(column);
        }
        let operator = self.reach_back(at, 16, quotes).checked_sub(1)?;
        if let Some(name) = key_value::dumped_name(self, at) {
            return Some(name);
        }
        match self.byte(operator) {
            b':' if self.before(operator) == b']' => Some(self.reach_back(operator - 1, 2, quotes)),
            b':' | b'=' => key_value::named_elsewhere(self, operator),
            _ => None,
        }
    }

    /// Whether one of these words calls a number so: right before it, with nothing between but words like `number`, `is`, `for` and names;
    /// or right behind it (`is my …`, `as …`); or in the key of its value. For words that mean other things, too, and for numbers
    /// that are nothing but digits: what comes later in a sentence counts something else.
    #[inline(never)] // long, and asked in several places
    pub(super) fn is_called(&self, span: &Range<usize>, words: &[&str]) -> bool {
        const MOST: usize = 8;
        const JOINS: &str = " number numbers num no nr n id code is was the right of for my your his her their as a at on to me us him back from requested zurück mich al au aux \
                             numer op på unter le est meg mig mij do na pod an til till à para por pour voor per \
                             assuré assurée asegurado titular huésped abonenta klienta klienten kunden kunde klant ontvanger odbiorcy destinataire \
                             cliente patienten pacjenta \
                             applicant customer client user person holder patient employee nummer número numéro numero ist es del \
                             del. card td value security \
                             sent envoyé envoyée gesendet geschickt verzonden gestuurd enviado enviada inviato inviata wysłano wysłany skickat skickad sendt \
                             string integer real key insurance é è är lautet tenant guest erbeten gewünscht la el il señora señor sra sr signor signora senhora senhor herr herrn \
                             frau monsieur madame mme mr mrs ms dr ";
        const JOINS_BEHIND: &str =
            " is my your his her their as the right not a an valid did seem to be does look like for ";
        let joins = |word: Range<usize>, joins: &str| {
            // `Á` to `Þ` are capitals, too.
            let capital = match self.byte(word.start) {
                0xc3 => self.byte(word.start + 1) < 0x9f,
                first => first.is_ascii_uppercase(),
            };
            capital || super::is_listed(self.slice(word), joins)
        };
        let calls = |start: usize| {
            let rest = self.slice(start..(start + NEAR_AFTER).min(self.len()));
            words.iter().any(|word| is_word(rest, word))
                && !is_in_label(self.bytes, start)
                && !is_hardware(self.bytes, start)
        };
        let mark = |byte: u8| {
            !byte.is_ascii_alphanumeric() && byte.is_ascii() && !matches!(byte, b'\n' | b';' | b'|')
        };
        let letter = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        let heads = &Heads::once(words);
        let mut found = has_word(self.context.key.as_bytes(), words, heads)
            || has_word(self.column(span.start), words, heads)
            || has_word(self.asked(span.start), words, heads);
        let mut at = span.start;
        for _ in 0..MOST {
            let end = self.reach_back(at, 8, mark);
            at = self.reach_back(end, 24, letter);
            self.count(span.start - at);
            // Words of Chinese and Japanese have nothing between them.
            found |= calls(at)
                || self.before(end) >= 0x80 && (at + 1..end).any(|at| self.byte(at) >= 0xe3 && calls(at));
            if at == end || !joins(at..end, JOINS) {
                break;
            }
        }
        at = span.end;
        for _ in 0..MOST + 2 {
            let word = self.reach(at, 2, |byte| matches!(byte, b' ' | b'('));
            at = self.reach(word, 24, letter);
            found |= word > span.end && calls(word);
            if at == word || !joins(word..at, JOINS_BEHIND) {
                break;
            }
        }
        // What a database refuses twice is called by its index: `Duplicate entry '…' for key 'users.phone'`.
        const OF_KEY: &str = "' for key '";
        if !found && self.byte(span.end) == b'\'' && self.starts_with(span.end, OF_KEY) {
            let name = span.end + OF_KEY.len();
            let end = self
                .reach(name, NEAR_AFTER, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
            found = has_word(self.slice(name..end), words, heads);
        }
        if found {
            self.support();
        }
        found
    }

    /// Whether what stands right before a place calls the number there one of a thing: `part number 123-45-6789`, `sku=…`.
    #[inline(never)] // likewise
    pub(super) fn is_of_a_thing(&self, at: usize) -> bool {
        const THINGS: &str = " part parts order orders sku serial item items model invoice ticket reference ref catalog lot batch product \
                              tracking rma asset article isbn upc ean barcode inf remittance receipt shipment build revision firmware art artikel bestellung bestelnummer ordine pedido commande po quote waybill awb gtin mpn ";
        // Those have telephones, too.
        const PARTIES: &str = " supplier vendor purchase creditor debtor ";
        const JOINS: &str = " number numbers num no nr id code is was ";
        let mut start = at;
        for joined in [false, true, true] {
            let end = self.reach_back(start, 4, |byte| !byte.is_ascii_alphanumeric() && byte.is_ascii());
            start = self.reach_back(end, 16, |byte| byte.is_ascii_lowercase());
            start =
                self.reach_back(start, if start == end { 16 } else { 1 }, |byte| byte.is_ascii_uppercase());
            let word = self.slice(start..end);
            let of_network = word == b"site" && self.ends_with_any_case(start, "cell ");
            let of_party = joined && super::is_listed(word, PARTIES);
            if of_network || of_party || super::is_listed(word, THINGS) {
                return true;
            }
            if !super::is_listed(word, JOINS) {
                break;
            }
        }
        false
    }

    /// Whether a unit follows: then the number that ends here is a measure and names nobody. No word that is a verb, too: `ssn
    /// 536221234 matches the record`.
    pub(super) fn is_measure(&self, end: usize) -> bool {
        const UNITS: &str = " ns us ms sec secs seconds minutes hours days hz khz mhz ghz rpm rps qps fps iops percent px cm mm km kb mb gb kib mib gib bytes bits lines rows packets calls entries posts files ticks crates ";
        if self.byte(end) != b' ' {
            return false;
        }
        let word = end + 1..self.run_end(end + 1, 9, |byte| byte.is_ascii_alphabetic());
        super::is_listed(self.slice(word), UNITS)
    }

    /// Whether one of these lower-case words begins within so many bytes before a place, as [`Self::near`] compares words.
    pub(super) fn has_before(&self, at: usize, most: usize, words: &[impl AsRef<str>]) -> bool {
        self.count(most);
        has_word(self.slice(at.saturating_sub(most)..at), words, &Heads::once(words))
    }

    /// Where the words begin that speak of a value: within the stated window, in the same clause. Behind the `=` of its own
    /// key that is the key with the words before it, not the key or value before those.
    fn clause_start(&self, start: usize) -> usize {
        let earliest = start.saturating_sub(NEAR_BEFORE);
        let head = self.slice(earliest..start);
        let opened = head.iter().rev().take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b' ')).count();
        let keyed = matches!(head.iter().rev().nth(opened), Some(b'=' | b':'));
        let bare = head.iter().rev().nth(opened) == Some(&b':')
            && !matches!(head.iter().rev().nth(opened + 1), Some(b'"' | b'\''));
        let skipped = opened + usize::from(keyed);
        let mut inside = head.len().saturating_sub(skipped);
        // A pair called `value` says what it is one pair before: `"system":"phone","value":…` (FHIR).
        let mut before = keyed && !bare;
        let mut at = inside;
        // The number of a system that its address names: `https://example.org/nhs-number|9434765919` (FHIR).
        if self.before(start) == b'|' && !keyed {
            let system = self.reach_back(start - 1, NEAR_BEFORE, |byte| {
                byte > b' ' && !matches!(byte, b'|' | b'"' | b';')
            });
            let address = self.slice(system..start).windows(2).any(|pair| matches!(pair, b"//" | b"n:"));
            at -= usize::from(address);
        }
        while let Some(byte) = at.checked_sub(1).and_then(|last| head.get(last)) {
            match byte {
                b'|' | b';' | b'\n' => break,
                // A value with its type: `"ssn": {"S": "…"}`.
                b'{' if before && is_called_number(head.get(at..inside).unwrap_or(&[])) => inside = at - 1,
                b',' if before && is_called_value(head.get(at..inside).unwrap_or(&[])) => before = false,
                b'=' | b',' | b'{' if keyed && !bare => break,
                b' ' if ends_sentence(head, at) => break,
                _ => {}
            }
            at -= 1;
        }
        // The end of a word that begins earlier is none.
        if at == 0 && self.before(earliest).is_ascii_alphanumeric() {
            return self.reach(earliest, NEAR_BEFORE, |byte| byte.is_ascii_alphanumeric()).min(start);
        }
        earliest + at
    }

    /// The header, if the text is a table that has one.
    #[inline]
    pub(super) fn header(&self) -> Option<Header> {
        self.header.get().unwrap_or_else(|| {
            let header = header_of(self.bytes);
            self.header.set(Some(header));
            header
        })
    }

    /// What is one line has no header.
    #[inline]
    pub(super) fn is_no_table(&self) {
        self.header.set(Some(None));
    }

    /// Whether a place is in a row that PostgreSQL prints because it refused it: `Failing row contains (1, Ann Example, …)`.
    #[inline(never)] // of few
    pub(super) fn is_refused(&self, at: usize) -> bool {
        const LONGEST: usize = 1024;
        let row = self.refused.get().unwrap_or_else(|| {
            let row = self.find(0, b"row contains (");
            self.refused.set(Some(row));
            row
        });
        row.is_some_and(|row| row < at && at - row < LONGEST)
    }

    /// The name of the column that a value begins in, empty if it is in none: a key as any other.
    #[inline]
    pub(super) fn column(&self, at: usize) -> &'t [u8] {
        self.header().map_or(&[], |header| self.column_under(header, at))
    }

    #[inline(never)]
    fn column_under(&self, header: Header, at: usize) -> &'t [u8] {
        const LONGEST_ROW: usize = 384;
        let before = self.before(at);
        if at <= header.end || before != header.divider && !matches!(before, b'\n' | b'"' | b' ') {
            return &[];
        }
        let (asked, start, end) = self.column_of.get();
        if asked == at + 1 {
            return self.slice(start..end);
        }
        let row = self.reach_back(at, LONGEST_ROW, |byte| byte != b'\n');
        let column = divided(self.slice(row..at), header.divider).count() - 1;
        let name = match divided(self.slice(header.start..header.end), header.divider).nth(column) {
            Some(name) if self.before(row) == b'\n' && at <= header.last => {
                header.start + name.start..header.start + name.end
            }
            _ => 0..0,
        };
        self.column_of.set((at + 1, name.start, name.end));
        self.slice(name)
    }

    /// Whether one of the words with these heads may be near what begins at a place, as [`Self::near`] says. The words
    /// around are looked at once for all who ask of the same place.
    pub(super) fn may_be_near(&self, at: usize, heads: &Heads) -> bool {
        if self.around_of.replace(at + 1) != at + 1 {
            self.around.iter().for_each(|word| word.set(0));
            self.note_words(
                self.slice(
                    at.saturating_sub(NEAR_BEFORE)..(at + LONGEST_NUMBER + NEAR_AFTER).min(self.len()),
                ),
            );
            self.note_words(self.context.key.as_bytes());
            self.note_words(self.column(at));
            self.note_words(self.asked(at));
        }
        self.around.iter().zip(heads.heads).fold(0, |both, (around, heads)| both | around.get() & heads) != 0
    }

    fn note_words(&self, text: &[u8]) {
        self.count(text.len());
        // Pieces overlap by a byte, so that what begins in the second is told by what stands before it.
        let mut from = 0;
        while from < text.len() {
            let mut starts = word_starts(text.get(from..(from + 64).min(text.len())).unwrap_or(&[]));
            if from > 0 {
                starts &= !1;
            }
            while starts != 0 {
                let head = Head::of(text.get(from + starts.trailing_zeros() as usize..).unwrap_or(&[]));
                starts &= starts - 1;
                if let Some(word) = self.around.get(usize::from(head.0 / 64)) {
                    word.set(word.get() | 1 << (head.0 % 64));
                }
            }
            from += 63;
        }
    }

    /// Whether the key before the operator at `operator` ends in one of these lower-case letters-only words, in any case.
    /// Dashes, underscores and dots inside the key do not count. Gives the word and where the key's part for it begins.
    pub(super) fn key_ends_with(
        &self,
        operator: usize,
        words: &[&'static str],
    ) -> Option<(&'static str, usize)> {
        let end = self.run_start(operator, KEY_GAP, between_key_and_operator);
        // Of many words few end in the key's last letter.
        let last = self.before(end).to_ascii_lowercase();
        self.count(1);
        let mut alike = words.iter().filter(|word| word.as_bytes().last() == Some(&last));
        alike.find_map(|word| Some((*word, self.ending_start(end, word)?)))
    }

    /// The last eight letters of the key before an operator, as [`key_tail`] gives them.
    pub(super) fn key_tail(&self, operator: usize) -> u64 {
        self.count(KEY_GAP + 12);
        key_tail::<8>(self.bytes, operator)
    }

    /// Where `word` begins that ends at `end`, as [`Self::key_ends_with`] compares.
    fn ending_start(&self, end: usize, word: &str) -> Option<usize> {
        let mut at = end;
        for letter in word.bytes().rev() {
            while at < end && matches!(self.before(at), b'_' | b'-' | b'.' | b' ') && self.before(at - 1) != 0
            {
                at -= 1;
                if end - at > 2 * word.len() {
                    return None;
                }
            }
            if self.before(at).to_ascii_lowercase() != letter {
                self.count(end - at + 1);
                return None;
            }
            at -= 1;
        }
        self.count(end - at);
        Some(at)
    }

    /// Notes a finding, so that its kind need not go through it again from a site inside it.
    pub(super) fn claim(&self, reach: Reach, span: &Range<usize>) {
        if let Some(claimed) = self.claimed.get(reach as usize) {
            claimed.set((span.start, span.end));
        }
    }

    /// Whether a place lies inside the last finding that was claimed for a kind of value. What would be found from there
    /// on is covered by it.
    pub(super) fn is_claimed(&self, reach: Reach, at: usize) -> bool {
        self.claimed.get(reach as usize).map(Cell::get).is_some_and(|(start, end)| start <= at && at < end)
    }

    /// One past the run of base64url bytes that a place is in. Remembers the last run, so that asking from each place
    /// of it costs no more than asking once.
    pub(super) fn base64url_end(&self, at: usize) -> usize {
        let (start, end) = self.run.get();
        if start <= at && at < end {
            return end;
        }
        let end = self.run_end(at, usize::MAX, is_base64url);
        self.run.set((at, end));
        end
    }
}

/// The line of names that a table begins with (RFC 4180), or one that a client of a database prints.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    /// What divides its columns.
    pub(super) divider: u8,
    /// Where the line begins.
    pub(super) start: usize,
    /// Where the line ends.
    pub(super) end: usize,
    /// Where the table ends: before an empty line, or with the text.
    pub(super) last: usize,
}

/// The header of a text: a line of two names or more and nothing else, and a line of as many columns behind it. Before it stand
/// a few comments, a title or the border of a table, if anything.
#[inline(never)]
fn header_of(text: &[u8]) -> Option<Header> {
    const LONGEST: usize = 512;
    const LEADING: usize = 3;
    // Most texts begin with a time or a mark, or are one line.
    let first = text.first()?;
    if first.is_ascii() && !first.is_ascii_alphabetic() && !b"\"|+#-/; ".contains(first) {
        return None;
    }
    let line_at = |at: usize| {
        let rest = text.get(at..).unwrap_or(&[]);
        let end = memchr::memchr(b'\n', rest.get(..LONGEST).unwrap_or(rest));
        (at + end.unwrap_or(rest.len().min(LONGEST)), end.is_some())
    };
    let mut start = 0;
    for leading in 0..LEADING {
        let (end, true) = line_at(start) else { return None };
        let names = text.get(start..end).unwrap_or(&[]);
        if let Some(divider) = divider_of(names, leading > 0) {
            let (mut row_end, mut row) = (line_at(end + 1).0, end + 1);
            if is_border(text.get(row..row_end).unwrap_or(&[])) {
                row = row_end + 1;
                row_end = line_at(row).0;
            }
            let row = text.get(row..row_end).unwrap_or(&[]);
            let table = divided(row, divider).count() == divided(names, divider).count();
            return table.then(|| {
                let rows = text.get(end..).unwrap_or(&[]);
                let empty = [b"\n\n".as_slice(), b"\n\r\n"].map(|empty| memchr::memmem::find(rows, empty));
                let last = end + empty.into_iter().flatten().min().unwrap_or(rows.len());
                Header { divider, start, end, last }
            });
        }
        let comment = names.starts_with(b"#") || names.starts_with(b"--") || names.starts_with(b"//");
        let title = names.len() < 80 && !names.iter().any(|byte| b",;|\t".contains(byte));
        if !(comment || title || is_border(names)) {
            return None;
        }
        start = end + 1;
    }
    None
}

/// Whether a line is nothing but what tables are drawn with.
#[inline(never)] // of tables alone
fn is_border(line: &[u8]) -> bool {
    line.len() > 2 && line.iter().all(|byte| b"-+=|: \r".contains(byte)) && line.contains(&b'-')
}

/// What divides the names that a line is made of, if it is made of nothing else: each begins with a letter and has few blanks, behind
/// other lines fewer.
#[inline(never)] // of tables alone
fn divider_of(line: &[u8], behind: bool) -> Option<u8> {
    let divider = *line.iter().find(|byte| b",;|\t".contains(byte))?;
    // Those that are drawn have a divider at both ends as well.
    let drawn = divider == b'|' && line.trim_ascii_start().first() == Some(&b'|');
    let (mut columns, mut blanks) = (0, 0);
    for name in divided(line, divider) {
        columns += 1;
        let name = line.get(name).unwrap_or(&[]).trim_ascii();
        let (mut begun, mut inside) = (drawn && name.is_empty(), 0);
        for byte in name {
            match byte {
                b'"' => {}
                b' ' => inside += 1,
                byte if byte.is_ascii_alphabetic() || !byte.is_ascii() => begun = true,
                byte if begun && (byte.is_ascii_digit() || b"_-.()/#".contains(byte)) => {}
                _ => return None,
            }
        }
        if !begun {
            return None;
        }
        blanks = blanks.max(inside);
    }
    let most = match (behind, columns) {
        (false, _) => 2,
        (true, 2) => 0,
        (true, _) => 1,
    };
    (blanks <= most).then_some(divider)
}

/// The columns of a line. What divides them does not within quotes.
pub(super) struct Columns<'t> {
    line: &'t [u8],
    divider: u8,
    /// Where the next begins, if there is one.
    next: Option<usize>,
}

pub(super) const fn divided(line: &[u8], divider: u8) -> Columns<'_> {
    Columns { line, divider, next: Some(0) }
}

impl Iterator for Columns<'_> {
    type Item = Range<usize>;

    #[inline(never)] // asked in several places, and of tables alone
    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.next?;
        let mut quoted = false;
        let mut end = start;
        for byte in self.line.get(start..).unwrap_or(&[]) {
            quoted ^= *byte == b'"';
            if *byte == self.divider && !quoted {
                self.next = Some(end + 1);
                return Some(start..end);
            }
            end += 1;
        }
        self.next = None;
        Some(start..end)
    }
}

/// Whether a key is that, or of the member of an object that has the number of what this is called by: `"phone":{"number":"…"`.
#[inline(never)] // of few
fn is_called_number(key: &[u8]) -> bool {
    let letters = || key.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase);
    is_called_value(key)
        || ["number", "no", "nr", "num", "numero"].iter().any(|name| letters().eq(name.bytes()))
}

/// Whether a key is `value` or a type of one (DynamoDB, OTLP, Avro), with what stands around it.
#[inline(never)]
fn is_called_value(key: &[u8]) -> bool {
    let letters = || key.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase);
    ["value", "s", "n", "string", "stringvalue"].iter().any(|name| letters().eq(name.bytes()))
}

/// Whether another sentence begins at a place behind a blank, which speaks of something else: `my mobile is 0170 1234567. Passport …`.
/// Words of up to four letters with a dot may be abbreviations.
#[inline(never)]
fn ends_sentence(text: &[u8], at: usize) -> bool {
    let word = text.get(..at.saturating_sub(2)).unwrap_or(&[]);
    let letters = word.iter().rev().take(5).take_while(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    text.get(at).is_some_and(u8::is_ascii_uppercase)
        && text.get(at.saturating_sub(2)) == Some(&b'.')
        && matches!(letters.count(), 0 | 5)
}

/// Letters, digits, `-`, `_` (RFC 4648, section 5).
pub(super) const fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Kinds of values inside which no more of their kind are looked for: those without a bound on their length, and numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reach {
    Value,
    Header,
    Token,
    Armor,
    /// Of bounded length, and begun with digits: no other number begins inside it.
    Number,
}

impl Reach {
    const COUNT: usize = 5;
}

/// How long a candidate may be for words behind it to be noted beforehand.
const LONGEST_NUMBER: usize = 32;

/// How a word begins: its first two bytes and the third if that is a letter, hashed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head(u16);

impl Head {
    const WORDS: usize = 16;

    /// The head of the word that a text begins with.
    pub(super) const fn of(text: &[u8]) -> Self {
        match text {
            [first, second, third, ..] if third.is_ascii_alphabetic() => {
                Self::new(*first, *second, third.to_ascii_lowercase())
            }
            [first, second, ..] => Self::new(*first, *second, 0),
            _ => Self::new(0, 0, 0),
        }
    }

    const fn new(first: u8, second: u8, third: u8) -> Self {
        let pair = (first | 0x20) as u32 * 37 + (second | 0x20) as u32;
        Self(((pair * 41 + third as u32) % (64 * Self::WORDS as u32)) as u16)
    }
}

/// The heads of many words, of which none has a space as its second byte.
#[derive(Debug)]
pub(super) struct Heads {
    heads: [u64; Head::WORDS],
    /// Between which of the words those stand that begin alike, by the low five bits of their first bytes: narrow where the words are in
    /// such groups ([`grouped`]).
    between: [(u8, u8); 32],
}

impl Heads {
    /// Of words that are asked for once: only their first bytes are looked at beforehand.
    fn once(words: &[impl AsRef<str>]) -> Self {
        let mut between = [(0, 0); 32];
        for word in words {
            let first = word.as_ref().as_bytes().first().copied().unwrap_or(0);
            between[usize::from(first & 31)] = (0, u8::MAX);
        }
        Self { heads: [!0; Head::WORDS], between }
    }

    /// Those of the words with which a text may begin.
    #[inline]
    fn beginning<'w, T>(&self, text: &[u8], words: &'w [T]) -> &'w [T] {
        let Head(head) = Head::of(text);
        if self.heads.get(usize::from(head / 64)).is_none_or(|word| word >> (head % 64) & 1 == 0) {
            return &[];
        }
        let (from, to) = text.first().map_or((0, 0), |first| self.between[usize::from(first & 31)]);
        let to = if to == u8::MAX { words.len() } else { usize::from(to).min(words.len()) };
        words.get(usize::from(from)..to).unwrap_or(&[])
    }

    pub(super) const fn of(words: &[&str]) -> Self {
        const fn byte(number: usize) -> u8 {
            if number < u8::MAX as usize { number as u8 } else { u8::MAX }
        }
        let mut heads = [0; Head::WORDS];
        let mut between = [(0, 0); 32];
        let mut at = 0;
        while at < words.len() {
            let word = words[at].as_bytes();
            let Head(head) = Head::of(word);
            heads[head as usize / 64] |= 1 << (head % 64);
            // Words end where they like: any letter may stand behind two.
            let mut third = if word.len() == 2 { b'a' } else { b'z' + 1 };
            while third <= b'z' {
                let Head(head) = Head::new(word[0], word[1], third);
                heads[head as usize / 64] |= 1 << (head % 64);
                third += 1;
            }
            if let [first, ..] = word {
                let (from, to) = &mut between[(*first & 31) as usize];
                // Further on than a byte counts they reach to the end.
                *from = if *to > 0 { *from } else { byte(at) };
                *to = byte(at + 1);
            }
            at += 1;
        }
        Self { heads, between }
    }
}

/// Words, those that begin alike behind one another.
pub(super) const fn grouped<const COUNT: usize>(mut words: [&str; COUNT]) -> [&str; COUNT] {
    let mut done = 0;
    while done < COUNT {
        let mut at = done + 1;
        let first = words[done].as_bytes()[0] & 31;
        done += 1;
        while at < COUNT {
            if words[at].as_bytes()[0] & 31 == first {
                (words[done], words[at]) = (words[at], words[done]);
                done += 1;
            }
            at += 1;
        }
    }
    words
}

#[inline(never)] // asked in several places
fn has_word(text: &[u8], words: &[impl AsRef<str>], heads: &Heads) -> bool {
    let mut from = 0;
    while from < text.len() {
        let mut starts = word_starts(text.get(from..(from + 64).min(text.len())).unwrap_or(&[]));
        if from > 0 {
            starts &= !1;
        }
        while starts != 0 {
            let at = from + starts.trailing_zeros() as usize;
            let rest = text.get(at..).unwrap_or(&[]);
            starts &= starts - 1;
            if heads.beginning(rest, words).iter().any(|word| is_word(rest, word.as_ref()))
                && !is_in_label(text, at)
                && !is_hardware(text, at)
            {
                return true;
            }
        }
        from += 63;
    }
    false
}

/// Whether a text begins with a word, which may go on unless it ends in a dot.
#[inline]
fn is_word(text: &[u8], word: &str) -> bool {
    // Most words differ in their first letter, in any case.
    if word.as_bytes().first().map(|byte| byte | 0x20) != text.first().map(|byte| byte | 0x20) {
        return false;
    }
    let (word, whole) = match word.as_bytes() {
        [word @ .., b'.'] => (word, true),
        word => (word, false),
    };
    // What a space joins in the word a capital may: `sortCode`.
    let mut at = 0;
    for wanted in word {
        let byte = text.get(at).copied().unwrap_or(0);
        let joined = *wanted == b' ' && byte.is_ascii_uppercase();
        if !joined && !is_same(&[byte], &[*wanted]) {
            return false;
        }
        at += usize::from(!joined);
    }
    !(whole && text.get(at).is_some_and(u8::is_ascii_alphabetic))
}

/// Whether text is a word or several, in any case. A space in the word stands for what joins words in names, too: `sort_code`.
fn is_same(text: &[u8], word: &[u8]) -> bool {
    text.iter().zip(word).all(|(byte, wanted)| match wanted {
        b' ' => matches!(byte, b' ' | b'_' | b'-'),
        wanted => byte.eq_ignore_ascii_case(wanted),
    })
}

/// Whether a word is the `card` of a computer (`graphics card`), or the `cell` of a network (`cell site 12`).
#[inline(never)] // likewise
fn is_hardware(text: &[u8], at: usize) -> bool {
    const KINDS: &str = " graphics sound video network memory sd microsd ethernet wifi pci pcie capture raid expansion smart ";
    const PARTS: &str = " site sites tower towers sector id ids identity count range value values ";
    let (head, tail) = text.split_at_checked(at).unwrap_or((text, &[]));
    if let Some([kind @ .., b' ' | b'_' | b'-']) = tail.get(..5)
        && kind.eq_ignore_ascii_case(b"cell")
    {
        let part = tail.get(5..).unwrap_or(&[]);
        let length = part.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        return super::is_listed(part.get(..length).unwrap_or(&[]), PARTS);
    }
    let head = head.strip_suffix(b" ").unwrap_or(&[]);
    let word = head.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = head.get(head.len() - word..).unwrap_or(&[]);
    tail.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"card")) && super::is_listed(word, KINDS)
}

/// Whether a word stands in a label of ours, `[payment]`: what an earlier hop left speaks for nothing beside it, or a second hop
/// would find more than the first.
#[inline(never)] // asked of words that were found alone
fn is_in_label(text: &[u8], at: usize) -> bool {
    let is_class = |byte: &&u8| byte.is_ascii_lowercase() || **byte == b'-';
    let (head, tail) = text.split_at_checked(at).unwrap_or((text, &[]));
    let before = head.iter().rev().take_while(is_class).count();
    let behind = tail.iter().take_while(is_class).count();
    // Nor does a part of an e-mail address, which may be a name: `nascimento@example.org`.
    let local = tail.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(byte)).count();
    let label = || {
        let from = head.len() - before;
        let dumped = tail.get(behind..).is_some_and(|rest| rest.starts_with(b"] =>"));
        // What PHP prints stands in brackets, too.
        !dumped || Class::ALL.iter().any(|class| text.get(from..at + behind) == Some(class.word().as_bytes()))
    };
    matches!(head.iter().rev().nth(before), None | Some(b'[')) && tail.get(behind) == Some(&b']') && label()
        || tail.get(local) == Some(&b'@')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: more words than a byte counts, as they come and grouped by their first letters.
    /// Guarantees: grouping loses none, and those that begin like a text are among those that are compared, in groups no others.
    #[test]
    fn words_are_found_among_those_that_begin_alike() {
        let many: [String; 300] =
            std::array::from_fn(|at| format!("{}ord{at}", char::from(b'a' + (at % 26) as u8)));
        let as_they_come: [&str; 300] = std::array::from_fn(|at| many[at].as_str());
        let together = grouped(as_they_come);
        for words in [&as_they_come, &together] {
            let heads = Heads::of(words);
            assert!(as_they_come.iter().all(|word| heads.beginning(word.as_bytes(), words).contains(word)));
        }
        assert!(
            Heads::of(&together[..250])
                .beginning(b"word22", &together[..250])
                .iter()
                .all(|word| word.starts_with('w'))
        );
    }

    /// Scenario: words that begin with two letters, with dots, spaces and letters outside ASCII, in any case and with anything behind them.
    /// Guarantees: their heads hold each of them.
    #[test]
    fn heads_hold_what_begins_like_a_word() {
        const WORDS: &[&str] = &["id", "no.", "tel", "phone", "sort code", "télefono"];
        let heads = Heads::of(WORDS);
        for whole_word in WORDS {
            // Behind the dot of a word no letter follows.
            let (word, whole) =
                whole_word.strip_suffix('.').map_or((*whole_word, false), |word| (word, true));
            let behind = (0..=255_u8).map(char::from);
            for behind in behind.filter(|letter| !whole || !letter.is_ascii_alphabetic()) {
                for text in [format!("{word}{behind}"), format!("{}{behind}x", word.to_ascii_uppercase())] {
                    assert!(heads.beginning(text.as_bytes(), WORDS).contains(whole_word), "{text}");
                    let joined = text.replace(' ', "_");
                    assert!(heads.beginning(joined.as_bytes(), WORDS).contains(whole_word), "{text}");
                }
            }
        }
    }
}
