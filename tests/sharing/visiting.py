"""What a link to an album lets somebody without an account open: expected, and over HTTP."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.reference_client.client import Client, Json, ProblemError
from tests.reference_client.links import (
    Link,
    begin_visit,
    change_link,
    make_link,
    read_visit,
    revoke_link,
    unlock_link,
    visited_part,
    visited_photos,
)
from tests.sharing.openers import World

# Longer than a request takes, and shorter than anybody wants to wait.
EXPIRES_WITHIN = timedelta(seconds=0.6)
LIMIT_DAYS = 20


@dataclass(slots=True)
class ExpectedLink:
    """What it allows, how often it was opened, and whether it can ever open again."""

    view_limit: int | None
    can_download: bool
    views: int = 0
    is_revoked: bool = False
    is_expired: bool = False

    @property
    def stands(self) -> bool:
        """Whether visits under way go on, and a new key of the album is for it too."""
        return not (self.is_revoked or self.is_expired)

    @property
    def opens(self) -> bool:
        """Whether one more visit can begin."""
        return self.stands and (self.view_limit is None or self.views < self.view_limit)


class Visitors:
    """People with nothing but the address of a link, and its owner who hands it out."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.links: dict[str, Link] = {}
        # The last visit of each link, whoever began it.
        self.under_way: dict[str, Client] = {}

    def make(self, *, view_limit: int | None, can_download: bool) -> str:
        """Alice makes a link; its id."""
        limits = {"view_limit": view_limit, "can_download": can_download}
        link = make_link(self.world.alice, self.world.album(), **limits)
        self.links[link.id] = link
        return link.id

    def limit(self, link_id: str, *, view_limit: int | None, can_download: bool) -> None:
        """Alice allows more, or less. Raises `ProblemError`."""
        ends = datetime.now(UTC) + timedelta(days=LIMIT_DAYS)
        self._change(link_id, ends, view_limit=view_limit, can_download=can_download)

    def expire(self, link_id: str, expected: ExpectedLink) -> None:
        """Alice lets it end in a moment, and the moment passes."""
        ends = datetime.now(UTC) + EXPIRES_WITHIN
        limits = {"view_limit": expected.view_limit, "can_download": expected.can_download}
        self._change(link_id, ends, **limits)
        time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()) + 0.05)

    def revoke(self, link_id: str) -> None:
        """Alice ends it."""
        revoke_link(self.world.alice, self.world.album(), link_id)

    def visit(self, link_id: str) -> None:
        """Somebody with its address opens it. Raises `ProblemError`."""
        url = self.world.alice.client.url
        link = unlock_link(Client(url), self.links[link_id].address(url))
        self.under_way[link_id] = begin_visit(url, link)

    def opened_by(self, link_id: str, *, can_download: bool) -> dict[str, bytes | None]:
        """Every photo that a visit opens, by its id; None where the original is kept back."""
        visit = read_visit(self.under_way[link_id], self.links[link_id])
        self.world.seen.setdefault(link_id, set()).update(visit.chronicle.keys.values())
        photos = list(visited_photos(visit))
        if can_download:
            return {photo.id: visited_part(visit, photo, "original") for photo in photos}
        path = "/visits/items/{}/original"
        assert all(self.answer(link_id, path.format(photo.id)) == 404 for photo in photos)
        return dict.fromkeys(photo.id for photo in photos)

    def door(self, link_id: str) -> int:
        """What somebody hears who comes with its address: 200, or why not."""
        return _status(Client(self.world.alice.client.url), f"/links/{link_id}")

    def answer(self, link_id: str, path: str = "/visits/album") -> int:
        """What the visit under way hears."""
        return _status(self.under_way[link_id], path)

    def answers(self, link_id: str) -> set[int]:
        """What the visit under way hears at every door."""
        doors = ("album", "items", "history")
        return {self.answer(link_id, f"/visits/{door}") for door in doors}

    def _change(self, link_id: str, ends: datetime, **limits: Json) -> None:
        album = self.world.album()
        change_link(self.world.alice, album, link_id, **limits, expires_at=ends.isoformat())


def _status(client: Client, path: str) -> int:
    try:
        return client.send("GET", path).status_code
    except ProblemError as problem:
        return problem.status
