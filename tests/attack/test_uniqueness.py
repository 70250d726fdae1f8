"""The k, l and t of `frostglass attack` on tables, held against the definitions, and against pycanon where it is installed.

`make test` computes the definitions in plain Python; `make attack-oracle` runs the same with pycanon, in a place of its own.
"""

import json
import math
import os
import random
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("FROSTGLASS", str(ROOT / "dist" / "frostglass"))
QUASI = ["zip", "age", "agent"]


def table(seed: int) -> list[dict]:
    """Records with three quasi-identifiers, a text and a number that nobody should learn."""
    chance = random.Random(seed)
    wide = chance.choice([2, 3, 6])
    return [
        {
            "zip": str(17000 + chance.randrange(wide)),
            "age": chance.choice(["18-24", "25-34", "35-44"]),
            "agent": f"browser {chance.randrange(wide)}",
            "illness": chance.choice(["flu", "cold", "none", "none", "asthma"]),
            "income": chance.choice([1000, 1500, 2000, 2500, 10000]),
        }
        for _ in range(chance.choice([40, 200, 900]))
    ]


def told(records: list[dict], sensitive: str, folder: Path) -> dict:
    path = folder / "table.ndjson"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    arguments = ["--quasi", ",".join(f"log/@body.{name}" for name in QUASI), "--sensitive", f"log/@body.{sensitive}"]
    command = [COMMAND, "attack", "--as", "json", "--only", "uniqueness", *arguments, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    (finding,) = json.loads(done.stdout)["attacks"]
    return finding["numbers"]


def defined(records: list[dict], sensitive: str) -> dict:
    groups = defaultdict(list)
    for record in records:
        groups[tuple(record[name] for name in QUASI)].append(record[sensitive])
    everything = Counter(record[sensitive] for record in records)
    order = sorted(everything)
    numeric = all(isinstance(value, int) for value in order)

    def distance(group: list) -> float:
        counts = Counter(group)
        gaps = [counts[value] / len(group) - everything[value] / len(records) for value in order]
        if not numeric:
            return sum(map(abs, gaps)) / 2
        moved = [abs(sum(gaps[: at + 1])) for at in range(len(gaps))]
        return sum(moved) / (len(order) - 1)

    def entropy(group: list) -> float:
        return -sum(n / len(group) * math.log(n / len(group)) for n in Counter(group).values())

    return {
        "k": min(map(len, groups.values())),
        "l": min(len(set(group)) for group in groups.values()),
        "l by entropy": math.exp(min(map(entropy, groups.values()))),
        "t": max(map(distance, groups.values())),
    }


@pytest.mark.parametrize("sensitive", ["illness", "income"])
@pytest.mark.parametrize("seed", range(6))
def test_k_l_and_t_are_those_of_the_definitions(seed, sensitive, tmp_path):
    """
    Scenario: tables of several sizes, with groups of one among them.
    Guarantees: the command's numbers are those of the definitions.
    """
    records = table(seed)
    numbers = told(records, sensitive, tmp_path)
    for name, value in defined(records, sensitive).items():
        assert numbers[name] == pytest.approx(value, abs=1e-9), name


@pytest.mark.parametrize("sensitive", ["illness", "income"])
@pytest.mark.parametrize("seed", range(6))
def test_k_l_and_t_are_those_of_pycanon(seed, sensitive, tmp_path):
    """
    Scenario: the same tables as a data frame, given to pycanon (which rounds the l of entropy down).
    Guarantees: the same k, l and t.
    """
    pytest.importorskip("pycanon", reason="installed by `make attack-oracle` alone")
    import pandas
    from pycanon import anonymity

    records = table(seed)
    frame = pandas.DataFrame(records)
    numbers = told(records, sensitive, tmp_path)
    assert numbers["k"] == anonymity.k_anonymity(frame, QUASI)
    assert numbers["l"] == anonymity.l_diversity(frame, QUASI, [sensitive])
    # Exactly at a whole number, rounding errors of either side decide.
    by_entropy = anonymity.entropy_l_diversity(frame, QUASI, [sensitive])
    assert math.floor(numbers["l by entropy"] + 1e-9) == by_entropy or math.floor(numbers["l by entropy"] - 1e-9) == by_entropy
    assert numbers["t"] == pytest.approx(anonymity.t_closeness(frame, QUASI, [sensitive]), abs=1e-9)
