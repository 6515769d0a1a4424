"""Servers under measurement, each a process of its own: ours as shipped, and its peers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.places import ROOT, Place
from deploy.local.project import Project
from deploy.local.serving import Address, programs

PATIENCE_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat after the program's name: parent; user, system time, and that of
# children that ended.
PARENT, TIMES = 1, slice(11, 15)


@dataclass(frozen=True, slots=True)
class Server:
    """A process that listens on ``port`` of this machine."""

    port: int
    process: subprocess.Popen[bytes]

    def processor_seconds(self) -> float:
        """User and system time of it and all its descendants so far."""
        stats = {int(p.parent.name): _stat(p) for p in Path("/proc").glob("[0-9]*/stat")}
        family, found = {self.process.pid}, -1
        while found != len(family):
            found = len(family)
            family |= {pid for pid, stat in stats.items() if stat and int(stat[PARENT]) in family}
        return sum(int(ticks) for pid in family for ticks in stats[pid][TIMES]) / TICKS


def _stat(path: Path) -> Sequence[str]:
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return ()  # it ended while we looked


@contextmanager
def vault(place: Place) -> Iterator[Server]:
    """The web process of ``make run`` over this place."""
    port = free_port()
    address = Address("127.0.0.1", port, f"http://127.0.0.1:{port}")
    environ = {**place.environ, "PUBLIC_URL": address.public_url}
    web = next(p for p in programs(Project(ROOT), address, environ) if p.name == "web")
    with running(web.command, port, environ, place.folder / "web.out") as server:
        yield server


@contextmanager
def instead(place: Place, application: str, **settings: str) -> Iterator[Server]:
    """Another application in the place of ours: the same server with the same options."""
    port = free_port()
    address = Address("127.0.0.1", port, f"http://127.0.0.1:{port}")
    environ = {**place.environ, "PUBLIC_URL": address.public_url, **settings}
    web = next(p for p in programs(Project(ROOT), address, environ) if p.name == "web")
    output = place.folder / f"{application.rpartition(':')[2]}.out"
    with running([*web.command[:-1], application], port, environ, output) as server:
        yield server


@contextmanager
def running(
    command: Sequence[str], port: int, environ: Mapping[str, str], output: Path
) -> Iterator[Server]:
    """A program that will listen on ``port``; ended with the block."""
    with output.open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(environ), stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for(port, process, output)
        yield Server(port, process)
    finally:
        end(process)


def _wait_for(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the server did not come up: {output.read_text(errors='replace')}")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the leader of a group to end; who does not within half a minute is killed with it."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
