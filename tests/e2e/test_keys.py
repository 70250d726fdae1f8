"""Issued keys reach Envoy from a local endpoint and change while it serves; without good ones nothing is a token, or raw."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from issued import EPOCH, POLICY, KeyedGateway, Vault, epoch_of
from payloads import PERSON, logs, who

RATE = 100


@pytest.fixture
def vault(tmp_path):
    # The name of a Unix socket has at most 107 bytes; pytest's folders are shorter.
    vault = Vault(tmp_path / "vault")
    yield vault
    vault.close()


@pytest.fixture
def keyed_gateway(tmp_path, receiver, vault):
    gateway = KeyedGateway(tmp_path / "envoy", receiver, vault.socket)
    yield gateway
    gateway.stop()


def test_keys_rotate_under_load(keyed_gateway, receiver, vault):
    """Scenario: Envoy starts before the endpoint does, then keys are issued and rotate at the end of an epoch while two clients send
    100 requests a second; a configuration comes in the middle; at last the present epoch is destroyed, and the endpoint goes.
    Guarantees: no request is lost. Without keys values are suppressed; then each token is of an epoch that was present, equal within
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
        keyed_gateway.wait_for(lambda: len(receiver.arrivals) > 100 and len(tokens(receiver.arrivals[-100:])) == 100)
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
    # On a slow machine the first hundred, or requests on their way, may be of one epoch more.
    last = int(boundary) // EPOCH
    assert sorted(by_epoch) == list(range(min(by_epoch), last + 1)), "a token of an epoch that is not"
    assert last - 1 in by_epoch and min(by_epoch) >= last - 2
    assert all(len(one) == 1 for one in by_epoch.values())
    assert keyed_gateway.traps() == 0

    def sent() -> int:
        """How many tokens arrive in one request."""
        before = len(receiver.arrivals)
        status, _, _ = keyed_gateway.post("/v1/logs", body)
        assert status == 200
        return len(tokens(receiver.arrivals[before:]))

    present = int(time.time()) // EPOCH
    vault.run("destroy", "--key", "ids", "--epoch", str(present), "--yes")
    # On each worker, again. In the next epoch there would be tokens anew: a machine that takes so long sees nothing here.
    keyed_gateway.wait_for(lambda: int(time.time()) // EPOCH > present or sum(sent() for _ in range(20)) == 0)
    fetches = lambda outcome: keyed_gateway.metric("frostglass_key_fetches_total", outcome=outcome)  # noqa: E731
    refused = fetches("refused")
    vault.close()
    keyed_gateway.wait_for(lambda: fetches("refused") > refused)
    sent()
    assert fetches("taken") > 0
    assert keyed_gateway.traps() == 0
    issues = vault.issues()
    assert issues and all(issue["event"] == "keys-issued" and issue["keys"][0]["key"] == "ids" for issue in issues)


class Endpoint(socketserver.ThreadingUnixStreamServer):
    """Answers every question for keys with the same document, or with an error where there is none."""

    daemon_threads = True

    def __init__(self, socket: Path):
        self.document: bytes | None = None
        self.asked = 0
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                endpoint.asked += 1
                document = endpoint.document
                self.send_response(200 if document else 503)
                self.send_header("content-length", str(len(document or b"")))
                self.end_headers()
                self.wfile.write(document or b"")

            def log_message(self, *_):
                pass

        super().__init__(str(socket), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def get_request(self):
        # A peer on a Unix socket has no name, and the handler wants one.
        return super().get_request()[0], ("peer", 0)


@pytest.fixture
def endpoint(vault):
    endpoint = Endpoint(vault.socket)
    yield endpoint
    endpoint.shutdown()
    endpoint.server_close()


def test_faults_of_keys_suppress_and_count(tmp_path, receiver, vault, endpoint):
    """Scenario: the endpoint has no keys, those of yesterday, those of tomorrow (which is what a clock a day off in either direction makes
    of good ones), those with a wrong check value, none once more; at last good ones.
    Guarantees: no request fails; until the last, the value goes, is counted for that reason each time, and nothing is made of it; bad documents are
    refused and counted; good ones make tokens, and nothing more is counted."""
    now = int(time.time())
    at = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))  # noqa: E731
    document = lambda seconds: vault.issue("issued.json", "--now", at(seconds))  # noqa: E731
    wrong = json.loads(document(now))
    epoch = wrong["keys"][0]["epochs"][0]
    epoch["check_value"] = f"{int(epoch['check_value'], 16) ^ 1:08x}"
    faults = [
        ("no keys", None, "refused"),
        ("keys of yesterday", document(now - 86_400), "taken"),
        ("keys of tomorrow", document(now + 86_400), "taken"),
        ("a wrong check value", json.dumps(wrong).encode(), "refused"),
        ("no keys again", None, "refused"),
    ]
    gateway = KeyedGateway(tmp_path / "envoy", receiver, vault.socket, concurrency=1)
    body = logs().SerializeToString()
    fetches = lambda outcome: gateway.metric("frostglass_key_fetches_total", outcome=outcome)  # noqa: E731
    withheld = lambda: gateway.metric("frostglass_values_withheld_total", reason="no-key")  # noqa: E731

    def sent():
        receiver.reset()
        status, _, _ = gateway.post("/v1/logs", body)
        assert status == 200
        return receiver.one().message()

    def put(content: bytes | None, outcome: str) -> None:
        endpoint.document = content
        before, asked = fetches(outcome), endpoint.asked
        # The answer to a question that was on its way may be the last document's.
        gateway.wait_for(lambda: fetches(outcome) > before and endpoint.asked > asked + 1)

    try:
        for count, (what, content, outcome) in enumerate(faults, 1):
            put(content, outcome)
            arrived = sent()
            assert who(arrived) == [] and PERSON not in str(arrived) and "u_" not in str(arrived), what
            assert withheld() == count, what
        # With the next epoch's, should it begin meanwhile.
        put(vault.issue("issued.json", "--lead", f"{EPOCH}s"), "taken")
        [token] = who(sent())
        assert token.startswith("u_")
        assert withheld() == len(faults)
        assert gateway.traps() == 0
        assert epoch["check_value"] not in gateway.log() and PERSON not in gateway.log()
    finally:
        gateway.stop()


def test_a_standalone_key_that_is_not_there_suppresses_and_counts(new_gateway, receiver):
    """Scenario: a policy asks for a key of the environment that nobody set.
    Guarantees: the value goes and is counted, the rest of the record arrives."""
    policy = POLICY | {"keys": {"ids": {"use": "pseudonymize", "from": "standalone"}}}
    gateway = new_gateway({"policy": policy}, concurrency=1)
    for count in (1, 2):
        receiver.reset()
        assert gateway.post("/v1/logs", logs().SerializeToString())[0] == 200
        arrived = receiver.one().message()
        assert who(arrived) == [] and "signed in" in str(arrived) and "u_" not in str(arrived)
        assert gateway.metric("frostglass_values_withheld_total", reason="no-key") == count
