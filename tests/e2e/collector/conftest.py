"""Credentials made for this run, and a place for Collectors that ends them with the test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from otelcol import EXAMPLES, OTELCOL, Collector, gates_of
from loopback import free_ports
from pipelines import Pipelines, hop, straight_to


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

    def start(name: str, configuration: str, environment: dict[str, str] | None = None, **options) -> Collector:
        gates = gates_of(EXAMPLES / configuration)
        collector = Collector(tmp_path / name, EXAMPLES / configuration, credentials | (environment or {}), gates=gates, **options)
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


@pytest.fixture
def run(tmp_path):
    """Starts a configuration that the test makes."""
    started: list[Pipelines] = []

    def run(configuration: dict, environment: dict[str, str] | None = None, ports=None, name: str = "collector", **options) -> Pipelines:
        collector = Pipelines(tmp_path / name, configuration, environment, ports, **options)
        started.append(collector)
        return collector

    yield run
    for collector in reversed(started):
        collector.stop()


@pytest.fixture
def run_hop(run):
    """Starts a Collector with one Frostglass in front of an OTLP/HTTP port, which it answers with what that answers."""

    def run_hop(upstream_port: int, environment: dict[str, str] | None = None, name: str = "collector", **filter_) -> Pipelines:
        grpc, http = free_ports(2)
        configuration = hop((grpc, http), straight_to(f"http://127.0.0.1:{upstream_port}"), **filter_)
        return run(configuration, environment, (grpc, http), name)

    return run_hop
