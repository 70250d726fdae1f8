"""Issued keys rotate under load: nothing fails, nothing is lost, nothing starts anew."""

from __future__ import annotations

import json
import os
import time

from issued import EPOCH, POLICY, Vault, epoch_of
from payloads import PERSON, logs, who
from pipelines import post
from sending import Sender, arrived


def test_keys_rotate_under_load(run_hop, receiver, tmp_path):
    """Scenario: two senders send batches while the document of issued keys is written anew every second, through the end of an epoch; then
    it is damaged, and at last the present epoch is destroyed.
    Guarantees: no request fails and no record is lost; all of a batch is in one epoch, each epoch has one token, and a sender never sees an
    older one again; the process is the same. A damaged document is refused and counted and changes nothing; what was destroyed is
    suppressed and counted."""
    vault = Vault(tmp_path / "vault")
    vault.issue("issued.json")
    file = vault.folder / "issued.json"
    collector = run_hop(receiver.http_port, policy=json.dumps(POLICY), keys_file=str(file), policy_poll_interval="200ms")
    pid, wanted = collector.pid, True
    senders = [Sender(collector.http_port, name, lambda: wanted, 0.02) for name in ("a", "b")]
    # Not so near to the end of an epoch that it ends before the first batch is sent.
    left = EPOCH - time.time() % EPOCH
    if left < 5:
        time.sleep(left)
    boundary = (time.time() // EPOCH + 1) * EPOCH
    for sender in senders:
        sender.start()
    issues = 0
    try:
        while time.time() < boundary + 3:
            vault.issue("issued.json")
            issues += 1
            collector.wait_for(lambda: collector.metric("key_reloads", outcome="taken") >= issues)
            time.sleep(1)
    finally:
        wanted = False
        for sender in senders:
            sender.join()

    assert [sender.failed for sender in senders] == [[], []]
    batches = arrived(receiver)
    by_epoch: dict[int, set[str]] = {}
    for sender in senders:
        assert sender.sent > 50
        assert [number for number, _ in batches[sender.sender]] == list(range(sender.sent))
        epochs = [epoch_of(token) for _, token in batches[sender.sender]]
        assert epochs == sorted(epochs)
        for _, token in batches[sender.sender]:
            by_epoch.setdefault(epoch_of(token), set()).add(token)
    assert sorted(by_epoch) == [int(boundary) // EPOCH - 1, int(boundary) // EPOCH]
    assert all(len(tokens) == 1 for tokens in by_epoch.values())
    assert collector.metric("values_withheld") == 0

    def sent() -> list[str]:
        receiver.reset()
        status, _, _ = post(collector.http_port, "/v1/logs", logs().SerializeToString())
        assert status == 200
        assert PERSON not in str(receiver.one().message())
        return who(receiver.one().message())

    aside = vault.folder / "aside"
    aside.write_bytes(file.read_bytes()[:-20])
    aside.chmod(0o600)
    aside.rename(file)
    collector.wait_for(lambda: collector.metric("key_reloads", outcome="refused") == 1)
    assert sent() == list(by_epoch[int(boundary) // EPOCH])
    for epoch in (int(boundary) // EPOCH, int(boundary) // EPOCH + 1):
        vault.issue("issued.json", "--lead", f"{EPOCH}s")
        vault.run("destroy", "--key", "ids", "--epoch", str(epoch), "--yes")
    taken = collector.metric("key_reloads", outcome="taken")
    vault.issue("issued.json")
    collector.wait_for(lambda: collector.metric("key_reloads", outcome="taken") > taken)
    assert sent() == []
    assert collector.metric("values_withheld", reason="no-key") == 1
    assert collector.pid == pid and os.path.exists(f"/proc/{pid}")
    log = collector.log()
    assert PERSON not in log and "was replaced" not in log and log.count("Everything is ready") == 1
