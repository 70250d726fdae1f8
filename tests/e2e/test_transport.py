"""The telemetry request's own headers, by the policy's `transport/` lines."""

from __future__ import annotations

from gateway import label_policy
from payloads import logs
from wire import LOGS_EXPORT, Http2, frame, raw_http1


def test_transport_lines_rule_the_requests_own_headers(new_gateway, receiver):
    """Scenario: lines for two headers, one of them given twice, once with bytes that are not UTF-8; also over gRPC.
    Guarantees: the ruled ones are treated or gone, in order; all others, authorization included, arrive as they came."""
    policy = label_policy("label-a")
    policy["classes"]["credential"] = {"treat": "suppress"}
    policy["catalog"] |= {"transport/x-user": "direct-id", "transport/x-session": "credential"}
    gateway = new_gateway({"policy": policy})
    body = logs().SerializeToString()
    head = b"POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\nconnection: close\r\n"
    head += b"x-user: ann\r\nX-User: bob\r\nx-user: \xff\xfe\r\nx-session: s3cret\r\nx-other: stays\r\nauthorization: Bearer abc\r\n"
    answer = raw_http1(gateway.http_port, head + b"content-length: %d\r\n\r\n" % len(body) + body)
    assert answer.startswith(b"HTTP/1.1 200 ")
    headers = receiver.one().headers
    assert set(headers["x-user"].replace(" ", "").split(",")) == {"label-a"}
    assert "x-session" not in headers
    assert (headers["x-other"], headers["authorization"]) == ("stays", "Bearer abc")
    receiver.reset()
    with Http2(gateway.grpc_port) as client:
        reply = client.call(LOGS_EXPORT, frame(body), x_user="ann", x_session="s3cret", authorization="Bearer abc")
    assert reply.grpc_status == 0
    headers = receiver.one().headers
    assert headers["x-user"] == "label-a"
    assert "x-session" not in headers
    assert headers["authorization"] == "Bearer abc"
    assert gateway.traps() == 0
