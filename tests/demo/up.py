"""Keeps Envoy with Frostglass and a receiver running for your own telemetry, and prints what arrives. Ctrl-C ends it.

    make up                          with the policy of the demo
    make up POLICY=my-policy.yaml    with your own; its keys come from FROSTGLASS_KEY_<NAME>
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from egress import POLICY, Egress
from exports import Export, Exports
from reading import records
from screen import heading, paint, say

ROOT = Path(__file__).resolve().parents[2]
_MOST_RECORDS = 5


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--policy", type=Path, default=POLICY, help="policy to run (default: the demo's)")
    policy = options.parse_args().policy
    if not policy.exists():
        sys.exit(f"up: no such file: {policy}")
    receiver = Exports(on_export=show, keep=False)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with Egress(receiver, ROOT / ".build" / "up", policy) as egress:
        heading("Envoy with Frostglass is up; send it your telemetry")
        say(f"  OTLP/HTTP   export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{egress.http_port} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf")
        say(f"  OTLP/gRPC   export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{egress.grpc_port} OTEL_EXPORTER_OTLP_PROTOCOL=grpc")
        say(f"  metrics     http://127.0.0.1:{egress.admin_port}/stats/prometheus?filter=frostglass")
        say(f"  policy      {policy}; change it and run:")
        say(f"              {egress.render_hint(policy)}")
        say("  Ctrl-C ends it. What arrives behind Envoy:")
        say()
        done.wait()
    receiver.close()
    return 0


def show(export: Export) -> None:
    """One line an export, then the first records of it."""
    found = records([export])
    say(paint(f"{export.signal} over {export.transport}: {len(found)} records, {len(export.raw)} bytes", "cyan"))
    for record in found[:_MOST_RECORDS]:
        fields = ", ".join(f"{name}={value}" for name, value in record.fields.items())
        say(f"  {record.service}  {record.title}  {fields}"[:400])
    if len(found) > _MOST_RECORDS:
        say(paint(f"  … {len(found) - _MOST_RECORDS} more", "dim"))


if __name__ == "__main__":
    sys.exit(main())
