"""Bodies that do not come, and answers that nobody takes, hold up nobody else.

Django works in threads, and a thread that waits for a client can do nothing else: left
alone, as many silent sockets as there are threads stop the service. So the server's event
loop does the waiting, and a thread is lent only for work:

- A small body is there before the view runs, and has some seconds to come.
- A large answer leaves in pieces; between two of them no thread is held.
- Only an upload waits inside its view, because what came before a cut must count. Each of
  its pieces has a minute.
- Only so many requests wait for a body, of one network and of all together. With one more,
  the one that has waited longest is given up: whoever sends promptly never gets that far,
  and a silent stranger costs silent strangers their turn.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any

from pocketvault.kernel.gateway import Environ, Headers, Scope, environ_of, headers_of
from pocketvault.kernel.headers import SECURITY_HEADERS, hsts
from pocketvault.kernel.network import client_address, network_prefix, networks

PIECE_BYTES = 256 * 1024
# Each piece of an upload is a hop between the loop and its thread, so there are few of them.
# Slower lines than nine kilobytes a second must come back; uploads go on where they were.
UPLOAD_PIECE_BYTES = 512 * 1024
PIECE_SECONDS = 60.0
SMALL_BYTES = 2**20
SMALL_SECONDS = 10.0
# Only who has not sent by then is counted among those that wait.
PROMPT_SECONDS = 0.25
# Uploads (tus) keep what came before the connection was cut, so they are not read ahead.
STREAMED = "application/offset+octet-stream"
# Waiting in the event loop takes no thread, only a socket and what has come so far.
SMALL_WAITS = 256
SMALL_WAITS_EACH = 64

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WsgiApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

LATE = {
    "type": "urn:pocketvault:problem:body_late",
    "title": "Request Timeout",
    "status": 408,
    "code": "body_late",
    "detail": "The rest of the request did not come in time. Send it again.",
}


class Waits:
    """Requests that wait for somebody's bytes: ``together`` at most, ``each`` per network.

    Used from the event loop's thread only.
    """

    def __init__(self, *, together: int, each: int) -> None:
        self._together, self._each = together, each
        self._oldest_first: dict[asyncio.Timeout, str] = {}

    @asynccontextmanager
    async def turn(self, network: str, seconds: float) -> AsyncIterator[None]:
        """Wait inside. Raises `TimeoutError` after so long, or when others need the place."""
        async with asyncio.timeout(seconds) as limit:
            self._oldest_first[limit] = network
            self._make_room(network)
            try:
                yield
            finally:
                self._oldest_first.pop(limit, None)

    def _make_room(self, network: str) -> None:
        neighbours = [limit for limit, other in self._oldest_first.items() if other == network]
        if len(neighbours) > self._each:
            self._give_up(neighbours[0])
        elif len(self._oldest_first) > self._together:
            self._give_up(next(iter(self._oldest_first)))

    def _give_up(self, limit: asyncio.Timeout) -> None:
        del self._oldest_first[limit]
        limit.reschedule(asyncio.get_running_loop().time())


class Inflow:
    """A request's body as it comes in. Ends early when the client is cut off or too slow."""

    def __init__(self, receive: Receive, network: str) -> None:
        self._receive, self._network = receive, network
        self._held: deque[memoryview] = deque()
        self._size = 0
        self._is_over = False

    async def take(self, size: int, waits: Waits, seconds: float) -> list[memoryview]:
        """The next ``size`` bytes as they came, piece by piece: who reads them copies them
        once. Fewer at the end.
        """
        if self._lacks(size):
            await self._wait_for(size, waits, seconds)
        taken = _first(size, self._held)
        self._size -= sum(map(len, taken))
        return taken

    async def _wait_for(self, size: int, waits: Waits, seconds: float) -> None:
        coming = asyncio.create_task(self._hold(size))
        try:
            await asyncio.wait([coming], timeout=PROMPT_SECONDS)
            turn = nullcontext() if coming.done() else waits.turn(self._network, seconds)
            async with turn:
                await coming
        except TimeoutError:
            self._is_over = True
        finally:
            coming.cancel()

    async def _hold(self, size: int) -> None:
        while self._lacks(size):
            message = await self._receive()
            if body := message.get("body"):
                self._held.append(memoryview(body))
                self._size += len(body)
            self._is_over = not message.get("more_body", False)

    def _lacks(self, size: int) -> bool:
        return self._size < size and not self._is_over


class _Upload(io.RawIOBase):
    """A body as a view reads it: in a thread, piece by piece, of which none waits in a buffer."""

    def __init__(self, inflow: Inflow, waits: Waits, loop: asyncio.AbstractEventLoop) -> None:
        self._inflow, self._waits, self._loop = inflow, waits, loop
        self._held: deque[memoryview] = deque()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._held:
            self._held.extend(self._next_piece())
        at = 0
        for part in _first(len(buffer), self._held):
            buffer[at : at + len(part)] = part
            at += len(part)
        return at

    def _next_piece(self) -> list[memoryview]:
        coming = self._inflow.take(UPLOAD_PIECE_BYTES, self._waits, PIECE_SECONDS)
        try:
            return asyncio.run_coroutine_threadsafe(coming, self._loop).result()
        except RuntimeError as error:  # the loop is closed: nothing comes any more
            coming.close()
            raise ConnectionResetError from error


def _first(size: int, held: deque[memoryview]) -> list[memoryview]:
    """Take the first ``size`` bytes out of what is held, as they came; fewer if it is less."""
    taken = []
    while held and size:
        piece = held.popleft()
        if len(piece) > size:
            held.appendleft(piece[size:])
            piece = piece[:size]
        taken.append(piece)
        size -= len(piece)
    return taken


class _Answer:
    """What the application says, its body in pieces worth sending. Closes itself at its end."""

    def __init__(self, status: str, headers: list[tuple[str, str]], parts: Iterable[bytes]) -> None:
        self.status, self.headers = int(status[:3]), headers_of(headers)
        self._parts, self._left = parts, iter(parts)
        self.has_more = True

    def next_piece(self) -> bytes:
        """The next piece; crumbs are put together. In a thread: it reads, or renders."""
        crumbs, size = [], 0
        try:
            while size < PIECE_BYTES and (crumb := next(self._left, None)) is not None:
                crumbs.append(crumb)
                size += len(crumb)
        except BaseException:
            self.close()
            raise
        if size < PIECE_BYTES:
            self.close()
        return crumbs[0] if len(crumbs) == 1 else b"".join(crumbs)

    def close(self) -> None:
        """Tell Django that this request is over."""
        if self.has_more and hasattr(self._parts, "close"):
            self._parts.close()
        self.has_more = False


class PatientApplication:
    """Serves a WSGI application over ASGI with so many ``threads``.

    Three quarters of them may wait for uploads, so that the rest can always work.
    """

    def __init__(self, application: WsgiApplication, *, threads: int, proxies: list[str]) -> None:
        self._application, self._trusted = application, networks(proxies)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._small = Waits(together=SMALL_WAITS, each=SMALL_WAITS_EACH)
        self._uploads = Waits(together=threads * 3 // 4, each=threads // 2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        environ = environ_of(scope)
        network = network_prefix(client_address(environ, self._trusted))
        body = await self._take_in(environ, Inflow(receive, network))
        if body is None:
            await _refuse_late(send)
            return
        environ["wsgi.input"] = body
        loop = asyncio.get_running_loop()
        answer, piece = await loop.run_in_executor(self._threads, self._begin, environ)
        try:
            with suppress(TimeoutError):  # the server cuts off who takes nothing
                await self._send(answer, piece, send)
        finally:
            if answer.has_more:
                await loop.run_in_executor(self._threads, answer.close)

    async def _send(self, answer: _Answer, piece: bytes, send: Send) -> None:
        loop = asyncio.get_running_loop()
        await _start(send, answer.status, answer.headers)
        while answer.has_more:
            await _pass_on(send, piece, has_more=True)
            piece = await loop.run_in_executor(self._threads, answer.next_piece)
        await _pass_on(send, piece, has_more=False)

    async def _take_in(self, environ: Environ, inflow: Inflow) -> io.BufferedIOBase | None:
        """What the view will read; None when a small body did not come in time."""
        length = str(environ.get("CONTENT_LENGTH", ""))
        # What is no number is for Django to judge, which takes it for none.
        size = int(length) if length.isdecimal() else 0
        if size > SMALL_BYTES or environ.get("CONTENT_TYPE") == STREAMED:
            upload = _Upload(inflow, self._uploads, asyncio.get_running_loop())
            return io.BufferedReader(upload)  # a small buffer: what is large passes it by
        body = b"".join(await inflow.take(size, self._small, SMALL_SECONDS))
        return io.BytesIO(body) if len(body) == size else None

    def _begin(self, environ: Environ) -> tuple[_Answer, bytes]:
        """Run the view, and have the first piece at hand. In a thread."""
        said: list[tuple[str, list[tuple[str, str]]]] = []
        parts = self._application(environ, lambda *words: said.append(words[:2]))
        answer = _Answer(*said[-1], parts)
        return answer, answer.next_piece()


async def _refuse_late(send: Send) -> None:
    body = json.dumps(LATE).encode()
    headers = {
        "content-type": "application/problem+json",
        "content-length": str(len(body)),
        "cache-control": "no-store",
        # No middleware sees this answer.
        **{name.lower(): value for name, value in (SECURITY_HEADERS | hsts()).items()},
    }
    await _start(send, 408, headers_of(headers.items()))
    await _pass_on(send, body, has_more=False)


async def _start(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _pass_on(send: Send, piece: bytes, *, has_more: bool) -> None:
    """Hand a piece to the server. Raises `TimeoutError` when the client takes none of it."""
    async with asyncio.timeout(PIECE_SECONDS):
        await send({"type": "http.response.body", "body": piece, "more_body": has_more})
