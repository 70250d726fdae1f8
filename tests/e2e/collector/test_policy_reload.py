"""The policy changes under load: nothing fails, nothing is lost, every batch is treated under one policy."""

from __future__ import annotations

import datetime
import json
import re
import statistics
import time
from pathlib import Path

from gateway import label_policy
from payloads import PERSON
from sending import Sender, arrived

BATCHES = 2000
# Wrong as files are: cut off, mistyped, emptied.
INVALID = {7: "policy: [half\n", 12: "policy: typo\nschema: 1\ndefalt: keep\n", 16: ""}
CHANGES = 20


def put(path: Path, text: str) -> float:
    """Puts a policy in place as tools do, by renaming. Returns when."""
    aside = path.with_name("aside")
    aside.write_text(text)
    aside.rename(path)
    return time.time()


def test_policy_changes_under_load(run_hop, receiver, tmp_path, record_property):
    """Scenario: two senders send 2,000 batches while the policy file is replaced 20 times, by an invalid one 3 times.
    Guarantees: no request fails and no record is lost; the records of a batch are all treated by one policy, and a sender
    never sees an older one again; an invalid policy changes nothing, and is in the log with path and reason and in the metric."""
    folder = tmp_path / "policy"
    folder.mkdir()
    path = folder / "policy.yaml"
    # JSON is YAML.
    put(path, json.dumps(label_policy("label-000")))
    collector = run_hop(receiver.http_port, policy_file=str(path))
    begun = collector.log()
    changing = True
    sent = lambda: sum(sender.sent for sender in senders)  # noqa: E731
    senders = [Sender(collector.http_port, name, lambda: changing or sent() < BATCHES) for name in ("a", "b")]
    for sender in senders:
        sender.start()
    written = {}
    try:
        for change in range(1, CHANGES + 1):
            label = f"label-{change:03}"
            written[label] = put(path, INVALID.get(change, json.dumps(label_policy(label))))
            word = "is refused" if change in INVALID else f'"policy": "{label}"'
            told = len(begun)
            collector.wait_for(lambda: word in collector.log()[told:])
            begun = collector.log()
            # So that batches meet every policy: those that are counted from here on were begun under it, but for one a sender.
            before = sent()
            collector.wait_for(lambda: sent() >= before + 20)
    finally:
        changing = False
        for sender in senders:
            sender.join()

    assert [sender.failed for sender in senders] == [[], []]
    assert sent() >= BATCHES
    batches = arrived(receiver)
    for sender in senders:
        assert [number for number, _ in batches[sender.sender]] == list(range(sender.sent))
        labels = [label for _, label in batches[sender.sender]]
        assert labels == sorted(labels)
    seen = {label for one in batches.values() for _, label in one}
    assert seen == {f"label-{change:03}" for change in range(CHANGES + 1) if change not in INVALID}

    log = collector.log()
    refusals = [line for line in log.splitlines() if "is refused" in line]
    assert len(refusals) == len(INVALID)
    assert all(str(path) in line and '"reason":' in line for line in refusals)
    assert "defalt" in refusals[1] and ":3:" in refusals[1]
    assert PERSON not in log
    assert not re.search(r"(?m)^\s+\S+\.go:\d+$", log), "a refusal comes with a stack trace"
    assert collector.metric("policy_reloads", outcome="taken") == CHANGES - len(INVALID)
    assert collector.metric("policy_reloads", outcome="refused") == len(INVALID)

    # How long it takes depends on the machine: told, not judged. 100 ms of it are the quiet that a folder must have.
    in_force = re.findall(r'(?m)^(\S+Z)\t.*policy in force.*"policy": "(label-\d+)".*"took": "?([\d.]+)', log)
    waits = [datetime.datetime.fromisoformat(at).timestamp() - written[label] for at, label, _ in in_force if label in written]
    swaps = [float(took) for _, _, took in in_force if took]
    record_property("milliseconds from file to force, median", round(statistics.median(waits) * 1000))
    record_property("milliseconds of a swap, median and most", [round(statistics.median(swaps) * 1000, 1), round(max(swaps) * 1000, 1)])
    print(f"file to force: median {statistics.median(waits) * 1000:.0f} ms; swap: median {statistics.median(swaps) * 1000:.1f} ms, most {max(swaps) * 1000:.1f} ms")
