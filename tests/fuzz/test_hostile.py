"""The hostile payloads of this folder in the built module, under Node: what the native test sends through the engine."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "runner"))

from programs import program  # noqa: E402
from test_cases import module_under_node  # noqa: E402


def test_hostile_payloads_do_not_end_the_module():
    """Scenario: ten thousand mutated payloads and the regressions, one after another in one VM for each policy.
    Guarantees: no trap; each reply is what the engine itself makes of the payload, byte for byte; memory stays bounded."""
    requests = program("frostglass-hostile", "requests")
    assert requests.returncode == 0
    checked = program("frostglass-hostile", "check", given=module_under_node(requests.stdout))
    assert checked.returncode == 0, checked.stdout[-4000:]
