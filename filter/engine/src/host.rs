//! What an engine needs from where it runs.

/// Gives time and randomness. Engines have neither of their own, so that tests, Envoy and the Collector agree.
pub trait Host {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    fn now_unix_nanos(&self) -> u64;

    /// Fresh random bytes, other ones at each call; `None` when the source fails. Asked once a payload, and only under a
    /// policy that randomizes something; without an answer that is suppressed.
    fn random(&self) -> Option<[u8; 32]>;
}

/// A fixed time without randomness, for tests and for whatever must come out the same again.
impl Host for u64 {
    fn now_unix_nanos(&self) -> u64 {
        *self
    }

    fn random(&self) -> Option<[u8; 32]> {
        None
    }
}
