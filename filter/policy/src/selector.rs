//! Reads catalog selectors: which fields a line of the data dictionary speaks about.
//!
//! | written | names |
//! |---|---|
//! | `user.id` | an attribute key on any signal and level, and a member of that path inside a structured value |
//! | `span/user.id` | the same on spans alone; so `resource/` `scope/` `event/` `link/` `log/` `metric/` `point/` `exemplar/` `profile/` |
//! | `log/@body`, `log/@body.payment.**` | a built-in field, members inside one; `@name` alone: on any level that has it |
//! | `attribute/span/x` | the attribute key `span/x`: everything behind the place is the key, and members are not meant |
//! | `header/` `cookie/` `query/` `form/` `baggage/` | parts of values wherever they stand |
//! | `json/order.card` | a member of JSON text or of a structured value, by its path inside that value |
//! | `transport/authorization` | a header of the telemetry request itself, which nothing else ever names |
//!
//! `*` stands for any characters inside a segment, `**` between dots for zero or more segments: `payment.**` is
//! `payment` itself and everything below it, so that a line that suppresses a tree leaves no stump. A segment in
//! single or double quotes is literal, stars and all. Walkers join keys to a path with dots, so a quoted dot and a
//! separator match alike; quoting a dot documents, it does not narrow.
//!
//! Promises: what it does not understand is an error with a suggestion, never a selector that quietly matches nothing.
//! Attribute keys compare case-sensitively, header names in lower case. Does not know what a line does.

use frostglass_formats::{Level, Name, Part};
use std::fmt;

/// A set of levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Levels(u16);

impl Levels {
    /// Every level of telemetry: all but the headers of the request that carries it.
    pub const TELEMETRY: Self = Self(((1 << Level::ALL.len()) - 1) & !(1 << Level::Transport as u16));

    /// One level.
    #[must_use]
    pub const fn only(level: Level) -> Self {
        Self(1 << level as u16)
    }

    /// Whether `level` is in the set.
    #[must_use]
    pub const fn contains(self, level: Level) -> bool {
        self.0 & (1 << level as u16) != 0
    }

    /// Levels in the set, in the order of [`Level::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Level> {
        Level::ALL.into_iter().filter(move |level| self.contains(*level))
    }
}

/// A set of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Parts(u8);

impl Parts {
    /// No part.
    pub const NONE: Self = Self(0);
    /// Every part.
    pub const ALL: Self = Self(u8::MAX);

    /// One part.
    #[must_use]
    pub const fn only(part: Part) -> Self {
        Self(1 << part as u8)
    }

    /// This set and one more part.
    #[must_use]
    pub const fn and(self, part: Part) -> Self {
        Self(self.0 | 1 << part as u8)
    }

    /// Whether `part` is in the set.
    #[must_use]
    pub const fn contains(self, part: Part) -> bool {
        self.0 & (1 << part as u8) != 0
    }
}

/// One segment of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// Exactly this text, without a dot.
    Literal(Box<str>),
    /// Text in which each `*` stands for any characters but a dot.
    Glob(Box<str>),
    /// `*` alone: any one segment.
    Any,
    /// `**`: zero or more segments.
    Deep,
}

impl Segment {
    /// Whether one segment of a path is what this one says. `**` is any segment.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => **literal == *text,
            Self::Glob(glob) => glob_matches(glob.as_bytes(), text.as_bytes()),
            Self::Any | Self::Deep => true,
        }
    }
}

/// Matches a glob whose `*` stands for any bytes. The two-pointer method: a mismatch returns to the last star alone, so
/// the work is bounded by `glob.len() * text.len()` and needs no stack.
///
/// For the engine's matcher, too, which asks for each new name: `inline`, so that there it is compiled as the matcher is.
#[inline]
#[must_use]
pub fn glob_matches(glob: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(seen) {
        match glob.get(at) {
            Some(b'*') => {
                star = Some((at + 1, seen));
                at += 1;
            }
            Some(want) if want == byte => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((after, from)) = star else { return false };
                star = Some((after, from + 1));
                at = after;
                seen = from + 1;
            }
        }
    }
    glob.get(at..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

/// The path of a selector, cut at its dots.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pattern {
    segments: Vec<Segment>,
}

impl Pattern {
    /// Its segments: at least one, no two `**` in a row.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The path itself, if the pattern has no star.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        let texts: Option<Vec<&str>> = self
            .segments
            .iter()
            .map(|segment| if let Segment::Literal(text) = segment { Some(&**text) } else { None })
            .collect();
        texts.map(|texts| texts.join("."))
    }

    /// Whether the whole of a dotted path matches.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.states_after(path).last().copied().unwrap_or(false)
    }

    /// Whether the path or a member below it could match.
    #[must_use]
    pub fn reaches(&self, path: &str) -> bool {
        self.states_after(path).contains(&true)
    }

    /// The set of positions in the pattern at which it can stand after `path`; the last one is its end.
    fn states_after(&self, path: &str) -> Vec<bool> {
        let mut states = vec![false; self.segments.len() + 1];
        if let Some(first) = states.first_mut() {
            *first = true;
        }
        self.pass_deep(&mut states);
        for text in path.split('.') {
            let mut next = vec![false; states.len()];
            for (at, segment) in self.segments.iter().enumerate() {
                if states.get(at) == Some(&true) && segment.matches(text) {
                    let to = if *segment == Segment::Deep { at } else { at + 1 };
                    if let Some(state) = next.get_mut(to) {
                        *state = true;
                    }
                }
            }
            self.pass_deep(&mut next);
            states = next;
        }
        states
    }

    /// `**` may stand for nothing: what reaches it also stands behind it.
    fn pass_deep(&self, states: &mut [bool]) {
        for (at, segment) in self.segments.iter().enumerate() {
            if *segment == Segment::Deep
                && states.get(at) == Some(&true)
                && let Some(state) = states.get_mut(at + 1)
            {
                *state = true;
            }
        }
    }
}

/// Which fields a line of the catalog speaks about.
///
/// Two selectors are equal when they are the same after reading: quotes that change nothing do not count. `Display`
/// writes the canonical form, which reads back as the same selector.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Selector {
    place: Place,
    built_in: bool,
    pattern: Pattern,
}

impl Selector {
    /// Reads a selector. `built_ins` lists the built-in fields of each level without `@`, in dotted form (`body`,
    /// `status.message`): a name behind `@` that none of them could meet is an error.
    ///
    /// # Errors
    /// What is wrong with the text and, where a word looks misspelled, what may have been meant.
    pub fn parse(text: &str, built_ins: &[(Level, &str)]) -> Result<Self, SelectorError> {
        if text.is_empty() {
            return Err(SelectorError::Empty);
        }
        let (place, rest) = cut_place(text)?;
        if rest.is_empty() {
            return Err(SelectorError::NoName { place: place.word() });
        }
        if !matches!(place, Place::Everywhere | Place::Attribute)
            && let Some((second, _)) = rest.split_once('/')
            && Place::parse(second).is_some()
        {
            return Err(SelectorError::PlaceInPlace { first: place.word(), second: second.to_owned() });
        }
        let marked = if place == Place::Attribute { None } else { rest.strip_prefix('@') };
        if let Some(name) = marked {
            return match place {
                Place::Everywhere | Place::Level(_) => {
                    if name.is_empty() {
                        return Err(SelectorError::NoName { place: "@" });
                    }
                    let selector =
                        Self { place, built_in: true, pattern: read_pattern(name, text.len() - name.len())? };
                    selector.check_built_in(name, built_ins)?;
                    Ok(selector)
                }
                Place::Attribute | Place::Part(_) | Place::Transport => {
                    Err(SelectorError::BuiltInOutOfPlace { place: place.word() })
                }
            };
        }
        let pattern = if matches!(place, Place::Part(Part::Header) | Place::Transport) {
            // Header names compare without regard to case; walkers show them in lower case.
            read_pattern(&rest.to_ascii_lowercase(), text.len() - rest.len())?
        } else {
            read_pattern(rest, text.len() - rest.len())?
        };
        Ok(Self { place, built_in: false, pattern })
    }

    /// Levels on which it looks.
    #[must_use]
    pub fn levels(&self) -> Levels {
        match self.place {
            Place::Level(level) => Levels::only(level),
            Place::Transport => Levels::only(Level::Transport),
            Place::Everywhere | Place::Attribute | Place::Part(_) => Levels::TELEMETRY,
        }
    }

    /// Parts whose whole path it is compared with.
    #[must_use]
    pub fn parts(&self) -> Parts {
        match self.place {
            _ if self.built_in => Parts::only(Part::BuiltIn),
            // JSON text that stands for itself has the path of its member as a whole path.
            Place::Everywhere | Place::Level(_) => Parts::only(Part::Attribute).and(Part::Json),
            Place::Attribute => Parts::only(Part::Attribute),
            Place::Part(part) => Parts::only(part),
            Place::Transport => Parts::only(Part::Header),
        }
    }

    /// Parts of structured values whose members it is compared with, by their path inside the value.
    #[must_use]
    pub fn member_parts(&self) -> Parts {
        match self.place {
            _ if self.built_in => Parts::NONE,
            // A line about an attribute protects a member of that name too: a log body `{"user": {"email": …}}` is
            // ruled by `user.email`.
            Place::Everywhere | Place::Level(_) | Place::Part(Part::Json) => Parts::ALL,
            Place::Attribute | Place::Part(_) | Place::Transport => Parts::NONE,
        }
    }

    /// What it compares paths with.
    #[must_use]
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Whether it names the field. For one selector and one name; the engine's matcher asks thousands at once.
    #[must_use]
    pub fn matches(&self, name: &Name<'_>) -> bool {
        self.levels().contains(name.level)
            && (self.parts().contains(name.part) && self.pattern.matches(name.path)
                || self.member_parts().contains(name.part)
                    && name.member().is_some_and(|member| self.pattern.matches(member)))
    }

    /// Whether the first segment, written without quotes, would open a place or a built-in name.
    fn reads_otherwise(&self, first: &str) -> bool {
        let place_in_place = || first.split_once('/').is_some_and(|(word, _)| Place::parse(word).is_some());
        match self.place {
            Place::Attribute => false,
            _ if first.starts_with('@') => !self.built_in,
            Place::Everywhere => !self.built_in && !matches!(cut_place(first), Ok((Place::Everywhere, _))),
            Place::Level(_) | Place::Part(_) | Place::Transport => place_in_place(),
        }
    }

    fn check_built_in(&self, written: &str, built_ins: &[(Level, &str)]) -> Result<(), SelectorError> {
        let levels = self.levels();
        let here = || built_ins.iter().filter(|(level, _)| levels.contains(*level));
        if here().any(|(_, name)| self.pattern.reaches(name)) {
            return Ok(());
        }
        let meant = here()
            .map(|(_, name)| (distance(leading(written, name.split('.').count()), name), format!("@{name}")))
            .filter(|(distance, name)| *distance <= allowance(name.len() - 1))
            .min();
        let elsewhere = || {
            let (level, name) = built_ins.iter().find(|(_, name)| self.pattern.reaches(name))?;
            Some(format!("{}/@{name}", level.word()))
        };
        Err(SelectorError::UnknownBuiltIn {
            name: written.to_owned(),
            place: self.place.word(),
            suggestion: Suggestion(meant.map(|(_, name)| name).or_else(elsewhere)),
        })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place != Place::Everywhere {
            write!(f, "{}/", self.place.word())?;
        }
        if self.built_in {
            f.write_str("@")?;
        }
        for (at, segment) in self.pattern.segments.iter().enumerate() {
            if at > 0 {
                f.write_str(".")?;
            }
            match segment {
                Segment::Any => f.write_str("*")?,
                Segment::Deep => f.write_str("**")?,
                Segment::Glob(glob) => f.write_str(glob)?,
                Segment::Literal(text) => {
                    let quoted = text.is_empty()
                        || text.contains('*')
                        || text.starts_with(['"', '\''])
                        || at == 0 && self.reads_otherwise(text);
                    let quote = if text.contains('"') { '\'' } else { '"' };
                    if quoted { write!(f, "{quote}{text}{quote}")? } else { f.write_str(text)? }
                }
            }
        }
        Ok(())
    }
}

/// What is wrong with a selector. The text is a policy's, never a payload's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectorError {
    /// Nothing is written.
    #[error("the selector is empty")]
    Empty,
    /// A place without a name behind it.
    #[error("`{place}` names no field: a name, `*` or `**` must follow")]
    NoName {
        /// The place as written, or `@`.
        place: &'static str,
    },
    /// The word before the first `/` is no place but looks like one.
    #[error(
        "unknown place `{place}/`{suggestion}; an attribute key that really starts so is written `attribute/{place}/…`"
    )]
    UnknownPlace {
        /// The word as written.
        place: String,
        /// What may have been meant.
        suggestion: Suggestion,
    },
    /// Two places in a row.
    #[error("`{first}/` already is the place; quote the key if it really starts with `{second}/`")]
    PlaceInPlace {
        /// The first place.
        first: &'static str,
        /// The second.
        second: String,
    },
    /// `@` where no built-in fields are.
    #[error("`{place}/` has no built-in fields; quote a name that starts with `@`")]
    BuiltInOutOfPlace {
        /// The place as written.
        place: &'static str,
    },
    /// A built-in field that no level of the selector has.
    #[error("no built-in field `@{name}` on {}{suggestion}", if place.is_empty() { "any level" } else { place })]
    UnknownBuiltIn {
        /// The name as written, without `@`.
        name: String,
        /// The level; empty for all.
        place: &'static str,
        /// What may have been meant.
        suggestion: Suggestion,
    },
    /// Nothing between two dots, or a dot at an end.
    #[error("empty segment at byte {at}; quote a key that really has one")]
    EmptySegment {
        /// Byte offset in the selector.
        at: usize,
    },
    /// A quote opens and does not close.
    #[error("the quote at byte {at} does not close")]
    OpenQuote {
        /// Byte offset of the quote.
        at: usize,
    },
    /// A quoted segment goes on after its closing quote.
    #[error("the quote ends at byte {at}: a dot or the end must follow, for quotes hold whole segments")]
    AfterQuote {
        /// Byte offset behind the quote.
        at: usize,
    },
    /// `**` with other text in its segment.
    #[error("`**` at byte {at} must stand alone between dots; inside a segment write `*`")]
    DeepInside {
        /// Byte offset of the segment.
        at: usize,
    },
}

/// What may have been meant: prints as `; did you mean …?` or as nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion(pub Option<String>);

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(word) => write!(f, "; did you mean `{word}`?"),
            None => Ok(()),
        }
    }
}

/// What stands before the first `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Place {
    Everywhere,
    Attribute,
    Level(Level),
    Part(Part),
    Transport,
}

impl Place {
    const WORDS: [(&'static str, Self); 18] = [
        ("attribute", Self::Attribute),
        ("resource", Self::Level(Level::Resource)),
        ("scope", Self::Level(Level::Scope)),
        ("span", Self::Level(Level::Span)),
        ("event", Self::Level(Level::Event)),
        ("link", Self::Level(Level::Link)),
        ("log", Self::Level(Level::Log)),
        ("metric", Self::Level(Level::Metric)),
        ("point", Self::Level(Level::Point)),
        ("exemplar", Self::Level(Level::Exemplar)),
        ("profile", Self::Level(Level::Profile)),
        ("header", Self::Part(Part::Header)),
        ("cookie", Self::Part(Part::Cookie)),
        ("query", Self::Part(Part::Query)),
        ("form", Self::Part(Part::Form)),
        ("json", Self::Part(Part::Json)),
        ("baggage", Self::Part(Part::Baggage)),
        ("transport", Self::Transport),
    ];

    fn parse(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, place)| place)
    }

    /// The word before the `/`; empty for everywhere.
    fn word(self) -> &'static str {
        Self::WORDS.into_iter().find(|(_, place)| *place == self).map_or("", |(word, _)| word)
    }
}

/// Cuts the place off. `/` is part of a key unless the piece before the first one is a place, or looks so much like a
/// misspelled one that silence would lose a rule.
fn cut_place(text: &str) -> Result<(Place, &str), SelectorError> {
    let Some((piece, rest)) = text.split_once('/') else { return Ok((Place::Everywhere, text)) };
    if text.starts_with(['"', '\'']) {
        return Ok((Place::Everywhere, text));
    }
    if let Some(place) = Place::parse(piece) {
        return Ok((place, rest));
    }
    if piece.is_empty() || piece.contains(['.', '*', '@']) {
        return Ok((Place::Everywhere, text));
    }
    let lower = piece.to_ascii_lowercase();
    let meant = nearest(&lower, Place::WORDS.iter().map(|(word, _)| *word));
    if meant.is_some() || rest.starts_with('@') {
        let suggestion = Suggestion(meant.map(|word| format!("{word}/")));
        return Err(SelectorError::UnknownPlace { place: piece.to_owned(), suggestion });
    }
    Ok((Place::Everywhere, text))
}

/// Reads a dotted pattern; `base` is its byte offset in the selector, for errors.
fn read_pattern(text: &str, base: usize) -> Result<Pattern, SelectorError> {
    let mut segments = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let mut taken = rest;
        if let Some(quote) = rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
            let inside = rest.get(1..).unwrap_or_default();
            let Some((quoted, after)) = inside.split_once(quote) else {
                return Err(SelectorError::OpenQuote { at: base + at });
            };
            taken = rest.get(..rest.len() - after.len()).unwrap_or_default();
            if !after.is_empty() && !after.starts_with('.') {
                return Err(SelectorError::AfterQuote { at: base + at + taken.len() });
            }
            segments.extend(quoted.split('.').map(|piece| Segment::Literal(piece.into())));
        } else {
            if let Some(dot) = rest.find('.') {
                taken = rest.get(..dot).unwrap_or_default();
            }
            segments.push(match taken {
                "" => return Err(SelectorError::EmptySegment { at: base + at }),
                "*" => Segment::Any,
                "**" => Segment::Deep,
                deep if deep.contains("**") => return Err(SelectorError::DeepInside { at: base + at }),
                glob if glob.contains('*') => Segment::Glob(glob.into()),
                literal => Segment::Literal(literal.into()),
            });
        }
        at += taken.len() + 1;
        if at > text.len() {
            break;
        }
    }
    segments.dedup_by(|next, last| *next == Segment::Deep && *last == Segment::Deep);
    Ok(Pattern { segments })
}

/// The first `count` segments of a dotted text.
fn leading(text: &str, count: usize) -> &str {
    let end = text.match_indices('.').nth(count.saturating_sub(1)).map_or(text.len(), |(dot, _)| dot);
    text.get(..end).unwrap_or(text)
}

/// The choice that a misspelled word most likely means, if one is near enough.
pub(crate) fn nearest<'a>(word: &str, choices: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    choices
        .map(|choice| (distance(word, choice), choice))
        .filter(|(distance, choice)| *distance <= allowance(choice.len().min(word.len())))
        .min()
        .map(|(_, choice)| choice)
}

/// How many slips make a word of this length still the same word.
fn allowance(length: usize) -> usize {
    match length {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// Edit distance that counts a swap of neighbors as one slip (optimal string alignment). Words longer than 64 bytes
/// are not misspelled words.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > 64 || b.len() > 64 {
        return if a == b { 0 } else { usize::MAX };
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut best =
                (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT_INS: &[(Level, &str)] = &[
        (Level::Log, "body"),
        (Level::Log, "severity_text"),
        (Level::Span, "name"),
        (Level::Span, "status.message"),
        (Level::Metric, "name"),
    ];

    fn read(text: &str) -> Selector {
        Selector::parse(text, BUILT_INS).unwrap()
    }

    fn refusal(text: &str) -> String {
        Selector::parse(text, BUILT_INS).unwrap_err().to_string()
    }

    fn attribute(key: &str) -> Name<'_> {
        Name::attribute(Level::Span, key)
    }

    fn body_member(path: &str) -> Name<'_> {
        Name { level: Level::Log, part: Part::BuiltIn, path, member_at: "body.".len(), key_at: "body.".len() }
    }

    /// Scenario: the selectors of the policy language, each with names that it means and names that it does not.
    /// Guarantees: places narrow as written, `/` in a key is literal, transport headers are named by `transport/` alone.
    #[test]
    fn selectors_name_what_they_say() {
        let part = |part, path| Name { level: Level::Span, part, path, member_at: 0, key_at: 0 };
        let transport = Name { level: Level::Transport, ..part(Part::Header, "authorization") };
        let resource = Name::attribute(Level::Resource, "user.id");

        assert!(read("user.id").matches(&attribute("user.id")));
        assert!(read("user.id").matches(&resource));
        assert!(!read("user.id").matches(&attribute("user.ID")));
        assert!(!read("user.id").matches(&attribute("user.id.x")));
        assert!(!read("name").matches(&Name::built_in(Level::Span, "name")));
        assert!(!read("authorization").matches(&transport));

        assert!(read("span/user.id").matches(&attribute("user.id")));
        assert!(!read("span/user.id").matches(&resource));
        assert!(
            read("k8s.pod.label.app.kubernetes.io/name")
                .matches(&attribute("k8s.pod.label.app.kubernetes.io/name"))
        );
        assert!(read("team/cost").matches(&attribute("team/cost")));
        assert!(read("attribute/span/user.id").matches(&attribute("span/user.id")));
        assert!(read("attribute/@x").matches(&attribute("@x")));

        assert!(read("span/@name").matches(&Name::built_in(Level::Span, "name")));
        assert!(!read("span/@name").matches(&Name::built_in(Level::Metric, "name")));
        assert!(read("@name").matches(&Name::built_in(Level::Metric, "name")));
        assert!(!read("span/@name").matches(&attribute("name")));
        assert!(read("span/@status.message").matches(&Name::built_in(Level::Span, "status.message")));

        for path in ["body.payment", "body.payment.card", "body.payment.card.number"] {
            assert!(read("log/@body.payment.**").matches(&body_member(path)), "{path}");
        }
        assert!(!read("log/@body.payment.**").matches(&body_member("body.paymentx")));

        assert!(read("header/Authorization").matches(&part(Part::Header, "authorization")));
        assert!(!read("header/authorization").matches(&transport));
        assert!(read("transport/Authorization").matches(&transport));
        assert!(read("cookie/session").matches(&part(Part::Cookie, "session")));
        assert!(!read("cookie/session").matches(&part(Part::Query, "session")));
        assert!(!read("cookie/session").matches(&attribute("session")));
    }

    /// Scenario: a structured log body and JSON text hold a member that has the name of an attribute.
    /// Guarantees: the attribute's line rules it by its path inside the value; `attribute/` and built-in lines do not.
    #[test]
    fn bare_names_rule_members() {
        let member = body_member("body.user.email");
        let json = Name { part: Part::Json, member_at: 0, path: "user.email", ..member };
        for text in ["user.email", "log/user.email", "json/user.email", "*.email", "**.email", "user.**"] {
            assert!(read(text).matches(&member), "{text}");
            assert!(read(text).matches(&json), "{text}");
        }
        assert!(!read("span/user.email").matches(&member));
        assert!(!read("attribute/user.email").matches(&member));
        assert!(!read("body.user.email").matches(&member));
        assert!(!read("json/user.email").matches(&attribute("user.email")));
    }

    /// Scenario: keys that look like syntax.
    /// Guarantees: quotes make them literal; a quoted dot is a dot of the path.
    #[test]
    fn quotes_are_literal() {
        assert!(read("'*'").matches(&attribute("*")));
        assert!(!read("'*'").matches(&attribute("x")));
        assert!(read(r#""@name""#).matches(&attribute("@name")));
        assert!(read(r#""span/x""#).matches(&attribute("span/x")));
        assert!(read(r#"span/"log/x""#).matches(&attribute("log/x")));
        assert!(read(r#"log/@body."a.b".c"#).matches(&body_member("body.a.b.c")));
        assert!(read("''").matches(&attribute("")));
        assert!(read("o'clock").matches(&attribute("o'clock")));
        assert_eq!(read("'user'.id"), read("user.id"));
        assert_eq!(read("a.**.**.b"), read("a.**.b"));
    }

    /// Scenario: stars beside text, at ends, alone and doubled.
    /// Guarantees: `*` never crosses a dot, `**` crosses any number of them, zero included.
    #[test]
    fn stars_cross_what_they_may() {
        let table: &[(&str, &[&str], &[&str])] = &[
            ("*", &["a", ""], &["a.b"]),
            ("**", &["a", "", "a.b.c"], &[]),
            ("*.password", &["db.password"], &["password", "a.b.password"]),
            ("**.password", &["password", "db.password", "a.b.password"], &["passwords", "password.x"]),
            ("**.*_key", &["api_key", "a.b.x_key", "_key"], &["key", "api_key.x"]),
            ("a.**.z", &["a.z", "a.b.z", "a.z.z"], &["a", "z", "a.z.b"]),
            ("a*b*c", &["abc", "axbxc", "abcbc", "abbc"], &["ab", "abcd", "a.b.c"]),
            ("user.*.id", &["user.x.id", "user..id"], &["user.id"]),
        ];
        for (text, yes, no) in table {
            for path in *yes {
                assert!(read(text).matches(&attribute(path)), "{text} should match {path}");
            }
            for path in *no {
                assert!(!read(text).matches(&attribute(path)), "{text} should not match {path}");
            }
        }
    }

    /// Scenario: every way to write a selector wrong.
    /// Guarantees: each is refused, in words that say what to write instead.
    #[test]
    fn mistakes_are_explained() {
        let table = [
            ("", "the selector is empty"),
            ("span/", "`span` names no field: a name, `*` or `**` must follow"),
            ("log/@", "`@` names no field: a name, `*` or `**` must follow"),
            (
                "spans/user.id",
                "unknown place `spans/`; did you mean `span/`?; an attribute key that really starts so is written \
                 `attribute/spans/…`",
            ),
            (
                "record/@body",
                "unknown place `record/`; an attribute key that really starts so is written `attribute/record/…`",
            ),
            (
                "span/header/x",
                "`span/` already is the place; quote the key if it really starts with `header/`",
            ),
            ("json/@type", "`json/` has no built-in fields; quote a name that starts with `@`"),
            ("log/@bdy", "no built-in field `@bdy` on log; did you mean `@body`?"),
            ("log/@bdy.payment.**", "no built-in field `@bdy.payment.**` on log; did you mean `@body`?"),
            ("span/@body", "no built-in field `@body` on span; did you mean `log/@body`?"),
            ("@frobnicate", "no built-in field `@frobnicate` on any level"),
            ("user..id", "empty segment at byte 5; quote a key that really has one"),
            ("user.", "empty segment at byte 5; quote a key that really has one"),
            ("log/.x", "empty segment at byte 4; quote a key that really has one"),
            ("a.'b", "the quote at byte 2 does not close"),
            (
                "'a'b",
                "the quote ends at byte 3: a dot or the end must follow, for quotes hold whole segments",
            ),
            ("a.b**", "`**` at byte 2 must stand alone between dots; inside a segment write `*`"),
        ];
        for (text, says) in table {
            assert_eq!(refusal(text), says, "{text}");
        }
        assert!(refusal("Header/x").contains("did you mean `header/`?"));
        assert!(refusal("from/x").contains("did you mean `form/`?"));
    }

    proptest::proptest! {
        /// Scenario: any text at all, biased towards syntax.
        /// Guarantees: no panic, and what is accepted prints as a selector that reads back as the same one.
        #[test]
        fn canonical_form_reads_back(text in r#"(attribute/|span/|log/|json/|header/|transport/)?@?[a-cA-B.*"'/@é]{0,12}"#) {
            // Only built-in names are checked against a list, which is not the claim here.
            let any = &[(Level::Span, ""), (Level::Log, "a"), (Level::Log, "body")];
            if let Ok(selector) = Selector::parse(&text, any) {
                proptest::prop_assert_eq!(Selector::parse(&selector.to_string(), any), Ok(selector));
            }
        }
    }
}
