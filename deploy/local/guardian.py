"""Stop the children of a supervisor that was killed before it could do so itself.

A process of its own that reads from a pipe only the supervisor holds. While lines come it
keeps a list of process groups; when the pipe ends, whatever is still listed has lost its
supervisor and is told to stop, then killed. It works wherever pipes do, and also reaches
children that ignore signals and the children they have themselves.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Self

PATIENCE_SECONDS = 30.0


class Guardian:
    """The supervisor's end of the pipe."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-I", __file__, str(self._patience)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # a signal meant for the supervisor's group must not reach it
            text=True,
            bufsize=1,
        )
        return self

    def __exit__(self, *exception: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def watch(self, group: int) -> None:
        """Answer for this process group from now on."""
        self._tell(f"+{group}")

    def forget(self, group: int) -> None:
        """Answer for it no more: it is gone, and its number may soon belong to someone else."""
        self._tell(f"-{group}")

    def _tell(self, line: str) -> None:
        if self._process.stdin is None:
            raise BrokenPipeError("The guardian was not started.")
        with suppress(BrokenPipeError):
            self._process.stdin.write(line + "\n")


def signal_group(group: int, number: signal.Signals) -> bool:
    """Send a signal to every process of a group. False when the group is gone."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def stop_groups(groups: set[int], patience: float) -> None:
    """Ask every group to stop, and kill what is left after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    left = {group for group in groups if signal_group(group, signal.SIGTERM)}
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {group for group in left if _exists(group)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _guard(patience: float) -> None:
    watched: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            watched.add(group)
        else:
            watched.discard(group)
    stop_groups(watched, patience)


if __name__ == "__main__":
    _guard(float(sys.argv[1]))
