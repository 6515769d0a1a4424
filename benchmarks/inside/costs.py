"""What something costs: time, processor time, questions to the database, bytes of its log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

Act = Callable[[], object]
NANOSECONDS = 1e9
# What Linux takes as: the most memory so far is what there is now (proc(5)).
FORGET_PEAK = "5"


def cost_of(act: Act, times: int) -> dict[str, float]:
    """Of one of so many: ``seconds``, ``processor`` seconds of this process and of what answers
    it in PostgreSQL on this machine, and ``wal``, bytes of PostgreSQL's write-ahead log.
    """
    written, used = wal_position(), _processor_seconds()
    started = time.perf_counter()
    for _ in range(times):
        act()
    seconds = time.perf_counter() - started
    used, written = _processor_seconds() - used, wal_position() - written
    return {"seconds": seconds / times, "processor": used / times, "wal": written / times}


def queries_of(act: Act) -> int:
    """How many statements one of them is."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


@contextmanager
def most_memory(into: dict[str, float]) -> Iterator[None]:
    """Put ``bytes`` there: how much memory this process took at most in the block, above before."""
    Path("/proc/self/clear_refs").write_text(FORGET_PEAK, encoding="ascii")
    before = _status_bytes("VmRSS")
    yield
    into["bytes"] = max(_status_bytes("VmHWM") - before, 1)


def _status_bytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    found = next(line for line in lines if line.startswith(f"{name}:"))
    return int(found.split()[1]) * 1024


def wal_position() -> int:
    """How many bytes PostgreSQL has ever put into its log; 0 for SQLite."""
    return _number("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")


def _processor_seconds() -> float:
    return time.process_time() + _seconds_of(_number("SELECT pg_backend_pid()"))


def _seconds_of(pid: int) -> float:
    """What the kernel counted for this process, if it is a PostgreSQL of this machine."""
    folder = Path(f"/proc/{pid}")
    try:
        if (folder / "comm").read_text(encoding="ascii").strip() != "postgres":
            return 0.0
        return int((folder / "schedstat").read_text(encoding="ascii").split()[0]) / NANOSECONDS
    except OSError:
        return 0.0


def _number(sql: str) -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
