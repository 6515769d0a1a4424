"""A database for the time of a drill, in the place of the real one for this thread alone."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

from pocketvault.kernel import sealing
from rights.backup_errors import NoScratchError


@contextmanager
def scratch_database() -> Iterator[None]:
    """Inside, ``connection`` is an empty database of the same engine. It is gone afterwards.

    Raises `NoScratchError`.
    """
    making = _postgres if connection.vendor == "postgresql" else _sqlite
    with making() as values:
        real = connections[DEFAULT_DB_ALIAS]
        scratch = type(real)({**real.settings_dict, **values}, DEFAULT_DB_ALIAS)
        connections[DEFAULT_DB_ALIAS] = scratch
        sealing.forget_current_epoch()
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = real
            sealing.forget_current_epoch()
            scratch.close()


@contextmanager
def _sqlite() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="drill-", dir=settings.VAR_DIR) as folder:
        yield {"NAME": Path(folder) / "scratch.sqlite3"}


@contextmanager
def _postgres() -> Iterator[dict[str, Any]]:
    name = f"drill_{secrets.token_hex(8)}"
    real: Any = connections[DEFAULT_DB_ALIAS]
    with closing(connection.get_new_connection(connection.get_connection_params())) as other:
        other.autocommit = True
        try:
            _do(other, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        except real.Database.Error as error:  # the driver's: Django sees none of it
            raise NoScratchError from error
        try:
            yield {"NAME": name}
        finally:
            _do(other, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _do(other: Any, sql: str) -> None:
    with other.cursor() as cursor:
        cursor.execute(sql)
