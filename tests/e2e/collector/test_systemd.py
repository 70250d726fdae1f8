"""The systemd unit: it is what systemd reads, may do little, and hands over what the agent asks for."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from otelcol import CONFIG, EXAMPLES

UNIT = CONFIG / "systemd" / "otelcol-frostglass.service"
AGENT = EXAMPLES / "agent" / "collector.yaml"


def settings() -> dict[str, list[str]]:
    """The unit's settings; one that stands several times has several values."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_systemd_reads_all_of_it(tmp_path):
    """Scenario: `systemd-analyze verify` on the unit, with a program in the place of ours.
    Guarantees: no word is unknown or misread."""
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/usr/bin/otelcol-frostglass", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_it_may_do_little():
    """Scenario: the settings that take rights away.
    Guarantees: no user on disk, no capabilities, nothing writable but its own folders, no core dump, no swap, no secret in the
    environment."""
    unit = settings()
    for name, value in {
        "DynamicUser": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "StateDirectory": "otelcol-frostglass",
        "RuntimeDirectory": "otelcol-frostglass",
        "LimitCORE": "0",
        "MemorySwapMax": "0",
    }.items():
        assert unit[name] == [value], name
    assert "Environment" not in unit and "ReadWritePaths" not in unit


def test_it_hands_over_what_the_agent_asks_for():
    """Scenario: the credentials in the agent's configuration.
    Guarantees: the unit loads these, and no others."""
    asked = set(re.findall(r"\$\{env:CREDENTIALS_DIRECTORY:-[^}]*\}/([\w.]+)", AGENT.read_text()))
    loaded = {value.split(":")[0] for value in settings()["LoadCredential"]}
    assert asked == loaded
