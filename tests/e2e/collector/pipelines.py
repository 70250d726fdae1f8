"""A Collector with a configuration that a test makes, and a reader of what it says of itself."""

from __future__ import annotations

import http.client
import json
import re
from pathlib import Path

from loopback import free_port
from otelcol import Collector


def otlp(http_port: int, grpc_port: int | None = None) -> dict:
    """A receiver of OTLP on the loopback."""
    protocols = {"http": {"endpoint": f"127.0.0.1:{http_port}"}}
    if grpc_port:
        protocols["grpc"] = {"endpoint": f"127.0.0.1:{grpc_port}"}
    return {"protocols": protocols}


def straight_to(endpoint: str) -> dict:
    """An exporter that answers with what the other side answered: no queue, no second try, bytes as they are."""
    return {
        "endpoint": endpoint,
        "compression": "none",
        "sending_queue": {"enabled": False},
        "retry_on_failure": {"enabled": False},
    }


SIGNALS = ("logs", "traces", "metrics")


def hop(ports: tuple[int, int], exporter: dict, **filter_: object) -> dict:
    """OTLP in on two ports (gRPC, HTTP), one Frostglass, OTLP out."""
    pipeline = {"receivers": ["otlp"], "processors": ["frostglass"], "exporters": ["otlp_http"]}
    return {
        "receivers": {"otlp": otlp(ports[1], ports[0])},
        "processors": {"frostglass": filter_},
        "exporters": {"otlp_http": exporter},
        "service": {"pipelines": {signal: pipeline for signal in SIGNALS}},
    }


class Pipelines(Collector):
    """A Collector, its own metrics within reach."""

    def __init__(self, folder: Path, configuration: dict, environment: dict[str, str] | None = None, ports=None, gates: tuple[str, ...] = ()):
        folder.mkdir(parents=True, exist_ok=True)
        self.metrics_port = free_port()
        path = folder / "collector.yaml"
        # JSON is YAML.
        path.write_text(json.dumps(configuration, indent=1))
        super().__init__(folder, path, environment or {}, ports, gates=gates)

    def _moved(self, shipped: dict) -> dict:
        pull = {"exporter": {"prometheus": {"host": "127.0.0.1", "port": self.metrics_port}}}
        # By default a Collector leaves out what it has said ten times within ten seconds.
        return {"service": {"telemetry": {"metrics": {"readers": [{"pull": pull}]}, "logs": {"sampling": {"enabled": False}}}}}

    @property
    def pid(self) -> int:
        return self._process.pid

    def page(self) -> list[tuple[str, dict[str, str], float]]:
        """The filter's lines of the Collector's own Prometheus page: name, labels, value."""
        connection = http.client.HTTPConnection("127.0.0.1", self.metrics_port, timeout=10)
        try:
            connection.request("GET", "/metrics")
            lines = connection.getresponse().read().decode().splitlines()
        finally:
            connection.close()
        found = []
        for line in lines:
            match = re.match(r"^otelcol_processor_frostglass_(\w+)\{(.*)\} (\S+)$", line)
            if match:
                # What the Collector adds says which component speaks, and is the same for all of them.
                labels = re.findall(r'(\w+)="([^"]*)"', match[2])
                found.append((match[1], {name: value for name, value in labels if not name.startswith(("otel_scope", "service"))}, float(match[3])))
        return found

    def metric(self, metric: str, **labels: str) -> float:
        """The sum of the series of a name that have these labels."""
        return sum(value for name, has, value in self.page() if name == metric and labels.items() <= has.items())


def post(port: int, path: str, body: bytes, content_type: str = "application/x-protobuf") -> tuple[int, dict[str, str], bytes]:
    """One request on a connection of its own: status, headers, answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", path, body, {"content-type": content_type})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()
