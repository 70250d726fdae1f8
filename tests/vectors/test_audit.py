"""The audit chain of docs/reference/audit.md, checked by a verifier that was written from that page alone."""

import random
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import check_audit  # noqa: E402

CHAIN = HERE / "audit.jsonl"
KEY = check_audit.read_key(HERE / "audit.jsonl.pub")


def good():
    return CHAIN.read_bytes()


def kept():
    return next(line for line in reversed(good().split(b"\n")) if b'"signature":' in line)


def test_the_chain_verifies():
    """
    Scenario: a chain as `frostglass` wrote it, with one of each event and a person's reason with quotes and letters beyond ASCII.
    Guarantees: the second implementation has nothing to say against it, with the checkpoint that was kept or without.
    """
    assert check_audit.verify(good(), KEY) == []
    assert check_audit.verify(good(), KEY, kept()) == []


def test_every_byte_counts():
    """
    Scenario: each byte of the chain, changed in one bit that a seed chooses.
    Guarantees: each change is found; those up to the kept checkpoint at their line.
    """
    data, chosen = good(), random.Random(6)
    signed = data.index(kept()) + len(kept())
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << chosen.randrange(8)
        faults = check_audit.verify(bytes(changed), KEY, kept())
        assert faults or place > signed, place
        if place < signed and faults and changed[place] != ord("\n") and data[place] != ord("\n"):
            assert faults[0][0] == data[:place].count(b"\n") + 1, place


@pytest.mark.parametrize("what", ["delete", "double", "swap", "cut"])
def test_lines_stay_in_place(what):
    """
    Scenario: each line deleted, doubled, exchanged with the next; the file cut off before each.
    Guarantees: found, against the kept checkpoint, wherever that is behind it.
    """
    lines = good().split(b"\n")[:-1]
    last = lines.index(kept())
    for at in range(last + 1):
        changed = list(lines)
        if what == "delete":
            del changed[at]
        elif what == "double":
            changed.insert(at, lines[at])
        elif what == "swap" and at < last:
            changed[at], changed[at + 1] = changed[at + 1], changed[at]
        elif what == "cut":
            del changed[at:]
        else:
            continue
        data = b"".join(line + b"\n" for line in changed)
        assert check_audit.verify(data, KEY, kept()), f"{what} {at}"


def test_another_key_does_not_verify():
    """
    Scenario: the same chain under another public key.
    Guarantees: its first line and every checkpoint are faults.
    """
    other = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    faults = check_audit.verify(good(), other)
    assert len(faults) == 1 + good().count(b'"signature":')
