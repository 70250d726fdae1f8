//! Decides what happens to each field and makes it happen.
//!
//! A [`policy::PolicyFile`] is what someone wrote, read by `frostglass-policy`; a [`policy::Plan`] is what runs, and only
//! compiling makes one. An [`Engine`] rewrites payloads under one plan. Promises: fails closed, never panics on input, never
//! lets a payload value into an error or a counter. No clock, randomness, files or environment: a [`Host`] gives them.

mod columns;
mod decider;
pub mod detect;
pub mod hint;
mod host;
mod memo;
mod outcome;
pub mod policy;
mod rewrite;
pub mod treat;

pub use frostglass_policy::Class;
pub use host::Host;
pub use outcome::{Counts, Outcome, Payload, Reason, Tally, Withheld};
pub use rewrite::{Engine, OnWithheld, Options};
