"""Somebody who shares an album over HTTP, as another device would, with who is in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.journeys.grouping import accept
from tests.journeys.people import PASSWORD, PATIENT
from tests.journeys.site import Site
from tests.reference_client import account
from tests.reference_client.albums import create_album
from tests.reference_client.crypto.remark import open_remark, remark_context, seal_remark
from tests.reference_client.demo import Print, develop, send
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.images import Photo
from tests.reference_client.people import Sharer
from tests.reference_client.shared_albums import (
    SharedAlbum,
    give_to_account,
    open_shared_album,
    share_album,
)
from tests.reference_client.shared_photos import add_photos
from tests.reference_client.wire import new_id, to_bytes, to_text


@dataclass(slots=True)
class Giver:
    """Who shares, what they took, and the album as they saw it last."""

    sharer: Sharer
    email: str
    prints: list[Print]
    photos: list[Photo]
    album: SharedAlbum

    def share(self, account_id: str, role: str = "viewer", *, can_download: bool = True) -> None:
        """Let a contact in, or give them another role."""
        self.album = give_to_account(
            self.sharer, self.look(), account_id, role, can_download=can_download
        )

    def add(self, *photos: Photo, **tells: str) -> None:
        """Put photos in, and say this of each."""
        add_photos(self.sharer, self.look(), photos, tells=tells)
        self.look()

    def look(self) -> SharedAlbum:
        """The album as it is now."""
        self.album = open_shared_album(self.sharer, self.album.id)
        return self.album

    def take(self, seed: int) -> Photo:
        """One more photograph, kept in their own vault."""
        ready = develop(seed, datetime(2026, 8, 1, 12, 0, seed % 60))  # noqa: DTZ001 - a camera's
        self.prints.append(ready)
        photo = send(self.sharer.library, ready)
        self.photos.append(photo)
        return photo


def giver_of(site: Site, name: str, album: str, *, photos: int, description: str = "") -> Giver:
    """Somebody new, with an album that is ready to be given to others."""
    email = f"{name}.{uuid4().hex[:6]}@example.org"
    made = account.sign_up(
        site.address, email, PASSWORD, read_code=lambda _: site.code_for(email)
    )
    sharer = Sharer(made.device)
    plain = create_album(sharer.library, AlbumSettings(name=album, description=description))
    giver = Giver(sharer, email, [], [], share_album(sharer, plain))
    giver.add(*(giver.take(seed) for seed in range(1, photos + 1)))
    return giver


def acquaint(giver: Giver, page: Page, site: Site, email: str) -> str:
    """The two become contacts; answers the account in the browser."""
    giver.sharer.invite(email)
    accept(page, site, giver.email)
    [account_id] = giver.sharer.meet_contacts()
    return account_id


def open_shared(page: Page, site: Site, name: str) -> None:
    """From Albums to the album, read to its end."""
    page.goto(f"{site.address}/albums")
    page.get_by_role("link", name=name).click()
    expect_album(page, name)


def expect_album(page: Page, name: str) -> None:
    """The page of the album."""
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=PATIENT)


def comments_on(giver: Giver, photo: Photo | None) -> list[tuple[str, str]]:
    """Who wrote what about a photo, or about the whole album, each proved by its author's key."""
    # From the beginning: what was written under a key before the one in force is to be opened too.
    giver.sharer.states.pop(giver.album.id)
    album = giver.look()
    about = None if photo is None else photo.id
    query = None if about is None else {"image_id": about}
    page = giver.sharer.client.call("GET", f"{album.path}/comments", query=query)
    said = []
    for comment in (each for each in page["items"] if each["image_id"] == about):
        author, generation = comment["author_id"], comment["generation"]
        context = remark_context("comment", album.id, author, comment["id"], generation)
        identity, _ = giver.sharer.keys_of[author]
        key = album.chronicle.keys[generation]
        image, text = open_remark(to_bytes(comment["sealed"]), context, identity, key)
        assert image == about
        said.append((author, text))
    return said


def write_comment(giver: Giver, photo: Photo | None, text: str) -> None:
    """Say something about a photo, or about the whole album."""
    about = None if photo is None else photo.id
    album, comment_id = giver.look(), new_id()
    generation = album.chronicle.state.generation
    context = remark_context("comment", album.id, giver.sharer.id, comment_id, generation)
    seed, key = giver.sharer.identity_seed, album.chronicle.key
    sealed = seal_remark(about, text, context, seed, key)
    body = {"image_id": about, "generation": generation, "sealed": to_text(sealed)}
    giver.sharer.client.call("PUT", f"{album.path}/comments/{comment_id}", body)
