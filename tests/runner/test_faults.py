"""What breaks around the built module, under Node: the key, the clock, the source of randomness."""

from __future__ import annotations

import base64
import json
import sys

import pytest

from test_cases import ROOT, module_under_node

sys.path[:0] = [str(ROOT / "tests" / "e2e")]

from payloads import PERSON, ExportLogsServiceRequest, logs  # noqa: E402

DAY = 86_400 * 10**9
NOW = 1_700_000_000 * 10**9

POLICY = {
    "policy": "faults",
    "schema": 1,
    "default": "keep",
    "keys": {"ids": {"use": "pseudonymize", "from": "standalone", "epoch": "1m"}},
    "treatments": {
        "always": {"pseudonymize": {"key": "ids", "prefix": "a"}},
        "trace": {"pseudonymize": {"key": "ids", "prefix": "d", "mode": "document"}},
        "never": {"pseudonymize": {"key": "ids", "prefix": "f", "mode": "randomized"}},
    },
    "catalog": {name: {"class": "direct-id", "treat": name} for name in ("always", "trace", "never")},
}


def treated(*requests: dict) -> list[tuple[dict[str, str], dict[str, int]]]:
    """What becomes of the three attributes of a record in each of these requests to one VM, and what was withheld by then."""
    message = logs(always=PERSON, trace=PERSON, never=PERSON)
    # The person stands in what the policy treats, and nowhere else.
    attributes = message.resource_logs[0].scope_logs[0].log_records[0].attributes
    del attributes[[attribute.key for attribute in attributes].index("who")]
    common = {
        "path": "/v1/logs",
        "content_type": "application/x-protobuf",
        "content_encoding": "",
        "configuration": json.dumps({"policy": POLICY}),
        "body": base64.b64encode(message.SerializeToString()).decode(),
        "counted": True,
    }
    lines = [json.dumps(common | {"id": str(number)} | request) for number, request in enumerate(requests)]
    replies = [json.loads(line) for line in module_under_node("\n".join(lines)).splitlines()]
    assert len(replies) == len(requests)
    found = []
    for reply in replies:
        assert reply["status"] == "forwarded" and PERSON not in reply["said"]
        body = base64.b64decode(reply["body"])
        assert PERSON.encode() not in body
        record = ExportLogsServiceRequest.FromString(body).resource_logs[0].scope_logs[0].log_records[0]
        assert record.body.string_value == "signed in"
        left = {attribute.key: attribute.value.string_value for attribute in record.attributes}
        prefix = "frostglass_values_withheld_total.reason="
        counts = {name.removeprefix(prefix): count for name, count in reply["counts"].items() if name.startswith(prefix)}
        found.append((left, counts))
    return found


def test_no_key_suppresses_and_counts():
    """Scenario: the environment of the VM has no key.
    Guarantees: every value that needs it goes and is counted, each time; the rest of the record arrives."""
    assert treated({"key": None}, {"key": None}) == [({}, {"no-key": 3}), ({}, {"no-key": 6})]


@pytest.mark.parametrize("broken", ["zeros", "failing"])
def test_broken_randomness_suppresses_and_counts(broken):
    """Scenario: the source of randomness fills nothing, or fails, from the start of the VM on; then it is well; then broken again.
    Guarantees: what needs it is suppressed and counted as long as it is broken, what needs none goes on, and no VM ends."""
    (first, counts), (well, _), (again, more) = treated({"random": broken}, {}, {"random": broken})
    assert set(first) == set(again) == {"always"} and first["always"] == again["always"]
    assert set(well) == {"always", "trace", "never"}
    assert (counts, more) == ({"no-random": 2}, {"no-random": 4})


def test_randomness_that_repeats_suppresses_and_counts():
    """Scenario: the source gives the same bytes three times, as in a VM that was restored from a snapshot, and then others.
    Guarantees: the first time may be good; each time after, what needs randomness is suppressed and counted."""
    found = treated({"random": "same"}, {"random": "same"}, {"random": "same"}, {})
    assert [set(left) for left, _ in found] == [{"always", "trace", "never"}, {"always"}, {"always"}, {"always", "trace", "never"}]
    assert [counts.get("no-random", 0) for _, counts in found] == [0, 2, 4, 4]


def test_a_clock_that_jumps_changes_the_epoch_and_nothing_else():
    """Scenario: the clock jumps a day ahead, back again, a day back, and to where epochs of a minute have no numbers any more.
    Guarantees: each time has its own token and the same one again; without an epoch, all goes and is counted."""
    days = [0, 1, 0, -1]
    requests = [{"now": str(NOW + day * DAY)} for day in days] + [{"now": str(2**64 - 1)}]
    *tokens, (beyond, counts) = treated(*requests)
    always = [left["always"] for left, _ in tokens]
    assert always[0] == always[2] and len(set(always)) == 3
    assert all(token.startswith("a_") for token in always)
    assert (beyond, counts) == ({}, {"no-key": 3})
