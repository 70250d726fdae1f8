//! Labels of Prometheus and Loki: pairs of name and text, and all of a stream's in one text.

use super::{Fate, KEY_TAG, VALUE_TAG, Walker, edit_text};
use crate::json::{Fate as Listed, Siblings, quote};
use crate::labels::{LabelAt, LabelReader};
use crate::otlp::wire::{FORMAT, LEN, Wire, put_varint};
use crate::{Defect, Edit, FormatError, Level, Name, Recalled, Ruling, Verdict};

/// The label that names a Prometheus series.
const METRIC_NAME: &str = "__name__";

/// Whether labels of this level are what a series is called: `__name__` is the name of its metric, without which it goes, as it
/// does without any label.
#[inline]
pub(super) fn names_series(level: Level) -> bool {
    level == Level::Point
}

/// Whether text is a name of a metric as every version of Prometheus takes it.
#[inline]
fn is_metric_name(text: &str) -> bool {
    let first = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':');
    text.as_bytes().first().is_some_and(first)
        && text.bytes().all(|byte| first(&byte) || byte.is_ascii_digit())
}

/// A field of text.
#[derive(Debug, Clone, Copy)]
struct TextLeaf<'a> {
    wire: Wire,
    text: &'a str,
}

impl<'a> Walker<'a, '_> {
    /// Decides on one label. Says whether the message that holds it stays.
    #[inline]
    pub(super) fn label(&mut self, level: Level, wire: Wire) -> Result<Fate, FormatError> {
        if level == Level::Resource {
            return self.label_text(level, wire);
        }
        let series = names_series(level);
        self.labels.seen += u64::from(series);
        let Some((name, value)) = self.pair(level, wire)? else {
            self.drop_field(wire);
            // What it was called is not known, so it may have been what the series was called.
            return Ok(if series { Fate::Goes } else { Fate::Stays });
        };
        let text = value.map_or("", |value| value.text);
        let vital = series && name.text == METRIC_NAME;
        let ruling = match self.visitor.recall(level, name.text.as_bytes(), text.as_bytes()) {
            _ if vital => self.visitor.rule(Name::built_in(Level::Metric, "name"), None),
            Recalled::Stays => {
                self.labels.left += u64::from(series);
                return Ok(Fate::Stays);
            }
            Recalled::Ruled(ruling) => ruling,
            Recalled::Unknown => self.visitor.rule(Name::attribute(level, name.text), None),
        };
        // Names follow a grammar everywhere but in structured metadata, and an empty text is a label nowhere else.
        let free = level == Level::Log;
        if self.edited_label(wire, name.text, value, ruling, vital, free) == Fate::Goes {
            self.drop_field(wire);
            return Ok(if vital { Fate::Goes } else { Fate::Stays });
        }
        self.labels.left += u64::from(series);
        Ok(Fate::Stays)
    }

    /// Makes the edits of one label, unless it goes.
    #[inline]
    fn edited_label(
        &mut self,
        wire: Wire,
        name: &str,
        value: Option<TextLeaf<'a>>,
        ruling: Ruling,
        vital: bool,
        free: bool,
    ) -> Fate {
        if ruling.verdict == Verdict::Drop {
            return Fate::Goes;
        }
        let mut new_name = None;
        if ruling.look_at_key && !vital {
            self.text.clear();
            match self.visitor.key(ruling, name, self.text) {
                Edit::Keep => {}
                Edit::Text if free => new_name = Some(std::mem::take(self.text)),
                _ => return Fate::Goes,
            }
        }
        let old = value.map_or("", |value| value.text);
        let edit = if value.is_some() { self.plain_edit(ruling, old) } else { Edit::Keep };
        let written = std::mem::take(self.text);
        let mut buffer = String::new();
        let new = match edit {
            Edit::Drop => return Fate::Goes,
            Edit::Keep => old,
            edit => edit_text(edit, &written, &mut buffer),
        };
        if edit != Edit::Keep
            && ((new.is_empty() && !free) || (vital && is_metric_name(old) && !is_metric_name(new)))
        {
            return Fate::Goes;
        }
        match (new_name, value) {
            (None, Some(value)) if edit != Edit::Keep => {
                let mark = self.splice.mark();
                self.replace_content(value.wire, new.as_bytes());
                self.settle(wire, mark, Fate::Stays);
            }
            (None, _) => {}
            (Some(name), _) => {
                let mut lengths = [[0u8; 10]; 2];
                let [name_len, text_len] = &mut lengths;
                let name_len = put_varint(name.len() as u64, name_len);
                let text_len = put_varint(new.len() as u64, text_len);
                let pair = [&[KEY_TAG], name_len, name.as_bytes(), &[VALUE_TAG], text_len, new.as_bytes()];
                self.replace_content(wire, &pair.concat());
            }
        }
        *self.text = written;
        Fate::Stays
    }

    /// Walks all labels of a stream in one text, `{a="b", c="d"}`. The stream goes when none of them is left.
    #[inline]
    fn label_text(&mut self, level: Level, wire: Wire) -> Result<Fate, FormatError> {
        let Some(text) = self.utf8(wire.content) else {
            return Err(FormatError::Utf8 { format: FORMAT, at: wire.content.start });
        };
        let mut labels = LabelReader { text, at: 0 };
        let malformed = |labels: &LabelReader<'_>| FormatError::Malformed {
            format: FORMAT,
            what: "malformed labels",
            at: wire.content.start + labels.at,
        };
        let outer = self.splice.mark();
        let mut siblings = Siblings::default();
        let (mut seen, mut left) = (false, false);
        let mut value = std::mem::take(self.path);
        if !labels.takes(b'{') {
            return Err(malformed(&labels));
        }
        while !labels.takes(b'}') {
            seen = true;
            let Some(label) = labels.label(&mut value) else { return Err(malformed(&labels)) };
            let mark = self.splice.mark();
            let fate = self.label_in_text(level, &label, &value, wire.content.start);
            left |= fate == Listed::Kept;
            let (start, end) = (wire.content.start + label.start, wire.content.start + label.end);
            siblings.element(fate, mark, start, end, self.splice);
            if !labels.takes(b',') {
                if labels.takes(b'}') {
                    break;
                }
                return Err(malformed(&labels));
            }
        }
        if !labels.ends() {
            return Err(malformed(&labels));
        }
        *self.path = value;
        if seen && !left {
            self.splice.rewind(outer);
            return Ok(Fate::Goes);
        }
        siblings.finish(self.splice);
        self.settle(wire, outer, Fate::Stays);
        Ok(Fate::Stays)
    }

    #[inline]
    fn label_in_text(&mut self, level: Level, label: &LabelAt<'_>, value: &str, base: usize) -> Listed {
        if label.name.len() > self.limits.path {
            self.visitor.unreadable(level, Defect::Depth);
            return Listed::Dropped;
        }
        let ruling = self.visitor.rule(Name::attribute(level, label.name), None);
        if ruling.verdict == Verdict::Drop {
            return Listed::Dropped;
        }
        self.text.clear();
        if ruling.look_at_key && self.visitor.key(ruling, label.name, self.text) != Edit::Keep {
            return Listed::Dropped;
        }
        let edit = self.plain_edit(ruling, value);
        let mut buffer = String::new();
        let new = match edit {
            Edit::Keep => return Listed::Kept,
            Edit::Drop => return Listed::Dropped,
            edit => edit_text(edit, self.text, &mut buffer),
        };
        if new.is_empty() {
            return Listed::Dropped;
        }
        let mut token = Vec::new();
        quote(new, &mut token);
        self.splice.replace(base + label.value_at, base + label.end, &[&token]);
        Listed::Kept
    }

    /// Reads a pair of name and text. `None` when it is none, of which the visitor is told.
    #[inline]
    fn pair(
        &mut self,
        level: Level,
        wire: Wire,
    ) -> Result<Option<(TextLeaf<'a>, Option<TextLeaf<'a>>)>, FormatError> {
        let (mut name, mut value) = (None, None);
        let mut defect = None;
        let mut at = wire.content.start;
        while at < wire.content.end {
            let field = self.next(&mut at, wire.content.end)?;
            let slot = match (field.number, field.kind) {
                (1, LEN) => &mut name,
                (2, LEN) => &mut value,
                (1 | 2, _) => {
                    defect = Some(Defect::Shape);
                    continue;
                }
                // A pair is small: what nobody knows of it takes it along.
                _ if self.visitor.unknown(level) => continue,
                _ => return Ok(None),
            };
            match self.utf8(field.content) {
                Some(text) if slot.is_none() => *slot = Some(TextLeaf { wire: field, text }),
                Some(_) => defect = Some(Defect::Ambiguous),
                None => defect = Some(Defect::Utf8),
            }
        }
        let name = match (name, defect) {
            (Some(name), None) => name,
            (_, defect) => {
                self.visitor.unreadable(level, defect.unwrap_or(Defect::Shape));
                return Ok(None);
            }
        };
        if name.text.len() > self.limits.path {
            self.visitor.unreadable(level, Defect::Depth);
            return Ok(None);
        }
        Ok(Some((name, value)))
    }
}
