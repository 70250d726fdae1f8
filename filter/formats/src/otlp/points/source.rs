//! What identities and points are read through, whatever the encoding: a place in a payload that goes from field to field.

use super::Changes;
use super::merge::Unmergeable;
use super::point::Point;
use crate::otlp::schema::{Field, Message, Shape};
use crate::{FormatError, Limits, Splice};
use std::ops::Range;

/// The outcome of reading.
pub(super) type Read<T = ()> = Result<T, FormatError>;

/// A structural leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scalar {
    /// A number without a sign; an enum by its number; a truth value as 0 or 1.
    Count(u64),
    /// A number with a sign.
    Whole(i64),
    /// A floating-point number.
    Double(f64),
}

/// Reads and edits one encoding. Stands before a value; each reading method but [`Source::start`] takes it.
pub(super) trait Source<'a>: Sized {
    /// The name of the format in errors.
    const NAME: &'static str;

    /// Stands before the export request.
    fn open(bytes: &'a [u8], limits: &Limits) -> Read<Self>;

    /// Stands before the point that takes `span`.
    fn at_point(bytes: &'a [u8], span: Range<usize>, limits: &Limits) -> Read<Self>;

    /// Shows each field of the message that stands here; `each` takes the value. Repeated messages are shown one by one.
    fn message(
        &mut self,
        message: &'static Message,
        each: impl FnMut(&mut Self, &'static Field) -> Read,
    ) -> Read;

    /// Takes the value unread.
    fn skip(&mut self) -> Read;

    /// Where the value begins (in protobuf, with its tag).
    fn start(&mut self) -> Read<usize>;

    /// Where the value just taken ends.
    fn end(&self) -> usize;

    /// Fields met so far that the table does not know.
    fn unknown(&self) -> usize;

    /// Appends text.
    fn text(&mut self, out: &mut Vec<u8>) -> Read;

    /// Appends a `KeyValue` in the form of [`super::identity`].
    fn pair(&mut self, out: &mut Vec<u8>) -> Read;

    /// Takes a structural leaf; none when it has another shape.
    fn scalar(&mut self, shape: Shape) -> Read<Option<Scalar>>;

    /// Takes a structural list, element by element. False when it, or an element, has another shape.
    fn scalars(&mut self, shape: Shape, each: impl FnMut(Scalar)) -> Read<bool>;

    /// Where to come back to with [`Source::give_up`].
    fn place(&self) -> usize;

    /// Passes over the value that began at `place`, which cannot be read for this reason.
    ///
    /// # Errors
    /// The reason, when it is not known where the value ends.
    fn give_up(&mut self, place: usize, reason: FormatError) -> Read;

    /// Appends a merged point as it stands inside its list. Copies attributes and exemplars from `bytes`.
    fn write(bytes: &[u8], point: &Point, out: &mut Vec<u8>) -> Result<(), Unmergeable>;

    /// Records the changes as cuts.
    fn edit(bytes: &'a [u8], limits: &Limits, changes: &Changes, splice: &mut Splice) -> Read;
}
