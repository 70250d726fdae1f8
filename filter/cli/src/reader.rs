//! Reads what stands in a payload: every name, and every value with its name. Changes nothing.

use frostglass_engine::Payload;
use frostglass_formats::{
    Defect, Edit, FieldVisitor, FormatError, Level, Limits, Name, Part, Ruling, Scratch, Value, Verdict,
};
use std::collections::HashMap;

/// A name that was seen, on its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    pub(crate) level: Level,
    pub(crate) part: Part,
    pub(crate) path: String,
    pub(crate) member_at: usize,
    pub(crate) key_at: usize,
    /// Number of the value that holds it.
    pub(crate) within: Option<u32>,
}

impl Seen {
    /// As a selector writes it.
    pub(crate) fn text(&self) -> String {
        let mark = if self.part == Part::BuiltIn { "@" } else { "" };
        format!("{}/{mark}{}", self.level.word(), self.path)
    }

    /// As walkers show it.
    pub(crate) fn name(&self) -> Name<'_> {
        Name {
            level: self.level,
            part: self.part,
            path: &self.path,
            member_at: self.member_at,
            key_at: self.key_at,
        }
    }
}

/// Names met so far, across payloads. Numbers stay as they are.
#[derive(Debug, Default)]
pub(crate) struct Names {
    list: Vec<Seen>,
    numbers: HashMap<Seen, u32>,
}

/// Names beyond this many are not told apart: whoever makes keys of values cannot fill the memory.
const MOST_NAMES: usize = 1 << 20;

impl Names {
    /// The name of a number.
    pub(crate) fn get(&self, number: u32) -> Option<&Seen> {
        self.list.get(number as usize)
    }

    /// The ruling of who looks at every value: its id is the number of the name.
    pub(crate) fn look(&mut self, name: Name<'_>, within: Option<Ruling>) -> Ruling {
        let id = self.number(Seen {
            level: name.level,
            part: name.part,
            path: name.path.to_owned(),
            member_at: name.member_at,
            key_at: name.key_at,
            within: within.map(|within| within.id),
        });
        Ruling { verdict: Verdict::Look, look_at_key: false, id }
    }

    /// The number of a name, a new one if it was not seen before; `u32::MAX` beyond the bound.
    fn number(&mut self, seen: Seen) -> u32 {
        if let Some(number) = self.numbers.get(&seen) {
            return *number;
        }
        if self.list.len() >= MOST_NAMES {
            return u32::MAX;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(seen.clone());
        self.numbers.insert(seen, number);
        number
    }
}

/// What a reader has counted besides.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Oddities {
    /// Unknown protobuf fields and JSON members.
    pub(crate) unknown: u64,
    /// Leaves and records that cannot be read.
    pub(crate) unreadable: u64,
}

/// Walks a payload and shows each value with the number of its name.
pub(crate) fn read(
    payload: &[u8],
    kind: Payload,
    limits: &Limits,
    names: &mut Names,
    each: &mut dyn FnMut(&Names, u32, Value<'_>),
) -> Result<Oddities, FormatError> {
    let mut visitor = Reader { names, each, oddities: Oddities::default() };
    let mut scratch = Scratch::default();
    kind.format().walk(payload, limits, &mut visitor, &mut scratch)?;
    Ok(visitor.oddities)
}

struct Reader<'a> {
    names: &'a mut Names,
    each: &'a mut dyn FnMut(&Names, u32, Value<'_>),
    oddities: Oddities,
}

impl FieldVisitor for Reader<'_> {
    fn rule(&mut self, name: Name<'_>, within: Option<Ruling>) -> Ruling {
        self.names.look(name, within)
    }

    fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
        Edit::Keep
    }

    fn value(&mut self, ruling: Ruling, value: Value<'_>, _: &mut String) -> Edit {
        (self.each)(self.names, ruling.id, value);
        Edit::Keep
    }

    fn rules_structure(&self) -> bool {
        true
    }

    fn unknown(&mut self, _: Level) -> bool {
        self.oddities.unknown += 1;
        true
    }

    fn unreadable(&mut self, _: Level, _: Defect) {
        self.oddities.unreadable += 1;
    }

    fn record_withheld(&mut self, _: Level, items: u64, _: Defect) -> bool {
        self.oddities.unreadable += items;
        true
    }
}
