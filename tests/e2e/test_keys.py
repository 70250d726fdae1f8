"""Issued keys reach Envoy from a local endpoint and change while it serves."""

from __future__ import annotations

import base64
import copy
import json
import os
import secrets
import subprocess
import threading
import time
from pathlib import Path

import pytest
from gateway import ROOT, Gateway, resource
from payloads import PERSON, logs, who
from test_capabilities import listed

FROSTGLASS = Path(os.environ.get("FROSTGLASS", ROOT / "dist" / "frostglass")).resolve()
EPOCH = 60  # the shortest there is
RATE = 100

POLICY = {
    "policy": "issued",
    "schema": 1,
    "default": "keep",
    "keys": {"ids": {"use": "pseudonymize", "from": "issued", "epoch": f"{EPOCH}s", "overlap": "20s"}},
    "classes": {"direct-id": {"treat": "token"}},
    "treatments": {"token": {"pseudonymize": {"key": "ids", "prefix": "u"}}},
    "catalog": {"who": "direct-id"},
}


class Vault:
    """A vault of the policy's keys, and the endpoint that serves them, until closed."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        self.socket = folder / "keys.sock"
        self._file("vault.key", secrets.token_hex(32))
        self._file("policy.json", json.dumps(POLICY))
        self.run("init", "--policy", "policy.json")
        self.serving = None

    def _file(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o600)

    def _command(self, *arguments: str) -> list[str]:
        return [str(FROSTGLASS), "keys", arguments[0], "--vault", "keys.vault", "--key-file", "vault.key", *arguments[1:]]

    def run(self, *arguments: str) -> None:
        subprocess.run(self._command(*arguments), cwd=self.folder, check=True, capture_output=True)

    def serve(self) -> None:
        command = self._command("serve", "--listen", f"unix:{self.socket}")
        log = (self.folder / "issues.jsonl").open("ab")
        self.serving = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=subprocess.DEVNULL)

    def close(self) -> None:
        if self.serving:
            self.serving.kill()
            self.serving.wait()
            self.serving = None

    def issues(self) -> list[dict]:
        return [json.loads(line) for line in (self.folder / "issues.jsonl").read_text().splitlines()]


class KeyedGateway(Gateway):
    """Envoy with a cluster for the endpoint, and with the host calls allowed that fetching takes."""

    socket: Path

    def _bootstrap(self) -> dict:
        bootstrap = copy.deepcopy(super()._bootstrap())
        address = {"pipe": {"path": str(self.socket)}}
        endpoint = {"lb_endpoints": [{"endpoint": {"address": address}}]}
        cluster = {
            "name": "keys",
            "type": "STATIC",
            "connect_timeout": "1s",
            "load_assignment": {"cluster_name": "keys", "endpoints": [endpoint]},
        }
        bootstrap["static_resources"].setdefault("clusters", []).append(cluster)
        return bootstrap

    def push(self, configuration: dict) -> str:
        self._version += 1
        written = resource(json.dumps(configuration), str(self._version))
        restriction = written["resources"][0]["typed_config"]["config"]["capability_restriction_config"]
        restriction["allowed_capabilities"] |= {name: {} for name in listed("keys")}
        aside = self.folder / "aside.json"
        aside.write_text(json.dumps(written))
        aside.rename(self.folder / "ecds" / "frostglass.json")
        return str(self._version)


@pytest.fixture
def vault(tmp_path):
    # The name of a Unix socket has at most 107 bytes; pytest's folders are shorter.
    vault = Vault(tmp_path / "vault")
    yield vault
    vault.close()


@pytest.fixture
def keyed_gateway(tmp_path, receiver, vault):
    KeyedGateway.socket = vault.socket
    gateway = KeyedGateway(tmp_path / "envoy", receiver, {"policy": POLICY, "keys": {"cluster": "keys", "every": "1s"}})
    yield gateway
    gateway.stop()


def epoch_of(token: str) -> int:
    """The epoch that a token says of itself (docs/reference/tokens.md)."""
    body = base64.b32decode(token.rsplit("_", 1)[1].upper())
    return int.from_bytes(body[:4], "big") & (1 << 28) - 1


def test_keys_rotate_under_load(keyed_gateway, receiver, vault):
    """Scenario: Envoy starts before the endpoint does, then keys are issued and rotate at the end of an epoch while two clients send
    100 requests a second; a configuration comes in the middle; at last the present epoch is destroyed, and the endpoint goes.
    Guarantees: no request is lost. Without keys values are suppressed; then each token is of one of the two epochs, equal within
    one; a new configuration starts with the keys that are there; what was destroyed is suppressed; each issue was logged."""
    body = logs().SerializeToString()
    status, _, _ = keyed_gateway.post("/v1/logs", body)
    assert status == 200
    keyed_gateway.wait_for(lambda: receiver.arrivals)
    first = str(receiver.arrivals[0].message())
    assert PERSON not in first and "u_" not in first

    vault.serve()
    failures: list[str] = []
    stop = threading.Event()

    def keep_sending() -> None:
        connection, due = keyed_gateway.connection(), time.monotonic()
        while not stop.is_set():
            due += 2 / RATE
            time.sleep(max(0, due - time.monotonic()))
            try:
                connection.request("POST", "/v1/logs", body, {"content-type": "application/x-protobuf"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    failures.append(str(answer.status))
            except Exception as error:  # whatever goes wrong here is a failed request
                failures.append(repr(error))
                connection = keyed_gateway.connection()

    # On each worker: both have had keys when a hundred requests in a row became tokens.
    def tokens(arrivals) -> list[str]:
        return [value for arrival in arrivals for value in who(arrival.message()) if value.startswith("u_")]

    threads = [threading.Thread(target=keep_sending, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        keyed_gateway.wait_for(lambda: len(receiver.arrivals) > 100 and len(tokens(receiver.arrivals[-100:])) == 100, 20)
        began = len(receiver.arrivals) - 100
        boundary = (time.time() // EPOCH + 1) * EPOCH
        keyed_gateway.push({"policy": POLICY | {"default": "scan"}, "keys": {"cluster": "keys", "every": "1s"}})
        time.sleep(max(0.0, boundary - time.time()) + 3)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    arrivals = receiver.arrivals[began:]
    assert len(tokens(arrivals)) == len(arrivals), "a value was suppressed while there were keys"
    by_epoch: dict[int, set[str]] = {}
    for token in tokens(arrivals):
        by_epoch.setdefault(epoch_of(token), set()).add(token)
    assert sorted(by_epoch) == [int(boundary) // EPOCH - 1, int(boundary) // EPOCH]
    assert all(len(one) == 1 for one in by_epoch.values())
    assert keyed_gateway.traps() == 0

    present = int(time.time()) // EPOCH
    vault.run("destroy", "--key", "ids", "--epoch", str(present), "--yes")
    if int(time.time() + 5) // EPOCH == present:
        time.sleep(2.5)
        before = len(receiver.arrivals)
        keyed_gateway.post("/v1/logs", body)
        keyed_gateway.wait_for(lambda: len(receiver.arrivals) > before)
        assert tokens(receiver.arrivals[before:]) == []
    vault.close()
    time.sleep(1.5)
    status, _, _ = keyed_gateway.post("/v1/logs", body)
    assert status == 200
    keyed_gateway.wait_for(lambda: keyed_gateway.metric("frostglass_key_fetches_total", outcome="refused") > 0)
    assert keyed_gateway.metric("frostglass_key_fetches_total", outcome="taken") > 0
    assert keyed_gateway.traps() == 0
    issues = vault.issues()
    assert issues and all(issue["event"] == "keys-issued" and issue["keys"][0]["key"] == "ids" for issue in issues)
