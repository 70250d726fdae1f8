"""The behavior cases of tests/cases in the built module: under Node, in the real Envoy and in the real Collector.

The requests and the verdicts come from the Rust program beside this file (`src/main.rs`), which also runs each case in the
engine itself: every host must come to the same decoded values. This file only carries bytes.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "tests" / "e2e" / "collector")]

from gateway import MODULE, Gateway  # noqa: E402
from loopback import free_ports  # noqa: E402
from pipelines import Pipelines, otlp, post, straight_to  # noqa: E402
from programs import program  # noqa: E402
from receiver import Receiver  # noqa: E402

HOST = ROOT / "tests" / "runner" / "wasm-host.mjs"
# As `native::TEST_KEY`.
TEST_KEY = "3c1f9e0a57d2486bb1e5a09c74d8f2630e6db7c9a14f58327be0d5196a8c42f7"


def module_under_node(requests: str, seconds: float = 170) -> str:
    """What the module makes of requests, under Node."""
    command = ["node", "--no-warnings", str(HOST), str(MODULE)]
    done = subprocess.run(command, input=requests, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=seconds)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def requests_for(host: str) -> str:
    done = program("frostglass-cases", "requests", host)
    assert done.returncode == 0 and done.stdout
    return done.stdout


def test_every_case_holds_in_the_module():
    """Scenario: each case in the built module, driven as proxy-wasm says.
    Guarantees: what the case says, and the same decoded values as the engine itself."""
    checked = program("frostglass-cases", "check", "wasm", given=module_under_node(requests_for("wasm")))
    assert checked.returncode == 0, checked.stdout[-8000:]


@pytest.fixture
def envoy_with_key(tmp_path):
    receiver = Receiver()
    first = json.loads(requests_for("envoy").splitlines()[0])
    gateway = Gateway(tmp_path / "envoy", receiver, first["configuration"], {"FROSTGLASS_KEY_IDS": TEST_KEY}, concurrency=1)
    yield gateway, receiver
    gateway.stop()
    receiver.close()


def put_in_force(gateway: Gateway, configuration: str, number: int) -> None:
    """Pushes a configuration and waits until requests meet it: until its own health path answers."""
    path = f"/in-force/{number}"
    gateway.push(json.dumps(json.loads(configuration) | {"health_path": path}))

    def answers() -> bool:
        connection = gateway.connection()
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        finally:
            connection.close()

    gateway.wait_for(answers)


def said(gateway: Gateway, already: int) -> tuple[str, int]:
    """What Envoy said of the filter: the new lines of its log and the names of the filter's series, without times and numbers,
    in which any short number could be found."""
    log = gateway.log()
    lines = [line.split("wasm log", 1)[-1] for line in log[already:].splitlines()]
    lines = [re.sub(r"^(\[[^\]]*\])+", "", line) for line in lines]
    series = [line.rsplit(" ", 1)[0] for line in gateway.admin("/stats/prometheus").splitlines() if line.startswith("frostglass_")]
    return "\n".join(lines + series), len(log)


def test_every_case_holds_in_envoy(envoy_with_key):
    """Scenario: each case through the real Envoy, its policy pushed while Envoy runs.
    Guarantees: what the case says, and the same decoded values as the engine itself; no VM ends."""
    gateway, receiver = envoy_with_key
    replies = []
    configured = None
    position = 0
    for line in requests_for("envoy").splitlines():
        request = json.loads(line)
        if request["configuration"] != configured:
            put_in_force(gateway, request["configuration"], len(replies))
            configured = request["configuration"]
        receiver.reset()
        encoding = {"content_encoding": request["content_encoding"]} if request["content_encoding"] else {}
        status, headers, answer = gateway.post(request["path"], base64.b64decode(request["body"]), request["content_type"], **encoding)
        heard, position = said(gateway, position)
        reply = {"id": request["id"], "said": "\n".join([heard, answer.decode("latin-1"), repr(headers)])}
        if status == 200:
            arrival = receiver.one()
            passed_on = {name: value for name, value in arrival.headers.items() if name != "x-request-id"}
            reply |= {"status": "forwarded", "body": base64.b64encode(arrival.body).decode()}
            reply["said"] += repr(passed_on)
        else:
            assert status in (400, 413), f"{request['id']}: {status}"
            assert receiver.arrivals == []
            reply |= {"status": "refused"}
        replies.append(json.dumps(reply))
    assert gateway.traps() == 0
    checked = program("frostglass-cases", "check", "envoy", given="\n".join(replies))
    assert checked.returncode == 0, checked.stdout[-8000:]


def pipelines_for(configurations: list[dict], ports: list[int], receiver: Receiver) -> dict:
    """One pipeline of each signal for each of the cases' configurations, in one Collector."""
    collector = {"receivers": {}, "processors": {}, "exporters": {}, "service": {"pipelines": {}}}
    for number, (given, port) in enumerate(zip(configurations, ports)):
        # `$` begins a variable in a Collector's configuration.
        policy = json.dumps(given["policy"]).replace("$", "$$")
        filter_ = {"policy": policy, "instances": 1} | {key: given[key] for key in ("on_withheld", "recipient") if key in given}
        collector["receivers"][f"otlp/{number}"] = otlp(port)
        collector["processors"][f"frostglass/{number}"] = filter_
        collector["exporters"][f"otlp_http/{number}"] = straight_to(f"http://127.0.0.1:{receiver.http_port}")
        for signal in ("logs", "traces", "metrics"):
            collector["service"]["pipelines"][f"{signal}/{number}"] = {
                "receivers": [f"otlp/{number}"],
                "processors": [f"frostglass/{number}"],
                "exporters": [f"otlp_http/{number}"],
            }
    return collector


def withheld(collector: Pipelines) -> dict[str, int]:
    """What the filter has withheld so far, values and records, by reason."""
    counts: dict[str, int] = {}
    for name, labels, value in collector.page():
        if name in ("values_withheld", "records_dropped"):
            counts[labels["reason"]] = counts.get(labels["reason"], 0) + int(value)
    return counts


def test_every_case_holds_in_the_collector(tmp_path):
    """Scenario: each case through the real Collector, one process with pipelines for all policies.
    Guarantees: what the case says, counts of what was withheld included, and the same decoded values as the engine itself."""
    requests = [json.loads(line) for line in requests_for("collector").splitlines()]
    configurations = list(dict.fromkeys(request["configuration"] for request in requests))
    ports = free_ports(len(configurations))
    receiver = Receiver()
    configuration = pipelines_for([json.loads(one) for one in configurations], ports, receiver)
    collector = Pipelines(tmp_path / "collector", configuration, {"FROSTGLASS_KEY_IDS": TEST_KEY})
    replies = []
    try:
        position = len(collector.log())
        before = withheld(collector)
        for request in requests:
            receiver.reset()
            port = ports[configurations.index(request["configuration"])]
            status, headers, answer = post(port, request["path"], base64.b64decode(request["body"]), request["content_type"])
            after, log = withheld(collector), collector.log()
            # Without times, in which any short number could be found.
            heard = [re.sub(r"(?m)^\S+Z\t", "", log[position:]), repr({k: v for k, v in headers.items() if k != "date"})]
            # 400 comes from the Collector's receiver, before the filter; it quotes to senders what they sent, but to nobody else.
            heard += [] if status == 400 else [answer.decode("latin-1")]
            reply = {
                "id": request["id"],
                "said": "\n".join(heard),
                "written_anew": True,
                "withheld": {reason: count - before.get(reason, 0) for reason, count in after.items()},
            }
            before, position = after, len(log)
            if status == 200:
                # Nothing is sent on when no record is left.
                arrivals = [receiver.one()] if receiver.arrivals else []
                body = arrivals[0].body if arrivals else b""
                reply |= {"status": "forwarded", "body": base64.b64encode(body).decode()}
                reply["said"] += "".join(repr(arrival.headers) for arrival in arrivals)
            else:
                # Both say: do not send this again.
                assert status in (400, 500), f"{request['id']}: {status} {answer!r}"
                assert receiver.arrivals == []
                reply |= {"status": "refused"}
            replies.append(json.dumps(reply))
        # The counts that are compared are there to be read.
        assert collector.metric("fields") > 0
    finally:
        collector.stop()
        receiver.close()
    checked = program("frostglass-cases", "check", "collector", given="\n".join(replies))
    assert checked.returncode == 0, checked.stdout[-8000:]
