"""A sender of batches that can be told apart, and what of them arrived."""

from __future__ import annotations

import http.client
import threading
import time

import payloads

RECORDS = 5


class Sender(threading.Thread):
    """Sends batches on one connection for as long as it is wanted, with a pause between two."""

    def __init__(self, port: int, name: str, wanted, pause: float = 0):
        super().__init__()
        self.port, self.sender, self.wanted, self.pause = port, name, wanted, pause
        self.sent = 0
        self.failed: list[int] = []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while self.wanted():
            request = payloads.logs(RECORDS, f"{self.sender} {self.sent}")
            connection.request("POST", "/v1/logs", request.SerializeToString(), {"content-type": "application/x-protobuf"})
            answer = connection.getresponse()
            answer.read()
            self.sent += 1
            if answer.status != 200:
                self.failed.append(answer.status)
            time.sleep(self.pause)
        connection.close()


def arrived(receiver) -> dict[str, list[tuple[int, str]]]:
    """For each sender its batches in the order of their arrival: number, and what became of the person, which must be one thing in
    all records of a batch."""
    found: dict[str, list[tuple[int, str]]] = {}
    for arrival in receiver.arrivals:
        message = arrival.message()
        labels = payloads.who(message)
        assert len(labels) == RECORDS and len(set(labels)) == 1, labels
        sender, number = message.resource_logs[0].scope_logs[0].log_records[0].body.string_value.split()
        found.setdefault(sender, []).append((int(number), labels[0]))
    return found
