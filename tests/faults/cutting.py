"""A proxy that stands between the service and an S3 server and does what networks do.

Its ``mood`` may change at any time:

    well     everything passes
    flaky    of so many in a hundred requests the answer is an error, is lost, or is cut
    away     whoever comes is cut off at once
    slow     so many bytes a second, one way and the other
    silent   requests are taken, and nobody answers
    full     no room for more bytes

What is put into ``fates`` happens to the next request of a method, whatever the mood:
``("PUT", "lost")`` does what is asked and says that it failed, ``"error"`` only says so, and
``"cut"`` ends the connection in the middle of the answer.
"""

from __future__ import annotations

import http.client
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

MOODS = ("well", "flaky", "away", "slow", "silent", "full")
FLAKY_PERCENT = 5.0
BYTES_A_SECOND = 1_000  # of each connection
PATIENCE_SECONDS = 60.0
# What a proxy adds or takes away by itself.
OWN_HEADERS = {"connection", "transfer-encoding", "content-length", "keep-alive"}
REFUSAL = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>"


class CuttingProxy(ThreadingHTTPServer):
    """Listens on ``url``. ``done`` counts what it did, by name."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, upstream: str, dice: random.Random) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(upstream)
        self.upstream = (str(parts.hostname), int(parts.port or 80))
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.mood, self.done = "well", Counter[str]()
        self.fates: list[tuple[str, str]] = []
        self._dice, self._lock = dice, threading.Lock()

    @contextmanager
    def being(self, mood: str) -> Iterator[None]:
        """In this mood as long as the block lasts."""
        assert mood in MOODS
        self.mood = mood
        try:
            yield
        finally:
            self.mood = "well"

    def fate_of(self, method: str) -> str:
        """What happens to the next request."""
        with self._lock:
            fate = self.mood
            if self.fates and self.fates[0][0] == method:
                fate = self.fates.pop(0)[1]
            if fate == "flaky":
                hit = self._dice.random() * 100 < FLAKY_PERCENT
                fate = self._dice.choice(("error", "lost", "cut")) if hit else "well"
            if fate == "full" and method not in ("PUT", "POST"):
                fate = "well"
            self.done[fate] += 1
        return fate

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever is cut off, or hangs up, leaves a mistake behind; that is the point."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: CuttingProxy

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing."""

    def pass_on(self) -> None:
        fate = self.server.fate_of(self.command)
        if fate == "away":
            self._reset()
            return
        body = self._body(slowly=fate == "slow")
        match fate:
            case "silent":
                until = time.monotonic() + PATIENCE_SECONDS
                while self.server.mood == "silent" and time.monotonic() < until:
                    time.sleep(0.1)
                self._reset()
            case "error":
                self._refuse(503, "SlowDown")
            case "full":
                self._refuse(507, "InsufficientStorage")
            case _:
                self._answer(fate, *self._ask(body))

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = pass_on  # noqa: N815 - their names there

    def _body(self, *, slowly: bool) -> bytes:
        left, pieces = int(self.headers.get("Content-Length") or 0), []
        while left:
            piece = self.rfile.read(min(left, BYTES_A_SECOND) if slowly else left)
            if not piece:
                raise ConnectionError
            left -= len(piece)
            pieces.append(piece)
            if slowly and self.server.mood == "slow":
                time.sleep(len(piece) / BYTES_A_SECOND)
        return b"".join(pieces)

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        headers = {
            name: value for name, value in self.headers.items()
            if name.lower() not in {"connection", "expect"}
        }  # fmt: skip
        upstream = http.client.HTTPConnection(*self.server.upstream, timeout=PATIENCE_SECONDS)
        try:
            upstream.request(self.command, self.path, body or None, headers)
            answer = upstream.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            upstream.close()

    def _answer(
        self, fate: str, status: int, headers: list[tuple[str, str]], content: bytes
    ) -> None:
        if fate == "lost":  # it was done, and whoever asked will not hear of it
            self._refuse(500, "InternalError")
            return
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in OWN_HEADERS:
                self.send_header(name, value)
        # An answer to HEAD tells how long the content would be.
        length = {name.lower(): value for name, value in headers}.get("content-length")
        is_bare = self.command == "HEAD"
        self.send_header("Content-Length", (length or "0") if is_bare else str(len(content)))
        if fate == "cut" and len(content) < 2:
            self._reset()  # nothing to cut but the answer itself
            return
        self.end_headers()
        if fate == "cut":
            self.wfile.write(content[: len(content) // 2])
            self._reset()
        elif not is_bare:
            self._write(content, slowly=fate == "slow")

    def _write(self, content: bytes, *, slowly: bool) -> None:
        step = BYTES_A_SECOND if slowly else max(len(content), 1)
        for at in range(0, len(content), step):
            self.wfile.write(content[at : at + step])
            if slowly and self.server.mood == "slow":
                time.sleep(len(content[at : at + step]) / BYTES_A_SECOND)

    def _refuse(self, status: int, code: str) -> None:
        content = b"" if self.command == "HEAD" else REFUSAL.format(code=code).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _reset(self) -> None:
        """As when a machine loses its power: no goodbye."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting_proxy(upstream: str, dice: random.Random) -> Iterator[CuttingProxy]:
    """A proxy in front of this address as long as the block lasts."""
    with CuttingProxy(upstream, dice) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.1})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.mood = "well"
            proxy.shutdown()
            thread.join()
