"""People who share: an owner before a browser, recipients with the reference client."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.journeys.people import PASSWORD, PATIENT, expect_open, sign_in
from tests.journeys.pictures import CAMERA, write_photo
from tests.journeys.site import Site
from tests.journeys.uploading import expect_tiles
from tests.reference_client import account
from tests.reference_client.albums import add_to_album, create_album
from tests.reference_client.clean import without_metadata
from tests.reference_client.crypto.history import HistoryError
from tests.reference_client.documents import (
    AlbumSettings,
    CaptureTime,
    Metadata,
    Place,
    StoredAs,
)
from tests.reference_client.groups import Group, create_group, open_group, set_member
from tests.reference_client.images import Photo
from tests.reference_client.people import Sharer, befriend
from tests.reference_client.shared_albums import SharedAlbum, open_shared_album
from tests.reference_client.shared_photos import SharedPhoto, download, photos_in
from tests.reference_client.thumbnails import make_thumbnails
from tests.reference_client.wire import to_text

SHARE_PATIENT = 120_000
NAME, GROUP = "Skagen", "Family"
TAKEN = "2026:11:15 11:42:07"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    email: str
    sharer: Sharer


def newcomer(site: Site, name: str) -> Person:
    """Somebody with a new account. Journeys share one site, so each has its own."""
    email = f"{name}.{uuid4().hex[:6]}@example.org"
    made = account.sign_up(
        site.address, email, PASSWORD, read_code=lambda _: site.code_for(email)
    )
    account.confirm_phrase(made.device, made.phrase)
    return Person(email, Sharer(made.device))


def come_to_know(one: Person, other: Person) -> None:
    """Two become contacts."""
    befriend(one.sharer, other.sharer, other.email)


def make_group(owner: Person, *members: Person) -> Group:
    """A group of people the owner knows."""
    group = create_group(owner.sharer, GROUP)
    for member in members:
        group = set_member(owner.sharer, group, member.sharer.id)
    return group


def store_photos(owner: Person, folder: Path, *, whole: int, cleaned: int = 0) -> list[Photo]:
    """Photographs in somebody's vault: some as their camera wrote them, some cleaned."""
    return [
        _store(owner, write_photo(folder, f"p{seed}.jpg", seed=seed, taken=TAKEN), seed < whole)
        for seed in range(whole + cleaned)
    ]


def _store(owner: Person, file: Path, is_whole: bool) -> Photo:  # noqa: FBT001 - one caller
    jpeg = file.read_bytes()
    stored = jpeg if is_whole else without_metadata(jpeg)
    thumbnails = make_thumbnails(stored)
    metadata = Metadata(
        name=file.name, kind="jpeg", media_type="image/jpeg", size=len(stored),
        width=thumbnails.width, height=thumbnails.height,
        thumbhash=to_text(thumbnails.thumbhash), place=Place(lat=57.0371, lon=9.8989),
        captured_at=CaptureTime(local="2026-11-15T11:42:07", zone=None), camera=CAMERA,
        stored_as=StoredAs.WHOLE if is_whole else StoredAs.STRIPPED,
    )  # fmt: skip
    return owner.sharer.library.store(stored, metadata, thumbnails)


def make_album(owner: Person, photos: Sequence[Photo]) -> str:
    """An album of somebody's own with photos in it."""
    album = create_album(owner.sharer.library, AlbumSettings(name=NAME))
    add_to_album(owner.sharer.library, album, photos)
    return album.id


def open_vault(page: Page, site: Site, owner: Person, count: int) -> None:
    """Before the photos, all of them there."""
    sign_in(page, site, owner.email)
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)
    expect_tiles(page, count)


def open_share_dialog(page: Page, site: Site, album_id: str) -> Locator:
    """That of an album, read to its end."""
    page.goto(f"{site.address}/albums/{album_id}")
    button = page.get_by_role("button", name="Share", exact=True)
    button.locator("visible=true").click(timeout=PATIENT)
    return ready_dialog(page)


def ready_dialog(page: Page) -> Locator:
    """The share dialog, once it knows whom one knows."""
    dialog = page.get_by_role("dialog", name="Share")
    expect(dialog.get_by_label("Add a person or a group")).to_be_visible(timeout=PATIENT)
    return dialog


def choose(dialog: Locator, name: str, role: str = "Can view") -> None:
    """Search for somebody and pick them."""
    dialog.get_by_label("Add a person or a group").fill(name[:12])
    dialog.get_by_role("button", name=f"Add {name}").click()
    dialog.get_by_label(f"What {name} can do").select_option(role)


def pick(page: Page, name: str) -> None:
    """A photo of the list in view."""
    tile = page.locator(".timeline").get_by_role("option", name=name)
    tile.click(modifiers=["Control"], timeout=PATIENT)


def expect_prepared(dialog: Locator, count: int) -> None:
    """Everything is with those it is shared with, by what is really there."""
    words = f"{count} picture{'s' if count > 1 else ''},"
    expect(dialog.get_by_text(words, exact=True)).to_be_visible(timeout=SHARE_PATIENT)


def opened(person: Person, album_id: str) -> tuple[SharedAlbum, list[SharedPhoto]]:
    """An album as somebody's device reads it, and all that its history vouches for."""
    groups = {each["id"]: open_group(person.sharer, each["id"]) for each in _groups(person)}
    while True:
        album = open_shared_album(person.sharer, album_id, groups)
        try:
            return album, list(photos_in(person.sharer, album))
        except HistoryError:
            # A photo that was brought or replaced between the two readings is ahead of the
            # history; one that its newest entry does not vouch for either is refused.
            newest = person.sharer.client.call("GET", album.path)["head"]
            if newest == album.document["head"]:
                raise


def _groups(person: Person) -> list[dict[str, str]]:
    return list(person.sharer.client.call("GET", "/groups")["items"])


def originals(person: Person, album_id: str) -> dict[str, bytes]:
    """What somebody gets who saves everything."""
    album, photos = opened(person, album_id)
    found = {}
    for photo in photos:
        found[photo.id] = download(person.sharer, album, photo, "original")
        for part in ("preview", "thumbnail"):
            download(person.sharer, album, photo, part)
    return found


def digest(content: bytes) -> str:
    """To compare pictures by, in a message one can read."""
    return hashlib.sha256(content).hexdigest()[:16]
