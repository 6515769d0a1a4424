"""A running service for tests: the programs of ``make run`` as real processes.

with running_service(folder) as live:
    requests.get(live.url)

Everything it keeps is under ``folder``. When the suite runs on PostgreSQL and Redis, so
does the service, on a database and a Redis number of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg2

from deploy.local.project import Project
from deploy.local.serving import Address, programs
from tests.managing import Manager
from tests.workers import redis_for_a_service

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 180.0
# What is prepared comes to the same whatever these say. Not so for the store: the first entry of
# the journal lies there.
INDIFFERENT = {"REDIS_URL", "TMPDIR"}
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the first plain service of this process started from: its data folder, and the name
    of a database like its own, on a server that has one.
    """

    folder: Path
    database: str | None


_prepared: list[Prepared] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Where a running service is, where it keeps its data, and its programs by name. What it starts
    runs the code of ``checkout``.
    """

    url: str
    ports: Sequence[int]
    var: Path
    environ: Mapping[str, str]
    commands: Mapping[str, list[str]]
    processes: dict[str, subprocess.Popen[bytes]]
    manager: Manager
    checkout: Path = ROOT

    @property
    def mail(self) -> Path:
        """The folder its mails are written to."""
        return self.var / "mail"

    def log(self) -> str:
        """Whatever its programs wrote."""
        return "".join(
            f"--- {path.name}\n{path.read_text(errors='replace')}"
            for path in sorted(self.var.glob("*.out"))
        )

    def start(self, name: str) -> None:
        """Start one of its programs, over whatever data is there."""
        with (self.var / f"{name}.out").open("ab") as output:
            self.processes[name] = subprocess.Popen(
                self.commands[name], cwd=self.checkout, env=dict(self.environ),
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, *names: str) -> None:
        """End programs as the kernel would: all their processes at once, without a word."""
        for name in names:
            os.killpg(self.processes[name].pid, signal.SIGKILL)
        for name in names:
            self.processes[name].wait()

    def stop(self) -> None:
        """End every program politely, and one that will not go by force."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def manage(self, *arguments: str) -> str:
        """Run a management command of the service and answer what it printed."""
        return self.manager.run(*arguments)


@contextmanager
def running_service(folder: Path, *, webs: int = 1, **settings: str) -> Iterator[Live]:
    """Web, worker and beat on a free port; ended when the block is left.

    ``settings`` are names of docs/configuration.md with their values. With more than one web
    process the others are called ``web-2`` and so on, each on a port of its own.
    """
    with ExitStack() as stack:
        ports = [free_port() for _ in range(webs)]
        url = settings.get("PUBLIC_URL") or f"http://localhost:{ports[0]}"
        is_plain = settings.keys() <= INDIFFERENT
        start = next(iter(_prepared), None) if is_plain else None
        environ = {
            **os.environ,
            **stack.enter_context(own_servers(like=start and start.database)),
            **settings,
            "DJANGO_SETTINGS_MODULE": "pocketvault.settings.base",
            "VAR_DIR": str(folder),
            "PUBLIC_URL": url,
            "PYTHONUNBUFFERED": "1",
        }
        folder.mkdir(parents=True, exist_ok=True)
        commands = commands_of(ports, url, environ)
        manager = Manager(environ)
        stack.callback(manager.end)
        live = Live(
            url=url, ports=ports, var=folder, environ=environ, commands=commands, processes={},
            manager=manager,
        )  # fmt: skip
        if start is not None:
            shutil.copytree(start.folder, folder, dirs_exist_ok=True)
        else:
            live.manage("prepare")
            if is_plain:
                _prepared.append(copy_of(live))
        stack.callback(live.stop)
        for name in commands:
            live.start(name)
        wait_until_it_answers(live)
        yield live


def commands_of(
    ports: Sequence[int], url: str, environ: Mapping[str, str]
) -> dict[str, list[str]]:
    """What ``make run`` starts, by name, and further web processes for further ports."""
    commands: dict[str, list[str]] = {}
    for number, port in enumerate(ports, start=1):
        for program in programs(Project(ROOT), Address("127.0.0.1", port, url), environ):
            if number == 1:
                commands[program.name] = list(program.command)
            elif program.name == "web":
                commands[f"web-{number}"] = list(program.command)
    return commands


def copy_of(live: Live) -> Prepared:
    """What ``make run`` does before a port is opened comes to the same for every plain service:
    the others of this process start from a copy, and are spared to migrate once more.
    """
    kept = Path(tempfile.mkdtemp(prefix="pocketvault-prepared-"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    shutil.copytree(live.var, kept, dirs_exist_ok=True)
    own = live.environ.get("DATABASE_URL")
    if not own:
        return Prepared(kept, None)
    held = ExitStack()
    atexit.register(held.close)
    url = held.enter_context(own_database(os.environ["DATABASE_URL"], like=_name_in(own)))
    return Prepared(kept, _name_in(url))


def _name_in(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(live: Live) -> None:
    """Return once the service answers; fail with its log when it does not."""
    deadline = time.monotonic() + START_SECONDS
    parts = urlsplit(live.url)
    headers = {"Host": parts.netloc, "X-Forwarded-Proto": parts.scheme}
    for port in live.ports:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/server", headers=headers)
        while not _is_answered(asked):
            if time.monotonic() > deadline:
                raise AssertionError(f"The service did not answer.\n{live.log()}")
            time.sleep(0.1)


def _is_answered(asked: urllib.request.Request) -> bool:
    try:
        with urllib.request.urlopen(asked, timeout=5):
            return True
    except (OSError, urllib.error.URLError):
        return False


@contextmanager
def own_servers(*, like: str | None = None) -> Iterator[dict[str, str]]:
    """URLs of a database, empty or like another, and a Redis number nobody else uses, where
    these are set.
    """
    urls: dict[str, str] = {}
    with ExitStack() as stack:
        if database := os.environ.get("DATABASE_URL"):
            urls["DATABASE_URL"] = stack.enter_context(own_database(database, like=like))
        if redis := os.environ.get("REDIS_URL"):
            # pytest empties its own Redis between tests; no service may lose its queue by it.
            urls["REDIS_URL"] = stack.enter_context(redis_for_a_service(redis))
        yield urls


@contextmanager
def own_database(url: str, *, like: str | None = None) -> Iterator[str]:
    """A URL of a database on the same server, empty or a copy of one that nobody is using;
    dropped when the block is left.
    """
    name = f"pocketvault_live_{uuid4().hex[:12]}"
    server = psycopg2.connect(url)
    server.autocommit = True
    with closing(server), server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{like}"' if like else ""))
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
