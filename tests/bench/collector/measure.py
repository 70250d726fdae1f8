"""The Collector half: what Frostglass, contrib's redaction and contrib's transform add to the CPU time of one and the same
Collector, per record.

First one batch in which every record is dirty goes through each configuration into a file, and what must not be in it is
looked for: a low number is believed only of a processor that did the work. Then all configurations run side by side, anew
in each round, and take turns at each case, so that a slow minute hits all of them. README.md says how to read the tables.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from halves import BENCH, BUILD, KEY, ROOT, progress, run, table

HERE = BENCH / "collector"
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(ROOT / "tests" / "demo"))

import gen_configs  # noqa: E402
from loopback import free_port  # noqa: E402

PROCESSOR = ROOT / "collector-config" / "processor"
BUILDER = ROOT / ".build" / "builder"
WORK = BUILD / "collector-run"
POLICY = {"POLICY": str(BENCH / "policy.yaml")}
BARE, OURS = "none", "frostglass"
RECORDS = 512
CASES = [("logs", 0.0), ("logs", 0.05), ("logs", 1.0), ("traces", 0.05), ("traces", 1.0), ("metrics", 0.05), ("metrics", 1.0)]
# What a process does before its first case: until then the heap grows, and a new page is dearer than a used one.
WARM_UP = [("logs", 1.0), ("metrics", 1.0)]
# Series come again with every report, and an instance remembers one when it was met twice: what counts is what they cost from then on. So
# often every payload goes to each of two instances before.
REPORTS = {"metrics": 8 * 2 * 4}
# These two cost so much more that fewer requests measure them as well.
SLOW = {"redaction": 20, "transform": 20}
LEAST = 3
# With the default a bare Collector spends half of its time collecting garbage, and whatever holds memory makes that rarer
# and so looks cheap (README.md).
STEADY = {"GOGC": "800"}

# What loadgen puts into dirty records, and what of it must be gone.
PERSONAL = {
    "e-mail addresses": rb"anna\d+@example\.com",
    "card numbers": rb"4111 1111 1111 1111",
    "AWS keys": rb"AKIAABCDEFGHIJKLMNOP",
    "bearer tokens": rb"abcdefghijklmnopqrstuvwxyz0123",
}
# The debug exporter indents the attributes of exemplars, and only those, this deep.
EXEMPLAR = re.compile(rb"^ {10}-> .*$", re.MULTILINE)
RECORD = re.compile(rb"^(?:LogRecord|Span|\w*DataPoints) #", re.MULTILINE)
# It looks at one attribute by name, so it is no match for the others; its cost is that of having a processor at all.
NOT_CHECKED = {"attributes-hash"}
# Contrib's redaction does not look at the attributes of exemplars. Nothing can be configured about it.
BLIND_TO_EXEMPLARS = {"redaction"}


class Collector:
    """One Collector under one configuration until `stop`."""

    def __init__(self, config: Path, environment: dict[str, str]):
        self.name = config.stem
        self.port = free_port()
        self._log = WORK / f"{self.name}.log"
        self._process = subprocess.Popen(
            [binary(), "--config", config],
            env=os.environ | KEY | POLICY | {"OTLP_ENDPOINT": f"127.0.0.1:{self.port}"} | environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for whoever started us; the Collector goes in `stop`
        )

    def wait_ready(self) -> None:
        """The receiver listens last, when the processors are ready."""
        deadline = time.monotonic() + 60
        while self._process.poll() is None and time.monotonic() < deadline:
            # A connection would do, but for the Collector it is work; the kernel's list is not.
            if any(f":{self.port:04X}" in line.split()[1] and line.split()[3] == "0A" for line in sockets()):
                return
            time.sleep(0.05)
        self.stop()
        sys.exit(f"bench: the Collector does not start with {self.name}:\n{self._log.read_text(errors='replace')[-2000:]}")

    def send(self, case: tuple[str, float], requests: int) -> None:
        kind, dirty = case
        target = f"http://127.0.0.1:{self.port}"
        run([BUILD / "loadgen", "-target", target, "-signal", kind, "-dirty", dirty, "-records", RECORDS, "-requests", requests])

    def cpu_seconds(self) -> float:
        """User and system time of the process so far: its CPU clock, which is finer than the ticks of /proc/PID/stat."""
        return time.clock_gettime((~self._process.pid << 3) | 2)  # how Linux numbers the clock of another process

    def peak_mib(self) -> float:
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1024

    def stop(self) -> None:
        """Lets it finish what it does, so that a file it writes is whole."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def sockets() -> list[str]:
    return Path("/proc/net/tcp").read_text().splitlines()[1:]


def collector(rounds: int, requests: int, only: set[str] | None = None) -> dict:
    """Builds, checks, measures, prints and returns the numbers. `only` names configurations besides the bare one."""
    build()
    names = [name for name in gen_configs.processors() if only is None or name in only | {BARE}]
    leftovers = check(names)
    per_record, peaks = measure(names, rounds, requests)
    memory = memory_of([name for name in names if name in (BARE, OURS)], requests)
    report(per_record, requests)
    report_check(leftovers)
    report_memory(memory, peaks)
    named = {f"{kind} {dirty:.0%}": values for (kind, dirty), values in per_record.items()}
    return {"us_per_record": named, "leftovers": leftovers, "peak_mib": memory, "peak_mib_steady": peaks}


# --- building ---


def binary() -> Path:
    return BUILD / "collector" / "benchcol"


def embed_module() -> Path:
    """Puts the built module where the processor takes it from."""
    module = PROCESSOR / "module" / "frostglass.wasm"
    built = ROOT / "dist" / "frostglass.wasm"
    if not module.exists() or module.read_bytes() != built.read_bytes():
        # A new file: the old one may be a link to another's.
        module.unlink(missing_ok=True)
        shutil.copyfile(built, module)
    return module


def build() -> None:
    """Builds the Collector that holds all processors, and the load generator. The Collector only when its inputs changed."""
    WORK.mkdir(parents=True, exist_ok=True)
    run(["go", "build", "-o", BUILD / "loadgen", "."], cwd=HERE / "loadgen")
    module = embed_module()
    inputs = [HERE / "manifest.yaml", module, *sorted(PROCESSOR.glob("go.*"))]
    inputs += sorted(path for path in PROCESSOR.rglob("*.go") if not path.name.endswith("_test.go"))
    digest = hashlib.sha256()
    for path in inputs:
        digest.update(f"{path.relative_to(ROOT)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    stamp = BUILD / "collector" / "inputs.sha256"
    if binary().exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    if not BUILDER.exists():
        sys.exit(f"bench: {BUILDER.relative_to(ROOT)} is missing: `make .build/builder` builds it")
    stamp.unlink(missing_ok=True)
    log = WORK / "builder.log"
    print("building the Collector of the comparison (once; a minute or two)", file=sys.stderr)
    with log.open("wb") as out:
        environment = os.environ | {"CGO_ENABLED": "0"}
        built = subprocess.run([BUILDER, "--config", "manifest.yaml"], cwd=HERE, env=environment, stdout=out, stderr=out)
    if built.returncode:
        sys.exit(f"bench: the Collector is not built:\n{log.read_text(errors='replace')[-3000:]}")
    stamp.write_text(digest.hexdigest())


# --- the same findings ---


def check(names: list[str]) -> dict[str, dict[str, dict[str, int]]]:
    """How often each kind of personal data is left, by signal and configuration. Ends the benchmark when the work was not done."""
    configs = gen_configs.write(WORK / "told", gen_configs.told)
    running = []
    try:
        for name in names:
            folder = WORK / "told" / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            running.append(Collector(configs[name], {"TOLD": str(folder)}))
        for one in running:
            one.wait_ready()
            for kind in gen_configs.SIGNALS:
                one.send((kind, 1.0), 1)
    finally:
        for one in running:
            one.stop()
    return {
        kind: {name: left_in(kind, name, (WORK / "told" / name / f"{kind}.txt").read_bytes()) for name in names}
        for kind in gen_configs.SIGNALS
    }


def left_in(kind: str, name: str, told: bytes) -> dict[str, int]:
    records = len(RECORD.findall(told))
    if records != RECORDS:
        sys.exit(f"bench: {name} let {records} of {RECORDS} records of {kind} through: its cost would be that of fewer")
    left = {what: len(re.findall(pattern, told)) for what, pattern in PERSONAL.items()}
    if name == BARE and not all(left.values()):
        sys.exit(f"bench: the batch of {kind} holds not all that is looked for: {left}")
    if name == BARE or name in NOT_CHECKED:
        return left
    excused = EXEMPLAR.findall(told) if name in BLIND_TO_EXEMPLARS else []
    for what, pattern in PERSONAL.items():
        if left[what] > sum(len(re.findall(pattern, line)) for line in excused):
            sys.exit(f"bench: {name} left {what} in {kind}: its number would mean nothing")
    return left


def report_check(leftovers: dict) -> None:
    print(f"\n  Checked first, with a batch of {RECORDS} dirty records of each signal: what is left of " + ", ".join(PERSONAL) + "\n")
    rows = []
    for kind, by_name in leftovers.items():
        rows += [(kind if name == BARE else "", name, *left.values()) for name, left in by_name.items()]
    table(("signal", "configuration", *PERSONAL), rows)
    if any(sum(by_name.get(name, {}).values()) for by_name in leftovers.values() for name in BLIND_TO_EXEMPLARS):
        print("\n  What redaction leaves stands in exemplars, at which it does not look.")


# --- measuring ---


def measure(names: list[str], rounds: int, requests: int) -> tuple[dict, dict[str, float]]:
    """CPU microseconds per record by case and configuration, one for each round, and the peak memory of each configuration."""
    configs = gen_configs.write(WORK / "measured", gen_configs.nop)
    per_record = {case: {name: [] for name in names} for case in CASES}
    peaks = dict.fromkeys(names, 0.0)
    for number in range(rounds):
        progress(number, rounds)
        running = []
        try:
            for name in names:
                running.append(Collector(configs[name], STEADY))
            for one in running:
                one.wait_ready()
            for one in running:
                for case in WARM_UP:
                    one.send(case, LEAST if one.name in SLOW else requests)
            for case in CASES:
                for one in running:
                    count = max(LEAST, requests // SLOW.get(one.name, 1))
                    one.send(case, max(2, count // 10, REPORTS.get(case[0], 0) // SLOW.get(one.name, 1)))  # warm up
                    before = one.cpu_seconds()
                    one.send(case, count)
                    per_record[case][one.name].append((one.cpu_seconds() - before) / (count * RECORDS) * 1e6)
            for one in running:
                peaks[one.name] = max(peaks[one.name], one.peak_mib())
        finally:
            for one in running:
                one.stop()
    return per_record, peaks


def memory_of(names: list[str], requests: int) -> dict[str, float]:
    """Peak memory as an operator has it: Go's own default of collecting garbage, all signals through one process."""
    configs = gen_configs.write(WORK / "measured", gen_configs.nop)
    peaks = {}
    for name in names:
        one = Collector(configs[name], {"GOGC": "100"})
        try:
            one.wait_ready()
            for case in CASES:
                one.send(case, requests)
            peaks[name] = one.peak_mib()
        finally:
            one.stop()
    return peaks


# --- printing ---


def added(values: dict[str, list[float]], name: str) -> list[float]:
    return [own - bare for own, bare in zip(values[name], values[BARE])]


def report(per_record: dict, requests: int) -> None:
    names = list(next(iter(per_record.values())))
    rounds = len(next(iter(per_record.values()))[BARE])
    print(f"\nCollector: CPU microseconds per record, and what a processor adds (least of {rounds} rounds of {requests} requests, GOGC=800)\n")
    rows = []
    for (kind, dirty), values in per_record.items():
        least = {name: min(own) for name, own in values.items()}
        over = (f"{least[name] - least[BARE]:+.2f}" for name in names if name != BARE)
        rows.append((kind, f"{dirty:.0%}", f"{least[BARE]:.2f}", *over))
    table(("signal", "dirty", "bare", *(name for name in names if name != BARE)), rows)
    if OURS not in names:
        return
    print("\n  As ratios: median of the rounds' own (of the least)\n")
    others = [name for name in SLOW if name in names]
    rows = []
    for (kind, dirty), values in per_record.items():
        ours = added(values, OURS)
        bare = min(values[BARE])
        least = min(values[OURS]) - bare
        cells = [ratio(ours, values[BARE], least, bare)]
        cells += [ratio(added(values, name), ours, min(values[name]) - bare, least) for name in others]
        rows.append((kind, f"{dirty:.0%}", *cells))
    table(("signal", "dirty", "Frostglass / bare", *(f"{name} / Frostglass" for name in others)), rows)


def ratio(above: list[float], below: list[float], least_above: float, least_below: float) -> str:
    """The median of each round's own ratio, and in brackets that of the least. What is not above noise is infinitely cheap."""
    each = [own / other if other > 0 else float("inf") for own, other in zip(above, below)]
    least = least_above / least_below if least_below > 0 else float("inf")
    return f"{statistics.median(each):.2f} ({least:.2f})"


def report_memory(memory: dict[str, float], steady: dict[str, float]) -> None:
    if OURS not in memory:
        return
    print("\n  Peak memory (VmHWM), all signals through one process, two instances of the module\n")
    rows = [
        ("default GOGC", *(f"{memory[name]:.0f}" for name in (BARE, OURS)), f"{memory[OURS] - memory[BARE]:+.0f}"),
        ("GOGC=800", *(f"{steady[name]:.0f}" for name in (BARE, OURS)), f"{steady[OURS] - steady[BARE]:+.0f}"),
    ]
    table(("MiB", "bare", "Frostglass", "over bare"), rows)
