//! Tests of the core where there is no host at all: wasm32-unknown-unknown has no clock, files, environment or randomness.
//!
//! What passes here, and natively too, needs nothing that a host did not give. A crate of its own, since the other tests'
//! tools (made-up input, oracles) need an operating system.
#![cfg(test)]

mod engine;
mod formats;
mod keys;
