"""What Envoy Gateway and Istio make of the manifests in `envoy/`, on the real Envoy, without a cluster.

How Envoy Gateway turns an EnvoyExtensionPolicy into a filter is written down here from its source (one field for one); what its
patch adds and what Istio's EnvoyFilter adds is taken from the manifests as it stands. Their schemas are checked elsewhere.
"""

from __future__ import annotations

import json
import secrets

import gateway
import pytest
import yaml
from gateway import EGRESS, MODULE, ROOT, Gateway
from payloads import PERSON, logs

KEY = {"FROSTGLASS_KEY_IDS": secrets.token_hex(32)}
TYPE = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"


def manifest(folder: str, kind: str) -> dict:
    """The one document of a kind."""
    documents = yaml.safe_load_all((ROOT / "envoy" / folder / "frostglass.yaml").read_text())
    [found] = [document for document in documents if document["kind"] == kind]
    return found


def by_envoy_gateway(patched: bool = True) -> dict:
    """The plugin configuration that Envoy Gateway writes."""
    policy, patch = manifest("gateway", "EnvoyExtensionPolicy"), manifest("gateway", "EnvoyPatchPolicy")
    [wasm] = policy["spec"]["wasm"]
    place = f"envoyextensionpolicy/{policy['metadata']['namespace']}/{policy['metadata']['name']}/wasm/0"
    config = {
        "name": wasm["name"],
        "root_id": wasm["rootID"],
        "vm_config": {
            "vm_id": place,
            "runtime": "envoy.wasm.runtime.v8",
            "code": {"local": {"filename": str(MODULE)}},
            "environment_variables": {"host_env_keys": wasm["env"]["hostKeys"]},
        },
        "configuration": {"@type": "type.googleapis.com/google.protobuf.StringValue", "value": json.dumps(wasm["config"])},
        "fail_open": wasm["failOpen"],
    }
    for one in patch["spec"]["jsonPatches"] if patched else []:
        operation = one["operation"]
        assert operation["jsonPath"] == f"..http_filters[?(@.name=='envoy.filters.http.wasm/{place}')].typed_config.config"
        config[operation["path"]] = operation["value"]
    return config


def by_istio() -> dict:
    """The plugin configuration in Istio's EnvoyFilter, the module's place aside."""
    patches = manifest("istio", "EnvoyFilter")["spec"]["configPatches"]
    [extension] = [patch["patch"]["value"] for patch in patches if patch["applyTo"] == "EXTENSION_CONFIG"]
    assert extension["typed_config"]["@type"] == TYPE
    config = extension["typed_config"]["config"]
    config["vm_config"]["code"]["local"]["filename"] = str(MODULE)
    return config


@pytest.fixture
def start(monkeypatch, new_gateway):
    """Starts the shipped bootstrap with another plugin configuration, all of it."""

    def start(config: dict) -> Gateway:
        resource = {
            "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
            "name": "frostglass",
            "typed_config": {"@type": TYPE, "config": config},
        }
        monkeypatch.setattr(gateway, "resource", lambda *_: {"version_info": "1", "resources": [resource]})
        return new_gateway({}, environment=KEY)

    return start


@pytest.mark.parametrize("config", [by_envoy_gateway(), by_istio()], ids=["gateway", "istio"])
def test_the_manifest_treats(start, receiver, config):
    """Scenario: the filter that the manifest makes, a record with an address, and one that is malformed.
    Guarantees: the address arrives as a token, so policy and key came through; the other is refused."""
    envoy = start(config)
    status, _, _ = envoy.post("/v1/logs", logs(body=f"no mailbox for {PERSON}").SerializeToString())
    assert status == 200
    arrival = receiver.one()
    assert b"no mailbox for u_" in arrival.body
    assert PERSON.encode() not in arrival.body
    assert envoy.post("/v1/logs", b"\x0a\xff")[0] == 400
    assert envoy.traps() == 0


def test_without_the_patch_nothing_is_answered_and_nothing_leaves(start, receiver):
    """Scenario: an EnvoyExtensionPolicy alone, as a WasmPlugin would be, too.
    Guarantees: what the READMEs warn of is still so: the request waits, and nothing arrives. (Once this fails, the patch and
    the warning can go.)"""
    envoy = start(by_envoy_gateway(patched=False))
    connection = envoy.connection(timeout=2)
    connection.request("POST", "/v1/logs", logs().SerializeToString(), {"content-type": "application/x-protobuf"})
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    assert receiver.arrivals == []


@pytest.mark.parametrize("config", [by_envoy_gateway(), by_istio()], ids=["gateway", "istio"])
def test_the_manifests_hold_the_policy_of_egress(config):
    """Scenario: the policy inside the manifests, and the one in envoy/egress.
    Guarantees: one policy, but for its tests."""
    policy = yaml.safe_load((EGRESS / "policy.yaml").read_text())
    del policy["tests"]
    assert json.loads(config["configuration"]["value"])["policy"] == policy
