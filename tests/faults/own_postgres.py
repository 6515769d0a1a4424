"""A PostgreSQL cluster of a test's own, that may be ended without a word.

Made from Debian's programs, in a folder and on a port that nobody else uses. PostgreSQL refuses
to run as the administrator, so there it runs as the first of ``SERVANTS`` that exists.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.live import free_port

SERVANTS = ("postgres", "nobody")
START_SECONDS = 60.0
# What a process wrote the kernel keeps, so that nothing is lost by not waiting for the disk: here
# processes end, and no machine.
OPTIONS = {
    "fsync": "off", "full_page_writes": "off",
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "60",
    "shared_buffers": "32MB", "log_min_messages": "fatal",
}  # fmt: skip


class OwnPostgres:
    """One cluster with one empty database, ``url``. ``starts`` counts how often it was started."""

    def __init__(self, programs: Path, folder: Path, servant: str | None) -> None:
        self._programs, self.folder, self.port = programs, folder, free_port()
        self._as: dict[str, Any] = {"cwd": folder, "env": {"LC_ALL": "C", "PATH": os.defpath}}
        if servant is not None:
            shutil.chown(folder, servant)
            self._as |= {"user": servant, "group": pwd.getpwnam(servant).pw_gid}
            self._as["extra_groups"] = []
        self.starts = 0
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync")
        self.start()
        with closing(self._connect()) as server, server.cursor() as cursor:
            server.autocommit = True
            cursor.execute("CREATE DATABASE vault")
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/vault"

    def start(self) -> None:
        """Start it over whatever lies there, and return once it answers."""
        until = time.monotonic() + START_SECONDS
        self._begin()
        while not self._answers():
            assert time.monotonic() < until, (self.folder / "log").read_text()
            if self.process.poll() is not None:  # something of the one before was still there
                self._begin()
            time.sleep(0.05)
        self.starts += 1

    def stop_at_once(self, number: int) -> None:
        """End it in the middle of everything: as ``pg_ctl stop -m immediate`` does, or by killing
        every process of it, in turns.
        """
        if number % 2:
            self.process.send_signal(signal.SIGQUIT)
        else:
            for pid in [self.process.pid, *_children_of(self.process.pid)]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.wait(START_SECONDS)

    def _begin(self) -> None:
        options = [word for each in OPTIONS.items() for word in ("-c", "=".join(each))]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", "data", "-p", str(self.port), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as,
            )  # fmt: skip

    def _run(self, name: str, *words: str) -> None:
        subprocess.run(
            [str(self._programs / name), "-D", "data", *words],
            check=True, capture_output=True, **self._as,
        )  # fmt: skip

    def _answers(self) -> bool:
        with suppress(psycopg2.OperationalError), closing(self._connect()):
            return True
        return False

    def _connect(self) -> Any:
        return psycopg2.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", connect_timeout=5
        )


def _children_of(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = stat.read_text().rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(stat.parent.name))
    return found


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """A cluster as long as the block lasts. Skips the test where there can be none."""
    programs = _programs()
    if programs is None:
        pytest.skip("A STOPPED POSTGRESQL IS NOT TESTED: its programs are not installed")
    servant = _servant() if os.getuid() == 0 else None
    if os.getuid() == 0 and servant is None:
        pytest.skip("A STOPPED POSTGRESQL IS NOT TESTED: nobody is there to run it as")
    # Not below pytest's own folder, which other users may not enter.
    folder = Path(tempfile.mkdtemp(prefix="pocketvault-postgres-"))
    cluster = None
    try:
        cluster = OwnPostgres(programs, folder, servant)
        yield cluster
    finally:
        if cluster is not None:
            cluster.stop_at_once(1)
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """Where ``initdb`` and ``postgres`` lie: the newest of Debian's, or on the path."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _servant() -> str | None:
    for name in SERVANTS:
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    return None
