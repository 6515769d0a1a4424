"""A look at everything an operator can mend, each with a sentence that says how.

Names checks, folders and numbers; never a value of a setting, an address or a person.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import Error
from django.db.models import Count

from images.actions import counting
from pocketvault.health import run_checks as ready_checks
from pocketvault.kernel import clock, epochs, infrastructure, tables
from pocketvault.kernel.models import EpochKey, Job, JobState
from pocketvault.operating.advice import ADVICE

# Below either of these, writing may end before anybody has read the warning.
LEAST_FREE_BYTES = 5 * 10**9
LEAST_FREE_SHARE = 0.05


class State(StrEnum):
    """How something was found."""

    WELL = "ok"
    LATE = "late"
    WARNED = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``name`` is stable; ``sentence`` says what to do."""

    name: str
    state: State
    sentence: str


def examine() -> Iterator[Finding]:
    """Everything, in the order in which it is best mended. A part that cannot be looked at, with
    the database away, is a finding too.
    """
    yield from _readiness()
    for look in (_newer_tables, _settings, _folders, _epoch_copies, _given_up, _counts, _clock):
        try:
            yield from look()
        except Error:
            name = look.__name__.strip("_").replace("_", " ")
            yield Finding(name, State.FAILED, "Not looked at: the database does not answer.")


def _readiness() -> Iterator[Finding]:
    results = ready_checks()
    is_known = results["database"] == results["tables"] == State.WELL
    for name, outcome in results.items():
        state = State(outcome)
        sentence = "as it should be" if state is State.WELL else ADVICE[name]
        if state is State.FAILED and not is_known and name != "database":
            sentence = "Not known until the database and its tables are in order."
        yield Finding(name, state, sentence)


def _newer_tables() -> Iterator[Finding]:
    if newer := tables.unknown():
        names = ", ".join(".".join(key) for key in newer)
        told = (
            f"A newer release was here: this one does not know {names}. It goes on answering. "
            "Bring it to that release; or, to stay, read docs/operations.md, Going back."
        )
        yield Finding("newer tables", State.WARNED, told)


def _settings() -> Iterator[Finding]:
    every = run_checks(include_deployment_checks=True)
    told = [each for each in every if each.level >= WARNING and not each.is_silenced()]
    for each in told:
        state = State.WARNED if each.level == WARNING else State.FAILED
        yield Finding(f"settings {each.id}", state, f"{each.msg} {each.hint or ''}".strip())
    if not told:
        yield Finding("settings", State.WELL, "as they should be")


def _folders() -> Iterator[Finding]:
    for name, folder in infrastructure.folders().items():
        if not folder.is_dir():
            # Whoever writes there first makes it, if the disk is there that it lies on.
            if not folder.parent.is_dir():
                yield Finding(f"folder of {name}", State.FAILED, f"{folder.parent} is not there.")
            continue
        yield _room(name, folder)
        if stat.S_IMODE(folder.stat().st_mode) & 0o077:
            told = f"Other accounts may enter {folder}. Run: chmod 700 {folder}"
            yield Finding(f"folder of {name}", State.FAILED, told)


def _room(name: str, folder: Path) -> Finding:
    usage = shutil.disk_usage(folder)
    free = f"{usage.free / 1e9:.1f} GB free"
    is_short = usage.free < min(LEAST_FREE_BYTES, LEAST_FREE_SHARE * usage.total)
    if is_short:
        told = f"Only {free} in {folder}. Make room before it is full."
        return Finding(f"room for {name}", State.WARNED, told)
    return Finding(f"room for {name}", State.WELL, free)


def _epoch_copies() -> Iterator[Finding]:
    wanted = len(settings.EPOCH_KEY_DIRS)
    numbers = EpochKey.objects.filter(destroyed_at=None).values_list("number", flat=True)
    short = [number for number in numbers if epochs.copies_of(number) < wanted]
    if short:
        told = (
            f"{len(short)} epoch keys are not whole in each of {wanted} folders. They are copied "
            "again within the hour; if not, a folder cannot be read or written."
        )
        yield Finding("copies of epoch keys", State.FAILED, told)
    else:
        told = f"each of {len(numbers)} in {wanted} folders"
        yield Finding("copies of epoch keys", State.WELL, told)


def _given_up() -> Iterator[Finding]:
    failed = Job.objects.filter(state=JobState.FAILED)
    counted = failed.values_list("task").annotate(count=Count("pk")).order_by("task")
    for task, count in counted:
        told = f"{count} times given up after many tries. The log of the workers says why."
        yield Finding(f"work {task}", State.FAILED, told)


def _counts() -> Iterator[Finding]:
    if wrong := counting.wrong_lately():
        told = (
            f"In {wrong} accounts a count of photos by month or album was wrong within a week. It "
            "was put right, and nothing is lost; report it, with the release this is."
        )
        yield Finding("counts", State.WARNED, told)
    else:
        yield Finding("counts", State.WELL, "as they should be")


def _clock() -> Iterator[Finding]:
    if clock.is_believable():
        yield Finding("clock", State.WELL, "as it should be")
    else:
        told = "The clock stepped. Set it right; nothing is destroyed by its date until then."
        yield Finding("clock", State.FAILED, told)
