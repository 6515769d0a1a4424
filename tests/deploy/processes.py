"""Watch real processes from outside, and start a supervisor as one of them.

python -m tests.deploy.processes '{"programs": {"web": [...]}, "patience": 1}'
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.local.supervisor import Program, Supervisor

ROOT = Path(__file__).resolve().parents[2]


def is_alive(pid: int) -> bool:
    """Whether the process still runs. One that only waits to be collected does not."""
    answer = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state = answer.stdout.strip()
    return bool(state) and not state.startswith("Z")


def eventually(is_so: Callable[[], bool], *, within: float = 10.0) -> bool:
    """Whether it comes to be so in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return is_so()


def numbers_in(file: Path) -> list[float]:
    """What the children wrote down, one number a line; nothing as long as there is no file."""
    return [float(line) for line in file.read_text().split()] if file.exists() else []


@contextmanager
def supervisor_of(
    programs: Mapping[str, str], **options: object
) -> Iterator[subprocess.Popen[str]]:
    """A supervisor process over shell scripts; whatever is left at the end is killed."""
    plan = {"programs": {name: ["sh", "-c", text] for name, text in programs.items()}, **options}
    command = [sys.executable, "-m", "tests.deploy.processes", json.dumps(plan)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)


def _supervise(plan: Mapping[str, dict[str, list[str]]]) -> None:
    programs = [Program(name, command) for name, command in plan["programs"].items()]
    options = {name: value for name, value in plan.items() if name != "programs"}
    Supervisor(programs, folder=ROOT, env=os.environ, **options).run()


if __name__ == "__main__":
    _supervise(json.loads(sys.argv[1]))
