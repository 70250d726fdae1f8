"""OTLP/HTTP and documents through the real Envoy: what passes, what is refused, and in which words."""

from __future__ import annotations

import gzip
import json

import pytest
from google.protobuf import json_format
from google.rpc.status_pb2 import Status
from payloads import PERSON, logs, metrics, traces, who
from receiver import Answer
from wire import raw_http1

PROTO = "application/x-protobuf"


def assert_serves_on(connection) -> None:
    """The next request goes over the very same connection. (Python's client would open another one by itself.)"""
    before = connection.sock
    assert before is not None, "closed"
    connection.request("POST", "/v1/logs", logs().SerializeToString(), {"content-type": PROTO})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    assert connection.sock is before


def status_of(content_type: str, body: bytes) -> Status:
    """The `google.rpc.Status` of an OTLP/HTTP error."""
    if content_type == PROTO:
        return Status.FromString(body)
    assert content_type == "application/json"
    return json_format.Parse(body, Status())


@pytest.mark.parametrize(
    "path, payload", [("/v1/logs", logs()), ("/v1/traces", traces()), ("/v1/metrics", metrics())], ids=["logs", "traces", "metrics"]
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_each_signal_arrives_treated_with_the_right_length(gateway, receiver, path, payload, encoding):
    """Scenario: each signal, plain and gzipped.
    Guarantees: the person is gone, the rest decodes, and headers say what the body is."""
    body = payload.SerializeToString()
    assert PERSON.encode() in body
    sent = gzip.compress(body) if encoding == "gzip" else body
    status, _, _ = gateway.post(path, sent, content_encoding=encoding)
    assert status == 200
    arrival = receiver.one()
    assert PERSON.encode() not in arrival.body
    assert b"label-a" in arrival.body
    assert int(arrival.headers["content-length"]) == len(arrival.body)
    assert arrival.headers.get("content-encoding", "identity") == "identity"
    expected = body.replace(PERSON.encode(), b"label-a")
    assert len(arrival.message().SerializeToString()) < len(body)
    assert len(expected) >= len(arrival.body)


def test_json_stays_json(gateway, receiver):
    """Scenario: OTLP in JSON.
    Guarantees: arrives as JSON, treated, with its own content type."""
    body = json_format.MessageToJson(logs()).encode()
    status, headers, _ = gateway.post("/v1/logs", body, content_type="application/json")
    assert status == 200
    arrival = receiver.one()
    assert arrival.headers["content-type"] == "application/json"
    assert int(arrival.headers["content-length"]) == len(arrival.body)
    record = json.loads(arrival.body)["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    assert record["attributes"] == [{"key": "who", "value": {"stringValue": "label-a"}}]


def test_what_has_nothing_to_treat_arrives_byte_for_byte(gateway, receiver):
    """Scenario: a payload in which the policy finds nothing.
    Guarantees: the very bytes arrive."""
    body = logs(who="", other="x").SerializeToString().replace(b"\x0a\x03who", b"\x0a\x03whi")
    assert gateway.post("/v1/logs", body)[0] == 200
    assert receiver.one().body == body


def test_an_empty_export_passes(gateway, receiver):
    """Scenario: an export request without a body (an empty message in protobuf).
    Guarantees: passes."""
    assert gateway.post("/v1/logs", b"")[0] == 200
    assert receiver.one().body == b""


@pytest.mark.parametrize("content_type", [PROTO, "application/json"])
def test_a_malformed_payload_is_refused_in_its_own_encoding(gateway, receiver, content_type):
    """Scenario: bytes that are not what they claim to be.
    Guarantees: 400 with a Status that names the place and quotes nothing; nothing arrives; the connection lives."""
    connection = gateway.connection()
    for body in (b"\x0a\xff" + PERSON.encode(), gzip.compress(b"x" * 100)):
        connection.request("POST", "/v1/logs", body, {"content-type": content_type})
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 400
        assert answer.getheader("content-type") == content_type
        status = status_of(content_type, said)
        assert status.code == 3
        assert status.message.startswith("frostglass: otlp-")
        assert PERSON.encode() not in said
    assert_serves_on(connection)
    assert len(receiver.arrivals) == 1


def test_broken_gzip_and_bombs_are_refused(gateway, receiver):
    """Scenario: gzip that is cut, damaged, not gzip at all, or inflates to far more than the bound.
    Guarantees: 400 or 413, quickly; nothing arrives."""
    whole = gzip.compress(logs().SerializeToString())
    for body in (whole[:-3], whole[:10] + b"\x00" + whole[11:], b"plain", b""):
        status, headers, said = gateway.post("/v1/logs", body, content_encoding="gzip")
        assert status == 400, body
        assert status_of(headers["content-type"], said).message.startswith("frostglass: gzip: ")
    for bomb in (gzip.compress(bytes(512 << 20), 9), gzip.compress(b"".join(bytes([i]) * 4096 for i in range(256)) * 9, 9)):
        status, headers, said = gateway.post("/v1/logs", bomb, content_encoding="gzip")
        assert (status, status_of(headers["content-type"], said).code) in ((413, 8), (400, 3))
    assert receiver.arrivals == []


@pytest.mark.parametrize("size", [(1 << 20) + 1, 3 << 20, 9 << 20])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_bound_is_refused(gateway, receiver, size, chunked):
    """Scenario: bodies over the bound of 1 MiB, with and without an announced length.
    Guarantees: 413 in the request's encoding; one near the bound is heard to its end, so its connection lives."""
    connection = gateway.connection()
    body = (bytes(64 << 10) for _ in range(-(-size // (64 << 10)))) if chunked else bytes(size)
    try:
        connection.request("POST", "/v1/logs", body, {"content-type": PROTO}, encode_chunked=chunked)
    except (BrokenPipeError, ConnectionResetError):
        assert size > 4 << 20
        return
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == 413
    assert status_of(PROTO, said) == Status(code=8, message="frostglass: larger than 1048576 bytes")
    if size < 4 << 20:
        assert_serves_on(connection)
    assert all(len(arrival.body) < 1000 for arrival in receiver.arrivals)


def test_a_body_of_exactly_the_bound_passes(gateway, receiver):
    """Scenario: a payload of exactly the bound.
    Guarantees: treated and passed on."""
    room = (1 << 20) - len(logs(body="").SerializeToString())
    request = logs(body="x" * (room - 20))
    while len(request.SerializeToString()) < 1 << 20:
        request.resource_logs[0].scope_logs[0].log_records[0].body.string_value += "x"
    body = request.SerializeToString()
    assert len(body) == 1 << 20
    assert gateway.post("/v1/logs", body)[0] == 200
    assert who(receiver.one().message()) == ["label-a"]


@pytest.mark.parametrize(
    "method, path, headers, status",
    [
        ("POST", "/v1/logs", {"content-type": "text/plain"}, 415),
        ("POST", "/v1/logs", {}, 415),
        ("POST", "/v1/logs", {"content-type": "application/grpc-web"}, 415),
        ("POST", "/v1/logs", {"content-type": PROTO, "content-encoding": "br"}, 415),
        ("POST", "/v1/logs", {"content-type": PROTO, "content-encoding": "gzip, gzip"}, 415),
        ("POST", "/v1/profiles", {"content-type": PROTO}, 404),
        ("POST", "/", {"content-type": "application/json"}, 404),
        ("GET", "/v1/logs", {}, 405),
        ("PUT", "/v1/logs", {"content-type": PROTO}, 405),
        ("POST", "/healthz", {}, 405),
    ],
)
def test_what_is_not_otlp_is_refused(gateway, receiver, method, path, headers, status):
    """Scenario: other paths, methods, types and encodings, with a body.
    Guarantees: each its own status, in the request's encoding if it has one; the connection lives; nothing arrives."""
    connection = gateway.connection()
    body = logs().SerializeToString() if method != "GET" else None
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == status
    content_type = headers.get("content-type", "")
    if content_type in (PROTO, "application/json"):
        assert status_of(answer.getheader("content-type"), said).message.startswith("frostglass: ")
    else:
        assert said.startswith(b"frostglass: ")
    if status == 405:
        assert answer.getheader("allow") == ("GET, HEAD" if path == "/healthz" else "POST")
    assert receiver.arrivals == []
    assert_serves_on(connection)


def test_health_answers_without_an_upstream(gateway, receiver):
    """Scenario: a probe.
    Guarantees: 200 with the policy in force."""
    connection = gateway.connection()
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    said = json.loads(answer.read())
    assert (answer.status, said["status"], said["policy"]) == (200, "ok", "label-a")
    assert len(said["digest"]) == 64
    connection.request("HEAD", "/healthz")
    assert connection.getresponse().status == 200
    assert receiver.arrivals == []


@pytest.mark.parametrize(
    "path, content_type, body, expected",
    [
        ("/ingest/json", "application/json", b'{"user": "ann", "n": 1}', {200}),
        ("/ingest/lines", "application/x-ndjson", b'{"a": 1}\n{"b": 2}\n', {200}),
        ("/ingest/text", "text/plain", b"one\ntwo\n", {200}),
        ("/ingest/json", "text/plain", b"{}", {415}),
        ("/ingest/json", "application/json", b"{", {400}),
    ],
)
def test_documents_go_on_configured_paths(gateway, receiver, path, content_type, body, expected):
    """Scenario: documents outside OTLP on the paths that the configuration names.
    Guarantees: treated as what the path says; other types and broken documents are refused."""
    status, _, _ = gateway.post(path, body, content_type=content_type)
    assert {status} == expected
    assert [arrival.body for arrival in receiver.arrivals] == ([body] if status == 200 else [])


def test_headers_of_any_bytes_pass(gateway, receiver):
    """Scenario: header values that are not UTF-8, on a known and an unknown path.
    Guarantees: kept as they are (the default of `transport/`), and no VM ends by them."""
    body = logs().SerializeToString()
    head = b"POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\nx-odd: \xff\xfe\x80z\r\n"
    head += b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
    answer = raw_http1(gateway.http_port, head + body)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert receiver.one().headers["x-odd"].encode("latin-1") == b"\xff\xfe\x80z"
    for odd in (b"content-type: \xff\xff\r\n", b"content-type: application/json\r\ncontent-encoding: \xff\r\n"):
        head = b"POST /v1/logs HTTP/1.1\r\nhost: x\r\nconnection: close\r\n" + odd + b"content-length: 2\r\n\r\n{}"
        assert raw_http1(gateway.http_port, head).startswith(b"HTTP/1.1 415 ")


def test_a_body_in_single_bytes_arrives_whole(gateway, receiver):
    """Scenario: a chunked body of one-byte chunks, each in its own packet, gzip around it.
    Guarantees: arrives treated, with a length."""
    body = gzip.compress(logs().SerializeToString())
    head = b"POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-encoding: gzip\r\n"
    head += b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n"
    pieces = [b"1\r\n%c\r\n" % byte for byte in body]
    answer = raw_http1(gateway.http_port, head, *pieces, b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    arrival = receiver.one()
    assert who(arrival.message()) == ["label-a"]
    assert not arrival.chunked
    assert int(arrival.headers["content-length"]) == len(arrival.body)


def test_trailers_end_a_body_too(gateway, receiver):
    """Scenario: a chunked body that ends with trailers.
    Guarantees: treated like any other."""
    body = logs().SerializeToString()
    head = b"POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\nconnection: close\r\n"
    head += b"transfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n"
    answer = raw_http1(gateway.http_port, head + b"%x\r\n" % len(body) + body + b"\r\n0\r\nx-sum: 1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert who(receiver.one().message()) == ["label-a"]


def test_a_lying_content_length_never_passes_a_part(gateway, receiver):
    """Scenario: a length that is longer, then one that is shorter than the body.
    Guarantees: the longer is never passed on; of the shorter at most the stated part is looked at, and as that is malformed,
    refused; Envoy lives."""
    body = logs(3).SerializeToString()
    head = b"POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: %d\r\n\r\n"
    raw_http1(gateway.http_port, head % (len(body) + 10) + body, half_close=True, seconds=2)
    assert receiver.arrivals == []
    answer = raw_http1(gateway.http_port, head % (len(body) - 10) + body, seconds=2)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert receiver.arrivals == []
    assert gateway.post("/v1/logs", body)[0] == 200


def test_a_half_closed_stream_is_answered_or_dropped_whole(gateway, receiver):
    """Scenario: a client that closes its sending side, in the middle of a body and after a whole request.
    Guarantees: no half payload arrives; the whole one arrives once at most and treated."""
    body = logs().SerializeToString()
    head = b"POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: %d\r\n\r\n" % len(body)
    raw_http1(gateway.http_port, head + body[:-5], half_close=True, seconds=2)
    assert receiver.arrivals == []
    raw_http1(gateway.http_port, head + body, half_close=True, seconds=2)
    assert len(receiver.arrivals) <= 1
    assert all(who(arrival.message()) == ["label-a"] for arrival in receiver.arrivals)


def test_an_upstreams_refusal_goes_back_as_it_is(gateway, receiver):
    """Scenario: the upstream is busy.
    Guarantees: the sender hears just that."""
    receiver.answer = Answer(429, b"busy", {"retry-after": "7", "content-type": "text/plain"})
    status, headers, said = gateway.post("/v1/logs", logs().SerializeToString())
    assert (status, headers["retry-after"], said) == (429, "7", b"busy")
