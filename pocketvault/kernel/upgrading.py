"""Changing the tables while people are served, and when it may be killed at any moment.

Four things that Django's own ``migrate`` leaves open:

- It notes a migration that made an index only after the transaction that made it. Killed
  between the two, the next run makes the same tables again and fails for good. Here the
  note is part of the transaction.
- Two machines that start together migrate together. Here one waits for the other.
- PostgreSQL lets everybody wait behind whoever waits for a lock on a table. So nobody here waits
  for one longer than half a second; then it is given up and tried again.
- A change that needs two tables and people who hold one of them and want the other would wait for
  each other. PostgreSQL ends one of both after a second: by then the change has given up.
- SQLite changes most things of a table by making it anew, which drops its triggers without a word,
  and fails where a trigger of another table names it. Here all triggers are put back.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import Error, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.sqlite3.schema import DatabaseSchemaEditor as SqliteSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from pocketvault.kernel.schema_changes import Aside, take_tables

# Half of PostgreSQL's own ``deadlock_timeout``.
LOCK_MILLISECONDS = 500
TRIES = 80
PAUSE_SECONDS = 1.0
# Of whoever changes tables, in PostgreSQL's own list of locks that applications name.
_TURN = 0x706F636B6574
_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED = "55P03", "40P01"


class TriggerKeepingEditor(SqliteSchemaEditor):
    """A table that is made anew keeps its triggers, and those that name it."""

    def _remake_table(self, *args: Any, **named: Any) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        for name, _ in triggers:
            self.execute(f"DROP TRIGGER {self.quote_name(name)}")
        super()._remake_table(*args, **named)  # type: ignore[misc]
        for _, sql in triggers:
            self.execute(sql, params=None)


class WholeExecutor(MigrationExecutor):
    """A migration and the note that it was done are one transaction."""

    def __init__(
        self, connection: BaseDatabaseWrapper, progress_callback: Callable[..., Any] | None = None
    ) -> None:
        super().__init__(connection, progress_callback)
        if connection.vendor == "sqlite":
            connection.SchemaEditorClass = TriggerKeepingEditor

    def apply_migration(
        self,
        state: ProjectState,
        migration: Migration,
        fake: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        fake_initial: bool = False,  # noqa: FBT001, FBT002
    ) -> ProjectState:
        """As Django's, for migrations that are one transaction."""
        if fake or fake_initial or not self._is_whole(migration):
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
        tell: Callable[..., object] = self.progress_callback or (lambda *_: None)
        tell("apply_start", migration, fake)
        with self.connection.schema_editor(atomic=True) as editor:
            take_tables(editor, migration, state)
            state = migration.apply(state, editor)
            run_deferred(editor)
            self.record_migration(migration)  # type: ignore[arg-type,call-arg]
        tell("apply_success", migration, fake)
        return state

    def _is_whole(self, migration: Migration) -> bool:
        """What steps aside for others on PostgreSQL has nobody to step aside for on SQLite."""
        is_aside = all(isinstance(each, Aside) for each in migration.operations)
        return migration.atomic or (self.connection.vendor == "sqlite" and is_aside)


def run_deferred(editor: BaseDatabaseSchemaEditor) -> None:
    """What the editor would do when it closes: indexes and keys of new tables."""
    for sql in editor.deferred_sql:
        editor.execute(sql)
    editor.deferred_sql.clear()


@contextmanager
def in_turn(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Wait until nobody else changes the tables of this database, and keep others waiting."""
    taking = _turn_on_server if connection.vendor == "postgresql" else _turn_on_file
    with taking(connection):
        yield


@contextmanager
def _turn_on_server(connection: Any) -> Iterator[None]:
    # Asked again and again: who sleeps in a query holds up each index that is built beside others.
    while not _ask(connection, "SELECT pg_try_advisory_lock(%s)", _TURN):
        time.sleep(PAUSE_SECONDS)
    try:
        _ask(connection, "SELECT set_config('lock_timeout', %s, false)", f"{LOCK_MILLISECONDS}ms")
        yield
    finally:
        with suppress(Error):  # it went away, and the lock with it
            _ask(connection, "SELECT set_config('lock_timeout', '0', false)")
            _ask(connection, "SELECT pg_advisory_unlock(%s)", _TURN)


@contextmanager
def _turn_on_file(connection: Any) -> Iterator[None]:
    path = Path(str(connection.settings_dict["NAME"]))
    if connection.is_in_memory_db() or not path.parent.is_dir():
        yield
        return
    # The folder itself is locked, so that nothing is left lying in it.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _ask(connection: Any, sql: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def again_when_locked(connection: BaseDatabaseWrapper, act: Callable[[], object]) -> None:
    """Do it; give way to whoever holds a table, and go on from there. What is done stays done.

    Raises `OperationalError` after two minutes or so.
    """
    for left in reversed(range(TRIES)):
        try:
            act()
        except OperationalError as error:
            code = getattr(error.__cause__, "pgcode", None)
            is_held = code in (_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED)
            if not is_held or not left or connection.in_atomic_block:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return
