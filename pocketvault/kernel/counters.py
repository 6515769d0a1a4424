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
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

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
# Tallies are counted under a name until somebody takes them all, as one batch. A batch stays until
# it is dropped, and there is one at a time: who took it and died leaves it to the next.
_TALLY_TABLE = (
    "CREATE TABLE IF NOT EXISTS tally (batch TEXT NOT NULL, name TEXT NOT NULL, "
    "count INTEGER NOT NULL, PRIMARY KEY (batch, name)) WITHOUT ROWID"
)
_COUNT = (
    "INSERT INTO tally VALUES ('', :name, 1) "
    "ON CONFLICT (batch, name) DO UPDATE SET count = count + 1"
)
_TAKE = (
    "UPDATE tally SET batch = :batch WHERE batch = '' "
    "AND NOT EXISTS (SELECT 1 FROM tally WHERE batch <> '')"
)
_TAKE_IN_REDIS = """
if redis.call('EXISTS', KEYS[2]) == 0 and redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[2], '', ARGV[1])
end
return redis.call('HGETALL', KEYS[2])
"""
_DROP_IN_REDIS = """
if redis.call('HGET', KEYS[1], '') == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Tallies that were taken: how often each name was counted."""

    id: str
    counts: dict[str, int]


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

    def tally(self, name: str) -> None:
        """Count a name once more. Survives the process that counts."""
        self._run(_COUNT, {"name": name})

    def take_tallies(self) -> Batch | None:
        """The batch that was taken and not dropped yet, else all that was counted since."""
        self._run(_TAKE, {"batch": uuid4().hex})
        found = "SELECT batch, name, count FROM tally WHERE batch <> ''"
        rows = self._connection().execute(found).fetchall()
        return Batch(rows[0][0], {name: count for _, name, count in rows}) if rows else None

    def drop_tallies(self, batch_id: str) -> None:
        """Forget a batch: it is written down elsewhere. Safe to repeat."""
        self._run("DELETE FROM tally WHERE batch = :batch", {"batch": batch_id})

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
        self._run("DELETE FROM tally", {})

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
            connection.execute(_TALLY_TABLE)
            self._local.connection, self._local.process = connection, os.getpid()
        open_connection: sqlite3.Connection = self._local.connection
        return open_connection


class CountingRedisCache(RedisCache):
    """Django's cache on Redis, with allowances and tallies."""

    def spend(self, key: str, *, cost: int, window: int) -> bool:
        """As `SqliteCache.spend`."""
        name = self.make_and_validate_key(key)
        values = (int(time.time() * 1e6), cost, window, window // 1000 + 1)
        client = self._cache.get_client(name, write=True)
        return bool(client.eval(_SPEND_IN_REDIS, 1, name, *values))

    def tally(self, name: str) -> None:
        """As `SqliteCache.tally`."""
        key = self.make_and_validate_key("tally")
        self._cache.get_client(key, write=True).hincrby(key, name, 1)

    def take_tallies(self) -> Batch | None:
        """As `SqliteCache.take_tallies`."""
        keys = [self.make_and_validate_key(name) for name in ("tally", "tally-taken")]
        client = self._cache.get_client(keys[0], write=True)
        flat = [each.decode() for each in client.eval(_TAKE_IN_REDIS, 2, *keys, uuid4().hex)]
        found = dict(zip(flat[::2], flat[1::2], strict=True))
        batch_id = found.pop("", None)
        return Batch(batch_id, {k: int(n) for k, n in found.items()}) if batch_id else None

    def drop_tallies(self, batch_id: str) -> None:
        """As `SqliteCache.drop_tallies`."""
        key = self.make_and_validate_key("tally-taken")
        self._cache.get_client(key, write=True).eval(_DROP_IN_REDIS, 1, key, batch_id)


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
