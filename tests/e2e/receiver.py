"""A small OTLP receiver, HTTP and gRPC, that records what arrives as it arrives.

Keeps bytes and headers, decodes only when asked, and answers what the test tells it to: what a real backend would reject, or
answer in an odd way, is then a matter of one line.
"""

from __future__ import annotations

import socketserver
import threading
from concurrent import futures
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import grpc

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUESTS = {
    "/v1/logs": ExportLogsServiceRequest,
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
    "/v1development/profiles": ExportProfilesServiceRequest,
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export": ExportLogsServiceRequest,
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export": ExportTraceServiceRequest,
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": ExportMetricsServiceRequest,
}


@dataclass
class Arrival:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    chunked: bool = False
    trailers: dict[str, str] = field(default_factory=dict)

    def message(self):
        """The body as the export request that its path stands for."""
        return REQUESTS[self.path.split("?")[0]].FromString(self.body)


@dataclass
class Answer:
    """What the HTTP side answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    chunked: bool = False


class Receiver:
    """Listens on two loopback ports (0 takes free ones) until closed."""

    def __init__(self, http_port: int = 0, grpc_port: int = 0):
        self.arrivals: list[Arrival] = []
        self.answer: Answer | None = None
        self.grpc_answer = b""
        self.grpc_status = grpc.StatusCode.OK
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                chunked = self.headers.get("transfer-encoding", "").lower() == "chunked"
                trailers = {}
                if chunked:
                    body = b""
                    while size := int(self.rfile.readline().split(b";")[0], 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    while (line := self.rfile.readline().strip()):
                        name, _, value = line.decode("latin-1").partition(":")
                        trailers[name.lower()] = value.strip()
                else:
                    body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.record(Arrival(self.path, headers, body, chunked, trailers))
                answer = receiver.answer or Answer(headers={"content-type": headers.get("content-type", "")})
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.chunked:
                    self.send_header("transfer-encoding", "chunked")
                    self.end_headers()
                    for byte in answer.body:
                        self.wfile.write(b"1\r\n%c\r\n" % byte)
                    self.wfile.write(b"0\r\n\r\n")
                else:
                    self.send_header("content-length", str(len(answer.body)))
                    self.end_headers()
                    self.wfile.write(answer.body)

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 128

        self._http = Server(("127.0.0.1", http_port), Handler)
        self.http_port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

        class Service(grpc.GenericRpcHandler):
            def service(self, call):
                if call.method not in REQUESTS:
                    return None

                def export(messages, context):
                    headers = {key: value for key, value in context.invocation_metadata()}
                    for body in messages:
                        receiver.record(Arrival(call.method, headers, body))
                    if receiver.grpc_status != grpc.StatusCode.OK:
                        context.abort(receiver.grpc_status, "said by the receiver")
                    return receiver.grpc_answer

                # Takes a stream, so that bodies of several messages arrive too.
                return grpc.stream_unary_rpc_method_handler(export)

        self._grpc = grpc.server(
            futures.ThreadPoolExecutor(8),
            handlers=[Service()],
            options=[("grpc.max_receive_message_length", 64 << 20)],
        )
        self.grpc_port = self._grpc.add_insecure_port(f"127.0.0.1:{grpc_port}")
        self._grpc.start()

    def record(self, arrival: Arrival) -> None:
        with self._lock:
            self.arrivals.append(arrival)

    def reset(self) -> None:
        """Forgets what arrived and answers plainly again."""
        with self._lock:
            self.arrivals = []
        self.answer = None
        self.grpc_answer = b""
        self.grpc_status = grpc.StatusCode.OK

    def one(self) -> Arrival:
        """The only arrival."""
        assert len(self.arrivals) == 1, f"{len(self.arrivals)} requests arrived"
        return self.arrivals[0]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._grpc.stop(0).wait()
