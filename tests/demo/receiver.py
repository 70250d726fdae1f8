"""A small OTLP receiver over HTTP and gRPC: keeps what arrives, decoded and raw.

Answers as the OTLP specification says (protobuf or JSON as asked, an empty success). Takes identity and gzip, whole and
chunked bodies. Serves the loopback only. Judges nothing: what arrived is for others to look at.
"""

from __future__ import annotations

import gzip
import threading
from concurrent import futures
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

SIGNALS = {
    "logs": (logs_service_pb2.ExportLogsServiceRequest, logs_service_pb2.ExportLogsServiceResponse),
    "metrics": (metrics_service_pb2.ExportMetricsServiceRequest, metrics_service_pb2.ExportMetricsServiceResponse),
    "traces": (trace_service_pb2.ExportTraceServiceRequest, trace_service_pb2.ExportTraceServiceResponse),
}
GRPC_METHODS = {
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export": "logs",
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": "metrics",
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export": "traces",
}


@dataclass
class Export:
    """One export request as it arrived."""

    signal: str
    transport: str
    raw: bytes
    """The body, decompressed."""
    message: object
    """The decoded export request."""
    headers: dict[str, str] = field(default_factory=dict)


class Receiver:
    """Listens on two loopback ports (0 picks free ones) until `stop`. `on_export` is called from the server's threads.
    With `keep=False` exports are shown to `on_export` and forgotten."""

    def __init__(self, http_port: int = 0, grpc_port: int = 0, on_export=None, keep: bool = True):
        self._keep = keep
        self._exports: list[Export] = []
        self._arrival = threading.Condition()
        self._on_export = on_export
        self._http = ThreadingHTTPServer(("127.0.0.1", http_port), _http_handler(self))
        self._http.daemon_threads = True
        self.http_port = self._http.server_address[1]
        self._grpc = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
        self._grpc.add_generic_rpc_handlers((_GrpcHandler(self),))
        self.grpc_port = self._grpc.add_insecure_port(f"127.0.0.1:{grpc_port}")
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        self._grpc.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._grpc.stop(grace=0.2).wait()

    def take(self, export: Export) -> None:
        with self._arrival:
            if self._keep:
                self._exports.append(export)
            self._arrival.notify_all()
        if self._on_export:
            self._on_export(export)

    @property
    def exports(self) -> list[Export]:
        """What has arrived so far, in order of arrival."""
        with self._arrival:
            return list(self._exports)

    def clear(self) -> None:
        with self._arrival:
            self._exports.clear()

    def wait_for(self, count: int, seconds: float = 10) -> bool:
        """Waits until `count` exports have arrived since the start or the last `clear`."""
        with self._arrival:
            return self._arrival.wait_for(lambda: len(self._exports) >= count, seconds)


def _http_handler(receiver: Receiver):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self._body()
            signal = self.path.split("?")[0].removeprefix("/v1/")
            if signal not in SIGNALS:
                return self._answer(404, "text/plain", b"not an OTLP path\n")
            request_type, response_type = SIGNALS[signal]
            content_type = self.headers.get("content-type", "").split(";")[0].strip()
            message = request_type()
            try:
                if self.headers.get("content-encoding", "identity") == "gzip":
                    body = gzip.decompress(body)
                if content_type == "application/json":
                    json_format.Parse(_ids_as_base64(body), message)
                else:
                    message.ParseFromString(body)
            except Exception as error:  # whatever a decoder raises, the sender hears 400 and the receiver lives on
                return self._answer(400, "text/plain", f"{type(error).__name__}\n".encode())
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.take(Export(signal, "http", body, message, headers))
            if content_type == "application/json":
                return self._answer(200, content_type, b"{}")
            return self._answer(200, "application/x-protobuf", response_type().SerializeToString())

        def _body(self) -> bytes:
            if self.headers.get("transfer-encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("content-length", 0)))
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():  # trailers
                pass
            return b"".join(parts)

        def _answer(self, status: int, content_type: str, body: bytes):
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


class _GrpcHandler(grpc.GenericRpcHandler):
    def __init__(self, receiver: Receiver):
        self._receiver = receiver

    def service(self, call):
        signal = GRPC_METHODS.get(call.method)
        if signal is None:
            return None
        request_type, response_type = SIGNALS[signal]

        def export(raw: bytes, context):
            message = request_type()
            message.ParseFromString(raw)
            headers = {entry.key: str(entry.value) for entry in context.invocation_metadata()}
            self._receiver.take(Export(signal, "grpc", raw, message, headers))
            return response_type()

        return grpc.unary_unary_rpc_method_handler(export, response_serializer=lambda message: message.SerializeToString())


def _ids_as_base64(body: bytes) -> str:
    """OTLP/JSON writes trace and span ids as hex where protobuf's JSON mapping expects base64."""
    import base64
    import re

    def convert(match: re.Match) -> str:
        return f'{match[1]}"{base64.b64encode(bytes.fromhex(match[2])).decode()}"'

    return re.sub(r'("(?:traceId|spanId|parentSpanId)"\s*:\s*)"([0-9a-fA-F]*)"', convert, body.decode("utf-8"))
