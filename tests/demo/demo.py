"""The demo: a shop's telemetry goes through the real Envoy and the real Collector, both with Frostglass, and you see what becomes
of it.

Everything shown is computed from what was sent and what arrived. Ends with 1 when anything that must not arrive did, or
when a request failed.
"""

from __future__ import annotations

import difflib
import statistics
import sys
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

from egress import POLICY, Egress, frostglass
from exports import Exports
from reading import Record, by_key, records
from screen import block, heading, paint, say, side_by_side, table, verdict
from shop import Endpoints, Shop, planted
from tier import Tier

HERE = Path(__file__).resolve().parent
CHANGED = HERE / "policy-changed.yaml"
WORK = HERE.parents[1] / ".build" / "demo"
VISITS = 24
PICTURE = """
  shop ──┬── Envoy with Frostglass ──── Collector with Frostglass ──── {behind_envoy}
         ├───────────────────────────── Collector with Frostglass ──── {direct}
         └───────────────────────────── a copy around both ─────────── the left column below
"""


def main() -> int:
    problems: list[str] = []
    without = Exports()
    heading("Starting Envoy and the OpenTelemetry Collector, one module and one policy in both")
    with Tier(WORK, POLICY) as tier, Egress(tier.behind_envoy, WORK) as egress:
        behind, direct = tier.written_behind_envoy, tier.written_directly
        say(PICTURE.strip("\n").format(behind_envoy=_short(behind.path), direct=_short(direct.path)))
        say(f"  policy {_short(POLICY)}; the Collector's configuration {_short(HERE / 'collector.yaml')}")
        ports = [(entry.http_port, entry.grpc_port) for entry in (egress, tier.direct, without)]
        shop = Shop(*[Endpoints(*pair) for pair in ports[:2]], around=Endpoints(*ports[2]))
        for _ in range(VISITS):
            shop.visit()
        shop.flush()
        tier.settle(shop.counts["sent"] - shop.counts["failed"])
        before, after = records(without.exports), records(behind.exports)
        say(f"  {VISITS} visits: {_count(before)} sent, {_count(after)} arrived.")

        problems += show_same(after, records(direct.exports))
        show_records(before, after)
        show_reasons(egress)
        show_proposals(without)
        problems += show_usable(before, after)
        problems += change_live(egress, tier, shop)
        if shop.counts["failed"]:
            problems.append(f"{shop.counts['failed']} of {shop.counts['sent']} export requests failed")
        problems += search_secrets(without, tier)
        shop.stop()
    without.close()
    say()
    for problem in problems:
        say(paint(f"PROBLEM: {problem}", "red"))
    if not problems:
        say("Next: `make up` keeps this running for your own telemetry; README.md says where to go from there.")
    return 1 if problems else 0


def show_same(behind: list[Record], direct: list[Record]) -> list[str]:
    """Compares what came by the two ways, record by record. Returns what differs."""
    heading("Two ways, one result")

    def said(found: list[Record]) -> Counter:
        # Each way has a metric reader of its own, so that the place and time of a point say nothing.
        return Counter((r.kind, r.service, r.title, r.kind == "point" or r.key, tuple(sorted(r.fields.items()))) for r in found)

    by_envoy, by_itself = said(behind), said(direct)
    differing = sum(((by_envoy - by_itself) + (by_itself - by_envoy)).values())
    text = f"by Envoy and the Collector: {_count(behind)}; by the Collector alone: {_count(direct)}; records that differ: {differing}"
    verdict(bool(behind) and not differing, text)
    return [] if behind and not differing else ["the two ways give different results"]


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


def show_proposals(without: Exports) -> None:
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


def change_live(egress: Egress, tier: Tier, shop: Shop) -> list[str]:
    """Changes the policy of both under load and looks at every request around the change."""
    heading("Now the policy changes, in both, while the shop goes on")
    old, new = POLICY.read_text().splitlines(), CHANGED.read_text().splitlines()
    for line in difflib.unified_diff(old, new, lineterm="", n=0):
        if line[:2] not in ("--", "++", "@@") and line[1:2] != "#":
            say("  " + paint(line, "green" if line[0] == "+" else "red"))
    ways = {"by Envoy and the Collector": tier.written_behind_envoy, "by the Collector alone": tier.written_directly}
    for written in ways.values():
        written.clear()
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
    taken = {"Envoy": egress.wait_for_change(digest_before)}
    took = {"Envoy": time.monotonic() - start}
    loads, start = tier.loads(), time.monotonic()
    say(paint(f"  $ cp {_short(CHANGED)} {_short(tier.policy)}", "cyan"))
    tier.put(CHANGED)
    taken["the Collector"] = tier.wait_for_change(loads)
    took["the Collector"] = time.monotonic() - start
    time.sleep(1)
    stop.set()
    thread.join()
    tier.settle(shop.counts["sent"] - shop.counts["failed"])
    sent, failed = shop.counts["sent"] - sent_before, shop.counts["failed"] - failed_before
    problems = []
    for host in taken:
        verdict(taken[host], f"{host} took the new policy {took[host] * 1000:.0f} ms after the file was written")
        problems += [] if taken[host] else [f"{host} did not take the new policy"]
    verdict(failed == 0, f"{sent} export requests meanwhile, {failed} failed")
    for way, written in ways.items():
        forms = [form for form in (_forms(records([export])) for export in written.exports) if form]
        mixed = sum(len(form) > 1 for form in forms)
        changed = any("new" in form for form in forms)
        verdict(mixed == 0, f"{way}: {len(forms)} carry a field that the change rules; {mixed} were treated by a mix of both policies")
        verdict(changed, f"{way}: shop.cart.items arrives, shop.payment.card does not any more")
        problems += [] if changed else [f"{way}: the new policy shows nowhere"]
        problems += [f"{way}: a payload was treated by two policies"] if mixed else []
    return problems


def search_secrets(without: Exports, tier: Tier) -> list[str]:
    """Searches every byte that arrived for everything that was planted."""
    heading("Search for what was planted, in every byte that arrived")
    sent = b"".join(export.raw for export in without.exports)
    secrets = planted()
    was_sent = sum(secret.encode() in sent for secret in secrets)
    problems = []
    for way, written in (("Envoy", tier.written_behind_envoy), ("the Collector alone", tier.written_directly)):
        leaks = [f"{what} arrived behind {way}: {secret}" for secret, what in secrets.items() if secret.encode() in written.raw]
        verdict(not leaks, f"{len(secrets)} planted values, {was_sent} of them sent; found behind {way}: {len(leaks)}")
        problems += leaks
    return problems


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
