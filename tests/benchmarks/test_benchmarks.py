"""Every benchmark runs, quickly, and says what it has to say. No speed is asserted here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS
from benchmarks.lines import Line

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


# One of each kind: what runs a browser, and only code. All of them together take a quarter of
# what continuous integration has.
IN_CI = {"crypto", "strip", "timeline"}
ALL = [
    pytest.param(name, marks=() if name in IN_CI else pytest.mark.by_hand) for name in BENCHMARKS
]


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_a_benchmark_runs_and_its_lines_are_well_formed(name: str) -> None:
    done = run(name, "--quick")
    assert done.returncode == 0, done.stderr
    if "NOT MEASURED" in done.stderr:
        pytest.skip(done.stderr.strip())
    lines = [json.loads(text) for text in done.stdout.splitlines()]
    assert lines
    for one in lines:
        assert set(one) == set(Line.__slots__)
        assert one["name"].startswith(name)
        assert one["unit"]
        assert 0 < one["minimum"] <= one["value"] <= one["maximum"]
        assert (one["against"] is None) == (one["ratio"] is None) == (one["against_value"] is None)
        assert (one["goal"] is None) == (one["met"] is None)
        assert one["load"] >= 0
        assert one["name"] in done.stderr


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    done = run("speed")
    assert done.returncode == 2
    assert "no benchmark is called speed" in done.stderr
    assert not done.stdout
