#!/usr/bin/env python3
"""Verifies an audit chain by docs/reference/audit.md.

Written from that page alone, with Python's standard library and `cryptography` for Ed25519: an implementation that shares no
line with the one in filter/audit. Prints each fault with its line and exits 1, or prints a summary and exits 0.

    check_audit.py FILE PUBLIC-KEY-FILE [CHECKPOINT-FILE]

Without arguments, it verifies the published chain.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PUBLISHED = Path(__file__).with_name("audit.jsonl")
LONGEST = 1 << 20
LINE = re.compile(rb'\{"entry":(.*),"hash":"([0-9a-f]{64})"(?:,"signature":"([0-9a-f]{128})")?\}', re.DOTALL)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
PUBLIC = re.compile(r"frostglass-audit-public-key:([0-9a-f]{64})\n?")


class Fault(Exception):
    """What is wrong with a line."""


def once(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Fault("a member stands there twice")
    return members


def whole(text):
    raise Fault("a number that is not whole")


def count(text):
    number = int(text)
    if not 0 <= number < 1 << 64:
        raise Fault("a number out of range")
    return number


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse(line):
    """Entry, its bytes, its claimed hash and its claimed signature."""
    match = LINE.fullmatch(line)
    if not match:
        raise Fault("is not a line of a chain")
    text, claimed, signature = match.groups()
    try:
        entry = json.loads(text.decode(), object_pairs_hook=once, parse_float=whole, parse_int=count, parse_constant=whole)
        # Code points sort as their bytes in UTF-8 do.
        same = isinstance(entry, dict) and canonical(entry) == text
    except (ValueError, RecursionError) as error:
        raise Fault("holds no JSON") from error
    if not same:
        raise Fault("holds an entry that is not canonical JSON")
    for name, kind in (("seq", int), ("checkpoint", int), ("time", str), ("prev", str), ("event", str)):
        if type(entry.get(name)) is not kind:
            raise Fault(f"holds an entry without `{name}`")
    if not TIME.fullmatch(entry["time"]) or not re.fullmatch("[0-9a-f]{64}", entry["prev"]):
        raise Fault("holds a wrong time or hash")
    return entry, text, claimed.decode(), bytes.fromhex(signature.decode()) if signature else None


def signed_by(key, text, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, b"frostglass-audit-checkpoint/1\n" + text)
    except InvalidSignature:
        return False
    return True


def verify(data, key, kept=None):
    """Faults as (line, what) of a chain, under a public key of 32 bytes, and against a kept checkpoint's line."""
    faults = []
    seq, follows, checkpoint = 0, "0" * 64, 0
    met = False
    kept_seq = parse(kept)[0]["seq"] if kept is not None else None
    lines = data.split(b"\n")
    end = lines.pop()
    for number, line in enumerate(lines, 1):
        try:
            if len(line) + 1 > LONGEST:
                raise Fault("is longer than a line may be")
            entry, text, claimed, signature = parse(line)
        except Fault as fault:
            faults.append((number, str(fault)))
            seq, follows = seq + 1, None
            continue
        if hashlib.sha256(b"frostglass-audit-line/1\n" + text).hexdigest() != claimed:
            faults.append((number, "was edited"))
        if (entry["event"] == "begin") != (number == 1):
            faults.append((number, "begins no chain, or another one"))
        elif entry["seq"] != seq + 1:
            faults.append((number, f"is entry {entry['seq']} where {seq + 1} belongs"))
        elif follows is not None and entry["prev"] != follows:
            faults.append((number, "does not continue the line before it"))
        elif entry["checkpoint"] != checkpoint:
            faults.append((number, "names another last checkpoint"))
        if entry["event"] == "begin" and entry.get("public") != key.hex():
            faults.append((number, "belongs to another public key"))
        if (entry["event"] == "checkpoint") != (signature is not None):
            faults.append((number, "lacks a signature, or carries one that it should not"))
        elif signature is not None and not signed_by(key, text, signature):
            faults.append((number, "is not signed by this key"))
        if entry["seq"] == kept_seq and not met:
            met = True
            if line != kept:
                faults.append((number, "is not the checkpoint that was kept"))
        seq, follows = entry["seq"], claimed
        checkpoint = seq if entry["event"] == "checkpoint" else entry["checkpoint"]
    if end:
        faults.append((len(lines) + 1, "stops in the middle"))
    if kept is not None and not met:
        faults.append((len(lines), f"the file ends before the kept checkpoint, entry {kept_seq}"))
    if not data and kept is None:
        faults.append((0, "the file is empty"))
    return faults


def read_key(path):
    return bytes.fromhex(PUBLIC.fullmatch(Path(path).read_text()).group(1))


def main(chain=PUBLISHED, key=f"{PUBLISHED}.pub", checkpoint=None):
    key = read_key(key)
    kept = Path(checkpoint).read_bytes().rstrip(b"\n") if checkpoint else None
    if kept is not None:
        _, text, claimed, signature = parse(kept)
        holds = hashlib.sha256(b"frostglass-audit-line/1\n" + text).hexdigest() == claimed
        if not (holds and signature and signed_by(key, text, signature)):
            sys.exit(f"{checkpoint}: is no checkpoint of this key")
    data = Path(chain).read_bytes()
    faults = verify(data, key, kept)
    for line, what in faults:
        print(f"{chain}:{line}: {what}")
    lines = data.count(b"\n")
    print(f"{lines} lines, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
