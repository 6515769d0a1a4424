"""Uploading as a person does it, and what the tray says about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys.line import Line
from tests.journeys.people import PATIENT, sign_up
from tests.journeys.site import Site

UPLOAD_PATIENT = 120_000
KEEP = "Keep the file as it is"


def through(site: Site, line: Line) -> Site:
    """The same site, at the far end of a line."""
    return replace(site, address=line.address)


def port_of(site: Site) -> int:
    """Where the site itself listens."""
    return int(site.address.rsplit(":", 1)[1])


def open_vault(page: Page, site: Site, name: str) -> str:
    """Somebody new, before an empty vault. Answers their address."""
    email = f"{name}@example.org"
    sign_up(page, site, email)
    expect(page.get_by_role("heading", name="Your vault is empty")).to_be_visible(timeout=PATIENT)
    return email


def choose(page: Page, files: Sequence[Path | str], *, button: str = "Upload photos") -> None:
    """Hand files over; the first time, answer the question as it stands."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button, exact=True).locator("visible=true").first.click()
    chooser.value.set_files([str(file) for file in files])


def answer(page: Page, choice: str | None = None) -> None:
    """The one question before the first upload."""
    question = page.get_by_role("dialog", name="Before your first photos")
    if choice is not None:
        question.get_by_text(choice).click()
    question.get_by_role("button", name="Upload").click()


def tray(page: Page) -> Locator:
    """Where uploads are told."""
    return page.get_by_role("region", name="Uploads")


def expect_stored(page: Page, count: int) -> None:
    """The tray says so."""
    words = f"{count} photo{'s are' if count > 1 else ' is'} in your vault"
    expect(tray(page).get_by_role("heading", name=words)).to_be_visible(timeout=UPLOAD_PATIENT)


def tiles(page: Page) -> Locator:
    """Photos of the list in view that are really stored."""
    return page.locator('.timeline [role="option"]:not(.pending)')


def expect_tiles(page: Page, count: int) -> None:
    """So many photos, no more and no less."""
    expect(tiles(page)).to_have_count(count, timeout=PATIENT)
