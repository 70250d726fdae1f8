"""The demo is shown to strangers, so it is run as they run it."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def shown() -> subprocess.CompletedProcess:
    """One run; more than a minute, which is what `make help` promises, is a failure."""
    return subprocess.run([sys.executable, HERE / "demo.py"], capture_output=True, text=True, timeout=60)


def test_the_demo_finds_no_problem(shown):
    """
    Scenario: `make demo` on this machine.
    Guarantees: by Envoy and by the Collector nothing planted arrives, both ways give the same records, no request fails, the
    live change is taken; the exit code says so.
    """
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "PROBLEM" not in shown.stdout
    assert "found behind Envoy: 0" in shown.stdout
    assert "found behind the Collector alone: 0" in shown.stdout
    assert "records that differ: 0" in shown.stdout


def test_output_that_is_no_terminal_is_plain(shown):
    """
    Scenario: the demo's output goes to a file.
    Guarantees: no color codes in it.
    """
    assert "\x1b" not in shown.stdout

