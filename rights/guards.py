"""Taking triggers down for a moment: while a restore writes what they let through before.

The triggers refuse steps that nobody may take, such as a decision by somebody without the role.
The journal holds states that were let through once, and a restored database may not know who had
which role by then. CHECK, UNIQUE and foreign keys hold throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models


@contextmanager
def unguarded(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Without the triggers of these tables, inside the caller's transaction. They come
    back with its end, however it ends.
    """
    names = [model._meta.db_table for model in tables]
    if connection.vendor == "postgresql":
        yield from _disabled(names)
    else:
        yield from _dropped(names)


def _disabled(names: Sequence[str]) -> Iterator[None]:
    quoted = [connection.ops.quote_name(name) for name in names]
    with connection.cursor() as cursor:
        connection.check_constraints()  # no table is altered while a key of it is still to check
        for name in quoted:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        connection.check_constraints()
        for name in quoted:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def _dropped(names: Sequence[str]) -> Iterator[None]:
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "  # noqa: S608 - placeholders
            f"AND tbl_name IN ({places})",
            names,
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        yield
        for _, statement in found:
            cursor.execute(statement)
