"""Everything the database holds at one moment, as a stream of lines.

The reader has a connection of its own, with one snapshot: photos that come in meanwhile are not
in it, and nobody waits for it. SQLite's write-ahead log and PostgreSQL's REPEATABLE READ both
give that for nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

from images.actions.freeing import models_with_blobs
from images.models import DiscardedBlob
from rights.backups.container import Sink
from rights.backups.rows import Column, Table, columns_of, spell

BLOBS = "stored blobs"
_ROWS_AT_ONCE = 2000
_BLOB_COLUMNS = (Column("blob_key", "text"), Column("bytes", "int"), Column("sha256", "bytes"))
# Their keys belong to no photo: an upload that is under way, and what is being removed.
_PASSING = ("images.Upload", "images.PassingBlob", DiscardedBlob._meta.label)
Ask = Callable[[str], list[tuple[Any, ...]]]
Stream = Callable[[str, tuple[Column, ...], Sink], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What there is. ``pour`` writes the lines of all tables, then of the list of blobs."""

    tables: list[Table]
    blobs: Table
    migrations: list[tuple[str, str]]
    pour: Callable[[Sink], None]


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Open one, and close it again."""
    opening = _postgres if connection.vendor == "postgresql" else _sqlite
    with opening() as (ask, stream):
        yield _taken(ask, stream)


def _taken(ask: Ask, stream: Stream) -> Snapshot:
    quoted = connection.ops.quote_name
    statements: dict[str, str] = {}
    tables = []
    for model in kept_models():
        table = Table(model._meta.db_table, columns_of(model))
        # An expression: SQLite's driver would make objects of plain columns.
        names = ", ".join(_plain(quoted(column.name)) for column in table.columns)
        statements[table.name] = f"SELECT {names} FROM {quoted(table.name)}"  # noqa: S608
        tables.append(replace(table, rows=ask(f"SELECT count(*) FROM {quoted(table.name)}")[0][0]))  # noqa: S608
    statements[BLOBS] = _blobs_statement()
    listed = ask(f"SELECT count(*) FROM ({statements[BLOBS]}) AS listed")[0][0]  # noqa: S608
    blobs = Table(BLOBS, _BLOB_COLUMNS, listed)
    applied = ask("SELECT app, name FROM django_migrations ORDER BY id")

    def pour(sink: Sink) -> None:
        for table in [*tables, blobs]:
            stream(statements[table.name], table.columns, sink)

    migrations = [(app, name) for app, name in applied]
    return Snapshot(tables=tables, blobs=blobs, migrations=migrations, pour=pour)


def kept_models() -> list[type[models.Model]]:
    """Every model with a table of its own, in order of name."""
    ours = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed]
    tables = {model._meta.db_table: model for model in ours if not model._meta.proxy}
    tables.pop(MigrationRecorder.Migration._meta.db_table, None)
    return [tables[name] for name in sorted(tables)]


def _blobs_statement() -> str:
    """Which blobs the rows name, with their sizes and digests where those are known."""
    quoted = connection.ops.quote_name
    found = []
    for model in models_with_blobs():
        if model._meta.label in _PASSING:
            continue
        names = {field.name for field in model._meta.concrete_fields}
        size = "bytes" if "bytes" in names else "NULL"
        digest = "sha256" if "sha256" in names else "NULL"
        wanted = f"{_plain('blob_key')}, {size}, {digest}"
        found.append(f"SELECT {wanted} FROM {quoted(model._meta.db_table)}")  # noqa: S608
    return " UNION ALL ".join(found)


def _plain(name: str) -> str:
    return f"+{name}" if connection.vendor == "sqlite" else name


@contextmanager
def _sqlite() -> Iterator[tuple[Ask, Stream]]:
    name = str(connection.settings_dict["NAME"])
    if connection.in_atomic_block or connection.is_in_memory_db():  # type: ignore[attr-defined]
        connection.ensure_connection()
        yield _sqlite_ways(connection.connection)
        return
    address = f"file:{quote(name)}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        yield _sqlite_ways(reader)


def _sqlite_ways(reader: sqlite3.Connection) -> tuple[Ask, Stream]:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        return reader.cursor().execute(sql).fetchall()

    def stream(sql: str, columns: tuple[Column, ...], sink: Sink) -> None:
        cursor = sqlite3.Cursor(reader)
        cursor.execute(sql)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            sink.write(spell(rows, columns))

    return ask, stream


@contextmanager
def _postgres() -> Iterator[tuple[Ask, Stream]]:
    if connection.in_atomic_block:
        connection.ensure_connection()
        connection.cursor().execute("SET LOCAL TimeZone = 'UTC'")
        yield _postgres_ways(connection.connection)
        return
    reader = connection.get_new_connection(connection.get_connection_params())
    with closing(reader):
        reader.autocommit = True
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL TimeZone = 'UTC'")
        yield _postgres_ways(reader)


def _postgres_ways(reader: Any) -> tuple[Ask, Stream]:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        with reader.cursor() as cursor:
            cursor.execute(sql)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def stream(sql: str, columns: tuple[Column, ...], sink: Sink) -> None:
        del columns
        with reader.cursor() as cursor:
            cursor.copy_expert(f"COPY ({sql}) TO STDOUT", sink)

    return ask, stream
