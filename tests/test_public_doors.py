"""Who gets in where on the public origin: every route of its URLconf, as different strangers.

A route that is not in `DOORS` fails here, so none can be added without saying whom it is for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Account
from sharing.models import Profile, Publication
from tests.sharing.visitors.live import open_profile, publish
from tests.sharing.visitors.protocol import PAGE, PICTURE, Stranger

pytestmark = pytest.mark.django_db

# A browser on our page with a grant, one without; a program; one that says it is Google's.
VISITOR, STRANGER, ROBOT, CRAWLER = STRANGERS = ("visitor", "stranger", "robot", "crawler")
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
READING, WRITING = ("get", "head"), ("post", "put", "patch", "delete", "options")
PHOTO = "u/<profile_name:name>/<public_id:public_id>"
PICTURES = "i/<public_id:public_id>/<picture_size:size>.<picture_kind:kind>"

Expected = dict[str, int]


def all_of(status: int) -> Expected:
    return dict.fromkeys(STRANGERS, status)


def browsers(with_grant: int, without: int, others: int) -> Expected:
    return {VISITOR: with_grant, STRANGER: without, ROBOT: others, CRAWLER: others}


def reads(expected: Expected) -> dict[str, Expected]:
    return dict.fromkeys(READING, expected) | dict.fromkeys(WRITING, all_of(405))


def one(method: str, expected: Expected) -> dict[str, Expected]:
    return dict.fromkeys((*READING, *WRITING), all_of(405)) | {method: expected}


ANYBODY = reads(all_of(200))
TO_THE_VAULT = dict.fromkeys((*READING, *WRITING), all_of(302))
# Route -> method -> who is answered how, while the profile is open.
DOORS = {
    "": TO_THE_VAULT,
    "terms": TO_THE_VAULT,
    "privacy": TO_THE_VAULT,
    ".well-known/tdmrep.json": ANYBODY,
    ".well-known/gpc.json": ANYBODY,
    "no-training": ANYBODY,
    "no-training.json": ANYBODY,
    "robots.txt": ANYBODY,
    "healthz": ANYBODY,
    "readyz": ANYBODY,
    "report": ANYBODY | {"post": all_of(400)},
    "u/<profile_name:name>": ANYBODY,
    "u/<profile_name:name>/cover.jpg": ANYBODY,
    "u/<profile_name:name>/everything": reads(all_of(404)),
    # Without script there is nothing to tell a person from a program by, so it is counted;
    # what is brought here is no form.
    "u/<profile_name:name>/report": ANYBODY | {"post": all_of(400)},
    "u/<profile_name:name>/sharp": ANYBODY,
    # What its owner signed: the words of the page, and those of each photo on it.
    "u/<profile_name:name>/statement": ANYBODY,
    "u/<profile_name:name>/statements": ANYBODY,
    PHOTO: ANYBODY,
    f"{PHOTO}/statement": ANYBODY,
    PICTURES: reads(browsers(200, 404, 404)),
    "g/challenge": one("get", browsers(200, 200, 403)),
    # Nobody brings a solution here.
    "g/grant": one("post", all_of(403)),
    # Nor a pass.
    "g/pass": one("post", browsers(400, 400, 403)),
    "g/addresses": one("post", browsers(200, 200, 403)),
}
SOMEBODYS = [route for route in DOORS if PARAMETER.search(route)]


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)


FOUND = sorted(set(routes(get_resolver("pocketvault.public_urls").url_patterns)))


@pytest.fixture
def photo(alice: Account) -> Publication:
    """What alice shows, and the cover of her page."""
    profile = open_profile(alice)
    profile.cover = publish(alice, long_edge=32)
    profile.save()
    return profile.cover


def someone(persona: str) -> Stranger:
    stranger = Stranger()
    if persona == VISITOR:
        stranger.with_grant()
    if persona == CRAWLER:
        stranger.client.defaults["HTTP_USER_AGENT"] = GOOGLEBOT
    return stranger


def address_of(route: str, photo: Publication, name: str = "marit") -> str:
    values = {"name": name, "public_id": photo.public_id, "size": "320", "kind": "webp"}
    return "/" + PARAMETER.sub(lambda found: values[found[1]], route)


def knock(stranger: Stranger, persona: str, method: str, route: str, address: str) -> Any:
    """Browsers say which page asks; programs could lie, and these do not."""
    page = PICTURE if route == PICTURES else PAGE
    headers = page if persona in (VISITOR, STRANGER) else {}
    body = json.dumps({"profile": "marit", "size": 320, "photos": ["A" * 22]})
    return stranger.client.generic(
        method.upper(), address, body if method in WRITING else "", "application/json",
        headers=headers,
    )  # fmt: skip


def test_every_door_is_in_the_table_and_every_line_of_it_is_a_door() -> None:
    assert set(FOUND) == set(DOORS)


@pytest.mark.parametrize("persona", STRANGERS)
def test_a_door_opens_to_those_it_is_for(persona: str, photo: Publication) -> None:
    stranger, seen, told = someone(persona), {}, {}
    for route, methods in DOORS.items():
        for method, expected in methods.items():
            address = address_of(route, photo)
            if route == PICTURES and persona == VISITOR:
                address = stranger.ask([photo.public_id])["addresses"][photo.public_id]
            seen[route, method] = knock(stranger, persona, method, route, address).status_code
            told[route, method] = expected[persona]

    assert seen == told


@pytest.mark.parametrize("ending", ["closed", "withdrawn", "binned"])
@pytest.mark.parametrize("persona", STRANGERS)
def test_what_is_shown_no_more_looks_like_what_never_was(
    persona: str, ending: str, photo: Publication
) -> None:
    stranger = someone(persona)
    before = address_of(PICTURES, photo)
    if persona == VISITOR:
        before = stranger.ask([photo.public_id])["addresses"][photo.public_id]
    never = Publication(public_id="never-was-any-photo-00")
    match ending:
        case "closed":
            Profile.objects.update(is_open=False)
        case "withdrawn":
            photo.delete()
        case "binned":
            photo.image.binned_at = photo.image.purge_at = photo.made_at
            photo.image.save()

    for route in SOMEBODYS:
        is_of_page = "public_id" not in route and "cover" not in route
        if is_of_page and ending != "closed":
            continue  # the page itself stays
        name = "nobody-is-here" if ending == "closed" else "marit"
        address = before if route == PICTURES else address_of(route, photo)
        gone = knock(stranger, persona, "get", route, address)
        nothing = knock(stranger, persona, "get", route, address_of(route, never, name))
        assert gone.status_code == 404, route
        if "cover" not in route or ending == "closed":
            assert gone.content == nothing.content, route
