"""Scratch databases that migrations have only just made.

To migrate an empty database takes most of the time of a restore, and always comes to the same:
each process does it once, and copies that. Tests that are about making tables take an empty one.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.core.management import call_command
from django.db import connection

from rights.backups.scratch import scratch_database

_kept: dict[str, Any] = {}


@contextmanager
def made_database() -> Iterator[None]:
    """Inside, ``connection`` is a database with tables and nobody in it, gone afterwards."""
    if not _kept:
        _make()
    with scratch_database():
        name = connection.settings_dict["NAME"]
        if connection.vendor == "postgresql":
            _on_server(f"DROP DATABASE {name}", f"CREATE DATABASE {name} TEMPLATE {_kept['name']}")
        else:
            shutil.copyfile(_kept["name"], name)
        yield


def _make() -> None:
    """Migrate one scratch database and keep a copy of it until this process ends."""
    with scratch_database():
        call_command("migrate", interactive=False, verbosity=0)
        connection.close()
        made = connection.settings_dict["NAME"]
        if connection.vendor == "postgresql":
            _kept["parameters"] = connection.get_connection_params() | {"dbname": "postgres"}
            name = f"made_{os.getpid()}_{made}"
            _on_server(f"CREATE DATABASE {name} TEMPLATE {made}")
            atexit.register(_on_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            _kept["name"] = name
            return
        folder = Path(tempfile.mkdtemp(prefix="pocketvault-made-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _kept["name"] = folder / "made.sqlite3"
        shutil.copyfile(made, _kept["name"])


def _on_server(*statements: str) -> None:
    parameters = {
        name: value
        for name, value in _kept["parameters"].items()
        if name in {"dbname", "user", "password", "host", "port"}
    }
    with closing(psycopg2.connect(**parameters)) as server:
        server.autocommit = True
        for statement in statements:
            with server.cursor() as cursor:
                cursor.execute(statement)
