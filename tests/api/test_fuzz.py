"""The API before strangers who read its contract: whatever they send, the answer is one that
docs/openapi.yaml and docs/api.md know, and nothing fails.

Two kinds of stranger. `schemathesis` writes requests for every operation that fit the document,
and requests that do not. The other takes a request that is good and makes one thing in it odd,
which goes deeper: signatures, wrapped keys and ids of things that are there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.test import APIClient
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from pocketvault.kernel.ids import uuid7
from tests.api.doors import DOORS
from tests.api.scene import OWNER, Scene, knock, text

pytestmark = pytest.mark.django_db
ROOT = Path(django_settings.BASE_DIR)
# For each operation. `FUZZ_EXAMPLES=500` looks longer than continuous integration does.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))
REFUSED = [str(each) for each in range(400, 500)]
CONTRACT = schemathesis.openapi.from_path(
    ROOT / "docs" / "openapi.yaml",
    config=SchemathesisConfig.from_dict(
        {"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}}
    ),
)
OPERATIONS = {each.ok().label: each.ok() for each in CONTRACT.get_all_operations()}
HELD = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
PARAMETER = re.compile(r"{(\w+)}")
ROUTE_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
EXPLAINED = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE))
WITH_BODIES = sorted(
    (method, route) for method, route in DOORS
    if route.startswith("api/v1/") and method in ("POST", "PUT", "PATCH")
)  # fmt: skip
ODD = st.sampled_from([
    None, True, False, 0, -1, 1, 2**31, 2**53 - 1, 1.5, "", " ", "é", "\u202e", "a" * 5_000, "0",
    "null", "2026-13-45", "2026-11-28T10:00:00", "9999-12-31T23:59:59Z", "not-a-uuid",
    str(uuid7()), text(bytes(31)), text(bytes(32)), text(bytes(33)), text(bytes(1216)), "a+b/c=",
    [], [[]], [None], {}, {"a": 1}, [{}] * 300,
])  # fmt: skip


@schemathesis.serializer("application/offset+octet-stream")
def as_bytes(_: object, value: object) -> bytes:
    """What tus sends is bytes as they are."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


def quickly(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def alices_own(scene: Scene, path: str, pattern: re.Pattern[str]) -> dict[str, str]:
    """The values of a path's parameters that lead to something of the caller's."""
    is_shared = "/shared/" in path
    return {
        name: scene.alices("shared_album_id" if is_shared and name == "album_id" else name)
        for name in pattern.findall(path)
    }


def send(case: Case, client: APIClient) -> Response:
    """In this process and this transaction, byte for byte as it would go over the wire."""
    case.headers.pop("Authorization", None)
    asked = requests.Request(**case.as_transport_kwargs(base_url="https://testserver")).prepare()
    told = dict(asked.headers)
    raw = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    answer = client.generic(
        asked.method or "", asked.path_url, raw, headers=told,
        content_type=told.pop("Content-Type", "application/octet-stream"),
    )  # fmt: skip
    return Response(
        status_code=answer.status_code,
        headers={name: [value] for name, value in answer.headers.items()},
        content=b"".join(answer.streaming_content) if answer.streaming else answer.content,
        request=asked, elapsed=0.0, verify=False,
    )  # fmt: skip


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_that_the_contract_knows(label: str) -> None:
    operation, scene = OPERATIONS[label], Scene(OWNER)
    own = alices_own(scene, operation.path, PARAMETER)
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    written = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

    @quickly(EXAMPLES)
    @given(case=written, is_own=st.booleans())
    def ask(case: Case, *, is_own: bool) -> None:
        cache.clear()
        if is_own:
            case.path_parameters = dict(own)
        with transaction.atomic():
            answer = send(case, scene.client)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=HELD)

    ask()


def places_in(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every member and item of a document, by the way to it."""
    below = value.items() if isinstance(value, dict) else enumerate(value)
    for name, each in below:
        yield (*place, name)
        if isinstance(each, dict | list):
            yield from places_in(each, (*place, name))


def with_odd(document: Any, place: tuple[Any, ...], odd: object) -> Any:
    """A copy in which one thing is another; without it, where that is Ellipsis."""
    changed = deepcopy(document)
    holder = changed
    for name in place[:-1]:
        holder = holder[name]
    if odd is ...:
        del holder[place[-1]]
    else:
        holder[place[-1]] = odd
    return changed


@pytest.mark.parametrize(("method", "route"), WITH_BODIES)
def test_one_odd_thing_in_a_good_request_is_refused_or_taken_but_never_fails(
    method: str, route: str
) -> None:
    scene = Scene(OWNER)
    own = alices_own(scene, f"/{route}", ROUTE_PARAMETER)
    path = "/" + ROUTE_PARAMETER.sub(lambda found: own[found[1]], route)
    good = DOORS[method, route].brings(scene)
    document = json.loads(json.dumps(good.json))
    if not document:
        return
    places = st.sampled_from(list(places_in(document)))

    @quickly(EXAMPLES * 3)
    @given(place=places, odd=ODD | st.just(...))
    def ask(place: tuple[Any, ...], odd: object) -> None:
        cache.clear()
        with transaction.atomic():
            payload = replace(good, json=with_odd(document, place, odd))
            answer = knock(scene, method, path, payload)
            transaction.set_rollback(True)
        assert answer.status_code < 500, (place, odd, answer.content)
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["code"] in EXPLAINED, answer.content

    ask()
