"""What envoy/egress/README.md shows is what happens."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from gateway import EGRESS, Gateway

README = (EGRESS / "README.md").read_text()


def examples() -> list[tuple[str, str]]:
    """Commands of the README's consoles, each with the answer shown."""
    found = []
    for console in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for example in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
            command, _, answer = example.partition("\n")
            found.append((command, answer))
    return found


@pytest.mark.parametrize("command, answer", examples())
def test_the_readme_shows_what_happens(tmp_path, receiver, command, answer):
    """Scenario: a reader copies a command.
    Guarantees: the answer is the one shown, `…` standing for what differs."""
    shipped = json.loads((EGRESS / "ecds" / "frostglass.json").read_text())
    gateway = Gateway(tmp_path / "envoy", receiver, shipped["resources"][0]["typed_config"]["config"]["configuration"]["value"])
    try:
        command = command.replace("127.0.0.1:4318", f"127.0.0.1:{gateway.http_port}")
        said = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, text=True, timeout=30).stdout
    finally:
        gateway.stop()
    assert re.fullmatch(".*".join(map(re.escape, answer.split("…"))), said), said
    assert all(b"ann.miller@example.org" not in arrival.body for arrival in receiver.arrivals)
