//! Serves the OpenTelemetry Collector: batches of columns in, lists of edits out, one call a batch.
//!
//! `guest` is one instance: its configuration, its engine, what each call does; `configuration` what the host hands over;
//! `tally` the counts that it gets back; `abi` the exports. The module asks this host for nothing: each batch comes with the
//! time and with fresh randomness. The interface is specified in `docs/reference/collector-abi.md`.
//!
//! All but the exports is compiled and tested natively too.

// Natively only the tests call these modules; in the module itself nothing is unused.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

mod configuration;
mod guest;
mod tally;

#[cfg(target_arch = "wasm32")]
mod abi;
