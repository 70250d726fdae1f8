"""What a Collector writes in zstd, Envoy reads: an exporter's `compression: zstd` is another implementation than libzstd."""

from __future__ import annotations

from payloads import logs, who
from loopback import free_ports
from pipelines import otlp, post, straight_to


def test_what_a_collector_sends_in_zstd_is_treated(run, gateway, receiver):
    """Scenario: a Collector without Frostglass sends fifty records in zstd; its very request goes through Envoy.
    Guarantees: all arrive, plain, each with the person's label."""
    grpc, http = free_ports(2)
    configuration = {
        "receivers": {"otlp": otlp(http, grpc)},
        "exporters": {"otlp_http": straight_to(f"http://127.0.0.1:{receiver.http_port}") | {"compression": "zstd"}},
        "service": {"pipelines": {"logs": {"receivers": ["otlp"], "exporters": ["otlp_http"]}}},
    }
    collector = run(configuration, ports=(grpc, http))
    assert post(collector.http_port, "/v1/logs", logs(50).SerializeToString())[0] == 200
    sent = receiver.one()
    assert sent.headers["content-encoding"] == "zstd"
    receiver.reset()
    status, _, said = gateway.post("/v1/logs", sent.body, content_encoding="zstd")
    assert status == 200, said
    assert who(receiver.one().message()) == ["label-a"] * 50
