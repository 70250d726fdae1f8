//! The one module: proxy-wasm for Envoy. Knows hosts; leaves every decision to the engine.

mod envoy;
