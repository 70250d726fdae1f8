//! The edits of one batch, as the host reads them.

use std::ops::Range;

/// What an edit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum EditKind {
    /// Becomes this text, whatever its type was.
    Text = 0,
    /// Becomes this id, as long as it was.
    Bytes = 1,
    /// Becomes this whole number, eight bytes.
    Int = 2,
    /// Becomes this floating-point number, eight bytes.
    Double = 3,
    /// Goes: an attribute with its key, an array element or map member alone, a built-in field becomes unset, a record
    /// leaves the batch.
    Drop = 5,
}

impl EditKind {
    #[inline]
    pub(super) fn of(number: u8) -> Option<Self> {
        [Self::Text, Self::Bytes, Self::Int, Self::Double, Self::Drop]
            .into_iter()
            .find(|kind| *kind as u8 == number)
    }
}

/// Edits by ascending index of the operation that they belong to.
#[derive(Debug, Default)]
pub struct Edits {
    bytes: Vec<u8>,
    count: u32,
}

/// A place in a list of edits to come back to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    length: usize,
    count: u32,
}

impl Edits {
    /// Number of edits.
    #[must_use]
    #[inline]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The edits, one after the other: `u32` index, `u32 kind << 28 | length`, content.
    #[must_use]
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.count = 0;
    }

    #[inline]
    pub(super) fn mark(&self) -> Mark {
        Mark { length: self.bytes.len(), count: self.count }
    }

    #[inline]
    pub(super) fn rewind(&mut self, mark: Mark) {
        self.bytes.truncate(mark.length);
        self.count = mark.count;
    }

    /// Appends the edits between two places, told from the operation `base` on.
    #[inline]
    pub(super) fn write_relative(&self, marks: Range<Mark>, base: u32, out: &mut Vec<u8>) {
        let between = self.bytes.get(marks.start.length..marks.end.length).unwrap_or_default();
        rebase(between, |index| index.wrapping_sub(base), out);
    }

    /// Adds edits that are told from the operation `base` on.
    #[inline]
    pub(super) fn push_relative(&mut self, edits: &[u8], base: u32) {
        self.count += rebase(edits, |index| index.wrapping_add(base), &mut self.bytes);
    }

    #[inline]
    pub(super) fn push(&mut self, index: u32, kind: EditKind, content: &[u8]) {
        // Longer content than 28 bits can tell is over every bound on output, which is checked after each edit.
        let head = (kind as u32) << 28 | (content.len() as u32 & 0x0fff_ffff);
        self.bytes.extend_from_slice(&index.to_le_bytes());
        self.bytes.extend_from_slice(&head.to_le_bytes());
        self.bytes.extend_from_slice(content);
        self.count += 1;
    }

    /// The edits as written, one after the other.
    #[inline]
    pub(super) fn read(&self) -> Reading<'_> {
        Reading { rest: &self.bytes }
    }
}

/// Appends edits under other indices, and tells how many there are.
#[inline]
fn rebase(edits: &[u8], index: impl Fn(u32) -> u32, out: &mut Vec<u8>) -> u32 {
    let mut rest = edits;
    let mut count = 0;
    while let Some((at, behind)) = rest.split_first_chunk::<4>()
        && let Some(head) = behind.first_chunk::<4>()
        && let Some((edit, behind)) =
            behind.split_at_checked(4 + (u32::from_le_bytes(*head) as usize & 0x0fff_ffff))
    {
        out.extend_from_slice(&index(u32::from_le_bytes(*at)).to_le_bytes());
        out.extend_from_slice(edit);
        count += 1;
        rest = behind;
    }
    count
}

/// Reads edits back.
#[derive(Debug, Clone)]
pub(super) struct Reading<'a> {
    rest: &'a [u8],
}

impl<'a> Reading<'a> {
    /// Goes over the edits of operations before `index`.
    #[inline]
    pub(super) fn skip_to(&mut self, index: u32) {
        while let Some(at) = self.rest.first_chunk().map(|at| u32::from_le_bytes(*at))
            && at < index
            && self.of(at).is_some()
        {}
    }

    /// The edit of the operation at `index`, if the next one is. Operations are asked for in ascending order.
    #[inline]
    pub(super) fn of(&mut self, index: u32) -> Option<(EditKind, &'a [u8])> {
        let (at, rest) = self.rest.split_first_chunk::<4>()?;
        if u32::from_le_bytes(*at) != index {
            return None;
        }
        let (head, rest) = rest.split_first_chunk::<4>()?;
        let head = u32::from_le_bytes(*head);
        let (content, rest) = rest.split_at_checked(head as usize & 0x0fff_ffff)?;
        self.rest = rest;
        Some((EditKind::of((head >> 28) as u8)?, content))
    }
}
