"""Who is in a shared album and what happened there, on its owner's own page of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.api.people import PASSWORD
from tests.journeys.linking import owner, shared_album
from tests.journeys.people import PATIENT, expect_open, sign_in
from tests.journeys.site import Site
from tests.journeys.uploading import expect_tiles
from tests.journeys.watch import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]


def test_an_owner_reads_who_is_in_an_album_and_what_was_signed_there(
    page: Page, site: Site
) -> None:
    person, sharer = owner(site, "own-people")
    album = shared_album(sharer, "Harbour", 3)
    sign_in(page, site, person.email, PASSWORD)
    expect_open(page)
    page.goto(f"{site.address}/albums/{album.id}")
    expect_tiles(page, 3)

    page.get_by_role("button", name="People and what happened").click(timeout=PATIENT)
    sheet = page.get_by_role("dialog", name="People and what happened")
    expect(sheet.get_by_role("listitem").filter(has_text="you own it")).to_be_visible(
        timeout=PATIENT
    )
    expect(sheet.get_by_text("added 3 photos")).to_be_visible(timeout=PATIENT)
    expect(sheet.get_by_text("began to share it")).to_be_visible()
    assert_accessible(page)
    sheet.get_by_role("button", name="Done").click()
    expect(sheet).to_have_count(0)
    assert_fits(page, width=320)
