"""A small service with the real Python SDK: what it says, and what must have become of it behind a filter.

It logs a person, a card and a secret, and measures itself. Knows no host: tests give it a port.
"""

from __future__ import annotations

import logging

import grpc
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

CARD = "4111 1111 1111 1111"
SECRET = "AKIAIOSFODNN7EXAMPLE"


def exporters(http_port: int, grpc_port: int, transport: str, compressed: bool):
    """Exporters for spans, logs and metrics over one transport."""
    if transport == "http":
        base = f"http://127.0.0.1:{http_port}/v1/"
        compression = Compression.Gzip if compressed else Compression.NoCompression
        kinds = (HttpSpans, "traces"), (HttpLogs, "logs"), (HttpMetrics, "metrics")
        return [kind(endpoint=base + path, compression=compression) for kind, path in kinds]
    compression = grpc.Compression.Gzip if compressed else grpc.Compression.NoCompression
    target = f"http://127.0.0.1:{grpc_port}"
    return [kind(endpoint=target, insecure=True, compression=compression) for kind in (GrpcSpans, GrpcLogs, GrpcMetrics)]


def speak(spans, log_exporter, metric_exporter) -> None:
    """What the service says, all of it sent when this returns."""
    resource = Resource.create({"service.name": "checkout"})

    tracing = TracerProvider(resource=resource)
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    tracer = tracing.get_tracer("shop")
    with tracer.start_as_current_span("charge card") as span:
        span.set_attributes({"enduser.id": PERSON, "http.response.status_code": 402, "card.number": CARD})
        with tracer.start_as_current_span("find mailbox"):
            pass
        try:
            raise LookupError(f"no mailbox for {PERSON}")
        except LookupError as error:
            span.record_exception(error)

    logs = LoggerProvider(resource=resource)
    logs.add_log_record_processor(SimpleLogRecordProcessor(log_exporter))
    # A name of its own, so that no handler of another run hears it.
    logger = logging.getLogger(f"shop.{id(logs)}")
    logger.propagate = False
    handler = LoggingHandler(logger_provider=logs)
    logger.addHandler(handler)
    logger.error("card %s of %s declined, key %s", CARD, PERSON, SECRET)
    logger.removeHandler(handler)

    reader = PeriodicExportingMetricReader(metric_exporter, export_interval_millis=3_600_000)
    measuring = MeterProvider([reader], resource=resource)
    measuring.get_meter("shop").create_counter("logins").add(3, {"enduser.id": PERSON})

    for provider in (tracing, logs, measuring):
        provider.force_flush()
        provider.shutdown()


def assert_understood(arrivals) -> None:
    """All three signals arrived; none of the values did; times, status, ids, counts and the trace tree did."""
    raw = b"".join(arrival.body for arrival in arrivals)
    assert len(arrivals) >= 3
    for value in (PERSON, CARD, SECRET):
        assert value.encode() not in raw
    arrived = {kind: [a.message() for a in arrivals if kind in a.path.lower()] for kind in ("trace", "log", "metric")}
    found = [span for message in arrived["trace"] for one in message.resource_spans for scope in one.scope_spans for span in scope.spans]
    [span] = [span for span in found if span.name == "charge card"]
    [child] = [span for span in found if span.name == "find mailbox"]
    assert (child.parent_span_id, child.trace_id) == (span.span_id, span.trace_id)
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
