"""Whoever is silent, slow or gone holds up nobody else.

Each test speaks ASGI to a small WSGI application, as the server does.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from pocketvault.kernel import intake
from pocketvault.kernel.gateway import environ_of
from pocketvault.kernel.intake import PatientApplication, Waits

JSON = "application/json"


def scope_of(*headers: tuple[str, str], path: str = "/") -> dict[str, Any]:
    return {
        "type": "http", "method": "POST", "path": path, "query_string": b"a=%C3%A9",
        "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 8000),
        "client": ("203.0.113.9", 4000),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }


class Client:
    """Sends the messages it was given and then nothing; keeps what it is answered."""

    def __init__(self, *messages: tuple[bytes, bool], takes: int = 1000) -> None:
        self._messages = list(messages)
        self._takes = takes
        self.said: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if not self._messages:
            await asyncio.Event().wait()
        body, has_more = self._messages.pop(0)
        return {"type": "http.request", "body": body, "more_body": has_more}

    async def send(self, message: dict[str, Any]) -> None:
        if len(self.said) >= self._takes:
            await asyncio.Event().wait()
        self.said.append(message)

    @property
    def status(self) -> int:
        return int(self.said[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.said[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.said[1:])


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """Answers with what it could read."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def ask(application: Any, client: Client, *headers: tuple[str, str]) -> None:
    patient = PatientApplication(application, threads=8, proxies=[])
    asyncio.run(patient(scope_of(*headers), client.receive, client.send))


def body_of(size: int, kind: str = JSON) -> list[tuple[str, str]]:
    return [("content-type", kind), ("content-length", str(size))]


def test_a_body_in_parts_arrives_whole() -> None:
    client = Client((b"ab", True), (b"", True), (b"cd", False))
    ask(echo, client, *body_of(4))
    assert (client.status, client.body) == (200, b"abcd")


@pytest.mark.parametrize("came", [b"", b"abc"])
def test_a_small_body_that_stays_out_never_reaches_a_view(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, came: bytes
) -> None:
    monkeypatch.setattr(intake, "SMALL_SECONDS", 0.01)
    settings.SECURE_HSTS_SECONDS = 63072000

    def view(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        raise AssertionError

    client = Client((came, True))
    ask(view, client, *body_of(4))

    assert client.status == 408
    assert json.loads(client.body)["code"] == "body_late"
    assert client.headers["x-content-type-options"] == "nosniff"
    assert client.headers["strict-transport-security"].startswith("max-age=63072000;")


def test_an_upload_that_stops_keeps_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PIECE_SECONDS", 0.01)
    client = Client((b"x" * 100_000, True))
    ask(echo, client, *body_of(10**7, intake.STREAMED))
    assert (client.status, client.body) == (200, b"x" * 100_000)


def test_an_upload_is_read_while_it_comes() -> None:
    pieces = [bytes([n]) * 50_000 for n in range(40)]
    client = Client(*[(piece, n < 39) for n, piece in enumerate(pieces)])
    ask(echo, client, *body_of(2_000_000, intake.STREAMED))
    assert client.body == b"".join(pieces)


def test_an_upload_changes_threads_once_a_piece_however_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A photo in one request is read as four bytes, a document and pieces that match no message."""
    hops: list[int] = []
    hand_over = asyncio.run_coroutine_threadsafe

    def counted(*words: Any) -> Any:
        hops.append(1)
        return hand_over(*words)

    def view(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        read = environ["wsgi.input"].read
        start("200 OK", [])
        parts = [read(size) for size in (4, 900, 524_288, 524_288, 524_288, 16_000, 10**6)]
        assert [len(part) for part in parts[:-1]] == [4, 900, 524_288, 524_288, 524_288, 16_000]
        return parts

    monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", counted)
    pieces = [bytes([n]) * 50_000 for n in range(40)]
    client = Client(*[(piece, n < 39) for n, piece in enumerate(pieces)])
    ask(view, client, *body_of(2_000_000, intake.STREAMED))
    assert client.body == b"".join(pieces)
    # Four pieces of at most half a mebibyte, and one question that learns of the end.
    assert len(hops) <= 5


@pytest.mark.parametrize("length", ["", "-1", "many", "٣"])
def test_a_length_that_is_none_waits_for_nothing(length: str) -> None:
    def view(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [])
        return [environ["wsgi.input"].read()]

    client = Client()
    ask(view, client, ("content-length", length))
    assert (client.status, client.body) == (200, b"")


def large(closed: list[str], size: int = 2**20) -> Any:
    """An application with a large answer in crumbs, which notes that it was closed."""

    class Crumbs:
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(size // 8192):
                yield b"c" * 8192

        def close(self) -> None:
            closed.append("closed")

    def view(environ: dict[str, Any], start: Callable[..., Any]) -> Crumbs:
        start("200 OK", [("Content-Length", str(size))])
        return Crumbs()

    return view


@pytest.mark.parametrize("size", [8192, intake.PIECE_BYTES, 2**20])
def test_a_large_answer_leaves_in_pieces_and_is_closed_once(size: int) -> None:
    closed: list[str] = []
    client = Client()
    ask(large(closed, size), client)

    assert len(client.body) == size
    assert max(len(message["body"]) for message in client.said[1:]) <= intake.PIECE_BYTES
    assert not client.said[-1]["more_body"]
    assert closed == ["closed"]


def test_an_answer_nobody_takes_is_given_up_and_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PIECE_SECONDS", 0.01)
    closed: list[str] = []
    client = Client(takes=3)
    ask(large(closed), client)

    assert len(client.said) == 3
    assert closed == ["closed"]


def test_a_view_that_breaks_half_way_is_closed_and_heard_of() -> None:
    closed: list[str] = []

    class Broken:
        def __iter__(self) -> Iterator[bytes]:
            yield b"x" * intake.PIECE_BYTES
            raise LookupError

        def close(self) -> None:
            closed.append("closed")

    def view(environ: dict[str, Any], start: Callable[..., Any]) -> Broken:
        start("200 OK", [])
        return Broken()

    client = Client()
    with pytest.raises(LookupError):
        ask(view, client)
    assert client.said[-1]["more_body"]
    assert closed == ["closed"]


async def wait(waits: Waits, network: str) -> str:
    try:
        async with waits.turn(network, 60):
            await asyncio.Event().wait()
    except TimeoutError:
        return "given up"
    raise AssertionError


async def given_up(waits: Waits, *networks: str) -> list[int]:
    """Which of these were given up once all of them have come, in the order of coming."""
    tasks = [asyncio.create_task(wait(waits, network)) for network in networks]
    for _ in range(10):
        await asyncio.sleep(0)
    ended = [n for n, task in enumerate(tasks) if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return ended


@pytest.mark.parametrize(
    ("networks", "ended"),
    [
        ("abcde", []),
        ("abcdef", [0]),
        ("abcdefg", [0, 1]),
        ("aab", []),
        ("abaa", [0]),
        ("bcaaaa", [2, 3]),
    ],
)
def test_with_one_too_many_whoever_waited_longest_goes(networks: str, ended: list[int]) -> None:
    assert asyncio.run(given_up(Waits(together=5, each=2), *networks)) == ended


def test_a_place_is_free_again_after_a_wait() -> None:
    async def prompt_then_silent(waits: Waits) -> list[int]:
        for _ in range(20):
            async with waits.turn("a", 60):
                await asyncio.sleep(0)
        return await given_up(waits, "a", "a")

    assert asyncio.run(prompt_then_silent(Waits(together=5, each=2))) == []


def test_silent_uploads_leave_threads_to_work_with() -> None:
    """Forty uploads that stop, on eight threads; then somebody asks."""

    async def story() -> tuple[int, list[int]]:
        patient = PatientApplication(echo, threads=8, proxies=[])

        def call(client: Client, scope: dict[str, Any]) -> Awaitable[None]:
            return asyncio.create_task(patient(scope, client.receive, client.send))

        silent = [Client((b"x", True)) for _ in range(40)]
        waiting = [call(client, scope_of(*body_of(9, intake.STREAMED))) for client in silent]
        prompt = Client((b"hello", False))
        await call(prompt, scope_of(*body_of(5)))
        done = [client.status for client in silent if client.said]
        for task in waiting:
            task.cancel()
        return prompt.status, done

    status, done = asyncio.run(story())
    assert status == 200
    assert set(done) == {200}


def test_an_upload_that_is_read_after_the_service_stopped_is_cut_off() -> None:
    loop = asyncio.new_event_loop()
    inflow = intake.Inflow(Client((b"x", True)).receive, "a")
    body = intake._Upload(inflow, Waits(together=1, each=1), loop)
    loop.close()

    with pytest.raises(ConnectionResetError):
        body.readinto(bytearray(10))


def test_headers_become_an_environment() -> None:
    scope = scope_of(
        ("host", "vault.example"), ("accept", "a"), ("accept", "b"),
        ("cookie", "one=1"), ("cookie", "two=2"), ("content-type", JSON), path="/é",
    )
    environ = environ_of(scope)
    assert environ["HTTP_HOST"] == "vault.example"
    assert environ["HTTP_ACCEPT"] == "a,b"
    assert environ["HTTP_COOKIE"] == "one=1; two=2"
    assert environ["CONTENT_TYPE"] == JSON
    assert environ["PATH_INFO"] == "/é".encode().decode("latin-1")
    assert environ["QUERY_STRING"] == "a=%C3%A9"
    assert environ["REMOTE_ADDR"] == "203.0.113.9"


def test_an_underscore_cannot_pass_for_a_hyphen() -> None:
    environ = environ_of(
        scope_of(
            ("x-forwarded-for", "198.51.100.7"), ("x_forwarded_for", "6.6.6.6"),
            ("x_forwarded_proto", "https"), ("content_length", "5"),
        )
    )
    assert environ["HTTP_X_FORWARDED_FOR"] == "198.51.100.7"
    assert "HTTP_X_FORWARDED_PROTO" not in environ
    assert "CONTENT_LENGTH" not in environ
    assert "HTTP_CONTENT_LENGTH" not in environ
