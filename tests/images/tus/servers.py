"""Servers for tests, each a process of its own: ours as `make run` has it, and @tus/server."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.project import Project
from deploy.local.serving import Address, programs
from pocketvault.kernel.blobs import BlobMissingError, BlobStore

ROOT = Path(__file__).resolve().parents[3]
PEERS = ROOT / "tests" / "images" / "peers"
PATIENCE_SECONDS = 60
UPLOAD_LIMIT_MIB = 512

PREPARE = """
import json, django
django.setup()
from django.core.management import call_command
from pocketvault.kernel import rotation
from tests import factories
call_command("migrate", verbosity=0)
rotation.keep_epochs_in_order()
people = {}
for name in ("alice", "mallory"):
    account = factories.make_account(f"{name}@example.org")
    people[name] = factories.open_session(account).token
print(json.dumps(people))
"""


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are lower-case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict:
        assert self.headers["content-type"] == "application/problem+json"
        return json.loads(self.body)

    @property
    def offset(self) -> int:
        return int(self.headers["upload-offset"])


@dataclass(frozen=True)
class Target:
    """A tus server to talk to: where uploads begin, and what to send with each request."""

    name: str
    address: str
    headers: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def netloc(self) -> tuple[str, int]:
        parts = urlsplit(self.address)
        return str(parts.hostname), int(parts.port or 80)

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    def as_(self, person: str) -> Target:
        """The same server, as somebody else. Nobody is `nobody`."""
        token = self.tokens.get(person)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return Target(self.name, self.address, headers, self.tokens, self.process)

    def ask(
        self, method: str, location: str, body: bytes | None = None, *, tus: str | None = "1.0.0",
        chunked: bool = False, **headers: object,
    ) -> Answer:
        """One request. ``upload_offset=3`` becomes ``Upload-Offset: 3``."""
        sent = {**self.headers, **({"Tus-Resumable": tus} if tus else {})}
        sent |= {name.replace("_", "-").title(): str(value) for name, value in headers.items()}
        connection = http.client.HTTPConnection(*self.netloc, timeout=30)
        try:
            content = (body[at : at + 10_000] for at in range(0, len(body), 10_000)) if (
                chunked and body is not None) else body
            # A server may refuse, and hang up, before it has read everything.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(
                    method, urlsplit(location).path, content, sent, encode_chunked=chunked
                )
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()

    def create(self, length: object, body: bytes | None = None, **headers: object) -> Answer:
        if body is not None:
            headers.setdefault("content_type", "application/offset+octet-stream")
        return self.ask("POST", self.path, body, upload_length=length, **headers)

    def begin(self, length: int, **headers: object) -> str:
        answer = self.create(length, **headers)
        assert answer.status == 201, answer
        return urlsplit(answer.headers["location"]).path

    def append(self, location: str, offset: object, body: bytes, **headers: object) -> Answer:
        headers.setdefault("content_type", "application/offset+octet-stream")
        return self.ask("PATCH", location, body, upload_offset=offset, **headers)

    def offset_of(self, location: str) -> int:
        answer = self.ask("HEAD", location)
        assert answer.status in (200, 204), answer
        return answer.offset


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Vault:
    """Our own server over its own folder, store and database: start, kill, start again."""

    def __init__(self, folder: Path, store: BlobStore, **environment: str) -> None:
        self.folder, self.store, self.port = folder, store, free_port()
        self.environment = {
            **os.environ, "VAR_DIR": str(folder), "UPLOAD_LIMIT_MIB": str(UPLOAD_LIMIT_MIB),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "DJANGO_SETTINGS_MODULE": "pocketvault.settings.base",
            "DATABASE_URL": "", "REDIS_URL": "", "BLOB_URL": "", **environment,
        }  # fmt: skip
        self.tokens: dict[str, str] = json.loads(self.python(PREPARE))
        self.process: subprocess.Popen[bytes] | None = None

    def python(self, code: str) -> str:
        """Run code beside the server, on its database and store; what it printed."""
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, env=self.environment,
            stdout=subprocess.PIPE, check=True, text=True,
        )  # fmt: skip
        return done.stdout

    def stages(self) -> set[str]:
        """The uploads whose bytes are in the store, acknowledged or not."""
        return set(self.store.stages())

    def stored(self, size: int) -> set[str]:
        """SHA-256 of the first so many bytes of every upload that has as many."""
        found = set()
        for stage in self.stages():
            with suppress(BlobMissingError):
                digest = hashlib.sha256()
                for chunk in self.store.read_stage(stage, size):
                    digest.update(chunk)
                found.add(digest.hexdigest())
        return found

    def start(self) -> Target:
        address = Address("127.0.0.1", self.port, self.environment["PUBLIC_URL"])
        command = programs(Project(ROOT), address, self.environment)[0].command
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        uploads = f"{address.public_url}/api/v1/uploads"
        target = Target("vault", uploads, tokens=self.tokens, process=self.process)
        wait_for(self.port, self.process)
        return target.as_("alice")

    def kill(self) -> None:
        """As the kernel would: the server and its workers, without a word."""
        if self.process is not None:
            os.killpg(self.process.pid, 9)
            self.process.wait()
            self.process = None
            assert eventually(lambda: not is_listening(self.port))  # its workers are dead too


def is_listening(port: int) -> bool:
    """Whether anybody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the server answers, whatever it answers."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise AssertionError("the server did not come up")


@contextmanager
def reference_server(folder: Path) -> Iterator[Target]:
    """The protocol authors' own server, from npm."""
    port = free_port()
    process = subprocess.Popen(["node", str(PEERS / "tus-server.mjs"), str(folder), str(port)])
    try:
        wait_for(port, process)
        yield Target("reference", f"http://127.0.0.1:{port}/uploads", process=process)
    finally:
        process.kill()
        process.wait()


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """True as soon as the condition is, False when it never was."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
