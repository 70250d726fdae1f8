"""A policy whose keys a vault issues, the vault, and an Envoy that fetches from its endpoint."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
from pathlib import Path

from gateway import ROOT, Gateway, resource
from test_capabilities import listed

FROSTGLASS = Path(os.environ.get("FROSTGLASS", ROOT / "dist" / "frostglass")).resolve()
EPOCH = 60  # the shortest there is

POLICY = {
    "policy": "issued",
    "schema": 1,
    "default": "keep",
    "keys": {"ids": {"use": "pseudonymize", "from": "issued", "epoch": f"{EPOCH}s", "overlap": "20s"}},
    "classes": {"direct-id": {"treat": "token"}},
    "treatments": {"token": {"pseudonymize": {"key": "ids", "prefix": "u"}}},
    "catalog": {"who": "direct-id"},
}


class Vault:
    """A vault of the policy's keys, and the endpoint that serves them, until closed."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        self.socket = folder / "keys.sock"
        self._file("vault.key", secrets.token_hex(32))
        self._file("policy.json", json.dumps(POLICY))
        self.run("init", "--policy", "policy.json")
        self.serving = None

    def _file(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o600)

    def _command(self, *arguments: str) -> list[str]:
        return [str(FROSTGLASS), "keys", arguments[0], "--vault", "keys.vault", "--key-file", "vault.key", *arguments[1:]]

    def issue(self, file: str, *arguments: str) -> bytes:
        """Writes the document for hosts, in one step, and gives it: without a key whose epoch was destroyed, which the code tells."""
        command = self._command("issue", "-o", file, *arguments)
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr
        return (self.folder / file).read_bytes()

    def run(self, *arguments: str) -> None:
        subprocess.run(self._command(*arguments), cwd=self.folder, check=True, capture_output=True)

    def serve(self) -> None:
        command = self._command("serve", "--listen", f"unix:{self.socket}")
        log = (self.folder / "issues.jsonl").open("ab")
        self.serving = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=subprocess.DEVNULL)

    def close(self) -> None:
        if self.serving:
            self.serving.kill()
            self.serving.wait()
            self.serving = None

    def issues(self) -> list[dict]:
        return [json.loads(line) for line in (self.folder / "issues.jsonl").read_text().splitlines()]


class KeyedGateway(Gateway):
    """Envoy with a cluster for the endpoint, and with the host calls allowed that fetching takes."""

    def __init__(self, folder: Path, receiver, socket: Path, **options):
        self.socket = socket
        super().__init__(folder, receiver, {"policy": POLICY, "keys": {"cluster": "keys", "every": "1s"}}, **options)

    def _bootstrap(self) -> dict:
        bootstrap = super()._bootstrap()
        address = {"pipe": {"path": str(self.socket)}}
        endpoint = {"lb_endpoints": [{"endpoint": {"address": address}}]}
        cluster = {
            "name": "keys",
            "type": "STATIC",
            "connect_timeout": "1s",
            "load_assignment": {"cluster_name": "keys", "endpoints": [endpoint]},
        }
        bootstrap["static_resources"].setdefault("clusters", []).append(cluster)
        return bootstrap

    def push(self, configuration: dict) -> str:
        self._version += 1
        written = resource(json.dumps(configuration), str(self._version))
        restriction = written["resources"][0]["typed_config"]["config"]["capability_restriction_config"]
        restriction["allowed_capabilities"] |= {name: {} for name in listed("keys")}
        aside = self.folder / "aside.json"
        aside.write_text(json.dumps(written))
        aside.rename(self.folder / "ecds" / "frostglass.json")
        return str(self._version)


def epoch_of(token: str) -> int:
    """The epoch that a token says of itself (docs/reference/tokens.md)."""
    body = base64.b32decode(token.rsplit("_", 1)[1].upper())
    return int.from_bytes(body[:4], "big") & (1 << 28) - 1
