"""What stands between a scraper and the service, as a proxy does: it counts what goes through.

Each visitor is given a network of their own, so that none pays for what another took. Beside
the service it has a page of its own where every picture is plainly linked: whoever takes
nothing from the profile and everything from there was kept out, and is not broken.
"""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

_PICTURE = re.compile(r"^/i/([^/]+)/(\d+)\.\w+\?")
_PLAIN = re.compile(r"^/plain/(\d+)\.jpg$")
SMALL = 320
# Said anew for each connection.
_OWN = {"connection", "transfer-encoding", "keep-alive", "content-length"}


@dataclass(slots=True)
class Seen:
    """What went to one visitor: photos by name, and how often they were told to wait. ``began`` is
    when they asked for a profile, ``sharp_at`` when each small picture went out (monotonic).
    """

    small: set[str] = field(default_factory=set)
    large: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)
    waits: int = 0
    began: float | None = None
    sharp_at: list[float] = field(default_factory=list)

    def small_within(self, seconds: float) -> int:
        """How many small pictures they had so long after they asked for the profile."""
        return sum(at - (self.began or 0) <= seconds for at in self.sharp_at)


class Gate:
    """A proxy on ``port`` of this machine, for one visitor at a time."""

    def __init__(self, plain_count: int) -> None:
        self.service_port = 0
        self.seen, self._network = Seen(), 0
        self._page, self._picture = _plain_page(plain_count), _plain_picture()
        handler = type("_OfThisGate", (_Handler,), {"gate": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.port = int(self._server.server_address[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next_visitor(self) -> Seen:
        """Somebody from a network that was never here."""
        self._network += 1
        self.seen = Seen()
        return self.seen

    @property
    def visitor(self) -> str:
        return f"198.18.{self._network}.7"

    def plain(self, path: str) -> tuple[str, bytes] | None:
        """Kind and content of a page or picture of the gate's own."""
        if path == "/plain/":
            return "text/html", self._page
        if found := _PLAIN.match(path):
            self.seen.plain.add(found[1])
            # Not two are the same: a scraper may leave out what it has.
            return "image/jpeg", self._picture + found[1].encode()
        return None

    def note(self, path: str, asked: bytes, answered: bytes) -> None:
        """What an answer of the service (200) was."""
        if found := _PICTURE.match(path):
            into = self.seen.small if int(found[2]) <= SMALL else self.seen.large
            if int(found[2]) <= SMALL and found[1] not in into:
                self.seen.sharp_at.append(time.monotonic())
            into.add(found[1])
        elif path == "/g/addresses":
            wanted, told = json.loads(asked), json.loads(answered)
            self.seen.waits += len(told["addresses"]) < len(wanted["photos"])

    @contextmanager
    def open(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()


def _plain_page(count: int) -> bytes:
    rows = (f'<a href="{n}.jpg"><img src="{n}.jpg" alt=""></a>' for n in range(count))
    return f"<!doctype html><title>Plain</title>{''.join(rows)}".encode()


def _plain_picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((640, 480), 90).convert("RGB").save(file, "JPEG")
    return file.getvalue()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Scrapers are ended in the middle of what they ask for: no traceback for that."""


class _Handler(BaseHTTPRequestHandler):
    gate: Gate
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base calls it
        """Nothing: lines on stderr are for figures."""

    def _answer(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if own := self.gate.plain(self.path):
            self._send(200, [("Content-Type", own[0])], own[1])
            return
        if self.path.startswith("/u/"):
            self.gate.seen.began = self.gate.seen.began or time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.gate.service_port, timeout=60)
        try:
            connection.request(self.command, self.path, asked or None, self._passed_on())
            answer = connection.getresponse()
            content = answer.read()
        except OSError:
            self._send(502, [], b"")
            return
        finally:
            connection.close()
        if answer.status == 200:
            self.gate.note(self.path, asked, content)
        self._send(answer.status, answer.getheaders(), content)

    def _passed_on(self) -> dict[str, str]:
        kept = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
        return {**kept, "X-Forwarded-For": self.gate.visitor, "X-Forwarded-Proto": "http"}

    def _send(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _OWN:
                self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
