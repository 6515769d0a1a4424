"""Kill at hundreds of random points: ``python -m tests.faults --points 500 --report FILE``.

Runs the crash tests again and again, each time with another seed, until so many processes were
killed (SIGKILL), and adds a line to the report for each test: the test, the seed, how many were
killed, whether it held. Begun again with the same report, it goes on where it ended. A seed that
broke something is run again with ``FAULT_SEED=… FAULT_POINTS=… pytest TEST``, as it prints.

On whatever ``DATABASE_URL`` names; SQLite by default.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = {
    "backup": "test_backup_crash.py::"
    "test_a_killed_backup_and_a_killed_rotation_leave_nothing_half[backup]",
    "rotation": "test_rotation_crash.py",
    "rotation with backups": "test_backup_crash.py::"
    "test_a_killed_backup_and_a_killed_rotation_leave_nothing_half[rotate]",
    "purge": "test_backup_crash.py::test_a_killed_purge_is_done_or_not_and_the_journal_knows",
    "erasure": "test_erasing_crash.py",
    "export": "test_packing_crash.py",
    "restore": "test_backup_crash.py::"
    "test_a_killed_restore_goes_on_and_nothing_deleted_comes_back",
    "deeds that mail": "test_deeds_crash.py::"
    "test_a_deed_that_was_killed_is_repeated_and_writes_once",
    "mails": "test_deeds_crash.py::"
    "test_what_is_owed_leaves_and_a_second_copy_is_known_as_one",
    "replay of cases": "test_cases_crash.py",
}
# What each is killed at once it runs: a restore takes a hundred times as long as a purge.
AT_ONCE = {"restore": 10, "deeds that mail": 5, "replay of cases": 20}


def main() -> int:
    """Go on until there were enough, or something broke; say what was done."""
    asked = _asked()
    database = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"
    seeds = random.SystemRandom()
    while (done := _done(asked.report, database))["all"] < asked.points:
        # Each act in its turn: whichever was killed least comes next.
        act = min(asked.acts, key=lambda each: done[each])
        note = _run(act, seeds.randrange(1, 10**6), AT_ONCE.get(act, asked.at_once))
        note = {"database": database, "act": act, **note}
        with asked.report.open("a", encoding="utf-8") as file:
            file.write(json.dumps(note) + "\n")
        print(json.dumps(note), flush=True)
        if not note["held"]:
            return 1
    counted = ", ".join(f"{done[act]} in {act}" for act in asked.acts)
    print(f"{database}: killed {done['all']} times, and all held: {counted}.")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=500)
    parser.add_argument("--at-once", type=int, default=30, help="kills in one run of a test")
    parser.add_argument("--acts", nargs="+", choices=TESTS, default=list(TESTS))
    parser.add_argument("--report", type=Path, required=True)
    return parser.parse_args()


def _done(report: Path, database: str) -> Counter[str]:
    """How often each act was killed until now, and ``all``."""
    done: Counter[str] = Counter()
    for line in report.read_text(encoding="utf-8").splitlines() if report.exists() else ():
        note = json.loads(line)
        if note["database"] == database and note["held"]:
            done.update({note["act"]: note["killed"], "all": note["killed"]})
    return done


def _run(act: str, seed: int, points: int) -> dict[str, object]:
    """Run one test; what it did, as ``nursery.close`` noted it."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        said = f"FAULT_SEED={seed} FAULT_POINTS={points} pytest --slow tests/faults/{TESTS[act]}"
        print(said, flush=True)
        env = {
            **os.environ, "FAULT_SEED": str(seed), "FAULT_POINTS": str(points),
            "FAULT_REPORT": str(notes),
        }  # fmt: skip
        command = [sys.executable, "-m", "pytest", "--slow", "-q", "-p", "no:cacheprovider"]
        limit = ["--timeout", "7200"]
        ran = subprocess.run(
            [*command, *limit, f"tests/faults/{TESTS[act]}"], cwd=ROOT, env=env, check=False
        )
        found = [json.loads(each) for each in notes.read_text().splitlines()]
    return {
        "seed": seed,
        "killed": sum(each["killed"] for each in found),
        "lived": sum(each["lived"] for each in found),
        "seconds": round(sum(each["seconds"] for each in found)),
        "held": ran.returncode == 0,
    }


if __name__ == "__main__":
    sys.exit(main())
