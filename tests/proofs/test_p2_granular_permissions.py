"""Proof P2: whom a photo is shown to, its owner decides, photo by photo.

Four photos, and everybody there is: what is private, what a person was let into, what a group
was, what a link leads to. Each person tries every address a photo has. The last tests take one
control away at a time, and the same table comes out another.

What a whole library of such decisions comes to is in ``tests/sharing/test_who_can_open.py``,
with real keys; every other address in ``tests/api/test_personas.py``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Role
from images.api import finding
from images.models import Image
from images.models.image import ImageQuerySet
from pocketvault.kernel.kept_queries import KeptQuery
from sharing.models import ShareLink
from sharing.models.album import GrantQuerySet
from tests import factories
from tests.sharing.linking import make_link, share_album, visitor_of
from tests.sharing.signing_albums import act, give, group_of, know, person, photo, shared_album

pytestmark = pytest.mark.django_db

PRIVATE, PERSON, GROUP, LINK = PHOTOS = ("private", "a person's", "a group's", "a link's")
OWNER, RITA, GINA, FRED, MALLORY, STAFF, NOBODY, VISITOR, LATE = (
    "owner", "recipient", "member", "former recipient", "mallory", "staff", "nobody", "visitor",
    "visitor of a revoked link",
)  # fmt: skip
EXPECTED = {
    PRIVATE: {OWNER},
    PERSON: {OWNER, RITA},
    GROUP: {OWNER, GINA},
    LINK: {OWNER, VISITOR},
}


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@dataclass(slots=True)
class World:
    """Alice's four photos, and everybody with what they are let in by."""

    photos: dict[str, Image] = field(default_factory=dict)
    albums: dict[str, str] = field(default_factory=dict)
    apps: dict[str, APIClient] = field(default_factory=dict)

    def sees(self, who: str, what: str) -> bool:
        """Whether any address of the photo answers this person with its bytes."""
        content = what.encode().ljust(40, b".")
        answers = [self.apps[who].get(address) for address in self.addresses(what)]
        return any(a.status_code == 200 and body_of(a) == content for a in answers)

    def addresses(self, what: str) -> Iterator[str]:
        image = self.photos[what].pk
        yield f"/api/v1/images/{image}/versions/1/thumbnail"
        yield f"/api/v1/visits/items/{image}/thumbnail"
        # Every album is tried for every photo.
        for album in self.albums.values():
            yield f"/api/v1/shared/albums/{album}/items/{image}/thumbnail"

    def table(self) -> dict[str, set[str]]:
        """Who sees what."""
        return {what: {who for who in self.apps if self.sees(who, what)} for what in PHOTOS}


def body_of(answer: Response) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def world() -> World:
    world = World()
    alice, rita, gina, fred, mallory = (
        person(factories.make_account(f"{name}@example.org"))
        for name in ("alice", "rita", "gina", "fred", "mallory")
    )
    staff = person(factories.make_account("grace@example.org", roles=list(Role)))
    for friend in (rita, gina, fred):
        know(alice, friend)
    world.photos = {what: photo(alice, thumbnail=what.encode().ljust(40, b".")) for what in PHOTOS}

    for_rita = shared_album(alice, [world.photos[PERSON]])
    give(alice, for_rita, rita)
    ended = act(alice, for_rita, f"grants/{give(alice, for_rita, fred)}/revoke")
    assert ended.status_code == 200
    for_group = shared_album(alice, [world.photos[GROUP]])
    give(alice, for_group, group_of(alice, gina))
    by_link = share_album(alice.account, world.photos[LINK])
    proofs = [secrets.token_bytes(32) for _ in range(2)]
    links = [make_link(by_link, proof) for proof in proofs]
    visitors = [visitor_of(link, proof) for link, proof in zip(links, proofs, strict=True)]
    ShareLink.objects.filter(pk=links[1].pk).update(ended_at=timezone.now())

    world.albums = {
        PERSON: str(for_rita.pk), GROUP: str(for_group.pk), LINK: str(by_link.album_id),
    }  # fmt: skip
    signed_in = {OWNER: alice, RITA: rita, GINA: gina, FRED: fred, MALLORY: mallory, STAFF: staff}
    world.apps = {
        **{who: each.app for who, each in signed_in.items()},
        NOBODY: APIClient(), VISITOR: visitors[0], LATE: visitors[1],
    }  # fmt: skip
    return world


def test_each_photo_is_seen_by_those_its_owner_chose_and_by_nobody_else(world: World) -> None:
    assert world.table() == EXPECTED


def everybody_owns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageQuerySet, "owned_by", lambda self, _: self)
    # One photo is found by SQL that was made once, in which the owner stands.
    anybodys = KeptQuery(Image.objects.all, by=("id",))
    monkeypatch.setattr(finding._IMAGE, "first", lambda _, image_id: anybodys.first(image_id))


def every_grant_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GrantQuerySet, "reaching", lambda self, _: self)


def every_link_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ShareLink, "stands_at", lambda *_: True)


@pytest.mark.parametrize(
    ("take_away", "what", "intruder"),
    [
        (everybody_owns, PRIVATE, MALLORY),
        (every_grant_reaches, PERSON, MALLORY),
        (every_grant_reaches, GROUP, FRED),
        (every_link_stands, LINK, LATE),
    ],
)
def test_without_a_control_somebody_else_sees_it(
    world: World, take_away: Callable[[pytest.MonkeyPatch], None], what: str, intruder: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert not world.sees(intruder, what)

    take_away(monkeypatch)

    assert world.sees(intruder, what)
