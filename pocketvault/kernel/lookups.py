"""Asking for many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup
from django.db.models.sql.compiler import SQLCompiler


class Among(Lookup):
    """Whether a column holds one of these ids, up to thousands of them.

    Like Django's ``in``, but with all ids in one value: five hundred values of their own
    take longer to prepare than their rows to find.
    """

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, column: str, ids: Sequence[UUID]) -> None:
        super().__init__(F(column), ids)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[str]]:
        column, _ = self.process_lhs(compiler, connection)
        text = listed(self.rhs, connection.vendor)
        return column + " IN (SELECT value FROM json_each(%s))", [text]  # noqa: S608 - a column's name

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[str]]:
        # Neither ``= ANY`` of the value itself, all of which the planner would weigh one by one for
        # each index, nor ``IN``, which hashes the ids and looks each of them up from the root.
        column, _ = self.process_lhs(compiler, connection)
        text = listed(self.rhs, connection.vendor)
        return column + " = ANY (ARRAY(SELECT unnest(%s::uuid[])))", [text]


def listed(ids: Sequence[UUID], vendor: str) -> str:
    """Ids as the one value that `Among` gives to this kind of database."""
    return listed_texts([str(each) for each in ids], vendor)


def listed_texts(ids: Sequence[str], vendor: str) -> str:
    """`listed`, for ids in their usual spelling."""
    if vendor == "postgresql":
        return f"{{{','.join(ids)}}}"
    return '["{}"]'.format('","'.join(ids).replace("-", "")) if ids else "[]"
