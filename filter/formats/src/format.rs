//! What every payload format offers: one walk.

use crate::{FieldVisitor, FormatError, Limits, Splice};

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
#[derive(Debug, Default)]
pub struct Scratch {
    /// The edits.
    pub splice: Splice,
    /// Where visitors write replacement text.
    pub(crate) text: String,
    /// The dotted path of the member being shown.
    pub(crate) path: String,
}
