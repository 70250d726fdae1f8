"""Makes the payloads of the benchmarks: OTLP export requests of logs, traces and metrics, clean and dirty.

Same shape as the Collector's baseline: 20 attributes a record, a body of 150 bytes, near 975 bytes a record. `dirty` is
the share of records that hold personal data: one of six forms in the body, and four attributes. Same seed, same bytes.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

WORDS = (
    "request completed user session cache miss hit upstream connect error retry queue worker started finished payment "
    "order shipped inventory lookup database query slow index"
).split()
KEYS = (
    "http.request.method url.path http.response.status_code user_agent.original server.address client.address user.email "
    "enduser.id k8s.pod.name k8s.namespace.name thread.name code.function.name code.file.path db.system.name "
    "db.query.summary messaging.destination.name session.id app.order.id app.tenant app.region"
).split()
PERSONAL = {"user.email", "client.address", "enduser.id", "session.id"}
POINT_KEYS = "http.request.method http.route http.response.status_code server.address k8s.pod.name app.region client.address".split()


def personal(rand: random.Random) -> str:
    """Something that must not leave, in one of six forms."""
    forms = [
        lambda: f"anna{rand.randrange(1000)}@example.org",
        lambda: "4111 1111 1111 1111",
        lambda: f"10.{rand.randrange(256)}.{rand.randrange(256)}.{rand.randrange(256)}",
        lambda: f"{rand.randrange(100, 900)}-{rand.randrange(10, 99)}-{rand.randrange(10000):04}",
        lambda: "AKIAABCDEFGHIJKLMNOP",
        lambda: "Bearer abcdefghijklmnopqrstuvwxyz0123",
    ]
    return rand.choice(forms)()


def logs(count: int, dirty: float, rand: random.Random) -> bytes:
    """One export request of `count` log records."""
    request = ExportLogsServiceRequest()
    batch = request.resource_logs.add()
    _put(batch.resource, "service.name", "checkout")
    scope = batch.scope_logs.add()
    for number in range(count):
        is_dirty = rand.random() < dirty
        record = scope.log_records.add(
            time_unix_nano=1_700_000_000_000_000_000 + number, severity_number=9, severity_text="INFO"
        )
        record.body.string_value = _sentence(rand, 150, is_dirty)
        _attributes(record, rand, is_dirty)
    return request.SerializeToString()


def traces(count: int, dirty: float, rand: random.Random) -> bytes:
    """One export request of `count` spans with an exception event each."""
    request = ExportTraceServiceRequest()
    batch = request.resource_spans.add()
    _put(batch.resource, "service.name", "checkout")
    scope = batch.scope_spans.add()
    for number in range(count):
        is_dirty = rand.random() < dirty
        span = scope.spans.add(
            trace_id=rand.randbytes(16),
            span_id=rand.randbytes(8),
            name="GET /orders/{id}",
            start_time_unix_nano=1_700_000_000_000_000_000 + number,
            end_time_unix_nano=1_700_000_000_001_000_000 + number,
        )
        _attributes(span, rand, is_dirty)
        event = span.events.add(name="exception", time_unix_nano=1_700_000_000_000_500_000 + number)
        _put(event, "exception.message", _sentence(rand, 80, is_dirty))
    return request.SerializeToString()


def metrics(count: int, dirty: float, rand: random.Random) -> bytes:
    """One export request of `count` histogram points in metrics of 16 points each."""
    request = ExportMetricsServiceRequest()
    batch = request.resource_metrics.add()
    _put(batch.resource, "service.name", "checkout")
    scope = batch.scope_metrics.add()
    for number in range(count):
        if number % 16 == 0:
            metric = scope.metrics.add(name=f"app.duration.{number // 16}", unit="s", description="Duration of one step")
            metric.histogram.aggregation_temporality = 1
        is_dirty = rand.random() < dirty
        point = metric.histogram.data_points.add(
            start_time_unix_nano=1_700_000_000_000_000_000,
            time_unix_nano=1_700_000_060_000_000_000,
            count=sum(range(11)),
            sum=12.5,
            bucket_counts=range(11),
            explicit_bounds=[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
        )
        for key in POINT_KEYS:
            if key == "client.address":
                if is_dirty:
                    _put(point, key, f"10.0.{rand.randrange(256)}.{number % 256}")
            elif key == "http.response.status_code":
                _put(point, key, 200)
            else:
                _put(point, key, f"{rand.choice(WORDS)}/{rand.choice(WORDS)}-{rand.randrange(10000)}")
        _put(point, "app.shard", number)  # tells the points apart when an address goes
    return request.SerializeToString()


MAKERS = {"logs": logs, "traces": traces, "metrics": metrics}


def write(folder: Path, size: int, versions: int = 1) -> dict[str, list[Path]]:
    """Writes `SIGNAL-clean` and `SIGNAL-dirty` payloads of about `size` bytes; returns their files by that name."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[Path]] = {}
    for signal, make in MAKERS.items():
        a_hundred = len(make(100, 0, random.Random(0)))
        count = max(1, round(size * 100 / a_hundred))
        for kind, dirty in (("clean", 0.0), ("dirty", 0.05)):
            for version in range(versions):
                rand = random.Random(f"{signal}-{version}")
                path = folder / f"{signal}-{kind}-{version}.pb"
                path.write_bytes(make(count, dirty, rand))
                files.setdefault(f"{signal}-{kind}", []).append(path)
    return files


def _attributes(message, rand: random.Random, is_dirty: bool) -> None:
    for number, key in enumerate(KEYS):
        if key == "http.response.status_code":
            _put(message, key, 200)
            continue
        value = f"{rand.choice(WORDS)}/{rand.choice(WORDS)}-{rand.randrange(10000)}"
        if key in PERSONAL:
            if not is_dirty:
                key = f"app.extra{number}"
            elif key == "user.email":
                value = f"anna{rand.randrange(1000)}@example.org"
        _put(message, key, value)


def _sentence(rand: random.Random, least: int, is_dirty: bool) -> str:
    text = ""
    while len(text) < least:
        text += rand.choice(WORDS) + " "
    return text + personal(rand) if is_dirty else text


def _put(message, key: str, value: str | int) -> None:
    pair = KeyValue(key=key)
    if isinstance(value, int):
        pair.value.int_value = value
    else:
        pair.value.string_value = value
    message.attributes.append(pair)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: payloads.py FOLDER BYTES")
    for paths in write(Path(sys.argv[1]), int(sys.argv[2])).values():
        for path in paths:
            print(path, path.stat().st_size)
