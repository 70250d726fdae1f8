"""Small OTLP payloads with invented persons."""

from __future__ import annotations

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PERSON = "ann.miller@example.org"


def attribute(attributes, key: str, value: str) -> None:
    pair = attributes.add()
    pair.key = key
    pair.value.string_value = value


def logs(records: int = 1, body: str = "signed in", **attributes: str) -> ExportLogsServiceRequest:
    """Log records, each with the same attributes; `who` is the person by default."""
    request = ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    for index in range(records):
        record = scope.log_records.add()
        record.time_unix_nano = 1_700_000_000_000_000_000 + index
        record.severity_number = 9
        record.body.string_value = body
        for key, value in ({"who": PERSON} | attributes).items():
            attribute(record.attributes, key, value)
    return request


def traces() -> ExportTraceServiceRequest:
    """One span."""
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.trace_id = bytes(range(1, 17))
    span.span_id = bytes(range(1, 9))
    span.name = "checkout"
    span.start_time_unix_nano, span.end_time_unix_nano = 1_700_000_000_000_000_000, 1_700_000_000_050_000_000
    attribute(span.attributes, "who", PERSON)
    return request


def metrics() -> ExportMetricsServiceRequest:
    """One sum with one point."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add()
    metric.name = "logins"
    metric.sum.aggregation_temporality, metric.sum.is_monotonic = 1, True
    point = metric.sum.data_points.add()
    point.time_unix_nano, point.as_int = 1_700_000_000_000_000_000, 3
    attribute(point.attributes, "who", PERSON)
    return request


def who(request: ExportLogsServiceRequest) -> list[str]:
    """The values of `who` in log records."""
    return [
        pair.value.string_value
        for resource in request.resource_logs
        for scope in resource.scope_logs
        for record in scope.log_records
        for pair in record.attributes
        if pair.key == "who"
    ]
