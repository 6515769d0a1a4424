"""``python -m benchmarks.mutation [NAME]``: try mutants, keep what came of them, and say."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Sequence

from benchmarks.evidence import FOLDER, MUTATION, REPORT, report
from benchmarks.kept import run_of
from benchmarks.mutation import browser_runs, python_runs
from benchmarks.mutation.done import Done, Limits
from benchmarks.mutation.figures import document_of, keep, part_of, rows
from benchmarks.mutation.targets import BROWSER, NAMES, TARGETS

MOST, SEED = 20, 20261129


def main(arguments: Sequence[str] | None = None) -> int:
    """Try, keep and say; 0 however many survive, because a survivor is a finding."""
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, help="one target; all without it")
    parser.add_argument("--most", type=int, default=MOST, help="mutants of a module; 0 for all")
    parser.add_argument("--seed", type=int, default=SEED, help="which of them")
    parser.add_argument("--minutes", type=float, default=0, help="for each target; 0 for no end")
    parser.add_argument("--again", action="store_true", help="try again what survived")
    parser.add_argument("--only", action="append", default=[], help="a mutant by its name")
    chosen = parser.parse_args(arguments)
    sys.stderr.write(f"The seed is {chosen.seed}; at most {chosen.most or 'all'} of a module.\n")
    for name in [chosen.name] if chosen.name else NAMES:
        _in_a_process(name, chosen)
        _keep(name, chosen.seed)
    return 0


def _in_a_process(name: str, chosen: argparse.Namespace) -> None:
    """Each target starts from nothing: Django and pytest are set up once in a process."""
    until = time.monotonic() + 60 * chosen.minutes if chosen.minutes else 0
    limits = Limits(
        most=chosen.most, seed=chosen.seed, until=until, is_again=chosen.again, only=chosen.only
    )  # fmt: skip
    act, words = (browser_runs.run, ()) if name == BROWSER else (python_runs.run, (name,))
    process = multiprocessing.get_context("spawn").Process(target=act, args=(*words, limits))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{name} could not be tried.")


def _keep(name: str, seed: int) -> None:
    """Whatever was tried so far in the state that the modules have now."""
    is_browser = name == BROWSER
    mutants = browser_runs.build() if is_browser else list(python_runs.all_mutants(TARGETS[name]))
    part = part_of(mutants, Done(name).outcomes())
    facts = {each: getattr(run_of("", []), each) for each in ("at", "machine", "commit")}
    keep(FOLDER / MUTATION, name, document_of(part, {**facts, "seed": seed}))
    sys.stdout.write("\n".join(rows(part.modules)) + "\n")
    REPORT.write_text(report(FOLDER), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
