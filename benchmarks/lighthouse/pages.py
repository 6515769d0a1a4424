"""The pages that are measured, and who has to be signed in to see them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize, sync_playwright

from benchmarks.browser import FLAGS
from benchmarks.places import ROOT
from benchmarks.tools import chromium
from tests.journeys.linking import shared_album
from tests.journeys.people import expect_open, sign_in, sign_up, turn_on_totp
from tests.journeys.site import Site
from tests.reference_client import account
from tests.reference_client.demo import ALBUM_NAMES, EMAIL, PASSWORD
from tests.reference_client.links import make_link
from tests.reference_client.people import Sharer

Who = Literal["nobody", "demo", "staff"]
DESK = "desk@example.org"
PROFILE, PROFILE_PHOTOS = "marit", 24
# The certificate is self-made.
HERE = [*FLAGS, "--ignore-certificate-errors"]
WIDE = ViewportSize(width=1440, height=900)
# For a service that runs already; what it makes is what the pipeline leaves behind.
SHOW_PHOTOS = f"from tests.sharing.visitors.live import fill; fill('{PROFILE}@example.org', '{PROFILE}', {PROFILE_PHOTOS}, is_listed=True)"  # noqa: E501
SHARED_PHOTOS = 6


@dataclass(frozen=True, slots=True)
class Measured:
    """A page by the name in the report. ``refuses``: it answers with a status of refusal.
    ``is_listed``: search engines may know it, as `pocketvault.pages` and an open profile say.
    """

    name: str
    url: str
    who: Who = "nobody"
    refuses: bool = False
    is_listed: bool = False


def fill(site: Site, photos: int) -> None:
    """The account of ``make demo`` with so many photos, and a profile that everyone can see."""
    # Past what stands before it, whose certificate that command does not know.
    behind = f"http://localhost:{site.live.ports[0]}"
    command = [
        sys.executable, "-m", "tests.reference_client.demo", "--url", behind,
        "--photos", str(photos),
    ]  # fmt: skip
    environ = {**os.environ, "VAR_DIR": str(site.folder)}
    subprocess.run(command, cwd=ROOT, env=environ, check=True)
    site.live.manage("shell", "-c", SHOW_PHOTOS)


def pages_of(site: Site, public: str, profiles: Path) -> list[Measured]:
    """All of them, those that people publish at ``public``. Signs in everybody once, each in a
    browser of their own below ``profiles``.
    """
    at = site.address
    link = _shared_by_link(at)
    with window(profiles / "demo") as page:
        album, photo = _places_in(page, site)
    with window(profiles / "staff") as page:
        _join_the_desk(page, site)
        published = list(_public_pages(page, public))
    return [
        *_pages_about_us(at),
        *published,
        Measured("sign-in", f"{at}/sign-in"),
        Measured("sign-up", f"{at}/sign-up"),
        Measured("guest's link", link),
        Measured("timeline", f"{at}/photos", "demo"),
        Measured("album", f"{at}{album}", "demo"),
        Measured("viewer", f"{at}{photo}", "demo"),
        Measured("everything shared", f"{at}/sharing", "demo"),
        Measured("settings", f"{at}/settings/account", "demo"),
        Measured("privacy", f"{at}/settings/privacy", "demo"),
        Measured("your data", f"{at}/your-data", "demo"),
        Measured("door of the desk", f"{at}/desk/", "staff", refuses=True),
    ]


def _pages_about_us(at: str) -> Iterator[Measured]:
    named = {"first page": "/", "promises": "/promises", "policy": "/privacy", "verify": "/verify"}
    for name, path in named.items():
        yield Measured(name, at + path, is_listed=True)


def _public_pages(page: Page, at: str) -> Iterator[Measured]:
    """A profile and one photo of it, which search engines were let in to."""
    profile = f"{at}/u/{PROFILE}"
    page.goto(profile)
    photo = page.locator("[data-photo]").first.get_attribute("data-photo")
    yield Measured("public profile", profile, is_listed=True)
    yield Measured("public photo", f"{profile}/{photo}", is_listed=True)


def _shared_by_link(at: str) -> str:
    """An album of the demonstration that whoever has the address sees; and that address."""
    sharer = Sharer(account.sign_in(at, EMAIL, PASSWORD))
    album = shared_album(sharer, "For the family", SHARED_PHOTOS)
    return make_link(sharer, album).address(at)


def return_to(site: Site, profile: Path) -> None:
    """Sign in again, whatever locked the vault meanwhile."""
    site.let_an_hour_pass()
    with window(profile) as page:
        page.context.clear_cookies()
        _open(page, site)


@contextmanager
def window(profile: Path) -> Iterator[Page]:
    """A browser whose profile outlives it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium(), args=HERE, viewport=WIDE, locale="en-GB"
        )
        yield browser.new_page()
        browser.close()


def _open(page: Page, site: Site) -> None:
    sign_in(page, site, EMAIL, PASSWORD)
    page.wait_for_url("**/photos")
    expect_open(page)
    page.get_by_role("option").first.wait_for()


def _places_in(page: Page, site: Site) -> tuple[str, str]:
    """An album, and a photo of the timeline, by their paths."""
    _open(page, site)
    page.get_by_role("option").first.click()
    page.wait_for_url(re.compile("/photos/."))
    photo = page.evaluate("location.pathname")
    page.goto(f"{site.address}/albums")
    link = page.locator('#outlet a[href^="/albums/"]', has_text=ALBUM_NAMES[0][0]).first
    return link.get_attribute("href") or "", photo


def _join_the_desk(page: Page, site: Site) -> None:
    """Somebody of the desk whose last proof was too long ago."""
    sign_up(page, site, DESK)
    turn_on_totp(page, site)
    site.live.manage("grant_desk", DESK, "--role", "dpo")
    site.let_proofs_lapse()
