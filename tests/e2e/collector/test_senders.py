"""Real senders in front of the real Collector: the Python and the Go SDK, and the Collector's own load generator."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections import Counter
from pathlib import Path

import go_service
import pytest
import service
from gateway import shipped_policy

KEY = {"FROSTGLASS_KEY_IDS": secrets.token_hex(32)}
TELEMETRYGEN = Path(__file__).resolve().parent / "telemetrygen"


@pytest.fixture
def collector(run_hop, receiver):
    # `$` begins a variable in a Collector's configuration.
    return run_hop(receiver.http_port, KEY, policy=json.dumps(shipped_policy()).replace("$", "$$"))


def test_the_python_sdk(collector, receiver):
    """Scenario: a service logs a person, a card and a secret, and measures itself; over HTTP and gRPC, plain and gzip.
    Guarantees: all three signals arrive each time, readable by the published messages; none of the values does; times, status,
    ids, counts and the trace tree do."""
    for transport in ("http", "grpc"):
        for compressed in (False, True):
            receiver.reset()
            service.speak(*service.exporters(collector.http_port, collector.grpc_port, transport, compressed))
            service.assert_understood(receiver.arrivals)


def test_the_go_sdk(collector, receiver, go_client):
    """Scenario: a service in Go records a user and an error that quotes an address, compressed by gzip, over HTTP and gRPC.
    Guarantees: the exporter reports no error; the span arrives with a token for the user, without the address, and with what
    nobody classed gone."""
    for transport in ("http", "grpc"):
        receiver.reset()
        go_service.speak(go_client, transport, collector.http_port if transport == "http" else collector.grpc_port)
        go_service.assert_understood(receiver.one())


@pytest.fixture(scope="module")
def telemetrygen(tmp_path_factory) -> Path:
    """The load generator of the Collector's project, of the version in its lock file."""
    program = tmp_path_factory.mktemp("telemetrygen") / "telemetrygen"
    package = "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen"
    subprocess.run(["go", "build", "-o", program, package], cwd=TELEMETRYGEN, check=True, timeout=600)
    return program


def test_telemetrygen(collector, receiver, telemetrygen):
    """Scenario: telemetrygen sends traces, logs and metrics with a user and an address, over HTTP and gRPC.
    Guarantees: it reports no error; every record arrives once, with one token for the user; the address does not; each
    trace has its root and its children."""
    for transport in ([f"--otlp-endpoint=127.0.0.1:{collector.http_port}", "--otlp-http"], [f"--otlp-endpoint=127.0.0.1:{collector.grpc_port}"]):
        receiver.reset()
        for signal, number in (("traces", "--traces=30"), ("logs", "--logs=40"), ("metrics", "--metrics=20")):
            command = [telemetrygen, signal, number, "--otlp-insecure", "--rate=0", *transport]
            command += ['--telemetry-attributes=user.id="ann"', '--telemetry-attributes=shop.note="to ann@example.org"']
            command += ["--child-spans=3"] if signal == "traces" else []
            ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
            assert ran.returncode == 0, ran.stderr[-2000:]
        assert b"ann" not in b"".join(arrival.body for arrival in receiver.arrivals)
        spans, logs, points = [], [], []
        for arrival in receiver.arrivals:
            message = arrival.message()
            for one in getattr(message, "resource_spans", []):
                spans += [span for scope in one.scope_spans for span in scope.spans]
            for one in getattr(message, "resource_logs", []):
                logs += [record for scope in one.scope_logs for record in scope.log_records]
            for one in getattr(message, "resource_metrics", []):
                metrics = [metric for scope in one.scope_metrics for metric in scope.metrics]
                points += [point for metric in metrics for point in getattr(metric, metric.WhichOneof("data")).data_points]
        assert (len(spans), len(logs), len(points)) == (120, 40, 20)
        users = Counter(pair.value.string_value for record in [*spans, *logs, *points] for pair in record.attributes if pair.key == "user.id")
        [(user, count)] = users.items()
        assert user.startswith("u_") and count == 180
        ids = {span.span_id: span.trace_id for span in spans}
        roots = Counter(span.trace_id for span in spans if not span.parent_span_id)
        assert len(ids) == 120 and len(roots) == 30 and set(roots.values()) == {1}
        assert all(ids[span.parent_span_id] == span.trace_id for span in spans if span.parent_span_id)
