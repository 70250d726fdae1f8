"""The demo: a shop's telemetry goes through the real Envoy with Frostglass, and you see what becomes of it.

Everything shown is computed from what was sent and what arrived. Ends with 1 when anything that must not arrive did, or
when a request failed.
"""

from __future__ import annotations

import difflib
import statistics
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

from egress import POLICY, Egress, frostglass
from reading import Record, by_key, records
from receiver import Receiver
from screen import block, heading, paint, say, side_by_side, table, verdict
from shop import Endpoints, Shop, planted

HERE = Path(__file__).resolve().parent
CHANGED = HERE / "policy-changed.yaml"
WORK = HERE.parents[1] / ".build" / "demo"
VISITS = 24


def main() -> int:
    problems: list[str] = []
    without, behind = Receiver(), Receiver()
    heading("Starting Envoy with the Frostglass filter")
    with Egress(behind, WORK) as egress:
        say(f"  OTLP/HTTP 127.0.0.1:{egress.http_port}, OTLP/gRPC 127.0.0.1:{egress.grpc_port}; policy {_short(POLICY)}")
        say("  The shop also sends a copy around Envoy: that is the left column below.")
        shop = Shop(Endpoints(egress.http_port, egress.grpc_port), Endpoints(without.http_port, without.grpc_port))
        for _ in range(VISITS):
            shop.visit()
        shop.flush()
        before, after = records(without.exports), records(behind.exports)
        say(f"  {VISITS} visits: {_count(before)} sent, {_count(after)} arrived.")

        show_records(before, after)
        show_reasons(egress)
        show_proposals(without)
        problems += show_usable(before, after)
        problems += change_live(egress, shop, behind)
        if shop.counts["failed"]:
            problems.append(f"{shop.counts['failed']} of {shop.counts['sent']} export requests failed")
        problems += search_secrets(without, behind)
        shop.stop()
    without.stop()
    behind.stop()
    say()
    for problem in problems:
        say(paint(f"PROBLEM: {problem}", "red"))
    if not problems:
        say("Next: `make up` keeps this running for your own telemetry; README.md says where to go from there.")
    return 1 if problems else 0


def show_records(before: list[Record], after: list[Record]) -> None:
    """A few records side by side: one of each kind that matters."""
    heading("Before and after: the same records, left as sent, right as they arrived")
    arrived = by_key(after)
    wanted = [
        ("the span of a checkout whose payment failed", lambda r: r.kind == "span" and r.fields.get("http.response.status_code") == "402"),
        ("its SQL", lambda r: r.kind == "span" and "INSERT" in r.fields.get("db.query.text", "")),
        ("the charge, with the exception", lambda r: r.kind == "span" and "event/exception.type" in r.fields),
        ("a log line of a failed login", lambda r: r.kind == "log" and "password=" in r.fields["@body"]),
        ("a log line with credentials", lambda r: r.kind == "log" and "Bearer" in r.fields["@body"]),
        ("an event whose body is structured", lambda r: r.kind == "log" and r.fields["@body"].startswith("{")),
        ("a metric by user", lambda r: r.title == "shop.orders"),
    ]
    for what, is_wanted in wanted:
        sent = next((record for record in before if is_wanted(record)), None)
        if sent is not None:
            got = arrived.get(sent.key)
            side_by_side(f"{sent.title} ({sent.service}): {what}", sent.fields, got.fields if got else None)


def show_reasons(egress: Egress) -> None:
    """What was treated, by the filter's own metrics, and why, by `frostglass explain`."""
    heading("What was treated (the filter's metrics on Envoy's Prometheus page)")
    rows = egress.treated()
    table([(kind, treatment, int(number)) for (kind, treatment), number in sorted(rows.items(), key=lambda item: -item[1])], ("class", "treatment", "fields"))
    heading("Why (frostglass explain)")
    for question in (
        ["user.email", "ann.miller@example.org"],
        ["span/http.request.header.authorization"],
        ["event/exception.message", "card 4111 1111 1111 1111 of ann.miller@example.org declined"],
        ["span/shop.cart.items"],
    ):
        say(paint(f"  $ frostglass explain {' '.join(_quoted(word) for word in question)} -p {_short(POLICY)}", "cyan"))
        block(frostglass("explain", *question, "-p", POLICY), 12)
        say()


def show_proposals(without: Receiver) -> None:
    """What `frostglass discover` says about fields that nobody classed."""
    heading("Fields that nobody classed are suppressed; frostglass discover proposes lines for them")
    folder = WORK / "sent"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.pb"):
        old.unlink()
    for number, export in enumerate(without.exports):
        (folder / f"{number:02}-{export.signal}.pb").write_bytes(export.raw)
    files = sorted(folder.glob("*-traces.pb"))
    say(paint(f"  $ frostglass discover -f otlp-proto -s traces -p {_short(POLICY)} {_short(folder)}/*-traces.pb", "cyan"))
    block(frostglass("discover", "-f", "otlp-proto", "-s", "traces", "-p", POLICY, *files))


def show_usable(before: list[Record], after: list[Record]) -> list[str]:
    """What people debug with, compared. Returns what got lost."""
    heading("What stayed usable (computed from what arrived)")
    spans_before, spans_after = _spans(before), _spans(after)
    checks = [
        ("spans", len(spans_before), len(spans_after)),
        ("traces whose tree is whole", _whole_traces(spans_before), _whole_traces(spans_after)),
        ("median and 95th percentile of request latency, ms", _latencies(spans_before), _latencies(spans_after)),
        ("failed spans", _failed(spans_before), _failed(spans_after)),
        ("status codes", _values(spans_before, "http.response.status_code"), _values(spans_after, "http.response.status_code")),
        ("error types", _values(spans_before, "error.type"), _values(spans_after, "error.type")),
        ("exception types in logs", _values(_logs(before), "exception.type"), _values(_logs(after), "exception.type")),
        ("orders placed (metric)", _orders(before), _orders(after)),
        ("traces by user, by id or by token", _groups(before, "trace"), _groups(after, "trace")),
        ("log records by user, by id or by token", _groups(before, "log"), _groups(after, "log")),
        ("log lines that join to spans by an e-mail address or its token in the text", _joined(before), _joined(after)),
    ]
    lost = []
    for what, sent, arrived in checks:
        verdict(sent == arrived, f"{what}: {_plain(arrived)}" + ("" if sent == arrived else f" (sent: {_plain(sent)})"))
        if sent != arrived:
            lost.append(f"changed on the way: {what}")
    return lost


def change_live(egress: Egress, shop: Shop, behind: Receiver) -> list[str]:
    """Changes the policy under load and looks at every request around the change."""
    heading("Now the policy changes, while the shop goes on")
    old, new = POLICY.read_text().splitlines(), CHANGED.read_text().splitlines()
    for line in difflib.unified_diff(old, new, lineterm="", n=0):
        if line[:2] not in ("--", "++", "@@") and line[1:2] != "#":
            say("  " + paint(line, "green" if line[0] == "+" else "red"))
    behind.clear()
    sent_before, failed_before = shop.counts["sent"], shop.counts["failed"]
    stop = threading.Event()

    def traffic():
        while not stop.is_set():
            shop.visit()
            shop.flush()

    thread = threading.Thread(target=traffic)
    thread.start()
    time.sleep(1)
    digest_before, start = egress.digests(), time.monotonic()
    say(paint(f"  $ frostglass render --envoy {_short(CHANGED)} -o {_short(egress.resource)}", "cyan"))
    block(egress.render(CHANGED))
    taken = egress.wait_for_change(digest_before)
    took = time.monotonic() - start
    time.sleep(1)
    stop.set()
    thread.join()
    sent, failed = shop.counts["sent"] - sent_before, shop.counts["failed"] - failed_before
    forms = [_forms(records([export])) for export in behind.exports]
    forms = [form for form in forms if form]
    mixed = sum(len(form) > 1 for form in forms)
    first_new = next((at for at, form in enumerate(forms) if "new" in form), None)
    verdict(taken, f"Envoy took the new policy {took * 1000:.0f} ms after the file was written")
    verdict(failed == 0, f"{sent} export requests meanwhile, {failed} failed")
    verdict(mixed == 0, f"{len(forms)} of them carry a field that the change rules; {mixed} were treated by a mix of both policies")
    verdict(first_new is not None, "shop.cart.items arrives, shop.payment.card does not any more")
    problems = [] if taken and first_new is not None else ["the new policy was not taken"]
    return problems + (["a payload was treated by two policies"] if mixed else [])


def search_secrets(without: Receiver, behind: Receiver) -> list[str]:
    """Searches every byte that arrived for everything that was planted."""
    heading("Search for what was planted, in every byte that arrived")
    leaks, sent = [], b"".join(export.raw for export in without.exports)
    arrived = b"".join(export.raw for export in behind.exports)
    arrived += "\n".join(f"{key}: {value}" for export in behind.exports for key, value in export.headers.items()).encode()
    secrets = planted()
    was_sent = sum(secret.encode() in sent for secret in secrets)
    for secret, what in secrets.items():
        if secret.encode() in arrived:
            leaks.append(f"{what} arrived: {secret}")
    verdict(not leaks, f"{len(secrets)} planted values, {was_sent} of them sent; found behind Envoy: {len(leaks)}")
    return leaks


# --- reading what arrived ---


def _spans(found: list[Record]) -> list[Record]:
    return [record for record in found if record.kind == "span"]


def _logs(found: list[Record]) -> list[Record]:
    return [record for record in found if record.kind == "log"]


def _count(found: list[Record]) -> str:
    kinds = defaultdict(int)
    for record in found:
        kinds[record.kind] += 1
    return f"{kinds['span']} spans, {kinds['log']} log records, {kinds['point']} metric points"


def _whole_traces(spans: list[Record]) -> int:
    ids = {span.message.span_id for span in spans}
    traces = defaultdict(list)
    for span in spans:
        traces[span.message.trace_id].append(span.message.parent_span_id)
    return sum(all(parent == b"" or parent in ids for parent in parents) for parents in traces.values())


def _latencies(spans: list[Record]) -> tuple[int, int]:
    millis = sorted((s.message.end_time_unix_nano - s.message.start_time_unix_nano) / 1e6 for s in spans if s.message.kind == 2)
    return (round(statistics.median(millis)), round(millis[int(len(millis) * 0.95)])) if millis else (0, 0)


def _failed(spans: list[Record]) -> int:
    return sum(span.message.status.code == 2 for span in spans)


def _values(found: list[Record], name: str) -> dict[str, int]:
    counts = defaultdict(int)
    for record in found:
        if name in record.fields:
            counts[record.fields[name]] += 1
    return dict(sorted(counts.items()))


def _orders(found: list[Record]) -> int:
    return sum(int(record.fields["(value)"]) for record in found if record.title == "shop.orders")


def _groups(found: list[Record], what: str) -> list[int]:
    """Sizes of the groups that `user.id` makes: equal before and after, if tokens join like ids."""
    groups = defaultdict(set)
    for record in found:
        if "user.id" in record.fields:
            if what == "trace" and record.kind == "span":
                groups[record.fields["user.id"]].add(record.message.trace_id)
            elif what == "log" and record.kind == "log":
                groups[record.fields["user.id"]].add(record.key)
    return sorted(len(group) for group in groups.values())


def _joined(found: list[Record]) -> int:
    """Log records in whose text the `user.email` of a span stands."""
    users = {record.fields["user.email"] for record in _spans(found) if "user.email" in record.fields}
    return sum(any(user in record.fields.get("@body", "") for user in users) for record in _logs(found))


def _forms(found: list[Record]) -> set[str]:
    """By which policy the records were treated, as far as their fields tell."""
    forms = set()
    for record in found:
        if record.kind == "span" and record.title == "charge card":
            forms.add("old" if "shop.payment.card" in record.fields else "new")
        elif record.kind == "span" and "shop.order.id" in record.fields:
            forms.add("new" if "shop.cart.items" in record.fields else "old")
    return forms


# --- wording ---


def _plain(value) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {count} x" for key, count in value.items())
    if isinstance(value, (tuple, list)):
        return ", ".join(str(item) for item in value)
    return str(value)


def _short(path: Path) -> str:
    root = HERE.parents[1]
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word else word


if __name__ == "__main__":
    sys.exit(main())
