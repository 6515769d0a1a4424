"""Break it on purpose, all of it: ``python -m tests.faults --report FILE``.

First acts are killed (SIGKILL) at random steps, each time with another seed, until so many
processes were killed (``--points``). Then each scenario runs once, in its long version. The report
gets a line of JSON for each run: what, how often, on which database, whether it held, how long it
took. Begun again with the same report, it goes on where it ended, and it stops at the first that
does not hold. What cannot run here, for want of a program, is named at the end and is no line.

``--only NAME …`` runs these acts and scenarios alone. A seed that broke something is run again as
it prints. On whatever ``DATABASE_URL`` and ``REDIS_URL`` name; SQLite by default.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.scenarios import ACTS, AT_ONCE, SCENARIOS, Scenario

ROOT = Path(__file__).resolve().parents[2]
HELD, BROKEN, LEFT_OUT = 0, 1, 2
Note = dict[str, object]


class Report:
    """The file with a line for each run, and what stands in it for this database."""

    def __init__(self, path: Path, database: str) -> None:
        self._path, self.database = path, database

    def add(self, note: Note) -> None:
        """Write a line, and show it."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(note) + "\n")
        print(json.dumps(note), flush=True)

    def killed(self, acts: Sequence[str]) -> Counter[str]:
        """How often each act was killed until now."""
        done: Counter[str] = Counter(dict.fromkeys(acts, 0))
        for note in self._held():
            if note.get("act") in done and note["database"] == self.database:
                done[note["act"]] += note["killed"]
        return done

    def has(self, name: str, scenario: Scenario, wanted: float | None) -> bool:
        """Whether a scenario held already, as often or as long as it is wanted now."""
        database = scenario.database or self.database
        held = [
            note
            for note in self._held()
            if note.get("scenario") == name and note["database"] == database
        ]
        if scenario.at_once:
            return sum(note["times"] for note in held) >= (wanted or 0)
        return any((note.get("wanted") or 0) >= (wanted or 0) for note in held)

    def _held(self) -> list[dict[str, object]]:
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return [note for note in map(json.loads, lines) if note["held"]]


def main() -> int:
    """Go on until there was enough, or something broke; say what was done."""
    asked = _asked()
    report = Report(asked.report, "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite")
    acts = [name for name in ACTS if name in asked.only]
    if acts and not _kill(acts, asked, report):
        return BROKEN
    left_out = []
    for name in (each for each in SCENARIOS if each in asked.only):
        held = _happen(name, asked, report)
        if held is None:
            left_out.append(name)
        elif not held:
            return BROKEN
    if left_out:
        print(f"Left out, see above: {', '.join(left_out)}.")
    return LEFT_OUT if left_out else HELD


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [*ACTS, *SCENARIOS]
    parser.add_argument("--points", type=int, default=500, help="kills of acts in all")
    parser.add_argument("--at-once", type=int, default=30, help="kills in one run of a test")
    parser.add_argument("--times", type=int, help="of each scenario, instead of the long version")
    parser.add_argument("--minutes", type=float, help="of the soak, instead of 15")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME",
                        help=", ".join(names))  # fmt: skip
    parser.add_argument("--report", type=Path, required=True)
    return parser.parse_args()


def _kill(acts: Sequence[str], asked: argparse.Namespace, report: Report) -> bool:
    """Kill these in their turns, whichever was killed least first; whether all held."""
    seeds = random.SystemRandom()
    while (done := report.killed(acts)).total() < asked.points:
        act = min(acts, key=lambda each: done[each])
        seed, points = seeds.randrange(1, 10**6), AT_ONCE.get(act, asked.at_once)
        ran, found = _run(ACTS[act], {"FAULT_SEED": str(seed), "FAULT_POINTS": str(points)})
        summed = {
            name: round(sum(each[name] for each in found))
            for name in ("killed", "lived", "seconds")
        }
        held = ran.returncode == 0 and summed["killed"] > 0
        report.add(
            {"database": report.database, "act": act, "seed": seed, **summed, "held": held}
        )
        if not held:
            return False
    counted = ", ".join(f"{done[act]} in {act}" for act in acts)
    print(f"{report.database}: killed {done.total()} times, and all held: {counted}.")
    return True


def _happen(name: str, asked: argparse.Namespace, report: Report) -> bool | None:
    """Run a scenario unless it held already; whether it held, None if it cannot run here."""
    scenario = SCENARIOS[name]
    points = asked.times if asked.times and scenario.points else scenario.points
    minutes = asked.minutes if asked.minutes and scenario.minutes else scenario.minutes
    wanted = minutes or points
    while not report.has(name, scenario, wanted):
        part = min(points, scenario.at_once) if points and scenario.at_once else points
        held = _happen_once(name, scenario, part, minutes, report)
        if not held:
            return held
    return True


def _happen_once(
    name: str, scenario: Scenario, points: int | None, minutes: float | None, report: Report
) -> bool | None:
    """Run the test of a scenario, and add its line."""
    seed = random.SystemRandom().randrange(1, 10**6)
    env = {"FAULT_SEED": str(seed)}
    env |= {"FAULT_POINTS": str(points)} if points else {}
    env |= {"FAULT_MINUTES": str(minutes)} if minutes else {}
    began = time.monotonic()
    ran, found = _run(scenario.test, env)
    passed = _passed(ran)
    if ran.returncode == 0 and not passed:
        return None
    times = sum(each.get("times", each.get("killed", 0)) for each in found) or passed
    told = {key: value for each in found for key, value in each.items()}
    for key in ("test", "times", "seed", "seconds", "killed", "lived"):
        told.pop(key, None)
    held = ran.returncode == 0
    report.add({
        "database": scenario.database or report.database, "scenario": name,
        "what": scenario.what, "times": times, "wanted": minutes or points, "seed": seed,
        "held": held, "seconds": round(time.monotonic() - began), "told": told,
    })  # fmt: skip
    return held


def _run(
    test: str, chosen: Mapping[str, str]
) -> tuple[subprocess.CompletedProcess[str], list[dict[str, float]]]:
    """Run a test; how it ended, and the lines that it noted."""
    path = test if test.startswith("tests/") else f"tests/faults/{test}"
    print(*(f"{name}={value}" for name, value in chosen.items()), "pytest --slow", path, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        env = {**os.environ, **chosen, "FAULT_REPORT": str(notes)}
        command = [
            sys.executable, "-m", "pytest", "--slow", "-q", "-rs", "-p", "no:cacheprovider",
            "--timeout", "14400", path,
        ]  # fmt: skip
        ran = subprocess.run(
            command, cwd=ROOT, env=env, check=False, stdout=subprocess.PIPE, text=True
        )
        print(ran.stdout, flush=True)
        lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    return ran, [json.loads(line) for line in lines]


def _passed(ran: subprocess.CompletedProcess[str]) -> int:
    """How many tests passed, by pytest's last line."""
    found = re.findall(r"(\d+) passed", ran.stdout)
    return int(found[-1]) if found else 0


if __name__ == "__main__":
    sys.exit(main())
