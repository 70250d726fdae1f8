"""The real Go SDK in front, the shipped policy in between."""

from __future__ import annotations

import secrets

import pytest
from gateway import shipped_policy
from go_service import assert_understood, speak

KEY = {"FROSTGLASS_KEY_IDS": secrets.token_hex(32)}


@pytest.mark.parametrize("transport", ["http", "grpc"])
def test_a_go_service_with_the_real_sdk(new_gateway, receiver, go_client, transport):
    """Scenario: a service in Go records a user and an error that quotes an address, compressed by gzip.
    Guarantees: the exporter reports no error; the span arrives with a token for the user, without the address, and with
    what nobody classed gone."""
    gateway = new_gateway({"policy": shipped_policy()}, environment=KEY)
    speak(go_client, transport, gateway.http_port if transport == "http" else gateway.grpc_port)
    assert_understood(receiver.one())
    assert gateway.traps() == 0
