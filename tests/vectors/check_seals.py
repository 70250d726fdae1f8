#!/usr/bin/env python3
"""Checks tests/vectors/seals.json against docs/reference/seals.md.

Written from that page and RFC 9180 alone: seals and opens with Python's standard library and the package `cryptography`
(X25519, ChaCha20-Poly1305), and shares no line with filter/keys. Prints what differs and exits 1, or prints a count and
exits 0. With --write it computes every "sealed" of the file anew, which is how a case is added; the bad ones are never computed.
"""

import base64
import hashlib
import hmac
import sys
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from facts import Facts
from primitives import expand as hkdf_expand
from primitives import length_prefixed, siphash

VECTORS = Path(__file__).with_name("seals.json")

KEM = b"KEM\x00\x20"
SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"


class Refused(Exception):
    """A seal that does not open, by the word of the file."""


def extract(suite, salt, label, ikm):
    return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, hashlib.sha256).digest()


def expand(suite, key, label, info):
    """LabeledExpand for 32 bytes: one block."""
    return hmac.new(key, b"\x00\x20HPKE-v1" + suite + label + info + b"\x01", hashlib.sha256).digest()


def public_of(private):
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def shared_secret(private, other, encapsulated, public):
    agreed = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(other))
    return expand(KEM, extract(KEM, b"", b"eae_prk", agreed), b"shared_secret", encapsulated + public)


def exporter_secret(shared, info):
    context = b"\x00" + extract(SUITE, b"", b"psk_id_hash", b"") + extract(SUITE, b"", b"info_hash", info)
    return expand(SUITE, extract(SUITE, shared, b"secret", b""), b"exp", context)


def export(secret, context):
    return expand(SUITE, secret, b"sec", context)


def value_key(shared):
    return export(exporter_secret(shared, b"frostglass/seal/v1"), b"value")


def key_id(public):
    return hashlib.sha256(b"frostglass/seal-key-id/v1" + public).digest()[:1]


def parties(case):
    return length_prefixed(case["tenant"], case["recipient"], case["class"])


def value_of(case):
    return bytes.fromhex(case["hex"]) if "hex" in case else case["value"].encode() * case.get("times", 1)


def check(case, body):
    bound = b"frostglass/check/v1" + length_prefixed(case["tenant"], case["recipient"])
    return siphash(hkdf_expand(bytes.fromhex(case["check_secret"]), bound)[:16], b"sealed_" + body)


def seal(case):
    private, ephemeral = bytes.fromhex(case["private"]), bytes.fromhex(case["ephemeral"])
    nonce, value = bytes.fromhex(case["nonce"]), value_of(case)
    public, encapsulated = public_of(private), public_of(ephemeral)
    head = (1 << 28 | case["epoch"]).to_bytes(4, "big") + key_id(public)
    padded = value + b"\x80"
    padded += bytes(-(len(padded) + 3) % 20)
    key = value_key(shared_secret(ephemeral, public, encapsulated, public))
    body = head + encapsulated + nonce + ChaCha20Poly1305(key).encrypt(nonce, padded, head + parties(case))
    return "sealed_" + base64.b32encode(body + check(case, body)).decode().lower()


def parse(text):
    if not text.startswith("sealed_") or text != text.lower() or not text.isascii():
        raise Refused("shape")
    body = text[len("sealed_") :]
    try:
        if len(body) % 8 or "=" in body:
            raise ValueError
        data = base64.b32decode(body.upper())
    except ValueError:
        raise Refused("shape") from None
    if len(data) < 90 or (len(data) - 70) % 20 or data[0] >> 4 != 1:
        raise Refused("shape")
    return data


def open_seal(text, case):
    data, private = parse(text), bytes.fromhex(case["private"])
    public = public_of(private)
    head, encapsulated, nonce, sealed = data[:5], data[5:37], data[37:49], data[49:-8]
    if head[4:] != key_id(public):
        raise Refused("other-key")
    try:
        key = value_key(shared_secret(private, encapsulated, encapsulated, public))
        padded = ChaCha20Poly1305(key).decrypt(nonce, sealed, head + parties(case))
    except (InvalidTag, ValueError):
        raise Refused("refused") from None
    value = padded.rstrip(b"\x00")
    if not value.endswith(b"\x80"):
        raise Refused("refused")
    return value[:-1]


def outcome(text, case):
    try:
        open_seal(text, case)
    except Refused as refused:
        return str(refused)
    return "opens"


def main():
    facts = Facts(VECTORS)
    vectors, expect = facts.vectors, facts.expect

    example = {name: bytes.fromhex(text) for name, text in vectors["hpke"].items() if isinstance(text, str)}
    shared = shared_secret(example["ephemeral"], example["public"], example["enc"], example["public"])
    exporter = exporter_secret(shared, example["info"])
    expect("hpke", "public", public_of(example["private"]), example["public"])
    expect("hpke", "enc", public_of(example["ephemeral"]), example["enc"])
    expect("hpke", "shared_secret", shared, example["shared_secret"])
    expect("hpke", "exporter_secret", exporter, example["exporter_secret"])
    for case in vectors["hpke"]["exports"]:
        expect("hpke", "value", export(exporter, bytes.fromhex(case["context"])).hex(), case["value"])

    for case in vectors["seals"]:
        sealed = seal(case)
        facts.made(case["name"], "sealed", sealed, case, "sealed")
        expect(case["name"], "outcome", outcome(case["sealed"], case), "opens")
        expect(case["name"], "value", open_seal(case["sealed"], case), value_of(case))
        data = parse(case["sealed"])
        expect(case["name"], "check", data[-8:], check(case, data[:-8]))

    for case in vectors["bad"]:
        expect(f"bad: {case['why']}", "outcome", outcome(case["text"], case), case["outcome"])

    for case in vectors["raw"]:
        try:
            data = parse(case["text"])
            genuine = case["check_secret"] is not None and data[-8:] == check(case, data[:-8])
        except Refused:
            genuine = False
        expect(f"raw: {case['why']}", "genuine", genuine, False)

    return facts.finish("docs/reference/seals.md")


if __name__ == "__main__":
    sys.exit(main())
