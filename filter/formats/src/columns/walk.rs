//! Shows the operations of a batch to a visitor and takes its edits.

use super::binding::{Holds, Known};
use super::edits::{EditKind, Edits, Mark};
use super::series::{Candidate, Outcome, Series, TAUGHT};
use super::{Columns, FORMAT, Kind, Operation, Operations, identity};
use crate::{Defect, Edit, FieldVisitor, FormatError, Level, Limits, Marks, Ruling, Value, Verdict, id};
use std::fmt::Write as _;

/// What a walk came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walked {
    /// The edits are all there is to do.
    Done,
    /// The edits would make metric points alike that are not alike now. They must not be applied: the batch is to be
    /// treated as OTLP, where points can be merged.
    Alike,
}

/// Memory kept between walks.
#[derive(Debug, Default)]
pub(super) struct Memory {
    text: String,
    nests: Vec<usize>,
    prints: identity::Memory,
    marks: Marks,
}

impl Memory {
    /// Names no longer hold.
    #[inline]
    pub(super) fn forget(&mut self) {
        self.prints.forget();
    }
}

/// The record that is being walked.
#[derive(Debug, Clone, Copy)]
struct Record {
    index: u32,
    level: Level,
    mark: Mark,
    /// Data points so far.
    points: u64,
    /// Whether something went without which it means nothing.
    nameless: bool,
}

/// What is learned together: a record, or a data point of a metric, since batches are cut between points.
#[derive(Debug, Clone)]
struct Scope<'a> {
    level: Level,
    mark: Mark,
    /// Where its operations begin, and what the record was then.
    start: Operations<'a>,
    record: Option<Record>,
    /// Whether it is walked for the second time.
    again: bool,
    /// Up to where its contents were not gone through, because what became of them was known.
    repeated: usize,
}

impl Columns {
    /// Shows a batch to `visitor` and leaves its edits in `edits`, which is cleared first.
    ///
    /// `secret` keys the fingerprints by which metric points that became alike are noticed: 16 random bytes, fresh for each
    /// batch, so that nobody can make up points that are told apart wrongly.
    ///
    /// # Errors
    /// [`FormatError`] when the batch cannot be walked; the edits are then meaningless.
    #[inline]
    pub fn walk(
        &mut self,
        batch: &[u8],
        limits: &Limits,
        visitor: &mut dyn FieldVisitor,
        secret: [u64; 2],
        edits: &mut Edits,
    ) -> Result<Walked, FormatError> {
        edits.clear();
        limits.admit(FORMAT, batch)?;
        let operations = Operations::open(batch)?;
        let Memory { text, nests, prints, marks } = &mut self.walk;
        let series = &mut self.series;
        nests.clear();
        series.look_up(&operations, &self.names, visitor.outcomes_hold());
        marks.clear(operations.contents.len());
        for unknown in series.unknown() {
            if let Some(texts) = operations.contents.get(unknown.clone()) {
                visitor.sift(texts, unknown.start, marks);
            }
        }
        let next_mark = marks.next(0);
        let mut walker = Walker {
            names: &self.names,
            limits,
            visitor,
            edits,
            text,
            nests,
            marks,
            next_mark,
            series,
            record: None,
            scope: None,
            repeatable: None,
            identity_changed: false,
        };
        let walked = walker.walk(&mut operations.clone());
        walker.give_up_repeatable();
        walked?;
        if walker.identity_changed
            && identity::becomes_alike(operations, &self.names, edits, secret, series, prints)?
        {
            return Ok(Walked::Alike);
        }
        Ok(Walked::Done)
    }
}

struct Walker<'n, 'w, 'a> {
    names: &'n super::Names,
    limits: &'w Limits,
    visitor: &'w mut dyn FieldVisitor,
    edits: &'w mut Edits,
    text: &'w mut String,
    /// Nesting of the values in each open array or map, counted as OTLP protobuf counts messages.
    nests: &'w mut Vec<usize>,
    /// Texts without any are not looked at.
    marks: &'w mut Marks,
    next_mark: usize,
    series: &'w mut Series,
    record: Option<Record>,
    scope: Option<Scope<'a>>,
    repeatable: Option<Repeatable>,
    identity_changed: bool,
}

/// A data point whose outcome is to be remembered.
#[derive(Debug)]
struct Repeatable {
    candidate: Candidate,
    mark: Mark,
    /// Whether what tells series apart was edited before it.
    identity_changed: bool,
    /// Operations that the visitor learned from, counted from the point's own.
    taught: Vec<u32>,
    /// What became of it, and where its edits end: once the walk is behind what stands before its exemplars, or behind all of it.
    outcome: Option<(Mark, Outcome)>,
}

/// Why a walk of a record ends early.
enum Stop {
    /// It nests too deep.
    Depth,
    Error(FormatError),
}

impl From<FormatError> for Stop {
    #[inline]
    fn from(error: FormatError) -> Self {
        Self::Error(error)
    }
}

#[inline]
fn malformed(what: &'static str, at: u32) -> FormatError {
    FormatError::Malformed { format: FORMAT, what, at: at as usize }
}

impl<'n, 'a> Walker<'n, '_, 'a> {
    #[inline]
    fn walk(&mut self, operations: &mut Operations<'a>) -> Result<(), FormatError> {
        let least = self.visitor.passing_number();
        loop {
            // Nearly all of a batch is text that stays.
            if self.nests.is_empty() {
                if self.scope.is_none() && self.repeatable.is_none() {
                    self.repeat_points(operations)?;
                }
                let until = self.repeatable_until();
                let met = operations.skip_passing(until, self.marks, &mut self.next_mark, self.names, least);
                self.visitor.met_sifted(met);
                let at = operations.index() as usize;
                if at >= until {
                    // What was not walked as it was cut is not remembered.
                    self.leave_repeatable(at == until);
                    continue;
                }
            }
            let index = operations.index();
            let Some(operation) = operations.next()? else {
                if self.nests.is_empty() && self.end_record(operations)? {
                    continue;
                }
                break;
            };
            match self.operation(index, operation, operations) {
                Ok(()) => {}
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Depth) => self.too_deep(index, operations)?,
            }
        }
        if !self.nests.is_empty() {
            return Err(malformed("an array or map without end", operations.index()));
        }
        // A host that lays contents out in another way is noticed here at the latest: what it was told of is not what it has.
        if !operations.at_end() {
            return Err(malformed("contents that belong to no operation", operations.index()));
        }
        Ok(())
    }

    #[inline]
    fn operation(
        &mut self,
        index: u32,
        operation: Operation<'_>,
        operations: &mut Operations<'a>,
    ) -> Result<(), Stop> {
        let kind = Kind::of(operation.kind).ok_or(malformed("unknown kind of operation", index))?;
        if matches!(kind, Kind::Resource | Kind::Scope | Kind::Record | Kind::Point | Kind::Style)
            && !self.nests.is_empty()
        {
            return Err(malformed("a record inside an array or map", index).into());
        }
        match kind {
            Kind::Text | Kind::Bytes | Kind::Int | Kind::Double | Kind::Bool => {
                let known = self.known(index, operation.id)?;
                self.enter_value(known)?;
                self.leaf(index, known, kind, operation.content).map_err(Stop::Error)
            }
            Kind::Name => {
                let known = self.known(index, operation.id)?;
                self.name(index, known);
                Ok(())
            }
            Kind::Key => self.key(index, operation, operations),
            Kind::Array | Kind::Map => {
                let known = self.known(index, operation.id)?;
                if known.ruling.is_ok_and(|ruling| ruling.verdict == Verdict::Drop) || known.ruling.is_err() {
                    // Sent all the same where it tells metric points apart, or where its texts are hunted elsewhere.
                    self.name(index, known);
                    return Ok(self.learn_from_nest(operations)?);
                }
                if let Ok(ruling) = known.ruling
                    && self.stays_as_it_is(ruling)
                {
                    self.visitor.met(ruling);
                    return Ok(skip_nest(operations)?);
                }
                let depth = self.enter_value(known)?;
                if depth + 1 > self.limits.depth {
                    return Err(Stop::Depth);
                }
                if let Ok(ruling) = known.ruling
                    && ruling.verdict == Verdict::Keep
                {
                    self.visitor.met(ruling);
                }
                self.nests.push(depth + 2);
                Ok(())
            }
            Kind::Close => match self.nests.pop() {
                Some(_) => Ok(()),
                None => Err(malformed("an end without an array or map", index).into()),
            },
            Kind::Resource | Kind::Scope => {
                self.end_record(operations)?;
                Ok(())
            }
            Kind::Record => {
                if self.end_record(operations)? {
                    return Ok(());
                }
                let level = Level::ALL.get(operation.id as usize).copied();
                let level = level.ok_or(malformed("unknown level of a record", index))?;
                let mark = self.edits.mark();
                self.record = Some(Record { index, level, mark, points: 0, nameless: false });
                if level == Level::Metric {
                    self.visitor.enter_record(level);
                } else {
                    self.begin_scope(level, operations);
                }
                if let Some(trace_id) = operation.content.first_chunk().filter(|id| **id != [0; 16]) {
                    self.visitor.trace(*trace_id);
                }
                Ok(())
            }
            Kind::Point => {
                if self.end_scope(operations) {
                    return Ok(());
                }
                if let Some(record) = &mut self.record {
                    record.points += 1;
                    self.begin_point(index, operations)?;
                }
                Ok(())
            }
            Kind::Style => Ok(()),
        }
    }

    #[inline]
    fn known(&self, index: u32, id: u32) -> Result<&'n Known, FormatError> {
        self.names.get(id).ok_or(malformed("unknown name", index))
    }

    /// Depth of a value that begins here.
    #[inline]
    fn enter_value(&self, known: &Known) -> Result<usize, Stop> {
        let depth = self.nests.last().copied().unwrap_or_else(|| base_depth(known.level));
        if depth > self.limits.depth { Err(Stop::Depth) } else { Ok(depth) }
    }

    /// Whether a value stays whatever it holds: then it is shown only because it tells metric points apart.
    #[inline]
    fn stays_as_it_is(&self, ruling: Ruling) -> bool {
        ruling.verdict == Verdict::Keep && !ruling.look_at_key && self.visitor.keeps_unknown()
    }

    /// A name without a value to look at.
    #[inline]
    fn name(&mut self, index: u32, known: &Known) {
        let ruling = match known.ruling {
            Ok(ruling) => ruling,
            Err(defect) => {
                self.visitor.unreadable(known.level, defect);
                return self.drop(index, known);
            }
        };
        match ruling.verdict {
            Verdict::Keep => self.visitor.met(ruling),
            Verdict::Drop => {
                self.visitor.met(ruling);
                self.drop(index, known);
            }
            // A list of counts or bounds has no single value to transform: it stays or goes.
            Verdict::Look if matches!(known.holds, Holds::Structural { .. } | Holds::Id(_)) => {
                self.drop(index, known);
            }
            Verdict::Look => {}
        }
    }

    /// The text of a key, and the value behind it if the key takes it along.
    #[inline]
    fn key(
        &mut self,
        index: u32,
        operation: Operation<'_>,
        operations: &mut Operations<'_>,
    ) -> Result<(), Stop> {
        let known = self.known(index, operation.id)?;
        let ruling = known.ruling.ok().filter(|ruling| ruling.look_at_key);
        let (Some(ruling), Some(Some(next))) = (ruling, operations.peek().map(Kind::of)) else {
            return Ok(());
        };
        if next as u8 > Kind::Map as u8 || next == Kind::Key {
            return Err(malformed("a key without a value", index).into());
        }
        let goes = match std::str::from_utf8(operation.content) {
            Err(_) => {
                self.visitor.unreadable(known.level, Defect::Utf8);
                true
            }
            Ok(key) => {
                self.text.clear();
                match self.visitor.key(ruling, key, self.text) {
                    Edit::Keep => false,
                    Edit::Text => {
                        self.identity_changed |= known.identity;
                        self.edits.push(index, EditKind::Text, self.text.as_bytes());
                        self.check_output()?;
                        false
                    }
                    _ => true,
                }
            }
        };
        if goes {
            let at = operations.index();
            self.drop(at, known);
            operations.next()?;
            if matches!(next, Kind::Array | Kind::Map) {
                skip_nest(operations)?;
            }
        }
        Ok(())
    }

    #[inline]
    fn drop(&mut self, index: u32, known: &Known) {
        self.identity_changed |= known.identity;
        self.edits.push(index, EditKind::Drop, &[]);
        if known.holds == Holds::Vital
            && let Some(record) = &mut self.record
        {
            record.nameless = true;
        }
    }

    #[inline]
    fn check_output(&self) -> Result<(), FormatError> {
        if self.edits.bytes().len() > self.limits.output {
            return Err(FormatError::TooLarge { format: FORMAT, limit: self.limits.output });
        }
        Ok(())
    }

    #[inline]
    fn leaf(&mut self, index: u32, known: &Known, kind: Kind, content: &[u8]) -> Result<(), FormatError> {
        let Ok(ruling) = known.ruling else {
            self.name(index, known);
            return Ok(());
        };
        match ruling.verdict {
            Verdict::Drop => {
                self.learn(index, ruling, kind, content);
                self.name(index, known);
                return Ok(());
            }
            Verdict::Keep => {
                if self.nests.is_empty() {
                    self.visitor.met(ruling);
                }
                if kind == Kind::Text
                    && known.holds == Holds::Any
                    && !self.stays_as_it_is(ruling)
                    && std::str::from_utf8(content).is_err()
                {
                    self.visitor.unreadable(known.level, Defect::Utf8);
                    self.drop(index, known);
                }
                return Ok(());
            }
            Verdict::Look => {}
        }
        let Some(value) = value(kind, content) else {
            let defect = if kind == Kind::Text { Defect::Utf8 } else { Defect::Shape };
            self.visitor.unreadable(known.level, defect);
            self.drop(index, known);
            return Ok(());
        };
        self.edit(index, known, ruling, value)
    }

    /// Shows a value that goes to a visitor that learns from it.
    #[inline]
    fn learn(&mut self, index: u32, ruling: Ruling, kind: Kind, content: &[u8]) {
        if self.visitor.learns(ruling)
            && let Some(value) = value(kind, content)
        {
            self.text.clear();
            let before = self.visitor.learned();
            let _ = self.visitor.value(ruling, value, self.text);
            self.note_taught(index, before);
        }
    }

    /// Goes behind the end of an array or map that goes, and shows its values to a visitor that learns from them.
    #[inline]
    fn learn_from_nest(&mut self, operations: &mut Operations<'_>) -> Result<(), FormatError> {
        in_nest(operations, |index, kind, operation| {
            if let Ok(ruling) = self.known(index, operation.id)?.ruling {
                self.learn(index, ruling, kind, operation.content);
            }
            Ok(())
        })
    }

    #[inline]
    fn edit(
        &mut self,
        index: u32,
        known: &Known,
        ruling: Ruling,
        value: Value<'_>,
    ) -> Result<(), FormatError> {
        self.text.clear();
        let before = self.visitor.learned();
        let edit = self.visitor.value(ruling, value, self.text);
        self.note_taught(index, before);
        if edit == Edit::Keep {
            return Ok(());
        }
        match (known.holds, edit, value) {
            (_, Edit::Drop, _) => {
                self.drop(index, known);
                return Ok(());
            }
            (Holds::Any, Edit::Int(new), _)
            | (Holds::Structural { wide: true }, Edit::Int(new), Value::Int(_)) => {
                self.edits.push(index, EditKind::Int, &new.to_le_bytes());
            }
            (Holds::Any, Edit::Double(new), _)
            | (Holds::Structural { wide: true }, Edit::Double(new), Value::Double(_)) => {
                self.edits.push(index, EditKind::Double, &new.to_le_bytes());
            }
            (Holds::Id(length), Edit::Text, _)
                if let Some(id) = id::of_text(self.text, length, &mut [0; id::LONGEST]) =>
            {
                self.edits.push(index, EditKind::Bytes, id);
            }
            // Other text, or a number of another kind, has no place in a structural leaf.
            (Holds::Structural { .. } | Holds::Id(_), ..) => {
                self.drop(index, known);
                return Ok(());
            }
            (Holds::Text | Holds::Vital, Edit::Int(new), _) => {
                // Writing to memory cannot fail.
                let _ = write!(self.text, "{new}");
                self.edits.push(index, EditKind::Text, self.text.as_bytes());
            }
            (Holds::Text | Holds::Vital, Edit::Double(new), _) => {
                let _ = write!(self.text, "{new}");
                self.edits.push(index, EditKind::Text, self.text.as_bytes());
            }
            (_, Edit::Text | Edit::Keep, _) => {
                self.edits.push(index, EditKind::Text, self.text.as_bytes());
            }
        }
        self.identity_changed |= known.identity;
        self.check_output()
    }

    /// Takes out the record in which `index` nests too deep, with what was decided in it, and goes on behind it.
    #[inline]
    fn too_deep(&mut self, index: u32, operations: &mut Operations<'a>) -> Result<(), FormatError> {
        let error = FormatError::Depth { format: FORMAT, at: index as usize, limit: self.limits.depth };
        let Some(mut record) = self.record.take() else { return Err(error) };
        self.scope = None;
        self.give_up_repeatable();
        while let Some(kind) = operations.peek().map(Kind::of) {
            match kind {
                Some(Kind::Resource | Kind::Scope | Kind::Record) => break,
                Some(Kind::Point) => record.points += 1,
                _ => {}
            }
            operations.next()?;
        }
        self.nests.clear();
        self.withhold(&record, Defect::Depth, error)
    }

    #[inline]
    fn withhold(&mut self, record: &Record, defect: Defect, error: FormatError) -> Result<(), FormatError> {
        let items = if record.level == Level::Metric { record.points.max(1) } else { 1 };
        if !self.visitor.record_withheld(record.level, items, defect) && defect == Defect::Depth {
            return Err(error);
        }
        self.edits.rewind(record.mark);
        self.edits.push(record.index, EditKind::Drop, &[]);
        Ok(())
    }

    /// Ends the present record, if there is one. True if something of it is to be walked once more: then `operations` stand at
    /// its beginning again.
    #[inline]
    fn end_record(&mut self, operations: &mut Operations<'a>) -> Result<bool, FormatError> {
        if self.end_scope(operations) {
            return Ok(true);
        }
        if let Some(record) = self.record.take().filter(|record| record.nameless) {
            let nameless = malformed("a metric without name", record.index);
            self.withhold(&record, Defect::Nameless, nameless)?;
        }
        Ok(false)
    }

    /// Goes over the data point that has just begun if it is one of those remembered, or over what stands before its exemplars; then
    /// its scope has begun. If not, it may be one to remember.
    /// Goes over points that are remembered whole: most follow each other.
    #[inline]
    fn repeat_points(&mut self, operations: &mut Operations<'a>) -> Result<(), FormatError> {
        let Some(record) = &mut self.record else { return Ok(()) };
        while let Some((outcome, next, at)) =
            self.series.repeat_whole(operations.next, operations.index(), self.edits)
        {
            record.points += 1;
            self.visitor.repeat(outcome.counted, true);
            self.identity_changed |= outcome.identity_changed;
            (operations.next, operations.at) = (next, at);
        }
        self.check_output()
    }

    #[inline]
    fn begin_point(&mut self, index: u32, operations: &mut Operations<'a>) -> Result<(), FormatError> {
        let Some(candidate) = self.series.at(index as usize) else {
            self.begin_scope(Level::Point, operations);
            return Ok(());
        };
        let start = self.edits.mark();
        let Some(outcome) = self.series.repeat(&candidate, index, self.edits) else {
            self.visitor.begin_repeatable();
            let identity_changed = std::mem::replace(&mut self.identity_changed, false);
            let (taught, outcome) = (Vec::new(), None);
            self.repeatable = Some(Repeatable { candidate, mark: start, identity_changed, taught, outcome });
            self.begin_scope(Level::Point, operations);
            return Ok(());
        };
        // What follows its own are exemplars: they and it are counted in its scope.
        if !candidate.whole {
            self.begin_scope(Level::Point, operations);
            if let Some(scope) = &mut self.scope {
                (scope.mark, scope.repeated) = (start, candidate.contents.end);
            }
            if outcome.taught[0] != 0 {
                self.learn_again(operations.clone(), outcome.taught)?;
            }
        }
        self.visitor.repeat(outcome.counted, candidate.whole);
        self.identity_changed |= outcome.identity_changed;
        self.check_output()?;
        (operations.next, operations.at) = (candidate.operations.end, candidate.contents.end);
        Ok(())
    }

    /// Shows the visitor what it learned from in a data point that is remembered. The operations stand behind the point's own.
    #[inline]
    fn learn_again(
        &mut self,
        mut operations: Operations<'a>,
        taught: [u8; TAUGHT],
    ) -> Result<(), FormatError> {
        let base = operations.index() - 1;
        for at in taught.into_iter().take_while(|at| *at != 0) {
            loop {
                let index = operations.index();
                let Some(operation) = operations.next()? else { return Ok(()) };
                if index < base + u32::from(at) {
                    continue;
                }
                if let Ok(ruling) = self.known(index, operation.id)?.ruling
                    && let Some(kind) = Kind::of(operation.kind)
                    && let Some(value) = value(kind, operation.content)
                {
                    self.visitor.learn_again(ruling, value);
                }
                break;
            }
        }
        Ok(())
    }

    /// Notes that the visitor learned from an operation, if it has learned more than before, of a data point to be remembered.
    #[inline]
    fn note_taught(&mut self, index: u32, before: usize) {
        if let Some(Repeatable { candidate, taught, outcome: None, .. }) = &mut self.repeatable
            && self.visitor.learned() > before
        {
            taught.push(index.wrapping_sub(candidate.operations.start as u32));
        }
    }

    /// Where what is to be remembered ends, if that is before the end of its data point.
    #[inline]
    fn repeatable_until(&self) -> usize {
        match &self.repeatable {
            Some(Repeatable { candidate, outcome: None, .. }) if !candidate.whole => candidate.operations.end,
            _ => usize::MAX,
        }
    }

    /// Notes what became of what is to be remembered: the walk is behind it. `good` says whether it is to be remembered still.
    #[inline]
    fn leave_repeatable(&mut self, good: bool) {
        let Some(mut repeatable) = self.repeatable.take() else { return };
        let counted = self.visitor.end_repeatable();
        let identity_changed = self.identity_changed;
        self.identity_changed |= repeatable.identity_changed;
        let mut taught = [0; TAUGHT];
        // Its numbers are small, since it is short.
        taught.iter_mut().zip(&repeatable.taught).for_each(|(to, from)| *to = *from as u8);
        if let Some(counted) = counted
            && good
            && repeatable.taught.len() <= TAUGHT
        {
            let outcome = Outcome { counted, identity_changed, taught };
            repeatable.outcome = Some((self.edits.mark(), outcome));
            self.repeatable = Some(repeatable);
        }
    }

    /// Remembers what became of the data point that has just ended.
    #[inline]
    fn end_repeatable(&mut self, operations: &Operations<'a>) {
        if let Some(Repeatable { candidate, outcome: None, .. }) = &self.repeatable {
            // The walk is at the end of the batch or behind what follows; elsewhere it did not go as it was cut.
            let end = candidate.operations.end;
            let ended = (end..=end + 1).contains(&(operations.index() as usize));
            self.leave_repeatable(candidate.whole && ended);
        }
        let Some(Repeatable { candidate, mark, outcome: Some((end, outcome)), .. }) = self.repeatable.take()
        else {
            return;
        };
        self.series.put(&candidate, operations, (self.edits, mark..end), outcome);
    }

    /// Forgets what was to be remembered of the data point, which is given up.
    #[inline]
    fn give_up_repeatable(&mut self) {
        if let Some(Repeatable { identity_changed, outcome: None, .. }) = self.repeatable.take() {
            self.visitor.end_repeatable();
            self.identity_changed |= identity_changed;
        }
    }

    #[inline]
    fn begin_scope(&mut self, level: Level, operations: &Operations<'a>) {
        let (mark, start) = (self.edits.mark(), operations.clone());
        self.scope = Some(Scope { level, mark, start, record: self.record, again: false, repeated: 0 });
        self.visitor.enter_record(level);
    }

    /// Ends what is learned together, if there is such. True if it is to be walked once more: then `operations` stand at its
    /// beginning again.
    #[inline]
    fn end_scope(&mut self, operations: &mut Operations<'a>) -> bool {
        let Some(mut scope) = self.scope.take() else { return false };
        let walked = if scope.again { &[][..] } else { scope.start.contents_until(operations) };
        if !self.visitor.leave_record(scope.level, walked) || scope.again {
            self.end_repeatable(operations);
            return false;
        }
        self.edits.rewind(scope.mark);
        self.record = scope.record;
        *operations = scope.start.clone();
        if self.repeatable.as_ref().is_some_and(|repeatable| !repeatable.candidate.whole) {
            self.give_up_repeatable();
        }
        let (marks, start) = (&mut *self.marks, operations.at);
        // What is known of its beginning was made without what is hunted now.
        if let Some(texts) = operations.contents.get(start..scope.repeated) {
            self.visitor.sift(texts, start, marks);
            self.series.disregard();
        }
        self.visitor.hunt(walked, &mut |place| marks.mark(start + place));
        self.next_mark = marks.next(start);
        scope.again = true;
        self.scope = Some(scope);
        true
    }
}

/// Goes behind the end of the array or map that has just begun.
#[inline]
fn skip_nest(operations: &mut Operations<'_>) -> Result<(), FormatError> {
    in_nest(operations, |_, _, _| Ok(()))
}

/// Goes behind the end of the array or map that has just begun, and gives what is in it, at any depth, to `each`.
#[inline]
fn in_nest(
    operations: &mut Operations<'_>,
    mut each: impl FnMut(u32, Kind, Operation<'_>) -> Result<(), FormatError>,
) -> Result<(), FormatError> {
    let mut open = 1u32;
    while open > 0 {
        let index = operations.index();
        let Some(operation) = operations.next()? else {
            return Err(malformed("an array or map without end", index));
        };
        match Kind::of(operation.kind) {
            Some(Kind::Array | Kind::Map) => open += 1,
            Some(Kind::Close) => open -= 1,
            Some(kind) => each(index, kind, operation)?,
            None => {}
        }
    }
    Ok(())
}

/// A value as sent; none when its content has another shape.
#[inline]
fn value(kind: Kind, content: &[u8]) -> Option<Value<'_>> {
    Some(match kind {
        Kind::Text => Value::Text(std::str::from_utf8(content).ok()?),
        Kind::Bytes => Value::Bytes(content),
        Kind::Int => Value::Int(i64::from_le_bytes(content.try_into().ok()?)),
        Kind::Double => Value::Double(f64::from_le_bytes(content.try_into().ok()?)),
        Kind::Bool => Value::Bool(content.first().copied()? != 0),
        _ => return None,
    })
}

/// Nesting of the value of an attribute or body of this level, counted as OTLP protobuf counts messages: the request is
/// the first.
#[inline]
fn base_depth(level: Level) -> usize {
    match level {
        Level::Resource | Level::Transport => 4,
        Level::Scope | Level::Span | Level::Log | Level::Metric | Level::Profile => 5,
        Level::Event | Level::Link => 6,
        Level::Point => 7,
        Level::Exemplar => 8,
    }
}
