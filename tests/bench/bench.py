"""Measures what Frostglass costs: the engine alone, native and in wasm, and the CPU that it adds to the real Envoy and Collector.

Engine: the best of several rounds over one payload of 512 records' size and shape (payloads.py).
Envoy: user and system time of the process divided by requests. All cases are listeners of one Envoy
with one worker; rounds are interleaved, and each round's CPU is divided by that of its own round without a filter, so a
slow minute hits all cases alike. The load client and the upstream are other processes and not in the numbers.
Collector: likewise, beside contrib's redaction and transform in the same binary (collector/measure.py).
Phases: what the Collector's processor takes for one item, phase by phase, without a Collector around it (collector/phases.py).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from halves import BENCH, BUILD, KEY, ROOT, progress, run, table  # noqa: E402

sys.path.insert(0, str(ROOT / "tests" / "demo"))
sys.path.insert(0, str(BENCH / "collector"))

import measure  # noqa: E402
import payloads  # noqa: E402
import phases  # noqa: E402
import yaml  # noqa: E402
from envoy_process import EnvoyProcess, socket_address  # noqa: E402
from loopback import free_port  # noqa: E402

ENGINE_BYTES = 500_000
ENVOY_BYTES = 100_000
WARM_UP = 200
HCM = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
WASM = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"
LUA = "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua"
ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--only", choices=["engine", "envoy", "collector", "phases"], help="one of the four alone")
    options.add_argument("--case", default="", help="with phases: a pattern of cases, as logs-5 or ^metrics")
    options.add_argument("--rounds", type=int, help="interleaved rounds (Envoy 7, Collector 5), iterations (phases 30)")
    options.add_argument("--requests", type=int, help="requests of one case in one round (Envoy 2000, Collector 100)")
    options.add_argument("--json", type=Path, help="write the numbers to this file too")
    chosen = options.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    results = {}
    if chosen.only not in ("collector", "phases"):
        config = render_policy()
    if chosen.only in (None, "engine"):
        results["engine"] = engine(config)
    if chosen.only in (None, "envoy"):
        results["envoy"] = envoy(config, chosen.rounds or 7, chosen.requests or 2000)
    if chosen.only in (None, "collector"):
        results["collector"] = measure.collector(chosen.rounds or 5, chosen.requests or 100)
    if chosen.only in (None, "phases"):
        results["phases"] = phases.phases(chosen.rounds or 30, chosen.case)
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=1) + "\n")


def render_policy() -> dict:
    """The bench policy as the module's configuration: Envoy's wasm filter, as `frostglass render` writes it."""
    resource = BUILD / "policy.json"
    run([ROOT / "dist" / "frostglass", "render", "--envoy", BENCH / "policy.yaml", "-o", resource])
    return json.loads(resource.read_text())["resources"][0]["typed_config"]["config"]


def plugin_settings(config: dict) -> dict:
    """The plugin configuration itself, whether it travels as a string or as a struct."""
    configuration = config["configuration"]
    return json.loads(configuration["value"]) if isinstance(configuration["value"], str) else configuration["value"]


# --- the engine ---


def engine(config: dict) -> list[dict]:
    """Prints and returns speeds of the engine, native and under Node's WASI."""
    folder = BUILD / "engine"
    files = [path.name for paths in payloads.write(folder, ENGINE_BYTES).values() for path in paths]
    (folder / "policy.json").write_text(json.dumps(plugin_settings(config)["policy"]))
    package = ["cargo", "build", "--locked", "--quiet", "--release", "-p", "frostglass-bench-engine"]
    run(package)
    run([*package, "--target", "wasm32-wasip1"])
    arguments = ["policy.json", *files]
    native = lines(run([ROOT / "target/release/bench-engine", *arguments], cwd=folder))
    program = ROOT / "target/wasm32-wasip1/release/bench-engine.wasm"
    wasm = lines(run(["node", "--no-warnings", BENCH / "engine/run-wasi.mjs", program, folder, *arguments]))
    print("\nEngine, one core: MB/s of OTLP protobuf (best of 7 rounds), and what became of the fields\n")
    head = ("payload", "kB", "native MB/s", "wasm MB/s", "kept", "treated", "dropped")
    rows = []
    for fast, slow in zip(native, wasm):
        speeds = (f"{fast['mb_per_s']:.0f}", f"{slow['mb_per_s']:.0f}")
        fates = (fast["kept"], fast["treated"], fast["dropped"])
        rows.append((fast["name"].removesuffix("-0"), fast["bytes"] // 1000, *speeds, *fates))
    table(head, rows)
    return [fast | {"wasm_mb_per_s": slow["mb_per_s"]} for fast, slow in zip(native, wasm)]


# --- Envoy ---


def envoy(config: dict, rounds: int, requests: int) -> dict:
    """Prints and returns the CPU per request of each case."""
    files = payloads.write(BUILD / "envoy", ENVOY_BYTES, versions=8)["logs-dirty"]
    load = BUILD / "load"
    run(["go", "build", "-o", load, "."], cwd=BENCH / "load")
    run(["cargo", "build", "--locked", "--quiet", "--release", "-p", "frostglass-bench-noop", "--target", "wasm32-wasip1"])
    sink = subprocess.Popen([load, "sink"], stdout=subprocess.PIPE, text=True)
    cases = {
        "no filter": None,
        "no-op wasm": wasm_filter("noop", ROOT / "target/wasm32-wasip1/release/noop.wasm"),
        "Frostglass": frostglass_filter(config),
        "Lua, five gsubs": {"name": "lua", "typed_config": {"@type": LUA, "default_source_code": {"filename": str(BENCH / "five_gsubs.lua")}}},
    }
    ports = {name: free_port() for name in cases}
    upstream = int(sink.stdout.readline())
    listeners = [listener(name, ports[name], http_filter) for name, http_filter in cases.items()]
    shipped = yaml.safe_load((ROOT / "envoy" / "egress" / "envoy.yaml").read_text())
    bootstrap = {
        "static_resources": {"listeners": listeners, "clusters": [cluster(upstream)]},
        "stats_config": shipped["stats_config"],  # cuts labels out of the filter's metrics
    }
    process = EnvoyProcess(bootstrap, BUILD / "envoy-run", KEY, concurrency=1)
    try:
        process.wait_ready()
        sizes = {name: send(load, ports[name], files, WARM_UP)["received"] // WARM_UP for name in cases}  # warm up
        counts = field_counts(process)
        per_request = {name: [] for name in cases}
        for number in range(rounds):
            for name in cases:
                # Lua costs so much more that fewer requests measure it as well.
                count = max(50, requests // 20) if name.startswith("Lua") else requests
                before = process.cpu_seconds()
                sent = send(load, ports[name], files, count)
                if sent["failed"]:
                    sys.exit(f"bench: {name}: {sent['failed']} of {count} requests failed\n{process.log_tail()}")
                per_request[name].append((process.cpu_seconds() - before) / count * 1e3)
            progress(number, rounds)
    finally:
        process.stop()
        sink.terminate()
        sink.wait()
    return report(per_request, sizes, counts, files[0].stat().st_size)


def report(per_request: dict[str, list[float]], sizes: dict[str, int], counts: dict[str, float], size: int) -> dict:
    """Prints medians, and ratios as the median of each round's own ratio."""
    base = per_request["no filter"]
    added = {name: statistics.median(own - none for own, none in zip(values, base)) for name, values in per_request.items()}
    print(f"\nEnvoy, one worker: CPU per request of {size // 1000} kB OTLP/HTTP logs, 5 % dirty (median of {len(base)} rounds)\n")
    rows = []
    for name, values in per_request.items():
        ratio = statistics.median(own / none for own, none in zip(values, base))
        extra = "" if name == "no filter" else f"{added[name]:.3f}"
        over = "" if name == "no filter" else f"{added[name] / statistics.median(base):.2f} x"
        rows.append((name, f"{statistics.median(values):.3f}", extra, f"{ratio:.2f} x", over, sizes[name]))
    table(("case", "ms CPU", "added ms", "of no filter", "added / no filter", "bytes upstream"), rows)
    gap = added["Lua, five gsubs"] / max(added["Frostglass"], 1e-9)
    print(f"\n  Lua's five gsubs add {gap:.1f} x what Frostglass adds.")
    print(f"  Fields of {WARM_UP} requests, by Frostglass's own metrics: " + ", ".join(f"{value} {name}" for name, value in counts.items()))
    return {"ms": per_request, "added_ms": added, "bytes": sizes, "counts": counts}


def field_counts(process: EnvoyProcess) -> dict[str, int]:
    """What became of fields, as the module counts them."""
    fields = sum(value for _, _, value in process.metrics("frostglass_fields_total"))
    changed = process.metrics("frostglass_fields_treated_total")
    dropped = sum(value for _, labels, value in changed if labels.get("treatment") == "suppress")
    treated = sum(value for _, _, value in changed) - dropped
    records = sum(value for _, _, value in process.metrics("frostglass_records_dropped_total"))
    counts = {"kept": fields - treated - dropped, "treated": treated, "dropped": dropped, "records dropped": records}
    return {name: int(value) for name, value in counts.items()}


def wasm_filter(name: str, module: Path) -> dict:
    vm = {"vm_id": name, "runtime": "envoy.wasm.runtime.v8", "code": {"local": {"filename": str(module)}}}
    return {"name": name, "typed_config": {"@type": WASM, "config": {"name": name, "root_id": name, "vm_config": vm}}}


def frostglass_filter(config: dict) -> dict:
    config["vm_config"]["code"] = {"local": {"filename": str(ROOT / "dist" / "frostglass.wasm")}}
    return {"name": "frostglass", "typed_config": {"@type": WASM, "config": config}}


def listener(name: str, port: int, http_filter: dict | None) -> dict:
    filters = [http_filter] if http_filter else []
    manager = {
        "@type": HCM,
        "stat_prefix": name.split(",")[0].replace(" ", "_"),
        "http_filters": [*filters, {"name": "router", "typed_config": {"@type": ROUTER}}],
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "sink"}}]}]},
    }
    return {
        "name": name,
        "address": socket_address(port),
        "per_connection_buffer_limit_bytes": 16 << 20,
        "filter_chains": [{"filters": [{"name": "hcm", "typed_config": manager}]}],
    }


def cluster(port: int) -> dict:
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": socket_address(port)}}]}]
    return {"name": "sink", "type": "STATIC", "load_assignment": {"cluster_name": "sink", "endpoints": endpoints}}


def send(load: Path, port: int, files: list[Path], count: int) -> dict:
    return json.loads(run([load, "send", "-target", f"http://127.0.0.1:{port}/v1/logs", "-requests", str(count), *files]))


# --- small things ---


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


if __name__ == "__main__":
    main()
