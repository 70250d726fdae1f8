"""Policies come and go under load; bad ones never serve."""

from __future__ import annotations

import copy
import json
import threading
import time

import grpc
import pytest
import yaml
from gateway import EGRESS, label_policy, resource, shipped_policy, validate
from payloads import logs, who
from wire import LOGS_EXPORT, Http2, frame

RATE = 200
# That meet each policy, at least.
PAYLOADS = 80
RELOADS = 10
BROKEN = {"policy": {"policy": "broken", "schema": 1, "default": "supress"}}


def test_ten_reloads_under_load(new_gateway, receiver):
    """Scenario: ten policies, each with a label of its own, follow each other under 200 requests a second over HTTP and gRPC,
    on connections that stay open.
    Guarantees: no request fails; each payload of three records carries one label throughout; each new label arrives."""
    gateway = new_gateway({"policy": label_policy("label-0")})
    body = logs(3).SerializeToString()
    failures: list[str] = []
    stop = threading.Event()

    def keep_sending(send, rate: float) -> None:
        due = time.monotonic()
        while not stop.is_set():
            due += 1 / rate
            time.sleep(max(0, due - time.monotonic()))
            try:
                if (said := send()) is not True:
                    failures.append(str(said))
            except Exception as error:  # whatever goes wrong here is a failed request
                failures.append(repr(error))

    def http_sender():
        connection = gateway.connection()

        def send():
            connection.request("POST", "/v1/logs", body, {"content-type": "application/x-protobuf"})
            answer = connection.getresponse()
            answer.read()
            return answer.status == 200 or answer.status

        return send

    def grpc_sender():
        export = grpc.insecure_channel(f"127.0.0.1:{gateway.grpc_port}").unary_unary(LOGS_EXPORT)
        return lambda: export(body, timeout=10) is not None

    senders = [http_sender(), http_sender(), http_sender(), grpc_sender()]
    threads = [threading.Thread(target=keep_sending, args=(send, RATE / len(senders)), daemon=True) for send in senders]
    for thread in threads:
        thread.start()
    try:
        for reload in range(1, RELOADS + 1):
            # Load under the policy before, too.
            due = len(receiver.arrivals) + PAYLOADS
            gateway.wait_for(lambda: len(receiver.arrivals) >= due)
            gateway.push({"policy": label_policy(f"label-{reload}")})
            seen = f"label-{reload}"
            gateway.wait_for(lambda: any(seen in who(arrival.message()) for arrival in receiver.arrivals[-40:]))
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert failures == []
    labels = [who(arrival.message()) for arrival in receiver.arrivals]
    assert all(len(three) == 3 and len(set(three)) == 1 for three in labels)
    assert {three[0] for three in labels} == {f"label-{reload}" for reload in range(RELOADS + 1)}
    assert gateway.traps() == 0


@pytest.mark.parametrize(
    "bad",
    [BROKEN, {"polcy": {}}, "{", '{"max_payload_bytes": "many"}', {"policy": {"policy": "x", "schema": 99}}],
    ids=["word", "misspelled", "syntax", "type", "schema"],
)
def test_a_bad_policy_is_refused_and_the_last_good_one_serves(new_gateway, receiver, bad):
    """Scenario: a configuration that does not hold, then a good one.
    Guarantees: refused and logged; the old one serves without a failed request; the good one is taken."""
    gateway = new_gateway({"policy": label_policy("label-good")})
    body = logs().SerializeToString()
    gateway.push(bad)
    gateway.wait_for(lambda: sum(map(int, gateway.stat("http_filter.frostglass.update_rejected").values())) >= 1)
    for _ in range(20):
        assert gateway.post("/v1/logs", body)[0] == 200
    assert {label for arrival in receiver.arrivals for label in who(arrival.message())} == {"label-good"}
    assert "frostglass: " in gateway.log()
    gateway.push({"policy": label_policy("label-next")})

    def next_serves() -> bool:
        receiver.reset()
        assert gateway.post("/v1/logs", body)[0] == 200
        return who(receiver.one().message()) == ["label-next"]

    gateway.wait_for(next_serves)


def test_a_refused_policy_names_word_and_suggestion(new_gateway):
    """Scenario: a policy with a misspelled word.
    Guarantees: Envoy's log names it and what was meant."""
    gateway = new_gateway({"policy": label_policy("label-good")})
    gateway.push(BROKEN)
    gateway.wait_for(lambda: "supress" in gateway.log())
    assert "suppress" in gateway.log()


def test_nothing_valid_at_start_refuses_everything(new_gateway, receiver):
    """Scenario: the first configuration is bad; later a good one comes.
    Guarantees: every request is refused and nothing arrives until then."""
    gateway = new_gateway(BROKEN)
    body = logs().SerializeToString()
    for path in ("/v1/logs", "/v1/traces", "/healthz", "/"):
        assert gateway.post(path, body)[0] >= 500
    with Http2(gateway.grpc_port) as client:
        reply = client.call(LOGS_EXPORT, frame(body))
        assert reply.grpc_status not in (0, None) or reply.status >= 500
    assert receiver.arrivals == []
    gateway.push({"policy": label_policy("label-late")})
    gateway.wait_for(lambda: gateway.post("/v1/logs", body)[0] == 200)
    assert who(receiver.one().message()) == ["label-late"]


def inline(configuration: dict | str) -> dict:
    """The shipped bootstrap with the filter given in it."""
    bootstrap = copy.deepcopy(yaml.safe_load((EGRESS / "envoy.yaml").read_text()))
    text = configuration if isinstance(configuration, str) else json.dumps(configuration)
    filter_config = resource(text)["resources"][0]["typed_config"]
    manager = bootstrap["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    manager["http_filters"][0] = {"name": "frostglass", "typed_config": filter_config}
    del bootstrap["static_resources"]["listeners"][1]
    return bootstrap


def test_validate_accepts_what_is_shipped(tmp_path):
    """Scenario: `envoy --mode validate` on envoy/egress, as it stands and with its configuration inline.
    Guarantees: accepted."""
    code, said = validate(tmp_path, None)
    assert code == 0, said
    shipped = json.loads((EGRESS / "ecds" / "frostglass.json").read_text())
    text = shipped["resources"][0]["typed_config"]["config"]["configuration"]["value"]
    code, said = validate(tmp_path, inline(text))
    assert code == 0, said


def test_validate_refuses_a_broken_policy(tmp_path):
    """Scenario: `envoy --mode validate` on a bootstrap with a broken policy inline.
    Guarantees: refused."""
    code, said = validate(tmp_path, inline({"policy": label_policy("fine")}))
    assert code == 0, said
    code, said = validate(tmp_path, inline(BROKEN))
    assert code != 0
    assert "supress" in said


@pytest.mark.parametrize("name", ["upstream.yaml", "upstream-tls.yaml"])
def test_validate_accepts_the_shipped_upstreams(tmp_path, name):
    """Scenario: the clusters of both upstream files, given in the bootstrap.
    Guarantees: Envoy takes them."""
    bootstrap = copy.deepcopy(yaml.safe_load((EGRESS / "envoy.yaml").read_text()))
    del bootstrap["dynamic_resources"]
    clusters = yaml.safe_load((EGRESS / name).read_text())["resources"]
    bootstrap["static_resources"]["clusters"] = [
        {key: value for key, value in cluster.items() if key != "@type"} for cluster in clusters
    ]
    code, said = validate(tmp_path, bootstrap)
    assert code == 0, said
