"""What the halves of the benchmark share: where things are, the key, how a command is run and a table printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "tests" / "bench"
BUILD = ROOT / ".build" / "bench"
KEY = {"FROSTGLASS_KEY_IDS": "3f9c1de07ab25486c3d1e90f5b7a6248190d3ecfa4b87216e5d0c94f8a3b7162"}


def run(command: list, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> str:
    """Runs a command, returns what it printed; its errors are ours."""
    everything = os.environ | KEY | (environment or {})
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=everything, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(str(part) for part in command[:6])} … ended with {done.returncode}")
    return done.stdout


def table(head: tuple, rows: list[tuple]) -> None:
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[at]) for row in cells) for at in range(len(head))]
    for row in cells:
        first, *rest = (cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths)))
        print("  " + "  ".join([first, *rest]))


def progress(number: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r  round {number + 1} of {of} ", end="", file=sys.stderr, flush=True)
