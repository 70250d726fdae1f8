//! What an engine needs from where it runs.

/// Gives the time. Engines have no clock of their own, so that tests, Envoy and the Collector agree.
pub trait Host {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    fn now_unix_nanos(&self) -> u64;
}

/// A fixed time, for tests and for batches that carry their time with them.
impl Host for u64 {
    fn now_unix_nanos(&self) -> u64 {
        *self
    }
}
