//! An allocator that counts for each thread: how often it was asked, how much is held, and the most that was.
//!
//! Test-only, and in a crate of its own, because an allocator cannot be written without `unsafe`. It adds counting to the
//! system's and nothing else.

#![allow(
    unsafe_code,
    reason = "GlobalAlloc is an unsafe trait; each call is handed on unchanged to the system's"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts and hands on to the system's allocator.
#[derive(Debug)]
pub struct Counting;

#[derive(Clone, Copy)]
struct Counts {
    allocations: u64,
    held: isize,
    peak: isize,
}

thread_local! {
    // Constant and without a destructor, so that using it allocates nothing.
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { allocations: 0, held: 0, peak: 0 }) };
}

fn count(allocations: u64, bytes: isize) {
    let _ = COUNTS.try_with(|cell| {
        let mut counts = cell.get();
        counts.allocations += allocations;
        counts.held += bytes;
        counts.peak = counts.peak.max(counts.held);
        cell.set(counts);
    });
}

// SAFETY: every method passes its arguments unchanged to `System`, whose contract is the same.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as isize);
        // SAFETY: the caller's promises are those of `System`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(0, -(layout.size() as isize));
        // SAFETY: the caller's promises are those of `System`.
        unsafe { System.dealloc(memory, layout) }
    }
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as isize - layout.size() as isize);
        // SAFETY: the caller's promises are those of `System`.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// What a piece of work asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Allocations and reallocations.
    pub allocations: u64,
    /// The most bytes that were held at once beyond those held before.
    pub peak: usize,
}

/// Does a piece of work on this thread and tells what it asked for. All zero unless [`Counting`] is the program's allocator.
pub fn cost<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let before = COUNTS.with(|cell| {
        let counts = Counts { peak: cell.get().held, ..cell.get() };
        cell.set(counts);
        counts
    });
    let result = work();
    let after = COUNTS.with(Cell::get);
    let peak = usize::try_from(after.peak - before.held).unwrap_or(0);
    (result, Cost { allocations: after.allocations - before.allocations, peak })
}
