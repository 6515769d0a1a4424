"""The Python suite: how it is shared between processes, and what continuous integration does
about a test that fails once.

Journeys and killed services depend on what else the machine does. In continuous integration
a few tests that failed are run again, alone: one that passes then is named loudly as
unsteady, to be mended; one that fails twice has failed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.steps import StepError, run_loudly, warn

# How many processes share the suite; tests/workers.py has room for three. One more than there are
# processors was tried: journeys took twice as long each, and the whole no less.
PROCESSES = min(os.cpu_count() or 1, 3)
# More than so many are no accident.
UNSTEADY_LIMIT = 3
NOTES = ".pytest_cache"


def run_suite(
    title: str,
    pytest: Sequence[str],
    arguments: Sequence[str],
    *,
    folder: Path,
    env: Mapping[str, str],
) -> None:
    """Run the tests below ``folder``. ``pytest`` is the command, ``arguments`` what follows it.

    Raises `StepError` when a test fails; with ``CI=true``, when it fails twice or with more
    than `UNSTEADY_LIMIT` others.
    """
    # Whole files, so that what a file sets up once is not set up by everybody; in the order of
    # tests/conftest.py, so that what a folder sets up once is not set up again and again.
    whole = ("--dist", "loadfile", "--no-loadscope-reorder")
    is_whole = not {*arguments} - {"--slow"}
    shared = ("-n", str(PROCESSES), *whole) if is_whole else ()
    if env.get("CI") != "true":
        run_loudly(title, [*pytest, *shared, *arguments], folder=folder, env=env)
        return
    shutil.rmtree(folder / NOTES, ignore_errors=True)
    try:
        run_loudly(title, [*pytest, *shared, *arguments], folder=folder, env=env)
    except StepError:
        failed = _failed(folder)
        if not 0 < len(failed) <= UNSTEADY_LIMIT:
            raise
        warn("FAILED ONCE, run again alone: " + ", ".join(failed))
        again = [*pytest, "--last-failed", *arguments]
        run_loudly(f"{title}, what failed once", again, folder=folder, env=env)
        warn("UNSTEADY, passed when alone and to be mended: " + ", ".join(failed))


def _failed(folder: Path) -> list[str]:
    try:
        notes = (folder / NOTES / "v" / "cache" / "lastfailed").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return sorted(json.loads(notes))
