//! Hostile payloads, the same ones on every machine, and an allocator that counts.
//!
//! The corpus is made from the behavior cases: each of its payloads is a case's, mutated by a generator with a fixed seed,
//! and meets one of a few policies. Inputs that once broke something stand in `regressions/` and are part of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a tool of tests: a panic here is a failed claim"
)]

pub mod corpus;
pub mod counting;
mod mutate;
pub mod verdict;
