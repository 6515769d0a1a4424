"""Photos of somebody's album among one's own: in their place, with whose they are, never as own."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.giving import Giver, acquaint, giver_of, open_shared
from tests.journeys.people import PATIENT, sign_up
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.uploading import answer, choose, expect_stored, expect_tiles, tiles
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.shared_albums import revoke

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

SWITCH = "Show in my timeline"


def test_photos_of_others_stand_among_ones_own_and_are_not_ones_own(
    page: Page, site: Site, tmp_path: Path, watch: Watch
) -> None:
    giver, _ = two_people(page, site, tmp_path, "tilda.time", "ulf.give")
    open_shared(page, site, "Island")
    switch = page.get_by_role("switch", name=SWITCH)
    expect(switch).not_to_be_checked()
    expect_tiles(page, 3)

    switch.check()

    expect(page.get_by_text("Its photos stand among yours now.")).to_be_visible(timeout=PATIENT)
    expect(switch).to_be_checked()
    assert_accessible(page)
    assert_fits(page, width=320)
    page.get_by_role("link", name="Photos", exact=True).locator("visible=true").first.click()
    expect_tiles(page, 5)
    # As on any other device of this account: the choice is not this page's.
    page.reload()
    expect_tiles(page, 5)
    expect(theirs(page)).to_have_count(3)
    expect(theirs(page).first.locator(".mark")).to_have_attribute("data-whose", "UG")
    expect(page.locator(".tile img:not(.soon)")).to_have_count(5, timeout=PATIENT)
    assert_accessible(page)
    # By the day they came into the album, since their owner shares no date; one's own are older.
    expect(tiles(page).last).not_to_have_attribute("aria-label", re.compile("Shared with you"))

    # In the viewer only what their album allows.
    theirs(page).first.click()
    expect(page.get_by_role("button", name="Keep a copy").first).to_be_visible(timeout=PATIENT)
    for own_act in ("Delete", "Archive", "Share", "Favourite"):
        expect(page.get_by_role("button", name=own_act, exact=True)).to_have_count(0)
    page.keyboard.press("Delete")
    page.keyboard.press("i")
    panel = page.locator("pv-shared-photo")
    expect(panel).to_contain_text(f"A photo of {giver.email}", timeout=PATIENT)
    like = panel.get_by_role("button", name="Like", exact=True)
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true", timeout=PATIENT)
    assert_accessible(page)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    # The oldest is one's own, with all that goes with it.
    expect(page.locator("pv-photo-info")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("button", name="Delete", exact=True).first).to_be_visible()
    page.keyboard.press("i")
    page.keyboard.press("Escape")


def test_what_is_done_with_picked_photos_is_done_with_ones_own(
    page: Page, site: Site, tmp_path: Path
) -> None:
    two_people(page, site, tmp_path, "zoe.time", "ulf.give")
    open_shared(page, site, "Island")
    page.get_by_role("switch", name=SWITCH).check()
    expect(page.get_by_text("Its photos stand among yours now.")).to_be_visible(timeout=PATIENT)
    page.goto(f"{site.address}/photos")
    expect_tiles(page, 5)

    tiles(page).first.focus()
    page.keyboard.press("Control+a")
    bar = page.locator("#pickbar")
    expect(bar).to_contain_text("5 selected, 2 of them yours")
    assert_accessible(page)
    tiles(page).first.focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("2 photos will be deleted now")).to_be_visible(timeout=PATIENT)
    expect_tiles(page, 3)
    page.get_by_role("button", name="Undo").click()
    expect_tiles(page, 5)
    page.keyboard.press("Escape")
    theirs(page).first.click(modifiers=["Control"])
    expect(bar).to_contain_text("1 selected, shared with you")
    expect(bar.get_by_role("button", name="Keep a copy")).to_be_visible()
    expect(bar.get_by_role("button", name="Delete")).to_have_count(0)
    page.keyboard.press("Escape")

    # Elsewhere they are not among one's own.
    page.goto(f"{site.address}/search")
    expect(theirs(page)).to_have_count(0)


def test_photos_of_others_leave_the_timeline_with_the_access(
    page: Page, site: Site, tmp_path: Path, watch: Watch
) -> None:
    giver, account_id = two_people(page, site, tmp_path, "vera.time", "wim.give")
    open_shared(page, site, "Island")
    page.get_by_role("switch", name=SWITCH).check()
    expect(page.get_by_text("Its photos stand among yours now.")).to_be_visible(timeout=PATIENT)
    page.goto(f"{site.address}/photos")
    expect_tiles(page, 5)
    theirs(page).first.click()
    photo = page.locator("pv-viewer .photo")
    expect(photo).to_be_visible(timeout=PATIENT)
    shown = photo.get_attribute("src")
    # One more comes by itself.
    giver.add(giver.take(41))
    look_again(page)
    page.keyboard.press("Escape")
    expect_tiles(page, 6)
    theirs(page).first.click(modifiers=["Control"])
    watch.expect(*[404] * 6)

    giver.album = revoke(giver.sharer, giver.look(), account_id)
    look_again(page)

    expect_tiles(page, 2)
    expect(theirs(page)).to_have_count(0)
    expect(page.locator("#pickbar")).to_be_hidden()
    watch.is_line_cut = True
    assert not page.evaluate(CAN_BE_DRAWN, shown)
    watch.is_line_cut = False


def test_an_album_is_taken_out_of_the_timeline_again(
    page: Page, site: Site, tmp_path: Path
) -> None:
    two_people(page, site, tmp_path, "xena.time", "yves.give")
    open_shared(page, site, "Island")
    switch = page.get_by_role("switch", name=SWITCH)
    switch.check()
    expect(page.get_by_text("Its photos stand among yours now.")).to_be_visible(timeout=PATIENT)

    switch.uncheck()

    expect(page.get_by_text("Its photos left your timeline.")).to_be_visible(timeout=PATIENT)
    page.goto(f"{site.address}/photos")
    expect_tiles(page, 2)
    look_again(page)
    page.wait_for_timeout(1_500)
    expect_tiles(page, 2)


CAN_BE_DRAWN = """(url) => new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = url;
})"""


def two_people(page: Page, site: Site, folder: Path, name: str, other: str) -> tuple[Giver, str]:
    """Somebody in the browser with two old photos, and somebody who shares three with them."""
    email = f"{name}.{uuid4().hex[:6]}@example.org"
    sign_up(page, site, email)
    giver = giver_of(site, other, "Island", photos=3)
    account_id = acquaint(giver, page, site, email)
    giver.share(account_id)
    page.goto(f"{site.address}/photos")
    dates = ("2023:05:01 10:00:00", "2023:05:02 10:00:00")
    files = [
        write_photo(folder, f"{seed}.jpg", seed=seed, taken=taken)
        for seed, taken in enumerate(dates, 61)
    ]
    choose(page, files)
    answer(page)
    expect_stored(page, 2)
    return giver, account_id


def theirs(page: Page) -> Locator:
    """The tiles of photos that are somebody else's."""
    return page.locator('.tile[aria-label*="Shared with you by"]')


def look_again(page: Page) -> None:
    """As when somebody comes back to the page."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
