"""Headers, addresses, cookies and cursors: whatever stands in them, there is an answer."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.request import Request

from accounts.models import Account
from images import delivery
from images.api import tus_headers
from images.api.paging import place_from_text
from images.errors import WrongCursorError
from images.feed import Cursor
from images.upload_errors import UploadHeaderError
from pocketvault.kernel.gateway import environ_of
from pocketvault.kernel.network import client_address, network_prefix, networks
from sharing.visitors.addresses import is_good
from sharing.visitors.grants import UnsolvedError, redeem
from sharing.visitors.passes import BadPassError
from sharing.visitors.passes import redeem as redeem_pass
from sharing.visitors.robots import claimed_name
from tests.factories import app_of
from tests.fuzz.hostile import EXAMPLES, JSON, TEXTS, ends, mutants, spelled, tried

WHO = UUID(int=7)


def latin(raw: bytes) -> str:
    """As a server reads a header: any letter of Latin-1 but the ends of lines."""
    return raw.decode("latin-1").replace("\r", "").replace("\n", "")


# What a header can hold once a server has read it: any letter of Latin-1 but the ends of lines.
VALUES = TEXTS.map(
    lambda text: latin(text.encode("latin-1", "replace"))
)
METADATA = (
    "image MDE5N2EwYjAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAx,part b3JpZ2luYWw=,version MQ=="
)


def request_with(**headers: str) -> Request:
    plain = HttpRequest()
    plain.method = "GET"
    plain.META = {
        ("CONTENT_LENGTH" if name == "content_length" else f"HTTP_{name.upper()}"): value
        for name, value in headers.items()
    }
    return Request(plain)


@tried()
@example("9" * 5_000)
@example("²")
@given(VALUES)
def test_the_numbers_of_an_upload(text: str) -> None:
    asked = request_with(upload_length=text, upload_offset=text, content_length=text)
    for read in (tus_headers.length, tus_headers.offset, tus_headers.content_length):
        ends(lambda: read(asked), UploadHeaderError)  # noqa: B023


@tried()
@given(
    VALUES
    | mutants(b"sha256 " + b"A" * 43 + b"=", b"sha1 " + b"A" * 27 + b"=").map(latin)
)
def test_the_checksum_of_an_upload(text: str) -> None:
    ends(lambda: tus_headers.checksum(request_with(upload_checksum=text)), UploadHeaderError)


@tried()
@given(VALUES | mutants(METADATA.encode()).map(latin))
def test_what_an_upload_says_of_itself(text: str) -> None:
    ends(lambda: tus_headers.about(request_with(upload_metadata=text)), UploadHeaderError)


RANGES = mutants(b"bytes=0-1", b"bytes=-5, 7-", b"bytes=9-3,0-", b"bytes=" + b"0-0," * 500)


@tried()
@given(VALUES | RANGES.map(latin), VALUES)
def test_a_range(text: str, condition: str) -> None:
    stored = delivery.Stored("key", 10, bytes(32))
    for headers in ({"range": text}, {"range": text, "if_range": condition}):
        asked = request_with(**headers)._request
        span = ends(lambda: delivery._wanted_span(stored, asked), delivery.UnmetRangeError)  # noqa: B023
        assert span is None or 0 <= span.start < span.stop <= stored.size
    ends(lambda: delivery._matches(text, stored.etag))


@tried()
@given(TEXTS | mutants(Cursor(5, 0).to_text(WHO).encode()).map(latin))
def test_a_cursor(text: str) -> None:
    ends(lambda: Cursor.from_text(text, WHO), WrongCursorError)
    ends(lambda: place_from_text(text), WrongCursorError)


HOPS = st.lists(
    st.sampled_from(["10.0.0.1", "::1", "fe80::1%eth0", "::ffff:9.9.9.9", "unknown", "1.2.3.4:80"])
    | VALUES, max_size=40,
).map(",".join)  # fmt: skip


@tried()
@example("fe80::1%eth0")  # a zone belongs to an address, and to no network
@given(HOPS)
def test_whose_request_it_is(hops: str) -> None:
    trusted = networks(["10.0.0.0/8", "::1/128", "fe80::/10"])
    address = ends(
        lambda: client_address({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": hops}, trusted)
    )
    assert address is not None
    assert ends(lambda: network_prefix(address))


@tried()
@given(
    st.lists(st.tuples(st.binary(max_size=30), st.binary(max_size=60)), max_size=20),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.binary(max_size=60),
)  # fmt: skip
def test_a_request_as_the_server_hands_it_on(
    headers: list[tuple[bytes, bytes]], path: str, query: bytes
) -> None:
    scope = {
        "method": "GET", "path": f"/{path}", "query_string": query, "http_version": "1.1",
        "scheme": "http", "headers": headers,
    }  # fmt: skip
    environ = ends(lambda: environ_of(scope))
    assert environ is not None
    assert not any("_" in name.decode("latin-1") for name, _ in headers) or environ


@tried()
@given(TEXTS, TEXTS)
def test_the_address_of_a_picture_and_the_name_of_a_robot(until: str, tag: str) -> None:
    assert not ends(lambda: is_good("a", 320, "webp", grant="g", until=until, tag="tag"))
    ends(lambda: claimed_name(tag))


@pytest.mark.django_db
@tried()
@given(TEXTS | JSON.map(spelled).map(lambda raw: b64encode(raw).decode()))
def test_the_solution_of_a_task_and_a_pass(text: str) -> None:
    ends(lambda: redeem(text, "network"), UnsolvedError)
    ends(lambda: redeem_pass(text, "profile"), BadPassError)


NAMES = [
    "Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Cookie", "Content-Length",
    "Content-Type", "Host", "Idempotency-Key", "If-Match", "If-None-Match", "If-Modified-Since",
    "Origin", "Range", "Referer", "Sec-GPC", "Tus-Resumable", "Upload-Checksum", "Upload-Length",
    "Upload-Metadata", "User-Agent", "X-CSRFToken", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Known-Device",
]  # fmt: skip
GOOD = [
    b"text/html;q=0.9,*/*;q=0.1", b"de-DE,en;q=0.7", b"Bearer abc",
    b'__Host-session="a"; __Host-csrf=b',
    b"application/json; charset=utf-8", b"vault.example.org:443", b'"8e03978e-40d5"',
    b"multipart/form-data; boundary=x", b"Sat, 28 Nov 2026 10:00:00 GMT", b"bytes=0-",
]  # fmt: skip
ANYTHING = VALUES | mutants(*GOOD).map(latin)
ASKED = [
    ("GET", "/"), ("GET", "/sign-in"), ("GET", "/api/v1/server"), ("GET", "/api/v1/me"),
    ("GET", "/api/v1/sync"), ("GET", "/api/v1/images"), ("POST", "/api/v1/uploads"),
    ("POST", "/api/v1/auth/parameters"), ("PATCH", "/api/v1/me/preferences"), ("GET",
        "/log/tile/0/000"),
    ("GET", "/robots.txt"), ("POST", "/request"), ("GET", "/desk/"), ("OPTIONS", "/api/v1/uploads"),
]  # fmt: skip


def meta(headers: dict[str, str]) -> dict[str, Any]:
    plain = {name.upper().replace("-", "_"): value for name, value in headers.items()}
    return {
        name if name in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{name}": value
        for name, value in plain.items()
    }


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["testserver", "127.0.0.1"])
def test_no_header_breaks_the_service(settings: Settings, alice: Account, host: str) -> None:
    """Through everything that stands before a view, with an app that is signed in and without."""
    settings.PROFILES_URL = "http://127.0.0.1:8000"
    settings.ALLOWED_HOSTS = ["*"]
    token = app_of(alice)._credentials["HTTP_AUTHORIZATION"]

    @tried(EXAMPLES * 3)
    @given(
        asked=st.sampled_from(ASKED), signed_in=st.booleans(),
        query=st.dictionaries(st.sampled_from(["cursor", "limit", "after", "q"]), TEXTS,
            max_size=2),
        headers=st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=4),
    )  # fmt: skip
    def ask(
        asked: tuple[str, str], *, signed_in: bool, query: dict[str, str], headers: dict[str, str]
    ) -> None:
        cache.clear()
        told = {"HTTP_HOST": host, **({"HTTP_AUTHORIZATION": token} if signed_in else {})}
        told |= meta(headers)
        plain = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
        with transaction.atomic():
            answer = Client(raise_request_exception=True).generic(
                asked[0], asked[1], b"{}", query_params=plain, **told
            )
            transaction.set_rollback(True)
        assert answer.status_code < 500, (asked, headers)

    ask()
