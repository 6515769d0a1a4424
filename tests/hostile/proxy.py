"""A server that lies: everything is asked of the real service, and some answers are altered.

Both clients talk to it, so that the lie is the same bytes for both. It knows nothing of the
cryptography; what it needs besides (an older answer, a key of its own) is in the lie.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

# What JSON decodes to.
Json = Any
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
TIMEOUT_SECONDS = 60.0


@dataclass(slots=True)
class Asked:
    """What a client asks."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """Its members, each once."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def without(self, name: str) -> None:
        """Take a member out of the query."""
        rest = {key: value for key, value in self.query.items() if key != name}
        self.target = f"{self.path}?{urlencode(rest)}" if rest else self.path


@dataclass(slots=True)
class Answer:
    """What the service says to it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        """The document."""
        return json.loads(self.body)

    def say(self, document: Json, status: int = 200) -> None:
        """Answer this instead."""
        self.status, self.body = status, json.dumps(document).encode()
        self.headers["Content-Type"] = "application/json"


class Lie:
    """What a server does instead of serving. This one is honest."""

    def ask(self, asked: Asked) -> None:
        """Change what the service is asked."""

    def answer(self, asked: Asked, answer: Answer) -> None:
        """Change what it says."""


@dataclass(slots=True)
class LyingServer:
    """Between clients and a service. ``told`` counts the answers that were altered."""

    service: str
    port: int = 0
    lie: Lie = field(default_factory=Lie)
    told: int = 0

    @property
    def url(self) -> str:
        """What clients are given."""
        return f"http://localhost:{self.port}"

    @contextmanager
    def telling(self, lie: Lie) -> Iterator[LyingServer]:
        """Lie for the length of a block."""
        self.lie, self.told = lie, 0
        try:
            yield self
        finally:
            self.lie = Lie()

    def pass_on(self, asked: Asked) -> Answer:
        """Ask the service, and lie about it."""
        lie = self.lie
        honest = Asked(asked.method, asked.target, dict(asked.headers), asked.body)
        lie.ask(honest)
        said = self._ask(honest)
        altered = Answer(said.status, dict(said.headers), said.body)
        lie.answer(asked, altered)
        if asked.path.startswith("/api/"):
            # No client is to answer itself from what it kept of an honest moment.
            altered.headers["Cache-Control"] = "no-store"
        is_other = (altered.status, altered.body) != (said.status, said.body)
        self.told += is_other or honest.target != asked.target
        return altered

    def _ask(self, asked: Asked) -> Answer:
        upstream = urlsplit(self.service)
        line = http.client.HTTPConnection(
            "127.0.0.1", upstream.port or 80, timeout=TIMEOUT_SECONDS
        )
        try:
            line.request(asked.method, asked.target, asked.body or None, asked.headers)
            found = line.getresponse()
            # A cookie is a header of its own each time, so they are kept apart by a line end.
            headers: dict[str, str] = {}
            for name, value in found.getheaders():
                headers[name] = f"{headers[name]}\n{value}" if name in headers else value
            return Answer(found.status, headers, found.read())
        finally:
            line.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in HOP_BY_HOP and name.lower() != "accept-encoding"
        }
        answer = self.server.liar.pass_on(Asked(self.command, self.path, headers, body))
        self.send_response_only(answer.status)
        for name, values in answer.headers.items():
            if name.lower() not in HOP_BY_HOP:
                for value in values.split("\n"):
                    self.send_header(name, value)
        if answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method is passed on: the library looks for ``do_GET`` and the like."""
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, liar: LyingServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.liar = liar

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


@contextmanager
def lying_server(service: str) -> Iterator[LyingServer]:
    """One in front of a service, honest until told otherwise."""
    liar = LyingServer(service)
    server = _Server(liar)
    liar.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()
