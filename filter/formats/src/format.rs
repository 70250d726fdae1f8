//! What every payload format offers: one walk.

use crate::{FieldVisitor, FormatError, Limits, Splice};
use std::fmt;

/// A payload format.
pub trait Format: Sync {
    /// Short name, as errors carry it.
    fn name(&self) -> &'static str;

    /// Shows every field of `input` to `visitor` and records the edits in `scratch.splice`, which is cleared first.
    ///
    /// # Errors
    /// [`FormatError`] when the payload as a whole cannot be walked; the edits are then meaningless.
    fn walk(
        &self,
        input: &[u8],
        limits: &Limits,
        visitor: &mut dyn FieldVisitor,
        scratch: &mut Scratch,
    ) -> Result<(), FormatError>;
}

/// Memory of a walk, kept between payloads so that keeping everything allocates nothing.
#[derive(Default)]
pub struct Scratch {
    /// The edits.
    pub splice: Splice,
    /// Where visitors write replacement text.
    pub(crate) text: String,
    /// The dotted path of the member being shown.
    pub(crate) path: String,
    /// The last string that had escapes, without them.
    pub(crate) plain: String,
    /// Bytes decoded from text.
    pub(crate) bytes: Vec<u8>,
    /// Where the structures of an opened text lie.
    pub(crate) regions: Vec<crate::parts::Region>,
    /// A replacement as a token of the format.
    pub(crate) token: Vec<u8>,
}

impl fmt::Debug for Scratch {
    /// Without the buffers: they hold values of payloads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}
