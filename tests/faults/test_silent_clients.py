"""Sockets that say half a sentence and then nothing, against a running service.

As many as these, or far fewer, used to stop it for everybody. Silent strangers come from
many networks (the whole of 127/8 is this machine). What is asked in between has thirty
seconds to be answered, and the silent ones never go away by themselves.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests

from tests.api.people import PASSWORD, Person, new_person
from tests.live import Live, running_service
from tests.reference_client import account

PATIENCE = 30
JSON = "Content-Type: application/json"
TUS = "Content-Type: application/offset+octet-stream\r\nTus-Resumable: 1.0.0"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running_service(tmp_path_factory.mktemp("silent")) as service:
        yield service


@pytest.fixture(scope="module")
def alice(live: Live) -> Person:
    """She owns, and only wants to sign in."""
    return new_person(live, "alice")


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def connect(live: Live, sockets: ExitStack, network: int = 0) -> socket.socket:
    where = ("127.0.0.1", urlsplit(live.url).port or 80)
    client = socket.create_connection(
        where, timeout=PATIENCE, source_address=(f"127.0.{network}.1", 0)
    )
    return sockets.enter_context(client)


def begin(client: socket.socket, request: str, *headers: str, body: bytes = b"{") -> None:
    lines = [f"{request} HTTP/1.1", "Host: localhost", *headers, "Content-Length: 1000"]
    client.sendall("\r\n".join([*lines, "", ""]).encode() + body)


def answer_to(client: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    return b"".join(iter(lambda: client.recv(65536), b""))


def assert_it_serves(live: Live, alice: Person) -> None:
    health = requests.get(f"{live.url}/healthz", timeout=PATIENCE)
    assert health.status_code == 200
    assert account.sign_in(live.url, alice.email, PASSWORD)


def test_bodies_that_never_come_stop_nobody(
    live: Live, alice: Person, sockets: ExitStack
) -> None:
    silent = [connect(live, sockets, n % 12) for n in range(300)]
    for client in silent:
        begin(client, "POST /api/v1/auth/parameters", JSON)

    assert_it_serves(live, alice)

    # Whoever waited longest was told so, and cut off.
    answer = answer_to(silent[0])
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"body_late" in answer


def test_uploads_that_stop_half_way_stop_nobody_and_keep_what_came(
    live: Live, alice: Person, sockets: ExitStack
) -> None:
    bearer = {"Authorization": f"Bearer {alice.device.client.token}"}
    tus = {"Tus-Resumable": "1.0.0"}
    places = []
    for _ in range(50):
        made = requests.post(
            f"{live.url}/api/v1/uploads",
            headers={**bearer, **tus, "Upload-Length": "1000"},
            timeout=PATIENCE,
        )
        assert made.status_code == 201, made.text
        places.append(urlsplit(made.headers["Location"]).path)
    authorization = f"Authorization: {bearer['Authorization']}"
    silent = [connect(live, sockets) for _ in places]
    for client, place in zip(silent, places, strict=True):
        begin(client, f"PATCH {place}", authorization, TUS, "Upload-Offset: 0", body=b"x" * 7)

    assert_it_serves(live, alice)

    assert b"upload-offset: 7\r\n" in answer_to(silent[0]).lower()
    kept = requests.head(f"{live.url}{places[0]}", headers={**bearer, **tus}, timeout=PATIENCE)
    assert kept.headers["Upload-Offset"] == "7"


def test_answers_that_nobody_takes_stop_nobody(
    live: Live, alice: Person, sockets: ExitStack
) -> None:
    manifest = requests.get(f"{live.url}/static/manifest.json", timeout=PATIENCE)
    largest = "/static/" + next(n for n in manifest.text.split('"') if n.endswith(".wasm"))
    for n in range(100):
        client = connect(live, sockets, n % 12)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(f"GET {largest} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    assert_it_serves(live, alice)


@pytest.mark.slow
def test_a_connection_that_says_nothing_is_closed(live: Live, sockets: ExitStack) -> None:
    silent, half = connect(live, sockets), connect(live, sockets)
    half.sendall(b"GET /healthz HTTP/1.1\r\nHos")
    assert answer_to(silent) == b""
    assert b"200" not in answer_to(half)
