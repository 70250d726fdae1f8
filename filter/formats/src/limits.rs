//! Bounds on one payload. Beyond them a payload is refused, never half treated.

use crate::FormatError;

/// How much of a payload is worth walking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a payload as it arrives and after decompression. Default 8 MiB.
    pub payload: usize,
    /// Nesting of messages, objects and arrays. Default 64.
    pub depth: usize,
    /// Bytes of the dotted path of a member; longer ones are withheld, so that long keys cannot make ruling expensive.
    /// Default 512.
    pub path: usize,
    /// Bytes of one result, so that growing replacements stay bounded. Default 32 MiB.
    pub output: usize,
}

impl Limits {
    /// Refuses a payload that is too large.
    pub(crate) fn admit(&self, format: &'static str, input: &[u8]) -> Result<(), FormatError> {
        if input.len() > self.payload {
            return Err(FormatError::TooLarge { format, limit: self.payload });
        }
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { payload: 8 << 20, depth: 64, path: 512, output: 32 << 20 }
    }
}
