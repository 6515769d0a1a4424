"""Operations for migrations that change tables under a release that is still answering.

On PostgreSQL they let everybody read and write meanwhile; on SQLite, where one writes at a time
anyway, they are the plain ones. ``Aside`` ones stand in a migration with ``atomic = False`` and
with nothing else in it, because PostgreSQL builds beside others only outside a transaction. Killed
there, they find when run again what is done and what is half made.

Taking something away takes two releases: one leaves a column (`LeaveField`) or table
(`LeaveModel`), and the next drops what was left. ``deploy.upgrades`` refuses whatever does it at
once; ``docs/operations.md`` says how each change is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import NotSupportedError
from django.db.migrations import (
    AddConstraint,
    AddIndex,
    DeleteModel,
    Migration,
    RemoveConstraint,
    RemoveField,
)  # fmt: skip
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import BaseConstraint, CheckConstraint, Field, UniqueConstraint

_FIND_INDEX = (
    "SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
    "WHERE relname = %s AND indrelid = %s::regclass"
)
_FIND_CONSTRAINT = (
    "SELECT convalidated FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass"
)


class Aside:
    """What is built beside those who read and write. Stands alone: ``atomic = False``."""


class AddIndexAside(Aside, AddIndex):
    """An index on a table that is in use."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Build it; a half-built one of a run that was killed goes first."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        with _outside(schema_editor):
            if not _has_index(schema_editor, model._meta.db_table, self.index.name):
                schema_editor.add_index(model, self.index, concurrently=True)


class AddConstraintAside(Aside, AddConstraint):
    """A rule for a table that is in use.

    ``obeyed_since``: the release since which no process writes what it forbids, as
    ``deploy/upgrades/releases.txt`` names it. Rows from before must obey too.
    """

    def __init__(self, model_name: str, constraint: BaseConstraint, *, obeyed_since: str) -> None:
        asked: Any = constraint
        is_plain = isinstance(constraint, CheckConstraint) or (
            isinstance(constraint, UniqueConstraint)
            and asked.deferrable is None
            and asked.nulls_distinct is None
            and not asked.include
        )
        if not is_plain:
            raise TypeError(f"{constraint!r} cannot be added beside those who write")
        super().__init__(model_name, constraint)
        self.obeyed_since = obeyed_since

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As it is written in a migration."""
        name, arguments, named = super().deconstruct()
        return name, [*arguments], {**named, "obeyed_since": self.obeyed_since}

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """For new rows at once; then the rows that are there are read, while others write."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        with _outside(schema_editor):
            if isinstance(self.constraint, CheckConstraint):
                _check(schema_editor, model, self.constraint)
            else:
                _make_unique(schema_editor, model, self.constraint)


class RemoveUniqueConstraint(RemoveConstraint):
    """Of a table that is in use: "insert, or change what is there" names it and fails without.

    ``unused_since``: the release since which nobody does that.
    """

    def __init__(self, model_name: str, name: str, *, unused_since: str) -> None:
        super().__init__(model_name, name)
        self.unused_since = unused_since

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As it is written in a migration."""
        name, arguments, named = super().deconstruct()
        return name, [*arguments], {**named, "unused_since": self.unused_since}


class LeaveField(RemoveField):
    """The code forgets a field; its column stays for the release before, which fills it and reads
    it. It may be empty from now on, and keeps nothing else from being deleted.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Only what the new code needs in order not to know of it."""
        _loosen(app_label, schema_editor, from_state, self.model_name_lower, self.name)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """It is still there, and as loose as it is it serves."""

    def describe(self) -> str:
        """For whoever looks on."""
        return f"Leave the column of {self.name} of {self.model_name} to the release before"


class LeaveModel(DeleteModel):
    """The code forgets a model; its table stays for the release before."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Its rows keep nothing else from being deleted any more."""
        model = from_state.apps.get_model(app_label, self.name)
        for field in model._meta.local_fields:
            if field.remote_field:
                _loosen(app_label, schema_editor, from_state, self.name_lower, field.name)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """It is still there."""

    def describe(self) -> str:
        """For whoever looks on."""
        return f"Leave the table of {self.name} to the release before"


class DropLeftColumn(Operation):
    """The column of a field that an earlier release left. ``left_in``: that release."""

    reversible = False

    def __init__(self, model_name: str, column: str, *, left_in: str) -> None:
        self.model_name = model_name
        self.column = column
        self.left_in = left_in

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The code forgot it long ago."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """SQLite may have dropped it already, with the first table that it had to make anew."""
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor == "postgresql":
            table, column = map(schema_editor.quote_name, (model._meta.db_table, self.column))
            schema_editor.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS {column}")
        else:
            schema_editor._remake_table(model)  # noqa: SLF001 - how Django drops a column there

    def describe(self) -> str:
        """For whoever looks on."""
        return f"Drop the column {self.column} of {self.model_name}, left in {self.left_in}"


class DropLeftTable(Operation):
    """The table of a model that an earlier release left. ``left_in``: that release."""

    reversible = False

    def __init__(self, table: str, *, left_in: str) -> None:
        self.table = table
        self.left_in = left_in

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The code forgot it long ago."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """It and its indexes; nothing refers to it."""
        schema_editor.execute(f"DROP TABLE IF EXISTS {schema_editor.quote_name(self.table)}")

    def describe(self) -> str:
        """For whoever looks on."""
        return f"Drop the table {self.table}, left in {self.left_in}"


def _loosen(app_label: str, editor: Any, state: Any, model_name: str, name: str) -> None:
    model = state.apps.get_model(app_label, model_name)
    field: Field[Any, Any] = model._meta.get_field(name)
    if field.primary_key or field.many_to_many:
        raise NotSupportedError(f"{name} of {model_name} cannot be left by itself")
    loose = field.clone()
    loose.null = True
    if loose.remote_field:
        loose.db_constraint = False  # type: ignore[attr-defined]
    after = state.clone()
    after.alter_field(app_label, model_name, name, loose, preserve_default=True)
    looser = after.apps.get_model(app_label, model_name)
    editor.alter_field(model, field, looser._meta.get_field(name))


def take_tables(editor: Any, migration: Migration, state: ProjectState) -> None:
    """Before anything is left to the release before: all tables at once that it takes.

    A key between two tables cannot go while anybody is at either. Whoever deletes comes to what is
    referred to first, and so must we: holding what refers, one would wait for each of them in turn
    while they wait for us.
    """
    names = _left_tables(migration, state)
    if names and editor.connection.vendor == "postgresql":
        all_of_them = ", ".join(map(editor.quote_name, names))
        editor.execute(f"LOCK TABLE {all_of_them} IN ACCESS EXCLUSIVE MODE", params=None)


def _left_tables(migration: Migration, state: ProjectState) -> list[str]:
    """What is referred to stands first."""
    own, above = set(), set()
    for each in migration.operations:
        if not isinstance(each, LeaveField | LeaveModel):
            continue
        name = each.name if isinstance(each, LeaveModel) else each.model_name
        model = state.apps.get_model(migration.app_label, name)
        fields = model._meta.local_fields
        if isinstance(each, LeaveField):
            fields = [field for field in fields if field.name == each.name]
        own.add(model._meta.db_table)
        above |= {f.related_model._meta.db_table for f in fields if f.remote_field}
    return [*sorted(above), *sorted(own - above)]


@contextmanager
def _outside(editor: Any) -> Iterator[None]:
    """No transaction; and as long as it takes, because nobody waits behind it."""
    if editor.connection.in_atomic_block:
        told = "Write atomic = False into the migration: this is built aside."
        raise NotSupportedError(told)
    seconds = _one(editor, "SELECT current_setting('lock_timeout')")
    _one(editor, "SELECT set_config('lock_timeout', '0', false)")
    try:
        yield
    finally:
        _one(editor, "SELECT set_config('lock_timeout', %s, false)", seconds)


def _has_index(editor: Any, table: str, name: str) -> bool:
    is_valid = _one(editor, _FIND_INDEX, name, editor.quote_name(table))
    if is_valid is False:
        editor.execute(f"DROP INDEX CONCURRENTLY {editor.quote_name(name)}")
    return bool(is_valid)


def _check(editor: Any, model: Any, constraint: CheckConstraint) -> None:
    table, name = model._meta.db_table, constraint.name
    quoted = editor.quote_name(table)
    is_valid = _one(editor, _FIND_CONSTRAINT, name, quoted)
    if is_valid is None:
        _briefly(editor, f"{constraint.create_sql(model, editor)} NOT VALID")
    if not is_valid:
        editor.execute(f"ALTER TABLE {quoted} VALIDATE CONSTRAINT {editor.quote_name(name)}")


def _make_unique(editor: Any, model: Any, constraint: Any) -> None:
    table, name = editor.quote_name(model._meta.db_table), editor.quote_name(constraint.name)
    if _one(editor, _FIND_CONSTRAINT, constraint.name, table):
        return
    is_index = bool(constraint.expressions or constraint.condition or constraint.opclasses)
    columns = [editor.quote_name(model._meta.get_field(f).column) for f in constraint.fields]
    sql = f"CREATE UNIQUE INDEX {name} ON {table} ({', '.join(columns)})"
    if is_index:
        sql = str(constraint.create_sql(model, editor))
    if not _has_index(editor, model._meta.db_table, constraint.name):
        aside = sql.replace("CREATE UNIQUE INDEX", "CREATE UNIQUE INDEX CONCURRENTLY", 1)
        editor.execute(aside, params=None)
    if not is_index:
        _briefly(editor, f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")


def _briefly(editor: Any, sql: str) -> None:
    """Takes the table for itself, for a moment; others wait behind it while it waits."""
    _one(editor, "SELECT set_config('lock_timeout', '500ms', false)")
    editor.execute(sql, params=None)
    _one(editor, "SELECT set_config('lock_timeout', '0', false)")


def _one(editor: Any, sql: str, *values: object) -> Any:
    with editor.connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None
