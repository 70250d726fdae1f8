//! A visitor that decides by a hash of level, path and value, and the same decisions apart from any walker.

use frostglass_formats::{Defect, Edit, FieldVisitor, Level, Name, Part, Ruling, Value, Verdict};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What replaces texts: all that has to be escaped somewhere.
pub(crate) const REPLACEMENT: &str = "it's \"new\"\n\\ \u{1} ü";

/// Decides by lot, always the same for the same seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lots(pub(crate) u64);

impl Lots {
    fn draw(self, subject: impl Hash, sides: u64) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.0, subject).hash(&mut hasher);
        hasher.finish() % sides
    }

    pub(crate) fn verdict(self, level: Level, path: &str) -> Verdict {
        match self.draw((level, path), 6) {
            0 => Verdict::Keep,
            1 => Verdict::Drop,
            _ => Verdict::Look,
        }
    }

    fn looks_at_key(self, level: Level, path: &str) -> bool {
        self.draw((level, path, "key"), 3) == 0
    }

    fn key(self, key: &str) -> Option<Option<String>> {
        match self.draw((key, "new key"), 4) {
            0 => Some(None),
            1 => Some(Some(format!("{key}_new"))),
            _ => None,
        }
    }

    pub(crate) fn text(self, path: &str, text: &str) -> Edit {
        match self.draw((path, text), 7) {
            0 => Edit::Drop,
            1 => Edit::Text,
            2 => Edit::Int(-5),
            3 => Edit::Double(0.5),
            _ => Edit::Keep,
        }
    }

    /// What becomes of a text under a name; none if it goes.
    pub(crate) fn treat(self, level: Level, path: &str, text: &str) -> Option<String> {
        match self.verdict(level, path) {
            Verdict::Keep => return Some(text.to_owned()),
            Verdict::Drop => return None,
            Verdict::Look => {}
        }
        match self.text(path, text) {
            Edit::Keep => Some(text.to_owned()),
            Edit::Drop => None,
            Edit::Text => Some(REPLACEMENT.to_owned()),
            Edit::Int(number) => Some(number.to_string()),
            Edit::Double(number) => Some(number.to_string()),
        }
    }

    /// What becomes of the key of the field `path`; none if it takes the field along. `keys_change` says whether it can change.
    pub(crate) fn new_key(self, level: Level, path: &str, key: &str, keys_change: bool) -> Option<String> {
        if self.verdict(level, path) == Verdict::Drop {
            return None;
        }
        if !self.looks_at_key(level, path) {
            return Some(key.to_owned());
        }
        match self.key(key) {
            None => Some(key.to_owned()),
            Some(new) => new.filter(|_| keys_change),
        }
    }

    /// What becomes of an attribute; `keys_change` says whether a key may become another one, or takes its value along.
    pub(crate) fn attribute(
        self,
        level: Level,
        key: &str,
        value: &str,
        keys_change: bool,
    ) -> Option<(String, String)> {
        let new_key = self.new_key(level, key, key, keys_change)?;
        Some((new_key, self.treat(level, key, value)?))
    }
}

/// The visitor. Writes down what it was shown.
#[derive(Debug)]
pub(crate) struct Lottery {
    lots: Lots,
    names: Vec<(Level, String)>,
    pub(crate) seen: Vec<String>,
    pub(crate) keeps_unknown: bool,
    pub(crate) withheld: u64,
    pub(crate) refuses: bool,
}

impl Lottery {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            lots: Lots(seed),
            names: Vec::new(),
            seen: Vec::new(),
            keeps_unknown: false,
            withheld: 0,
            refuses: false,
        }
    }
}

impl FieldVisitor for Lottery {
    fn rule(&mut self, name: Name<'_>, _: Option<Ruling>) -> Ruling {
        let mark = if name.part == Part::BuiltIn { "@" } else { "" };
        self.seen.push(format!("{}/{mark}{}", name.level.word(), name.path));
        self.names.push((name.level, name.path.to_owned()));
        Ruling {
            verdict: self.lots.verdict(name.level, name.path),
            look_at_key: self.lots.looks_at_key(name.level, name.path),
            id: self.names.len() as u32 - 1,
        }
    }
    fn key(&mut self, _: Ruling, key: &str, out: &mut String) -> Edit {
        match self.lots.key(key) {
            None => Edit::Keep,
            Some(None) => Edit::Drop,
            Some(Some(new)) => {
                out.push_str(&new);
                Edit::Text
            }
        }
    }
    fn value(&mut self, ruling: Ruling, value: Value<'_>, out: &mut String) -> Edit {
        let Value::Text(text) = value else { return Edit::Keep };
        self.seen.push(format!("{text:?}"));
        let edit = self.lots.text(&self.names[ruling.id as usize].1, text);
        if edit == Edit::Text {
            out.push_str(REPLACEMENT);
        }
        edit
    }
    fn unknown(&mut self, _: Level) -> bool {
        self.keeps_unknown
    }
    fn unreadable(&mut self, _: Level, defect: Defect) {
        self.seen.push(format!("leaf {defect:?}"));
    }
    fn record_withheld(&mut self, _: Level, items: u64, defect: Defect) -> bool {
        self.withheld += items;
        self.seen.push(format!("{items} record {defect:?}"));
        !self.refuses
    }
}
