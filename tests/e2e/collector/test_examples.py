"""The examples of `collector-config` on the real Collector: they say what they promise, and do what their READMEs show."""

from __future__ import annotations

import base64
import json
import random
import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml
from loopback import free_port
from otelcol import CONFIG, EXAMPLES, ROOT, Collector, as_shown, consoles, validate

CONFIGURATIONS = ["agent/collector.yaml", "gateway/collector.yaml", "two-tier/agent.yaml", "two-tier/gateway.yaml"]
POLICIES = ["agent/policy.yaml", "gateway/policy.yaml", "two-tier/policy.yaml"]


@pytest.mark.parametrize("configuration", [*CONFIGURATIONS, "backend/collector.yaml"])
def test_each_configuration_holds(tmp_path, credentials, configuration):
    """Scenario: `otelcol-frostglass validate` on each shipped file.
    Guarantees: the Collector takes it."""
    folders = {"STATE_DIRECTORY": str(tmp_path / "state"), "RUNTIME_DIRECTORY": str(tmp_path / "run")}
    done = validate(EXAMPLES / configuration, credentials | folders)
    assert done.returncode == 0, done.stderr


def test_six_lines_are_enough(tmp_path, credentials):
    """Scenario: the lines that collector-config/README.md shows, in a Collector that has a receiver and an exporter.
    Guarantees: the Collector takes them; the builder's lines are those of builder.yaml."""
    blocks = re.findall(r"^```yaml\n(.*?)^```$", (CONFIG / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    shown, built = map(yaml.safe_load, blocks)
    assert len(yaml.safe_dump(shown["processors"]).splitlines()) + 1 == 6
    shown["processors"]["memory_limiter"] = {"check_interval": "1s", "limit_percentage": 75}
    shown["receivers"] = {"otlp": {"protocols": {"http": {}}}}
    shown["exporters"] = {"otlp_grpc": {"endpoint": "backend.example.org:4317"}}
    (tmp_path / "collector.yaml").write_text(yaml.safe_dump(shown))
    done = validate(tmp_path / "collector.yaml", credentials)
    assert done.returncode == 0, done.stderr
    [ours] = built["processors"]
    manifest = yaml.safe_load((CONFIG / "builder.yaml").read_text())
    assert (ours["gomod"], ours["name"]) in [(part["gomod"], part.get("name")) for part in manifest["processors"]]


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_nothing_passes_beside_or_behind_frostglass(configuration):
    """Scenario: the pipelines of each shipped file.
    Guarantees: memory is bounded first and Frostglass is last; exporters speak TLS and wait on disk, for as long as it takes;
    nothing listens beyond the host without TLS."""
    config = yaml.safe_load((EXAMPLES / configuration).read_text())
    for pipeline in config["service"]["pipelines"].values():
        assert pipeline["processors"] == ["memory_limiter", "frostglass"]
    for exporter in config["exporters"].values():
        assert {"ca_file", "cert_file", "key_file"} <= set(exporter["tls"])
        assert not exporter["tls"].get("insecure") and not exporter["tls"].get("insecure_skip_verify")
        assert exporter["sending_queue"]["storage"] == "file_storage/queue"
        assert exporter["retry_on_failure"]["max_elapsed_time"] == "0s"
    for protocol in config["receivers"]["otlp"]["protocols"].values():
        assert protocol["endpoint"].startswith("127.0.0.1:") or "client_ca_file" in protocol["tls"]


@pytest.mark.parametrize("configuration, code", [*((one, 0) for one in CONFIGURATIONS), ("backend/collector.yaml", 2)])
def test_lint_finds_no_way_around(configuration, code):
    """Scenario: `frostglass lint --strict --collector` on each shipped file.
    Guarantees: nothing to say, but of the stand-in for a backend, which writes what it gets."""
    command = [ROOT / "dist" / "frostglass", "lint", "--strict", "--collector", EXAMPLES / configuration]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr


@pytest.mark.parametrize("policy", POLICIES)
def test_each_policy_passes_its_own_tests(policy):
    """Scenario: `frostglass lint` and `frostglass test` on each shipped policy.
    Guarantees: both content."""
    for command in ("lint", "test"):
        line = [ROOT / "dist" / "frostglass", command, EXAMPLES / policy]
        done = subprocess.run(line, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def follow(readme: Path, folder: Path, replaced: dict[str, str], environment: dict[str, str]) -> None:
    """Runs a README's commands one after the other. What is to arrive may take its time."""
    for command, shown in consoles(readme):
        for ours, moved in replaced.items():
            command = command.replace(ours, moved)
        end = time.monotonic() + 60  # a machine at work; what is there at once does not wait
        while True:
            done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=30)
            # Only reading is safe to repeat.
            if as_shown(shown, done.stdout) or not command.startswith("grep") or time.monotonic() > end:
                break
            time.sleep(0.2)
        assert as_shown(shown, done.stdout), f"$ {command}{done.stdout}{done.stderr}\nis not as shown:\n{shown}"


def test_the_agent_does_what_its_readme_shows(start, tmp_path, credentials, logs_folder):
    """Scenario: a reader copies the commands.
    Guarantees: the answers shown, and no value of a person at the backend, in a log or on disk."""
    backend = start("backend", "backend/collector.yaml")
    environment = {"BACKEND": f"localhost:{backend.grpc_port}", "LOG_FILES": f"{logs_folder}/*.log"}
    agent = start("agent", "agent/collector.yaml", environment)
    moved = {"127.0.0.1:4318": f"127.0.0.1:{agent.http_port}", "/tmp/frostglass": str(tmp_path)}
    follow(EXAMPLES / "agent" / "README.md", backend.folder, moved, credentials | {"PATH": "/usr/bin:/bin"})
    assert_nowhere(tmp_path, "ann.miller@example.org", "ann-4711", "call Ann")


def test_the_gateway_does_what_its_readme_shows(start, tmp_path, credentials):
    """Scenario: a reader copies the commands.
    Guarantees: the answers shown, and no value of a person at the backend, in a log or on disk."""
    backend = start("backend", "backend/collector.yaml")
    gateway = start("gateway", "gateway/collector.yaml", {"BACKEND": f"https://localhost:{backend.http_port}"})
    moved = {"localhost:4318": f"localhost:{gateway.http_port}"}
    follow(EXAMPLES / "gateway" / "README.md", backend.folder, moved, credentials | {"PATH": "/usr/bin:/bin"})
    assert_nowhere(tmp_path, "ann.miller@example.org", "203.0.113.77")


def test_two_tiers_do_what_their_readme_shows(start, tmp_path, credentials):
    """Scenario: a reader copies the commands; one hop and two.
    Guarantees: the answers shown, of which one says that both ways give the same."""
    backend = start("backend", "backend/collector.yaml")
    gateway = start("gateway", "two-tier/gateway.yaml", {"BACKEND": f"https://localhost:{backend.http_port}"})
    environment = {"GATEWAY": f"localhost:{gateway.grpc_port}", "LOG_FILES": f"{tmp_path}/none/*.log"}
    agent = start("agent", "two-tier/agent.yaml", environment)
    (tmp_path / "written").mkdir()
    moved = {
        "127.0.0.1:4318": f"127.0.0.1:{agent.http_port}",
        "localhost:5318": f"localhost:{gateway.http_port}",
        "/tmp/frostglass": str(tmp_path / "written"),
    }
    follow(EXAMPLES / "two-tier" / "README.md", backend.folder, moved, credentials | {"PATH": "/usr/bin:/bin"})
    for tier in (agent, gateway, backend):
        assert_nowhere(tier.folder, "ann.miller@example.org", "ann-4711")


def test_a_killed_agent_loses_nothing_and_keeps_nothing_raw(start, tmp_path, logs_folder):
    """Scenario: the backend is away; applications send, log files grow and are read; the agent is killed without warning at any
    moment and started again, several times, then the backend comes.
    Guarantees: all that was acknowledged and all lines arrive; what waits on disk is treated."""
    http, grpc = free_port(), free_port()
    environment = {"BACKEND": f"localhost:{grpc}", "LOG_FILES": f"{logs_folder}/*.log"}
    ports, lines = (free_port(), free_port()), 0
    for life in range(4):
        agent = start("agent", "agent/collector.yaml", environment, ports=ports)
        with (logs_folder / "shop.log").open("a") as file:
            for at in range(50 * life, 50 * life + 50):
                send(agent, f"record {at} of ann.miller{at}@example.org", f"ann-{at}-canary-4711")
            end = time.monotonic() + random.uniform(0.3, 1)
            while time.monotonic() < end:
                file.write(f"file line {lines} of bartholomew.lee{lines}@example.org\n")
                file.flush()
                lines += 1
                time.sleep(0.003)
        agent.kill()
    # What is looked for would be found: the treated form stands there in the clear.
    assert b"record 199 of u_" in queue(agent) and b"file line 1 of u_" in queue(agent)
    assert_nowhere(agent.folder / "state", "ann.miller", "bartholomew.lee", "-canary-4711", "example.org")
    agent = start("agent", "agent/collector.yaml", environment, ports=ports)
    backend = start("backend", "backend/collector.yaml", ports=(grpc, http))
    received = backend.folder / "received.json"

    def missing() -> list[str]:
        text = received.read_text() if received.exists() else ""
        wanted = [f"record {at} of u_" for at in range(200)] + [f"file line {at} of u_" for at in range(lines)]
        return [line for line in wanted if line not in text]

    agent.wait_for(lambda: not missing(), 40)
    agent.stop()
    assert_nowhere(tmp_path / "backend", "ann.miller", "bartholomew.lee", "-canary-4711")
    assert_nowhere(agent.folder / "state", "ann.miller", "bartholomew.lee", "-canary-4711")


def test_a_full_queue_refuses_and_loses_nothing(start, logs_folder):
    """Scenario: the backend is away until the agent's queue, here a small one, is full.
    Guarantees: senders hear that they are to try again, log files are read again; all that was acknowledged arrives."""
    http, grpc = free_port(), free_port()
    small = {"queue_size": 20000, "batch": {"min_size": 0, "max_size": 5000}}
    agent = start(
        "agent",
        "agent/collector.yaml",
        {"BACKEND": f"localhost:{grpc}", "LOG_FILES": f"{logs_folder}/*.log"},
        changes={"exporters": {"otlp_grpc": {"sending_queue": small}}},
    )
    acknowledged = []
    with pytest.raises(urllib.error.HTTPError) as refused:
        for at in range(1000):
            send(agent, f"record {at} of ann.miller{at}@example.org", f"ann-{at}")
            acknowledged.append(f"record {at} of u_")
    # OTLP's words for "later".
    assert refused.value.code in (429, 503)
    assert 20 < len(acknowledged) < 1000
    (logs_folder / "shop.log").write_text("".join(f"file line {at} of bartholomew.lee{at}@example.org\n" for at in range(20)))
    agent.wait_for(lambda: "Started watching file" in agent.log())
    time.sleep(1)
    backend = start("backend", "backend/collector.yaml", ports=(grpc, http))
    received = backend.folder / "received.json"
    wanted = acknowledged + [f"file line {at} of u_" for at in range(20)]
    agent.wait_for(lambda: received.exists() and all(line in received.read_text() for line in wanted), 60)
    assert_nowhere(backend.folder, "ann.miller", "bartholomew.lee")


def test_a_policy_changes_without_a_restart(start, tmp_path, logs_folder):
    """Scenario: the agent's policy is edited in place while the agent runs: first wrongly, then so that no body passes.
    Guarantees: the wrong one changes nothing, the right one is in force soon, and no record is refused meanwhile."""
    backend = start("backend", "backend/collector.yaml")
    shipped = (EXAMPLES / "agent" / "policy.yaml").read_text()
    policy = tmp_path / "policy.yaml"
    policy.write_text(shipped)
    agent = start(
        "agent",
        "agent/collector.yaml",
        {"BACKEND": f"localhost:{backend.grpc_port}", "LOG_FILES": f"{logs_folder}/*.log", "CONFIGURATION_DIRECTORY": str(tmp_path)},
    )
    received = backend.folder / "received.json"

    def arrives(word: str) -> bool:
        """Whether a body with the word arrives (if not, its record does, without it)."""
        user = f"user-{word}"
        before = received.read_text().count('"user.id"') if received.exists() else 0
        send(agent, word, user)
        backend.wait_for(lambda: received.exists() and received.read_text().count('"user.id"') > before)
        return word in received.read_text()

    assert arrives("first")
    policy.write_text(shipped.replace("log/@body: content", "log/@body: contents"))
    agent.wait_for(lambda: "contents" in agent.log())
    assert arrives("second")
    policy.write_text(shipped.replace("log/@body: content", "log/@body: credential"))
    agent.wait_for(lambda: not arrives(f"word-{time.monotonic_ns()}"))


def send(agent: Collector, body: str, user: str) -> None:
    """One log record, which the agent acknowledges."""
    record = {"body": {"stringValue": body}, "attributes": [{"key": "user.id", "value": {"stringValue": user}}]}
    payload = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    request = urllib.request.Request(
        f"http://127.0.0.1:{agent.http_port}/v1/logs", json.dumps(payload).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def queue(agent: Collector) -> bytes:
    """All that the agent's queue holds on disk, spent entries included."""
    return b"".join(path.read_bytes() for path in (agent.folder / "state" / "queue").iterdir())


def assert_nowhere(folder: Path, *canaries: str) -> None:
    """No file below holds a canary, as it is or in base64 (whose letters depend on where in a group of three it begins)."""
    forms = {}
    for canary in canaries:
        forms[canary.encode()] = canary
        for before in range(3):
            # Only the letters that the canary alone decides.
            encoded = base64.b64encode(b"\0" * before + canary.encode())
            forms[encoded[4 if before else 0 : len(canary) // 3 * 4]] = canary
    for path in folder.rglob("*"):
        if path.is_file() and "logs" not in path.parts and "run" not in path.parts:
            content = path.read_bytes()
            for form, canary in forms.items():
                assert form not in content, f"{canary} stands in {path}"
