"""Everything that README.md and the guide show is run: commands with their answers, policies, and the targets and files
that they name.

Blocks marked `console` hold commands after `$ ` and what they print. Blocks marked `yaml` are policies, those marked
`yaml NAME` another file of that name. Blocks marked `sh` may only hold `git clone`, `cd` and targets of the Makefile,
which other tests run. A page of the guide is read in an empty folder, in which its first policy is `policy.yaml`; `…` in
an answer stands for anything on one line.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
GUIDE = sorted((ROOT / "docs" / "guide").glob("*.md"))
# Pages for people: all but what is generated or belongs to others.
PAGES = sorted(
    {*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("envoy/*/README.md"), *ROOT.glob("tests/*/README.md")}
)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[tuple[str, str]]:
    """Commands of the console blocks with the output that the page shows."""
    found = []
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            # A command is one line; `export` lines go with the next one.
            first, *rest = part.splitlines()
            if first.startswith("export "):
                first, rest = f"{first}\n{rest[0].strip()}", rest[1:]
            found.append((first, "\n".join(rest).strip()))
    return found


def run(command: str, folder: Path) -> str:
    """What a reader's terminal shows who built the project and has no key set."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FROSTGLASS_")}
    environment |= {"PATH": f"{ROOT / 'dist'}:{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    return (done.stdout + done.stderr).strip()


@pytest.mark.parametrize("command, shown", commands(README))
def test_a_command_answers_as_shown(command, shown):
    """
    Scenario: a reader types what the README shows, in the project's folder after `make dist`.
    Guarantees: the very answer.
    """
    assert run(command, ROOT) == shown


@pytest.mark.parametrize("page", GUIDE, ids=name)
def test_a_page_of_the_guide_can_be_followed(page, tmp_path):
    """
    Scenario: a reader saves the page's first policy as `policy.yaml` and types all commands in their order.
    Guarantees: the very answers.
    """
    for policy in blocks(page, "yaml")[:1]:
        (tmp_path / "policy.yaml").write_text(policy)
    for file, text in re.findall(r"^```yaml ([\w.-]+)\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL):
        (tmp_path / file).write_text(text)
    for command, shown in commands(page):
        said = run(command, tmp_path)
        assert re.fullmatch(".*".join(map(re.escape, shown.split("…"))), said), f"{command}: {said}"


@pytest.mark.parametrize("policy", [policy for page in [README, *GUIDE] for policy in blocks(page, "yaml")])
def test_a_policy_is_valid_and_its_tests_pass(policy, tmp_path):
    """
    Scenario: a reader copies a page's policy.
    Guarantees: `frostglass lint` takes it and the tests in it pass.
    """
    path = tmp_path / "policy.yaml"
    path.write_text(policy)
    for word in ("lint", "test"):
        done = subprocess.run([ROOT / "dist" / "frostglass", word, path], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def selectors() -> list[tuple[str, list[str], list[str]]]:
    """Rows of the guide's table of selectors: what is written, fields that it names, fields that it does not."""
    page = (ROOT / "docs" / "guide" / "policy.md").read_text()
    table = page.split("| written | names, among others | does not name |\n|---|---|---|\n")[1].split("\n\n")[0]
    rows = [[re.findall(r"`([^`]+)`", cell) for cell in row.strip("|").split("|")] for row in table.splitlines()]
    return [(written[0].strip('"'), named, others) for written, named, others in rows]


@pytest.mark.parametrize("selector, named, others", selectors())
def test_a_selector_names_what_the_guide_says(selector, named, others, tmp_path):
    """
    Scenario: a policy with one line, asked about the fields of the guide's table.
    Guarantees: the line decides on those that it is said to name, on every level, and on no other.
    """
    policy = {"policy": "one-line", "schema": 1, "default": "scan", "catalog": {selector: {"class": "content", "treat": "summarize"}}}
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(policy))
    for field in named + others:
        answer = run(f"frostglass explain --format json -p {path} '{field}' 2>/dev/null", tmp_path)
        by_line = [decision["won"] is not None for decision in json.loads(answer)["decisions"]]
        assert by_line and set(by_line) == {field in named}, field


def test_targets_exist():
    """
    Scenario: a reader runs the README's `make` lines.
    Guarantees: the Makefile has them, and nothing else stands in `sh` blocks.
    """
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for block in blocks(README, "sh"):
        for line in block.splitlines():
            command = line.split("#")[0].strip()
            if command.startswith("make"):
                assert {word for word in command.split()[1:] if "=" not in word} <= targets, line
            else:
                assert re.match(r"^(git clone|cd) |^$", command), line


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    """
    Scenario: a reader follows a link inside the project, or looks for a path that the page names.
    Guarantees: it is there.
    """
    text = page.read_text()
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (page.parent / link).exists(), link
    for path in re.findall(r"`((?:filter|envoy|tests|docs)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
