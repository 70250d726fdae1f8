"""What arrives, as exports: one decoded request of one signal each, from the tests' receiver or from a Collector's file."""

from __future__ import annotations

import base64
import gzip
import json
import re
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf import json_format

sys.path.append(str(Path(__file__).resolve().parents[1] / "e2e"))

from receiver import REQUESTS, Arrival, Receiver  # noqa: E402

_LISTS = {"resourceLogs": "logs", "resourceMetrics": "metrics", "resourceSpans": "traces"}


@dataclass
class Export:
    """One export request as it arrived."""

    signal: str
    transport: str
    raw: bytes
    """The body, decompressed."""
    message: object
    """The decoded export request."""
    headers: dict[str, str] = field(default_factory=dict)


class Exports(Receiver):
    """The tests' receiver, for exports. `on_export` is called from the server's threads; with `keep=False` exports are shown to
    it and forgotten. What no one can read is passed over: it is not judged here."""

    def __init__(self, http_port: int = 0, grpc_port: int = 0, on_export=None, keep: bool = True):
        self._keep = keep
        self._exports: list[Export] = []
        self._arrival = threading.Lock()
        self._on_export = on_export
        super().__init__(http_port, grpc_port)

    def record(self, arrival: Arrival) -> None:
        export = _read(arrival)
        if export is None:
            return
        with self._arrival:
            if self._keep:
                self._exports.append(export)
        if self._on_export:
            self._on_export(export)

    @property
    def exports(self) -> list[Export]:
        """What has arrived so far, in order of arrival."""
        with self._arrival:
            return list(self._exports)


class Written:
    """What a Collector's file exporter wrote: OTLP/JSON, one request a line."""

    def __init__(self, path: Path):
        self.path = path
        self._from = 0

    @property
    def raw(self) -> bytes:
        """All of it, from the first byte on."""
        return self.path.read_bytes() if self.path.exists() else b""

    @property
    def exports(self) -> list[Export]:
        """What has been written since the start or the last `clear`."""
        found = []
        # The last line may be half written.
        for line in self.raw[self._from :].split(b"\n")[:-1]:
            signal = next(signal for name, signal in _LISTS.items() if f'"{name}"'.encode() in line)
            found.append(Export(signal, "file", line, _parsed(signal, line)))
        return found

    def clear(self) -> None:
        """Passes over what was written so far."""
        self._from = len(self.raw)


def _read(arrival: Arrival) -> Export | None:
    path = arrival.path.split("?")[0]
    if path not in REQUESTS:
        return None
    # A path of HTTP or a method of gRPC.
    signal = next(signal for word, signal in (("log", "logs"), ("metric", "metrics"), ("trace", "traces")) if word in path.lower())
    transport = "http" if path.startswith("/v1/") else "grpc"
    body = arrival.body
    try:
        if arrival.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        json_body = arrival.headers.get("content-type", "").startswith("application/json")
        message = _parsed(signal, body) if json_body else REQUESTS[path].FromString(body)
    except Exception:  # whatever a decoder raises
        return None
    return Export(signal, transport, body, message, arrival.headers)


def _parsed(signal: str, body: bytes):
    """Reads OTLP/JSON. It writes trace and span ids as hex where protobuf's JSON mapping expects base64."""

    def convert(match: re.Match) -> str:
        return f'{match[1]}"{base64.b64encode(bytes.fromhex(match[2])).decode()}"'

    text = re.sub(r'("(?:traceId|spanId|parentSpanId)"\s*:\s*)"([0-9a-fA-F]*)"', convert, body.decode("utf-8"))
    return json_format.ParseDict(json.loads(text), REQUESTS[f"/v1/{signal}"]())
