"""Children that are killed before a step, forked from a process that has Django ready.

``run("erasing_child.py", env, 17)`` does the script's act in a process of its own, which dies
(SIGKILL) right before its seventeenth step. To start Python and Django takes longer than most
acts, so the script does that once and forks: before it has opened a database, read a key or
started a thread, so that each child is as fresh as a new process.

``FAULT_POINTS`` sets at how many steps a test kills; ``FAULT_SEED`` chooses them at random
and is printed; ``FAULT_REPORT`` names a file to which each test adds a line of what it did.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.faults import reporting

ROOT = Path(__file__).resolve().parents[2]
NEVER = 10**9
PATIENCE = 300.0
SEED = int(os.environ.get("FAULT_SEED", "0"))

_scripts: dict[tuple[str, str], subprocess.Popen[str]] = {}
_done = {"killed": 0, "lived": 0}
_since = time.monotonic()


def how_many(few: int) -> int:
    """At how many steps to kill."""
    return int(os.environ.get("FAULT_POINTS", str(few)))


def dice(number: int) -> random.Random:
    """The same throws in every run, unless a seed is given."""
    return random.Random(SEED or number)


def points_of(steps: int, count: int) -> list[int]:
    """So many different steps: spread evenly, or at random where a seed is given."""
    if SEED:
        return sorted(random.Random(SEED).sample(range(1, steps + 1), min(count, steps)))
    return sorted({1 + round(n * (steps - 1) / max(count - 1, 1)) for n in range(count)})


def run(script: str, env: Mapping[str, str], step: int, *words: str) -> int | None:
    """Do the act until it dies before this step; how many steps there were if it did not die."""
    parent = _parent_of(script, env)
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(json.dumps([step, *words]) + "\n")
    parent.stdin.flush()
    line = parent.stdout.readline()
    assert line, f"{script} ended by itself"
    answer = json.loads(line)
    if answer["signal"] == signal.SIGKILL:
        _done["killed"] += 1
        return None
    assert answer["status"] == 0, answer["said"][-3000:]
    _done["lived"] += 1
    return int(answer["said"].split()[-1])


def _parent_of(script: str, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """The process that forks them. Another environment is another one."""
    name = (script, json.dumps(sorted(env.items())))
    if name not in _scripts:
        _scripts[name] = subprocess.Popen(
            [sys.executable, f"tests/faults/{script}"],
            cwd=ROOT, env=dict(env), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
    return _scripts[name]


def close() -> None:
    """End them all when a test is over, and note what was done."""
    global _since  # noqa: PLW0603
    for parent in _scripts.values():
        parent.communicate(timeout=PATIENCE)  # the end of its input is the end of it
    _scripts.clear()
    reporting.note(seed=SEED, **_done, seconds=round(time.monotonic() - _since, 1))
    _done.update(killed=0, lived=0)
    _since = time.monotonic()
