//! Columns of fields: telemetry that a host holds as objects, shown to a visitor without encoding it.
//!
//! In the Collector no OTLP bytes exist. There the host sends what the engine wants to see, in the order of its own walk, and
//! gets a list of edits back that it applies itself. Promises: every field that a host sends is ruled exactly as the same
//! field in OTLP protobuf; an edit names the operation that it belongs to, in ascending order; work and memory are bounded
//! by [`crate::Limits`]; no input panics. Leaves to the host: that it sends every field there is (a test made from the
//! published descriptors holds it to that), and applying the edits.
//!
//! A *batch* is little endian: `u32` number of operations, `u32` zero, the operations of eight bytes each, then their
//! contents in the same order, each that is not empty with a zero byte behind it: so all texts can be gone through at once.
//! An operation is `u32 id`, `u32 kind << 28 | length of its content`. What the kinds mean stands at [`Kind`]. An *edit* is `u32` index of an operation, `u32 kind << 28 | length`, and the content.
//!
//! What became of a data point is remembered from batch to batch, for as long as the visitor says that it holds ([`series`]); all else
//! is forgotten with its batch, but for names.
//!
//! Every field passes here, so functions are `#[inline]`: the engine, which calls them, compiles them for speed, the rest of this crate
//! is compiled for size in the module (docs/rationale/module.md).
//!
//! A host learns ids by [`Columns::bind`]: one for each name, so that a name crosses the border once and not once a record.

mod binding;
mod edits;
mod identity;
mod series;
mod walk;

pub use binding::{Bound, Place, Show};
pub use edits::{EditKind, Edits};
pub use walk::Walked;

use crate::{Marks, parts};
use binding::Names;
use std::ops::Range;

/// Name of the format in errors.
pub(crate) const FORMAT: &str = "columns";

/// Kind of an operation: what it shows, or where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Text under the name `id`.
    Text = 0,
    /// Bytes under the name `id`.
    Bytes = 1,
    /// A whole number under the name `id`, eight bytes.
    Int = 2,
    /// A floating-point number under the name `id`, eight bytes.
    Double = 3,
    /// A truth value under the name `id`, one byte.
    Bool = 4,
    /// The name `id` alone: its value is empty, a list of numbers, or not worth sending because the name's ruling says
    /// that it goes.
    Name = 5,
    /// Text of the key whose value the next operation shows; only where [`Bound::look_at_key`] asks for it.
    Key = 6,
    /// An array under the name `id` begins; its elements follow under the same name.
    Array = 7,
    /// A map under the name `id` begins; its members follow under names bound within `id`.
    Map = 8,
    /// The innermost array or map ends.
    Close = 9,
    /// A resource begins.
    Resource = 10,
    /// A scope begins.
    Scope = 11,
    /// A record begins; `id` is its [`crate::Level`]. The content is its trace id, where it has one and the plan asks.
    Record = 12,
    /// A data point of the present metric begins.
    Point = 13,
    /// What tells the present metric's series from another besides names: kind of its data, temporality and whether it is
    /// monotonic, as any number that differs when one of them does.
    Style = 14,
}

impl Kind {
    #[inline]
    fn of(number: u8) -> Option<Self> {
        const ALL: [Kind; 15] = [
            Kind::Text,
            Kind::Bytes,
            Kind::Int,
            Kind::Double,
            Kind::Bool,
            Kind::Name,
            Kind::Key,
            Kind::Array,
            Kind::Map,
            Kind::Close,
            Kind::Resource,
            Kind::Scope,
            Kind::Record,
            Kind::Point,
            Kind::Style,
        ];
        ALL.get(usize::from(number)).copied()
    }
}

/// The names that a host has bound, and memory kept between batches.
#[derive(Debug, Default)]
pub struct Columns {
    names: Names,
    series: series::Series,
    walk: walk::Memory,
}

/// One operation as read.
#[derive(Debug, Clone, Copy)]
struct Operation<'a> {
    kind: u8,
    id: u32,
    content: &'a [u8],
}

/// The operations of a batch, one after the other.
#[derive(Debug, Clone)]
struct Operations<'a> {
    heads: &'a [[u8; 8]],
    /// Number of the next operation.
    next: usize,
    contents: &'a [u8],
    /// Where the next content begins.
    at: usize,
}

impl<'a> Operations<'a> {
    /// Reads the head of a batch.
    #[inline]
    fn open(batch: &'a [u8]) -> Result<Self, crate::FormatError> {
        let truncated = crate::FormatError::Truncated { format: FORMAT, at: 0 };
        let Some((count, rest)) = batch.split_first_chunk::<4>() else { return Err(truncated) };
        let Some((_, rest)) = rest.split_first_chunk::<4>() else { return Err(truncated) };
        let heads = (u32::from_le_bytes(*count) as usize).checked_mul(8);
        let Some((heads, rest)) = heads.and_then(|bytes| rest.split_at_checked(bytes)) else {
            return Err(truncated);
        };
        Ok(Self { heads: heads.as_chunks::<8>().0, next: 0, contents: rest, at: 0 })
    }

    /// Number of the next operation.
    #[inline]
    fn index(&self) -> u32 {
        self.next as u32
    }

    /// Whether exactly the contents of the operations so far are all there is.
    #[inline]
    fn at_end(&self) -> bool {
        self.at == self.contents.len()
    }

    /// The contents from here on to where other, later operations of the same batch stand.
    #[inline]
    fn contents_until(&self, later: &Self) -> &'a [u8] {
        self.contents.get(self.at..later.at).unwrap_or_default()
    }

    /// The bytes of some operations, and those of their contents.
    #[inline]
    fn piece(&self, operations: &Range<usize>, contents: &Range<usize>) -> Option<(&'a [u8], &'a [u8])> {
        let heads = self.heads.get(operations.clone())?;
        Some((heads.as_flattened(), self.contents.get(contents.clone())?))
    }

    /// Goes over what stays under sifted names: texts in which nothing is marked and that begin like no structure, and numbers
    /// smaller than `least`, up to the operation `until`. Says how many. `next_mark` is the first mark at or behind some earlier place, and is brought up to date.
    #[inline]
    fn skip_passing(
        &mut self,
        until: usize,
        marks: &Marks,
        next_mark: &mut usize,
        names: &Names,
        least: u64,
    ) -> u64 {
        /// What stands above the id of a number.
        const INT: u64 = (Kind::Int as u64) << 28 | 8;
        let contents = self.contents;
        let (mut at, mut mark, mut passed) = (self.at, *next_mark, 0);
        for head in self.heads.get(self.next..until.min(self.heads.len())).unwrap_or_default() {
            let word = u64::from_le_bytes(*head);
            if !names.sifted(word as u32) {
                break;
            }
            // The kind stands above the length, and text is zero: any other kind makes this longer than all contents.
            let length = (word >> 32) as usize;
            let end = at.checked_add(length).filter(|end| *end <= contents.len());
            if mark < at {
                mark = marks.next(at);
            }
            let rest = contents.get(at..).unwrap_or_default();
            if let Some(end) = end {
                // What stands behind a text does not matter, so that its length need not be asked for.
                if mark < end
                    || rest.first_chunk().is_none_or(parts::begins_like_one)
                        && parts::may_begin(contents.get(at..end).unwrap_or_default(), parts::Shape::Text)
                {
                    break;
                }
                at = end + usize::from(length > 0);
            } else {
                let size = rest.first_chunk().map(|number| i64::from_le_bytes(*number).unsigned_abs());
                if word >> 32 != INT || size.is_none_or(|size| size >= least) {
                    break;
                }
                at += 9;
            }
            passed += 1;
        }
        (self.at, *next_mark) = (at, mark);
        self.next += passed;
        passed as u64
    }

    /// The next operation, without its content; none at the end.
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.heads.get(self.next).map(|head| head[7] >> 4)
    }

    #[inline]
    fn next(&mut self) -> Result<Option<Operation<'a>>, crate::FormatError> {
        let Some(head) = self.heads.get(self.next) else { return Ok(None) };
        let word = u64::from_le_bytes(*head);
        let length = (word >> 32) as usize & 0x0fff_ffff;
        let end = self.at + length;
        let Some(content) = self.contents.get(self.at..end) else {
            return Err(crate::FormatError::Truncated { format: FORMAT, at: self.next });
        };
        self.at = end + usize::from(length > 0);
        self.next += 1;
        Ok(Some(Operation { kind: (word >> 60) as u8, id: word as u32, content }))
    }
}
