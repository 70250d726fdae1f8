"""OTLP/gRPC through the real Envoy, with gRPC's own client and frame by frame."""

from __future__ import annotations

import gzip

import grpc
import pytest
from payloads import PERSON, logs, metrics, traces, who
from wire import LOGS_EXPORT, Http2, frame

from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2_grpc import MetricsServiceStub
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub


@pytest.mark.parametrize(
    "stub, payload",
    [(LogsServiceStub, logs()), (TraceServiceStub, traces()), (MetricsServiceStub, metrics())],
    ids=["logs", "traces", "metrics"],
)
@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip], ids=["plain", "gzip"])
def test_each_signal_arrives_treated(gateway, receiver, stub, payload, compression):
    """Scenario: each service, called by gRPC's own client, with and without compression.
    Guarantees: success, and the person is gone."""
    # Long enough for gRPC to find compression worth it.
    padded = type(payload).FromString(payload.SerializeToString() * 8)
    with grpc.insecure_channel(f"127.0.0.1:{gateway.grpc_port}") as channel:
        stub(channel).Export(padded, compression=compression, timeout=10)
    arrival = receiver.one()
    assert PERSON.encode() not in arrival.body
    assert arrival.body.count(b"label-a") == 8
    arrival.message()


def test_several_messages_are_each_treated(gateway, receiver):
    """Scenario: a body of three messages, plain, gzipped and empty, split at every tenth byte.
    Guarantees: each arrives treated, in order, uncompressed."""
    first, second = logs(1), logs(2)
    body = frame(first.SerializeToString()) + frame(gzip.compress(second.SerializeToString()), 1) + frame(b"")
    with Http2(gateway.grpc_port) as client:
        stream = client.start(LOGS_EXPORT, "application/grpc", {"grpc-encoding": "gzip"})
        for at in range(0, len(body), 10):
            client.send(stream, body[at : at + 10])
        client.send(stream, b"", end=True)
        reply = client.reply(stream)
    assert (reply.status, reply.grpc_status) == (200, 0)
    assert [who(arrival.message()) for arrival in receiver.arrivals] == [["label-a"], ["label-a"] * 2, []]


def test_a_message_in_single_bytes_arrives_whole(gateway, receiver):
    """Scenario: each byte of a message in a DATA frame of its own, ended by an empty one.
    Guarantees: arrives treated."""
    with Http2(gateway.grpc_port) as client:
        stream = client.start(LOGS_EXPORT, "application/grpc")
        for byte in frame(logs().SerializeToString()):
            client.send(stream, bytes([byte]))
        client.send(stream, b"", end=True)
        reply = client.reply(stream)
    assert reply.grpc_status == 0
    assert who(receiver.one().message()) == ["label-a"]


def test_request_trailers_end_a_body_too(gateway, receiver):
    """Scenario: a client that ends its request with trailers.
    Guarantees: treated and answered."""
    with Http2(gateway.grpc_port) as client:
        stream = client.start(LOGS_EXPORT, "application/grpc")
        client.send(stream, frame(logs().SerializeToString()))
        client.send_trailers(stream, {"x-sum": "1"})
        reply = client.reply(stream)
    assert reply.grpc_status == 0
    assert who(receiver.one().message()) == ["label-a"]


def test_large_messages_pass_up_to_the_bound(gateway, receiver):
    """Scenario: messages below and above the bound of 1 MiB, plain and inflating to it.
    Guarantees: the first pass, the others are refused as RESOURCE_EXHAUSTED without a hint to retry."""
    small = logs(body="x" * (900 << 10)).SerializeToString()
    large = logs(body="x" * (1100 << 10)).SerializeToString()
    with Http2(gateway.grpc_port) as client:
        assert client.call(LOGS_EXPORT, frame(small)).grpc_status == 0
        for body in (frame(large), frame(gzip.compress(large), 1)):
            reply = client.call(LOGS_EXPORT, body, grpc_encoding="gzip")
            assert reply.grpc_status in (8, 3)
            assert "grpc-status-details-bin" not in reply.headers
        assert client.call(LOGS_EXPORT, frame(small)).grpc_status == 0
    assert len(receiver.arrivals) == 2


@pytest.mark.parametrize(
    "body, headers, status",
    [
        (b"", {}, 3),
        (b"\0\0\0", {}, 3),
        (frame(logs().SerializeToString())[:-1], {}, 3),
        (frame(logs().SerializeToString()) + b"\0", {}, 3),
        (frame(b"\x0a\xff"), {}, 3),
        (frame(b"", 7), {}, 3),
        (frame(gzip.compress(b""), 1), {}, 3),
        (frame(b"not gzip", 1), {"grpc-encoding": "gzip"}, 3),
        (b"\0\xff\xff\xff\xff", {}, 8),
        (frame(logs().SerializeToString()), {"grpc-encoding": "snappy"}, 12),
        (frame(logs().SerializeToString()), {"content-encoding": "gzip"}, 13),
    ],
)
def test_broken_messages_are_refused(gateway, receiver, body, headers, status):
    """Scenario: cut, damaged, mislabelled messages and unknown encodings.
    Guarantees: a gRPC status that a sender does not retry, in HTTP 200 with its content type; nothing arrives."""
    with Http2(gateway.grpc_port) as client:
        stream = client.start(LOGS_EXPORT, "application/grpc", headers)
        client.send(stream, body, end=True)
        reply = client.reply(stream)
        assert (reply.status, reply.grpc_status) == (200, status)
        assert reply.headers["content-type"].startswith("application/grpc")
        assert reply.grpc_message.startswith("frostglass: ")
        assert client.call(LOGS_EXPORT, frame(logs().SerializeToString())).grpc_status == 0
    assert len(receiver.arrivals) == 1


@pytest.mark.parametrize(
    "path, content_type",
    [
        ("/opentelemetry.proto.collector.logs.v1.LogsService/Delete", "application/grpc"),
        ("/grpc.health.v1.Health/Check", "application/grpc"),
        ("/v1/logs", "application/grpc"),
        (LOGS_EXPORT, "application/grpc+json"),
    ],
)
def test_other_services_are_unimplemented(gateway, receiver, path, content_type):
    """Scenario: calls that are not OTLP's.
    Guarantees: UNIMPLEMENTED, and the connection serves on."""
    with Http2(gateway.grpc_port) as client:
        reply = client.call(path, frame(b""), content_type)
        assert (reply.status, reply.grpc_status) == (200, 12)
        assert client.call(LOGS_EXPORT, frame(logs().SerializeToString())).grpc_status == 0


def test_an_abandoned_stream_leaves_nothing(gateway, receiver):
    """Scenario: a client opens streams, sends a part and goes away.
    Guarantees: nothing arrives; the next client is served."""
    for _ in range(20):
        with Http2(gateway.grpc_port) as client:
            stream = client.start(LOGS_EXPORT, "application/grpc")
            client.send(stream, frame(logs().SerializeToString())[:40])
    with Http2(gateway.grpc_port) as client:
        assert client.call(LOGS_EXPORT, frame(logs().SerializeToString())).grpc_status == 0
    assert len(receiver.arrivals) == 1


def test_http2_carries_otlp_http_too(gateway, receiver):
    """Scenario: OTLP/HTTP over HTTP/2, with a content length that is right, then one that lies.
    Guarantees: the first arrives treated; of the second nothing does."""
    body = logs().SerializeToString()
    with Http2(gateway.http_port) as client:
        reply = client.call("/v1/logs", body, "application/x-protobuf", content_length=str(len(body)))
        assert reply.status == 200
        stream = client.start("/v1/logs", "application/x-protobuf", {"content-length": str(len(body) + 7)})
        client.send(stream, body, end=True)
        reply = client.reply(stream)
        assert reply.status == 400 or reply.reset is not None
    assert who(receiver.one().message()) == ["label-a"]


def test_metadata_of_any_bytes_passes(gateway, receiver):
    """Scenario: metadata that is not UTF-8.
    Guarantees: the call succeeds, and no VM ends by it."""
    with Http2(gateway.grpc_port) as client:
        stream = client.start(LOGS_EXPORT, "application/grpc", {"x-odd": b"\xff\xfe\x80"})
        client.send(stream, frame(logs().SerializeToString()), end=True)
        assert client.reply(stream).grpc_status == 0
