"""Runs `collector.yaml` on the real Collector: one way in for Envoy, one for the shop itself, a file for each."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from egress import ENVIRONMENT
from loopback import free_port
from exports import Written

sys.path.append(str(Path(__file__).resolve().parents[1] / "e2e" / "collector"))

from otelcol import Collector  # noqa: E402

CONFIGURATION = Path(__file__).resolve().parent / "collector.yaml"


@dataclass(frozen=True)
class Entry:
    """Two ports of a Collector."""

    http_port: int
    grpc_port: int


class Tier(Collector):
    """The demo's Collector, from `with` to its end."""

    def __init__(self, folder: Path, policy: Path):
        self.behind_envoy = Entry(free_port(), free_port())
        self.direct = Entry(free_port(), free_port())
        self.written_behind_envoy = Written(folder / "behind-envoy.jsonl")
        self.written_directly = Written(folder / "direct.jsonl")
        folder.mkdir(parents=True, exist_ok=True)
        for written in (self.written_behind_envoy, self.written_directly, Written(folder / "log")):
            written.path.unlink(missing_ok=True)
        # A folder of its own: what is logged and written must not wake the watch of the policy.
        self.policy = folder / "policy" / "policy.yaml"
        self.policy.parent.mkdir(exist_ok=True)
        self.put(policy)
        ports = {
            "BEHIND_ENVOY_HTTP": self.behind_envoy.http_port,
            "BEHIND_ENVOY_GRPC": self.behind_envoy.grpc_port,
            "DIRECT_HTTP": self.direct.http_port,
            "DIRECT_GRPC": self.direct.grpc_port,
        }
        super().__init__(folder, CONFIGURATION, ENVIRONMENT | {name: str(port) for name, port in ports.items()})

    def _moved(self, shipped: dict) -> dict:
        return {"service": {"telemetry": {"metrics": {"level": "none"}}}}

    def __enter__(self) -> Tier:
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def put(self, policy: Path) -> None:
        """Puts a policy where the Collector looks for it, as tools do: by renaming."""
        aside = self.policy.with_name("aside")
        aside.write_text(policy.read_text())
        aside.rename(self.policy)

    def loads(self) -> int:
        """How many policies have come into force so far."""
        return self.log().count("policy in force")

    def wait_for_change(self, loads: int, seconds: float = 30) -> bool:
        """Waits until another policy is in force than after so many loads."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.loads() > loads:
                return True
            time.sleep(0.02)
        return False

    def settle(self, requests: int, seconds: float = 10) -> None:
        """Waits until so many requests are written since the start, of both ways: each is a line. What is lost is not waited for."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if sum(written.raw.count(b"\n") for written in (self.written_behind_envoy, self.written_directly)) >= requests:
                return
            time.sleep(0.05)
