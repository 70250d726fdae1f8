"""What the second implementations of this folder share: HMAC, HKDF, SipHash, and how parts are put together.

Written from RFC 2104, RFC 5869, the paper on SipHash and docs/reference/tokens.md, with Python's standard library alone. The scripts
beside this one say what is made of them.
"""

import hashlib
import hmac


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def extract(salt, ikm):
    return mac(salt, ikm)


def expand(key, info):
    """HKDF-Expand for 32 bytes: the first block alone."""
    return mac(key, info + b"\x01")


def siphash(key, message):
    """SipHash-2-4: key of 16 bytes, output of 8, little-endian words throughout (Aumasson & Bernstein 2012)."""
    wrap = (1 << 64) - 1
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v0, v1, v2, v3 = (
        constant ^ half
        for constant, half in zip(
            (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573), (k0, k1, k0, k1)
        )
    )

    def rotate(word, by):
        return (word << by | word >> (64 - by)) & wrap

    def rounds(count):
        nonlocal v0, v1, v2, v3
        for _ in range(count):
            v0, v2 = (v0 + v1) & wrap, (v2 + v3) & wrap
            v1, v3 = rotate(v1, 13) ^ v0, rotate(v3, 16) ^ v2
            v0 = rotate(v0, 32)
            v2, v0 = (v2 + v1) & wrap, (v0 + v3) & wrap
            v1, v3 = rotate(v1, 17) ^ v2, rotate(v3, 21) ^ v0
            v2 = rotate(v2, 32)

    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) % 256])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        v3 ^= word
        rounds(2)
        v0 ^= word
    v2 ^= 0xFF
    rounds(4)
    return (v0 ^ v1 ^ v2 ^ v3).to_bytes(8, "little")


def length_prefixed(*parts):
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
