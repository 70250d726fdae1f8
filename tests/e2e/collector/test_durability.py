"""What was acknowledged is not lost, and nothing untreated is ever on disk: upstream away, queue full, Collector killed."""

from __future__ import annotations

import base64
import json
import threading
import time
from pathlib import Path

import payloads
from gateway import label_policy
from loopback import free_ports
from pipelines import hop, post, straight_to
from receiver import Receiver

# In the attribute that the policy rules, in each record.
CANARY = "ann.miller.canary"
AWAY_SECONDS = 10


def durable(ports: tuple[int, int], upstream_port: int, folder: Path) -> dict:
    """A hop whose exporter waits on disk, as the examples' do, with room for a few requests only."""
    exporter = straight_to(f"http://127.0.0.1:{upstream_port}") | {
        "sending_queue": {"enabled": True, "storage": "file_storage", "sizer": "requests", "queue_size": 150, "num_consumers": 2},
        "retry_on_failure": {"enabled": True, "initial_interval": "100ms", "max_interval": "500ms", "max_elapsed_time": "0s"},
        "timeout": "2s",
    }
    configuration = hop(ports, exporter, policy=json.dumps(label_policy("treated")))
    configuration["extensions"] = {"file_storage": {"directory": str(folder), "create_directory": True, "fsync": True}}
    configuration["service"]["extensions"] = ["file_storage"]
    return configuration


class Sender(threading.Thread):
    """Sends numbered records one by one, tries again what is not acknowledged, until told to stop."""

    def __init__(self, name: str, port: int):
        super().__init__()
        self.sender, self.port = name, port
        self.stop = threading.Event()
        self.acknowledged: list[str] = []
        self.told_to_wait = 0

    def run(self):
        number = 0
        while not self.stop.is_set():
            record = f"record {self.sender}-{number} end"
            body = payloads.logs(1, record, who=f"{CANARY}{number}@example.org").SerializeToString()
            try:
                status, _, _ = post(self.port, "/v1/logs", body)
            except OSError:
                status = 0  # it was killed: nobody knows what became of this one
            if status == 200:
                self.acknowledged.append(record)
                number += 1
            else:
                # What is not acknowledged is worth another try, by the answer too.
                assert status in (0, 429, 503), status
                self.told_to_wait += status != 0
                time.sleep(0.05)


def on_disk(folder: Path) -> bytes:
    """All that the storage holds now, spent entries included."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def forms(text: str) -> list[bytes]:
    """A text as it is and in base64, where its letters depend on what stands before it."""
    found = [text.encode()]
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + text.encode())
        found.append(encoded[4 if before else 0 : len(text) // 3 * 4])
    return found


def test_nothing_acknowledged_is_lost_and_nothing_raw_is_on_disk(run, tmp_path):
    """Scenario: three senders send on while the upstream is away for ten seconds, long enough for the queue to fill; in the midst
    the Collector is killed without warning and started again; then the upstream comes back.
    Guarantees: senders are told to try again when the queue is full, and every record that was acknowledged arrives, those of
    before the kill too (some may arrive twice); at no time does the storage hold what a sender sent for a person."""
    storage = tmp_path / "storage"
    upstream, *ports = free_ports(3)
    ports = tuple(ports)
    configuration = durable(ports, upstream, storage)
    collector = run(configuration, ports=ports)
    senders = [Sender(name, ports[1]) for name in ("a", "b", "c")]
    away_until = time.monotonic() + AWAY_SECONDS
    looked_at = []
    for sender in senders:
        sender.start()
    try:
        collector.wait_for(lambda: any(sender.told_to_wait for sender in senders))
        looked_at.append(on_disk(storage))
        collector.kill()
        before_the_kill = [record for sender in senders for record in list(sender.acknowledged)]
        looked_at.append(on_disk(storage))
        collector = run(configuration, ports=ports)
        while time.monotonic() < away_until:
            time.sleep(0.5)
            looked_at.append(on_disk(storage))
        receiver = Receiver(upstream)
        arrived = lambda: b"".join(arrival.body for arrival in list(receiver.arrivals))  # noqa: E731
        # The queue empties while they go on.
        done = sum(len(sender.acknowledged) for sender in senders)
        collector.wait_for(lambda: sum(len(sender.acknowledged) for sender in senders) > done + 50)
    finally:
        for sender in senders:
            sender.stop.set()
        for sender in senders:
            sender.join()
    acknowledged = [record for sender in senders for record in sender.acknowledged]
    assert len(before_the_kill) > 100 and len(acknowledged) > len(before_the_kill) + 50
    missing = lambda: [record for record in acknowledged if record.encode() not in arrived()]  # noqa: E731
    collector.wait_for(lambda: not missing())
    collector.stop()
    receiver.close()
    looked_at.append(on_disk(storage))
    # What is looked for would be found: the treated form stands there in the clear.
    assert b"treated" in looked_at[1] and b"record a-0 end" in looked_at[1]
    for content in looked_at:
        for form in forms(CANARY):
            assert form not in content
    assert CANARY.encode() not in arrived()
    assert CANARY not in collector.log()
