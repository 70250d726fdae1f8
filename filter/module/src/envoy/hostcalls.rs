//! Calls into the host, each answered by a status and never by a panic. The module's only unsafe code for Envoy.
//!
//! Bytes stay bytes: header values need not be UTF-8. What a status means for the exchange is the caller's decision.

use super::pairs::{self, Entry};

/// A host's answer other than "ok", by its proxy-wasm number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status(u32);

impl Status {
    /// The thing asked for does not exist.
    pub(super) const NOT_FOUND: Self = Self(1);

    fn check(code: u32) -> Result<(), Self> {
        if code == 0 { Ok(()) } else { Err(Self(code)) }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "host status {}", self.0)
    }
}

/// How much a log line matters.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(super) enum Level {
    /// Something changed that operators look for.
    Info = 2,
    /// Something was refused or withheld.
    Warn = 3,
    /// A configuration or key was not taken.
    Error = 4,
    /// The module is about to end.
    Critical = 5,
}

/// A buffer of the host.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(super) enum Buffer {
    /// Body of the request.
    RequestBody = 0,
    /// Body of the upstream's response.
    ResponseBody = 1,
    /// Body of the answer to a call of ours.
    CallResponseBody = 4,
    /// The plugin's configuration.
    PluginConfiguration = 7,
}

/// A header map of the host.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(super) enum Map {
    /// Headers of the request.
    RequestHeaders = 0,
    /// Trailers of the request.
    RequestTrailers = 1,
    /// Headers of the upstream's response.
    ResponseHeaders = 2,
    /// Trailers of the upstream's response.
    ResponseTrailers = 3,
    /// Headers of the answer to a call of ours.
    CallResponseHeaders = 6,
}

/// Kinds of metric.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(super) enum Metric {
    /// Only grows.
    Counter = 0,
    /// Is set.
    Gauge = 1,
}

#[link(wasm_import_module = "env")]
#[allow(unsafe_code)] // Declares the host's functions, with the signatures of proxy-wasm ABI 0.2.1.
unsafe extern "C" {
    fn proxy_log(level: u32, message: *const u8, size: usize) -> u32;
    fn proxy_get_current_time_nanoseconds(time: *mut u64) -> u32;
    fn proxy_get_buffer_bytes(
        buffer: u32,
        start: usize,
        max: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_set_buffer_bytes(buffer: u32, start: usize, size: usize, data: *const u8, length: usize) -> u32;
    fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_get_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_replace_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> u32;
    fn proxy_add_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> u32;
    fn proxy_remove_header_map_value(map: u32, key: *const u8, key_size: usize) -> u32;
    fn proxy_send_local_response(
        status: u32,
        details: *const u8,
        details_size: usize,
        body: *const u8,
        body_size: usize,
        headers: *const u8,
        headers_size: usize,
        grpc_status: i32,
    ) -> u32;
    fn proxy_close_stream(stream: u32) -> u32;
    fn proxy_set_tick_period_milliseconds(period: u32) -> u32;
    fn proxy_define_metric(kind: u32, name: *const u8, size: usize, id: *mut u32) -> u32;
    fn proxy_increment_metric(id: u32, by: i64) -> u32;
    fn proxy_record_metric(id: u32, value: u64) -> u32;
}

/// Writes a log line. A host that does not take it leaves nothing to be done.
pub(super) fn log(level: Level, message: &str) {
    // SAFETY: pointer and size are of one live string, which the host only reads during the call.
    #[allow(unsafe_code)]
    let _ = unsafe { proxy_log(level as u32, message.as_ptr(), message.len()) };
}

/// Nanoseconds since 1970-01-01T00:00:00Z; 0 if the host has no clock.
pub(super) fn now_unix_nanos() -> u64 {
    let mut time = 0;
    // SAFETY: the host writes eight bytes to a live, aligned `u64`.
    #[allow(unsafe_code)]
    let _ = unsafe { proxy_get_current_time_nanoseconds(&raw mut time) };
    time
}

/// Takes ownership of what the host returned.
fn adopt(data: *mut u8, size: usize) -> Vec<u8> {
    if data.is_null() || size == 0 {
        // The allocator hands out a dangling pointer for size 0: there is nothing to free.
        return Vec::new();
    }
    // SAFETY: the host obtains returned memory from the exported `proxy_on_memory_allocate(size)`, which makes a boxed
    // slice of exactly `size` bytes with the global allocator, fills all of it, and gives it away with the call.
    #[allow(unsafe_code)]
    unsafe {
        Vec::from_raw_parts(data, size, size)
    }
}

/// Up to `max` bytes of a buffer from `start` on.
pub(super) fn buffer(buffer: Buffer, start: usize, max: usize) -> Result<Vec<u8>, Status> {
    let mut data = std::ptr::null_mut();
    let mut size = 0;
    // SAFETY: the host writes one pointer and one size to live, aligned variables.
    #[allow(unsafe_code)]
    let code = unsafe { proxy_get_buffer_bytes(buffer as u32, start, max, &raw mut data, &raw mut size) };
    match Status::check(code) {
        Ok(()) => Ok(adopt(data, size)),
        Err(Status::NOT_FOUND) => Ok(Vec::new()),
        Err(status) => Err(status),
    }
}

/// Replaces `size` bytes of a buffer from `start` on.
pub(super) fn set_buffer(buffer: Buffer, start: usize, size: usize, bytes: &[u8]) -> Result<(), Status> {
    // SAFETY: pointer and length are of one live slice, which the host only reads during the call.
    #[allow(unsafe_code)]
    Status::check(unsafe { proxy_set_buffer_bytes(buffer as u32, start, size, bytes.as_ptr(), bytes.len()) })
}

/// All entries of a header map, in order.
pub(super) fn headers(map: Map) -> Result<Vec<Entry>, Status> {
    let mut data = std::ptr::null_mut();
    let mut size = 0;
    // SAFETY: the host writes one pointer and one size to live, aligned variables.
    #[allow(unsafe_code)]
    Status::check(unsafe { proxy_get_header_map_pairs(map as u32, &raw mut data, &raw mut size) })?;
    Ok(pairs::read(&adopt(data, size)))
}

/// The value of one header (several of one name come joined by commas).
pub(super) fn header(map: Map, name: &str) -> Option<Vec<u8>> {
    let mut data = std::ptr::null_mut();
    let mut size = 0;
    // SAFETY: the name is one live string that the host only reads; it writes one pointer and one size to live,
    // aligned variables.
    #[allow(unsafe_code)]
    let code = unsafe {
        proxy_get_header_map_value(map as u32, name.as_ptr(), name.len(), &raw mut data, &raw mut size)
    };
    Status::check(code).ok()?;
    Some(adopt(data, size))
}

/// Sets a header to exactly one value.
pub(super) fn replace_header(map: Map, name: &[u8], value: &[u8]) -> Result<(), Status> {
    // SAFETY: both pointers and sizes are of live slices, which the host only reads during the call.
    #[allow(unsafe_code)]
    Status::check(unsafe {
        proxy_replace_header_map_value(map as u32, name.as_ptr(), name.len(), value.as_ptr(), value.len())
    })
}

/// Adds one value to a header.
pub(super) fn add_header(map: Map, name: &[u8], value: &[u8]) -> Result<(), Status> {
    // SAFETY: both pointers and sizes are of live slices, which the host only reads during the call.
    #[allow(unsafe_code)]
    Status::check(unsafe {
        proxy_add_header_map_value(map as u32, name.as_ptr(), name.len(), value.as_ptr(), value.len())
    })
}

/// Removes a header with all its values. Not having it is fine.
pub(super) fn remove_header(map: Map, name: &[u8]) -> Result<(), Status> {
    // SAFETY: pointer and size are of one live slice, which the host only reads during the call.
    #[allow(unsafe_code)]
    let code = unsafe { proxy_remove_header_map_value(map as u32, name.as_ptr(), name.len()) };
    match Status::check(code) {
        Err(Status::NOT_FOUND) => Ok(()),
        other => other,
    }
}

/// Answers the request from here. Envoy turns this into a trailers-only answer when the request is gRPC.
pub(super) fn respond(
    status: u32,
    grpc_status: i32,
    headers: &[(&str, &str)],
    body: &[u8],
    details: &str,
) -> Result<(), Status> {
    let headers = pairs::write(headers);
    // SAFETY: all pointers and sizes are of live slices, which the host only reads during the call.
    #[allow(unsafe_code)]
    Status::check(unsafe {
        proxy_send_local_response(
            status,
            details.as_ptr(),
            details.len(),
            body.as_ptr(),
            body.len(),
            headers.as_ptr(),
            headers.len(),
            grpc_status,
        )
    })
}

/// Resets the request's stream: what remains when not even an answer can be given.
pub(super) fn reset() {
    // SAFETY: passes one number, the ABI's name for the downstream's stream.
    #[allow(unsafe_code)]
    let _ = unsafe { proxy_close_stream(0) };
}

/// Asks to be called every so many milliseconds, in the context that is being called now; 0 for never.
pub(super) fn set_tick_period(milliseconds: u32) -> Result<(), Status> {
    // SAFETY: passes one number.
    #[allow(unsafe_code)]
    Status::check(unsafe { proxy_set_tick_period_milliseconds(milliseconds) })
}

/// Finds or makes a metric.
pub(super) fn define_metric(kind: Metric, name: &str) -> Result<u32, Status> {
    let mut id = 0;
    // SAFETY: the name is one live string that the host only reads; it writes four bytes to a live, aligned `u32`.
    #[allow(unsafe_code)]
    Status::check(unsafe { proxy_define_metric(kind as u32, name.as_ptr(), name.len(), &raw mut id) })?;
    Ok(id)
}

/// Adds to a counter.
pub(super) fn increment_metric(id: u32, by: u64) -> Result<(), Status> {
    let by = i64::try_from(by).unwrap_or(i64::MAX);
    // SAFETY: passes two numbers.
    #[allow(unsafe_code)]
    Status::check(unsafe { proxy_increment_metric(id, by) })
}

/// Sets a gauge.
pub(super) fn record_metric(id: u32, value: u64) -> Result<(), Status> {
    // SAFETY: passes two numbers.
    #[allow(unsafe_code)]
    Status::check(unsafe { proxy_record_metric(id, value) })
}
