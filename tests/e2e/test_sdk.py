"""The real Python SDK in front, the shipped policy in between."""

from __future__ import annotations

import secrets

import pytest
from gateway import shipped_policy
from payloads import PERSON
from service import assert_understood, exporters, speak

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

# Random: a key that reads as text is refused, and the users of these tests would be dropped instead of tokenized.
KEY = {"FROSTGLASS_KEY_IDS": secrets.token_hex(32)}


@pytest.mark.parametrize("transport", ["http", "grpc"])
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
def test_a_service_with_the_real_sdk(new_gateway, receiver, transport, compressed):
    """Scenario: a service logs a person, a card and a secret, and measures itself.
    Guarantees: all three signals arrive; none of the values does; times, status, ids and counts do."""
    gateway = new_gateway({"policy": shipped_policy()}, environment=KEY)
    speak(*exporters(gateway.http_port, gateway.grpc_port, transport, compressed))
    assert_understood(receiver.arrivals)
    assert gateway.traps() == 0


def test_a_missing_key_costs_values_not_telemetry(new_gateway, receiver):
    """Scenario: the policy pseudonymizes, and the host was given no key.
    Guarantees: payloads arrive with what needs the key suppressed; it is counted and logged by name."""
    gateway = new_gateway({"policy": shipped_policy()})
    spans = exporters(gateway.http_port, gateway.grpc_port, "http", False)[0]
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    with tracing.get_tracer("shop").start_as_current_span("login") as span:
        span.set_attributes({"enduser.id": PERSON, "http.response.status_code": 200})
    tracing.shutdown()
    arrival = receiver.one()
    assert PERSON.encode() not in arrival.body
    [span] = arrival.message().resource_spans[0].scope_spans[0].spans
    assert span.start_time_unix_nano > 0
    assert gateway.metric("frostglass_values_withheld_total", reason="no-key") >= 1
    assert "FROSTGLASS_KEY_IDS is not set" in gateway.log()
