"""Runs the second implementations of tokens and seals on the published vectors."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKS = sorted(Path(__file__).parent.glob("check_*.py"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.stem)
def test_the_specification_alone_gives_the_vectors(check):
    """Scenario: an implementation that was written from the specification reads the vectors of the product.
    Guarantees: it agrees with every one of them, the bad ones included.
    """
    done = subprocess.run([sys.executable, check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
