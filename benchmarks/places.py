"""Where a benchmark runs: a folder and a database of its own, gone when it ends."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from deploy.local.commands import SERVERS

ROOT = Path(__file__).resolve().parents[1]


class MissingError(Exception):
    """Something a benchmark needs is not on this machine; says what."""


@dataclass(frozen=True, slots=True)
class Place:
    """A vault's data folder, and the environment of its processes."""

    folder: Path
    environ: Mapping[str, str]

    def inside(self, name: str, **options: object) -> Any:
        """Run ``benchmarks.inside.NAME`` as a process of this vault; what it answered."""
        command = [sys.executable, "-m", "benchmarks.inside", name, json.dumps(options)]
        done = subprocess.run(
            command, cwd=ROOT, env=dict(self.environ), stdout=subprocess.PIPE, check=True
        )
        return json.loads(done.stdout)

    def open_inside(self, name: str, **options: object) -> subprocess.Popen[str]:
        """The same, for a process that is told round by round what to do."""
        command = [sys.executable, "-m", "benchmarks.inside", name, json.dumps(options)]
        return subprocess.Popen(
            command, cwd=ROOT, env=dict(self.environ), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder on the disk that vaults are on."""
    folder = Path(tempfile.mkdtemp(prefix="pocketvault-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def new_place(**settings: str) -> Iterator[Place]:
    """An empty vault on the embedded setting, unless ``settings`` say otherwise."""
    with scratch_folder() as folder:
        environ = {
            **{name: value for name, value in os.environ.items() if name not in SERVERS},
            "DJANGO_SETTINGS_MODULE": "pocketvault.settings.base",
            "VAR_DIR": str(folder),
            "PYTHONWARNINGS": "ignore",
            **settings,
        }
        environ.pop("BLOB_URL", None)
        place = Place(folder, environ)
        place.inside("empty")
        yield place


@contextmanager
def new_postgres_place(**settings: str) -> Iterator[Place]:
    """An empty vault on PostgreSQL. Raises `MissingError` where no server answers."""
    with _own_database() as url, new_place(DATABASE_URL=url, **settings) as place:
        yield place


@contextmanager
def _own_database() -> Iterator[str]:
    url = os.environ.get("DATABASE_URL") or SERVERS["DATABASE_URL"]
    name = f"pv_bench_{secrets.token_hex(4)}"
    try:
        server = psycopg2.connect(url, connect_timeout=3)
    except psycopg2.OperationalError as error:
        raise MissingError(f"no PostgreSQL server answers at {url}") from error
    server.autocommit = True
    with closing(server), server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            parts = urlsplit(url)
            yield urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
