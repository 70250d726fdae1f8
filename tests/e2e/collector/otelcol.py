"""Runs configurations of `collector-config` on the real Collector: the shipped files as they are, and one over them that moves
ports."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "tests" / "demo"))

from loopback import free_port  # noqa: E402

CONFIG = ROOT / "collector-config"
EXAMPLES = CONFIG / "examples"
OTELCOL = Path(os.environ.get("FROSTGLASS_OTELCOL", ROOT / "dist" / "otelcol-frostglass")).resolve()


def gates_of(configuration: Path) -> tuple[str, ...]:
    """The feature gates of the command line that an example shows at its head."""
    [line] = re.findall(r"^#   otelcol-frostglass .*$", configuration.read_text(), re.MULTILINE) or [""]
    return tuple(re.findall(r"--feature-gates=(\S+)", line))


class Collector:
    """One Collector in a folder of its own, until stopped."""

    def __init__(
        self,
        folder: Path,
        configuration: Path,
        environment: dict[str, str],
        ports: tuple[int, int] | None = None,
        changes: dict | None = None,
        gates: tuple[str, ...] = (),
    ):
        """`ports` are OTLP's over gRPC and HTTP, if they are to be known before; `changes` are laid over the configuration; `gates`
        are the Collector's feature gates to open."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.grpc_port, self.http_port = ports or (free_port(), free_port())
        (folder / "ports.yaml").write_text(yaml.safe_dump(self._moved(yaml.safe_load(configuration.read_text()))))
        (folder / "changes.yaml").write_text(yaml.safe_dump(changes or {}))
        folders = {
            "CONFIGURATION_DIRECTORY": str(configuration.parent),
            "STATE_DIRECTORY": str(folder / "state"),
            "RUNTIME_DIRECTORY": str(folder / "run"),
        }
        self._log = (folder / "log").open("ab")
        self._from = self._log.tell()
        self._process = subprocess.Popen(
            [OTELCOL, "--config", configuration, "--config", "ports.yaml", "--config", "changes.yaml", *(f"--feature-gates={gate}" for gate in gates)],
            cwd=folder,
            env=os.environ | folders | environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        try:
            self.wait_for(lambda: "Everything is ready" in self.log())
        except BaseException:
            self.kill()
            raise

    def _moved(self, shipped: dict) -> dict:
        """What to lay over a shipped configuration, so that many run on one machine."""
        otlp = {"grpc": {"endpoint": f"127.0.0.1:{self.grpc_port}"}, "http": {"endpoint": f"127.0.0.1:{self.http_port}"}}
        moved = {"receivers": {"otlp": {"protocols": otlp}}, "service": {"telemetry": {"metrics": {"level": "none"}}}}
        if "health_check" in shipped.get("extensions", {}):
            moved["extensions"] = {"health_check": {"endpoint": f"127.0.0.1:{free_port()}"}}
        return moved

    def log(self) -> str:
        """What it said since its start."""
        return (self.folder / "log").read_bytes()[self._from :].decode(errors="replace")

    def wait_for(self, condition, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            assert self._process.poll() is None, f"the Collector ended:\n{self.log()[-4000:]}"
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds} s:\n{self.log()[-4000:]}")

    def stop(self) -> None:
        """As systemd does it: what was accepted is sent on first."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self._log.close()

    def kill(self) -> None:
        """Gives it no time for anything."""
        self._process.kill()
        self._process.wait()


def validate(configuration: Path, environment: dict[str, str]) -> subprocess.CompletedProcess:
    """`otelcol-frostglass validate`, which builds every component's configuration and starts none."""
    return subprocess.run(
        [OTELCOL, "validate", "--config", configuration],
        env=os.environ | {"CONFIGURATION_DIRECTORY": str(configuration.parent)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def whole(command: str) -> bool:
    """Whether a command ends here: no quote is open, and no backslash leads on."""
    return command.count("'") % 2 == 0 and not command.endswith("\\\n")


def consoles(readme: Path) -> list[tuple[str, str]]:
    """Commands of a README's consoles, each with the answer shown."""
    found = []
    for console in re.findall(r"```console\n(.*?)```", readme.read_text(), re.DOTALL):
        for example in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
            lines = example.splitlines(keepends=True)
            at = next(index for index in range(1, len(lines) + 1) if whole("".join(lines[:index])))
            found.append(("".join(lines[:at]), "".join(lines[at:])))
    return found


def as_shown(shown: str, said: str) -> bool:
    """Whether an answer is the one shown, `…` standing for what differs. A page cannot show whether the last line ends."""
    return re.fullmatch(".*".join(map(re.escape, shown.rstrip("\n").split("…"))), said.rstrip("\n")) is not None
