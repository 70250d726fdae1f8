"""Turns received exports into flat records that people can read and compare: a kind, a title and named fields.

The same code reads what was sent and what arrived, so a difference between two records is a difference on the wire.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Record:
    """A span, a log record or a metric point."""

    kind: str
    service: str
    key: tuple
    """Same for the same record before and after: its ids or its place and time, which stay."""
    title: str
    fields: dict[str, str] = field(default_factory=dict)
    message: object = None
    """The decoded OTLP message."""


def records(exports: Iterable) -> list[Record]:
    """All records of some exports."""
    found = []
    for export in exports:
        found.extend({"traces": _spans, "logs": _logs, "metrics": _points}[export.signal](export.message))
    return found


def by_key(found: Iterable[Record]) -> dict[tuple, Record]:
    """Records by what stays the same."""
    return {record.key: record for record in found}


def text(value) -> str:
    """An OTLP AnyValue as people write it."""
    kind = value.WhichOneof("value")
    if kind == "kvlist_value":
        return "{" + ", ".join(f"{item.key}: {text(item.value)}" for item in value.kvlist_value.values) + "}"
    if kind == "array_value":
        return "[" + ", ".join(text(item) for item in value.array_value.values) + "]"
    if kind == "bytes_value":
        return value.bytes_value.hex()
    if kind == "bool_value":
        return str(value.bool_value).lower()
    return "" if kind is None else str(getattr(value, kind))


def attributes(message) -> dict[str, str]:
    """The attributes of any OTLP message."""
    return {item.key: text(item.value) for item in message.attributes}


def _service(resource) -> str:
    return attributes(resource).get("service.name", "?")


def _spans(request):
    for batch in request.resource_spans:
        for scope in batch.scope_spans:
            for span in scope.spans:
                fields = attributes(span)
                if span.status.message:
                    fields["@status.message"] = span.status.message
                for event in span.events:
                    fields |= {f"event/{key}": value for key, value in attributes(event).items()}
                yield Record("span", _service(batch.resource), ("span", span.span_id), span.name, fields, span)


def _logs(request):
    for batch in request.resource_logs:
        for scope in batch.scope_logs:
            for log in scope.log_records:
                fields = {}
                if log.HasField("body"):
                    fields["@body"] = text(log.body)
                fields |= attributes(log)
                service = _service(batch.resource)
                key = ("log", service, log.time_unix_nano, log.span_id)
                yield Record("log", service, key, log.severity_text, fields, log)


def _points(request):
    for batch in request.resource_metrics:
        for scope in batch.scope_metrics:
            for metric in scope.metrics:
                data = getattr(metric, metric.WhichOneof("data"))
                for at, point in enumerate(data.data_points):
                    fields = attributes(point)
                    if hasattr(point, "bucket_counts"):
                        fields["(count, sum)"] = f"{point.count}, {point.sum:.2f}"
                    else:
                        fields["(value)"] = str(getattr(point, point.WhichOneof("value")))
                    yield Record("point", _service(batch.resource), ("point", metric.name, at), metric.name, fields, point)
