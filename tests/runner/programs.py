"""The Rust programs that the Python tests run, as `cargo test` builds them."""

from __future__ import annotations

import functools
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def built() -> dict[str, str]:
    """Paths by name. Builds what is not there or stale, which after `cargo test --workspace` is nothing."""
    # With `-p` alone dependencies have fewer features than in the whole workspace, and all would be compiled a second time.
    command = ["cargo", "test", "--quiet", "--locked", "--workspace", "--no-run", "--test", "native", "--test", "hostile"]
    lines = subprocess.run([*command, "--message-format", "json"], cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=900, check=True)
    artifacts = [one for one in map(json.loads, lines.stdout.splitlines()) if one["reason"] == "compiler-artifact"]
    return {one["target"]["name"]: one["executable"] for one in artifacts if one["target"]["kind"] == ["bin"] and one["executable"]}


def program(name: str, *arguments: str, given: str = "", seconds: float = 600) -> subprocess.CompletedProcess:
    """Runs one of them: `frostglass-cases` or `frostglass-hostile`."""
    return subprocess.run([built()[name], *arguments], cwd=ROOT, input=given, stdout=subprocess.PIPE, text=True, timeout=seconds)
