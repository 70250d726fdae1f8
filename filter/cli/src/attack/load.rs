//! Reads files into evidence: outputs, truths, and what the attacker knows besides.
//!
//! Promises: fields that tell nothing are left out, a name in which something is found is not told, and records beyond the bound are
//! counted.

use super::evidence::{Evidence, FieldId, Row, ValueId, View};
use crate::failure::{Failure, wrong};
use crate::input::{Cut, FormatArguments, Input};
use crate::observed::{Observer, Record};
use crate::policy::scanner;
use crate::reader::{Names, Seen};
use frostglass_engine::Payload;
use frostglass_engine::detect::{FieldContext, Hits, Scanner};
use frostglass_engine::policy::{Matches, Plan};
use frostglass_formats::otlp::schema;
use frostglass_formats::{Level, Part};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// Reads files into evidence.
pub(super) struct Loader<'p> {
    pub(super) evidence: Evidence,
    observer: Observer,
    plan: &'p Plan,
    matches: Matches<frostglass_engine::policy::LineId>,
    /// Field of each name of the observer, none for what is left out.
    known: Vec<Option<FieldId>>,
    structural: HashSet<(Level, &'static str)>,
    /// Looks into names of fields.
    scanner: Scanner,
    hits: Hits,
    format: FormatArguments,
    most_records: usize,
}

/// Structural fields that tell something about who it was or what was done; the others are times, counts and values.
const TELLING: [&str; 4] = ["trace_id", "kind", "severity_number", "status.code"];

/// Bytes of a list of candidates.
const LARGEST_LIST: u64 = 256 << 20;

impl<'p> Loader<'p> {
    pub(super) fn new(plan: &'p Plan, format: FormatArguments, most_records: usize) -> Result<Self, Failure> {
        let structural = schema::built_ins().into_iter().filter(|leaf| leaf.2).map(|leaf| (leaf.0, leaf.1));
        Ok(Self {
            evidence: Evidence::default(),
            observer: Observer::default(),
            plan,
            matches: Matches::default(),
            known: Vec::new(),
            structural: structural.collect(),
            scanner: scanner(plan)?,
            hits: Hits::new(),
            format,
            most_records,
        })
    }

    pub(super) fn output(&mut self, path: &Path, with_bytes: bool) -> Result<(), Failure> {
        let mut view = self.view(path)?;
        if with_bytes {
            view.bytes = Input::open(path)?.rest()?;
        }
        self.evidence.outputs.push(view);
        Ok(())
    }

    pub(super) fn truth(&mut self, path: &Path) -> Result<(), Failure> {
        let view = self.view(path)?;
        self.evidence.truth.push(view);
        Ok(())
    }

    /// Takes what the attacker knows: pairs from `.csv`, telemetry, or a list of values, one a line.
    pub(super) fn knowledge(&mut self, path: &Path) -> Result<(), Failure> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if matches!(extension, "csv" | "tsv") {
            let separator = if extension == "csv" { ',' } else { '\t' };
            for (at, line) in list(path)?.iter().enumerate() {
                let pair = line.split_once(separator).map(|(raw, treated)| (raw.trim(), treated.trim()));
                let (raw, treated) = pair.ok_or_else(|| {
                    wrong(format!("{}:{}: write VALUE{separator}WHAT BECAME OF IT", path.display(), at + 1))
                })?;
                self.evidence.pairs.push((raw.to_owned(), treated.to_owned()));
            }
            return Ok(());
        }
        let cut = Input::open(path)?.cut(&FormatArguments { format: None, signal: self.format.signal });
        if matches!(extension, "txt" | "list") || !matches!(cut, Ok(cut) if cut != Cut::Stream(Payload::Text))
        {
            let mut counts: HashMap<String, u64> = HashMap::new();
            list(path)?.into_iter().for_each(|line| *counts.entry(line).or_default() += 1);
            self.evidence.candidates.extend(counts);
            self.evidence.candidates.sort();
            return Ok(());
        }
        let view = self.view(path)?;
        self.evidence.telemetry.push(view);
        Ok(())
    }

    fn view(&mut self, path: &Path) -> Result<View, Failure> {
        let mut rows = Vec::new();
        let mut left_out = 0;
        let most = self.most_records;
        let mut observer = std::mem::take(&mut self.observer);
        let format = self.format;
        let read = observer.read(path, &format, &mut |names, record| {
            if rows.len() >= most {
                left_out += 1;
            } else {
                rows.push(self.row(names, &record));
            }
            true
        });
        self.observer = observer;
        read?;
        self.evidence.left_out += left_out;
        self.evidence.unreadable = self.observer.unreadable;
        Ok(View::new(&path.display().to_string(), rows))
    }

    fn row(&mut self, names: &Names, record: &Record) -> Row {
        let mut cells: Vec<(FieldId, ValueId)> = Vec::new();
        for field in record.fields() {
            let Some(number) = self.known(names, field.name) else { continue };
            let cell = (number, self.evidence.value(&field.value.text()));
            if !cells.contains(&cell) {
                cells.push(cell);
            }
        }
        Row { signal: record.signal, start: record.start, span: record.span, cells }
    }

    /// The field of a name, unless it is one that tells nothing.
    fn known(&mut self, names: &Names, name: u32) -> Option<FieldId> {
        while self.known.len() <= name as usize {
            let seen = names.get(u32::try_from(self.known.len()).ok()?)?;
            let field = self.is_telling(seen).then(|| {
                let decided = self.plan.decide(&seen.name(), None, u64::MAX, &mut self.matches);
                let class = decided.class.and_then(|class| self.plan.class(class)).map(|class| class.class);
                let field = self.evidence.field(&seen.text(), class);
                self.scanner.find(&seen.path, FieldContext::default(), &mut self.hits);
                if !self.hits.is_empty() {
                    self.evidence.hide_name(field);
                }
                field
            });
            self.known.push(field);
        }
        self.known.get(name as usize).copied().flatten()
    }

    fn is_telling(&self, seen: &Seen) -> bool {
        let is_structural = seen.part == Part::BuiltIn
            && self.structural.iter().any(|(level, path)| *level == seen.level && *path == seen.path);
        !is_structural || TELLING.contains(&seen.path.as_str())
    }
}

/// Lines of a file that are not empty, without the space around them.
pub(super) fn list(path: &Path) -> Result<Vec<String>, Failure> {
    let mut input = Input::open(path)?;
    if input.size.is_some_and(|size| size > LARGEST_LIST) {
        return Err(wrong(format!("{}: larger than {LARGEST_LIST} bytes", path.display())));
    }
    let text = String::from_utf8(input.rest()?)
        .map_err(|_| wrong(format!("{}: is neither telemetry nor a list in UTF-8", path.display())))?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
