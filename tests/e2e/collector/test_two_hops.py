"""Two hops give what one hop gives: Envoy, then a Collector; an agent, then a gateway."""

from __future__ import annotations

import base64
import json
import secrets
import sys
from pathlib import Path

from gateway import Gateway, shipped_policy
from google.protobuf import json_format
from pipelines import post

sys.path.append(str(Path(__file__).resolve().parents[2] / "runner"))

from programs import program  # noqa: E402

KEY = {"FROSTGLASS_KEY_IDS": secrets.token_hex(32)}


class Upstream:
    """The port of a Collector, as an Envoy's upstream."""

    def __init__(self, collector):
        self.http_port, self.grpc_port = collector.http_port, collector.grpc_port


def payloads() -> list[tuple[str, str, bytes]]:
    """The telemetry of all behavior cases that the Collector reads: their names, paths and bytes."""
    done = program("frostglass-cases", "requests", "collector")
    assert done.returncode == 0
    requests = [json.loads(line) for line in done.stdout.splitlines()]
    return [(r["id"], r["path"], base64.b64decode(r["body"])) for r in requests if r["content_type"] == "application/x-protobuf"]


def plainly(arrivals) -> object:
    """What arrived, attributes in one order and empty messages left out: whether one is written says nothing."""
    if not arrivals:
        return None
    [arrival] = arrivals

    def sort(tree):
        if isinstance(tree, dict):
            return {name: value for name, value in ((name, sort(value)) for name, value in tree.items()) if value not in ({}, [])} 
        if isinstance(tree, list):
            items = [sort(item) for item in tree]
            named = all(isinstance(item, dict) and ("key" in item or "value" in item) for item in items)
            return sorted(items, key=json.dumps) if named else items
        return tree

    tree = sort(json_format.MessageToDict(arrival.message()))
    # A payload without records is not sent on by a Collector, and is by an Envoy.
    return tree if any(word in json.dumps(tree) for word in ('"logRecords"', '"spans"', '"metrics"')) else None


def test_two_hops_give_what_one_gives(run_hop, tmp_path, receiver):
    """Scenario: the telemetry of all cases, under one policy and one key: through Envoy alone, through a Collector alone, through
    Envoy and then that Collector, and through an agent and then that Collector.
    Guarantees: what is refused is refused by all; everything else arrives with the same values by all four ways."""
    policy = {"policy": json.dumps(shipped_policy()).replace("$", "$$")}
    gateway = run_hop(receiver.http_port, KEY, "gateway", **policy)
    agent = run_hop(gateway.http_port, KEY, "agent", **policy)
    envoys = []
    try:
        for number, upstream in enumerate((receiver, Upstream(gateway))):
            envoys.append(Gateway(tmp_path / f"envoy{number}", upstream, {"policy": shipped_policy()}, KEY, concurrency=1))
        ways = {
            "Envoy": envoys[0].http_port,
            "a Collector": gateway.http_port,
            "Envoy, then a Collector": envoys[1].http_port,
            "an agent, then a gateway": agent.http_port,
        }
        compared = 0
        for name, path, body in payloads():
            outcomes = {}
            for way, port in ways.items():
                receiver.reset()
                status, _, _ = post(port, path, body)
                outcomes[way] = plainly(receiver.arrivals) if status == 200 else "refused"
            first = outcomes["a Collector"]
            assert all(outcome == first for outcome in outcomes.values()), f"{name}: {json.dumps(outcomes, indent=1)}"
            compared += first not in (None, "refused")
        assert compared > 40
        assert envoys[0].traps() == envoys[1].traps() == 0
    finally:
        for envoy in envoys:
            envoy.stop()
