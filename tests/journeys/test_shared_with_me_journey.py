"""An album of somebody else: seen, kept, talked about, added to and left; and what a lying server cannot hide."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.giving import acquaint, expect_album, giver_of, open_shared
from tests.journeys.people import PATIENT, sign_up
from tests.journeys.site import Site
from tests.journeys.uploading import expect_tiles, tiles
from tests.journeys.watch import assert_accessible, assert_fits

pytestmark = pytest.mark.browser


def test_an_album_is_seen_looked_into_and_downloaded(page: Page, site: Site) -> None:
    email = newcomer(page, site, "nora.see")
    giver = giver_of(site, "otto.give", "Harbour days", photos=6, description="Nine boats")
    giver.share(acquaint(giver, page, site, email))

    page.goto(f"{site.address}/albums")

    card = page.get_by_role("link", name="Harbour days")
    expect(card).to_contain_text("6 photos", timeout=PATIENT)
    expect(card).to_contain_text(giver.email)
    expect(card.locator("img")).to_be_visible(timeout=PATIENT)
    assert_accessible(page)
    card.click()
    expect_album(page, "Harbour days")
    expect_tiles(page, 6)
    expect(page.get_by_text(f"{giver.email} shares this with you")).to_be_visible()
    expect(page.locator(".tile img:not(.soon)")).to_have_count(6, timeout=PATIENT)
    assert_accessible(page)
    tiles(page).first.click()
    photo = page.locator("pv-viewer .photo")
    expect(photo).to_have_js_property("naturalWidth", 1400, timeout=PATIENT)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Save", exact=True).click()
    newest = giver.prints[-1]
    assert Path(coming.value.path()).read_bytes() == newest.clean


def newcomer(page: Page, site: Site, name: str) -> str:
    """Whoever is in the browser."""
    email = f"{name}@example.org"
    sign_up(page, site, email)
    return email
