// Package module holds the built WebAssembly module, which `make` copies here.
package module

import _ "embed"

// Wasm is the module: the same bytes that run in Envoy.
//
//go:embed frostglass.wasm
var Wasm []byte
