"""What `frostglass utility` should say, computed by plain means: the published messages of OTLP, dictionaries and sorting.

Written from docs/guide/utility.md. Reads export requests in protobuf. Nothing here is fast or bounded, and nothing is shared
with the command.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from math import ceil

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUESTS = {"logs": ExportLogsServiceRequest, "traces": ExportTraceServiceRequest, "metrics": ExportMetricsServiceRequest}


@dataclass
class Record:
    """A span, a log record or a data point."""

    level: str
    position: int
    # What can be joined by, by selector, in order; and the number of all values, numbers included.
    values: dict[str, tuple] = field(default_factory=dict)
    leaves: int = 0
    start: int = 0
    end: int = 0
    trace: bytes = b""
    span: bytes = b""
    parent: bytes = b""
    failed: bool = False
    name: object = None
    service: object = None
    amount: float = 0.0

    def say(self, selector: str, value, joins: bool = True) -> None:
        self.leaves += 1
        if joins:
            self.values[selector] = (*self.values.get(selector, ()), (type(value).__name__, value))


def any_value(record: Record, selector: str, value) -> None:
    kind = value.WhichOneof("value")
    if kind == "kvlist_value":
        for pair in value.kvlist_value.values:
            any_value(record, f"{selector}.{pair.key}", pair.value)
    elif kind == "array_value":
        for element in value.array_value.values:
            any_value(record, selector, element)
    elif kind is not None:
        record.say(selector, getattr(value, kind))


def attributes(record: Record, level: str, pairs) -> None:
    for pair in pairs:
        any_value(record, f"{level}/{pair.key}", pair.value)
        if (level, pair.key) == ("resource", "service.name"):
            record.service = record.values[f"{level}/{pair.key}"]


def texts(record: Record, level: str, message, *names: str) -> None:
    """Built-in fields of text, ids and enums that are set."""
    for name in names:
        if value := getattr(message, name):
            record.say(f"{level}/@{name}", value)


def numbers(record: Record, message, *names: str) -> None:
    """Built-in fields of numbers that are set: counted, and not joined by."""
    for name in names:
        present = message.HasField(name) if message.DESCRIPTOR.fields_by_name[name].has_presence else getattr(message, name)
        if present:
            record.say("", 0, joins=False)


def shared(record: Record, group, scoped) -> None:
    attributes(record, "resource", group.resource.attributes)
    texts(record, "scope", scoped.scope, "name", "version")
    attributes(record, "scope", scoped.scope.attributes)


def span_of(span, position: int) -> Record:
    record = Record("span", position, start=span.start_time_unix_nano, end=span.end_time_unix_nano)
    record.trace, record.span, record.parent = span.trace_id, span.span_id, span.parent_span_id
    record.failed, record.name = span.status.code == 2, span.name or None
    texts(record, "span", span, "trace_id", "span_id", "trace_state", "parent_span_id", "name", "kind")
    numbers(record, span, "start_time_unix_nano", "end_time_unix_nano", "flags")
    attributes(record, "span", span.attributes)
    for event in span.events:
        numbers(record, event, "time_unix_nano")
        texts(record, "event", event, "name")
        attributes(record, "event", event.attributes)
    if span.status.message:
        record.say("span/@status.message", span.status.message)
    if span.status.code:
        record.say("span/@status.code", span.status.code)
    return record


def log_of(log, position: int) -> Record:
    record = Record("log", position, start=log.time_unix_nano, trace=log.trace_id, span=log.span_id)
    record.failed = log.severity_number >= 17
    numbers(record, log, "time_unix_nano", "observed_time_unix_nano", "flags")
    texts(record, "log", log, "severity_number", "severity_text", "trace_id", "span_id", "event_name")
    any_value(record, "log/@body", log.body)
    attributes(record, "log", log.attributes)
    return record


def points_of(metric, position: int) -> list[Record]:
    data = getattr(metric, metric.WhichOneof("data"))
    records = []
    for point in data.data_points:
        record = Record("point", position + len(records), start=point.time_unix_nano, name=metric.name)
        texts(record, "metric", metric, "name", "description", "unit")
        if hasattr(data, "aggregation_temporality"):
            texts(record, "metric", data, "aggregation_temporality")
        if getattr(data, "is_monotonic", False):
            record.say("metric/@is_monotonic", True)
        numbers(record, point, "start_time_unix_nano", "time_unix_nano", "flags")
        attributes(record, "point", point.attributes)
        if point.DESCRIPTOR.name == "HistogramDataPoint":
            numbers(record, point, "count", "sum", "min", "max")
            record.amount = point.sum
        else:
            numbers(record, point, "as_int", "as_double")
            record.amount = float(point.as_int or point.as_double)
        for exemplar in point.exemplars:
            numbers(record, exemplar, "time_unix_nano", "as_double", "as_int")
            texts(record, "exemplar", exemplar, "span_id", "trace_id")
            attributes(record, "exemplar", exemplar.filtered_attributes)
        records.append(record)
    return records


def read(payload: bytes, signal: str) -> list[Record]:
    request = REQUESTS[signal].FromString(payload)
    records: list[Record] = []
    for group in getattr(request, {"logs": "resource_logs", "traces": "resource_spans", "metrics": "resource_metrics"}[signal]):
        for scoped in getattr(group, {"logs": "scope_logs", "traces": "scope_spans", "metrics": "scope_metrics"}[signal]):
            for item in getattr(scoped, {"logs": "log_records", "traces": "spans", "metrics": "metrics"}[signal]):
                if signal == "metrics":
                    new = points_of(item, len(records))
                else:
                    new = [(span_of if signal == "traces" else log_of)(item, len(records))]
                for record in new:
                    shared(record, group, scoped)
                records.extend(new)
    return records


Pairs = list[tuple[Record | None, Record | None]]


def paired(before: list[Record], after: list[Record], by: str) -> Pairs:
    """Each record with what became of it. `by` is what the command says that it paired by."""
    if by == "position":
        longest = max(len(before), len(after))
        both = [[*side, *[None] * (longest - len(side))] for side in (before, after)]
        return list(zip(*both, strict=True))

    def key(record: Record):
        if by == "ids":
            return (record.trace, record.span, 0 if record.level == "span" else record.start)
        source = tuple((name, value) for name, value in record.values.items() if name.startswith("resource/"))
        if by == "durations":
            return (record.name, record.end - record.start, source)
        return (record.name, record.start, record.end, source if by == "times and resource" else None)

    waiting = defaultdict(list)
    for record in before:
        waiting[key(record)].append(record)
    pairs: Pairs = []
    for record in after:
        partners = waiting[key(record)]
        pairs.append((partners.pop(0) if partners else None, record))
    pairs.extend((record, None) for partners in waiting.values() for record in partners)
    return pairs


def equal_pairs(values: list) -> int:
    """Pairs of equal values, none of them missing."""
    return sum(count * (count - 1) // 2 for count in Counter(value for value in values if value is not None).values())


def equal_pairs_one_by_one(values: list) -> int:
    """The same, as the definition says it."""
    return sum(1 for one, other in combinations([value for value in values if value is not None], 2) if one == other)


def firsts(pairs: list[tuple]) -> tuple[dict, dict]:
    """How often each key comes, and the position of the first record that has it."""
    count, first = Counter(), {}
    for key, position in pairs:
        count[key] += 1
        first[key] = min(position, first.get(key, position))
    return count, first


def mostly(images: list[tuple]) -> dict:
    """What each value mostly became; `images` are (before, after, position after)."""
    count, first = firsts([((before, after), position) for before, after, position in images])
    best: dict = {}
    for (before, after), times in count.items():
        rank = (times, -first[before, after])
        if before not in best or rank > best[before][0]:
            best[before] = (rank, after)
    return {before: after for before, (_, after) in best.items()}


def top(values: list[tuple], k: int) -> list:
    count, first = firsts(values)
    return sorted(count, key=lambda value: (-count[value], first[value]))[:k]


def fields(pairs: Pairs, k: int = 10) -> dict[str, dict]:
    names = {name for pair in pairs for record in pair if record for name in record.values}
    figures = {}
    for name in names:
        column = [tuple(record.values.get(name) if record else None for record in pair) for pair in pairs]
        positions = [tuple(record.position if record else None for record in pair) for pair in pairs]
        before = [(b, p[0]) for (b, _), p in zip(column, positions, strict=True) if b is not None]
        after = [(a, p[1]) for (_, a), p in zip(column, positions, strict=True) if a is not None]
        both = [(b, a, p[1]) for (b, a), p in zip(column, positions, strict=True) if None not in (b, a)]
        kept = equal_pairs([(b, a) for b, a, _ in both])
        image, top_after = mostly(both), top(after, k)
        figures[name] = {
            "records_before": len(before),
            "records_after": len(after),
            "changed": sum(1 for b, a, _ in both if b != a),
            "counted": {
                "pairs": equal_pairs([b for b, _ in before]),
                "kept": kept,
                "wrong": equal_pairs([a for a, _ in after]) - kept,
                "values_before": len({b for b, _ in before}),
                "values_after": len({a for a, _ in after}),
                "top": len(top(before, k)),
                "top_kept": sum(1 for value in top(before, k) if image.get(value) in top_after),
            },
        }
    return figures


def traces(pairs: Pairs) -> dict:
    before = defaultdict(dict)
    after_of = {}
    for old, new in pairs:
        if old and old.level == "span":
            before[old.trace][old.span] = old
            after_of[old.trace, old.span] = new
    added = {new.trace for old, new in pairs if old is None and new}
    goes_to = {trace: {after_of[trace, span].trace for span in spans if after_of[trace, span]} for trace, spans in before.items()}
    held = Counter(trace for traces in goes_to.values() for trace in traces)
    figures = Counter(traces=len(before), intact=0, spans=0, parents_kept=0, contained_before=0, contained_after=0)
    for trace, spans in before.items():
        fine = len(goes_to[trace]) == 1 and all(held[one] == 1 and one not in added for one in goes_to[trace])
        for span, old in spans.items():
            new, parent = after_of[trace, span], spans.get(old.parent)
            new_parent = after_of[trace, old.parent] if parent else None
            if new is None:
                right = False
            elif not old.parent:
                right = not new.parent
            elif parent is None:
                right = bool(new.parent)
            else:
                right = new_parent is not None and (new.trace, new.parent) == (new_parent.trace, new_parent.span)
            figures["spans"] += 1
            figures["parents_kept"] += right
            fine = fine and right
            if parent and parent.start <= old.start and old.end <= parent.end:
                still = bool(new and new_parent and new_parent.start <= new.start and new.end <= new_parent.end)
                figures["contained_before"] += 1
                figures["contained_after"] += still
                fine = fine and still
        figures["intact"] += fine
    return dict(figures)


def errors(pairs: Pairs) -> dict:
    """Error ratios of services, of spans and log records."""
    sides = [defaultdict(list), defaultdict(list)]
    images = []
    for pair in pairs:
        for side, record in zip(sides, pair, strict=True):
            if record and record.level != "point" and record.service is not None:
                side[record.service].append(record.failed)
        old, new = pair
        if old and new and old.level != "point" and None not in (old.service, new.service):
            images.append((old.service, new.service, new.position))

    def ratio(failed: list[bool]) -> float:
        return sum(failed) / len(failed)

    def whole(side: dict) -> float | None:
        everything = [one for failed in side.values() for one in failed]
        return ratio(everything) if everything else None

    image = mostly(images)
    lost = [service for service in sides[0] if image.get(service) is None]
    off = [
        1.0 if service in lost else abs(ratio(sides[1][image[service]]) - ratio(failed)) for service, failed in sides[0].items()
    ]
    return {
        "services": len(sides[0]),
        "lost": len(lost),
        "worst": max(off, default=None),
        "ratio_before": whole(sides[0]),
        "ratio_after": whole(sides[1]),
    }


def quantiles(durations: list[int]) -> list[int]:
    ordered = sorted(durations)
    return [ordered[max(1, ceil(len(ordered) * hundredths / 100)) - 1] for hundredths in (50, 90, 99)]


def latency(pairs: Pairs) -> list[dict]:
    sides = [defaultdict(list), defaultdict(list)]
    names, images = [], []
    for old, new in pairs:
        for side, record in zip(sides, (old, new), strict=True):
            if record and record.level == "span" and record.name is not None:
                side[record.name].append(record.end - record.start)
        if old and old.level == "span":
            names.append((old.name, old.position))
            if new and new.name is not None:
                images.append((old.name, new.name, new.position))
    image = mostly(images)
    return [
        {
            "spans": len(sides[0][name]),
            "before_ns": quantiles(sides[0][name]),
            "after_ns": quantiles(sides[1][image[name]]) if name in image else None,
        }
        for name in top(names, len(names))
    ]


def windows(records: list[Record], wanted, measure: str, above: float, seconds: int, at_least: int) -> set[int]:
    """Windows in which an alert fires."""
    buckets = defaultdict(list)
    for record in records:
        if wanted(record):
            buckets[record.start // (seconds * 10**9)].append(record)
    fires = set()
    for at, inside in buckets.items():
        measured = {
            "count": len(inside),
            "error-ratio": sum(record.failed for record in inside) / len(inside),
            "latency-p99": quantiles([record.end - record.start for record in inside])[2] / 1e9,
        }[measure]
        if len(inside) >= at_least and measured > above:
            fires.add(at)
    return fires
