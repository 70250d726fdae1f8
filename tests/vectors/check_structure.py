#!/usr/bin/env python3
"""Checks tests/vectors/structure.json (ids and times) against docs/reference/tokens.md.

Written from that page alone, with Python's standard library alone. Prints what differs and exits 1, or prints a count and
exits 0. With --write it computes every result anew, which is how a case is added.
"""

import sys
from pathlib import Path

from check_tokens import Key, mac
from facts import Facts

VECTORS = Path(__file__).with_name("structure.json")


def derived(case, key, canonicalizer):
    seconds = case["epoch_seconds"]
    epoch = case["unix_seconds"] // seconds if seconds else 0
    return key.domain_key(epoch, case["tenant"], case["recipient"], "", canonicalizer)


def rekeyed(case, key):
    """The id that stands for another."""
    raw = bytes.fromhex(case["id"])
    if not any(raw):
        return raw
    made = mac(derived(case, key, {16: "trace-id/1", 8: "span-id/1"}[len(raw)]), raw)[: len(raw)]
    return made if any(made) else made[:-1] + b"\x01"


def shifted(case, key, nanos):
    """The time that stands for another, or None where it is suppressed."""
    if nanos == 0:
        return 0
    trace = bytes.fromhex(case["trace_id"] or "")
    x = int.from_bytes(mac(derived(case, key, "shift/1"), trace)[:8], "big")
    offset = 1 + x * case["within_seconds"] * 10**9 // 2**64
    return nanos - offset if nanos > offset else None


def main():
    facts = Facts(VECTORS)
    vectors = facts.vectors
    keys = {name: Key(bytes.fromhex(key)) for name, key in vectors["keys"].items()}
    for case in vectors["ids"]:
        facts.made(case["name"], "id", rekeyed(case, keys[case["key"]]).hex(), case, "becomes")
    for case in vectors["times"]:
        made = [shifted(case, keys[case["key"]], nanos) for nanos in case["unix_nanos"]]
        facts.made(case["name"], "times", made, case, "become")
    return facts.finish("docs/reference/tokens.md")


if __name__ == "__main__":
    sys.exit(main())
