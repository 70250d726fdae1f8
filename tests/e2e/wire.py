"""Clients that send exactly the bytes that a test wants, also those that no decent client would."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events


def frame(message: bytes, flag: int = 0) -> bytes:
    """One gRPC message with its prefix."""
    return bytes([flag]) + len(message).to_bytes(4, "big") + message


def raw_http1(port: int, *pieces: bytes, half_close: bool = False, seconds: float = 10) -> bytes:
    """Sends pieces, each in a packet of its own, and reads until the other side closes or is silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


@dataclass
class Reply:
    """What came back on one stream."""

    headers: dict[str, str] = field(default_factory=dict)
    trailers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    reset: int | None = None

    @property
    def status(self) -> int:
        return int(self.headers.get(":status", 0))

    @property
    def grpc_status(self) -> int | None:
        value = self.trailers.get("grpc-status", self.headers.get("grpc-status"))
        return None if value is None else int(value)

    @property
    def grpc_message(self) -> str:
        return self.trailers.get("grpc-message", self.headers.get("grpc-message", ""))


class Http2:
    """One HTTP/2 connection without TLS."""

    def __init__(self, port: int, seconds: float = 10):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = h2.config.H2Configuration(
            client_side=True, header_encoding=None, validate_outbound_headers=False, normalize_outbound_headers=False
        )
        self._connection = h2.connection.H2Connection(config)
        self._connection.initiate_connection()
        self._flush()

    def __enter__(self) -> Http2:
        return self

    def __exit__(self, *_) -> None:
        self._socket.close()

    def _flush(self) -> None:
        if data := self._connection.data_to_send():
            self._socket.sendall(data)

    def start(self, path: str, content_type: str, headers: dict[str, str | bytes] | None = None, end: bool = False) -> int:
        stream = self._connection.get_next_available_stream_id()
        head = [(":method", "POST"), (":scheme", "http"), (":authority", "localhost"), (":path", path)]
        head += [("content-type", content_type), ("te", "trailers"), *(headers or {}).items()]
        encode = lambda text: text if isinstance(text, bytes) else text.encode()
        self._connection.send_headers(stream, [(encode(name), encode(value)) for name, value in head], end_stream=end)
        self._flush()
        return stream

    def send(self, stream: int, data: bytes, end: bool = False) -> None:
        self._connection.send_data(stream, data, end_stream=end)
        self._flush()

    def send_trailers(self, stream: int, trailers: dict[str, str]) -> None:
        self._connection.send_headers(stream, list(trailers.items()), end_stream=True)
        self._flush()

    def reply(self, stream: int) -> Reply:
        """Reads until the stream ends."""
        reply = Reply()
        while True:
            data = self._socket.recv(65536)
            if not data:
                return reply
            for event in self._connection.receive_data(data):
                if getattr(event, "stream_id", None) != stream:
                    continue
                decode = lambda pairs: {name.decode(): value.decode("latin-1") for name, value in pairs}
                match event:
                    case h2.events.ResponseReceived():
                        reply.headers = decode(event.headers)
                    case h2.events.TrailersReceived():
                        reply.trailers = decode(event.headers)
                    case h2.events.DataReceived():
                        reply.body += event.data
                        self._connection.acknowledge_received_data(event.flow_controlled_length, stream)
                    case h2.events.StreamReset():
                        reply.reset = event.error_code
                        return reply
                    case h2.events.StreamEnded():
                        self._flush()
                        return reply
            self._flush()

    def call(self, path: str, body: bytes, content_type: str = "application/grpc", **headers: str) -> Reply:
        """One whole request, its body in pieces that flow control lets through."""
        stream = self.start(path, content_type, {name.replace("_", "-"): value for name, value in headers.items()})
        at = 0
        while at < len(body):
            window = min(self._connection.local_flow_control_window(stream), self._connection.max_outbound_frame_size)
            if window <= 0:
                for event in self._connection.receive_data(self._socket.recv(65536)):
                    if isinstance(event, (h2.events.StreamReset, h2.events.ResponseReceived)):
                        raise AssertionError("answered before the body had ended")
                self._flush()
                continue
            self.send(stream, body[at : at + window])
            at += window
        self.send(stream, b"", end=True)
        return self.reply(stream)


LOGS_EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
