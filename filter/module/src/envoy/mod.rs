//! Serves Envoy, role *egress*: telemetry that passes through is treated or refused, never passed as it came by mistake.
//!
//! One exchange runs top to bottom: `request` says what is asked, `body` unpacks and treats it, `refusal` says no in
//! the protocol's own words, `partial` tells the sender about dropped records. `root` owns the policy, `egress` one
//! stream, `hostcalls` all that is unsafe. What a field means is the engine's business.
//!
//! About the SDK: only its dispatcher and traits are used. Its getters and setters panic on any status that they do not
//! expect and on header values that are not UTF-8, and one panic ends every stream of the worker, so no default method
//! of its traits is ever called; `hostcalls` returns statuses. Its dispatcher panics in three cases: on a context id
//! that the host never announced or announced twice (Envoy counts them up and announces each once), when a root context
//! makes no stream context (ours always does), and on answers to calls that it did not make (so the one call that we make,
//! for issued keys, is made through it; it panics on statuses that Envoy does not give). Envoy queues
//! local responses until the module has returned, so no callback is entered while another one holds a context.
//!
//! Modules without host calls are compiled and tested natively too.

// Natively only the tests call these modules; in the module itself nothing is unused.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

mod body;
mod config;
mod counters;
mod keys;
mod pairs;
mod partial;
mod refusal;
mod request;
mod warnings;

#[cfg(target_arch = "wasm32")]
mod egress;
#[cfg(target_arch = "wasm32")]
mod hostcalls;
#[cfg(target_arch = "wasm32")]
mod root;

#[cfg(target_arch = "wasm32")]
proxy_wasm::main! {{
    // A panic message may quote what was being worked on: the place says enough.
    std::panic::set_hook(Box::new(|info| {
        let place = match info.location() {
            Some(place) => format!("frostglass: panicked at {}:{}", place.file(), place.line()),
            None => "frostglass: panicked".to_owned(),
        };
        hostcalls::log(hostcalls::Level::Critical, &place);
    }));
    proxy_wasm::set_root_context(|_| Box::new(root::Root::default()));
}}
