//! The exports that the Collector's host calls, and the one instance behind them.
//!
//! Every length that comes in is checked against the buffer that it is a length of. Nothing is imported.

// An exported name is called unsafe because two functions of one name would clash: these names are nobody else's.
#![allow(unsafe_code)]
// Exports are reached by the host, not by paths.
#![allow(unreachable_pub)]

use super::guest::{self, Guest};
use std::cell::RefCell;

thread_local! {
    /// An instance of the module has one thread.
    static GUEST: RefCell<Guest> = RefCell::default();
}

/// Says by its name which version of the interface this is.
#[unsafe(no_mangle)]
pub extern "C" fn frostglass_abi_version_1() {}

/// Address of a buffer of at least `length` bytes for the next call; 0 when no call takes as many.
#[unsafe(no_mangle)]
pub extern "C" fn frostglass_buffer(length: u32) -> u32 {
    GUEST.with_borrow_mut(|guest| {
        if guest.reserve(length as usize) { guest.buffer.as_ptr() as usize as u32 } else { 0 }
    })
}

/// Takes a configuration of `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn frostglass_configure(length: u32) -> u64 {
    answer(|guest| guest.configure(length as usize))
}

/// Begins a batch at a time in nanoseconds since 1970 with 32 fresh random bytes.
#[unsafe(no_mangle)]
pub extern "C" fn frostglass_begin(now_unix_nanos: u64, a: u64, b: u64, c: u64, d: u64) -> u32 {
    GUEST.with_borrow_mut(|guest| guest.begin(now_unix_nanos, [a, b, c, d]))
}

/// Binds a name of `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn frostglass_bind(parent: u32, place: u32, length: u32) -> u64 {
    GUEST.with_borrow_mut(|guest| {
        guest::packed(guest::place(parent, place).and_then(|place| guest.bind(place, length as usize)))
    })
}

/// Treats a batch of `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn frostglass_treat(length: u32) -> u64 {
    answer(|guest| guest.treat(length as usize))
}

/// Rewrites an OTLP protobuf request of `length` bytes: logs (0), traces (1) or metrics (2).
#[unsafe(no_mangle)]
pub extern "C" fn frostglass_rewrite(signal: u32, length: u32) -> u64 {
    answer(|guest| guest.rewrite(signal, length as usize))
}

/// Calls, and gives address and length of the answer.
fn answer(call: impl FnOnce(&mut Guest)) -> u64 {
    GUEST.with_borrow_mut(|guest| {
        call(guest);
        (guest.answer.as_ptr() as usize as u64) << 32 | guest.answer.len() as u64
    })
}
