"""Ten thousand broken payloads: each ends in a valid output or a refusal, and no VM ends."""

from __future__ import annotations

import gzip
import os
import random
import re
import threading

import pytest
from google.protobuf.message import DecodeError
from payloads import PERSON, attribute, logs, metrics, traces

COUNT = int(os.environ.get("FROSTGLASS_MUTATIONS", "10000"))
CONNECTIONS = 4


def seeds() -> list[tuple[str, bytes]]:
    """Sound payloads of each signal, with nesting and several records."""
    nested = logs(3)
    value = nested.resource_logs[0].scope_logs[0].log_records[0].attributes.add()
    value.key = "deep"
    inner = value.value
    for _ in range(20):
        inner = inner.kvlist_value.values.add(key="k").value
    inner.string_value = PERSON
    spans = traces()
    event = spans.resource_spans[0].scope_spans[0].spans[0].events.add(name="exception")
    attribute(event.attributes, "exception.message", f"no mailbox for {PERSON}")
    return [("/v1/logs", nested.SerializeToString()), ("/v1/traces", spans.SerializeToString()), ("/v1/metrics", metrics().SerializeToString())]


def mutate(random_: random.Random, seed: bytes, others: list[bytes]) -> bytes:
    """One to four bit flips, cuts, splices, inserted runs, deep nests or overlong lengths."""
    body = bytearray(seed)
    for _ in range(random_.randint(1, 4)):
        at = random_.randrange(len(body) + 1)
        match random_.randrange(7):
            case 0 if body:
                body[at % len(body)] ^= 1 << random_.randrange(8)
            case 1:
                del body[at:]
            case 2:
                other = random_.choice(others)
                start = random_.randrange(len(other))
                body[at:at] = other[start : start + random_.randrange(64)]
            case 3:
                del body[at : at + random_.randrange(16)]
            case 4:
                body[at:at] = random_.choice([b"\xff", b"\x0a", b"\x00", b"\x12"]) * random_.randrange(1, 200)
            case 5:
                body[at : at + 1] = random_.choice([b"\xff\xff\xff\xff\x0f", b"\xff" * 9 + b"\x01", b"\x80" * 12, b"\x80\x00"])
            case 6:
                nest = b""
                for _ in range(random_.randrange(2, 400)):
                    nest = b"\x32" + varint(len(nest)) + nest
                body[at:at] = nest[-4000:]
    return bytes(body)


def varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def resident(pid: int) -> int:
    """Resident memory of a process in MiB."""
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read())[1]) // 1024


@pytest.mark.parametrize("policy", [None, {"policy": "all", "schema": 1, "default": "scan"}], ids=["embedded", "scan"])
def test_mutated_payloads_end_in_an_output_or_a_refusal(new_gateway, receiver, policy):
    """Scenario: mutated payloads of all signals, one in eight gzipped, on connections that stay open.
    Guarantees: 200, 400 or 413 each time; what arrives decodes; no VM ends; memory stays bounded."""
    gateway = new_gateway({"policy": policy} if policy else {}, concurrency=2)
    originals = seeds()
    bodies = [body for _, body in originals]
    odd: list[tuple[int, str]] = []
    before = resident(gateway.pid)

    def drive(worker: int) -> None:
        random_ = random.Random(20_240_601 + worker)
        connection = gateway.connection()
        for index in range(COUNT // CONNECTIONS // 2):
            path, seed = random_.choice(originals)
            body = mutate(random_, seed, bodies)
            headers = {"content-type": "application/x-protobuf"}
            if random_.randrange(8) == 0:
                body = gzip.compress(body, 1)
                headers["content-encoding"] = "gzip"
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status not in (200, 400, 413):
                odd.append((answer.status, body.hex()))

    threads = [threading.Thread(target=drive, args=(worker,)) for worker in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert odd == []
    assert gateway.traps() == 0
    assert len(receiver.arrivals) > COUNT // 200
    for arrival in receiver.arrivals:
        try:
            arrival.message()
        except DecodeError:
            raise AssertionError(f"arrived broken: {arrival.path} {arrival.body.hex()}") from None
    assert gateway.post("/v1/logs", bodies[0])[0] == 200
    assert resident(gateway.pid) - before < 200
