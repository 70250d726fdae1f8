"""The Collector half of the benchmark runs, and finds nothing left of what it looks for. Times are not looked at."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH / "collector")]

import measure  # noqa: E402


@pytest.mark.skipif(not measure.BUILDER.exists(), reason="needs the Collector's builder: make .build/builder")
def test_the_collector_half_runs_and_checks(capsys):
    numbers = measure.collector(rounds=1, requests=3, only={measure.OURS})
    assert set(numbers["us_per_record"]) >= {"logs 0%", "logs 100%", "traces 5%", "metrics 100%"}
    for by_name in numbers["leftovers"].values():
        assert all(by_name[measure.BARE].values()) and not any(by_name[measure.OURS].values())
    printed = capsys.readouterr().out
    assert "Frostglass / bare" in printed and "over bare" in printed


def test_what_is_left_ends_the_benchmark():
    line = b"     -> user.email: Str(anna7@example.com)\n"
    with pytest.raises(SystemExit, match="left e-mail addresses in logs"):
        measure.left_in("logs", measure.OURS, b"LogRecord #0\n" * measure.RECORDS + line)


def test_a_processor_that_drops_records_ends_the_benchmark():
    with pytest.raises(SystemExit, match="let 511 of 512 records"):
        measure.left_in("traces", measure.OURS, b"Span #0\n" * (measure.RECORDS - 1))


def test_only_exemplars_are_excused_and_only_where_nothing_looks_at_them():
    points = b"HistogramDataPoints #0\n" * measure.RECORDS
    exemplar = points + b"          -> app.message: Str(miss 4111 1111 1111 1111)\n"
    assert measure.left_in("metrics", "redaction", exemplar)["card numbers"] == 1
    with pytest.raises(SystemExit):
        measure.left_in("metrics", "transform", exemplar)
    with pytest.raises(SystemExit):
        measure.left_in("metrics", "redaction", points + b"     -> app.step: Str(miss 4111 1111 1111 1111)\n")
