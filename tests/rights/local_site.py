"""A real web site on this machine, and a fetcher that is led to it by a public name.

The fetcher's own judgement stays: names resolve to a public number, and only the connector knows
that this number is here.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rights.takedown.fetching import Fetcher

PUBLIC = "93.184.216.34"
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(slots=True)
class Site:
    """What each path answers, which may change, and what was asked."""

    port: int = 0
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    connected: list[tuple[str, int]] = field(default_factory=list)

    def shows(
        self, path: str, body: bytes, media_type: str = "text/html", status: int = 200
    ) -> None:
        """Answer with this body."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Type", media_type)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.pages[path] = answer

    def leads(self, path: str, to: str, status: int = 302) -> None:
        """Answer with a redirect."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Location", to)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        self.pages[path] = answer

    def resolve(self, name: str) -> list[str]:
        """Every name is public, unless the test says what it means, look-up by look-up."""
        planned = self.names.get(name)
        if not planned:
            return [PUBLIC]
        return planned.pop(0) if len(planned) > 1 else planned[0]

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        """Whatever was judged public lies here."""
        self.connected.append((address, port))
        return socket.create_connection(("127.0.0.1", self.port), seconds)

    def fetcher(self, seconds: float = 5.0) -> Fetcher:
        """The product's own, led here."""
        return Fetcher(resolver=self.resolve, connector=self.connect, seconds=seconds)


@contextmanager
def local_site() -> Iterator[Site]:
    """A site for the time of a test."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.headers.append({k.lower(): v for k, v in self.headers.items()})
            answer = site.pages.get(self.path)
            if answer is None:
                self.send_error(404)
            else:
                answer(self)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
