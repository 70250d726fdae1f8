"""The manifests for Kubernetes: they fit the published schemas, and the Collector takes what is in them."""

from __future__ import annotations

import subprocess

import pytest
import yaml
from otelcol import CONFIG, ROOT, validate

KUBERNETES = CONFIG / "kubernetes"


def documents(name: str) -> list[dict]:
    return list(yaml.safe_load_all((KUBERNETES / name).read_text()))


def test_all_manifests_fit_the_published_schemas():
    """Scenario: `tests/kubernetes`, which checks each document as an API server would.
    Guarantees: content."""
    done = subprocess.run(["go", "test", "./..."], cwd=ROOT / "tests" / "kubernetes", capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["agent.yaml", "gateway.yaml"])
def test_the_collector_takes_what_the_operator_hands_it(tmp_path, credentials, name):
    """Scenario: the configuration inside each manifest, and the folders that it mounts.
    Guarantees: the Collector takes it, and `frostglass lint` finds no way around; Frostglass is last; each path
    that it names lies in a mounted folder."""
    [manifest] = documents(name)
    spec = manifest["spec"]
    (tmp_path / "collector.yaml").write_text(yaml.safe_dump(spec["config"]))
    done = validate(tmp_path / "collector.yaml", credentials)
    assert done.returncode == 0, done.stderr
    lint = [ROOT / "dist" / "frostglass", "lint", "--strict", "--collector", tmp_path / "collector.yaml"]
    done = subprocess.run(lint, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    for pipeline in spec["config"]["service"]["pipelines"].values():
        assert pipeline["processors"] == ["memory_limiter", "frostglass"]
    mounts = tuple(mount["mountPath"] + "/" for mount in spec["volumeMounts"])
    claimed = {claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", [])}
    assert {mount["name"] for mount in spec["volumeMounts"]} == {volume["name"] for volume in spec["volumes"]} | claimed
    for path in paths(spec["config"]):
        assert path.startswith(mounts), path


def paths(node) -> list[str]:
    """All absolute paths in a configuration."""
    if isinstance(node, dict):
        return [path for value in node.values() for path in paths(value)]
    if isinstance(node, list):
        return [path for value in node for path in paths(value)]
    return [node] if isinstance(node, str) and node.startswith("/") else []


@pytest.mark.parametrize("command", ["lint", "test"])
def test_the_policy_passes_its_own_tests(tmp_path, command):
    """Scenario: the policy in the ConfigMap.
    Guarantees: `frostglass lint` and `frostglass test` are content."""
    [manifest] = documents("policy.yaml")
    (tmp_path / "policy.yaml").write_text(manifest["data"]["policy.yaml"])
    frostglass = ROOT / "dist" / "frostglass"
    done = subprocess.run([frostglass, command, tmp_path / "policy.yaml"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
