"""Bodies in zstd through the real Envoy: what comes compressed is treated as what comes plain, and goes on plain."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from payloads import PERSON, logs, who

# `payloads.logs(50)` and the push of `push()`, by `zstd -19`: the standard library of this Python writes no zstd.
DATA = Path(__file__).resolve().parent / "data"
LOGS, PUSH = (DATA / "logs.pb.zst").read_bytes(), (DATA / "push.json.zst").read_bytes()
SENT = [("/v1/logs", LOGS, "application/x-protobuf"), ("/loki/api/v1/push", PUSH, "application/json")]


def push(person: str) -> dict:
    """A push to Loki: one stream of fifty lines, with a person in its labels and in each line's metadata."""
    lines = [[str(1_700_000_000_000_000_000 + number), "signed in", {"who": person}] for number in range(50)]
    return {"streams": [{"stream": {"service_name": "checkout", "who": person}, "values": lines}]}


def test_otlp_and_loki_in_zstd_arrive_treated(gateway, receiver):
    """Scenario: fifty log records in OTLP and in a push to Loki, each compressed to a tenth.
    Guarantees: each arrives plain, its length and encoding said right, the same as sent but for the person, who is a label."""
    for path, body, content_type in SENT:
        receiver.reset()
        status, _, said = gateway.post(path, body, content_type=content_type, content_encoding="zstd")
        assert status == 200, said
        arrival = receiver.one()
        assert arrival.path == path
        assert int(arrival.headers["content-length"]) == len(arrival.body) > 5 * len(body)
        assert arrival.headers.get("content-encoding", "identity") == "identity"
        assert PERSON.encode() not in arrival.body
        if path == "/v1/logs":
            assert who(arrival.message()) == ["label-a"] * 50
            assert arrival.message() == logs(50, who="label-a")
        else:
            assert json.loads(arrival.body) == push("label-a")


@pytest.mark.parametrize("path, body, content_type", SENT, ids=["otlp", "loki"])
def test_broken_zstd_is_refused(gateway, receiver, path, body, content_type):
    """Scenario: zstd that is cut, damaged, or no zstd at all.
    Guarantees: 400 each time, in words that quote nothing; nothing arrives."""
    damaged = body[:-6] + bytes([body[-6] ^ 0xFF]) + body[-5:]
    for broken in (body[:-3], body[: len(body) // 2], damaged, b"plain " + PERSON.encode(), b""):
        status, _, said = gateway.post(path, broken, content_type=content_type, content_encoding="zstd")
        assert status == 400, broken
        assert b"frostglass: zstd: " in said and PERSON.encode() not in said
    assert receiver.arrivals == []
