"""Showing photos to everyone, as a person does it and as strangers find it."""

from __future__ import annotations

import base64
from pathlib import Path

import requests
from playwright.sync_api import Locator, Page, expect

from tests.journeys.people import PATIENT
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.uploading import KEEP, answer, choose, expect_stored, expect_tiles, port_of

# A worker cleans, marks and renders each photo in turn.
PIPELINE_PATIENT = 120_000
PICTURE = """async address => {
  const answer = await fetch(address);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return [answer.status, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))];
}"""


def upload_photos(page: Page, folder: Path, count: int) -> None:
    """So many photographs with a place, a time and a serial number in their files."""
    names = [(f"evening-{number}.jpg", number) for number in range(1, count + 1)]
    photos = [
        write_photo(folder, name, seed=seed, taken=f"2026:11:1{seed} 11:42:07", trees=400)
        for name, seed in names
    ]
    choose(page, photos)
    answer(page, KEEP)
    expect_stored(page, count)
    expect_tiles(page, count)


def pick_all(page: Page) -> None:
    """Every photo of the list in view."""
    first = page.get_by_role("option").first
    first.focus()
    first.press("Control+a")


def publish_dialog(page: Page) -> Locator:
    """Where it is asked what everyone may see."""
    return page.get_by_role("dialog", name="to everyone")


def name_page(dialog: Locator, name: str, shown: str) -> None:
    """The first photo needs a page to stand on."""
    dialog.get_by_label("Address of your page").fill(name)
    dialog.get_by_label("Name shown on it").fill(shown)


def shown_photos(page: Page) -> Locator:
    """What the owner's page of it lists."""
    return page.locator("pv-public-photos .shown > .tile")


def expect_live(page: Page, count: int) -> None:
    """So many are shown, and nothing is being prepared any more."""
    words = f"Everyone can see {count} photo{'' if count == 1 else 's'}"
    line = page.locator(".profile .page-head p")
    expect(line).to_have_text(words, timeout=PIPELINE_PATIENT)


def public_url(site: Site, path: str) -> str:
    """On the origin where strangers look: the other name of this machine."""
    return f"http://127.0.0.1:{port_of(site)}{path}"


def look_as_stranger(site: Site, path: str) -> requests.Response:
    """A public page, as whoever knows its address gets it."""
    return requests.get(public_url(site, path), timeout=PATIENT / 1000, allow_redirects=False)


def public_picture(page: Page, publication: str, name: str) -> bytes:
    """What was made for everyone, given to its owner."""
    address = f"/api/v1/publications/{publication}/pictures/{name}"
    status, encoded = page.evaluate(PICTURE, address)
    assert status == 200, status
    return base64.b64decode(encoded)


def listed(page: Page) -> list[dict[str, object]]:
    """The account's publications, as the server lists them."""
    ask = "async () => (await (await fetch('/api/v1/publications')).json()).items"
    found: list[dict[str, object]] = page.evaluate(ask)
    return found
