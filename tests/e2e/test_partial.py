"""Dropped records: the sender hears of them in OTLP's own words, and the rest arrives."""

from __future__ import annotations

import pytest
from gateway import label_policy
from payloads import logs
from receiver import Answer
from wire import LOGS_EXPORT, Http2, frame

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

PROTO = "application/x-protobuf"


def half_broken_logs() -> bytes:
    """Two log records, of which the second cannot be read: its last field says that it is longer than the record."""
    request = logs(2)
    record = request.resource_logs[0].scope_logs[0].log_records[1]
    good = record.SerializeToString()
    # A known field whose length runs over the end of the record; same size as the body that it replaces.
    broken = good.replace(b"\x2a\x0b\x0a\x09", b"\x2a\x0b\x0a\x7f")
    whole = request.SerializeToString()
    at = whole.rindex(good)
    assert broken != good
    return whole[:at] + broken + whole[at + len(good) :]


def answers():
    """What an upstream may answer to success: nothing, an empty message, its own rejections; with a length or in chunks."""
    own = ExportLogsServiceResponse()
    own.partial_success.rejected_log_records = 5
    own.partial_success.error_message = "too old"
    for chunked in (False, True):
        yield Answer(200, b"", {"content-type": PROTO}, chunked), 1, ""
        yield Answer(200, b"\x0a\x00", {"content-type": PROTO}, chunked), 1, ""
        yield Answer(200, own.SerializeToString(), {"content-type": PROTO}, chunked), 6, "too old; "


@pytest.mark.parametrize("answer, rejected, before", list(answers()))
def test_dropped_records_are_reported_over_http(gateway, receiver, answer, rejected, before):
    """Scenario: one of two records is dropped, and the upstream answers success in one of many ways.
    Guarantees: the other record arrives; the sender reads success with all rejections added up."""
    receiver.answer = answer
    status, headers, said = gateway.post("/v1/logs", half_broken_logs(), accept_encoding="gzip")
    assert (status, headers["content-type"]) == (200, PROTO)
    partial = ExportLogsServiceResponse.FromString(said).partial_success
    assert partial.rejected_log_records == rejected
    assert partial.error_message.startswith(before + "frostglass withheld log records: 1 (")
    arrival = receiver.one()
    assert len(arrival.message().resource_logs[0].scope_logs[0].log_records) == 1
    assert "accept-encoding" not in arrival.headers


@pytest.mark.parametrize("own", [0, 5])
def test_dropped_records_are_reported_over_grpc(gateway, receiver, own):
    """Scenario: the same over gRPC.
    Guarantees: the same."""
    response = ExportLogsServiceResponse()
    if own:
        response.partial_success.rejected_log_records = own
    receiver.grpc_answer = response.SerializeToString()
    with Http2(gateway.grpc_port) as client:
        reply = client.call(LOGS_EXPORT, frame(half_broken_logs()))
    assert reply.grpc_status == 0
    flag, length, message = reply.body[0], int.from_bytes(reply.body[1:5], "big"), reply.body[5:]
    assert (flag, length) == (0, len(message))
    partial = ExportLogsServiceResponse.FromString(message).partial_success
    assert partial.rejected_log_records == own + 1
    assert "frostglass withheld log records: 1 (" in partial.error_message


def test_a_failed_upstream_is_not_called_a_success(gateway, receiver):
    """Scenario: a record is dropped, and then the upstream refuses.
    Guarantees: the sender hears the refusal alone."""
    receiver.answer = Answer(503, b"", {"retry-after": "3"})
    status, headers, said = gateway.post("/v1/logs", half_broken_logs())
    assert (status, headers["retry-after"], said) == (503, "3", b"")


def test_nothing_is_reported_when_nothing_was_dropped(gateway, receiver):
    """Scenario: a sound payload.
    Guarantees: the upstream's answer arrives as it is."""
    receiver.answer = Answer(200, b"\x0a\x00", {"content-type": PROTO})
    assert gateway.post("/v1/logs", logs().SerializeToString())[2] == b"\x0a\x00"


def test_reject_refuses_the_whole(new_gateway, receiver):
    """Scenario: the configuration says `on_withheld: reject`.
    Guarantees: 400 and nothing arrives; a sound payload passes."""
    gateway = new_gateway({"policy": label_policy("strict"), "on_withheld": "reject"})
    status, _, _ = gateway.post("/v1/logs", half_broken_logs())
    assert status == 400
    assert receiver.arrivals == []
    assert gateway.post("/v1/logs", logs().SerializeToString())[0] == 200
