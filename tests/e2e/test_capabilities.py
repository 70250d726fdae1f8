"""What the built module may ask of Envoy, held against what it can ask: its own imports and exports."""

from __future__ import annotations

import json
import re

from gateway import EGRESS, MODULE, ROOT

LIST = ROOT / "filter" / "module" / "capabilities.txt"
IMPORTS, EXPORTS = 2, 7
FUNCTION = 0


def listed(verdict: str) -> set[str]:
    """The names in filter/module/capabilities.txt with this verdict."""
    return set(re.findall(rf"^{verdict} (\w+)$", LIST.read_text(), re.MULTILINE))


def shipped() -> set[str]:
    """What the shipped resource allows."""
    resource = json.loads((EGRESS / "ecds" / "frostglass.json").read_text())
    config = resource["resources"][0]["typed_config"]["config"]
    return set(config["capability_restriction_config"]["allowed_capabilities"])


class Reader:
    """Reads a WebAssembly binary (core specification, section 5) from its beginning or from within."""

    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self) -> int:
        """An unsigned LEB128."""
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def name(self) -> str:
        return self.take(self.number()).decode()

    def skip_limits(self) -> None:
        flags = self.number()
        for _ in range(2 if flags & 1 else 1):
            self.number()


def sections(data: bytes) -> dict[int, bytes]:
    """The contents of sections by their number, custom ones left out."""
    assert data[:8] == b"\0asm\1\0\0\0"
    reader, found = Reader(data[8:]), {}
    while reader.at < len(reader.data):
        number = reader.take(1)[0]
        found[number] = reader.take(reader.number())
    return found


def imported(data: bytes) -> set[str]:
    """Names of imported functions."""
    reader, found = Reader(sections(data)[IMPORTS]), set()
    for _ in range(reader.number()):
        reader.name()
        name, kind = reader.name(), reader.take(1)[0]
        if kind == FUNCTION:
            reader.number()
            found.add(name)
        elif kind == 1:
            reader.take(1)
            reader.skip_limits()
        elif kind == 2:
            reader.skip_limits()
        else:
            reader.take(2)
    return found


def exported(data: bytes) -> set[str]:
    """Names of exported functions."""
    reader, found = Reader(sections(data)[EXPORTS]), set()
    for _ in range(reader.number()):
        name, kind = reader.name(), reader.take(1)[0]
        reader.number()
        if kind == FUNCTION:
            found.add(name)
    return found


def test_every_import_and_export_is_judged():
    """Scenario: the imports and exports of the module as built.
    Guarantees: each is allowed or refused by the list, and what is allowed is there: a new host call cannot come unseen and
    trap in production. Of what is refused the SDK links more or less, as the compiler finds calls that nobody reaches."""
    module = MODULE.read_bytes()
    callbacks = {name for name in exported(module) if name.startswith("proxy_on_")}
    verdicts = [listed("allow"), listed("keys"), listed("refuse")]
    assert sum(map(len, verdicts)) == len(set.union(*verdicts))
    there = imported(module) | callbacks
    assert there <= set.union(*verdicts)
    assert verdicts[0] | verdicts[1] <= there


def test_what_our_code_calls_is_allowed():
    """Scenario: the host calls that the filter declares for itself.
    Guarantees: all are allowed (those for keys where keys are fetched), and of what the host offers no others; the call itself
    goes through the SDK."""
    source = (ROOT / "filter" / "module" / "src" / "envoy" / "hostcalls.rs").read_text()
    declared = set(re.findall(r"^    fn (proxy_\w+)\(", source, re.MULTILINE))
    assert declared
    allowed = {name for name in listed("allow") | listed("keys") if name.startswith("proxy_") and not name.startswith("proxy_on_")}
    assert declared == allowed - {"proxy_http_call", "proxy_set_effective_context"}


def test_the_shipped_resource_allows_what_the_list_allows():
    """Scenario: the resource in envoy/egress.
    Guarantees: the list and nothing else; no calls, queues, shared data or properties, by which payloads could go anywhere
    but to the upstream."""
    assert shipped() == listed("allow")
    for word in ("call", "grpc", "queue", "shared", "property", "foreign"):
        assert not {capability for capability in shipped() if word in capability}, word
