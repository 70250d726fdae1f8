"""The behavior cases of tests/cases in the built module: under Node, and in the real Envoy.

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
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from gateway import MODULE, Gateway  # noqa: E402
from receiver import Receiver  # noqa: E402

HOST = ROOT / "tests" / "runner" / "wasm-host.mjs"
# As `native::TEST_KEY`.
TEST_KEY = "3c1f9e0a57d2486bb1e5a09c74d8f2630e6db7c9a14f58327be0d5196a8c42f7"
PACKAGE = {"frostglass-cases": "frostglass-tests-runner", "frostglass-hostile": "frostglass-tests-fuzz"}


def program(name: str, *arguments: str, given: str = "", seconds: float = 600) -> subprocess.CompletedProcess:
    """Runs one of the Rust programs of the tests."""
    command = ["cargo", "run", "--quiet", "--locked", "-p", PACKAGE[name], "--bin", name, "--", *arguments]
    return subprocess.run(command, cwd=ROOT, input=given, stdout=subprocess.PIPE, text=True, timeout=seconds)


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
        status, headers, answer = gateway.post(request["path"], base64.b64decode(request["body"]), request["content_type"])
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
