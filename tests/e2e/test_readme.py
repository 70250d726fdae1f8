"""Everything that README.md shows is run: commands with their answers, policies, and the targets and files it names.

Blocks marked `console` hold commands after `$ ` and what they print. Blocks marked `yaml` are policies. Blocks marked
`sh` may only hold `git clone`, `cd` and targets of the Makefile, which other tests run.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Commands of the console blocks with the output that the page shows."""
    found = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            # A command is one line; `export` lines go with the next one.
            first, *rest = part.splitlines()
            if first.startswith("export "):
                first, rest = f"{first}\n{rest[0].strip()}", rest[1:]
            found.append((first, "\n".join(rest).strip()))
    return found


@pytest.mark.parametrize("command, shown", commands())
def test_a_command_answers_as_shown(command, shown):
    """
    Scenario: a reader types what the page shows, in the project's folder after `make dist`.
    Guarantees: the very answer.
    """
    environment = os.environ | {"PATH": f"{ROOT / 'dist'}:{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.stdout + done.stderr).strip() == shown


@pytest.mark.parametrize("policy", blocks("yaml"))
def test_a_policy_is_valid_and_its_tests_pass(policy, tmp_path):
    """
    Scenario: a reader copies the page's policy.
    Guarantees: `frostglass lint` takes it and the tests in it pass.
    """
    path = tmp_path / "policy.yaml"
    path.write_text(policy)
    for word in ("lint", "test"):
        done = subprocess.run([ROOT / "dist" / "frostglass", word, path], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def test_targets_exist():
    """
    Scenario: a reader runs the page's `make` lines.
    Guarantees: the Makefile has them, and nothing else stands in `sh` blocks.
    """
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for block in blocks("sh"):
        for line in block.splitlines():
            command = line.split("#")[0].strip()
            if command.startswith("make"):
                assert {word for word in command.split()[1:] if "=" not in word} <= targets, line
            else:
                assert re.match(r"^(git clone|cd) |^$", command), line


@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_links_lead_somewhere(page):
    """
    Scenario: a reader follows a link inside the project, or looks for a path that the page names.
    Guarantees: it is there.
    """
    text = (ROOT / page).read_text()
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (ROOT / link).exists(), link
    for path in re.findall(r"`((?:filter|envoy|tests|docs)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
