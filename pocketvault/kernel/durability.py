"""Commits that wait for the disk, and the few that need not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def without_waiting() -> Iterator[None]:
    """A transaction that is there for everybody once it commits, and after a power cut may
    never have been. A killed process loses nothing by it.

    Only for what nobody builds on after a power cut: who holds a lease, where an upload
    will begin. The next commit that waits takes with it whatever came before. Inside
    another transaction it is part of that one, and waits with it.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute("PRAGMA synchronous=FULL")
