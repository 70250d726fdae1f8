"""The phases half: what one item costs in the Collector's processor, in each phase, without a Collector around it.

The processor's own benchmark (`BenchmarkPhases`) measures; this makes its payloads, with the load generator of the Collector half, and
prints what it says. Of each request and phase the least time counts, so these numbers are steadier than CPU times of a process, and
leave out what only a process has: collecting garbage, other work in the caches.
"""

from __future__ import annotations

import re
import shutil
import sys

import measure
from halves import BENCH, BUILD, run, table

FOLDER = BUILD / "phases"
SHARES = (0, 5, 100)
# How often e-mail addresses come again: in every batch, or hardly ever. In clean records nothing is treated either way.
PEOPLE = {"again": 1000, "new": 1_000_000_000}
PHASES = ("show", "module", "apply")


def phases(iterations: int, only: str = "") -> dict[str, dict[str, float]]:
    """Prints and returns nanoseconds an item by case (`logs-5-again`) and phase. `only` is a pattern of cases."""
    measure.embed_module()
    run(["go", "build", "-o", BUILD / "loadgen", "."], cwd=measure.HERE / "loadgen")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    shutil.copy(BENCH / "policy.yaml", FOLDER)
    for signal in measure.gen_configs.SIGNALS:
        for share in SHARES:
            for values, people in PEOPLE.items():
                if share == 0 and values == "new":
                    continue
                name = f"{signal}-{share}-{values}"
                if re.search(only, name):
                    shape = ["-signal", signal, "-dirty", share / 100, "-people", people, "-records", measure.RECORDS]
                    run([BUILD / "loadgen", *shape, "-dump", FOLDER / name])
    command = ["go", "test", "-run", "^$", "-bench", "^BenchmarkPhases$", "-benchtime", f"{iterations}x", "."]
    printed = run(command, cwd=measure.PROCESSOR, environment={"FROSTGLASS_PHASES": str(FOLDER)} | measure.STEADY)
    numbers = {}
    for line in printed.splitlines():
        case = re.match(r"BenchmarkPhases/(\S+?)(?:-\d+)?\s", line)
        if case:
            found = dict((phase, float(number)) for number, phase in re.findall(r"([\d.]+) (\w+)-ns/item", line))
            numbers[case[1]] = {phase: found[phase] for phase in PHASES}
    if not numbers:
        sys.exit(f"bench: no phases were measured:\n{printed[-2000:]}")
    report(numbers, iterations)
    return numbers


def report(numbers: dict[str, dict[str, float]], iterations: int) -> None:
    print(f"\nPhases: nanoseconds an item, one core (of each of seven requests of {measure.RECORDS} items the least of {iterations} times)\n")
    rows = []
    for name, of in sorted(numbers.items(), key=order):
        signal, share, values = name.split("-")
        cells = (f"{of[phase]:.0f}" for phase in PHASES)
        rows.append((signal, f"{share}%", "" if share == "0" else values, *cells, f"{sum(of.values()):.0f}"))
    table(("signal", "dirty", "e-mails", *PHASES, "all"), rows)


def order(item: tuple) -> tuple:
    signal, share, values = item[0].split("-")
    return measure.gen_configs.SIGNALS.index(signal), int(share), values
