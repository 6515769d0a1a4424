"""Searching everything a service keeps for things that must not be there.

Two looks, because each misses what the other finds: every byte of every file as it lies on
disk (pages of the database, its log, blobs, logs, counters, mails), and every value of every
row (which a database may have split over pages or compressed).
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

from tests.live import Live

Markers = Mapping[str, bytes]


def spellings(secret: bytes) -> set[bytes]:
    """The ways bytes might have been written down: raw, hexadecimal, base64, as UTF-16."""
    plain = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    plain |= {base64.b64encode(secret).rstrip(b"="), base64.urlsafe_b64encode(secret).rstrip(b"=")}
    if secret.isascii() and secret.decode("ascii").isprintable():
        plain.add(secret.decode("ascii").encode("utf-16-le"))
    return plain


def search(live: Live, markers: Markers, *, also: tuple[Path, ...] = ()) -> dict[str, set[str]]:
    """Which marker was found where. Empty is what we hope for; see `places` for coverage."""
    wanted = {name: spellings(secret) for name, secret in markers.items()}
    found: dict[str, set[str]] = {}
    for place, content in places(live, also=also):
        for name, ways in wanted.items():
            if any(way in content for way in ways):
                found.setdefault(name, set()).add(place)
    return found


def places(live: Live, *, also: tuple[Path, ...] = ()) -> Iterator[tuple[str, bytes]]:
    """Everything the service keeps, named: files, rows, and what lies in Redis."""
    for folder in (live.var, *also):
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            yield str(path), path.read_bytes()
    yield from _rows(live)
    if url := live.environ.get("REDIS_URL"):
        yield from _redis(url)


def _rows(live: Live) -> Iterator[tuple[str, bytes]]:
    if url := live.environ.get("DATABASE_URL"):
        with closing(psycopg2.connect(url)) as database, database.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT * FROM "{table}"')
                yield f"table {table}", b"\n".join(_bytes(v) for r in cursor for v in r)
        return
    with closing(sqlite3.connect(live.var / "pocketvault.sqlite3")) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in names:
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()
            yield f"table {table}", b"\n".join(_bytes(value) for row in rows for value in row)


def _redis(url: str) -> Iterator[tuple[str, bytes]]:
    with closing(redis.Redis.from_url(url)) as client:
        for key in client.scan_iter("*"):
            yield f"redis {urlsplit(url).path}", key + b"\n" + (client.dump(key) or b"")


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, dict | list):
        return json.dumps(value).encode()
    return str(value).encode()
