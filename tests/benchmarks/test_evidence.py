"""The report of what was measured: whole, honest about what was missed, and never typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.evidence import FOLDER, REPORT, report
from benchmarks.kept import Run, keep, kept_in, machine, run_of
from benchmarks.lines import Goal, Line, line


def measured(*, is_met: bool) -> list[Line]:
    return [
        line(
            "feed: a page", [10.0, 12.0, 11.0], "ms", load=0.5, against="nothing",
            peer=[5.0, 6.0, 5.5], goal=Goal("ratio", "<=", 3 if is_met else 1),
        )
    ]  # fmt: skip


def test_the_report_is_what_the_kept_results_say() -> None:
    """Red? ``make evidence`` writes it anew."""
    assert REPORT.read_text(encoding="utf-8") == report(FOLDER)


def test_what_is_kept_is_read_again_as_it_was(tmp_path: Path) -> None:
    run = run_of("feed", measured(is_met=True))

    keep(tmp_path, run)

    [again] = kept_in(tmp_path, ["crypto", "feed"])
    assert again == run


def test_a_machine_is_known_by_what_it_has() -> None:
    assert "cores" in machine()
    assert "GiB" in machine()


@pytest.mark.parametrize(("is_met", "said"), [(True, "1 of them meet it"), (False, "missed: feed")])
def test_a_missed_goal_stands_in_front(tmp_path: Path, *, is_met: bool, said: str) -> None:
    keep(tmp_path, run_of("feed", measured(is_met=is_met)))

    written = report(tmp_path)

    assert said in written
    assert ("**no**" in written) is not is_met
    assert "not kept so far: `crypto`" in written


def test_what_did_not_survive_is_counted(tmp_path: Path) -> None:
    notes = [
        {"act": "purge", "database": "SQLite", "killed": 20, "held": True},
        {"act": "purge", "database": "SQLite", "killed": 10, "held": False},
    ]
    (tmp_path / "faults.jsonl").write_text("\n".join(map(json.dumps, notes)))

    assert "| purge | SQLite | 30 | 1 |" in report(tmp_path)


@pytest.mark.parametrize(("held", "said"), [(True, "yes"), (False, "**no**")])
def test_what_happened_to_a_service_stands_beside_it(
    tmp_path: Path, *, held: bool, said: str
) -> None:
    note = {
        "scenario": "s3", "what": "S3 away", "database": "SQLite", "times": 4, "seconds": 90,
        "held": held, "told": {"lost": 7},
    }  # fmt: skip
    (tmp_path / "faults.jsonl").write_text(json.dumps(note))

    written = report(tmp_path)

    assert f"| S3 away | SQLite | 4 | 1.5 | {said} | lost 7 |" in written
    assert "what was killed" not in written


def test_runs_of_one_scenario_are_added_up_and_a_broken_one_stands_alone(tmp_path: Path) -> None:
    note = {
        "scenario": "kills", "what": "killed", "database": "SQLite", "times": 40, "seconds": 60,
        "held": True, "told": {"web": 15, "worker": 25, "engine": "one"},
    }  # fmt: skip
    broken = {**note, "held": False, "times": 1, "told": {"web": 1}}
    (tmp_path / "faults.jsonl").write_text("\n".join(map(json.dumps, [note, broken, note])))

    written = report(tmp_path)

    assert "| killed | SQLite | 80 | 2.0 | yes | web 30, worker 50, engine one |" in written
    assert "| killed | SQLite | 1 | 1.0 | **no** | web 1 |" in written


def test_a_run_keeps_the_commit_it_measured() -> None:
    run: Run = run_of("feed", [])
    assert len(run.commit) in (0, 12)
