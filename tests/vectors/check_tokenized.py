#!/usr/bin/env python3
"""Checks tests/vectors/tokenized.json (reversible tokens and addresses) against docs/reference/tokens.md.

Written from that page, RFC 5297 and draft-denis-ipcrypt alone, with Python's standard library and the package `cryptography`
(AES); shares no line with filter/keys. Prints what differs and exits 1, or prints a count and exits 0. With --write it
computes every result of the file anew, which is how a case is added; the bad ones are never computed.
"""

import base64
import hmac
import ipaddress
import re
import sys
from pathlib import Path

from check_tokens import Key, rfc5952
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from facts import Facts
from primitives import length_prefixed, siphash

VECTORS = Path(__file__).with_name("tokenized.json")


def bound(case):
    return (case["tenant"], case["recipient"], case["class"], "exact/1")


def derived(case, label):
    return Key(bytes.fromhex(case["key"])).domain_key(case["epoch"], *bound(case), label=label)


def check(case, before, body):
    key = Key(bytes.fromhex(case["key"])).check_key(case["tenant"], case["recipient"])
    return siphash(key, before.encode() + body)


def head(case):
    key = Key(bytes.fromhex(case["key"]))
    return (2 << 28 | case["epoch"]).to_bytes(4, "big") + key.key_id(case["tenant"], case["recipient"])


def value_of(case):
    return bytes.fromhex(case["hex"]) if "hex" in case else case["value"].encode() * case.get("times", 1)


def tokenize(case):
    padded = value_of(case) + b"\x80"
    padded += bytes(-(len(padded) + 4) % 20)
    associated = [head(case), length_prefixed(*bound(case))]
    body = head(case) + AESSIV(derived(case, b"frostglass/tokenize/v1")).encrypt(padded, associated)
    before = case["prefix"] + "_"
    return before + base64.b32encode(body + check(case, before, body)).decode().lower()


def parse(text):
    """What stands before the body, and the body's bytes, of a text that has the shape."""
    match = re.fullmatch(r"([a-z][a-z0-9-]{0,15}_)((?:[a-z2-7]{8}){9,})", text, re.ASCII)
    if not match:
        return None
    data = base64.b32decode(match[2].upper())
    return (match[1], data) if data[0] >> 4 == 2 and (len(data) - 25) % 20 == 0 else None


def recognized(case, text):
    parsed = parse(text)
    if not parsed:
        return False
    before, data = parsed
    return data[4:5] == head(case)[4:] and hmac.compare_digest(data[-8:], check(case, before, data[:-8]))


def untokenize(case, text):
    if not recognized(case, text):
        return None
    _, data = parse(text)
    at = {**case, "epoch": int.from_bytes(data[:4], "big") & (1 << 28) - 1}
    try:
        associated = [data[:5], length_prefixed(*bound(case))]
        padded = AESSIV(derived(at, b"frostglass/tokenize/v1")).decrypt(data[5:-8], associated)
    except InvalidTag:
        return None
    value = padded.rstrip(b"\x00")
    return value[:-1] if value.endswith(b"\x80") else None


def encrypt_ip(case):
    address = ipaddress.ip_address(case["address"])
    block = (b"\0" * 10 + b"\xff\xff" if address.version == 4 else b"") + address.packed
    key = derived(case, b"frostglass/ip/v1")[:16]
    encrypted = ipaddress.IPv6Address(Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block))
    return str(encrypted.ipv4_mapped) if encrypted.ipv4_mapped else rfc5952(int(encrypted))


def main():
    facts = Facts(VECTORS)
    vectors, expect = facts.vectors, facts.expect

    for case in vectors["tokens"]:
        facts.made(case["name"], "token", tokenize(case), case, "token")
        expect(case["name"], "recognized", recognized(case, case["token"]), True)
        expect(case["name"], "value", untokenize(case, case["token"]), value_of(case))

    for case in vectors["addresses"]:
        facts.made(case["address"], "encrypted", encrypt_ip(case), case, "encrypted")

    for case in vectors["bad"]:
        expect(f"bad: {case['why']}", "recognized", recognized(case, case["text"]), case["recognized"])
        expect(f"bad: {case['why']}", "value", untokenize(case, case["text"]), None)

    return facts.finish("docs/reference/tokens.md")


if __name__ == "__main__":
    sys.exit(main())
