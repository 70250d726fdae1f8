"""`frostglass utility` against an oracle of plain Python, on made-up telemetry, treated and damaged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

import oracle  # noqa: E402

COMMAND = ROOT / "dist" / "frostglass"
SIGNALS = ["traces", "logs", "metrics"]
# 32 bytes; made for these tests, and nobody's secret.
KEY = "5w9zdzcgCMvkW4KKXXrTyYL8NaVbJWekuXNTE5Srlwc="
RULES = """
alerts:
  - {name: payments fail, of: spans, where: {resource/service.name: payment}, measure: error-ratio, above: 0.2, window: 5m, at-least: 3}
  - {name: checkout is slow, of: spans, where: {http.route: /checkout}, measure: latency-p99, above: 1, window: 10m}
  - {name: busy, of: spans, measure: count, above: 250, window: 5m}
"""
# The same for the oracle: the records that a rule is about, measure, threshold, seconds, least records.
WANTED = {
    "payments fail": (("resource/service.name", "payment"), "error-ratio", 0.2, 300, 3),
    "checkout is slow": (("span/http.route", "/checkout"), "latency-p99", 1, 600, 1),
    "busy": (None, "count", 250, 300, 1),
}


def frostglass(*arguments: object, code: int = 0) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FROSTGLASS_")}
    environment |= {"FROSTGLASS_KEY_IDS": KEY, "NO_COLOR": "1"}
    done = subprocess.run([COMMAND, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def utility(before: Path, after: Path, signal: str, *more: object, code: int = 0) -> dict:
    return json.loads(frostglass("utility", "-f", "otlp-proto", "-s", signal, "--as", "json", *more, before, after, code=code))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Telemetry of each signal, as protobuf and as JSON, before and after the default policy."""
    folder = tmp_path_factory.mktemp("made")
    for signal in SIGNALS:
        synth = ["synth", "-q", "--seed", 11, "--requests", 600, "--persons", 90, "--canaries", 20, "-s", signal]
        frostglass(*synth, "-f", "otlp-proto", "-o", folder / f"{signal}.pb")
        frostglass(*synth, "-o", folder / f"{signal}.json")
        frostglass("scrub", "-q", "-f", "otlp-proto", "-s", signal, "-o", folder / f"{signal}.after.pb", folder / f"{signal}.pb")
        frostglass("scrub", "-q", "-o", folder / f"{signal}.after.json", folder / f"{signal}.json")
    return folder


def read(path: Path, signal: str) -> list[oracle.Record]:
    return oracle.read(path.read_bytes(), signal)


def same(said: dict, expected: dict) -> None:
    """The same members with the same numbers, floats but for rounding."""
    for name, number in expected.items():
        if isinstance(number, float) or isinstance(said[name], float):
            assert said[name] == pytest.approx(number, abs=1e-12), name
        else:
            assert said[name] == number, name


def agrees(said: dict, before: list[oracle.Record], after: list[oracle.Record]) -> None:
    """Every figure of an answer is what the oracle computes."""
    pairs = oracle.paired(before, after, said["paired_by"])
    same(
        said["records"],
        {
            "before": len(before),
            "after": len(after),
            "lost": sum(1 for _, new in pairs if new is None),
            "new": sum(1 for old, _ in pairs if old is None),
            "values_before": sum(record.leaves for record in before),
            "values_after": sum(record.leaves for record in after),
        },
    )
    expected = oracle.fields(pairs)
    assert {field["field"] for field in said["fields"]} == set(expected)
    for field in said["fields"]:
        own = dict(expected[field["field"]])
        assert field["counted"] == own.pop("counted"), field["field"]
        same(field, own)
    same(said["errors"], oracle.errors(pairs))
    if before and before[0].level == "span":
        same(said["traces"], oracle.traces(pairs))
        assert said["latency"] == oracle.latency(pairs)


def test_pairs_are_counted_as_defined():
    """
    Scenario: small columns of values, some missing.
    Guarantees: the oracle's count over groups is the count over all pairs, one by one.
    """
    for column in ([], [None], ["a", "a", None], ["a", "b", "a", "a", None, "b", "c"], ["x"] * 9):
        assert oracle.equal_pairs(column) == oracle.equal_pairs_one_by_one(column)


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_oracle_agrees_on_treated_telemetry(signal, made):
    """
    Scenario: made-up telemetry under the policy that is built in.
    Guarantees: every figure of the command is the one that plain Python computes from the published messages.
    """
    said = utility(made / f"{signal}.pb", made / f"{signal}.after.pb", signal)
    agrees(said, read(made / f"{signal}.pb", signal), read(made / f"{signal}.after.pb", signal))
    assert said["left_out"] == []
    # With a key, persons still join; without one, this test would compare nothing with nothing.
    [user] = [field["counted"] for field in said["fields"] if field["field"].endswith("/user.id") and "exemplar" not in field["field"]]
    assert user["kept"] == user["pairs"] > 0 if signal != "metrics" else user["values_after"] > 1


@pytest.mark.parametrize("signal", SIGNALS)
def test_both_encodings_hold_the_same(signal, made):
    """
    Scenario: the same seed in JSON lines and in protobuf, treated.
    Guarantees: the same figures, so both encodings of the made-up telemetry hold the same.
    """
    by_json = json.loads(frostglass("utility", "--as", "json", made / f"{signal}.json", made / f"{signal}.after.json"))
    by_proto = utility(made / f"{signal}.pb", made / f"{signal}.after.pb", signal)
    # Points of one export request may merge, and lines are requests of their own.
    if signal == "metrics":
        by_json, by_proto = [
            {name: said["records"][name] for name in ("before", "values_before")} for said in (by_json, by_proto)
        ]
    assert by_json == by_proto


@pytest.mark.parametrize("signal", SIGNALS)
def test_nothing_changed_is_a_perfect_score(signal, made):
    """
    Scenario: a file compared with itself, under the strictest floors.
    Guarantees: all shares are 1 and all errors 0; the floors hold.
    """
    path = made / f"{signal}.pb"
    floors = ["records=1", "fields=1", "joins=1", "false-joins=0", "top-k=1", "cardinality=1"]
    if signal == "traces":
        floors += ["traces=1", "parents=1", "containment=1", "errors=0", "latency-p50=0", "latency-p99=0"]
    said = utility(path, path, signal, *[part for floor in floors for part in ("--floor", floor)])
    agrees(said, *[read(path, signal)] * 2)
    errors = {"false-joins", "errors", "latency-p50", "latency-p90", "latency-p99"}
    for name, figure in said["figures"].items():
        assert figure in (None, 0.0 if name in errors else 1.0), name


@pytest.mark.parametrize("seed", range(20, 26))
def test_whatever_is_made_equals_itself(seed, tmp_path):
    """
    Scenario: made-up telemetry of many shapes, in JSON and in protobuf, compared with itself.
    Guarantees: no record is lost or new, no figure is short of perfect.
    """
    signal, encoding = SIGNALS[seed % 3], ["otlp-json", "otlp-proto"][seed % 2]
    size = ["--requests", 30 + 37 * (seed % 7), "--persons", 1 + seed % 5 * 40, "--sessions", 1 + seed % 4 * 9, "--batch", 1 + seed % 9]
    path = tmp_path / "made"
    frostglass("synth", "-q", "--seed", seed, "-s", signal, "-f", encoding, *size, "-o", path)
    said = json.loads(frostglass("utility", "--as", "json", "-f", encoding, "-s", signal, path, path))
    assert said["records"]["before"] == said["records"]["after"] > 0
    assert said["records"]["lost"] == said["records"]["new"] == 0
    for name, figure in said["figures"].items():
        is_error = name in {"false-joins", "errors"} or name.startswith("latency")
        assert figure in (None, 0.0 if is_error else 1.0), name


class Traces:
    """An export request of spans that can be damaged."""

    def __init__(self, path: Path):
        self.request = oracle.REQUESTS["traces"].FromString(path.read_bytes())
        self.lists = [scoped.spans for group in self.request.resource_spans for scoped in group.scope_spans]

    def spans(self):
        return [span for spans in self.lists for span in spans]

    def leaves(self):
        parents = {span.parent_span_id for span in self.spans()}
        return [span for span in self.spans() if span.parent_span_id and span.span_id not in parents]

    def drop(self, wanted) -> None:
        for spans in self.lists:
            for at, span in reversed(list(enumerate(spans))):
                if span.span_id == wanted.span_id:
                    del spans[at]

    def values(self, key: str):
        """The attributes of a key."""
        return [pair for span in self.spans() for pair in span.attributes if pair.key == key]

    def write(self, path: Path) -> Path:
        path.write_bytes(self.request.SerializeToString())
        return path


@pytest.fixture
def damaged(made, tmp_path):
    """Damages the spans, and gives the figures without and with the damage."""

    def run(damage) -> tuple[dict, dict]:
        before = made / "traces.pb"
        traces = Traces(before)
        damage(traces)
        after = traces.write(tmp_path / "damaged.pb")
        said = utility(before, after, "traces")
        agrees(said, read(before, "traces"), read(after, "traces"))
        return utility(before, before, "traces"), said

    return run


MOVED = """
policy: vendor
schema: 1
default: scan
keys: {ids: {use: pseudonymize, from: standalone}}
treatments:
  other-id: {rekey: {key: ids}}
  moved: {shift: {key: ids, within: 1h}}
catalog:
  "@trace_id": {class: correlation, treat: other-id}
  "@span_id": {class: correlation, treat: other-id}
  "@parent_span_id": {class: correlation, treat: PARENTS}
  "@start_time": {class: operational, treat: moved}
  "@end_time": {class: operational, treat: moved}
  event/@time: {class: operational, treat: moved}
"""


@pytest.mark.parametrize("parents", ["other-id", "keep"])
def test_other_ids_and_moved_times_leave_traces_intact(parents, made, tmp_path):
    """
    Scenario: all ids become others and all times of a trace move; the same, but the ids of parents stay.
    Guarantees: every trace, parent, containment and duration is what it was, though no record has an id or a time that it had;
    what is left out tears the trees, and is seen.
    """
    policy, after = tmp_path / "policy.yaml", tmp_path / "after.pb"
    policy.write_text(MOVED.replace("PARENTS", parents))
    before = made / "traces.pb"
    frostglass("scrub", "-q", "-p", policy, "-f", "otlp-proto", "-s", "traces", "-o", after, before)
    raw, treated = read(before, "traces"), read(after, "traces")
    assert len(raw) == len(treated) > 600
    assert not {one.trace for one in raw} & {one.trace for one in treated}
    said = utility(before, after, "traces")
    agrees(said, raw, treated)
    traces = said["traces"]
    assert said["paired_by"] == "durations"
    assert said["figures"]["containment"] == 1
    assert (traces["intact"] == traces["traces"]) == (parents == "other-id")
    assert (traces["parents_kept"] == traces["spans"]) == (parents == "other-id")
    lengths = [sorted(one.end - one.start for one in side) for side in (raw, treated)]
    assert lengths[0] == lengths[1]
    assert not {one.start for one in raw} & {one.start for one in treated}


def test_a_lost_span_is_one_lost_span(damaged):
    """
    Scenario: one span that is nobody's parent is left out.
    Guarantees: one record, one parent relation, one containment and one trace less; all others as they were.
    """
    whole, said = damaged(lambda traces: traces.drop(traces.leaves()[17]))
    assert (said["records"]["lost"], said["records"]["new"], said["paired_by"]) == (1, 0, "ids")
    for name, less in {"intact": 1, "parents_kept": 1, "contained_after": 1, "traces": 0, "spans": 0}.items():
        assert said["traces"][name] == whole["traces"][name] - less, name


def test_a_shifted_time_is_one_child_outside(damaged):
    """
    Scenario: one span that is nobody's parent ends two hours late.
    Guarantees: one containment and one trace less; parents stand; the latency of its name is off.
    """

    def shift(traces):
        traces.leaves()[5].end_time_unix_nano += 2 * 3600 * 10**9

    whole, said = damaged(shift)
    for name, less in {"intact": 1, "parents_kept": 0, "contained_after": 1}.items():
        assert said["traces"][name] == whole["traces"][name] - less, name
    assert said["figures"]["joins"] == 1 and said["figures"]["latency-p99"] > 0


def test_sampling_loses_what_was_not_taken(damaged):
    """
    Scenario: one trace in twelve is kept.
    Guarantees: the others are lost, of those that are left nothing is damaged.
    """
    kept = {}

    def sample(traces):
        ids = list(dict.fromkeys(span.trace_id for span in traces.spans()))
        kept["traces"] = len(ids[::12])
        wanted = set(ids[::12])
        for spans in traces.lists:
            for at, span in reversed(list(enumerate(spans))):
                if span.trace_id not in wanted:
                    del spans[at]

    whole, said = damaged(sample)
    assert said["traces"]["intact"] == kept["traces"] > 40
    assert said["paired_by"] == "ids" and said["figures"]["false-joins"] == 0
    assert said["traces"]["traces"] == whole["traces"]["traces"]


def test_merged_values_are_false_joins(damaged):
    """
    Scenario: all records of one session get the id of another one.
    Guarantees: every pair across the two is a false one, no pair is lost, one value is gone.
    """
    counts = {}

    def merge(traces):
        count = Counter(pair.value.string_value for pair in traces.values("session.id"))
        (one, n), (other, m) = count.most_common(5)[3:5]
        counts["pairs"] = n * m
        for pair in traces.values("session.id"):
            if pair.value.string_value == other:
                pair.value.string_value = one

    whole, said = damaged(merge)
    assert counts["pairs"] > 1
    [old], [new] = ([f["counted"] for f in answer["fields"] if f["field"] == "span/session.id"] for answer in (whole, said))
    assert (new["wrong"], new["kept"], new["values_after"]) == (counts["pairs"], old["kept"], old["values_after"] - 1)


def test_a_split_value_loses_its_joins(damaged):
    """
    Scenario: one record of a session gets an id of its own.
    Guarantees: its pairs with the others are lost, none is false, there is one value more.
    """
    counts = {}

    def split(traces):
        count = Counter(pair.value.string_value for pair in traces.values("session.id"))
        one, counts["records"] = count.most_common(3)[2]
        next(pair for pair in traces.values("session.id") if pair.value.string_value == one).value.string_value = "alone"

    whole, said = damaged(split)
    [old], [new] = ([f["counted"] for f in answer["fields"] if f["field"] == "span/session.id"] for answer in (whole, said))
    assert counts["records"] > 1
    assert (new["kept"], new["wrong"]) == (old["kept"] - (counts["records"] - 1), 0)
    assert new["values_after"] == old["values_after"] + 1


def test_other_ids_are_no_damage(damaged):
    """
    Scenario: every trace and span id is replaced, equal ones by equal ones.
    Guarantees: the traces stand, and all joins with them.
    """

    def rekey(traces):
        for span in traces.spans():
            span.trace_id = bytes(byte ^ 0x5A for byte in span.trace_id)
            span.span_id = bytes(byte ^ 0x5A for byte in span.span_id)
            span.parent_span_id = bytes(byte ^ 0x5A for byte in span.parent_span_id)

    whole, said = damaged(rekey)
    assert said["paired_by"] == "times and resource"
    assert said["traces"] == whole["traces"]
    assert said["figures"] == whole["figures"]


def test_traces_that_became_one_are_not_intact(damaged):
    """
    Scenario: all spans of one trace get the trace id of another one.
    Guarantees: neither of the two is intact, and no other one suffers.
    """

    def join(traces):
        one, other = list(dict.fromkeys(span.trace_id for span in traces.spans()))[3:5]
        for span in traces.spans():
            if span.trace_id == other:
                span.trace_id = one

    whole, said = damaged(join)
    # The ids of some spans changed, too few for another way of pairing: those count as lost and new.
    assert said["traces"]["intact"] == whole["traces"]["intact"] - 2


def test_alerts_fire_as_the_oracle_says(made, tmp_path):
    """
    Scenario: three rules over telemetry in which payments break for a while, and over the same without the failures.
    Guarantees: windows before, after and in both are the ones that plain Python finds; where failures are gone, the alert is.
    """
    rules = tmp_path / "alerts.yaml"
    rules.write_text(RULES)
    traces = Traces(made / "traces.pb")
    for span in traces.spans():
        span.ClearField("status")
    calm = traces.write(tmp_path / "calm.pb")
    for after in (made / "traces.after.pb", calm):
        said = {rule["name"]: rule for rule in utility(made / "traces.pb", after, "traces", "--rules", rules)["alerts"]}
        for name, (condition, *how) in WANTED.items():

            def wanted(record, condition=condition):
                return condition is None or ("str", condition[1]) in record.values.get(condition[0], ())

            old, new = (oracle.windows(read(path, "traces"), wanted, *how) for path in (made / "traces.pb", after))
            assert old, name
            assert (said[name]["before"], said[name]["after"], said[name]["both"]) == (len(old), len(new), len(old & new)), name
    assert said["payments fail"]["after"] == 0


@pytest.mark.parametrize(
    "rules, complaint",
    [
        ("rules: []", ":1:1: has no list `alerts`"),
        ("alerts:\n  - {name: x, of: spans, measure: count, above: 1, windw: 5m}", "unknown member `windw`; did you mean `window`?"),
        ("alerts:\n  - {name: x, of: spams, measure: count, above: 1, window: 5m}", "`of` is one of spans, logs, points"),
        ("alerts:\n  - {name: x, of: spans, measure: count, above: much, window: 5m}", "`above` is a number"),
        ("alerts:\n  - {name: x, of: spans, measure: count, above: 1, window: 5}", "`window`: "),
        ("alerts:\n  - {name: x, of: spans, measure: count, window: 5m}", "a rule needs `above`"),
        ("alerts: [", "not YAML"),
    ],
)
def test_a_mistake_in_a_rule_is_said_where_it_stands(rules, complaint, tmp_path):
    """
    Scenario: rules with one mistake each.
    Guarantees: exit code 2 and a complaint that names file, line and what is wrong; nothing is compared.
    """
    path = tmp_path / "alerts.yaml"
    path.write_text(rules)
    done = subprocess.run([COMMAND, "utility", "--rules", path, path, path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and not done.stdout
    assert "alerts.yaml:" in done.stderr and complaint in done.stderr, done.stderr


def test_a_floor_that_is_not_reached_ends_with_one(made):
    """
    Scenario: floors above and below what the default policy keeps, and one that nothing can be said about.
    Guarantees: exit code 1; standard error names those that do not hold, with both numbers, and no others.
    """
    arguments = [COMMAND, "utility", "-f", "otlp-proto", "-s", "traces", made / "traces.pb", made / "traces.after.pb"]
    floors = ["joins=0.99", "traces=1", "latency-p99=0", "joins/span/geo.postal_code=0.5", "alerts=1"]
    for floor in floors:
        arguments += ["--floor", floor]
    done = subprocess.run(arguments, env=os.environ | {"NO_COLOR": "1"}, capture_output=True, text=True, timeout=120)
    complaints = done.stderr.splitlines()
    assert done.returncode == 1
    assert [line.split("floor: ")[1].split(" ")[0] for line in complaints] == ["joins", "joins/span/geo.postal_code", "alerts"]
    assert "should be at least 0.99" in complaints[0]
    assert "cannot be measured" in complaints[2]


@pytest.mark.parametrize("signal", SIGNALS)
def test_no_answer_shows_a_value(signal, made, tmp_path):
    """
    Scenario: every labelled value of the telemetry, looked for in both answers and in complaints.
    Guarantees: none of them is there; keys that hold an address are not shown either.
    """
    labels = tmp_path / "labels"
    path = tmp_path / "keyed.json"
    frostglass("synth", "-q", "--requests", 200, "-s", signal, "-o", path, "--labels", labels)
    path.write_text(path.read_text().replace('"host.name"', '"host.of.ann@example.org"'))
    values = {json.loads(line)["value"] for line in labels.read_text().splitlines()}
    # Words that are names of things, too.
    values = {value for value in values if len(value) > 8} | {"ann@example.org"}
    arguments = [COMMAND, "utility", path, path, "--floor", "joins=2"]
    for answer in ("text", "json"):
        done = subprocess.run([*arguments, "--as", answer], capture_output=True, text=True, timeout=120)
        said = done.stdout + done.stderr
        assert "a key that tells something" in said
        assert not [value for value in values if value in said]
