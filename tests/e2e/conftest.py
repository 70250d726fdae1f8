"""One receiver and one Envoy with a labelling policy for all tests that do not need their own."""

from __future__ import annotations

from pathlib import Path

import go_service
import pytest
from gateway import MODULE, Gateway, label_policy
from receiver import Receiver


@pytest.fixture(scope="session", autouse=True)
def module_is_built():
    assert MODULE.exists(), f"no module at {MODULE}: run `make dist` or set FROSTGLASS_WASM"


@pytest.fixture(scope="session")
def go_client(tmp_path_factory) -> Path:
    """A service in Go, as a program."""
    return go_service.build(tmp_path_factory.mktemp("go"))


@pytest.fixture(scope="session")
def shared_receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def receiver(shared_receiver):
    shared_receiver.reset()
    return shared_receiver


@pytest.fixture(scope="session")
def shared_gateway(tmp_path_factory, shared_receiver):
    configuration = {
        "policy": label_policy("label-a"),
        "max_payload_bytes": 1 << 20,
        "paths": {"/ingest/json": "json", "/ingest/lines": "ndjson", "/ingest/text": "text"},
    }
    gateway = Gateway(tmp_path_factory.mktemp("envoy"), shared_receiver, configuration)
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway(shared_gateway, receiver):
    """The shared Envoy. Whatever a test sends, no VM may end by it."""
    before = shared_gateway.traps()
    yield shared_gateway
    assert shared_gateway.traps() == before, f"a VM ended:\n{shared_gateway.log()[-4000:]}"


@pytest.fixture
def new_gateway(tmp_path, receiver):
    """Makes an Envoy of the test's own."""
    made = []

    def make(configuration, **options) -> Gateway:
        made.append(Gateway(tmp_path / f"envoy{len(made)}", receiver, configuration, **options))
        return made[-1]

    yield make
    for one in made:
        one.stop()
