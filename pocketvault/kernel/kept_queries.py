"""Model objects that are looked up with each request, by SQL that Django made once.

Making the SQL of one row with its relations takes Django ten times as long as SQLite takes to
answer it. A `KeptQuery` is a queryset whose SQL is made at the first look and kept: the question
that goes to the database, and the objects that come back, are those of the queryset.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import QuerySet
from django.db.models.query import RelatedPopulator

Row = TypeVar("Row", bound=models.Model)
_EXAMPLES = (
    (models.UUIDField, UUID(int=0)), (models.IntegerField, 0), (models.CharField, ""),
    (models.BinaryField, b""),
)  # fmt: skip


class KeptQuery(Generic[Row]):
    """One row at most of a queryset, found by the values of some columns.

    ``rows`` makes the queryset, once; nothing in it may depend on the time or the caller. ``by``
    are the columns, spelled as in ``filter``; they lie in the model or in a row that it names.
    """

    def __init__(self, rows: Callable[[], QuerySet[Row]], *, by: tuple[str, ...]) -> None:
        self._rows, self._by = rows, by

    def first(self, *values: object) -> Row | None:
        """The row for these values, as the queryset's ``first`` finds it. One query."""
        plan = self._plan
        if not all(map(_can_be_asked, plan.columns, values)):
            return None
        prepared = [
            field.get_db_prep_value(value, connection)
            for field, value in zip(plan.columns, values, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, (*plan.fixed, *prepared))
            row = cursor.fetchone()
        return None if row is None else plan.made_of(row)

    @cached_property
    def _plan(self) -> _Plan[Row]:
        return _Plan(self._rows(), self._by)


def _can_be_asked(field: models.Field[Any, Any], value: object) -> bool:
    """False for a number that no such column holds: a database may refuse it outright."""
    if not isinstance(field, models.IntegerField) or not isinstance(value, int):
        return True
    least, most = connection.ops.integer_field_range(field.get_internal_type())
    return (least is None or least <= value) and (most is None or value <= most)


def _column(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    *steps, name = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    field: Any = model._meta.get_field(name)
    return field.target_field if field.is_relation else field  # type: ignore[no-any-return]


def _example_of(column: models.Field[Any, Any]) -> object:
    for kind, example in _EXAMPLES:
        if isinstance(column, kind):
            return example
    raise TypeError(f"{column} is compared with nothing that is known here")


class _Plan(Generic[Row]):
    """The SQL of a queryset, and how its rows become objects."""

    def __init__(self, rows: QuerySet[Row], by: tuple[str, ...]) -> None:
        self.columns = [_column(rows.model, path) for path in by]
        examples = [_example_of(column) for column in self.columns]
        # One after the other: within one call Django sorts them by their names.
        for path, example in zip(by, examples, strict=True):
            rows = rows.filter(**{path: example})
        # ``connection`` is each thread's own, so what is kept here is no thread's.
        self._compiler = rows.order_by("pk")[:1].query.get_compiler(connection=connection)
        self.sql, values = self._compiler.as_sql()
        self.fixed = values[: len(values) - len(by)]
        told = self._compiler.klass_info
        assert told is not None
        select = self._compiler.select
        places = told["select_fields"]
        self._own = slice(places[0], places[-1] + 1)
        self._names = [each[0].target.attname for each in select[self._own]]
        self._model: type[Row] = told["model"]
        related: Any = RelatedPopulator
        self._related = [
            related(each, select, DEFAULT_DB_ALIAS) for each in told.get("related_klass_infos", [])
        ]
        columns = [each[0] for each in select[: self._compiler.col_count]]
        self._converters = self._compiler.get_converters(columns)

    def made_of(self, row: tuple[Any, ...]) -> Row:
        """The object of a row as the driver says it, with its relations."""
        (plain,) = self._compiler.apply_converters([row], self._converters)
        found = self._model.from_db(DEFAULT_DB_ALIAS, self._names, plain[self._own])
        for each in self._related:
            each.populate(plain, found)
        return found
