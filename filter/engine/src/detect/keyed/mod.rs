//! Values that only the name in front of them gives away: names of people, addresses of houses, ids of devices, codes.
//!
//! One row a kind: the words that its key ends in, and what a value must look like, so that a key that is used for something
//! else (`name=payment-service`, `address: 0x7f`) costs nothing. Which kinds there are stands in [`table`], what values look like in
//! [`value`]. Secrets have their own file ([`key_value`]).

mod table;
mod value;

use super::list::List;
use super::people::{begins_large, leads_to_name};
use super::{Detector, Probe, Site, Spec, is_placeholder, key_value};
use crate::Class;
use core::ops::Range;
use std::borrow::Cow;
pub(super) use table::KEYED;
use value::{Value, bounded_quote_end, is_of_address, is_of_person};

/// Values of one kind by their keys.
pub(super) struct Keyed {
    name: &'static str,
    class: Class,
    sentence: &'static str,
    sites: [Site; 2],
    value: Value,
    /// The key is this word and not one that ends in it.
    whole: bool,
    finds: &'static [&'static str],
    passes_over: &'static [&'static str],
}

const fn keyed(
    name: &'static str,
    class: Class,
    sentence: &'static str,
    words: &'static [&'static str],
    value: Value,
    finds: &'static [&'static str],
    passes_over: &'static [&'static str],
) -> Keyed {
    let sites = [Site::Key(words), Site::After(&[])];
    Keyed { name, class, sentence, sites, value, whole: false, finds, passes_over }
}

impl Keyed {
    const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Words that stand before a value of a path with a slash between.
    const fn segments(mut self, words: &'static [&'static str]) -> Self {
        let [keys, _] = self.sites;
        self.sites = [keys, Site::Segment(words)];
        self
    }

    /// Words that stand before a value of digits with nothing but a space between.
    const fn spoken(mut self, words: &'static [&'static str]) -> Self {
        let [keys, _] = self.sites;
        self.sites = [keys, Site::After(words)];
        self
    }

    /// Whether the key that ends at a place is one of its own.
    fn is_key(&self, probe: &Probe<'_>, end: usize, words: &[&'static str]) -> bool {
        let Some((word, key)) = probe.key_ends_with(end, words) else { return false };
        let longer = |longer: &&'static str| longer.len() > word.len() && longer.ends_with(word);
        self.is_whole(probe, word, key)
            || words.iter().filter(|word| longer(word)).any(|longer| {
                let ending = probe.key_ends_with(end, core::slice::from_ref(longer));
                ending.is_some_and(|(word, key)| self.is_whole(probe, word, key))
            })
    }

    /// Whether a key is a word of its own, not the end of another.
    fn is_whole(&self, probe: &Probe<'_>, word: &str, key: usize) -> bool {
        let part = probe.before(key);
        // What is called a postal code in full is one wherever it stands; a `zip` is a file as well.
        let whole = self.whole && !(self.value == Value::Postcode && word.len() > 4);
        let of = || match self.value {
            Value::GivenName => is_of_person(probe, key, false),
            // `shipTo.zip`, `address.zip`
            Value::Postcode => is_of_person(probe, key, false) || is_of_address(probe, key),
            _ => false,
        };
        let whole = whole && !of() && !(self.value.is_prefixed() && is_prefixed(probe, key));
        !(whole && (part.is_ascii_alphanumeric() || matches!(part, b'_' | b'.' | b'-'))
            || part.is_ascii_lowercase() && probe.byte(key).is_ascii_lowercase())
    }

    /// Whether an element of a list behind its key is one. One word with a capital is what a form says of a name as well.
    #[inline(never)] // asked in several places
    fn is_element(&self, probe: &Probe<'_>, element: &Range<usize>) -> bool {
        let kind = if self.value == Value::Name { Value::FullName } else { self.value };
        let value = probe.slice(element.clone());
        if kind == Value::Groups
            && key_value::is_quote(probe.before(element.start))
            && value::is_listed_code(value)
        {
            return true;
        }
        !value.is_empty() && !is_placeholder(value) && kind.fits(probe, element)
    }

    /// Where the value begins that a site speaks of: behind an operator, `is`, or nothing but a space.
    fn value_start(&self, probe: &Probe<'_>, at: usize) -> Option<usize> {
        let [Site::Key(words), Site::After(spoken) | Site::Segment(spoken)] = self.sites else { return None };
        match probe.byte(at) {
            // Behind its key in quotes, as commands have both: `HSET user:7 "first_name" "Ann"`.
            b'"' | b'\''
                if probe.before(at) == b' '
                    && key_value::is_quote(probe.before(at - 1))
                    && self.is_key(probe, at - 1, words) =>
            {
                Some(at + 1)
            }
            // A person in quotes: `guest "Ann Example" checked in`; an address likewise.
            // So does a pair of a command: `HSET user:7 "gstin" "…"`.
            // And whatever a validator puts in quotes: `invalid pin "4113"`.
            b'"' | b'\'' | b'\\' | b'`'
                if probe.before(at) == b' '
                    && !matches!(self.value, Value::Name | Value::Path)
                    && !(key_value::is_quote(probe.before(at - 1)) && self.value.is_quoted()) =>
            {
                let end = at - 1 - usize::from(key_value::is_quote(probe.before(at - 1)));
                let told = |word: &&&str| {
                    probe.ends_with_any_case(end, word)
                        && !probe.before(end - word.len()).is_ascii_alphanumeric()
                };
                let quote = probe.reach(at, 2, |byte| byte == b'\\');
                (key_value::is_quote(probe.byte(quote)) && spoken.iter().any(|word| told(&word)))
                    .then_some(quote + 1)
            }
            // Behind the word of a path, or told.
            byte if byte.is_ascii_alphanumeric() => {
                let divider = if self.value == Value::Path { b'/' } else { b' ' };
                if probe.before(at) != divider || self.value.is_quoted() {
                    return None;
                }
                // Few words end like one that stands there.
                let last = probe.before(at.saturating_sub(1)).to_ascii_lowercase();
                let told = |word: &&&str| {
                    word.as_bytes().last() == Some(&last) && probe.ends_with_words(at.saturating_sub(1), word)
                };
                let word = spoken.iter().find(told)?;
                (!probe.before(at - 1 - word.len()).is_ascii_alphanumeric()).then_some(at)
            }
            operator => {
                self.is_key(probe, at, words).then_some(())?;
                match operator {
                    b':' | b'=' => {
                        let from = inner_start(probe, key_value::value_start(probe, at));
                        // `agent: customer Ann Example called`, `customer: Dear Ann Example`
                        let word = probe.reach(from, 16, |byte| byte.is_ascii_alphabetic());
                        let leads = self.value.is_person()
                            && probe.byte(word) == b' '
                            && word > from
                            && begins_large(probe.slice(word + 1..word + 3))
                            && leads_to_name(probe.slice(from..word));
                        Some(if leads && !key_value::is_quote(probe.before(from)) { word + 1 } else { from })
                    }
                    // `Map(cardPin -> …)`, `app.dob -> …`, `["pin"]=> …`
                    b'>' if probe.before(at) == b'-' => Some(key_value::value_start(probe, at)),
                    b'>' => key_value::element_text(probe, at).map(|text| text.start),
                    _ => {
                        // Codes are told in all languages: `Kod PUK to 1234`, `o PUK é 1234`; names, too.
                        let in_all = self.class == Class::Credential
                            || matches!(self.value, Value::GivenName | Value::Address);
                        let told = if in_all { &key_value::IS[..] } else { &[" is "] };
                        let verb = told.iter().find(|verb| probe.starts_with(at, verb))?;
                        let from = at + verb.len();
                        Some(from + usize::from(key_value::is_quote(probe.byte(from))))
                    }
                }
            }
        }
    }
}

/// What is spoken of beside the approval of a payment.
const APPROVES: &[&str] = &[
    "pan.", "card", "terminal", "merchant", "rrn", "stan.", "acquirer", "approv", "amount", "issuer",
    "capture", "refund",
];

/// Whether what stands before a part of a key says nothing of what that is: `--surname`, `legacy_surname`, `newSurname`, `X-Surname`.
#[inline(never)] // of few
fn is_prefixed(probe: &Probe<'_>, key: usize) -> bool {
    const PREFIXES: &str = " new old legacy user usr main app prod dev test staging my our current previous prev orig original raw x the is \
                            account profile card primary default temp tmp backup ";
    let end = probe.reach_back(key, 1, |byte| matches!(byte, b'_' | b'-'));
    let lower = probe.reach_back(end, 12, |byte| byte.is_ascii_lowercase());
    let start = probe.reach_back(lower, if lower == end { 12 } else { 1 }, |byte| byte.is_ascii_uppercase());
    let option = end < key && probe.before(end) == b'-'
        || probe.slice(start..end) == b"D" && probe.before(start) == b'-';
    option
        || !probe.before(start).is_ascii_alphanumeric() && super::is_listed(probe.slice(start..end), PREFIXES)
}

/// Whether a word is for what is at an address of a network.
fn is_machine(word: &[u8]) -> bool {
    super::is_listed(
        word,
        " server node port interface host subnet network device queue worker instance container service ",
    )
}

/// Where a value begins behind the type that a printer of attributes or an item of a store puts around it: `Str(Ann)`, `{"S": "Ann"}`.
fn inner_start(probe: &Probe<'_>, from: usize) -> usize {
    const TYPES: [&str; 4] = ["Str(", "String(", "{\"S\": \"", "{\"S\":\""];
    from + TYPES.iter().find(|kind| probe.starts_with(from, kind)).map_or(0, |kind| kind.len())
}

/// Where the value begins that a command of Redis stores under the key whose colon stands at a place, `SET otp:57903 …`; of other
/// commands there is none, for what stands behind the colon is an id. `None` where no command stands before the key.
#[inline(never)] // few colons are of keys
fn stored(probe: &Probe<'_>, colon: usize) -> Option<Option<usize>> {
    const OTHERS: &str = " get del ttl pttl exists expire pexpire incr decr unlink persist getdel hget hgetall hdel keys scan ";
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':' | b'@');
    if probe.byte(colon) != b':' {
        return None;
    }
    let quotes = |byte: u8| matches!(byte, b' ' | b'"' | b'\\');
    let key = probe.reach_back(colon, 48, part);
    let to = probe.reach_back(key, 6, quotes);
    let command = probe.reach_back(to, 10, |byte| byte.is_ascii_alphabetic());
    let skipped = match probe.slice(command..to) {
        _ if to == key => return None,
        b"SET" | b"SETNX" | b"GETSET" => 0,
        b"SETEX" | b"PSETEX" => 1,
        other if other.iter().all(u8::is_ascii_uppercase) && super::is_listed(other, OTHERS) => {
            return Some(None);
        }
        _ => return None,
    };
    let mut from = colon + 1;
    for _ in 0..=skipped {
        let end = probe.reach(from, 64, part);
        from = probe.reach(end, 8, quotes);
        if from == end {
            return Some(None);
        }
    }
    Some(Some(from))
}

/// A date of digits: behind a key of its own it is a row of [`ids`](super::ids).
fn is_date(text: &[u8]) -> bool {
    let digits: [u8; 8] = match text {
        [a, b, c, d, b'-', e, f, b'-', g, h] | [a, b, b'.' | b'/', c, d, b'.' | b'/', e, f, g, h] => {
            [*a, *b, *c, *d, *e, *f, *g, *h]
        }
        _ => return false,
    };
    super::ids::is_birth_date(&digits)
}

impl Detector for Keyed {
    fn spec(&self) -> Spec {
        Spec {
            name: Cow::Borrowed(self.name),
            class: self.class,
            sentence: Cow::Borrowed(self.sentence),
            confidence: if self.whole { 60 } else { 75 },
            packs: &[],
            finds: self.finds,
            passes_over: self.passes_over,
        }
    }

    fn sites(&self) -> &[Site] {
        &self.sites
    }

    fn is_named(&self, probe: &Probe<'_>, name: usize) -> bool {
        let [Site::Key(words), _] = self.sites else { return false };
        self.is_key(probe, name, words)
    }

    fn is_cell(&self, probe: &Probe<'_>, name: usize, cell: &Range<usize>) -> bool {
        let [Site::Key(words), _] = self.sites else { return false };
        let value = probe.slice(cell.clone());
        !value.is_empty()
            && self.is_key(probe, name, words)
            && !is_placeholder(value)
            && (self.value.fits(probe, cell) || self.value == Value::Date && is_date(value))
    }

    fn next(&self, probe: &Probe<'_>, list: List, end: usize) -> Option<Range<usize>> {
        probe.seek(list, list.next(probe, end)?, &|element| self.is_element(probe, element))
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let from = self.value_start(probe, at)?;
        let from = match (self.value, stored(probe, at)) {
            (Value::Digits(..), Some(from)) => from?,
            _ => from,
        };
        let quoted = key_value::is_quote(probe.before(from));
        if !quoted
            && matches!(probe.byte(at), b':' | b'=')
            // A telephone number may begin so.
            && probe.byte(from) != b'('
            && let Some((list, first)) = List::behind(probe, at, from)
        {
            return probe.seek(list, first, &|element| self.is_element(probe, element));
        }
        let end = if quoted {
            bounded_quote_end(probe, from, self.value.longest())?
        } else {
            self.value.end(probe, from)
        };
        // A telephone number may begin with the bracket that holds it: `Key (phone)=(0612345678)`.
        let opened = usize::from(
            probe.byte(from) == b'(' && probe.byte(end) == b')' && !probe.slice(from..end).contains(&b')'),
        );
        let from = from + opened;
        let value = probe.slice(from..end);
        if value.is_empty() || is_placeholder(value) {
            return None;
        }
        // What an issuer of cards lets a payment pass with logs nobody in (ISO 8583, field 38).
        if probe.byte(at) != b' '
            && self.class == Class::Credential
            && probe.key_ends_with(at, &["authcode"]).is_some()
            && probe.has_before((end + 64).min(probe.len()), 192, APPROVES)
        {
            return probe.refuse("what a payment was approved with is no code of a person");
        }
        // An interface is bound to something as well: of what is told an address has a place behind the street.
        let told = matches!(probe.byte(at), b'"' | b'\'' | b'\\') || probe.starts_with(at, " to ");
        let bare = self.value == Value::Address && told;
        if bare
            && (!value.windows(2).any(|pair| pair == b", ")
                || value.split(|byte| *byte == b' ').any(is_machine))
        {
            return None;
        }
        // A sentence goes on with a capital more often than a pair does: `the customer name is Required`.
        let told = probe.byte(at) == b' ' && self.value == Value::Name;
        let kind = if told { Value::FullName } else { self.value };
        // Behind a word and nothing but a blank a number may count something: `sort code 123456 lines`.
        // Containers are born at a time, too, and services for patients are built in batches.
        let timed = self.value == Value::Date && value.contains(&b'T');
        let named = matches!(self.value, Value::Number(_)) && value.iter().any(u8::is_ascii_lowercase);
        let counts = probe.byte(at).is_ascii_alphanumeric() && (timed || named || probe.is_measure(end));
        // A date of digits behind its key is found by its row of numbers, but not one that stands in its type.
        let typed = self.value == Value::Date && probe.slice(at + 1..at + 3).contains(&b'{');
        if counts || !(kind.fits(probe, &(from..end)) || typed && is_date(value)) {
            return probe.refuse("its key speaks of one, but it does not look like one");
        }
        Some(from..end)
    }
}
