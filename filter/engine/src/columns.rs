//! Treats telemetry that a host holds as objects: binds names, shows columns of values, gives edits back.
//!
//! Decides exactly as for bytes; only the walker differs. What a batch looks like stands at
//! [`frostglass_formats::columns`].

use crate::{Engine, Host, Withheld};
use frostglass_formats::FormatError;
use frostglass_formats::columns::{Bound, Edits, Place, Walked};

impl Engine {
    /// Begins a batch of columns. The number changes whenever ids that were given out no longer hold.
    pub fn begin_columns(&mut self, host: &dyn Host) -> u32 {
        self.begin(host);
        self.columns.begin();
        self.generation
    }

    /// Rules on a name and gives its number.
    ///
    /// # Errors
    /// There is no such built-in field, or no such parent of a member.
    pub fn bind(&mut self, place: Place, key: &[u8]) -> Result<Bound, FormatError> {
        let limits = self.decider.options().limits;
        self.columns.bind(place, key, &limits, &mut self.decider)
    }

    /// Treats a batch; its edits are then [`Engine::edits`]. False when they would make metric points alike: then they are
    /// void, as are the counts of this try, and the batch is to be rewritten as OTLP.
    ///
    /// `secret` is 16 fresh random bytes (see [`frostglass_formats::columns::Columns::walk`]).
    ///
    /// # Errors
    /// Nothing of the batch may go on.
    pub fn treat_columns(&mut self, batch: &[u8], secret: [u64; 2]) -> Result<bool, Withheld> {
        let limits = self.decider.options().limits;
        let walked = self.columns.walk(batch, &limits, &mut self.decider, secret, &mut self.edits);
        self.decider.end();
        let walked = walked?;
        self.check_records()?;
        Ok(walked == Walked::Done)
    }

    /// The edits of the batch that was treated last.
    #[must_use]
    pub fn edits(&self) -> &Edits {
        &self.edits
    }
}
