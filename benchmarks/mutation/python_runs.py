"""Tests of Python against mutants of Python, in children of one process that is ready for them.

pytest collects the tests of a target once and makes the database once. Each mutant is a child of
that process: it gets a fresh copy of the folder with the database and keys, puts the mutant in
the place of the module, and runs the tests that reach the changed lines, the quickest first,
until one of them fails.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, Self

import pytest
from _pytest.runner import runtestprotocol
from django.conf import settings
from django.db import connections

from benchmarks.kept import ROOT
from benchmarks.mutation.done import (
    FOLDER,
    KILLED,
    SURVIVED,
    TIMED_OUT,
    UNREACHED,
    Done,
    Limits,
)
from benchmarks.mutation.forking import allow, in_child
from benchmarks.mutation.mutants import Mutant, mutants_of
from benchmarks.mutation.replacing import replace
from benchmarks.mutation.targets import TARGETS, Target

# The least processor time that a test is given, and how many times what it took.
LEAST_SECONDS, TIMES = 3.0, 3
# By the clock: one mutant, and all tests without any.
LONGEST_SECONDS, CLEAN_SECONDS = 900.0, 3600.0


@dataclass(frozen=True, slots=True)
class Reached:
    """One test of the clean run: its processor time, and the lines it reached, by module."""

    test: str
    seconds: float
    lines: dict[str, list[int]]


class CleanRunError(Exception):
    """The tests of a target fail without any mutant."""


def run(name: str, limits: Limits) -> None:
    """Try the mutants of one target. Raises `CleanRunError`."""
    for each in ("DATABASE_URL", "REDIS_URL", "BLOB_URL", "VAR_DIR", "DJANGO_SETTINGS_MODULE"):
        os.environ.pop(each, None)
    trial = Trial(name, TARGETS[name], limits)
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--durations=0", "--no-header"]
    status = pytest.main([*options, *trial.target.tests], plugins=[trial])
    if trial.trouble or status != 0:
        raise CleanRunError(trial.trouble or f"pytest ended with {status}")


class Trial:
    """A plugin that runs mutants where pytest would run tests."""

    def __init__(self, name: str, target: Target, limits: Limits) -> None:
        self.target = target
        self.trouble = ""
        self._name = name
        self._limits = limits
        self._done = Done(name)
        self._items: dict[str, pytest.Item] = {}
        self._spare = Path()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Everything, in the place of one run of the tests."""
        skipped = {item for item in session.items if item.get_closest_marker("skip")}
        self._items = {item.nodeid: item for item in session.items if item not in skipped}
        mutants = list(all_mutants(self.target))
        owed = list(self._done.owed(mutants, self._limits))
        say(f"{self._name}: {len(mutants)} mutants, {len(owed)} to try.")
        if not owed:
            return True
        self._make_ready(session)
        try:
            reached = self._clean_run()
            for mutant in owed:
                if self._limits.until and time.monotonic() > self._limits.until:
                    say("The time is over; the rest is owed.")
                    break
                self._try(mutant, reached)
        except CleanRunError as error:
            self.trouble = str(error)
        return True

    def _make_ready(self, session: pytest.Session) -> None:
        """The fixtures of the whole session, and a spare copy of what they leave."""
        run_alone(next(iter(self._items.values())))
        session.config.pluginmanager.unregister(name="terminalreporter")
        connections.close_all()
        self._spare = settings.VAR_DIR.with_name(f"{settings.VAR_DIR.name}-spare")
        shutil.copytree(settings.VAR_DIR, self._spare)

    def pytest_unconfigure(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._spare, ignore_errors=self._spare != Path())

    def _fresh(self) -> None:
        for each in settings.VAR_DIR.iterdir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        shutil.copytree(self._spare, settings.VAR_DIR, dirs_exist_ok=True)

    def _clean_run(self) -> list[Reached]:
        """What each test reaches, with every module replaced by itself. Kept for the next run,
        file by file: only those are looked at that were not, or that changed.
        """
        file = FOLDER / f"{self._name}-reached.json"
        told = json.loads(file.read_text()) if file.exists() else {}
        marks = {path: self._mark_of(path) for path in self.target.tests}
        stale = [path for path, mark in marks.items() if told.get(path, {}).get("of") != mark]
        if stale:
            for test in self._seen_in_child(stale):
                path = test["test"].partition("::")[0]
                if told.get(path, {}).get("of") != marks[path]:
                    told[path] = {"of": marks[path], "tests": []}
                told[path]["tests"].append(test)
            file.write_text(json.dumps(told))
        return [Reached(**test) for path in marks for test in told[path]["tests"]]

    def _mark_of(self, test: str) -> str:
        """Which state of the modules and of one test file was looked at."""
        texts = [(ROOT / path).read_text(encoding="utf-8") for path in self.target.modules]
        texts.append((ROOT / test).read_text(encoding="utf-8"))
        return hashlib.sha256(json.dumps(texts).encode()).hexdigest()

    def _seen_in_child(self, files: Collection[str]) -> list[dict[str, Any]]:
        began = time.monotonic()
        self._fresh()
        FOLDER.mkdir(parents=True, exist_ok=True)
        draft = FOLDER / f"{self._name}.draft"
        draft.unlink(missing_ok=True)
        held = in_child(lambda: self._look(files, draft), longest=CLEAN_SECONDS)
        if not held:
            failed = draft.read_text() if draft.exists() else "it came to no end"
            raise CleanRunError(f"{self._name} without a mutant: {failed}")
        found: list[dict[str, Any]] = json.loads(draft.read_text())
        draft.unlink()
        say(f"{len(found)} tests in {time.monotonic() - began:.0f} s without a mutant.")
        return found

    def _look(self, files: Collection[str], draft: Path) -> bool:
        """In the child: run these files, and write down what was reached, or what failed."""
        for path in self.target.modules:
            replace(module_of(path), (ROOT / path).read_text(encoding="utf-8"))
        found = []
        for name, item in self._items.items():
            if name.partition("::")[0] not in files:
                continue
            began = time.process_time()
            with Watch(self.target.modules) as watch:
                trouble = self._failure(item)
            if trouble:
                draft.write_text(trouble)
                return False
            found.append(Reached(name, time.process_time() - began, watch.lines()))
        draft.write_text(json.dumps([asdict(each) for each in found]))
        return True

    @staticmethod
    def _failure(item: pytest.Item) -> str:
        failed = (report for report in run_alone(item) if report.failed)
        return next((f"{item.nodeid}: {report.longreprtext}" for report in failed), "")

    def _try(self, mutant: Mutant, reached: Sequence[Reached]) -> None:
        began = time.monotonic()
        chosen = reaching(mutant, reached)
        outcome = UNREACHED
        if chosen:
            self._fresh()
            held = in_child(lambda: self._holds(mutant, chosen), longest=LONGEST_SECONDS)
            outcome = {True: SURVIVED, False: KILLED, None: TIMED_OUT}[held]
        seconds = time.monotonic() - began
        self._done.add(mutant, outcome, seconds)
        say(told_of(mutant, outcome, seconds))

    def _holds(self, mutant: Mutant, tests: Iterable[Reached]) -> bool:
        """In the child: whether all of these tests pass with the mutant, each in three times
        what it took without one.
        """
        with suppress(OSError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
        replace(module_of(mutant.module), mutant.source)
        for each in tests:
            allow(LEAST_SECONDS + TIMES * each.seconds)
            if self._failure(self._items[each.test]):
                return False
        return True


def run_alone(item: pytest.Item) -> list[pytest.TestReport]:
    """Run one test and end all of its fixtures but those of the session, as if a test of another
    folder came next: any may.
    """
    session: Any = item.session
    return runtestprotocol(item, nextitem=session, log=False)


class Watch:
    """Which lines of these modules are run. In one thread: what tests do in others is not seen."""

    def __init__(self, modules: Iterable[str]) -> None:
        self._modules = {str(ROOT / path): path for path in modules}
        self._seen: set[tuple[str, int]] = set()

    def __enter__(self) -> Self:
        sys.settrace(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _called(self, frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:
        if frame.f_code.co_filename not in self._modules:
            return None
        self._seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._passed

    def _passed(self, frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any]:
        self._seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._passed

    def lines(self) -> dict[str, list[int]]:
        """By module, in order."""
        found: dict[str, list[int]] = {}
        for file, line in sorted(self._seen):
            found.setdefault(self._modules[file], []).append(line)
        return found


def all_mutants(target: Target) -> Iterable[Mutant]:
    """Those of every module of a target."""
    for path in target.modules:
        yield from mutants_of(path, (ROOT / path).read_text(encoding="utf-8"))


def reaching(mutant: Mutant, reached: Iterable[Reached]) -> list[Reached]:
    """The tests that reach the mutant, the quickest first. A mutant of what is run when the
    module is loaded is reached by whatever reaches the module at all.
    """
    first, last = mutant.lines
    found = []
    for each in reached:
        lines = each.lines.get(mutant.module, [])
        if any(first <= line <= last for line in lines) or (lines and not mutant.where):
            found.append(each)
    return sorted(found, key=lambda each: each.seconds)


def module_of(path: str) -> Any:
    """The loaded module of a file of the checkout."""
    return import_module(path.removesuffix(".py").replace("/", "."))


def told_of(mutant: Mutant, outcome: str, seconds: float) -> str:
    """One mutant in a line."""
    place = f"{mutant.module}:{mutant.line}"
    return f"{outcome:9} {mutant.name} {place} {mutant.operator}, {seconds:.1f} s"


def say(sentence: str) -> None:
    """To whoever waits."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
