"""The real Python SDK in front, the shipped policy in between."""

from __future__ import annotations

import logging
import secrets

import grpc
import pytest
from gateway import shipped_policy
from payloads import PERSON

from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetrics
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpans
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpans
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

# Random: a key that reads as text is refused, and the users of these tests would be dropped instead of tokenized.
KEY = {"FROSTGLASS_KEY_IDS": secrets.token_hex(32)}
CARD = "4111 1111 1111 1111"
SECRET = "AKIAIOSFODNN7EXAMPLE"


def exporters(gateway, transport: str, compressed: bool):
    """Exporters for spans, logs and metrics over one transport."""
    if transport == "http":
        base = f"http://127.0.0.1:{gateway.http_port}/v1/"
        compression = Compression.Gzip if compressed else Compression.NoCompression
        kinds = (HttpSpans, "traces"), (HttpLogs, "logs"), (HttpMetrics, "metrics")
        return [kind(endpoint=base + path, compression=compression) for kind, path in kinds]
    compression = grpc.Compression.Gzip if compressed else grpc.Compression.NoCompression
    target = f"http://127.0.0.1:{gateway.grpc_port}"
    return [kind(endpoint=target, insecure=True, compression=compression) for kind in (GrpcSpans, GrpcLogs, GrpcMetrics)]


@pytest.mark.parametrize("transport", ["http", "grpc"])
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
def test_a_service_with_the_real_sdk(new_gateway, receiver, transport, compressed):
    """Scenario: a service logs a person, a card and a secret, and measures itself.
    Guarantees: all three signals arrive; none of the values does; times, status, ids and counts do."""
    gateway = new_gateway({"policy": shipped_policy()}, environment=KEY)
    spans, log_exporter, metric_exporter = exporters(gateway, transport, compressed)
    resource = Resource.create({"service.name": "checkout"})

    tracing = TracerProvider(resource=resource)
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    with tracing.get_tracer("shop").start_as_current_span("charge card") as span:
        span.set_attributes({"enduser.id": PERSON, "http.response.status_code": 402, "card.number": CARD})
        try:
            raise LookupError(f"no mailbox for {PERSON}")
        except LookupError as error:
            span.record_exception(error)

    logs = LoggerProvider(resource=resource)
    logs.add_log_record_processor(SimpleLogRecordProcessor(log_exporter))
    logger = logging.getLogger(f"shop.{transport}.{compressed}")
    logger.propagate = False
    logger.addHandler(LoggingHandler(logger_provider=logs))
    logger.error("card %s of %s declined, key %s", CARD, PERSON, SECRET)

    reader = PeriodicExportingMetricReader(metric_exporter, export_interval_millis=3_600_000)
    measuring = MeterProvider([reader], resource=resource)
    measuring.get_meter("shop").create_counter("logins").add(3, {"enduser.id": PERSON})

    for provider in (tracing, logs, measuring):
        provider.force_flush()
        provider.shutdown()

    raw = b"".join(arrival.body for arrival in receiver.arrivals)
    assert len(receiver.arrivals) >= 3
    for value in (PERSON, CARD, SECRET):
        assert value.encode() not in raw
    arrived = {kind: [a.message() for a in receiver.arrivals if kind in a.path.lower()] for kind in ("trace", "log", "metric")}
    [span] = arrived["trace"][0].resource_spans[0].scope_spans[0].spans
    assert len(span.trace_id) == 16
    assert span.end_time_unix_nano >= span.start_time_unix_nano > 0
    assert {pair.key: pair.value.int_value for pair in span.attributes}["http.response.status_code"] == 402
    assert {pair.key: pair.value.string_value for pair in span.attributes}["enduser.id"].startswith("u_")
    assert b"LookupError" in raw
    [record] = arrived["log"][0].resource_logs[0].scope_logs[0].log_records
    assert record.severity_text == "ERROR"
    assert "declined" in record.body.string_value
    [metric] = arrived["metric"][0].resource_metrics[0].scope_metrics[0].metrics
    assert (metric.name, metric.sum.data_points[0].as_int) == ("logins", 3)
    assert gateway.traps() == 0


def test_a_missing_key_costs_values_not_telemetry(new_gateway, receiver):
    """Scenario: the policy pseudonymizes, and the host was given no key.
    Guarantees: payloads arrive with what needs the key suppressed; it is counted and logged by name."""
    gateway = new_gateway({"policy": shipped_policy()})
    spans = exporters(gateway, "http", False)[0]
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    with tracing.get_tracer("shop").start_as_current_span("login") as span:
        span.set_attributes({"enduser.id": PERSON, "http.response.status_code": 200})
    tracing.shutdown()
    arrival = receiver.one()
    assert PERSON.encode() not in arrival.body
    [span] = arrival.message().resource_spans[0].scope_spans[0].spans
    assert span.start_time_unix_nano > 0
    assert gateway.metric("frostglass_values_withheld_total", reason="no-key") >= 1
    assert "FROSTGLASS_KEY_IDS is not set" in gateway.log()
