"""JSON from strangers: whatever comes, the answer is a refusal that a client understands."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.test import APIClient

from accounts.models import Account
from pocketvault.kernel.json_body import (
    LARGEST_NUMBER,
    MOST_LEVELS,
    BoundedJSONParser,
    RequestTooLargeError,
    document_in,
)
from tests.api.scene import OWNER, Scene
from tests.factories import app_of

pytestmark = pytest.mark.django_db
ROOT = Path(django_settings.BASE_DIR)
PARAMETER = re.compile(r"{(\w+)}")

NOT_AS_EVERYBODY_READS_IT = {
    "nothing that ends": b'{"theme": "dark"',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep and whole": b"[" * 50_000 + b"]" * 50_000,
    "a level too many": b"[" * (MOST_LEVELS + 1) + b"]" * (MOST_LEVELS + 1),
    "no number": b'{"theme": NaN}',
    "endless": b'{"recycle_bin_days": Infinity}',
    "endless below": b'{"recycle_bin_days": -Infinity}',
    "endless by its exponent": b'{"recycle_bin_days": 1e999}',
    "one member twice": b'{"theme": "dark", "theme": "light"}',
    "one member twice, deeper": b'{"a": [{"b": 1, "b": 1}]}',
    "half of a character": b'{"theme": "\\ud800"}',
    "half of a character in a name": b'{"\\udfff": 1}',
    "NUL": b'{"theme": "a\\u0000"}',
    "NUL in a name": b'{"a\\u0000": 1}',
    "NUL as it is": b'{"theme": "\x00"}',
    "not UTF-8": b'{"theme": "\xff\xfe"}',
    "UTF-16": '{"theme": "dark"}'.encode("utf-16"),
    "half of a character in UTF-8": b'{"theme": "\xed\xa0\x80"}',
    "a number of twenty digits": b'{"recycle_bin_days": 99999999999999999999}',
    "a number of five thousand digits": b'{"recycle_bin_days": ' + b"9" * 5_000 + b"}",
    "a number just too large": b'{"recycle_bin_days": %d}' % (LARGEST_NUMBER + 1),
    "a mark in front": b'\xef\xbb\xbf{"theme": "dark"}',
    "single quotes": b"{'theme': 'dark'}",
}


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.mark.parametrize("name", NOT_AS_EVERYBODY_READS_IT)
def test_what_is_not_json_for_everybody_is_refused(alice: Account, name: str) -> None:
    body = NOT_AS_EVERYBODY_READS_IT[name]

    answer = app_of(alice).patch(
        "/api/v1/me/preferences", body, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert answer.json()["detail"].endswith((".", "TF-8."))


@pytest.mark.parametrize(
    "document", [{"a": [1, -LARGEST_NUMBER, 1.5, None, True, "Grüße 😀"]}, [], "x", 7, {}]
)
def test_what_is_json_for_everybody_is_read(document: object) -> None:
    for ascii_only in (True, False):
        assert document_in(json.dumps(document, ensure_ascii=ascii_only).encode()) == document


def test_as_many_levels_as_are_allowed_are_read() -> None:
    assert document_in(b"[" * MOST_LEVELS + b"]" * MOST_LEVELS)


class Counting(io.BytesIO):
    """A body that says how much of it was read."""

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.read_bytes = getattr(self, "read_bytes", 0) + len(piece)
        return piece


def parse(body: io.BytesIO, announced: int | None) -> object:
    request = type("Asked", (), {"META": {"CONTENT_LENGTH": str(announced or "")}})
    parser: BaseParser = BoundedJSONParser()
    return parser.parse(body, "application/json", {"request": request})


@pytest.mark.parametrize(("announced", "read"), [(1_000_000, 0), (None, 1_001), (5, 1_001)])
def test_what_is_too_long_is_not_read(
    settings: Settings, announced: int | None, read: int
) -> None:
    settings.JSON_LIMIT_BYTES = 1_000
    body = Counting(b"[" + b"1," * 500_000)

    with pytest.raises(RequestTooLargeError) as refusal:
        parse(body, announced)

    assert refusal.value.details == {"limit_bytes": 1_000}
    assert getattr(body, "read_bytes", 0) == read


def test_what_is_just_long_enough_is_read(settings: Settings) -> None:
    settings.JSON_LIMIT_BYTES = 1_000
    text = json.dumps(["x" * 996]).encode()

    assert parse(io.BytesIO(text), len(text)) == ["x" * 996]
    with pytest.raises(RequestTooLargeError):
        parse(io.BytesIO(text + b" "), None)
    with pytest.raises(ParseError):
        parse(io.BytesIO(text[:-1]), len(text))


def test_what_is_too_long_is_answered_with_its_limit(
    alice: Account, settings: Settings
) -> None:
    settings.JSON_LIMIT_BYTES = 100
    body = {"operations": [{"op": "x" * 100}]}

    answer = app_of(alice).post("/api/v1/images/batch", body, format="json")

    assert answer.status_code == 413
    assert (answer.json()["code"], answer.json()["limit_bytes"]) == ("request_too_large", 100)


# A small fuzz over every endpoint that takes JSON, as the OpenAPI document describes it.

OPENAPI: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text("utf-8"))
TAKES_JSON = [
    (method.upper(), path, operation["requestBody"]["content"]["application/json"]["schema"])
    for path, operations in OPENAPI["paths"].items()
    for method, operation in operations.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
]
NUMBERS = st.sampled_from([0, 1, -1, 2, 500, 2**31, 2**32, 2**53, 2**63 - 1, -(2**63) + 1, 2**64])
TEXTS = st.one_of(
    st.sampled_from(["", "A", "AA", "A" * 43, "A" * 82, "\0", "\ud800", "a@example.org", "1e9"]),
    st.uuids(version=4).map(str),
    st.text(max_size=8),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, st.floats()),
    lambda below: st.one_of(
        st.lists(below, max_size=3), st.dictionaries(st.text(max_size=4), below, max_size=3)
    ),
    max_leaves=6,
)


def alike(schema: dict[str, Any]) -> st.SearchStrategy[object]:
    """Something like what the schema describes: mostly right, wrong in one place or another."""
    if "$ref" in schema:
        return alike(OPENAPI["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            return st.one_of(*(alike(each) for each in schema[choice]))
    return st.one_of(right(schema), right(schema), right(schema), ANYTHING)


def right(schema: dict[str, Any]) -> st.SearchStrategy[object]:
    kind = schema.get("type")
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if kind == "object":
        members = {name: alike(each) for name, each in schema.get("properties", {}).items()}
        needed = {name: members.pop(name) for name in schema.get("required", ())}
        return st.fixed_dictionaries(needed, optional=members)
    if kind == "array":
        return st.lists(alike(schema["items"]), max_size=3)
    plain = {"integer": NUMBERS, "boolean": st.booleans(), "string": TEXTS}
    return plain.get(kind[0] if isinstance(kind, list) else kind, ANYTHING)


def spoiled(text: bytes, places: list[tuple[int, int]]) -> bytes:
    """The body with some of its bytes replaced."""
    raw = bytearray(text)
    for place, value in places:
        raw[place % len(raw)] = value
    return bytes(raw)


SPOTS = st.one_of(
    st.just([]), st.just([]), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)))
)


def answer_to(client: APIClient, method: str, path: str, body: bytes) -> tuple[int, str]:
    """Status and code of the answer; nothing that was done stays done."""
    cache.clear()
    with transaction.atomic():
        answer = client.generic(method, path, body, content_type="application/json")
        transaction.set_rollback(True)
    is_problem = answer.get("Content-Type", "").startswith("application/problem+json")
    return answer.status_code, answer.json()["code"] if is_problem else ""


def test_the_fuzz_reaches_every_endpoint_that_takes_json() -> None:
    assert len(TAKES_JSON) > 25
    assert {"/api/v1/images/batch", "/api/v1/auth/sign-in"} <= {path for _, path, _ in TAKES_JSON}


@pytest.mark.parametrize(
    ("method", "path", "schema"), TAKES_JSON, ids=[f"{m} {p}" for m, p, _ in TAKES_JSON]
)
def test_no_body_breaks_an_endpoint(method: str, path: str, schema: dict[str, Any]) -> None:
    scene = Scene(OWNER)
    there = PARAMETER.sub(lambda found: scene.alices(found[1]), path)
    client = scene.client

    @settings(
        max_examples=12,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(body=alike(schema), spots=SPOTS)
    def knocks(body: object, spots: list[tuple[int, int]]) -> None:
        status, code = answer_to(client, method, there, spoiled(json.dumps(body).encode(), spots))
        assert 200 <= status < 500
        assert (status < 400) == (code == "")

    knocks()


def test_no_number_in_an_address_breaks_it() -> None:
    scene = Scene(OWNER)
    for number in (0, 2**31, 2**63, 10**30):
        for name in ("", "/original"):
            path = f"/api/v1/images/{scene.image.pk}/versions/{number}{name}"
            answer = scene.client.put(path, {}, format="json")
            assert 400 <= answer.status_code < 500
            assert scene.client.get(path).status_code in (404, 405)


@pytest.mark.parametrize("query", ["cursor=%00", "cursor=%ff", "limit=1e9", "limit=" + "9" * 5_000])
@pytest.mark.parametrize("path", ["images", "sync", "me/events", "albums/{album_id}/items"])
def test_no_query_breaks_a_list(path: str, query: str) -> None:
    scene = Scene(OWNER)
    there = PARAMETER.sub(lambda found: scene.alices(found[1]), path)

    answer = scene.client.get(f"/api/v1/{there}?{query}")

    assert answer.status_code in (200, 400)
