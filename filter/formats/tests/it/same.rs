//! A visitor that treats all fields alike and writes down what it is shown, and a walk with it.

use frostglass_formats::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Part, Ruling, Scratch, Value,
    Verdict,
};

/// What a payload becomes.
///
/// # Errors
/// What the walker refuses.
pub(crate) fn walk(
    format: &dyn Format,
    input: &[u8],
    visitor: &mut dyn FieldVisitor,
) -> Result<Vec<u8>, FormatError> {
    let mut scratch = Scratch::default();
    format.walk(input, &Limits::default(), visitor, &mut scratch)?;
    let mut output = Vec::new();
    scratch.splice.apply(input, &mut output);
    assert_eq!(output.len(), scratch.splice.output_len(input.len()));
    Ok(output)
}

/// Rules all names alike, does one thing to each text, and writes down what it is shown.
#[derive(Debug)]
pub(crate) struct Same {
    pub(crate) verdict: Verdict,
    pub(crate) edit: Edit,
    pub(crate) seen: Vec<String>,
    pub(crate) alone: bool,
    pub(crate) structure: bool,
    pub(crate) keeps_unknown: bool,
}

impl Same {
    pub(crate) fn new(verdict: Verdict, edit: Edit) -> Self {
        Self { verdict, edit, seen: Vec::new(), alone: true, structure: false, keeps_unknown: false }
    }
}

impl FieldVisitor for Same {
    fn rule(&mut self, name: Name<'_>, _: Option<Ruling>) -> Ruling {
        let mark = if name.part == Part::BuiltIn { "@" } else { "" };
        self.seen.push(format!("{}/{mark}{}", name.level.word(), name.path));
        Ruling { verdict: self.verdict, look_at_key: false, id: 0 }
    }
    fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
        Edit::Keep
    }
    fn value(&mut self, _: Ruling, value: Value<'_>, out: &mut String) -> Edit {
        self.seen.push(format!("{value:?}"));
        out.push_str("new");
        self.edit
    }
    fn rules_structure(&self) -> bool {
        self.structure
    }
    fn unknown(&mut self, level: Level) -> bool {
        self.seen.push(format!("unknown {}", level.word()));
        self.keeps_unknown
    }
    fn keeps_unknown(&self) -> bool {
        self.keeps_unknown
    }
    fn unreadable(&mut self, level: Level, defect: Defect) {
        self.seen.push(format!("{defect:?} {}", level.word()));
    }
    fn record_withheld(&mut self, level: Level, items: u64, defect: Defect) -> bool {
        self.seen.push(format!("{items} {} withheld: {defect:?}", level.word()));
        self.alone
    }
}
