"""What a running Collector treated, told in the audit chain from the page of its metrics."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path

import payloads
from gateway import ROOT, label_policy
from pipelines import post

FROSTGLASS = Path(os.environ.get("FROSTGLASS", ROOT / "dist" / "frostglass")).resolve()


def test_the_chain_has_the_hosts_counts(run_hop, receiver, tmp_path):
    """Scenario: a Collector treats two batches, is asked, treats one more, and is asked again.
    Guarantees: both lines have what was treated since, under the policy that runs; the chain verifies and holds no value."""
    policy = tmp_path / "policy.yaml"
    policy.write_text(json.dumps(label_policy("label-a")))
    collector = run_hop(receiver.http_port, policy_file=str(policy))

    def frostglass(*arguments: str, page: bytes = b"") -> bytes:
        done = subprocess.run([FROSTGLASS, "audit", *arguments], cwd=tmp_path, input=page, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def told() -> dict:
        page = urllib.request.urlopen(f"http://127.0.0.1:{collector.metrics_port}/metrics", timeout=10).read()
        frostglass("record", "audit.jsonl", "--metrics", "-", "--host", "collector-1", "--policy", "policy.yaml", page=page)
        return json.loads((tmp_path / "audit.jsonl").read_text().splitlines()[-1])["entry"]

    def send() -> None:
        assert post(collector.http_port, "/v1/logs", payloads.logs(3).SerializeToString())[0] == 200

    frostglass("init", "audit.jsonl")
    send(), send()
    first = told()
    assert (first["event"], first["host"], first["after"]) == ("host-treatment", "collector-1", 0)
    assert first["counts"] == {"direct-id/replace": 6}
    send()
    second = told()
    assert (second["counts"], second["after"]) == ({"direct-id/replace": 3}, first["seq"])
    [policy_line] = [line for line in (tmp_path / "audit.jsonl").read_text().splitlines() if '"event":"policy"' in line]
    assert second["policies"] == {"label-a": json.loads(policy_line)["entry"]["after"][:16]}
    frostglass("verify", "audit.jsonl", "-k", "audit.jsonl.pub")
    assert payloads.PERSON not in (tmp_path / "audit.jsonl").read_text()
