"""The files of `envoy/egress` as they are shipped, with nothing changed but ports."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

EGRESS = Path(__file__).resolve().parents[2] / "envoy" / "egress"


def bootstrap(http_port: int, grpc_port: int) -> dict:
    """The bootstrap, its listeners on ports of this run."""
    # Through JSON, since in the file one half of the listeners is an alias of the other.
    shipped = json.loads(json.dumps(yaml.safe_load((EGRESS / "envoy.yaml").read_text())))
    ports = {4318: http_port, 4317: grpc_port}
    for listener in shipped["static_resources"]["listeners"]:
        address = listener["address"]["socket_address"]
        address["port_value"] = ports[address["port_value"]]
    return shipped


def place_upstream(folder: Path, receiver) -> None:
    """Puts the file of the clusters where the bootstrap looks for it; upstream is whatever has an `http_port` and a `grpc_port`."""
    upstream = yaml.safe_load((EGRESS / "upstream.yaml").read_text())
    ports = {"upstream_http": receiver.http_port, "upstream_grpc": receiver.grpc_port}
    for cluster in upstream["resources"]:
        endpoint = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]
        endpoint["address"]["socket_address"]["port_value"] = ports[cluster["name"]]
    (folder / "upstream.yaml").write_text(yaml.safe_dump(upstream))
