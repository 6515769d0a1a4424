"""Counters that several processes share without a server.

Django's file and local-memory caches count wrongly when processes race: a limit of 50
let through 81 and 200. Here each step is one SQL statement, so 50 is 50.
"""

from __future__ import annotations

import os
import pickle
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

# What the shared cache raises when it does not answer or its disk is full, whichever it is.
COUNTER_ERRORS = (RedisError, sqlite3.Error, OSError)
SWITCH_SECONDS = 20.0
# How long what has expired may lie there. Strangers can make a row with every request.
PRUNE_SECONDS = 60.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS entry "
    "(key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL) WITHOUT ROWID"
)
_INDEX = "CREATE INDEX IF NOT EXISTS entry_by_end ON entry (expires)"
_LIVE = "(expires IS NULL OR expires > :now)"


# An allowance that fills again by itself is kept as one number: the microsecond at which it will
# be full. To spend is to move that moment on, and it may lie ``window`` ahead and no further.
_SPEND = (
    "INSERT INTO entry VALUES (:key, :now_us + :cost, :expires) ON CONFLICT (key) DO UPDATE "
    "SET value = max(value, :now_us) + :cost, expires = :expires "
    "WHERE max(value, :now_us) + :cost <= :now_us + :window RETURNING 1"
)
_SPEND_IN_REDIS = """
local now, cost, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1])) or 0, now) + cost
if full_at > now + window then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', ARGV[4])
return 1
"""

# Per process, because Django makes a cache of its own for every thread, and threads go.
_pruned_at: dict[Path, float] = {}


class SqliteCache(BaseCache):
    """A small cache in its own SQLite file. Whole numbers are stored as such, so that
    `incr` is a single atomic statement; anything else is pickled by this process for
    this process's siblings, from a folder only they can write.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path = Path(location)
        self._local = threading.local()

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        row = self._run(
            "INSERT INTO entry VALUES (:key, :value, :expires) ON CONFLICT (key) DO UPDATE "
            "SET value = :value, expires = :expires "
            "WHERE NOT (entry.expires IS NULL OR entry.expires > :now) RETURNING 1",
            self._values(key, value, timeout, version),
        )
        self._drop_expired_now_and_then()
        return row is not None

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        row = self._run(
            f"SELECT value FROM entry WHERE key = :key AND {_LIVE}", self._key(key, version)
        )
        return default if row is None else _unpack(row[0])

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._run(
            "INSERT OR REPLACE INTO entry VALUES (:key, :value, :expires)",
            self._values(key, value, timeout, version),
        )
        self._drop_expired_now_and_then()

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        row = self._run(
            f"UPDATE entry SET value = value + :delta WHERE key = :key AND {_LIVE} RETURNING value",
            {**self._key(key, version), "delta": delta},
        )
        if row is None:
            raise ValueError("no such counter")
        return int(row[0])

    def spend(self, key: str, *, cost: int, window: int) -> bool:
        """Take something that is worth ``cost`` microseconds of filling from an allowance that
        fills up in ``window`` microseconds. False, and nothing taken, when it is not there. A
        negative cost gives back.
        """
        values = {
            **self._key(key, None), "now_us": int(time.time() * 1e6), "cost": cost,
            "window": window, "expires": time.time() + window / 1e6,
        }  # fmt: skip
        spent = cost <= window and self._run(_SPEND, values) is not None
        self._drop_expired_now_and_then()
        return spent

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        row = self._run(
            f"UPDATE entry SET expires = :expires WHERE key = :key AND {_LIVE} RETURNING 1",
            {**self._key(key, version), "expires": self.get_backend_timeout(timeout)},
        )
        return row is not None

    def delete(self, key: str, version: int | None = None) -> bool:
        row = self._run("DELETE FROM entry WHERE key = :key RETURNING 1", self._key(key, version))
        return row is not None

    def clear(self) -> None:
        self._run("DELETE FROM entry", {})

    def _values(self, key: str, value: Any, timeout: Any, version: int | None) -> dict[str, Any]:
        return {
            **self._key(key, version),
            "value": _pack(value),
            "expires": self.get_backend_timeout(timeout),
        }

    def _key(self, key: str, version: int | None) -> dict[str, Any]:
        return {"key": self.make_and_validate_key(key, version=version), "now": time.time()}

    def _drop_expired_now_and_then(self) -> None:
        now = time.time()
        # A clock that was set back must not stop it.
        if 0 <= now - _pruned_at.get(self._path, 0.0) < PRUNE_SECONDS:
            return
        _pruned_at[self._path] = now
        self._run("DELETE FROM entry WHERE expires <= :now", {"now": now})

    def _run(self, sql: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection().execute(sql, values).fetchone()
        return row

    def _connection(self) -> sqlite3.Connection:
        # A child of a fork must not go on with its parent's connection.
        if getattr(self._local, "process", None) != os.getpid():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Autocommit: every statement is its own transaction. NORMAL: a counter may be
            # lost in a power cut, never half written.
            connection = sqlite3.connect(self._path, timeout=20, isolation_level=None)
            _use_write_ahead_log(connection)
            connection.execute("PRAGMA synchronous=NORMAL")
            # What is forgotten is not to be found in free pages of the file either.
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute(_TABLE)
            connection.execute(_INDEX)
            self._local.connection, self._local.process = connection, os.getpid()
        open_connection: sqlite3.Connection = self._local.connection
        return open_connection


class CountingRedisCache(RedisCache):
    """Django's cache on Redis, with allowances."""

    def spend(self, key: str, *, cost: int, window: int) -> bool:
        """As `SqliteCache.spend`."""
        name = self.make_and_validate_key(key)
        values = (int(time.time() * 1e6), cost, window, window // 1000 + 1)
        client = self._cache.get_client(name, write=True)
        return bool(client.eval(_SPEND_IN_REDIS, 1, name, *values))


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch once per file. SQLite does not wait for its turn here, so we do."""
    until = time.monotonic() + SWITCH_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _pack(value: Any) -> int | bytes:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return pickle.dumps(value)


def _unpack(stored: int | bytes) -> Any:
    if isinstance(stored, int):
        return stored
    return pickle.loads(stored)  # noqa: S301 - written by this service into its own 0700 folder
