"""A service with the real Go SDK: another implementation of OTLP's encoding and of its clients."""

from __future__ import annotations

import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "go-sdk"


def build(folder: Path) -> Path:
    """The Go program, built from its source."""
    program = folder / "go-sdk"
    subprocess.run(["go", "build", "-o", program, "."], cwd=SOURCE, check=True, timeout=300)
    return program


def speak(program: Path, transport: str, port: int) -> None:
    """Records a user and an error that quotes an address, compressed by gzip; the exporter must report no error."""
    ran = subprocess.run([program, transport, f"127.0.0.1:{port}"], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr


def assert_understood(arrival) -> None:
    """The span arrived with a token for the user, without the address, and with what nobody classed gone."""
    for value in (b"ann@example.org", b"behind the door"):
        assert value not in arrival.body
    [span] = arrival.message().resource_spans[0].scope_spans[0].spans
    attributes = {pair.key: pair.value.string_value for pair in span.attributes}
    assert attributes["user.id"].startswith("u_")
    assert attributes["http.request.method"] == "POST"
    assert len(span.trace_id) == 16
    assert span.end_time_unix_nano >= span.start_time_unix_nano > 0
