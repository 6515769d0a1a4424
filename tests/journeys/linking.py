"""An owner who shares by link with the reference client, and what a guest does in the browser."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache

from playwright.sync_api import Page, expect

from pocketvault.demo.photographs import take_photograph
from tests.api.people import Person, new_person
from tests.journeys.people import PATIENT
from tests.journeys.site import Site
from tests.reference_client import albums
from tests.reference_client.clean import without_metadata
from tests.reference_client.documents import AlbumSettings, Metadata
from tests.reference_client.images import Photo
from tests.reference_client.people import Sharer
from tests.reference_client.shared_albums import SharedAlbum, open_shared_album, share_album
from tests.reference_client.shared_photos import add_photos
from tests.reference_client.thumbnails import make_thumbnails
from tests.reference_client.wire import to_text

# Every shape a camera makes, and a panorama.
SHAPES = ((1200, 800), (800, 1200), (1200, 800), (1600, 700), (900, 900), (1200, 800))


def owner(site: Site, name: str) -> tuple[Person, Sharer]:
    """Somebody with a vault, on a device that is no browser."""
    person = new_person(site.live, name)
    return person, Sharer(person.device)


@cache
def picture(seed: int) -> bytes:
    """A clean JPEG that no other seed takes."""
    taken_at = datetime(2026, 6, 1 + seed % 28, 9, 30)  # noqa: DTZ001 - as cameras write it
    size = SHAPES[seed % len(SHAPES)]
    return without_metadata(take_photograph(seed, taken_at=taken_at, size=size).jpeg)


def keep(sharer: Sharer, seed: int) -> Photo:
    """A photo in the owner's library."""
    content = picture(seed)
    small = make_thumbnails(content)
    metadata = Metadata(
        name=f"DSC_{seed:04}.jpg", kind="jpeg", media_type="image/jpeg", size=len(content),
        width=small.width, height=small.height, thumbhash=to_text(small.thumbhash),
    )  # fmt: skip
    return sharer.library.store(content, metadata, small)


def shared_album(sharer: Sharer, name: str, count: int, description: str = "") -> SharedAlbum:
    """An album that is shared, with so many photos in it. Raises nothing it does not say."""
    made = albums.create_album(sharer.library, AlbumSettings(name=name, description=description))
    album = share_album(sharer, made)
    add_photos(sharer, album, [keep(sharer, seed) for seed in range(count)])
    return open_shared_album(sharer, album.id)


def open_album(page: Page, name: str, count: int) -> None:
    """The album stands there, with all its photos drawn."""
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=PATIENT)
    options = page.get_by_role("option")
    expect(options).to_have_count(count, timeout=PATIENT)
    expect(page.locator(".tile img[src]:not(.soon)")).to_have_count(count, timeout=PATIENT)


def digest(content: bytes) -> str:
    """To compare two files by."""
    return hashlib.sha256(content).hexdigest()
