"""Whether the tables are those of this code: the migrations that it brings, against those that the
database has been through.

Behind: some of ours are missing, and what we ask would meet columns that are not there. Ahead:
a newer release was here first. That is how every upgrade begins, and this release goes on
answering: ``docs/operations.md``, "Changing to another release".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# The app's label and the migration's name.
Key = tuple[str, str]


def missing() -> list[Key]:
    """Migrations of this code that the database has not been through, sorted. One query.

    Raises `DatabaseError` where it does not answer.
    """
    applied = _applied()
    done = {
        old for key, replaced in of_this_code().items() if key in applied for old in replaced
    }
    return sorted(
        key
        for key, replaced in of_this_code().items()
        if key not in applied | done and not (replaced and applied.issuperset(replaced))
    )


def unknown() -> list[Key]:
    """Migrations that the database has been through and this code does not know, sorted."""
    known = of_this_code()
    return sorted(_applied() - known.keys() - {old for each in known.values() for old in each})


def _applied() -> set[Key]:
    return set(MigrationRecorder(connection).applied_migrations())


@cache
def of_this_code() -> Mapping[Key, list[Key]]:
    """Each of them, with those that it stands for. Files do not change while a process lives."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {key: list(each.replaces) for key, each in loader.disk_migrations.items()}
