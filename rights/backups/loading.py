"""Putting a backup's rows into the database at hand, whichever of the two it is."""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from pocketvault.kernel.upgrading import WholeExecutor
from rights.backup_errors import BackupDamagedError, BackupTooNewError
from rights.backups import container
from rights.backups.container import Header
from rights.backups.rows import Table, blocks, parse
from rights.backups.snapshot import BLOBS

Migration = tuple[str, str]
# What migrations themselves put in; a backup has rows of its own for each of these tables.
_FILLED_BY_MIGRATIONS = frozenset(
    {"django_migrations", "django_content_type", "auth_permission", "rights_loghead"}
)


def check(path: Path) -> Header:
    """Read all of a backup and count its rows; its header, which is true then.

    Raises `BackupDamagedError`, `BackupKeyGoneError` and `BackupTooNewError`.
    """
    header = container.read_header(path)
    for _ in blocks(container.pieces_of(path), tables_of(header)):
        pass
    _targets(header)
    return header


def tables_of(header: Header) -> list[Table]:
    """The tables in the order of their rows, and the list of blobs last."""
    listed = header.get("tables")
    if not isinstance(listed, list):
        raise BackupDamagedError
    return [Table.from_json(each) for each in listed]


def make_tables(header: Header) -> None:
    """Drop what there is, and make the tables as they were when the backup was made.

    A database that was only just migrated to the same state has them already: making them
    anew is most of the time that a small restore takes.
    """
    if _has_just_been_made(header):
        return
    _drop_everything()
    WholeExecutor(connection).migrate(_targets(header))


@transaction.atomic
def load(path: Path, header: Header) -> None:
    """Fill the tables, in one transaction."""
    tables = tables_of(header)
    for table in tables:
        if table.name != BLOBS:
            _empty(table)
    coming = blocks(container.pieces_of(path), tables)
    for table, group in groupby(coming, key=itemgetter(0)):
        if table.name == BLOBS:
            for _ in group:
                pass
            continue
        lines = map(itemgetter(1), group)
        if connection.vendor == "postgresql":
            _fill_postgres(table, lines)
            _count_on(table)
        else:
            _fill_sqlite(table, lines)


def bring_up_to_date() -> None:
    """The migrations since then."""
    call_command("migrate", interactive=False, verbosity=0)


def _targets(header: Header) -> list[Migration]:
    """The last of the applied migrations of each app."""
    applied = _applied(header)
    graph = MigrationExecutor(connection).loader.graph
    if not applied <= set(graph.nodes):
        raise BackupTooNewError
    return [
        node
        for node in sorted(applied)
        if not any(
            child.key in applied and child.key[0] == node[0]
            for child in graph.node_map[node].children
        )
    ]


def _applied(header: Header) -> set[Migration]:
    """The migrations of the database that was backed up."""
    try:
        return {(str(app), str(name)) for app, name in header["migrations"]}
    except (KeyError, TypeError, ValueError) as error:
        raise BackupDamagedError from error


def _has_just_been_made(header: Header) -> bool:
    """Whether these are the backup's tables, and nobody but the migrations has filled any."""
    if set(MigrationRecorder(connection).applied_migrations()) != _applied(header):
        return False
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    return not any(_has_rows(name) for name in set(tables) - _FILLED_BY_MIGRATIONS)


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")  # noqa: S608
        return bool(cursor.fetchone()[0])


def _drop_everything() -> None:
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if connection.vendor == "postgresql":
            if tables:
                cursor.execute(f"DROP TABLE {', '.join(map(quoted, tables))} CASCADE")
            for function in _functions(cursor):
                cursor.execute(f"DROP FUNCTION {function} CASCADE")
            return
        cursor.execute("PRAGMA foreign_keys = OFF")
        for table in tables:
            cursor.execute(f"DROP TABLE {quoted(table)}")
        cursor.execute("PRAGMA foreign_keys = ON")


def _functions(cursor: Any) -> list[str]:
    """Ours: those of migrations, not of extensions."""
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p "
        "WHERE p.pronamespace = current_schema()::regnamespace AND NOT EXISTS "
        "(SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )
    return [name for (name,) in cursor.fetchall()]


def _empty(table: Table) -> None:
    """Take out what migrations put in; the backup has it."""
    if not _has_rows(table.name):
        return
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(table.name)}")  # noqa: S608


def _fill_postgres(table: Table, lines: Iterable[bytes]) -> None:
    names = ", ".join(connection.ops.quote_name(column.name) for column in table.columns)
    into = f"{connection.ops.quote_name(table.name)} ({names})"
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {into} FROM STDIN", _Source(lines))


class _Source(io.RawIOBase):
    """Blocks as a file, as the driver wants them."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks, self._held = iter(blocks), b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many."""
        if not self._held:
            self._held = next(self._blocks, b"")
        piece, self._held = self._held[:size], self._held[size:]
        return piece


def _count_on(table: Table) -> None:
    """New rows are numbered behind those that came back."""
    name = connection.ops.quote_name(table.name)
    with connection.cursor() as cursor:
        for sequence in connection.introspection.get_sequences(cursor, table.name):
            column = connection.ops.quote_name(sequence["column"])
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), max({column})) FROM {name}",  # noqa: S608
                [name, sequence["column"]],
            )


def _fill_sqlite(table: Table, lines: Iterable[bytes]) -> None:
    names = ", ".join(connection.ops.quote_name(column.name) for column in table.columns)
    places = ", ".join(["?"] * len(table.columns))
    into = f"{connection.ops.quote_name(table.name)} ({names})"
    sql = f"INSERT INTO {into} VALUES ({places})"  # noqa: S608
    for block in lines:
        connection.connection.executemany(sql, parse(block, table.columns))
