"""What is in the log stays in it: the database itself refuses everything but adding.

Two locks. Triggers raise on UPDATE, DELETE and TRUNCATE, for everybody. In PostgreSQL the
service's own role is also denied the three, so that nothing of ours gets as far as a trigger.

Neither holds against whoever may change the tables themselves: the role that owns them can
drop the triggers and take its rights back, a superuser needs no rights, and a file of SQLite
can be edited by whoever may write it. That is what followers are for: they remember an older
checkpoint, and no new log is consistent with it.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("rights_logentry", "rights_lognode", "rights_logcheckpoint")
_REFUSAL = "the log is only ever added to"
_FUNCTION = "rights_refuse_change"


def put_up_guards(connection: BaseDatabaseWrapper) -> None:
    """Refuse changes from here on. Safe to repeat."""
    take_down_guards(connection)
    with connection.cursor() as cursor:
        for statement in _going_up(connection.vendor):
            cursor.execute(statement)


def take_down_guards(connection: BaseDatabaseWrapper) -> None:
    """Let everything happen: for migrations that remake a table, and for tests' clearing up."""
    with connection.cursor() as cursor:
        for statement in _going_down(connection.vendor):
            cursor.execute(statement)


def _going_up(vendor: str) -> list[str]:
    if vendor != "postgresql":
        return [
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            for table in TABLES
            for change in ("UPDATE", "DELETE")
        ]
    rows = [
        f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
        for table in TABLES
    ]
    whole = [
        f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        for table in TABLES
    ]
    rights = [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER, PUBLIC" for table in TABLES
    ]
    function = (
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    return [function, *rows, *whole, *rights]


def _going_down(vendor: str) -> list[str]:
    if vendor != "postgresql":
        return [
            f"DROP TRIGGER IF EXISTS {table}_no_{change}"
            for table in TABLES
            for change in ("update", "delete")
        ]
    return [
        statement
        for table in TABLES
        for statement in (
            f"DROP TRIGGER IF EXISTS {table}_rows ON {table}",
            f"DROP TRIGGER IF EXISTS {table}_whole ON {table}",
            f"GRANT UPDATE, DELETE, TRUNCATE ON {table} TO CURRENT_USER",
        )
    ]


def guard(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For migrations: once the tables are there."""
    del apps
    put_up_guards(schema_editor.connection)


def unguard(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For migrations, backwards."""
    del apps
    take_down_guards(schema_editor.connection)
