"""A small web shop that says too much: its two services send logs, traces and metrics with the real OpenTelemetry SDK.

`storefront` exports over OTLP/HTTP, `payments` over OTLP/gRPC; every trace crosses both. Nothing here knows Frostglass.
All persons are invented, all addresses are of example.org and the documentation ranges, all cards are test numbers.
What must never arrive is listed in `planted`.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1LTEwMDEiLCJuYW1lIjoiQW5uIn0.c2lnbmF0dXJlLW9mLXRoZS1kZW1v"
PASSWORD = "Winter-2026!"


@dataclass(frozen=True)
class Person:
    """A customer of the shop."""

    id: str
    name: str
    email: str
    address: str
    card: str
    loyalty: str
    phone: str

    @property
    def session(self) -> str:
        return "s3ss10n-" + self.loyalty[::-1].replace("-", "q")


PEOPLE = [
    Person("u-1001", "Ann Miller", "ann.miller@example.org", "203.0.113.7", "4111 1111 1111 1111", "LC-7719302", "+49 30 901820"),
    Person("u-1002", "Ben Okafor", "ben.okafor@example.org", "198.51.100.23", "5555 5555 5555 4444", "LC-7719518", "+44 20 7946 0958"),
    Person("u-1003", "Chiara Conti", "chiara@mail.example.org", "2001:db8:4f::1a7", "4012 8888 8888 1881", "LC-7720044", "+39 06 6982 1234"),
]


def planted() -> dict[str, str]:
    """What must never be found in what left: the secret text, and what it is."""
    secrets = {JWT: "a session token", PASSWORD: "a password"}
    for person in PEOPLE:
        first = person.name.split()[0]
        secrets |= {
            person.email: f"{first}'s e-mail address",
            person.name: f"{first}'s name",
            person.address: f"{first}'s IP address",
            person.card: f"{first}'s card",
            person.card.replace(" ", ""): f"{first}'s card, unspaced",
            person.loyalty: f"{first}'s loyalty card",
            person.session: f"{first}'s session",
            person.phone: f"{first}'s phone number",
        }
    return secrets


class PaymentDeclined(Exception):
    """The provider said no."""


@dataclass(frozen=True)
class Endpoints:
    """Where telemetry goes: an OTLP/HTTP and an OTLP/gRPC port of the loopback."""

    http_port: int
    grpc_port: int


class _Counted:
    """An exporter that remembers how many of its requests failed, and else is the SDK's own."""

    def __init__(self, exporter, counts: dict[str, int]):
        self._exporter = exporter
        self._counts = counts

    def export(self, *args, **kwargs):
        result = self._exporter.export(*args, **kwargs)
        self._counts["sent"] += 1
        self._counts["failed"] += result.name != "SUCCESS"
        return result

    def __getattr__(self, name):
        return getattr(self._exporter, name)


class _Service:
    """One service with the SDK set up as its users do: batch processors, a periodic reader, Python's logging."""

    def __init__(self, name: str, transport: str, targets: tuple[Endpoints, ...], around: Endpoints, counts: dict[str, int]):
        resource = Resource.create(
            {
                "service.name": name,
                "service.version": "4.2.0",
                "deployment.environment.name": "demo",
                "host.name": "shop-node-7.internal.example.org",
            }
        )
        self._tracers = TracerProvider(resource=resource)
        self._logs = LoggerProvider(resource=resource)
        readers = []
        for target in (*targets, around):
            tally = {"sent": 0, "failed": 0} if target is around else counts
            spans, logs, metrics = _exporters(transport, target)
            self._tracers.add_span_processor(BatchSpanProcessor(_Counted(spans, tally)))
            self._logs.add_log_record_processor(BatchLogRecordProcessor(_Counted(logs, tally)))
            readers.append(PeriodicExportingMetricReader(_metrics(metrics, tally), export_interval_millis=3_600_000))
        self._meters = MeterProvider(resource=resource, metric_readers=readers)
        self.tracer = self._tracers.get_tracer(name, "4.2.0")
        self.meter = self._meters.get_meter(name, "4.2.0")
        self.events = self._logs.get_logger(name)
        self.log = logging.Logger(name, logging.DEBUG)
        self.log.addHandler(LoggingHandler(logger_provider=self._logs))

    def flush(self) -> None:
        self._tracers.force_flush(10_000)
        self._logs.force_flush(10_000)
        self._meters.force_flush(10_000)

    def stop(self) -> None:
        self._tracers.shutdown()
        self._logs.shutdown()
        self._meters.shutdown()


def _exporters(transport: str, target: Endpoints):
    if transport == "http":
        base = f"http://127.0.0.1:{target.http_port}/v1"
        return HttpSpanExporter(f"{base}/traces"), HttpLogExporter(f"{base}/logs"), HttpMetricExporter(f"{base}/metrics")
    at = f"127.0.0.1:{target.grpc_port}"
    options = {"endpoint": at, "insecure": True}
    return GrpcSpanExporter(**options), GrpcLogExporter(**options), GrpcMetricExporter(**options)


def _metrics(exporter, tally: dict[str, int]):
    # The reader checks the exporter's type, so the counting wraps the method and not the object.
    export = exporter.export

    def counted(*args, **kwargs):
        result = export(*args, **kwargs)
        tally["sent"] += 1
        tally["failed"] += result.name != "SUCCESS"
        return result

    exporter.export = counted
    return exporter


class Shop:
    """The shop, sending to each of `targets`, and a copy to `around`. `counts` tells how many requests to the targets were sent
    and failed."""

    def __init__(self, *targets: Endpoints, around: Endpoints):
        self.counts = {"sent": 0, "failed": 0}
        self._front = _Service("storefront", "http", targets, around, self.counts)
        self._pay = _Service("payments", "grpc", targets, around, self.counts)
        self._random = random.Random(7)
        self._visits = 0
        meter = self._front.meter
        self._duration = meter.create_histogram("http.server.request.duration", unit="s", description="Duration of HTTP server requests.")
        self._orders = meter.create_counter("shop.orders", unit="{order}", description="Orders placed")
        self._charges = self._pay.meter.create_histogram("shop.charge.amount", unit="EUR", description="Amounts charged")

    def visit(self) -> None:
        """One customer comes by: signs in, then buys; some sign-ins and some payments fail."""
        person = PEOPLE[self._visits % len(PEOPLE)]
        self._visits += 1
        if self._login(person, succeeds=self._visits % 4 != 0):
            self._checkout(person, declined=self._visits % 5 == 0)

    def flush(self) -> None:
        self._front.flush()
        self._pay.flush()

    def stop(self) -> None:
        self._front.stop()
        self._pay.stop()

    def _login(self, person: Person, succeeds: bool) -> bool:
        status = 200 if succeeds else 401
        with self._request(person, "POST", "/login", f"?email={person.email}&next=/cart", status):
            self._query(f"SELECT id, password_hash FROM customers WHERE email = '{person.email}' LIMIT 1", "SELECT customers")
            if succeeds:
                self._front.log.info("login of %s from %s succeeded", person.email, person.address)
            else:
                self._front.log.warning("login failed for user %s: password=%s does not match", person.email, PASSWORD)
        return succeeds

    def _checkout(self, person: Person, declined: bool) -> None:
        amount = round(self._random.uniform(9, 240), 2)
        order = f"ORD-{40_000_000 + self._visits}"
        status = 402 if declined else 201
        with self._request(person, "POST", "/checkout", f"?session={person.session}&currency=EUR", status) as span:
            span.set_attribute("shop.cart.items", self._random.randint(1, 6))
            span.set_attribute("shop.order.id", order)
            span.set_attribute("shop.loyalty.card", person.loyalty)
            span.set_attribute("shop.gift.receipt_to", PEOPLE[self._visits % len(PEOPLE)].email)
            self._query(
                f"INSERT INTO orders (id, customer, phone, total) VALUES ('{order}', '{person.name}', '{person.phone}', {amount})",
                "INSERT orders",
            )
            self._charge(person, amount, declined)
            if declined:
                return
            self._orders.add(1, {"user.id": person.id, "shop.payment.method": "card"})
            self._front.events.emit(
                LogRecord(
                    timestamp=time.time_ns(),
                    severity_number=SeverityNumber.INFO,
                    severity_text="INFO",
                    event_name="shop.order.placed",
                    body={"order": order, "total": amount, "customer": {"name": person.name, "email": person.email}},
                    attributes={"user.id": person.id},
                )
            )

    def _charge(self, person: Person, amount: float, declined: bool) -> None:
        start = time.time_ns()
        with self._pay.tracer.start_as_current_span("charge card", kind=SpanKind.SERVER, start_time=start, end_on_exit=False) as span:
            span.set_attribute("user.id", person.id)
            span.set_attribute("shop.payment.provider", "paywell")
            span.set_attribute("shop.payment.card", person.card)
            self._pay.log.debug("POST https://api.paywell.example.org/charge?pan=%s authorization: Bearer %s", person.card.replace(" ", ""), JWT)
            self._charges.record(amount, {"shop.payment.provider": "paywell", "client.address": person.address})
            if declined:
                try:
                    raise PaymentDeclined(f"card {person.card} of {person.email} declined: insufficient funds")
                except PaymentDeclined as error:
                    span.record_exception(error)
                    span.set_status(Status(StatusCode.ERROR, f"declined for {person.email}"))
                    span.set_attribute("error.type", "PaymentDeclined")
                    self._pay.log.exception("payment of %s failed, amount %.2f EUR", person.email, amount)
            span.end(start + self._nanos(0.08, 0.4))

    def _request(self, person: Person, method: str, route: str, query: str, status: int):
        return _Request(self, person, method, route, query, status)

    def _query(self, text: str, name: str) -> None:
        start = time.time_ns()
        span = self._front.tracer.start_span(name, kind=SpanKind.CLIENT, start_time=start)
        span.set_attribute("db.system.name", "postgresql")
        span.set_attribute("db.namespace", "shop")
        span.set_attribute("db.query.summary", name)
        span.set_attribute("db.query.text", text)
        span.end(start + self._nanos(0.001, 0.02))

    def _nanos(self, low: float, high: float) -> int:
        return int(self._random.uniform(low, high) * 1e9)


class _Request:
    """The server span of one request, with the attributes that an HTTP instrumentation sets."""

    def __init__(self, shop: Shop, person: Person, method: str, route: str, query: str, status: int):
        self._shop, self._status, self._method, self._route = shop, status, method, route
        self._start = time.time_ns()
        self._nanos = shop._nanos(0.15, 0.9)
        attributes = {
            "http.request.method": method,
            "http.route": route,
            "url.path": route,
            "url.full": f"https://shop.example.org{route}{query}",
            "http.response.status_code": status,
            "client.address": person.address,
            "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "user.id": person.id,
            "user.email": person.email,
            "session.id": person.session,
            "http.request.header.authorization": [f"Bearer {JWT}"],
        }
        self._span = shop._front.tracer.start_span(
            f"{method} {route}", kind=SpanKind.SERVER, start_time=self._start, attributes=attributes
        )

    def __enter__(self) -> trace.Span:
        self._scope = trace.use_span(self._span, end_on_exit=False)
        self._scope.__enter__()
        return self._span

    def __exit__(self, *error) -> None:
        if self._status >= 400:
            self._span.set_attribute("error.type", str(self._status))
        self._scope.__exit__(*error)
        self._span.end(self._start + self._nanos)
        labels = {"http.request.method": self._method, "http.route": self._route, "http.response.status_code": self._status}
        self._shop._duration.record(self._nanos / 1e9, labels)
