"""Who gets in where: every route and method of the URLconf, as different people.

A route that is not in `doors.DOORS` fails here, so none can be added without saying whom
it is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings
from rest_framework.response import Response

from images.models import Image
from pocketvault.kernel.ids import uuid7
from tests import factories
from tests.api.doors import DOORS, Door, album_items, batch, elsewhere, nothing
from tests.api.scene import (
    ANONYMOUS,
    FORMER,
    MALLORY,
    OWNER,
    PERSONAS,
    RECIPIENT,
    STAFF,
    VISITORS,
    Payload,
    Scene,
    knock,
)

pytestmark = pytest.mark.django_db
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def methods_of(pattern: URLPattern) -> list[str]:
    """What a view answers. HEAD is GET without its body, unless the view has its own."""
    view = getattr(pattern.callback, "view_class", None)
    if view is None:
        return ["GET"]
    return [name for name in METHODS if hasattr(view, name.lower())]


FOUND = [
    (method, route)
    for route, pattern in routes(get_resolver().url_patterns)
    for method in methods_of(pattern)
]
ROUTES = sorted({route for _, route in FOUND if route.startswith("api/v1/")})
SHUT_TO = [
    (*key, persona)
    for key in FOUND
    if key in DOORS and PARAMETER.search(key[1])
    and any(status < 400 for status in DOORS[key].expected.values())
    for persona, status in DOORS[key].expected.items()
    if status == 404 and persona != OWNER and key[1].startswith("api/")
]
named = pytest.mark.parametrize


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


def names_in(route: str) -> list[str]:
    """The parameters of a route. An album that is shared is another than one that is not."""
    is_shared = route.startswith("api/v1/shared/")
    found = PARAMETER.findall(route)
    return ["shared_album_id" if is_shared and name == "album_id" else name for name in found]


def address(route: str, value_of: Callable[[str], str]) -> str:
    names = iter(names_in(route))
    return "/" + PARAMETER.sub(lambda _: value_of(next(names)), route)


def body_of(answer: Response) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def stable(answer: Response) -> tuple[int, bytes, dict[str, str]]:
    """Everything about an answer that somebody could learn from."""
    return answer.status_code, body_of(answer), dict(answer.headers)


def test_every_door_is_in_the_table_and_every_line_of_it_is_a_door() -> None:
    assert set(FOUND) == set(DOORS)


@named("persona", PERSONAS)
@named(("method", "route"), FOUND, ids=lambda value: value)
def test_a_door_opens_to_those_it_is_for(method: str, route: str, persona: str) -> None:
    door = DOORS[method, route]
    scene = Scene(persona)

    answer = knock(scene, method, address(route, scene.alices), door.brings(scene))

    assert answer.status_code == door.expected[persona], body_of(answer)


@named("persona", VISITORS)
def test_a_visit_opens_what_it_is_for_and_nothing_else(persona: str) -> None:
    scene = Scene(persona)
    for name in sorted({name for route in ROUTES for name in names_in(route)}):
        scene.alices(name)
    assert scene.client.credentials is not None

    for method, route in FOUND:
        if route not in ROUTES:
            continue
        door = DOORS[method, route]
        path, payload = address(route, scene.alices), door.brings(scene)
        with transaction.atomic():
            answer = knock(scene, method, path, payload)
            transaction.set_rollback(True)
        assert answer.status_code == door.status_for(persona), (method, route, body_of(answer))


@named(("method", "route", "persona"), SHUT_TO, ids=lambda value: value)
def test_what_is_alices_looks_like_what_never_was(method: str, route: str, persona: str) -> None:
    door, scene = DOORS[method, route], Scene(persona)
    payload = door.brings(scene)
    never = address("api/v1/images/<uuid:image_id>", elsewhere)

    hers = knock(scene, method, address(route, scene.alices), payload)
    if not door.makes:
        nobodys = knock(scene, method, address(route, elsewhere), payload)
        assert stable(hers) == stable(nobodys)

    if method != "HEAD":
        assert hers.json() == knock(scene, "GET", never, Payload()).json()


@named("route", ROUTES)
def test_options_say_the_same_of_what_is_alices_and_what_never_was(route: str) -> None:
    scene = Scene(MALLORY)
    random_id = {name: elsewhere(name) for name in names_in(route) if "_id" in name}

    hers = knock(scene, "OPTIONS", address(route, scene.alices), Payload())
    nobodys = knock(
        scene,
        "OPTIONS",
        address(route, lambda name: random_id.get(name) or scene.alices(name)),
        Payload(),
    )

    assert stable(hers) == stable(nobodys)


@named("persona", [MALLORY, STAFF, RECIPIENT, FORMER])
def test_a_batch_refuses_what_is_somebody_elses(persona: str) -> None:
    scene = Scene(persona)
    payload, stranger = batch(scene), str(uuid7())

    hers = knock(scene, "POST", "/api/v1/images/batch", payload).json()["results"]
    operations = {"operations": [{"op": "purge", "id": stranger}]}
    nobodys = knock(scene, "POST", "/api/v1/images/batch", Payload(json=operations)).json()

    assert hers == [{**nobodys["results"][0], "id": str(scene.image.pk)}]
    assert hers[0]["status"] == 404
    assert Image.objects.filter(pk=scene.image.pk).exists()


@named("persona", [MALLORY, STAFF, RECIPIENT, FORMER])
def test_nobody_puts_somebody_elses_photo_into_an_album_of_their_own(persona: str) -> None:
    scene = Scene(persona)
    mine = f"/api/v1/albums/{uuid7()}"
    own_album = DOORS["PUT", "api/v1/albums/<uuid:album_id>"].brings(scene)
    assert knock(scene, "PUT", mine, own_album).status_code == 201
    payload, stranger = album_items(scene), str(uuid7())

    hers = knock(scene, "POST", f"{mine}/items", payload)
    item = {**payload.json["items"][0], "image_id": stranger}
    nobodys = knock(scene, "POST", f"{mine}/items", Payload(json={"items": [item]}))

    assert hers.status_code == nobodys.status_code == 404
    assert body_of(hers).replace(str(scene.image.pk).encode(), stranger.encode()) == body_of(
        nobodys
    )


@named("persona", [MALLORY, STAFF])
def test_lists_hold_nothing_of_somebody_elses(persona: str) -> None:
    scene = Scene(persona)
    secrets = [str(scene.image.pk), str(scene.album.pk), str(scene.passkey.pk), scene.alice.email]
    secrets.append(str(scene.shared_album.pk))
    lists = [
        route
        for method, route in FOUND
        if method == "GET" and route in ROUTES and not PARAMETER.search(route)
        and DOORS[method, route].expected == DOORS["GET", "api/v1/me"].expected
    ]

    assert len(lists) > 8
    for route in lists:
        answer = body_of(knock(scene, "GET", f"/{route}", nothing(scene)))
        assert [each for each in secrets if each.encode() in answer] == [], route


@named("route", ROUTES)
def test_a_token_that_was_ended_opens_nothing(route: str) -> None:
    scene = Scene(OWNER)
    method = next(method for method, found in FOUND if found == route)
    door: Door = DOORS[method, route]
    path, payload = address(route, scene.alices), door.brings(scene)
    assert scene.client.get("/api/v1/me").status_code == 200
    factories.app_of(scene.alice).post("/api/v1/auth/sessions/end-all")

    answer = knock(scene, method, path, payload)

    assert answer.status_code == door.expected[ANONYMOUS]


def test_a_made_up_token_is_no_token() -> None:
    scene = Scene(ANONYMOUS)
    scene.client.credentials(HTTP_AUTHORIZATION=f"Bearer {uuid4().hex}")

    assert scene.client.get("/api/v1/me").status_code == 401
