"""Raw SQL cannot change the log either."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from rights.actions.issuing import keep_log
from rights.actions.logging_facts import state
from rights.append_only import TABLES
from rights.models import FactKind, LogEntry

pytestmark = pytest.mark.django_db

CHANGES = {
    "rights_logentry": ["UPDATE {} SET entry = entry", 'UPDATE {} SET "at" = "at"'],
    "rights_lognode": ["UPDATE {} SET number = number + 1"],
    "rights_logcheckpoint": ["UPDATE {} SET note = 'another'"],
}
REFUSED = [
    (table, statement)
    for table in TABLES
    for statement in (*CHANGES[table], "DELETE FROM {}")
]


@pytest.fixture(autouse=True)
def a_log() -> None:
    for number in range(300):
        state(FactKind.DRILL_HELD, {"number": number})
    keep_log()


@pytest.mark.parametrize(("table", "statement"), REFUSED)
def test_raw_sql_changes_nothing_in_the_log(table: str, statement: str) -> None:
    before = rows_of(table)

    with pytest.raises(DatabaseError), transaction.atomic():
        run(statement.format(table))

    assert before
    assert rows_of(table) == before


@pytest.mark.parametrize("table", TABLES)
def test_the_trigger_holds_whatever_rights_the_role_has(table: str) -> None:
    """A superuser passes over rights, and an owner can take them back; the trigger stays."""
    if connection.vendor == "postgresql":
        run(f"GRANT UPDATE, DELETE, TRUNCATE ON {table} TO CURRENT_USER")

    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        run(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
def test_truncating_is_refused(table: str) -> None:
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        run(f"TRUNCATE {table}")

    assert rows_of(table)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no rights")
def test_a_role_that_is_no_superuser_has_not_even_the_right(table: str) -> None:
    run("CREATE ROLE wt_vault_plain NOLOGIN")
    run(f"GRANT ALL ON {table} TO wt_vault_plain")
    run(f"ALTER TABLE {table} OWNER TO wt_vault_plain")
    run("SET ROLE wt_vault_plain")
    run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER, PUBLIC")

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(f"DELETE FROM {table}")


def test_adding_is_allowed() -> None:
    count = LogEntry.objects.count()
    state(FactKind.DRILL_HELD, {"number": 300})
    keep_log()

    assert LogEntry.objects.count() == count + 1


def rows_of(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return [
            tuple(bytes(each) if isinstance(each, memoryview) else each for each in row)
            for row in cursor.fetchall()
        ]


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
