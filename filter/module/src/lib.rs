//! The one module: proxy-wasm for Envoy, columns for the OpenTelemetry Collector. Knows hosts; leaves every decision to the
//! engine.

mod collector;
mod envoy;
