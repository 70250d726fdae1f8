//! Behavior cases that every host runs: reads them, runs them in the engine, and checks what any host made of them.
//!
//! A case becomes one [`Request`] for each encoding. A host answers with one [`Reply`] for each, and [`claims::check`] holds the
//! reply against the case and against what the engine itself does. Hosts are thus carriers of bytes and decide nothing:
//! the engine in this process ([`native`]), the module under Node (`wasm-host.mjs`), the module in Envoy and the module in the
//! Collector (both `test_cases.py`). The format of a case is described in `tests/cases/README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a tool of tests: a panic here is a failed claim"
)]

pub mod case;
pub mod claims;
mod messages;
pub mod native;
pub mod otlp;
mod wire;

pub use case::{Case, Encoding};
pub use wire::{Bytes, Reply, Request, Status};
