"""Run one command after another and say how far we are.

A quiet step prints one line with the seconds it took, keeps the command's own words to
itself and shows their end only when it fails. A loud step hands the terminal over.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

TAIL_LINES = 40
# How often a long step says that it is still at work, in seconds.
BEAT_ON_TERMINAL = 0.5
BEAT_IN_LOG = 15.0


class StepError(Exception):
    """A step could not be done. Its text is meant for the person who started it."""


def say(line: str, *, end: str = "\n") -> None:
    """Print at once, so that lines of child processes stay in order."""
    sys.stdout.write(line + end)
    sys.stdout.flush()


def warn(line: str) -> None:
    """Print a line nobody should overlook."""
    sys.stderr.write(f"\n*** {line}\n\n")
    sys.stderr.flush()


def run_quietly(
    title: str, command: Sequence[str], *, folder: Path, env: Mapping[str, str] | None = None
) -> None:
    """Run a command behind one line of progress. ``StepError`` brings its last lines."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as output, _start(command, folder, env, output) as process:
        _show_activity(title, process, started)
        took = f"{time.monotonic() - started:.1f} s"
        if process.returncode == 0:
            _finish_line(f"  {title}: done in {took}")
            return
        _finish_line(f"  {title}: failed after {took}")
        output.seek(0)
        tail = output.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
    raise StepError("\n".join([*tail, f"{title} failed. The lines above say why."]))


def run_loudly(
    title: str, command: Sequence[str], *, folder: Path, env: Mapping[str, str] | None = None
) -> None:
    """Run a command that speaks for itself. Raises ``StepError`` when it fails."""
    say(f"  {title}")
    with _start(command, folder, env, None) as process:
        _wait_through_interrupts(process)
    if process.returncode != 0:
        raise StepError(f"{title} failed.")


def _start(
    command: Sequence[str],
    folder: Path,
    env: Mapping[str, str] | None,
    output: IO[bytes] | None,
) -> subprocess.Popen[bytes]:
    errors = None if output is None else subprocess.STDOUT
    return subprocess.Popen(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
    )


def _show_activity(title: str, process: subprocess.Popen[bytes], started: float) -> None:
    is_terminal = sys.stdout.isatty()
    beat = BEAT_ON_TERMINAL if is_terminal else BEAT_IN_LOG
    if is_terminal:
        say(f"  {title} …", end="")
    while True:
        try:
            process.wait(beat)
        except subprocess.TimeoutExpired:
            seconds = time.monotonic() - started
            line = f"  {title} … {seconds:.0f} s"
            say(f"\r{line}" if is_terminal else line, end="" if is_terminal else "\n")
        else:
            return


def _finish_line(line: str) -> None:
    # \x1b[K clears what a longer line of progress left behind.
    say(f"\r{line}\x1b[K" if sys.stdout.isatty() else line)


def _wait_through_interrupts(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C reaches the command as well; let it end in its own way, then pass the interrupt on."""
    try:
        process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise
