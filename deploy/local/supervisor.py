"""Keep a handful of programs running, and stop them together.

Every program gets a process group of its own: a Ctrl-C meant for us does not reach it, and
what it leaves behind can be found. One that ends is started again, after a pause that grows
while it keeps ending early.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from deploy.local.guardian import PATIENCE_SECONDS, Guardian, signal_group
from deploy.local.steps import say

# Seconds to wait before the first, second, ... start in a row that did not last.
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# A program that ran this long was well; its next end starts the count anew.
WELL_AFTER_SECONDS = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Program:
    """Something to keep running: a short name for its lines, and its command."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[str]
    reader: threading.Thread
    started_at: float


@dataclass(frozen=True, slots=True)
class _Stop:
    """Somebody asked us to stop."""


class Supervisor:
    """Runs programs until a stop signal arrives. Use once, from the main thread."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        folder: Path,
        env: Mapping[str, str],
        pauses: Sequence[float] = PAUSES,
        patience: float = PATIENCE_SECONDS,
        write: Callable[[str], None] = say,
    ) -> None:
        self._programs = programs
        self._folder = folder
        self._env = env
        self._pauses = pauses
        self._patience = patience
        self._write = write
        self._width = max(len(program.name) for program in programs)
        self._children: dict[str, _Child] = {}
        self._due: dict[str, float] = {}
        self._early_ends: dict[str, int] = {}
        # SimpleQueue, because a signal handler may put into it while a get is under way.
        self._events: SimpleQueue[_Child | _Stop] = SimpleQueue()

    def run(self) -> None:
        """Start everything, keep it running, and return once all of it has stopped."""
        previous = {
            number: signal.signal(number, lambda *_: self._events.put(_Stop()))
            for number in STOP_SIGNALS
        }
        try:
            with Guardian(self._patience) as self._guardian:
                self._due = {program.name: 0.0 for program in self._programs}
                self._keep_running()
                self._stop_all()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _keep_running(self) -> None:
        while True:
            self._start_due()
            event = self._next_event(min(self._due.values(), default=None))
            if isinstance(event, _Stop):
                return
            if event is not None:
                self._bury(event)
                self._plan_restart(event)

    def _next_event(self, until: float | None) -> _Child | _Stop | None:
        timeout = None if until is None else max(0.0, until - time.monotonic())
        try:
            return self._events.get(timeout=timeout)
        except Empty:
            return None

    def _start_due(self) -> None:
        now = time.monotonic()
        for program in self._programs:
            if self._due.get(program.name, now + 1) <= now:
                del self._due[program.name]
                self._start(program)

    def _start(self, program: Program) -> None:
        process = subprocess.Popen(
            program.command,
            cwd=self._folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        self._guardian.watch(process.pid)
        reader = threading.Thread(target=self._forward, args=(program.name, process), daemon=True)
        child = _Child(program, process, reader, time.monotonic())
        self._children[program.name] = child
        reader.start()
        threading.Thread(target=self._wait_for, args=(child,), daemon=True).start()

    def _forward(self, name: str, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self._write(f"{name:<{self._width}} | {line.rstrip()}")

    def _wait_for(self, child: _Child) -> None:
        child.process.wait()
        self._events.put(child)

    def _bury(self, child: _Child) -> None:
        """Forget a child that ended, and whatever it started and left behind."""
        signal_group(child.process.pid, signal.SIGKILL)
        self._guardian.forget(child.process.pid)
        child.reader.join(timeout=1.0)
        del self._children[child.program.name]

    def _plan_restart(self, child: _Child) -> None:
        name = child.program.name
        was_well = time.monotonic() - child.started_at >= WELL_AFTER_SECONDS
        count = 0 if was_well else self._early_ends.get(name, 0)
        pause = self._pauses[min(count, len(self._pauses) - 1)]
        self._early_ends[name] = count + 1
        self._due[name] = time.monotonic() + pause
        reason = _describe_end(child.process.returncode)
        self._write(f"{name:<{self._width}} | {reason}; starting again in {pause:g} s.")

    def _stop_all(self) -> None:
        """Tell every child to finish what it is at, then kill those that do not."""
        self._write("Stopping.")
        deadline = time.monotonic() + self._patience
        for child in self._children.values():
            child.process.terminate()
        while self._children:
            event = self._next_event(deadline)
            if isinstance(event, _Child):
                self._bury(event)
            elif time.monotonic() >= deadline:
                self._kill_all()
                deadline += self._patience
        self._write("Stopped.")

    def _kill_all(self) -> None:
        for name, child in self._children.items():
            self._write(f"{name:<{self._width}} | did not stop in {self._patience:g} s; killed.")
            signal_group(child.process.pid, signal.SIGKILL)


def _describe_end(returncode: int) -> str:
    if returncode < 0:
        return f"was ended by {signal.Signals(-returncode).name}"
    return f"ended with exit code {returncode}"
