"""The filter's metrics on Envoy's Prometheus page, and what its log says."""

from __future__ import annotations

import gzip

from gateway import label_policy
from payloads import PERSON, logs


def test_the_page_has_proper_labels(new_gateway, receiver):
    """Scenario: payloads of every fate.
    Guarantees: series with the documented names and labels, right counts, and no value anywhere."""
    gateway = new_gateway({"policy": label_policy("label-a")}, concurrency=1)
    body = logs(2).SerializeToString()
    assert gateway.post("/v1/logs", body)[0] == 200
    assert gateway.post("/v1/logs", gzip.compress(body), content_encoding="gzip")[0] == 200
    assert gateway.post("/v1/traces", b"")[0] == 200
    assert gateway.post("/v1/logs", b"\x0a\xff")[0] == 400
    assert gateway.post("/nowhere", body)[0] == 404

    assert gateway.metric("frostglass_payloads_total", signal="logs", outcome="rewritten") == 2
    assert gateway.metric("frostglass_payloads_total", signal="traces", outcome="unchanged") == 1
    assert gateway.metric("frostglass_payloads_total", signal="logs", outcome="refused") == 1
    assert gateway.metric("frostglass_refused_total", reason="malformed") == 1
    assert gateway.metric("frostglass_refused_total", reason="not-found") == 1
    assert gateway.metric("frostglass_bytes_in_total", signal="logs") == len(body) + len(gzip.compress(body))
    sent = sum(len(arrival.body) for arrival in receiver.arrivals)
    assert gateway.metric("frostglass_bytes_out_total", signal="logs") == sent
    assert gateway.metric("frostglass_fields_treated_total", **{"class": "direct-id", "treatment": "replace"}) == 4
    assert gateway.metric("frostglass_fields_total", signal="logs") >= 4
    [(labels, loaded)] = [
        (dict(labels), value) for (name, labels), value in gateway.metrics().items() if name == "frostglass_policy_loaded_seconds"
    ]
    assert labels["policy"] == "label-a"
    assert len(labels["digest"]) == 16
    assert loaded > 1_700_000_000

    page = gateway.admin("/stats/prometheus") + gateway.admin("/stats") + gateway.log()
    assert PERSON not in page
    assert "signed in" not in page
    assert "restricted proxy-wasm capability" not in page


def test_the_log_warns_once_and_counts(new_gateway):
    """Scenario: a sender keeps sending broken payloads with a person in them.
    Guarantees: one line, with the reason and without the person."""
    gateway = new_gateway({}, concurrency=1)
    for _ in range(50):
        assert gateway.post("/v1/logs", b"\x0a\xff" + PERSON.encode())[0] == 400
    gateway.wait_for(lambda: "frostglass: refused: " in gateway.log())
    assert gateway.log().count("frostglass: refused: ") == 1
    assert PERSON not in gateway.log()
