"""What is asked so often that making its SQL and its objects takes longer than its rows.

A `Statement` keeps the SQL that Django made once and answers with what the database's own
driver says. Ids and times come as text (`as_text`), and `text_of_id` and `text_of_moment`
spell them as the API does: neither becomes an object on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

from django.db import connection, models
from django.db.models import QuerySet, TextField, UUIDField
from django.db.models.functions import Cast

_ID: UUIDField[Any, Any] = UUIDField()


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL, and those of its values that are always the same; the others come last."""

    sql: str
    fixed: tuple[Any, ...]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any], *, changing: int) -> Self:
        """The statement of a query whose last ``changing`` values differ each time."""
        sql, values = rows.query.sql_with_params()
        return cls(sql, tuple(values[: len(values) - changing]))

    def run(self, *values: Any) -> int:
        """Change what there is to change; return how many rows that was."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, (*self.fixed, *values))
            count: int = cursor.rowcount
        return count

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """Every row, as the driver says it."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, (*self.fixed, *values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def insert(
    rows: Sequence[models.Model], *, same: tuple[str, ...] = (), newer: tuple[str, ...] = ()
) -> None:
    """Save new rows of one model whose keys are known, or of no use to anybody. Where there
    is one already with the ``same`` columns, which a constraint says, it takes over those
    that are ``newer``.

    What ``bulk_create`` does, without making the SQL anew for each photo.
    """
    sql, fields = _insertion(type(rows[0]), len(rows), same, newer)
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@lru_cache(maxsize=64)
def _insertion(
    model: type[models.Model], count: int, same: tuple[str, ...], newer: tuple[str, ...]
) -> tuple[str, list[models.Field[Any, Any]]]:
    meta, quote = model._meta, connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    names = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    sql = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES {places}"  # noqa: S608
    if same:
        changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in newer)
        sql += f" ON CONFLICT ({', '.join(map(quote, same))}) DO UPDATE SET {changes}"
    return sql, fields


def insert_each(
    model: type[models.Model], column: str, ids: Sequence[UUID], **same: object
) -> None:
    """Save a new row for each of these ids, all of whose other columns are the ``same``. No row
    becomes an object on its way.
    """
    if not ids:
        return
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = [fields[name].get_db_prep_save(value, connection) for name, value in same.items()]
    kind = fields[column]
    values = [
        value for id_ in ids for value in (kind.get_db_prep_save(id_, connection), *rest)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_repeated(model, (column, *same), len(ids)), values)


@lru_cache(maxsize=64)
def _repeated(model: type[models.Model], columns: tuple[str, ...], count: int) -> str:
    places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * count)
    return f"{_into(model, columns)} VALUES {places}"


def insert_from(
    model: type[models.Model], columns: Sequence[str], rows: QuerySet[Any, Any]
) -> int:
    """Save a new row with these columns for each row of a query, inside the database; how many.
    The query's own expressions come last among its columns: that is where Django puts them.
    """
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{_into(model, columns)} {sql}", values)
        count: int = cursor.rowcount
    return count


def _into(model: type[models.Model], columns: Sequence[str]) -> str:
    quote = connection.ops.quote_name
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"


def as_text(column: str) -> Cast:
    """An id or a time as the database spells it."""
    return Cast(column, TextField())


def id_value(id_: UUID) -> Any:
    """An id as a value of a `Statement`."""
    return _ID.get_db_prep_value(id_, connection)


def text_of_id(raw: str) -> str:
    """An id as everybody spells it. SQLite keeps it without hyphens."""
    if len(raw) == 36:
        return raw
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def text_of_moment(raw: str) -> str:
    """ISO 8601 in UTC, to the millisecond, of a time in UTC as a database spells it:
    ``2026-11-26 11:56:58.6778``, with or without a fraction and ``+00``.
    """
    seconds, _, fraction = raw.partition("+")[0].partition(".")
    return f"{seconds[:10]}T{seconds[11:]}.{fraction[:3]:0<3}Z"
