"""Credentials made for this run, and a place for Collectors that ends them with the test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from otelcol import EXAMPLES, OTELCOL, Collector


@pytest.fixture(scope="session", autouse=True)
def collector_is_built():
    assert OTELCOL.exists(), f"no Collector at {OTELCOL}: run `make collector` or set FROSTGLASS_OTELCOL"


@pytest.fixture(scope="session")
def credentials(tmp_path_factory) -> dict[str, str]:
    """What the script of the examples makes, as the environment of a Collector."""
    folder = tmp_path_factory.mktemp("credentials")
    subprocess.run([EXAMPLES / "credentials.sh", folder], check=True, timeout=60)
    return {"CREDENTIALS_DIRECTORY": str(folder)}


@pytest.fixture
def start(tmp_path, credentials):
    """Starts a configuration of the examples in a folder of the test's own."""
    started: list[Collector] = []

    def start(name: str, configuration: str, environment: dict[str, str] | None = None, ports=None) -> Collector:
        collector = Collector(tmp_path / name, EXAMPLES / configuration, credentials | (environment or {}), ports)
        started.append(collector)
        return collector

    yield start
    for collector in reversed(started):
        collector.stop()


@pytest.fixture
def logs_folder(tmp_path) -> Path:
    """Where the agent under test looks for log files."""
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder
