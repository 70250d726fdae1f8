//! IP addresses as people and proxies write them.

use std::net::IpAddr;

/// An address as people and proxies write it: bare, with a port, in brackets, with a zone or a prefix length.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
    // Names and words have neither.
    if !text.bytes().any(|byte| matches!(byte, b'.' | b':')) {
        return None;
    }
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let digits = |text: &str| (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let v6 = |text: &str| text.split('%').next().and_then(|text| text.parse().ok()).map(IpAddr::V6);
    if let Some((address, port)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        let port_is_one = port.is_empty() || port.strip_prefix(':').is_some_and(digits);
        return port_is_one.then(|| v6(address)).flatten();
    }
    if let Some((address, length)) = text.rsplit_once('/') {
        return if digits(length) { address.parse().ok() } else { None };
    }
    match text.split_once(':') {
        Some((address, port)) if digits(port) => address.parse().ok().map(IpAddr::V4),
        _ => v6(text),
    }
}
