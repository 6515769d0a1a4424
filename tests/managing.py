"""Management commands of a running service, without starting Django anew for each.

To start Python and Django takes longer than most commands, so one process does that once and
forks: before it has opened a database, read a key or started a thread, so that each command finds
itself as in a new process. This file is both ends; ``python -m tests.managing`` is the far one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import django
from django.core.management import execute_from_command_line

ROOT = Path(__file__).resolve().parents[1]
STOP_SECONDS = 30.0


class Manager:
    """Whoever runs commands with one environment. Starts with the first of them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = dict(environ)
        self._process: subprocess.Popen[str] | None = None

    def run(self, *arguments: str) -> str:
        """Run a command to its end and answer what it printed. Raises
        ``subprocess.CalledProcessError`` for one that failed.
        """
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.managing"], cwd=ROOT, env=self._environ,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None
        assert told is not None
        asked.write(json.dumps(arguments) + "\n")
        asked.flush()
        line = told.readline()
        assert line, "whoever runs commands ended by itself"
        status, output, complaints = json.loads(line)
        if status:
            failure = subprocess.CalledProcessError(status, arguments, output, complaints)
            failure.add_note(complaints)  # a report shows what it said
            raise failure
        return str(output)

    def end(self) -> None:
        """End it: the end of its input is the end of it."""
        if self._process is not None:
            self._process.communicate(timeout=STOP_SECONDS)
            self._process = None


def serve() -> None:
    """Until nobody asks any more: read the arguments of a command from a line, run it in a child,
    and answer its status and what it printed.
    """
    for line in sys.stdin:
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
            child = os.fork()
            if not child:
                _live(json.loads(line), output, complaints)
            _, status = os.waitpid(child, 0)
            said = [_all_of(each) for each in (output, complaints)]
        print(json.dumps([os.waitstatus_to_exitcode(status), *said]), flush=True)


def _live(arguments: list[str], output: IO[bytes], complaints: IO[bytes]) -> None:
    """A child's whole life."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output.fileno(), 1)
    os.dup2(complaints.fileno(), 2)
    status = 1
    try:
        execute_from_command_line(["manage.py", *arguments])
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - told to whoever asked
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


if __name__ == "__main__":
    django.setup()
    serve()
