"""Runs `envoy/egress` as a user would, on ports that are free here: bootstrap from the file, policy from `frostglass render`.

Works in a folder of its own, laid out like `envoy/egress`, and changes the ports alone: those of the listeners, in case
somebody else listens there, and those of the upstream, which becomes a receiver on the loopback.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from envoy_process import EnvoyProcess
from loopback import free_port
from shipped import bootstrap, place_upstream

ROOT = Path(__file__).resolve().parents[2]
POLICY = Path(__file__).resolve().parent / "policy.yaml"
COMMAND = ROOT / "dist" / "frostglass"
# Published, so it protects nothing: policies of any name but `demo` refuse it.
ENVIRONMENT = {"FROSTGLASS_KEY_IDS": "ZnJvc3RnbGFzcyBkZW1vIGtleTogcHVibGlzaGVkLCBwcm90ZWN0cyBub3RoaW5n"}


def frostglass(*arguments) -> str:
    """Runs the command and returns all it printed."""
    done = subprocess.run(
        [str(COMMAND), *map(str, arguments)],
        env=os.environ | ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return done.stdout


class Egress:
    """Envoy with the filter in front of whatever has an `http_port` and a `grpc_port`, from `with` to its end."""

    def __init__(self, upstream, folder: Path, policy: Path = POLICY):
        folder.mkdir(parents=True, exist_ok=True)
        self.http_port, self.grpc_port = free_port(4318), free_port(4317)
        self.resource = folder / "ecds" / "frostglass.json"
        self.resource.parent.mkdir(exist_ok=True)
        said = self.render(policy)
        if not self.resource.exists():
            raise RuntimeError(f"frostglass render failed:\n{said}")
        place_upstream(folder, upstream)
        self._envoy = EnvoyProcess(bootstrap(self.http_port, self.grpc_port), folder, ENVIRONMENT)

    def __enter__(self) -> Egress:
        try:
            self._envoy.wait_ready()
        except BaseException:
            self._envoy.stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self._envoy.stop()

    @property
    def admin_port(self) -> int:
        return self._envoy.admin_port

    def render(self, policy: Path) -> str:
        """Validates a policy and puts it where Envoy watches. Returns what the command said."""
        return frostglass(*self._render_arguments(policy))

    def render_hint(self, policy: Path) -> str:
        """The same as a line for a shell."""
        words = (COMMAND, *self._render_arguments(policy))
        return " ".join(os.path.relpath(word) if isinstance(word, Path) else word for word in words)

    def _render_arguments(self, policy: Path) -> list:
        return ["render", "--envoy", policy, "-o", self.resource]

    def treated(self) -> dict[tuple[str, str], float]:
        """Fields by class and treatment, from the filter's own metrics."""
        counts: dict[tuple[str, str], float] = {}
        for _, labels, value in self._envoy.metrics("frostglass"):
            if "class" in labels and "treatment" in labels:
                key = (labels["class"], labels["treatment"])
                counts[key] = counts.get(key, 0) + value
        return counts

    def digests(self) -> set[str]:
        """Digests of the policies in force, from the filter's own metrics."""
        return {labels["digest"] for _, labels, value in self._envoy.metrics("frostglass") if value and "digest" in labels}

    def wait_for_change(self, digests: set[str], seconds: float = 30) -> bool:
        """Waits until another policy is in force than those."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.digests() - digests:
                return True
            time.sleep(0.02)
        return False
