r"""Rows as text that either database reads: what PostgreSQL's COPY writes, in UTC.

    one row a line, columns apart by tabs, ``\N`` for nothing, bytes as ``\\x`` and hexadecimal

PostgreSQL writes and reads it by itself, as fast as it can; for SQLite it is spelled here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.db import models

from rights.backup_errors import BackupDamagedError

NOTHING = r"\N"
_UUID_TEXT = 36
_KINDS = {
    "AutoField": "int", "BigAutoField": "int", "SmallAutoField": "int",
    "IntegerField": "int", "BigIntegerField": "int", "SmallIntegerField": "int",
    "PositiveIntegerField": "int", "PositiveBigIntegerField": "int",
    "PositiveSmallIntegerField": "int", "BooleanField": "bool", "CharField": "text",
    "TextField": "text", "EmailField": "text", "SlugField": "text", "BinaryField": "bytes",
    "UUIDField": "uuid", "DateTimeField": "time", "DateField": "date", "JSONField": "json",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in the database and what kind of thing it holds."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its columns in the order of a line, and how many rows a snapshot has."""

    name: str
    columns: tuple[Column, ...]
    rows: int = 0

    def to_json(self) -> dict[str, object]:
        """For the header of a backup."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """What `to_json` wrote. Raises `BackupDamagedError`."""
        try:
            columns = tuple(Column(each["name"], each["kind"]) for each in values["columns"])
            table = cls(values["name"], columns, int(values["rows"]))
            is_known = {column.kind for column in columns} <= set(_KINDS.values())
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BackupDamagedError from error
        if not is_known:
            raise BackupDamagedError
        return table


def columns_of(model: type[models.Model]) -> tuple[Column, ...]:
    """The columns of a model. Raises ``LookupError`` for a kind that has no spelling yet."""
    return tuple(
        Column(str(field.column), kind_of(field)) for field in model._meta.local_concrete_fields
    )


def kind_of(field: models.Field[Any, Any]) -> str:
    """What kind of thing a field holds; of a key, what it points at does."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    name = field.get_internal_type()
    if name not in _KINDS:
        raise LookupError(f"backups have no spelling for {name}: {field}")
    return _KINDS[name]


def spell(rows: Iterable[tuple[Any, ...]], columns: tuple[Column, ...]) -> bytes:
    """Rows as SQLite says them, as lines."""
    spellers = [_SPELL[column.kind] for column in columns]
    lines = (
        "\t".join(
            NOTHING if value is None else speller(value)
            for speller, value in zip(spellers, row, strict=True)
        )
        for row in rows
    )
    return "".join(f"{line}\n" for line in lines).encode()


def parse(lines: bytes, columns: tuple[Column, ...]) -> Iterator[tuple[Any, ...]]:
    """Whole lines as rows for SQLite. Raises `BackupDamagedError`."""
    readers = [_READ[column.kind] for column in columns]
    try:
        for line in lines.decode().split("\n")[:-1]:
            values = line.split("\t")
            yield tuple(
                None if value == NOTHING else reader(value)
                for reader, value in zip(readers, values, strict=True)
            )
    except ValueError as error:  # too few or many columns, no number, no hexadecimal, no UTF-8
        raise BackupDamagedError from error


def blocks(pieces: Iterable[bytes], tables: Iterable[Table]) -> Iterator[tuple[Table, bytes]]:
    """Cut a stream into blocks of whole lines, each of one table.

    Raises `BackupDamagedError` when there are fewer lines than the tables have rows, or more.
    """
    coming, held = iter(pieces), b""
    for table in tables:
        left = table.rows
        while left:
            block, held = _take(held, left)
            if block:
                left -= block.count(b"\n")
                yield table, block
                continue
            piece = next(coming, None)
            if piece is None:
                raise BackupDamagedError
            held += piece
    if held or any(coming):
        raise BackupDamagedError


def _take(held: bytes, left: int) -> tuple[bytes, bytes]:
    """At most so many whole lines, and what is behind them."""
    if held.count(b"\n") <= left:
        end = held.rfind(b"\n") + 1
    else:
        end = 0
        for _ in range(left):
            end = held.index(b"\n", end) + 1
    return held[:end], held[end:]


_ESCAPES = {
    "\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\b": r"\b", "\f": r"\f", "\v": r"\v",
}  # fmt: skip
_ESCAPING = str.maketrans(_ESCAPES)
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {code[1]: letter for letter, code in _ESCAPES.items()}


def _spell_uuid(value: str) -> str:
    if len(value) == _UUID_TEXT:
        return value
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def _read_text(value: str) -> str:
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), value)


def _read_time(value: str) -> str:
    """As Django writes times into SQLite, where they are compared as text."""
    seconds, _, fraction = value.partition("+")[0].partition(".")
    return f"{seconds}.{fraction:0<6}" if fraction else seconds


_SPELL: dict[str, Callable[[Any], str]] = {
    "int": str,
    "bool": lambda value: "t" if value else "f",
    "text": lambda value: value.translate(_ESCAPING),
    "json": lambda value: value.translate(_ESCAPING),
    "bytes": lambda value: rf"\\x{value.hex()}",
    "uuid": _spell_uuid,
    "time": lambda value: f"{value}+00",
    "date": str,
}
_READ: dict[str, Callable[[str], Any]] = {
    "int": int,
    "bool": lambda value: value == "t",
    "text": _read_text,
    "json": _read_text,
    "bytes": lambda value: bytes.fromhex(value[3:]),
    "uuid": lambda value: value.replace("-", ""),
    "time": _read_time,
    "date": str,
}
