"""The real Go SDK in front, the shipped policy in between: another implementation of OTLP's encoding and of its clients."""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path

import pytest
from gateway import shipped_policy

SOURCE = Path(__file__).resolve().parent / "go-sdk"
KEY = {"FROSTGLASS_KEY_IDS": secrets.token_hex(32)}


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> Path:
    """The Go program, built from its source."""
    program = tmp_path_factory.mktemp("go") / "go-sdk"
    subprocess.run(["go", "build", "-o", program, "."], cwd=SOURCE, check=True, timeout=300)
    return program


@pytest.mark.parametrize("transport", ["http", "grpc"])
def test_a_go_service_with_the_real_sdk(new_gateway, receiver, client, transport):
    """Scenario: a service in Go records a user and an error that quotes an address, compressed by gzip.
    Guarantees: the exporter reports no error; the span arrives with a token for the user, without the address, and with
    what nobody classed gone."""
    gateway = new_gateway({"policy": shipped_policy()}, environment=KEY)
    port = gateway.http_port if transport == "http" else gateway.grpc_port
    ran = subprocess.run([client, transport, f"127.0.0.1:{port}"], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    arrival = receiver.one()
    for value in (b"ann@example.org", b"behind the door"):
        assert value not in arrival.body
    [span] = arrival.message().resource_spans[0].scope_spans[0].spans
    attributes = {pair.key: pair.value.string_value for pair in span.attributes}
    assert attributes["user.id"].startswith("u_")
    assert attributes["http.request.method"] == "POST"
    assert len(span.trace_id) == 16
    assert span.end_time_unix_nano >= span.start_time_unix_nano > 0
    assert gateway.traps() == 0
