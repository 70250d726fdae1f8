"""The module as a file: every Envoy worker and every Collector compiles its code before the first request."""

from __future__ import annotations

from gateway import MODULE

CODE = 10
# Bytes. Envoy compiles so much in two seconds.
MOST = 1_500_000


def sections(module: bytes) -> dict[int, int]:
    """Sizes of a module's sections by their ids (WebAssembly core specification, section 5.5.2)."""
    assert module[:8] == b"\0asm\1\0\0\0"
    at, sizes = 8, {}
    while at < len(module):
        section, at, size, shift = module[at], at + 1, 0, 0
        while True:
            byte = module[at]
            size, shift, at = size | (byte & 0x7F) << shift, shift + 7, at + 1
            if byte < 0x80:
                break
        sizes[section] = sizes.get(section, 0) + size
        at += size
    return sizes


def test_code_stays_small():
    """Scenario: the built module.
    Guarantees: its code is under the bound."""
    assert 100_000 < sections(MODULE.read_bytes())[CODE] < MOST
